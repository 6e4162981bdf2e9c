//! What is missing: tables without a sheet, and sheets that do not count.

use tallyproof_analysis::results::PublishedCause;

use super::html::{Html, key_id};
use super::page::{Material, bar};

/// The section.
pub(super) struct Missing {
    pub(super) sentences: Vec<Html>,
    pub(super) statuses: Vec<(String, String, Html)>,
    /// What became of the images, where there are any.
    pub(super) images: Vec<(String, Html)>,
    pub(super) area_head: String,
    pub(super) areas: Vec<MissingArea>,
}

/// Coverage of one area of the widest level.
pub(super) struct MissingArea {
    pub(super) name: String,
    pub(super) seen: Html,
    pub(super) total: Html,
    pub(super) bar: String,
}

impl Missing {
    pub(super) fn new(material: &Material) -> Self {
        let level = material.results.election.levels.first();
        let areas = areas(material);
        Self {
            sentences: sentences(material, !areas.is_empty()),
            statuses: statuses(material),
            images: images(material),
            area_head: level.map(|l| material.pen.of(&l.name)).unwrap_or_default(),
            areas,
        }
    }
}

fn sentences(material: &Material, areas_known: bool) -> Vec<Html> {
    let (pen, tab) = (material.pen, &material.results.tabulation);
    let found = |rule: &str| material.results.findings_by_rule.get(rule).copied().unwrap_or(0);
    let count = |rule: &str| pen.int(&format!("findings_by_rule.{rule}"), found(rule));
    let total = pen.int("tabulation.n_tables_total", tab.n_tables_total);
    let missing = pen.int("tabulation.n_tables_missing", tab.n_tables_missing);
    let mut sentences = vec![if tab.n_tables_seen > tab.n_tables_total {
        let seen = pen.int("tabulation.n_tables_seen", tab.n_tables_seen);
        pen.tell("report-missing-overfull", &[("seen", seen), ("total", total)])
    } else if tab.n_tables_missing > 0 {
        pen.tell("report-missing-tables", &[("missing", missing), ("total", total)])
    } else {
        pen.tell("report-missing-no-tables", &[("total", total)])
    }];
    if tab.n_tables_missing > 0 {
        let key = if areas_known { "report-missing-areas-known" } else { "report-missing-areas-unknown" };
        sentences.push(pen.tell(key, &[]));
    }
    if material.pack.numbered_from.is_some() && !material.pack.tuning("C104").off {
        sentences.push(pen.tell("report-missing-gaps", &[("n", count("C104"))]));
    }
    if found("C202") > 0 {
        sentences.push(pen.tell("report-missing-withdrawn", &[("n", count("C202"))]));
    }
    let note = &material.results.election.totals_note;
    let note = pen.of(note);
    if !note.is_empty() {
        sentences.push(Html::text(&note));
    }
    sentences
}

/// Sheets by status, counted or not.
fn statuses(material: &Material) -> Vec<(String, String, Html)> {
    let pen = material.pen;
    let status = |(status, n): (&&'static str, &u64)| {
        let says = pen.say_of("report-status", status);
        let explained = pen.say_of("report-status-explained", status);
        (says, explained, pen.int(&format!("tabulation.by_status.{status}"), *n))
    };
    material.results.tabulation.by_status.iter().map(status).collect()
}

fn images(material: &Material) -> Vec<(String, Html)> {
    let (pen, images) = (material.pen, &material.results.images);
    if images.n_read == 0 && images.n_pending == 0 && images.by_fault.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![
        (pen.say("report-images-read"), pen.int("images.n_read", images.n_read)),
        (pen.say("report-images-pending"), pen.int("images.n_pending", images.n_pending)),
    ];
    let fault = |(fault, n): (&&'static str, &u64)| {
        (pen.say_of("report-images", fault), pen.int(&format!("images.by_fault.{fault}"), *n))
    };
    let print = |(print, n): (&&'static str, &u64)| {
        (pen.say_of("report-print", print), pen.int(&format!("images.by_print.{print}"), *n))
    };
    lines.extend(images.by_print.iter().map(print));
    lines.extend(images.by_fault.iter().map(fault));
    // By source and area: whoever photographs there can do better.
    let widest = material.results.election.levels.first();
    let area_name = |code: &str| {
        let mut areas = material.results.tabulation.areas.iter();
        let area = areas.find(|area| widest.is_some_and(|level| level.id == area.level) && area.code == code);
        area.and_then(|area| area.name.clone()).unwrap_or_else(|| code.to_owned())
    };
    let cause = |cause: &PublishedCause| {
        let area = cause.area.iter().map(|code| format!(" · {}", area_name(code))).collect::<String>();
        let place = format!("{}{area}", cause.source);
        let place = tallyproof_core::tidy::plain(&place);
        let n = pen.int(&format!("images.by_cause[{}].n", key_id(&cause.id)), cause.n);
        (format!("{place}: {}", pen.say_of("cause", &cause.cause)), n)
    };
    lines.extend(images.by_cause.iter().map(cause));
    lines
}

/// Areas of the widest level, the least covered first.
fn areas(material: &Material) -> Vec<MissingArea> {
    let Some(level) = material.results.election.levels.first() else { return Vec::new() };
    let areas = material.results.tabulation.areas.iter().filter(|a| a.level == level.id);
    let mut known: Vec<_> = areas.filter_map(|a| Some((a, a.n_tables_total?))).collect();
    // a/b < c/d as a·d < c·b: the same order on every machine.
    known.sort_by(|(a, a_total), (b, b_total)| {
        let left = u128::from(a.n_tables_seen) * u128::from(*b_total);
        let right = u128::from(b.n_tables_seen) * u128::from(*a_total);
        left.cmp(&right).then_with(|| a.code.cmp(&b.code))
    });
    known
        .into_iter()
        .map(|(area, total)| {
            let key = |field: &str| {
                format!("tabulation.areas[{}:{}].{field}", key_id(&area.level), key_id(&area.code))
            };
            let name = area.name.as_deref().unwrap_or(&area.code);
            MissingArea {
                name: tallyproof_core::tidy::plain(name).into_owned(),
                seen: material.pen.int(&key("n_tables_seen"), area.n_tables_seen),
                total: material.pen.int(&key("n_tables_total"), total),
                bar: bar(area.n_tables_seen, total),
            }
        })
        .collect()
}
