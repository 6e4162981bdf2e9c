//! The journal of a bundle: one event a line, each a link of an unbroken chain and a leaf of the log's tree.

use std::io::{BufRead, Read};
use std::path::Path;

use rayon::prelude::*;
use tallyproof_core::journal::{ChainCheck, ChainFault, Event, sha256_hex};

use super::{Step, Verification};
use crate::bag::Bag;
use crate::error::EvidenceError;
use crate::layout::{self, JOURNAL};
use crate::ledger::Ledger;
use crate::tree::{Hash, Tree, leaf_hash};

/// Longest event, bytes. The longest ones list the pairs of pictures compared: 16 MiB are 60,000 pairs.
const MAX_EVENT_BYTES: u64 = 16 << 20;

/// Longest event of any other kind, bytes: a tree of values takes up to a hundred times the memory of its text.
const MAX_OTHER_BYTES: usize = 1 << 20;

/// What the end of an event that compares pictures holds. After the body, an event is a few hundred bytes.
const COMPARES: &[u8] = b"\"kind\":\"pictures.compared\"";
const END_BYTES: usize = 400;

/// Events parsed at once: enough for all cores, little memory.
const BATCH: usize = 512;

/// What a sound journal comes to.
pub(super) struct Journal {
    pub(super) ledger: Ledger,
    pub(super) tree: Tree,
    /// The log's name.
    pub(super) origin: String,
}

/// Verifies the chain and gives what its events add up to; `None` when the chain does not hold.
pub(super) fn verify(bag: &Bag, found: &mut Verification) -> Option<Journal> {
    let mut journal = Journal { ledger: Ledger::default(), tree: Tree::default(), origin: String::new() };
    let read = each_event(bag, &mut |event, _, sha256, leaf| {
        if journal.tree.n_leaves() == 0 {
            journal.origin = layout::origin(sha256);
        }
        journal.ledger.take(event);
        journal.tree.push_hash(leaf);
    });
    match &read {
        Ok(check) if check.n_events() > 0 => {}
        Ok(_) => found.fault(Step::Journal, "journal-empty", JOURNAL, Vec::new()),
        Err(EvidenceError::Chain { seq, fault }) => {
            let args = vec![("seq", seq.to_string()), ("detail", fault.to_string())];
            found.fault(Step::Journal, "journal-chain", JOURNAL, args);
        }
        Err(error) => found.error(Step::Journal, JOURNAL, error),
    }
    found.end(Step::Journal, journal.tree.n_leaves());
    let sound = read.is_ok_and(|check| check.n_events() > 0);
    sound.then_some(journal)
}

/// Takes an event, its bytes, their hex hash and its leaf hash.
pub(crate) type TakeEvent<'t> = dyn FnMut(&Event, &[u8], &str, Hash) + 't;

/// Gives every event, its bytes, their hex hash and the leaf hash to `take`, in order; gives where the chain ends.
/// Fails with the first event that is no link of the chain.
pub(crate) fn each_event(bag: &Bag, take: &mut TakeEvent<'_>) -> Result<ChainCheck, EvidenceError> {
    let mut file = bag.open_file(JOURNAL)?;
    let mut check = ChainCheck::default();
    loop {
        let lines = lines(&mut file, check.next_seq())?;
        if lines.is_empty() {
            return Ok(check);
        }
        // Parsing and hashing cost most, and every event can be parsed by itself.
        let parsed: Vec<(Result<Event, ChainFault>, String, Hash)> =
            lines.par_iter().map(|line| (Event::parse(line), sha256_hex(line), leaf_hash(line))).collect();
        for ((event, sha256, leaf), line) in parsed.into_iter().zip(&lines) {
            let seq = check.next_seq();
            let chain = |fault| EvidenceError::Chain { seq, fault };
            let event = event.map_err(chain)?;
            take(&event, line, &sha256, leaf);
            check.link(&event, sha256).map_err(chain)?;
        }
    }
}

/// The next lines, without their ends; each must have one.
fn lines(file: &mut impl BufRead, seq: u64) -> Result<Vec<Vec<u8>>, EvidenceError> {
    let (mut lines, mut n_bytes) = (Vec::new(), 0);
    while lines.len() < BATCH && n_bytes < MAX_EVENT_BYTES {
        let mut line = Vec::new();
        let n = file.take(MAX_EVENT_BYTES + 1).read_until(b'\n', &mut line);
        if n.map_err(EvidenceError::io(JOURNAL))? == 0 {
            break;
        }
        if line.pop() != Some(b'\n') {
            let seq = seq + lines.len() as u64;
            return Err(EvidenceError::Chain { seq, fault: ChainFault::NotAnEvent });
        }
        let end = &line[line.len().saturating_sub(END_BYTES)..];
        if line.len() > MAX_OTHER_BYTES && !end.windows(COMPARES.len()).any(|part| part == COMPARES) {
            let seq = seq + lines.len() as u64;
            return Err(EvidenceError::Chain { seq, fault: ChainFault::TooLong });
        }
        n_bytes += line.len() as u64;
        lines.push(line);
    }
    Ok(lines)
}

/// Opens the bundle in the folder `root`, which was verified: its files, and what its journal adds up to. Fails when
/// the journal cannot be followed.
pub fn opened(root: &Path) -> Result<(Bag, Ledger), EvidenceError> {
    let (mut bag, _) = Bag::open(root)?;
    let mut ledger = Ledger::default();
    each_event(&bag, &mut |event, _, _, _| ledger.take(event))?;
    if let Some(pack) = &ledger.pack {
        bag.know_election(&pack.files);
    }
    Ok((bag, ledger))
}

/// Whether these are the bytes of the bundle's event with this number. Fails when the journal cannot be followed.
pub fn has_event(bag: &Bag, seq: u64, bytes: &[u8]) -> Result<bool, EvidenceError> {
    let mut found = false;
    each_event(bag, &mut |event, its_bytes, _, _| found |= event.seq == seq && its_bytes == bytes)?;
    Ok(found)
}
