//! What is fixed by a symbol's version and error correction level (ISO/IEC 18004:2015, tables 1, 9 and E.1).

/// A symbol's version, 1 to 40.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version(usize);

/// Error correction level, weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    /// About 7 % of codewords.
    L,
    /// About 15 %.
    M,
    /// About 25 %.
    Q,
    /// About 30 %.
    H,
}

/// How the codewords of a symbol fall into blocks of their own parity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Blocks {
    /// Codewords in all.
    pub(crate) n_codewords: usize,
    /// Blocks.
    pub(crate) n_blocks: usize,
    /// Parity codewords in every block.
    pub(crate) n_parity: usize,
    /// Codewords kept unused by the standard so that a chance correction stays rare ("p" in table 9).
    pub(crate) n_reserved: usize,
}

impl Level {
    pub(crate) const ALL: [Self; 4] = [Self::L, Self::M, Self::Q, Self::H];

    /// The two bits of the format information that stand for it (table 12).
    pub(crate) fn indicator(self) -> u16 {
        match self {
            Self::L => 0b01,
            Self::M => 0b00,
            Self::Q => 0b11,
            Self::H => 0b10,
        }
    }
}

impl Version {
    pub(crate) const MAX: usize = 40;

    /// `None` outside 1..=40.
    pub(crate) fn new(number: usize) -> Option<Self> {
        (1..=Self::MAX).contains(&number).then_some(Self(number))
    }

    /// The number, 1..=40.
    pub(crate) fn number(self) -> usize {
        self.0
    }

    /// Modules on a side.
    pub(crate) fn side(self) -> usize {
        17 + 4 * self.0
    }

    /// Rows and columns whose crossings carry alignment patterns' centres, ascending; none in version 1.
    pub(crate) fn alignment_centres(self) -> Vec<usize> {
        if self.0 == 1 {
            return Vec::new();
        }
        let n_centres = self.0 / 7 + 2;
        // Table E.1 as a rule: even steps from the far end, version 32 apart.
        let step = if self.0 == 32 { 26 } else { (self.0 * 4 + n_centres * 2 + 1) / (n_centres * 2 - 2) * 2 };
        let from_far_end = (0..n_centres - 1).rev().map(|i| self.side() - 7 - i * step);
        std::iter::once(6).chain(from_far_end).collect()
    }

    /// Codewords the symbol holds: what function patterns, format and version information leave, in whole bytes.
    pub(crate) fn n_codewords(self) -> usize {
        let n_centres = if self.0 == 1 { 0 } else { self.0 / 7 + 2 };
        let finders_and_separators = 3 * 64;
        let timing = 2 * (self.side() - 16);
        // Three corners carry finder patterns; centres on row or column 6 share 5 modules with a timing pattern.
        let alignment =
            if n_centres == 0 { 0 } else { 25 * (n_centres * n_centres - 3) - 10 * (n_centres - 2) };
        let format_and_dark = 31;
        let version = if self.0 >= 7 { 36 } else { 0 };
        let others = finders_and_separators + timing + alignment + format_and_dark + version;
        (self.side() * self.side() - others) / 8
    }

    /// The blocks at `level`.
    pub(crate) fn blocks(self, level: Level) -> Blocks {
        let (row, column) = (level as usize, self.0 - 1);
        let n_reserved = match (self.0, level) {
            (1, Level::L) => 3,
            (1, Level::M) | (2, Level::L) => 2,
            (1, Level::Q | Level::H) | (3, Level::L) => 1,
            _ => 0,
        };
        Blocks {
            n_codewords: self.n_codewords(),
            n_blocks: usize::from(N_BLOCKS[row][column]),
            n_parity: usize::from(N_PARITY[row][column]),
            n_reserved,
        }
    }
}

impl Blocks {
    /// Codewords that carry data, all blocks together.
    pub(crate) fn n_data(self) -> usize {
        self.n_codewords - self.n_blocks * self.n_parity
    }

    /// For every block the places of its codewords in the symbol's sequence, data before parity (7.6): first
    /// codewords of all blocks, then the second ones, …; later blocks may hold one data codeword more.
    pub(crate) fn places(self) -> Vec<Vec<usize>> {
        let shortest = self.n_data() / self.n_blocks;
        let n_longer = self.n_data() % self.n_blocks;
        let n_shorter = self.n_blocks - n_longer;
        let block = |at: usize| {
            let shared = (0..shortest).map(move |i| i * self.n_blocks + at);
            let extra = (at >= n_shorter).then(|| shortest * self.n_blocks + at - n_shorter);
            let parity = (0..self.n_parity).map(move |i| self.n_data() + i * self.n_blocks + at);
            shared.chain(extra).chain(parity).collect()
        };
        (0..self.n_blocks).map(block).collect()
    }
}

/// Parity codewords of a block, by level and version (table 9).
const N_PARITY: [[u8; Version::MAX]; 4] = [
    [
        7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28, 28, 28, 30, 30, 26,
        28, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30,
    ],
    [
        10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26, 26, 28, 28, 28, 28,
        28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28,
    ],
    [
        13, 22, 18, 26, 18, 24, 18, 22, 20, 24, 28, 26, 24, 20, 30, 24, 28, 28, 26, 30, 28, 30, 30, 30, 30,
        28, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30,
    ],
    [
        17, 28, 22, 16, 22, 28, 26, 26, 24, 28, 24, 28, 22, 24, 24, 30, 28, 28, 26, 28, 30, 24, 30, 30, 30,
        30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30,
    ],
];

/// Blocks, by level and version (table 9).
const N_BLOCKS: [[u8; Version::MAX]; 4] = [
    [
        1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8, 8, 9, 9, 10, 12, 12, 12, 13, 14, 15, 16,
        17, 18, 19, 19, 20, 21, 22, 24, 25,
    ],
    [
        1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16, 17, 17, 18, 20, 21, 23, 25, 26, 28,
        29, 31, 33, 35, 37, 38, 40, 43, 45, 47, 49,
    ],
    [
        1, 1, 2, 2, 4, 4, 6, 6, 8, 8, 8, 10, 12, 16, 12, 17, 16, 18, 21, 20, 23, 23, 25, 27, 29, 34, 34, 35,
        38, 40, 43, 45, 48, 51, 53, 56, 59, 62, 65, 68,
    ],
    [
        1, 1, 2, 4, 4, 4, 5, 6, 8, 8, 11, 11, 16, 16, 18, 16, 19, 21, 25, 25, 25, 34, 30, 32, 35, 37, 40, 42,
        45, 48, 51, 54, 57, 60, 63, 66, 70, 74, 77, 81,
    ],
];

#[cfg(test)]
mod tests {
    use super::*;

    fn version(number: usize) -> Version {
        Version::new(number).unwrap()
    }

    #[test]
    fn numbers_of_the_standards_tables() {
        let codewords = [1, 2, 6, 7, 10, 14, 21, 32, 40].map(|v| version(v).n_codewords());
        assert_eq!(codewords, [26, 44, 172, 196, 346, 581, 1156, 2465, 3706]);
        assert_eq!(version(7).alignment_centres(), [6, 22, 38]);
        assert_eq!(version(32).alignment_centres(), [6, 34, 60, 86, 112, 138]);
        assert_eq!(version(40).alignment_centres(), [6, 30, 58, 86, 114, 142, 170]);
        // Table 7: data codewords.
        let data = [(1, Level::H), (5, Level::Q), (7, Level::M), (10, Level::L), (40, Level::L)]
            .map(|(number, level)| version(number).blocks(level).n_data());
        assert_eq!(data, [9, 62, 124, 274, 2956]);
        assert!(Version::new(0).is_none() && Version::new(41).is_none());
    }

    #[test]
    fn every_codeword_belongs_to_one_block() {
        for (number, level) in (1..=40).flat_map(|v| Level::ALL.map(|level| (v, level))) {
            let blocks = version(number).blocks(level);
            let mut places: Vec<usize> = blocks.places().concat();
            places.sort_unstable();
            assert_eq!(places, (0..blocks.n_codewords).collect::<Vec<_>>(), "{number} {level:?}");
        }
    }
}
