//! One table: where it stands and why, its images, every account side by side, who did what.

use askama::Template;
use tallyproof_core::people::Role;
use tallyproof_core::reconcile::reconcile;
use tallyproof_core::review::{Review, Seen};
use tallyproof_core::tidy::plain;

use super::super::desk::Desk;
use super::super::frame::Frame;
use super::super::snapshot::TableStanding;
use super::area::{Crumb, crumbs};
use super::findings::{FindingRow, row as finding_row};
use super::grid::Grid;
use super::history::{HistoryRow, Traced, history, short};
use super::overview::Age;
use super::sight::{Sight, Who};
use crate::site::html::Pen;

/// One image of the table.
pub(super) struct ImageView {
    pub(super) sha256: String,
    pub(super) short: String,
    pub(super) source: String,
    /// What a person did with it, in order.
    pub(super) deeds: Vec<Deed>,
    /// Where its review stands, in words.
    pub(super) stage: String,
    pub(super) stage_code: &'static str,
    /// Whether somebody may ask that it be entered anew.
    pub(super) may_reopen: bool,
    pub(super) request: Option<(Who, String)>,
    pub(super) is_aside: bool,
}

/// What one person did with an image.
pub(super) struct Deed {
    pub(super) who: Who,
    pub(super) what: String,
    pub(super) reason: Option<String>,
}

#[derive(Template)]
#[template(path = "desk/rooms/table.html")]
pub(super) struct TablePage<'p> {
    frame: Frame,
    pen: &'p Pen<'p>,
    age: Age,
    id: String,
    crumbs: Vec<Crumb>,
    status: String,
    kind: &'static str,
    counts: Option<bool>,
    why: String,
    class: String,
    /// The room where it is decided, if it waits for somebody.
    room: Option<(String, String)>,
    images: Vec<ImageView>,
    grid: Option<Grid>,
    findings: Vec<FindingRow>,
    history: Vec<HistoryRow>,
    several: bool,
    may_ask: bool,
}

impl<'p> TablePage<'p> {
    pub(super) fn new(
        sight: &Sight<'p>,
        desk: &Desk,
        frame: Frame,
        standing: &TableStanding,
        role: Role,
    ) -> Self {
        let facts = sight.snapshot.facts_of(&standing.table);
        let sheets = reconcile(&facts);
        let sheet = sheets.iter().find(|sheet| *sheet.table == standing.table);
        let held = standing.sheet.as_ref();
        let id = standing.table.as_str();
        let images: Vec<&str> = held.iter().flat_map(|held| held.images.iter().map(|i| &**i)).collect();
        let several = images.len() > 1;
        let mut traces: Vec<Traced> = Vec::new();
        for image in &images {
            traces.extend(sight.snapshot.trail.of_image(image).iter().map(|trace| (Some(*image), trace)));
        }
        traces.extend(sight.snapshot.trail.of_table(id).iter().map(|trace| (None, trace)));
        let why = match held {
            None => sight.pen.say("site-why-no-sheet"),
            Some(held) if held.counts => sight.pen.say("site-counted"),
            Some(held) => {
                let reason = held.doubt.map_or(held.status.code(), |doubt| doubt.code());
                let key = format!("site-why-{reason}");
                let class = "site-why-class".to_owned();
                sight.pen.say(if sight.pen.has(&key) { &key } else { &class })
            }
        };
        Self {
            age: Age::new(sight),
            id: id.to_owned(),
            crumbs: crumbs(sight, id, sight.pack().levels.len()),
            status: held.map_or_else(|| sight.pen.say("rooms-no-sheet"), |held| sight.status(held.status)),
            kind: held.map_or("none", |held| held.status.code()),
            counts: held.map(|held| held.counts),
            why,
            class: held.map(|held| sight.pen.say_of("site-class", held.class.code())).unwrap_or_default(),
            room: room(sight, standing),
            images: images.iter().map(|image| view(sight, desk, image)).collect(),
            grid: sheet.map(|sheet| Grid::of_sheet(sight, sheet)),
            findings: standing
                .findings
                .iter()
                .filter_map(|place| sight.snapshot.findings.get(*place))
                .map(|finding| finding_row(sight, finding))
                .collect(),
            history: history(sight, &desk.store, traces, several),
            several,
            may_ask: matches!(role, Role::Coordinator | Role::Administrator),
            pen: sight.pen,
            frame,
        }
    }
}

/// Where a table in doubt is decided.
fn room(sight: &Sight, standing: &TableStanding) -> Option<(String, String)> {
    use tallyproof_core::sheet::SheetStatus as S;
    let held = standing.sheet.as_ref()?;
    let first = held.images.first()?;
    match held.status {
        S::InConflict => Some((format!("/conflicts/{first}"), sight.pen.say("rooms-to-conflict"))),
        S::Quarantined => {
            Some((format!("/quarantine/{}", standing.table), sight.pen.say("rooms-to-quarantine")))
        }
        _ => None,
    }
}

fn view(sight: &Sight, desk: &Desk, sha256: &str) -> ImageView {
    let source = sight.snapshot.image(sha256).map(|image| sight.panels.source(&image.source));
    let seen = desk.board.with(sha256, |on_board| {
        let (review, stage) = (on_board.review(), on_board.stage(&desk.pack));
        let may_reopen = review.request().is_none() && (review.is_ruled() || stage.is_closed());
        let request =
            review.request().map(|(by, reason)| (sight.who(by.as_str()), plain(reason).into_owned()));
        (deeds(sight, review), stage.code(), may_reopen, request)
    });
    let (deeds, stage_code, may_reopen, request) = seen.unwrap_or((Vec::new(), "first-entry", false, None));
    let rulings = sight.snapshot.facts.reviews.rulings.iter();
    ImageView {
        sha256: sha256.to_owned(),
        short: short(sha256),
        source: source.unwrap_or_default(),
        deeds,
        stage: sight.pen.say_of("rooms-stage", stage_code),
        stage_code,
        may_reopen,
        request,
        is_aside: rulings.rev().find(|ruling| ruling.image == sha256).is_some_and(|ruling| !ruling.speaks),
    }
}

/// What people did in this round.
pub(super) fn deeds(sight: &Sight, review: &Review) -> Vec<Deed> {
    let what = |code: &str| sight.pen.say_of("rooms-deed", code);
    let seen = |seen: &Seen| match seen {
        Seen::Sheet(_) => None,
        Seen::Unusable(unusable) => Some(sight.pen.say_of("rooms-unusable", unusable.code())),
    };
    let entries = review.entries().iter().enumerate().map(|(n, (by, entry))| {
        let code = if n == 0 { "first" } else { "second" };
        Deed { who: sight.who(by.as_str()), what: what(code), reason: seen(entry) }
    });
    let corrections = review.corrections().iter().map(|(by, _)| Deed {
        who: sight.who(by.as_str()),
        what: what("correction"),
        reason: None,
    });
    let decisions = review.decisions().iter().map(|decision| Deed {
        who: sight.who(decision.by.as_str()),
        what: what("decision"),
        reason: Some(plain(&decision.reason).into_owned()),
    });
    entries.chain(corrections).chain(decisions).collect()
}
