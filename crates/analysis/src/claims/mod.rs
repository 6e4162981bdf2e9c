//! Testing published statements: do they hold together, and do the sheets allow them?
//!
//! | file | question |
//! |---|---|
//! | `internal` | do the claim's own figures follow from each other? |
//! | `external` | do the sheets leave room for it? |
//! | `budget` | how many sheets must be false for it to hold? |
//! | `rounding` | were its counts computed from rounded shares? |
//! | `stated` | does a number follow by the formula it is said to follow by? do two transcriptions agree? |
//!
//! A verdict is about figures, never about people (STATISTICS §3).

pub mod budget;
mod external;
mod internal;
pub mod rounding;
mod stated;

use tallyproof_core::facts::Facts;
use tallyproof_core::pack::{Claim, ClaimedItem, Scope};

use crate::counted::Counted;
use budget::{BudgetCase, FalseSheets, min_false_sheets};
pub use external::{most_uncounted, uncounted_as_stated};
use internal::internal_tests;
use rounding::Rounding;
pub use stated::Recomputed;

/// What the tests of a claim amount to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// The sheets, if genuine, cannot be part of what the claim describes.
    Contradicted,
    /// The claim's own figures do not follow from each other as stated.
    NotDerivable,
    /// Tested against the sheets and not contradicted. It does not say that the claim is true.
    Consistent,
    /// Nothing here can test it.
    NotTestable,
}

impl Verdict {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Verdict::Contradicted => "contradicted",
            Verdict::NotDerivable => "not-derivable",
            Verdict::Consistent => "consistent",
            Verdict::NotTestable => "not-testable",
        }
    }
}

/// One test of one claim.
#[derive(Clone, Debug, PartialEq)]
pub struct ClaimTest {
    /// Stable id of the kind of test.
    pub id: &'static str,
    /// What it is about: selection ids joined by `+`, or a total's name.
    pub about: String,
    /// Whether the claim passes.
    pub passed: bool,
    /// How it is computed, in the symbols of `inputs`.
    pub formula: &'static str,
    /// What went in, by name.
    pub inputs: Vec<(&'static str, i128)>,
}

/// How much of the country a claim is taken to have left uncounted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// The most its rounding allows: kindest to the claim.
    Kindest,
    /// The stated coverage, taken as exact.
    AsStated,
    /// Nothing: the claim is about every table.
    Whole,
}

impl Reading {
    /// Every reading, kindest first.
    pub const ALL: [Reading; 3] = [Reading::Kindest, Reading::AsStated, Reading::Whole];

    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Reading::Kindest => "kindest",
            Reading::AsStated => "as-stated",
            Reading::Whole => "whole",
        }
    }
}

/// The fewest sheets that must be false under one reading of the claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Budget {
    /// The reading.
    pub reading: Reading,
    /// Tables that it lets the claim leave out.
    pub uncounted: u64,
    /// Counted sheets of what the claim speaks of.
    pub n_counted: u64,
    /// Selections of the figure that decides.
    pub selections: Vec<usize>,
    /// The same as ids joined by `+`.
    pub about: String,
    /// The answer; sheets are indices into the counted sheets.
    pub found: FalseSheets,
}

/// A claim and what its tests say.
#[derive(Clone, Debug, PartialEq)]
pub struct TestedClaim<'f> {
    /// The claim.
    pub claim: &'f Claim,
    /// What the tests amount to.
    pub verdict: Verdict,
    /// Every test made, passed or not.
    pub tests: Vec<ClaimTest>,
    /// For a claim that the sheets exceed: how many must be false, under each reading.
    pub budgets: Vec<Budget>,
    /// Rounding scans, by base and precision.
    pub rounding: Vec<Rounding>,
    /// Size of the family of rounding scans that Holm's adjustment is over.
    pub n_rounding_tests: u64,
    /// The stated number beside what its formula gives.
    pub recomputed: Option<Recomputed>,
}

/// Tests every claim of the pack against itself and against the counted sheets.
pub fn test_claims<'f>(facts: &'f Facts, counted: &Counted) -> Vec<TestedClaim<'f>> {
    let (mut rounding, n_rounding_tests) = rounding::scan(&facts.pack.claims);
    let test = |(index, claim)| {
        let mut tested = test_claim(facts, claim, counted);
        let own = rounding.extract_if(.., |(of, _)| *of == index);
        tested.rounding = own.map(|(_, scan)| scan).collect();
        tested.n_rounding_tests = n_rounding_tests;
        tested
    };
    facts.pack.claims.iter().enumerate().map(test).collect()
}

fn test_claim<'f>(facts: &Facts, claim: &'f Claim, counted: &Counted) -> TestedClaim<'f> {
    let of_area = claim
        .area
        .as_ref()
        .map(|(level, code)| counted.within(facts.pack.levels.get(*level).map_or(0, |l| l.chars), code));
    let sheets = of_area.as_ref().unwrap_or(counted);
    let n_tables = tables_of(facts, claim);
    let recomputed = stated::recompute(facts, claim);
    let mut own = internal_tests(facts, claim);
    own.extend(recomputed.as_ref().and_then(Recomputed::test));
    let external = match (claim.scope, n_tables) {
        (Scope::Country, Some(n)) => {
            let mut tests = external::subset_tests(facts, claim, sheets, most_uncounted(claim, n));
            tests.extend(external::room_tests(facts, claim, sheets));
            tests.extend(external::whole_tests(facts, claim, sheets));
            tests
        }
        // Without knowing how many tables the area has, a stated coverage leaves any of them uncounted.
        (Scope::Country, None) => Vec::new(),
        (Scope::Sheets, _) => external::selection_tests(facts, claim, sheets),
    };
    let verdict = verdict(claim.scope, &own, &external);
    // Two copies that differ say something about the copies, not about the claim.
    let copies = stated::transcriptions(facts, claim);
    let budgets = match (claim.scope, n_tables) {
        (Scope::Country, Some(n)) => budgets(facts, claim, (counted, sheets), n),
        _ => Vec::new(),
    };
    TestedClaim {
        claim,
        verdict,
        tests: own.into_iter().chain(copies).chain(external).collect(),
        budgets,
        rounding: Vec::new(),
        n_rounding_tests: 0,
        recomputed,
    }
}

fn verdict(scope: Scope, own: &[ClaimTest], external: &[ClaimTest]) -> Verdict {
    let fails = |tests: &[ClaimTest]| tests.iter().any(|test| !test.passed);
    match scope {
        Scope::Country if fails(external) => Verdict::Contradicted,
        _ if fails(own) || fails(external) => Verdict::NotDerivable,
        _ if external.is_empty() => Verdict::NotTestable,
        _ => Verdict::Consistent,
    }
}

/// Tables of what the claim speaks of: of an area only where a register lists them, unless the claim states
/// no coverage, so that none can be uncounted.
fn tables_of(facts: &Facts, claim: &Claim) -> Option<u64> {
    let Some((level, code)) = &claim.area else { return Some(facts.n_tables()) };
    let chars = facts.pack.levels.get(*level)?.chars;
    match &facts.register {
        Some(register) => {
            Some(register.tables.keys().filter(|table| table.area_code(chars) == code).count() as u64)
        }
        None => claim.coverage.is_none().then_some(0),
    }
}

fn budgets(facts: &Facts, claim: &Claim, (all, sheets): (&Counted, &Counted), n_tables: u64) -> Vec<Budget> {
    let figures = disjoint_figures(facts, claim);
    let claimed: Vec<u64> = figures.iter().map(|(_, votes)| *votes).collect();
    let votes: Vec<Vec<u64>> = figures.iter().map(|(s, _)| sheets.votes_for(s)).collect();
    let exceeded = votes.iter().zip(&claimed).any(|(votes, &claimed)| votes.iter().sum::<u64>() > claimed);
    if !exceeded {
        return Vec::new();
    }
    let caps: Vec<Option<u64>> = sheets.electors.iter().map(|e| e.map(u64::from)).collect();
    let missing_cap = missing_cap(facts, all).filter(|_| claim.area.is_none());
    let budget = |reading: Reading| {
        let uncounted = match reading {
            Reading::Kindest => most_uncounted(claim, n_tables),
            Reading::AsStated => uncounted_as_stated(claim, n_tables),
            Reading::Whole => 0,
        };
        let case = BudgetCase { claimed: &claimed, votes: &votes, caps: &caps, uncounted, missing_cap };
        let mut found = min_false_sheets(&case)?;
        if claim.area.is_some() {
            // Sheets of the part, by their place among all.
            let at = |i: &usize| all.tables.binary_search(&sheets.tables[*i]).unwrap_or(*i);
            found.sheets = found.sheets.iter().map(at).collect();
        }
        Some(Budget {
            reading,
            uncounted,
            n_counted: sheets.len() as u64,
            selections: figures[found.figure].0.clone(),
            about: ids(facts, &figures[found.figure].0),
            found,
        })
    };
    Reading::ALL.into_iter().filter_map(budget).collect()
}

/// Electors of the tables that are missing, all together: electors in all, less those of the sheets. A table
/// whose electors are unknown is taken to have as many as the largest known, so that too little rather than
/// too much room is left for a claim. `None` where no table's electors are known.
fn missing_cap(facts: &Facts, all: &Counted) -> Option<u64> {
    let largest = all.electors.iter().flatten().max().map(|&e| u64::from(e))?;
    let seen: u64 = all.electors.iter().map(|e| e.map_or(largest, u64::from)).sum();
    facts.electors().map(|electors| electors.saturating_sub(seen))
}

/// Figures in votes, no selection in two: singles first, then groups of what is left, then whatever the
/// valid votes leave for the selections that nobody named.
fn disjoint_figures(facts: &Facts, claim: &Claim) -> Vec<(Vec<usize>, u64)> {
    let mut free: Vec<bool> = vec![true; facts.pack.selections.len()];
    let mut figures: Vec<(Vec<usize>, u64)> = Vec::new();
    let singles = claim.items.iter().filter(|item| item.group.is_none());
    for item in singles.chain(claim.items.iter().filter(|item| item.group.is_some())) {
        let Some(votes) = item.votes else { continue };
        if item.selections.iter().all(|&s| free[s]) {
            item.selections.iter().for_each(|&s| free[s] = false);
            figures.push((item.selections.clone(), votes));
        }
    }
    let rest: Vec<usize> = (0..free.len()).filter(|&s| free[s]).collect();
    let named = figures.iter().try_fold(0u64, |sum, (_, votes)| sum.checked_add(*votes));
    if let Some(left) = claim.totals.valid.zip(named).and_then(|(valid, named)| valid.checked_sub(named))
        && !rest.is_empty()
    {
        figures.push((rest, left));
    }
    figures
}

fn about(facts: &Facts, item: &ClaimedItem) -> String {
    ids(facts, &item.selections)
}

fn ids(facts: &Facts, selections: &[usize]) -> String {
    let ids: Vec<&str> = selections.iter().map(|&s| facts.pack.selections[s].id.as_str()).collect();
    ids.join("+")
}
