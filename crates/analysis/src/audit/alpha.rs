//! ALPHA: a martingale that survives mismatches, on simple random draws without replacement.
//!
//! A sheet with overstatement e scores x = 1 − max(e, 0)/u_max, from 0 to 1: a match scores 1, an unfindable
//! paper 0. The winner is wrong only if the mean score of all N sheets is at most t = 1 − V / (N · u_max). With S
//! the sum of the first j − 1 scores, the mean of what is left would then be μ = (N t − S) / (N − j + 1),
//! and betting that it is η instead,
//!
//!   T_j = T_{j−1} · [ x η/μ + (1 − x)(1 − η)/(1 − μ) ]
//!
//! stays below 1/α with probability 1 − α, whatever stopping rule is used: 1/T is a P-value at every moment.
//! The bet is Stark's truncated shrinkage: η = (d η₀ + S)/(d + j − 1), kept between μ + ε_j and 1, with
//! ε_j = (η₀ − t)/2 / √(d + j − 1).
//!
//! Source: Stark, "ALPHA: Audit that Learns from Previously Hand-Audited Ballots", Annals of Applied
//! Statistics 2022 (arXiv 2201.02707), §2.5 and eq. 4; scores as in Stark 2020 (SHANGRLA).

use super::kaplan_markov::whole;

/// Draws that the prior guess weighs: Stark's published examples use 10 to 1,000.
const PRIOR_DRAWS: f64 = 100.0;

/// Largest and smallest bet, so that no single score ends the audit.
const MARGIN_OF_BET: f64 = 1e-6;

/// What is fixed before the first draw.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Alpha {
    /// Sheets in the list.
    pub n_sheets: u64,
    /// Largest overstatement bound of any sheet, votes.
    pub largest: u64,
    /// Margin to be undone, votes.
    pub v: u64,
    /// Expected mean score, η₀: 1 less the share of full mismatches expected.
    pub expected: f64,
}

impl Alpha {
    /// t: the largest mean score at which the winner would be wrong. `None` when there is nothing to audit
    /// (no sheet, no margin, or a margin beyond all bounds).
    pub fn null_mean(&self) -> Option<f64> {
        let most = self.n_sheets.checked_mul(self.largest).filter(|&most| most > 0)?;
        (self.v > 0 && self.v <= most).then(|| 1.0 - self.v as f64 / most as f64)
    }

    /// Score of a sheet with overstatement `e`, votes; understatements score as matches.
    pub fn score(&self, e: i64) -> f64 {
        (1.0 - e.max(0) as f64 / self.largest.max(1) as f64).clamp(0.0, 1.0)
    }

    /// Smallest P-value so far after each draw, in their order.
    pub fn p_values(&self, scores: impl Iterator<Item = f64>) -> Vec<f64> {
        let mut martingale = self.start();
        let mut least = 1.0f64;
        let mut take = |score| {
            least = martingale.as_mut().map_or(least, |m| least.min(m.take(score)));
            least
        };
        scores.map(&mut take).collect()
    }

    /// Fewest draws at risk limit α if every one matches; `None` when even all do not suffice.
    pub fn fewest_draws(&self, alpha: f64) -> Option<u64> {
        let mut martingale = self.start()?;
        (1..=self.n_sheets).find(|_| martingale.take(1.0) <= alpha)
    }

    /// Fewest clean draws of the boldest bet, η = 1, with t held fixed: ⌈ln α / ln t⌉. One full mismatch
    /// ends that bet for good; it is what other programs print as the least sample.
    pub fn fewest_all_in(&self, alpha: f64) -> Option<u64> {
        let t = self.null_mean()?;
        if t <= 0.0 { Some(1) } else { whole(libm::ceil(libm::log(alpha) / libm::log(t))) }
    }

    fn start(&self) -> Option<Martingale> {
        let t = self.null_mean()?;
        Some(Martingale { plan: *self, t, n_drawn: 0, sum: 0.0, log_t: 0.0 })
    }
}

struct Martingale {
    plan: Alpha,
    t: f64,
    n_drawn: u64,
    sum: f64,
    log_t: f64,
}

impl Martingale {
    /// Takes one score; gives the P-value.
    fn take(&mut self, x: f64) -> f64 {
        let left = self.plan.n_sheets.saturating_sub(self.n_drawn);
        if left == 0 {
            return p_of(self.log_t);
        }
        let mu = (self.plan.n_sheets as f64 * self.t - self.sum) / left as f64;
        let weight = PRIOR_DRAWS + self.n_drawn as f64;
        self.n_drawn += 1;
        self.sum += x;
        if mu < 0.0 || (mu == 0.0 && x > 0.0) {
            // What was seen already excludes the null: the sheets left cannot lower the mean enough.
            self.log_t = f64::INFINITY;
        } else if mu >= 1.0 {
            // Even if all that is left matched, the winner could be wrong: no bet can win.
            self.log_t = f64::NEG_INFINITY;
        } else if self.log_t.is_finite() {
            let guess = (PRIOR_DRAWS * self.plan.expected + self.sum - x) / weight;
            let least = mu + (self.plan.expected - self.t).max(0.0) / 2.0 / libm::sqrt(weight);
            let eta = guess.max(least).clamp(mu, (1.0 - MARGIN_OF_BET).max(mu));
            let for_match = if x > 0.0 { x * eta / mu } else { 0.0 };
            self.log_t += libm::log(for_match + (1.0 - x) * (1.0 - eta) / (1.0 - mu));
        }
        p_of(self.log_t)
    }
}

fn p_of(log_t: f64) -> f64 {
    libm::exp(-log_t).min(1.0)
}
