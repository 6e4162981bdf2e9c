//! Claims: what was said, what the sheets hold, and what each test gives.

use tallyproof_analysis::results::{PublishedClaim, PublishedClaimArea, PublishedFigure, PublishedTest};
use tallyproof_core::pack::Scope;
use tallyproof_core::tidy::plain;

use super::bounds::Working;
use super::claim_workings::{self, BudgetView, RoundingView, StatementView};
use super::headline::list;
use super::html::{Html, Pen, key_id};
use super::page::Material;
use super::summary::level_name;

/// One claim.
pub(super) struct ClaimView {
    pub(super) anchor: String,
    pub(super) title: String,
    pub(super) who: String,
    pub(super) when: String,
    pub(super) source: String,
    pub(super) second_source: Option<String>,
    pub(super) verdict: String,
    pub(super) kind: &'static str,
    pub(super) mark: &'static str,
    pub(super) explained: String,
    pub(super) about_sheets: bool,
    /// The part of the country it speaks of.
    pub(super) area: Option<Html>,
    pub(super) statement: Option<StatementView>,
    pub(super) budget: Option<BudgetView>,
    pub(super) rounding: Option<RoundingView>,
    pub(super) figures: Vec<FigureView>,
    pub(super) failed: Vec<TestView>,
    pub(super) passed: Vec<TestView>,
}

/// One figure of the claim beside the sheets'.
pub(super) struct FigureView {
    pub(super) name: Html,
    pub(super) votes: Html,
    pub(super) share: Html,
    pub(super) on_sheets: Html,
    pub(super) share_on_sheets: Html,
}

/// One test.
pub(super) struct TestView {
    pub(super) sentence: Html,
    pub(super) working: Working,
}

/// The mark beside a verdict's word.
pub(super) fn mark(verdict: &str) -> &'static str {
    match verdict {
        "contradicted" => "✕",
        "not-derivable" => "≠",
        "consistent" => "=",
        _ => "–",
    }
}

impl ClaimView {
    pub(super) fn new(material: &Material, claim: &PublishedClaim) -> Self {
        let pen = material.pen;
        let test = |test: &PublishedTest| test_view(material, claim, test);
        let scope = material.pack.claims.iter().find(|c| c.id == claim.id).map(|c| c.scope);
        Self {
            anchor: format!("claim-{}", claim.id),
            title: pen.of(&claim.title),
            who: plain(&claim.who).into_owned(),
            when: pen.date(&claim.when),
            source: plain(&claim.source).into_owned(),
            second_source: claim.second_source.as_deref().map(|s| plain(s).into_owned()),
            verdict: pen.say_of("report-verdict", claim.verdict),
            kind: claim.verdict,
            mark: mark(claim.verdict),
            explained: pen.say_of("report-verdict-explained", claim.verdict),
            about_sheets: scope == Some(Scope::Sheets),
            area: claim.area.as_ref().map(|area| area_view(material, area)),
            statement: claim_workings::statement(material, claim),
            budget: claim_workings::budget(material, claim),
            rounding: claim_workings::rounding(material, claim),
            figures: claim.figures.iter().map(|figure| figure_view(material, claim, figure)).collect(),
            failed: claim.tests.iter().filter(|t| !t.passed).map(test).collect(),
            passed: claim.tests.iter().filter(|t| t.passed).map(test).collect(),
        }
    }
}

fn figure_view(material: &Material, claim: &PublishedClaim, figure: &PublishedFigure) -> FigureView {
    let pen = material.pen;
    let id = figure.selections.join("+");
    let key = |field: &str| format!("claims[{}].figures[{}].{field}", key_id(&claim.id), key_id(&id));
    let single = match figure.selections.as_slice() {
        [only] => Some(only.as_str()),
        _ => None,
    };
    // Shares on the sheets are of all of them, which is not what a claim about an area speaks of.
    let single = single.filter(|_| claim.area.is_none());
    let share = single.and_then(|id| material.results.tabulation.shares.get(id).copied().flatten());
    let or_none = |html: Option<Html>| html.unwrap_or_else(|| pen.none());
    FigureView {
        name: about(material, &id),
        votes: or_none(figure.votes.map(|n| pen.int(&key("votes"), n))),
        share: or_none(figure.share.as_deref().map(|share| pen.percent_text(&key("share"), share))),
        on_sheets: or_none(material.has_sheets().then(|| pen.int(&key("on_sheets"), figure.on_sheets))),
        share_on_sheets: or_none(
            share
                .zip(single)
                .map(|(share, id)| pen.percent(&format!("tabulation.shares.{}", key_id(id)), share)),
        ),
    }
}

fn area_view(material: &Material, area: &PublishedClaimArea) -> Html {
    let name = plain(area.name.as_deref().unwrap_or(&area.code)).into_owned();
    let slots = [("level", Html::text(&level_name(material, &area.level))), ("name", Html::text(&name))];
    material.pen.tell("claim-area", &slots)
}

/// What a figure or test is about: contestants, or a total.
pub(super) fn about(material: &Material, about: &str) -> Html {
    let pen = material.pen;
    let ids: Vec<&str> = about.split('+').collect();
    if ids.iter().any(|id| material.selection(id).is_none()) {
        return Html::text(&pen.try_say_of("report-about", about).unwrap_or_else(|| about.to_owned()));
    }
    let names =
        |ids: &[&str]| -> Vec<Html> { ids.iter().map(|id| Html::text(&material.short(id))).collect() };
    list(pen, &names(&ids))
}

fn test_view(material: &Material, claim: &PublishedClaim, test: &PublishedTest) -> TestView {
    let pen = material.pen;
    let id = format!("{}:{}", test.id, test.about);
    let figure = |name: &str, n: i64| {
        let key = format!("claims[{}].tests[{}].inputs.{name}", key_id(&claim.id), key_id(&id));
        pen.signed(&key, n)
    };
    let mut slots = vec![("about", about(material, &test.about))];
    slots.extend(test.inputs.iter().map(|(&name, &n)| (name, figure(name, n))));
    slots.extend(share_slot(material, claim, test));
    let result = if test.passed { "passed" } else { "failed" };
    let inputs = test.inputs.iter().map(|(&name, &n)| (name, figure(name, n)));
    let nothing_uncounted = test.inputs.get("uncounted_tables") == Some(&0);
    let variant = match test.id {
        "voters-add-up" if test.inputs.contains_key("blank") => "-blank",
        "voters-add-up" if test.formula.contains('≤') => "-partly",
        "subset" if nothing_uncounted && !test.passed => "-all",
        "room" if test.inputs.get("votes_left") == Some(&0) && !test.passed => "-none",
        _ => "",
    };
    TestView {
        sentence: sentence(pen, &format!("report-test-{result}-{}{variant}", test.id), test.id, &slots),
        working: Working::new(pen, test.formula, inputs),
    }
}

/// A test without words of its own shows its code.
fn sentence(pen: &Pen, key: &str, id: &str, slots: &[(&str, Html)]) -> Html {
    if pen.has(key) { pen.tell(key, slots) } else { Html::code(id) }
}

/// The share a test is about, as published.
fn share_slot(
    material: &Material,
    claim: &PublishedClaim,
    test: &PublishedTest,
) -> Option<(&'static str, Html)> {
    let figure = claim.figures.iter().find(|f| f.selections.join("+") == test.about)?;
    let key = format!("claims[{}].figures[{}].share", key_id(&claim.id), key_id(&test.about));
    Some(("share", material.pen.percent_text(&key, figure.share.as_deref()?)))
}
