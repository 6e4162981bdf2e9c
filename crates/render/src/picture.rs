//! Pixels: one plane of luma, two of chroma at half the resolution, all 8 bits.

/// A plane of 8-bit samples, row-major.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plane {
    /// Samples in a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// `width * height` samples.
    pub samples: Vec<u8>,
}

impl Plane {
    /// A plane of one value.
    pub fn filled(width: usize, height: usize, value: u8) -> Self {
        Self { width, height, samples: vec![value; width * height] }
    }

    /// The sample at column `x`, row `y`, the border repeated outwards.
    pub(crate) fn clamped(&self, x: i32, y: i32) -> u8 {
        let inside = |at: i32, n: usize| usize::try_from(at).unwrap_or(0).min(n.saturating_sub(1));
        self.samples[inside(y, self.height) * self.width + inside(x, self.width)]
    }

    pub(crate) fn row(&self, y: usize) -> &[u8] {
        &self.samples[y * self.width..(y + 1) * self.width]
    }

    pub(crate) fn row_mut(&mut self, y: usize) -> &mut [u8] {
        &mut self.samples[y * self.width..(y + 1) * self.width]
    }
}

/// A colour picture as JPEG keeps it: full luma, chroma at half the resolution each way (4:2:0).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Grey, 0 = black.
    pub luma: Plane,
    /// Blue difference, 128 = neutral; ⌈width / 2⌉ × ⌈height / 2⌉.
    pub blue: Plane,
    /// Red difference, 128 = neutral; ⌈width / 2⌉ × ⌈height / 2⌉.
    pub red: Plane,
}

impl Picture {
    /// A picture of one colour (luma, blue difference, red difference).
    pub fn filled(width: usize, height: usize, [luma, blue, red]: [u8; 3]) -> Self {
        let (half_width, half_height) = (width.div_ceil(2), height.div_ceil(2));
        Self {
            luma: Plane::filled(width, height, luma),
            blue: Plane::filled(half_width, half_height, blue),
            red: Plane::filled(half_width, half_height, red),
        }
    }

    /// Width, px.
    pub fn width(&self) -> usize {
        self.luma.width
    }

    /// Height, px.
    pub fn height(&self) -> usize {
        self.luma.height
    }
}
