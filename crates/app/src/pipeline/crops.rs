//! Pictures of single figures, cut out of originals for people to look at.

use std::path::Path;

use tallyproof_core::print::Crop;
use tallyproof_reader::Luma;
use tallyproof_reader::image::{DecodeLimits, decode_luma};

use super::read::original;
use crate::store::Store;
use crate::trouble::{Outcome, Trouble};

/// Longest side of a crop, px: one figure on the largest picture read is smaller.
const MAX_SIDE_PX: usize = 2_000;

/// A figure to cut out.
pub struct CropWanted {
    /// Its name, a part of the file's.
    pub name: String,
    /// Where it stands.
    pub corners: Crop,
}

/// Writes `<first 12 digits of the original's SHA-256>-<figure>.png` into `dir` for each; gives their number.
/// Fails when an original is gone or changed, or a file cannot be written.
pub fn write_crops<'a>(
    store: &Store,
    dir: &Path,
    wanted: impl Iterator<Item = (&'a str, Vec<CropWanted>)>,
) -> Outcome<u64> {
    std::fs::create_dir_all(dir).map_err(Trouble::io(dir))?;
    let mut n = 0;
    for (sha256, crops) in wanted.filter(|(_, crops)| !crops.is_empty()) {
        let bytes = original(&store.original_path(sha256), sha256)?;
        // It was decoded when it was read; one that no longer is has no crops.
        let Ok(photo) = decode_luma(&bytes, &DecodeLimits::default()) else { continue };
        for crop in crops {
            let Some(picture) = cut(&photo.luma, &crop.corners) else { continue };
            let file = dir.join(format!("{}-{}.png", sha256.get(..12).unwrap_or(sha256), crop.name));
            write_png(&file, &picture)?;
            n += 1;
        }
    }
    Ok(n)
}

/// The place between these corners of a picture, as the bytes of a PNG file; `None` where it has no area.
pub fn crop_png(luma: &Luma, corners: &Crop) -> Option<Vec<u8>> {
    let picture = cut(luma, corners)?;
    let mut file = Vec::new();
    encode_png(&mut file, &picture).is_ok().then_some(file)
}

/// An original's upright picture; `None` where it is none any more. Fails when the original is gone or changed.
pub fn upright(store: &Store, sha256: &str) -> Outcome<Option<Luma>> {
    let bytes = original(&store.original_path(sha256), sha256)?;
    Ok(decode_luma(&bytes, &DecodeLimits::default()).ok().map(|photo| photo.luma))
}

/// The place as an upright picture, one px to a px; `None` when it has no area.
///
/// A figure is small against the paper's bends: its corners' bilinear mean is within a fraction of a px.
fn cut(luma: &Luma, corners: &Crop) -> Option<Luma> {
    let corner = corners.map(|[x, y]| [f64::from(x), f64::from(y)]);
    let side = |a: [f64; 2], b: [f64; 2]| (a[0] - b[0]).hypot(a[1] - b[1]);
    let [top_left, top_right, bottom_right, bottom_left] = corner;
    let px = |a: f64, b: f64| whole(a.max(b)).min(MAX_SIDE_PX);
    let width = px(side(top_left, top_right), side(bottom_left, bottom_right));
    let height = px(side(top_left, bottom_left), side(top_right, bottom_right));
    if width == 0 || height == 0 {
        return None;
    }
    let share = |i: usize, n: usize| (real(i) + 0.5) / real(n);
    let mut pixels = Vec::with_capacity(width * height);
    for row in 0..height {
        for column in 0..width {
            let (u, v) = (share(column, width), share(row, height));
            let at = |axis: usize| {
                let top = top_left[axis] * (1.0 - u) + top_right[axis] * u;
                let bottom = bottom_left[axis] * (1.0 - u) + bottom_right[axis] * u;
                top * (1.0 - v) + bottom * v
            };
            pixels.push(pixel(luma, at(0), at(1)));
        }
    }
    Luma::new(width, height, pixels)
}

/// The nearest pixel; white outside the picture.
fn pixel(luma: &Luma, x: f64, y: f64) -> u8 {
    let (column, row) = (x.floor(), y.floor());
    if column < 0.0 || row < 0.0 || whole(column) >= luma.width_px() || whole(row) >= luma.height_px() {
        return 255;
    }
    luma.pixels()[whole(row) * luma.width_px() + whole(column)]
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "casts from float saturate")]
fn whole(value: f64) -> usize {
    value.round() as usize
}

#[allow(clippy::cast_precision_loss, reason = "sides of pictures are small")]
fn real(value: usize) -> f64 {
    value as f64
}

fn write_png(path: &Path, picture: &Luma) -> Outcome<()> {
    let file = std::fs::File::create(path).map_err(Trouble::io(path))?;
    let written = encode_png(std::io::BufWriter::new(file), picture);
    written.map_err(|error| Trouble::Io { path: path.to_owned(), error: std::io::Error::other(error) })
}

fn encode_png(out: impl std::io::Write, picture: &Luma) -> Result<(), png::EncodingError> {
    let side = |px: usize| u32::try_from(px).unwrap_or(u32::MAX);
    let mut encoder = png::Encoder::new(out, side(picture.width_px()), side(picture.height_px()));
    encoder.set_color(png::ColorType::Grayscale);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(picture.pixels())?;
    writer.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crop_is_set_upright_and_stays_inside() {
        // A picture with a dark left half.
        let pixels: Vec<u8> =
            (0..100).flat_map(|_| (0..100).map(|x| if x < 50 { 10 } else { 200 })).collect();
        let luma = Luma::new(100, 100, pixels).unwrap();
        let upright = cut(&luma, &[[40, 10], [60, 10], [60, 20], [40, 20]]).unwrap();
        assert_eq!((upright.width_px(), upright.height_px()), (20, 10));
        assert_eq!((upright.pixels()[0], upright.pixels()[19]), (10, 200));
        // The same place seen from the other side of the table.
        let turned = cut(&luma, &[[60, 20], [40, 20], [40, 10], [60, 10]]).unwrap();
        assert_eq!((turned.pixels()[0], turned.pixels()[19]), (200, 10));
        assert_eq!(cut(&luma, &[[5, 5]; 4]), None);
        let far =
            cut(&luma, &[[-9_000, -9_000], [90_000, -9_000], [90_000, 90_000], [-9_000, 90_000]]).unwrap();
        assert_eq!(far.width_px(), MAX_SIDE_PX);
        assert_eq!(far.pixels()[0], 255);
    }
}
