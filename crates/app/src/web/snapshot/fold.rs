//! From the journal to facts, reading only what is new: events that were folded and files that were parsed stay.

use std::collections::HashMap;
use std::sync::Arc;

use tallyproof_analysis::results::AuditFacts;
use tallyproof_core::facts::Facts;
use tallyproof_core::journal::ChainCheck;
use tallyproof_core::pack::Pack;
use tallyproof_core::register::Register;
use tallyproof_core::transcription::Transcription;
use tallyproof_evidence::audits::audits;
use tallyproof_evidence::facts::{facts_with, pack, transcription};
use tallyproof_evidence::ledger::{AdoptedPack, Ledger};

use super::trail::Trail;
use crate::pipeline::load;
use crate::store::Store;
use crate::trouble::Outcome;

/// What was folded of a journal.
#[derive(Default)]
pub(super) struct Fold {
    check: ChainCheck,
    ledger: Ledger,
    trail: Arc<Trail>,
    pack: Option<(AdoptedPack, Pack, Option<Register>)>,
    /// Rows of imports, by the file's hash and the mapping it was read by.
    rows: HashMap<(String, String), Transcription>,
}

impl Fold {
    /// Who did what.
    pub(super) fn trail(&self) -> Arc<Trail> {
        self.trail.clone()
    }

    /// Takes what is new, and gives every fact, what is known of audits, and the number of the last event.
    pub(super) fn facts(&mut self, store: &Store) -> Outcome<(Facts, AuditFacts, u64)> {
        self.read(store)?;
        let known = self.pack(store)?;
        let mut rows = std::mem::take(&mut self.rows);
        let facts = facts_with(&self.ledger, known, &mut |pack, name, import| {
            let key = (import.sha256.clone(), import.mapping.to_string());
            if let Some(known) = rows.get(&key) {
                return Ok(known.clone());
            }
            let parsed = transcription(store, pack, name, import)?;
            rows.insert(key, parsed.clone());
            Ok(parsed)
        });
        self.rows = rows;
        let facts = facts.map_err(load::trouble(store))?;
        let audits = audits(&self.ledger.audits, &facts.pack, store).map_err(load::trouble(store))?;
        Ok((facts, audits, self.check.n_events()))
    }

    fn read(&mut self, store: &Store) -> Outcome<()> {
        // Pages may still hold the trail as it was: then this is the one copy of it.
        let trail = Arc::make_mut(&mut self.trail);
        let (ledger, check) = (&mut self.ledger, self.check.clone());
        self.check = store.each_event_after(check, &mut |event, _| {
            ledger.take(&event);
            trail.take(&event);
            Ok(())
        })?;
        Ok(())
    }

    /// The pack in force. Another pack reads imported files anew: its selections and lines may be others.
    fn pack(&mut self, store: &Store) -> Outcome<(Pack, Option<Register>)> {
        let adopted = self.ledger.pack.clone().unwrap_or_default();
        if let Some((known, pack, register)) = &self.pack
            && *known == adopted
        {
            return Ok((pack.clone(), register.clone()));
        }
        let (read, register) = pack(&self.ledger, store).map_err(load::trouble(store))?;
        self.rows.clear();
        self.pack = Some((adopted, read.clone(), register.clone()));
        Ok((read, register))
    }
}
