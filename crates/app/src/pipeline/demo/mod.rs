//! The demonstration: a synthetic election from a seed, through the whole chain.
//!
//! Everything it makes is labelled SYNTHETIC. Faults are injected on purpose, and the end of the run says
//! which of them the chain found and which it did not.

mod geography;
mod model;
mod pack;

use std::path::Path;

pub use model::DemoElection;

use super::{election, packs};
use crate::store::{Access, Store};
use crate::trouble::{Outcome, Trouble};

/// What the demonstration is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DemoRequest {
    /// Seed of every random choice.
    pub seed: u64,
    /// Polling tables in the country.
    pub n_tables: u32,
}

/// Makes the folder, or opens it when an earlier run with the same request made it.
pub fn prepare(dir: &Path, request: DemoRequest) -> Outcome<(Store, DemoElection)> {
    let demo = DemoElection::draw(request.seed, request.n_tables);
    let made_before = dir.join("demo").is_dir();
    let made = dir.join("demo");
    if !made_before {
        if dir.exists() && std::fs::read_dir(dir).map_err(Trouble::io(dir))?.next().is_some() {
            return Err(Trouble::FolderExists(dir.to_owned()));
        }
        let elsewhere = made.join("election").join(pack::ID);
        write(&elsewhere.join(packs::PACK_FILE), pack::toml(&demo).as_bytes())?;
        write(&elsewhere.join("register.csv"), pack::register(&demo).as_bytes())?;
        write(&made.join("regions.geojson"), geography::geojson().as_bytes())?;
    }
    let loaded = packs::from_dir(&made.join("election").join(pack::ID))?;
    let work = dir.join("work");
    let store = if work.exists() {
        election::open(&work, Access::Write)?.0
    } else {
        election::create(&work, &loaded, Some(&made.join("regions.geojson")))?
    };
    Ok((store, demo))
}

fn write(path: &Path, bytes: &[u8]) -> Outcome<()> {
    if let Some(dir) = path.parent() {
        std::fs::create_dir_all(dir).map_err(Trouble::io(dir))?;
    }
    std::fs::write(path, bytes).map_err(Trouble::io(path))
}
