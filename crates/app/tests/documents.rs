//! Scans in PDF and multi-page TIFF files: each page a picture of its own, and what gives none a fault.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tallyproof_reader::document::Document;
use tallyproof_render::Photo;
use tallyproof_render::scan::{PdfWriter, Scan, scans_to_pdf};

use crate::archives::{archive, file};
use crate::images::{CLEAN, Desk, JPEG, desk, n_skipped, of};
use crate::support::{events_by_kind, journal_is_sound, results, run_in};

fn scan(photo: &Photo, rotate: u32) -> Scan {
    Scan { jpeg: photo.to_jpeg(), size: [photo.picture.width(), photo.picture.height()], rotate }
}

/// Three sheets, the second turned by the page, and a page of words only.
fn scanned() -> Vec<u8> {
    scans_to_pdf(&[scan(&CLEAN[0], 0), scan(&CLEAN[1], 90), scan(&CLEAN[2], 180)])
}

fn counts(added: &Value) -> [u64; 5] {
    ["seen", "new", "again", "known", "unread"].map(|key| added[key].as_u64().unwrap())
}

#[test]
fn every_page_of_a_pdf_is_read_and_comes_from_the_kept_file() {
    let desk = desk();
    let bytes = scanned();
    desk.temp.write("in/scan.pdf", &bytes);
    assert_eq!(counts(&desk.add("in")), [3, 3, 0, 0, 0]);
    let events = events_by_kind(&desk.folder);
    assert_eq!((events["document.added"], events["image.added"]), (1, 3));
    assert_eq!(counts(&desk.add("in")), [3, 0, 0, 3, 0], "again changes nothing");
    assert_eq!(events_by_kind(&desk.folder), events);

    // The same file in an archive and a page's JPEG by itself are further origins of the same pictures.
    desk.temp.write("more.zip", archive(|zip| file(zip, "deep/scan.pdf", &bytes)));
    desk.temp.write("one/first.jpg", &*JPEG);
    assert_eq!(counts(&desk.add("more.zip")), [3, 0, 3, 0, 0]);
    assert_eq!(counts(&desk.add("one")), [1, 0, 1, 0, 0]);

    desk.call(&["run"]);
    let readings = desk.readings();
    assert_eq!(readings.len(), 3);
    for (page, table) in ["201301006.01", "150702005.02", "110601011.04"].iter().enumerate() {
        let reading = of(&readings, &format!("in/scan.pdf#page={}", page + 1));
        assert_eq!(reading["table"], *table, "{reading:#}");
    }
    assert_eq!(results(&desk.folder)["tabulation"]["n_tables_seen"], 3);

    // Every picture can be taken out of the kept document again, byte for byte.
    let journal = desk.call(&["journal", "show"]).out;
    let bodies: Vec<Value> =
        journal.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["body"].clone()).collect();
    let kept = |sha256: &Value| {
        let sha256 = sha256.as_str().unwrap();
        std::fs::read(desk.folder.join("originals").join(&sha256[..2]).join(sha256)).unwrap()
    };
    let mut n_pages = 0;
    for body in bodies.iter().filter(|body| body["document"].is_string() && body["sha256"].is_string()) {
        let document = kept(&body["document"]);
        assert_eq!(document, bytes);
        let index = usize::try_from(body["page"].as_u64().unwrap()).unwrap() - 1;
        let pages = Document::open(&document).unwrap().unwrap().page(index).unwrap();
        assert_eq!(pages, [kept(&body["sha256"])]);
        n_pages += 1;
    }
    assert_eq!(n_pages, 6, "three pages from two places");
    assert!(!journal.contains("scan.pdf"), "file names are private");
    journal_is_sound(&desk.folder);

    // A damaged document is noticed.
    let document = bodies.iter().find(|body| body["pages"] == 3).unwrap()["sha256"].as_str().unwrap();
    let path = desk.folder.join("originals").join(&document[..2]).join(document);
    std::fs::write(&path, b"%PDF-1.4 other").unwrap();
    run_in(&desk.folder, &["journal", "check"]).ends(1).says(&[document, "is not the image that was added"]);
}

/// The faults of a folder by the end of the file's name.
fn faults(desk: &Desk) -> BTreeMap<String, String> {
    let readings = desk.readings();
    let faulty = readings.iter().filter(|reading| reading["status"] == "not-usable");
    faulty
        .map(|reading| {
            let file = reading["file"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
            (file, reading["faults"][0]["detail"].as_str().unwrap().to_owned())
        })
        .collect()
}

#[test]
fn pages_and_documents_without_a_picture_are_faults_by_name_and_the_rest_goes_on() {
    let desk = desk();
    let mut pdf = PdfWriter::default();
    let sheet = scan(&CLEAN[0], 0);
    let [width, height] = sheet.size;
    let entries = format!(
        "/Subtype /Image /Width {width} /Height {height} /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter"
    );
    let picture = pdf.add_stream(&format!("{entries} /DCTDecode"), &sheet.jpeg);
    let strange = pdf.add_stream(&format!("{entries} /JBIG2Decode"), b"strange");
    let whole = "q 595 0 0 842 0 0 cm /P0 Do Q";
    let pages = [
        pdf.add_page([595, 842], "BT (a letter) Tj ET", &[], ""),
        pdf.add_page([595, 842], whole, &[picture], ""),
        pdf.add_page([595, 842], whole, &[strange], ""),
        pdf.add_page([595, 842], &format!("{whole} q 595 0 0 842 0 0 cm /P1 Do Q"), &[picture, strange], ""),
        pdf.add_page([595, 842], "q not a matrix cm /P0 Do", &[picture], ""),
    ];
    desk.temp.write("in/mixed.pdf", pdf.finish(&pages, ""));
    let mut locked = PdfWriter::default();
    let page = locked.add_page([595, 842], "", &[], "");
    desk.temp.write("in/locked.pdf", locked.finish(&[page], "/Encrypt << /Filter /Standard /V 4 >>"));
    desk.temp.write("in/hollow.pdf", PdfWriter::default().finish(&[], ""));
    desk.temp.write("in/nonsense.pdf", b"%PDF-1.7\nnonsense");
    desk.temp.write("in/text.pdf", b"not a PDF at all");
    desk.temp.write("in/cut.pdf", &scanned()[..20_000]);

    let added = desk.add("in");
    assert_eq!(counts(&added), [10, 2, 0, 0, 8], "{added:#}");
    let photos = desk.temp.join("in");
    let again = run_in(&desk.folder, &["add", photos.to_str().unwrap()]).ends(0);
    again.says(&["0 new", "10 known"]);
    run_in(&desk.folder, &["read"]).ends(0).says(&["1 codes read, 1 without"]);
    run_in(&desk.folder, &["read", "--again"]).ends(0).says(&["1 codes read, 1 without"]);
    let expected = [
        ("cut.pdf", "document-damaged"),
        ("hollow.pdf", "document-without-pages"),
        ("locked.pdf", "document-encrypted"),
        ("mixed.pdf#page=1", "page-without-picture"),
        ("mixed.pdf#page=3", "page-unsupported"),
        ("mixed.pdf#page=4", "page-layered"),
        ("mixed.pdf#page=5", "page-damaged"),
        ("nonsense.pdf", "document-damaged"),
        ("text.pdf", "not-an-image"),
    ];
    let expected = expected.map(|(file, cause)| (file.to_owned(), cause.to_owned()));
    assert_eq!(faults(&desk), BTreeMap::from(expected));
    desk.call(&["run"]);
    let images = &results(&desk.folder)["images"];
    assert_eq!((&images["n_read"], &images["n_pending"]), (&json!(1), &json!(0)));
    assert_eq!(images["by_fault"], json!({"not-usable": 9}));
    let shown = desk.call(&["readings", "--faults"]).out;
    assert!(shown.contains("export the page as a picture"), "{shown}");
    journal_is_sound(&desk.folder);
    desk.call(&["journal", "rebuild"]);
    journal_is_sound(&desk.folder);
}

#[test]
fn tiff_pages_are_read_and_a_single_page_is_a_plain_picture() {
    let desk = desk();
    let tiff = |photos: &[&Photo]| {
        let mut file = std::io::Cursor::new(Vec::new());
        let mut encoder = tiff::encoder::TiffEncoder::new(&mut file).unwrap();
        for photo in photos {
            let luma = &photo.picture.luma;
            let side = |px: usize| u32::try_from(px).unwrap();
            let (width, height) = (side(photo.picture.width()), side(photo.picture.height()));
            encoder.write_image::<tiff::encoder::colortype::Gray8>(width, height, &luma.samples).unwrap();
        }
        file.into_inner()
    };
    desk.temp.write("in/three.tif", tiff(&[&CLEAN[0], &CLEAN[1], &CLEAN[2]]));
    desk.temp.write("in/single.tif", tiff(&[&CLEAN[0]]));
    let added = desk.add("in");
    assert_eq!(counts(&added)[..2], [4, 4], "{added:#}");
    assert_eq!(n_skipped(&added, "too-large"), 0);
    desk.call(&["run"]);
    let readings = desk.readings();
    assert_eq!(of(&readings, "three.tif#page=2")["table"], "150702005.02");
    assert_eq!(of(&readings, "three.tif#page=3")["table"], "110601011.04");
    assert_eq!(of(&readings, "single.tif")["table"], "201301006.01");
    journal_is_sound(&desk.folder);
}
