//! A figure's strip: the photograph along one line of text, sampled so that every letter's cell has one size.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "pixel arithmetic: places are clamped to the picture, counts are bounded by a strip's sides"
)]

use super::features::per_grey;
use crate::Luma;
use crate::codes::Point;
use crate::layout::FigurePlace;

/// Samples along a cell.
pub(crate) const CELL: usize = 14;
/// Samples from the middle of the line to the foot of its capitals.
pub(crate) const HALF: usize = 9;
/// What the net sees of a cell, samples: the cell, a third of each neighbour, and some air above and below.
pub(crate) const WINDOW: [usize; 2] = [24, 28];
/// What gradients of a window are made of, samples: the window and one sample around it.
pub(crate) const CELL_PICTURE: [usize; 2] = [WINDOW[0] + 2, WINDOW[1] + 2];
/// A cell as another recogniser sees it, row-major: 0 = paper, 1 = ink as dark as print is hereabouts.
pub(crate) type CellPicture = [f32; CELL_PICTURE[0] * CELL_PICTURE[1]];
/// Samples a window may lie above or below where the layout believes it.
pub(crate) const REACH: usize = 8;
/// Samples left and right of the figure's cells: half a window around the cell that must be empty, and some reach.
const SIDE: usize = CELL / 2 + WINDOW[0] / 2 + 12;
/// Most cells a strip has.
const MAX_CELLS: usize = 16;
/// Rows of a strip.
const HEIGHT: usize = WINDOW[1] + 2 * REACH;
/// Source px a sample averages at most in each direction; finer pictures are sampled sparsely.
const MAX_TAPS: usize = 4;
/// Samples that must be darker for a grey level to count as ink: a `1` is some forty samples.
const INK_SAMPLES: usize = 16;

/// Grey levels along one line of text.
pub(crate) struct Strip {
    width: usize,
    /// Grey levels, row-major, `HEIGHT` rows.
    grey: Vec<f32>,
    /// Level of blank paper.
    pub(crate) paper: f32,
    /// Paper less ink, grey levels; paper's noise alone where there is no ink.
    pub(crate) contrast: f32,
    /// Share of samples beyond the picture's edge, 0..=1.
    pub(crate) outside: f32,
}

impl Strip {
    /// Samples the line of `place`: bilinear, from the mean of a few px where the picture is finer.
    pub(crate) fn sample(luma: &Luma, place: &FigurePlace) -> Self {
        let width = 2 * SIDE + CELL * place.max_cells.clamp(1, MAX_CELLS);
        let along = place.cell.map(|part| part / CELL as f32);
        let down = place.half_height.map(|part| part / HALF as f32);
        let (picture, taps) = (Picture(luma), taps(along, down));
        let mut strip =
            Self { width, grey: vec![0.0; width * HEIGHT], paper: 0.0, contrast: 0.0, outside: 0.0 };
        let x = 0.5 - (width - SIDE) as f32;
        let mut n_outside = 0;
        for (y, row) in strip.grey.chunks_exact_mut(width).enumerate() {
            let y = y as f32 + 0.5 - HEIGHT as f32 / 2.0;
            for [across, deep] in &taps {
                let at =
                    |axis: usize| place.right[axis] + (x + across) * along[axis] + (y + deep) * down[axis];
                n_outside += picture.add_row([at(0), at(1)], along, row);
            }
            row.iter_mut().for_each(|grey| *grey /= taps.len() as f32);
        }
        let samples = (width * HEIGHT) as f32;
        strip.outside = n_outside as f32 / (samples * taps.len() as f32);
        strip.measure();
        strip
    }

    /// Paper is what a fifth of the samples are brighter than; ink is what few are darker than.
    pub(super) fn measure(&mut self) {
        let mut sorted = self.grey.clone();
        let paper = sorted.len() * 4 / 5;
        let (darker, paper, _) = sorted.select_nth_unstable_by(paper, f32::total_cmp);
        self.paper = *paper;
        let (_, ink, _) = darker.select_nth_unstable_by(INK_SAMPLES, f32::total_cmp);
        self.contrast = self.paper - *ink;
    }

    pub(crate) fn width(&self) -> usize {
        self.width
    }

    pub(crate) fn height(&self) -> usize {
        HEIGHT
    }

    pub(crate) fn row(&self, y: usize) -> &[f32] {
        &self.grey[y * self.width..][..self.width]
    }

    pub(super) fn row_mut(&mut self, y: usize) -> &mut [f32] {
        &mut self.grey[y * self.width..][..self.width]
    }

    /// The rows of the window around a place, cut where the strip ends.
    pub(crate) fn window(&self, [x, y]: Point) -> Vec<&[f32]> {
        let range = |at: f32, size: usize, n: usize| {
            let from = (at - size as f32 / 2.0).round().clamp(0.0, (n - size) as f32) as usize;
            from..from + size
        };
        let columns = range(x, WINDOW[0], self.width);
        range(y, WINDOW[1], HEIGHT).map(|row| &self.row(row)[columns.clone()]).collect()
    }

    /// The window around a place and one sample around it, in units of `contrast`, the contrast of print hereabouts.
    pub(crate) fn cell_picture(&self, middle: Point, contrast: f32) -> CellPicture {
        let per_grey = per_grey(contrast);
        let corner = |axis: usize, size: usize| {
            let from = middle[axis] - WINDOW[axis] as f32 / 2.0;
            from.round().clamp(0.0, (size - WINDOW[axis]) as f32) as usize
        };
        let (left, top) = (corner(0, self.width), corner(1, HEIGHT));
        std::array::from_fn(|at| {
            let (x, y) = (left + at % CELL_PICTURE[0], top + at / CELL_PICTURE[0]);
            let row = self.row(y.saturating_sub(1).min(HEIGHT - 1));
            (self.paper - row[x.saturating_sub(1).min(self.width - 1)]) * per_grey
        })
    }

    /// Middle of a cell counted from the last one, -1 = the one right of it, in samples.
    pub(crate) fn cell(&self, from_last: i16) -> Point {
        let x = (self.width - SIDE) as f32 - (f32::from(from_last) + 0.5) * CELL as f32;
        [x, HEIGHT as f32 / 2.0]
    }

    /// Whether a window around a place lies within the strip.
    pub(crate) fn holds(&self, [x, y]: Point) -> bool {
        let (half, deep) = (WINDOW[0] as f32 / 2.0, WINDOW[1] as f32 / 2.0);
        (half..self.width as f32 - half).contains(&x) && (deep..HEIGHT as f32 - deep).contains(&y)
    }

    /// Cells the strip has room for, besides one on each side.
    pub(crate) fn n_cells(&self) -> usize {
        (self.width - 2 * SIDE) / CELL
    }
}

fn length([x, y]: Point) -> f32 {
    (x * x + y * y).sqrt()
}

/// Places around a sample whose mean it is, in samples, so that a fine picture is not sampled through a sieve.
fn taps(along: Point, down: Point) -> Vec<Point> {
    let n = |step: Point| (length(step).round().max(1.0) as usize).min(MAX_TAPS);
    let (across, deep) = (n(along), n(down));
    let part = |i: usize, n: usize| (i as f32 + 0.5) / n as f32 - 0.5;
    (0..across * deep).map(|i| [part(i % across, across), part(i / across, deep)]).collect()
}

/// A picture asked for grey levels between its pixels.
struct Picture<'a>(&'a Luma);

/// Bits of a place in the picture that count parts of a pixel.
const FINE: u32 = 12;
/// No picture that is decoded reaches so far, px.
const FARTHEST: f32 = 200_000.0;
/// Longest step from one sample to the next, px.
const LONGEST: f32 = 200.0;

impl Picture<'_> {
    /// Adds grey levels from `from` on by `step` and says how many places lie outside the picture. Bilinear; the
    /// centre of the first pixel is (0.5, 0.5) and the border is repeated outwards.
    fn add_row(&self, from: Point, step: Point, row: &mut [f32]) -> usize {
        let (width, height) = (self.0.width_px(), self.0.height_px());
        let pixels = self.0.pixels();
        if width < 2 || height < 2 {
            row.iter_mut().for_each(|grey| *grey += f32::from(pixels[0]));
            return 0;
        }
        let fixed = |px: f32, most: f32| (px.clamp(-most, most) * (1 << FINE) as f32) as i32;
        let mut at = from.map(|px| fixed(px - 0.5, FARTHEST));
        let step = step.map(|px| fixed(px, LONGEST));
        let last = [width, height].map(|n| (((n - 1) << FINE) - 1) as i32);
        let mut n_outside = 0;
        for grey in row {
            let inside = [0, 1].map(|axis| at[axis].clamp(0, last[axis]));
            n_outside += usize::from(inside != at);
            let [x, y] = inside.map(|place| (place >> FINE) as usize);
            let [fx, fy] = inside.map(|place| (place & ((1 << FINE) - 1)) >> (FINE - 8));
            let square = &pixels[y * width + x..][..width + 2];
            let [a, b, c, d] = [square[0], square[1], square[width], square[width + 1]].map(i32::from);
            let (upper, lower) = (a * 256 + (b - a) * fx, c * 256 + (d - c) * fx);
            *grey += (upper * 256 + (lower - upper) * fy) as f32 / 65536.0;
            at = [0, 1].map(|axis| at[axis].wrapping_add(step[axis]));
        }
        n_outside
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_strip_follows_its_line_at_any_angle() {
        // A dark bar one cell wide ends where the figure ends; upright, then turned a quarter.
        let (width, height) = (200, 120);
        let dark = |x: usize, y: usize| (100..120).contains(&x) && (40..70).contains(&y);
        let pixels =
            (0..width * height).map(|at| if dark(at % width, at / width) { 40 } else { 220 }).collect();
        let upright = Luma::new(width, height, pixels).unwrap();
        let turned_dark = |x: usize, y: usize| dark(y, height - 1 - x);
        let pixels = (0..width * height)
            .map(|at| if turned_dark(at % height, at / height) { 40 } else { 220 })
            .collect();
        let turned = Luma::new(height, width, pixels).unwrap();
        let place = |right, cell, half_height| FigurePlace { right, cell, half_height, max_cells: 3 };
        for strip in [
            Strip::sample(&upright, &place([120.0, 55.0], [20.0, 0.0], [0.0, 15.0])),
            Strip::sample(&turned, &place([65.0, 120.0], [0.0, 20.0], [-15.0, 0.0])),
        ] {
            let [x, y] = strip.cell(0).map(|at| at as usize);
            let row = strip.row(y);
            assert_eq!([row[x - CELL], row[x], row[x + CELL]], [220.0, 40.0, 220.0]);
            assert_eq!([strip.row(y - HALF - 2)[x], strip.row(y - HALF + 1)[x]], [220.0, 40.0]);
            assert_eq!([strip.paper, strip.contrast, strip.outside], [220.0, 180.0, 0.0]);
        }
    }

    #[test]
    fn places_beyond_any_picture_are_sampled_without_harm() {
        let luma = Luma::new(3, 2, vec![9; 6]).unwrap();
        for wild in [f32::NAN, f32::INFINITY, -1e30, 1e30, 0.0] {
            let place =
                FigurePlace { right: [wild; 2], cell: [wild; 2], half_height: [wild; 2], max_cells: 99 };
            let strip = Strip::sample(&luma, &place);
            assert!(strip.n_cells() == MAX_CELLS && strip.row(0).iter().all(|grey| *grey == 9.0));
        }
    }
}
