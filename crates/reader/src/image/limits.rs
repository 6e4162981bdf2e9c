//! What a picture may claim before we believe it.

use super::ImageFault;

/// Limits checked on the header, before any pixel memory is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DecodeLimits {
    /// Most pixels of a picture. Default 100 million: above every phone's main camera mode.
    pub max_pixels: u64,
    /// Longest side, px. Default 20,000: a 1 m strip at 500 dpi.
    pub max_side_px: u64,
    /// Most bytes alive at once while decoding one picture (pixels, coefficients, scratch). Default 128 MiB,
    /// so that two threads stay under 300 MB whatever the files are.
    pub max_bytes: u64,
}

impl Default for DecodeLimits {
    fn default() -> Self {
        Self { max_pixels: 100_000_000, max_side_px: 20_000, max_bytes: 128 << 20 }
    }
}

impl DecodeLimits {
    /// Accepts a claimed size that needs `bytes_per_pixel` at its peak; returns its number of pixels.
    pub(super) fn admit(
        &self,
        width_px: usize,
        height_px: usize,
        bytes_per_pixel: u64,
    ) -> Result<usize, ImageFault> {
        let (width, height) = (width_px as u64, height_px as u64);
        if width == 0 || height == 0 {
            return Err(ImageFault::NoPixels);
        }
        let n_pixels = width.saturating_mul(height);
        let fits = width.max(height) <= self.max_side_px
            && n_pixels <= self.max_pixels
            && n_pixels.saturating_mul(bytes_per_pixel) <= self.max_bytes;
        if !fits {
            return Err(ImageFault::TooLarge { width, height });
        }
        usize::try_from(n_pixels).map_err(|_| ImageFault::TooLarge { width, height })
    }

    /// `max_bytes` as a size of this machine.
    pub(super) fn max_bytes_here(&self) -> usize {
        usize::try_from(self.max_bytes).unwrap_or(usize::MAX)
    }
}
