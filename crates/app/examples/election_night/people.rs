//! People come to the desk as people do: the first by the terminal's link, the others by a link that the administrator
//! hands them; each chooses a password, and signs in.

use std::collections::HashMap;

use tallyproof_core::people::PersonId;

use crate::load::http::Browser;
use crate::night::{between, csrf};

const PASSWORD: &str = "four words nobody says";

/// Somebody with an account.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) id: PersonId,
    pub(crate) login: String,
}

/// Everybody of the night.
pub(crate) struct Team {
    pub(crate) clerks: Vec<Person>,
    pub(crate) coordinators: Vec<Person>,
    pub(crate) observer: Person,
}

impl Person {
    /// A browser in which they are signed in.
    pub(crate) fn sign_in(&self, port: u16) -> Browser {
        let mut browser = Browser::new(port, "");
        let sent = browser.post("/login", &[("login", &self.login), ("password", PASSWORD)]);
        let answer = sent.expect("the desk answers");
        assert_eq!(answer.status, 303, "{}: {}", self.login, answer.text());
        browser
    }

    /// A token for a program of theirs.
    pub(crate) fn token(&self, port: u16) -> String {
        let mut browser = self.sign_in(port);
        let page = browser.get("/me").expect("the desk answers").text();
        let fields = [("csrf", csrf(&page)), ("label", "sender".to_owned())];
        let fields = fields.each_ref().map(|(name, text)| (*name, text.as_str()));
        let page = browser.post("/me/tokens", &fields).expect("the desk answers").text();
        between(&page, "<code class=\"secret\">", "</code>").expect("a token is shown once").to_owned()
    }
}

/// Makes all accounts; `first` is the link that the server's terminal showed.
pub(crate) fn arrive(port: u16, first: &str, n_clerks: usize, n_coordinators: usize) -> Team {
    let key = first.split("key=").nth(1).expect("a link with a key");
    let mut admin = Browser::new(port, "");
    let fields = [
        ("key", key),
        ("name", "Administrator"),
        ("login", "admin"),
        ("password", PASSWORD),
        ("again", PASSWORD),
        ("lang", "en"),
    ];
    let answer = admin.post("/first", &fields).expect("the desk answers");
    assert_eq!(answer.status, 303, "{}", answer.text());
    let clerks: Vec<String> = (1..=n_clerks).map(|n| format!("clerk{n}")).collect();
    let coordinators: Vec<String> = (1..=n_coordinators).map(|n| format!("coordinator{n}")).collect();
    for login in &clerks {
        invite(&mut admin, port, login, "clerk");
    }
    for login in &coordinators {
        invite(&mut admin, port, login, "coordinator");
    }
    invite(&mut admin, port, "observer1", "observer");
    let page = admin.get("/accounts").expect("the desk answers").text();
    let mut ids: HashMap<String, PersonId> = HashMap::new();
    for row in page.split("<tr><th scope=\"row\">").skip(1) {
        let id = row.split('<').next().and_then(PersonId::parse);
        let login = row.split("<td>").nth(2).and_then(|cell| cell.split('<').next());
        if let (Some(id), Some(login)) = (id, login) {
            ids.insert(login.to_owned(), id);
        }
    }
    let person = |login: &String| Person { id: ids[login].clone(), login: login.clone() };
    Team {
        clerks: clerks.iter().map(person).collect(),
        coordinators: coordinators.iter().map(person).collect(),
        observer: person(&"observer1".to_owned()),
    }
}

/// The administrator makes an account, and its owner takes it.
fn invite(admin: &mut Browser, port: u16, login: &str, role: &str) {
    let page = admin.get("/accounts").expect("the desk answers").text();
    let token = csrf(&page);
    let fields =
        [("csrf", token.as_str()), ("name", login), ("login", login), ("role", role), ("lang", "en")];
    let page = admin.post("/accounts", &fields).expect("the desk answers").text();
    let link = between(&page, "<code class=\"secret\">", "</code>").expect("a link is shown once");
    let key = link.split("key=").nth(1).expect("a link with a key");
    let mut own = Browser::new(port, "");
    let answer = own.post("/password", &[("key", key), ("password", PASSWORD), ("again", PASSWORD)]);
    let answer = answer.expect("the desk answers");
    assert_eq!(answer.status, 303, "{login}: {}", answer.text());
}
