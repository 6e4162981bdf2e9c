//! S205: the register has no such table.

use super::{Found, SheetCase};

pub(super) fn check(case: &SheetCase) -> Option<Found> {
    let register = case.facts.register.as_ref()?;
    (!register.tables.contains_key(case.sheet.table)).then(|| {
        let source = case.sheet.leading().source.to_owned();
        Found { args: vec![("source", source)], ..Found::default() }
    })
}
