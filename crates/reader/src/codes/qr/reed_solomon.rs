//! Reed–Solomon codes over GF(256): parity, and correction of errors and erasures.
//!
//! A codeword of n symbols is a polynomial, first symbol highest power, divisible by ∏ (x − α^j), j = 0 … r−1
//! (ISO/IEC 18004:2015, 7.5.2), r the number of parity symbols. Correction is textbook: syndromes; the locator
//! by Berlekamp's iteration (E. R. Berlekamp, Algebraic Coding Theory, 1968; J. L. Massey, IEEE Trans. Inf.
//! Theory 15, 1969), started from the erasures' locator so that it finds only what they leave (R. E. Blahut,
//! Theory and Practice of Error Control Codes, 1983, section 9.2); its roots by trial (Chien 1964); the values
//! by Forney's formula (G. D. Forney, IEEE Trans. Inf. Theory 11, 1965).
//!
//! Any s erasures and e errors with s + 2e ≤ r come back exactly. More are mostly noticed: a word far from
//! every codeword still lies within reach of one with the chance that [`chance_of_correction`] gives.

use super::gf256::{ORDER, alpha, divide, evaluate, multiply};

/// Corrects `word` in place and tells how many symbols outside `erasures` were wrong.
///
/// The last `n_parity` symbols are parity; `erasures` are positions of which nothing is believed, each once.
/// `None` when no codeword lies within reach; `word` is then as it was.
pub(crate) fn correct(word: &mut [u8], n_parity: usize, erasures: &[usize]) -> Option<usize> {
    let n = word.len();
    if n > ORDER
        || !(1..n).contains(&n_parity)
        || erasures.len() > n_parity
        || erasures.iter().any(|&at| at >= n)
    {
        return None;
    }
    let syndromes = syndromes(word, n_parity);
    if syndromes.iter().all(|&syndrome| syndrome == 0) {
        return Some(0);
    }
    let locator = locator(&syndromes, n, erasures)?;
    let degree = locator.len() - 1;
    let n_errors = degree - erasures.len();
    if 2 * n_errors + erasures.len() > n_parity {
        return None;
    }
    let evaluator = product(&syndromes, &locator, n_parity);
    // In characteristic 2 the derivative keeps the odd powers alone.
    let derivative: Vec<u8> =
        locator.iter().skip(1).enumerate().map(|(at, &c)| if at % 2 == 0 { c } else { 0 }).collect();
    let mut corrected = word.to_vec();
    let mut n_roots = 0;
    for (power, symbol) in (0..n).rev().zip(corrected.iter_mut()) {
        let inverse = alpha(ORDER - power);
        if evaluate(&locator, inverse) == 0 {
            n_roots += 1;
            let value = divide(evaluate(&evaluator, inverse), evaluate(&derivative, inverse))?;
            *symbol ^= multiply(value, alpha(power));
        }
    }
    if n_roots != degree || self::syndromes(&corrected, n_parity).iter().any(|&syndrome| syndrome != 0) {
        return None;
    }
    word.copy_from_slice(&corrected);
    Some(n_errors)
}

/// An upper bound on the chance that a word of random symbols is "corrected" with `n_erasures` and at most
/// `n_errors` errors: the number of words that reach a codeword so, over all words,
/// Σₑ C(n − s, e) · 256^−(r − s − e), e = 0 … `n_errors` (as in R. J. McEliece and L. Swanson, IEEE Trans. Inf.
/// Theory 32, 1986).
#[cfg(test)]
pub(crate) fn chance_of_correction(n: usize, n_parity: usize, n_erasures: usize, n_errors: usize) -> f64 {
    let mut choices = 1.0;
    let mut chance = 0.0;
    for e in 0..=n_errors {
        chance += choices * (0..n_parity - n_erasures - e).fold(1.0, |chance, _| chance / 256.0);
        choices *= (n - n_erasures - e) as f64 / (e + 1) as f64;
    }
    chance
}

/// The parity of `symbols`, for tests: the remainder of their polynomial times x^r by the generator.
#[cfg(test)]
pub(crate) fn parity(symbols: &[u8], n_parity: usize) -> Vec<u8> {
    let generator = (0..n_parity).fold(vec![1], |generator: Vec<u8>, power| {
        // Times (x − α^power), highest power first.
        let shifted = generator.iter().copied().chain([0]);
        let scaled = std::iter::once(0).chain(generator.iter().map(|&c| multiply(c, alpha(power))));
        shifted.zip(scaled).map(|(one, other)| one ^ other).collect()
    });
    let mut remainder = vec![0; n_parity];
    for &symbol in symbols {
        let factor = symbol ^ remainder.first().copied().unwrap_or(0);
        remainder.rotate_left(1);
        if let Some(last) = remainder.last_mut() {
            *last = 0;
        }
        for (part, &coefficient) in remainder.iter_mut().zip(&generator[1..]) {
            *part ^= multiply(factor, coefficient);
        }
    }
    remainder
}

/// The word's values at α^0 … α^(r−1): all 0 for a codeword.
fn syndromes(word: &[u8], n_parity: usize) -> Vec<u8> {
    let at = |power| word.iter().fold(0, |value, &symbol| multiply(value, alpha(power)) ^ symbol);
    (0..n_parity).map(at).collect()
}

/// The polynomial, lowest power first and without trailing zeros, whose roots are the inverse places of what is
/// wrong: the shortest register, multiple of the erasures' own locator, that generates the syndromes.
fn locator(syndromes: &[u8], n: usize, erasures: &[usize]) -> Option<Vec<u8>> {
    let n_parity = syndromes.len();
    let mut locator = vec![0u8; n_parity + 1];
    locator[0] = 1;
    for &at in erasures {
        let place = alpha(n - 1 - at);
        for power in (1..=n_parity).rev() {
            locator[power] ^= multiply(locator[power - 1], place);
        }
    }
    let n_erasures = erasures.len();
    let mut length = n_erasures;
    let mut previous = locator.clone();
    for step in n_erasures + 1..=n_parity {
        let discrepancy = (0..=length.min(step - 1))
            .fold(0, |sum, power| sum ^ multiply(locator[power], syndromes[step - 1 - power]));
        previous.rotate_right(1);
        previous[0] = 0;
        if discrepancy == 0 {
            continue;
        }
        let grown: Vec<u8> =
            locator.iter().zip(&previous).map(|(&one, &other)| one ^ multiply(discrepancy, other)).collect();
        if 2 * length <= step - 1 + n_erasures {
            length = step + n_erasures - length;
            previous = locator.iter().map(|&c| divide(c, discrepancy)).collect::<Option<_>>()?;
        }
        locator = grown;
    }
    let degree = locator.iter().rposition(|&coefficient| coefficient != 0)?;
    locator.truncate(degree + 1);
    (degree == length).then_some(locator)
}

/// The product's powers below `n`, lowest first.
fn product(one: &[u8], other: &[u8], n: usize) -> Vec<u8> {
    let mut product = vec![0; n];
    for (i, &a) in one.iter().enumerate() {
        for (j, &b) in other.iter().enumerate().take(n.saturating_sub(i)) {
            product[i + j] ^= multiply(a, b);
        }
    }
    product
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn parity_of_the_standards_example() {
        // ISO/IEC 18004:2015, annex I: "01234567" in version 1-M.
        let symbols =
            [0x10, 0x20, 0x0C, 0x56, 0x61, 0x80, 0xEC, 0x11, 0xEC, 0x11, 0xEC, 0x11, 0xEC, 0x11, 0xEC, 0x11];
        assert_eq!(parity(&symbols, 10), [0xA5, 0x24, 0xD4, 0xC1, 0xED, 0x36, 0xC7, 0x87, 0x2C, 0x55]);
    }

    #[test]
    fn what_cannot_be_a_codeword_is_refused() {
        assert_eq!(correct(&mut [], 0, &[]), None);
        assert_eq!(correct(&mut [1; 256], 4, &[]), None);
        assert_eq!(correct(&mut [1; 9], 9, &[]), None);
        assert_eq!(correct(&mut [1; 9], 2, &[0, 1, 2]), None);
        assert_eq!(correct(&mut [1; 9], 2, &[9]), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn errors_and_erasures_within_reach_come_back(
            symbols in proptest::collection::vec(any::<u8>(), 1..150),
            n_parity in 1usize..=68,
            percent in 0usize..=100,
            order in any::<u64>(),
        ) {
            let word = [symbols.as_slice(), &parity(&symbols, n_parity)].concat();
            let n_erasures = percent * n_parity / 100;
            let n_errors = ((n_parity - n_erasures) / 2).min(word.len() - n_erasures);
            let mut places: Vec<usize> = (0..word.len()).collect();
            places.sort_by_key(|&at| (at as u64 + 1).wrapping_mul(order | 1).rotate_left(17));
            let mut spoiled = word.clone();
            for &at in &places[..n_erasures + n_errors] {
                spoiled[at] ^= at.wrapping_mul(37).to_le_bytes()[0] | 1;
            }
            prop_assert_eq!(correct(&mut spoiled, n_parity, &places[..n_erasures]), Some(n_errors));
            prop_assert_eq!(spoiled, word);
        }

        #[test]
        fn any_word_gives_a_codeword_or_stays_as_it_was(
            word in proptest::collection::vec(any::<u8>(), 0..260),
            n_parity in 0usize..40,
            erasures in proptest::collection::btree_set(0usize..260, 0..12),
        ) {
            let erasures: Vec<usize> = erasures.into_iter().collect();
            let mut corrected = word.clone();
            match correct(&mut corrected, n_parity, &erasures) {
                None => prop_assert_eq!(corrected, word),
                Some(n_errors) => {
                    let n_symbols = word.len() - n_parity;
                    prop_assert_eq!(&parity(&corrected[..n_symbols], n_parity), &corrected[n_symbols..]);
                    let changed = (0..word.len()).filter(|at| !erasures.contains(at) && word[*at] != corrected[*at]);
                    prop_assert_eq!(changed.count(), n_errors);
                }
            }
        }
    }
}
