//! The report: one self-contained HTML file, written from results alone.
//!
//! Nothing is fetched and nothing runs: no JavaScript, no font, no picture from elsewhere. Every figure is
//! a `<data>` element whose key is its place in `results.json`, so that each can be checked by machine.
//! Same inputs, same bytes.

mod areas;
mod audit;
mod audit_chart;
mod boundaries;
mod bounds;
mod chart;
mod claim_chart;
mod claim_workings;
mod claims;
mod estimate;
mod estimate_charts;
mod findings;
mod forensics;
mod forensics_charts;
mod headline;
pub(crate) mod html;
mod map;
mod method;
mod missing;
mod page;
pub mod pages;
mod result;
mod robustness;
pub(crate) mod room;
mod summary;
mod worksheet;

use askama::Template;
use tallyproof_analysis::calibrate::Calibration;
use tallyproof_analysis::results::Results;
use tallyproof_core::pack::Pack;
use tallyproof_core::rules::Finding;

pub use boundaries::{BoundariesFault, MAX_BOUNDARIES_BYTES, check_boundaries};
pub(crate) use page::bar;
pub use pages::is_file_name;
pub use worksheet::{Worksheet, WorksheetRow, worksheet_html};

use crate::words::Words;

/// What a report is a function of.
pub struct Report<'a> {
    /// Everything published.
    pub results: &'a Results,
    /// What the rules found, for the examples.
    pub findings: &'a [Finding],
    /// The election.
    pub pack: &'a Pack,
    /// The user's boundaries: GeoJSON (RFC 7946), where there are any.
    pub boundaries: Option<&'a [u8]>,
    /// How often the intervals held the truth when sheets were hidden, where that was measured.
    pub calibration: Option<&'a Calibration>,
    /// Hex SHA-256 of the `results.json` that lies beside the report.
    pub results_sha256: &'a str,
    /// Hex SHA-256 of the log's head, where the report is part of a bundle.
    pub checkpoint: Option<&'a str>,
}

/// When a report cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// When the boundaries cannot be drawn.
    #[error(transparent)]
    Boundaries(#[from] BoundariesFault),
    /// When a template cannot be filled in.
    #[error(transparent)]
    Template(#[from] askama::Error),
}

/// Writes `report.html` in the language of `words`.
pub fn report_html(report: &Report, words: &Words) -> Result<String, ReportError> {
    let pen = html::Pen::new(words);
    Ok(page::Page::new(report, &pen)?.render()?)
}
