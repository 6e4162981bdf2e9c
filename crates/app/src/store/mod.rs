//! The working folder: kept files, the journal, and what is projected from it.
//!
//! ```text
//! DIR/election/<id>/   the pack's copy
//! DIR/originals/<xx>/<sha256>  images, byte for byte
//! DIR/sources/<sha256> imported tables of numbers, byte for byte
//! DIR/tallyproof.db    journal, projections and the desk's accounts (SQLite, WAL)
//! DIR/tls/             the desk's local authority and certificate
//! DIR/audit/<id>/      lists and worksheets of audits, to be handed out
//! DIR/report/          the last report
//! DIR/published/       heads of the log that bundles were published with
//! ```
//! Nothing outside this module touches the folder's files or database.

mod copy;
mod desk;
mod files;
mod journal;
mod lease;
mod projection;

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{Connection, Executor};

pub use copy::Keeping;
pub use desk::{AccountRow, SessionRow};
pub use files::{Kept, open_named, sha256_of};
pub use journal::{Fact, Held, JournalState, Private};
pub use lease::{Draft, LeaseRow, LeaseState, Saving};
pub use projection::{Import, Original, Twin};

use crate::trouble::{Outcome, Trouble};

/// How long a verb that writes waits for another one to finish.
pub const LOCK_PATIENCE: Duration = Duration::from_secs(60);

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS journal (
    seq   INTEGER PRIMARY KEY,
    bytes BLOB NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS journal_private (
    seq   INTEGER PRIMARY KEY REFERENCES journal (seq),
    salt  BLOB NOT NULL,
    bytes BLOB NOT NULL
) STRICT;
CREATE TRIGGER IF NOT EXISTS journal_is_append_only_update BEFORE UPDATE ON journal
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER IF NOT EXISTS journal_is_append_only_delete BEFORE DELETE ON journal
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
";

/// What a verb is going to do with the folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Look only.
    Read,
    /// Add facts or publish: one at a time.
    Write,
}

/// An open working folder.
pub struct Store {
    root: PathBuf,
    runtime: Loop,
    db: Mutex<SqliteConnection>,
    turn: Mutex<()>,
    /// Whether a name was erased that the write-ahead log may still hold.
    log_holds_names: AtomicBool,
    lock: Option<File>,
}

impl Store {
    /// Makes a working folder. Fails when `root` holds anything but what an unfinished run left: a kill or
    /// a full disk must not be in the way of the next try.
    pub fn create(root: &Path) -> Outcome<Self> {
        let exists = || Trouble::FolderExists(root.to_owned());
        if root.exists() {
            let mut entries = std::fs::read_dir(root).map_err(Trouble::io(root))?.flatten();
            if !entries.all(|entry| is_unfinished(&entry.file_name())) {
                return Err(exists());
            }
        }
        for dir in [root.to_owned(), root.join("election"), root.join("sources")] {
            std::fs::create_dir_all(&dir).map_err(Trouble::io(&dir))?;
        }
        let store = Self::connect(root, Access::Write, LOCK_PATIENCE)?;
        if store.is_empty()? { Ok(store) } else { Err(exists()) }
    }

    /// Opens a working folder; with `Access::Write`, waits a while until no other program writes in it.
    pub fn open(root: &Path, access: Access) -> Outcome<Self> {
        Self::open_within(root, access, LOCK_PATIENCE)
    }

    /// Opens a working folder; with `Access::Write`, waits no longer than `patience` until no other program writes in
    /// it. Fails at once when that is a desk, which runs for days.
    pub fn open_within(root: &Path, access: Access, patience: Duration) -> Outcome<Self> {
        if !root.join(DATABASE).is_file() {
            return Err(Trouble::NotAFolder(root.to_owned()));
        }
        Self::connect(root, access, patience)
    }

    fn connect(root: &Path, access: Access, patience: Duration) -> Outcome<Self> {
        let lock = (access == Access::Write).then(|| lock(root, patience)).transpose()?;
        let path = root.join(DATABASE);
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Trouble::io(&path))?;
        let runtime = Loop(Some(runtime));
        let options = SqliteConnectOptions::new()
            .filename(&path)
            .create_if_missing(access == Access::Write)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            // Names that are erased are overwritten.
            .pragma("secure_delete", "ON")
            .busy_timeout(LOCK_PATIENCE);
        let database = |error| Trouble::Database { path: path.clone(), error };
        let db = runtime.block_on(async {
            let mut db = SqliteConnection::connect_with(&options).await?;
            if access == Access::Write {
                db.execute(SCHEMA).await?;
                db.execute(projection::SCHEMA).await?;
                lease::prepare(&mut db).await?;
                db.execute(desk::SCHEMA).await?;
            }
            Ok(db)
        });
        Ok(Self {
            root: root.to_owned(),
            db: Mutex::new(db.map_err(database)?),
            turn: Mutex::default(),
            log_holds_names: AtomicBool::new(false),
            runtime,
            lock,
        })
    }

    /// The same folder by a connection of its own, to look only: long looks keep no writer waiting.
    pub fn onlooker(&self) -> Outcome<Self> {
        Self::open(&self.root, Access::Read)
    }

    /// The folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where the pack's copy with this id lies.
    pub fn pack_dir(&self, id: &str) -> PathBuf {
        self.root.join("election").join(id)
    }

    /// Where the list, the worksheets and the commands of an audit go.
    pub fn audit_dir(&self, id: &str) -> PathBuf {
        self.root.join("audit").join(id)
    }

    /// Where pictures lie that may leave, for a person to look at.
    pub fn masking_dir(&self) -> PathBuf {
        self.root.join("masking")
    }

    /// Where the heads of the log lie that were published.
    pub fn published_dir(&self) -> PathBuf {
        self.root.join("published")
    }

    /// Where files lie that people fetch from the desk.
    pub fn outgoing_dir(&self) -> PathBuf {
        self.root.join("outgoing")
    }

    /// Where files lie that people send to the desk, until they are kept.
    pub fn incoming_dir(&self) -> PathBuf {
        self.root.join("incoming")
    }

    /// Where reports go.
    pub fn report_dir(&self) -> PathBuf {
        self.root.join("report")
    }

    /// Where the desk keeps its certificates.
    pub fn tls_dir(&self) -> PathBuf {
        self.root.join("tls")
    }

    /// Says that a desk runs in this folder and where, to whoever meets its lock.
    pub fn announce_desk(&self, address: &str) -> Outcome<()> {
        let path = self.root.join(DESK);
        std::fs::write(&path, address).map_err(Trouble::io(&path))
    }

    fn database(&self, error: sqlx::Error) -> Trouble {
        Trouble::Database { path: self.root.join(DATABASE), error }
    }
}

impl Drop for Store {
    /// Moves what was written from the write-ahead log into the database, so that `tallyproof.db` by itself is
    /// the whole journal. What a kill or a full disk leaves in the log is read from there the next time.
    fn drop(&mut self) {
        let (runtime, root) = (&self.runtime, &self.root);
        if self.lock.is_some()
            && let Ok(db) = self.db.get_mut()
        {
            let close = move || {
                let _ = runtime.block_on(db.execute("PRAGMA wal_checkpoint(TRUNCATE)"));
                let _ = std::fs::remove_file(root.join(DESK));
            };
            // A thread of its own: the last to let go may be one that must not block.
            std::thread::scope(|threads| drop(threads.spawn(close).join()));
        }
    }
}

/// Where the database's work is waited for.
struct Loop(Option<tokio::runtime::Runtime>);

impl Loop {
    fn block_on<F: Future>(&self, work: F) -> F::Output {
        self.0.as_ref().expect("there until it is dropped").block_on(work)
    }
}

impl Drop for Loop {
    /// Waits for nothing: nothing is under way, and whoever drops it may be one that must not block.
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

const DATABASE: &str = "tallyproof.db";

/// Holds the address of the desk that runs in the folder, while it runs.
const DESK: &str = ".desk";

/// Whether an entry is one that a folder holds before its first event.
fn is_unfinished(name: &std::ffi::OsStr) -> bool {
    // SQLite keeps its own files beside the database, under its name.
    let name = name.to_string_lossy();
    ["election", "sources", ".lock", DESK].contains(&&*name) || name.starts_with(DATABASE)
}

/// Takes the folder's lock. The operating system releases it however the holder ends, so a killed run
/// leaves nothing to clean up.
fn lock(root: &Path, patience: Duration) -> Outcome<File> {
    let path = root.join(".lock");
    let file =
        File::options().create(true).truncate(false).write(true).open(&path).map_err(Trouble::io(&path))?;
    let start = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => {
                // A desk that was killed left its word; the lock says that it is gone.
                let _ = std::fs::remove_file(root.join(DESK));
                return Ok(file);
            }
            Err(TryLockError::WouldBlock) => {
                if let Some(address) = desk_address(root) {
                    return Err(Trouble::DeskRuns { path: root.to_owned(), address });
                }
                if start.elapsed() >= patience {
                    return Err(Trouble::Locked(root.to_owned()));
                }
                std::thread::sleep(Duration::from_millis(50));
            }
            Err(TryLockError::Error(error)) => return Err(Trouble::Io { path, error }),
        }
    }
}

/// Where the desk says that it is, which holds the folder's lock.
fn desk_address(root: &Path) -> Option<String> {
    let address = std::fs::read_to_string(root.join(DESK)).ok()?;
    (!address.is_empty()).then(|| address.chars().take(200).collect())
}
