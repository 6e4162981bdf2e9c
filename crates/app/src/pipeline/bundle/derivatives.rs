//! What leaves of every original's picture: its file without a word beside the pixels, the picture with private zones
//! painted over, or nothing but its hash.
//!
//! Everything here fails closed: whatever is not certain is withheld, and `images.csv` says why. Derivatives are put
//! by in `DIR/masking/`, where a person can look at them before they leave.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rayon::prelude::*;
use serde_json::Value;
use tallyproof_core::form::{Form, Script};
use tallyproof_core::journal::sha256_hex;
use tallyproof_core::pack::Pack;
use tallyproof_core::print::{Match, Print, Printed};
use tallyproof_evidence::images::Treatment;
use tallyproof_evidence::ledger::Ledger;
use tallyproof_reader::codes::{Budget, Place};
use tallyproof_reader::image::{DecodeLimits, Unstrippable, decode_luma, strip};
use tallyproof_reader::layout;
use tallyproof_render::encode_grey;

use super::contact::{Contacts, Thumbnail};
use crate::pipeline::read::{image_cause, original};
use crate::pipeline::workers::{Eyes, survive};
use crate::store::Store;
use crate::trouble::{BundleTrouble, Outcome, Trouble};

/// Which images leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Images {
    /// Hashes alone.
    None,
    /// Pictures on which private zones are painted over.
    Masked,
    /// Whole pictures, without what their files say beside them.
    Full,
}

/// Causes why an image stays, beside those of files that are no usable image; each has words in both languages.
pub const WITHHELD: [&str; 8] = [
    "not-asked-for",
    "set-aside",
    "layout-not-reviewed",
    "layout-not-located",
    "code-not-read",
    "several-in-view",
    "unknown-container",
    "pixels-differ",
];

/// Quality of masked pictures: digits of 12 px stay as they are to the eye and to the reader.
const QUALITY: u8 = 90;

/// Longest time spent on finding the lines of one picture, as in reading.
const PATIENCE: Duration = Duration::from_secs(10);

/// Share of a form's figures that must be read where the layout says they stand: lines that are off by one row show
/// other figures, or none.
const LEAST_READ: f64 = 0.8;

/// Images per thread between two contact sheets.
const CHUNK_PER_JOB: usize = 8;

/// Fewest characters that name an image to be withheld.
const LEAST_NAME: usize = 8;

/// What becomes of one original.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Derived {
    /// Its hash.
    pub original: String,
    /// Name of the file that leaves: its hash, and what kind of file it is. Empty when none does.
    pub published: String,
    /// What was done.
    pub treatment: Treatment,
    /// Why nothing leaves; empty when something does.
    pub cause: String,
}

/// What becomes of all originals.
pub struct Derivatives {
    /// One row for each, in order of the hash.
    pub rows: Vec<Derived>,
    /// Where the files lie.
    dir: PathBuf,
    /// What a person must have looked at; `None` where nothing was masked.
    pub contacts: Option<Contacts>,
}

impl Derivatives {
    /// How many of each treatment, by cause.
    pub fn counts(&self) -> BTreeMap<(Treatment, &str), u64> {
        let mut counts = BTreeMap::new();
        for row in &self.rows {
            *counts.entry((row.treatment, row.cause.as_str())).or_default() += 1;
        }
        counts
    }

    /// One row for each picture of a ledger. A picture that came after the derivatives were made was not asked for:
    /// nobody looked at it.
    pub(super) fn rows_of(&self, ledger: &Ledger) -> Vec<Derived> {
        let known: BTreeMap<&str, &Derived> =
            self.rows.iter().map(|row| (row.original.as_str(), row)).collect();
        let row =
            |original: &str| known.get(original).map_or_else(|| withheld(original), |row| (*row).clone());
        ledger.picture_hashes().map(row).collect()
    }

    /// Path of a file that leaves.
    pub fn path(&self, published: &str) -> PathBuf {
        self.dir.join(published)
    }

    /// Takes away what was put by.
    pub fn forget(&self) -> Outcome<()> {
        if self.dir.exists() { fs::remove_dir_all(&self.dir).map_err(Trouble::io(&self.dir)) } else { Ok(()) }
    }
}

/// An original of which nothing leaves, since nobody asked.
fn withheld(original: &str) -> Derived {
    Derived {
        original: original.to_owned(),
        published: String::new(),
        treatment: Treatment::Withheld,
        cause: "not-asked-for".to_owned(),
    }
}

/// What is asked for.
#[derive(Clone, Copy)]
pub struct Request<'r> {
    /// Which images leave.
    pub images: Images,
    /// Originals that must not, by the beginning of their hash.
    pub set_aside: &'r [String],
    /// Pictures looked at at once.
    pub jobs: usize,
}

/// Derives what leaves of every picture of the folder. Fails when an original is gone, or a name fits none.
pub fn derive(
    store: &Store,
    pack: &Pack,
    ledger: &Ledger,
    eyes: &Eyes<'_>,
    request: &Request<'_>,
    progress: &(dyn Fn(u64, u64) + Sync),
) -> Outcome<Derivatives> {
    let Request { images, set_aside, jobs } = *request;
    let originals: Vec<&str> = ledger.picture_hashes().collect();
    for name in set_aside {
        let fits =
            name.len() >= LEAST_NAME && originals.iter().any(|sha256| sha256.starts_with(name.as_str()));
        if !fits {
            return Err(BundleTrouble::NoSuchImage(name.clone()).into());
        }
    }
    let root = store.masking_dir();
    if images != Images::None && root.exists() {
        fs::remove_dir_all(&root).map_err(Trouble::io(&root))?;
    }
    let dir = root.join("images");
    let mut contacts = Contacts::new(&root);
    if images != Images::None {
        fs::create_dir_all(&dir).map_err(Trouble::io(&dir))?;
    }
    let pool = rayon::ThreadPoolBuilder::new().num_threads(jobs.max(1)).build().map_err(|error| {
        Trouble::Io { path: root.clone(), error: std::io::Error::other(error.to_string()) }
    })?;
    let job = Job { store, pack, eyes, images, set_aside, dir: &dir };
    let mut rows = Vec::with_capacity(originals.len());
    for chunk in originals.chunks(CHUNK_PER_JOB * jobs.max(1)) {
        let made: Vec<_> = pool.install(|| chunk.par_iter().map(|sha256| job.one(sha256)).collect());
        for one in made {
            let (row, thumbnail) = one?;
            if let Some(thumbnail) = thumbnail {
                contacts.add(&row, thumbnail)?;
            }
            rows.push(row);
        }
        progress(rows.len() as u64, originals.len() as u64);
    }
    let contacts = contacts.finish()?;
    Ok(Derivatives { rows, dir, contacts })
}

/// What is the same for all pictures.
struct Job<'j> {
    store: &'j Store,
    pack: &'j Pack,
    eyes: &'j Eyes<'j>,
    images: Images,
    set_aside: &'j [String],
    dir: &'j Path,
}

/// A file that may leave.
struct Made {
    bytes: Vec<u8>,
    extension: &'static str,
    treatment: Treatment,
    thumbnail: Option<Thumbnail>,
}

impl Job<'_> {
    fn one(&self, sha256: &str) -> Outcome<(Derived, Option<Thumbnail>)> {
        let mut row = Derived {
            original: sha256.to_owned(),
            published: String::new(),
            treatment: Treatment::Withheld,
            cause: String::new(),
        };
        match self.made(sha256)? {
            Ok(made) => {
                row.published = format!("{}.{}", sha256_hex(&made.bytes), made.extension);
                row.treatment = made.treatment;
                let path = self.dir.join(&row.published);
                fs::write(&path, &made.bytes).map_err(Trouble::io(&path))?;
                Ok((row, made.thumbnail))
            }
            Err(cause) => {
                row.cause = cause;
                Ok((row, None))
            }
        }
    }

    /// What may leave of one original, or the cause why nothing does.
    fn made(&self, sha256: &str) -> Outcome<Result<Made, String>> {
        if self.images == Images::None {
            return Ok(Err("not-asked-for".into()));
        }
        if self.set_aside.iter().any(|name| sha256.starts_with(name.as_str())) {
            return Ok(Err("set-aside".into()));
        }
        let path = self.store.original_path(sha256);
        let bytes = original(&path, sha256)?;
        if self.images == Images::Full {
            return Ok(guarded(|| stripped(&bytes)));
        }
        let reviewed = self.pack.form.as_ref().filter(|form| form.masking_reviewed.is_some());
        let Some(form) = reviewed else { return Ok(Err("layout-not-reviewed".into())) };
        let look = self.eyes.look(&bytes).map_err(Trouble::io(&path))?;
        Ok(certain(self.pack, form, &look).and_then(|place| guarded(|| masked(form, place.as_ref(), &bytes))))
    }
}

/// What `make` gives, or a cause when it panics: one picture's fault among thousands.
fn guarded(make: impl FnOnce() -> Result<Made, String>) -> Result<Made, String> {
    let mut made = Err("reader-failed".to_owned());
    survive(|| {
        made = make();
        Value::Null
    });
    made
}

/// The file without what it says beside its picture, which must decode to the same pixels.
fn stripped(bytes: &[u8]) -> Result<Made, String> {
    let decode = |bytes: &[u8]| decode_luma(bytes, &DecodeLimits::default());
    let before = decode(bytes).map_err(|fault| image_cause(&fault).to_owned())?;
    if before.damage.is_some() {
        return Err("damaged-file".into());
    }
    let stripped = strip(bytes).map_err(|fault| match fault {
        Unstrippable::Container => "unknown-container",
        Unstrippable::Damaged => "damaged-file",
    })?;
    match decode(&stripped.bytes) {
        Ok(after) if after == before => Ok(Made {
            bytes: stripped.bytes,
            extension: stripped.extension,
            treatment: Treatment::Stripped,
            thumbnail: None,
        }),
        _ => Err("pixels-differ".into()),
    }
}

/// Where the code stands, when the reader's look shows beyond doubt that its rows are this form's: one sheet alone in
/// view, its code read, its figures where they belong, and those that zones begin or end at among them.
fn certain(pack: &Pack, form: &Form, look: &Value) -> Result<Option<Place>, String> {
    let text = |key: &str| look.get(key).and_then(Value::as_str).unwrap_or_default();
    match text("outcome") {
        "not-usable" => return Err(text("cause").to_owned()),
        _ if look.get("damage").is_some_and(|damage| !damage.is_null()) => return Err("damaged-file".into()),
        "several" | "foreign" => return Err("several-in-view".into()),
        "read" => {}
        _ if pack.payload.is_some() => return Err("code-not-read".into()),
        _ => {}
    }
    let others = look.get("others").and_then(Value::as_array).is_some_and(|others| !others.is_empty());
    if others || look.get("undecoded").and_then(Value::as_u64).is_some_and(|n| n > 0) {
        return Err("several-in-view".into());
    }
    let print = Print::from_json(look.pointer("/print/figures").unwrap_or(&Value::Null));
    let is_read = |figure| {
        print.figure(figure).is_some_and(|figure| match &figure.compared {
            Some((_, found)) => *found == Match::Same && matches!(figure.printed, Printed::Digits(_)),
            None => figure.sure_digits().is_some(),
        })
    };
    let n_figures = form.figures().count();
    let n_read = form.figures().filter(|&figure| is_read(figure)).count();
    let ends = form.private_zones().into_iter().flat_map(|zone| [zone.below, zone.above]).flatten();
    let enough = n_read as f64 >= LEAST_READ * n_figures as f64;
    if form.script != Script::Printed || !enough || !{ ends }.all(is_read) {
        return Err("layout-not-located".into());
    }
    Ok(look.get("place").and_then(place))
}

/// Four corners from the eight numbers of a reading.
fn place(value: &Value) -> Option<Place> {
    #[allow(clippy::cast_possible_truncation, reason = "pictures have at most 20,000 px a side")]
    let all: Vec<f32> =
        value.as_array()?.iter().map(|v| v.as_f64().map(|v| v as f32)).collect::<Option<_>>()?;
    all.as_chunks::<2>().0.try_into().ok()
}

/// The picture with its private zones painted over, in grey.
fn masked(form: &Form, code: Option<&Place>, bytes: &[u8]) -> Result<Made, String> {
    let photo =
        decode_luma(bytes, &DecodeLimits::default()).map_err(|fault| image_cause(&fault).to_owned())?;
    let mut luma = photo.luma;
    let start = Instant::now();
    let in_time = || start.elapsed() < PATIENCE;
    let not_located = || "layout-not-located".to_owned();
    let found = layout::find_within(&luma, form, code, &Budget::lasting_while(&in_time));
    let found = found.ok_or_else(not_located)?;
    layout::mask(&mut luma, form, &found, code).map_err(|_| not_located())?;
    let thumbnail = Thumbnail::of(&luma);
    let (width, height) = (luma.width_px(), luma.height_px());
    let bytes = encode_grey(width, height, luma.pixels().to_vec(), QUALITY).ok_or_else(not_located)?;
    Ok(Made { bytes, extension: "jpg", treatment: Treatment::Masked, thumbnail: Some(thumbnail) })
}
