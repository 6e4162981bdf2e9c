//! WebP, lossy and lossless; of an animation the first frame.

use std::io::{Cursor, ErrorKind};

use image_webp::{DecodingError, WebPDecoder};

use super::{DecodeLimits, Format, ImageFault, luma_of, over_paper};
use crate::Luma;

/// Peak bytes per pixel: RGBA out, as much again inside the decoder, grey.
const BYTES_PER_PIXEL: u64 = 9;

pub(super) fn decode(bytes: &[u8], limits: &DecodeLimits) -> Result<Luma, ImageFault> {
    let ended = ends_early(bytes);
    let fault = |error: DecodingError| {
        let eof = matches!(&error, DecodingError::IoError(io) if io.kind() == ErrorKind::UnexpectedEof);
        ImageFault::from_decoder(Format::WebP, ended || eof, &error)
    };
    let mut decoder = WebPDecoder::new(Cursor::new(bytes)).map_err(fault)?;
    decoder.set_memory_limit(limits.max_bytes_here());
    let (width, height) = decoder.dimensions();
    let (width, height) = (width as usize, height as usize);
    let n_pixels = limits.admit(width, height, BYTES_PER_PIXEL)?;
    let channels = if decoder.has_alpha() { 4 } else { 3 };
    let mut samples = vec![0; n_pixels * channels];
    decoder.read_image(&mut samples).map_err(fault)?;
    let grey = match channels {
        4 => samples.chunks_exact(4).map(|s| over_paper(luma_of(s[0], s[1], s[2]), s[3])).collect(),
        _ => samples.chunks_exact(3).map(|s| luma_of(s[0], s[1], s[2])).collect(),
    };
    Luma::new(width, height, grey).ok_or(ImageFault::Truncated { format: Format::WebP })
}

/// Whether the RIFF header promises more bytes than there are (RFC 9649, section 2.4).
fn ends_early(bytes: &[u8]) -> bool {
    match bytes.get(4..8) {
        Some(&[a, b, c, d]) => u64::from(u32::from_le_bytes([a, b, c, d])) + 8 > bytes.len() as u64,
        _ => true,
    }
}
