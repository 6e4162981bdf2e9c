//! What is no sheet is never read as one, and a spoiled code is never completed into another sheet's.

use std::collections::BTreeMap;

use tallyproof_reader::codes::{Budget, CodeReading, Prediction, read_fused, read_symbol};
use tallyproof_reader::digits::Net;
use tallyproof_reader::image::{DecodeLimits, decode_luma};
use tallyproof_reader::print::{Printed, read_print};
use tallyproof_render::practice::specimen;
use tallyproof_render::{Damage, Stranger, Style, photograph, print_sheet};

use crate::forms;

/// Pictures of each kind.
const EACH: u64 = 5;
/// Sheets with a spoiled code; most of them are spoiled beyond the ladder.
const SPOILED: u64 = 40;
/// Draws of each kind of alteration.
const ROUNDS: usize = 2;
/// Cases that must come together, so that the test cannot pass for want of any.
const LEAST_CASES: usize = 400;
/// Of the spoiled codes, those that the right print completes. Raise it when reading gets better; never lower it.
const MUST_COMPLETE: usize = 18;

/// The practice election's grammar: `centre.table.digit.number!38 counts!null!reserved`.
fn accept(payload: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(payload) else { return false };
    let is_number =
        |part: &str| !part.is_empty() && part.len() <= 6 && part.bytes().all(|b| b.is_ascii_digit());
    let parts: Vec<&str> = text.split('!').collect();
    let &[head, lines, null, reserved] = parts.as_slice() else { return false };
    let head: Vec<&str> = head.split('.').collect();
    let lengths: Vec<usize> = head.iter().map(|part| part.len()).collect();
    matches!(lengths[..], [9, 2, 1, 1..=6])
        && head.iter().all(|part| part.bytes().all(|b| b.is_ascii_digit()))
        && lines.split(',').count() == 38
        && lines.split(',').all(is_number)
        && is_number(null)
        && is_number(reserved)
}

#[test]
fn no_stranger_is_accepted_as_a_sheet() {
    let (form, _) = forms::form(&forms::OURS);
    println!("kind               pictures  codes  accepted  forms  with a figure");
    let (mut accepted, mut complete) = (Vec::new(), Vec::new());
    for kind in Stranger::ALL {
        let (mut n_codes, mut n_accepted, mut n_forms, mut n_figures) = (0, 0, 0, 0);
        for seed in 0..EACH {
            let jpeg = kind.photograph(seed).unwrap().to_jpeg();
            let luma = decode_luma(&jpeg, &DecodeLimits::default()).unwrap().luma;
            match read_symbol(&luma, &accept, &Budget::unlimited()) {
                CodeReading::Read { .. } | CodeReading::Several { .. } => {
                    n_accepted += 1;
                    accepted.push((kind, seed));
                }
                CodeReading::Foreign { .. } => n_codes += 1,
                CodeReading::Unread { .. } => {}
            }
            let Some(print) = read_print(&luma, &form, Net::shipped(), None) else { continue };
            n_forms += 1;
            let read =
                print.figures.iter().filter(|figure| matches!(figure.printed, Printed::Digits(_))).count();
            n_figures += usize::from(read > 0);
            if read == print.figures.len() {
                complete.push((kind, seed));
            }
        }
        let name = format!("{kind:?}");
        println!("{name:18} {EACH:8} {n_codes:6} {n_accepted:9} {n_forms:6} {n_figures:14}");
    }
    assert!(accepted.is_empty(), "read as sheets: {accepted:?}");
    assert!(complete.is_empty(), "every figure of a sheet read on what is none: {complete:?}");
}

/// xorshift64 (G. Marsaglia 2003).
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 20).unwrap() % n
    }
}

/// What print that was altered, or is missing in part, would predict of a payload.
fn altered(random: &mut Random, payload: &[u8], n_digits: usize, n_missing: usize) -> Vec<Option<u8>> {
    let mut bytes: Vec<Option<u8>> = payload.iter().copied().map(Some).collect();
    let figures: Vec<usize> = (0..payload.len()).filter(|&at| payload[at].is_ascii_digit()).collect();
    for _ in 0..n_digits {
        let at = figures[random.below(figures.len())];
        bytes[at] =
            bytes[at].map(|digit| b'0' + (digit - b'0' + 1 + u8::try_from(random.below(9)).unwrap()) % 10);
    }
    for _ in 0..n_missing {
        bytes[figures[random.below(figures.len())]] = None;
    }
    bytes
}

#[test]
fn spoiled_codes_are_never_completed_into_what_was_not_printed() {
    let mut random = Random(4);
    let mut tally: BTreeMap<&str, [usize; 2]> = BTreeMap::new();
    let (mut n_cases, mut wrong) = (0, Vec::new());
    for seed in 0..SPOILED {
        let own = specimen(seed);
        let truth = own.payload.as_bytes();
        let style = Style::everyday(seed);
        // From a fifth of the code to more than half of it torn away or under a stain.
        let share = (seed % 8) as f64 / 8.0;
        let damage = if seed % 2 == 0 {
            Damage { torn_code: 0.2 + 0.5 * share, scale: 0.8, ..Damage::none() }
        } else {
            Damage { stain: 0.75 + 0.25 * share, scale: 0.8, noise: 2.0, ..Damage::none() }
        };
        let jpeg = photograph(&print_sheet(&own.face, &style).unwrap(), &damage, seed).to_jpeg();
        let luma = decode_luma(&jpeg, &DecodeLimits::default()).unwrap().luma;
        let hints = match read_symbol(&luma, &accept, &Budget::unlimited()) {
            CodeReading::Unread { hints } => hints,
            CodeReading::Read { symbol, .. } => {
                assert_eq!(symbol.payload, truth, "seed {seed}");
                continue;
            }
            other => panic!("seed {seed}: {other:?}"),
        };
        let stranger = specimen(seed + 1_000).payload.into_bytes();
        for _ in 0..ROUNDS {
            let mut of = |payload, n_digits, n_missing| altered(&mut random, payload, n_digits, n_missing);
            let cases = [
                ("right print", of(truth, 0, 0)),
                ("one digit altered", of(truth, 1, 0)),
                ("two digits altered", of(truth, 2, 0)),
                ("four digits altered", of(truth, 4, 0)),
                ("eight digits altered", of(truth, 8, 0)),
                ("twelve digits missing", of(truth, 0, 12)),
                ("two altered, eight missing", of(truth, 2, 8)),
                ("most missing", of(truth, 0, 150)),
                ("another sheet's", of(&stranger, 0, 0)),
                ("another's, half missing", of(&stranger, 0, 60)),
            ];
            for (name, bytes) in cases {
                let predictions = [Prediction { bytes }];
                let read = read_fused(&luma, &hints, &predictions, &accept, &Budget::unlimited());
                let counts = tally.entry(name).or_default();
                counts[0] += 1;
                n_cases += 1;
                if let Some(symbol) = read {
                    counts[1] += 1;
                    if symbol.payload != truth {
                        wrong.push((seed, name, String::from_utf8_lossy(&symbol.payload).into_owned()));
                    }
                }
            }
        }
    }
    println!("print                       cases  completed, all as printed in the code");
    tally.iter().for_each(|(name, [cases, read])| println!("{name:27} {cases:5} {read:10}"));
    assert!(wrong.is_empty(), "{wrong:?}");
    assert!(n_cases >= LEAST_CASES, "{n_cases} cases");
    assert!(tally["right print"][1] >= MUST_COMPLETE, "{tally:?}");
}
