//! How somebody else's columns map to a sheet's fields.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Pack, PackFault};
use crate::table::TablePattern;

/// Text encodings of imported files; both are supersets of ASCII, so columns split on bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    #[serde(rename = "utf-8")]
    Utf8,
    /// ISO 8859-1 as browsers and spreadsheets read it (Windows-1252).
    #[serde(rename = "latin-1")]
    Latin1,
}

impl Encoding {
    /// Reads `utf-8` or `latin-1`.
    pub fn parse(text: &str) -> Option<Self> {
        match text.to_ascii_lowercase().as_str() {
            "utf-8" | "utf8" => Some(Encoding::Utf8),
            "latin-1" | "latin1" | "iso-8859-1" | "windows-1252" => Some(Encoding::Latin1),
            _ => None,
        }
    }

    /// Text as bytes of a file; a character that the encoding lacks becomes `&#…;`.
    pub fn encode(self, text: &str) -> Vec<u8> {
        match self {
            Encoding::Utf8 => text.as_bytes().to_vec(),
            Encoding::Latin1 => encoding_rs::WINDOWS_1252.encode(text).0.into_owned(),
        }
    }

    /// The name packs use.
    pub fn code(self) -> &'static str {
        match self {
            Encoding::Utf8 => "utf-8",
            Encoding::Latin1 => "latin-1",
        }
    }
}

/// What separates the cells of a row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Delimiter {
    /// `,`
    #[default]
    #[serde(rename = ",")]
    Comma,
    /// `;`: what spreadsheets write where the comma is the decimal sign.
    #[serde(rename = ";")]
    Semicolon,
    /// Tabulator.
    #[serde(rename = "\t")]
    Tab,
    /// `|`
    #[serde(rename = "|")]
    Bar,
}

impl Delimiter {
    /// Reads one of `,`, `;`, `|` and the tabulator.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "," => Some(Delimiter::Comma),
            ";" => Some(Delimiter::Semicolon),
            "\t" => Some(Delimiter::Tab),
            "|" => Some(Delimiter::Bar),
            _ => None,
        }
    }

    /// Every delimiter.
    pub const ALL: [Delimiter; 4] = [Delimiter::Comma, Delimiter::Semicolon, Delimiter::Tab, Delimiter::Bar];

    /// How it is written where a tabulator cannot be seen.
    pub fn word(self) -> &'static str {
        match self {
            Delimiter::Comma => ",",
            Delimiter::Semicolon => ";",
            Delimiter::Tab => "tab",
            Delimiter::Bar => "|",
        }
    }

    /// The byte in a file.
    pub fn byte(self) -> u8 {
        match self {
            Delimiter::Comma => b',',
            Delimiter::Semicolon => b';',
            Delimiter::Tab => b'\t',
            Delimiter::Bar => b'|',
        }
    }

    fn is_comma(&self) -> bool {
        *self == Delimiter::Comma
    }
}

/// One piece of a table id built from columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Text that stands for itself.
    Literal(String),
    /// A column's value, padded with zeros on the left to `width` characters.
    Column {
        /// Header of the column.
        name: String,
        /// Characters wanted.
        width: usize,
    },
}

/// How a row names its table: `{CENTRO:9}.{MESA:2}` is the column CENTRO padded to nine digits (published
/// tables lose leading zeros), a point, and the column MESA padded to two.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Template {
    /// As written.
    pub text: String,
    /// Its pieces.
    pub pieces: Vec<Piece>,
}

impl Template {
    /// Reads a template; `None` when a brace is not closed, a width is not 1–64, or there is no column.
    pub fn parse(text: &str) -> Option<Self> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(open) = rest.find('{') {
            if open > 0 {
                pieces.push(Piece::Literal(rest[..open].to_owned()));
            }
            let close = rest[open..].find('}')? + open;
            let (name, width) = rest[open + 1..close].rsplit_once(':')?;
            let width: usize = width.parse().ok().filter(|w| (1..=64).contains(w))?;
            if name.is_empty() {
                return None;
            }
            pieces.push(Piece::Column { name: name.to_owned(), width });
            rest = &rest[close + 1..];
        }
        if rest.contains('}') {
            return None;
        }
        if !rest.is_empty() {
            pieces.push(Piece::Literal(rest.to_owned()));
        }
        let has_column = pieces.iter().any(|p| matches!(p, Piece::Column { .. }));
        has_column.then(|| Self { text: text.to_owned(), pieces })
    }

    /// An id this template could give, with every column all zeros.
    pub fn sample(&self) -> String {
        self.pieces
            .iter()
            .map(|piece| match piece {
                Piece::Literal(text) => text.clone(),
                Piece::Column { width, .. } => "0".repeat(*width),
            })
            .collect()
    }

    /// What each of its columns holds in the row of this id, leading zeros kept, in the order of
    /// [`columns`](Self::columns). `None` when the id is not of a pattern that the template [`fits`](Self::fits).
    pub fn cells<'t>(&self, id: &'t str) -> Option<Vec<&'t str>> {
        let mut at = 0;
        let mut cells = Vec::new();
        for piece in &self.pieces {
            match piece {
                Piece::Literal(text) => at += text.len(),
                Piece::Column { width, .. } => {
                    cells.push(id.get(at..at + width)?);
                    at += width;
                }
            }
        }
        (at == id.len()).then_some(cells)
    }

    /// Whether its columns can give ids of this pattern: the same length, and every literal where the
    /// pattern has that character or a digit. A column may span literals: `{ID:12}` holds a whole id.
    pub fn fits(&self, pattern: &TablePattern) -> bool {
        let mut place = pattern.as_str().bytes();
        let fits = self.pieces.iter().all(|piece| match piece {
            Piece::Literal(text) => text.bytes().all(|b| match place.next() {
                Some(b'#') => b.is_ascii_digit(),
                wanted => wanted == Some(b),
            }),
            Piece::Column { width, .. } => (0..*width).all(|_| place.next().is_some()),
        });
        fits && place.next().is_none()
    }

    /// Names of its columns.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Column { name, .. } => Some(name.as_str()),
            Piece::Literal(_) => None,
        })
    }
}

impl TryFrom<String> for Template {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Template::parse(&text).ok_or("not a table template")
    }
}

impl From<Template> for String {
    fn from(template: Template) -> Self {
        template.text
    }
}

/// Where the figures of a published table of numbers stand. Journalled whole with every import, so that
/// the rows can be derived again from the kept file whatever becomes of the pack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// Name for `--map`.
    pub id: String,
    /// Encoding of the file.
    pub encoding: Encoding,
    /// What separates its cells; journals from before there was a choice have none.
    #[serde(default, skip_serializing_if = "Delimiter::is_comma")]
    pub delimiter: Delimiter,
    /// How a row names its table; `None` when `payload` does.
    pub table: Option<Template>,
    /// Column that holds the raw payload of the sheet's code: it gives table and votes together.
    pub payload: Option<String>,
    /// Column of each selection, by selection id: a pack that is rearranged later must not move votes from one
    /// contestant to another. Empty when `payload` or `lines` give the votes.
    pub votes: BTreeMap<String, String>,
    /// Column of each ballot line, in the pack's order; empty when there are none.
    pub lines: Vec<String>,
    /// Column of valid votes.
    pub valid: Option<String>,
    /// Column of blank votes; journals of elections that do not count them apart have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blank: Option<String>,
    /// Column of null votes.
    pub null: Option<String>,
    /// Column of ballots cast.
    pub ballots: Option<String>,
    /// Column of registered electors.
    pub electors: Option<String>,
    /// Column of the image link.
    pub image: Option<String>,
    /// Columns of area names, per level id.
    pub names: BTreeMap<String, String>,
}

impl Mapping {
    /// Reads one mapping from a file of its own, checked against the pack it is for.
    pub fn parse(pack: &Pack, toml: &str) -> Result<Self, Vec<PackFault>> {
        super::lint::parse_mapping(pack, toml)
    }

    /// Every column the file must have.
    pub fn columns(&self) -> Vec<&str> {
        let figures = [&self.valid, &self.blank, &self.null, &self.ballots, &self.electors];
        let single = std::iter::once(&self.payload).chain(figures).chain([&self.image]);
        let mut columns: Vec<&str> = self.table.iter().flat_map(Template::columns).collect();
        columns.extend(single.flatten().map(String::as_str));
        columns.extend(self.votes.values().chain(&self.lines).chain(self.names.values()).map(String::as_str));
        columns
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_fit_patterns_of_their_length_and_literals() {
        let pattern = TablePattern::parse("T##-##").unwrap();
        let fits = |text: &str| Template::parse(text).unwrap().fits(&pattern);
        assert!(fits("T{A:2}-{B:2}") && fits("{ID:6}") && fits("T0{A:1}-{B:2}"));
        for wrong in ["T{A:2}.{B:2}", "T{A:2}-{B:3}", "T{A:2}-{B:1}", "{A:2}-{B:2}", "Tx{A:1}-{B:2}"] {
            assert!(!fits(wrong), "{wrong}");
        }
    }

    #[test]
    fn templates_name_columns_and_widths() {
        let template = Template::parse("{CENTRO:9}.{MESA:2}").unwrap();
        assert_eq!(template.sample(), "000000000.00");
        assert_eq!(template.cells("012345678.09").unwrap(), ["012345678", "09"]);
        assert_eq!(template.cells("12345678.09"), None);
        assert_eq!(template.columns().collect::<Vec<_>>(), ["CENTRO", "MESA"]);
        for wrong in ["", "abc", "{A}", "{A:0}", "{A:9", "A:9}", "{:9}", "{A:999999999999}"] {
            assert!(Template::parse(wrong).is_none(), "{wrong}");
        }
    }
}
