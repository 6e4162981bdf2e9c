//! Polling tables and their ids.

use std::fmt;

/// The canonical id of one polling table ("mesa"), such as `201301006.01`; always in the pack's pattern.
///
/// Ids of one election all have the same length, so string order is numeric order.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TableId(Box<str>);

impl TableId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first `chars` characters: the code of the area the table lies in.
    ///
    /// Patterns are ASCII, so characters are bytes. A longer request gives the whole id.
    pub fn area_code(&self, chars: usize) -> &str {
        self.0.get(..chars).unwrap_or(&self.0)
    }
}

impl fmt::Display for TableId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for TableId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The form every table id of an election has: `#` stands for one digit, any other character for itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TablePattern(Box<str>);

impl TablePattern {
    /// Reads a pattern; `None` when it is empty, not plain ASCII, has no `#`, or holds a character that
    /// would be unsafe in a file name or a table cell.
    pub fn parse(text: &str) -> Option<Self> {
        let plain = |c: char| c == '#' || c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        let usable = !text.is_empty() && text.len() <= 64 && text.contains('#') && text.chars().all(plain);
        let safe_start = text.starts_with(|c: char| c == '#' || c.is_ascii_alphanumeric());
        (usable && safe_start).then(|| Self(text.into()))
    }

    /// The pattern as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Number of characters of every id.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Never true: a pattern has at least one digit. Here because `len` is.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The id, if `text` has exactly this form.
    pub fn id(&self, text: &str) -> Option<TableId> {
        self.matches(text.as_bytes()).then(|| TableId(text.into()))
    }

    /// Whether `bytes` has exactly this form.
    pub fn matches(&self, bytes: &[u8]) -> bool {
        bytes.len() == self.0.len()
            && self.0.bytes().zip(bytes).all(|(p, &b)| if p == b'#' { b.is_ascii_digit() } else { p == b })
    }

    /// The id of table `number` within the area `prefix`, digits filled from the right; `None` when the
    /// number does not fit.
    pub fn numbered(&self, prefix: &str, number: u32) -> Option<TableId> {
        let rest = self.0.get(prefix.len()..)?;
        let width = rest.bytes().filter(|&b| b == b'#').count();
        let digits = format!("{number:0width$}");
        if digits.len() != width {
            return None;
        }
        let mut next = digits.chars();
        let tail: String =
            rest.chars().map(|c| if c == '#' { next.next().unwrap_or('0') } else { c }).collect();
        self.id(&format!("{prefix}{tail}"))
    }

    /// The number formed by the digits after the first `prefix_chars` characters of `id`.
    pub fn number_in(&self, id: &TableId, prefix_chars: usize) -> Option<u32> {
        let digits: String = id.as_str().get(prefix_chars..)?.chars().filter(char::is_ascii_digit).collect();
        digits.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_exactly_the_form_of_the_pattern() {
        let pattern = TablePattern::parse("#########.##").unwrap();
        assert_eq!(pattern.id("201301006.01").unwrap().as_str(), "201301006.01");
        for wrong in ["20130100.01", "201301006.1", "201301006-01", "20130100६.01", ""] {
            assert!(pattern.id(wrong).is_none(), "{wrong}");
        }
        assert!(TablePattern::parse("=##").is_none());
        assert!(TablePattern::parse("../##").is_none());
    }

    #[test]
    fn table_numbers_are_the_digits_after_the_prefix() {
        let pattern = TablePattern::parse("#########.##").unwrap();
        let id = pattern.id("201301006.07").unwrap();
        assert_eq!(pattern.number_in(&id, 9), Some(7));
        assert_eq!(pattern.numbered("201301006", 8).unwrap().as_str(), "201301006.08");
        assert!(pattern.numbered("201301006", 100).is_none());
        assert_eq!(id.area_code(4), "2013");
    }
}
