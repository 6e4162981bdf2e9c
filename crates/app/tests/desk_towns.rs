//! A small country for the tests of the rooms: three towns, a register, a claim, and people of every role.

use std::path::PathBuf;
use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tallyproof::pipeline::{election, load, packs};
use tallyproof::store::{Fact, Store};
use tallyproof::web::desk::{Desk, Settings};
use tallyproof::web::roll::NewAccount;
use tallyproof::web::router;
use tallyproof::web::session::Kind;
use tallyproof::words::Lang;
use tallyproof_analysis::results::analyse_with;
use tallyproof_core::people::{PersonId, Role};
use tallyproof_core::review::{Action, Place, Said, Seen, Stage, TableValue, Typed, entry_places};
use tallyproof_core::sheet::{Field, FieldValue, SheetStatus};
use tallyproof_render::encode_grey;
use tower::ServiceExt;

use crate::support::Temp;

/// Two candidates and four lines in three towns; whose words are markup and escapes.
pub(crate) const PACK: &str = r###"
schema_version = 1

[election]
title = { en = "Four lines", es = "Cuatro líneas" }
contest = { en = "Mayor", es = "Alcaldía" }
date = "2031-05-04"
rule = "plurality"
synthetic = true

[tables]
pattern = "##.##"
count = 9
electors = 2700

[[levels]]
id = "town"
chars = 2
name = { en = "town", es = "municipio" }
plural = { en = "towns", es = "municipios" }

[[areas]]
level = "town"
code = "01"
name = "One <b>town</b>"

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
labels = ["<i>L1</i>", "L2"]

[[lines]]
from = 3
selection = "B"
labels = ["L3", "L4"]

[payload]
grammar = "{table}!{lines:,}!{null}!{reserved}"

[form]
script = "printed"
header = [{ label = "TOWN", table = 2 }, { label = "TABLE", table = 2 }]
totals = [{ label = "VALID", figure = "valid" }, { label = "NULL", figure = "null" }]

[register]
file = "register.csv"
encoding = "utf-8"
table = "{table:5}"
electors = "electors"

[[sources]]
id = "one"
name = "One <img src=x>"
trust = 1

[[claims]]
id = "council"
who = "Council"
when = "2031-05-05"
source = "Announcement"
scope = "country"
title = { en = "Announcement", es = "Anuncio" }
votes = { A = 100, B = 900 }
"###;

pub(crate) struct Site {
    pub(crate) _temp: Temp,
    pub(crate) folder: PathBuf,
    pub(crate) desk: Arc<Desk>,
}

/// Somebody who is signed in.
pub(crate) struct Visitor {
    pub(crate) id: PersonId,
    pub(crate) cookie: String,
    pub(crate) csrf: String,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) place: String,
    pub(crate) text: String,
}

impl Answer {
    #[track_caller]
    pub(crate) fn is(self, status: StatusCode) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }

    #[track_caller]
    pub(crate) fn says(self, part: &str) -> Self {
        assert!(self.text.contains(part), "no {part:?} in {}", self.text);
        self
    }
}

pub(crate) fn table(number: usize) -> String {
    format!("{:02}.{:02}", 1 + number / 3, 1 + number % 3)
}

pub(crate) fn read(table: &str, lines: [u32; 4], null: u32) -> Value {
    let lines = lines.map(|n| n.to_string()).join(",");
    json!({"outcome": "read", "payload": format!("{table}!{lines}!{null}!0")})
}

impl Site {
    /// Images in order; the first tables' codes, then whatever else is given.
    pub(crate) fn new(readings: &[Value]) -> (Self, Vec<String>) {
        let temp = Temp::new();
        temp.write("pack/four/election.toml", PACK);
        let register: String = (0..9).map(|n| format!("{},300\n", table(n))).collect();
        temp.write("pack/four/register.csv", format!("table,electors\n{register}"));
        let folder = temp.join("folder");
        let loaded = packs::from_dir(&temp.join("pack/four")).unwrap();
        let store = election::create(&folder, &loaded, None).unwrap();
        let images =
            readings.iter().enumerate().map(|(i, reading)| add(&store, i, reading.clone())).collect();
        drop(store);
        let desk = Desk::open(&folder, Settings::default()).unwrap();
        (Self { _temp: temp, folder, desk }, images)
    }

    pub(crate) fn person(&self, role: Role, name: &str) -> Visitor {
        let account = NewAccount {
            login: name.to_ascii_lowercase().replace(|c: char| !c.is_ascii_alphanumeric(), ""),
            name: name.to_owned(),
            role,
            lang: Lang::En,
            password: None,
        };
        let (at, now) = (self.desk.clock.timestamp(), self.desk.clock.now());
        let all = self.desk.roll.all();
        let by = all.into_iter().find(|(_, role, _)| *role == Role::Administrator).map(|(id, ..)| id);
        let id = self.desk.roll.create(&self.desk.store, &at, by.as_ref(), &account).unwrap();
        let begun = self.desk.sessions.begin(&self.desk.store, &id, Kind::Page, "", now).unwrap();
        Visitor { id, cookie: format!("tallyproof-8080={}", begun.token), csrf: begun.csrf }
    }

    pub(crate) fn send(&self, request: Request<Body>) -> Answer {
        let app = router(Arc::clone(&self.desk));
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        runtime.unwrap().block_on(async {
            let response = app.oneshot(request).await.unwrap();
            let (parts, body) = response.into_parts();
            let place = parts.headers.get(header::LOCATION).map(|v| v.to_str().unwrap().to_owned());
            let bytes = body.collect().await.unwrap().to_bytes();
            let text = String::from_utf8_lossy(&bytes).into_owned();
            Answer { status: parts.status, place: place.unwrap_or_default(), text }
        })
    }

    /// A page of the picture as it is now.
    pub(crate) fn get(&self, who: &Visitor, path: &str) -> Answer {
        self.desk.snapshot.refresh(&self.desk.store).unwrap();
        let request =
            Request::get(path).header(header::HOST, "localhost").header(header::COOKIE, &who.cookie);
        self.send(request.body(Body::empty()).unwrap())
    }

    pub(crate) fn post(&self, who: &Visitor, path: &str, fields: &[(&str, &str)]) -> Answer {
        let all = [("csrf", who.csrf.as_str())].into_iter().chain(fields.iter().copied());
        let pairs: Vec<String> = all.map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        let request = Request::post(path)
            .header(header::HOST, "localhost")
            .header(header::COOKIE, &who.cookie)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(pairs.join("&"))).unwrap())
    }

    /// `results.json` as `tallyproof run` would write it now.
    pub(crate) fn results(&self) -> Value {
        let loaded = packs::from_dir(&self.desk.store.pack_dir("four")).unwrap();
        let (facts, audits) = load::everything(&self.desk.store, loaded).unwrap();
        serde_json::from_slice(&analyse_with(&facts, &audits).results.to_json()).unwrap()
    }

    pub(crate) fn status(&self, id: &str) -> Option<SheetStatus> {
        self.desk.snapshot.refresh(&self.desk.store).unwrap();
        let snapshot = self.desk.snapshot.latest().unwrap();
        let table = self.desk.pack.pattern.id(id).unwrap();
        snapshot.standing(&table).and_then(|standing| standing.sheet.as_ref()).map(|sheet| sheet.status)
    }

    pub(crate) fn stage(&self, image: &str) -> Stage {
        self.desk.board.stage(&self.desk.pack, image).unwrap()
    }

    /// A clerk's entry of a whole sheet.
    pub(crate) fn enter(&self, clerk: &Visitor, image: &str, id: &str, lines: [u32; 4]) {
        let mut typed = Typed::default();
        for place in entry_places(&self.desk.pack) {
            let count = |n| Said::Value(FieldValue::Count(n));
            let said = match place {
                Place::Table => Said::Table(TableValue::Id(self.desk.pack.pattern.id(id).unwrap())),
                Place::Field(Field::Line(i)) => count(lines[i]),
                Place::Field(Field::Valid) => count(lines.iter().sum()),
                Place::Field(_) => count(2),
            };
            typed.set(place, said);
        }
        let action = Action::Enter { by: clerk.id.clone(), seen: Seen::Sheet(typed) };
        self.desk.act(image, action).unwrap();
    }

    pub(crate) fn n_events(&self, kind: &str) -> usize {
        let mut n = 0;
        let count = &mut |event: tallyproof_core::journal::Event, _: &[u8]| {
            n += usize::from(event.kind == kind);
            Ok(())
        };
        self.desk.store.each_event(count).unwrap();
        n
    }
}

/// A small picture, each its own.
pub(crate) fn add(store: &Store, i: usize, mut reading: Value) -> String {
    let pixels = (0..40 * 60).map(|p| u8::try_from((p * (i + 3)) % 251).unwrap()).collect();
    let bytes = encode_grey(40, 60, pixels, 90).unwrap();
    let sha256 = store.keep_original(&bytes).unwrap();
    reading["sha256"] = json!(sha256);
    let added = json!({"sha256": sha256, "bytes": bytes.len(), "source": "one"});
    let facts = [
        Fact { kind: "image.added", body: added, private: json!({"time": "2031-05-04T20:00:00Z"}) },
        Fact { kind: "image.read", body: reading, private: Value::Null },
    ];
    store.append_all(&facts).unwrap();
    sha256
}

pub(crate) fn encoded(text: &str) -> String {
    text.bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}

/// Five sheets read by code, two images of 02.03 that differ, one image of 03.01 whose code a clerk reads otherwise.
pub(crate) fn country() -> (Site, Vec<String>) {
    let mut readings: Vec<Value> = (0..5).map(|n| read(&table(n), [40, 20, 10, 5], 2)).collect();
    readings.push(read("02.03", [30, 20, 10, 5], 2));
    readings.push(read("02.03", [10, 20, 30, 5], 2));
    readings.push(read("03.01", [50, 20, 10, 5], 2));
    Site::new(&readings)
}

pub(crate) struct Team {
    pub(crate) administrator: Visitor,
    pub(crate) coordinator: Visitor,
    pub(crate) other: Visitor,
    pub(crate) observer: Visitor,
    pub(crate) clerk: Visitor,
}

pub(crate) fn team(site: &Site) -> Team {
    let administrator = site.person(Role::Administrator, "Admin");
    let [coordinator, other] = ["Carla", "Otto"].map(|name| site.person(Role::Coordinator, name));
    let observer = site.person(Role::Observer, "Olga");
    let clerk = site.person(Role::Clerk, "Kim <b>\u{202e}K</b>");
    Team { administrator, coordinator, other, observer, clerk }
}
