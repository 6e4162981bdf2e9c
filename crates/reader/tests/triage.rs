//! The ratchet of triage: what each damage of the renderer is taken for, as a table, and least rates.

use std::collections::BTreeMap;

use tallyproof_reader::Luma;
use tallyproof_reader::codes::{Budget, CodeReading, Hints, read_symbol};
use tallyproof_reader::image::{DecodeLimits, decode_luma};
use tallyproof_reader::layout;
use tallyproof_reader::triage::{Cause, judge, measure};
use tallyproof_render::practice::specimen;
use tallyproof_render::{Damage, Style, photograph, print_sheet};

use crate::forms;

/// Pictures of each damage.
const N: u64 = 12;

type Harm = fn(Damage, f64) -> Damage;

/// A damage by its severity 0..1, the cause it should be given, and how many of [`N`] at least. A sheet with nothing wrong
/// is blamed for nothing: what is left is its code. Thresholds were set on other seeds.
const HARMS: [(&str, Harm, Cause, usize); 11] = [
    ("healthy", |d, _| d, Cause::CodeDamaged, 11),
    ("torn", |d, s| Damage { torn_code: 0.35 + 0.5 * s, ..d }, Cause::Torn, 9),
    ("folded over", |d, s| Damage { folded_code: 0.6 + 0.4 * s, ..d }, Cause::FoldedOver, 10),
    ("cut off", |d, s| Damage { cropped_code: 0.4 + 0.6 * s, ..d }, Cause::CutOff, 10),
    ("finger", |d, s| Damage { finger: 0.7 + 0.3 * s, ..d }, Cause::Covered, 6),
    ("glare", |d, s| Damage { glare: 1.0, stain: 0.1 * s, ..d }, Cause::Glare, 9),
    ("out of focus", |d, s| Damage { defocus_px: 4.0 + 4.0 * s, motion_px: 0.0, ..d }, Cause::OutOfFocus, 10),
    ("motion", |d, s| Damage { motion_px: 16.0 + 20.0 * s, defocus_px: 0.5, ..d }, Cause::MotionBlur, 10),
    ("small", |d, s| Damage { scale: 0.2, defocus_px: 0.7 + 0.3 * s, quality: 50, ..d }, Cause::TooSmall, 11),
    ("compressed", |d, s| Damage { quality: 5, scale: 0.6 + 0.4 * s, ..d }, Cause::OverCompressed, 10),
    ("faded", |d, s| Damage { fade: 1.0, noise: 9.0 + 9.0 * s, ..d }, Cause::LowContrast, 8),
];

fn photo(seed: u64, harm: Option<Harm>) -> Luma {
    let paper = print_sheet(&specimen(seed).face, &Style::everyday(seed)).unwrap();
    let severity = (seed % N) as f64 / N as f64;
    // Damages are told apart one at a time, on sheets that are otherwise well photographed.
    let everyday = Damage::everyday(seed);
    let calm = Damage { glare: 0.0, shadow: 0.0, stain: 0.0, fade: everyday.fade.min(0.2), ..everyday };
    let calm =
        Damage { defocus_px: calm.defocus_px.min(0.9), motion_px: 0.0, noise: calm.noise.min(3.2), ..calm };
    let calm = Damage {
        curl_px: calm.curl_px.min(5.0),
        fold_px: calm.fold_px.min(3.0),
        quality: calm.quality.max(58),
        ..calm
    };
    let damage = harm.map_or(calm.clone(), |harm| harm(calm, severity));
    let bytes = photograph(&paper, &damage, seed).to_jpeg();
    decode_luma(&bytes, &DecodeLimits::default()).unwrap().luma
}

/// The cause that a picture is given; of one whose code is read all the same, that of one where it was not.
fn cause(luma: &Luma) -> Cause {
    let hints = match read_symbol(luma, &|payload| payload.contains(&b'!'), &Budget::unlimited()) {
        CodeReading::Foreign { hints, .. } | CodeReading::Unread { hints } => hints,
        _ => Hints {
            width_px: luma.width_px(),
            height_px: luma.height_px(),
            contrast: 255,
            sharpness: 1000.0,
            undecoded: Vec::new(),
            n_finder_patterns: 3,
            stopped: false,
        },
    };
    let (form, _) = forms::form(&forms::OURS);
    judge(&measure(luma), &hints, layout::find(luma, &form, None).is_some())
}

#[test]
fn each_damage_is_told_by_its_cause() {
    let mut table: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
    let mut too_few = Vec::new();
    for (name, harm, wanted, least) in HARMS {
        for seed in 700..700 + N {
            let luma = photo(seed, Some(harm));
            *table.entry(name).or_default().entry(cause(&luma).code()).or_default() += 1;
        }
        println!("{name:<14}{:?}", table[name]);
        let right = table[name].get(wanted.code()).copied().unwrap_or(0);
        if right < least {
            too_few.push(format!("{name}: {right} of {N}, {least} must be"));
        }
    }
    assert!(too_few.is_empty(), "{too_few:?}");
}

#[test]
fn pictures_without_a_sheet_are_told() {
    let grey = |width: usize, height: usize, at: &dyn Fn(usize, usize) -> usize| {
        let pixels = (0..height)
            .flat_map(|y| (0..width).map(move |x| (x, y)))
            .map(|(x, y)| u8::try_from(at(x, y)).unwrap())
            .collect();
        Luma::new(width, height, pixels).unwrap()
    };
    let paper_on_table =
        grey(900, 1600, &|x, y| if (80..820).contains(&x) && (90..1500).contains(&y) { 232 } else { 90 });
    let wood = grey(1200, 900, &|x, y| 90 + (x / 7 + y * 3) % 23);
    let wall = grey(1000, 1000, &|x, _| 180 + x / 40);
    for (name, luma) in [("blank paper", paper_on_table), ("wood", wood), ("wall", wall)] {
        assert_eq!(cause(&luma), Cause::NotASheet, "{name}");
    }
}
