//! The demonstration: a synthetic election from a seed, photographs and all, through the whole chain.
//!
//! Everything it makes is labelled SYNTHETIC. Faults are injected on purpose, and the end of the run says
//! which of them the chain found and which it did not.

mod faults;
mod geography;
mod model;
mod pack;
mod photos;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use tallyproof_analysis::results::Analysis;
use tallyproof_core::facts::Facts;
use tallyproof_core::tidy::Table;

pub use faults::{FaultKind, Injected, Verdict};
pub use model::{DemoElection, DemoTable};
pub use photos::Shot;

use super::{election, packs};
use crate::store::{Access, Store};
use crate::trouble::{Outcome, Trouble};

/// What the demonstration is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DemoRequest {
    /// Seed of every random choice.
    pub seed: u64,
    /// Polling tables in the country; sheets of about three quarters of them surface.
    pub n_tables: u32,
}

/// A prepared demonstration.
pub struct Demo {
    /// The country.
    pub election: DemoElection,
    /// What was done to its sheets.
    pub faults: Vec<Injected>,
    /// The working folder.
    pub folder: PathBuf,
    /// Where the photographs lie.
    pub photos: PathBuf,
}

/// Draws the election and makes pack, map and working folder, unless an earlier run with the same request
/// has. Fails when `dir` holds something else.
pub fn prepare(dir: &Path, request: DemoRequest) -> Outcome<(Demo, Store)> {
    let election = DemoElection::draw(request.seed, request.n_tables);
    let made = dir.join("synthetic");
    let (label, mark) =
        (made.join("request.txt"), format!("seed {} tables {}\n", request.seed, request.n_tables));
    let existing = std::fs::read_to_string(&label).ok();
    let is_ours = match existing.as_deref() {
        None | Some("") => is_free(dir)? && is_free(&made)?,
        Some(text) => text == mark,
    };
    if !is_ours {
        return Err(Trouble::FolderExists(dir.to_owned()));
    }
    let pack_dir = made.join("election").join(pack::ID);
    let map = made.join("regions.geojson");
    // The request first: it says whose the folder is, and the next run writes the others again.
    write(&label, mark.as_bytes())?;
    write(&pack_dir.join(packs::PACK_FILE), pack::toml(&election).as_bytes())?;
    write(&pack_dir.join("register.csv"), pack::register(&election).as_bytes())?;
    write(&map, geography::geojson().as_bytes())?;
    let folder = dir.join("work");
    let store = match election::open(&folder, Access::Write) {
        Ok((store, _)) => store,
        // Not there yet, or killed while it was being made.
        Err(Trouble::NotAFolder(_)) => election::create(&folder, &packs::from_dir(&pack_dir)?, Some(&map))?,
        Err(trouble) => return Err(trouble),
    };
    let faults = faults::choose(&election);
    Ok((Demo { election, faults, folder, photos: made.join(photos::PHOTOS) }, store))
}

impl Demo {
    /// Number of photographs.
    pub fn n_photos(&self) -> u64 {
        photos::count(&self.election, &self.faults)
    }

    /// Makes the photographs that are not there yet.
    pub fn make_photos(&self, progress: &(dyn Fn() + Sync)) -> Outcome<()> {
        photos::make(&self.photos, &self.election, &self.faults, progress)
    }

    /// Which faults the chain found; also written to `faults.csv` beside the report.
    pub fn judge(
        &self,
        store: &Store,
        facts: &Facts,
        analysis: &Analysis,
    ) -> Outcome<Vec<(&Injected, Verdict)>> {
        let mut images = BTreeMap::new();
        for original in store.originals()? {
            for (_, file) in &original.origins {
                let name = Path::new(file).file_name().map(|name| name.to_string_lossy().into_owned());
                images.insert(name.unwrap_or_default(), original.sha256.clone());
            }
        }
        let judged: Vec<(&Injected, Verdict)> = self
            .faults
            .iter()
            .map(|fault| (fault, faults::judge(fault, &self.election, facts, analysis, &images)))
            .collect();
        store.replace(&store.report_dir().join("faults.csv"), |out| {
            let mut table = Table::new(out, ["fault", "table", "file", "verdict"])?;
            for (fault, verdict) in &judged {
                let id = self.election.tables[fault.table].id.as_str();
                table.row([fault.kind.code(), id, fault.file.as_str(), verdict.code()])?;
            }
            table.finish().map(drop)
        })?;
        Ok(judged)
    }
}

fn write(path: &Path, bytes: &[u8]) -> Outcome<()> {
    if let Some(dir) = path.parent() {
        std::fs::create_dir_all(dir).map_err(Trouble::io(dir))?;
    }
    std::fs::write(path, bytes).map_err(Trouble::io(path))
}

/// Whether a folder holds nothing, or only what a run leaves that was killed as it began.
fn is_free(dir: &Path) -> Outcome<bool> {
    if !dir.exists() {
        return Ok(true);
    }
    let mut entries = std::fs::read_dir(dir).map_err(Trouble::io(dir))?.flatten();
    Ok(entries.all(|entry| ["synthetic", "request.txt"].iter().any(|name| entry.file_name() == *name)))
}
