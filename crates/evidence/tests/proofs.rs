//! Proofs that a table was published, by this crate and by the script in the bundle.

use std::process::Command;

use serde_json::json;
use tallyproof_core::journal::{Event, GENESIS, sha256_hex};
use tallyproof_evidence::checkpoint::{Checkpoint, Role, SignedCheckpoint, VerifierKey};
use tallyproof_evidence::fault::Fault;
use tallyproof_evidence::proof::{
    CHECK_PROOF_PY, Inclusion, TABLE_PUBLISHED, TableProof, check_line, parse_line, write_line,
};
use tallyproof_evidence::ssh::Signer;
use tallyproof_evidence::tree::Tree;

use crate::support::{Temp, good, has, key, run};

const ORIGIN: &str = "example.org/count";

/// A journal of an opening event, nine tables, and a tenth of which nothing is known.
fn journal() -> Vec<Vec<u8>> {
    let (mut prev, mut log) = (GENESIS.to_owned(), Vec::new());
    for seq in 1..=11_u64 {
        let table = format!("10100100{seq}.01");
        let (kind, body) = match seq {
            1 => ("election.adopted", json!({"pack": "test"})),
            11 => (TABLE_PUBLISHED, json!({"table": table, "withdrawn": true})),
            _ => (
                TABLE_PUBLISHED,
                json!({"table": table, "status": "definitive", "class": "two-people", "counted": true,
                    "votes": {"A": seq * 10, "B": null}, "null": 0, "images": ["ab".repeat(32)]}),
            ),
        };
        let event =
            Event { seq, kind: kind.into(), body, private_commitment: "00".repeat(32), prev: prev.clone() };
        let bytes = event.bytes().unwrap();
        prev = sha256_hex(&bytes);
        log.push(bytes);
    }
    log
}

fn tree_of(log: &[Vec<u8>]) -> Tree {
    let mut tree = Tree::default();
    log.iter().for_each(|event| tree.push(event));
    tree
}

fn log_key() -> VerifierKey {
    VerifierKey::new(ORIGIN, Role::Log, key(1).public_key()).unwrap()
}

/// The proof of the event at a place.
fn proof_at(log: &[Vec<u8>], index: usize) -> TableProof {
    let tree = tree_of(log);
    let checkpoint = Checkpoint::new(ORIGIN, tree.n_leaves(), tree.root()).unwrap();
    let place = u64::try_from(index).unwrap();
    TableProof {
        inclusion: Inclusion::of(&tree, tree.n_leaves(), place, &log[index]).unwrap(),
        checkpoint: SignedCheckpoint::sign(checkpoint, &mut key(1)).unwrap(),
    }
}

#[test]
fn the_specifications_own_example_has_our_form() {
    // C2SP tlog-proof, with whole signatures in the place of its elided ones.
    let text = "c2sp.org/tlog-proof@v1
extra YWdlLXYxLjIuMS1kYXJ3aW4tYXJtNjQudGFyLmd6
index 73894
gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=
B95lDa8R83lS8n0eG+o0buTxRKQTYFi//1U8anccXmA=
EKNzoDWG8LGC0Yp9o+sv3qllpMP9uHQ9B20KNL+Q1zs=
RoopEkOdqkYqMB4MJXrbt/hMjOxsVn0IrWjpz1ZMMes=
AHCioX9nLjsrse6YhjRRmk1WUEirVOLLRoOQ6vfO5vk=

example.com/fancylog
109482
sFodV/vSp5O8n9a8QpW6PRY97tfOSW5bsc2Xl/EQi08=

\u{2014} example.com/fancylog AAAAAAE=
\u{2014} witness1.example AAAAAAE=
";
    let proof = TableProof::parse(text).unwrap();
    assert_eq!((proof.inclusion.index, proof.inclusion.hashes.len()), (73894, 5));
    assert_eq!(proof.inclusion.event, b"age-v1.2.1-darwin-arm64.tar.gz");
    assert_eq!(proof.to_text(), text);
}

#[test]
fn every_table_is_proved_and_nothing_else() {
    let log = journal();
    for index in 1..log.len() {
        let proof = proof_at(&log, index);
        assert_eq!(TableProof::parse(&proof.to_text()), Ok(proof.clone()));
        let (event, table) = proof.check(&log_key()).unwrap();
        assert_eq!(
            (event.bytes().unwrap(), table),
            (log[index].clone(), format!("10100100{}.01", index + 1))
        );
    }
    assert_eq!(proof_at(&log, 0).check(&log_key()), Err(Fault::NotTheTable));
    let proof = proof_at(&log, 3);
    let other = VerifierKey::new(ORIGIN, Role::Log, key(2).public_key()).unwrap();
    assert_eq!(proof.check(&other), Err(Fault::NotSigned(ORIGIN.into())));
    let elsewhere = VerifierKey::new("example.org/other", Role::Log, key(1).public_key()).unwrap();
    assert_eq!(proof.check(&elsewhere), Err(Fault::OtherOrigin { found: ORIGIN.into() }));
    // The event of another table in its place, and an event whose number is not its place.
    let mut swapped = proof;
    swapped.inclusion.event = log[4].clone();
    assert_eq!(swapped.check(&log_key()), Err(Fault::NotIncluded));
    let mut moved = log;
    moved.swap(3, 4);
    assert_eq!(proof_at(&moved, 3).check(&log_key()), Err(Fault::NotTheTable));
}

#[test]
fn no_byte_of_a_proof_can_change() {
    let text = proof_at(&journal(), 5).to_text();
    for i in 0..text.len() {
        for with in [b'A', b'0', b' ', b'\n', b'=', b'\t'] {
            let mut bytes = text.clone().into_bytes();
            if std::mem::replace(&mut bytes[i], with) == with {
                continue;
            }
            let Ok(changed) = String::from_utf8(bytes) else { continue };
            let judged = TableProof::parse(&changed).and_then(|proof| proof.check(&log_key()));
            assert!(judged.is_err(), "byte {i} as {with}: {changed}");
        }
    }
    for n in 0..text.len() {
        let judged = text.get(..n).map(TableProof::parse);
        assert!(judged.is_none_or(|judged| judged.is_err()), "the first {n} bytes");
    }
    assert!(matches!(TableProof::parse(&"x".repeat(1 << 21)), Err(Fault::TooLarge { .. })));
    let many = text.replace("index 5\n", &format!("index 5\n{}", "A".repeat(43).add_lines(100)));
    assert!(matches!(TableProof::parse(&many), Err(Fault::BadProof { .. })));
}

trait AddLines {
    fn add_lines(self, n: usize) -> String;
}

impl AddLines for String {
    fn add_lines(self, n: usize) -> String {
        format!("{self}=\n").repeat(n)
    }
}

#[test]
fn one_line_per_table_for_a_whole_bundle() {
    let log = journal();
    let tree = tree_of(&log);
    let size = tree.n_leaves();
    let checkpoint = Checkpoint::new(ORIGIN, size, tree.root()).unwrap();
    let mut lines = Vec::new();
    for (index, event) in log.iter().enumerate().skip(1) {
        let inclusion = Inclusion::of(&tree, size, u64::try_from(index).unwrap(), event).unwrap();
        write_line(&mut lines, &format!("10100100{}.01", index + 1), &inclusion).unwrap();
    }
    let text = String::from_utf8(lines).unwrap();
    assert_eq!(text.lines().count(), 10);
    assert!(text.starts_with(r#"{"event":"{\"body\":{\"class\":\"two-people\""#), "{text}");
    for (line, event) in text.lines().zip(&log[1..]) {
        assert_eq!(check_line(line.as_bytes(), &checkpoint).unwrap().bytes().unwrap(), *event);
        let (_, inclusion) = parse_line(line.as_bytes()).unwrap();
        assert_eq!(inclusion.event, *event);
    }
    let line = text.lines().next().unwrap();
    // Another table's name on a good proof, a second form, another tree, and no line at all.
    let renamed = line.replace(r#""table":"101001002.01""#, r#""table":"101001003.01""#);
    assert_ne!(renamed, line);
    assert_eq!(check_line(renamed.as_bytes(), &checkpoint), Err(Fault::NotTheTable));
    let spaced = line.replace(r#","index""#, r#", "index""#);
    let more = line.replace(r#","table""#, r#","more":1,"table""#);
    for bad in [spaced.as_str(), more.as_str(), "", "{}", "[]", &line[1..], &format!("{line}\n")] {
        assert_eq!(check_line(bad.as_bytes(), &checkpoint), Err(Fault::BadProof { line: 1 }), "{bad}");
    }
    let mut other = checkpoint.clone();
    other.root = [0; 32];
    assert_eq!(check_line(line.as_bytes(), &other), Err(Fault::NotIncluded));
    let deep = "[".repeat(100_000);
    assert!(check_line(deep.as_bytes(), &checkpoint).is_err());
}

fn python() -> Option<Command> {
    (has("python3", "--version") && has("openssl", "version")).then(|| Command::new("python3"))
}

#[test]
fn the_script_accepts_a_good_proof_and_says_what_it_shows() {
    let Some(_) = python() else { return };
    let temp = Temp::new();
    let script = temp.write("check_proof.py", CHECK_PROOF_PY);
    let proof = proof_at(&journal(), 5);
    let file = temp.write("table.tlog-proof", proof.to_text());
    let ssh_line = key(1).public_key().line("press");
    let key_file = temp.write("key.pub", format!("{ssh_line}\n"));
    for given in [&ssh_line, &key_file, &log_key().to_string()] {
        let said = good(Command::new("python3").args([&script, &file, given]), b"");
        let checkpoint = format!("checkpoint SHA-256: {}", proof.checkpoint.checkpoint.sha256());
        let parts = [
            "holds: event 6 of 11, log \"example.org/count\"",
            "  votes \"A\": 60\n  votes \"B\": null\n",
            "  table: \"101001006.01\"\n",
            &checkpoint,
            "It does not show that nothing was published about the table\nlater",
            "No muestra que",
        ];
        parts.iter().for_each(|part| assert!(said.contains(part), "{part:?} in {said}"));
    }
    // A withdrawn table, a tree of one leaf's path, and cosigned checkpoints hold too.
    let mut proof = proof_at(&journal(), 10);
    proof.checkpoint.cosign("witness.example/w", &mut key(3), 9).unwrap();
    let file = temp.write("withdrawn.tlog-proof", proof.to_text());
    let said = good(Command::new("python3").args([&script, &file, &ssh_line]), b"");
    assert!(said.contains("  withdrawn: true"), "{said}");
    let usage = run(Command::new("python3").arg(&script), b"");
    assert_eq!(usage.status.code(), Some(2));
}

#[test]
fn the_script_refuses_every_corruption_with_its_reason() {
    let Some(_) = python() else { return };
    let temp = Temp::new();
    let script = temp.write("check_proof.py", CHECK_PROOF_PY);
    let (log, line) = (journal(), key(1).public_key().line(""));
    let proof = proof_at(&log, 5);
    let text = proof.to_text();
    let judge = |text: &[u8], key: &str| {
        let file = temp.write("bad.tlog-proof", text);
        let ran = run(Command::new("python3").args([&script, &file, key]), b"");
        let said = String::from_utf8_lossy(&ran.stderr).into_owned();
        assert_eq!(ran.status.code(), Some(1), "{said}\n{}", String::from_utf8_lossy(text));
        assert!(said.starts_with("DOES NOT HOLD: ") && !said.contains("Traceback"), "{said}");
        said
    };
    let mut swapped = proof.clone();
    swapped.inclusion.event = log[4].clone();
    let mut resigned = proof;
    resigned.checkpoint.checkpoint.size += 1;
    let mut moved = log.clone();
    moved.swap(3, 4);
    let other = key(2).public_key().line("");
    let elsewhere = VerifierKey::new("example.org/other", Role::Log, key(1).public_key()).unwrap();
    let witness = VerifierKey::new(ORIGIN, Role::Witness, key(1).public_key()).unwrap();
    let cases: Vec<(Vec<u8>, &str, &str)> = vec![
        (swapped.to_text().into_bytes(), &line, "not in the checkpoint's tree"),
        (resigned.to_text().into_bytes(), &line, "signature of the checkpoint does not verify"),
        (proof_at(&log, 0).to_text().into_bytes(), &line, "does not publish a table"),
        (proof_at(&moved, 3).to_text().into_bytes(), &line, "at this place"),
        (text.clone().into_bytes(), &other, "not signed by this key"),
        (text.replace("index 5", "index 4").into_bytes(), &line, "not in the checkpoint's tree"),
        (text.replace("index 5", "index 05").into_bytes(), &line, "not a plain number"),
        (text.replace("@v1", "@v2").into_bytes(), &line, "does not begin with"),
        (text.replace("extra ", "xtra ").into_bytes(), &line, "lacks its extra"),
        (text.replace('\n', "\r\n").into_bytes(), &line, "not plain lines"),
        (text.replace("\u{2014} ", "- ").into_bytes(), &line, "signature line"),
        (text.trim_end().as_bytes().to_vec(), &line, "not plain lines"),
        (text.replace("\n\n", "\n").into_bytes(), &line, "three parts"),
        (b"\xff\xfe".to_vec(), &line, "not text"),
        (vec![b'a'; 2 << 20], &line, "too large"),
        (Vec::new(), &line, "not plain lines"),
        (text.clone().into_bytes(), "ssh-rsa AAAA", "neither an ssh-ed25519 line"),
    ];
    for (bad, key, reason) in cases {
        let said = judge(&bad, key);
        assert!(said.contains(reason), "{reason:?} in {said}");
    }
    assert!(judge(text.as_bytes(), &elsewhere.to_string()).contains("the key of"));
    assert!(judge(text.as_bytes(), &witness.to_string()).contains("not a log's"));
    // One byte of every line, at its start, its middle and near its end.
    let mut start = 0;
    for part in text.split_inclusive('\n') {
        for at in [start, start + part.len() / 2, start + part.len().saturating_sub(3)] {
            let mut bytes = text.clone().into_bytes();
            bytes[at] = if bytes[at] == b'B' { b'C' } else { b'B' };
            judge(&bytes, &line);
        }
        start += part.len();
    }
}

#[test]
fn the_script_takes_a_table_out_of_a_bundle() {
    let Some(_) = python() else { return };
    let temp = Temp::new();
    let (log, proof) = (journal(), proof_at(&journal(), 5));
    let (tree, script) = (tree_of(&log), temp.write("check_proof.py", CHECK_PROOF_PY));
    let mut lines = Vec::new();
    for (index, event) in log.iter().enumerate().skip(1) {
        let inclusion = Inclusion::of(&tree, 11, u64::try_from(index).unwrap(), event).unwrap();
        write_line(&mut lines, &format!("10100100{}.01", index + 1), &inclusion).unwrap();
    }
    let text = String::from_utf8(lines).unwrap();
    let checkpoint = temp.write("checkpoint", proof.checkpoint.to_text());
    let key = log_key().to_string();
    let judge = |table: &str, lines: &str| {
        let file = temp.write("proofs.jsonl", lines);
        run(Command::new("python3").args([&script, table, &file, &checkpoint, &key]), b"")
    };
    let ran = judge("101001006.01", &text);
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    assert!(String::from_utf8_lossy(&ran.stdout).contains("  votes \"A\": 60\n"));
    let renamed = text.replace(r#""table":"101001005.01""#, r#""table":"101001099.01""#);
    let cases = [
        ("101001001.01", text.clone(), "has no proof of the table"),
        ("101001099.01", renamed, "the event publishes another table"),
        ("101001006.01", text.repeat(2), "the table has two proofs"),
        ("101001006.01", text.replace(r#"\"A\":60"#, r#"\"A\":61"#), "not in the checkpoint's tree"),
        ("101001006.01", text.replace(r#""index":5,"#, r#""index":{},"#), "not a plain number"),
        ("101001006.01", text.replace(r#""hashes":["#, r#""hashes":[1,"#), "is not base64"),
        ("101001006.01", "x\n".into(), "not as a proof is written"),
    ];
    for (table, lines, reason) in cases {
        let ran = judge(table, &lines);
        let said = String::from_utf8_lossy(&ran.stderr);
        assert_eq!(ran.status.code(), Some(1), "{said}");
        assert!(said.contains(reason), "{reason:?} in {said}");
    }
}
