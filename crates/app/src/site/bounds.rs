//! Bounds and break-even figures, those that settle nothing beside those that do.

use std::collections::BTreeMap;

use tallyproof_analysis::results::PublishedBound;

use super::html::{Html, Pen};
use super::page::Material;

/// The section.
pub(super) struct Bounds {
    pub(super) lede: Html,
    pub(super) bounds: Vec<BoundView>,
    pub(super) break_even: Vec<Html>,
}

/// One bound.
pub(super) struct BoundView {
    pub(super) title: String,
    pub(super) assumption: Html,
    pub(super) note: Option<Html>,
    pub(super) missing: Html,
    pub(super) lead_left: Html,
    pub(super) kind: &'static str,
    pub(super) mark: &'static str,
    pub(super) verdict: String,
    pub(super) explained: String,
    /// Lengths of the bars, percent: votes missing, and where the lead stands.
    pub(super) bars: Option<(String, String)>,
    pub(super) working: Working,
}

/// Formula and inputs of one number.
pub(super) struct Working {
    pub(super) formula: Html,
    pub(super) inputs: Vec<Input>,
}

/// One input of a formula.
pub(super) struct Input {
    pub(super) symbol: Html,
    pub(super) meaning: String,
    pub(super) figure: Html,
}

impl Working {
    /// Inputs in the order of their names.
    pub(super) fn new(pen: &Pen, formula: &str, inputs: impl Iterator<Item = (&'static str, Html)>) -> Self {
        let input = |(name, figure): (&str, Html)| Input {
            symbol: Html::code(name),
            meaning: pen.try_say_of("report-input", name).unwrap_or_default(),
            figure,
        };
        Self { formula: Html::code(formula), inputs: inputs.map(input).collect() }
    }
}

/// A bound's verdict, as a code and as a mark.
pub(super) fn verdict(bound: &PublishedBound) -> (&'static str, &'static str) {
    match bound.lead_left {
        None => ("not-computable", "–"),
        Some(_) if bound.flip_excluded => ("excluded", "✓"),
        Some(_) => ("open", "?"),
    }
}

impl Bounds {
    pub(super) fn new(material: &Material) -> Self {
        let tab = &material.results.tabulation;
        let pen = material.pen;
        let missing = pen.int("tabulation.n_tables_missing", tab.n_tables_missing);
        let lede = match (&tab.leading, &tab.second, tab.tied) {
            (Some(leading), Some(second), false) => pen.tell(
                "report-bounds-lede",
                &[
                    ("missing", missing),
                    ("leading", Html::text(&material.name(leading))),
                    ("second", Html::text(&material.name(second))),
                    ("margin", pen.int("tabulation.margin", tab.margin)),
                ],
            ),
            (_, _, true) => pen.tell("report-bounds-lede-tied", &[]),
            _ => pen.tell("report-bounds-lede-none", &[]),
        };
        Self {
            lede,
            bounds: material.results.bounds.iter().map(|bound| view(material, bound)).collect(),
            break_even: break_even(material),
        }
    }
}

fn view(material: &Material, bound: &PublishedBound) -> BoundView {
    let pen = material.pen;
    let key = |field: &str| format!("bounds[{}].{field}", bound.id);
    let slots = slots(pen, bound);
    let figure = |field: &str, x: Option<f64>| x.map_or_else(|| pen.none(), |x| pen.exact(&key(field), x));
    let (kind, mark) = verdict(bound);
    // With an input missing, the assumption is stated without its figures.
    let variant = if bound.lead_left.is_some() { "full" } else { "bare" };
    let inputs = bound.inputs.iter().map(|(&name, &x)| (name, input(pen, bound.id, name, x)));
    BoundView {
        title: pen.say_of("report-bound-short", bound.id),
        assumption: pen.tell(&format!("report-bound-{variant}-{}", bound.id), &slots),
        note: note(pen, bound, &slots),
        missing: figure("missing_votes", bound.missing_votes),
        lead_left: figure("lead_left", bound.lead_left),
        kind,
        mark,
        verdict: pen.say_of("report-bound-verdict", kind),
        explained: pen.say_of("report-bound-explained", kind),
        bars: bars(material, bound),
        working: Working::new(pen, bound.formula, inputs),
    }
}

fn slots(pen: &Pen, bound: &PublishedBound) -> Vec<(&'static str, Html)> {
    bound.inputs.iter().map(|(&name, &x)| (name, input(pen, bound.id, name, x))).collect()
}

fn input(pen: &Pen, bound: &str, name: &str, x: f64) -> Html {
    let key = format!("bounds[{bound}].inputs.{name}");
    if name == "turnout_to_flip" { pen.percent(&key, x) } else { pen.exact(&key, x) }
}

/// What a reader must know about one bound beside its assumption.
fn note(pen: &Pen, bound: &PublishedBound, slots: &[(&str, Html)]) -> Option<Html> {
    let given = |name: &str| bound.inputs.get(name).copied();
    let more = |a: &str, b: &str| given(a).zip(given(b)).is_some_and(|(a, b)| a > b);
    let key = match bound.id {
        // Nothing can be missing then, but only because the assumption does not hold.
        "claimed-voters" if more("voters_seen", "claimed_voters") => "report-bound-note-fewer-claimed",
        "every-elector" if more("electors_seen", "electors") => "report-bound-note-fewer-electors",
        "every-elector" if bound.flip_excluded && given("turnout_to_flip").is_some() => {
            "report-bound-note-turnout"
        }
        "every-elector" if given("tables_with_floor").is_some_and(|n| n > 0.0) => "report-bound-note-floor",
        "largest-table" if given("largest_electors").is_some() => "report-bound-note-largest-electors",
        "largest-table" => "report-bound-note-largest",
        _ => return None,
    };
    Some(pen.tell(key, slots))
}

/// Lengths on one scale for all bounds, so that they can be compared by eye.
fn bars(material: &Material, bound: &PublishedBound) -> Option<(String, String)> {
    let margin = material.results.tabulation.margin as f64;
    let most = material.results.bounds.iter().filter_map(|b| b.missing_votes).fold(margin, f64::max);
    let length = |x: f64| format!("{:.2}", (x / most).clamp(0.0, 1.0) * 100.0);
    (most > 0.0).then_some(())?;
    Some((length(bound.missing_votes?), length(margin)))
}

fn break_even(material: &Material) -> Vec<Html> {
    let (pen, even) = (material.pen, &material.results.break_even);
    let per_table = even.votes_per_missing_table.map(|x| pen.exact("break_even.votes_per_missing_table", x));
    let figures: BTreeMap<&str, Option<Html>> = BTreeMap::from([
        ("per-table", per_table),
        ("mean", even.most_mean_tables.map(|n| pen.int("break_even.most_mean_tables", n))),
        ("largest", even.most_largest_tables.map(|n| pen.int("break_even.most_largest_tables", n))),
    ]);
    if material.results.tabulation.tied {
        return Vec::new();
    }
    ["per-table", "mean", "largest"]
        .iter()
        .filter_map(|code| {
            let figure = figures.get(code)?.clone()?;
            Some(pen.tell(&format!("report-break-even-{code}"), &[("n", figure)]))
        })
        .collect()
}
