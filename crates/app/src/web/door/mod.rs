//! What comes in and goes out of the desk: pictures sent, exports, bundles, backups, and the interface for programs.
//!
//! Whatever takes long runs in the background, one job at a time, and nobody who types waits for it: jobs look at the
//! folder by a connection of their own.

pub mod api;
mod bundle;
mod download;
mod exports;
mod images;
mod jobs;
mod multipart;
mod reading;
mod receive;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tallyproof_core::people::Role;

use super::desk::Desk;
use super::rights::{Allowed, Route, get, post};
use crate::trouble::{DeskTrouble, Outcome};

pub use jobs::{JobKind, JobState, Jobs};
pub use reading::Reading;
pub use receive::Gate;

/// Who keeps what comes in and goes out.
const KEEPERS: Allowed = Allowed::Only(&[Role::Administrator, Role::Coordinator]);
/// A backup holds names: the administrator's alone.
const ADMINISTRATOR: Allowed = Allowed::Only(&[Role::Administrator]);

/// What the desk's door was given at the start.
#[derive(Clone, Debug)]
pub struct DoorSettings {
    /// Key file that signs bundles, if bundles are to be made at the desk.
    pub key: Option<PathBuf>,
    /// Where backups go, beside the one that can be fetched.
    pub backup_to: Option<PathBuf>,
    /// Pictures read at once; one less than there are processors where not given.
    pub jobs: Option<usize>,
    /// Longest time in which nothing of a body arrives.
    pub stall: Duration,
}

impl Default for DoorSettings {
    fn default() -> Self {
        Self { key: None, backup_to: None, jobs: None, stall: Duration::from_secs(30) }
    }
}

/// The door's state.
#[derive(Default)]
pub struct Door {
    /// What it was given at the start.
    pub settings: DoorSettings,
    /// Work in the background.
    pub jobs: Jobs,
    /// Whoever reads the pictures that came in.
    pub reading: Reading,
    /// How many may send at once.
    pub gate: Gate,
}

impl Door {
    /// A door with these settings.
    pub fn new(settings: DoorSettings) -> Self {
        Self { settings, ..Self::default() }
    }
}

/// The door's work in the background; dropping it ends the work, after the pictures in flight.
pub struct Background {
    desk: Arc<Desk>,
    reader: Option<std::thread::JoinHandle<()>>,
}

/// Opens the door: removes what an earlier desk left half done, and reads what comes in.
pub fn open(desk: &Arc<Desk>) -> Outcome<Background> {
    receive::sweep(desk)?;
    let reader = {
        let desk = Arc::clone(desk);
        std::thread::Builder::new().name("reading".to_owned()).spawn(move || reading::watch(&desk))
    };
    let reader = reader.map_err(|error| DeskTrouble::System(error.to_string()))?;
    Ok(Background { desk: Arc::clone(desk), reader: Some(reader) })
}

impl Drop for Background {
    fn drop(&mut self) {
        self.desk.door.reading.end();
        let _ = self.reader.take().map(std::thread::JoinHandle::join);
    }
}

/// Routes of pages; those for programs are in [`api`].
pub(super) fn routes() -> Vec<Route> {
    let mut all = vec![
        get("/images", KEEPERS, images::show),
        post("/images", KEEPERS, images::send).within(receive::MOST_FORM_BYTES, receive::MOST_SECONDS),
        get("/exports", KEEPERS, exports::show),
        post("/exports/tables", KEEPERS, exports::make_tables),
        get("/exports/bundle", KEEPERS, bundle::show),
        post("/exports/bundle", KEEPERS, bundle::make),
        post("/exports/backup", ADMINISTRATOR, exports::make_backup),
        get("/exports/backup/{name}", ADMINISTRATOR, download::backup),
        get("/exports/{kind}/{name}", KEEPERS, download::file),
    ];
    all.extend(api::routes());
    all
}
