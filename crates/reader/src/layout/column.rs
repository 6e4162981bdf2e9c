//! The figures' column: where the last digits of flush-right figures stand, from row to row.

use super::page::{Page, median};
use super::rows::Row;

/// Rows whose last word ends within this of the column show a figure, in cells.
const REACH: f32 = 0.8;
/// Letters that begin further right of the column than this are no part of the text, in cells.
const BEYOND: f32 = 0.5;
/// Letters that end further left of the margin than this are no part of the text, in cells.
const BEFORE: f32 = 0.2;
/// Rows on each side that say how the column bends.
const NEIGHBOURS: usize = 3;

/// Where last digits' cells end, as a line down the page with a correction for every row.
pub(super) struct Column {
    /// x of the right edge of the last digit's cell at each row, px.
    pub(super) at: Vec<f32>,
    /// Rows whose last word ends there.
    pub(super) ends: Vec<bool>,
}

impl Column {
    /// The line that most last words end at, among those steep enough to be square to the text.
    /// Rows are then trimmed of what is no text: whatever stands left of the margin or right of the column.
    pub(super) fn find(page: &Page, rows: &mut Vec<Row>, cell_px: f32) -> Self {
        // Every last word is a witness, and where it is a sliver, the word before it: edges of the paper are no text.
        let witnesses = rows.iter().flat_map(|row| {
            let n_slivers = row.words.iter().rev().take_while(|word| word.is_sliver()).count();
            let words = row.words.iter().rev().take(n_slivers + 1);
            words.map(move |word| [word.right, row.level, if word.is_sliver() { 0.3 } else { 1.0 }])
        });
        let (offset, lean) = densest(page, &witnesses.collect::<Vec<_>>(), cell_px);
        let rough = |level: f32| offset + lean * level;
        let residual = |end: &[f32; 2]| end[0] - rough(end[1]);
        // Curl moves the column by more than a cell at times: follow it from row to row.
        let nearest = |row: &Row| {
            let away = row.words.iter().map(|word| residual(&[word.right, row.level]));
            away.min_by(|a, b| a.abs().total_cmp(&b.abs())).unwrap_or(f32::INFINITY)
        };
        let away = rows.iter().map(nearest).enumerate();
        let close: Vec<(usize, f32)> = away.filter(|(_, away)| away.abs() < 1.3 * cell_px).collect();
        let bend = |row: usize| {
            let place = close.partition_point(|(other, _)| *other < row);
            let near = &close[place.saturating_sub(NEIGHBOURS)..(place + NEIGHBOURS + 1).min(close.len())];
            median(near.iter().map(|(_, away)| *away).collect())
        };
        let mut at: Vec<f32> = (0..rows.len()).map(|row| rough(rows[row].level) + bend(row)).collect();
        let margin = margin(rows, &at, cell_px);
        for (row, at) in rows.iter_mut().zip(&at) {
            row.trim(at - margin - BEFORE * cell_px, at + BEYOND * cell_px, cell_px);
        }
        let mut kept = rows.iter().map(|row| !row.words.is_empty());
        at.retain(|_| kept.next().unwrap_or(false));
        rows.retain(|row| !row.words.is_empty());
        let ends =
            rows.iter().zip(&at).map(|(row, at)| (row.last().right - at).abs() < REACH * cell_px).collect();
        Self { at, ends }
    }

    /// How far below its row's line the figure of a row stands, px: by its own digits, or by those of the nearest
    /// rows that show any, because the paper curls.
    pub(super) fn drop(&self, rows: &[Row], row: usize) -> f32 {
        let shown = |row: &usize| self.ends[*row];
        if self.ends[row] {
            return rows[row].last().drop;
        }
        let before = (0..row).rev().filter(shown).take(2);
        let after = (row + 1..rows.len()).filter(shown).take(2);
        median(before.chain(after).map(|row| rows[row].last().drop).collect())
    }
}

/// How far left of the column the text begins, px: the widest distance at which a fair share of rows begin.
fn margin(rows: &[Row], column: &[f32], cell_px: f32) -> f32 {
    const FAIR_SHARE: f32 = 0.1;
    let begins = rows.iter().zip(column).filter_map(|(row, at)| {
        let word = row.words.iter().find(|word| word.width() > 1.5 * cell_px)?;
        Some(at - word.left)
    });
    let mut begins: Vec<f32> = begins.collect();
    begins.sort_by(|a, b| b.total_cmp(a));
    let enough = ((FAIR_SHARE * rows.len() as f32) as usize).max(1);
    let dense = begins.windows(enough).find(|window| window[0] - window[enough - 1] < cell_px);
    dense.map_or(f32::INFINITY, |window| window[0])
}

/// Offset and lean of the densest line of ends (Hough 1962; Duda & Hart 1972), leaning no more than a square
/// page seen at a slant does.
fn densest(page: &Page, ends: &[[f32; 3]], cell_px: f32) -> (f32, f32) {
    const LEANS: i16 = 40;
    const LEAN_STEP: f32 = 0.003;
    let middle = ends.get(ends.len() / 2).map_or(0.0, |end| end[1]);
    let square = -page.mean_slope(middle);
    let mut best = (0.0, 0.0, f32::NEG_INFINITY);
    for step in -LEANS..=LEANS {
        let lean = square + f32::from(step) * LEAN_STEP;
        let mut offsets: Vec<[f32; 2]> = ends.iter().map(|end| [end[0] - lean * end[1], end[2]]).collect();
        offsets.sort_by(|a, b| a[0].total_cmp(&b[0]));
        let (mut first, mut weight) = (0, 0.0);
        for last in 0..offsets.len() {
            weight += offsets[last][1];
            while offsets[last][0] - offsets[first][0] > 0.6 * cell_px {
                weight -= offsets[first][1];
                first += 1;
            }
            let score = weight - 0.02 * f32::from(step.abs());
            if score > best.2 {
                best = (median(offsets[first..=last].iter().map(|offset| offset[0]).collect()), lean, score);
            }
        }
    }
    (best.0, best.1)
}
