//! The folder's state now as tables and exports, for whoever needs the numbers today: no bundle, nothing signed.

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::Path;

use tallyproof_analysis::results::analyse_with;
use tallyproof_evidence::derived::{self, RESULTS};

use super::{Written, issue, write, written};
use crate::pipeline::packs::LoadedPack;
use crate::pipeline::{load, publish};
use crate::store::Store;
use crate::trouble::{Outcome, Trouble};
use crate::words::Words;

/// Writes `results.json`, every table and every export of the state now into `dir`, which is replaced as a whole when
/// all was written and read back. Gives what was written, and the number of the event up to which it speaks.
pub fn current(
    store: &Store,
    loaded: &LoadedPack,
    dir: &Path,
    words: &Words,
) -> Outcome<(Vec<Written>, u64)> {
    let (ledger, at_event) = load::ledger_at(store)?;
    let (facts, audits) = load::of_ledger(store, &ledger, loaded.clone())?;
    let analysis = analyse_with(&facts, &audits);
    let published = derived::published(&facts, &analysis, &audits, &ledger);
    let mut part = dir.as_os_str().to_owned();
    part.push(".part");
    let part = Path::new(&part);
    for place in [part, dir] {
        if place.exists() {
            fs::remove_dir_all(place).map_err(Trouble::io(place))?;
        }
    }
    fs::create_dir_all(part).map_err(Trouble::io(part))?;
    let results = part.join(RESULTS);
    let file = File::create(&results).map_err(Trouble::io(&results))?;
    let mut out = BufWriter::with_capacity(1 << 16, file);
    derived::write(RESULTS, &published, &mut out).and_then(|_| out.flush()).map_err(Trouble::io(&results))?;
    drop(out);
    let boundaries = publish::boundaries(store)?;
    let mut all = vec![written(part, RESULTS)?];
    all.extend(write(part, &published, &issue(&published, words), boundaries.as_deref(), words)?);
    fs::rename(part, dir).map_err(Trouble::io(dir))?;
    Ok((all, at_event))
}
