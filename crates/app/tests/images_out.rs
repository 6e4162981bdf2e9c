//! Pictures that leave: what their files say stays, private zones are painted over, and a stranger reads them again.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use serde_json::{Value, json};
use tallyproof_core::pack::Pack;
use tallyproof_evidence::ssh::KeyPair;
use tallyproof_reader::Luma;
use tallyproof_reader::codes::{Budget, CodeReading, read_symbol};
use tallyproof_reader::image::{DecodeLimits, decode_luma, strip};
use tallyproof_render::{Damage, Group, Line, Photo, SheetFace, Style, encode_grey, photograph, print_sheet};

use crate::bundle::{key, public, publish, verify};
use crate::images::{CLEAN, beside};
use crate::support::{Ran, Temp, csv_rows, run, run_in};

const PACK: &str = include_str!("images_out.toml");

const REVIEW: &str = "masking_reviewed = { who = \"reviewer\", when = \"2030-01-02\" }";

fn pack(review: &str) -> String {
    PACK.replace(REVIEW, review)
}

/// Votes of a sheet, by its number.
fn votes(n: u32) -> [u32; 10] {
    std::array::from_fn(|i| 10 + (n * 37 + u32::try_from(i).unwrap() * 53) % 180)
}

fn sheet(n: u32) -> Photo {
    sheet_of(n, true)
}

/// A sheet, or one of another form with the same code.
fn sheet_of(n: u32, of_this_form: bool) -> Photo {
    let votes = votes(n);
    let sum = |part: &[u32]| part.iter().sum::<u32>().to_string();
    let labels = ["UNO", "DOS", "TRES", "CUATRO", "CINCO", "SEIS", "SIETE", "OCHO", "NUEVE", "DIEZ"];
    let line = |i: usize| Line::new(format!("l{i}"), labels[i], votes[i].to_string());
    let group = |name: &str, from: usize| Group {
        total: Line::new("", name, sum(&votes[from..from + 5])),
        lines: (from..from + 5).map(line).collect(),
    };
    let cast: Vec<String> = votes.iter().map(u32::to_string).collect();
    let face = SheetFace {
        title: vec!["ACTA DE ESCRUTINIO".into()],
        header: vec![Line::new("", "CENTRO", "123456"), Line::new("", "MESA", format!("{n:02}"))],
        groups: if of_this_form { vec![group("Alba", 0), group("Blas", 5)] } else { Vec::new() },
        totals: vec![
            Line::new("valid", "VOTOS VALIDOS", sum(&votes)),
            Line::new("null", "VOTOS NULOS", "17"),
        ],
        closing: vec!["MIEMBROS: MARIA PEREZ 12345678".into(), "TESTIGOS: JUAN LOPEZ 87654321".into()],
        signatures_caption: "FIRMAS".into(),
        code: format!("123456.{n:02}!{}!17", cast.join(",")).into_bytes(),
        ..SheetFace::default()
    };
    let style = Style { signatures: 4, stamp: true, ..Style::everyday(u64::from(n)) };
    let paper = print_sheet(&face, &style).unwrap();
    photograph(&paper, &Damage { scale: 0.9, ..Damage::none() }, u64::from(n))
}

static SHEETS: LazyLock<[Photo; 3]> = LazyLock::new(|| [1, 2, 3].map(sheet));

/// Words planted beside the picture, none of which may leave.
const PLANTED: [&[u8]; 6] =
    [b"10.4806N", b"PhoneOfMaria", b"<x:xmpmeta>Maria", b"8BIM-Maria", b"comment by Maria", b"after Maria"];

/// A JPEG file with EXIF (place, owner, orientation), XMP, IPTC, a comment and a tail.
fn talkative(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let segment = |marker: u8, body: &[u8]| {
        let length = u16::try_from(body.len() + 2).unwrap().to_be_bytes();
        [&[0xFF, marker][..], &length, body].concat()
    };
    // Orientation, and the owner's name beyond the directory (CIPA DC-008).
    let mut tiff = b"II*\0\x08\0\0\0\x02\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    tiff.extend([orientation, 0, 0, 0]);
    tiff.extend(b"\x30\xA4\x02\0\x16\0\0\0\x26\0\0\0\0\0\0\0");
    tiff.extend(b"PhoneOfMaria 10.4806N\0");
    [
        &jpeg[..2],
        &segment(0xE1, &[b"Exif\0\0", &tiff[..]].concat()),
        &segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>Maria"),
        &segment(0xED, b"Photoshop 3.0\08BIM-Maria"),
        &segment(0xFE, b"comment by Maria"),
        &jpeg[2..],
        b"after Maria",
    ]
    .concat()
}

struct Desk {
    temp: Temp,
    folder: PathBuf,
    key: PathBuf,
}

/// A folder of a pack with these photographs, read.
fn desk(review: &str, photos: &[(&str, Vec<u8>)]) -> Desk {
    let temp = Temp::new();
    temp.write("pack/small/election.toml", pack(review));
    let folder = temp.join("work");
    let pack = temp.join("pack/small");
    run(&["new".as_ref(), folder.as_os_str(), "--pack".as_ref(), pack.as_os_str()]).ends(0);
    for (name, bytes) in photos {
        temp.write(format!("photos/{name}"), bytes);
    }
    run_in(&folder, &["add".as_ref(), temp.join("photos").as_os_str()]).ends(0);
    run_in(&folder, &["read"]).ends(0);
    let key = key(&temp, "press.key");
    Desk { temp, folder, key }
}

impl Desk {
    fn publish(&self, name: &str, more: &[&str]) -> Ran {
        publish(&self.folder, &self.temp.join(name), &self.key, more)
    }

    /// Looks at the contact sheets and publishes.
    fn masked(&self, name: &str, more: &[&str]) -> PathBuf {
        let ask = [&["--images", "masked"], more].concat();
        let hash = self.publish(name, &ask).ends(0).out.trim().to_owned();
        assert_eq!(hash.len(), 64, "the hash of the contact sheets");
        assert!(!self.temp.join(name).exists(), "nothing leaves before somebody looked");
        self.publish(name, &[&ask[..], &["--looked-at", &hash]].concat()).ends(0);
        self.temp.join(name)
    }

    fn reread(&self, bundle: &Path) -> Ran {
        verify(bundle, &["--signer", &public(&self.key), "--reread", "--format", "json"])
    }
}

/// `images.csv` by original: published file, treatment, cause.
fn rows(bundle: &Path) -> BTreeMap<String, [String; 3]> {
    let text = std::fs::read_to_string(bundle.join("data/images.csv")).unwrap();
    let row = |cells: Vec<String>| {
        let [original, published, treatment, cause] = cells.try_into().unwrap();
        (original, [published, treatment, cause])
    };
    csv_rows(&text).into_iter().skip(1).map(row).collect()
}

fn causes(bundle: &Path) -> Vec<String> {
    let mut all: Vec<String> =
        rows(bundle).into_values().map(|[_, treatment, cause]| treatment + " " + &cause).collect();
    all.sort();
    all
}

fn sha256(bytes: &[u8]) -> String {
    tallyproof_core::journal::sha256_hex(bytes)
}

fn luma(bytes: &[u8]) -> Luma {
    decode_luma(bytes, &DecodeLimits::default()).unwrap().luma
}

/// The bytes published of an original.
fn derivative(bundle: &Path, original: &[u8]) -> Vec<u8> {
    let [published, ..] = rows(bundle)[&sha256(original)].clone();
    std::fs::read(bundle.join("data/images").join(published)).unwrap()
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[test]
fn what_a_file_says_beside_its_picture_stays_and_no_pixel_changes() {
    let [upright, turned] = [talkative(&SHEETS[0].to_jpeg(), 1), talkative(&SHEETS[1].to_jpeg(), 3)];
    assert!(PLANTED.iter().all(|planted| contains(&upright, planted)));
    let photos = [("a.jpg", upright.clone()), ("b.jpg", turned.clone())];
    let desk = desk(REVIEW, &photos);
    let ran = desk.publish("full", &["--images", "full"]).ends(0);
    ran.says(&["2 images leave whole", "identity numbers and signatures on the sheets may be readable"]);
    let bundle = desk.temp.join("full");
    assert_eq!(causes(&bundle), ["stripped ", "stripped "]);
    for (original, orientation) in [(&upright, 1), (&turned, 3)] {
        let left = derivative(&bundle, original);
        for planted in PLANTED.iter().chain([&&b"Maria"[..]]) {
            assert!(!contains(&left, planted), "{}", String::from_utf8_lossy(planted));
        }
        assert_eq!(luma(&left), luma(original), "turned {orientation} as it was");
        assert_eq!(contains(&left, b"Exif"), orientation != 1, "the orientation alone is said again");
    }
    let told = desk.reread(&bundle).ends(0).json();
    assert_eq!((&told["n_images_stripped"], &told["n_images_withheld"]), (&json!(2), &json!(0)));
    assert_eq!((&told["reread"]["n_again"], &told["reread"]["n_published"]), (&json!(2), &json!(2)));
    let ran = verify(&bundle, &["--no-signer", "--reread"]).ends(0);
    assert!(ran.out.contains("2 of 2 readings were derived again from pixels"), "{}", ran.out);
}

#[test]
fn other_containers_are_stripped_or_withheld() {
    let photo = &SHEETS[2].picture.luma;
    let (width, height) = (u32::try_from(photo.width).unwrap(), u32::try_from(photo.height).unwrap());
    let mut png = Vec::new();
    let mut encoder = png::Encoder::new(&mut png, width, height);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.add_text_chunk("Author".into(), "Maria in PNG".into()).unwrap();
    encoder.write_header().unwrap().write_image_data(&photo.samples).unwrap();
    png.extend(b"after Maria");
    let mut webp = Vec::new();
    let mut encoder = image_webp::WebPEncoder::new(&mut webp);
    encoder.set_xmp_metadata(b"<x:xmpmeta>Maria".to_vec());
    let rgb: Vec<u8> = photo.samples.iter().flat_map(|&grey| [grey; 3]).collect();
    encoder.encode(&rgb, width, height, image_webp::ColorType::Rgb8).unwrap();
    for file in [&png, &webp] {
        assert!(contains(file, b"Maria"));
        let stripped = strip(file).unwrap();
        assert!(!contains(&stripped.bytes, b"Maria"));
        assert_eq!(luma(&stripped.bytes), luma(file));
    }
    let mut tiff = std::io::Cursor::new(Vec::new());
    let mut encoder = tiff::encoder::TiffEncoder::new(&mut tiff).unwrap();
    encoder.write_image::<tiff::encoder::colortype::Gray8>(width, height, &photo.samples).unwrap();
    let cut = SHEETS[0].to_jpeg();
    let cut = cut[..cut.len() - 4_000].to_vec();
    let photos = [("a.png", png), ("b.webp", webp), ("c.tif", tiff.into_inner()), ("d.jpg", cut)];
    let desk = desk(REVIEW, &photos);
    desk.publish("full", &["--images", "full"]).ends(0);
    let bundle = desk.temp.join("full");
    assert_eq!(
        causes(&bundle),
        ["stripped ", "stripped ", "withheld damaged-file", "withheld unknown-container"]
    );
    desk.reread(&bundle).ends(0);
}

#[test]
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "places in a picture")]
fn private_zones_are_painted_over_and_the_code_is_read() {
    let originals: Vec<Vec<u8>> = SHEETS.iter().map(Photo::to_jpeg).collect();
    let names = ["a.jpg", "b.jpg", "c.jpg"];
    let photos: Vec<_> = names.iter().zip(&originals).map(|(name, bytes)| (*name, bytes.clone())).collect();
    let desk = desk(REVIEW, &photos);
    let bundle = desk.masked("masked", &[]);
    assert_eq!(causes(&bundle), ["masked "; 3]);
    let parsed = Pack::parse("small", &pack(REVIEW)).unwrap();
    for ((photo, original), n) in SHEETS.iter().zip(&originals).zip(1..) {
        let masked = luma(&derivative(&bundle, original));
        let field = |name: &str| photo.fields.iter().find(|field| field.name == name).unwrap().quad;
        let last = field("null").map(|[_, y]| y).into_iter().fold(0.0, f64::max);
        let code = photo.code.unwrap();
        let side = code[1][0] - code[0][0];
        let (mut n_below, mut n_painted) = (0u32, 0u32);
        for (y, row) in masked.rows().enumerate().skip(last.ceil() as usize + 6) {
            for (x, &pixel) in row.iter().enumerate() {
                let [x, y] = [x as f64, y as f64];
                // Four modules of 41 are spared; JPEG blurs their border by a block.
                let air = 4.0 / 41.0 * side + 10.0;
                let near = (code[0][0] - air..code[1][0] + air).contains(&x)
                    && (code[0][1] - air..code[2][1] + air).contains(&y);
                if !near {
                    n_below += 1;
                    n_painted += u32::from(pixel.abs_diff(128) <= 3);
                }
            }
        }
        assert!(n_below > 10_000 && n_painted == n_below, "sheet {n}: {n_painted} of {n_below}");
        let accept = |payload: &[u8]| parsed.payload.as_ref().unwrap().read(&parsed, payload).is_ok();
        let read = read_symbol(&masked, &accept, &Budget::unlimited());
        let CodeReading::Read { symbol, .. } = read else { panic!("sheet {n}: {read:?}") };
        assert!(symbol.payload.starts_with(format!("123456.{n:02}!").as_bytes()));
    }
    let told = desk.reread(&bundle).ends(0).json();
    assert_eq!((&told["n_images_masked"], &told["reread"]["n_again"]), (&json!(3), &json!(3)));
    assert_eq!(told["verdict"], "intact");
}

#[test]
fn what_is_not_certain_is_withheld() {
    let good = SHEETS[0].to_jpeg();
    let two = beside(&SHEETS[1], &SHEETS[2]);
    // Sheets of other forms, one with a code of this election, and one on which nothing is seen.
    let strange = CLEAN[0].to_jpeg();
    let grey = luma(&SHEETS[1].to_jpeg());
    let blind: Vec<u8> = grey.pixels().iter().map(|_| 200).collect();
    let blank = encode_grey(grey.width_px(), grey.height_px(), blind, 90).unwrap();
    let photos = [
        ("a.jpg", good.clone()),
        ("b.jpg", two),
        ("c.jpg", strange),
        ("d.jpg", blank),
        ("e.jpg", sheet_of(4, false).to_jpeg()),
    ];
    let desk = desk(REVIEW, &photos);
    let bundle = desk.masked("masked", &[]);
    let causes = causes(&bundle);
    assert_eq!(causes[0], "masked ");
    assert!(causes[1..].iter().all(|cause| cause.starts_with("withheld ")), "{causes:?}");
    assert!(causes.contains(&"withheld several-in-view".to_owned()), "{causes:?}");
    assert!(causes.contains(&"withheld code-not-read".to_owned()), "{causes:?}");
    assert!(causes.contains(&"withheld layout-not-located".to_owned()), "{causes:?}");
    desk.reread(&bundle).ends(0);
    // By hand, too; then nothing is left to look at.
    let hash = sha256(&good);
    desk.publish("by-hand", &["--images", "masked", "--withhold", &hash[..12]]).ends(0);
    assert!(self::causes(&desk.temp.join("by-hand")).contains(&"withheld set-aside".to_owned()));
    desk.publish("never", &["--images", "masked", "--withhold", "0123456789"]).fails(2, &["0123456789"]);
}

#[test]
fn nothing_leaves_masked_before_a_person_reviewed_the_form_and_looked() {
    let photos = [("a.jpg", SHEETS[0].to_jpeg()), ("b.jpg", SHEETS[1].to_jpeg())];
    let unreviewed = desk("", &photos);
    unreviewed.publish("out", &["--images", "masked"]).ends(0).says(&["no person has reviewed"]);
    assert_eq!(causes(&unreviewed.temp.join("out")), ["withheld layout-not-reviewed"; 2]);
    unreviewed.reread(&unreviewed.temp.join("out")).ends(0);
    unreviewed.publish("none", &[]).ends(0);
    assert_eq!(causes(&unreviewed.temp.join("none")), ["withheld not-asked-for"; 2]);

    let reviewed = desk(REVIEW, &photos);
    let ask = ["--images", "masked"];
    let first = reviewed.publish("out", &ask).ends(0).says(&["Nothing was published yet", "contact-1.jpg"]);
    let sheet = luma(&std::fs::read(reviewed.folder.join("masking/contact-1.jpg")).unwrap());
    assert!(sheet.width_px() > 100 && sheet.height_px() > 300);
    let hash = "0".repeat(64);
    reviewed.publish("out", &[&ask[..], &["--looked-at", &hash]].concat()).ends(0).says(&["are others"]);
    // Another picture came: the set that was looked at is not the one that would leave.
    let late = reviewed.temp.write("late.jpg", SHEETS[2].to_jpeg());
    run_in(&reviewed.folder, &["add".as_ref(), late.as_os_str()]).ends(0);
    run_in(&reviewed.folder, &["read"]).ends(0);
    let looked = [&ask[..], &["--looked-at", first.out.trim()]].concat();
    let second = reviewed.publish("out", &looked).ends(0).says(&["are others"]);
    assert!(!reviewed.temp.join("out").exists());
    reviewed.publish("out", &[&ask[..], &["--looked-at", second.out.trim()]].concat()).ends(0);
    verify(&reviewed.temp.join("out"), &["--signer", &public(&reviewed.key)]).ends(0);

    let real = include_str!("../../../elections/venezuela-2024/election.toml");
    let form = Pack::parse("venezuela-2024", real).unwrap().form.unwrap();
    assert!(form.private_below && form.masking_reviewed.is_none(), "nobody has reviewed it");
}

#[test]
fn a_picture_that_says_something_else_than_its_reading_is_noticed() {
    let photos = [("a.jpg", SHEETS[0].to_jpeg()), ("b.jpg", SHEETS[1].to_jpeg())];
    let desk = desk(REVIEW, &photos);
    desk.publish("full", &["--images", "full"]).ends(0);
    let bundle = desk.temp.join("full");
    // The publisher shows one table's picture for another's, and seals the bundle again.
    let table = std::fs::read_to_string(bundle.join("data/images.csv")).unwrap();
    let shown: Vec<String> = rows(&bundle).into_values().map(|[published, ..]| published).collect();
    let swapped = table.replace(&shown[0], "X").replace(&shown[1], &shown[0]).replace('X', &shown[1]);
    std::fs::write(bundle.join("data/images.csv"), swapped).unwrap();
    let text = std::fs::read_to_string(&desk.key).unwrap();
    crate::tamper::reseal(&bundle, &mut KeyPair::from_openssh(&text, None).unwrap());
    verify(&bundle, &["--signer", &public(&desk.key)]).ends(0);
    let told: Value = desk.reread(&bundle).ends(1).json();
    assert_eq!((&told["reread"]["n_differing"], &told["verdict"]), (&json!(2), &json!("not-as-claimed")));
    let ran = verify(&bundle, &["--no-signer", "--reread"]).ends(1);
    assert!(ran.out.contains("code was published as 123456.0"), "{}", ran.out);
}
