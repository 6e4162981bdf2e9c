//! The desk's door: headers, hosts, signing in, sessions and their ends, accounts and their removal.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, header};
use tallyproof::store::SessionRow;
use tallyproof::web::clock::Moment;
use tallyproof::web::desk::Settings;
use tallyproof::web::headers::POLICY;
use tallyproof::web::links::Purpose;
use tallyproof::web::rights::routes;
use tallyproof::web::session::{Kind, Sessions};
use tallyproof_core::people::Role;

use crate::desk_support::{Answer, Office, PASSWORD, Seat, form, request};

const PACK: &str = "costa-serena-2031";

#[track_caller]
fn has_headers(answer: &Answer, is_tls: bool, what: &str) {
    assert_eq!(answer.header("content-security-policy"), POLICY, "{what}");
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        (
            "strict-transport-security",
            if is_tls && !what.contains("this machine") { "max-age=63072000" } else { "" },
        ),
    ] {
        assert_eq!(answer.header(name), value, "{what}: {name}");
    }
    let is_asset = what.contains("/assets/") && answer.status == 200;
    assert_eq!(answer.header("cache-control") == "no-store", !is_asset, "{what}");
    assert_eq!(answer.header("x-worded"), "", "{what}");
    assert!(!answer.text.contains("style=") && !answer.text.contains("<script>"), "{what}: CSP forbids it");
}

#[test]
fn every_route_has_its_headers_signed_in_or_not_refused_or_not() {
    for is_tls in [false, true] {
        let hosts = vec!["desk.lan".into(), "localhost".into()];
        let office = Office::empty(PACK).with(Settings { is_tls, hosts, ..Settings::default() });
        let administrator = office.seat("admin", Role::Administrator, None);
        let mut paths: Vec<(Method, String)> =
            routes().into_iter().map(|r| (r.method, r.path.replace("{name}", "desk.css"))).collect();
        paths.extend([(Method::GET, "/nowhere".into()), (Method::DELETE, "/login".into())]);
        for (method, path) in paths {
            for seat in [None, Some(office.again(&administrator.id))] {
                let request = request(method.clone(), &path, seat.as_ref())
                    .header(header::HOST, "desk.lan:8080")
                    .body(Body::empty())
                    .unwrap();
                let answer = if path == "/live" { office.head_of(request) } else { office.send(request) };
                has_headers(&answer, is_tls, &format!("{method} {path} {}", seat.is_some()));
                assert!(answer.status != 500, "{method} {path}: {}", answer.text);
            }
        }
        has_headers(&office.get("/login", None), is_tls, "this machine");
        let wrong = request(Method::GET, "/login", None).header(header::HOST, "evil.example");
        has_headers(&office.send(wrong.body(Body::empty()).unwrap()), is_tls, "another host");
    }
}

#[test]
fn refusals_are_pages_in_words() {
    let (office, administrator) = Office::new(PACK);
    let clerk = office.seat("clerk", Role::Clerk, Some(&administrator.id));
    office.get("/nowhere", None).is(404).says("There is nothing here.").says("<main");
    office.get("/nowhere?lang=es", None).is(404).says("Aquí no hay nada.").says("lang=\"es\"");
    office.get("/nowhere", Some(&clerk)).is(404).says("Name of clerk");
    office.get("/accounts", Some(&clerk)).is(403).says("Your role may not do this.").says("Name of clerk");
    office.get("/accounts", None).leads_to("/login?next=/accounts");
    office.get("/me?a=1&b=%2F%2Fx", None).leads_to("/login?next=/me%3Fa%3D1%26b%3D%252F%252Fx");
    let answer =
        office.send(request(Method::DELETE, "/me", Some(&clerk)).body(Body::empty()).unwrap()).is(405);
    assert_eq!(answer.header("allow"), "GET,HEAD");
    answer.says("This address does not take that.");
    // A form without what the page takes, and one that is none.
    office.post("/language", &clerk, &[]).is(422).says("cannot be read");
    office.post("/language", &clerk, &[("lang", "xx")]).is(422).says("cannot be read");
    let json = request(Method::POST, "/login", None).header("content-type", "application/json");
    office.send(json.body(Body::from("{}")).unwrap()).is(415).says("cannot be read");
    // An API's refusal is for programs.
    office.get("/api/v1/nothing", None).is(404).says("\"code\":\"not-found\"");
}

#[test]
fn only_the_desk_s_own_names_are_answered() {
    let (office, _) = Office::new(PACK);
    let asked = |hosts: &[&str]| {
        let all =
            hosts.iter().fold(request(Method::GET, "/login", None), |r, host| r.header(header::HOST, *host));
        office.send(all.body(Body::empty()).unwrap()).status.as_u16()
    };
    for host in ["localhost:8080", "LOCALHOST", "127.0.0.1:9", "[::1]:8080"] {
        assert_eq!(asked(&[host]), 200, "{host}");
    }
    for host in
        ["evil.example", "localhost.evil.example", "127.0.0.1.nip.io:8080", "", "127.0.0.2", "[::1", "::1"]
    {
        assert_eq!(asked(&[host]), 421, "{host}");
    }
    assert_eq!(asked(&["localhost:8080", "evil.example"]), 421);
}

#[test]
fn bodies_are_bounded_in_size_and_in_time() {
    let settings = Settings { form_within: Duration::from_millis(150), ..Settings::default() };
    let office = Office::empty(PACK).with(settings);
    let administrator = office.seat("admin", Role::Administrator, None);
    let big = "x".repeat(300 << 10);
    office.post_stranger("/login", &[("login", "a"), ("password", &big)]).is(413).says("too much at once");
    office.post("/me/tokens", &administrator, &[("label", &big)]).is(413).says("too much at once");
    // Without a length the bytes are counted.
    let chunks = tokio_stream::iter((0..100).map(|_| Ok::<_, std::io::Error>(vec![b'x'; 4096])));
    let unsized_form = |seat, body| {
        request(Method::POST, "/language", Some(seat))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body)
            .unwrap()
    };
    office.send(unsized_form(&administrator, Body::from_stream(chunks))).is(413);
    let endless = Body::from_stream(tokio_stream::pending::<Result<Vec<u8>, std::io::Error>>());
    office.send(unsized_form(&administrator, endless)).is(408).says("That took too long.");
}

#[test]
fn the_first_link_makes_one_administrator_once() {
    let office = Office::empty(PACK);
    office.get("/", None).leads_to("/login");
    office.get("/login", None).is(200).says("Nobody can sign in yet.");
    office.get("/first?key=wrong", None).is(410).says("leads nowhere");
    office.get("/first", None).is(410);
    let key = office.desk.first_key().unwrap().unwrap();
    let link = format!("/first?key={key}");
    office.get(&link, None).is(200).says("The first administrator");
    let fields = |password: &'static str, again: &'static str, login: &'static str| {
        [
            ("key", key.clone()),
            ("name", "Ana".into()),
            ("login", login.into()),
            ("password", password.into()),
            ("again", again.into()),
        ]
    };
    let sent = |fields: [(&str, String); 5]| {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        office.post_stranger("/first", &fields)
    };
    sent(fields("short", "short", "ana")).is(422).says("too short");
    sent(fields(PASSWORD, "another", "ana")).is(422).says("differ").says("value=\"Ana\"");
    sent(fields(PASSWORD, PASSWORD, "a b")).is(422).says("cannot be a sign-in name");
    // Two at once make one.
    let (one, other) = std::thread::scope(|threads| {
        let send = || threads.spawn(|| sent(fields(PASSWORD, PASSWORD, "ana")));
        let (one, other) = (send(), send());
        (one.join().unwrap(), other.join().unwrap())
    });
    let mut both = [one.status.as_u16(), other.status.as_u16()];
    both.sort_unstable();
    assert_eq!(both, [303, 410], "{}\n{}", one.text, other.text);
    let made = if one.status == 303 { one } else { other };
    let cookie = made.header("set-cookie").to_owned();
    assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Strict"), "{cookie}");
    made.leads_to("/accounts");
    office.get(&link, None).is(410);
    assert_eq!(office.desk.roll.all().len(), 1);
    let office = office.restarted();
    assert_eq!(office.desk.first_key().unwrap(), None);
    office.get(&link, None).is(410);
    let signed_in = office.post_stranger("/login", &[("login", " ANA "), ("password", PASSWORD)]);
    signed_in.leads_to("/");
}

#[test]
fn under_tls_cookies_are_bound_to_the_host() {
    let office = Office::empty(PACK).with(Settings { is_tls: true, ..Settings::default() });
    office.account("ana", Role::Administrator);
    let answer = office.post_stranger("/login", &[("login", "ana"), ("password", PASSWORD)]);
    let cookie = answer.header("set-cookie").to_owned();
    assert!(cookie.starts_with("__Host-tallyproof-8080="), "{cookie}");
    assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Strict; Secure"), "{cookie}");
}

#[test]
fn next_leads_nowhere_else_and_sets_no_header() {
    let office = Office::empty(PACK);
    office.account("ana", Role::Administrator);
    let next = |next: &str| {
        let answer =
            office.post_stranger("/login", &[("login", "ana"), ("password", PASSWORD), ("next", next)]);
        assert_eq!(answer.headers.get_all("set-cookie").iter().count(), 1);
        answer.header("location").to_owned()
    };
    assert_eq!(next("/me"), "/me");
    for bad in ["//evil.example", "https://evil.example", "/\\evil.example", "/x\r\nSet-Cookie: a=b", "me"] {
        assert_eq!(next(bad), "/", "{bad:?}");
    }
    let shown = office.get("/login?next=%22%3E%3Cscript%3E", None).is(200);
    assert!(!shown.text.contains("<script"));
}

#[test]
fn guessing_gets_slow_and_unknown_names_answer_the_same() {
    let office = Office::empty(PACK);
    office.account("ana", Role::Administrator);
    office.desk.clock.stop();
    let tried = |login: &str, password: &str| {
        office.post_stranger("/login", &[("login", login), ("password", password)])
    };
    let (known, unknown) = (tried("ana", "wrong password"), tried("eva", "wrong password"));
    assert_eq!((known.status.as_u16(), known.text.replace("ana", "eva")), (403, unknown.text.clone()));
    assert_eq!(known.headers, unknown.headers);
    for login in ["ana", "eva"] {
        for _ in 0..4 {
            tried(login, "wrong password").is(403).says("Name or password is wrong.");
        }
        // The right password too: nobody learns that it was.
        let slowed = tried(login, PASSWORD).is(429).says("Too many tries.");
        assert_eq!(slowed.header("retry-after"), "2");
    }
    office.desk.clock.jump(1_000_000);
    tried("ana", PASSWORD).is(429);
    office.desk.clock.pass(2);
    tried("ana", PASSWORD).leads_to("/");
    tried("ana", "wrong password").is(403);
}

fn is_in(office: &Office, seat: &Seat) -> bool {
    office.get("/me", Some(seat)).status == 200
}

#[test]
fn sessions_end() {
    let (office, administrator) = Office::new(PACK);
    let (clock, id) = (&office.desk.clock, &administrator.id);
    // Whoever does something stays, until the longest day is over.
    let busy = office.again(id);
    let mut passed_s = 0;
    while passed_s <= 14 * 3600 {
        assert!(is_in(&office, &busy), "after {passed_s} s");
        clock.pass(29 * 60);
        passed_s += 29 * 60;
    }
    assert!(!is_in(&office, &busy));
    // Whoever does nothing goes, and so does a page that asks by itself.
    let idle = office.again(id);
    let by_itself = || {
        let asked =
            request(Method::GET, "/me", Some(&idle)).header("x-live", "1").body(Body::empty()).unwrap();
        office.send(asked).status
    };
    clock.pass(20 * 60);
    assert_eq!(by_itself(), 200);
    clock.pass(11 * 60);
    assert_eq!(by_itself(), 303);
    // Signed out here, elsewhere, everywhere.
    let (a, b, c) = (office.again(id), office.again(id), office.again(id));
    office.post("/logout", &a, &[]).leads_to("/login");
    assert!(!is_in(&office, &a) && is_in(&office, &b));
    let other = office.seat("other", Role::Clerk, Some(id));
    let keys = |person| office.desk.sessions.of(person, clock.now());
    let foreign = keys(&other.id)[0].key.clone();
    office.post("/me/sessions/end", &b, &[("key", &foreign)]).is(404);
    let mine = office.get("/me", Some(&c)).is(200).text.matches("name=\"key\"").count();
    assert_eq!(mine, keys(id).len() - 1);
    office.post("/me/sessions/end-all", &b, &[]).leads_to("/login");
    assert!(!is_in(&office, &b) && !is_in(&office, &c) && is_in(&office, &other));
}

#[test]
fn what_ended_stays_ended() {
    let (office, administrator) = Office::new(PACK);
    let [a, b, c] = [(); 3].map(|()| office.again(&administrator.id));
    office.post("/logout", &a, &[]).leads_to("/login");
    let other = office.desk.sessions.of(&administrator.id, office.desk.clock.now());
    assert_eq!(other.len(), 3);
    office.desk.sessions.flush(&office.desk.store, office.desk.clock.now()).unwrap();
    let office = office.restarted();
    assert!(!is_in(&office, &a) && is_in(&office, &b) && is_in(&office, &c));
    office.post("/me/sessions/end-all", &b, &[]).leads_to("/login");
    let office = office.restarted();
    assert!(!is_in(&office, &b) && !is_in(&office, &c));
}

#[test]
fn a_projector_stays_and_its_day_ends_all_the_same() {
    let (office, administrator) = Office::new(PACK);
    let observer = office.seat("wall", Role::Observer, Some(&administrator.id));
    let by_itself = || {
        let asked =
            request(Method::GET, "/me", Some(&observer)).header("x-live", "1").body(Body::empty()).unwrap();
        office.send(asked).status
    };
    // Never idle for half an hour, whatever time the asking itself takes; fourteen hours and a minute in all.
    for _ in 0..29 {
        assert_eq!(by_itself(), 200);
        office.desk.clock.pass(29 * 60);
    }
    assert_eq!(by_itself(), 303);
}

#[test]
fn a_clock_that_jumps_lets_nobody_stay_or_in() {
    let (office, administrator) = Office::new(PACK);
    let clock = &office.desk.clock;
    let seat = office.again(&administrator.id);
    // Set back a day, a session does not live a day longer.
    clock.jump(-86_400);
    assert!(is_in(&office, &seat));
    clock.pass(31 * 60);
    assert!(!is_in(&office, &seat));
    // Set forward, or after a night asleep, it ends; nobody is let in.
    let seat = office.again(&administrator.id);
    clock.jump(86_400);
    assert!(!is_in(&office, &seat));
    clock.jump(-86_400);
    assert!(!is_in(&office, &seat));
    let link = office.desk.links.make(Purpose::Password(administrator.id), clock.now()).unwrap();
    clock.jump(3 * 86_400);
    office.get(&format!("/password?key={link}"), None).is(410);
}

#[test]
fn between_two_runs_the_wall_clock_is_believed_within_bounds() {
    let (office, administrator) = Office::new(PACK);
    let store = &office.desk.store;
    let row = |token: &str, kind: &str| SessionRow {
        token: tallyproof_core::journal::sha256_hex(token.as_bytes()),
        person: administrator.id.to_string(),
        kind: kind.into(),
        label: String::new(),
        csrf: "csrf".into(),
        created: 1_000_000,
        seen: 1_003_000,
        lived: 3_000,
    };
    store.begin_session(&row("page", "page")).unwrap();
    store.begin_session(&row("api", "api")).unwrap();
    let holds = |token: &str, kind: Kind, wall_s: i64, run_s: i64| {
        let sessions = Sessions::open(store, 1800, Moment { run_s: 0, wall_s }).unwrap();
        sessions.find(token, kind, true, Moment { run_s, wall_s: wall_s + run_s }).is_some()
    };
    assert!(holds("page", Kind::Page, 1_003_010, 0));
    assert!(holds("page", Kind::Page, 1_002_990, 0));
    // Too long away; a clock that lost hours; one that gained years.
    assert!(!holds("page", Kind::Page, 1_003_000 + 1801, 0));
    assert!(!holds("page", Kind::Page, 1_003_000 - 301, 0));
    assert!(!holds("page", Kind::Page, 9_000_000, 0));
    // What it lived already counts, whatever the wall clock says: here it stands at the beginning again.
    assert!(!holds("api", Kind::Api, 1_000_000, 90 * 86_400 - 2_999));
    assert!(holds("api", Kind::Api, 1_000_000, 90 * 86_400 - 3_001));
    assert!(!holds("page", Kind::Api, 1_003_010, 0) && !holds("api", Kind::Page, 1_003_010, 0));
}

#[test]
fn tokens_for_programs_are_shown_once_and_revoked() {
    let (office, administrator) = Office::new(PACK);
    office.post("/me/tokens", &administrator, &[("label", " ")]).is(422).says("Say what the token is for.");
    let page = office.post("/me/tokens", &administrator, &[("label", "<b>phone</b>")]).is(200);
    let token = page.text.split("class=\"secret\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let now = office.desk.clock.now();
    let found = office.desk.sessions.find(&token, Kind::Api, true, now).unwrap();
    let again = office.get("/me", Some(&administrator)).is(200);
    assert!(!again.text.contains(&token) && !again.text.contains("<b>phone"));
    // Nothing kept could be used: neither the token nor a page of the database holds it.
    assert!(!office.files_hold(&token));
    office.desk.clock.pass(60 * 86_400);
    let administrator = office.again(&administrator.id);
    assert!(office.desk.sessions.find(&token, Kind::Api, true, office.desk.clock.now()).is_some());
    office.post("/me/sessions/end", &administrator, &[("key", &found.key)]).leads_to("/me");
    assert!(office.desk.sessions.find(&token, Kind::Api, true, office.desk.clock.now()).is_none());
}

#[test]
fn passwords_are_changed_by_who_knows_the_old_one() {
    let office = Office::empty(PACK);
    let ana = office.account("ana", Role::Administrator);
    let (here, there) = (office.again(&ana), office.again(&ana));
    let change = |now: &str, new: &str, again: &str| {
        office.post("/me/password", &here, &[("now", now), ("password", new), ("again", again)])
    };
    change("wrong password", "another long sentence", "another long sentence").is(422).says("is another one");
    change(PASSWORD, "short", "short").is(422).says("too short");
    change(PASSWORD, "another long sentence", "another long sentence").is(200).says("password is changed");
    assert!(is_in(&office, &here) && !is_in(&office, &there));
    let tried = |password| office.post_stranger("/login", &[("login", "ana"), ("password", password)]);
    tried(PASSWORD).is(403);
    tried("another long sentence").leads_to("/");
}

#[test]
fn language_is_a_person_s_own() {
    let (office, administrator) = Office::new(PACK);
    office.get("/me", Some(&administrator)).says("<html lang=\"en\"").says("My account");
    office.post("/language", &administrator, &[("lang", "es"), ("next", "/me")]).leads_to("/me");
    office.get("/me", Some(&administrator)).says("<html lang=\"es\"").says("Mi cuenta");
    let office = office.restarted();
    office.get("/me", Some(&administrator)).says("<html lang=\"es\"");
    office.get("/login?lang=es", None).says("Contraseña");
    let asked = request(Method::GET, "/login", None).header("accept-language", "es-VE,es;q=0.9,en;q=0.8");
    office.send(asked.body(Body::empty()).unwrap()).says("Contraseña");
}

#[test]
fn everybody_is_led_to_their_place() {
    let (office, administrator) = Office::new(PACK);
    let places = ["/accounts", "/overview", "/entry", "/overview"];
    for (seat, place) in office.team(&administrator).iter().zip(places) {
        office.get("/", Some(seat)).leads_to(place);
    }
}

#[test]
fn pages_are_told_that_something_changed() {
    use http_body_util::BodyExt;
    use tower::ServiceExt;
    let (office, administrator) = Office::new(PACK);
    let mut asked = request(Method::GET, "/live", Some(&administrator)).body(Body::empty()).unwrap();
    asked.headers_mut().insert(header::HOST, "localhost:8080".parse().unwrap());
    let desk = &office.desk;
    office.runtime.block_on(async {
        let response = office.router.clone().oneshot(asked).await.unwrap();
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        let mut body = response.into_body();
        let mut next = async || {
            let frame = body.frame().await?.unwrap();
            Some(String::from_utf8(frame.into_data().unwrap().to_vec()).unwrap())
        };
        let first = next().await.unwrap();
        assert!(first.contains(&format!("data: {}", desk.live.revision())), "{first}");
        // Many changes at once are one number.
        for _ in 0..100 {
            desk.live.changed();
        }
        assert!(next().await.unwrap().contains(&format!("data: {}", desk.live.revision())));
        // It ends with the session.
        let (all, store) = (desk.sessions.of(&administrator.id, desk.clock.now()), &desk.store);
        let keys: Vec<String> = all.into_iter().map(|session| session.key).collect();
        tokio::task::block_in_place(|| desk.sessions.end(store, &keys)).unwrap();
        desk.live.changed();
        assert_eq!(next().await, None);
    });
}

#[test]
fn a_form_of_many_fields_is_read_as_one() {
    let (office, administrator) = Office::new(PACK);
    // The token twice, one of them wrong: refused, whichever comes first.
    for tokens in [["wrong", &administrator.csrf], [&administrator.csrf, "wrong"]] {
        let fields = tokens.map(|token| ("csrf", token)).into_iter().chain([("lang", "es")]);
        let sent = form(request(Method::POST, "/language", Some(&administrator)), fields);
        assert_ne!(office.send(sent).status, 303);
    }
}
