//! The outcome with each kind of evidence in or out.

use tallyproof_analysis::results::PublishedGroup;
use tallyproof_core::tidy::plain;

use super::html::{Html, key_id};
use super::page::Material;
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
    pub(super) fn new(material: &Material) -> Self {
        let top = top_two(material);
        Self {
            leaders: top.iter().map(|id| material.short(id)).collect(),
            rows: material.results.robustness.iter().map(|group| row(material, &top, group)).collect(),
        }
    }
}

fn row(material: &Material, top: &[String], group: &PublishedGroup) -> GroupRow {
    let pen = material.pen;
    let key = |field: &str| format!("robustness[{}].{field}", key_id(&group.id));
    let votes = |id: &String| {
        let n = group.otherwise.get(id).copied().unwrap_or(0);
        pen.int(&key(&format!("otherwise.{}", key_id(id))), n)
    };
    let fewest = |field: &str, n: Option<u64>| n.map_or_else(|| pen.none(), |n| pen.int(&key(field), n));
    GroupRow {
        name: name(material, group),
        choice: pen.say_of("robustness-choice", if group.counted { "out" } else { "in" }),
        sheets: pen.int(&key("n_sheets"), group.n_sheets),
        otherwise: top.iter().map(votes).collect(),
        leading: group
            .leading_otherwise
            .as_ref()
            .map_or_else(|| pen.say("robustness-nobody"), |id| material.short(id)),
        changes: group.changes_leader,
        to_go: fewest("fewest_to_go", group.fewest_to_go),
        to_change: fewest("fewest_to_change", group.fewest_to_change),
    }
}

fn name(material: &Material, group: &PublishedGroup) -> String {
    let of = match group.kind {
        "class" => material.pen.say_of("report-class", &group.of),
        "status" => material.pen.say_of("report-status", &group.of),
        _ => {
            let found = material.results.sources.iter().find(|s| s.id == group.of);
            plain(found.and_then(|s| s.name.as_deref()).unwrap_or(&group.of)).into_owned()
        }
    };
    format!("{}: {of}", material.pen.say_of("robustness-kind", group.kind))
}
