//! Format information: error correction level and mask pattern, read softly from both copies.

use super::template::{format_positions, remainder};
use super::version::Level;

/// What the 15 format bits say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Format {
    pub(crate) level: Level,
    /// Mask pattern, 0..=7.
    pub(crate) mask: u8,
}

impl Format {
    /// All 32.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        Level::ALL.into_iter().flat_map(|level| (0..8).map(move |mask| Self { level, mask }))
    }

    /// The 15 bits as printed: 5 of data, 10 of the BCH code's remainder, masked (ISO/IEC 18004:2015, 7.9.1 and
    /// annex C).
    pub(crate) fn bits(self) -> u16 {
        const GENERATOR: u32 = 0x537;
        const MASK: u32 = 0x5412;
        let data = u32::from(self.level.indicator()) << 3 | u32::from(self.mask);
        let [low, high, ..] = ((data << 10 | remainder(data << 10, GENERATOR)) ^ MASK).to_le_bytes();
        u16::from_le_bytes([low, high])
    }
}

/// All formats, likeliest first: ordered by how well both copies together agree with their bits. Any two differ
/// in at least 7 bits of each copy, so that half the modules may be lost.
///
/// `darkness` gives for column and row how dark a module is, positive = dark.
pub(crate) fn likeliest(side: usize, darkness: impl Fn((usize, usize)) -> f32) -> Vec<Format> {
    let copies = format_positions(side).map(|copy| copy.map(&darkness));
    let agreement = |format: &Format| -> f32 {
        let bits = format.bits();
        let signed = |copy: &[f32; 15]| -> f32 {
            copy.iter().enumerate().map(|(bit, &dark)| if bits >> bit & 1 == 1 { dark } else { -dark }).sum()
        };
        copies.iter().map(signed).sum()
    };
    let mut formats: Vec<(f32, Format)> = Format::all().map(|format| (agreement(&format), format)).collect();
    formats.sort_by(|one, other| other.0.total_cmp(&one.0));
    formats.into_iter().map(|(_, format)| format).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_of_the_standard_and_their_distance() {
        // Table C.1, and the example of 7.9.1.
        assert_eq!(Format { level: Level::M, mask: 0 }.bits(), 0x5412);
        assert_eq!(Format { level: Level::L, mask: 4 }.bits(), 0x662F);
        assert_eq!(Format { level: Level::M, mask: 5 }.bits(), 0b100_0000_1100_1110);
        let all: Vec<u16> = Format::all().map(Format::bits).collect();
        for (i, one) in all.iter().enumerate() {
            assert!(all[..i].iter().all(|other| (one ^ other).count_ones() >= 7));
        }
    }

    #[test]
    fn three_wrong_bits_and_a_lost_copy_are_outvoted() {
        let side = 41;
        let [first, second] = format_positions(side);
        for format in Format::all() {
            let darkness = |position| {
                let bit = first.iter().position(|&p| p == position);
                let Some(bit) = bit else {
                    assert!(second.contains(&position));
                    return 0.0;
                };
                let dark = format.bits() >> bit & 1 == 1;
                if dark == [3, 7, 11].contains(&bit) { -1.0 } else { 1.0 }
            };
            assert_eq!(likeliest(side, darkness)[0], format);
        }
    }
}
