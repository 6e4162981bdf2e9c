//! S107: a file is no usable image.

use super::{ContestCase, Found, faulty_images};
use crate::image::ImageFault;

pub(super) fn check(case: &ContestCase, out: &mut Vec<Found>) {
    faulty_images(case, out, |fault| match fault {
        ImageFault::NotUsable(cause) => Some(vec![("cause", cause.clone())]),
        _ => None,
    });
}
