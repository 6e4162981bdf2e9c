//! Kept files: named by the SHA-256 of their bytes, written once, never changed.

use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::path::{Path, PathBuf};

use tallyproof_core::journal::sha256_hex;
use tallyproof_evidence::kept::{Hashing, Keeper, hash_of};

use super::Store;
use crate::trouble::{Outcome, Trouble};

impl Keeper for Store {
    fn open(&self, sha256: &str) -> io::Result<Box<dyn Read + '_>> {
        Ok(Box::new(BufReader::with_capacity(1 << 16, File::open(self.source_path(sha256))?)))
    }
}

/// Longest file that is kept of what people name, bytes: five million rows of 800. A device, or a pipe whose writer never
/// ends, must not fill the disk.
const MAX_SOURCE_BYTES: u64 = 4 << 30;

/// A file in the folder's keeping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Hex SHA-256 of its bytes.
    pub sha256: String,
    /// Its size, bytes.
    pub n_bytes: u64,
    /// Where it lies.
    pub path: PathBuf,
}

impl Store {
    /// Copies a file into `sources/`, once.
    ///
    /// The copy becomes visible under its name only when it is whole and on disk; a kill before that
    /// leaves a `.part` file that the next copy overwrites.
    pub fn keep_source(&self, file: &Path) -> Outcome<Kept> {
        let source = open_named(file).map_err(Trouble::io(file))?;
        let dir = self.root.join("sources");
        let part = dir.join("incoming.part");
        let (sha256, n_bytes) = copy_hashed(source, &part, MAX_SOURCE_BYTES).map_err(|error| {
            // A full disk must not stay full of halves.
            let _ = std::fs::remove_file(&part);
            match error {
                CopyError::Read(error) => Trouble::Io { path: file.to_owned(), error },
                CopyError::Write(error) => Trouble::Io { path: part.clone(), error },
            }
        })?;
        let path = dir.join(&sha256);
        if path.exists() {
            std::fs::remove_file(&part).map_err(Trouble::io(&part))?;
        } else {
            std::fs::rename(&part, &path).map_err(Trouble::io(&path))?;
            sync_dir(&dir)?;
        }
        Ok(Kept { sha256, n_bytes, path })
    }

    /// Keeps the bytes of an image in `originals/`, once.
    pub fn keep_original(&self, bytes: &[u8]) -> Outcome<String> {
        let sha256 = sha256_hex(bytes);
        let path = self.original_path(&sha256);
        // A kept copy that was damaged since is made whole again by adding the image again.
        if std::fs::read(&path).map_or(true, |kept| kept != bytes) {
            self.replace(&path, |out| out.write_all(bytes))?;
        }
        Ok(sha256)
    }

    /// Where an original lies: fanned out over 256 folders, since a country has a million sheets.
    pub fn original_path(&self, sha256: &str) -> PathBuf {
        let fan = sha256.get(..2).unwrap_or("xx");
        self.root.join("originals").join(fan).join(sha256)
    }

    /// Where a kept source lies.
    pub fn source_path(&self, sha256: &str) -> PathBuf {
        self.root.join("sources").join(sha256)
    }

    /// Replaces a file of the folder in one step: readers see the old bytes or the new, never half.
    pub fn replace(&self, path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Outcome<()> {
        if let Some(dir) = path.parent() {
            std::fs::create_dir_all(dir).map_err(Trouble::io(dir))?;
        }
        let mut part = path.as_os_str().to_owned();
        part.push(".part");
        let part = PathBuf::from(part);
        let written = File::create(&part).and_then(|file| {
            let mut out = io::BufWriter::with_capacity(1 << 16, file);
            write(&mut out)?;
            out.flush()?;
            out.get_ref().sync_all()
        });
        written.map_err(Trouble::io(&part))?;
        std::fs::rename(&part, path).map_err(Trouble::io(path))
    }
}

/// Opens a file that somebody named. It may be a pipe; a device is no file, and some have no end.
pub fn open_named(path: &Path) -> io::Result<File> {
    let file = File::open(path)?;
    let is_device = {
        #[cfg(unix)]
        {
            use std::os::unix::fs::FileTypeExt;
            let kind = file.metadata()?.file_type();
            kind.is_char_device() || kind.is_block_device()
        }
        #[cfg(not(unix))]
        false
    };
    if is_device {
        Err(io::Error::new(io::ErrorKind::InvalidInput, "a device, not a file"))
    } else {
        Ok(file)
    }
}

/// Hex SHA-256 of a file.
pub fn sha256_of(path: &Path) -> Outcome<String> {
    let mut file = File::open(path).map_err(Trouble::io(path))?;
    hash_of(&mut file).map(|(sha256, _)| sha256).map_err(Trouble::io(path))
}

enum CopyError {
    Read(io::Error),
    Write(io::Error),
}

fn copy_hashed(mut source: impl Read, target: &Path, most: u64) -> Result<(String, u64), CopyError> {
    let mut out = Hashing::new(File::create(target).map_err(CopyError::Write)?);
    let mut buffer = vec![0u8; 1 << 18];
    let mut left = most;
    loop {
        let n = source.read(&mut buffer).map_err(CopyError::Read)?;
        if n == 0 {
            break;
        }
        left = left.checked_sub(n as u64).ok_or_else(|| {
            let error = format!("larger than {most} bytes");
            CopyError::Read(io::Error::new(io::ErrorKind::FileTooLarge, error))
        })?;
        out.write_all(&buffer[..n]).map_err(CopyError::Write)?;
    }
    out.get_ref().sync_all().map_err(CopyError::Write)?;
    Ok(out.finish())
}

/// A rename is only durable once its folder is on disk (POSIX fsync; a no-op where folders cannot be opened).
fn sync_dir(dir: &Path) -> Outcome<()> {
    match File::open(dir) {
        Ok(handle) => handle.sync_all().map_err(Trouble::io(dir)),
        Err(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_never_ends_is_given_up() {
        let target = std::env::temp_dir().join(format!("tallyproof-copy-{}", std::process::id()));
        let copied = |n: u64| copy_hashed(io::repeat(7).take(n), &target, 1 << 20);
        assert!(copied(1 << 20).is_ok_and(|(_, n)| n == 1 << 20));
        assert!(
            matches!(copied((1 << 20) + 1), Err(CopyError::Read(e)) if e.kind() == io::ErrorKind::FileTooLarge)
        );
        assert!(matches!(copied(u64::MAX), Err(CopyError::Read(_))));
        std::fs::remove_file(&target).unwrap();
    }
}
