//! Defocus and motion on a grey plane.

#![allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "pixel arithmetic, clamped")]

use crate::picture::Plane;

/// Narrower than this, blur changes less than a grey level.
const LEAST_PX: f64 = 0.25;

/// Gaussian blur of standard deviation `sigma` px.
pub(crate) fn defocus(plane: &mut Plane, sigma: f64) {
    if sigma < LEAST_PX {
        return;
    }
    let kernel = gaussian(sigma);
    let radius = kernel.len() / 2;
    let (width, height) = (plane.width, plane.height);
    let mut sums = vec![0_f32; width];
    let mut padded = vec![0_f32; width + 2 * radius];
    let mut blurred = vec![0_u8; plane.samples.len()];
    for y in 0..height {
        sums.fill(0.5);
        for (k, &weight) in kernel.iter().enumerate() {
            let row = plane.row((y + k).saturating_sub(radius).min(height - 1));
            sums.iter_mut().zip(row).for_each(|(sum, &level)| *sum += weight * f32::from(level));
        }
        padded[radius..radius + width].copy_from_slice(&sums);
        padded[..radius].fill(sums[0]);
        padded[radius + width..].fill(sums[width - 1]);
        sums.fill(0.0);
        for (k, &weight) in kernel.iter().enumerate() {
            sums.iter_mut().zip(&padded[k..]).for_each(|(sum, &level)| *sum += weight * level);
        }
        let out = &mut blurred[y * width..(y + 1) * width];
        out.iter_mut().zip(&sums).for_each(|(out, &sum)| *out = sum as u8);
    }
    plane.samples = blurred;
}

fn gaussian(sigma: f64) -> Vec<f32> {
    let radius = (sigma * 2.5).ceil() as i32;
    let weights: Vec<f64> =
        (-radius..=radius).map(|i| libm::exp(-f64::from(i * i) / (2.0 * sigma * sigma))).collect();
    let sum: f64 = weights.iter().sum();
    weights.iter().map(|w| (w / sum) as f32).collect()
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
    let share = 1.0 / taps as f32;
    let mut padded = vec![0_u8; width + 2 * reach];
    let mut sums = vec![0_f32; width];
    let mut smeared = vec![0_u8; plane.samples.len()];
    for y in 0..height {
        sums.fill(0.5);
        for &(dx, dy) in &offsets {
            let row = plane.row((y as i32 + dy).clamp(0, height as i32 - 1) as usize);
            padded[..reach].fill(row[0]);
            padded[reach..reach + width].copy_from_slice(row);
            padded[reach + width..].fill(row[width - 1]);
            let start = (reach as i32 + dx) as usize;
            let shifted = &padded[start..start + width];
            sums.iter_mut().zip(shifted).for_each(|(sum, &level)| *sum += share * f32::from(level));
        }
        let out = &mut smeared[y * width..(y + 1) * width];
        out.iter_mut().zip(&sums).for_each(|(out, &sum)| *out = sum as u8);
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
