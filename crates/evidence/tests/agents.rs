//! Agents: a real one, and what answers like one.
#![cfg(unix)]

use std::io::{self, Cursor, Read, Write};
use std::os::unix::net::UnixStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tallyproof_evidence::checkpoint::{Role, SignedCheckpoint, VerifierKey};
use tallyproof_evidence::fault::Fault;
use tallyproof_evidence::ssh::{Agent, NAMESPACE, Signer, sign, verify};

use crate::checkpoints::checkpoint;
use crate::support::{Temp, good, has, key};

/// An agent that ends with the test.
struct RealAgent {
    child: Child,
    socket: String,
}

impl RealAgent {
    fn start(temp: &Temp) -> Self {
        let socket = temp.join("agent");
        let mut command = Command::new("ssh-agent");
        command.args(["-D", "-a", &socket]).stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.spawn().unwrap();
        let start = Instant::now();
        while UnixStream::connect(&socket).is_err() {
            assert!(start.elapsed() < Duration::from_secs(20), "ssh-agent does not listen");
            std::thread::sleep(Duration::from_millis(10));
        }
        Self { child, socket }
    }

    fn connect(&self) -> UnixStream {
        UnixStream::connect(&self.socket).unwrap()
    }
}

impl Drop for RealAgent {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_real_agent_signs_bundles_and_checkpoints() {
    if !has("ssh-agent", "-?") || !has("ssh-add", "-?") {
        return;
    }
    let temp = Temp::new();
    let agent = RealAgent::start(&temp);
    let pair = key(11);
    let fingerprint = pair.public_key().fingerprint();
    assert_eq!(Agent::identities(&mut agent.connect()), Ok(Vec::new()));
    let none = Agent::with_key(agent.connect(), &fingerprint).err();
    assert_eq!(none, Some(Fault::NotInAgent));
    let file = temp.write("key", pair.to_openssh(None).unwrap().as_bytes());
    let add =
        |args: &[&str]| good(Command::new("ssh-add").args(args).env("SSH_AUTH_SOCK", &agent.socket), b"");
    add(&["-q", &file]);
    let held = Agent::identities(&mut agent.connect()).unwrap();
    assert_eq!(
        held.iter().map(|held| (held.key, held.comment.as_str())).collect::<Vec<_>>(),
        [(pair.public_key(), "key 11")]
    );
    let mut signer = Agent::with_key(agent.connect(), &fingerprint).unwrap();
    let signature = sign(&mut signer, NAMESPACE, b"a manifest").unwrap();
    assert_eq!(verify(&signature, NAMESPACE, b"a manifest", &pair.public_key()), Ok(()));
    let signed = SignedCheckpoint::sign(checkpoint(), &mut signer).unwrap();
    let log = VerifierKey::new("example.org/count", Role::Log, pair.public_key()).unwrap();
    assert_eq!(signed.check(&log), Ok(None));
    // Ed25519 is deterministic: the key in memory makes the same note.
    assert_eq!(signed, SignedCheckpoint::sign(checkpoint(), &mut key(11)).unwrap());
    add(&["-q", "-D"]);
    assert_eq!(signer.sign(b"more"), Err(Fault::AgentRefuses));
}

/// Answers what it was told to, whatever it is asked.
struct Scripted(Cursor<Vec<u8>>);

impl Scripted {
    fn new(answers: &[&[u8]]) -> Self {
        let framed = answers
            .iter()
            .flat_map(|answer| [&u32::try_from(answer.len()).unwrap().to_be_bytes()[..], answer].concat());
        Self(Cursor::new(framed.collect()))
    }
}

impl Read for Scripted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Write for Scripted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn string(bytes: &[u8]) -> Vec<u8> {
    [&u32::try_from(bytes.len()).unwrap().to_be_bytes()[..], bytes].concat()
}

#[test]
fn an_agent_that_answers_nonsense_is_told_apart() {
    let fault = |answer: &[u8]| Agent::identities(&mut Scripted::new(&[answer])).unwrap_err();
    assert_eq!(fault(&[5]), Fault::AgentRefuses);
    let short = [&[12][..], &[0, 0, 0, 2], &string(b"x"), &string(b"y")].concat();
    let long = [&[12][..], &[0, 0, 0, 0], b"more"].concat();
    let many = [&[12][..], &u32::MAX.to_be_bytes()].concat();
    let huge = [&[12][..], &[0, 0, 0, 1], &u32::MAX.to_be_bytes(), b"x"].concat();
    for answer in [&[12][..], &short, &long, &many, &huge] {
        assert_eq!(fault(answer), Fault::AgentAnswer, "{answer:?}");
    }
    for header in [[0; 4], [0xff; 4]] {
        let mut stream = Scripted(Cursor::new(header.to_vec()));
        assert_eq!(Agent::identities(&mut stream).unwrap_err(), Fault::AgentAnswer);
    }
    let gone = Agent::identities(&mut Scripted::new(&[])).unwrap_err();
    assert_eq!(gone, Fault::AgentConnection(io::ErrorKind::UnexpectedEof));
}

#[test]
fn a_signature_that_does_not_verify_never_leaves() {
    let (mut pair, kind) = (key(12), string(b"ssh-ed25519"));
    let public = pair.public_key();
    let blob = string(&[kind.clone(), string(public.as_bytes())].concat());
    let listed = [&[12][..], &[0, 0, 0, 1], &blob, &string(b"mine")].concat();
    let good = pair.sign(b"message").unwrap();
    let answer = |kind: &[u8], signature: &[u8]| {
        [&[14][..], &string(&[kind.to_vec(), string(signature)].concat())].concat()
    };
    let signed = |answer: Vec<u8>| {
        let stream = Scripted::new(&[&listed, &answer]);
        Agent::with_key(stream, &public.fingerprint()).unwrap().sign(b"message")
    };
    assert_eq!(signed(answer(&kind, &good)), Ok(good));
    let other = pair.sign(b"another").unwrap();
    assert_eq!(signed(answer(&kind, &other)), Err(Fault::SignatureFails));
    assert_eq!(signed(answer(&string(b"ssh-rsa"), &good)), Err(Fault::AgentAnswer));
    assert_eq!(signed(answer(&kind, &good[1..])), Err(Fault::AgentAnswer));
    assert_eq!(signed(vec![5]), Err(Fault::AgentRefuses));
}
