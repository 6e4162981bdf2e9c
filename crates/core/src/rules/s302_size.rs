//! S302: more ballots or electors than a polling table can hold.

use super::{Found, SheetCase, found};
use crate::sheet::Field;

pub(super) fn check(case: &SheetCase) -> Option<Found> {
    let largest = u64::from(case.tuning.largest?);
    let ballots = case.sheet.ballots().map(|n| (n, case.values.parts_of_ballots()));
    let electors = case.sheet.electors.map(|n| (u64::from(n), vec![Field::Electors]));
    let (size, fields) = [ballots, electors].into_iter().flatten().find(|(size, _)| *size > largest)?;
    Some(found(fields, [("size", size.to_string()), ("largest", largest.to_string())]))
}
