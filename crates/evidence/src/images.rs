//! What became of every original picture in a bundle.

use crate::bag::Bag;
use crate::error::EvidenceError;
use crate::layout::IMAGE_TABLE;

/// Longest table, bytes: a million originals at 160 bytes are a sixth of it.
const MAX_TABLE_BYTES: u64 = 1 << 30;

/// Columns of `images.csv`: the original's hash, the published file's name, what was done, and why none was published.
pub const IMAGE_COLUMNS: [&str; 4] = ["original", "published", "treatment", "cause"];

/// What was done to an original before it was published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Treatment {
    /// Its picture is published bit for bit; what its file said beside the picture is not.
    Stripped,
    /// Regions with names, numbers or signatures were painted over.
    Masked,
    /// Only its hash is published.
    Withheld,
}

impl Treatment {
    /// Every treatment; each has words in both languages.
    pub const ALL: [Treatment; 3] = [Treatment::Stripped, Treatment::Masked, Treatment::Withheld];

    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Treatment::Stripped => "stripped",
            Treatment::Masked => "masked",
            Treatment::Withheld => "withheld",
        }
    }

    /// The treatment with this code.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|treatment| treatment.code() == code)
    }
}

/// A row of `images.csv`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageRow {
    /// Hash of the original.
    pub original: String,
    /// Name of the published file; empty when there is none.
    pub published: String,
    /// What was done; `None` when the table says something else.
    pub treatment: Option<Treatment>,
}

/// What a bundle says became of every original. Fails when the table cannot be read.
pub fn published_images(bag: &Bag) -> Result<Vec<ImageRow>, EvidenceError> {
    let bytes = bag.read(IMAGE_TABLE, MAX_TABLE_BYTES)?;
    let bad = |line: usize| {
        let error = std::io::Error::new(std::io::ErrorKind::InvalidData, format!("line {line}"));
        EvidenceError::Io { file: IMAGE_TABLE.to_owned(), error }
    };
    let text = std::str::from_utf8(&bytes).map_err(|_| bad(1))?;
    let mut lines = text.split_terminator('\n').enumerate();
    // Hashes, plain names and codes: no cell needs a quote.
    if lines.next().map(|(_, header)| header) != Some(IMAGE_COLUMNS.join(",").as_str()) {
        return Err(bad(1));
    }
    let row = |(at, line): (usize, &str)| {
        let cells: Vec<&str> = line.split(',').collect();
        let [original, published, treatment, _cause] = cells[..] else { return Err(bad(at + 1)) };
        let treatment = Treatment::parse(treatment);
        Ok(ImageRow { original: original.to_owned(), published: published.to_owned(), treatment })
    };
    lines.map(row).collect()
}
