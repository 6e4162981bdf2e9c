//! Verification: everything a bundle claims, derived again from what is in it.
//!
//! The steps go from bytes to meaning, and every one that still makes sense is taken. A fault is a value that names
//! the file and what is wrong with it; only what keeps a bundle from being looked at at all is an error.

mod journal;
mod results;

use std::path::Path;

use crate::bag::{self, Bag};
use crate::error::EvidenceError;

/// What is verified, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// Every byte is the listed one, nothing is missing, nothing was added.
    Files,
    /// The journal's events are one chain.
    Journal,
    /// What the journal and the kept files say can be derived.
    Facts,
    /// What was published of every table is what follows from the facts.
    Tables,
    /// Every derived file is what follows from the facts, byte for byte.
    Results,
    /// Every figure of the reports is that of the results.
    Report,
}

impl Step {
    /// Every step, in order.
    pub const ALL: [Step; 6] =
        [Step::Files, Step::Journal, Step::Facts, Step::Tables, Step::Results, Step::Report];

    /// Stable code; each has words in both languages.
    pub fn code(self) -> &'static str {
        match self {
            Step::Files => "files",
            Step::Journal => "journal",
            Step::Facts => "facts",
            Step::Tables => "tables",
            Step::Results => "results",
            Step::Report => "report",
        }
    }
}

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
    /// It was not taken, because an earlier step left nothing to take it on.
    NotTaken,
}

/// Most faults told of one step.
const MOST_FAULTS: usize = 1_000;

/// What verification found.
#[derive(Clone, Debug, Default)]
pub struct Verification {
    /// How every step ended, in order.
    pub steps: Vec<(Step, Ending)>,
    /// What is wrong, in order of the steps; at most a thousand of each.
    pub faults: Vec<Discrepancy>,
    /// Files that were hashed and not derived again.
    pub not_recomputed: Vec<String>,
    /// Bytes hashed.
    pub n_bytes: u64,
    /// Images that a reading is known of.
    pub n_readings: u64,
    /// The election's id.
    pub election: Option<String>,
}

impl Verification {
    /// Whether nothing is wrong.
    pub fn is_sound(&self) -> bool {
        self.faults.is_empty() && self.steps.iter().all(|(_, ending)| matches!(ending, Ending::Sound(_)))
    }

    fn fault(&mut self, step: Step, code: &'static str, file: &str, args: Vec<(&'static str, String)>) {
        if self.faults.iter().filter(|fault| fault.step == step).count() < MOST_FAULTS {
            self.faults.push(Discrepancy { step, code, file: file.to_owned(), args });
        }
    }

    fn end(&mut self, step: Step, n: u64) {
        let broken = self.faults.iter().any(|fault| fault.step == step);
        self.steps.push((step, if broken { Ending::Broken } else { Ending::Sound(n) }));
    }
}

/// Verifies the bundle in the folder `root`; `watch` is told of every step before it is taken. Fails when the folder
/// is no bag at all or cannot be read.
pub fn verify(root: &Path, watch: &mut dyn FnMut(Step)) -> Result<Verification, EvidenceError> {
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
    let ledger = journal::verify(&bag, &mut found);
    match ledger {
        Some(ledger) => {
            if let Some(pack) = &ledger.pack {
                bag.know_election(&pack.files);
            }
            results::verify(&bag, &ledger, &mut found, watch);
        }
        None => {
            let left = [Step::Facts, Step::Tables, Step::Results, Step::Report];
            found.steps.extend(left.map(|step| (step, Ending::NotTaken)));
        }
    }
    Ok(found)
}
