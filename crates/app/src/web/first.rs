//! One-time links: the first administrator, and a person's own password.

use std::sync::{Arc, PoisonError};

use askama::Template;
use axum::extract::{Form, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use tallyproof_core::people::{AccountEvent, PersonId, Role};

use super::caller::{Caller, Tongue};
use super::desk::Desk;
use super::frame::{Frame, page, page_with};
use super::links::Purpose;
use super::login::begin;
use super::password::{SHORTEST, why_not};
use super::refusal::Refusal;
use super::roll::{NewAccount, RollRefusal, normal};
use crate::words::{Lang, Words};

#[derive(Deserialize)]
pub(super) struct Asked {
    key: Option<String>,
    lang: Option<String>,
}

#[derive(Template)]
#[template(path = "desk/first.html")]
struct FirstPage {
    frame: Frame,
    key: String,
    login: String,
    name: String,
    shortest: usize,
    problem: Option<String>,
}

#[derive(Template)]
#[template(path = "desk/password.html")]
struct PasswordPage {
    frame: Frame,
    key: String,
    /// Whose password, by the name to sign in with.
    login: String,
    shortest: usize,
    problem: Option<String>,
}

/// A link that leads nowhere any more.
fn spent() -> Refusal {
    Refusal::said(StatusCode::GONE, "desk-link-spent", Vec::new())
}

/// `GET /first`.
pub(super) async fn show_first(
    State(desk): State<Arc<Desk>>,
    Tongue(lang): Tongue,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    let key = asked.key.unwrap_or_default();
    is_first(&desk, &key)?;
    Ok(page(&first_page(&desk, lang, key, (String::new(), String::new()), None)))
}

fn is_first(desk: &Desk, key: &str) -> Result<(), Refusal> {
    let purpose = desk.links.look(key, desk.clock.now());
    if purpose == Some(Purpose::First) && !desk.roll.has_administrator() { Ok(()) } else { Err(spent()) }
}

fn first_page(
    desk: &Desk,
    lang: Lang,
    key: String,
    (login, name): (String, String),
    problem: Option<String>,
) -> FirstPage {
    let here = format!("/first?key={}", super::refusal::encoded(&key));
    FirstPage { frame: Frame::stranger(desk, lang, &here), key, login, name, shortest: SHORTEST, problem }
}

#[derive(Deserialize)]
pub(super) struct First {
    key: String,
    login: String,
    name: String,
    password: String,
    again: String,
    lang: Option<String>,
}

/// `POST /first`.
pub(super) async fn make_first(
    State(desk): State<Arc<Desk>>,
    caller: Option<Caller>,
    Tongue(lang): Tongue,
    Form(given): Form<First>,
) -> Result<Response, Refusal> {
    let lang = given.lang.as_deref().and_then(Lang::from_code).unwrap_or(lang);
    is_first(&desk, &given.key)?;
    let words = Words::shared(lang);
    let problem = |key: String, problem: String| {
        let typed = (given.login.clone(), given.name.clone());
        page_with(StatusCode::UNPROCESSABLE_ENTITY, &first_page(&desk, lang, key, typed, Some(problem)))
    };
    if let Some(why) = why_not(&given.password, &given.again, &normal(&given.login)) {
        return Ok(problem(given.key.clone(), password_problem(words, why)));
    }
    let hash = desk.passwords.hash(given.password.clone()).await?;
    let new = NewAccount {
        login: given.login.clone(),
        name: given.name.clone(),
        role: Role::Administrator,
        lang,
        password: Some(hash),
    };
    let key = given.key.clone();
    let made: Result<PersonId, RollRefusal> = Desk::blocking(&desk, move |desk| {
        // Taken before, given back where the account is not made: two at once make one.
        if desk.links.take(&key, desk.clock.now()) != Some(Purpose::First) {
            return Err(RollRefusal::Because("no-account"));
        }
        let made = desk.roll.create(&desk.store, &desk.clock.timestamp(), None, &new);
        if made.is_err() {
            desk.links.give_back(&key, Purpose::First, desk.clock.now());
        }
        made
    })
    .await?;
    match made {
        Ok(person) => {
            let known = desk.roll.password(&person);
            begin(&desk, &person, known, caller.map(|caller| caller.session), "/accounts").await
        }
        Err(RollRefusal::Because("no-account")) => Err(spent()),
        Err(RollRefusal::Because(code)) => {
            Ok(problem(given.key.clone(), words.say(&format!("desk-roll-{code}"))))
        }
        Err(RollRefusal::Trouble(trouble)) => Err(trouble.into()),
    }
}

pub(super) fn password_problem(words: &Words, why: &str) -> String {
    words.tell(&format!("desk-password-{why}"), &[("n", words.int(SHORTEST as u64))])
}

/// `GET /password`.
pub(super) async fn show_password(
    State(desk): State<Arc<Desk>>,
    Tongue(lang): Tongue,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    let key = asked.key.unwrap_or_default();
    let (_, login, own) = of_password(&desk, &key)?;
    let lang = asked.lang.map_or(own, |_| lang);
    Ok(page(&password_page(&desk, lang, key, login, None)))
}

/// Whose password a key sets, the name to sign in with, and the language.
fn of_password(desk: &Desk, key: &str) -> Result<(PersonId, String, Lang), Refusal> {
    let Some(Purpose::Password(person)) = desk.links.look(key, desk.clock.now()) else { return Err(spent()) };
    let profile = desk.roll.profile(&person).ok_or_else(spent)?;
    Ok((person, profile.login, profile.lang))
}

fn password_page(
    desk: &Desk,
    lang: Lang,
    key: String,
    login: String,
    problem: Option<String>,
) -> PasswordPage {
    let here = format!("/password?key={}", super::refusal::encoded(&key));
    PasswordPage { frame: Frame::stranger(desk, lang, &here), key, login, shortest: SHORTEST, problem }
}

#[derive(Deserialize)]
pub(super) struct Chosen {
    key: String,
    password: String,
    again: String,
}

/// `POST /password`.
pub(super) async fn set_password(
    State(desk): State<Arc<Desk>>,
    caller: Option<Caller>,
    Form(given): Form<Chosen>,
) -> Result<Response, Refusal> {
    let (person, login, lang) = of_password(&desk, &given.key)?;
    if let Some(why) = why_not(&given.password, &given.again, &login) {
        let problem = Some(password_problem(Words::shared(lang), why));
        let view = password_page(&desk, lang, given.key, login, problem);
        return Ok(page_with(StatusCode::UNPROCESSABLE_ENTITY, &view));
    }
    let hash = desk.passwords.hash(given.password).await?;
    let (key, whose, known) = (given.key, person.clone(), Some(hash.clone()));
    Desk::blocking(&desk, move |desk| {
        if desk.links.take(&key, desk.clock.now()) != Some(Purpose::Password(whose.clone())) {
            return Err(spent());
        }
        let _alone = desk.standing.write().unwrap_or_else(PoisonError::into_inner);
        let set = AccountEvent::PasswordSet { account: whose.clone() };
        desk.roll.note(&desk.store, &desk.clock.timestamp(), &set)?;
        desk.roll.set_password(&desk.store, &whose, hash)?;
        // Whoever knew the old password is out.
        desk.sessions.end_all(&desk.store, &whose, None)?;
        Ok(())
    })
    .await??;
    desk.live.changed();
    begin(&desk, &person, known, caller.map(|caller| caller.session), "/").await
}
