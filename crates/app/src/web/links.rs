//! One-time links: how a person sets a password nobody else has seen.
//!
//! They live in memory, by their hash: a server that ends takes them with it, and nothing is left to be found.

use std::collections::HashMap;
use std::sync::Mutex;

use tallyproof_core::people::PersonId;

use super::clock::Moment;
use super::secret;
use crate::trouble::Outcome;

/// How long a link to set a password can be used, seconds: two days.
const LONGEST_S: i64 = 48 * 3600;

/// Most links at once.
const MOST: usize = 4096;

/// What a link is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To make the first administrator.
    First,
    /// To set this person's password.
    Password(PersonId),
}

/// Links that were given out and not used.
#[derive(Default)]
pub struct Links {
    open: Mutex<HashMap<String, (Purpose, Moment)>>,
}

impl Links {
    /// Makes a link's key; an earlier one for the same purpose ends.
    pub fn make(&self, purpose: Purpose, now: Moment) -> Outcome<String> {
        let key = secret::token()?;
        let mut open = self.open.lock().expect("no panic while links are held");
        open.retain(|_, (other, made)| *other != purpose && now.since(*made) <= LONGEST_S);
        if open.len() >= MOST {
            // The oldest makes room.
            let oldest = open.iter().min_by_key(|(_, (_, made))| made.run_s).map(|(kept, _)| kept.clone());
            oldest.map(|kept| open.remove(&kept));
        }
        open.insert(secret::kept(&key), (purpose, now));
        Ok(key)
    }

    /// What a key is for, while it can be used.
    pub fn look(&self, key: &str, now: Moment) -> Option<Purpose> {
        let open = self.open.lock().expect("no panic while links are held");
        let (purpose, made) = open.get(&secret::kept(key))?;
        // A link for the first administrator lives as long as the server.
        (*purpose == Purpose::First || now.since(*made) <= LONGEST_S).then(|| purpose.clone())
    }

    /// Uses a key: gives what it is for, once.
    pub fn take(&self, key: &str, now: Moment) -> Option<Purpose> {
        let purpose = self.look(key, now)?;
        let mut open = self.open.lock().expect("no panic while links are held");
        open.remove(&secret::kept(key)).map(|_| purpose)
    }

    /// Gives a used key back: what it was used for was not done.
    pub fn give_back(&self, key: &str, purpose: Purpose, now: Moment) {
        let mut open = self.open.lock().expect("no panic while links are held");
        open.insert(secret::kept(key), (purpose, now));
    }

    /// Ends every link for a purpose.
    pub fn end(&self, purpose: &Purpose) {
        self.open.lock().expect("no panic while links are held").retain(|_, (other, _)| other != purpose);
    }

    /// Whether a link for this purpose is open.
    pub fn is_open(&self, purpose: &Purpose, now: Moment) -> bool {
        let open = self.open.lock().expect("no panic while links are held");
        open.values().any(|(other, made)| other == purpose && now.since(*made) <= LONGEST_S)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_used_once_and_a_newer_one_ends_it() {
        let links = Links::default();
        let at = |run_s| Moment { run_s, wall_s: run_s };
        let purpose = Purpose::Password(PersonId::parse("P001").unwrap());
        let first = links.make(purpose.clone(), at(0)).unwrap();
        let second = links.make(purpose.clone(), at(0)).unwrap();
        assert_eq!(links.look(&first, at(1)), None);
        assert_eq!(links.take(&second, at(1)), Some(purpose.clone()));
        assert_eq!(links.take(&second, at(1)), None);
        let third = links.make(purpose.clone(), at(0)).unwrap();
        assert_eq!(links.take(&third, at(LONGEST_S + 1)), None);
        links.make(purpose.clone(), at(0)).unwrap();
        links.end(&purpose);
        assert!(!links.is_open(&purpose, at(0)));
        let admin = links.make(Purpose::First, at(0)).unwrap();
        assert_eq!(links.take(&admin, at(LONGEST_S + 1)), Some(Purpose::First));
    }

    #[test]
    fn memory_is_bounded() {
        let links = Links::default();
        for number in 1..=u32::try_from(MOST + 10).unwrap() {
            let person = PersonId::of_number(number).unwrap();
            let at = Moment { run_s: number.into(), wall_s: 0 };
            links.make(Purpose::Password(person), at).unwrap();
        }
        assert_eq!(links.open.lock().unwrap().len(), MOST);
    }
}
