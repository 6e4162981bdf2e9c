//! S202: the votes of all selections do not add up to the valid votes.

use super::{Found, SheetCase, beyond, found};
use crate::sheet::Field;

pub(super) fn check(case: &SheetCase) -> Option<Found> {
    let (sum, valid) = (case.values.selection_sum()?, case.values.valid.votes()?);
    beyond(case.tuning, sum, valid)
        .then(|| found(vec![Field::Valid], [("sum", sum.to_string()), ("valid", valid.to_string())]))
}
