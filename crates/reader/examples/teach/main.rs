//! Makes the weights the program comes with: renders sheets, lays the form over them, teaches the net.
//!
//! ```text
//! cargo run --release -p tallyproof-reader --example teach -- crates/reader/weights/digits.bin [SHEETS]
//! ```
//!
//! The same sheets give the same bytes on any machine and any number of threads. Seeds are those of the corpora
//! 1000 to 1099, which no measurement uses.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::cast_possible_truncation,
    reason = "an example reports on the terminal; places in a picture fit f32"
)]

#[path = "../forms/mod.rs"]
#[allow(dead_code, reason = "one form of the two is needed")]
mod forms;

use std::error::Error;
use std::thread;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use tallyproof_core::form::Form;
use tallyproof_reader::codes::Point;
use tallyproof_reader::digits::Shown;
use tallyproof_reader::digits::train::{Chance, Lessons, Plan, train};
use tallyproof_reader::image::{DecodeLimits, decode_luma};
use tallyproof_reader::layout::{self, FigurePlace};
use tallyproof_render::practice::specimen;
use tallyproof_render::{Damage, Field, Leader, SheetFace, Style, Typeface, Zero, photograph, print_sheet};

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

fn main() -> Outcome<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let path = words.first().ok_or("name the file of weights")?;
    let n_sheets: u64 = words.get(1).map_or(Ok(2400), |word| word.parse())?;
    let lessons = lessons(n_sheets)?;
    println!("{} windows with a place, {} with a class", lessons.places.len(), lessons.classes.len());
    let net = train(&lessons, &Plan::shipped(), None);
    std::fs::write(path, net.to_bytes())?;
    Ok(())
}

/// Lessons of all sheets in order, whichever thread renders them.
fn lessons(n_sheets: u64) -> Outcome<Lessons> {
    let n_threads = thread::available_parallelism()?.get() as u64;
    let (form, names) = forms::form(&forms::OURS);
    let names: Vec<String> = form.figures().map(|figure| names[&figure].clone()).collect();
    let of_thread = |first: u64| -> Outcome<Vec<Lessons>> {
        (first..n_sheets).step_by(n_threads as usize).map(|i| sheet(i, &form, &names)).collect()
    };
    let mut parts = thread::scope(|scope| {
        let threads: Vec<_> = (0..n_threads).map(|first| scope.spawn(move || of_thread(first))).collect();
        let joined = threads.into_iter().map(|thread| thread.join().map_err(|_| "a thread stopped")?);
        joined.collect::<Outcome<Vec<_>>>()
    })?
    .into_iter()
    .map(Vec::into_iter)
    .collect::<Vec<_>>();
    let mut all = Lessons::default();
    for i in 0..n_sheets {
        let part = parts[(i % n_threads) as usize].next().ok_or("a sheet is missing")?;
        all.places.extend(part.places);
        all.classes.extend(part.classes);
    }
    Ok(all)
}

fn sheet(i: u64, form: &Form, names: &[String]) -> Outcome<Lessons> {
    let seed = (1000 + i % 100).wrapping_mul(1_000_003).wrapping_add(i / 100);
    let dice = &mut Dice(ChaCha8Rng::seed_from_u64(seed));
    let (style, damage) = (style(seed, dice), damage(seed, dice));
    let mut face = specimen(seed).face;
    if dice.below(4) > 0 {
        invent(&mut face, dice);
    }
    let photo = photograph(&print_sheet(&face, &style)?, &damage, seed);
    let luma = decode_luma(&photo.to_jpeg(), &DecodeLimits::default())?.luma;
    let code = photo.code.map(|quad| quad.map(point));
    let layout = layout::find(&luma, form, code.as_ref());
    let mut shown = Vec::new();
    for (at, name) in names.iter().enumerate() {
        let Some(field) = photo.fields.iter().find(|field| field.name == *name) else { continue };
        let believed = layout.as_ref().and_then(|layout| layout.figures[at].1);
        let mut line = line(&face, field, &style);
        if is_marked(&style) {
            line = line.replace('0', "Ø");
        }
        shown.extend(show(field, &line, believed, &style, dice));
    }
    let mut lessons = Lessons::default();
    lessons.show(&luma, &shown, &mut Chance::new(seed));
    Ok(lessons)
}

/// A figure as a lesson: where it is believed to be, shaken, and where it truly is. Its label, where one stands close
/// by, is a lesson of its own.
fn show(
    field: &Field,
    line: &str,
    believed: Option<FigurePlace>,
    style: &Style,
    dice: &mut Dice,
) -> Vec<Shown> {
    let n_letters = field.text.len().max(1) as f32;
    let [top_left, top_right, foot_right, _] = field.quad.map(point);
    let right = [0, 1].map(|k| (top_right[k] + foot_right[k]) / 2.0);
    let width = if field.text.is_empty() {
        None
    } else {
        Some([0, 1].map(|k| (top_right[k] - top_left[k]) / n_letters))
    };
    // A blank figure has no width; a neighbour's cell serves.
    let Some(cell) = width.or_else(|| believed.map(|place| place.cell)) else { return Vec::new() };
    let tall = (style.tallness / 2.0) as f32;
    let truth = FigurePlace { right, cell, half_height: [-cell[1] * tall, cell[0] * tall], max_cells: 6 };
    let distance = |place: &FigurePlace| (place.right[0] - right[0]).hypot(place.right[1] - right[1]);
    let cell_px = cell[0].hypot(cell[1]);
    let believed = believed
        .filter(|place| distance(place) < 0.45 * cell_px)
        .unwrap_or(FigurePlace { right: right.map(|part| part + 0.25 * cell_px * dice.around()), ..truth });
    let believed = shaken(believed, dice);
    let text_cells = field.text.len() as f32 + 2.0;
    let back = |from: Point, cells: f32| [0, 1].map(|k| from[k] - cells * cell[k]);
    let mut shown = vec![Shown { believed, right, cell, line: line.to_owned() }];
    if let Some((label, _)) = line.split_once(": ") {
        let believed = FigurePlace { right: back(believed.right, text_cells), max_cells: 6, ..believed };
        shown.push(Shown { believed, right: back(right, text_cells), cell, line: label.into() });
    }
    shown
}

/// The letters that end with the figure.
fn line(face: &SheetFace, field: &Field, style: &Style) -> String {
    if let Some(header) = face.header.iter().find(|line| line.field == field.name) {
        return format!("{}: {}", header.label, field.text);
    }
    let leader = match style.leader {
        Leader::Dots if field.name.starts_with('p') => ".",
        Leader::Underscores if field.name.starts_with('p') => "_",
        _ => " ",
    };
    format!("{} {}", leader.repeat(10), field.text)
}

/// Whether the printer slashes or dots its zeros; Noto Sans Mono does.
fn is_marked(style: &Style) -> bool {
    matches!(style.typeface, Typeface::Mono | Typeface::MonoBold) || style.zero != Zero::Open
}

/// Errors of layouts to come, and faces wider, taller and more slanted than any of ours.
fn shaken(place: FigurePlace, dice: &mut Dice) -> FigurePlace {
    let (wide, tall) = (1.0 + 0.05 * dice.around(), 1.0 + 0.12 * dice.around());
    let (slant, turn) = (0.12 * dice.around(), 0.03 * dice.around());
    let [cx, cy] = place.cell.map(|part| part * wide);
    let [hx, hy] = place.half_height.map(|part| part * tall);
    FigurePlace {
        cell: [cx - turn * cy, cy + turn * cx],
        half_height: [hx + slant * hy, hy - slant * hx],
        ..place
    }
}

/// Figures of any digits and length, some blank, and labels of any letters.
fn invent(face: &mut SheetFace, dice: &mut Dice) {
    const LENGTHS: [usize; 20] = [1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 5, 6];
    let groups =
        face.groups.iter_mut().flat_map(|group| std::iter::once(&mut group.total).chain(&mut group.lines));
    for line in groups.chain(&mut face.totals) {
        let n_digits = if dice.below(20) == 0 { 0 } else { LENGTHS[dice.below(20) as usize] };
        line.figure = dice.digits(n_digits);
    }
    for line in face.header.iter_mut().filter(|line| !line.field.is_empty()) {
        line.figure = dice.digits(line.figure.len());
        let letters = line.label.chars().map(|_| char::from(b'A' + dice.below(26) as u8));
        line.label = letters.collect();
    }
}

/// Printers, broadly.
fn style(seed: u64, dice: &mut Dice) -> Style {
    let faces = [Typeface::Plain, Typeface::Slab, Typeface::Square, Typeface::Mono, Typeface::MonoBold];
    let everyday = Style::everyday(seed);
    if dice.below(3) == 0 {
        return everyday;
    }
    Style {
        typeface: faces[dice.below(5) as usize],
        zero: [Zero::Open, Zero::Open, Zero::Slashed, Zero::Dotted][dice.below(4) as usize],
        digit_forms: u64::from(dice.bits()) << 20 | u64::from(dice.bits()),
        weight: 0.19 + 0.10 * f64::from(dice.around()),
        slant: 0.1 * f64::from(dice.around()),
        tallness: 1.3 + 0.28 * f64::from(dice.around()),
        columns: 40 + dice.below(12) as usize,
        darkness: 0.7 + 0.3 * f64::from(dice.around()),
        dead_dots: dice.below(5).saturating_sub(1),
        ..everyday
    }
}

/// Photographs, from everyday ones to bad ones.
fn damage(seed: u64, dice: &mut Dice) -> Damage {
    let mut damage = Damage::everyday(seed);
    let share = f64::from(dice.around().abs());
    match dice.below(12) {
        0 => damage.defocus_px = 1.0 + 1.8 * share,
        1 => damage.motion_px = 3.0 + 6.0 * share,
        2 => damage.fade = 0.3 + 0.5 * share,
        3 => damage.noise = 5.0 + 10.0 * share,
        4 => damage.quality = 25 + dice.below(20) as u8,
        5 => damage.shadow = 0.3 + 0.5 * share,
        6 => damage.glare = 0.3 + 0.5 * share,
        _ => {}
    }
    damage
}

fn point(corner: [f64; 2]) -> Point {
    corner.map(|part| part as f32)
}

struct Dice(ChaCha8Rng);

impl Dice {
    fn bits(&mut self) -> u32 {
        self.0.next_u32()
    }

    fn below(&mut self, n: u32) -> u32 {
        self.bits() % n
    }

    fn around(&mut self) -> f32 {
        self.below(20_001) as f32 / 10_000.0 - 1.0
    }

    fn digits(&mut self, n: usize) -> String {
        let digits = (0..n).map(|at| {
            let least = u32::from(at == 0 && n > 1);
            char::from(b'0' + (least + self.below(10 - least)) as u8)
        });
        digits.collect()
    }
}
