//! TIFF: the first page, strip by strip or tile by tile into grey.

use std::io::{Cursor, ErrorKind};

use tiff::decoder::{Decoder, DecodingResult, Limits};
use tiff::tags::{PlanarConfiguration, Tag};
use tiff::{ColorType, TiffError};

use super::{DecodeLimits, Format, ImageFault, luma_of, over_paper};
use crate::Luma;

type Pages<'a> = Decoder<Cursor<&'a [u8]>>;

pub(super) fn decode(bytes: &[u8], limits: &DecodeLimits) -> Result<Luma, ImageFault> {
    let mut page = Decoder::new(Cursor::new(bytes)).map_err(|error| fault(&error))?;
    let (width, height) = page.dimensions().map_err(|error| fault(&error))?;
    let (width, height) = (width as usize, height as usize);
    let n_pixels = limits.admit(width, height, 1)?;
    let strips_at_most = limits.max_bytes_here().saturating_sub(n_pixels);
    let mut room = Limits::default();
    room.decoding_buffer_size = strips_at_most;
    room.intermediate_buffer_size = strips_at_most;
    let mut page = page.with_limits(room);
    let ink = Ink::of(&mut page)?;
    let canvas = vec![255; n_pixels];
    paint(&mut page, &ink, canvas, width, height)
}

/// Decodes chunk by chunk and lays each one where it belongs.
fn paint(
    page: &mut Pages<'_>,
    ink: &Ink,
    mut canvas: Vec<u8>,
    width: usize,
    height: usize,
) -> Result<Luma, ImageFault> {
    let (chunk_width, chunk_height) = page.chunk_dimensions();
    let (chunk_width, chunk_height) = (chunk_width as usize, chunk_height as usize);
    if chunk_width == 0 || chunk_height == 0 {
        return Err(ImageFault::NoPixels);
    }
    let n_across = width.div_ceil(chunk_width);
    let n_chunks = n_across * height.div_ceil(chunk_height);
    for (index, number) in (0..n_chunks).zip(0u32..) {
        let (left, top) = (index % n_across * chunk_width, index / n_across * chunk_height);
        let samples = page.read_chunk(number).map_err(|error| fault(&error))?;
        let columns = chunk_width.min(width - left);
        for (row, y) in (top..height.min(top + chunk_height)).enumerate() {
            let place = y * width + left;
            ink.paint_row(&samples, row, &mut canvas[place..place + columns]).ok_or_else(|| {
                let reason = "short strip".to_owned();
                ImageFault::Corrupt { format: Format::Tiff, reason }
            })?;
        }
    }
    Luma::new(width, height, canvas).ok_or(ImageFault::Truncated { format: Format::Tiff })
}

/// How stored samples become grey.
struct Ink {
    color: ColorType,
    /// Grey of each palette entry; empty without a palette.
    palette: Vec<u8>,
}

impl Ink {
    fn of(page: &mut Pages<'_>) -> Result<Self, ImageFault> {
        let color = page.colortype().map_err(|error| fault(&error))?;
        let planar = page.find_tag_unsigned::<u16>(Tag::PlanarConfiguration).ok().flatten();
        if color.num_samples() > 1 && planar == Some(PlanarConfiguration::Planar.to_u16()) {
            return Err(ImageFault::UnsupportedFormat { name: "TIFF in separate planes" });
        }
        let palette = match color {
            ColorType::Palette(1..=8) => palette_greys(page)?,
            ColorType::Gray(1 | 2 | 4 | 8 | 16)
            | ColorType::GrayA(8 | 16)
            | ColorType::RGB(8 | 16)
            | ColorType::RGBA(8 | 16)
            | ColorType::YCbCr(8) => Vec::new(),
            _ => return Err(ImageFault::UnsupportedFormat { name: "TIFF of this colour type" }),
        };
        Ok(Self { color, palette })
    }

    /// Fills `grey` from row `row` of a chunk; `None` when the chunk is too short or of another sample type.
    fn paint_row(&self, samples: &DecodingResult, row: usize, grey: &mut [u8]) -> Option<()> {
        let per_pixel = usize::from(self.color.num_samples());
        let bits = usize::from(self.color.bit_depth());
        match samples {
            DecodingResult::U8(bytes) if bits <= 8 => {
                let row_bytes = (grey.len() * per_pixel * bits).div_ceil(8);
                let stored = bytes.get(row * row_bytes..(row + 1) * row_bytes)?;
                if bits < 8 {
                    let pixels = (0..grey.len()).map(|x| packed(stored, x, bits));
                    grey.iter_mut().zip(pixels).for_each(|(to, value)| *to = self.small(value, bits));
                } else {
                    let pixels = stored.chunks_exact(per_pixel);
                    grey.iter_mut().zip(pixels).for_each(|(to, pixel)| *to = self.whole(pixel));
                }
            }
            DecodingResult::U16(words) if bits == 16 => {
                let row_words = grey.len() * per_pixel;
                let stored = words.get(row * row_words..(row + 1) * row_words)?;
                for (to, pixel) in grey.iter_mut().zip(stored.chunks_exact(per_pixel)) {
                    let mut bytes = [0; 4];
                    bytes.iter_mut().zip(pixel).for_each(|(byte, word)| *byte = word.to_be_bytes()[0]);
                    *to = self.whole(&bytes[..per_pixel]);
                }
            }
            _ => return None,
        }
        Some(())
    }

    /// Grey of a value of fewer than 8 bits.
    fn small(&self, value: u8, bits: usize) -> u8 {
        match self.color {
            ColorType::Palette(_) => self.palette.get(usize::from(value)).copied().unwrap_or(255),
            _ => value * (255 / ((1 << bits) - 1)),
        }
    }

    /// Grey of one pixel of 8-bit samples.
    fn whole(&self, pixel: &[u8]) -> u8 {
        match (self.color, pixel) {
            (ColorType::Palette(_), &[index]) => self.small(index, 8),
            (ColorType::GrayA(_), &[grey, alpha]) => over_paper(grey, alpha),
            (ColorType::RGB(_), &[red, green, blue]) => luma_of(red, green, blue),
            (ColorType::RGBA(_), &[red, green, blue, alpha]) => over_paper(luma_of(red, green, blue), alpha),
            (_, &[luma, ..]) => luma,
            (_, []) => 255,
        }
    }
}

/// The `x`-th value of `bits` bits in a packed row, most significant first (TIFF 6.0, FillOrder 1).
fn packed(row: &[u8], x: usize, bits: usize) -> u8 {
    let bit = x * bits;
    let value = row[bit / 8] >> (8 - bits - bit % 8);
    value & (0xFF >> (8 - bits))
}

/// ColorMap holds all reds, then greens, then blues, as 16-bit values (TIFF 6.0, section 5).
fn palette_greys(page: &mut Pages<'_>) -> Result<Vec<u8>, ImageFault> {
    let map = page.get_tag_u16_vec(Tag::ColorMap).map_err(|error| fault(&error))?;
    let n_colors = map.len() / 3;
    let high = |at: usize| map[at].to_be_bytes()[0];
    Ok((0..n_colors).map(|i| luma_of(high(i), high(n_colors + i), high(2 * n_colors + i))).collect())
}

fn fault(error: &TiffError) -> ImageFault {
    match error {
        TiffError::UnsupportedError(_) => ImageFault::UnsupportedFormat { name: "TIFF of this kind" },
        TiffError::IoError(io) => {
            ImageFault::from_decoder(Format::Tiff, io.kind() == ErrorKind::UnexpectedEof, error)
        }
        _ => ImageFault::from_decoder(Format::Tiff, false, error),
    }
}
