//! Witnesses: who must have seen a checkpoint before it is believed that everybody is shown the same one.

use std::collections::BTreeSet;

use crate::checkpoint::{Role, SignedCheckpoint, VerifierKey, decimal};
use crate::fault::Fault;

/// Most bytes in a policy.
const LARGEST: usize = 64 * 1024;

/// So many of these witnesses must have cosigned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witnesses {
    keys: Vec<VerifierKey>,
    need: usize,
}

/// What one witness says of a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The witness's name.
    pub name: String,
    /// Seconds since 1970 when it cosigned; or why its word does not count.
    pub verdict: Result<u64, Fault>,
}

impl Witnesses {
    /// A policy: `need` of these. Fails when fewer could ever sign, when none is needed, and when one key
    /// stands under two names and would count twice.
    pub fn new(keys: Vec<VerifierKey>, need: usize) -> Result<Self, Fault> {
        let distinct: BTreeSet<_> = keys.iter().map(|key| *key.key()).collect();
        let are_witnesses = keys.iter().all(|key| key.role() == Role::Witness);
        if need == 0 || need > keys.len() || distinct.len() != keys.len() || !are_witnesses {
            return Err(Fault::BadWitnesses { line: 0 });
        }
        Ok(Self { keys, need })
    }

    /// Reads a policy: a line `need N`, and a verifier key on each line after it. Empty lines and lines that
    /// start with `#` are skipped.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        if text.len() > LARGEST {
            return Err(Fault::TooLarge { most: LARGEST });
        }
        let lines = text.lines().enumerate().map(|(i, line)| (i + 1, line.trim_end()));
        let mut lines = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
        let (line, first) = lines.next().ok_or(Fault::BadWitnesses { line: 0 })?;
        let need = first.strip_prefix("need ").and_then(decimal).and_then(|n| usize::try_from(n).ok());
        let need = need.ok_or(Fault::BadWitnesses { line })?;
        let keys = lines.map(|(line, key)| VerifierKey::parse(key).map_err(|_| Fault::BadWitnesses { line }));
        Self::new(keys.collect::<Result<_, _>>()?, need)
    }

    /// How many must have cosigned.
    pub fn need(&self) -> usize {
        self.need
    }

    /// The witnesses.
    pub fn keys(&self) -> &[VerifierKey] {
        &self.keys
    }

    /// What each witness says of a checkpoint, in the policy's order.
    pub fn look(&self, signed: &SignedCheckpoint) -> Vec<Seen> {
        let verdict = |key: &VerifierKey| Ok(signed.check(key)?.unwrap_or_default());
        self.keys.iter().map(|key| Seen { name: key.name().to_owned(), verdict: verdict(key) }).collect()
    }

    /// Whether enough witnesses cosigned.
    pub fn are_enough(&self, seen: &[Seen]) -> bool {
        seen.iter().filter(|seen| seen.verdict.is_ok()).count() >= self.need
    }
}
