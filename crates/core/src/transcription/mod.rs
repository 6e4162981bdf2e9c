//! Transcriptions: somebody else's table of numbers, read by a mapping.
//!
//! Every row is accounted for: adopted, or refused with line, column, value and reason.

pub mod csv_rows;

use std::collections::{BTreeMap, HashMap};
use std::io::Read;

use crate::pack::{Mapping, Pack};
use crate::sheet::{FieldValue, MAX_COUNT, Reading, SheetValues};
use crate::table::TableId;
use csv_rows::{Columns, CsvError, FilledTemplate, Row, rows_delimited};

/// Most rows one file may have: a country of a million tables five times over.
pub const MAX_ROWS: usize = 5_000_000;

/// Most refusals kept word for word; the rest are counted.
pub const MAX_REFUSALS: usize = 10_000;

/// Longest image link kept, bytes.
const MAX_IMAGE_BYTES: usize = 2_048;

/// Why a row was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RefusalReason {
    /// When the row has more or fewer cells than the header.
    Ragged,
    /// When a cell holds a line break: a quotation mark that is not closed swallows the rows after it.
    LineBreak,
    /// When the row names no table of the pack's pattern.
    BadTable,
    /// When a figure is not written in plain digits.
    NotANumber,
    /// When a figure is negative.
    Negative,
    /// When a figure is larger than any table.
    TooLarge,
    /// When the cell holds no payload of the pack's grammar.
    BadPayload,
    /// When an earlier row gives the same table with the same figures.
    Repeated,
    /// When another row gives the same table with other figures: neither is adopted.
    Contradicted,
}

impl RefusalReason {
    /// Every reason; each has words in both languages.
    pub const ALL: [RefusalReason; 9] = [
        RefusalReason::Ragged,
        RefusalReason::LineBreak,
        RefusalReason::BadTable,
        RefusalReason::NotANumber,
        RefusalReason::Negative,
        RefusalReason::TooLarge,
        RefusalReason::BadPayload,
        RefusalReason::Repeated,
        RefusalReason::Contradicted,
    ];

    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            RefusalReason::Ragged => "ragged",
            RefusalReason::LineBreak => "line-break",
            RefusalReason::BadTable => "bad-table",
            RefusalReason::NotANumber => "not-a-number",
            RefusalReason::Negative => "negative",
            RefusalReason::TooLarge => "too-large",
            RefusalReason::BadPayload => "bad-payload",
            RefusalReason::Repeated => "repeated",
            RefusalReason::Contradicted => "contradicted",
        }
    }
}

/// A row that was not adopted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Line in the file.
    pub line: u64,
    /// Column at fault.
    pub column: String,
    /// What stands there, at most 80 characters.
    pub value: String,
    /// Why.
    pub reason: RefusalReason,
    /// The table, where the row names one.
    pub table: Option<TableId>,
    /// Line of the other row, for `Repeated` and `Contradicted`.
    pub other_line: Option<u64>,
}

/// A table of numbers, read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Transcription {
    /// Adopted rows, sorted by table.
    pub readings: Vec<Reading>,
    /// Refused rows in order of line, at most [`MAX_REFUSALS`].
    pub refusals: Vec<Refusal>,
    /// Number of refused rows.
    pub n_refused: u64,
    /// Names of areas found on the way, by (level index, area code).
    pub area_names: BTreeMap<(usize, String), String>,
}

impl Transcription {
    /// Reads a file by a mapping. Fails only when the file as a whole cannot be used.
    pub fn parse(source: impl Read, mapping: &Mapping, pack: &Pack) -> Result<Self, CsvError> {
        let mut rows = rows_delimited(source, mapping.encoding, mapping.delimiter)?;
        let columns = Columns::new(&mut rows)?;
        let places = Places::new(mapping, &columns, pack)?;
        let mut out = Transcription::default();
        let mut last_codes = vec![String::new(); places.names.len()];
        let mut n_rows = 0usize;
        while let Some(row) = rows.next_row()? {
            n_rows += 1;
            if n_rows > MAX_ROWS {
                return Err(CsvError::TooManyRows { most: MAX_ROWS });
            }
            match places.reading(&row, pack) {
                Ok(reading) => {
                    out.note_names(&row, &places, pack, &reading.table, &mut last_codes);
                    out.readings.push(reading);
                }
                Err(refusal) => out.refuse(refusal),
            }
        }
        out.settle_duplicates(mapping);
        Ok(out)
    }

    /// The row of a table.
    pub fn reading(&self, table: &TableId) -> Option<&Reading> {
        let at = self.readings.binary_search_by(|r| r.table.cmp(table)).ok()?;
        self.readings.get(at)
    }

    fn refuse(&mut self, refusal: Refusal) {
        self.n_refused += 1;
        if self.refusals.len() < MAX_REFUSALS {
            self.refusals.push(refusal);
        }
    }

    fn note_names(&mut self, row: &Row, places: &Places, pack: &Pack, table: &TableId, last: &mut [String]) {
        for (&(level, column), last) in places.names.iter().zip(last) {
            let code = pack.area_of(table, level);
            // Files are sorted by area more often than not: look names up only where the area changes.
            if code == last {
                continue;
            }
            let name: String = row.text(column).trim().chars().take(120).collect();
            // A blank cell names nothing: a later row of the area may.
            if !name.is_empty() {
                last.clear();
                last.push_str(code);
                self.area_names.entry((level, code.to_owned())).or_insert(name);
            }
        }
    }

    /// Sorts by table, and lets no table stand twice: the same figures again are refused as a repetition;
    /// different figures refuse every row of the table, never silently all but the first.
    fn settle_duplicates(&mut self, mapping: &Mapping) {
        self.readings.sort_by(|a, b| a.table.cmp(&b.table).then(a.line.cmp(&b.line)));
        if self.readings.windows(2).all(|pair| pair[0].table != pair[1].table) {
            return;
        }
        let column = mapping.table.as_ref().map_or_else(
            || mapping.payload.clone().unwrap_or_default(),
            |template| template.columns().collect::<Vec<_>>().join("+"),
        );
        let mut first_of: HashMap<TableId, (u64, bool)> = HashMap::new();
        for pair in self.readings.windows(2).filter(|pair| pair[0].table == pair[1].table) {
            let entry = first_of.entry(pair[0].table.clone()).or_insert((u64::from(pair[0].line), true));
            entry.1 &= pair[0].values.contradictions(&pair[1].values).is_empty();
        }
        let mut refused = Vec::new();
        self.readings.retain(|reading| {
            let Some(&(first, same)) = first_of.get(&reading.table) else { return true };
            let line = u64::from(reading.line);
            let keep = same && line == first;
            if !keep {
                let reason = if same { RefusalReason::Repeated } else { RefusalReason::Contradicted };
                refused.push(Refusal {
                    line,
                    column: column.clone(),
                    value: reading.table.to_string(),
                    reason,
                    table: Some(reading.table.clone()),
                    other_line: (line != first).then_some(first),
                });
            }
            keep
        });
        refused.into_iter().for_each(|refusal| self.refuse(refusal));
        self.refusals.sort_by_key(|refusal| refusal.line);
    }
}

/// A mapping with its columns found.
struct Places<'m> {
    mapping: &'m Mapping,
    table: Option<FilledTemplate>,
    payload: Option<usize>,
    votes: Vec<(usize, &'m str)>,
    lines: Vec<(usize, &'m str)>,
    valid: Option<usize>,
    blank: Option<usize>,
    null: Option<usize>,
    ballots: Option<usize>,
    electors: Option<usize>,
    image: Option<usize>,
    names: Vec<(usize, usize)>,
}

impl<'m> Places<'m> {
    fn new(mapping: &'m Mapping, columns: &Columns, pack: &Pack) -> Result<Self, CsvError> {
        let optional = |name: &Option<String>| name.as_ref().map(|n| columns.index(n)).transpose();
        let found = |name: &'m String| Ok((columns.index(name)?, name.as_str()));
        let level = |id: &String| pack.levels.iter().position(|level| level.id == *id);
        let names = mapping.names.iter().filter_map(|(id, name)| Some((level(id)?, name)));
        let names = names.map(|(level, name)| Ok((level, columns.index(name)?)));
        Ok(Self {
            mapping,
            table: mapping.table.as_ref().map(|t| columns.template(t)).transpose()?,
            payload: optional(&mapping.payload)?,
            votes: vote_columns(mapping, pack)?.into_iter().map(found).collect::<Result<_, CsvError>>()?,
            lines: mapping.lines.iter().map(found).collect::<Result<_, CsvError>>()?,
            valid: optional(&mapping.valid)?,
            blank: optional(&mapping.blank)?,
            null: optional(&mapping.null)?,
            ballots: optional(&mapping.ballots)?,
            electors: optional(&mapping.electors)?,
            image: optional(&mapping.image)?,
            names: names.collect::<Result<_, CsvError>>()?,
        })
    }

    fn reading(&self, row: &Row, pack: &Pack) -> Result<Reading, Refusal> {
        let refusal = |column: &str, value: &str, reason, table: Option<TableId>| Refusal {
            line: row.line,
            column: column.to_owned(),
            value: value.chars().take(80).collect(),
            reason,
            table,
            other_line: None,
        };
        if row.n_cells() != row.n_columns {
            let found = row.n_cells().to_string();
            return Err(refusal("", &found, RefusalReason::Ragged, None));
        }
        if let Some(broken) =
            (0..row.n_cells()).find(|&i| row.bytes(i).iter().any(|b| matches!(b, b'\n' | b'\r')))
        {
            return Err(refusal("", &row.text(broken), RefusalReason::LineBreak, None));
        }
        let (mut table, mut values) = (None, SheetValues::unread(pack.selections.len()));
        if let (Some(column), Some(name)) = (self.payload, &self.mapping.payload) {
            let raw = row.text(column);
            let bad = || refusal(name, &raw, RefusalReason::BadPayload, None);
            let grammar = pack.payload.as_ref().ok_or_else(bad)?;
            let payload = grammar.read(pack, raw.trim().as_bytes()).map_err(|_| bad())?;
            (table, values) = (Some(payload.table), payload.values);
        }
        if let (Some(filled), Some(template)) = (&self.table, &self.mapping.table) {
            let text = filled.fill(row);
            let named = text.as_ref().ok().and_then(|text| pack.pattern.id(text));
            let agrees = named.is_some() && (table.is_none() || table == named);
            if !agrees {
                let columns: Vec<&str> = template.columns().collect();
                let text = text.unwrap_or_else(|text| text);
                return Err(refusal(&columns.join("+"), &text, RefusalReason::BadTable, None));
            }
            table = named;
        }
        let table = table.ok_or_else(|| refusal("", "", RefusalReason::BadTable, None))?;
        let figure = |column: usize, name: &str| {
            figure(row.bytes(column))
                .map_err(|reason| refusal(name, &row.text(column), reason, Some(table.clone())))
        };
        if !self.lines.is_empty() {
            values.lines = figures(&self.lines, figure)?;
            let too_large = || {
                let (columns, cells) = sum_of_columns(&self.mapping.lines, &values.lines);
                refusal(&columns, &cells, RefusalReason::TooLarge, Some(table.clone()))
            };
            values.selections = pack.selections_from_lines(&values.lines).ok_or_else(too_large)?;
        }
        if !self.votes.is_empty() {
            values.selections = figures(&self.votes, figure)?;
        }
        let optional = |place: Option<usize>, name: &Option<String>, into: &mut FieldValue| {
            if let (Some(column), Some(name)) = (place, name) {
                *into = figure(column, name)?;
            }
            Ok(())
        };
        optional(self.valid, &self.mapping.valid, &mut values.valid)?;
        optional(self.blank, &self.mapping.blank, &mut values.blank_votes)?;
        optional(self.null, &self.mapping.null, &mut values.null)?;
        optional(self.ballots, &self.mapping.ballots, &mut values.ballots)?;
        optional(self.electors, &self.mapping.electors, &mut values.electors)?;
        let image = self.image.map(|column| row.text(column)).filter(|link| !link.trim().is_empty());
        let image = image.map(|link| truncated(link.trim(), MAX_IMAGE_BYTES).into());
        Ok(Reading { table, values, image, line: u32::try_from(row.line).unwrap_or(u32::MAX) })
    }
}

/// The column of each selection in the pack's order. A mapping names selections by id, so a pack rearranged
/// since the import gives the same votes; one that lost or gained a selection fails.
fn vote_columns<'m>(mapping: &'m Mapping, pack: &Pack) -> Result<Vec<&'m String>, CsvError> {
    let changed = |what: &str| CsvError::PackChanged { what: what.to_owned() };
    if !mapping.lines.is_empty() && mapping.lines.len() != pack.lines.len() {
        return Err(changed("lines"));
    }
    if mapping.votes.is_empty() {
        return Ok(Vec::new());
    }
    if let Some(gone) = mapping.votes.keys().find(|id| pack.selection(id).is_none()) {
        return Err(changed(gone));
    }
    pack.selections.iter().map(|s| mapping.votes.get(&s.id).ok_or_else(|| changed(&s.id))).collect()
}

fn figures(
    places: &[(usize, &str)],
    figure: impl Fn(usize, &str) -> Result<FieldValue, Refusal>,
) -> Result<Box<[FieldValue]>, Refusal> {
    places.iter().map(|&(column, name)| figure(column, name)).collect()
}

/// Names a sum that is too large: its columns, and the figures in them.
fn sum_of_columns(names: &[String], values: &[FieldValue]) -> (String, String) {
    let figures: Vec<String> = values.iter().filter_map(|v| v.count()).map(|n| n.to_string()).collect();
    let columns: String = names.join("+").chars().take(80).collect();
    (columns, figures.join("+"))
}

fn truncated(text: &str, most: usize) -> &str {
    let mut end = text.len().min(most);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// A figure as published: plain digits, or nothing. Thousands separators and decimals are refused rather
/// than guessed: `1.234` is one thing in Caracas and another in Boston.
pub(crate) fn figure(cell: &[u8]) -> Result<FieldValue, RefusalReason> {
    let cell = cell.trim_ascii();
    match cell {
        [] => Ok(FieldValue::Blank),
        [b'-', digits @ ..] if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit) => {
            Err(RefusalReason::Negative)
        }
        digits if !digits.iter().all(u8::is_ascii_digit) => Err(RefusalReason::NotANumber),
        digits => digits
            .iter()
            .try_fold(0u32, |n, &d| n.checked_mul(10)?.checked_add(u32::from(d - b'0')))
            .filter(|&n| n <= MAX_COUNT)
            .map(FieldValue::Count)
            .ok_or(RefusalReason::TooLarge),
    }
}

/// The mapping of the pack that fits a file's header: the one with most columns of those all of whose
/// columns are there, the first of several.
pub fn fitting_mapping<'p>(pack: &'p Pack, header: &[u8]) -> Option<&'p Mapping> {
    fitting_mappings(pack, header).first().copied()
}

/// Every mapping that fits a file's header equally well: which of them is meant, the header does not say.
pub fn fitting_mappings<'p>(pack: &'p Pack, header: &[u8]) -> Vec<&'p Mapping> {
    let fits = |mapping: &&Mapping| {
        let Ok(mut rows) = rows_delimited(header, mapping.encoding, mapping.delimiter) else { return false };
        let Ok(columns) = Columns::new(&mut rows) else { return false };
        mapping.columns().iter().all(|name| columns.has(name))
    };
    let mut fitting: Vec<&Mapping> = pack.mappings.iter().filter(fits).collect();
    let most = fitting.iter().map(|mapping| mapping.columns().len()).max().unwrap_or(0);
    fitting.retain(|mapping| mapping.columns().len() == most);
    fitting
}
