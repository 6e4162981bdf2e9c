//! How long the desk's picture and pages take for a whole country: the made-up sheets of the site's example, as events of
//! a journal, read back, analysed and shown.
//!
//! `cargo run --release -p tallyproof --example overview -- 30000 FOLDER` makes the folder and measures.
#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "an example reports on the terminal")]

#[path = "../site/country.rs"]
mod country;

use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use axum::body::Body;
use axum::http::{Request, header};
use country::country;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tallyproof::pipeline::{election, packs};
use tallyproof::store::Fact;
use tallyproof::web::desk::{Desk, Settings};
use tallyproof::web::roll::NewAccount;
use tallyproof::web::router;
use tallyproof::web::session::Kind;
use tallyproof::words::Lang;
use tallyproof_core::facts::ImageReading;
use tallyproof_core::people::Role;
use tower::ServiceExt;

/// Requests for each page; the median and the slowest are told.
const ASKED: usize = 20;

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let n: usize = args.next().ok_or("name a number of tables")?.parse()?;
    let folder = args.next().ok_or("name a folder that is not there yet")?;
    let folder = Path::new(&folder);
    if !folder.exists() {
        make(folder, n)?;
    }
    let start = Instant::now();
    let desk = Desk::open(folder, Settings::default())?;
    println!("desk opened in {:.2} s", start.elapsed().as_secs_f64());
    let start = Instant::now();
    desk.snapshot.refresh(&desk.store).map_err(|trouble| trouble.to_string())?;
    println!("first picture in {:.2} s", start.elapsed().as_secs_f64());
    let cookie = signed_in(&desk)?;
    let start = Instant::now();
    desk.snapshot.refresh(&desk.store).map_err(|trouble| trouble.to_string())?;
    println!("next picture in {:.2} s", start.elapsed().as_secs_f64());
    let snapshot = desk.snapshot.latest().ok_or("no picture")?;
    let areas: Vec<usize> = snapshot.areas.iter().map(Vec::len).collect();
    println!("{} tables, areas by level {areas:?}", snapshot.standings.len());
    let table = snapshot.standings.first().ok_or("no table")?.table.to_string();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let town = table.get(..4).unwrap_or_default();
    let pages = [
        "/overview".to_owned(),
        "/overview?projector".to_owned(),
        "/overview?level=municipality&page=3".to_owned(),
        "/overview?level=municipality&sort=doubt&q=1".to_owned(),
        format!("/areas/municipality/{town}"),
        format!("/tables/{table}"),
        "/conflicts".to_owned(),
        "/findings/C103".to_owned(),
        "/claims".to_owned(),
        "/audits".to_owned(),
    ];
    for path in pages {
        let mut times = Vec::new();
        let mut size = 0;
        for _ in 0..ASKED {
            let request =
                Request::get(&path).header(header::HOST, "localhost").header(header::COOKIE, &cookie);
            let start = Instant::now();
            let (status, bytes) = runtime.block_on(async {
                let response = router(Arc::clone(&desk)).oneshot(request.body(Body::empty())?).await?;
                let status = response.status();
                Ok::<_, Box<dyn Error>>((status, response.into_body().collect().await?.to_bytes()))
            })?;
            times.push(start.elapsed());
            size = bytes.len();
            if !status.is_success() {
                return Err(format!("{path}: {status}").into());
            }
        }
        times.sort_unstable();
        let ms = |at: usize| times.get(at).map_or(0.0, |t| t.as_secs_f64() * 1e3);
        println!(
            "{path}: median {:.1} ms, slowest {:.1} ms, {} kB",
            ms(ASKED / 2),
            ms(ASKED - 1),
            size / 1_000
        );
    }
    if let Ok(status) = std::fs::read_to_string("/proc/self/status") {
        println!("{}", status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default());
    }
    Ok(())
}

/// A folder whose journal says what the country's readings say; there are no picture files.
fn make(folder: &Path, n: usize) -> Result<(), Box<dyn Error>> {
    let facts = country(n)?;
    let store = election::create(folder, &packs::find("venezuela-2024")?, None)?;
    for images in facts.images.chunks(1_000) {
        let events: Vec<Fact> = images.iter().flat_map(events).collect();
        store.append_all(&events)?;
    }
    Ok(())
}

fn events(image: &ImageReading) -> [Fact; 2] {
    let (values, sha256) = (&image.reading.values, image.reading.image.as_deref().unwrap_or_default());
    let lines: Vec<String> = values.lines.iter().map(|n| n.count().unwrap_or(0).to_string()).collect();
    let null = values.null.count().unwrap_or(0);
    let payload = format!("{}.1.0001!{}!{null}!0", image.reading.table, lines.join(","));
    let figures = image.print.as_ref().map(|print| print.to_json());
    let read =
        json!({"sha256": sha256, "outcome": "read", "payload": payload, "print": {"figures": figures}});
    let added = json!({"sha256": sha256, "bytes": 1, "source": image.source});
    [
        Fact { kind: "image.added", body: added, private: Value::Null },
        Fact { kind: "image.read", body: read, private: Value::Null },
    ]
}

/// A coordinator's cookie.
fn signed_in(desk: &Arc<Desk>) -> Result<String, Box<dyn Error>> {
    let (at, now) = (desk.clock.timestamp(), desk.clock.now());
    let account = |role, login: &str| NewAccount {
        login: login.to_owned(),
        name: login.to_owned(),
        role,
        lang: Lang::En,
        password: None,
    };
    let make = |by, role, login: &str| {
        desk.roll
            .create(&desk.store, &at, by, &account(role, login))
            .map_err(|refusal| format!("{refusal:?}"))
    };
    let number = now.run_s.unsigned_abs();
    let administrator = make(None, Role::Administrator, &format!("admin{number}"))?;
    let coordinator = make(Some(&administrator), Role::Coordinator, &format!("carla{number}"))?;
    let begun = desk.sessions.begin(&desk.store, &coordinator, Kind::Page, "", now)?;
    Ok(format!("tallyproof-8080={}", begun.token))
}
