//! A map as SVG paths: projected, quantised, small.

use std::fmt::Write;

use super::boundaries::{BoundariesFault, Outline, Ring};

/// Longer side of the drawing, in its own units; a unit is about a pixel on a wide page.
const LONG_SIDE: f64 = 1_000.0;

/// Most points drawn, about 300 kB of path: beyond it the grid gets coarser.
const MAX_POINTS: usize = 60_000;

/// Grids tried, in units.
const GRIDS: [f64; 4] = [1.0, 2.0, 4.0, 8.0];

/// One area's path.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Shape {
    /// What joins it to an area.
    pub(super) join: String,
    /// SVG path data.
    pub(super) path: String,
}

/// All areas in one coordinate system.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Drawing {
    /// Width in units.
    pub(super) width: i64,
    /// Height in units.
    pub(super) height: i64,
    /// Areas, sorted by what joins them.
    pub(super) shapes: Vec<Shape>,
}

impl Drawing {
    /// Draws outlines: equirectangular with the scale of the middle latitude, on a grid. Points of a shared
    /// border fall on the same grid points from both sides, so neighbours stay neighbours.
    pub(super) fn new(outlines: &[Outline]) -> Result<Self, BoundariesFault> {
        let frame = Frame::around(outlines)?;
        for grid in GRIDS {
            let drawn: Vec<Vec<Vec<Point>>> = outlines.iter().map(|o| frame.draw(&o.rings, grid)).collect();
            if drawn.iter().flatten().map(Vec::len).sum::<usize>() > MAX_POINTS {
                continue;
            }
            let shapes = outlines.iter().zip(&drawn);
            return Ok(Self {
                width: whole(frame.width),
                height: whole(frame.height),
                shapes: shapes.map(|(o, rings)| Shape { join: o.join.clone(), path: path(rings) }).collect(),
            });
        }
        Err(BoundariesFault::TooDetailed)
    }
}

type Point = (i64, i64);

/// The rectangle of all outlines, and how degrees become units.
struct Frame {
    west: f64,
    north: f64,
    units_per_lon: f64,
    units_per_lat: f64,
    width: f64,
    height: f64,
}

impl Frame {
    fn around(outlines: &[Outline]) -> Result<Self, BoundariesFault> {
        let points = || outlines.iter().flat_map(|o| o.rings.iter().flatten());
        let (mut west, mut east, mut south, mut north) = (f64::MAX, f64::MIN, f64::MAX, f64::MIN);
        for &(lon, lat) in points() {
            (west, east) = (west.min(lon), east.max(lon));
            (south, north) = (south.min(lat), north.max(lat));
        }
        let shrink = cosine((south + north) / 2.0);
        let (wide, high) = ((east - west) * shrink, north - south);
        // Thinner than 1 : 50 is a line, not a country.
        if !(wide > 0.0 && high > 0.0 && wide.max(high) <= 50.0 * wide.min(high)) {
            return Err(BoundariesFault::NoExtent);
        }
        let units_per_lat = LONG_SIDE / wide.max(high);
        Ok(Self {
            west,
            north,
            units_per_lon: units_per_lat * shrink,
            units_per_lat,
            width: wide * units_per_lat,
            height: high * units_per_lat,
        })
    }

    /// Rings on the grid. Those that shrink to nothing go; of an area of which nothing is left, a mark.
    fn draw(&self, rings: &[Ring], grid: f64) -> Vec<Vec<Point>> {
        let drawn: Vec<Vec<Point>> =
            rings.iter().map(|ring| self.on_grid(ring, grid)).filter(|ring| ring.len() >= 3).collect();
        match rings.first().and_then(|ring| ring.first()) {
            Some(&first) if drawn.is_empty() => {
                let (x, y) = self.point(first, 1.0);
                vec![vec![(x - 2, y - 2), (x + 2, y - 2), (x + 2, y + 2), (x - 2, y + 2)]]
            }
            _ => drawn,
        }
    }

    /// Points without repeats, and without those on the straight line between their neighbours.
    fn on_grid(&self, ring: &Ring, grid: f64) -> Vec<Point> {
        let mut points: Vec<Point> = Vec::new();
        for &position in ring {
            let point = self.point(position, grid);
            if points.last() == Some(&point) {
                continue;
            }
            if let [.., a, b] = points.as_slice()
                && straight(*a, *b, point)
            {
                points.pop();
            }
            points.push(point);
        }
        if points.len() > 1 && points.first() == points.last() {
            points.pop();
        }
        points
    }

    fn point(&self, (lon, lat): (f64, f64), grid: f64) -> Point {
        let x = (lon - self.west) * self.units_per_lon;
        let y = (self.north - lat) * self.units_per_lat;
        let on_grid = |v: f64| whole(whole(v / grid) as f64 * grid);
        (on_grid(x), on_grid(y))
    }
}

/// Whether b lies on the way from a to c.
fn straight(a: Point, b: Point, c: Point) -> bool {
    let (ab, bc) = ((b.0 - a.0, b.1 - a.1), (c.0 - b.0, c.1 - b.1));
    ab.0 * bc.1 == ab.1 * bc.0 && ab.0 * bc.0 + ab.1 * bc.1 > 0
}

/// Cosine of degrees from −90 to 90, by its series: the same digits on every machine, exact far beyond a
/// pixel.
fn cosine(degrees: f64) -> f64 {
    let square = degrees.to_radians() * degrees.to_radians();
    let terms = [1.0 / 3_628_800.0, 1.0 / 40_320.0, 1.0 / 720.0, 1.0 / 24.0, 1.0 / 2.0];
    1.0 - terms.iter().enumerate().fold(0.0, |sum, (i, term)| {
        let term = if i % 2 == 0 { *term } else { -*term };
        (sum + term) * square
    })
}

#[allow(clippy::cast_possible_truncation, reason = "units lie between 0 and 1,000")]
fn whole(x: f64) -> i64 {
    x.round() as i64
}

/// Path data: absolute starts, relative steps, as few characters as that takes.
fn path(rings: &[Vec<Point>]) -> String {
    let mut path = String::new();
    for ring in rings {
        let Some(&(mut x, mut y)) = ring.first() else { continue };
        let _ = write!(path, "M{x} {y}l");
        for (i, &(next_x, next_y)) in ring[1..].iter().enumerate() {
            let (dx, dy) = (next_x - x, next_y - y);
            let before_x = if i > 0 && dx >= 0 { " " } else { "" };
            let before_y = if dy >= 0 { " " } else { "" };
            let _ = write!(path, "{before_x}{dx}{before_y}{dy}");
            (x, y) = (next_x, next_y);
        }
        path.push('z');
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(join: &str, west: f64, south: f64, size: f64) -> Outline {
        let (east, north) = (west + size, south + size);
        let ring = vec![(west, south), (east, south), (east, north), (west, north), (west, south)];
        Outline { join: join.into(), rings: vec![ring] }
    }

    #[test]
    fn the_cosine_is_right_to_a_pixel() {
        for (degrees, expected) in [(0.0, 1.0), (60.0, 0.5), (-60.0, 0.5), (45.0, 0.5f64.sqrt())] {
            assert!((cosine(degrees) - expected).abs() < 1e-6, "{degrees}: {}", cosine(degrees));
        }
        assert!(cosine(90.0).abs() < 1e-5);
    }

    #[test]
    fn two_squares_at_the_equator() {
        let drawing = Drawing::new(&[square("a", 0.0, -1.0, 2.0), square("b", 2.0, -1.0, 2.0)]).unwrap();
        assert_eq!((drawing.width, drawing.height), (1_000, 500));
        assert_eq!(drawing.shapes[0].path, "M0 500l500 0 0-500-500 0z");
    }

    #[test]
    fn an_area_too_small_to_draw_leaves_a_mark() {
        let drawing = Drawing::new(&[square("a", 0.0, 0.0, 10.0), square("b", 3.0, 3.0, 1e-6)]).unwrap();
        assert_eq!(drawing.shapes[1].path.matches('l').count(), 1);
        assert!(!drawing.shapes[1].path.is_empty());
    }

    #[test]
    fn a_line_is_no_country_and_detail_is_bounded() {
        assert_eq!(Drawing::new(&[]), Err(BoundariesFault::NoExtent));
        let line = vec![(0.0, 0.0), (5.0, 0.0), (9.0, 0.0), (0.0, 0.0)];
        let line = Outline { join: "a".into(), rings: vec![line] };
        assert_eq!(Drawing::new(&[line]), Err(BoundariesFault::NoExtent));
        let zigzag =
            |n: u32| -> Ring { (0..n).map(|i| (f64::from(i % 97), f64::from((i * 31) % 89))).collect() };
        let wild = Outline { join: "a".into(), rings: vec![zigzag(200_000)] };
        assert_eq!(Drawing::new(&[wild]), Err(BoundariesFault::TooDetailed));
    }
}
