//! What coordinators said of quarantined images, and what it comes to.

use std::collections::{BTreeMap, HashMap};

use crate::facts::{Facts, Standing};
use crate::people::PersonId;
use crate::print::Agreement;
use crate::sheet::{Reading, SheetStatus};

use super::{Sheet, Witness, settle};

/// Which images coordinators spoke of while their sheets were quarantined, and how many of them.
///
/// A word counts only while the sheet of its image is quarantined, given all earlier words and the images that were
/// there: so nobody can take an image away from a sheet that stands, nor from one that does not doubt it yet. What
/// would be definitive by itself is set aside by two people or not at all.
#[derive(Default)]
pub(super) struct Clearance<'f> {
    ruled: BTreeMap<&'f str, usize>,
}

impl<'f> Clearance<'f> {
    /// Applies the words in their order: images that do not speak are set aside among `witnesses`, which are sorted by
    /// table.
    pub(super) fn of(
        facts: &'f Facts,
        witnesses: &mut [Witness<'f>],
        agreements: &HashMap<*const Reading, Agreement>,
    ) -> Self {
        let mut clearance = Self::default();
        if facts.reviews.rulings.is_empty() {
            return clearance;
        }
        let mut pictures: HashMap<&str, Vec<usize>> = HashMap::new();
        let mut of_image: HashMap<&str, usize> = HashMap::new();
        for (i, witness) in witnesses.iter().enumerate() {
            if let Some(image) = witness.image() {
                pictures.entry(facts.picture(image)).or_default().push(i);
                if witness.is_image() {
                    of_image.insert(image, i);
                }
            }
        }
        let mut first: BTreeMap<&str, &PersonId> = BTreeMap::new();
        for ruling in &facts.reviews.rulings {
            let Some(&at) = of_image.get(ruling.image.as_str()) else { continue };
            let image = ruling.image.as_str();
            if let Some(n_people) = clearance.ruled.get_mut(image) {
                // The review takes a second word only of another person, to the same effect.
                *n_people += 1;
                continue;
            }
            let before =
                Before { facts, witnesses, pictures: &pictures, ruled: &clearance.ruled, seq: ruling.seq };
            if !before.is_quarantined(at, agreements) {
                continue;
            }
            let strong = witnesses[at].stands_alone() && !ruling.speaks;
            let seconded = *first.entry(image).or_insert(&ruling.by) != &ruling.by;
            if !strong || seconded {
                clearance.ruled.insert(image, 1 + usize::from(seconded));
                witnesses[at].aside = !ruling.speaks;
            }
        }
        clearance
    }

    /// Whether a person said whether the image speaks.
    pub(super) fn is_ruled(&self, image: &str) -> bool {
        self.ruled.contains_key(image)
    }

    /// One person's word makes no sheet definitive: not before another seconds it, or people have entered what stands.
    pub(super) fn hold_back(&self, sheets: &mut [Sheet]) {
        if self.ruled.is_empty() {
            return;
        }
        for sheet in sheets.iter_mut().filter(|sheet| sheet.status == SheetStatus::Definitive) {
            let alone = |w: &Witness| w.image().and_then(|image| self.ruled.get(image)) == Some(&1);
            let by_people = matches!(sheet.leading().standing, Standing::Settled { definitive: true, .. });
            if !by_people && sheet.witnesses.iter().any(alone) {
                sheet.status = SheetStatus::Provisional;
            }
        }
    }
}

/// What was there when a word was said.
struct Before<'b, 'f> {
    facts: &'f Facts,
    witnesses: &'b [Witness<'f>],
    pictures: &'b HashMap<&'f str, Vec<usize>>,
    ruled: &'b BTreeMap<&'f str, usize>,
    seq: u64,
}

impl<'f> Before<'_, 'f> {
    /// Whether the sheet of this witness was quarantined.
    fn is_quarantined(&self, at: usize, agreements: &HashMap<*const Reading, Agreement>) -> bool {
        let table = &self.witnesses[at].reading.table;
        let start = self.witnesses.partition_point(|w| w.reading.table < *table);
        let group = &self.witnesses[start..];
        let group = &group[..group.partition_point(|w| w.reading.table == *table)];
        let there: Vec<Witness<'f>> = group.iter().copied().filter(|w| self.was_there(w)).collect();
        let settled = !there.is_empty()
            && settle(&self.facts.pack, &there, agreements).status == SheetStatus::Quarantined;
        settled || there.iter().any(|witness| self.is_shared(witness))
    }

    fn was_there(&self, witness: &Witness) -> bool {
        let arrived = witness.image().and_then(|image| self.facts.arrivals.get(image)).copied();
        arrived.unwrap_or(0) < self.seq
    }

    /// Whether its picture also stands under another table, and nobody has spoken of it.
    fn is_shared(&self, witness: &Witness) -> bool {
        let open = witness.image().filter(|image| !witness.aside && !self.ruled.contains_key(image));
        let others = open.and_then(|image| self.pictures.get(self.facts.picture(image)));
        others.into_iter().flatten().map(|&i| &self.witnesses[i]).any(|other| {
            !other.aside && self.was_there(other) && other.reading.table != witness.reading.table
        })
    }
}
