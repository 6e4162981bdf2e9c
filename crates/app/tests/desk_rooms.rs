//! The rooms, over HTTP within the process: pages show the figures of `results.json` of the same events, and every act
//! goes through the rules of the review and of audits.

use std::collections::BTreeSet;
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
use tallyproof_core::reconcile::reconcile;
use tallyproof_core::review::{Action, Place, Said, Seen, Stage, TableValue, Typed, entry_places};
use tallyproof_core::sheet::{Field, FieldValue, SheetStatus};
use tallyproof_render::encode_grey;
use tower::ServiceExt;

use crate::report::check_figures_of;
use crate::support::{Temp, is_harmless};

/// Two candidates and four lines in three towns; whose words are markup and escapes.
const PACK: &str = r###"
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

struct Site {
    _temp: Temp,
    folder: PathBuf,
    desk: Arc<Desk>,
}

/// Somebody who is signed in.
struct Visitor {
    id: PersonId,
    cookie: String,
    csrf: String,
}

struct Answer {
    status: StatusCode,
    place: String,
    text: String,
}

impl Answer {
    #[track_caller]
    fn is(self, status: StatusCode) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }

    #[track_caller]
    fn says(self, part: &str) -> Self {
        assert!(self.text.contains(part), "no {part:?} in {}", self.text);
        self
    }
}

fn table(number: usize) -> String {
    format!("{:02}.{:02}", 1 + number / 3, 1 + number % 3)
}

fn read(table: &str, lines: [u32; 4], null: u32) -> Value {
    let lines = lines.map(|n| n.to_string()).join(",");
    json!({"outcome": "read", "payload": format!("{table}!{lines}!{null}!0")})
}

impl Site {
    /// Images in order; the first tables' codes, then whatever else is given.
    fn new(readings: &[Value]) -> (Self, Vec<String>) {
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

    fn person(&self, role: Role, name: &str) -> Visitor {
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

    fn send(&self, request: Request<Body>) -> Answer {
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
    fn get(&self, who: &Visitor, path: &str) -> Answer {
        self.desk.snapshot.refresh(&self.desk.store).unwrap();
        let request =
            Request::get(path).header(header::HOST, "localhost").header(header::COOKIE, &who.cookie);
        self.send(request.body(Body::empty()).unwrap())
    }

    fn post(&self, who: &Visitor, path: &str, fields: &[(&str, &str)]) -> Answer {
        let all = [("csrf", who.csrf.as_str())].into_iter().chain(fields.iter().copied());
        let pairs: Vec<String> = all.map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        let request = Request::post(path)
            .header(header::HOST, "localhost")
            .header(header::COOKIE, &who.cookie)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(pairs.join("&"))).unwrap())
    }

    /// `results.json` as `tallyproof run` would write it now.
    fn results(&self) -> Value {
        let loaded = packs::from_dir(&self.desk.store.pack_dir("four")).unwrap();
        let (facts, audits) = load::everything(&self.desk.store, loaded).unwrap();
        serde_json::from_slice(&analyse_with(&facts, &audits).results.to_json()).unwrap()
    }

    fn status(&self, id: &str) -> Option<SheetStatus> {
        self.desk.snapshot.refresh(&self.desk.store).unwrap();
        let snapshot = self.desk.snapshot.latest().unwrap();
        let table = self.desk.pack.pattern.id(id).unwrap();
        snapshot.standing(&table).and_then(|standing| standing.sheet.as_ref()).map(|sheet| sheet.status)
    }

    fn stage(&self, image: &str) -> Stage {
        self.desk.board.stage(&self.desk.pack, image).unwrap()
    }

    /// A clerk's entry of a whole sheet.
    fn enter(&self, clerk: &Visitor, image: &str, id: &str, lines: [u32; 4]) {
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

    fn n_events(&self, kind: &str) -> usize {
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
fn add(store: &Store, i: usize, mut reading: Value) -> String {
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

fn encoded(text: &str) -> String {
    text.bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}

/// Five sheets read by code, two images of 02.03 that differ, one image of 03.01 whose code a clerk reads otherwise.
fn country() -> (Site, Vec<String>) {
    let mut readings: Vec<Value> = (0..5).map(|n| read(&table(n), [40, 20, 10, 5], 2)).collect();
    readings.push(read("02.03", [30, 20, 10, 5], 2));
    readings.push(read("02.03", [10, 20, 30, 5], 2));
    readings.push(read("03.01", [50, 20, 10, 5], 2));
    Site::new(&readings)
}

struct Team {
    administrator: Visitor,
    coordinator: Visitor,
    other: Visitor,
    observer: Visitor,
    clerk: Visitor,
}

fn team(site: &Site) -> Team {
    let administrator = site.person(Role::Administrator, "Admin");
    let [coordinator, other] = ["Carla", "Otto"].map(|name| site.person(Role::Coordinator, name));
    let observer = site.person(Role::Observer, "Olga");
    let clerk = site.person(Role::Clerk, "Kim <b>\u{202e}K</b>");
    Team { administrator, coordinator, other, observer, clerk }
}

const PAGES: [&str; 10] = [
    "/overview",
    "/overview?projector",
    "/areas/town/01",
    "/areas/town/02",
    "/conflicts",
    "/quarantine",
    "/quarantine/02.03",
    "/claims",
    "/audits",
    "/tables/03.01",
];

#[test]
fn every_figure_of_every_page_is_that_of_results_json() {
    let (site, images) = country();
    let team = team(&site);
    site.enter(&team.clerk, &images[7], "03.01", [51, 20, 10, 5]);
    let results = site.results();
    let mut figures = 0;
    for path in PAGES {
        let page = site.get(&team.coordinator, path).is(StatusCode::OK).text;
        let n = check_figures_of(&page, &results);
        figures += n;
        // No figure without its formula one click away; a wall has no clicks.
        let explains = page.contains("class=\"formula\"") || page.contains("formula-list");
        assert!(n == 0 || explains || path.ends_with("projector"), "{path}");
    }
    assert!(figures > 120, "{figures}");
    assert_eq!(results["tabulation"]["by_status"]["quarantined"], 1);
    assert_eq!(results["tabulation"]["by_status"]["in-conflict"], 1);
}

#[test]
fn the_picture_is_what_run_would_publish_whatever_was_folded_before() {
    let (site, images) = country();
    let team = team(&site);
    let agrees = || {
        site.desk.snapshot.refresh(&site.desk.store).unwrap();
        let snapshot = site.desk.snapshot.latest().unwrap();
        let picture: Value = serde_json::from_slice(&snapshot.results.to_json()).unwrap();
        assert_eq!(picture, site.results());
        assert_eq!(snapshot.at_event, site.desk.store.last_event().unwrap());
        // A page's few readings come to the same sheet as a country's.
        for standing in &snapshot.standings {
            let facts = snapshot.facts_of(&standing.table);
            let sheets = reconcile(&facts);
            let alone = sheets.iter().find(|sheet| *sheet.table == standing.table);
            let held = standing.sheet.as_ref();
            assert_eq!(alone.map(|sheet| sheet.status), held.map(|held| held.status), "{:?}", standing.table);
            assert_eq!(alone.map(|sheet| sheet.class), held.map(|held| held.class));
        }
    };
    agrees();
    site.enter(&team.clerk, &images[7], "03.01", [51, 20, 10, 5]);
    agrees();
    let fields = [("image", images[6].as_str()), ("act", "aside"), ("reason", "written over")];
    site.post(&team.coordinator, "/quarantine/02.03", &fields).is(StatusCode::SEE_OTHER);
    agrees();
    // Nothing new: the picture stays the very one.
    let before = site.desk.snapshot.latest().unwrap();
    assert!(!site.desk.snapshot.refresh(&site.desk.store).unwrap());
    assert!(Arc::ptr_eq(&before, &site.desk.snapshot.latest().unwrap()));
}

#[test]
fn clerks_see_none_of_it_and_observers_see_pseudonyms_alone() {
    let (site, images) = country();
    let team = team(&site);
    site.enter(&team.clerk, &images[7], "03.01", [51, 20, 10, 5]);
    for path in PAGES {
        site.get(&team.clerk, path).is(StatusCode::FORBIDDEN);
        let seen = site.get(&team.observer, path).is(StatusCode::OK).text;
        assert!(!seen.contains("Kim"), "{path}");
        assert!(
            !seen.contains("method=\"post\" action=\"/conflicts") && !seen.contains("action=\"/quarantine/")
        );
    }
    site.get(&team.observer, "/overview").says("P005");
    site.get(&team.coordinator, "/overview").says("P005").says("Kim &#60;b&#62;");
    let wall = site.get(&team.coordinator, "/overview?projector").text;
    assert!(!wall.contains("P005") && !wall.contains("Kim"), "no personal figures on a wall");
    for path in ["/conflicts/", "/tables/99.99", "/areas/town/99", "/areas/none/01", "/findings/X999"] {
        site.get(&team.observer, path).is(StatusCode::NOT_FOUND);
    }
}

#[test]
fn a_coordinator_decides_the_one_place_that_differs_with_a_reason() {
    let (site, images) = country();
    let team = team(&site);
    let image = &images[7];
    let path = format!("/conflicts/{image}");
    site.get(&team.coordinator, &path).is(StatusCode::OK).says("People must enter this image before");
    site.enter(&team.clerk, image, "03.01", [51, 20, 10, 5]);
    assert!(matches!(site.stage(image), Stage::Correction(_)));
    assert_eq!(site.status("03.01"), Some(SheetStatus::InConflict));
    let list = site.get(&team.coordinator, "/conflicts").text;
    assert!(list.contains(&path) && list.contains("to be decided"));
    let page = site.get(&team.coordinator, &path).is(StatusCode::OK);
    // The place that differs stands first, marked by a sign and a word; only it can be chosen.
    let page =
        page.says("name=\"p-line-1\" value=\"50\"").says("name=\"p-line-1\" value=\"51\"").says("≠").text;
    let chosen: BTreeSet<&str> =
        page.split("name=\"p-").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert_eq!(chosen, BTreeSet::from(["line-1"]));
    // Not without a reason, not without a value, not with a value that none can have; what was typed stays.
    let bad = [
        (vec![("p-line-1", "51")], "A reason is missing"),
        (vec![("reason", "look")], "Nothing is chosen"),
        (vec![("reason", "look"), ("p-line-1", "other"), ("o-line-1", "-5")], "cannot stand"),
        (vec![("reason", "look"), ("p-line-1", "99999999")], "cannot stand"),
    ];
    for (fields, says) in bad {
        site.post(&team.coordinator, &path, &fields).is(StatusCode::UNPROCESSABLE_ENTITY).says(says);
    }
    // Neither the person who typed it nor those who look on decide it.
    for who in [&team.clerk, &team.observer, &team.administrator] {
        site.post(who, &path, &[("p-line-1", "51"), ("reason", "x")]).is(StatusCode::FORBIDDEN);
    }
    let done =
        site.post(&team.coordinator, &path, &[("p-line-1", "51"), ("reason", "The loop is <closed>.")]);
    assert_eq!(done.is(StatusCode::SEE_OTHER).place, "/conflicts?done=1");
    assert!(site.stage(image).is_closed());
    assert_ne!(site.status("03.01"), Some(SheetStatus::InConflict));
    let table = site.get(&team.observer, "/tables/03.01").text;
    assert!(table.contains("The loop is &#60;closed&#62;.") && table.contains("P002"), "{table}");
    site.get(&team.coordinator, &path).says("This image is settled");
    // Twice is once: the second answer says that it is settled.
    site.post(&team.coordinator, &path, &[("p-line-1", "51"), ("reason", "again")]).is(StatusCode::CONFLICT);
    assert_eq!(site.n_events("entry.decided"), 1);
    check_figures_of(&site.get(&team.observer, "/overview").text, &site.results());
}

#[test]
fn a_quarantined_pair_is_shown_together_and_cleared_image_by_image() {
    let (site, images) = country();
    let team = team(&site);
    assert_eq!(site.status("02.03"), Some(SheetStatus::Quarantined));
    site.get(&team.coordinator, "/quarantine").says("/quarantine/02.03").says("Would these sheets change");
    let page = site.get(&team.coordinator, "/quarantine/02.03").text;
    assert!(images[5..7].iter().all(|image| page.contains(&format!("src=\"/images/{image}\""))));
    assert!(page.contains("≠"), "differences are marked");
    let rule = |who: &Visitor, image: &str, act: &str, reason: &str| {
        site.post(who, "/quarantine/02.03", &[("image", image), ("act", act), ("reason", reason)])
    };
    rule(&team.observer, &images[6], "aside", "altered").is(StatusCode::FORBIDDEN);
    rule(&team.coordinator, &images[6], "aside", "").is(StatusCode::UNPROCESSABLE_ENTITY);
    // The pair stays until both are spoken of.
    let next =
        rule(&team.coordinator, &images[6], "aside", "Line 1 was written over.").is(StatusCode::SEE_OTHER);
    assert_eq!(next.place, "/quarantine/02.03?done=1");
    rule(&team.coordinator, &images[6], "clear", "no").is(StatusCode::CONFLICT);
    let next = rule(&team.coordinator, &images[5], "clear", "It is whole.").is(StatusCode::SEE_OTHER);
    assert_eq!(next.place, "/quarantine?done=1");
    assert_eq!(site.status("02.03"), Some(SheetStatus::Provisional));
    assert_eq!((site.n_events("image.set-aside"), site.n_events("image.cleared")), (1, 1));
    site.get(&team.observer, "/quarantine/02.03").says("It is quarantined no more").says("set aside");
    let results = site.results();
    assert_eq!(results["tabulation"]["n_tables_seen"], 7);
    check_figures_of(&site.get(&team.observer, "/areas/town/02").text, &results);
}

#[test]
fn a_reopening_takes_two() {
    let (site, images) = country();
    let team = team(&site);
    let image = &images[7];
    site.enter(&team.clerk, image, "03.01", [50, 20, 10, 5]);
    assert!(site.stage(image).is_closed(), "person and machine agree");
    let path = |answer: &str| format!("/reopenings/{image}/{answer}");
    site.get(&team.coordinator, "/tables/03.01").says(&path("request"));
    site.post(&team.coordinator, &path("request"), &[]).is(StatusCode::UNPROCESSABLE_ENTITY);
    site.post(&team.observer, &path("request"), &[("reason", "x")]).is(StatusCode::FORBIDDEN);
    site.post(&team.coordinator, &path("request"), &[("reason", "The photo is another sheet's.")])
        .is(StatusCode::SEE_OTHER);
    site.get(&team.coordinator, "/reopenings").says("You asked for this, so somebody else must answer.");
    site.post(&team.coordinator, &path("approve"), &[]).is(StatusCode::CONFLICT);
    assert!(site.stage(image).is_closed(), "nobody approves what they asked for");
    site.get(&team.other, "/reopenings").says(&path("approve")).says("The photo is another sheet&#39;s.");
    site.post(&team.other, &path("approve"), &[]).is(StatusCode::SEE_OTHER);
    assert_eq!(site.stage(image), Stage::FirstEntry);
    assert_ne!(site.status("03.01"), Some(SheetStatus::Definitive));
    site.get(&team.coordinator, "/reopenings").says("Nobody asks for a reopening");
    // A second request is turned down, with a reason.
    site.post(&team.other, &path("approve"), &[]).is(StatusCode::CONFLICT);
    let history = site.get(&team.observer, "/tables/03.01").text;
    for word in ["Reopening requested", "Reopening approved", "P002", "P003"] {
        assert!(history.contains(word), "{word}");
    }
}

#[test]
fn an_audit_is_frozen_drawn_and_recorded_as_by_the_verbs() {
    let (site, _) = country();
    let team = team(&site);
    let terms = "missing=sheets-only&method=alpha&risk=10&cap=turnout";
    site.get(&team.coordinator, &format!("/audits?{terms}")).is(StatusCode::OK).says("With these terms");
    site.get(&team.coordinator, "/audits?missing=sheets-only&risk=ten").is(StatusCode::UNPROCESSABLE_ENTITY);
    let freeze = [
        ("missing", "sheets-only"),
        ("method", "alpha"),
        ("risk", "10"),
        ("cap", "turnout"),
        ("custody", "council"),
        ("seed-procedure", "20 dice <in> public"),
    ];
    site.post(&team.observer, "/audits", &freeze).is(StatusCode::FORBIDDEN);
    let frozen = site.post(&team.coordinator, "/audits", &freeze).is(StatusCode::SEE_OTHER);
    assert_eq!(frozen.place, "/audits/audit-1");
    site.get(&team.observer, "/audits/audit-1").is(StatusCode::OK).says("20 dice &lt;in&gt; public");
    site.post(&team.coordinator, "/audits/audit-1/draw", &[("seed", "short")])
        .is(StatusCode::CONFLICT)
        .says("cannot be a seed");
    let seed = [("seed", "31415926535897932384")];
    site.post(&team.coordinator, "/audits/audit-1/draw", &seed).is(StatusCode::SEE_OTHER);
    let page = site.get(&team.coordinator, "/audits/audit-1").text;
    let drawn = page.split("name=\"table\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let paper = |found: &'static str, a: &'static str| {
        vec![
            ("table", drawn.clone()),
            ("found", found.to_owned()),
            ("votes-1", a.to_owned()),
            ("votes-2", "15".to_owned()),
            ("null", "2".to_owned()),
            ("signatures", "present".to_owned()),
            ("stamp", "absent".to_owned()),
            ("inspector", "i7".to_owned()),
        ]
    };
    let record = |who: &Visitor, fields: &[(&str, String)]| {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, text)| (*name, text.as_str())).collect();
        site.post(who, "/audits/audit-1/record", &fields)
    };
    record(&team.observer, &paper("yes", "60")).is(StatusCode::FORBIDDEN);
    // Refused with its reason, and what was typed stays typed.
    record(&team.coordinator, &paper("yes", "sixty"))
        .is(StatusCode::UNPROCESSABLE_ENTITY)
        .says("no whole number")
        .says("value=\"sixty\"");
    record(&team.coordinator, &paper("yes", "60")).is(StatusCode::SEE_OTHER);
    let results = site.results();
    assert_eq!(results["audit"]["held"][0]["n_in_order"], 1);
    assert_eq!(results["audit"]["held"][0]["features"]["stamp"]["absent"], 1);
    let page = site.get(&team.observer, "/audits/audit-1").is(StatusCode::OK);
    assert!(check_figures_of(&page.text, &results) > 3);
    // The same again is nothing new; another figure needs the box.
    record(&team.coordinator, &paper("yes", "60")).is(StatusCode::SEE_OTHER);
    let other = paper("yes", "59");
    record(&team.coordinator, &other).is(StatusCode::UNPROCESSABLE_ENTITY).says("tick the box");
    assert_eq!(site.n_events("audit.inspected"), 1);
    let list = site.get(&team.observer, "/audits/audit-1/files/list.csv").is(StatusCode::OK).text;
    assert_eq!(list.as_bytes(), std::fs::read(site.folder.join("audit/audit-1/list.csv")).unwrap());
    for path in ["..%2Flist.csv", "nothing.csv", ".lock"] {
        site.get(&team.observer, &format!("/audits/audit-1/files/{path}")).is(StatusCode::NOT_FOUND);
    }
    // A worksheet that is pasted.
    let sheet = site.desk.store.audit_dir("audit-1");
    let name = std::fs::read_dir(sheet).unwrap().filter_map(|e| e.unwrap().file_name().into_string().ok());
    let name = name.into_iter().find(|n| n.starts_with("worksheet-") && n.ends_with(".csv")).unwrap();
    let rows = std::fs::read_to_string(site.folder.join("audit/audit-1").join(name)).unwrap();
    site.post(&team.coordinator, "/audits/audit-1/worksheet", &[("rows", &rows)])
        .is(StatusCode::OK)
        .says("not filled in yet");
    site.post(&team.coordinator, "/audits/audit-1/worksheet", &[("rows", "nonsense")])
        .is(StatusCode::UNPROCESSABLE_ENTITY);
    site.post(&team.other, "/audits/audit-1/abandon", &[("reason", "A new version came.")])
        .is(StatusCode::SEE_OTHER);
    site.post(&team.coordinator, "/audits/audit-1/draw", &seed).is(StatusCode::CONFLICT);
}

#[test]
fn nobodys_text_becomes_markup_or_an_escape() {
    let (site, images) = country();
    let team = team(&site);
    site.enter(&team.clerk, &images[7], "03.01", [51, 20, 10, 5]);
    let hostile = "</q><script>alert(1)</script>\u{202e}\u{1b}[31m";
    let path = format!("/conflicts/{}", images[7]);
    site.post(&team.coordinator, &path, &[("p-line-1", "51"), ("reason", hostile)]).is(StatusCode::SEE_OTHER);
    site.post(&team.coordinator, &format!("/reopenings/{}/request", images[7]), &[("reason", hostile)])
        .is(StatusCode::SEE_OTHER);
    let searched = format!("/overview?q={0}&level={0}&map={0}&sort={0}&page=99999999999", encoded(hostile));
    let filtered = format!("/conflicts?area={0}&kind={0}&page=7", encoded(hostile));
    let more = [searched.as_str(), &filtered, &path, "/reopenings", "/findings/S104"];
    for path in PAGES.into_iter().chain(more) {
        let answer = site.get(&team.coordinator, path);
        if answer.status == StatusCode::BAD_REQUEST {
            continue;
        }
        let page = answer.is(StatusCode::OK).text;
        for bad in ["<script>alert", "<b>", "<img src=x", "<i>L1", "\u{202e}", "\u{1b}"] {
            assert!(!page.contains(bad), "{path}: {bad:?}");
        }
        assert!(!page.contains(" style=") && !page.contains("javascript:"), "{path}");
        assert!(
            !page.contains("rooms-"),
            "{path}: a word is missing: {}",
            &page[page.find("rooms-").unwrap()..][..60]
        );
        is_harmless(&page);
    }
}
