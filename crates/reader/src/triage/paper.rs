//! The paper on its table: where it ends, what lies on it, where it has print.

#![allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "pixel arithmetic, bounded")]

use crate::Luma;
use crate::pixels::reduce;

#[derive(Default)]
pub(super) struct Paper {
    pub(super) width_px: f32,
    pub(super) share: f32,
    pub(super) printed: f32,
    pub(super) ink: u8,
    pub(super) blank_end: f32,
    pub(super) glare: f32,
    pub(super) dent: f32,
    pub(super) dent_tone: f32,
    pub(super) lost_corner: f32,
    pub(super) on_edge: f32,
}

/// Square root of the area at which paper is looked at, px.
const SIDE_PX: f32 = 320.0;
/// Grey levels between table and paper without which all is taken as paper.
const APART: f32 = 30.0;
/// Grey levels between a line's paper and its darker tenth that make print.
const INK: u8 = 22;

impl Paper {
    pub(super) fn of(picture: &Luma) -> Self {
        let area = (picture.width_px() * picture.height_px()) as f32;
        let times = ((area.sqrt() / SIDE_PX) as usize).max(1);
        let small = upright(reduce(picture, times));
        let (width, height) = (small.width_px(), small.height_px());
        // Print out, by the lightest of the neighbourhood.
        let blank = lightest(&lightest(&small));
        let (mask, threshold) = paper_mask(&blank);
        let rows: Vec<Option<(usize, usize)>> = (0..height)
            .map(|y| {
                let row = &mask[y * width..][..width];
                Some((row.iter().position(|&paper| paper)?, row.iter().rposition(|&paper| paper)?))
            })
            .collect();
        let (Some(top), Some(foot)) =
            (rows.iter().position(Option::is_some), rows.iter().rposition(Option::is_some))
        else {
            return Self::default();
        };
        let n_paper = mask.iter().filter(|&&paper| paper).count();
        let length = foot + 1 - top;
        let hull = hull(&rows);
        let mut all = Self {
            width_px: n_paper as f32 / length as f32 * times as f32,
            share: n_paper as f32 / mask.len() as f32,
            on_edge: threshold.map_or(0.0, |threshold| on_edge(&small, threshold)),
            lost_corner: 1.0 - area_of(&hull) / rectangle_around(&hull).max(1.0),
            ..Self::default()
        };
        all.look_for_print(&small, &mask, top, foot);
        all.look_for_dents(&blank, &mask, &hull);
        all.look_for_glare(&blank, &mask);
        all
    }

    /// Rows with and without print, from the paper's head to its foot.
    fn look_for_print(&mut self, small: &Luma, mask: &[bool], top: usize, foot: usize) {
        let width = small.width_px();
        let ink: Vec<u8> = (top..=foot)
            .map(|y| {
                let row = small.pixels()[y * width..][..width].iter().zip(&mask[y * width..]);
                let mut levels: Vec<u8> = row.filter(|(_, paper)| **paper).map(|(level, _)| *level).collect();
                // The paper's own edges are darker.
                levels.sort_unstable();
                let at = |percent: usize| levels.get(levels.len() * percent / 100).copied().unwrap_or(0);
                if levels.len() >= 8 { at(75).saturating_sub(at(12)) } else { 0 }
            })
            .collect();
        let printed: Vec<bool> = ink.iter().map(|&ink| ink >= INK).collect();
        let mut sorted = ink;
        sorted.sort_unstable();
        self.ink = sorted[sorted.len() * 9 / 10];
        let n = printed.len() as f32;
        self.printed = printed.iter().filter(|&&p| p).count() as f32 / n;
        // The paper's very ends are edges and shadows; a smear is no print.
        let inner = &printed[printed.len() / 40..printed.len() - printed.len() / 40];
        let is_print = |rows: &[bool]| rows.iter().all(|&p| p);
        let from_head = inner.windows(3).position(is_print).unwrap_or(0);
        let from_foot = inner.windows(3).rev().position(is_print).unwrap_or(0);
        self.blank_end = from_head.max(from_foot) as f32 / n;
    }

    /// What is inside the paper's hull and no paper, against what is outside of it.
    fn look_for_dents(&mut self, blank: &Luma, mask: &[bool], hull: &[[f32; 2]]) {
        let width = blank.width_px();
        let (mut n_hull, mut inside, mut outside) = (0_u32, Tone::default(), Tone::default());
        for (y, row) in blank.rows().enumerate() {
            let span = span_at(hull, y as f32 + 0.5);
            for (x, &level) in row.iter().enumerate() {
                let paper = mask[y * width + x];
                let within = |air: f32| span.is_some_and(|(l, r)| x as f32 > l + air && (x as f32) < r - air);
                n_hull += u32::from(within(0.0));
                // Waves of the edge are neither.
                if within(2.5) && !paper {
                    inside.add(level);
                } else if !within(-3.0) {
                    outside.add(level);
                }
            }
        }
        self.dent = inside.n as f32 / n_hull.max(1) as f32;
        // Without a table to compare with, a thing on the paper is a thing.
        self.dent_tone = if outside.n < 40 { 255.0 } else { (inside.mean() - outside.mean()).abs() };
    }

    fn look_for_glare(&mut self, blank: &Luma, mask: &[bool]) {
        let mut levels: Vec<u8> =
            blank.pixels().iter().zip(mask).filter(|(_, paper)| **paper).map(|(level, _)| *level).collect();
        levels.sort_unstable();
        let usual = levels.get(levels.len() * 2 / 5).copied().unwrap_or(0);
        let bright = usual.saturating_add(14).min(252);
        let n = levels.len() - levels.partition_point(|&level| level < bright);
        self.glare = n as f32 / levels.len().max(1) as f32;
    }
}

#[derive(Default)]
struct Tone {
    n: u32,
    sum: u32,
}

impl Tone {
    fn add(&mut self, level: u8) {
        self.n += 1;
        self.sum += u32::from(level);
    }

    fn mean(&self) -> f32 {
        self.sum as f32 / self.n.max(1) as f32
    }
}

/// The picture with its longer side down.
fn upright(picture: Luma) -> Luma {
    let (width, height) = (picture.width_px(), picture.height_px());
    if height >= width {
        return picture;
    }
    let pixels = (0..width).flat_map(|x| (0..height).map(move |y| (x, y)));
    let pixels = pixels.map(|(x, y)| picture.pixels()[y * width + x]).collect();
    Luma::new(height, width, pixels).expect("invariant: as many pixels as before")
}

/// The lightest of 3 × 3 px.
fn lightest(picture: &Luma) -> Luma {
    let (width, height) = (picture.width_px(), picture.height_px());
    let rows: Vec<&[u8]> = picture.rows().collect();
    let mut pixels = Vec::with_capacity(width * height);
    for y in 0..height {
        for x in 0..width {
            let near = rows[y.saturating_sub(1)..=(y + 1).min(height - 1)].iter();
            let levels = near.flat_map(|row| &row[x.saturating_sub(1)..=(x + 1).min(width - 1)]);
            pixels.push(levels.copied().max().unwrap_or(0));
        }
    }
    Luma::new(width, height, pixels).expect("invariant: one pixel each")
}

/// What is paper: the lighter side of Otsu's threshold (N. Otsu 1979), its largest connected part, and that threshold; all
/// and `None` where there is no darker side.
fn paper_mask(blank: &Luma) -> (Vec<bool>, Option<u8>) {
    let mut histogram = [0_u32; 256];
    blank.pixels().iter().for_each(|&level| histogram[usize::from(level)] += 1);
    let total: f32 = histogram.iter().map(|&n| n as f32).sum();
    let sum: f32 = histogram.iter().zip(0..=u8::MAX).map(|(&n, level)| n as f32 * f32::from(level)).sum();
    let (mut below, mut sum_below, mut best) = (0.0, 0.0, (0.0, 0_u8, 0.0));
    for (&n, level) in histogram.iter().zip(0..=u8::MAX) {
        below += n as f32;
        sum_below += n as f32 * f32::from(level);
        if below > 0.0 && below < total {
            let apart = (sum - sum_below) / (total - below) - sum_below / below;
            let between = below * (total - below) * apart * apart;
            if between > best.0 {
                best = (between, level, apart);
            }
        }
    }
    let (_, threshold, apart) = best;
    if apart < APART {
        return (vec![true; blank.pixels().len()], None);
    }
    let light: Vec<bool> = blank.pixels().iter().map(|&level| level > threshold).collect();
    (largest_part(&light, blank.width_px()), Some(threshold))
}

fn largest_part(light: &[bool], width: usize) -> Vec<bool> {
    let mut part = vec![0_u32; light.len()];
    let (mut n_parts, mut best, mut stack) = (0, (0, 0), Vec::new());
    for start in 0..light.len() {
        if !light[start] || part[start] != 0 {
            continue;
        }
        n_parts += 1;
        let mut size = 0;
        part[start] = n_parts;
        stack.push(start);
        while let Some(at) = stack.pop() {
            size += 1;
            let x = at % width;
            let sides = [
                (x > 0).then(|| at - 1),
                (x + 1 < width).then(|| at + 1),
                at.checked_sub(width),
                Some(at + width).filter(|&below| below < light.len()),
            ];
            for next in sides.into_iter().flatten() {
                if light[next] && part[next] == 0 {
                    part[next] = n_parts;
                    stack.push(next);
                }
            }
        }
        best = best.max((size, n_parts));
    }
    part.into_iter().map(|p| p == best.1 && p != 0).collect()
}

/// Largest share of one of the picture's short ends that is lighter than the table.
fn on_edge(small: &Luma, threshold: u8) -> f32 {
    let share = |row: Option<&[u8]>| {
        let row = row.unwrap_or(&[]);
        row.iter().filter(|&&level| level > threshold).count() as f32 / row.len().max(1) as f32
    };
    share(small.rows().next()).max(share(small.rows().next_back()))
}

/// The convex hull of the rows' ends (A. Andrew 1979), px.
fn hull(rows: &[Option<(usize, usize)>]) -> Vec<[f32; 2]> {
    let ends = rows.iter().zip(0_u16..).filter_map(|(ends, y)| Some((f32::from(y) + 0.5, (*ends)?)));
    let (mut left, mut right): (Vec<[f32; 2]>, Vec<[f32; 2]>) = (Vec::new(), Vec::new());
    let turn =
        |a: [f32; 2], b: [f32; 2], c: [f32; 2]| (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
    for (y, (from, to)) in ends {
        for (chain, x, sign) in [(&mut left, from as f32, 1.0), (&mut right, to as f32 + 1.0, -1.0)] {
            let point = [x, y];
            while let [.., a, b] = chain.as_slice()
                && sign * turn(*a, *b, point) >= 0.0
            {
                chain.pop();
            }
            chain.push(point);
        }
    }
    right.reverse();
    left.extend(right);
    left
}

fn area_of(hull: &[[f32; 2]]) -> f32 {
    let next = hull.iter().cycle().skip(1);
    (hull.iter().zip(next).map(|(a, b)| a[0] * b[1] - b[0] * a[1]).sum::<f32>() / 2.0).abs()
}

/// Area of the smallest rectangle around a hull: one of its sides lies on one of the hull's (H. Freeman & R. Shapira 1975).
fn rectangle_around(hull: &[[f32; 2]]) -> f32 {
    let next = hull.iter().cycle().skip(1);
    let areas = hull.iter().zip(next).filter_map(|(a, b)| {
        let [dx, dy] = [b[0] - a[0], b[1] - a[1]];
        let length = (dx * dx + dy * dy).sqrt();
        if length < 0.5 {
            return None;
        }
        let [ux, uy] = [dx / length, dy / length];
        let spread = |of: &dyn Fn(&[f32; 2]) -> f32| {
            let (low, high) = hull
                .iter()
                .map(of)
                .fold((f32::INFINITY, f32::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
            high - low
        };
        Some(spread(&|p| p[0] * ux + p[1] * uy) * spread(&|p| p[1] * ux - p[0] * uy))
    });
    areas.fold(f32::INFINITY, f32::min)
}

/// Where a hull begins and ends in the row at `y`.
fn span_at(hull: &[[f32; 2]], y: f32) -> Option<(f32, f32)> {
    let next = hull.iter().cycle().skip(1);
    let crossings = hull.iter().zip(next).filter(|(a, b)| (a[1] <= y) != (b[1] <= y));
    let xs = crossings.map(|(a, b)| a[0] + (b[0] - a[0]) * (y - a[1]) / (b[1] - a[1]));
    let (low, high) = xs.fold((f32::INFINITY, f32::NEG_INFINITY), |(l, h), x| (l.min(x), h.max(x)));
    (low < high).then_some((low, high))
}
