//! What several accounts of one image come to, place by place.
//!
//! A value stands when two independent witnesses give it, no machine contradicts it, and at most one person does
//! while more give it. A machine is never outvoted: where it differs from people, a coordinator looks.

use std::collections::{BTreeMap, BTreeSet};

use crate::people::PersonId;

use super::action::Seen;
use super::machine::Machine;
use super::typed::{Place, Said, Typed};

/// What one person says after their corrections.
#[derive(Clone, Debug)]
pub(super) struct Account<'r> {
    pub(super) by: &'r PersonId,
    /// Empty of one who sees no sheet.
    pub(super) typed: Typed,
    /// Whether they say that there is no sheet: then they contradict every value.
    pub(super) sees_none: bool,
}

/// How accounts of one place stand to each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Two witnesses give this value; `by_people`: two of them are people.
    Stands { said: Said, by_people: bool },
    /// Typing the place again may settle it.
    Open,
    /// Typing it again settles nothing: people agree, and the machine differs.
    AgainstMachine,
}

/// People's accounts: entries with their own corrections, then corrections by others.
pub(super) fn accounts<'r>(
    entries: &'r [(PersonId, Seen)],
    corrections: &'r [(PersonId, Typed)],
) -> Vec<Account<'r>> {
    let entered = entries.iter().map(|(by, seen)| match seen {
        Seen::Sheet(typed) => Account { by, typed: typed.clone(), sees_none: false },
        Seen::Unusable(_) => Account { by, typed: Typed::default(), sees_none: true },
    });
    let mut accounts: Vec<Account> = entered.collect();
    for (by, typed) in corrections {
        let own = accounts.iter().position(|account| account.by == by);
        let at = own.unwrap_or_else(|| {
            accounts.push(Account { by, typed: Typed::default(), sees_none: false });
            accounts.len() - 1
        });
        let account = &mut accounts[at];
        // Who types a place sees a sheet after all.
        account.sees_none = false;
        for place in typed.places() {
            if let Some(said) = typed.at(place) {
                account.typed.set(place, said);
            }
        }
    }
    accounts
}

/// What the accounts of one place come to.
pub(super) fn verdict(accounts: &[Account<'_>], machine: &Machine, place: Place) -> Verdict {
    let mut people: BTreeMap<Said, BTreeSet<&PersonId>> = BTreeMap::new();
    for account in accounts {
        if let Some(said) = account.typed.at(place) {
            people.entry(said).or_default().insert(account.by);
        }
    }
    let n_against_all = accounts.iter().filter(|account| account.sees_none).count();
    let n_people: usize = people.values().map(BTreeSet::len).sum::<usize>() + n_against_all;
    let by_machine = machine.at(place);
    let stands = |said: &Said, by: &BTreeSet<&PersonId>| {
        let against = n_people - by.len();
        let witnesses = by.len() + usize::from(by_machine.as_ref() == Some(said));
        let contradicted = by_machine.as_ref().is_some_and(|machine| machine != said);
        witnesses >= 2 && !contradicted && against <= 1 && witnesses > against
    };
    if let Some((said, by)) = people.iter().find(|(said, by)| stands(said, by)) {
        return Verdict::Stands { said: said.clone(), by_people: by.len() >= 2 };
    }
    match people.iter().next() {
        Some((_, by)) if people.len() == 1 && n_against_all == 0 && by.len() >= 2 => Verdict::AgainstMachine,
        _ => Verdict::Open,
    }
}
