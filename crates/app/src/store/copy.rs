//! A copy of the database that nobody writes in: taken while others work, checked, and closed for good.

use std::path::Path;

use serde_json::Value;
use sqlx::{Executor, Row};
use tallyproof_core::journal::Event;

use super::Store;
use crate::trouble::{Outcome, Trouble};

/// Tables of what is only true of this folder: whoever is signed in, or was given a token, is not so in a copy.
const PASSING: [&str; 1] = ["session"];

/// Which part of the folder keeps a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeping {
    /// `originals/`.
    Original,
    /// `sources/`.
    Source,
}

impl Store {
    /// Writes the database as it stands now into a new file, in one piece (`VACUUM INTO`); others go on working.
    /// Fails when the file is there.
    pub fn copy_database(&self, to: &Path) -> Outcome<()> {
        if to.exists() {
            return Err(Trouble::FolderExists(to.to_owned()));
        }
        let name = to.to_str().ok_or_else(|| Trouble::BadFileName(to.display().to_string()))?;
        let mut db = self.db.lock().expect("no panic while the connection is held");
        let copied = self.runtime.block_on(sqlx::query("VACUUM INTO ?").bind(name).execute(&mut *db));
        let failed = |error| Trouble::Database { path: to.to_owned(), error };
        copied.map_err(failed)?;
        // SQLite leaves it to the caller to have the copy on disk (sqlite.org/lang_vacuum.html).
        std::fs::File::open(to).and_then(|file| file.sync_all()).map_err(Trouble::io(to))
    }

    /// Whether SQLite finds the database whole (`PRAGMA integrity_check`); its first complaint where not.
    pub fn integrity(&self) -> Outcome<Option<String>> {
        let mut db = self.db.lock().expect("no panic while the connection is held");
        let row = self.runtime.block_on(sqlx::query("PRAGMA integrity_check(1)").fetch_one(&mut *db));
        let said: String = row.map_err(|error| self.database(error))?.get(0);
        Ok((said != "ok").then_some(said))
    }

    /// Forgets who is signed in, and leaves the database as one file, without a log beside it.
    pub fn settle(&self) -> Outcome<()> {
        let mut db = self.db.lock().expect("no panic while the connection is held");
        let settled = self.runtime.block_on(async {
            for table in PASSING {
                let exists =
                    sqlx::query("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?").bind(table);
                if exists.fetch_optional(&mut *db).await?.is_some() {
                    // Names of ours, from the list above.
                    db.execute(sqlx::AssertSqlSafe(format!("DELETE FROM {table}"))).await?;
                }
            }
            db.execute("PRAGMA journal_mode = DELETE").await.map(drop)
        });
        settled.map_err(|error| self.database(error))
    }

    /// Tells every kept file that an event speaks of, by its hash; a file may come several times.
    pub fn each_kept_file(&self, take: &mut dyn FnMut(Keeping, &str)) -> Outcome<()> {
        self.each_event(&mut |event, _| {
            kept_by(&event, take);
            Ok(())
        })
        .map(drop)
    }
}

/// The kept files one event speaks of.
pub(super) fn kept_by(event: &Event, take: &mut dyn FnMut(Keeping, &str)) {
    // Of a picture its first event speaks; what is published of a table speaks of no kept file.
    if matches!(event.kind.as_str(), "image.read" | "table.published") {
        return;
    }
    let keeping = match event.kind.as_str() {
        "image.added" | "document.added" => Keeping::Original,
        _ => Keeping::Source,
    };
    let one = event.body.get("sha256").and_then(Value::as_str);
    let several = event.body.get("files").and_then(Value::as_object);
    let several = several.into_iter().flatten().filter_map(|(_, sha256)| sha256.as_str());
    one.into_iter().chain(several).for_each(|sha256| take(keeping, sha256));
}
