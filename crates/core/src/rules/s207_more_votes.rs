//! S207: more votes than ballots, on a sheet whose null votes are not known.

use super::{Found, SheetCase, beyond, found};
use crate::sheet::Field;

pub(super) fn check(case: &SheetCase) -> Option<Found> {
    let values = case.values;
    // Where null votes are known, S204 compares the whole sum.
    if values.null.votes().is_some() {
        return None;
    }
    let ballots = values.ballots.votes()?;
    let known: u64 = values.selections.iter().filter_map(|v| v.votes()).sum();
    let (votes, field) = match values.valid.votes() {
        Some(valid) if valid > known => (valid, vec![Field::Valid, Field::Ballots]),
        _ => (known, vec![Field::Ballots]),
    };
    (votes > ballots && beyond(case.tuning, votes, ballots))
        .then(|| found(field, [("votes", votes.to_string()), ("ballots", ballots.to_string())]))
}
