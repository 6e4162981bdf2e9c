//! The register: the list of all polling tables, where one was published.

use std::collections::BTreeMap;

use crate::pack::RegisterFile;
use crate::table::{TableId, TablePattern};
use crate::transcription::csv_rows::{Columns, CsvError, rows_delimited};
use crate::transcription::figure;

/// Every polling table that exists, with its electors where known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Register {
    /// Electors per table; `None` where the register does not say.
    pub tables: BTreeMap<TableId, Option<u32>>,
    /// Published area names, by (level index, area code).
    pub names: BTreeMap<(usize, String), String>,
}

/// Why a register cannot be used. A register is ours to trust or not to have, so one bad row refuses it.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// When the file is not a table of text in its encoding, or lacks a column.
    #[error(transparent)]
    Csv(#[from] CsvError),
    /// When a row has other cells than the header, names no table of the pack's pattern, names one twice, or
    /// its electors are no number.
    #[error("line {line}, column {column}: {value:?} ({})", fault.code())]
    Row {
        /// Line in the file.
        line: u64,
        /// What is wrong there.
        fault: RegisterFault,
        /// Column at fault.
        column: String,
        /// What stands there.
        value: String,
    },
}

/// What can be wrong with a row of a register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegisterFault {
    /// When it has more or fewer cells than the header.
    Ragged,
    /// When it does not give an id of the pack's pattern.
    BadTable,
    /// When the table stands in a row above.
    Twice,
    /// When electors are not plain digits.
    BadElectors,
}

impl RegisterFault {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            RegisterFault::Ragged => "ragged",
            RegisterFault::BadTable => "bad-table",
            RegisterFault::Twice => "twice",
            RegisterFault::BadElectors => "bad-electors",
        }
    }
}

impl Register {
    /// Reads a register by the pack's description of it.
    pub fn parse(
        bytes: &[u8],
        file: &RegisterFile,
        pattern: &TablePattern,
        level_chars: &[usize],
    ) -> Result<Self, RegisterError> {
        let mut register = Register::default();
        let mut reader = rows_delimited(bytes, file.encoding, file.delimiter)?;
        let columns = Columns::new(&mut reader)?;
        let table = columns.template(&file.table)?;
        let electors = file.electors.as_ref().map(|name| columns.index(name)).transpose()?;
        let names: Vec<(usize, usize)> = file
            .names
            .iter()
            .map(|(&level, name)| Ok((level, columns.index(name)?)))
            .collect::<Result<_, CsvError>>()?;
        while let Some(row) = reader.next_row()? {
            let bad = |fault, column: &str, value: &str| RegisterError::Row {
                line: row.line,
                fault,
                column: column.to_owned(),
                value: value.chars().take(80).collect(),
            };
            if row.n_cells() != row.n_columns {
                return Err(bad(RegisterFault::Ragged, "", &row.n_cells().to_string()));
            }
            let text =
                table.fill(&row).map_err(|text| bad(RegisterFault::BadTable, &file.table.text, &text))?;
            let id =
                pattern.id(&text).ok_or_else(|| bad(RegisterFault::BadTable, &file.table.text, &text))?;
            let count = match (electors, &file.electors) {
                (Some(column), Some(name)) => figure(row.bytes(column))
                    .map_err(|_| bad(RegisterFault::BadElectors, name, &row.text(column)))?
                    .count(),
                _ => None,
            };
            for &(level, column) in &names {
                let code = id.area_code(level_chars.get(level).copied().unwrap_or_default()).to_owned();
                let name: String = row.text(column).trim().chars().take(120).collect();
                if !name.is_empty() {
                    register.names.entry((level, code)).or_insert(name);
                }
            }
            if register.tables.insert(id, count).is_some() {
                return Err(bad(RegisterFault::Twice, &file.table.text, &text));
            }
        }
        // A list of no tables would make the country empty.
        if register.tables.is_empty() { Err(CsvError::Empty.into()) } else { Ok(register) }
    }

    /// Electors of a table, where the register knows them.
    pub fn electors(&self, table: &TableId) -> Option<u32> {
        self.tables.get(table).copied().flatten()
    }
}
