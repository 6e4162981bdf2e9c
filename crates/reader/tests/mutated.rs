//! No input panics: random bytes, and valid files with bytes changed, cut and repeated.

use proptest::collection::vec;
use proptest::prelude::*;
use tallyproof_reader::codes::{Budget, read_symbol};
use tallyproof_reader::document::Document;
use tallyproof_reader::image::{DecodeLimits, decode_luma};
use tallyproof_render::scan::PdfWriter;

use crate::make;

const MAGIC: [&[u8]; 6] = [
    b"",
    b"\xFF\xD8\xFF",
    b"\x89PNG\r\n\x1a\n",
    b"RIFF\x40\0\0\0WEBPVP8 ",
    b"II*\0\x08\0\0\0",
    b"MM\0*\0\0\0\x08",
];

fn small() -> DecodeLimits {
    DecodeLimits { max_pixels: 1 << 22, max_side_px: 8192, max_bytes: 16 << 20 }
}

fn valid(kind: usize) -> Vec<u8> {
    let (picture, _) = make::print_code(&make::page(120, 130), b"201301006.01.1.0001!1", 20, 20, 3);
    match kind {
        0 => make::jpeg(&picture, false),
        1 => make::jpeg(&picture, true),
        2 => make::png(&picture),
        3 => make::webp(&picture),
        4 => make::tiff(&picture),
        _ => make::with_orientation(&make::jpeg(&picture, false), 6),
    }
}

fn check(bytes: &[u8]) {
    if let Ok(photo) = decode_luma(bytes, &small()) {
        assert!(photo.luma.pixels().len() <= 1 << 22);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_give_a_fault_or_a_picture(magic in 0..MAGIC.len(), tail in vec(any::<u8>(), 0..400)) {
        check(&[MAGIC[magic], &tail].concat());
    }

    #[test]
    fn changed_files_give_a_fault_or_a_picture(
        kind in 0usize..6,
        changes in vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        keep in 1usize..=100,
    ) {
        let mut file = valid(kind);
        for (place, byte) in &changes {
            let at = place.index(file.len());
            file[at] = *byte;
        }
        check(&file[..file.len() * keep / 100]);
    }

    #[test]
    fn any_picture_gives_a_reading(width in 1usize..90, height in 1usize..90, seed in any::<u64>()) {
        let mut state = seed | 1;
        let pixels = (0..width * height).map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state.to_le_bytes()[3]
        });
        let noise = tallyproof_reader::Luma::new(width, height, pixels.collect()).unwrap();
        let _ = read_symbol(&noise, &|_| true, &Budget::unlimited());
    }

    #[test]
    fn changed_documents_give_pages_or_faults(
        kind in 0usize..3,
        changes in vec((any::<prop::sample::Index>(), any::<u8>()), 0..12),
        keep in 60usize..=100,
        shift in 0usize..40,
    ) {
        let mut file = document(kind);
        for (place, byte) in &changes {
            let at = place.index(file.len());
            file[at] = *byte;
        }
        let file = [&vec![b' '; shift][..], &file[..file.len() * keep / 100]].concat();
        let Some(Ok(document)) = Document::open(&file) else { return Ok(()) };
        for index in 0..document.n_pages().min(20) {
            document.page(index).unwrap_or_default().iter().for_each(|picture| check(picture));
        }
    }
}

/// Documents small enough that changes fall on what matters.
fn document(kind: usize) -> Vec<u8> {
    let grey = "/Subtype /Image /Width 16 /Height 8 /ColorSpace /DeviceGray /BitsPerComponent 8";
    let mut pdf = PdfWriter::default();
    let pictures = match kind {
        0 => vec![pdf.add_stream(grey, &[90; 128])],
        1 => [(); 3].map(|()| pdf.add_stream(grey, &[90; 128])).into(),
        _ => {
            let palette = "/ColorSpace [/Indexed /DeviceRGB 1 <000000 ffffff>] /BitsPerComponent 1";
            let entries = format!("/Subtype /Image /Width 16 /Height 8 {palette} /Filter /ASCIIHexDecode");
            vec![pdf.add_stream(&entries, b"00ff 1ee1 00ff 1ee1 00ff 1ee1 00ff 1ee1>")]
        }
    };
    let strips: String =
        (0..pictures.len()).map(|i| format!("q 64 0 0 32 0 {} cm /P{i} Do Q ", 64 - 32 * i)).collect();
    let pages = [pdf.add_page([64, 96], &strips, &pictures, "/Rotate 90"), pdf.add_page([9, 9], "", &[], "")];
    pdf.finish(&pages, "")
}
