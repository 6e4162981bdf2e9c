//! What comes in and goes out of the desk: exports, bundles, backups, pictures.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::{Method, Request, header};
use serde_json::Value;
use tallyproof::pipeline::backup::restore;
use tallyproof::pipeline::keys;
use tallyproof::web::desk::Settings;
use tallyproof::web::door::{self, DoorSettings, JobKind, JobState};
use tallyproof_core::journal::sha256_hex;
use tallyproof_core::people::Role;

use crate::archives::{archive, file};
use crate::desk_support::{Answer, Office, Seat, request};
use crate::images::{CLEAN, JPEG};
use crate::support::{Temp, journal_is_sound, run};

/// A desk for Venezuela's pack, whose sheets machines read, with these settings of the door.
pub(crate) fn office(settings: impl FnOnce(&Temp) -> DoorSettings) -> (Office, Seat) {
    let temp = Temp::new();
    let pack = tallyproof::pipeline::packs::find("venezuela-2024").unwrap();
    drop(tallyproof::pipeline::election::create(&temp.join("desk"), &pack, None).unwrap());
    let door = settings(&temp);
    let office = Office::open(temp, Settings { door, ..Settings::default() });
    let seat = office.seat("admin", Role::Administrator, None);
    (office, seat)
}

/// A form with files, as a browser sends it.
pub(crate) fn files_form(seat: &Seat, source: &str, files: &[(&str, &[u8])]) -> Request<Body> {
    let mut body =
        format!("--B\r\nContent-Disposition: form-data; name=\"source\"\r\n\r\n{source}\r\n").into_bytes();
    for (name, bytes) in files {
        let head = format!(
            "--B\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{name}\"\r\nContent-Type: image/jpeg\r\n\r\n"
        );
        body.extend(head.bytes());
        body.extend_from_slice(bytes);
        body.extend(b"\r\n");
    }
    body.extend(b"--B--\r\n");
    let path = format!("/images?csrf={}", seat.csrf);
    let builder = request(Method::POST, &path, Some(seat));
    builder.header(header::CONTENT_TYPE, "multipart/form-data; boundary=B").body(Body::from(body)).unwrap()
}

pub(crate) fn wait(what: &str, ripe: impl Fn() -> bool) {
    let start = Instant::now();
    while !ripe() {
        assert!(start.elapsed() < Duration::from_secs(100), "{what} takes too long");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Waits for a job, and gives its files' addresses.
#[track_caller]
fn made(office: &Office, kind: JobKind) -> Vec<String> {
    wait("a job", || office.desk.door.jobs.running().is_none());
    match office.desk.door.jobs.last(kind).unwrap().state {
        JobState::Done(ended) => {
            assert!(ended.faults.is_empty(), "{ended:?}");
            ended.made.iter().map(|made| format!("/exports/{}/{}", kind.code(), made.name)).collect()
        }
        other => panic!("{other:?}"),
    }
}

fn bytes(office: &Office, path: &str, seat: &Seat) -> Vec<u8> {
    use http_body_util::BodyExt;
    use tower::ServiceExt;
    let mut asked = request(Method::GET, path, Some(seat)).body(Body::empty()).unwrap();
    asked.headers_mut().insert(header::HOST, "localhost:8080".parse().unwrap());
    office.runtime.block_on(async {
        let answer = office.router.clone().oneshot(asked).await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        answer.into_body().collect().await.unwrap().to_bytes().to_vec()
    })
}

#[test]
fn tables_are_made_and_fetched() {
    let (office, admin) = office(|_| DoorSettings::default());
    let [_, coordinator, clerk, _] = office.team(&admin);
    office
        .get("/exports", Some(&coordinator))
        .is(200)
        .says("Make the data files")
        .says("start the desk with --key");
    office.get("/exports", Some(&clerk)).is(403);
    office.post("/exports/tables", &coordinator, &[]).leads_to("/exports");
    let all = made(&office, JobKind::Tables);
    office.get("/exports", Some(&coordinator)).is(200).says("results.xlsx").says("up to event");
    assert!(all.len() > 10);
    for path in &all {
        let got = bytes(&office, path, &coordinator);
        assert!(!got.is_empty(), "{path}");
        office.get(path, Some(&clerk)).is(403);
        if path.ends_with("results.json") {
            let results: Value = serde_json::from_slice(&got).unwrap();
            assert_eq!(results["tabulation"]["n_tables_seen"], 0);
        }
        if path.ends_with(".xlsx") {
            assert!(got.starts_with(b"PK"));
        }
    }
    for bad in [
        "/exports/tables/none.csv",
        "/exports/tables/..%2f..%2ftallyproof.db",
        "/exports/none/x",
        "/exports/backup/x",
    ] {
        office.get(bad, Some(&admin)).is(404);
    }
}

#[test]
fn a_bundle_is_published_and_a_stranger_verifies_it() {
    let (office, admin) = office(|temp| {
        let key = temp.join("press.key");
        keys::new_key(&key, "press", Some("long words, many")).unwrap();
        DoorSettings { key: Some(key), ..DoorSettings::default() }
    });
    let [_, coordinator, clerk, observer] = office.team(&admin);
    for seat in [&clerk, &observer] {
        office.get("/exports/bundle", Some(seat)).is(403);
        office.post("/exports/bundle", seat, &[("agreed", "yes")]).is(403);
    }
    office.get("/exports/bundle", Some(&coordinator)).is(200).says("press.key").says("Passphrase");
    let publish = |passphrase, agreed: &[(&str, &str)]| -> Answer {
        let fields = [&[("passphrase", passphrase)], agreed].concat();
        office.post("/exports/bundle", &coordinator, &fields)
    };
    publish("long words, many", &[]).is(422).says("looked at what would leave");
    publish("wrong", &[("agreed", "yes")]).is(422).says("passphrase");
    assert!(office.desk.door.jobs.last(JobKind::Bundle).is_none());
    publish("long words, many", &[("agreed", "yes")]).leads_to("/exports");
    let all = made(&office, JobKind::Bundle);
    let zip = office.temp.write("fetched.zip", bytes(&office, &all[0], &coordinator));
    let public = office.temp.join("press.key.pub");
    run(&["verify".as_ref(), zip.as_os_str(), "--signer".as_ref(), public.as_os_str()]).ends(0);
    // Names of people leave with no bundle.
    assert!(!String::from_utf8_lossy(&std::fs::read(&zip).unwrap()).contains("Name of clerk"));
    // The next one extends the same log.
    publish("long words, many", &[("agreed", "yes")]).leads_to("/exports");
    made(&office, JobKind::Bundle);
}

#[test]
fn a_backup_is_the_administrators_and_restores() {
    let (office, admin) = office(|_| DoorSettings::default());
    let [_, coordinator, ..] = office.team(&admin);
    office.post("/exports/backup", &coordinator, &[]).is(403);
    office.post("/exports/backup", &admin, &[]).leads_to("/exports");
    let all = made(&office, JobKind::Backup);
    office.get(&all[0], Some(&coordinator)).is(403);
    let page = office.get("/exports", Some(&coordinator)).is(200);
    assert!(!page.text.contains("backup.zip") && !page.text.contains("Make a backup"));
    let zip = office.temp.write("fetched.zip", bytes(&office, &all[0], &admin));
    let again = office.temp.join("again");
    let restored = restore(&zip, &again, &|_, _| {}).unwrap();
    assert!(restored.faults.is_empty());
    journal_is_sound(&again);
    // Accounts are there, nobody is signed in.
    let moved = Temp::new();
    std::fs::rename(&again, moved.join("desk")).unwrap();
    let other = Office::open(moved, Settings::default());
    other.get("/accounts", Some(&admin)).leads_to("/login?next=/accounts");
    let seat = other.again(&admin.id);
    other.get("/accounts", Some(&seat)).is(200).says("Name of coordinator");
}

#[test]
fn a_backup_goes_to_the_place_given_at_the_start_and_copies_what_is_new() {
    let (office, admin) =
        office(|temp| DoorSettings { backup_to: Some(temp.join("kept")), ..DoorSettings::default() });
    for _ in 0..2 {
        office.post("/exports/backup", &admin, &[]).leads_to("/exports");
        assert!(made(&office, JobKind::Backup).is_empty());
    }
    office.get("/exports", Some(&admin)).is(200).says("kept holds the folder").says("0 of them, 0 bytes");
    restore(&office.temp.join("kept"), &office.temp.join("again"), &|_, _| {}).unwrap();
}

#[test]
fn one_job_at_a_time() {
    let (office, admin) = office(|_| DoorSettings::default());
    let (go, waiting) = std::sync::mpsc::channel::<()>();
    let begun = door::Jobs::start(&office.desk, JobKind::Backup, move |_, _| {
        let _ = waiting.recv();
        panic!("a job that breaks off");
    });
    assert!(begun.is_ok());
    office.post("/exports/tables", &admin, &[]).is(409).says("still being made");
    go.send(()).unwrap();
    wait("a job", || office.desk.door.jobs.running().is_none());
    office.get("/exports", Some(&admin)).is(200).says("It broke off");
    office.post("/exports/tables", &admin, &[]).leads_to("/exports");
    made(&office, JobKind::Tables);
}

#[test]
fn pictures_are_sent_from_the_page_and_read_in_the_background() {
    let (office, admin) = office(|_| DoorSettings::default());
    let [_, coordinator, clerk, _] = office.team(&admin);
    let background = door::open(&office.desk).unwrap();
    office.get("/images", Some(&coordinator)).is(200).says("Send images");
    office.get("/images", Some(&clerk)).is(403);
    office.send(files_form(&clerk, "phones", &[("a.jpg", &JPEG)])).is(403);
    let zip = archive(|zip| file(zip, "night/b.jpg", &CLEAN[1].to_jpeg()));
    let sent = [("a.jpg", JPEG.as_slice()), ("more.zip", &zip), ("notes.txt", b"no picture")];
    let page = office.send(files_form(&coordinator, "phones", &sent)).is(200);
    page.says("2 images seen: 2 new").says("notes.txt");
    wait("reading", || office.desk.store.n_originals().unwrap() == (2, 0));
    office.send(files_form(&coordinator, "phones", &sent)).is(200).says("2 known already");
    office.send(files_form(&coordinator, "../x", &sent)).is(422).says("../x");
    office.send(files_form(&coordinator, "phones", &[])).is(422).says("No file was chosen");
    office.get("/images", Some(&coordinator)).is(200).says("<dd>2</dd>").says("<dd>0</dd>");
    let reading = office.desk.store.reading_of(&sha256_hex(&JPEG)).unwrap().unwrap();
    assert_eq!(reading["outcome"], "read");
    // Who sent it is private, under the pseudonym.
    let events = office.desk.store.event_bytes(1, 1_000).unwrap().concat();
    let public = String::from_utf8_lossy(&events);
    assert!(public.contains("image.added") && !public.contains("a.jpg"));
    assert_eq!(std::fs::read_dir(office.desk.store.incoming_dir()).unwrap().count(), 0);
    drop(background);
    let folder: PathBuf = office.desk.store.root().to_owned();
    let Office { desk, router, runtime, temp } = office;
    drop((router, desk, runtime));
    journal_is_sound(&folder);
    drop(temp);
}

#[test]
fn a_form_of_another_session_is_refused() {
    let (office, admin) = office(|_| DoorSettings::default());
    let [_, coordinator, ..] = office.team(&admin);
    let other = office.again(&coordinator.id);
    let stolen = Seat { csrf: other.csrf, ..coordinator.clone() };
    office.send(files_form(&stolen, "phones", &[("a.jpg", &JPEG)])).is(403);
    let none = Seat { csrf: String::new(), ..coordinator };
    office.send(files_form(&none, "phones", &[("a.jpg", &JPEG)])).is(403);
    assert_eq!(office.desk.store.n_originals().unwrap(), (0, 0));
}

/// Whoever sent first does not wait for whoever sends on, whatever the hashes of the pictures are.
#[test]
fn pictures_wait_in_the_order_they_came() {
    let (office, admin) = office(|_| DoorSettings::default());
    let mut sent = Vec::new();
    for n in 0..6u8 {
        let bytes = [JPEG.as_slice(), &[n]].concat();
        office.send(files_form(&admin, "phones", &[("a.jpg", &bytes)])).is(200);
        sent.push(sha256_hex(&bytes));
    }
    office.send(files_form(&admin, "party", &[("again.jpg", &[JPEG.as_slice(), &[3]].concat())])).is(200);
    assert!(!sent.is_sorted(), "else this shows nothing");
    assert_eq!(office.desk.store.pending(10).unwrap(), sent);
    assert_eq!(office.desk.store.pending(2).unwrap(), sent[..2]);
}
