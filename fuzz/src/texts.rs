//! Small texts that somebody else wrote: packs, formulas, heads of logs, signatures, proofs, keys, forms.

use std::io::{self, Read, Write};

use serde_json::Value;
use tallyproof_core::canonical::canonical_json;
use tallyproof_core::facts::Facts;
use tallyproof_core::grammar::PayloadGrammar;
use tallyproof_core::journal::{ChainCheck, Event};
use tallyproof_core::pack::{Formula, Mapping, Pack, Template};
use tallyproof_core::people::AccountEvent;
use tallyproof_core::print::Print;
use tallyproof_core::table::TablePattern;
use tallyproof_evidence::checkpoint::{SignedCheckpoint, VerifierKey};
use tallyproof_evidence::disclosure::Disclosure;
use tallyproof_evidence::figures::check_figures;
use tallyproof_evidence::proof::{TableProof, check_line, parse_line};
use tallyproof_evidence::ssh::{
    Agent, KeyPair, NAMESPACE, PublicKey, Signer, allowed_signers, is_encrypted, public_key_of, signer_of,
};
use tallyproof_evidence::statement::{SignedStatement, follow};
use tallyproof_evidence::tree::check_consistency;
use tallyproof_evidence::witness::Witnesses;

use crate::{SMALL, chosen};

/// The key that seeds are signed with.
pub const SEED: [u8; 32] = [7; 32];
/// The second key of seeds.
pub const NEXT: [u8; 32] = [8; 32];

/// An election pack; one that is sound is used: a payload, a mapping, its claims.
pub fn pack(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match Pack::parse("fuzzed", text) {
        Ok(pack) => {
            if let Some(grammar) = &pack.payload {
                let _ = grammar.read(&pack, b"01.01!1,2,3!0!0");
            }
            // Large countries are other tests' matter.
            if pack.n_tables < 100_000 {
                let facts = Facts::new(pack, None, Vec::new());
                let _ = tallyproof_analysis::results::analyse(&facts).results.to_json();
            }
        }
        Err(faults) => assert!(!faults.is_empty()),
    }
    let _ = Mapping::parse(&SMALL, text);
}

/// Names of the kinds of [`texts`], in the order of their bytes.
pub const TEXTS: [&str; 20] = [
    "event",
    "chain",
    "checkpoint",
    "statement",
    "proof",
    "proof-line",
    "witnesses",
    "verifier-key",
    "disclosure",
    "public-key",
    "key-file",
    "signature",
    "signers",
    "agent",
    "formula",
    "report",
    "consistency",
    "account",
    "print",
    "canonical",
];

/// One small text; the first byte says what it is taken for.
pub fn texts(bytes: &[u8]) {
    let Some((kind, rest)) = chosen(bytes, TEXTS.len() as u8) else { return };
    let text = String::from_utf8_lossy(rest);
    let key = KeyPair::from_seed(&SEED, "").public_key();
    match TEXTS[usize::from(kind)] {
        "event" => event(rest),
        "chain" => {
            let mut check = ChainCheck::default();
            let _ = rest.split(|byte| *byte == b'\n').try_for_each(|line| check.take(line).map(drop));
        }
        "checkpoint" => checkpoint(&text, key),
        "statement" => statement(&text, key),
        "proof" => {
            let Ok(proof) = TableProof::parse(&text) else { return };
            assert_eq!(TableProof::parse(&proof.to_text()).as_ref(), Ok(&proof));
            let origin = proof.checkpoint.checkpoint.origin().to_owned();
            let _ = VerifierKey::new(&origin, tallyproof_evidence::checkpoint::Role::Log, key)
                .and_then(|key| proof.check(&key));
        }
        "proof-line" => {
            let _ = parse_line(rest);
            let head = tallyproof_evidence::checkpoint::Checkpoint::new("log.test/one", 9, [1; 32]);
            let _ = check_line(rest, &head.expect("a plain name"));
        }
        "witnesses" => {
            let _ = Witnesses::parse(&text);
        }
        "verifier-key" => {
            if let Ok(key) = VerifierKey::parse(&text) {
                assert_eq!(key.to_string(), *text);
            }
        }
        "disclosure" => {
            if let Ok(told) = Disclosure::parse(&text) {
                let _ = told.check();
                let _ = told.to_json();
            }
        }
        "public-key" => {
            if let Ok((key, comment)) = PublicKey::parse_line(&text) {
                let _ = (key.fingerprint(), key.line(&comment), key.allowed_signers_line(&comment, &["a"]));
            }
        }
        "key-file" => {
            let _ = public_key_of(&text);
            // Opening a locked one takes as long as it says, within a limit that a test holds.
            if is_encrypted(&text) == Ok(false) {
                let _ = KeyPair::from_openssh(&text, None);
            }
        }
        "signature" => {
            let _ = signer_of(&text, NAMESPACE, b"message");
        }
        "signers" => {
            if let Ok(signers) = allowed_signers(&text) {
                let _ = signers.iter().filter(|signer| signer.may_sign(NAMESPACE)).count();
            }
        }
        "agent" => agent(rest),
        "formula" => formula(&text),
        "report" => {
            let (html, json) = text.split_once('\u{1}').unwrap_or((&text, "{}"));
            let results: Value = serde_json::from_str(json).unwrap_or_default();
            let _ = check_figures(html, &results, '.');
            let _ = check_figures(html, &results, ',');
        }
        "consistency" => {
            let (head, hashes) = rest.split_at_checked(16).unwrap_or_default();
            let number =
                |at: usize| head.get(at..at + 8).map_or(0, |b| u64::from_le_bytes(b.try_into().expect("8")));
            let hashes: Vec<[u8; 32]> = hashes.as_chunks::<32>().0.to_vec();
            let _ = check_consistency(number(0), &[1; 32], number(8), &[2; 32], &hashes);
            let _ =
                tallyproof_evidence::tree::check_inclusion(&[1; 32], number(0), number(8), &hashes, &[2; 32]);
        }
        "account" => {
            let (kind, body) = text.split_once(' ').unwrap_or((&text, ""));
            let body: Value = serde_json::from_str(body).unwrap_or_default();
            if let Ok(Some(event)) = AccountEvent::from_body(kind, &body) {
                assert_eq!(event.to_body(), body);
            }
        }
        "print" => {
            let _ = Print::from_json(&serde_json::from_slice(rest).unwrap_or_default());
        }
        _ => {
            let Ok(value) = serde_json::from_slice::<Value>(rest) else { return };
            let Ok(bytes) = canonical_json(&value) else { return };
            let again: Value = serde_json::from_slice(&bytes).expect("canonical JSON is JSON");
            assert_eq!(canonical_json(&again).as_ref(), Ok(&bytes));
        }
    }
}

fn event(bytes: &[u8]) {
    let Ok(event) = Event::parse(bytes) else { return };
    assert_eq!(event.bytes().as_deref(), Ok(bytes));
}

fn checkpoint(text: &str, key: PublicKey) {
    let Ok(signed) = SignedCheckpoint::parse(text) else { return };
    assert_eq!(signed.to_text(), text);
    let origin = signed.checkpoint.origin();
    for role in [tallyproof_evidence::checkpoint::Role::Log, tallyproof_evidence::checkpoint::Role::Witness] {
        let _ = VerifierKey::new(origin, role, key).and_then(|key| signed.check(&key));
    }
    let _ = signed.checkpoint.sha256();
}

fn statement(text: &str, key: PublicKey) {
    let Ok(signed) = SignedStatement::parse(text) else { return };
    let _ = signed.check();
    let _ = follow(&key, &signed.statement.origin, &[signed.clone()], None);
    assert!(signed.to_text().is_ok());
}

/// An agent that answers with these bytes, whatever it is asked.
struct Answers<'a>(&'a [u8]);

impl Read for Answers<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.0.read(out)
    }
}

impl Write for Answers<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn agent(bytes: &[u8]) {
    let key = KeyPair::from_seed(&SEED, "").public_key();
    let _ = Agent::identities(&mut Answers(bytes));
    if let Ok(mut agent) = Agent::with_key(Answers(bytes), &key.fingerprint()) {
        let _ = agent.sign(b"message");
    }
}

fn formula(text: &str) {
    let figure = |name: &str| (name.len() % 3 != 0).then_some(name.len() as i128 - 2);
    if let Some(formula) = Formula::parse(text) {
        let _ = (formula.names(), formula.value(&figure));
    }
    if let Some(template) = Template::parse(text) {
        let _ = (template.sample(), template.fits(&SMALL.pattern));
    }
    if let Some(pattern) = TablePattern::parse(text) {
        let _ = (pattern.numbered("01", 7), pattern.id(text));
        let _ = PayloadGrammar::parse(text, &pattern, 3);
    }
    if let Ok(grammar) = PayloadGrammar::parse(text, &SMALL.pattern, SMALL.lines.len()) {
        let _ = grammar.read(&SMALL, b"01.01!1,2,3!0!0");
    }
}

/// The desk's own reader of forms with files, which is private there.
#[path = "../../crates/app/src/web/door/multipart.rs"]
#[allow(dead_code, missing_docs)]
mod multipart;

/// A form with files, however it arrives: the first byte says in pieces of how many bytes.
pub fn form(bytes: &[u8]) {
    let Some((step, rest)) = chosen(bytes, 64) else { return };
    let (kind, body) = match rest.iter().position(|byte| *byte == b'\n') {
        Some(end) => (String::from_utf8_lossy(&rest[..end]), &rest[end + 1..]),
        None => return,
    };
    let taken = |step: usize| {
        let mut form = multipart::Multipart::new(&kind).ok()?;
        let mut all: Vec<multipart::Piece> = Vec::new();
        for bytes in body.chunks(step) {
            let Ok(pieces) = form.take(bytes) else { return Some((all, None)) };
            for piece in pieces {
                match (all.last_mut(), piece) {
                    (Some(multipart::Piece::Bytes(last)), multipart::Piece::Bytes(more)) => last.extend(more),
                    (_, piece) => all.push(piece),
                }
            }
        }
        Some((all, Some(form.is_over())))
    };
    let (some, whole) = (taken(usize::from(step) + 1), taken(body.len().max(1)));
    // One that is refused may be refused later when it comes in larger pieces; what was sound is the same.
    if let (Some((some, Some(over))), Some((whole, Some(also)))) = (some, whole) {
        assert_eq!((some, over), (whole, also));
    }
}
