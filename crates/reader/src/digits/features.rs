//! What the net is told about a cell: gradients by direction, gathered in a grid, and how dark each part is.
//!
//! Gradient features with eight directions of the chain code, each gradient split between the two nearest ones by
//! the parallelogram rule, gathered with overlapping weights and compressed by a square root
//! (C.-L. Liu, K. Nakashima, H. Sako, H. Fujisawa, Handwritten digit recognition: benchmarking of state-of-the-art
//! techniques, Pattern Recognition 36, 2003). They are histograms of oriented gradients (N. Dalal, B. Triggs,
//! CVPR 2005) without an arctangent: additions, products and square roots alone, which IEEE 754 rounds in one way
//! on every machine.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "windows are clamped to their strip and features to a byte"
)]

use super::strip::{Strip, WINDOW};
use crate::codes::Point;

/// Parts of a window across and down.
const GRID: usize = 8;
/// Directions of the chain code.
const DIRECTIONS: usize = 8;
/// Gradients of each direction, then darkness.
const CHANNELS: usize = DIRECTIONS + 1;
/// Numbers per window.
pub(crate) const N_FEATURES: usize = GRID * GRID * CHANNELS;
/// One window's features.
pub(crate) type Features = [u8; N_FEATURES];

/// Byte per square root of gathered gradient; the strongest edges of print reach about 200.
const GRADIENT_SCALE: f32 = 48.0;
/// Byte per unit of darkness gathered: a part that is all ink reaches about 200.
const DARKNESS_SCALE: f32 = 19.0;
/// Contrast below which a strip is taken for blank paper, grey levels: sensor noise must not look like print.
const LEAST_CONTRAST: f32 = 10.0;

/// Units of print's contrast per grey level.
pub(super) fn per_grey(contrast: f32) -> f32 {
    1.0 / contrast.max(LEAST_CONTRAST)
}

/// Gradients of a strip, ready to be gathered in any window of it.
pub(crate) struct Gradients {
    width: usize,
    height: usize,
    /// Per sample, the gradient's direction, and its parts along that direction and along the next one.
    directions: Vec<u8>,
    parts: [Vec<f32>; 2],
    /// 0 = paper, 1 = ink.
    darkness: Vec<f32>,
}

impl Gradients {
    /// Gradients in units of `contrast` grey levels, the contrast of print hereabouts.
    pub(crate) fn of(strip: &Strip, contrast: f32) -> Self {
        let (width, height) = (strip.width(), strip.height());
        let per_grey = per_grey(contrast);
        let mut gradients = Self {
            width,
            height,
            directions: vec![0; width * height],
            parts: [(); 2].map(|()| vec![0.0; width * height]),
            darkness: vec![0.0; width * height],
        };
        let n = width - 2;
        let [mut across, mut down] = [(); 2].map(|()| vec![0.0f32; n]);
        for y in 0..height {
            let rows = [y.saturating_sub(1), y, (y + 1).min(height - 1)];
            let [above, here, below] = rows.map(|row| [0, 1, 2].map(|from| &strip.row(row)[from..from + n]));
            // The outermost columns lie in no window that matters. Loops over rows of numbers, so that the compiler does many
            // at once.
            for x in 0..n {
                // Sobel's weights.
                let sum = (above[0][x] - above[2][x])
                    + 2.0 * (here[0][x] - here[2][x])
                    + (below[0][x] - below[2][x]);
                across[x] = sum * per_grey * 0.125;
                let sum = (above[0][x] - below[0][x])
                    + 2.0 * (above[1][x] - below[1][x])
                    + (above[2][x] - below[2][x]);
                down[x] = sum * per_grey * 0.125;
            }
            let row = y * width + 1..y * width + 1 + n;
            for (darkness, grey) in gradients.darkness[row.clone()].iter_mut().zip(here[1]) {
                *darkness = ((strip.paper - grey) * per_grey).clamp(0.0, 1.0);
            }
            let [one, other] = gradients.parts.each_mut().map(|parts| &mut parts[row.clone()]);
            let outs = gradients.directions[row].iter_mut().zip(one).zip(other);
            for (((direction, one), other), (across, down)) in outs.zip(across.iter().zip(&down)) {
                (*direction, [*one, *other]) = split(*across, *down);
            }
        }
        gradients
    }

    /// Features of the window whose middle is nearest to `middle`, samples.
    pub(crate) fn features(&self, middle: Point) -> Features {
        let corner = |axis: usize, size: usize| {
            let from = middle[axis] - WINDOW[axis] as f32 / 2.0;
            from.round().clamp(0.0, (size - WINDOW[axis]) as f32) as usize
        };
        let (left, top) = (corner(0, self.width), corner(1, self.height));
        let mut sums = [[0.0f32; GRID * CHANNELS]; GRID];
        for (y, parts) in (top..).zip(&ROW_PARTS) {
            let row = self.gather_row(y * self.width + left);
            for &(part, weight) in parts {
                sums[part].iter_mut().zip(&row).for_each(|(sum, value)| *sum += weight * value);
            }
        }
        let mut features = [0; N_FEATURES];
        for (byte, (at, sum)) in features.iter_mut().zip(sums.as_flattened().iter().enumerate()) {
            let is_darkness = at % CHANNELS == DIRECTIONS;
            let value = if is_darkness { DARKNESS_SCALE * sum } else { GRADIENT_SCALE * sum.sqrt() };
            *byte = value.clamp(0.0, 255.0) as u8;
        }
        features
    }

    /// One row of a window, from the sample `first` on.
    fn gather_row(&self, first: usize) -> [f32; GRID * CHANNELS] {
        let mut row = [0.0; GRID * CHANNELS];
        let here = first..first + WINDOW[0];
        let [one, other] = self.parts.each_ref().map(|parts| &parts[here.clone()]);
        let samples = self.directions[here.clone()].iter().zip(one).zip(other).zip(&self.darkness[here]);
        for ((((direction, one), other), darkness), parts) in samples.zip(&COLUMN_PARTS) {
            let direction = usize::from(*direction) % DIRECTIONS;
            for &(part, weight) in parts {
                let channels = &mut row[part * CHANNELS..][..CHANNELS];
                channels[direction] += weight * one;
                channels[(direction + 1) % DIRECTIONS] += weight * other;
                channels[DIRECTIONS] += weight * darkness;
            }
        }
        row
    }
}

/// A gradient between two neighbouring directions: the first of them, and the parts along both.
fn split(across: f32, down: f32) -> (u8, [f32; 2]) {
    let (a, d) = (across.abs(), down.abs());
    let (long, short) = if a > d { (a, d) } else { (d, a) };
    // Along the nearest axis, and along the nearest diagonal.
    let (axis, diagonal) = (long - short, short * std::f32::consts::SQRT_2);
    // More up or down than across; then the same mirrored left, then mirrored up.
    let direction = u8::from(d > a) ^ (u8::from(across < 0.0) * 3) ^ (u8::from(down < 0.0) * 7);
    (direction, if direction & 1 == 0 { [axis, diagonal] } else { [diagonal, axis] })
}

/// The two parts of the grid that a sample counts for, with overlapping weights.
const fn parts<const N: usize>() -> [[(usize, f32); 2]; N] {
    let mut all = [[(0, 0.0); 2]; N];
    let mut at = 0;
    while at < N {
        // Position in parts, from the middle of the first one.
        let place = (at as f32 + 0.5) * GRID as f32 / N as f32 - 0.5;
        let lower = if place < 0.0 { 0 } else { place as usize };
        let share = if place < 0.0 { 0.0 } else { place - lower as f32 };
        let upper = if lower + 1 < GRID { lower + 1 } else { lower };
        all[at] = [(lower, 1.0 - share), (upper, share)];
        at += 1;
    }
    all
}

const COLUMN_PARTS: [[(usize, f32); 2]; WINDOW[0]] = parts();
const ROW_PARTS: [[(usize, f32); 2]; WINDOW[1]] = parts();

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gradient_is_the_sum_of_its_two_parts_in_every_direction() {
        const DIAGONAL: f32 = std::f32::consts::FRAC_1_SQRT_2;
        let unit = [
            [1.0, 0.0],
            [DIAGONAL, DIAGONAL],
            [0.0, 1.0],
            [-DIAGONAL, DIAGONAL],
            [-1.0, 0.0],
            [-DIAGONAL, -DIAGONAL],
            [0.0, -1.0],
            [DIAGONAL, -DIAGONAL],
        ];
        for degrees in 0..360u16 {
            let (y, x) = f32::from(degrees).to_radians().sin_cos();
            let (direction, parts) = split(x, y);
            let first = usize::from(direction);
            let sum = [0, 1]
                .map(|axis| parts[0] * unit[first][axis] + parts[1] * unit[(first + 1) % DIRECTIONS][axis]);
            assert!((sum[0] - x).abs() < 1e-5 && (sum[1] - y).abs() < 1e-5, "{degrees}: {sum:?}");
            assert!(parts.iter().all(|part| *part >= 0.0));
        }
    }

    #[test]
    fn every_sample_counts_once() {
        for parts in COLUMN_PARTS.iter().chain(&ROW_PARTS) {
            assert!((parts[0].1 + parts[1].1 - 1.0).abs() < 1e-6 && parts[1].0 < GRID);
        }
    }
}
