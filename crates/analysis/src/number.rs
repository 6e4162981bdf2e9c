//! Numbers as they are published: fixed digits, the same on every machine.

/// `numerator / denominator` rounded to `digits` decimals, half away from zero; exact integer arithmetic up
/// to the last digit. `None` when the denominator is 0.
pub fn ratio(numerator: i128, denominator: i128, digits: u32) -> Option<f64> {
    let units = rounded_units(numerator, denominator, digits)?;
    let negative = if units < 0 { "-" } else { "" };
    let (unit, magnitude) = (10u128.pow(digits), units.unsigned_abs());
    let width = digits as usize;
    let text = format!("{negative}{}.{:0width$}", magnitude / unit, magnitude % unit);
    // The decimal text names the number; parsing it gives the one nearest double everywhere.
    text.trim_end_matches('.').parse().ok()
}

/// `numerator / denominator` in units of the last of `digits` decimals.
fn rounded_units(numerator: i128, denominator: i128, digits: u32) -> Option<i128> {
    if denominator == 0 {
        return None;
    }
    let (numerator, denominator) =
        if denominator < 0 { (-numerator, -denominator) } else { (numerator, denominator) };
    let scaled = numerator.checked_mul(10i128.checked_pow(digits)?)?;
    let half = denominator / 2;
    let away = if scaled < 0 { scaled - half } else { scaled + half };
    Some(away / denominator)
}

/// `x` to `digits` significant digits, through its decimal text, so that every machine publishes the same
/// number. `None` when it is not finite.
pub fn significant(x: f64, digits: usize) -> Option<f64> {
    // `{:e}` prints the exact decimal expansion, correctly rounded.
    x.is_finite().then(|| format!("{x:.*e}", digits.saturating_sub(1)).parse().ok()).flatten()
}

/// A share of a whole, six decimals: 0.670828 is 67.0828 %.
pub fn share(part: u64, whole: u64) -> Option<f64> {
    ratio(i128::from(part), i128::from(whole), 6)
}

/// A floating figure at `digits` decimals, as it is published. `None` when it is infinite or no number:
/// nothing of that kind is ever published. Decimal text is rounded exactly, so every machine writes the same.
pub fn fixed(x: f64, digits: usize) -> Option<f64> {
    let rounded: f64 = x.is_finite().then(|| format!("{x:.digits$}").parse().ok()).flatten()?;
    // No figure is "minus nothing".
    Some(if rounded == 0.0 { 0.0 } else { rounded })
}

/// An exact integer as a float, rounded once.
#[allow(clippy::cast_precision_loss, reason = "rounding to the nearest double is what is wanted")]
pub(crate) fn float(n: i128) -> f64 {
    n as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn significant_digits_are_kept_and_nothing_else_published() {
        assert_eq!(significant(7.441_812_3e-9, 5), Some(7.4418e-9));
        assert_eq!(significant(0.0, 5), Some(0.0));
        assert_eq!((significant(f64::NAN, 5), significant(f64::INFINITY, 5)), (None, None));
    }

    #[test]
    fn rounds_half_away_from_zero_without_floating_sums() {
        assert_eq!(ratio(1, 3, 4), Some(0.3333));
        assert_eq!(ratio(-5, 2, 0), Some(-3.0));
        assert_eq!(ratio(-1, 200, 2), Some(-0.01));
        assert_eq!(ratio(1, 0, 2), None);
        assert_eq!(
            (fixed(-0.000_000_4, 6), fixed(f64::NAN, 6), fixed(2.0f64 / 3.0, 3)),
            (Some(0.0), None, Some(0.667))
        );
        assert_eq!(share(7_303_480, 10_887_262), Some(0.670828));
    }
}
