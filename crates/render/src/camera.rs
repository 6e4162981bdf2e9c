//! Photographs a strip: pose, light, table, lens and sensor.

#![allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "pixel arithmetic, clamped")]

use crate::blur;
use crate::damage::Damage;
use crate::dice::{Dice, Stream};
use crate::exposure::expose;
use crate::geometry::{Pose, Quad};
use crate::jpeg;
use crate::light::Light;
use crate::obstacle;
use crate::picture::{Picture, Plane};
use crate::press::{Field, Paper};
use crate::stain::{self, Outline};

/// A photograph of a sheet, with its ground truth in its own pixels.
#[derive(Clone, Debug, PartialEq)]
pub struct Photo {
    /// Its pixels, before JPEG.
    pub picture: Picture,
    /// Every named figure of the sheet; corners may lie outside the picture or on what is torn away.
    pub fields: Vec<Field>,
    /// Corners of the code.
    pub code: Option<Quad>,
    /// Mean side of a code module, px.
    pub module_px: f64,
    /// Where the synthetic mark stands: head and foot.
    pub marks: [Quad; 2],
    /// JPEG quality of [`Self::to_jpeg`].
    pub quality: u8,
}

impl Photo {
    /// The photograph as a baseline JPEG file.
    pub fn to_jpeg(&self) -> Vec<u8> {
        self.picture.to_jpeg(self.quality)
    }
}

impl Picture {
    /// The picture as a baseline JPEG file (ITU-T T.81, JFIF 1.01, 4:2:0) of `quality` 1..=100.
    pub fn to_jpeg(&self, quality: u8) -> Vec<u8> {
        jpeg::encode(self, quality)
    }
}

/// Photographs `paper` with `damage`; places and directions follow from `seed`.
pub fn photograph(paper: &Paper, damage: &Damage, seed: u64) -> Photo {
    let damage = damage.in_range();
    let size = [paper.picture.width() as f64, paper.picture.height() as f64];
    let pose = Pose::new(size, &damage, seed);
    let mut worn = wear(paper, &pose, &damage, seed);
    let mut outline =
        Outline::new(size, paper.code, damage.torn_code, &mut Dice::new(seed ^ 1, Stream::Stain));
    if let Some(code) = paper.code.filter(|_| damage.folded_code > 0.0) {
        let foot = stain::fold_over(&mut worn, code, damage.folded_code, blank_of(paper) as u8);
        outline = outline.ending_at(foot);
    }
    let light = Light::new(pose.size, blank_of(paper), &damage, seed);
    let mut picture = expose(&worn, &pose, &outline, &light, seed);
    let seen = |quad: &Quad| quad.map(|corner| pose.photo_of(corner));
    let code = paper.code.as_ref().map(seen);
    if let Some(code) = code.filter(|_| damage.finger > 0.0) {
        obstacle::finger(&mut picture, code, damage.finger, seed);
    }
    blur::defocus(&mut picture.luma, damage.defocus_px);
    if damage.defocus_px + damage.motion_px > 1.5 {
        // Eyes and JPEG forgive colour that is a little sharper or softer than grey.
        let colour_blur = (damage.defocus_px + damage.motion_px * 0.3) * 0.5;
        blur::defocus(&mut picture.blue, colour_blur);
        blur::defocus(&mut picture.red, colour_blur);
    }
    let dice = &mut Dice::new(seed, Stream::Noise);
    blur::motion(&mut picture.luma, damage.motion_px, dice.between(0.0, std::f64::consts::PI));
    add_noise(&mut picture.luma, damage.noise, dice);
    let mut origin = [0.0; 2];
    if let Some(code) = code.filter(|_| damage.cropped_code > 0.0) {
        (picture, origin) = obstacle::crop(&picture, code, damage.cropped_code);
    }
    let carry = |quad: &Quad| seen(quad).map(|[x, y]| [x - origin[0], y - origin[1]]);
    let code = paper.code.as_ref().map(carry);
    Photo {
        picture,
        fields: paper.fields.iter().map(|f| Field { quad: carry(&f.quad), ..f.clone() }).collect(),
        code,
        module_px: module_px(paper, code),
        marks: [carry(&paper.marks[0]), carry(&paper.marks[1])],
        quality: damage.quality,
    }
}

/// Grey level of blank paper: the corner above the print.
fn blank_of(paper: &Paper) -> f64 {
    f64::from(paper.picture.luma.clamped(4, 4))
}

/// The paper after stains and cracks.
fn wear(paper: &Paper, pose: &Pose, damage: &Damage, seed: u64) -> Picture {
    let dice = &mut Dice::new(seed, Stream::Stain);
    let mut picture = paper.picture.clone();
    if let Some(code) = paper.code.filter(|_| damage.stain > 0.0) {
        stain::spill(&mut picture, code, damage.stain, dice);
    }
    let blank = blank_of(paper) as u8;
    pose.folds.iter().for_each(|fold| stain::crack(&mut picture, fold, blank, dice));
    picture
}

fn module_px(paper: &Paper, code: Option<Quad>) -> f64 {
    let perimeter = |quad: Quad| -> f64 {
        let side = |i: usize| {
            let (a, b) = (quad[i], quad[(i + 1) % 4]);
            ((a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1])).sqrt()
        };
        (0..4).map(side).sum()
    };
    match (paper.code, code) {
        (Some(flat), Some(seen)) => paper.module_px * perimeter(seen) / perimeter(flat),
        _ => 0.0,
    }
}

/// Sensor noise of standard deviation `sigma` grey levels, alike in neighbours as after demosaicing.
fn add_noise(plane: &mut Plane, sigma: f64, dice: &mut Dice) {
    const SHIFTS: usize = 8192;
    if sigma <= 0.0 {
        return;
    }
    let mut last = 0.0;
    let noise: Vec<i16> = (0..SHIFTS + plane.width)
        .map(|_| {
            last = 0.45 * last + 0.89 * dice.normal();
            (last * sigma).round() as i16
        })
        .collect();
    for y in 0..plane.height {
        let shifted = &noise[dice.below(SHIFTS)..];
        for (out, &noise) in plane.row_mut(y).iter_mut().zip(shifted) {
            *out = i16::from(*out).wrapping_add(noise).clamp(0, 255) as u8;
        }
    }
}
