//! Forensics: screening only. Finding nothing confirms nothing; finding something is a reason to look at
//! paper, and every test here has innocent explanations.
//!
//! Only tests that honest elections pass are here (STATISTICS §5). Digit laws (Benford, second digits),
//! slopes of share on turnout and fits to fingerprints are not: honest elections fail them, which the
//! crate's tests show.
//!
//! | file | looks at | gives |
//! |---|---|---|
//! | `homogeneity` | tables of one centre against each other | dispersion φ, outliers, whom to inspect first |
//! | `integer_percent` | shares that are whole percents | seen against expected |
//! | `last_digit` | last digits of counts | data entry only |
//! | `late` | tables that a later version added | shift against the tables that came before |
//! | `identical` | equal vote vectors in one centre | a list |
//! | `fingerprint` | turnout × share | a picture only |
//!
//! Every test that is run is given, not the tamest. P-values are adjusted twice by Holm's method: within a
//! test for everything it looked at, and then across the tests, so that one error rate covers the page. A
//! test whose preconditions fail is silent and says which.

pub mod fingerprint;
pub mod homogeneity;
pub mod identical;
pub mod integer_percent;
pub mod last_digit;
pub mod late;
mod tail;

use crate::counted::Counted;
use crate::holm::holm;

/// Level at which a screening test is called a finding, after both adjustments.
pub const LEVEL: f64 = 0.01;

/// What is screened.
#[derive(Clone, Copy, Debug)]
pub struct Case<'c> {
    /// The counted sheets, sorted by table.
    pub counted: &'c Counted<'c>,
    /// First and second selection.
    pub sides: (usize, usize),
    /// Leading characters of a table id that name its centre: the lowest level; `None` without levels.
    pub centre_chars: Option<usize>,
    /// Leading characters of every level, widest first.
    pub level_chars: &'c [usize],
    /// Per sheet, whether only the newest version of its source has it; `None` where there is one version.
    pub late: Option<&'c [bool]>,
}

/// Why a test is silent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Silence {
    /// Fewer units than the test needs.
    TooFew,
    /// Counts too small, or not spread over three decades.
    CountsTooSmall,
    /// The sheets give no electors.
    NoElectors,
    /// The pack has no levels.
    NoLevels,
    /// There is one version only.
    OneVersion,
}

impl Silence {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Silence::TooFew => "too-few",
            Silence::CountsTooSmall => "counts-too-small",
            Silence::NoElectors => "no-electors",
            Silence::NoLevels => "no-levels",
            Silence::OneVersion => "one-version",
        }
    }
}

/// One test's p-value, adjusted.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// Stable id of the test.
    pub id: &'static str,
    /// Comparisons it made.
    pub n_tests: u64,
    /// Smallest p after adjusting for these; `None` when silent.
    pub p_within: Option<f64>,
    /// The same after adjusting for the tests of the page.
    pub p: Option<f64>,
    /// Why it is silent.
    pub silent: Option<Silence>,
}

impl Outcome {
    /// Whether it is a finding.
    pub fn is_finding(&self) -> bool {
        self.p.is_some_and(|p| p < LEVEL)
    }
}

/// Everything looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct Screening {
    /// Every test with a p-value, silent ones too.
    pub outcomes: Vec<Outcome>,
    /// Tables of one centre against each other, for the first and the second side.
    pub homogeneity: Result<homogeneity::Homogeneity, Silence>,
    /// Whole percents.
    pub integer_percent: Result<integer_percent::IntegerPercent, Silence>,
    /// Last digits, per side.
    pub last_digit: Vec<(usize, Result<last_digit::LastDigit, Silence>)>,
    /// Late arrivals.
    pub late: Result<late::Late, Silence>,
    /// Equal vote vectors.
    pub identical: Vec<identical::Identical>,
    /// Turnout × share.
    pub fingerprint: Result<fingerprint::Fingerprint, Silence>,
}

/// Runs every test.
pub fn screen(case: &Case) -> Screening {
    let homogeneity = homogeneity::homogeneity(case);
    let integer_percent = integer_percent::integer_percent(case);
    let sides = [case.sides.0, case.sides.1];
    let last_digit: Vec<_> = sides.map(|s| (s, last_digit::last_digit(case, s))).into();
    let late = late::late(case);
    let digits: Vec<f64> = last_digit.iter().filter_map(|(_, d)| Some(d.as_ref().ok()?.p)).collect();
    let digit_silence = last_digit.iter().find_map(|(_, d)| d.as_ref().err().copied());
    let mut outcomes = vec![
        outcome("homogeneity", homogeneity.as_ref().map(|h| (h.n_tests, h.p)).map_err(|s| *s)),
        outcome("integer-percent", integer_percent.as_ref().map(|i| (i.n_tests(), i.p())).map_err(|s| *s)),
        outcome(
            "last-digit",
            match (digits.is_empty(), digit_silence) {
                (true, Some(silence)) => Err(silence),
                _ => Ok((digits.len() as u64, least(&holm(&digits, 0)))),
            },
        ),
        outcome("late", late.as_ref().map_err(|s| *s).and_then(|l| Ok((1, l.p.ok_or(Silence::TooFew)?)))),
    ];
    let spoken: Vec<f64> = outcomes.iter().filter_map(|o| o.p_within).collect();
    // Silent tests count as well: which are silent depends on the data.
    let mut adjusted = holm(&spoken, outcomes.len() as u64).into_iter();
    for outcome in outcomes.iter_mut().filter(|o| o.p_within.is_some()) {
        outcome.p = adjusted.next();
    }
    Screening {
        outcomes,
        homogeneity,
        integer_percent,
        last_digit,
        late,
        identical: identical::identical(case),
        fingerprint: fingerprint::fingerprint(case),
    }
}

fn outcome(id: &'static str, found: Result<(u64, f64), Silence>) -> Outcome {
    match found {
        Ok((n_tests, p)) => Outcome { id, n_tests, p_within: Some(p), p: None, silent: None },
        Err(silence) => Outcome { id, n_tests: 0, p_within: None, p: None, silent: Some(silence) },
    }
}

fn least(p: &[f64]) -> f64 {
    p.iter().copied().fold(1.0, f64::min)
}
