//! Who may do what: every route, asked by everybody, compared with this table.

use axum::body::Body;
use axum::http::Method;
use tallyproof::web::rights::routes;
use tallyproof_core::people::Role;

use crate::desk_support::{Answer, Office, Seat, form, request};

/// Method, path, and who may: `*` everybody, `+` whoever is signed in, else the first letters of the roles.
/// A route that is not here fails the test; so does one that is here and not there.
const TABLE: &[(&str, &str, &str)] = &[
    ("GET", "/", "*"),
    ("GET", "/assets/{name}", "*"),
    ("GET", "/login", "*"),
    ("POST", "/login", "*"),
    ("GET", "/first", "*"),
    ("POST", "/first", "*"),
    ("GET", "/password", "*"),
    ("POST", "/password", "*"),
    ("POST", "/logout", "+"),
    ("POST", "/language", "+"),
    ("GET", "/live", "+"),
    ("GET", "/me", "+"),
    ("POST", "/me/password", "+"),
    ("POST", "/me/sessions/end", "+"),
    ("POST", "/me/sessions/end-all", "+"),
    ("POST", "/me/tokens", "+"),
    ("GET", "/accounts", "a"),
    ("POST", "/accounts", "a"),
    ("POST", "/accounts/{person}/role", "a"),
    ("POST", "/accounts/{person}/password", "a"),
    ("POST", "/accounts/{person}/remove", "a"),
    ("GET", "/entry", "k"),
    ("POST", "/entry", "k"),
    ("POST", "/entry/draft", "k"),
    ("GET", "/entry/waiting", "k"),
    ("GET", "/entry/done", "k"),
    ("GET", "/images/{image}", "+"),
    ("GET", "/overview", "aco"),
    ("GET", "/areas/{level}/{code}", "aco"),
    ("GET", "/tables/{id}", "aco"),
    ("GET", "/findings/{rule}", "aco"),
    ("GET", "/claims", "aco"),
    ("GET", "/conflicts", "aco"),
    ("GET", "/conflicts/{image}", "aco"),
    ("POST", "/conflicts/{image}", "c"),
    ("GET", "/quarantine", "aco"),
    ("GET", "/quarantine/{table}", "aco"),
    ("POST", "/quarantine/{table}", "c"),
    ("GET", "/reopenings", "aco"),
    ("POST", "/reopenings/{image}/{answer}", "ac"),
    ("GET", "/audits", "aco"),
    ("POST", "/audits", "c"),
    ("GET", "/audits/{name}", "aco"),
    ("POST", "/audits/{name}/draw", "c"),
    ("POST", "/audits/{name}/record", "c"),
    ("POST", "/audits/{name}/worksheet", "c"),
    ("POST", "/audits/{name}/abandon", "c"),
    ("GET", "/audits/{name}/files/{file}", "aco"),
    ("GET", "/images", "ac"),
    ("POST", "/images", "ac"),
    ("GET", "/exports", "ac"),
    ("POST", "/exports/tables", "ac"),
    ("GET", "/exports/bundle", "ac"),
    ("POST", "/exports/bundle", "ac"),
    ("POST", "/exports/backup", "a"),
    ("GET", "/exports/backup/{name}", "a"),
    ("GET", "/exports/{kind}/{name}", "ac"),
    ("GET", "/api/v1/openapi.json", "*"),
    ("GET", "/api/v1/status", "+"),
    ("GET", "/api/v1/results", "aco"),
    ("GET", "/api/v1/sheets", "aco"),
    ("GET", "/api/v1/sheets/{table}", "aco"),
    ("GET", "/api/v1/findings", "aco"),
    ("GET", "/api/v1/claims", "aco"),
    ("GET", "/api/v1/audits", "aco"),
    ("GET", "/api/v1/queue", "aco"),
    ("GET", "/api/v1/events", "aco"),
    ("GET", "/api/v1/images/{sha256}", "ac"),
    ("PUT", "/api/v1/images/{sha256}", "ac"),
];

fn letter(role: Role) -> char {
    match role {
        Role::Administrator => 'a',
        Role::Coordinator => 'c',
        Role::Clerk => 'k',
        Role::Observer => 'o',
    }
}

fn may(who: &str, role: Option<Role>) -> bool {
    match role {
        None => who == "*",
        Some(role) => ["*", "+"].contains(&who) || who.contains(letter(role)),
    }
}

/// A path with something in its slots that is nowhere.
fn filled(path: &str) -> String {
    path.split('/')
        .map(|part| if part.starts_with('{') { "P999" } else { part })
        .collect::<Vec<_>>()
        .join("/")
}

/// Whether the guard let the request through: what the page then says of it is the page's.
fn went_through(answer: &Answer) -> bool {
    let refused =
        ["not of your session", "Another website asked", "Your role may not", "You are not signed in"];
    let to_login = answer.status == 303 && answer.header("location").starts_with("/login?next=");
    !to_login && answer.status != 401 && !refused.iter().any(|words| answer.text.contains(words))
}

#[test]
fn the_table_is_whole() {
    let mut there: Vec<(String, &str)> = routes().iter().map(|r| (r.method.to_string(), r.path)).collect();
    let mut table: Vec<(String, &str)> = TABLE.iter().map(|row| (row.0.to_owned(), row.1)).collect();
    there.sort();
    table.sort();
    assert_eq!(there, table, "every route stands in the table of this test, and only those");
}

#[test]
fn administrators_have_no_right_to_enter_sheets() {
    for (method, path, who) in TABLE {
        let enters = path.starts_with("/entry") || path.contains("/entries");
        assert!(!enters || !may(who, Some(Role::Administrator)), "{method} {path}");
    }
}

/// A request that changes nothing even where it is let through: the form lacks all its fields.
fn ask(
    office: &Office,
    method: &str,
    path: &str,
    seat: Option<&Seat>,
    extra: &[(&'static str, &str)],
) -> Answer {
    let method: Method = method.parse().unwrap();
    let mut builder = request(method.clone(), &filled(path), seat);
    let fields = extra.iter().filter(|(name, _)| *name == "csrf").copied();
    for (name, value) in extra.iter().filter(|(name, _)| *name != "csrf") {
        builder = builder.header(*name, *value);
    }
    let request =
        if method == Method::GET { builder.body(Body::empty()).unwrap() } else { form(builder, fields) };
    if path == "/live" {
        // A stream without end; its rights are asked by its head alone.
        return office.head_of(request);
    }
    office.send(request)
}

#[test]
fn every_route_for_every_role() {
    let (office, administrator) = Office::new("venezuela-2024");
    let team = office.team(&administrator);
    for (method, path, who) in TABLE {
        for (role, seat) in Role::ALL.into_iter().zip(&team) {
            // Each with a session of its own: some of these routes end it.
            let seat = office.again(&seat.id);
            let answer = ask(&office, method, path, Some(&seat), &[("csrf", &seat.csrf)]);
            assert_eq!(went_through(&answer), may(who, Some(role)), "{method} {path} {role:?}: {answer:?}");
        }
        let answer = ask(&office, method, path, None, &[]);
        assert_eq!(went_through(&answer), may(who, None), "{method} {path} without a session: {answer:?}");
    }
}

#[test]
fn every_route_with_a_session_that_is_none() {
    let (office, administrator) = Office::new("venezuela-2024");
    let ended = office.again(&administrator.id);
    office.post("/logout", &ended, &[]).leads_to("/login");
    let removed = office.seat("gone", Role::Administrator, Some(&administrator.id));
    office.post(&format!("/accounts/{}/remove", removed.id), &administrator, &[]).is(303);
    let invented = Seat { cookie: format!("tallyproof-8080={}", "A".repeat(43)), ..administrator.clone() };
    let other_port = Seat { cookie: administrator.cookie.replace("8080", "8081"), ..administrator.clone() };
    for (method, path, who) in TABLE {
        for seat in [&ended, &removed, &invented, &other_port] {
            let answer = ask(&office, method, path, Some(seat), &[("csrf", &seat.csrf)]);
            assert_eq!(went_through(&answer), may(who, None), "{method} {path}: {answer:?}");
        }
    }
}

#[test]
fn every_route_that_changes_something_without_its_token_or_from_elsewhere() {
    let (office, administrator) = Office::new("venezuela-2024");
    let team = office.team(&administrator);
    for (method, path, who) in TABLE.iter().filter(|row| row.0 != "GET") {
        for (role, seat) in Role::ALL.into_iter().zip(&team).filter(|(role, _)| may(who, Some(*role))) {
            let seat = office.again(&seat.id);
            // Another person's token, and another session's of the same person, are wrong ones too.
            let (other, own) = (office.again(&team[3].id), office.again(&seat.id));
            let wrong =
                [("csrf", "wrong"), ("csrf", &other.csrf), ("csrf", &own.csrf), ("x-csrf-token", "wrong")];
            let mut cases: Vec<Vec<(&'static str, &str)>> = wrong.iter().map(|pair| vec![*pair]).collect();
            cases.push(Vec::new());
            cases.push(vec![("csrf", &seat.csrf), ("x-csrf-token", &other.csrf)]);
            for case in cases {
                let answer = ask(&office, method, path, Some(&seat), &case);
                // What anybody may send is of no session and carries no token.
                assert_eq!(
                    went_through(&answer),
                    *who == "*",
                    "{method} {path} {role:?} {case:?}: {answer:?}"
                );
            }
            let foreign =
                [("origin", "https://evil.example"), ("origin", "null"), ("sec-fetch-site", "cross-site")];
            for elsewhere in foreign {
                let answer = ask(&office, method, path, Some(&seat), &[("csrf", &seat.csrf), elsewhere]);
                assert!(!went_through(&answer), "{method} {path} {role:?} {elsewhere:?}: {answer:?}");
            }
        }
    }
}

#[test]
fn a_program_s_token_opens_no_page() {
    let (office, administrator) = Office::new("venezuela-2024");
    let desk = &office.desk;
    let kind = tallyproof::web::session::Kind::Api;
    let begun = desk.sessions.begin(&desk.store, &administrator.id, kind, "phone", desk.clock.now()).unwrap();
    for (method, path, who) in TABLE.iter().filter(|row| !row.1.starts_with("/api/")) {
        let bearer = format!("Bearer {}", begun.token);
        let answer = ask(&office, method, path, None, &[("authorization", &bearer)]);
        assert_eq!(went_through(&answer), may(who, None), "{method} {path}: {answer:?}");
        // Nor does it as a cookie.
        let seat = Seat { cookie: format!("tallyproof-8080={}", begun.token), ..administrator.clone() };
        let answer = ask(&office, method, path, Some(&seat), &[("csrf", &begun.csrf)]);
        assert_eq!(went_through(&answer), may(who, None), "{method} {path}: {answer:?}");
    }
}
