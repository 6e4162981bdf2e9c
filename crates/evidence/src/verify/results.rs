//! From the facts to everything published: derived again, and compared.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use tallyproof_analysis::calibrate::{self, Calibration};
use tallyproof_analysis::results::{AuditFacts, analyse_sheets, level_id};
use tallyproof_core::facts::Facts;
use tallyproof_core::reconcile::{Sheet, reconcile};

use super::{Ending, Request, Step, Verification};
use crate::audits::audits;
use crate::bag::{BAG_INFO, Bag};
use crate::derived::{self, DATAPACKAGE, parting};
use crate::error::EvidenceError;
use crate::facts::{facts, pack};
use crate::figures::check_figures;
use crate::layout::{
    CALIBRATION, CHECKPOINT, CHECKPOINTS, ELECTION, IMAGE_TABLE, IMAGES, JOURNAL, PROOFS, REPORTS, SOURCES,
    STATEMENTS,
};
use crate::ledger::{AuditEvent, Ledger};
use crate::published::changes;
use crate::tables::{BundleTable, Published, Resource, datapackage};

/// The decimal point of each report's language.
const DECIMAL_POINTS: [char; 2] = ['.', ','];

/// Longest report, bytes: that of a country has 2 MB, most of them its map.
const MAX_REPORT_BYTES: u64 = 64 << 20;

/// Most events told of that no desk writes.
const MOST_IMPOSSIBLE: usize = 100;

/// Derives everything and compares it with what the bundle holds.
pub(super) fn verify(
    (bag, hashes): (&Bag, &BTreeMap<String, String>),
    ledger: &mut Ledger,
    request: &Request,
    found: &mut Verification,
    watch: &mut dyn FnMut(Step),
) {
    watch(Step::Facts);
    kept((bag, hashes), ledger, found);
    let derived = derive(bag, ledger);
    found.n_readings = ledger.pictures().filter(|(_, original)| original.reading.is_some()).count() as u64;
    found.election = ledger.pack.as_ref().map(|pack| pack.id.clone());
    match derived {
        Ok((facts, audits)) => {
            for seq in facts.reviews.impossible.iter().take(MOST_IMPOSSIBLE) {
                found.fault(Step::Facts, "impossible-event", JOURNAL, vec![("seq", seq.to_string())]);
            }
            found.end(
                Step::Facts,
                (facts.sources.len() + facts.images.len() + facts.faulty_images.len()) as u64,
            );
            let sheets = reconcile(&facts);
            watch(Step::Tables);
            tables(&facts, &sheets, ledger, found);
            // A million tables' hashes are of no more use.
            ledger.tables.clear();
            let analysis = analyse_sheets(&facts, &audits, sheets);
            let published = derived::published(&facts, &analysis, &audits, ledger);
            compare((bag, hashes), &published, found, watch);
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

/// Path and hash of every file that the journal says facts are derived or drawn from.
fn kept_files(ledger: &Ledger) -> BTreeMap<String, String> {
    let pack = ledger.pack.iter().flat_map(|pack| &pack.files);
    let pack = pack.map(|(name, sha256)| (format!("{ELECTION}{name}"), sha256.clone()));
    let lists = ledger.audits.iter().filter_map(AuditEvent::list);
    let others = ledger.boundaries.iter().chain(&ledger.weights).cloned();
    let imported = ledger.imports.values().map(|import| import.sha256.clone());
    let sources = imported.chain(lists).chain(others);
    pack.chain(sources.map(|sha256| (format!("{SOURCES}{sha256}"), sha256))).collect()
}

/// Verifies that these files are there: the ones that no figure is derived from as well, since people read them.
fn kept((bag, hashes): (&Bag, &BTreeMap<String, String>), ledger: &Ledger, found: &mut Verification) {
    for (path, sha256) in kept_files(ledger) {
        if !bag.has(&path) {
            found.fault(Step::Facts, "missing", &path, Vec::new());
        } else if hashes.get(&path) != Some(&sha256) {
            found.fault(Step::Facts, "changed", &path, Vec::new());
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

/// Compares what was published of every table with what follows from the facts.
fn tables(facts: &Facts, sheets: &[Sheet<'_>], ledger: &Ledger, found: &mut Verification) {
    for body in changes(facts, sheets, ledger) {
        let table = body.get("table").and_then(serde_json::Value::as_str).unwrap_or_default();
        found.fault(Step::Tables, "table-differs", JOURNAL, vec![("table", table.to_owned())]);
    }
    found.end(Step::Tables, sheets.len() as u64);
}

fn compare(
    (bag, hashes): (&Bag, &BTreeMap<String, String>),
    published: &Published<'_>,
    found: &mut Verification,
    watch: &mut dyn FnMut(Step),
) {
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
    // Not read back from JSON: that is exact only to the last digit but one.
    let results = serde_json::to_value(&published.analysis.results).unwrap_or_default();
    let mut n_figures = 0;
    for (path, point) in REPORTS.into_iter().zip(DECIMAL_POINTS) {
        match bag.read(path, MAX_REPORT_BYTES) {
            Ok(bytes) => {
                let (n, wrong) = check_figures(&String::from_utf8_lossy(&bytes), &results, point);
                n_figures += n;
                if n == 0 {
                    found.fault(Step::Report, "no-figures", path, Vec::new());
                }
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
pub(super) fn not_recomputed(bag: &Bag, ledger: &Ledger, found: &Verification) -> Vec<String> {
    let derived: BTreeSet<String> =
        derived::paths().chain([DATAPACKAGE]).map(|name| format!("data/{name}")).collect();
    let kept = kept_files(ledger);
    let looked_at = [JOURNAL, CHECKPOINT, CHECKPOINTS, PROOFS, IMAGE_TABLE];
    let measured =
        found.steps.iter().any(|&(step, end)| step == Step::Calibration && end != Ending::NotTaken);
    let known = |path: &str| {
        // The names alone: what only starts like one of them is looked at by nothing.
        derived.contains(path)
            || kept.contains_key(path)
            || REPORTS.contains(&path)
            || looked_at.contains(&path)
            || (path == CALIBRATION && measured)
            || [STATEMENTS, IMAGES].iter().any(|folder| path.starts_with(folder))
    };
    let told = |path: &str| path.starts_with("data/") || path == BAG_INFO;
    bag.files.keys().filter(|path| told(path) && !known(path)).cloned().collect()
}
