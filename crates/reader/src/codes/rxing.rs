//! rxing's detector and decoder, driven symbol by symbol.
//!
//! Its reader stops at a symbol or hides what did not decode; driving its parts here gives every symbol of a
//! picture for the price of one binarisation, the places that look like symbols, a stop between attempts, and
//! a guard around each attempt, because parts of the library panic on odd geometry.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rxing::common::cpp_essentials::ConcentricPattern;
use rxing::common::{BitMatrix, DetectorRXingResult};
use rxing::qrcode::cpp_port::decoder::Decode;
use rxing::qrcode::cpp_port::detector::{FinderPatternSet, SampleQR};

use super::finder::patterns_and_triples;
use super::{Budget, Pattern, Place, Point, Sighting};
use crate::{Luma, pixels};

/// Most triples of finder patterns tried on one picture. The 60 sample sheets give 1 each as photographed and
/// a few hundred when flattened; a picture of noise gives any number.
const MAX_ATTEMPTS: usize = 600;

/// Symbology modifier of QR Code model 1 (ISO/IEC 15424, "]Q0"): obsolete, weaker checks, on no sheet.
const MODEL_1: u8 = b'0';

/// Every symbol rxing decodes in `luma`.
pub(super) fn look(luma: &Luma, budget: Budget<'_>) -> Sighting {
    let Some(bits) = pixels::binarize(luma) else { return Sighting::default() };
    let (patterns, triples) = patterns_and_triples(&bits, budget);
    let mut sighting = Sighting {
        n_finder_patterns: patterns.len(),
        patterns: patterns.iter().map(pattern_of).collect(),
        ..Sighting::default()
    };
    let mut used = Used::default();
    let mut failed = Vec::new();
    for triple in triples.into_iter().take(MAX_ATTEMPTS) {
        if used.holds(&triple) {
            continue;
        }
        if !budget.lasts() {
            break;
        }
        match attempt(&bits, &triple) {
            Some(symbol) => {
                used.add(&triple);
                sighting.symbols.push(symbol);
            }
            None => failed.push(triple),
        }
    }
    for triple in failed {
        if !used.holds(&triple) {
            used.add(&triple);
            sighting.undecoded.push(place_of(&triple));
        }
    }
    sighting
}

/// The finder patterns of a picture, in its pixels.
pub(super) fn patterns(luma: &Luma, budget: Budget<'_>) -> Vec<Pattern> {
    let bits = pixels::binarize(luma);
    bits.map_or_else(Vec::new, |bits| patterns_and_triples(&bits, budget).0.iter().map(pattern_of).collect())
}

/// The payload and corners of the symbol on these three finder patterns.
fn attempt(bits: &BitMatrix, triple: &FinderPatternSet) -> Option<(Vec<u8>, Place)> {
    catch_unwind(AssertUnwindSafe(|| {
        let sampled = SampleQR(bits, triple).ok()?;
        let decoded = Decode(sampled.getBits()).ok()?;
        if !decoded.isValid() || decoded.content().symbology.modifier == MODEL_1 {
            return None;
        }
        let place = match *sampled.getPoints() {
            // The sampler gives them row by row.
            [tl, tr, bl, br] => [tl, tr, br, bl].map(|point| [point.x, point.y]),
            _ => place_of(triple),
        };
        Some((decoded.content().bytes().to_vec(), place))
    }))
    .ok()?
}

/// Finder patterns that belong to a symbol already.
#[derive(Default)]
struct Used(Vec<ConcentricPattern>);

impl Used {
    fn holds(&self, triple: &FinderPatternSet) -> bool {
        [triple.bl, triple.tl, triple.tr].iter().any(|pattern| self.0.contains(pattern))
    }

    fn add(&mut self, triple: &FinderPatternSet) {
        self.0.extend([triple.bl, triple.tl, triple.tr]);
    }
}

fn pattern_of(pattern: &ConcentricPattern) -> Pattern {
    Pattern { centre: [pattern.p.x, pattern.p.y], side_px: pattern.size as f32 }
}

/// The parallelogram through the centres of three finder patterns, widened to the symbol's edge.
fn place_of(triple: &FinderPatternSet) -> Place {
    let [tl, tr, bl] = [triple.tl, triple.tr, triple.bl].map(|pattern| [pattern.p.x, pattern.p.y]);
    let size = (triple.tl.size + triple.tr.size + triple.bl.size) as f32 / 3.0;
    // A finder pattern is 7 modules wide, its centre 3.5 modules from two edges.
    let outwards = |from: Point, to: Point| {
        let along = [to[0] - from[0], to[1] - from[1]];
        let length = along[0].hypot(along[1]).max(1.0);
        along.map(|part| part * size / 2.0 / length)
    };
    let (right, down) = (outwards(tl, tr), outwards(tl, bl));
    let at = |base: Point, across: f32, along: f32| {
        [0, 1].map(|axis| base[axis] + across * right[axis] + along * down[axis])
    };
    let br = [0, 1].map(|axis| tr[axis] + bl[axis] - tl[axis]);
    [at(tl, -1.0, -1.0), at(tr, 1.0, -1.0), at(br, 1.0, 1.0), at(bl, -1.0, 1.0)]
}
