//! Edges and blocks: how steep grey levels change, by direction, and at the borders of JPEG's blocks.

use crate::Luma;

pub(super) struct Grain {
    pub(super) sharpest: f32,
    pub(super) evenness: f32,
    pub(super) blockiness: f32,
}

/// Every so many rows are looked at: edges are the same on the others.
const ROW_STEP: usize = 3;
/// Distances of the faster and the slower difference, px: print is 3 to 5 px thick and 20 apart.
const NEAR: usize = 2;
const FAR: usize = 12;
/// Directions: right, down, and both diagonals.
const DIRECTIONS: [[isize; 2]; 4] = [[1, 0], [0, 1], [1, 1], [-1, 1]];

impl Grain {
    pub(super) fn of(picture: &Luma) -> Self {
        let steep = DIRECTIONS.map(|direction| steepness(picture, direction));
        let most = steep.iter().copied().fold(0.0, f32::max);
        let least = steep.iter().copied().fold(f32::INFINITY, f32::min);
        let evenness = if most > 0.0 { least / most } else { 1.0 };
        Self { sharpest: most, evenness, blockiness: blockiness(picture) }
    }
}

/// Mean squared difference of pixels 2 apart over that of pixels 12 apart, noise taken out of both: edges that are wide
/// against 12 px have 1/36, sharp print a half and more.
fn steepness(picture: &Luma, [dx, dy]: [isize; 2]) -> f32 {
    let (width, height) = (picture.width_px(), picture.height_px());
    if width <= 2 * FAR || height <= FAR + ROW_STEP {
        return 0.0;
    }
    let pixels = picture.pixels();
    let (mut near, mut far, mut n) = (0_u64, 0_u64, 0_u64);
    // Noise: the mean of the tenth of stretches that change least.
    let mut stretches: Vec<u32> = Vec::new();
    let offset = |times: isize| (dy * width.cast_signed() + dx) * times;
    for y in (0..height - FAR).step_by(ROW_STEP) {
        let row = y * width + FAR..(y + 1) * width - FAR;
        for start in row.clone().step_by(16) {
            let mut stretch = 0_u32;
            for at in start..(start + 16).min(row.end) {
                let square = |other: usize| {
                    let difference = u32::from(pixels[at].abs_diff(pixels[other]));
                    difference * difference
                };
                stretch += square(at.wrapping_add_signed(offset(NEAR.cast_signed())));
                far += u64::from(square(at.wrapping_add_signed(offset(FAR.cast_signed()))));
                n += 1;
            }
            near += u64::from(stretch);
            stretches.push(stretch);
        }
    }
    let calm = stretches.len() / 10;
    let (quiet, ..) = stretches.select_nth_unstable(calm);
    let noise = quiet.iter().map(|&s| f64::from(s)).sum::<f64>() / (16.0 * calm.max(1) as f64);
    let mean = |sum: u64| (sum as f64 / n as f64 - noise).max(0.0);
    let (near, far) = (mean(near), mean(far));
    #[allow(clippy::cast_possible_truncation, reason = "a ratio of means")]
    let ratio = (near / far.max(1.0)) as f32;
    ratio
}

/// Mean step between neighbouring 8 × 8 blocks that are flat inside, grey levels: what compression left of blank paper. It is
/// about the file's step of mean levels, 2 at everyday qualities and 20 at the worst (ITU-T T.81, A.3.4); 0 where no such
/// blocks are. Blocks of a file that was cropped or scaled since stand elsewhere and are not seen.
fn blockiness(picture: &Luma) -> f32 {
    const LEAST_PAIRS: u64 = 50;
    let (mut sum, mut n) = (0_u64, 0_u64);
    for row in picture.rows().step_by(ROW_STEP) {
        let (blocks, _) = row.as_chunks::<8>();
        for pair in blocks.windows(2) {
            let flat = |block: &[u8; 8]| block.iter().all(|&level| level == block[0]);
            let step = pair[0][7].abs_diff(pair[1][0]);
            if step > 0 && flat(&pair[0]) && flat(&pair[1]) {
                sum += u64::from(step);
                n += 1;
            }
        }
    }
    if n < LEAST_PAIRS { 0.0 } else { sum as f32 / n as f32 }
}
