//! The estimate of the full result: totals of all tables from those seen.
//!
//! Read in this order: [`population`] (what it is a function of), [`ratio`] (the estimators), [`quantities`]
//! (margin, shares, ratio), [`level`] (which clusters, and why), [`late`] (how missing sheets that came later
//! differed). Everything is conditional on the sheets being genuine, and on sheets having gone missing
//! without regard to their votes within the clusters.

pub mod late;
pub mod level;
pub mod population;
pub mod quantities;
pub mod ratio;

use tallyproof_core::facts::Facts;
use tallyproof_core::reconcile::Sheet;
use tallyproof_core::tabulate::Tabulation;

use late::{Shift, observed_shifts};
use level::{Clustering, clustering};
use population::{Population, Whole};
use ratio::{Absent, Estimate, Estimator, estimate};

/// Fewest clusters from which the normal interval is trusted without a warning: "few" lies between 20 and
/// 50 (Cameron & Miller 2015, §VI).
pub const FEW_CLUSTERS: u64 = 50;

/// Why an estimator is the default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DefaultReason {
    /// The register gives electors of every table, and every widest area has a counted sheet.
    RegisterByArea,
    /// The register gives electors of every table, but not every widest area has a counted sheet.
    RegisterInAll,
    /// The register gives no electors, or they contradict the sheets: only tables can be counted.
    RegisterOfTables,
    /// There is no register: only how many tables exist is known.
    NoRegister,
}

impl DefaultReason {
    /// Stable code used in files.
    pub fn code(self) -> &'static str {
        match self {
            DefaultReason::RegisterByArea => "register-by-area",
            DefaultReason::RegisterInAll => "register-in-all",
            DefaultReason::RegisterOfTables => "register-of-tables",
            DefaultReason::NoRegister => "no-register",
        }
    }
}

/// One estimator's outcome at every level of clustering.
pub struct Estimates {
    /// Which.
    pub estimator: Estimator,
    /// By level of the population, widest first, tables last: the same totals, other covariances.
    pub by_level: Vec<Result<Estimate, Absent>>,
}

/// Everything estimated.
pub struct Estimation {
    /// The counted sheets.
    pub population: Population,
    /// What there is in all.
    pub whole: Whole,
    /// Leading and second selection.
    pub first_two: Option<(usize, usize)>,
    /// The level of clustering, and why.
    pub clustering: Clustering,
    /// Which estimator is shown first, and why.
    pub default: (Estimator, DefaultReason),
    /// Every estimator.
    pub estimates: Vec<Estimates>,
    /// How late sheets differed from early ones.
    pub shifts: Vec<Shift>,
}

impl Estimation {
    /// Estimates from the sheets that count.
    pub fn new(facts: &Facts, sheets: &[Sheet], tab: &Tabulation) -> Self {
        let population = Population::new(facts, sheets);
        let whole = Whole::new(facts, &population);
        let ranking = tab.totals.ranking();
        let first_two = match ranking.as_slice() {
            [first, second, ..] => Some((*first, *second)),
            _ => None,
        };
        let levels = 0..population.n_levels();
        let estimates: Vec<Estimates> = Estimator::ALL
            .into_iter()
            .map(|estimator| {
                let at = |level| estimate(&population, &whole, estimator, level, None);
                Estimates { estimator, by_level: levels.clone().map(at).collect() }
            })
            .collect();
        Self {
            clustering: clustering(facts, sheets),
            default: default_estimator(facts, &estimates),
            shifts: first_two.map(|(_, second)| observed_shifts(facts, second)).unwrap_or_default(),
            population,
            whole,
            first_two,
            estimates,
        }
    }

    /// The default estimator at the chosen level.
    pub fn chosen(&self) -> Result<&Estimate, Absent> {
        self.at(self.default.0, self.clustering.level)
    }

    /// One estimator at one level of clustering.
    pub fn at(&self, estimator: Estimator, level: usize) -> Result<&Estimate, Absent> {
        let estimates = self.estimates.iter().find(|e| e.estimator == estimator);
        let found = estimates.and_then(|e| e.by_level.get(level)).ok_or(Absent::NoSheets)?;
        found.as_ref().map_err(|absent| *absent)
    }
}

/// The estimator that uses most of what the pack knows: electors by area of a register, else its electors in
/// all, else the number of tables. Electors that stand in no register are not used by default: whether they
/// cover the same tables is not known.
fn default_estimator(facts: &Facts, estimates: &[Estimates]) -> (Estimator, DefaultReason) {
    let works = |estimator: Estimator| {
        let found = estimates.iter().find(|e| e.estimator == estimator);
        found.and_then(|e| e.by_level.first()).is_some_and(Result::is_ok)
    };
    let by_register = facts.register.as_ref().is_some_and(|r| r.tables.values().all(Option::is_some));
    if facts.register.is_none() {
        (Estimator::Expansion, DefaultReason::NoRegister)
    } else if by_register && works(Estimator::PostStratified) {
        (Estimator::PostStratified, DefaultReason::RegisterByArea)
    } else if by_register && works(Estimator::Ratio) {
        (Estimator::Ratio, DefaultReason::RegisterInAll)
    } else {
        (Estimator::Expansion, DefaultReason::RegisterOfTables)
    }
}
