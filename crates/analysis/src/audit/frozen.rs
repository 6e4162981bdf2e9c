//! The list that is drawn from, fixed before the seed exists.
//!
//! One line per published sheet, sorted by table: table, bound u, and the figures published, as CSV with a
//! header. Its SHA-256 is what is announced; whoever holds the list can redo draw, worksheet and risk with
//! nothing else.

use std::io::{self, Write};

use tallyproof_core::journal::sha256_hex;

use super::overstatement::Bounds;
use crate::counted::Counted;

/// Largest bound read: the first has every vote a sheet can say, and the paper gives them all to the second.
const MAX_U: u64 = 2 * u32::MAX as u64;

/// One sheet of a frozen list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrozenSheet {
    /// Table id.
    pub table: String,
    /// Most the sheet can overstate the margin, votes.
    pub u: u64,
    /// Published votes, in the order of [`Frozen::selections`].
    pub votes: Vec<u32>,
}

/// A frozen list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frozen {
    /// Ids of the selections, in the pack's order.
    pub selections: Vec<String>,
    /// Sheets, sorted by table.
    pub sheets: Vec<FrozenSheet>,
}

/// When bytes are no frozen list.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the frozen list cannot be read")]
pub struct BadList {
    /// Line, from 1.
    pub line: usize,
}

impl Frozen {
    /// The list of the counted sheets.
    pub fn new(selections: Vec<String>, counted: &Counted, bounds: &Bounds) -> Self {
        let sheet = |i: usize| FrozenSheet {
            table: counted.tables[i].to_string(),
            u: bounds.u[i],
            votes: counted.votes(i).to_vec(),
        };
        Self { selections, sheets: (0..counted.len()).map(sheet).collect() }
    }

    /// The list as bytes: `table,u,ID,…` and one line per sheet.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        // Writing into memory cannot fail.
        let _ = self.write(&mut out);
        out
    }

    fn write(&self, out: &mut Vec<u8>) -> io::Result<()> {
        writeln!(out, "table,u,{}", self.selections.join(","))?;
        for sheet in &self.sheets {
            write!(out, "{},{}", sheet.table, sheet.u)?;
            for votes in &sheet.votes {
                write!(out, ",{votes}")?;
            }
            writeln!(out)?;
        }
        Ok(())
    }

    /// Reads a list back. Fails at the first line that is not as [`Frozen::to_bytes`] writes it.
    pub fn parse(bytes: &[u8]) -> Result<Self, BadList> {
        let text = std::str::from_utf8(bytes).map_err(|_| BadList { line: 1 })?;
        let mut lines = text.lines();
        let header = lines.next().and_then(|l| l.strip_prefix("table,u,")).ok_or(BadList { line: 1 })?;
        let selections: Vec<String> = header.split(',').map(str::to_owned).collect();
        let mut sheets: Vec<FrozenSheet> = Vec::new();
        for (at, line) in lines.enumerate() {
            let bad = BadList { line: at + 2 };
            let mut cells = line.split(',');
            let table = cells.next().filter(|t| !t.is_empty()).ok_or(bad.clone())?.to_owned();
            let u = cells.next().and_then(|u| u.parse().ok()).filter(|&u| u <= MAX_U).ok_or(bad.clone())?;
            let votes: Vec<u32> = cells.map(str::parse).collect::<Result<_, _>>().map_err(|_| bad.clone())?;
            let follows = sheets.last().is_none_or(|last| last.table < table);
            if votes.len() != selections.len() || !follows {
                return Err(bad);
            }
            sheets.push(FrozenSheet { table, u, votes });
        }
        let list = Self { selections, sheets };
        // One list has one writing, so that one hash is announced: no other line ends, no `007`.
        let written = list.to_bytes();
        if written != bytes {
            let same = written.iter().zip(bytes).take_while(|(written, read)| written == read).count();
            let line = 1 + written[..same].iter().filter(|&&byte| byte == b'\n').count();
            return Err(BadList { line });
        }
        Ok(list)
    }

    /// Hex SHA-256 of the list's bytes.
    pub fn sha256(&self) -> String {
        sha256_hex(&self.to_bytes())
    }

    /// Place of a table in the list.
    pub fn place(&self, table: &str) -> Option<usize> {
        self.sheets.binary_search_by(|sheet| sheet.table.as_str().cmp(table)).ok()
    }

    /// Bounds of its sheets.
    pub fn bounds(&self) -> Bounds {
        Bounds::of(self.sheets.iter().map(|sheet| sheet.u).collect())
    }
}
