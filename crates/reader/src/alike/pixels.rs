//! The last word: whether two pictures agree pixel by pixel once one is laid on the other.

#![allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "pixel arithmetic, bounded")]

use super::transform::{Affine, PointPair};
use crate::Luma;
use crate::pixels::{blur, scale};

/// What two pictures have in common once one is laid on the other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Comparison {
    /// Blocks compared: those where either picture has texture and the other one reaches.
    pub n_blocks: usize,
    /// Blocks whose texture agrees, in its place.
    pub n_agree: usize,
    /// Of 24 bands across the picture, those where more than a tenth of the blocks differ.
    pub n_bands_differ: usize,
    /// Median distance of blocks from where one map puts them, px at the size compared.
    pub stray_px: f32,
    /// Share of the first picture that the second one covers, 0..=1.
    pub overlap: f32,
    /// From the first picture's px to the second's.
    pub map: Affine,
}

/// Share of textured blocks that must agree. The rest may have been exchanged: a code is a tenth of a sheet.
const LEAST_AGREE: f32 = 0.75;
/// Most bands that may differ: what is exchanged lies together, while the figures of another sheet, which agrees in
/// all that the form prints, lie all over it.
const MOST_BANDS: usize = 9;
/// Most that blocks may stray: a second look through a lens at the same paper bends it anew, by 0.39 px at least on
/// rendered sheets, where copies stray by 0.25 px at most.
const MOST_STRAY_PX: f32 = 0.3;
/// Blocks that must be compared for a verdict.
const LEAST_BLOCKS: usize = 100;
/// Share of the first picture that the second must cover: a twentieth cropped on every side leaves 0.81.
const LEAST_OVERLAP: f32 = 0.7;
/// Skew of a map that is still cropping, scaling and turning alone, as a share of its scale: rounding to whole px.
const MOST_SKEW: f32 = 0.01;

impl Comparison {
    /// Share of the compared blocks that agree, 0..=1.
    #[must_use]
    pub fn agreement(&self) -> f32 {
        self.n_agree as f32 / self.n_blocks.max(1) as f32
    }

    /// Whether the two are one picture, a part of which may have been exchanged.
    #[must_use]
    pub fn is_same_picture(&self) -> bool {
        self.n_blocks >= LEAST_BLOCKS
            && self.agreement() >= LEAST_AGREE
            && self.n_bands_differ <= MOST_BANDS
            && self.stray_px <= MOST_STRAY_PX
            && self.overlap >= LEAST_OVERLAP
            && self.map.skew() <= MOST_SKEW
    }
}

/// Square root of the area at which pixels are compared, px: strokes of print are 2 px wide there.
const SIDE_PX: f32 = 1000.0;
/// Smoothing of what is compared, px: takes sampling and the finest of what compression loses away.
const FINE_PX: f32 = 1.2;
/// Smoothing that is taken out, px: light and shadow say nothing.
const COARSE_PX: f32 = 5.0;
/// Side of a block, px.
const BLOCK: usize = 16;
/// Standard deviation from which a block has texture, grey levels: above what JPEG of quality 30 makes of nothing.
const TEXTURE: f32 = 4.0;
/// Correlation from which the textures of two blocks agree.
const AGREE: f32 = 0.75;
/// Steps of the search for the exact map: how far blocks are looked for, px, and how many blocks at most.
const STEPS: [(isize, usize); 3] = [(5, 150), (2, 300), (1, 600)];
/// Bands across the picture's longer side.
const BANDS: usize = 24;

/// Lays `b` on `a`, starting from `map` (px of `a` to px of `b`, to within some px), and compares them.
#[must_use]
pub fn compare(a: &Luma, b: &Luma, map: &Affine) -> Comparison {
    let shrink_a = (SIDE_PX / (a.width_px() as f32 * a.height_px() as f32).sqrt()).min(map.scale()).min(1.0);
    let shrink_b = (shrink_a / map.scale()).min(1.0);
    let (from, small_b) = (Texture::of(a, shrink_a), Texture::of(b, shrink_b));
    // Whole px make the true factors differ from those asked for.
    let back = |small: &Texture, picture: &Luma| {
        let x = picture.width_px() as f32 / small.width as f32;
        let y = picture.height_px() as f32 / small.height as f32;
        (x, y)
    };
    let ((ax, ay), (bx, by)) = (back(&from, a), back(&small_b, b));
    let up = Affine::new([ax, 0.0, 0.0, 0.0, ay, 0.0]);
    let down = Affine::new([1.0 / bx, 0.0, 0.0, 0.0, 1.0 / by, 0.0]);
    let mut small_map = up.then(map).then(&down);
    let mut stray_px = f32::INFINITY;
    for (reach, most) in STEPS {
        let laid = small_b.laid_on(&from, &small_map);
        (small_map, stray_px) = refined(&from, &laid, reach, most, small_map);
    }
    let laid = small_b.laid_on(&from, &small_map);
    let mut bands = [(0_usize, 0_usize); BANDS];
    for (x, y) in from.blocks() {
        let (Some(one), Some(other)) = (from.block(x, y), laid.block(x, y)) else { continue };
        if one.deviation().max(other.deviation()) >= TEXTURE {
            let (at, of) = if from.height >= from.width { (y, from.height) } else { (x, from.width) };
            let (n, agree) = &mut bands[at * BANDS / of];
            *n += 1;
            *agree += usize::from(one.correlation(&other) >= AGREE);
        }
    }
    let seen = laid.levels.iter().filter(|level| !level.is_nan()).count();
    let down_a = Affine::new([1.0 / ax, 0.0, 0.0, 0.0, 1.0 / ay, 0.0]);
    let up_b = Affine::new([bx, 0.0, 0.0, 0.0, by, 0.0]);
    Comparison {
        n_blocks: bands.iter().map(|(n, _)| n).sum(),
        n_agree: bands.iter().map(|(_, agree)| agree).sum(),
        n_bands_differ: bands.iter().filter(|(n, agree)| (n - agree) * 10 > *n).count(),
        stray_px,
        overlap: seen as f32 / laid.levels.len() as f32,
        map: down_a.then(&small_map).then(&up_b),
    }
}

/// A better map, from up to `most` blocks with texture, each looked for around where `map` puts it; and how far the
/// middle one of those that fit lies from where it puts it, px.
fn refined(from: &Texture, laid: &Texture, reach: isize, most: usize, map: Affine) -> (Affine, f32) {
    let textured = |&(x, y): &(usize, usize)| from.block(x, y).is_some_and(|b| b.deviation() >= TEXTURE);
    let blocks: Vec<_> = from.blocks().filter(textured).collect();
    let mut pairs = Vec::new();
    for &(x, y) in blocks.iter().step_by(blocks.len().div_ceil(most).max(1)) {
        if let Some(moved) = found_nearby(from, laid, (x, y), reach) {
            let middle = [x, y].map(|corner| (corner + BLOCK / 2) as f32);
            pairs.push((middle, map.apply([middle[0] + moved[0], middle[1] + moved[1]])));
        }
    }
    let stray = |map: &Affine, (at, found): &PointPair| {
        let [x, y] = map.apply(*at);
        ((x - found[0]).powi(2) + (y - found[1]).powi(2)).sqrt()
    };
    // Blocks that were exchanged are found anywhere: those far from the common map are left out.
    let mut best = map;
    for limit in [reach as f32, 2.0, 1.5] {
        let Some(fitted) = Affine::fit(&pairs) else { break };
        best = fitted;
        pairs.retain(|pair| stray(&best, pair) <= limit);
    }
    let mut strays: Vec<f32> = pairs.iter().map(|pair| stray(&best, pair)).collect();
    strays.sort_by(f32::total_cmp);
    (best, strays.get(strays.len() / 2).copied().unwrap_or(f32::INFINITY))
}

/// By how much a block of `from` is moved in `laid`, to a fraction of a px; `None` when nothing like it is within `reach`.
fn found_nearby(from: &Texture, laid: &Texture, (x, y): (usize, usize), reach: isize) -> Option<[f32; 2]> {
    let block = from.block(x, y)?;
    let moved = |dx: isize, dy: isize| {
        let other = laid.block(x.checked_add_signed(dx)?, y.checked_add_signed(dy)?)?;
        Some(block.correlation(&other))
    };
    let mut best = (0.5, None);
    for (dx, dy) in (-reach..=reach).flat_map(|dy| (-reach..=reach).map(move |dx| (dx, dy))) {
        match moved(dx, dy) {
            Some(correlation) if correlation > best.0 => best = (correlation, Some((dx, dy))),
            _ => {}
        }
    }
    let (here, Some((dx, dy))) = best else { return None };
    let between = |before: Option<f32>, after: Option<f32>| match (before, after) {
        (Some(before), Some(after)) if 2.0 * here > before + after => {
            (0.5 * (after - before) / (2.0 * here - before - after)).clamp(-0.5, 0.5)
        }
        _ => 0.0,
    };
    Some([
        dx as f32 + between(moved(dx - 1, dy), moved(dx + 1, dy)),
        dy as f32 + between(moved(dx, dy - 1), moved(dx, dy + 1)),
    ])
}

/// A picture with its light taken out: band-passed grey levels, not a number where it does not reach.
struct Texture {
    width: usize,
    height: usize,
    levels: Vec<f32>,
}

impl Texture {
    fn of(picture: &Luma, factor: f32) -> Self {
        let sized = if factor < 1.0 { scale(picture, factor) } else { picture.clone() };
        let (fine, coarse) = (blur(&sized, FINE_PX), blur(&sized, COARSE_PX));
        let levels = fine.pixels().iter().zip(coarse.pixels());
        Self {
            width: sized.width_px(),
            height: sized.height_px(),
            levels: levels.map(|(&fine, &coarse)| f32::from(fine) - f32::from(coarse)).collect(),
        }
    }

    /// This picture as `onto` would show it, bilinear.
    fn laid_on(&self, onto: &Texture, map: &Affine) -> Texture {
        let mut levels = Vec::with_capacity(onto.levels.len());
        let [right, down] = map.step_right();
        for y in 0..onto.height {
            let [mut u, mut v] = map.apply([0.5, y as f32 + 0.5]);
            for _ in 0..onto.width {
                levels.push(self.sample(u - 0.5, v - 0.5));
                u += right;
                v += down;
            }
        }
        Texture { width: onto.width, height: onto.height, levels }
    }

    fn sample(&self, x: f32, y: f32) -> f32 {
        if x < 0.0 || y < 0.0 || x >= (self.width - 1) as f32 || y >= (self.height - 1) as f32 {
            return f32::NAN;
        }
        let (left, top) = (x as usize, y as usize);
        let (u, v) = (x - left as f32, y - top as f32);
        let row = &self.levels[top * self.width + left..];
        let upper = row[0] * (1.0 - u) + row[1] * u;
        let lower = row[self.width] * (1.0 - u) + row[self.width + 1] * u;
        upper * (1.0 - v) + lower * v
    }

    /// Upper left corners of all whole blocks.
    fn blocks(&self) -> impl Iterator<Item = (usize, usize)> + use<> {
        let (across, down) = (self.width / BLOCK, self.height / BLOCK);
        (0..down).flat_map(move |y| (0..across).map(move |x| (x * BLOCK, y * BLOCK)))
    }

    /// A block, less its mean; `None` where the picture does not reach.
    fn block(&self, x: usize, y: usize) -> Option<Block> {
        if x + BLOCK > self.width || y + BLOCK > self.height {
            return None;
        }
        let mut levels = [[0.0; BLOCK]; BLOCK];
        let mut sum = 0.0;
        for (row, to) in self.levels[y * self.width..].chunks(self.width).zip(&mut levels) {
            to.copy_from_slice(&row[x..x + BLOCK]);
            sum += to.iter().sum::<f32>();
        }
        if sum.is_nan() {
            return None;
        }
        let mean = sum / (BLOCK * BLOCK) as f32;
        let mut squares = 0.0;
        for level in levels.iter_mut().flatten() {
            *level -= mean;
            squares += *level * *level;
        }
        Some(Block { levels, squares })
    }
}

struct Block {
    levels: [[f32; BLOCK]; BLOCK],
    /// Sum of the squares.
    squares: f32,
}

impl Block {
    /// Standard deviation, grey levels.
    fn deviation(&self) -> f32 {
        (self.squares / (BLOCK * BLOCK) as f32).sqrt()
    }

    /// Normalised correlation, -1..=1 (J. P. Lewis 1995).
    fn correlation(&self, other: &Self) -> f32 {
        let rows = self.levels.iter().zip(&other.levels);
        let products = rows.map(|(a, b)| a.iter().zip(b).map(|(x, y)| x * y).sum::<f32>());
        let scale = (self.squares * other.squares).sqrt();
        if scale > 0.0 { products.sum::<f32>() / scale } else { 0.0 }
    }
}
