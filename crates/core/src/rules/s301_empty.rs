//! S301: a sheet without a single vote.

use super::{Found, SheetCase, found};
use crate::sheet::{Field, FieldValue};

pub(super) fn check(case: &SheetCase) -> Option<Found> {
    let selections = &case.values.selections;
    let all = |value: FieldValue| selections.iter().all(|&v| v == value);
    let kind = match (all(FieldValue::Count(0)), all(FieldValue::Blank)) {
        (true, _) => "zero",
        (_, true) => "blank",
        _ => return None,
    };
    let fields = (0..selections.len()).map(Field::Selection).collect();
    Some(found(fields, [("kind", kind.to_owned())]))
}
