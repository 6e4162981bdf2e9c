//! From the folder to the set of facts.

use tallyproof_analysis::results::AuditFacts;
use tallyproof_core::facts::Facts;
use tallyproof_core::pack::Pack;
use tallyproof_core::transcription::Transcription;
use tallyproof_evidence::EvidenceError;
use tallyproof_evidence::audits::audits;
use tallyproof_evidence::facts::{PACK_FILE, facts as facts_of, transcription as rows_of};
use tallyproof_evidence::ledger::{Import, Ledger};
pub use tallyproof_evidence::seen::{Seen, outcome};

use super::packs::LoadedPack;
use crate::store::Store;
use crate::trouble::{Outcome, Trouble};

/// What the journal adds up to, from its chained events and from no row that somebody may have edited.
pub fn ledger(store: &Store) -> Outcome<Ledger> {
    ledger_at(store).map(|(ledger, _)| ledger)
}

/// As [`ledger`], with the number of the last event it holds.
pub fn ledger_at(store: &Store) -> Outcome<(Ledger, u64)> {
    let mut ledger = Ledger::default();
    let end = store.each_event(&mut |event, _| {
        ledger.take(&event);
        Ok(())
    })?;
    Ok((ledger, end.n_events()))
}

/// Reads every fact of the folder. Kept files are hashed on the way; a changed one is an error.
pub fn facts(store: &Store, loaded: LoadedPack) -> Outcome<Facts> {
    derived(store, &ledger(store)?, loaded)
}

/// As [`facts`], with what is known of audits.
pub fn everything(store: &Store, loaded: LoadedPack) -> Outcome<(Facts, AuditFacts)> {
    of_ledger(store, &ledger(store)?, loaded)
}

/// As [`everything`], of a ledger that was folded before.
pub(super) fn of_ledger(store: &Store, ledger: &Ledger, loaded: LoadedPack) -> Outcome<(Facts, AuditFacts)> {
    let facts = derived(store, ledger, loaded)?;
    let audits = audits(&ledger.audits, &facts.pack, store).map_err(trouble(store))?;
    Ok((facts, audits))
}

/// The facts that a ledger adds up to.
pub(super) fn derived(store: &Store, ledger: &Ledger, loaded: LoadedPack) -> Outcome<Facts> {
    facts_of(ledger, (loaded.pack, loaded.register), store).map_err(trouble(store))
}

/// The rows of one import, derived again from the kept file.
pub fn transcription(
    store: &Store,
    pack: &Pack,
    name: (&str, &str),
    import: &Import,
) -> Outcome<Transcription> {
    rows_of(store, pack, name, import).map_err(trouble(store))
}

/// Says of a folder what failed on its kept files.
pub fn trouble(store: &Store) -> impl FnOnce(EvidenceError) -> Trouble + '_ {
    use EvidenceError as E;
    let kept = |sha256: &str| store.source_path(sha256);
    move |error| match error {
        E::Io { file, error } => Trouble::Io { path: kept(&file), error },
        E::KeptFileChanged(sha256) => Trouble::KeptFileChanged(kept(&sha256)),
        E::Chain { seq, fault } => Trouble::Chain { seq, fault },
        E::NoPack => Trouble::NotAFolder(store.root().to_owned()),
        E::BadPack(faults) => Trouble::BadPack { file: PACK_FILE.into(), faults },
        E::Register(error) => super::packs::register_trouble(PACK_FILE.into(), "tables.pattern", error),
        E::Csv { sha256, error } => Trouble::Csv { file: kept(&sha256), error },
        E::ImportChanged { name, n_adopted, n_refused } => {
            Trouble::ImportChanged { name, n_adopted, n_refused }
        }
        E::NewestUnclear { source_id, unclear } => Trouble::NewestUnclear { source_id, unclear },
    }
}
