//! Exposes the picture: which place of the paper or the table each pixel sees, and under what light.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "pixel arithmetic, clamped"
)]

use crate::background::Background;
use crate::geometry::{Point, Pose};
use crate::light::Light;
use crate::picture::{Picture, Plane};
use crate::stain::Outline;

/// Side of the blocks in which geometry and light are taken as linear, px.
const BLOCK: usize = 16;
/// Fractional bits of paper coordinates and of tones within a block.
const BITS: i32 = 12;
const ONE: f64 = (1 << BITS) as f64;
/// How far the paper's shadow falls on the table, px of paper.
const SHADOW: f64 = 14.0;

/// What a corner of a block sees.
#[derive(Clone, Copy, Default)]
struct Node {
    paper: Point,
    gain: f64,
    lift: f64,
    table: f64,
    inside: f64,
}

/// Exposes the picture block by block, which also keeps the paper's pixels in the cache when it lies sideways.
pub(crate) fn expose(worn: &Picture, pose: &Pose, outline: &Outline, light: &Light, seed: u64) -> Picture {
    let (width, height) = (pose.size[0] as usize, pose.size[1] as usize);
    let background = Background::new(height, seed);
    let mut picture = Picture::filled(width, height, [0, background.tint[0], background.tint[1]]);
    let columns = width.div_ceil(BLOCK);
    let row_of_nodes = |y: usize| -> Vec<Node> {
        let node = |x: usize| {
            let p = [(x * BLOCK) as f64 + 0.5, y as f64 + 0.5];
            let paper = pose.paper_at(p);
            let tone = light.at(p, paper, pose.shade(paper));
            let table = light.on_table(p);
            Node { paper, gain: tone.gain, lift: tone.lift, table, inside: outline.inside(paper) }
        };
        (0..=columns).map(node).collect()
    };
    let mut upper = row_of_nodes(0);
    for top in (0..height).step_by(BLOCK) {
        let lower = row_of_nodes(top + BLOCK);
        for column in 0..columns {
            let corners = [upper[column], upper[column + 1], lower[column], lower[column + 1]];
            let block = Block { left: column * BLOCK, top, corners };
            let least = corners.iter().map(|n| n.inside).fold(f64::INFINITY, f64::min);
            let most = corners.iter().map(|n| n.inside).fold(f64::NEG_INFINITY, f64::max);
            if least > outline.roughness() + 2.0 {
                block.on_paper(worn, &mut picture.luma);
                block.colour(worn, &mut picture.blue, &mut picture.red);
            } else if most < -2.0 * SHADOW {
                block.on_table(&background, &mut picture.luma);
            } else {
                block.across_the_edge(worn, outline, &background, &mut picture);
            }
        }
        upper = lower;
    }
    picture
}

/// A block of the photograph and its four corners: upper left, upper right, lower left, lower right.
struct Block {
    left: usize,
    top: usize,
    corners: [Node; 4],
}

impl Block {
    /// The blend of the corners at `t` (0..1 right, 0..1 down) of what `of` picks.
    fn blend(&self, [x, y]: Point, of: impl Fn(&Node) -> f64) -> f64 {
        let [a, b, c, d] = [0, 1, 2, 3].map(|i| of(&self.corners[i]));
        (a * (1.0 - x) + b * x) * (1.0 - y) + (c * (1.0 - x) + d * x) * y
    }

    /// What `of` picks at the left end of row `dy` and its step per px, both in fixed point.
    fn run(&self, dy: usize, of: impl Fn(&Node) -> f64) -> (i32, i32) {
        let y = dy as f64 / BLOCK as f64;
        let (start, end) = (self.blend([0.0, y], &of), self.blend([1.0, y], &of));
        ((start * ONE) as i32, ((end - start) * ONE / BLOCK as f64) as i32)
    }

    /// The fast path: every pixel is paper.
    fn on_paper(&self, worn: &Picture, luma: &mut Plane) {
        let right = (self.left + BLOCK).min(luma.width);
        for dy in 0..BLOCK.min(luma.height - self.top) {
            let (mut u, du) = self.run(dy, |n| n.paper[0] - 0.5);
            let (mut v, dv) = self.run(dy, |n| n.paper[1] - 0.5);
            let (mut gain, dgain) = self.run(dy, |n| n.gain);
            let (mut lift, dlift) = self.run(dy, |n| n.lift);
            for out in &mut luma.row_mut(self.top + dy)[self.left..right] {
                let level = bilinear(&worn.luma, u, v);
                *out = (level.wrapping_mul(gain).wrapping_add(lift) >> BITS).clamp(0, 255) as u8;
                u = u.wrapping_add(du);
                v = v.wrapping_add(dv);
                gain = gain.wrapping_add(dgain);
                lift = lift.wrapping_add(dlift);
            }
        }
    }

    /// Chroma of a block of paper, from the nearest sample.
    fn colour(&self, worn: &Picture, blue: &mut Plane, red: &mut Plane) {
        let (left, right) = (self.left / 2, ((self.left + BLOCK) / 2).min(blue.width));
        for dy in 0..(BLOCK / 2).min(blue.height - self.top / 2) {
            let (mut u, du) = self.run(dy * 2, |n| n.paper[0] * 0.5);
            let (mut v, dv) = self.run(dy * 2, |n| n.paper[1] * 0.5);
            let row = (self.top / 2 + dy) * blue.width;
            for at in row + left..row + right {
                blue.samples[at] = worn.blue.clamped(u >> BITS, v >> BITS);
                red.samples[at] = worn.red.clamped(u >> BITS, v >> BITS);
                u += 2 * du;
                v += 2 * dv;
            }
        }
    }

    fn on_table(&self, background: &Background, luma: &mut Plane) {
        let right = (self.left + BLOCK).min(luma.width);
        for dy in 0..BLOCK.min(luma.height - self.top) {
            let (start, step) = self.run(dy, |n| n.table);
            let y = self.top + dy;
            for (dx, out) in luma.row_mut(y)[self.left..right].iter_mut().enumerate() {
                let light = (start + step * dx as i32) as f32 / ONE as f32;
                *out = (background.luma(self.left + dx, y) * light) as u8;
            }
        }
    }

    /// The slow path: paper, its edge, its shadow on the table.
    fn across_the_edge(
        &self,
        worn: &Picture,
        outline: &Outline,
        background: &Background,
        picture: &mut Picture,
    ) {
        let right = (self.left + BLOCK).min(picture.width());
        let bottom = (self.top + BLOCK).min(picture.height());
        for y in self.top..bottom {
            for x in self.left..right {
                let t = [(x - self.left) as f64 / BLOCK as f64, (y - self.top) as f64 / BLOCK as f64];
                let paper = [self.blend(t, |n| n.paper[0]), self.blend(t, |n| n.paper[1])];
                let inside = outline.inside(paper);
                let cover = (inside + 0.5).clamp(0.0, 1.0);
                let [u, v] = paper.map(|c| ((c - 0.5) * ONE) as i32);
                let level = f64::from(bilinear_at_edge(&worn.luma, u, v));
                let sheet = level * self.blend(t, |n| n.gain) + self.blend(t, |n| n.lift);
                let near = 1.0 - 0.45 * (1.0 + inside.min(0.0) / SHADOW).max(0.0);
                let table = f64::from(background.luma(x, y)) * self.blend(t, |n| n.table) * near;
                let width = picture.width();
                picture.luma.samples[y * width + x] = (table + (sheet - table) * cover) as u8;
                if x % 2 == 0 && y % 2 == 0 && cover > 0.5 {
                    let at = y / 2 * picture.blue.width + x / 2;
                    picture.blue.samples[at] = worn.blue.clamped(u >> (BITS + 1), v >> (BITS + 1));
                    picture.red.samples[at] = worn.red.clamped(u >> (BITS + 1), v >> (BITS + 1));
                }
            }
        }
    }
}

/// The level at fixed-point (`u`, `v`), which lies inside the plane.
fn bilinear(plane: &Plane, u: i32, v: i32) -> i32 {
    let at = ((v >> BITS) as usize).wrapping_mul(plane.width).wrapping_add((u >> BITS) as usize);
    let (fx, fy) = ((u & ((1 << BITS) - 1)) >> 4, (v & ((1 << BITS) - 1)) >> 4);
    let (upper, lower) = (&plane.samples[at..], &plane.samples[at.wrapping_add(plane.width)..]);
    match (upper, lower) {
        ([a, b, ..], [c, d, ..]) => mix([*a, *b, *c, *d], fx, fy),
        _ => 0,
    }
}

/// The same anywhere, the border repeated outwards.
fn bilinear_at_edge(plane: &Plane, u: i32, v: i32) -> i32 {
    let (x, y) = (u >> BITS, v >> BITS);
    let (fx, fy) = ((u & ((1 << BITS) - 1)) >> 4, (v & ((1 << BITS) - 1)) >> 4);
    let at = |dx, dy| plane.clamped(x + dx, y + dy);
    mix([at(0, 0), at(1, 0), at(0, 1), at(1, 1)], fx, fy)
}

/// Wrapping arithmetic: bytes times 2¹⁶ at most, so nothing overflows.
fn mix(levels: [u8; 4], fx: i32, fy: i32) -> i32 {
    let [a, b, c, d] = levels.map(i32::from);
    let upper = (a << 8).wrapping_add(b.wrapping_sub(a).wrapping_mul(fx));
    let lower = (c << 8).wrapping_add(d.wrapping_sub(c).wrapping_mul(fx));
    (upper << 8).wrapping_add(lower.wrapping_sub(upper).wrapping_mul(fy)) >> 16
}
