//! Files to download: results, tables of numbers, the report, and what the caller adds.

use tallyproof_analysis::tables::{false_sheets_csv, findings_csv, sheets_csv};
use tallyproof_core::journal::sha256_hex;

use super::{Sink, SiteError, SiteFacts, SiteFile, is_file_name};
use crate::site::{Report, report_html};
use crate::words::Words;

/// The file that lists the SHA-256 of every other file of the site, as `sha256sum --check` reads it.
pub const MANIFEST: &str = "SHA256SUMS";

/// The file by which a folder is known as a site of this program.
pub const MARKER: &str = "tallyproof-site.json";

/// What every marker starts with.
const MARKER_START: &str = "{\"tallyproof_site\":1,";

/// The marker's bytes.
pub(super) fn marker(election: &str) -> Vec<u8> {
    format!("{MARKER_START}\"election\":{}}}\n", serde_json::Value::from(election)).into_bytes()
}

/// Whether these are the bytes of a marker.
pub fn is_marker(bytes: &[u8]) -> bool {
    bytes.starts_with(MARKER_START.as_bytes())
}

/// The files of `files/`.
pub(super) struct Downloads {
    /// Hex SHA-256 of `results.json`.
    pub(super) results_sha256: String,
    /// All, in the order pages list them.
    pub(super) listed: Vec<SiteFile>,
}

/// The caller's files with the folder they go to; those with names that cannot be are left out.
pub(super) fn placed<'s>(site: &'s SiteFacts) -> impl Iterator<Item = (&'static str, &'s SiteFile)> {
    let images = site.images.into_iter().flat_map(|images| images.values()).map(|file| ("images", file));
    let attached = site.attached.iter().map(|file| ("files", file));
    images.chain(attached).filter(|(_, file)| is_file_name(&file.name))
}

/// Writes the files this program makes, and lists them and the caller's.
pub(super) fn write(site: &SiteFacts, words: &[Words], put: &mut Sink) -> Result<Downloads, SiteError> {
    let (facts, analysis) = (site.facts, site.analysis);
    let results = analysis.results.to_json();
    let results_sha256 = sha256_hex(&results);
    let mut made: Vec<(String, Vec<u8>)> = vec![
        ("results.json".into(), results),
        ("sheets.csv".into(), sheets_csv(facts, &analysis.sheets, Vec::new())?),
        ("findings.csv".into(), findings_csv(facts, &analysis.findings, Vec::new())?),
        ("false-sheets.csv".into(), false_sheets_csv(analysis, Vec::new())?),
    ];
    for words in words {
        let report = Report {
            results: &analysis.results,
            findings: &analysis.findings,
            pack: &facts.pack,
            boundaries: site.boundaries,
            calibration: site.calibration,
            results_sha256: &results_sha256,
            checkpoint: site.checkpoint,
        };
        let html = report_html(&report, words)?;
        made.push((format!("report.{}.html", words.lang().code()), html.into_bytes()));
    }
    let mut listed = Vec::new();
    for (name, bytes) in made {
        put(&format!("files/{name}"), &bytes)?;
        listed.push(SiteFile { sha256: sha256_hex(&bytes), n_bytes: bytes.len() as u64, name });
    }
    let own: Vec<String> = listed.iter().map(|file| file.name.clone()).collect();
    let attached = site.attached.iter().filter(|file| is_file_name(&file.name) && !own.contains(&file.name));
    listed.extend(attached.cloned());
    Ok(Downloads { results_sha256, listed })
}
