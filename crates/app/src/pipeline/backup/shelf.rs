//! Where a backup lies: a folder, where only what is new is written, or one archive, which is written whole.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use tallyproof_core::journal::hex;
use tallyproof_evidence::kept::hash_of;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::contents::{HEAD, Head, Part, damaged};
use crate::trouble::{BackupTrouble, Outcome, Trouble};

/// A backup to be read.
pub(super) enum Shelf {
    Folder(PathBuf),
    Archive(PathBuf, Box<ZipArchive<BufReader<File>>>),
}

impl Shelf {
    /// Fails when there is no backup.
    pub(super) fn open(path: &Path) -> Outcome<Self> {
        let not_one = || Trouble::from(BackupTrouble::NotOne(path.to_owned()));
        if path.is_dir() {
            return if path.join(HEAD).is_file() {
                Ok(Shelf::Folder(path.to_owned()))
            } else {
                Err(not_one())
            };
        }
        let file = File::open(path).map_err(Trouble::io(path))?;
        let archive = ZipArchive::new(BufReader::new(file)).map_err(|_| not_one())?;
        if archive.index_for_name(HEAD).is_none() {
            return Err(not_one());
        }
        Ok(Shelf::Archive(path.to_owned(), Box::new(archive)))
    }

    pub(super) fn path(&self) -> &Path {
        match self {
            Shelf::Folder(path) | Shelf::Archive(path, _) => path,
        }
    }

    pub(super) fn head(&mut self) -> Outcome<Head> {
        let place = self.path().to_owned();
        self.read(HEAD, |source| Head::parse(source, &place))
    }

    /// Gives a part's bytes to `take`. Fails when it is not there.
    pub(super) fn read<T>(
        &mut self,
        name: &str,
        take: impl FnOnce(&mut dyn Read) -> Outcome<T>,
    ) -> Outcome<T> {
        match self {
            Shelf::Folder(root) => {
                let opened = File::open(root.join(name)).map_err(|_| damaged(root, name))?;
                take(&mut BufReader::with_capacity(1 << 17, opened))
            }
            Shelf::Archive(path, archive) => {
                let mut opened = archive.by_name(name).map_err(|_| damaged(path, name))?;
                take(&mut opened)
            }
        }
    }

    /// Copies a part into a new file. Fails, and the file is worth nothing, when the bytes are not the part's.
    pub(super) fn copy(&mut self, name: &str, part: &Part, to: &Path) -> Outcome<()> {
        let place = self.path().to_owned();
        if let Some(dir) = to.parent() {
            fs::create_dir_all(dir).map_err(Trouble::io(dir))?;
        }
        let mut out = BufWriter::with_capacity(1 << 17, File::create(to).map_err(Trouble::io(to))?);
        self.read(name, |source| {
            let copied = copy_hashed(source, part.bytes, &mut out).map_err(|error| match error {
                CopyError::Read => damaged(&place, name),
                CopyError::Write(error) => Trouble::Io { path: to.to_owned(), error },
            })?;
            if copied == part.sha256 { Ok(()) } else { Err(damaged(&place, name)) }
        })?;
        out.flush().and_then(|()| out.get_ref().sync_all()).map_err(Trouble::io(to))
    }

    /// Whether a part is there, byte for byte.
    pub(super) fn holds(&mut self, name: &str, part: &Part) -> bool {
        let same = self.read(name, |source| {
            // Never more than the part should have: what is longer is damaged, however long.
            let mut source = source.take(part.bytes.saturating_add(1));
            Ok(hash_of(&mut source).is_ok_and(|(sha256, n)| sha256 == part.sha256 && n == part.bytes))
        });
        same.unwrap_or(false)
    }
}

/// A backup that is being written.
pub(super) enum Writing {
    Folder(PathBuf),
    Archive(PathBuf, Box<ZipWriter<BufWriter<File>>>),
}

impl Writing {
    /// Puts a file onto the shelf under `name`; gives whether it was not there. A part of the same name and length is
    /// taken to be the same bytes, unless `anew`: all are checked at the end.
    pub(super) fn put(&mut self, name: &str, part: &Part, from: &Path, anew: bool) -> Outcome<bool> {
        match self {
            Writing::Folder(root) => {
                let place = root.join(name);
                if !anew && fs::metadata(&place).is_ok_and(|meta| meta.len() == part.bytes) {
                    return Ok(false);
                }
                in_one_step(&place, |out| copy_exactly(from, part, out))?;
                Ok(true)
            }
            Writing::Archive(path, zip) => {
                // Photographs do not compress; databases do.
                let is_picture = name.starts_with("files/");
                let method = if is_picture { CompressionMethod::Stored } else { CompressionMethod::Deflated };
                let options = SimpleFileOptions::default()
                    .compression_method(method)
                    .large_file(part.bytes >= u64::from(u32::MAX) - 1);
                zip.start_file(name, options).map_err(|error| zip_error(path, error))?;
                copy_exactly(from, part, &mut **zip).map_err(|error| match error {
                    Trouble::Io { path: at, error } if at.as_os_str().is_empty() => {
                        Trouble::Io { path: path.clone(), error }
                    }
                    other => other,
                })?;
                Ok(true)
            }
        }
    }

    /// Writes a small part of given bytes.
    pub(super) fn put_bytes(&mut self, name: &str, bytes: &[u8]) -> Outcome<()> {
        match self {
            Writing::Folder(root) => in_one_step(&root.join(name), |out| {
                out.write_all(bytes).map_err(|error| Trouble::Io { path: PathBuf::new(), error })
            }),
            Writing::Archive(path, zip) => {
                let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
                zip.start_file(name, options).map_err(|error| zip_error(path, error))?;
                zip.write_all(bytes).map_err(Trouble::io(path))
            }
        }
    }

    /// Has everything on disk.
    pub(super) fn finish(self) -> Outcome<()> {
        match self {
            Writing::Folder(_) => Ok(()),
            Writing::Archive(path, zip) => {
                let file = zip.finish().map_err(|error| zip_error(&path, error))?;
                let file = file
                    .into_inner()
                    .map_err(|error| Trouble::Io { path: path.clone(), error: error.into_error() })?;
                file.sync_all().map_err(Trouble::io(&path))
            }
        }
    }
}

/// Writes a file that becomes visible under its name only when it is whole and on disk.
fn in_one_step(place: &Path, write: impl FnOnce(&mut dyn Write) -> Outcome<()>) -> Outcome<()> {
    if let Some(dir) = place.parent() {
        fs::create_dir_all(dir).map_err(Trouble::io(dir))?;
    }
    let mut part = place.as_os_str().to_owned();
    part.push(".part");
    let part = PathBuf::from(part);
    let written = || {
        let mut out = BufWriter::with_capacity(1 << 17, File::create(&part).map_err(Trouble::io(&part))?);
        write(&mut out)?;
        out.flush().and_then(|()| out.get_ref().sync_all()).map_err(Trouble::io(&part))
    };
    match written() {
        Ok(()) => fs::rename(&part, place).map_err(Trouble::io(place)),
        Err(trouble) => {
            // A full disk must not stay full of halves.
            let _ = fs::remove_file(&part);
            Err(match trouble {
                Trouble::Io { path, error } if path.as_os_str().is_empty() => {
                    Trouble::Io { path: part, error }
                }
                other => other,
            })
        }
    }
}

/// Copies a file whose bytes must be `part`'s. A failure to write has no path: the caller knows it.
fn copy_exactly(from: &Path, part: &Part, out: &mut dyn Write) -> Outcome<()> {
    let mut source = File::open(from).map_err(Trouble::io(from))?;
    let changed = || Trouble::KeptFileChanged(from.to_owned());
    let copied = copy_hashed(&mut source, part.bytes, out).map_err(|error| match error {
        CopyError::Read => changed(),
        CopyError::Write(error) => Trouble::Io { path: PathBuf::new(), error },
    })?;
    if copied == part.sha256 { Ok(()) } else { Err(changed()) }
}

enum CopyError {
    /// When reading fails, or there are more or fewer bytes.
    Read,
    Write(io::Error),
}

/// Copies exactly `n_bytes`; gives their hash.
fn copy_hashed(source: &mut dyn Read, n_bytes: u64, out: &mut dyn Write) -> Result<String, CopyError> {
    let mut hasher = Sha256::new();
    let mut buffer = vec![0u8; 1 << 17];
    let mut left = n_bytes;
    loop {
        let n = source.read(&mut buffer).map_err(|_| CopyError::Read)?;
        if n == 0 {
            return if left == 0 { Ok(hex(&hasher.finalize())) } else { Err(CopyError::Read) };
        }
        left = left.checked_sub(n as u64).ok_or(CopyError::Read)?;
        hasher.update(&buffer[..n]);
        out.write_all(&buffer[..n]).map_err(CopyError::Write)?;
    }
}

fn zip_error(path: &Path, error: zip::result::ZipError) -> Trouble {
    let error = match error {
        zip::result::ZipError::Io(error) => error,
        other => io::Error::other(other.to_string()),
    };
    Trouble::Io { path: path.to_owned(), error }
}
