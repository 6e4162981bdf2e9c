//! The log: its head, its earlier heads, and the place of every published table in it.

use std::io::{BufRead, Read};

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};
use tallyproof_core::canonical::canonical_json;

use super::journal::{Journal, each_event};
use super::{Step, Verification};
use crate::bag::Bag;
use crate::checkpoint::{Checkpoint, SignedCheckpoint};
use crate::error::EvidenceError;
use crate::fault::Fault;
use crate::layout::{CHECKPOINT, CHECKPOINTS, PROOFS};
use crate::proof::{Inclusion, LARGEST, TABLE_PUBLISHED, TableProof, check_line};
use crate::tree::{Hash, Tree, check_consistency};

/// Longest checkpoint, bytes: that of [`SignedCheckpoint::parse`].
const MAX_CHECKPOINT_BYTES: u64 = 64 << 10;

/// Most earlier heads in a bundle.
const MAX_CHECKPOINTS: usize = 10_000;

/// An earlier head, and what leads from its tree to the present one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EarlierHead {
    /// The head, as it was signed.
    pub signed: SignedCheckpoint,
    /// Proof of consistency (RFC 6962, section 2.1.2).
    pub consistency: Vec<Hash>,
}

impl EarlierHead {
    /// The line in `checkpoints.jsonl`, without its end: canonical JSON.
    pub fn line(&self) -> Vec<u8> {
        let hashes: Vec<String> = self.consistency.iter().map(|hash| BASE64.encode(hash)).collect();
        // Strings only.
        canonical_json(&json!({"checkpoint": self.signed.to_text(), "consistency": hashes}))
            .unwrap_or_default()
    }

    fn parse(line: &[u8]) -> Option<Self> {
        let value: Value = serde_json::from_slice(line).ok()?;
        let signed = SignedCheckpoint::parse(value.get("checkpoint")?.as_str()?).ok()?;
        let hash = |text: &Value| BASE64.decode(text.as_str()?).ok()?.try_into().ok();
        let consistency = value.get("consistency")?.as_array()?.iter().map(hash).collect::<Option<_>>()?;
        let head = Self { signed, consistency };
        (head.line() == line).then_some(head)
    }
}

/// Verifies the head: it is that of the journal. `None` when there is none.
pub(super) fn head(bag: &Bag, journal: &Journal, found: &mut Verification) -> Option<SignedCheckpoint> {
    let text = match bag.read(CHECKPOINT, MAX_CHECKPOINT_BYTES) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(error) => {
            found.error(Step::Checkpoint, CHECKPOINT, &error);
            return None;
        }
    };
    match SignedCheckpoint::parse(&text) {
        Ok(signed) => {
            let head = &signed.checkpoint;
            if head.origin() != journal.origin {
                found.fault(Step::Checkpoint, "other-origin", CHECKPOINT, Vec::new());
            }
            if (head.size, head.root) != (journal.tree.n_leaves(), journal.tree.root()) {
                let args =
                    vec![("size", head.size.to_string()), ("events", journal.tree.n_leaves().to_string())];
                found.fault(Step::Checkpoint, "other-root", CHECKPOINT, args);
            }
            Some(signed)
        }
        Err(fault) => {
            found.fault(Step::Checkpoint, "bad-checkpoint", CHECKPOINT, vec![("detail", fault.to_string())]);
            None
        }
    }
}

/// Verifies that the log only grew: from every earlier head in the bundle, and from the one the asker knows.
/// Gives the earlier heads.
pub(super) fn history(
    bag: &Bag,
    journal: &Journal,
    head: &Checkpoint,
    since: Option<&Checkpoint>,
    found: &mut Verification,
) -> Vec<EarlierHead> {
    if let Some(since) = since
        && let Some(code) = contradiction(journal, since)
    {
        let args = vec![("size", since.size.to_string()), ("now", head.size.to_string())];
        found.fault(Step::History, code, CHECKPOINT, args);
    }
    let mut earlier = Vec::new();
    let read = each_line(bag, CHECKPOINTS, MAX_CHECKPOINT_BYTES * 2, MAX_CHECKPOINTS, &mut |n, line| {
        let args = || vec![("line", n.to_string())];
        let Some(old) = EarlierHead::parse(line) else {
            found.fault(Step::History, "bad-line", CHECKPOINTS, args());
            return;
        };
        let was = &old.signed.checkpoint;
        let grown = check_consistency(was.size, &was.root, head.size, &head.root, &old.consistency);
        if contradiction(journal, was).is_some() || grown.is_err() {
            found.fault(Step::History, "history-rewritten", CHECKPOINTS, args());
        }
        let later = earlier.last().is_none_or(|last: &EarlierHead| last.signed.checkpoint.size < was.size);
        if !later || was.size >= head.size {
            found.fault(Step::History, "bad-order", CHECKPOINTS, args());
        }
        earlier.push(old);
    });
    if let Err(error) = read {
        found.error(Step::History, CHECKPOINTS, &error);
    }
    found.end(Step::History, earlier.len() as u64 + u64::from(since.is_some()));
    earlier
}

/// Why the journal's tree does not extend the one that `old` is the head of.
fn contradiction(journal: &Journal, old: &Checkpoint) -> Option<&'static str> {
    match journal.tree.root_at(old.size) {
        _ if old.origin() != journal.origin => Some("other-origin"),
        None => Some("older-than-known"),
        Some(root) if root != old.root => Some("history-rewritten"),
        Some(_) => None,
    }
}

/// Verifies the proof of every published table, where the bundle has them: each of the table's last event.
pub(super) fn proofs(bag: &Bag, journal: &Journal, head: &Checkpoint, found: &mut Verification) {
    let tables = &journal.ledger.tables;
    let (mut n, mut last_seq) = (0, 0);
    let read = each_line(bag, PROOFS, LARGEST as u64, tables.len(), &mut |line_no, line| {
        n += 1;
        let checked = check_line(line, head).and_then(|event| {
            let table = event.body.get("table").and_then(Value::as_str).unwrap_or_default();
            let last = tables.get(table).map(|last| last.index);
            // In the journal's order, so that no table is there twice in the place of another.
            let follows = event.seq > std::mem::replace(&mut last_seq, event.seq);
            if follows && last == event.seq.checked_sub(1) { Ok(()) } else { Err(Fault::NotTheTable) }
        });
        if let Err(fault) = checked {
            let args = vec![("line", line_no.to_string()), ("detail", fault.to_string())];
            found.fault(Step::Proofs, "bad-proof", PROOFS, args);
        }
    });
    match read {
        Ok(true) if n != tables.len() => {
            let args = vec![("n", n.to_string()), ("tables", tables.len().to_string())];
            found.fault(Step::Proofs, "proofs-missing", PROOFS, args);
        }
        Ok(_) => {}
        Err(error) => found.error(Step::Proofs, PROOFS, &error),
    }
    found.end(Step::Proofs, n as u64);
}

/// Gives every line of a file and its number, from 1, to `take`, without its end; whether there is such a file.
/// Fails at a line of more than `longest` bytes or without an end, and at more lines than `most`.
pub(super) fn each_line(
    bag: &Bag,
    path: &str,
    longest: u64,
    most: usize,
    take: &mut dyn FnMut(usize, &[u8]),
) -> Result<bool, EvidenceError> {
    if !bag.has(path) {
        return Ok(false);
    }
    let mut file = bag.open_file(path)?;
    let mut line = Vec::new();
    for n in 1.. {
        line.clear();
        let read = (&mut file).take(longest + 1).read_until(b'\n', &mut line);
        if read.map_err(EvidenceError::io(path))? == 0 {
            break;
        }
        if line.pop() != Some(b'\n') || n > most {
            let error = std::io::Error::new(std::io::ErrorKind::InvalidData, format!("line {n}"));
            return Err(EvidenceError::Io { file: path.to_owned(), error });
        }
        take(n, &line);
    }
    Ok(true)
}

/// The proof of a table's last publication; `None` when it was never published. Fails when the journal cannot be
/// followed, or does not lead to the checkpoint.
pub fn table_proof(bag: &Bag, table: &str) -> Result<Option<TableProof>, EvidenceError> {
    let unusable = |what: &str| EvidenceError::Io {
        file: CHECKPOINT.to_owned(),
        error: std::io::Error::new(std::io::ErrorKind::InvalidData, what.to_owned()),
    };
    let text = bag.read(CHECKPOINT, MAX_CHECKPOINT_BYTES)?;
    let signed =
        SignedCheckpoint::parse(&String::from_utf8_lossy(&text)).map_err(|f| unusable(&f.to_string()))?;
    let (mut tree, mut last) = (Tree::default(), None);
    each_event(bag, &mut |event, bytes, _, leaf| {
        let names = event.body.get("table").and_then(Value::as_str) == Some(table);
        if event.kind == TABLE_PUBLISHED && names {
            last = Some((tree.n_leaves(), bytes.to_vec()));
        }
        tree.push_hash(leaf);
    })?;
    if (signed.checkpoint.size, signed.checkpoint.root) != (tree.n_leaves(), tree.root()) {
        return Err(unusable("not the journal's"));
    }
    let inclusion = last.and_then(|(index, bytes)| Inclusion::of(&tree, tree.n_leaves(), index, &bytes));
    Ok(inclusion.map(|inclusion| TableProof { inclusion, checkpoint: signed }))
}
