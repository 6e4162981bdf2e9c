//! What stands around every page of the desk.

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tallyproof_core::people::Role;
use tallyproof_core::tidy::plain;

use super::assets;
use super::caller::Caller;
use super::desk::Desk;
use super::refusal::Refusal;
use super::rights::routes;
use crate::words::{Lang, Words};

/// Pages that the navigation may name, in order, with the code of their words: those are shown that are there and
/// that the person may see.
const NAMED: [(&str, &str); 11] = [
    ("/entry", "entry"),
    ("/overview", "overview"),
    ("/conflicts", "conflicts"),
    ("/quarantine", "quarantine"),
    ("/reopenings", "reopenings"),
    ("/claims", "claims"),
    ("/audits", "audit"),
    ("/images", "images"),
    ("/exports", "exports"),
    ("/accounts", "accounts"),
    ("/me", "me"),
];

/// A page named in the navigation.
#[derive(Clone, Debug)]
pub struct Named {
    /// Its path.
    pub href: &'static str,
    /// Its name.
    pub says: String,
    /// Whether it is the page at hand.
    pub here: bool,
}

/// Who looks at a page.
#[derive(Clone, Debug)]
pub struct Person {
    /// Name.
    pub name: String,
    /// Role, in words.
    pub role: String,
}

/// What stands around a page. Templates that extend `desk/frame.html` have it as `frame`.
#[derive(Clone)]
pub struct Frame {
    /// Words in the page's language.
    pub words: &'static Words,
    /// Name of the election.
    pub election: String,
    /// Whether the election is made up.
    pub synthetic: bool,
    /// Who looks at it, if anybody is signed in.
    pub person: Option<Person>,
    /// What every form carries, in a hidden field `csrf`.
    pub csrf: String,
    /// The navigation.
    pub named: Vec<Named>,
    /// Path of the page at hand, for what leads back to it.
    pub here: String,
    /// Addresses of scripts.
    pub scripts: Vec<String>,
    /// Addresses of stylesheets beside the desk's own.
    pub sheets: Vec<String>,
    /// Classes of the body.
    pub class: &'static str,
}

impl Frame {
    /// The frame of a page for somebody who is signed in; `here` is the page's path.
    pub fn new(desk: &Desk, caller: &Caller, here: &str) -> Self {
        let words = Words::shared(caller.lang);
        let section = |href: &str| {
            here == href || here.strip_prefix(href).is_some_and(|rest| rest.starts_with(['/', '?']))
        };
        let named = seen_by(caller.role).into_iter().map(|(href, code)| Named {
            href,
            says: words.say(&format!("desk-nav-{code}")),
            here: section(href),
        });
        Self {
            person: Some(Person {
                name: plain(&caller.name).into_owned(),
                role: words.say(&format!("desk-role-{}", caller.role.code())),
            }),
            csrf: caller.csrf.clone(),
            named: named.collect(),
            ..Self::stranger(desk, caller.lang, here)
        }
    }

    /// The frame of a page for somebody who is not.
    pub fn stranger(desk: &Desk, lang: Lang, here: &str) -> Self {
        let words = Words::shared(lang);
        let title = &desk.pack.title;
        Self {
            words,
            election: plain(if lang == Lang::En { &title.en } else { &title.es }).into_owned(),
            synthetic: desk.pack.synthetic,
            person: None,
            csrf: String::new(),
            named: Vec::new(),
            here: here.to_owned(),
            scripts: Vec::new(),
            sheets: Vec::new(),
            class: "desk",
        }
    }

    /// With a script of `templates/desk/`, loaded after the page.
    pub fn script(mut self, name: &str) -> Self {
        self.scripts.push(assets::address(name));
        self
    }

    /// With a stylesheet of `templates/desk/` beside the desk's own.
    pub fn sheet(mut self, name: &str) -> Self {
        self.sheets.push(assets::address(name));
        self
    }

    /// With other classes of the body than `desk`: `desk projector` for a page shown on a wall.
    pub fn class(mut self, class: &'static str) -> Self {
        self.class = class;
        self
    }

    /// Two-letter code of the page's language.
    pub fn lang(&self) -> &'static str {
        self.words.lang().code()
    }

    /// The other language: its code, and its name for itself.
    pub fn other(&self) -> (&'static str, &'static str) {
        match self.words.lang().other() {
            Lang::En => ("en", "English"),
            Lang::Es => ("es", "Español"),
        }
    }

    /// This page in the other language, for somebody who is not signed in.
    pub fn other_href(&self) -> String {
        let between = if self.here.contains('?') { '&' } else { '?' };
        format!("{}{between}lang={}", self.here, self.other().0)
    }

    /// A message.
    pub fn say(&self, key: &str) -> String {
        self.words.say(key)
    }

    /// Address of the icon.
    pub fn icon(&self) -> String {
        assets::address("icon.svg")
    }

    /// Address of the stylesheet.
    pub fn style(&self) -> String {
        assets::address("desk.css")
    }
}

/// Pages that the navigation names to somebody in this role.
fn seen_by(role: Role) -> Vec<(&'static str, &'static str)> {
    static SEEN: std::sync::LazyLock<Vec<(Role, &'static str, &'static str)>> =
        std::sync::LazyLock::new(|| {
            let all = routes();
            let may = |role: Role, path: &str| {
                all.iter().any(|r| {
                    r.method == axum::http::Method::GET && r.path == path && r.allowed.admits(Some(role))
                })
            };
            let each = Role::ALL.into_iter().flat_map(|role| NAMED.map(|(path, code)| (role, path, code)));
            each.filter(|&(role, path, _)| may(role, path)).collect()
        });
    SEEN.iter().filter(|(other, _, _)| *other == role).map(|&(_, path, code)| (path, code)).collect()
}

/// A page as an answer.
pub fn page(view: &impl Template) -> Response {
    page_of(view)
}

/// A page as an answer with a status of its own, in words already.
pub fn page_with(status: StatusCode, view: &impl Template) -> Response {
    let mut response = page_of(view);
    if response.status() == StatusCode::OK {
        *response.status_mut() = status;
        response.headers_mut().insert("x-worded", HeaderValue::from_static("1"));
    }
    response
}

pub(super) fn page_of(view: &impl Template) -> Response {
    match view.render() {
        Ok(html) => ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response(),
        Err(_) => Refusal::Broken.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_that_may_be_named_is_there() {
        for (path, _) in NAMED {
            assert!(
                Role::ALL.into_iter().any(|role| seen_by(role).iter().any(|(seen, _)| *seen == path)),
                "{path}"
            );
        }
    }
}
