//! The best alignment in order of two sequences, rows of a form and rows seen, and how good any other is.

/// Rows of the form or of the picture that one step may pass over.
const MOST_PASSED: usize = 6;
/// Cost of a printed row that the form does not know.
const EXTRA_ROW: f32 = 1.0;

/// What an alignment is made of.
pub(super) struct Alignment {
    /// Rows of the form.
    n: usize,
    /// Rows seen.
    m: usize,
    /// How well each row of the form looks like each row seen, the form's rows one after the other.
    likeness: Vec<f32>,
    /// Cost of not finding the form's rows before each one.
    missing_before: Vec<f32>,
    /// By rows of the form passed over and rows seen passed over, the cost of a step to each row seen.
    steps: [[Vec<f32>; MOST_PASSED]; MOST_PASSED],
}

/// What speaks for an alignment less what speaks against it, and its pairs of rows of the form and rows seen.
pub(super) struct Best {
    pub(super) score: f32,
    pub(super) pairs: Vec<(usize, usize)>,
}

impl Alignment {
    /// `likeness` has a row of the form after the other; `levels` says where rows stand, in pitches. `None` when there
    /// is nothing to align.
    pub(super) fn new(likeness: Vec<f32>, missing: &[f32], levels: &[f32]) -> Option<Self> {
        let (n, m) = (missing.len(), levels.len());
        if n == 0 || m == 0 {
            return None;
        }
        let missing_before = std::iter::once(0.0).chain(missing.iter().scan(0.0, |sum, cost| {
            *sum += cost;
            Some(*sum)
        }));
        let step = |j: usize, form: usize, seen: usize| {
            let from = j.checked_sub(1 + seen)?;
            Some(EXTRA_ROW * seen as f32 + gap_cost(levels[j] - levels[from], form, seen))
        };
        let costs = |form, seen| (0..m).map(|j| step(j, form, seen).unwrap_or(f32::INFINITY)).collect();
        let steps = std::array::from_fn(|form| std::array::from_fn(|seen| costs(form, seen)));
        Some(Self { n, m, likeness, missing_before: missing_before.collect(), steps })
    }

    /// The best one, rows of the picture before and after the form being free
    /// (Needleman & Wunsch 1970, ends free on one side).
    pub(super) fn best(&self) -> Best {
        let (scores, from) = self.forward();
        let end = |at: usize| scores[at] - self.missing(at / self.m + 1, self.n);
        // The first of equals.
        let last = (1..scores.len()).fold(0, |best, at| if end(at) > end(best) { at } else { best });
        let mut cells = vec![last];
        while let Some(from) = cells.last().and_then(|at| from[*at]) {
            cells.push(from);
        }
        Best { score: end(last), pairs: cells.iter().rev().map(|at| (at / self.m, at % self.m)).collect() }
    }

    /// For each row of the form and each row seen, the form's rows one after the other, the score of the best alignment
    /// that puts the one on the other (the sum of best ways there and on from there, as in forward–backward decoding:
    /// R. Durbin et al., Biological Sequence Analysis, 1998, §4.4, with the best in place of the sum).
    pub(super) fn through(&self) -> Vec<f32> {
        let ((scores, _), onward) = (self.forward(), self.onward());
        scores.iter().zip(onward).map(|(score, onward)| score + onward).collect()
    }

    /// Cost of not finding the form's rows `from..to`.
    fn missing(&self, from: usize, to: usize) -> f32 {
        self.missing_before[to] - self.missing_before[from]
    }

    /// The score of the best way to each cell, from the first rows on, and the cell before it. Each kind of step is tried
    /// for a whole row of cells at once, which the compiler does several at a time.
    fn forward(&self) -> (Vec<f32>, Vec<Option<usize>>) {
        const NOWHERE: u32 = u32::MAX;
        let (n, m) = (self.n, self.m);
        let (mut scores, mut from) = (vec![0.0; n * m], Vec::with_capacity(n * m));
        let mut came = vec![NOWHERE; m];
        for i in 0..n {
            let (before, rest) = scores.split_at_mut(i * m);
            let here = &mut rest[..m];
            here.fill(-self.missing_before[i]);
            came.fill(NOWHERE);
            for (form, costs) in self.steps.iter().enumerate().take(i) {
                let (row, missing) = (i - 1 - form, self.missing(i - form, i));
                for (back, costs) in (1..m).zip(costs) {
                    let first = (row * m) as u32;
                    let cells = here[back..].iter_mut().zip(&mut came[back..]).zip(&costs[back..]);
                    for ((at, ((best, came), cost)), score) in (first..).zip(cells).zip(&before[row * m..]) {
                        let score = score - missing - cost;
                        *came = if score > *best { at } else { *came };
                        *best = if score > *best { score } else { *best };
                    }
                }
            }
            here.iter_mut().zip(&self.likeness[i * m..]).for_each(|(score, likeness)| *score += likeness);
            from.extend(came.iter().map(|&at| (at != NOWHERE).then_some(at as usize)));
        }
        (scores, from)
    }

    /// The best score of all that can follow each cell.
    fn onward(&self) -> Vec<f32> {
        let (n, m) = (self.n, self.m);
        let mut onward = vec![0.0; n * m];
        // What each cell adds if it comes next.
        let mut next = vec![0.0; n * m];
        for i in (0..n).rev() {
            let here = &mut onward[i * m..][..m];
            here.fill(-self.missing(i + 1, n));
            for (form, costs) in self.steps.iter().enumerate().take(n - 1 - i) {
                let (row, missing) = (i + 1 + form, self.missing(i + 1, i + 1 + form));
                for (on, costs) in (1..m).zip(costs) {
                    let after = next[row * m..][on..m].iter().zip(&costs[on..]);
                    for (best, (score, cost)) in here.iter_mut().zip(after) {
                        let score = score - missing - cost;
                        *best = if score > *best { score } else { *best };
                    }
                }
            }
            let likeness = &self.likeness[i * m..][..m];
            let cells = next[i * m..].iter_mut().zip(here.iter().zip(likeness));
            cells.for_each(|(next, (onward, likeness))| *next = onward + likeness);
        }
        onward
    }
}

/// Cost of rows standing nearer or further apart than the rows between them need.
fn gap_cost(pitches: f32, passed_form: usize, passed_seen: usize) -> f32 {
    let needed = 1.0 + passed_form.max(passed_seen) as f32;
    let off = (pitches - needed).abs();
    // Blocks of a form stand apart by a line or so; within a block rows are even.
    0.8 * (off - 0.3).clamp(0.0, 1.5)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows of a form alike in all but one; the picture has lost the row `lost`.
    fn alignment(n: usize, lost: usize, marked: usize) -> Alignment {
        let seen: Vec<usize> = (0..n).filter(|row| *row != lost).collect();
        let likeness = (0..n)
            .flat_map(|i| seen.iter().map(move |j| if (i == marked) == (*j == marked) { 2.0 } else { -1.0 }));
        let levels: Vec<f32> = seen.iter().map(|row| *row as f32).collect();
        Alignment::new(likeness.collect(), &vec![2.0; n], &levels).unwrap()
    }

    #[test]
    fn a_gap_says_which_row_is_lost_and_by_how_much() {
        let alignment = alignment(9, 5, 2);
        let best = alignment.best();
        let expected: Vec<(usize, usize)> = (0..9).filter(|i| *i != 5).zip(0..).collect();
        assert_eq!(best.pairs, expected);
        let through = alignment.through();
        for (i, j) in expected {
            assert!(
                (through[i * 8 + j] - best.score).abs() < 1e-4,
                "the best one goes through its own cells"
            );
        }
        // Row 4 stands on row seen 4; row 5, were it the lost one's neighbour, would cost the gap twice.
        assert!(through[5 * 8 + 5] < best.score - 0.5 && through[4 * 8 + 5] < best.score - 0.5);
        assert!(through.iter().all(|score| *score <= best.score + 1e-4));
    }
}
