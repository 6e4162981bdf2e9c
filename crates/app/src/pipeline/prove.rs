//! The proof of one table, out of a bundle.

use std::path::Path;

use tallyproof_evidence::bag::{Bag, archive};
use tallyproof_evidence::checkpoint::Checkpoint;
use tallyproof_evidence::verify::table_proof;

use crate::trouble::{BundleTrouble, Outcome, Trouble};

/// Writes the proof of a table's last publication into `out`; gives the head it leads to. Fails when the bundle's
/// journal does not lead to its checkpoint, or never published the table.
pub fn prove(bundle: &Path, table: &str, out: &Path) -> Outcome<Checkpoint> {
    let failed = || BundleTrouble::of(bundle);
    let unpacked = match archive::Kind::of(bundle) {
        Some(kind) if bundle.is_file() => {
            Some(archive::unpack(bundle, kind, &std::env::temp_dir()).map_err(failed())?)
        }
        _ => None,
    };
    let root = unpacked.as_ref().map_or(bundle, archive::Unpacked::root);
    let (bag, _) = Bag::open(root).map_err(failed())?;
    let proof = table_proof(&bag, table).map_err(failed())?;
    let proof = proof.ok_or_else(|| BundleTrouble::NoSuchTable(table.to_owned()))?;
    std::fs::write(out, proof.to_text()).map_err(Trouble::io(out))?;
    Ok(proof.checkpoint.checkpoint)
}
