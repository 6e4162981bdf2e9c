//! The published images: which original each was made from, and that it is listed.

use std::collections::BTreeSet;

use super::{Step, Verification};
use crate::bag::Bag;
use crate::images::{Treatment, published_images};
use crate::layout::{IMAGE_TABLE, IMAGES};
use crate::ledger::Ledger;

/// Verifies that every original is accounted for, and every image in the bundle is one of its derivatives, named by
/// the hash of its bytes.
pub(super) fn verify(
    bag: &Bag,
    hashes: &std::collections::BTreeMap<String, String>,
    ledger: &Ledger,
    found: &mut Verification,
) {
    let rows = match published_images(bag) {
        Ok(rows) => rows,
        Err(error) => {
            found.error(Step::Images, IMAGE_TABLE, &error);
            found.end(Step::Images, 0);
            return;
        }
    };
    let mut left: BTreeSet<&str> = ledger.picture_hashes().collect();
    let mut listed = BTreeSet::new();
    for (n, row) in (2..).zip(&rows) {
        let fault = |found: &mut Verification, code| {
            found.fault(Step::Images, code, IMAGE_TABLE, vec![("line", format!("{n}"))]);
        };
        if !left.remove(row.original.as_str()) {
            fault(found, "no-such-original");
        }
        match (row.treatment, row.published.as_str()) {
            (None, _) => fault(found, "bad-line"),
            (Some(Treatment::Withheld), "") => found.n_withheld += 1,
            (Some(Treatment::Withheld), _) | (Some(_), "") => fault(found, "bad-line"),
            (Some(treatment), name) => {
                match treatment {
                    Treatment::Masked => found.n_masked += 1,
                    _ => found.n_stripped += 1,
                }
                let path = format!("{IMAGES}{name}");
                let stem = name.split('.').next().unwrap_or_default();
                if hashes.get(&path).map(String::as_str) != Some(stem) {
                    fault(found, "image-differs");
                }
                listed.insert(path);
            }
        }
    }
    for original in left {
        found.fault(Step::Images, "original-left-out", IMAGE_TABLE, vec![("original", original.to_owned())]);
    }
    for path in hashes.keys().filter(|path| path.starts_with(IMAGES) && !listed.contains(*path)) {
        found.fault(Step::Images, "image-not-listed", path, Vec::new());
    }
    found.n_images = listed.len() as u64;
    found.end(Step::Images, rows.len() as u64);
}
