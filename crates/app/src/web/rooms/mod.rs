//! Where coordinators decide and observers look on: overview, areas and tables, conflicts, quarantine, reopening, claims,
//! audits.

mod act;
pub(super) mod acts;
mod area;
mod areas;
mod audit;
pub(super) mod audit_acts;
mod audits;
mod cases;
mod claims;
mod conflict;
mod fields;
mod findings;
mod grid;
mod history;
mod overview;
pub(super) mod pages;
mod quarantine;
mod reopenings;
mod sight;
mod table;
mod weight;
