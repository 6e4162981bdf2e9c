//! The roll: everybody who has an account, their names from the database, their roles from the journal.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use serde_json::json;
use tallyproof_core::people::{AccountEvent, People, PeopleFault, PersonId, Role};
use tallyproof_core::tidy::plain;

use super::refusal::Refusal;
use crate::store::{AccountRow, Fact, Store};
use crate::trouble::{Outcome, Trouble};
use crate::words::Lang;

/// Longest name to sign in with, and longest name shown, characters.
const LONGEST_LOGIN: usize = 40;
const LONGEST_NAME: usize = 80;

/// What only the desk knows of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Name to sign in with.
    pub login: String,
    /// Name shown at the desk.
    pub name: String,
    /// Language.
    pub lang: Lang,
    /// Whether a password is set: nobody can sign in before.
    pub has_password: bool,
}

/// Why an account cannot be made or changed.
#[derive(Debug)]
pub enum RollRefusal {
    /// For a reason of the form or of the rules: code of its words, `desk-roll-<code>`.
    Because(&'static str),
    /// When our own work failed.
    Trouble(Trouble),
}

impl From<Trouble> for RollRefusal {
    fn from(trouble: Trouble) -> Self {
        RollRefusal::Trouble(trouble)
    }
}

impl From<PeopleFault> for RollRefusal {
    fn from(fault: PeopleFault) -> Self {
        RollRefusal::Because(match fault {
            PeopleFault::LastAdministrator => "last-administrator",
            PeopleFault::NotByAdministrator => "not-administrator",
            PeopleFault::NoAccount => "no-account",
            PeopleFault::OutOfSequence | PeopleFault::Unreadable => "too-many",
        })
    }
}

impl RollRefusal {
    /// Every code.
    pub const CODES: [&'static str; 7] = [
        "last-administrator",
        "not-administrator",
        "no-account",
        "too-many",
        "bad-login",
        "bad-name",
        "login-taken",
    ];
}

impl From<RollRefusal> for Refusal {
    fn from(refusal: RollRefusal) -> Self {
        match refusal {
            RollRefusal::Trouble(trouble) => trouble.into(),
            RollRefusal::Because(code) => {
                Refusal::said(axum::http::StatusCode::CONFLICT, format!("desk-roll-{code}"), Vec::new())
            }
        }
    }
}

/// A new account, as a form gives it.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// Name to sign in with.
    pub login: String,
    /// Name shown at the desk.
    pub name: String,
    /// Role.
    pub role: Role,
    /// Language.
    pub lang: Lang,
    /// Hash of the password; `None` where the person sets it by a link.
    pub password: Option<String>,
}

/// Everybody who has an account.
pub struct Roll {
    state: RwLock<State>,
    /// One change at a time: what is written is what was checked. Reading goes on meanwhile.
    changing: Mutex<()>,
}

struct State {
    people: Arc<People>,
    rows: BTreeMap<PersonId, AccountRow>,
}

impl Roll {
    /// Everybody of a folder; `people` is the fold of its journal.
    pub fn open(store: &Store, people: People) -> Outcome<Self> {
        let rows = store.accounts()?.into_iter().filter_map(|row| Some((PersonId::parse(&row.person)?, row)));
        let rows = rows.filter(|(person, _)| people.role(person).is_some()).collect();
        let state = State { people: Arc::new(people), rows };
        Ok(Self { state: RwLock::new(state), changing: Mutex::new(()) })
    }

    /// Accounts as the journal says, now.
    pub fn people(&self) -> Arc<People> {
        Arc::clone(&self.read().people)
    }

    /// Role of a person who can sign in, now.
    pub fn role(&self, person: &PersonId) -> Option<Role> {
        let state = self.read();
        state.rows.contains_key(person).then(|| state.people.role(person)).flatten()
    }

    /// What the desk knows of a person; `None` of somebody unknown or removed.
    pub fn profile(&self, person: &PersonId) -> Option<Profile> {
        self.read().rows.get(person).map(profile)
    }

    /// Everybody who is on the roll, by pseudonym.
    pub fn all(&self) -> Vec<(PersonId, Role, Profile)> {
        let state = self.read();
        let all = state.rows.iter();
        all.filter_map(|(id, row)| Some((id.clone(), state.people.role(id)?, profile(row)))).collect()
    }

    /// The person of a name to sign in with, and the hash of the password.
    pub fn find_login(&self, login: &str) -> Option<(PersonId, Option<String>)> {
        let login = normal(login);
        let state = self.read();
        let found = state.rows.iter().find(|(_, row)| row.login == login);
        found.map(|(id, row)| (id.clone(), row.password.clone()))
    }

    /// Hash of a person's password.
    pub fn password(&self, person: &PersonId) -> Option<String> {
        self.read().rows.get(person).and_then(|row| row.password.clone())
    }

    /// Whether somebody can sign in as an administrator.
    pub fn has_administrator(&self) -> bool {
        let is_one = |(_, role, profile): &(PersonId, Role, Profile)| {
            *role == Role::Administrator && profile.has_password
        };
        self.all().iter().any(is_one)
    }

    /// Makes an account. Blocks.
    pub fn create(
        &self,
        store: &Store,
        at: &str,
        by: Option<&PersonId>,
        new: &NewAccount,
    ) -> Result<PersonId, RollRefusal> {
        let _one = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let (login, name) = (checked_login(&new.login)?, checked_name(&new.name)?);
        if self.find_login(&login).is_some() {
            return Err(RollRefusal::Because("login-taken"));
        }
        let mut people = People::clone(&self.people());
        let account = people.next_id().ok_or(RollRefusal::Because("too-many"))?;
        let event = AccountEvent::Created { account: account.clone(), role: new.role, by: by.cloned() };
        people.apply(&event)?;
        let mut row = AccountRow {
            seq: 0,
            person: account.to_string(),
            login,
            name,
            password: new.password.clone(),
            lang: new.lang.code().to_owned(),
        };
        let private = json!({"at": at, "login": row.login, "name": row.name});
        let fact = Fact { kind: event.kind(), body: event.to_body(), private };
        row.seq = store.create_account(&fact, &row)?;
        let mut state = self.write();
        state.people = Arc::new(people);
        state.rows.insert(account.clone(), row);
        Ok(account)
    }

    /// Gives a person another role. Blocks.
    pub fn change_role(
        &self,
        store: &Store,
        at: &str,
        by: &PersonId,
        person: &PersonId,
        role: Role,
    ) -> Result<(), RollRefusal> {
        let _one = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut people = People::clone(&self.people());
        if people.role(person) == Some(role) {
            return Ok(());
        }
        let event = AccountEvent::Changed { account: person.clone(), role, by: by.clone() };
        people.apply(&event)?;
        self.keep_one_administrator(&people, person)?;
        store.append(event.kind(), event.to_body(), json!({"at": at}))?;
        self.write().people = Arc::new(people);
        Ok(())
    }

    /// Removes an account and erases its name. Blocks.
    pub fn remove(
        &self,
        store: &Store,
        at: &str,
        by: &PersonId,
        person: &PersonId,
    ) -> Result<(), RollRefusal> {
        let _one = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut people = People::clone(&self.people());
        let erased = self.read().rows.get(person).map(|row| row.seq);
        let erased = erased.ok_or(RollRefusal::Because("no-account"))?;
        let event = AccountEvent::Removed { account: person.clone(), by: by.clone(), erased };
        people.apply(&event)?;
        self.keep_one_administrator(&people, person)?;
        let fact = Fact { kind: event.kind(), body: event.to_body(), private: json!({"at": at}) };
        store.remove_account(&fact, person.as_str(), erased)?;
        let mut state = self.write();
        state.people = Arc::new(people);
        state.rows.remove(person);
        Ok(())
    }

    /// Journals that a link was given out by which somebody's password is set anew, or that one was set by it: else an
    /// administrator could be somebody else for an hour, and nobody would know. Blocks.
    pub fn note(&self, store: &Store, at: &str, event: &AccountEvent) -> Result<(), RollRefusal> {
        let _one = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut people = People::clone(&self.people());
        people.apply(event)?;
        store.append(event.kind(), event.to_body(), json!({"at": at}))?;
        self.write().people = Arc::new(people);
        Ok(())
    }

    /// Sets a person's password by its hash. Blocks.
    pub fn set_password(&self, store: &Store, person: &PersonId, hash: String) -> Result<(), RollRefusal> {
        self.change(store, person, |row| row.password = Some(hash))
    }

    /// Takes a person's password away: nobody signs in with it any more. Blocks.
    pub fn clear_password(&self, store: &Store, person: &PersonId) -> Result<(), RollRefusal> {
        self.change(store, person, |row| row.password = None)
    }

    /// Sets a person's language. Blocks.
    pub fn set_lang(&self, store: &Store, person: &PersonId, lang: Lang) -> Result<(), RollRefusal> {
        self.change(store, person, |row| lang.code().clone_into(&mut row.lang))
    }

    /// An administrator who has not set a password yet is no way in.
    fn keep_one_administrator(&self, people: &People, without: &PersonId) -> Result<(), RollRefusal> {
        let state = self.read();
        let mut others = state.rows.iter().filter(|(id, row)| *id != without && row.password.is_some());
        let was_one = state.people.role(without) == Some(Role::Administrator);
        if was_one && !others.any(|(id, _)| people.role(id) == Some(Role::Administrator)) {
            return Err(RollRefusal::Because("last-administrator"));
        }
        Ok(())
    }

    fn change(
        &self,
        store: &Store,
        person: &PersonId,
        change: impl FnOnce(&mut AccountRow),
    ) -> Result<(), RollRefusal> {
        let _one = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let row = self.read().rows.get(person).cloned();
        let mut row = row.ok_or(RollRefusal::Because("no-account"))?;
        change(&mut row);
        store.change_account(&row)?;
        self.write().rows.insert(person.clone(), row);
        Ok(())
    }

    fn read(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }
}

fn profile(row: &AccountRow) -> Profile {
    Profile {
        login: row.login.clone(),
        name: row.name.clone(),
        lang: Lang::from_code(&row.lang).unwrap_or(Lang::En),
        has_password: row.password.is_some(),
    }
}

/// A name to sign in with as it is kept: capital letters make no other person.
pub(super) fn normal(login: &str) -> String {
    login.trim().to_ascii_lowercase()
}

fn checked_login(login: &str) -> Result<String, RollRefusal> {
    let login = normal(login);
    let is_good = (2..=LONGEST_LOGIN).contains(&login.len())
        && login.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._-@".contains(&b));
    if is_good { Ok(login) } else { Err(RollRefusal::Because("bad-login")) }
}

fn checked_name(name: &str) -> Result<String, RollRefusal> {
    let name = plain(name.trim()).into_owned();
    let is_good = (1..=LONGEST_NAME).contains(&name.chars().count());
    if is_good { Ok(name) } else { Err(RollRefusal::Because("bad-name")) }
}
