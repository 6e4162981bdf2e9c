//! Plane maps: what cropping, scaling and turning do to a picture's coordinates.

/// A place before and after a map, px.
pub(super) type PointPair = ([f32; 2], [f32; 2]);

/// An affine map of the plane: `x' = a·x + b·y + c`, `y' = d·x + e·y + f`, px.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Affine([f32; 6]);

impl Affine {
    /// Everything stays where it is.
    pub const IDENTITY: Self = Self([1.0, 0.0, 0.0, 0.0, 1.0, 0.0]);

    /// The map with these six numbers, row by row.
    #[must_use]
    pub const fn new(rows: [f32; 6]) -> Self {
        Self(rows)
    }

    /// A pure change of scale.
    pub(super) fn scaling(factor: f32) -> Self {
        Self([factor, 0.0, 0.0, 0.0, factor, 0.0])
    }

    /// `quarters` turns clockwise by 90° of a frame of `width` × `height` onto the turned frame.
    pub(super) fn quarter_turns(quarters: u32, width: f32, height: f32) -> Self {
        match quarters % 4 {
            0 => Self::IDENTITY,
            1 => Self([0.0, -1.0, height, 1.0, 0.0, 0.0]),
            2 => Self([-1.0, 0.0, width, 0.0, -1.0, height]),
            _ => Self([0.0, 1.0, 0.0, -1.0, 0.0, width]),
        }
    }

    /// The similarity that takes `from` to `to`; `None` when the two points are one.
    pub(super) fn between(from: [[f32; 2]; 2], to: [[f32; 2]; 2]) -> Option<Self> {
        let [dx, dy] = [from[1][0] - from[0][0], from[1][1] - from[0][1]];
        let [ex, ey] = [to[1][0] - to[0][0], to[1][1] - to[0][1]];
        let square = dx * dx + dy * dy;
        if square < 1.0 {
            return None;
        }
        let (cos, sin) = ((dx * ex + dy * ey) / square, (dx * ey - dy * ex) / square);
        let [x, y] = from[0];
        Some(Self([cos, -sin, to[0][0] - cos * x + sin * y, sin, cos, to[0][1] - sin * x - cos * y]))
    }

    /// Least squares over pairs of points; `None` when they lie on a line or are fewer than three.
    pub(super) fn fit(pairs: &[PointPair]) -> Option<Self> {
        let n = pairs.iter().fold(0.0, |n, _| n + 1.0);
        if n < 3.0 {
            return None;
        }
        let mean = |of: &dyn Fn(&PointPair) -> f64| pairs.iter().map(of).sum::<f64>() / n;
        let [mx, my] = [0, 1].map(|k| mean(&|p| f64::from(p.0[k])));
        let [nx, ny] = [0, 1].map(|k| mean(&|p| f64::from(p.1[k])));
        let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
        let (mut xu, mut yu, mut xv, mut yv) = (0.0, 0.0, 0.0, 0.0);
        for ([x, y], [u, v]) in pairs {
            let (x, y) = (f64::from(*x) - mx, f64::from(*y) - my);
            let (u, v) = (f64::from(*u) - nx, f64::from(*v) - ny);
            (xx, xy, yy) = (xx + x * x, xy + x * y, yy + y * y);
            (xu, yu, xv, yv) = (xu + x * u, yu + y * u, xv + x * v, yv + y * v);
        }
        let determinant = xx * yy - xy * xy;
        if determinant < 1e-3 * (xx + yy) {
            return None;
        }
        let (a, b) = ((xu * yy - yu * xy) / determinant, (yu * xx - xu * xy) / determinant);
        let (d, e) = ((xv * yy - yv * xy) / determinant, (yv * xx - xv * xy) / determinant);
        #[allow(clippy::cast_possible_truncation, reason = "coordinates of pictures fit")]
        let map = [a, b, nx - a * mx - b * my, d, e, ny - d * mx - e * my].map(|v| v as f32);
        Some(Self(map))
    }

    /// Where `point` goes.
    #[must_use]
    pub fn apply(&self, [x, y]: [f32; 2]) -> [f32; 2] {
        let [a, b, c, d, e, f] = self.0;
        [a * x + b * y + c, d * x + e * y + f]
    }

    /// First `self`, then `next`.
    pub(super) fn then(&self, next: &Self) -> Self {
        let [a, b, c, d, e, f] = self.0;
        let [p, q, r, s, t, u] = next.0;
        Self([
            p * a + q * d,
            p * b + q * e,
            p * c + q * f + r,
            s * a + t * d,
            s * b + t * e,
            s * c + t * f + u,
        ])
    }

    /// Mean factor of length.
    pub(super) fn scale(&self) -> f32 {
        let [a, b, _, d, e, _] = self.0;
        (a * e - b * d).abs().sqrt()
    }

    /// How far the map is from a turn of the plane with one scale: 0 = none, as a share of its scale.
    pub(super) fn skew(&self) -> f32 {
        let [a, b, _, d, e, _] = self.0;
        let off = ((a - e).powi(2) + (b + d).powi(2)).sqrt();
        off / self.scale().max(f32::MIN_POSITIVE)
    }

    /// Tangent of the turn that is left when `x` keeps its direction; only of maps with `a > 0`.
    pub(super) fn tilt(&self) -> f32 {
        let [a, _, _, d, _, _] = self.0;
        if a > 0.0 { d / a } else { f32::INFINITY }
    }

    /// The part of the map that moves nothing to nowhere: steps of `x'` and `y'` per px to the right.
    pub(super) fn step_right(&self) -> [f32; 2] {
        [self.0[0], self.0[3]]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_are_found_from_their_points_and_compose() {
        let turn = Affine::between([[0.0, 0.0], [10.0, 0.0]], [[5.0, 5.0], [5.0, 25.0]]).unwrap();
        assert_eq!(turn.apply([10.0, 10.0]), [-15.0, 25.0]);
        assert!((turn.scale() - 2.0).abs() < 1e-6 && turn.skew() < 1e-6);
        let points = [[0.0, 0.0], [100.0, 3.0], [7.0, 90.0], [55.0, 41.0]];
        let fitted = Affine::fit(&points.map(|p| (p, turn.apply(p)))).unwrap();
        let (a, b) = (fitted.apply([31.0, 77.0]), turn.apply([31.0, 77.0]));
        assert!((a[0] - b[0]).abs() < 1e-3 && (a[1] - b[1]).abs() < 1e-3, "{a:?} {b:?}");
        assert!(Affine::fit(&[0.0, 1.0, 2.0].map(|x| ([x, x], [x, x]))).is_none(), "a line");
        let both = turn.then(&Affine::quarter_turns(1, 30.0, 40.0));
        assert_eq!(both.apply([10.0, 10.0]), [15.0, -15.0]);
        for quarters in 0..4 {
            let once = Affine::quarter_turns(1, 3.0, 2.0);
            let mut there = [1.0, 0.5];
            let mut size = [3.0, 2.0];
            for _ in 0..quarters {
                there = Affine::quarter_turns(1, size[0], size[1]).apply(there);
                size.reverse();
            }
            let at_once = Affine::quarter_turns(quarters, 3.0, 2.0).apply([1.0, 0.5]);
            assert_eq!(
                at_once,
                there,
                "{quarters} quarters; one takes the origin to {:?}",
                once.apply([0.0; 2])
            );
        }
    }
}
