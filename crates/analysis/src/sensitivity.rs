//! How much would have to be different on the missing tables: the sensitivity line and its tipping points.
//!
//! No interval covers sheets that are missing because of how they voted. So the result is drawn as a
//! function of that: the M missing valid votes (as many as k mean tables hold) give the second side d points
//! more than the sheets do, the first d points less, and all others the same:
//!
//! ```text
//! A(d) = A + M (A/V − d)     B(d) = B + M (B/V + d)
//! ```
//!
//! The ratio falls below r when the second side takes more than x = (A + M(A+B)/V − r·B) / (1 + r) of the
//! missing votes. The idea is that of a tipping-point analysis (Yan, Lee & Li 2009); worst cases are in
//! [`crate::bounds`].

use tallyproof_core::tabulate::Tabulation;

use crate::number::float;

/// Steps of the line, points (0.05 is five).
const STEP: f64 = 0.05;

/// The line.
#[derive(Clone, Debug, PartialEq)]
pub struct Sensitivity {
    /// Valid votes on the missing tables if they are as large as the mean table seen, M.
    pub missing_valid: f64,
    /// The line, from the least shift that is possible to the most.
    pub points: Vec<Point>,
    /// Where the ratio falls below 1 (another winner) and below the whole numbers it exceeds.
    pub tipping: Vec<Tipping>,
}

/// The whole result under one shift.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Shift to the second side on the missing tables, as a share of their valid votes.
    pub shift: f64,
    /// Share of the first of all valid votes.
    pub share_first: f64,
    /// Share of the second.
    pub share_second: f64,
    /// First by second; `None` when the second has no votes.
    pub ratio: Option<f64>,
}

/// One tipping point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tipping {
    /// The ratio that is no longer reached.
    pub ratio: u32,
    /// Votes of the second side on the missing tables beyond which it is not, in thousandths.
    milli_votes: i128,
    /// Missing valid votes, in thousandths.
    milli_missing: i128,
    second_seen: i128,
    first_seen: i128,
    valid_seen: i128,
}

impl Tipping {
    /// Votes of the second side on the missing tables at the tipping point.
    pub fn votes(&self) -> f64 {
        float(self.milli_votes) / 1000.0
    }

    /// The same as a share of the missing valid votes.
    pub fn share_of_missing(&self) -> f64 {
        float(self.milli_votes) / float(self.milli_missing)
    }

    /// How much more than on the sheets.
    pub fn shift(&self) -> f64 {
        self.share_of_missing() - float(self.second_seen) / float(self.valid_seen)
    }

    /// Whether the missing votes suffice, all others keeping their share.
    pub fn possible(&self) -> bool {
        self.shift() <= float(self.first_seen) / float(self.valid_seen)
    }
}

/// The line for the two leading selections. `None` when nothing is missing, nothing was seen, or more was
/// seen than exists.
pub fn sensitivity(tab: &Tabulation) -> Option<Sensitivity> {
    let ranking = tab.totals.ranking();
    let [first, second, ..] = ranking.as_slice() else { return None };
    let [a, b, v] = [tab.totals.votes[*first], tab.totals.votes[*second], tab.totals.valid()].map(i128::from);
    let (k, n) = (i128::from(tab.n_tables_missing()), i128::from(tab.n_tables_seen()));
    if k == 0 || v == 0 {
        return None;
    }
    let milli_missing = k * v * 1000 / n;
    let missing_valid = float(k * v) / float(n);
    let tipping = thresholds(a, b).into_iter().map(|ratio| {
        let r = i128::from(ratio);
        Tipping {
            ratio,
            milli_votes: (1000 * (a - r * b) + milli_missing * (a + b) / v) / (1 + r),
            milli_missing,
            second_seen: b,
            first_seen: a,
            valid_seen: v,
        }
    });
    Some(Sensitivity {
        missing_valid,
        points: points(missing_valid, [a, b, v].map(float)),
        tipping: tipping.collect(),
    })
}

/// Ratios worth a tipping point: 1, and the whole number next below what the sheets show.
pub fn thresholds(a: i128, b: i128) -> Vec<u32> {
    let whole = if b > 0 { u32::try_from((a - 1).max(0) / b).unwrap_or(u32::MAX) } else { 1 };
    // A ratio of hundreds is a stronghold's, not a country's: nobody asks when it falls below 317.
    if (2..=100).contains(&whole) { vec![1, whole] } else { vec![1] }
}

fn points(missing: f64, [a, b, v]: [f64; 3]) -> Vec<Point> {
    let (least, most) = (-b / v, a / v);
    let point = |shift: f64| {
        let first = a + missing * (a / v - shift);
        let second = b + missing * (b / v + shift);
        Point {
            shift,
            share_first: first / (v + missing),
            share_second: second / (v + missing),
            ratio: (second > 1e-6).then(|| first / second),
        }
    };
    let inner = (-20..=20).map(|i| f64::from(i) * STEP).filter(|&d| d > least && d < most);
    std::iter::once(least).chain(inner).chain([most]).map(point).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thresholds_are_one_and_the_whole_number_below() {
        assert_eq!(thresholds(22, 10), [1, 2]);
        assert_eq!(thresholds(20, 10), [1]);
        assert_eq!(thresholds(5, 5), [1]);
        assert_eq!(thresholds(5, 0), [1]);
    }
}
