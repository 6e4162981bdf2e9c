//! Hiding sheets the way sheets go missing, reproducibly.
//!
//! Every draw comes from ChaCha8 under the run's seed, with one stream per way of hiding and mask, so a mask
//! depends on nothing but its number.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use crate::estimate::population::Population;
use crate::number::float;

/// A way in which sheets go missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Whole units of a level of the population, each as likely.
    Units(usize),
    /// Units of a level; those of some widest areas up to four times as likely as those of others.
    Uneven(usize),
    /// Units of a level; those in which the first side is stronger than in all are twice as likely.
    FavourFirst(usize),
    /// Units of a level; those in which the second side is stronger than in all are twice as likely.
    FavourSecond(usize),
}

impl Scheme {
    /// Whole units of every level, lowest first, then the uneven ways at the level of clustering.
    pub fn all(population: &Population, level: usize) -> Vec<Scheme> {
        let units = (0..population.n_levels()).rev().map(Scheme::Units);
        units
            .chain([Scheme::Uneven(level), Scheme::FavourFirst(level), Scheme::FavourSecond(level)])
            .collect()
    }

    /// Stable code used in files.
    pub fn code(self) -> &'static str {
        match self {
            Scheme::Units(_) => "units",
            Scheme::Uneven(_) => "uneven-by-area",
            Scheme::FavourFirst(_) => "missing-favour-first",
            Scheme::FavourSecond(_) => "missing-favour-second",
        }
    }

    /// Level of the units that are hidden.
    pub fn level(self) -> usize {
        match self {
            Scheme::Units(l) | Scheme::Uneven(l) | Scheme::FavourFirst(l) | Scheme::FavourSecond(l) => l,
        }
    }
}

/// The random numbers of one mask.
pub fn rng(seed: u64, scheme: usize, mask: u64) -> ChaCha8Rng {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(((scheme as u64) << 32) | mask);
    rng
}

/// Which tables stay seen: units are hidden in random order until `n_hidden` tables or more are.
///
/// `population` has its columns in three (first, second, others). Unequal chances are drawn by the keys
/// −ln(u)/w, smallest first (Efraimidis & Spirakis 2006).
pub fn mask(population: &Population, scheme: Scheme, n_hidden: usize, rng: &mut ChaCha8Rng) -> Vec<bool> {
    let level = scheme.level();
    let n_units = population.n_units(level);
    let order = match scheme {
        Scheme::Units(_) => shuffled(n_units, rng),
        _ => by_weight(&weights(population, scheme, rng), rng),
    };
    let units = population.units(level);
    let mut first_table = vec![0usize; n_units + 1];
    units.iter().for_each(|&unit| first_table[unit as usize + 1] += 1);
    for unit in 0..n_units {
        first_table[unit + 1] += first_table[unit];
    }
    let mut seen = vec![true; population.len()];
    let mut hidden = 0;
    for unit in order {
        if hidden >= n_hidden {
            break;
        }
        let tables = first_table[unit]..first_table[unit + 1];
        hidden += tables.len();
        seen[tables].fill(false);
    }
    seen
}

/// How likely each unit is to be hidden, against the others.
fn weights(population: &Population, scheme: Scheme, rng: &mut ChaCha8Rng) -> Vec<f64> {
    let level = scheme.level();
    let n_units = population.n_units(level);
    let units = population.units(level);
    if let Scheme::Uneven(_) = scheme {
        let of_area: Vec<f64> = population.strata.iter().map(|_| 1.0 + float(below(4, rng).into())).collect();
        let mut weights = vec![1.0; n_units];
        for (table, &unit) in units.iter().enumerate() {
            weights[unit as usize] = of_area[population.stratum(table) as usize];
        }
        return weights;
    }
    let side = usize::from(matches!(scheme, Scheme::FavourSecond(_)));
    let mut sums = vec![(0i128, 0i128); n_units];
    let mut all = (0i128, 0i128);
    for (table, &unit) in units.iter().enumerate() {
        let votes = population.votes(table);
        let (own, valid) = (i128::from(votes[side]), votes.iter().map(|&v| i128::from(v)).sum::<i128>());
        let sum = &mut sums[unit as usize];
        (sum.0, sum.1) = (sum.0 + own, sum.1 + valid);
        (all.0, all.1) = (all.0 + own, all.1 + valid);
    }
    sums.iter().map(|&(own, valid)| if own * all.1 > all.0 * valid { 2.0 } else { 1.0 }).collect()
}

/// 0..n in random order (Fisher & Yates).
fn shuffled(n: usize, rng: &mut ChaCha8Rng) -> Vec<usize> {
    let mut order: Vec<usize> = (0..n).collect();
    for i in (1..n).rev() {
        let j = usize::try_from(below(i as u64 + 1, rng)).unwrap_or(i);
        order.swap(i, j);
    }
    order
}

fn by_weight(weights: &[f64], rng: &mut ChaCha8Rng) -> Vec<usize> {
    let key = |w: &f64| -libm::log(open_unit(rng)) / w;
    let mut keys: Vec<(f64, usize)> = weights.iter().map(key).enumerate().map(|(i, key)| (key, i)).collect();
    keys.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    keys.into_iter().map(|(_, i)| i).collect()
}

/// Uniform in 0..n without bias: draws beyond the last whole multiple of n are drawn again.
fn below(n: u64, rng: &mut ChaCha8Rng) -> u64 {
    let limit = u64::MAX - u64::MAX % n;
    loop {
        let draw = rng.next_u64();
        if draw < limit {
            return draw % n;
        }
    }
}

/// Uniform in (0, 1), 53 bits.
fn open_unit(rng: &mut ChaCha8Rng) -> f64 {
    (float((rng.next_u64() >> 11).into()) + 0.5) / 9_007_199_254_740_992.0
}
