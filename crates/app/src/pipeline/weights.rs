//! The weights that read printed figures: those the program comes with, or those this folder's own sheets taught.

use std::borrow::Cow;
use std::path::Path;

use tallyproof_core::journal::sha256_hex;
use tallyproof_reader::digits::Net;

use super::packs::read_limited;
use crate::store::Store;
use crate::trouble::{Outcome, Trouble};

/// The setting that names the weights a folder reads with; empty for those the program comes with.
pub const SETTING: &str = "weights";

/// Most bytes a file of weights may have; those the program comes with have a hundredth of it.
const MAX_BYTES: u64 = 16 << 20;

/// Weights under their name.
#[derive(Clone)]
pub struct Weights {
    /// What reads.
    pub net: Cow<'static, Net>,
    /// Hex SHA-256 of its bytes: the journal names them by it, so that a reading can be told from one by others.
    pub sha256: String,
}

impl Weights {
    /// Those the program comes with.
    #[must_use]
    pub fn shipped() -> Self {
        let net = Net::shipped();
        Self { net: Cow::Borrowed(net), sha256: sha256_hex(&net.to_bytes()) }
    }

    /// Those just taught.
    #[must_use]
    pub fn taught(net: Net) -> Self {
        let sha256 = sha256_hex(&net.to_bytes());
        Self { net: Cow::Owned(net), sha256 }
    }

    /// Those a folder reads with.
    pub fn of(store: &Store) -> Outcome<Self> {
        match store.setting(SETTING)?.filter(|sha256| !sha256.is_empty()) {
            Some(sha256) => Self::kept(&store.source_path(&sha256), &sha256),
            None => Ok(Self::shipped()),
        }
    }

    /// Those in a file that should be what its name says.
    pub fn kept(path: &Path, sha256: &str) -> Outcome<Self> {
        let changed = || Trouble::KeptFileChanged(path.to_owned());
        let bytes = read_limited(path, MAX_BYTES)?.ok_or_else(changed)?;
        let net = Net::from_bytes(&bytes).map_err(|_| changed())?;
        Some(Self::taught(net)).filter(|weights| weights.sha256 == sha256).ok_or_else(changed)
    }
}
