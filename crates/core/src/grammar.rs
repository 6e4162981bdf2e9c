//! The grammar of a code's payload, as a pack writes it.
//!
//! A line such as `{table}.{digits:1}.{digits:1-6}!{lines:,}!{null}!{reserved}`. What is read by it is
//! [`crate::payload`]'s.

use crate::sheet::Field;
use crate::table::TablePattern;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Literal(String),
    Table,
    /// A run of digits, or of letters and digits, whose meaning is not known.
    Unknown {
        letters: bool,
        least: usize,
        most: usize,
    },
    /// The votes of all ballot lines, or of all selections where the pack has no lines.
    Lines {
        separator: Option<char>,
        width: Option<usize>,
    },
    Figure {
        field: Field,
        width: Option<usize>,
    },
}

/// A payload grammar, ready to parse with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PayloadGrammar {
    pub(crate) parts: Vec<Part>,
    pub(crate) pattern: TablePattern,
    pub(crate) n_votes: usize,
}

/// Why a grammar cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GrammarFault {
    /// When a brace is not closed.
    UnclosedBrace,
    /// When a part is none of those that grammars have.
    UnknownPart(String),
    /// When `table` or `lines` does not stand exactly once, or another figure more than once.
    NotOnce(&'static str),
    /// When nothing says where the first of these ends: the second can begin with what the first is made of.
    Ambiguous(String, String),
}

impl GrammarFault {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            GrammarFault::UnclosedBrace => "unclosed-brace",
            GrammarFault::UnknownPart(_) => "unknown-part",
            GrammarFault::NotOnce(_) => "not-once",
            GrammarFault::Ambiguous(..) => "ambiguous",
        }
    }

    /// The pieces of the grammar it speaks of, as written.
    pub fn pieces(&self) -> String {
        match self {
            GrammarFault::UnclosedBrace => "{".into(),
            GrammarFault::UnknownPart(name) => format!("{{{name}}}"),
            GrammarFault::NotOnce(name) => format!("{{{name}}}"),
            GrammarFault::Ambiguous(a, b) => format!("{a}{b}"),
        }
    }
}

/// Figures that may stand once.
const FIGURES: [(&str, Field); 6] = [
    ("valid", Field::Valid),
    ("blank", Field::BlankVotes),
    ("null", Field::Null),
    ("ballots", Field::Ballots),
    ("electors", Field::Electors),
    ("reserved", Field::Reserved),
];

impl PayloadGrammar {
    /// Reads a grammar for a pack with this table pattern and so many votes on a sheet: one per ballot line, or one
    /// per selection where the pack has no lines.
    pub fn parse(text: &str, pattern: &TablePattern, n_votes: usize) -> Result<Self, GrammarFault> {
        let mut parts = Vec::new();
        let mut written = Vec::new();
        let mut rest = text;
        while let Some(open) = rest.find('{') {
            if open > 0 {
                parts.push(Part::Literal(rest[..open].to_owned()));
                written.push(rest[..open].to_owned());
            }
            let close = rest[open..].find('}').ok_or(GrammarFault::UnclosedBrace)? + open;
            let name = &rest[open + 1..close];
            parts.push(part(name).ok_or_else(|| GrammarFault::UnknownPart(name.to_owned()))?);
            written.push(rest[open..=close].to_owned());
            rest = &rest[close + 1..];
        }
        if !rest.is_empty() {
            parts.push(Part::Literal(rest.to_owned()));
            written.push(rest.to_owned());
        }
        let times = |wanted: &dyn Fn(&Part) -> bool| parts.iter().filter(|p| wanted(p)).count();
        if times(&|p| matches!(p, Part::Table)) != 1 {
            return Err(GrammarFault::NotOnce("table"));
        }
        if times(&|p| matches!(p, Part::Lines { .. })) != 1 {
            return Err(GrammarFault::NotOnce("lines:,"));
        }
        for (name, figure) in FIGURES {
            if times(&|p| matches!(p, Part::Figure { field, .. } if *field == figure)) > 1 {
                return Err(GrammarFault::NotOnce(name));
            }
        }
        for (pair, words) in parts.windows(2).zip(written.windows(2)) {
            if runs_on(&pair[0], &pair[1], pattern) {
                return Err(GrammarFault::Ambiguous(words[0].clone(), words[1].clone()));
            }
        }
        Ok(Self { parts, pattern: pattern.clone(), n_votes })
    }
}

impl PayloadGrammar {
    /// Whether the code gives this figure.
    pub(crate) fn has(&self, figure: Field) -> bool {
        self.parts.iter().any(|part| matches!(part, Part::Figure { field, .. } if *field == figure))
    }
}

/// Whether a part would swallow the start of what follows it. What has a fixed length swallows nothing.
fn runs_on(part: &Part, next: &Part, pattern: &TablePattern) -> bool {
    let letters = match part {
        Part::Literal(_) | Part::Table => return false,
        Part::Unknown { least, most, .. } if least == most => return false,
        Part::Lines { width: Some(_), .. } | Part::Figure { width: Some(_), .. } => return false,
        Part::Unknown { letters, .. } => *letters,
        Part::Lines { .. } | Part::Figure { .. } => false,
    };
    let swallows = |c: char| c.is_ascii_digit() || (letters && c.is_ascii_alphabetic());
    match next {
        Part::Literal(text) => text.starts_with(swallows),
        // A `#` of the pattern is a digit. The separator of lines before a table could be one of its characters.
        Part::Table => {
            let separates = |c: char| matches!(part, Part::Lines { separator, .. } if *separator == Some(c));
            pattern.as_str().starts_with(|c: char| c == '#' || swallows(c) || separates(c))
        }
        _ => true,
    }
}

fn part(name: &str) -> Option<Part> {
    let (kind, detail) = name.split_once(':').unwrap_or((name, ""));
    if let Some((_, field)) = FIGURES.iter().find(|(figure, _)| *figure == kind) {
        let width = if detail.is_empty() { None } else { Some(width(detail)?) };
        // `{valid:}` is a slip, not a figure of any width.
        return (detail.is_empty() != name.contains(':')).then_some(Part::Figure { field: *field, width });
    }
    match (kind, detail) {
        ("table", "") if !name.contains(':') => Some(Part::Table),
        ("lines", detail) => {
            let separator = detail.chars().next()?;
            if separator.is_ascii_digit() {
                return Some(Part::Lines { separator: None, width: Some(width(detail)?) });
            }
            let rest = detail.strip_prefix(separator)?;
            let width = if rest.is_empty() { None } else { Some(width(rest)?) };
            (separator.is_ascii() && separator != '{')
                .then_some(Part::Lines { separator: Some(separator), width })
        }
        ("digits" | "word", range) => {
            let (least, most) = range.split_once('-').unwrap_or((range, range));
            let (least, most) = (least.parse().ok()?, most.parse().ok()?);
            let letters = kind == "word";
            (1 <= least && least <= most && most <= 64).then_some(Part::Unknown { letters, least, most })
        }
        _ => None,
    }
}

/// Digits of a figure of fixed width: no figure of a table has more than seven ([`crate::sheet::MAX_COUNT`]), but
/// codes pad.
fn width(text: &str) -> Option<usize> {
    text.parse().ok().filter(|n| (1..=10).contains(n) && !text.starts_with(['+', '0']))
}
