//! A desk over a folder of small images, and people who are signed in: for tests over HTTP within the process.

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tallyproof::pipeline::{election, packs};
use tallyproof::store::{Fact, Store};
use tallyproof::web::desk::{Desk, Settings};
use tallyproof::web::roll::NewAccount;
use tallyproof::web::router;
use tallyproof::web::session::Kind;
use tallyproof::words::Lang;
use tallyproof_core::people::{PersonId, Role};
use tallyproof_core::review::Stage;
use tallyproof_render::encode_grey;
use tower::ServiceExt;

use crate::support::Temp;

/// A ballot of ten lines under three candidates, whose names are markup.
pub(crate) const PACK: &str = r###"
schema_version = 1

[election]
title = { en = "Ten lines", es = "Diez líneas" }
contest = { en = "Mayor", es = "Alcaldía" }
date = "2031-05-04"
rule = "plurality"
synthetic = true

[tables]
pattern = "##.##"
count = 400
electors = 400000

[[levels]]
id = "town"
chars = 2
name = { en = "town", es = "municipio" }
plural = { en = "towns", es = "municipios" }

[[selections]]
id = "A"
name = "Ana <script>alert(1)</script>"
color = "#112233"

[[selections]]
id = "B"
name = "Blas \"&' O'Hara"
color = "#445566"

[[lines]]
from = 1
selection = "A"
labels = ["<b>L1</b>", "L2", "L3", "L4", "L5"]

[[lines]]
from = 6
selection = "B"
labels = ["L6", "L7", "L8", "L9", "L10"]

[payload]
grammar = "{table}!{lines:,}!{null}!{reserved}"

[form]
script = "printed"
header = [
    { label = "TOWN", table = 2 },
    { label = "TABLE", table = 2 },
    { label = "REGISTERED", figure = "electors" },
]
totals = [{ label = "VALID", figure = "valid" }, { label = "NULL", figure = "null" }]

[[sources]]
id = "one"
name = "One"
trust = 1
"###;

/// Codes of the fields in printed order.
pub(crate) const FIELDS: [&str; 15] = [
    "table-1", "table-2", "electors", "line-1", "line-2", "line-3", "line-4", "line-5", "line-6", "line-7",
    "line-8", "line-9", "line-10", "valid", "null",
];

/// A sheet that adds up.
pub(crate) const SHEET: [&str; 15] =
    ["07", "11", "900", "10", "20", "30", "40", "50", "1", "2", "3", "4", "5", "165", "6"];

/// A desk over a folder of images.
pub(crate) struct Site {
    pub(crate) temp: Temp,
    pub(crate) folder: PathBuf,
    pub(crate) desk: Arc<Desk>,
    pub(crate) images: Vec<String>,
}

/// Somebody who is signed in.
#[derive(Clone)]
pub(crate) struct Visitor {
    pub(crate) id: PersonId,
    pub(crate) cookie: String,
    pub(crate) csrf: String,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// What stands between two marks.
    #[track_caller]
    pub(crate) fn between(&self, start: &str, end: &str) -> String {
        let text = self.text();
        let rest = text.split_once(start).unwrap_or_else(|| panic!("no {start:?} in {text}")).1;
        rest.split_once(end).unwrap().0.to_owned()
    }

    pub(crate) fn lease(&self) -> String {
        self.between("name=\"lease\" value=\"", "\"")
    }

    pub(crate) fn image(&self) -> String {
        self.between("src=\"/images/", "?")
    }

    pub(crate) fn has_sheet(&self) -> bool {
        self.text().contains("name=\"lease\"")
    }

    #[track_caller]
    pub(crate) fn is(self, status: StatusCode) -> Self {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }
}

/// What an image's reading says.
pub(crate) fn unread() -> Value {
    json!({"outcome": "unread", "cause": "blurred"})
}

impl Site {
    pub(crate) fn new(readings: &[Value]) -> Self {
        Self::of("ten", &[("election.toml", PACK)], readings)
    }

    /// A desk for a pack of these files, with an image for each reading.
    pub(crate) fn of(pack: &str, files: &[(&str, &str)], readings: &[Value]) -> Self {
        let temp = Temp::new();
        for (name, text) in files {
            temp.write(format!("pack/{pack}/{name}"), text);
        }
        let folder = temp.join("folder");
        let loaded = packs::from_dir(&temp.join("pack").join(pack)).unwrap();
        let store = election::create(&folder, &loaded, None).unwrap();
        let mut images = Vec::new();
        for (i, reading) in readings.iter().enumerate() {
            images.push(add(&store, &picture(i), reading.clone()));
        }
        drop(store);
        let desk = Desk::open(&folder, Settings::default()).unwrap();
        Self { temp, folder, desk, images }
    }

    /// Closes the desk and opens it again.
    pub(crate) fn restarted(self) -> Self {
        let Self { temp, folder, desk, images } = self;
        drop(desk);
        let desk = Desk::open(&folder, Settings::default()).unwrap();
        Self { temp, folder, desk, images }
    }

    pub(crate) fn person(&self, role: Role, name: &str) -> Visitor {
        let account = NewAccount {
            login: name.to_ascii_lowercase().replace(|c: char| !c.is_ascii_alphanumeric(), ""),
            name: name.to_owned(),
            role,
            lang: Lang::En,
            password: None,
        };
        let at = self.desk.clock.timestamp();
        let administrator =
            self.desk.roll.all().into_iter().find(|(_, role, _)| *role == Role::Administrator);
        let by = administrator.map(|(id, ..)| id);
        let id = outside(|| self.desk.roll.create(&self.desk.store, &at, by.as_ref(), &account).unwrap());
        self.signed_in(id)
    }

    pub(crate) fn signed_in(&self, id: PersonId) -> Visitor {
        let now = self.desk.clock.now();
        let begun = outside(|| self.desk.sessions.begin(&self.desk.store, &id, Kind::Page, "", now).unwrap());
        Visitor { id, cookie: format!("tallyproof-8080={}", begun.token), csrf: begun.csrf }
    }

    /// An administrator and this many clerks.
    pub(crate) fn clerks(&self, n: usize) -> Vec<Visitor> {
        self.person(Role::Administrator, "Admin");
        (0..n).map(|i| self.person(Role::Clerk, &format!("clerk{i}"))).collect()
    }

    pub(crate) fn app(&self) -> Router {
        router(Arc::clone(&self.desk))
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        answer(self.app(), request).await
    }

    pub(crate) async fn get(&self, who: &Visitor, path: &str) -> Answer {
        self.send(who.get(path)).await
    }

    pub(crate) async fn post(&self, who: &Visitor, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.send(who.post(path, fields)).await
    }

    /// Types a whole sheet under the lease of a page.
    pub(crate) async fn save(&self, who: &Visitor, page: &Answer, values: &[&str]) -> Answer {
        let lease = page.lease();
        self.post(who, "/entry", &form(&lease, values)).await
    }

    pub(crate) fn stage(&self, image: &str) -> Stage {
        self.desk.board.stage(&self.desk.pack, image).unwrap()
    }

    pub(crate) fn n_events(&self, kind: &str) -> usize {
        let mut n = 0;
        let count = &mut |event: tallyproof_core::journal::Event, _: &[u8]| {
            n += usize::from(event.kind == kind);
            Ok(())
        };
        outside(|| self.desk.store.each_event(count).unwrap());
        n
    }
}

impl Visitor {
    pub(crate) fn get(&self, path: &str) -> Request<Body> {
        let request =
            Request::get(path).header(header::HOST, "localhost").header(header::COOKIE, &self.cookie);
        request.body(Body::empty()).unwrap()
    }

    pub(crate) fn post(&self, path: &str, fields: &[(&str, &str)]) -> Request<Body> {
        let mut all = vec![("csrf", self.csrf.as_str())];
        all.extend(fields);
        let pairs: Vec<String> =
            all.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        Request::post(path)
            .header(header::HOST, "localhost")
            .header(header::COOKIE, &self.cookie)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(pairs.join("&")))
            .unwrap()
    }
}

pub(crate) async fn answer(app: Router, request: Request<Body>) -> Answer {
    let response = app.oneshot(request).await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    let bytes = response.into_body().collect().await.unwrap().to_bytes().to_vec();
    Answer { status, headers, bytes }
}

pub(crate) fn encoded(text: &str) -> String {
    text.bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}

pub(crate) fn form<'f>(lease: &'f str, values: &[&'f str]) -> Vec<(&'f str, &'f str)> {
    let mut all = vec![("lease", lease), ("revision", "3"), ("deed", "save")];
    all.extend(FIELDS.into_iter().zip(values.iter().copied()));
    all
}

/// A small picture, each its own.
pub(crate) fn picture(i: usize) -> Vec<u8> {
    let pixels = (0..40 * 60).map(|p| u8::try_from((p * (i + 3)) % 251).unwrap()).collect();
    encode_grey(40, 60, pixels, 90).unwrap()
}

pub(crate) fn add(store: &Store, bytes: &[u8], mut reading: Value) -> String {
    let sha256 = store.keep_original(bytes).unwrap();
    reading["sha256"] = json!(sha256);
    let added = json!({"sha256": sha256, "bytes": bytes.len(), "source": "one"});
    let private = json!({"file": "IMG_0042_from_Maria.jpg"});
    store
        .append_all(&[
            Fact { kind: "image.added", body: added, private },
            Fact { kind: "image.read", body: reading, private: Value::Null },
        ])
        .unwrap();
    sha256
}

/// The store blocks, and must not where tasks are driven.
pub(crate) fn outside<T>(job: impl FnOnce() -> T) -> T {
    tokio::task::block_in_place(job)
}

pub(crate) fn run<F: Future>(job: F) -> F::Output {
    tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap().block_on(job)
}
