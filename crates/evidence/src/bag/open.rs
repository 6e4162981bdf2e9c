//! Opening a bag: what is in the folder, and nothing that leads out of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use super::check::{BagFault, BagFaultCode};
use super::is_plain_path;
use crate::error::EvidenceError;
use crate::kept::Keeper;

/// Most files in a bag: a million originals and as much again.
pub const MAX_FILES: usize = 4_000_000;

/// Most folders in folders; the bags written here have two.
pub(super) const MAX_DEPTH: usize = 8;

/// Most faults told of one bag: enough to see what is wrong, and no more than a screen can show.
pub(super) const MOST_FAULTS: usize = 1_000;

/// An opened bag: the plain files in its folder.
#[derive(Clone, Debug)]
pub struct Bag {
    root: PathBuf,
    /// Size in bytes of every file, by its path below the root.
    pub files: BTreeMap<String, u64>,
    /// Hash of every pack file in the bag, and its path.
    election: BTreeMap<String, String>,
}

impl Bag {
    /// Lists the folder `root`. Whatever is no plain file with a plain path, is told and left out. Fails when the
    /// folder cannot be listed.
    pub fn open(root: &Path) -> Result<(Self, Vec<BagFault>), EvidenceError> {
        let mut listing =
            Listing { root, files: BTreeMap::new(), folded: BTreeSet::new(), faults: Vec::new() };
        listing.list("", 0)?;
        let bag = Self { root: root.to_owned(), files: listing.files, election: BTreeMap::new() };
        Ok((bag, listing.faults))
    }

    /// The folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Opens a file of the bag by its path. Fails when there is none.
    pub fn open_file(&self, path: &str) -> Result<BufReader<File>, EvidenceError> {
        self.open_listed(path).map_err(EvidenceError::io(path))
    }

    /// All bytes of a file of at most `most` bytes. Fails when it is longer.
    pub fn read(&self, path: &str, most: u64) -> Result<Vec<u8>, EvidenceError> {
        let mut bytes = Vec::new();
        self.open_file(path)?.take(most + 1).read_to_end(&mut bytes).map_err(EvidenceError::io(path))?;
        if bytes.len() as u64 > most {
            let error = io::Error::new(io::ErrorKind::FileTooLarge, format!("larger than {most} bytes"));
            return Err(EvidenceError::Io { file: path.to_owned(), error });
        }
        Ok(bytes)
    }

    /// Whether there is a file with this path.
    pub fn has(&self, path: &str) -> bool {
        self.files.contains_key(path)
    }

    /// Says under which hashes the files of the pack are asked for.
    pub(crate) fn know_election(&mut self, files: &BTreeMap<String, String>) {
        let path = |(name, sha256): (&String, &String)| (sha256.clone(), format!("data/election/{name}"));
        self.election = files.iter().map(path).collect();
    }

    fn open_listed(&self, path: &str) -> io::Result<BufReader<File>> {
        if !self.has(path) {
            return Err(io::ErrorKind::NotFound.into());
        }
        Ok(BufReader::with_capacity(1 << 16, File::open(self.root.join(path))?))
    }
}

impl Keeper for Bag {
    fn open(&self, sha256: &str) -> io::Result<Box<dyn Read + '_>> {
        let path = self.election.get(sha256).cloned().unwrap_or_else(|| format!("data/sources/{sha256}"));
        Ok(Box::new(self.open_listed(&path)?))
    }
}

struct Listing<'r> {
    root: &'r Path,
    files: BTreeMap<String, u64>,
    /// Paths in small letters: some file systems tell no capitals.
    folded: BTreeSet<String>,
    faults: Vec<BagFault>,
}

impl Listing<'_> {
    fn list(&mut self, below: &str, depth: usize) -> Result<(), EvidenceError> {
        let dir = self.root.join(below);
        let failed = |error| EvidenceError::Io { file: dir.display().to_string(), error };
        let mut entries = Vec::new();
        for entry in fs::read_dir(&dir).map_err(failed)? {
            entries.push(entry.map_err(failed)?);
            if self.files.len() + entries.len() > MAX_FILES {
                self.fault(BagFaultCode::TooManyFiles, below);
                return Ok(());
            }
        }
        entries.sort_by_key(std::fs::DirEntry::file_name);
        for entry in entries {
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = if below.is_empty() { name } else { format!("{below}/{name}") };
            // Of the entry itself, not of what it may lead to.
            let kind = entry.file_type().map_err(failed)?;
            if !is_plain_path(&path) {
                self.fault(BagFaultCode::BadName, &path);
            } else if kind.is_symlink() {
                self.fault(BagFaultCode::Link, &path);
            } else if kind.is_dir() && depth < MAX_DEPTH {
                self.list(&path, depth + 1)?;
            } else if kind.is_file() {
                let size = entry.metadata().map_err(failed)?.len();
                if !self.folded.insert(path.to_ascii_lowercase()) {
                    self.fault(BagFaultCode::NamesCollide, &path);
                }
                self.files.insert(path, size);
            } else {
                self.fault(BagFaultCode::NoFile, &path);
            }
        }
        Ok(())
    }

    fn fault(&mut self, code: BagFaultCode, path: &str) {
        if self.faults.len() < MOST_FAULTS {
            self.faults.push(BagFault { code, path: path.to_owned() });
        }
    }
}
