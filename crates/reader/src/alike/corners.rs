//! Where a frame has stable features, and what they look like.

#![allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "pixel arithmetic, bounded")]

use std::sync::OnceLock;

use crate::Luma;

/// A place that the same picture, treated differently, shows again: a corner of the frame's grey levels, with a
/// binary description of the 49 × 49 px around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Feature {
    /// Column and row in the frame of the common size, 1/16 px.
    pub(super) at: [u16; 2],
    /// Bit `32·r + i` = test `i`, turned by `r` quarters, finds its first place darker than its second.
    pub(super) bits: u128,
}

/// Reach of a description, px of the frame: some eight text lines, so that it tells where on the form it lies.
const REACH: usize = 24;
/// Features of one picture lie at least so far apart, so that no signature is all of one signature or stamp.
const APART_PX: usize = 14;
/// Half the side, without the middle, of the square over which gradients are gathered (C. Harris & M. Stephens 1988).
const WINDOW: usize = 3;
/// Its side.
const SIDE: usize = 2 * WINDOW + 1;
/// Weight of the trace in the corner measure (Harris & Stephens 1988 leave it open; 0.04–0.06 is usual).
const TRACE: f32 = 0.05;
/// Fractions of a px kept.
pub(super) const PARTS: f32 = 16.0;

/// Up to `most` features, the strongest corners first, of a frame of `times` the common size.
pub(super) fn features(frame: &Luma, most: usize, times: f32) -> Vec<Feature> {
    let (width, height) = (frame.width_px(), frame.height_px());
    let strength = strengths(frame);
    let at = |x: usize, y: usize| strength[y * width + x];
    let mut peaks: Vec<(f32, usize, usize)> = Vec::new();
    for y in REACH + 1..height.saturating_sub(REACH + 1) {
        for x in REACH + 1..width.saturating_sub(REACH + 1) {
            let here = at(x, y);
            let mut around = (0..9).filter(|i| *i != 4).map(|i| at(x + i % 3 - 1, y + i / 3 - 1));
            if here > 1.0 && around.all(|other| here >= other) {
                peaks.push((here, y, x));
            }
        }
    }
    peaks.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    let mut taken: Vec<(usize, usize)> = Vec::with_capacity(most);
    for (_, y, x) in peaks {
        let near = |&(other_y, other_x): &(usize, usize)| {
            let (dx, dy) = (x.abs_diff(other_x), y.abs_diff(other_y));
            dx * dx + dy * dy < APART_PX * APART_PX
        };
        if !taken.iter().any(near) {
            taken.push((y, x));
            if taken.len() == most {
                break;
            }
        }
    }
    let feature = |(y, x): (usize, usize)| {
        // A parabola through three strengths places the peak between pixels (D. Lowe 2004, §4).
        let between = |before: f32, here: f32, after: f32| {
            let bend = 2.0 * here - before - after;
            if bend > 0.0 { (0.5 * (after - before) / bend).clamp(-0.5, 0.5) } else { 0.0 }
        };
        let dx = between(at(x - 1, y), at(x, y), at(x + 1, y));
        let dy = between(at(x, y - 1), at(x, y), at(x, y + 1));
        let part =
            |whole: usize, more: f32| ((whole as f32 + 0.5 + more) / times * PARTS).round().max(0.0) as u16;
        Feature { at: [part(x, dx), part(y, dy)], bits: describe(frame, x, y) }
    };
    taken.into_iter().map(feature).collect()
}

/// Harris' corner measure of every pixel, 0 at the border. Gradients are gathered in whole numbers, with twice the sum of
/// a square, whose weights fall off towards the edge: at most 7⁴ · 255² = 1.6e8, so sums fit.
fn strengths(frame: &Luma) -> Vec<f32> {
    let width = frame.width_px();
    let mut planes = [(); 3].map(|()| vec![0; frame.pixels().len()]);
    let mut products = [(); 3].map(|()| vec![0; width]);
    let mut once = vec![0; width];
    let rows: Vec<&[u8]> = frame.rows().collect();
    for (y, rows) in rows.windows(3).enumerate() {
        multiply(rows, &mut products);
        for (row, plane) in products.iter().zip(&mut planes) {
            add_along(row, &mut once);
            add_along(&once, &mut plane[(y + 1) * width..][..width]);
        }
    }
    let [xx, xy, yy] = planes.map(|plane| add_down(&add_down(&plane, width), width));
    const MEAN: f32 = 1.0 / SIDE.pow(4) as f32;
    let measure = |((xx, xy), yy): ((&i32, &i32), &i32)| {
        let [xx, xy, yy] = [xx, xy, yy].map(|sum| *sum as f32 * MEAN);
        let trace = xx + yy;
        xx * yy - xy * xy - TRACE * trace * trace
    };
    xx.iter().zip(&xy).zip(&yy).map(measure).collect()
}

/// Products of the slopes across and down in the middle one of three rows; 0 at both ends.
fn multiply(rows: &[&[u8]], [xx, xy, yy]: &mut [Vec<i32>; 3]) {
    let inner = 1..xx.len().saturating_sub(1).max(1);
    let across = rows[1].iter().zip(rows[1].iter().skip(2));
    let down = rows[0][inner.clone()].iter().zip(&rows[2][inner.clone()]);
    let products = xx[inner.clone()].iter_mut().zip(&mut xy[inner.clone()]).zip(&mut yy[inner]);
    let slope = |(a, b): (&u8, &u8)| i16::from(*b) - i16::from(*a);
    for ((across, down), ((xx, xy), yy)) in across.zip(down).zip(products) {
        let [dx, dy] = [across, down].map(|pair| i32::from(slope(pair)));
        (*xx, *xy, *yy) = (dx.wrapping_mul(dx), dx.wrapping_mul(dy), dy.wrapping_mul(dy));
    }
}

/// Sums of each number of a row and `WINDOW` on each side; 0 where some are missing.
fn add_along(row: &[i32], sums: &mut [i32]) {
    sums.fill(0);
    for (sum, window) in sums[WINDOW.min(row.len())..].iter_mut().zip(row.array_windows::<SIDE>()) {
        *sum = window.iter().fold(0, |sum: i32, value| sum.wrapping_add(*value));
    }
}

/// The same down the columns of a plane.
fn add_down(plane: &[i32], width: usize) -> Vec<i32> {
    let mut sums = vec![0; plane.len()];
    let mut running = vec![0_i32; width];
    for (y, row) in plane.chunks_exact(width).enumerate() {
        running.iter_mut().zip(row).for_each(|(sum, value)| *sum = sum.wrapping_add(*value));
        let Some(first) = (y + 1).checked_sub(SIDE) else { continue };
        sums[(first + WINDOW) * width..][..width].copy_from_slice(&running);
        let leaves = &plane[first * width..][..width];
        running.iter_mut().zip(leaves).for_each(|(sum, value)| *sum = sum.wrapping_sub(*value));
    }
    sums
}

/// BRIEF (M. Calonder et al. 2010): random comparisons of two places each. Ours are 32, each in four orientations, so
/// that a quarter turn of the picture turns the bits: no orientation has to be guessed, which is where ORB
/// (E. Rublee et al. 2011) loses most of its bits.
fn describe(frame: &Luma, x: usize, y: usize) -> u128 {
    let width = frame.width_px().cast_signed();
    let (x, y) = (x.cast_signed(), y.cast_signed());
    let grey = |[dx, dy]: [i8; 2]| {
        let at = (y + isize::from(dy)) * width + x + isize::from(dx);
        frame.pixels()[at.unsigned_abs()]
    };
    let mut bits = 0;
    for (i, &[mut a, mut b]) in tests().iter().enumerate() {
        for quarter in 0..4 {
            bits |= u128::from(grey(a) < grey(b)) << (32 * quarter + i);
            [a, b] = [a, b].map(|[dx, dy]| [-dy, dx]);
        }
    }
    bits
}

/// The 32 comparisons: offsets of both places, px; normal with a standard deviation of 2/5 of the reach, the
/// second less than the first from the centre so that tests span all scales.
fn tests() -> &'static [[[i8; 2]; 2]; 32] {
    static TESTS: OnceLock<[[[i8; 2]; 2]; 32]> = OnceLock::new();
    TESTS.get_or_init(|| {
        // SplitMix64 (G. Steele et al. 2014), for the same tests on every machine.
        let mut state = 0x5EED_u64;
        let mut uniform = || {
            state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut z = state;
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            ((z ^ (z >> 31)) >> 40) as f32 / (1_u64 << 24) as f32
        };
        let mut normal = || (0..12).map(|_| uniform()).sum::<f32>() - 6.0;
        let mut place = || loop {
            let [x, y] = [(); 2].map(|()| normal() * 0.4 * REACH as f32);
            if x * x + y * y < (REACH * REACH) as f32 {
                return [x.round() as i8, y.round() as i8];
            }
        };
        std::array::from_fn(|_| {
            loop {
                let [a, b] = [place(), place()];
                let apart = |k: usize| i32::from(a[k]) - i32::from(b[k]);
                // Places that share their smoothing compare noise.
                if apart(0).pow(2) + apart(1).pow(2) >= 36 {
                    return [a, b];
                }
            }
        })
    })
}
