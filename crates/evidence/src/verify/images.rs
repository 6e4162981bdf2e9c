//! The published images: which original each was made from, and that it is listed.

use std::collections::BTreeSet;

use super::log::each_line;
use super::{Step, Verification};
use crate::bag::Bag;
use crate::images::{IMAGE_COLUMNS, Treatment};
use crate::layout::{IMAGE_TABLE, IMAGES};
use crate::ledger::Ledger;

/// Longest row of the table, bytes: two hashes, a file's ending and two codes.
const MAX_ROW_BYTES: u64 = 1 << 10;

/// Verifies that every original is accounted for, and every image in the bundle is one of its derivatives, named by
/// the hash of its bytes.
pub(super) fn verify(
    bag: &Bag,
    hashes: &std::collections::BTreeMap<String, String>,
    ledger: &Ledger,
    found: &mut Verification,
) {
    let mut left: BTreeSet<&str> = ledger.picture_hashes().collect();
    let (mut listed, mut n_rows) = (BTreeSet::new(), 0);
    let (mut n_masked, mut n_stripped, mut n_withheld) = (0, 0, 0);
    // A line for the header, and one too many: the first that no original is left for.
    let most = left.len() + 2;
    let read = each_line(bag, IMAGE_TABLE, MAX_ROW_BYTES, most, &mut |n, line| {
        let mut fault = |code| {
            found.fault(Step::Images, code, IMAGE_TABLE, vec![("line", format!("{n}"))]);
        };
        let text = std::str::from_utf8(line).unwrap_or_default();
        if n == 1 {
            if text != IMAGE_COLUMNS.join(",") {
                fault("bad-line");
            }
            return;
        }
        n_rows += 1;
        let Some(row) = Row::of(text) else { return fault("bad-line") };
        if !left.remove(row.original) {
            fault("no-such-original");
        }
        match (row.treatment, row.published) {
            (None, _) => fault("bad-line"),
            (Some(Treatment::Withheld), "") => n_withheld += 1,
            (Some(Treatment::Withheld), _) | (Some(_), "") => fault("bad-line"),
            (Some(treatment), name) => {
                match treatment {
                    Treatment::Masked => n_masked += 1,
                    _ => n_stripped += 1,
                }
                let path = format!("{IMAGES}{name}");
                let stem = name.split('.').next().unwrap_or_default();
                if hashes.get(&path).map(String::as_str) != Some(stem) {
                    fault("image-differs");
                }
                listed.insert(path);
            }
        }
    });
    match read {
        Ok(true) => {}
        Ok(false) => found.fault(Step::Images, "missing", IMAGE_TABLE, Vec::new()),
        Err(error) => found.error(Step::Images, IMAGE_TABLE, &error),
    }
    for original in left {
        found.fault(Step::Images, "original-left-out", IMAGE_TABLE, vec![("original", original.to_owned())]);
    }
    for path in hashes.keys().filter(|path| path.starts_with(IMAGES) && !listed.contains(*path)) {
        found.fault(Step::Images, "image-not-listed", path, Vec::new());
    }
    (found.n_masked, found.n_stripped, found.n_withheld) = (n_masked, n_stripped, n_withheld);
    found.n_images = listed.len() as u64;
    found.end(Step::Images, n_rows);
}

struct Row<'l> {
    original: &'l str,
    published: &'l str,
    treatment: Option<Treatment>,
}

impl<'l> Row<'l> {
    /// Hashes, plain names and codes: no cell needs a quote.
    fn of(line: &'l str) -> Option<Self> {
        let cells: Vec<&str> = line.split(',').collect();
        let [original, published, treatment, _cause] = cells[..] else { return None };
        Some(Self { original, published, treatment: Treatment::parse(treatment) })
    }
}
