//! C103: tables of one centre with identical votes throughout.

use std::collections::BTreeMap;

use super::{ContestCase, Found};
use crate::sheet::FieldValue;
use crate::table::TableId;

/// Small tables coincide by chance; the pack can set another size.
const AT_LEAST_VALID: u32 = 50;

pub(super) fn check(case: &ContestCase, out: &mut Vec<Found>) {
    let Some(level) = case.facts.pack.lowest_level() else { return };
    let least = u64::from(case.tuning.at_least.unwrap_or(AT_LEAST_VALID));
    let centre = |table| case.facts.pack.area_of(table, level);
    for tables in case.sheets.chunk_by(|a, b| centre(a.table) == centre(b.table)) {
        if tables.len() < 2 {
            continue;
        }
        let mut first_with: BTreeMap<Vec<u32>, &TableId> = BTreeMap::new();
        for sheet in tables {
            let values = sheet.values();
            let Some(valid) = values.selection_sum().filter(|&sum| sum >= least) else { continue };
            let rest = [&values.blank_votes, &values.null];
            let vector = values.selections.iter().chain(rest).filter_map(|v: &FieldValue| v.count());
            if let Some(other) = first_with.insert(vector.collect(), sheet.table) {
                let args = vec![("other", other.to_string()), ("valid", valid.to_string())];
                out.push(Found { table: Some(sheet.table.clone()), args, ..Found::default() });
            }
        }
    }
}
