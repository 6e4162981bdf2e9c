//! Documents: PDF files and TIFF files of several pages, each page's picture an original of its own.
//!
//! The document is kept byte for byte, and a page's picture can be taken out of it again at any time. Whoever
//! sends the same picture inside a document and by itself is one witness, since both are the same original.

use serde_json::json;
use tallyproof_evidence::ledger::unread_id;
use tallyproof_reader::document::{Document, DocumentFault, PageFault};

use super::{Desk, MAX_IMAGE_BYTES, Skipped};
use crate::pipeline::election::whoabouts;
use crate::store::Fact;
use crate::trouble::Outcome;

/// Most bytes that the pages of one document come to: pages may share a picture, and a crafted document must cost
/// neither the disk nor the night. Scans are as large as their document; pictures with a palette are larger.
const MAX_PAGES_BYTES: u64 = 256 << 20;
/// More of them for every byte of the document.
const MAX_PAGES_PER_BYTE: u64 = 2;

impl Desk<'_> {
    /// Keeps a picture, or a document with the pictures of its pages.
    pub(super) fn keep_file(&mut self, name: &str, bytes: &[u8]) -> Outcome<()> {
        match Document::open(bytes) {
            Some(opened) => self.keep_document(name, bytes, opened),
            None if bytes.len() as u64 > MAX_IMAGE_BYTES => {
                self.skip(name.to_owned(), Skipped::TooLarge);
                Ok(())
            }
            None => self.keep(name, bytes, None),
        }
    }

    fn keep_document(
        &mut self,
        name: &str,
        bytes: &[u8],
        opened: Result<Document<'_>, DocumentFault>,
    ) -> Outcome<()> {
        let sha256 = self.store.keep_original(bytes)?;
        let n_pages = opened.as_ref().map_or(0, Document::n_pages);
        if self.documents.insert((sha256.clone(), self.source.to_owned(), name.to_owned())) {
            let body =
                json!({"sha256": sha256, "bytes": bytes.len(), "source": self.source, "pages": n_pages});
            self.note("document.added", body, name)?;
        }
        let document = match opened {
            Ok(document) => document,
            Err(fault) => return self.note_unread(name, &sha256, None, document_cause(fault)),
        };
        let most = MAX_PAGES_BYTES.saturating_add((bytes.len() as u64).saturating_mul(MAX_PAGES_PER_BYTE));
        let mut taken = 0u64;
        for index in 0..n_pages {
            let page = index + 1;
            if taken > most {
                self.skip(format!("{name}#page={page}"), Skipped::DocumentTooLarge);
                return Ok(());
            }
            match document.page(index) {
                Ok(pictures) => {
                    let single = pictures.len() == 1;
                    for (picture, number) in pictures.iter().zip(1..) {
                        taken = taken.saturating_add(picture.len() as u64);
                        let part = if single { String::new() } else { format!(".{number}") };
                        self.keep(&format!("{name}#page={page}{part}"), picture, Some((&sha256, page)))?;
                    }
                }
                Err(fault) => {
                    self.note_unread(&format!("{name}#page={page}"), &sha256, Some(page), page_cause(fault))?;
                }
            }
        }
        if document.is_cut() {
            self.skip(format!("{name}#page={}", n_pages + 1), Skipped::DocumentTooLarge);
        }
        Ok(())
    }

    /// A page that gives no picture, or a whole document that gives no page, is accounted for like an image that
    /// cannot be used.
    fn note_unread(&mut self, name: &str, document: &str, page: Option<usize>, cause: &str) -> Outcome<()> {
        self.count();
        let id = unread_id(document, page.map(|page| page as u64));
        match self.is_new(&id, name)? {
            None => Ok(()),
            Some(_) => {
                let body = json!({"document": document, "page": page, "cause": cause, "source": self.source});
                self.done.n_unread += 1;
                self.note("document.unread", body, name)
            }
        }
    }

    pub(super) fn note(
        &mut self,
        kind: &'static str,
        mut body: serde_json::Value,
        name: &str,
    ) -> Outcome<()> {
        let mut private = match self.by {
            Some(account) => {
                // Public, as every act at the desk: whoever sends an image may be the one who rules on it.
                body["by"] = json!(account);
                json!({"time": jiff::Timestamp::now().to_string()})
            }
            None => whoabouts(None),
        };
        private["file"] = json!(name);
        self.batch.push(Fact { kind, body, private });
        if self.batch.len() >= super::BATCH { self.flush() } else { Ok(()) }
    }
}

/// Every cause a document or page can have; each has words in both languages.
pub const CAUSES: [&str; 9] = [
    "document-encrypted",
    "document-damaged",
    "document-without-pages",
    "document-too-large",
    "page-without-picture",
    "page-layered",
    "page-unsupported",
    "page-damaged",
    "page-too-large",
];

fn document_cause(fault: DocumentFault) -> &'static str {
    match fault {
        DocumentFault::Encrypted => "document-encrypted",
        DocumentFault::Damaged => "document-damaged",
        DocumentFault::NoPages => "document-without-pages",
        DocumentFault::TooLarge => "document-too-large",
    }
}

fn page_cause(fault: PageFault) -> &'static str {
    match fault {
        PageFault::NoPicture => "page-without-picture",
        PageFault::Layered => "page-layered",
        PageFault::Unsupported(_) => "page-unsupported",
        PageFault::Damaged => "page-damaged",
        PageFault::TooLarge => "page-too-large",
    }
}
