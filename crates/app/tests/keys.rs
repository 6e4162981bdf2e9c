//! `tallyproof key`: its files, its signatures, and what other people's tools make of them.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tallyproof_evidence::checkpoint::{Checkpoint, Role, SignedCheckpoint, VerifierKey};
use tallyproof_evidence::ssh::{KeyPair, NAMESPACE_KEY, PublicKey, verify};
use tallyproof_evidence::statement::{SignedStatement, follow};
use tallyproof_evidence::witness::Witnesses;

use crate::pages::{Page, tools_are_there};
use crate::support::{PROGRAM, Ran, Temp, run, run_command, tallyproof};

/// Whether another program is at hand; a word on stderr where it is not.
fn has(tool: &str) -> bool {
    let there = Command::new(tool).arg("-?").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok();
    let required = std::env::var_os("TALLYPROOF_REQUIRE_TOOLS").is_some();
    assert!(there || !required, "TALLYPROOF_REQUIRE_TOOLS is set, and {tool} is not there");
    if !there {
        eprintln!("skipped: {tool} is not there");
    }
    there
}

/// `tallyproof key …` in a folder.
#[track_caller]
fn key(temp: &Temp, args: &[&str]) -> Ran {
    let mut command = tallyproof();
    command.current_dir(temp.path()).env_remove("SSH_AUTH_SOCK").arg("key").args(args);
    run_command(command)
}

fn read(temp: &Temp, name: &str) -> String {
    std::fs::read_to_string(temp.join(name)).unwrap()
}

/// A public key from its file.
fn public(temp: &Temp, name: &str) -> PublicKey {
    PublicKey::parse_line(&read(temp, name)).unwrap().0
}

/// A folder with a locked key, an open one, and a checkpoint signed by a third.
fn with_keys() -> Temp {
    let temp = Temp::new();
    temp.write("passphrase", "correct horse\n");
    key(
        &temp,
        &["new", "--out", "press.key", "--comment", "press.example.org", "--passphrase-file", "passphrase"],
    )
    .ends(0);
    key(&temp, &["new", "--out", "next.key", "--no-passphrase"])
        .ends(0)
        .says(&["whoever copies it can sign"]);
    temp.write("checkpoint", signed_checkpoint().to_text());
    temp
}

fn signed_checkpoint() -> SignedCheckpoint {
    let checkpoint = Checkpoint::new("press.example.org/count", 42, [5; 32]).unwrap();
    SignedCheckpoint::sign(checkpoint, &mut KeyPair::from_seed(&[1; 32], "")).unwrap()
}

#[test]
fn a_new_key_is_its_owners_alone_and_overwrites_nothing() {
    let temp = with_keys();
    let before = [read(&temp, "press.key"), read(&temp, "press.key.pub")];
    assert!(before[1].starts_with("ssh-ed25519 AAAA") && before[1].ends_with(" press.example.org\n"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |name: &str| std::fs::metadata(temp.join(name)).unwrap().permissions().mode() & 0o777;
        assert_eq!([mode("press.key"), mode("next.key")], [0o600; 2]);
        assert_eq!(mode("press.key.pub") & 0o133, 0);
    }
    key(&temp, &["new", "--out", "press.key", "--no-passphrase"]).fails(2, &["is there already"]);
    std::fs::remove_file(temp.join("press.key")).unwrap();
    key(&temp, &["new", "--out", "press.key", "--no-passphrase"])
        .fails(2, &["press.key.pub", "there already"]);
    assert_eq!(read(&temp, "press.key.pub"), before[1]);
    // Two keys are two keys.
    assert_ne!(public(&temp, "press.key.pub"), public(&temp, "next.key.pub"));
    temp.write("empty", "\n");
    key(&temp, &["new", "--out", "e.key", "--passphrase-file", "empty"])
        .fails(3, &["empty begins with an empty line"]);
    key(&temp, &["new", "--out", "e.key"]).fails(2, &["no terminal", "--passphrase-file"]);
    key(&temp, &["new", "--out", "e.key", "--comment", "a\u{7}b", "--no-passphrase"])
        .fails(2, &["cannot be a name"]);
    key(&temp, &["new", "--out", "nowhere/e.key", "--no-passphrase"]).fails(3, &["is not there"]);
    assert!(!temp.join("e.key").exists());
}

#[test]
fn show_prints_what_others_need_without_a_passphrase() {
    let temp = with_keys();
    let shown = key(&temp, &["show", "press.key", "--format", "json"]).ends(0).json();
    let line = read(&temp, "press.key.pub");
    let text = |what: &str| shown[what].as_str().unwrap().to_owned();
    assert_eq!(text("public_key"), line.trim());
    assert_eq!(text("fingerprint"), public(&temp, "press.key.pub").fingerprint());
    let log = VerifierKey::parse(&text("log_key")).unwrap();
    assert_eq!(
        (log.name(), log.role(), *log.key()),
        ("press.example.org", Role::Log, public(&temp, "press.key.pub"))
    );
    assert_eq!(VerifierKey::parse(&text("witness_key")).unwrap().role(), Role::Witness);
    assert_eq!(key(&temp, &["show", "press.key.pub", "--format", "json"]).ends(0).json(), shown);
    let named = key(&temp, &["show", "next.key", "--name", "w.example/x"]).ends(0).out;
    assert!(
        named.contains("\n  w.example/x namespaces=\"tallyproof,tallyproof-key\" ssh-ed25519 AAAA"),
        "{named}"
    );
    let csv = key(&temp, &["show", "next.key", "--format", "csv"]).ends(0).out;
    assert!(csv.lines().nth(1).unwrap().starts_with("public_key,ssh-ed25519 AAAA"), "{csv}");
    key(&temp, &["show", "next.key", "--name", "a b"]).fails(2, &["cannot be a name"]);
    key(&temp, &["show", "passphrase"]).fails(3, &["is no public key"]);
    key(&temp, &["show", "nowhere"]).fails(3, &["is not there"]);
    let mut spanish = tallyproof();
    spanish.current_dir(temp.path()).args(["--lang", "es", "key", "show", "press.key"]);
    assert!(run_command(spanish).ends(0).out.contains("Clave de verificación como testigo"));
}

#[test]
fn ssh_keygen_reads_the_files_and_accepts_the_signatures() {
    if !has("ssh-keygen") {
        return;
    }
    let temp = with_keys();
    let keygen = |args: &[&str], input: Option<&str>| {
        let mut command = Command::new("ssh-keygen");
        command.current_dir(temp.path()).args(args).stdin(Stdio::null());
        if let Some(name) = input {
            command.stdin(std::fs::File::open(temp.join(name)).unwrap());
        }
        run_command(command)
    };
    let line = keygen(&["-y", "-P", "correct horse", "-f", "press.key"], None).ends(0).out;
    assert_eq!(line, read(&temp, "press.key.pub"));
    // Longer than any buffer, so that it is hashed in pieces.
    temp.write("manifest", vec![b'x'; 3 << 20]);
    key(&temp, &["sign", "manifest", "--key", "press.key", "--passphrase-file", "passphrase"])
        .ends(0)
        .says(&["manifest.sig"]);
    let shown = key(&temp, &["show", "press.key", "--format", "json"]).ends(0).json();
    temp.write("signers", format!("{}\n", shown["allowed_signers"].as_str().unwrap()));
    let check = [
        "-Y",
        "verify",
        "-f",
        "signers",
        "-I",
        "press.example.org",
        "-n",
        "tallyproof",
        "-s",
        "manifest.sig",
    ];
    keygen(&check, Some("manifest")).ends(0);
    keygen(&check, Some("passphrase")).ends(255);
    key(&temp, &["sign", "manifest", "--key", "next.key"]).fails(2, &["manifest.sig is there already"]);
    key(&temp, &["sign", "manifest", "--key", "next.key", "--out", "second.sig", "--namespace", "file"])
        .ends(0);
    keygen(&["-Y", "check-novalidate", "-n", "file", "-s", "second.sig"], Some("manifest")).ends(0);
    // And the other way about: a key that ssh-keygen made.
    keygen(&["-q", "-t", "ed25519", "-N", "correct horse", "-C", "theirs", "-f", "theirs.key"], None).ends(0);
    key(
        &temp,
        &["sign", "manifest", "--key", "theirs.key", "--passphrase-file", "passphrase", "--out", "third.sig"],
    )
    .ends(0);
    keygen(&["-Y", "check-novalidate", "-n", "tallyproof", "-s", "third.sig"], Some("manifest")).ends(0);
    keygen(&["-q", "-t", "ecdsa", "-N", "", "-f", "ecdsa.key"], None).ends(0);
    key(&temp, &["sign", "signers", "--key", "ecdsa.key"]).fails(3, &["ecdsa.key"]);
}

#[test]
fn bad_calls_name_themselves() {
    let temp = with_keys();
    temp.write("wrong", "incorrect horse\n");
    let sign = |args: &[&str]| key(&temp, &[&["sign", "checkpoint"], args].concat());
    sign(&["--key", "press.key", "--passphrase-file", "wrong"]).fails(3, &["does not open press.key"]);
    sign(&["--key", "press.key"]).fails(2, &["no terminal"]);
    sign(&["--key", "checkpoint"]).fails(3, &["checkpoint is no OpenSSH private key file"]);
    sign(&["--agent"]).fails(3, &["No SSH agent"]);
    sign(&[]).ends(2);
    sign(&["--key", "next.key", "--agent"]).ends(2);
    sign(&["--key", "next.key", "--cosign"]).ends(2);
    sign(&["--key", "next.key", "--cosign", "--name", "a b"]).fails(2, &["cannot be a name"]);
    key(&temp, &["sign", "nowhere", "--key", "next.key"]).fails(3, &["nowhere is not there"]);
    temp.write("noise", [0xff_u8; 64]);
    key(&temp, &["sign", "noise", "--key", "next.key", "--cosign", "--name", "w"]).fails(3, &["noise"]);
    temp.write("huge", vec![b'x'; 2 << 20]);
    key(&temp, &["sign", "huge", "--key", "next.key", "--cosign", "--name", "w"])
        .fails(3, &["huge is larger"]);
    key(&temp, &["sign", "passphrase", "--key", "next.key", "--cosign", "--name", "w"])
        .fails(3, &["passphrase, line 2: not as a signed checkpoint is written"]);
    assert_eq!(read(&temp, "checkpoint"), signed_checkpoint().to_text());
}

#[test]
fn a_witness_cosigns_a_checkpoint() {
    let temp = with_keys();
    let cosign = [
        "sign",
        "checkpoint",
        "--key",
        "next.key",
        "--cosign",
        "--name",
        "w.example",
        "--time",
        "1700000000",
    ];
    let sha256 = signed_checkpoint().checkpoint.sha256();
    key(&temp, &cosign).ends(0).says(&["42 events", &sha256]);
    let once = read(&temp, "checkpoint");
    let signed = SignedCheckpoint::parse(&once).unwrap();
    let witness = VerifierKey::new("w.example", Role::Witness, public(&temp, "next.key.pub")).unwrap();
    assert_eq!(signed.check(&witness), Ok(Some(1_700_000_000)));
    let policy = Witnesses::new(vec![witness], 1).unwrap();
    assert!(policy.are_enough(&policy.look(&signed)));
    // The same time gives the same bytes, and a witness stands there once.
    key(&temp, &cosign).ends(0);
    assert_eq!(read(&temp, "checkpoint"), once);
    assert!(!temp.join("checkpoint.part").exists());
}

#[test]
fn rotation_and_loss_are_followed_as_documented() {
    let temp = with_keys();
    let locked = ["--key", "press.key", "--passphrase-file", "passphrase"];
    let rotate =
        [&["rotate"], &locked[..], &["--new-key", "next.key", "--checkpoint", "checkpoint"]].concat();
    let (old, new) = (public(&temp, "press.key.pub"), public(&temp, "next.key.pub"));
    key(&temp, &[&rotate[..], &["--out", "rotation"]].concat()).ends(0).says(&[
        &old.fingerprint(),
        &new.fingerprint(),
        "after 42 events",
    ]);
    key(&temp, &[&rotate[..], &["--out", "rotation"]].concat()).fails(2, &["rotation is there already"]);
    let origin = "press.example.org/count";
    let rotation = SignedStatement::parse(&read(&temp, "rotation")).unwrap();
    let trust = follow(&old, origin, std::slice::from_ref(&rotation), None).unwrap();
    assert_eq!((trust.current, trust.steps[0].size), (new, 42));
    let itself =
        ["rotate", "--key", "next.key", "--new-key", "next.key", "--checkpoint", "checkpoint", "--out", "x"];
    key(&temp, &itself).fails(3, &["no statement about a key", "two different keys"]);
    assert!(!temp.join("x").exists());
    let lost = ["lost", "press.key.pub", "--key", "next.key", "--checkpoint", "checkpoint", "--out", "lost"];
    key(&temp, &lost).ends(0).says(&["is lost", "good for 42 events"]);
    key(&temp, &["new", "--out", "witness.key", "--no-passphrase"]).ends(0);
    let witness = VerifierKey::new("w.example", Role::Witness, public(&temp, "witness.key.pub")).unwrap();
    let policy = Witnesses::new(vec![witness], 1).unwrap();
    let current = || {
        let lost = SignedStatement::parse(&read(&temp, "lost")).unwrap();
        follow(&old, origin, &[lost], Some(&policy)).unwrap().current
    };
    assert_eq!(current(), old);
    key(&temp, &["sign", "lost", "--cosign", "--name", "w.example", "--key", "witness.key"])
        .ends(0)
        .says(&["signed by", "too"]);
    assert_eq!(current(), new);
    // The line and what follows it are what ssh-keygen judges.
    let text = read(&temp, "rotation");
    let (line, signatures) = text.split_at(text.find('\n').unwrap() + 1);
    let first = signatures.split_inclusive("END SSH SIGNATURE-----\n").next().unwrap();
    assert_eq!(verify(first, NAMESPACE_KEY, line.as_bytes(), &old), Ok(()));
}

/// An agent that ends with the test.
struct RealAgent(Child);

impl RealAgent {
    fn start(socket: &Path) -> Self {
        let mut command = Command::new("ssh-agent");
        command.arg("-D").arg("-a").arg(socket).stdout(Stdio::null()).stderr(Stdio::null());
        let child = Self(command.spawn().unwrap());
        let start = Instant::now();
        while !socket.exists() {
            assert!(start.elapsed() < Duration::from_secs(20), "ssh-agent does not listen");
            std::thread::sleep(Duration::from_millis(10));
        }
        child
    }
}

impl Drop for RealAgent {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[cfg(unix)]
#[test]
fn the_agent_signs_what_the_file_would() {
    if !has("ssh-agent") || !has("ssh-add") {
        return;
    }
    let temp = with_keys();
    // A socket's path has 107 bytes at most, so that it cannot lie as deep as the folder.
    let socket = std::env::temp_dir().join(format!("tallyproof-agent-{}", std::process::id()));
    let _ = std::fs::remove_file(&socket);
    let agent = RealAgent::start(&socket);
    let with_agent = |program: &str, args: &[&str]| {
        let mut command = if program == PROGRAM { tallyproof() } else { Command::new(program) };
        command.current_dir(temp.path()).env("SSH_AUTH_SOCK", &socket).args(args).stdin(Stdio::null());
        run_command(command)
    };
    let sign = |args: &[&str]| with_agent(PROGRAM, &[&["key", "sign", "checkpoint"], args].concat());
    sign(&["--agent"]).fails(3, &["does not hold the key", "ssh-add"]);
    with_agent("ssh-add", &["-q", "next.key"]).ends(0);
    sign(&["--agent", "--out", "by-agent.sig"]).ends(0);
    key(&temp, &["sign", "checkpoint", "--key", "next.key", "--out", "by-file.sig"]).ends(0);
    assert_eq!(read(&temp, "by-agent.sig"), read(&temp, "by-file.sig"));
    key(&temp, &["new", "--out", "third.key", "--no-passphrase"]).ends(0);
    with_agent("ssh-add", &["-q", "third.key"]).ends(0);
    let third = public(&temp, "third.key.pub").fingerprint();
    sign(&["--agent", "--out", "x.sig"]).fails(2, &["not clear which", &third]);
    sign(&[&format!("--agent={third}"), "--out", "x.sig"]).ends(0).says(&[&third]);
    sign(&["--agent=SHA256:nobody", "--out", "y.sig"]).fails(3, &["does not hold the key"]);
    drop(agent);
    let _ = std::fs::remove_file(&socket);
    sign(&["--agent", "--out", "z.sig"]).fails(3, &[]);
}

/// A passphrase typed on a terminal: Python's standard library gives one.
#[cfg(unix)]
#[test]
fn a_passphrase_is_asked_for_twice_and_not_shown() {
    if !has("python3") {
        return;
    }
    let temp = Temp::new();
    let script = r#"
import os, pty, sys, termios, time
answers = [a.encode() + b"\n" for a in sys.argv[1].split(",")]
pid, fd = pty.fork()
if pid == 0:
    os.execv(sys.argv[2], sys.argv[2:])
seen = b""
while True:
    try:
        part = os.read(fd, 1024)
    except OSError:
        break
    if not part:
        break
    seen += part
    if seen.rstrip().endswith(b":") and answers:
        # Nobody types before the terminal has stopped to show it.
        while termios.tcgetattr(fd)[3] & termios.ECHO:
            time.sleep(0.01)
        os.write(fd, answers.pop(0))
        seen += b"|"
sys.stdout.buffer.write(seen)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
"#;
    let typed = |answers: &str, args: &[&str]| {
        let mut command = crate::support::in_c_locale(Command::new("python3"));
        command.current_dir(temp.path()).args(["-c", script, answers, PROGRAM, "key"]).args(args);
        run_command(command)
    };
    let new = ["new", "--out", "k.key"];
    let said = typed("sesame,barley", &new).ends(3).out;
    assert!(said.contains("passphrases differ"), "{said}");
    assert!(!temp.join("k.key").exists());
    let said = typed("sesame,sesame", &new).ends(0).out;
    assert!(said.contains("Passphrase of the new key") && !said.contains("sesame"), "{said}");
    temp.write("file", "x");
    typed("wrong", &["sign", "file", "--key", "k.key"]).ends(3);
    let said = typed("sesame", &["sign", "file", "--key", "k.key"]).ends(0).out;
    assert!(said.contains("Passphrase of k.key") && !said.contains("sesame"), "{said}");
}

/// Every command of the page, in order.
#[cfg(unix)]
#[test]
fn every_command_of_the_page_runs() {
    if !tools_are_there("keys.md", &["ssh-keygen"]) {
        return;
    }
    let page = Page::of("keys.md");
    assert!(page.blocks().len() >= 6, "{}", page.blocks().len());
    let temp = Temp::new();
    temp.write("checkpoint", signed_checkpoint().to_text());
    let ran = page.run(&page.blocks().concat(), &temp).ends(0);
    assert_eq!(ran.out.matches("Good \"tallyproof").count(), 2, "{}", ran.out);
    let statement = SignedStatement::parse(&read(&temp, "lost.statement")).unwrap();
    assert_eq!(statement.check().unwrap().len(), 2);
}

#[test]
fn help_has_examples() {
    for verb in ["new", "show", "sign", "rotate", "lost"] {
        let help = run(&["key", verb, "--help"]).ends(0).out;
        assert!(help.contains("Example") && help.contains(&format!("tallyproof key {verb}")), "{help}");
    }
}
