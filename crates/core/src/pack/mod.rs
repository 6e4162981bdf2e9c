//! An election pack: everything the program knows about one election, as data.
//!
//! `elections/<name>/election.toml` is read by [`Pack::parse`]. A pack that parses is sound: every index is
//! in range, every selection exists, every pattern is usable. What is wrong with one that does not is a
//! list of [`PackFault`]s, each with its line.

mod claim;
mod fault;
mod file;
mod formula;
mod lint;
mod mapping;
mod sums;

use std::collections::BTreeMap;

use serde::Deserialize;

pub use claim::{
    Claim, ClaimedCount, ClaimedItem, Coverage, CoverageUnit, Relation, Scope, SecondTranscription, Share,
    Statement,
};
pub use fault::{PackFault, PackFaultCode};
pub use formula::{Formula, Fraction};
pub use mapping::{Delimiter, Encoding, Mapping, Piece as TemplatePiece, Template};

use crate::form::Form;
use crate::grammar::PayloadGrammar;
use crate::sheet::{EvidenceClass, SheetValues};
use crate::table::{TableId, TablePattern};

/// A word in the program's languages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Localized {
    /// English.
    pub en: String,
    /// Spanish.
    pub es: String,
}

/// One contestant ("candidatura"), NIST ContestSelection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// Stable id, a key of `tabulation.votes`.
    pub id: String,
    /// Name as published.
    pub name: String,
    /// Short name for charts and tables.
    pub short: String,
    /// `#rrggbb` for charts.
    pub color: String,
}

/// One printed ballot line: a party under a selection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Label as printed.
    pub label: String,
    /// Index of the selection its votes count for.
    pub selection: usize,
}

/// One level of the hierarchy of areas, e.g. state; areas are prefixes of the table id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Level {
    /// Stable id.
    pub id: String,
    /// Number of leading characters of a table id that name the area.
    pub chars: usize,
    /// Name of one such area.
    pub name: Localized,
    /// Name of several.
    pub plural: Localized,
    /// Whether `tabulation.areas` lists it (centres are too many).
    pub listed: bool,
    /// How many exist, where that is known.
    pub count: Option<u64>,
}

/// A named area, with the code user-given boundaries know it by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Area {
    /// Published name.
    pub name: String,
    /// Value of the boundary property, e.g. an OCHA p-code.
    pub boundary: Option<String>,
}

/// Which property of a GeoJSON joins boundaries to areas.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Boundaries {
    /// Index into `Pack::levels`.
    pub level: usize,
    /// Name of the property, e.g. `ADM1_PCODE`.
    pub property: String,
}

/// A source the pack knows, and how far it can be relied on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownSource {
    /// Id as in `--source`.
    pub id: String,
    /// Who it is.
    pub name: String,
    /// What a reader must know about it.
    pub note: Localized,
    /// 1 is trusted most; a source the pack does not know has the lowest trust.
    pub trust: u32,
    /// Ids of sources it is independent of.
    pub independent_of: Vec<String>,
}

/// What counts when sources differ on a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SourcesDiffer {
    /// Neither counts until a person decides.
    Conflict,
    /// The source with the strictly highest trust counts; equal trust is a conflict.
    PreferTrusted,
}

/// What a tabulation admits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// What counts when sources differ.
    pub sources_differ: SourcesDiffer,
    /// Evidence classes that count, strongest first.
    pub admits: Vec<EvidenceClass>,
}

/// How one rule is tuned for this election.
#[derive(Clone, Debug, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RuleTuning {
    /// Switches the rule off.
    pub off: bool,
    /// Difference tolerated, votes.
    pub absolute: u32,
    /// Difference tolerated, hundredths of a percent of the larger figure.
    pub per_ten_thousand: u32,
    /// Size of a table beyond which it is implausible, ballots.
    pub largest: Option<u32>,
    /// Smallest sheet, in valid votes, that the rule looks at.
    pub at_least: Option<u32>,
}

/// The optional list of all tables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisterFile {
    /// File name inside the pack's folder.
    pub file: String,
    /// Encoding of the file.
    pub encoding: Encoding,
    /// What separates its cells.
    pub delimiter: Delimiter,
    /// How a row names its table.
    pub table: Template,
    /// Column of the electors, if any.
    pub electors: Option<String>,
    /// Columns of area names, per level index.
    pub names: BTreeMap<usize, String>,
}

/// An election, as data.
#[derive(Clone, Debug, PartialEq)]
pub struct Pack {
    /// Folder name and id, such as `venezuela-2024`.
    pub id: String,
    /// Title of the election.
    pub title: Localized,
    /// Name of the contest.
    pub contest: Localized,
    /// Day of the vote, `YYYY-MM-DD`.
    pub date: String,
    /// Made up: every output says so.
    pub synthetic: bool,
    /// What a reader must know about the numbers.
    pub notes: Vec<Localized>,
    /// Contestants, in the order results show them.
    pub selections: Vec<Selection>,
    /// Printed ballot lines, in order; empty when the form has none.
    pub lines: Vec<Line>,
    /// Form of a table id.
    pub pattern: TablePattern,
    /// Tables in all.
    pub n_tables: u64,
    /// Registered electors in all, where known.
    pub electors: Option<u64>,
    /// Of these, electors within the country, where known.
    pub electors_domestic: Option<u64>,
    /// Where the two totals come from, and what is uncertain about them.
    pub totals_note: Localized,
    /// First table number in each area of the lowest level, when tables are numbered without gaps.
    pub numbered_from: Option<u32>,
    /// Levels of areas, widest first.
    pub levels: Vec<Level>,
    /// Names and codes of areas the pack knows, by (level index, area code).
    pub areas: BTreeMap<(usize, String), Area>,
    /// How boundaries join.
    pub boundaries: Option<Boundaries>,
    /// Grammar of the printed code, if the form has one.
    pub payload: Option<PayloadGrammar>,
    /// What a sheet prints, in order, if the pack says so.
    pub form: Option<Form>,
    /// Whether blank votes are counted apart from valid and null ones: form, code, mapping or claim gives them.
    pub blank_votes: bool,
    /// List of all tables, if one was published.
    pub register: Option<RegisterFile>,
    /// Column mappings of published tables of numbers.
    pub mappings: Vec<Mapping>,
    /// Sources the pack knows.
    pub sources: Vec<KnownSource>,
    /// What counts.
    pub policy: Policy,
    /// Tuning per rule code.
    pub tuning: BTreeMap<String, RuleTuning>,
    /// Published statements under test.
    pub claims: Vec<Claim>,
}

impl Pack {
    /// Reads and checks `election.toml`. Fails with every fault found, in order of line.
    pub fn parse(id: &str, toml: &str) -> Result<Self, Vec<PackFault>> {
        lint::parse(id, toml)
    }

    /// Index of the selection with this id.
    pub fn selection(&self, id: &str) -> Option<usize> {
        self.selections.iter().position(|s| s.id == id)
    }

    /// Code of the area of `level` that a table lies in.
    pub fn area_of<'t>(&self, table: &'t TableId, level: usize) -> &'t str {
        self.levels.get(level).map_or("", |l| table.area_code(l.chars))
    }

    /// Index of the lowest level, e.g. the polling centre; `None` when the pack has no levels.
    pub fn lowest_level(&self) -> Option<usize> {
        self.levels.len().checked_sub(1)
    }

    /// The source as the pack describes it.
    pub fn known_source(&self, id: &str) -> Option<&KnownSource> {
        self.sources.iter().find(|s| s.id == id)
    }

    /// Trust of a source: 1 is most; unknown sources come last.
    pub fn trust(&self, source: &str) -> u32 {
        self.known_source(source).map_or(u32::MAX, |s| s.trust)
    }

    /// Whether the pack declares two sources independent. Silence means they are not.
    pub fn independent(&self, a: &str, b: &str) -> bool {
        let says =
            |x: &str, y: &str| self.known_source(x).is_some_and(|s| s.independent_of.iter().any(|o| o == y));
        a != b && (says(a, b) || says(b, a))
    }

    /// Whether a sheet gives its null votes, and its blank ones where they are counted apart.
    pub fn gives_not_valid(&self, values: &SheetValues) -> bool {
        values.null.count().is_some() && (!self.blank_votes || values.blank_votes.count().is_some())
    }

    /// Whether [`SheetValues::ballots_cast`] leaves no kind of votes out.
    pub fn gives_ballots(&self, values: &SheetValues) -> bool {
        values.ballots.count().is_some() || self.gives_not_valid(values)
    }

    /// Tuning of a rule; the default where the pack is silent.
    pub fn tuning(&self, code: &str) -> RuleTuning {
        self.tuning.get(code).cloned().unwrap_or_default()
    }
}
