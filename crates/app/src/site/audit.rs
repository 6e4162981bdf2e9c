//! How many papers to inspect, and where audits stand.

use std::collections::BTreeMap;

use tallyproof_analysis::audit::inspection::{Feature, Seen};
use tallyproof_analysis::results::{
    ById, PublishedHeldAudit, PublishedInspection, PublishedPlan, PublishedTreatment,
};
use tallyproof_core::tidy::plain;

use super::audit_chart::risk_chart;
use super::chart::Chart;
use super::html::{Html, key_id};
use super::page::Material;

/// The section.
pub(super) struct AuditView {
    pub(super) budget: Option<Html>,
    pub(super) plans: Vec<PlanView>,
    pub(super) refutations: Option<Sizes>,
    pub(super) clean: Option<Sizes>,
    pub(super) held: Vec<HeldView>,
    pub(super) several: bool,
    pub(super) convenience: Option<Html>,
}

/// Sample sizes under one cap.
pub(super) struct PlanView {
    pub(super) id: &'static str,
    pub(super) methods: Vec<String>,
    pub(super) limits: Vec<String>,
    pub(super) rows: Vec<PlanRow>,
    pub(super) leaves_none: bool,
}

/// One treatment of the missing tables.
pub(super) struct PlanRow {
    pub(super) name: String,
    pub(super) figures: Vec<Html>,
}

/// A table of numbers of sheets by risk limit.
pub(super) struct Sizes {
    pub(super) limits: Vec<String>,
    pub(super) rows: Vec<(Html, Vec<Html>)>,
}

/// One audit.
pub(super) struct HeldView {
    pub(super) anchor: String,
    pub(super) title: String,
    pub(super) state: Html,
    pub(super) kind: &'static str,
    pub(super) mark: &'static str,
    pub(super) sentences: Vec<Html>,
    pub(super) hash: String,
    pub(super) seed: Option<String>,
    pub(super) assertions_caption: String,
    pub(super) assertions: Vec<(String, Html, Html)>,
    pub(super) chart: Option<Chart>,
    pub(super) papers_caption: String,
    pub(super) papers: Vec<PaperRow>,
    pub(super) checklist_caption: String,
    pub(super) answers: Vec<String>,
    pub(super) checklist: Vec<(String, Vec<Html>)>,
}

/// One paper that differs or was not found.
pub(super) struct PaperRow {
    pub(super) table: String,
    pub(super) cells: Vec<Html>,
    pub(super) overstatement: Html,
}

impl AuditView {
    pub(super) fn new(material: &Material) -> Self {
        let (pen, audit) = (material.pen, &material.results.audit);
        let tab = &material.results.tabulation;
        let name =
            |id: &Option<String>| Html::text(&id.as_deref().map(|id| material.name(id)).unwrap_or_default());
        let budget = audit.outcome_budget.filter(|_| !tab.tied).map(|n| {
            let slots = [
                ("n", pen.int("audit.outcome_budget", n)),
                ("leading", name(&tab.leading)),
                ("second", name(&tab.second)),
            ];
            pen.tell("audit-budget", &slots)
        });
        let c = &audit.convenience;
        let figure = |field: &str, n: u64| pen.int(&format!("audit.convenience.{field}"), n);
        let convenience = (c.n_sheets > 0).then(|| {
            let slots = [
                ("n", figure("n_sheets", c.n_sheets)),
                ("matching", figure("n_matching", c.n_matching)),
                ("differing", figure("n_differing", c.n_differing)),
                ("missing", figure("n_not_found", c.n_not_found)),
            ];
            pen.tell("audit-convenience", &slots)
        });
        Self {
            budget,
            plans: audit.plans.iter().map(|plan| plan_view(material, plan)).collect(),
            refutations: refutations(material),
            clean: clean(material),
            held: audit.held.iter().enumerate().map(|(i, held)| held_view(material, i, held)).collect(),
            several: audit.held.iter().filter(|h| h.seed.is_some()).count() > 1,
            convenience,
        }
    }
}

fn limit(material: &Material, id: &str) -> String {
    let digits = id.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    material.pen.label_percent(id.parse::<f64>().unwrap_or(0.0) / 100.0, digits)
}

fn plan_view(material: &Material, plan: &PublishedPlan) -> PlanView {
    let pen = material.pen;
    let limits = plan.treatments.iter().find(|t| !t.samples.is_empty());
    let ids: Vec<&str> = limits.iter().flat_map(|t| &t.samples).map(|s| s.id.as_str()).collect();
    PlanView {
        id: plan.id,
        methods: ["simple", "kaplan-markov", "alpha"].map(|m| pen.say_of("audit-method", m)).into(),
        limits: ids.iter().map(|id| limit(material, id)).collect(),
        rows: plan.treatments.iter().map(|t| plan_row(material, plan, t, ids.len())).collect(),
        leaves_none: plan.treatments.iter().any(|t| t.v.is_none()),
    }
}

fn plan_row(
    material: &Material,
    plan: &PublishedPlan,
    treatment: &PublishedTreatment,
    n_limits: usize,
) -> PlanRow {
    let pen = material.pen;
    let at = format!("audit.plans[{}].treatments[{}]", plan.id, treatment.id);
    let int =
        |field: &str, n: Option<u64>| n.map_or_else(|| pen.none(), |n| pen.int(&format!("{at}.{field}"), n));
    let u = treatment.u.map_or_else(|| pen.none(), |u| pen.decimal(&format!("{at}.u"), u, 2));
    let mut figures = vec![int("v", treatment.v), int("k_min", treatment.k_min), u];
    for field in ["simple", "kaplan_markov", "alpha"] {
        for s in &treatment.samples {
            let n = match field {
                "simple" => s.simple,
                "alpha" => s.alpha,
                _ => s.kaplan_markov,
            };
            figures.push(int(&format!("samples[{}].{field}", s.id), n));
        }
    }
    figures.resize_with(3 + 3 * n_limits, || pen.none());
    PlanRow { name: pen.say_of("audit-treatment", treatment.id), figures }
}

fn refutations(material: &Material) -> Option<Sizes> {
    let (pen, all) = (material.pen, &material.results.audit.refutations);
    let first = all.first()?;
    let row = |r: &tallyproof_analysis::results::PublishedRefutation| {
        let claim = material.results.claims.iter().find(|c| c.id == r.id);
        let at = format!("audit.refutations[{}]", key_id(&r.id));
        let draws = r.samples.iter().map(|s| {
            s.draws.map_or_else(|| pen.none(), |n| pen.int(&format!("{at}.samples[{}].draws", s.id), n))
        });
        let figures = std::iter::once(pen.int(&format!("{at}.n_sheets"), r.n_sheets)).chain(draws).collect();
        (Html::text(&claim.map_or_else(|| r.id.clone(), |c| pen.of(&c.title))), figures)
    };
    let limits = first.samples.iter().map(|s| limit(material, &s.id)).collect();
    Some(Sizes { limits, rows: all.iter().map(row).collect() })
}

fn clean(material: &Material) -> Option<Sizes> {
    let (pen, all) = (material.pen, &material.results.audit.clean_samples);
    let mut limits: Vec<&str> = Vec::new();
    let mut rows: BTreeMap<u64, Vec<Html>> = BTreeMap::new();
    for sample in all {
        let at = format!("audit.clean_samples[{}]", sample.id);
        let id = sample.id.rsplit('-').next().unwrap_or_default();
        if !limits.contains(&id) {
            limits.push(id);
        }
        rows.entry(sample.draws).or_default().push(pen.int(&format!("{at}.most_false"), sample.most_false));
    }
    let head = |draws: u64| Html::text(&pen.label(draws as f64, 0));
    let rows: Vec<_> = rows.into_iter().map(|(draws, figures)| (head(draws), figures)).collect();
    let limits = limits.iter().map(|id| limit(material, id)).collect();
    (!rows.is_empty()).then_some(Sizes { limits, rows })
}

fn held_view(material: &Material, index: usize, held: &PublishedHeldAudit) -> HeldView {
    let pen = material.pen;
    let name = [("name", Html::text(&held.id))];
    let titled = |key: &str| pen.tell(key, &name).to_string();
    let (state, mark) = match (held.advice, &held.seed) {
        ("confirmed", _) => ("confirmed", "✓"),
        ("broken", _) => ("broken", "✕"),
        ("exhausted", _) => ("exhausted", "✕"),
        ("abandoned", _) => ("abandoned", "–"),
        (_, None) => ("frozen", "–"),
        _ => ("go-on", "…"),
    };
    let slots = slots(material, held);
    let mut keys = vec![
        format!("audit-held-terms-{}", held.method),
        if held.custodies.is_empty() { "audit-held-custody-none" } else { "audit-held-custody" }.to_owned(),
        "audit-held-seed".to_owned(),
    ];
    if held.n_in_order > 0 {
        keys.push("audit-held-counts".to_owned());
    }
    if held.n_out_of_order > 0 {
        keys.push("audit-held-gap".to_owned());
    }
    if held.n_in_order > 0 && held.most_false_95.is_some() {
        keys.push("audit-held-bound".to_owned());
    }
    let wrong = held.inspections.iter().filter(|i| i.outcome != "matches");
    HeldView {
        anchor: format!("audit-{index}"),
        title: titled("audit-held-title"),
        state: pen.tell(&format!("audit-held-state-{state}"), &slots),
        kind: match state {
            "confirmed" => "excluded",
            "broken" | "exhausted" => "open",
            _ => "plain",
        },
        mark,
        sentences: keys.iter().map(|key| pen.tell(key, &slots)).collect(),
        hash: plain(&held.list_sha256).into_owned(),
        seed: held.seed.as_deref().map(|seed| plain(seed).into_owned()),
        assertions_caption: titled("audit-assertions-caption"),
        assertions: held.assertions.iter().map(|a| assertion(material, held, a)).collect(),
        chart: risk_chart(material, index, held),
        papers_caption: titled("audit-papers-caption"),
        papers: wrong.take(200).map(|i| paper(material, held, i)).collect(),
        checklist_caption: titled("audit-checklist-caption"),
        answers: Seen::ALL.map(|seen| pen.say_of("audit-seen", seen.code())).into(),
        checklist: checklist(material, held),
    }
}

fn at(held: &PublishedHeldAudit, field: &str) -> String {
    format!("audit.held[{}].{field}", key_id(&held.id))
}

fn slots(material: &Material, held: &PublishedHeldAudit) -> Vec<(&'static str, Html)> {
    let pen = material.pen;
    let int = |field: &str, n: u64| pen.int(&at(held, field), n);
    let custodies: Vec<Html> = held
        .custodies
        .iter()
        .map(|(who, n)| {
            let n = pen.int(&at(held, &format!("custodies.{}", key_id(who))), *n);
            Html::join(&[Html::text(&format!("{who} (")), n, Html::text(")")], "")
        })
        .collect();
    vec![
        ("limit", pen.percent(&at(held, "risk_limit"), held.risk_limit)),
        ("sheets", int("n_sheets", held.n_sheets)),
        ("treatment", Html::text(&pen.say_of("audit-treatment", &held.treatment))),
        ("custody", Html::text(&held.custody)),
        ("custodies", Html::join(&custodies, ", ")),
        ("procedure", Html::text(&held.seed_procedure)),
        ("n", int("n_in_order", held.n_in_order)),
        ("drawn", int("n_drawn", held.n_drawn)),
        ("out", int("n_out_of_order", held.n_out_of_order)),
        ("differing", int("n_differing", held.n_differing)),
        ("missing", int("n_not_found", held.n_not_found)),
        ("most", held.most_false_95.map_or_else(|| pen.none(), |n| int("most_false_95", n))),
        ("why", Html::text(held.abandoned.as_deref().unwrap_or_default())),
    ]
}

fn assertion(
    material: &Material,
    held: &PublishedHeldAudit,
    assertion: &tallyproof_analysis::results::PublishedAssertion,
) -> (String, Html, Html) {
    let pen = material.pen;
    let key = |field: &str| at(held, &format!("assertions[{}].{field}", key_id(&assertion.id)));
    let names = [
        ("first", Html::text(&material.short(&assertion.first))),
        ("over", Html::text(&material.short(&assertion.over))),
    ];
    let why = if held.n_in_order == 0 { "yet" } else { "more" };
    let none = || Html::text(&pen.say_of("audit-risk-none", why));
    // Two decimals tell a risk from its limit; below them, that it is small.
    let figure = |risk: f64| match risk {
        small if small < 0.001 => pen.probability(&key("risk"), small),
        risk => pen.percent(&key("risk"), risk),
    };
    let risk = assertion.risk.map_or_else(none, figure);
    (pen.tell("audit-assertion-name", &names).to_string(), pen.int(&key("v"), assertion.v), risk)
}

fn paper(material: &Material, held: &PublishedHeldAudit, found: &PublishedInspection) -> PaperRow {
    let pen = material.pen;
    let key = |field: &str| at(held, &format!("inspections[{}].{field}", key_id(&found.id)));
    let draws: Vec<String> = found.draws.iter().map(u64::to_string).collect();
    let votes = |field: &str, votes: &ById<u32>| {
        let differs =
            |id: &str| found.votes.as_ref().is_some_and(|paper| paper.get(id) != found.published.get(id));
        let of = |s: &tallyproof_analysis::results::PublishedSelection| {
            let n = votes.get(&s.id).filter(|_| differs(&s.id) || found.votes.is_none())?;
            let figure = pen.int(&key(&format!("{field}.{}", key_id(&s.id))), u64::from(*n));
            Some(Html::join(&[Html::text(&format!("{} ", material.short(&s.id))), figure], ""))
        };
        let shown: Vec<Html> = material.ranking().into_iter().filter_map(of).take(6).collect();
        Html::join(&shown, ", ")
    };
    PaperRow {
        table: plain(&found.id).into_owned(),
        cells: vec![
            Html::text(&draws.join(", ")),
            Html::text(&pen.say_of("audit-paper-outcome", found.outcome)),
            Html::text(&found.custody),
            votes("published", &found.published),
            found.votes.as_ref().map_or_else(|| pen.none(), |paper| votes("votes", paper)),
        ],
        overstatement: pen.signed(&key("overstatement"), found.overstatement),
    }
}

fn checklist(material: &Material, held: &PublishedHeldAudit) -> Vec<(String, Vec<Html>)> {
    let row = |feature: Feature| {
        let seen = held.features.get(feature.code())?;
        let cell = |answer: Seen| {
            let n = seen.get(answer.code()).copied();
            let key = at(held, &format!("features.{}.{}", feature.code(), answer.code()));
            n.map_or_else(|| material.pen.none(), |n| material.pen.int(&key, n))
        };
        Some((material.pen.say_of("audit-feature", feature.code()), Seen::ALL.map(cell).into()))
    };
    let looked_at = held.features.values().any(|seen| seen.keys().any(|&s| s != Seen::NotChecked.code()));
    Feature::ALL.into_iter().filter(|_| looked_at).filter_map(row).collect()
}
