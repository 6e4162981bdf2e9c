//! A made-up country of any number of tables, from a seedless rule: the same number gives the same country.

use std::error::Error;
use std::fmt::Write;

use tallyproof_core::facts::{Facts, Source, Version};
use tallyproof_core::pack::Pack;
use tallyproof_core::transcription::{Transcription, fitting_mapping};

const PACK: &str = include_str!("country.toml");

/// Every table of the country, in one transcription: fifty states, four tables a centre.
pub(super) fn facts(n_tables: u64) -> Result<Facts, Box<dyn Error>> {
    let pack = Pack::parse("made-up", &PACK.replace("count = 1", &format!("count = {}", n_tables * 11 / 10)))
        .map_err(|faults| format!("{faults:?}"))?;
    let mut csv = String::from("table,A,B,C,D,null,electors\n");
    let per_state = n_tables.div_ceil(50).max(1);
    for i in 0..n_tables {
        let (state, within) = (i / per_state + 1, i % per_state);
        let (centre, table) = (within / 4, within % 4 + 1);
        // Knuth's multiplicative hash: figures that vary, and are the same everywhere.
        let noise = |salt: u64, below: u64| ((i + 1).wrapping_mul(2_654_435_761 + salt * 97) >> 7) % below;
        let (a, b) = (120 + noise(1, 90), 90 + noise(2, 110));
        let (c, d, null) = (noise(3, 30), noise(4, 12), noise(5, 9));
        let electors = a + b + c + d + null + noise(6, 150);
        writeln!(csv, "{state:02}{centre:06}.{table:02},{a},{b},{c},{d},{null},{electors}")?;
    }
    let mapping = fitting_mapping(&pack, csv.as_bytes()).ok_or("no mapping fits")?;
    let transcription = Transcription::parse(csv.as_bytes(), mapping, &pack)?;
    drop(csv);
    let sha256 = "0".repeat(64);
    let version = Version { label: "1".into(), supersedes: Vec::new(), sha256, transcription };
    Ok(Facts::new(pack, None, vec![Source::new("observers".into(), vec![version])?]))
}
