//! Testing published statements: do they hold together, and do the sheets allow them?
//!
//! Internal tests need no sheets. The subset test needs no estimate: tables counted are part of the
//! country, so a claim about the country cannot give a selection fewer votes than sheets already hold
//! (STATISTICS §3). A verdict is about figures, never about people.

use tallyproof_core::facts::Facts;
use tallyproof_core::pack::{Claim, ClaimedItem, Coverage, Scope, Share};
use tallyproof_core::reconcile::Sheet;

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

/// A claim and what its tests say.
#[derive(Clone, Debug, PartialEq)]
pub struct TestedClaim<'f> {
    /// The claim.
    pub claim: &'f Claim,
    /// What the tests amount to.
    pub verdict: Verdict,
    /// Every test made, passed or not.
    pub tests: Vec<ClaimTest>,
}

/// Tests every claim of the pack against itself and against the counted sheets.
pub fn test_claims<'f>(facts: &'f Facts, sheets: &[Sheet]) -> Vec<TestedClaim<'f>> {
    let counted: Vec<&Sheet> = sheets.iter().filter(|s| s.counts(&facts.pack)).collect();
    facts.pack.claims.iter().map(|claim| test_claim(facts, claim, &counted)).collect()
}

fn test_claim<'f>(facts: &Facts, claim: &'f Claim, counted: &[&Sheet]) -> TestedClaim<'f> {
    let internal = internal_tests(facts, claim);
    let external = match claim.scope {
        Scope::Country => subset_tests(facts, claim, counted),
        Scope::Sheets => selection_tests(facts, claim, counted),
    };
    let contradicted = external.iter().any(|test| !test.passed);
    let verdict = if contradicted && claim.scope == Scope::Country {
        Verdict::Contradicted
    } else if contradicted || internal.iter().any(|test| !test.passed) {
        Verdict::NotDerivable
    } else if external.is_empty() {
        Verdict::NotTestable
    } else {
        Verdict::Consistent
    };
    TestedClaim { claim, verdict, tests: internal.into_iter().chain(external).collect() }
}

/// Do the claim's own figures follow from each other?
fn internal_tests(facts: &Facts, claim: &Claim) -> Vec<ClaimTest> {
    let mut tests = Vec::new();
    tests.extend(votes_add_up(facts, claim));
    for group in claim.items.iter().filter(|item| item.group.is_some()) {
        tests.extend(group_adds_up(facts, claim, group));
    }
    if let (Some(valid), Some(null), Some(voters)) =
        (claim.totals.valid, claim.totals.null, claim.totals.voters)
    {
        tests.push(ClaimTest {
            id: "voters-add-up",
            about: "voters".into(),
            passed: i128::from(valid) + i128::from(null) == i128::from(voters),
            formula: "valid + null = voters",
            inputs: vec![("valid", valid.into()), ("null", null.into()), ("voters", voters.into())],
        });
    }
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
    tests
}

/// Items that together cover every selection exactly once: singles where given, groups for the rest.
fn partition<'c>(
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
fn n_rounded(item: &ClaimedItem) -> i128 {
    item.selections.len().try_into().unwrap_or(i128::MAX)
}

/// |part / whole − share| ≤ n × ½ unit of the share's last digit, in integers.
fn share_test(id: &'static str, about: String, share: Share, part: u64, whole: u64, n: i128) -> ClaimTest {
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

/// The most tables a claim can have left uncounted, in the reading kindest to it: the stated coverage as
/// low as its rounding allows, taken as a share of tables. 0 when the claim states no coverage.
pub fn most_uncounted(claim: &Claim, n_tables: u64) -> u64 {
    let Some(share) = claim.coverage.as_ref().and_then(|c| c.share) else { return 0 };
    let twice_whole = 2 * u128::from(share.whole());
    let twice_least = (2 * u128::from(share.units)).saturating_sub(1);
    let uncounted = u128::from(n_tables) * (twice_whole - twice_least.min(twice_whole)) / twice_whole;
    u64::try_from(uncounted).unwrap_or(n_tables)
}

/// A claim about the country against the part of the country on the sheets.
fn subset_tests(facts: &Facts, claim: &Claim, counted: &[&Sheet]) -> Vec<ClaimTest> {
    if counted.is_empty() {
        return Vec::new();
    }
    let uncounted = most_uncounted(claim, facts.n_tables());
    claim
        .items
        .iter()
        .filter_map(|item| {
            let claimed = i128::from(item.votes?);
            let votes = votes_per_sheet(counted, item);
            let on_sheets: i128 = votes.iter().map(|&v| i128::from(v)).sum();
            let set_aside = sum_of_largest(votes, uncounted);
            Some(ClaimTest {
                id: "subset",
                about: about(facts, item),
                passed: on_sheets - set_aside <= claimed,
                formula: "on_sheets − on_largest_sheets(uncounted_tables) ≤ claimed",
                inputs: vec![
                    ("on_sheets", on_sheets),
                    ("uncounted_tables", uncounted.into()),
                    ("on_largest_sheets", set_aside),
                    ("claimed", claimed),
                ],
            })
        })
        .collect()
}

/// A claim about some m sheets against all sheets here: can any m of them give it? Only meaningful if the
/// claimant's sheets are among these, which the report says.
fn selection_tests(facts: &Facts, claim: &Claim, counted: &[&Sheet]) -> Vec<ClaimTest> {
    let Some(m) = claim.totals.tables.filter(|&m| m <= counted.len() as u64) else { return Vec::new() };
    let left_out = counted.len() as u64 - m;
    claim
        .items
        .iter()
        .filter_map(|item| {
            let claimed = i128::from(item.votes?);
            let votes = votes_per_sheet(counted, item);
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

fn votes_per_sheet(counted: &[&Sheet], item: &ClaimedItem) -> Vec<u64> {
    let votes = |sheet: &&Sheet| {
        let values = &sheet.values().selections;
        item.selections.iter().filter_map(|&s| values.get(s)?.votes()).sum()
    };
    counted.iter().map(votes).collect()
}

fn sum_of_largest(mut votes: Vec<u64>, n: u64) -> i128 {
    let n = usize::try_from(n).unwrap_or(usize::MAX).min(votes.len());
    if n > 0 && n < votes.len() {
        votes.select_nth_unstable_by(n - 1, |a, b| b.cmp(a));
    }
    votes[..n].iter().map(|&v| i128::from(v)).sum()
}

fn about(facts: &Facts, item: &ClaimedItem) -> String {
    let ids: Vec<&str> = item.selections.iter().map(|&s| facts.pack.selections[s].id.as_str()).collect();
    ids.join("+")
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
