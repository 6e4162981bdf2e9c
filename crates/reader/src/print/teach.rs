//! Lessons from sheets that were read through their code: this election's own printer teaches the net.

use std::collections::BTreeMap;

use tallyproof_core::form::{Figure, Form};

use super::figure::{Cell, Gaze};
use crate::Luma;
use crate::codes::Place;
use crate::digits::train::{Chance, Lessons};
use crate::digits::{Net, Strip, around};
use crate::layout;

/// Adds what a sheet's figures teach when their digits are `known` from another channel: where the digits stand is
/// found by `net`. Gives the number of figures that taught something, 0 when no text like the form's is found.
///
/// A figure counts only if something like a digit is seen in each of its cells and none beside them, so a row that was
/// mistaken for another teaches little that is wrong.
pub fn add_lessons(
    lessons: &mut Lessons,
    luma: &Luma,
    form: &Form,
    net: &Net,
    code: Option<&Place>,
    known: &BTreeMap<Figure, String>,
    chance: &mut Chance,
) -> usize {
    let Some(layout) = layout::find(luma, form, code) else { return 0 };
    let sure = layout.figures.iter().enumerate().filter(|(at, _)| !layout.doubtful[*at]);
    let places = sure.filter_map(|(_, (figure, place))| Some((known.get(figure)?, (*place)?)));
    let strips: Vec<(&String, Strip)> =
        places.map(|(text, place)| (text, Strip::sample(luma, &place))).collect();
    let surroundings = around(strips.iter().map(|(_, strip)| strip));
    let mut n_shown = 0;
    for ((text, strip), around) in strips.iter().zip(surroundings) {
        let walk = Gaze::new(net, strip, around.contrast).walk(strip.cell(0), Some(text.len()));
        let is_whole = walk.digits.iter().all(|cell| cell.is_digit() > 0.5)
            && walk.before.is_digit().max(walk.after.is_digit()) < 0.5
            && text.len() <= strip.n_cells();
        if is_whole {
            let cells = [&walk.after].into_iter().chain(&walk.digits).chain([&walk.before]);
            let text = std::iter::once(' ').chain(text.chars().rev()).chain(std::iter::once(' '));
            let letter = |(letter, cell): (char, &Cell)| match letter {
                '0' if cell.has_marked_zero() => ('Ø', cell.at),
                _ => (letter, cell.at),
            };
            let letters: Vec<_> = text.zip(cells).map(letter).collect();
            lessons.show_cells(&letters, strip, around.contrast, chance);
            n_shown += 1;
        }
    }
    n_shown
}
