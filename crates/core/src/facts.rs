//! The set of facts a result is a function of.

use std::collections::{BTreeMap, BTreeSet};

pub use crate::image::{FaultyImage, ImageFault, ImageReading, Standing};
use crate::pack::Pack;
use crate::register::Register;
use crate::review::{DeskEvent, Reviews, reviewed};
use crate::sheet::Reading;
use crate::table::TableId;
use crate::transcription::Transcription;

/// One version of a source's table of numbers.
#[derive(Clone, Debug)]
pub struct Version {
    /// Label given at import.
    pub label: String,
    /// Labels this version supersedes.
    pub supersedes: Vec<String>,
    /// Hex SHA-256 of the imported file.
    pub sha256: String,
    /// Its rows.
    pub transcription: Transcription,
}

/// Everything one source published, version by version.
#[derive(Clone, Debug)]
pub struct Source {
    /// Id given at import.
    pub id: String,
    /// All versions, sorted by label.
    pub versions: Vec<Version>,
    /// Indices of `versions`, newest first.
    order: Vec<usize>,
}

impl Source {
    /// A source from its versions. Fails unless exactly one version is superseded by no other: the newest
    /// is declared, never guessed.
    pub fn new(id: String, mut versions: Vec<Version>) -> Result<Self, NewestUnclear> {
        versions.sort_by(|a, b| a.label.cmp(&b.label));
        for version in &mut versions {
            version.supersedes.sort();
            version.supersedes.dedup();
        }
        let labels: Vec<(&str, &[String])> =
            versions.iter().map(|v| (v.label.as_str(), v.supersedes.as_slice())).collect();
        if newest_of(&labels).is_none() {
            return Err(NewestUnclear(versions.iter().map(|v| v.label.clone()).collect()));
        }
        let order = newest_first(&labels);
        Ok(Self { id, versions, order })
    }

    /// The declared newest version: the one that counts.
    pub fn newest(&self) -> &Version {
        &self.versions[self.order[0]]
    }

    /// The other versions, each before those it supersedes.
    pub fn older(&self) -> impl Iterator<Item = &Version> {
        self.order[1..].iter().map(|&i| &self.versions[i])
    }

    /// The source with what it says of one table alone.
    fn of_table(&self, table: &TableId) -> Self {
        let rows = |readings: &[Reading]| -> Vec<Reading> {
            let from = readings.partition_point(|reading| reading.table < *table);
            readings[from..].iter().take_while(|reading| reading.table == *table).cloned().collect()
        };
        let version = |version: &Version| Version {
            label: version.label.clone(),
            supersedes: version.supersedes.clone(),
            sha256: version.sha256.clone(),
            transcription: Transcription {
                readings: rows(&version.transcription.readings),
                ..Transcription::default()
            },
        };
        Self {
            id: self.id.clone(),
            versions: self.versions.iter().map(version).collect(),
            order: self.order.clone(),
        }
    }

    /// A version by its label.
    pub fn version(&self, label: &str) -> Option<&Version> {
        self.versions.iter().find(|v| v.label == label)
    }
}

/// Index of the one version no other supersedes; `None` when there is none or more than one.
pub fn newest_of(versions: &[(&str, &[String])]) -> Option<usize> {
    let superseded = |label: &str| versions.iter().any(|(_, older)| older.iter().any(|o| o == label));
    let mut candidates = versions.iter().enumerate().filter(|(_, (label, _))| !superseded(label));
    match (candidates.next(), candidates.next()) {
        (Some((index, _)), None) => Some(index),
        _ => None,
    }
}

/// Indices of all versions, each before those it supersedes; where nothing says so, by label, last first.
fn newest_first(versions: &[(&str, &[String])]) -> Vec<usize> {
    let mut left: Vec<usize> = (0..versions.len()).rev().collect();
    let mut order = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let superseded =
            |i: usize| left.iter().any(|&j| j != i && versions[j].1.iter().any(|o| o == versions[i].0));
        // Versions that supersede each other in a circle have no order: then the label decides.
        let next = left.iter().position(|&i| !superseded(i)).unwrap_or(0);
        order.push(left.remove(next));
    }
    order
}

/// When several versions of a source, or none, can be the newest.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("which of {0:?} is newest?")]
pub struct NewestUnclear(pub Vec<String>);

/// Everything known: results are a function of this and of nothing else.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The election.
    pub pack: Pack,
    /// List of all tables, if there is one.
    pub register: Option<Register>,
    /// Transcriptions, sorted by source id.
    pub sources: Vec<Source>,
    /// Images that gave a reading, in one order.
    pub images: Vec<ImageReading>,
    /// Images that gave no reading, in one order.
    pub faulty_images: Vec<FaultyImage>,
    /// Images not looked at yet.
    pub n_images_pending: u64,
    /// What people did at the desk.
    pub reviews: Reviews,
    /// Number of the event that every image came with; images that are not here were always there.
    pub arrivals: BTreeMap<String, u64>,
    /// Of every image whose picture is also in another file, the least of the SHA-256 of those files.
    pictures: BTreeMap<String, String>,
}

impl Facts {
    /// Facts without images, in their one order.
    pub fn new(pack: Pack, register: Option<Register>, mut sources: Vec<Source>) -> Self {
        sources.sort_by(|a, b| a.id.cmp(&b.id));
        Self {
            pack,
            register,
            sources,
            images: Vec::new(),
            faulty_images: Vec::new(),
            n_images_pending: 0,
            reviews: Reviews::default(),
            arrivals: BTreeMap::new(),
            pictures: BTreeMap::new(),
        }
    }

    /// Adds which images, by SHA-256, were made from one picture: pairs, in any order. What is one picture with the same
    /// third is one picture.
    pub fn with_same_pictures(mut self, pairs: &[(String, String)]) -> Self {
        let mut groups: BTreeMap<&str, &str> = BTreeMap::new();
        fn least<'g>(groups: &BTreeMap<&'g str, &'g str>, mut image: &'g str) -> &'g str {
            while let Some(lesser) = groups.get(image).filter(|lesser| **lesser != image) {
                image = lesser;
            }
            image
        }
        for (a, b) in pairs {
            let (a, b) = (a.as_str(), b.as_str());
            let one = least(&groups, a).min(least(&groups, b));
            for image in [least(&groups, a), least(&groups, b), a, b] {
                groups.insert(image, one);
            }
        }
        let owned = |image: &&str| ((*image).to_owned(), least(&groups, image).to_owned());
        self.pictures = groups.keys().map(owned).collect();
        self
    }

    /// The name of an image's picture: one for all files made from it. Links of transcriptions are their own.
    pub fn picture<'i>(&'i self, image: &'i str) -> &'i str {
        self.pictures.get(image).map_or(image, String::as_str)
    }

    /// Adds what images gave, whatever the order they were read in.
    pub fn with_images(
        mut self,
        mut images: Vec<ImageReading>,
        mut faulty: Vec<FaultyImage>,
        n_pending: u64,
    ) -> Self {
        images.sort_by_cached_key(|image| {
            let reading = &image.reading;
            let identity = (reading.table.clone(), reading.image.clone(), image.source.clone());
            (identity, image.channel, reading.values.clone(), image.print.clone())
        });
        faulty.sort_by_cached_key(|f| (f.image.clone(), f.source.clone(), f.fault.code(), f.fault.detail()));
        self.images = images;
        self.faulty_images = faulty;
        self.n_images_pending = n_pending;
        self
    }

    /// Adds what people did at the desk, in the journal's order: of images they closed, what they read stands in place
    /// of what machines did. Images must be here already.
    pub fn with_reviews(mut self, events: &[DeskEvent]) -> Self {
        let pending = self.n_images_pending;
        let (images, faulty) = (std::mem::take(&mut self.images), std::mem::take(&mut self.faulty_images));
        let (reviews, images, faulty) = reviewed(&self.pack, events, images, faulty);
        self.reviews = reviews;
        self.with_images(images, faulty, pending)
    }

    /// Adds when images came, by the numbers of events.
    pub fn with_arrivals(mut self, arrivals: BTreeMap<String, u64>) -> Self {
        self.arrivals = arrivals;
        self
    }

    /// Registered electors in all: as the pack says, else the sum of a register that gives them for every table.
    pub fn electors(&self) -> Option<u64> {
        let registered = || {
            let all = self.register.as_ref()?.tables.values().map(|electors| electors.map(u64::from));
            all.sum::<Option<u64>>().filter(|&all| all > 0)
        };
        self.pack.electors.or_else(registered)
    }

    /// Published name of an area: the pack's, else the register's, else the first source's that has one.
    pub fn area_name(&self, level: usize, code: &str) -> Option<&str> {
        let key = (level, code.to_owned());
        let published = || self.register.iter().find_map(|r| r.names.get(&key));
        let transcribed = || self.sources.iter().find_map(|s| s.newest().transcription.area_names.get(&key));
        let named = self.pack.areas.get(&key).map(|area| &area.name).or_else(published).or_else(transcribed);
        named.map(String::as_str)
    }

    /// The facts that speak of one table, and of other tables under which a picture of it stands: they reconcile to its
    /// sheet as all facts do, but for links that transcriptions give for several tables.
    pub fn of_table(&self, table: &TableId) -> Facts {
        let images = self.images_of(table);
        let tables: BTreeSet<&TableId> =
            images.iter().map(|image| &image.reading.table).chain([table]).collect();
        let register = |register: &Register| {
            let known = tables.iter().filter_map(|table| register.tables.get_key_value(*table));
            let tables = known.map(|(table, electors)| (table.clone(), *electors)).collect();
            Register { tables, names: BTreeMap::new() }
        };
        let names: BTreeSet<&str> = images.iter().filter_map(|i| i.reading.image.as_deref()).collect();
        let rulings = self.reviews.rulings.iter().filter(|ruling| names.contains(ruling.image.as_str()));
        let pictures = self.pictures.iter().filter(|(image, _)| names.contains(image.as_str()));
        let owned = |(image, seq): (&String, &u64)| (image.clone(), *seq);
        Self {
            pack: self.pack.clone(),
            register: self.register.as_ref().map(register),
            sources: self.sources.iter().map(|source| source.of_table(table)).collect(),
            faulty_images: Vec::new(),
            n_images_pending: 0,
            reviews: Reviews { rulings: rulings.cloned().collect(), ..Reviews::default() },
            arrivals: names
                .iter()
                .filter_map(|image| self.arrivals.get_key_value(*image))
                .map(owned)
                .collect(),
            pictures: pictures.map(|(image, least)| (image.clone(), least.clone())).collect(),
            images: images.into_iter().cloned().collect(),
        }
    }

    /// Images that speak of a table, and other files of their pictures, in their one order.
    fn images_of(&self, table: &TableId) -> Vec<&ImageReading> {
        let from = self.images.partition_point(|image| image.reading.table < *table);
        let own = self.images[from..].iter().take_while(|image| image.reading.table == *table);
        let shared: BTreeSet<&str> = own
            .clone()
            .filter_map(|image| self.pictures.get(image.reading.image.as_deref()?))
            .map(String::as_str)
            .collect();
        if shared.is_empty() {
            return own.collect();
        }
        let is_shared = |image: &ImageReading| {
            image.reading.image.as_deref().is_some_and(|name| shared.contains(self.picture(name)))
        };
        self.images.iter().filter(|image| image.reading.table == *table || is_shared(image)).collect()
    }

    /// Tables in all: the register's length where there is a register, else the pack's total.
    pub fn n_tables(&self) -> u64 {
        self.register.as_ref().map_or(self.pack.n_tables, |register| register.tables.len() as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_one_through_any_chain_of_pairs() {
        let pack = Pack::parse("small", include_str!("../tests/small.toml")).unwrap();
        let pair = |(a, b): (&str, &str)| (a.to_owned(), b.to_owned());
        let pairs = [("e", "d"), ("b", "c"), ("c", "e"), ("x", "y")].map(pair);
        let facts = Facts::new(pack, None, Vec::new()).with_same_pictures(&pairs);
        assert_eq!(
            ["b", "c", "d", "e", "x", "y", "z"].map(|i| facts.picture(i)),
            ["b", "b", "b", "b", "x", "x", "z"]
        );
    }

    #[test]
    fn the_newest_version_is_declared_never_guessed() {
        let v1 = ["V1".to_owned()];
        let none: [String; 0] = [];
        assert_eq!(newest_of(&[("V1", &none), ("V2", &v1)]), Some(1));
        assert_eq!(newest_of(&[("V2", &v1)]), Some(0));
        assert_eq!(newest_of(&[("V1", &none), ("V2", &none)]), None);
        assert_eq!(newest_of(&[("V1", &["V2".to_owned()]), ("V2", &v1)]), None);
        let a = ["a".to_owned()];
        assert_eq!(newest_first(&[("V1", &a), ("V2", &v1), ("a", &none)]), [1, 0, 2]);
    }
}
