//! Audits by inspection: from the journal's events to their facts, and every step as an event.
//!
//! | step | event | public part |
//! |---|---|---|
//! | freeze | `audit.frozen` | the list's hash and everything fixed before the seed exists |
//! | draw | `audit.drawn` | seed, and how many sheets are drawn with it by now |
//! | record | `audit.inspected` | what one paper says; without an audit's name, one of convenience |
//! | abandon | `audit.abandoned` | why |
//!
//! Who inspected and where exactly is in the private part alone; a step taken at the desk also names, by pseudonym, who
//! took it. A correction is one more event.

pub mod draw;
pub mod freeze;
pub mod record;
mod redo;

use serde_json::{Value, json};
use tallyproof_analysis::results::{AuditFacts, AuditRecord};
use tallyproof_core::pack::Pack;
use tallyproof_core::people::PersonId;
use tallyproof_evidence::audits::audits;

use super::election::whoabouts;
use super::load;
use crate::store::{Private, Store};
use crate::trouble::{AuditFault, Outcome};

/// Every audit of the folder, and every inspection of convenience.
pub fn facts(store: &Store, pack: &Pack) -> Outcome<AuditFacts> {
    audits(&load::ledger(store)?.audits, pack, store).map_err(load::trouble(store))
}

/// The audit meant: by name, else the last that was not given up.
pub fn choose<'a>(audits: &'a AuditFacts, name: Option<&str>) -> Outcome<&'a AuditRecord> {
    let records = &audits.records;
    let known = || records.iter().map(|r| r.id.clone()).collect();
    match name {
        Some(name) => records
            .iter()
            .find(|r| r.id == name)
            .ok_or_else(|| AuditFault::Unknown { name: name.to_owned(), known: known() }.into()),
        None => {
            let kept = records.iter().rev().find(|r| r.abandoned.is_none());
            kept.or(records.last()).ok_or_else(|| AuditFault::NotFrozen.into())
        }
    }
}

/// Public and private part of a step: by whom at the desk, else by whoever runs the program, and when.
fn signed(mut body: Value, by: Option<&PersonId>, file: Option<&std::path::Path>) -> (Value, Private) {
    let Some(by) = by else { return (body, whoabouts(file)) };
    if let Some(members) = body.as_object_mut() {
        members.insert("by".into(), json!(by.as_str()));
    }
    (body, json!({"at": jiff::Timestamp::now().to_string()}))
}
