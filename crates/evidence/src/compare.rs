//! What two bundles publish differently, table by table.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::bag::Bag;
use crate::error::EvidenceError;
use crate::proof::TABLE_PUBLISHED;
use crate::verify::each_event;

/// A figure or standing that two bundles give differently; `None` where one does not give it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The table.
    pub table: String,
    /// `status`, `class`, `counted`, `valid`, `blank`, `null` or `votes.<selection>`.
    pub field: String,
    /// In the first.
    pub a: Option<String>,
    /// In the second.
    pub b: Option<String>,
}

/// Images that stand behind a table, where they are not the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relinked {
    /// The table.
    pub table: String,
    /// Hashes in the first, sorted.
    pub a: Vec<String>,
    /// Hashes in the second.
    pub b: Vec<String>,
}

/// How two bundles differ.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// Tables in both.
    pub n_common: u64,
    /// Tables only the second speaks of.
    pub added: Vec<String>,
    /// Tables only the first speaks of.
    pub withdrawn: Vec<String>,
    /// Figures and standings.
    pub changed: Vec<Change>,
    /// Images.
    pub relinked: Vec<Relinked>,
}

impl Comparison {
    /// Compares what two bundles published last of every table. Verify both first: this trusts their journals.
    pub fn of(a: &Bag, b: &Bag) -> Result<Self, EvidenceError> {
        let (a, b) = (tables(a)?, tables(b)?);
        let mut found = Self::default();
        let names: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
        for table in names {
            match (a.get(table), b.get(table)) {
                (Some(one), Some(other)) => {
                    found.n_common += 1;
                    // Bytes are canonical: the same body has the same.
                    if one != other {
                        found.add(table, one, other);
                    }
                }
                (Some(_), None) => found.withdrawn.push(table.clone()),
                _ => found.added.push(table.clone()),
            }
        }
        Ok(found)
    }

    /// Whether nothing differs.
    pub fn is_same(&self) -> bool {
        self.added.is_empty()
            && self.withdrawn.is_empty()
            && self.changed.is_empty()
            && self.relinked.is_empty()
    }

    fn add(&mut self, table: &str, a: &[u8], b: &[u8]) {
        let (a, b) = (Figures::of(a), Figures::of(b));
        for field in a.figures.keys().chain(b.figures.keys()).collect::<BTreeSet<_>>() {
            let (one, other) = (a.figures.get(field), b.figures.get(field));
            if one != other {
                let (a, b) = (one.cloned(), other.cloned());
                self.changed.push(Change { table: table.to_owned(), field: field.clone(), a, b });
            }
        }
        if a.images != b.images {
            self.relinked.push(Relinked { table: table.to_owned(), a: a.images, b: b.images });
        }
    }
}

/// The body of every table's last publication, in bytes; tables taken back are left out.
fn tables(bag: &Bag) -> Result<BTreeMap<String, Box<[u8]>>, EvidenceError> {
    let mut tables = BTreeMap::new();
    each_event(bag, &mut |event, _, _, _| {
        if event.kind != TABLE_PUBLISHED {
            return;
        }
        let table = event.body.get("table").and_then(Value::as_str).unwrap_or_default().to_owned();
        if event.body.get("withdrawn") == Some(&Value::Bool(true)) {
            tables.remove(&table);
        } else {
            tables.insert(table, event.body.to_string().into_bytes().into());
        }
    })?;
    Ok(tables)
}

#[derive(Default)]
struct Figures {
    figures: BTreeMap<String, String>,
    images: Vec<String>,
}

impl Figures {
    fn of(body: &[u8]) -> Self {
        let mut all = Self::default();
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let shown = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        for (name, value) in body.as_object().into_iter().flatten() {
            match (name.as_str(), value) {
                ("table", _) => {}
                ("images", Value::Array(images)) => all.images = images.iter().map(shown).collect(),
                ("votes", Value::Object(votes)) => {
                    let votes = votes.iter().map(|(id, votes)| (format!("votes.{id}"), shown(votes)));
                    all.figures.extend(votes);
                }
                _ => {
                    all.figures.insert(name.clone(), shown(value));
                }
            }
        }
        all
    }
}
