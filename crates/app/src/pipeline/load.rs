//! From the folder to the set of facts.

use std::collections::BTreeMap;

use tallyproof_core::facts::{Facts, Source, Version};
use tallyproof_core::pack::{Mapping, Pack};
use tallyproof_core::transcription::Transcription;

use super::packs::LoadedPack;
use crate::store::{Import, Store};
use crate::trouble::{Outcome, Trouble};

/// Reads every fact of the folder. Kept files are hashed on the way; a changed one is an error.
pub fn facts(store: &Store, loaded: LoadedPack) -> Outcome<Facts> {
    let mut versions: BTreeMap<String, Vec<Version>> = BTreeMap::new();
    for import in store.imports()? {
        let transcription = transcription(store, &loaded.pack, &import)?;
        let version = Version {
            label: import.label,
            supersedes: import.supersedes,
            sha256: import.sha256,
            transcription,
        };
        versions.entry(import.source).or_default().push(version);
    }
    let sources = versions
        .into_iter()
        .map(|(id, versions)| {
            Source::new(id.clone(), versions)
                .map_err(|unclear| Trouble::NewestUnclear { source_id: id, unclear })
        })
        .collect::<Outcome<Vec<_>>>()?;
    Ok(Facts::new(loaded.pack, loaded.register, sources))
}

/// The rows of one import, derived again from the kept file.
pub fn transcription(store: &Store, pack: &Pack, import: &Import) -> Outcome<Transcription> {
    let path = store.source_path(&import.sha256);
    let mapping: Mapping =
        serde_json::from_str(&import.mapping).map_err(|_| Trouble::KeptFileChanged(path.clone()))?;
    let mut source = store.open_source(&import.sha256)?;
    let parsed = Transcription::parse(&mut source, &mapping, pack);
    // The hash first: a damaged file explains whatever parsing says.
    source.finish(&import.sha256)?;
    parsed.map_err(|error| Trouble::Csv { file: path, error })
}
