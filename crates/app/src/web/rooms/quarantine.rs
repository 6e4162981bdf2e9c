//! Quarantine: several images of one table that differ, or one picture under several tables, shown together.

use std::collections::BTreeSet;

use askama::Template;
use tallyproof_core::reconcile::{Witness, reconcile};
use tallyproof_core::sheet::SheetStatus;
use tallyproof_core::table::TableId;

use super::super::desk::Desk;
use super::super::frame::Frame;
use super::super::snapshot::{Doubt, Snapshot, TableStanding};
use super::audits::Pick;
use super::cases::{areas, place};
use super::grid::Grid;
use super::history::short;
use super::overview::Age;
use super::sight::{Pager, Sight, in_address};
use super::weight::Weight;
use crate::site::html::Pen;

/// Cases on one page.
const PER_PAGE: usize = 50;
/// Most images shown side by side.
const MOST_IMAGES: usize = 12;

/// A case in the list.
pub(super) struct QuarantineRow {
    pub(super) table: String,
    pub(super) others: Vec<String>,
    pub(super) place: String,
    pub(super) kind: String,
    pub(super) n_images: String,
}

#[derive(Template)]
#[template(path = "desk/rooms/quarantine.html")]
pub(super) struct QuarantinePage<'p> {
    frame: Frame,
    pen: &'p Pen<'p>,
    age: Age,
    weight: Weight,
    areas: Vec<Pick>,
    rows: Vec<QuarantineRow>,
    pager: Pager,
    next: Option<String>,
    done: bool,
}

/// One image of a case.
pub(super) struct SuspectImage {
    pub(super) sha256: String,
    pub(super) short: String,
    pub(super) table: String,
    pub(super) source: String,
    /// Code and words of what was said of it.
    pub(super) ruling: &'static str,
    pub(super) says: String,
    pub(super) may_rule: bool,
}

#[derive(Template)]
#[template(path = "desk/rooms/suspects.html")]
pub(super) struct SuspectsPage<'p> {
    frame: Frame,
    pen: &'p Pen<'p>,
    table: String,
    place: String,
    kind: String,
    others: Vec<String>,
    images: Vec<SuspectImage>,
    more: String,
    grid: Grid,
    weight: Weight,
    is_quarantined: bool,
    next: Option<String>,
    done: bool,
}

/// Cases of quarantine, by table; a picture under several tables is one case, of the first of them.
pub(super) fn cases(snapshot: &Snapshot) -> Vec<(&TableStanding, Vec<TableId>)> {
    let mut pictures: BTreeSet<&str> = BTreeSet::new();
    let mut all = Vec::new();
    for standing in &snapshot.standings {
        let Some(sheet) = standing.sheet.as_ref().filter(|s| s.status == SheetStatus::Quarantined) else {
            continue;
        };
        let own: Vec<&str> = sheet.images.iter().map(|image| snapshot.facts.picture(image)).collect();
        let is_shared = sheet.doubt == Some(Doubt::Picture);
        if is_shared && !own.is_empty() && own.iter().all(|picture| pictures.contains(picture)) {
            continue;
        }
        pictures.extend(own);
        let others = if is_shared { others(snapshot, &standing.table) } else { Vec::new() };
        all.push((standing, others));
    }
    all
}

/// Other tables under which a picture of this table stands.
fn others(snapshot: &Snapshot, table: &TableId) -> Vec<TableId> {
    let facts = snapshot.facts_of(table);
    let others: BTreeSet<&TableId> =
        facts.images.iter().map(|image| &image.reading.table).filter(|other| *other != table).collect();
    others.into_iter().cloned().collect()
}

/// The next case that waits, but for the one named.
pub(super) fn next(desk: &Desk, snapshot: &Snapshot, not: &str) -> Option<String> {
    let waits = |standing: &TableStanding| {
        let images = standing.sheet.iter().flat_map(|sheet| &sheet.images);
        images
            .into_iter()
            .any(|image| desk.board.with(image, |on_board| !on_board.review().is_ruled()).unwrap_or(false))
    };
    let mut waiting = cases(snapshot).into_iter().map(|(standing, _)| standing);
    waiting.find(|s| s.table.as_str() != not && waits(s)).map(|s| s.table.as_str().to_owned())
}

impl<'p> QuarantinePage<'p> {
    pub(super) fn new(
        sight: &Sight<'p>,
        desk: &Desk,
        frame: Frame,
        (area, page, done): (&str, usize, bool),
    ) -> Self {
        let mut all = cases(sight.snapshot);
        all.retain(|(standing, _)| standing.table.as_str().starts_with(area));
        let href = format!("/quarantine?area={}&page=", in_address(area));
        let (shown, pager) = Pager::new(sight, all.len(), PER_PAGE, page, &href);
        let row = |(standing, others): &(&TableStanding, Vec<TableId>)| {
            let sheet = standing.sheet.as_ref();
            let doubt = sheet.and_then(|sheet| sheet.doubt).unwrap_or(Doubt::Images);
            QuarantineRow {
                table: standing.table.as_str().to_owned(),
                others: others.iter().map(|other| other.as_str().to_owned()).collect(),
                place: place(sight, &standing.table),
                kind: sight.pen.say_of("rooms-doubt", doubt.code()),
                n_images: sight.n(sheet.map_or(0, |sheet| sheet.images.len()) as u64 + others.len() as u64),
            }
        };
        Self {
            frame,
            pen: sight.pen,
            age: Age::new(sight),
            weight: Weight::new(sight, &["quarantined"]),
            areas: areas(sight, area),
            rows: all[shown].iter().map(row).collect(),
            pager,
            next: next(desk, sight.snapshot, ""),
            done,
        }
    }
}

impl<'p> SuspectsPage<'p> {
    pub(super) fn new(
        sight: &Sight<'p>,
        desk: &Desk,
        frame: Frame,
        standing: &TableStanding,
        (may_rule, done): (bool, bool),
    ) -> Self {
        let facts = sight.snapshot.facts_of(&standing.table);
        let sheets = reconcile(&facts);
        let mut witnesses: Vec<Witness> =
            sheets.iter().flat_map(|sheet| sheet.witnesses.iter().copied()).collect();
        witnesses.retain(Witness::is_image);
        let more = witnesses.len().saturating_sub(MOST_IMAGES);
        witnesses.truncate(MOST_IMAGES);
        let sheet = standing.sheet.as_ref();
        let is_quarantined = sheet.is_some_and(|sheet| sheet.status == SheetStatus::Quarantined);
        let doubt = sheet.and_then(|sheet| sheet.doubt).unwrap_or(Doubt::Images);
        let others: BTreeSet<&str> = witnesses
            .iter()
            .map(|w| w.reading.table.as_str())
            .filter(|other| *other != standing.table.as_str())
            .collect();
        let view = |witness: &Witness| suspect(sight, desk, witness, may_rule && is_quarantined);
        Self {
            frame,
            pen: sight.pen,
            table: standing.table.as_str().to_owned(),
            place: place(sight, &standing.table),
            kind: sight.pen.say_of("rooms-doubt", doubt.code()),
            others: others.into_iter().map(str::to_owned).collect(),
            images: witnesses.iter().map(view).collect(),
            more: if more > 0 { sight.n(more as u64) } else { String::new() },
            grid: Grid::of(sight, witnesses.iter().copied()),
            weight: Weight::new(sight, &["quarantined"]),
            is_quarantined,
            next: next(desk, sight.snapshot, standing.table.as_str()),
            done,
        }
    }
}

fn suspect(sight: &Sight, desk: &Desk, witness: &Witness, may_rule: bool) -> SuspectImage {
    let sha256 = witness.reading.image.as_deref().unwrap_or_default();
    let is_ruled = desk.board.with(sha256, |on_board| on_board.review().is_ruled()).unwrap_or(false);
    let ruled = sight.snapshot.facts.reviews.rulings.iter().rev().find(|ruling| ruling.image == sha256);
    let ruling = match (is_ruled, ruled) {
        (false, _) => "open",
        (true, Some(ruling)) if ruling.speaks => "cleared",
        (true, Some(_)) => "aside",
        // Said a moment ago; the picture does not know yet what.
        (true, None) => "ruled",
    };
    SuspectImage {
        sha256: sha256.to_owned(),
        short: short(sha256),
        table: witness.reading.table.as_str().to_owned(),
        source: sight.panels.source(witness.source),
        ruling,
        says: sight.pen.say_of("rooms-ruling", ruling),
        may_rule: may_rule && !is_ruled,
    }
}
