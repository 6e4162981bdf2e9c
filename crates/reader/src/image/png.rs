//! PNG: row by row into grey, so that a colour file never stands in memory whole.

use std::io::{Cursor, ErrorKind};

use png::{ColorType, Decoder, DecodingError, Limits, Reader, Transformations};

use super::{DecodeLimits, Format, ImageFault, luma_of, over_paper};
use crate::Luma;

pub(super) fn decode(bytes: &[u8], limits: &DecodeLimits) -> Result<Luma, ImageFault> {
    let budget = Limits { bytes: limits.max_bytes_here() };
    let mut decoder = Decoder::new_with_limits(Cursor::new(bytes), budget);
    decoder.set_transformations(Transformations::normalize_to_color8());
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    let header = decoder.read_header_info().map_err(|error| fault(&error))?;
    let (width, height) = (header.width as usize, header.height as usize);
    // An interlaced file has to be put together in memory, in up to 4 channels.
    let bytes_per_pixel = if header.interlaced { 5 } else { 1 };
    let n_pixels = limits.admit(width, height, bytes_per_pixel)?;
    let interlaced = header.interlaced;
    let mut reader = decoder.read_info().map_err(|error| fault(&error))?;
    let (color, _) = reader.output_color_type();
    let mut grey = Vec::with_capacity(n_pixels);
    if interlaced {
        let mut frame = vec![0; n_pixels * color.samples()];
        reader.next_frame(&mut frame).map_err(|error| fault(&error))?;
        append_grey(&mut grey, &frame, color);
    } else {
        append_rows(&mut grey, &mut reader, color).map_err(|error| fault(&error))?;
    }
    Luma::new(width, height, grey).ok_or(ImageFault::Truncated { format: Format::Png })
}

fn append_rows(
    grey: &mut Vec<u8>,
    reader: &mut Reader<Cursor<&[u8]>>,
    color: ColorType,
) -> Result<(), DecodingError> {
    while let Some(row) = reader.next_row()? {
        append_grey(grey, row.data(), color);
    }
    Ok(())
}

fn append_grey(grey: &mut Vec<u8>, samples: &[u8], color: ColorType) {
    match color {
        ColorType::Grayscale | ColorType::Indexed => grey.extend_from_slice(samples),
        ColorType::GrayscaleAlpha => grey.extend(samples.chunks_exact(2).map(|s| over_paper(s[0], s[1]))),
        ColorType::Rgb => grey.extend(samples.chunks_exact(3).map(|s| luma_of(s[0], s[1], s[2]))),
        ColorType::Rgba => {
            grey.extend(samples.chunks_exact(4).map(|s| over_paper(luma_of(s[0], s[1], s[2]), s[3])));
        }
    }
}

fn fault(error: &DecodingError) -> ImageFault {
    let ended = matches!(error, DecodingError::IoError(io) if io.kind() == ErrorKind::UnexpectedEof);
    ImageFault::from_decoder(Format::Png, ended, error)
}
