//! Blur, unsharp mask and local flattening.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "pixel arithmetic: values are clamped to the grey range or bounded by a picture's sides"
)]

use crate::Luma;

/// Gaussian blur of standard deviation `sigma` px; edges are repeated.
///
/// Separable, in 16-bit sums with weights in 1/256 so that the compiler can do many pixels at once.
pub(crate) fn blur(luma: &Luma, sigma: f32) -> Luma {
    let kernel = gaussian(sigma);
    let reach = kernel.len() - 1;
    let (width, height) = (luma.width_px(), luma.height_px());
    let mut across = Vec::with_capacity(width * height);
    let mut line = Vec::with_capacity(width + 2 * reach);
    let mut sums = vec![0u16; width];
    for row in luma.rows() {
        line.clear();
        line.resize(reach, row[0]);
        line.extend_from_slice(row);
        line.resize(width + 2 * reach, row[width - 1]);
        weigh(&kernel, &mut sums, |offset| (&line[reach - offset..], &line[reach + offset..]));
        across.extend(sums.iter().map(|&sum| rounded(sum)));
    }
    let mut pixels = Vec::with_capacity(width * height);
    let row = |y: usize| &across[y.min(height - 1) * width..][..width];
    for y in 0..height {
        weigh(&kernel, &mut sums, |offset| (row(y.saturating_sub(offset)), row(y + offset)));
        pixels.extend(sums.iter().map(|&sum| rounded(sum)));
    }
    Luma::new(width, height, pixels).expect("invariant: blurring keeps the number of pixels")
}

/// Half a Gaussian, centre first, in 1/256; the whole adds up to exactly 256, so no sum passes 16 bits.
fn gaussian(sigma: f32) -> Vec<u16> {
    let reach = (2.6 * sigma).ceil().max(1.0) as usize;
    let bell = |offset: usize| (-0.5 * (offset as f32 / sigma).powi(2)).exp();
    let total = bell(0) + 2.0 * (1..=reach).map(bell).sum::<f32>();
    let mut half: Vec<u16> =
        (0..=reach).map(|offset| (256.0 * bell(offset) / total).round() as u16).collect();
    half[0] = 256 - 2 * half[1..].iter().sum::<u16>();
    half
}

/// `sums` = centre and pairs of neighbours, weighted. Weights add up to 256 and pixels are at most 255, so no
/// sum wraps; saying so lets the compiler work on many pixels at once.
fn weigh<'a>(kernel: &[u16], sums: &mut [u16], pair: impl Fn(usize) -> (&'a [u8], &'a [u8])) {
    let (centre, _) = pair(0);
    sums.iter_mut().zip(centre).for_each(|(sum, &pixel)| *sum = kernel[0].wrapping_mul(u16::from(pixel)));
    for (offset, &weight) in kernel.iter().enumerate().skip(1) {
        let (before, after) = pair(offset);
        for ((sum, &one), &other) in sums.iter_mut().zip(before).zip(after) {
            let both = u16::from(one).wrapping_add(u16::from(other));
            *sum = sum.wrapping_add(weight.wrapping_mul(both));
        }
    }
}

fn rounded(sum: u16) -> u8 {
    (sum.saturating_add(128) >> 8) as u8
}

/// Sharpened picture: `luma + amount * (luma - blur(luma, sigma))`, clamped.
pub(crate) fn unsharp(luma: &Luma, sigma: f32, amount: f32) -> Luma {
    let mut sharp = blur(luma, sigma);
    let amount = (amount * 256.0) as i32;
    for (to, &pixel) in sharp.pixels_mut().iter_mut().zip(luma.pixels()) {
        let detail = i32::from(pixel) - i32::from(*to);
        *to = (i32::from(pixel) + ((amount * detail) >> 8)).clamp(0, 255) as u8;
    }
    sharp
}

/// Local z-score: every pixel in standard deviations from the mean of the square of `radius` px around it,
/// spread so that ±2 deviations fill 0..=255. Takes out shadow, glare and fading.
pub(crate) fn flatten(luma: &Luma, radius: usize) -> Luma {
    /// Below this deviation a neighbourhood is blank paper and its noise must not be blown up.
    const BLANK_DEVIATION: f32 = 6.0;
    let mut mean = luma.clone();
    box_mean(&mut mean, radius);
    let mut spread = luma.clone();
    for (to, &around) in spread.pixels_mut().iter_mut().zip(mean.pixels()) {
        *to = to.abs_diff(around);
    }
    box_mean(&mut spread, radius);
    let mut flat = mean;
    for ((to, &deviation), &pixel) in flat.pixels_mut().iter_mut().zip(spread.pixels()).zip(luma.pixels()) {
        // Mean absolute deviation of a normal distribution is 0.8 standard deviations.
        let deviation = (f32::from(deviation) / 0.8).max(BLANK_DEVIATION);
        let score = (f32::from(pixel) - f32::from(*to)) / deviation;
        *to = (128.0 + 64.0 * score).clamp(0.0, 255.0) as u8;
    }
    flat
}

/// Replaces every pixel by the mean of the square of side `2 * radius + 1` px around it; edges are repeated.
pub(crate) fn box_mean(luma: &mut Luma, radius: usize) {
    if radius == 0 {
        return;
    }
    let width = luma.width_px();
    let mut line = Vec::with_capacity(width);
    for row in luma.pixels_mut().chunks_exact_mut(width) {
        line.clear();
        line.extend_from_slice(row);
        mean_along(&line, row, radius);
    }
    mean_down(luma, radius);
}

fn mean_along(from: &[u8], to: &mut [u8], radius: usize) {
    let last = from.len() - 1;
    let reciprocal = Reciprocal::of(2 * radius + 1);
    let mut sum: u32 = (0..=2 * radius).map(|i| u32::from(from[i.saturating_sub(radius).min(last)])).sum();
    let slide = |sum: &mut u32, enters: u8, leaves: u8| {
        let mean = reciprocal.mean(*sum);
        *sum = sum.wrapping_add(u32::from(enters)).wrapping_sub(u32::from(leaves));
        mean
    };
    // Both ends of the box lie within the row but for its first and last pixels.
    let inner = radius..from.len().saturating_sub(radius + 1).max(radius);
    for x in (0..from.len()).filter(|x| *x < inner.start) {
        to[x] = slide(&mut sum, from[(x + radius + 1).min(last)], from[0]);
    }
    if inner.end <= from.len() {
        let enters = from.iter().skip(inner.start + radius + 1);
        for ((to, enters), leaves) in to[inner.clone()].iter_mut().zip(enters).zip(from) {
            *to = slide(&mut sum, *enters, *leaves);
        }
    }
    for x in inner.end..from.len() {
        to[x] = slide(&mut sum, from[last], from[x.saturating_sub(radius)]);
    }
}

/// Column means, all columns of a row at once so that memory is read in order.
fn mean_down(luma: &mut Luma, radius: usize) {
    let (width, last) = (luma.width_px(), luma.height_px() - 1);
    let original = luma.pixels().to_vec();
    let row = |y: usize| &original[y * width..][..width];
    let reciprocal = Reciprocal::of(2 * radius + 1);
    let mut sums = vec![0u32; width];
    for i in 0..=2 * radius {
        let pixels = row(i.saturating_sub(radius).min(last));
        sums.iter_mut().zip(pixels).for_each(|(sum, &pixel)| *sum += u32::from(pixel));
    }
    for (y, to) in luma.pixels_mut().chunks_exact_mut(width).enumerate() {
        let entering = row((y + radius + 1).min(last));
        let leaving = row(y.saturating_sub(radius));
        for (((to, sum), &enters), &leaves) in to.iter_mut().zip(&mut sums).zip(entering).zip(leaving) {
            *to = reciprocal.mean(*sum);
            *sum = sum.wrapping_add(u32::from(enters)).wrapping_sub(u32::from(leaves));
        }
    }
}

/// Division by the box length as one multiplication.
#[derive(Clone, Copy)]
struct Reciprocal(u32);

impl Reciprocal {
    fn of(length: usize) -> Self {
        Self((1 << 16) / length as u32 + 1)
    }

    /// `sum / length`, at most 1 off.
    fn mean(self, sum: u32) -> u8 {
        (sum.wrapping_mul(self.0) >> 16).min(255) as u8
    }
}
