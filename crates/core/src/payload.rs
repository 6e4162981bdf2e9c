//! The code's payload: text by the pack's grammar.
//!
//! A grammar is a line such as `{table}.{digits:1}.{digits:1-6}!{lines:,}!{null}!{reserved}`. Strict means
//! separators, counts and digit classes, never constants: a reserved figure that is not 0 is a finding
//! about the sheet, not a reason to refuse its code.

mod predict;

pub use predict::PredictedBytes;

use crate::pack::Pack;
use crate::sheet::{FieldValue, MAX_COUNT, SheetValues};
use crate::table::{TableId, TablePattern};

/// Longest payload looked at, bytes: a QR code of the largest version holds 2,953 (ISO/IEC 18004, table 7).
pub const MAX_PAYLOAD_BYTES: usize = 2_953;

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Literal(String),
    Table,
    /// A run of digits whose meaning is not known.
    Digits {
        least: usize,
        most: usize,
    },
    Lines {
        separator: char,
    },
    Valid,
    Null,
    Electors,
    Reserved,
}

/// A payload grammar, ready to parse with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PayloadGrammar {
    parts: Vec<Part>,
    pattern: TablePattern,
    n_lines: usize,
}

/// Why a grammar cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GrammarFault {
    /// When a brace is not closed.
    #[error("unclosed brace")]
    UnclosedBrace,
    /// When a part is not one of `table`, `digits:a-b`, `lines:c`, `valid`, `null`, `electors`, `reserved`.
    #[error("unknown part {{{0}}}")]
    UnknownPart(String),
    /// When `table` or `lines` does not stand exactly once, or another figure more than once.
    #[error("{{{0}}} is missing or stands more than once")]
    NotOnce(&'static str),
    /// When the pack has no ballot lines for `lines` to name.
    #[error("the pack has no ballot lines")]
    NoLines,
    /// When nothing says where a number ends: another number, a table id or a text that starts with a digit
    /// or with the separator of `lines` follows at once.
    #[error("nothing says where a number ends")]
    Ambiguous,
}

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
    /// Reads a grammar for a pack with this table pattern and number of ballot lines.
    pub fn parse(text: &str, pattern: &TablePattern, n_lines: usize) -> Result<Self, GrammarFault> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(open) = rest.find('{') {
            if open > 0 {
                parts.push(Part::Literal(rest[..open].to_owned()));
            }
            let close = rest[open..].find('}').ok_or(GrammarFault::UnclosedBrace)? + open;
            let name = &rest[open + 1..close];
            parts.push(part(name).ok_or_else(|| GrammarFault::UnknownPart(name.to_owned()))?);
            rest = &rest[close + 1..];
        }
        if !rest.is_empty() {
            parts.push(Part::Literal(rest.to_owned()));
        }
        let times = |wanted: fn(&Part) -> bool| parts.iter().filter(|p| wanted(p)).count();
        if times(|p| matches!(p, Part::Table)) != 1 {
            return Err(GrammarFault::NotOnce("table"));
        }
        if times(|p| matches!(p, Part::Lines { .. })) != 1 {
            return Err(GrammarFault::NotOnce("lines:,"));
        }
        for (name, figure) in [
            ("valid", Part::Valid),
            ("null", Part::Null),
            ("electors", Part::Electors),
            ("reserved", Part::Reserved),
        ] {
            if parts.iter().filter(|&p| *p == figure).count() > 1 {
                return Err(GrammarFault::NotOnce(name));
            }
        }
        if n_lines == 0 {
            return Err(GrammarFault::NoLines);
        }
        if parts.windows(2).any(|pair| runs_on(&pair[0], &pair[1], pattern)) {
            return Err(GrammarFault::Ambiguous);
        }
        Ok(Self { parts, pattern: pattern.clone(), n_lines })
    }

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
        values.selections = selections_from_lines(pack, &values.lines).ok_or(too_large)?;
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

/// Votes per selection as sums of their ballot lines: blank unless every line of a selection is a number.
///
/// `None` when a sum is larger than any table.
pub fn selections_from_lines(pack: &Pack, lines: &[FieldValue]) -> Option<Box<[FieldValue]>> {
    let mut sums = vec![Some(0u32); pack.selections.len()];
    for (line, value) in pack.lines.iter().zip(lines) {
        let sum = &mut sums[line.selection];
        *sum = match (*sum, value.count()) {
            (Some(a), Some(b)) => Some(a.checked_add(b).filter(|&n| n <= MAX_COUNT)?),
            _ => None,
        };
    }
    Some(sums.into_iter().map(|sum| sum.map_or(FieldValue::Unread, FieldValue::Count)).collect())
}

/// Whether a number would swallow the start of what follows it.
fn runs_on(number: &Part, next: &Part, pattern: &TablePattern) -> bool {
    if matches!(number, Part::Literal(_) | Part::Table) {
        return false;
    }
    let swallows = |c: char| {
        c.is_ascii_digit() || matches!(number, Part::Lines { separator } if *separator == c) || c == '#'
    };
    match next {
        Part::Literal(text) => text.starts_with(|c: char| c != '#' && swallows(c)),
        Part::Table => pattern.as_str().starts_with(swallows),
        _ => true,
    }
}

fn part(name: &str) -> Option<Part> {
    let (kind, detail) = name.split_once(':').unwrap_or((name, ""));
    match (kind, detail) {
        ("table", "") => Some(Part::Table),
        ("valid", "") => Some(Part::Valid),
        ("null", "") => Some(Part::Null),
        ("electors", "") => Some(Part::Electors),
        ("reserved", "") => Some(Part::Reserved),
        ("lines", separator) => {
            let mut chars = separator.chars();
            let separator = chars.next().filter(|c| c.is_ascii() && !c.is_ascii_digit())?;
            chars.next().is_none().then_some(Part::Lines { separator })
        }
        ("digits", range) => {
            let (least, most) = range.split_once('-').unwrap_or((range, range));
            let (least, most) = (least.parse().ok()?, most.parse().ok()?);
            (1 <= least && least <= most && most <= 64).then_some(Part::Digits { least, most })
        }
        _ => None,
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
