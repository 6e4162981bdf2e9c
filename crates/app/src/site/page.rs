//! The page: its parts in order, and what they share.

use askama::Template;
use tallyproof_analysis::calibrate::Calibration;
use tallyproof_analysis::results::{PublishedSelection, Results};
use tallyproof_core::pack::Pack;
use tallyproof_core::rules::Finding;
use tallyproof_core::tidy::plain;

use super::areas::{Areas, Fill};
use super::audit::AuditView;
use super::bounds::Bounds;
use super::chart::Chart;
use super::claim_chart;
use super::claims::ClaimView;
use super::estimate::EstimateView;
use super::findings::Findings;
use super::forensics::ForensicsView;
use super::headline::Headline;
use super::html::Pen;
use super::method::Method;
use super::missing::Missing;
use super::result::ResultTable;
use super::robustness::Robustness;
use super::summary::Summary;
use super::{Report, ReportError};

/// What every part is written from.
pub(super) struct Material<'r> {
    pub(super) pen: &'r Pen<'r>,
    pub(super) results: &'r Results,
    pub(super) pack: &'r Pack,
    pub(super) findings: &'r [Finding],
    pub(super) results_sha256: &'r str,
    pub(super) checkpoint: Option<&'r str>,
    pub(super) calibration: Option<&'r Calibration>,
}

impl<'r> Material<'r> {
    /// A report's inputs, to be written with `pen`.
    pub(super) fn new(report: &Report<'r>, pen: &'r Pen<'r>) -> Self {
        Self {
            pen,
            results: report.results,
            pack: report.pack,
            findings: report.findings,
            results_sha256: report.results_sha256,
            checkpoint: report.checkpoint,
            calibration: report.calibration,
        }
    }

    /// A contestant by id.
    pub(super) fn selection(&self, id: &str) -> Option<&'r PublishedSelection> {
        self.results.election.selections.iter().find(|s| s.id == id)
    }

    /// A contestant's name, or the id where there is none.
    pub(super) fn name(&self, id: &str) -> String {
        plain(self.selection(id).map_or(id, |s| &s.name)).into_owned()
    }

    /// A contestant's short name.
    pub(super) fn short(&self, id: &str) -> String {
        plain(self.selection(id).map_or(id, |s| &s.short)).into_owned()
    }

    /// A contestant's colour.
    pub(super) fn color(&self, id: &str) -> String {
        let known = self.selection(id).map(|s| s.color.as_str());
        known.filter(|color| is_color(color)).unwrap_or("#8a8f98").to_owned()
    }

    /// Whether any sheet counts.
    pub(super) fn has_sheets(&self) -> bool {
        self.results.tabulation.n_tables_seen > 0
    }

    /// Contestants by votes, most first; equal votes keep the pack's order.
    pub(super) fn ranking(&self) -> Vec<&'r PublishedSelection> {
        let mut order: Vec<&PublishedSelection> = self.results.election.selections.iter().collect();
        order.sort_by_key(|s| std::cmp::Reverse(self.results.tabulation.votes.get(&s.id).copied()));
        order
    }
}

/// Styles are no place for anybody's text: a colour is `#` and six hex digits or it is not used.
fn is_color(text: &str) -> bool {
    text.strip_prefix('#').is_some_and(|hex| hex.len() == 6 && hex.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// Length of a bar, percent of its place.
pub(crate) fn bar(part: u64, whole: u64) -> String {
    // Only a picture: the figure stands beside it.
    let share = if whole == 0 { 0.0 } else { part as f64 / whole as f64 };
    format!("{:.2}", share.clamp(0.0, 1.0) * 100.0)
}

/// A section, for the table of contents.
pub(super) struct Section {
    pub(super) id: &'static str,
    pub(super) title: String,
}

#[derive(Template)]
#[template(path = "report.html")]
pub(super) struct Page<'r> {
    pen: &'r Pen<'r>,
    title: String,
    contest: String,
    date: String,
    synthetic: bool,
    sections: Vec<Section>,
    headline: Headline,
    result: ResultTable,
    areas: Areas,
    summary: Summary,
    estimate: EstimateView,
    robustness: Robustness,
    audit: AuditView,
    bounds: Bounds,
    claims: Vec<ClaimView>,
    claims_chart: Option<Chart>,
    forensics: ForensicsView,
    findings: Findings,
    missing: Missing,
    method: Method,
}

impl<'r> Page<'r> {
    pub(super) fn new(report: &Report<'r>, pen: &'r Pen<'r>) -> Result<Self, ReportError> {
        let material = Material::new(report, pen);
        let election = &report.results.election;
        let section = |id| Section { id, title: pen.say_of("report-section", id) };
        let ids = [
            "words",
            "result",
            "areas",
            "bounds",
            "estimate",
            "robustness",
            "audit",
            "claims",
            "forensics",
            "findings",
            "missing",
            "method",
            "limits",
        ];
        Ok(Self {
            pen,
            title: pen.of(&election.title),
            contest: pen.of(&election.contest),
            date: pen.date(&election.date),
            synthetic: election.synthetic,
            sections: ids.map(section).into(),
            headline: Headline::new(&material),
            result: ResultTable::new(&material),
            areas: Areas::new(&material, report.boundaries)?,
            bounds: Bounds::new(&material),
            summary: Summary::new(&material),
            estimate: EstimateView::new(&material),
            robustness: Robustness::new(&material),
            audit: AuditView::new(&material),
            claims: report.results.claims.iter().map(|claim| ClaimView::new(&material, claim)).collect(),
            claims_chart: claim_chart::against_bounds(&material),
            forensics: ForensicsView::new(&material),
            findings: Findings::new(&material),
            missing: Missing::new(&material),
            method: Method::new(&material),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_colours_become_colours() {
        assert!(is_color("#1f6fb4"));
        for wrong in ["red", "#fff", "#1f6fb4;x", "url(//x)", "#gggggg"] {
            assert!(!is_color(wrong), "{wrong}");
        }
    }

    #[test]
    fn a_bar_stays_in_its_place() {
        assert_eq!((bar(1, 4).as_str(), bar(9, 4).as_str(), bar(1, 0).as_str()), ("25.00", "100.00", "0.00"));
    }
}
