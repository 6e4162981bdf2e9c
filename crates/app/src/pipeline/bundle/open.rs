//! Bundles that others made, opened to be looked at.

use std::path::Path;

pub use tallyproof_evidence::bag::archive::Opened;
use tallyproof_evidence::bag::{BAGIT, Bag, archive};
use tallyproof_evidence::compare::Comparison;

use crate::trouble::{BundleTrouble, Outcome};

/// Opens a bundle. Fails when an archive is no sound one of a bundle.
pub fn open(path: &Path) -> Outcome<Opened> {
    archive::open(path, &std::env::temp_dir()).map_err(BundleTrouble::of(path))
}

/// The bundle of that name; `None` where the name is no bundle's.
pub fn bundle(name: &str) -> Outcome<Option<Opened>> {
    let path = Path::new(name);
    let is_archive = path.is_file() && archive::Kind::of(path).is_some();
    if is_archive || path.join(BAGIT).is_file() { open(path).map(Some) } else { Ok(None) }
}

/// Compares two bundles, each with the name it was given.
pub fn bundles((a, a_name): (&Opened, &str), (b, b_name): (&Opened, &str)) -> Outcome<Comparison> {
    let bag = |opened: &Opened, name: &str| {
        Bag::open(opened.root()).map(|(bag, _)| bag).map_err(BundleTrouble::of(Path::new(name)))
    };
    Comparison::of(&bag(a, a_name)?, &bag(b, b_name)?).map_err(BundleTrouble::of(Path::new(b_name)))
}
