//! What would leave the folder with a bundle, so that it can be asked about before it does.

use std::fs::File;

use serde::Deserialize;
use tallyproof_core::pack::Mapping;
use tallyproof_core::transcription::csv_rows::{Columns, rows_delimited};
use tallyproof_evidence::ledger::Ledger;

use crate::pipeline::load;
use crate::store::Store;
use crate::trouble::{Outcome, Trouble};

/// What would leave.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Leaving {
    /// Source ids, as they were typed.
    pub sources: Vec<String>,
    /// Those that look like a person's address or number.
    pub like_people: Vec<String>,
    /// Imported files, and columns in them that no figure is read from: names may stand there.
    pub imported: Vec<Unused>,
    /// Images of which the hash leaves.
    pub n_images: u64,
    /// Events of the journal, without their private parts.
    pub n_events: u64,
    /// Statements that inspectors gave: custody, reasons.
    pub n_inspections: u64,
}

/// An imported file and what in it is not used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unused {
    /// `source@version`.
    pub name: String,
    /// Size, bytes.
    pub n_bytes: u64,
    /// Columns nothing is read from.
    pub columns: Vec<String>,
}

/// What would leave with a bundle of this folder.
pub fn leaving(store: &Store) -> Outcome<Leaving> {
    let ledger = load::ledger(store)?;
    let mut sources: Vec<String> = ledger.imports.keys().map(|(source, _)| source.clone()).collect();
    sources.extend(ledger.originals.values().flat_map(|original| original.sources.iter().cloned()));
    sources.sort();
    sources.dedup();
    Ok(Leaving {
        like_people: sources.iter().filter(|source| is_like_a_person(source)).cloned().collect(),
        sources,
        imported: imported(store, &ledger)?,
        n_images: ledger.picture_hashes().count() as u64,
        n_events: store.n_events()?,
        n_inspections: ledger.audits.iter().filter(|event| event.kind == "audit.inspected").count() as u64,
    })
}

/// An address, or a number as long as a telephone's or an identity card's.
fn is_like_a_person(source: &str) -> bool {
    let digits = source.chars().filter(char::is_ascii_digit).count();
    source.contains('@') || digits >= 7
}

fn imported(store: &Store, ledger: &Ledger) -> Outcome<Vec<Unused>> {
    let mut imported = Vec::new();
    for ((source, version), import) in &ledger.imports {
        let path = store.source_path(&import.sha256);
        let file = File::open(&path).map_err(Trouble::io(&path))?;
        let n_bytes = file.metadata().map_err(Trouble::io(&path))?.len();
        let changed = || Trouble::KeptFileChanged(path.clone());
        let mapping = Mapping::deserialize(&import.mapping).map_err(|_| changed())?;
        let mut rows = rows_delimited(file, mapping.encoding, mapping.delimiter).map_err(|_| changed())?;
        let columns = Columns::new(&mut rows).map_err(|_| changed())?;
        let used = mapping.columns();
        let columns = columns.names().filter(|name| !used.contains(name)).map(str::to_owned).collect();
        imported.push(Unused { name: format!("{source}@{version}"), n_bytes, columns });
    }
    Ok(imported)
}
