//! C204: a newer version of a source links a table to another image.

use super::{ContestCase, Found, version_pairs};

pub(super) fn check(case: &ContestCase, out: &mut Vec<Found>) {
    for (args, changes) in version_pairs(case) {
        for (old, new) in &changes.relinked {
            let link = |image: &Option<Box<str>>| image.as_deref().unwrap_or_default().to_owned();
            let mut args = args.clone();
            args.extend([("before", link(&old.image)), ("after", link(&new.image))]);
            out.push(Found { table: Some(new.table.clone()), args, ..Found::default() });
        }
    }
}
