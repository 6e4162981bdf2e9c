//! Why a backup cannot be made or restored.

use std::path::{Path, PathBuf};

/// What keeps a backup from being made or restored; each has `err-…` and `rec-…`.
#[derive(Debug, thiserror::Error)]
pub enum BackupTrouble {
    /// When a folder or file that is to be restored is no backup.
    #[error("{0:?} is no backup")]
    NotOne(PathBuf),
    /// When a backup would be written over something else.
    #[error("{0:?} is no backup, and is not written over")]
    Foreign(PathBuf),
    /// When another backup is being written to the same place.
    #[error("{0:?} is being written by another")]
    Busy(PathBuf),
    /// When a part of a backup is gone or is not what its list says.
    #[error("{path:?}: {part} is damaged")]
    Damaged {
        /// The backup.
        path: PathBuf,
        /// Which part.
        part: String,
    },
    /// When the copied database does not pass its checks.
    #[error("{path:?}: {detail}")]
    NotSound {
        /// The copy.
        path: PathBuf,
        /// What was found.
        detail: String,
    },
    /// When the place for a backup lies in the folder that is to be backed up.
    #[error("{0:?} lies in the folder itself")]
    Inside(PathBuf),
}

impl BackupTrouble {
    /// Every code, so that a test can demand words for each.
    pub const CODES: [&'static str; 6] = [
        "backup-not-one",
        "backup-foreign",
        "backup-busy",
        "backup-damaged",
        "backup-not-sound",
        "backup-inside",
    ];

    /// Code of the two messages.
    pub fn code(&self) -> &'static str {
        let [not_one, foreign, busy, damaged, not_sound, inside] = Self::CODES;
        match self {
            BackupTrouble::NotOne(_) => not_one,
            BackupTrouble::Foreign(_) => foreign,
            BackupTrouble::Busy(_) => busy,
            BackupTrouble::Damaged { .. } => damaged,
            BackupTrouble::NotSound { .. } => not_sound,
            BackupTrouble::Inside(_) => inside,
        }
    }

    /// Whether the call was wrong, rather than the job failing.
    pub fn is_usage(&self) -> bool {
        matches!(self, BackupTrouble::NotOne(_) | BackupTrouble::Foreign(_) | BackupTrouble::Inside(_))
    }

    /// What the messages name.
    pub fn args(&self) -> Vec<(&'static str, String)> {
        let path = |path: &Path| ("path", path.display().to_string());
        match self {
            BackupTrouble::NotOne(place)
            | BackupTrouble::Foreign(place)
            | BackupTrouble::Inside(place)
            | BackupTrouble::Busy(place) => vec![path(place)],
            BackupTrouble::Damaged { path: place, part } => vec![path(place), ("part", part.clone())],
            BackupTrouble::NotSound { path: place, detail } => vec![path(place), ("detail", detail.clone())],
        }
    }
}
