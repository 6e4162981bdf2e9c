//! Writes seeds for every target into `fuzz/seeds/<target>/`: payloads, and rendered sheets as pictures and as
//! documents. `cargo run --release --example seeds` in this folder.

use std::path::Path;

use tallyproof_fuzz::{PACK, to_runs};
use tallyproof_reader::Luma;
use tallyproof_reader::image::{DecodeLimits, decode_luma};
use tallyproof_render::scan::{PdfWriter, Scan, scans_to_pdf};
use tallyproof_render::{Damage, Group, Line, Photo, SheetFace, Style, photograph, print_sheet};

const CODE: &str = "201301006.01.1.0001!140,7,10,8,1,7,1,0,2,3,0,1,8,1,0,1,0,3,1,1,0,1,0,0,0,0,0,0,1,2,0,0,0,5,7,155,1,1!0!0";

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds");
    let write = |target: &str, name: &str, bytes: &[u8]| {
        let dir = root.join(target);
        std::fs::create_dir_all(&dir).expect("the folder can be made");
        std::fs::write(dir.join(name), bytes).expect("the file can be written");
    };
    write("payload", "real", CODE.as_bytes());
    write("payload", "short", &CODE.as_bytes()[..60]);
    write("payload", "reserved", CODE.replace("!0!0", "!12!7").as_bytes());
    for seed in 0..6 {
        let damage = Damage { scale: 0.35, ..if seed < 3 { Damage::none() } else { Damage::everyday(seed) } };
        let photo =
            photograph(&print_sheet(&face(), &Style::everyday(seed)).expect("it prints"), &damage, seed);
        let jpeg = photo.to_jpeg();
        let luma = decode_luma(&jpeg, &DecodeLimits::default()).expect("it decodes").luma;
        // Few greys make long runs.
        let flat = luma.pixels().iter().map(|grey| grey & 0xC0).collect();
        let flat = Luma::new(luma.width_px(), luma.height_px(), flat).expect("same sides");
        write("layout", &format!("sheet-{seed}"), &to_runs(&flat));
        write("image", &format!("sheet-{seed}.jpg"), &jpeg);
        documents(&photo, &jpeg, &luma, &mut |name, bytes| {
            write("document", &format!("{seed}-{name}"), bytes);
            write("image", &format!("{seed}-{name}"), bytes);
        });
    }
}

/// The sheet in several kinds of documents; small pictures, since it is the document that is tried.
fn documents(photo: &Photo, jpeg: &[u8], luma: &Luma, write: &mut dyn FnMut(&str, &[u8])) {
    let size = [photo.picture.width(), photo.picture.height()];
    let scan = |rotate| Scan { jpeg: jpeg.to_vec(), size, rotate };
    write("scans.pdf", &scans_to_pdf(&[scan(0), scan(90)]));
    let small: Vec<u8> = luma.pixels().iter().step_by(97).take(2_048).copied().collect();
    let entries = |height: u32, more: &str| {
        format!(
            "/Subtype /Image /Width 32 /Height {height} /ColorSpace /DeviceGray /BitsPerComponent 8 {more}"
        )
    };
    let mut pdf = PdfWriter::default();
    let raw = pdf.add_stream(&entries(64, ""), &small);
    let strips = [0, 1].map(|i| pdf.add_stream(&entries(32, ""), &small[i * 1_024..(i + 1) * 1_024]));
    let palette = pdf.add_stream(
        "/Subtype /Image /Width 32 /Height 32 /BitsPerComponent 1 /ColorSpace [/Indexed /DeviceRGB 1 <000000ffffff>]",
        &small[..128],
    );
    let pages = [
        pdf.add_page([600, 800], "q 600 0 0 800 0 0 cm /P0 Do Q", &[raw], "/Rotate 180"),
        pdf.add_page(
            [600, 800],
            "q 600 0 0 400 0 400 cm /P0 Do Q q 600 0 0 400 0 0 cm /P1 Do Q",
            &strips,
            "",
        ),
        pdf.add_page([600, 800], "q 0 600 -400 0 0 0 cm /P0 Do Q", &[palette], ""),
        pdf.add_page([600, 800], "BT (words) Tj ET BI /W 2 /H 2 ID abcd EI", &[], ""),
    ];
    write("kinds.pdf", &pdf.finish(&pages, ""));
    write("pages.tif", &two_pages(&small));
}

/// A TIFF file of two uncompressed pages of 32 x 64 and 32 x 32 px.
fn two_pages(greys: &[u8]) -> Vec<u8> {
    let mut file = b"II*\0".to_vec();
    let (first, entries) = (8 + greys.len() as u32, 6u32);
    file.extend(first.to_le_bytes());
    file.extend(greys);
    let size = 2 + 12 * entries + 4;
    for (height, next) in [(64u32, first + size), (32, 0)] {
        file.extend((entries as u16).to_le_bytes());
        for (tag, value) in [(256u16, 32u32), (257, height), (258, 8), (262, 1), (273, 8), (279, 32 * height)]
        {
            file.extend(tag.to_le_bytes());
            file.extend(4u16.to_le_bytes());
            file.extend(1u32.to_le_bytes());
            file.extend(value.to_le_bytes());
        }
        file.extend(next.to_le_bytes());
    }
    file
}

/// The pack's form, filled in.
fn face() -> SheetFace {
    let group = |(i, selection): (usize, &tallyproof_core::pack::Selection)| {
        let own = PACK.lines.iter().enumerate().filter(|(_, line)| line.selection == i);
        let lines: Vec<(usize, Line)> = own
            .map(|(n, line)| {
                (n, Line::new(format!("{n}"), line.label.to_uppercase(), (n * 7 % 160).to_string()))
            })
            .collect();
        let first = lines.first().map_or(0, |(n, _)| *n);
        let total: usize = lines.iter().map(|(n, _)| n * 7 % 160).sum();
        let total = Line::new(selection.id.clone(), selection.name.to_uppercase(), total.to_string());
        (first, Group { total, lines: lines.into_iter().map(|(_, line)| line).collect() })
    };
    let mut groups: Vec<_> = PACK.selections.iter().enumerate().map(group).collect();
    groups.sort_by_key(|(first, _)| *first);
    SheetFace {
        title: vec!["ACTA DE ESCRUTINIO".into()],
        header: vec![Line::new("centre", "CENTRO", "201301006"), Line::new("table", "MESA", "01")],
        groups: groups.into_iter().map(|(_, group)| group).collect(),
        totals: vec![Line::new("null", "TOTAL VOTOS NULOS", "0")],
        signatures_caption: "FIRMAS".into(),
        code: CODE.as_bytes().to_vec(),
        ..SheetFace::default()
    }
}
