//! The review of one sheet image by people: a closed state machine.
//!
//! ```text
//!                 ┌────────────► settled ◄────────────┐
//! first entry ────┤ (machine agrees)                  │ decision (coordinator)
//!                 ├─► second entry ──► settled        │
//!                 └─► correction ─────────────────────┤
//!                     (the places that differ, blind) │
//! settled ──► reopening requested ──► approved by another person ──► first entry
//! ```
//!
//! Two independent witnesses must agree on every place: two people, or a person and a machine channel they have not
//! seen. So only those enter who never were anything but clerks, who are shown no value; nobody enters an image twice
//! in one round; who decides has not entered; and what is settled changes only after one person asked and another
//! agreed. An image whose code and print agree needs no person and is closed from the start.
//!
//! Nothing here knows of time, leases or wording. [`replay`] derives every review from the journal's events, and
//! refuses what the rules refuse, whoever wrote the journal.

mod action;
mod machine;
mod replay;
mod settle;
mod standing;
mod typed;

use std::collections::BTreeSet;

use crate::pack::Pack;
use crate::people::{People, PersonId, Role};
use crate::sheet::{EvidenceClass, Field, FieldValue};

pub use action::{Action, KINDS, MAX_REASON, Seen, Unusable};
pub use machine::Machine;
pub use replay::{Act, DeskEvent, Reviews, Ruling, replay};
pub use standing::reviewed;
pub use typed::{Place, Said, TableValue, Typed, entry_fields, entry_places, table_of_parts, table_parts};

use settle::{Account, Verdict, accounts, verdict};
use typed::{essential_places, votes};

/// Most corrections of one round: who differs after that is heard by a coordinator.
const MAX_CORRECTIONS: usize = 2;

/// Most entries of one round: two, and a third where one person saw no sheet.
const MAX_ENTRIES: usize = 3;

/// Where a review stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Code and print agree on every figure: no person is needed.
    Confirmed,
    /// A person is to enter the sheet.
    FirstEntry,
    /// Another person is to enter it, blind.
    SecondEntry,
    /// These places differ: somebody is to type them again, blind.
    Correction(Vec<Place>),
    /// These places still differ, or cannot be read: a coordinator is to decide.
    Decision(Vec<Place>),
    /// Closed.
    Settled(Settled),
}

impl Stage {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Stage::Confirmed => "confirmed",
            Stage::FirstEntry => "first-entry",
            Stage::SecondEntry => "second-entry",
            Stage::Correction(_) => "correction",
            Stage::Decision(_) => "decision",
            Stage::Settled(_) => "settled",
        }
    }

    /// Whether nothing more is to be done.
    pub fn is_closed(&self) -> bool {
        matches!(self, Stage::Confirmed | Stage::Settled(_))
    }
}

/// What a review ended in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// What stands on the sheet, places without two witnesses left out; `None`: there is no sheet to be read.
    pub sheet: Option<Typed>,
    /// What stands behind it.
    pub class: EvidenceClass,
    /// Whether two independent witnesses give every place of it: a decision for a value that nobody else gave is no
    /// second witness.
    pub definitive: bool,
}

/// Why an action is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[error("{}", self.code())]
pub enum Refusal {
    /// When there is no such account, or it was removed.
    NoAccount,
    /// When the person's role does not do this.
    WrongRole,
    /// When the person was something else than a clerk before: they may have seen what machines read.
    NotBlind,
    /// When the person entered the image in this round already.
    AlreadyEntered,
    /// When the person corrected the image in this round already.
    AlreadyCorrected,
    /// When the person who would decide has entered the image.
    OwnEntry,
    /// When the review is at another stage.
    WrongStage,
    /// When the places given are not those asked for.
    WrongPlaces,
    /// When a reason is missing or too long.
    BadReason,
    /// When there is a request already.
    AlreadyRequested,
    /// When there is no request.
    NotRequested,
    /// When a person would approve what they asked for.
    OwnRequest,
    /// When the person said already whether the image speaks, when somebody said otherwise, or two people agreed on it.
    AlreadyRuled,
}

impl Refusal {
    /// Every refusal.
    pub const ALL: [Refusal; 13] = [
        Refusal::NoAccount,
        Refusal::WrongRole,
        Refusal::NotBlind,
        Refusal::AlreadyEntered,
        Refusal::AlreadyCorrected,
        Refusal::OwnEntry,
        Refusal::WrongStage,
        Refusal::WrongPlaces,
        Refusal::BadReason,
        Refusal::AlreadyRequested,
        Refusal::NotRequested,
        Refusal::OwnRequest,
        Refusal::AlreadyRuled,
    ];

    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Refusal::NoAccount => "no-account",
            Refusal::WrongRole => "wrong-role",
            Refusal::NotBlind => "not-blind",
            Refusal::AlreadyEntered => "already-entered",
            Refusal::AlreadyCorrected => "already-corrected",
            Refusal::OwnEntry => "own-entry",
            Refusal::WrongStage => "wrong-stage",
            Refusal::WrongPlaces => "wrong-places",
            Refusal::BadReason => "bad-reason",
            Refusal::AlreadyRequested => "already-requested",
            Refusal::NotRequested => "not-requested",
            Refusal::OwnRequest => "own-request",
            Refusal::AlreadyRuled => "already-ruled",
        }
    }
}

/// A coordinator's word on some places, or on the whole image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Who decided.
    pub by: PersonId,
    /// What stands there.
    pub seen: Seen,
    /// Why.
    pub reason: String,
}

/// One image's review.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Review {
    n_reopened: u32,
    entries: Vec<(PersonId, Seen)>,
    corrections: Vec<(PersonId, Typed)>,
    decisions: Vec<Decision>,
    request: Option<(PersonId, String)>,
    rulings: Vec<(PersonId, bool)>,
}

impl Review {
    /// A review that nobody has touched.
    pub fn new() -> Self {
        Self::default()
    }

    /// How often it was reopened: whatever came before is no part of what stands.
    pub fn n_reopened(&self) -> u32 {
        self.n_reopened
    }

    /// Entries of this round, in order.
    pub fn entries(&self) -> &[(PersonId, Seen)] {
        &self.entries
    }

    /// Corrections of this round, in order.
    pub fn corrections(&self) -> &[(PersonId, Typed)] {
        &self.corrections
    }

    /// Decisions of this round, in order.
    pub fn decisions(&self) -> &[Decision] {
        &self.decisions
    }

    /// Who asked for it to be reopened, and why.
    pub fn request(&self) -> Option<(&PersonId, &str)> {
        self.request.as_ref().map(|(by, reason)| (by, reason.as_str()))
    }

    /// Whether a coordinator said, in this round, whether the image speaks.
    pub fn is_ruled(&self) -> bool {
        !self.rulings.is_empty()
    }

    /// Who said, in this round, whether the image speaks, and whether it does: one person, and one who seconds.
    pub fn rulings(&self) -> &[(PersonId, bool)] {
        &self.rulings
    }

    /// Whether this person may say whether the image speaks, or second who did.
    pub fn may_rule(&self, person: &PersonId) -> bool {
        match self.rulings.as_slice() {
            [] => true,
            [(by, _)] => by != person,
            _ => false,
        }
    }

    /// Whether the person entered or corrected the image in this round.
    pub fn is_by(&self, person: &PersonId) -> bool {
        self.has_entered(person) || self.has_corrected(person)
    }

    /// Where it stands, given what machines say of the image.
    pub fn stage(&self, pack: &Pack, machine: &Machine) -> Stage {
        if self.entries.is_empty() {
            let confirmed = machine.is_confirmed() && self.n_reopened == 0;
            return if confirmed { Stage::Confirmed } else { Stage::FirstEntry };
        }
        if self.decisions.iter().any(|decision| matches!(decision.seen, Seen::Unusable(_))) {
            return no_sheet(EvidenceClass::Decision);
        }
        let accounts = accounts(&self.entries, &self.corrections);
        let n_entries = self.entries.len();
        let n_sheets = accounts.iter().filter(|account| !account.sees_none).count();
        let n_none = accounts.len() - n_sheets;
        let by_machine = essential_places(pack).into_iter().all(|place| machine.at(place).is_some());
        let alone = n_sheets == 1 && !by_machine;
        match (n_sheets, n_none) {
            (0, 2..) if !machine.speaks() => return no_sheet(EvidenceClass::TwoPeople),
            (0, 2..) if self.decisions.is_empty() => return Stage::Decision(entry_places(pack)),
            (0, 2..) => {}
            (0, _) => return Stage::SecondEntry,
            (1, _) if alone && n_entries < MAX_ENTRIES => return Stage::SecondEntry,
            _ => {}
        }
        self.compared(pack, machine, &accounts)
    }

    /// The stage of a review whose accounts can be compared.
    fn compared(&self, pack: &Pack, machine: &Machine, accounts: &[Account<'_>]) -> Stage {
        let places = entry_places(pack);
        let essential: BTreeSet<Place> = essential_places(pack).into_iter().collect();
        let whole = self.entries.iter().filter(|(_, seen)| matches!(seen, Seen::Sheet(_))).count() >= 2;
        let (mut sheet, mut open, mut hopeless) = (Typed::default(), Vec::new(), Vec::new());
        let (mut by_people, mut definitive) = (true, true);
        for place in places {
            let decided = self.decided(place);
            if let Some((by, said)) = &decided {
                sheet.set(place, said.clone());
                definitive &=
                    accounts.iter().any(|a| a.by != *by && a.typed.at(place).as_ref() == Some(said));
                continue;
            }
            // Of sums that one person typed the machine may be silent: then they are left out. It may not differ.
            let needed = whole || essential.contains(&place) || machine.at(place).is_some();
            match verdict(accounts, machine, place) {
                Verdict::Stands { said, by_people: people } => {
                    by_people &= people || !essential.contains(&place);
                    sheet.set(place, said);
                }
                Verdict::Open if needed => open.push(place),
                Verdict::AgainstMachine if needed => hopeless.push(place),
                Verdict::Open | Verdict::AgainstMachine => {}
            }
        }
        if !open.is_empty() && self.corrections.len() < MAX_CORRECTIONS {
            return Stage::Correction(open);
        }
        hopeless.extend(open);
        let unreadable = self.unreadable(pack, &sheet, &hopeless);
        hopeless.extend(unreadable);
        hopeless.sort_unstable();
        if !hopeless.is_empty() {
            return Stage::Decision(hopeless);
        }
        let class = match (self.decisions.is_empty(), by_people) {
            (false, _) => EvidenceClass::Decision,
            (true, true) => EvidenceClass::TwoPeople,
            (true, false) => EvidenceClass::PersonAndMachine,
        };
        Stage::Settled(Settled { sheet: Some(sheet), class, definitive })
    }

    /// Votes, or the table, that witnesses agree cannot be read and nobody has decided on.
    fn unreadable(&self, pack: &Pack, sheet: &Typed, open: &[Place]) -> Vec<Place> {
        let needed = votes(pack).map(Place::Field).chain(std::iter::once(Place::Table));
        let is_read = |place: Place| match sheet.at(place) {
            Some(Said::Value(value)) => value.count().is_some(),
            Some(Said::Table(table)) => matches!(table, TableValue::Id(_)),
            None => false,
        };
        needed
            .filter(|place| !is_read(*place) && !open.contains(place) && self.decided(*place).is_none())
            .collect()
    }

    /// The last decision on a place.
    fn decided(&self, place: Place) -> Option<(&PersonId, Said)> {
        self.decisions.iter().rev().find_map(|decision| match &decision.seen {
            Seen::Sheet(typed) => Some((&decision.by, typed.at(place)?)),
            Seen::Unusable(_) => None,
        })
    }

    /// Takes an action, or says why not; then nothing changes.
    pub fn act(
        &mut self,
        pack: &Pack,
        machine: &Machine,
        people: &People,
        action: Action,
    ) -> Result<(), Refusal> {
        self.check(pack, machine, people, &action)?;
        match action {
            Action::Enter { by, seen } => self.entries.push((by, seen)),
            Action::Correct { by, typed } => self.corrections.push((by, typed)),
            Action::Decide { by, seen, reason } => self.decisions.push(Decision { by, seen, reason }),
            Action::SetAside { by, .. } => self.rulings.push((by, false)),
            Action::Clear { by, .. } => self.rulings.push((by, true)),
            Action::RequestReopening { by, reason } => self.request = Some((by, reason)),
            Action::RefuseReopening { .. } => self.request = None,
            Action::ApproveReopening { .. } => {
                *self = Self { n_reopened: self.n_reopened + 1, ..Self::default() };
            }
        }
        Ok(())
    }

    /// Whether an action is taken now.
    pub fn check(
        &self,
        pack: &Pack,
        machine: &Machine,
        people: &People,
        action: &Action,
    ) -> Result<(), Refusal> {
        let by = action.by();
        let role = people.role(by).ok_or(Refusal::NoAccount)?;
        allowed(role, action)?;
        if action
            .reason()
            .is_some_and(|reason| reason.trim().is_empty() || reason.chars().nth(MAX_REASON).is_some())
        {
            return Err(Refusal::BadReason);
        }
        let is_blind = people.get(by).is_some_and(|account| account.only_clerk);
        match action {
            Action::Enter { .. } | Action::Correct { .. } if !is_blind => Err(Refusal::NotBlind),
            Action::Enter { seen, .. } => self.check_entry(pack, machine, by, seen),
            Action::Correct { typed, .. } => self.check_correction(pack, machine, by, typed),
            Action::Decide { seen, .. } => self.check_decision(pack, machine, by, seen),
            Action::SetAside { .. } => self.check_ruling(by, false),
            Action::Clear { .. } => self.check_ruling(by, true),
            Action::RequestReopening { .. } if self.request.is_some() => Err(Refusal::AlreadyRequested),
            Action::RequestReopening { .. } => {
                let closed = self.is_ruled() || self.stage(pack, machine).is_closed();
                if closed { Ok(()) } else { Err(Refusal::WrongStage) }
            }
            Action::ApproveReopening { .. } | Action::RefuseReopening { .. } => match &self.request {
                None => Err(Refusal::NotRequested),
                Some((who, _)) if who == by && matches!(action, Action::ApproveReopening { .. }) => {
                    Err(Refusal::OwnRequest)
                }
                Some(_) => Ok(()),
            },
        }
    }

    fn check_entry(&self, pack: &Pack, machine: &Machine, by: &PersonId, seen: &Seen) -> Result<(), Refusal> {
        if self.is_by(by) {
            return Err(Refusal::AlreadyEntered);
        }
        if !matches!(self.stage(pack, machine), Stage::FirstEntry | Stage::SecondEntry) {
            return Err(Refusal::WrongStage);
        }
        match seen {
            Seen::Sheet(typed) => exactly(typed, &entry_places(pack)),
            Seen::Unusable(_) => Ok(()),
        }
    }

    fn check_correction(
        &self,
        pack: &Pack,
        machine: &Machine,
        by: &PersonId,
        typed: &Typed,
    ) -> Result<(), Refusal> {
        if self.has_corrected(by) {
            return Err(Refusal::AlreadyCorrected);
        }
        match self.stage(pack, machine) {
            Stage::Correction(places) => exactly(typed, &places),
            _ => Err(Refusal::WrongStage),
        }
    }

    fn check_decision(
        &self,
        pack: &Pack,
        machine: &Machine,
        by: &PersonId,
        seen: &Seen,
    ) -> Result<(), Refusal> {
        if self.is_by(by) {
            return Err(Refusal::OwnEntry);
        }
        match (self.stage(pack, machine), seen) {
            (Stage::Correction(_) | Stage::Decision(_), Seen::Unusable(_)) => Ok(()),
            (Stage::Correction(places) | Stage::Decision(places), Seen::Sheet(typed)) => {
                exactly(typed, &places)
            }
            _ => Err(Refusal::WrongStage),
        }
    }

    /// Who differs from the first asks for the image to be reopened.
    fn check_ruling(&self, by: &PersonId, speaks: bool) -> Result<(), Refusal> {
        let seconds = self.rulings.iter().all(|(_, said)| *said == speaks);
        if seconds && self.may_rule(by) { Ok(()) } else { Err(Refusal::AlreadyRuled) }
    }

    fn has_entered(&self, person: &PersonId) -> bool {
        self.entries.iter().any(|(by, _)| by == person)
    }

    fn has_corrected(&self, person: &PersonId) -> bool {
        self.corrections.iter().any(|(by, _)| by == person)
    }
}

fn no_sheet(class: EvidenceClass) -> Stage {
    Stage::Settled(Settled { sheet: None, class, definitive: true })
}

/// Whether the role does this at all.
fn allowed(role: Role, action: &Action) -> Result<(), Refusal> {
    let roles: &[Role] = match action {
        Action::Enter { .. } | Action::Correct { .. } => &[Role::Clerk],
        Action::Decide { .. } | Action::SetAside { .. } | Action::Clear { .. } => &[Role::Coordinator],
        Action::RequestReopening { .. } => &[Role::Clerk, Role::Coordinator, Role::Administrator],
        Action::ApproveReopening { .. } | Action::RefuseReopening { .. } => {
            &[Role::Coordinator, Role::Administrator]
        }
    };
    if roles.contains(&role) { Ok(()) } else { Err(Refusal::WrongRole) }
}

/// Whether exactly these places are spoken of, each with a value that a person can type.
fn exactly(typed: &Typed, places: &[Place]) -> Result<(), Refusal> {
    let asked: BTreeSet<Place> = places.iter().copied().collect();
    let given: BTreeSet<Place> = typed.places().collect();
    let typeable = typed.values.iter().all(|(field, value)| {
        *field != Field::Reserved
            && *value != FieldValue::Unread
            && value.count().is_none_or(|n| n <= crate::sheet::MAX_COUNT)
    });
    if asked == given && typeable { Ok(()) } else { Err(Refusal::WrongPlaces) }
}
