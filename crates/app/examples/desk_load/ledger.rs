//! What must be in the journal afterwards: every acknowledged entry once, no entry twice, an unbroken chain.

use std::collections::BTreeMap;
use std::path::Path;

use tallyproof::store::{Access, Store};

use super::clerk::Acknowledged;

/// What the journal holds of people's work.
#[derive(Debug, Default)]
pub(crate) struct Entries {
    /// Events of each kind.
    pub(crate) kinds: BTreeMap<String, u64>,
    /// How often each person entered or corrected each image.
    pub(crate) by: BTreeMap<Acknowledged, u64>,
    pub(crate) n_events: u64,
}

/// Reads the journal, checking its chain.
pub(crate) fn entries(folder: &Path) -> Entries {
    let store = Store::open(folder, Access::Read).expect("a working folder");
    let mut found = Entries::default();
    let end = store.each_event(&mut |event, _| {
        *found.kinds.entry(event.kind.clone()).or_default() += 1;
        if matches!(event.kind.as_str(), "entry.made" | "entry.corrected") {
            let text = |key: &str| event.body[key].as_str().unwrap_or_default().to_owned();
            let one = Acknowledged { person: text("by"), image: text("image") };
            *found.by.entry(one).or_default() += 1;
        }
        Ok(())
    });
    found.n_events = end.expect("an unbroken chain").n_events();
    found
}

/// Entries that were acknowledged and are not there, or are there more often than they were done. A person may enter a
/// sheet and correct it later: then both were acknowledged.
pub(crate) fn amiss(
    acknowledged: &[Acknowledged],
    entries: &Entries,
) -> (Vec<Acknowledged>, Vec<Acknowledged>) {
    let mut said: BTreeMap<&Acknowledged, u64> = BTreeMap::new();
    for one in acknowledged {
        *said.entry(one).or_default() += 1;
    }
    let there = |one: &Acknowledged| entries.by.get(one).copied().unwrap_or(0);
    let lost = said.iter().filter(|(one, n)| there(one) < **n).map(|(one, _)| (*one).clone());
    // One more than was acknowledged may have been saved when the answer was cut off.
    let doubled = entries.by.iter().filter(|(one, n)| **n > said.get(one).copied().unwrap_or(0) + 1);
    (lost.collect(), doubled.map(|(one, _)| one.clone()).collect())
}
