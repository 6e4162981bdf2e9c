//! Making a working folder, and keeping journal and pack in step.

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use super::packs::{self, LoadedPack};
use crate::site;
use crate::store::{Access, Fact, LOCK_PATIENCE, Store};
use crate::trouble::{Outcome, Trouble};

/// Makes a working folder for an election. Fails when the folder holds something already.
pub fn create(dir: &Path, loaded: &LoadedPack, boundaries: Option<&Path>) -> Outcome<Store> {
    // Boundaries are read before anything is made, so that a bad file leaves nothing behind.
    if let Some(file) = boundaries {
        let absent = || Trouble::io(file)(std::io::ErrorKind::NotFound.into());
        let bytes = packs::read_limited(file, site::MAX_BOUNDARIES_BYTES)?.ok_or_else(absent)?;
        site::check_boundaries(&bytes, &loaded.pack).map_err(|fault| Trouble::BoundariesFile {
            path: file.to_owned(),
            code: fault.code(),
            args: fault.args(),
        })?;
    }
    let store = Store::create(dir)?;
    packs::write(&store.pack_dir(&loaded.pack.id), loaded)?;
    let mut facts: Vec<Fact> = changed_pack(&store, loaded)?.into_iter().collect();
    if let Some(file) = boundaries {
        let kept = store.keep_source(file)?;
        let body = json!({"sha256": kept.sha256, "bytes": kept.n_bytes});
        facts.push(Fact { kind: "boundaries.adopted", body, private: whoabouts(Some(file)) });
    }
    // In one step: a folder that was asked to have a map never stands without it.
    store.append_all(&facts)?;
    Ok(store)
}

/// Opens a working folder with its pack as it stands now. With `Access::Write`, an edited pack is a new
/// fact in the journal.
pub fn open(dir: &Path, access: Access) -> Outcome<(Store, LoadedPack)> {
    open_within(dir, access, LOCK_PATIENCE)
}

/// The same, waiting no longer than `patience` for another program that writes in the folder.
pub fn open_within(dir: &Path, access: Access, patience: Duration) -> Outcome<(Store, LoadedPack)> {
    let store = Store::open_within(dir, access, patience)?;
    let id = store.setting("pack")?.ok_or_else(|| Trouble::NotAFolder(dir.to_owned()))?;
    let loaded = packs::from_dir(&store.pack_dir(&id))?;
    if access == Access::Write
        && let Some(fact) = changed_pack(&store, &loaded)?
    {
        store.append_all(&[fact])?;
    }
    Ok((store, loaded))
}

/// The fact that the pack's files are others than the journal's last, once they are kept.
fn changed_pack(store: &Store, loaded: &LoadedPack) -> Outcome<Option<Fact>> {
    let files = json!(loaded.hashes());
    let known: Option<Value> = store.setting("pack-files")?.and_then(|text| serde_json::from_str(&text).ok());
    if known.as_ref() == Some(&files) {
        return Ok(None);
    }
    for name in loaded.files.keys() {
        store.keep_source(&store.pack_dir(&loaded.pack.id).join(name))?;
    }
    let body = json!({"id": loaded.pack.id, "files": files});
    Ok(Some(Fact { kind: "pack.adopted", body, private: whoabouts(None) }))
}

/// Private part of an event: which person, which file by its original name and place, the exact time.
pub fn whoabouts(file: Option<&Path>) -> Value {
    let person = ["USER", "LOGNAME", "USERNAME"].iter().find_map(|name| std::env::var(name).ok());
    let place = file.map(|f| f.canonicalize().unwrap_or_else(|_| f.to_owned()).display().to_string());
    json!({"person": person, "file": place, "time": jiff::Timestamp::now().to_string()})
}
