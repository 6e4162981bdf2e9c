//! The estimate: what it is, what it rests on, how often such intervals held, and how the answer moves when
//! the missing tables voted otherwise.

use tallyproof_analysis::calibrate::{Calibration, Row};
use tallyproof_analysis::results::{PublishedEstimate, PublishedEstimator, PublishedInterval};

use super::chart::Chart;
use super::estimate_charts;
use super::html::{Html, key_id};
use super::page::Material;
use super::result::top_two;
use super::summary::{level_name, level_plural};

/// The section.
pub(super) struct EstimateView {
    pub(super) lede: Vec<Html>,
    pub(super) warnings: Vec<Html>,
    pub(super) rows: Vec<SelectionRow>,
    pub(super) levels: Vec<LevelRow>,
    pub(super) probabilities: Vec<Html>,
    pub(super) tipping: Vec<Html>,
    pub(super) shifts: Vec<ShiftRow>,
    pub(super) bars: Option<Chart>,
    pub(super) line: Option<Chart>,
    pub(super) arrivals: Vec<Chart>,
    pub(super) calibration: Option<Chart>,
    pub(super) calibration_note: Html,
    pub(super) calibrated: bool,
}

/// One contestant.
pub(super) struct SelectionRow {
    pub(super) name: String,
    pub(super) color: String,
    pub(super) votes: Html,
    pub(super) votes_interval: Html,
    pub(super) share: Html,
    pub(super) share_interval: Html,
}

/// One estimator at one level.
pub(super) struct LevelRow {
    pub(super) estimator: String,
    pub(super) level: String,
    pub(super) role: String,
    pub(super) chosen: bool,
    pub(super) clusters: Html,
    pub(super) margin: Html,
    pub(super) margin_se: Html,
    pub(super) ratio: Html,
    pub(super) coverage: Html,
}

/// Late against early sheets.
pub(super) struct ShiftRow {
    pub(super) source: String,
    pub(super) level: String,
    pub(super) compared: Html,
    pub(super) shift: Html,
    pub(super) se: Html,
}

impl EstimateView {
    pub(super) fn new(material: &Material) -> Self {
        let calibration = fitting(material);
        let estimate = &material.results.estimate;
        let warn =
            |code: &&str| material.pen.tell(&format!("estimate-warning-{code}"), &level_slots(material));
        Self {
            lede: lede(material),
            warnings: estimate.warnings.iter().map(warn).collect(),
            rows: if estimate.absent.is_none() { selections(material) } else { Vec::new() },
            levels: estimate.estimators.iter().map(|e| level_row(material, e, calibration)).collect(),
            probabilities: probabilities(material),
            tipping: tipping(material),
            shifts: shifts(material),
            bars: estimate_charts::bars(material),
            line: estimate_charts::line(material),
            arrivals: estimate_charts::arrivals(material),
            calibration: calibration.map(|c| estimate_charts::coverage(material, c)),
            calibration_note: calibration_note(material, calibration),
            calibrated: calibration.is_some(),
        }
    }
}

/// The calibration, if it is of these sheets.
fn fitting<'r>(material: &Material<'r>) -> Option<&'r Calibration> {
    let estimate = &material.results.estimate;
    let fits = |c: &&Calibration| {
        c.sheets_sha256 == estimate.sheets_sha256 && c.clustering_level == estimate.clustering.level
    };
    material.calibration.filter(fits)
}

fn level_slots(material: &Material) -> Vec<(&'static str, Html)> {
    let clustering = &material.results.estimate.clustering;
    let above = clustering.above.as_deref().map(|id| Html::text(&level_plural(material, id)));
    vec![
        ("level", Html::text(&level_plural(material, &clustering.level))),
        ("above", above.unwrap_or_else(|| material.pen.none())),
    ]
}

fn lede(material: &Material) -> Vec<Html> {
    let (pen, estimate) = (material.pen, &material.results.estimate);
    if let Some(absent) = estimate.absent {
        return vec![Html::text(&pen.say_of("estimate-absent", absent))];
    }
    vec![
        Html::text(&pen.say_of("estimate-what", estimate.estimator)),
        Html::text(&pen.say_of("estimate-reason", estimate.estimator_reason)),
        pen.tell(&format!("estimate-level-{}", estimate.clustering.reason), &level_slots(material)),
        Html::text(&pen.say("estimate-condition")),
    ]
}

/// `low – high`.
fn ends(
    material: &Material,
    key: &str,
    interval: PublishedInterval,
    show: &dyn Fn(&str, f64) -> Html,
) -> Html {
    match (interval.low, interval.high) {
        (Some(low), Some(high)) => {
            let ends = [show(&format!("{key}.low"), low), show(&format!("{key}.high"), high)];
            Html::join(&ends, " – ")
        }
        _ => material.pen.none(),
    }
}

fn selections(material: &Material) -> Vec<SelectionRow> {
    let (pen, estimate) = (material.pen, &material.results.estimate);
    let votes = |key: &str, x: f64| pen.decimal(key, x, 0);
    let share = |key: &str, x: f64| pen.percent(key, x);
    let value = |key: &str, i: Option<PublishedInterval>, show: &dyn Fn(&str, f64) -> Html| {
        let x = i.and_then(|i| i.value);
        x.map_or_else(|| pen.none(), |x| show(&format!("{key}.value"), x))
    };
    material
        .ranking()
        .into_iter()
        .map(|s| {
            let of = |all: &std::collections::BTreeMap<String, Option<PublishedInterval>>| {
                all.get(&s.id).copied().flatten()
            };
            let (v, p) = (of(&estimate.votes), of(&estimate.shares));
            let v_key = format!("estimate.votes.{}", key_id(&s.id));
            let p_key = format!("estimate.shares.{}", key_id(&s.id));
            let none = || pen.none();
            SelectionRow {
                name: material.name(&s.id),
                color: material.color(&s.id),
                votes: value(&v_key, v, &votes),
                votes_interval: v.map_or_else(none, |i| ends(material, &v_key, i, &votes)),
                share: value(&p_key, p, &share),
                share_interval: p.map_or_else(none, |i| ends(material, &p_key, i, &share)),
            }
        })
        .collect()
}

fn level_row(material: &Material, row: &PublishedEstimator, calibration: Option<&Calibration>) -> LevelRow {
    let pen = material.pen;
    let key = |field: &str| format!("estimate.estimators[{}].{field}", key_id(&row.id));
    let none = || pen.none();
    let decimal =
        |field: &str, x: Option<f64>, digits| x.map_or_else(none, |x| pen.decimal(&key(field), x, digits));
    let ratio = |i: PublishedInterval| ends(material, &key("ratio"), i, &|key, x| pen.decimal(key, x, 4));
    let coverage = calibration.and_then(|c| measured(c, row)).and_then(|row| row.coverage);
    LevelRow {
        estimator: pen.say_of("estimate-name", row.estimator),
        level: level_plural(material, &row.level),
        role: row.absent.map_or_else(
            || pen.say_of("estimate-role", row.role),
            |absent| pen.say_of("estimate-absent", absent),
        ),
        chosen: row.role == "chosen" && row.estimator == material.results.estimate.estimator,
        clusters: row.n_clusters.map_or_else(none, |n| pen.int(&key("n_clusters"), n)),
        margin: decimal("margin.value", row.margin.and_then(|m| m.value), 0),
        margin_se: decimal("margin.se", row.margin.and_then(|m| m.se), 1),
        ratio: row.ratio.map_or_else(none, ratio),
        coverage: pen.elsewhere(coverage, true, 1),
    }
}

/// Coverage of the ratio's interval (the margin's where there is none) when units of the chosen level are
/// hidden whole.
fn measured<'c>(calibration: &'c Calibration, row: &PublishedEstimator) -> Option<&'c Row> {
    let figure = if row.ratio.is_some() { "ratio" } else { "margin" };
    calibration.rows.iter().find(|r| {
        r.hidden == "units"
            && r.hidden_level == calibration.clustering_level
            && (r.estimator.as_str(), r.level.as_str()) == (row.estimator, row.level.as_str())
            && r.figure == figure
    })
}

fn probabilities(material: &Material) -> Vec<Html> {
    let (pen, tab) = (material.pen, &material.results.tabulation);
    let (Some(leading), Some(second)) = (&tab.leading, &tab.second) else { return Vec::new() };
    let sentence = |p: &tallyproof_analysis::results::PublishedProbability| {
        let key = format!("estimate.probabilities[{}].probability", p.id);
        let slots = [
            ("leading", Html::text(&material.name(leading))),
            ("second", Html::text(&material.name(second))),
            ("level", Html::text(&level_plural(material, &material.results.estimate.clustering.level))),
            ("ratio", Html::text(&p.id)),
            ("probability", pen.probability(&key, p.probability?)),
        ];
        let which = if p.ratio == 1 { "lead" } else { "ratio" };
        Some(pen.tell(&format!("estimate-probability-{which}"), &slots))
    };
    // With nothing missing there is nothing probable; of few units the normal distribution promises too much.
    let few = |code: &&str| matches!(*code, "few-clusters" | "one-cluster");
    if tab.n_tables_missing == 0 || material.results.estimate.warnings.iter().any(few) {
        return Vec::new();
    }
    material.results.estimate.probabilities.iter().filter_map(sentence).collect()
}

fn tipping(material: &Material) -> Vec<Html> {
    let (pen, tab) = (material.pen, &material.results.tabulation);
    let Some(second) = &tab.second else { return Vec::new() };
    let sentence = |t: &tallyproof_analysis::results::PublishedTipping| {
        let key = |field: &str| format!("sensitivity.tipping[{}].{field}", t.id);
        let slots = [
            ("second", Html::text(&material.name(second))),
            ("ratio", Html::text(&t.id)),
            ("votes", pen.decimal(&key("votes"), t.votes?, 0)),
            ("share", pen.percent(&key("share_of_missing"), t.share_of_missing?)),
            ("shift", pen.points(&key("shift"), t.shift?)),
        ];
        let which = if t.ratio == 1 { "winner" } else { "ratio" };
        let possible = if t.possible { "possible" } else { "impossible" };
        Some(pen.tell(&format!("estimate-tipping-{which}-{possible}"), &slots))
    };
    let line = material.results.sensitivity.iter();
    line.flat_map(|s| &s.tipping).filter_map(sentence).collect()
}

fn shifts(material: &Material) -> Vec<ShiftRow> {
    let pen = material.pen;
    let row = |s: &tallyproof_analysis::results::PublishedShift| {
        let key = |field: &str| format!("estimate.observed_shifts[{}].{field}", key_id(&s.id));
        ShiftRow {
            source: format!("{} {} → {}", s.source, s.older, s.newer),
            level: level_name(material, &s.level),
            compared: pen.int(&key("n_compared"), s.n_compared),
            shift: s.shift.value.map_or_else(|| pen.none(), |x| pen.points(&key("shift.value"), x)),
            se: s.shift.se.map_or_else(|| pen.none(), |x| pen.points(&key("shift.se"), x)),
        }
    };
    material.results.estimate.observed_shifts.iter().map(row).collect()
}

fn calibration_note(material: &Material, calibration: Option<&Calibration>) -> Html {
    let pen = material.pen;
    match calibration {
        Some(c) => {
            let slots = [
                ("masks", Html::text(&pen.label(f64::from(c.n_masks), 0))),
                ("hidden", Html::text(&pen.label_percent(f64::from(c.hidden_per_mille) / 1000.0, 1))),
                ("seed", Html::text(&c.seed.to_string())),
            ];
            pen.tell("estimate-calibrated", &slots)
        }
        None if material.calibration.is_some() => Html::text(&pen.say("estimate-calibration-stale")),
        None => Html::text(&pen.say("estimate-not-calibrated")),
    }
}

/// Whether there is an estimate to draw.
pub(super) fn drawable(estimate: &PublishedEstimate) -> bool {
    estimate.absent.is_none()
}

/// Short names of the first two, for legends.
pub(super) fn pair(material: &Material) -> Option<[String; 2]> {
    let top = top_two(material);
    let [first, second] = top.as_slice() else { return None };
    Some([material.short(first), material.short(second)])
}
