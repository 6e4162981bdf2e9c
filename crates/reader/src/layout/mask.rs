//! Painting over what lies between lines of text.
//!
//! What is painted is a matter of lines that were found; where one is missing nothing is painted and the caller is
//! told so: a picture is masked whole or not at all.

use super::{Layout, TextLine};
use crate::Luma;
use crate::codes::{Place, Point};
use tallyproof_core::form::{Figure, Form, PrivateZone};

/// Painting begins and ends this far beyond the capitals of the row it spares, in half heights of a capital. The next
/// row's capitals begin 0.7 of a half height further at printers' tightest pitch, 1.35 heights.
const SPARE_ROW: f32 = 0.25;
/// Blank margin kept around the code, as a share of its side: the four modules that ISO/IEC 18004 asks for, of a symbol
/// of 41, as sheets with some forty figures have. A smaller symbol keeps less of its margin, a larger one more.
const QUIET_SHARE: f32 = 4.0 / 41.0;
/// Grey that is painted: darker than paper, lighter than ink, so that people see it and readers take it for neither.
const TONE: u8 = 128;

/// Why nothing was painted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unpainted {
    /// When a row that a zone begins or ends at was not found, or may be another's.
    RowNotFound(Figure),
    /// When a row that a zone begins or ends at runs through the code: one of the two was not found.
    RowThroughCode,
    /// When the form marks nothing, or all of the sheet, as private.
    NoZone,
}

/// Paints over every private zone of `form`, as wide as the picture, in `luma`, over which `layout` was laid. The code
/// at `code` is spared with its quiet zone. Gives the number of pixels painted.
///
/// # Errors
/// [`Unpainted`] when any zone's place is not certain; `luma` is unchanged then.
pub fn mask(luma: &mut Luma, form: &Form, layout: &Layout, code: Option<&Place>) -> Result<usize, Unpainted> {
    let zones = form.private_zones();
    if zones.is_empty() || zones.iter().any(|zone| zone.below.is_none() && zone.above.is_none()) {
        return Err(Unpainted::NoZone);
    }
    let reach = (luma.width_px() + luma.height_px()) as f32 * 2.0;
    let outlines: Vec<Vec<Point>> =
        zones.iter().map(|zone| outline(layout, *zone, reach)).collect::<Result<_, _>>()?;
    let quiet = code.map(|code| grown(code, QUIET_SHARE));
    if let Some(code) = code
        && zones
            .iter()
            .flat_map(|zone| [zone.below, zone.above])
            .flatten()
            .any(|figure| crosses(layout, figure, code))
    {
        return Err(Unpainted::RowThroughCode);
    }
    Ok(outlines.iter().map(|outline| fill(luma, outline, quiet.as_ref())).sum())
}

fn line(layout: &Layout, figure: Figure) -> Result<&TextLine, Unpainted> {
    let found = layout.figures.iter().position(|(other, _)| *other == figure);
    // A row that may be another's is no place to begin or end.
    let sure = found.filter(|&at| layout.doubtful.get(at) == Some(&false));
    sure.and_then(|at| layout.lines.get(at)?.as_ref()).ok_or(Unpainted::RowNotFound(figure))
}

/// The zone's border: along its upper row's foot, and back along its lower row's head.
fn outline(layout: &Layout, zone: PrivateZone, reach: f32) -> Result<Vec<Point>, Unpainted> {
    let below = zone.below.map(|figure| line(layout, figure)).transpose()?;
    let above = zone.above.map(|figure| line(layout, figure)).transpose()?;
    let (Some(any), beyond) = (below.or(above), 1.0 + SPARE_ROW) else { return Err(Unpainted::NoZone) };
    let half = length(any.half_height).max(1.0);
    let edge = |own: Option<&TextLine>, sign: f32| -> Vec<Point> {
        let (line, by) = own.map_or((any, sign * reach / half), |own| (own, -sign * beyond));
        line.points.iter().map(|point| moved(*point, line.half_height, by)).collect()
    };
    let (mut border, mut back) = (edge(below, -1.0), edge(above, 1.0));
    back.reverse();
    border.append(&mut back);
    Ok(border)
}

/// Whether a row's line runs through the code.
fn crosses(layout: &Layout, figure: Figure, code: &Place) -> bool {
    let Ok(line) = line(layout, figure) else { return true };
    line.points.windows(2).any(|pair| {
        (0..8u8).any(|step| {
            let share = f32::from(step) / 8.0;
            let at = [0, 1].map(|axis| pair[0][axis] * (1.0 - share) + pair[1][axis] * share);
            span(code, at[1]).is_some_and(|[from, to]| (from..to).contains(&at[0]))
        })
    })
}

fn moved(point: Point, direction: Point, by: f32) -> Point {
    [point[0] + direction[0] * by, point[1] + direction[1] * by]
}

fn length([x, y]: Point) -> f32 {
    (x * x + y * y).sqrt()
}

/// The corners moved away from their middle by `share` of a side.
fn grown(place: &Place, share: f32) -> Place {
    let middle = [0, 1].map(|axis| place.iter().map(|corner| corner[axis]).sum::<f32>() / 4.0);
    place.map(|corner| [0, 1].map(|axis| middle[axis] + (corner[axis] - middle[axis]) * (1.0 + 2.0 * share)))
}

/// Where a row of pixels at height `y` runs through a convex quadrilateral.
fn span(quad: &Place, y: f32) -> Option<[f32; 2]> {
    let crossings = crossings(quad, y);
    let (from, to) =
        crossings.iter().fold((f32::INFINITY, f32::NEG_INFINITY), |(from, to), &x| (from.min(x), to.max(x)));
    (from < to).then_some([from, to])
}

/// Where the row at height `y` crosses a closed outline, from left to right.
fn crossings(outline: &[Point], y: f32) -> Vec<f32> {
    let next = outline.iter().cycle().skip(1);
    let mut all: Vec<f32> = outline
        .iter()
        .zip(next)
        .filter(|(a, b)| (a[1] <= y) != (b[1] <= y))
        .map(|(a, b)| a[0] + (y - a[1]) / (b[1] - a[1]) * (b[0] - a[0]))
        .collect();
    all.sort_by(f32::total_cmp);
    all
}

/// Paints the inside of an outline (even-odd rule) but for `spared`; gives the number of pixels.
fn fill(luma: &mut Luma, outline: &[Point], spared: Option<&Place>) -> usize {
    let width = luma.width_px();
    let mut n_painted = 0;
    for (row, pixels) in luma.pixels_mut().chunks_exact_mut(width).enumerate() {
        let y = row as f32 + 0.5;
        let kept = spared.and_then(|quad| span(quad, y));
        for pair in crossings(outline, y).chunks_exact(2) {
            // Whole pixels that the zone touches.
            let (from, to) = ((pair[0].max(0.0)) as usize, (pair[1].max(0.0).ceil() as usize).min(width));
            for (x, pixel) in pixels.iter_mut().enumerate().take(to).skip(from) {
                let middle = x as f32 + 0.5;
                if !kept.is_some_and(|[from, to]| (from..to).contains(&middle)) {
                    *pixel = TONE;
                    n_painted += 1;
                }
            }
        }
    }
    n_painted
}

#[cfg(test)]
mod tests {
    use super::*;
    use tallyproof_core::form::{Row, Script};
    use tallyproof_core::sheet::Field;

    const VALID: Figure = Figure::Field(Field::Valid);
    const NULL: Figure = Figure::Field(Field::Null);

    fn form() -> Form {
        let row = |figure| Row { label: "x".into(), figure: Some(figure), digits: None, private: false };
        Form {
            script: Script::Printed,
            header: Vec::new(),
            groups: Vec::new(),
            totals: vec![row(VALID), row(NULL)],
            table_parts: Vec::new(),
            private_below: true,
            masking_reviewed: None,
        }
    }

    fn layout(lines: [Option<f32>; 2]) -> Layout {
        let line = |y: f32| TextLine {
            points: vec![[-10.0, y], [50.0, y + 3.0], [110.0, y]],
            half_height: [0.0, 4.0],
        };
        Layout {
            figures: vec![(VALID, None), (NULL, None)],
            lines: lines.map(|y| y.map(line)).into(),
            margins: vec![3.0; 2],
            doubtful: vec![false; 2],
            found: 1.0,
            quality: 3.0,
            quarters: 0,
            letter_px: 8.0,
        }
    }

    #[test]
    fn everything_below_the_last_line_but_the_code_is_painted() {
        let mut luma = Luma::new(100, 100, vec![250; 10_000]).unwrap();
        let code = [[60.0, 60.0], [80.0, 60.0], [80.0, 80.0], [60.0, 80.0]];
        mask(&mut luma, &form(), &layout([Some(20.0), Some(40.0)]), Some(&code)).unwrap();
        for (y, row) in luma.rows().enumerate() {
            for (x, &pixel) in row.iter().enumerate() {
                // The line sags by 3 px in the middle; the foot of its letters is 5 px below it.
                let foot = 45.0 + 3.0 - (x as f32 - 50.0).abs() / 20.0;
                let quiet = 57..83;
                let expected = y as f32 > foot && !(quiet.contains(&x) && quiet.contains(&y));
                let at_border = (y as f32 - foot).abs() < 2.0
                    || [56, 57, 58, 81, 82, 83].iter().any(|b| x == *b || y == *b);
                assert!(at_border || (pixel == TONE) == expected, "{x} {y} {pixel}");
            }
        }
    }

    #[test]
    fn what_was_not_found_is_not_guessed() {
        let mut luma = Luma::new(100, 100, vec![250; 10_000]).unwrap();
        let before = luma.clone();
        let found = mask(&mut luma, &form(), &layout([Some(20.0), None]), None);
        assert_eq!(found, Err(Unpainted::RowNotFound(NULL)));
        let through = [[10.0, 30.0], [60.0, 30.0], [60.0, 80.0], [10.0, 80.0]];
        let found = mask(&mut luma, &form(), &layout([Some(20.0), Some(40.0)]), Some(&through));
        assert_eq!(found, Err(Unpainted::RowThroughCode));
        let open = Form { private_below: false, ..form() };
        assert_eq!(mask(&mut luma, &open, &layout([Some(20.0), Some(40.0)]), None), Err(Unpainted::NoZone));
        assert_eq!(luma, before);
    }
}
