//! Sheets in conflict, in the order in which they are best decided, and who is next.

use std::collections::BTreeSet;

use askama::Template;
use tallyproof_core::people::PersonId;
use tallyproof_core::review::Stage;
use tallyproof_core::sheet::SheetStatus;
use tallyproof_core::table::TableId;

use super::super::desk::Desk;
use super::super::frame::Frame;
use super::super::snapshot::{Doubt, Snapshot};
use super::audits::Pick;
use super::overview::Age;
use super::sight::{Pager, Sight, in_address};
use super::weight::Weight;
use crate::site::html::Pen;

/// Cases on one page.
const PER_PAGE: usize = 50;

/// A case as the picture knows it.
pub(super) struct CaseItem<'s> {
    table: Option<&'s TableId>,
    image: Option<&'s str>,
    doubt: Doubt,
    n_differing: usize,
    /// Whether a coordinator can decide it now.
    is_due: bool,
}

/// A case in the list.
pub(super) struct CaseRow {
    pub(super) table: Option<String>,
    pub(super) href: Option<String>,
    pub(super) place: String,
    pub(super) kind: String,
    pub(super) n_differing: String,
    pub(super) state: String,
    pub(super) state_code: &'static str,
}

/// What part of the cases is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct CasesQuery {
    /// Code of an area: what its tables' ids begin with.
    pub(super) area: String,
    pub(super) kind: String,
    pub(super) page: usize,
}

#[derive(Template)]
#[template(path = "desk/rooms/conflicts.html")]
pub(super) struct ConflictsPage<'p> {
    frame: Frame,
    pen: &'p Pen<'p>,
    age: Age,
    weight: Weight,
    areas: Vec<Pick>,
    kinds: Vec<Pick>,
    rows: Vec<CaseRow>,
    pager: Pager,
    next: Option<String>,
    done: bool,
}

/// Every case: those that can be decided first, then by table.
pub(super) fn cases(snapshot: &Snapshot) -> Vec<CaseItem<'_>> {
    let mut placed: BTreeSet<&str> = BTreeSet::new();
    let mut all: Vec<CaseItem> = Vec::new();
    for standing in &snapshot.standings {
        let Some(sheet) = standing.sheet.as_ref().filter(|s| s.status == SheetStatus::InConflict) else {
            continue;
        };
        let due = sheet.images.iter().find(|image| snapshot.disputed.contains(*image));
        placed.extend(sheet.images.iter().map(|image| &**image));
        all.push(CaseItem {
            table: Some(&standing.table),
            image: due.or(sheet.images.first()).map(|image| &**image),
            doubt: sheet.doubt.unwrap_or(Doubt::Sources),
            n_differing: sheet.n_differing,
            is_due: due.is_some(),
        });
    }
    // Images whose table people or machines do not agree on, and those that stand in quarantine as well.
    let others = snapshot.disputed.iter().filter(|image| !placed.contains(&***image));
    all.extend(others.map(|image| CaseItem {
        table: snapshot.image(image).map(|image| &image.reading.table),
        image: Some(image),
        doubt: Doubt::People,
        n_differing: 0,
        is_due: true,
    }));
    all.sort_by_key(|case| !case.is_due);
    all
}

/// The next image that this person can decide, and how many wait, it among them; live, so that what was decided a moment ago
/// is not given again.
pub(super) fn next(desk: &Desk, snapshot: &Snapshot, me: &PersonId, not: &str) -> (Option<String>, u64) {
    let is_open = |image: &str| {
        desk.board.with(image, |on_board| {
            let due = matches!(on_board.stage(&desk.pack), Stage::Correction(_) | Stage::Decision(_));
            due && !on_board.review().is_by(me)
        })
    };
    let due = cases(snapshot).into_iter().filter(|case| case.is_due).filter_map(|case| case.image);
    let mut waiting = due.filter(|image| *image != not && is_open(image) == Some(true));
    let first = waiting.next().map(str::to_owned);
    let n_waiting = u64::from(first.is_some()) + waiting.count() as u64;
    (first, n_waiting)
}

impl<'p> ConflictsPage<'p> {
    pub(super) fn new(
        sight: &Sight<'p>,
        desk: &Desk,
        frame: Frame,
        (me, done): (&PersonId, bool),
        query: &CasesQuery,
    ) -> Self {
        let in_area = |case: &&CaseItem| {
            query.area.is_empty() || case.table.is_some_and(|table| table.as_str().starts_with(&query.area))
        };
        let of_kind = |case: &&CaseItem| query.kind.is_empty() || case.doubt.code() == query.kind;
        let all = cases(sight.snapshot);
        let found: Vec<&CaseItem> = all.iter().filter(in_area).filter(of_kind).collect();
        let href =
            format!("/conflicts?area={}&kind={}&page=", in_address(&query.area), in_address(&query.kind));
        let (shown, pager) = Pager::new(sight, found.len(), PER_PAGE, query.page, &href);
        let kinds = [Doubt::People, Doubt::CodePrint, Doubt::Sources];
        let kind = |doubt: Doubt| Pick {
            code: doubt.code().to_owned(),
            says: sight.pen.say_of("rooms-doubt", doubt.code()),
            chosen: doubt.code() == query.kind,
        };
        Self {
            frame,
            pen: sight.pen,
            age: Age::new(sight),
            weight: Weight::new(sight, &["in-conflict"]),
            areas: areas(sight, &query.area),
            kinds: kinds.map(kind).into(),
            rows: found[shown].iter().map(|case| row(sight, desk, case)).collect(),
            pager,
            next: next(desk, sight.snapshot, me, "").0,
            done,
        }
    }
}

/// Areas of the widest listed level that hold a case, to filter by.
pub(super) fn areas(sight: &Sight, here: &str) -> Vec<Pick> {
    let Some(level) = sight.listed().first().copied() else { return Vec::new() };
    let all = sight.snapshot.areas.get(level).map(Vec::as_slice).unwrap_or_default();
    let in_doubt = |status| move |area: &&super::super::snapshot::AreaWork| area.n(status) > 0;
    let conflict = in_doubt(SheetStatus::InConflict);
    let quarantine = in_doubt(SheetStatus::Quarantined);
    let option = |area: &super::super::snapshot::AreaWork| Pick {
        code: area.code.clone(),
        says: sight.area_name(level, &area.code),
        chosen: area.code == here,
    };
    all.iter().filter(|area| conflict(area) || quarantine(area)).map(option).collect()
}

/// The areas a table lies in, in words.
pub(super) fn place(sight: &Sight, table: &TableId) -> String {
    let levels = sight.pack().levels.iter().enumerate();
    let names: Vec<String> =
        levels.map(|(place, level)| sight.area_name(place, table.area_code(level.chars))).collect();
    names.join(" · ")
}

fn row(sight: &Sight, desk: &Desk, case: &CaseItem) -> CaseRow {
    let stage = case.image.and_then(|image| desk.board.stage(&desk.pack, image));
    let state_code = match stage {
        None => "no-image",
        Some(Stage::Correction(_) | Stage::Decision(_)) => "due",
        Some(stage) if case.is_due && stage.is_closed() => "done",
        Some(Stage::Settled(_)) => "settled",
        Some(_) => "entry-first",
    };
    CaseRow {
        table: case.table.map(|table| table.as_str().to_owned()),
        href: case.image.map(|image| format!("/conflicts/{image}")),
        place: case.table.map(|table| place(sight, table)).unwrap_or_default(),
        kind: sight.pen.say_of("rooms-doubt", case.doubt.code()),
        n_differing: if case.n_differing > 0 { sight.n(case.n_differing as u64) } else { String::new() },
        state: sight.pen.say_of("rooms-case", state_code),
        state_code,
    }
}
