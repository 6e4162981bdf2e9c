//! Rows of text and the words on them.

use super::ink::Blob;
use super::page::{Page, median};

/// Rows are at least this far apart, in letter heights; printers leave a third of a letter between lines.
const LEAST_PITCH: f32 = 0.9;
/// Letters further than this from a row's level belong to none, in letter heights.
const ROW_REACH: f32 = 0.7;
/// Letters whose cells have a wider gap between them, in cells, belong to two words.
const WORD_GAP: f32 = 0.55;
/// Blobs narrower than this, in cells, are one letter, which stands in the middle of its cell.
const ONE_LETTER: f32 = 0.95;
/// Ink of letters that run together ends short of their cells by this, in cells.
const BEARING: f32 = 0.07;

/// Words of one letter narrower than this, in cells, may be edges of the paper.
const SLIVER: f32 = 0.36;

/// A line of text.
#[derive(Debug)]
pub(super) struct Row {
    /// Where it crosses the page's axis, px.
    pub(super) level: f32,
    /// Its words from left to right; at least one.
    pub(super) words: Vec<Word>,
    /// Its letters from left to right.
    letters: Vec<Letter>,
}

/// A letter, or several run together, on its row.
#[derive(Clone, Copy, Debug)]
struct Letter {
    /// Edges of its cells, px.
    from: f32,
    to: f32,
    /// Width of its ink, px.
    ink: f32,
    /// Height of its middle over the row's line there, px; below is positive.
    drop: f32,
}

/// Letters that stand together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Word {
    /// Edges of its cells, px.
    pub(super) left: f32,
    pub(super) right: f32,
    /// Height of its middle over the row's line there, px; below is positive.
    pub(super) drop: f32,
    is_sliver: bool,
}

/// Rows from top to foot.
pub(super) fn rows(page: &Page, cell_px: f32) -> Vec<Row> {
    gather(page).iter().map(|line| Row::new(page, line, cell_px)).collect()
}

/// Letters of one line, from left to right.
struct Line {
    level: f32,
    letters: Vec<Blob>,
}

/// Letters gathered where their levels are dense.
fn gather(page: &Page) -> Vec<Line> {
    let mut levels: Vec<(f32, Blob)> =
        page.letters.iter().map(|letter| (page.level(letter.middle()), *letter)).collect();
    levels.sort_by(|a, b| a.0.total_cmp(&b.0));
    let peaks = peaks(&levels, page.letter_px);
    let mut lines: Vec<Line> = peaks.iter().map(|&level| Line { level, letters: Vec::new() }).collect();
    for (level, letter) in levels {
        let after = peaks.partition_point(|&peak| peak < level);
        let near = [after.wrapping_sub(1), after];
        let nearest = near
            .into_iter()
            .filter(|&row| row < peaks.len())
            .min_by(|&a, &b| (peaks[a] - level).abs().total_cmp(&(peaks[b] - level).abs()));
        if let Some(row) = nearest
            && (peaks[row] - level).abs() <= ROW_REACH * page.letter_px
        {
            lines[row].letters.push(letter);
        }
    }
    lines.retain(|line| !line.letters.is_empty());
    for line in &mut lines {
        line.letters.sort_by(|a, b| a.left.total_cmp(&b.left));
    }
    lines
}

/// Levels where letters are densest, at least a pitch apart.
fn peaks(levels: &[(f32, Blob)], letter_px: f32) -> Vec<f32> {
    const BINS_PER_LETTER: f32 = 10.0;
    let (Some(first), Some(last)) = (levels.first(), levels.last()) else { return Vec::new() };
    let bin_px = letter_px / BINS_PER_LETTER;
    let low = first.0 - letter_px;
    let n_bins = ((last.0 - low) / bin_px) as usize + 12;
    let mut density = vec![0.0f32; n_bins];
    for (level, letter) in levels {
        let place = (level - low) / bin_px;
        let weight = letter.width().min(6.0 * letter_px) / letter_px;
        // A triangle of half a letter's height each way.
        let near = (place as usize).saturating_sub(4);
        for (bin, density) in density.iter_mut().enumerate().skip(near).take(10) {
            *density += weight * (1.0 - (bin as f32 - place).abs() / 5.0).max(0.0);
        }
    }
    let mut order: Vec<usize> = (1..n_bins - 1)
        .filter(|&bin| {
            density[bin] > 0.2 && density[bin] >= density[bin - 1] && density[bin] > density[bin + 1]
        })
        .collect();
    order.sort_by(|&a, &b| density[b].total_cmp(&density[a]));
    let mut taken: Vec<f32> = Vec::new();
    for bin in order {
        let level = low + bin as f32 * bin_px;
        if taken.iter().all(|other| (other - level).abs() >= LEAST_PITCH * letter_px) {
            taken.push(level);
        }
    }
    taken.sort_by(f32::total_cmp);
    taken
}

impl Row {
    fn new(page: &Page, line: &Line, cell_px: f32) -> Self {
        let letters: Vec<Letter> =
            line.letters.iter().map(|blob| Letter::new(page, line.level, blob, cell_px)).collect();
        Self { level: line.level, words: words(&letters, cell_px), letters }
    }

    /// Drops letters that do not lie between two places, px.
    pub(super) fn trim(&mut self, from: f32, to: f32, cell_px: f32) {
        self.letters.retain(|letter| letter.to > from && letter.from < to);
        self.words = words(&self.letters, cell_px);
    }

    pub(super) fn left(&self) -> f32 {
        self.words[0].left
    }

    pub(super) fn last(&self) -> &Word {
        &self.words[self.words.len() - 1]
    }
}

/// Letters gathered into words.
fn words(letters: &[Letter], cell_px: f32) -> Vec<Word> {
    letters
        .chunk_by(|one, next| next.from - one.to < WORD_GAP * cell_px)
        .map(|letters| Word::new(letters, cell_px))
        .collect()
}

impl Letter {
    fn new(page: &Page, level: f32, blob: &Blob, cell_px: f32) -> Self {
        let [x, y] = blob.middle();
        let half = if blob.width() < ONE_LETTER * cell_px {
            cell_px / 2.0
        } else {
            blob.width() / 2.0 + BEARING * cell_px
        };
        Self { from: x - half, to: x + half, ink: blob.width(), drop: y - page.height_at(level, x) }
    }
}

impl Word {
    fn new(letters: &[Letter], cell_px: f32) -> Self {
        let right = letters.iter().map(|letter| letter.to).fold(f32::NEG_INFINITY, f32::max);
        Self {
            left: letters[0].from,
            right,
            drop: median(letters.iter().map(|letter| letter.drop).collect()),
            is_sliver: letters.iter().all(|letter| letter.ink < SLIVER * cell_px),
        }
    }

    pub(super) fn width(&self) -> f32 {
        self.right - self.left
    }

    /// Narrower than most letters: an edge, a scratch, or a slim 1.
    pub(super) fn is_sliver(&self) -> bool {
        self.is_sliver
    }
}

/// Width of a letter's cell, px: the commonest distance of two neighbouring letters' middles.
pub(super) fn cell_width(page: &Page) -> f32 {
    const PER_LETTER: f32 = 24.0;
    let mut bins = [0.0f32; 40];
    for line in gather(page) {
        for pair in line.letters.windows(2) {
            let alone = pair.iter().all(|letter| letter.width() < 1.05 * page.letter_px);
            let step = pair[1].middle()[0] - pair[0].middle()[0];
            let place = step / page.letter_px * PER_LETTER;
            if alone && (8.0..38.0).contains(&place) {
                for bin in place as usize - 2..=place as usize + 2 {
                    bins[bin.min(39)] += 1.0 - (bin as f32 + 0.5 - place).abs() / 3.0;
                }
            }
        }
    }
    let best = (0..bins.len()).max_by(|&a, &b| bins[a].total_cmp(&bins[b])).unwrap_or(0);
    let few = bins[best] < 12.0;
    // Capitals of printers' faces are about 1.3 times as high as their cell is wide.
    page.letter_px * if few { 0.77 } else { (best as f32 + 0.5) / PER_LETTER }
}
