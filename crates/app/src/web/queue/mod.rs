//! The queue: one sheet per person, one person per sheet.
//!
//! A person holds a sheet by a lease, which work renews and silence ends. Leases have no date: silence is measured in
//! seconds that the server has run (`now`), so that a clock set wrong takes no sheet from anybody; after a restart
//! every lease begins anew. What was typed of a sheet that is not saved is a draft. Leases and drafts lie in the folder's database
//! beside the journal, not in it: they are nobody's statement.

mod line;

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tallyproof_core::people::PersonId;

use line::Line;
pub use line::{Image, Need, Waiting, Want};

use crate::store::{LeaseRow, LeaseState, Store};
use crate::trouble::{Outcome, Trouble};

/// How long a sheet stays with somebody who is silent, seconds.
pub const SILENCE_S: i64 = 15 * 60;

/// A person's hold on a sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// What forms and images name it by; 128 random bits.
    pub token: String,
    /// Whose.
    pub person: PersonId,
    /// The sheet's image.
    pub image: Image,
    /// Where it stands.
    pub state: LeaseState,
    /// When they got the sheet, seconds that the server has run; `None` of a lease from before a restart.
    pub since_s: Option<i64>,
}

/// What a save under a lease meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// The sheet is theirs.
    Theirs,
    /// It was saved under this lease before: the same save, sent again.
    Saved,
    /// They were silent, and somebody else has or had the sheet since.
    Taken,
    /// No such lease, or another person's.
    Unknown,
}

#[derive(Debug, Default)]
struct Held {
    line: Line,
    leases: HashMap<String, Lease>,
    /// Lease that holds a sheet.
    by_image: HashMap<Image, String>,
    /// The sheet a person has on the screen.
    current: HashMap<PersonId, String>,
    /// Leases that lapsed, to be taken up again by the same person.
    lapsed: HashMap<(PersonId, Image), String>,
    /// When each lease that holds a sheet ends, unless it is renewed.
    ends: BTreeSet<(i64, String)>,
    ends_of: HashMap<String, i64>,
    /// Sheets of which a person has a draft.
    drafts: HashMap<PersonId, BTreeSet<Image>>,
}

/// The queue of all sheets.
#[derive(Debug, Default)]
pub struct Queue {
    held: Mutex<Held>,
}

impl Queue {
    /// The queue as the last server left it, without a sheet yet: [`Queue::note`] tells it of each.
    pub fn open(store: &Store, now: i64) -> Outcome<Self> {
        let mut held = Held::default();
        for row in store.leases()? {
            let Some(person) = PersonId::parse(&row.person) else { continue };
            let image = Image::from(row.image);
            let lease = Lease { token: row.token, person, image, state: row.state, since_s: None };
            held.restore(lease, now);
        }
        for (person, image) in store.draft_owners()? {
            if let Some(person) = PersonId::parse(&person) {
                held.drafts.entry(person).or_default().insert(Image::from(image));
            }
        }
        Ok(Self { held: Mutex::new(held) })
    }

    /// A panic while the queue was held cannot have left it half changed: every change follows what the database did.
    fn lock(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says what a sheet wants from now on. Drafts of one that wants nothing more are dropped; one that cannot be
    /// dropped is offered to nobody all the same.
    pub fn note(&self, store: &Store, image: &str, need: Option<Need>) {
        let mut held = self.lock();
        let image = Image::from(image);
        let done = need.is_none();
        held.line.note(&image, need);
        if done
            && held.drafts.values().any(|images| images.contains(&image))
            && store.drop_drafts(&image).is_ok()
        {
            held.drafts.values_mut().for_each(|images| {
                images.remove(&image);
            });
        }
    }

    /// The sheet for a person: the one they hold, else one they have a draft of, else the next in line. Durable when
    /// it returns.
    pub fn next(&self, store: &Store, person: &PersonId, now: i64) -> Outcome<Option<Lease>> {
        let mut held = self.lock();
        held.lapse(store, now)?;
        if let Some(lease) = held.current_of(person) {
            held.renew(&lease.token, now);
            return Ok(Some(lease));
        }
        if let Some(token) = held.current.get(person).cloned() {
            store.set_lease(&token, LeaseState::Lapsed)?;
            held.end(&token, LeaseState::Lapsed);
        }
        let Some(image) = held.drafted(person).or_else(|| held.line.next(person)) else { return Ok(None) };
        let again = held.lapsed.get(&(person.clone(), image.clone())).cloned();
        let token = again.map_or_else(random_token, Ok)?;
        let lease =
            Lease { token, person: person.clone(), image, state: LeaseState::Held, since_s: Some(now) };
        store.put_lease(&LeaseRow {
            token: lease.token.clone(),
            person: person.to_string(),
            image: lease.image.to_string(),
            state: LeaseState::Held,
        })?;
        held.restore(lease.clone(), now);
        Ok(Some(lease))
    }

    /// The sheet a person has on the screen.
    pub fn current(&self, person: &PersonId) -> Option<Lease> {
        self.lock().current_of(person)
    }

    /// Whether there is a sheet for a person; takes none.
    pub fn has_next(&self, person: &PersonId) -> bool {
        let held = self.lock();
        held.current_of(person).is_some()
            || held.drafted(person).is_some()
            || held.line.next(person).is_some()
    }

    /// The lease of this name, if it is this person's and holds its sheet or lapsed.
    pub fn lease(&self, token: &str, person: &PersonId) -> Option<Lease> {
        let held = self.lock();
        held.leases.get(token).filter(|lease| lease.person == *person).cloned()
    }

    /// Work was done on a sheet: its lease begins anew.
    pub fn renew(&self, token: &str, person: &PersonId, now: i64) {
        let mut held = self.lock();
        if held.leases.get(token).is_some_and(|lease| lease.person == *person) {
            held.renew(token, now);
        }
    }

    /// Whether a person may save what they typed. A lapsed lease is taken up again where nobody else took the sheet.
    pub fn claim(&self, store: &Store, token: &str, person: &PersonId, now: i64) -> Outcome<Claim> {
        let mut held = self.lock();
        held.lapse(store, now)?;
        let Some(lease) = held.leases.get(token).filter(|lease| lease.person == *person).cloned() else {
            return Ok(Claim::Unknown);
        };
        match lease.state {
            LeaseState::Saved => Ok(Claim::Saved),
            LeaseState::Held => {
                held.renew(token, now);
                Ok(Claim::Theirs)
            }
            LeaseState::Lapsed => {
                let admitted = held.line.need(&lease.image).is_some_and(|need| need.admits(person));
                if held.line.is_held(&lease.image) || !admitted {
                    return Ok(Claim::Taken);
                }
                store.set_lease(token, LeaseState::Held)?;
                held.restore(Lease { state: LeaseState::Held, ..lease }, now);
                Ok(Claim::Theirs)
            }
        }
    }

    /// A save under this lease became durable: the sheet goes back in line for whatever it wants now.
    pub fn saved(&self, token: &str) {
        let mut held = self.lock();
        held.end(token, LeaseState::Saved);
    }

    /// Ends leases of everybody who was silent too long; gives how many.
    pub fn lapse(&self, store: &Store, now: i64) -> Outcome<usize> {
        self.lock().lapse(store, now)
    }

    /// Ends whatever a person holds and forgets their drafts: their account is gone.
    pub fn forget(&self, store: &Store, person: &PersonId) -> Outcome<()> {
        let mut held = self.lock();
        store.drop_person(person.as_str())?;
        let gone = |lease: &&Lease| lease.person == *person && lease.state != LeaseState::Saved;
        let tokens: Vec<String> =
            held.leases.values().filter(gone).map(|lease| lease.token.clone()).collect();
        for token in tokens {
            held.end(&token, LeaseState::Lapsed);
            if let Some(lease) = held.leases.remove(&token) {
                held.lapsed.remove(&(lease.person, lease.image));
            }
        }
        held.drafts.remove(person);
        Ok(())
    }

    /// Keeps what was typed of a sheet; older than what is kept already, it changes nothing.
    pub fn keep_draft(
        &self,
        store: &Store,
        lease: &Lease,
        revision: u32,
        typed: &str,
        now: i64,
    ) -> Outcome<()> {
        let mut held = self.lock();
        store.put_draft(lease.person.as_str(), &lease.image, revision, typed)?;
        held.drafts.entry(lease.person.clone()).or_default().insert(lease.image.clone());
        held.renew(&lease.token, now);
        Ok(())
    }

    /// How many sheets want what.
    pub fn waiting(&self) -> Waiting {
        self.lock().line.waiting()
    }
}

impl Held {
    /// Takes a lease up as it stands.
    fn restore(&mut self, lease: Lease, now: i64) {
        let at = (lease.person.clone(), lease.image.clone());
        match lease.state {
            LeaseState::Held => {
                self.lapsed.remove(&at);
                self.line.hold(&lease.image);
                self.by_image.insert(lease.image.clone(), lease.token.clone());
                self.current.entry(lease.person.clone()).or_insert_with(|| lease.token.clone());
                self.leases.insert(lease.token.clone(), lease.clone());
                self.renew(&lease.token, now);
            }
            LeaseState::Lapsed => {
                self.lapsed.insert(at, lease.token.clone());
                self.leases.insert(lease.token.clone(), lease);
            }
            LeaseState::Saved => drop(self.leases.insert(lease.token.clone(), lease)),
        }
    }

    fn current_of(&self, person: &PersonId) -> Option<Lease> {
        let lease = self.leases.get(self.current.get(person)?)?;
        // A sheet that wants nothing of them any more, because a coordinator closed it meanwhile, is no work.
        let wanted = self.line.need(&lease.image).is_some_and(|need| need.admits(person));
        (lease.state == LeaseState::Held && wanted).then(|| lease.clone())
    }

    /// A sheet this person began to type and nobody else has.
    fn drafted(&self, person: &PersonId) -> Option<Image> {
        let fits = |image: &&Image| {
            let admits = self.line.need(image).is_some_and(|need| need.admits(person));
            admits && !self.line.is_held(image)
        };
        self.drafts.get(person)?.iter().find(fits).cloned()
    }

    fn renew(&mut self, token: &str, now: i64) {
        if !self.leases.get(token).is_some_and(|lease| lease.state == LeaseState::Held) {
            return;
        }
        let end = now.saturating_add(SILENCE_S);
        if let Some(before) = self.ends_of.insert(token.to_owned(), end) {
            self.ends.remove(&(before, token.to_owned()));
        }
        self.ends.insert((end, token.to_owned()));
    }

    fn lapse(&mut self, store: &Store, now: i64) -> Outcome<usize> {
        let mut n = 0;
        while let Some((_, token)) = self.ends.first().filter(|(end, _)| *end <= now).cloned() {
            store.set_lease(&token, LeaseState::Lapsed)?;
            self.end(&token, LeaseState::Lapsed);
            n += 1;
        }
        Ok(n)
    }

    /// Ends a lease's hold on its sheet.
    fn end(&mut self, token: &str, state: LeaseState) {
        if let Some(end) = self.ends_of.remove(token) {
            self.ends.remove(&(end, token.to_owned()));
        }
        let Some(lease) = self.leases.get_mut(token) else { return };
        lease.state = state;
        let (person, image) = (lease.person.clone(), lease.image.clone());
        if self.current.get(&person).is_some_and(|current| current == token) {
            self.current.remove(&person);
        }
        if self.by_image.get(&image).is_some_and(|holder| holder == token) {
            self.by_image.remove(&image);
            self.line.release(&image);
        }
        match state {
            LeaseState::Lapsed => drop(self.lapsed.insert((person, image), token.to_owned())),
            LeaseState::Saved => {
                if let Some(images) = self.drafts.get_mut(&person) {
                    images.remove(&image);
                }
            }
            LeaseState::Held => {}
        }
    }
}

/// 128 random bits, hex: nobody guesses another person's lease.
fn random_token() -> Outcome<String> {
    let mut bits = [0u8; 16];
    let failed = |error: getrandom::Error| std::io::Error::other(error.to_string());
    getrandom::fill(&mut bits)
        .map_err(|error| Trouble::Io { path: "random".into(), error: failed(error) })?;
    Ok(tallyproof_core::journal::hex(&bits))
}
