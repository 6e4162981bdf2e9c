//! What screening found, as `results.json` holds it.

use serde::Serialize;

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
    pub excess_share: Option<f64>,
    pub most_share: Option<f64>,
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
