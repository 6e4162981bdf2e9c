//! What was found on one sheet.

/// A security feature of the paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Feature {
    /// Signatures of poll workers and witnesses.
    Signatures,
    /// The table's or the authority's stamp.
    Stamp,
    /// The line of the machine's hash in the header.
    HashLine,
    /// The line under the code.
    CodeLine,
    /// Date and time of printing.
    DateTime,
}

impl Feature {
    /// Every feature, in the order of the checklist.
    pub const ALL: [Feature; 5] =
        [Feature::Signatures, Feature::Stamp, Feature::HashLine, Feature::CodeLine, Feature::DateTime];

    /// The feature with this code.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|feature| feature.code() == code)
    }

    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Feature::Signatures => "signatures",
            Feature::Stamp => "stamp",
            Feature::HashLine => "hash-line",
            Feature::CodeLine => "code-line",
            Feature::DateTime => "date-time",
        }
    }
}

/// What an inspector saw of a feature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// It is there, as on the others.
    Present,
    /// It is not there.
    Absent,
    /// It is there and differs from the others.
    Differs,
    /// It was not looked at.
    NotChecked,
}

impl Seen {
    /// Every answer.
    pub const ALL: [Seen; 4] = [Seen::Present, Seen::Absent, Seen::Differs, Seen::NotChecked];

    /// The answer with this code.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|seen| seen.code() == code)
    }

    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Seen::Present => "present",
            Seen::Absent => "absent",
            Seen::Differs => "differs",
            Seen::NotChecked => "not-checked",
        }
    }
}

/// Whose idea the inspection of a sheet was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sample {
    /// The seed's: it carries risk.
    Drawn,
    /// Somebody's convenience: recorded, never given a risk.
    Convenience,
}

/// One inspected sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inspection {
    /// The table.
    pub table: String,
    /// Drawn, or of convenience.
    pub sample: Sample,
    /// In whose custody the paper was looked for.
    pub custody: String,
    /// Votes on the paper by selection, in the pack's order; `None` when no paper was found.
    pub votes: Option<Vec<u32>>,
    /// Null votes on the paper, where they were written down. They overstate no margin: a difference is kept
    /// and is no mismatch.
    pub null: Option<u32>,
    /// The checklist.
    pub features: Vec<(Feature, Seen)>,
}

impl Inspection {
    /// Whether the paper was found and says what was published.
    pub fn matches(&self, published: &[u32]) -> bool {
        self.votes.as_deref() == Some(published)
    }

    /// Overstatement of the margin of `first` over `other`, votes: published less paper. A paper that was
    /// not found counts as the whole bound `u`.
    pub fn overstatement(&self, published: &[u32], (first, other): (usize, usize), u: u64) -> i64 {
        let margin = |votes: &[u32]| {
            let of = |s: usize| i64::from(votes.get(s).copied().unwrap_or(0));
            of(first) - of(other)
        };
        match &self.votes {
            Some(paper) => margin(published) - margin(paper),
            None => i64::try_from(u).unwrap_or(i64::MAX),
        }
    }
}
