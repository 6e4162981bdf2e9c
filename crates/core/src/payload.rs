//! The code's payload: text by the pack's grammar.
//!
//! Strict means separators, counts and digit classes, never constants: a reserved figure that is not 0 is a
//! finding about the sheet, not a reason to refuse its code.

mod predict;
mod write;

pub use predict::PredictedBytes;

use crate::grammar::{Part, PayloadGrammar};
use crate::pack::Pack;
use crate::sheet::{Field, FieldValue, MAX_COUNT, SheetValues};
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
    /// Runs of unknown meaning, in order.
    pub unknown: Vec<String>,
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
        let mut unknown = Vec::new();
        let mut votes: Box<[FieldValue]> = Box::default();
        for (i, part) in self.parts.iter().enumerate() {
            match part {
                Part::Literal(literal) => cursor.literal(literal)?,
                Part::Table => table = Some(cursor.table(&self.pattern)?),
                Part::Unknown { letters, least, most } => {
                    let class = if *letters { u8::is_ascii_alphanumeric } else { u8::is_ascii_digit };
                    unknown.push(cursor.run(class, *least, *most)?.to_owned());
                }
                Part::Lines { separator, width } => {
                    votes = self.votes(&mut cursor, (*separator, *width), self.parts.get(i + 1))?;
                }
                Part::Figure { field, width } => {
                    let place = match field {
                        Field::Valid => &mut values.valid,
                        Field::BlankVotes => &mut values.blank_votes,
                        Field::Ballots => &mut values.ballots,
                        Field::Electors => &mut values.electors,
                        Field::Reserved => &mut values.reserved,
                        _ => &mut values.null,
                    };
                    *place = cursor.figure(*width)?;
                }
            }
        }
        if cursor.at != cursor.text.len() {
            return Err(cursor.mismatch());
        }
        if pack.lines.is_empty() {
            values.selections = votes;
        } else {
            let too_large = PayloadFault::TooLarge { at: 0 };
            values.selections = pack.selections_from_lines(&votes).ok_or(too_large)?;
            values.lines = votes;
        }
        let table = table.ok_or(PayloadFault::Mismatch { at: 0 })?;
        Ok(Payload { table, values, unknown })
    }

    /// The votes, one after another. Where what follows could be another of them, they are counted; elsewhere all
    /// are read, so that a wrong number of them can be told.
    fn votes(
        &self,
        cursor: &mut Cursor,
        (separator, width): (Option<char>, Option<usize>),
        next: Option<&Part>,
    ) -> Result<Box<[FieldValue]>, PayloadFault> {
        let mut votes = vec![cursor.figure(width)?];
        let Some(separator) = separator else {
            while votes.len() < self.n_votes {
                votes.push(cursor.figure(width)?);
            }
            return Ok(votes.into());
        };
        let counted = matches!(next, Some(Part::Literal(text)) if text.starts_with(separator));
        let more = |n: usize| if counted { n < self.n_votes } else { n <= MAX_PAYLOAD_BYTES };
        while more(votes.len()) && cursor.rest().starts_with(separator) {
            cursor.at += separator.len_utf8();
            votes.push(cursor.figure(width)?);
        }
        if votes.len() != self.n_votes {
            return Err(PayloadFault::WrongLineCount { found: votes.len(), expected: self.n_votes });
        }
        Ok(votes.into())
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

    /// A run of this class: of a fixed length exactly so many, else as many as there are.
    fn run(&mut self, class: fn(&u8) -> bool, least: usize, most: usize) -> Result<&'t str, PayloadFault> {
        let rest = self.rest();
        let wanted = if least == most { most } else { usize::MAX };
        let n = rest.bytes().take(wanted).take_while(class).count();
        if n < least || n > most {
            return Err(self.mismatch());
        }
        self.at += n;
        Ok(&rest[..n])
    }

    fn figure(&mut self, width: Option<usize>) -> Result<FieldValue, PayloadFault> {
        let at = self.at;
        let (least, most) = width.map_or((1, 64), |width| (width, width));
        let digits = self.run(u8::is_ascii_digit, least, most)?;
        match digits.parse::<u32>() {
            Ok(n) if n <= MAX_COUNT => Ok(FieldValue::Count(n)),
            _ => Err(PayloadFault::TooLarge { at }),
        }
    }
}
