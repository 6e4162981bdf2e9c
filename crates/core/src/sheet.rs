//! What one tally sheet says, and who says so.

use crate::table::TableId;

/// The value of one figure on a sheet. Blank, illegible and unread are values, never 0.
///
/// The order only makes lists of readings have one order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FieldValue {
    /// A number was read.
    Count(u32),
    /// The place for the figure is empty.
    Blank,
    /// Something stands there that cannot be read.
    Illegible,
    /// This channel does not speak of the field.
    Unread,
}

/// The largest figure accepted for one polling table. No table holds ten million electors; the bound keeps
/// every sum over 5,000,000 tables far inside 64 bits.
pub const MAX_COUNT: u32 = 9_999_999;

impl FieldValue {
    /// The number, if one was read.
    pub fn count(self) -> Option<u32> {
        match self {
            FieldValue::Count(n) => Some(n),
            _ => None,
        }
    }

    /// The number as `u64`, if one was read.
    pub fn votes(self) -> Option<u64> {
        self.count().map(u64::from)
    }

    /// Whether two channels that both read a number read different ones.
    ///
    /// A blank or unread figure contradicts nothing, and confirms nothing either.
    pub fn contradicts(self, other: FieldValue) -> bool {
        matches!((self, other), (FieldValue::Count(a), FieldValue::Count(b)) if a != b)
    }

    /// The stable code used in files: a number, `blank`, `illegible` or `unread`.
    pub fn code(self) -> String {
        match self {
            FieldValue::Count(n) => n.to_string(),
            FieldValue::Blank => "blank".into(),
            FieldValue::Illegible => "illegible".into(),
            FieldValue::Unread => "unread".into(),
        }
    }
}

/// A figure's place on the sheet. Selections and lines are indices into the pack's lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// Votes of a selection (candidate), index into `Pack::selections`.
    Selection(usize),
    /// Votes on a ballot line (party), index into `Pack::lines`: line number − 1.
    Line(usize),
    /// Valid votes ("votos válidos").
    Valid,
    /// Blank votes ("votos en blanco"), where they are counted apart from valid and null ones.
    BlankVotes,
    /// Null votes ("votos nulos").
    Null,
    /// Ballots cast, where the sheet counts them by themselves.
    Ballots,
    /// Registered electors of the table.
    Electors,
    /// A figure of the code payload that is expected to be 0.
    Reserved,
}

/// All figures of one sheet as one channel gives them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SheetValues {
    /// Votes per selection, in the pack's order.
    pub selections: Box<[FieldValue]>,
    /// Votes per ballot line, in the pack's order; empty when the channel has no lines.
    pub lines: Box<[FieldValue]>,
    /// Valid votes.
    pub valid: FieldValue,
    /// Blank votes, where the election counts them apart.
    pub blank_votes: FieldValue,
    /// Null votes.
    pub null: FieldValue,
    /// Ballots cast.
    pub ballots: FieldValue,
    /// Registered electors.
    pub electors: FieldValue,
    /// Reserved figure of the payload.
    pub reserved: FieldValue,
}

impl SheetValues {
    /// A sheet of which nothing was read.
    pub fn unread(n_selections: usize) -> Self {
        let unread = FieldValue::Unread;
        Self {
            selections: vec![unread; n_selections].into(),
            lines: Box::default(),
            valid: unread,
            blank_votes: unread,
            null: unread,
            ballots: unread,
            electors: unread,
            reserved: unread,
        }
    }

    /// Every field this sheet has a place for, in a fixed order.
    pub fn fields(&self) -> impl Iterator<Item = (Field, FieldValue)> + '_ {
        let selections = self.selections.iter().enumerate().map(|(i, &v)| (Field::Selection(i), v));
        let lines = self.lines.iter().enumerate().map(|(i, &v)| (Field::Line(i), v));
        let rest = [
            (Field::Valid, self.valid),
            (Field::BlankVotes, self.blank_votes),
            (Field::Null, self.null),
            (Field::Ballots, self.ballots),
            (Field::Electors, self.electors),
            (Field::Reserved, self.reserved),
        ];
        selections.chain(lines).chain(rest)
    }

    /// The value of one field; `Unread` when the channel has no such field.
    pub fn value(&self, field: Field) -> FieldValue {
        match field {
            Field::Selection(i) => self.selections.get(i).copied().unwrap_or(FieldValue::Unread),
            Field::Line(i) => self.lines.get(i).copied().unwrap_or(FieldValue::Unread),
            Field::Valid => self.valid,
            Field::BlankVotes => self.blank_votes,
            Field::Null => self.null,
            Field::Ballots => self.ballots,
            Field::Electors => self.electors,
            Field::Reserved => self.reserved,
        }
    }

    /// Sum of the votes of all selections; `None` while any of them is not a number.
    pub fn selection_sum(&self) -> Option<u64> {
        self.selections.iter().map(|v| v.votes()).sum()
    }

    /// Votes that are not valid, blank and null: what the sheet leaves out counts as none.
    fn not_valid(&self) -> u64 {
        self.blank_votes.votes().unwrap_or(0) + self.null.votes().unwrap_or(0)
    }

    /// Votes on the sheet, valid, blank and null, whatever it gives as their totals; `None` while votes of a
    /// selection are missing.
    pub fn votes_cast(&self) -> Option<u64> {
        Some(self.selection_sum()? + self.not_valid())
    }

    /// Ballots on the sheet: as counted there, else valid + blank + null votes; `None` while votes are missing.
    pub fn ballots_cast(&self) -> Option<u64> {
        let valid = || self.valid.votes().or_else(|| self.selection_sum());
        self.ballots.votes().or_else(|| Some(valid()? + self.not_valid()))
    }

    /// Figures that make up the ballots: valid, null, and blank votes where the sheet gives them.
    pub fn parts_of_ballots(&self) -> Vec<Field> {
        let blank = (self.blank_votes != FieldValue::Unread).then_some(Field::BlankVotes);
        [Some(Field::Valid), blank, Some(Field::Null)].into_iter().flatten().collect()
    }

    /// Fields that both sheets give as numbers, and differently.
    pub fn contradictions(&self, other: &SheetValues) -> Vec<(Field, FieldValue, FieldValue)> {
        self.fields()
            .map(|(field, mine)| (field, mine, other.value(field)))
            .filter(|(_, mine, theirs)| mine.contradicts(*theirs))
            .collect()
    }

    /// Whether both sheets give the same number for every selection: the least that agreement means.
    pub fn same_votes(&self, other: &SheetValues) -> bool {
        self.selections.len() == other.selections.len()
            && self.selections.iter().zip(&other.selections).all(|(a, b)| a == b && a.count().is_some())
    }
}

/// How a reading came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// The code (QR) on a sheet image.
    Code,
    /// The printed figures of a sheet image.
    Print,
    /// A damaged code completed from the printed figures of the same image: one channel, not two.
    Joint,
    /// Somebody else's table of numbers.
    Transcription,
    /// People who read a sheet image at the desk, their review closed.
    Entry,
}

impl Channel {
    /// Stable code used in files.
    pub fn code(self) -> &'static str {
        match self {
            Channel::Code => "code",
            Channel::Print => "print",
            Channel::Joint => "joint",
            Channel::Transcription => "transcription",
            Channel::Entry => "entry",
        }
    }
}

/// One channel's account of one sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The polling table the sheet speaks for.
    pub table: TableId,
    /// Its figures.
    pub values: SheetValues,
    /// Where the image is, as given: a link, or the SHA-256 of an original.
    pub image: Option<Box<str>>,
    /// Line in the imported file (1 = header); 0 for an image.
    pub line: u32,
}

/// What stands behind a sheet's figures, strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EvidenceClass {
    /// Two people who did not see each other's values typed the same.
    TwoPeople,
    /// Code and print of one image agree on every figure.
    CodeAndPrint,
    /// A person typed what a machine channel read, without having seen it.
    PersonAndMachine,
    /// A coordinator decided on places where witnesses differ, or that they could not read.
    Decision,
    /// Two independent transcriptions agree.
    TwoSources,
    /// One published transcription.
    SingleSource,
    /// The code of an image, not confirmed by its print.
    CodeOnly,
    /// A damaged code completed from the print of the same image.
    Joint,
    /// The printed figures of an image whose code was not read.
    PrintOnly,
}

impl EvidenceClass {
    /// Every class, strongest first.
    pub const ALL: [EvidenceClass; 9] = [
        EvidenceClass::TwoPeople,
        EvidenceClass::CodeAndPrint,
        EvidenceClass::PersonAndMachine,
        EvidenceClass::Decision,
        EvidenceClass::TwoSources,
        EvidenceClass::SingleSource,
        EvidenceClass::CodeOnly,
        EvidenceClass::Joint,
        EvidenceClass::PrintOnly,
    ];

    /// The classes a policy may admit, strongest first: all but the last two.
    pub const ADMISSIBLE: [EvidenceClass; 7] = [
        EvidenceClass::TwoPeople,
        EvidenceClass::CodeAndPrint,
        EvidenceClass::PersonAndMachine,
        EvidenceClass::Decision,
        EvidenceClass::TwoSources,
        EvidenceClass::SingleSource,
        EvidenceClass::CodeOnly,
    ];

    /// Stable code used in files and as a key of `by_class`.
    pub fn code(self) -> &'static str {
        match self {
            EvidenceClass::TwoPeople => "two-people",
            EvidenceClass::CodeAndPrint => "code-and-print",
            EvidenceClass::PersonAndMachine => "person-and-machine",
            EvidenceClass::Decision => "decision",
            EvidenceClass::TwoSources => "two-sources",
            EvidenceClass::SingleSource => "single-source",
            EvidenceClass::CodeOnly => "code-only",
            EvidenceClass::Joint => "joint",
            EvidenceClass::PrintOnly => "print-only",
        }
    }
}

/// Where a sheet stands on its way to being definitive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SheetStatus {
    /// Two independent witnesses agree on every figure.
    Definitive,
    /// Complete and uncontradicted, but not seen by two independent witnesses.
    Provisional,
    /// Votes are missing: a person must read the sheet.
    NeedsEntry,
    /// People agree, or a coordinator decided, that votes cannot be read.
    Illegible,
    /// Sources, code and print of one image, or people give different figures for the table.
    InConflict,
    /// Several images of one table differ, or one picture stands under two tables.
    Quarantined,
    /// The register has no such table.
    Rejected,
}

impl SheetStatus {
    /// Every status, in the order reports list them.
    pub const ALL: [SheetStatus; 7] = [
        SheetStatus::Definitive,
        SheetStatus::Provisional,
        SheetStatus::NeedsEntry,
        SheetStatus::Illegible,
        SheetStatus::InConflict,
        SheetStatus::Quarantined,
        SheetStatus::Rejected,
    ];

    /// Stable code used in files.
    pub fn code(self) -> &'static str {
        match self {
            SheetStatus::Definitive => "definitive",
            SheetStatus::Provisional => "provisional",
            SheetStatus::NeedsEntry => "needs-entry",
            SheetStatus::Illegible => "illegible",
            SheetStatus::InConflict => "in-conflict",
            SheetStatus::Quarantined => "quarantined",
            SheetStatus::Rejected => "rejected",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_neither_contradicts_nor_confirms() {
        let five = FieldValue::Count(5);
        assert!(five.contradicts(FieldValue::Count(6)));
        assert!(!five.contradicts(FieldValue::Blank));
        let mut sheet = SheetValues::unread(2);
        assert_eq!(sheet.selection_sum(), None);
        assert!(!sheet.same_votes(&sheet.clone()));
        sheet.selections = vec![five, FieldValue::Count(0)].into();
        assert_eq!(sheet.selection_sum(), Some(5));
        assert!(sheet.same_votes(&sheet.clone()));
    }
}
