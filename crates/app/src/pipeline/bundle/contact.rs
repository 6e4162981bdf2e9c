//! Contact sheets: every masked picture small, for a person to look at before any of them leaves.

use std::fs;
use std::path::{Path, PathBuf};

use tallyproof_core::journal::sha256_hex;
use tallyproof_reader::Luma;
use tallyproof_render::{Picture, Plane, contact_sheet, encode_grey, thumbnail};

use super::derivatives::Derived;
use crate::trouble::{Outcome, Trouble};

/// Pictures on a sheet, and in a row of it.
const PER_SHEET: usize = 60;
const COLUMNS: usize = 10;
/// Longer side of a picture on it, px: signatures show, and ten of them fit a screen's width twice.
const SIDE_PX: usize = 360;
const QUALITY: u8 = 85;

/// A small picture.
pub(super) struct Thumbnail(Picture);

impl Thumbnail {
    pub(super) fn of(luma: &Luma) -> Self {
        let (width, height) = (luma.width_px(), luma.height_px());
        let half = || Plane::filled(width.div_ceil(2), height.div_ceil(2), 128);
        let luma = Plane { width, height, samples: luma.pixels().to_vec() };
        Self(thumbnail(&Picture { luma, blue: half(), red: half() }, SIDE_PX))
    }
}

/// Contact sheets as they fill.
pub struct Contacts {
    dir: PathBuf,
    waiting: Vec<Picture>,
    /// Which picture stands where: the sheet's number, row and column, from 1.
    list: String,
    n_listed: usize,
    hashes: String,
    /// The sheets written.
    pub files: Vec<PathBuf>,
    /// The hash that says which set was looked at: over the sheets and the list, derivatives' hashes and all.
    pub sha256: String,
}

impl Contacts {
    pub(super) fn new(dir: &Path) -> Self {
        Self {
            dir: dir.to_owned(),
            waiting: Vec::new(),
            list: "sheet,row,column,original,published\n".to_owned(),
            n_listed: 0,
            hashes: String::new(),
            files: Vec::new(),
            sha256: String::new(),
        }
    }

    pub(super) fn add(&mut self, row: &Derived, small: Thumbnail) -> Outcome<()> {
        let (sheet, place) = (self.n_listed / PER_SHEET + 1, self.n_listed % PER_SHEET);
        let (down, across) = (place / COLUMNS + 1, place % COLUMNS + 1);
        self.list.push_str(&format!("{sheet},{down},{across},{},{}\n", row.original, row.published));
        self.n_listed += 1;
        self.waiting.push(small.0);
        if self.waiting.len() == PER_SHEET { self.write_sheet() } else { Ok(()) }
    }

    /// Writes what is left and the list; `None` when there was nothing.
    pub(super) fn finish(mut self) -> Outcome<Option<Self>> {
        if self.n_listed == 0 {
            return Ok(None);
        }
        if !self.waiting.is_empty() {
            self.write_sheet()?;
        }
        let list = std::mem::take(&mut self.list);
        self.write("contact.csv", list.as_bytes())?;
        self.sha256 = sha256_hex(self.hashes.as_bytes());
        Ok(Some(self))
    }

    fn write_sheet(&mut self) -> Outcome<()> {
        let sheet = contact_sheet(&std::mem::take(&mut self.waiting), COLUMNS, SIDE_PX);
        let (width, height) = (sheet.width(), sheet.height());
        // Sixty pictures of 360 px are far below what a JPEG holds.
        let jpeg = encode_grey(width, height, sheet.luma.samples, QUALITY).unwrap_or_default();
        let name = format!("contact-{}.jpg", self.files.len() + 1);
        let path = self.write(&name, &jpeg)?;
        self.files.push(path);
        Ok(())
    }

    fn write(&mut self, name: &str, bytes: &[u8]) -> Outcome<PathBuf> {
        let path = self.dir.join(name);
        fs::write(&path, bytes).map_err(Trouble::io(&path))?;
        self.hashes.push_str(&format!("{}  {name}\n", sha256_hex(bytes)));
        Ok(path)
    }
}
