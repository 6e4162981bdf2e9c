//! S204: valid, blank and null votes do not add up to the ballots counted.

use super::{Found, SheetCase, beyond};
use crate::sheet::Field;

pub(super) fn check(case: &SheetCase) -> Option<Found> {
    let values = case.values;
    let valid = values.valid.votes().or_else(|| values.selection_sum())?;
    let (null, ballots) = (values.null.votes()?, values.ballots.votes()?);
    // Where the election counts blank votes apart, a sheet that does not give them tells nothing here.
    let blank = if case.facts.pack.blank_votes { Some(values.blank_votes.votes()?) } else { None };
    beyond(case.tuning, valid + blank.unwrap_or(0) + null, ballots).then(|| {
        let mut fields = values.parts_of_ballots();
        fields.push(Field::Ballots);
        let numbers =
            [("valid", Some(valid)), ("blank", blank), ("null", Some(null)), ("ballots", Some(ballots))];
        let args = numbers.into_iter().filter_map(|(name, n)| Some((name, n?.to_string()))).collect();
        Found { table: None, fields, args }
    })
}
