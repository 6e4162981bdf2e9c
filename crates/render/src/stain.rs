//! What happens to the paper after printing: stains, cracked creases, a torn foot.

#![allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "pixel arithmetic, clamped")]

use crate::dice::Dice;
use crate::geometry::Fold;
use crate::geometry::{Point, Quad};
use crate::picture::Picture;

/// Spills something brown or blue near `code`; from a severity of about 0.5 on it lies on the code.
pub(crate) fn spill(picture: &mut Picture, code: Quad, severity: f64, dice: &mut Dice) {
    let (middle, side) = middle_and_side(code);
    let reach = side * (0.12 + 0.30 * severity);
    let away = side * (0.75 - 0.55 * severity).max(0.0);
    let (sin, cos) = libm::sincos(dice.between(0.0, std::f64::consts::TAU));
    let centre = [middle[0] + cos * away, middle[1] + sin * away];
    let opaque = 0.35 + 0.6 * severity * dice.unit();
    let goal = dice.pick(&[[78.0, 112.0, 148.0], [54.0, 150.0, 118.0], [96.0, 108.0, 140.0]]);
    let lobes: [[f64; 2]; 3] = std::array::from_fn(|i| {
        [dice.around(0.22) / (i + 1) as f64, dice.between(0.0, std::f64::consts::TAU)]
    });
    let cover = |x: f64, y: f64| {
        let (dx, dy) = (x - centre[0], y - centre[1]);
        let angle = libm::atan2(dy, dx);
        let edge: f64 =
            lobes.iter().zip(2..).map(|(l, n)| l[0] * libm::sin(f64::from(n) * angle + l[1])).sum();
        let inward = reach * (1.0 + edge) - (dx * dx + dy * dy).sqrt();
        // A rim dries darker than the middle.
        (inward / 3.0).clamp(0.0, 1.0) * opaque * if inward < reach * 0.12 { 1.0 } else { 0.8 }
    };
    let Picture { luma, blue, red } = picture;
    for (plane, scale, goal) in [(luma, 1.0, goal[0]), (blue, 0.5, goal[1]), (red, 0.5, goal[2])] {
        let span = |k: usize, n: usize| {
            let low = ((centre[k] - reach * 1.5) * scale).max(0.0) as usize;
            low.min(n)..(((centre[k] + reach * 1.5) * scale).max(0.0) as usize).min(n)
        };
        for y in span(1, plane.height) {
            for x in span(0, plane.width) {
                let amount = cover((x as f64 + 0.5) / scale, (y as f64 + 0.5) / scale);
                let at = &mut plane.samples[y * plane.width + x];
                let old = f64::from(*at);
                let goal = if scale == 1.0 { old.min(goal) } else { goal };
                *at = (old + (goal - old) * amount) as u8;
            }
        }
    }
}

/// Flakes the print off along a fold.
pub(crate) fn crack(picture: &mut Picture, fold: &Fold, blank: u8, dice: &mut Dice) {
    let strength = dice.between(0.2, 0.8);
    let Picture { luma, .. } = picture;
    for x in 0..luma.width {
        let y = fold.at + fold.slope * x as f64 + dice.around(0.7);
        let flake = strength * dice.unit();
        for (dy, amount) in [(-1.0, 0.4), (0.0, 1.0), (1.0, 0.5)] {
            let row = y + dy;
            if row >= 0.0 && (row as usize) < luma.height {
                let at = &mut luma.row_mut(row as usize)[x];
                let old = f64::from(*at);
                let pale = f64::from(blank) * 0.97;
                *at = (old + (pale - old) * flake * amount) as u8;
            }
        }
    }
}

/// Folds the foot of the paper up over `hidden` of the code: its blank back lies there, a little darker, with a shadow
/// along its edge. Gives the height of the fold, px of paper, where the paper now ends.
pub(crate) fn fold_over(picture: &mut Picture, code: Quad, hidden: f64, blank: u8) -> f64 {
    let (middle, side) = middle_and_side(code);
    // What lies below the fold is as long as what it hides.
    let (foot, top) = (middle[1] + side * 0.5, middle[1] + side * (0.5 - hidden));
    let fold = (foot + (picture.height() as f64 - foot) * 0.5).min(picture.height() as f64);
    let luma = &mut picture.luma;
    for y in (top - 12.0).max(0.0) as usize..luma.height {
        let below = y as f64 - top;
        let row = luma.row_mut(y);
        if below < 0.0 {
            let dark = 0.3 * (1.0 + below / 12.0);
            row.iter_mut().for_each(|level| *level = (f64::from(*level) * (1.0 - dark)) as u8);
        } else {
            row.fill((f64::from(blank) * 0.93) as u8);
        }
    }
    fold
}

/// The edge of the paper: a rectangle, less what a tear took from its foot.
pub(crate) struct Outline {
    size: Point,
    tear: Option<Tear>,
}

struct Tear {
    on: Point,
    /// Unit vector towards what is gone.
    normal: Point,
    jag: Vec<f64>,
}

/// Deepest tooth of a tear, px.
const JAG: f64 = 14.0;

impl Outline {
    pub(crate) fn new(size: Point, code: Option<Quad>, torn: f64, dice: &mut Dice) -> Self {
        let tear = code.filter(|_| torn > 0.0).map(|code| {
            let (middle, side) = middle_and_side(code);
            let (sin, cos) = libm::sincos(dice.around(0.6));
            let normal = [sin, cos];
            let reach = side * 0.5 * (sin.abs() + cos.abs()) * (1.0 - 2.0 * torn);
            let mut tooth = 0.0;
            let jag = (0..256)
                .map(|_| {
                    tooth = (tooth * 0.9 + dice.around(5.0)).clamp(-JAG, JAG);
                    tooth
                })
                .collect();
            Tear { on: [middle[0] + normal[0] * reach, middle[1] + normal[1] * reach], normal, jag }
        });
        Self { size, tear }
    }

    /// The same paper, ending at `foot`.
    pub(crate) fn ending_at(self, foot: f64) -> Self {
        Self { size: [self.size[0], self.size[1].min(foot)], ..self }
    }

    /// How far the edge strays from straight lines, px.
    pub(crate) fn roughness(&self) -> f64 {
        if self.tear.is_some() { 2.0 * JAG } else { 0.0 }
    }

    /// How far inside the paper `p` lies, px; negative outside.
    pub(crate) fn inside(&self, p: Point) -> f64 {
        let straight = p[0].min(self.size[0] - p[0]).min(p[1]).min(self.size[1] - p[1]);
        self.tear.as_ref().map_or(straight, |tear| straight.min(tear.inside(p)))
    }
}

impl Tear {
    fn inside(&self, [x, y]: Point) -> f64 {
        let (dx, dy) = (x - self.on[0], y - self.on[1]);
        let along = (dx * self.normal[1] - dy * self.normal[0]) / 6.0;
        let at = along.floor();
        let tooth = |i: f64| self.jag[i.rem_euclid(256.0) as usize % self.jag.len()];
        let edge = tooth(at) + (tooth(at + 1.0) - tooth(at)) * (along - at);
        edge - dx * self.normal[0] - dy * self.normal[1]
    }
}

fn middle_and_side(quad: Quad) -> (Point, f64) {
    let middle = [0, 1].map(|k| quad.iter().map(|p| p[k]).sum::<f64>() / 4.0);
    (middle, quad[1][0] - quad[0][0])
}
