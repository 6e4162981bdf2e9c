//! Audit by physical inspection: draw published sheets at random, find the paper, compare every count.
//!
//! Inspection ties the published sheets to *the paper in somebody's custody*. With the publisher's own
//! copies it bounds transcription and image errors only; whether sheets are genuine needs the authority's
//! originals or a count of the ballots in the boxes. It is no risk-limiting audit of the outcome unless the
//! paper trail is independently secured (STATISTICS §4).
//!
//! | file | idea |
//! |---|---|
//! | `overstatement` | how much one sheet can overstate the margin, and the fewest that could undo it |
//! | `hypergeometric` | what a clean sample without replacement says |
//! | `kaplan_markov` | draws proportional to size, with replacement |
//! | `alpha` | betting on sheets, for when mismatches are expected |
//! | `plan` | how many sheets to inspect, for every treatment of the missing tables and every claim |
//! | `draw` | from a public seed to sheets, as `sha256sum` computes it |
//! | `frozen` | the list that is drawn from, and its hash |
//! | `inspection` | what was found on one sheet |
//! | `status` | running risk, escalation, and the bound on false sheets |
//!
//! A plan is made, and the list frozen, before the seed exists. A journalist's convenience sample is recorded
//! and never given a risk.

pub mod alpha;
pub mod draw;
pub mod frozen;
pub mod hypergeometric;
pub mod inspection;
pub mod kaplan_markov;
pub mod overstatement;
pub mod plan;
pub mod status;
