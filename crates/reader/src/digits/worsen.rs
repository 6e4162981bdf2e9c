//! What printers and cameras do to a strip beyond what our renderer does: for teaching alone.

use super::strip::Strip;
use super::train::Chance;
use super::{CELL, HALF};
use crate::codes::Point;

impl Strip {
    /// One mishap, or none most of the time.
    pub(super) fn worsen(&mut self, chance: &mut Chance) {
        if !chance.one_in(2) {
            return;
        }
        match chance.below(6) {
            0 => self.gaps(chance),
            1 => self.around(&[[-1, 0], [0, 0]], f32::max),
            2 => self.around(&[[-1, 0], [0, 0]], f32::min),
            3 => self.around(&[[0, -1], [0, 0]], if chance.one_in(2) { f32::min } else { f32::max }),
            4 => self.smear(),
            _ => self.noise(chance),
        }
        self.measure();
    }

    /// Digits of another face: wider or narrower at the head or the foot, waist higher or lower. Nothing moves at
    /// the borders of cells, of which `cell` is one's middle.
    pub(super) fn bend(&mut self, cell: Point, chance: &mut Chance) {
        const WIDER: f32 = 0.09 * CELL as f32;
        const WAIST: f32 = 0.16 * HALF as f32;
        // Our faces leave more air beside a digit than others do.
        let [even, lean, round] = [0.4, 0.0, 0.0].map(|more| WIDER * (more + chance.around()));
        let waist = WAIST * chance.around();
        let (width, height) = (self.width(), self.height());
        let from: Vec<Vec<f32>> = (0..height).map(|y| self.row(y).to_vec()).collect();
        for y in 0..height {
            let down = ((y as f32 + 0.5 - cell[1]) / HALF as f32).clamp(-1.5, 1.5);
            let wider = even + lean * down + round * (down * down - 0.5);
            let from_y = y as f32 + waist * (1.0 - down * down).max(0.0);
            for (x, grey) in self.row_mut(y).iter_mut().enumerate() {
                let turn = (x as f32 + 0.5 - cell[0]) / CELL as f32 * std::f32::consts::TAU;
                *grey = between(&from, x as f32 - wider * libm::sinf(turn), from_y, [width, height]);
            }
        }
    }

    /// Rows the print head left out, as dot-matrix printers do.
    fn gaps(&mut self, chance: &mut Chance) {
        let every = 3 + chance.below(3);
        let keep = 0.5 + 0.3 * chance.around();
        let paper = self.paper;
        for y in (chance.below(every)..self.height()).step_by(every) {
            self.row_mut(y).iter_mut().for_each(|grey| *grey += (paper - *grey).max(0.0) * keep);
        }
    }

    /// Thinner or thicker strokes: every sample takes the brightest or darkest of its neighbours.
    fn around(&mut self, neighbours: &[[i16; 2]], pick: fn(f32, f32) -> f32) {
        let (width, height) = (self.width(), self.height());
        let at = |base: usize, step: i16, n: usize| base.saturating_add_signed(isize::from(step)).min(n - 1);
        let from: Vec<Vec<f32>> = (0..height).map(|y| self.row(y).to_vec()).collect();
        for y in 0..height {
            for (x, grey) in self.row_mut(y).iter_mut().enumerate() {
                for [dx, dy] in neighbours {
                    *grey = pick(*grey, from[at(y, *dy, height)][at(x, *dx, width)]);
                }
            }
        }
    }

    fn smear(&mut self) {
        let (width, height) = (self.width(), self.height());
        let from: Vec<Vec<f32>> = (0..height).map(|y| self.row(y).to_vec()).collect();
        for y in 0..height {
            let rows = [y.saturating_sub(1), y, (y + 1).min(height - 1)];
            for (x, grey) in self.row_mut(y).iter_mut().enumerate() {
                let columns = [x.saturating_sub(1), x, (x + 1).min(width - 1)];
                let sum: f32 = rows.iter().flat_map(|row| columns.map(|column| from[*row][column])).sum();
                *grey = sum / 9.0;
            }
        }
    }

    fn noise(&mut self, chance: &mut Chance) {
        let strength = 0.12 * self.contrast * (1.0 + chance.around());
        for y in 0..self.height() {
            self.row_mut(y).iter_mut().for_each(|grey| *grey += strength * chance.around());
        }
    }
}

/// Bilinear, the border repeated outwards.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the strip")]
fn between(rows: &[Vec<f32>], x: f32, y: f32, [width, height]: [usize; 2]) -> f32 {
    let (x, y) = (x.clamp(0.0, (width - 1) as f32), y.clamp(0.0, (height - 1) as f32));
    let (left, top) = (x as usize, y as usize);
    let (fx, fy) = (x - left as f32, y - top as f32);
    let (right, below) = ((left + 1).min(width - 1), (top + 1).min(height - 1));
    let across = |row: &[f32]| row[left] * (1.0 - fx) + row[right] * fx;
    across(&rows[top]) * (1.0 - fy) + across(&rows[below]) * fy
}
