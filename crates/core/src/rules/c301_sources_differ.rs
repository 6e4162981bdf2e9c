//! C301: witnesses of equal standing give different figures for a table.

use super::{ContestCase, Found, value_arg};
use crate::reconcile::Difference;

pub(super) fn check(case: &ContestCase, out: &mut Vec<Found>) {
    out.extend(differences(case, false));
}

/// One finding per figure on which the leading witness and another differ.
pub(super) fn differences(case: &ContestCase, set_aside: bool) -> Vec<Found> {
    let finding = |table: &crate::table::TableId, d: &Difference| Found {
        table: Some(table.clone()),
        fields: vec![d.field],
        args: vec![
            ("a", d.a.0.source.to_owned()),
            ("a-value", value_arg(d.a.1)),
            ("b", d.b.0.source.to_owned()),
            ("b-value", value_arg(d.b.1)),
        ],
    };
    case.sheets
        .iter()
        .flat_map(|sheet| sheet.differences.iter().map(move |d| (sheet.table, d)))
        .filter(|(_, d)| d.set_aside == set_aside)
        .map(|(table, d)| finding(table, d))
        .collect()
}
