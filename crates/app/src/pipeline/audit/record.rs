//! Recording inspections: every one is checked by itself and becomes an event, or is refused with its reason.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use serde_json::{Value, json};
use tallyproof_analysis::audit::inspection::{Feature, Inspection, Sample, Seen};
use tallyproof_analysis::results::{AuditFacts, AuditRecord};
use tallyproof_core::pack::{Encoding, Pack};
use tallyproof_core::people::PersonId;
use tallyproof_core::sheet::MAX_COUNT;
use tallyproof_core::transcription::csv_rows::{Columns, CsvError, rows};
use tallyproof_evidence::audits::selections;

use super::super::import::check_id;
use super::super::packs::LoadedPack;
use super::signed;
use crate::store::{Fact, Store};
use crate::trouble::{AuditFault, Outcome};

/// Most rows of one file: no audit inspects more sheets at once.
const MAX_ROWS: usize = 100_000;

/// What was written down of one paper, as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Line of the file it stands on; 0 on the command line.
    pub line: u64,
    /// Table.
    pub table: String,
    /// In whose custody the paper was looked for.
    pub custody: String,
    /// `yes` or `no`.
    pub found: String,
    /// Votes by selection.
    pub votes: BTreeMap<String, String>,
    /// Votes on every ballot line, in the form's order, where they were written down.
    pub lines: String,
    /// Null votes.
    pub null: String,
    /// Answers of the checklist.
    pub features: BTreeMap<&'static str, String>,
    /// Cells of the row and of the header, where they are not as many.
    pub cells: Option<(usize, usize)>,
}

impl Written {
    /// Whether nothing was filled in yet.
    fn is_blank(&self) -> bool {
        let blank = |text: &String| text.trim().is_empty();
        blank(&self.found)
            && self.votes.values().all(blank)
            && [&self.lines, &self.null].into_iter().all(blank)
            && self.features.values().all(blank)
    }
}

/// Why an inspection is not recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// When the row has more or fewer cells than the header.
    CellCount,
    /// When the table is not one of this election.
    UnknownTable,
    /// When the table was not drawn.
    NotDrawn,
    /// When a drawn table is given as one of convenience.
    WasDrawn,
    /// When it is not said whose custody, or not as an id.
    Custody,
    /// When it is neither said that the paper was found nor that it was not.
    Found,
    /// When counts are given of a paper that was not found.
    CountsWithoutPaper,
    /// When a count is lacking.
    MissingCount,
    /// When a count is no whole number.
    NotACount,
    /// When a count is larger than any table's can be.
    TooLarge,
    /// When there is no such selection.
    UnknownSelection,
    /// When there are more or fewer lines than on the form.
    LineCount,
    /// When the lines do not add up to the selection's votes.
    LinesDiffer,
    /// When there are more votes than electors and it is not said that the paper says so.
    OverElectors,
    /// When an answer of the checklist is none.
    Feature,
    /// When the file has the table twice.
    Twice,
    /// When something else was recorded of the table.
    Recorded,
}

impl Reason {
    /// Every reason, so that a test can demand words for each.
    pub const ALL: [Reason; 17] = [
        Reason::CellCount,
        Reason::UnknownTable,
        Reason::NotDrawn,
        Reason::WasDrawn,
        Reason::Custody,
        Reason::Found,
        Reason::CountsWithoutPaper,
        Reason::MissingCount,
        Reason::NotACount,
        Reason::TooLarge,
        Reason::UnknownSelection,
        Reason::LineCount,
        Reason::LinesDiffer,
        Reason::OverElectors,
        Reason::Feature,
        Reason::Twice,
        Reason::Recorded,
    ];

    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Reason::CellCount => "cell-count",
            Reason::UnknownTable => "unknown-table",
            Reason::NotDrawn => "not-drawn",
            Reason::WasDrawn => "was-drawn",
            Reason::Custody => "custody",
            Reason::Found => "found",
            Reason::CountsWithoutPaper => "counts-without-paper",
            Reason::MissingCount => "missing-count",
            Reason::NotACount => "not-a-count",
            Reason::TooLarge => "too-large",
            Reason::UnknownSelection => "unknown-selection",
            Reason::LineCount => "line-count",
            Reason::LinesDiffer => "lines-differ",
            Reason::OverElectors => "over-electors",
            Reason::Feature => "feature",
            Reason::Twice => "twice",
            Reason::Recorded => "recorded",
        }
    }
}

/// One inspection that is not recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedRow {
    /// Line of the file; 0 on the command line.
    pub line: u64,
    /// The table as given.
    pub table: String,
    /// Which column or option.
    pub column: String,
    /// What stands there.
    pub value: String,
    /// Why.
    pub reason: Reason,
}

/// How inspections are to be taken.
#[derive(Clone, Debug, Default)]
pub struct RecordRequest {
    /// Nobody drew them.
    pub convenience: bool,
    /// They replace what was recorded of the same tables.
    pub correct: bool,
    /// More votes than electors stand on the paper indeed.
    pub as_written: bool,
    /// Record the others although some are refused.
    pub allow_refused: bool,
    /// Who inspected; private.
    pub inspector: Option<String>,
    /// Where exactly; private.
    pub place: Option<String>,
    /// File they come from.
    pub file: Option<std::path::PathBuf>,
    /// Who records at the desk.
    pub by: Option<PersonId>,
}

/// What became of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recorded {
    /// Now in the journal, with the figures published of each drawn sheet.
    pub new: Vec<(Inspection, Option<Vec<u32>>)>,
    /// Recorded before, as they stand.
    pub n_already: u64,
    /// Rows of the file that are not filled in yet.
    pub n_blank: u64,
    /// Refused.
    pub refused: Vec<RefusedRow>,
    /// Whether the new ones were recorded.
    pub is_recorded: bool,
}

/// Reads a filled-in worksheet: a table of text with at least `table`, `found` and a column per selection.
pub fn read_rows(source: impl Read, pack: &Pack) -> Result<Vec<Written>, CsvError> {
    let mut reader = rows(source, Encoding::Utf8)?;
    let columns = Columns::new(&mut reader)?;
    let (table, found) = (columns.index("table")?, columns.index("found")?);
    let may = |name: &str| columns.has(name).then(|| columns.index(name)).transpose();
    let (custody, lines, null) = (may("custody")?, may("lines")?, may("null")?);
    let mut selections = Vec::new();
    for selection in &pack.selections {
        // Where every line is written down, its selection's sum need not be.
        if lines.is_none() || columns.has(&selection.id) {
            selections.push((selection.id.clone(), columns.index(&selection.id)?));
        }
    }
    let mut features = Vec::new();
    for feature in Feature::ALL {
        features.extend(may(feature.code())?.map(|at| (feature.code(), at)));
    }
    let mut all = Vec::new();
    while let Some(row) = reader.next_row()? {
        if all.len() == MAX_ROWS {
            return Err(CsvError::TooManyRows { most: MAX_ROWS });
        }
        let text = |at: usize| row.text(at).trim().chars().take(2_000).collect::<String>();
        let or_none = |at: Option<usize>| at.map(text).unwrap_or_default();
        all.push(Written {
            cells: (row.n_cells() != row.n_columns).then(|| (row.n_cells(), row.n_columns)),
            line: row.line,
            table: text(table),
            custody: or_none(custody),
            found: text(found),
            votes: selections.iter().map(|(id, at)| (id.clone(), text(*at))).collect(),
            lines: or_none(lines),
            null: or_none(null),
            features: features.iter().map(|(code, at)| (*code, text(*at))).collect(),
        });
    }
    Ok(all)
}

/// Checks and records inspections: all in one step, or none when any is refused, unless that is allowed.
pub fn record(
    store: &Store,
    loaded: &LoadedPack,
    audits: &AuditFacts,
    audit: Option<&AuditRecord>,
    written: &[Written],
    request: &RecordRequest,
) -> Outcome<Recorded> {
    let audit = if request.convenience { None } else { audit };
    if let Some(record) = audit.filter(|record| record.abandoned.is_some()) {
        return Err(AuditFault::Abandoned(record.id.clone()).into());
    }
    if let Some(record) = audit.filter(|record| record.seed.is_none()) {
        return Err(AuditFault::NotDrawn(record.id.clone()).into());
    }
    let open = audits.records.iter().filter(|r| r.is_open());
    let drawn = audit.into_iter().chain(open.filter(|_| audit.is_none())).flat_map(drawn_tables).collect();
    let order = audit.map_or_else(|| selections(&loaded.pack), |a| a.frozen.selections.clone());
    let desk = Desk { loaded, audits, audit, request, drawn, order };
    let mut outcome = Recorded::default();
    let (mut facts, mut seen) = (Vec::new(), BTreeMap::new());
    for row in written {
        if row.cells.is_none() && row.is_blank() {
            outcome.n_blank += 1;
            continue;
        }
        let checked = match seen.insert(row.table.clone(), row.line) {
            Some(_) => Err((Reason::Twice, "table".to_owned(), row.table.clone())),
            None => desk.check(row),
        };
        match checked {
            Ok(None) => outcome.n_already += 1,
            Ok(Some((inspection, lines))) => {
                let published = audit.and_then(|a| {
                    let place = a.frozen.place(&inspection.table)?;
                    a.frozen.sheets.get(place).map(|s| s.votes.clone())
                });
                facts.push(desk.fact(&inspection, &lines));
                outcome.new.push((inspection, published));
            }
            Err((reason, column, value)) => {
                let table = row.table.clone();
                outcome.refused.push(RefusedRow { line: row.line, table, column, value, reason });
            }
        }
    }
    outcome.is_recorded = outcome.refused.is_empty() || request.allow_refused;
    if outcome.is_recorded && !facts.is_empty() {
        store.append_all(&facts)?;
    }
    Ok(outcome)
}

fn drawn_tables(audit: &AuditRecord) -> Vec<String> {
    let table = |(place, _): (usize, Vec<u64>)| audit.frozen.sheets.get(place).map(|s| s.table.clone());
    audit.sample().into_iter().filter_map(table).collect()
}

/// A refusal: reason, column, and what stands there.
type Refusal = (Reason, String, String);

/// Counts by selection, and by line where those were written down.
type Counts = (Vec<u32>, Vec<u32>);

struct Desk<'a> {
    loaded: &'a LoadedPack,
    audits: &'a AuditFacts,
    audit: Option<&'a AuditRecord>,
    request: &'a RecordRequest,
    /// Tables drawn for the audit, or for any open one where the inspections are of convenience.
    drawn: BTreeSet<String>,
    /// Ids of the selections as the list has them; the pack may have been rearranged since.
    order: Vec<String>,
}

impl Desk<'_> {
    /// What is to be recorded; `None` when that very thing is in the journal.
    fn check(&self, row: &Written) -> Result<Option<(Inspection, Vec<u32>)>, Refusal> {
        let pack = &self.loaded.pack;
        let refuse = |reason, column: &str, value: &str| (reason, column.to_owned(), value.to_owned());
        if let Some((found, expected)) = row.cells {
            return Err((Reason::CellCount, expected.to_string(), found.to_string()));
        }
        self.check_table(&row.table).map_err(|reason| refuse(reason, "table", &row.table))?;
        let custody = match (row.custody.trim(), self.audit) {
            ("", Some(audit)) => audit.custody.clone(),
            (given, _) => given.to_owned(),
        };
        check_id(&custody).map_err(|_| refuse(Reason::Custody, "custody", &custody))?;
        let found = answer(&row.found).ok_or_else(|| refuse(Reason::Found, "found", &row.found))?;
        let (votes, lines) = if found {
            let (votes, lines) = counts(pack, row)?;
            let of = |id: &String| pack.selection(id).and_then(|s| votes.get(s).copied());
            let ordered =
                self.order.iter().map(|id| of(id).ok_or_else(|| refuse(Reason::MissingCount, id, "")));
            (Some(ordered.collect::<Result<_, _>>()?), lines)
        } else {
            let given = row
                .votes
                .iter()
                .chain([(&"lines".to_owned(), &row.lines), (&"null".to_owned(), &row.null)])
                .find(|(_, text)| !text.trim().is_empty())
                .map(|(column, text)| refuse(Reason::CountsWithoutPaper, column, text));
            if let Some(refusal) = given {
                return Err(refusal);
            }
            (None, Vec::new())
        };
        let null = match row.null.trim() {
            "" => None,
            text => Some(count(text).map_err(|reason| refuse(reason, "null", text))?),
        };
        let cast = votes.iter().flatten().map(|&n| u64::from(n)).sum::<u64>() + u64::from(null.unwrap_or(0));
        if let Some(electors) = self.electors(&row.table).filter(|&e| cast > e && !self.request.as_written) {
            return Err((Reason::OverElectors, electors.to_string(), cast.to_string()));
        }
        let mut features = Vec::new();
        for feature in Feature::ALL {
            let text = row.features.get(feature.code()).map_or("", |t| t.trim());
            let seen = seen(text).ok_or_else(|| refuse(Reason::Feature, feature.code(), text))?;
            features.push((feature, seen));
        }
        let sample = if self.audit.is_some() { Sample::Drawn } else { Sample::Convenience };
        let inspection = Inspection { table: row.table.clone(), sample, custody, votes, null, features };
        match self.recorded(&row.table) {
            Some(before) if *before == inspection => Ok(None),
            Some(_) if !self.request.correct => Err(refuse(Reason::Recorded, "table", &row.table)),
            _ => Ok(Some((inspection, lines))),
        }
    }

    fn check_table(&self, table: &str) -> Result<(), Reason> {
        let known = self.loaded.pack.pattern.id(table);
        let listed = |id| self.loaded.register.as_ref().is_none_or(|r| r.tables.contains_key(id));
        let published = self.audit.and_then(|audit| audit.frozen.place(table));
        if published.is_none() && !known.as_ref().is_some_and(listed) {
            return Err(Reason::UnknownTable);
        }
        match (self.audit.is_some(), self.drawn.contains(table)) {
            (true, false) => Err(Reason::NotDrawn),
            (false, true) => Err(Reason::WasDrawn),
            _ => Ok(()),
        }
    }

    /// Electors of a table by the register, where there is one.
    fn electors(&self, table: &str) -> Option<u64> {
        let id = self.loaded.pack.pattern.id(table)?;
        let register = self.loaded.register.as_ref()?;
        register.tables.get(&id).copied().flatten().map(u64::from)
    }

    fn recorded(&self, table: &str) -> Option<&Inspection> {
        match self.audit {
            Some(audit) => audit.inspection(table),
            None => self.audits.convenience.iter().rev().find(|i| i.table == table),
        }
    }

    fn fact(&self, inspection: &Inspection, lines: &[u32]) -> Fact {
        let votes = inspection.votes.as_ref().map(|votes| {
            let by_id = self.order.iter().cloned().zip(votes).map(|(id, &n)| (id, json!(n)));
            Value::Object(by_id.collect())
        });
        let features: serde_json::Map<String, Value> =
            inspection.features.iter().map(|(f, s)| (f.code().to_owned(), json!(s.code()))).collect();
        let body = json!({
            "audit": self.audit.map(|a| a.id.clone()), "table": inspection.table,
            "custody": inspection.custody, "votes": votes, "null": inspection.null,
            "lines": (!lines.is_empty()).then_some(lines), "features": features,
            "corrects": self.recorded(&inspection.table).is_some(),
        });
        let (body, mut private) = signed(body, self.request.by.as_ref(), self.request.file.as_deref());
        if let Some(private) = private.as_object_mut() {
            private.insert("inspector".into(), json!(self.request.inspector));
            private.insert("place".into(), json!(self.request.place));
        }
        Fact { kind: "audit.inspected", body, private }
    }
}

fn counts(pack: &Pack, row: &Written) -> Result<Counts, Refusal> {
    let refuse = |reason, column: &str, value: &str| (reason, column.to_owned(), value.to_owned());
    if let Some(id) = row.votes.keys().find(|id| pack.selection(id).is_none()) {
        return Err(refuse(Reason::UnknownSelection, id, &pack_ids(pack)));
    }
    let lines = row.lines.split([',', ' ', ';']).filter(|text| !text.is_empty());
    let lines: Vec<u32> = lines
        .map(|text| count(text).map_err(|reason| refuse(reason, "lines", text)))
        .collect::<Result<_, _>>()?;
    if !lines.is_empty() && lines.len() != pack.lines.len() {
        return Err((Reason::LineCount, pack.lines.len().to_string(), lines.len().to_string()));
    }
    let sum = |s: usize| -> u32 {
        let own = pack.lines.iter().zip(&lines).filter(|(line, _)| line.selection == s);
        own.map(|(_, &n)| n).fold(0, u32::saturating_add)
    };
    let votes = pack.selections.iter().enumerate().map(|(s, selection)| {
        let text = row.votes.get(&selection.id).map_or("", |t| t.trim());
        match text {
            "" if lines.is_empty() => Err(refuse(Reason::MissingCount, &selection.id, "")),
            "" => Ok(sum(s)),
            _ => match count(text) {
                Ok(n) if !lines.is_empty() && n != sum(s) => {
                    Err(refuse(Reason::LinesDiffer, &selection.id, text))
                }
                Ok(n) => Ok(n),
                Err(reason) => Err(refuse(reason, &selection.id, text)),
            },
        }
    });
    Ok((votes.collect::<Result<_, _>>()?, lines))
}

fn pack_ids(pack: &Pack) -> String {
    pack.selections.iter().map(|s| s.id.as_str()).collect::<Vec<_>>().join(", ")
}

fn count(text: &str) -> Result<u32, Reason> {
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Reason::NotACount);
    }
    text.parse().ok().filter(|&n| n <= MAX_COUNT).ok_or(Reason::TooLarge)
}

/// Yes or no, as people write it in English or Spanish.
fn answer(text: &str) -> Option<bool> {
    match text.trim().to_lowercase().as_str() {
        "yes" | "y" | "sí" | "si" | "s" => Some(true),
        "no" | "n" => Some(false),
        _ => None,
    }
}

fn seen(text: &str) -> Option<Seen> {
    match answer(text) {
        Some(true) => Some(Seen::Present),
        Some(false) => Some(Seen::Absent),
        None if text.is_empty() => Some(Seen::NotChecked),
        None => Seen::parse(&text.to_lowercase()),
    }
}
