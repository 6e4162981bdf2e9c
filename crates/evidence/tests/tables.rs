//! Every table of a small election, cell by cell, and what holds for all of them.

use std::path::Path;

use serde_json::Value;
use tallyproof_analysis::results::analyse_with;
use tallyproof_core::journal::sha256_hex;
use tallyproof_evidence::exports::nist_report;
use tallyproof_evidence::tables::{BundleTable, Published, Resource, datapackage};

use crate::elections::{Known, cells, column, issue, small};

/// Everything that is written of some facts, by file name.
fn written(known: &Known) -> Vec<(String, Vec<u8>)> {
    let analysis = analyse_with(&known.facts, &known.audits);
    let published = Published::new(&known.facts, &analysis, &known.audits, known.images());
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
    let body = known.images[1].2.as_mut().unwrap();
    body["payload"] = "somebody's identity card".into();
    let rows = cells(&written(&known).into_iter().find(|(name, _)| name == "readings.csv").unwrap().1);
    assert!(column(&rows, "payload").iter().all(|p| p.is_empty() || p.contains('!')));
}
