//! Audits, put together from their events and the frozen lists they name.

use std::io;

use serde_json::Value;
use tallyproof_analysis::audit::frozen::Frozen;
use tallyproof_analysis::audit::inspection::{Feature, Inspection, Sample, Seen};
use tallyproof_analysis::audit::overstatement::Cap;
use tallyproof_analysis::audit::status::{Method, Terms};
use tallyproof_analysis::results::{AuditFacts, AuditRecord};
use tallyproof_core::pack::Pack;

use crate::error::EvidenceError;
use crate::kept::{Keeper, read_kept};
use crate::layout::JOURNAL;
use crate::ledger::AuditEvent;

/// Longest list, bytes: a million tables with forty selections.
const MAX_LIST_BYTES: u64 = 512 << 20;

/// Most bytes of all lists together: each is held in memory.
const MAX_LISTS_BYTES: u64 = 1 << 30;

/// Most draws of all audits together: more sheets than any country has. Each is a hash, and held in memory.
pub const MAX_DRAWS: u64 = 2_000_000;

/// Most risks of all audits together: one of every draw for every margin.
const MAX_RISKS: u64 = 20_000_000;

/// Every audit, and every inspection of convenience.
pub fn audits(events: &[AuditEvent], pack: &Pack, keeper: &dyn Keeper) -> Result<AuditFacts, EvidenceError> {
    let mut audits = AuditFacts::default();
    let mut n_bytes = 0u64;
    for event in events {
        let body = &event.body();
        let text = |key: &str| body.get(key).and_then(Value::as_str).unwrap_or_default();
        match (event.kind.as_str(), text("audit")) {
            ("audit.frozen", _) => {
                let (record, more) = record(keeper, body)?;
                n_bytes = n_bytes.saturating_add(more);
                if n_bytes > MAX_LISTS_BYTES {
                    return Err(too_much("lists"));
                }
                audits.records.push(record);
            }
            ("audit.inspected", "") => audits.convenience.push(inspection(body, &selections(pack))),
            (kind, name) => {
                let Some(found) = audits.records.iter_mut().find(|r| r.id == name) else { continue };
                match kind {
                    "audit.drawn" => {
                        found.seed = Some(text("seed").to_owned());
                        found.n_wanted = body.get("n").and_then(Value::as_u64).unwrap_or(0);
                    }
                    "audit.abandoned" => found.abandoned = Some(text("why").to_owned()),
                    "audit.inspected" => {
                        let inspection = inspection(body, &found.frozen.selections);
                        found.inspections.push(inspection);
                    }
                    _ => {}
                }
            }
        }
    }
    // A journal can ask for any number; that of the program's own is never more than the list's.
    let sum = |of: &dyn Fn(&AuditRecord) -> u64| audits.records.iter().map(of).fold(0, u64::saturating_add);
    if sum(&|record| record.n_wanted) > MAX_DRAWS {
        return Err(too_much("draws"));
    }
    if sum(&|record| record.n_wanted.saturating_mul(record.terms.margins.len() as u64)) > MAX_RISKS {
        return Err(too_much("margins"));
    }
    Ok(audits)
}

fn too_much(what: &str) -> EvidenceError {
    let error = io::Error::new(io::ErrorKind::InvalidData, format!("audits: too many {what}"));
    EvidenceError::Io { file: JOURNAL.to_owned(), error }
}

/// Ids of the pack's selections: the order of an inspection of convenience.
pub fn selections(pack: &Pack) -> Vec<String> {
    pack.selections.iter().map(|s| s.id.clone()).collect()
}

/// An audit as it was frozen, with its list from the kept file, and how long that is.
fn record(keeper: &dyn Keeper, body: &Value) -> Result<(AuditRecord, u64), EvidenceError> {
    let text = |key: &str| body.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let sha256 = text("sha256");
    let changed = || EvidenceError::KeptFileChanged(sha256.clone());
    let bytes = read_kept(keeper, &sha256, MAX_LIST_BYTES)?;
    let frozen = Frozen::parse(&bytes).map_err(|_| changed())?;
    // A list that reads back to the same bytes has the hash that was announced.
    if frozen.sha256() != sha256 {
        return Err(changed());
    }
    let terms = terms(body, &frozen).ok_or_else(changed)?;
    let record = AuditRecord {
        id: text("audit"),
        treatment: text("treatment"),
        cap: Cap::parse(&text("cap")).ok_or_else(changed)?,
        custody: text("custody"),
        seed_procedure: text("seed_procedure"),
        reserve_ppm: small(body, "reserve_ppm").unwrap_or(0),
        terms,
        frozen,
        seed: None,
        n_wanted: 0,
        abandoned: None,
        inspections: Vec::new(),
    };
    Ok((record, bytes.len() as u64))
}

fn small(body: &Value, key: &str) -> Option<u32> {
    u32::try_from(body.get(key)?.as_u64()?).ok()
}

fn terms(body: &Value, frozen: &Frozen) -> Option<Terms> {
    let place = |id: &Value| frozen.selections.iter().position(|s| Some(s.as_str()) == id.as_str());
    let side = |at: usize| place(body.get("sides")?.get(at)?);
    let margin = |pair: &Value| Some((place(pair.get(0)?)?, pair.get(1)?.as_u64()?));
    let margins = body.get("margins")?.as_array()?;
    // One for each selection but the first side.
    if margins.len() >= frozen.selections.len().max(2) {
        return None;
    }
    Some(Terms {
        method: Method::parse(body.get("method")?.as_str()?)?,
        risk_ppm: small(body, "risk_ppm")?,
        sides: (side(0)?, side(1)?),
        margins: margins.iter().map(margin).collect::<Option<_>>()?,
        expected_ppm: small(body, "expected_ppm")?,
        most_draws: body.get("most_draws")?.as_u64()?,
    })
}

/// What an `audit.inspected` event says, in the order of `selections`.
fn inspection(body: &Value, selections: &[String]) -> Inspection {
    let text = |key: &str| body.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let count = |n: &Value| n.as_u64().and_then(|n| u32::try_from(n).ok());
    let votes = body.get("votes").and_then(Value::as_object);
    let seen = |feature: Feature| {
        let answer = body.get("features").and_then(|f| f.get(feature.code())).and_then(Value::as_str);
        (feature, answer.and_then(Seen::parse).unwrap_or(Seen::NotChecked))
    };
    Inspection {
        table: text("table"),
        sample: if text("audit").is_empty() { Sample::Convenience } else { Sample::Drawn },
        custody: text("custody"),
        votes: votes.map(|v| selections.iter().map(|id| v.get(id).and_then(count).unwrap_or(0)).collect()),
        null: body.get("null").and_then(count),
        features: Feature::ALL.map(seen).into(),
    }
}
