//! Votes of selections from the ballot lines that a form prints.

use super::Pack;
use crate::sheet::{FieldValue, MAX_COUNT};

impl Pack {
    /// Votes per selection as sums of their ballot lines: blank unless every line of a selection is a number.
    ///
    /// `None` when a sum is larger than any table.
    pub fn selections_from_lines(&self, lines: &[FieldValue]) -> Option<Box<[FieldValue]>> {
        let mut sums = vec![Some(0u32); self.selections.len()];
        for (line, value) in self.lines.iter().zip(lines) {
            let sum = &mut sums[line.selection];
            *sum = match (*sum, value.count()) {
                (Some(a), Some(b)) => Some(a.checked_add(b).filter(|&n| n <= MAX_COUNT)?),
                _ => None,
            };
        }
        Some(sums.into_iter().map(|sum| sum.map_or(FieldValue::Unread, FieldValue::Count)).collect())
    }
}
