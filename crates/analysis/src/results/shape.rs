//! The shape of `results.json`: what stands in it, and nothing of how it comes about.

use std::collections::BTreeMap;

use serde::Serialize;
use tallyproof_core::pack::Localized;

use super::{PublishedArrivals, PublishedEstimate, PublishedGroup, PublishedSensitivity, PublishedWording};

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

/// Fewest sheets that must be entirely reversed before the winner changes.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "see Results")]
pub struct PublishedAudit {
    pub outcome_budget: Option<u64>,
    pub plans: Vec<PublishedPlan>,
    pub refutations: Vec<PublishedRefutation>,
    pub clean_samples: Vec<PublishedCleanSample>,
    pub held: Vec<PublishedHeldAudit>,
}

/// Sample sizes under one cap.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "see Results")]
pub struct PublishedPlan {
    pub id: &'static str,
    pub total_bound: u64,
    pub largest_bound: u64,
    pub treatments: Vec<PublishedTreatment>,
}

/// Sample sizes for one treatment of the missing tables.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "see Results")]
pub struct PublishedTreatment {
    pub id: &'static str,
    pub v: Option<u64>,
    pub k_min: Option<u64>,
    pub u: Option<f64>,
    pub samples: Vec<PublishedSample>,
}

/// Clean draws needed at one risk limit.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "see Results")]
pub struct PublishedSample {
    pub id: String,
    pub risk_limit: f64,
    pub simple: Option<u64>,
    pub kaplan_markov: Option<u64>,
    pub alpha: Option<u64>,
    pub alpha_all_in: Option<u64>,
}

/// Clean draws that refute a claim.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "see Results")]
pub struct PublishedRefutation {
    pub id: String,
    pub n_sheets: u64,
    pub samples: Vec<PublishedDraws>,
}

/// Draws at one risk limit.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "see Results")]
pub struct PublishedDraws {
    pub id: String,
    pub risk_limit: f64,
    pub draws: Option<u64>,
}

/// What a clean sample leaves possible.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "see Results")]
pub struct PublishedCleanSample {
    pub id: String,
    pub draws: u64,
    pub risk_limit: f64,
    pub most_false: u64,
}

/// An audit that was frozen, and where it stands.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "see Results")]
pub struct PublishedHeldAudit {
    pub id: String,
    pub method: &'static str,
    pub treatment: String,
    pub cap: String,
    pub risk_limit: f64,
    pub custody: String,
    pub seed_procedure: String,
    pub list_sha256: String,
    pub n_sheets: u64,
    pub most_draws: u64,
    pub seed: Option<String>,
    pub n_drawn: u64,
    pub n_in_order: u64,
    pub n_out_of_order: u64,
    pub n_differing: u64,
    pub n_not_found: u64,
    pub n_convenience: u64,
    pub advice: &'static str,
    pub most_false_95: Option<u64>,
    pub assertions: Vec<PublishedAssertion>,
}

/// One assertion of an audit.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "see Results")]
pub struct PublishedAssertion {
    pub id: String,
    pub v: u64,
    pub risk: Option<f64>,
    pub risks: Vec<Option<f64>>,
}

/// Screening: every test, and what it looked at.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "see Results")]
pub struct PublishedForensics {
    pub level: f64,
    pub tests: Vec<PublishedScreen>,
    pub homogeneity: Vec<PublishedDispersion>,
    pub inspect_first: Vec<PublishedOutlier>,
    pub integer_percent: Vec<PublishedPercent>,
    pub last_digit: Vec<PublishedDigits>,
    pub late: Vec<PublishedLateShift>,
    pub identical: Vec<PublishedIdentical>,
    pub fingerprint: PublishedFingerprint,
}

/// One screening test.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "see Results")]
pub struct PublishedScreen {
    pub id: &'static str,
    pub n_tests: u64,
    pub p_within: Option<f64>,
    pub p_adjusted: Option<f64>,
    pub finding: bool,
    pub silent: Option<&'static str>,
}

/// Dispersion within centres.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "see Results")]
pub struct PublishedDispersion {
    pub id: String,
    pub n_centres: u64,
    pub df: u64,
    pub phi: Option<f64>,
}

/// A table to inspect first.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "see Results")]
pub struct PublishedOutlier {
    pub id: String,
    pub about: String,
    pub votes: u64,
    pub expected: Option<f64>,
    pub z: Option<f64>,
    pub p_adjusted: Option<f64>,
}

/// Whole percents of one side.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "see Results")]
pub struct PublishedPercent {
    pub id: String,
    pub steps: Vec<PublishedStep>,
    pub seen_by_offset: Vec<u64>,
    pub expected_by_offset: Vec<Option<f64>>,
}

/// One step of percent.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "see Results")]
pub struct PublishedStep {
    pub id: String,
    pub seen: u64,
    pub expected: Option<f64>,
    pub sd: Option<f64>,
    pub p: Option<f64>,
    pub p_adjusted: Option<f64>,
}

/// Last digits of one side.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "see Results")]
pub struct PublishedDigits {
    pub id: String,
    pub seen: Vec<u64>,
    pub chi_square: Option<f64>,
    pub p: Option<f64>,
    pub silent: Option<&'static str>,
}

/// Late arrivals against one level.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "see Results")]
pub struct PublishedLateShift {
    pub id: String,
    pub n_tables: u64,
    pub n_centres: u64,
    pub shift: Option<f64>,
    pub se: Option<f64>,
}

/// Two tables with equal votes.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "see Results")]
pub struct PublishedIdentical {
    pub id: String,
    pub other: String,
    pub valid: u64,
}

/// Tables by turnout and share.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "see Results")]
pub struct PublishedFingerprint {
    pub n_tables: u64,
    pub n_over: u64,
    pub cells: Vec<Vec<u64>>,
    pub silent: Option<&'static str>,
}
