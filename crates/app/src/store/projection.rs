//! Projections: what the events add up to, for quick questions. Always derivable from the journal.
//!
//! Rows of an imported table are not stored here: they are derived again from the kept file by the
//! journalled mapping, which is faster than SQLite at a million rows and cannot drift.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{Executor, Row};
use tallyproof_core::journal::Event;
use tallyproof_evidence::ledger::unread_id;

use super::Store;
use crate::trouble::Outcome;

pub(super) const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS setting (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS import (
    source     TEXT NOT NULL,
    label      TEXT NOT NULL,
    sha256     TEXT NOT NULL,
    supersedes TEXT NOT NULL,
    mapping    TEXT NOT NULL,
    n_adopted  INTEGER NOT NULL,
    n_refused  INTEGER NOT NULL,
    PRIMARY KEY (source, label)
) STRICT;
CREATE TABLE IF NOT EXISTS origin (
    sha256 TEXT NOT NULL,
    source TEXT NOT NULL,
    file   TEXT NOT NULL,
    PRIMARY KEY (sha256, source, file)
) STRICT;
CREATE TABLE IF NOT EXISTS document (
    sha256 TEXT NOT NULL,
    source TEXT NOT NULL,
    file   TEXT NOT NULL,
    PRIMARY KEY (sha256, source, file)
) STRICT;
CREATE TABLE IF NOT EXISTS reading (
    sha256 TEXT PRIMARY KEY,
    body   TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS twin (
    a       TEXT NOT NULL,
    b       TEXT NOT NULL,
    version INTEGER NOT NULL,
    same    INTEGER NOT NULL,
    PRIMARY KEY (a, b)
) STRICT;
";

/// One imported file, as its event says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// Source id.
    pub source: String,
    /// Version label.
    pub label: String,
    /// Hex SHA-256 of the file.
    pub sha256: String,
    /// Labels it supersedes.
    pub supersedes: Vec<String>,
    /// The mapping, as JSON.
    pub mapping: String,
    /// Rows adopted.
    pub n_adopted: u64,
    /// Rows refused.
    pub n_refused: u64,
}

impl Store {
    /// Every import, by source, then label.
    pub fn imports(&self) -> Outcome<Vec<Import>> {
        let mut db = self.db.lock().expect("no panic while the connection is held");
        let rows = self.runtime.block_on(async {
            sqlx::query(
                "SELECT source, label, sha256, supersedes, mapping, n_adopted, n_refused
                 FROM import ORDER BY source, label",
            )
            .fetch_all(&mut *db)
            .await
        });
        Ok(rows.map_err(|error| self.database(error))?.iter().map(import).collect())
    }

    /// A setting of the folder, such as `pack` or `boundaries`.
    pub fn setting(&self, name: &str) -> Outcome<Option<String>> {
        let mut db = self.db.lock().expect("no panic while the connection is held");
        let row = self.runtime.block_on(async {
            sqlx::query("SELECT value FROM setting WHERE name = ?").bind(name).fetch_optional(&mut *db).await
        });
        Ok(row.map_err(|error| self.database(error))?.map(|row| row.get(0)))
    }
}

/// An original with where it came from and what was read on it.
#[derive(Clone, Debug, PartialEq)]
pub struct Original {
    /// Hex SHA-256 of its bytes; for a page without a picture, the document's with `#page=<n>`.
    pub sha256: String,
    /// Every (source, file name) it came under, sorted.
    pub origins: Vec<(String, String)>,
    /// Body of the last `image.read` event, if it was read.
    pub reading: Option<Value>,
}

impl Original {
    /// Whether there are bytes of a picture: pages that gave none are originals only in name.
    pub fn has_picture(&self) -> bool {
        self.reading.as_ref().is_none_or(|body| body.get("document").is_none())
    }
}

impl Store {
    /// Every (hash, source, file name) of a document.
    pub fn documents(&self) -> Outcome<BTreeSet<(String, String, String)>> {
        let mut db = self.db.lock().expect("no panic while the connection is held");
        let rows = self.runtime.block_on(async {
            sqlx::query("SELECT sha256, source, file FROM document").fetch_all(&mut *db).await
        });
        let rows = rows.map_err(|error| self.database(error))?;
        Ok(rows.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect())
    }

    /// Every (source, file name) that one original came under.
    pub fn origins_of(&self, sha256: &str) -> Outcome<Vec<(String, String)>> {
        let mut db = self.db.lock().expect("no panic while the connection is held");
        let query = sqlx::query("SELECT source, file FROM origin WHERE sha256 = ?").bind(sha256);
        let rows = self.runtime.block_on(query.fetch_all(&mut *db)).map_err(|error| self.database(error))?;
        Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
    }

    /// Whether an original came under this (source, file name), and under how many it came, counted up to `most`: one
    /// picture may have as many names as an archive has entries.
    pub fn origin(&self, sha256: &str, (source, file): (&str, &str), most: u32) -> Outcome<(bool, u32)> {
        let mut db = self.db.lock().expect("no panic while the connection is held");
        let statement =
            "SELECT EXISTS (SELECT 1 FROM origin WHERE sha256 = ?1 AND source = ?2 AND file = ?3),
            (SELECT count(*) FROM (SELECT 1 FROM origin WHERE sha256 = ?1 LIMIT ?4))";
        let query = sqlx::query(statement).bind(sha256).bind(source).bind(file).bind(most);
        let row = self.runtime.block_on(query.fetch_one(&mut *db)).map_err(|error| self.database(error))?;
        Ok((row.get(0), row.get(1)))
    }

    /// Body of an image's last `image.read` event.
    pub fn reading_of(&self, sha256: &str) -> Outcome<Option<Value>> {
        let mut db = self.db.lock().expect("no panic while the connection is held");
        let statement = sqlx::query("SELECT body FROM reading WHERE sha256 = ?").bind(sha256);
        let row = self.runtime.block_on(statement.fetch_optional(&mut *db));
        let row = row.map_err(|error| self.database(error))?;
        Ok(row.and_then(|row| serde_json::from_str(row.get(0)).ok()))
    }

    /// Up to `most` originals that were not read yet, in the order they came: whoever sent first does not wait for
    /// whoever sends on.
    pub fn pending(&self, most: usize) -> Outcome<Vec<String>> {
        let mut db = self.db.lock().expect("no panic while the connection is held");
        let statement = "SELECT sha256 FROM origin
            WHERE NOT EXISTS (SELECT 1 FROM reading WHERE reading.sha256 = origin.sha256)
            GROUP BY sha256 ORDER BY min(rowid) LIMIT ?";
        let query = sqlx::query(statement).bind(i64::try_from(most).unwrap_or(i64::MAX));
        let rows = self.runtime.block_on(query.fetch_all(&mut *db)).map_err(|error| self.database(error))?;
        Ok(rows.iter().map(|row| row.get(0)).collect())
    }

    /// Number of originals, and of those not read yet.
    pub fn n_originals(&self) -> Outcome<(u64, u64)> {
        let mut db = self.db.lock().expect("no panic while the connection is held");
        let statement = "SELECT count(DISTINCT origin.sha256),
                count(DISTINCT CASE WHEN reading.sha256 IS NULL THEN origin.sha256 END)
            FROM origin LEFT JOIN reading USING (sha256)";
        let row = self.runtime.block_on(sqlx::query(statement).fetch_one(&mut *db));
        let row = row.map_err(|error| self.database(error))?;
        Ok((row.get::<i64, _>(0).unsigned_abs(), row.get::<i64, _>(1).unsigned_abs()))
    }

    /// The member `signature` of every original's reading that has one, by hash. Of a country's readings it is a part
    /// that can be held in memory; all of them are more than a gigabyte.
    pub fn each_signature(&self, take: &mut dyn FnMut(&str, &Value)) -> Outcome<()> {
        const PIECE: usize = 1_000;
        let statement = "SELECT sha256, json_extract(body, '$.signature') FROM reading
            WHERE sha256 > ? AND EXISTS (SELECT 1 FROM origin WHERE origin.sha256 = reading.sha256)
            ORDER BY sha256 LIMIT ?";
        let mut last = String::new();
        loop {
            // Others wait for the connection no longer than for one piece.
            let mut db = self.db.lock().expect("no panic while the connection is held");
            let query = sqlx::query(statement).bind(&last).bind(i64::try_from(PIECE).unwrap_or(i64::MAX));
            let rows = self.runtime.block_on(query.fetch_all(&mut *db));
            drop(db);
            let rows = rows.map_err(|error| self.database(error))?;
            for row in &rows {
                let kept = row.get::<Option<&str>, _>(1).and_then(|text| serde_json::from_str(text).ok());
                if let Some(kept) = kept {
                    take(row.get(0), &kept);
                }
            }
            match rows.last() {
                Some(row) if rows.len() == PIECE => last = row.get(0),
                _ => return Ok(()),
            }
        }
    }

    /// Every original, by hash.
    pub fn originals(&self) -> Outcome<Vec<Original>> {
        let mut db = self.db.lock().expect("no panic while the connection is held");
        let rows = self.runtime.block_on(async {
            let statement = "SELECT origin.sha256, origin.source, origin.file, reading.body
                FROM origin LEFT JOIN reading USING (sha256) ORDER BY origin.sha256, origin.source, origin.file";
            sqlx::query(statement).fetch_all(&mut *db).await
        });
        let rows = rows.map_err(|error| self.database(error))?;
        let mut originals: Vec<Original> = Vec::new();
        for row in &rows {
            let (sha256, origin): (String, _) = (row.get(0), (row.get(1), row.get(2)));
            match originals.last_mut().filter(|last| last.sha256 == sha256) {
                Some(last) => last.origins.push(origin),
                None => {
                    let reading =
                        row.get::<Option<&str>, _>(3).and_then(|body| serde_json::from_str(body).ok());
                    originals.push(Original { sha256, origins: vec![origin], reading });
                }
            }
        }
        Ok(originals)
    }
}

/// Two originals whose pictures were compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Twin {
    /// Hex SHA-256 of the one, the lesser.
    pub a: String,
    /// Hex SHA-256 of the other.
    pub b: String,
    /// Version of the judgement.
    pub version: u32,
    /// Whether they were made from one picture.
    pub same: bool,
}

impl Store {
    /// Every pair compared, by hash.
    pub fn twins(&self) -> Outcome<Vec<Twin>> {
        let mut db = self.db.lock().expect("no panic while the connection is held");
        let rows = self.runtime.block_on(async {
            sqlx::query("SELECT a, b, version, same FROM twin ORDER BY a, b").fetch_all(&mut *db).await
        });
        let twin = |row: &SqliteRow| Twin {
            a: row.get(0),
            b: row.get(1),
            version: u32::try_from(row.get::<i64, _>(2)).unwrap_or(0),
            same: row.get::<i64, _>(3) == 1,
        };
        Ok(rows.map_err(|error| self.database(error))?.iter().map(twin).collect())
    }
}

fn import(row: &SqliteRow) -> Import {
    let supersedes: String = row.get(3);
    Import {
        source: row.get(0),
        label: row.get(1),
        sha256: row.get(2),
        supersedes: serde_json::from_str(&supersedes).unwrap_or_default(),
        mapping: row.get(4),
        n_adopted: row.get::<i64, _>(5).unsigned_abs(),
        n_refused: row.get::<i64, _>(6).unsigned_abs(),
    }
}

/// Applies one event.
pub(super) async fn project(
    db: &mut SqliteConnection,
    event: &Event,
    private: &Value,
) -> Result<(), sqlx::Error> {
    let body = &event.body;
    let text = |key: &str| body.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let count = |key: &str| body.get(key).and_then(Value::as_i64).unwrap_or_default();
    let json = |key: &str| body.get(key).map(Value::to_string).unwrap_or_default();
    match event.kind.as_str() {
        "pack.adopted" => {
            set(db, "pack", &text("id")).await?;
            set(db, "pack-files", &json("files")).await
        }
        "weights.trained" if body.get("adopted") == Some(&Value::Bool(true)) => {
            set(db, "weights", &text("new_sha256")).await
        }
        "weights.reset" => set(db, "weights", "").await,
        "boundaries.adopted" => set(db, "boundaries", &text("sha256")).await,
        "source.imported" => {
            let statement =
                "INSERT INTO import (source, label, sha256, supersedes, mapping, n_adopted, n_refused)
                             VALUES (?, ?, ?, ?, ?, ?, ?)";
            let query =
                sqlx::query(statement).bind(text("source")).bind(text("version")).bind(text("sha256"));
            let query = query.bind(json("supersedes")).bind(json("mapping"));
            query.bind(count("adopted")).bind(count("refused")).execute(&mut *db).await?;
            if let Some(newer) = body.get("superseded_by").and_then(Value::as_str) {
                supersede(db, &text("source"), newer, &text("version")).await?;
            }
            Ok(())
        }
        "image.added" => {
            if let Some(document) = body.get("document").and_then(Value::as_str) {
                // A page that gave no picture to an earlier version.
                forget(db, &unread_id(document, page(body))).await?;
            }
            add_origin(db, &text("sha256"), &text("source"), private).await
        }
        "document.added" => {
            if count("pages") > 0 {
                forget(db, &text("sha256")).await?;
            }
            sqlx::query("INSERT INTO document (sha256, source, file) VALUES (?, ?, ?) ON CONFLICT DO NOTHING")
                .bind(text("sha256"))
                .bind(text("source"))
                .bind(file_of(private))
                .execute(db)
                .await
                .map(drop)
        }
        "document.unread" => {
            let page = body.get("page").and_then(Value::as_i64);
            let id =
                page.map_or_else(|| text("document"), |page| format!("{}#page={page}", text("document")));
            add_origin(db, &id, &text("source"), private).await?;
            let reading =
                json!({"outcome": "not-usable", "cause": text("cause"), "document": text("document")});
            sqlx::query("INSERT INTO reading (sha256, body) VALUES (?, ?) ON CONFLICT DO NOTHING")
                .bind(id)
                .bind(reading.to_string())
                .execute(db)
                .await
                .map(drop)
        }
        "image.read" => {
            let statement = "INSERT INTO reading (sha256, body) VALUES (?, ?)
                             ON CONFLICT (sha256) DO UPDATE SET body = excluded.body";
            // For this folder's eyes only: texts of codes that are not of this election.
            let mut kept = body.clone();
            if let (Some(kept), Some(others)) = (kept.as_object_mut(), private.get("others")) {
                kept.insert("private_others".into(), others.clone());
            }
            sqlx::query(statement).bind(text("sha256")).bind(kept.to_string()).execute(db).await.map(drop)
        }
        "pictures.compared" => {
            for pair in body.get("pairs").and_then(Value::as_array).into_iter().flatten() {
                let text = |key: &str| pair.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
                let statement = "INSERT INTO twin (a, b, version, same) VALUES (?, ?, ?, ?)
                                 ON CONFLICT (a, b) DO UPDATE SET version = excluded.version, same = excluded.same";
                let same = pair.get("same").and_then(Value::as_bool).unwrap_or_default();
                let query = sqlx::query(statement).bind(text("a")).bind(text("b")).bind(count("v"));
                query.bind(same).execute(&mut *db).await?;
            }
            set(db, "pictures-compared", &text("of")).await
        }
        _ => Ok(()),
    }
}

fn page(body: &Value) -> Option<u64> {
    body.get("page").and_then(Value::as_u64)
}

fn file_of(private: &Value) -> &str {
    private.get("file").and_then(Value::as_str).unwrap_or_default()
}

async fn add_origin(
    db: &mut SqliteConnection,
    id: &str,
    source: &str,
    private: &Value,
) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO origin (sha256, source, file) VALUES (?, ?, ?) ON CONFLICT DO NOTHING")
        .bind(id)
        .bind(source)
        .bind(file_of(private))
        .execute(db)
        .await
        .map(drop)
}

/// Removes what stood for a picture that was not to be had.
async fn forget(db: &mut SqliteConnection, id: &str) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM origin WHERE sha256 = ?").bind(id).execute(&mut *db).await?;
    sqlx::query("DELETE FROM reading WHERE sha256 = ?").bind(id).execute(db).await.map(drop)
}

/// Notes on a newer version, imported before, that it supersedes `older`.
async fn supersede(
    db: &mut SqliteConnection,
    source: &str,
    newer: &str,
    older: &str,
) -> Result<(), sqlx::Error> {
    let statement =
        "UPDATE import SET supersedes = json_insert(supersedes, '$[#]', ?) WHERE source = ? AND label = ?";
    sqlx::query(statement).bind(older).bind(source).bind(newer).execute(db).await.map(drop)
}

async fn set(db: &mut SqliteConnection, name: &str, value: &str) -> Result<(), sqlx::Error> {
    let statement = "INSERT INTO setting (name, value) VALUES (?, ?)
                     ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    sqlx::query(statement).bind(name).bind(value).execute(db).await.map(drop)
}

/// Empties every projection and applies all events in order.
pub(super) async fn rebuild(db: &mut SqliteConnection, events: &[Event]) -> Result<(), sqlx::Error> {
    db.execute(
        "DELETE FROM import; DELETE FROM setting; DELETE FROM origin; DELETE FROM document;
        DELETE FROM reading; DELETE FROM twin;",
    )
    .await?;
    let rows = sqlx::query("SELECT seq, bytes FROM journal_private").fetch_all(&mut *db).await?;
    let private: std::collections::BTreeMap<u64, Value> = rows
        .iter()
        .filter_map(|row| {
            Some((row.get::<i64, _>(0).unsigned_abs(), serde_json::from_slice(row.get(1)).ok()?))
        })
        .collect();
    for event in events {
        project(db, event, private.get(&event.seq).unwrap_or(&Value::Null)).await?;
    }
    Ok(())
}

/// Every projected row as text, for comparing.
pub(super) async fn snapshot(db: &mut SqliteConnection) -> Result<Vec<String>, sqlx::Error> {
    let statement = "SELECT name || char(31) || value FROM setting
        UNION ALL SELECT source || char(31) || label || char(31) || sha256 || char(31) || supersedes || char(31)
            || mapping || char(31) || n_adopted || char(31) || n_refused FROM import
        UNION ALL SELECT sha256 || char(31) || source || char(31) || file FROM origin
        UNION ALL SELECT 'document' || char(31) || sha256 || char(31) || source || char(31) || file FROM document
        UNION ALL SELECT sha256 || char(31) || body FROM reading
        UNION ALL SELECT a || char(31) || b || char(31) || version || char(31) || same FROM twin
        ORDER BY 1";
    Ok(sqlx::query(statement).fetch_all(db).await?.iter().map(|row| row.get(0)).collect())
}
