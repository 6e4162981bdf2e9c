//! S204: valid and null votes do not add up to the ballots counted.

use super::{Found, SheetCase, beyond, found};
use crate::sheet::Field;

pub(super) fn check(case: &SheetCase) -> Option<Found> {
    let valid = case.values.valid.votes().or_else(|| case.values.selection_sum())?;
    let (null, ballots) = (case.values.null.votes()?, case.values.ballots.votes()?);
    beyond(case.tuning, valid + null, ballots).then(|| {
        let args =
            [("valid", valid.to_string()), ("null", null.to_string()), ("ballots", ballots.to_string())];
        found(vec![Field::Valid, Field::Null, Field::Ballots], args)
    })
}
