//! C102: one picture stands under two tables.

use std::collections::HashMap;

use super::{ContestCase, Found};
use crate::table::TableId;

pub(super) fn check(case: &ContestCase, out: &mut Vec<Found>) {
    // Looked up only, never walked: its order does not show. Links are long and nearly all of them are
    // different, so a tree of a million of them would take a second.
    let mut first_with: HashMap<&str, &TableId> = HashMap::with_capacity(case.sheets.len());
    for sheet in case.sheets {
        let mut told: Option<&str> = None;
        for image in sheet.images() {
            let first = *first_with.entry(image).or_insert(sheet.table);
            if first != sheet.table && told != Some(image) {
                told = Some(image);
                let args = vec![("image", image.to_owned()), ("other", first.to_string())];
                out.push(Found { table: Some(sheet.table.clone()), args, ..Found::default() });
            }
        }
    }
}
