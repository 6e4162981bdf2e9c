//! What a newer version of a table of numbers changed.

use std::cmp::Ordering;

use crate::sheet::{Field, FieldValue, Reading};
use crate::table::TableId;
use crate::transcription::Transcription;

/// Differences from an older transcription to a newer one, each list sorted by table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VersionChanges<'t> {
    /// Tables in both.
    pub n_common: u64,
    /// Tables only in the newer.
    pub added: Vec<&'t Reading>,
    /// Tables only in the older.
    pub withdrawn: Vec<&'t Reading>,
    /// Cells that differ: table, field, older value, newer value. Fields one version lacks are not compared.
    pub changed: Vec<(&'t TableId, Field, FieldValue, FieldValue)>,
    /// Tables whose image link differs: older and newer reading.
    pub relinked: Vec<(&'t Reading, &'t Reading)>,
}

impl<'t> VersionChanges<'t> {
    /// Compares two transcriptions table by table.
    pub fn between(older: &'t Transcription, newer: &'t Transcription) -> Self {
        let mut changes = VersionChanges::default();
        for pair in paired(&older.readings, &newer.readings) {
            match pair {
                (Some(old), Some(new)) => changes.compare(old, new),
                (Some(old), None) => changes.withdrawn.push(old),
                (None, Some(new)) => changes.added.push(new),
                (None, None) => {}
            }
        }
        changes
    }

    fn compare(&mut self, old: &'t Reading, new: &'t Reading) {
        self.n_common += 1;
        for (field, before) in old.values.fields() {
            let after = new.values.value(field);
            let spoken = before != FieldValue::Unread && after != FieldValue::Unread;
            if spoken && before != after {
                self.changed.push((&new.table, field, before, after));
            }
        }
        if let (Some(a), Some(b)) = (&old.image, &new.image)
            && a != b
        {
            self.relinked.push((old, new));
        }
    }
}

/// Walks two lists sorted by table side by side.
fn paired<'t>(
    a: &'t [Reading],
    b: &'t [Reading],
) -> impl Iterator<Item = (Option<&'t Reading>, Option<&'t Reading>)> {
    let (mut a, mut b) = (a.iter().peekable(), b.iter().peekable());
    std::iter::from_fn(move || {
        let order = match (a.peek(), b.peek()) {
            (Some(x), Some(y)) => x.table.cmp(&y.table),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => return None,
        };
        Some(match order {
            Ordering::Less => (a.next(), None),
            Ordering::Greater => (None, b.next()),
            Ordering::Equal => (a.next(), b.next()),
        })
    })
}
