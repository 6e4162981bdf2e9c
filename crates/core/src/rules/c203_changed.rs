//! C203: a newer version of a source gives another figure.

use super::{ContestCase, Found, value_arg, version_pairs};

pub(super) fn check(case: &ContestCase, out: &mut Vec<Found>) {
    for (args, changes) in version_pairs(case) {
        for &(table, field, before, after) in &changes.changed {
            let mut args = args.clone();
            args.extend([("before", value_arg(before)), ("after", value_arg(after))]);
            out.push(Found { table: Some(table.clone()), fields: vec![field], args });
        }
    }
}
