//! A bundle as a folder: itself, or unpacked beside it for as long as it is looked at.

use std::path::{Path, PathBuf};

use tallyproof_evidence::EvidenceError;
use tallyproof_evidence::bag::archive;

/// A bundle's folder.
pub(crate) enum Opened {
    /// It was a folder.
    Folder(PathBuf),
    /// It was an archive; the folder goes with this value.
    Unpacked(archive::Unpacked),
}

impl Opened {
    /// The folder.
    pub(crate) fn root(&self) -> &Path {
        match self {
            Opened::Folder(root) => root,
            Opened::Unpacked(unpacked) => unpacked.root(),
        }
    }
}

/// Whether a path's name is that of an archive.
pub(crate) fn is_archive(path: &Path) -> bool {
    archive::Kind::of(path).is_some()
}

/// Opens a bundle. Fails when an archive is no sound one of a bundle.
pub(crate) fn open(path: &Path) -> Result<Opened, EvidenceError> {
    match archive::Kind::of(path) {
        Some(kind) if !path.is_dir() => {
            archive::unpack(path, kind, &std::env::temp_dir()).map(Opened::Unpacked)
        }
        _ => Ok(Opened::Folder(path.to_owned())),
    }
}
