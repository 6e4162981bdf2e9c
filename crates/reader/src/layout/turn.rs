//! The turn between a picture as it lies and as its text reads: quarters, and a small angle that levels its lines.

use super::ink::Blob;
use crate::codes::{Place, Point};

/// How a picture must be turned for its text to stand upright.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Turn {
    /// Quarter turns clockwise from lying to upright, 0..=3.
    quarters: u8,
    /// Size of the picture as it lies, px.
    size: Point,
    /// What is left to turn: cosine and sine of the angle by which lines fall once quarters are turned.
    angle: [f32; 2],
}

impl Turn {
    pub(super) fn new(quarters: u8, width_px: f32, height_px: f32) -> Self {
        Self { quarters: quarters % 4, size: [width_px, height_px], angle: [1.0, 0.0] }
    }

    /// The same turn, and lines that fall by `slope` px per px to the right levelled.
    pub(super) fn level(self, slope: f32) -> Self {
        let length = (1.0 + slope * slope).sqrt();
        Self { angle: [1.0 / length, slope / length], ..self }
    }

    /// The turn that sets a symbol upright whose corners are at `place`: a sheet's code is printed as its text is.
    pub(super) fn of_code(place: &Place, width_px: f32, height_px: f32) -> Self {
        let along = [0, 1].map(|axis| place[1][axis] - place[0][axis] + place[2][axis] - place[3][axis]);
        let quarters = match (along[0].abs() >= along[1].abs(), along[0] >= 0.0, along[1] >= 0.0) {
            (true, true, _) => 0,
            (true, false, _) => 2,
            (false, _, true) => 3,
            (false, _, false) => 1,
        };
        Self::new(quarters, width_px, height_px)
    }

    pub(super) fn quarters(self) -> u8 {
        self.quarters
    }

    /// Where, upright, the picture begins on the left and ends on the right, px, with a tenth of it to each side.
    pub(super) fn across(self) -> Point {
        let [width, height] = self.size;
        let corners = [[0.0, 0.0], [width, 0.0], [0.0, height], [width, height]];
        let x = corners.map(|corner| self.point(corner)[0]);
        let (from, to) =
            x.iter().fold((f32::INFINITY, f32::NEG_INFINITY), |(from, to), &x| (from.min(x), to.max(x)));
        let air = (to - from) / 10.0;
        [from - air, to + air]
    }

    /// Upright place of a point of the picture.
    fn point(self, [x, y]: Point) -> Point {
        let [width, height] = self.size;
        let [x, y] = match self.quarters {
            0 => [x, y],
            1 => [height - y, x],
            2 => [width - x, height - y],
            _ => [y, width - x],
        };
        let [cosine, sine] = self.angle;
        [cosine * x + sine * y, cosine * y - sine * x]
    }

    /// An upright point with the small angle turned back.
    fn tilted(self, [x, y]: Point) -> Point {
        let [cosine, sine] = self.angle;
        [cosine * x - sine * y, cosine * y + sine * x]
    }

    /// Place in the picture of an upright point.
    pub(super) fn back(self, point: Point) -> Point {
        let [width, height] = self.size;
        let [x, y] = self.tilted(point);
        match self.quarters {
            0 => [x, y],
            1 => [y, height - x],
            2 => [width - x, height - y],
            _ => [width - y, x],
        }
    }

    /// A direction of the upright picture as the picture has it.
    pub(super) fn back_direction(self, direction: Point) -> Point {
        let [x, y] = self.tilted(direction);
        match self.quarters {
            0 => [x, y],
            1 => [y, -x],
            2 => [-x, -y],
            _ => [-y, x],
        }
    }

    /// A blob as it stands upright. Its box is taken for the bound of a slanting rectangle, so that a long word is
    /// as high as its letters.
    pub(super) fn upright(self, blob: &Blob) -> Blob {
        let (width, height) = match self.quarters % 2 {
            0 => (blob.width(), blob.height()),
            _ => (blob.height(), blob.width()),
        };
        let [cosine, sine] = [self.angle[0], self.angle[1].abs()];
        let square = cosine * cosine - sine * sine;
        let length = ((width * cosine - height * sine) / square).max(0.6 * width);
        let thickness = ((height * cosine - width * sine) / square).max(0.6 * height.min(width));
        let [x, y] = self.point(blob.middle());
        Blob {
            left: x - length / 2.0,
            top: y - thickness / 2.0,
            right: x + length / 2.0,
            bottom: y + thickness / 2.0,
            area: blob.area,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back_and_the_code_says_which() {
        for quarters in 0..4 {
            let turn = Turn::new(quarters, 300.0, 200.0);
            let leaning = turn.level(0.2);
            let [x, y] = leaning.back(leaning.point([30.0, 150.0]));
            assert!((x - 30.0).abs() + (y - 150.0).abs() < 1e-3);
            let [x, y] = leaning.back_direction([1.0, 0.0]);
            let straight = turn.back_direction([1.0, 0.2]);
            assert!((x * straight[1] - y * straight[0]).abs() < 1e-6, "a level line falls by the slope");
            let upright = turn.point([30.0, 150.0]);
            assert_eq!(turn.back(upright), [30.0, 150.0]);
            let right = turn.point([40.0, 150.0]);
            let step = [right[0] - upright[0], right[1] - upright[1]];
            assert_eq!(turn.back_direction(step), [10.0, 0.0]);
            // A code that stands upright once turned lies, before, as the way back says.
            let corners =
                [[0.0, 0.0], [10.0, 0.0], [10.0, 10.0], [0.0, 10.0]].map(|corner| turn.back(corner));
            assert_eq!(Turn::of_code(&corners, 300.0, 200.0).quarters(), quarters);
        }
    }
}
