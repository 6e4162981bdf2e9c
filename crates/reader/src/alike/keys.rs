//! Keys of descriptions: descriptions with the same bits at a table's places fall together there.

#![allow(clippy::cast_possible_truncation, reason = "bounded by the number of bits")]

/// Tables of the search (locality-sensitive hashing by sampled bits: P. Indyk & R. Motwani 1998, §4.2). With 6 of 128 bits
/// changed, a feature falls into the same place of at least one table with a chance of 1 − (1 − (122/128)^22)^10 = 98 %.
pub(super) const TABLES: u32 = 10;
/// Bits of a key.
const KEY_BITS: u32 = 22;
/// Keys there are.
pub(super) const N_KEYS: usize = 1 << KEY_BITS;

/// The keys of one table.
pub(super) struct Keys {
    /// What each value of each byte of a description adds to its key: sixteen look-ups in place of 22 shifts of 128 bits.
    parts: Box<[[u32; 256]; 16]>,
}

impl Keys {
    pub(super) fn of_table(table: u32) -> Self {
        let mut parts = Box::new([[0; 256]; 16]);
        for (i, bit) in sampled_bits(table).into_iter().enumerate() {
            let (byte, bit) = ((bit / 8) as usize, bit % 8);
            for (value, part) in (0_u32..).zip(&mut parts[byte]) {
                *part |= (value >> bit & 1) << i;
            }
        }
        Self { parts }
    }

    /// The key of a description, below [`N_KEYS`].
    pub(super) fn key(&self, bits: u128) -> u32 {
        let bytes = bits.to_le_bytes();
        self.parts.iter().zip(bytes).fold(0, |key, (part, byte)| key | part[usize::from(byte)])
    }
}

/// The bits that make a key in `table`: as many from each of a description's four orientations.
fn sampled_bits(table: u32) -> [u32; KEY_BITS as usize] {
    // Strides prime to 32 spread each table's bits and make tables differ.
    std::array::from_fn(|i| {
        let (quarter, step) = (i as u32 % 4, i as u32 / 4);
        32 * quarter + (step * (2 * table + 5) + 7 * table + 3 * quarter) % 32
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_the_sampled_bits_of_its_description() {
        let mut bits = 0x0123_4567_89AB_CDEF_0F1E_2D3C_4B5A_6978_u128;
        for table in 0..TABLES {
            bits = bits.wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835).rotate_left(37);
            let sampled = sampled_bits(table);
            let mut once = sampled.to_vec();
            once.sort_unstable();
            once.dedup();
            assert_eq!(once.len(), sampled.len(), "a bit is sampled once");
            let plain =
                (0..).zip(sampled).fold(0, |key, (i, bit)| key | u32::from(bits >> bit & 1 == 1) << i);
            assert_eq!(Keys::of_table(table).key(bits), plain);
        }
    }
}
