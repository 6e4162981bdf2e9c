//! Bundles from outside: published, verified, extended, proved.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use serde_json::Value;

use crate::images::CLEAN;
use crate::support::{Ran, Temp, new_folder, run, run_in};

const HEADER: &str =
    "EDO,MUN,PAR,CENTRO,MESA,VOTOS_VALIDOS,VOTOS_NULOS,RE,EG,NM,LM,JABE,JOBR,AE,CF,DC,EM,BERA,URL,WHO\n";
const ROWS: &str = "\
MIRANDA,SUCRE,PETARE,130101001,1,100,2,300,60,30,1,1,1,1,1,1,2,2,,A. Person
MIRANDA,SUCRE,PETARE,130101001,2,110,0,310,70,31,1,1,1,1,1,1,1,2,,B. Person
ZULIA,MARACAIBO,BOLIVAR,210101001,1,90,1,280,20,61,1,1,1,1,1,1,1,2,,C. Person
";

/// A folder with a transcription, three photographs and a drawn audit, and its bundle.
pub(crate) struct Published {
    pub(crate) temp: Temp,
    pub(crate) folder: PathBuf,
    pub(crate) bundle: PathBuf,
    pub(crate) key: PathBuf,
}

pub(crate) static PUBLISHED: LazyLock<Published> = LazyLock::new(|| {
    let temp = Temp::new();
    let folder = folder(&temp, "ve");
    let key = key(&temp, "press.key");
    let bundle = temp.join("bundle");
    publish(&folder, &bundle, &key, &["--proofs"]).ends(0);
    Published { temp, folder, bundle, key }
});

pub(crate) fn folder(temp: &Temp, name: &str) -> PathBuf {
    let folder = new_folder(temp, name, "venezuela-2024");
    let rows = temp.write(format!("{name}.csv"), format!("{HEADER}{ROWS}"));
    import(&folder, &rows, &["--source", "campaign", "--version", "V1"]);
    for (n, photo) in CLEAN.iter().enumerate() {
        temp.write(format!("{name}-photos/home-of-a-person-{n}.jpg"), photo.to_jpeg());
    }
    let photos = temp.join(format!("{name}-photos"));
    run_in(&folder, &["add".as_ref(), photos.as_os_str(), "--source".as_ref(), "observers".as_ref()]).ends(0);
    run_in(&folder, &["read"]).ends(0);
    folder
}

pub(crate) fn import(folder: &Path, rows: &Path, more: &[&str]) {
    let args = [&["import", rows.to_str().unwrap()], more].concat();
    run_in(folder, &args).ends(0);
}

pub(crate) fn key(temp: &Temp, name: &str) -> PathBuf {
    let key = temp.join(name);
    run(&["key", "new", "--out", key.to_str().unwrap(), "--no-passphrase", "--comment", "press.example.org"])
        .ends(0);
    key
}

pub(crate) fn publish(folder: &Path, bundle: &Path, key: &Path, more: &[&str]) -> Ran {
    let args = ["publish", bundle.to_str().unwrap(), "--key", key.to_str().unwrap(), "--yes"];
    run_in(folder, &[&args, more].concat())
}

pub(crate) fn public(key: &Path) -> String {
    format!("{}.pub", key.display())
}

pub(crate) fn verify(bundle: &Path, more: &[&str]) -> Ran {
    run(&[&["verify", bundle.to_str().unwrap()], more].concat())
}

fn told(bundle: &Path, more: &[&str]) -> Value {
    serde_json::from_str(&verify(bundle, &[more, &["--format", "json"]].concat()).out).unwrap()
}

#[test]
fn a_stranger_with_the_key_finds_it_intact() {
    let published = &*PUBLISHED;
    let key = public(&published.key);
    let ran = verify(&published.bundle, &["--signer", &key]).ends(0);
    assert!(ran.out.contains("INTACT: everything is as claimed"), "{}", ran.out);
    assert!(verify(&published.bundle, &[]).ends(1).out.contains("SIGNER UNKNOWN"));
    verify(&published.bundle, &["--no-signer"]).ends(0);
    let told = told(&published.bundle, &["--signer", &key]);
    assert_eq!((&told["verdict"], &told["n_readings"]), (&"intact".into(), &3.into()));
    assert_eq!(told["steps"]["proofs"]["n"], 6);
    assert!(told["steps"]["report"]["n"].as_u64().unwrap() > 100);
    let fingerprint = told["signers"][0]["fingerprint"].as_str().unwrap();
    verify(&published.bundle, &["--signer", fingerprint]).ends(0);
    let other = self::key(&published.temp, "stranger.key");
    let ran = verify(&published.bundle, &["--signer", &public(&other), "--lang", "es"]).ends(1);
    assert!(ran.out.contains("no lo firmó ninguna de las claves"), "{}", ran.out);
}

#[test]
fn nothing_private_leaves() {
    let published = &*PUBLISHED;
    for file in files(&published.bundle) {
        let bytes = std::fs::read(published.bundle.join(&file)).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        for private in ["home-of-a-person", "photos", &published.temp.path().display().to_string()] {
            assert!(!text.contains(private), "{file} has {private}");
        }
    }
    // What nothing is read from is told before it leaves.
    let out = published.temp.join("asked");
    publish(&published.folder, &out, &published.key, &[])
        .ends(0)
        .says(&["columns WHO", "campaign, observers"]);
    let args = ["publish", "never", "--key", published.key.to_str().unwrap()];
    run_in(&published.folder, &args).ends(2).says(&["Nobody can be asked"]);
}

#[test]
fn the_same_facts_give_the_same_bytes() {
    let published = &*PUBLISHED;
    let again = published.temp.join("again");
    publish(&published.folder, &again, &published.key, &["--proofs"]).ends(0).says(&["0 tables anew"]);
    let all = files(&published.bundle);
    assert_eq!(files(&again), all);
    for file in all {
        let same =
            std::fs::read(again.join(&file)).unwrap() == std::fs::read(published.bundle.join(&file)).unwrap();
        assert!(same, "{file}");
    }
    publish(&published.folder, &again, &published.key, &[]).ends(3).says(&["already holds something"]);
}

#[test]
fn archives_are_the_same_bundle() {
    let published = &*PUBLISHED;
    for end in ["zip", "tar.zst"] {
        let (one, two) = (published.temp.join(format!("b.{end}")), published.temp.join(format!("c.{end}")));
        publish(&published.folder, &one, &published.key, &[]).ends(0);
        publish(&published.folder, &two, &published.key, &[]).ends(0);
        assert_eq!(std::fs::read(&one).unwrap(), std::fs::read(&two).unwrap());
        verify(&one, &["--signer", &public(&published.key)]).ends(0);
    }
}

#[test]
fn a_later_bundle_extends_the_earlier_and_a_rewritten_one_does_not() {
    let temp = Temp::new();
    let (folder, key) = (folder(&temp, "ve"), key(&temp, "press.key"));
    let (old, new, other) = (temp.join("old"), temp.join("new"), temp.join("other"));
    publish(&folder, &old, &key, &[]).ends(0);
    let rows = ROWS.replace(",60,30,", ",61,29,").replace("210101001,1,90", "210101001,2,90");
    let rows = temp.write("v2.csv", format!("{HEADER}{rows}"));
    import(&folder, &rows, &["--source", "campaign", "--version", "V2", "--supersedes", "V1"]);
    publish(&folder, &new, &key, &[]).ends(0).says(&["3 tables anew"]);
    let (pin, old_name) = (public(&key), old.to_str().unwrap());
    verify(&new, &["--signer", &pin, "--since", old_name]).ends(0);
    assert_eq!(told(&new, &["--signer", &pin])["steps"]["history"]["n"], 1);
    // The earlier state, shown to somebody who knows the later.
    let ran = verify(&old, &["--signer", &pin, "--since", new.to_str().unwrap()]).ends(1);
    assert!(ran.out.contains("this is an older state"), "{}", ran.out);
    // Another history, by the same signer: sound by itself, and not for whoever knows the first.
    let rewritten = self::folder(&temp, "rewritten");
    publish(&rewritten, &other, &key, &[]).ends(0);
    verify(&other, &["--signer", &pin]).ends(0);
    let ran = verify(&other, &["--signer", &pin, "--since", old_name]).ends(1);
    assert!(ran.out.contains("another log"), "{}", ran.out);

    let ran = run(&["compare", old_name, new.to_str().unwrap(), "--format", "json"]).ends(1);
    let compared = ran.json();
    assert_eq!(compared["added"], serde_json::json!(["210101001.02"]));
    assert_eq!(compared["withdrawn"], serde_json::json!(["210101001.01"]));
    let changed = &compared["changed"][0];
    assert_eq!((&changed["table"], &changed["field"]), (&"130101001.01".into(), &"votes.EG".into()));
    assert_eq!((&changed["a"], &changed["b"]), (&"60".into(), &"61".into()));
    run(&["compare", old_name, old_name]).ends(0);
}

#[test]
fn a_folder_whose_history_was_rewritten_publishes_nothing_more() {
    let temp = Temp::new();
    let (folder, key) = (folder(&temp, "ve"), key(&temp, "press.key"));
    publish(&folder, &temp.join("old"), &key, &[]).ends(0);
    let other = self::folder(&temp, "other");
    for entry in ["tallyproof.db", "sources", "originals"] {
        let (from, to) = (other.join(entry), folder.join(entry));
        if to.is_dir() {
            std::fs::remove_dir_all(&to).unwrap();
        }
        std::fs::rename(from, to).unwrap();
    }
    publish(&folder, &temp.join("new"), &key, &[]).ends(3).says(&["history was rewritten"]);
    assert!(!temp.join("new").exists());
}

#[test]
fn a_table_is_proved_by_one_small_file() {
    let published = &*PUBLISHED;
    let proof = published.temp.join("mine.proof");
    let bundle = published.bundle.to_str().unwrap();
    let args = ["prove", "201301006.01", "--bundle", bundle, "--out", proof.to_str().unwrap()];
    run(&args).ends(0).says(&["201301006.01", "only `tallyproof verify`"]);
    assert!(std::fs::metadata(&proof).unwrap().len() < 4096);
    run(&["prove", "999999999.99", "--bundle", bundle]).fails(2, &["was not published"]);
    let script = published.bundle.join("data/check_proof.py");
    let check = |proof: &Path| {
        std::process::Command::new("python3").arg(&script).arg(proof).arg(public(&published.key)).output()
    };
    let Ok(output) = check(&proof) else {
        eprintln!("skipped: no python3");
        return;
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(String::from_utf8_lossy(&output.stdout).contains("201301006.01"));
    let text = std::fs::read_to_string(&proof).unwrap();
    let line = text.lines().nth(3).unwrap();
    let altered = text.replacen(line, &line.chars().rev().collect::<String>(), 1);
    let altered = published.temp.write("altered.proof", altered);
    assert!(!check(&altered).unwrap().status.success());
}

#[test]
fn one_private_part_is_disclosed_by_itself() {
    let published = &*PUBLISHED;
    let shown = run_in(&published.folder, &["journal", "show"]).ends(0).out;
    let seq = shown.lines().position(|line| line.contains("image.added")).unwrap() + 1;
    let file = published.temp.join("disclosure.json");
    let out = file.to_str().unwrap();
    run_in(&published.folder, &["journal", "disclose", &seq.to_string(), "--out", out]).ends(0);
    let bundle = published.bundle.to_str().unwrap();
    let open = |file: &str| run(&["journal", "open", file, "--bundle", bundle]);
    let ran = open(out).ends(0);
    assert!(ran.out.contains("home-of-a-person"), "{}", ran.out);
    let text = std::fs::read_to_string(&file).unwrap();
    let other = published.temp.write("other.json", text.replace("home-of-a", "home-of-b"));
    open(other.to_str().unwrap()).ends(1).says(&["not the one that was committed to"]);
    let longer = (seq + 1).to_string();
    run_in(&published.folder, &["journal", "disclose", &longer, "--out", out]).ends(0);
    let stranger = self::folder(&published.temp, "stranger");
    run_in(&stranger, &["journal", "disclose", &seq.to_string(), "--out", out]).ends(0);
    open(out).ends(1).says(&["not in the bundle's journal"]);
    run_in(&published.folder, &["journal", "disclose", "99999", "--out", out]).fails(2, &["no event"]);
}

/// Paths of all files, sorted.
pub(crate) fn files(root: &Path) -> Vec<String> {
    fn walk(root: &Path, below: &str, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(root.join(below)).unwrap().flatten() {
            let name = entry.file_name().into_string().unwrap();
            let path = if below.is_empty() { name } else { format!("{below}/{name}") };
            if entry.file_type().unwrap().is_dir() {
                walk(root, &path, found);
            } else {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(root, "", &mut found);
    found.sort();
    found
}

/// Copies a folder of files.
pub(crate) fn copy_tree(from: &Path, to: &Path) {
    for file in files(from) {
        let place = to.join(&file);
        std::fs::create_dir_all(place.parent().unwrap()).unwrap();
        std::fs::copy(from.join(&file), place).unwrap();
    }
}
