//! Whatever is changed in a good bundle is noticed, and by what.
//!
//! Three kinds of adversary: one who only changes files; one who also renews the hashes and signs with a key of his own;
//! and the publisher himself, who has the key and rewrites what he published.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tallyproof_core::journal::{ChainCheck, Event, hex, sha256_hex};
use tallyproof_evidence::checkpoint::{Checkpoint, SignedCheckpoint};
use tallyproof_evidence::layout;
use tallyproof_evidence::ssh::{KeyPair, NAMESPACE, Signer, sign};
use tallyproof_evidence::tree::Tree;
use tallyproof_evidence::verify::{Request, Verification, verify};

use crate::bundle::{PUBLISHED, copy_tree, files};
use crate::support::Temp;

/// A copy of the good bundle, to be spoiled.
pub(crate) type Events = Vec<(String, Value, String)>;

/// A rewriting of the journal.
pub(crate) type Rewrite = fn(&mut Events);

pub(crate) struct Copy {
    pub(crate) temp: Temp,
    pub(crate) root: PathBuf,
}

pub(crate) fn copy() -> Copy {
    let temp = Temp::new();
    let root = temp.join("b");
    copy_tree(&PUBLISHED.bundle, &root);
    Copy { temp, root }
}

/// The publisher's key, and a stranger's.
pub(crate) fn publisher() -> KeyPair {
    KeyPair::from_openssh(&std::fs::read_to_string(&PUBLISHED.key).unwrap(), None).unwrap()
}

pub(crate) fn stranger() -> KeyPair {
    KeyPair::from_seed(&[9; 32], "stranger")
}

/// What somebody finds who knows the publisher's key.
pub(crate) fn looked_at(root: &Path) -> Result<Verification, String> {
    verify(root, &request(true), &mut |_| {}).map_err(|error| error.to_string())
}

pub(crate) fn request(pinned: bool) -> Request {
    let pinned = if pinned { vec![publisher().public_key().fingerprint()] } else { Vec::new() };
    Request { pinned, since: None, witnesses: None, cosigned: None, calibration: true }
}

/// Codes of what is wrong; `cannot-look` where it cannot be looked at.
pub(crate) fn codes(root: &Path) -> BTreeSet<String> {
    match looked_at(root) {
        Ok(found) => found.discrepancies.iter().map(|d| format!("{}/{}", d.step.code(), d.code)).collect(),
        Err(_) => BTreeSet::from(["cannot-look".to_owned()]),
    }
}

#[track_caller]
pub(crate) fn noticed(root: &Path, what: &str) -> BTreeSet<String> {
    let codes = codes(root);
    assert!(!codes.is_empty(), "not noticed: {what}");
    codes
}

/// Renews manifests, and the signature with this key.
pub(crate) fn reseal(root: &Path, key: &mut KeyPair) {
    let line =
        |path: &str| format!("{}  {path}\n", hex(&Sha256::digest(std::fs::read(root.join(path)).unwrap())));
    let all = files(root);
    let payload: String =
        all.iter().filter(|path| path.starts_with("data/")).map(|path| line(path)).collect();
    std::fs::write(root.join("manifest-sha256.txt"), payload).unwrap();
    recount(root, &all);
    let tags: String = ["bag-info.txt", "bagit.txt", "manifest-sha256.txt"].map(line).concat();
    std::fs::write(root.join("tagmanifest-sha256.txt"), &tags).unwrap();
    let signature = sign(key, NAMESPACE, tags.as_bytes()).unwrap();
    std::fs::write(root.join("tagmanifest-sha256.txt.sig"), signature).unwrap();
}

/// Says how many bytes and files there are now.
fn recount(root: &Path, all: &[String]) {
    let size = |path: &&String| std::fs::metadata(root.join(path)).unwrap().len();
    let payload: Vec<&String> = all.iter().filter(|path| path.starts_with("data/")).collect();
    let oxum = format!("Payload-Oxum: {}.{}", payload.iter().map(size).sum::<u64>(), payload.len());
    let info = std::fs::read_to_string(root.join("bag-info.txt")).unwrap();
    let lines = info.lines().map(|line| if line.starts_with("Payload-Oxum") { &oxum } else { line });
    std::fs::write(root.join("bag-info.txt"), lines.map(|line| format!("{line}\n")).collect::<String>())
        .unwrap();
}

/// Signs the journal's head with this key.
pub(crate) fn resign_head(root: &Path, key: &mut KeyPair) {
    let journal = std::fs::read_to_string(root.join(layout::JOURNAL)).unwrap();
    let mut tree = Tree::default();
    journal.lines().for_each(|line| tree.push(line.as_bytes()));
    let origin = layout::origin(&sha256_hex(journal.lines().next().unwrap().as_bytes()));
    let head = Checkpoint::new(&origin, tree.n_leaves(), tree.root()).unwrap();
    let signed = SignedCheckpoint::sign(head, key).unwrap();
    std::fs::write(root.join(layout::CHECKPOINT), signed.to_text()).unwrap();
    std::fs::remove_file(root.join(layout::PROOFS)).ok();
}

/// Rewrites the journal: events pass through `change`, and the chain is made anew.
pub(crate) fn rewrite_journal(root: &Path, change: impl Fn(&mut Events)) {
    let text = std::fs::read_to_string(root.join(layout::JOURNAL)).unwrap();
    let mut events: Vec<(String, Value, String)> = text
        .lines()
        .map(|line| Event::parse(line.as_bytes()).unwrap())
        .map(|event| (event.kind, event.body, event.private_commitment))
        .collect();
    change(&mut events);
    let (mut check, mut out) = (ChainCheck::default(), Vec::new());
    for (seq, (kind, body, private_commitment)) in (1..).zip(events) {
        let event = Event { seq, kind, body, private_commitment, prev: check.head().to_owned() };
        let bytes = event.bytes().unwrap();
        check.take(&bytes).unwrap();
        out.extend(bytes);
        out.push(b'\n');
    }
    std::fs::write(root.join(layout::JOURNAL), out).unwrap();
}

#[test]
fn every_change_of_every_file_is_noticed() {
    let copy = copy();
    let root = &copy.root;
    let outside = copy.temp.write("outside", "elsewhere");
    let (mut n, mut kinds) = (0, BTreeSet::new());
    let all = files(root);
    for (at, file) in all.iter().enumerate() {
        let path = root.join(file);
        let good = std::fs::read(&path).unwrap();
        let mut spoil = |what: &str, bytes: Vec<u8>| {
            if bytes == good {
                return;
            }
            std::fs::write(&path, bytes).unwrap();
            kinds.extend(noticed(root, &format!("{file}: {what}")));
            std::fs::write(&path, &good).unwrap();
            n += 1;
        };
        for place in [0, good.len() / 2, good.len().saturating_sub(1)] {
            if let Some(&byte) = good.get(place) {
                let mut flipped = good.clone();
                flipped[place] = byte ^ 1;
                spoil("a bit flipped", flipped);
            }
        }
        spoil("cut short", good[..good.len() / 2].to_vec());
        spoil("a byte added", [&good[..], b"\n"].concat());
        spoil("emptied", Vec::new());
        let other = &all[(at + 1) % all.len()];
        spoil("another file's bytes", std::fs::read(root.join(other)).unwrap());
        // Gone, renamed, copied, replaced by a link.
        let aside = copy.temp.join("aside");
        std::fs::rename(&path, &aside).unwrap();
        kinds.extend(noticed(root, &format!("{file}: removed")));
        let renamed = path.with_file_name(format!("x-{}", path.file_name().unwrap().to_str().unwrap()));
        std::fs::copy(&aside, &renamed).unwrap();
        kinds.extend(noticed(root, &format!("{file}: renamed")));
        std::fs::remove_file(&renamed).unwrap();
        n += 2;
        #[cfg(unix)]
        for target in [&aside, &outside] {
            std::os::unix::fs::symlink(target, &path).unwrap();
            kinds.extend(noticed(root, &format!("{file}: a link")));
            std::fs::remove_file(&path).unwrap();
            n += 1;
        }
        std::fs::rename(&aside, &path).unwrap();
        std::fs::copy(&path, &renamed).unwrap();
        kinds.extend(noticed(root, &format!("{file}: a copy added")));
        std::fs::remove_file(&renamed).unwrap();
        n += 1;
    }
    assert!(codes(root).is_empty(), "put back as it was");
    assert!(n >= 200, "{n} mutations");
    for code in ["files/changed", "files/missing", "files/unlisted", "files/link", "signatures/bad-signature"]
    {
        assert!(kinds.contains(code), "{code} of {kinds:?}");
    }
    eprintln!("{n} changes of {} files noticed, as {} kinds", all.len(), kinds.len());
}

#[test]
fn names_that_look_alike_are_noticed() {
    for (name, code) in [
        ("data/results.jsоn", "files/bad-name"), // a Cyrillic о
        ("data/results.json\u{202e}", "files/bad-name"),
        ("data/Results.json", "files/names-collide"),
        ("data/.results.json", "files/bad-name"),
        ("data/results.json ", "files/bad-name"),
        ("data/nul.json", "files/bad-name"),
        ("more.txt", "files/unlisted"),
        ("tagmanifest-sha256.txt.2.sig", "signatures/unreadable"), // longer than any signature
        ("tagmanifest-sha256.txt.02.sig", "files/unlisted"),
    ] {
        let copy = copy();
        std::fs::copy(copy.root.join("data/results.json"), copy.root.join(name)).unwrap();
        let codes = noticed(&copy.root, name);
        assert!(codes.contains(code), "{name}: {codes:?}");
    }
}

/// What the bag says of itself is checked too, whoever signed it.
#[test]
fn a_wrong_count_is_noticed() {
    for lie in ["Payload-Oxum: 1.1\n", "", "Payload-Oxum: 1.1\nPayload-Oxum: 1.1\n"] {
        let copy = copy();
        let info = copy.root.join("bag-info.txt");
        let text = std::fs::read_to_string(&info).unwrap();
        let kept = text.lines().filter(|line| !line.starts_with("Payload-Oxum"));
        std::fs::write(&info, kept.map(|line| format!("{line}\n")).collect::<String>() + lie).unwrap();
        let line = |path: &str| {
            format!("{}  {path}\n", hex(&Sha256::digest(std::fs::read(copy.root.join(path)).unwrap())))
        };
        let tags: String = ["bag-info.txt", "bagit.txt", "manifest-sha256.txt"].map(line).concat();
        std::fs::write(copy.root.join("tagmanifest-sha256.txt"), &tags).unwrap();
        let signature = sign(&mut publisher(), NAMESPACE, tags.as_bytes()).unwrap();
        std::fs::write(copy.root.join("tagmanifest-sha256.txt.sig"), signature).unwrap();
        assert!(noticed(&copy.root, lie).contains("files/wrong-count"), "{lie}");
    }
}

/// Somebody who renews the hashes and signs with his own key is noticed by whoever knows the publisher's, and in every
/// file that follows from the facts by anybody.
#[test]
fn another_signer_is_noticed() {
    let derived: Vec<&str> = tallyproof_evidence::derived::paths().collect();
    for file in files(&PUBLISHED.bundle).iter().filter(|file| file.starts_with("data/")) {
        let copy = copy();
        let path = copy.root.join(file);
        let mut bytes = std::fs::read(&path).unwrap();
        let digit = bytes.iter().rposition(u8::is_ascii_digit);
        match digit {
            Some(at) => bytes[at] = if bytes[at] == b'9' { b'8' } else { b'9' },
            None => bytes.push(b'9'),
        }
        std::fs::write(&path, bytes).unwrap();
        reseal(&copy.root, &mut stranger());
        let codes = noticed(&copy.root, file);
        assert!(codes.contains("signatures/signer-not-pinned"), "{file}: {codes:?}");
        if derived.iter().any(|name| file.ends_with(&format!("data/{name}"))) {
            let found = verify(&copy.root, &request(false), &mut |_| {}).unwrap();
            assert!(
                found.discrepancies.iter().any(|d| d.code == "result-differs" && d.file == *file),
                "{file}"
            );
        }
    }
}

/// The publisher cannot change a row of a table and keep the rest.
#[test]
fn rows_changed_by_the_publisher_are_noticed() {
    let mut n = 0;
    for name in tallyproof_evidence::derived::paths().filter(|name| name.ends_with(".csv")) {
        let file = format!("data/{name}");
        let good = std::fs::read_to_string(PUBLISHED.bundle.join(&file)).unwrap();
        let rows: Vec<&str> = good.lines().collect();
        let joined = |rows: &[&str]| rows.iter().map(|row| format!("{row}\n")).collect::<String>();
        let [header, rest @ ..] = &rows[..] else { panic!("{file} is empty") };
        let mut spoiled = vec![joined(&[&rows[..], &["added"]].concat()), joined(&[*header, *header])];
        if let [first, more @ ..] = rest {
            spoiled.push(joined(&[&[*header], more].concat()));
            spoiled.push(joined(&[&[*header, *first, *first], more].concat()));
            spoiled.push(good.replacen(first, &format!("{first}0"), 1));
        }
        if rest.len() > 1 {
            let mut turned = rest.to_vec();
            turned.reverse();
            spoiled.push(joined(&[&[*header], &turned[..]].concat()));
        }
        for text in spoiled.into_iter().filter(|text| *text != good) {
            let copy = copy();
            std::fs::write(copy.root.join(&file), text).unwrap();
            reseal(&copy.root, &mut publisher());
            let found = looked_at(&copy.root).unwrap();
            let told = found.discrepancies.iter().any(|d| d.code == "result-differs" && d.file == file);
            assert!(told, "{file}: {:?}", found.discrepancies);
            n += 1;
        }
    }
    assert!(n > 40, "{n}");
}

/// A figure of a report cannot be changed, even with the results' hash renewed.
#[test]
fn a_result_edited_together_with_its_hash_is_noticed() {
    let copy = copy();
    let path = copy.root.join("data/report-en.html");
    let html = std::fs::read_to_string(&path).unwrap();
    let (before, after) = html.split_once("value=\"").unwrap();
    std::fs::write(&path, format!("{before}value=\"9{after}")).unwrap();
    reseal(&copy.root, &mut publisher());
    assert!(noticed(&copy.root, "a figure").contains("report/figure-differs"));

    let copy = self::copy();
    let path = copy.root.join("data/results.json");
    let json = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, json.replacen("\"votes\"", "\"votes\" ", 1)).unwrap();
    reseal(&copy.root, &mut publisher());
    assert!(noticed(&copy.root, "results").contains("results/result-differs"));
}

/// A publisher who rewrites the journal with everything that follows is sound by himself, and not for whoever knows
/// the earlier head.
#[test]
fn history_rewritten_by_the_publisher_is_noticed_by_whoever_knows_it() {
    let head = std::fs::read_to_string(PUBLISHED.bundle.join(layout::CHECKPOINT)).unwrap();
    let known = SignedCheckpoint::parse(&head).unwrap().checkpoint;
    let rewrites: [(&str, Rewrite); 5] = [
        ("an event dropped", |events| drop(events.remove(2))),
        ("an event doubled", |events| events.insert(2, events[2].clone())),
        ("two events swapped", |events| events.swap(2, 3)),
        ("a commitment changed", |events| events[2].2 = "00".repeat(32)),
        ("a body changed", |events| events[1].1["supersedes"] = json!(["none"])),
    ];
    for (what, rewrite) in rewrites {
        let copy = copy();
        rewrite_journal(&copy.root, rewrite);
        resign_head(&copy.root, &mut publisher());
        reseal(&copy.root, &mut publisher());
        let request = Request { since: Some(known.clone()), ..request(true) };
        let found = verify(&copy.root, &request, &mut |_| {}).unwrap();
        let codes: Vec<&str> = found.discrepancies.iter().map(|d| d.code).collect();
        let rewritten = ["history-rewritten", "older-than-known", "other-origin"];
        assert!(rewritten.iter().any(|code| codes.contains(code)), "{what}: {codes:?}");
    }
    // Without a new signature, the head no longer is the journal's.
    let copy = copy();
    rewrite_journal(&copy.root, |events| events[2].2 = "00".repeat(32));
    reseal(&copy.root, &mut publisher());
    let codes = noticed(&copy.root, "a journal rewritten under the old head");
    assert!(codes.contains("checkpoint/other-root"), "{codes:?}");
}

/// What was published of a table must be what follows; a reading cannot be changed without it.
#[test]
fn a_reading_changed_by_the_publisher_is_noticed() {
    let copy = copy();
    rewrite_journal(&copy.root, |events| {
        let (_, body, _) = events.iter_mut().find(|(kind, ..)| kind == "image.read").unwrap();
        let payload = body["payload"].as_str().unwrap().replace("!140,", "!141,");
        let payload = payload.replace("!105,", "!106,").replace("!122,", "!123,");
        body["payload"] = json!(payload);
    });
    resign_head(&copy.root, &mut publisher());
    reseal(&copy.root, &mut publisher());
    let codes = noticed(&copy.root, "a reading");
    assert!(codes.contains("tables/table-differs") && codes.contains("results/result-differs"), "{codes:?}");
}

#[test]
fn signatures_of_others_and_none_are_noticed() {
    let copy = copy();
    std::fs::remove_file(copy.root.join("tagmanifest-sha256.txt.sig")).unwrap();
    assert!(noticed(&copy.root, "no signature").contains("signatures/not-signed"));

    let copy = self::copy();
    reseal(&copy.root, &mut stranger());
    let codes = noticed(&copy.root, "a stranger's signature");
    assert!(codes.contains("signatures/checkpoint-not-signed"), "{codes:?}");

    let copy = self::copy();
    let tags = std::fs::read(copy.root.join("tagmanifest-sha256.txt")).unwrap();
    let elsewhere = sign(&mut publisher(), "email", &tags).unwrap();
    std::fs::write(copy.root.join("tagmanifest-sha256.txt.sig"), elsewhere).unwrap();
    assert!(noticed(&copy.root, "a signature for another purpose").contains("signatures/bad-signature"));

    let copy = self::copy();
    let path = copy.root.join("tagmanifest-sha256.txt.sig");
    std::fs::copy(&path, copy.root.join("tagmanifest-sha256.txt.2.sig")).unwrap();
    assert!(noticed(&copy.root, "one signature twice").contains("signatures/signed-twice"));
}

#[test]
fn a_hostile_archive_writes_nothing_and_is_refused() {
    use std::io::Write;
    use tallyproof_evidence::bag::archive::{Kind, unpack};
    let temp = Temp::new();
    let inside = temp.join("inside");
    std::fs::create_dir(&inside).unwrap();
    let entries: [(&str, &[&str]); 6] = [
        ("traversal", &["bundle/../../escaped"]),
        ("absolute", &["/tmp/escaped"]),
        ("backslash", &["bundle/..\\..\\escaped"]),
        ("another folder", &["elsewhere/data/x"]),
        ("a look-alike", &["bundle/data/x", "bundle/data/х"]),
        ("drive", &["bundle/C:escaped"]),
    ];
    for (what, names) in entries {
        let path = temp.join(format!("{}.zip", what.replace(' ', "-")));
        let mut zip = zip::ZipWriter::new(std::fs::File::create(&path).unwrap());
        for name in names {
            zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
            zip.write_all(b"x").unwrap();
        }
        zip.finish().unwrap();
        assert!(unpack(&path, Kind::Zip, &inside).is_err(), "{what}");
    }
    // Two entries of one name: the writer refuses them, so that one is renamed in the bytes.
    let path = temp.join("twice.zip");
    let mut zip = zip::ZipWriter::new(std::fs::File::create(&path).unwrap());
    for name in ["bundle/data/one", "bundle/data/two"] {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(b"x").unwrap();
    }
    zip.finish().unwrap();
    let mut bytes = std::fs::read(&path).unwrap();
    while let Some(at) = bytes.windows(15).position(|window| window == b"bundle/data/two") {
        bytes[at..at + 15].copy_from_slice(b"bundle/data/one");
    }
    std::fs::write(&path, bytes).unwrap();
    assert!(unpack(&path, Kind::Zip, &inside).is_err(), "two entries of one name");
    // A bomb: a gigabyte and a half of zeros in a megabyte and a half.
    let path = temp.join("bomb.zip");
    let mut zip = zip::ZipWriter::new(std::fs::File::create(&path).unwrap());
    zip.start_file("bundle/data/zeros", zip::write::SimpleFileOptions::default()).unwrap();
    let zeros = vec![0; 1 << 20];
    for _ in 0..1536 {
        zip.write_all(&zeros).unwrap();
    }
    zip.finish().unwrap();
    assert!(unpack(&path, Kind::Zip, &inside).is_err(), "a bomb");
    let escaped = ["escaped", "inside/escaped"].iter().any(|name| temp.join(name).exists());
    assert!(!escaped && !Path::new("/tmp/escaped").exists());
    assert_eq!(std::fs::read_dir(&inside).unwrap().count(), 0, "unpacked folders go away");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// Any bytes anywhere.
    #[test]
    fn any_change_is_noticed(which in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), with in any::<u8>(), how in 0..3u8) {
        let copy = copy();
        let all = files(&copy.root);
        let path = copy.root.join(&all[which.index(all.len())]);
        let good = std::fs::read(&path).unwrap();
        let mut bytes = good.clone();
        let place = at.index(bytes.len().max(1));
        match how {
            0 if place < bytes.len() => bytes[place] = with,
            1 if place < bytes.len() => drop(bytes.remove(place)),
            _ => bytes.insert(place.min(bytes.len()), with),
        }
        prop_assume!(bytes != good);
        std::fs::write(&path, bytes).unwrap();
        noticed(&copy.root, &path.display().to_string());
    }
}
