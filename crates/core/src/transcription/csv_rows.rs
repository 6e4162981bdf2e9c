//! Reading hostile CSV: bounded records, two encodings, named columns.
//!
//! Both encodings are supersets of ASCII, so rows split on bytes and only text cells are decoded.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{self, Read};
use std::rc::Rc;

use crate::pack::{Delimiter, Encoding, Template, TemplatePiece as Piece};

/// Longest record, bytes. An unclosed quote would otherwise swallow the rest of the file into memory.
pub const MAX_RECORD_BYTES: u64 = 1 << 20;

/// Why a file is not a usable table of text.
#[derive(Debug, thiserror::Error)]
pub enum CsvError {
    /// When the file has no header row.
    #[error("the file is empty")]
    Empty,
    /// When it starts like UTF-16 or holds NUL bytes in its header.
    #[error("not a text file in UTF-8 or Latin-1")]
    NotText,
    /// When a column the mapping needs is not in the header.
    #[error("no column {name:?}; the header has {found:?}")]
    MissingColumn {
        /// Column wanted.
        name: String,
        /// Columns there are.
        found: Vec<String>,
    },
    /// When a column the mapping needs stands twice.
    #[error("column {name:?} stands twice")]
    AmbiguousColumn {
        /// Column wanted.
        name: String,
    },
    /// When the bytes are not UTF-8 although the mapping says so.
    #[error("line {line}: not UTF-8")]
    NotUtf8 {
        /// First such line.
        line: u64,
    },
    /// When the mapping says Latin-1 but every non-ASCII sequence is well-formed UTF-8.
    #[error("line {line}: UTF-8, not Latin-1")]
    LooksUtf8 {
        /// First such line.
        line: u64,
    },
    /// When one record is longer than [`MAX_RECORD_BYTES`]; usually an unclosed quote.
    #[error("a record from line {line} on is longer than 1 MiB")]
    RecordTooLong {
        /// Line where it starts.
        line: u64,
    },
    /// When the mapping speaks of a selection or a number of lines that the pack no longer has.
    #[error("the pack has no {what:?}, or the mapping has not")]
    PackChanged {
        /// The selection's id, or `lines`.
        what: String,
    },
    /// When the file has more rows than an import takes.
    #[error("more than {most} rows")]
    TooManyRows {
        /// The limit.
        most: usize,
    },
    /// When reading failed.
    #[error("reading failed: {0}")]
    Io(#[from] io::Error),
}

/// Marks the error raised by [`Bounded`].
const TOO_LONG: &str = "record too long";

/// The bytes handed out from the start of the current record on.
#[derive(Default)]
struct Window {
    /// Offset of the current record in the file.
    from: u64,
    /// Offset of `bytes[0]`; never beyond `from`.
    base: u64,
    bytes: Vec<u8>,
}

impl Window {
    fn handed_out(&self) -> u64 {
        self.base + self.bytes.len() as u64
    }

    fn take(&mut self, bytes: &[u8]) {
        let done = usize::try_from(self.from - self.base).unwrap_or(usize::MAX).min(self.bytes.len());
        self.bytes.drain(..done);
        self.base += done as u64;
        self.bytes.extend_from_slice(bytes);
    }

    /// Line ends between the last record and this one. The parser skips blank lines, and takes the second
    /// byte of `\r\n` for the start of the next record; a person counts both with the line before.
    fn n_lines_skipped(&self) -> u64 {
        let from = usize::try_from(self.from - self.base).unwrap_or(usize::MAX);
        let ends = self.bytes.get(from..).unwrap_or_default();
        let ends = ends.iter().take_while(|b| matches!(b, b'\r' | b'\n'));
        ends.filter(|&&b| b == b'\n').count() as u64
    }
}

/// Stops handing out bytes once the current record is too long.
struct Bounded<R> {
    inner: R,
    window: Rc<RefCell<Window>>,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let mut window = self.window.borrow_mut();
        if window.handed_out() > window.from + MAX_RECORD_BYTES {
            return Err(io::Error::new(io::ErrorKind::InvalidData, TOO_LONG));
        }
        let n = self.inner.read(buf)?;
        window.take(&buf[..n]);
        Ok(n)
    }
}

/// The rows of a table of text.
pub struct Rows<R> {
    reader: csv::Reader<Bounded<R>>,
    window: Rc<RefCell<Window>>,
    encoding: Encoding,
    record: csv::ByteRecord,
    n_columns: usize,
    utf8_evidence: Utf8Evidence,
}

/// Whether a file declared Latin-1 is really UTF-8.
#[derive(Default)]
struct Utf8Evidence {
    first_line: Option<u64>,
    contradicted: bool,
}

/// One row.
pub struct Row<'r> {
    /// Line where it starts, from 1.
    pub line: u64,
    record: &'r csv::ByteRecord,
    encoding: Encoding,
    /// Columns of the header.
    pub n_columns: usize,
}

/// Opens a table of text whose cells are separated by commas; see [`rows_delimited`].
pub fn rows<R: Read>(source: R, declared: Encoding) -> Result<Rows<impl Read>, CsvError> {
    rows_delimited(source, declared, Delimiter::Comma)
}

/// Opens a table of text; a byte order mark overrides the declared encoding.
pub fn rows_delimited<R: Read>(
    mut source: R,
    declared: Encoding,
    delimiter: Delimiter,
) -> Result<Rows<impl Read>, CsvError> {
    let mut start = [0u8; 3];
    let mut filled = 0;
    while filled < start.len() {
        match source.read(&mut start[filled..])? {
            0 => break,
            n => filled += n,
        }
    }
    if filled == 0 {
        return Err(CsvError::Empty);
    }
    if matches!(start[..2], [0xff, 0xfe] | [0xfe, 0xff]) || start[..filled].contains(&0) {
        return Err(CsvError::NotText);
    }
    let has_bom = start[..filled] == [0xef, 0xbb, 0xbf];
    let (encoding, kept) =
        if has_bom { (Encoding::Utf8, Vec::new()) } else { (declared, start[..filled].to_vec()) };
    let window = Rc::new(RefCell::new(Window::default()));
    let inner = io::Cursor::new(kept).chain(source);
    let reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter.byte())
        .buffer_capacity(1 << 16)
        .from_reader(Bounded { inner, window: Rc::clone(&window) });
    Ok(Rows {
        reader,
        window,
        encoding,
        record: csv::ByteRecord::new(),
        n_columns: 0,
        utf8_evidence: Utf8Evidence::default(),
    })
}

impl<R: Read> Rows<R> {
    /// The next row; `None` at the end of the file.
    pub fn next_row(&mut self) -> Result<Option<Row<'_>>, CsvError> {
        let from = self.reader.position().line();
        self.window.borrow_mut().from = self.reader.position().byte();
        let more =
            self.reader.read_byte_record(&mut self.record).map_err(|error| match error.into_kind() {
                csv::ErrorKind::Io(e) if e.to_string() == TOO_LONG => CsvError::RecordTooLong { line: from },
                csv::ErrorKind::Io(e) => CsvError::Io(e),
                _ => CsvError::NotText,
            })?;
        if !more {
            return match self.utf8_evidence {
                Utf8Evidence { first_line: Some(line), contradicted: false } => {
                    Err(CsvError::LooksUtf8 { line })
                }
                _ => Ok(None),
            };
        }
        let line = from + self.window.borrow().n_lines_skipped();
        self.check_encoding(line)?;
        Ok(Some(Row { line, record: &self.record, encoding: self.encoding, n_columns: self.n_columns }))
    }

    fn check_encoding(&mut self, line: u64) -> Result<(), CsvError> {
        if self.record.as_slice().is_ascii() {
            return Ok(());
        }
        // Cell by cell: side by side, the end of one and the start of the next can look like one character.
        let is_utf8 = self.record.iter().all(|cell| std::str::from_utf8(cell).is_ok());
        match self.encoding {
            Encoding::Utf8 if !is_utf8 => return Err(CsvError::NotUtf8 { line }),
            Encoding::Utf8 => {}
            Encoding::Latin1 if is_utf8 => {
                self.utf8_evidence.first_line.get_or_insert(line);
            }
            Encoding::Latin1 => self.utf8_evidence.contradicted = true,
        }
        Ok(())
    }
}

impl Row<'_> {
    /// Number of cells.
    pub fn n_cells(&self) -> usize {
        self.record.len()
    }

    /// A cell's bytes; empty when the row is too short.
    pub fn bytes(&self, column: usize) -> &[u8] {
        self.record.get(column).unwrap_or_default()
    }

    /// A cell as text.
    pub fn text(&self, column: usize) -> Cow<'_, str> {
        match self.encoding {
            Encoding::Utf8 => String::from_utf8_lossy(self.bytes(column)),
            Encoding::Latin1 => encoding_rs::WINDOWS_1252.decode_without_bom_handling(self.bytes(column)).0,
        }
    }
}

/// The header: where each column stands.
pub struct Columns {
    names: Vec<String>,
    by_name: BTreeMap<String, Option<usize>>,
}

impl Columns {
    /// Reads the header row.
    pub fn new<R: Read>(rows: &mut Rows<R>) -> Result<Self, CsvError> {
        let header = rows.next_row()?.ok_or(CsvError::Empty)?;
        let names: Vec<String> = (0..header.n_cells()).map(|i| header.text(i).trim().to_owned()).collect();
        if names.iter().any(|name| name.contains('\0')) {
            return Err(CsvError::NotText);
        }
        rows.n_columns = names.len();
        let mut by_name = BTreeMap::new();
        for (i, name) in names.iter().enumerate() {
            by_name.entry(name.clone()).and_modify(|place| *place = None).or_insert(Some(i));
        }
        Ok(Self { names, by_name })
    }

    /// Where a column stands. Fails when it does not, or stands twice.
    pub fn index(&self, name: &str) -> Result<usize, CsvError> {
        match self.by_name.get(name) {
            Some(Some(index)) => Ok(*index),
            Some(None) => Err(CsvError::AmbiguousColumn { name: name.to_owned() }),
            None => Err(CsvError::MissingColumn {
                name: name.to_owned(),
                // Enough to see what is wrong, bounded for hostile headers.
                found: self.names.iter().take(60).map(|n| n.chars().take(60).collect()).collect(),
            }),
        }
    }

    /// Names of the columns, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// Whether the header has exactly one such column.
    pub fn has(&self, name: &str) -> bool {
        matches!(self.by_name.get(name), Some(Some(_)))
    }

    /// Resolves a table template against the header.
    pub fn template(&self, template: &Template) -> Result<FilledTemplate, CsvError> {
        let pieces = template
            .pieces
            .iter()
            .map(|piece| match piece {
                Piece::Literal(text) => Ok(FilledPiece::Literal(text.clone())),
                Piece::Column { name, width } => {
                    Ok(FilledPiece::Column { at: self.index(name)?, width: *width })
                }
            })
            .collect::<Result<_, CsvError>>()?;
        Ok(FilledTemplate(pieces))
    }
}

enum FilledPiece {
    Literal(String),
    Column { at: usize, width: usize },
}

/// A table template with its columns found.
pub struct FilledTemplate(Vec<FilledPiece>);

impl FilledTemplate {
    /// The table id a row names, before it is checked against the pattern. Fails with the same text when a
    /// cell is empty or wider than its place: with its neighbour's digits it could name another table.
    pub fn fill(&self, row: &Row) -> Result<String, String> {
        let mut id = String::with_capacity(16);
        let mut fits = true;
        for piece in &self.0 {
            match piece {
                FilledPiece::Literal(text) => id.push_str(text),
                FilledPiece::Column { at, width } => {
                    let cell = row.text(*at);
                    let cell = cell.trim();
                    // An empty cell stays empty: padding it would invent table 0.
                    if cell.is_empty() || cell.len() > *width {
                        fits = false;
                    } else {
                        (cell.len()..*width).for_each(|_| id.push('0'));
                    }
                    id.push_str(cell);
                }
            }
        }
        if fits { Ok(id) } else { Err(id) }
    }
}
