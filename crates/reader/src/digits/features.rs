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

/// Gradients of a strip, ready to be gathered in any window of it.
pub(crate) struct Gradients {
    width: usize,
    height: usize,
    samples: Vec<Sample>,
}

/// The gradient at a sample, split between two neighbouring directions.
#[derive(Clone, Copy, Default)]
struct Sample {
    direction: u8,
    /// Along `direction` and along the next one.
    parts: [f32; 2],
    /// 0 = paper, 1 = ink.
    darkness: f32,
}

impl Gradients {
    /// Gradients in units of `contrast` grey levels, the contrast of print hereabouts.
    pub(crate) fn of(strip: &Strip, contrast: f32) -> Self {
        let (width, height) = (strip.width(), strip.height());
        let per_grey = 1.0 / contrast.max(LEAST_CONTRAST);
        let mut samples = vec![Sample::default(); width * height];
        for (y, out) in samples.chunks_exact_mut(width).enumerate() {
            let rows = [y.saturating_sub(1), y, (y + 1).min(height - 1)]
                .map(|row| strip.row(row).array_windows::<3>());
            let [above, here, below] = rows;
            // The outermost columns lie in no window that matters.
            for (((out, above), here), below) in out[1..].iter_mut().zip(above).zip(here).zip(below) {
                // Sobel's weights.
                let across = (above[0] - above[2]) + 2.0 * (here[0] - here[2]) + (below[0] - below[2]);
                let down = (above[0] - below[0]) + 2.0 * (above[1] - below[1]) + (above[2] - below[2]);
                let darkness = ((strip.paper - here[1]) * per_grey).clamp(0.0, 1.0);
                *out = Sample::new(across * per_grey * 0.125, down * per_grey * 0.125, darkness);
            }
        }
        Self { width, height, samples }
    }

    /// Features of the window whose middle is nearest to `middle`, samples.
    pub(crate) fn features(&self, middle: Point) -> Features {
        let corner = |axis: usize, size: usize| {
            let from = middle[axis] - WINDOW[axis] as f32 / 2.0;
            from.round().clamp(0.0, (size - WINDOW[axis]) as f32) as usize
        };
        let (left, top) = (corner(0, self.width), corner(1, self.height));
        let mut sums = [[0.0f32; GRID * CHANNELS]; GRID];
        let rows = self.samples.chunks_exact(self.width).skip(top);
        for (row, parts) in rows.zip(&ROW_PARTS) {
            let row = self.gather_row(&row[left..left + WINDOW[0]]);
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

    fn gather_row(&self, samples: &[Sample]) -> [f32; GRID * CHANNELS] {
        let mut row = [0.0; GRID * CHANNELS];
        for (sample, parts) in samples.iter().zip(&COLUMN_PARTS) {
            let direction = usize::from(sample.direction) % DIRECTIONS;
            for &(part, weight) in parts {
                let channels = &mut row[part * CHANNELS..][..CHANNELS];
                channels[direction] += weight * sample.parts[0];
                channels[(direction + 1) % DIRECTIONS] += weight * sample.parts[1];
                channels[DIRECTIONS] += weight * sample.darkness;
            }
        }
        row
    }
}

/// The first of the two directions around a gradient that points left (1), up (2), more up or down than across (4).
const FIRST_DIRECTION: [u8; 8] = [0, 3, 7, 4, 1, 2, 6, 5];

impl Sample {
    fn new(across: f32, down: f32, darkness: f32) -> Self {
        let (long, short) = (across.abs().max(down.abs()), across.abs().min(down.abs()));
        // Along the nearest axis, and along the nearest diagonal.
        let (axis, diagonal) = (long - short, short * std::f32::consts::SQRT_2);
        let steep = down.abs() > across.abs();
        let octant = u8::from(across < 0.0) | u8::from(down < 0.0) << 1 | u8::from(steep) << 2;
        let direction = FIRST_DIRECTION[usize::from(octant)];
        let parts = if direction.is_multiple_of(2) { [axis, diagonal] } else { [diagonal, axis] };
        Self { direction, parts, darkness }
    }
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
            let sample = Sample::new(x, y, 0.0);
            let first = usize::from(sample.direction);
            let sum = [0, 1].map(|axis| {
                sample.parts[0] * unit[first][axis] + sample.parts[1] * unit[(first + 1) % DIRECTIONS][axis]
            });
            assert!((sum[0] - x).abs() < 1e-5 && (sum[1] - y).abs() < 1e-5, "{degrees}: {sum:?}");
            assert!(sample.parts.iter().all(|part| *part >= 0.0));
        }
    }

    #[test]
    fn every_sample_counts_once() {
        for parts in COLUMN_PARTS.iter().chain(&ROW_PARTS) {
            assert!((parts[0].1 + parts[1].1 - 1.0).abs() < 1e-6 && parts[1].0 < GRID);
        }
    }
}
