//! What happens to a picture on its way through phones and programs.

#![allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "pixel arithmetic, clamped")]

use tallyproof_reader::Luma;
use tallyproof_reader::image::{DecodeLimits, decode_luma};
use tallyproof_render::Picture;

/// One treatment: scale, share cropped from each side, clockwise quarter turns, tilt in degrees, JPEG quality.
#[derive(Clone, Copy)]
pub(crate) struct Treatment {
    pub(crate) name: &'static str,
    pub(crate) scale: f32,
    pub(crate) crop: f32,
    pub(crate) quarters: u8,
    pub(crate) tilt_deg: f32,
    pub(crate) quality: u8,
}

const PLAIN: Treatment =
    Treatment { name: "recompressed at 85", scale: 1.0, crop: 0.0, quarters: 0, tilt_deg: 0.0, quality: 85 };

/// Every treatment that must be seen through.
pub(crate) const TREATMENTS: &[Treatment] = &[
    PLAIN,
    Treatment { name: "recompressed at 50", quality: 50, ..PLAIN },
    Treatment { name: "recompressed at 25", quality: 25, ..PLAIN },
    Treatment { name: "scaled to 0.7", scale: 0.7, ..PLAIN },
    Treatment { name: "scaled to 0.4", scale: 0.4, quality: 70, ..PLAIN },
    Treatment { name: "scaled to 1.3", scale: 1.3, ..PLAIN },
    Treatment { name: "cropped by 2.5 % a side", crop: 0.025, ..PLAIN },
    Treatment { name: "cropped by 5 % a side", crop: 0.05, ..PLAIN },
    Treatment { name: "turned by 90°", quarters: 1, ..PLAIN },
    Treatment { name: "turned by 180°", quarters: 2, ..PLAIN },
    Treatment { name: "turned by 270°", quarters: 3, ..PLAIN },
    Treatment { name: "tilted by 2°", tilt_deg: 2.0, ..PLAIN },
    Treatment { name: "tilted by -2°, scaled to 0.8", tilt_deg: -2.0, scale: 0.8, ..PLAIN },
    Treatment { name: "all of it", scale: 0.6, crop: 0.04, quarters: 1, tilt_deg: 1.5, quality: 60 },
];

/// The picture after `treatment`, as the reader decodes it.
pub(crate) fn treated(picture: &Luma, treatment: &Treatment) -> Luma {
    let turned = (0..treatment.quarters).fold(picture.clone(), |luma, _| quarter_turn(&luma));
    let (width, height) = (turned.width_px() as f32, turned.height_px() as f32);
    let keep = (1.0 - 2.0 * treatment.crop) * treatment.scale;
    let side = |px: f32| ((px * keep).round() as usize).max(16);
    let (new_width, new_height) = (side(width), side(height));
    let (sin, cos) = treatment.tilt_deg.to_radians().sin_cos();
    let mut pixels = Vec::with_capacity(new_width * new_height);
    for y in 0..new_height {
        for x in 0..new_width {
            // Four places a pixel, as a mean.
            let sum: f32 = [0.25, 0.75]
                .iter()
                .flat_map(|v| [0.25, 0.75].map(|u| (u, *v)))
                .map(|(u, v)| {
                    let dx = (x as f32 + u - new_width as f32 / 2.0) / treatment.scale;
                    let dy = (y as f32 + v - new_height as f32 / 2.0) / treatment.scale;
                    sample(&turned, [width / 2.0 + cos * dx + sin * dy, height / 2.0 - sin * dx + cos * dy])
                })
                .sum();
            pixels.push((sum / 4.0).round() as u8);
        }
    }
    let luma = Luma::new(new_width, new_height, pixels).expect("one pixel per place");
    recompressed(&luma, treatment.quality)
}

/// Through a JPEG file.
pub(crate) fn recompressed(luma: &Luma, quality: u8) -> Luma {
    let mut picture = Picture::filled(luma.width_px(), luma.height_px(), [0, 128, 128]);
    picture.luma.samples.copy_from_slice(luma.pixels());
    decode_luma(&picture.to_jpeg(quality), &DecodeLimits::default()).expect("our own JPEG").luma
}

fn quarter_turn(luma: &Luma) -> Luma {
    let (width, height) = (luma.width_px(), luma.height_px());
    let at = |x: usize, y: usize| luma.pixels()[(height - 1 - x) * width + y];
    let pixels = (0..width).flat_map(|y| (0..height).map(move |x| (x, y))).map(|(x, y)| at(x, y)).collect();
    Luma::new(height, width, pixels).expect("as many pixels as before")
}

/// Bilinear; white outside.
fn sample(luma: &Luma, [x, y]: [f32; 2]) -> f32 {
    let (width, height) = (luma.width_px(), luma.height_px());
    let (x, y) = (x - 0.5, y - 0.5);
    if x < -0.5 || y < -0.5 || x > width as f32 - 0.5 || y > height as f32 - 0.5 {
        return 255.0;
    }
    let (left, top) = (x.max(0.0) as usize, y.max(0.0) as usize);
    let (right, foot) = ((left + 1).min(width - 1), (top + 1).min(height - 1));
    let (u, v) = (x.max(0.0) - left as f32, y.max(0.0) - top as f32);
    let at = |x: usize, y: usize| f32::from(luma.pixels()[y * width + x]);
    (at(left, top) * (1.0 - u) + at(right, top) * u) * (1.0 - v)
        + (at(left, foot) * (1.0 - u) + at(right, foot) * u) * v
}
