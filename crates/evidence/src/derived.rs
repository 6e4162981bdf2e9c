//! Every file of a bundle that follows from the facts: what is published writes them, what verifies writes them
//! again and compares the bytes.

use std::io::{self, Read, Write};

use tallyproof_analysis::results::{Analysis, AuditFacts};
use tallyproof_core::facts::Facts;

use crate::ledger::Ledger;
use crate::tables::{BundleTable, Published};

/// The results, for programs.
pub const RESULTS: &str = "results.json";

/// What the tables hold, for other programs; it follows from the tables.
pub const DATAPACKAGE: &str = "datapackage.json";

/// What the derived files follow from.
pub fn published<'a>(
    facts: &'a Facts,
    analysis: &'a Analysis<'a>,
    audits: &'a AuditFacts,
    ledger: &'a Ledger,
) -> Published<'a> {
    let images = ledger.pictures().map(|(sha256, original)| {
        // The source whose word the image is, as the facts have it.
        let trusted = original.sources.iter().min_by_key(|source| (facts.pack.trust(source), *source));
        (sha256, trusted.map_or("", String::as_str), original.reading.as_ref())
    });
    Published::new(facts, analysis, audits, images)
}

/// Path below `data/` of every derived file.
pub fn paths() -> impl Iterator<Item = &'static str> {
    std::iter::once(RESULTS).chain(BundleTable::ALL.map(BundleTable::path))
}

/// Writes the derived file with this path. Fails when writing fails, or there is none.
pub fn write(path: &str, published: &Published<'_>, out: &mut dyn Write) -> io::Result<()> {
    if path == RESULTS {
        return out.write_all(&published.analysis.results.to_json());
    }
    let table = BundleTable::ALL.into_iter().find(|table| table.path() == path);
    table.ok_or(io::ErrorKind::NotFound)?.write(published, out).map(drop)
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
