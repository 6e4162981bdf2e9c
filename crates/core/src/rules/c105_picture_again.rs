//! C105: one picture, in different files, stands under two tables.

use std::collections::HashMap;

use super::{ContestCase, Found};
use crate::table::TableId;

pub(super) fn check(case: &ContestCase, out: &mut Vec<Found>) {
    // By picture: the first table that has it, and its file.
    let mut first_with: HashMap<&str, (&TableId, &str)> = HashMap::new();
    for sheet in case.sheets {
        for image in sheet.images() {
            let picture = case.facts.picture(image);
            let (first, twin) = *first_with.entry(picture).or_insert((sheet.table, image));
            // One file under two tables is for C102 to say.
            if first != sheet.table && twin != image {
                let args = vec![
                    ("image", image.to_owned()),
                    ("twin", twin.to_owned()),
                    ("other", first.to_string()),
                ];
                out.push(Found { table: Some(sheet.table.clone()), args, ..Found::default() });
            }
        }
    }
}
