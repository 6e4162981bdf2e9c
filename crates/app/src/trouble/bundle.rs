//! Why a bundle cannot be published.

use std::path::{Path, PathBuf};

use tallyproof_evidence::EvidenceError;
use tallyproof_evidence::fault::Fault;

/// What keeps a bundle from being published; each has `err-…` and `rec-…`.
#[derive(Debug, thiserror::Error)]
pub enum BundleTrouble {
    /// When no key is given to sign with.
    #[error("no signer")]
    NoSigner,
    /// When signing fails.
    #[error("not signed: {0}")]
    Unsigned(Fault),
    /// When the journal does not extend a head that was published, or that head is damaged.
    #[error("{0:?}: history was rewritten")]
    HistoryRewritten(PathBuf),
    /// When what was written does not verify.
    #[error("{path:?}: {detail}")]
    NotSound {
        /// The unfinished bundle.
        path: PathBuf,
        /// The first discrepancy.
        detail: String,
    },
    /// When it cannot be written or read.
    #[error("{path:?}: {detail}")]
    Unusable {
        /// The bundle.
        path: PathBuf,
        /// Why.
        detail: String,
    },
    /// When a bundle is to be compared with what is none.
    #[error("{0:?} is no bundle, and {1:?} is one")]
    NotOne(PathBuf, PathBuf),
    /// When nobody can be asked whether what would leave may leave.
    #[error("nobody to ask")]
    NotConfirmed,
    /// When a table was never published.
    #[error("{0:?} was not published")]
    NoSuchTable(String),
    /// When an image to be withheld is named that the folder does not have.
    #[error("no image {0:?}")]
    NoSuchImage(String),
    /// When the journal has no event with this number.
    #[error("no event {0}")]
    NoSuchEvent(u64),
}

impl BundleTrouble {
    /// Every code, so that a test can demand words for each.
    pub const CODES: [&'static str; 10] = [
        "bundle-no-signer",
        "bundle-unsigned",
        "bundle-history",
        "bundle-not-sound",
        "bundle-unusable",
        "bundle-not-confirmed",
        "bundle-no-such-table",
        "bundle-no-such-event",
        "bundle-no-such-image",
        "bundle-not-one",
    ];

    /// For `map_err` on what the bundle's own crate fails at.
    pub fn of(path: &Path) -> impl FnOnce(EvidenceError) -> super::Trouble + '_ {
        move |error| match error {
            EvidenceError::Io { file, error } => super::Trouble::Io { path: path.join(file), error },
            other => BundleTrouble::Unusable { path: path.to_owned(), detail: other.to_string() }.into(),
        }
    }

    /// For `map_err` on signing.
    pub fn unsigned() -> impl Fn(Fault) -> super::Trouble {
        |fault| BundleTrouble::Unsigned(fault).into()
    }

    /// Code of the two messages.
    pub fn code(&self) -> &'static str {
        let [
            no_signer,
            unsigned,
            history,
            not_sound,
            unusable,
            not_confirmed,
            no_such_table,
            no_such_event,
            no_such_image,
            not_one,
        ] = Self::CODES;
        match self {
            BundleTrouble::NoSigner => no_signer,
            BundleTrouble::Unsigned(_) => unsigned,
            BundleTrouble::HistoryRewritten(_) => history,
            BundleTrouble::NotSound { .. } => not_sound,
            BundleTrouble::Unusable { .. } => unusable,
            BundleTrouble::NotOne(..) => not_one,
            BundleTrouble::NotConfirmed => not_confirmed,
            BundleTrouble::NoSuchTable(_) => no_such_table,
            BundleTrouble::NoSuchEvent(_) => no_such_event,
            BundleTrouble::NoSuchImage(_) => no_such_image,
        }
    }

    /// Whether the call was wrong, rather than the job failing.
    pub fn is_usage(&self) -> bool {
        use BundleTrouble as B;
        matches!(
            self,
            B::NoSigner
                | B::NotOne(..)
                | B::NotConfirmed
                | B::NoSuchTable(_)
                | B::NoSuchEvent(_)
                | B::NoSuchImage(_)
        )
    }

    /// What the messages name.
    pub fn args(&self) -> Vec<(&'static str, String)> {
        let path = |path: &Path| ("path", path.display().to_string());
        match self {
            BundleTrouble::NoSigner | BundleTrouble::NotConfirmed => Vec::new(),
            BundleTrouble::Unsigned(fault) => vec![("detail", fault.to_string())],
            BundleTrouble::HistoryRewritten(file) => vec![path(file)],
            BundleTrouble::NotOne(file, other) => vec![path(file), ("other", other.display().to_string())],
            BundleTrouble::NotSound { path: file, detail }
            | BundleTrouble::Unusable { path: file, detail } => {
                vec![path(file), ("detail", detail.clone())]
            }
            BundleTrouble::NoSuchImage(image) => vec![("image", image.clone())],
            BundleTrouble::NoSuchTable(table) => vec![("table", table.clone())],
            BundleTrouble::NoSuchEvent(seq) => vec![("seq", seq.to_string())],
        }
    }
}
