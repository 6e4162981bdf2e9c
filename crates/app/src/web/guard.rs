//! The guard before every route: who asks, whether they may, and whether it was they who asked.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Form, FromRequest, Request, State};
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use tallyproof_core::people::Role;

use super::caller::Caller;
use super::desk::Desk;
use super::refusal::Refusal;
use super::rights::{Allowed, Limits};
use super::secret;
use super::session::Kind;

/// Header that carries the token against forged requests, where a script sends one.
pub const CSRF_HEADER: &str = "x-csrf-token";

/// Header by which a page says that it asks by itself, without anybody there.
pub const LIVE_HEADER: &str = "x-live";

/// Most bytes of a form that is held in memory while its token is looked at.
const MOST_FORM: usize = 8 << 20;

/// What a guard knows of its route.
pub(super) struct Gate {
    pub(super) desk: Arc<Desk>,
    pub(super) allowed: Allowed,
    pub(super) limits: Limits,
}

/// Lets a request through to its route, or refuses it.
pub(super) async fn pass(State(gate): State<Arc<Gate>>, mut request: Request, next: Next) -> Response {
    let caller = identify(&gate.desk, &request);
    if let Some(caller) = &caller {
        if let Some(ConnectInfo(peer)) = request.extensions().get::<ConnectInfo<SocketAddr>>() {
            gate.desk.seats.know(peer.ip());
        }
        request.extensions_mut().insert(caller.clone());
    }
    let mut response = match admit(&gate, caller.as_ref(), request).await {
        Ok(request) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    };
    // For the page of a refusal.
    if let Some(caller) = caller {
        response.extensions_mut().insert(caller);
    }
    response
}

/// A refusal outside of any route, with who asks: the page is framed for them.
pub(super) fn signed(desk: &Desk, request: &Request, refusal: Refusal) -> Response {
    let mut response = refusal.into_response();
    if let Some(caller) = identify(desk, request) {
        response.extensions_mut().insert(caller);
    }
    response
}

async fn admit(gate: &Gate, caller: Option<&Caller>, request: Request) -> Result<Request, Refusal> {
    let changes = ![Method::GET, Method::HEAD, Method::OPTIONS].contains(request.method());
    if changes && is_foreign(request.headers(), gate.desk.settings.is_tls) {
        return Err(Refusal::Foreign);
    }
    if !gate.allowed.admits(caller.map(|caller| caller.role)) {
        return Err(if caller.is_some() { Refusal::Role } else { Refusal::SignIn });
    }
    match caller {
        // Nobody can make a browser send an `Authorization` header; a form that anyone may send is not of a session.
        Some(caller) if changes && caller.kind == Kind::Page && gate.allowed != Allowed::Anyone => {
            check_csrf(gate, caller, request).await
        }
        _ => Ok(request),
    }
}

/// Who asks, by the token in the header, or by that in the cookie.
fn identify(desk: &Desk, request: &Request) -> Option<Caller> {
    let headers = request.headers();
    let now = desk.clock.now();
    let path = request.uri().path();
    let (token, kind) = match headers.get(header::AUTHORIZATION) {
        // A program's token opens what is made for programs, not the page where more tokens are made.
        Some(_) if !path.starts_with("/api/") => return None,
        Some(value) => (value.to_str().ok()?.strip_prefix("Bearer ")?.trim(), Kind::Api),
        None => (cookie(headers, &cookie_name(desk))?, Kind::Page),
    };
    let by_itself = headers.contains_key(LIVE_HEADER) || path == "/live";
    let session = desk.sessions.find(token, kind, !by_itself, now)?;
    let role = desk.roll.role(&session.person)?;
    if by_itself && role == Role::Observer {
        // A projector has nobody at its keyboard, and nothing it could change.
        desk.sessions.find(token, kind, true, now)?;
    }
    let profile = desk.roll.profile(&session.person)?;
    let (id, session, csrf) = (session.person, session.key, session.csrf);
    Some(Caller { id, role, name: profile.name, lang: profile.lang, csrf, session, kind })
}

/// Name of the cookie. Browsers keep cookies by host, not by port, hence the port. Under TLS the prefix makes the
/// browser refuse one that another host or a plain connection tries to set (RFC 6265bis, 4.1.3.2).
pub(super) fn cookie_name(desk: &Desk) -> String {
    let prefix = if desk.settings.is_tls { "__Host-" } else { "" };
    format!("{prefix}tallyproof-{}", desk.settings.port)
}

fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|text| text.split(';')).find_map(|pair| {
        let (key, value) = pair.trim().split_once('=')?;
        (key == name).then_some(value)
    })
}

/// Whether a browser says that another site made it send this request. `Origin` is `null` where the page's policy
/// is to send no referrer, as ours is; then `Sec-Fetch-Site` says it (Fetch, "append a request Origin header").
fn is_foreign(headers: &HeaderMap, is_tls: bool) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let site = text("sec-fetch-site");
    if site.is_some_and(|site| !matches!(site, "same-origin" | "none")) {
        return true;
    }
    match text("origin") {
        None => false,
        Some("null") => site != Some("same-origin"),
        Some(origin) => {
            let plain = origin.strip_prefix("http://").filter(|_| !is_tls);
            let host = origin.strip_prefix("https://").or(plain);
            host.is_none() || host != text("host")
        }
    }
}

#[derive(Deserialize)]
struct CsrfField {
    csrf: Option<String>,
}

/// Demands the session's token, from the header or from the form's field.
async fn check_csrf(gate: &Gate, caller: &Caller, request: Request) -> Result<Request, Refusal> {
    if let Some(sent) = request.headers().get(CSRF_HEADER) {
        let is_ours = sent.to_str().is_ok_and(|sent| secret::same(sent, &caller.csrf));
        return if is_ours { Ok(request) } else { Err(Refusal::Csrf) };
    }
    // A form with files is taken apart as it arrives, after the guard: its token stands in the address it is sent to,
    // which no referrer tells (`referrer-policy`) and no log keeps.
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    if kind.is_some_and(|kind| kind.starts_with("multipart/form-data")) {
        let query = request.uri().query().unwrap_or_default();
        let sent = query.split('&').find_map(|pair| pair.strip_prefix("csrf="));
        let is_ours = sent.is_some_and(|sent| secret::same(sent, &caller.csrf));
        return if is_ours { Ok(request) } else { Err(Refusal::Csrf) };
    }
    let is_form = request.headers().get(header::CONTENT_TYPE).is_some_and(|kind| {
        kind.to_str().is_ok_and(|kind| kind.starts_with("application/x-www-form-urlencoded"))
    });
    if !is_form {
        return Err(Refusal::Csrf);
    }
    let (parts, body) = request.into_parts();
    let bytes = to_bytes(body, gate.limits.bytes.min(MOST_FORM)).await.map_err(|_| Refusal::TooLarge)?;
    let copy = Request::from_parts(parts.clone(), Body::from(bytes.clone()));
    let form: Result<Form<CsrfField>, _> = Form::from_request(copy, &()).await;
    let sent = form.ok().and_then(|Form(form)| form.csrf).ok_or(Refusal::Csrf)?;
    if secret::same(&sent, &caller.csrf) {
        Ok(Request::from_parts(parts, Body::from(bytes)))
    } else {
        Err(Refusal::Csrf)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn a_browser_tells_on_other_sites() {
        let host = ("host", "desk.lan:8443");
        let ours: [&[(&str, &str)]; 5] = [
            &[host],
            &[host, ("sec-fetch-site", "same-origin"), ("origin", "null")],
            &[host, ("sec-fetch-site", "none")],
            &[host, ("origin", "https://desk.lan:8443")],
            &[host, ("sec-fetch-site", "same-origin"), ("origin", "https://desk.lan:8443")],
        ];
        for pairs in ours {
            assert!(!is_foreign(&headers(pairs), true), "{pairs:?}");
        }
        let foreign: [&[(&str, &str)]; 7] = [
            &[host, ("sec-fetch-site", "cross-site")],
            &[host, ("sec-fetch-site", "same-site")],
            &[host, ("origin", "null")],
            &[host, ("origin", "https://evil.example")],
            &[host, ("origin", "http://desk.lan:8443")],
            &[host, ("origin", "https://desk.lan")],
            &[host, ("sec-fetch-site", "same-origin"), ("origin", "https://evil.example")],
        ];
        for pairs in foreign {
            assert!(is_foreign(&headers(pairs), true), "{pairs:?}");
        }
        assert!(!is_foreign(&headers(&[("host", "localhost:1"), ("origin", "http://localhost:1")]), false));
    }

    #[test]
    fn the_cookie_is_found_among_others() {
        let headers = headers(&[("cookie", "a=b; tallyproof-80=x; tallyproof-8080=yes; c")]);
        assert_eq!(cookie(&headers, "tallyproof-8080"), Some("yes"));
        assert_eq!(cookie(&headers, "tallyproof"), None);
    }
}
