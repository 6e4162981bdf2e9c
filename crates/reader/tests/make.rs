//! Small pictures and files for tests.

use qrcode::{Color, EcLevel, QrCode};
use tallyproof_reader::Luma;

use crate::jpeg;

pub(crate) const PAPER: u8 = 225;
pub(crate) const INK: u8 = 40;

/// A blank page.
pub(crate) fn page(width: usize, height: usize) -> Luma {
    Luma::new(width, height, vec![PAPER; width * height]).unwrap()
}

/// `page` with the code of `payload` at `left`, `top`, `module` px a module; and the code's side in px.
pub(crate) fn print_code(
    page: &Luma,
    payload: &[u8],
    left: usize,
    top: usize,
    module: usize,
) -> (Luma, usize) {
    let code = QrCode::with_error_correction_level(payload, EcLevel::M).unwrap();
    let (side, colors, width) = (code.width(), code.to_colors(), page.width_px());
    let mut pixels = page.pixels().to_vec();
    for (y, x) in (0..side * module).flat_map(|y| (0..side * module).map(move |x| (y, x))) {
        if colors[y / module * side + x / module] == Color::Dark {
            pixels[(top + y) * width + left + x] = INK;
        }
    }
    (Luma::new(width, page.height_px(), pixels).unwrap(), side * module)
}

/// Turns a picture a quarter clockwise.
pub(crate) fn quarter_turn(luma: &Luma) -> Luma {
    let (width, height) = (luma.width_px(), luma.height_px());
    let at = |x: usize, y: usize| luma.pixels()[(height - 1 - x) * width + y];
    let pixels = (0..width).flat_map(|y| (0..height).map(move |x| (x, y))).map(|(x, y)| at(x, y)).collect();
    Luma::new(height, width, pixels).unwrap()
}

/// Exact where every 8 x 8 px block is flat.
pub(crate) fn jpeg(luma: &Luma, progressive: bool) -> Vec<u8> {
    jpeg::write(&[luma.pixels()], luma.width_px(), luma.height_px(), progressive)
}

pub(crate) fn png(luma: &Luma) -> Vec<u8> {
    let mut file = Vec::new();
    let (width, height) = sides(luma);
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.write_header().unwrap().write_image_data(luma.pixels()).unwrap();
    file
}

pub(crate) fn webp(luma: &Luma) -> Vec<u8> {
    let mut file = Vec::new();
    let (width, height) = sides(luma);
    image_webp::WebPEncoder::new(&mut file)
        .encode(luma.pixels(), width, height, image_webp::ColorType::L8)
        .unwrap();
    file
}

pub(crate) fn tiff(luma: &Luma) -> Vec<u8> {
    let mut file = std::io::Cursor::new(Vec::new());
    let (width, height) = sides(luma);
    tiff::encoder::TiffEncoder::new(&mut file)
        .unwrap()
        .write_image::<tiff::encoder::colortype::Gray8>(width, height, luma.pixels())
        .unwrap();
    file.into_inner()
}

/// A JPEG with an EXIF block that states `orientation` (CIPA DC-008: APP1, "Exif", TIFF header, one entry).
pub(crate) fn with_orientation(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let mut block = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    block.extend([orientation, 0, 0, 0, 0, 0, 0]);
    let length = u16::try_from(block.len() + 2).unwrap().to_be_bytes();
    [&jpeg[..2], &[0xFF, 0xE1], &length, &block, &jpeg[2..]].concat()
}

fn sides(luma: &Luma) -> (u32, u32) {
    (luma.width_px().try_into().unwrap(), luma.height_px().try_into().unwrap())
}
