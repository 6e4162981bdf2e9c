//! Exports in other people's formats that are more than a table.

mod json;
mod nist;

pub use nist::{Issue, nist_report};
