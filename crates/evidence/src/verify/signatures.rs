//! Who signed a bundle, and whether the asker knows them.

use std::collections::BTreeSet;

use super::log::EarlierHead;
use super::{Request, Signer, Step, Verification};
use crate::bag::{Bag, TAG_MANIFEST, is_signature};
use crate::checkpoint::{Role, SignedCheckpoint, VerifierKey};
use crate::layout::{CHECKPOINT, CHECKPOINTS, STATEMENTS};
use crate::ssh::{NAMESPACE, PublicKey, signer_of};
use crate::statement::{SignedStatement, follow};

/// Longest signature or statement, bytes.
const MAX_SIGNATURE_BYTES: u64 = 64 << 10;

/// Longest tag manifest, bytes: three lines.
const MAX_TAG_MANIFEST_BYTES: u64 = 64 << 10;

/// Verifies every signature on the tag manifest and, where there is one, the log's head; and who among the signers is
/// known.
pub(super) fn verify(
    bag: &Bag,
    head: Option<&SignedCheckpoint>,
    earlier: &[EarlierHead],
    request: &Request,
    found: &mut Verification,
) {
    let keys = manifest_signers(bag, found);
    let statements = statements(bag, found);
    for key in &keys {
        if head.is_some_and(|head| !signed_by(head, key)) {
            let args = vec![("fingerprint", key.fingerprint())];
            found.fault(Step::Signatures, "checkpoint-not-signed", CHECKPOINT, args);
        }
    }
    let speakers: BTreeSet<PublicKey> =
        keys.iter().copied().chain(statements.iter().map(|s| s.statement.old)).collect();
    for (n, old) in (1..).zip(earlier) {
        if !speakers.iter().any(|key| signed_by(&old.signed, key)) {
            let args = vec![("line", format!("{n}"))];
            found.fault(Step::Signatures, "earlier-not-signed", CHECKPOINTS, args);
        }
    }
    found.signers = keys
        .iter()
        .map(|key| Signer {
            fingerprint: key.fingerprint(),
            known: is_known(key, head, &statements, request, found),
        })
        .collect();
    if !request.pinned.is_empty() && !found.signers.iter().any(|signer| signer.known) {
        found.fault(Step::Signatures, "signer-not-pinned", TAG_MANIFEST, Vec::new());
    }
    if let (Some(witnesses), Some(head)) = (&request.witnesses, head) {
        let cosigned = request.cosigned.as_ref();
        if cosigned.is_some_and(|cosigned| cosigned.checkpoint != head.checkpoint) {
            found.fault(Step::Signatures, "cosigned-another", CHECKPOINT, Vec::new());
        }
        let seen = witnesses.look(cosigned.unwrap_or(head));
        found.n_witnesses = seen.iter().filter(|seen| seen.verdict.is_ok()).count() as u64;
        if !witnesses.are_enough(&seen) {
            let args = vec![("n", found.n_witnesses.to_string()), ("need", witnesses.need().to_string())];
            found.fault(Step::Signatures, "too-few-witnesses", CHECKPOINT, args);
        }
    }
    found.end(Step::Signatures, keys.len() as u64);
}

/// Keys with a sound signature on the tag manifest; a bundle has one at least.
fn manifest_signers(bag: &Bag, found: &mut Verification) -> BTreeSet<PublicKey> {
    let mut keys = BTreeSet::new();
    let message = match bag.read(TAG_MANIFEST, MAX_TAG_MANIFEST_BYTES) {
        Ok(message) => message,
        Err(error) => {
            found.error(Step::Signatures, TAG_MANIFEST, &error);
            return keys;
        }
    };
    let paths: Vec<&String> = bag.files.keys().filter(|path| is_signature(path)).collect();
    if paths.is_empty() {
        found.fault(Step::Signatures, "not-signed", TAG_MANIFEST, Vec::new());
    }
    for path in paths {
        let text =
            bag.read(path, MAX_SIGNATURE_BYTES).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        match text.map(|text| signer_of(&text, NAMESPACE, &message)) {
            Ok(Ok(key)) if keys.insert(key) => {}
            Ok(Ok(_)) => found.fault(Step::Signatures, "signed-twice", path, Vec::new()),
            Ok(Err(fault)) => {
                found.fault(Step::Signatures, "bad-signature", path, vec![("detail", fault.to_string())]);
            }
            Err(error) => found.error(Step::Signatures, path, &error),
        }
    }
    keys
}

fn statements(bag: &Bag, found: &mut Verification) -> Vec<SignedStatement> {
    let mut statements = Vec::new();
    for path in bag.files.keys().filter(|path| path.starts_with(STATEMENTS)) {
        let text =
            bag.read(path, MAX_SIGNATURE_BYTES).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        match text.map(|text| SignedStatement::parse(&text).and_then(|s| s.check().map(|_| s))) {
            Ok(Ok(statement)) => statements.push(statement),
            Ok(Err(fault)) => {
                found.fault(Step::Signatures, "bad-statement", path, vec![("detail", fault.to_string())]);
            }
            Err(error) => found.error(Step::Signatures, path, &error),
        }
    }
    statements
}

fn signed_by(head: &SignedCheckpoint, key: &PublicKey) -> bool {
    let origin = head.checkpoint.origin();
    VerifierKey::new(origin, Role::Log, *key).and_then(|key| head.check(&key)).is_ok()
}

/// Whether a signer is pinned, or speaks for a pinned key by statements about it.
fn is_known(
    key: &PublicKey,
    head: Option<&SignedCheckpoint>,
    statements: &[SignedStatement],
    request: &Request,
    found: &mut Verification,
) -> bool {
    let pinned = |other: &PublicKey| request.pinned.contains(&other.fingerprint());
    let Some(head) = head else { return pinned(key) };
    let origin = head.checkpoint.origin();
    let pins: BTreeSet<PublicKey> =
        statements.iter().map(|s| s.statement.old).chain([*key]).filter(|key| pinned(key)).collect();
    let witnesses = request.witnesses.as_ref();
    pins.iter().any(|pin| match follow(pin, origin, statements, witnesses) {
        Ok(trust) => trust.may_sign(key, &head.checkpoint),
        Err(fault) => {
            found.fault(Step::Signatures, "bad-statement", STATEMENTS, vec![("detail", fault.to_string())]);
            false
        }
    })
}
