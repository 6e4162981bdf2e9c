//! Four corners by the patterns that every symbol of a version shares.

use super::homography::Homography;
use super::patch::Patch;
use crate::codes::qr::{Module, Template};
use crate::codes::{Place, Point};

/// Known modules count this much more where they are few: timing, alignment, version.
const FEW: f32 = 2.0;
/// Steps of the climb, modules: to tell versions apart, and to end it.
const COARSE: [f32; 2] = [1.5, 0.75];
const FINE: [f32; 2] = [0.35, 0.15];
/// Rounds over all corners a step at most.
const ROUNDS: usize = 5;

/// Where the known modules lie, in modules, and what they weigh: positive = dark.
pub(super) struct Known {
    pub(super) side: f32,
    points: Vec<(Point, f32)>,
    total: f32,
}

impl Known {
    pub(super) fn of(template: &Template) -> Self {
        let points: Vec<(Point, f32)> = template
            .known()
            .map(|(position, dark)| {
                let weight = if matches!(template.at(position), Module::Finder { .. }) { 1.0 } else { FEW };
                let centre = [position.0 as f32 + 0.5, position.1 as f32 + 0.5];
                (centre, if dark { weight } else { -weight })
            })
            .collect();
        let total = points.iter().map(|(_, weight)| weight.abs()).sum();
        Self { side: template.side() as f32, points, total }
    }

    /// How well the picture agrees with the known modules when the symbol lies at `place`: about 1 for a perfect
    /// print, 0 for none, in local standard deviations.
    pub(super) fn agreement(&self, patch: &Patch, place: Place) -> f32 {
        let Some(plane) = Homography::onto(place, self.side) else { return f32::NEG_INFINITY };
        let sum: f32 = self
            .points
            .iter()
            .map(|&(point, weight)| weight * patch.darkness(plane.apply(point)).clamp(-1.2, 1.2))
            .sum();
        sum / self.total
    }

    /// Agreement of the last alignment pattern alone, the one that holds the fourth corner.
    fn fourth(&self, patch: &Patch, place: Place) -> f32 {
        let Some(plane) = Homography::onto(place, self.side) else { return f32::NEG_INFINITY };
        let near = |point: &Point| point[0] > self.side - 10.0 && point[1] > self.side - 10.0;
        let points = self.points.iter().filter(|(point, _)| near(point));
        points.map(|&(point, weight)| weight * patch.darkness(plane.apply(point))).sum::<f32>()
    }
}

/// Corners moved uphill from a guess, far enough to tell versions apart; with their agreement.
pub(super) fn approach(known: &Known, patch: &Patch, guess: Place) -> (Place, f32) {
    climb(known, patch, with_fourth_corner(known, patch, guess), COARSE)
}

/// Corners moved uphill to the end; with their agreement.
pub(super) fn settle(known: &Known, patch: &Patch, start: Place) -> (Place, f32) {
    climb(known, patch, start, FINE)
}

/// Moves one corner after the other, step by step, until nothing helps.
fn climb(known: &Known, patch: &Patch, start: Place, steps: [f32; 2]) -> (Place, f32) {
    const DIRECTIONS: [Point; 8] = [
        [1.0, 0.0],
        [-1.0, 0.0],
        [0.0, 1.0],
        [0.0, -1.0],
        [0.7, 0.7],
        [-0.7, 0.7],
        [0.7, -0.7],
        [-0.7, -0.7],
    ];
    let mut place = start;
    let mut best = known.agreement(patch, place);
    let module_px = module_px(&place, known.side);
    for step in steps.map(|step| step * module_px) {
        for _ in 0..ROUNDS {
            let before = best;
            for (corner, [dx, dy]) in (0..4).flat_map(|corner| DIRECTIONS.map(|towards| (corner, towards))) {
                let mut moved = place;
                moved[corner] = [moved[corner][0] + dx * step, moved[corner][1] + dy * step];
                let agreement = known.agreement(patch, moved);
                if agreement > best {
                    (place, best) = (moved, agreement);
                }
            }
            if best <= before {
                break;
            }
        }
    }
    (place, best)
}

/// The fourth corner is a guess until the alignment pattern beside it is found: curl moves it by modules.
fn with_fourth_corner(known: &Known, patch: &Patch, start: Place) -> Place {
    const REACH: i8 = 8;
    const STEP: f32 = 0.5;
    /// Loss per module away from the guess, of a module's full agreement.
    const LOSS: f32 = 1.0;
    let module_px = module_px(&start, known.side);
    let mut best = (f32::NEG_INFINITY, start);
    for (dx, dy) in
        (-REACH..=REACH).flat_map(|dy| (-REACH..=REACH).map(move |dx| (f32::from(dx), f32::from(dy))))
    {
        let mut place = start;
        place[2] = [start[2][0] + dx * STEP * module_px, start[2][1] + dy * STEP * module_px];
        let score = known.fourth(patch, place) - LOSS * STEP * (dx * dx + dy * dy).sqrt();
        if score > best.0 {
            best = (score, place);
        }
    }
    best.1
}

/// Mean length of a module's side, px.
pub(super) fn module_px(place: &Place, side: f32) -> f32 {
    let length = |a: Point, b: Point| ((a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1])).sqrt();
    let [tl, tr, br, bl] = *place;
    (length(tl, tr) + length(tr, br) + length(br, bl) + length(bl, tl)) / (4.0 * side)
}
