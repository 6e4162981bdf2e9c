//! What a folder holds, and whether that is sound.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;
use tallyproof::pipeline::load;
use tallyproof::pipeline::packs::from_dir;
use tallyproof::store::{Access, Store};
use tallyproof_analysis::results::analyse_with;
use tallyproof_core::journal::sha256_hex;

/// A folder at one moment.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    /// Hash of every event, in order.
    pub(crate) events: Vec<String>,
    /// What does not hold in it.
    pub(crate) faults: Vec<String>,
}

/// Checks chain, commitments, projections and kept files, as `journal check` does.
pub(crate) fn look(folder: &Path) -> Seen {
    let mut seen = Seen::default();
    let store = match Store::open(folder, Access::Read) {
        Ok(store) => store,
        Err(trouble) => {
            seen.faults.push(format!("the folder does not open: {trouble}"));
            return seen;
        }
    };
    let walked = store.each_event(&mut |_, bytes| {
        seen.events.push(sha256_hex(bytes));
        Ok(())
    });
    let state = walked.and_then(|_| store.check_journal());
    match state {
        Ok(state) if !state.private_broken.is_empty() => {
            seen.faults.push(format!("private parts of {:?}", state.private_broken));
        }
        Ok(state) if !state.projections_current => seen.faults.push("projections".to_owned()),
        Ok(_) => {}
        Err(trouble) => seen.faults.push(format!("journal: {trouble}")),
    }
    match store.check_kept_files() {
        Ok(faults) => seen.faults.extend(faults.iter().map(|fault| format!("kept file: {fault}"))),
        Err(trouble) => seen.faults.push(format!("kept files: {trouble}")),
    }
    seen
}

impl Seen {
    /// What is amiss now, or was there before and is not any more.
    pub(crate) fn since(&self, before: &Seen) -> Vec<String> {
        let mut faults = self.faults.clone();
        if !self.events.starts_with(&before.events) {
            faults.push(format!("of {} events some are gone", before.events.len()));
        }
        faults
    }
}

/// What the events of a folder say, without their order: how often each body stands there. Pairs of compared pictures
/// may come in one event or several, so each counts by itself.
pub(crate) fn said(folder: &Path) -> BTreeMap<String, u64> {
    let store = Store::open(folder, Access::Read).expect("it was looked at");
    let mut said = BTreeMap::new();
    let walked = store.each_event(&mut |event, _| {
        let one = |body: &Value| format!("{} {body}", event.kind);
        let bodies = match event.kind.as_str() {
            "pictures.compared" => event.body["pairs"].as_array().into_iter().flatten().map(one).collect(),
            _ => vec![one(&event.body)],
        };
        bodies.into_iter().for_each(|body| *said.entry(body).or_default() += 1);
        Ok(())
    });
    walked.expect("it was looked at");
    said
}

/// `results.json`, as a report of the folder would have it.
pub(crate) fn results(folder: &Path, pack: &str) -> Vec<u8> {
    let store = Store::open(folder, Access::Read).expect("it was looked at");
    let loaded = from_dir(&store.pack_dir(pack)).expect("the folder's own pack");
    let (facts, audits) = load::everything(&store, loaded).expect("facts of a sound folder");
    analyse_with(&facts, &audits).results.to_json()
}

/// Files that a kill may leave, and no verb that ended well.
pub(crate) fn left_behind(dir: &Path) -> Vec<String> {
    let mut left = Vec::new();
    for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.contains(".part") || name.ends_with(".packing") || name.ends_with(".incoming") {
            left.push(path.display().to_string());
        } else if path.is_dir() && !path.is_symlink() {
            left.extend(left_behind(&path));
        }
    }
    left
}
