//! Every table of the bundle, as a function of what is known.
//!
//! | table | rows |
//! |---|---|
//! | `results` | totals by area and selection |
//! | `sheets`, `findings`, `false-sheets` | as in a report's folder (`tallyproof_analysis::tables`) |
//! | `claims` | tests of claims |
//! | `transcriptions` | versions of sources |
//! | `readings` | images |
//! | `people`, `entries`, `decisions` | who could do what at the desk, and what they did |
//! | `audits`, `inspections` | audits held, and the sheets they looked at |
//! | `sheets-wide`, `openelections`, `arlo-manifest`, `arlo-batch-totals` | the same figures for other programs |
//!
//! Nothing here is computed: the figures are those of `results.json` and of the sheets. Same facts, same bytes.

mod arlo;
mod audits;
mod claims;
mod datapackage;
mod openelections;
mod readings;
mod results;
mod reviews;
mod schema;
mod transcriptions;
mod wide;

use std::io::{self, Write};

use tallyproof_analysis::results::{Analysis, AuditFacts};
use tallyproof_analysis::tables::{false_sheets_csv, findings_csv, sheets_csv};
use tallyproof_core::facts::Facts;
use tallyproof_core::pack::Pack;
use tallyproof_core::reconcile::Sheet;
use tallyproof_core::rules::Severity;
use tallyproof_core::sheet::{EvidenceClass, SheetStatus};
use tallyproof_core::tabulate::{Tabulation, tabulate};

use crate::seen::Look;

pub use datapackage::{Resource, datapackage};
use schema::columns;
pub use schema::{Column, Columns, ForeignKey, Kind, Spec};

/// An image with what was read on it.
#[derive(Clone, Copy, Debug)]
pub struct ReadImage<'a> {
    /// Hex SHA-256 of the original.
    pub sha256: &'a str,
    /// Where it came from.
    pub source: &'a str,
    /// What was read on it last; `None` while it is not read.
    pub look: Option<&'a Look>,
}

/// What all tables are functions of.
pub struct Published<'a> {
    /// Everything known.
    pub facts: &'a Facts,
    /// What it comes to.
    pub analysis: &'a Analysis<'a>,
    /// Audits, as they were recorded.
    pub audits: &'a AuditFacts,
    /// Every image, sorted by hash.
    pub images: Vec<ReadImage<'a>>,
    /// Sums for areas of every level: `results.json` has those of listed levels alone.
    pub tabulation: Tabulation,
}

impl<'a> Published<'a> {
    /// Brings together what tables need. Images may come in any order: (SHA-256, source, what was read).
    pub fn new<'i: 'a>(
        facts: &'a Facts,
        analysis: &'a Analysis<'a>,
        audits: &'a AuditFacts,
        images: impl IntoIterator<Item = (&'i str, &'i str, Option<&'i Look>)>,
    ) -> Self {
        let image = |(sha256, source, look)| ReadImage { sha256, source, look };
        let mut images: Vec<ReadImage> = images.into_iter().map(image).collect();
        images.sort_by(|a, b| (a.sha256, a.source).cmp(&(b.sha256, b.source)));
        let tabulation = tabulate(facts, &analysis.sheets);
        Self { facts, analysis, audits, images, tabulation }
    }

    /// The election.
    pub fn pack(&self) -> &'a Pack {
        &self.facts.pack
    }

    /// The sheets that count, sorted by table.
    pub(crate) fn counted(&self) -> impl Iterator<Item = &Sheet<'a>> + Clone {
        let pack = self.pack();
        self.analysis.sheets.iter().filter(|sheet| sheet.counts(pack))
    }
}

/// A table of the bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BundleTable {
    /// Totals, long: one row per area and selection.
    Results,
    /// One row per polling table that anybody speaks of.
    Sheets,
    /// One row per finding.
    Findings,
    /// One row per test of a claim.
    Claims,
    /// Smallest sets of sheets that claims need to be false.
    FalseSheets,
    /// One row per version of a source.
    Transcriptions,
    /// One row per image.
    Readings,
    /// One row per account of the desk.
    People,
    /// One row per entry or correction.
    Entries,
    /// One row per decision, ruling or reopening.
    Decisions,
    /// One row per audit.
    Audits,
    /// One row per inspected sheet.
    Inspections,
    /// One row per polling table, every ballot line and area name in it.
    SheetsWide,
    /// Votes as OpenElections lays them out.
    OpenElections,
    /// Arlo's ballot manifest.
    ArloManifest,
    /// Arlo's candidate totals by batch.
    ArloBatchTotals,
}

impl BundleTable {
    /// Every table, in the order `datapackage.json` lists them.
    pub const ALL: [BundleTable; 16] = [
        BundleTable::Results,
        BundleTable::Sheets,
        BundleTable::Findings,
        BundleTable::Claims,
        BundleTable::FalseSheets,
        BundleTable::Transcriptions,
        BundleTable::Readings,
        BundleTable::People,
        BundleTable::Entries,
        BundleTable::Decisions,
        BundleTable::Audits,
        BundleTable::Inspections,
        BundleTable::SheetsWide,
        BundleTable::OpenElections,
        BundleTable::ArloManifest,
        BundleTable::ArloBatchTotals,
    ];

    /// Stable name: that of the resource.
    pub fn name(self) -> &'static str {
        match self {
            BundleTable::Results => "results",
            BundleTable::Sheets => "sheets",
            BundleTable::Findings => "findings",
            BundleTable::Claims => "claims",
            BundleTable::FalseSheets => "false-sheets",
            BundleTable::Transcriptions => "transcriptions",
            BundleTable::Readings => "readings",
            BundleTable::People => "people",
            BundleTable::Entries => "entries",
            BundleTable::Decisions => "decisions",
            BundleTable::Audits => "audits",
            BundleTable::Inspections => "inspections",
            BundleTable::SheetsWide => "sheets-wide",
            BundleTable::OpenElections => "openelections",
            BundleTable::ArloManifest => "arlo-manifest",
            BundleTable::ArloBatchTotals => "arlo-batch-totals",
        }
    }

    /// Path beside `datapackage.json`. Tables for other programs lie in a folder of their own.
    pub fn path(self) -> &'static str {
        match self {
            BundleTable::Results => "results.csv",
            BundleTable::Sheets => "sheets.csv",
            BundleTable::Findings => "findings.csv",
            BundleTable::Claims => "claims.csv",
            BundleTable::FalseSheets => "false-sheets.csv",
            BundleTable::Transcriptions => "transcriptions.csv",
            BundleTable::Readings => "readings.csv",
            BundleTable::People => "people.csv",
            BundleTable::Entries => "entries.csv",
            BundleTable::Decisions => "decisions.csv",
            BundleTable::Audits => "audits.csv",
            BundleTable::Inspections => "inspections.csv",
            BundleTable::SheetsWide => "exports/sheets-wide.csv",
            BundleTable::OpenElections => "exports/openelections.csv",
            BundleTable::ArloManifest => "exports/arlo-manifest.csv",
            BundleTable::ArloBatchTotals => "exports/arlo-batch-totals.csv",
        }
    }

    /// Its description, whatever the election.
    pub fn specs(self) -> &'static [Spec] {
        match self {
            BundleTable::Results => results::SPECS,
            BundleTable::Sheets => SHEETS,
            BundleTable::Findings => FINDINGS,
            BundleTable::Claims => claims::SPECS,
            BundleTable::FalseSheets => FALSE_SHEETS,
            BundleTable::Transcriptions => transcriptions::SPECS,
            BundleTable::Readings => readings::SPECS,
            BundleTable::People => reviews::PEOPLE,
            BundleTable::Entries => reviews::ENTRIES,
            BundleTable::Decisions => reviews::DECISIONS,
            BundleTable::Audits => audits::AUDITS,
            BundleTable::Inspections => audits::INSPECTIONS,
            BundleTable::SheetsWide => wide::SPECS,
            BundleTable::OpenElections => openelections::SPECS,
            BundleTable::ArloManifest => arlo::MANIFEST,
            BundleTable::ArloBatchTotals => arlo::BATCH_TOTALS,
        }
    }

    /// Its columns under a pack, in order.
    pub fn columns(self, pack: &Pack) -> Vec<Column> {
        columns(self.specs(), pack)
    }

    /// Columns that name a row; empty where rows have no name.
    pub fn primary_key(self) -> &'static [&'static str] {
        match self {
            BundleTable::Results => &["level", "area", "selection"],
            BundleTable::Sheets | BundleTable::SheetsWide => &["table"],
            BundleTable::Findings | BundleTable::OpenElections => &[],
            BundleTable::Claims => &["claim", "number"],
            BundleTable::FalseSheets => &["claim", "rank"],
            BundleTable::Transcriptions => &["source", "version"],
            BundleTable::Readings => &["sha256"],
            BundleTable::People => &["person"],
            BundleTable::Entries | BundleTable::Decisions => &["event"],
            BundleTable::Audits => &["audit"],
            BundleTable::Inspections => &["number"],
            BundleTable::ArloManifest | BundleTable::ArloBatchTotals => &[arlo::BATCH_NAME],
        }
    }

    /// Where its rows point to.
    pub fn foreign_keys(self) -> &'static [ForeignKey] {
        const fn to(column: &'static str, table: &'static str, there: &'static str) -> ForeignKey {
            ForeignKey { column, table, there }
        }
        const SHEET: ForeignKey = to("table", "sheets", "table");
        match self {
            BundleTable::FalseSheets | BundleTable::Readings | BundleTable::SheetsWide => &[SHEET],
            BundleTable::People => const { &[to("created-by", "people", "person")] },
            BundleTable::Entries | BundleTable::Decisions => {
                const { &[to("person", "people", "person"), to("image", "readings", "sha256")] }
            }
            BundleTable::Inspections => const { &[to("audit", "audits", "audit")] },
            BundleTable::OpenElections => const { &[to("precinct", "sheets", "table")] },
            BundleTable::ArloManifest => const { &[to(arlo::BATCH_NAME, "sheets", "table")] },
            BundleTable::ArloBatchTotals => {
                const { &[to(arlo::BATCH_NAME, "arlo-manifest", arlo::BATCH_NAME)] }
            }
            _ => &[],
        }
    }

    /// Writes it: RFC 4180, UTF-8, `\n` line ends. Fails when writing fails.
    pub fn write<W: Write>(self, known: &Published<'_>, out: W) -> io::Result<W> {
        match self {
            BundleTable::Results => results::write(known, out),
            BundleTable::Sheets => sheets_csv(known.facts, &known.analysis.sheets, out),
            BundleTable::Findings => findings_csv(known.facts, &known.analysis.findings, out),
            BundleTable::Claims => claims::write(known, out),
            BundleTable::FalseSheets => false_sheets_csv(known.analysis, out),
            BundleTable::Transcriptions => transcriptions::write(known, out),
            BundleTable::Readings => readings::write(known, out),
            BundleTable::People => reviews::write_people(known, out),
            BundleTable::Entries => reviews::write_entries(known, out),
            BundleTable::Decisions => reviews::write_decisions(known, out),
            BundleTable::Audits => audits::write(known, out),
            BundleTable::Inspections => audits::write_inspections(known, out),
            BundleTable::SheetsWide => wide::write(known, out),
            BundleTable::OpenElections => openelections::write(known, out),
            BundleTable::ArloManifest => arlo::write_manifest(known, out),
            BundleTable::ArloBatchTotals => arlo::write_batch_totals(known, out),
        }
    }

    fn header(self, pack: &Pack) -> Vec<String> {
        self.columns(pack).into_iter().map(|column| column.name).collect()
    }
}

const SHEETS: &[Spec] = &[
    Spec::text("table").required().unique(),
    Spec::texts(Columns::LevelCodes).required(),
    Spec::text("status").required().one_of(statuses),
    Spec::text("class").required().one_of(classes),
    Spec::flag("counted").required(),
    Spec::integers(Columns::Selections),
    Spec::integer("valid"),
    Spec::of_blank("blank"),
    Spec::integer("null"),
    Spec::integer("ballots"),
    Spec::integer("electors"),
    Spec::text("sources").required(),
    Spec::text("image"),
    Spec::text("unconfirmed"),
];

const FINDINGS: &[Spec] = &[
    Spec::text("rule").required(),
    Spec::text("severity").required().one_of(severities),
    Spec::text("table"),
    Spec::text("fields"),
    Spec::text("numbers"),
];

const FALSE_SHEETS: &[Spec] = &[
    Spec::text("claim").required(),
    Spec::text("about").required(),
    Spec::integer("rank").required(),
    Spec::text("table").required(),
    Spec::integer("votes").required(),
];

fn statuses() -> Vec<&'static str> {
    SheetStatus::ALL.iter().map(|status| status.code()).collect()
}

fn classes() -> Vec<&'static str> {
    EvidenceClass::ALL.iter().map(|class| class.code()).collect()
}

fn severities() -> Vec<&'static str> {
    [Severity::Contradiction, Severity::Warning, Severity::Note].map(Severity::code).to_vec()
}

/// A number where there is one, else an empty cell.
fn known<N: ToString>(number: Option<N>) -> String {
    number.map(|n| n.to_string()).unwrap_or_default()
}

/// `1` or `0`.
fn flag(is: bool) -> String {
    if is { "1" } else { "0" }.to_owned()
}
