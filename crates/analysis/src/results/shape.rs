//! The shape of `results.json`: what stands in it, and nothing of how it comes about.

mod forensics;

use std::collections::BTreeMap;

use serde::Serialize;
use tallyproof_core::pack::Localized;

pub use forensics::*;

use super::{
    PublishedArrivals, PublishedAudit, PublishedEstimate, PublishedGroup, PublishedSensitivity,
    PublishedWording,
};

/// Votes by selection id, in no order that matters.
pub type ById<T> = BTreeMap<String, T>;

/// Everything published.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "field by field in docs/reference/results.md, which a test holds complete")]
pub struct Results {
    pub schema_version: u32,
    pub election: PublishedElection,
    pub tabulation: PublishedTabulation,
    pub bounds: Vec<PublishedBound>,
    pub break_even: PublishedBreakEven,
    pub estimate: PublishedEstimate,
    pub sensitivity: Option<PublishedSensitivity>,
    pub arrivals: Vec<PublishedArrivals>,
    pub robustness: Vec<PublishedGroup>,
    pub wording: PublishedWording,
    pub claims: Vec<PublishedClaim>,
    pub audit: PublishedAudit,
    pub forensics: PublishedForensics,
    pub findings_by_rule: BTreeMap<&'static str, u64>,
    pub images: PublishedImages,
    pub sources: Vec<PublishedSource>,
    pub formulas: BTreeMap<&'static str, &'static str>,
}

/// What election this is.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "see Results")]
pub struct PublishedElection {
    pub id: String,
    pub title: Words,
    pub contest: Words,
    pub date: String,
    pub synthetic: bool,
    pub selections: Vec<PublishedSelection>,
    pub notes: Vec<Words>,
    pub totals_note: Words,
    pub electors: Option<u64>,
    pub levels: Vec<PublishedLevel>,
}

/// A word of the pack in both languages.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "see Results")]
pub struct Words {
    pub en: String,
    pub es: String,
}

impl From<&Localized> for Words {
    fn from(words: &Localized) -> Self {
        Self { en: words.en.clone(), es: words.es.clone() }
    }
}

/// A contestant.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "see Results")]
pub struct PublishedSelection {
    pub id: String,
    pub name: String,
    pub short: String,
    pub color: String,
}

/// A level of areas.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "see Results")]
pub struct PublishedLevel {
    pub id: String,
    pub name: Words,
    pub plural: Words,
    pub count: Option<u64>,
}

/// The sums.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "see Results")]
pub struct PublishedTabulation {
    pub n_tables_total: u64,
    pub n_tables_seen: u64,
    pub n_tables_missing: u64,
    pub share_of_tables: Option<f64>,
    pub votes: ById<u64>,
    pub shares: ById<Option<f64>>,
    pub valid: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blank: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub n_blank_unknown: Option<u64>,
    pub null: u64,
    pub n_null_unknown: u64,
    pub voters: u64,
    pub leading: Option<String>,
    pub second: Option<String>,
    pub tied: bool,
    pub margin: u64,
    pub ratio: Option<f64>,
    pub mean_valid_per_table: Option<f64>,
    pub largest_table_valid: u64,
    pub electors: PublishedElectors,
    pub basis: Basis,
    pub by_class: BTreeMap<&'static str, PublishedTotals>,
    pub by_status: BTreeMap<&'static str, u64>,
    pub units_won: BTreeMap<String, PublishedWins>,
    pub areas: Vec<PublishedArea>,
}

/// Registered electors of counted tables.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "see Results")]
pub struct PublishedElectors {
    pub n_tables_known: u64,
    pub known: u64,
    pub floor: u64,
    pub n_tables_over: u64,
}

/// What the tabulation rests on, and the policy that admitted it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "see Results")]
pub struct Basis {
    pub classes: Vec<&'static str>,
    pub admits: Vec<&'static str>,
    pub sources_differ: &'static str,
    pub sources: Vec<String>,
    pub provisional: bool,
}

/// Totals of some tables.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "see Results")]
pub struct PublishedTotals {
    pub n_tables: u64,
    pub votes: ById<u64>,
    pub valid: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blank: Option<u64>,
    pub null: u64,
}

/// Units won.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "see Results")]
pub struct PublishedWins {
    pub n_seen: u64,
    pub won: ById<u64>,
    pub ties: u64,
}

/// One area.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "see Results")]
pub struct PublishedArea {
    pub level: String,
    pub code: String,
    pub name: Option<String>,
    pub boundary: Option<String>,
    pub n_tables_seen: u64,
    pub n_tables_total: Option<u64>,
    pub votes: ById<u64>,
    pub valid: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blank: Option<u64>,
    pub null: u64,
    pub electors_known: u64,
    pub leading: Option<String>,
    pub margin: u64,
    pub margin_share: Option<f64>,
    pub ratio: Option<f64>,
}

/// One bound.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "see Results")]
pub struct PublishedBound {
    pub id: &'static str,
    pub assumption: &'static str,
    pub formula: &'static str,
    pub inputs: BTreeMap<&'static str, f64>,
    pub missing_votes: Option<f64>,
    pub lead_left: Option<f64>,
    pub flip_excluded: bool,
}

/// Break-even figures.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "see Results")]
pub struct PublishedBreakEven {
    pub votes_per_missing_table: Option<f64>,
    pub most_mean_tables: Option<u64>,
    pub most_largest_tables: Option<u64>,
}

/// One claim with its verdict.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "see Results")]
pub struct PublishedClaim {
    pub id: String,
    pub title: Words,
    pub who: String,
    pub when: String,
    pub source: String,
    pub second_source: Option<String>,
    pub verdict: &'static str,
    pub area: Option<PublishedClaimArea>,
    pub figures: Vec<PublishedFigure>,
    pub tests: Vec<PublishedTest>,
    pub false_sheets: Vec<PublishedBudget>,
    pub rounding: Vec<PublishedRounding>,
    pub n_rounding_tests: u64,
    pub statement: Option<PublishedStatement>,
}

/// The part of the country a claim speaks of.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "see Results")]
pub struct PublishedClaimArea {
    pub level: String,
    pub code: String,
    pub name: Option<String>,
}

/// Fewest false sheets for a claim to hold, under one reading.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "see Results")]
pub struct PublishedBudget {
    pub id: &'static str,
    pub uncounted_tables: u64,
    pub about: String,
    pub surplus: u64,
    pub n_sheets: u64,
    pub share_of_sheets: Option<f64>,
    pub strength: &'static str,
}

/// One rounding scan.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "see Results")]
pub struct PublishedRounding {
    pub id: String,
    pub base: &'static str,
    pub decimals: u32,
    pub total: u64,
    pub parts: [u64; 3],
    pub residuals: [u64; 3],
    pub n_triples: Option<u64>,
    pub n_in_cell: Option<u64>,
    pub p: Option<f64>,
    pub p_in_cell: Option<f64>,
    pub p_hostile: Option<f64>,
    pub p_adjusted: Option<f64>,
}

/// A stated number beside what its formula gives.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "see Results")]
pub struct PublishedStatement {
    pub formula: String,
    pub inputs: BTreeMap<String, i64>,
    pub relation: &'static str,
    pub stated: i64,
    pub computed: Option<f64>,
    pub holds: Option<bool>,
}

/// One figure of a claim beside what the sheets hold.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "see Results")]
pub struct PublishedFigure {
    pub selections: Vec<String>,
    pub group: Option<String>,
    pub votes: Option<u64>,
    pub share: Option<String>,
    pub on_sheets: u64,
}

/// One test of a claim.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "see Results")]
pub struct PublishedTest {
    pub id: &'static str,
    pub about: String,
    pub passed: bool,
    pub formula: &'static str,
    pub inputs: BTreeMap<&'static str, i64>,
}

/// What became of the images.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "see Results")]
pub struct PublishedImages {
    pub n_read: u64,
    pub n_pending: u64,
    pub by_fault: BTreeMap<&'static str, u64>,
    pub by_cause: Vec<PublishedCause>,
    pub by_print: BTreeMap<&'static str, u64>,
}

/// Images of one source and area whose code was not read for one cause.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[allow(missing_docs, reason = "see Results")]
pub struct PublishedCause {
    /// `source:area:cause`, without what is unknown.
    pub id: String,
    pub source: String,
    /// Area of the widest level, where the print tells the table.
    pub area: Option<String>,
    pub cause: String,
    pub n: u64,
}

/// One source and its versions.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "see Results")]
pub struct PublishedSource {
    pub id: String,
    pub name: Option<String>,
    pub note: Option<Words>,
    pub newest: String,
    pub versions: Vec<PublishedVersion>,
}

/// One version of a source.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "see Results")]
pub struct PublishedVersion {
    pub label: String,
    pub supersedes: Vec<String>,
    pub sha256: String,
    pub n_tables: u64,
    pub n_refused: u64,
}
