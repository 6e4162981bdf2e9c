//! One private part, disclosed by itself: to a court, without exposing anybody else.
//!
//! The journal that is published carries `SHA-256(salt ‖ private part)` of every event. A disclosure holds the event's
//! bytes, the salt and the private part: whoever has the published journal checks that these are the words that were
//! committed to then.

use serde_json::{Value, json};
use tallyproof_core::journal::{Event, commitment, hex};

/// Version of the form.
const VERSION: u64 = 1;

/// Longest disclosure, bytes.
pub const MAX_DISCLOSURE_BYTES: u64 = 32 << 20;

/// An event with its private part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disclosure {
    /// The event's canonical bytes, as in the journal.
    pub event: Vec<u8>,
    /// The salt.
    pub salt: [u8; 32],
    /// The private part's canonical bytes.
    pub private: Vec<u8>,
}

/// Why a disclosure shows nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotDisclosed {
    /// When it is not in its form.
    #[error("not a disclosure")]
    Form,
    /// When its event is none.
    #[error("its event is none")]
    NoEvent,
    /// When the private part is not the one committed to.
    #[error("the private part is not the one that was committed to")]
    OtherPart,
}

impl Disclosure {
    /// The file: one line of JSON, event and private part as strings, so that nothing is re-serialised.
    pub fn to_json(&self) -> String {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let value = json!({
            "v": VERSION, "event": text(&self.event), "salt": hex(&self.salt), "private": text(&self.private),
        });
        format!("{value}\n")
    }

    /// Reads a file.
    pub fn parse(text: &str) -> Result<Self, NotDisclosed> {
        let value: Value = serde_json::from_str(text).map_err(|_| NotDisclosed::Form)?;
        let text = |key: &str| value.get(key).and_then(Value::as_str).ok_or(NotDisclosed::Form);
        if value.get("v").and_then(Value::as_u64) != Some(VERSION) {
            return Err(NotDisclosed::Form);
        }
        let salt = bytes_of(text("salt")?).ok_or(NotDisclosed::Form)?;
        Ok(Self { event: text("event")?.into(), salt, private: text("private")?.into() })
    }

    /// Checks that the private part is the one its event committed to; gives the event. Whether the event is in a
    /// published journal is for whoever has that journal to see.
    pub fn check(&self) -> Result<Event, NotDisclosed> {
        let event = Event::parse(&self.event).map_err(|_| NotDisclosed::NoEvent)?;
        if commitment(&self.salt, &self.private) == event.private_commitment {
            Ok(event)
        } else {
            Err(NotDisclosed::OtherPart)
        }
    }
}

fn bytes_of(hex: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    let digits = hex.as_bytes();
    if digits.len() != 64 {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tallyproof_core::journal::GENESIS;

    #[test]
    fn a_disclosure_shows_what_was_committed_to_and_nothing_else() {
        let (salt, private) = ([7; 32], b"{\"person\":\"A. Person\"}".to_vec());
        let event = Event {
            seq: 3,
            kind: "image.added".into(),
            body: json!({"sha256": "ab"}),
            private_commitment: commitment(&salt, &private),
            prev: GENESIS.into(),
        };
        let good = Disclosure { event: event.bytes().unwrap(), salt, private };
        assert_eq!(Disclosure::parse(&good.to_json()), Ok(good.clone()));
        assert_eq!(good.check(), Ok(event));
        let mut other = good.clone();
        other.private = b"{\"person\":\"B. Person\"}".to_vec();
        assert_eq!(other.check(), Err(NotDisclosed::OtherPart));
        let mut other = good.clone();
        other.salt[0] ^= 1;
        assert_eq!(other.check(), Err(NotDisclosed::OtherPart));
        let mut other = good;
        other.event.push(b' ');
        assert_eq!(other.check(), Err(NotDisclosed::NoEvent));
        assert_eq!(Disclosure::parse("{}"), Err(NotDisclosed::Form));
    }
}
