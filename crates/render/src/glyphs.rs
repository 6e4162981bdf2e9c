//! Letters as masks of ink: our strokes drawn with a round pen, or a bitmap face brought to size.

#![allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "pixel arithmetic, clamped")]

use std::collections::BTreeMap;

use noto_sans_mono_bitmap::{FontWeight, RasterHeight, RasterizedChar, get_raster};

use crate::geometry::{Point, distance_to_segment};
use crate::picture::Plane;
use crate::strokes::{CAPITAL_UNITS, Stroke, WIDTH_UNITS, strokes_of};
use crate::style::{Style, Typeface, Zero};

/// Space around a letter's cell that its mask may use, px.
const BLEED: usize = 3;

/// Masks of one face at one size, drawn when first asked for.
pub(crate) struct Alphabet<'a> {
    style: &'a Style,
    /// Width of a letter's cell, px.
    pub(crate) cell: f64,
    /// Height of a capital, px.
    pub(crate) capital: f64,
    masks: BTreeMap<char, Plane>,
}

impl<'a> Alphabet<'a> {
    pub(crate) fn new(style: &'a Style, cell: f64) -> Self {
        Self { style, cell, capital: style.tallness * cell, masks: BTreeMap::new() }
    }

    /// Ink of `letter`; the capital's top left corner lies at [`Self::origin`] in the mask.
    pub(crate) fn mask(&mut self, letter: char) -> &Plane {
        if !self.masks.contains_key(&letter) {
            let mask = self.draw(letter);
            self.masks.insert(letter, mask);
        }
        &self.masks[&letter]
    }

    /// Place of the cell's left edge and the capital's top within a mask, px.
    pub(crate) fn origin(&self) -> (usize, usize) {
        (BLEED, (self.capital * 0.4) as usize + BLEED)
    }

    fn draw(&self, letter: char) -> Plane {
        let width = self.cell.ceil() as usize + 2 * BLEED;
        let height = (self.capital * 1.8).ceil() as usize + 2 * BLEED;
        let mut mask = Plane::filled(width, height, 0);
        match self.style.typeface {
            Typeface::Mono => self.scale_bitmap(letter, FontWeight::Regular, &mut mask),
            Typeface::MonoBold => self.scale_bitmap(letter, FontWeight::Bold, &mut mask),
            Typeface::Plain | Typeface::Slab | Typeface::Square => self.trace(letter, &mut mask),
        }
        mask
    }

    fn trace(&self, letter: char, mask: &mut Plane) {
        let (left, top) = self.origin();
        let pen = self.style.weight * self.cell;
        let scale = [(self.cell * 0.86 - pen) / WIDTH_UNITS, (self.capital - pen) / CAPITAL_UNITS];
        for stroke in self.shape(letter) {
            let placed: Stroke = stroke
                .iter()
                .map(|[x, y]| {
                    let lean = self.style.slant * (self.capital * 0.5 - y * scale[1]);
                    let x = left as f64 + self.cell * 0.07 + pen / 2.0 + x * scale[0] + lean;
                    [x, top as f64 + pen / 2.0 + y * scale[1]]
                })
                .collect();
            let dot = placed.len() == 1;
            ink_stroke(mask, &placed, if dot { pen * 0.68 } else { pen * 0.5 });
        }
    }

    fn shape(&self, letter: char) -> Vec<Stroke> {
        let style = self.style;
        let mut strokes = strokes_of(letter, style.digit_forms, style.typeface != Typeface::Square);
        match (letter, style.zero) {
            ('0', Zero::Slashed) => strokes.push(vec![[2.0, 9.5], [6.0, 2.5]]),
            ('0', Zero::Dotted) => strokes.push(vec![[4.0, 5.4], [4.0, 6.6]]),
            _ => {}
        }
        if style.typeface == Typeface::Slab && (letter.is_alphabetic() || letter == '4') {
            let slabs: Vec<Stroke> = strokes.iter().flat_map(|s| slabs_of(s)).collect();
            strokes.extend(slabs);
        }
        strokes
    }

    fn scale_bitmap(&self, letter: char, weight: FontWeight, mask: &mut Plane) {
        let raster = |c| get_raster(c, weight, RasterHeight::Size32);
        let (Some(source), Some(model)) = (raster(letter).or_else(|| raster('?')), raster('H')) else {
            return;
        };
        let (model_top, model_height) = inked_rows(&model);
        let (left, top) = self.origin();
        let (step_x, step_y) = (source.width() as f64 / self.cell, model_height / self.capital);
        for y in 0..mask.height {
            let from_y = model_top + (y as f64 + 0.5 - top as f64) * step_y - 0.5;
            for (x, out) in mask.row_mut(y).iter_mut().enumerate() {
                let from_x = (x as f64 + 0.5 - left as f64) * step_x - 0.5;
                *out = interpolate(&source, from_x, from_y);
            }
        }
    }
}

/// First row and number of rows with ink in the middle of a letter.
fn inked_rows(letter: &RasterizedChar) -> (f64, f64) {
    let inked: Vec<usize> =
        letter.rows().enumerate().filter(|(_, row)| row.iter().any(|&a| a > 100)).map(|(y, _)| y).collect();
    match (inked.first(), inked.last()) {
        (Some(&first), Some(&last)) => (first as f64, (last - first + 1) as f64),
        _ => (0.0, letter.height() as f64),
    }
}

fn interpolate(source: &RasterizedChar, x: f64, y: f64) -> u8 {
    let (left, top) = (x.floor(), y.floor());
    let at = |dx: f64, dy: f64| {
        let (x, y) = (left + dx, top + dy);
        if x < 0.0 || y < 0.0 { 0.0 } else { f64::from(source.pixel(x as usize, y as usize).unwrap_or(0)) }
    };
    let (fx, fy) = (x - left, y - top);
    let upper = at(0.0, 0.0) * (1.0 - fx) + at(1.0, 0.0) * fx;
    let lower = at(0.0, 1.0) * (1.0 - fx) + at(1.0, 1.0) * fx;
    (upper * (1.0 - fy) + lower * fy) as u8
}

/// Slab serifs: a bar where an upright stroke ends on the capital line or the baseline.
fn slabs_of(stroke: &[Point]) -> Vec<Stroke> {
    let ends = match stroke {
        [] | [_] => return Vec::new(),
        [first, second, ..] => [(*first, *second), (stroke[stroke.len() - 1], stroke[stroke.len() - 2])],
    };
    let is_slab = |(end, next): &(Point, Point)| {
        let upright = (next[1] - end[1]).abs() > 2.2 * (next[0] - end[0]).abs();
        upright && (end[1] == 0.0 || end[1] == CAPITAL_UNITS)
    };
    let bar = |(end, _): (Point, Point)| {
        vec![[(end[0] - 1.5).max(-0.6), end[1]], [(end[0] + 1.5).min(WIDTH_UNITS + 0.6), end[1]]]
    };
    ends.into_iter().filter(is_slab).map(bar).collect()
}

/// Lays `stroke` into `mask` with a round pen of the given radius; ink does not add up where strokes cross.
fn ink_stroke(mask: &mut Plane, stroke: &[Point], radius: f64) {
    let last = stroke.len().saturating_sub(1);
    for i in 0..last.max(1) {
        let (a, b) = (stroke[i], stroke[(i + 1).min(last)]);
        let span = |k: usize, n: usize| {
            let low = (a[k].min(b[k]) - radius - 1.0).max(0.0) as usize;
            low.min(n)..((a[k].max(b[k]) + radius + 2.0).max(0.0) as usize).min(n)
        };
        for y in span(1, mask.height) {
            for x in span(0, mask.width) {
                let distance = distance_to_segment([x as f64 + 0.5, y as f64 + 0.5], a, b);
                let ink = ((radius + 0.5 - distance).clamp(0.0, 1.0) * 255.0) as u8;
                let at = &mut mask.samples[y * mask.width + x];
                *at = ink.max(*at);
            }
        }
    }
}
