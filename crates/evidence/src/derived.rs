//! Every file of a bundle that follows from the facts: what is published writes them, what verifies writes them
//! again and compares the bytes.

use std::io::{self, Read, Write};

use tallyproof_analysis::results::{Analysis, AuditFacts, analyse_with};
use tallyproof_analysis::tables::{false_sheets_csv, findings_csv, sheets_csv};
use tallyproof_core::facts::Facts;

/// What the files follow from.
pub struct Derived<'f> {
    /// The facts.
    pub facts: &'f Facts,
    /// What is known of audits.
    pub audits: &'f AuditFacts,
    /// All that follows from both.
    pub analysis: Analysis<'f>,
}

/// Writes one derived file. Fails when writing fails.
pub type Write1 = fn(&Derived<'_>, &mut dyn Write) -> io::Result<()>;

/// Path below `data/` and writer of every derived file.
pub const DERIVED: &[(&str, Write1)] = &[
    ("results.json", |derived, out| out.write_all(&derived.analysis.results.to_json())),
    ("sheets.csv", |derived, out| sheets_csv(derived.facts, &derived.analysis.sheets, out).map(drop)),
    ("findings.csv", |derived, out| findings_csv(derived.facts, &derived.analysis.findings, out).map(drop)),
    ("false-sheets.csv", |derived, out| false_sheets_csv(&derived.analysis, out).map(drop)),
];

impl<'f> Derived<'f> {
    /// Derives everything.
    pub fn new(facts: &'f Facts, audits: &'f AuditFacts) -> Self {
        Self { facts, audits, analysis: analyse_with(facts, audits) }
    }
}

/// Where two files part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parting {
    /// Byte, from 0.
    pub byte: u64,
    /// Line, from 1.
    pub line: u64,
}

/// Compares what `write` writes with what `found` holds, byte by byte and without keeping either; `None` when
/// they are the same. Fails when `found` cannot be read.
pub fn parting(
    found: &mut dyn Read,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<Option<Parting>> {
    let mut comparing =
        Comparing { found, buffer: Vec::new(), at: Parting { byte: 0, line: 1 }, parted: false };
    let mut buffered = io::BufWriter::with_capacity(1 << 16, &mut comparing);
    let written = write(&mut buffered).and_then(|()| buffered.flush());
    drop(buffered.into_parts());
    if !comparing.parted {
        written?;
    }
    let more = !comparing.parted && comparing.found.read(&mut [0])? > 0;
    Ok((comparing.parted || more).then_some(comparing.at))
}

struct Comparing<'r> {
    found: &'r mut dyn Read,
    buffer: Vec<u8>,
    at: Parting,
    parted: bool,
}

impl Write for Comparing<'_> {
    fn write(&mut self, expected: &[u8]) -> io::Result<usize> {
        self.buffer.resize(expected.len(), 0);
        let n = read_full(self.found, &mut self.buffer)?;
        let same = expected.iter().zip(&self.buffer[..n]).take_while(|(a, b)| a == b).count();
        let lines = expected[..same].iter().filter(|&&byte| byte == b'\n').count();
        self.at.byte += same as u64;
        self.at.line += lines as u64;
        if same == expected.len() {
            return Ok(expected.len());
        }
        // Ends the writing: what comes after the first difference tells nothing more.
        self.parted = true;
        Err(io::Error::other("different"))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Fills `buffer` as far as `source` goes.
fn read_full(source: &mut dyn Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut n = 0;
    while n < buffer.len() {
        match source.read(&mut buffer[n..]) {
            Ok(0) => break,
            Ok(more) => n += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(n)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_part_where_they_part() {
        let expected = b"one\ntwo\nthree\n";
        let parts = |found: &[u8]| parting(&mut &*found, |out| out.write_all(expected)).unwrap();
        assert_eq!(parts(expected), None);
        assert_eq!(parts(b"one\ntwo\nthrow\n"), Some(Parting { byte: 11, line: 3 }));
        assert_eq!(parts(b"one\ntwo\n"), Some(Parting { byte: 8, line: 3 }));
        assert_eq!(parts(b"one\ntwo\nthree\nfour\n"), Some(Parting { byte: 14, line: 4 }));
        assert_eq!(parts(b""), Some(Parting { byte: 0, line: 1 }));
    }
}
