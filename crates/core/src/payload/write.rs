//! Writing a payload: a grammar run backwards over known figures, for sheets that are made up.

use std::fmt::Write;

use crate::grammar::{Part, PayloadGrammar};
use crate::pack::Pack;
use crate::sheet::{Field, FieldValue, SheetValues};
use crate::table::TableId;

impl PayloadGrammar {
    /// The payload that says this; [`read`](Self::read) gives the same table and figures again. Runs of unknown
    /// meaning are as long as they may be and hold digits drawn from `seed`. A reserved figure that is not given is 0.
    ///
    /// `None` when a figure that the grammar has is no number, or has more digits than its width.
    pub fn write(&self, pack: &Pack, table: &TableId, values: &SheetValues, seed: u64) -> Option<String> {
        let mut out = String::new();
        let mut state = seed;
        let votes = if pack.lines.is_empty() { &values.selections } else { &values.lines };
        for part in &self.parts {
            match part {
                Part::Literal(text) => out.push_str(text),
                Part::Table => out.push_str(table.as_str()),
                Part::Unknown { most, .. } => {
                    for _ in 0..*most {
                        // SplitMix64's increment; the digits need to look different, nothing more.
                        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
                        // Writing into a String cannot fail.
                        let _ = write!(out, "{}", (state >> 33) % 10);
                    }
                }
                Part::Lines { separator, width } => {
                    if votes.len() != self.n_votes {
                        return None;
                    }
                    for (i, &vote) in votes.iter().enumerate() {
                        out.extend(separator.filter(|_| i > 0));
                        figure(&mut out, vote, *width)?;
                    }
                }
                Part::Figure { field: Field::Reserved, width } => {
                    figure(&mut out, FieldValue::Count(values.reserved.count().unwrap_or(0)), *width)?;
                }
                Part::Figure { field, width } => figure(&mut out, values.value(*field), *width)?,
            }
        }
        Some(out)
    }
}

fn figure(out: &mut String, value: FieldValue, width: Option<usize>) -> Option<()> {
    let digits = value.count()?.to_string();
    let width = width.unwrap_or(0);
    if width > 0 && digits.len() > width {
        return None;
    }
    // Writing into a String cannot fail.
    let _ = write!(out, "{digits:0>width$}");
    Some(())
}
