//! Work in the background: one job at a time, with its progress, and how the last of each kind ended.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::super::desk::Desk;
use crate::pipeline::workers::stand_back;
use crate::trouble::{Outcome, Trouble};

/// Pages are told of progress at most so often.
const TELL_EVERY: Duration = Duration::from_secs(2);

/// What is done in the background.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum JobKind {
    /// Tables and exports of the state now.
    Tables,
    /// A signed bundle.
    Bundle,
    /// A backup.
    Backup,
}

impl JobKind {
    /// All kinds, in the order of the page.
    pub const ALL: [JobKind; 3] = [JobKind::Tables, JobKind::Bundle, JobKind::Backup];

    /// Stable code, a part of addresses.
    pub fn code(self) -> &'static str {
        match self {
            JobKind::Tables => "tables",
            JobKind::Bundle => "bundle",
            JobKind::Backup => "backup",
        }
    }

    /// The kind with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// A file that a job made and that can be fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// Its name for whoever fetches it: letters, digits, `.`, `-` and `_`.
    pub name: String,
    /// Where it lies.
    pub path: PathBuf,
    /// Its length, bytes.
    pub n_bytes: u64,
    /// Hex SHA-256, where it is known.
    pub sha256: Option<String>,
}

/// What a job came to: its files, and a message with its arguments.
#[derive(Clone, Debug, Default)]
pub struct Ended {
    /// Files to be fetched.
    pub made: Vec<Made>,
    /// Key of the message.
    pub key: &'static str,
    /// Its arguments.
    pub args: Vec<(&'static str, String)>,
    /// What was found wrong beside it.
    pub faults: Vec<Arc<Trouble>>,
}

/// Where the last job of a kind stands.
#[derive(Clone, Debug)]
pub enum JobState {
    /// At work on a stage, so many of so many done.
    Running {
        /// Code of the stage; has words.
        stage: String,
        /// Done.
        done: u64,
        /// Of so many; 0 where nobody knows.
        of: u64,
    },
    /// Done.
    Done(Arc<Ended>),
    /// Failed.
    Failed(Arc<Trouble>),
    /// Broke off without an error of ours.
    Broken,
}

/// One job's line on the page.
#[derive(Clone, Debug)]
pub struct Job {
    /// Where it stands.
    pub state: JobState,
    /// When it began, RFC 3339.
    pub began: String,
}

/// All jobs.
#[derive(Default)]
pub struct Jobs {
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    running: Option<JobKind>,
    last: BTreeMap<JobKind, Job>,
}

/// What a job tells of how far it is.
pub struct Progress {
    desk: Arc<Desk>,
    kind: JobKind,
    told: Mutex<Option<Instant>>,
}

impl Progress {
    /// A new stage.
    pub fn stage(&self, code: &str) {
        self.set(JobState::Running { stage: code.to_owned(), done: 0, of: 0 });
        self.desk.live.changed();
    }

    /// So many of so many done.
    pub fn count(&self, n_done: u64, n_all: u64) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.is_some_and(|told| told.elapsed() < TELL_EVERY) {
            return;
        }
        *told = Some(Instant::now());
        let mut held = self.desk.door.jobs.locked();
        if let Some(Job { state: JobState::Running { done, of, .. }, .. }) = held.last.get_mut(&self.kind) {
            (*done, *of) = (n_done, n_all);
        }
        drop(held);
        self.desk.live.changed();
    }

    fn set(&self, state: JobState) {
        if let Some(job) = self.desk.door.jobs.locked().last.get_mut(&self.kind) {
            job.state = state;
        }
    }
}

/// Whether a panic took a job with it: its place is given back however it ends.
struct Place(Progress);

impl Drop for Place {
    fn drop(&mut self) {
        let Progress { desk, kind, .. } = &self.0;
        let mut held = desk.door.jobs.locked();
        held.running = None;
        if let Some(job) = held.last.get_mut(kind)
            && matches!(job.state, JobState::Running { .. })
        {
            job.state = JobState::Broken;
        }
        drop(held);
        desk.live.changed();
    }
}

impl Jobs {
    fn locked(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts a job; gives the kind of the one that is at work where there is one.
    pub fn start(
        desk: &Arc<Desk>,
        kind: JobKind,
        work: impl FnOnce(&Arc<Desk>, &Progress) -> Outcome<Ended> + Send + 'static,
    ) -> Result<(), JobKind> {
        {
            let mut held = desk.door.jobs.locked();
            if let Some(running) = held.running {
                return Err(running);
            }
            held.running = Some(kind);
            let state = JobState::Running { stage: "beginning".to_owned(), done: 0, of: 0 };
            held.last.insert(kind, Job { state, began: desk.clock.timestamp() });
        }
        desk.live.changed();
        let place = Place(Progress { desk: Arc::clone(desk), kind, told: Mutex::default() });
        let run = move || {
            stand_back();
            let ended = match work(&place.0.desk, &place.0) {
                Ok(ended) => JobState::Done(Arc::new(ended)),
                Err(trouble) => JobState::Failed(Arc::new(trouble)),
            };
            place.0.set(ended);
        };
        // Where no thread can be had, the job is dropped with its place, and says so.
        let _ = std::thread::Builder::new().name(format!("job-{}", kind.code())).spawn(run);
        Ok(())
    }

    /// The last job of a kind.
    pub fn last(&self, kind: JobKind) -> Option<Job> {
        self.locked().last.get(&kind).cloned()
    }

    /// Which kind is at work.
    pub fn running(&self) -> Option<JobKind> {
        self.locked().running
    }

    /// A file that the last job of a kind made.
    pub fn made(&self, kind: JobKind, name: &str) -> Option<Made> {
        let job = self.last(kind)?;
        let JobState::Done(ended) = job.state else { return None };
        ended.made.iter().find(|made| made.name == name).cloned()
    }
}
