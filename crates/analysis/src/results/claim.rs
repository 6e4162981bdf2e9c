//! Claims as they are published.

use tallyproof_core::facts::Facts;
use tallyproof_core::pack::ClaimedItem;
use tallyproof_core::tabulate::Tabulation;

use super::shape::*;
use crate::claims::rounding::Rounding;
use crate::claims::{Budget, ClaimTest, Recomputed, TestedClaim};
use crate::number::{ratio, share, significant};

/// Digits of a published probability.
const P_DIGITS: usize = 6;

pub(super) fn claim(facts: &Facts, tab: &Tabulation, tested: &TestedClaim) -> PublishedClaim {
    let claim = tested.claim;
    PublishedClaim {
        id: claim.id.clone(),
        title: (&claim.title).into(),
        who: claim.who.clone(),
        when: claim.when.clone(),
        source: claim.source.clone(),
        second_source: claim.second_source.clone().or_else(|| Some(claim.second.as_ref()?.source.clone())),
        verdict: tested.verdict.code(),
        area: claim.area.as_ref().map(|(level, code)| PublishedClaimArea {
            level: facts.pack.levels.get(*level).map(|l| l.id.clone()).unwrap_or_default(),
            code: code.clone(),
            name: facts.area_name(*level, code).map(str::to_owned),
        }),
        figures: claim.items.iter().map(|item| figure(facts, tab, claim.area.as_ref(), item)).collect(),
        tests: tested.tests.iter().map(test).collect(),
        false_sheets: tested.budgets.iter().map(budget).collect(),
        rounding: tested.rounding.iter().map(rounding).collect(),
        n_rounding_tests: tested.n_rounding_tests,
        statement: tested.recomputed.as_ref().map(statement),
    }
}

/// A figure beside the votes on the counted sheets of what the claim speaks of.
fn figure(
    facts: &Facts,
    tab: &Tabulation,
    area: Option<&(usize, String)>,
    item: &ClaimedItem,
) -> PublishedFigure {
    let of_area = area.map(|(level, code)| {
        tab.areas.get(*level).and_then(|areas| areas.iter().find(|a| a.code == *code)).map(|a| &a.totals)
    });
    let on_sheets = |s: usize| match of_area {
        None => tab.totals.votes[s],
        Some(totals) => totals.map_or(0, |t| t.votes[s]),
    };
    PublishedFigure {
        selections: item.selections.iter().map(|&s| facts.pack.selections[s].id.clone()).collect(),
        group: item.group.clone(),
        votes: item.votes,
        share: item.share.map(|share| share.to_string()),
        on_sheets: item.selections.iter().map(|&s| on_sheets(s)).sum(),
    }
}

fn test(test: &ClaimTest) -> PublishedTest {
    PublishedTest {
        id: test.id,
        about: test.about.clone(),
        passed: test.passed,
        formula: test.formula,
        inputs: test.inputs.iter().filter_map(|&(name, n)| Some((name, i64::try_from(n).ok()?))).collect(),
    }
}

fn budget(budget: &Budget) -> PublishedBudget {
    let n_sheets = budget.found.sheets.len() as u64;
    PublishedBudget {
        id: budget.reading.code(),
        uncounted_tables: budget.uncounted,
        about: budget.about.clone(),
        surplus: budget.found.surplus,
        n_sheets,
        share_of_sheets: share(n_sheets, budget.n_counted),
        strength: budget.found.strength.code(),
    }
}

fn rounding(scan: &Rounding) -> PublishedRounding {
    let p = |p: f64| significant(p, P_DIGITS);
    PublishedRounding {
        id: format!("{}-{}", scan.base, scan.decimals),
        base: scan.base,
        decimals: scan.decimals,
        total: scan.total,
        parts: scan.parts,
        residuals: scan.residuals,
        n_triples: scan.n_triples,
        n_in_cell: scan.n_in_cell,
        p: p(scan.lattice),
        p_in_cell: p(scan.in_cell),
        p_hostile: p(scan.hostile),
        p_adjusted: p(scan.adjusted),
    }
}

fn statement(found: &Recomputed) -> PublishedStatement {
    let input = |(name, n): &(String, i128)| Some((name.clone(), i64::try_from(*n).ok()?));
    PublishedStatement {
        formula: found.formula.clone(),
        inputs: found.inputs.iter().filter_map(input).collect(),
        relation: found.relation.code(),
        stated: found.stated,
        computed: found.computed.and_then(|f| ratio(f.numerator, f.denominator, 2)),
        holds: found.holds(),
    }
}
