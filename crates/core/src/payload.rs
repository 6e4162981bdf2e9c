//! The code's payload: text by the pack's grammar.
//!
//! Strict means separators, counts and digit classes, never constants: a reserved figure that is not 0 is a
//! finding about the sheet, not a reason to refuse its code.

mod predict;

pub use predict::PredictedBytes;

use crate::grammar::{Part, PayloadGrammar};
use crate::pack::Pack;
use crate::sheet::{FieldValue, MAX_COUNT, SheetValues};
use crate::table::{TableId, TablePattern};

/// Longest payload looked at, bytes: a QR code of the largest version holds 2,953 (ISO/IEC 18004, table 7).
pub const MAX_PAYLOAD_BYTES: usize = 2_953;

/// A payload's contents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payload {
    /// The table it speaks for.
    pub table: TableId,
    /// Its figures; selections are sums of their lines.
    pub values: SheetValues,
    /// Digit runs of unknown meaning, in order.
    pub unknown_digits: Vec<String>,
}

/// Why a text is not a payload of this election: it is a foreign code, or a damaged one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PayloadFault {
    /// When it is longer than any code, or not plain ASCII.
    #[error("not text of a code")]
    NotText,
    /// When separators, digit classes or lengths do not fit at this byte.
    #[error("does not fit the grammar at byte {at}")]
    Mismatch {
        /// Byte offset.
        at: usize,
    },
    /// When it fits but has another number of ballot lines than the pack.
    #[error("{found} lines, {expected} expected")]
    WrongLineCount {
        /// Lines in the payload.
        found: usize,
        /// Lines in the pack.
        expected: usize,
    },
    /// When a figure is larger than any table.
    #[error("a figure too large at byte {at}")]
    TooLarge {
        /// Byte offset.
        at: usize,
    },
}

impl PayloadGrammar {
    /// Whether `payload` is of this election.
    pub fn accepts(&self, pack: &Pack, payload: &[u8]) -> bool {
        self.read(pack, payload).is_ok()
    }

    /// Reads a payload. Fails, with the place, on anything the grammar does not allow.
    pub fn read(&self, pack: &Pack, payload: &[u8]) -> Result<Payload, PayloadFault> {
        let text = std::str::from_utf8(payload).ok().filter(|t| t.is_ascii() && t.len() <= MAX_PAYLOAD_BYTES);
        let mut cursor = Cursor { text: text.ok_or(PayloadFault::NotText)?, at: 0 };
        let mut table = None;
        let mut values = SheetValues::unread(pack.selections.len());
        let mut unknown_digits = Vec::new();
        for part in &self.parts {
            match part {
                Part::Literal(literal) => cursor.literal(literal)?,
                Part::Table => table = Some(cursor.table(&self.pattern)?),
                Part::Digits { least, most } => unknown_digits.push(cursor.digits(*least, *most)?.to_owned()),
                Part::Lines { separator } => values.lines = self.lines(&mut cursor, *separator)?,
                Part::Valid => values.valid = cursor.figure()?,
                Part::Null => values.null = cursor.figure()?,
                Part::Electors => values.electors = cursor.figure()?,
                Part::Reserved => values.reserved = cursor.figure()?,
            }
        }
        if cursor.at != cursor.text.len() {
            return Err(cursor.mismatch());
        }
        let too_large = PayloadFault::TooLarge { at: 0 };
        values.selections = pack.selections_from_lines(&values.lines).ok_or(too_large)?;
        let table = table.ok_or(PayloadFault::Mismatch { at: 0 })?;
        Ok(Payload { table, values, unknown_digits })
    }

    fn lines(&self, cursor: &mut Cursor, separator: char) -> Result<Box<[FieldValue]>, PayloadFault> {
        let mut lines = vec![cursor.figure()?];
        while cursor.rest().starts_with(separator) {
            cursor.at += separator.len_utf8();
            lines.push(cursor.figure()?);
        }
        if lines.len() != self.n_lines {
            return Err(PayloadFault::WrongLineCount { found: lines.len(), expected: self.n_lines });
        }
        Ok(lines.into())
    }
}

struct Cursor<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Cursor<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn mismatch(&self) -> PayloadFault {
        PayloadFault::Mismatch { at: self.at }
    }

    fn literal(&mut self, literal: &str) -> Result<(), PayloadFault> {
        if !self.rest().starts_with(literal) {
            return Err(self.mismatch());
        }
        self.at += literal.len();
        Ok(())
    }

    fn table(&mut self, pattern: &TablePattern) -> Result<TableId, PayloadFault> {
        let id = self.rest().get(..pattern.len()).and_then(|text| pattern.id(text));
        let id = id.ok_or_else(|| self.mismatch())?;
        self.at += pattern.len();
        Ok(id)
    }

    fn digits(&mut self, least: usize, most: usize) -> Result<&'t str, PayloadFault> {
        let rest = self.rest();
        let n = rest.bytes().take_while(u8::is_ascii_digit).count();
        if n < least || n > most {
            return Err(self.mismatch());
        }
        self.at += n;
        Ok(&rest[..n])
    }

    fn figure(&mut self) -> Result<FieldValue, PayloadFault> {
        let at = self.at;
        let digits = self.digits(1, 64)?;
        match digits.parse::<u32>() {
            Ok(n) if n <= MAX_COUNT => Ok(FieldValue::Count(n)),
            _ => Err(PayloadFault::TooLarge { at }),
        }
    }
}
