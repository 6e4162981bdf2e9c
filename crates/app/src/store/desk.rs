//! What the desk keeps beside the journal: accounts' names and password hashes, and sessions.
//!
//! None of it is a projection: it cannot be derived from the journal, and is not published. A role and whether an
//! account was removed follow from the journal alone and are not kept here.

use std::sync::atomic::Ordering;

use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{AssertSqlSafe, Connection, Executor, Row};

use super::{Fact, LOCK_PATIENCE, Store, journal};
use crate::trouble::Outcome;

// No index on names, and rows only at the end: SQLite overwrites what is deleted (`secure_delete`), but not the
// copies that moving a row from page to page leaves behind.
pub(super) const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS account (
    seq      INTEGER PRIMARY KEY,
    person   TEXT NOT NULL,
    login    TEXT NOT NULL,
    name     TEXT NOT NULL,
    password TEXT,
    lang     TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS session (
    token    TEXT PRIMARY KEY,
    person   TEXT NOT NULL,
    kind     TEXT NOT NULL,
    label    TEXT NOT NULL,
    csrf     TEXT NOT NULL,
    created  INTEGER NOT NULL,
    seen     INTEGER NOT NULL,
    lived    INTEGER NOT NULL
) STRICT;
";

/// Name and password of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountRow {
    /// Number of its `account.created` event.
    pub seq: u64,
    /// Pseudonym.
    pub person: String,
    /// Name to sign in with.
    pub login: String,
    /// Name shown at the desk.
    pub name: String,
    /// Hash of the password (PHC string); `None` until the person has set one.
    pub password: Option<String>,
    /// Two-letter code of the language.
    pub lang: String,
}

/// A session or an API token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRow {
    /// Hex SHA-256 of the token.
    pub token: String,
    /// Whose.
    pub person: String,
    /// `page` or `api`.
    pub kind: String,
    /// What an API token is for, in its owner's words.
    pub label: String,
    /// Token against forged requests.
    pub csrf: String,
    /// When it began: seconds since 1970 by the wall clock.
    pub created: i64,
    /// When it was last used, likewise.
    pub seen: i64,
    /// How long servers ran while it lived, seconds: what no wall clock can take back.
    pub lived: i64,
}

impl Store {
    /// Names and passwords of everybody who has an account.
    pub fn accounts(&self) -> Outcome<Vec<AccountRow>> {
        let mut db = self.db.lock().expect("no panic while the connection is held");
        let read = self.runtime.block_on(account_rows(&mut db));
        read.map_err(|error| self.database(error))
    }

    /// Journals that an account was created and keeps its row, both or neither; gives the event's number.
    /// `row.seq` is not looked at.
    pub fn create_account(&self, fact: &Fact, row: &AccountRow) -> Outcome<u64> {
        let _turn = self.turn();
        let mut db = self.db.lock().expect("no panic while the connection is held");
        let created = self.runtime.block_on(async {
            let mut tx = db.begin_with("BEGIN IMMEDIATE").await?;
            let seq = journal::append_in(&mut tx, std::slice::from_ref(fact)).await?;
            insert_account(&mut tx, &AccountRow { seq, ..row.clone() }).await?;
            tx.commit().await?;
            Ok(seq)
        });
        created.map_err(|error| self.database(error))
    }

    /// Replaces name, password and language of an account.
    pub fn change_account(&self, row: &AccountRow) -> Outcome<()> {
        let mut db = self.db.lock().expect("no panic while the connection is held");
        let statement = "UPDATE account SET login = ?, name = ?, password = ?, lang = ? WHERE seq = ?";
        let query = sqlx::query(statement).bind(&row.login).bind(&row.name).bind(&row.password);
        let changed = self.runtime.block_on(query.bind(&row.lang).bind(signed(row.seq)).execute(&mut *db));
        changed.map(drop).map_err(|error| self.database(error))
    }

    /// Journals that an account was removed and erases its name: its row, the private part of event `erased`, and
    /// its sessions. Nothing of them stays in the files when this has returned, unless somebody is reading the database
    /// just then: that is made up for by [`Store::wipe_log`].
    pub fn remove_account(&self, fact: &Fact, person: &str, erased: u64) -> Outcome<()> {
        let _turn = self.turn();
        let mut db = self.db.lock().expect("no panic while the connection is held");
        let removed = self.runtime.block_on(async {
            let mut tx = db.begin_with("BEGIN IMMEDIATE").await?;
            journal::append_in(&mut tx, std::slice::from_ref(fact)).await?;
            let statement = "DELETE FROM journal_private WHERE seq = ?";
            sqlx::query(statement).bind(signed(erased)).execute(&mut *tx).await?;
            sqlx::query("DELETE FROM session WHERE person = ?").bind(person).execute(&mut *tx).await?;
            rewrite_accounts(&mut tx, person).await?;
            tx.commit().await
        });
        drop(db);
        removed.map_err(|error| self.database(error))?;
        self.log_holds_names.store(true, Ordering::Relaxed);
        self.wipe_log()
    }

    /// Empties the write-ahead log after a name was erased: pages there hold what they held before. Nothing is done
    /// where nothing was erased, and nothing but waiting for another call where somebody reads in it.
    pub fn wipe_log(&self) -> Outcome<()> {
        if !self.log_holds_names.load(Ordering::Relaxed) {
            return Ok(());
        }
        let mut db = self.db.lock().expect("no panic while the connection is held");
        let wiped = self.runtime.block_on(async {
            // Nobody's save waits a minute for a reader.
            db.execute("PRAGMA busy_timeout = 1000").await?;
            let row = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&mut *db).await;
            db.execute(AssertSqlSafe(format!("PRAGMA busy_timeout = {}", LOCK_PATIENCE.as_millis()))).await?;
            Ok(row?.get::<i64, _>(0) == 0)
        });
        if wiped.map_err(|error| self.database(error))? {
            self.log_holds_names.store(false, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Every session and API token.
    pub fn sessions(&self) -> Outcome<Vec<SessionRow>> {
        let mut db = self.db.lock().expect("no panic while the connection is held");
        let statement = "SELECT token, person, kind, label, csrf, created, seen, lived FROM session";
        let rows = self.runtime.block_on(sqlx::query(statement).fetch_all(&mut *db));
        Ok(rows.map_err(|error| self.database(error))?.iter().map(session).collect())
    }

    /// Keeps a session that began.
    pub fn begin_session(&self, row: &SessionRow) -> Outcome<()> {
        let mut db = self.db.lock().expect("no panic while the connection is held");
        let begun = self.runtime.block_on(insert_session(&mut db, row));
        begun.map_err(|error| self.database(error))
    }

    /// Notes when sessions were last used and forgets those that ended, in one step. One that ended meanwhile stays
    /// ended.
    pub fn keep_sessions(&self, used: &[SessionRow], ended: &[String]) -> Outcome<()> {
        let mut db = self.db.lock().expect("no panic while the connection is held");
        let done = self.runtime.block_on(async {
            let mut tx = db.begin_with("BEGIN IMMEDIATE").await?;
            for row in used {
                let query = sqlx::query("UPDATE session SET seen = ?, lived = ? WHERE token = ?");
                query.bind(row.seen).bind(row.lived).bind(&row.token).execute(&mut *tx).await?;
            }
            for token in ended {
                sqlx::query("DELETE FROM session WHERE token = ?").bind(token).execute(&mut *tx).await?;
            }
            tx.commit().await
        });
        done.map_err(|error| self.database(error))
    }
}

async fn account_rows(db: &mut SqliteConnection) -> Result<Vec<AccountRow>, sqlx::Error> {
    let statement = "SELECT seq, person, login, name, password, lang FROM account ORDER BY seq";
    let rows = sqlx::query(statement).fetch_all(db).await?;
    let account = |row: &SqliteRow| AccountRow {
        seq: row.get::<i64, _>(0).unsigned_abs(),
        person: row.get(1),
        login: row.get(2),
        name: row.get(3),
        password: row.get(4),
        lang: row.get(5),
    };
    Ok(rows.iter().map(account).collect())
}

async fn insert_account(db: &mut SqliteConnection, row: &AccountRow) -> Result<(), sqlx::Error> {
    let statement =
        "INSERT INTO account (seq, person, login, name, password, lang) VALUES (?, ?, ?, ?, ?, ?)";
    let query = sqlx::query(statement).bind(signed(row.seq)).bind(&row.person).bind(&row.login);
    query.bind(&row.name).bind(&row.password).bind(&row.lang).execute(db).await.map(drop)
}

/// Writes all accounts but one anew. A row that grew (a password was set) may have been moved, and left a copy of
/// itself; clearing the table overwrites all its pages.
async fn rewrite_accounts(db: &mut SqliteConnection, without: &str) -> Result<(), sqlx::Error> {
    let rows = account_rows(db).await?;
    db.execute("DELETE FROM account").await?;
    for row in rows.iter().filter(|row| row.person != without) {
        insert_account(db, row).await?;
    }
    Ok(())
}

async fn insert_session(db: &mut SqliteConnection, row: &SessionRow) -> Result<(), sqlx::Error> {
    let statement = "INSERT INTO session (token, person, kind, label, csrf, created, seen, lived)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
    let query = sqlx::query(statement).bind(&row.token).bind(&row.person).bind(&row.kind).bind(&row.label);
    let query = query.bind(&row.csrf).bind(row.created).bind(row.seen).bind(row.lived);
    query.execute(db).await.map(drop)
}

fn session(row: &SqliteRow) -> SessionRow {
    SessionRow {
        token: row.get(0),
        person: row.get(1),
        kind: row.get(2),
        label: row.get(3),
        csrf: row.get(4),
        created: row.get(5),
        seen: row.get(6),
        lived: row.get(7),
    }
}

fn signed(seq: u64) -> i64 {
    i64::try_from(seq).unwrap_or(i64::MAX)
}
