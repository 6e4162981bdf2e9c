//! Why a second recogniser cannot be used.

use std::path::PathBuf;

/// When a model cannot be asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecogniserTrouble {
    /// When this program has nothing to run a model with.
    #[error("no second recogniser can be run")]
    NotBuiltIn,
    /// When a file is no model of the contract.
    #[error("{path:?}: {why}")]
    Refused {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// When a model ends the process that tries it, or wants more memory than it may have.
    #[error("{0:?} ends its process")]
    Fails(PathBuf),
    /// When a model does not answer in time.
    #[error("{path:?} takes more than {seconds} s")]
    Slow {
        /// The file.
        path: PathBuf,
        /// How long it was waited for.
        seconds: u64,
    },
}

impl RecogniserTrouble {
    /// Code of the two messages.
    pub fn code(&self) -> &'static str {
        match self {
            RecogniserTrouble::NotBuiltIn => "recogniser-not-built-in",
            RecogniserTrouble::Refused { .. } => "recogniser-refused",
            RecogniserTrouble::Fails(_) => "recogniser-fails",
            RecogniserTrouble::Slow { .. } => "recogniser-slow",
        }
    }

    /// Every code, so that a test can demand words for each.
    pub const CODES: [&'static str; 4] =
        ["recogniser-not-built-in", "recogniser-refused", "recogniser-fails", "recogniser-slow"];

    /// What the messages name.
    pub fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            RecogniserTrouble::NotBuiltIn => Vec::new(),
            RecogniserTrouble::Refused { path, why } => {
                vec![("path", path.display().to_string()), ("detail", why.clone())]
            }
            RecogniserTrouble::Fails(path) => vec![("path", path.display().to_string())],
            RecogniserTrouble::Slow { path, seconds } => {
                vec![("path", path.display().to_string()), ("seconds", seconds.to_string())]
            }
        }
    }

    /// Whether the call was wrong, rather than the job failing.
    pub fn is_usage(&self) -> bool {
        *self == RecogniserTrouble::NotBuiltIn
    }
}
