//! The queue and the entry screen, over HTTP within the process: who gets which sheet, what they see of it, and what
//! becomes of what they type.

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tallyproof::pipeline::{election, packs};
use tallyproof::store::{Access, Fact, Store};
use tallyproof::web::desk::{Desk, Settings};
use tallyproof::web::roll::NewAccount;
use tallyproof::web::router;
use tallyproof::web::session::Kind;
use tallyproof::words::Lang;
use tallyproof_core::journal::sha256_hex;
use tallyproof_core::people::{PersonId, Role};
use tallyproof_core::review::{Settled, Stage};
use tallyproof_core::sheet::EvidenceClass;
use tallyproof_reader::image::{DecodeLimits, decode_luma};
use tallyproof_render::encode_grey;
use tower::ServiceExt;

use crate::support::Temp;

/// A ballot of ten lines under three candidates, whose names are markup.
const PACK: &str = r###"
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
const FIELDS: [&str; 15] = [
    "table-1", "table-2", "electors", "line-1", "line-2", "line-3", "line-4", "line-5", "line-6", "line-7",
    "line-8", "line-9", "line-10", "valid", "null",
];

/// A sheet that adds up.
const SHEET: [&str; 15] =
    ["07", "11", "900", "10", "20", "30", "40", "50", "1", "2", "3", "4", "5", "165", "6"];

/// A desk over a folder of images.
struct Site {
    temp: Temp,
    folder: PathBuf,
    desk: Arc<Desk>,
    images: Vec<String>,
}

/// Somebody who is signed in.
#[derive(Clone)]
struct Visitor {
    id: PersonId,
    cookie: String,
    csrf: String,
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    bytes: Vec<u8>,
}

impl Answer {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// What stands between two marks.
    #[track_caller]
    fn between(&self, start: &str, end: &str) -> String {
        let text = self.text();
        let rest = text.split_once(start).unwrap_or_else(|| panic!("no {start:?} in {text}")).1;
        rest.split_once(end).unwrap().0.to_owned()
    }

    fn lease(&self) -> String {
        self.between("name=\"lease\" value=\"", "\"")
    }

    fn image(&self) -> String {
        self.between("src=\"/images/", "?")
    }

    fn has_sheet(&self) -> bool {
        self.text().contains("name=\"lease\"")
    }

    #[track_caller]
    fn is(self, status: StatusCode) -> Self {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }
}

/// What an image's reading says.
fn unread() -> Value {
    json!({"outcome": "unread", "cause": "blurred"})
}

impl Site {
    fn new(readings: &[Value]) -> Self {
        let temp = Temp::new();
        temp.write("pack/ten/election.toml", PACK);
        let folder = temp.join("folder");
        let loaded = packs::from_dir(&temp.join("pack/ten")).unwrap();
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
    fn restarted(self) -> Self {
        let Self { temp, folder, desk, images } = self;
        drop(desk);
        let desk = Desk::open(&folder, Settings::default()).unwrap();
        Self { temp, folder, desk, images }
    }

    fn person(&self, role: Role, name: &str) -> Visitor {
        let account = NewAccount {
            login: name.to_ascii_lowercase(),
            name: name.to_owned(),
            role,
            lang: Lang::En,
            password: None,
        };
        let at = self.desk.clock.timestamp();
        let administrator =
            self.desk.roll.all().into_iter().find(|(_, role, _)| *role == Role::Administrator);
        let by = administrator.map(|(id, ..)| id);
        let id = self.desk.roll.create(&self.desk.store, &at, by.as_ref(), &account).unwrap();
        self.signed_in(id)
    }

    fn signed_in(&self, id: PersonId) -> Visitor {
        let now = self.desk.clock.now();
        let begun = self.desk.sessions.begin(&self.desk.store, &id, Kind::Page, "", now).unwrap();
        Visitor { id, cookie: format!("tallyproof-8080={}", begun.token), csrf: begun.csrf }
    }

    /// An administrator and this many clerks.
    fn clerks(&self, n: usize) -> Vec<Visitor> {
        self.person(Role::Administrator, "Admin");
        (0..n).map(|i| self.person(Role::Clerk, &format!("clerk{i}"))).collect()
    }

    fn app(&self) -> Router {
        router(Arc::clone(&self.desk))
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        answer(self.app(), request).await
    }

    async fn get(&self, who: &Visitor, path: &str) -> Answer {
        self.send(who.get(path)).await
    }

    async fn post(&self, who: &Visitor, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.send(who.post(path, fields)).await
    }

    /// Types a whole sheet under the lease of a page.
    async fn save(&self, who: &Visitor, page: &Answer, values: &[&str]) -> Answer {
        let lease = page.lease();
        self.post(who, "/entry", &form(&lease, values)).await
    }

    fn stage(&self, image: &str) -> Stage {
        self.desk.board.stage(&self.desk.pack, image).unwrap()
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

impl Visitor {
    fn get(&self, path: &str) -> Request<Body> {
        let request =
            Request::get(path).header(header::HOST, "localhost").header(header::COOKIE, &self.cookie);
        request.body(Body::empty()).unwrap()
    }

    fn post(&self, path: &str, fields: &[(&str, &str)]) -> Request<Body> {
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

async fn answer(app: Router, request: Request<Body>) -> Answer {
    let response = app.oneshot(request).await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    let bytes = response.into_body().collect().await.unwrap().to_bytes().to_vec();
    Answer { status, headers, bytes }
}

fn encoded(text: &str) -> String {
    text.bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}

fn form<'f>(lease: &'f str, values: &[&'f str]) -> Vec<(&'f str, &'f str)> {
    let mut all = vec![("lease", lease), ("revision", "3"), ("deed", "save")];
    all.extend(FIELDS.into_iter().zip(values.iter().copied()));
    all
}

/// A small picture, each its own.
fn picture(i: usize) -> Vec<u8> {
    let pixels = (0..40 * 60).map(|p| u8::try_from((p * (i + 3)) % 251).unwrap()).collect();
    encode_grey(40, 60, pixels, 90).unwrap()
}

fn add(store: &Store, bytes: &[u8], mut reading: Value) -> String {
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

fn run<F: Future>(job: F) -> F::Output {
    tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap().block_on(job)
}

#[test]
fn two_people_who_agree_close_a_sheet() {
    let site = Site::new(&[unread()]);
    let [a, b] = site.clerks(2).try_into().ok().unwrap();
    run(async {
        let page = site.get(&a, "/entry").await.is(StatusCode::OK);
        assert_eq!(page.image(), site.images[0]);
        let after = site.save(&a, &page, &SHEET).await.is(StatusCode::OK);
        assert!(!after.has_sheet(), "nobody types a sheet twice");
        assert!(after.text().contains("Saved."));
        assert_eq!(site.stage(&site.images[0]), Stage::SecondEntry);
        assert!(!site.get(&a, "/entry").await.has_sheet());
        let page = site.get(&b, "/entry").await;
        site.save(&b, &page, &SHEET).await.is(StatusCode::OK);
    });
    match site.stage(&site.images[0]) {
        Stage::Settled(Settled { class: EvidenceClass::TwoPeople, definitive: true, sheet: Some(sheet) }) => {
            assert_eq!(sheet.table_id().unwrap().as_str(), "07.11");
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(site.n_events("entry.made"), 2);
}

#[test]
fn a_difference_is_typed_again_alone_and_blind() {
    let site = Site::new(&[unread()]);
    let [a, b, c] = site.clerks(3).try_into().ok().unwrap();
    let mut other = SHEET;
    other[5] = "3777";
    run(async {
        let page = site.get(&a, "/entry").await;
        site.save(&a, &page, &SHEET).await;
        let page = site.get(&b, "/entry").await;
        site.save(&b, &page, &other).await;
        let page = site.get(&c, "/entry").await.is(StatusCode::OK);
        let text = page.text();
        assert!(text.contains("id=\"line-3\"") && !text.contains("id=\"line-2\""), "{text}");
        assert!(!text.contains("3777") && !text.contains("value=\"30\""), "{text}");
        let lease = page.lease();
        let nothing = site.post(&c, "/entry", &[("lease", &lease), ("deed", "save")]).await;
        nothing.is(StatusCode::UNPROCESSABLE_ENTITY);
        let fields = [("lease", lease.as_str()), ("deed", "save"), ("line-3", "30"), ("line-4", "99")];
        site.post(&c, "/entry", &fields).await.is(StatusCode::OK);
    });
    assert!(matches!(site.stage(&site.images[0]), Stage::Settled(_)), "{:?}", site.stage(&site.images[0]));
    assert_eq!(site.n_events("entry.corrected"), 1);
    let again = site.restarted();
    assert!(matches!(again.stage(&again.images[0]), Stage::Settled(_)), "the journal gives the same review");
}

/// What a machine or another person read must be in no byte that a person gets before they saved.
#[test]
fn nothing_that_anybody_read_is_sent_to_who_may_still_enter() {
    let machine =
        ["70.01", "4700101", "4700102", "4700103", "4700104", "4700105", "4700106", "4700107", "4700108"];
    let payload = format!("{}!{},4700109,4700110!4700111!0", machine[0], machine[1..].join(","));
    let crop = json!([10, 10, 20, 10, 20, 20, 10, 20]);
    let print: Vec<Value> = (1..=10)
        .map(|i| {
            json!([format!("line-{i}"), format!("47002{i:02}"), 999, [format!("47001{i:02}"), "other"], crop])
        })
        .collect();
    let read = json!({"outcome": "read", "payload": payload, "print": {"figures": print}});
    let site = Site::new(&[read]);
    let [a, b] = site.clerks(2).try_into().ok().unwrap();
    let is_blind = |answer: &Answer, secrets: &[&str]| {
        let everything = format!("{:?} {}", answer.headers, answer.text());
        for secret in
            secrets.iter().copied().chain(["47001", "47002", "70.01", "IMG_0042", "Maria", "blurred"])
        {
            assert!(!everything.contains(secret), "{secret} in {everything}");
        }
    };
    run(async {
        let mut values = SHEET;
        values[3] = "5500123";
        for path in ["/entry", "/entry/waiting", "/entry/done"] {
            is_blind(&site.get(&a, path).await.is(StatusCode::OK), &[]);
        }
        let page = site.get(&a, "/entry").await;
        assert!(page.text().contains("data-crop=\"10,10,20,10,20,20,10,20\""), "where it stands may be told");
        let lease = page.lease();
        let picture = format!("/images/{}?for={lease}", site.images[0]);
        is_blind(&site.get(&a, &picture).await.is(StatusCode::OK), &[]);
        let mut checked = form(&lease, &values);
        checked[2].1 = "check";
        is_blind(&site.post(&a, "/entry", &checked).await.is(StatusCode::OK), &[]);
        is_blind(&site.post(&a, "/entry/draft", &form(&lease, &values)).await.is(StatusCode::OK), &[]);
        is_blind(&site.post(&a, "/entry", &form(&lease, &["7"])).await, &[]);
        // The machine reads the table otherwise, so the place is typed again by somebody else.
        site.save(&a, &page, &values).await.is(StatusCode::OK);
        assert!(matches!(site.stage(&site.images[0]), Stage::Correction(_)));
        let page = site.get(&b, "/entry").await.is(StatusCode::OK);
        is_blind(&page, &["5500123"]);
        let picture = format!("/images/{}?for={}&figure=line-1", site.images[0], page.lease());
        let crop = site.get(&b, &picture).await.is(StatusCode::OK);
        assert_eq!(crop.headers[header::CONTENT_TYPE], "image/png");
        is_blind(&crop, &["5500123"]);
    });
}

/// A second entry's page is the first entry's, byte by byte.
#[test]
fn nobody_is_told_that_they_are_second() {
    let site = Site::new(&[unread()]);
    let [a, b] = site.clerks(2).try_into().ok().unwrap();
    let plain = |page: &Answer| page.text().replace(&page.lease(), "LEASE");
    run(async {
        let first = site.get(&b, "/entry").await;
        site.desk.clock.pass(16 * 60);
        let page = site.get(&a, "/entry").await;
        site.save(&a, &page, &SHEET).await.is(StatusCode::OK);
        let second = site.get(&b, "/entry").await;
        assert_eq!(plain(&first), plain(&second));
        assert_eq!(first.headers.len(), second.headers.len());
    });
}

#[test]
fn fifty_who_ask_at_once_get_fifty_sheets() {
    let site = Site::new(&vec![unread(); 60]);
    let clerks = site.clerks(50);
    let asked = run(async {
        let jobs: Vec<_> =
            clerks.iter().map(|who| tokio::spawn(answer(site.app(), who.get("/entry")))).collect();
        let mut asked = Vec::new();
        for job in jobs {
            asked.push(job.await.unwrap().is(StatusCode::OK).image());
        }
        for (who, image) in clerks.iter().zip(&asked) {
            assert_eq!(site.get(who, "/entry").await.image(), *image, "the sheet stays until it is saved");
        }
        asked
    });
    let all: std::collections::BTreeSet<&String> = asked.iter().collect();
    assert_eq!(all.len(), 50);
    assert_eq!(site.desk.queue.waiting().n_held, 50);
}

#[test]
fn a_save_sent_again_enters_nothing_twice_and_answers_alike() {
    let site = Site::new(&[unread(), unread()]);
    let [a] = site.clerks(1).try_into().ok().unwrap();
    run(async {
        let page = site.get(&a, "/entry").await;
        let lease = page.lease();
        let twice: Vec<_> = (0..8)
            .map(|_| tokio::spawn(answer(site.app(), a.post("/entry", &form(&lease, &SHEET)))))
            .collect();
        let mut next = Vec::new();
        for job in twice {
            next.push(job.await.unwrap().is(StatusCode::OK).lease());
        }
        next.dedup();
        assert_eq!(next.len(), 1, "every answer is the same next sheet");
        assert_ne!(next[0], lease);
        let later = site.save(&a, &page, &SHEET).await;
        assert!(later.text().contains("saved already"));
    });
    assert_eq!(site.n_events("entry.made"), 1);
    let site = site.restarted();
    let a = site.signed_in(a.id.clone());
    assert!(!run(site.get(&a, "/entry")).lease().is_empty());
}

#[test]
fn after_silence_a_save_counts_unless_somebody_took_the_sheet() {
    let site = Site::new(&[unread()]);
    let [a, b] = site.clerks(2).try_into().ok().unwrap();
    let mut others = SHEET;
    others[13] = "160";
    run(async {
        let page = site.get(&a, "/entry").await;
        site.desk.clock.pass(16 * 60);
        let taken = site.get(&b, "/entry").await;
        assert_eq!(taken.image(), page.image());
        let late = site.save(&a, &page, &SHEET).await.is(StatusCode::OK);
        assert!(late.text().contains("kept as a draft") && !late.has_sheet());
        assert_eq!(site.n_events("entry.made"), 0);
        // They are silent in turn, and nobody asks: then their save counts.
        site.desk.clock.pass(16 * 60);
        site.save(&b, &taken, &others).await.is(StatusCode::OK);
        assert_eq!(site.n_events("entry.made"), 1);
        // The first one's draft comes back, as their own entry.
        let back = site.get(&a, "/entry").await;
        assert!(back.text().contains("value=\"165\""), "{}", back.text());
        assert!(!back.text().contains("value=\"160\""));
        site.save(&a, &back, &SHEET).await.is(StatusCode::OK);
    });
    assert_eq!(site.n_events("entry.made"), 2);
}

#[test]
fn a_closed_laptop_and_a_restarted_server_lose_nothing() {
    let site = Site::new(&[unread(), unread(), unread()]);
    let [a, b] = site.clerks(2).try_into().ok().unwrap();
    let page = run(async {
        let page = site.get(&a, "/entry").await;
        let lease = page.lease();
        let half = form(&lease, &["07", "11", "9", "illegible", "b"]);
        site.post(&a, "/entry/draft", &half).await.is(StatusCode::OK);
        // A beacon that was overtaken changes nothing.
        let mut old = form(&lease, &["99"]);
        old[1].1 = "1";
        site.post(&a, "/entry/draft", &old).await.is(StatusCode::OK);
        page
    });
    let site = site.restarted();
    let (a, b) = (site.signed_in(a.id.clone()), site.signed_in(b.id.clone()));
    run(async {
        // A clock set forward or back takes no sheet from anybody.
        site.desk.clock.jump(-86_400);
        assert_ne!(site.get(&b, "/entry").await.image(), page.image());
        let back = site.get(&a, "/entry").await;
        assert_eq!((back.image(), back.lease()), (page.image(), page.lease()));
        assert!(back.text().contains("value=\"illegible\"") && back.text().contains("value=\"07\""));
        assert!(!back.text().contains("value=\"99\""));
        // And by hand, without a script.
        let lease = back.lease();
        let mut fields = form(&lease, &["07", "11", "950"]);
        fields[2].1 = "pause";
        fields[1].1 = "9";
        let paused = site.post(&a, "/entry", &fields).await.is(StatusCode::SEE_OTHER);
        let done = site.get(&a, paused.headers[header::LOCATION].to_str().unwrap()).await;
        assert!(done.text().contains("What you typed is kept"));
        assert!(site.get(&a, "/entry").await.text().contains("value=\"950\""));
    });
}

#[test]
fn what_says_nothing_is_named_and_never_zero() {
    let site = Site::new(&[unread()]);
    let [a] = site.clerks(1).try_into().ok().unwrap();
    run(async {
        let page = site.get(&a, "/entry").await;
        let mut values = SHEET;
        let hostile = [
            "",
            "-5",
            "1e3",
            "<script>alert(1)</script>",
            "99999999999999999999999999",
            "١٢",
            "1 2",
            "\u{0}7\r\nSet-Cookie: x=1",
        ];
        for text in hostile {
            values[4] = text;
            let wrong = site.save(&a, &page, &values).await.is(StatusCode::UNPROCESSABLE_ENTITY);
            assert!(wrong.text().contains("href=\"#line-2\""), "{text:?}");
            assert!(!wrong.text().contains("<script>alert"), "{text:?}");
            assert!(wrong.headers.get(header::SET_COOKIE).is_none());
            assert!(wrong.text().contains("value=\"165\""), "what else was typed stays");
        }
        let long = "7".repeat(200_000);
        values[4] = &long;
        assert!(site.save(&a, &page, &values).await.bytes.len() < 60_000);
        let lease = page.lease();
        let huge = "x".repeat(400_000);
        let fields = [("lease", lease.as_str()), ("line-1", huge.as_str())];
        site.post(&a, "/entry", &fields).await.is(StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(site.n_events("entry.made"), 0);
        let text = page.text();
        assert!(text.contains("&#60;b&#62;L1") || text.contains("&lt;b&gt;L1"), "labels are text");
        assert!(!text.contains("<script>alert") && !text.contains("<b>L1"));
        for values in [["i"; 15], ["b"; 15]] {
            let saved = site.save(&a, &page, &values).await;
            assert_eq!(saved.status, StatusCode::OK, "{}", saved.text());
        }
    });
    assert_eq!(site.n_events("entry.made"), 1);
}

#[test]
fn findings_have_numbers_and_stop_nobody() {
    let site = Site::new(&[unread(), unread()]);
    let [a] = site.clerks(1).try_into().ok().unwrap();
    let mut values = SHEET;
    (values[2], values[13]) = ("100", "170");
    run(async {
        let page = site.get(&a, "/entry").await;
        let lease = page.lease();
        let mut fields = form(&lease, &values);
        fields[2].1 = "check";
        fields.push(("seen", "S202"));
        let checked = site.post(&a, "/entry", &fields).await.is(StatusCode::OK);
        assert_eq!(checked.lease(), lease);
        let text = checked.text();
        assert!(text.contains("add up to 165, but the sheet gives 170 valid votes"), "{text}");
        assert!(text.contains("There are 176 ballots, but only 100 registered electors"), "{text}");
        assert!(text.contains("value=\"S202\" checked") && !text.contains("value=\"S203\" checked"));
        let saved = site.save(&a, &page, &values).await.is(StatusCode::OK);
        assert!(saved.has_sheet() && saved.text().contains("2 findings on the sheet you saved"));
    });
}

#[test]
fn an_image_is_seen_under_its_lease_upright_and_without_a_word_beside_it() {
    let site = Site::new(&[unread(), unread()]);
    // A photograph taken sideways, with a place and an owner in it.
    let mut photo = picture(77);
    let exif =
        b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0 GPS Maria 10.49N 66.88W";
    let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    let segment = [&[0xFF, 0xE1][..], &length, exif].concat();
    photo.splice(2..2, segment);
    let turned = add(&site.desk.store, &photo, unread());
    site.desk.take_up().unwrap();
    let admin = site.person(Role::Administrator, "Admin");
    let [a, b, c, watcher] = [Role::Clerk, Role::Clerk, Role::Clerk, Role::Observer]
        .map(|role| site.person(role, &format!("p{}", site.desk.roll.all().len())));
    run(async {
        let mut own = Vec::new();
        for who in [&a, &b, &c] {
            let page = site.get(who, "/entry").await;
            own.push((who, page.image(), page.lease()));
        }
        for (who, image, lease) in &own {
            let shown = site.get(who, &format!("/images/{image}?for={lease}")).await.is(StatusCode::OK);
            assert_eq!(shown.headers[header::CONTENT_TYPE], "image/jpeg");
            assert_eq!(shown.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
            assert_eq!(shown.headers[header::CACHE_CONTROL], "private, max-age=31536000, immutable");
            let has = |word: &[u8]| shown.bytes.windows(word.len()).any(|w| w == word);
            assert!(!has(b"Exif") && !has(b"Maria") && !has(b"GPS"));
            let luma = decode_luma(&shown.bytes, &DecodeLimits::default()).unwrap().luma;
            let upright = if *image == turned { (60, 40) } else { (40, 60) };
            assert_eq!((luma.width_px(), luma.height_px()), upright);
        }
        let (_, image, lease) = &own[0];
        site.get(&b, &format!("/images/{image}?for={lease}")).await.is(StatusCode::NOT_FOUND);
        site.get(&b, &format!("/images/{image}?for={}", own[1].2)).await.is(StatusCode::NOT_FOUND);
        site.get(&a, &format!("/images/{image}")).await.is(StatusCode::NOT_FOUND);
        let unknown = sha256_hex(b"unknown");
        site.get(&a, &format!("/images/{unknown}?for={lease}")).await.is(StatusCode::NOT_FOUND);
        for path in ["/images/..%2f..%2ftallyproof.db", "/images/%2e%2e", "/images/x"] {
            site.get(&admin, path).await.is(StatusCode::NOT_FOUND);
        }
        for who in [&admin, &watcher] {
            site.get(who, &format!("/images/{image}")).await.is(StatusCode::OK);
        }
        // What was saved is nobody's sheet at hand any more.
        let page = site.get(&a, "/entry").await;
        site.save(&a, &page, &SHEET).await;
        site.get(&a, &format!("/images/{image}?for={lease}")).await.is(StatusCode::NOT_FOUND);
    });
}

/// Ten lines: one request to save, whose answer is the next sheet; one for its image.
#[test]
fn a_sheet_of_ten_lines_takes_its_digits_a_key_per_field_and_two_requests() {
    let site = Site::new(&[unread(), unread()]);
    let [a] = site.clerks(1).try_into().ok().unwrap();
    run(async {
        let page = site.get(&a, "/entry").await;
        let text = page.text();
        let fields: Vec<&str> =
            text.split("<input id=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
        assert_eq!(fields, FIELDS, "nothing but the figures of the sheet is typed, in printed order");
        let n_digits: usize = SHEET.iter().map(|value| value.len()).sum();
        // The key after the last field saves: the script turns Enter into the next field, and there into the button.
        let n_keys = n_digits + fields.len();
        assert!(n_keys <= n_digits + fields.len() + 1);
        let saved = site.save(&a, &page, &SHEET).await.is(StatusCode::OK);
        assert!(
            saved.has_sheet() && saved.lease() != page.lease(),
            "no request between a save and the next sheet"
        );
        let text = saved.text();
        assert_eq!(text.matches("<img").count(), 1);
        for address in text.split(['"', '\'']).filter(|part| part.starts_with("/assets/")) {
            let asset = site.get(&a, address).await.is(StatusCode::OK);
            assert!(
                asset.headers[header::CACHE_CONTROL].to_str().unwrap().contains("immutable"),
                "{address}"
            );
        }
    });
}

#[test]
fn two_files_of_one_picture_are_typed_once() {
    let site = Site::new(&[unread(), unread(), unread()]);
    let pair = json!({"a": site.images[0], "b": site.images[1], "version": 1, "same": true});
    site.desk.store.append("pictures.compared", json!({"pairs": [pair]}), Value::Null).unwrap();
    site.desk.take_up().unwrap();
    assert_eq!(site.desk.queue.waiting().n_first, 2);
    let site = site.restarted();
    assert_eq!(site.desk.queue.waiting().n_first, 2);
    let [a, b] = site.clerks(2).try_into().ok().unwrap();
    run(async {
        let mut own = Vec::new();
        for who in [&a, &b] {
            let page = site.get(who, "/entry").await;
            own.push(page.image());
            site.save(who, &page, &SHEET).await;
        }
        for who in [&a, &b] {
            let page = site.get(who, "/entry").await;
            assert!(own.contains(&page.image()), "the other file is never asked for");
            site.save(who, &page, &SHEET).await;
            assert!(!site.get(who, "/entry").await.has_sheet());
        }
    });
}

#[test]
fn what_machines_agree_on_and_what_cannot_be_shown_waits_for_nobody() {
    let lines: Vec<String> = (1..=10).map(|i| i.to_string()).collect();
    let payload = format!("07.11!{}!6!0", lines.join(","));
    let mut figures: Vec<Value> = (1..=10)
        .map(|i| json!([format!("line-{i}"), i.to_string(), 999, [i.to_string(), "same"], null]))
        .collect();
    figures.extend([
        json!(["table-1", "07", 999, ["07", "same"], null]),
        json!(["table-2", "11", 999, ["11", "same"], null]),
        json!(["null", "6", 999, ["6", "same"], null]),
    ]);
    let agreed = json!({"outcome": "read", "payload": payload, "print": {"figures": figures}});
    let code_only = json!({"outcome": "read", "payload": payload});
    let unusable = json!({"outcome": "not-usable", "cause": "corrupt-file"});
    let site = Site::new(&[agreed, code_only, unusable]);
    assert_eq!(site.stage(&site.images[0]), Stage::Confirmed);
    assert_eq!(site.desk.queue.waiting().n_first, 1);
    let [a] = site.clerks(1).try_into().ok().unwrap();
    let mut values = SHEET;
    values[3..13].clone_from_slice(&["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"]);
    (values[13], values[14]) = ("55", "6");
    run(async {
        let page = site.get(&a, "/entry").await;
        assert_eq!(page.image(), site.images[1]);
        site.save(&a, &page, &values).await.is(StatusCode::OK);
    });
    let class = match site.stage(&site.images[1]) {
        Stage::Settled(settled) => settled.class,
        other => panic!("{other:?}"),
    };
    assert_eq!(class, EvidenceClass::PersonAndMachine, "one person who agrees with the code is enough");
}

#[test]
fn two_people_see_no_sheet_before_an_image_is_closed_and_counts_are_ones_own() {
    let site = Site::new(&[unread()]);
    let [a, b] = site.clerks(2).try_into().ok().unwrap();
    run(async {
        for who in [&a, &b] {
            let page = site.get(who, "/entry").await;
            site.desk.clock.pass(30);
            let lease = page.lease();
            let fields = [("lease", lease.as_str()), ("deed", "not-a-sheet")];
            site.post(who, "/entry", &fields).await.is(StatusCode::OK);
        }
        let done = site.get(&a, "/entry/done").await.is(StatusCode::OK).text();
        assert!(done.contains("<dd>1</dd>") && done.contains("<dd>30</dd>"), "{done}");
        assert!(!done.contains(&site.images[0]));
    });
    assert!(matches!(site.stage(&site.images[0]), Stage::Settled(Settled { sheet: None, .. })));
}

#[test]
fn who_was_more_than_a_clerk_enters_nothing() {
    let site = Site::new(&[unread()]);
    let admin = site.person(Role::Administrator, "Admin");
    let once = site.person(Role::Coordinator, "once");
    run(async {
        site.get(&once, "/entry").await.is(StatusCode::FORBIDDEN);
        site.get(&admin, "/entry").await.is(StatusCode::FORBIDDEN);
        let at = site.desk.clock.timestamp();
        site.desk.roll.change_role(&site.desk.store, &at, &admin.id, &once.id, Role::Clerk).unwrap();
        let page = site.get(&once, "/entry").await.is(StatusCode::OK);
        assert!(!page.has_sheet() && page.text().contains("You cannot enter sheets"));
        // Nor under somebody else's lease.
        let clerk = site.person(Role::Clerk, "clerk");
        let lease = site.get(&clerk, "/entry").await.lease();
        let stolen = site.post(&once, "/entry", &form(&lease, &SHEET)).await;
        assert!(!stolen.has_sheet());
    });
    assert_eq!(site.n_events("entry.made"), 0);
    let _ = Access::Read;
    assert!(site.temp.path().exists());
}
