//! Quarantine: several images of one table that differ, or one picture under several tables, shown together.

use std::collections::BTreeSet;

use askama::Template;
use tallyproof_core::people::PersonId;
use tallyproof_core::reconcile::{Witness, reconcile};
use tallyproof_core::sheet::SheetStatus;
use tallyproof_core::table::TableId;

use super::super::desk::Desk;
use super::super::frame::Frame;
use super::super::snapshot::{Doubt, Held, Snapshot, TableStanding};
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
    /// Whether whoever looks may say that it speaks, and that it does not.
    pub(super) may_clear: bool,
    pub(super) may_set_aside: bool,
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

/// Cases of quarantine, by table, and those where one person's word waits for a second; a picture under several tables
/// is one case, of the first of them.
pub(super) fn cases(snapshot: &Snapshot) -> Vec<(&TableStanding, Vec<TableId>)> {
    let mut pictures: BTreeSet<&str> = BTreeSet::new();
    let mut all = Vec::new();
    for standing in &snapshot.standings {
        let is_case = |sheet: &&Held| {
            sheet.status == SheetStatus::Quarantined || waits_for_second(snapshot, &sheet.images)
        };
        let Some(sheet) = standing.sheet.as_ref().filter(is_case) else { continue };
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

/// Whether one person has said of an image whether it speaks, and nobody has seconded it.
fn waits_for_second(snapshot: &Snapshot, images: &[Box<str>]) -> bool {
    let mut reviews = images.iter().filter_map(|image| snapshot.facts.reviews.by_image.get(&**image));
    reviews.any(|review| review.rulings().len() == 1)
}

/// Other tables under which a picture of this table stands.
fn others(snapshot: &Snapshot, table: &TableId) -> Vec<TableId> {
    let facts = snapshot.facts_of(table);
    let others: BTreeSet<&TableId> =
        facts.images.iter().map(|image| &image.reading.table).filter(|other| *other != table).collect();
    others.into_iter().cloned().collect()
}

/// Whether a person may say something of an image, as far as earlier words go.
pub(super) fn may_rule(desk: &Desk, image: &str, me: &PersonId) -> bool {
    desk.board.with(image, |on_board| on_board.review().may_rule(me)).unwrap_or(false)
}

/// Whether an image is one of a case: of a table that is quarantined, or shares a picture with one, or somebody's word
/// on it waits for a second. Nobody rules on a sheet that stands.
pub(super) fn is_of(desk: &Desk, snapshot: &Snapshot, table: &TableId, image: &str) -> bool {
    let standing = snapshot.standing(table).and_then(|standing| standing.sheet.as_ref());
    let quarantined = standing.is_some_and(|sheet| sheet.status == SheetStatus::Quarantined);
    let images = snapshot.facts_of(table);
    let here = images.images.iter().any(|own| own.reading.image.as_deref() == Some(image));
    let is_ruled = desk.board.with(image, |on_board| on_board.review().is_ruled()).unwrap_or(false);
    here && (quarantined || is_ruled)
}

/// The next case that waits for this person, but for the one named.
pub(super) fn next(desk: &Desk, snapshot: &Snapshot, me: &PersonId, not: &str) -> Option<String> {
    let waits = |standing: &TableStanding| {
        let mut images = standing.sheet.iter().flat_map(|sheet| &sheet.images);
        images.any(|image| may_rule(desk, image, me))
    };
    let mut waiting = cases(snapshot).into_iter().map(|(standing, _)| standing);
    waiting.find(|s| s.table.as_str() != not && waits(s)).map(|s| s.table.as_str().to_owned())
}

impl<'p> QuarantinePage<'p> {
    pub(super) fn new(
        sight: &Sight<'p>,
        desk: &Desk,
        frame: Frame,
        me: &PersonId,
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
            next: next(desk, sight.snapshot, me, ""),
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
        (me, is_coordinator): (&PersonId, bool),
        done: bool,
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
        let me_here = is_coordinator.then_some(me);
        let view = |witness: &Witness| suspect(sight, desk, witness, me_here, is_quarantined);
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
            next: next(desk, sight.snapshot, me, standing.table.as_str()),
            done,
        }
    }
}

fn suspect(
    sight: &Sight,
    desk: &Desk,
    witness: &Witness,
    me: Option<&PersonId>,
    is_quarantined: bool,
) -> SuspectImage {
    let sha256 = witness.reading.image.as_deref().unwrap_or_default();
    let said = desk.board.with(sha256, |on_board| on_board.review().rulings().to_vec()).unwrap_or_default();
    let (ruling, words) = match said.as_slice() {
        [] => ("open", "open"),
        [(_, true)] => ("cleared", "cleared-alone"),
        [(_, false)] => ("aside", "aside-alone"),
        [(_, true), ..] => ("cleared", "cleared"),
        [(_, false), ..] => ("aside", "aside"),
    };
    let may = me.is_some_and(|me| may_rule(desk, sha256, me)) && (is_quarantined || !said.is_empty());
    let first = said.first().map(|(_, speaks)| *speaks);
    SuspectImage {
        sha256: sha256.to_owned(),
        short: short(sha256),
        table: witness.reading.table.as_str().to_owned(),
        source: sight.panels.source(witness.source),
        ruling,
        says: sight.pen.say_of("rooms-ruling", words),
        may_clear: may && first != Some(false),
        may_set_aside: may && first != Some(true),
    }
}
