//! The proof of one table, out of a bundle.

use std::path::Path;

use tallyproof_evidence::bag::Bag;
use tallyproof_evidence::checkpoint::Checkpoint;
use tallyproof_evidence::verify::table_proof;

use super::bundle::open;
use crate::trouble::{BundleTrouble, Outcome, Trouble};

/// Writes the proof of a table's last publication into `out`; gives the head it leads to. Fails when the bundle's
/// journal does not lead to its checkpoint, or never published the table.
pub fn prove(bundle: &Path, table: &str, out: &Path) -> Outcome<Checkpoint> {
    let opened = open(bundle)?;
    // By the name it was given: an archive is unpacked where nobody looks.
    let failed = || BundleTrouble::of(bundle);
    let (bag, _) = Bag::open(opened.root()).map_err(failed())?;
    let proof = table_proof(&bag, table).map_err(failed())?;
    let proof = proof.ok_or_else(|| BundleTrouble::NoSuchTable(table.to_owned()))?;
    std::fs::write(out, proof.to_text()).map_err(Trouble::io(out))?;
    Ok(proof.checkpoint.checkpoint)
}
