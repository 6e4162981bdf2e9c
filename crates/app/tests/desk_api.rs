//! The interface for programs: what its description says, what its page of documentation shows, and what it answers.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::{Method, Request, header};
use serde_json::Value;
use tallyproof::web::door::{self, DoorSettings};
use tallyproof::web::rights::{Allowed, routes};
use tallyproof::web::session::Kind;
use tallyproof_core::journal::sha256_hex;
use tallyproof_core::people::{PersonId, Role};

use crate::desk_door::{office, wait};
use crate::desk_support::{Answer, Office};
use crate::images::JPEG;

/// A program's token.
pub(crate) fn token(office: &Office, person: &PersonId) -> String {
    let desk = &office.desk;
    desk.sessions.begin(&desk.store, person, Kind::Api, "test", desk.clock.now()).unwrap().token
}

/// A request of a program.
pub(crate) fn ask(office: &Office, method: Method, path: &str, token: &str, body: impl Into<Body>) -> Answer {
    let request = Request::builder().method(method).uri(path);
    let request = match token {
        "" => request,
        token => request.header(header::AUTHORIZATION, format!("Bearer {token}")),
    };
    office.send(request.body(body.into()).unwrap())
}

fn json(answer: &Answer) -> Value {
    serde_json::from_str(&answer.text).unwrap_or_else(|error| panic!("{error}: {}", answer.text))
}

#[test]
fn the_description_names_every_route_and_no_other() {
    let (office, _) = office(|_| DoorSettings::default());
    let answer = ask(&office, Method::GET, "/api/v1/openapi.json", "", Body::empty()).is(200);
    let described = json(&answer);
    assert!(described["openapi"].as_str().unwrap().starts_with("3.1"));
    let mut named = BTreeSet::new();
    for (path, operations) in described["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            named.insert((method.to_uppercase(), path.clone()));
            assert!(operation["responses"]["200"].is_object(), "{path}");
            let is_open = operation["security"] == serde_json::json!([{}]);
            let route = routes().into_iter().find(|r| r.path == path).unwrap();
            assert_eq!(is_open, route.allowed == Allowed::Anyone, "{path}");
        }
    }
    let is_api = |path: &str| path.starts_with("/api/");
    let there = routes().into_iter().filter(|r| is_api(r.path));
    let there: BTreeSet<_> = there.map(|r| (r.method.to_string(), r.path.to_owned())).collect();
    assert_eq!(named, there);
}

#[test]
fn refusals_are_problems_with_a_remedy() {
    let (office, admin) = office(|_| DoorSettings::default());
    let [_, coordinator, clerk, _] = office.team(&admin);
    let (coordinator, clerk) = (token(&office, &coordinator.id), token(&office, &clerk.id));
    let cases = [
        ("/api/v1/status", "", 401, "sign-in"),
        ("/api/v1/status", "wrong", 401, "sign-in"),
        ("/api/v1/events", clerk.as_str(), 403, "role"),
        ("/api/v1/images/x", coordinator.as_str(), 404, "not-found"),
        ("/api/v1/none", coordinator.as_str(), 404, "not-found"),
        ("/api/v1/events?from=-1", coordinator.as_str(), 422, "unreadable"),
        ("/api/v1/events?limit=many", coordinator.as_str(), 422, "unreadable"),
    ];
    for (path, token, status, code) in cases {
        let answer = ask(&office, Method::GET, path, token, Body::empty()).is(status);
        assert_eq!(answer.header("content-type"), "application/problem+json", "{path}");
        let problem = json(&answer);
        assert_eq!((&problem["status"], &problem["code"]), (&status.into(), &code.into()), "{path}");
        assert_eq!(problem["type"], "about:blank");
        for text in ["title", "detail", "remedy"] {
            assert!(!problem[text].as_str().unwrap().is_empty(), "{path}: no {text}");
        }
    }
    // A token opens nothing that is made for people.
    ask(&office, Method::GET, "/accounts", &token(&office, &admin.id), Body::empty()).is(303);
}

#[test]
fn a_picture_is_put_once_however_often_it_is_sent() {
    let (office, admin) = office(|_| DoorSettings::default());
    let [_, coordinator, clerk, observer] = office.team(&admin);
    let background = door::open(&office.desk).unwrap();
    let (keeper, others) = (token(&office, &coordinator.id), [&clerk.id, &observer.id]);
    let sha256 = sha256_hex(&JPEG);
    let path = format!("/api/v1/images/{sha256}?source=phones&name=a.jpg");
    let put = |path: &str, token: &str, bytes: &[u8]| ask(&office, Method::PUT, path, token, bytes.to_vec());
    for other in others {
        put(&path, &token(&office, other), &JPEG).is(403);
    }
    put(&path, "", &JPEG).is(401);
    let first = json(&put(&path, &keeper, &JPEG).is(201));
    assert_eq!((&first["new"], &first["sha256"]), (&true.into(), &sha256.as_str().into()));
    wait("reading", || office.desk.store.n_originals().unwrap() == (1, 0));
    assert_eq!(json(&put(&path, &keeper, &JPEG).is(200))["new"], false);
    // Pictures are compared in the background, which is an event too.
    let page = json(&ask(&office, Method::GET, "/api/v1/events?limit=200", &keeper, Body::empty()).is(200));
    let n_of = |kind: &str| page["events"].as_array().unwrap().iter().filter(|e| e["kind"] == kind).count();
    assert_eq!((n_of("image.added"), n_of("image.read")), (1, 1), "put once, read once");
    let refused = [
        (format!("/api/v1/images/{}", "0".repeat(64)), JPEG.as_slice(), 409, "door-put-mismatch"),
        (format!("/api/v1/images/{}", sha256.to_uppercase()), &JPEG, 404, "not-found"),
        (format!("/api/v1/images/{sha256}?source=a@b.c"), &JPEG, 422, "door-put-source"),
        (format!("/api/v1/images/{sha256}?name=a%0d%0ab"), &JPEG, 422, "door-put-name"),
        (format!("/api/v1/images/{}", sha256_hex(b"text")), b"text", 422, "door-put-not-an-image"),
        (format!("/api/v1/images/{}", sha256_hex(b"")), b"", 422, "door-put-not-an-image"),
    ];
    for (path, bytes, status, code) in refused {
        let problem = json(&put(&path, &keeper, bytes).is(status));
        assert_eq!(problem["code"], code, "{path}");
        assert!(!problem["remedy"].as_str().unwrap().is_empty());
    }
    let known = json(&ask(&office, Method::GET, &path, &keeper, Body::empty()).is(200));
    assert_eq!((&known["sources"][0], &known["reading"]["outcome"]), (&"phones".into(), &"read".into()));
    assert!(known["reading"].get("signature").is_none() && !known.to_string().contains("a.jpg"));
    let status = json(&ask(&office, Method::GET, "/api/v1/status", &keeper, Body::empty()).is(200));
    assert_eq!((&status["images"], &status["images_pending"]), (&1.into(), &0.into()));
    assert_eq!(status["role"], "coordinator");
    drop(background);
}

#[test]
fn the_journal_is_read_in_pages_and_its_chain_holds() {
    let (office, admin) = office(|_| DoorSettings::default());
    office.team(&admin);
    let token = token(&office, &admin.id);
    let (mut from, mut seen, mut prev) = (1, 0, None);
    loop {
        let path = format!("/api/v1/events?from={from}&limit=2");
        let answer = ask(&office, Method::GET, &path, &token, Body::empty()).is(200);
        let page = json(&answer);
        for event in page["events"].as_array().unwrap() {
            seen += 1;
            assert_eq!(event["seq"], seen);
            let bytes = tallyproof_core::canonical::canonical_json(event).unwrap();
            // The very bytes that are hashed.
            assert!(answer.text.contains(std::str::from_utf8(&bytes).unwrap()));
            assert!(prev.is_none_or(|prev: String| event["prev"] == prev));
            prev = Some(sha256_hex(&bytes));
        }
        match page["next"].as_u64() {
            Some(next) => from = next,
            None => break,
        }
    }
    assert_eq!(seen, office.desk.store.n_events().unwrap());
    let all = ask(&office, Method::GET, "/api/v1/events?from=999&limit=5", &token, Body::empty()).is(200);
    assert_eq!(json(&all)["events"], serde_json::json!([]));
    assert!(!all.text.contains("Name of"));
}

#[test]
fn what_it_adds_up_to_is_what_the_pages_show() {
    let (office, admin) = office(|_| DoorSettings::default());
    let [_, coordinator, clerk, observer] = office.team(&admin);
    let keeper = token(&office, &coordinator.id);
    let background = door::open(&office.desk).unwrap();
    for photo in crate::images::CLEAN.iter() {
        let bytes = photo.to_jpeg();
        let path = format!("/api/v1/images/{}", sha256_hex(&bytes));
        ask(&office, Method::PUT, &path, &keeper, bytes).is(201);
    }
    wait("reading", || office.desk.store.n_originals().unwrap() == (3, 0));
    let watcher = token(&office, &observer.id);
    let get = |path: &str| ask(&office, Method::GET, path, &watcher, Body::empty());
    let results = get("/api/v1/results").is(200);
    assert_eq!(json(&results)["tabulation"]["n_tables_seen"], 3);
    assert_eq!(results.header("etag"), format!("\"{}\"", sha256_hex(results.text.as_bytes())));
    let (mut after, mut tables) = (String::new(), Vec::new());
    loop {
        let page = json(&get(&format!("/api/v1/sheets?limit=2{after}")).is(200));
        // Tables before a numbered one that nobody gives a sheet of have no status.
        let rows = page["sheets"].as_array().unwrap().iter().filter(|row| row["status"].is_string());
        tables.extend(rows.map(|row| row["table"].to_string()));
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    assert_eq!(tables, ["\"110601011.04\"", "\"150702005.02\"", "\"201301006.01\""]);
    let sheet = json(&get("/api/v1/sheets/201301006.01").is(200));
    assert_eq!(sheet["sheet"]["votes"]["NM"], 188);
    get("/api/v1/sheets/999999999.99").is(404);
    let found = json(&get("/api/v1/findings?limit=1").is(200));
    assert_eq!(found["findings"].as_array().unwrap().len() as u64, found["of"].as_u64().unwrap().min(1));
    get("/api/v1/findings?from=18446744073709551615").is(200);
    assert!(json(&get("/api/v1/claims").is(200))["part"].is_array());
    assert!(json(&get("/api/v1/audits").is(200))["part"].is_object());
    let waiting = json(&get("/api/v1/queue").is(200));
    assert!(waiting["first_entry"].is_u64());
    let clerk = token(&office, &clerk.id);
    for path in
        ["results", "sheets", "sheets/201301006.01", "findings", "claims", "audits", "queue", "events"]
    {
        ask(&office, Method::GET, &format!("/api/v1/{path}"), &clerk, Body::empty()).is(403);
    }
    drop(background);
}

/// Every `curl` of the page is run against the router, and answers with the status that the page says.
#[test]
fn the_page_of_documentation_is_true() {
    let page = include_str!("../../../docs/api.md");
    let (office, admin) = office(|_| DoorSettings::default());
    let coordinator = office.seat("coordinator", Role::Coordinator, Some(&admin.id));
    let token = token(&office, &coordinator.id);
    let sha256 = sha256_hex(&JPEG);
    // Read by the time that the tables are asked for.
    let background = door::open(&office.desk).unwrap();
    let mut n = 0;
    let mut lines = page.lines().peekable();
    while let Some(line) = lines.next() {
        let Some(call) = line.strip_prefix("$ curl ") else { continue };
        let mut call = call.to_owned();
        while call.ends_with('\\') {
            call.pop();
            call.push_str(lines.next().unwrap().trim());
        }
        let status: u16 = lines.next().unwrap().strip_prefix("# ").unwrap()[..3].parse().unwrap();
        let call = call.replace("$TOKEN", &token).replace("$DESK", "").replace("$HASH", &sha256);
        let words = words(&call);
        let has = |flag: &str| words.iter().position(|word| word == flag);
        let after = |flag: &str| has(flag).map(|at| words[at + 1].as_str());
        if call.contains("/api/v1/results") {
            wait("reading", || office.desk.store.n_originals().unwrap() == (1, 0));
        }
        let method = after("-X").unwrap_or("GET").parse().unwrap();
        let path = words.iter().find(|word| word.starts_with("/api/")).unwrap();
        let header = after("-H").unwrap_or_default();
        let bearer = header.strip_prefix("Authorization: Bearer ").unwrap_or_default();
        let body = match after("--data-binary") {
            Some("@sheet.jpg") => JPEG.clone(),
            Some(other) => panic!("{other}"),
            None => Vec::new(),
        };
        let answer = ask(&office, method, path, bearer, body).is(status);
        if let Some(shown) = lines.peek().and_then(|line| line.strip_prefix("# shows ")) {
            let found = json(&answer);
            for name in shown.split(", ") {
                assert!(found.get(name.trim_matches('`')).is_some(), "{path}: no {name} in {found}");
            }
        }
        n += 1;
    }
    assert!(n >= 13, "{n} calls");
    drop(background);
}

/// Words of a shell's line, with quotes.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), String::new(), None);
    for c in line.chars() {
        match (c, quote) {
            (c, Some(open)) if c == open => quote = None,
            ('\'' | '"', None) => quote = Some(c),
            (' ', None) => words.extend(Some(std::mem::take(&mut word)).filter(|word| !word.is_empty())),
            (c, _) => word.push(c),
        }
    }
    words.extend(Some(word).filter(|word| !word.is_empty()));
    words
}
