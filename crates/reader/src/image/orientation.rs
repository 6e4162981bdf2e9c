//! EXIF orientation: which way up the camera was held.

use std::io::Cursor;

use exif::{In, Reader, Tag};

use crate::Luma;

/// The eight EXIF orientations (CIPA DC-008, tag 0x0112): where the stored first row and column belong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Orientation {
    /// 1: stored upright.
    #[default]
    Upright,
    /// 2: mirrored left to right.
    Mirrored,
    /// 3: upside down.
    Turned180,
    /// 4: mirrored top to bottom.
    Flipped,
    /// 5: mirrored along the main diagonal.
    Transposed,
    /// 6: to be turned 90 degrees clockwise.
    Turn90,
    /// 7: mirrored along the other diagonal.
    Transversed,
    /// 8: to be turned 90 degrees anticlockwise.
    Turn270,
}

impl Orientation {
    /// The orientation a file states, upright when it states none or nonsense: EXIF is a hint, never a fault.
    pub fn of(bytes: &[u8]) -> Self {
        let stated = Reader::new()
            .continue_on_error(true)
            .read_from_container(&mut Cursor::new(bytes))
            .or_else(|error| error.distill_partial_result(|_| ()))
            .ok()
            .and_then(|exif| exif.get_field(Tag::Orientation, In::PRIMARY)?.value.get_uint(0));
        match stated {
            Some(2) => Self::Mirrored,
            Some(3) => Self::Turned180,
            Some(4) => Self::Flipped,
            Some(5) => Self::Transposed,
            Some(6) => Self::Turn90,
            Some(7) => Self::Transversed,
            Some(8) => Self::Turn270,
            _ => Self::Upright,
        }
    }

    /// The number EXIF has for it.
    pub(super) fn code(self) -> u8 {
        match self {
            Self::Upright => 1,
            Self::Mirrored => 2,
            Self::Turned180 => 3,
            Self::Flipped => 4,
            Self::Transposed => 5,
            Self::Turn90 => 6,
            Self::Transversed => 7,
            Self::Turn270 => 8,
        }
    }

    /// Whether width and height change places.
    pub(super) fn swaps_sides(self) -> bool {
        matches!(self, Self::Transposed | Self::Turn90 | Self::Transversed | Self::Turn270)
    }

    /// The picture as it was seen.
    pub(super) fn upright(self, mut stored: Luma) -> Luma {
        match self {
            Self::Upright => stored,
            Self::Mirrored => mirror(stored),
            Self::Turned180 => {
                stored.pixels_mut().reverse();
                stored
            }
            Self::Flipped => Self::Turned180.upright(mirror(stored)),
            Self::Transposed => transpose(&stored),
            Self::Turn90 => mirror(transpose(&stored)),
            Self::Transversed => Self::Turned180.upright(transpose(&stored)),
            Self::Turn270 => Self::Flipped.upright(transpose(&stored)),
        }
    }
}

fn mirror(mut luma: Luma) -> Luma {
    let width_px = luma.width_px();
    luma.pixels_mut().chunks_exact_mut(width_px).for_each(<[u8]>::reverse);
    luma
}

/// Rows become columns, in tiles so that both sides stay in cache.
fn transpose(luma: &Luma) -> Luma {
    const TILE_PX: usize = 64;
    let (width, height) = (luma.width_px(), luma.height_px());
    let mut turned = vec![0; width * height];
    for top in (0..height).step_by(TILE_PX) {
        for left in (0..width).step_by(TILE_PX) {
            for y in top..height.min(top + TILE_PX) {
                for x in left..width.min(left + TILE_PX) {
                    turned[x * height + y] = luma.pixels()[y * width + x];
                }
            }
        }
    }
    Luma::new(height, width, turned).expect("invariant: transposing keeps the number of pixels")
}
