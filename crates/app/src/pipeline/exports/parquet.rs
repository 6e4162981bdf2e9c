//! `results.parquet`: every table with everything on its sheet, in typed columns, for DuckDB, pandas and the like.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;
use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::record::Field;
use parquet::schema::types::{Type, TypePtr};
use tallyproof_evidence::tables::{BundleTable, Column, Kind};

use super::cells::{Cell, Tables};
use super::differs;
use crate::trouble::{Outcome, Trouble};

/// The table it holds.
const TABLE: BundleTable = BundleTable::SheetsWide;

/// Cells that lie in memory at a time, about 50 MB: rows of a group are as many as these make.
const GROUP_CELLS: usize = 1_500_000;

/// Who made the file; without the library's version, so that its bytes change only when the table does.
const CREATED_BY: &str = "tallyproof";

/// Writes the file and reads it back.
pub(super) fn write(tables: &Tables<'_>, path: &Path) -> Outcome<()> {
    let failed =
        |error: ParquetError| Trouble::Io { path: path.to_owned(), error: std::io::Error::other(error) };
    let columns = tables.columns(TABLE);
    let schema = schema(&columns).map_err(failed)?;
    let properties = WriterProperties::builder()
        .set_created_by(CREATED_BY.to_owned())
        .set_compression(Compression::GZIP(Default::default()))
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .build();
    let file = BufWriter::new(File::create(path).map_err(Trouble::io(path))?);
    let mut writer = SerializedFileWriter::new(file, schema, Arc::new(properties)).map_err(failed)?;
    let group_rows = (GROUP_CELLS / columns.len().max(1)).max(1);
    let mut group: Vec<Vec<Cell>> = vec![Vec::new(); columns.len()];
    let mut flush = |group: &mut Vec<Vec<Cell>>| -> Result<(), ParquetError> {
        let mut out = writer.next_row_group()?;
        for (column, cells) in columns.iter().zip(group.iter_mut()) {
            put(&mut out, column.spec.kind, column.spec.required, cells)?;
            cells.clear();
        }
        out.close().map(drop)
    };
    tables.rows(TABLE, |cells| {
        group.iter_mut().zip(cells).for_each(|(column, cell)| column.push(cell.clone()));
        let is_full = group.first().is_some_and(|column| column.len() >= group_rows);
        if is_full { flush(&mut group).map_err(failed) } else { Ok(()) }
    })?;
    if group.first().is_some_and(|column| !column.is_empty()) {
        flush(&mut group).map_err(failed)?;
    }
    writer.close().map_err(failed)?;
    read_back(tables, path)
}

fn schema(columns: &[Column]) -> Result<TypePtr, ParquetError> {
    let field = |column: &Column| {
        let (physical, logical) = match column.spec.kind {
            Kind::Text | Kind::Date => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
            Kind::Integer => (Physical::INT64, None),
            Kind::Number => (Physical::DOUBLE, None),
            Kind::Flag => (Physical::BOOLEAN, None),
        };
        let repetition = if column.spec.required { Repetition::REQUIRED } else { Repetition::OPTIONAL };
        let field = Type::primitive_type_builder(&column.name, physical);
        field.with_repetition(repetition).with_logical_type(logical).build().map(Arc::new)
    };
    let fields = columns.iter().map(field).collect::<Result<Vec<_>, _>>()?;
    Type::group_type_builder("sheets").with_fields(fields).build().map(Arc::new)
}

/// Writes one column of a row group.
fn put<W: std::io::Write + Send>(
    out: &mut SerializedRowGroupWriter<'_, W>,
    kind: Kind,
    required: bool,
    cells: &[Cell],
) -> Result<(), ParquetError> {
    let Some(mut column) = out.next_column()? else {
        return Err(ParquetError::General("a column too many".into()));
    };
    // A required column has no levels; elsewhere 1 is a value and 0 none.
    let levels: Vec<i16> = cells.iter().map(|cell| i16::from(*cell != Cell::Empty)).collect();
    if required && levels.contains(&0) {
        return Err(ParquetError::General("a required cell is empty".into()));
    }
    let levels = (!required).then_some(levels.as_slice());
    match kind {
        Kind::Text | Kind::Date => {
            let text = |cell: &Cell| match cell {
                Cell::Text(text) => Some(ByteArray::from(text.as_str())),
                _ => None,
            };
            let values: Vec<ByteArray> = cells.iter().filter_map(text).collect();
            column.typed::<ByteArrayType>().write_batch(&values, levels, None)?;
        }
        Kind::Integer => {
            let number = |cell: &Cell| if let Cell::Integer(n) = cell { Some(*n) } else { None };
            let values: Vec<i64> = cells.iter().filter_map(number).collect();
            column.typed::<Int64Type>().write_batch(&values, levels, None)?;
        }
        Kind::Number => {
            let number = |cell: &Cell| if let Cell::Number(n) = cell { Some(*n) } else { None };
            let values: Vec<f64> = cells.iter().filter_map(number).collect();
            column.typed::<DoubleType>().write_batch(&values, levels, None)?;
        }
        Kind::Flag => {
            let flag = |cell: &Cell| if let Cell::Flag(is) = cell { Some(*is) } else { None };
            let values: Vec<bool> = cells.iter().filter_map(flag).collect();
            column.typed::<BoolType>().write_batch(&values, levels, None)?;
        }
    }
    column.close()
}

/// Compares every cell with the table it was made from.
pub(super) fn read_back(tables: &Tables<'_>, path: &Path) -> Outcome<()> {
    let file = File::open(path).map_err(Trouble::io(path))?;
    let reader = SerializedFileReader::new(file).map_err(|error| differs(path, error))?;
    let mut rows = reader.get_row_iter(None).map_err(|error| differs(path, error))?;
    let mut line = 1u64;
    tables.rows(TABLE, |cells| {
        line += 1;
        let row = rows.next().transpose().map_err(|error| differs(path, error))?;
        let row = row.ok_or_else(|| differs(path, format!("row {line} is missing")))?;
        let found = row.get_column_iter().map(|(_, field)| field);
        let same = row.len() == cells.len() && cells.iter().zip(found).all(|(cell, field)| same(cell, field));
        if same { Ok(()) } else { Err(differs(path, format!("row {line}: {row}"))) }
    })?;
    if rows.next().is_some() { Err(differs(path, format!("rows after {line}"))) } else { Ok(()) }
}

#[allow(clippy::float_cmp, reason = "the number that was written, bit for bit")]
fn same(wanted: &Cell, found: &Field) -> bool {
    match (wanted, found) {
        (Cell::Empty, Field::Null) => true,
        (Cell::Text(a), Field::Str(b)) => a == b,
        (Cell::Integer(a), Field::Long(b)) => a == b,
        (Cell::Number(a), Field::Double(b)) => a == b,
        (Cell::Flag(a), Field::Bool(b)) => a == b,
        _ => false,
    }
}
