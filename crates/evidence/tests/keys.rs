//! SSH keys and signatures: published vectors, and OpenSSH's own programs.

use std::process::Command;

use proptest::prelude::*;
use tallyproof_evidence::fault::Fault;
use tallyproof_evidence::ssh::{
    KeyPair, NAMESPACE, PublicKey, Signer, allowed_signers, is_encrypted, public_key_of, sign, signer_of,
    verify,
};

use crate::support::{Temp, good, has, key, run, unhex};

/// A signature by ssh-keygen over "testing" for the namespace "example", and its key (documentation of the crate
/// ssh-key, `PublicKey::verify`).
const LINE: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILM+rvN+ot98qgEN796jTiQfZfG1KaT0PtFDJ/XFSqti user@example.com";
const SIGNATURE: &str = "-----BEGIN SSH SIGNATURE-----
U1NIU0lHAAAAAQAAADMAAAALc3NoLWVkMjU1MTkAAAAgsz6u836i33yqAQ3v3qNOJB9l8b
UppPQ+0UMn9cVKq2IAAAAHZXhhbXBsZQAAAAAAAAAGc2hhNTEyAAAAUwAAAAtzc2gtZWQy
NTUxOQAAAEBPEav+tMGNnox4MuzM7rlHyVBajCn8B0kAyiOWwPKprNsG3i6X+voz/WCSik
/FowYwqhgCABUJSvRX3AERVBUP
-----END SSH SIGNATURE-----
";

fn keygen() -> Command {
    Command::new("ssh-keygen")
}

fn has_keygen() -> bool {
    has("ssh-keygen", "-?")
}

/// RFC 8032 §7.1, tests 1 and 2.
#[test]
fn ed25519_vectors() {
    let vectors = [
        (
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b\
             d25bf5f0595bbe24655141438e7a100b",
        ),
        (
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c\
             387b2eaeb4302aeeb00d291612bb0c00",
        ),
    ];
    for (seed, public, message, signature) in vectors {
        let mut pair = KeyPair::from_seed(&unhex(seed).try_into().unwrap(), "");
        assert_eq!(pair.public_key().as_bytes().to_vec(), unhex(public));
        assert_eq!(pair.sign(&unhex(message)).unwrap().to_vec(), unhex(signature));
    }
}

#[test]
fn a_signature_of_ssh_keygen_verifies_for_its_purpose_and_message_only() {
    let (signer, comment) = PublicKey::parse_line(LINE).unwrap();
    assert_eq!(comment, "user@example.com");
    assert_eq!(verify(SIGNATURE, "example", b"testing", &signer), Ok(()));
    assert_eq!(signer_of(SIGNATURE, "example", b"testing"), Ok(signer));
    let found = || "example".to_owned();
    assert_eq!(signer_of(SIGNATURE, NAMESPACE, b"testing"), Err(Fault::OtherNamespace { found: found() }));
    assert_eq!(signer_of(SIGNATURE, "example", b"tested"), Err(Fault::SignatureFails));
    let other = key(1).public_key();
    let not_signed = Err(Fault::NotSigned(other.fingerprint()));
    assert_eq!(verify(SIGNATURE, "example", b"testing", &other), not_signed);
}

#[test]
fn lines_that_are_no_ed25519_key() {
    let ecdsa = "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBHwf2HMM5TRXvo2SQJjsNkiDD5KqiiNjrGVv3UUh+mMT5RHxiRtOnlqvjhQtBq0VpmpCV/PwUdhOig4vkbqAcEc= x";
    assert!(matches!(PublicKey::parse_line(ecdsa), Err(Fault::KeyKind | Fault::BadKey)));
    let (stem, _) = LINE.rsplit_once(' ').unwrap();
    let bad = [
        String::new(),
        "ssh-ed25519".into(),
        stem.replace("ssh-ed25519", "ssh-rsa"),
        stem.replace("SqtI", "Sqt"),
        stem.replace("AAAA", "AAA"),
        format!(" {stem}"),
        format!("{stem} "),
        format!("{stem}\n\n"),
        format!("{stem} a\u{7}b"),
        stem.replace(' ', "  "),
    ];
    for line in bad.iter().filter(|line| *line != stem) {
        assert!(PublicKey::parse_line(line).is_err(), "{line:?}");
    }
    assert!(matches!(PublicKey::parse_line(&"x".repeat(1 << 16)), Err(Fault::TooLarge { .. })));
}

#[test]
fn allowed_signers_are_followed_to_the_letter_or_not_at_all() {
    let (one, two) = (key(1).public_key(), key(2).public_key());
    let line = one.allowed_signers_line("press@example.org", &[NAMESPACE, "tallyproof-key"]).unwrap();
    let text = format!("# who may sign\n{line}\n\nwitness {}\n{}\n", two.line("w"), two.line(""));
    let read = allowed_signers(&text).unwrap();
    let who: Vec<_> = read.iter().map(|signer| (signer.principal.as_str(), signer.key)).collect();
    assert_eq!(who, [("press@example.org", one), ("witness", two), ("", two)]);
    assert_eq!(read.iter().map(|signer| signer.may_sign("git")).collect::<Vec<_>>(), [false, true, true]);
    assert!(read.iter().all(|signer| signer.may_sign(NAMESPACE)));
    let key = one.line("");
    let bad = [
        format!("*@example.org {key}"),
        format!("a,b {key}"),
        format!("\"a b\" {key}"),
        format!("a cert-authority {key}"),
        format!("a valid-before=\"20300101\" {key}"),
        format!("a namespaces=\"*\" {key}"),
        "a b c".to_owned(),
    ];
    for line in bad {
        assert_eq!(allowed_signers(&format!("\n{line}\n")), Err(Fault::BadSigners { line: 2 }), "{line}");
    }
    assert_eq!(one.allowed_signers_line("a b", &[]), Err(Fault::BadName("a b".into())));
}

#[test]
fn key_files_open_with_their_passphrase_only() {
    let pair = key(7);
    let plain = pair.to_openssh(None).unwrap();
    let locked = pair.to_openssh(Some(("correct horse", &[9; 16]))).unwrap();
    assert_eq!((is_encrypted(&plain), is_encrypted(&locked)), (Ok(false), Ok(true)));
    assert_eq!(public_key_of(&locked), Ok(pair.public_key()));
    let open = KeyPair::from_openssh(&plain, None).unwrap();
    assert_eq!((open.public_key(), open.comment()), (pair.public_key(), "key 7"));
    let open = KeyPair::from_openssh(&locked, Some("correct horse")).unwrap();
    assert_eq!((open.public_key(), open.comment()), (pair.public_key(), "key 7"));
    let fault = |passphrase| KeyPair::from_openssh(&locked, passphrase).unwrap_err();
    assert_eq!((fault(None), fault(Some("wrong"))), (Fault::PassphraseNeeded, Fault::WrongPassphrase));
    for bad in ["", "x", &plain[..200], &plain.replace("OPENSSH", "RSA")] {
        assert_eq!(KeyPair::from_openssh(bad, None).unwrap_err(), Fault::BadKeyFile);
    }
    assert!(matches!(is_encrypted(&"x".repeat(1 << 20)), Err(Fault::TooLarge { .. })));
}

/// `ssh-keygen -a` writes the number into the file: one that would take a year is not followed.
#[test]
fn a_key_file_cannot_hang_its_reader() {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD as BASE64;
    let locked = key(7).to_openssh(Some(("x", &[9; 16]))).unwrap();
    let body: String = locked.lines().filter(|line| !line.starts_with("-----")).collect();
    let mut bytes = BASE64.decode(body).unwrap();
    let rounds = [&[9; 16][..], &24_u32.to_be_bytes()].concat();
    let at = bytes.windows(20).position(|window| window == rounds).unwrap() + 16;
    bytes[at..at + 4].copy_from_slice(&u32::MAX.to_be_bytes());
    let body = BASE64.encode(bytes);
    let lines: Vec<&str> =
        body.as_bytes().chunks(70).map(|line| std::str::from_utf8(line).unwrap()).collect();
    let file = format!(
        "-----BEGIN OPENSSH PRIVATE KEY-----\n{}\n-----END OPENSSH PRIVATE KEY-----\n",
        lines.join("\n")
    );
    let fault = KeyPair::from_openssh(&file, Some("x")).unwrap_err();
    assert_eq!(fault, Fault::TooManyRounds { rounds: u32::MAX });
}

#[test]
fn ssh_keygen_accepts_our_signatures() {
    if !has_keygen() {
        return;
    }
    let (mut pair, temp) = (key(1), Temp::new());
    let message = b"manifest of a bag\n";
    let signature = temp.write("sig", sign(&mut pair, NAMESPACE, message).unwrap());
    let line = pair.public_key().allowed_signers_line("press@example.org", &[NAMESPACE]).unwrap();
    let signers = temp.write("allowed_signers", line + "\n");
    let verify = |namespace: &str| {
        let mut command = keygen();
        command.args(["-Y", "verify", "-f", &signers, "-I", "press@example.org", "-n", namespace]);
        command.args(["-s", &signature]);
        command
    };
    let said = good(&mut verify(NAMESPACE), message);
    assert!(said.contains(&pair.public_key().fingerprint()), "{said}");
    assert!(!run(&mut verify(NAMESPACE), b"another").status.success());
    assert!(!run(&mut verify("git"), message).status.success());
    let mut novalidate = keygen();
    good(novalidate.args(["-Y", "check-novalidate", "-n", NAMESPACE, "-s", &signature]), message);
    // What it found by the signature is what it knows the key as.
    let mut find = keygen();
    let found = good(find.args(["-Y", "find-principals", "-f", &signers, "-s", &signature]), b"");
    assert_eq!(found.trim(), "press@example.org");
}

#[test]
fn ssh_keygen_reads_our_key_files() {
    if !has_keygen() {
        return;
    }
    let (pair, temp) = (key(8), Temp::new());
    let line = pair.public_key().line("key 8");
    let plain = temp.write("plain", pair.to_openssh(None).unwrap().as_bytes());
    assert_eq!(good(keygen().args(["-y", "-P", "", "-f", &plain]), b"").trim(), line);
    let file = pair.to_openssh(Some(("pass word", &[3; 16]))).unwrap();
    let locked = temp.write("locked", file.as_bytes());
    assert_eq!(good(keygen().args(["-y", "-P", "pass word", "-f", &locked]), b"").trim(), line);
    assert!(!run(keygen().args(["-y", "-P", "wrong", "-f", &locked]), b"").status.success());
    let public = temp.write("public", line);
    let listed = good(keygen().args(["-l", "-f", &public]), b"");
    assert!(listed.contains(&format!(" {} ", pair.public_key().fingerprint())), "{listed}");
}

#[test]
fn we_read_keys_and_signatures_of_ssh_keygen() {
    if !has_keygen() {
        return;
    }
    let temp = Temp::new();
    for (name, passphrase) in [("plain", ""), ("locked", "pass word")] {
        let path = temp.join(name);
        good(
            keygen().args(["-q", "-t", "ed25519", "-C", "of ssh-keygen", "-N", passphrase, "-f", &path]),
            b"",
        );
        let file = temp.read(name);
        assert_eq!(is_encrypted(&file), Ok(!passphrase.is_empty()));
        let pair = KeyPair::from_openssh(&file, Some(passphrase).filter(|p| !p.is_empty())).unwrap();
        let public = temp.read(&format!("{name}.pub"));
        assert_eq!(pair.public_key().line(pair.comment()), public.trim());
        assert_eq!(PublicKey::parse_line(&public), Ok((pair.public_key(), "of ssh-keygen".into())));
    }
    // Whatever it may sign over: SHA-512, its default, and SHA-256.
    let (plain, message) = (temp.join("plain"), b"some bytes");
    let signer = KeyPair::from_openssh(&temp.read("plain"), None).unwrap().public_key();
    for hash in ["sha512", "sha256"] {
        let option = format!("hashalg={hash}");
        let mut command = keygen();
        command.args(["-Y", "sign", "-f", &plain, "-n", NAMESPACE, "-O", &option]);
        let signature = good(&mut command, message);
        assert_eq!(signer_of(&signature, NAMESPACE, message), Ok(signer), "{hash}\n{signature}");
    }
    // Keys of other kinds are named as such.
    let ecdsa = temp.join("ecdsa");
    good(keygen().args(["-q", "-t", "ecdsa", "-N", "", "-f", &ecdsa]), b"");
    let fault = KeyPair::from_openssh(&temp.read("ecdsa"), None).unwrap_err();
    assert!(matches!(fault, Fault::KeyKind | Fault::BadKeyFile), "{fault}");
    let signature = good(keygen().args(["-Y", "sign", "-f", &ecdsa, "-n", NAMESPACE]), message);
    let fault = signer_of(&signature, NAMESPACE, message).unwrap_err();
    assert!(matches!(fault, Fault::KeyKind | Fault::BadSignature), "{fault}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    /// No byte of a signature file can change: its armour has one form.
    #[test]
    fn no_byte_of_a_signature_can_change(at in any::<prop::sample::Index>(), with in any::<u8>()) {
        let mut pair = key(1);
        let mut bytes = sign(&mut pair, NAMESPACE, b"message").unwrap().into_bytes();
        let i = at.index(bytes.len());
        prop_assume!(bytes[i] != with);
        bytes[i] = with;
        let Ok(text) = String::from_utf8(bytes) else { return Ok(()) };
        prop_assert!(verify(&text, NAMESPACE, b"message", &pair.public_key()).is_err(), "{}", text);
    }

    /// Any bytes in a key file's armour are judged, quickly.
    #[test]
    fn any_key_file_is_judged(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        use base64::Engine;
        let body = base64::engine::general_purpose::STANDARD.encode([b"openssh-key-v1\0", bytes.as_slice()].concat());
        let file = format!("-----BEGIN OPENSSH PRIVATE KEY-----\n{body}\n-----END OPENSSH PRIVATE KEY-----\n");
        prop_assert!(KeyPair::from_openssh(&file, Some("x")).is_err());
    }
}
