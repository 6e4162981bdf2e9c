//! Signing in and out.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, PoisonError};

use askama::Template;
use axum::extract::{ConnectInfo, Form, FromRequestParts, Query, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use tallyproof_core::people::PersonId;

use super::caller::{Caller, Tongue, local_path};
use super::desk::Desk;
use super::frame::{Frame, page, page_with};
use super::guard::cookie_name;
use super::password::LONGEST;
use super::refusal::Refusal;
use super::roll::normal;
use super::session::{Begun, Kind};
use crate::words::Lang;

/// Where a request comes from.
pub(super) struct Address(pub(super) IpAddr);

impl<S: Sync> FromRequestParts<S> for Address {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        Ok(Address(peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0.ip())))
    }
}

#[derive(Deserialize)]
pub(super) struct Asked {
    next: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Credentials {
    login: String,
    password: String,
    next: Option<String>,
    lang: Option<String>,
}

#[derive(Template)]
#[template(path = "desk/login.html")]
struct LoginPage {
    frame: Frame,
    next: String,
    login: String,
    /// What went wrong, in words.
    problem: Option<String>,
    /// Whether there is nobody yet who could sign in.
    is_new: bool,
}

/// `GET /login`.
pub(super) async fn show(
    State(desk): State<Arc<Desk>>,
    caller: Option<Caller>,
    Tongue(lang): Tongue,
    Query(asked): Query<Asked>,
) -> Response {
    let next = asked.next.as_deref().and_then(local_path).unwrap_or("/").to_owned();
    if caller.is_some() {
        return Redirect::to(&next).into_response();
    }
    page(&login_page(&desk, lang, next, String::new(), None))
}

fn login_page(desk: &Desk, lang: Lang, next: String, login: String, problem: Option<String>) -> LoginPage {
    let is_new = !desk.roll.has_administrator();
    LoginPage { frame: Frame::stranger(desk, lang, "/login"), next, login, problem, is_new }
}

/// `POST /login`.
pub(super) async fn sign_in(
    State(desk): State<Arc<Desk>>,
    caller: Option<Caller>,
    Tongue(lang): Tongue,
    Address(address): Address,
    Form(given): Form<Credentials>,
) -> Result<Response, Refusal> {
    let lang = given.lang.as_deref().and_then(Lang::from_code).unwrap_or(lang);
    let next = given.next.as_deref().and_then(local_path).unwrap_or("/").to_owned();
    let login: String = normal(&given.login).chars().take(100).collect();
    if let Err(wait_s) = desk.throttle.attempt(&login, address, desk.clock.now()) {
        return Ok(again(&desk, lang, next, login, &Again::Wait(wait_s)));
    }
    let found = desk.roll.find_login(&login);
    let (person, hash) = found.map_or((None, None), |(person, hash)| (Some(person), hash));
    // Too long to be anybody's; hashed all the same, so that it takes as long.
    let password: String = given.password.chars().take(LONGEST + 1).collect();
    let is_right = desk.passwords.matches(password, hash.clone()).await?;
    let Some(person) = person.filter(|_| is_right) else {
        return Ok(again(&desk, lang, next, login, &Again::Wrong));
    };
    desk.throttle.succeeded(&login, address);
    let before = caller.map(|caller| caller.session);
    begin(&desk, &person, hash, before, &next).await
}

/// Begins a session in this browser, ends the one before, and leads on. `known` is the hash of the password that was
/// shown to be known: hashing takes a while, and if it was taken away meanwhile, nobody is let in by it.
pub(super) async fn begin(
    desk: &Arc<Desk>,
    person: &PersonId,
    known: Option<String>,
    before: Option<String>,
    next: &str,
) -> Result<Response, Refusal> {
    let person = person.clone();
    let begun: Begun = Desk::blocking(desk, move |desk| {
        let _stands = desk.standing.read().unwrap_or_else(PoisonError::into_inner);
        if known.is_none() || desk.roll.password(&person) != known {
            return Err(Refusal::SignIn);
        }
        let ended: Vec<String> = before.into_iter().collect();
        desk.sessions.end(&desk.store, &ended)?;
        Ok(desk.sessions.begin(&desk.store, &person, Kind::Page, "", desk.clock.now())?)
    })
    .await??;
    let mut response = Redirect::to(next).into_response();
    set_cookie(desk, &mut response, &begun.token, "")?;
    Ok(response)
}

enum Again {
    Wrong,
    Wait(i64),
}

/// The page again, with what went wrong.
fn again(desk: &Desk, lang: Lang, next: String, login: String, why: &Again) -> Response {
    let words = crate::words::Words::shared(lang);
    let (status, problem, wait_s) = match *why {
        Again::Wrong => (StatusCode::FORBIDDEN, words.say("desk-login-wrong"), None),
        Again::Wait(wait_s) => {
            let problem = words.tell("desk-login-wait", &[("seconds", words.int(wait_s))]);
            (StatusCode::TOO_MANY_REQUESTS, problem, Some(wait_s))
        }
    };
    let mut response = page_with(status, &login_page(desk, lang, next, login, Some(problem)));
    if let Some(wait_s) = wait_s {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait_s));
    }
    response
}

/// `POST /logout`.
pub(super) async fn sign_out(State(desk): State<Arc<Desk>>, caller: Caller) -> Result<Response, Refusal> {
    Desk::blocking(&desk, move |desk| desk.sessions.end(&desk.store, &[caller.session])).await??;
    let mut response = Redirect::to("/login").into_response();
    // Pictures of sheets do not stay on a machine that others use.
    response.headers_mut().insert("clear-site-data", HeaderValue::from_static("\"cache\""));
    set_cookie(&desk, &mut response, "", "; Max-Age=0")?;
    Ok(response)
}

fn set_cookie(desk: &Desk, response: &mut Response, token: &str, more: &str) -> Result<(), Refusal> {
    let secure = if desk.settings.is_tls { "; Secure" } else { "" };
    let text = format!("{}={token}; Path=/; HttpOnly; SameSite=Strict{secure}{more}", cookie_name(desk));
    let value = HeaderValue::from_str(&text).map_err(|_| Refusal::Broken)?;
    response.headers_mut().insert(header::SET_COOKIE, value);
    Ok(())
}
