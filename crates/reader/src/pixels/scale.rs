//! Making pictures smaller by area averaging.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "pixel arithmetic: values are clamped to the grey range or bounded by a picture's sides"
)]

use crate::Luma;

/// The picture at `factor` of its size (0..=1), each new pixel the mean of the area it covers.
///
/// Separable: columns are summed with the weights of their overlap in 1/256, rows likewise.
pub(crate) fn scale(luma: &Luma, factor: f32) -> Luma {
    let columns = Spans::new(luma.width_px(), factor);
    let rows = Spans::new(luma.height_px(), factor);
    let (width, height) = (columns.0.len(), rows.0.len());
    let mut pixels = Vec::with_capacity(width * height);
    let mut sums = vec![0u32; luma.width_px()];
    for span in &rows.0 {
        sums.fill(0);
        for (y, weight) in span.weights() {
            let row = &luma.pixels()[y * luma.width_px()..][..luma.width_px()];
            sums.iter_mut()
                .zip(row)
                .for_each(|(sum, &pixel)| *sum = sum.wrapping_add(weight.wrapping_mul(u32::from(pixel))));
        }
        for across in &columns.0 {
            let total: u64 = across.weights().map(|(x, w)| u64::from(w) * u64::from(sums[x])).sum();
            let area = u64::from(span.area()) * u64::from(across.area());
            pixels.push(((total + area / 2) / area).to_le_bytes()[0]);
        }
    }
    Luma::new(width, height, pixels).expect("invariant: every span gives one row or column")
}

/// The picture at one `times`-th of its size, each new pixel the mean of `times` x `times`; what is left over at
/// the right and the foot is dropped. Faster than [`scale`] because nothing overlaps.
pub(crate) fn reduce(luma: &Luma, times: usize) -> Luma {
    let (width, height) = (luma.width_px() / times, luma.height_px() / times);
    if times <= 1 || width == 0 || height == 0 {
        return luma.clone();
    }
    let area = (times * times) as u32;
    let mut pixels = Vec::with_capacity(width * height);
    let mut sums = vec![0u32; luma.width_px()];
    for band in luma.pixels().chunks_exact(luma.width_px() * times) {
        sums.fill(0);
        for row in band.chunks_exact(luma.width_px()) {
            sums.iter_mut().zip(row).for_each(|(sum, &pixel)| *sum = sum.wrapping_add(u32::from(pixel)));
        }
        let mean = |sums: &[u32]| ((sums.iter().sum::<u32>() + area / 2) / area).to_le_bytes()[0];
        pixels.extend(sums.chunks_exact(times).map(mean));
    }
    Luma::new(width, height, pixels).expect("invariant: whole squares give whole rows")
}

/// Which source pixels each new pixel covers, in 1/256 px.
struct Spans(Vec<Span>);

#[derive(Clone, Copy)]
struct Span {
    from: usize,
    to: usize,
}

const ONE_PX: usize = 256;

impl Spans {
    fn new(length_px: usize, factor: f32) -> Self {
        let target = ((length_px as f32 * factor).round() as usize).clamp(1, length_px);
        let edge = |i: usize| i * length_px * ONE_PX / target;
        Self((0..target).map(|i| Span { from: edge(i), to: edge(i + 1) }).collect())
    }
}

impl Span {
    fn area(self) -> u32 {
        (self.to - self.from) as u32
    }

    fn weights(self) -> impl Iterator<Item = (usize, u32)> {
        (self.from / ONE_PX..self.to.div_ceil(ONE_PX)).map(move |pixel| {
            let from = self.from.max(pixel * ONE_PX);
            let to = self.to.min((pixel + 1) * ONE_PX);
            (pixel, (to - from) as u32)
        })
    }
}
