//! Bundles in one file: `.zip` and `.tar.zst`, each with the bag in a folder `bundle/`.
//!
//! An archive is never looked at in place. It is unpacked into a new folder under limits, and nothing but plain files
//! with plain paths is written there; whatever else it holds is an error that names it.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use super::open::MAX_DEPTH;
use super::{MAX_FILES, is_plain_path};
use crate::error::EvidenceError;

/// The folder in the archive (RFC 8493, section 4: a serialised bag has one).
const FOLDER: &str = "bundle";

/// Most bytes unpacked: 64 GiB, and no more than 200 for every byte of the archive with 1 GiB to spare. Tables of a
/// country compress 20 times, photographs not at all.
const MAX_UNPACKED_BYTES: u64 = 64 << 30;
const MAX_UNPACKED_PER_BYTE: u64 = 200;
const MAX_UNPACKED_AT_LEAST: u64 = 1 << 30;

/// A file's header in a tar, and what fills its last block.
const HEADER_BYTES: u64 = 1024;

/// What a file and each folder above it take on a disk at least; they count as unpacked.
const BLOCK_BYTES: u64 = 4096;

/// Level of zstd: its default, at which a country's tables take seconds.
const ZSTD_LEVEL: i32 = 3;

/// Kinds of archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// ZIP (ISO/IEC 21320-1).
    Zip,
    /// POSIX tar in Zstandard (RFC 8878).
    TarZst,
}

impl Kind {
    /// The kind that a path's name says; `None` for a folder's.
    pub fn of(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_string_lossy().to_ascii_lowercase();
        match name {
            name if name.ends_with(".zip") => Some(Kind::Zip),
            name if name.ends_with(".tar.zst") => Some(Kind::TarZst),
            _ => None,
        }
    }
}

/// A bundle unpacked; the folder is removed with this value.
pub struct Unpacked {
    // Removes the folder when dropped.
    _dir: tempfile::TempDir,
    root: PathBuf,
}

impl Unpacked {
    /// The bag's folder.
    pub fn root(&self) -> &Path {
        &self.root
    }
}

/// A bundle as a folder: itself, or unpacked for as long as this value lives.
pub enum Opened {
    /// It was a folder.
    Folder(PathBuf),
    /// It was an archive.
    Unpacked(Unpacked),
}

impl Opened {
    /// The folder.
    pub fn root(&self) -> &Path {
        match self {
            Opened::Folder(root) => root,
            Opened::Unpacked(unpacked) => unpacked.root(),
        }
    }
}

/// Opens a bundle, an archive below `temp`. Fails when an archive is no sound one of a bundle.
pub fn open(path: &Path, temp: &Path) -> Result<Opened, EvidenceError> {
    match Kind::of(path) {
        Some(kind) if !path.is_dir() => unpack(path, kind, temp).map(Opened::Unpacked),
        _ => Ok(Opened::Folder(path.to_owned())),
    }
}

/// Packs the bag in `root` into one file; the same bag always gives the same bytes.
pub fn pack(root: &Path, kind: Kind, archive: &Path) -> Result<(), EvidenceError> {
    let failed = |error| EvidenceError::Io { file: archive.display().to_string(), error };
    let out = BufWriter::with_capacity(1 << 16, File::create(archive).map_err(failed)?);
    let (bag, faults) = super::Bag::open(root)?;
    if let Some(fault) = faults.first() {
        return Err(EvidenceError::Io {
            file: fault.path.clone(),
            error: io::ErrorKind::InvalidFilename.into(),
        });
    }
    let packed = match kind {
        Kind::Zip => pack_zip(&bag, out),
        Kind::TarZst => pack_tar(&bag, out),
    };
    packed
        .and_then(|out| out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all())
        .map_err(failed)
}

fn pack_zip(bag: &super::Bag, out: BufWriter<File>) -> io::Result<BufWriter<File>> {
    use zip::CompressionMethod::{Deflated, Stored};
    let mut zip = zip::ZipWriter::new(out);
    for (path, &size) in &bag.files {
        let method = if path.starts_with(crate::layout::IMAGES) { Stored } else { Deflated };
        let options = zip::write::SimpleFileOptions::default()
            .compression_method(method)
            .last_modified_time(zip::DateTime::default())
            .large_file(size >= u64::from(u32::MAX))
            .unix_permissions(0o644);
        zip.start_file(format!("{FOLDER}/{path}"), options)?;
        io::copy(&mut File::open(bag.root().join(path))?, &mut zip)?;
    }
    Ok(zip.finish()?)
}

fn pack_tar(bag: &super::Bag, out: BufWriter<File>) -> io::Result<BufWriter<File>> {
    let mut tar = tar::Builder::new(zstd::Encoder::new(out, ZSTD_LEVEL)?);
    for (path, &size) in &bag.files {
        let mut header = tar::Header::new_ustar();
        header.set_size(size);
        header.set_mode(0o644);
        header.set_mtime(0);
        let file = File::open(bag.root().join(path))?;
        tar.append_data(&mut header, format!("{FOLDER}/{path}"), BufReader::new(file))?;
    }
    tar.into_inner()?.finish()
}

/// Unpacks a bundle into a new folder below `temp`. Fails when the archive holds anything but plain files with plain
/// paths, two of one name, or more than a bundle may.
pub fn unpack(archive: &Path, kind: Kind, temp: &Path) -> Result<Unpacked, EvidenceError> {
    let failed = |error| EvidenceError::Io { file: archive.display().to_string(), error };
    // Opening a pipe would wait for whoever writes into it.
    if !fs::metadata(archive).map_err(failed)?.is_file() {
        return Err(failed(bad("no plain file".to_owned())));
    }
    let file = File::open(archive).map_err(failed)?;
    let n_bytes = file.metadata().map_err(failed)?.len();
    let most = n_bytes.saturating_mul(MAX_UNPACKED_PER_BYTE).clamp(MAX_UNPACKED_AT_LEAST, MAX_UNPACKED_BYTES);
    let dir = tempfile::Builder::new().prefix("tallyproof-").tempdir_in(temp).map_err(failed)?;
    let root = dir.path().join(FOLDER);
    fs::create_dir(&root).map_err(failed)?;
    let mut place = Place { root: &root, left: most, n_files: 0 };
    let unpacked = match kind {
        Kind::Zip => unpack_zip(file, &mut place),
        Kind::TarZst => unpack_tar(file, &mut place),
    };
    unpacked.map_err(failed)?;
    Ok(Unpacked { _dir: dir, root })
}

fn unpack_zip(file: File, place: &mut Place<'_>) -> io::Result<()> {
    let mut zip = zip::ZipArchive::new(BufReader::new(file))?;
    if zip.has_duplicate_names() {
        return Err(bad("two entries of one name".to_owned()));
    }
    for i in 0..zip.len() {
        let entry = zip.by_index(i)?;
        let name = entry.name()?.into_owned();
        if entry.is_dir() {
            continue;
        }
        if entry.is_symlink() || entry.encrypted() {
            return Err(bad(format!("{name:?} is no plain file")));
        }
        place.put(&name, entry)?;
    }
    Ok(())
}

fn unpack_tar(file: File, place: &mut Place<'_>) -> io::Result<()> {
    // What is skipped costs time too: headers and folders, of which a bomb may have terabytes.
    let most = place.left.saturating_add(MAX_FILES as u64 * HEADER_BYTES);
    let mut tar = tar::Archive::new(zstd::Decoder::new(file)?.take(most));
    // Raw: extensions that give an entry another name or size are read into memory whole, and ours need none.
    for entry in tar.entries()?.raw(true) {
        let entry = entry?;
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        match entry.header().entry_type() {
            tar::EntryType::Regular => place.put(&name, entry)?,
            tar::EntryType::Directory => {}
            _ => return Err(bad(format!("{name:?} is no plain file"))),
        }
    }
    Ok(())
}

/// Where files are unpacked to, and how much more may be.
struct Place<'r> {
    root: &'r Path,
    left: u64,
    n_files: usize,
}

impl Place<'_> {
    fn put(&mut self, name: &str, mut source: impl Read) -> io::Result<()> {
        let path = name.strip_prefix(FOLDER).and_then(|rest| rest.strip_prefix('/'));
        let path = path
            .filter(|path| is_plain_path(path))
            .ok_or_else(|| bad(format!("{name:?} is no plain path")))?;
        self.n_files += 1;
        let n_parts = path.split('/').count();
        if self.n_files > MAX_FILES || n_parts > MAX_DEPTH + 1 {
            return Err(bad("too many files, or folders in folders".to_owned()));
        }
        self.spend(n_parts as u64 * BLOCK_BYTES)?;
        let place = self.root.join(path);
        if let Some(dir) = place.parent() {
            fs::create_dir_all(dir)?;
        }
        // Never over a file that is there: a name may come twice, in other capitals on some file systems.
        let mut out = File::options().write(true).create_new(true).open(&place)?;
        let n = io::copy(&mut (&mut source).take(self.left.saturating_add(1)), &mut out)?;
        self.spend(n)?;
        out.flush()
    }

    fn spend(&mut self, n_bytes: u64) -> io::Result<()> {
        self.left = self.left.checked_sub(n_bytes).ok_or_else(|| bad("unpacks to too much".to_owned()))?;
        Ok(())
    }
}

fn bad(what: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}
