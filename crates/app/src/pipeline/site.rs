//! Writing the public site: beside its place, then into it in one step. A folder that holds anything but a site of
//! ours is never touched.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use tallyproof_analysis::results::Analysis;
use tallyproof_core::facts::Facts;

use super::packs::read_limited;
use super::publish;
use crate::site::pages::{self, MANIFEST, MARKER, SiteError, SiteFacts, SiteFile, is_file_name, is_marker};
use crate::store::{Store, open_named, sha256_of};
use crate::trouble::{Outcome, Trouble};

/// Longest list of files read of an earlier site, bytes: a million tables with an image each give 150 MB.
const MAX_MANIFEST_BYTES: u64 = 256 << 20;
/// Deepest folder of a site.
const MAX_DEPTH: usize = 4;
/// Endings of pictures that browsers show or hand on.
const PICTURES: [&str; 6] = ["jpg", "jpeg", "png", "webp", "tif", "tiff"];

/// What is asked for.
pub struct SiteRequest<'a> {
    /// Where the site goes.
    pub out: &'a Path,
    /// A folder of images named by the SHA-256 of their originals, to be published.
    pub images: Option<&'a Path>,
    /// Files to be offered for download.
    pub attach: &'a [PathBuf],
    /// Hex SHA-256 of the signed checkpoint of the published bundle.
    pub checkpoint: Option<&'a str>,
}

/// What was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Files.
    pub n_files: u64,
    /// Bytes in them.
    pub n_bytes: u64,
}

/// Writes the site. Fails, before anything is changed, when `out` holds what this program did not write there.
pub fn write_site(
    store: &Store,
    facts: &Facts,
    analysis: &Analysis,
    request: &SiteRequest,
) -> Outcome<Written> {
    let attached = request.attach.iter().map(|path| attached(path)).collect::<Outcome<Vec<_>>>()?;
    let (images, image_files) = images(facts, request.images)?;
    let boundaries = publish::boundaries(store)?;
    let calibration = publish::calibration(store)?;
    let mut folder = Folder::begin(request.out)?;
    let site = SiteFacts {
        facts,
        analysis,
        boundaries: boundaries.as_deref(),
        calibration: calibration.as_ref(),
        checkpoint: request.checkpoint,
        images: request.images.map(|_| &images),
        attached: &attached,
    };
    let written = pages::write(&site, &mut |path, bytes| folder.put(path, bytes));
    written.map_err(|error| match error {
        SiteError::Report(error) => Trouble::Boundaries(error.to_string()),
        SiteError::Template(error) => Trouble::io(&folder.part)(io::Error::other(error)),
        SiteError::Io(error) => Trouble::io(&folder.part)(error),
    })?;
    for (from, name) in &image_files {
        folder.copy(from, &format!("images/{name}"))?;
    }
    for (from, file) in request.attach.iter().zip(&attached) {
        folder.copy(from, &format!("files/{}", file.name))?;
    }
    folder.finish()
}

/// Images of the folder that readings speak of, by their original's SHA-256, and where they lie.
#[expect(clippy::type_complexity, reason = "two lists of one walk")]
fn images(
    facts: &Facts,
    dir: Option<&Path>,
) -> Outcome<(BTreeMap<String, SiteFile>, Vec<(PathBuf, String)>)> {
    let (mut images, mut files) = (BTreeMap::new(), Vec::new());
    let Some(dir) = dir else { return Ok((images, files)) };
    let wanted: BTreeSet<&str> =
        facts.images.iter().filter_map(|image| image.reading.image.as_deref()).collect();
    let entries = fs::read_dir(dir).map_err(Trouble::io(dir))?.collect::<io::Result<Vec<_>>>();
    let mut paths: Vec<PathBuf> = entries.map_err(Trouble::io(dir))?.iter().map(fs::DirEntry::path).collect();
    paths.sort();
    for path in paths {
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        let Some((hash, ending)) = name.split_once('.') else { continue };
        let usable = wanted.contains(hash) && PICTURES.contains(&ending) && path.is_file();
        if usable && !images.contains_key(hash) {
            images.insert(hash.to_owned(), described(&path, name)?);
            files.push((path.clone(), name.to_owned()));
        }
    }
    Ok((images, files))
}

fn attached(path: &Path) -> Outcome<SiteFile> {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    if !is_file_name(name) {
        return Err(Trouble::BadFileName(path.display().to_string()));
    }
    described(path, name)
}

fn described(path: &Path, name: &str) -> Outcome<SiteFile> {
    let meta = fs::metadata(path).map_err(Trouble::io(path))?;
    // It is read twice: a pipe gives its bytes once, and some devices never end.
    if !meta.is_file() {
        return Err(Trouble::io(path)(io::Error::new(io::ErrorKind::InvalidInput, "no plain file")));
    }
    Ok(SiteFile { name: name.to_owned(), sha256: sha256_of(path)?, n_bytes: meta.len() })
}

/// The site under way, in `<out>.part`.
struct Folder {
    out: PathBuf,
    part: PathBuf,
    made: BTreeSet<PathBuf>,
    written: Written,
    finished: bool,
}

impl Drop for Folder {
    /// Takes away what a failed run made. A killed one leaves it to the next.
    fn drop(&mut self) {
        if !self.finished {
            let _ = clear_left(&self.part);
        }
    }
}

impl Folder {
    fn begin(out: &Path) -> Outcome<Self> {
        if out.file_name().is_none() {
            return Err(Trouble::BadFileName(out.display().to_string()));
        }
        is_replaceable(out)?;
        let part = beside(out, "part");
        for left in [&part, &beside(out, "replaced")] {
            clear_left(left)?;
        }
        fs::create_dir_all(&part).map_err(Trouble::io(&part))?;
        let (made, written) = (BTreeSet::new(), Written::default());
        Ok(Self { out: out.to_owned(), part, made, written, finished: false })
    }

    /// The place of a file of the site; every name in its path is a plain one, so it lies inside.
    fn place(&mut self, path: &str) -> io::Result<PathBuf> {
        if !path.split('/').all(is_file_name) {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, path.to_owned()));
        }
        let place = path.split('/').fold(self.part.clone(), |dir, name| dir.join(name));
        if let Some(dir) = place.parent()
            && self.made.insert(dir.to_owned())
        {
            fs::create_dir_all(dir)?;
        }
        Ok(place)
    }

    fn put(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
        let place = self.place(path)?;
        File::create_new(place)?.write_all(bytes)?;
        self.count(bytes.len() as u64);
        Ok(())
    }

    fn copy(&mut self, from: &Path, path: &str) -> Outcome<()> {
        let place = self.place(path).map_err(Trouble::io(from))?;
        let copied = open_named(from).and_then(|mut from| {
            let mut to = File::create_new(&place)?;
            io::copy(&mut from, &mut to)
        });
        self.count(copied.map_err(Trouble::io(from))?);
        Ok(())
    }

    fn count(&mut self, n_bytes: u64) {
        self.written.n_files += 1;
        self.written.n_bytes += n_bytes;
    }

    /// Puts the new site where the old one was. A kill in between leaves the old one as `<out>.replaced`.
    fn finish(mut self) -> Outcome<Written> {
        // The folder may have changed while the pages were written.
        is_replaceable(&self.out)?;
        let replaced = beside(&self.out, "replaced");
        if self.out.exists() {
            fs::rename(&self.out, &replaced).map_err(Trouble::io(&self.out))?;
        }
        fs::rename(&self.part, &self.out).map_err(Trouble::io(&self.out))?;
        self.finished = true;
        clear_left(&replaced)?;
        Ok(self.written)
    }
}

/// `<out>.<ending>`.
fn beside(out: &Path, ending: &str) -> PathBuf {
    let mut path = out.components().as_path().as_os_str().to_owned();
    path.push(".");
    path.push(ending);
    PathBuf::from(path)
}

/// Whether a folder is absent, empty, or a site of ours with nothing else in it.
fn is_replaceable(dir: &Path) -> Outcome<()> {
    let foreign = |file: String| Trouble::ForeignFolder { path: dir.to_owned(), file };
    let Ok(found) = fs::symlink_metadata(dir) else { return Ok(()) };
    if !found.is_dir() {
        return Err(foreign(dir.display().to_string()));
    }
    let mut files = Vec::new();
    list(dir, "", 0, &mut files)?;
    let Some(first) = files.first() else { return Ok(()) };
    if !has_marker(dir) {
        return Err(foreign(first.clone()));
    }
    let manifest = read_limited(&dir.join(MANIFEST), MAX_MANIFEST_BYTES)?.unwrap_or_default();
    let manifest = String::from_utf8_lossy(&manifest);
    let ours: BTreeSet<&str> = manifest.lines().filter_map(|line| Some(line.split_once("  ")?.1)).collect();
    let stranger = files.iter().find(|file| *file != MANIFEST && !ours.contains(file.as_str()));
    stranger.map_or(Ok(()), |file| Err(foreign(file.clone())))
}

/// Every file below a folder, links by their own name, with `/` between names.
fn list(dir: &Path, within: &str, depth: usize, files: &mut Vec<String>) -> Outcome<()> {
    for entry in fs::read_dir(dir).map_err(Trouble::io(dir))? {
        let entry = entry.map_err(Trouble::io(dir))?;
        let name = format!("{within}{}", entry.file_name().to_string_lossy());
        let is_dir = entry.file_type().map_err(Trouble::io(dir))?.is_dir();
        if is_dir && depth < MAX_DEPTH {
            let before = files.len();
            list(&entry.path(), &format!("{name}/"), depth + 1, files)?;
            if files.len() == before && depth == 0 && name.starts_with('.') {
                files.push(name);
            }
        } else {
            files.push(name);
        }
    }
    Ok(())
}

fn has_marker(dir: &Path) -> bool {
    let mut start = Vec::new();
    let read = File::open(dir.join(MARKER)).and_then(|file| file.take(4_096).read_to_end(&mut start));
    read.is_ok() && is_marker(&start)
}

/// Removes what an unfinished run left beside the site; anything else there is left alone, and said.
fn clear_left(dir: &Path) -> Outcome<()> {
    let Ok(found) = fs::symlink_metadata(dir) else { return Ok(()) };
    let is_empty = || fs::read_dir(dir).is_ok_and(|mut entries| entries.next().is_none());
    if found.is_dir() && (has_marker(dir) || is_empty()) {
        return fs::remove_dir_all(dir).map_err(Trouble::io(dir));
    }
    Err(Trouble::ForeignFolder { path: dir.to_owned(), file: dir.display().to_string() })
}
