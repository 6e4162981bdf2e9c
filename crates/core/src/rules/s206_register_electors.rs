//! S206: the sheet's registered electors are not those of the register.

use super::{Found, SheetCase, beyond, found};
use crate::sheet::Field;

pub(super) fn check(case: &SheetCase) -> Option<Found> {
    let register = case.facts.register.as_ref()?.electors(case.sheet.table).map(u64::from)?;
    let printed = case.sheet.leading().electors().map(u64::from)?;
    beyond(case.tuning, printed, register).then(|| {
        found(vec![Field::Electors], [("printed", printed.to_string()), ("register", register.to_string())])
    })
}
