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

/// A share of a whole, six decimals: 0.670828 is 67.0828 %.
pub fn share(part: u64, whole: u64) -> Option<f64> {
    ratio(i128::from(part), i128::from(whole), 6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_half_away_from_zero_without_floating_sums() {
        assert_eq!(ratio(1, 3, 4), Some(0.3333));
        assert_eq!(ratio(-5, 2, 0), Some(-3.0));
        assert_eq!(ratio(-1, 200, 2), Some(-0.01));
        assert_eq!(ratio(1, 0, 2), None);
        assert_eq!(share(7_303_480, 10_887_262), Some(0.670828));
    }
}
