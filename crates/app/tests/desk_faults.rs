//! Bad days of the desk, with the real server as a process of its own: killed under load, a full disk, two at once. What
//! was acknowledged is in the journal, once.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tallyproof::web::desk::Settings;

use crate::desk_load::clerk::{Met, Pace, all_work};
use crate::desk_load::country::{Country, make};
use crate::desk_load::http::Browser;
use crate::desk_load::ledger::{Entries, amiss, entries};
use crate::desk_load::server::{Server, free_port};
use crate::desk_support::Office;
use crate::support::{PROGRAM, Temp, journal_is_sound, run_in, tallyproof};

const PACE: Pace = Pace { from: Duration::from_millis(20), to: Duration::from_millis(120), wrong_in: 10 };

fn country(temp: &Temp, n: usize, n_clerks: usize) -> Arc<Country> {
    Arc::new(make(&temp.join("desk"), n, n, n_clerks))
}

fn n_acknowledged(met: &Met) -> usize {
    met.acknowledged.lock().unwrap().len()
}

/// Waits until so many more entries were acknowledged.
fn more(met: &Met, n: usize) {
    let (from, start) = (n_acknowledged(met), Instant::now());
    while n_acknowledged(met) < from + n {
        assert!(start.elapsed() < Duration::from_secs(60), "no progress: {:?}", met.failed.lock().unwrap());
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[track_caller]
fn nothing_is_amiss(met: &Met, folder: &Path) -> Entries {
    let found = entries(folder);
    let acknowledged = met.acknowledged.lock().unwrap();
    let (lost, doubled) = amiss(&acknowledged, &found);
    assert!(lost.is_empty(), "lost: {lost:?}");
    assert!(doubled.is_empty(), "doubled: {doubled:?}");
    found
}

#[test]
fn a_server_killed_under_load_loses_and_doubles_nothing() {
    let temp = Temp::new();
    let (country, folder) = (country(&temp, 400, 6), temp.join("desk"));
    let (met, stop) = (Arc::new(Met::default()), Arc::new(AtomicBool::new(false)));
    let port = free_port();
    let mut server = Server::start(tallyproof(), &folder, port);
    let everybody = all_work(&country, port, PACE, &met, &stop);
    for _ in 0..4 {
        more(&met, 8);
        server.kill();
        nothing_is_amiss(&met, &folder);
        server = Server::start(tallyproof(), &folder, port);
    }
    more(&met, 8);
    stop.store(true, Ordering::Relaxed);
    everybody.into_iter().for_each(|clerk| clerk.join().unwrap());
    server.kill();
    let found = nothing_is_amiss(&met, &folder);
    assert!(found.by.values().sum::<u64>() >= 40, "{:?}", found.kinds);
    journal_is_sound(&folder);
    // What machines and people said adds up after all that.
    run_in(&folder, &["run"]).ends(0);
}

#[cfg(unix)]
#[test]
fn a_full_disk_is_said_and_the_server_lives() {
    let temp = Temp::new();
    let (country, folder) = (country(&temp, 300, 4), temp.join("desk"));
    // No file may become larger than what the write-ahead log has after a few entries (`ulimit -f`: blocks of 512 bytes).
    let size = std::fs::metadata(folder.join("tallyproof.db")).unwrap().len();
    let blocks = (size / 512).max(600) + 64;
    let mut limited = Command::new("sh");
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
    limited.args(["-c", &script, PROGRAM]).env("LANG", "C");
    let (met, stop) = (Arc::new(Met::default()), Arc::new(AtomicBool::new(false)));
    let mut server = Server::start(limited, &folder, free_port());
    let everybody = all_work(&country, server.port, PACE, &met, &stop);
    let start = Instant::now();
    let is_full = |met: &Met| {
        let failed = met.failed.lock().unwrap();
        failed.iter().any(|why| why.contains(" 507 ") || why.contains(" 500 ") || why.contains(" 503 "))
    };
    while !is_full(&met) {
        assert!(start.elapsed() < Duration::from_secs(100), "the disk never filled");
        std::thread::sleep(Duration::from_millis(20));
    }
    std::thread::sleep(Duration::from_millis(500));
    stop.store(true, Ordering::Relaxed);
    everybody.into_iter().for_each(|clerk| clerk.join().unwrap());
    // Each failure has words, and the server answers.
    for why in met.failed.lock().unwrap().iter() {
        assert!(why.len() > 30, "no words: {why}");
    }
    assert!(server.runs());
    let mut browser = Browser::new(server.port, &country.observer.token);
    assert_eq!(browser.get("/me").unwrap().status, 200);
    server.kill();
    nothing_is_amiss(&met, &folder);
    // With room again, work goes on where it was.
    let stop = Arc::new(AtomicBool::new(false));
    let mut server = Server::start(tallyproof(), &folder, free_port());
    let everybody = all_work(&country, server.port, PACE, &met, &stop);
    more(&met, 8);
    stop.store(true, Ordering::Relaxed);
    everybody.into_iter().for_each(|clerk| clerk.join().unwrap());
    server.kill();
    nothing_is_amiss(&met, &folder);
    journal_is_sound(&folder);
}

#[test]
fn a_second_server_and_other_verbs_are_told_that_a_desk_runs() {
    let temp = Temp::new();
    let (_country, folder) = (country(&temp, 4, 1), temp.join("desk"));
    let mut server = Server::start(tallyproof(), &folder, free_port());
    let start = Instant::now();
    let listen = format!("127.0.0.1:{}", free_port());
    run_in(&folder, &["serve", "--listen", &listen]).fails(3, &["desk", "127.0.0.1"]);
    let photo = temp.write("a.jpg", &*crate::images::JPEG);
    run_in(&folder, &["add", photo.to_str().unwrap()]).fails(3, &["desk"]);
    assert!(start.elapsed() < Duration::from_secs(30), "they wait for a desk that runs for days");
    // What only looks goes on, and so does a backup.
    run_in(&folder, &["status"]).ends(0);
    let to = temp.join("kept");
    run_in(&folder, &["backup".as_ref(), "--to".as_ref(), to.as_os_str()]).ends(0);
    server.kill();
    run_in(&folder, &["add", photo.to_str().unwrap()]).ends(0);
    journal_is_sound(&folder);
}

/// A desk that is asked to end ends, and everything is in the one file.
#[cfg(unix)]
#[test]
fn a_desk_that_is_asked_to_end_closes_its_books() {
    let temp = Temp::new();
    let (country, folder) = (country(&temp, 40, 3), temp.join("desk"));
    let (met, stop) = (Arc::new(Met::default()), Arc::new(AtomicBool::new(false)));
    let mut server = Server::start(tallyproof(), &folder, free_port());
    let everybody = all_work(&country, server.port, PACE, &met, &stop);
    more(&met, 5);
    let asked = Command::new("kill").args(["-TERM", &server.id().to_string()]).stdout(Stdio::null()).status();
    assert!(asked.unwrap().success());
    let start = Instant::now();
    while server.runs() {
        assert!(start.elapsed() < Duration::from_secs(40), "it does not end");
        std::thread::sleep(Duration::from_millis(50));
    }
    stop.store(true, Ordering::Relaxed);
    everybody.into_iter().for_each(|clerk| clerk.join().unwrap());
    nothing_is_amiss(&met, &folder);
    journal_is_sound(&folder);
}

#[test]
fn a_clock_that_jumps_takes_nothing_from_anybody() {
    let temp = Temp::new();
    let country = country(&temp, 3, 1);
    let office = Office::open(temp, Settings::default());
    let clerk = &country.clerks[0];
    let seat = office.again(&clerk.id);
    let desk = &office.desk;
    let lease = |page: &str| {
        page.split("name=\"lease\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
    };
    let held = lease(&office.get("/entry", Some(&seat)).is(200).text);
    // Years back, while a sheet is on the screen: the session holds and the sheet stays theirs.
    desk.clock.jump(-400 * 86_400);
    assert_eq!(lease(&office.get("/entry", Some(&seat)).is(200).text), held);
    let saved = office.post("/entry", &seat, &[("lease", &held), ("deed", "unreadable")]).is(200);
    assert!(saved.text.contains("Saved"), "{}", saved.text);
    // Whoever does nothing is signed out by the time that the server ran, whatever the wall says.
    let idle_s = desk.settings.idle_s;
    desk.clock.pass(idle_s + 60);
    desk.clock.jump(-idle_s - 3_600);
    office.get("/entry", Some(&seat)).leads_to("/login?next=/entry");
    // Years ahead, as after a machine slept: nobody stays signed in, and work goes on after signing in again.
    let seat = office.again(&clerk.id);
    desk.clock.jump(800 * 86_400);
    office.get("/entry", Some(&seat)).leads_to("/login?next=/entry");
    let seat = office.again(&clerk.id);
    let held = lease(&office.get("/entry", Some(&seat)).is(200).text);
    office.post("/entry", &seat, &[("lease", &held), ("deed", "unreadable")]).is(200).says("Saved");
    let folder = desk.store.root().to_owned();
    let Office { desk, router, runtime, temp } = office;
    drop((router, desk, runtime));
    journal_is_sound(&folder);
    drop(temp);
}
