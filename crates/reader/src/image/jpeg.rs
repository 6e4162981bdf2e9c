//! JPEG: straight to its luma channel, with damage found by walking the markers ourselves.

use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;
use zune_jpeg::errors::DecodeErrors;

use super::{Damage, DecodeLimits, Format, ImageFault, luma_of};
use crate::Luma;

/// Most scans of a progressive file; encoders use about 10, bombs use thousands.
const MAX_SCANS: usize = 64;

pub(super) fn decode(bytes: &[u8], limits: &DecodeLimits) -> Result<(Luma, Option<Damage>), ImageFault> {
    let outline = Outline::of(bytes);
    let truncated = || ImageFault::Truncated { format: Format::Jpeg };
    let frame = match outline.frame {
        Some(frame) => frame,
        None if outline.complete => {
            let reason = "no frame header".to_owned();
            return Err(ImageFault::Corrupt { format: Format::Jpeg, reason });
        }
        None => return Err(truncated()),
    };
    limits.admit(frame.width_px, frame.height_px, frame.bytes_per_pixel())?;
    if outline.n_scans > MAX_SCANS {
        let reason = format!("{} scans", outline.n_scans);
        return Err(ImageFault::Corrupt { format: Format::Jpeg, reason });
    }
    if outline.n_scans == 0 && !outline.complete {
        return Err(truncated());
    }
    let early = (!outline.complete).then_some(Damage::EndsEarly);
    match decode_pixels(bytes, frame, true) {
        Ok(luma) => Ok((luma, early)),
        Err(_) => decode_pixels(bytes, frame, false)
            .map(|luma| (luma, Some(early.unwrap_or(Damage::Broken))))
            .map_err(|error| ImageFault::from_decoder(Format::Jpeg, !outline.complete, &error)),
    }
}

/// One pass of the decoder; `strict` makes it report damage instead of filling it with grey.
fn decode_pixels(bytes: &[u8], frame: Frame, strict: bool) -> Result<Luma, DecodeErrors> {
    // Colour files that are not YCbCr (Adobe RGB, CMYK) have no luma channel to take.
    let options = DecoderOptions::new_fast()
        .set_strict_mode(strict)
        .set_max_width(frame.width_px)
        .set_max_height(frame.height_px)
        .jpeg_set_max_scans(MAX_SCANS)
        .jpeg_set_out_colorspace(ColorSpace::Luma);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers()?;
    let has_luma = matches!(decoder.input_colorspace(), Some(ColorSpace::YCbCr | ColorSpace::Luma));
    if !has_luma {
        let rgb = options.jpeg_set_out_colorspace(ColorSpace::RGB);
        decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), rgb);
    }
    let pixels = decoder.decode()?;
    let pixels = if has_luma {
        pixels
    } else {
        pixels.chunks_exact(3).map(|rgb| luma_of(rgb[0], rgb[1], rgb[2])).collect()
    };
    Luma::new(frame.width_px, frame.height_px, pixels)
        .ok_or(DecodeErrors::FormatStatic("pixels do not fill the frame"))
}

/// What the marker segments say, without decoding anything (ITU-T T.81, annex B).
struct Outline {
    frame: Option<Frame>,
    n_scans: usize,
    /// The end-of-image marker was reached.
    complete: bool,
}

#[derive(Clone, Copy)]
struct Frame {
    width_px: usize,
    height_px: usize,
    n_components: u64,
    progressive: bool,
}

impl Frame {
    /// Peak bytes per pixel: output, RGB when there is no luma channel, 16-bit coefficients when progressive.
    fn bytes_per_pixel(self) -> u64 {
        let output = if self.n_components == 4 { 4 } else { 1 };
        let coefficients = if self.progressive { 2 * self.n_components } else { 0 };
        output + coefficients
    }
}

impl Outline {
    fn of(bytes: &[u8]) -> Self {
        let mut outline = Self { frame: None, n_scans: 0, complete: false };
        let mut at = 2;
        while let Some((marker, body)) = next_marker(bytes, at) {
            at = body;
            match marker {
                0xD9 => {
                    outline.complete = true;
                    break;
                }
                0x01 | 0xD0..=0xD8 => continue,
                0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF => {
                    outline.frame = outline.frame.or_else(|| frame_header(marker, &bytes[body..]));
                }
                0xDA => outline.n_scans += 1,
                _ => {}
            }
            let Some(&[high, low]) = bytes.get(body..body + 2) else { break };
            at += usize::from(u16::from_be_bytes([high, low])).max(2);
        }
        outline
    }
}

/// The next marker at or after `at` and the place behind it; entropy-coded bytes and fill bytes are skipped.
fn next_marker(bytes: &[u8], mut at: usize) -> Option<(u8, usize)> {
    loop {
        at += bytes.get(at..)?.iter().position(|&byte| byte == 0xFF)? + 1;
        match *bytes.get(at)? {
            0x00 | 0xFF => {}
            marker => return Some((marker, at + 1)),
        }
    }
}

/// Size and kind from a start-of-frame segment (length, precision, height, width, components).
fn frame_header(marker: u8, body: &[u8]) -> Option<Frame> {
    let &[_, _, _, h1, h0, w1, w0, n_components, ..] = body else { return None };
    Some(Frame {
        width_px: usize::from(u16::from_be_bytes([w1, w0])),
        height_px: usize::from(u16::from_be_bytes([h1, h0])),
        n_components: u64::from(n_components),
        progressive: marker & 3 == 2,
    })
}
