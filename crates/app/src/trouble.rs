//! Why a job could not be done, and the code of the words that say so.

mod audit;
mod backup;
mod bundle;
mod desk;
mod key;
mod pack;
mod recogniser;

use std::io;
use std::path::{Path, PathBuf};

use tallyproof_core::Args;
use tallyproof_core::facts::NewestUnclear;
use tallyproof_core::journal::ChainFault;
use tallyproof_core::pack::{Delimiter, PackFault};
use tallyproof_core::people::PeopleFault;
use tallyproof_core::transcription::csv_rows::CsvError;

pub use audit::AuditFault;
pub use backup::BackupTrouble;
pub use bundle::BundleTrouble;
pub use desk::DeskTrouble;
pub use key::KeyTrouble;
pub use pack::PackTrouble;
pub use recogniser::RecogniserTrouble;

/// Result of a job.
pub type Outcome<T> = Result<T, Trouble>;

/// The program's errors. Each has two messages, `err-<code>` (what happened to which thing) and
/// `rec-<code>` (what to do next).
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// When a verb needs a working folder and there is none.
    #[error("{0:?} is no working folder")]
    NotAFolder(PathBuf),
    /// When `new` would overwrite.
    #[error("{0:?} already holds something")]
    FolderExists(PathBuf),
    /// When fewer than two sheets with votes count, so that there is nothing to hide.
    #[error("nothing to calibrate")]
    NothingToCalibrate,
    /// When a pack's sheets have no code, or no printed figures, to learn from.
    #[error("nothing to teach")]
    NothingToTeach,
    /// When too few sheets were read to learn from and to measure on.
    #[error("{n_taught} sheets to learn from, {n_held_out} to measure on")]
    TooFewToTeach {
        /// Sheets to learn from.
        n_taught: usize,
        /// Sheets to measure on.
        n_held_out: usize,
        /// Fewest of both.
        fewest: [usize; 2],
    },
    /// When another program works in the folder and does not finish.
    #[error("{0:?} is in use")]
    Locked(PathBuf),
    /// When a desk works in the folder, which runs for days.
    #[error("a desk runs in {path:?} at {address}")]
    DeskRuns {
        /// The folder.
        path: PathBuf,
        /// Its address.
        address: String,
    },
    /// When the desk cannot be started or kept up.
    #[error(transparent)]
    Desk(#[from] DeskTrouble),
    /// When a pack is named that is neither embedded nor a folder.
    #[error("no pack {name:?}")]
    UnknownPack {
        /// Name given.
        name: String,
        /// Embedded packs.
        known: Vec<String>,
    },
    /// When a pack has faults.
    #[error("pack {file:?} has {} faults", faults.len())]
    BadPack {
        /// The `election.toml`.
        file: PathBuf,
        /// What is wrong.
        faults: Vec<PackFault>,
    },
    /// When a pack, a register or a mapping does not allow what was asked.
    #[error(transparent)]
    Pack(#[from] PackTrouble),
    /// When a file or folder cannot be read or written.
    #[error("{path:?}: {error}")]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// When the journal's database fails.
    #[error("{path:?}: {error}")]
    Database {
        /// The database.
        path: PathBuf,
        /// Why.
        error: sqlx::Error,
    },
    /// When a table of numbers cannot be used as a whole.
    #[error("{file:?}: {error}")]
    Csv {
        /// The file.
        file: PathBuf,
        /// Why.
        error: CsvError,
    },
    /// When no mapping of the pack fits a file.
    #[error("no mapping fits {file:?}")]
    NoMapping {
        /// The file.
        file: PathBuf,
        /// Its columns.
        found: Vec<String>,
        /// The mapping that lacks fewest of its columns there, and which it lacks.
        nearest: (String, Vec<String>),
    },
    /// When a mapping would fit a file whose cells are separated by another sign.
    #[error("the cells of {file:?} are separated otherwise")]
    OtherDelimiter {
        /// The file.
        file: PathBuf,
        /// The mapping.
        mapping: String,
        /// What separates the cells.
        found: Delimiter,
    },
    /// When a mapping is named that the pack does not have.
    #[error("no mapping {name:?}")]
    UnknownMapping {
        /// Name given.
        name: String,
        /// Mappings of the pack.
        known: Vec<String>,
    },
    /// When a source's version label stands for another file already.
    #[error("{source_id}@{label} is another file")]
    LabelTaken {
        /// Source.
        source_id: String,
        /// Label.
        label: String,
    },
    /// When it is not declared which version of a source is newest.
    #[error("{source_id}: {unclear}")]
    NewestUnclear {
        /// Source.
        source_id: String,
        /// The versions.
        unclear: NewestUnclear,
    },
    /// When an id given on the command line cannot be used.
    #[error("bad id {0:?}")]
    BadId(String),
    /// When a source or version is named that the folder does not have.
    #[error("no source {name:?}")]
    UnknownSource {
        /// Name given.
        name: String,
        /// Sources there are.
        known: Vec<String>,
    },
    /// When an original is gone or its bytes changed.
    #[error("{0:?} is not the image that was added")]
    OriginalChanged(PathBuf),
    /// When a level of areas is named that the pack does not have.
    #[error("no level {name:?}")]
    UnknownLevel {
        /// Name given.
        name: String,
        /// Levels of the pack.
        known: Vec<String>,
    },
    /// When the rows derived again are not those that were recorded.
    #[error("{name}: rows changed")]
    ImportChanged {
        /// `source@version`.
        name: String,
        /// Rows adopted then.
        n_adopted: u64,
        /// Rows refused then.
        n_refused: u64,
    },
    /// When a kept file is not what the journal says.
    #[error("{0:?} was changed")]
    KeptFileChanged(PathBuf),
    /// When the journal's chain does not hold.
    #[error("journal event {seq}: {fault}")]
    Chain {
        /// Number of the event.
        seq: u64,
        /// What is wrong.
        fault: ChainFault,
    },
    /// When the journal says of accounts what cannot have happened.
    #[error("journal event {seq}: {fault}")]
    People {
        /// Number of the event.
        seq: u64,
        /// What is wrong.
        fault: PeopleFault,
    },
    /// When a file of boundaries cannot be used.
    #[error("{path:?}: {code} {args:?}")]
    BoundariesFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with it, one of [`Trouble::CODES`].
        code: &'static str,
        /// With which values.
        args: Args,
    },
    /// When boundaries in force cannot be drawn.
    #[error("boundaries: {0}")]
    Boundaries(String),
    /// When an export does not read back as what was to be written.
    #[error("{path:?} does not read back: {detail}")]
    ExportDiffers {
        /// The export.
        path: PathBuf,
        /// Where, and what stands there.
        detail: String,
    },
    /// When a site would replace what is no site of this program.
    #[error("{path:?} holds {file:?}, which is no part of a site")]
    ForeignFolder {
        /// The folder.
        path: PathBuf,
        /// Something in it that this program did not write there.
        file: String,
    },
    /// When a file given by name cannot be a file of a site.
    #[error("bad file name {0:?}")]
    BadFileName(String),
    /// When a rule is named that does not exist.
    #[error("no rule {0:?}")]
    UnknownRule(String),
    /// When a step of an audit cannot be taken.
    #[error(transparent)]
    Audit(#[from] AuditFault),
    /// When a key, a signature or a statement cannot be used or made.
    #[error(transparent)]
    Key(#[from] KeyTrouble),
    /// When a second recogniser cannot be used.
    #[error(transparent)]
    Recogniser(#[from] RecogniserTrouble),
    /// When a backup cannot be made or restored.
    #[error(transparent)]
    Backup(#[from] BackupTrouble),
    /// When a bundle cannot be published.
    #[error(transparent)]
    Bundle(#[from] BundleTrouble),
}

impl Trouble {
    /// For `map_err` on file operations.
    pub fn io(path: &Path) -> impl FnOnce(io::Error) -> Trouble + '_ {
        move |error| Trouble::Io { path: path.to_owned(), error }
    }

    /// Code of the two messages.
    pub fn code(&self) -> &'static str {
        match self {
            Trouble::NotAFolder(_) => "not-a-folder",
            Trouble::NothingToCalibrate => "nothing-to-calibrate",
            Trouble::NothingToTeach => "nothing-to-teach",
            Trouble::TooFewToTeach { .. } => "too-few-to-teach",
            Trouble::FolderExists(_) => "folder-exists",
            Trouble::Locked(_) => "locked",
            Trouble::DeskRuns { .. } => "desk-runs",
            Trouble::Desk(trouble) => trouble.code(),
            Trouble::UnknownPack { .. } => "unknown-pack",
            Trouble::BadPack { .. } => "bad-pack",
            Trouble::Pack(trouble) => trouble.code(),
            Trouble::Io { error, .. } => io_code(error),
            Trouble::Database { error, .. } => database_code(error),
            Trouble::Csv { error, .. } => csv_code(error),
            Trouble::NoMapping { .. } => "no-mapping",
            Trouble::OtherDelimiter { .. } => "other-delimiter",
            Trouble::UnknownMapping { .. } => "unknown-mapping",
            Trouble::LabelTaken { .. } => "label-taken",
            Trouble::NewestUnclear { .. } => "newest-unclear",
            Trouble::BadId(_) => "bad-id",
            Trouble::UnknownSource { .. } => "unknown-source",
            Trouble::KeptFileChanged(_) => "kept-file-changed",
            Trouble::OriginalChanged(_) => "original-changed",
            Trouble::UnknownLevel { .. } => "unknown-level",
            Trouble::ImportChanged { .. } => "import-changed",
            Trouble::Chain { .. } => "chain",
            Trouble::People { .. } => "people",
            Trouble::BoundariesFile { code, .. } => code,
            Trouble::Boundaries(_) => "boundaries",
            Trouble::ExportDiffers { .. } => "export-differs",
            Trouble::UnknownRule(_) => "unknown-rule",
            Trouble::ForeignFolder { .. } => "foreign-folder",
            Trouble::BadFileName(_) => "bad-file-name",
            Trouble::Audit(fault) => fault.code(),
            Trouble::Key(trouble) => trouble.code(),
            Trouble::Recogniser(trouble) => trouble.code(),
            Trouble::Backup(trouble) => trouble.code(),
            Trouble::Bundle(trouble) => trouble.code(),
        }
    }

    /// Every code, so that a test can demand words for each.
    pub const CODES: &'static [&'static str] = &[
        "boundaries-too-long",
        "boundaries-no-join",
        "boundaries-not-geojson",
        "boundaries-too-many",
        "boundaries-property-missing",
        "boundaries-nothing-joins",
        "boundaries-not-an-area",
        "boundaries-short-ring",
        "boundaries-not-degrees",
        "boundaries-no-extent",
        "boundaries-too-detailed",
        "not-a-folder",
        "nothing-to-calibrate",
        "nothing-to-teach",
        "too-few-to-teach",
        "folder-exists",
        "locked",
        "desk-runs",
        "unknown-pack",
        "bad-pack",
        "disk-full",
        "read-only",
        "not-found",
        "io",
        "database",
        "csv-empty",
        "csv-not-text",
        "csv-missing-column",
        "csv-ambiguous-column",
        "csv-not-utf8",
        "csv-looks-utf8",
        "csv-record-too-long",
        "csv-too-many-rows",
        "csv-pack-changed",
        "import-changed",
        "original-changed",
        "unknown-level",
        "csv-pack-changed",
        "import-changed",
        "no-mapping",
        "other-delimiter",
        "unknown-mapping",
        "label-taken",
        "newest-unclear",
        "bad-id",
        "unknown-source",
        "kept-file-changed",
        "chain",
        "people",
        "boundaries",
        "export-differs",
        "unknown-rule",
        "foreign-folder",
        "bad-file-name",
    ];

    /// What the messages name.
    pub fn args(&self) -> Vec<(&'static str, String)> {
        let path = |p: &Path| ("path", p.display().to_string());
        match self {
            Trouble::NotAFolder(dir) | Trouble::FolderExists(dir) | Trouble::Locked(dir) => vec![path(dir)],
            Trouble::KeptFileChanged(file) | Trouble::OriginalChanged(file) => vec![path(file)],
            Trouble::ImportChanged { name, n_adopted, n_refused } => vec![
                ("source", name.clone()),
                ("adopted", n_adopted.to_string()),
                ("refused", n_refused.to_string()),
            ],
            Trouble::UnknownPack { name, known }
            | Trouble::UnknownMapping { name, known }
            | Trouble::UnknownLevel { name, known }
            | Trouble::UnknownSource { name, known } => {
                vec![("name", name.clone()), ("known", known.join(", "))]
            }
            Trouble::BadPack { file, faults } => vec![path(file), ("n", faults.len().to_string())],
            Trouble::Pack(trouble) => trouble.args(),
            Trouble::Io { path: file, error } => vec![path(file), ("detail", error.to_string())],
            Trouble::Database { path: file, error } => vec![path(file), ("detail", error.to_string())],
            Trouble::Csv { file, error } => csv_args(file, error),
            Trouble::NoMapping { file, found, nearest } => {
                let (mapping, missing) = nearest;
                vec![
                    path(file),
                    ("found", few(found)),
                    ("mapping", mapping.clone()),
                    ("missing", few(missing)),
                ]
            }
            Trouble::OtherDelimiter { file, mapping, found } => {
                vec![path(file), ("mapping", mapping.clone()), ("found", found.word().to_owned())]
            }
            Trouble::LabelTaken { source_id, label } => {
                vec![("source", source_id.clone()), ("label", label.clone())]
            }
            Trouble::NewestUnclear { source_id, unclear } => {
                vec![("source", source_id.clone()), ("labels", unclear.0.join(", "))]
            }
            Trouble::BadId(name) | Trouble::UnknownRule(name) | Trouble::BadFileName(name) => {
                vec![("name", name.clone())]
            }
            Trouble::ForeignFolder { path: dir, file } => vec![path(dir), ("file", file.clone())],
            Trouble::People { seq, fault } => {
                vec![("seq", seq.to_string()), ("detail", fault.to_string())]
            }
            Trouble::Chain { seq, fault } => vec![("seq", seq.to_string()), ("detail", fault.to_string())],
            Trouble::BoundariesFile { path: file, args, .. } => [&[path(file)][..], args.as_slice()].concat(),
            Trouble::Boundaries(detail) => vec![("detail", detail.clone())],
            Trouble::ExportDiffers { path: file, detail } => vec![path(file), ("detail", detail.clone())],
            Trouble::NothingToCalibrate | Trouble::NothingToTeach => Vec::new(),
            Trouble::TooFewToTeach { n_taught, n_held_out, fewest: [taught, held] } => {
                let counts =
                    [("taught", n_taught), ("held", n_held_out), ("needed", taught), ("needed_held", held)];
                counts.map(|(name, count)| (name, count.to_string())).into()
            }
            Trouble::DeskRuns { path: dir, address } => vec![path(dir), ("address", address.clone())],
            Trouble::Desk(trouble) => trouble.args(),
            Trouble::Audit(fault) => fault.args(),
            Trouble::Key(trouble) => trouble.args(),
            Trouble::Recogniser(trouble) => trouble.args(),
            Trouble::Backup(trouble) => trouble.args(),
            Trouble::Bundle(trouble) => trouble.args(),
        }
    }
}

fn io_code(error: &io::Error) -> &'static str {
    use io::ErrorKind as K;
    match error.kind() {
        K::StorageFull | K::QuotaExceeded | K::FileTooLarge => "disk-full",
        K::PermissionDenied | K::ReadOnlyFilesystem => "read-only",
        K::NotFound => "not-found",
        _ => "io",
    }
}

fn database_code(error: &sqlx::Error) -> &'static str {
    // SQLite's primary result codes (sqlite.org/rescode.html); extended codes hold them in the low byte.
    let code = error.as_database_error().and_then(|e| e.code()?.parse::<u32>().ok());
    match code.map(|code| (code & 0xff, code)) {
        // SQLITE_IOERR_SHMSIZE: the volume has no room for the index of the write-ahead log.
        Some((13, _) | (_, 4874)) => "disk-full",
        Some((8 | 14, _)) => "read-only",
        _ => "database",
    }
}

fn csv_code(error: &CsvError) -> &'static str {
    match error {
        CsvError::Empty => "csv-empty",
        CsvError::NotText => "csv-not-text",
        CsvError::MissingColumn { .. } => "csv-missing-column",
        CsvError::AmbiguousColumn { .. } => "csv-ambiguous-column",
        CsvError::NotUtf8 { .. } => "csv-not-utf8",
        CsvError::LooksUtf8 { .. } => "csv-looks-utf8",
        CsvError::RecordTooLong { .. } => "csv-record-too-long",
        CsvError::TooManyRows { .. } => "csv-too-many-rows",
        CsvError::PackChanged { .. } => "csv-pack-changed",
        CsvError::Io(error) => io_code(error),
    }
}

/// The first of many names.
fn few(names: &[String]) -> String {
    const MOST: usize = 12;
    let mut text = names.iter().take(MOST).map(String::as_str).collect::<Vec<_>>().join(", ");
    if names.len() > MOST {
        text.push_str(", …");
    }
    text
}

fn csv_args(file: &Path, error: &CsvError) -> Vec<(&'static str, String)> {
    let mut args = vec![("path", file.display().to_string()), ("detail", error.to_string())];
    match error {
        CsvError::MissingColumn { name, found } => {
            args.extend([("column", name.clone()), ("found", found.join(", "))]);
        }
        CsvError::AmbiguousColumn { name } => args.push(("column", name.clone())),
        CsvError::PackChanged { what } => args.push(("column", what.clone())),
        CsvError::NotUtf8 { line } | CsvError::LooksUtf8 { line } | CsvError::RecordTooLong { line } => {
            args.push(("line", line.to_string()));
        }
        CsvError::TooManyRows { most } => args.push(("most", most.to_string())),
        _ => {}
    }
    args
}
