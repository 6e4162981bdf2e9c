//! Shares that are whole percents: more of them than votes counted one by one would give?
//!
//! A table's share 100 y/V is called whole when it lies within 0.05 of 0, 1, 2, … 100. With p = y/V, the
//! chance of that on the same table is the binomial probability of the counts that would; their sum over the
//! tables is what to expect, and the number seen is a sum of independent yes/no events (Poisson-binomial).
//! Looked at for the first side, the second and all others together, at steps of 1, 5 and 10 percent: nine
//! tests. Only an excess counts. A step is silent where the tables' shares lie closer together than the step
//! (interquartile range below 1.349 steps, a normal distribution's at sd = step): a party with about 10 %
//! everywhere has more tables at just 10 % than p = y/V, which spreads them out once more, would expect.
//!
//! Source: Kobak, Shpilkin & Pshenichnikov, "Integer percentages as electoral falsification fingerprints",
//! Annals of Applied Statistics 10 (2016). Innocent explanations: none is common, but p = y/V leans towards
//! whole percents that were seen, so the excess is understated for small tables. The effect size is the excess
//! in tables: at most so many, whatever the p.

use super::tail::poisson_binomial_above;
use super::{Case, Silence};
use crate::holm::holm;

/// Steps of percent.
pub const STEPS: [u32; 3] = [1, 5, 10];

/// Fewest tables with votes.
const LEAST_TABLES: u64 = 100;

/// 95 % point of the standard normal distribution.
const Z_95: f64 = 1.644_853_626_951_472_2;

/// Probabilities this far below the largest of a table add nothing.
const NEGLIGIBLE: f64 = 1e-13;

/// Offsets from the nearest whole percent, in tenths of a percent from −0.5: the histogram's bins.
pub const BINS: usize = 10;

/// What a side's votes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// One selection's.
    Selection(usize),
    /// All selections but the first two.
    Others,
}

/// One step of one side.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// Step, percent.
    pub percent: u32,
    /// Tables seen at a whole multiple.
    pub seen: u64,
    /// Expected.
    pub expected: f64,
    /// Standard deviation of the number expected.
    pub sd: f64,
    /// Effect size: the excess as a share of the tables; negative where fewer were seen.
    pub excess_share: f64,
    /// The most it can be, one-sided at 95 %: (seen − ½ − expected + 1.645 sd) / tables, at least 0.
    pub most_share: f64,
    /// Chance of at least so many; `None` where the shares lie too close together for the step.
    pub p: Option<f64>,
    /// The same, by Holm over all steps and sides, the silent ones too.
    pub p_adjusted: Option<f64>,
}

/// One side.
#[derive(Clone, Debug, PartialEq)]
pub struct SideSteps {
    /// Whose votes.
    pub side: Side,
    /// One entry per step.
    pub steps: Vec<Step>,
    /// Tables by their offset from the nearest whole percent: bin b holds (b − 5.5)/10 to (b − 4.5)/10.
    pub seen_by_offset: [u64; BINS],
    /// Expected in each bin.
    pub expected_by_offset: [f64; BINS],
}

/// All nine tests.
#[derive(Clone, Debug, PartialEq)]
pub struct IntegerPercent {
    /// Tables with votes.
    pub n_tables: u64,
    /// First side, second side, all others.
    pub sides: Vec<SideSteps>,
}

impl IntegerPercent {
    /// Tests made.
    pub fn n_tests(&self) -> u64 {
        (self.sides.len() * STEPS.len()) as u64
    }

    /// Smallest adjusted p.
    pub fn p(&self) -> f64 {
        self.sides.iter().flat_map(|s| &s.steps).filter_map(|s| s.p_adjusted).fold(1.0, f64::min)
    }
}

pub(super) fn integer_percent(case: &Case) -> Result<IntegerPercent, Silence> {
    let valid: Vec<u64> = (0..case.counted.len()).map(|i| case.counted.valid(i)).collect();
    let n_tables = valid.iter().filter(|&&v| v > 0).count() as u64;
    if n_tables < LEAST_TABLES {
        return Err(Silence::TooFew);
    }
    let ln_factorials = LnFactorials::up_to(valid.iter().copied().max().unwrap_or(0));
    let (first, second) = case.sides;
    let votes = |i: usize, side: Side| match side {
        Side::Selection(s) => u64::from(case.counted.votes(i)[s]),
        Side::Others => {
            valid[i] - u64::from(case.counted.votes(i)[first]) - u64::from(case.counted.votes(i)[second])
        }
    };
    let sides = [Side::Selection(first), Side::Selection(second), Side::Others];
    let mut sides: Vec<SideSteps> = sides
        .into_iter()
        .map(|side| {
            let mut sums = Sums::default();
            let with_votes = || (0..valid.len()).filter(|&i| valid[i] > 0);
            with_votes().for_each(|i| sums.add(votes(i, side), valid[i], &ln_factorials));
            let spread =
                spread(with_votes().map(|i| 100.0 * votes(i, side) as f64 / valid[i] as f64).collect());
            sums.finish(side, spread, n_tables)
        })
        .collect();
    let n_tests = (sides.len() * STEPS.len()) as u64;
    let p: Vec<f64> = sides.iter().flat_map(|s| s.steps.iter().filter_map(|step| step.p)).collect();
    let spoken = sides.iter_mut().flat_map(|s| &mut s.steps).filter(|step| step.p.is_some());
    spoken.zip(holm(&p, n_tests)).for_each(|(step, adjusted)| step.p_adjusted = Some(adjusted));
    Ok(IntegerPercent { n_tables, sides })
}

/// Spread of shares in percent: the standard deviation of the normal distribution with their interquartile
/// range, which a few strongholds do not widen.
fn spread(mut shares: Vec<f64>) -> f64 {
    let n = shares.len();
    let mut quartile = |at: usize| *shares.select_nth_unstable_by(at.min(n - 1), f64::total_cmp).1;
    let (low, high) = if n == 0 { (0.0, 0.0) } else { (quartile(n / 4), quartile(3 * n / 4)) };
    (high - low) / 1.349
}

/// ln n! for n up to the largest table; the few above by the gamma function.
struct LnFactorials(Vec<f64>);

impl LnFactorials {
    fn up_to(most: u64) -> Self {
        let mut sum = 0.0;
        let most = most.min(100_000);
        Self(
            (0..=most)
                .map(|n| {
                    sum += if n > 1 { libm::log(n as f64) } else { 0.0 };
                    sum
                })
                .collect(),
        )
    }

    fn of(&self, n: u64) -> f64 {
        let known = usize::try_from(n).ok().and_then(|n| self.0.get(n)).copied();
        known.unwrap_or_else(|| libm::lgamma(n as f64 + 1.0))
    }
}

#[derive(Default)]
struct Sums {
    seen: [u64; 3],
    mean: [f64; 3],
    variance: [f64; 3],
    third: [f64; 3],
    seen_by_offset: [u64; BINS],
    expected_by_offset: [f64; BINS],
}

/// A count's place between whole percents of V: 100 y = k V + off with off in (−V/2, V/2].
#[derive(Clone, Copy)]
struct Place {
    k: i64,
    off: i64,
    valid: i64,
}

impl Place {
    fn of(y: i64, valid: i64) -> Self {
        let k = (200 * y + valid - 1).div_euclid(2 * valid);
        Self { k, off: 100 * y - k * valid, valid }
    }

    fn up(&mut self) {
        self.off += 100;
        while 2 * self.off > self.valid {
            self.off -= self.valid;
            self.k += 1;
        }
    }

    fn down(&mut self) {
        self.off -= 100;
        while 2 * self.off <= -self.valid {
            self.off += self.valid;
            self.k -= 1;
        }
    }

    /// Bin of the histogram; the middle one, 5, is "whole".
    fn bin(self) -> usize {
        if self.is_whole() {
            return 5;
        }
        // Beyond ±0.45 lies the bin around ½, which both ends share.
        let tenths = (20 * self.off + self.valid * 11).div_euclid(2 * self.valid);
        let bin = usize::try_from(tenths).unwrap_or(0) % BINS;
        if bin == 5 { if self.off > 0 { 6 } else { 4 } } else { bin }
    }

    /// Within 0.05 of a whole percent.
    fn is_whole(self) -> bool {
        20 * self.off.abs() <= self.valid
    }

    /// For each step, whether this is a whole multiple.
    fn steps(self) -> [bool; 3] {
        STEPS.map(|step| self.is_whole() && self.k.rem_euclid(i64::from(step)) == 0)
    }
}

impl Sums {
    fn add(&mut self, y: u64, valid: u64, ln_factorials: &LnFactorials) {
        let (Ok(y_), Ok(v_)) = (i64::try_from(y), i64::try_from(valid)) else { return };
        let here = Place::of(y_, v_);
        self.seen_by_offset[here.bin()] += 1;
        for (seen, is_whole) in self.seen.iter_mut().zip(here.steps()) {
            *seen += u64::from(is_whole);
        }
        let mut q = [0.0f64; 3];
        if y == 0 || y == valid {
            // p is 0 or 1: the same again, for certain.
            q = [1.0; 3];
            self.expected_by_offset[5] += 1.0;
        } else {
            self.walk(here, (y, valid), ln_factorials, &mut q);
        }
        for (i, q) in q.into_iter().enumerate() {
            let variance = q * (1.0 - q);
            self.mean[i] += q;
            self.variance[i] += variance;
            self.third[i] += variance * (1.0 - 2.0 * q);
        }
    }

    /// Binomial probabilities outwards from y, the likeliest count at p = y/V, each from the one before.
    fn walk(&mut self, here: Place, (y, valid): (u64, u64), ln: &LnFactorials, q: &mut [f64; 3]) {
        let (a, n) = (y as f64, valid as f64);
        let odds = a / (n - a);
        let most = ln.of(valid) - ln.of(y) - ln.of(valid - y)
            + a * libm::log(a / n)
            + (n - a) * libm::log(1.0 - a / n);
        let most = libm::exp(most);
        let mut see = |place: Place, p: f64| {
            self.expected_by_offset[place.bin()] += p;
            if place.is_whole() {
                place
                    .steps()
                    .iter()
                    .zip(q.iter_mut())
                    .filter(|(whole, _)| **whole)
                    .for_each(|(_, q)| *q += p);
            }
        };
        see(here, most);
        let (mut place, mut p, mut count) = (here, most, a);
        while count < n && p > NEGLIGIBLE {
            p *= (n - count) / (count + 1.0) * odds;
            count += 1.0;
            place.up();
            see(place, p);
        }
        let (mut place, mut p, mut count) = (here, most, a);
        while count > 0.0 && p > NEGLIGIBLE {
            p *= count / (n - count + 1.0) / odds;
            count -= 1.0;
            place.down();
            see(place, p);
        }
    }

    fn finish(self, side: Side, spread: f64, n_tables: u64) -> SideSteps {
        let excess = |i: usize| self.seen[i] as f64 - self.mean[i];
        let step = |i: usize| Step {
            percent: STEPS[i],
            seen: self.seen[i],
            expected: self.mean[i],
            sd: libm::sqrt(self.variance[i]),
            excess_share: excess(i) / n_tables as f64,
            most_share: (excess(i) - 0.5 + Z_95 * libm::sqrt(self.variance[i])).max(0.0) / n_tables as f64,
            p: (spread >= f64::from(STEPS[i]))
                .then(|| poisson_binomial_above(self.seen[i], self.mean[i], self.variance[i], self.third[i])),
            p_adjusted: None,
        };
        SideSteps {
            side,
            steps: (0..STEPS.len()).map(step).collect(),
            seen_by_offset: self.seen_by_offset,
            expected_by_offset: self.expected_by_offset,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_between_whole_percents_walk_as_they_are_computed() {
        for valid in [1i64, 7, 99, 100, 101, 250, 833] {
            let mut up = Place::of(0, valid);
            for y in 0..=valid {
                let direct = Place::of(y, valid);
                assert_eq!((up.k, up.off), (direct.k, direct.off), "{y}/{valid}");
                let share = 100.0 * y as f64 / valid as f64;
                let whole = (share - share.round()).abs() <= 0.05 + 1e-12;
                assert_eq!(direct.is_whole(), whole, "{y}/{valid}");
                assert_eq!(direct.bin() == 5, whole, "{y}/{valid}");
                up.up();
            }
            let mut down = Place::of(valid, valid);
            for y in (0..=valid).rev() {
                let direct = Place::of(y, valid);
                assert_eq!((down.k, down.off), (direct.k, direct.off), "{y}/{valid}");
                down.down();
            }
        }
    }
}
