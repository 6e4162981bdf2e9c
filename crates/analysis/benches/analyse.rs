//! Rules, tabulation, bounds and claims on 25,073 tables, without reading or writing files.
#![allow(missing_docs, clippy::unwrap_used, clippy::disallowed_methods, reason = "a benchmark")]

use criterion::{Criterion, criterion_group, criterion_main};
use tallyproof_analysis::results::analyse;
use tallyproof_core::facts::{Facts, Source, Version};
use tallyproof_core::pack::Pack;
use tallyproof_core::transcription::Transcription;

const PACK: &str = include_str!("../../../elections/venezuela-2024/election.toml");

/// As many tables as were published in 2024, with made-up votes: a clone without the data measures the same.
fn table(n: u32) -> Vec<u8> {
    let header =
        "EDO,MUN,PAR,CENTRO,MESA,RE,VOTOS_VALIDOS,VOTOS_NULOS,EG,NM,LM,JABE,JOBR,AE,CF,DC,EM,BERA,URL\n";
    let row = |i: u32| {
        let (centre, mesa) = (10_101_001 + i / 2 * 7_919, i % 2 + 1);
        let (eg, nm) = (100 + i * 7 % 400, 50 + i * 13 % 200);
        let valid = eg + nm + 9;
        format!("E,M,P,{centre},{mesa},999,{valid},{},{eg},{nm},5,1,1,1,0,0,1,0,https://x/{i}.jpg\n", i % 3)
    };
    std::iter::once(header.to_owned()).chain((0..n).map(row)).collect::<String>().into_bytes()
}

fn analysis(criterion: &mut Criterion) {
    let pack = Pack::parse("venezuela-2024", PACK).unwrap();
    let bytes = table(25_073);
    let mapping = &pack.mappings[0];
    criterion.bench_function("parse 25,073 rows", |b| {
        b.iter(|| Transcription::parse(bytes.as_slice(), mapping, &pack).unwrap());
    });
    let transcription = Transcription::parse(bytes.as_slice(), mapping, &pack).unwrap();
    assert_eq!(transcription.readings.len(), 25_073);
    let version = Version { label: "1".into(), supersedes: vec![], sha256: String::new(), transcription };
    let source = Source::new("campaign".into(), vec![version]).unwrap();
    let facts = Facts::new(pack.clone(), None, vec![source]);
    criterion.bench_function("reconcile, rules, tabulation, bounds, claims", |b| b.iter(|| analyse(&facts)));
}

criterion_group!(benches, analysis);
criterion_main!(benches);
