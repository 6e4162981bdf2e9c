//! A claim against the sheets.
//!
//! The subset test needs no estimate: tables counted are part of the country, so a claim about the country
//! cannot give a selection fewer votes than sheets already hold (STATISTICS §3). What it does not show: that
//! the sheets are genuine.

use std::cmp::Ordering;

use tallyproof_core::facts::Facts;
use tallyproof_core::pack::{Claim, ClaimedItem, Share};

use super::internal::{n_rounded, share_test};
use super::{ClaimTest, about};
use crate::counted::Counted;

/// The most tables a claim can have left uncounted, in the reading kindest to it: the stated coverage as
/// low as its rounding allows, taken as a share of tables. 0 when the claim states no coverage.
pub fn most_uncounted(claim: &Claim, n_tables: u64) -> u64 {
    let Some(share) = claim.coverage.as_ref().and_then(|c| c.share) else { return 0 };
    let twice_whole = 2 * u128::from(share.whole());
    let twice_least = (2 * u128::from(share.units)).saturating_sub(1);
    let uncounted = u128::from(n_tables) * (twice_whole - twice_least.min(twice_whole)) / twice_whole;
    u64::try_from(uncounted).unwrap_or(n_tables)
}

/// The same with the stated coverage taken as exact: all but the whole tables it covers.
pub fn uncounted_as_stated(claim: &Claim, n_tables: u64) -> u64 {
    let Some(share) = claim.coverage.as_ref().and_then(|c| c.share) else { return 0 };
    let covered = u128::from(n_tables) * u128::from(share.units) / u128::from(share.whole());
    u64::try_from(covered).map_or(0, |covered| n_tables.saturating_sub(covered))
}

/// A claim about the country, or an area, against the part of it on the sheets.
pub(super) fn subset_tests(
    facts: &Facts,
    claim: &Claim,
    counted: &Counted,
    uncounted: u64,
) -> Vec<ClaimTest> {
    if counted.is_empty() {
        return Vec::new();
    }
    let figures = claim
        .items
        .iter()
        .filter_map(|item| Some((about(facts, item), item.votes?, counted.votes_for(&item.selections))));
    let valid = claim
        .totals
        .valid
        .map(|valid| ("valid".to_owned(), valid, (0..counted.len()).map(|i| counted.valid(i)).collect()));
    let voters = claim.totals.voters.map(|voters| ("voters".to_owned(), voters, counted.cast.clone()));
    let turnout =
        voters_by_turnout(facts, claim).map(|voters| ("turnout".to_owned(), voters, counted.cast.clone()));
    figures
        .chain(valid)
        .chain(voters)
        .chain(turnout)
        .map(|(about, claimed, votes)| {
            let on_sheets: i128 = votes.iter().map(|&v| i128::from(v)).sum();
            let set_aside = sum_of_largest(votes, uncounted);
            ClaimTest {
                id: "subset",
                about,
                passed: on_sheets - set_aside <= i128::from(claimed),
                formula: "on_sheets − on_largest_sheets(uncounted_tables) ≤ claimed",
                inputs: vec![
                    ("on_sheets", on_sheets),
                    ("uncounted_tables", uncounted.into()),
                    ("on_largest_sheets", set_aside),
                    ("claimed", claimed.into()),
                ],
            }
        })
        .collect()
}

/// Tables of what the claim speaks of, where that is known, and their electors, where every one's are.
fn whole(facts: &Facts, claim: &Claim) -> Option<(u64, Option<u64>)> {
    let Some((level, code)) = &claim.area else { return Some((facts.n_tables(), facts.electors())) };
    let chars = facts.pack.levels.get(*level)?.chars;
    let register = facts.register.as_ref()?;
    let of_area = || register.tables.iter().filter(|(table, _)| table.area_code(chars) == code);
    Some((of_area().count() as u64, of_area().map(|(_, electors)| electors.map(u64::from)).sum()))
}

/// The most votes that the tables without a counted sheet can hold: all their electors', and none where every table
/// is counted. `None` where electors are not known, or the sheets hold more than there are.
fn votes_left(facts: &Facts, claim: &Claim, counted: &Counted) -> Option<u64> {
    let (n_tables, electors) = whole(facts, claim)?;
    match (counted.len() as u64).cmp(&n_tables) {
        Ordering::Equal => Some(0),
        Ordering::Greater => None,
        Ordering::Less => {
            let least = |(electors, &cast): (&Option<u32>, &u64)| electors.map_or(0, u64::from).max(cast);
            electors?.checked_sub(counted.electors.iter().zip(&counted.cast).map(least).sum())
        }
    }
}

/// A claim cannot give anybody more than the sheets hold and the electors they leave can add.
pub(super) fn room_tests(facts: &Facts, claim: &Claim, counted: &Counted) -> Vec<ClaimTest> {
    let Some(left) = votes_left(facts, claim, counted).filter(|_| !counted.is_empty()) else {
        return Vec::new();
    };
    let figures = claim
        .items
        .iter()
        .filter_map(|item| Some((about(facts, item), item.votes?, counted.votes_for(&item.selections))));
    let valid = || (0..counted.len()).map(|i| counted.valid(i)).collect();
    let valid = claim.totals.valid.map(|claimed| ("valid".to_owned(), claimed, valid()));
    let test = |(about, claimed, votes): (String, u64, Vec<u64>)| {
        let on_sheets: i128 = votes.iter().map(|&v| i128::from(v)).sum();
        ClaimTest {
            id: "room",
            about,
            passed: i128::from(claimed) <= on_sheets + i128::from(left),
            formula: "claimed ≤ on_sheets + votes_left",
            inputs: vec![("on_sheets", on_sheets), ("votes_left", left.into()), ("claimed", claimed.into())],
        }
    };
    // Votes cast are known of sheets that give all kinds of votes; so are those that are not valid.
    let cast = counted.cast_is_known.then(|| counted.cast.clone());
    let voters =
        claim.totals.voters.zip(cast.clone()).map(|(claimed, cast)| ("voters".into(), claimed, cast));
    let not_valid = |cast: Vec<u64>| (0..counted.len()).map(|i| cast[i] - counted.valid(i)).collect();
    let null = claim.totals.null.filter(|_| !facts.pack.blank_votes).zip(cast);
    let null = null.map(|(claimed, cast)| ("null".into(), claimed, not_valid(cast)));
    figures.chain(valid).chain(voters).chain(null).map(test).collect()
}

/// Where every table is counted, shares and turnout that a claim about all of them states are those of the sheets.
pub(super) fn whole_tests(facts: &Facts, claim: &Claim, counted: &Counted) -> Vec<ClaimTest> {
    let Some((n_tables, electors)) = whole(facts, claim) else { return Vec::new() };
    if counted.is_empty() || counted.len() as u64 != n_tables || claim.coverage.is_some() {
        return Vec::new();
    }
    let valid: u64 = (0..counted.len()).map(|i| counted.valid(i)).sum();
    let share = |item: &ClaimedItem| {
        let votes = counted.votes_for(&item.selections).iter().sum();
        Some(share_test("share-on-sheets", about(facts, item), item.share?, votes, valid, n_rounded(item)))
    };
    let cast: u64 = counted.cast.iter().sum();
    let turnout = claim.turnout.filter(|_| counted.cast_is_known).zip(claim.totals.electors.or(electors));
    let turnout = turnout
        .map(|(share, electors)| share_test("turnout-on-sheets", "turnout".into(), share, cast, electors, 1));
    claim.items.iter().filter_map(share).chain(turnout).collect()
}

/// The most voters a stated turnout allows: of the claim's electors, or of all of them for a claim about all.
fn voters_by_turnout(facts: &Facts, claim: &Claim) -> Option<u64> {
    let Share { units, .. } = claim.turnout?;
    let whole_country = claim.area.is_none() && claim.coverage.is_none();
    let electors = claim.totals.electors.or(facts.electors().filter(|_| whole_country))?;
    let twice_most = u128::from(electors) * (2 * u128::from(units) + 1);
    u64::try_from(twice_most / (2 * u128::from(claim.turnout?.whole()))).ok()
}

/// A claim about some m sheets against all sheets here: can any m of them give it? Only meaningful if the
/// claimant's sheets are among these, which the report says.
pub(super) fn selection_tests(facts: &Facts, claim: &Claim, counted: &Counted) -> Vec<ClaimTest> {
    let Some(m) = claim.totals.tables.filter(|&m| m <= counted.len() as u64) else { return Vec::new() };
    let left_out = counted.len() as u64 - m;
    claim
        .items
        .iter()
        .filter_map(|item| {
            let claimed = i128::from(item.votes?);
            let votes = counted.votes_for(&item.selections);
            let all: i128 = votes.iter().map(|&v| i128::from(v)).sum();
            let least = all - sum_of_largest(votes.clone(), left_out);
            let most = sum_of_largest(votes, m);
            Some(ClaimTest {
                id: "possible-among-sheets",
                about: about(facts, item),
                passed: (least..=most).contains(&claimed),
                formula: "least(sheets) ≤ claimed ≤ most(sheets)",
                inputs: vec![("sheets", m.into()), ("least", least), ("most", most), ("claimed", claimed)],
            })
        })
        .collect()
}

fn sum_of_largest(mut votes: Vec<u64>, n: u64) -> i128 {
    let n = usize::try_from(n).unwrap_or(usize::MAX).min(votes.len());
    if n > 0 && n < votes.len() {
        votes.select_nth_unstable_by(n - 1, |a, b| b.cmp(a));
    }
    votes[..n].iter().map(|&v| i128::from(v)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_are_summed_whatever_their_order() {
        assert_eq!(sum_of_largest(vec![3, 9, 1, 7], 2), 16);
        assert_eq!(sum_of_largest(vec![3, 9], 5), 12);
        assert_eq!(sum_of_largest(vec![3, 9], 0), 0);
    }
}
