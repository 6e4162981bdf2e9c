//! Arithmetic in GF(256) as QR Code uses it: polynomials over GF(2) modulo x⁸ + x⁴ + x³ + x² + 1
//! (ISO/IEC 18004:2015, 7.5.2), with α = 2 as primitive element.

/// The reducing polynomial without its leading term wrapped away: 1 0001 1101.
const POLYNOMIAL: u16 = 0x11D;
/// Order of the multiplicative group: α to this power is 1.
pub(super) const ORDER: usize = 255;

/// `EXP[i]` = α^i, twice over so that a sum of two logarithms needs no reduction.
const EXP: [u8; 2 * ORDER] = {
    let mut exp = [0u8; 2 * ORDER];
    let mut value: u16 = 1;
    let mut at = 0;
    while at < ORDER {
        exp[at] = value.to_le_bytes()[0];
        exp[at + ORDER] = exp[at];
        value <<= 1;
        if value >= 256 {
            value ^= POLYNOMIAL;
        }
        at += 1;
    }
    exp
};

/// `LOG[α^i]` = i; entry 0 is never asked for.
const LOG: [u8; 256] = {
    let mut log = [0u8; 256];
    let mut at = 0u8;
    while (at as usize) < ORDER {
        log[EXP[at as usize] as usize] = at;
        at += 1;
    }
    log
};

/// α^`power`.
pub(super) fn alpha(power: usize) -> u8 {
    EXP[power % ORDER]
}

pub(super) fn multiply(a: u8, b: u8) -> u8 {
    if a == 0 || b == 0 {
        0
    } else {
        EXP[usize::from(LOG[usize::from(a)]) + usize::from(LOG[usize::from(b)])]
    }
}

/// `a` / `b`, or `None` when `b` is 0.
pub(super) fn divide(a: u8, b: u8) -> Option<u8> {
    match (a, b) {
        (_, 0) => None,
        (0, _) => Some(0),
        _ => Some(EXP[usize::from(LOG[usize::from(a)]) + ORDER - usize::from(LOG[usize::from(b)])]),
    }
}

/// The polynomial's value at `x`; coefficients lowest power first.
pub(super) fn evaluate(lowest_first: &[u8], x: u8) -> u8 {
    lowest_first.iter().rev().fold(0, |value, &coefficient| multiply(value, x) ^ coefficient)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Products by shifting and reducing, as on paper.
    fn long_multiply(a: u8, b: u8) -> u8 {
        let mut product =
            (0..8).filter(|bit| b >> bit & 1 == 1).fold(0u16, |sum, bit| sum ^ u16::from(a) << bit);
        for bit in (8..16).rev() {
            if product >> bit & 1 == 1 {
                product ^= POLYNOMIAL << (bit - 8);
            }
        }
        product.to_le_bytes()[0]
    }

    #[test]
    fn all_products_agree_with_long_multiplication_and_division_undoes_them() {
        for (a, b) in (0..=255).flat_map(|a| (0..=255).map(move |b| (a, b))) {
            let product = multiply(a, b);
            assert_eq!(product, long_multiply(a, b), "{a} x {b}");
            assert_eq!(divide(product, b), (b != 0).then_some(a), "{a} x {b} / {b}");
        }
    }

    #[test]
    fn powers_of_alpha_by_the_standard() {
        // ISO/IEC 18004:2015, 7.5.2: α^8 = α^4 + α^3 + α^2 + 1.
        assert_eq!([alpha(0), alpha(1), alpha(7), alpha(8), alpha(255)], [1, 2, 128, 0b1_1101, 1]);
    }

    #[test]
    fn polynomials_are_evaluated_lowest_power_first() {
        assert_eq!(evaluate(&[7, 0, 1], 2), 7 ^ 4);
        assert_eq!(evaluate(&[], 9), 0);
    }
}
