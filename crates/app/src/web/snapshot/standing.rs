//! Where every table and every area stands, small enough to be kept for a whole country.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use tallyproof_analysis::results::Analysis;
use tallyproof_core::facts::Facts;
use tallyproof_core::reconcile::Sheet;
use tallyproof_core::rules::Severity;
use tallyproof_core::sheet::{EvidenceClass, Field, SheetStatus};
use tallyproof_core::table::TableId;

/// Why a sheet is in conflict or quarantine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Doubt {
    /// People, or a person and a machine, differ on an image.
    People,
    /// Code and print of one image differ.
    CodePrint,
    /// Sources differ.
    Sources,
    /// Several images of the table differ.
    Images,
    /// One picture stands under two tables.
    Picture,
}

impl Doubt {
    /// Every kind.
    pub const ALL: [Doubt; 5] =
        [Doubt::People, Doubt::CodePrint, Doubt::Sources, Doubt::Images, Doubt::Picture];

    /// Stable code, a part of addresses.
    pub fn code(self) -> &'static str {
        match self {
            Doubt::People => "people-differ",
            Doubt::CodePrint => "code-and-print-differ",
            Doubt::Sources => "sources-differ",
            Doubt::Images => "images-differ",
            Doubt::Picture => "shared-picture",
        }
    }

    /// The kind with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|doubt| doubt.code() == code)
    }

    fn of(sheet: &Sheet) -> Option<Self> {
        match sheet.status {
            SheetStatus::InConflict if sheet.disputed => Some(Doubt::People),
            SheetStatus::InConflict if sheet.misprints.iter().any(|m| !m.set_aside) => Some(Doubt::CodePrint),
            SheetStatus::InConflict => Some(Doubt::Sources),
            SheetStatus::Quarantined if sheet.differences.is_empty() => Some(Doubt::Picture),
            SheetStatus::Quarantined => Some(Doubt::Images),
            _ => None,
        }
    }
}

/// What is known of a table's sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Where it stands.
    pub status: SheetStatus,
    /// What stands behind it.
    pub class: EvidenceClass,
    /// Whether the tabulation counts it.
    pub counts: bool,
    /// Why it is in doubt.
    pub doubt: Option<Doubt>,
    /// Figures that are given differently.
    pub n_differing: usize,
    /// SHA-256 of the images that speak of the table; links of transcriptions are not among them.
    pub images: Vec<Box<str>>,
    /// Votes of all selections and null votes, the most that any account gives; `None` where none gives its votes.
    pub ballots: Option<u64>,
}

/// One table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableStanding {
    /// Its id.
    pub table: TableId,
    /// Its sheet; `None` where nobody gives one.
    pub sheet: Option<Held>,
    /// Places of its findings in the picture's list.
    pub findings: Vec<usize>,
    /// Whether one of them is a contradiction.
    pub contradiction: bool,
}

/// The work of one area.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AreaWork {
    /// Its code.
    pub code: String,
    /// Places of its tables.
    pub tables: Range<usize>,
    /// Tables by status of their sheet.
    pub by_status: BTreeMap<SheetStatus, u64>,
    /// Tables that count.
    pub n_counted: u64,
    /// Tables known of which nobody gives a sheet.
    pub n_without: u64,
    /// Tables with a finding.
    pub n_found: u64,
    /// Tables with a contradiction.
    pub n_contradictions: u64,
}

impl AreaWork {
    /// Tables with this status.
    pub fn n(&self, status: SheetStatus) -> u64 {
        self.by_status.get(&status).copied().unwrap_or(0)
    }
}

/// Every table, and the areas of every level.
pub(super) fn standings(facts: &Facts, analysis: &Analysis) -> (Vec<TableStanding>, Vec<Vec<AreaWork>>) {
    let mut tables: BTreeMap<&TableId, TableStanding> = BTreeMap::new();
    let empty = |table: &TableId| TableStanding {
        table: table.clone(),
        sheet: None,
        findings: Vec::new(),
        contradiction: false,
    };
    for sheet in &analysis.sheets {
        tables.entry(sheet.table).or_insert_with(|| empty(sheet.table)).sheet = Some(held(facts, sheet));
    }
    for table in facts.register.iter().flat_map(|register| register.tables.keys()) {
        tables.entry(table).or_insert_with(|| empty(table));
    }
    for (place, finding) in analysis.findings.iter().enumerate() {
        if let Some(table) = &finding.table {
            let standing = tables.entry(table).or_insert_with(|| empty(table));
            standing.findings.push(place);
            standing.contradiction |= finding.severity == Severity::Contradiction;
        }
    }
    let standings: Vec<TableStanding> = tables.into_values().collect();
    let areas = facts.pack.levels.iter().map(|level| areas(&standings, level.chars)).collect();
    (standings, areas)
}

fn held(facts: &Facts, sheet: &Sheet) -> Held {
    let differing: BTreeSet<Field> =
        sheet.differences.iter().filter(|d| !d.set_aside).map(|d| d.field).collect();
    let misprints = sheet.misprints.iter().filter(|d| !d.set_aside).count();
    let images: BTreeSet<&str> = sheet
        .witnesses
        .iter()
        .filter(|witness| witness.is_image())
        .filter_map(|witness| witness.reading.image.as_deref())
        .collect();
    Held {
        status: sheet.status,
        class: sheet.class,
        counts: sheet.counts(&facts.pack),
        doubt: Doubt::of(sheet),
        n_differing: differing.len() + misprints,
        images: images.into_iter().map(Into::into).collect(),
        ballots: sheet.witnesses.iter().filter_map(|witness| witness.reading.values.votes_cast()).max(),
    }
}

/// Areas are prefixes and tables are sorted, so an area's tables stand together.
fn areas(standings: &[TableStanding], chars: usize) -> Vec<AreaWork> {
    let mut start = 0;
    let area = |group: &[TableStanding]| {
        let tables = start..start + group.len();
        start = tables.end;
        let sheets = || group.iter().filter_map(|standing| standing.sheet.as_ref());
        let mut by_status = BTreeMap::new();
        sheets().for_each(|sheet| *by_status.entry(sheet.status).or_default() += 1);
        let n =
            |of: &dyn Fn(&TableStanding) -> bool| group.iter().filter(|standing| of(standing)).count() as u64;
        AreaWork {
            code: group.first().map_or("", |standing| standing.table.area_code(chars)).to_owned(),
            tables,
            by_status,
            n_counted: sheets().filter(|sheet| sheet.counts).count() as u64,
            n_without: n(&|standing| standing.sheet.is_none()),
            n_found: n(&|standing| !standing.findings.is_empty()),
            n_contradictions: n(&|standing| standing.contradiction),
        }
    };
    standings.chunk_by(|a, b| a.table.area_code(chars) == b.table.area_code(chars)).map(area).collect()
}
