//! S106: one picture shows the codes of several sheets.

use super::{ContestCase, Found, faulty_images};
use crate::image::ImageFault;

pub(super) fn check(case: &ContestCase, out: &mut Vec<Found>) {
    faulty_images(case, out, |fault| match fault {
        ImageFault::Several(texts) => Some(vec![("n", texts.len().to_string())]),
        _ => None,
    });
}
