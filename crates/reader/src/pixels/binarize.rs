//! Black or white: a threshold of its own for every 8 x 8 px block.
//!
//! The rule is that of ZXing's hybrid binarizer (a black point per block, averaged over 5 x 5 blocks). It is
//! written anew, many pixels at a time, because the library sets bit by bit and took as long as decoding the
//! JPEG did.

use rxing::common::{BitArray, BitMatrix};

use crate::Luma;

const BLOCK_PX: usize = 8;
/// Blocks on each side of a block that share in its threshold.
const REACH: usize = 2;
/// A block whose grey values differ by no more than this is blank: all paper or all ink.
const BLANK_RANGE: u8 = 24;
/// Blocks in one word of a bit row.
const WORD_BLOCKS: usize = usize::BITS as usize / BLOCK_PX;

/// The picture as bits, 1 = black; `None` when a side is shorter than 5 blocks (40 px), too small for a symbol
/// of 21 modules with its margin at 1.4 px a module.
pub(crate) fn binarize(luma: &Luma) -> Option<BitMatrix> {
    let (width, height) = (luma.width_px(), luma.height_px());
    if width.min(height) < BLOCK_PX * (2 * REACH + 1) {
        return None;
    }
    let blocks = Blocks::of(luma);
    let mut bits = BitMatrix::new(u32::try_from(width).ok()?, u32::try_from(height).ok()?).ok()?;
    let mut packed = BitArray::with_size(width);
    let mut y = 0u32;
    for (row, band) in luma.pixels().chunks(BLOCK_PX * width).enumerate() {
        let thresholds = blocks.thresholds(row);
        for pixels in band.chunks_exact(width) {
            pack(pixels, &thresholds, &mut packed);
            bits.setRow(y, &packed);
            y += 1;
        }
    }
    Some(bits)
}

/// One row against one threshold per block, first pixel in the lowest bit.
fn pack(row: &[u8], thresholds: &[u8], packed: &mut BitArray) {
    let words = row.chunks(WORD_BLOCKS * BLOCK_PX).zip(thresholds.chunks(WORD_BLOCKS));
    for (start, (pixels, thresholds)) in (0..).step_by(WORD_BLOCKS * BLOCK_PX).zip(words) {
        let (whole, rest) = pixels.as_chunks::<BLOCK_PX>();
        let mut last = [u8::MAX; BLOCK_PX];
        last[..rest.len()].copy_from_slice(rest);
        let blocks = whole.iter().chain((!rest.is_empty()).then_some(&last));
        let bytes = blocks.zip(thresholds).map(|(block, &threshold)| not_above(*block, threshold));
        let word = bytes.enumerate().fold(0, |word, (at, byte)| word | usize::from(byte) << (at * BLOCK_PX));
        // Beyond the row's end bits must stay white.
        let end = if rest.is_empty() { usize::MAX } else { !(usize::MAX << pixels.len()) };
        packed.setBulk(start, word & end);
    }
}

/// Bit `i` = pixel `i` is at most `threshold`: eight comparisons in one 64-bit word
/// (H. S. Warren, Hacker's Delight, 2nd edition, section 2-18).
fn not_above(pixels: [u8; BLOCK_PX], threshold: u8) -> u8 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    /// Multiplying by it gathers the lowest bit of each byte in the top byte, first byte lowest.
    const GATHER: u64 = 0x0102_0408_1020_4080;
    let x = u64::from_le_bytes(pixels);
    let t = u64::from(threshold).wrapping_mul(ONES);
    let low_bits_reach = (t | HIGH).wrapping_sub(x & !HIGH);
    let reach = ((!x & t) | (!(x ^ t) & low_bits_reach)) & HIGH;
    (reach >> 7).wrapping_mul(GATHER).to_be_bytes()[0]
}

/// Black points of all blocks; the last row and column of blocks may be cut.
struct Blocks {
    across: usize,
    down: usize,
    black_points: Vec<u8>,
}

impl Blocks {
    fn of(luma: &Luma) -> Self {
        let width = luma.width_px();
        let (across, down) = (width.div_ceil(BLOCK_PX), luma.height_px().div_ceil(BLOCK_PX));
        let mut blocks = Self { across, down, black_points: Vec::with_capacity(across * down) };
        let mut columns = Columns::new(width);
        for band in luma.pixels().chunks(BLOCK_PX * width) {
            columns.gather(band);
            for column in 0..across {
                let greys = columns.block(column);
                let blank = greys.lightest.abs_diff(greys.darkest) <= BLANK_RANGE;
                let point = if blank { blocks.blank_black_point(column, greys.darkest) } else { greys.mean };
                blocks.black_points.push(point);
            }
        }
        blocks
    }

    /// A blank block is paper, so its black point lies well below it; unless it is darker than its known
    /// neighbours' black points, then it is ink and takes theirs.
    fn blank_black_point(&self, column: usize, darkest: u8) -> u8 {
        let paper = darkest / 2;
        let here = self.black_points.len();
        if column == 0 || here < self.across {
            return paper;
        }
        let [left, above, corner] =
            [here - 1, here - self.across, here - self.across - 1].map(|at| u16::from(self.black_points[at]));
        let around = ((above + 2 * left + corner) / 4).to_le_bytes()[0];
        if darkest < around { around } else { paper }
    }

    /// Thresholds of one row of blocks: means of 5 x 5 black points, shifted inwards at the edges.
    fn thresholds(&self, row: usize) -> Vec<u8> {
        const N_SHARING: u32 = 5 * 5;
        let top = row.clamp(REACH, self.down - 1 - REACH) - REACH;
        let mut sums = vec![0u32; self.across];
        for points in self.black_points[top * self.across..].chunks_exact(self.across).take(2 * REACH + 1) {
            sums.iter_mut().zip(points).for_each(|(sum, &point)| *sum += u32::from(point));
        }
        let threshold = |column: usize| {
            let left = column.clamp(REACH, self.across - 1 - REACH) - REACH;
            (sums[left..=left + 2 * REACH].iter().sum::<u32>() / N_SHARING).to_le_bytes()[0]
        };
        (0..self.across).map(threshold).collect()
    }
}

/// What is kept of each pixel column of one band of blocks.
struct Columns {
    darkest: Vec<u8>,
    lightest: Vec<u8>,
    /// At most 8 pixels, so 16 bits hold it.
    sums: Vec<u16>,
    n_rows: usize,
}

/// What is kept of one block.
struct Greys {
    darkest: u8,
    lightest: u8,
    mean: u8,
}

impl Columns {
    fn new(width: usize) -> Self {
        Self { darkest: vec![0; width], lightest: vec![0; width], sums: vec![0; width], n_rows: 0 }
    }

    fn gather(&mut self, band: &[u8]) {
        self.darkest.fill(u8::MAX);
        self.lightest.fill(0);
        self.sums.fill(0);
        self.n_rows = band.len() / self.sums.len();
        for row in band.chunks_exact(self.sums.len()) {
            self.darkest.iter_mut().zip(row).for_each(|(least, &pixel)| *least = pixel.min(*least));
            self.lightest.iter_mut().zip(row).for_each(|(most, &pixel)| *most = pixel.max(*most));
            self.sums.iter_mut().zip(row).for_each(|(sum, &pixel)| *sum = sum.wrapping_add(u16::from(pixel)));
        }
    }

    fn block(&self, column: usize) -> Greys {
        let range = column * BLOCK_PX..self.sums.len().min((column + 1) * BLOCK_PX);
        let n_pixels = (range.len() * self.n_rows).max(1);
        let sum: usize = self.sums[range.clone()].iter().map(|&sum| usize::from(sum)).sum();
        Greys {
            darkest: self.darkest[range.clone()].iter().copied().min().unwrap_or(0),
            lightest: self.lightest[range].iter().copied().max().unwrap_or(0),
            mean: (sum / n_pixels).to_le_bytes()[0],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_comparisons_agree_with_one_by_one() {
        let greys = [0, 1, 2, 63, 126, 127, 128, 129, 200, 254, 255];
        for threshold in greys {
            for start in 0..greys.len() {
                let pixels: [u8; BLOCK_PX] = std::array::from_fn(|i| greys[(start + i) % greys.len()]);
                let expected =
                    (0..BLOCK_PX).filter(|&i| pixels[i] <= threshold).map(|i| 1u8 << i).sum::<u8>();
                assert_eq!(not_above(pixels, threshold), expected, "{pixels:?} against {threshold}");
            }
        }
    }

    #[test]
    fn ink_is_black_paper_is_white_and_the_cut_column_is_neither_lost_nor_overrun() {
        let (width, height) = (77, 45u32);
        let ink = |x: u32, y: u32| (x / 4).is_multiple_of(2) && (y / 4).is_multiple_of(2);
        let pixels =
            (0..width * height).map(|at| if ink(at % width, at / width) { 30 } else { 220 }).collect();
        let bits = binarize(&Luma::new(77, 45, pixels).unwrap()).unwrap();
        for (x, y) in (0..width).flat_map(|x| (0..height).map(move |y| (x, y))) {
            assert_eq!(bits.get(x, y), ink(x, y), "at {x},{y}");
        }
        assert_eq!(bits.getRow(4).getNextSet(0), 77, "a white row has no black bit behind its end");
    }
}
