//! Ink: what is darker than the paper around it, gathered into blobs of touching pixels.

use crate::{Luma, pixels};

/// Pixels blobs are looked for in, about; larger pictures are brought down by a whole number. A strip of
/// 900 x 3,300 px becomes 450 x 1,650 px, with letters about 11 px high.
const WORKING_PX: f32 = 0.95e6;
/// Half the side of the square whose mean is taken for the paper, px at working size: wider than a stroke,
/// narrower than a shadow.
const PAPER_RADIUS_PX: usize = 9;
/// Side of the squares in which the darkness of print is measured, px at working size: about two lines of text.
const BLOCK_PX: usize = 32;
/// Ink is at least this share as dark as the darkest print in its square and those around it: a third for sharp
/// print; less where strokes are smeared thin along a streak, more where lines are smeared into each other.
pub(super) const SHARES_OF_DARKEST: [f32; 3] = [0.33, 0.18, 0.5];
/// Ink is at least this many times as dark as the paper's grain.
const TIMES_NOISE: f32 = 2.5;
/// Most blobs kept; a sheet of 80 rows has about 2,500 with its leaders, noise any number.
const MAX_BLOBS: usize = 60_000;

/// A group of touching ink pixels, in px of the picture it was found in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Blob {
    pub(super) left: f32,
    pub(super) top: f32,
    pub(super) right: f32,
    pub(super) bottom: f32,
    /// Ink pixels at working size.
    pub(super) area: f32,
}

impl Blob {
    pub(super) fn width(&self) -> f32 {
        self.right - self.left
    }

    pub(super) fn height(&self) -> f32 {
        self.bottom - self.top
    }

    pub(super) fn middle(&self) -> [f32; 2] {
        [(self.left + self.right) / 2.0, (self.top + self.bottom) / 2.0]
    }
}

/// How much darker each pixel is than the paper around it, at working size.
pub(super) struct Depth {
    depth: Luma,
    blocks: Blocks,
    /// Working size as a share of the picture's.
    pub(super) factor: f32,
}

impl Depth {
    pub(super) fn of(luma: &Luma) -> Self {
        let times = ((luma.pixels().len() as f32 / WORKING_PX).sqrt().round() as usize).max(1);
        let small = pixels::reduce(luma, times);
        let mut depth = small.clone();
        pixels::box_mean(&mut depth, PAPER_RADIUS_PX);
        for (paper, &pixel) in depth.pixels_mut().iter_mut().zip(small.pixels()) {
            *paper = paper.saturating_sub(pixel);
        }
        let blocks = Blocks::of(&depth);
        Self { depth, blocks, factor: 1.0 / times as f32 }
    }

    /// Blobs of ink, px at working size. Ink is darker than the paper around it by `share` of how dark the print is
    /// thereabouts, so that a faded half is read by its own measure.
    pub(super) fn blobs(&self, share: f32) -> Vec<Blob> {
        let width = self.depth.width_px();
        let thresholds = self.blocks.thresholds(share);
        let mut ink = Vec::with_capacity(self.depth.pixels().len());
        for (y, row) in self.depth.rows().enumerate() {
            let thresholds = &thresholds[y / BLOCK_PX * self.blocks.across..];
            for (pixels, &threshold) in row.chunks(BLOCK_PX).zip(thresholds) {
                ink.extend(pixels.iter().map(|&depth| u8::from(depth > threshold)));
            }
        }
        gather(&ink, width)
    }
}

/// What squares of the picture hold.
struct Blocks {
    across: usize,
    /// How dark print is in each square.
    darkest: Vec<u8>,
    /// Grain of the paper and the camera's noise.
    noise: f32,
}

impl Blocks {
    fn of(depth: &Luma) -> Self {
        let across = depth.width_px().div_ceil(BLOCK_PX);
        let mut darkest = Vec::new();
        let mut typical = Vec::new();
        // Four for each square, because neighbours are alike and a count must not wait for the one before it.
        let mut histograms = vec![[[0u16; 256]; 4]; across];
        for band in depth.pixels().chunks(BLOCK_PX * depth.width_px()) {
            histograms.fill([[0; 256]; 4]);
            for row in band.chunks_exact(depth.width_px()) {
                for (pixels, histograms) in row.chunks(BLOCK_PX).zip(&mut histograms) {
                    for (&depth, i) in pixels.iter().zip((0..4).cycle()) {
                        let count = &mut histograms[i][usize::from(depth)];
                        *count = count.wrapping_add(1);
                    }
                }
            }
            let whole = |[a, b, c, d]: &[[u16; 256]; 4]| std::array::from_fn(|i| a[i] + b[i] + c[i] + d[i]);
            for histogram in histograms.iter().map(whole) {
                darkest.push(percentile(&histogram, 970));
                typical.push(percentile(&histogram, 750));
            }
        }
        // Most of a sheet is paper: what is typical there is its grain and the camera's noise.
        typical.sort_unstable();
        let noise = f32::from(typical[typical.len() / 2]).max(1.0);
        Self { across, darkest, noise }
    }

    /// Per square, the depth from which a pixel is ink.
    fn thresholds(&self, share: f32) -> Vec<u8> {
        let (across, down) = (self.across, self.darkest.len() / self.across);
        let threshold = |at: usize| {
            let (x, y) = (at % across, at / across);
            let (xs, ys) = (x.saturating_sub(1)..(x + 2).min(across), y.saturating_sub(1)..(y + 2).min(down));
            let near = ys.flat_map(|y| xs.clone().map(move |x| (x, y)));
            let print = near.map(|(x, y)| self.darkest[y * across + x]).max().unwrap_or(0);
            (f32::from(print) * share).max(self.noise * TIMES_NOISE) as u8
        };
        (0..self.darkest.len()).map(threshold).collect()
    }
}

/// The value below which `per_mille` of a histogram lies.
fn percentile(histogram: &[u16; 256], per_mille: u32) -> u8 {
    let total: u32 = histogram.iter().map(|&count| u32::from(count)).sum();
    let mut below = 0;
    (0..=255u8)
        .find(|&value| {
            below += u32::from(histogram[usize::from(value)]);
            below * 1000 >= total * per_mille
        })
        .unwrap_or(255)
}

/// A run of ink in one row of pixels.
struct Run {
    from: u32,
    to: u32,
    set: u32,
}

/// Blobs of touching ink (8-connected), by runs and union–find in one pass (Rosenfeld & Pfaltz 1966).
fn gather(ink: &[u8], width: usize) -> Vec<Blob> {
    let mut sets = Sets::default();
    let (mut above, mut here): (Vec<Run>, Vec<Run>) = (Vec::new(), Vec::new());
    for (y, row) in ink.chunks_exact(width).enumerate() {
        here.clear();
        let mut first = 0;
        let mut x = 0;
        while let Some(skip) = row[x..].iter().position(|&bit| bit == 1) {
            let from = x + skip;
            let length = row[from..].iter().position(|&bit| bit == 0).unwrap_or(row.len() - from);
            let (from, to) = (from as u32, (from + length) as u32);
            // Runs of the row above end before this one starts: they touch nothing further right either.
            while above.get(first).is_some_and(|run| run.to < from) {
                first += 1;
            }
            let touching = above[first..].iter().take_while(|run| run.from <= to);
            let set = touching.fold(None, |set: Option<u32>, run| match set {
                Some(set) => Some(sets.join(set, run.set)),
                None => Some(sets.find(run.set)),
            });
            let Some(set) = set.or_else(|| sets.add()) else { return sets.blobs() };
            sets.grow(set, from, to, y);
            here.push(Run { from, to, set });
            x = to as usize;
            if x >= row.len() {
                break;
            }
        }
        std::mem::swap(&mut above, &mut here);
    }
    sets.blobs()
}

/// Blobs under construction; each points to the blob it was joined to, or to itself.
#[derive(Default)]
struct Sets {
    parents: Vec<u32>,
    blobs: Vec<Blob>,
}

impl Sets {
    /// A new empty blob; `None` when there are too many.
    fn add(&mut self) -> Option<u32> {
        let set = self.parents.len();
        if set >= 4 * MAX_BLOBS {
            return None;
        }
        self.parents.push(set as u32);
        let nothing = f32::INFINITY;
        self.blobs.push(Blob { left: nothing, top: nothing, right: 0.0, bottom: 0.0, area: 0.0 });
        Some(set as u32)
    }

    fn find(&mut self, mut set: u32) -> u32 {
        while self.parents[set as usize] != set {
            let grandparent = self.parents[self.parents[set as usize] as usize];
            self.parents[set as usize] = grandparent;
            set = grandparent;
        }
        set
    }

    fn join(&mut self, one: u32, other: u32) -> u32 {
        let (one, other) = (self.find(one), self.find(other));
        if one == other {
            return one;
        }
        let (keep, drop) = (one.min(other), one.max(other));
        self.parents[drop as usize] = keep;
        let dropped = self.blobs[drop as usize];
        let kept = &mut self.blobs[keep as usize];
        kept.left = kept.left.min(dropped.left);
        kept.top = kept.top.min(dropped.top);
        kept.right = kept.right.max(dropped.right);
        kept.bottom = kept.bottom.max(dropped.bottom);
        kept.area += dropped.area;
        keep
    }

    fn grow(&mut self, set: u32, from: u32, to: u32, y: usize) {
        let set = self.find(set);
        let blob = &mut self.blobs[set as usize];
        blob.left = blob.left.min(from as f32);
        blob.right = blob.right.max(to as f32);
        blob.top = blob.top.min(y as f32);
        blob.bottom = blob.bottom.max(y as f32 + 1.0);
        blob.area += (to - from) as f32;
    }

    fn blobs(self) -> Vec<Blob> {
        let own = self.parents.iter().enumerate().filter(|(set, parent)| *set == **parent as usize);
        own.map(|(set, _)| self.blobs[set]).take(MAX_BLOBS).collect()
    }
}
