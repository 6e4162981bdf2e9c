//! Statements about keys, and whom to believe after them.

use std::process::Command;

use proptest::prelude::*;
use tallyproof_evidence::checkpoint::{Checkpoint, Role, VerifierKey};
use tallyproof_evidence::fault::Fault;
use tallyproof_evidence::ssh::{NAMESPACE_KEY, Signer};
use tallyproof_evidence::statement::{Change, SignedStatement, Statement, Trust, follow};
use tallyproof_evidence::witness::Witnesses;

use crate::support::{Temp, good, has, key, run};

const ORIGIN: &str = "example.org/count";

fn head(size: u64) -> Checkpoint {
    Checkpoint::new(ORIGIN, size, [u8::try_from(size % 251).unwrap(); 32]).unwrap()
}

/// A statement about the keys of two seeds, signed by the keys of these.
fn stated(change: Change, old: u8, new: u8, size: u64, by: &[u8]) -> SignedStatement {
    let statement = Statement::new(change, key(old).public_key(), key(new).public_key(), &head(size));
    let mut signed = SignedStatement::unsigned(statement);
    by.iter().for_each(|&seed| signed.sign(&mut key(seed)).unwrap());
    signed
}

fn rotated(old: u8, new: u8, size: u64) -> SignedStatement {
    stated(Change::Rotated, old, new, size, &[old, new])
}

fn witnesses(seeds: &[u8], need: usize) -> Witnesses {
    let key = |&seed: &u8| {
        VerifierKey::new(&format!("w{seed}.example"), Role::Witness, key(seed).public_key()).unwrap()
    };
    Witnesses::new(seeds.iter().map(key).collect(), need).unwrap()
}

fn trust(statements: &[SignedStatement], policy: Option<&Witnesses>) -> Result<Trust, Fault> {
    follow(&key(1).public_key(), ORIGIN, statements, policy)
}

#[test]
fn without_statements_the_pinned_key_speaks() {
    let trust = trust(&[], None).unwrap();
    assert!(
        trust.may_sign(&key(1).public_key(), &head(5)) && !trust.may_sign(&key(2).public_key(), &head(5))
    );
}

#[test]
fn rotations_are_followed_in_any_order_and_retired_keys_keep_their_past() {
    // One statement is of keys that are not on the way.
    let statements = [rotated(2, 3, 20), rotated(8, 9, 1), rotated(1, 2, 10), rotated(1, 2, 10)];
    let trust = trust(&statements, None).unwrap();
    assert_eq!(trust.current, key(3).public_key());
    assert_eq!(trust.steps.iter().map(|step| step.size).collect::<Vec<_>>(), [10, 20]);
    let may = |seed: u8, size| trust.may_sign(&key(seed).public_key(), &head(size));
    assert_eq!(
        [may(1, 10), may(1, 11), may(2, 11), may(2, 20), may(2, 21), may(3, 99)],
        [true, false, true, true, false, true]
    );
    let other_root = Checkpoint::new(ORIGIN, 10, [99; 32]).unwrap();
    assert!(!trust.may_sign(&key(1).public_key(), &other_root), "another tree of the last size");
    assert!(!may(9, 1));
}

#[test]
fn who_must_sign() {
    let missing =
        |seed: u8| Err(Fault::StatementNotSigned { fingerprint: key(seed).public_key().fingerprint() });
    let check = |change, by: &[u8]| stated(change, 1, 2, 5, by).check().map(|signers| signers.len());
    assert_eq!(check(Change::Rotated, &[1, 2]), Ok(2));
    assert_eq!(check(Change::Rotated, &[1]), missing(2));
    assert_eq!(check(Change::Rotated, &[2, 3]), missing(1));
    assert_eq!(check(Change::Lost, &[2, 3, 4]), Ok(3));
    assert_eq!(check(Change::Lost, &[1, 3]), missing(2));
    assert!(trust(&[stated(Change::Rotated, 1, 2, 5, &[2])], None).is_err());
}

#[test]
fn a_loss_needs_witnesses_and_is_shown_without_them() {
    let lost = |by: &[u8]| [stated(Change::Lost, 1, 2, 5, by)];
    let policy = witnesses(&[5, 6, 7], 2);
    for (statements, policy) in
        [(lost(&[2, 5, 6]), None), (lost(&[2, 5, 9]), Some(&policy)), (lost(&[2]), None)]
    {
        let trust = trust(&statements, policy).unwrap();
        assert_eq!((trust.current, trust.unconfirmed.len()), (key(1).public_key(), 1));
    }
    let trust = trust(&lost(&[2, 5, 7]), Some(&policy)).unwrap();
    assert_eq!((trust.current, trust.unconfirmed.len()), (key(2).public_key(), 0));
    assert!(
        trust.may_sign(&key(1).public_key(), &head(5)) && !trust.may_sign(&key(1).public_key(), &head(6))
    );
}

#[test]
fn two_successors_a_circle_and_another_log_are_believed_by_nobody() {
    let two = [rotated(1, 2, 10), rotated(1, 3, 10)];
    let fingerprint = key(1).public_key().fingerprint();
    assert_eq!(trust(&two, None), Err(Fault::TwoSuccessors { fingerprint: fingerprint.clone() }));
    // Whoever took the key rotates it; its holder's loss stands against that.
    let policy = witnesses(&[5, 6], 2);
    let against = [rotated(1, 3, 10), stated(Change::Lost, 1, 2, 5, &[2, 5, 6])];
    assert_eq!(trust(&against, Some(&policy)), Err(Fault::TwoSuccessors { fingerprint }));
    let circle = [rotated(1, 2, 10), rotated(2, 1, 20)];
    assert!(matches!(trust(&circle, None), Err(Fault::Circle { .. })));
    let elsewhere = follow(&key(1).public_key(), "example.org/other", &[rotated(1, 2, 10)], None);
    assert_eq!(elsewhere, Err(Fault::OtherOrigin { found: ORIGIN.into() }));
}

#[test]
fn a_statement_is_written_and_read_in_one_form() {
    let signed = rotated(1, 2, 10);
    let text = signed.to_text().unwrap();
    assert!(text.starts_with(r#"{"checkpoint":{"root":"CgoK"#), "{text}");
    assert_eq!(SignedStatement::parse(&text), Ok(signed.clone()));
    let mut again = signed.clone();
    again.sign(&mut key(1)).unwrap();
    assert_eq!(again, signed, "a key signs once");
    let unsigned = SignedStatement::parse(&stated(Change::Lost, 1, 2, 5, &[]).to_text().unwrap()).unwrap();
    assert!(unsigned.check().is_err());
    let to_itself = stated(Change::Rotated, 1, 1, 5, &[1]).to_text().unwrap();
    let bad = [
        String::new(),
        "\n".into(),
        "{}\n".into(),
        text.replace("key.rotated", "key.kept"),
        text.replace("\"v\":1", "\"v\":2"),
        text.replace("\"size\":10", "\"size\": 10"),
        text.replace("\"size\":10", "\"size\":1e1"),
        text.replace("{\"checkpoint", "{\"a\":1,\"checkpoint"),
        to_itself,
    ];
    for text in bad {
        assert_eq!(SignedStatement::parse(&text), Err(Fault::BadStatement), "{text}");
    }
    let signature = &text[text.find('\n').unwrap() + 1..];
    let twice = SignedStatement::parse(&format!("{text}{signature}")).unwrap();
    assert_eq!(twice.check(), Err(Fault::BadStatement));
    assert!(matches!(SignedStatement::parse(&"x".repeat(1 << 20)), Err(Fault::TooLarge { .. })));
}

/// Head and tail of the file are what ssh-keygen judges.
#[test]
fn ssh_keygen_accepts_each_signature_of_a_statement() {
    if !has("ssh-keygen", "-?") {
        return;
    }
    let temp = Temp::new();
    let text = rotated(1, 2, 10).to_text().unwrap();
    let (line, signatures) = text.split_at(text.find('\n').unwrap() + 1);
    for (seed, signature) in
        [1, 2].into_iter().zip(signatures.split_inclusive("-----END SSH SIGNATURE-----\n"))
    {
        let signature = temp.write("sig", signature);
        let allowed = key(seed).public_key().allowed_signers_line("press", &[NAMESPACE_KEY]).unwrap();
        let signers = temp.write("allowed_signers", allowed + "\n");
        let verify = || {
            let mut command = Command::new("ssh-keygen");
            command.args([
                "-Y",
                "verify",
                "-f",
                &signers,
                "-I",
                "press",
                "-n",
                NAMESPACE_KEY,
                "-s",
                &signature,
            ]);
            command
        };
        good(&mut verify(), line.as_bytes());
        assert!(!run(&mut verify(), line.trim_end().as_bytes()).status.success());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn no_byte_of_a_statement_can_change(at in any::<prop::sample::Index>(), with in any::<u8>()) {
        let mut bytes = rotated(1, 2, 10).to_text().unwrap().into_bytes();
        let i = at.index(bytes.len());
        prop_assume!(bytes[i] != with);
        bytes[i] = with;
        let Ok(text) = String::from_utf8(bytes) else { return Ok(()) };
        let judged = SignedStatement::parse(&text).and_then(|signed| signed.check());
        prop_assert!(judged.is_err(), "{}", text);
    }

    /// Losses without witnesses change nothing, whoever signs them.
    #[test]
    fn losses_alone_move_no_trust(trios in prop::collection::vec((1_u8..5, 1_u8..5, 1_u8..5), 0..6)) {
        let trios = trios.into_iter().filter(|(old, new, _)| old != new);
        let statements: Vec<_> =
            trios.map(|(old, new, by)| stated(Change::Lost, old, new, 3, &[new, by])).collect();
        prop_assert_eq!(trust(&statements, None).unwrap().current, key(1).public_key());
    }
}
