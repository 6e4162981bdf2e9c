//! The whole analysis of 25,073 and of 1,000,000 tables, and a calibration of 200 masks for each way of
//! hiding. Votes are made up and skewed by area: a clone without the data measures the same.
#![allow(missing_docs, clippy::unwrap_used, clippy::disallowed_methods, reason = "a benchmark")]

use std::fmt::Write;

use criterion::{Criterion, criterion_group, criterion_main};
use tallyproof_analysis::calibrate::{Request, calibrate};
use tallyproof_analysis::results::{analyse, level_id};
use tallyproof_core::facts::{Facts, Source, Version};
use tallyproof_core::pack::Pack;
use tallyproof_core::transcription::Transcription;

const PACK: &str = include_str!("../../../elections/venezuela-2024/election.toml");

/// `n` tables in centres of two, parishes of 24 and so on, of an election of `n` · 6/5 tables.
fn facts(n: u32) -> Facts {
    let pack = PACK.replace("count = 30026", &format!("count = {}", u64::from(n) * 6 / 5));
    let pack = Pack::parse("venezuela-2024", &pack).unwrap();
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
    let transcription = Transcription::parse(text.as_bytes(), &pack.mappings[0], &pack).unwrap();
    assert_eq!(transcription.readings.len(), n as usize);
    let version = Version { label: "1".into(), supersedes: vec![], sha256: String::new(), transcription };
    Facts::new(pack, None, vec![Source::new("campaign".into(), vec![version]).unwrap()])
}

fn numbers(criterion: &mut Criterion) {
    let country = facts(25_073);
    criterion.bench_function("analysis of 25,073 tables", |b| b.iter(|| analyse(&country)));
    let analysis = analyse(&country);
    let mut slow = criterion.benchmark_group("slow");
    slow.sample_size(10);
    slow.bench_function("calibration, 200 masks, 25,073 tables", |b| {
        let request = Request { seed: 1, n_masks: 200, hidden_per_mille: None };
        b.iter(|| {
            let id = |level| level_id(&country.pack, level);
            calibrate(&analysis.estimation, request, id, |s| s.to_string()).unwrap()
        });
    });
    let large = facts(1_000_000);
    slow.bench_function("analysis of 1,000,000 tables", |b| b.iter(|| analyse(&large)));
}

criterion_group!(benches, numbers);
criterion_main!(benches);
