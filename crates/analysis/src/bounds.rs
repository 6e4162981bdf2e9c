//! Bounds: worst-case arithmetic on what is missing.
//!
//! Every missing vote is given to the second side and none to the first; the first still leads when its
//! margin is larger than the votes missing. No statistics, one assumption each (STATISTICS §2.1; the idea
//! is that of worst-case identification bounds, Manski 1990). All assume that the counted sheets are
//! genuine. A bound that settles nothing is shown like one that does.

use tallyproof_core::facts::Facts;
use tallyproof_core::tabulate::Tabulation;

use crate::number::ratio;

/// One bound.
#[derive(Clone, Debug, PartialEq)]
pub struct Bound {
    /// Stable id.
    pub id: &'static str,
    /// The assumption, as a code; words are in the locales.
    pub assumption: &'static str,
    /// How it is computed, in the symbols of `inputs`.
    pub formula: &'static str,
    /// What went in, by name.
    pub inputs: Vec<(&'static str, f64)>,
    /// Most votes that can be missing under the assumption; `None` when not computable.
    pub missing_votes: Option<f64>,
    /// Margin less missing votes, votes; `None` when not computable.
    pub lead_left: Option<f64>,
    /// Whether no distribution of the missing votes changes the winner. What it does not show: that the
    /// sheets are genuine, or that the assumption holds.
    pub flip_excluded: bool,
}

/// What the missing tables would have to do, beside the bounds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BreakEven {
    /// Net votes for the second side per missing table at which the lead is gone.
    pub votes_per_missing_table: Option<f64>,
    /// Most tables of mean size that can be missing without a change of winner.
    pub most_mean_tables: Option<u64>,
    /// Most tables as large as the largest seen that can be missing without a change of winner.
    pub most_largest_tables: Option<u64>,
}

/// All bounds, in the order reports show them.
pub fn bounds(facts: &Facts, tab: &Tabulation) -> Vec<Bound> {
    vec![mean_table(tab), every_elector(facts, tab), largest_table(tab), claimed_voters(facts, tab)]
}

/// (a) Missing tables are as large as the mean table seen: X = k · V / n.
fn mean_table(tab: &Tabulation) -> Bound {
    let (margin, k) = (signed(tab.totals.margin()), signed(tab.n_tables_missing()));
    let (valid, n) = (signed(tab.totals.valid()), signed(tab.n_tables_seen()));
    let lead = margin * n - k * valid;
    let n = if overfull(tab) { 0 } else { n };
    Bound {
        id: "mean-table",
        assumption: "missing-tables-as-large-as-mean",
        formula: "lead_left = margin − missing_tables × valid / tables_seen",
        inputs: inputs(&[("margin", margin), ("missing_tables", k), ("valid", valid), ("tables_seen", n)]),
        missing_votes: ratio(k * valid, n, 2),
        lead_left: ratio(lead, n, 2),
        flip_excluded: n > 0 && lead > 0,
    }
}

/// (b) Every elector not on a counted sheet votes: X = electors − electors of counted tables, where a
/// table whose electors are unknown has at least as many as voted there. Not computable when the sheets hold
/// more electors than there are: an assumption that is false excludes nothing.
fn every_elector(facts: &Facts, tab: &Tabulation) -> Bound {
    let (margin, seen) = (signed(tab.totals.margin()), signed(tab.electors_floor));
    let electors = facts.electors();
    let remaining = electors.map(|all| signed(all) - seen).filter(|&x| x >= 0);
    let mut given = inputs(&[
        ("margin", margin),
        ("electors_seen", seen),
        ("tables_with_electors", signed(tab.n_electors_known)),
        ("tables_with_floor", signed(tab.n_tables_seen() - tab.n_electors_known)),
    ]);
    given.extend(electors.iter().flat_map(|&all| inputs(&[("electors", signed(all))])));
    if let Some(remaining) = remaining {
        // Turnout of the remaining electors at which the lead would be gone; above 1 it is impossible.
        given.extend(ratio(margin, remaining, 6).map(|turnout| ("turnout_to_flip", turnout)));
    }
    from_missing(
        "every-elector",
        "every-remaining-elector-votes",
        "lead_left = margin − (electors − electors_seen)",
        given,
        (margin, remaining, tab),
    )
}

/// (c) Every missing table is as large as the largest seen: X = k · max V. The largest *seen* bounds
/// nothing by itself.
fn largest_table(tab: &Tabulation) -> Bound {
    let (margin, k) = (signed(tab.totals.margin()), signed(tab.n_tables_missing()));
    let largest = signed(tab.largest_valid);
    let mut given = inputs(&[("margin", margin), ("missing_tables", k), ("largest_table", largest)]);
    if let Some(electors) = tab.largest_electors {
        let lead = margin - k * i128::from(electors);
        given.extend(inputs(&[
            ("largest_electors", i128::from(electors)),
            ("lead_left_at_largest_electors", lead),
        ]));
    }
    let missing = (!overfull(tab)).then_some(k * largest);
    from_missing(
        "largest-table",
        "missing-tables-as-large-as-largest-seen",
        "lead_left = margin − missing_tables × largest_table",
        given,
        (margin, missing, tab),
    )
}

/// (d) As many voters as the claimant says: X = claimed voters − voters on counted sheets. The latest claim
/// about the country that states voters is taken. Not computable when it states fewer than the sheets hold.
fn claimed_voters(facts: &Facts, tab: &Tabulation) -> Bound {
    use tallyproof_core::pack::Scope;
    let (margin, seen) = (signed(tab.totals.margin()), signed(tab.voters));
    let claims = facts.pack.claims.iter().filter(|c| c.scope == Scope::Country);
    let claimed =
        claims.filter_map(|c| Some((&c.when, c.totals.voters?))).max().map(|(_, voters)| signed(voters));
    let mut given = inputs(&[("margin", margin), ("voters_seen", seen)]);
    given.extend(claimed.iter().flat_map(|&voters| inputs(&[("claimed_voters", voters)])));
    from_missing(
        "claimed-voters",
        "as-many-voters-as-claimed",
        "lead_left = margin − (claimed_voters − voters_seen)",
        given,
        (margin, claimed.map(|voters| voters - seen).filter(|&x| x >= 0), tab),
    )
}

fn from_missing(
    id: &'static str,
    assumption: &'static str,
    formula: &'static str,
    inputs: Vec<(&'static str, f64)>,
    (margin, missing, tab): (i128, Option<i128>, &Tabulation),
) -> Bound {
    let missing = missing.filter(|_| tab.n_tables_seen() > 0);
    let lead = missing.map(|x| margin - x);
    Bound {
        id,
        assumption,
        formula,
        inputs,
        missing_votes: missing.and_then(|x| ratio(x, 1, 0)),
        lead_left: lead.and_then(|x| ratio(x, 1, 0)),
        flip_excluded: lead.is_some_and(|x| x > 0),
    }
}

/// Whether more tables were counted than are said to exist: then how many are missing is not known.
fn overfull(tab: &Tabulation) -> bool {
    tab.n_tables_seen() > tab.n_tables_total
}

/// The break-even figures: M / k, and the largest k with k · size < M.
pub fn break_even(tab: &Tabulation) -> BreakEven {
    let (margin, k) = (signed(tab.totals.margin()), signed(tab.n_tables_missing()));
    let (valid, n) = (signed(tab.totals.valid()), signed(tab.n_tables_seen()));
    let most = |numerator: i128, size: i128| {
        (size > 0 && numerator > 0).then(|| u64::try_from((numerator - 1) / size).ok()).flatten()
    };
    BreakEven {
        votes_per_missing_table: ratio(margin, k, 2),
        most_mean_tables: most(margin * n, valid),
        most_largest_tables: most(margin, signed(tab.largest_valid)),
    }
}

fn signed(n: u64) -> i128 {
    i128::from(n)
}

fn inputs(pairs: &[(&'static str, i128)]) -> Vec<(&'static str, f64)> {
    pairs.iter().filter_map(|&(name, value)| Some((name, ratio(value, 1, 0)?))).collect()
}
