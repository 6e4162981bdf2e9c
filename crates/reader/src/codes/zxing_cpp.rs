//! zxing-cpp: reads faded print better than its Rust port, and needs cmake and a C++ compiler to build.

use zxingcpp::{BarcodeFormat, ImageFormat, ImageView, PointI};

use super::{Place, Sighting};
use crate::Luma;

/// Most symbols asked for in one picture, undecodable ones included.
const MAX_SYMBOLS: i32 = 16;

/// Every symbol zxing-cpp decodes in `luma`, and those it located only.
pub(super) fn look(luma: &Luma) -> Sighting {
    let mut sighting = Sighting::default();
    let view = ImageView::from_slice(luma.pixels(), luma.width_px(), luma.height_px(), ImageFormat::Lum);
    let Ok(view) = view else { return sighting };
    // Model 2 alone: `QRCode` also returns Micro QR, which turns up in noise. A finder pattern is the same in
    // every direction, so turning the picture adds time and no reading.
    let reader = zxingcpp::read()
        .formats(BarcodeFormat::QRCodeModel2)
        .try_harder(true)
        .try_rotate(false)
        .try_invert(false)
        .return_errors(true)
        .max_number_of_symbols(MAX_SYMBOLS);
    for barcode in reader.from(view).unwrap_or_default() {
        let position = barcode.position();
        let corners = [position.top_left, position.top_right, position.bottom_right, position.bottom_left];
        let place: Place = corners.map(|PointI { x, y }| [x as f32, y as f32]);
        if barcode.is_valid() {
            sighting.symbols.push((barcode.bytes(), place));
        } else {
            sighting.undecoded.push(place);
        }
    }
    sighting.n_finder_patterns = 3 * (sighting.symbols.len() + sighting.undecoded.len());
    sighting
}
