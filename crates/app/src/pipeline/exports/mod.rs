//! Tables and exports of the evidence bundle, written into a folder.
//!
//! The tables of text come first. Workbook and columnar file are made from those files, not from memory, and are
//! read back and compared with them cell by cell: what a spreadsheet shows is what the table says, or nothing is
//! published.

mod cells;
mod geojson;
mod parquet;
mod xlsx;

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use serde::de::IgnoredAny;
use sha2::{Digest, Sha256};
use tallyproof_evidence::exports::{Issue, nist_report};
use tallyproof_evidence::tables::{BundleTable, Published, Resource, datapackage};

use crate::trouble::{Outcome, Trouble};
use crate::words::Words;

/// What tables are written beside.
const PACKAGE: &str = "datapackage.json";
const NIST: &str = "exports/nist-cdf-err-v2.json";
const XLSX: &str = "exports/results.xlsx";
const PARQUET: &str = "exports/results.parquet";
const GEOJSON: &str = "exports/results.geojson";

/// A file as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Path in the folder, with `/`.
    pub path: &'static str,
    /// Its length, bytes.
    pub n_bytes: u64,
    /// Hex SHA-256 of its bytes.
    pub sha256: String,
}

/// Writes every table, `datapackage.json` and every export into `dir`, reads the exports back, and lists what was
/// written in one order. `boundaries` are the user's GeoJSON, where there are any.
///
/// Fails when writing fails, and with [`Trouble::ExportDiffers`] when an export does not read back as what was to be
/// written.
pub fn write(
    dir: &Path,
    published: &Published<'_>,
    issue: &Issue,
    boundaries: Option<&[u8]>,
    words: &Words,
) -> Outcome<Vec<Written>> {
    let exports = dir.join("exports");
    std::fs::create_dir_all(&exports).map_err(Trouble::io(&exports))?;
    let pack = published.pack();
    let mut all = Vec::new();
    let mut resources = Vec::new();
    for table in BundleTable::ALL {
        let written = file(dir, table.path(), |out| table.write(published, out).map(drop))?;
        let Written { n_bytes, sha256, .. } = written.clone();
        resources.push(Resource { table, n_bytes, sha256 });
        all.push(written);
    }
    all.push(file(dir, PACKAGE, |out| datapackage(pack, &resources, out).map(drop))?);
    all.push(file(dir, NIST, |out| nist_report(published, issue, out).map(drop))?);
    is_json(&dir.join(NIST))?;
    let tables = cells::Tables { dir, pack };
    let notice = words.say("export-cut");
    xlsx::write(&tables, &dir.join(XLSX), &xlsx::Layout::new(&pack.date, &notice))?;
    all.push(written(dir, XLSX)?);
    parquet::write(&tables, &dir.join(PARQUET))?;
    all.push(written(dir, PARQUET)?);
    if let Some(boundaries) = boundaries {
        all.push(file(dir, GEOJSON, |out| geojson::write(published, boundaries, out))?);
        geojson::read_back(published, boundaries, &dir.join(GEOJSON))?;
    }
    Ok(all)
}

/// Who issues the NIST report, in words. It carries no clock: its date is the day of the vote, and its notes say so.
pub fn issue(published: &Published<'_>, words: &Words) -> Issue {
    let tab = &published.analysis.results.tabulation;
    let classes = tab.basis.classes.iter().map(|class| words.say(&format!("class-{class}")));
    let args = [
        ("seen", tab.n_tables_seen.to_string()),
        ("total", tab.n_tables_total.to_string()),
        ("classes", classes.collect::<Vec<_>>().join("; ")),
    ];
    Issue {
        issuer: words.say("export-issuer"),
        abbreviation: "tallyproof".to_owned(),
        generated: format!("{}T00:00:00Z", published.pack().date),
        notes: words.tell("export-notes", &args),
    }
}

/// A writer that counts and hashes what passes.
struct Hashing<W> {
    out: W,
    hasher: Sha256,
    n_bytes: u64,
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let n = self.out.write(bytes)?;
        self.hasher.update(&bytes[..n]);
        self.n_bytes += n as u64;
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

fn file(
    dir: &Path,
    path: &'static str,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Outcome<Written> {
    let place = dir.join(path);
    let hashed = || {
        let hashing = Hashing { out: File::create(&place)?, hasher: Sha256::new(), n_bytes: 0 };
        let mut out = BufWriter::with_capacity(1 << 16, hashing);
        write(&mut out)?;
        let done = out.into_inner().map_err(io::IntoInnerError::into_error)?;
        done.out.sync_all()?;
        Ok((done.n_bytes, hex(&done.hasher.finalize())))
    };
    let (n_bytes, sha256) = hashed().map_err(Trouble::io(&place))?;
    Ok(Written { path, n_bytes, sha256 })
}

/// A file that is there already.
fn written(dir: &Path, path: &'static str) -> Outcome<Written> {
    let place = dir.join(path);
    let n_bytes = std::fs::metadata(&place).map_err(Trouble::io(&place))?.len();
    Ok(Written { path, n_bytes, sha256: crate::store::sha256_of(&place)? })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn is_json(path: &Path) -> Outcome<()> {
    let read = BufReader::with_capacity(1 << 16, File::open(path).map_err(Trouble::io(path))?);
    serde_json::from_reader::<_, IgnoredAny>(read).map(drop).map_err(|error| differs(path, error))
}

/// That an export does not say what it should.
fn differs(path: &Path, detail: impl std::fmt::Display) -> Trouble {
    Trouble::ExportDiffers { path: PathBuf::from(path), detail: detail.to_string() }
}

#[cfg(test)]
mod tests;
