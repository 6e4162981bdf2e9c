//! S203: more ballots than registered electors.

use super::{Found, SheetCase, beyond, found};
use crate::sheet::Field;

pub(super) fn check(case: &SheetCase) -> Option<Found> {
    let (ballots, electors) = (case.sheet.ballots()?, u64::from(case.sheet.electors?));
    (ballots > electors && beyond(case.tuning, ballots, electors)).then(|| {
        let mut fields = case.values.parts_of_ballots();
        fields.push(Field::Electors);
        found(fields, [("ballots", ballots.to_string()), ("electors", electors.to_string())])
    })
}
