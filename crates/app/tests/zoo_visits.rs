//! The zoo: hostile files through every door. `examples/zoo` goes through all of them; here every door gets a few, all
//! together go through `add`, and all of them through the desk.

use std::path::Path;

use axum::body::Body;
use axum::http::{Method, header};
use tallyproof::web::door::DoorSettings;
use tallyproof_core::journal::sha256_hex;

use crate::desk_api::{ask, token};
use crate::desk_door::office;
use crate::desk_support::request;
use crate::support::{PROGRAM, Temp, events_by_kind, journal_is_sound, run_in};
use crate::zoo::animals::animals;
use crate::zoo::doors::{DOORS, Place};
use crate::zoo::run::visit;

/// One in so many visits is paid: another one for every door.
const ONE_IN: usize = 23;

#[test]
fn no_hostile_file_passes_a_door_of_the_command_line() {
    let temp = Temp::new();
    let place = Place::new(&temp.join("place"), Path::new(PROGRAM));
    let all = animals(&temp.join("animals"), false);
    let (mut n, mut amiss) = (0, Vec::new());
    for (d, door) in DOORS.iter().enumerate() {
        for (a, animal) in all.iter().enumerate().filter(|(a, _)| (a + 7 * d) % ONE_IN == 0) {
            let visited = visit(&place, door, animal, if (a + d) % 2 == 0 { "en" } else { "es" });
            n += 1;
            if !visited.amiss.is_empty() {
                amiss.push(format!("{} x {}: {}\n{}", door.name, animal.name, visited.amiss, visited.said));
            }
        }
    }
    assert!(amiss.is_empty(), "{}", amiss.join("\n"));
    assert!(n >= 2 * DOORS.len(), "{n} visits");
}

/// What the zoo found once: a file beside a verb's own was not named, was waited for, or was looked at too late.
#[test]
fn what_broke_once_stays_mended() {
    let temp = Temp::new();
    let place = Place::new(&temp.join("place"), Path::new(PROGRAM));
    let all = animals(&temp.join("animals"), false);
    let pairs = [
        ("import", "a device without end"),
        ("new --boundaries", "boundaries of nothing"),
        ("new --boundaries", "a device of nothing"),
        ("verify --since", "zip of a bundle of zeros"),
        ("prove", "zip of a bundle of zeros"),
        ("compare, bundles", "formulas"),
        ("compare, tables", "zip of a bundle of zeros"),
        ("key sign", "a device without end"),
        ("publish --statement", "a statement of nothing"),
        ("serve --tls-cert", "a device without end"),
        ("site --attach", "a pipe"),
        ("site --attach", "a device without end"),
    ];
    let before = events_by_kind(&place.at("work"));
    for (door, animal) in pairs {
        let door = DOORS.iter().find(|one| one.name == door).unwrap();
        let animal = all.iter().find(|one| one.name == animal).unwrap();
        for lang in ["en", "es"] {
            let visited = visit(&place, door, animal, lang);
            assert_eq!(visited.amiss, "", "{} x {}\n{}", door.name, animal.name, visited.said);
            assert!(visited.code.is_some_and(|code| code >= 2), "{} x {}", door.name, animal.name);
        }
    }
    assert_eq!(events_by_kind(&place.at("work")), before, "something was noted all the same");
}

#[test]
fn the_whole_zoo_is_added_at_once_and_the_good_picture_among_it() {
    let temp = Temp::new();
    let place = Place::new(&temp.join("place"), Path::new(PROGRAM));
    drop(animals(&temp.join("animals"), false));
    temp.write("animals/good.jpg", &*crate::images::JPEG);
    let work = place.at("work");
    let taken =
        run_in(&work, &["add", temp.join("animals").to_str().unwrap(), "--format", "json"]).ends(0).json();
    assert!(
        taken["new"].as_u64().unwrap() >= 19 && taken["skipped"].as_array().unwrap().len() > 20,
        "{taken}"
    );
    run_in(&work, &["read"]).ends(0);
    let readings = run_in(&work, &["readings", "--format", "json"]).ends(0).json();
    let good = sha256_hex(&crate::images::JPEG);
    assert!(readings.as_array().unwrap().iter().any(|reading| reading["sha256"] == good.as_str()));
    journal_is_sound(&work);
}

#[test]
fn the_whole_zoo_is_sent_to_the_desk_and_the_desk_goes_on() {
    let temp = Temp::new();
    let all = animals(&temp.join("animals"), false);
    let (office, admin) = office(|_| DoorSettings::default());
    let token = token(&office, &admin.id);
    for animal in &all {
        let name = animal.path.file_name().unwrap().to_string_lossy().into_owned();
        // What is no file has no bytes to send, but a name.
        let bytes =
            if animal.is_special { b"table,A\n".to_vec() } else { std::fs::read(&animal.path).unwrap() };
        let path = format!("/api/v1/images/{}?name={}", sha256_hex(&bytes), percent(&name));
        let put = ask(&office, Method::PUT, &path, &token, bytes.clone());
        assert!(matches!(put.status.as_u16(), 200 | 201 | 413 | 422), "{}: {put:?}", animal.name);
        let head =
            format!("--B\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{name}\"\r\n\r\n");
        let form = [head.as_bytes(), &bytes, b"\r\n--B--\r\n"].concat();
        let builder = request(Method::POST, &format!("/images?csrf={}", admin.csrf), Some(&admin))
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=B");
        let sent = office.send(builder.body(Body::from(form)).unwrap());
        assert!(matches!(sent.status.as_u16(), 200 | 413 | 422), "{}: {sent:?}", animal.name);
        // As a form, as JSON, as nothing that was asked for.
        for kind in ["application/x-www-form-urlencoded", "application/json", "text/csv", "\u{7f}"] {
            let builder = request(Method::POST, "/entry", Some(&admin));
            let Ok(asked) = builder.header(header::CONTENT_TYPE, kind).body(Body::from(bytes.clone())) else {
                continue;
            };
            let refused = office.send(asked);
            assert!((400..500).contains(&refused.status.as_u16()), "{}: {refused:?}", animal.name);
        }
    }
    office.get("/images", Some(&admin)).is(200);
    let left = std::fs::read_dir(office.desk.store.incoming_dir()).unwrap().count();
    assert_eq!(left, 0, "left behind");
    let folder = office.closed();
    journal_is_sound(&folder.join("desk"));
}

fn percent(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
