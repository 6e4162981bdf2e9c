//! The desk under load: a made-up country, the real server on loopback, and simulated clerks with think time.
//!
//! `cargo run --release -p tallyproof --example desk_load -- FOLDER [TABLES] [WAITING] [CLERKS] [SECONDS]` makes the folder
//! (30,000 tables, 6,000 of them waiting for people, 200 clerks, 120 seconds), starts `tallyproof serve` beside this
//! program, and says how long pages and saves took; then the server is killed under load, started again, and every
//! entry that it had acknowledged is looked for in the journal. Exit status 1 when one is lost or there twice.
#![allow(
    clippy::print_stdout,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "an example reports on the terminal, and ends where it cannot go on"
)]

// As the tests name it: its parts lie beside it.
#[allow(dead_code, reason = "tests of bad days use all of it")]
#[path = "load.rs"]
mod load;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use load::clerk::{Met, Pace, all_work};
use load::country::{Country, make};
use load::http::Browser;
use load::ledger::{amiss, entries};
use load::server::{Server, free_port};

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let Some(folder) = args.first().map(PathBuf::from) else {
        println!("name a folder to be made");
        return ExitCode::from(2);
    };
    let number = |at: usize, usual: usize| args.get(at).and_then(|text| text.parse().ok()).unwrap_or(usual);
    let (n, n_waiting, n_clerks, seconds) =
        (number(1, 30_000), number(2, 6_000), number(3, 200), number(4, 120));
    let start = Instant::now();
    let country = Arc::new(make(&folder, n, n_waiting.min(n), n_clerks));
    println!(
        "{n} tables, {n_waiting} waiting for people, {n_clerks} clerks: made in {:.1} s",
        start.elapsed().as_secs_f64()
    );
    let port = free_port();
    let start = Instant::now();
    let mut server = Server::start(program(), &folder, port);
    println!("server answers after {:.1} s", start.elapsed().as_secs_f64());
    overview(&country, port, "overview, first", 1);

    let pace = Pace { from: Duration::from_secs(5), to: Duration::from_secs(15), wrong_in: 50 };
    let (met, stop) = (Arc::new(Met::default()), Arc::new(AtomicBool::new(false)));
    let everybody = all_work(&country, port, pace, &met, &stop);
    // Times count once everybody is at work.
    std::thread::sleep(pace.to);
    met.times.lock().expect("no clerk panics").clear();
    let start = Instant::now();
    let before = met.acknowledged.lock().expect("no clerk panics").len();
    while start.elapsed() < Duration::from_secs(seconds as u64) {
        overview(&country, port, "", 1).into_iter().for_each(|took| {
            met.times.lock().expect("no clerk panics").push(("overview", took));
        });
        std::thread::sleep(Duration::from_secs(2));
    }
    let n_saved = met.acknowledged.lock().expect("no clerk panics").len() - before;
    println!("{n_saved} saves in {seconds} s: {:.1} a second", n_saved as f64 / seconds as f64);
    report(&met);
    peak(server.id());
    println!("failed requests: {}", met.failed.lock().expect("no clerk panics").len());

    println!("kill -9 under load");
    server.kill();
    std::thread::sleep(Duration::from_millis(500));
    let start = Instant::now();
    let server = Server::start(program(), &folder, port);
    println!("server answers again after {:.1} s", start.elapsed().as_secs_f64());
    std::thread::sleep(pace.to * 2);
    stop.store(true, Ordering::Relaxed);
    everybody.into_iter().for_each(|clerk| drop(clerk.join()));
    drop(server);
    let found = entries(&folder);
    let acknowledged = met.acknowledged.lock().expect("no clerk panics");
    let (lost, doubled) = amiss(&acknowledged, &found);
    println!(
        "{} entries acknowledged, {} in the journal, {} lost, {} doubled; {} events, chain whole",
        acknowledged.len(),
        found.by.values().sum::<u64>(),
        lost.len(),
        doubled.len(),
        found.n_events
    );
    if lost.is_empty() && doubled.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The program of the same build: examples lie in a folder beside it.
fn program() -> Command {
    let own = std::env::current_exe().expect("a path");
    let target = own.parent().and_then(Path::parent).expect("target/<profile>/examples");
    Command::new(target.join("tallyproof"))
}

/// Looks at the overview, as a projector does.
fn overview(country: &Country, port: u16, name: &str, times: usize) -> Vec<Duration> {
    let mut browser = Browser::new(port, &country.observer.token);
    let mut took = Vec::new();
    for _ in 0..times {
        let start = Instant::now();
        let answer = browser.get("/overview").expect("an answer");
        assert_eq!(answer.status, 200, "{}", answer.text());
        took.push(start.elapsed());
        if !name.is_empty() {
            println!(
                "{name}: {:.0} ms, {} kB",
                start.elapsed().as_secs_f64() * 1e3,
                answer.body.len() / 1_000
            );
        }
    }
    took
}

/// Percentiles of each kind of request.
fn report(met: &Met) {
    let times = met.times.lock().expect("no clerk panics");
    println!("{:10} {:>7} {:>8} {:>8} {:>8}", "", "n", "p50 ms", "p99 ms", "max ms");
    for kind in ["page", "save", "draft", "picture", "overview"] {
        let mut took: Vec<f64> =
            times.iter().filter(|(k, _)| *k == kind).map(|(_, took)| took.as_secs_f64() * 1e3).collect();
        took.sort_by(f64::total_cmp);
        let at = |share: usize| took.get((took.len() * share / 100).min(took.len().saturating_sub(1)));
        if let (Some(p50), Some(p99), Some(most)) = (at(50), at(99), took.last()) {
            println!("{kind:10} {:>7} {p50:>8.1} {p99:>8.1} {most:>8.1}", took.len());
        }
    }
}

/// The most memory the server had.
fn peak(process: u32) {
    if let Ok(status) = std::fs::read_to_string(format!("/proc/{process}/status")) {
        status.lines().filter(|line| line.starts_with("VmHWM")).for_each(|line| println!("server {line}"));
    }
}
