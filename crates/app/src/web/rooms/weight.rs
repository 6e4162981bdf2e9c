//! Would these sheets change who leads? The report's robustness figures, with their arithmetic, and a bound beside them.

use tallyproof_analysis::results::PublishedGroup;
use tallyproof_core::sheet::SheetStatus;

use super::sight::Sight;
use crate::site::html::{Html, key_id};

/// What some sheets that do not count would change.
pub(super) struct Weight {
    pub(super) answers: Vec<Answer>,
}

/// The answer for the sheets of one status.
pub(super) struct Answer {
    pub(super) status: String,
    /// Code of the verdict: `no`, `yes`, `never`, `none`.
    pub(super) kind: &'static str,
    pub(super) mark: &'static str,
    pub(super) verdict: Html,
    /// Contestant, votes that count, votes of these sheets, both together.
    pub(super) rows: Vec<(String, Html, Html, Html)>,
    pub(super) bound: Option<Html>,
    pub(super) formula: Html,
    pub(super) bound_formula: Html,
}

impl Weight {
    pub(super) fn new(sight: &Sight, statuses: &[&str]) -> Self {
        Self { answers: statuses.iter().filter_map(|status| answer(sight, status)).collect() }
    }
}

fn answer(sight: &Sight, code: &str) -> Option<Answer> {
    let status = SheetStatus::ALL.into_iter().find(|status| status.code() == code)?;
    let results = &sight.snapshot.results;
    let n = results.tabulation.by_status.get(code).copied().unwrap_or(0);
    if n == 0 {
        return None;
    }
    let group = results.robustness.iter().find(|g| g.kind == "status" && g.of == code && !g.counted);
    let (ballots, n_unknown) = ballots(sight, status);
    let margin = results.tabulation.margin;
    let cannot = n_unknown == 0 && ballots < margin;
    let (kind, mark) = match group {
        _ if cannot => ("never", "✓"),
        None => ("unknown", "?"),
        Some(group) if group.changes_leader => ("yes", "✕"),
        Some(_) => ("no", "="),
    };
    let leads = group.and_then(|g| g.leading_otherwise.as_deref()).map(|id| sight.panels.name(id));
    let slots = [
        ("n", sight.pen.int(&format!("tabulation.by_status.{code}"), n)),
        ("ballots", Html::text(&sight.n(ballots))),
        ("unknown", Html::text(&sight.n(n_unknown))),
        ("margin", sight.pen.int("tabulation.margin", margin)),
        ("leads", Html::text(&leads.unwrap_or_else(|| sight.pen.say("robustness-nobody")))),
    ];
    Some(Answer {
        status: sight.status(status),
        kind,
        mark,
        verdict: sight.pen.tell(&format!("rooms-weight-{kind}"), &slots),
        rows: group.map(|group| rows(sight, group)).unwrap_or_default(),
        bound: Some(sight.pen.tell("rooms-weight-bound", &slots)),
        formula: Html::code("votes(counted) + votes(these sheets)"),
        bound_formula: Html::code(
            "sum over these sheets of (votes of all selections + null) < votes(leading) − votes(second)",
        ),
    })
}

/// Ballots on the sheets of a status, and of how many of them they are not known.
fn ballots(sight: &Sight, status: SheetStatus) -> (u64, u64) {
    let sheets = sight.snapshot.standings.iter().filter_map(|standing| standing.sheet.as_ref());
    sheets.filter(|sheet| sheet.status == status).fold((0, 0), |(ballots, unknown), sheet| {
        match sheet.ballots {
            Some(n) => (ballots + n, unknown),
            None => (ballots, unknown + 1),
        }
    })
}

/// The two that lead, then whoever would lead otherwise.
fn rows(sight: &Sight, group: &PublishedGroup) -> Vec<(String, Html, Html, Html)> {
    let pen = sight.pen;
    let key = |field: &str, id: &str| format!("robustness[{}].{field}.{}", key_id(&group.id), key_id(id));
    let mut ids: Vec<&str> = sight.panels.ranking().into_iter().take(2).collect();
    ids.extend(group.leading_otherwise.as_deref().filter(|id| !ids.contains(id)));
    let row = |id: &str| {
        let votes = |all: &std::collections::BTreeMap<String, u64>| all.get(id).copied().unwrap_or(0);
        let counted = votes(&sight.snapshot.results.tabulation.votes);
        (
            sight.panels.name(id),
            pen.int(&format!("tabulation.votes.{}", key_id(id)), counted),
            pen.int(&key("votes", id), votes(&group.votes)),
            pen.int(&key("otherwise", id), votes(&group.otherwise)),
        )
    };
    ids.into_iter().map(row).collect()
}
