//! From flat paper to the photograph and back: a homography after a bend of the paper.

#![allow(clippy::many_single_char_names, reason = "coordinates and matrix entries as in the literature")]

use crate::damage::Damage;
use crate::dice::{Dice, Stream};

/// A point: x to the right, y downwards, px; the centre of the first pixel is (0.5, 0.5).
pub type Point = [f64; 2];

/// Corners: top left, top right, bottom right, bottom left, as the text reads.
pub type Quad = [Point; 4];

pub(crate) fn rectangle(left: f64, top: f64, right: f64, bottom: f64) -> Quad {
    [[left, top], [right, top], [right, bottom], [left, bottom]]
}

/// Distance from `p` to the segment `a`–`b`.
pub(crate) fn distance_to_segment([px, py]: Point, [ax, ay]: Point, [bx, by]: Point) -> f64 {
    let (dx, dy) = (bx - ax, by - ay);
    let length = dx * dx + dy * dy;
    let t = if length > 0.0 { (((px - ax) * dx + (py - ay) * dy) / length).clamp(0.0, 1.0) } else { 0.0 };
    let (ex, ey) = (ax + t * dx - px, ay + t * dy - py);
    (ex * ex + ey * ey).sqrt()
}

/// A plane projective map, row-major.
#[derive(Clone, Copy)]
struct Homography([f64; 9]);

impl Homography {
    /// The map that takes the rectangle `width` × `height` at the origin to `quad` (Heckbert 1989, §2.2.3).
    fn onto([p0, p1, p2, p3]: Quad, width: f64, height: f64) -> Self {
        let (dx1, dx2, sx) = (p1[0] - p2[0], p3[0] - p2[0], p0[0] - p1[0] + p2[0] - p3[0]);
        let (dy1, dy2, sy) = (p1[1] - p2[1], p3[1] - p2[1], p0[1] - p1[1] + p2[1] - p3[1]);
        let scale = dx1 * dy2 - dx2 * dy1;
        let g = (sx * dy2 - dx2 * sy) / scale;
        let h = (dx1 * sy - sx * dy1) / scale;
        let (a, b) = (p1[0] - p0[0] + g * p1[0], p3[0] - p0[0] + h * p3[0]);
        let (d, e) = (p1[1] - p0[1] + g * p1[1], p3[1] - p0[1] + h * p3[1]);
        Self([a / width, b / height, p0[0], d / width, e / height, p0[1], g / width, h / height, 1.0])
    }

    /// The inverse, up to scale.
    fn inverse(self) -> Self {
        let [a, b, c, d, e, f, g, h, i] = self.0;
        Self([
            e * i - f * h,
            c * h - b * i,
            b * f - c * e,
            f * g - d * i,
            a * i - c * g,
            c * d - a * f,
            d * h - e * g,
            b * g - a * h,
            a * e - b * d,
        ])
    }

    fn apply(self, [x, y]: Point) -> Point {
        let [a, b, c, d, e, f, g, h, i] = self.0;
        let w = g * x + h * y + i;
        [(a * x + b * y + c) / w, (d * x + e * y + f) / w]
    }
}

/// A slow wave of the paper.
struct Wave {
    amplitude: Point,
    /// Radians per px of paper.
    frequency: Point,
    phase: f64,
}

/// A fold across the strip.
pub(crate) struct Fold {
    /// Height of the fold at the left edge, px of paper.
    pub(crate) at: f64,
    /// Rise per px to the right.
    pub(crate) slope: f64,
    lift: Point,
    reach: f64,
    tilt: f64,
}

impl Fold {
    /// How far below the fold `p` lies, px.
    fn below(&self, [x, y]: Point) -> f64 {
        y - self.at - self.slope * x
    }
}

/// Where the camera stood and how the paper lay.
pub(crate) struct Pose {
    /// Size of the photograph, px.
    pub(crate) size: Point,
    pub(crate) folds: Vec<Fold>,
    waves: Vec<Wave>,
    to_photo: Homography,
    to_flat: Homography,
}

impl Pose {
    pub(crate) fn new(paper: Point, damage: &Damage, seed: u64) -> Self {
        let dice = &mut Dice::new(seed, Stream::Pose);
        let mut quad = corners(paper, damage, dice);
        let margins: [f64; 4] = std::array::from_fn(|_| damage.margin * dice.between(0.3, 1.0) * paper[0]);
        let low = [0, 1].map(|k| quad.iter().map(|p| p[k]).fold(f64::INFINITY, f64::min));
        let high = [0, 1].map(|k| quad.iter().map(|p| p[k]).fold(f64::NEG_INFINITY, f64::max));
        for p in &mut quad {
            *p = [p[0] - low[0] + margins[0], p[1] - low[1] + margins[1]];
        }
        let size = [high[0] - low[0] + margins[0] + margins[2], high[1] - low[1] + margins[1] + margins[3]];
        let to_photo = Homography::onto(quad, paper[0], paper[1]);
        Self {
            size: size.map(|side| side.ceil().max(16.0)),
            folds: (0..damage.folds).map(|_| fold(paper, damage.fold_px, dice)).collect(),
            waves: waves(paper, damage.curl_px, dice),
            to_photo,
            to_flat: to_photo.inverse(),
        }
    }

    /// The place on the paper that the photograph shows at `p`.
    pub(crate) fn paper_at(&self, p: Point) -> Point {
        let flat = self.to_flat.apply(p);
        let [dx, dy] = self.bend(flat);
        [flat[0] + dx, flat[1] + dy]
    }

    /// Where the photograph shows the place `q` of the paper: the bend is a contraction, so iteration inverts it.
    pub(crate) fn photo_of(&self, q: Point) -> Point {
        const ROUNDS: usize = 24;
        let mut flat = q;
        for _ in 0..ROUNDS {
            let [dx, dy] = self.bend(flat);
            flat = [q[0] - dx, q[1] - dy];
        }
        self.to_photo.apply(flat)
    }

    fn bend(&self, p: Point) -> Point {
        let mut shift = [0.0; 2];
        for wave in &self.waves {
            let s = libm::sin(wave.frequency[0] * p[0] + wave.frequency[1] * p[1] + wave.phase);
            shift = [shift[0] + wave.amplitude[0] * s, shift[1] + wave.amplitude[1] * s];
        }
        for fold in &self.folds {
            let near = (1.0 - fold.below(p).abs() / fold.reach).max(0.0);
            shift = [shift[0] + fold.lift[0] * near, shift[1] + fold.lift[1] * near];
        }
        shift
    }

    /// How much the lie of the paper at `p` brightens it: slopes of the waves and sides of the folds.
    pub(crate) fn shade(&self, p: Point) -> f64 {
        let waves: f64 = self
            .waves
            .iter()
            .map(|w| {
                let angle = w.frequency[0] * p[0] + w.frequency[1] * p[1] + w.phase;
                libm::cos(angle) * w.amplitude[1] * w.frequency[1] * 2.0
            })
            .sum();
        let folds: f64 = self
            .folds
            .iter()
            .map(|f| {
                let below = f.below(p);
                let side = (below / 6.0).clamp(-1.0, 1.0);
                side * f.tilt * (1.0 - below.abs() / (2.0 * f.reach)).max(0.0)
            })
            .sum();
        (1.0 + waves + folds).clamp(0.4, 1.4)
    }
}

/// Corners of the paper after turning, scaling and perspective; the place is not fixed yet.
fn corners(paper: Point, damage: &Damage, dice: &mut Dice) -> Quad {
    let turn =
        f64::from(damage.quarter_turns) * std::f64::consts::FRAC_PI_2 + damage.rotation_deg.to_radians();
    let (sin, cos) = libm::sincos(turn);
    let far_end = dice.around(0.10) * damage.perspective;
    rectangle(-0.5, -0.5, 0.5, 0.5).map(|[x, y]| {
        let narrowing = 1.0 + far_end * (2.0 * y);
        let jitter = 0.05 * damage.perspective * paper[0];
        let x = x * paper[0] * narrowing + dice.around(jitter);
        let y = y * paper[1] + dice.around(jitter);
        [damage.scale * (cos * x - sin * y), damage.scale * (sin * x + cos * y)]
    })
}

/// Three waves whose amplitudes add up to `curl_px` at most.
fn waves(paper: Point, curl_px: f64, dice: &mut Dice) -> Vec<Wave> {
    (0..3)
        .map(|_| Wave {
            amplitude: [dice.around(curl_px / 3.0), dice.around(curl_px / 3.0)],
            frequency: [
                std::f64::consts::TAU * dice.around(0.45) / paper[0],
                std::f64::consts::TAU * dice.between(0.4, 3.0) / paper[1],
            ],
            phase: dice.between(0.0, std::f64::consts::TAU),
        })
        .collect()
}

fn fold(paper: Point, fold_px: f64, dice: &mut Dice) -> Fold {
    Fold {
        at: dice.between(0.08, 0.97) * paper[1],
        slope: dice.around(0.05),
        lift: [dice.around(fold_px * 0.5), dice.around(fold_px)],
        reach: dice.between(150.0, 420.0),
        tilt: dice.around(0.012) * fold_px.min(12.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_from_the_photograph_is_the_way_there() {
        let damage = Damage { curl_px: 20.0, folds: 3, fold_px: 8.0, perspective: 0.8, ..Damage::none() };
        for seed in 0..8 {
            let pose = Pose::new([860.0, 3300.0], &damage, seed);
            for q in [[10.0, 10.0], [430.0, 1650.0], [850.0, 3290.0]] {
                let back = pose.paper_at(pose.photo_of(q));
                assert!((back[0] - q[0]).abs() < 1e-3 && (back[1] - q[1]).abs() < 1e-3, "{q:?} {back:?}");
            }
        }
    }
}
