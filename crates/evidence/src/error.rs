//! Why facts cannot be derived, or a bundle cannot be opened or written.

use std::io;

use tallyproof_core::facts::NewestUnclear;
use tallyproof_core::journal::ChainFault;
use tallyproof_core::pack::PackFault;
use tallyproof_core::register::RegisterError;
use tallyproof_core::transcription::csv_rows::CsvError;

/// The crate's errors.
#[derive(Debug, thiserror::Error)]
pub enum EvidenceError {
    /// When a file cannot be read or written.
    #[error("{file}: {error}")]
    Io {
        /// Which: a path in the bundle, or the hash of a kept file.
        file: String,
        /// Why.
        error: io::Error,
    },
    /// When a kept file is not the one its name says.
    #[error("{0} is not the file that was kept")]
    KeptFileChanged(String),
    /// When the journal's chain does not hold.
    #[error("journal event {seq}: {fault}")]
    Chain {
        /// Number of the event.
        seq: u64,
        /// What is wrong.
        fault: ChainFault,
    },
    /// When the journal adopts no pack.
    #[error("the journal names no election pack")]
    NoPack,
    /// When the pack has faults.
    #[error("the pack has {} faults", .0.len())]
    BadPack(Vec<PackFault>),
    /// When the register cannot be used.
    #[error("register: {0}")]
    Register(RegisterError),
    /// When an imported table cannot be used as a whole.
    #[error("{sha256}: {error}")]
    Csv {
        /// Hash of the kept file.
        sha256: String,
        /// Why.
        error: CsvError,
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
    /// When it is not declared which version of a source is newest.
    #[error("{source_id}: {unclear}")]
    NewestUnclear {
        /// Source.
        source_id: String,
        /// The versions.
        unclear: NewestUnclear,
    },
}

impl EvidenceError {
    /// For `map_err` on file operations.
    pub fn io(file: impl Into<String>) -> impl FnOnce(io::Error) -> EvidenceError {
        move |error| EvidenceError::Io { file: file.into(), error }
    }
}
