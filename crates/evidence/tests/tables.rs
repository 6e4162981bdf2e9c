//! Every table of a small election, cell by cell, and what holds for all of them.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;
use tallyproof_analysis::audit::inspection::{Feature, Inspection, Sample, Seen};
use tallyproof_analysis::audit::status::Method;
use tallyproof_analysis::results::{Analysis, AuditRecord, Choice, analyse_with};
use tallyproof_core::journal::sha256_hex;
use tallyproof_evidence::exports::nist_report;
use tallyproof_evidence::seen::Look;
use tallyproof_evidence::tables::{BundleTable, Published, Resource, datapackage};

use crate::elections::{Known, cells, column, issue, small};

fn analysis_of(known: &Known) -> Analysis<'_> {
    analyse_with(&known.facts, &known.audits)
}

fn published_of<'a>(known: &'a Known, analysis: &'a Analysis<'a>) -> Published<'a> {
    Published::new(&known.facts, analysis, &known.audits, known.images())
}

/// Everything that is written of some facts, by file name.
fn written(known: &Known) -> Vec<(String, Vec<u8>)> {
    let analysis = analysis_of(known);
    let published = published_of(known, &analysis);
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    let mut resources = Vec::new();
    for table in BundleTable::ALL {
        let bytes = table.write(&published, Vec::new()).unwrap();
        let (n_bytes, sha256) = (bytes.len() as u64, sha256_hex(&bytes));
        resources.push(Resource { table, n_bytes, sha256 });
        files.push((table.path().replace('/', "-"), bytes));
    }
    let package = datapackage(published.pack(), &resources, Vec::new()).unwrap();
    files.push(("datapackage.json".into(), package));
    files.push(("nist-cdf-err-v2.json".into(), nist_report(&published, &issue(), Vec::new()).unwrap()));
    files
}

/// The files of `tests/golden` were read line by line when they were made; `TALLYPROOF_BLESS=1` writes them anew.
#[test]
fn the_small_election_as_it_was_looked_at() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    for (name, bytes) in written(&small()) {
        let path = dir.join(&name);
        if std::env::var_os("TALLYPROOF_BLESS").is_some() {
            std::fs::write(&path, &bytes).unwrap();
        }
        let golden = std::fs::read(&path).unwrap_or_default();
        assert_eq!(String::from_utf8_lossy(&bytes), String::from_utf8_lossy(&golden), "{name}");
    }
}

#[test]
fn headers_and_rows_fit_the_schema() {
    let known = small();
    let pack = &known.facts.pack;
    for (table, (_, bytes)) in BundleTable::ALL.into_iter().zip(written(&known)) {
        let columns: Vec<String> = table.columns(pack).into_iter().map(|c| c.name).collect();
        let rows = cells(&bytes);
        assert_eq!(rows[0], columns, "{}", table.name());
        for row in &rows {
            assert_eq!(row.len(), columns.len(), "{}: {row:?}", table.name());
        }
        let mut unique = columns.clone();
        unique.sort();
        unique.dedup();
        assert_eq!(unique.len(), columns.len(), "{}: a column stands twice", table.name());
        for key in table.primary_key() {
            assert!(columns.iter().any(|c| c == key), "{} has no {key}", table.name());
        }
        for key in table.foreign_keys() {
            let there = BundleTable::ALL.into_iter().find(|t| t.name() == key.table).unwrap();
            let columns_there = there.columns(pack);
            assert!(columns.iter().any(|c| c == key.column), "{} has no {}", table.name(), key.column);
            assert!(columns_there.iter().any(|c| c.name == key.there), "{} has no {}", key.table, key.there);
        }
    }
}

#[test]
fn rows_do_not_depend_on_the_order_of_images() {
    let known = small();
    let mut turned = small();
    turned.images.reverse();
    assert_eq!(written(&known), written(&turned));
}

#[test]
fn the_package_says_hash_and_length_of_every_table() {
    let files = written(&small());
    let package: Value = serde_json::from_slice(&files[BundleTable::ALL.len()].1).unwrap();
    let resources = package["resources"].as_array().unwrap();
    assert_eq!(resources.len(), BundleTable::ALL.len());
    for (resource, (table, (_, bytes))) in resources.iter().zip(BundleTable::ALL.iter().zip(&files)) {
        assert_eq!(resource["path"], table.path());
        assert_eq!(resource["hash"], format!("sha256:{}", sha256_hex(bytes)));
        assert_eq!(resource["bytes"], bytes.len());
    }
}

#[test]
fn words_of_strangers_run_nowhere() {
    for (name, bytes) in written(&small()).iter().filter(|(name, _)| name.ends_with(".csv")) {
        for cell in cells(bytes).iter().flatten() {
            let number = !cell.is_empty() && cell.bytes().all(|b| b.is_ascii_digit() || b"-.".contains(&b));
            assert!(number || !cell.starts_with(['=', '+', '-', '@']), "{name}: {cell}");
        }
    }
}

#[test]
fn a_payload_outside_the_grammar_is_not_published() {
    let mut known = small();
    let mut body = known.images[1].2.as_ref().unwrap().body();
    body["payload"] = "somebody's identity card".into();
    known.images[1].2 = Some(Look::of(&body));
    let rows = cells(&written(&known).into_iter().find(|(name, _)| name == "readings.csv").unwrap().1);
    assert!(column(&rows, "payload").iter().all(|p| p.is_empty() || p.contains('!')));
}

/// A selection called as the table calls a column, one called as a level, and two of one name.
#[test]
fn no_column_stands_twice_whatever_a_pack_calls_its_selections() {
    let mut known = small();
    let selections = &mut known.facts.pack.selections;
    (selections[0].id, selections[1].id) = ("valid".into(), "Town".into());
    selections[1].name = selections[0].name.clone();
    let pack = &known.facts.pack;
    for (table, (_, bytes)) in BundleTable::ALL.into_iter().zip(written(&known)) {
        let names: Vec<String> = table.columns(pack).into_iter().map(|c| c.name).collect();
        assert_eq!(cells(&bytes)[0], names, "{}", table.name());
        let lower: BTreeSet<String> = names.iter().map(|name| name.to_lowercase()).collect();
        assert_eq!(lower.len(), names.len(), "{}: {names:?}", table.name());
    }
    let sheets =
        cells(&BundleTable::Sheets.write(&published_of(&known, &analysis_of(&known)), Vec::new()).unwrap());
    assert_eq!(sheets[0][5..8], ["valid", "Town-2", "valid-2"]);
}

#[test]
fn an_audit_with_its_inspections() {
    let mut known = small();
    let analysis = analysis_of(&known);
    let plan = &analysis.results.audit.plans[0];
    let treatment = plan.treatments.iter().find(|t| t.v.is_some()).unwrap().id;
    let choice = Choice {
        method: Method::Simple,
        risk_ppm: 100_000,
        treatment: treatment.to_owned(),
        cap: None,
        expected_ppm: 1_000,
        most_draws: None,
    };
    let proposal = analysis.propose(&choice).unwrap();
    let inspection = |table: &str, votes: Option<Vec<u32>>| Inspection {
        table: table.into(),
        sample: Sample::Drawn,
        custody: "board".into(),
        votes,
        null: None,
        features: vec![(Feature::Stamp, Seen::Differs)],
    };
    let record = AuditRecord {
        id: "first".into(),
        treatment: treatment.to_owned(),
        cap: proposal.cap,
        custody: "board".into(),
        seed_procedure: "twenty dice".into(),
        reserve_ppm: 0,
        terms: proposal.terms,
        frozen: proposal.frozen,
        seed: Some("31415926535897932384".into()),
        n_wanted: 6,
        abandoned: None,
        inspections: vec![inspection("01.01", Some(vec![99, 81])), inspection("01.03", None)],
    };
    drop(analysis);
    known.audits.records.push(record);
    let analysis = analysis_of(&known);
    let published = published_of(&known, &analysis);
    let held = &analysis.results.audit.held[0];
    let audits = cells(&BundleTable::Audits.write(&published, Vec::new()).unwrap());
    assert_eq!(column(&audits, "audit"), ["first"]);
    assert_eq!(column(&audits, "risk-limit"), ["0.1"]);
    assert_eq!(column(&audits, "list-sha256"), [held.list_sha256.as_str()]);
    assert_eq!(column(&audits, "advice"), [held.advice]);
    let found = cells(&BundleTable::Inspections.write(&published, Vec::new()).unwrap());
    assert_eq!(column(&found, "number"), ["1", "2", "3"]);
    let of = |table: &str, name: &str| {
        let at = column(&found, "table").iter().position(|t| *t == table).unwrap();
        column(&found, name)[at].to_owned()
    };
    // 01.01 is drawn and was also somebody's convenience: drawn rows come first.
    let expected = [("audit", "first"), ("sample", "drawn"), ("outcome", "differs"), ("overstatement", "2")];
    assert_eq!(expected.map(|(name, _)| of("01.01", name)), expected.map(|(_, value)| value.to_owned()));
    assert_eq!((of("01.03", "outcome").as_str(), of("01.03", "paper-A").as_str()), ("not-found", ""));
    assert_eq!((of("01.03", "published-A").as_str(), of("01.03", "stamp").as_str()), ("150", "differs"));
    assert_eq!(column(&found, "sample"), ["drawn", "drawn", "convenience"]);
}
