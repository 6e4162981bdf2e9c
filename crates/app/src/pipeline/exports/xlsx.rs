//! `results.xlsx`: the tables that people open first, with numbers as numbers.
//!
//! Words are written as words, so that no cell runs as a formula; they are those of the tables of text, made
//! harmless there. Worksheets go to disk row by row. The day of the election stands as the day of making, so that
//! the same tables give the same bytes.

use std::fs::File;
use std::io::{self, BufReader};
use std::path::Path;

use calamine::{DataRef, Reader, Xlsx, XlsxCellReader, open_workbook};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, Worksheet, XlsxError};
use tallyproof_evidence::tables::BundleTable;

use super::cells::{Cell, Tables};
use super::differs;
use crate::trouble::{Outcome, Trouble};

/// Rows of a worksheet, header included (Microsoft, "Excel specifications and limits").
const MOST_ROWS: u32 = 1_048_576;

/// Characters of a cell (the same page).
const MOST_CHARS: usize = 32_767;

/// What a workbook needs beside the tables.
pub(super) struct Layout<'l> {
    day: &'l str,
    notice: &'l str,
    most_rows: u32,
}

impl<'l> Layout<'l> {
    /// `day` is the election's; `notice` stands in the last row of a worksheet that cannot hold its table.
    pub(super) fn new(day: &'l str, notice: &'l str) -> Self {
        Self::of(day, notice, MOST_ROWS)
    }

    /// The same for worksheets that hold fewer rows.
    pub(super) fn of(day: &'l str, notice: &'l str, most_rows: u32) -> Self {
        Self { day, notice, most_rows }
    }
}

/// A worksheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Page {
    Results,
    Areas,
    Sheets,
    Findings,
    Claims,
}

impl Page {
    const ALL: [Page; 5] = [Page::Results, Page::Areas, Page::Sheets, Page::Findings, Page::Claims];

    fn name(self) -> &'static str {
        match self {
            Page::Results => "results",
            Page::Areas => "areas",
            Page::Sheets => "sheets",
            Page::Findings => "findings",
            Page::Claims => "claims",
        }
    }

    fn table(self) -> BundleTable {
        match self {
            Page::Results | Page::Areas => BundleTable::Results,
            Page::Sheets => BundleTable::Sheets,
            Page::Findings => BundleTable::Findings,
            Page::Claims => BundleTable::Claims,
        }
    }

    /// Whether the row of its table belongs on it.
    fn takes(self, cells: &[Cell]) -> bool {
        let is_whole = matches!(cells.first(), Some(Cell::Text(level)) if level == "all");
        match self {
            Page::Results => is_whole,
            Page::Areas => !is_whole,
            _ => true,
        }
    }

    /// Calls `each` with every row of the worksheet and its number, header first; the last row that fits is the
    /// notice where there are more.
    fn rows(
        self,
        tables: &Tables<'_>,
        layout: &Layout<'_>,
        mut each: impl FnMut(u32, &[Cell]) -> Outcome<()>,
    ) -> Outcome<()> {
        let columns = tables.columns(self.table()).into_iter();
        let header: Vec<Cell> = columns.map(|column| Cell::Text(column.name)).collect();
        each(0, &header)?;
        let mut n_rows = 1;
        // One row is held back: only the next one tells whether it has to make room for the notice.
        let mut held: Option<Vec<Cell>> = None;
        let mut is_cut = false;
        tables.rows(self.table(), |cells| {
            if is_cut || !self.takes(cells) {
                return Ok(());
            }
            if let Some(last) = held.take() {
                is_cut = n_rows + 1 == layout.most_rows;
                if is_cut {
                    return Ok(());
                }
                each(n_rows, &last)?;
                n_rows += 1;
            }
            held = Some(cells.iter().map(short).collect());
            Ok(())
        })?;
        match held {
            _ if is_cut => {
                let notice = format!("{} {}", layout.notice, self.table().path());
                each(n_rows, &[Cell::Text(notice)])
            }
            Some(last) => each(n_rows, &last),
            None => Ok(()),
        }
    }
}

/// A cell as a worksheet can hold it.
fn short(cell: &Cell) -> Cell {
    match cell {
        Cell::Text(text) if text.len() > MOST_CHARS => {
            let mut cut: String = text.chars().take(MOST_CHARS - 1).collect();
            if cut.len() < text.len() {
                cut.push('…');
            }
            Cell::Text(cut)
        }
        other => other.clone(),
    }
}

/// Writes the workbook and reads it back.
pub(super) fn write(tables: &Tables<'_>, path: &Path, layout: &Layout<'_>) -> Outcome<()> {
    let excel = |error: XlsxError| Trouble::Io { path: path.to_owned(), error: io::Error::other(error) };
    let mut workbook = Workbook::new();
    if let Some(dir) = path.parent() {
        workbook.set_tempdir(dir).map_err(excel)?;
    }
    // Spreadsheets know no day before 1900.
    let made = ExcelDateTime::parse_from_str(layout.day).or_else(|_| ExcelDateTime::from_ymd(1900, 1, 1));
    let made = made.map_err(excel)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&made));
    for page in Page::ALL {
        let sheet = workbook.add_worksheet_with_constant_memory().map_err(excel)?;
        sheet.set_name(page.name()).map_err(excel)?;
        sheet.set_freeze_panes(1, 0).map_err(excel)?;
        page.rows(tables, layout, |row, cells| put(sheet, row, cells).map_err(excel))?;
    }
    workbook.save(path).map_err(excel)?;
    read_back(tables, path, layout)
}

fn put(sheet: &mut Worksheet, row: u32, cells: &[Cell]) -> Result<(), XlsxError> {
    for (cell, column) in cells.iter().zip(0..) {
        match cell {
            Cell::Empty => continue,
            Cell::Text(text) => sheet.write_string(row, column, text)?,
            #[allow(
                clippy::cast_precision_loss,
                reason = "spreadsheets count in doubles; no figure has 2^53"
            )]
            Cell::Integer(n) => sheet.write_number(row, column, *n as f64)?,
            Cell::Number(n) => sheet.write_number(row, column, *n)?,
            Cell::Flag(is) => sheet.write_boolean(row, column, *is)?,
        };
    }
    Ok(())
}

/// Compares every cell with the tables it was made from.
pub(super) fn read_back(tables: &Tables<'_>, path: &Path, layout: &Layout<'_>) -> Outcome<()> {
    let mut workbook: Xlsx<BufReader<File>> = open_workbook(path).map_err(|error| differs(path, error))?;
    let names: Vec<String> = workbook.sheet_names();
    if names != Page::ALL.map(Page::name) {
        return Err(differs(path, names.join(" ")));
    }
    for page in Page::ALL {
        let reader = workbook.worksheet_cells_reader(page.name());
        let mut found = Found { cells: reader.map_err(|error| differs(path, error))?, path };
        page.rows(tables, layout, |row, cells| found.must_be(row, cells))?;
        if let Some((row, column, _)) = found.next()? {
            return Err(differs(path, format!("{}: row {row}, column {column}: too much", page.name())));
        }
    }
    Ok(())
}

/// The cells of a worksheet as they are read back.
struct Found<'f, 'p> {
    cells: XlsxCellReader<'f, BufReader<File>>,
    path: &'p Path,
}

impl Found<'_, '_> {
    fn next(&mut self) -> Outcome<Option<(u32, u32, Cell)>> {
        loop {
            let Some(cell) = self.cells.next_cell().map_err(|error| differs(self.path, error))? else {
                return Ok(None);
            };
            let (row, column) = cell.get_position();
            let value = match cell.get_value() {
                DataRef::Empty => continue,
                DataRef::String(text) => Cell::Text(text.clone()),
                DataRef::SharedString(text) => Cell::Text((*text).to_owned()),
                DataRef::Bool(is) => Cell::Flag(*is),
                DataRef::Int(n) => Cell::Integer(*n),
                DataRef::Float(n) => Cell::Number(*n),
                other => return Err(differs(self.path, format!("{other:?}"))),
            };
            return Ok(Some((row, column, value)));
        }
    }

    fn must_be(&mut self, row: u32, cells: &[Cell]) -> Outcome<()> {
        for (wanted, column) in cells.iter().zip(0..).filter(|(cell, _)| **cell != Cell::Empty) {
            let found = self.next()?;
            let same =
                found.as_ref().is_some_and(|(r, c, value)| (*r, *c) == (row, column) && same(wanted, value));
            if !same {
                return Err(differs(self.path, format!("row {row}, column {column}: {found:?}")));
            }
        }
        Ok(())
    }
}

/// Whether a spreadsheet's value is the table's: whole numbers come back as doubles.
#[allow(clippy::cast_precision_loss, clippy::float_cmp, reason = "the number that was written, bit for bit")]
fn same(wanted: &Cell, found: &Cell) -> bool {
    match (wanted, found) {
        (Cell::Integer(a), Cell::Number(b)) => *a as f64 == *b,
        (Cell::Number(a), Cell::Integer(b)) => *a == *b as f64,
        _ => wanted == found,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_and_says_so() {
        let long = Cell::Text("ñ".repeat(MOST_CHARS + 1));
        let Cell::Text(cut) = short(&long) else { panic!("text stays text") };
        assert_eq!(cut.chars().count(), MOST_CHARS);
        assert!(cut.ends_with('…'));
        let fits = Cell::Text("a".repeat(MOST_CHARS));
        assert_eq!(short(&fits), fits);
    }
}
