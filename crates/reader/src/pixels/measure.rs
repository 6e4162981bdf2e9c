//! Two plain numbers about a picture, for the cause of a failure.

use crate::Luma;

/// Grey levels between the 1st and the 99th percentile: 0 = uniform, 255 = full. Print covers few per cent
/// of a sheet, so wider percentiles would measure paper alone.
pub(crate) fn contrast(luma: &Luma) -> u8 {
    let mut histogram = [0usize; 256];
    for &pixel in luma.pixels() {
        histogram[usize::from(pixel)] += 1;
    }
    let total = luma.pixels().len();
    let percentile = |percent: usize| {
        let mut below = 0;
        let reached = histogram.iter().position(|count| {
            below += count;
            below * 100 >= total * percent
        });
        reached.unwrap_or(255)
    };
    (percentile(99) - percentile(1)).to_le_bytes()[0]
}

/// Variance of the 4-neighbour Laplacian, grey levels squared: low = blurred or blank
/// (J. L. Pech-Pacheco et al. 2000). Comparable only between pictures of similar content and size.
pub(crate) fn sharpness(luma: &Luma) -> f64 {
    let rows: Vec<&[u8]> = luma.rows().collect();
    let (mut sum, mut squares, mut count) = (0i64, 0i64, 0i64);
    for three in rows.windows(3) {
        let [above, here, below] = three else { continue };
        for x in 1..here.len().saturating_sub(1) {
            let [up, down, left, right, centre] =
                [above[x], below[x], here[x - 1], here[x + 1], here[x]].map(i64::from);
            let laplacian = up + down + left + right - 4 * centre;
            sum += laplacian;
            squares += laplacian * laplacian;
            count += 1;
        }
    }
    let n = count.max(1) as f64;
    squares as f64 / n - (sum as f64 / n).powi(2)
}
