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
    if times == 2 {
        return halved(luma);
    }
    let mut pixels = Vec::with_capacity(width * height);
    let mut sums = vec![0u32; luma.width_px()];
    for band in luma.pixels().chunks_exact(luma.width_px() * times) {
        sums.fill(0);
        for row in band.chunks_exact(luma.width_px()) {
            sums.iter_mut().zip(row).for_each(|(sum, &pixel)| *sum = sum.wrapping_add(u32::from(pixel)));
        }
        let area = Divisor::of((times * times) as u32);
        let mean =
            |sums: &[u32]| area.quotient(sums.iter().fold(area.divisor / 2, |a, b| a.wrapping_add(*b)));
        pixels.extend(sums.chunks_exact(times).map(mean));
    }
    Luma::new(width, height, pixels).expect("invariant: whole squares give whole rows")
}

/// The picture at half its size: nearly all photographs are halved, so this must be fast.
fn halved(luma: &Luma) -> Luma {
    let (width, height) = (luma.width_px() / 2, luma.height_px() / 2);
    let mut pixels = vec![0; width * height];
    let mut sums = vec![0u16; luma.width_px()];
    let bands = luma.pixels().chunks_exact(2 * luma.width_px());
    for (to, band) in pixels.chunks_exact_mut(width).zip(bands) {
        let (above, below) = band.split_at(luma.width_px());
        for ((sum, one), other) in sums.iter_mut().zip(above).zip(below) {
            *sum = u16::from(*one).wrapping_add(u16::from(*other));
        }
        for (to, [one, other]) in to.iter_mut().zip(sums.as_chunks::<2>().0) {
            *to = (one.wrapping_add(*other).wrapping_add(2) >> 2) as u8;
        }
    }
    Luma::new(width, height, pixels).expect("invariant: one pixel per square")
}

/// Division by the same number many times, as a multiplication.
#[derive(Clone, Copy)]
struct Divisor {
    divisor: u32,
    reciprocal: u64,
}

impl Divisor {
    fn of(divisor: u32) -> Self {
        Self { divisor, reciprocal: (1 << 40) / u64::from(divisor) + 1 }
    }

    /// `sum / divisor`, exact for sums of up to `divisor` bytes and divisors up to 2¹⁵ (T. Granlund & P. Montgomery 1994,
    /// theorem 4.2: the error of the reciprocal times the sum stays below 2⁴⁰ / divisor).
    fn quotient(self, sum: u32) -> u8 {
        (u64::from(sum).wrapping_mul(self.reciprocal) >> 40).min(255) as u8
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reciprocals_divide_like_divisions() {
        for times in 1..=180_u32 {
            let (area, divisor) = (times * times, Divisor::of(times * times));
            let most = 255 * area + area / 2;
            let near = (0..=255).flat_map(|q| [q * area, q * area + area - 1]).filter(|sum| *sum <= most);
            for sum in near.chain((0..=most).step_by(9973)) {
                assert_eq!(u32::from(divisor.quotient(sum)), (sum / area).min(255), "{sum} / {area}");
            }
        }
    }

    #[test]
    fn halves_are_means_of_squares_and_leave_over_what_is_odd() {
        let luma = Luma::new(5, 3, (0..15).map(|i| i * 16).collect()).unwrap();
        let half = reduce(&luma, 2);
        assert_eq!((half.width_px(), half.height_px(), half.pixels()), (2, 1, &[48, 80][..]));
    }
}
