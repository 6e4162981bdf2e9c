//! What the desk answers when it does not do what was asked: a status, and a page in words.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};

use super::caller::{Caller, tongue};
use super::desk::Desk;
use super::door::api::problem::Problem;
use super::frame::{Frame, page_of};
use crate::trouble::Trouble;
use crate::words::Words;

/// Why a request is refused.
#[derive(Clone, Debug)]
pub enum Refusal {
    /// When nobody is signed in.
    SignIn,
    /// When the person's role has no right to it.
    Role,
    /// When a form does not carry its session's token.
    Csrf,
    /// When another site asked the browser for it.
    Foreign,
    /// When the request names a host that this desk is not.
    Host,
    /// When there is no such page or thing.
    NotFound,
    /// When there is such a page, but not for this method.
    Method,
    /// When what was sent cannot be read as what the page takes.
    Unreadable,
    /// When there is too much of it.
    TooLarge,
    /// When the caller must wait so many seconds.
    TooMany(i64),
    /// When the desk has too much to do at once.
    Busy,
    /// When the desk has just started, and the first picture of the whole is still being made.
    NotYet,
    /// When our own work failed without an error to tell.
    Broken,
    /// When our own work failed.
    Failed(Arc<Trouble>),
    /// Anything else, with its own words: `<key>`, told in the page's language.
    Said {
        /// Status.
        status: StatusCode,
        /// Key of the message.
        key: String,
        /// Its arguments.
        args: Vec<(&'static str, String)>,
    },
}

impl From<Trouble> for Refusal {
    fn from(trouble: Trouble) -> Self {
        Refusal::Failed(Arc::new(trouble))
    }
}

impl Refusal {
    /// A refusal in words of its own.
    pub fn said(status: StatusCode, key: impl Into<String>, args: Vec<(&'static str, String)>) -> Self {
        Refusal::Said { status, key: key.into(), args }
    }

    /// Status of the answer.
    pub fn status(&self) -> StatusCode {
        match self {
            Refusal::SignIn => StatusCode::UNAUTHORIZED,
            Refusal::Role | Refusal::Csrf | Refusal::Foreign => StatusCode::FORBIDDEN,
            Refusal::Host => StatusCode::MISDIRECTED_REQUEST,
            Refusal::NotFound => StatusCode::NOT_FOUND,
            Refusal::Method => StatusCode::METHOD_NOT_ALLOWED,
            Refusal::Unreadable => StatusCode::UNPROCESSABLE_ENTITY,
            Refusal::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Refusal::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Refusal::Busy | Refusal::NotYet => StatusCode::SERVICE_UNAVAILABLE,
            Refusal::Broken => StatusCode::INTERNAL_SERVER_ERROR,
            Refusal::Failed(trouble) if trouble.code() == "disk-full" => StatusCode::INSUFFICIENT_STORAGE,
            Refusal::Failed(_) => StatusCode::INTERNAL_SERVER_ERROR,
            Refusal::Said { status, .. } => *status,
        }
    }

    /// Word for programs, the same in every language.
    pub fn code(&self) -> &str {
        match self {
            Refusal::SignIn => "sign-in",
            Refusal::Role => "role",
            Refusal::Csrf => "csrf",
            Refusal::Foreign => "foreign",
            Refusal::Host => "host",
            Refusal::NotFound => "not-found",
            Refusal::Method => "method",
            Refusal::Unreadable => "unreadable",
            Refusal::TooLarge => "too-large",
            Refusal::TooMany(_) => "too-many",
            Refusal::Busy => "busy",
            Refusal::NotYet => "not-yet",
            Refusal::Broken => "broken",
            Refusal::Failed(trouble) => trouble.code(),
            Refusal::Said { key, .. } => key,
        }
    }

    /// What happened and what to do next.
    pub fn words(&self, words: &Words) -> (String, String) {
        match self {
            Refusal::Failed(trouble) => {
                let args = trouble.args();
                let tell = |pair: &str| words.tell(&format!("{pair}-{}", trouble.code()), &args);
                (tell("err"), tell("rec"))
            }
            Refusal::Said { key, args, .. } => {
                let next = format!("{key}-next");
                let next = if words.has(&next) { words.tell(&next, args) } else { String::new() };
                (words.tell(key, args), next)
            }
            Refusal::TooMany(wait_s) => {
                let args = [("seconds", words.int(*wait_s))];
                (words.say("desk-err-too-many"), words.tell("desk-rec-too-many", &args))
            }
            other => {
                let tell = |pair: &str| words.say(&format!("desk-{pair}-{}", other.code()));
                (tell("err"), tell("rec"))
            }
        }
    }

    /// The refusal that a bare status of the frameworks below means; `None` where it is none.
    fn of_status(status: StatusCode) -> Option<Self> {
        Some(match status {
            StatusCode::NOT_FOUND => Refusal::NotFound,
            StatusCode::PAYLOAD_TOO_LARGE => Refusal::TooLarge,
            StatusCode::METHOD_NOT_ALLOWED => Refusal::Method,
            StatusCode::REQUEST_TIMEOUT => Refusal::said(status, "desk-err-slow", Vec::new()),
            status if status.is_client_error() => Refusal::said(status, "desk-err-unreadable", Vec::new()),
            status if status.is_server_error() => Refusal::Broken,
            _ => return None,
        })
    }
}

impl IntoResponse for Refusal {
    /// Without a page yet: `dress` knows the language and who asked.
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Gives every refusal its page in words; for programs, the same as a problem (RFC 9457).
pub(super) async fn dress(State(desk): State<Arc<Desk>>, request: Request, next: Next) -> Response {
    let is_api = request.uri().path().starts_with("/api/");
    let is_get = request.method() == Method::GET;
    let (lang, target) = (tongue(&request), request.uri().path_and_query().map(ToString::to_string));
    let mut response = next.run(request).await;
    let refusal = match response.extensions_mut().remove::<Refusal>() {
        Some(refusal) => refusal,
        // An answer that has words has them from its own page.
        None if response.headers().contains_key("x-worded") => {
            response.headers_mut().remove("x-worded");
            return response;
        }
        None => match Refusal::of_status(response.status()) {
            Some(refusal) => refusal,
            None => return response,
        },
    };
    let caller = response.extensions().get::<Caller>().cloned();
    if let (Refusal::SignIn, true, false) = (&refusal, is_get, is_api) {
        let next = target.filter(|target| target != "/").map(|target| format!("?next={}", encoded(&target)));
        return Redirect::to(&format!("/login{}", next.unwrap_or_default())).into_response();
    }
    let words = Words::shared(caller.as_ref().map_or(lang, |caller| caller.lang));
    let (happened, remedy) = refusal.words(words);
    let mut dressed = if is_api {
        Problem::new(refusal.status(), refusal.code(), (happened, remedy)).into_response()
    } else {
        let frame = match &caller {
            Some(caller) => Frame::new(&desk, caller, ""),
            None => Frame::stranger(&desk, words.lang(), ""),
        };
        page_of(&Refused { frame, words, status: refusal.status().as_u16(), happened, remedy })
    };
    *dressed.status_mut() = refusal.status();
    // What the frameworks say beside a status: which methods there are, when to come again.
    for name in [header::ALLOW, header::RETRY_AFTER, header::SET_COOKIE] {
        if let Some(value) = response.headers().get(&name) {
            dressed.headers_mut().insert(name, value.clone());
        }
    }
    let wait_s = match refusal {
        Refusal::TooMany(wait_s) => Some(wait_s),
        Refusal::Busy | Refusal::NotYet => Some(2),
        _ => None,
    };
    if let Some(wait_s) = wait_s {
        dressed.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait_s));
        if is_get && matches!(refusal, Refusal::NotYet) {
            dressed.headers_mut().insert(header::REFRESH, HeaderValue::from(wait_s));
        }
    }
    dressed
}

#[derive(askama::Template)]
#[template(path = "desk/refused.html")]
struct Refused {
    frame: Frame,
    words: &'static Words,
    status: u16,
    happened: String,
    remedy: String,
}

/// A text as a value in an address's query.
pub(super) fn encoded(text: &str) -> String {
    use std::fmt::Write;
    text.bytes().fold(String::with_capacity(text.len()), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing into a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}
