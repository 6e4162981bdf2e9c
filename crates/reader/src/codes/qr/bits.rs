//! The bit stream of data codewords: segments of text and bytes (ISO/IEC 18004:2015, 7.4).

use super::version::Version;

/// The 45 characters of alphanumeric mode (table 5).
const ALPHANUMERIC: &[u8; 45] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/// The bytes that data codewords carry, or `None` when they do not follow the standard.
///
/// Numeric and alphanumeric segments give their ASCII characters, byte segments their bytes as they are; a
/// change of character set (ECI) is passed over, because bytes are handed on undeciphered. Kanji, FNC1 and
/// structured append are refused: no sheet carries them. Nothing is asked of what follows the terminator.
pub(crate) fn payload(codewords: &[u8], version: Version) -> Option<Vec<u8>> {
    let mut bits = Bits { codewords, at: 0 };
    let mut payload = Vec::new();
    loop {
        // Fewer than four bits left stand for the terminator.
        match bits.take(4).unwrap_or(0) {
            0b0000 => break,
            0b0001 => numeric(&mut bits, version, &mut payload)?,
            0b0010 => alphanumeric(&mut bits, version, &mut payload)?,
            0b0100 => bytes(&mut bits, version, &mut payload)?,
            0b0111 => designator(&mut bits)?,
            _ => return None,
        }
    }
    (!payload.is_empty()).then_some(payload)
}

/// The data codewords of one byte segment, `None` where a codeword holds a bit of an unknown byte, and for every
/// codeword the bits that are known. `None` when it does not fit.
pub(crate) fn byte_segment(payload: &[Option<u8>], version: Version, n_data: usize) -> Option<Vec<Known>> {
    let mut known: Vec<Known> = Vec::with_capacity(n_data);
    let count_bits = count_bits(version, 8, 16, 16);
    if payload.len() >= 1 << count_bits || 4 + count_bits + 8 * payload.len() > 8 * n_data {
        return None;
    }
    let mut nibbles = vec![Some(0b0100)];
    let count = payload.len();
    nibbles.extend((0..count_bits / 4).rev().map(|at| Some((count >> (4 * at) & 0xF).to_le_bytes()[0])));
    for &byte in payload {
        nibbles.extend([byte.map(|byte| byte >> 4), byte.map(|byte| byte & 0xF)]);
    }
    // Terminator: up to four zeros, which end on a whole byte here.
    nibbles.extend((nibbles.len() < 2 * n_data).then_some(Some(0)));
    for pair in nibbles.chunks(2) {
        let half = |at: usize| match pair.get(at).copied().flatten() {
            Some(nibble) => (nibble, 0xF),
            None => (0, 0),
        };
        let (high, low) = (half(0), half(1));
        known.push(Known { value: high.0 << 4 | low.0, mask: high.1 << 4 | low.1 });
    }
    // Pad codewords (7.4.10).
    let pads = [0xEC, 0x11].into_iter().cycle().take(n_data - known.len());
    known.extend(pads.map(|value| Known { value, mask: 0xFF }));
    Some(known)
}

/// A codeword of which some bits are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Known {
    /// Its value where known, 0 elsewhere.
    pub(crate) value: u8,
    /// 1 = this bit is known.
    pub(crate) mask: u8,
}

/// Width of the character count by version 1–9, 10–26 and 27–40 (table 3).
fn count_bits(version: Version, small: usize, medium: usize, large: usize) -> usize {
    match version.number() {
        ..=9 => small,
        10..=26 => medium,
        _ => large,
    }
}

/// Codewords, read bit by bit.
struct Bits<'a> {
    codewords: &'a [u8],
    at: usize,
}

impl Bits<'_> {
    /// The next `n` (at most 16) bits, highest first; `None` beyond the end.
    fn take(&mut self, n: usize) -> Option<usize> {
        if self.at + n > 8 * self.codewords.len() {
            return None;
        }
        let bit = |at: usize| usize::from(self.codewords[at / 8] >> (7 - at % 8) & 1);
        let value = (self.at..self.at + n).fold(0, |value, at| value << 1 | bit(at));
        self.at += n;
        Some(value)
    }
}

fn numeric(bits: &mut Bits<'_>, version: Version, payload: &mut Vec<u8>) -> Option<()> {
    let mut left = bits.take(count_bits(version, 10, 12, 14))?;
    while left > 0 {
        let n_digits = left.min(3);
        let value = bits.take([0, 4, 7, 10][n_digits])?;
        if value >= [0, 10, 100, 1000][n_digits] {
            return None;
        }
        let digits = [value / 100, value / 10 % 10, value % 10].map(|digit| b'0' + digit.to_le_bytes()[0]);
        payload.extend(&digits[3 - n_digits..]);
        left -= n_digits;
    }
    Some(())
}

fn alphanumeric(bits: &mut Bits<'_>, version: Version, payload: &mut Vec<u8>) -> Option<()> {
    let mut left = bits.take(count_bits(version, 9, 11, 13))?;
    while left > 0 {
        if left == 1 {
            payload.push(*ALPHANUMERIC.get(bits.take(6)?)?);
            break;
        }
        let pair = bits.take(11)?;
        payload.extend([*ALPHANUMERIC.get(pair / 45)?, ALPHANUMERIC[pair % 45]]);
        left -= 2;
    }
    Some(())
}

fn bytes(bits: &mut Bits<'_>, version: Version, payload: &mut Vec<u8>) -> Option<()> {
    let n_bytes = bits.take(count_bits(version, 8, 16, 16))?;
    for _ in 0..n_bytes {
        payload.push(bits.take(8)?.to_le_bytes()[0]);
    }
    Some(())
}

/// Passes over an ECI designator of one to three bytes (7.4.2.2).
fn designator(bits: &mut Bits<'_>) -> Option<()> {
    let first = bits.take(8)?;
    match first {
        0..0x80 => {}
        0x80..0xC0 => _ = bits.take(8)?,
        0xC0..0xE0 => _ = bits.take(16)?,
        _ => return None,
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(number: usize) -> Version {
        Version::new(number).unwrap()
    }

    fn packed(bits: &str) -> Vec<u8> {
        let bits: Vec<u8> = bits.bytes().filter(u8::is_ascii_digit).map(|bit| bit - b'0').collect();
        bits.chunks(8)
            .map(|byte| (0..8).fold(0, |value, at| value << 1 | byte.get(at).unwrap_or(&0)))
            .collect()
    }

    #[test]
    fn the_standards_examples_and_a_mixture() {
        // 7.4.3: 01234567 in numeric mode; 7.4.4: AC-42.
        let numeric = "0001 0000001000 0000001100 0101011001 1000011 0000";
        assert_eq!(payload(&packed(numeric), version(1)).unwrap(), b"01234567");
        let alphanumeric = "0010 000000101 00111001110 11100111001 000010 0000";
        assert_eq!(payload(&packed(alphanumeric), version(1)).unwrap(), b"AC-42");
        let mixture = "0111 00011010 0100 00000010 11000011 10101001 0001 0000000001 0111";
        assert_eq!(payload(&packed(mixture), version(1)).unwrap(), [0xC3, 0xA9, b'7']);
    }

    #[test]
    fn what_breaks_the_standard_is_refused() {
        for bits in [
            "",
            "0000",                       // nothing before the terminator
            "1000 0000000000000",         // kanji
            "0100 00000010 00000000",     // a byte short
            "0001 0000000011 1111111111", // 1023 in three digits
            "0010 000000001 101101",      // character 45
            "0111 11100000",              // designator of no length
        ] {
            assert_eq!(payload(&packed(bits), version(1)), None, "{bits}");
        }
    }

    #[test]
    fn a_byte_segment_is_read_back_and_unknown_bytes_leave_holes() {
        for number in [6, 9, 10, 27] {
            let text = b"201301006.01.1.0001!140,7,10!0!0";
            let known: Vec<Option<u8>> = text.iter().copied().map(Some).collect();
            let segment = byte_segment(&known, version(number), 60).unwrap();
            assert!(segment.iter().all(|codeword| codeword.mask == 0xFF) && segment.len() == 60);
            let values: Vec<u8> = segment.iter().map(|codeword| codeword.value).collect();
            assert_eq!(payload(&values, version(number)).unwrap(), text);
        }
        let holes = byte_segment(&[Some(b'a'), None, Some(b'b')], version(6), 5).unwrap();
        let masks: Vec<u8> = holes.iter().map(|codeword| codeword.mask).collect();
        assert_eq!(masks, [0xFF, 0xFF, 0xF0, 0x0F, 0xFF]);
        assert!(byte_segment(&[Some(0); 4], version(6), 5).is_none());
        assert!(byte_segment(&[Some(0); 3], version(6), 5).is_some());
    }
}
