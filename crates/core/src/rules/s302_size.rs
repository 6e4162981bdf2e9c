//! S302: more ballots than a polling table can hold.

use super::{Found, SheetCase, found};
use crate::sheet::Field;

pub(super) fn check(case: &SheetCase) -> Option<Found> {
    let largest = u64::from(case.tuning.largest?);
    let ballots = case.sheet.ballots()?;
    (ballots > largest).then(|| {
        found(
            vec![Field::Valid, Field::Null],
            [("ballots", ballots.to_string()), ("largest", largest.to_string())],
        )
    })
}
