//! The board: every image's review in memory, folded from the journal, kept current by every action.
//!
//! An action is checked by `core::review`, journalled, and only then applied: nothing is acknowledged before it is
//! durable. One lock per image makes two actions on it one after the other.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use serde_json::json;
use tallyproof_core::facts::ImageFault;
use tallyproof_core::pack::Pack;
use tallyproof_core::people::People;
use tallyproof_core::review::{Action, Machine, Refusal, Review, Stage, replay};
use tallyproof_evidence::ledger::{Ledger, Original};
use tallyproof_evidence::seen::Look;

use super::queue::{Image, Need};
use super::snapshot::News;
use crate::store::{Fact, Saving, Store};
use crate::trouble::Trouble;

/// What can be done with an image.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Looked {
    /// Nothing yet: machines have not looked at it, and people come after them.
    #[default]
    Pending,
    /// A person can look at it.
    Picture,
    /// It cannot be shown, or shows several sheets: nobody can type one sheet from it.
    NoSheetToType,
}

/// One image's review, under its lock.
#[derive(Debug, Default)]
pub struct OnBoard {
    review: Review,
    machine: Machine,
    looked: Looked,
    /// Actions on it that were journalled.
    n_acts: usize,
}

/// Why an action did not happen.
#[derive(Debug, thiserror::Error)]
pub enum ActError {
    /// When the folder has no such image.
    #[error("no such image")]
    NoImage,
    /// When the review refuses it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// When it could not be journalled.
    #[error(transparent)]
    Trouble(#[from] Trouble),
}

/// What an action needs to know and to write to.
#[derive(Clone, Copy)]
pub struct Acting<'a> {
    /// The folder.
    pub store: &'a Store,
    /// The election.
    pub pack: &'a Pack,
    /// Everybody with an account.
    pub people: &'a People,
    /// The time, RFC 3339, for the private part.
    pub at: &'a str,
}

impl OnBoard {
    /// Its review.
    pub fn review(&self) -> &Review {
        &self.review
    }

    /// What machines say of it; never shown to who may still enter it.
    pub fn machine(&self) -> &Machine {
        &self.machine
    }

    /// What can be done with it.
    pub fn looked(&self) -> Looked {
        self.looked
    }

    /// Where its review stands.
    pub fn stage(&self, pack: &Pack) -> Stage {
        self.review.stage(pack, &self.machine)
    }

    /// What it wants of people who enter.
    pub fn need(&self, pack: &Pack) -> Option<Need> {
        (self.looked == Looked::Picture).then(|| Need::of(&self.review, &self.stage(pack))).flatten()
    }

    /// Checks an action, journals it, and applies it. `saving`: the lease that it ends, in the same transaction.
    pub fn act(
        &mut self,
        acting: &Acting<'_>,
        image: &str,
        action: Action,
        saving: Option<&Saving<'_>>,
    ) -> Result<(), ActError> {
        let mut after = self.review.clone();
        let fact =
            Fact { kind: action.kind(), body: action.to_body(image), private: json!({"at": acting.at}) };
        after.act(acting.pack, &self.machine, acting.people, action)?;
        match saving {
            Some(saving) => acting.store.append_saved(&fact, saving)?,
            None => acting.store.append_all(std::slice::from_ref(&fact))?,
        }
        self.review = after;
        self.n_acts += 1;
        Ok(())
    }
}

#[derive(Debug, Default)]
struct Shelf {
    images: BTreeMap<Image, Arc<Mutex<OnBoard>>>,
    /// Of every image whose picture is also in another file: all files of that picture, in order.
    pictures: HashMap<Image, Arc<[Image]>>,
}

/// All images' reviews.
#[derive(Debug, Default)]
pub struct Board {
    shelf: RwLock<Shelf>,
}

impl Board {
    /// Every review as the journal has it.
    pub fn fold(pack: &Pack, ledger: &Ledger) -> Self {
        let looked = look_at(pack, ledger.pictures());
        let mut reviews = replay_all(pack, ledger, &looked);
        let mut shelf = Shelf::default();
        for (image, (looked, machine)) in looked {
            let (review, n_acts) = reviews.remove(image).unwrap_or_default();
            let on_board = OnBoard { review, machine, looked, n_acts };
            shelf.images.insert(Image::from(image), Arc::new(Mutex::new(on_board)));
        }
        shelf.pictures = pictures(ledger);
        Self { shelf: RwLock::new(shelf) }
    }

    /// Takes up images that were added, read or compared since. Gives the images whose needs may have changed.
    pub(super) fn refresh(&self, pack: &Pack, ledger: &Ledger, news: &News) -> Vec<Image> {
        let named = news.images.iter().filter_map(|image| ledger.originals.get_key_value(image));
        let looked = look_at(pack, named.map(|(image, original)| (image.as_str(), original)));
        let (mut changed, mut reread) = (BTreeSet::new(), false);
        let mut shelf = self.shelf.write().unwrap_or_else(PoisonError::into_inner);
        for (&image, (looked, machine)) in &looked {
            if let Some(known) = shelf.images.get(image) {
                let known = locked(known);
                if (known.looked, &known.machine) == (*looked, machine) {
                    continue;
                }
                reread |= known.n_acts > 0;
            }
            changed.insert(Image::from(image));
        }
        // What people did is judged beside what machines say: as after a restart, so at once.
        let mut reviews = match reread {
            true => replay_all(pack, ledger, &look_at(pack, ledger.pictures())),
            false => BTreeMap::new(),
        };
        for image in &changed {
            let Some((looked, machine)) = looked.get(&**image) else { continue };
            let on_board = shelf.images.entry(image.clone()).or_default();
            let mut on_board = locked(on_board);
            (on_board.looked, on_board.machine) = (*looked, machine.clone());
            // A journal that was read before the last action on an image knows less of it than the board.
            let replayed = reviews.remove(&**image).filter(|(_, n_acts)| *n_acts >= on_board.n_acts);
            if let Some(replayed) = replayed {
                (on_board.review, on_board.n_acts) = replayed;
            }
        }
        if news.compared {
            let pictures = pictures(ledger);
            let regrouped = pictures.iter().filter(|(image, all)| shelf.pictures.get(*image) != Some(*all));
            changed.extend(regrouped.map(|(image, _)| image.clone()));
            shelf.pictures = pictures;
        }
        changed.into_iter().collect()
    }

    /// Every image, in order of its hash.
    pub fn images(&self) -> Vec<Image> {
        self.shelf.read().unwrap_or_else(PoisonError::into_inner).images.keys().cloned().collect()
    }

    /// Looks at one image, or acts on it, while nobody else does; `None` of an image that is not here.
    pub fn with<T>(&self, image: &str, job: impl FnOnce(&mut OnBoard) -> T) -> Option<T> {
        let found = self.shelf.read().unwrap_or_else(PoisonError::into_inner).images.get(image).cloned();
        found.map(|one| job(&mut locked(&one)))
    }

    /// Where an image's review stands.
    pub fn stage(&self, pack: &Pack, image: &str) -> Option<Stage> {
        self.with(image, |on_board| on_board.stage(pack))
    }

    /// Does one action, and gives the stage after it.
    pub fn act(&self, acting: &Acting<'_>, image: &str, action: Action) -> Result<Stage, ActError> {
        let done = self.with(image, |on_board| {
            on_board.act(acting, image, action, None)?;
            Ok(on_board.stage(acting.pack))
        });
        done.unwrap_or(Err(ActError::NoImage))
    }

    /// What all files of an image's picture want of people: the picture is typed once, from one of them.
    pub fn needs(&self, pack: &Pack, image: &str) -> Vec<(Image, Option<Need>)> {
        let shelf = self.shelf.read().unwrap_or_else(PoisonError::into_inner);
        let Some((image, _)) = shelf.images.get_key_value(image) else { return Vec::new() };
        let alone: Arc<[Image]> = Arc::from([image.clone()]);
        let all = shelf.pictures.get(image).cloned().unwrap_or(alone);
        drop(shelf);
        let glance = |image: &Image| {
            self.with(image, |on_board| Glance {
                need: on_board.need(pack),
                closed: on_board.stage(pack).is_closed(),
                reopened: on_board.review.n_reopened() > 0,
                entered: !on_board.review.entries().is_empty(),
            })
        };
        let glances: Vec<Option<Glance>> = all.iter().map(glance).collect();
        let speaker = speaker(&glances);
        let need_of = |(i, (image, glance)): (usize, (&Image, Option<Glance>))| {
            (image.clone(), glance.filter(|_| speaker == Some(i)).and_then(|glance| glance.need))
        };
        all.iter().zip(glances).enumerate().map(need_of).collect()
    }
}

/// What matters of one file of a picture beside the others.
struct Glance {
    need: Option<Need>,
    closed: bool,
    reopened: bool,
    entered: bool,
}

/// Which file of a picture people type: one that is reopened, else one that was begun, else the first; none while
/// another is closed.
fn speaker(glances: &[Option<Glance>]) -> Option<usize> {
    let first = |fits: &dyn Fn(&Glance) -> bool| {
        glances.iter().position(|glance| glance.as_ref().is_some_and(|g| g.need.is_some() && fits(g)))
    };
    first(&|glance| glance.reopened).or_else(|| {
        let any_closed = glances.iter().flatten().any(|glance| glance.closed);
        if any_closed { None } else { first(&|glance| glance.entered).or_else(|| first(&|_| true)) }
    })
}

/// A panic in the middle of an action leaves the review before it: it is replaced as a whole.
fn locked(one: &Arc<Mutex<OnBoard>>) -> MutexGuard<'_, OnBoard> {
    one.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What can be done with images, and what machines say of them.
type LookedAt<'l> = BTreeMap<&'l str, (Looked, Machine)>;

fn look_at<'l>(pack: &Pack, images: impl Iterator<Item = (&'l str, &'l Original)>) -> LookedAt<'l> {
    let came = images.filter(|(_, original)| !original.sources.is_empty());
    came.map(|(image, original)| (image, look(pack, image, original.reading.as_ref()))).collect()
}

/// Every image's review by the journal's actions, with their number.
fn replay_all(pack: &Pack, ledger: &Ledger, looked: &LookedAt<'_>) -> BTreeMap<String, (Review, usize)> {
    let reviews = replay(pack, &ledger.desk, |image| looked.get(image).map(|(_, machine)| machine));
    let mut all: BTreeMap<String, (Review, usize)> =
        reviews.by_image.into_iter().map(|(image, review)| (image, (review, 0))).collect();
    for act in &reviews.acts {
        if let Some((_, n_acts)) = all.get_mut(&act.image) {
            *n_acts += 1;
        }
    }
    all
}

/// What machines say of an image, and whether a person can look at it.
fn look(pack: &Pack, image: &str, reading: Option<&Look>) -> (Looked, Machine) {
    let Some(reading) = reading else { return (Looked::Pending, Machine::default()) };
    match reading.outcome(pack) {
        Ok(seen) => (Looked::Picture, Machine::of(pack, &seen.reading_of(image, String::new()))),
        Err(ImageFault::NotUsable(_) | ImageFault::Several(_)) => (Looked::NoSheetToType, Machine::default()),
        Err(ImageFault::Unread(_) | ImageFault::Foreign(_) | ImageFault::WrongLineCount { .. }) => {
            (Looked::Picture, Machine::default())
        }
    }
}

/// Files of one picture, by each of them.
fn pictures(ledger: &Ledger) -> HashMap<Image, Arc<[Image]>> {
    let mut groups: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for ((a, b), _) in ledger.twins.iter().filter(|(_, same)| **same) {
        let mut all = BTreeSet::from([a.as_str(), b.as_str()]);
        for image in [a, b] {
            all.extend(groups.get(image.as_str()).into_iter().flatten());
        }
        for image in &all {
            groups.insert(image, all.clone());
        }
    }
    let shared =
        |all: &BTreeSet<&str>| -> Arc<[Image]> { all.iter().map(|image| Image::from(*image)).collect() };
    groups.iter().map(|(image, all)| (Image::from(*image), shared(all))).collect()
}
