//! The public site: static pages that open from a folder or any web host.
//!
//! Nothing is fetched from elsewhere, no server and no tracker is needed. The two languages are two trees of
//! pages, so that each page has one language for whoever hears it, and its address can be passed on. What both
//! share (stylesheet, script, search index, files, images) exists once.
//!
//! A table has no page of its own: tables stand, centre by centre, on pages of their area, at most
//! `country::MOST_TABLES` on each. 30,000 tables are then some 3,000 small files rather than 60,000, which
//! some web hosts refuse and a memory stick rounds up to gigabytes.
//!
//! File names come from codes of areas alone, through `address`; nobody's words get into a path. Same inputs,
//! same bytes.

mod accounts;
mod address;
mod area;
pub(crate) mod cell;
mod country;
mod entry;
mod files;
mod frame;
mod index;
mod lines;
mod overview;
mod texts;
mod tree;

use std::collections::BTreeMap;
use std::io;

use tallyproof_analysis::calibrate::Calibration;
use tallyproof_analysis::results::Analysis;
use tallyproof_core::facts::Facts;
use tallyproof_core::journal::sha256_hex;

pub use address::is_file_name;
pub use files::{MANIFEST, MARKER, is_marker};

use super::ReportError;
use crate::words::{Lang, Words};
use country::Country;
use tree::Tree;

/// What a site is a function of.
pub struct SiteFacts<'a> {
    /// The set of facts.
    pub facts: &'a Facts,
    /// Their analysis.
    pub analysis: &'a Analysis<'a>,
    /// The user's boundaries: GeoJSON (RFC 7946), where there are any.
    pub boundaries: Option<&'a [u8]>,
    /// How often the intervals held the truth when sheets were hidden, where that was measured.
    pub calibration: Option<&'a Calibration>,
    /// Hex SHA-256 of the signed checkpoint that the published bundle carries, where there is one.
    pub checkpoint: Option<&'a str>,
    /// Images that the caller puts into `images/`, by the original's SHA-256; `None` publishes hashes alone.
    pub images: Option<&'a BTreeMap<String, SiteFile>>,
    /// Files that the caller puts into `files/` to be downloaded, such as the evidence bundle.
    pub attached: &'a [SiteFile],
}

/// A file that the caller puts into the site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteFile {
    /// Its name, as [`is_file_name`] allows; others are left out.
    pub name: String,
    /// Hex SHA-256 of its bytes.
    pub sha256: String,
    /// Its size, bytes.
    pub n_bytes: u64,
}

/// When a site cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum SiteError {
    /// When a page cannot be made.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// When a template cannot be filled in.
    #[error(transparent)]
    Template(#[from] askama::Error),
    /// When a file cannot be written.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Where a page goes: its path in the site, `/` between names, and its bytes.
pub type Sink<'o> = dyn FnMut(&str, &[u8]) -> io::Result<()> + 'o;

/// Writes every page and file of the site, each once; the last is [`MANIFEST`], with the SHA-256 of every other.
pub fn write(site: &SiteFacts, out: &mut Sink) -> Result<(), SiteError> {
    let mut sums: BTreeMap<String, String> = BTreeMap::new();
    for (folder, file) in files::placed(site) {
        sums.insert(format!("{folder}/{}", file.name), file.sha256.clone());
    }
    {
        let mut put = |path: &str, bytes: &[u8]| {
            sums.insert(path.to_owned(), sha256_hex(bytes));
            out(path, bytes)
        };
        write_pages(site, &mut put)?;
    }
    let lines: String = sums.iter().map(|(path, sha256)| format!("{sha256}  {path}\n")).collect();
    out(MANIFEST, lines.as_bytes())?;
    Ok(())
}

fn write_pages(site: &SiteFacts, put: &mut Sink) -> Result<(), SiteError> {
    let words = Lang::ALL.map(Words::new);
    // First: whoever finds half a site knows whose it is.
    put(MARKER, &files::marker(&site.facts.pack.id))?;
    let downloads = files::write(site, &words, put)?;
    let country = Country::new(site.facts, site.analysis);
    index::write(site, &country, put)?;
    for words in &words {
        let pen = super::html::Pen::new(words);
        let tree = Tree::new(site, &country, &downloads, &pen);
        texts::write(&tree, put)?;
        overview::write(&tree, put)?;
        area::write(&tree, put)?;
    }
    frame::write_shared(site, &words, put)
}
