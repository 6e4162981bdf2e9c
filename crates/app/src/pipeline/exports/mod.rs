//! Tables and exports of the evidence bundle, written into a folder.
//!
//! The tables of text come first. Workbook and columnar file are made from those files, not from memory, and are
//! read back and compared with them cell by cell: what a spreadsheet shows is what the table says, or nothing is
//! published.

mod cells;
mod current;
mod geojson;
mod parquet;
mod xlsx;

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

pub use current::current;
use rayon::prelude::*;
use serde::de::IgnoredAny;
use tallyproof_evidence::exports::{Issue, nist_report};
use tallyproof_evidence::kept::Hashing;
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
    // No file is made from another but those that are made from tables, which are there by then.
    let one = |table: BundleTable| file(dir, table.path(), |out| table.write(published, out).map(drop));
    let mut all: Vec<Written> = BundleTable::ALL.into_par_iter().map(one).collect::<Outcome<_>>()?;
    let resource = |(table, written): (BundleTable, &Written)| {
        let Written { n_bytes, sha256, .. } = written.clone();
        Resource { table, n_bytes, sha256 }
    };
    let resources: Vec<Resource> = BundleTable::ALL.into_iter().zip(&all).map(resource).collect();
    all.push(file(dir, PACKAGE, |out| datapackage(pack, &resources, out).map(drop))?);
    let tables = cells::Tables { dir, pack };
    let notice = words.say("export-cut");
    let layout = xlsx::Layout::new(&pack.date, &notice);
    let (workbook, (nist, columnar)) = rayon::join(
        || workbook(dir, &tables, &layout),
        || rayon::join(|| nist(dir, published, issue), || columnar(dir, &tables)),
    );
    all.extend([nist?, workbook?, columnar?]);
    if let Some(boundaries) = boundaries {
        all.push(file(dir, GEOJSON, |out| geojson::write(published, boundaries, out))?);
        geojson::read_back(published, boundaries, &dir.join(GEOJSON))?;
    }
    Ok(all)
}

fn nist(dir: &Path, published: &Published<'_>, issue: &Issue) -> Outcome<Written> {
    let nist = file(dir, NIST, |out| nist_report(published, issue, out).map(drop))?;
    is_json(&dir.join(NIST))?;
    Ok(nist)
}

fn workbook(dir: &Path, tables: &cells::Tables<'_>, layout: &xlsx::Layout<'_>) -> Outcome<Written> {
    xlsx::write(tables, &dir.join(XLSX), layout)?;
    written(dir, XLSX)
}

fn columnar(dir: &Path, tables: &cells::Tables<'_>) -> Outcome<Written> {
    parquet::write(tables, &dir.join(PARQUET))?;
    written(dir, PARQUET)
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

fn file(
    dir: &Path,
    path: &'static str,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Outcome<Written> {
    let place = dir.join(path);
    let hashed = || {
        let mut out = BufWriter::with_capacity(1 << 16, Hashing::new(File::create(&place)?));
        write(&mut out)?;
        let done = out.into_inner().map_err(io::IntoInnerError::into_error)?;
        done.get_ref().sync_all()?;
        Ok(done.finish())
    };
    let (sha256, n_bytes) = hashed().map_err(Trouble::io(&place))?;
    Ok(Written { path, n_bytes, sha256 })
}

/// A file that is there already.
fn written(dir: &Path, path: &'static str) -> Outcome<Written> {
    let place = dir.join(path);
    let n_bytes = std::fs::metadata(&place).map_err(Trouble::io(&place))?.len();
    Ok(Written { path, n_bytes, sha256: crate::store::sha256_of(&place)? })
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
mod tests {
    //! Exports of a made-up election: the same bytes twice, and nothing changed goes unnoticed when read back.

    use std::path::PathBuf;
    use std::sync::atomic::{AtomicU32, Ordering};

    use tallyproof_analysis::results::{AuditFacts, analyse};
    use tallyproof_core::facts::{Facts, Source, Version};
    use tallyproof_core::pack::Pack;
    use tallyproof_core::transcription::{Transcription, fitting_mapping};

    use super::*;
    use crate::pipeline::packs;
    use crate::words::Lang;

    struct Temp(PathBuf);

    impl Temp {
        fn new() -> Self {
            static NEXT: AtomicU32 = AtomicU32::new(0);
            let number = NEXT.fetch_add(1, Ordering::Relaxed);
            let path =
                std::env::temp_dir().join(format!("tallyproof-exports-{}-{number}", std::process::id()));
            std::fs::create_dir_all(&path).unwrap();
            Self(path)
        }
    }

    impl Drop for Temp {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    const TABLE: &str = "mesa,luz,marcial,roberta,solano,nulos\n\
    P1-01-001,100,90,20,10,2\nP1-01-002,0,90,20,10,\nP1-01-003,70,91,20,10,0\nP1-02-001,71,92,20,10,1\n";

    fn facts() -> Facts {
        let loaded = packs::find("costa-serena-2031").unwrap();
        let mut register = loaded.register.unwrap();
        register.names.insert((1, "P1-01".into()), "=cmd|' /C calc'!A0".into());
        let source = Source::new("party".into(), vec![version(&loaded.pack)]).unwrap();
        Facts::new(loaded.pack, Some(register), vec![source])
    }

    fn version(pack: &Pack) -> Version {
        let mapping = fitting_mapping(pack, TABLE.as_bytes()).unwrap();
        let transcription = Transcription::parse(TABLE.as_bytes(), mapping, pack).unwrap();
        Version { label: "1".into(), supersedes: Vec::new(), sha256: "0".repeat(64), transcription }
    }

    fn square(code: &str) -> String {
        format!(
            r#"{{"type":"Feature","properties":{{"PCODE":"{code}","owner":"somebody"}},"geometry":
        {{"type":"Polygon","coordinates":[[[0.1,0.2],[1.3,0.2],[1.3,1.7],[0.1,0.2]]]}}}}"#
        )
    }

    fn written(dir: &Path) -> Vec<Written> {
        let (facts, audits) = (facts(), AuditFacts::default());
        let analysis = analyse(&facts);
        let published = Published::new(&facts, &analysis, &audits, std::iter::empty());
        let words = Words::new(Lang::En);
        write(dir, &published, &issue(&published, &words), None, &words).unwrap()
    }

    #[test]
    fn the_same_facts_give_the_same_bytes() {
        let (a, b) = (Temp::new(), Temp::new());
        let first = written(&a.0);
        assert_eq!(first, written(&b.0));
        assert_eq!(first.len(), BundleTable::ALL.len() + 4);
        for file in first {
            assert_eq!(crate::store::sha256_of(&a.0.join(file.path)).unwrap(), file.sha256, "{}", file.path);
        }
    }

    /// A figure changed in a table of text after the exports were made from it: reading back sees it.
    #[test]
    fn reading_back_sees_a_changed_figure() {
        let temp = Temp::new();
        written(&temp.0);
        let facts = facts();
        let tables = cells::Tables { dir: &temp.0, pack: &facts.pack };
        let layout = xlsx::Layout::new(&facts.pack.date, "cut");
        let (workbook, columnar) = (temp.0.join(XLSX), temp.0.join(PARQUET));
        xlsx::read_back(&tables, &workbook, &layout).unwrap();
        parquet::read_back(&tables, &columnar).unwrap();
        for (table, was, is) in [
            (BundleTable::Sheets, ",100,90,", ",101,90,"),
            (BundleTable::SheetsWide, ",100,90,", ",101,90,"),
            (BundleTable::Sheets, "P1-02-001,", "P1-02-002,"),
        ] {
            let path = temp.0.join(table.path());
            let text = std::fs::read_to_string(&path).unwrap();
            let changed = text.replace(was, is);
            assert_ne!(text, changed);
            std::fs::write(&path, changed).unwrap();
            let back = match table {
                BundleTable::Sheets => xlsx::read_back(&tables, &workbook, &layout),
                _ => parquet::read_back(&tables, &columnar),
            };
            assert!(matches!(back, Err(Trouble::ExportDiffers { .. })), "{was} to {is}");
            std::fs::write(&path, text).unwrap();
        }
        // A row more, and a row less, in the table than in the export.
        let path = temp.0.join(BundleTable::SheetsWide.path());
        let text = std::fs::read_to_string(&path).unwrap();
        let last = text.trim_end().rsplit('\n').next().unwrap();
        for changed in [format!("{text}{last}\n"), text.replace(&format!("{last}\n"), "")] {
            std::fs::write(&path, changed).unwrap();
            assert!(matches!(parquet::read_back(&tables, &columnar), Err(Trouble::ExportDiffers { .. })));
        }
    }

    #[test]
    fn a_worksheet_that_is_too_short_says_so() {
        let temp = Temp::new();
        written(&temp.0);
        let facts = facts();
        let tables = cells::Tables { dir: &temp.0, pack: &facts.pack };
        let rows_at = |most_rows| {
            let path = temp.0.join("cut.xlsx");
            xlsx::write(&tables, &path, &xlsx::Layout::of(&facts.pack.date, "all in", most_rows)).unwrap();
            let mut workbook: calamine::Xlsx<_> = calamine::open_workbook(&path).unwrap();
            let range = calamine::Reader::worksheet_range(&mut workbook, "sheets").unwrap();
            range.rows().map(|row| row[0].to_string()).collect::<Vec<_>>()
        };
        let whole = ["table", "P1-01-001", "P1-01-002", "P1-01-003", "P1-02-001"];
        assert_eq!(rows_at(6), whole);
        assert_eq!(rows_at(5), whole);
        assert_eq!(rows_at(4), ["table", "P1-01-001", "P1-01-002", "all in sheets.csv"]);
    }

    #[test]
    fn boundaries_carry_totals_and_nothing_else_of_the_users() {
        let temp = Temp::new();
        let (mut facts, audits) = (facts(), AuditFacts::default());
        facts.pack.boundaries =
            Some(tallyproof_core::pack::Boundaries { level: 0, property: "PCODE".into() });
        facts.pack.areas.clear();
        let analysis = analyse(&facts);
        let published = Published::new(&facts, &analysis, &audits, std::iter::empty());
        let words = Words::new(Lang::Es);
        let map = format!(r#"{{"type":"FeatureCollection","features":[{},{}]}}"#, square("P1"), square("X9"));
        let all =
            write(&temp.0, &published, &issue(&published, &words), Some(map.as_bytes()), &words).unwrap();
        assert_eq!(all.last().unwrap().path, GEOJSON);
        let path = temp.0.join(GEOJSON);
        let text = std::fs::read_to_string(&path).unwrap();
        let found: serde_json::Value = serde_json::from_str(&text).unwrap();
        let first = &found["features"][0]["properties"];
        assert_eq!((&first["votes"]["LUZ"], &first["tables_seen"]), (&241.into(), &4.into()));
        assert_eq!(found["features"][1]["properties"], serde_json::json!({"PCODE": "X9"}));
        assert!(!text.contains("somebody"));
        geojson::read_back(&published, map.as_bytes(), &path).unwrap();
        std::fs::write(&path, text.replace(":241", ":242")).unwrap();
        let back = geojson::read_back(&published, map.as_bytes(), &path);
        assert!(matches!(back, Err(Trouble::ExportDiffers { .. })));
    }
}
