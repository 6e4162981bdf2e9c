//! The people of a desk, by pseudonym: who exists, in which role, who created whom.
//!
//! Two independent people means two accounts. Whoever reads the journal therefore sees of every account who created
//! it and what it could do; names stand only in private parts, and are erased when an account is removed.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde_json::{Value, json};

/// Most accounts a desk may ever have: a bound on what a journal can make a reader keep in memory.
pub const MOST_ACCOUNTS: u32 = 99_999;

/// A person's pseudonym: "P001", "P002" … in order of creation. Ordered by number.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonId {
    // Before the text, so that P1000 comes after P999.
    number: u32,
    text: Box<str>,
}

impl PersonId {
    /// The pseudonym of the `number`th account, from 1; `None` past [`MOST_ACCOUNTS`].
    pub fn of_number(number: u32) -> Option<Self> {
        (1..=MOST_ACCOUNTS)
            .contains(&number)
            .then(|| Self { number, text: format!("P{number:03}").into_boxed_str() })
    }

    /// Reads a pseudonym; `None` where the text is not the one way to write one.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('P').filter(|digits| digits.len() <= 5)?;
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        Self::of_number(digits.parse().ok()?).filter(|id| id.as_str() == text)
    }

    /// The pseudonym as it is written.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for PersonId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// When a text is no pseudonym.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no pseudonym")]
pub struct NotAPerson;

impl FromStr for PersonId {
    type Err = NotAPerson;

    fn from_str(text: &str) -> Result<Self, NotAPerson> {
        Self::parse(text).ok_or(NotAPerson)
    }
}

/// What a person may do at the desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Keeps the accounts and the machine. Never says what a sheet says.
    Administrator,
    /// Decides where people or machines differ.
    Coordinator,
    /// Types what a sheet says.
    Clerk,
    /// Looks on.
    Observer,
}

impl Role {
    /// All roles.
    pub const ALL: [Role; 4] = [Role::Administrator, Role::Coordinator, Role::Clerk, Role::Observer];

    /// The word in the journal and in keys of messages.
    pub fn code(self) -> &'static str {
        match self {
            Role::Administrator => "administrator",
            Role::Coordinator => "coordinator",
            Role::Clerk => "clerk",
            Role::Observer => "observer",
        }
    }

    /// The role of a word.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.code() == code)
    }
}

/// What the journal says of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its role now; of a removed account, the last one.
    pub role: Role,
    /// Who created it; `None` for one made at the machine itself.
    pub created_by: Option<PersonId>,
    /// Whether it was removed. Its work stays.
    pub removed: bool,
    /// How often somebody else gave out a link by which its password is set anew: who has the link can be the person.
    pub n_links: u32,
    /// Whether it never was in another role than a clerk's: everybody else sees what machines read, and is no
    /// witness beside them.
    pub only_clerk: bool,
}

/// An event about an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccountEvent {
    /// `account.created`: somebody can sign in from now on.
    Created {
        /// Whose account.
        account: PersonId,
        /// In which role.
        role: Role,
        /// Who created it; `None` at the machine itself.
        by: Option<PersonId>,
    },
    /// `account.changed`: another role.
    Changed {
        /// Whose account.
        account: PersonId,
        /// The role from now on.
        role: Role,
        /// Who changed it.
        by: PersonId,
    },
    /// `account.removed`: nobody can sign in with it any more, and its name is erased.
    Removed {
        /// Whose account.
        account: PersonId,
        /// Who removed it.
        by: PersonId,
        /// Number of the `account.created` event whose private part, the name, was erased.
        erased: u64,
    },
    /// `account.link-given`: a link by which the account's password is set anew was given out.
    LinkGiven {
        /// Whose account.
        account: PersonId,
        /// Who gave it out; `None` at the machine itself.
        by: Option<PersonId>,
    },
    /// `account.password-set`: a password was set by a link.
    PasswordSet {
        /// Whose account.
        account: PersonId,
    },
}

impl AccountEvent {
    /// The event's kind.
    pub fn kind(&self) -> &'static str {
        match self {
            AccountEvent::Created { .. } => "account.created",
            AccountEvent::Changed { .. } => "account.changed",
            AccountEvent::Removed { .. } => "account.removed",
            AccountEvent::LinkGiven { .. } => "account.link-given",
            AccountEvent::PasswordSet { .. } => "account.password-set",
        }
    }

    /// The event's public body.
    pub fn to_body(&self) -> Value {
        match self {
            AccountEvent::Created { account, role, by } => json!({
                "account": account.as_str(), "role": role.code(), "by": by.as_ref().map(PersonId::as_str),
            }),
            AccountEvent::Changed { account, role, by } => {
                json!({"account": account.as_str(), "role": role.code(), "by": by.as_str()})
            }
            AccountEvent::Removed { account, by, erased } => {
                json!({"account": account.as_str(), "by": by.as_str(), "erased": erased})
            }
            AccountEvent::LinkGiven { account, by } => {
                json!({"account": account.as_str(), "by": by.as_ref().map(PersonId::as_str)})
            }
            AccountEvent::PasswordSet { account } => json!({"account": account.as_str()}),
        }
    }

    /// Reads an event; `Ok(None)` where the kind is not about accounts. Fails when the body is not the one way to
    /// write such an event.
    pub fn from_body(kind: &str, body: &Value) -> Result<Option<Self>, PeopleFault> {
        const KINDS: [&str; 5] = [
            "account.created",
            "account.changed",
            "account.removed",
            "account.link-given",
            "account.password-set",
        ];
        if !KINDS.contains(&kind) {
            return Ok(None);
        }
        Self::read(kind, body)
            .filter(|event| event.to_body() == *body)
            .map(Some)
            .ok_or(PeopleFault::Unreadable)
    }

    fn read(kind: &str, body: &Value) -> Option<Self> {
        let person = |key: &str| PersonId::parse(body.get(key)?.as_str()?);
        let role = || Role::from_code(body.get("role")?.as_str()?);
        let account = person("account")?;
        match kind {
            "account.created" => {
                let by = if body.get("by")?.is_null() { None } else { Some(person("by")?) };
                Some(AccountEvent::Created { account, role: role()?, by })
            }
            "account.link-given" => {
                let by = if body.get("by")?.is_null() { None } else { Some(person("by")?) };
                Some(AccountEvent::LinkGiven { account, by })
            }
            "account.password-set" => Some(AccountEvent::PasswordSet { account }),
            "account.changed" => Some(AccountEvent::Changed { account, role: role()?, by: person("by")? }),
            _ => {
                let erased = body.get("erased")?.as_u64()?;
                Some(AccountEvent::Removed { account, by: person("by")?, erased })
            }
        }
    }
}

/// Why an event about an account cannot have happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PeopleFault {
    /// When a body is not that of such an event.
    #[error("not the body of an event about an account")]
    Unreadable,
    /// When a created account has not the next pseudonym.
    #[error("not the next pseudonym")]
    OutOfSequence,
    /// When the account does not exist, or was removed before.
    #[error("no such account")]
    NoAccount,
    /// When who did it was no administrator at the time.
    #[error("not by an administrator")]
    NotByAdministrator,
    /// When no administrator would be left.
    #[error("the last administrator")]
    LastAdministrator,
}

/// Everybody who has or had an account: the fold of the journal's `account.*` events.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct People {
    accounts: BTreeMap<PersonId, Account>,
}

impl People {
    /// Nobody.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next event of the journal; of another kind, it changes nothing. On a fault nothing changes either.
    pub fn take(&mut self, kind: &str, body: &Value) -> Result<(), PeopleFault> {
        AccountEvent::from_body(kind, body)?.map_or(Ok(()), |event| self.apply(&event))
    }

    /// Applies one event; on a fault nothing changes.
    pub fn apply(&mut self, event: &AccountEvent) -> Result<(), PeopleFault> {
        self.check(event)?;
        match event {
            AccountEvent::Created { account, role, by } => {
                let only_clerk = *role == Role::Clerk;
                let created =
                    Account { role: *role, created_by: by.clone(), removed: false, n_links: 0, only_clerk };
                self.accounts.insert(account.clone(), created);
            }
            AccountEvent::Changed { account, role, .. } => {
                self.accounts.entry(account.clone()).and_modify(|known| {
                    known.role = *role;
                    known.only_clerk &= *role == Role::Clerk;
                });
            }
            AccountEvent::Removed { account, .. } => {
                self.accounts.entry(account.clone()).and_modify(|known| known.removed = true);
            }
            AccountEvent::LinkGiven { account, .. } => {
                self.accounts.entry(account.clone()).and_modify(|known| known.n_links += 1);
            }
            AccountEvent::PasswordSet { .. } => {}
        }
        Ok(())
    }

    /// Whether an event may happen now.
    pub fn check(&self, event: &AccountEvent) -> Result<(), PeopleFault> {
        let by = match event {
            AccountEvent::Created { account, by, .. } => {
                if self.next_id().as_ref() != Some(account) {
                    return Err(PeopleFault::OutOfSequence);
                }
                by.as_ref()
            }
            AccountEvent::Changed { account, by, .. } | AccountEvent::Removed { account, by, .. } => {
                self.present(account).ok_or(PeopleFault::NoAccount)?;
                Some(by)
            }
            AccountEvent::LinkGiven { account, by } => {
                self.present(account).ok_or(PeopleFault::NoAccount)?;
                by.as_ref()
            }
            AccountEvent::PasswordSet { account } => {
                self.present(account).ok_or(PeopleFault::NoAccount)?;
                None
            }
        };
        // By nobody: at the machine itself, by whoever holds the folder.
        if by.is_some_and(|by| !self.is_administrator(by)) {
            return Err(PeopleFault::NotByAdministrator);
        }
        let leaves = match event {
            AccountEvent::Created { .. }
            | AccountEvent::LinkGiven { .. }
            | AccountEvent::PasswordSet { .. } => None,
            AccountEvent::Changed { account, role, .. } => (*role != Role::Administrator).then_some(account),
            AccountEvent::Removed { account, .. } => Some(account),
        };
        match leaves {
            Some(account) if self.is_administrator(account) && self.n_administrators() == 1 => {
                Err(PeopleFault::LastAdministrator)
            }
            _ => Ok(()),
        }
    }

    /// An account, removed ones too.
    pub fn get(&self, person: &PersonId) -> Option<&Account> {
        self.accounts.get(person)
    }

    /// Role of a person who can sign in.
    pub fn role(&self, person: &PersonId) -> Option<Role> {
        self.present(person).map(|account| account.role)
    }

    /// Every account in order of creation, removed ones too.
    pub fn iter(&self) -> impl Iterator<Item = (&PersonId, &Account)> {
        self.accounts.iter()
    }

    /// The next account's pseudonym; `None` when there are [`MOST_ACCOUNTS`].
    pub fn next_id(&self) -> Option<PersonId> {
        PersonId::of_number(self.accounts.last_key_value().map_or(1, |(last, _)| last.number + 1))
    }

    /// Administrators who can sign in.
    pub fn n_administrators(&self) -> usize {
        self.accounts.keys().filter(|person| self.is_administrator(person)).count()
    }

    fn present(&self, person: &PersonId) -> Option<&Account> {
        self.accounts.get(person).filter(|account| !account.removed)
    }

    fn is_administrator(&self, person: &PersonId) -> bool {
        self.role(person) == Some(Role::Administrator)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u32) -> PersonId {
        PersonId::of_number(number).unwrap()
    }

    fn created(number: u32, role: Role, by: Option<u32>) -> AccountEvent {
        AccountEvent::Created { account: id(number), role, by: by.map(id) }
    }

    fn changed(number: u32, role: Role, by: u32) -> AccountEvent {
        AccountEvent::Changed { account: id(number), role, by: id(by) }
    }

    fn removed(number: u32, by: u32) -> AccountEvent {
        AccountEvent::Removed { account: id(number), by: id(by), erased: 1 }
    }

    fn people(events: &[AccountEvent]) -> People {
        let mut people = People::new();
        for event in events {
            people.take(event.kind(), &event.to_body()).unwrap();
        }
        people
    }

    #[test]
    fn a_pseudonym_has_one_way_to_be_written() {
        for good in ["P001", "P999", "P1000", "P99999"] {
            assert_eq!(PersonId::parse(good).unwrap().as_str(), good);
        }
        for bad in ["", "P", "P1", "P000", "P0001", "p001", "P+01", "P01٣", "P100000", "P001 ", "A001"] {
            assert_eq!(PersonId::parse(bad), None, "{bad}");
        }
        assert!(id(999) < id(1000));
        assert_eq!(People::new().next_id(), Some(id(1)));
    }

    #[test]
    fn events_are_read_as_they_are_written() {
        let given = |by| AccountEvent::LinkGiven { account: id(1), by };
        let all = [
            created(1, Role::Administrator, None),
            changed(1, Role::Clerk, 1),
            removed(1, 1),
            given(None),
            given(Some(id(1))),
            AccountEvent::PasswordSet { account: id(1) },
        ];
        for event in all {
            assert_eq!(AccountEvent::from_body(event.kind(), &event.to_body()), Ok(Some(event.clone())));
            let mut more = event.to_body();
            more.as_object_mut().unwrap().insert("name".into(), json!("somebody"));
            assert_eq!(AccountEvent::from_body(event.kind(), &more), Err(PeopleFault::Unreadable));
            assert_eq!(AccountEvent::from_body(event.kind(), &json!([])), Err(PeopleFault::Unreadable));
        }
        assert_eq!(AccountEvent::from_body("image.read", &json!({})), Ok(None));
        assert_eq!(Role::ALL.map(|role| Role::from_code(role.code())), Role::ALL.map(Some));
    }

    #[test]
    fn accounts_follow_from_their_events() {
        let people = people(&[
            created(1, Role::Administrator, None),
            created(2, Role::Clerk, Some(1)),
            changed(2, Role::Coordinator, 1),
            created(3, Role::Observer, Some(1)),
            removed(3, 1),
        ]);
        assert_eq!(people.role(&id(2)), Some(Role::Coordinator));
        assert_eq!(people.get(&id(2)).unwrap().created_by, Some(id(1)));
        assert!(!people.get(&id(2)).unwrap().only_clerk, "who saw what machines read stays somebody who did");
        assert_eq!((people.role(&id(3)), people.get(&id(3)).unwrap().removed), (None, true));
        // A pseudonym is never given twice.
        assert_eq!((people.next_id(), people.iter().count()), (Some(id(4)), 3));
    }

    #[test]
    fn what_cannot_have_happened_changes_nothing() {
        let before = people(&[created(1, Role::Administrator, None), created(2, Role::Clerk, Some(1))]);
        let refused = [
            (created(4, Role::Clerk, Some(1)), PeopleFault::OutOfSequence),
            (created(2, Role::Clerk, Some(1)), PeopleFault::OutOfSequence),
            (created(3, Role::Clerk, Some(2)), PeopleFault::NotByAdministrator),
            (created(3, Role::Clerk, Some(3)), PeopleFault::NotByAdministrator),
            (changed(3, Role::Clerk, 1), PeopleFault::NoAccount),
            (changed(2, Role::Administrator, 2), PeopleFault::NotByAdministrator),
            (changed(1, Role::Clerk, 1), PeopleFault::LastAdministrator),
            (removed(1, 1), PeopleFault::LastAdministrator),
            (AccountEvent::LinkGiven { account: id(1), by: Some(id(2)) }, PeopleFault::NotByAdministrator),
            (AccountEvent::PasswordSet { account: id(3) }, PeopleFault::NoAccount),
        ];
        for (event, fault) in refused {
            let mut after = before.clone();
            assert_eq!(after.take(event.kind(), &event.to_body()), Err(fault), "{event:?}");
            assert_eq!(after, before);
        }
        let mut two = before;
        two.apply(&changed(2, Role::Administrator, 1)).unwrap();
        two.apply(&removed(1, 2)).unwrap();
        assert_eq!(two.apply(&changed(2, Role::Administrator, 1)), Err(PeopleFault::NotByAdministrator));
        assert_eq!(two.apply(&removed(1, 2)), Err(PeopleFault::NoAccount));
    }
}
