//! Why a key cannot be made or used, or a signature or statement cannot be accepted.

use std::path::PathBuf;

use tallyproof_evidence::fault::Fault;

/// When work with a key cannot be done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyTrouble {
    /// When a file, a text or an agent cannot be accepted.
    #[error("{what}: {fault}")]
    Unsound {
        /// What it is: a path, or what was given on the command line.
        what: String,
        /// What is wrong.
        fault: Fault,
    },
    /// When a file would be overwritten that may be the only copy of a key.
    #[error("{0:?} is there already")]
    FileExists(PathBuf),
    /// When a passphrase is needed and there is nobody to ask.
    #[error("no terminal to ask for a passphrase")]
    NobodyToAsk,
    /// When the two passphrases typed differ.
    #[error("the passphrases differ")]
    PassphrasesDiffer,
    /// When a passphrase is empty.
    #[error("the passphrase is empty")]
    EmptyPassphrase,
    /// When the first line of a file, which is the passphrase, is empty.
    #[error("{0:?} begins with an empty line")]
    EmptyPassphraseFile(PathBuf),
    /// When no agent is running, or the system has none.
    #[error("no agent")]
    NoAgent,
    /// When it is not clear which of an agent's keys is meant.
    #[error("{} keys in the agent", known.len())]
    WhichKey {
        /// Fingerprints of the keys it holds.
        known: Vec<String>,
    },
}

impl KeyTrouble {
    /// For `map_err`: this is wrong with that.
    pub fn of(what: impl Into<String>) -> impl FnOnce(Fault) -> KeyTrouble {
        move |fault| KeyTrouble::Unsound { what: what.into(), fault }
    }

    /// Code of the two messages.
    pub fn code(&self) -> &'static str {
        match self {
            KeyTrouble::Unsound { fault, .. } => fault.code(),
            KeyTrouble::FileExists(_) => "file-exists",
            KeyTrouble::NobodyToAsk => "nobody-to-ask",
            KeyTrouble::PassphrasesDiffer => "passphrases-differ",
            KeyTrouble::EmptyPassphrase => "empty-passphrase",
            KeyTrouble::EmptyPassphraseFile(_) => "empty-passphrase-file",
            KeyTrouble::NoAgent => "no-agent",
            KeyTrouble::WhichKey { .. } => "which-key",
        }
    }

    /// Every code, so that a test can demand words for each.
    pub fn codes() -> impl Iterator<Item = &'static str> {
        const OWN: [&str; 7] = [
            "file-exists",
            "nobody-to-ask",
            "passphrases-differ",
            "empty-passphrase",
            "empty-passphrase-file",
            "no-agent",
            "which-key",
        ];
        OWN.into_iter().chain(Fault::CODES.iter().copied())
    }

    /// What the messages name.
    pub fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            KeyTrouble::Unsound { what, fault } => {
                let mut args = fault.args();
                args.push(("what", what.clone()));
                args
            }
            KeyTrouble::FileExists(path) | KeyTrouble::EmptyPassphraseFile(path) => {
                vec![("path", path.display().to_string())]
            }
            KeyTrouble::WhichKey { known } => vec![("known", known.join(", "))],
            _ => Vec::new(),
        }
    }

    /// Whether the call was wrong, rather than the job failing.
    pub fn is_usage(&self) -> bool {
        match self {
            KeyTrouble::Unsound { fault, .. } => matches!(fault, Fault::BadName(_)),
            KeyTrouble::FileExists(_) | KeyTrouble::NobodyToAsk | KeyTrouble::WhichKey { .. } => true,
            _ => false,
        }
    }
}
