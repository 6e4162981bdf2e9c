//! The grammar of a code's payload, as a pack writes it.
//!
//! A line such as `{table}.{digits:1}.{digits:1-6}!{lines:,}!{null}!{reserved}`. What is read by it is
//! [`crate::payload`]'s.

use crate::table::TablePattern;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Literal(String),
    Table,
    /// A run of digits whose meaning is not known.
    Digits {
        least: usize,
        most: usize,
    },
    Lines {
        separator: char,
    },
    Valid,
    Null,
    Electors,
    Reserved,
}

/// A payload grammar, ready to parse with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PayloadGrammar {
    pub(crate) parts: Vec<Part>,
    pub(crate) pattern: TablePattern,
    pub(crate) n_lines: usize,
}

/// Why a grammar cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GrammarFault {
    /// When a brace is not closed.
    #[error("unclosed brace")]
    UnclosedBrace,
    /// When a part is not one of `table`, `digits:a-b`, `lines:c`, `valid`, `null`, `electors`, `reserved`.
    #[error("unknown part {{{0}}}")]
    UnknownPart(String),
    /// When `table` or `lines` does not stand exactly once, or another figure more than once.
    #[error("{{{0}}} is missing or stands more than once")]
    NotOnce(&'static str),
    /// When the pack has no ballot lines for `lines` to name.
    #[error("the pack has no ballot lines")]
    NoLines,
    /// When nothing says where a number ends: another number, a table id or a text that starts with a digit
    /// or with the separator of `lines` follows at once.
    #[error("nothing says where a number ends")]
    Ambiguous,
}

impl PayloadGrammar {
    /// Reads a grammar for a pack with this table pattern and number of ballot lines.
    pub fn parse(text: &str, pattern: &TablePattern, n_lines: usize) -> Result<Self, GrammarFault> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(open) = rest.find('{') {
            if open > 0 {
                parts.push(Part::Literal(rest[..open].to_owned()));
            }
            let close = rest[open..].find('}').ok_or(GrammarFault::UnclosedBrace)? + open;
            let name = &rest[open + 1..close];
            parts.push(part(name).ok_or_else(|| GrammarFault::UnknownPart(name.to_owned()))?);
            rest = &rest[close + 1..];
        }
        if !rest.is_empty() {
            parts.push(Part::Literal(rest.to_owned()));
        }
        let times = |wanted: fn(&Part) -> bool| parts.iter().filter(|p| wanted(p)).count();
        if times(|p| matches!(p, Part::Table)) != 1 {
            return Err(GrammarFault::NotOnce("table"));
        }
        if times(|p| matches!(p, Part::Lines { .. })) != 1 {
            return Err(GrammarFault::NotOnce("lines:,"));
        }
        for (name, figure) in [
            ("valid", Part::Valid),
            ("null", Part::Null),
            ("electors", Part::Electors),
            ("reserved", Part::Reserved),
        ] {
            if parts.iter().filter(|&p| *p == figure).count() > 1 {
                return Err(GrammarFault::NotOnce(name));
            }
        }
        if n_lines == 0 {
            return Err(GrammarFault::NoLines);
        }
        if parts.windows(2).any(|pair| runs_on(&pair[0], &pair[1], pattern)) {
            return Err(GrammarFault::Ambiguous);
        }
        Ok(Self { parts, pattern: pattern.clone(), n_lines })
    }
}

/// Whether a number would swallow the start of what follows it.
fn runs_on(number: &Part, next: &Part, pattern: &TablePattern) -> bool {
    if matches!(number, Part::Literal(_) | Part::Table) {
        return false;
    }
    let swallows = |c: char| {
        c.is_ascii_digit() || matches!(number, Part::Lines { separator } if *separator == c) || c == '#'
    };
    match next {
        Part::Literal(text) => text.starts_with(|c: char| c != '#' && swallows(c)),
        Part::Table => pattern.as_str().starts_with(swallows),
        _ => true,
    }
}

fn part(name: &str) -> Option<Part> {
    let (kind, detail) = name.split_once(':').unwrap_or((name, ""));
    match (kind, detail) {
        ("table", "") => Some(Part::Table),
        ("valid", "") => Some(Part::Valid),
        ("null", "") => Some(Part::Null),
        ("electors", "") => Some(Part::Electors),
        ("reserved", "") => Some(Part::Reserved),
        ("lines", separator) => {
            let mut chars = separator.chars();
            let separator = chars.next().filter(|c| c.is_ascii() && !c.is_ascii_digit())?;
            chars.next().is_none().then_some(Part::Lines { separator })
        }
        ("digits", range) => {
            let (least, most) = range.split_once('-').unwrap_or((range, range));
            let (least, most) = (least.parse().ok()?, most.parse().ok()?);
            (1 <= least && least <= most && most <= 64).then_some(Part::Digits { least, most })
        }
        _ => None,
    }
}
