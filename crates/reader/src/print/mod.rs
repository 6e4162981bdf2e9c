//! What the printed figures of a sheet say: the second channel.
//!
//! Two questions are asked of every figure. *Blind*: which digits stand there? And, where the code proposes a
//! value, *compared*: is it this value that stands there? The second is easier, and safe as long as a wrong
//! proposal is refused; how often an altered digit would be accepted is measured and bounded.

mod figure;
mod obstacle;
mod second;
mod teach;

pub use teach::add_lessons;

use tallyproof_core::form::{Figure, Form};

use crate::Luma;
use crate::codes::{Budget, Place, Point};
use crate::digits::{Around, CELL, Net, Strip, around};
use crate::layout::{self, FigurePlace, Layout};
use figure::{Gaze, Walk, Zeros};

/// What stands in a figure's place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Printed {
    /// These ASCII digits, leading zeros kept.
    Digits(String),
    /// The paper is empty there.
    Blank,
    /// Something stands there that cannot be read.
    Illegible(Obstacle),
    /// The row was not found, so nothing is known of the figure.
    NotFound,
}

/// Why a figure cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Obstacle {
    /// Print too faint against the paper.
    Faint,
    /// Edges smeared by motion or focus.
    Blurred,
    /// Burnt out by light.
    Glare,
    /// Something lies or is written over it.
    Covered,
    /// It leaves the picture or the paper.
    CutOff,
    /// Digits are seen, but not surely told apart, or the row may be another's.
    Unsure,
}

/// Whether a figure is the value another channel proposes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Match {
    /// It is this value.
    Same,
    /// It is surely another one.
    Other,
    /// It cannot be told.
    Unsure,
}

/// One printed figure.
#[derive(Clone, Debug, PartialEq)]
pub struct FigureReading {
    /// Which.
    pub figure: Figure,
    /// What stands there, read without knowing any other channel.
    pub printed: Printed,
    /// Least sure digit's probability by the net, 0..=1; 0 when nothing was read.
    pub confidence: f32,
    /// Where it stands in the upright picture, px; `None` when its row was not found.
    pub crop: Option<Place>,
}

/// The printed figures of a sheet.
#[derive(Clone, Debug)]
pub struct Print {
    /// Where the form's rows were found.
    pub layout: Layout,
    /// Every figure of the form in printed order.
    pub figures: Vec<FigureReading>,
    /// What paper and print look like around each figure.
    surroundings: Vec<Around>,
    /// Which shape of the zero this printer has.
    zeros: Zeros,
}

/// Blind digits below this probability are not read.
const SURE: f32 = 0.9;
/// A proposed value whose least sure digit is above this is accepted.
const SAME: f32 = 0.6;
/// A place is blank when its cells are empty with this probability.
const EMPTY: f32 = 0.9;

/// Reads all figures of a sheet of `form` without knowing any of them; `None` when no text like the form's is found.
/// `code` is where the sheet's code was read, if it was: it says which way is up.
#[must_use]
pub fn read_print(luma: &Luma, form: &Form, net: &Net, code: Option<&Place>) -> Option<Print> {
    read_print_within(luma, form, net, code, &Budget::unlimited())
}

/// As [`read_print`]; `None` too when `budget` ends before everything is read.
#[must_use]
pub fn read_print_within(
    luma: &Luma,
    form: &Form,
    net: &Net,
    code: Option<&Place>,
    budget: &Budget<'_>,
) -> Option<Print> {
    let layout = layout::find_within(luma, form, code, budget)?;
    let places: Vec<FigurePlace> = layout.figures.iter().filter_map(|(_, place)| *place).collect();
    let strips: Vec<Strip> = places.iter().map(|place| Strip::sample(luma, place)).collect();
    let around = around(&strips);
    let walk =
        |(strip, around): (&Strip, &Around)| Gaze::new(net, strip, around.contrast).walk(strip.cell(0), None);
    let walks = strips.iter().zip(&around).map(|figure| budget.lasts().then(|| walk(figure)));
    let walks = walks.collect::<Option<Vec<Walk>>>()?;
    let zeros = Zeros::of(walks.iter());
    let mut looked = strips.iter().zip(around).zip(&walks);
    let (mut figures, mut surroundings) = (Vec::new(), Vec::new());
    for (at, (figure, place)) in layout.figures.iter().enumerate() {
        let found = place.as_ref().and_then(|place| Some((place, looked.next()?)));
        let (printed, confidence) = match found {
            Some((_, ((strip, around), walk))) => read(net, strip, around, &walk.with(zeros)),
            None => (Printed::NotFound, 0.0),
        };
        let is_whole = |text: &str| layout::digits_of(form, *figure).is_none_or(|n| n == text.len());
        let printed = match printed {
            // What stands there may be another row's.
            Printed::Digits(_) | Printed::Blank if layout.doubtful[at] => {
                Printed::Illegible(Obstacle::Unsure)
            }
            // Or part of it, or part of another word.
            Printed::Digits(text) if !is_whole(&text) => Printed::Illegible(Obstacle::Unsure),
            printed => printed,
        };
        let crop = found.map(|(place, (_, walk))| crop(place, walk.digits.len().max(1)));
        figures.push(FigureReading { figure: *figure, printed, confidence, crop });
        surroundings.push(found.map(|(_, ((_, around), _))| around).unwrap_or_default());
    }
    Some(Print { layout, figures, surroundings, zeros })
}

/// What stands in one figure's place, read blind, and the probability of the least sure thing about it.
fn read(net: &Net, strip: &Strip, around: Around, walk: &Walk) -> (Printed, f32) {
    let (text, sure) = walk.read();
    if !text.is_empty() && sure >= SURE {
        return (Printed::Digits(text), sure);
    }
    let sure = if text.is_empty() { walk.before.is_empty() } else { sure };
    match obstacle::of(strip, around, walk) {
        // Light and fingers leave no print either.
        Obstacle::Unsure if text.is_empty() && sure >= EMPTY => {
            let printed = if is_beside(net, strip, around, walk) {
                Printed::Illegible(Obstacle::Unsure)
            } else {
                Printed::Blank
            };
            (printed, sure)
        }
        obstacle => (Printed::Illegible(obstacle), sure),
    }
}

/// Whether a digit stands in a cell beside an empty one: then the layout has missed its figure by a cell.
fn is_beside(net: &Net, strip: &Strip, around: Around, walk: &Walk) -> bool {
    let gaze = Gaze::new(net, strip, around.contrast);
    let [x, y] = walk.before.at;
    walk.after.is_digit() >= 0.5 || gaze.cell([x - CELL as f32, y]).is_digit() >= 0.5
}

impl Print {
    /// Whether a figure is `proposed`, ASCII digits with the zeros it is printed with. Of a figure whose row may be
    /// another's nothing can be told.
    #[must_use]
    pub fn compare(&self, luma: &Luma, net: &Net, figure: Figure, proposed: &str) -> Match {
        let Some(at) = self.figures.iter().position(|reading| reading.figure == figure) else {
            return Match::Unsure;
        };
        let digits: Option<Vec<usize>> =
            proposed.bytes().map(|byte| byte.is_ascii_digit().then(|| usize::from(byte - b'0'))).collect();
        let (Some(digits), Some(place)) =
            (digits.filter(|digits| !digits.is_empty()), self.layout.figures[at].1)
        else {
            return Match::Unsure;
        };
        if self.layout.doubtful[at] {
            return Match::Unsure;
        }
        match &self.figures[at].printed {
            Printed::Digits(text) if text == proposed => return Match::Same,
            Printed::Digits(_) | Printed::Blank => return Match::Other,
            Printed::Illegible(_) | Printed::NotFound => {}
        }
        let strip = Strip::sample(luma, &place);
        if digits.len() > strip.n_cells() {
            return Match::Unsure;
        }
        let gaze = Gaze::new(net, &strip, self.surroundings[at].contrast);
        let walk = gaze.walk(strip.cell(0), Some(digits.len())).with(self.zeros);
        if walk.agrees(&digits) >= SAME { Match::Same } else { Match::Unsure }
    }
}

/// The four corners of a figure's cells with a quarter of a letter's height of air.
fn crop(place: &FigurePlace, n_cells: usize) -> Place {
    const AIR: f32 = 1.5;
    let cells = n_cells as f32 + 0.25;
    let corner = |back: f32, down: f32| -> Point {
        [0, 1].map(|axis| place.right[axis] - back * place.cell[axis] + down * AIR * place.half_height[axis])
    };
    [corner(cells, -1.0), corner(-0.25, -1.0), corner(-0.25, 1.0), corner(cells, 1.0)]
}
