//! The journal of a bundle: one event a line, each a link of an unbroken chain.

use std::io::{BufRead, Read};

use rayon::prelude::*;
use tallyproof_core::journal::{ChainCheck, ChainFault, Event, sha256_hex};

use super::{Step, Verification};
use crate::bag::Bag;
use crate::error::EvidenceError;
use crate::ledger::Ledger;

/// Where the journal lies.
pub const JOURNAL: &str = "data/journal.jsonl";

/// Longest event, bytes. The longest ones list the pairs of pictures compared: 16 MiB are 60,000 pairs.
pub const MAX_EVENT_BYTES: u64 = 16 << 20;

/// Events parsed at once: enough for all cores, little memory.
const BATCH: usize = 512;

/// Verifies the chain and gives what its events add up to; `None` when the chain does not hold.
pub(super) fn verify(bag: &Bag, found: &mut Verification) -> Option<Ledger> {
    let mut ledger = Ledger::default();
    let read = each_event(bag, &mut |event, _| ledger.take(event));
    match &read {
        Ok(check) if check.n_events() > 0 => {}
        Ok(_) => found.fault(Step::Journal, "journal-empty", JOURNAL, Vec::new()),
        Err(EvidenceError::Chain { seq, fault }) => {
            let args = vec![("seq", seq.to_string()), ("detail", fault.to_string())];
            found.fault(Step::Journal, "journal-chain", JOURNAL, args);
        }
        Err(error) => {
            found.fault(Step::Journal, "unreadable", JOURNAL, vec![("detail", error.to_string())]);
        }
    }
    let check = read.ok().filter(|check| check.n_events() > 0);
    found.end(Step::Journal, check.as_ref().map_or(0, ChainCheck::n_events));
    check.map(|_| ledger)
}

/// Gives every event and its bytes to `take`, in order. Fails with the first that is no link of the chain.
pub(crate) fn each_event(
    bag: &Bag,
    take: &mut dyn FnMut(&Event, &[u8]),
) -> Result<ChainCheck, EvidenceError> {
    let mut file = bag.open_file(JOURNAL)?;
    let mut check = ChainCheck::default();
    loop {
        let lines = lines(&mut file, check.next_seq())?;
        if lines.is_empty() {
            return Ok(check);
        }
        // Parsing and hashing cost most, and every event can be parsed by itself.
        let parsed: Vec<(Result<Event, ChainFault>, String)> =
            lines.par_iter().map(|line| (Event::parse(line), sha256_hex(line))).collect();
        for ((event, sha256), line) in parsed.into_iter().zip(&lines) {
            let seq = check.next_seq();
            let chain = |fault| EvidenceError::Chain { seq, fault };
            let event = event.map_err(chain)?;
            check.link(&event, sha256).map_err(chain)?;
            take(&event, line);
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
        n_bytes += line.len() as u64;
        lines.push(line);
    }
    Ok(lines)
}
