//! The plane: from module coordinates to pixels by a homography through four corners.

use crate::codes::{Place, Point};

/// A projective map from the square of `side` modules, (0, 0) its top left corner, to the picture.
#[derive(Clone, Copy, Debug)]
pub(super) struct Homography([f32; 8]);

impl Homography {
    /// The map that takes the square's corners to `place` (P. Heckbert, Fundamentals of Texture Mapping, 1989,
    /// section 2.2.3); `None` when three corners lie on a line.
    pub(super) fn onto([p0, p1, p2, p3]: Place, side: f32) -> Option<Self> {
        let (dx1, dx2, sx) = (p1[0] - p2[0], p3[0] - p2[0], p0[0] - p1[0] + p2[0] - p3[0]);
        let (dy1, dy2, sy) = (p1[1] - p2[1], p3[1] - p2[1], p0[1] - p1[1] + p2[1] - p3[1]);
        let scale = dx1 * dy2 - dx2 * dy1;
        if scale.abs() < 1.0 {
            return None;
        }
        let g = (sx * dy2 - dx2 * sy) / scale;
        let h = (dx1 * sy - sx * dy1) / scale;
        let (a, b) = (p1[0] - p0[0] + g * p1[0], p3[0] - p0[0] + h * p3[0]);
        let (d, e) = (p1[1] - p0[1] + g * p1[1], p3[1] - p0[1] + h * p3[1]);
        Some(Self([a / side, b / side, p0[0], d / side, e / side, p0[1], g / side, h / side]))
    }

    pub(super) fn apply(&self, [u, v]: Point) -> Point {
        let [a, b, c, d, e, f, g, h] = self.0;
        let w = g * u + h * v + 1.0;
        [(a * u + b * v + c) / w, (d * u + e * v + f) / w]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn corners_go_to_corners_and_a_line_is_no_plane() {
        let place = [[10.0, 12.0], [210.0, 8.0], [230.0, 260.0], [4.0, 215.0]];
        let map = Homography::onto(place, 41.0).unwrap();
        for (corner, wanted) in [[0.0, 0.0], [41.0, 0.0], [41.0, 41.0], [0.0, 41.0]].into_iter().zip(place) {
            let got = map.apply(corner);
            assert!((got[0] - wanted[0]).abs() < 1e-2 && (got[1] - wanted[1]).abs() < 1e-2, "{got:?}");
        }
        assert!(Homography::onto([[0.0, 0.0], [1.0, 1.0], [2.0, 2.0], [3.0, 3.0]], 41.0).is_none());
    }
}
