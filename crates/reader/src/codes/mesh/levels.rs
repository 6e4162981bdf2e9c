//! What is dark and what is light around every module.

use crate::codes::qr::Sampled;

/// Modules on each side that share in a module's levels.
const REACH: usize = 4;

/// The sampled symbol with the smear of its neighbours taken off each module (`sharpening` times its difference
/// from their mean) and every module measured between the dark and the light around it: −1 … +1 for clean
/// print, near 0 where dark and light are hard to tell apart.
pub(super) fn levelled(sampled: &Sampled, sharpening: f32) -> Sampled {
    let side = sampled.version.side();
    let sharp: Vec<f32> = (0..side * side)
        .map(|at| {
            let (x, y) = (at % side, at / side);
            let beside = |x: usize, y: usize| sampled.at((x.min(side - 1), y.min(side - 1)));
            let mean = (beside(x + 1, y)
                + beside(x.saturating_sub(1), y)
                + beside(x, y + 1)
                + beside(x, y.saturating_sub(1)))
                / 4.0;
            let here = sampled.darkness[at];
            here + sharpening * (here - mean)
        })
        .collect();
    let darkness = (0..side * side)
        .map(|at| {
            let (dark, light) = levels(&sharp, side, at % side, at / side);
            /// Levels closer than this, in the patch's deviations, are one level.
            const APART: f32 = 0.5;
            let middle = (dark + light) / 2.0;
            (sharp[at] - middle) / ((dark - light) / 2.0).max(APART)
        })
        .collect();
    Sampled { version: sampled.version, darkness }
}

/// Mean of the dark and of the light modules around one: split at 0, then once more at the middle of both.
fn levels(darkness: &[f32], side: usize, x: usize, y: usize) -> (f32, f32) {
    let rows = y.saturating_sub(REACH)..(y + REACH + 1).min(side);
    let columns = x.saturating_sub(REACH)..(x + REACH + 1).min(side);
    let mut levels = (1.0, -1.0);
    for _ in 0..2 {
        let threshold = (levels.0 + levels.1) / 2.0;
        let (mut dark, mut light) = ((0.0, 0.0), (0.0, 0.0));
        for row in rows.clone() {
            for &value in &darkness[row * side..][columns.clone()] {
                let half: &mut (f32, f32) = if value > threshold { &mut dark } else { &mut light };
                half.0 += value;
                half.1 += 1.0;
            }
        }
        levels = (dark.0 / f32::max(dark.1, 1.0), light.0 / f32::max(light.1, 1.0));
    }
    levels
}
