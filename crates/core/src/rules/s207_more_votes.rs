//! S207: more votes than ballots, on a sheet whose blank or null votes are not known.

use super::{Found, SheetCase, beyond, found};
use crate::sheet::Field;

pub(super) fn check(case: &SheetCase) -> Option<Found> {
    let values = case.values;
    // Where all are known, S204 compares the whole sum.
    if case.facts.pack.gives_not_valid(values) {
        return None;
    }
    let ballots = values.ballots.votes()?;
    let known: u64 = values.selections.iter().filter_map(|v| v.votes()).sum();
    let (valid, mut fields) = match values.valid.votes() {
        Some(valid) if valid > known => (valid, vec![Field::Valid]),
        _ => (known, Vec::new()),
    };
    // One of the two is not known.
    let rest = [(Field::BlankVotes, values.blank_votes), (Field::Null, values.null)];
    let rest: Vec<(Field, u64)> = rest.into_iter().filter_map(|(f, v)| Some((f, v.votes()?))).collect();
    let votes = valid + rest.iter().map(|(_, votes)| votes).sum::<u64>();
    fields.extend(rest.iter().map(|(field, _)| *field).chain([Field::Ballots]));
    (votes > ballots && beyond(case.tuning, votes, ballots))
        .then(|| found(fields, [("votes", votes.to_string()), ("ballots", ballots.to_string())]))
}
