//! The journal: every fact is an event in an append-only, hash-chained log.
//!
//! An event is canonical JSON `{body, kind, prev, private_commitment, seq, v}`. Exactly those bytes are
//! stored, hashed and later published. What would expose a person (who, file name, place, exact time) is a
//! private part; the event carries only `SHA-256(salt ‖ private bytes)`, so the published journal verifies
//! without it and one private part can be disclosed by itself.

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::canonical::{NotCanonical, write_string, write_value};

/// Version of the event format.
pub const EVENT_VERSION: u64 = 1;

/// `prev` of the first event.
pub const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Lower-case hex of SHA-256 over `bytes`.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing into a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The commitment to a private part: `SHA-256(salt ‖ bytes)` in hex. The salt has 32 random bytes.
pub fn commitment(salt: &[u8; 32], private: &[u8]) -> String {
    let mut hasher = Sha256::new();
    hasher.update(salt);
    hasher.update(private);
    hex(&hasher.finalize())
}

/// A body kept as text. A tree of values takes up to a hundred times the memory of its text, and a journal may come from
/// anybody: whoever keeps many bodies keeps them so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BodyText(Box<str>);

impl BodyText {
    /// The text of a body.
    pub fn of(body: &Value) -> Self {
        Self(body.to_string().into())
    }

    /// The body.
    pub fn value(&self) -> Value {
        // It was written by `of`.
        serde_json::from_str(&self.0).unwrap_or_default()
    }
}

/// One event as read from the log.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Position in the log, from 1.
    pub seq: u64,
    /// What kind of fact, such as `source.imported`.
    pub kind: String,
    /// The public part.
    pub body: Value,
    /// Hex of the salted commitment to the private part.
    pub private_commitment: String,
    /// Hex SHA-256 of the previous event's bytes; [`GENESIS`] for the first.
    pub prev: String,
}

impl Event {
    /// The canonical bytes: what is stored, hashed and published. Fails when the body holds a float.
    pub fn bytes(&self) -> Result<Vec<u8>, NotCanonical> {
        // Member by member, in the order of RFC 8785: a body may be long, and is not copied for it.
        let mut out = b"{\"body\":".to_vec();
        write_value(&self.body, &mut out)?;
        let texts =
            [("kind", &self.kind), ("prev", &self.prev), ("private_commitment", &self.private_commitment)];
        for (name, text) in texts {
            out.extend_from_slice(format!(",\"{name}\":").as_bytes());
            write_string(text, &mut out);
        }
        out.extend_from_slice(format!(",\"seq\":{},\"v\":{EVENT_VERSION}}}", self.seq).as_bytes());
        Ok(out)
    }

    /// Reads stored bytes back. Fails when they are not the canonical bytes of an event of this version.
    pub fn parse(bytes: &[u8]) -> Result<Self, ChainFault> {
        let mut value: Value = serde_json::from_slice(bytes).map_err(|_| ChainFault::NotAnEvent)?;
        let body = value.get_mut("body").map(Value::take);
        let text = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
        let (Some(seq), Some(kind), Some(private_commitment), Some(prev), Some(body)) = (
            value.get("seq").and_then(Value::as_u64),
            text("kind"),
            text("private_commitment"),
            text("prev"),
            body,
        ) else {
            return Err(ChainFault::NotAnEvent);
        };
        let event = Event { seq, kind, body, private_commitment, prev };
        // Also catches unknown members, another version, and bytes re-serialised on the way.
        if event.bytes().is_ok_and(|canonical| canonical == bytes) {
            Ok(event)
        } else {
            Err(ChainFault::NotCanonical)
        }
    }
}

/// Why a chain does not hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChainFault {
    /// When bytes are not an event at all.
    #[error("not an event")]
    NotAnEvent,
    /// When bytes are longer than any event of their kind.
    #[error("too long for an event of its kind")]
    TooLong,
    /// When bytes are an event but not in its one canonical form.
    #[error("not in canonical form")]
    NotCanonical,
    /// When an event's number does not follow the one before.
    #[error("event {found} where {expected} was expected")]
    OutOfSequence {
        /// The number that was due.
        expected: u64,
        /// The number found.
        found: u64,
    },
    /// When `prev` is not the hash of the bytes before.
    #[error("the event does not name the one before it")]
    BrokenLink,
}

/// Checks a log event by event as it is fed, in order.
#[derive(Clone, Debug)]
pub struct ChainCheck {
    next_seq: u64,
    head: String,
}

impl Default for ChainCheck {
    fn default() -> Self {
        Self { next_seq: 1, head: GENESIS.to_owned() }
    }
}

impl ChainCheck {
    /// Takes the next event's bytes; gives the event when it continues the chain.
    pub fn take(&mut self, bytes: &[u8]) -> Result<Event, ChainFault> {
        let event = Event::parse(bytes)?;
        self.link(&event, sha256_hex(bytes))?;
        Ok(event)
    }

    /// Takes the next event, parsed from its bytes, and their hash in hex: both may be had for many events at once.
    pub fn link(&mut self, event: &Event, sha256: String) -> Result<(), ChainFault> {
        if event.seq != self.next_seq {
            return Err(ChainFault::OutOfSequence { expected: self.next_seq, found: event.seq });
        }
        if event.prev != self.head {
            return Err(ChainFault::BrokenLink);
        }
        self.next_seq += 1;
        self.head = sha256;
        Ok(())
    }

    /// Hash of the last event taken: the head of the log.
    pub fn head(&self) -> &str {
        &self.head
    }

    /// Number of events taken.
    pub fn n_events(&self) -> u64 {
        self.next_seq - 1
    }

    /// Number the next event must have.
    pub fn next_seq(&self) -> u64 {
        self.next_seq
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canonical::canonical_json;
    use serde_json::json;

    #[test]
    fn an_event_is_the_canonical_form_of_its_members() {
        let body = json!({"b": ["\u{1f600}", null, -1], "a": {"": true}});
        let (kind, prev) = ("a \"kind\"\n".to_owned(), "p\\".to_owned());
        let event = Event { seq: u64::MAX, kind, body, private_commitment: "c".into(), prev };
        let whole = json!({
            "v": EVENT_VERSION, "seq": event.seq, "kind": event.kind, "body": event.body,
            "private_commitment": event.private_commitment, "prev": event.prev,
        });
        assert_eq!(event.bytes(), canonical_json(&whole));
        assert_eq!(Event::parse(&event.bytes().unwrap()), Ok(event));
    }

    fn chain(n: u64) -> Vec<Vec<u8>> {
        let mut check = ChainCheck::default();
        (1..=n)
            .map(|seq| {
                let event = Event {
                    seq,
                    kind: "source.imported".into(),
                    body: json!({"adopted": seq}),
                    private_commitment: commitment(&[7; 32], b"{}"),
                    prev: check.head().to_owned(),
                };
                let bytes = event.bytes().unwrap();
                assert_eq!(check.take(&bytes).unwrap(), event);
                bytes
            })
            .collect()
    }

    fn check_all(events: &[Vec<u8>]) -> Result<(), ChainFault> {
        let mut check = ChainCheck::default();
        events.iter().try_for_each(|bytes| check.take(bytes).map(drop))
    }

    /// Every class of change to a good chain is noticed.
    #[test]
    fn tamper() {
        let good = chain(4);
        check_all(&good).unwrap();

        let mut altered = good.clone();
        altered[1] =
            String::from_utf8(altered[1].clone()).unwrap().replace("\"adopted\":2", "\"adopted\":9").into();
        assert_eq!(check_all(&altered), Err(ChainFault::BrokenLink));

        let mut removed = good.clone();
        removed.remove(2);
        assert_eq!(check_all(&removed), Err(ChainFault::OutOfSequence { expected: 3, found: 4 }));

        let mut swapped = good.clone();
        swapped.swap(1, 2);
        assert!(check_all(&swapped).is_err());

        let mut spaced = good.clone();
        spaced[3].push(b' ');
        assert_eq!(check_all(&spaced), Err(ChainFault::NotCanonical));

        let mut extra = good;
        extra[0] = String::from_utf8(extra[0].clone()).unwrap().replace("\"v\":1", "\"v\":1,\"x\":0").into();
        assert_eq!(check_all(&extra), Err(ChainFault::NotCanonical));
    }

    #[test]
    fn a_commitment_hides_and_binds() {
        let a = commitment(&[1; 32], b"{\"person\":\"p\"}");
        assert_ne!(a, commitment(&[2; 32], b"{\"person\":\"p\"}"));
        assert_ne!(a, commitment(&[1; 32], b"{\"person\":\"q\"}"));
        assert_eq!(a.len(), 64);
    }
}
