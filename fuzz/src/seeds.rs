//! Seeds of the targets that need no pictures: each is written when its target starts.

use std::path::Path;

use serde_json::json;
use tallyproof_core::journal::{Event, GENESIS, sha256_hex};
use tallyproof_core::pack::Pack;
use tallyproof_evidence::checkpoint::{Checkpoint, Role, SignedCheckpoint, VerifierKey};
use tallyproof_evidence::disclosure::Disclosure;
use tallyproof_evidence::layout::origin;
use tallyproof_evidence::proof::{Inclusion, TableProof, write_line};
use tallyproof_evidence::ssh::{KeyPair, NAMESPACE, Signer, sign};
use tallyproof_evidence::statement::{Change, SignedStatement, Statement};
use tallyproof_evidence::tree::Tree;

use crate::journal::{LIST, REGISTER, ROWS};
use crate::rows::mapping_of;
use crate::texts::{NEXT, SEED, TEXTS};
use crate::{PACK, SMALL, SMALL_TOML};

/// Writes the seeds of a target into `fuzz/seeds/<target>/`.
pub fn plant(target: &str) {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds").join(target);
    std::fs::create_dir_all(&dir).expect("the folder can be made");
    for (name, bytes) in seeds(target) {
        std::fs::write(dir.join(name), bytes).expect("the file can be written");
    }
}

/// The seeds of a target, each with a name.
pub fn seeds(target: &str) -> Vec<(String, Vec<u8>)> {
    match target {
        "pack" => packs(),
        "rows" => rows(),
        "texts" => texts(),
        "payload" => vec![("real".into(), PAYLOAD.as_bytes().to_vec())],
        "form" => vec![
            ("form".into(), FORM.as_bytes().to_vec()),
            ("whole".into(), [b"\x3f", FORM.as_bytes()].concat()),
        ],
        "journal" => vec![("events".into(), journal().into_bytes())],
        "bundle" => bundles(),
        #[cfg(feature = "pictures")]
        "weights" => vec![
            ("net".into(), [&[0], &tallyproof_reader::digits::Net::shipped().to_bytes()[..]].concat()),
            ("signature".into(), [&[1, 0, 0, 1, 0, 0, 0, 1, 0][..], &[7; 60]].concat()),
        ],
        "boundaries" => vec![
            ("states".into(), [b"\0", BOUNDARIES.as_bytes()].concat()),
            ("towns".into(), [b"\x01", BOUNDARIES.as_bytes()].concat()),
        ],
        "worksheet" => vec![("small".into(), [b"\x01", WORKSHEET.as_bytes()].concat())],
        "backup" => backups(),
        "intake" => intakes(),
        "desk" => requests(),
        _ => Vec::new(),
    }
}

/// A code as it was printed in 2024.
const PAYLOAD: &str = "201301006.01.1.0001!140,7,10,8,1,7,1,0,2,3,0,1,8,1,0,1,0,3,1,1,0,1,0,0,0,0,0,0,1,2,0,0,0,5,7,155,1,1!0!0";

const FORM: &str = "\x07multipart/form-data; boundary=\"x-y\"\npreamble\r\n--x-y\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n\
    $CSRF\r\n--x-y\r\ncontent-type: image/jpeg\r\nContent-Disposition: form-data; name=files; filename=\"a.jpg\"\r\n\r\n\
    \u{ff}abc\r\n--x-y--\r\n";

const BOUNDARIES: &str = "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"properties\":{\"ADM1_PCODE\":\"VE01\",\"CODE\":\
    \"X01\"},\"geometry\":{\"type\":\"MultiPolygon\",\"coordinates\":[[[[-67.1,10.2],[-66.8,10.2],[-66.8,10.6],[-67.1,10.2]]]]}}]}";

const WORKSHEET: &str = "table,found,custody,A,B,null,lines,signatures,stamp\n01.01,yes,c,100,90,3,1 2 3,yes,no\n01.02,no,c,,,,,,\n";

fn packs() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../elections");
    let mut packs = vec![("small".to_owned(), SMALL_TOML.as_bytes().to_vec())];
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        packs.extend(std::fs::read(entry.path().join("election.toml")).ok().map(|bytes| (name, bytes)));
    }
    packs
}

/// A table for every mapping, a register, a list.
fn rows() -> Vec<(String, Vec<u8>)> {
    let mut rows: Vec<(String, Vec<u8>)> = (16..32u8)
        .map(|kind| {
            let pack: &Pack = if kind % 2 == 0 { &PACK } else { &SMALL };
            let mapping = mapping_of(pack, kind);
            let separator = char::from(mapping.delimiter.byte()).to_string();
            let columns = mapping.columns();
            let cells: Vec<String> =
                columns.iter().enumerate().map(|(i, _)| (i % 3 + 1).to_string()).collect();
            let text = format!("{}\n{}\n", columns.join(&separator), cells.join(&separator));
            (format!("table-{kind}"), [&[kind], text.as_bytes()].concat())
        })
        .collect();
    rows.push(("register".into(), [b"\0", REGISTER.as_bytes()].concat()));
    rows.push(("list".into(), [b"\x08", LIST.as_bytes()].concat()));
    rows.push(("small".into(), [b"\x11", ROWS.as_bytes()].concat()));
    rows
}

/// The events of the small election, a kind and a body a line.
fn journal() -> String {
    let image = "11".repeat(32);
    let other = "22".repeat(32);
    let figures = json!([[["table"], "01.02", "01.02", 990, null]]);
    let lines = [
        (
            "source.imported",
            json!({"source": "one", "version": "V1", "supersedes": [], "superseded_by": null, "sha256": "$2",
            "bytes": 10, "mapping": serde_json::to_value(&SMALL.mappings[0]).expect("plain"), "adopted": 3, "refused": 0}),
        ),
        ("image.added", json!({"sha256": image, "bytes": 5, "source": "one"})),
        ("image.added", json!({"sha256": other, "bytes": 5, "source": "two"})),
        (
            "image.read",
            json!({"sha256": image, "outcome": "read", "payload": "01.02!100,20,70!0!0", "decoder": "rxing", "rung": "a",
            "others": [], "undecoded": 0, "damage": null, "print": {"figures": figures}, "signature": null}),
        ),
        (
            "image.read",
            json!({"sha256": other, "outcome": "unread", "cause": "no-code", "damage": null, "print": null}),
        ),
        ("document.unread", json!({"document": other, "page": 2, "cause": "no-picture", "source": "one"})),
        ("pictures.compared", json!({"pairs": [{"a": image, "b": other, "same": true}]})),
        ("account.created", json!({"account": "P001", "role": "administrator", "by": null})),
        ("account.created", json!({"account": "P002", "role": "clerk", "by": "P001"})),
        ("account.created", json!({"account": "P003", "role": "clerk", "by": "P001"})),
        ("account.created", json!({"account": "P004", "role": "coordinator", "by": "P001"})),
        (
            "entry.made",
            json!({"image": other, "by": "P002", "table": "02.01", "lines": [1, 2, 3], "null": 0, "valid": 6}),
        ),
        (
            "entry.made",
            json!({"image": other, "by": "P003", "table": "02.01", "lines": [1, "blank", 3], "null": 0, "valid": "illegible"}),
        ),
        (
            "entry.decided",
            json!({"image": other, "by": "P004", "reason": "seen", "table": "02.01", "lines": [1, 2, 3], "null": 0}),
        ),
        ("image.set-aside", json!({"image": image, "by": "P004", "reason": "twice"})),
        (
            "audit.frozen",
            json!({"audit": "a", "sha256": "$3", "treatment": "worst", "cap": "electors", "custody": "c",
            "seed_procedure": "dice", "reserve_ppm": 0, "method": "kaplan-markov", "risk_ppm": 50_000, "sides": ["A", "B"],
            "margins": [["B", 5]], "expected_ppm": 0, "most_draws": 10}),
        ),
        ("audit.drawn", json!({"audit": "a", "seed": "12345678901234567890", "n": 3})),
        (
            "audit.inspected",
            json!({"audit": "a", "table": "01.01", "custody": "c", "votes": {"A": 100, "B": 90}, "null": 3,
            "lines": null, "features": {"stamp": "present"}, "corrects": false}),
        ),
        (
            "audit.inspected",
            json!({"audit": null, "table": "02.02", "custody": "c", "votes": null, "null": null, "features": {}}),
        ),
        ("table.published", json!({"table": "01.01", "withdrawn": true})),
    ];
    lines.iter().map(|(kind, body)| format!("{kind} {body}\n")).collect()
}

/// A chain of two events that publish tables, and its tree.
fn chain() -> (Vec<Vec<u8>>, Tree) {
    let (mut prev, mut events, mut tree) = (GENESIS.to_owned(), Vec::new(), Tree::default());
    let pack = json!({"id": "small", "files": {"election.toml": sha256_hex(SMALL_TOML.as_bytes()),
        "register.csv": sha256_hex(REGISTER.as_bytes())}});
    let table = |id: &str| json!({"table": id, "votes": {"A": 1}, "images": []});
    let all =
        [("pack.adopted", pack), ("table.published", table("01.01")), ("table.published", table("01.02"))];
    for (seq, (kind, body)) in (1..).zip(all) {
        let event = Event { seq, kind: kind.into(), body, private_commitment: "00".repeat(32), prev };
        let bytes = event.bytes().expect("no floats");
        prev = sha256_hex(&bytes);
        tree.push(&bytes);
        events.push(bytes);
    }
    (events, tree)
}

fn head() -> (Vec<Vec<u8>>, Tree, SignedCheckpoint) {
    let (events, tree) = chain();
    let head = Checkpoint::new(&origin(&sha256_hex(&events[0])), 3, tree.root()).expect("a plain name");
    let mut signed = SignedCheckpoint::sign(head, &mut KeyPair::from_seed(&SEED, "")).expect("it signs");
    signed.cosign("witness.test", &mut KeyPair::from_seed(&NEXT, ""), 1_700_000_000).expect("it signs");
    (events, tree, signed)
}

fn texts() -> Vec<(String, Vec<u8>)> {
    let (events, tree, signed) = head();
    let (mut key, mut next) = (KeyPair::from_seed(&SEED, "press"), KeyPair::from_seed(&NEXT, ""));
    let (public, other) = (key.public_key(), next.public_key());
    let inclusion = Inclusion::of(&tree, 3, 1, &events[1]).expect("there are three");
    let mut line = Vec::new();
    write_line(&mut line, "01.01", &inclusion).expect("memory");
    line.pop();
    let statement = Statement::new(Change::Rotated, public, other, &signed.checkpoint);
    let mut stated = SignedStatement::unsigned(statement);
    stated.sign(&mut key).and_then(|()| stated.sign(&mut next)).expect("they sign");
    let witness = VerifierKey::new("witness.test", Role::Witness, other).expect("a plain name").to_string();
    let disclosure = Disclosure { event: events[0].clone(), salt: [3; 32], private: b"{\"who\":1}".to_vec() };
    let consistency = [2u64.to_le_bytes().as_slice(), &3u64.to_le_bytes(), &[7; 64]].concat();
    TEXTS
        .iter()
        .zip(0u8..)
        .filter_map(|(name, kind)| {
            let bytes = match *name {
                "event" => events[0].clone(),
                "chain" => events.join(&b'\n'),
                "checkpoint" => signed.to_text().into_bytes(),
                "statement" => stated.to_text().ok()?.into_bytes(),
                "proof" => TableProof { inclusion: inclusion.clone(), checkpoint: signed.clone() }
                    .to_text()
                    .into_bytes(),
                "proof-line" => line.clone(),
                "witnesses" => format!("need 1\n{witness}\n").into_bytes(),
                "verifier-key" => witness.clone().into_bytes(),
                "disclosure" => disclosure.to_json().into_bytes(),
                "public-key" => public.line("press").into_bytes(),
                "key-file" => key.to_openssh(None).ok()?.as_bytes().to_vec(),
                "signature" => sign(&mut key, NAMESPACE, b"message").ok()?.into_bytes(),
                "signers" => public.allowed_signers_line("press", &[NAMESPACE]).ok()?.into_bytes(),
                "agent" => vec![0, 0, 0, 5, 12, 0, 0, 0, 0],
                "formula" => b"votes.A - votes.B - (tables_total - tables) * valid / tables".to_vec(),
                "report" => {
                    b"<data data-key=\"totals.valid\" value=\"12\">12</data>\x01{\"totals\":{\"valid\":12}}"
                        .to_vec()
                }
                "consistency" => consistency.clone(),
                "account" => {
                    b"account.created {\"account\":\"P001\",\"by\":null,\"role\":\"clerk\"}".to_vec()
                }
                "print" => b"[[[\"table\"],\"01.02\",\"01.02\",990,null]]".to_vec(),
                _ => json!({"a": [1, -2, "\u{7}\u{1f600}", null, {"b": true}]}).to_string().into_bytes(),
            };
            Some(((*name).to_owned(), [&[kind], &bytes[..]].concat()))
        })
        .collect()
}

/// A small bag in the form of the target `bundle`, and the same in archives.
fn bundles() -> Vec<(String, Vec<u8>)> {
    let (events, _, signed) = head();
    let journal = [events.join(&b'\n'), b"\n".to_vec()].concat();
    let checkpoint = signed.to_text();
    let files: [(&str, &[u8]); 7] = [
        ("data/journal.jsonl", &journal),
        ("data/checkpoint", checkpoint.as_bytes()),
        ("data/election/election.toml", SMALL_TOML.as_bytes()),
        ("data/election/register.csv", REGISTER.as_bytes()),
        ("data/results.json", b"{}"),
        ("data/images.csv", b"original,published\n"),
        ("bagit.txt", b"BagIt-Version: 1.0\n"),
    ];
    let mut lines = vec![3];
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let mut tar = Vec::new();
    for (name, bytes) in files {
        lines.extend(name.bytes().chain([b'\n']));
        lines.extend(u16::try_from(bytes.len()).expect("small").to_le_bytes());
        lines.extend(bytes);
        let options = zip::write::SimpleFileOptions::default();
        zip.start_file(format!("bundle/{name}"), options).expect("memory");
        std::io::Write::write_all(&mut zip, bytes).expect("memory");
        tar.extend(tar_entry(&format!("bundle/{name}"), bytes));
    }
    tar.extend([0; 1_024]);
    let zip = zip.finish().expect("memory").into_inner();
    vec![
        ("bag".into(), lines),
        ("zip".into(), [&[0], &zip[..]].concat()),
        ("tar".into(), [&[2], &tar[..]].concat()),
        ("tar-zst".into(), [&[1], &zstd::encode_all(&tar[..], 3).expect("memory")[..]].concat()),
    ]
}

fn tar_entry(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut block = [0u8; 512];
    block[..name.len()].copy_from_slice(name.as_bytes());
    block[100..108].copy_from_slice(b"0000644\0");
    block[124..136].copy_from_slice(format!("{:011o}\0", bytes.len()).as_bytes());
    block[156] = b'0';
    block[257..265].copy_from_slice(b"ustar\x0000");
    block[148..156].fill(b' ');
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
    let fill = vec![0; bytes.len().next_multiple_of(512) - bytes.len()];
    [&block[..], bytes, &fill].concat()
}

fn backups() -> Vec<(String, Vec<u8>)> {
    let head = json!({"version": 1, "election": "small", "events": 1, "head": "00".repeat(32), "files": 0,
        "database": {"sha256": "00".repeat(32), "bytes": 0}, "list": {"sha256": sha256_hex(b""), "bytes": 0}});
    let line = |name: &str, bytes: &[u8]| {
        let length = u16::try_from(bytes.len()).expect("small").to_le_bytes();
        [name.as_bytes(), b"\n", &length, bytes].concat()
    };
    let text = head.to_string();
    vec![(
        "folder".into(),
        [
            &[1][..],
            &line("backup.json", text.as_bytes()),
            &line(&format!("lists/{}.txt", sha256_hex(b"")), b""),
        ]
        .concat(),
    )]
}

fn intakes() -> Vec<(String, Vec<u8>)> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for name in ["a.jpg", "../b.png", "c.zip"] {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).expect("memory");
        std::io::Write::write_all(&mut zip, b"\xff\xd8\xff\xe0\0\x10JFIF\0").expect("memory");
    }
    let zip = zip.finish().expect("memory").into_inner();
    vec![
        ("zip".into(), [&[0], &zip[..]].concat()),
        (
            "pdf".into(),
            b"\x01%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\nstartxref\n9\n%%EOF".to_vec(),
        ),
        ("tif".into(), b"\x02II*\0\x08\0\0\0\0\0\0\0\0\0".to_vec()),
        ("jpg".into(), b"\x03\xff\xd8\xff\xe0\0\x10JFIF\0".to_vec()),
    ]
}

/// A request for every route, by every role.
fn requests() -> Vec<(String, Vec<u8>)> {
    let form = "application/x-www-form-urlencoded";
    let body = "csrf=$CSRF&lang=es&next=/&table=201301006.01&line-1=1&lease=1&revision=0&reason=x&source=a&deed=save";
    (0..160u8)
        .map(|n| {
            let head = [n % 5, n, n % 9];
            (
                format!("request-{n}"),
                [&head[..], format!("\nlang=es\n{form}\nes;q=0.5,en\n{body}").as_bytes()].concat(),
            )
        })
        .collect()
}
