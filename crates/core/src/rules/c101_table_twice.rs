//! C101: one table of numbers gives the same polling table twice.

use super::{ContestCase, Found};
use crate::transcription::RefusalReason;

pub(super) fn check(case: &ContestCase, out: &mut Vec<Found>) {
    for source in &case.facts.sources {
        for refusal in &source.newest().transcription.refusals {
            let same = match refusal.reason {
                RefusalReason::Repeated => "same",
                RefusalReason::Contradicted => "different",
                _ => continue,
            };
            let args = vec![
                ("source", source.id.clone()),
                ("line", refusal.line.to_string()),
                ("figures", same.to_owned()),
            ];
            out.push(Found { table: refusal.table.clone(), args, ..Found::default() });
        }
    }
}
