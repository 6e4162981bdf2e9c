//! Who is signed in: sessions of browsers and tokens of programs.
//!
//! All of them are in memory, so that a request asks no database; they are written through where one begins or ends,
//! and once in a while for when they were last used. Of a token only its hash is kept.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard};

use tallyproof_core::people::PersonId;

use super::clock::Moment;
use super::secret;
use crate::store::{SessionRow, Store};
use crate::trouble::Outcome;

/// Longest a browser's session lives, seconds: a day's shift.
const LONGEST_PAGE_S: i64 = 14 * 3600;

/// Longest an API token lives, seconds: 90 days.
const LONGEST_API_S: i64 = 90 * 86_400;

/// Most sessions and tokens of one person, of each kind; the one longest unused makes room.
const MOST_OF_ONE: usize = 12;

/// How far back the wall clock may have gone between two runs before a browser's session is not believed, seconds.
const WALL_SLACK_S: i64 = 300;

/// What kind of session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A browser's, in a cookie.
    Page,
    /// A program's, in an `Authorization` header.
    Api,
}

impl Kind {
    fn code(self) -> &'static str {
        match self {
            Kind::Page => "page",
            Kind::Api => "api",
        }
    }

    fn longest_s(self) -> i64 {
        match self {
            Kind::Page => LONGEST_PAGE_S,
            Kind::Api => LONGEST_API_S,
        }
    }
}

/// A session as it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Hex SHA-256 of its token: its name here.
    pub key: String,
    /// Whose.
    pub person: PersonId,
    /// Of which kind.
    pub kind: Kind,
    /// What an API token is for.
    pub label: String,
    /// Token against forged requests.
    pub csrf: String,
    /// When it began; by the wall clock, as shown to its owner.
    pub began: Moment,
    /// When it was last used.
    pub seen: Moment,
}

impl Session {
    fn row(&self, now: Moment) -> SessionRow {
        SessionRow {
            token: self.key.clone(),
            person: self.person.to_string(),
            kind: self.kind.code().to_owned(),
            label: self.label.clone(),
            csrf: self.csrf.clone(),
            created: self.began.wall_s,
            seen: self.seen.wall_s,
            lived: now.since(self.began),
        }
    }

    /// Reads a session that an earlier run kept; `None` where it cannot be believed.
    fn restore(row: SessionRow, now: Moment) -> Option<Self> {
        let kind = if row.kind == "api" { Kind::Api } else { Kind::Page };
        let away_s = now.wall_s.saturating_sub(row.seen);
        if kind == Kind::Page && away_s < -WALL_SLACK_S {
            return None;
        }
        let away_s = away_s.max(0);
        let age_s = now.wall_s.saturating_sub(row.created).max(row.lived.saturating_add(away_s));
        Some(Self {
            person: PersonId::parse(&row.person)?,
            key: row.token,
            kind,
            label: row.label,
            csrf: row.csrf,
            began: Moment { run_s: now.run_s.saturating_sub(age_s), wall_s: row.created },
            seen: Moment { run_s: now.run_s.saturating_sub(away_s), wall_s: row.seen },
        })
    }
}

/// A session that began: what its owner is given, once.
pub struct Begun {
    /// The token.
    pub token: String,
    /// Token against forged requests.
    pub csrf: String,
}

/// Everybody who is signed in.
pub struct Sessions {
    idle_s: i64,
    now: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    by_key: HashMap<String, Session>,
    /// Used since they were last written.
    used: BTreeSet<String>,
    /// Found to be over, not yet deleted.
    over: Vec<String>,
}

impl Sessions {
    /// The sessions that earlier runs left and that still hold.
    pub fn open(store: &Store, idle_s: i64, now: Moment) -> Outcome<Self> {
        let rows = store.sessions()?;
        let mut held = Held::default();
        for row in rows {
            let key = row.token.clone();
            match Session::restore(row, now) {
                Some(session) => drop(held.by_key.insert(key, session)),
                None => held.over.push(key),
            }
        }
        Ok(Self { idle_s, now: Mutex::new(held) })
    }

    /// Begins a session. Blocks.
    pub fn begin(
        &self,
        store: &Store,
        person: &PersonId,
        kind: Kind,
        label: &str,
        now: Moment,
    ) -> Outcome<Begun> {
        let begun = Begun { token: secret::token()?, csrf: secret::token()? };
        let session = Session {
            key: secret::kept(&begun.token),
            person: person.clone(),
            kind,
            label: label.to_owned(),
            csrf: begun.csrf.clone(),
            began: now,
            seen: now,
        };
        store.begin_session(&session.row(now))?;
        let crowded = {
            let mut held = self.held();
            held.by_key.insert(session.key.clone(), session);
            held.crowded(person, kind, &secret::kept(&begun.token))
        };
        self.end(store, &crowded)?;
        Ok(begun)
    }

    /// The session of a token, if it still holds; `used` says that its owner is there.
    pub fn find(&self, token: &str, kind: Kind, used: bool, now: Moment) -> Option<Session> {
        let key = secret::kept(token);
        let mut held = self.held();
        let session = held.by_key.get_mut(&key).filter(|session| session.kind == kind)?;
        if self.is_over(session, now) {
            held.by_key.remove(&key);
            held.over.push(key);
            return None;
        }
        if used {
            session.seen = now;
        }
        let found = session.clone();
        if used {
            held.used.insert(key);
        }
        Some(found)
    }

    /// Whether a session still holds, without using it.
    pub fn holds(&self, key: &str, now: Moment) -> bool {
        self.held().by_key.get(key).is_some_and(|session| !self.is_over(session, now))
    }

    /// Sessions of a person that hold, the newest first.
    pub fn of(&self, person: &PersonId, now: Moment) -> Vec<Session> {
        let held = self.held();
        let own =
            held.by_key.values().filter(|session| session.person == *person && !self.is_over(session, now));
        let mut own: Vec<Session> = own.cloned().collect();
        own.sort_by_key(|session| (std::cmp::Reverse(session.began.run_s), session.key.clone()));
        own
    }

    /// Ends sessions by their keys. Blocks; when it has returned, they are over for good.
    pub fn end(&self, store: &Store, keys: &[String]) -> Outcome<()> {
        if keys.is_empty() {
            return Ok(());
        }
        {
            let mut held = self.held();
            for key in keys {
                held.by_key.remove(key);
            }
        }
        store.keep_sessions(&[], keys)
    }

    /// Ends all of a person's sessions but one: everywhere else. Blocks.
    pub fn end_all(&self, store: &Store, person: &PersonId, but: Option<&str>) -> Outcome<()> {
        let keys: Vec<String> = {
            let held = self.held();
            let own = held.by_key.values().filter(|session| session.person == *person);
            own.map(|session| session.key.clone()).filter(|key| Some(key.as_str()) != but).collect()
        };
        self.end(store, &keys)
    }

    /// Writes when sessions were last used, and deletes those that are over. Blocks.
    pub fn flush(&self, store: &Store, now: Moment) -> Outcome<()> {
        let (rows, over) = {
            let mut held = self.held();
            let ended: Vec<String> = {
                let all = held.by_key.values();
                all.filter(|session| self.is_over(session, now)).map(|session| session.key.clone()).collect()
            };
            for key in &ended {
                held.by_key.remove(key);
            }
            held.over.extend(ended);
            let used = std::mem::take(&mut held.used);
            let rows: Vec<SessionRow> =
                used.iter().filter_map(|key| Some(held.by_key.get(key)?.row(now))).collect();
            (rows, std::mem::take(&mut held.over))
        };
        if rows.is_empty() && over.is_empty() { Ok(()) } else { store.keep_sessions(&rows, &over) }
    }

    fn is_over(&self, session: &Session, now: Moment) -> bool {
        let is_idle = session.kind == Kind::Page && now.since(session.seen) > self.idle_s;
        is_idle || now.since(session.began) > session.kind.longest_s()
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.now.lock().expect("no panic while sessions are held")
    }
}

impl Held {
    /// Keys of a person's sessions of a kind past the most there may be, longest unused first; never the newest.
    fn crowded(&self, person: &PersonId, kind: Kind, newest: &str) -> Vec<String> {
        let own = self.by_key.values().filter(|session| session.person == *person && session.kind == kind);
        let mut own: Vec<(i64, String)> =
            own.map(|session| (session.seen.run_s, session.key.clone())).collect();
        own.sort();
        let n_over = own.len().saturating_sub(MOST_OF_ONE);
        own.retain(|(_, key)| key != newest);
        own.into_iter().take(n_over).map(|(_, key)| key).collect()
    }
}
