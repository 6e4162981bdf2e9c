//! Lays a form over the sheets of a corpus and measures how far figures are from where they really stand.
//!
//! ```text
//! layout FOLDER [--blind] [FILE.jpg [DRAWING.png]]     FOLDER holds sheets and truth.json; --blind hides the code
//! ```
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a measuring tool: reports on the terminal and stops at a corpus it does not understand"
)]

#[path = "../forms/mod.rs"]
mod forms;
mod picture;

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;
use tallyproof_core::form::Figure;
use tallyproof_reader::codes::{Budget, CodeReading, read_symbol};
use tallyproof_reader::image::{DecodeLimits, decode_luma};
use tallyproof_reader::layout::{self, FigurePlace, Layout};

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let blind = words.iter().any(|word| word == "--blind");
    let only = words.iter().find(|word| word.ends_with(".jpg"));
    let draw = words.iter().find(|word| word.ends_with(".png"));
    let folder = Path::new(words.first().expect("name a folder"));
    let truth: Vec<Value> =
        serde_json::from_slice(&std::fs::read(folder.join("truth.json")).unwrap()).unwrap();
    let ours = truth[0]["file"].as_str().unwrap().starts_with('r');
    let (form, names) = forms::form(if ours { &forms::OURS } else { &forms::SAMPLE });
    let mut all = Tally::default();
    for sheet in &truth {
        let file = sheet["file"].as_str().unwrap();
        if only.is_some_and(|only| only != file) {
            continue;
        }
        let bytes = std::fs::read(folder.join(file)).unwrap();
        let luma = decode_luma(&bytes, &DecodeLimits::default()).unwrap().luma;
        let code = match read_symbol(&luma, &|_| true, &Budget::unlimited()) {
            _ if blind => None,
            CodeReading::Read { symbol, .. } => Some(symbol.place),
            _ => None,
        };
        let start = cpu_ms();
        let found = layout::find(&luma, &form, code.as_ref());
        all.ms += cpu_ms() - start;
        let mut tally = Tally::default();
        tally.add(sheet, found.as_ref(), &names);
        if !tally.bad.is_empty() || only.is_some() || words.iter().any(|word| word == "--all") {
            println!("{file}: {}", tally.line(found.as_ref()));
        }
        if let (Some(path), Some(_)) = (draw, only) {
            picture::draw(Path::new(path), &luma, found.as_ref());
        }
        all.join(tally);
    }
    all.report();
}

/// How far places are from the truth.
#[derive(Default)]
struct Tally {
    n_sheets: usize,
    n_whole: usize,
    n_lost: usize,
    n_figures: usize,
    n_found: usize,
    n_near: usize,
    /// On another row than their own: the worst there is.
    n_off_row: usize,
    /// Distances in cells: along the line and down from it.
    along: Vec<f64>,
    down: Vec<f64>,
    bad: Vec<String>,
    /// By how much each figure's row was preferred, where it is its own and where it is another.
    margins: [Vec<f32>; 2],
    ms: f64,
}

impl Tally {
    fn add(&mut self, sheet: &Value, found: Option<&Layout>, names: &BTreeMap<Figure, String>) {
        let places: BTreeMap<&str, (&Option<FigurePlace>, f32)> = found.map_or_else(BTreeMap::new, |found| {
            let figures = found.figures.iter().zip(&found.margins);
            figures.map(|((figure, place), margin)| (names[figure].as_str(), (place, *margin))).collect()
        });
        self.n_sheets = 1;
        self.n_lost = usize::from(found.is_none());
        for field in sheet["fields"].as_array().unwrap() {
            let name = field["name"].as_str().unwrap();
            if !names.values().any(|known| known == name) {
                continue;
            }
            self.n_figures += 1;
            let Some((Some(place), margin)) = places.get(name) else {
                self.bad.push(format!("{name}=none"));
                continue;
            };
            self.n_found += 1;
            let [along, down] = distance(field, place);
            self.along.push(along);
            self.down.push(down);
            self.n_off_row += usize::from(down.abs() > 0.9);
            self.margins[usize::from(down.abs() > 0.9)].push(*margin);
            let near = along.abs() < 0.4 && down.abs() < 0.45;
            self.n_near += usize::from(near);
            if !near {
                self.bad.push(format!("{name}={along:.2},{down:.2} ({margin:.2})"));
            }
        }
        self.n_whole = usize::from(self.bad.is_empty());
    }

    fn join(&mut self, other: Self) {
        self.n_sheets += other.n_sheets;
        self.n_whole += other.n_whole;
        self.n_lost += other.n_lost;
        self.n_figures += other.n_figures;
        self.n_found += other.n_found;
        self.n_near += other.n_near;
        self.n_off_row += other.n_off_row;
        for (margins, other) in self.margins.iter_mut().zip(other.margins) {
            margins.extend(other);
        }
        self.along.extend(other.along);
        self.down.extend(other.down);
    }

    fn line(&self, found: Option<&Layout>) -> String {
        let Some(found) = found else { return "nothing found".into() };
        format!(
            "found {:.2} quality {:.2} turn {} letter {:.1} doubtful {} bad {}: {}",
            found.found,
            found.quality,
            found.quarters,
            found.letter_px,
            found.doubtful.iter().filter(|doubtful| **doubtful).count(),
            self.bad.len(),
            self.bad.iter().take(8).cloned().collect::<Vec<_>>().join(" ")
        )
    }

    fn report(&self) {
        let percent = |n: usize| 100.0 * n as f64 / self.n_figures.max(1) as f64;
        let within = |of: &[f64], reach: f64| {
            100.0 * of.iter().filter(|d| d.abs() < reach).count() as f64 / of.len().max(1) as f64
        };
        let mean = |of: &[f64]| of.iter().sum::<f64>() / of.len().max(1) as f64;
        println!(
            "{} figures: placed {} ({:.3} %), near {} ({:.3} %), on another row {}",
            self.n_figures,
            self.n_found,
            percent(self.n_found),
            self.n_near,
            percent(self.n_near),
            self.n_off_row
        );
        println!(
            "{} sheets: whole {}, lost {}; {:.1} ms CPU a sheet",
            self.n_sheets,
            self.n_whole,
            self.n_lost,
            self.ms / self.n_sheets as f64
        );
        for least in [0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0] {
            let [own, other] = self.margins.each_ref().map(|m| m.iter().filter(|m| **m < least).count());
            println!("margin below {least}: {own} on their own row, {other} on another");
        }
        println!(
            "within 0.15 cell along {:.2} % (mean {:+.3}), within 0.1 cell down {:.2} %, 0.15 {:.2} % (mean {:+.3})",
            within(&self.along, 0.15),
            mean(&self.along),
            within(&self.down, 0.1),
            within(&self.down, 0.15),
            mean(&self.down)
        );
    }
}

/// Time this program was on a processor, ms, where the system tells (Linux); 0 elsewhere.
fn cpu_ms() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    stat.split(' ').next().and_then(|ns| ns.parse::<f64>().ok()).unwrap_or(0.0) / 1e6
}

/// How far a place is from where the figure stands, in cells: along its line, down from it.
fn distance(field: &Value, place: &FigurePlace) -> [f64; 2] {
    let corner = |i: usize| [0, 1].map(|k| field["quad"][i][k].as_f64().unwrap());
    let n_cells = field["text"].as_str().unwrap().len() as f64;
    let [tl, tr, br] = [corner(0), corner(1), corner(2)];
    let right = [(tr[0] + br[0]) / 2.0, (tr[1] + br[1]) / 2.0];
    let cell = [(tr[0] - tl[0]) / n_cells, (tr[1] - tl[1]) / n_cells];
    let square = cell[0] * cell[0] + cell[1] * cell[1];
    let d = [f64::from(place.right[0]) - right[0], f64::from(place.right[1]) - right[1]];
    [(d[0] * cell[0] + d[1] * cell[1]) / square, (d[1] * cell[0] - d[0] * cell[1]) / square]
}
