//! Print-fused reading: a spoiled symbol's parity checks what the printed figures say.
//!
//! A stain of a tenth of the modules spoils up to half of the codewords, more than correction can mend. But the
//! payload is known almost whole from the print. So the data codewords are taken from the print, the parity as
//! the photograph shows it; where a codeword of this mixture lies within reach, it is the one that was printed:
//! the same parity for other data would be chance.
//!
//! In each block of n symbols with r of parity, s least confident ones among those the photograph gave count as
//! erasures, e more are found wrong (a misread digit of the print, a misread module), and
//! `r − s − 2e ≥` [`CHECKS`] `= 5` is demanded. Every non-erased parity symbol but e of them then agrees with
//! the photograph, at least 5 + e, and 5 of them are a check that nothing was fitted to. Were the print
//! another sheet's, the photograph's parity would be random against it, and the chance that a block passes is
//! at most Σₑ C(n − s, e) · 256^−(r − s − e), 2e ≤ r − s − 5: below 2e-12 for every version, level and s (a
//! test goes through all). A picture allows at most [`MAX_ATTEMPTS`] attempts of at most 15 erasure counts each:
//! below 1e-7 together, for a symbol of a single block; each further block must pass as well.
//!
//! One misread digit is one wrong symbol: it is corrected (and the payload carries what the *code* says) or the
//! block is refused. Data that differ from the printed code's in d symbols have a parity that differs in at
//! least r + 1 − d symbols (the code's distance), so that few wrong digits leave no room for chance agreement.
//!
//! What it is not: two channels. The result rests on print and code jointly and can be no witness against
//! either. It cannot read a symbol whose parity is lost in one block, nor one of a layout other than a single
//! byte segment.

use super::ladder::Patterns;
use super::qr::{
    Blocks, Codewords, Known, Position, Sampled, byte_segment, corrected, payload, weakest_first,
};
use super::{Budget, Hints, Pattern, Preparation, Symbol, mesh, rxing};
use crate::Luma;

/// Parity symbols of every block that must check what was decoded.
const CHECKS: usize = 5;
/// Most predictions tried, in the order given.
const MAX_PREDICTIONS: usize = 64;
/// Most mixtures of one prediction, format and view of the modules that are tried in one picture.
const MAX_ATTEMPTS: usize = 3000;

/// The payload as the printed figures predict it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prediction {
    /// Every byte of the payload; `None` = not printed or not legible: the photograph of the code says it.
    pub bytes: Vec<Option<u8>>,
}

/// Reads the code of a sheet whose ladder failed, with the help of what its print predicts.
///
/// `hints` are the failed climb's; `accept` is the grammar as for [`super::read_symbol`]. The symbol's rung is
/// "fused": a joint reading of print and code, never two channels. `None` when nothing passes.
#[must_use]
pub fn read_fused(
    luma: &Luma,
    hints: &Hints,
    predictions: &[Prediction],
    accept: &dyn Fn(&[u8]) -> bool,
    budget: &Budget<'_>,
) -> Option<Symbol> {
    let predictions = &predictions[..predictions.len().min(MAX_PREDICTIONS)];
    let mut attempts_left = MAX_ATTEMPTS;
    let mut fuse = |sampled: &Sampled, path: &[Position]| {
        let tries = sampled.formats().into_iter().flat_map(|format| {
            let codewords = sampled.codewords(path, format);
            let blocks = sampled.version.blocks(format.level);
            predictions.iter().map(move |prediction| (codewords.clone(), blocks, prediction))
        });
        for (codewords, blocks, prediction) in tries {
            if attempts_left == 0 || !budget.lasts() {
                return None;
            }
            attempts_left -= 1;
            let Some(known) = byte_segment(&prediction.bytes, sampled.version, blocks.n_data()) else {
                continue;
            };
            let data = fused(&codewords, &known, blocks);
            let accepted =
                data.and_then(|data| payload(&data, sampled.version)).filter(|bytes| accept(bytes));
            if accepted.is_some() {
                return accepted;
            }
        }
        None
    };
    let patterns = finder_patterns(luma, *budget);
    let (payload, place) = mesh::seek(luma, &hints.undecoded, &patterns, *budget, &mut fuse)?;
    Some(Symbol { payload, place, decoder: "tallyproof", rung: "fused" })
}

/// The finder patterns of the picture as it is and as its rungs prepare it, seen most often first.
fn finder_patterns(luma: &Luma, budget: Budget<'_>) -> Vec<Pattern> {
    const PREPARATIONS: [Preparation; 2] =
        [Preparation::Whole, Preparation::Flattened { factor: 1.0, sigma: 1.0, radius_px: 40 }];
    let mut patterns = Patterns::default();
    for preparation in PREPARATIONS {
        let (prepared, factor) = preparation.apply(luma);
        let seen: Vec<Pattern> =
            rxing::patterns(&prepared, budget).iter().map(|pattern| pattern.scaled(factor)).collect();
        patterns.add(&seen);
    }
    patterns.oftenest_first()
}

/// The data codewords, when every block passes. `known` holds them as the print predicts them, block after block.
fn fused(codewords: &Codewords, known: &[Known], blocks: Blocks) -> Option<Vec<u8>> {
    let mut data = Vec::with_capacity(blocks.n_data());
    for places in blocks.places() {
        let n_data = places.len() - blocks.n_parity;
        let known = known.get(data.len()..data.len() + n_data)?;
        data.extend(&fused_block(codewords, known, &places, blocks.n_parity)?[..n_data]);
    }
    Some(data)
}

/// One block: the print's bits where it has them, the photograph's elsewhere; more and more of what the
/// photograph gave, least confident first, counts as erasures.
fn fused_block(codewords: &Codewords, known: &[Known], places: &[usize], n_parity: usize) -> Option<Vec<u8>> {
    const UNKNOWN: Known = Known { value: 0, mask: 0 };
    let printed = |at: usize| known.get(at).copied().unwrap_or(UNKNOWN);
    let mixed: Vec<u8> = (0..places.len())
        .map(|at| printed(at).value | codewords.values[places[at]] & !printed(at).mask)
        .collect();
    let photographed: Vec<usize> = (0..places.len()).filter(|&at| printed(at).mask != 0xFF).collect();
    let order = weakest_first(photographed.iter().map(|&at| codewords.confidence[places[at]]));
    let most = (n_parity - CHECKS.min(n_parity)).min(order.len());
    (0..=most).step_by(2).find_map(|n_erasures| {
        let erasures: Vec<usize> = order[..n_erasures].iter().map(|&i| photographed[i]).collect();
        corrected(&mixed, n_parity, &erasures, CHECKS)
    })
}

#[cfg(test)]
mod tests {
    use super::super::qr::{Level, Version, chance_of_correction, parity};
    use super::*;

    const PAYLOAD: &[u8] =
        b"201301006.01.1.0001!140,7,10,8,1,7,1,0,2,3,0,1,8,1,0,1,0,3,1,1,0,1,0,0,0,0,0,0,1,2,0,0,0,5,7,155,1,1!0!0";

    /// The codewords of a symbol, in sequence, all equally sure.
    fn encoded(payload: &[u8], version: Version, level: Level) -> (Codewords, Blocks) {
        let blocks = version.blocks(level);
        let data: Vec<u8> = byte_segment(&known(payload), version, blocks.n_data())
            .unwrap()
            .iter()
            .map(|codeword| codeword.value)
            .collect();
        let mut values = vec![0; blocks.n_codewords];
        let mut rest = data.as_slice();
        for places in blocks.places() {
            let (own, others) = rest.split_at(places.len() - blocks.n_parity);
            let word = [own, &parity(own, blocks.n_parity)].concat();
            places.iter().zip(word).for_each(|(&place, value)| values[place] = value);
            rest = others;
        }
        (Codewords { values, confidence: vec![1.0; blocks.n_codewords] }, blocks)
    }

    fn known(payload: &[u8]) -> Vec<Option<u8>> {
        payload.iter().copied().map(Some).collect()
    }

    fn read(
        codewords: &Codewords,
        blocks: Blocks,
        version: Version,
        bytes: &[Option<u8>],
    ) -> Option<Vec<u8>> {
        payload(&fused(codewords, &byte_segment(bytes, version, blocks.n_data())?, blocks)?, version)
    }

    /// xorshift64 (G. Marsaglia 2003).
    struct Random(u64);

    impl Random {
        fn below(&mut self, n: usize) -> usize {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            usize::try_from(self.0 >> 20).unwrap() % n
        }

        fn byte(&mut self) -> u8 {
            self.below(256).to_le_bytes()[0]
        }

        /// The same text with `n` digits changed into others.
        fn altered(&mut self, payload: &[u8], n: usize) -> Vec<u8> {
            let mut altered = payload.to_vec();
            let mut left = n;
            while left > 0 {
                let at = self.below(altered.len());
                if payload[at].is_ascii_digit() && altered[at] == payload[at] {
                    altered[at] = b'0' + (payload[at] - b'0' + 1 + self.byte() % 9) % 10;
                    left -= 1;
                }
            }
            altered
        }

        /// Spoils a share of the codewords: some unsure and wrong, some wrong and sure, some unsure and right.
        fn spoil(&mut self, codewords: &mut Codewords, percent: usize) {
            for at in 0..codewords.values.len() {
                if self.below(100) < percent {
                    codewords.values[at] ^= self.byte();
                    codewords.confidence[at] = if self.below(8) == 0 { 1.0 } else { 0.1 };
                }
            }
        }
    }

    fn symbols() -> Vec<(Version, Level)> {
        [(5, Level::L), (6, Level::L), (7, Level::M), (9, Level::M)]
            .map(|(number, level)| (Version::new(number).unwrap(), level))
            .to_vec()
    }

    #[test]
    fn a_symbol_with_two_fifths_of_its_codewords_spoiled_is_read_with_its_print() {
        let mut random = Random(7);
        let mut n_read = 0;
        for (version, level) in symbols() {
            for _ in 0..100 {
                let (mut codewords, blocks) = encoded(PAYLOAD, version, level);
                random.spoil(&mut codewords, 40);
                let mut bytes = known(PAYLOAD);
                bytes[14..19].fill(None);
                let reading = read(&codewords, blocks, version, &bytes);
                assert!(reading.as_ref().is_none_or(|read| read == PAYLOAD));
                n_read += usize::from(reading.is_some());
            }
        }
        assert!(n_read >= 200, "{n_read} of 400");
    }

    #[test]
    fn a_misread_digit_is_corrected_or_refused_and_other_figures_are_refused() {
        let mut random = Random(2024);
        let (mut n_corrected, mut n_trials) = (0, 0);
        for trial in 0..3000 {
            for (version, level) in symbols() {
                let (mut codewords, blocks) = encoded(PAYLOAD, version, level);
                let percent = random.below(50);
                random.spoil(&mut codewords, percent);
                // One to eight digits misread; every other trial another sheet's figures.
                let n_digits = if trial % 2 == 0 { 1 + random.below(8) } else { 40 };
                let print = random.altered(PAYLOAD, n_digits);
                let reading = read(&codewords, blocks, version, &known(&print));
                assert!(reading.as_ref().is_none_or(|read| read == PAYLOAD), "{n_digits} {version:?}");
                n_corrected += usize::from(reading.is_some());
                n_trials += 1;
            }
        }
        assert!(n_trials >= 10_000 && n_corrected >= 1000, "{n_corrected} of {n_trials}");
    }

    #[test]
    fn parity_of_no_symbol_confirms_no_print() {
        let mut random = Random(99);
        for _ in 0..2500 {
            for (version, level) in symbols() {
                let (mut codewords, blocks) = encoded(PAYLOAD, version, level);
                codewords.values.iter_mut().for_each(|value| *value = random.byte());
                codewords.confidence.iter_mut().for_each(|sure| *sure = random.below(100) as f32);
                assert_eq!(read(&codewords, blocks, version, &known(PAYLOAD)), None);
            }
        }
    }

    #[test]
    fn the_chance_of_a_block_is_what_the_documentation_says() {
        for (number, level) in (1..=Version::MAX).flat_map(|v| Level::ALL.map(|level| (v, level))) {
            let blocks = Version::new(number).unwrap().blocks(level);
            let n = blocks.n_codewords.div_ceil(blocks.n_blocks);
            for n_erasures in 0..=blocks.n_parity - CHECKS {
                let n_errors = (blocks.n_parity - n_erasures - CHECKS) / 2;
                let chance = chance_of_correction(n, blocks.n_parity, n_erasures, n_errors);
                assert!(chance < 2e-12, "{number} {level:?} {n_erasures}: {chance:e}");
            }
        }
    }
}
