//! From the darkness of modules to a payload.

use super::bits::payload;
use super::format::{Format, likeliest};
use super::reed_solomon::correct;
use super::template::{Position, masked};
use super::version::{Blocks, Version};

/// Parity symbols of a block that must be left over as a check once the least confident codewords count as
/// erasures: `r − s − 2e` is at least this.
///
/// A block of random symbols then passes with a chance of at most 1e-9 per attempt, whatever the version and
/// level (summed as in `chance_of_correction`; a test goes through all of them), and a symbol passes only when
/// every block does, its bit stream parses and the caller's grammar holds.
pub(crate) const MARGIN: usize = 4;

/// Greatest chance that one attempt passes a block of random symbols, plain or with erasures.
#[cfg(test)]
const MISTAKE: f64 = 1e-9;

/// Fewest erasures worth a try of their own: fewer are mended as errors.
const FIRST_ERASURES: usize = 4;

/// Formats tried, likeliest first: with both copies half lost the right one is still among the first.
pub(crate) const MAX_FORMATS: usize = 3;

/// How dark each module of a symbol is, row by row: about +1 where surely dark, −1 where surely light, 0 where
/// nothing is known.
#[derive(Clone, Debug)]
pub(crate) struct Sampled {
    pub(crate) version: Version,
    pub(crate) darkness: Vec<f32>,
}

/// A symbol's codewords in sequence, unmasked.
#[derive(Clone, Debug)]
pub(crate) struct Codewords {
    pub(crate) values: Vec<u8>,
    /// Of the least sure bit, 0 = nothing known.
    pub(crate) confidence: Vec<f32>,
}

impl Sampled {
    pub(crate) fn at(&self, (column, row): Position) -> f32 {
        self.darkness[row * self.version.side() + column]
    }

    /// The payload.
    pub(crate) fn decode(&self, path: &[Position]) -> Option<Vec<u8>> {
        self.formats().into_iter().find_map(|format| {
            let data = self.codewords(path, format).data(self.version.blocks(format.level))?;
            payload(&data, self.version)
        })
    }

    /// The formats worth trying, likeliest first.
    pub(crate) fn formats(&self) -> Vec<Format> {
        let mut formats = likeliest(self.version.side(), |position| self.at(position).clamp(-1.0, 1.0));
        formats.truncate(MAX_FORMATS);
        formats
    }

    /// The codewords under `format`'s mask, along the version's data `path`.
    pub(crate) fn codewords(&self, path: &[Position], format: Format) -> Codewords {
        let (bytes, _) = path.as_chunks::<8>();
        let turned = |position: Position| {
            let dark = self.at(position);
            if masked(format.mask, position) { -dark } else { dark }
        };
        let value = |byte: &[Position; 8]| {
            byte.iter().fold(0u8, |value, &position| value << 1 | u8::from(turned(position) > 0.0))
        };
        let confidence = |byte: &[Position; 8]| {
            byte.iter().map(|&position| self.at(position).abs()).fold(f32::INFINITY, f32::min)
        };
        Codewords {
            values: bytes.iter().map(value).collect(),
            confidence: bytes.iter().map(confidence).collect(),
        }
    }
}

impl Codewords {
    /// The data codewords of all blocks.
    fn data(&self, blocks: Blocks) -> Option<Vec<u8>> {
        let mut data = Vec::with_capacity(blocks.n_data());
        for places in blocks.places() {
            let word = self.block(&places, blocks)?;
            data.extend(&word[..word.len() - blocks.n_parity]);
        }
        Some(data)
    }

    /// One block, corrected: first as it was seen, then with more and more of its least confident codewords as
    /// erasures while the margin lasts.
    fn block(&self, places: &[usize], blocks: Blocks) -> Option<Vec<u8>> {
        let seen: Vec<u8> = places.iter().map(|&at| self.values[at]).collect();
        let order = weakest_first(places.iter().map(|&at| self.confidence[at]));
        corrected(&seen, blocks.n_parity, &[], blocks.n_reserved).or_else(|| {
            let mut counts = (FIRST_ERASURES..=blocks.n_parity.saturating_sub(MARGIN)).step_by(2);
            counts.find_map(|n_erasures| corrected(&seen, blocks.n_parity, &order[..n_erasures], MARGIN))
        })
    }
}

/// `seen` corrected with at least `margin` parity symbols left over: `s + 2e + margin ≤ r`.
pub(crate) fn corrected(seen: &[u8], n_parity: usize, erasures: &[usize], margin: usize) -> Option<Vec<u8>> {
    let mut word = seen.to_vec();
    let n_errors = correct(&mut word, n_parity, erasures)?;
    (erasures.len() + 2 * n_errors + margin <= n_parity).then_some(word)
}

/// Indexes by rising confidence.
pub(crate) fn weakest_first(confidence: impl Iterator<Item = f32>) -> Vec<usize> {
    let confidence: Vec<f32> = confidence.collect();
    let mut order: Vec<usize> = (0..confidence.len()).collect();
    order.sort_by(|&one, &other| confidence[one].total_cmp(&confidence[other]));
    order
}

#[cfg(test)]
mod tests {
    use qrcode::{Color, EcLevel, QrCode};

    use super::super::reed_solomon::chance_of_correction;
    use super::super::template::Template;
    use super::super::version::Level;
    use super::*;

    /// A code of the crate `qrcode`, an encoder that knows nothing of ours, as modules of +1 and −1.
    fn encoded(payload: &[u8], number: usize, level: EcLevel) -> Sampled {
        let version = qrcode::Version::Normal(number.try_into().unwrap());
        let code = QrCode::with_version(payload, version, level).unwrap();
        let darkness =
            code.to_colors().iter().map(|&color| if color == Color::Dark { 1.0 } else { -1.0 }).collect();
        Sampled { version: Version::new(number).unwrap(), darkness }
    }

    fn decoded(sampled: &Sampled) -> Option<Vec<u8>> {
        sampled.decode(&Template::new(sampled.version).data_path())
    }

    #[test]
    fn every_version_and_level_of_another_encoder_is_decoded_and_its_patterns_are_ours() {
        for number in 1..=Version::MAX {
            for level in [EcLevel::L, EcLevel::M, EcLevel::Q, EcLevel::H] {
                let text: Vec<u8> = (0..7u8).map(|i| i.wrapping_mul(91) ^ number.to_le_bytes()[0]).collect();
                let sampled = encoded(&text, number, level);
                assert_eq!(decoded(&sampled), Some(text), "{number} {level:?}");
                let template = Template::new(sampled.version);
                for (position, dark) in template.known() {
                    assert_eq!(sampled.at(position) > 0.0, dark, "{number} {position:?}");
                }
            }
        }
    }

    #[test]
    fn numbers_and_capitals_are_decoded_too() {
        let text = b"TALLY 0123456789012345678901234567890123456789 and small letters";
        assert_eq!(decoded(&encoded(text, 6, EcLevel::M)).unwrap(), text);
    }

    #[test]
    fn unsure_codewords_are_mended_as_erasures_where_errors_would_be_too_many() {
        let text = [b'7'; 120];
        let mut sampled = encoded(&text, 7, EcLevel::M);
        let path = Template::new(sampled.version).data_path();
        // Block 0 of four owns every fourth codeword: 13 of its 18 parity symbols' worth, wrong and unsure.
        for codeword in (10..23).map(|i| 4 * i) {
            let (column, row) = path[8 * codeword + 3];
            sampled.darkness[row * 45 + column] *= -0.1;
        }
        assert_eq!(sampled.decode(&path), Some(text.to_vec()));
        // As sure as the rest they are too many.
        for dark in &mut sampled.darkness {
            *dark = dark.signum();
        }
        assert_eq!(sampled.decode(&path), None);
    }

    #[test]
    fn a_chance_correction_is_rare_at_every_version_level_and_number_of_erasures() {
        for (number, level) in (1..=Version::MAX).flat_map(|v| Level::ALL.map(|level| (v, level))) {
            let blocks = Version::new(number).unwrap().blocks(level);
            let n = blocks.n_codewords.div_ceil(blocks.n_blocks);
            for n_erasures in 0..=blocks.n_parity.saturating_sub(MARGIN) {
                let margin = if n_erasures == 0 { blocks.n_reserved } else { MARGIN };
                let n_errors = (blocks.n_parity - n_erasures - margin) / 2;
                let chance = chance_of_correction(n, blocks.n_parity, n_erasures, n_errors);
                assert!(chance <= MISTAKE, "{number} {level:?} {n_erasures}: {chance:e}");
            }
        }
    }
}
