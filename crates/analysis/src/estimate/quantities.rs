//! From estimated votes to margin, shares and ratio, by the delta method.
//!
//! For a smooth g, Var g(T) = ∇gᵀ C ∇g (Cramér 1946, §28.4). Margin T_a − T_b and the contrast T_a − r·T_b
//! are linear, so for them it is exact.

use super::ratio::Estimate;

/// 97.5 % point of the standard normal distribution: a two-sided interval of 95 %.
pub const Z95: f64 = 1.959_963_984_540_054;

/// A figure with its standard error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figure {
    /// The estimate.
    pub value: f64,
    /// Its standard error; `None` where one cluster says nothing of how clusters differ.
    pub se: Option<f64>,
}

impl Figure {
    /// The 95 % interval. What it does not show: anything about sheets missing *because of* their votes.
    pub fn interval(&self) -> Option<(f64, f64)> {
        self.se.map(|se| (self.value - Z95 * se, self.value + Z95 * se))
    }

    /// The 95 % interval, cut where nothing can be: `least` and `most` are what the figure holds at least and at
    /// most whatever is missing, such as the votes counted already, or 0 and 1 for a share. No possible truth is
    /// cut off, so that the interval covers as often as the whole one. What it does not mend: of figures near an
    /// end the distribution is skewed, and an interval by the normal distribution too short on the far side.
    pub fn interval_within(&self, least: f64, most: f64) -> Option<(f64, f64)> {
        self.interval().map(|(low, high)| (low.max(least).min(most), high.min(most).max(least)))
    }

    /// Whether the interval holds `truth`.
    pub fn covers(&self, truth: f64) -> bool {
        self.interval().is_some_and(|(low, high)| (low..=high).contains(&truth))
    }
}

impl Estimate {
    /// Valid votes.
    pub fn valid(&self) -> f64 {
        self.totals.iter().sum()
    }

    /// Votes of one selection.
    pub fn votes(&self, selection: usize) -> Figure {
        self.with_gradient(self.totals[selection], |i| f64::from(u8::from(i == selection)))
    }

    /// T_a − T_b.
    pub fn margin(&self, a: usize, b: usize) -> Figure {
        self.contrast(a, b, 1.0)
    }

    /// T_a − r·T_b.
    pub fn contrast(&self, a: usize, b: usize, r: f64) -> Figure {
        let value = self.totals[a] - r * self.totals[b];
        self.with_gradient(value, |i| {
            if i == a {
                1.0
            } else if i == b {
                -r
            } else {
                0.0
            }
        })
    }

    /// T_a / ΣT; `None` without votes.
    pub fn share(&self, a: usize) -> Option<Figure> {
        let valid = self.valid();
        (valid > 0.0).then(|| {
            let share = self.totals[a] / valid;
            self.with_gradient(share, |i| (f64::from(u8::from(i == a)) - share) / valid)
        })
    }

    /// T_a / T_b; `None` when b has no votes.
    pub fn ratio(&self, a: usize, b: usize) -> Option<Figure> {
        let second = self.totals[b];
        (second > 0.0).then(|| {
            let ratio = self.totals[a] / second;
            self.with_gradient(ratio, |i| {
                if i == a {
                    1.0 / second
                } else if i == b {
                    -ratio / second
                } else {
                    0.0
                }
            })
        })
    }

    /// P(ratio ≥ r) = Φ((T_a − r·T_b) / se): the contrast is normal where the ratio need not be (Fieller
    /// 1954). It is a statement about units missing at random, never about units missing because of their
    /// votes: no sentence may give it without that. `None` where the standard error is unknown.
    pub fn probability_of_ratio(&self, a: usize, b: usize, r: f64) -> Option<f64> {
        let contrast = self.contrast(a, b, r);
        let se = contrast.se?;
        Some(match se > 0.0 {
            true => 0.5 * libm::erfc(-contrast.value / se / core::f64::consts::SQRT_2),
            false if contrast.value >= 0.0 => 1.0,
            false => 0.0,
        })
    }

    fn with_gradient(&self, value: f64, gradient: impl Fn(usize) -> f64) -> Figure {
        let k = self.totals.len();
        let g: Vec<f64> = (0..k).map(gradient).collect();
        let variance = self.covariance.as_ref().map(|c| {
            let row = |i: usize| (0..k).map(|j| g[i] * c[i * k + j] * g[j]).sum::<f64>();
            (0..k).map(row).sum::<f64>()
        });
        // Rounding may leave a variance of nothing slightly negative.
        Figure { value, se: variance.map(|v| libm::sqrt(v.max(0.0))) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn two(a: f64, b: f64, covariance: [f64; 4]) -> Estimate {
        let covariance = Some(covariance.to_vec());
        Estimate { totals: vec![a, b], covariance, n_clusters: 9, n_tables: 9, size: (9, 10) }
    }

    #[test]
    fn the_delta_method_on_figures_done_by_hand() {
        let estimate = two(60.0, 30.0, [9.0, 3.0, 3.0, 4.0]);
        assert_eq!(estimate.margin(0, 1), Figure { value: 30.0, se: Some(libm::sqrt(9.0 + 4.0 - 6.0)) });
        // ratio² (9/3600 + 4/900 − 2·3/1800)
        let se = libm::sqrt(4.0 * (9.0 / 3600.0 + 4.0 / 900.0 - 6.0 / 1800.0));
        assert!((estimate.ratio(0, 1).unwrap().se.unwrap() - se).abs() < 1e-12);
        // Var share = (b²·9 + a²·4 − 2ab·3) / 90⁴
        let se = libm::sqrt((900.0 * 9.0 + 3600.0 * 4.0 - 3600.0 * 3.0) / 90f64.powi(4));
        assert!((estimate.share(0).unwrap().se.unwrap() - se).abs() < 1e-12);
        assert!((estimate.probability_of_ratio(0, 1, 2.0).unwrap() - 0.5).abs() < 1e-12);
    }

    #[test]
    fn an_interval_is_cut_where_nothing_can_be_and_loses_no_possible_truth() {
        let share = |value| Figure { value, se: Some(0.1) };
        for value in [0.0, 0.02, 0.5, 0.97, 1.0] {
            let (low, high) = share(value).interval_within(0.0, 1.0).unwrap();
            assert!(0.0 <= low && low <= value && value <= high && high <= 1.0);
            for truth in [0.0, 0.01, 0.2, 0.5, 0.8, 0.99, 1.0] {
                assert_eq!((low..=high).contains(&truth), share(value).covers(truth));
            }
        }
        assert_eq!(share(0.5).interval_within(0.0, 1.0), share(0.5).interval());
        assert_eq!(Figure { value: 0.5, se: None }.interval_within(0.0, 1.0), None);
    }

    #[test]
    fn without_votes_there_is_no_share_and_no_ratio() {
        let estimate = two(0.0, 0.0, [0.0; 4]);
        assert_eq!((estimate.share(0), estimate.ratio(0, 1)), (None, None));
        assert_eq!(estimate.probability_of_ratio(0, 1, 1.0), Some(1.0));
    }
}
