//! Verification: everything a bundle claims, derived again from what is in it.
//!
//! The steps go from bytes to meaning, and every one that still makes sense is taken. A discrepancy is a value that
//! names the file and what is wrong with it; only what keeps a bundle from being looked at at all is an error.

mod images;
mod journal;
mod log;
mod results;
mod signatures;

use std::path::Path;

pub(crate) use journal::each_event;
pub use journal::{has_event, opened};
pub use log::{EarlierHead, table_proof};

use crate::bag::{self, Bag};
use crate::checkpoint::{Checkpoint, SignedCheckpoint};
use crate::error::EvidenceError;
use crate::witness::Witnesses;

/// What is verified, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// Every byte is the listed one, nothing is missing, nothing was added.
    Files,
    /// The journal's events are one chain.
    Journal,
    /// The log's signed head is that of the journal.
    Checkpoint,
    /// The log only grew since its earlier heads, and since the one the asker knows.
    History,
    /// Signatures verify, and are by whom the asker expects.
    Signatures,
    /// Every proof of a published table leads to the log's head.
    Proofs,
    /// Every original is accounted for, and every published image is listed.
    Images,
    /// What the journal and the kept files say can be derived.
    Facts,
    /// What was published of every table is what follows from the facts.
    Tables,
    /// Every derived file is what follows from the facts, byte for byte.
    Results,
    /// Every figure of the reports is that of the results.
    Report,
    /// How often the intervals held is what comes out again.
    Calibration,
}

impl Step {
    /// Every step, in order.
    pub const ALL: [Step; 12] = [
        Step::Files,
        Step::Journal,
        Step::Checkpoint,
        Step::History,
        Step::Signatures,
        Step::Proofs,
        Step::Images,
        Step::Facts,
        Step::Tables,
        Step::Results,
        Step::Report,
        Step::Calibration,
    ];

    /// Stable code; each has words in both languages.
    pub fn code(self) -> &'static str {
        match self {
            Step::Files => "files",
            Step::Journal => "journal",
            Step::Checkpoint => "checkpoint",
            Step::History => "history",
            Step::Signatures => "signatures",
            Step::Proofs => "proofs",
            Step::Images => "images",
            Step::Facts => "facts",
            Step::Tables => "tables",
            Step::Results => "results",
            Step::Report => "report",
            Step::Calibration => "calibration",
        }
    }
}

/// Codes of everything that can be wrong beside the faults of a bag; each has words in both languages.
pub const CODES: &[&str] = &[
    "bad-checkpoint",
    "cosigned-another",
    "bad-line",
    "bad-order",
    "bad-pack",
    "bad-proof",
    "bad-signature",
    "bad-statement",
    "calibration-differs",
    "checkpoint-not-signed",
    "earlier-not-signed",
    "figure-differs",
    "history-rewritten",
    "image-differs",
    "image-not-listed",
    "impossible-event",
    "journal-chain",
    "journal-empty",
    "newest-unclear",
    "no-figures",
    "no-such-original",
    "not-signed",
    "older-than-known",
    "original-left-out",
    "other-origin",
    "other-root",
    "proofs-missing",
    "result-differs",
    "rows-changed",
    "signed-twice",
    "signer-not-pinned",
    "table-differs",
    "too-few-witnesses",
];

/// Something that is not as the bundle claims.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Discrepancy {
    /// In which step.
    pub step: Step,
    /// What; a stable code.
    pub code: &'static str,
    /// The file, by its path in the bundle.
    pub file: String,
    /// More, by name.
    pub args: Vec<(&'static str, String)>,
}

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// All was as claimed; how many things were looked at.
    Sound(u64),
    /// Something was not.
    Broken,
    /// It was not taken: an earlier step left nothing to take it on, or it was not asked for.
    NotTaken,
}

/// What the asker knows beside the bundle.
#[derive(Clone, Debug)]
pub struct Request {
    /// Fingerprints (`SHA256:…`) of the keys the signer is expected to have one of.
    pub pinned: Vec<String>,
    /// An earlier head of the log, which it must extend.
    pub since: Option<Checkpoint>,
    /// Who must have seen the head.
    pub witnesses: Option<Witnesses>,
    /// The head with cosignatures that came after the bundle was sealed.
    pub cosigned: Option<SignedCheckpoint>,
    /// Whether to measure again how often the intervals held: it costs more than all the rest.
    pub calibration: bool,
}

/// Somebody who signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signer {
    /// Fingerprint of the key, `SHA256:…`.
    pub fingerprint: String,
    /// Whether the asker named the key, or one that it speaks for.
    pub known: bool,
}

/// Most discrepancies told of one step.
const MOST_TOLD: usize = 1_000;

/// What verification found.
#[derive(Clone, Debug, Default)]
pub struct Verification {
    /// How every step ended, in order.
    pub steps: Vec<(Step, Ending)>,
    /// What is wrong, in order of the steps; at most a thousand of each.
    pub discrepancies: Vec<Discrepancy>,
    /// Who signed.
    pub signers: Vec<Signer>,
    /// The log's head.
    pub head: Option<Checkpoint>,
    /// Witnesses of the policy that cosigned it.
    pub n_witnesses: u64,
    /// Files that were hashed and not derived again.
    pub not_recomputed: Vec<String>,
    /// Bytes hashed.
    pub n_bytes: u64,
    /// Originals that were read.
    pub n_readings: u64,
    /// Published images.
    pub n_images: u64,
    /// Originals whose whole picture is published.
    pub n_stripped: u64,
    /// Originals whose picture is published with parts painted over.
    pub n_masked: u64,
    /// Originals of which only the hash is published.
    pub n_withheld: u64,
    /// The election's id.
    pub election: Option<String>,
}

impl Verification {
    /// Whether nothing is wrong.
    pub fn is_sound(&self) -> bool {
        self.discrepancies.is_empty()
    }

    /// Whether somebody the asker knows signed.
    pub fn signer_is_known(&self) -> bool {
        self.signers.iter().any(|signer| signer.known)
    }

    fn fault(&mut self, step: Step, code: &'static str, file: &str, args: Vec<(&'static str, String)>) {
        if self.discrepancies.iter().rev().take_while(|d| d.step == step).count() < MOST_TOLD {
            self.discrepancies.push(Discrepancy { step, code, file: file.to_owned(), args });
        }
    }

    /// Tells of a file that cannot be used.
    fn error(&mut self, step: Step, file: &str, error: &EvidenceError) {
        let missing =
            matches!(error, EvidenceError::Io { error, .. } if error.kind() == std::io::ErrorKind::NotFound);
        let code = if missing { "missing" } else { "unreadable" };
        self.fault(step, code, file, vec![("detail", error.to_string())]);
    }

    fn end(&mut self, step: Step, n: u64) {
        let broken = self.discrepancies.iter().any(|discrepancy| discrepancy.step == step);
        self.steps.push((step, if broken { Ending::Broken } else { Ending::Sound(n) }));
    }

    /// Notes that a step is not taken; nothing comes of it.
    fn not_taken<T: Default>(&mut self, step: Step) -> T {
        self.steps.push((step, Ending::NotTaken));
        T::default()
    }

    /// Notes that the steps from this one on are not taken.
    fn stop_before(&mut self, step: Step) {
        let left = Step::ALL.into_iter().filter(|&other| other >= step);
        self.steps.extend(left.map(|step| (step, Ending::NotTaken)));
    }
}

/// Verifies the bundle in the folder `root`; `watch` is told of every step before it is taken. Fails when the folder
/// is no bag at all or cannot be read.
pub fn verify(
    root: &Path,
    request: &Request,
    watch: &mut dyn FnMut(Step),
) -> Result<Verification, EvidenceError> {
    let mut found = Verification::default();
    watch(Step::Files);
    let (mut bag, listing) = Bag::open(root)?;
    let checked = bag::check(&bag)?;
    for fault in listing.iter().chain(&checked.faults) {
        found.fault(Step::Files, fault.code.code(), &fault.path, Vec::new());
    }
    found.n_bytes = checked.n_bytes;
    found.end(Step::Files, bag.files.len() as u64);

    watch(Step::Journal);
    let Some(journal) = journal::verify(&bag, &mut found) else {
        // Who signed is told all the same: they answer for what is broken, or did not sign it.
        for step in [Step::Checkpoint, Step::History] {
            found.steps.push((step, Ending::NotTaken));
        }
        watch(Step::Signatures);
        signatures::verify(&bag, None, &[], request, &mut found);
        found.stop_before(Step::Proofs);
        return Ok(found);
    };
    watch(Step::Checkpoint);
    let signed = log::head(&bag, &journal, &mut found);
    found.end(Step::Checkpoint, 1);
    found.head = signed.as_ref().map(|signed| signed.checkpoint.clone());
    watch(Step::History);
    let earlier = match &signed {
        Some(signed) => log::history(&bag, &journal, &signed.checkpoint, request.since.as_ref(), &mut found),
        None => found.not_taken(Step::History),
    };
    watch(Step::Signatures);
    signatures::verify(&bag, signed.as_ref(), &earlier, request, &mut found);
    watch(Step::Proofs);
    match &signed {
        Some(signed) => log::proofs(&bag, &journal, &signed.checkpoint, &mut found),
        None => found.not_taken(Step::Proofs),
    }
    let mut ledger = journal.ledger;
    // A million tables' leaves are of no more use.
    drop(journal.tree);
    watch(Step::Images);
    images::verify(&bag, &checked.hashes, &ledger, &mut found);
    if let Some(pack) = &ledger.pack {
        bag.know_election(&pack.files);
    }
    results::verify((&bag, &checked.hashes), &mut ledger, request, &mut found, watch);
    found.not_recomputed = results::not_recomputed(&bag, &ledger, &found);
    Ok(found)
}
