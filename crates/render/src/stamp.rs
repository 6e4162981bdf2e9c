//! A round rubber stamp, which says SYNTHETIC too.

use crate::dice::{Dice, Stream};
use crate::geometry::{Point, Quad};
use crate::pen::{Ink, draw};
use crate::picture::Picture;
use crate::strokes::{CAPITAL_UNITS, WIDTH_UNITS, strokes_of};

const PADS: [Ink; 3] = [Ink([86, 166, 122]), Ink([96, 150, 146]), Ink([92, 120, 178])];
const RING: &str = "SYNTHETIC * SYNTHETIC * ";
const MIDDLE: [&str; 2] = ["NOT A", "REAL SHEET"];

/// Presses the stamp somewhere on `area`, turned and patchy.
pub(crate) fn press(picture: &mut Picture, area: Quad, seed: u64) {
    let dice = &mut Dice::new(seed, Stream::Stamp);
    let (width, height) = (area[1][0] - area[0][0], area[2][1] - area[0][1]);
    let radius = (height * dice.between(0.42, 0.5)).min(width * 0.2);
    let centre =
        [area[0][0] + dice.between(0.2, 0.8) * width, area[0][1] + height * 0.5 + dice.around(height * 0.08)];
    let (sin, cos) = libm::sincos(dice.around(0.5));
    let ink = dice.pick(&PADS);
    let (grip, patch) = (dice.between(0.45, 0.75), [dice.between(0.02, 0.05), dice.between(0.02, 0.05)]);
    let cover = |x: f64, y: f64| {
        let patchy = libm::sin(x * patch[0] + libm::sin(y * patch[1] * 1.7)) * libm::cos(y * patch[1]);
        (grip + 0.3 * patchy).clamp(0.05, 0.9)
    };
    for line in figure() {
        let placed: Vec<Point> = line
            .iter()
            .map(|[x, y]| {
                [centre[0] + radius * (cos * x - sin * y), centre[1] + radius * (sin * x + cos * y)]
            })
            .collect();
        draw(picture, &placed, radius * 0.018 + 0.3, ink, cover);
    }
}

/// The stamp's lines in a circle of radius 1.
fn figure() -> Vec<Vec<Point>> {
    let mut lines = vec![circle(1.0), circle(0.94), circle(0.62)];
    let count = RING.chars().count() as f64;
    for (i, letter) in RING.chars().enumerate() {
        let turn = std::f64::consts::TAU * (i as f64 / count);
        let (sin, cos) = libm::sincos(turn);
        for stroke in strokes_of(letter, 0, true) {
            let place = |[x, y]: Point| {
                let (x, y) = ((x / WIDTH_UNITS - 0.5) * 0.13, -0.88 + y / CAPITAL_UNITS * 0.19);
                [cos * x - sin * y, sin * x + cos * y]
            };
            lines.push(stroke.into_iter().map(place).collect());
        }
    }
    for (row, text) in MIDDLE.iter().enumerate() {
        let letters = text.chars().count() as f64;
        for (i, letter) in text.chars().enumerate() {
            for stroke in strokes_of(letter, 0, true) {
                let place = |[x, y]: Point| {
                    let cell = (i as f64 - letters / 2.0 + 0.15 + x / WIDTH_UNITS * 0.7) * 0.112;
                    [cell, -0.2 + row as f64 * 0.24 + y / CAPITAL_UNITS * 0.16]
                };
                lines.push(stroke.into_iter().map(place).collect());
            }
        }
    }
    lines
}

fn circle(radius: f64) -> Vec<Point> {
    const CHORDS: u32 = 48;
    (0..=CHORDS)
        .map(|i| {
            let (sin, cos) = libm::sincos(std::f64::consts::TAU * f64::from(i) / f64::from(CHORDS));
            [radius * cos, radius * sin]
        })
        .collect()
}
