//! Comparing two tables of numbers: sources, versions of sources, or files.

use std::fs::File;
use std::path::Path;

use tallyproof_core::compare::Comparison;
use tallyproof_core::facts::newest_of;
use tallyproof_core::pack::Pack;
use tallyproof_core::transcription::Transcription;

use super::{import, load};
use crate::store::Store;
use crate::trouble::{Outcome, Trouble};

/// A comparison, with how many rows on either side were no rows at all.
pub struct Compared {
    /// Cell by cell.
    pub comparison: Comparison,
    /// Rows of A that were refused, and so not compared.
    pub refused_a: u64,
    /// Rows of B that were refused.
    pub refused_b: u64,
}

/// Compares A with B, each a `SOURCE`, a `SOURCE@VERSION` or a file.
pub fn compare(store: &Store, pack: &Pack, a: &str, b: &str) -> Outcome<Compared> {
    let (a, b) = (find(store, pack, a)?, find(store, pack, b)?);
    Ok(Compared { comparison: Comparison::of(&a, &b), refused_a: a.n_refused, refused_b: b.n_refused })
}

fn find(store: &Store, pack: &Pack, name: &str) -> Outcome<Transcription> {
    let imports = load::ledger(store)?.imports;
    let (source, label) = name.split_once('@').map_or((name, None), |(source, label)| (source, Some(label)));
    let of_source: Vec<_> = imports.iter().filter(|((of, _), _)| of == source).collect();
    let chosen = match label {
        Some(label) => of_source.iter().find(|((_, other), _)| other == label),
        None => {
            let labels: Vec<(&str, &[String])> = of_source
                .iter()
                .map(|((_, label), import)| (label.as_str(), import.supersedes.as_slice()))
                .collect();
            newest_of(&labels).and_then(|newest| of_source.get(newest))
        }
    };
    if let Some(((source, label), import)) = chosen {
        return load::transcription(store, pack, (source, label), import);
    }
    let path = Path::new(name);
    if path.is_file() {
        return read_file(pack, path);
    }
    let known = imports.keys().map(|(source, label)| format!("{source}@{label}")).collect();
    Err(Trouble::UnknownSource { name: name.to_owned(), known })
}

fn read_file(pack: &Pack, path: &Path) -> Outcome<Transcription> {
    let mapping = import::fit(pack, path, path)?;
    let file = File::open(path).map_err(Trouble::io(path))?;
    Transcription::parse(file, &mapping, pack).map_err(|error| Trouble::Csv { file: path.to_owned(), error })
}
