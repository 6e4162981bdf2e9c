//! A number beside the formula it is said to follow by, and a claim beside its second transcription.

use tallyproof_core::facts::Facts;
use tallyproof_core::pack::{Claim, ClaimedItem, Fraction, Relation};

use super::internal::partition;
use super::{ClaimTest, about};

/// A stated number and what its formula gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recomputed {
    /// The formula, as the pack writes it.
    pub formula: String,
    /// What went in, by name, in order of first use; only figures that are known.
    pub inputs: Vec<(String, i128)>,
    /// How the number is stated.
    pub relation: Relation,
    /// The number stated.
    pub stated: i64,
    /// What the formula gives, exactly; `None` when it cannot be computed (a figure is lacking or a divisor
    /// is 0).
    pub computed: Option<Fraction>,
}

impl Recomputed {
    /// Whether the number follows; `None` when that cannot be computed.
    pub fn holds(&self) -> Option<bool> {
        let Fraction { numerator, denominator } = self.computed?;
        let stated = i128::from(self.stated).checked_mul(denominator)?;
        Some(match self.relation {
            Relation::AtLeast => numerator >= stated,
            Relation::AtMost => numerator <= stated,
            Relation::Equal => numerator.checked_sub(stated)?.checked_abs()?.checked_mul(2)? <= denominator,
        })
    }

    /// The same as a test among others; its figures rounded to whole numbers.
    pub(super) fn test(&self) -> Option<ClaimTest> {
        let Fraction { numerator, denominator } = self.computed?;
        Some(ClaimTest {
            id: "statement-follows",
            about: "statement".into(),
            passed: self.holds()?,
            formula: match self.relation {
                Relation::AtLeast => "computed ≥ stated",
                Relation::AtMost => "computed ≤ stated",
                Relation::Equal => "|computed − stated| ≤ ½",
            },
            inputs: vec![
                ("computed", numerator.checked_mul(2)?.checked_add(denominator)?.div_euclid(2 * denominator)),
                ("stated", self.stated.into()),
            ],
        })
    }
}

/// Computes a claim's formula from the figures it names.
pub(super) fn recompute(facts: &Facts, claim: &Claim) -> Option<Recomputed> {
    let statement = claim.statement.as_ref()?;
    let figure = |name: &str| -> Option<i128> {
        let known = match name {
            "tables_total" => Some(facts.n_tables()),
            "electors_total" => facts.electors(),
            _ => match name.strip_prefix("votes.") {
                Some(id) => claim.votes_of(facts.pack.selections.iter().position(|s| s.id == id)?),
                None => claim.total(name),
            },
        };
        known.map(i128::from)
    };
    let names = statement.formula.names();
    Some(Recomputed {
        formula: statement.formula.to_string(),
        inputs: names.iter().filter_map(|name| Some(((*name).to_owned(), figure(name)?))).collect(),
        relation: statement.relation,
        stated: statement.stated,
        computed: statement.formula.value(&figure),
    })
}

/// Every figure that both transcriptions give, and whether the second adds up by itself: a typing error
/// shows in one of the two.
pub(super) fn transcriptions(facts: &Facts, claim: &Claim) -> Vec<ClaimTest> {
    let Some(second) = &claim.second else { return Vec::new() };
    let other = |item: &ClaimedItem| second.items.iter().find(|o| o.selections == item.selections)?.votes;
    let items = claim.items.iter().filter_map(|item| Some((about(facts, item), item.votes?, other(item)?)));
    let totals = claim.totals.by_name().into_iter().zip(second.totals.by_name());
    let totals = totals.filter_map(|((name, a), (_, b))| Some((name.to_owned(), a?, b?)));
    let agree = |(about, first, other): (String, u64, u64)| ClaimTest {
        id: "transcriptions-agree",
        about,
        passed: first == other,
        formula: "first = second",
        inputs: vec![("first", first.into()), ("second", other.into())],
    };
    let mut tests: Vec<ClaimTest> = items.chain(totals).map(agree).collect();
    tests.extend(second.totals.valid.and_then(|valid| {
        let copy = Claim { items: second.items.clone(), ..claim.clone() };
        let parts = partition(facts, &copy, |item| item.votes.is_some())?;
        let sum: i128 = parts.iter().filter_map(|item| item.votes).map(i128::from).sum();
        Some(ClaimTest {
            id: "transcription-adds-up",
            about: "valid".into(),
            passed: sum == i128::from(valid),
            formula: "sum of votes = valid",
            inputs: vec![("sum", sum), ("valid", valid.into())],
        })
    }));
    tests
}
