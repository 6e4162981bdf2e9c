//! C102: one picture stands under two tables.

use std::collections::BTreeMap;

use super::{ContestCase, Found};
use crate::table::TableId;

pub(super) fn check(case: &ContestCase, out: &mut Vec<Found>) {
    let mut tables: BTreeMap<&str, Vec<&TableId>> = BTreeMap::new();
    for sheet in case.sheets {
        for witness in &sheet.witnesses {
            if let Some(image) = &witness.reading.image {
                tables.entry(image).or_default().push(sheet.table);
            }
        }
    }
    for (image, mut tables) in tables.into_iter().filter(|(_, tables)| tables.len() > 1) {
        tables.dedup();
        if let [first, others @ ..] = tables.as_slice() {
            for other in others {
                let args = vec![("image", image.to_owned()), ("other", first.to_string())];
                out.push(Found { table: Some((*other).clone()), args, ..Found::default() });
            }
        }
    }
}
