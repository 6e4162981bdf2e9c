//! How much one sheet can overstate the margin.
//!
//! If a sheet's true figures gave everything to the second side, the margin would shrink by
//! u = A − B + b, where A and B are the first and second side's votes on it and b the most votes the table
//! can hold: its electors, or its printed turnout, valid + blank + null, which assumes that turnout true. The winner
//! is wrong only if overstatements sum to the margin (less the worst case for missing tables), V. The fewest
//! sheets that could do so are the largest.
//!
//! Source: Aslam, Popa & Rivest 2007; Lindeman & Stark 2012, for the bound and the audit on it.

use crate::counted::Counted;

/// What the most votes of a table are taken to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cap {
    /// Electors where known, else as below.
    Electors,
    /// Valid + blank + null: assumes the printed turnout true.
    Turnout,
}

impl Cap {
    /// Both.
    pub const ALL: [Cap; 2] = [Cap::Electors, Cap::Turnout];

    /// The cap with this code.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cap| cap.code() == code)
    }

    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Cap::Electors => "electors",
            Cap::Turnout => "turnout",
        }
    }
}

/// Overstatement bounds of every sheet of a list, votes; none is negative.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Bound per sheet, in the order of the sheets.
    pub u: Vec<u64>,
    /// Their sum.
    pub total: u64,
    /// The largest.
    pub largest: u64,
    /// Sums of the largest: of one, of two, and so on.
    reach: Vec<u64>,
}

impl Bounds {
    /// Bounds for the margin of selection `first` over `second`.
    pub fn new(counted: &Counted, (first, second): (usize, usize), cap: Cap) -> Self {
        let bound = |i: usize| {
            let votes = counted.votes(i);
            let (a, b) = (u64::from(votes[first]), u64::from(votes[second]));
            let known = counted.electors[i].filter(|_| cap == Cap::Electors).map_or(0, u64::from);
            // A + b never falls short of B: the votes cast hold both sides.
            a + known.max(counted.cast[i]) - b
        };
        Self::of((0..counted.len()).map(bound).collect())
    }

    /// Bounds given by themselves.
    pub fn of(u: Vec<u64>) -> Self {
        let mut reach = u.clone();
        reach.sort_unstable_by(|a, b| b.cmp(a));
        let largest = reach.first().copied().unwrap_or(0);
        let mut sum = 0u64;
        for bound in &mut reach {
            sum = sum.saturating_add(*bound);
            *bound = sum;
        }
        Self { total: u.iter().sum(), largest, u, reach }
    }

    /// k_min: the fewest sheets whose bounds sum to `margin`; `None` when all together do not.
    ///
    /// With [`Cap::Turnout`] and the whole margin this is the outcome's budget: the fewest sheets that must
    /// be reversed entirely before the winner changes.
    pub fn fewest_for(&self, margin: u64) -> Option<u64> {
        if margin == 0 {
            return Some(0);
        }
        let n = self.reach.partition_point(|&sum| sum < margin);
        (n < self.reach.len()).then_some(n as u64 + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_are_taken_first() {
        let bounds = Bounds::of(vec![3, 9, 0, 7]);
        assert_eq!((bounds.total, bounds.largest), (19, 9));
        let fewest = [0, 1, 9, 10, 16, 17, 19, 20].map(|margin| bounds.fewest_for(margin));
        assert_eq!(fewest, [Some(0), Some(1), Some(1), Some(2), Some(2), Some(3), Some(3), None]);
        assert_eq!(Bounds::of(vec![]).fewest_for(1), None);
    }
}
