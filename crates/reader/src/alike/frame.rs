//! Every picture at one size, so that features of a picture and of its smaller copy look alike.

#![allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "pixel arithmetic, clamped")]

use crate::Luma;
use crate::pixels::{blur, reduce, scale};

/// Square root of a frame's area, px: text lines of a strip are then some 6 px high, which any compression that
/// leaves them legible keeps.
pub(super) const SIDE_PX: f32 = 384.0;
/// Smoothing before corners and comparisons, px: keeps them from the grid of JPEG blocks and of the sampling.
const SMOOTH_PX: f32 = 1.6;
/// Frames narrower than this hold no feature.
const LEAST_SIDE_PX: f32 = 64.0;

/// The picture at each of `sizes` times the common size; `None` when it is so narrow that no feature fits.
pub(super) fn frames<const N: usize>(picture: &Luma, sizes: [f32; N]) -> Option<[Luma; N]> {
    let (width, height) = (picture.width_px() as f32, picture.height_px() as f32);
    let factor = factor_of(width, height);
    if width.min(height) * factor < LEAST_SIDE_PX {
        return None;
    }
    // Whole squares first: four times as fast, and the rest is still a reduction for all sizes.
    let largest = sizes.iter().copied().fold(1.0, f32::max);
    let times = ((0.7 / (factor * largest)) as usize).max(1);
    let (picture, factor) = (&reduce(picture, times), factor * times as f32);
    Some(sizes.map(|size| {
        let factor = factor * size;
        blur(&if factor < 1.0 { scale(picture, factor) } else { enlarge(picture, factor) }, SMOOTH_PX)
    }))
}

/// px of a frame per px of a picture of this size.
pub(super) fn factor_of(width_px: f32, height_px: f32) -> f32 {
    SIDE_PX / (width_px * height_px).sqrt()
}

/// The picture `factor` ≥ 1 times as large, bilinear.
fn enlarge(picture: &Luma, factor: f32) -> Luma {
    let side = |px: usize| ((px as f32 * factor).round() as usize).max(1);
    let (width, height) = (side(picture.width_px()), side(picture.height_px()));
    let mut pixels = Vec::with_capacity(width * height);
    for y in 0..height {
        for x in 0..width {
            let at = [(x as f32 + 0.5) / factor - 0.5, (y as f32 + 0.5) / factor - 0.5];
            pixels.push(sample(picture, at));
        }
    }
    Luma::new(width, height, pixels).expect("invariant: one pixel per place")
}

fn sample(picture: &Luma, [x, y]: [f32; 2]) -> u8 {
    let (width, height) = (picture.width_px(), picture.height_px());
    let (x, y) = (x.clamp(0.0, (width - 1) as f32), y.clamp(0.0, (height - 1) as f32));
    let (left, top) = (x as usize, y as usize);
    let (right, foot) = ((left + 1).min(width - 1), (top + 1).min(height - 1));
    let at = |x: usize, y: usize| f32::from(picture.pixels()[y * width + x]);
    let (u, v) = (x - left as f32, y - top as f32);
    let upper = at(left, top) * (1.0 - u) + at(right, top) * u;
    let lower = at(left, foot) * (1.0 - u) + at(right, foot) * u;
    (upper * (1.0 - v) + lower * v).round() as u8
}
