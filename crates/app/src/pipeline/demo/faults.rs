//! Faults injected into the demonstration, and whether the chain found them.

use tallyproof_analysis::results::Analysis;
use tallyproof_core::facts::Facts;

use super::model::{DemoElection, DemoTable, Dice};

/// What was done on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FaultKind {
    /// The same file arrives twice.
    SameBytes,
    /// A second photograph of a sheet arrives; nothing is wrong with it.
    SecondPhoto,
    /// A second photograph arrives whose code gives other votes.
    AlteredCode,
    /// The printed figures are altered, the code is not.
    AlteredPrint,
    /// A printed total is not the sum of its lines.
    WrongSum,
    /// Printed figures and code together give more votes than the table has electors.
    MoreVotesThanElectors,
    /// A sheet of a table that the register does not have.
    UnknownTable,
    /// One picture of a sheet filed under a second table by exchanging its code.
    PictureUnderTwoTables,
    /// The code is torn off.
    TornCode,
    /// The code is not of this election.
    ForeignCode,
    /// The code has one ballot line too few.
    MissingLine,
    /// The file stops half-way.
    TruncatedFile,
    /// A text file with the name of an image.
    NotAnImage,
}

impl FaultKind {
    /// Every kind, with how many of it are injected.
    pub const ALL: [(FaultKind, usize); 13] = [
        (FaultKind::SameBytes, 2),
        (FaultKind::SecondPhoto, 3),
        (FaultKind::AlteredCode, 2),
        (FaultKind::AlteredPrint, 2),
        (FaultKind::WrongSum, 2),
        (FaultKind::MoreVotesThanElectors, 2),
        (FaultKind::UnknownTable, 2),
        (FaultKind::PictureUnderTwoTables, 1),
        (FaultKind::TornCode, 3),
        (FaultKind::ForeignCode, 1),
        (FaultKind::MissingLine, 1),
        (FaultKind::TruncatedFile, 1),
        (FaultKind::NotAnImage, 1),
    ];

    /// Stable code; words are `demo-fault-<code>`.
    pub fn code(self) -> &'static str {
        match self {
            FaultKind::SameBytes => "same-bytes",
            FaultKind::SecondPhoto => "second-photo",
            FaultKind::AlteredCode => "altered-code",
            FaultKind::AlteredPrint => "altered-print",
            FaultKind::WrongSum => "wrong-sum",
            FaultKind::MoreVotesThanElectors => "more-votes-than-electors",
            FaultKind::UnknownTable => "unknown-table",
            FaultKind::PictureUnderTwoTables => "picture-under-two-tables",
            FaultKind::TornCode => "torn-code",
            FaultKind::ForeignCode => "foreign-code",
            FaultKind::MissingLine => "missing-line",
            FaultKind::TruncatedFile => "truncated-file",
            FaultKind::NotAnImage => "not-an-image",
        }
    }

    /// The rule that finds it; `None` for what shows otherwise.
    fn rule(self) -> Option<&'static str> {
        match self {
            FaultKind::AlteredCode => Some("C301"),
            FaultKind::AlteredPrint | FaultKind::WrongSum => Some("S104"),
            FaultKind::PictureUnderTwoTables => Some("C105"),
            FaultKind::MoreVotesThanElectors => Some("S203"),
            FaultKind::UnknownTable => Some("S205"),
            FaultKind::TornCode => Some("S105"),
            FaultKind::ForeignCode => Some("S101"),
            FaultKind::MissingLine => Some("S102"),
            FaultKind::TruncatedFile | FaultKind::NotAnImage => Some("S107"),
            _ => None,
        }
    }
}

/// One injected fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Injected {
    /// What was done.
    pub kind: FaultKind,
    /// Index of the table it was done to, in `DemoElection::tables`.
    pub table: usize,
    /// File it was done in, without its folder.
    pub file: String,
    /// Another table's id that it needs: of one whose own sheet never surfaced.
    pub other_id: Option<String>,
}

/// Whether the chain found a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It did.
    Found,
    /// It did not.
    NotFound,
}

impl Verdict {
    /// Stable code; words are `demo-<code>`.
    pub fn code(self) -> &'static str {
        match self {
            Verdict::Found => "found",
            Verdict::NotFound => "not-found",
        }
    }
}

/// Chooses tables for the faults: surfaced ones, each at most once.
pub(super) fn choose(demo: &DemoElection) -> Vec<Injected> {
    let mut dice = Dice::new(demo.seed ^ 0xfa01);
    let mut free: Vec<usize> = (0..demo.tables.len()).filter(|&i| demo.tables[i].surfaced).collect();
    let unseen = demo.tables.iter().find(|table| !table.surfaced).map(|table| table.id.clone());
    let mut injected = Vec::new();
    for (kind, n) in FaultKind::ALL {
        for _ in 0..n {
            let n_free = u32::try_from(free.len()).unwrap_or(u32::MAX);
            if n_free == 0 {
                return injected;
            }
            let table = free.swap_remove(dice.below(n_free) as usize);
            let file = file_name(&demo.tables[table], kind);
            let other_id = unseen.clone().filter(|_| kind == FaultKind::PictureUnderTwoTables);
            injected.push(Injected { kind, table, file, other_id });
        }
    }
    injected
}

/// The file that carries a fault: the table's own picture, or one more.
fn file_name(table: &DemoTable, kind: FaultKind) -> String {
    match kind {
        FaultKind::SameBytes
        | FaultKind::SecondPhoto
        | FaultKind::AlteredCode
        | FaultKind::PictureUnderTwoTables => {
            format!("{}-again.jpg", table.id)
        }
        _ => format!("{}.jpg", table.id),
    }
}

/// Says of one fault whether the analysis shows it. `images` gives the SHA-256 of each demo file.
pub(super) fn judge(
    fault: &Injected,
    demo: &DemoElection,
    facts: &Facts,
    analysis: &Analysis,
    images: &std::collections::BTreeMap<String, String>,
) -> Verdict {
    let table = &demo.tables[fault.table];
    let sha256 = images.get(&fault.file).map(String::as_str);
    let found = match fault.kind.rule() {
        Some(rule) => analysis.findings.iter().any(|finding| {
            let about_image = finding
                .args
                .iter()
                .any(|(name, value)| (*name == "image" || *name == "twin") && sha256 == Some(value));
            let id = finding.table.as_ref().map(|t| t.as_str());
            finding.rule == rule && (about_image || id == Some(&table.id) || id == Some(&unknown_id(table)))
        }),
        // One witness for the same bytes, two for a second photograph; counted once either way.
        None => analysis.sheets.iter().any(|sheet| {
            let n = if fault.kind == FaultKind::SameBytes { 1 } else { 2 };
            sheet.table.as_str() == table.id && sheet.witnesses.len() == n && sheet.counts(&facts.pack)
        }),
    };
    if found { Verdict::Found } else { Verdict::NotFound }
}

/// The id of a table that the register does not have, in the same centre.
pub(super) fn unknown_id(table: &DemoTable) -> String {
    format!("{}.88", &table.id[..6])
}
