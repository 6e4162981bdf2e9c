//! The ratchet of the second channel: printed figures that must be read, and values that must never be accepted.

#![allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "grey levels")]

use std::cell::Cell;
use std::collections::BTreeMap;

use tallyproof_core::form::{Figure, Form};
use tallyproof_reader::Luma;
use tallyproof_reader::codes::Budget;
use tallyproof_reader::digits::Net;
use tallyproof_reader::image::{DecodeLimits, decode_luma};
use tallyproof_reader::print::{Match, Obstacle, Printed, read_print, read_print_within};
use tallyproof_render::practice::specimen;
use tallyproof_render::{Damage, Quad, Style, photograph, print_sheet};

use crate::corpus::sheets_sample;
use crate::forms;

/// Of the 60 × 53 figures of `sheets-sample`, read blind. Raise it when reading gets better; never lower it.
const MUST_READ: usize = 3168;
/// Of its 60 sheets, those whose every figure is recognised when proposed.
const MUST_AGREE: usize = 57;
/// Figures of `sheets-sample` read wrong and surely. Lower it; never raise it.
const MAY_BE_WRONG: usize = 1;
/// Values of `sheets-sample` with one digit altered that are accepted. Lower it; never raise it.
const MAY_BE_ACCEPTED: usize = 1;

#[derive(Debug, Default)]
struct Tally {
    exact: usize,
    wrong: usize,
    sheets_same: usize,
    altered: usize,
    accepted: usize,
}

impl Tally {
    /// Reads a sheet whose figures are known by name.
    fn read(
        &mut self,
        luma: &Luma,
        form: &Form,
        names: &BTreeMap<Figure, String>,
        truth: &BTreeMap<&str, &str>,
    ) {
        let net = Net::shipped();
        let Some(print) = read_print(luma, form, net, None) else { return };
        let mut all_same = true;
        for reading in &print.figures {
            let text = truth[names[&reading.figure].as_str()];
            match &reading.printed {
                Printed::Digits(read) if read == text => self.exact += 1,
                Printed::Digits(_) | Printed::Blank => self.wrong += 1,
                Printed::Illegible(_) | Printed::NotFound => {}
            }
            let accepts = |value: &str| print.compare(luma, net, reading.figure, value) == Match::Same;
            all_same &= accepts(text);
            let others = altered(text);
            self.altered += others.len();
            self.accepted += others.iter().filter(|value| accepts(value)).count();
        }
        self.sheets_same += usize::from(all_same);
    }
}

/// Every value that differs by one digit, or by one digit more or fewer at either end.
fn altered(text: &str) -> Vec<String> {
    let others = (0..text.len()).flat_map(|at| ('0'..='9').map(move |digit| (at, digit)));
    let changed = others.map(|(at, digit)| format!("{}{digit}{}", &text[..at], &text[at + 1..]));
    let longer = ('0'..='9').flat_map(|digit| [format!("{text}{digit}"), format!("{digit}{text}")]);
    let shorter = [text[1..].to_string(), text[..text.len() - 1].to_string()];
    changed.chain(longer).chain(shorter).filter(|value| value != text && !value.is_empty()).collect()
}

#[test]
fn sheets_sample_figures_are_read_and_no_other_value_is_accepted() {
    let Some(folder) = sheets_sample() else { return };
    let truth = std::fs::read(folder.join("truth.json")).unwrap();
    let truth: serde_json::Value = serde_json::from_slice(&truth).unwrap();
    let (form, names) = forms::form(&forms::SAMPLE);
    let mut tally = Tally::default();
    for sheet in truth.as_array().unwrap() {
        let bytes = std::fs::read(folder.join(sheet["file"].as_str().unwrap())).unwrap();
        let luma = decode_luma(&bytes, &DecodeLimits::default()).unwrap().luma;
        let fields = sheet["fields"].as_array().unwrap().iter();
        let fields = fields.map(|field| (field["name"].as_str().unwrap(), field["text"].as_str().unwrap()));
        tally.read(&luma, &form, &names, &fields.collect());
    }
    println!("{tally:?}");
    assert!(tally.altered > 100_000 && tally.accepted <= MAY_BE_ACCEPTED, "{tally:?}");
    assert!(tally.exact >= MUST_READ && tally.sheets_same >= MUST_AGREE, "{tally:?}");
    assert!(tally.wrong <= MAY_BE_WRONG, "{tally:?}");
}

#[test]
fn rendered_figures_are_read_and_a_blank_is_not_a_zero() {
    let (form, names) = forms::form(&forms::OURS);
    let mut tally = Tally::default();
    for seed in 1_950_000..1_950_006 {
        let face = specimen(seed).face;
        let paper = print_sheet(&face, &Style::everyday(seed)).unwrap();
        let photo = photograph(&paper, &Damage { defocus_px: 0.6, noise: 2.0, ..Damage::none() }, seed);
        let luma = decode_luma(&photo.to_jpeg(), &DecodeLimits::default()).unwrap().luma;
        let truth = photo.fields.iter().map(|field| (field.name.as_str(), field.text.as_str()));
        tally.read(&luma, &form, &names, &truth.collect());
    }
    assert_eq!((tally.exact, tally.wrong, tally.sheets_same, tally.accepted), (6 * 53, 0, 6, 0), "{tally:?}");
}

#[test]
fn an_empty_place_is_blank_and_what_cannot_be_read_says_why() {
    let (form, names) = forms::form(&forms::OURS);
    for seed in 1_950_010..1_950_014 {
        let mut face = specimen(seed).face;
        face.groups[1].lines[2].figure.clear();
        let paper = print_sheet(&face, &Style { darkness: 0.8, ..Style::everyday(seed) }).unwrap();
        let photo = photograph(&paper, &Damage::none(), seed);
        let luma = decode_luma(&photo.to_jpeg(), &DecodeLimits::default()).unwrap().luma;
        let around = |name: &str| photo.fields.iter().find(|field| field.name == name).unwrap().quad;
        let paper = paper_around(&luma, &around("p22"));
        let luma = local(&luma, &around("p20"), &|_| 90.0);
        let luma = local(&luma, &around("p22"), &|was| paper + (was - paper) * 0.04);
        let luma = local(&luma, &around("p24"), &|was| (was + 220.0).min(255.0));
        let print = read_print(&luma, &form, Net::shipped(), None).unwrap();
        for reading in &print.figures {
            let expected = match names[&reading.figure].as_str() {
                "p15" => Printed::Blank,
                "p20" => Printed::Illegible(Obstacle::Covered),
                "p22" => {
                    // On the verge of what can be seen at all; to name no cause is right as well.
                    let Printed::Illegible(obstacle) = reading.printed else { panic!("{seed} {reading:?}") };
                    assert!(matches!(obstacle, Obstacle::Faint | Obstacle::Unsure), "{seed} {reading:?}");
                    continue;
                }
                "p24" => Printed::Illegible(Obstacle::Glare),
                _ => {
                    assert!(matches!(reading.printed, Printed::Digits(_)), "{reading:?}");
                    continue;
                }
            };
            assert_eq!(reading.printed, expected, "{seed} {reading:?}");
        }
    }
}

#[test]
fn a_smeared_sheet_says_that_it_is_blurred() {
    let (form, _) = forms::form(&forms::OURS);
    let (mut blurred, mut others) = (0, 0);
    for seed in 1_950_020..1_950_023 {
        let paper = print_sheet(&specimen(seed).face, &Style::everyday(seed)).unwrap();
        let photo = photograph(&paper, &Damage { motion_px: 12.0, noise: 1.0, ..Damage::none() }, seed);
        let luma = decode_luma(&photo.to_jpeg(), &DecodeLimits::default()).unwrap().luma;
        let Some(print) = read_print(&luma, &form, Net::shipped(), None) else { continue };
        for reading in &print.figures {
            match reading.printed {
                Printed::Illegible(Obstacle::Blurred) => blurred += 1,
                Printed::Illegible(_) => others += 1,
                _ => {}
            }
        }
    }
    println!("{blurred} blurred, {others} illegible for another reason");
    assert!(blurred > others);
}

/// Whenever the budget ends, nothing is said: half a print would look like a sheet with rows missing.
#[test]
fn print_is_read_whole_within_its_budget_or_not_at_all() {
    let (form, _) = forms::form(&forms::OURS);
    let photo = photograph(&print_sheet(&specimen(7).face, &Style::everyday(7)).unwrap(), &Damage::none(), 7);
    let luma = decode_luma(&photo.to_jpeg(), &DecodeLimits::default()).unwrap().luma;
    let read = |n: usize| {
        let asked = Cell::new(0);
        let more = || {
            asked.set(asked.get() + 1);
            asked.get() <= n
        };
        let print = read_print_within(&luma, &form, Net::shipped(), None, &Budget::lasting_while(&more));
        (print, asked.get())
    };
    let (whole, n_asked) = read(usize::MAX);
    let whole = whole.unwrap();
    assert!(n_asked > whole.figures.len(), "{n_asked}");
    for n in [0, 1, n_asked / 2, n_asked - 1] {
        assert!(read(n).0.is_none(), "{n} of {n_asked}");
    }
    assert_eq!(read(n_asked).0.unwrap().figures, whole.figures);
}

/// Grey level of the paper around `quad`: print covers less than half of it.
fn paper_around(luma: &Luma, quad: &Quad) -> f32 {
    let mut greys = Vec::new();
    let gathered = std::cell::RefCell::new(&mut greys);
    local(luma, quad, &|was| {
        gathered.borrow_mut().push(was);
        was
    });
    greys.sort_by(f32::total_cmp);
    greys[greys.len() / 2]
}

/// The picture with every pixel near `quad` changed by `change`.
fn local(luma: &Luma, quad: &Quad, change: &dyn Fn(f32) -> f32) -> Luma {
    let width = luma.width_px();
    let [[left, top], _, [right, foot], _] = *quad;
    let mut pixels = luma.pixels().to_vec();
    for (at, pixel) in pixels.iter_mut().enumerate() {
        let (x, y) = ((at % width) as f64, (at / width) as f64);
        if (left - 90.0..right + 30.0).contains(&x) && (top..foot).contains(&y) {
            *pixel = change(f32::from(*pixel)) as u8;
        }
    }
    Luma::new(width, luma.height_px(), pixels).unwrap()
}
