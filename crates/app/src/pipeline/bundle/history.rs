//! Heads of the log that were published: kept in the folder, so that the next one shows that the log only grew.

use std::path::PathBuf;

use tallyproof_analysis::results::Analysis;
use tallyproof_core::facts::Facts;
use tallyproof_evidence::checkpoint::{Checkpoint, SignedCheckpoint};
use tallyproof_evidence::published::changes;
use tallyproof_evidence::ssh::Signer;
use tallyproof_evidence::tree::Tree;
use tallyproof_evidence::verify::EarlierHead;

use crate::pipeline::load;
use crate::pipeline::packs::read_limited;
use crate::store::Store;
use crate::trouble::{BundleTrouble, Outcome, Trouble};

/// Longest checkpoint, bytes.
const MAX_BYTES: u64 = 64 << 10;

/// The log's head, signed. Signatures under the same head published before stay: witnesses may have cosigned it.
/// Fails when the journal does not extend a head that was published.
pub(super) fn sign(
    store: &Store,
    head: Checkpoint,
    tree: &Tree,
    signers: &mut [Box<dyn Signer>],
) -> Outcome<(SignedCheckpoint, Vec<EarlierHead>)> {
    let (mut earlier, mut same) = (Vec::new(), None);
    for (path, signed) in kept(store)? {
        let was = &signed.checkpoint;
        let extends = was.origin() == head.origin() && tree.root_at(was.size) == Some(was.root);
        if !extends {
            return Err(BundleTrouble::HistoryRewritten(path).into());
        }
        if was.size == head.size {
            same = Some(signed);
        } else {
            let consistency = tree.consistency(was.size, head.size).unwrap_or_default();
            earlier.push(EarlierHead { signed, consistency });
        }
    }
    let mut signers = signers.iter_mut();
    let mut signed = match (same, signers.next()) {
        (Some(mut signed), Some(first)) => {
            signed.add_log_signature(first.as_mut()).map_err(BundleTrouble::unsigned())?;
            signed
        }
        (None, Some(first)) => {
            SignedCheckpoint::sign(head, first.as_mut()).map_err(BundleTrouble::unsigned())?
        }
        (_, None) => return Err(BundleTrouble::NoSigner.into()),
    };
    for signer in signers {
        signed.add_log_signature(signer.as_mut()).map_err(BundleTrouble::unsigned())?;
    }
    Ok((signed, earlier))
}

/// Keeps a head that was published.
pub(super) fn keep(store: &Store, head: &SignedCheckpoint) -> Outcome<()> {
    let path = store.published_dir().join(format!("{:012}.checkpoint", head.checkpoint.size));
    store.replace(&path, |out| out.write_all(head.to_text().as_bytes()))
}

/// The last head that was published, where it covers all that follows from these facts now.
pub fn current(store: &Store, facts: &Facts, analysis: &Analysis<'_>) -> Outcome<Option<Checkpoint>> {
    let Some((_, last)) = kept(store)?.pop() else { return Ok(None) };
    let due = changes(facts, &analysis.sheets, &load::ledger(store)?).next().is_some();
    Ok((!due).then_some(last.checkpoint))
}

/// Heads published before, the smallest first.
fn kept(store: &Store) -> Outcome<Vec<(PathBuf, SignedCheckpoint)>> {
    let dir = store.published_dir();
    let Ok(entries) = std::fs::read_dir(&dir) else { return Ok(Vec::new()) };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|end| end == "checkpoint"));
    paths.sort();
    let read = |path: PathBuf| {
        let bytes = read_limited(&path, MAX_BYTES)?.unwrap_or_default();
        let signed = SignedCheckpoint::parse(&String::from_utf8_lossy(&bytes));
        let signed = signed.map_err(|_| Trouble::from(BundleTrouble::HistoryRewritten(path.clone())))?;
        Ok((path, signed))
    };
    paths.into_iter().map(read).collect()
}
