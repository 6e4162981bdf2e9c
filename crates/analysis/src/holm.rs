//! Holm's step-down adjustment: many tests looked at, one error rate kept.
//!
//! Source: S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of
//! Statistics 6 (1979). It holds whatever the dependence between the tests. It corrects for the tests in
//! the family and for no others: whoever looked elsewhere first has to say so.

/// Adjusted p-values, in the order given, for a family of `n_tests` of which these are some; tests of the
/// family that are not here count as p = 1. Never below the value given, never above 1.
pub fn holm(p: &[f64], n_tests: u64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|&a, &b| p[a].total_cmp(&p[b]).then(a.cmp(&b)));
    let mut adjusted = vec![1.0; p.len()];
    let mut least = 0.0f64;
    for (rank, &i) in order.iter().enumerate() {
        let left = n_tests.max(p.len() as u64) - rank as u64;
        least = least.max((p[i] * left as f64).min(1.0));
        adjusted[i] = least;
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Holm 1979, by hand: 0.01 × 4, 0.02 × 3, 0.03 × 2 (raised to what came before), 0.04 × 1.
    #[test]
    fn steps_down_and_never_falls() {
        let adjusted = holm(&[0.04, 0.01, 0.03, 0.02], 4);
        let expected = [0.06, 0.04, 0.06, 0.06];
        assert!(adjusted.iter().zip(expected).all(|(a, e)| (a - e).abs() < 1e-12), "{adjusted:?}");
        assert_eq!(holm(&[0.5], 12), [1.0]);
        assert!(holm(&[], 3).is_empty());
    }
}
