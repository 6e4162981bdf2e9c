//! Reading and analysing 25,073 and 1,000,000 tables, without touching files, and a calibration of 200 masks for each way
//! of hiding. Votes are made up and skewed by area: a clone without the data measures the same.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    clippy::print_stdout,
    reason = "a benchmark"
)]

use std::fmt::Write;
use std::hint::black_box;
use std::time::{Duration, Instant};

use tallyproof_analysis::calibrate::{Request, calibrate};
use tallyproof_analysis::results::{analyse, level_id};
use tallyproof_core::facts::{Facts, Source, Version};
use tallyproof_core::pack::Pack;
use tallyproof_core::transcription::Transcription;

const PACK: &str = include_str!("../../../elections/venezuela-2024/election.toml");

/// Runs a job so many times, once more before it counts, and prints the shortest and the middle time.
fn measure<T>(name: &str, times: usize, mut job: impl FnMut() -> T) {
    black_box(job());
    let mut took: Vec<Duration> = (0..times)
        .map(|_| {
            let begin = Instant::now();
            black_box(job());
            begin.elapsed()
        })
        .collect();
    took.sort();
    println!("{name:<42} {:>10.2?} {:>10.2?}", took[0], took[times / 2]);
}

/// Rows of `n` tables in centres of two, parishes of 24 and so on.
fn rows(n: u32) -> String {
    let mut text = String::from(
        "EDO,MUN,PAR,CENTRO,MESA,RE,VOTOS_VALIDOS,VOTOS_NULOS,EG,NM,LM,JABE,JOBR,AE,CF,DC,EM,BERA,URL\n",
    );
    for i in 0..n {
        let (centre, mesa) = (i / 2, i % 2 + 1);
        let parish = centre / 12;
        let code = 10_000_000 + parish / 10_000 * 100_000_000 + parish % 10_000 * 1_000 + centre % 12;
        let (eg, nm) = (100 + (i * 7 + parish * 31) % 400, 50 + (i * 13 + parish * 17) % 200);
        let valid = eg + nm + 9;
        let _ = writeln!(text, "E,M,P,{code},{mesa},999,{valid},1,{eg},{nm},5,1,1,1,0,0,1,0,{i}.jpg");
    }
    text
}

/// An election of `n` · 6/5 tables.
fn pack(n: u32) -> Pack {
    let pack = PACK.replace("count = 30026", &format!("count = {}", u64::from(n) * 6 / 5));
    Pack::parse("venezuela-2024", &pack).unwrap()
}

fn facts(n: u32) -> Facts {
    let pack = pack(n);
    let transcription = Transcription::parse(rows(n).as_bytes(), &pack.mappings[0], &pack).unwrap();
    assert_eq!(transcription.readings.len(), n as usize);
    let version = Version { label: "1".into(), supersedes: vec![], sha256: String::new(), transcription };
    Facts::new(pack, None, vec![Source::new("campaign".into(), vec![version]).unwrap()])
}

fn main() {
    println!("{:<42} {:>10} {:>10}", "", "shortest", "median");
    let (known, table) = (pack(25_073), rows(25_073));
    measure("parse 25,073 rows", 50, || {
        Transcription::parse(table.as_bytes(), &known.mappings[0], &known).unwrap()
    });
    let country = facts(25_073);
    measure("analysis of 25,073 tables", 50, || analyse(&country));
    let analysis = analyse(&country);
    measure("calibration, 200 masks, 25,073 tables", 5, || {
        let request = Request { seed: 1, n_masks: 200, hidden_per_mille: None };
        let id = |level| level_id(&country.pack, level);
        calibrate(&analysis.estimation, request, id, |s| s.to_string()).unwrap()
    });
    let large = facts(1_000_000);
    measure("analysis of 1,000,000 tables", 3, || analyse(&large));
}
