//! What comes between a sheet and its picture's edge: a finger over it, the frame that ends too early.

#![allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "pixel arithmetic, clamped")]

use crate::dice::{Dice, Stream};
use crate::geometry::{Point, Quad, distance_to_segment};
use crate::picture::{Picture, Plane};

/// Luma, blue difference, red difference of skin in lamp light.
const SKINS: [[f64; 3]; 4] =
    [[178.0, 112.0, 146.0], [150.0, 112.0, 150.0], [112.0, 116.0, 146.0], [82.0, 120.0, 140.0]];

/// Lays a finger from the nearer side of the picture over `reach` of the code's width.
pub(crate) fn finger(picture: &mut Picture, code: Quad, reach: f64, seed: u64) {
    let dice = &mut Dice::new(seed, Stream::Finger);
    let middle: Point = [0, 1].map(|k| code.iter().map(|p| p[k]).sum::<f64>() / 4.0);
    let half = 0.5 * ((code[1][0] - code[0][0]).powi(2) + (code[1][1] - code[0][1]).powi(2)).sqrt();
    let size = [picture.width() as f64, picture.height() as f64];
    // Along the strip's width, whichever way the strip lies: from the picture's nearer long side.
    let across = usize::from(size[0] > size[1]);
    let from_low = middle[across] < size[across] / 2.0;
    let (edge, sign) = if from_low { (0.0, 1.0) } else { (size[across], -1.0) };
    let mut root = middle;
    root[across] = edge - sign * half;
    root[1 - across] += dice.around(half * 0.6);
    let mut tip = middle;
    tip[across] += sign * half * (2.0 * reach - 1.0);
    let thick = half * dice.between(0.42, 0.6);
    let skin = dice.pick(&SKINS);
    let Picture { luma, blue, red } = picture;
    for (plane, scale, goal) in [(luma, 1.0, skin[0]), (blue, 0.5, skin[1]), (red, 0.5, skin[2])] {
        for y in 0..plane.height {
            for x in 0..plane.width {
                let p = [(x as f64 + 0.5) / scale, (y as f64 + 0.5) / scale];
                let inward = thick - distance_to_segment(p, root, tip);
                let cover = (inward / 4.0 + 0.5).clamp(0.0, 1.0);
                if cover > 0.0 {
                    // A finger is round: darker towards its sides.
                    let round = (inward / thick).clamp(0.0, 1.0);
                    let goal = if scale == 1.0 {
                        goal * (0.72 + 0.28 * (round * (2.0 - round)).sqrt())
                    } else {
                        goal
                    };
                    let at = &mut plane.samples[y * plane.width + x];
                    *at = (f64::from(*at) * (1.0 - cover) + goal * cover) as u8;
                }
            }
        }
    }
}

/// The part of the picture that is left when its edge takes `part` of the code, and by how much its origin moved, px.
pub(crate) fn crop(picture: &Picture, code: Quad, part: f64) -> (Picture, Point) {
    let (width, height) = (picture.width() as f64, picture.height() as f64);
    let low = [0, 1].map(|k| code.iter().map(|p| p[k]).fold(f64::INFINITY, f64::min));
    let high = [0, 1].map(|k| code.iter().map(|p| p[k]).fold(f64::NEG_INFINITY, f64::max));
    let along = usize::from(height >= width);
    let length = [width, height][along];
    let near_end = low[along] + high[along] > length;
    let cut = if near_end {
        high[along] - part * (high[along] - low[along])
    } else {
        low[along] + part * (high[along] - low[along])
    };
    let cut = (cut.clamp(16.0, length - 16.0) / 2.0).round() as usize * 2;
    let (mut left, mut top, mut right, mut foot) = (0, 0, picture.width(), picture.height());
    match (along, near_end) {
        (1, true) => foot = cut,
        (1, false) => top = cut,
        (_, true) => right = cut,
        (_, false) => left = cut,
    }
    let part_of = |plane: &Plane, by: usize| {
        let (left, top) = (left / by, top / by);
        let (right, foot) = (right.div_ceil(by).min(plane.width), foot.div_ceil(by).min(plane.height));
        let rows = (top..foot).flat_map(|y| plane.row(y)[left..right].iter().copied());
        Plane { width: right - left, height: foot - top, samples: rows.collect() }
    };
    let cropped = Picture {
        luma: part_of(&picture.luma, 1),
        blue: part_of(&picture.blue, 2),
        red: part_of(&picture.red, 2),
    };
    (cropped, [left as f64, top as f64])
}
