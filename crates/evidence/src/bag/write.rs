//! Writing a bag: file by file, hashed on the way, its manifests last.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tallyproof_core::journal::sha256_hex;

use super::{BAG_INFO, BAGIT, BAGIT_TXT, MANIFEST, TAG_MANIFEST, is_plain_path};
use crate::error::EvidenceError;
use crate::kept::Hashing;

/// A file as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Hex SHA-256.
    pub sha256: String,
    /// Size, bytes.
    pub n_bytes: u64,
}

/// A bag being written.
pub struct BagWriter {
    root: PathBuf,
    payload: BTreeMap<String, Written>,
}

/// A bag whose manifests are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// The bytes to sign: `tagmanifest-sha256.txt`.
    pub tag_manifest: Vec<u8>,
    /// Number of files in `data/`.
    pub n_files: u64,
    /// Their bytes.
    pub n_bytes: u64,
}

impl BagWriter {
    /// Starts a bag in a new folder. Fails when there is something already.
    pub fn create(root: &Path) -> Result<Self, EvidenceError> {
        fs::create_dir(root).map_err(EvidenceError::io(root.display().to_string()))?;
        Ok(Self { root: root.to_owned(), payload: BTreeMap::new() })
    }

    /// Adds a file below `data/`. Fails when its path is not plain or taken, or writing fails.
    pub fn add(
        &mut self,
        path: &str,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<&Written, EvidenceError> {
        let path = self.new_path(path)?;
        let written = self.write(&path, write).map_err(EvidenceError::io(path.clone()))?;
        Ok(self.payload.entry(path).or_insert(written))
    }

    /// Lists a file below `data/` that somebody else wrote. Fails when its path is not plain or taken.
    pub fn list(&mut self, path: &str, written: Written) -> Result<(), EvidenceError> {
        let path = self.new_path(path)?;
        self.payload.insert(path, written);
        Ok(())
    }

    fn new_path(&self, path: &str) -> Result<String, EvidenceError> {
        let path = format!("data/{path}");
        if !is_plain_path(&path) || self.payload.contains_key(&path) {
            let error = io::Error::new(io::ErrorKind::InvalidFilename, "not a new plain path");
            return Err(EvidenceError::Io { file: path, error });
        }
        Ok(path)
    }

    /// What was added so far, by its path below the bag's root.
    pub fn payload(&self) -> &BTreeMap<String, Written> {
        &self.payload
    }

    /// Writes declaration and manifests. `about` are the lines of `bag-info.txt`, label and value.
    pub fn seal(self, about: &[(&str, String)]) -> Result<Sealed, EvidenceError> {
        let n_bytes = self.payload.values().map(|written| written.n_bytes).sum();
        let n_files = self.payload.len() as u64;
        let mut info: String = about.iter().map(|(label, value)| format!("{label}: {value}\n")).collect();
        info.push_str(&format!("Payload-Oxum: {n_bytes}.{n_files}\n"));
        let line = |(path, sha256): (&str, &str)| format!("{sha256}  {path}\n");
        let manifest: String =
            self.payload.iter().map(|(path, written)| line((path, &written.sha256))).collect();
        let tags = [(BAG_INFO, info.as_str()), (BAGIT, BAGIT_TXT), (MANIFEST, &manifest)];
        let mut tag_manifest = String::new();
        for (name, text) in tags {
            self.write(name, |out| out.write_all(text.as_bytes())).map_err(EvidenceError::io(name))?;
            tag_manifest.push_str(&line((name, &sha256_hex(text.as_bytes()))));
        }
        self.write(TAG_MANIFEST, |out| out.write_all(tag_manifest.as_bytes()))
            .map_err(EvidenceError::io(TAG_MANIFEST))?;
        Ok(Sealed { tag_manifest: tag_manifest.into_bytes(), n_files, n_bytes })
    }

    fn write(&self, path: &str, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<Written> {
        let place = self.root.join(path);
        if let Some(dir) = place.parent() {
            fs::create_dir_all(dir)?;
        }
        let mut out = Hashing::new(BufWriter::with_capacity(1 << 16, File::create(&place)?));
        write(&mut out)?;
        out.flush()?;
        out.get_ref().get_ref().sync_all()?;
        let (sha256, n_bytes) = out.finish();
        Ok(Written { sha256, n_bytes })
    }
}
