//! What every module of a version is for, and where the codewords' bits lie (ISO/IEC 18004:2015, 6.3, 7.7, 7.9,
//! 7.10).

use super::version::Version;

/// What a module is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Module {
    /// Part of a finder pattern or its separator; dark or light in every symbol.
    Finder {
        /// Whether it is dark.
        dark: bool,
    },
    /// Any other module that is the same in every symbol of the version.
    Fixed {
        /// Whether it is dark.
        dark: bool,
    },
    /// Format information.
    Format,
    /// Data, parity or remainder.
    Data,
}

/// Column and row of a module.
pub(crate) type Position = (usize, usize);

/// The modules of a version.
#[derive(Clone, Debug)]
pub(crate) struct Template {
    side: usize,
    modules: Vec<Module>,
}

impl Template {
    pub(crate) fn new(version: Version) -> Self {
        let side = version.side();
        let mut template = Self { side, modules: vec![Module::Data; side * side] };
        template.timing();
        template.alignment(version);
        template.finders();
        template.format_places();
        if version.number() >= 7 {
            template.version_information(version);
        }
        template
    }

    /// Modules on a side.
    pub(crate) fn side(&self) -> usize {
        self.side
    }

    /// The module in `column` and `row`.
    pub(crate) fn at(&self, (column, row): Position) -> Module {
        self.modules[row * self.side + column]
    }

    /// Modules that are dark or light in every symbol of the version.
    pub(crate) fn known(&self) -> impl Iterator<Item = (Position, bool)> + '_ {
        self.modules.iter().enumerate().filter_map(|(at, module)| match *module {
            Module::Finder { dark } | Module::Fixed { dark } => {
                Some(((at % self.side, at / self.side), dark))
            }
            Module::Format | Module::Data => None,
        })
    }

    /// Data modules in the order of their bits: pairs of columns from the right, up and down in turn, the
    /// vertical timing pattern's column passed over (7.7.3).
    pub(crate) fn data_path(&self) -> Vec<Position> {
        let pairs = (0..self.side / 2).map(|pair| {
            let right = self.side - 1 - 2 * pair;
            (pair, if right <= 6 { right - 1 } else { right })
        });
        let along = |(pair, right): (usize, usize)| {
            (0..self.side).flat_map(move |step| {
                let row = if pair % 2 == 0 { self.side - 1 - step } else { step };
                [(right, row), (right - 1, row)]
            })
        };
        pairs.flat_map(along).filter(|&position| self.at(position) == Module::Data).collect()
    }

    fn set(&mut self, (column, row): Position, module: Module) {
        self.modules[row * self.side + column] = module;
    }

    fn timing(&mut self) {
        for i in 0..self.side {
            self.set((i, 6), Module::Fixed { dark: i % 2 == 0 });
            self.set((6, i), Module::Fixed { dark: i % 2 == 0 });
        }
    }

    fn alignment(&mut self, version: Version) {
        let centres = version.alignment_centres();
        let (near, far) = (6, self.side - 7);
        let near_finder = |x, y| [(near, near), (far, near), (near, far)].contains(&(x, y));
        let crossings: Vec<Position> = centres
            .iter()
            .flat_map(|&y| centres.iter().map(move |&x| (x, y)))
            .filter(|&(x, y)| !near_finder(x, y))
            .collect();
        for (x, y) in crossings {
            for (dx, dy) in (0..5usize).flat_map(|dy| (0..5usize).map(move |dx| (dx, dy))) {
                let ring = dx.abs_diff(2).max(dy.abs_diff(2));
                self.set((x + dx - 2, y + dy - 2), Module::Fixed { dark: ring != 1 });
            }
        }
    }

    fn finders(&mut self) {
        let far = self.side - 8;
        for (dx, dy) in (0..8usize).flat_map(|dy| (0..8usize).map(move |dx| (dx, dy))) {
            // Rings around the middle of 7 x 7: dark 0 and 1, light 2, dark 3, separator 4.
            let dark = |x: usize, y: usize| !matches!(x.abs_diff(3).max(y.abs_diff(3)), 2 | 4);
            self.set((dx, dy), Module::Finder { dark: dark(dx, dy) });
            self.set((far + dx, dy), Module::Finder { dark: dark(7 - dx, dy) });
            self.set((dx, far + dy), Module::Finder { dark: dark(dx, 7 - dy) });
        }
    }

    fn format_places(&mut self) {
        for copy in format_positions(self.side) {
            for position in copy {
                self.set(position, Module::Format);
            }
        }
        self.set((8, self.side - 8), Module::Fixed { dark: true });
    }

    fn version_information(&mut self, version: Version) {
        let code = version_information(version);
        for bit in 0..18 {
            let (along, across) = (bit / 3, self.side - 11 + bit % 3);
            let dark = code >> bit & 1 == 1;
            self.set((across, along), Module::Fixed { dark });
            self.set((along, across), Module::Fixed { dark });
        }
    }
}

/// Places of the 15 format bits, lowest first: the copy around the top left finder pattern, then the one split
/// between the other two (7.9.1, figure 25).
pub(crate) fn format_positions(side: usize) -> [[Position; 15]; 2] {
    let around = std::array::from_fn(|bit| match bit {
        0..=5 => (8, bit),
        6 => (8, 7),
        7 => (8, 8),
        8 => (7, 8),
        _ => (14 - bit, 8),
    });
    let split = std::array::from_fn(|bit| if bit < 8 { (side - 1 - bit, 8) } else { (8, side - 15 + bit) });
    [around, split]
}

/// The 18 bits of version information: 6 bits of version and 12 of the Golay code's remainder (annex D).
fn version_information(version: Version) -> u32 {
    const GENERATOR: u32 = 0x1F25;
    let data = (0..6).fold(0u32, |bits, bit| bits | u32::from(version.number() >> bit & 1 == 1) << bit);
    data << 12 | remainder(data << 12, GENERATOR)
}

/// What is left of `bits` as a polynomial over GF(2) after division by `generator`.
pub(super) fn remainder(mut bits: u32, generator: u32) -> u32 {
    let degree = generator.ilog2();
    while bits >= 1 << degree {
        bits ^= generator << (bits.ilog2() - degree);
    }
    bits
}

/// Whether mask `pattern` (0..=7) turns the module in this column and row (7.8.2, table 10).
pub(crate) fn masked(pattern: u8, (x, y): Position) -> bool {
    let turns = match pattern {
        0 => (x + y) % 2,
        1 => y % 2,
        2 => x % 3,
        3 => (x + y) % 3,
        4 => (y / 2 + x / 3) % 2,
        5 => x * y % 2 + x * y % 3,
        6 => (x * y % 2 + x * y % 3) % 2,
        _ => ((x + y) % 2 + x * y % 3) % 2,
    };
    turns == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_information_of_the_standard() {
        // Table D.1.
        for (number, bits) in [(7, 0x07C94), (8, 0x085BC), (21, 0x15683), (40, 0x28C69)] {
            assert_eq!(version_information(Version::new(number).unwrap()), bits, "version {number}");
        }
    }

    #[test]
    fn the_data_path_holds_all_codewords_and_fewer_than_8_remainder_bits() {
        for number in 1..=Version::MAX {
            let version = Version::new(number).unwrap();
            let path = Template::new(version).data_path();
            assert_eq!(path.len() / 8, version.n_codewords(), "{number}");
            let mut once = path.clone();
            once.sort_unstable();
            once.dedup();
            assert_eq!(once.len(), path.len());
        }
    }
}
