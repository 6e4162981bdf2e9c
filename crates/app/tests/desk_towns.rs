//! A small country for the tests of the rooms: three towns, a register, a claim, and people of every role.

use std::ops::Deref;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use serde_json::{Value, json};
use tallyproof::pipeline::{load, packs};
use tallyproof_analysis::results::analyse_with;
use tallyproof_core::people::Role;
use tallyproof_core::review::{Action, Place, Said, Seen, TableValue, Typed, entry_places};
use tallyproof_core::sheet::{Field, FieldValue, SheetStatus};

use crate::desk_site::{self, Visitor, run};

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

/// The desk of [`desk_site`] with that pack, asked without waiting for anything.
pub(crate) struct Site(desk_site::Site);

impl Deref for Site {
    type Target = desk_site::Site;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
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
        let register: String = (0..9).map(|n| format!("{},300\n", table(n))).collect();
        let register = format!("table,electors\n{register}");
        let files = [("election.toml", PACK), ("register.csv", register.as_str())];
        let mut site = desk_site::Site::of("four", &files, readings);
        let images = std::mem::take(&mut site.images);
        (Self(site), images)
    }

    pub(crate) fn send(&self, request: Request<Body>) -> Answer {
        let answer = run(self.0.send(request));
        let place = answer.headers.get(header::LOCATION).map(|v| v.to_str().unwrap().to_owned());
        Answer { status: answer.status, place: place.unwrap_or_default(), text: answer.text() }
    }

    /// A page of the picture as it is now.
    pub(crate) fn get(&self, who: &Visitor, path: &str) -> Answer {
        self.desk.snapshot.refresh(&self.desk.store).unwrap();
        self.send(who.get(path))
    }

    pub(crate) fn post(&self, who: &Visitor, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.send(who.post(path, fields))
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
