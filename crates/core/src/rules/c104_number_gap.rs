//! C104: a table is missing whose neighbours prove that it exists.

use super::{ContestCase, Found};
use crate::table::TableId;

/// Most tables one centre can be proved to miss: beyond it the number itself is the oddity.
const MOST_GAPS: usize = 1_000;

pub(super) fn check(case: &ContestCase, out: &mut Vec<Found>) {
    let pack = &case.facts.pack;
    let (Some(level), Some(first)) = (pack.lowest_level(), pack.numbered_from) else { return };
    let chars = pack.levels[level].chars;
    let centre = |table| pack.area_of(table, level);
    for tables in case.sheets.chunk_by(|a, b| centre(a.table) == centre(b.table)) {
        let prefix = centre(tables[0].table);
        // Sheets are sorted by table, so numbers ascend.
        let numbers: Vec<u32> =
            tables.iter().filter_map(|s| pack.pattern.number_in(s.table, chars)).collect();
        let Some(&last) = numbers.last() else { continue };
        let from = std::iter::once(first).chain(numbers.iter().map(|n| n.saturating_add(1)));
        let gaps = from.zip(&numbers).flat_map(|(from, &next)| from..next).take(MOST_GAPS);
        // Where a register lists all tables, it knows better than the numbering.
        let exists = |table: &TableId| {
            case.facts.register.as_ref().is_none_or(|register| register.tables.contains_key(table))
        };
        for table in gaps.filter_map(|n| pack.pattern.numbered(prefix, n)).filter(exists) {
            let proof = pack.pattern.numbered(prefix, last).map(|t| t.to_string()).unwrap_or_default();
            out.push(Found { table: Some(table), args: vec![("proof", proof)], ..Found::default() });
        }
    }
}
