//! An SSH agent (RFC draft-ietf-sshm-ssh-agent): it holds keys and signs, and never gives a key away.

use std::io::{Read, Write};

use super::{PublicKey, Signer};
use crate::fault::Fault;

/// Longest message either way: OpenSSH's own limit (`AGENT_MAX_LEN`).
const LONGEST: usize = 256 * 1024;
/// Most identities that are looked at.
const MOST_IDENTITIES: u32 = 4096;

// Message numbers, §6.1 of the draft.
const REQUEST_IDENTITIES: u8 = 11;
const IDENTITIES_ANSWER: u8 = 12;
const SIGN_REQUEST: u8 = 13;
const SIGN_RESPONSE: u8 = 14;

/// A key that an agent holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The key.
    pub key: PublicKey,
    /// What the agent says about it; may hold anything.
    pub comment: String,
}

/// One key of an agent, over a connection to it.
pub struct Agent<S> {
    stream: S,
    key: PublicKey,
}

impl<S: Read + Write> Agent<S> {
    /// The Ed25519 keys that the agent holds; keys of other kinds are passed over.
    pub fn identities(stream: &mut S) -> Result<Vec<Identity>, Fault> {
        let answer = ask(stream, &[REQUEST_IDENTITIES])?;
        let mut rest = body(&answer, IDENTITIES_ANSWER)?;
        let n = number(&mut rest)?;
        if n > MOST_IDENTITIES {
            return Err(Fault::AgentAnswer);
        }
        let mut found = Vec::new();
        for _ in 0..n {
            let blob = string(&mut rest)?;
            let comment = String::from_utf8_lossy(string(&mut rest)?).into_owned();
            if let Some(key) = ed25519_of(blob) {
                found.push(Identity { key, comment });
            }
        }
        if rest.is_empty() { Ok(found) } else { Err(Fault::AgentAnswer) }
    }

    /// Takes one of the agent's keys, by its fingerprint. Fails when the agent does not hold it.
    pub fn with_key(mut stream: S, fingerprint: &str) -> Result<Self, Fault> {
        let held = Self::identities(&mut stream)?;
        let identity = held.into_iter().find(|identity| identity.key.fingerprint() == fingerprint);
        Ok(Self { stream, key: identity.ok_or(Fault::NotInAgent)?.key })
    }
}

impl<S: Read + Write> Signer for Agent<S> {
    fn public_key(&self) -> PublicKey {
        self.key
    }

    fn sign(&mut self, message: &[u8]) -> Result<[u8; 64], Fault> {
        let mut request = vec![SIGN_REQUEST];
        put_string(&mut request, &blob_of(&self.key))?;
        put_string(&mut request, message)?;
        request.extend(0_u32.to_be_bytes());
        let answer = ask(&mut self.stream, &request)?;
        let mut rest = body(&answer, SIGN_RESPONSE)?;
        let mut blob = string(&mut rest)?;
        let kind = string(&mut blob)?;
        let signature = string(&mut blob)?.try_into().map_err(|_| Fault::AgentAnswer)?;
        if kind != KIND || !blob.is_empty() || !rest.is_empty() {
            return Err(Fault::AgentAnswer);
        }
        // What an agent returns is published: it is checked before anybody else does.
        self.key.check(message, signature)?;
        Ok(*signature)
    }
}

const KIND: &[u8] = b"ssh-ed25519";

/// The key as SSH's protocol writes it (RFC 8709 §4).
fn blob_of(key: &PublicKey) -> Vec<u8> {
    let mut blob = Vec::new();
    for part in [KIND, key.as_bytes()] {
        blob.extend(u32::try_from(part.len()).expect("a few bytes").to_be_bytes());
        blob.extend(part);
    }
    blob
}

fn ed25519_of(mut blob: &[u8]) -> Option<PublicKey> {
    let kind = string(&mut blob).ok()?;
    let bytes = string(&mut blob).ok()?.try_into().ok()?;
    (kind == KIND && blob.is_empty()).then(|| PublicKey::from_bytes(bytes).ok())?
}

/// Sends a message and waits for the answer.
fn ask(stream: &mut (impl Read + Write), request: &[u8]) -> Result<Vec<u8>, Fault> {
    let broken = |error: std::io::Error| Fault::AgentConnection(error.kind());
    let mut message = Vec::new();
    put_string(&mut message, request)?;
    stream.write_all(&message).and_then(|()| stream.flush()).map_err(broken)?;
    let mut length = [0; 4];
    stream.read_exact(&mut length).map_err(broken)?;
    let length = usize::try_from(u32::from_be_bytes(length)).map_err(|_| Fault::AgentAnswer)?;
    if !(1..=LONGEST).contains(&length) {
        return Err(Fault::AgentAnswer);
    }
    let mut answer = vec![0; length];
    stream.read_exact(&mut answer).map_err(broken)?;
    Ok(answer)
}

/// An answer's content, when it is the answer expected; any other is a refusal.
fn body(answer: &[u8], expected: u8) -> Result<&[u8], Fault> {
    match answer.split_first() {
        Some((&number, body)) if number == expected => Ok(body),
        _ => Err(Fault::AgentRefuses),
    }
}

fn number(rest: &mut &[u8]) -> Result<u32, Fault> {
    let (head, tail) = rest.split_first_chunk().ok_or(Fault::AgentAnswer)?;
    *rest = tail;
    Ok(u32::from_be_bytes(*head))
}

/// A string of SSH's protocol (RFC 4251 §5).
fn string<'a>(rest: &mut &'a [u8]) -> Result<&'a [u8], Fault> {
    let length = usize::try_from(number(rest)?).map_err(|_| Fault::AgentAnswer)?;
    let (head, tail) = rest.split_at_checked(length).ok_or(Fault::AgentAnswer)?;
    *rest = tail;
    Ok(head)
}

fn put_string(out: &mut Vec<u8>, bytes: &[u8]) -> Result<(), Fault> {
    let too_large = Fault::TooLarge { most: LONGEST };
    if bytes.len() > LONGEST {
        return Err(too_large);
    }
    out.extend(u32::try_from(bytes.len()).map_err(|_| too_large)?.to_be_bytes());
    out.extend(bytes);
    Ok(())
}
