//! The ratchet: sheets by another renderer than ours that must stay readable, and must never be misread.

use std::path::{Path, PathBuf};

use tallyproof_reader::codes::{Budget, CodeReading, read_symbol};
use tallyproof_reader::image::{DecodeLimits, decode_luma};

/// Of the 60 sheets of `sheets-sample`. Raise it when reading gets better; never lower it.
const MUST_READ: usize = 60;

#[test]
fn sheets_sample_is_read_and_never_misread() {
    let Some(folder) = sheets_sample() else { return };
    let truth = std::fs::read(folder.join("truth.json")).unwrap();
    let truth: serde_json::Value = serde_json::from_slice(&truth).unwrap();
    let (mut n_read, mut misread) = (0, Vec::new());
    for sheet in truth.as_array().unwrap() {
        let file = sheet["file"].as_str().unwrap();
        let photo =
            decode_luma(&std::fs::read(folder.join(file)).unwrap(), &DecodeLimits::default()).unwrap();
        match read_symbol(&photo.luma, &|payload| payload.contains(&b'!'), &Budget::unlimited()) {
            CodeReading::Read { symbol, .. }
                if symbol.payload == sheet["payload"].as_str().unwrap().as_bytes() =>
            {
                n_read += 1;
            }
            CodeReading::Foreign { .. } | CodeReading::Unread { .. } => {}
            wrong => misread.push((file, wrong)),
        }
    }
    assert!(misread.is_empty(), "misread: {misread:?}");
    assert!(n_read >= MUST_READ, "{n_read} read, {MUST_READ} must be");
}

/// The folder, or `None` with a word about it; a missing folder fails where data are required.
pub(crate) fn sheets_sample() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let data = std::env::var_os("TALLYPROOF_DATA").map_or_else(|| root.join("../shared/data"), PathBuf::from);
    let folder = data.join("sheets-sample");
    if folder.join("truth.json").is_file() {
        return Some(folder);
    }
    let required = std::env::var_os("TALLYPROOF_REQUIRE_DATA").is_some_and(|value| value == "1");
    assert!(!required, "TALLYPROOF_REQUIRE_DATA=1 and no {}", folder.display());
    println!("skipped: no {}", folder.display());
    None
}
