//! Why the desk cannot be started.

use std::path::PathBuf;

/// When the desk cannot be started or kept up.
#[derive(Debug, thiserror::Error)]
pub enum DeskTrouble {
    /// When passwords would cross a network in the clear.
    #[error("plain HTTP at {0}")]
    Plain(String),
    /// When nobody says by which name others reach this machine.
    #[error("no host names for {0}")]
    NoHost(String),
    /// When a host name cannot be one.
    #[error("bad host {0:?}")]
    BadHost(String),
    /// When an address cannot be listened at.
    #[error("{address}: {error}")]
    Listen {
        /// The address.
        address: String,
        /// Why.
        error: std::io::Error,
    },
    /// When a certificate or key cannot be made or used.
    #[error("{path:?}: {detail}")]
    Certificate {
        /// The file.
        path: PathBuf,
        /// Why.
        detail: String,
    },
    /// When an account is named that there is not.
    #[error("no account {0:?}")]
    NoAccount(String),
    /// When the operating system gives no random numbers or no threads.
    #[error("{0}")]
    System(String),
}

impl DeskTrouble {
    /// Every code.
    pub const CODES: [&'static str; 7] = [
        "desk-plain",
        "desk-no-host",
        "desk-bad-host",
        "desk-listen",
        "desk-certificate",
        "desk-no-account",
        "desk-system",
    ];

    /// Code of the two messages.
    pub fn code(&self) -> &'static str {
        match self {
            DeskTrouble::Plain(_) => "desk-plain",
            DeskTrouble::NoHost(_) => "desk-no-host",
            DeskTrouble::BadHost(_) => "desk-bad-host",
            DeskTrouble::Listen { .. } => "desk-listen",
            DeskTrouble::Certificate { .. } => "desk-certificate",
            DeskTrouble::NoAccount(_) => "desk-no-account",
            DeskTrouble::System(_) => "desk-system",
        }
    }

    /// What the messages name.
    pub fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            DeskTrouble::Plain(address) | DeskTrouble::NoHost(address) => vec![("address", address.clone())],
            DeskTrouble::BadHost(name) | DeskTrouble::NoAccount(name) => vec![("name", name.clone())],
            DeskTrouble::Listen { address, error } => {
                vec![("address", address.clone()), ("detail", error.to_string())]
            }
            DeskTrouble::Certificate { path, detail } => {
                vec![("path", path.display().to_string()), ("detail", detail.clone())]
            }
            DeskTrouble::System(detail) => vec![("detail", detail.clone())],
        }
    }
}
