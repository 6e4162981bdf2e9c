//! S105: no code could be read on an image.

use super::{ContestCase, Found, faulty_images};
use crate::image::ImageFault;

pub(super) fn check(case: &ContestCase, out: &mut Vec<Found>) {
    // Sheets that never had a code are odd in nothing.
    if case.facts.pack.payload.is_none() {
        return;
    }
    faulty_images(case, out, |fault| match fault {
        ImageFault::Unread(cause) => Some(vec![("cause", cause.clone())]),
        _ => None,
    });
    for image in &case.facts.images {
        if let Some(cause) = &image.unread {
            let sha256 = image.reading.image.as_deref().unwrap_or_default().to_owned();
            let args = vec![("image", sha256), ("source", image.source.clone()), ("cause", cause.clone())];
            out.push(Found { table: Some(image.reading.table.clone()), args, ..Found::default() });
        }
    }
}
