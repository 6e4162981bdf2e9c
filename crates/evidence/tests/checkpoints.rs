//! Checkpoints, verifier keys, cosignatures and witnesses.

use std::process::Command;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use proptest::prelude::*;
use tallyproof_evidence::checkpoint::{Checkpoint, Role, SignedCheckpoint, VerifierKey};
use tallyproof_evidence::fault::Fault;
use tallyproof_evidence::ssh::{KeyPair, PublicKey, Signer};
use tallyproof_evidence::witness::Witnesses;

use crate::support::{Temp, good, has, key, run, unhex};

/// A checkpoint with a witness's cosignature, from C2SP tlog-cosignature.
const SPEC: &str = "example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

\u{2014} example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
\u{2014} witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
";

/// Verifier keys in use: of the Go checksum database, and of the documentation of golang.org/x/mod/sumdb/note.
const GO: &str = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";
const NEUMANN: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

pub(crate) fn checkpoint() -> Checkpoint {
    Checkpoint::new("example.org/count", 42, [5; 32]).unwrap()
}

fn log_key(pair: &KeyPair) -> VerifierKey {
    VerifierKey::new("example.org/count", Role::Log, pair.public_key()).unwrap()
}

fn witness_key(name: &str, pair: &KeyPair) -> VerifierKey {
    VerifierKey::new(name, Role::Witness, pair.public_key()).unwrap()
}

#[test]
fn the_specifications_own_example_is_read_and_written_back() {
    let signed = SignedCheckpoint::parse(SPEC).unwrap();
    assert_eq!(signed.checkpoint.origin(), "example.com/behind-the-sofa");
    assert_eq!((signed.checkpoint.size, signed.signatures().len()), (20_852_163, 2));
    assert_eq!(signed.to_text(), SPEC);
    let stranger = log_key(&key(1));
    assert_eq!(signed.check(&stranger), Err(Fault::NotSigned("example.org/count".into())));
}

#[test]
fn verifier_keys_in_use_are_read_and_written_back() {
    for text in [GO, NEUMANN] {
        let key = VerifierKey::parse(text).unwrap();
        assert_eq!((key.to_string().as_str(), key.role()), (text, Role::Log));
    }
    let witness = witness_key("witness.example/w", &key(2));
    assert_eq!(VerifierKey::parse(&witness.to_string()), Ok(witness.clone()));
    let log = VerifierKey::new("witness.example/w", Role::Log, key(2).public_key()).unwrap();
    assert_ne!(log.id(), witness.id(), "one key in two roles has two ids");
    // The hash of another name, a type that is not ours, no key, and no text.
    let other = GO.replace("sum.", "xum.");
    for bad in [other.as_str(), "a+00000000+AgAA", "a+b", "", "a+", "sum.golang.org+033de0ae+Ac4zctda0e5eza"]
    {
        assert_eq!(VerifierKey::parse(bad), Err(Fault::BadVerifierKey), "{bad:?}");
    }
    let upper = GO.replace("033de0ae", "033DE0AE");
    assert_eq!(VerifierKey::parse(&upper), Err(Fault::BadVerifierKey));
}

/// The signed note of the same documentation: another implementation's signature verifies here.
#[test]
fn a_signature_of_the_go_implementation_verifies() {
    let text = "If you think cryptography is the answer to your problem,\n\
                then you don't know what your problem is.\n";
    let line = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=";
    let key = VerifierKey::parse(NEUMANN).unwrap();
    let bytes = BASE64.decode(line).unwrap();
    assert_eq!(bytes[..4], key.id());
    let signature: [u8; 64] = bytes[4..].try_into().unwrap();
    assert_eq!(key.key().check(text.as_bytes(), &signature), Ok(()));
    // Its private key is published there too; Ed25519 is deterministic, so that ours is the same signature.
    let seed = BASE64.decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz").unwrap();
    let mut pair = KeyPair::from_seed(seed[1..].try_into().unwrap(), "");
    assert_eq!(pair.sign(text.as_bytes()), Ok(signature));
}

#[test]
fn keys_of_small_order_and_second_encodings_are_no_keys() {
    // Points of order 1, 2, 4 and 8, and encodings of y ≥ p (RFC 8032 §5.1.3; Chalkias, Garillot, Nikolaenko,
    // "Taming the many EdDSAs", 2020, Table 6).
    let bad = [
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "0100000000000000000000000000000000000000000000000000000000000080",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ];
    for hex in bad {
        let bytes: [u8; 32] = unhex(hex).try_into().unwrap();
        assert_eq!(PublicKey::from_bytes(&bytes), Err(Fault::BadKey), "{hex}");
    }
}

#[test]
fn signed_and_cosigned_by_whom_it_says_and_nobody_else() {
    let (mut log, mut next, mut witness) = (key(1), key(2), key(3));
    let mut signed = SignedCheckpoint::sign(checkpoint(), &mut log).unwrap();
    signed.add_log_signature(&mut next).unwrap();
    signed.cosign("witness.example/w", &mut witness, 1_700_000_000).unwrap();
    let keys = [log_key(&log), log_key(&next), witness_key("witness.example/w", &witness)];
    let read = SignedCheckpoint::parse(&signed.to_text()).unwrap();
    assert_eq!(read, signed);
    assert_eq!(keys.each_ref().map(|key| read.check(key)), [Ok(None), Ok(None), Ok(Some(1_700_000_000))]);
    let strangers = [
        log_key(&key(4)),
        witness_key("witness.example/other", &witness),
        VerifierKey::new("witness.example/w", Role::Log, witness.public_key()).unwrap(),
    ];
    for stranger in strangers {
        assert_eq!(read.check(&stranger), Err(Fault::NotSigned(stranger.name().into())));
    }
    // A witness that cosigns again replaces its earlier word; a signature of another checkpoint does not verify.
    signed.cosign("witness.example/w", &mut witness, 1_700_000_001).unwrap();
    assert_eq!((signed.signatures().len(), signed.check(&keys[2])), (3, Ok(Some(1_700_000_001))));
    signed.checkpoint.size += 1;
    for key in &keys {
        assert_eq!(signed.check(key), Err(Fault::SignatureFails));
    }
}

/// OpenSSL judges a cosignature over the text that tlog-cosignature prescribes.
#[test]
fn openssl_accepts_our_cosignature() {
    if !has("openssl", "version") {
        return;
    }
    let mut witness = key(3);
    let mut signed = SignedCheckpoint::sign(checkpoint(), &mut key(1)).unwrap();
    signed.cosign("witness.example/w", &mut witness, 1_679_315_147).unwrap();
    let text = signed.to_text();
    let line = text.lines().last().unwrap().strip_prefix("\u{2014} witness.example/w ").unwrap();
    let bytes = BASE64.decode(line).unwrap();
    assert_eq!(bytes[4..12], 1_679_315_147_u64.to_be_bytes());
    let message = "cosignature/v1\ntime 1679315147\nexample.org/count\n42\n\
                   BQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQU=\n";
    // SubjectPublicKeyInfo of Ed25519: RFC 8410 §4 and §10.1.
    let der = [unhex("302a300506032b6570032100"), witness.public_key().as_bytes().to_vec()].concat();
    let temp = Temp::new();
    let files = [temp.write("key", der), temp.write("text", message), temp.write("sig", &bytes[12..])];
    let verify = |files: &[String; 3]| {
        let mut command = Command::new("openssl");
        command.args(["pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-rawin", "-inkey"]);
        command.args([&files[0], "-in", &files[1], "-sigfile", &files[2]]);
        command
    };
    good(&mut verify(&files), b"");
    temp.write("text", message.replace("42", "43"));
    assert!(!run(&mut verify(&files), b"").status.success());
}

#[test]
fn what_is_not_in_its_one_form_is_no_checkpoint() {
    let origin = "example.com/behind-the-sofa";
    let signature = SPEC.lines().nth(4).unwrap();
    let bad: Vec<(String, usize)> = vec![
        (String::new(), 1),
        ("\n\n".into(), 1),
        (SPEC.replacen(origin, "with a space", 1), 1),
        (SPEC.replacen(origin, "with+plus", 1), 1),
        (SPEC.replacen(origin, &"x".repeat(256), 1), 1),
        (SPEC.replace("20852163", "020852163"), 2),
        (SPEC.replace("20852163", "+20852163"), 2),
        (SPEC.replace("20852163", "-1"), 2),
        (SPEC.replace("20852163", "18446744073709551616"), 2),
        (SPEC.replace("q2I=", "q2J="), 3),
        (SPEC.replace("q2I=", "q2I"), 3),
        (SPEC.replace("CsUYapGG", ""), 3),
        (SPEC.replacen('\n', "\r\n", 1), 1),
        (SPEC.trim_end().to_owned(), 6),
        (SPEC.replace("\n\n", "\n"), 6),
        (SPEC.replace("\n\n", "\n\n\n"), 5),
        (format!("{SPEC}\n"), 7),
        (format!("{SPEC}x\n"), 7),
        (format!("{SPEC}{signature}\n"), 7),
        (SPEC.replace("\u{2014} w", "- w"), 6),
        (SPEC.replace("\u{2014} w", "\u{2014}  w"), 6),
        (SPEC.replace("jWbPPw", "\u{7}jWbPPw"), 6),
        (format!("{SPEC}\u{2014} a AAAAAA==\n"), 7),
        (SPEC.lines().take(4).map(|line| format!("{line}\n")).collect(), 5),
    ];
    for (text, line) in bad {
        assert_eq!(SignedCheckpoint::parse(&text), Err(Fault::BadCheckpoint { line }), "{text:?}");
    }
    let many: String = (0..64).map(|i| signature.replace("sofa ", &format!("sofa{i} ")) + "\n").collect();
    assert_eq!(SignedCheckpoint::parse(&format!("{SPEC}{many}")), Err(Fault::BadCheckpoint { line: 69 }));
    assert!(matches!(SignedCheckpoint::parse(&"a".repeat(1 << 20)), Err(Fault::TooLarge { .. })));
    let extended = SPEC.replace("q2I=\n", "q2I=\nanything else\n");
    let signed = SignedCheckpoint::parse(&extended).unwrap();
    assert_eq!(
        (signed.checkpoint.extensions(), signed.to_text()),
        (&["anything else".to_owned()][..], extended)
    );
}

#[test]
fn so_many_of_these_witnesses() {
    let mut pairs = [key(3), key(4), key(5)];
    let keys: Vec<VerifierKey> =
        pairs.iter().enumerate().map(|(i, pair)| witness_key(&format!("w{i}.example"), pair)).collect();
    let lines: Vec<String> = keys.iter().map(ToString::to_string).collect();
    let policy = Witnesses::parse(&format!("# ours\nneed 2\n\n{}\n", lines.join("\n"))).unwrap();
    assert_eq!((policy.need(), policy.keys()), (2, keys.as_slice()));
    let mut signed = SignedCheckpoint::sign(checkpoint(), &mut key(1)).unwrap();
    signed.cosign("w0.example", &mut pairs[0], 7).unwrap();
    // The third key's word under the second's name is not the second's.
    signed.cosign("w1.example", &mut key(5), 7).unwrap();
    let seen = policy.look(&signed);
    assert_eq!(seen.iter().map(|seen| seen.verdict.is_ok()).collect::<Vec<_>>(), [true, false, false]);
    assert!(!policy.are_enough(&seen));
    signed.cosign("w2.example", &mut pairs[2], 8).unwrap();
    assert!(policy.are_enough(&policy.look(&signed)));
    signed.checkpoint.root = [6; 32];
    assert!(!policy.are_enough(&policy.look(&signed)));
    // Nobody, more than there are, one key twice, a log's key, and lines that are none.
    let bad =
        [(0, 2, 0), (3, 2, 0)].map(|(need, n, at)| (format!("need {need}\n{}\n", lines[..n].join("\n")), at));
    let twice = witness_key("again.example", &key(3));
    let more = [
        (format!("need 1\n{}\n{twice}\n", lines[0]), 0),
        (format!("need 1\n{GO}\n"), 0),
        (String::new(), 0),
        ("need one\n".to_owned(), 1),
        ("need 1\nnobody\n".to_owned(), 2),
    ];
    for (text, line) in bad.into_iter().chain(more) {
        assert_eq!(Witnesses::parse(&text), Err(Fault::BadWitnesses { line }), "{text:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    /// A changed byte is refused, or the signature fails, or it was another key's line.
    #[test]
    fn no_byte_of_a_signed_checkpoint_can_change(at in any::<prop::sample::Index>(), with in any::<u8>()) {
        let (mut log, mut witness) = (key(1), key(3));
        let mut signed = SignedCheckpoint::sign(checkpoint(), &mut log).unwrap();
        signed.cosign("witness.example/w", &mut witness, 9).unwrap();
        let mut bytes = signed.to_text().into_bytes();
        let i = at.index(bytes.len());
        prop_assume!(bytes[i] != with);
        bytes[i] = with;
        let Ok(text) = String::from_utf8(bytes) else { return Ok(()) };
        if let Ok(changed) = SignedCheckpoint::parse(&text) {
            let both = [log_key(&log), witness_key("witness.example/w", &witness)].map(|key| changed.check(&key));
            prop_assert!(both.iter().any(Result::is_err), "{}", text);
        }
    }

    /// Any text is refused or is written back as it was.
    #[test]
    fn any_text_is_refused_or_written_back(text in "[a-z0-9=+ \u{2014}\n]{0,80}") {
        if let Ok(signed) = SignedCheckpoint::parse(&text) {
            prop_assert_eq!(signed.to_text(), text);
        }
    }
}
