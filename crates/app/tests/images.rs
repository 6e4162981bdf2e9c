//! Photographs, good and hostile: each is read, or is a fault with its cause; the rest goes on.

use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use serde_json::{Value, json};
use tallyproof_render::{Damage, Line, Paper, Photo, Picture, SheetFace, Style, photograph, print_sheet};

use crate::support::{
    PROGRAM, Ran, Temp, args_in, csv_is_harmless, csv_rows, in_c_locale, is_harmless, journal_is_sound,
    new_folder, published, report_file, results, run_command, run_in,
};

/// Real codes, and the votes published for their tables, in the order EG NM LM JABE JOBR AE CF DC EM BERA.
const REAL: [(&str, &str, [u32; 10]); 3] = [
    (
        "201301006.01",
        "201301006.01.1.0001!140,7,10,8,1,7,1,0,2,3,0,1,8,1,0,1,0,3,1,1,0,1,0,0,0,0,0,0,1,2,0,0,0,5,7,155,1,1!0!0",
        [167, 188, 6, 1, 1, 3, 0, 0, 1, 1],
    ),
    (
        "150702005.02",
        "150702005.02.1.0001!105,7,2,0,4,1,0,1,1,1,0,2,44,2,1,0,0,1,0,1,0,0,0,1,0,0,0,0,1,0,1,0,0,7,13,350,0,2!0!0",
        [370, 168, 4, 1, 1, 1, 1, 0, 0, 2],
    ),
    (
        "110601011.04",
        "110601011.04.1.0001!122,1,0,0,4,2,0,0,2,1,0,1,2,1,0,0,0,5,0,2,0,0,0,0,0,0,0,0,1,0,0,0,0,8,22,406,0,1!0!0",
        [436, 135, 6, 2, 0, 1, 0, 0, 0, 1],
    ),
];
const IDS: [&str; 10] = ["EG", "NM", "LM", "JABE", "JOBR", "AE", "CF", "DC", "EM", "BERA"];

fn paper(code: &str, seed: u64) -> Paper {
    let face = SheetFace {
        title: vec!["ACTA DE ESCRUTINIO".into()],
        header: vec![Line::new("centre", "CENTRO", code.get(..9).unwrap_or_default())],
        totals: vec![Line::new("null", "VOTOS NULOS", "0")],
        signatures_caption: "FIRMAS".into(),
        code: code.as_bytes().to_vec(),
        ..SheetFace::default()
    };
    print_sheet(&face, &Style::everyday(seed)).unwrap()
}

fn photo(code: &str, seed: u64) -> Photo {
    photograph(&paper(code, seed), &Damage { scale: 0.7, ..Damage::none() }, seed)
}

/// Clean small photographs of the three real codes.
pub(crate) static CLEAN: LazyLock<[Photo; 3]> = LazyLock::new(|| REAL.map(|(_, code, _)| photo(code, 1)));
pub(crate) static JPEG: LazyLock<Vec<u8>> = LazyLock::new(|| CLEAN[0].to_jpeg());

pub(crate) struct Desk {
    pub(crate) temp: Temp,
    pub(crate) folder: PathBuf,
}

pub(crate) fn desk() -> Desk {
    let temp = Temp::new();
    let folder = new_folder(&temp, "work", "venezuela-2024");
    Desk { temp, folder }
}

impl Desk {
    #[track_caller]
    pub(crate) fn call(&self, args: &[&str]) -> Ran {
        let ran = run_in(&self.folder, args).ends(0);
        is_harmless(&ran.out);
        is_harmless(&ran.err);
        ran
    }

    /// Adds what lies under a name of the temporary folder.
    #[track_caller]
    pub(crate) fn add(&self, name: &str) -> Value {
        self.call(&["add", self.temp.join(name).to_str().unwrap(), "--format", "json"]).json()
    }

    #[track_caller]
    pub(crate) fn readings(&self) -> Vec<Value> {
        self.call(&["readings"]);
        self.call(&["readings", "--lang", "es", "--faults"]);
        csv_is_harmless(&self.call(&["readings", "--format", "csv"]).out);
        self.call(&["readings", "--format", "json"]).json().as_array().unwrap().clone()
    }

    /// Adds, reads, and gives the readings; demands that every image is accounted for.
    #[track_caller]
    pub(crate) fn read(&self, name: &str) -> Vec<Value> {
        let added = self.add(name);
        self.call(&["read", "--jobs", "2"]);
        let readings = self.readings();
        assert_eq!(readings.len() as u64, added["new"].as_u64().unwrap());
        assert!(readings.iter().all(|r| r["status"] != "pending"), "{readings:#?}");
        journal_is_sound(&self.folder);
        readings
    }
}

/// The reading of a file by the end of its name.
#[track_caller]
pub(crate) fn of<'r>(readings: &'r [Value], name: &str) -> &'r Value {
    let found = readings.iter().find(|r| r["file"].as_str().unwrap().ends_with(name));
    found.unwrap_or_else(|| panic!("no reading of {name}: {readings:#?}"))
}

#[track_caller]
pub(crate) fn is_fault(reading: &Value, status: &str, cause: &str) {
    assert_eq!(reading["status"], status, "{reading:#}");
    assert_eq!(reading["faults"][0]["code"], status, "{reading:#}");
    assert_eq!(reading["faults"][0]["detail"], cause, "{reading:#}");
    for key in ["payload", "lines", "null", "table"] {
        assert_eq!(reading[key], Value::Null, "a fault is never a row of figures: {reading:#}");
    }
}

pub(crate) fn skipped(added: &Value) -> Vec<(String, String)> {
    let text = |v: &Value| v.as_str().unwrap().to_owned();
    added["skipped"].as_array().unwrap().iter().map(|s| (text(&s["file"]), text(&s["reason"]))).collect()
}

/// How often a reason stands among the skipped files.
#[track_caller]
pub(crate) fn n_skipped(added: &Value, reason: &str) -> usize {
    skipped(added).iter().filter(|(_, why)| why == reason).count()
}

#[test]
fn real_codes_printed_and_photographed_badly_give_the_published_votes() {
    let desk = desk();
    for (table, code, _) in REAL {
        for seed in 0..4 {
            let bytes = photograph(&paper(code, seed), &Damage::everyday(seed), seed).to_jpeg();
            desk.temp.write(format!("photos/{table}-{seed}.jpg"), bytes);
        }
    }
    let readings = desk.read("photos");
    assert_eq!(readings.len(), 12);
    for (table, code, _) in REAL {
        let read: Vec<&Value> = readings.iter().filter(|r| r["table"] == table).collect();
        assert!(!read.is_empty(), "no photograph of {table} was read");
        for reading in read {
            assert_eq!((&reading["payload"], &reading["status"]), (&json!(code), &json!("read")));
            let lines: Vec<u64> =
                reading["lines"].as_array().unwrap().iter().map(|n| n.as_u64().unwrap()).collect();
            let printed: Vec<u64> =
                code.split('!').nth(1).unwrap().split(',').map(|n| n.parse().unwrap()).collect();
            assert_eq!(lines, printed);
        }
    }
    assert!(readings.iter().filter(|r| r["status"] == "read").count() >= 10, "{readings:#?}");

    desk.call(&["run"]).says(&["3 of 30,026 tables", "code of a photograph"]);
    let rows = csv_rows(&String::from_utf8(report_file(&desk.folder, "sheets.csv")).unwrap());
    let at = |name: &str| rows[0].iter().position(|head| head == name).unwrap();
    assert_eq!(rows.len(), 4);
    for (table, _, votes) in REAL {
        let row = rows.iter().find(|row| row[0] == table).unwrap();
        assert_eq!(IDS.map(|id| row[at(id)].parse::<u32>().unwrap()), votes, "{table}");
        assert_eq!((row[at("class")].as_str(), row[at("counted")].as_str()), ("code-only", "1"));
    }
    let found = results(&desk.folder);
    assert_eq!(found["tabulation"]["votes"]["EG"], 167 + 370 + 436);
    assert_eq!(found["tabulation"]["basis"]["provisional"], true);

    // The same tables in the published file say the same.
    let Some(v2) = published("venezuela-2024/tally-sheets-v2.csv") else { return };
    let text: String = std::fs::read(v2).unwrap().iter().map(|&byte| char::from(byte)).collect();
    for (table, _, votes) in REAL {
        let (centre, number) = table.split_once('.').unwrap();
        let named = format!(",{centre},{},", number.trim_start_matches('0'));
        let row = text.lines().find(|line| line.contains(&named)).unwrap();
        let figures: Vec<u32> = row.split(',').skip(10).take(10).map(|n| n.parse().unwrap()).collect();
        assert_eq!(figures, votes, "{table}");
    }
}

#[test]
fn another_renderers_sheets_are_read_and_none_wrongly() {
    let Some(dir) = published("sheets-sample") else { return };
    let truth: Value = serde_json::from_slice(&std::fs::read(dir.join("truth.json")).unwrap()).unwrap();
    let desk = desk();
    let added = desk.call(&["add", dir.to_str().unwrap(), "--format", "json"]).json();
    assert_eq!((&added["new"], skipped(&added).len()), (&json!(60), 1), "truth.json is no image");
    desk.call(&["run", "--jobs", "2"]);
    let readings = desk.readings();
    assert_eq!(readings.len(), 60);
    let mut n_read = 0;
    for sheet in truth.as_array().unwrap() {
        let reading = of(&readings, sheet["file"].as_str().unwrap());
        if reading["status"] == "read" {
            n_read += 1;
            assert_eq!(reading["payload"], sheet["payload"]);
            assert_eq!((&reading["lines"], &reading["null"]), (&sheet["votes"], &sheet["nul"]));
        } else {
            assert!(!reading["faults"].as_array().unwrap().is_empty());
        }
    }
    assert!(n_read >= 58, "{n_read} of 60 read");
    let images = &results(&desk.folder)["images"];
    let faults: u64 = images["by_fault"].as_object().unwrap().values().map(|n| n.as_u64().unwrap()).sum();
    assert_eq!(images["n_read"].as_u64().unwrap() + faults, 60);
}

fn grey(photo: &Photo) -> (u32, u32, &[u8]) {
    let luma = &photo.picture.luma;
    (luma.width.try_into().unwrap(), luma.height.try_into().unwrap(), &luma.samples)
}

fn png_of(width: u32, height: u32, pixels: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.write_header().unwrap().write_image_data(pixels).unwrap();
    bytes
}

#[test]
fn png_webp_and_tiff_are_read_like_jpeg() {
    let desk = desk();
    let (width, height, pixels) = grey(&CLEAN[0]);
    desk.temp.write("photos/a.png", png_of(width, height, pixels));
    let (width, height, pixels) = grey(&CLEAN[1]);
    let mut webp = Vec::new();
    image_webp::WebPEncoder::new(&mut webp).encode(pixels, width, height, image_webp::ColorType::L8).unwrap();
    desk.temp.write("photos/b.webp", webp);
    let (width, height, pixels) = grey(&CLEAN[2]);
    let mut tiff = Cursor::new(Vec::new());
    let mut encoder = tiff::encoder::TiffEncoder::new(&mut tiff).unwrap();
    encoder.write_image::<tiff::encoder::colortype::Gray8>(width, height, pixels).unwrap();
    // A name without a format: the first bytes say what it is.
    desk.temp.write("photos/c", tiff.into_inner());
    let readings = desk.read("photos");
    for (name, (table, ..)) in ["a.png", "b.webp", "/c"].iter().zip(REAL) {
        assert_eq!(of(&readings, name)["table"], table);
    }
}

/// Runs the program where no more than 600 MB of addresses are to be had, if the system can hold it to that.
fn in_little_memory(folder: &Path, args: &[&str]) -> Ran {
    if !cfg!(target_os = "linux") {
        return run_in(folder, args);
    }
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -v 600000; exec \"$0\" \"$@\"", PROGRAM]).args(args_in(folder, args));
    run_command(in_c_locale(command))
}

/// CRC-32 of PNG chunks (ISO/IEC 15948, annex D).
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| (crc >> 1) ^ if crc & 1 == 1 { 0xEDB8_8320 } else { 0 })
    })
}

#[test]
fn images_that_are_none_are_faults_with_a_cause_and_the_rest_goes_on() {
    let desk = desk();
    let put = |name: &str, bytes: &[u8]| desk.temp.write(format!("photos/{name}"), bytes);
    put("good.jpg", &JPEG);
    put("empty.jpg", b"");
    put("text.jpg", b"mesa,votos\n1,200\n");
    put("head.jpg", &JPEG[..200]);
    put("gif.jpg", b"GIF89a\x01\0\x01\0\0\0\0;");
    put("half.jpg", &JPEG[..JPEG.len() / 4]);
    let mut wide = JPEG.clone();
    let frame = wide.windows(2).position(|pair| matches!(pair, [0xFF, 0xC0..=0xC2])).unwrap();
    let side = 40_000u16.to_be_bytes();
    wide[frame + 5..frame + 9].copy_from_slice(&[side, side].concat());
    put("wide.jpg", &wide);
    // A bomb: a picture of 19,000 x 19,000 px in some hundred kilobytes.
    let mut bomb = png_of(1, 1, &[0]);
    bomb[16..24].copy_from_slice(&[40_000u32.to_be_bytes(), 40_000u32.to_be_bytes()].concat());
    let checksum = crc32(&bomb[12..29]);
    bomb[29..33].copy_from_slice(&checksum.to_be_bytes());
    put("claims.png", &bomb);
    put("bomb.png", &png_of(19_000, 19_000, &vec![0; 19_000 * 19_000]));
    put("blank.png", &png_of(400, 400, &[230; 160_000]));
    put("tiny.png", &png_of(8, 8, &[230; 64]));
    let noise: Vec<u8> = (0..160_000u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    put("noise.png", &png_of(400, 400, &noise));
    put("notes.txt", b"not an image");

    let added = desk.add("photos");
    assert_eq!((&added["new"], n_skipped(&added, "not-an-image")), (&json!(12), 1));
    in_little_memory(&desk.folder, &["read", "--jobs", "2"]).ends(0).says(&["1 codes read, 11 without"]);
    desk.call(&["run"]);
    let readings = desk.readings();
    assert_eq!(readings.len(), 12);
    assert_eq!(of(&readings, "good.jpg")["table"], REAL[0].0);
    is_fault(of(&readings, "empty.jpg"), "not-usable", "empty-file");
    is_fault(of(&readings, "text.jpg"), "not-usable", "not-an-image");
    is_fault(of(&readings, "gif.jpg"), "not-usable", "unsupported-format");
    is_fault(of(&readings, "head.jpg"), "not-usable", "truncated-file");
    is_fault(of(&readings, "half.jpg"), "unread", "damaged-file");
    is_fault(of(&readings, "wide.jpg"), "not-usable", "too-many-pixels");
    is_fault(of(&readings, "claims.png"), "not-usable", "too-many-pixels");
    is_fault(of(&readings, "bomb.png"), "not-usable", "too-many-pixels");
    is_fault(of(&readings, "tiny.png"), "unread", "too-small");
    is_fault(of(&readings, "blank.png"), "unread", "not-a-sheet");
    assert_eq!(of(&readings, "noise.png")["status"], "unread");
    let images = &results(&desk.folder)["images"];
    assert_eq!((&images["n_read"], &images["n_pending"]), (&json!(1), &json!(0)));
    assert_eq!(images["by_fault"], json!({"not-usable": 7, "unread": 4}));
    assert_eq!(results(&desk.folder)["tabulation"]["n_tables_seen"], 1);

    // Named by hand, a file is taken whatever it looks like: the user means it.
    let named = desk.add("photos/notes.txt");
    assert_eq!(named["new"], 1);
    desk.call(&["read"]);
    is_fault(of(&desk.readings(), "notes.txt"), "not-usable", "not-an-image");
    journal_is_sound(&desk.folder);
}

/// Two pictures in one, side by side.
pub(crate) fn beside(left: &Photo, right: &Photo) -> Vec<u8> {
    let (a, b) = (&left.picture, &right.picture);
    let width = a.width().next_multiple_of(2) + b.width();
    let mut both = Picture::filled(width, a.height().max(b.height()), [200, 128, 128]);
    for (picture, from) in [(a, 0), (b, a.width().next_multiple_of(2))] {
        for (y, row) in picture.luma.samples.chunks(picture.width()).enumerate() {
            let start = y * width + from;
            both.luma.samples[start..start + row.len()].copy_from_slice(row);
        }
    }
    both.to_jpeg(90)
}

#[test]
fn strange_codes_and_two_codes_are_faults_with_what_they_say() {
    let desk = desk();
    let (_, code, _) = REAL[0];
    let hostile = "=HYPERLINK(\"http://x\")\u{1b}[2J\u{9b}31m\u{202e}";
    let put =
        |name: &str, code: &str| desk.temp.write(format!("photos/{name}.jpg"), photo(code, 2).to_jpeg());
    put("link", "https://example.org/menu");
    put("hostile", hostile);
    put("short", &code.replacen("140,7,", "140,", 1));
    put("letters", &code.replacen("140,7,", "140,x,", 1));
    put("huge", &code.replacen("140,7,", "140,99999999999,", 1));
    put("reserved", &code.replacen("!0!0", "!0!7", 1));
    desk.temp.write("photos/two.jpg", beside(&CLEAN[1], &CLEAN[2]));
    desk.temp.write("photos/menu.jpg", beside(&CLEAN[2], &photo("https://example.org/menu", 3)));
    let readings = desk.read("photos");
    is_fault(of(&readings, "link.jpg"), "foreign-code", "https://example.org/menu");
    is_fault(of(&readings, "hostile.jpg"), "foreign-code", hostile);
    is_fault(of(&readings, "short.jpg"), "wrong-line-count", "37 != 38");
    for name in ["letters.jpg", "huge.jpg"] {
        assert_eq!(of(&readings, name)["status"], "foreign-code");
        assert_eq!(of(&readings, name)["lines"], Value::Null);
    }
    assert_eq!(of(&readings, "reserved.jpg")["status"], "read", "a finding, not a fault");
    let two = of(&readings, "two.jpg");
    assert_eq!((&two["status"], &two["table"]), (&json!("several-codes"), &json!(null)));
    let detail = two["faults"][0]["detail"].as_str().unwrap();
    assert!(detail.contains(REAL[1].0) && detail.contains(REAL[2].0), "{detail}");
    assert_eq!(of(&readings, "menu.jpg")["table"], REAL[2].0, "a stranger beside it changes nothing");

    desk.call(&["run"]);
    for verb in [&["check", "--format", "csv"][..], &["check", "--format", "json"], &["check"]] {
        let ran = run_in(&desk.folder, verb).ends(1);
        is_harmless(&ran.out);
        if verb.contains(&"csv") {
            csv_is_harmless(&ran.out);
        }
    }
    csv_is_harmless(&String::from_utf8(report_file(&desk.folder, "findings.csv")).unwrap());
    is_harmless(&String::from_utf8(report_file(&desk.folder, "results.json")).unwrap());
}
