//! The one picture format every reader works on.

/// A grey picture: `u8` per pixel, row-major, no padding, 0 = black, 255 = white; never empty.
#[derive(Clone, PartialEq, Eq)]
pub struct Luma {
    width_px: usize,
    height_px: usize,
    pixels: Vec<u8>,
}

impl Luma {
    /// A picture over `pixels`, or `None` when a side is 0 or the sides do not multiply to their number.
    #[must_use]
    pub fn new(width_px: usize, height_px: usize, pixels: Vec<u8>) -> Option<Self> {
        let expected = width_px.checked_mul(height_px)?;
        (expected > 0 && expected == pixels.len()).then_some(Self { width_px, height_px, pixels })
    }

    /// Columns, px.
    #[must_use]
    pub fn width_px(&self) -> usize {
        self.width_px
    }

    /// Rows, px.
    #[must_use]
    pub fn height_px(&self) -> usize {
        self.height_px
    }

    /// All pixels, row-major.
    #[must_use]
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// Pixels for changing in place; their number stays.
    pub(crate) fn pixels_mut(&mut self) -> &mut [u8] {
        &mut self.pixels
    }

    /// The rows from top to bottom.
    pub fn rows(&self) -> impl DoubleEndedIterator<Item = &[u8]> + ExactSizeIterator {
        self.pixels.chunks_exact(self.width_px)
    }
}

impl std::fmt::Debug for Luma {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Luma({}x{} px)", self.width_px, self.height_px)
    }
}
