//! Kaplan–Markov: draws with replacement, each sheet with probability proportional to its bound u.
//!
//! With U = Σu / V, a draw whose sheet overstated the margin by e multiplies the P-value by
//! (1 − 1/U) / (1 − e/u); clean draws by 1 − 1/U. The audit may stop at P ≤ α.
//! Source: Stark, "Risk-limiting postelection audits: conservative P-values from common probability
//! inequalities" (2009), eq. 8; Lindeman & Stark 2012. An unfindable paper counts as e = u, which ends it for
//! good: P is infinite, reported as 1.

/// Fewest clean draws at risk limit α: ⌈ln α / ln(1 − 1/U)⌉. `None` when the margin `v` is 0 or more than
/// the bounds can undo (then nothing need be drawn).
pub fn fewest_draws(total: u64, v: u64, alpha: f64) -> Option<u64> {
    if v == 0 || v > total {
        return None;
    }
    if v == total {
        return Some(1);
    }
    let step = libm::log1p(-(v as f64) / total as f64);
    whole(libm::ceil(libm::log(alpha) / step))
}

/// The P-value after each of some draws of (overstatement e, bound u), votes; at most 1, and 1 for good once
/// a draw has e ≥ u. An understatement (e < 0) lowers it.
pub fn p_values(total: u64, v: u64, draws: impl Iterator<Item = (i64, u64)>) -> Vec<f64> {
    let share = if total == 0 { 0.0 } else { (v as f64 / total as f64).min(1.0) };
    let mut log_p = 0.0f64;
    let mut take = |(e, u): (i64, u64)| {
        let kept = if u == 0 { 0.0 } else { 1.0 - e as f64 / u as f64 };
        log_p += if kept > 0.0 { libm::log1p(-share) - libm::log(kept) } else { f64::INFINITY };
        // V = Σu and a total mismatch: −∞ + ∞ says nothing.
        if log_p.is_nan() { 1.0 } else { libm::exp(log_p.min(0.0)) }
    };
    draws.map(&mut take).collect()
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a whole number between 0 and 2^53 by the test before it"
)]
pub(super) fn whole(x: f64) -> Option<u64> {
    (0.0..9e15).contains(&x).then_some(x as u64)
}
