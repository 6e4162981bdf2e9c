//! A person's own page: language, password, sessions, tokens for programs.

use std::sync::{Arc, PoisonError};

use askama::Template;
use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use tallyproof_core::tidy::plain;

use super::caller::{Caller, local_path};
use super::desk::Desk;
use super::first::password_problem;
use super::frame::{Frame, page, page_with};
use super::login::Address;
use super::password::{SHORTEST, why_not};
use super::refusal::Refusal;
use super::session::{Kind, Session};
use crate::words::Lang;

/// Longest label of a token, characters.
const LONGEST_LABEL: usize = 60;

#[derive(Template)]
#[template(path = "desk/me.html")]
struct OwnPage {
    frame: Frame,
    id: String,
    login: String,
    sessions: Vec<Shown>,
    tokens: Vec<Shown>,
    shortest: usize,
    /// What went wrong or was done, in words.
    problem: Option<String>,
    done: Option<String>,
    /// A token that was just made, shown this once.
    token: Option<String>,
}

/// A session or token as its owner sees it.
struct Shown {
    key: String,
    label: String,
    began: String,
    seen: String,
    here: bool,
}

fn shown(session: &Session, caller: &Caller) -> Shown {
    let time = |wall_s: i64| {
        let time = jiff::Timestamp::from_second(wall_s).unwrap_or_default();
        format!("{} UTC", time.strftime("%Y-%m-%d %H:%M"))
    };
    Shown {
        key: session.key.clone(),
        label: session.label.clone(),
        began: time(session.began.wall_s),
        seen: time(session.seen.wall_s),
        here: session.key == caller.session,
    }
}

fn own_page(desk: &Desk, caller: &Caller) -> OwnPage {
    let all = desk.sessions.of(&caller.id, desk.clock.now());
    let of = |kind| all.iter().filter(move |s| s.kind == kind).map(|s| shown(s, caller)).collect();
    OwnPage {
        frame: Frame::new(desk, caller, "/me"),
        id: caller.id.to_string(),
        login: desk.roll.profile(&caller.id).map(|profile| profile.login).unwrap_or_default(),
        sessions: of(Kind::Page),
        tokens: of(Kind::Api),
        shortest: SHORTEST,
        problem: None,
        done: None,
        token: None,
    }
}

/// `GET /me`.
pub(super) async fn show(State(desk): State<Arc<Desk>>, caller: Caller) -> Response {
    page(&own_page(&desk, &caller))
}

#[derive(Deserialize)]
pub(super) struct Changed {
    now: String,
    password: String,
    again: String,
}

/// `POST /me/password`.
pub(super) async fn change_password(
    State(desk): State<Arc<Desk>>,
    caller: Caller,
    Address(address): Address,
    Form(given): Form<Changed>,
) -> Result<Response, Refusal> {
    let words = caller.words();
    let login = desk.roll.profile(&caller.id).map(|profile| profile.login).unwrap_or_default();
    let problem = |problem: String| {
        let view = OwnPage { problem: Some(problem), ..own_page(&desk, &caller) };
        Ok(page_with(StatusCode::UNPROCESSABLE_ENTITY, &view))
    };
    if let Some(why) = why_not(&given.password, &given.again, &login) {
        return problem(password_problem(words, why));
    }
    // A browser left open must not be a place to guess at.
    if let Err(wait_s) = desk.throttle.attempt(&login, address, desk.clock.now()) {
        return Err(Refusal::TooMany(wait_s));
    }
    if !desk.passwords.matches(given.now, desk.roll.password(&caller.id)).await? {
        return problem(words.say("desk-me-wrong-password"));
    }
    desk.throttle.succeeded(&login, address);
    let hash = desk.passwords.hash(given.password).await?;
    let (id, session) = (caller.id.clone(), caller.session.clone());
    Desk::blocking(&desk, move |desk| {
        let _alone = desk.standing.write().unwrap_or_else(PoisonError::into_inner);
        // Asked again: a link may have been given out since, and then this browser is out.
        if !desk.sessions.holds(&session, desk.clock.now()) {
            return Err(Refusal::SignIn);
        }
        desk.roll.set_password(&desk.store, &id, hash)?;
        desk.sessions.end_all(&desk.store, &id, Some(&session))?;
        Ok::<_, Refusal>(())
    })
    .await??;
    let done = Some(words.say("desk-me-password-changed"));
    Ok(page(&OwnPage { done, ..own_page(&desk, &caller) }))
}

#[derive(Deserialize)]
pub(super) struct Ended {
    key: String,
}

/// `POST /me/sessions/end`: one session or token of one's own.
pub(super) async fn end_session(
    State(desk): State<Arc<Desk>>,
    caller: Caller,
    Form(given): Form<Ended>,
) -> Result<Redirect, Refusal> {
    let own = desk.sessions.of(&caller.id, desk.clock.now());
    if !own.iter().any(|session| session.key == given.key) {
        return Err(Refusal::NotFound);
    }
    Desk::blocking(&desk, move |desk| desk.sessions.end(&desk.store, &[given.key])).await??;
    Ok(Redirect::to("/me"))
}

/// `POST /me/sessions/end-all`: everywhere, here too.
pub(super) async fn end_all(State(desk): State<Arc<Desk>>, caller: Caller) -> Result<Redirect, Refusal> {
    Desk::blocking(&desk, move |desk| desk.sessions.end_all(&desk.store, &caller.id, None)).await??;
    Ok(Redirect::to("/login"))
}

#[derive(Deserialize)]
pub(super) struct Wanted {
    label: String,
}

/// `POST /me/tokens`: a token for a program, shown once.
pub(super) async fn make_token(
    State(desk): State<Arc<Desk>>,
    caller: Caller,
    Form(given): Form<Wanted>,
) -> Result<Response, Refusal> {
    let label = plain(given.label.trim()).chars().take(LONGEST_LABEL).collect::<String>();
    if label.is_empty() {
        let problem = Some(caller.words().say("desk-me-token-unnamed"));
        let view = OwnPage { problem, ..own_page(&desk, &caller) };
        return Ok(page_with(StatusCode::UNPROCESSABLE_ENTITY, &view));
    }
    let (id, session) = (caller.id.clone(), caller.session.clone());
    let begun = Desk::blocking(&desk, move |desk| {
        let _stands = desk.standing.read().unwrap_or_else(PoisonError::into_inner);
        // Whoever was signed out while they asked gets no other way in.
        if !desk.sessions.holds(&session, desk.clock.now()) {
            return Err(Refusal::SignIn);
        }
        Ok(desk.sessions.begin(&desk.store, &id, Kind::Api, &label, desk.clock.now())?)
    });
    let token = Some(begun.await??.token);
    Ok(page(&OwnPage { token, ..own_page(&desk, &caller) }))
}

#[derive(Deserialize)]
pub(super) struct Spoken {
    lang: String,
    next: Option<String>,
}

/// `POST /language`.
pub(super) async fn set_language(
    State(desk): State<Arc<Desk>>,
    caller: Caller,
    Form(given): Form<Spoken>,
) -> Result<Response, Refusal> {
    let lang = Lang::from_code(&given.lang).ok_or(Refusal::Unreadable)?;
    Desk::blocking(&desk, move |desk| desk.roll.set_lang(&desk.store, &caller.id, lang)).await??;
    let next = given.next.as_deref().and_then(local_path).unwrap_or("/");
    Ok(Redirect::to(next).into_response())
}
