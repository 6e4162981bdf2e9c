//! Mesh-fit: reading a symbol on paper that is not a plane, or of which a part is missing.
//!
//! A library's decoder maps a symbol's modules by one plane through three finder patterns. Thermal paper curls
//! and folds by more than a module across a symbol, and a stain or tear takes a finder pattern away. Here
//! nothing but the standard's own fixed pattern is trusted:
//!
//! 1. *Candidates*: places where earlier rungs located a symbol in vain, and every square on two finder
//!    patterns they saw, so that one of three may be missing ([`candidates`]).
//! 2. *Corners*: for each version of plausible size the four corners climb until the modules that are known
//!    beforehand (finder, separator, timing, alignment, version information) agree best with the picture, evened
//!    out against shadow ([`corners`], [`patch`]).
//! 3. *Mesh*: blocks of 7 × 7 modules move, from the finder patterns outwards and each where its neighbours
//!    point, to where known modules agree and unknown ones are most decided; a cubic B-spline through them is
//!    the paper's bend ([`field`]).
//! 4. *Modules*: each is measured between the dark and the light around it ([`levels`]), so every bit comes with
//!    a confidence; format information is read softly from both copies.
//! 5. *Codewords*: Reed–Solomon, plain and then with the least confident codewords as erasures, at least 4 parity
//!    symbols left over as a check ([`super::qr`] gives the chance of a mistake); the caller's grammar last.
//!
//! What it cannot do: find a symbol with two finder patterns lost, follow a fold sharper than its blocks, or read
//! where focus or motion joins neighbouring modules: it restores geometry, not sharpness.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "pixel and module arithmetic: values are bounded by a picture's or a symbol's sides"
)]

mod candidates;
mod corners;
mod field;
mod homography;
mod levels;
mod patch;

use self::candidates::{Candidate, candidates};
use self::corners::{Known, approach, module_px, settle};
use self::field::Mesh;
use self::levels::levelled;
use self::patch::Patch;
use super::ladder::overlap;
use super::qr::{Position, Sampled, Template, Version};
use super::rungs::Sought;
use super::{Budget, Pattern, Place, Sighting};
use crate::Luma;

/// Most candidates whose corners are fitted.
const MAX_CANDIDATES: usize = 16;
/// Most fits that are bent and decoded.
const MAX_FITS: usize = 5;
/// Versions tried where the size of a module is not known.
const VERSIONS: std::ops::RangeInclusive<usize> = 3..=15;
/// Versions tried on either side of the one that the size of a module points to.
const VERSIONS_ASIDE: usize = 2;
/// Sides of a module that are looked at, px.
const MODULE_PX: std::ops::Range<f32> = 1.5..40.0;
/// Agreement with the known modules from which a fit is tried at once, and below which it is not tried: chance
/// gives about 0.15, a curled symbol 0.5.
const GOOD_AGREEMENT: f32 = 0.5;
const MIN_AGREEMENT: f32 = 0.25;
/// Agreement of a first approach below which a version is given up.
const HOPELESS: f32 = 0.15;
/// Versions of a candidate followed to the end.
const SETTLED_VERSIONS: usize = 2;
/// How much of its neighbours' smear is taken off a module, in turn.
const SHARPENINGS: [f32; 2] = [0.25, 0.7];

/// A candidate with four corners and a version that agree with the picture.
struct Fit {
    place: Place,
    agreement: f32,
    version: Version,
}

/// The symbol of an accepted payload that a bent mesh decodes. Others are passed over: that somebody else's code
/// lies on the paper as well is seen by the rungs before or not at all.
pub(super) fn look(luma: &Luma, sought: &Sought<'_>) -> Sighting {
    let mut decode = |sampled: &Sampled, path: &[Position]| {
        sampled.decode(path).filter(|payload| (sought.accept)(payload))
    };
    let found = seek(luma, sought.undecoded, sought.patterns, sought.budget, &mut decode);
    Sighting { symbols: found.into_iter().collect(), ..Sighting::default() }
}

/// The symbol at `place`, its modules as the mesh measures them after its last sweep: a square picture of
/// [`STRAIGHT_PX`] px a module with the four modules of margin that the standard asks for. For people to look at.
pub(super) fn straightened(luma: &Luma, place: Place, budget: Budget<'_>) -> Option<Luma> {
    let mut left = Mesh::N_SWEEPS * SHARPENINGS.len();
    let mut last = |sampled: &Sampled, _: &[Position]| {
        left = left.saturating_sub(1);
        (left == 0).then(|| picture(sampled))
    };
    seek(luma, &[place], &[], budget, &mut last).map(|(picture, _)| picture)
}

/// Side of a module of a straightened symbol, px.
const STRAIGHT_PX: usize = 6;

fn picture(sampled: &Sampled) -> Luma {
    const MARGIN: usize = 4;
    let (n_modules, side_px) = (sampled.version.side(), (sampled.version.side() + 2 * MARGIN) * STRAIGHT_PX);
    let grey = |at: usize| {
        let [column, row] = [at % side_px, at / side_px].map(|px| (px / STRAIGHT_PX).wrapping_sub(MARGIN));
        let is_inside = column < n_modules && row < n_modules;
        if is_inside { 128.0 - 127.0 * sampled.at((column, row)).clamp(-1.0, 1.0) } else { 255.0 }
    };
    let pixels = (0..side_px * side_px).map(|at| grey(at) as u8).collect();
    Luma::new(side_px, side_px, pixels).expect("invariant: as many pixels as the sides say")
}

/// What `decode` makes of the first symbol it can decode, and that symbol's place: it is shown the modules of
/// every plausible fit, after every sweep of the mesh.
pub(super) fn seek<T>(
    luma: &Luma,
    undecoded: &[Place],
    patterns: &[Pattern],
    budget: Budget<'_>,
    decode: &mut dyn FnMut(&Sampled, &[Position]) -> Option<T>,
) -> Option<(T, Place)> {
    let mut fits_left = MAX_FITS;
    let mut good: Vec<Place> = Vec::new();
    let mut doubtful: Vec<Fit> = Vec::new();
    for candidate in candidates(undecoded, patterns).into_iter().take(MAX_CANDIDATES) {
        if !budget.lasts() || fits_left == 0 {
            break;
        }
        // Two of three finder patterns found by an earlier candidate add nothing.
        if good.iter().any(|place| overlap(place, &candidate.place)) {
            continue;
        }
        for fit in fits(luma, &candidate) {
            if fit.agreement < GOOD_AGREEMENT || fits_left == 0 {
                doubtful.push(fit);
                continue;
            }
            good.push(fit.place);
            fits_left -= 1;
            let found = bend(luma, &fit, decode);
            if found.is_some() {
                return found;
            }
        }
    }
    doubtful.sort_by(|one, other| other.agreement.total_cmp(&one.agreement));
    doubtful.iter().take(fits_left).take_while(|_| budget.lasts()).find_map(|fit| bend(luma, fit, decode))
}

/// The versions and corners that agree best with the picture, best first.
fn fits(luma: &Luma, candidate: &Candidate) -> Vec<Fit> {
    let side_px = module_px(&candidate.place, 1.0);
    let versions = versions(candidate, side_px);
    let Some(middle) = versions.get(versions.len() / 2) else { return Vec::new() };
    let Some(patch) = Patch::around(luma, &candidate.place, side_px / middle.side() as f32) else {
        return Vec::new();
    };
    let best_first = |one: &(Known, Fit), other: &(Known, Fit)| other.1.agreement.total_cmp(&one.1.agreement);
    let approached = versions.iter().map(|&version| {
        let known = Known::of(&Template::new(version));
        let (place, agreement) = approach(&known, &patch, candidate.place);
        (known, Fit { place, agreement, version })
    });
    let mut fits: Vec<(Known, Fit)> = approached.filter(|(_, fit)| fit.agreement >= HOPELESS).collect();
    fits.sort_by(best_first);
    fits.truncate(SETTLED_VERSIONS);
    for (known, fit) in &mut fits {
        (fit.place, fit.agreement) = settle(known, &patch, fit.place);
    }
    fits.sort_by(best_first);
    fits.into_iter().map(|(_, fit)| fit).filter(|fit| fit.agreement >= MIN_AGREEMENT).collect()
}

/// Versions that the candidate's size allows.
fn versions(candidate: &Candidate, side_px: f32) -> Vec<Version> {
    let numbers = candidate.module_px.map_or(VERSIONS, |module_px| {
        let number = ((side_px / module_px - 17.0) / 4.0).round().clamp(1.0, Version::MAX as f32) as usize;
        number.saturating_sub(VERSIONS_ASIDE)..=number + VERSIONS_ASIDE
    });
    let plausible = |version: &Version| MODULE_PX.contains(&(side_px / version.side() as f32));
    numbers.filter_map(Version::new).filter(plausible).collect()
}

/// Bends the mesh sweep by sweep and gives `decode` what the modules look like after each, until it decodes;
/// with the symbol's place.
fn bend<T>(
    luma: &Luma,
    fit: &Fit,
    decode: &mut dyn FnMut(&Sampled, &[Position]) -> Option<T>,
) -> Option<(T, Place)> {
    let template = Template::new(fit.version);
    let path = template.data_path();
    let patch = Patch::around(luma, &fit.place, module_px(&fit.place, template.side() as f32))?;
    let mut mesh = Mesh::flat(&template, fit.place)?;
    (0..Mesh::N_SWEEPS).find_map(|sweep| {
        mesh.bend(&patch, sweep);
        let sampled = mesh.sample(&patch, fit.version);
        let decoded =
            SHARPENINGS.iter().find_map(|&sharpening| decode(&levelled(&sampled, sharpening), &path));
        decoded.map(|decoded| (decoded, mesh.place()))
    })
}
