//! S102: a code has another number of ballot lines than the pack.

use super::{ContestCase, Found, faulty_images};
use crate::image::ImageFault;

pub(super) fn check(case: &ContestCase, out: &mut Vec<Found>) {
    faulty_images(case, out, |fault| match fault {
        ImageFault::WrongLineCount { found, expected } => {
            Some(vec![("found", found.to_string()), ("expected", expected.to_string())])
        }
        _ => None,
    });
}
