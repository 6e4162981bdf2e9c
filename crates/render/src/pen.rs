//! Ink by hand: signatures as smooth strokes.

#![allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "pixel arithmetic, clamped")]

use crate::dice::{Dice, Stream};
use crate::geometry::{Point, Quad, distance_to_segment};
use crate::picture::{Picture, Plane};
use crate::strokes::smooth;
use crate::style::Style;

/// A pen or a stamp pad: luma, blue difference, red difference.
#[derive(Clone, Copy)]
pub(crate) struct Ink(pub(crate) [u8; 3]);

const PENS: [Ink; 4] = [Ink([38, 128, 128]), Ink([62, 172, 112]), Ink([52, 160, 120]), Ink([30, 130, 127])];

/// Signs `area` as often as `style` says, each time where there is room left.
pub(crate) fn sign(picture: &mut Picture, area: Quad, style: &Style) {
    let dice = &mut Dice::new(style.seed, Stream::Pen);
    let count = style.signatures;
    let ink = dice.pick(&PENS);
    let (width, height) = (area[1][0] - area[0][0], area[2][1] - area[0][1]);
    let rows = count.div_ceil(2).max(1) as f64;
    for i in 0..count {
        let ink = if dice.chance(0.8) { ink } else { dice.pick(&PENS) };
        let (column, row) = ((i % 2) as f64, (i / 2) as f64);
        let left = area[0][0] + width * (0.06 + 0.48 * column) + dice.around(width * 0.05);
        let middle = area[0][1] + height * (row + 0.5) / rows + dice.around(height * 0.05);
        let size = [dice.between(0.2, 0.36) * width, dice.between(0.5, 0.95) * height / rows];
        let radius = dice.between(0.9, 1.9);
        let mut lines = vec![autograph([left, middle], size, dice)];
        if dice.chance(0.6) {
            lines.push(flourish([left, middle + size[1] * 0.4], size, dice));
        }
        for line in lines {
            draw(picture, &line, radius, ink, |_, _| 0.92);
        }
    }
}

/// Loops that run from left to right, high at the capitals: a pen that circles while it travels.
fn autograph([left, middle]: Point, [width, height]: Point, dice: &mut Dice) -> Vec<Point> {
    let loops = dice.between(3.0, 8.0);
    let lean = dice.between(0.0, 0.5);
    let (mut tall, mut wide) = (0.5, 0.1);
    let steps = (loops * 6.0) as usize;
    let points: Vec<Point> = (0..=steps)
        .map(|i| {
            let along = i as f64 / steps as f64;
            if i % 6 == 0 {
                let capital = i == 0 || dice.chance(0.2);
                tall = if capital { dice.between(0.35, 0.5) } else { dice.between(0.06, 0.2) };
                wide = dice.between(0.0, if capital { 0.16 } else { 0.09 });
            }
            let turn = std::f64::consts::TAU * along * loops;
            let y = height * tall * libm::sin(turn) + height * dice.around(0.02);
            let x = width * (along + wide * libm::cos(turn));
            [left + x - lean * y, middle + y - height * 0.15 * along]
        })
        .collect();
    smooth(&points, false, true)
}

fn flourish([left, y]: Point, [width, height]: Point, dice: &mut Dice) -> Vec<Point> {
    let mut points: Vec<Point> = Vec::new();
    for at in [0.95, 0.1, 0.5, 1.1] {
        points.push([left + width * (at + dice.around(0.08)), y + dice.around(height * 0.1)]);
    }
    smooth(&points[dice.below(2)..], false, true)
}

/// Draws a polyline; `cover` says how much ink takes at a place, 0..=1.
pub(crate) fn draw(
    picture: &mut Picture,
    line: &[Point],
    radius: f64,
    Ink([luma, blue, red]): Ink,
    cover: impl Fn(f64, f64) -> f64,
) {
    stroke(&mut picture.luma, line, 1.0, radius, luma, true, &cover);
    stroke(&mut picture.blue, line, 0.5, radius, blue, false, &cover);
    stroke(&mut picture.red, line, 0.5, radius, red, false, &cover);
}

/// Draws into one plane; the darkest (or most coloured) touch wins, so that joints do not blot.
fn stroke(
    plane: &mut Plane,
    line: &[Point],
    scale: f64,
    radius: f64,
    ink: u8,
    darken: bool,
    cover: &impl Fn(f64, f64) -> f64,
) {
    let reach = radius * scale + 1.0;
    for pair in line.windows(2) {
        let [a, b] = [pair[0].map(|c| c * scale), pair[1].map(|c| c * scale)];
        let span = |k: usize, n: usize| {
            let low = (a[k].min(b[k]) - reach).max(0.0) as usize;
            low.min(n)..((a[k].max(b[k]) + reach + 1.0).max(0.0) as usize).min(n)
        };
        for y in span(1, plane.height) {
            for x in span(0, plane.width) {
                let p = [x as f64 + 0.5, y as f64 + 0.5];
                let touch = (reach - 0.5 - distance_to_segment(p, a, b)).clamp(0.0, 1.0);
                if touch > 0.0 {
                    let at = &mut plane.samples[y * plane.width + x];
                    let goal = if darken { f64::from(ink).min(f64::from(*at)) } else { f64::from(ink) };
                    let amount = touch * cover(p[0] / scale, p[1] / scale);
                    *at = (f64::from(*at) + (goal - f64::from(*at)) * amount) as u8;
                }
            }
        }
    }
}
