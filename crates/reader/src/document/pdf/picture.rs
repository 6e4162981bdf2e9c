//! A picture of a PDF file as a picture file of its own (ISO 32000-1, 8.9.5 and 7.4).

use std::borrow::Cow;

use super::super::wrap::{Png, Tiff, jpeg, stored};
use super::super::{MAX_PICTURE_BYTES, PageFault};
use super::content::{Drawn, Matrix};
use super::file::{File, Stream};
use super::filters::{Fault, apply, decoded, filters};
use super::syntax::{Dict, Object};

/// Largest side, px; the decoders' limits are below.
const MAX_SIDE_PX: usize = 65_500;

/// A picture as it lies in the file.
pub(super) struct Picture<'a> {
    width: u32,
    height: u32,
    bits: u16,
    color: Color,
    /// Low samples are light.
    inverted: bool,
    packing: Packing,
    data: Cow<'a, [u8]>,
}

#[derive(Clone, PartialEq)]
enum Color {
    Grey,
    Rgb,
    /// RGB triples.
    Palette(Vec<u8>),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Packing {
    Jpeg,
    /// Deflated rows with PNG's filters before each.
    Png,
    /// As TIFF 6.0 does it: the compression's number, and the predictor's.
    Tiff(u16, u16),
}

impl<'a> Picture<'a> {
    /// The picture a stream holds.
    pub(super) fn of(file: &File<'_>, stream: &Stream<'a>) -> Result<Self, PageFault> {
        let dict = &stream.dict;
        if dict.contains_key(&b"SMask"[..]) || dict.contains_key(&b"Mask"[..]) {
            return Err(PageFault::Layered);
        }
        let side = |key: &[u8]| {
            let px = file.get(dict, key).whole().filter(|&px| px > 0).ok_or(PageFault::Damaged)?;
            if px > MAX_SIDE_PX {
                Err(PageFault::TooLarge)
            } else {
                u32::try_from(px).map_err(|_| PageFault::TooLarge)
            }
        };
        let (width, height) = (side(b"Width")?, side(b"Height")?);
        let mut steps = filters(file, dict);
        let last = steps.pop_if(|(name, _)| is_packing(name));
        let data = match steps.as_slice() {
            [] => Cow::Borrowed(stream.data),
            steps => Cow::Owned(apply(file, stream.data, steps, MAX_PICTURE_BYTES).map_err(page_fault)?),
        };
        file.work(data.len()).ok_or(PageFault::TooLarge)?;
        if data.len() > MAX_PICTURE_BYTES {
            return Err(PageFault::TooLarge);
        }
        let is_mask = matches!(file.get(dict, b"ImageMask"), Object::Operator(word) if word == b"true");
        let name = last.as_ref().map(|(name, _)| name.as_slice());
        if matches!(name, Some(b"DCTDecode" | b"DCT")) {
            if decode(file, dict).is_some_and(|decode| decode.chunks(2).any(|pair| pair != [0.0, 1.0])) {
                return Err(PageFault::Unsupported("JPEG with inverted colours"));
            }
            if !data.starts_with(b"\xff\xd8") {
                return Err(PageFault::Damaged);
            }
            let packing = Packing::Jpeg;
            return Ok(Self { width, height, bits: 8, color: Color::Grey, inverted: false, packing, data });
        }
        let bits = if is_mask { 1 } else { file.get(dict, b"BitsPerComponent").whole().unwrap_or(1) };
        let bits = u16::try_from(bits)
            .ok()
            .filter(|bits| [1, 2, 4, 8, 16].contains(bits))
            .ok_or(PageFault::Damaged)?;
        let color = if is_mask { Color::Grey } else { color(file, &file.get(dict, b"ColorSpace"), 0)? };
        let inverted = match decode(file, dict) {
            None => false,
            Some(decode) if decode.chunks(2).all(|pair| pair == [0.0, 1.0]) => false,
            Some(decode) if color == Color::Grey && decode == [1.0, 0.0] => true,
            Some(decode)
                if matches!(color, Color::Palette(_)) && decode == [0.0, f64::from((1u32 << bits) - 1)] =>
            {
                false
            }
            Some(_) => return Err(PageFault::Unsupported("picture with a colour map of its own")),
        };
        let mut picture = Self { width, height, bits, color, inverted, packing: Packing::Tiff(1, 1), data };
        if let Some((name, params)) = last {
            picture.unpack_as(file, &name, &params)?;
        }
        if matches!(picture.color, Color::Palette(_)) && picture.packing != Packing::Png {
            picture.data = Cow::Owned(picture.rows(file)?);
            picture.packing = Packing::Png;
        }
        Ok(picture)
    }

    /// The rows as PNG has them, not compressed: palettes are the one thing that TIFF decoders do not take.
    fn rows(&self, file: &File<'_>) -> Result<Vec<u8>, PageFault> {
        let bytes = match self.packing {
            Packing::Tiff(1, _) => Cow::Borrowed(&*self.data),
            Packing::Tiff(8, 1) => {
                let inflate = [(b"FlateDecode".to_vec(), Dict::new())];
                Cow::Owned(apply(file, &self.data, &inflate, MAX_PICTURE_BYTES).map_err(page_fault)?)
            }
            _ => return Err(PageFault::Unsupported("palette packed in this way")),
        };
        let row_bytes = (self.width as usize * usize::from(self.bits)).div_ceil(8);
        let rows: Vec<u8> = bytes
            .chunks_exact(row_bytes)
            .take(self.height as usize)
            .flat_map(|row| std::iter::once(0).chain(row.iter().copied()))
            .collect();
        Ok(stored(&rows))
    }

    /// Notes how the data are packed.
    fn unpack_as(&mut self, file: &File<'_>, name: &[u8], params: &Dict) -> Result<(), PageFault> {
        let number = |key: &[u8], otherwise: f64| file.get(params, key).number().unwrap_or(otherwise);
        let is_true = |key: &[u8]| matches!(file.get(params, key), Object::Operator(word) if word == b"true");
        let samples = f64::from(self.samples());
        let fits = number(b"Colors", 1.0) == samples
            && number(b"BitsPerComponent", 8.0) == f64::from(self.bits)
            && number(b"Columns", 1.0) == f64::from(self.width);
        let predictor = number(b"Predictor", 1.0);
        let compression = match name {
            b"CCITTFaxDecode" | b"CCF" => {
                if number(b"K", 0.0) >= 0.0 {
                    return Err(PageFault::Unsupported("fax group 3 picture"));
                }
                if number(b"Columns", 1728.0) != f64::from(self.width) || is_true(b"EncodedByteAlign") {
                    return Err(PageFault::Unsupported("fax picture of this kind"));
                }
                // Fax codes runs of black; by default they become zeros, which are black.
                self.inverted ^= is_true(b"BlackIs1");
                self.packing = Packing::Tiff(4, 1);
                return Ok(());
            }
            b"RunLengthDecode" | b"RL" => 32_773,
            b"LZWDecode" | b"LZW" if number(b"EarlyChange", 1.0) == 1.0 => 5,
            b"FlateDecode" | b"Fl" => 8,
            b"JBIG2Decode" => return Err(PageFault::Unsupported("JBIG2")),
            b"JPXDecode" => return Err(PageFault::Unsupported("JPEG 2000")),
            _ => return Err(PageFault::Unsupported("picture packed in this way")),
        };
        self.packing = match predictor {
            p if p == 1.0 || compression == 32_773 => Packing::Tiff(compression, 1),
            p if p == 2.0 && fits && self.bits >= 8 => Packing::Tiff(compression, 2),
            p if p >= 10.0 && fits && compression == 8 => Packing::Png,
            _ => return Err(PageFault::Unsupported("picture with this predictor")),
        };
        Ok(())
    }

    fn samples(&self) -> u16 {
        if self.color == Color::Rgb { 3 } else { 1 }
    }

    /// The picture as a file, with its EXIF orientation.
    pub(super) fn file(&self, orientation: u16) -> Result<Vec<u8>, PageFault> {
        match self.packing {
            Packing::Jpeg => Ok(jpeg(&self.data, orientation)),
            Packing::Png => self.png(orientation),
            Packing::Tiff(..) => Ok(self.tiff(orientation, self.height, self.height, vec![&self.data])),
        }
    }

    fn tiff(&self, orientation: u16, height: u32, rows_per_strip: u32, strips: Vec<&[u8]>) -> Vec<u8> {
        let Packing::Tiff(compression, predictor) = self.packing else { return Vec::new() };
        let photometric = match &self.color {
            // Group 4 codes runs of black over white: in TIFF's words, white is zero.
            Color::Grey if compression == 4 => u16::from(self.inverted),
            Color::Grey => u16::from(!self.inverted),
            Color::Rgb => 2,
            Color::Palette(_) => 3,
        };
        let (width, bits, samples) = (self.width, self.bits, self.samples());
        Tiff {
            width,
            height,
            bits,
            samples,
            compression,
            photometric,
            predictor,
            orientation,
            rows_per_strip,
            strips,
        }
        .file()
    }

    fn png(&self, orientation: u16) -> Result<Vec<u8>, PageFault> {
        let (color, palette) = match &self.color {
            // PNG knows no light zero: a palette says so.
            Color::Grey if self.inverted && self.bits <= 8 => (3, reversed_greys(self.bits)),
            Color::Grey if self.inverted => return Err(PageFault::Unsupported("inverted grey of 16 bits")),
            Color::Grey => (0, Vec::new()),
            Color::Rgb if self.bits < 8 => return Err(PageFault::Unsupported("colours of few bits")),
            Color::Rgb => (2, Vec::new()),
            Color::Palette(_) if self.bits > 8 => return Err(PageFault::Damaged),
            Color::Palette(rgb) => (3, rgb.iter().copied().take(3 << self.bits).collect()),
        };
        let bits = u8::try_from(self.bits).map_err(|_| PageFault::Damaged)?;
        let (width, height) = (self.width, self.height);
        Ok(Png { width, height, bits, color, palette, orientation, data: &self.data }.file())
    }
}

/// One picture out of strips from top to bottom.
pub(super) fn stitched(file: &File<'_>, strips: &[&Drawn<'_>], turns: usize) -> Result<Vec<u8>, PageFault> {
    let pictures =
        strips.iter().map(|strip| Picture::of(file, &strip.stream)).collect::<Result<Vec<_>, _>>()?;
    let [first, rest @ ..] = pictures.as_slice() else { return Err(PageFault::Damaged) };
    let like_first = |other: &Picture<'_>| {
        (other.width, other.bits, &other.color, other.inverted, other.packing)
            == (first.width, first.bits, &first.color, first.inverted, first.packing)
    };
    // TIFF's strips have one height; only the last may be lower.
    let (last, between) = rest.split_last().ok_or(PageFault::Damaged)?;
    let even = between.iter().all(|strip| strip.height == first.height) && last.height <= first.height;
    if !rest.iter().all(like_first) || !even || !matches!(first.packing, Packing::Tiff(..)) {
        return Err(PageFault::Unsupported("picture in strips of this kind"));
    }
    let n_bytes = pictures.iter().fold(0usize, |sum, strip| sum.saturating_add(strip.data.len()));
    if n_bytes > MAX_PICTURE_BYTES {
        return Err(PageFault::TooLarge);
    }
    let height = pictures.iter().fold(0u32, |sum, strip| sum.saturating_add(strip.height));
    let data = pictures.iter().map(|strip| &*strip.data).collect();
    let orientation = orientation(&strips[0].matrix, turns);
    Ok(first.tiff(orientation, height, first.height, data))
}

/// The EXIF orientation that shows a picture as the page does: drawn under `matrix`, then turned clockwise by
/// `turns` quarters. Slants are left to the reader.
pub(super) fn orientation(matrix: &Matrix, turns: usize) -> u16 {
    let [a, b, c, d, ..] = *matrix;
    let lies = a.abs() + d.abs() < b.abs() + c.abs();
    let sign = |value: f64| if value < 0.0 { -1i8 } else { 1 };
    // Where the stored picture's right and down go, x to the right and y down; PDF's y goes up.
    let (mut right, mut down) =
        if lies { ((0, sign(-b)), (sign(-c), 0)) } else { ((sign(a), 0), (0, sign(d))) };
    for _ in 0..turns {
        [right, down] = [right, down].map(|(x, y)| (-y, x));
    }
    match (right, down) {
        ((-1, 0), (0, 1)) => 2,
        ((-1, 0), (0, -1)) => 3,
        ((1, 0), (0, -1)) => 4,
        ((0, 1), (1, 0)) => 5,
        ((0, 1), (-1, 0)) => 6,
        ((0, -1), (-1, 0)) => 7,
        ((0, -1), (1, 0)) => 8,
        _ => 1,
    }
}

fn is_packing(name: &[u8]) -> bool {
    !matches!(name, b"ASCIIHexDecode" | b"AHx" | b"ASCII85Decode" | b"A85" | b"Crypt")
}

fn page_fault(fault: Fault) -> PageFault {
    match fault {
        Fault::Unsupported => PageFault::Unsupported("picture packed in this way"),
        Fault::Damaged => PageFault::Damaged,
        Fault::TooLarge => PageFault::TooLarge,
    }
}

fn decode(file: &File<'_>, dict: &Dict) -> Option<Vec<f64>> {
    file.get(dict, b"Decode").array()?.iter().map(Object::number).collect()
}

fn color(file: &File<'_>, space: &Object, depth: usize) -> Result<Color, PageFault> {
    const OTHER: PageFault = PageFault::Unsupported("colours of this kind");
    let space = file.resolve(space);
    let (name, rest) = match &space {
        Object::Name(name) => (name.as_slice(), &[][..]),
        Object::Array(items) => match items.as_slice() {
            [first, rest @ ..] => (first.name().ok_or(PageFault::Damaged)?, rest),
            [] => return Err(PageFault::Damaged),
        },
        _ => return Err(PageFault::Damaged),
    };
    match (name, rest) {
        (b"DeviceGray" | b"CalGray" | b"G", _) => Ok(Color::Grey),
        (b"DeviceRGB" | b"CalRGB" | b"RGB", _) => Ok(Color::Rgb),
        (b"ICCBased", [profile, ..]) => {
            let profile = file.stream(profile).ok_or(PageFault::Damaged)?;
            match file.get(&profile.dict, b"N").whole() {
                Some(1) => Ok(Color::Grey),
                Some(3) => Ok(Color::Rgb),
                _ => Err(OTHER),
            }
        }
        (b"Indexed" | b"I", [base, _, table, ..]) if depth == 0 => {
            let table = match file.resolve(table) {
                Object::Text(table) => table,
                _ => {
                    let stream = file.stream(table).ok_or(PageFault::Damaged)?;
                    decoded(file, &stream, 1 << 16).map_err(page_fault)?
                }
            };
            match color(file, base, depth + 1)? {
                Color::Rgb => {
                    Ok(Color::Palette(table.chunks_exact(3).take(256).flatten().copied().collect()))
                }
                Color::Grey => {
                    Ok(Color::Palette(table.iter().take(256).flat_map(|&grey| [grey; 3]).collect()))
                }
                Color::Palette(_) => Err(OTHER),
            }
        }
        _ => Err(OTHER),
    }
}

/// Greys from white to black, as RGB triples.
fn reversed_greys(bits: u16) -> Vec<u8> {
    let n = 1usize << bits.min(8);
    (0..n).flat_map(|i| [u8::try_from(255 - 255 * i / (n - 1)).unwrap_or(0); 3]).collect()
}
