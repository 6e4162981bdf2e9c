//! Draws a layout over its photograph, to be looked at.

use std::fs::File;
use std::path::Path;

use tallyproof_reader::Luma;
use tallyproof_reader::layout::{FigurePlace, Layout};

/// Writes the picture in grey with every figure's last cells framed in white on black.
pub(crate) fn draw(path: &Path, luma: &Luma, layout: Option<&Layout>) {
    let (width, height) = (luma.width_px(), luma.height_px());
    let mut pixels = luma.pixels().to_vec();
    let places = layout.iter().flat_map(|layout| &layout.figures).filter_map(|(_, place)| place.as_ref());
    for place in places {
        frame(place, |x, y| {
            if (0.0..width as f32).contains(&x) && (0.0..height as f32).contains(&y) {
                pixels[y as usize * width + x as usize] = 0;
            }
        });
    }
    let mut encoder = png::Encoder::new(File::create(path).unwrap(), width as u32, height as u32);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.write_header().unwrap().write_image_data(&pixels).unwrap();
}

/// Dots along the borders of a figure's last three cells.
fn frame(place: &FigurePlace, mut dot: impl FnMut(f32, f32)) {
    const DOTS: u8 = 60;
    for step in 0..=DOTS {
        let share = f32::from(step) / f32::from(DOTS);
        let mut at = |cells: f32, halves: f32| {
            let [x, y] =
                [0, 1].map(|k| place.right[k] - cells * place.cell[k] + halves * place.half_height[k]);
            dot(x, y);
        };
        at(3.0 * share, -1.0);
        at(3.0 * share, 1.0);
        for cells in 0..=3u8 {
            at(f32::from(cells), 2.0 * share - 1.0);
        }
    }
}
