//! From the facts to everything published: derived again, and compared.

use tallyproof_analysis::results::AuditFacts;
use tallyproof_core::facts::Facts;

use super::{Ending, Step, Verification};
use crate::audits::audits;
use crate::bag::Bag;
use crate::derived::{DERIVED, Derived, parting};
use crate::error::EvidenceError;
use crate::facts::{facts, pack};
use crate::figures::check_figures;
use crate::ledger::Ledger;
use crate::published::changes;

/// The reports of a bundle, by language.
pub const REPORTS: [&str; 2] = ["data/report-en.html", "data/report-es.html"];

/// Longest report, bytes: that of a country has 2 MB, most of them its map.
const MAX_REPORT_BYTES: u64 = 256 << 20;

/// Derives everything and compares it with what the bundle holds.
pub(super) fn verify(bag: &Bag, ledger: &Ledger, found: &mut Verification, watch: &mut dyn FnMut(Step)) {
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
            compare(bag, ledger, &Derived::new(&facts, &audits), found, watch);
        }
        Err(error) => {
            let (code, file) = code(&error);
            found.fault(Step::Facts, code, &file, vec![("detail", error.to_string())]);
            found.end(Step::Facts, 0);
            let left = [Step::Tables, Step::Results, Step::Report];
            found.steps.extend(left.map(|step| (step, Ending::NotTaken)));
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
        EvidenceError::Chain { .. } => ("journal-chain", super::journal::JOURNAL.to_owned()),
    }
}

fn compare(
    bag: &Bag,
    ledger: &Ledger,
    derived: &Derived<'_>,
    found: &mut Verification,
    watch: &mut dyn FnMut(Step),
) {
    watch(Step::Tables);
    let sheets = &derived.analysis.sheets;
    for body in changes(derived.facts, sheets, ledger) {
        let table = body.get("table").and_then(serde_json::Value::as_str).unwrap_or_default();
        found.fault(
            Step::Tables,
            "table-differs",
            super::journal::JOURNAL,
            vec![("table", table.to_owned())],
        );
    }
    found.end(Step::Tables, sheets.len() as u64);

    watch(Step::Results);
    for (name, write) in DERIVED {
        let path = format!("data/{name}");
        let parted = bag.open_file(&path).and_then(|mut file| {
            parting(&mut file, |out| write(derived, out)).map_err(EvidenceError::io(path.clone()))
        });
        match parted {
            Ok(None) => {}
            Ok(Some(at)) => {
                let args = vec![("line", at.line.to_string()), ("byte", at.byte.to_string())];
                found.fault(Step::Results, "result-differs", &path, args);
            }
            Err(error) => {
                let (code, _) = code(&error);
                found.fault(Step::Results, code, &path, vec![("detail", error.to_string())]);
            }
        }
    }
    found.end(Step::Results, DERIVED.len() as u64);

    watch(Step::Report);
    let results = serde_json::from_slice(&derived.analysis.results.to_json()).unwrap_or_default();
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
                let (code, _) = code(&error);
                found.fault(Step::Report, code, path, vec![("detail", error.to_string())]);
            }
        }
    }
    found.end(Step::Report, n_figures);
}
