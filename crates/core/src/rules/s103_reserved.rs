//! S103: a figure of the payload that is expected to be 0 is not.

use super::{Found, SheetCase, found};
use crate::sheet::Field;

pub(super) fn check(case: &SheetCase) -> Option<Found> {
    let reserved = case.values.reserved.count().filter(|&n| n != 0)?;
    Some(found(vec![Field::Reserved], [("reserved", reserved.to_string())]))
}
