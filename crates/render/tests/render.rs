//! What a synthetic sheet promises, seen from outside.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "pixel arithmetic")]

use proptest::prelude::*;
use tallyproof_render::practice::specimen;
use tallyproof_render::{
    Damage, Leader, Line, Paper, Photo, PrintError, Quad, SheetFace, Style, TotalsAt, Typeface, Zero,
    contact_sheet, photograph, print_sheet,
};

/// A sheet of a few lines: quick to render, yet it has everything.
fn slip(payload: &str) -> SheetFace {
    let mut face = specimen(1).face;
    face.groups.truncate(1);
    face.groups[0].lines.truncate(3);
    face.code = payload.as_bytes().to_vec();
    face
}

fn clean_style(seed: u64) -> Style {
    Style { darkness: 0.9, banding: 0.1, dead_dots: 0, stamp: false, signatures: 1, ..Style::everyday(seed) }
}

fn printed(seed: u64) -> Paper {
    print_sheet(&slip("201301006.01.1.0001!1,2,3!0!0"), &clean_style(seed)).unwrap()
}

/// Share of dark pixels among those whose centre lies in the part of `quad` between `top` and `foot` (0..=1).
fn ink(photo: &Photo, quad: Quad, top: f64, foot: f64) -> f64 {
    const STEPS: usize = 60;
    let mut dark = 0;
    for i in 0..STEPS {
        for j in 0..STEPS {
            let (s, t) =
                ((i as f64 + 0.5) / STEPS as f64, top + (foot - top) * (j as f64 + 0.5) / STEPS as f64);
            let at = |k: usize| {
                let upper = quad[0][k] + (quad[1][k] - quad[0][k]) * s;
                let lower = quad[3][k] + (quad[2][k] - quad[3][k]) * s;
                (upper + (lower - upper) * t) as usize
            };
            dark += u32::from(photo.picture.luma.samples[at(1) * photo.picture.width() + at(0)] < 130);
        }
    }
    f64::from(dark) / (STEPS * STEPS) as f64
}

fn decoded(photo: &Photo) -> Option<String> {
    let luma = &photo.picture.luma;
    let (width, height) = (luma.width as u32, luma.height as u32);
    rxing::helpers::detect_in_luma(luma.samples.clone(), width, height, Some(rxing::BarcodeFormat::QR_CODE))
        .ok()
        .map(|result| result.getText().to_owned())
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let take = |seed| photograph(&printed(seed), &Damage::everyday(seed), seed).to_jpeg();
    assert_eq!(take(7), take(7));
    assert_ne!(take(7), take(8));
}

#[test]
fn the_bytes_are_those_of_every_other_machine() {
    let damage =
        Damage { curl_px: 9.0, defocus_px: 0.8, noise: 3.0, stain: 0.4, shadow: 0.5, ..Damage::none() };
    let jpeg = photograph(&printed(11), &damage, 11).to_jpeg();
    let hash = jpeg.iter().fold(0xCBF2_9CE4_8422_2325_u64, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3) // FNV-1a
    });
    assert_eq!(format!("{hash:016x}"), "a871e220a381da42", "a change of the pixels: say so in the commit");
}

#[test]
fn figures_stand_where_their_corners_say() {
    let poses = [
        Damage::none(),
        Damage { quarter_turns: 1, rotation_deg: 4.0, perspective: 0.6, scale: 0.9, ..Damage::none() },
        Damage { curl_px: 14.0, folds: 2, fold_px: 5.0, ..Damage::none() },
    ];
    for (seed, pose) in (1..).zip(&poses) {
        let photo = photograph(&printed(seed), pose, seed);
        let names: Vec<&str> = photo.fields.iter().map(|field| field.name.as_str()).collect();
        assert_eq!(names.len(), 9, "{names:?}");
        for field in &photo.fields {
            let share = ink(&photo, field.quad, 0.0, 1.0);
            assert!((0.02..0.65).contains(&share), "{} {:?}: {share}", field.name, field.text);
            assert_eq!(ink(&photo, field.quad, -0.06, 0.04), 0.0, "above {}", field.name);
            assert_eq!(ink(&photo, field.quad, 0.97, 1.05), 0.0, "below {}", field.name);
        }
    }
}

#[test]
fn an_undamaged_code_reads_back() {
    for (seed, payload) in
        (1..).zip(["1", "201301006.01.1.0001!140,7,10,8,1,7,1,0,2,3!0!0", &"9,".repeat(200)])
    {
        let paper = print_sheet(&slip(payload), &clean_style(seed)).unwrap();
        let photo = photograph(&paper, &Damage::none(), seed);
        assert_eq!(decoded(&photo).as_deref(), Some(payload));
        assert!(photo.module_px >= 3.0);
    }
}

#[test]
fn a_torn_code_is_gone() {
    let photo = photograph(&printed(3), &Damage { torn_code: 0.7, ..Damage::none() }, 3);
    assert_eq!(decoded(&photo), None);
    assert!(photo.code.is_some(), "the truth still says where it was");
}

#[test]
fn a_payload_no_code_holds_is_refused() {
    let error = print_sheet(&slip(&"7".repeat(4000)), &clean_style(1)).unwrap_err();
    assert_eq!(error, PrintError::CodeTooLong { bytes: 4000 });
}

#[test]
fn every_sheet_says_twice_that_it_is_synthetic() {
    for seed in 0..6 {
        let face = if seed % 2 == 0 { slip("x") } else { SheetFace::default() };
        let paper =
            print_sheet(&face, &Style { dead_dots: 0, darkness: 0.9, ..Style::everyday(seed) }).unwrap();
        let photo = photograph(&paper, &Damage::none(), seed);
        for mark in photo.marks {
            assert!(ink(&photo, mark, 0.0, 1.0) > 0.08, "seed {seed}");
        }
        assert!(photo.marks[0][0][1] < photo.marks[1][0][1]);
    }
}

#[test]
fn a_label_gives_way_to_its_figure() {
    let mut face = slip("x");
    face.header.push(Line::new("long", "L".repeat(90), "123456"));
    face.totals.push(Line::new("longer", "M".repeat(90), "654321"));
    let paper = print_sheet(&face, &clean_style(2)).unwrap();
    let width = paper.picture.width() as f64;
    for name in ["long", "longer"] {
        let field = paper.fields.iter().find(|field| field.name == name).unwrap();
        assert_eq!(field.text.len(), 6);
        assert!(field.quad[1][0] <= width, "{name}");
    }
}

#[test]
fn a_whole_sheet_prints_every_figure_of_its_payload() {
    let specimen = specimen(4);
    let paper = print_sheet(&specimen.face, &Style::everyday(4)).unwrap();
    let text =
        |name: &str| paper.fields.iter().find(|field| field.name == name).map(|field| field.text.as_str());
    for (i, votes) in specimen.votes.iter().enumerate() {
        assert_eq!(text(&format!("p{i}")), Some(votes.to_string().as_str()));
    }
    assert_eq!(text("validos"), Some(specimen.valid.to_string().as_str()));
    assert_eq!(text("nulos"), Some(specimen.null.to_string().as_str()));
    assert!(specimen.payload.starts_with(text("centro").unwrap()));
    assert!((2600..4400).contains(&paper.picture.height()), "{}", paper.picture.height());
}

#[test]
fn a_jpeg_shows_the_picture() {
    let photo = photograph(&printed(5), &Damage { noise: 2.0, ..Damage::none() }, 5);
    let options = zune_core::options::DecoderOptions::default()
        .jpeg_set_out_colorspace(zune_core::colorspace::ColorSpace::Luma);
    let bytes = photo.to_jpeg();
    let mut decoder =
        zune_jpeg::JpegDecoder::new_with_options(zune_core::bytestream::ZCursor::new(&bytes), options);
    let luma = decoder.decode().unwrap();
    assert_eq!(decoder.dimensions(), Some((photo.picture.width(), photo.picture.height())));
    let off: u64 = luma.iter().zip(&photo.picture.luma.samples).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    assert!(off < 2 * luma.len() as u64, "mean error {}", off as f64 / luma.len() as f64);
}

#[test]
fn a_contact_sheet_holds_every_picture() {
    let photo = photograph(&printed(1), &Damage { quarter_turns: 1, ..Damage::none() }, 1);
    let sheet = contact_sheet([&photo.picture; 5], 3, 100);
    assert!(sheet.width() >= 3 * 100 && sheet.height() >= 2 * 20);
    assert_eq!(contact_sheet([], 3, 100).width(), 12);
}

/// Boxed: the trees of two dozen of these would not fit a test's stack.
fn severity() -> BoxedStrategy<f64> {
    prop_oneof![-0.5..2.0, -1e3..1e3, Just(f64::NAN), Just(f64::INFINITY), Just(f64::NEG_INFINITY), Just(0.0)]
        .boxed()
}

prop_compose! {
    fn any_damage()(x in prop::array::uniform18(severity()), turns: u8, folds: u8, quality: u8) -> Damage {
        let [scale, rotation_deg, perspective, margin, curl_px, fold_px, fade, defocus_px, motion_px, light_slope, ..] = x;
        let [.., shadow, glare, noise, stain, torn_code, folded_code, finger, cropped_code] = x;
        Damage {
            // Large pictures are slow without optimisation, not different.
            scale: scale.min(0.5), quarter_turns: turns, rotation_deg, perspective, margin, curl_px, folds, fold_px,
            fade, defocus_px, motion_px, light_slope, shadow, glare, noise, stain, torn_code,
            folded_code, finger, cropped_code, quality,
        }
    }
}

prop_compose! {
    fn any_style()(x in prop::array::uniform9(severity()), n: [u32; 2], columns: usize, flags: [bool; 2], bytes: [u8; 4]) -> Style {
        let [weight, slant, margin_px, tallness, pitch, darkness, banding, code_at, warmth] = x;
        Style {
            typeface: [Typeface::Plain, Typeface::Slab, Typeface::Square, Typeface::Mono][usize::from(bytes[0] % 4)],
            zero: [Zero::Open, Zero::Slashed, Zero::Dotted][usize::from(bytes[0] % 3)],
            digit_forms: u64::from(n[0]) << 17,
            weight, slant, width_px: 400, margin_px, columns, tallness, pitch,
            leader: [Leader::Blank, Leader::Dots, Leader::Underscores][usize::from(bytes[1] % 3)],
            totals_at: if flags[0] { TotalsAt::Name } else { TotalsAt::Foot },
            indent: columns / 3, darkness, banding, dead_dots: n[0], module_px: n[1], medium_correction: flags[0],
            roomier: bytes[2], code_at, signatures: usize::from(bytes[3] % 9), stamp: flags[1],
            paper_luma: bytes[1], warmth, seed: u64::from(n[1]),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_severity_and_no_style_panics(
        style in any_style(), damage in any_damage(), seed: u64, label in "\\PC{0,70}", figure in "\\PC{0,70}",
    ) {
        let mut face = SheetFace { code: b"12!3!0".to_vec(), ..SheetFace::default() };
        face.totals.push(Line::new("f", label.clone(), figure));
        face.title.push(label);
        let paper = print_sheet(&face, &style).unwrap();
        let photo = photograph(&paper, &damage, seed);
        prop_assert!(photo.fields.iter().all(|field| field.quad.as_flattened().iter().all(|c| c.is_finite())));
        prop_assert!(photo.to_jpeg().ends_with(&[0xFF, 0xD9]));
    }
}
