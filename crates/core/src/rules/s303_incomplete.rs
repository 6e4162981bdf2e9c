//! S303: votes are missing, so the sheet does not count until a person has read it.

use super::{Found, SheetCase, field_name, found};
use crate::sheet::{Field, FieldValue};

pub(super) fn check(case: &SheetCase) -> Option<Found> {
    let selections = case.values.selections.iter().enumerate();
    let fields: Vec<Field> =
        selections.filter(|(_, v)| v.count().is_none()).map(|(i, _)| Field::Selection(i)).collect();
    // A sheet that is blank throughout is S301's.
    let blank = case.values.selections.iter().all(|&v| v == FieldValue::Blank);
    if fields.is_empty() || blank {
        return None;
    }
    let names: Vec<String> = fields.iter().map(|&f| field_name(&case.facts.pack, f)).collect();
    Some(found(fields, [("missing", names.join(" "))]))
}
