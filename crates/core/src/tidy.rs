//! Text that goes to other people's programs: CSV cells and terminal words, made harmless.
//!
//! File names, payloads and pack words are hostile: a cell that starts like a formula runs in a
//! spreadsheet, an escape sequence in a terminal, a bidirectional mark reorders what a reader sees.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io::{self, Write};

/// Characters that start a formula in a spreadsheet (OWASP, CSV injection).
const FORMULA_STARTS: [char; 4] = ['=', '+', '-', '@'];

/// Text without control characters and bidirectional marks: each becomes U+FFFD.
pub fn plain(text: &str) -> Cow<'_, str> {
    if text.chars().any(is_unsafe) {
        Cow::Owned(text.chars().map(|c| if is_unsafe(c) { '\u{fffd}' } else { c }).collect())
    } else {
        Cow::Borrowed(text)
    }
}

/// Text safe as a CSV cell: [`plain`], and a leading formula character gets an apostrophe before it.
///
/// Only for words: figures go through [`Table::row`] as they are.
pub fn cell(text: &str) -> Cow<'_, str> {
    let text = plain(text);
    if text.trim_start().starts_with(FORMULA_STARTS) { Cow::Owned(format!("'{text}")) } else { text }
}

/// JSON text that moves no cursor and reorders nothing: what [`plain`] replaces becomes an escape, which means
/// the same to every parser. Line ends between members stay.
pub fn json(text: &str) -> Cow<'_, str> {
    use std::fmt::Write;
    let live = |c: char| c != '\n' && is_unsafe(c);
    if !text.contains(live) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 64);
    for c in text.chars() {
        if live(c) {
            // Every such character lies in the basic plane; four digits name it (RFC 8259, section 7).
            // Writing into a String cannot fail.
            let _ = write!(escaped, "\\u{:04x}", u32::from(c));
        } else {
            escaped.push(c);
        }
    }
    Cow::Owned(escaped)
}

fn is_unsafe(c: char) -> bool {
    let bidi =
        matches!(c, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    c.is_control() || bidi || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}')
}

/// Column names, each once: a pack may call a candidate `valid` or `null`, as the table calls a column of its own.
/// The second of a name gets `-2`. Names that differ in case alone are one name: databases take them for one.
pub fn header<S: AsRef<str>>(names: impl IntoIterator<Item = S>) -> Vec<String> {
    let mut taken = BTreeSet::new();
    let unique = |name: S| {
        let name = name.as_ref();
        let mut own = name.to_owned();
        let mut n = 1u64;
        while !taken.insert(own.to_lowercase()) {
            n += 1;
            own = format!("{name}-{n}");
        }
        own
    };
    names.into_iter().map(unique).collect()
}

/// A CSV table being written: RFC 4180, UTF-8, `\n` line ends, every cell harmless.
pub struct Table<W: Write> {
    out: W,
    line: String,
}

impl<W: Write> Table<W> {
    /// Starts a table with these columns, named as [`header`] does. Fails when writing fails, as do all its methods.
    pub fn new<S: AsRef<str>>(out: W, columns: impl IntoIterator<Item = S>) -> io::Result<Self> {
        let mut table = Self { out, line: String::new() };
        table.row(header(columns))?;
        Ok(table)
    }

    /// Adds a row. Cells are neutralised, and quoted where they must be.
    pub fn row<S: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = S>) -> io::Result<()> {
        self.line.clear();
        for (i, text) in cells.into_iter().enumerate() {
            if i > 0 {
                self.line.push(',');
            }
            self.push(text.as_ref());
        }
        self.line.push('\n');
        self.out.write_all(self.line.as_bytes())
    }

    /// Ends the table and gives the writer back, flushed.
    pub fn finish(mut self) -> io::Result<W> {
        self.out.flush()?;
        Ok(self.out)
    }

    fn push(&mut self, text: &str) {
        if is_number(text) {
            self.line.push_str(text);
            return;
        }
        let safe = cell(text);
        if safe.contains([',', '"', '\n', '\r']) {
            self.line.push('"');
            self.line.push_str(&safe.replace('"', "\"\""));
            self.line.push('"');
        } else {
            self.line.push_str(&safe);
        }
    }
}

/// Plain figures may start with a minus sign without being a formula.
fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    !digits.is_empty() && digits.len() < 32 && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_cannot_run_and_words_cannot_move_the_cursor() {
        assert_eq!(cell("=HYPERLINK(\"http://x\")"), "'=HYPERLINK(\"http://x\")");
        assert_eq!(cell("  @SUM(A1)"), "'  @SUM(A1)");
        assert_eq!(plain("a\u{1b}[2Jb\u{202e}c"), "a\u{fffd}[2Jb\u{fffd}c");
        assert_eq!(plain("El Hatillo ñ"), "El Hatillo ñ");
        assert_eq!(json("{\n \"a\": \"ñ\u{9b}\u{202e}\"}"), "{\n \"a\": \"ñ\\u009b\\u202e\"}");
        assert_eq!(header(["valid", "A", "a", "valid", "A"]), ["valid", "A", "a-2", "valid-2", "A-3"]);
        let mut table = Table::new(Vec::new(), ["name", "n"]).unwrap();
        table.row(["a, \"b\"", "-5"]).unwrap();
        table.row(["-1+1", "3"]).unwrap();
        assert_eq!(
            String::from_utf8(table.finish().unwrap()).unwrap(),
            "name,n\n\"a, \"\"b\"\"\",-5\n'-1+1,3\n"
        );
    }
}
