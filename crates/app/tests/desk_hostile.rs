//! Hostile input at the desk: too large, too slow, in pieces, two things at once, names that would be more than names.

use std::io;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, Method, Request, header};
use tallyproof::web::door::DoorSettings;
use tallyproof::web::rights::routes;
use tallyproof_core::journal::sha256_hex;
use tokio_stream::StreamExt;

use crate::desk_api::{ask, token};
use crate::desk_door::{files_form, office};
use crate::desk_support::{Seat, form, request};
use crate::images::JPEG;

/// A body in pieces, which a client sends without saying how long it is.
fn pieces(all: Vec<Bytes>) -> Body {
    Body::from_stream(tokio_stream::iter(all.into_iter().map(Ok::<_, io::Error>)))
}

/// A body that never ends.
fn stalling(first: Bytes) -> Body {
    Body::from_stream(tokio_stream::iter([Ok::<_, io::Error>(first)]).chain(tokio_stream::pending()))
}

#[test]
fn a_body_that_stops_coming_is_given_up_and_nothing_of_it_stays() {
    let (office, admin) =
        office(|_| DoorSettings { stall: Duration::from_millis(200), ..DoorSettings::default() });
    let token = token(&office, &admin.id);
    let path = format!("/api/v1/images/{}", sha256_hex(&JPEG));
    ask(&office, Method::PUT, &path, &token, stalling(Bytes::from_static(&JPEG[..100]))).is(408);
    let builder = request(Method::POST, &format!("/images?csrf={}", admin.csrf), Some(&admin));
    let start = "--B\r\nContent-Disposition: form-data; name=\"files\"; filename=\"a.jpg\"\r\n\r\nabc";
    let slow = builder.header(header::CONTENT_TYPE, "multipart/form-data; boundary=B");
    office.send(slow.body(stalling(start.into())).unwrap()).is(408);
    // A form whose end never came, and a body that breaks off.
    let cut = request(Method::POST, &format!("/images?csrf={}", admin.csrf), Some(&admin))
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=B");
    office.send(cut.body(Body::from(start)).unwrap()).is(422);
    let broken = Body::from_stream(tokio_stream::iter([
        Ok(Bytes::from_static(b"\xff\xd8\xff")),
        Err(io::Error::other("gone")),
    ]));
    ask(&office, Method::PUT, &path, &token, broken).is(422);
    assert_eq!(office.desk.store.n_originals().unwrap(), (0, 0));
    assert_eq!(std::fs::read_dir(office.desk.store.incoming_dir()).unwrap().count(), 0);
    // All places are free again.
    for _ in 0..20 {
        ask(&office, Method::PUT, &path, &token, JPEG.clone());
    }
    ask(&office, Method::PUT, &path, &token, JPEG.clone()).is(200);
}

#[test]
fn what_is_too_large_is_refused_however_it_comes() {
    let (office, admin) = office(|_| DoorSettings::default());
    let token = token(&office, &admin.id);
    let path = format!("/api/v1/images/{}", "0".repeat(64));
    // The head alone says it.
    let said = Request::builder().method(Method::PUT).uri(&path);
    let said = said.header(header::AUTHORIZATION, format!("Bearer {token}"));
    let said = said.header(header::CONTENT_LENGTH, "999999999999").body(Body::empty()).unwrap();
    office.send(said).is(413);
    // In pieces, without a length: a picture ends at its limit, a document at its own.
    let piece = Bytes::from(vec![0u8; 1 << 20]);
    let long = |start: &'static [u8], n: usize| {
        pieces([Bytes::from_static(start)].into_iter().chain(std::iter::repeat_n(piece.clone(), n)).collect())
    };
    ask(&office, Method::PUT, &path, &token, long(b"\xff\xd8\xff", 65)).is(413);
    ask(&office, Method::PUT, &path, &token, long(b"%PDF-1.4", 257)).is(413);
    // Forms for people are small.
    let name = "x".repeat(300 << 10);
    office.post("/language", &admin, &[("lang", "en"), ("next", &name)]).is(413);
    assert_eq!(std::fs::read_dir(office.desk.store.incoming_dir()).unwrap().count(), 0);
}

#[test]
fn a_file_that_is_two_things_is_kept_as_it_is_and_judged_by_the_reader() {
    let (office, admin) = office(|_| DoorSettings::default());
    let token = token(&office, &admin.id);
    let zip = crate::archives::archive(|zip| crate::archives::file(zip, "inner.jpg", &JPEG));
    let both = [
        [JPEG.as_slice(), &zip].concat(),
        [JPEG.as_slice(), b"<script>alert(1)</script>"].concat(),
        [b"\xff\xd8\xff\xfe<html><script>".as_slice(), &JPEG].concat(),
        b"\x89PNG\r\n\x1a\n<?php system($_GET[0]); ?>".to_vec(),
        b"%PDF-1.4\n<script>alert(1)</script>".to_vec(),
    ];
    for bytes in &both {
        let sha256 = sha256_hex(bytes);
        let path = format!("/api/v1/images/{sha256}");
        ask(&office, Method::PUT, &path, &token, bytes.clone()).is(201);
        assert_eq!(std::fs::read(office.desk.store.original_path(&sha256)).unwrap(), *bytes);
        // What is said of it is never the file.
        let said = ask(&office, Method::GET, &path, &token, Body::empty());
        assert!(!said.text.contains("<script>"), "{}", said.text);
        assert_eq!(said.header("x-content-type-options"), "nosniff");
    }
    // An archive is no picture, whatever follows it.
    let zip = [zip, JPEG.clone()].concat();
    let path = format!("/api/v1/images/{}", sha256_hex(&zip));
    ask(&office, Method::PUT, &path, &token, zip).is(422);
}

#[test]
fn names_are_only_names() {
    let (office, admin) = office(|_| DoorSettings::default());
    let names = [
        "<img src=x onerror=alert(1)>.jpg",
        "\u{202e}gpj.exe",
        "nul\0byte.jpg",
        "../../../etc/passwd",
        "..\\..\\windows\\x.jpg",
        "=HYPERLINK(1).jpg",
        "\u{1b}[2J.jpg",
        "a\u{9b}31m.jpg",
        "CON",
        ".",
        "..",
        "",
        "{{7*7}}.jpg",
        "{ $path }.jpg",
    ];
    for (n, name) in names.iter().enumerate() {
        // Not a picture, so that the name is shown; then a picture under the same name.
        let page = office.send(files_form(&admin, "phones", &[(name, b"no picture")])).is(200);
        for live in ["<img src", "\u{202e}", "\0", "\u{1b}", "\u{9b}"] {
            assert!(!page.text.contains(live), "{name:?}");
        }
        let bytes = [JPEG.as_slice(), &n.to_le_bytes()].concat();
        office.send(files_form(&admin, "phones", &[(name, &bytes)])).is(200).says("1 new");
    }
    // One more: what has the name of an image is kept, and the reader says what is wrong with it.
    assert_eq!(office.desk.store.n_originals().unwrap().0, names.len() as u64 + 1);
    let inside = std::fs::read_dir(office.temp.path()).unwrap().count();
    assert_eq!(inside, 1, "nothing was written beside the folder");
}

#[test]
fn no_path_leads_out_of_its_route() {
    let (office, admin) = office(|_| DoorSettings::default());
    let token = token(&office, &admin.id);
    let slots = [
        "..",
        "%2e%2e",
        "..%2f..%2ftallyproof.db",
        "%2e%2e%5c%2e%2e%5ctallyproof.db",
        "%00",
        "%0d%0aX-Bad:%201",
        "%ff%fe",
        "tallyproof.db",
        "%2Fetc%2Fpasswd",
        "a".repeat(4_000).leak(),
        "%3Cscript%3E",
        "%e2%80%ae",
        "'%20OR%201=1--",
        "*",
    ];
    let mut n = 0;
    for route in routes().iter().filter(|route| route.path.contains('{')) {
        for slot in slots {
            let fill = |part: &str| if part.starts_with('{') { slot.to_owned() } else { part.to_owned() };
            let path: Vec<String> = route.path.split('/').map(fill).collect();
            let path = path.join("/");
            let Ok(asked) = path.parse::<axum::http::Uri>() else { continue };
            let answer = if route.path.starts_with("/api/") {
                ask(&office, route.method.clone(), &path, &token, Body::empty())
            } else if route.method == Method::GET {
                office.get(&path, Some(&admin))
            } else {
                office.post(&path, &admin, &[])
            };
            assert!(answer.status.is_client_error(), "{} {asked}: {}", route.method, answer.status);
            assert!(answer.headers.get("x-bad").is_none());
            for secret in ["SQLite format 3", "root:", "<script>", "\u{202e}"] {
                assert!(!answer.text.contains(secret), "{path}");
            }
            n += 1;
        }
    }
    assert!(n > 50, "{n}");
    let kept = office.desk.store.n_events().unwrap();
    assert_eq!(kept, 2, "nothing came of any of it");
}

#[test]
fn heads_are_not_made_of_what_is_sent() {
    let (office, admin) = office(|_| DoorSettings::default());
    for next in [
        "/x\r\nSet-Cookie: a=b",
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
    ] {
        let answer = office.post("/language", &admin, &[("lang", "es"), ("next", next)]);
        assert!(answer.status.is_redirection() || answer.status.is_client_error());
        let place = answer.header("location");
        assert!(
            place.is_empty()
                || place.starts_with('/') && !place.starts_with("//") && !place.starts_with("/\\"),
            "{place}"
        );
        assert!(!answer.header("set-cookie").contains("a=b"));
    }
    let token = token(&office, &admin.id);
    for bad in ["evil.example", "localhost:8080@evil.example", "localhost:8080, evil.example", ""] {
        let asked =
            Request::builder().uri("/login").header(header::HOST, HeaderValue::from_str(bad).unwrap());
        office.send(asked.body(Body::empty()).unwrap()).is(421);
    }
    // A token in two headers, in the wrong words, or not in ASCII is none.
    for value in [b"bearer".as_slice(), b"Bearer", b"Basic YTpi", b"Bearer \xff\xfe", b"Bearer  "] {
        let asked = Request::builder().uri("/api/v1/status").header(header::AUTHORIZATION, value);
        office.send(asked.body(Body::empty()).unwrap()).is(401);
    }
    ask(&office, Method::GET, "/api/v1/status", &token, Body::empty()).is(200);
}

#[test]
fn deep_and_wide_bodies_are_bounded() {
    let (office, admin) = office(|_| DoorSettings::default());
    let token = token(&office, &admin.id);
    let deep = "[".repeat(100_000) + &"]".repeat(100_000);
    let path = format!("/api/v1/images/{}", sha256_hex(deep.as_bytes()));
    ask(&office, Method::PUT, &path, &token, deep.clone()).is(422);
    let as_json = request(Method::POST, "/language", Some(&admin))
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(deep))
        .unwrap();
    office.send(as_json).is(403);
    let many: Vec<(String, String)> = (0..30_000).map(|n| (format!("f{n}"), "x".to_owned())).collect();
    let fields = many.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let fields = fields.chain([("csrf", admin.csrf.as_str()), ("lang", "en")]);
    let answer = office.send(form(request(Method::POST, "/language", Some(&admin)), fields));
    assert!(answer.status == 413 || answer.status.is_redirection(), "{}", answer.status);
    let parts: Vec<(String, &[u8])> = (0..1_200).map(|n| (format!("{n}.jpg"), b"".as_slice())).collect();
    let parts: Vec<(&str, &[u8])> = parts.iter().map(|(name, bytes)| (name.as_str(), *bytes)).collect();
    office.send(files_form(&admin, "phones", &parts)).is(422).says("1,000 files");
    let seat = Seat { csrf: admin.csrf.clone(), ..admin };
    // Fields that are no files are short.
    office.send(files_form(&seat, &"x".repeat(10_000), &[("a.jpg", &JPEG)])).is(422);
    // Those before the limit were kept: all of the same bytes.
    assert_eq!(office.desk.store.n_originals().unwrap(), (1, 1));
}

/// Archives arrive in a moment and take minutes to unpack: who sends one and hangs up has no place for the next.
#[test]
fn whoever_hangs_up_keeps_the_place_until_the_work_ends() {
    use tower::ServiceExt;
    let (office, admin) = office(|_| DoorSettings::default());
    let token = token(&office, &admin.id);
    let picture = |n: u8| [&JPEG[..], &[n]].concat();
    let put = |n: u8| {
        let path = format!("/api/v1/images/{}", sha256_hex(&picture(n)));
        let request = Request::builder().method(Method::PUT).uri(path).header(header::HOST, "localhost:8080");
        request.header(header::AUTHORIZATION, format!("Bearer {token}")).body(Body::from(picture(n))).unwrap()
    };
    // Nobody can append: what was kept waits to be journalled.
    let held = office.desk.store.hold();
    let sent: Vec<_> = (0..8).map(|n| office.runtime.spawn(office.router.clone().oneshot(put(n)))).collect();
    let kept = |n: u8| office.desk.store.original_path(&sha256_hex(&picture(n))).exists();
    while !(0..8).all(kept) {
        std::thread::sleep(Duration::from_millis(5));
    }
    sent.iter().for_each(tokio::task::JoinHandle::abort);
    while !sent.iter().all(tokio::task::JoinHandle::is_finished) {
        std::thread::sleep(Duration::from_millis(5));
    }
    let asked = office.runtime.spawn(office.router.clone().oneshot(put(8)));
    let answer =
        office.runtime.block_on(async { tokio::time::timeout(Duration::from_secs(30), asked).await });
    assert_eq!(answer.expect("it is refused at once").unwrap().unwrap().status().as_u16(), 503);
    drop(held);
    // What had arrived whole is in the journal, and the places are free.
    while office.desk.store.n_originals().unwrap().0 < 8 {
        std::thread::sleep(Duration::from_millis(5));
    }
    for n in 8..20 {
        let path = format!("/api/v1/images/{}", sha256_hex(&picture(n)));
        let mut status = 503;
        while status == 503 {
            status = ask(&office, Method::PUT, &path, &token, picture(n)).status.as_u16();
        }
        assert_eq!(status, 201);
    }
    assert_eq!(std::fs::read_dir(office.desk.store.incoming_dir()).unwrap().count(), 0);
}
