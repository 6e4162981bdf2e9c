//! Defocus and motion on a grey plane.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "pixel arithmetic, clamped"
)]

use crate::picture::Plane;

/// Narrower than this, blur changes less than a grey level.
const LEAST_PX: f64 = 0.25;

/// One in the fixed point of the weights: a weighted sum of bytes still fits 16 bits.
const ONE: u16 = 256;

/// Gaussian blur of standard deviation `sigma` px.
pub(crate) fn defocus(plane: &mut Plane, sigma: f64) {
    if sigma < LEAST_PX {
        return;
    }
    let kernel = gaussian(sigma);
    let radius = kernel.len() / 2;
    let (width, height) = (plane.width, plane.height);
    let mut column = vec![0_u8; width];
    let mut padded = vec![0_u8; width + 2 * radius];
    let mut sums = vec![0_u16; width];
    let mut blurred = vec![0_u8; plane.samples.len()];
    for (y, out) in blurred.chunks_exact_mut(width).enumerate() {
        let rows = (0..kernel.len()).map(|k| plane.row((y + k).saturating_sub(radius).min(height - 1)));
        weigh(rows, &kernel, &mut sums, &mut column);
        pad(&column, radius, &mut padded);
        weigh((0..kernel.len()).map(|k| &padded[k..k + width]), &kernel, &mut sums, out);
    }
    plane.samples = blurred;
}

/// `out` = Σ `weights` · `rows`. Wrapping arithmetic: the weights add up to [`ONE`], so nothing overflows.
fn weigh<'a>(rows: impl Iterator<Item = &'a [u8]>, weights: &[u16], sums: &mut [u16], out: &mut [u8]) {
    sums.fill(ONE / 2);
    for (row, &weight) in rows.zip(weights) {
        for (sum, &level) in sums.iter_mut().zip(row) {
            *sum = sum.wrapping_add(u16::from(level).wrapping_mul(weight));
        }
    }
    out.iter_mut().zip(&*sums).for_each(|(out, &sum)| *out = (sum >> 8) as u8);
}

/// `row` with its ends repeated `reach` times on either side.
fn pad(row: &[u8], reach: usize, padded: &mut [u8]) {
    padded[..reach].fill(row[0]);
    padded[reach..reach + row.len()].copy_from_slice(row);
    padded[reach + row.len()..].fill(row[row.len() - 1]);
}

fn gaussian(sigma: f64) -> Vec<u16> {
    let radius = (sigma * 2.2).ceil() as i32;
    let bell = |i: i32| libm::exp(-f64::from(i * i) / (2.0 * sigma * sigma));
    let sum: f64 = (-radius..=radius).map(bell).sum();
    let mut weights: Vec<u16> =
        (-radius..=radius).map(|i| (bell(i) / sum * f64::from(ONE)).floor() as u16).collect();
    let missing = ONE - weights.iter().sum::<u16>();
    // What rounding took goes to the middle, evenly on both sides.
    let middle = weights.len() / 2;
    let reach = usize::from(missing / 2).min(middle);
    weights[middle - reach..middle].iter_mut().for_each(|w| *w += 1);
    weights[middle + 1..=middle + reach].iter_mut().for_each(|w| *w += 1);
    weights[middle] += ONE - weights.iter().sum::<u16>();
    weights
}

/// Smears along a straight line of `length` px in the direction `angle`.
pub(crate) fn motion(plane: &mut Plane, length: f64, angle: f64) {
    if length < 1.0 {
        return;
    }
    let (sin, cos) = libm::sincos(angle);
    let taps = length.ceil() as i32 + 1;
    let offsets: Vec<(i32, i32)> = (0..taps)
        .map(|i| {
            let t = length * (f64::from(i) / f64::from(taps - 1) - 0.5);
            ((t * cos).round() as i32, (t * sin).round() as i32)
        })
        .collect();
    let (width, height) = (plane.width, plane.height);
    let reach = length.ceil() as usize;
    let mut weights = vec![ONE / taps as u16; offsets.len()];
    weights[offsets.len() / 2] += ONE % taps as u16;
    let mut sums = vec![0_u16; width];
    let mut padded = vec![0_u8; (width + 2 * reach) * offsets.len()];
    let mut smeared = vec![0_u8; plane.samples.len()];
    for (y, out) in smeared.chunks_exact_mut(width).enumerate() {
        for (&(_, dy), padded) in offsets.iter().zip(padded.chunks_exact_mut(width + 2 * reach)) {
            let row = (y as i32 + dy).clamp(0, height as i32 - 1);
            pad(plane.row(row as usize), reach, padded);
        }
        let rows = offsets.iter().zip(padded.chunks_exact(width + 2 * reach)).map(|(&(dx, _), padded)| {
            let start = (reach as i32 + dx) as usize;
            &padded[start..start + width]
        });
        weigh(rows, &weights, &mut sums, out);
    }
    plane.samples = smeared;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blur_keeps_an_even_grey_and_spreads_a_point() {
        let mut plane = Plane::filled(31, 31, 100);
        defocus(&mut plane, 1.5);
        motion(&mut plane, 7.0, 0.4);
        assert!(plane.samples.iter().all(|&level| level.abs_diff(100) <= 1));
        plane.samples[15 * 31 + 15] = 255;
        defocus(&mut plane, 1.5);
        assert!(plane.samples[15 * 31 + 15] < 130 && plane.samples[15 * 31 + 17] > 100);
    }
}
