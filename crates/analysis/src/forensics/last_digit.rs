//! Last digits of counts: a check of data entry only.
//!
//! Where counts spread over three decades or more, their last digits are as good as evenly spread; a person
//! who types from memory, or rounds, makes some more common. χ² = Σ (seen − n/10)² / (n/10) on 9 degrees of
//! freedom. Source: Beber & Scacco, "What the numbers say", Political Analysis 20 (2012), whose use on
//! election results at large is not followed: small counts are not evenly spread in honest elections, so the
//! test is silent unless nearly all counts have two digits and some three.

use super::tail::chi_square_9_above;
use super::{Case, Silence};

/// Fewest tables.
const LEAST_TABLES: usize = 500;

/// Largest count that shows three decades.
const THREE_DECADES: u32 = 100;

/// One in so many counts may have a single digit.
const ONE_IN: usize = 500;

/// One side's last digits.
#[derive(Clone, Debug, PartialEq)]
pub struct LastDigit {
    /// Tables per digit.
    pub seen: [u64; 10],
    /// χ².
    pub chi_square: f64,
    /// Its p on 9 degrees of freedom.
    pub p: f64,
}

pub(super) fn last_digit(case: &Case, selection: usize) -> Result<LastDigit, Silence> {
    let n = case.counted.len();
    if n < LEAST_TABLES {
        return Err(Silence::TooFew);
    }
    let votes = |i: usize| case.counted.votes(i)[selection];
    let n_single = (0..n).filter(|&i| votes(i) < 10).count();
    let largest = (0..n).map(votes).max().unwrap_or(0);
    if largest < THREE_DECADES || n_single * ONE_IN > n {
        return Err(Silence::CountsTooSmall);
    }
    let mut seen = [0u64; 10];
    for i in 0..n {
        seen[(votes(i) % 10) as usize] += 1;
    }
    let expected = n as f64 / 10.0;
    let off = |&seen: &u64| (seen as f64 - expected) * (seen as f64 - expected) / expected;
    let chi_square = seen.iter().map(off).sum();
    Ok(LastDigit { seen, chi_square, p: chi_square_9_above(chi_square) })
}
