//! Elections that tests write tables of.

use std::path::PathBuf;
use std::sync::Arc;

use serde_json::{Value, json};
use tallyproof_analysis::audit::inspection::{Feature, Inspection, Sample, Seen};
use tallyproof_analysis::results::AuditFacts;
use tallyproof_core::facts::{Facts, FaultyImage, ImageFault, ImageReading, Source, Standing, Version};
use tallyproof_core::journal::sha256_hex;
use tallyproof_core::pack::{Encoding, Pack};
use tallyproof_core::print::Print;
use tallyproof_core::register::Register;
use tallyproof_core::review::DeskEvent;
use tallyproof_core::sheet::{Channel, Reading};
use tallyproof_core::transcription::csv_rows::rows;
use tallyproof_core::transcription::{Transcription, fitting_mapping};
use tallyproof_evidence::exports::Issue;
use tallyproof_evidence::seen::Look;

const SMALL: &str = include_str!("../../core/tests/small.toml");
const VENEZUELA: &str = include_str!("../../../elections/venezuela-2024/election.toml");

/// An image as the journal knows it: hash, source, what was read.
pub(crate) type Image = (String, String, Option<Look>);

/// Facts with everything in them that a table can show.
pub(crate) struct Known {
    pub(crate) facts: Facts,
    pub(crate) audits: AuditFacts,
    pub(crate) images: Vec<Image>,
}

impl Known {
    pub(crate) fn images(&self) -> impl Iterator<Item = (&str, &str, Option<&Look>)> {
        self.images.iter().map(|(sha256, source, look)| (sha256.as_str(), source.as_str(), look.as_ref()))
    }
}

pub(crate) fn small_pack() -> Pack {
    Pack::parse("small", SMALL).unwrap()
}

pub(crate) fn version(pack: &Pack, label: &str, older: &[&str], bytes: &[u8]) -> Version {
    let mapping = fitting_mapping(pack, bytes).expect("a mapping fits");
    let transcription = Transcription::parse(bytes, mapping, pack).unwrap();
    let supersedes = older.iter().map(|&o| o.to_owned()).collect();
    Version { label: label.into(), supersedes, sha256: sha256_hex(bytes), transcription }
}

/// An image read by its code, with some of its print, and the body its event has.
fn read_image(pack: &Pack, sha256: &str, payload: &str, figures: &Value) -> (ImageReading, Image) {
    let body = json!({
        "outcome": "read", "payload": payload, "decoder": "rqrr", "rung": "plain",
        "print": {"figures": figures}, "sha256": sha256,
    });
    let parsed = pack.payload.as_ref().unwrap().read(pack, payload.as_bytes()).unwrap();
    let print = Some(Arc::new(Print::from_json(&body["print"]["figures"])));
    let image = Some(sha256.into());
    let reading = Reading { table: parsed.table, values: parsed.values, image, line: 0 };
    let reading = ImageReading {
        source: "one".into(),
        channel: Channel::Code,
        standing: Standing::Unreviewed,
        reading,
        print,
        unread: None,
    };
    (reading, (sha256.to_owned(), "one".to_owned(), Some(Look::of(&body))))
}

/// Two copies that agree on one table and differ on another, one image confirmed by its print, one that people read
/// and two that nobody did, a table that the register lacks, a name that is a formula, an inspection nobody drew.
pub(crate) fn small() -> Known {
    let pack = small_pack();
    let one =
        "table,A,B,valid,null\n01.01,100,80,180,3\n01.02,90,60,150,\n02.01,10,20,30,1\n09.01,5,5,10,0\n";
    let two = "table,A,B,valid,null\n01.01,100,80,180,3\n02.01,11,20,31,1\n";
    let source = |id: &str, versions| Source::new(id.into(), versions).unwrap();
    let old = version(&pack, "1", &[], b"table,A,B,valid,null\n01.01,100,80,180,3\nno,1,2,3,4\n");
    let new = version(&pack, "2", &["1"], one.as_bytes());
    let sources =
        vec![source("one", vec![old, new]), source("two", vec![version(&pack, "1", &[], two.as_bytes())])];
    let file = pack.register.clone().unwrap();
    let chars: Vec<usize> = pack.levels.iter().map(|l| l.chars).collect();
    let lines = "table,electors\n01.01,400\n01.02,350\n01.03,300\n02.01,\n03.01,500\n";
    let mut register = Register::parse(lines.as_bytes(), &file, &pack.pattern, &chars).unwrap();
    register.names.insert((0, "02".into()), "=HYPERLINK(\"x\"), Baja".into());
    let [a, b, c] = ["a", "b", "c"].map(|c| c.repeat(64));
    let whole = json!([
        ["table-1", "01", 999, ["01", "same"], null],
        ["table-2", "03", 999, ["03", "same"], null],
        ["electors", "300", 995, null, null],
        ["selection-1", "150", 999, ["150", "same"], null],
        ["line-1", "0120", 999, ["120", "same"], null],
        ["line-2", "30", 999, ["30", "same"], null],
        ["selection-2", "70", 999, ["70", "same"], null],
        ["line-3", "70", 999, ["70", "same"], null],
        ["valid", "220", 999, ["220", "same"], null],
        ["null", "4", 999, ["4", "same"], null]
    ]);
    let part = json!([
        ["table-1", "blank", 0, null, null],
        ["line-1", "19", 700, ["12", "unsure"], null],
        ["line-2", "illegible:faint", 0, null, null],
        ["line-3", "not-found", 0, null, null]
    ]);
    let (first, first_image) = read_image(&pack, &a, "01.03!120,30,70!4!0", &whole);
    let (second, second_image) = read_image(&pack, &b, "01.02!60,30,60!2!0", &part);
    let unread = json!({"outcome": "unread", "cause": "blur", "print": null});
    let fault =
        FaultyImage { image: c.clone(), source: "two".into(), fault: ImageFault::Unread("blur".into()) };
    let pending = "d".repeat(64);
    let facts = Facts::new(pack, Some(register), sources)
        .with_images(vec![second, first], vec![fault], 1)
        .with_reviews(&at_the_desk(&c));
    let inspected = Inspection {
        table: "01.01".into(),
        sample: Sample::Convenience,
        custody: "@somebody".into(),
        votes: Some(vec![100, 81]),
        null: Some(3),
        features: vec![(Feature::Stamp, Seen::Present), (Feature::Signatures, Seen::Absent)],
    };
    let images = vec![
        (pending, "two".into(), None),
        (c, "two".into(), Some(Look::of(&unread))),
        second_image,
        first_image,
    ];
    Known { facts, audits: AuditFacts { records: Vec::new(), convenience: vec![inspected] }, images }
}

/// Two people type an image that no machine read, differ in one place, and a coordinator decides; one of them tries
/// twice, and the reason is a formula.
fn at_the_desk(image: &str) -> Vec<DeskEvent> {
    let values = |line_2: Value| json!({"electors": 500, "line-1": 40, "line-2": line_2, "line-3": 30, "valid": 80, "null": "blank"});
    let entry = |by: &str, line_2: Value| {
        ("entry.made", json!({"image": image, "by": by, "table": "03.01", "values": values(line_2)}))
    };
    let account = |who: &str, role: &str, by: Value| {
        ("account.created", json!({"account": who, "role": role, "by": by}))
    };
    let decided =
        json!({"image": image, "by": "P002", "values": {"line-2": 10}, "reason": "=the pen slipped"});
    let events = [
        account("P001", "administrator", Value::Null),
        account("P002", "coordinator", "P001".into()),
        account("P003", "clerk", "P001".into()),
        account("P004", "clerk", "P001".into()),
        entry("P003", json!(10)),
        entry("P003", json!(11)),
        entry("P004", json!("illegible")),
        ("entry.corrected", json!({"image": image, "by": "P004", "values": {"line-2": 16}})),
        ("entry.decided", decided),
        ("reopening.requested", json!({"image": image, "by": "P002", "reason": "null votes are blank"})),
        ("reopening.approved", json!({"image": image, "by": "P002"})),
        ("account.removed", json!({"account": "P004", "by": "P001", "erased": 4})),
    ];
    let event = |(seq, (kind, body)): (u64, (&str, Value))| DeskEvent::new(seq, kind, &body);
    (1..).zip(events).map(event).collect()
}

/// Venezuela's second published table; `None`, with a word on stderr, where it is not at hand.
pub(crate) fn venezuela_v2() -> Option<Facts> {
    let root = std::env::var_os("TALLYPROOF_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let path = root.join("venezuela-2024/tally-sheets-v2.csv");
    let Ok(bytes) = std::fs::read(&path) else {
        let required = std::env::var_os("TALLYPROOF_REQUIRE_DATA").is_some();
        assert!(!required, "TALLYPROOF_REQUIRE_DATA is set, and {} is not there", path.display());
        eprintln!("skipped: {} is not there", path.display());
        return None;
    };
    let pack = Pack::parse("venezuela-2024", VENEZUELA).unwrap();
    let newest = version(&pack, "V2", &[], &bytes);
    Some(Facts::new(pack, None, vec![Source::new("campaign".into(), vec![newest]).unwrap()]))
}

pub(crate) fn issue() -> Issue {
    Issue {
        issuer: "Observers of the small election".into(),
        abbreviation: "OSE".into(),
        generated: "2031-05-06T00:00:00Z".into(),
        notes: "A count of published sheets, not an authority's.".into(),
    }
}

/// The cells of a CSV table, header first.
pub(crate) fn cells(csv: &[u8]) -> Vec<Vec<String>> {
    let mut rows = rows(csv, Encoding::Utf8).unwrap();
    let mut all = Vec::new();
    while let Some(row) = rows.next_row().unwrap() {
        all.push((0..row.n_cells()).map(|i| row.text(i).into_owned()).collect());
    }
    all
}

/// A column of such cells, by name.
pub(crate) fn column<'c>(cells: &'c [Vec<String>], name: &str) -> Vec<&'c str> {
    let at = cells[0].iter().position(|n| n == name).unwrap_or_else(|| panic!("no column {name}"));
    cells[1..].iter().map(|row| row[at].as_str()).collect()
}
