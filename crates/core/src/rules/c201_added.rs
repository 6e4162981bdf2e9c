//! C201: a newer version of a source has a table that the older had not.

use super::{ContestCase, Found, version_pairs};

pub(super) fn check(case: &ContestCase, out: &mut Vec<Found>) {
    for (args, changes) in version_pairs(case) {
        let found = |table| Found { table: Some(table), args: args.clone(), ..Found::default() };
        out.extend(changes.added.iter().map(|reading| found(reading.table.clone())));
    }
}
