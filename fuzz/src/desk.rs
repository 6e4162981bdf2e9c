//! What goes through the product's doors: boundaries, worksheets, backups, what `add` takes, and requests to the desk.

use std::cell::RefCell;
use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderValue, Method, Request, header};
use http_body_util::BodyExt;
use tallyproof::pipeline::audit::record::read_rows;
use tallyproof::pipeline::backup::restore;
use tallyproof::pipeline::{election, intake, packs};
use tallyproof::site::check_boundaries;
use tallyproof::store::Store;
use tallyproof::web::desk::{Desk, Settings};
use tallyproof::web::roll::NewAccount;
use tallyproof::web::session::Kind;
use tallyproof::web::{rights, router};
use tallyproof::words::Lang;
use tallyproof_core::people::Role;
use tower::ServiceExt;

use crate::bundle::DIR;
use crate::{PACK, SMALL, chosen};

/// Boundaries as a report draws them.
pub fn boundaries(bytes: &[u8]) {
    let Some((kind, rest)) = chosen(bytes, 2) else { return };
    let _ = check_boundaries(rest, if kind == 0 { &PACK } else { &SMALL });
}

/// A filled-in worksheet of an audit.
pub fn worksheet(bytes: &[u8]) {
    let Some((kind, rest)) = chosen(bytes, 2) else { return };
    let _ = read_rows(rest, if kind == 0 { &PACK } else { &SMALL });
}

/// A backup in one file, and one in a folder: a line with a name, two bytes of length and so many bytes, again and
/// again.
pub fn backup(bytes: &[u8]) {
    let Some((kind, mut rest)) = chosen(bytes, 2) else { return };
    let (path, to) = (DIR.join("backup"), DIR.join("restored"));
    let clear = || {
        let _ = fs::remove_dir_all(&path);
        let _ = fs::remove_file(&path);
        let _ = fs::remove_dir_all(&to);
    };
    clear();
    if kind == 0 {
        fs::write(&path, rest).expect("the file can be written");
    } else {
        fs::create_dir_all(path.join("files")).expect("the folder can be made");
        for _ in 0..16 {
            let Some(end) = rest.iter().position(|byte| *byte == b'\n') else { break };
            let (name, more) = (&rest[..end], &rest[end + 1..]);
            let Some((length, more)) = more.split_first_chunk::<2>() else { break };
            let (bytes, more) = more.split_at(usize::from(u16::from_le_bytes(*length)).min(more.len()));
            rest = more;
            let plain = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
            let Ok(name) = std::str::from_utf8(name) else { continue };
            if name.chars().all(plain) && !name.contains("..") && !name.starts_with('/') {
                let file = path.join(name);
                let made = file.parent().is_some_and(|dir| fs::create_dir_all(dir).is_ok());
                let _ = made.then(|| fs::write(&file, bytes));
            }
        }
    }
    let restored = restore(&path, &to, &|_, _| {});
    assert!(restored.is_ok() || !to.exists(), "a folder is left of a backup that is none");
    clear();
}

thread_local! {
    static FOLDER: RefCell<(u32, Option<Store>)> = const { RefCell::new((0, None)) };
}

/// Names of what `add` is given, by the first byte.
const NAMES: [&str; 5] = ["x.zip", "x.pdf", "x.tif", "x.jpg", "x"];

/// A file for `add`.
pub fn intake(bytes: &[u8]) {
    let Some((kind, rest)) = chosen(bytes, NAMES.len() as u8) else { return };
    let path = DIR.join(NAMES[usize::from(kind)]);
    fs::write(&path, rest).expect("the file can be written");
    FOLDER.with_borrow_mut(|(n, store)| {
        // A folder that grew is thrown away, so that an input takes as long late as early.
        if n.is_multiple_of(500) {
            *store = None;
            let _ = fs::remove_dir_all(DIR.join("folder"));
        }
        *n += 1;
        let store = store.get_or_insert_with(|| {
            let pack = packs::find("venezuela-2024").expect("it is embedded");
            election::create(&DIR.join("folder"), &pack, None).expect("a folder can be made")
        });
        let _ = intake::add(store, &[path], "fuzz", &|_| {});
    });
    let incoming = DIR.join("folder");
    assert!(!holds_part(&incoming), "a part is left behind");
}

fn holds_part(dir: &std::path::Path) -> bool {
    fs::read_dir(dir).into_iter().flatten().flatten().any(|entry| {
        entry.file_name().to_string_lossy().ends_with(".part")
            || (entry.file_name() == "originals" && holds_part(&entry.path()))
    })
}

/// A desk of this process with somebody of every role at it.
struct Office {
    router: Router,
    runtime: tokio::runtime::Runtime,
    seats: Vec<(String, String)>,
    paths: Vec<(Method, &'static str)>,
    table: String,
}

impl Office {
    fn new() -> Self {
        let folder: PathBuf = DIR.join("desk");
        let pack = packs::find("venezuela-2024").expect("it is embedded");
        drop(election::create(&folder, &pack, None).expect("a folder can be made"));
        let desk = Desk::open(&folder, Settings::default()).expect("a desk opens");
        let seat = |role: Role| {
            let password = Some("$argon2id$none".to_owned());
            let new = NewAccount {
                login: role.code().into(),
                name: role.code().into(),
                role,
                lang: Lang::En,
                password,
            };
            let id = desk.roll.create(&desk.store, &desk.clock.timestamp(), None, &new).expect("an account");
            let begun =
                desk.sessions.begin(&desk.store, &id, Kind::Page, "", desk.clock.now()).expect("a session");
            (format!("tallyproof-8080={}", begun.token), begun.csrf)
        };
        let seats = Role::ALL.map(seat).into();
        let paths = rights::routes().into_iter().map(|route| (route.method, route.path)).collect();
        let builder = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        Self {
            router: router(Arc::clone(&desk)),
            runtime: builder.expect("threads can be had"),
            seats,
            paths,
            table: "201301006.01".to_owned(),
        }
    }
}

static OFFICE: LazyLock<Office> = LazyLock::new(Office::new);

/// Paths that end things, or never end: accounts must stay, and streams have no end.
const LEFT_OUT: [&str; 8] = ["/live", "logout", "sessions", "remove", "role", "password", "stop", "backup"];

/// A request: who, which route, what its path holds, one more header, and the body; each on a line but the last.
pub fn desk(bytes: &[u8]) {
    let office = &*OFFICE;
    let Some((head, rest)) = bytes.split_at_checked(3) else { return };
    let mut parts = rest.splitn(5, |byte| *byte == b'\n');
    let mut line = || String::from_utf8_lossy(parts.next().unwrap_or_default()).into_owned();
    let (place, query, kind, more) = (line(), line(), line(), line());
    let body = parts.next().unwrap_or_default();
    let (method, path) = &office.paths[usize::from(head[1]) % office.paths.len()];
    if LEFT_OUT.iter().any(|word| path.contains(word)) {
        return;
    }
    let filled = path.split('/').map(|part| match part.starts_with('{') {
        true if place.is_empty() => office.table.clone(),
        true => place.clone(),
        false => part.to_owned(),
    });
    let mut uri = filled.collect::<Vec<_>>().join("/");
    if !query.is_empty() {
        uri = format!("{uri}?{query}");
    }
    let seat = office.seats.get(usize::from(head[0]) % 5);
    let mut request =
        Request::builder().method(method.clone()).uri(&uri).header(header::HOST, "localhost:8080");
    if let Some((cookie, _)) = seat {
        request = request.header(header::COOKIE, cookie);
    }
    let names = [
        header::ACCEPT_LANGUAGE,
        header::COOKIE,
        header::HOST,
        header::RANGE,
        header::IF_NONE_MATCH,
        header::ORIGIN,
        header::AUTHORIZATION,
        header::REFERER,
        header::ACCEPT,
    ];
    if let Ok(value) = HeaderValue::from_bytes(more.as_bytes()) {
        request = request.header(names[usize::from(head[2]) % names.len()].clone(), value);
    }
    if let Ok(value) = HeaderValue::from_bytes(kind.as_bytes()) {
        request = request.header(header::CONTENT_TYPE, value);
    }
    // The token that the forms of this person have.
    let token = seat.map(|(_, csrf)| csrf.as_str()).unwrap_or_default();
    let text = body.to_vec();
    let at = text.windows(5).position(|window| window == b"$CSRF");
    let body = match at {
        Some(at) => [&text[..at], token.as_bytes(), &text[at + 5..]].concat(),
        None => text,
    };
    let Ok(request) = request.body(Body::from(body)) else { return };
    let answer = office.runtime.block_on(async {
        let response = office.router.clone().oneshot(request).await.expect("a router always answers");
        let (parts, body) = response.into_parts();
        let body = body.collect().await.map(|body| body.to_bytes()).unwrap_or_default();
        (parts.status.as_u16(), body)
    });
    // 503: busy, on purpose; 507: the disk is full.
    assert!(answer.0 < 500 || matches!(answer.0, 503 | 507), "{} {method} {uri}\n{:?}", answer.0, answer.1);
}
