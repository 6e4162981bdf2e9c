//! Fits a form's rows to the rows seen: the best alignment of two sequences.

use std::ops::Range;

use tallyproof_core::form::{Form, Row as FormRow};

use super::align::{Alignment, Best};
use super::column::Column;
use super::rows::{Row, Word};

/// What a row of the form should look like.
#[derive(Clone, Copy, Debug)]
struct Expected {
    /// Index of its figure among the form's figures; `None` for a row of words.
    figure: Option<usize>,
    /// Letters of its label, where the pack's wording can be relied on.
    label: Option<usize>,
    /// Where its figure stands.
    stands: Stands,
    /// Cost of not finding it.
    missing: f32,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Stands {
    /// Nowhere: words alone.
    Nowhere,
    /// Nowhere: words after a label.
    Words,
    /// Flush right, in the column.
    Right,
    /// After its label, with this many digits where that is fixed.
    AfterLabel { digits: Option<usize> },
}

/// What a row looks like.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    level: f32,
    shows_figure: bool,
    /// Letters of its label, by its width.
    label: f32,
    /// Where each word begins and ends, in letters from the first word's beginning.
    words: Vec<[f32; 2]>,
}

/// A form laid over the rows of a picture.
pub(super) struct Fit {
    /// Per figure of the form, where it stands.
    pub(super) spots: Vec<Option<Spot>>,
    /// Share of the form's rows that were found, 0..=1.
    pub(super) found: f32,
    /// Of rows found whose label is known and stands before a figure in the column: its length as seen over its
    /// length as known.
    pub(super) labels: Vec<f32>,
    /// What speaks for it less what speaks against it, over all rows.
    score: f32,
    /// The same per row of the form: about 3 when all is as expected, below 1 when rows are not this form's.
    pub(super) quality: f32,
}

/// Where a figure stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Spot {
    /// In the column, on this row.
    Column(usize),
    /// In the column, on a row of which nothing was seen: this share of the way from one row to another.
    Between(usize, usize, f32),
    /// On this row, ending with this word.
    Word(usize, usize),
}

impl Seen {
    pub(super) fn of(row: &Row, shows_figure: bool, cell_px: f32) -> Self {
        let letters = |width: f32| width / cell_px;
        let label_end = match (shows_figure, row.words.len()) {
            (true, 1) => row.left(),
            (true, n) => row.words[n - 2].right,
            (false, _) => row.last().right,
        };
        let word = |word: &Word| [letters(word.left - row.left()), letters(word.right - row.left())];
        Self {
            level: row.level,
            shows_figure,
            label: letters(label_end - row.left()),
            words: row.words.iter().map(word).collect(),
        }
    }

    /// The figure after a label of `label` letters: how well it fits, and the words it is made of.
    fn after_label(&self, label: usize, digits: Option<usize>) -> (f32, Range<usize>) {
        // A colon and a blank stand between.
        let begins = label as f32 + 2.0;
        let candidates = (1..self.words.len()).flat_map(|first| {
            // A digit lost to a fold leaves two words.
            (first + 1..=(first + 2).min(self.words.len())).map(move |end| first..end)
        });
        let score = |words: &Range<usize>| {
            let (from, to) = (self.words[words.start][0], self.words[words.end - 1][1]);
            let length = digits.map_or(0.2, |digits| label_likeness(digits as f32, to - from, 1.6));
            label_likeness(begins, from, 1.6) + length - 0.7 * (words.len() - 1) as f32
        };
        let scored = candidates.map(|words| (score(&words), words));
        scored.max_by(|a, b| a.0.total_cmp(&b.0)).unwrap_or((-2.0, 0..0))
    }
}

/// The better of the two ways forms print a selection's total: beside its name, or on a row of its own below.
pub(super) fn fit(form: &Form, seen: &[Seen], pitch_px: f32) -> Fit {
    let n_figures = form.figures().count();
    let beside = align(&expected(form, false), seen, pitch_px, n_figures);
    let below = align(&expected(form, true), seen, pitch_px, n_figures);
    if below.score > beside.score { below } else { beside }
}

/// The form's rows in order; `below` puts totals on rows of their own.
fn expected(form: &Form, below: bool) -> Vec<Expected> {
    let mut n_figures = 0;
    let mut next = |row: &FormRow| {
        row.figure.map(|_| {
            n_figures += 1;
            n_figures - 1
        })
    };
    let mut rows = Vec::new();
    for row in &form.header {
        let figure = next(row);
        let stands = match row.figure {
            Some(_) => Stands::AfterLabel { digits: row.digits },
            None => Stands::Words,
        };
        // Header rows come and go between printers; those with figures matter.
        let missing = if figure.is_some() { 2.0 } else { 0.6 };
        rows.push(Expected { figure, label: Some(row.label.chars().count()), stands, missing });
    }
    for group in &form.groups {
        let total = next(&group.total);
        let has_lines = !group.lines.is_empty();
        let name = Expected {
            figure: if below && has_lines { None } else { total },
            // Names vary between a pack and a printer more than parties' labels do.
            label: None,
            stands: if below && has_lines { Stands::Nowhere } else { Stands::Right },
            missing: 2.2,
        };
        rows.push(name);
        rows.extend(group.lines.iter().map(|line| Expected {
            figure: next(line),
            label: Some(line.label.chars().count()),
            stands: Stands::Right,
            missing: 3.0,
        }));
        if below && has_lines {
            rows.push(Expected { figure: total, label: None, stands: Stands::Right, missing: 2.2 });
        }
    }
    rows.extend(form.totals.iter().map(|row| Expected {
        figure: next(row),
        label: Some(row.label.chars().count()),
        stands: Stands::Right,
        missing: 1.5,
    }));
    rows
}

impl Expected {
    /// How well `seen` is this row: a sum of what speaks for and against.
    fn likeness(&self, seen: &Seen) -> f32 {
        match self.stands {
            Stands::Right => {
                let column = if seen.shows_figure { 1.5 } else { -1.2 };
                column + self.label.map_or(0.2, |letters| label_likeness(letters as f32, seen.label, 1.6))
            }
            Stands::Nowhere => 0.2 + if seen.shows_figure { -1.5 } else { 0.6 },
            Stands::Words => {
                let column = if seen.shows_figure { -1.5 } else { 0.0 };
                column + self.label.map_or(0.0, |label| seen.after_label(label, None).0)
            }
            Stands::AfterLabel { digits } => {
                self.label.map_or(0.0, |label| seen.after_label(label, digits).0)
            }
        }
    }
}

/// `most` when widths agree, falling by 1 a letter, never below minus `most`.
fn label_likeness(letters: f32, seen: f32, most: f32) -> f32 {
    (most - 0.9 * ((letters - seen).abs() - 0.35).max(0.0)).max(-most)
}

/// A figure after a label is where words fit at least this well; 3.2 is all they can.
const LEAST_AFTER_LABEL: f32 = 0.8;
/// The best alignment of the form's rows with those seen.
fn align(form: &[Expected], seen: &[Seen], pitch_px: f32, n_figures: usize) -> Fit {
    let mut fit = Fit {
        spots: vec![None; n_figures],
        labels: Vec::new(),
        found: 0.0,
        score: f32::NEG_INFINITY,
        quality: 0.0,
    };
    let Some(Best { score, pairs }) = alignment(form, seen, pitch_px).map(|alignment| alignment.best())
    else {
        return fit;
    };
    for &(i, j) in &pairs {
        if let (Some(known @ 3..), Stands::Right, true) =
            (form[i].label, form[i].stands, seen[j].shows_figure)
        {
            fit.labels.push(seen[j].label / known as f32);
        }
        if let Some(figure) = form[i].figure {
            fit.spots[figure] = spot(&form[i], &seen[j], j);
        }
    }
    for pair in pairs.windows(2) {
        let [(a, b), (i, j)] = [pair[0], pair[1]];
        fill(&mut fit.spots, &form[a + 1..i], [b, j], (seen[j].level - seen[b].level) / pitch_px);
    }
    let n = form.len() as f32;
    Fit { found: pairs.len() as f32 / n, score, quality: score / n, ..fit }
}

fn alignment(form: &[Expected], seen: &[Seen], pitch_px: f32) -> Option<Alignment> {
    let likeness = form.iter().flat_map(|row| seen.iter().map(|seen| row.likeness(seen))).collect();
    let missing: Vec<f32> = form.iter().map(|row| row.missing).collect();
    let levels: Vec<f32> = seen.iter().map(|row| row.level / pitch_px).collect();
    Alignment::new(likeness, &missing, &levels)
}

/// By how much the fit is better than the best one that puts each figure on another row.
pub(super) fn margins(form: &Form, seen: &[Seen], pitch_px: f32, fit: &Fit) -> Vec<f32> {
    let own = |figure: usize, row: usize| match fit.spots[figure] {
        Some(Spot::Column(at) | Spot::Word(at, _)) => at == row,
        Some(Spot::Between(..)) | None => false,
    };
    let mut rivals = vec![f32::NEG_INFINITY; fit.spots.len()];
    for below in [false, true] {
        let form = expected(form, below);
        let Some(alignment) = alignment(&form, seen, pitch_px) else { continue };
        for (row, scores) in form.iter().zip(alignment.through().chunks_exact(seen.len())) {
            let Some(figure) = row.figure else { continue };
            let others = scores.iter().enumerate().filter(|(at, _)| !own(figure, *at));
            rivals[figure] = others.fold(rivals[figure], |most, (_, score)| most.max(*score));
        }
    }
    rivals.iter().map(|rival| fit.score - rival).collect()
}

/// Where the figure of a row stands that was found.
fn spot(row: &Expected, seen: &Seen, at: usize) -> Option<Spot> {
    match row.stands {
        Stands::AfterLabel { digits } => {
            let (score, words) = seen.after_label(row.label?, digits);
            (score >= LEAST_AFTER_LABEL).then(|| Spot::Word(at, words.end - 1))
        }
        Stands::Right => Some(Spot::Column(at)),
        Stands::Nowhere | Stands::Words => None,
    }
}

/// Rows of the form passed over between two rows that stand just so far apart that they fit between.
fn fill(spots: &mut [Option<Spot>], passed: &[Expected], [from, to]: [usize; 2], pitches: f32) {
    let parts = passed.len() as f32 + 1.0;
    if to != from + 1 || (pitches - parts).abs() > 0.15 * parts {
        return;
    }
    for (place, row) in passed.iter().enumerate() {
        if let (Some(figure), Stands::Right) = (row.figure, row.stands) {
            spots[figure] = Some(Spot::Between(from, to, (place as f32 + 1.0) / parts));
        }
    }
}

/// What each row shows, for fitting.
pub(super) fn seen(rows: &[Row], column: &Column, cell_px: f32) -> Vec<Seen> {
    rows.iter().zip(&column.ends).map(|(row, &ends)| Seen::of(row, ends, cell_px)).collect()
}
