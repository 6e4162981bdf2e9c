//! One conflict: every value side by side, the places that differ first, each with a picture of it.

use std::collections::BTreeSet;
use std::sync::Arc;

use askama::Template;
use tallyproof_core::facts::ImageFault;
use tallyproof_core::form::Figure;
use tallyproof_core::people::PersonId;
use tallyproof_core::print::Print;
use tallyproof_core::review::{Place, Review, Said, Seen, Stage, TableValue, Typed, Unusable, entry_places};
use tallyproof_core::sheet::{Channel, FieldValue, MAX_COUNT, SheetValues};
use tallyproof_core::table::TableId;
use tallyproof_core::tidy::plain;
use tallyproof_evidence::seen::{Seen as Machine, outcome};

use super::super::desk::Desk;
use super::super::frame::Frame;
use super::super::refusal::Refusal;
use super::fields::{Fields, refused};
use super::grid::{GridCell, shown};
use super::history::short;
use super::sight::{Sight, Who};
use super::weight::Weight;
use crate::site::html::Pen;
use crate::site::pages::cell::{Cell, beside};

/// Most transcriptions shown side by side; the others are on the table's page.
const MOST_TRANSCRIPTIONS: usize = 4;

/// Whose account a column is.
pub(super) struct Account {
    pub(super) head: String,
    pub(super) under: String,
    pub(super) who: Option<Who>,
    /// What it says instead of figures, or why.
    pub(super) note: Option<String>,
    values: Values,
}

enum Values {
    Code(TableId, Box<SheetValues>),
    Print(Option<TableId>, Arc<Print>, Option<Box<SheetValues>>),
    Typed(Typed),
    Nothing,
}

/// A value to choose.
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) says: String,
    /// Who gives it.
    pub(super) by: String,
}

/// One place.
pub(super) struct CaseRow {
    pub(super) code: String,
    pub(super) name: String,
    pub(super) cells: Vec<GridCell>,
    pub(super) differs: bool,
    /// Whether it is to be decided, and among which values.
    pub(super) choices: Option<Vec<Choice>>,
    pub(super) chosen: String,
    pub(super) other: String,
    pub(super) crop: Option<String>,
    pub(super) is_table: bool,
}

#[derive(Template)]
#[template(path = "desk/rooms/conflict.html")]
pub(super) struct ConflictPage<'p> {
    frame: Frame,
    pen: &'p Pen<'p>,
    image: String,
    short: String,
    table: Option<String>,
    stage: String,
    stage_code: &'static str,
    accounts: Vec<Account>,
    rows: Vec<CaseRow>,
    n_open: usize,
    weight: Weight,
    may_decide: bool,
    /// Why this person cannot decide it.
    cannot: Option<String>,
    unusable: Vec<(&'static str, String)>,
    said: Option<String>,
    reason: String,
    left: String,
    done: bool,
}

/// What is asked of the page.
#[derive(Clone, Debug, Default)]
pub(super) struct CaseQuery {
    pub(super) sent: Fields,
    pub(super) said: Option<String>,
    /// Cases that wait besides this one.
    pub(super) n_left: u64,
    /// Whether the case before was just decided.
    pub(super) done: bool,
}

/// The live review of an image, copied: the page is drawn without holding it.
pub(super) struct Case {
    pub(super) image: String,
    review: Review,
    pub(super) stage: Stage,
    machine: Option<Machine>,
}

impl Case {
    /// The case of an image; `None` where the folder has no such image. Blocks.
    pub(super) fn of(desk: &Desk, image: &str) -> Result<Option<Self>, Refusal> {
        let found =
            desk.board.with(image, |on_board| (on_board.review().clone(), on_board.stage(&desk.pack)));
        let Some((review, stage)) = found else { return Ok(None) };
        let body = desk.store.reading_of(image)?;
        let machine = body.and_then(|body| outcome(&desk.pack, &body).map_err(drop_fault).ok());
        Ok(Some(Self { image: image.to_owned(), review, stage, machine }))
    }

    /// Places to be decided.
    pub(super) fn open(&self) -> &[Place] {
        match &self.stage {
            Stage::Correction(places) | Stage::Decision(places) => places,
            _ => &[],
        }
    }

    /// The table it is about: as people typed it, else as machines read it.
    fn table(&self) -> Option<TableId> {
        let typed = self.review.entries().iter().rev().find_map(|(_, seen)| match seen {
            Seen::Sheet(typed) => typed.table_id().cloned(),
            Seen::Unusable(_) => None,
        });
        typed.or_else(|| self.machine.as_ref().map(|machine| machine.table.clone()))
    }
}

/// An image that gives no reading has no column; why is on the table's page and in the findings.
fn drop_fault(_: ImageFault) {}

impl<'p> ConflictPage<'p> {
    pub(super) fn new(
        sight: &Sight<'p>,
        frame: Frame,
        case: &Case,
        person: (&PersonId, bool),
        query: &CaseQuery,
    ) -> Self {
        let (me, is_coordinator) = person;
        let table = case.table();
        let accounts = accounts(sight, case, table.as_ref());
        let rows = rows(sight, case, &accounts, &query.sent);
        let is_own = case.review.is_by(me);
        let can_be_decided = !case.open().is_empty();
        let cannot = match () {
            () if !is_coordinator => None,
            () if case.stage.is_closed() => Some("closed"),
            () if is_own => Some("own"),
            () if !can_be_decided => Some("entry-first"),
            () => None,
        };
        Self {
            frame,
            pen: sight.pen,
            short: short(&case.image),
            image: case.image.clone(),
            table: table.map(|table| table.as_str().to_owned()),
            stage: sight.pen.say_of("rooms-stage", case.stage.code()),
            stage_code: case.stage.code(),
            n_open: case.open().len(),
            accounts,
            rows,
            weight: Weight::new(sight, &["in-conflict"]),
            may_decide: is_coordinator && can_be_decided && !is_own,
            cannot: cannot.map(|code| sight.pen.say_of("rooms-cannot", code)),
            unusable: Unusable::ALL.map(|u| (u.code(), sight.pen.say_of("rooms-unusable", u.code()))).into(),
            said: query.said.clone(),
            reason: query.sent.shown("reason"),
            left: sight.n(query.n_left),
            done: query.done,
        }
    }
}

fn accounts(sight: &Sight, case: &Case, table: Option<&TableId>) -> Vec<Account> {
    let head = |code: &str| sight.pen.say_of("rooms-account", code);
    let account = |code: &str, under: String, values: Values| Account {
        head: head(code),
        under,
        who: None,
        note: None,
        values,
    };
    let source = sight.snapshot.image(&case.image).map(|image| sight.panels.source(&image.source));
    let source = source.unwrap_or_default();
    let mut all = Vec::new();
    if let Some(machine) = &case.machine {
        let coded = machine.channel != Channel::Print;
        let code = if machine.channel == Channel::Joint { "joint" } else { "code" };
        if coded {
            let values = Values::Code(machine.table.clone(), Box::new(machine.values.clone()));
            all.push(account(code, source.clone(), values));
        }
        if let Some(print) = machine.print.clone().filter(|print| !print.is_empty()) {
            let form = sight.pack().form.as_ref();
            let table = form.and_then(|form| print.table(form, sight.pack()));
            let code_values = coded.then(|| Box::new(machine.values.clone()));
            all.push(account("print", source, Values::Print(table, print, code_values)));
        }
    }
    all.extend(people(sight, &case.review));
    all.extend(table.map(|table| transcriptions(sight, table)).unwrap_or_default());
    all
}

/// What people typed, by pseudonym, in order.
fn people(sight: &Sight, review: &Review) -> Vec<Account> {
    let account = |code: &str, by: &PersonId, seen: &Seen, reason: Option<&str>| {
        let (values, note) = match seen {
            Seen::Sheet(typed) => (Values::Typed(typed.clone()), None),
            Seen::Unusable(unusable) => {
                (Values::Nothing, Some(sight.pen.say_of("rooms-unusable", unusable.code())))
            }
        };
        let reason = reason.map(|reason| plain(reason).into_owned());
        Account {
            head: sight.pen.say_of("rooms-account", code),
            under: String::new(),
            who: Some(sight.who(by.as_str())),
            note: note.or(reason),
            values,
        }
    };
    let entries = review.entries().iter().enumerate().map(|(n, (by, seen))| {
        let code = ["first", "second", "third"].get(n).copied().unwrap_or("third");
        account(code, by, seen, None)
    });
    let corrections = review
        .corrections()
        .iter()
        .map(|(by, typed)| account("correction", by, &Seen::Sheet(typed.clone()), None));
    let decisions = review.decisions().iter().map(|d| account("decision", &d.by, &d.seen, Some(&d.reason)));
    entries.chain(corrections).chain(decisions).collect()
}

/// What others published of the same table: shown, and never a witness.
fn transcriptions(sight: &Sight, table: &TableId) -> Vec<Account> {
    let account = |source: &tallyproof_core::facts::Source| {
        let version = source.newest();
        let readings = &version.transcription.readings;
        let at = readings.binary_search_by(|reading| reading.table.cmp(table)).ok()?;
        let values = Box::new(readings.get(at)?.values.clone());
        let under = format!("{} · {}", sight.panels.source(&source.id), plain(&version.label));
        let head = sight.pen.say_of("rooms-account", "transcription");
        Some(Account { head, under, who: None, note: None, values: Values::Code(table.clone(), values) })
    };
    sight.snapshot.facts.sources.iter().filter_map(account).take(MOST_TRANSCRIPTIONS).collect()
}

fn rows(sight: &Sight, case: &Case, accounts: &[Account], sent: &Fields) -> Vec<CaseRow> {
    let open: BTreeSet<Place> = case.open().iter().copied().collect();
    let printed = case.machine.as_ref().and_then(|machine| machine.print.as_ref());
    let row = |place: Place| {
        let cells: Vec<Cell> = accounts.iter().map(|account| account.cell(place)).collect();
        let differs = |cell: &Cell| cells.iter().any(|other| other.contradicts(cell));
        let code = place.code();
        let figure = match place {
            Place::Table => Figure::TablePart(0),
            Place::Field(field) => Figure::Field(field),
        };
        let has_crop = printed.and_then(|print| print.figure(figure)).is_some_and(|f| f.crop.is_some());
        CaseRow {
            name: match place {
                Place::Table => sight.pen.say("site-table"),
                Place::Field(field) => sight.field(field),
            },
            differs: cells.iter().any(differs),
            choices: open.contains(&place).then(|| choices(sight, place, accounts)),
            chosen: sent.shown(&format!("p-{code}")),
            other: sent.shown(&format!("o-{code}")),
            crop: has_crop.then(|| format!("/images/{}?figure={}", case.image, figure.code())),
            is_table: place == Place::Table,
            cells: cells
                .iter()
                .map(|cell| GridCell {
                    shown: shown(sight, cell),
                    is_word: matches!(cell, Cell::Word(_)),
                    differs: differs(cell),
                })
                .collect(),
            code,
        }
    };
    let mut rows: Vec<CaseRow> = entry_places(sight.pack()).into_iter().map(row).collect();
    // Stable: within each kind the order of the sheet.
    rows.sort_by_key(|row| (row.choices.is_none(), !row.differs));
    rows
}

/// Values that anybody gives for a place, each with who gives it; then blank and illegible.
fn choices(sight: &Sight, place: Place, accounts: &[Account]) -> Vec<Choice> {
    let mut all: Vec<Choice> = Vec::new();
    for account in accounts {
        let Some(value) = account.said(place) else { continue };
        let by = account.who.as_ref().map_or_else(|| account.head.clone(), |who| who.id.clone());
        match all.iter_mut().find(|choice| choice.value == value) {
            Some(choice) => choice.by = format!("{}, {by}", choice.by),
            None => {
                let says = match value.parse::<u64>() {
                    Ok(n) if place != Place::Table => sight.n(n),
                    _ if ["blank", "illegible"].contains(&value.as_str()) => {
                        sight.pen.say_of("site-cell", &value)
                    }
                    _ => value.clone(),
                };
                all.push(Choice { value, says, by });
            }
        }
    }
    let words: &[&str] = if place == Place::Table { &["illegible"] } else { &["blank", "illegible"] };
    for word in words {
        if all.iter().all(|choice| choice.value != *word) {
            let says = sight.pen.say_of("site-cell", word);
            all.push(Choice { value: (*word).to_owned(), says, by: String::new() });
        }
    }
    all
}

impl Account {
    fn cell(&self, place: Place) -> Cell {
        let of_table = |table: Option<&TableId>| {
            table.map_or(Cell::Nothing, |table| Cell::Digits(table.as_str().to_owned()))
        };
        match (&self.values, place) {
            (Values::Code(table, _), Place::Table) => of_table(Some(table)),
            (Values::Code(_, values), Place::Field(field)) => value_cell(values.value(field)),
            (Values::Print(table, ..), Place::Table) => of_table(table.as_ref()),
            (Values::Print(_, print, code), Place::Field(field)) => {
                let code = code.as_ref().map_or(FieldValue::Unread, |values| values.value(field));
                let printed = print.figure(Figure::Field(field));
                printed.map_or(Cell::Nothing, |printed| beside(printed, code))
            }
            (Values::Typed(typed), place) => match typed.at(place) {
                Some(Said::Table(TableValue::Id(table))) => of_table(Some(&table)),
                Some(Said::Table(TableValue::Illegible)) => Cell::Word("illegible"),
                Some(Said::Value(value)) => value_cell(value),
                None => Cell::Nothing,
            },
            (Values::Nothing, _) => Cell::Nothing,
        }
    }

    /// The value of a form's button for what it says; `None` where it says nothing that can be chosen.
    fn said(&self, place: Place) -> Option<String> {
        match self.cell(place) {
            Cell::Number(n) => Some(n.to_string()),
            Cell::Digits(digits) if place == Place::Table => Some(digits),
            Cell::Digits(digits) => {
                digits.parse::<u32>().ok().filter(|n| *n <= MAX_COUNT).map(|n| n.to_string())
            }
            Cell::Word(word @ ("blank" | "illegible")) if !(word == "blank" && place == Place::Table) => {
                Some(word.to_owned())
            }
            Cell::Word(_) | Cell::Nothing => None,
        }
    }
}

fn value_cell(value: FieldValue) -> Cell {
    match value {
        FieldValue::Count(n) => Cell::Number(n),
        FieldValue::Blank => Cell::Word("blank"),
        FieldValue::Illegible => Cell::Word("illegible"),
        FieldValue::Unread => Cell::Nothing,
    }
}

/// What a form decides: exactly the open places, or that there is no sheet.
pub(super) fn decided(desk: &Desk, open: &[Place], fields: &Fields) -> Result<Seen, Refusal> {
    if let Some(unusable) = Unusable::from_code(fields.text("unusable")) {
        return Ok(Seen::Unusable(unusable));
    }
    let mut typed = Typed::default();
    for place in open {
        let code = place.code();
        let chosen = fields.text(&format!("p-{code}"));
        let text = if chosen == "other" { fields.text(&format!("o-{code}")) } else { chosen };
        let missing = || refused("rooms-choose-each", &[("place", &code)]);
        if text.is_empty() {
            return Err(missing());
        }
        typed.set(
            *place,
            said(desk, *place, text).ok_or_else(|| refused("rooms-no-value", &[("value", text)]))?,
        );
    }
    Ok(Seen::Sheet(typed))
}

fn said(desk: &Desk, place: Place, text: &str) -> Option<Said> {
    match (place, text) {
        (Place::Table, "illegible") => Some(Said::Table(TableValue::Illegible)),
        (Place::Table, id) => Some(Said::Table(TableValue::Id(desk.pack.pattern.id(id)?))),
        (Place::Field(_), "blank") => Some(Said::Value(FieldValue::Blank)),
        (Place::Field(_), "illegible") => Some(Said::Value(FieldValue::Illegible)),
        (Place::Field(_), digits) => {
            let is_number = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
            let n = digits.parse().ok().filter(|n| is_number && *n <= MAX_COUNT)?;
            Some(Said::Value(FieldValue::Count(n)))
        }
    }
}
