//! What the sheet lies on: wood, cloth, stone or a plain table.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "pixel arithmetic, clamped"
)]

use crate::dice::{Dice, Stream};

const GRAIN: usize = 4096;

/// A table top.
pub(crate) struct Background {
    luma: f32,
    /// Blue and red difference.
    pub(crate) tint: [u8; 2],
    /// Streaks along x, one value per row; flat for stone.
    streaks: Vec<f32>,
    grain: Vec<f32>,
    weave: f32,
}

/// Luma, blue difference, red difference, strength of streaks, of grain, of weave.
const TABLES: [([u8; 3], f32, f32, f32); 8] = [
    ([96, 106, 148], 26.0, 2.5, 0.0),  // brown wood
    ([62, 112, 146], 16.0, 2.0, 0.0),  // dark wood
    ([128, 108, 142], 20.0, 2.5, 0.0), // light wood
    ([74, 128, 128], 0.0, 3.0, 0.0),   // grey table
    ([48, 130, 127], 0.0, 5.0, 7.0),   // dark cloth
    ([84, 140, 118], 0.0, 5.0, 8.0),   // blue-grey cloth
    ([110, 126, 130], 3.0, 9.0, 0.0),  // stone
    ([196, 125, 130], 4.0, 2.0, 0.0),  // pale table
];

impl Background {
    pub(crate) fn new(height: usize, seed: u64) -> Self {
        let dice = &mut Dice::new(seed, Stream::Background);
        let ([luma, blue, red], streak, grain, weave) = dice.pick(&TABLES);
        let mut fine = 0.0;
        let mut broad = 0.0;
        let streaks = (0..height)
            .map(|_| {
                fine = 0.72 * fine + 0.6 * dice.around(1.0) as f32;
                broad = 0.985 * broad + 0.15 * dice.around(1.0) as f32;
                streak * (0.5 * fine + 0.7 * broad).clamp(-1.5, 1.2)
            })
            .collect();
        let grain = (0..GRAIN).map(|_| grain * dice.normal() as f32).collect();
        Self { luma: f32::from(luma), tint: [blue, red], streaks, grain, weave }
    }

    /// Grey level at (`x`, `y`) under even light.
    pub(crate) fn luma(&self, x: usize, y: usize) -> f32 {
        // Wood runs a little downhill, and its streaks drift.
        let drift = (self.grain[(x >> 6) % GRAIN] * 0.8) as i32;
        let row = (y + x / 40) as i32 + drift;
        let streak = self.streaks[row.rem_euclid(self.streaks.len().max(1) as i32) as usize];
        let grain = self.grain[(x * 31 + y * 1117 + ((x * y) >> 3)) % GRAIN];
        let weave = if (x / 3 + y / 3).is_multiple_of(2) { self.weave } else { -self.weave };
        self.luma + streak + grain + weave
    }
}
