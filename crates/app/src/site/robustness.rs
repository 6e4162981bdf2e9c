//! The outcome with each kind of evidence in or out.

use tallyproof_analysis::results::PublishedGroup;
use tallyproof_core::tidy::plain;

use super::html::{Html, key_id};
use super::page::Desk;
use super::result::top_two;

/// The section.
pub(super) struct Robustness {
    pub(super) leaders: Vec<String>,
    pub(super) rows: Vec<GroupRow>,
}

/// One group of sheets.
pub(super) struct GroupRow {
    pub(super) name: String,
    pub(super) choice: String,
    pub(super) sheets: Html,
    pub(super) otherwise: Vec<Html>,
    pub(super) leading: String,
    pub(super) changes: bool,
    pub(super) to_go: Html,
    pub(super) to_change: Html,
}

impl Robustness {
    pub(super) fn new(desk: &Desk) -> Self {
        let top = top_two(desk);
        Self {
            leaders: top.iter().map(|id| desk.short(id)).collect(),
            rows: desk.results.robustness.iter().map(|group| row(desk, &top, group)).collect(),
        }
    }
}

fn row(desk: &Desk, top: &[String], group: &PublishedGroup) -> GroupRow {
    let pen = desk.pen;
    let key = |field: &str| format!("robustness[{}].{field}", key_id(&group.id));
    let votes = |id: &String| {
        let n = group.otherwise.get(id).copied().unwrap_or(0);
        pen.int(&key(&format!("otherwise.{}", key_id(id))), n)
    };
    let fewest = |field: &str, n: Option<u64>| n.map_or_else(|| pen.none(), |n| pen.int(&key(field), n));
    GroupRow {
        name: name(desk, group),
        choice: pen.say_of("robustness-choice", if group.counted { "out" } else { "in" }),
        sheets: pen.int(&key("n_sheets"), group.n_sheets),
        otherwise: top.iter().map(votes).collect(),
        leading: group
            .leading_otherwise
            .as_ref()
            .map_or_else(|| pen.say("robustness-nobody"), |id| desk.short(id)),
        changes: group.changes_leader,
        to_go: fewest("fewest_to_go", group.fewest_to_go),
        to_change: fewest("fewest_to_change", group.fewest_to_change),
    }
}

fn name(desk: &Desk, group: &PublishedGroup) -> String {
    let of = match group.kind {
        "class" => desk.pen.say_of("report-class", &group.of),
        "status" => desk.pen.say_of("report-status", &group.of),
        _ => {
            let found = desk.results.sources.iter().find(|s| s.id == group.of);
            plain(found.and_then(|s| s.name.as_deref()).unwrap_or(&group.of)).into_owned()
        }
    };
    format!("{}: {of}", desk.pen.say_of("robustness-kind", group.kind))
}
