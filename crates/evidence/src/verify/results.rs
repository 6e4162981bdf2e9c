//! From the facts to everything published: derived again, and compared.

use std::collections::BTreeMap;
use std::io::{self, Write};

use tallyproof_analysis::calibrate::{self, Calibration};
use tallyproof_analysis::results::{AuditFacts, analyse_with, level_id};
use tallyproof_core::facts::Facts;

use super::{Ending, Request, Step, Verification};
use crate::audits::audits;
use crate::bag::Bag;
use crate::derived::{self, DATAPACKAGE, parting};
use crate::error::EvidenceError;
use crate::facts::{facts, pack};
use crate::figures::check_figures;
use crate::layout::{
    CALIBRATION, CHECKPOINT, CHECKPOINTS, ELECTION, IMAGE_TABLE, IMAGES, JOURNAL, PROOFS, REPORTS, SOURCES,
    STATEMENTS,
};
use crate::ledger::Ledger;
use crate::published::changes;
use crate::tables::{BundleTable, Published, Resource, datapackage};

/// Longest report, bytes: that of a country has 2 MB, most of them its map.
const MAX_REPORT_BYTES: u64 = 256 << 20;

/// Derives everything and compares it with what the bundle holds.
pub(super) fn verify(
    (bag, hashes): (&Bag, &BTreeMap<String, String>),
    ledger: &Ledger,
    request: &Request,
    found: &mut Verification,
    watch: &mut dyn FnMut(Step),
) {
    watch(Step::Facts);
    let derived = derive(bag, ledger);
    found.n_readings = ledger.pictures().filter(|(_, original)| original.reading.is_some()).count() as u64;
    found.election = ledger.pack.as_ref().map(|pack| pack.id.clone());
    match derived {
        Ok((facts, audits)) => {
            found.end(
                Step::Facts,
                (facts.sources.len() + facts.images.len() + facts.faulty_images.len()) as u64,
            );
            let analysis = analyse_with(&facts, &audits);
            let published = derived::published(&facts, &analysis, &audits, ledger);
            compare((bag, hashes), ledger, &published, found, watch);
            calibration(bag, &published, request, found, watch);
        }
        Err(error) => {
            let (code, file) = code(&error);
            found.fault(Step::Facts, code, &file, vec![("detail", error.to_string())]);
            found.end(Step::Facts, 0);
            found.stop_before(Step::Tables);
        }
    }
}

fn derive(bag: &Bag, ledger: &Ledger) -> Result<(Facts, AuditFacts), EvidenceError> {
    let facts = facts(ledger, pack(ledger, bag)?, bag)?;
    let audits = audits(&ledger.audits, &facts.pack, bag)?;
    Ok((facts, audits))
}

/// Why nothing can be derived, and of which file.
fn code(error: &EvidenceError) -> (&'static str, String) {
    match error {
        EvidenceError::Io { file, error } if error.kind() == std::io::ErrorKind::NotFound => {
            ("missing", file.clone())
        }
        EvidenceError::Io { file, .. } => ("unreadable", file.clone()),
        EvidenceError::KeptFileChanged(sha256) => ("changed", sha256.clone()),
        EvidenceError::Csv { sha256, .. } => ("rows-changed", sha256.clone()),
        EvidenceError::ImportChanged { name, .. } => ("rows-changed", name.clone()),
        EvidenceError::NewestUnclear { source_id, .. } => ("newest-unclear", source_id.clone()),
        EvidenceError::NoPack | EvidenceError::BadPack(_) | EvidenceError::Register(_) => {
            ("bad-pack", "data/election".to_owned())
        }
        EvidenceError::Chain { .. } => ("journal-chain", JOURNAL.to_owned()),
    }
}

fn compare(
    (bag, hashes): (&Bag, &BTreeMap<String, String>),
    ledger: &Ledger,
    published: &Published<'_>,
    found: &mut Verification,
    watch: &mut dyn FnMut(Step),
) {
    watch(Step::Tables);
    let sheets = &published.analysis.sheets;
    for body in changes(published.facts, sheets, ledger) {
        let table = body.get("table").and_then(serde_json::Value::as_str).unwrap_or_default();
        found.fault(Step::Tables, "table-differs", JOURNAL, vec![("table", table.to_owned())]);
    }
    found.end(Step::Tables, sheets.len() as u64);

    watch(Step::Results);
    for name in derived::paths() {
        differs(bag, name, found, |out| derived::write(name, published, out));
    }
    // The tables' hashes are the manifest's: where a table parts from the facts, it was told above.
    let resource = |table: BundleTable| {
        let path = format!("data/{}", table.path());
        let sha256 = hashes.get(&path).cloned().unwrap_or_default();
        Resource { table, n_bytes: bag.files.get(&path).copied().unwrap_or(0), sha256 }
    };
    let resources = BundleTable::ALL.map(resource);
    differs(bag, DATAPACKAGE, found, |out| datapackage(published.pack(), &resources, out).map(drop));
    found.end(Step::Results, derived::paths().count() as u64 + 1);

    watch(Step::Report);
    let results = serde_json::from_slice(&published.analysis.results.to_json()).unwrap_or_default();
    let mut n_figures = 0;
    for path in REPORTS {
        match bag.read(path, MAX_REPORT_BYTES) {
            Ok(bytes) => {
                let (n, wrong) = check_figures(&String::from_utf8_lossy(&bytes), &results);
                n_figures += n;
                for figure in wrong {
                    let expected = figure.expected.unwrap_or_default();
                    let args = vec![("key", figure.key), ("value", figure.value), ("expected", expected)];
                    found.fault(Step::Report, "figure-differs", path, args);
                }
            }
            Err(error) => {
                found.error(Step::Report, path, &error);
            }
        }
    }
    found.end(Step::Report, n_figures);
}

/// Tells where a file of `data/` parts from what it must be.
fn differs(
    bag: &Bag,
    name: &str,
    found: &mut Verification,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) {
    let path = format!("data/{name}");
    let parted = bag
        .open_file(&path)
        .and_then(|mut file| parting(&mut file, write).map_err(EvidenceError::io(path.clone())));
    match parted {
        Ok(None) => {}
        Ok(Some(at)) => {
            let args = vec![("line", at.line.to_string()), ("byte", at.byte.to_string())];
            found.fault(Step::Results, "result-differs", &path, args);
        }
        Err(error) => found.error(Step::Results, &path, &error),
    }
}

/// Most masks measured again: 175 seconds for a country of 25,000 tables.
const MOST_MASKS: u32 = 10_000;

/// Longest `calibration.json`, bytes: ten levels, three estimators and thirteen ways of hiding give 400 kB.
const MAX_CALIBRATION_BYTES: u64 = 8 << 20;

fn calibration(
    bag: &Bag,
    published: &Published<'_>,
    request: &Request,
    found: &mut Verification,
    watch: &mut dyn FnMut(Step),
) {
    if !request.calibration || !bag.has(CALIBRATION) {
        found.steps.push((Step::Calibration, Ending::NotTaken));
        return;
    }
    watch(Step::Calibration);
    match bag.read(CALIBRATION, MAX_CALIBRATION_BYTES) {
        Ok(bytes) => {
            let again = again(&bytes, published);
            if again.as_ref() != Some(&bytes) {
                found.fault(Step::Calibration, "calibration-differs", CALIBRATION, Vec::new());
            }
        }
        Err(error) => found.error(Step::Calibration, CALIBRATION, &error),
    }
    found.end(Step::Calibration, 1);
}

/// The calibration that the one in `bytes` asks for, as it must be written.
fn again(bytes: &[u8], published: &Published<'_>) -> Option<Vec<u8>> {
    let told: Calibration = serde_json::from_slice(bytes).ok()?;
    if told.n_masks > MOST_MASKS {
        return None;
    }
    let request = calibrate::Request {
        seed: told.seed,
        n_masks: told.n_masks,
        hidden_per_mille: Some(told.hidden_per_mille),
    };
    let pack = &published.facts.pack;
    let level = |level| level_id(pack, level);
    let selection = |s: usize| pack.selections[s].id.clone();
    Some(calibrate::calibrate(&published.analysis.estimation, request, level, selection)?.to_json())
}

/// Files that are hashed, and neither derived again nor what anything is derived from.
pub(super) fn not_recomputed(bag: &Bag) -> Vec<String> {
    let derived = |path: &str| {
        derived::paths().chain([DATAPACKAGE]).any(|name| path.strip_prefix("data/") == Some(name))
    };
    let from = [JOURNAL, CHECKPOINT, CHECKPOINTS, PROOFS, STATEMENTS, ELECTION, SOURCES, IMAGE_TABLE, IMAGES];
    let known =
        |path: &str| derived(path) || REPORTS.contains(&path) || from.iter().any(|f| path.starts_with(f));
    bag.files.keys().filter(|path| path.starts_with("data/") && !known(path)).cloned().collect()
}
