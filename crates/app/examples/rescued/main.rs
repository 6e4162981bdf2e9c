//! Pictures of codes that only the mesh, or only the print, could rescue: as photographed, and below it as the mesh
//! straightened them.
//!
//! `cargo run --release -p tallyproof --example rescued -- docs/pictures` writes `mesh.png` and `fused.png`.
#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "an example reports on the terminal; places are inside pictures"
)]

#[path = "../campaign/pack.rs"]
mod pack;

use std::error::Error;
use std::fs::File;
use std::path::Path;

use serde_json::Value;
use tallyproof::pipeline::read::look_at;
use tallyproof::pipeline::weights::Weights;
use tallyproof_core::pack::Pack;
use tallyproof_reader::Luma;
use tallyproof_reader::codes::{Budget, Place, straightened};
use tallyproof_reader::image::{DecodeLimits, decode_luma};
use tallyproof_render::practice::specimen;
use tallyproof_render::{Damage, Style, photograph, print_sheet};

/// Codes shown for each rung.
const SHOWN: usize = 4;
/// Side of a code in the picture, px.
const SIDE_PX: usize = 260;
/// Paper between codes, px.
const GAP_PX: usize = 10;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("name a folder")?;
    let pack = Pack::parse("practice", &pack::toml()).map_err(|faults| format!("{faults:?}"))?;
    let weights = Weights::shipped();
    for (rung, harm) in [("mesh", curl as fn(&mut Damage)), ("fused", tear)] {
        let mut shown = Vec::new();
        let mut n_seen = 0;
        while shown.len() < SHOWN {
            let seed = 5_000 + n_seen;
            n_seen += 1;
            let mut damage = Damage::everyday(seed);
            harm(&mut damage);
            let paper = print_sheet(&specimen(seed).face, &Style::everyday(seed))?;
            let jpeg = photograph(&paper, &damage, seed).to_jpeg();
            let body = look_at(&pack, &weights, &jpeg);
            if body["rung"] != rung {
                continue;
            }
            let luma = decode_luma(&jpeg, &DecodeLimits::default())?.luma;
            let place = place(&body["place"]).ok_or("a reading has a place")?;
            let Some(straight) = straightened(&luma, place, &Budget::unlimited()) else { continue };
            shown.push([square(&luma, &place), whole(&straight)]);
        }
        println!("{rung}: {SHOWN} among {n_seen} photographs");
        write(&Path::new(&folder).join(format!("{rung}.png")), &shown)?;
    }
    Ok(())
}

/// Paper that bends by more than everyday's.
fn curl(damage: &mut Damage) {
    damage.curl_px *= 2.5;
    damage.fold_px *= 2.5;
}

/// A part of the code torn away.
fn tear(damage: &mut Damage) {
    damage.torn_code = 0.3;
}

fn place(corners: &Value) -> Option<Place> {
    let px: Vec<f32> = corners.as_array()?.iter().filter_map(|px| Some(px.as_i64()? as f32)).collect();
    px.as_chunks::<2>().0.to_vec().try_into().ok()
}

/// The square around a place with a fifth of its side to spare.
fn square(luma: &Luma, place: &Place) -> Vec<u8> {
    let span = |axis: usize| {
        let all = place.map(|corner| corner[axis]);
        (all.into_iter().fold(f32::MAX, f32::min), all.into_iter().fold(f32::MIN, f32::max))
    };
    let (across, down) = (span(0), span(1));
    let side = 1.2 * (across.1 - across.0).max(down.1 - down.0);
    let from = [across, down].map(|(low, high)| (low + high - side) / 2.0);
    sampled(luma, from, side)
}

fn whole(luma: &Luma) -> Vec<u8> {
    sampled(luma, [0.0, 0.0], luma.width_px() as f32)
}

/// A square of the picture at [`SIDE_PX`], each px the mean of four.
fn sampled(luma: &Luma, from: [f32; 2], side: f32) -> Vec<u8> {
    let pixel = |x: f32, y: f32| {
        let [x, y] = [x, y].map(|at| at.max(0.0) as usize);
        let at = y.min(luma.height_px() - 1) * luma.width_px() + x.min(luma.width_px() - 1);
        u16::from(luma.pixels()[at])
    };
    let step = side / SIDE_PX as f32;
    let at = |i: usize| {
        let [x, y] = [from[0] + (i % SIDE_PX) as f32 * step, from[1] + (i / SIDE_PX) as f32 * step];
        let four = [(0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75)];
        (four.map(|(u, v)| pixel(x + u * step, y + v * step)).iter().sum::<u16>() / 4) as u8
    };
    (0..SIDE_PX * SIDE_PX).map(at).collect()
}

/// Pairs side by side, the photograph above.
fn write(path: &Path, pairs: &[[Vec<u8>; 2]]) -> Result<(), Box<dyn Error>> {
    let width = pairs.len() * (SIDE_PX + GAP_PX) - GAP_PX;
    let height = 2 * SIDE_PX + GAP_PX;
    let mut pixels = vec![255; width * height];
    for (column, pair) in pairs.iter().enumerate() {
        for (row, picture) in pair.iter().enumerate() {
            for (y, line) in picture.chunks_exact(SIDE_PX).enumerate() {
                let at = (row * (SIDE_PX + GAP_PX) + y) * width + column * (SIDE_PX + GAP_PX);
                pixels[at..at + SIDE_PX].copy_from_slice(line);
            }
        }
    }
    let mut encoder = png::Encoder::new(File::create(path)?, u32::try_from(width)?, u32::try_from(height)?);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_compression(png::Compression::High);
    encoder.write_header()?.write_image_data(&pixels)?;
    Ok(())
}
