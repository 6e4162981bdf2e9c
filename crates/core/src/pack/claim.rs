//! Published statements under test.

use super::{Formula, Localized};

/// A percentage as published: the digits matter, since `67` and `67.00` round differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Share {
    /// The percentage in units of its last decimal: 51.95 with two decimals is 5195.
    pub units: u64,
    /// Number of decimals published, 0–6.
    pub decimals: u32,
}

impl Share {
    /// Reads `51.95`; `None` when it is not a plain decimal number of percent from 0 to 100.
    pub fn parse(text: &str) -> Option<Self> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || whole.len() > 3 || fraction.len() > 6 || !digits(whole) || !digits(fraction) {
            return None;
        }
        if text.ends_with('.') {
            return None;
        }
        let decimals = u32::try_from(fraction.len()).ok()?;
        let units = format!("{whole}{fraction}").parse().ok()?;
        (units <= 100 * 10u64.pow(decimals)).then_some(Self { units, decimals })
    }

    /// The whole, in the same units: 100 % is `100 · 10^decimals`.
    pub fn whole(self) -> u64 {
        100 * 10u64.pow(self.decimals)
    }
}

impl std::fmt::Display for Share {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let unit = 10u64.pow(self.decimals);
        match self.decimals {
            0 => write!(f, "{}", self.units),
            d => write!(f, "{}.{:0width$}", self.units / unit, self.units % unit, width = d as usize),
        }
    }
}

/// What a claim speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// All tables, or the part named by [`Claim::coverage`].
    Country,
    /// Some set of tally sheets that the claimant holds.
    Sheets,
}

/// What a coverage percentage is a share of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CoverageUnit {
    /// Polling tables.
    Tables,
    /// Registered electors.
    Electors,
    /// The claimant did not say.
    Unstated,
}

/// How much of the country a claim covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// The percentage as published.
    pub share: Option<Share>,
    /// What it is a share of.
    pub unit: CoverageUnit,
    /// Its numerator, where published.
    pub part: Option<u64>,
    /// Its denominator, where published.
    pub whole: Option<u64>,
}

/// One figure of a claim: a selection, or several taken together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimedItem {
    /// Indices of the selections it covers.
    pub selections: Vec<usize>,
    /// Label of a group; `None` for a single selection.
    pub group: Option<String>,
    /// Votes claimed.
    pub votes: Option<u64>,
    /// Share of valid votes claimed.
    pub share: Option<Share>,
}

/// A named total of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct ClaimedCount {
    /// Valid votes.
    pub valid: Option<u64>,
    /// Blank votes, where they are counted apart.
    pub blank: Option<u64>,
    /// Null votes.
    pub null: Option<u64>,
    /// Voters (ballots cast).
    pub voters: Option<u64>,
    /// Tally sheets or tables counted.
    pub tables: Option<u64>,
    /// Registered electors.
    pub electors: Option<u64>,
}

impl ClaimedCount {
    /// Every total with its name, in one order.
    pub fn by_name(&self) -> [(&'static str, Option<u64>); 6] {
        [
            ("valid", self.valid),
            ("blank", self.blank),
            ("null", self.null),
            ("voters", self.voters),
            ("tables", self.tables),
            ("electors", self.electors),
        ]
    }
}

/// How a stated number relates to what its formula gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Relation {
    /// "More than", "over": the formula must give at least the number.
    AtLeast,
    /// "Less than", "under": the formula must give at most the number.
    AtMost,
    /// The number itself, rounded to a whole.
    Equal,
}

impl Relation {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Relation::AtLeast => "at-least",
            Relation::AtMost => "at-most",
            Relation::Equal => "equal",
        }
    }
}

/// A number that is said to follow from others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// How it is said to follow.
    pub formula: Formula,
    /// How it is stated.
    pub relation: Relation,
    /// The number.
    pub stated: i64,
}

/// The same statement as somebody else wrote it down: press copies have typing errors, and two of them
/// side by side show which.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecondTranscription {
    /// Whose.
    pub source: String,
    /// Its figures.
    pub items: Vec<ClaimedItem>,
    /// Its totals.
    pub totals: ClaimedCount,
}

/// A published statement: who, when, where, and the figures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Stable id.
    pub id: String,
    /// Who made it.
    pub who: String,
    /// When, `YYYY-MM-DD`.
    pub when: String,
    /// Where it was published.
    pub source: String,
    /// A second, independent transcription of the same statement, where one exists.
    pub second_source: Option<String>,
    /// What it is called in reports.
    pub title: Localized,
    /// What it speaks of.
    pub scope: Scope,
    /// How much of the country it covers.
    pub coverage: Option<Coverage>,
    /// Its figures.
    pub items: Vec<ClaimedItem>,
    /// Its totals.
    pub totals: ClaimedCount,
    /// The part of the country it speaks of: level index and area code; `None` for all of it.
    pub area: Option<(usize, String)>,
    /// Turnout claimed: voters of electors.
    pub turnout: Option<Share>,
    /// A number that follows from others, as the claimant says.
    pub statement: Option<Statement>,
    /// A second transcription of the same statement.
    pub second: Option<SecondTranscription>,
}

impl Claim {
    /// Votes claimed for one selection by itself.
    pub fn votes_of(&self, selection: usize) -> Option<u64> {
        self.items.iter().find(|i| i.selections == [selection]).and_then(|i| i.votes)
    }

    /// A total by the name formulas and tests use.
    pub fn total(&self, name: &str) -> Option<u64> {
        self.totals.by_name().into_iter().find(|(known, _)| *known == name).and_then(|(_, total)| total)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_keep_their_digits() {
        let share = Share::parse("51.95").unwrap();
        assert_eq!((share.units, share.decimals, share.to_string().as_str()), (5195, 2, "51.95"));
        assert_eq!(Share::parse("100").unwrap().whole(), 100);
        assert_eq!(Share::parse("0.05").unwrap().to_string(), "0.05");
        for wrong in ["", "101", "-1", "1,5", "5.", ".5", "1e2", "0.1234567"] {
            assert!(Share::parse(wrong).is_none(), "{wrong}");
        }
    }
}
