//! The part of the picture around a symbol, evened out.

use crate::codes::{Place, Point};
use crate::{Luma, pixels};

/// Paper taken along on every side, of the symbol's side.
const MARGIN: f32 = 0.25;
/// Smoothing before sampling, modules: what a point of a module stands for.
const SMOOTHING: f32 = 0.22;
/// Half the side of the neighbourhood that says what is dark and what is light, modules: the 7 x 7 of a finder
/// pattern fits in.
const NEIGHBOURHOOD: f32 = 4.5;
/// Grey levels of a flattened picture per standard deviation (see `pixels::flatten`).
const DEVIATION: f32 = 64.0;
const MIDDLE: f32 = 128.0;

/// Darkness around a symbol, by position in the whole picture.
pub(super) struct Patch {
    luma: Luma,
    left: f32,
    top: f32,
}

impl Patch {
    /// Cuts out `place` with a margin and takes shadow and fading away; `None` when it lies outside.
    pub(super) fn around(luma: &Luma, place: &Place, module_px: f32) -> Option<Self> {
        let cut = Self::span(luma, place)?;
        let sigma = SMOOTHING * module_px;
        let smooth = if sigma > 0.5 { pixels::blur(&cut.luma, sigma) } else { cut.luma };
        let radius = (NEIGHBOURHOOD * module_px).clamp(4.0, 200.0) as usize;
        Some(Self { luma: pixels::flatten(&smooth, radius), ..cut })
    }

    fn span(luma: &Luma, place: &Place) -> Option<Self> {
        let range = |axis: usize, length: usize| {
            let low = place.iter().map(|corner| corner[axis]).fold(f32::INFINITY, f32::min);
            let high = place.iter().map(|corner| corner[axis]).fold(f32::NEG_INFINITY, f32::max);
            let more = MARGIN * (high - low);
            let end = |at: f32| at.clamp(0.0, length as f32) as usize;
            let start = end(low - more);
            start..end(high + more).max(start)
        };
        let (columns, rows) = (range(0, luma.width_px()), range(1, luma.height_px()));
        let lines = luma.rows().skip(rows.start).take(rows.len());
        let pixels: Vec<u8> = lines.flat_map(|line| &line[columns.clone()]).copied().collect();
        let (left, top) = (columns.start as f32, rows.start as f32);
        Some(Self { luma: Luma::new(columns.len(), rows.len(), pixels)?, left, top })
    }

    /// How dark it is at a point, in local standard deviations: positive = dark; 0 outside.
    #[inline]
    pub(super) fn darkness(&self, [x, y]: Point) -> f32 {
        let (x, y) = (x - self.left - 0.5, y - self.top - 0.5);
        let (width, height) = (self.luma.width_px(), self.luma.height_px());
        if !(x >= 0.0 && y >= 0.0 && x < (width - 1) as f32 && y < (height - 1) as f32) {
            return 0.0;
        }
        let (column, row) = (x as usize, y as usize);
        let (fx, fy) = (x - column as f32, y - row as f32);
        let at = row * width + column;
        let pixels = self.luma.pixels();
        let ([a, b], [c, d]) = match (pixels.get(at..at + 2), pixels.get(at + width..at + width + 2)) {
            (Some(&[a, b]), Some(&[c, d])) => ([a, b].map(f32::from), [c, d].map(f32::from)),
            _ => return 0.0,
        };
        let upper = a + (b - a) * fx;
        let lower = c + (d - c) * fx;
        (MIDDLE - (upper + (lower - upper) * fy)) * (1.0 / DEVIATION)
    }
}
