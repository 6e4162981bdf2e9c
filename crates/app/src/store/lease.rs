//! Who has which sheet on the screen, and what they typed of it: neither is a fact of the journal.

use sqlx::sqlite::SqliteConnection;
use sqlx::{Connection, Executor, Row};

use super::journal::append_in;
use super::{Fact, Store};
use crate::trouble::Outcome;

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS lease (
    token    TEXT PRIMARY KEY,
    person   TEXT NOT NULL,
    image    TEXT NOT NULL,
    state    TEXT NOT NULL CHECK (state IN ('held', 'lapsed', 'saved')),
    saved_at TEXT,
    seconds  INTEGER
) STRICT;
CREATE INDEX IF NOT EXISTS lease_of_person ON lease (person, saved_at);
CREATE TABLE IF NOT EXISTS draft (
    person   TEXT NOT NULL,
    image    TEXT NOT NULL,
    revision INTEGER NOT NULL,
    typed    TEXT NOT NULL,
    PRIMARY KEY (person, image)
) STRICT;
CREATE INDEX IF NOT EXISTS draft_of_image ON draft (image);
";

/// Makes the tables. Folders of the time when a save was noted by its day alone keep those days: a text that is less than
/// every time of that day.
pub(super) async fn prepare(db: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let by_day = sqlx::query("SELECT 1 FROM pragma_table_info('lease') WHERE name = 'day'");
    if by_day.fetch_optional(&mut *db).await?.is_some() {
        db.execute("ALTER TABLE lease RENAME COLUMN day TO saved_at").await?;
    }
    db.execute(SCHEMA).await.map(drop)
}

/// Where a lease stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeaseState {
    /// It holds its sheet.
    Held,
    /// Its person was silent too long.
    Lapsed,
    /// Its sheet was saved.
    Saved,
}

impl LeaseState {
    fn code(self) -> &'static str {
        match self {
            LeaseState::Held => "held",
            LeaseState::Lapsed => "lapsed",
            LeaseState::Saved => "saved",
        }
    }

    fn from_code(code: &str) -> Option<Self> {
        [LeaseState::Held, LeaseState::Lapsed, LeaseState::Saved].into_iter().find(|s| s.code() == code)
    }
}

/// A lease as the database holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeaseRow {
    /// Its name.
    pub token: String,
    /// Pseudonym of its person.
    pub person: String,
    /// Hex SHA-256 of the sheet's image.
    pub image: String,
    /// Where it stands.
    pub state: LeaseState,
}

/// What was typed and not saved.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// Counts changes: of two drafts the higher is the later, whatever clocks say.
    pub revision: u32,
    /// JSON object of texts by the codes of figures.
    pub typed: String,
}

/// How a save is remembered beside its event.
#[derive(Clone, Copy, Debug)]
pub struct Saving<'s> {
    /// The lease it was made under.
    pub token: &'s str,
    /// When, as events record it (RFC 3339).
    pub at: &'s str,
    /// How long the sheet was on the screen; `None` where that is not known.
    pub seconds: Option<u32>,
}

impl Store {
    /// Every lease.
    pub fn leases(&self) -> Outcome<Vec<LeaseRow>> {
        let mut db = self.db.lock().expect("no panic while the connection is held");
        let rows = self.runtime.block_on(async {
            sqlx::query("SELECT token, person, image, state FROM lease ORDER BY token")
                .fetch_all(&mut *db)
                .await
        });
        let row = |row: &sqlx::sqlite::SqliteRow| {
            let state = LeaseState::from_code(row.get(3))?;
            Some(LeaseRow { token: row.get(0), person: row.get(1), image: row.get(2), state })
        };
        Ok(rows.map_err(|error| self.database(error))?.iter().filter_map(row).collect())
    }

    /// Writes a lease.
    pub fn put_lease(&self, lease: &LeaseRow) -> Outcome<()> {
        let mut db = self.db.lock().expect("no panic while the connection is held");
        let written = self.runtime.block_on(async {
            sqlx::query(
                "INSERT INTO lease (token, person, image, state) VALUES (?, ?, ?, ?)
                 ON CONFLICT (token) DO UPDATE SET state = excluded.state",
            )
            .bind(&lease.token)
            .bind(&lease.person)
            .bind(&lease.image)
            .bind(lease.state.code())
            .execute(&mut *db)
            .await
        });
        written.map(drop).map_err(|error| self.database(error))
    }

    /// Says where a lease stands.
    pub fn set_lease(&self, token: &str, state: LeaseState) -> Outcome<()> {
        let mut db = self.db.lock().expect("no panic while the connection is held");
        let statement =
            sqlx::query("UPDATE lease SET state = ? WHERE token = ?").bind(state.code()).bind(token);
        self.runtime.block_on(statement.execute(&mut *db)).map(drop).map_err(|error| self.database(error))
    }

    /// Appends what a person saved under a lease: event, the lease's end and the draft's become durable together.
    pub fn append_saved(&self, fact: &Fact, saving: &Saving<'_>) -> Outcome<()> {
        let _turn = self.turn();
        let mut db = self.db.lock().expect("no panic while the connection is held");
        let appended = self.runtime.block_on(async {
            let mut tx = db.begin_with("BEGIN IMMEDIATE").await?;
            append_in(&mut tx, std::slice::from_ref(fact)).await?;
            sqlx::query("UPDATE lease SET state = 'saved', saved_at = ?, seconds = ? WHERE token = ?")
                .bind(saving.at)
                .bind(saving.seconds)
                .bind(saving.token)
                .execute(&mut *tx)
                .await?;
            sqlx::query(
                "DELETE FROM draft WHERE (person, image) IN (SELECT person, image FROM lease WHERE token = ?)",
            )
            .bind(saving.token)
            .execute(&mut *tx)
            .await?;
            tx.commit().await
        });
        appended.map_err(|error| self.database(error))
    }

    /// How many sheets a person saved since a time (RFC 3339), and the seconds each took that is known, ascending.
    pub fn saved_since(&self, person: &str, since: &str) -> Outcome<(u64, Vec<u32>)> {
        let mut db = self.db.lock().expect("no panic while the connection is held");
        let statement = "SELECT seconds FROM lease WHERE person = ? AND saved_at >= ? AND state = 'saved'";
        let rows = self.runtime.block_on(sqlx::query(statement).bind(person).bind(since).fetch_all(&mut *db));
        let rows = rows.map_err(|error| self.database(error))?;
        let known = rows.iter().filter_map(|row| row.get::<Option<u32>, _>(0));
        let mut seconds: Vec<u32> = known.collect();
        seconds.sort_unstable();
        Ok((rows.len() as u64, seconds))
    }

    /// Whose drafts there are, and of which images.
    pub fn draft_owners(&self) -> Outcome<Vec<(String, String)>> {
        let mut db = self.db.lock().expect("no panic while the connection is held");
        let rows = self.runtime.block_on(async {
            sqlx::query("SELECT person, image FROM draft ORDER BY person, image").fetch_all(&mut *db).await
        });
        Ok(rows.map_err(|error| self.database(error))?.iter().map(|row| (row.get(0), row.get(1))).collect())
    }

    /// What a person typed of an image and did not save.
    pub fn draft(&self, person: &str, image: &str) -> Outcome<Option<Draft>> {
        let mut db = self.db.lock().expect("no panic while the connection is held");
        let statement = sqlx::query("SELECT revision, typed FROM draft WHERE person = ? AND image = ?");
        let row = self.runtime.block_on(statement.bind(person).bind(image).fetch_optional(&mut *db));
        let row = row.map_err(|error| self.database(error))?;
        Ok(row.map(|row| Draft { revision: row.get(0), typed: row.get(1) }))
    }

    /// Keeps a draft, unless a later one is kept: requests overtake each other.
    pub fn put_draft(&self, person: &str, image: &str, revision: u32, typed: &str) -> Outcome<()> {
        let mut db = self.db.lock().expect("no panic while the connection is held");
        let statement = sqlx::query(
            "INSERT INTO draft (person, image, revision, typed) VALUES (?, ?, ?, ?)
             ON CONFLICT (person, image) DO UPDATE SET revision = excluded.revision, typed = excluded.typed
             WHERE excluded.revision >= draft.revision",
        );
        let statement = statement.bind(person).bind(image).bind(revision).bind(typed);
        self.runtime.block_on(statement.execute(&mut *db)).map(drop).map_err(|error| self.database(error))
    }

    /// Drops everybody's drafts of an image.
    pub fn drop_drafts(&self, image: &str) -> Outcome<()> {
        let mut db = self.db.lock().expect("no panic while the connection is held");
        let statement = sqlx::query("DELETE FROM draft WHERE image = ?").bind(image);
        self.runtime.block_on(statement.execute(&mut *db)).map(drop).map_err(|error| self.database(error))
    }

    /// Drops a person's drafts, and their leases but those that were saved.
    pub fn drop_person(&self, person: &str) -> Outcome<()> {
        let mut db = self.db.lock().expect("no panic while the connection is held");
        let dropped = self.runtime.block_on(async {
            let mut tx = db.begin_with("BEGIN IMMEDIATE").await?;
            sqlx::query("DELETE FROM draft WHERE person = ?").bind(person).execute(&mut *tx).await?;
            sqlx::query("DELETE FROM lease WHERE person = ? AND state <> 'saved'")
                .bind(person)
                .execute(&mut *tx)
                .await?;
            tx.commit().await
        });
        dropped.map_err(|error| self.database(error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_notes_days_goes_on() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut db = SqliteConnection::connect("sqlite::memory:").await.unwrap();
            let old = SCHEMA.replace("saved_at", "day");
            db.execute(sqlx::AssertSqlSafe(old)).await.unwrap();
            let row = "INSERT INTO lease VALUES ('t', 'P002', 'i', 'saved', '2031-05-04', 30)";
            db.execute(row).await.unwrap();
            for _ in 0..2 {
                prepare(&mut db).await.unwrap();
            }
            let since = "SELECT seconds FROM lease WHERE saved_at >= ?";
            for (from, n) in [("2031-05-03T21:00:00Z", 1), ("2031-05-04T00:00:00Z", 0)] {
                let rows = sqlx::query(since).bind(from).fetch_all(&mut db).await.unwrap();
                assert_eq!(rows.len(), n, "{from}");
            }
        });
    }
}
