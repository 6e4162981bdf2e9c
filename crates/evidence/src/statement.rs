//! Statements about keys: a key is replaced by another, or is lost.
//!
//! A statement is one line of canonical JSON, signed as SSH signatures of the namespace `tallyproof-key` over
//! that line with its end. File form: the line, then the signatures, so that `head`, `sed` and `ssh-keygen -Y
//! verify` can check it.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};
use tallyproof_core::canonical::canonical_json;

use crate::checkpoint::{Checkpoint, hash_of};
use crate::fault::Fault;
use crate::ssh::{NAMESPACE_KEY, PublicKey, Signer, sign, signer_of};
use crate::tree::Hash;
use crate::witness::Witnesses;

/// Version of the form.
const VERSION: u64 = 1;
/// Most bytes in a file.
const LARGEST: usize = 64 * 1024;
/// Most signatures under a statement.
const MOST_SIGNATURES: usize = 64;
/// Last line of an armoured signature.
const END: &str = "-----END SSH SIGNATURE-----\n";

/// What happened to a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Its holder replaces it: old and new key sign.
    Rotated,
    /// It is lost, or in other hands: only the new key can sign, and witnesses who know its holder.
    Lost,
}

impl Change {
    fn code(self) -> &'static str {
        match self {
            Change::Rotated => "key.rotated",
            Change::Lost => "key.lost",
        }
    }
}

/// One statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// What happened.
    pub change: Change,
    /// Which log the key signs.
    pub origin: String,
    /// The key that signs no more.
    pub old: PublicKey,
    /// The key that signs from now on.
    pub new: PublicKey,
    /// Size of the last checkpoint that the old key's word is good for.
    pub size: u64,
    /// Root of that checkpoint.
    pub root: Hash,
}

impl Statement {
    /// A statement whose last good checkpoint is this one.
    pub fn new(change: Change, old: PublicKey, new: PublicKey, last: &Checkpoint) -> Self {
        Self { change, origin: last.origin().to_owned(), old, new, size: last.size, root: last.root }
    }

    /// The line that is signed, with its end.
    fn line(&self) -> Result<String, Fault> {
        let line = json!({
            "v": VERSION, "kind": self.change.code(), "origin": self.origin,
            "old": self.old.line(""), "new": self.new.line(""),
            "checkpoint": {"size": self.size, "root": BASE64.encode(self.root)},
        });
        let bytes = canonical_json(&line).map_err(|_| Fault::BadStatement)?;
        Ok(String::from_utf8(bytes).map_err(|_| Fault::BadStatement)? + "\n")
    }

    fn parse(line: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(line).ok()?;
        let text = |key: &str| value.get(key).and_then(Value::as_str);
        let key = |name: &str| PublicKey::parse_line(text(name)?).ok().map(|(key, _)| key);
        let change = [Change::Rotated, Change::Lost].into_iter().find(|c| Some(c.code()) == text("kind"))?;
        // Whether the origin is a plain name is a checkpoint's rule.
        let size = value["checkpoint"]["size"].as_u64()?;
        let root = hash_of(value["checkpoint"]["root"].as_str()?)?;
        let last = Checkpoint::new(text("origin")?, size, root).ok()?;
        let statement = Self::new(change, key("old")?, key("new")?, &last);
        (statement.line().ok()? == line && statement.old != statement.new).then_some(statement)
    }
}

/// A statement and the signatures under it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedStatement {
    /// What is signed.
    pub statement: Statement,
    signatures: Vec<String>,
}

impl SignedStatement {
    /// A statement that nobody has signed yet.
    pub fn unsigned(statement: Statement) -> Self {
        Self { statement, signatures: Vec::new() }
    }

    /// Adds a signature: of the old key, the new key or a witness. A key that signed already adds nothing.
    pub fn sign(&mut self, signer: &mut dyn Signer) -> Result<(), Fault> {
        if self.signers()?.contains(&signer.public_key()) {
            return Ok(());
        }
        if self.signatures.len() == MOST_SIGNATURES {
            return Err(Fault::TooLarge { most: LARGEST });
        }
        self.signatures.push(sign(signer, NAMESPACE_KEY, self.statement.line()?.as_bytes())?);
        Ok(())
    }

    /// Who signed. Fails when a signature does not verify, or a key signed twice.
    pub fn signers(&self) -> Result<BTreeSet<PublicKey>, Fault> {
        let line = self.statement.line()?;
        let signers = self.signatures.iter().map(|text| signer_of(text, NAMESPACE_KEY, line.as_bytes()));
        let signers = signers.collect::<Result<BTreeSet<_>, _>>()?;
        if signers.len() == self.signatures.len() { Ok(signers) } else { Err(Fault::BadStatement) }
    }

    /// Checks that those signed who must: old and new key of a rotation, the new key of a loss. Gives all
    /// signers.
    pub fn check(&self) -> Result<BTreeSet<PublicKey>, Fault> {
        let signers = self.signers()?;
        let Statement { change, old, new, .. } = &self.statement;
        let must = if *change == Change::Rotated { vec![old, new] } else { vec![new] };
        match must.into_iter().find(|key| !signers.contains(key)) {
            Some(missing) => Err(Fault::StatementNotSigned { fingerprint: missing.fingerprint() }),
            None => Ok(signers),
        }
    }

    /// The file.
    pub fn to_text(&self) -> Result<String, Fault> {
        Ok(self.statement.line()? + &self.signatures.concat())
    }

    /// Reads a file. Fails when it is not in the form that [`SignedStatement::to_text`] writes.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        if text.len() > LARGEST {
            return Err(Fault::TooLarge { most: LARGEST });
        }
        let (line, signatures) = text.split_at(text.find('\n').map_or(0, |end| end + 1));
        let statement = Statement::parse(line).ok_or(Fault::BadStatement)?;
        let signatures: Vec<String> = signatures.split_inclusive(END).map(str::to_owned).collect();
        if signatures.len() > MOST_SIGNATURES {
            return Err(Fault::BadStatement);
        }
        Ok(Self { statement, signatures })
    }
}

/// Which keys speak for a log, by a pinned key and the statements about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trust {
    /// The key that signs now.
    pub current: PublicKey,
    /// Statements that led to it from the pinned key, in order.
    pub steps: Vec<Statement>,
    /// Losses of a key on that way that too few witnesses confirm: anybody can write one, and its holder may
    /// still be right.
    pub unconfirmed: Vec<Statement>,
}

impl Trust {
    /// Whether the key may sign this checkpoint: the current one any, an earlier one up to its last good
    /// checkpoint.
    pub fn may_sign(&self, key: &PublicKey, checkpoint: &Checkpoint) -> bool {
        let is_good = |step: &Statement| {
            checkpoint.size < step.size || (checkpoint.size == step.size && checkpoint.root == step.root)
        };
        *key == self.current || self.steps.iter().any(|step| step.old == *key && is_good(step))
    }
}

/// Follows statements from a pinned key.
///
/// A rotation is followed when old and new key signed it; a loss only when the new key did and enough of the
/// witnesses. Fails when a statement is of another log or lacks a signature, when a key has two successors
/// (somebody else holds it too), and when keys succeed each other in a circle.
pub fn follow(
    pinned: &PublicKey,
    origin: &str,
    statements: &[SignedStatement],
    witnesses: Option<&Witnesses>,
) -> Result<Trust, Fault> {
    let (mut followed, mut unconfirmed): (Vec<&Statement>, Vec<&Statement>) = Default::default();
    for signed in statements {
        let signers = signed.check()?;
        let statement = &signed.statement;
        if statement.origin != origin {
            return Err(Fault::OtherOrigin { found: statement.origin.clone() });
        }
        let is_confirmed = statement.change == Change::Rotated
            || witnesses.is_some_and(|policy| {
                let n_signed = policy.keys().iter().filter(|key| signers.contains(key.key())).count();
                n_signed >= policy.need()
            });
        let list = if is_confirmed { &mut followed } else { &mut unconfirmed };
        if !list.contains(&statement) {
            list.push(statement);
        }
    }
    let mut trust = Trust { current: *pinned, steps: Vec::new(), unconfirmed: Vec::new() };
    let mut on_the_way = BTreeSet::from([*pinned]);
    loop {
        let old = trust.current;
        trust.unconfirmed.extend(unconfirmed.iter().filter(|s| s.old == old).map(|&s| s.clone()));
        let mut next = followed.iter().filter(|statement| statement.old == old);
        let Some(&step) = next.next() else { return Ok(trust) };
        if next.next().is_some() {
            return Err(Fault::TwoSuccessors { fingerprint: old.fingerprint() });
        }
        if !on_the_way.insert(step.new) {
            return Err(Fault::Circle { fingerprint: step.new.fingerprint() });
        }
        trust.current = step.new;
        trust.steps.push(step.clone());
    }
}
