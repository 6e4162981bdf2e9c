//! Bundles made to hang, to crash, to fill memory or disk, or to move a terminal's cursor.

use std::io::Write;
use std::path::Path;

use serde_json::{Value, json};
use tallyproof_core::journal::sha256_hex;
use tallyproof_evidence::bag::archive::{Kind, open, pack};
use tallyproof_evidence::layout;
use tallyproof_evidence::verify::{Request, Verification, verify};

use crate::bundle::{PUBLISHED, files, public};
use crate::support::{Ran, run};
use crate::tamper::{Copy, Events, copy, noticed, publisher, request, reseal, resign_head, rewrite_journal};

/// What is found in a copy whose journal and files the publisher changed; it must end, and without a panic.
fn found(change: impl FnOnce(&Path)) -> Verification {
    let copy = copy();
    change(&copy.root);
    resign_head(&copy.root, &mut publisher());
    reseal(&copy.root, &mut publisher());
    verify(&copy.root, &Request { calibration: false, ..request(true) }, &mut |_| {}).unwrap()
}

fn add(events: &mut Events, kind: &str, body: Value) {
    events.push((kind.to_owned(), body, "00".repeat(32)));
}

/// A list of two sheets, frozen and drawn from as the journal's bodies say.
fn audit(list: &str, frozen: &Value, more: &[(&str, Value)]) -> Verification {
    let sha256 = sha256_hex(list.as_bytes());
    let mut body = json!({
        "audit": "a", "sha256": sha256, "treatment": "worst", "cap": "electors", "custody": "c",
        "seed_procedure": "dice", "reserve_ppm": 0, "method": "kaplan-markov", "risk_ppm": 50_000,
        "sides": ["A", "B"], "margins": [["B", 5]], "expected_ppm": 0, "most_draws": 10,
    });
    body.as_object_mut().unwrap().extend(frozen.as_object().unwrap().clone());
    found(|root| {
        std::fs::write(root.join(format!("data/sources/{sha256}")), list).unwrap();
        rewrite_journal(root, |events| {
            add(events, "audit.frozen", body.clone());
            more.iter().for_each(|(kind, body)| add(events, kind, body.clone()));
        });
    })
}

#[test]
fn an_audit_that_asks_for_the_impossible_is_told() {
    let list = "table,u,A,B\nt1,9,7,2\nt2,8,6,1\n";
    let facts = |found: &Verification| found.discrepancies.iter().any(|d| d.step.code() == "facts");
    let drawn = |n: Value| ("audit.drawn", json!({"audit": "a", "seed": "12345678901234567890", "n": n}));
    assert!(!facts(&audit(list, &json!({}), &[drawn(json!(10))])), "a modest one");
    assert!(facts(&audit(list, &json!({}), &[drawn(json!(u64::MAX))])), "draws without end");
    assert!(facts(&audit(list, &json!({"method": "simple"}), &[drawn(json!(1u64 << 40))])), "of two sheets");
    let margins: Vec<Value> = (0..100_000).map(|_| json!(["B", 5])).collect();
    assert!(facts(&audit(list, &json!({"margins": margins}), &[])), "margins");
    let most = u64::MAX.to_string();
    for list in [
        format!("table,u,A,B\nt1,{most},7,2\nt2,{most},6,1\n"),
        format!("table,u,A,B\nt1,{},7,2\n", 1u64 << 34),
        "table,u,A,B\nt1,-9,7,2\n".to_owned(),
        "table,u,A,B\nt1,+9,7,2\n".to_owned(),
        "table,u,A,B\nt1,9,7,99999999999\n".to_owned(),
        "table,u,A,B\nt2,9,7,2\nt1,8,6,1\n".to_owned(),
        "table,u,A,B\nt1,9,7\n".to_owned(),
        "table,u,A,B\r\nt1,9,7,2\r\n".to_owned(),
        "table,u,A,B\nt1,9,7,2".to_owned(),
        String::new(),
    ] {
        assert!(facts(&audit(&list, &json!({}), &[])), "{list:?}");
    }
    // Whatever else a body says, it ends.
    for (name, value) in [
        ("risk_ppm", json!(u32::MAX)),
        ("risk_ppm", json!(0)),
        ("expected_ppm", json!(u32::MAX)),
        ("most_draws", json!(u64::MAX)),
        ("most_draws", json!(0)),
        ("margins", json!([["B", u64::MAX]])),
        ("margins", json!([["B", 0]])),
        ("margins", json!([["A", 1]])),
        ("sides", json!(["A", "A"])),
        ("reserve_ppm", json!(u32::MAX)),
        ("treatment", json!("\u{1b}[2J")),
    ] {
        for method in ["simple", "kaplan-markov", "alpha"] {
            let more = [
                drawn(json!(5)),
                (
                    "audit.inspected",
                    json!({"audit": "a", "table": "t1", "votes": {"A": u32::MAX, "B": 0}, "null": 0}),
                ),
                ("audit.inspected", json!({"audit": "", "table": "t1", "votes": {"EG": -1}, "custody": 7})),
            ];
            let mut terms = json!({"method": method});
            terms[name] = value.clone();
            audit(list, &terms, &more);
        }
    }
}

/// Every value in the body of the first event of each kind, replaced by what no program writes: nothing crashes.
#[test]
fn hostile_values_in_events_crash_nothing() {
    let hostile = [
        json!(null),
        json!(-1),
        json!(u64::MAX),
        json!(i64::MIN),
        json!(""),
        json!("../../../etc/passwd"),
        json!("\u{1b}[2J\u{202e}"),
        json!([]),
        json!({}),
        json!([[[[]]]]),
        json!("9".repeat(5_000)),
        json!(true),
    ];
    let text = std::fs::read_to_string(PUBLISHED.bundle.join(layout::JOURNAL)).unwrap();
    let events: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut kinds = std::collections::BTreeSet::new();
    let (mut n, mut n_told) = (0usize, 0);
    for (at, event) in events.iter().enumerate() {
        if !kinds.insert(event["kind"].as_str().unwrap()) {
            continue;
        }
        for (place, path) in paths(&event["body"]).iter().enumerate() {
            // Each place with some of the values; all values in all places would take an hour.
            for turn in 0..2 {
                let value = &hostile[(place + turn * 5 + at) % hostile.len()];
                let found = found(|root| {
                    rewrite_journal(root, |events| *events[at].1.pointer_mut(path).unwrap() = value.clone());
                });
                n += 1;
                n_told += usize::from(!found.is_sound());
            }
        }
    }
    assert!(n > 60 && n_told * 2 > n, "{n_told} of {n} told");
    eprintln!("{n} hostile values in {} kinds of events, {n_told} told", kinds.len());
}

/// Places in a body, at most thirty.
fn paths(body: &Value) -> Vec<String> {
    fn walk(value: &Value, at: &str, found: &mut Vec<String>) {
        let inner: Vec<(String, &Value)> = match value {
            Value::Object(members) => members
                .iter()
                .map(|(name, value)| (name.replace('~', "~0").replace('/', "~1"), value))
                .collect(),
            Value::Array(elements) => {
                elements.iter().take(2).enumerate().map(|(n, value)| (n.to_string(), value)).collect()
            }
            _ => Vec::new(),
        };
        for (name, value) in inner {
            let at = format!("{at}/{name}");
            found.push(at.clone());
            walk(value, &at, found);
        }
    }
    let mut found = Vec::new();
    walk(body, "", &mut found);
    found.truncate(30);
    found
}

/// Packs and imported files with bytes changed, under their new hashes.
#[test]
fn hostile_kept_files_crash_nothing() {
    let kept: Vec<String> = files(&PUBLISHED.bundle)
        .into_iter()
        .filter(|file| file.starts_with(layout::SOURCES) || file.ends_with("election.toml"))
        .collect();
    for file in &kept {
        let good = std::fs::read(PUBLISHED.bundle.join(file)).unwrap();
        let old = sha256_hex(&good);
        for n in 0..25usize {
            let mut bytes = good.clone();
            let place = (n * 7_919 + 13) * 31 % bytes.len();
            match n % 5 {
                0 => bytes[place] ^= 0x80,
                1 => bytes.truncate(place),
                2 => drop(bytes.splice(place..place, b"\"\n[[99999999999999999999]]\n,".iter().copied())),
                3 => drop(bytes.splice(place..place, vec![b'9'; 400])),
                _ => bytes.rotate_left(place),
            }
            let new = sha256_hex(&bytes);
            found(|root| {
                let to = if file.starts_with(layout::SOURCES) {
                    format!("{}{new}", layout::SOURCES)
                } else {
                    file.clone()
                };
                std::fs::remove_file(root.join(file)).unwrap();
                std::fs::write(root.join(to), &bytes).unwrap();
                let path = root.join(layout::JOURNAL);
                let text = std::fs::read_to_string(&path).unwrap().replace(&old, &new);
                std::fs::write(&path, text).unwrap();
                rewrite_chain(root);
            });
        }
    }
}

/// Makes the chain of a journal anew whose lines were changed.
fn rewrite_chain(root: &Path) {
    let path = root.join(layout::JOURNAL);
    let (mut prev, mut out) = ("0".repeat(64), String::new());
    for line in std::fs::read_to_string(&path).unwrap().lines() {
        let mut event: Value = serde_json::from_str(line).unwrap();
        event["prev"] = json!(prev);
        let line = String::from_utf8(tallyproof_core::canonical::canonical_json(&event).unwrap()).unwrap();
        prev = sha256_hex(line.as_bytes());
        out += &format!("{line}\n");
    }
    std::fs::write(path, out).unwrap();
}

/// Files of many short lines, which would take many times their size in memory.
#[test]
fn long_lists_of_nothing_end() {
    let lines = |line: &str, n: usize| line.repeat(n).into_bytes();
    for (name, bytes) in [
        ("data/images.csv", lines(",,,\n", 1 << 22)),
        (
            "data/images.csv",
            [b"original,published,treatment,cause\n".to_vec(), lines("\n", 1 << 22)].concat(),
        ),
        ("data/images.csv", vec![b','; 1 << 24]),
        ("data/proofs.jsonl", lines("{}\n", 1 << 22)),
        ("data/checkpoints.jsonl", lines("{}\n", 1 << 22)),
        ("data/report-en.html", lines("<data ", 1 << 22)),
        ("data/report-en.html", lines("<data data-key=\"tabulation\" value=\"1\">1</data>", 1 << 18)),
        ("data/report-en.html", vec![b'<'; 1 << 24]),
        ("data/report-en.html", vec![0xff; 1 << 24]),
    ] {
        let copy = copy();
        std::fs::write(copy.root.join(name), bytes).unwrap();
        reseal(&copy.root, &mut publisher());
        let found =
            verify(&copy.root, &Request { calibration: false, ..request(true) }, &mut |_| {}).unwrap();
        assert!(!found.is_sound() && found.discrepancies.len() < 3_000, "{name}: {:?}", found.steps);
    }
    let copy = copy();
    let list: String = (0..200_000).map(|n| format!("{}  data/x{n:07}\n", "0".repeat(64))).collect();
    std::fs::write(copy.root.join("manifest-sha256.txt"), list).unwrap();
    assert!(noticed(&copy.root, "a long manifest").contains("cannot-look"));
}

/// A tree of values takes a hundred times the memory of its text: none may be as long as the list of compared pictures.
#[test]
fn events_longer_than_any_of_their_kind_are_told() {
    let told = |kind: &str, body: Value| {
        let found = found(|root| rewrite_journal(root, |events| add(events, kind, body.clone())));
        found.discrepancies.iter().any(|d| d.code == "journal-chain")
    };
    let hollow = |n: usize| json!({"pairs": vec![json!({"": 0}); n]});
    assert!(told("audit.inspected", hollow(200_000)));
    assert!(told("pictures.compared.not", hollow(200_000)));
    assert!(!told("pictures.compared", hollow(200_000)));
    assert!(!told("note.made", hollow(1_000)));
}

#[test]
fn an_absurd_calibration_is_not_measured() {
    let good: Value = json!({
        "schema_version": 1, "seed": 1, "n_masks": 200, "hidden_per_mille": 165, "n_tables": 3,
        "sheets_sha256": "", "first": "", "second": "", "default_estimator": "", "clustering_level": "", "rows": [],
    });
    for (name, value) in [
        ("n_masks", json!(u32::MAX)),
        ("n_masks", json!(10_001)),
        ("n_masks", json!(0)),
        ("n_masks", json!(-1)),
        ("hidden_per_mille", json!(u32::MAX)),
        ("hidden_per_mille", json!(0)),
        ("seed", json!(u64::MAX)),
        ("rows", json!([null])),
        ("schema_version", json!(1e300)),
    ] {
        let copy = copy();
        let mut asked = good.clone();
        asked[name] = value;
        std::fs::write(copy.root.join(layout::CALIBRATION), asked.to_string()).unwrap();
        reseal(&copy.root, &mut publisher());
        assert!(noticed(&copy.root, name).contains("calibration/calibration-differs"), "{name}");
    }
}

/// A pipe in the place of anything would wait for ever.
#[cfg(unix)]
#[test]
fn pipes_are_not_waited_for() {
    let copy = copy();
    let pipe = |path: &Path| {
        let _ = std::fs::remove_file(path);
        let made = std::process::Command::new("mkfifo").arg(path).status();
        assert!(made.unwrap().success());
    };
    let head = copy.root.join(layout::CHECKPOINT);
    let good = std::fs::read(&head).unwrap();
    pipe(&head);
    assert!(noticed(&copy.root, "a pipe").contains("files/no-file"));
    let (bundle, old) = (PUBLISHED.bundle.to_str().unwrap(), copy.root.to_str().unwrap());
    run(&["verify", bundle, "--no-signer", "--since", old]).ends(2);
    std::fs::remove_file(&head).unwrap();
    std::os::unix::fs::symlink("/dev/zero", &head).unwrap();
    run(&["verify", bundle, "--no-signer", "--since", old]).ends(2);
    std::fs::remove_file(&head).unwrap();
    std::fs::write(&head, good).unwrap();
    run(&["verify", bundle, "--no-signer", "--since", old]).ends(0);
    for name in ["pipe.zip", "pipe.tar.zst"] {
        let path = copy.temp.join(name);
        pipe(&path);
        run(&["verify", path.to_str().unwrap(), "--no-signer"]).ends(3);
        run(&["verify", bundle, "--no-signer", "--since", path.to_str().unwrap()]).ends(3);
    }
}

/// What a bundle says reaches a terminal as text alone.
#[test]
fn nothing_in_a_bundle_moves_a_cursor() {
    let hostile = "\u{1b}[2J\u{7}\u{202e}\u{9b}x\r";
    let copy = copy();
    rewrite_journal(&copy.root, |events| {
        add(events, "table.published", json!({"table": hostile, "votes": {hostile: hostile}}));
        add(events, "source.imported", json!({"source": hostile, "version": hostile, "sha256": hostile}));
        add(events, hostile, json!({hostile: hostile}));
    });
    resign_head(&copy.root, &mut publisher());
    #[cfg(unix)]
    std::fs::write(copy.root.join(format!("data/{hostile}")), hostile).unwrap();
    let mut html = std::fs::read_to_string(copy.root.join("data/report-en.html")).unwrap();
    html.push_str(&format!("<data data-key=\"{hostile}\" value=\"{hostile}\">{hostile}</data>"));
    std::fs::write(copy.root.join("data/report-en.html"), html).unwrap();
    reseal(&copy.root, &mut publisher());
    let (bundle, good) = (copy.root.to_str().unwrap(), PUBLISHED.bundle.to_str().unwrap());
    let calm = |ran: Ran| {
        for text in [&ran.out, &ran.err] {
            let live = text.chars().find(|&c| (c.is_control() && c != '\n') || c == '\u{202e}');
            assert_eq!(live, None, "{text}");
        }
    };
    for lang in ["en", "es"] {
        calm(run(&["verify", bundle, "--lang", lang]).ends(1));
        calm(run(&["verify", bundle, "--lang", lang, "--format", "json"]).ends(1));
        calm(run(&["compare", good, bundle, "--lang", lang]).ends(1));
        let out = copy.temp.join(format!("{lang}.proof"));
        calm(run(&["prove", hostile, "--bundle", bundle, "--lang", lang, "--out", out.to_str().unwrap()]));
    }
}

/// Whatever others do to a good bundle without changing it: it stays good.
#[test]
fn an_honest_bundle_is_not_refused() {
    let Copy { temp, root } = copy();
    let good = |bundle: &Path| {
        run(&["verify", bundle.to_str().unwrap(), "--signer", &public(&PUBLISHED.key)]).ends(0);
    };
    good(&temp.join("b/"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::os::unix::fs::symlink(&root, temp.join("link")).unwrap();
        good(&temp.join("link"));
        for file in files(&root) {
            std::fs::set_permissions(root.join(file), std::fs::Permissions::from_mode(0o444)).unwrap();
        }
        good(&root);
    }
    // Packed by others: folders as entries of their own, and every file in it.
    let path = temp.join("others.zip");
    let mut zip = zip::ZipWriter::new(std::fs::File::create(&path).unwrap());
    let options = zip::write::SimpleFileOptions::default();
    zip.add_directory("bundle/", options).unwrap();
    zip.add_directory("bundle/data/", options).unwrap();
    for file in files(&root) {
        zip.start_file(format!("bundle/{file}"), options).unwrap();
        zip.write_all(&std::fs::read(root.join(file)).unwrap()).unwrap();
    }
    zip.finish().unwrap();
    good(&path);
    for (kind, name) in [(Kind::Zip, "ours.zip"), (Kind::TarZst, "ours.tar.zst")] {
        pack(&root, kind, &temp.join(name)).unwrap();
        assert!(open(&temp.join(name), temp.path()).is_ok());
        good(&temp.join(name));
    }
}
