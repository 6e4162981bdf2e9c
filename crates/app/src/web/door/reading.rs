//! Reading pictures in the background, as they come in: a few at a time, on all processors but one.
//!
//! Whatever it learns, the board, the picture of the whole and open pages are told. Files of one picture are looked for
//! when nothing is left to read.

use std::collections::{BTreeSet, VecDeque};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::super::desk::Desk;
use crate::pipeline::alike::link_by;
use crate::pipeline::read::read_some;
use crate::pipeline::weights::Weights;
use crate::pipeline::workers::{eyes_of, stand_back};
use crate::trouble::{Outcome, Trouble};

/// Pictures per thread between two transactions.
const CHUNK_PER_JOB: usize = 4;
/// How long to wait after a failure, such as a full disk.
const AFTER_FAILURE: Duration = Duration::from_secs(10);
/// Pictures asked of the folder at once: finding those that wait walks over all that came.
const ASKED: usize = 500;
/// The board is told of readings at most so often, while there are more.
const TELL_EVERY: Duration = Duration::from_millis(500);
/// Looking for files of one picture rests so many times as long as it took: a country's signatures are many.
const REST: u32 = 10;

/// Where reading stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stands {
    /// Pictures read since the start.
    pub n_read: u64,
    /// Pictures whose file is gone or was changed.
    pub n_damaged: u64,
    /// Code of the last failure; gone with the next success.
    pub failed: Option<&'static str>,
}

/// Whoever reads in the background.
#[derive(Default)]
pub struct Reading {
    wanted: Mutex<Wanted>,
    bell: Condvar,
    stands: Mutex<Stands>,
}

#[derive(Default)]
struct Wanted {
    now: bool,
    ended: bool,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Reading {
    /// Says that pictures came in.
    pub fn wake(&self) {
        locked(&self.wanted).now = true;
        self.bell.notify_all();
    }

    /// Ends the background's work, after the pictures in flight.
    pub fn end(&self) {
        locked(&self.wanted).ended = true;
        self.bell.notify_all();
    }

    /// Where it stands.
    pub fn stands(&self) -> Stands {
        locked(&self.stands).clone()
    }

    /// Waits for pictures, no longer than `most`; false when it is time to end.
    fn wait(&self, most: Option<Duration>) -> bool {
        let start = Instant::now();
        let mut wanted = locked(&self.wanted);
        loop {
            if wanted.ended {
                return false;
            }
            if std::mem::take(&mut wanted.now) {
                return true;
            }
            wanted = match most.map(|most| most.checked_sub(start.elapsed())) {
                Some(None) => return true,
                Some(Some(left)) => match self.bell.wait_timeout(wanted, left) {
                    Ok((wanted, _)) => wanted,
                    Err(poisoned) => poisoned.into_inner().0,
                },
                None => self.bell.wait(wanted).unwrap_or_else(PoisonError::into_inner),
            };
        }
    }

    fn is_ended(&self) -> bool {
        locked(&self.wanted).ended
    }
}

/// Reads what comes in until [`Reading::end`]. For a thread of its own.
pub(super) fn watch(desk: &Arc<Desk>) {
    stand_back();
    let now = Instant::now();
    let mut reader =
        Reader { damaged: BTreeSet::new(), link_after: now, linked: false, untold: false, tell_after: now };
    loop {
        let done = reader.read_all(desk);
        let mut stands = locked(&desk.door.reading.stands);
        stands.failed = done.as_ref().err().map(Trouble::code);
        drop(stands);
        let wait = match done {
            Err(_) => Some(AFTER_FAILURE),
            // What was put off is done when its time comes.
            Ok(()) if !reader.linked => Some(reader.link_after.saturating_duration_since(Instant::now())),
            Ok(()) => None,
        };
        if !desk.door.reading.wait(wait) {
            return;
        }
    }
}

struct Reader {
    /// Originals that cannot be read from the disk: not tried again until the next start.
    damaged: BTreeSet<String>,
    link_after: Instant,
    linked: bool,
    /// Readings that the board does not know yet.
    untold: bool,
    tell_after: Instant,
}

impl Reader {
    fn read_all(&mut self, desk: &Arc<Desk>) -> Outcome<()> {
        let jobs = desk.door.settings.jobs.unwrap_or_else(spare_processors).max(1);
        let mut ready = None;
        let mut pending = self.pending(desk)?;
        while !pending.is_empty() && !desk.door.reading.is_ended() {
            let few: Vec<String> = pending.drain(..pending.len().min(CHUNK_PER_JOB * jobs)).collect();
            // Threads and weights only while there is something to read.
            let (weights, pool) = match &ready {
                Some(ready) => ready,
                None => ready.insert((Weights::of(&desk.store)?, pool(jobs)?)),
            };
            let kept = desk.store.source_path(&weights.sha256);
            let eyes = eyes_of(&desk.store.pack_dir(&desk.pack.id), &kept, &desk.pack, weights);
            let counts = read_some(&desk.store, &desk.pack, &eyes, pool, &few)?;
            let gone = counts.damaged.iter().filter_map(|path| path.file_name()?.to_str().map(str::to_owned));
            self.damaged.extend(gone);
            self.linked = false;
            {
                let mut stands = locked(&desk.door.reading.stands);
                stands.n_read += counts.n_now;
                stands.n_damaged = self.damaged.len() as u64;
            }
            self.untold = true;
            if pending.is_empty() {
                pending = self.pending(desk)?;
            }
            if pending.is_empty() || Instant::now() >= self.tell_after {
                self.tell(desk)?;
            }
        }
        if self.untold {
            self.tell(desk)?;
        }
        if pending.is_empty() && !self.linked && Instant::now() >= self.link_after {
            let start = Instant::now();
            // By a connection of its own: nobody who saves waits while signatures are read.
            let n = link_by(&desk.store.onlooker()?, &desk.store, jobs)?;
            self.linked = true;
            self.link_after = Instant::now() + start.elapsed() * REST;
            if n > 0 {
                self.tell(desk)?;
            }
        }
        Ok(())
    }

    /// Tells everybody who shows pictures that more is known of them.
    fn tell(&mut self, desk: &Arc<Desk>) -> Outcome<()> {
        let start = Instant::now();
        desk.take_up()?;
        desk.snapshot.wake();
        self.untold = false;
        self.tell_after = Instant::now() + (start.elapsed() * REST).max(TELL_EVERY);
        Ok(())
    }

    /// The next originals to read, in the order they came.
    fn pending(&self, desk: &Desk) -> Outcome<VecDeque<String>> {
        let mut pending = desk.store.pending(ASKED + self.damaged.len())?;
        pending.retain(|sha256| !self.damaged.contains(sha256));
        Ok(pending.into())
    }
}

fn spare_processors() -> usize {
    std::thread::available_parallelism().map_or(1, |n| n.get().saturating_sub(1)).max(1)
}

fn pool(jobs: usize) -> Outcome<rayon::ThreadPool> {
    let built = rayon::ThreadPoolBuilder::new().num_threads(jobs).start_handler(|_| stand_back()).build();
    built.map_err(|error| Trouble::Io {
        path: std::path::PathBuf::new(),
        error: std::io::Error::other(error.to_string()),
    })
}
