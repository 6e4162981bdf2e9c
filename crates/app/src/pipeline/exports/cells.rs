//! The cells of written tables, typed as their schema says.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use tallyproof_core::pack::{Encoding, Pack};
use tallyproof_core::transcription::csv_rows::{Row, Rows, rows};
use tallyproof_evidence::tables::{BundleTable, Column, Kind};

use super::differs;
use crate::trouble::{Outcome, Trouble};

/// A folder of written tables.
pub(super) struct Tables<'t> {
    pub(super) dir: &'t Path,
    pub(super) pack: &'t Pack,
}

/// What stands in a cell.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell {
    Empty,
    Text(String),
    Integer(i64),
    Number(f64),
    Flag(bool),
}

impl Tables<'_> {
    pub(super) fn columns(&self, table: BundleTable) -> Vec<Column> {
        table.columns(self.pack)
    }

    /// Calls `each` with every row below the header. Fails when the file is not the table it should be.
    pub(super) fn rows(
        &self,
        table: BundleTable,
        mut each: impl FnMut(&[Cell]) -> Outcome<()>,
    ) -> Outcome<()> {
        let path = self.dir.join(table.path());
        let columns = self.columns(table);
        let file = File::open(&path).map_err(Trouble::io(&path))?;
        let csv = |error| Trouble::Csv { file: path.clone(), error };
        let mut rows = rows(BufReader::with_capacity(1 << 16, file), Encoding::Utf8).map_err(csv)?;
        header(&mut rows, &columns, &path)?;
        let mut cells = Vec::with_capacity(columns.len());
        while let Some(row) = rows.next_row().map_err(csv)? {
            typed(&row, &columns, &path, &mut cells)?;
            each(&cells)?;
        }
        Ok(())
    }
}

fn header<R: Read>(rows: &mut Rows<R>, columns: &[Column], path: &Path) -> Outcome<()> {
    let csv = |error| Trouble::Csv { file: path.to_owned(), error };
    let header = rows.next_row().map_err(csv)?.ok_or_else(|| differs(path, "no header"))?;
    let same = header.n_cells() == columns.len()
        && columns.iter().enumerate().all(|(i, column)| header.text(i) == column.name);
    if same { Ok(()) } else { Err(differs(path, "header")) }
}

fn typed(row: &Row<'_>, columns: &[Column], path: &Path, cells: &mut Vec<Cell>) -> Outcome<()> {
    cells.clear();
    for (i, column) in columns.iter().enumerate() {
        let text = row.text(i);
        let bad = || differs(path, format!("line {}, {}: {text:?}", row.line, column.name));
        cells.push(match column.spec.kind {
            _ if text.is_empty() => Cell::Empty,
            Kind::Text | Kind::Date => Cell::Text(text.into_owned()),
            Kind::Integer => Cell::Integer(text.parse().map_err(|_| bad())?),
            Kind::Number => Cell::Number(text.parse().map_err(|_| bad())?),
            Kind::Flag if text == "1" => Cell::Flag(true),
            Kind::Flag if text == "0" => Cell::Flag(false),
            Kind::Flag => return Err(bad()),
        });
    }
    Ok(())
}
