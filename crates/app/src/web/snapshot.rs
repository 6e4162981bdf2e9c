//! The whole picture, recomputed in the background whenever the journal grew, and read without a lock.
//!
//! Pages never wait for it: they show the last picture that is whole, how old it is, and up to which event it speaks.
//! It comes about by the same functions as `tallyproof run`: what a page shows is what `results.json` of the same events
//! says. At most one recomputation runs; the next starts no sooner than `REST` times as long as the last one took, so
//! that the desk's work always has most of the machine.

mod fold;
mod standing;
mod trail;

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

use tallyproof_analysis::calibrate::Calibration;
use tallyproof_analysis::results::{AuditFacts, Results, analyse_with};
use tallyproof_core::facts::{Facts, FaultyImage, ImageReading, Standing};
use tallyproof_core::journal::sha256_hex;
use tallyproof_core::pack::Pack;
use tallyproof_core::review::{Machine, Stage};
use tallyproof_core::rules::Finding;
use tallyproof_core::table::TableId;
use tallyproof_evidence::ledger::Ledger;

use crate::pipeline::publish;
use crate::site::Report;
use crate::store::Store;
use crate::trouble::{Outcome, Trouble};

pub(super) use fold::{Fold, News};

pub use standing::{AreaWork, Doubt, Held, TableStanding};
pub use trail::{Request, Trace, Trail, Work};

/// Shortest time between two recomputations.
const SHORTEST_REST: Duration = Duration::from_secs(2);
/// A recomputation is followed by a rest of so many times as long as it took: a quarter of one core at most.
const REST: u32 = 3;
/// Longest rest: a country's picture is never older than this, however slow the machine.
const LONGEST_REST: Duration = Duration::from_secs(120);
/// Longest that somebody waits for the first picture: they hold up a thread that others need.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often the journal is looked at when nobody said that it grew.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Everything that the events up to one of them add up to.
pub struct Snapshot {
    /// The set of facts.
    pub facts: Facts,
    /// What is known of audits.
    pub audits: AuditFacts,
    /// What `results.json` would say.
    pub results: Results,
    /// Hex SHA-256 of those bytes.
    pub results_sha256: String,
    /// What the rules found, in their order.
    pub findings: Vec<Finding>,
    /// Every table that a sheet, the register or a finding speaks of, sorted.
    pub standings: Vec<TableStanding>,
    /// Areas of every level of the pack, widest level first, each sorted by code.
    pub areas: Vec<Vec<AreaWork>>,
    /// Images on which people, or a person and a machine, differ: a correction or a decision is due.
    pub disputed: BTreeSet<Box<str>>,
    /// Who did what, and which events speak of which image and table.
    pub trail: Arc<Trail>,
    /// The user's boundaries, where there are any.
    pub boundaries: Option<Vec<u8>>,
    /// How often intervals held the truth, where that was measured.
    pub calibration: Option<Calibration>,
    /// Number of the last event it speaks of.
    pub at_event: u64,
    /// How long it took.
    pub took: Duration,
    /// When it was made.
    pub made_at: jiff::Timestamp,
    made: Instant,
    /// Place of an image's reading in `facts.images`.
    images: HashMap<Box<str>, usize>,
    maps: Mutex<HashMap<(&'static str, &'static str), Arc<str>>>,
}

impl Snapshot {
    /// Analyses a set of facts.
    pub fn new(facts: Facts, audits: AuditFacts, trail: Arc<Trail>, at_event: u64) -> Self {
        let start = Instant::now();
        let (results, findings, (standings, areas)) = {
            let analysis = analyse_with(&facts, &audits);
            let standings = standing::standings(&facts, &analysis);
            (analysis.results, analysis.findings, standings)
        };
        let disputed = disputed(&facts);
        let results_sha256 = sha256_hex(&results.to_json());
        let image = |(place, image): (usize, &ImageReading)| Some((image.reading.image.clone()?, place));
        let images = facts.images.iter().enumerate().filter_map(image).collect();
        Self {
            facts,
            audits,
            results,
            results_sha256,
            findings,
            standings,
            areas,
            disputed,
            trail,
            boundaries: None,
            calibration: None,
            at_event,
            took: start.elapsed(),
            made: Instant::now(),
            made_at: jiff::Timestamp::now(),
            images,
            maps: Mutex::default(),
        }
    }

    /// How long ago it was made.
    pub fn age(&self) -> Duration {
        self.made.elapsed()
    }

    /// The election.
    pub fn pack(&self) -> &Pack {
        &self.facts.pack
    }

    /// The report that it would give.
    pub fn report(&self) -> Report<'_> {
        Report {
            results: &self.results,
            findings: &self.findings,
            pack: &self.facts.pack,
            boundaries: self.boundaries.as_deref(),
            calibration: self.calibration.as_ref(),
            results_sha256: &self.results_sha256,
            checkpoint: None,
        }
    }

    /// Where a table stands.
    pub fn standing(&self, table: &TableId) -> Option<&TableStanding> {
        let place = self.standings.binary_search_by(|standing| standing.table.cmp(table)).ok()?;
        self.standings.get(place)
    }

    /// Places of the tables of an area.
    pub fn tables_of(&self, level: usize, code: &str) -> Range<usize> {
        self.area(level, code).map_or(0..0, |area| area.tables.clone())
    }

    /// One area.
    pub fn area(&self, level: usize, code: &str) -> Option<&AreaWork> {
        let areas = self.areas.get(level)?;
        areas.get(areas.binary_search_by(|area| area.code.as_str().cmp(code)).ok()?)
    }

    /// What the machine read on an image.
    pub fn image(&self, sha256: &str) -> Option<&ImageReading> {
        self.facts.images.get(*self.images.get(sha256)?)
    }

    /// The facts that speak of one table, which reconcile to its sheet as all of them do: a country's sheets borrow
    /// their readings, so that a page has them made anew of the few it shows.
    pub fn facts_of(&self, table: &TableId) -> Facts {
        self.facts.of_table(table)
    }

    /// Markup that is drawn once of each picture, by what it shows and in which language.
    pub fn drawn(&self, what: (&'static str, &'static str), draw: impl FnOnce() -> String) -> Arc<str> {
        let mut maps = locked(&self.maps);
        maps.entry(what).or_insert_with(|| draw().into()).clone()
    }
}

fn disputed(facts: &Facts) -> BTreeSet<Box<str>> {
    let read = facts.images.iter().filter(|image| image.standing == Standing::Disputed);
    let read = read.filter_map(|image| image.reading.image.clone());
    // Where machines read nothing, people may differ all the same.
    let open = |image: &&FaultyImage| {
        let review = facts.reviews.by_image.get(&image.image);
        let stage = review.map(|review| review.stage(&facts.pack, &Machine::default()));
        matches!(stage, Some(Stage::Correction(_) | Stage::Decision(_)))
    };
    let unread = facts.faulty_images.iter().filter(open).map(|image| image.image.as_str().into());
    read.chain(unread).collect()
}

/// The last picture that is whole, and whoever makes the next.
#[derive(Default)]
pub struct Snapshots {
    latest: RwLock<Option<Arc<Snapshot>>>,
    trouble: Mutex<Option<Arc<Trouble>>>,
    fold: Mutex<Fold>,
    making: Mutex<()>,
    steps: Mutex<()>,
    wanted: Mutex<Wanted>,
    bell: Condvar,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Wanted {
    now: bool,
    ended: bool,
    /// Somebody keeps the picture current.
    watched: bool,
}

impl Snapshots {
    /// Pictures of a journal of which so much was folded already.
    pub(super) fn starting_from(fold: Fold) -> Self {
        Self { fold: Mutex::new(fold), ..Self::default() }
    }

    /// Reads what is new in the journal, and gives `take` what it adds up to and what is new since this was last asked.
    pub(super) fn news<T>(&self, store: &Store, take: impl FnOnce(&Ledger, &News) -> T) -> Outcome<T> {
        let mut fold = locked(&self.fold);
        fold.read(store, &mut |_| Ok(()))?;
        let news = fold.news();
        Ok(take(fold.ledger(), &news))
    }

    /// The last picture; `None` before the first.
    pub fn latest(&self) -> Option<Arc<Snapshot>> {
        self.latest.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The last picture. Before the first, it is made now where nobody keeps pictures current; else it is waited for, but
    /// not for long: `None` while it is still being made.
    pub fn soon(&self, store: &Store) -> Result<Option<Arc<Snapshot>>, Arc<Trouble>> {
        let start = Instant::now();
        loop {
            if let Some(latest) = self.latest() {
                return Ok(Some(latest));
            }
            if !locked(&self.wanted).watched {
                self.refresh(store)?;
                continue;
            }
            if let Some(trouble) = self.trouble() {
                return Err(trouble);
            }
            if start.elapsed() > PATIENCE {
                return Ok(None);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Says that the journal grew.
    pub fn wake(&self) {
        locked(&self.wanted).now = true;
        self.bell.notify_all();
    }

    /// Holds everybody else up who wants to take a step of an audit: each is checked against those before it.
    pub fn alone(&self) -> MutexGuard<'_, ()> {
        locked(&self.steps)
    }

    /// Ends the background's work.
    pub fn end(&self) {
        locked(&self.wanted).ended = true;
        self.bell.notify_all();
    }

    /// What kept the last picture from coming about, if anything did.
    pub fn trouble(&self) -> Option<Arc<Trouble>> {
        locked(&self.trouble).clone()
    }

    /// Makes a new picture if the journal grew since the last; says whether it did. One at a time: whoever comes second
    /// waits for the first, and then finds nothing to do.
    pub fn refresh(&self, store: &Store) -> Result<bool, Arc<Trouble>> {
        let made = self.make(store).map_err(Arc::new);
        *locked(&self.trouble) = made.as_ref().err().cloned();
        made
    }

    fn make(&self, store: &Store) -> Outcome<bool> {
        let _one = locked(&self.making);
        let last = store.last_event()?;
        if self.latest().is_some_and(|latest| latest.at_event == last) {
            return Ok(false);
        }
        let start = Instant::now();
        let ((facts, audits, at_event), trail) = {
            let mut fold = locked(&self.fold);
            (fold.facts(store)?, fold.trail())
        };
        let mut snapshot = Snapshot::new(facts, audits, trail, at_event);
        snapshot.boundaries = publish::boundaries(store)?;
        snapshot.calibration = publish::calibration(store)?;
        snapshot.took = start.elapsed();
        *self.latest.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(snapshot));
        Ok(true)
    }

    /// Keeps the picture current until [`Snapshots::end`], or until `each` has nothing more to look at. `each` makes
    /// the next picture. For a thread of its own.
    pub fn watch(&self, each: &dyn Fn() -> Option<()>) {
        locked(&self.wanted).watched = true;
        loop {
            let start = Instant::now();
            if each().is_none() || !self.rest(rest_after(start.elapsed())) {
                return;
            }
        }
    }

    /// Rests, then waits until the journal may have grown; false when it is time to end.
    fn rest(&self, rest: Duration) -> bool {
        let start = Instant::now();
        let mut wanted = locked(&self.wanted);
        loop {
            if wanted.ended {
                return false;
            }
            let rested = start.elapsed();
            if rested >= rest && (wanted.now || rested >= rest.max(LOOK_EVERY)) {
                wanted.now = false;
                return true;
            }
            let left = if rested < rest { rest - rested } else { LOOK_EVERY };
            wanted = match self.bell.wait_timeout(wanted, left) {
                Ok((wanted, _)) => wanted,
                Err(poisoned) => poisoned.into_inner().0,
            };
        }
    }
}

/// How long to rest after a recomputation that took so long.
fn rest_after(took: Duration) -> Duration {
    (took * REST).clamp(SHORTEST_REST, LONGEST_REST)
}

/// A lock that a panic elsewhere does not spoil: what it guards is replaced whole or kept.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rest_grows_with_the_work_and_has_ends() {
        assert_eq!(rest_after(Duration::from_millis(10)), SHORTEST_REST);
        assert_eq!(rest_after(Duration::from_secs(5)), Duration::from_secs(15));
        assert_eq!(rest_after(Duration::from_secs(500)), LONGEST_REST);
    }

    #[test]
    fn ending_ends_a_rest() {
        let snapshots = Snapshots::default();
        snapshots.end();
        assert!(!snapshots.rest(Duration::from_secs(3_600)));
    }
}
