//! Layout from print: finds the printed lines of a sheet and where each figure of the form stands.
//!
//! The way from pixels to figures, each step in its own file:
//!
//! 1. `ink`: what is darker than the paper around it, as blobs of touching pixels;
//! 2. `turn`, `page`: which way is up, how large letters are, and how lines slope from place to place, by
//!    gathering letters into lines (projection at every slope, smoothed down the page);
//! 3. `rows`: lines of text and their words;
//! 4. `column`: where flush-right figures end, followed as the paper curls;
//! 5. `fit`, `align`: the form's rows laid over the rows seen, by order, by label length and by what stands right, and
//!    by how much better than in any other way.
//!
//! No millimetre of the form is known and no letter is read. A sheet is never cut out and flattened as a picture:
//! only the places of its figures are carried back, so a figure is read from the photograph's own pixels.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "pixel arithmetic: casts from float saturate, and places are bounded by a picture's sides"
)]

mod align;
mod column;
mod fit;
mod ink;
mod mask;
mod page;
mod rows;
mod turn;

pub use mask::{Unpainted, mask};
use tallyproof_core::form::{Figure, Form};

use crate::Luma;
use crate::codes::{Budget, Place, Point};
use column::Column;
use fit::{Fit, Spot};
use ink::Blob;
use page::{Page, median};
use rows::Row;
use turn::Turn;

/// Where a printed figure stands in the upright picture, as the layout believes: good to about a quarter of a cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FigurePlace {
    /// Middle of the right edge of the figure's last cell, px.
    pub right: Point,
    /// One letter's cell to the right along the line of text, px.
    pub cell: Point,
    /// From the middle of the line to the foot of its capitals, px.
    pub half_height: Point,
    /// Cells to the left that may belong to the figure.
    pub max_cells: usize,
}

/// A line of text followed from beyond the picture's left to beyond its right, as the layout believes it runs.
#[derive(Clone, Debug, PartialEq)]
pub struct TextLine {
    /// Points in the middle of the line, left to right as the text reads, px.
    pub points: Vec<Point>,
    /// From the middle of the line to the foot of its capitals, px.
    pub half_height: Point,
}

/// A form laid over a picture.
#[derive(Clone, Debug)]
pub struct Layout {
    /// Every figure of the form in printed order, and where it stands; `None` when its row was not found.
    pub figures: Vec<(Figure, Option<FigurePlace>)>,
    /// The line each of these figures stands on, in the same order.
    pub lines: Vec<Option<TextLine>>,
    /// By how much this way of laying the form is better than the best that puts each figure on another row, in the
    /// units of [`Self::quality`] times rows: what speaks for a row at most is 3.
    pub margins: Vec<f32>,
    /// Whether each figure's row may be another's, by these margins.
    pub doubtful: Vec<bool>,
    /// Share of the form's rows that were found, 0..=1.
    pub found: f32,
    /// How much the rows look like the form's, per row: about 3 at best, below [`LEAST_QUALITY`] when they do not.
    pub quality: f32,
    /// Quarter turns clockwise that set the text upright.
    pub quarters: u8,
    /// Height of a capital, px of the picture.
    pub letter_px: f32,
}

/// Below this the rows seen are not this form's.
pub const LEAST_QUALITY: f32 = 1.0;
/// A figure in the column stands on its own row only if no other way of laying the form puts it on another and is worse by
/// less than this. Of 18,500 such figures on 360 sheets, 4 stood on another row than their own, none above 0.94; 10 of
/// the others are below 1.
const LEAST_MARGIN: f32 = 1.0;
/// The same of a figure that follows its label. Its number of digits is known as well, and none of 720 stood elsewhere,
/// though other rows of a header are as near as 0.45.
const LEAST_MARGIN_AFTER_LABEL: f32 = 0.25;
/// From here on no other way of seeing the picture is tried.
const SURE_QUALITY: f32 = 2.2;
/// Share of the form's rows that must be found.
pub const LEAST_FOUND: f32 = 0.5;

/// Digits a figure may have: [`tallyproof_core::sheet::MAX_COUNT`] has no more.
const MAX_DIGITS: usize = 6;

/// Lays `form` over a picture; `None` when no text that looks like the form's was found. `code` is where the
/// sheet's code was read: it says which way is up, nothing else.
#[must_use]
pub fn find(luma: &Luma, form: &Form, code: Option<&Place>) -> Option<Layout> {
    find_within(luma, form, code, &Budget::unlimited())
}

/// As [`find`]; `None` too when `budget` ends before the form is surely found: half a search is no finding.
#[must_use]
pub fn find_within(luma: &Luma, form: &Form, code: Option<&Place>, budget: &Budget<'_>) -> Option<Layout> {
    let depth = ink::Depth::of(luma);
    let size = [luma.width_px() as f32 * depth.factor, luma.height_px() as f32 * depth.factor];
    let mut best: Option<Layout> = None;
    for share in ink::SHARES_OF_DARKEST {
        let blobs = depth.blobs(share);
        for turn in turns(&blobs, size, code) {
            let upright: Vec<Blob> = blobs.iter().map(|blob| turn.upright(blob)).collect();
            for letter_px in page::letter_heights(&upright) {
                if !budget.lasts() {
                    return None;
                }
                let layout = lay(&blobs, turn, letter_px, depth.factor, form);
                best = best.into_iter().chain(layout).max_by(|a, b| a.quality.total_cmp(&b.quality));
                if best.as_ref().is_some_and(|best| best.quality >= SURE_QUALITY) {
                    return best;
                }
            }
        }
    }
    best.filter(|layout| layout.quality >= LEAST_QUALITY && layout.found >= LEAST_FOUND)
}

/// Turns that may set the text upright.
fn turns(blobs: &[Blob], [width_px, height_px]: Point, code: Option<&Place>) -> Vec<Turn> {
    match code {
        Some(place) => vec![Turn::of_code(place, width_px, height_px)],
        None => {
            let sideways = u8::from(page::is_sideways(blobs));
            [sideways, sideways + 2].map(|quarters| Turn::new(quarters, width_px, height_px)).into()
        }
    }
}

/// Lays `form` over a picture turned by `turn`.
fn lay(blobs: &[Blob], turn: Turn, letter_px: f32, factor: f32, form: &Form) -> Option<Layout> {
    let page = Page::new(blobs, turn, letter_px)?;
    let mut attempt = Attempt::new(&page, form, rows::cell_width(&page))?;
    // Blur that joins letters hides how wide they are; once lines are known, the lengths of their labels tell.
    for _ in 0..REFITS {
        let Some(cell_px) =
            attempt.cell_by_labels(page.letter_px).filter(|cell| (cell / attempt.cell_px - 1.0).abs() > 0.04)
        else {
            break;
        };
        let Some(again) = Attempt::new(&page, form, cell_px) else { break };
        if again.fit.quality <= attempt.fit.quality {
            break;
        }
        attempt = again;
    }
    let Attempt { cell_px, rows, column, fit, .. } = attempt;
    let lines = Lines { page: &page, rows: &rows, column: &column, cell_px, factor };
    let place = |(figure, spot): (Figure, &Option<Spot>)| {
        let digits = digits_of(form, figure).unwrap_or(MAX_DIGITS);
        (figure, spot.map(|spot| lines.place(spot, digits)))
    };
    let figures = form.figures().zip(&fit.spots).map(place).collect();
    let followed = fit.spots.iter().map(|spot| spot.map(|spot| lines.follow(spot))).collect();
    let margins = fit::margins(form, &fit::seen(&rows, &column, cell_px), pitch(&rows), &fit);
    let is_doubtful = |(spot, margin): (&Option<Spot>, &f32)| match spot {
        Some(Spot::Word(..)) => *margin < LEAST_MARGIN_AFTER_LABEL,
        Some(Spot::Column(_) | Spot::Between(..)) | None => *margin < LEAST_MARGIN,
    };
    let doubtful = fit.spots.iter().zip(&margins).map(is_doubtful).collect();
    Some(Layout {
        figures,
        lines: followed,
        margins,
        doubtful,
        found: fit.found,
        quality: fit.quality,
        quarters: turn.quarters(),
        letter_px: page.letter_px / factor,
    })
}

/// Parts in which a line is followed: its slope changes over a quarter of the page.
const LINE_STEPS: usize = 48;

/// Times a form is laid again with a better width of letters.
const REFITS: usize = 2;

/// A form laid over rows whose letters are taken to be `cell_px` wide.
struct Attempt {
    cell_px: f32,
    rows: Vec<Row>,
    column: Column,
    fit: Fit,
}

impl Attempt {
    fn new(page: &Page, form: &Form, cell_px: f32) -> Option<Self> {
        let mut rows = rows::rows(page, cell_px);
        if rows.len() < 2 {
            return None;
        }
        let column = Column::find(page, &mut rows, cell_px);
        let fit = fit::fit(form, &fit::seen(&rows, &column, cell_px), pitch(&rows));
        Some(Self { cell_px, rows, column, fit })
    }

    /// Width of a cell by the labels of the rows found, px; `None` when few were.
    fn cell_by_labels(&self, letter_px: f32) -> Option<f32> {
        const ENOUGH: usize = 8;
        // Capitals of printers' faces are 1.1 to 1.6 times as high as their cell is wide.
        let cell_px = self.cell_px * median(self.fit.labels.clone());
        (self.fit.labels.len() >= ENOUGH && (0.5..1.1).contains(&(cell_px / letter_px))).then_some(cell_px)
    }
}

/// The commonest distance of two rows, px.
fn pitch(rows: &[Row]) -> f32 {
    median(rows.windows(2).map(|pair| pair[1].level - pair[0].level).collect())
}

/// How many digits a figure is printed with, where the form says so.
pub(crate) fn digits_of(form: &Form, figure: Figure) -> Option<usize> {
    form.header.iter().find(|row| row.figure == Some(figure)).and_then(|row| row.digits)
}

/// What was found, for setting figures in their places.
struct Lines<'a> {
    page: &'a Page,
    rows: &'a [Row],
    column: &'a Column,
    cell_px: f32,
    factor: f32,
}

impl Lines<'_> {
    /// Place of a figure in px of the picture.
    fn place(&self, spot: Spot, max_cells: usize) -> FigurePlace {
        let [level, x, drop] = self.end(spot);
        self.set(level, x, drop, max_cells)
    }

    /// Level of a figure's line, where the figure ends on it, and how far below it, px.
    fn end(&self, spot: Spot) -> [f32; 3] {
        match spot {
            Spot::Word(at, word) => {
                let word = &self.rows[at].words[word];
                [self.rows[at].level, word.right, word.drop]
            }
            Spot::Column(at) => [self.rows[at].level, self.column.at[at], self.column.drop(self.rows, at)],
            Spot::Between(from, to, share) => {
                let between = |a: f32, b: f32| a * (1.0 - share) + b * share;
                let level = between(self.rows[from].level, self.rows[to].level);
                let x = between(self.column.at[from], self.column.at[to]);
                [level, x, self.column.drop(self.rows, from)]
            }
        }
    }

    /// The whole line a figure stands on.
    fn follow(&self, spot: Spot) -> TextLine {
        let [level, _, drop] = self.end(spot);
        let [from, to] = self.page.turn.across();
        let half = self.page.letter_px / 2.0;
        let turn = self.page.turn;
        let whole = |point: Point| point.map(|part| part / self.factor);
        let point = |step: usize| {
            let x = from + (to - from) * step as f32 / LINE_STEPS as f32;
            whole(turn.back([x, self.page.height_at(level, x) + drop]))
        };
        TextLine {
            points: (0..=LINE_STEPS).map(point).collect(),
            half_height: whole(turn.back_direction([0.0, half])),
        }
    }

    /// The place of a figure that ends at `x` on the line at `level`, `drop` px below it.
    fn set(&self, level: f32, x: f32, drop: f32, max_cells: usize) -> FigurePlace {
        let y = self.page.height_at(level, x) + drop;
        let slope = self.page.slope(level, x);
        let length = (1.0 + slope * slope).sqrt();
        let along = [self.cell_px / length, self.cell_px * slope / length];
        let half = self.page.letter_px / 2.0;
        let down = [-half * slope / length, half / length];
        let whole = |point: Point| point.map(|part| part / self.factor);
        FigurePlace {
            right: whole(self.page.turn.back([x, y])),
            cell: whole(self.page.turn.back_direction(along)),
            half_height: whole(self.page.turn.back_direction(down)),
            max_cells,
        }
    }
}
