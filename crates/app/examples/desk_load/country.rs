//! A made-up country on the ballot of Venezuela 2024: most sheets read by code and print, the rest waiting for people.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};
use tallyproof::pipeline::{election, packs};
use tallyproof::store::{Fact, Store};
use tallyproof::web::desk::{Desk, Settings};
use tallyproof::web::roll::NewAccount;
use tallyproof::web::session::Kind;
use tallyproof::words::Lang;
use tallyproof_core::journal::sha256_hex;
use tallyproof_core::pack::Pack;
use tallyproof_core::people::{PersonId, Role};
use tallyproof_core::print::{Match, Print, Printed, PrintedFigure, expected};

/// Tables of a centre, centres of a parish, parishes of a municipality, municipalities of a state.
const TABLES: usize = 2;
const CENTRES: usize = 13;
const PARISHES: usize = 3;
const MUNICIPALITIES: usize = 16;
/// Facts journalled in one transaction.
const BATCH: usize = 2_000;

/// What a sheet really says, by the codes of the form's figures.
pub(crate) type Truth = HashMap<String, String>;

/// Somebody who is signed in.
#[derive(Clone, Debug)]
pub(crate) struct Seat {
    pub(crate) id: PersonId,
    pub(crate) token: String,
}

/// The country: what the sheets that wait for people say, by image.
pub(crate) struct Country {
    pub(crate) truths: Arc<HashMap<String, Truth>>,
    pub(crate) clerks: Vec<Seat>,
    pub(crate) observer: Seat,
}

/// Makes a working folder of `n` tables, `n_waiting` of which nobody could read, and accounts of `n_clerks`.
pub(crate) fn make(folder: &Path, n: usize, n_waiting: usize, n_clerks: usize) -> Country {
    let loaded = packs::find("venezuela-2024").expect("an embedded pack");
    let store = election::create(folder, &loaded, None).expect("a new folder");
    let jpeg = picture();
    let (mut truths, mut facts) = (HashMap::new(), Vec::new());
    for i in 0..n {
        // Bytes after the end of a picture are no part of it, and make it another file.
        let bytes = [jpeg.as_slice(), &i.to_le_bytes()].concat();
        let sha256 = keep(&store, &bytes);
        let table = table(i);
        let is_waiting = i >= n - n_waiting;
        let body = json!({"sha256": sha256, "bytes": bytes.len(), "source": "observers"});
        let private = json!({"file": format!("{i}.jpg")});
        facts.push(Fact { kind: "image.added", body, private });
        let mut body = if is_waiting { unread() } else { read(&loaded.pack, &table, i) };
        body["sha256"] = json!(sha256);
        facts.push(Fact { kind: "image.read", body, private: json!({"time": "made up"}) });
        if is_waiting {
            truths.insert(sha256, truth(&loaded.pack, &table, i));
        }
        if facts.len() >= BATCH {
            store.append_all(&std::mem::take(&mut facts)).expect("room on the disk");
        }
    }
    store.append_all(&facts).expect("room on the disk");
    drop(store);
    let (clerks, observer) = people(folder, n_clerks);
    Country { truths: Arc::new(truths), clerks, observer }
}

/// Accounts, and sessions that outlive this process.
fn people(folder: &Path, n_clerks: usize) -> (Vec<Seat>, Seat) {
    let desk = Desk::open(folder, Settings::default()).expect("a folder that was just made");
    let at = desk.clock.timestamp();
    let account = |login: String, role, by: Option<&PersonId>| {
        // Nobody signs in by a password here: hashing one takes time on purpose.
        let password = Some("$argon2id$none".to_owned());
        let new = NewAccount { name: login.clone(), login, role, lang: Lang::En, password };
        let id = desk.roll.create(&desk.store, &at, by, &new).expect("a new account");
        let begun =
            desk.sessions.begin(&desk.store, &id, Kind::Page, "", desk.clock.now()).expect("a session");
        Seat { id, token: begun.token }
    };
    let admin = account("admin".to_owned(), Role::Administrator, None);
    let observer = account("observer".to_owned(), Role::Observer, Some(&admin.id));
    let clerks = (0..n_clerks).map(|n| account(format!("clerk{n}"), Role::Clerk, Some(&admin.id)));
    (clerks.collect(), observer)
}

fn picture() -> Vec<u8> {
    let (width, height) = (420, 594);
    let pixel = |at: usize| if (at / width / 12 + at % width / 40).is_multiple_of(2) { 240 } else { 90 };
    let pixels = (0..width * height).map(pixel).collect();
    tallyproof_render::encode_grey(width, height, pixels, 60).expect("a picture of a size that can be")
}

/// Keeps an original without waiting for the disk: the folder is made anew if the machine falls.
fn keep(store: &Store, bytes: &[u8]) -> String {
    let sha256 = sha256_hex(bytes);
    let path = store.original_path(&sha256);
    fs::create_dir_all(path.parent().expect("below the folder")).expect("room on the disk");
    fs::write(path, bytes).expect("room on the disk");
    sha256
}

fn table(i: usize) -> String {
    let centre = i / TABLES;
    let parish = centre / CENTRES;
    let municipality = parish / PARISHES;
    let state = municipality / MUNICIPALITIES;
    format!(
        "{:02}{:02}{:02}{:03}.{:02}",
        1 + state,
        1 + municipality % MUNICIPALITIES,
        1 + parish % PARISHES,
        1 + centre % CENTRES,
        1 + i % TABLES
    )
}

fn votes(i: usize, line: usize) -> usize {
    match line {
        0 => 40 + (i * 7) % 160,
        35 => 150 + (i * 13) % 260,
        // Of the payloads printed in 2024, somewhat less than half the lines are 0.
        line => (i + line * 5) % 11 / 5,
    }
}

fn unread() -> Value {
    json!({"outcome": "unread", "cause": "no-code", "damage": null, "print": null, "signature": null})
}

/// What a machine says of a sheet whose code and print agree.
fn read(pack: &Pack, table: &str, i: usize) -> Value {
    let lines: Vec<String> = (0..pack.lines.len()).map(|line| votes(i, line).to_string()).collect();
    let payload = format!("{table}.1.0001!{}!{}!0", lines.join(","), i % 9);
    let grammar = pack.payload.as_ref().expect("the pack has a code");
    let read = grammar.read(pack, payload.as_bytes()).expect("a payload of the grammar");
    let figures =
        expected(pack, &read.table, &read.values).into_iter().map(|(figure, asked, _)| PrintedFigure {
            figure,
            printed: Printed::Digits(asked.as_str().into()),
            confidence: 998,
            compared: Some((asked.into(), Match::Same)),
            crop: None,
        });
    let print = Print { figures: figures.collect() };
    json!({
        "outcome": "read", "payload": payload, "decoder": "rxing", "rung": "made-up", "others": [], "undecoded": 0,
        "damage": null, "print": {"figures": print.to_json()}, "signature": null,
    })
}

/// What stands on a sheet that waits for people.
fn truth(pack: &Pack, table: &str, i: usize) -> Truth {
    let lines: Vec<usize> = (0..pack.lines.len()).map(|line| votes(i, line)).collect();
    let (valid, null) = (lines.iter().sum::<usize>(), i % 9);
    let mut truth: Truth =
        lines.iter().enumerate().map(|(at, n)| (format!("line-{}", at + 1), n.to_string())).collect();
    let (centre, number) = table.split_once('.').expect("an id of ours");
    let others = [
        ("table-1", centre.to_owned()),
        ("table-2", number.to_owned()),
        ("table", table.to_owned()),
        ("valid", valid.to_string()),
        ("null", null.to_string()),
        ("ballots", (valid + null).to_string()),
        ("electors", (valid + null + 100).to_string()),
    ];
    truth.extend(others.map(|(code, text)| (code.to_owned(), text)));
    truth
}
