//! Do a claim's own figures follow from each other? No sheet is needed.
//!
//! A share matches its count within half a unit of its last digit for every figure that was rounded: the
//! share of "others" may be the sum of rounded shares, and then 4.86 beside 4.8714 contradicts nothing.

use tallyproof_core::facts::Facts;
use tallyproof_core::pack::{Claim, ClaimedItem, Coverage, Share};

use super::{ClaimTest, about};

/// Do the claim's own figures follow from each other?
pub(super) fn internal_tests(facts: &Facts, claim: &Claim) -> Vec<ClaimTest> {
    let mut tests = Vec::new();
    tests.extend(votes_add_up(facts, claim));
    for group in claim.items.iter().filter(|item| item.group.is_some()) {
        tests.extend(group_adds_up(facts, claim, group));
    }
    tests.extend(voters_add_up(facts, claim));
    tests.extend(voters_within_electors(claim));
    for item in &claim.items {
        if let (Some(votes), Some(share), Some(valid)) = (item.votes, item.share, claim.totals.valid) {
            tests.push(share_test(
                "share-matches-votes",
                about(facts, item),
                share,
                votes,
                valid,
                n_rounded(item),
            ));
        }
    }
    tests.extend(shares_add_up(facts, claim));
    if let Some(Coverage { share: Some(share), part: Some(part), whole: Some(whole), .. }) = &claim.coverage {
        tests.push(share_test("coverage-matches", "coverage".into(), *share, *part, *whole, 1));
    }
    tests.extend(turnout_matches(claim));
    tests.extend(tables_exist(facts, claim));
    tests
}

/// Voters are valid and null votes, and blank ones where they are counted apart: a claim that leaves these out can give
/// no more of the others than voters.
fn voters_add_up(facts: &Facts, claim: &Claim) -> Option<ClaimTest> {
    let totals = &claim.totals;
    let (valid, null, voters) = (totals.valid?, totals.null?, totals.voters?);
    let blank = totals.blank.filter(|_| facts.pack.blank_votes);
    let mut inputs = vec![("valid", valid.into()), ("null", null.into()), ("voters", voters.into())];
    inputs.extend(blank.map(|blank| ("blank", blank.into())));
    let sum = i128::from(valid) + i128::from(blank.unwrap_or(0)) + i128::from(null);
    let (formula, passed) = match (blank, facts.pack.blank_votes) {
        (Some(_), _) => ("valid + blank + null = voters", sum == i128::from(voters)),
        (None, true) => ("valid + null ≤ voters", sum <= i128::from(voters)),
        (None, false) => ("valid + null = voters", sum == i128::from(voters)),
    };
    Some(ClaimTest { id: "voters-add-up", about: "voters".into(), passed, formula, inputs })
}

/// Nobody votes who is no elector.
fn voters_within_electors(claim: &Claim) -> Option<ClaimTest> {
    let (voters, electors) = (i128::from(claim.totals.voters?), i128::from(claim.totals.electors?));
    Some(ClaimTest {
        id: "voters-within-electors",
        about: "voters".into(),
        passed: voters <= electors,
        formula: "voters ≤ electors",
        inputs: vec![("voters", voters), ("electors", electors)],
    })
}

/// A turnout is voters of electors.
fn turnout_matches(claim: &Claim) -> Option<ClaimTest> {
    let (share, totals) = (claim.turnout?, &claim.totals);
    Some(share_test("turnout-matches", "turnout".into(), share, totals.voters?, totals.electors?, 1))
}

/// No claim counts more tables than there are.
fn tables_exist(facts: &Facts, claim: &Claim) -> Option<ClaimTest> {
    let (tables, exist) = (i128::from(claim.totals.tables?), i128::from(facts.n_tables()));
    Some(ClaimTest {
        id: "tables-exist",
        about: "tables".into(),
        passed: tables <= exist,
        formula: "tables ≤ tables_total",
        inputs: vec![("tables", tables), ("tables_total", exist)],
    })
}

/// Items that together cover every selection exactly once: singles where given, groups for the rest.
pub(super) fn partition<'c>(
    facts: &Facts,
    claim: &'c Claim,
    usable: fn(&ClaimedItem) -> bool,
) -> Option<Vec<&'c ClaimedItem>> {
    let mut covered = vec![false; facts.pack.selections.len()];
    let mut chosen = Vec::new();
    let singles = claim.items.iter().filter(|item| item.group.is_none());
    let groups = claim.items.iter().filter(|item| item.group.is_some());
    for item in singles.chain(groups).filter(|item| usable(item)) {
        if item.selections.iter().all(|&s| !covered[s]) {
            item.selections.iter().for_each(|&s| covered[s] = true);
            chosen.push(item);
        }
    }
    covered.iter().all(|&c| c).then_some(chosen)
}

fn votes_add_up(facts: &Facts, claim: &Claim) -> Option<ClaimTest> {
    let valid = claim.totals.valid?;
    let items = partition(facts, claim, |item| item.votes.is_some())?;
    let sum: i128 = items.iter().filter_map(|item| item.votes).map(i128::from).sum();
    Some(ClaimTest {
        id: "votes-add-up",
        about: "valid".into(),
        passed: sum == i128::from(valid),
        formula: "sum of votes = valid",
        inputs: vec![("sum", sum), ("valid", valid.into())],
    })
}

fn group_adds_up(facts: &Facts, claim: &Claim, group: &ClaimedItem) -> Option<ClaimTest> {
    let votes = group.votes?;
    let sum: i128 = group.selections.iter().map(|&s| claim.votes_of(s).map(i128::from)).sum::<Option<_>>()?;
    Some(ClaimTest {
        id: "group-adds-up",
        about: about(facts, group),
        passed: sum == i128::from(votes),
        formula: "sum of votes = votes of the group",
        inputs: vec![("sum", sum), ("votes", votes.into())],
    })
}

fn shares_add_up(facts: &Facts, claim: &Claim) -> Option<ClaimTest> {
    let items = partition(facts, claim, |item| item.share.is_some())?;
    let shares: Vec<Share> = items.iter().filter_map(|item| item.share).collect();
    let decimals = shares.first()?.decimals;
    if shares.iter().any(|s| s.decimals != decimals) {
        return None;
    }
    let sum: i128 = shares.iter().map(|s| i128::from(s.units)).sum();
    let (whole, n) =
        (i128::from(shares.first()?.whole()), items.iter().map(|item| n_rounded(item)).sum::<i128>());
    Some(ClaimTest {
        id: "shares-add-up",
        about: "shares".into(),
        passed: 2 * (sum - whole).abs() <= n,
        formula: "|sum of shares − 100 %| ≤ rounded_items × ½ unit",
        inputs: vec![("sum_units", sum), ("whole_units", whole), ("rounded_items", n)],
    })
}

/// Rounded figures in an item: a group's share may be the sum of its members' rounded shares ("others 4.86"
/// beside 4.8714 is no contradiction).
pub(super) fn n_rounded(item: &ClaimedItem) -> i128 {
    item.selections.len().try_into().unwrap_or(i128::MAX)
}

/// |part / whole − share| ≤ n × ½ unit of the share's last digit, in integers.
pub(super) fn share_test(
    id: &'static str,
    about: String,
    share: Share,
    part: u64,
    whole: u64,
    n: i128,
) -> ClaimTest {
    let (units, hundred) = (i128::from(share.units), i128::from(share.whole()));
    let (part, whole) = (i128::from(part), i128::from(whole));
    ClaimTest {
        id,
        about,
        passed: 2 * (part * hundred - units * whole).abs() <= n * whole,
        formula: "|part / whole − share| ≤ rounded_items × ½ unit",
        inputs: vec![
            ("part", part),
            ("whole", whole),
            ("share_units", units),
            ("hundred_percent_units", hundred),
            ("rounded_items", n),
        ],
    }
}
