//! One figure: from its last cell to the left, each digit looked for where the one before says it must be.

use crate::codes::Point;
use crate::digits::{BLANK, CELL, Classes, DIGITS, Gradients, HALF, LEADER, MARKED_ZERO, Net, REACH, Strip};

/// Farthest a figure is looked for from where the layout believes it, samples across and down.
const FAR: Point = [0.7 * CELL as f32, REACH as f32];
/// Farthest a digit is looked for from where the digit to its right says it stands, samples across and down.
const NEAR: Point = [0.35 * CELL as f32, 0.3 * HALF as f32];

/// What stands in one cell.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cell {
    pub(super) at: Point,
    classes: Classes,
}

/// A figure's cells.
#[derive(Clone, Debug)]
pub(super) struct Walk {
    /// Cells that look like digits, last first.
    pub(super) digits: Vec<Cell>,
    /// The cell left of them.
    pub(super) before: Cell,
    /// The cell right of them.
    pub(super) after: Cell,
}

/// How far each shape of the zero is believed on a sheet, open and marked, 0..=1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Zeros([f32; 2]);

impl Zeros {
    /// Both.
    pub(super) const EITHER: Self = Self([1.0, 1.0]);

    /// What the sure zeros of a sheet say: a printer has one shape, so a cell that looks like the other is no zero
    /// (styles that hold for a whole page: P. Sarkar, G. Nagy, IEEE Trans. PAMI 27, 2005).
    pub(super) fn of<'a>(walks: impl Iterator<Item = &'a Walk>) -> Self {
        const SURE: f32 = 0.95;
        const ENOUGH: u16 = 3;
        const RARE: f32 = 0.002;
        let mut seen = [0u16; 2];
        for cell in walks.flat_map(|walk| &walk.digits) {
            for (shape, class) in [0, MARKED_ZERO].into_iter().enumerate() {
                seen[shape] += u16::from(cell.classes[class] >= SURE);
            }
        }
        match seen {
            [open, marked] if open >= ENOUGH && open / 4 >= marked => Self([1.0, RARE]),
            [open, marked] if marked >= ENOUGH && marked / 4 >= open => Self([RARE, 1.0]),
            _ => Self::EITHER,
        }
    }
}

impl Cell {
    /// The cell on a sheet whose zeros have one shape.
    fn with(&self, zeros: Zeros) -> Self {
        let mut classes = self.classes;
        classes[0] *= zeros.0[0];
        classes[MARKED_ZERO] *= zeros.0[1];
        let total: f32 = classes.iter().sum();
        Self { at: self.at, classes: classes.map(|share| share / total) }
    }

    /// Probability that this digit stands in it.
    fn is(&self, digit: usize) -> f32 {
        self.classes[digit] + if digit == 0 { self.classes[MARKED_ZERO] } else { 0.0 }
    }

    /// Likeliest digit and its probability.
    fn best(&self) -> (usize, f32) {
        let digits = (0..10).map(|digit| (digit, self.is(digit)));
        digits.fold((0, 0.0), |best, digit| if digit.1 > best.1 { digit } else { best })
    }

    /// Probability that some digit stands in it.
    pub(super) fn is_digit(&self) -> f32 {
        self.classes[..DIGITS].iter().sum()
    }

    /// Whether a zero in it would be a marked one.
    pub(super) fn has_marked_zero(&self) -> bool {
        self.classes[MARKED_ZERO] > self.classes[0]
    }

    /// Probability that nothing stands in it but a leader.
    pub(super) fn is_empty(&self) -> f32 {
        self.classes[BLANK] + self.classes[LEADER]
    }
}

/// Eyes on one strip.
pub(super) struct Gaze<'a> {
    pub(super) net: &'a Net,
    pub(super) strip: &'a Strip,
    pub(super) gradients: Gradients,
}

impl<'a> Gaze<'a> {
    pub(super) fn new(net: &'a Net, strip: &'a Strip, contrast: f32) -> Self {
        Self { net, strip, gradients: Gradients::of(strip, contrast) }
    }

    /// Walks from the last cell to the left while digits stand there; `n_digits` goes on for exactly so many.
    pub(super) fn walk(&self, start: Point, n_digits: Option<usize>) -> Walk {
        let first = self.drawn(self.drawn(start, start, FAR), start, FAR);
        let mut digits = vec![];
        let mut at = first;
        let before = loop {
            let cell = self.cell(at);
            let ends = match n_digits {
                Some(n_digits) => digits.len() >= n_digits,
                None => cell.is_digit() < 0.5 || digits.len() >= self.strip.n_cells(),
            };
            if ends {
                break cell;
            }
            digits.push(cell);
            let next = [at[0] - CELL as f32, at[1]];
            at = self.drawn(next, next, NEAR);
        };
        let after = self.cell([first[0] + CELL as f32, first[1]]);
        Walk { digits, before, after }
    }

    /// `at` moved to the digit near it, if there is one, no farther than `reach` from `origin`.
    fn drawn(&self, at: Point, origin: Point, reach: Point) -> Point {
        let nudge = self.net.place(&self.gradients.features(at));
        if nudge.digit < 0.5 {
            return at;
        }
        [0, 1].map(|axis| {
            (at[axis] + nudge.by[axis]).clamp(origin[axis] - reach[axis], origin[axis] + reach[axis])
        })
    }

    /// What stands at a place. Where one look is not sure of its digit, the mean of five from around it decides: noise
    /// and blur change from look to look, the digit does not.
    pub(super) fn cell(&self, at: Point) -> Cell {
        const AROUND: [Point; 4] = [[-1.0, 0.0], [1.0, 0.0], [0.0, -1.0], [0.0, 1.0]];
        let look = |[x, y]: Point| self.net.classify(&self.gradients.features([at[0] + x, at[1] + y]));
        let mut classes = look([0.0, 0.0]);
        let cell = Cell { at, classes };
        if cell.is_digit() < 0.5 || cell.best().1 >= super::SURE {
            return cell;
        }
        for other in AROUND.map(look) {
            classes.iter_mut().zip(other).for_each(|(sum, share)| *sum += share);
        }
        Cell { at, classes: classes.map(|sum| sum / 5.0) }
    }
}

impl Walk {
    /// The walk on a sheet whose zeros have one shape.
    pub(super) fn with(&self, zeros: Zeros) -> Self {
        let digits = self.digits.iter().map(|cell| cell.with(zeros)).collect();
        Self { digits, before: self.before.with(zeros), after: self.after.with(zeros) }
    }

    /// The digits seen, first digit first, and the probability of the least sure thing about them.
    pub(super) fn read(&self) -> (String, f32) {
        let best = self.digits.iter().rev().map(Cell::best);
        let text = best.clone().map(|(digit, _)| char::from(b"0123456789"[digit])).collect();
        (text, best.map(|(_, sure)| sure).fold(self.ends(), f32::min))
    }

    /// Probability of the least sure digit if the figure is `proposed`.
    pub(super) fn agrees(&self, proposed: &[usize]) -> f32 {
        let digits = self.digits.iter().zip(proposed.iter().rev());
        digits.map(|(cell, digit)| cell.is(*digit)).fold(self.ends(), f32::min)
    }

    /// Probability that no digit stands beside the figure.
    fn ends(&self) -> f32 {
        1.0 - self.before.is_digit().max(self.after.is_digit())
    }
}
