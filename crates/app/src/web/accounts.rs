//! The administrator's page: who has an account, in which role.

use std::sync::{Arc, PoisonError};

use askama::Template;
use axum::extract::{Form, FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use tallyproof_core::people::{AccountEvent, PersonId, Role};
use tallyproof_core::tidy::plain;

use super::caller::Caller;
use super::desk::Desk;
use super::frame::{Frame, page, page_with};
use super::links::Purpose;
use super::refusal::Refusal;
use super::roll::{NewAccount, RollRefusal};
use crate::words::Lang;

#[derive(Template)]
#[template(path = "desk/accounts.html")]
struct AccountsPage {
    frame: Frame,
    rows: Vec<Row>,
    removed: Vec<Gone>,
    roles: Vec<(&'static str, String)>,
    problem: Option<String>,
    /// A link that was just made, and for whom.
    link: Option<(String, String)>,
    typed: Typed,
}

/// An account as an administrator sees it.
struct Row {
    id: String,
    login: String,
    name: String,
    role: &'static str,
    created_by: String,
    /// Code of where it stands: `ready`, `waits` (a link is open) or `locked` (no password and no link).
    state: &'static str,
    n_sessions: usize,
    is_self: bool,
}

/// An account that was removed: its pseudonym stays with its work.
struct Gone {
    id: String,
    role_says: String,
}

/// What was typed, where it must be typed again.
#[derive(Default)]
struct Typed {
    login: String,
    name: String,
    role: String,
    lang: String,
}

fn accounts_page(desk: &Desk, caller: &Caller) -> AccountsPage {
    let words = caller.words();
    let now = desk.clock.now();
    let role_says = |role: Role| words.say(&format!("desk-role-{}", role.code()));
    let people = desk.roll.people();
    let rows = desk.roll.all().into_iter().map(|(id, role, profile)| {
        let by = people.get(&id).and_then(|account| account.created_by.as_ref());
        let state = match profile.has_password {
            true => "ready",
            false if desk.links.is_open(&Purpose::Password(id.clone()), now) => "waits",
            false => "locked",
        };
        Row {
            login: profile.login,
            name: plain(&profile.name).into_owned(),
            role: role.code(),
            created_by: by.map_or_else(|| words.say("desk-accounts-by-terminal"), PersonId::to_string),
            state,
            n_sessions: desk.sessions.of(&id, now).len(),
            is_self: id == caller.id,
            id: id.to_string(),
        }
    });
    let removed = people.iter().filter(|(_, account)| account.removed);
    AccountsPage {
        frame: Frame::new(desk, caller, "/accounts"),
        rows: rows.collect(),
        removed: removed.map(|(id, a)| Gone { id: id.to_string(), role_says: role_says(a.role) }).collect(),
        roles: Role::ALL.map(|role| (role.code(), role_says(role))).into(),
        problem: None,
        link: None,
        typed: Typed { lang: caller.lang.code().to_owned(), role: "clerk".to_owned(), ..Typed::default() },
    }
}

/// `GET /accounts`.
pub(super) async fn show(State(desk): State<Arc<Desk>>, caller: Caller) -> Response {
    page(&accounts_page(&desk, &caller))
}

#[derive(Deserialize)]
pub(super) struct Wanted {
    login: String,
    name: String,
    role: String,
    lang: String,
}

/// `POST /accounts`: makes an account, and a link for its owner.
pub(super) async fn create(
    State(desk): State<Arc<Desk>>,
    caller: Caller,
    host: Host,
    Form(given): Form<Wanted>,
) -> Result<Response, Refusal> {
    let role = Role::from_code(&given.role).ok_or(Refusal::Unreadable)?;
    let lang = Lang::from_code(&given.lang).ok_or(Refusal::Unreadable)?;
    let new = NewAccount { login: given.login.clone(), name: given.name.clone(), role, lang, password: None };
    let by = caller.id.clone();
    let made = Desk::blocking(&desk, move |desk| {
        desk.roll.create(&desk.store, &desk.clock.timestamp(), Some(&by), &new)
    });
    match made.await? {
        Ok(person) => {
            desk.live.changed();
            with_link(&desk, &caller, person, &host)
        }
        Err(refusal) => {
            let typed = Typed { login: given.login, name: given.name, role: given.role, lang: given.lang };
            Ok(refused(&desk, &caller, refusal, typed)?)
        }
    }
}

/// The page with what went wrong.
fn refused(desk: &Desk, caller: &Caller, why: RollRefusal, typed: Typed) -> Result<Response, Refusal> {
    match why {
        RollRefusal::Trouble(trouble) => Err(trouble.into()),
        RollRefusal::Because(code) => {
            let problem = Some(caller.words().say(&format!("desk-roll-{code}")));
            let view = AccountsPage { problem, typed, ..accounts_page(desk, caller) };
            Ok(page_with(StatusCode::CONFLICT, &view))
        }
    }
}

/// The page with a new link to set a password, shown once. It leads to the desk by the name it was asked by.
fn with_link(desk: &Desk, caller: &Caller, person: PersonId, host: &Host) -> Result<Response, Refusal> {
    let login = desk.roll.profile(&person).ok_or(Refusal::NotFound)?.login;
    let key = desk.links.make(Purpose::Password(person), desk.clock.now())?;
    let scheme = if desk.settings.is_tls { "https" } else { "http" };
    let link = Some((login, format!("{scheme}://{}/password?key={key}", host.0)));
    Ok(page(&AccountsPage { link, ..accounts_page(desk, caller) }))
}

/// The host that the browser asked: one of ours, or the request would not be here.
pub(super) struct Host(String);

impl<S: Sync> FromRequestParts<S> for Host {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok());
        host.map(|host| Host(host.to_owned())).ok_or(Refusal::Host)
    }
}

fn person(text: &str) -> Result<PersonId, Refusal> {
    PersonId::parse(text).ok_or(Refusal::NotFound)
}

#[derive(Deserialize)]
pub(super) struct NewRole {
    role: String,
}

/// `POST /accounts/{person}/role`.
pub(super) async fn change_role(
    State(desk): State<Arc<Desk>>,
    caller: Caller,
    Path(id): Path<String>,
    Form(given): Form<NewRole>,
) -> Result<Response, Refusal> {
    let (person, by) = (person(&id)?, caller.id.clone());
    let role = Role::from_code(&given.role).ok_or(Refusal::Unreadable)?;
    let changed = Desk::blocking(&desk, move |desk| {
        let _alone = desk.standing.write().unwrap_or_else(PoisonError::into_inner);
        desk.roll.change_role(&desk.store, &desk.clock.timestamp(), &by, &person, role)
    });
    after(&desk, &caller, changed.await?)
}

/// `POST /accounts/{person}/password`: a new link; the old password and all sessions end.
pub(super) async fn reset_password(
    State(desk): State<Arc<Desk>>,
    caller: Caller,
    host: Host,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let person = person(&id)?;
    desk.roll.profile(&person).ok_or(Refusal::NotFound)?;
    let whose = person.clone();
    let by = caller.id.clone();
    Desk::blocking(&desk, move |desk| {
        let _alone = desk.standing.write().unwrap_or_else(PoisonError::into_inner);
        let given = AccountEvent::LinkGiven { account: whose.clone(), by: Some(by.clone()) };
        desk.roll.note(&desk.store, &desk.clock.timestamp(), &given)?;
        // Whoever asks for their own link keeps the way in that they have.
        if whose == by {
            return Ok(());
        }
        desk.roll.clear_password(&desk.store, &whose)?;
        desk.sessions.end_all(&desk.store, &whose, None)?;
        Ok::<_, Refusal>(())
    })
    .await??;
    with_link(&desk, &caller, person, &host)
}

/// `POST /accounts/{person}/remove`: erases the name; the work stays.
pub(super) async fn remove(
    State(desk): State<Arc<Desk>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let (person, by) = (person(&id)?, caller.id.clone());
    let removed = Desk::blocking(&desk, move |desk| {
        {
            let _alone = desk.standing.write().unwrap_or_else(PoisonError::into_inner);
            desk.roll.remove(&desk.store, &desk.clock.timestamp(), &by, &person)?;
        }
        desk.links.end(&Purpose::Password(person.clone()));
        desk.sessions.end_all(&desk.store, &person, None)?;
        desk.let_go(&person)?;
        Ok::<_, RollRefusal>(())
    });
    after(&desk, &caller, removed.await?)
}

/// Back to the page, or the page with what went wrong.
fn after(desk: &Desk, caller: &Caller, done: Result<(), RollRefusal>) -> Result<Response, Refusal> {
    match done {
        Ok(()) => {
            desk.live.changed();
            Ok(Redirect::to("/accounts").into_response())
        }
        Err(why) => refused(desk, caller, why, accounts_page(desk, caller).typed),
    }
}

impl Row {
    fn state_key(&self) -> &'static str {
        match self.state {
            "ready" => "desk-accounts-state-ready",
            "waits" => "desk-accounts-state-waits",
            _ => "desk-accounts-state-locked",
        }
    }
}

/// Key of what a role may do.
fn role_key(code: &str) -> String {
    format!("desk-role-{code}-says")
}
