//! An election night, as an observer group lives it: a made-up country, photographs that come in from several sources,
//! eight people who type, coordinators who decide, observers who look on, a power cut, and a bundle at midnight that the
//! one of three in the morning extends.
//!
//! `cargo run --release -p tallyproof --example election_night -- FOLDER [TABLES] [PHOTOS] [PER_SECOND] [THINK_S]` makes the
//! folder (30,000 tables, 5,000 photographs, 8 of them a second, 3 seconds over a sheet), starts `tallyproof serve` of the
//! same build, and says what it measured. `tallyproof-verify` of the same build checks both bundles. Exit status 1 when
//! an entry that was acknowledged is lost or there twice.
#![allow(
    clippy::print_stdout,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "an example reports on the terminal, and ends where it cannot go on"
)]

mod clerks;
mod coordinators;
mod desk;
// As the load has it: a browser, clerks' sheets, what must be in the journal.
#[allow(dead_code, reason = "the load uses all of it")]
#[path = "../desk_load/load.rs"]
mod load;
mod night;
mod people;
mod plan;
mod senders;
mod told;
mod watch;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::Ordering;
use std::thread::scope;
use std::time::{Duration, Instant};

use serde_json::Value;

use desk::{Server, publish, run};
use load::clerk::rest;
use load::http::Browser;
use load::ledger::{amiss, entries};
use load::server::free_port;
use night::Night;
use people::{Team, arrive};
use plan::Plan;
use senders::{Tide, Way};

/// People who type, and who decide.
const CLERKS: usize = 8;
const COORDINATORS: usize = 2;
/// Longest wait for the last sheets, after the last photograph came.
const PATIENCE: Duration = Duration::from_secs(1_800);

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let Some(dir) = args.first().map(PathBuf::from) else {
        println!("name a folder to be made");
        return ExitCode::from(2);
    };
    let number = |at: usize, usual: f64| args.get(at).and_then(|text| text.parse().ok()).unwrap_or(usual);
    let n_tables = args.get(1).and_then(|text| text.parse().ok()).unwrap_or(30_000);
    let n_photos = args.get(2).and_then(|text| text.parse().ok()).unwrap_or(5_000);
    let (per_second, think) = (number(3, 8.0), Duration::from_secs_f64(number(4, 3.0)));
    let start = Instant::now();
    let night = Night::new(free_port(), Plan::make(&dir, n_tables, n_photos), think);
    let n = night.plan.photos.len();
    println!("{n_tables} tables, {n} photographs made in {:.0} s", start.elapsed().as_secs_f64());
    let key = dir.join("press.key");
    run("tallyproof", &["key", "new", "--out", &key.to_string_lossy(), "--no-passphrase"]);
    early(&night);

    let server = Server::start(&night.plan.folder, night.port, &key);
    println!("the desk answers {:.1} s after its start", server.answered_after.as_secs_f64());
    let team = arrive(night.port, server.first.as_deref().expect("a first link"), CLERKS, COORDINATORS);
    let bundles = [dir.join("midnight.zip"), dir.join("three.zip")];
    let server = live_through(&night, &team, server, &key, per_second, &bundles);
    println!(
        "the desk's memory at its most {} MB, processor {:.0} s",
        server.peak_kb() / 1_000,
        server.cpu_s()
    );
    server.end();
    report(&night, &dir);
    verify(&key, &bundles);
    judge(&night)
}

/// What comes before the desk starts.
fn early(night: &Night) {
    let photos = &night.plan.photos;
    let n = (0..photos.len()).take_while(|&place| Way::of(place, photos.len()) == Way::Early).count();
    let folder = night.plan.folder.to_string_lossy();
    let mut args = vec!["-C", &folder, "add", "--source", Way::Early.source()];
    let paths: Vec<String> =
        photos[..n].iter().map(|photo| photo.path.to_string_lossy().into_owned()).collect();
    args.extend(paths.iter().map(String::as_str));
    let now = Instant::now();
    photos[..n].iter().for_each(|photo| Night::note(&night.sent, &photo.sha256, now));
    if n > 0 {
        run("tallyproof", &args);
    }
    night.n_sent.fetch_add(n as u64, Ordering::Relaxed);
}

/// The night itself; gives the server that is left at its end.
fn live_through(
    night: &Night,
    team: &Team,
    server: Server,
    key: &Path,
    per_second: f64,
    bundles: &[PathBuf; 2],
) -> Server {
    let keeper = &team.coordinators[0];
    let token = &keeper.token(night.port);
    let n = night.plan.photos.len() as u64;
    let reading = Instant::now();
    wait(night, "the early photographs are read", || pending(night, token) == Some(0));
    let n_early = night.n_sent.load(Ordering::Relaxed);
    println!(
        "{n_early} early photographs, and nothing else to do: {:.1} a second",
        n_early as f64 / reading.elapsed().as_secs_f64()
    );
    scope(|threads| {
        for (number, clerk) in (1..).zip(&team.clerks) {
            threads.spawn(move || clerks::type_sheets(night, clerk, number));
        }
        for coordinator in &team.coordinators {
            threads.spawn(move || coordinators::decide(night, coordinator));
        }
        threads.spawn(move || watch::follow(night, token));
        threads.spawn(|| watch::look(night, &team.observer));
        threads.spawn(|| watch::project(night, &team.observer));
        let tide = Tide { start: Instant::now(), per_second };
        threads.spawn(move || senders::put(night, Way::Telephones, token, tide));
        threads.spawn(move || senders::put(night, Way::Party, token, tide));
        threads.spawn(move || senders::upload(night, keeper, tide));

        wait(night, "half of the photographs came", || night.n_sent.load(Ordering::Relaxed) * 2 >= n);
        let (peak_kb, cpu_s) = (server.peak_kb(), server.cpu_s());
        night.is_dark.store(true, Ordering::Relaxed);
        server.cut_the_power();
        println!("power cut; until then {} MB at the most, processor {cpu_s:.0} s", peak_kb / 1_000);
        std::thread::sleep(Duration::from_secs(2));
        let server = Server::start(&night.plan.folder, night.port, key);
        let first = Instant::now();
        let mut observer = team.observer.sign_in(night.port);
        while !observer.get("/overview").is_ok_and(|page| page.status == 200) {
            std::thread::sleep(Duration::from_millis(50));
        }
        println!(
            "the desk answers again after {:.1} s, with an overview {:.1} s later",
            server.answered_after.as_secs_f64(),
            first.elapsed().as_secs_f64()
        );
        night.is_dark.store(false, Ordering::Relaxed);

        wait(night, "midnight", || night.n_sent.load(Ordering::Relaxed) * 3 >= n * 2);
        let took = publish(night, &mut keeper.sign_in(night.port), &bundles[0]);
        println!("bundle of midnight, while all go on: {:.1} s", took.as_secs_f64());
        wait(night, "all photographs came", || night.n_sent.load(Ordering::Relaxed) >= n);
        println!("all came {:.0} s after the first", tide.start.elapsed().as_secs_f64());
        wait(night, "all are read", || pending(night, token) == Some(0));
        wait(night, "nothing waits for people", || waiting(night, token) == Some(0));
        rest(night.think * 4 + Duration::from_secs(5), &night.stop);
        let took = publish(night, &mut keeper.sign_in(night.port), &bundles[1]);
        println!("bundle of three: {:.1} s", took.as_secs_f64());
        night.stop.store(true, Ordering::Relaxed);
        server
    })
}

/// Waits for something to come about.
fn wait(night: &Night, what: &str, ripe: impl Fn() -> bool) {
    let start = Instant::now();
    while !ripe() {
        if start.elapsed() > PATIENCE {
            println!("gave up waiting: {what}");
            return;
        }
        rest(Duration::from_millis(300), &night.stop);
    }
}

fn asked(night: &Night, token: &str, path: &str) -> Option<Value> {
    let answer = Browser::new(night.port, "").as_program(path, token, None).ok()?;
    serde_json::from_slice(&answer.body).ok()
}

fn pending(night: &Night, token: &str) -> Option<u64> {
    asked(night, token, "/api/v1/status")?["images_pending"].as_u64()
}

fn waiting(night: &Night, token: &str) -> Option<u64> {
    let queue = asked(night, token, "/api/v1/queue")?;
    ["first_entry", "second_entry", "correction"].iter().map(|kind| queue[kind].as_u64()).sum()
}

fn report(night: &Night, dir: &Path) {
    println!("{:.1} photographs read a second in the busiest minute", told::busiest(night));
    told::since_sent(night, "read", &night.read);
    told::since_sent(night, "on the overview", &night.shown);
    told::since_sent(night, "on a clerk's screen", &night.on_screen);
    told::typing(night);
    told::requests(night);
    let failed = night.met.failed.lock().expect("nobody panics");
    println!("failed requests: {}", failed.len());
    failed.iter().take(5).for_each(|why| println!("  {why}"));
    let folder = &night.plan.folder;
    let mb = |bytes: u64| bytes as f64 / 1e6;
    println!(
        "database {:.0} MB, whole folder {:.0} MB; bundles {:.1} and {:.1} MB",
        mb(told::size(&folder.join("tallyproof.db"))),
        mb(told::size(folder)),
        mb(told::size(&dir.join("midnight.zip"))),
        mb(told::size(&dir.join("three.zip")))
    );
}

/// A stranger checks both bundles, the second as an extension of the first.
fn verify(key: &Path, [midnight, three]: &[PathBuf; 2]) {
    let public = format!("{}.pub", key.display());
    let (midnight, three) = (midnight.to_string_lossy(), three.to_string_lossy());
    let start = Instant::now();
    run("tallyproof-verify", &[&midnight, "--signer", &public]);
    run("tallyproof-verify", &[&three, "--signer", &public, "--since", &midnight]);
    println!("both bundles verified, the second extends the first: {:.1} s", start.elapsed().as_secs_f64());
}

/// Every acknowledged entry must be in the journal, once.
fn judge(night: &Night) -> ExitCode {
    let found = entries(&night.plan.folder);
    let acknowledged = night.met.acknowledged.lock().expect("nobody panics");
    let (lost, doubled) = amiss(&acknowledged, &found);
    println!(
        "{} entries acknowledged, {} in the journal, {} lost, {} doubled; {} events, chain whole",
        acknowledged.len(),
        found.by.values().sum::<u64>(),
        lost.len(),
        doubled.len(),
        found.n_events
    );
    println!("events: {:?}", found.kinds);
    if lost.is_empty() && doubled.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
