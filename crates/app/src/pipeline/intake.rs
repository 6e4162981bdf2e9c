//! Intake: images from files, folders, patterns, zip archives, PDF and multi-page TIFF files into the folder's
//! keeping.
//!
//! Intake judges nothing: whatever looks like an image by its name or its first bytes is kept as an
//! original, and reading says what is wrong with it. What is not kept is accounted for.

mod documents;

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{Read, Seek};
use std::path::{Path, PathBuf};

pub use documents::CAUSES as DOCUMENT_CAUSES;
use serde_json::json;
use tallyproof_reader::document::{MAX_DOCUMENT_BYTES, is_pdf};

use crate::store::{Fact, Store};
use crate::trouble::{Outcome, Trouble};

/// Largest image kept, bytes. A 100-megapixel JPEG has about 40 MB.
pub const MAX_IMAGE_BYTES: u64 = 64 << 20;

/// Most entries read from one archive.
const MAX_ENTRIES: usize = 1_000_000;

/// Most entries of one archive that somebody sent to the desk: others work there meanwhile.
const MAX_ENTRIES_SENT: usize = 5_000;

/// Most names under which one picture that was sent is noted: the same bytes a thousand times over are one picture.
const MAX_NAMES_SENT: u32 = 16;

/// Most bytes unpacked from one archive, kept or not: a crafted archive must cost neither the disk nor the
/// night. Photographs hardly compress, and this leaves room for uncompressed scans.
const MAX_UNPACKED_BYTES: u64 = 1 << 30;
/// More of them for every byte of the archive.
const MAX_UNPACKED_PER_BYTE: u64 = 64;

/// Facts journalled in one transaction.
const BATCH: usize = 64;

/// Why a file was not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Skipped {
    /// When neither name nor first bytes are an image's; only counted.
    NotAnImage,
    /// When it is larger than [`MAX_IMAGE_BYTES`]; PDF and multi-page TIFF files may be larger.
    TooLarge,
    /// When it is a link: where it points is not for an archive or a folder to say.
    Link,
    /// When a file or folder found on the way cannot be opened or read.
    Unreadable,
    /// When an archive lies in an archive.
    NestedArchive,
    /// When an archive's entry is encrypted, damaged or otherwise unreadable.
    BadEntry,
    /// When an archive has too many entries or unpacks to too much; the rest of it was left.
    ArchiveTooLarge,
    /// When a document has too many pages or they come to too much; the rest of them were left.
    DocumentTooLarge,
}

impl Skipped {
    /// Every kind; each has words in both languages.
    pub const ALL: [Skipped; 8] = [
        Skipped::NotAnImage,
        Skipped::TooLarge,
        Skipped::Link,
        Skipped::Unreadable,
        Skipped::NestedArchive,
        Skipped::BadEntry,
        Skipped::ArchiveTooLarge,
        Skipped::DocumentTooLarge,
    ];

    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Skipped::NotAnImage => "not-an-image",
            Skipped::TooLarge => "too-large",
            Skipped::Link => "link",
            Skipped::Unreadable => "unreadable",
            Skipped::NestedArchive => "nested-archive",
            Skipped::BadEntry => "bad-entry",
            Skipped::ArchiveTooLarge => "archive-too-large",
            Skipped::DocumentTooLarge => "document-too-large",
        }
    }
}

/// What intake did.
#[derive(Debug, Default)]
pub struct Intake {
    /// Images seen.
    pub n_seen: u64,
    /// Originals that are new.
    pub n_new: u64,
    /// New origins of originals known before.
    pub n_again: u64,
    /// Known already, original and origin.
    pub n_known: u64,
    /// New pages and documents that give no picture: faults, with their cause.
    pub n_unread: u64,
    /// Files not kept, with their place.
    pub skipped: Vec<(String, Skipped)>,
}

/// Takes in everything under `paths`, as coming from `source`. Running it again changes nothing.
pub fn add(store: &Store, paths: &[PathBuf], source: &str, progress: &dyn Fn(u64)) -> Outcome<Intake> {
    let mut desk = Desk::new(store, source, None, progress)?;
    for path in expand(paths)? {
        desk.take_path(&path, true)?;
    }
    desk.flush()?;
    Ok(desk.done)
}

/// A file that somebody sent.
#[derive(Clone, Copy, Debug)]
pub struct Sent<'s> {
    /// Where its bytes lie.
    pub path: &'s Path,
    /// Its name where it came from: a name, never a path.
    pub name: &'s str,
}

/// Takes in files that somebody sent to the desk: pictures, documents, archives of them. `by` is the account, for the
/// private part. What is not an image is accounted for.
pub fn take_in(store: &Store, sent: &[Sent<'_>], source: &str, by: &str) -> Outcome<Intake> {
    let mut desk = Desk::new(store, source, Some(by), &|_| {})?;
    for Sent { path, name } in sent {
        desk.take_file(path, name, false)?;
    }
    desk.flush()?;
    Ok(desk.done)
}

/// About how many files lie under `paths`, for a progress bar; entries of archives count, what cannot be
/// looked into does not.
pub fn estimate(paths: &[PathBuf]) -> u64 {
    fn below(path: &Path, depth: u32) -> u64 {
        match std::fs::read_dir(path) {
            Ok(entries) if depth < 64 => {
                let real = |e: &std::fs::DirEntry| e.file_type().is_ok_and(|kind| !kind.is_symlink());
                entries.flatten().filter(real).map(|e| below(&e.path(), depth + 1)).sum()
            }
            Ok(_) => 0,
            Err(_) if path.extension().is_some_and(|end| end.eq_ignore_ascii_case("zip")) => {
                let opened = File::open(path).ok().and_then(|file| zip::ZipArchive::new(file).ok());
                opened.map_or(1, |archive| archive.len() as u64)
            }
            Err(_) => 1,
        }
    }
    expand(paths).unwrap_or_default().iter().map(|path| below(path, 0)).sum()
}

/// Paths as given; one that is not there and holds a pattern is expanded.
fn expand(paths: &[PathBuf]) -> Outcome<Vec<PathBuf>> {
    let mut expanded = Vec::new();
    for path in paths {
        let text = path.to_string_lossy();
        if path.exists() || !text.contains(['*', '?', '[']) {
            expanded.push(path.clone());
            continue;
        }
        let missing = || Trouble::Io { path: path.clone(), error: std::io::ErrorKind::NotFound.into() };
        let mut found: Vec<PathBuf> = glob::glob(&text).map_err(|_| missing())?.flatten().collect();
        if found.is_empty() {
            return Err(missing());
        }
        found.sort();
        expanded.extend(found);
    }
    Ok(expanded)
}

struct Desk<'s> {
    store: &'s Store,
    source: &'s str,
    /// The account at the desk, where it was one.
    by: Option<&'s str>,
    progress: &'s dyn Fn(u64),
    batch: Vec<Fact>,
    /// (hash, source, file) of documents.
    documents: BTreeSet<(String, String, String)>,
    fresh: BTreeSet<(String, String)>,
    done: Intake,
}

impl<'s> Desk<'s> {
    fn new(
        store: &'s Store,
        source: &'s str,
        by: Option<&'s str>,
        progress: &'s dyn Fn(u64),
    ) -> Outcome<Self> {
        super::import::check_id(source)?;
        let documents = store.documents()?;
        let (batch, fresh, done) = Default::default();
        Ok(Self { store, source, by, progress, batch, documents, fresh, done })
    }
}

impl Desk<'_> {
    /// What lies in a folder and cannot be read is accounted for, and the rest goes on; what was named by the
    /// user is an error.
    fn take_path(&mut self, path: &Path, asked_for: bool) -> Outcome<()> {
        match self.take_readable(path, asked_for) {
            Err(Trouble::Io { path: at, .. }) if !asked_for && at == path => {
                self.skip(path.display().to_string(), Skipped::Unreadable);
                Ok(())
            }
            taken => taken,
        }
    }

    fn take_readable(&mut self, path: &Path, asked_for: bool) -> Outcome<()> {
        let meta = std::fs::symlink_metadata(path).map_err(Trouble::io(path))?;
        if meta.is_symlink() && !asked_for {
            self.skip(path.display().to_string(), Skipped::Link);
            return Ok(());
        }
        let meta = std::fs::metadata(path).map_err(Trouble::io(path))?;
        if meta.is_dir() {
            return self.take_folder(path);
        }
        if !meta.is_file() {
            self.skip(path.display().to_string(), Skipped::NotAnImage);
            return Ok(());
        }
        let name = path.canonicalize().unwrap_or_else(|_| path.to_owned()).display().to_string();
        self.take_file(path, &name, asked_for)
    }

    fn take_file(&mut self, path: &Path, name: &str, asked_for: bool) -> Outcome<()> {
        let mut file = File::open(path).map_err(Trouble::io(path))?;
        if is_archive(&mut file).map_err(Trouble::io(path))? {
            return self.take_archive(path, name, file);
        }
        match read_image(file, name, asked_for) {
            Ok(bytes) => self.keep_file(name, &bytes),
            Err(NotKept::Skipped(why)) => {
                self.skip(name.to_owned(), why);
                Ok(())
            }
            Err(NotKept::Failed(error)) => Err(Trouble::Io { path: path.to_owned(), error }),
        }
    }

    /// Everything below a folder, by name, without hidden files.
    fn take_folder(&mut self, dir: &Path) -> Outcome<()> {
        let entries = std::fs::read_dir(dir).map_err(Trouble::io(dir))?;
        let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        paths.sort();
        let hidden =
            |path: &Path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        paths.iter().filter(|path| !hidden(path)).try_for_each(|path| self.take_path(path, false))
    }

    /// Entries are read, never unpacked to a path: a name such as `../../x` is only a name.
    fn take_archive(&mut self, path: &Path, name: &str, file: File) -> Outcome<()> {
        let n_bytes = file.metadata().map_err(Trouble::io(path))?.len();
        let most = MAX_UNPACKED_BYTES.saturating_add(n_bytes.saturating_mul(MAX_UNPACKED_PER_BYTE));
        let opened = zip::ZipArchive::new(std::io::BufReader::new(file));
        let Ok(mut archive) = opened else {
            self.skip(name.to_owned(), Skipped::BadEntry);
            return Ok(());
        };
        let mut unpacked = 0u64;
        for i in 0..archive.len() {
            if i >= if self.by.is_some() { MAX_ENTRIES_SENT } else { MAX_ENTRIES } || unpacked > most {
                self.skip(name.to_owned(), Skipped::ArchiveTooLarge);
                break;
            }
            let entry = match archive.by_index(i) {
                Ok(entry) => entry,
                Err(_) => {
                    self.skip(format!("{name}#{i}"), Skipped::BadEntry);
                    continue;
                }
            };
            if entry.is_dir() {
                continue;
            }
            let inner = entry.name().map_or_else(|_| format!("#{i}"), |inner| inner.into_owned());
            let place = format!("{name}!{inner}");
            let read = if entry.is_symlink() {
                Err(NotKept::Skipped(Skipped::Link))
            } else if inner.to_ascii_lowercase().ends_with(".zip") {
                Err(NotKept::Skipped(Skipped::NestedArchive))
            } else {
                read_image(Counted { inner: entry, n_bytes: &mut unpacked }, &place, false)
            };
            match read {
                Ok(bytes) if self.by.is_some() && !has_image_start(&bytes) => {
                    self.skip(place, Skipped::NotAnImage);
                }
                Ok(bytes) => self.keep_file(&place, &bytes)?,
                Err(NotKept::Skipped(why)) => self.skip(place, why),
                Err(NotKept::Failed(_)) => self.skip(place, Skipped::BadEntry),
            }
        }
        Ok(())
    }

    /// Keeps a picture; `page` is the document it was taken out of, and its page there.
    fn keep(&mut self, name: &str, bytes: &[u8], page: Option<(&str, usize)>) -> Outcome<()> {
        self.count();
        let sha256 = self.store.keep_original(bytes)?;
        let Some(first) = self.is_new(&sha256, name)? else { return Ok(()) };
        *(if first { &mut self.done.n_new } else { &mut self.done.n_again }) += 1;
        let mut body = json!({"sha256": sha256, "bytes": bytes.len(), "source": self.source});
        if let Some((document, page)) = page {
            body["document"] = json!(document);
            body["page"] = json!(page);
        }
        self.note("image.added", body, name)
    }

    fn count(&mut self) {
        self.done.n_seen += 1;
        (self.progress)(self.done.n_seen);
    }

    /// Whether this is the first origin of an original; `None`, and counted, when the origin is known too.
    fn is_new(&mut self, id: &str, name: &str) -> Outcome<Option<bool>> {
        let (is_known, n_names) = self.store.origin(id, (self.source, name), MAX_NAMES_SENT)?;
        let seen_here = !self.fresh.insert((id.to_owned(), name.to_owned()));
        let often = self.by.is_some() && n_names >= MAX_NAMES_SENT;
        if seen_here || often || is_known {
            self.done.n_known += 1;
            return Ok(None);
        }
        let earlier = (id.to_owned(), String::new())..;
        let again =
            n_names > 0 || self.fresh.range(earlier).take_while(|(hash, _)| hash == id).nth(1).is_some();
        Ok(Some(!again))
    }

    fn flush(&mut self) -> Outcome<()> {
        self.store.append_all(&self.batch)?;
        self.batch.clear();
        Ok(())
    }

    fn skip(&mut self, name: String, why: Skipped) {
        self.done.skipped.push((name, why));
    }
}

/// Counts what passes, whatever becomes of it.
struct Counted<'c, R> {
    inner: R,
    n_bytes: &'c mut u64,
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
        let n = self.inner.read(buf)?;
        *self.n_bytes += n as u64;
        Ok(n)
    }
}

enum NotKept {
    Skipped(Skipped),
    Failed(std::io::Error),
}

/// The bytes of an image or document, bounded. A file asked for by name is taken whatever it looks like.
fn read_image(mut source: impl Read, name: &str, asked_for: bool) -> Result<Vec<u8>, NotKept> {
    let mut bytes = Vec::new();
    source.by_ref().take(1_024).read_to_end(&mut bytes).map_err(NotKept::Failed)?;
    if !asked_for && !has_image_name(name) && !has_image_start(&bytes) {
        return Err(NotKept::Skipped(Skipped::NotAnImage));
    }
    let most = most_bytes(&bytes);
    let left = most + 1 - bytes.len() as u64;
    source.take(left).read_to_end(&mut bytes).map_err(NotKept::Failed)?;
    if bytes.len() as u64 > most {
        return Err(NotKept::Skipped(Skipped::TooLarge));
    }
    Ok(bytes)
}

/// Most bytes kept of a file that begins so: documents hold several pictures.
pub fn most_bytes(start: &[u8]) -> u64 {
    let may_have_pages = is_pdf(start) || is_tiff(start);
    if may_have_pages { MAX_DOCUMENT_BYTES as u64 } else { MAX_IMAGE_BYTES }
}

fn has_image_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    [".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".pdf"].iter().any(|end| name.ends_with(end))
}

/// Whether a file that begins so is one that intake takes for a picture or a document, whatever its name.
pub fn has_image_start(bytes: &[u8]) -> bool {
    let starts = |magic: &[u8]| bytes.starts_with(magic);
    let webp = starts(b"RIFF") && bytes.get(8..12) == Some(b"WEBP");
    starts(b"\xff\xd8\xff") || starts(b"\x89PNG\r\n\x1a\n") || starts(b"%PDF-") || is_tiff(bytes) || webp
}

fn is_tiff(bytes: &[u8]) -> bool {
    [b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"].iter().any(|magic| bytes.starts_with(*magic))
}

fn is_archive(file: &mut File) -> std::io::Result<bool> {
    let mut magic = [0u8; 4];
    let mut filled = 0;
    while filled < magic.len() {
        match file.read(&mut magic[filled..])? {
            0 => break,
            n => filled += n,
        }
    }
    file.rewind()?;
    // A local file header, or the end record of an empty archive (APPNOTE.TXT §4.3.7, §4.3.16).
    Ok(magic == *b"PK\x03\x04" || magic == *b"PK\x05\x06")
}
