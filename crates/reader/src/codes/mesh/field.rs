//! The paper's bend: a smooth displacement over the plane, found block by block.

use super::corners::module_px;
use super::homography::Homography;
use super::patch::Patch;
use crate::codes::qr::{Module, Sampled, Template, Version};
use crate::codes::{Place, Point};

/// Modules between nodes of the field, about.
const SPACING: f32 = 5.0;
/// Half a block's side, modules: blocks of 7 x 7 overlap.
const REACH: usize = 3;
/// Score a block loses at one module from where its neighbours say it is.
const STIFFNESS: f32 = 0.35;
/// Known modules count this many times an unknown one.
const KNOWN: f32 = 2.0;

/// Half the side of the search and its step, modules, sweep by sweep; the first follows its neighbours outwards
/// from the finder patterns, the others polish.
const SWEEPS: [(f32, f32); 4] = [(0.8, 0.2), (0.6, 0.2), (0.4, 0.1), (0.2, 0.05)];

/// Where every module lies.
pub(super) struct Mesh<'a> {
    template: &'a Template,
    plane: Homography,
    module_px: f32,
    /// Nodes on a side.
    n: usize,
    /// Coefficients of a uniform cubic B-spline, px, row by row.
    shifts: Vec<Point>,
}

impl<'a> Mesh<'a> {
    /// The flat mesh through four corners.
    pub(super) fn flat(template: &'a Template, place: Place) -> Option<Self> {
        let side = template.side() as f32;
        let n = ((side / SPACING).round() as usize).max(3) + 1;
        let plane = Homography::onto(place, side)?;
        Some(Self { template, plane, module_px: module_px(&place, side), n, shifts: vec![[0.0; 2]; n * n] })
    }

    /// Sweeps over all nodes, and what the modules look like after each but the first.
    pub(super) fn bend(&mut self, patch: &Patch, sweep: usize) {
        let (reach, step) = SWEEPS[sweep];
        if sweep == 0 { self.grow(patch, reach, step) } else { self.polish(patch, reach, step) }
    }

    pub(super) const N_SWEEPS: usize = SWEEPS.len();

    /// Darkness of every module.
    pub(super) fn sample(&self, patch: &Patch, version: Version) -> Sampled {
        let side = self.template.side();
        let centres = (0..side * side).map(|at| [(at % side) as f32 + 0.5, (at / side) as f32 + 0.5]);
        Sampled { version, darkness: centres.map(|centre| patch.darkness(self.at(centre))).collect() }
    }

    /// The symbol's outer corners.
    pub(super) fn place(&self) -> Place {
        let side = self.template.side() as f32;
        [[0.0, 0.0], [side, 0.0], [side, side], [0.0, side]].map(|corner| self.at(corner))
    }

    /// Where the point `uv`, modules, lies in the picture, px.
    fn at(&self, uv: Point) -> Point {
        let [x, y] = self.plane.apply(uv);
        let [dx, dy] = self.shift(uv);
        [x + dx, y + dy]
    }

    /// The displacement at a point: a cubic B-spline over the nodes, ends repeated.
    fn shift(&self, [u, v]: Point) -> Point {
        let scale = (self.n - 1) as f32 / self.template.side() as f32;
        let (columns, across) = spline(u * scale, self.n);
        let (rows, down) = spline(v * scale, self.n);
        let mut sum = [0.0; 2];
        for (&row, &wy) in rows.iter().zip(&down) {
            for (&column, &wx) in columns.iter().zip(&across) {
                let shift = self.shifts[row * self.n + column];
                sum = [sum[0] + wx * wy * shift[0], sum[1] + wx * wy * shift[1]];
            }
        }
        sum
    }

    /// A node's place, modules.
    fn node(&self, at: usize) -> Point {
        let scale = self.template.side() as f32 / (self.n - 1) as f32;
        [(at % self.n) as f32 * scale, (at / self.n) as f32 * scale]
    }

    /// First sweep: from the finder patterns outwards, every node expected where those before it point.
    fn grow(&mut self, patch: &Patch, reach: f32, step: f32) {
        let side = self.template.side() as f32;
        let from_finder = |[u, v]: Point| {
            [[3.5, 3.5], [side - 3.5, 3.5], [3.5, side - 3.5]]
                .map(|[a, b]| (u - a) * (u - a) + (v - b) * (v - b))
                .into_iter()
                .fold(f32::INFINITY, f32::min)
        };
        let mut order: Vec<usize> = (0..self.n * self.n).collect();
        order.sort_by(|&a, &b| from_finder(self.node(a)).total_cmp(&from_finder(self.node(b))));
        let mut found: Vec<Option<Point>> = vec![None; self.n * self.n];
        for at in order {
            let expected = self.expected(&found, at);
            let [dx, dy] = self.best_offset(patch, at, expected, reach, step);
            found[at] = Some([expected[0] + dx, expected[1] + dy]);
        }
        self.shifts = found.into_iter().map(Option::unwrap_or_default).collect();
        self.smooth();
    }

    /// What the nodes found so far say of this one: means of neighbours and of straight continuations.
    fn expected(&self, found: &[Option<Point>], at: usize) -> Point {
        let get = |dx: isize, dy: isize| {
            let column = (at % self.n).checked_add_signed(dx).filter(|&column| column < self.n)?;
            let row = (at / self.n).checked_add_signed(dy).filter(|&row| row < self.n)?;
            found[row * self.n + column]
        };
        let (mut sum, mut weight) = ([0.0; 2], 0.0);
        for (dx, dy) in (-1..=1).flat_map(|dy| (-1..=1).map(move |dx| (dx, dy))) {
            let Some(near) = get(dx, dy) else { continue };
            let continued = get(2 * dx, 2 * dy)
                .filter(|_| (dx, dy) != (0, 0))
                .map_or(near, |far| [1.5 * near[0] - 0.5 * far[0], 1.5 * near[1] - 0.5 * far[1]]);
            sum = [sum[0] + continued[0], sum[1] + continued[1]];
            weight += 1.0;
        }
        if weight > 0.0 { [sum[0] / weight, sum[1] / weight] } else { [0.0; 2] }
    }

    /// A later sweep: every block once more around where the field has it.
    fn polish(&mut self, patch: &Patch, reach: f32, step: f32) {
        let offsets: Vec<Point> = (0..self.shifts.len())
            .map(|at| {
                let expected = self.shift(self.node(at));
                self.best_offset(patch, at, expected, reach, step)
            })
            .collect();
        for (shift, offset) in self.shifts.iter_mut().zip(offsets) {
            *shift = [shift[0] + offset[0], shift[1] + offset[1]];
        }
        self.smooth();
    }

    /// The offset, px, at which the block around a node shows most contrast and agrees with what is known.
    fn best_offset(&self, patch: &Patch, at: usize, expected: Point, reach: f32, step: f32) -> Point {
        let block = self.block(at, expected);
        let n_steps = (reach / step).round() as i8;
        let mut best = (f32::NEG_INFINITY, [0.0; 2]);
        for (i, j) in (-n_steps..=n_steps).flat_map(|j| (-n_steps..=n_steps).map(move |i| (i, j))) {
            let (du, dv) = (f32::from(i) * step, f32::from(j) * step);
            let offset = [du * self.module_px, dv * self.module_px];
            let mut sum = 0.0;
            let mut total = 0.0;
            for &([x, y], sign) in &block {
                let darkness = patch.darkness([x + offset[0], y + offset[1]]).clamp(-1.2, 1.2);
                sum += if sign == 0.0 { darkness.abs() } else { KNOWN * sign * darkness };
                total += if sign == 0.0 { 1.0 } else { KNOWN };
            }
            let score = sum / total - STIFFNESS * (du * du + dv * dv);
            if score > best.0 {
                best = (score, offset);
            }
        }
        best.1
    }

    /// Centres of the modules around a node with the shift `expected`, and their known sign or 0.
    fn block(&self, at: usize, expected: Point) -> Vec<(Point, f32)> {
        let side = self.template.side();
        let [u, v] = self.node(at).map(|part| part as usize);
        let range = |middle: usize| middle.saturating_sub(REACH)..(middle + REACH + 1).min(side);
        let modules = range(v).flat_map(|row| range(u).map(move |column| (column, row)));
        modules
            .map(|position| {
                let [x, y] = self.plane.apply([position.0 as f32 + 0.5, position.1 as f32 + 0.5]);
                let sign = match self.template.at(position) {
                    Module::Finder { dark } | Module::Fixed { dark } => {
                        if dark {
                            1.0
                        } else {
                            -1.0
                        }
                    }
                    Module::Format | Module::Data => 0.0,
                };
                ([x + expected[0], y + expected[1]], sign)
            })
            .collect()
    }

    /// A node far from the median of its neighbourhood is drawn to it: a block of stain finds anything.
    fn smooth(&mut self) {
        let n = self.n;
        let limit = 0.35 * self.module_px;
        let before = self.shifts.clone();
        for at in 0..before.len() {
            let (column, row) = (at % n, at / n);
            let columns = column.saturating_sub(1)..(column + 2).min(n);
            let rows = row.saturating_sub(1)..(row + 2).min(n);
            let around: Vec<Point> =
                rows.flat_map(|row| before[row * n..][columns.clone()].to_vec()).collect();
            for (axis, shift) in self.shifts[at].iter_mut().enumerate() {
                let mut along: Vec<f32> = around.iter().map(|shift| shift[axis]).collect();
                along.sort_by(f32::total_cmp);
                let median = along[along.len() / 2];
                *shift = shift.clamp(median - limit, median + limit);
            }
        }
    }
}

/// The four nodes and weights of a uniform cubic B-spline at `x` in node distances; ends are repeated.
fn spline(x: f32, n: usize) -> ([usize; 4], [f32; 4]) {
    let cell = x.clamp(0.0, (n - 1) as f32).floor().min((n - 2) as f32);
    let t = x - cell;
    let cell = cell as usize;
    let nodes = [cell.saturating_sub(1), cell, cell + 1, (cell + 2).min(n - 1)];
    let (t2, t3) = (t * t, t * t * t);
    let weights =
        [1.0 - 3.0 * t + 3.0 * t2 - t3, 4.0 - 6.0 * t2 + 3.0 * t3, 1.0 + 3.0 * t + 3.0 * t2 - 3.0 * t3, t3];
    (nodes, weights.map(|weight| weight / 6.0))
}
