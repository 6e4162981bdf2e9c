//! The program learns from the sheets it is given, and uses what it learned only where it is better.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tallyproof::pipeline::weights::Weights;
use tallyproof::store::{Access, Fact, Store};
use tallyproof_core::journal::sha256_hex;
use tallyproof_render::practice::specimen;
use tallyproof_render::{Damage, Style, photograph, print_sheet};

use crate::practice;
use crate::support::{Temp, journal_is_sound, new_folder, run_in};

/// A folder of the practice election with `n` photographs read.
fn folder(temp: &Temp, n: u64) -> PathBuf {
    temp.write("practice/election.toml", practice::toml());
    let work = new_folder(temp, "work", temp.join("practice").to_str().unwrap());
    for seed in 7_000..7_000 + n {
        let paper = print_sheet(&specimen(seed).face, &Style::everyday(seed)).unwrap();
        let photo = photograph(&paper, &Damage::everyday(seed), seed);
        temp.write(format!("photos/{seed}.jpg"), photo.to_jpeg());
    }
    run_in(&work, &["add", temp.join("photos").to_str().unwrap(), "--source", "observers"]).ends(0);
    run_in(&work, &["read"]).ends(0);
    work
}

/// Lets a folder read with weights made outside of it.
pub(crate) fn give(work: &Path, sha256: &str, bytes: &[u8]) {
    let store = Store::open(work, Access::Write).unwrap();
    store.replace(&store.source_path(sha256), |out| out.write_all(bytes)).unwrap();
    let body = json!({"adopted": true, "new_sha256": sha256});
    store.append_all(&[Fact { kind: "weights.trained", body, private: Value::Null }]).unwrap();
}

fn train(work: &Path) -> Value {
    run_in(work, &["train", "--format", "json"]).ends(0).json()
}

#[test]
fn weights_that_got_worse_are_mended_by_the_folders_own_sheets() {
    let temp = Temp::new();
    let work = folder(&temp, 80);
    // The weights that the program comes with, with a few of the second half lost.
    let mut bytes = Weights::shipped().net.to_bytes();
    let half = bytes.len() / 2;
    bytes[half..].chunks_mut(301).for_each(|chunk| chunk[0] = 0);
    let sha256 = sha256_hex(&bytes);
    give(&work, &sha256, &bytes);
    let trained = train(&work);
    println!("{trained:#}");
    assert_eq!(trained["old_sha256"], json!(sha256));
    assert_eq!(trained["adopted"], json!(true), "{trained:#}");
    let score = |which: &str, figure: &str| trained[which][figure].as_u64().unwrap();
    assert!(score("new", "exact") > score("old", "exact"));
    assert!(score("new", "wrong") <= score("old", "wrong"));
    assert!(score("new", "accepted") <= score("old", "accepted"));
    assert!(score("new", "altered") > 1_000, "altered values were proposed");
    // From now on they read, and the journal says so for every image.
    run_in(&work, &["read", "--again"]).ends(0);
    let readers = |work: &Path| {
        let store = Store::open(work, Access::Read).unwrap();
        let originals = store.originals().unwrap();
        let nets = originals.iter().map(|o| o.reading.as_ref().unwrap()["print"]["net"].clone());
        (Weights::of(&store).unwrap().sha256, nets.filter(|net| *net == trained["new_sha256"]).count())
    };
    let (now, n_read) = readers(&work);
    assert_eq!(trained["new_sha256"], json!(now));
    assert!(n_read > 70, "readings name the weights that read them: {n_read}");
    journal_is_sound(&work);

    run_in(&work, &["train", "--reset"]).ends(0);
    assert_eq!(readers(&work).0, Weights::shipped().sha256);
    journal_is_sound(&work);
}

#[test]
fn too_few_sheets_and_sheets_without_a_code_teach_nothing() {
    let temp = Temp::new();
    let work = folder(&temp, 3);
    run_in(&work, &["train"]).fails(3, &["Too few sheets to learn from", "At least 40 and 10"]);
    let written = new_folder(&temp, "written", "costa-serena-2031");
    run_in(&written, &["train"]).fails(3, &["no printed figures"]);
}

#[test]
fn kept_weights_that_changed_are_an_error_that_names_them() {
    let temp = Temp::new();
    let work = folder(&temp, 1);
    let bytes = Weights::shipped().net.to_bytes();
    let another = "0".repeat(64);
    give(&work, &another, &bytes);
    run_in(&work, &["read", "--again"]).fails(3, &[&another]);
}
