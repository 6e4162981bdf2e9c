//! Writing what is published: the report in both languages, `results.json`, `sheets.csv`, `findings.csv`,
//! `false-sheets.csv`.

use std::path::PathBuf;

use tallyproof_analysis::calibrate::Calibration;
use tallyproof_analysis::results::Analysis;
use tallyproof_analysis::tables::{false_sheets_csv, findings_csv, sheets_csv};
use tallyproof_core::facts::Facts;
use tallyproof_core::journal::sha256_hex;

use super::packs::read_limited;
use crate::site::{self, Report};
use crate::store::Store;
use crate::trouble::{Outcome, Trouble};
use crate::words::{Lang, Words};

/// Longest `calibration.json`, bytes: ten levels, three estimators and thirteen ways of hiding give 400 kB.
const MAX_CALIBRATION_BYTES: u64 = 8 << 20;

/// Keeps a calibration beside the report, and gives its path. It is a function of the counted sheets and of
/// the request it names, so it is no fact of the journal: whoever has the sheets can write it again.
pub fn keep_calibration(store: &Store, calibration: &Calibration) -> Outcome<PathBuf> {
    let path = store.report_dir().join("calibration.json");
    store.replace(&path, |out| out.write_all(&calibration.to_json()))?;
    Ok(path)
}

/// The calibration kept beside the report; one that cannot be read is as good as none.
pub(crate) fn calibration(store: &Store) -> Outcome<Option<Calibration>> {
    let bytes = read_limited(&store.report_dir().join("calibration.json"), MAX_CALIBRATION_BYTES)?;
    Ok(bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
}

/// The user's boundaries, where there are any.
pub(crate) fn boundaries(store: &Store) -> Outcome<Option<Vec<u8>>> {
    match store.setting("boundaries")? {
        Some(sha256) => read_limited(&store.source_path(&sha256), site::MAX_BOUNDARIES_BYTES),
        None => Ok(None),
    }
}

/// Writes the report folder. Each file is replaced in one step. `report.html` is in the language of `words`;
/// `report-en.html` and `report-es.html` are there whichever that is, named as in a bundle. Gives the path of the
/// first.
pub fn publish(store: &Store, facts: &Facts, analysis: &Analysis, words: &Words) -> Outcome<PathBuf> {
    let dir = store.report_dir();
    let json = analysis.results.to_json();
    store.replace(&dir.join("results.json"), |out| out.write_all(&json))?;
    store.replace(&dir.join("sheets.csv"), |out| sheets_csv(facts, &analysis.sheets, out).map(drop))?;
    store.replace(&dir.join("findings.csv"), |out| findings_csv(facts, &analysis.findings, out).map(drop))?;
    store.replace(&dir.join("false-sheets.csv"), |out| false_sheets_csv(analysis, out).map(drop))?;
    let boundaries = boundaries(store)?;
    let calibration = calibration(store)?;
    let report = Report {
        results: &analysis.results,
        findings: &analysis.findings,
        pack: &facts.pack,
        boundaries: boundaries.as_deref(),
        calibration: calibration.as_ref(),
        results_sha256: &sha256_hex(&json),
        checkpoint: None,
    };
    let path = dir.join("report.html");
    for lang in Lang::ALL {
        let html = site::report_html(&report, Words::shared(lang))
            .map_err(|error| Trouble::Boundaries(error.to_string()))?;
        store.replace(&dir.join(format!("report-{}.html", lang.code())), |out| {
            out.write_all(html.as_bytes())
        })?;
        if lang == words.lang() {
            store.replace(&path, |out| out.write_all(html.as_bytes()))?;
        }
    }
    Ok(path)
}
