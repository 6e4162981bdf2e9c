//! Image bytes to an upright grey picture, within limits that are checked before anything is allocated.

mod fault;
mod jpeg;
mod limits;
mod orientation;
mod png;
mod strip;
mod tiff;
mod webp;

use std::panic::{AssertUnwindSafe, catch_unwind};

pub use fault::ImageFault;
pub use limits::DecodeLimits;
pub use orientation::Orientation;
pub use strip::{Stripped, Unstrippable, strip};

use crate::Luma;

/// A picture as it was photographed, turned upright.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Photo {
    /// The pixels, EXIF orientation already applied.
    pub luma: Luma,
    /// The container the bytes were in.
    pub format: Format,
    /// The orientation that was applied.
    pub orientation: Orientation,
    /// What is missing, when the file is damaged but part of it could be decoded; such pixels are grey.
    pub damage: Option<Damage>,
}

/// Image containers this crate decodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// JPEG, baseline or progressive (ITU-T T.81).
    Jpeg,
    /// PNG (ISO/IEC 15948).
    Png,
    /// WebP, lossy or lossless (RFC 9649); of an animation, the first frame.
    WebP,
    /// TIFF 6.0; of several pages, the first.
    Tiff,
}

/// Why a picture that was decoded is not all of the picture that was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Damage {
    /// When the file stops before its end marker: an interrupted copy or upload.
    EndsEarly,
    /// When compressed data in the middle does not decode.
    Broken,
}

/// The upright grey picture in `bytes`, whatever the file was called.
///
/// The format is told by its first bytes, the dimensions are checked against `limits` before memory is
/// taken, and EXIF orientation is applied. Only the first page of a TIFF is read.
///
/// # Errors
/// An [`ImageFault`] for anything that is not a whole or partly decodable image within `limits`; never a
/// panic, a panic of a third-party decoder included.
pub fn decode_luma(bytes: &[u8], limits: &DecodeLimits) -> Result<Photo, ImageFault> {
    let format = sniff(bytes)?;
    catch_unwind(AssertUnwindSafe(|| decode_as(format, bytes, limits)))
        .unwrap_or_else(|_| Err(ImageFault::Corrupt { format, reason: "decoder panicked".to_owned() }))
}

fn decode_as(format: Format, bytes: &[u8], limits: &DecodeLimits) -> Result<Photo, ImageFault> {
    let orientation = Orientation::of(bytes);
    let (luma, damage) = match format {
        Format::Jpeg => jpeg::decode(bytes, limits)?,
        Format::Png => (png::decode(bytes, limits)?, None),
        Format::WebP => (webp::decode(bytes, limits)?, None),
        Format::Tiff => (tiff::decode(bytes, limits)?, None),
    };
    if orientation.swaps_sides() {
        limits.admit(luma.width_px(), luma.height_px(), 2)?;
    }
    Ok(Photo { luma: orientation.upright(luma), format, orientation, damage })
}

/// The format by magic bytes; containers that are images but not ours are named as such.
fn sniff(bytes: &[u8]) -> Result<Format, ImageFault> {
    match bytes {
        [] => Err(ImageFault::Empty),
        [0xFF, 0xD8, 0xFF, ..] => Ok(Format::Jpeg),
        [0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => Ok(Format::Png),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Ok(Format::WebP),
        [b'I', b'I', 42 | 43, 0, ..] | [b'M', b'M', 0, 42 | 43, ..] => Ok(Format::Tiff),
        [b'G', b'I', b'F', b'8', ..] => Err(ImageFault::UnsupportedFormat { name: "GIF" }),
        [b'B', b'M', ..] if bytes.len() > 26 && bytes[6..10] == [0; 4] => {
            Err(ImageFault::UnsupportedFormat { name: "BMP" })
        }
        [b'%', b'P', b'D', b'F', ..] => Err(ImageFault::UnsupportedFormat { name: "PDF" }),
        [_, _, _, _, b'f', b't', b'y', b'p', b'h' | b'm', ..] => {
            Err(ImageFault::UnsupportedFormat { name: "HEIF" })
        }
        [_, _, _, _, b'f', b't', b'y', b'p', b'a', b'v', b'i', ..] => {
            Err(ImageFault::UnsupportedFormat { name: "AVIF" })
        }
        _ => Err(ImageFault::NotAnImage { first_bytes: bytes[..bytes.len().min(8)].to_vec() }),
    }
}

/// Brightness of a colour: ITU-R BT.601 weights in 1/256, the ones JPEG's own luma channel uses.
fn luma_of(red: u8, green: u8, blue: u8) -> u8 {
    let sum = 77 * u32::from(red) + 150 * u32::from(green) + 29 * u32::from(blue);
    (sum >> 8).to_le_bytes()[0]
}

/// `grey` laid over white paper at opacity `alpha` (255 = opaque): transparent pixels are paper, not ink.
fn over_paper(grey: u8, alpha: u8) -> u8 {
    let (grey, alpha) = (u32::from(grey), u32::from(alpha));
    ((grey * alpha + 255 * (255 - alpha)) / 255).to_le_bytes()[0]
}
