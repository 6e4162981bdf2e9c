//! Pages out of documents: scans in PDF files and TIFF files of several pages.
//!
//! A page's picture is taken out as it lies there, never decoded and packed again: the compressed bytes get a
//! header of a picture file of their own (JPEG, PNG or TIFF), with the page's turn in it; only pictures with a
//! palette are stored uncompressed. The same document
//! gives the same pictures on every machine and with every version of the decoders.
//!
//! What it is not: a renderer. Text, lines and annotations that a PDF draws over a picture are not seen, nor
//! pictures below a twentieth of the largest one's size on the page.

mod pdf;
mod tiff;
mod wrap;

/// Most bytes of a document that is opened.
pub const MAX_DOCUMENT_BYTES: usize = 256 << 20;
/// Most pages of one document.
pub const MAX_PAGES: usize = 5_000;
/// Most bytes of one page's picture, compressed.
const MAX_PICTURE_BYTES: usize = 64 << 20;

/// A document whose pages can be taken out.
pub struct Document<'a>(Kind<'a>);

enum Kind<'a> {
    Pdf(pdf::Pdf<'a>),
    Tiff(tiff::Pages<'a>),
}

/// Why a document as a whole gives no page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DocumentFault {
    /// When its content is encrypted, with or without a password to open it.
    #[error("encrypted")]
    Encrypted,
    /// When its tables of contents cannot be followed.
    #[error("damaged")]
    Damaged,
    /// When it has no pages.
    #[error("no pages")]
    NoPages,
    /// When it is larger than [`MAX_DOCUMENT_BYTES`].
    #[error("too large")]
    TooLarge,
}

/// Why a page gives no picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PageFault {
    /// When nothing but text and lines is on it, or nothing at all.
    #[error("no picture")]
    NoPicture,
    /// When several pictures lie over each other, or through masks: only a renderer can tell what is seen.
    #[error("layered")]
    Layered,
    /// When its picture is packed in a way that is not read here.
    #[error("unsupported: {0}")]
    Unsupported(&'static str),
    /// When its description or its picture cannot be followed.
    #[error("damaged")]
    Damaged,
    /// When its picture or its description is too large.
    #[error("too large")]
    TooLarge,
}

impl<'a> Document<'a> {
    /// Opens a document; `None` for anything that is none, a TIFF file of a single page included: that is a
    /// picture.
    ///
    /// # Errors
    /// A [`DocumentFault`] for a document that gives no page at all.
    pub fn open(bytes: &'a [u8]) -> Option<Result<Self, DocumentFault>> {
        if is_pdf(bytes) {
            if bytes.len() > MAX_DOCUMENT_BYTES {
                return Some(Err(DocumentFault::TooLarge));
            }
            return Some(pdf::Pdf::open(bytes).map(|pdf| Self(Kind::Pdf(pdf))));
        }
        tiff::Pages::open(bytes).map(|pages| Ok(Self(Kind::Tiff(pages))))
    }

    /// Number of pages; at most [`MAX_PAGES`].
    #[must_use]
    pub fn n_pages(&self) -> usize {
        match &self.0 {
            Kind::Pdf(pdf) => pdf.n_pages(),
            Kind::Tiff(pages) => pages.n_pages(),
        }
    }

    /// Whether pages beyond [`MAX_PAGES`] were left out.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        match &self.0 {
            Kind::Pdf(pdf) => pdf.is_cut(),
            Kind::Tiff(pages) => pages.is_cut(),
        }
    }

    /// The pictures of page `index`, counted from 0: bytes of picture files, at least one. Several where a page
    /// shows several side by side.
    ///
    /// # Errors
    /// A [`PageFault`] when no picture can be had from it.
    pub fn page(&self, index: usize) -> Result<Vec<Vec<u8>>, PageFault> {
        match &self.0 {
            Kind::Pdf(pdf) => pdf.page(index),
            Kind::Tiff(pages) => pages.page(index).map(|page| vec![page]),
        }
    }
}

/// Whether bytes start like a PDF file; readers allow 1,024 bytes before it (ISO 32000-1, annex H, note 13).
#[must_use]
pub fn is_pdf(bytes: &[u8]) -> bool {
    const PICTURES: [&[u8]; 5] = [b"\xff\xd8\xff", b"\x89PNG", b"RIFF", b"II", b"MM"];
    let head = &bytes[..bytes.len().min(1_024)];
    !PICTURES.iter().any(|magic| head.starts_with(magic)) && head.windows(5).any(|five| five == b"%PDF-")
}
