//! The journal on disk: events appended in one transaction with what they project to.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{MutexGuard, PoisonError};

use serde_json::Value;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{Connection, Row};
use tallyproof_core::canonical::canonical_json;
use tallyproof_core::journal::{ChainCheck, Event, GENESIS, commitment, sha256_hex};
use tallyproof_evidence::disclosure::Disclosure;

use super::copy::kept_by;
use super::{Keeping, Store, projection};
use crate::trouble::{Outcome, Trouble};

/// What stays in the working folder: which person, original file name, place, exact time.
pub type Private = Value;

/// What `journal check` found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournalState {
    /// Number of events.
    pub n_events: u64,
    /// Hash of the last one.
    pub head: String,
    /// Events whose private part is gone or does not open its commitment, or is there though it was erased.
    pub private_broken: Vec<u64>,
    /// Events whose private part, a name, was erased, as a later event says.
    pub erased: Vec<u64>,
    /// Whether the projections are what the events say.
    pub projections_current: bool,
}

/// A fact about to be journalled.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    /// What kind, such as `source.imported`.
    pub kind: &'static str,
    /// The public part; no floats.
    pub body: Value,
    /// The private part; null where there is nothing to keep from anybody.
    pub private: Private,
}

/// Events read at once.
const PIECE: u32 = 1_000;

/// The journal, held.
pub struct Held<'s> {
    store: &'s Store,
    _turn: MutexGuard<'s, ()>,
}

impl Held<'_> {
    /// Appends several facts, as [`Store::append_all`] does.
    pub fn append_all(&self, facts: &[Fact]) -> Outcome<()> {
        self.store.append_now(facts)
    }
}

/// Salt of an event without a private part: there is nothing to hide, and two folders with the same facts write
/// the same bytes.
const NO_SALT: [u8; 32] = [0; 32];

fn random_salt() -> Result<[u8; 32], sqlx::Error> {
    let mut salt = [0u8; 32];
    getrandom::fill(&mut salt).map_err(|error| sqlx::Error::Io(std::io::Error::other(error.to_string())))?;
    Ok(salt)
}

impl Store {
    /// Appends one fact. Event, private part and projection become durable together or not at all.
    pub fn append(&self, kind: &'static str, body: Value, private: Private) -> Outcome<()> {
        self.append_all(&[Fact { kind, body, private }])
    }

    /// Appends several facts in one transaction: all become durable together or none.
    pub fn append_all(&self, facts: &[Fact]) -> Outcome<()> {
        let _turn = self.turn();
        self.append_now(facts)
    }

    /// Holds the journal: nobody appends until what is given back is dropped, but through it. For a moment in which
    /// what the journal says must not change under whoever draws conclusions from it.
    pub fn hold(&self) -> Held<'_> {
        Held { store: self, _turn: self.turn() }
    }

    /// Waits until nobody holds the journal. Whoever appends has this first, and the connection after it.
    pub(super) fn turn(&self) -> MutexGuard<'_, ()> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn append_now(&self, facts: &[Fact]) -> Outcome<()> {
        let mut db = self.db.lock().expect("no panic while the connection is held");
        let appended = self.runtime.block_on(async {
            let mut tx = db.begin_with("BEGIN IMMEDIATE").await?;
            append_in(&mut tx, facts).await?;
            tx.commit().await
        });
        appended.map_err(|error| self.database(error))
    }

    /// Gives every event and its bytes to `take`, in order, each a link of an unbroken chain; gives where the
    /// chain ends. A country's tables are a million events: they are never in memory together.
    pub fn each_event(&self, take: &mut dyn FnMut(Event, &[u8]) -> Outcome<()>) -> Outcome<ChainCheck> {
        self.each_event_after(ChainCheck::default(), take)
    }

    /// As [`Store::each_event`], of the events after those that `check` took already: whoever keeps what they add up to
    /// reads only what is new. The connection is held for a thousand events at a time.
    pub fn each_event_after(
        &self,
        mut check: ChainCheck,
        take: &mut dyn FnMut(Event, &[u8]) -> Outcome<()>,
    ) -> Outcome<ChainCheck> {
        loop {
            let rows = self.event_bytes(check.next_seq(), PIECE)?;
            if rows.is_empty() {
                return Ok(check);
            }
            for bytes in &rows {
                let seq = check.next_seq();
                let event = check.take(bytes).map_err(|fault| Trouble::Chain { seq, fault })?;
                take(event, bytes)?;
            }
        }
    }

    /// Bytes of up to `most` events from number `seq` on.
    pub fn event_bytes(&self, seq: u64, most: u32) -> Outcome<Vec<Vec<u8>>> {
        let mut db = self.db.lock().expect("no panic while the connection is held");
        let statement = "SELECT bytes FROM journal WHERE seq >= ? ORDER BY seq LIMIT ?";
        let from = i64::try_from(seq).unwrap_or(i64::MAX);
        let rows = self.runtime.block_on(sqlx::query(statement).bind(from).bind(most).fetch_all(&mut *db));
        Ok(rows.map_err(|error| self.database(error))?.iter().map(|row| row.get(0)).collect())
    }

    /// Whether nothing was journalled yet.
    pub fn is_empty(&self) -> Outcome<bool> {
        Ok(self.event_bytes(1, 1)?.is_empty())
    }

    /// Number of events.
    pub fn n_events(&self) -> Outcome<u64> {
        let mut db = self.db.lock().expect("no panic while the connection is held");
        let count = self.runtime.block_on(sqlx::query("SELECT count(*) FROM journal").fetch_one(&mut *db));
        Ok(count.map_err(|error| self.database(error))?.get::<i64, _>(0).unsigned_abs())
    }

    /// Number of the last event; 0 before the first.
    pub fn last_event(&self) -> Outcome<u64> {
        let mut db = self.db.lock().expect("no panic while the connection is held");
        let last = sqlx::query("SELECT coalesce(max(seq), 0) FROM journal").fetch_one(&mut *db);
        let row = self.runtime.block_on(last).map_err(|error| self.database(error))?;
        Ok(row.get::<i64, _>(0).unsigned_abs())
    }

    /// Every event, in order, each a link of an unbroken chain.
    fn events(&self) -> Outcome<(Vec<Event>, ChainCheck)> {
        let mut events = Vec::new();
        let end = self.each_event(&mut |event, _| {
            events.push(event);
            Ok(())
        })?;
        Ok((events, end))
    }

    /// The private part of an event, ready to be disclosed by itself; `None` where there is no such event.
    pub fn disclosure(&self, seq: u64) -> Outcome<Option<Disclosure>> {
        let mut db = self.db.lock().expect("no panic while the connection is held");
        let statement = "SELECT journal.bytes, journal_private.salt, journal_private.bytes
            FROM journal JOIN journal_private USING (seq) WHERE seq = ?";
        let row = sqlx::query(statement).bind(i64::try_from(seq).unwrap_or(i64::MAX));
        let row =
            self.runtime.block_on(row.fetch_optional(&mut *db)).map_err(|error| self.database(error))?;
        Ok(row.and_then(|row| {
            let salt = row.get::<&[u8], _>(1).try_into().ok()?;
            Some(Disclosure { event: row.get(0), salt, private: row.get(2) })
        }))
    }

    /// Checks chain, commitments and projections.
    pub fn check_journal(&self) -> Outcome<JournalState> {
        let (events, end) = self.events()?;
        let erased = erased(&events);
        let mut db = self.db.lock().expect("no panic while the connection is held");
        let checked = self.runtime.block_on(async {
            let rows = sqlx::query("SELECT seq, salt, bytes FROM journal_private ORDER BY seq")
                .fetch_all(&mut *db)
                .await?;
            let opened: BTreeMap<u64, String> = rows
                .iter()
                .filter_map(|row| {
                    let salt: [u8; 32] = row.get::<&[u8], _>(1).try_into().ok()?;
                    Some((row.get::<i64, _>(0).unsigned_abs(), commitment(&salt, row.get::<&[u8], _>(2))))
                })
                .collect();
            let private_broken = events
                .iter()
                .filter(|event| match opened.get(&event.seq) {
                    Some(opened) => *opened != event.private_commitment || erased.contains(&event.seq),
                    None => !erased.contains(&event.seq),
                })
                .map(|event| event.seq)
                .collect();
            let before = projection::snapshot(&mut db).await?;
            let mut tx = db.begin_with("BEGIN IMMEDIATE").await?;
            projection::rebuild(&mut tx, &events).await?;
            let rebuilt = projection::snapshot(&mut tx).await?;
            tx.rollback().await?;
            Ok((private_broken, before == rebuilt))
        });
        let (private_broken, projections_current) = checked.map_err(|error| self.database(error))?;
        let head = end.head().to_owned();
        Ok(JournalState {
            n_events: end.n_events(),
            head,
            private_broken,
            erased: erased.into_iter().collect(),
            projections_current,
        })
    }

    /// Checks that every kept file an event speaks of is there, byte for byte; gives those that are not.
    pub fn check_kept_files(&self) -> Outcome<Vec<Trouble>> {
        let mut faults = Vec::new();
        self.each_event(&mut |event, _| {
            kept_by(&event, &mut |keeping, sha256| {
                let path = match keeping {
                    Keeping::Original => self.original_path(sha256),
                    Keeping::Source => self.source_path(sha256),
                };
                match keeping {
                    _ if super::sha256_of(&path).is_ok_and(|found| found == sha256) => {}
                    Keeping::Original => faults.push(Trouble::OriginalChanged(path)),
                    Keeping::Source => faults.push(Trouble::KeptFileChanged(path)),
                }
            });
            Ok(())
        })?;
        Ok(faults)
    }

    /// Whether any event speaks of the file with this hash.
    pub fn speaks_of(&self, sha256: &str) -> Outcome<bool> {
        let mut db = self.db.lock().expect("no panic while the connection is held");
        let found = self.runtime.block_on(
            sqlx::query("SELECT EXISTS (SELECT 1 FROM journal WHERE instr(bytes, ?))")
                .bind(sha256.as_bytes())
                .fetch_one(&mut *db),
        );
        Ok(found.map_err(|error| self.database(error))?.get::<i64, _>(0) == 1)
    }

    /// Derives every projection anew from the events.
    pub fn rebuild_projections(&self) -> Outcome<u64> {
        let (events, end) = self.events()?;
        let mut db = self.db.lock().expect("no panic while the connection is held");
        let rebuilt = self.runtime.block_on(async {
            let mut tx = db.begin_with("BEGIN IMMEDIATE").await?;
            projection::rebuild(&mut tx, &events).await?;
            tx.commit().await
        });
        rebuilt.map_err(|error| self.database(error))?;
        Ok(end.n_events())
    }
}

/// Appends facts within a transaction; gives the number of the last event.
pub(super) async fn append_in(db: &mut SqliteConnection, facts: &[Fact]) -> Result<u64, sqlx::Error> {
    let last: Option<SqliteRow> = sqlx::query("SELECT seq, bytes FROM journal ORDER BY seq DESC LIMIT 1")
        .fetch_optional(&mut *db)
        .await?;
    let (mut seq, mut prev) = match last {
        Some(row) => (row.get::<i64, _>(0), sha256_hex(row.get::<&[u8], _>(1))),
        None => (0, GENESIS.to_owned()),
    };
    for fact in facts {
        seq += 1;
        prev = append_event(db, seq, prev, fact).await?;
    }
    Ok(seq.unsigned_abs())
}

/// Numbers of the events whose private part was erased, as later events say: names of removed accounts.
fn erased(events: &[Event]) -> BTreeSet<u64> {
    let account = |event: &Event| event.body.get("account").cloned();
    let removed = events.iter().filter(|event| event.kind == "account.removed");
    removed
        .filter_map(|event| {
            let seq = event.body.get("erased").and_then(Value::as_u64).filter(|&seq| seq < event.seq)?;
            let created = events.get(usize::try_from(seq.checked_sub(1)?).ok()?)?;
            // Nothing but a name may be erased, and only that of the account at hand.
            let is_its_own = created.kind == "account.created" && account(created) == account(event);
            is_its_own.then_some(seq)
        })
        .collect()
}

/// Writes one event with its private part and its projection; gives the hash the next one links to.
async fn append_event(
    db: &mut SqliteConnection,
    seq: i64,
    prev: String,
    fact: &Fact,
) -> Result<String, sqlx::Error> {
    let salt = if fact.private.is_null() { NO_SALT } else { random_salt()? };
    let private = canonical_json(&fact.private).expect("private parts hold no floats");
    let event = Event {
        seq: seq.unsigned_abs(),
        kind: fact.kind.to_owned(),
        body: fact.body.clone(),
        private_commitment: commitment(&salt, &private),
        prev,
    };
    let bytes = event.bytes().expect("event bodies hold no floats");
    let head = sha256_hex(&bytes);
    sqlx::query("INSERT INTO journal (seq, bytes) VALUES (?, ?)")
        .bind(seq)
        .bind(bytes)
        .execute(&mut *db)
        .await?;
    sqlx::query("INSERT INTO journal_private (seq, salt, bytes) VALUES (?, ?, ?)")
        .bind(seq)
        .bind(salt.as_slice())
        .bind(private)
        .execute(&mut *db)
        .await?;
    projection::project(db, &event, &fact.private).await?;
    Ok(head)
}
