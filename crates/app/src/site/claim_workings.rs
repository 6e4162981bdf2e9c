//! What stands behind a verdict: the fewest false sheets, the rounding of shares, a number computed again.

use tallyproof_analysis::results::{PublishedBudget, PublishedClaim, PublishedRounding, PublishedStatement};

use super::bounds::{Input, Working};
use super::claims::about;
use super::html::{Html, key_id};
use super::page::Material;

/// Fewest sheets that must be false for the claim to hold.
pub(super) struct BudgetView {
    pub(super) sentence: Html,
    pub(super) rows: Vec<BudgetRow>,
}

/// The same under one reading.
pub(super) struct BudgetRow {
    pub(super) reading: String,
    pub(super) uncounted: Html,
    pub(super) about: Html,
    pub(super) surplus: Html,
    pub(super) sheets: Html,
    pub(super) share: Html,
    pub(super) strength: String,
}

/// The number a claim states, and what its formula gives.
pub(super) struct StatementView {
    pub(super) stated: Html,
    pub(super) computed: Html,
    pub(super) working: Working,
}

/// The scans for counts computed from rounded shares.
pub(super) struct RoundingView {
    /// One sentence per scan that stands out.
    pub(super) found: Vec<Html>,
    pub(super) caption: Html,
    pub(super) rows: Vec<RoundingRow>,
}

/// One scan.
pub(super) struct RoundingRow {
    pub(super) base: String,
    pub(super) decimals: Html,
    pub(super) residual: Html,
    pub(super) p: Html,
    pub(super) p_adjusted: Html,
}

/// Level below which a scan is spoken of, after Holm's adjustment.
const TELLING: f64 = 0.01;

/// Place of a figure of one reading.
fn budget_key(claim: &PublishedClaim, b: &PublishedBudget, field: &str) -> String {
    let id = format!("{}:{}", b.id, b.about);
    format!("claims[{}].false_sheets[{}].{field}", key_id(&claim.id), key_id(&id))
}

/// Fewest sheets that must be false, and their share of those counted.
fn sheets_and_share(material: &Material, claim: &PublishedClaim, b: &PublishedBudget) -> [Html; 2] {
    let (pen, key) = (material.pen, |field| budget_key(claim, b, field));
    let share = b.share_of_sheets.map_or_else(|| pen.none(), |x| pen.percent(&key("share_of_sheets"), x));
    [pen.int(&key("n_sheets"), b.n_sheets), share]
}

/// The same in the reading kindest to the claim; `None` where no sheet need be false.
pub(super) fn fewest_false(material: &Material, claim: &PublishedClaim) -> Option<[Html; 2]> {
    let kindest = claim.false_sheets.first().filter(|b| b.n_sheets > 0)?;
    Some(sheets_and_share(material, claim, kindest))
}

/// The number a claim states, and what its own formula gives, where it does not follow.
pub(super) fn stated(material: &Material, claim: &PublishedClaim) -> Option<[Html; 2]> {
    claim.statement.as_ref().filter(|found| found.holds == Some(false))?;
    let view = statement(material, claim)?;
    Some([view.stated, view.computed])
}

pub(super) fn budget(material: &Material, claim: &PublishedClaim) -> Option<BudgetView> {
    let pen = material.pen;
    let key = |b: &PublishedBudget, field: &str| budget_key(claim, b, field);
    let row = |b: &PublishedBudget| {
        let [sheets, share] = sheets_and_share(material, claim, b);
        BudgetRow {
            reading: pen.say_of("claim-reading", b.id),
            uncounted: pen.int(&key(b, "uncounted_tables"), b.uncounted_tables),
            about: about(material, &b.about),
            surplus: pen.int(&key(b, "surplus"), b.surplus),
            sheets,
            share,
            strength: pen.say_of("claim-strength", b.strength),
        }
    };
    claim.false_sheets.first()?;
    Some(BudgetView {
        sentence: match fewest_false(material, claim) {
            Some([sheets, share]) => pen.tell("claim-budget-some", &[("sheets", sheets), ("share", share)]),
            None => Html::text(&pen.say("claim-budget-none")),
        },
        rows: claim.false_sheets.iter().map(row).collect(),
    })
}

pub(super) fn statement(material: &Material, claim: &PublishedClaim) -> Option<StatementView> {
    let (pen, found) = (material.pen, claim.statement.as_ref()?);
    let key = |field: &str| format!("claims[{}].statement.{field}", key_id(&claim.id));
    let stated = pen.signed(&key("stated"), found.stated);
    let computed = found.computed.map_or_else(|| pen.none(), |x| pen.decimal(&key("computed"), x, 0));
    Some(StatementView {
        stated: pen.tell(&format!("claim-stated-{}", found.relation), &[("stated", stated)]),
        computed,
        working: Working {
            formula: Html::code(&found.formula),
            inputs: found.inputs.iter().map(|(name, &n)| input(material, claim, found, name, n)).collect(),
        },
    })
}

/// A figure of a formula: votes of a contestant, or one of the totals.
fn input(
    material: &Material,
    claim: &PublishedClaim,
    found: &PublishedStatement,
    name: &str,
    n: i64,
) -> Input {
    let pen = material.pen;
    let id = key_id(&claim.id);
    let (meaning, key) = match name.strip_prefix("votes.") {
        Some(selection) => {
            let stated = claim.figures.iter().any(|f| f.selections == [selection] && f.votes.is_some());
            let meaning = pen.try_tell("claim-votes-of", &[("name", material.name(selection))]);
            let key = format!("claims[{id}].figures[{}].votes", key_id(selection));
            (meaning.unwrap_or_default(), stated.then_some(key))
        }
        None => {
            let known = found.inputs.contains_key(name) && !name.contains('.');
            let meaning = pen.try_say_of("report-input", name).unwrap_or_default();
            (meaning, known.then(|| format!("claims[{id}].statement.inputs.{name}")))
        }
    };
    Input {
        symbol: Html::code(name),
        meaning,
        figure: key.map_or_else(|| Html::text(&pen.label_int(n)), |key| pen.signed(&key, n)),
    }
}

pub(super) fn rounding(material: &Material, claim: &PublishedClaim) -> Option<RoundingView> {
    let pen = material.pen;
    let key = |scan: &PublishedRounding, field: &str| {
        format!("claims[{}].rounding[{}].{field}", key_id(&claim.id), key_id(&scan.id))
    };
    let p = |scan: &PublishedRounding, field: &str, p: Option<f64>| {
        p.map_or_else(|| pen.none(), |p| pen.p_value(&key(scan, field), p))
    };
    let family = || {
        let key = format!("claims[{}].n_rounding_tests", key_id(&claim.id));
        pen.int(&key, claim.n_rounding_tests)
    };
    let farthest = |scan: &PublishedRounding| {
        let most = scan.residuals.iter().max().copied().unwrap_or(0);
        Html::text(&pen.label_int(i64::try_from(most).unwrap_or(i64::MAX)))
    };
    let sentence = |scan: &PublishedRounding| {
        let slots = [
            ("base", Html::text(&pen.say_of("claim-base", scan.base))),
            ("total", pen.int(&key(scan, "total"), scan.total)),
            ("decimals", pen.int(&key(scan, "decimals"), scan.decimals.into())),
            ("residual", farthest(scan)),
            ("p", p(scan, "p", scan.p)),
            ("in-cell", p(scan, "p_in_cell", scan.p_in_cell)),
            ("hostile", p(scan, "p_hostile", scan.p_hostile)),
            ("adjusted", p(scan, "p_adjusted", scan.p_adjusted)),
            ("tests", family()),
        ];
        pen.tell("claim-rounding-found", &slots)
    };
    let row = |scan: &PublishedRounding| RoundingRow {
        base: pen.say_of("claim-base", scan.base),
        decimals: pen.int(&key(scan, "decimals"), scan.decimals.into()),
        residual: farthest(scan),
        p: p(scan, "p", scan.p),
        p_adjusted: p(scan, "p_adjusted", scan.p_adjusted),
    };
    // Shares of one decimal are shares of two as well: the coarsest that stands out says it all.
    let telling = |base: &str| {
        let of_base = claim.rounding.iter().filter(|scan| scan.base == base);
        of_base.filter(|scan| scan.p_adjusted.is_some_and(|p| p < TELLING)).min_by_key(|scan| scan.decimals)
    };
    (!claim.rounding.is_empty()).then(|| RoundingView {
        found: ["valid", "voters"].into_iter().filter_map(telling).map(sentence).collect(),
        caption: pen.tell("claim-rounding-caption", &[("tests", family())]),
        rows: claim.rounding.iter().map(row).collect(),
    })
}
