//! The geometry of one pair: the map under which most features of one picture lie where alike ones of the other do.

use super::corners::Feature;
use super::signature::Signature;
use super::transform::{Affine, PointPair};

/// Differing bits up to which two descriptions are taken as one place when a pair is looked at by itself, where geometry
/// has the last word.
const MAYBE_BITS: u32 = 16;
/// Farthest that a feature may lie from where the common map says, px of the frame: what compression and tilting
/// move a corner by. Folds and lenses move the same sheet's by more, somewhere.
const LEAST_FIT_PX: f32 = 1.5;
/// Range of scale between two frames: a crop of a twentieth on every side makes it 1.1.
const SCALES: std::ops::RangeInclusive<f32> = 0.8..=1.25;
/// Farthest that a crop moves a feature, as a share of the frame's side.
const MOST_CROP: f32 = 0.07;
/// Tangent of the widest tilt, 3°.
const MOST_LEAN: f32 = 0.053;
/// Skew of a map that is still no second look through a lens, as a share of its scale.
const MOST_SKEW: f32 = 0.015;
/// Pairs of features tried as a map.
const TRIES: usize = 400;

/// A turn by quarters of a frame with these sides, px.
#[derive(Clone, Copy)]
pub(super) struct Turned {
    quarters: u32,
    /// Sides of the turned frame, px.
    sides: [f32; 2],
    frame: [f32; 2],
}

impl Turned {
    pub(super) fn new(frame: [f32; 2], quarters: u32) -> Self {
        let [width, height] = frame;
        let sides = if quarters.is_multiple_of(2) { frame } else { [height, width] };
        Self { quarters, sides, frame }
    }

    /// Where a place of the frame lies from the middle of the turned frame, px.
    pub(super) fn off_middle(&self, [x, y]: [f32; 2]) -> [f32; 2] {
        let [x, y] = [x - self.frame[0] / 2.0, y - self.frame[1] / 2.0];
        match self.quarters {
            0 => [x, y],
            1 => [-y, x],
            2 => [-x, -y],
            _ => [y, -x],
        }
    }

    /// Whether a feature of this frame, turned, lies as far from the middle as one of another frame does, but for what a
    /// crop and a tilt change.
    pub(super) fn is_near(&self, from: [f32; 2], to: [f32; 2]) -> bool {
        (0..2).all(|k| (from[k] - to[k]).abs() <= MOST_CROP * self.sides[k] + MOST_LEAN * from[1 - k].abs())
    }
}

/// The map under which most features of `a`, turned by `quarters`, lie where alike ones of `b` do, and their number.
///
/// Every two matches give a similarity (RANSAC, M. Fischler & R. Bolles 1981, with all pairs in a fixed order in
/// place of random ones); the best one is refined by least squares.
pub(super) fn common_map(a: &Signature, b: &Signature, quarters: u32) -> Option<(usize, Affine)> {
    let [width, height] = a.frame_px();
    let turn = Affine::quarter_turns(quarters, width, height);
    let matches = matches(a, b, quarters, &turn);
    let mut best: (usize, Affine) = (0, Affine::IDENTITY);
    let mut tries = 0;
    // Strongest features come first; partners from far away make steadier maps.
    'tried: for step in (1..matches.len()).rev() {
        for i in 0..matches.len() - step {
            let (one, other) = (matches[i], matches[i + step]);
            let Some(map) = Affine::between([one.0, other.0], [one.1, other.1]) else { continue };
            if !SCALES.contains(&map.scale()) || map.tilt().abs() > MOST_LEAN {
                continue;
            }
            let n = matches.iter().filter(|m| fits(&map, m)).count();
            if n > best.0 {
                best = (n, map);
            }
            tries += 1;
            // A map that nearly all agree with is not bettered.
            if tries == TRIES || best.0 * 10 >= matches.len() * 9 {
                break 'tried;
            }
        }
    }
    let inliers: Vec<_> = matches.iter().filter(|m| fits(&best.1, m)).copied().collect();
    let refined = Affine::fit(&inliers).filter(|map| map.skew() <= MOST_SKEW)?;
    let n = matches.iter().filter(|m| fits(&refined, m)).count();
    let map = a.to_frame().then(&turn).then(&refined).then(&b.to_picture());
    Some((n, map))
}

fn fits(map: &Affine, (from, to): &PointPair) -> bool {
    let [x, y] = map.apply(*from);
    (x - to[0]).powi(2) + (y - to[1]).powi(2) <= LEAST_FIT_PX * LEAST_FIT_PX
}

/// Places in both frames, the first's turned, of features that look alike.
fn matches(a: &Signature, b: &Signature, quarters: u32, turn: &Affine) -> Vec<PointPair> {
    let (turned, upright) = (Turned::new(a.frame_px(), quarters), Turned::new(b.frame_px(), 0));
    let others: Vec<_> = b.features().iter().map(|f| (upright.off_middle(f.place()), f)).collect();
    let of = |feature: &Feature| {
        let (bits, from) = (feature.turned(quarters), turned.off_middle(feature.place()));
        let near = others.iter().filter(|(to, _)| turned.is_near(from, *to));
        let alike = near.map(|(_, other)| ((bits ^ other.bits).count_ones(), other));
        let (_, nearest) = alike.filter(|(n, _)| *n <= MAYBE_BITS).min_by_key(|(n, _)| *n)?;
        Some((turn.apply(feature.place()), nearest.place()))
    };
    a.features().iter().filter_map(of).collect()
}
