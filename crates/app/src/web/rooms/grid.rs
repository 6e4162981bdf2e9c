//! All accounts of one sheet side by side, figure by figure.

use tallyproof_core::form::Figure;
use tallyproof_core::reconcile::{Sheet, Witness};
use tallyproof_core::sheet::{Channel, Field};
use tallyproof_core::tidy::plain;

use super::history::short;
use super::sight::Sight;
use crate::site::pages::cell::{Cell, Column};

/// One account.
pub(super) struct GridColumn {
    /// Which channel, or who.
    pub(super) head: String,
    /// Where it came from.
    pub(super) under: String,
    /// The image it speaks of, where it is one: the first digits of its hash, and its table.
    pub(super) image: Option<(String, String)>,
}

/// What one account gives for a figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct GridCell {
    pub(super) shown: String,
    /// Whether it is a word that stands where no number is.
    pub(super) is_word: bool,
    /// Whether another account gives another number.
    pub(super) differs: bool,
}

/// One figure.
pub(super) struct GridRow {
    /// Stable code: `line-7`, `null`.
    pub(super) code: String,
    pub(super) name: String,
    pub(super) cells: Vec<GridCell>,
    pub(super) differs: bool,
}

/// The table.
pub(super) struct Grid {
    pub(super) columns: Vec<GridColumn>,
    pub(super) rows: Vec<GridRow>,
}

/// Figures of a sheet in the order of the tables on these pages: contestants, ballot lines, totals.
fn fields(sight: &Sight) -> Vec<Field> {
    let pack = sight.pack();
    let selections = (0..pack.selections.len()).map(Field::Selection);
    // Where every selection has one line, its line says it again.
    let lines = if pack.lines.len() == pack.selections.len() { 0 } else { pack.lines.len() };
    let totals =
        [Field::Valid, Field::BlankVotes, Field::Null, Field::Ballots, Field::Electors, Field::Reserved];
    selections.chain((0..lines).map(Field::Line)).chain(totals).collect()
}

impl Grid {
    /// Everything that a sheet's witnesses give, the leading one first.
    pub(super) fn of_sheet(sight: &Sight, sheet: &Sheet) -> Self {
        let leading = sheet.leading();
        let others = sheet.witnesses.iter().filter(|w| !std::ptr::eq(w.reading, leading.reading)).copied();
        Self::of(sight, std::iter::once(leading).chain(others))
    }

    /// What these witnesses give, in their order.
    pub(super) fn of<'w>(sight: &Sight, witnesses: impl Iterator<Item = Witness<'w>>) -> Self {
        let columns: Vec<Column> = witnesses.flat_map(Column::of).collect();
        let cells = |field: Field| columns.iter().map(|column| column.cell(field)).collect();
        let row = |field: Field| (Figure::Field(field).code(), sight.field(field), cells(field));
        Self {
            rows: rows(sight, fields(sight).into_iter().map(row)),
            columns: columns.iter().map(|column| head(sight, column)).collect(),
        }
    }
}

/// Code, name, and what each account gives.
type Line = (String, String, Vec<Cell>);

/// Rows of figures that anybody gives; those that differ first.
fn rows(sight: &Sight, lines: impl Iterator<Item = Line>) -> Vec<GridRow> {
    let given = |cells: &[Cell]| cells.iter().any(|cell| *cell != Cell::Nothing);
    let mut rows: Vec<GridRow> = lines
        .filter(|(_, _, cells)| given(cells))
        .map(|(code, name, cells)| {
            let cell = |cell: &Cell| GridCell {
                shown: shown(sight, cell),
                is_word: matches!(cell, Cell::Word(_)),
                differs: cells.iter().any(|other| other.contradicts(cell)),
            };
            let cells: Vec<GridCell> = cells.iter().map(cell).collect();
            GridRow { differs: cells.iter().any(|cell| cell.differs), code, name, cells }
        })
        .collect();
    rows.sort_by_key(|row| !row.differs);
    rows
}

/// A cell in words; never 0 for what is none.
pub(super) fn shown(sight: &Sight, cell: &Cell) -> String {
    match cell {
        Cell::Number(n) => sight.n(u64::from(*n)),
        Cell::Digits(digits) => plain(digits).into_owned(),
        Cell::Word(code) => sight.pen.say_of("site-cell", code),
        Cell::Nothing => "–".to_owned(),
    }
}

fn head(sight: &Sight, column: &Column) -> GridColumn {
    let (Column::Account(witness) | Column::PrintOf(witness, _)) = column;
    let source = sight.panels.source(witness.source);
    let under = if witness.channel == Channel::Transcription {
        let found = sight.snapshot.facts.sources.iter().find(|source| source.id == witness.source);
        let version = plain(found.map_or("", |source| &source.newest().label)).into_owned();
        let line = sight.n(u64::from(witness.reading.line));
        let slots = [("source", source.as_str()), ("version", version.as_str()), ("line", line.as_str())];
        sight.panels.plain_tell("site-account-of-transcription", &slots)
    } else {
        source
    };
    let table = witness.reading.table.as_str().to_owned();
    let image = witness.reading.image.as_deref().filter(|_| witness.is_image());
    let image = image.map(|image| (short(image), table));
    GridColumn { head: sight.pen.say_of("site-account", column.heading()), under, image }
}
