//! Reads the printed figures of a corpus and says how many are right, wrong and not read.
//!
//! ```text
//! cargo run --release -p tallyproof-reader --example figures -- FOLDER [--blind] [--weights FILE] [--list]
//! ```
//!
//! FOLDER holds photographs and their `truth.json`, as `tallyproof-render`'s example `sheets` writes them.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    reason = "a measuring tool: reports on the terminal and stops at a corpus it does not understand"
)]

#[path = "../forms/mod.rs"]
mod forms;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use serde_json::Value;
use tallyproof_core::form::Figure;
use tallyproof_reader::codes::{Budget, CodeReading, read_symbol};
use tallyproof_reader::digits::Net;
use tallyproof_reader::image::{DecodeLimits, decode_luma};
use tallyproof_reader::layout::{self, FigurePlace};
use tallyproof_reader::print::{Match, Printed, read_print};

#[derive(Default)]
struct Tally {
    figures: u32,
    exact: u32,
    wrong: u32,
    illegible: u32,
    not_found: u32,
    sheets: u32,
    all_same: u32,
    altered: u32,
    accepted: u32,
    misplaced_wrong: u32,
}

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let has = |word: &str| words.iter().any(|other| other == word);
    let after = |word: &str| words.iter().position(|other| other == word).map(|at| words[at + 1].clone());
    let folder = Path::new(&words[0]);
    let net = after("--weights").map(|path| Net::from_bytes(&std::fs::read(path).unwrap()).unwrap());
    let net = net.as_ref().unwrap_or_else(|| Net::shipped());
    let truth: Vec<Value> =
        serde_json::from_slice(&std::fs::read(folder.join("truth.json")).unwrap()).unwrap();
    let ours = truth[0]["file"].as_str().unwrap().starts_with('r');
    let (form, names) = forms::form(if ours { &forms::OURS } else { &forms::SAMPLE });
    let (mut tally, mut ms, mut layout_ms) = (Tally::default(), 0.0, 0.0);
    for sheet in &truth {
        let file = sheet["file"].as_str().unwrap();
        let luma =
            decode_luma(&std::fs::read(folder.join(file)).unwrap(), &DecodeLimits::default()).unwrap().luma;
        let code = match has("--blind") {
            true => None,
            false => match read_symbol(&luma, &|_| true, &Budget::unlimited()) {
                CodeReading::Read { symbol, .. } => Some(symbol.place),
                _ => None,
            },
        };
        tally.sheets += 1;
        let start = Instant::now();
        let _ = layout::find(&luma, &form, code.as_ref());
        layout_ms += start.elapsed().as_secs_f64() * 1e3;
        let start = Instant::now();
        let print = read_print(&luma, &form, net, code.as_ref());
        ms += start.elapsed().as_secs_f64() * 1e3;
        let fields: BTreeMap<&str, &Value> =
            sheet["fields"].as_array().unwrap().iter().map(|f| (f["name"].as_str().unwrap(), f)).collect();
        let Some(print) = print else {
            println!("{file}: no layout");
            tally.figures += names.len() as u32;
            tally.not_found += names.len() as u32;
            continue;
        };
        let mut all_same = true;
        for (reading, (_, place)) in print.figures.iter().zip(&print.layout.figures) {
            let field = fields[names[&reading.figure].as_str()];
            let text = field["text"].as_str().unwrap();
            tally.figures += 1;
            let misplaced = place.is_none_or(|place| off(&place, field) > 0.6);
            match &reading.printed {
                Printed::Digits(read) if read == text => tally.exact += 1,
                Printed::Blank if text.is_empty() => tally.exact += 1,
                Printed::Illegible(_) => tally.illegible += 1,
                Printed::NotFound => tally.not_found += 1,
                _ => {
                    tally.wrong += 1;
                    tally.misplaced_wrong += u32::from(misplaced);
                }
            }
            let same = print.compare(&luma, net, reading.figure, text);
            if same != Match::Same && matches!(reading.figure, Figure::TablePart(_) | Figure::Field(_)) {
                all_same = false;
            }
            let right = matches!(&reading.printed, Printed::Digits(read) if read == text);
            if has("--list") && (!right || same != Match::Same) {
                let off = place.map_or(9.0, |place| off(&place, field));
                println!(
                    "{file} {}: {text} read {:?} ({:.2}) {same:?}, {off:.2} cells off",
                    names[&reading.figure], reading.printed, reading.confidence
                );
            }
            if has("--altered") {
                for other in altered(text) {
                    tally.altered += 1;
                    if print.compare(&luma, net, reading.figure, &other) == Match::Same {
                        tally.accepted += 1;
                        println!("{file} {}: {text} accepted as {other}", names[&reading.figure]);
                    }
                }
            }
        }
        tally.all_same += u32::from(all_same);
    }
    let n = f64::from(tally.sheets);
    let rate = |name: &str, k: u32, of: u32| {
        let (low, high) = wilson(f64::from(k), f64::from(of));
        println!(
            "{name:24} {k:6} of {of} = {:.3} % ({low:.3}–{high:.3})",
            100.0 * f64::from(k) / f64::from(of.max(1))
        );
    };
    rate("exact", tally.exact, tally.figures);
    rate("wrong", tally.wrong, tally.figures);
    rate("  of them misplaced", tally.misplaced_wrong, tally.wrong);
    rate("illegible", tally.illegible, tally.figures);
    rate("not found", tally.not_found, tally.figures);
    rate("sheets all same", tally.all_same, tally.sheets);
    if tally.altered > 0 {
        rate("altered accepted", tally.accepted, tally.altered);
    }
    println!("layout {:.1} ms a sheet, layout and figures {:.1} ms", layout_ms / n, ms / n);
}

/// Every value one changed digit, one digit more or one digit fewer away.
fn altered(text: &str) -> Vec<String> {
    let mut all = Vec::new();
    for at in 0..text.len() {
        for digit in b'0'..=b'9' {
            let mut bytes = text.as_bytes().to_vec();
            if bytes[at] != digit {
                bytes[at] = digit;
                all.push(String::from_utf8(bytes).unwrap());
            }
        }
    }
    for digit in 0..10 {
        all.push(format!("{text}{digit}"));
        all.push(format!("{digit}{text}"));
    }
    if text.len() > 1 {
        all.push(text[1..].into());
        all.push(text[..text.len() - 1].into());
    }
    all.retain(|other| other != text);
    all
}

/// Cells from where the figure stands to where the layout believes it.
fn off(place: &FigurePlace, field: &Value) -> f64 {
    let corner = |i: usize| [0, 1].map(|k| field["quad"][i][k].as_f64().unwrap());
    let [tr, br] = [corner(1), corner(2)];
    let cell = f64::from(place.cell[0].hypot(place.cell[1]));
    let d = [0, 1].map(|k| f64::from(place.right[k]) - (tr[k] + br[k]) / 2.0);
    d[0].hypot(d[1]) / cell
}

/// The 95 % score interval of a proportion, % (Wilson 1927).
fn wilson(successes: f64, n: f64) -> (f64, f64) {
    const Z: f64 = 1.96;
    let n = n.max(1.0);
    let p = successes / n;
    let middle = p + Z * Z / (2.0 * n);
    let reach = Z * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
    let scale = 100.0 / (1.0 + Z * Z / n);
    ((middle - reach) * scale, (middle + reach) * scale)
}
