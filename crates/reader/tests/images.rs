//! Formats, orientation, limits and damaged files.

use tallyproof_reader::Luma;
use tallyproof_reader::image::{Damage, DecodeLimits, Format, ImageFault, Photo, decode_luma};

use crate::{jpeg, make};

fn decode(bytes: &[u8]) -> Result<Photo, ImageFault> {
    decode_luma(bytes, &DecodeLimits::default())
}

/// Six cells of different grey, three across and two down: no symmetry maps it onto itself.
fn cells() -> Luma {
    const GREYS: [[u8; 3]; 2] = [[10, 60, 110], [150, 190, 240]];
    let pixels = (0..32).flat_map(|y| (0..48).map(move |x| GREYS[y / 16][x / 16])).collect();
    Luma::new(48, 32, pixels).unwrap()
}

fn assert_alike(got: &Luma, wanted: &Luma, tolerance: u8) {
    assert_eq!((got.width_px(), got.height_px()), (wanted.width_px(), wanted.height_px()));
    let worst = got.pixels().iter().zip(wanted.pixels()).map(|(a, b)| a.abs_diff(*b)).max();
    assert!(worst <= Some(tolerance), "pixels differ by {worst:?}");
}

#[test]
fn every_format_gives_the_same_picture() {
    let picture = cells();
    let files = [
        (Format::Jpeg, make::jpeg(&picture, false)),
        (Format::Jpeg, make::jpeg(&picture, true)),
        (Format::Png, make::png(&picture)),
        (Format::WebP, make::webp(&picture)),
        (Format::Tiff, make::tiff(&picture)),
    ];
    for (format, file) in files {
        let photo = decode(&file).unwrap();
        assert_eq!((photo.format, photo.damage), (format, None));
        assert_alike(&photo.luma, &picture, 4);
    }
}

#[test]
fn all_eight_orientations_come_out_upright() {
    let upright = cells();
    let turn = make::quarter_turn;
    let mirror = |luma: &Luma| {
        let rows = luma.rows().flat_map(|row| row.iter().rev().copied()).collect();
        Luma::new(luma.width_px(), luma.height_px(), rows).unwrap()
    };
    // What the sensor stored, so that the stated orientation brings it back.
    let half = turn(&turn(&upright));
    let back = turn(&half);
    let stored = [
        upright.clone(),
        mirror(&upright),
        half.clone(),
        mirror(&half),
        mirror(&turn(&upright)),
        back.clone(),
        mirror(&back),
        turn(&upright),
    ];
    for (orientation, stored) in (1..).zip(&stored) {
        let file = make::with_orientation(&make::jpeg(stored, false), orientation);
        assert_alike(&decode(&file).unwrap().luma, &upright, 8);
    }
    let nonsense = make::with_orientation(&make::jpeg(&upright, false), 77);
    assert_alike(&decode(&nonsense).unwrap().luma, &upright, 8);
}

#[test]
fn colour_files_become_their_brightness_and_transparency_becomes_paper() {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, 2, 1);
    encoder.set_color(png::ColorType::Rgba);
    encoder.write_header().unwrap().write_image_data(&[255, 0, 0, 255, 0, 0, 0, 0]).unwrap();
    assert_eq!(decode(&file).unwrap().luma.pixels(), [76, 255]);

    let (luma, blue, red) = ([81; 64], [90; 64], [240; 64]);
    for progressive in [false, true] {
        let file = jpeg::write(&[&luma, &blue, &red], 8, 8, progressive);
        assert_eq!(decode(&file).unwrap().luma.pixels(), luma);
    }
}

#[test]
fn what_is_no_picture_is_told_apart() {
    assert_eq!(decode(b""), Err(ImageFault::Empty));
    let text = b"mesa,votos\n1,200\n";
    assert_eq!(decode(text), Err(ImageFault::NotAnImage { first_bytes: b"mesa,vot".to_vec() }));
    assert_eq!(decode(b"GIF89a...."), Err(ImageFault::UnsupportedFormat { name: "GIF" }));
    assert_eq!(decode(b"%PDF-1.7"), Err(ImageFault::UnsupportedFormat { name: "PDF" }));
    assert_eq!(decode(b"\0\0\0\x18ftypheic"), Err(ImageFault::UnsupportedFormat { name: "HEIF" }));
    for magic in [&b"\xFF\xD8\xFF"[..], b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBP", b"II*\0", b"MM\0*"] {
        let fault = decode(magic).unwrap_err();
        assert!(matches!(fault, ImageFault::Truncated { .. } | ImageFault::Corrupt { .. }), "{fault:?}");
    }
}

#[test]
fn headers_of_40000_by_40000_px_are_refused_before_anything_is_allocated() {
    let side = 40_000u32;
    let too_large = Err(ImageFault::TooLarge { width: 40_000, height: 40_000 });

    let mut jpeg = make::jpeg(&cells(), false);
    let frame = jpeg.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
    let short = u16::try_from(side).unwrap().to_be_bytes();
    jpeg[frame + 5..frame + 9].copy_from_slice(&[short, short].concat());
    assert_eq!(decode(&jpeg), too_large);

    let mut png = make::png(&cells());
    png[16..24].copy_from_slice(&[side.to_be_bytes(), side.to_be_bytes()].concat());
    let checksum = crc32(&png[12..29]);
    png[29..33].copy_from_slice(&checksum.to_be_bytes());
    assert_eq!(decode(&png), too_large);

    let mut tiff = make::tiff(&cells());
    // Width, length and rows per strip, each one value in its entry (TIFF 6.0, section 2).
    for tag in [0x0100u16, 0x0101, 0x0116] {
        let key = tag.to_le_bytes();
        let at = tiff.windows(8).position(|entry| entry[..2] == key && entry[4..] == [1, 0, 0, 0]).unwrap();
        tiff[at + 2..at + 4].copy_from_slice(&4u16.to_le_bytes());
        tiff[at + 8..at + 12].copy_from_slice(&side.to_le_bytes());
    }
    assert_eq!(decode(&tiff), too_large);

    // The largest side a WebP can state is 16,384 px (RFC 9649, section 3.4); the decoder takes one less.
    let mut webp = make::webp(&cells());
    webp[21..25].copy_from_slice(&[0xFE, 0xBF, 0xFF, 0x0F]);
    assert_eq!(decode(&webp), Err(ImageFault::TooLarge { width: 16_383, height: 16_383 }));
}

#[test]
fn limits_count_pixels_sides_and_bytes() {
    let file = make::png(&cells());
    let default = DecodeLimits::default();
    let refused = Err(ImageFault::TooLarge { width: 48, height: 32 });
    for limits in [
        DecodeLimits { max_pixels: 48 * 32 - 1, ..default },
        DecodeLimits { max_side_px: 47, ..default },
        DecodeLimits { max_bytes: 48 * 32 - 1, ..default },
    ] {
        assert_eq!(decode_luma(&file, &limits), refused);
    }
    // A progressive JPEG keeps its coefficients: the same limits refuse it where a baseline one passes.
    let limits = DecodeLimits { max_bytes: 2 * 48 * 32, ..default };
    assert!(decode_luma(&make::jpeg(&cells(), false), &limits).is_ok());
    assert_eq!(decode_luma(&make::jpeg(&cells(), true), &limits), refused);
}

#[test]
fn a_cut_jpeg_says_so_and_keeps_the_part_that_arrived() {
    let (picture, _) = make::print_code(&make::page(300, 300), b"201301006.01.1.0001!1", 24, 24, 8);
    for progressive in [false, true] {
        let file = make::jpeg(&picture, progressive);
        let photo = decode(&file[..file.len() * 3 / 4]).unwrap();
        assert_eq!(photo.damage, Some(Damage::EndsEarly), "progressive: {progressive}");
        assert_eq!((photo.luma.width_px(), photo.luma.height_px()), (300, 300));
    }
    let file = make::jpeg(&picture, false);
    let head = decode(&file[..file.len() / 2]).unwrap().luma;
    assert_alike(&first_rows(&head, 80), &first_rows(&picture, 80), 40);
    let scan = file.windows(2).position(|pair| pair == [0xFF, 0xDA]).unwrap();
    assert_eq!(decode(&file[..scan]), Err(ImageFault::Truncated { format: Format::Jpeg }));
}

#[test]
fn a_jpeg_broken_in_the_middle_is_marked_or_refused() {
    let (picture, _) = make::print_code(&make::page(300, 300), b"201301006.01.1.0001!1", 24, 24, 8);
    let mut file = make::jpeg(&picture, false);
    let middle = file.len() / 2;
    file[middle..middle + 2].copy_from_slice(&[0xFF, 0xC4]);
    assert!(decode(&file).is_err() || decode(&file).unwrap().damage.is_some());
}

#[test]
fn cut_files_without_partial_decoding_are_truncated() {
    for file in [make::png(&cells()), make::webp(&cells()), make::tiff(&cells())] {
        for keep in [file.len() / 2, file.len() * 9 / 10] {
            let fault = decode(&file[..keep]).unwrap_err();
            assert!(matches!(fault, ImageFault::Truncated { .. } | ImageFault::Corrupt { .. }), "{fault:?}");
        }
    }
}

fn first_rows(luma: &Luma, n_rows: usize) -> Luma {
    let pixels = luma.pixels()[..luma.width_px() * n_rows].to_vec();
    Luma::new(luma.width_px(), n_rows, pixels).unwrap()
}

/// CRC-32 of PNG chunks (ISO/IEC 15948, annex D).
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| (crc >> 1) ^ if crc & 1 == 1 { 0xEDB8_8320 } else { 0 })
    })
}
