//! From the journal to facts, reading only what is new: events that were folded and files that were parsed stay.
//!
//! There is one fold of a desk's journal. The picture of the whole is made from it, and the board is told from it which
//! images to look at again.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use rayon::prelude::*;
use serde_json::Value;

use tallyproof_analysis::results::AuditFacts;
use tallyproof_core::facts::Facts;
use tallyproof_core::journal::{ChainCheck, Event, sha256_hex};
use tallyproof_core::pack::Pack;
use tallyproof_core::register::Register;
use tallyproof_core::transcription::Transcription;
use tallyproof_evidence::audits::audits;
use tallyproof_evidence::facts::{facts_with, pack, transcription};
use tallyproof_evidence::ledger::{AdoptedPack, Ledger, unread_id};

use super::trail::Trail;
use crate::pipeline::load;
use crate::store::Store;
use crate::trouble::{Outcome, Trouble};

/// Events read at once.
const PIECE: u32 = 1_000;

/// What was folded of a journal.
#[derive(Default)]
pub(in crate::web) struct Fold {
    check: ChainCheck,
    ledger: Ledger,
    news: News,
    trail: Arc<Trail>,
    pack: Option<(AdoptedPack, Pack, Option<Register>)>,
    /// Rows of imports, by the file's hash and the mapping it was read by.
    rows: HashMap<(String, String), Transcription>,
}

/// What the board has not been told of yet.
#[derive(Debug, Default)]
pub(in crate::web) struct News {
    /// Images that were added or read.
    pub(in crate::web) images: BTreeSet<String>,
    /// Whether pictures were compared.
    pub(in crate::web) compared: bool,
}

impl News {
    fn take(&mut self, event: &Event) {
        let text = |key: &str| event.body.get(key).and_then(Value::as_str).unwrap_or_default();
        match event.kind.as_str() {
            "image.added" | "image.read" => drop(self.images.insert(text("sha256").to_owned())),
            "document.unread" => {
                let page = event.body.get("page").and_then(Value::as_u64);
                self.images.insert(unread_id(text("document"), page));
            }
            "pictures.compared" => self.compared = true,
            _ => {}
        }
    }
}

impl Fold {
    /// What the events read so far add up to.
    pub(in crate::web) fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// What is new since this was last asked.
    pub(in crate::web) fn news(&mut self) -> News {
        std::mem::take(&mut self.news)
    }

    /// Who did what.
    pub(super) fn trail(&self) -> Arc<Trail> {
        self.trail.clone()
    }

    /// Takes what is new, and gives every fact, what is known of audits, and the number of the last event.
    pub(super) fn facts(&mut self, store: &Store) -> Outcome<(Facts, AuditFacts, u64)> {
        self.read(store, &mut |_| Ok(()))?;
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

    /// Takes the events that are new, each once, and gives each to `also`.
    pub(in crate::web) fn read(
        &mut self,
        store: &Store,
        also: &mut dyn FnMut(&Event) -> Outcome<()>,
    ) -> Outcome<()> {
        loop {
            let rows = store.event_bytes(self.check.next_seq(), PIECE)?;
            if rows.is_empty() {
                return Ok(());
            }
            // Pages may still hold the trail as it was: then this is the one copy of it.
            let trail = Arc::make_mut(&mut self.trail);
            // A country's journal is read at the start, and people wait for it: what each event says by itself is found out
            // on all processors.
            let parsed: Vec<_> = rows.par_iter().map(|row| (Event::parse(row), sha256_hex(row))).collect();
            for (event, sha256) in parsed {
                let seq = self.check.next_seq();
                let chain = |fault| Trouble::Chain { seq, fault };
                let event = event.map_err(chain)?;
                self.check.link(&event, sha256).map_err(chain)?;
                self.ledger.take(&event);
                self.news.take(&event);
                trail.take(&event);
                also(&event)?;
            }
        }
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
