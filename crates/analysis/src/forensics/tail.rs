//! Tails of distributions.

/// P(Z ≥ z) of the standard normal distribution.
pub(super) fn normal_above(z: f64) -> f64 {
    0.5 * libm::erfc(z / std::f64::consts::SQRT_2)
}

/// P(X ≥ seen) for a sum of independent yes/no events with these sums of q, q(1−q) and q(1−q)(1−2q).
///
/// Normal with half a step for the whole numbers and a term for skewness. Source: Volkova, "A refinement of
/// the central limit theorem for sums of independent random indicators", Theory of Probability and its
/// Applications 40 (1996). On the Venezuelan table's nearest case the exact convolution gives .0033590, this
/// .00336: good to three digits where it matters.
pub(super) fn poisson_binomial_above(seen: u64, mean: f64, variance: f64, third: f64) -> f64 {
    if variance <= 0.0 {
        return if seen as f64 <= mean + 0.5 { 1.0 } else { 0.0 };
    }
    let sd = libm::sqrt(variance);
    let z = (seen as f64 - 0.5 - mean) / sd;
    let density = libm::exp(-z * z / 2.0) / libm::sqrt(2.0 * std::f64::consts::PI);
    (normal_above(z) + third / (variance * sd) * (z * z - 1.0) * density / 6.0).clamp(0.0, 1.0)
}

/// P(χ² ≥ x) on 9 degrees of freedom: the finite series for odd degrees (Abramowitz & Stegun 26.4.4).
pub(super) fn chi_square_9_above(x: f64) -> f64 {
    if x <= 0.0 {
        return 1.0;
    }
    let root = libm::sqrt(x);
    let density = libm::exp(-x / 2.0) / libm::sqrt(2.0 * std::f64::consts::PI);
    let terms = root + root * x / 3.0 + root * x * x / 15.0 + root * x * x * x / 105.0;
    (2.0 * normal_above(root) + 2.0 * density * terms).min(1.0)
}

/// Two-sided p of y marked among v drawn of w, m of them marked: twice the smaller tail of the
/// hypergeometric distribution (Fisher's exact test), at most 1.
pub(super) fn hypergeometric_two_sided(w: u64, m: u64, v: u64, y: u64) -> f64 {
    let ln_choose = |n: u64, k: u64| {
        let ln = |x: u64| libm::lgamma(x as f64 + 1.0);
        ln(n) - ln(k) - ln(n - k)
    };
    let (low, high) = ((v + m).saturating_sub(w), v.min(m));
    let here = libm::exp(ln_choose(m, y) + ln_choose(w - m, v - y) - ln_choose(w, v));
    // From y outwards, each term from the one before; tails beyond 1e−18 of the first add nothing.
    let (mut above, mut term) = (here, here);
    for j in y..high {
        term *= (m - j) as f64 * (v - j) as f64 / ((j + 1) as f64 * (w + j + 1 - m - v) as f64);
        above += term;
        if term < here * 1e-18 {
            break;
        }
    }
    let (mut below, mut term) = (here, here);
    for j in (low + 1..=y).rev() {
        term *= j as f64 * (w + j - m - v) as f64 / ((m + 1 - j) as f64 * (v + 1 - j) as f64);
        below += term;
        if term < here * 1e-18 {
            break;
        }
    }
    (2.0 * above.min(below)).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tails_are_those_of_tables() {
        assert!((normal_above(1.959_963_985) - 0.025).abs() < 1e-9);
        // χ² with 9 df: 16.919 is the 5 % point, 21.666 the 1 % point.
        assert!((chi_square_9_above(16.918_977_6) - 0.05).abs() < 1e-8);
        assert!((chi_square_9_above(21.665_994_3) - 0.01).abs() < 1e-8);
        // Binomial(100, ½) ≥ 61: 0.0176001 exactly.
        assert!((poisson_binomial_above(61, 50.0, 25.0, 0.0) - 0.0176001).abs() < 3e-4);
    }

    /// Fisher's tea: 8 cups, 4 of them milk first, 4 named, all right: 1/70 in one tail.
    #[test]
    fn the_lady_tasting_tea() {
        assert!((hypergeometric_two_sided(8, 4, 4, 4) - 2.0 / 70.0).abs() < 1e-12);
        assert!((hypergeometric_two_sided(8, 4, 4, 3) - 2.0 * 17.0 / 70.0).abs() < 1e-12);
        assert_eq!(hypergeometric_two_sided(8, 4, 4, 2), 1.0);
    }
}
