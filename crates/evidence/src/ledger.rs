//! What the journal's events add up to: the current state of everything journalled, in memory.
//!
//! A fold over public parts alone, so that whoever holds the journal and the kept files derives the same facts,
//! with the private parts or without.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tallyproof_core::canonical::canonical_json;
use tallyproof_core::journal::{BodyText, Event};
use tallyproof_core::review::DeskEvent;

use crate::proof::TABLE_PUBLISHED;
use crate::seen::Look;

/// One imported file, as its event says.
#[derive(Clone, Debug, PartialEq)]
pub struct Import {
    /// Hex SHA-256 of the file.
    pub sha256: String,
    /// Labels of the versions it supersedes.
    pub supersedes: Vec<String>,
    /// The mapping it was read by.
    pub mapping: Value,
    /// Rows adopted.
    pub n_adopted: u64,
    /// Rows refused.
    pub n_refused: u64,
}

/// One picture, or a page that gave none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Original {
    /// Ids of the sources it came from.
    pub sources: BTreeSet<String>,
    /// Number of the first event that speaks of it.
    pub seq: u64,
    /// What was read on it last; `None` when it was not looked at yet.
    pub reading: Option<Look>,
    /// Whether it is a page that gave no picture.
    pub is_page: bool,
}

impl Original {
    fn take(&mut self, reading: &Value) {
        // Of a picture that says something, no word beside it makes a page.
        self.is_page = reading.get("document").is_some() && text(reading, "outcome") == "not-usable";
        self.reading = Some(Look::of(reading));
    }
}

/// The pack in force.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AdoptedPack {
    /// Its id.
    pub id: String,
    /// Hex SHA-256 of each of its files, by name.
    pub files: BTreeMap<String, String>,
}

/// What was last published of a table: there may be a million, so that only its hash is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublishedTable {
    /// Place of the event in the log, from 0: the leaf's index.
    pub index: u64,
    /// SHA-256 of the body's canonical JSON.
    pub digest: [u8; 32],
    /// Whether the table was taken back: it is no longer spoken of.
    pub withdrawn: bool,
}

/// An event of an audit.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditEvent {
    /// `audit.frozen`, `audit.drawn`, `audit.inspected` or `audit.abandoned`.
    pub kind: String,
    /// The public part.
    text: BodyText,
}

impl AuditEvent {
    /// An event with this public part.
    pub fn new(kind: &str, body: &Value) -> Self {
        Self { kind: kind.to_owned(), text: BodyText::of(body) }
    }

    /// The public part.
    pub fn body(&self) -> Value {
        self.text.value()
    }

    /// The hash of the frozen list that the event names, if it does.
    pub fn list(&self) -> Option<String> {
        let body = (self.kind == "audit.frozen").then(|| self.body())?;
        Some(body.get("sha256")?.as_str()?.to_owned())
    }
}

/// Everything that the events of a journal add up to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ledger {
    /// The pack in force; `None` before the first.
    pub pack: Option<AdoptedPack>,
    /// Hex SHA-256 of the boundaries in force.
    pub boundaries: Option<String>,
    /// Hex SHA-256 of the taught weights of the digit net; `None` while the built-in ones are in force.
    pub weights: Option<String>,
    /// Imports by (source, version label).
    pub imports: BTreeMap<(String, String), Import>,
    /// Pictures by the hex SHA-256 of their bytes; a page that gave none by what [`unread_id`] says.
    pub originals: BTreeMap<String, Original>,
    /// Pairs of pictures that were compared, the lesser hash first, and whether they are one.
    pub twins: BTreeMap<(String, String), bool>,
    /// Events of audits, in order.
    pub audits: Vec<AuditEvent>,
    /// Events of the desk, in order.
    pub desk: Vec<DeskEvent>,
    /// Tables by id, as last published.
    pub tables: BTreeMap<Box<str>, PublishedTable>,
}

/// What stands for the hash of a picture where a document, or a page of it counted from 1, gave none.
pub fn unread_id(document: &str, page: Option<u64>) -> String {
    page.map_or_else(|| document.to_owned(), |page| format!("{document}#page={page}"))
}

impl Ledger {
    /// Takes the next event into account. Kinds it does not know change nothing.
    pub fn take(&mut self, event: &Event) {
        let body = &event.body;
        match event.kind.as_str() {
            "pack.adopted" => self.adopt(body),
            "boundaries.adopted" => self.boundaries = Some(text(body, "sha256")),
            "weights.trained" if body.get("adopted") == Some(&Value::Bool(true)) => {
                self.weights = Some(text(body, "new_sha256"));
            }
            "weights.reset" => self.weights = None,
            "source.imported" => self.import(body),
            "image.added" => {
                if let Some(document) = body.get("document").and_then(Value::as_str) {
                    // A page that gave no picture to an earlier version of the program.
                    self.originals.remove(&unread_id(document, count(body, "page")));
                }
                self.came(text(body, "sha256"), body, event.seq);
            }
            "document.added" if count(body, "pages").is_some_and(|n| n > 0) => {
                self.originals.remove(&text(body, "sha256"));
            }
            "document.unread" => {
                let document = text(body, "document");
                let reading =
                    json!({"outcome": "not-usable", "cause": text(body, "cause"), "document": document});
                let page = self.came(unread_id(&document, count(body, "page")), body, event.seq);
                if page.reading.is_none() {
                    page.take(&reading);
                }
            }
            "image.read" => {
                self.originals.entry(text(body, "sha256")).or_default().take(body);
            }
            "pictures.compared" => {
                for pair in body.get("pairs").and_then(Value::as_array).into_iter().flatten() {
                    let same = pair.get("same").and_then(Value::as_bool).unwrap_or_default();
                    self.twins.insert((text(pair, "a"), text(pair, "b")), same);
                }
            }
            TABLE_PUBLISHED => {
                // A withdrawal that gave figures too would prove a table that no fact speaks of.
                let withdrawn = *body == withdrawal(&text(body, "table"));
                let index = event.seq.saturating_sub(1);
                let published = PublishedTable { index, digest: digest_of(body), withdrawn };
                self.tables.insert(text(body, "table").into(), published);
            }
            kind if DeskEvent::is_kind(kind) => {
                self.desk.push(DeskEvent::new(event.seq, kind, body));
            }
            kind if kind.starts_with("audit.") => {
                self.audits.push(AuditEvent::new(kind, body));
            }
            _ => {}
        }
    }

    /// Pictures that came from somewhere, in order of their hash.
    pub fn pictures(&self) -> impl Iterator<Item = (&str, &Original)> {
        let came = self.originals.iter().filter(|(_, original)| !original.sources.is_empty());
        came.map(|(sha256, original)| (sha256.as_str(), original))
    }

    /// Hashes of the originals that are pictures: all but pages that gave none.
    pub fn picture_hashes(&self) -> impl Iterator<Item = &str> {
        self.pictures().filter(|(_, original)| !original.is_page).map(|(sha256, _)| sha256)
    }

    fn adopt(&mut self, body: &Value) {
        let files = body.get("files").and_then(Value::as_object).into_iter().flatten();
        let hash = |(name, hash): (&String, &Value)| Some((name.clone(), hash.as_str()?.to_owned()));
        self.pack = Some(AdoptedPack { id: text(body, "id"), files: files.filter_map(hash).collect() });
    }

    fn import(&mut self, body: &Value) {
        let (source, label) = (text(body, "source"), text(body, "version"));
        let labels = body.get("supersedes").and_then(Value::as_array).into_iter().flatten();
        let import = Import {
            sha256: text(body, "sha256"),
            supersedes: labels.filter_map(Value::as_str).map(str::to_owned).collect(),
            mapping: body.get("mapping").cloned().unwrap_or_default(),
            n_adopted: count(body, "adopted").unwrap_or(0),
            n_refused: count(body, "refused").unwrap_or(0),
        };
        if let Some(newer) = body.get("superseded_by").and_then(Value::as_str)
            && let Some(newer) = self.imports.get_mut(&(source.clone(), newer.to_owned()))
        {
            newer.supersedes.push(label.clone());
        }
        self.imports.insert((source, label), import);
    }

    fn came(&mut self, id: String, body: &Value, seq: u64) -> &mut Original {
        let original = self.originals.entry(id).or_insert_with(|| Original { seq, ..Original::default() });
        original.sources.insert(text(body, "source"));
        original
    }
}

/// The body of an event that takes a table back.
pub fn withdrawal(table: &str) -> Value {
    json!({"table": table, "withdrawn": true})
}

/// SHA-256 of a body's canonical JSON. Bodies hold no floats; one that does is no event's.
pub fn digest_of(body: &Value) -> [u8; 32] {
    Sha256::digest(canonical_json(body).unwrap_or_default()).into()
}

fn text(body: &Value, key: &str) -> String {
    body.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn count(body: &Value, key: &str) -> Option<u64> {
    body.get(key).and_then(Value::as_u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ledger(events: &[(&str, Value)]) -> Ledger {
        let mut ledger = Ledger::default();
        for (seq, (kind, body)) in (1..).zip(events) {
            ledger.take(&Event {
                seq,
                kind: (*kind).to_owned(),
                body: body.clone(),
                private_commitment: String::new(),
                prev: String::new(),
            });
        }
        ledger
    }

    #[test]
    fn the_last_reading_stands_and_only_of_pictures_that_came() {
        let read =
            |cause: &str| json!({"sha256": "aa", "outcome": "unread", "cause": cause, "signature": {}});
        let ledger = ledger(&[
            ("image.added", json!({"sha256": "aa", "source": "b"})),
            ("image.added", json!({"sha256": "aa", "source": "a"})),
            ("image.read", read("blurred")),
            ("image.read", read("glare")),
            ("image.read", json!({"sha256": "never-added", "outcome": "read"})),
        ]);
        let pictures: Vec<_> = ledger.pictures().collect();
        assert_eq!(pictures.len(), 1);
        assert_eq!(pictures[0].1.sources.iter().collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(
            pictures[0].1.reading.as_ref().map(|look| look.body()),
            Some(json!({"sha256": "aa", "outcome": "unread", "cause": "glare"}))
        );
    }

    #[test]
    fn a_page_without_a_picture_is_forgotten_once_it_gives_one() {
        let unread =
            ("document.unread", json!({"document": "d", "page": 2, "cause": "no-picture", "source": "s"}));
        let before = ledger(std::slice::from_ref(&unread));
        assert_eq!(before.pictures().map(|(id, _)| id).collect::<Vec<_>>(), ["d#page=2"]);
        let added = ("image.added", json!({"sha256": "aa", "document": "d", "page": 2, "source": "s"}));
        assert_eq!(ledger(&[unread, added]).pictures().map(|(id, _)| id).collect::<Vec<_>>(), ["aa"]);
    }

    #[test]
    fn a_version_may_be_declared_older_later() {
        let import = |version: &str, more: Value| {
            let mut body = json!({"source": "s", "version": version, "supersedes": []});
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            ("source.imported", body)
        };
        let ledger =
            ledger(&[import("V2", json!({})), import("V1", json!({"superseded_by": "V2", "adopted": 7}))]);
        assert_eq!(ledger.imports[&("s".to_owned(), "V2".to_owned())].supersedes, ["V1"]);
        assert_eq!(ledger.imports[&("s".to_owned(), "V1".to_owned())].n_adopted, 7);
    }
}
