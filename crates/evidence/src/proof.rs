//! Proofs that a table was published: C2SP tlog-proof files, and one line per table for a whole bundle.
//!
//! A proof shows that the event which publishes the table's figures is in the log of a signed checkpoint. It
//! does not show that this is the table's latest event, nor that the figures are in the total: `verify` shows
//! that.

use std::io::{self, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};
use tallyproof_core::canonical::canonical_json;
use tallyproof_core::journal::Event;

use crate::checkpoint::{Checkpoint, SignedCheckpoint, VerifierKey, decimal, hash_of};
use crate::fault::Fault;
use crate::tree::{Hash, Tree, check_inclusion, leaf_hash};

/// The script that checks a proof file with Python's standard library and OpenSSL, for the bundle.
pub const CHECK_PROOF_PY: &str = include_str!("check_proof.py");

/// First line of a proof file.
const HEADER: &str = "c2sp.org/tlog-proof@v1";
/// Kind of the events that publish a table.
pub const TABLE_PUBLISHED: &str = "table.published";
/// Most bytes in a proof file or line: an event of a table with ten thousand images.
pub const LARGEST: usize = 1024 * 1024;
/// Most hashes in a path: a tree has at most 2^64 leaves.
const MOST_HASHES: usize = 64;

/// Where a leaf is: what leads from it to the root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inclusion {
    /// Place of the leaf, from 0: one less than the event's number.
    pub index: u64,
    /// From the leaf's sibling to the root's child.
    pub hashes: Vec<Hash>,
    /// The leaf: an event's canonical bytes.
    pub event: Vec<u8>,
}

impl Inclusion {
    /// Takes the proof of a leaf out of a tree of `size` leaves; `None` where there is no such leaf.
    pub fn of(tree: &Tree, size: u64, index: u64, event: &[u8]) -> Option<Self> {
        Some(Self { index, hashes: tree.inclusion(index, size)?, event: event.to_vec() })
    }

    /// Checks that the leaf is in the checkpoint's tree and publishes a table; gives the event and the
    /// table's id.
    pub fn check(&self, checkpoint: &Checkpoint) -> Result<(Event, String), Fault> {
        let leaf = leaf_hash(&self.event);
        check_inclusion(&leaf, self.index, checkpoint.size, &self.hashes, &checkpoint.root)?;
        let event = Event::parse(&self.event).map_err(|_| Fault::NotTheTable)?;
        let table = event.body.get("table").and_then(Value::as_str).map(str::to_owned);
        match table {
            Some(table) if event.kind == TABLE_PUBLISHED && event.seq.checked_sub(1) == Some(self.index) => {
                Ok((event, table))
            }
            _ => Err(Fault::NotTheTable),
        }
    }
}

/// A proof file: the event of one table, its place in the log, and the signed checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableProof {
    /// The event and its place.
    pub inclusion: Inclusion,
    /// The log's head.
    pub checkpoint: SignedCheckpoint,
}

impl TableProof {
    /// The file. The event is in the `extra` line, which the format leaves to us and which is authenticated
    /// here by being the leaf.
    pub fn to_text(&self) -> String {
        let Inclusion { index, hashes, event } = &self.inclusion;
        let mut text = format!("{HEADER}\nextra {}\nindex {index}\n", BASE64.encode(event));
        hashes.iter().for_each(|hash| text += &format!("{}\n", BASE64.encode(hash)));
        text + "\n" + &self.checkpoint.to_text()
    }

    /// Reads a file. Checks neither place nor signature. Fails at the first line that is not exactly as
    /// [`TableProof::to_text`] writes it.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        if text.len() > LARGEST {
            return Err(Fault::TooLarge { most: LARGEST });
        }
        let bad = |line: usize| Fault::BadProof { line };
        let (head, checkpoint) = text.split_once("\n\n").ok_or_else(|| bad(1))?;
        let lines: Vec<&str> = head.split('\n').collect();
        if lines[0] != HEADER {
            return Err(bad(1));
        }
        let extra = lines.get(1).and_then(|line| line.strip_prefix("extra "));
        let event = extra.and_then(|extra| BASE64.decode(extra).ok()).ok_or_else(|| bad(2))?;
        let index = lines.get(2).and_then(|line| line.strip_prefix("index "));
        let index = index.and_then(decimal).ok_or_else(|| bad(3))?;
        if lines.len() > 3 + MOST_HASHES {
            return Err(bad(4 + MOST_HASHES));
        }
        let hashes = lines[3..].iter().enumerate();
        let hashes =
            hashes.map(|(i, line)| hash_of(line).ok_or_else(|| bad(4 + i))).collect::<Result<_, _>>()?;
        let n_head = lines.len();
        let checkpoint = SignedCheckpoint::parse(checkpoint).map_err(|fault| match fault {
            Fault::BadCheckpoint { line } => bad(n_head + 1 + line),
            other => other,
        })?;
        Ok(Self { inclusion: Inclusion { index, hashes, event }, checkpoint })
    }

    /// Checks the log's signature and the leaf's place; gives the event and the table's id.
    ///
    /// What it shows: that whoever holds the key published the table with these figures in this checkpoint.
    /// What it does not: that nothing was published later, or that the figures are in the total.
    pub fn check(&self, key: &VerifierKey) -> Result<(Event, String), Fault> {
        if self.checkpoint.checkpoint.origin() != key.name() {
            return Err(Fault::OtherOrigin { found: self.checkpoint.checkpoint.origin().to_owned() });
        }
        self.checkpoint.check(key)?;
        self.inclusion.check(&self.checkpoint.checkpoint)
    }
}

/// Writes one line of `proofs.jsonl`: `{"event","hashes","index","table"}`, hashes in base64, as canonical
/// JSON.
///
/// Fails when the event is not text, or the line cannot be written.
pub fn write_line(out: &mut impl Write, table: &str, inclusion: &Inclusion) -> io::Result<()> {
    let bytes = line_of(table, inclusion).ok_or(io::ErrorKind::InvalidData)?;
    out.write_all(&bytes)?;
    out.write_all(b"\n")
}

fn line_of(table: &str, inclusion: &Inclusion) -> Option<Vec<u8>> {
    let event = std::str::from_utf8(&inclusion.event).ok()?;
    let hashes: Vec<String> = inclusion.hashes.iter().map(|hash| BASE64.encode(hash)).collect();
    let line = json!({"table": table, "index": inclusion.index, "hashes": hashes, "event": event});
    canonical_json(&line).ok()
}

/// Reads one line of `proofs.jsonl`, without its end: the table's id and its proof. Checks nothing but the
/// form.
pub fn parse_line(line: &[u8]) -> Result<(String, Inclusion), Fault> {
    if line.len() > LARGEST {
        return Err(Fault::TooLarge { most: LARGEST });
    }
    let bad = || Fault::BadProof { line: 1 };
    let value: Value = serde_json::from_slice(line).map_err(|_| bad())?;
    let text = |key: &str| value.get(key).and_then(Value::as_str);
    let (Some(table), Some(event)) = (text("table"), text("event")) else { return Err(bad()) };
    let index = value.get("index").and_then(Value::as_u64).ok_or_else(bad)?;
    let hashes = value.get("hashes").and_then(Value::as_array).filter(|hashes| hashes.len() <= MOST_HASHES);
    let hashes = hashes.ok_or_else(bad)?.iter().map(|hash| hash.as_str().and_then(hash_of));
    let hashes = hashes.collect::<Option<_>>().ok_or_else(bad)?;
    let inclusion = Inclusion { index, hashes, event: event.as_bytes().to_vec() };
    // One form only: else members could be added, and hashes written in two ways.
    if line_of(table, &inclusion).as_deref() == Some(line) {
        Ok((table.to_owned(), inclusion))
    } else {
        Err(bad())
    }
}

/// Checks one line of `proofs.jsonl`, without its end, against the bundle's checkpoint; gives the event.
pub fn check_line(line: &[u8], checkpoint: &Checkpoint) -> Result<Event, Fault> {
    let (table, inclusion) = parse_line(line)?;
    let (event, published) = inclusion.check(checkpoint)?;
    if published == table { Ok(event) } else { Err(Fault::NotTheTable) }
}
