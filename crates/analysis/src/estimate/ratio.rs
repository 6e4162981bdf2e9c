//! The estimators: one formula, three choices of size.
//!
//! y_i are the votes of table i, one figure per selection; x_i its size, X the size of all tables, strata h.
//! With r_h = Σy/Σx over the tables seen in h,
//!
//! ```text
//! T = Σ_h r_h X_h                                   Var T = G/(G−1) · Σ_g s_g s_gᵀ
//! s_g = Σ_{i∈g} (y_i − r_h x_i) · (X_h/Σx) · √(1 − Σx/X_h)
//! ```
//!
//! * **E0, expansion**: x = 1, X = N. Then r is the mean and T = (N/n) Σy.
//! * **E1, ratio to electors**: x = registered electors, one stratum.
//! * **E2, post-stratified ratio**: the same, a stratum per unit of the widest level.
//!
//! Source: Cochran 1977, *Sampling Techniques*, §6.3 (ratio), §9.3 and §9A.6 (clusters); G/(G−1) as in Cameron
//! & Miller 2015, *J. Human Resources* 50, eq. 12. The clusters g are units of the level at which sheets go
//! missing. The interval is honest only for sheets that went missing like units drawn at random: it covers
//! nothing that is missing *because of* its votes.

use super::population::{Population, Whole};
use crate::number::float;

/// Which estimator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Estimator {
    /// E0: every missing table is like the mean table seen.
    Expansion,
    /// E1: missing electors voted like the electors seen.
    Ratio,
    /// E2: missing electors voted like the electors seen in their own widest area.
    PostStratified,
}

impl Estimator {
    /// All of them.
    pub const ALL: [Estimator; 3] = [Estimator::Expansion, Estimator::Ratio, Estimator::PostStratified];

    /// Stable code used in files.
    pub fn code(self) -> &'static str {
        match self {
            Estimator::Expansion => "expansion",
            Estimator::Ratio => "ratio",
            Estimator::PostStratified => "post-stratified",
        }
    }
}

/// Why there is no estimate. A finding, not an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absent {
    /// When no sheet counts.
    NoSheets,
    /// When the counted sheets hold no votes.
    NoVotes,
    /// When more tables were counted than are said to exist.
    MoreTablesThanExist,
    /// When no counted table's electors are known, or those in all are not.
    ElectorsUnknown,
    /// When counted tables have more electors than there are said to be, in all or in one area.
    MoreElectorsThanExist,
    /// When no register gives electors per area.
    NoElectorsByArea,
    /// When an area of the widest level has electors, and no counted sheet with any.
    AreaWithoutSheets,
}

impl Absent {
    /// Stable code used in files.
    pub fn code(self) -> &'static str {
        match self {
            Absent::NoSheets => "no-sheets",
            Absent::NoVotes => "no-votes",
            Absent::MoreTablesThanExist => "more-tables-than-exist",
            Absent::ElectorsUnknown => "electors-unknown",
            Absent::MoreElectorsThanExist => "more-electors-than-exist",
            Absent::NoElectorsByArea => "no-electors-by-area",
            Absent::AreaWithoutSheets => "area-without-sheets",
        }
    }
}

/// Estimated votes of the whole election.
#[derive(Clone, Debug, PartialEq)]
pub struct Estimate {
    /// Votes per selection, in the pack's order.
    pub totals: Vec<f64>,
    /// Covariance of `totals`, votes², row after row; `None` with a single cluster in each stratum, which says
    /// nothing of how clusters differ: its residual is 0 whatever is missing.
    pub covariance: Option<Vec<f64>>,
    /// Clusters seen, G.
    pub n_clusters: u64,
    /// Tables it rests on.
    pub n_tables: u64,
    /// Size seen and in all: tables, or electors.
    pub size: (u64, u64),
}

/// Sums over the tables of one cluster, integers.
struct Clusters {
    stratum: Vec<u32>,
    size: Vec<u64>,
    votes: Vec<u64>,
    n_tables: u64,
}

/// Estimates from the tables that `seen` marks (all without it), clustered at `level` of the population.
pub fn estimate(
    population: &Population,
    whole: &Whole,
    estimator: Estimator,
    level: usize,
    seen: Option<&[bool]>,
) -> Result<Estimate, Absent> {
    let clusters = Clusters::new(population, estimator, level, seen);
    if clusters.n_tables == 0 {
        let none_at_all = estimator == Estimator::Expansion || population.is_empty();
        return Err(if none_at_all { Absent::NoSheets } else { Absent::ElectorsUnknown });
    }
    if clusters.votes.iter().all(|&v| v == 0) {
        return Err(Absent::NoVotes);
    }
    let in_all = match estimator {
        Estimator::Expansion => vec![whole.n_tables],
        Estimator::Ratio => vec![whole.electors.ok_or(Absent::ElectorsUnknown)?],
        Estimator::PostStratified => whole.electors_by_stratum.clone().ok_or(Absent::NoElectorsByArea)?,
    };
    let strata = Strata::new(&clusters, population.n_selections(), in_all, estimator)?;
    Ok(strata.estimate(&clusters))
}

impl Clusters {
    fn new(population: &Population, estimator: Estimator, level: usize, seen: Option<&[bool]>) -> Self {
        let k = population.n_selections();
        let units = population.units(level);
        let by_stratum = estimator == Estimator::PostStratified;
        let mut clusters = Self { stratum: Vec::new(), size: Vec::new(), votes: Vec::new(), n_tables: 0 };
        let mut last = None;
        for table in 0..population.len() {
            if seen.is_some_and(|seen| !seen[table]) {
                continue;
            }
            let size = match (estimator, population.electors[table]) {
                (Estimator::Expansion, _) => 1,
                (_, Some(electors)) => u64::from(electors),
                (_, None) => continue,
            };
            let stratum = if by_stratum { population.stratum(table) } else { 0 };
            if last != Some((stratum, units[table])) {
                last = Some((stratum, units[table]));
                clusters.stratum.push(stratum);
                clusters.size.push(0);
                clusters.votes.resize(clusters.votes.len() + k, 0);
            }
            clusters.n_tables += 1;
            let cluster = clusters.size.len() - 1;
            clusters.size[cluster] += size;
            for (sum, &votes) in clusters.votes[cluster * k..].iter_mut().zip(population.votes(table)) {
                *sum += u64::from(votes);
            }
        }
        clusters
    }
}

/// Sums over the strata, integers.
struct Strata {
    k: usize,
    size: Vec<u64>,
    in_all: Vec<u64>,
    votes: Vec<u64>,
}

impl Strata {
    fn new(clusters: &Clusters, k: usize, in_all: Vec<u64>, estimator: Estimator) -> Result<Self, Absent> {
        let mut strata = Self { k, size: vec![0; in_all.len()], votes: vec![0; in_all.len() * k], in_all };
        for (cluster, (&stratum, &size)) in clusters.stratum.iter().zip(&clusters.size).enumerate() {
            let stratum = stratum as usize;
            strata.size[stratum] += size;
            let sums = &mut strata.votes[stratum * k..(stratum + 1) * k];
            sums.iter_mut().zip(&clusters.votes[cluster * k..]).for_each(|(sum, &v)| *sum += v);
        }
        for (stratum, (&seen, &all)) in strata.size.iter().zip(&strata.in_all).enumerate() {
            let votes = &strata.votes[stratum * k..(stratum + 1) * k];
            let too_many = match estimator {
                Estimator::Expansion => Absent::MoreTablesThanExist,
                _ => Absent::MoreElectorsThanExist,
            };
            match (seen, all) {
                (seen, all) if seen > all => return Err(too_many),
                (0, 0) if votes.iter().all(|&v| v == 0) => {}
                (0, _) if estimator == Estimator::PostStratified => return Err(Absent::AreaWithoutSheets),
                (0, _) => return Err(Absent::ElectorsUnknown),
                _ => {}
            }
        }
        Ok(strata)
    }

    fn estimate(&self, clusters: &Clusters) -> Estimate {
        let k = self.k;
        let mut totals = vec![0.0; k];
        for (stratum, (&seen, &all)) in self.size.iter().zip(&self.in_all).enumerate() {
            for (total, &votes) in totals.iter_mut().zip(&self.votes[stratum * k..]).filter(|_| seen > 0) {
                *total += float(i128::from(votes) * i128::from(all)) / float(i128::from(seen));
            }
        }
        let n_clusters = clusters.size.len();
        let n_strata = self.size.iter().filter(|&&seen| seen > 0).count();
        let complete = self.size == self.in_all;
        let differ = n_clusters > n_strata || complete && n_clusters > 1;
        Estimate {
            totals,
            covariance: differ.then(|| self.covariance(clusters)),
            n_clusters: n_clusters as u64,
            n_tables: clusters.n_tables,
            size: (self.size.iter().sum(), self.in_all.iter().sum()),
        }
    }

    /// G/(G−1) · Σ s sᵀ, in the order of clusters.
    fn covariance(&self, clusters: &Clusters) -> Vec<f64> {
        let k = self.k;
        let weight: Vec<f64> =
            self.size.iter().zip(&self.in_all).map(|(&seen, &all)| weight(seen, all)).collect();
        let mut sum = vec![0.0; k * k];
        let mut s = vec![0.0; k];
        for (cluster, (&stratum, &size)) in clusters.stratum.iter().zip(&clusters.size).enumerate() {
            let stratum = stratum as usize;
            let seen = self.size[stratum];
            for (i, s) in s.iter_mut().enumerate() {
                let (own, all) = (clusters.votes[cluster * k + i], self.votes[stratum * k + i]);
                // Σ(y − r x) · Σx, exact.
                let off = i128::from(own) * i128::from(seen) - i128::from(all) * i128::from(size);
                *s = float(off) * weight[stratum];
            }
            for i in 0..k {
                for j in 0..=i {
                    sum[i * k + j] += s[i] * s[j];
                }
            }
        }
        let n = float(clusters.size.len() as i128);
        for i in 0..k {
            for j in 0..=i {
                let value = sum[i * k + j] * n / (n - 1.0);
                (sum[i * k + j], sum[j * k + i]) = (value, value);
            }
        }
        sum
    }
}

/// (X/Σx) · √(1 − Σx/X) / Σx; nothing where nothing is missing.
fn weight(seen: u64, all: u64) -> f64 {
    if seen == 0 || seen >= all {
        return 0.0;
    }
    let (x, all) = (float(i128::from(seen)), float(i128::from(all)));
    all / x * libm::sqrt((all - x) / all) / x
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two strata of one cluster each: their residuals are 0, which says nothing of how clusters differ.
    #[test]
    fn a_single_cluster_in_each_stratum_gives_no_interval() {
        let clusters = |stratum: Vec<u32>| Clusters {
            size: vec![10; stratum.len()],
            votes: (1..).take(stratum.len() * 2).collect(),
            n_tables: 4,
            stratum,
        };
        let estimate = |clusters: &Clusters, in_all: [u64; 2]| {
            Strata::new(clusters, 2, in_all.into(), Estimator::PostStratified).unwrap().estimate(clusters)
        };
        assert_eq!(estimate(&clusters(vec![0, 1]), [40, 40]).covariance, None);
        assert!(estimate(&clusters(vec![0, 1]), [10, 10]).covariance.is_some(), "nothing is missing");
        let two = estimate(&clusters(vec![0, 0, 1]), [40, 40]).covariance.unwrap();
        assert!(two[0] > 0.0);
    }

    #[test]
    fn nothing_missing_has_no_variance_and_no_size_no_weight() {
        assert_eq!((weight(5, 5), weight(0, 7), weight(0, 0)), (0.0, 0.0, 0.0));
        // N = 4, n = 2: (4/2) · √(1/2) / 2.
        assert!((weight(2, 4) - libm::sqrt(0.5)).abs() < 1e-15);
    }
}
