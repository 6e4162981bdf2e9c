//! Who asks.

use axum::extract::{FromRequestParts, OptionalFromRequestParts, Request};
use axum::http::header::ACCEPT_LANGUAGE;
use axum::http::request::Parts;
use tallyproof_core::people::{PersonId, Role};

use super::refusal::Refusal;
use super::session::Kind;
use crate::words::{Lang, Words};

/// The person who asks, as the session says. The guard puts it into every request that has one.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Pseudonym.
    pub id: PersonId,
    /// Role now.
    pub role: Role,
    /// Name shown at the desk; nobody else's eyes, no journal.
    pub name: String,
    /// The person's language.
    pub lang: Lang,
    /// What every form of this session carries.
    pub csrf: String,
    /// The session's name: the hash of its token.
    pub session: String,
    /// A browser or a program.
    pub kind: Kind,
}

impl Caller {
    /// Words in the person's language.
    pub fn words(&self) -> &'static Words {
        Words::shared(self.lang)
    }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        parts.extensions.get::<Caller>().cloned().ok_or(Refusal::SignIn)
    }
}

impl<S: Sync> OptionalFromRequestParts<S> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Refusal> {
        Ok(parts.extensions.get::<Caller>().cloned())
    }
}

/// Language of somebody who is not signed in: as the address says (`lang=es`), else as the browser asks.
pub(super) fn tongue(request: &Request) -> Lang {
    let query = request.uri().query().unwrap_or_default();
    let asked = query.split('&').find_map(|pair| Lang::from_code(pair.strip_prefix("lang=")?));
    let accepted = || {
        let text = request.headers().get(ACCEPT_LANGUAGE)?.to_str().ok()?;
        text.split(',').find_map(|part| Lang::from_code(part.trim_start().get(..2)?))
    };
    asked.or_else(accepted).unwrap_or(Lang::En)
}

/// The language of a stranger, as an extractor.
pub(super) struct Tongue(pub(super) Lang);

impl<S: Sync> FromRequestParts<S> for Tongue {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let mut request = Request::new(axum::body::Body::empty());
        *request.uri_mut() = parts.uri.clone();
        if let Some(value) = parts.headers.get(ACCEPT_LANGUAGE) {
            request.headers_mut().insert(ACCEPT_LANGUAGE, value.clone());
        }
        Ok(Tongue(tongue(&request)))
    }
}

/// A place at this desk to go to next: a path of ours, never another site's, never a header of its own.
pub fn local_path(text: &str) -> Option<&str> {
    let rest = text.strip_prefix('/')?;
    let is_local = !rest.starts_with(['/', '\\']) && text.len() <= 1024;
    (is_local && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\')).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn next_is_a_path_of_ours() {
        for good in ["/", "/entry", "/tables?area=1&x=%20", "/a/b#c"] {
            assert_eq!(local_path(good), Some(good));
        }
        let bad = [
            "",
            "entry",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/a\r\nSet-Cookie: x=1",
        ];
        for bad in bad.into_iter().chain(["/a b", "/é", "/a\\b", "\\/evil.example", "javascript:alert(1)"]) {
            assert_eq!(local_path(bad), None, "{bad}");
        }
    }
}
