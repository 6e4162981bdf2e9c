//! S101: a code's text is not a payload of this election.

use super::{ContestCase, Found, faulty_images};
use crate::image::ImageFault;
use crate::transcription::RefusalReason;

pub(super) fn check(case: &ContestCase, out: &mut Vec<Found>) {
    for source in &case.facts.sources {
        let refusals = &source.newest().transcription.refusals;
        for refusal in refusals.iter().filter(|r| r.reason == RefusalReason::BadPayload) {
            let args = vec![
                ("source", source.id.clone()),
                ("line", refusal.line.to_string()),
                ("value", refusal.value.clone()),
            ];
            out.push(Found { args, ..Found::default() });
        }
    }
    faulty_images(case, out, |fault| match fault {
        ImageFault::Foreign(texts) => Some(vec![("value", texts.join(" | ").chars().take(200).collect())]),
        _ => None,
    });
}
