//! Screening: every test that was made, what it found or why it is silent, and what could cause it innocently.

use tallyproof_analysis::results::{
    PublishedDigits, PublishedDispersion, PublishedForensics, PublishedIdentical, PublishedLateShift,
    PublishedOutlier, PublishedPercent, PublishedScreen, PublishedStep,
};
use tallyproof_core::tidy::plain;

use super::chart::Chart;
use super::forensics_charts;
use super::headline::list;
use super::html::{Html, key_id};
use super::page::Material;
use super::summary::level_name;

/// Pairs of tables with equal votes on the page; the others are in `results.json`.
const MOST_PAIRS: usize = 20;

/// The section.
pub(super) struct ForensicsView {
    pub(super) level: Html,
    pub(super) tests: Vec<TestRow>,
    pub(super) inspect_first: Vec<OutlierRow>,
    pub(super) steps: Vec<StepRow>,
    pub(super) offsets: Option<Chart>,
    pub(super) shifts: Vec<ShiftRow>,
    pub(super) pairs: Vec<(Html, Html, Html)>,
    /// What is said of equal votes: none, how many, or how many of them are shown.
    pub(super) pairs_said: Html,
    pub(super) fingerprint: Option<Chart>,
    pub(super) fingerprint_said: Html,
}

/// One test.
pub(super) struct TestRow {
    pub(super) name: String,
    pub(super) comparisons: Html,
    pub(super) effect: Html,
    pub(super) p_within: Html,
    pub(super) p: Html,
    pub(super) kind: &'static str,
    pub(super) word: String,
    /// Why it is silent.
    pub(super) silent: Option<String>,
    pub(super) what: String,
    pub(super) speaks_if: String,
    pub(super) innocent: String,
}

/// A table to inspect first.
pub(super) struct OutlierRow {
    pub(super) table: String,
    pub(super) about: String,
    pub(super) votes: Html,
    pub(super) expected: Html,
    pub(super) z: Html,
    pub(super) p: Html,
}

/// Whole percents of one side at one step.
pub(super) struct StepRow {
    pub(super) side: String,
    pub(super) step: Html,
    pub(super) seen: Html,
    pub(super) expected: Html,
    pub(super) sd: Html,
    pub(super) excess: Html,
    pub(super) p: Html,
    pub(super) p_adjusted: Html,
}

/// Late tables against earlier ones of the same area.
pub(super) struct ShiftRow {
    pub(super) level: String,
    pub(super) tables: Html,
    pub(super) centres: Html,
    pub(super) shift: Html,
    pub(super) se: Html,
}

impl ForensicsView {
    pub(super) fn new(material: &Material) -> Self {
        let (pen, found) = (material.pen, &material.results.forensics);
        let level = pen.percent_of("forensics.level", found.level, 0);
        Self {
            level: pen.tell("forensics-level", &[("level", level)]),
            tests: found.tests.iter().map(|test| test_row(material, test)).collect(),
            inspect_first: found.inspect_first.iter().map(|outlier| outlier_row(material, outlier)).collect(),
            steps: found.integer_percent.iter().flat_map(|side| step_rows(material, side)).collect(),
            offsets: forensics_charts::offsets(material),
            shifts: found.late.iter().map(|shift| shift_row(material, shift)).collect(),
            pairs: found.identical.iter().take(MOST_PAIRS).map(|pair| pair_row(material, pair)).collect(),
            pairs_said: pairs_said(material, found),
            fingerprint: forensics_charts::fingerprint(material),
            fingerprint_said: fingerprint_said(material, found),
        }
    }
}

/// Short name of a side: a contestant or all the others.
pub(super) fn side(material: &Material, id: &str) -> String {
    if id == "others" { material.pen.say("forensics-others") } else { material.short(id) }
}

fn test_row(material: &Material, test: &PublishedScreen) -> TestRow {
    let pen = material.pen;
    let key = |field: &str| format!("forensics.tests[{}].{field}", test.id);
    let p = |field: &str, p: Option<f64>| p.map_or_else(|| pen.none(), |p| pen.p_value(&key(field), p));
    let (kind, word) = match (test.silent, test.finding) {
        (Some(_), _) => ("silent", "silent"),
        (None, true) => ("open", "finding"),
        (None, false) => ("quiet", "quiet"),
    };
    TestRow {
        name: pen.say_of("forensics-name", test.id),
        comparisons: pen.int(&key("n_tests"), test.n_tests),
        effect: effect(material, test),
        p_within: p("p_within", test.p_within),
        p: p("p_adjusted", test.p_adjusted),
        kind,
        word: pen.say_of("forensics-word", word),
        silent: test.silent.map(|why| pen.say_of("forensics-silent", why)),
        what: pen.say_of("forensics-what", test.id),
        speaks_if: pen.say_of("forensics-speaks-if", test.id),
        innocent: pen.say_of("forensics-innocent", test.id),
    }
}

/// How large what was seen is, whatever its p.
fn effect(material: &Material, test: &PublishedScreen) -> Html {
    let (pen, found) = (material.pen, &material.results.forensics);
    if test.silent.is_some() {
        return pen.none();
    }
    let parts: Vec<Html> = match test.id {
        "homogeneity" => found.homogeneity.iter().filter_map(|d| dispersion(material, d)).collect(),
        "integer-percent" => excess(material, found).into_iter().collect(),
        "last-digit" => found.last_digit.iter().filter_map(|d| chi_square(material, d)).collect(),
        _ => late(material, found).into_iter().collect(),
    };
    if parts.is_empty() { pen.none() } else { list(pen, &parts) }
}

fn dispersion(material: &Material, d: &PublishedDispersion) -> Option<Html> {
    let key = |field: &str| format!("forensics.homogeneity[{}].{field}", key_id(&d.id));
    let slots = [
        ("side", Html::text(&side(material, &d.id))),
        ("phi", material.pen.decimal(&key("phi"), d.phi?, 2)),
        ("centres", material.pen.int(&key("n_centres"), d.n_centres)),
    ];
    Some(material.pen.tell("forensics-effect-homogeneity", &slots))
}

/// The step at which the excess can be largest.
fn excess(material: &Material, found: &PublishedForensics) -> Option<Html> {
    let all = found.integer_percent.iter().flat_map(|s| s.steps.iter().map(move |step| (s, step)));
    let (of, step) = all
        .filter(|(_, step)| step.p.is_some())
        .max_by(|(_, a), (_, b)| a.most_share.unwrap_or(0.0).total_cmp(&b.most_share.unwrap_or(0.0)))?;
    let key = format!("forensics.integer_percent[{}].steps[{}].most_share", key_id(&of.id), step.id);
    let slots = [
        ("side", Html::text(&side(material, &of.id))),
        ("step", Html::text(&step.id)),
        ("most", material.pen.percent(&key, step.most_share?)),
    ];
    Some(material.pen.tell("forensics-effect-integer-percent", &slots))
}

fn chi_square(material: &Material, digits: &PublishedDigits) -> Option<Html> {
    let key = format!("forensics.last_digit[{}].chi_square", key_id(&digits.id));
    let slots = [
        ("side", Html::text(&side(material, &digits.id))),
        ("chi", material.pen.decimal(&key, digits.chi_square?, 2)),
    ];
    Some(material.pen.tell("forensics-effect-last-digit", &slots))
}

/// The shift like for like: within the lowest level.
fn late(material: &Material, found: &PublishedForensics) -> Option<Html> {
    let lowest = material.results.election.levels.last()?;
    let own = found.late.iter().find(|shift| shift.id == lowest.id)?;
    let key = |field: &str| format!("forensics.late[{}].{field}", key_id(&own.id));
    let slots = [
        ("shift", material.pen.points(&key("shift"), own.shift?)),
        ("se", material.pen.points(&key("se"), own.se?)),
        ("level", Html::text(&level_name(material, &own.id))),
    ];
    Some(material.pen.tell("forensics-effect-late", &slots))
}

fn outlier_row(material: &Material, outlier: &PublishedOutlier) -> OutlierRow {
    let pen = material.pen;
    let id = key_id(&format!("{}:{}", outlier.id, outlier.about));
    let key = |field: &str| format!("forensics.inspect_first[{id}].{field}");
    let decimal =
        |field: &str, x: Option<f64>| x.map_or_else(|| pen.none(), |x| pen.decimal(&key(field), x, 1));
    OutlierRow {
        table: plain(&outlier.id).into_owned(),
        about: side(material, &outlier.about),
        votes: pen.int(&key("votes"), outlier.votes),
        expected: decimal("expected", outlier.expected),
        z: decimal("z", outlier.z),
        p: outlier.p_adjusted.map_or_else(|| pen.none(), |p| pen.p_value(&key("p_adjusted"), p)),
    }
}

fn step_rows<'r>(material: &'r Material, of: &'r PublishedPercent) -> impl Iterator<Item = StepRow> + 'r {
    let pen = material.pen;
    of.steps.iter().map(move |step: &PublishedStep| {
        let key =
            |field: &str| format!("forensics.integer_percent[{}].steps[{}].{field}", key_id(&of.id), step.id);
        let decimal =
            |field: &str, x: Option<f64>| x.map_or_else(|| pen.none(), |x| pen.decimal(&key(field), x, 1));
        let p = |field: &str, p: Option<f64>| p.map_or_else(|| pen.none(), |p| pen.p_value(&key(field), p));
        StepRow {
            side: side(material, &of.id),
            step: Html::text(&pen.label_percent(step.id.parse().unwrap_or(0.0) / 100.0, 0)),
            seen: pen.int(&key("seen"), step.seen),
            expected: decimal("expected", step.expected),
            sd: decimal("sd", step.sd),
            excess: step.excess_share.map_or_else(|| pen.none(), |x| pen.percent(&key("excess_share"), x)),
            p: p("p", step.p),
            p_adjusted: p("p_adjusted", step.p_adjusted),
        }
    })
}

fn shift_row(material: &Material, shift: &PublishedLateShift) -> ShiftRow {
    let pen = material.pen;
    let key = |field: &str| format!("forensics.late[{}].{field}", key_id(&shift.id));
    let points = |field: &str, x: Option<f64>| x.map_or_else(|| pen.none(), |x| pen.points(&key(field), x));
    ShiftRow {
        level: level_name(material, &shift.id),
        tables: pen.int(&key("n_tables"), shift.n_tables),
        centres: pen.int(&key("n_centres"), shift.n_centres),
        shift: points("shift", shift.shift),
        se: points("se", shift.se),
    }
}

fn pair_row(material: &Material, pair: &PublishedIdentical) -> (Html, Html, Html) {
    let key = format!("forensics.identical[{}].valid", key_id(&pair.id));
    (Html::text(&pair.id), Html::text(&pair.other), material.pen.int(&key, pair.valid))
}

fn pairs_said(material: &Material, found: &PublishedForensics) -> Html {
    let n = found.identical.len();
    let count = |n: usize| Html::text(&material.pen.label_int(i64::try_from(n).unwrap_or(i64::MAX)));
    let which = match n {
        0 => "none",
        n if n > MOST_PAIRS => "more",
        _ => "all",
    };
    material.pen.tell(
        &format!("forensics-identical-{which}"),
        &[("n", count(n)), ("shown", count(n.min(MOST_PAIRS)))],
    )
}

fn fingerprint_said(material: &Material, found: &PublishedForensics) -> Html {
    let (pen, fingerprint) = (material.pen, &found.fingerprint);
    match fingerprint.silent {
        Some(why) => Html::text(&pen.say_of("forensics-silent", why)),
        None => {
            let key = |field: &str| format!("forensics.fingerprint.{field}");
            let slots = [
                ("tables", pen.int(&key("n_tables"), fingerprint.n_tables)),
                ("over", pen.int(&key("n_over"), fingerprint.n_over)),
            ];
            pen.tell("forensics-fingerprint-drawn", &slots)
        }
    }
}
