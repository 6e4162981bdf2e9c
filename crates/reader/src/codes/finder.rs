//! Finder patterns: the three nested squares in a symbol's corners (ISO/IEC 18004, section 6.3.3).
//!
//! The search is rxing's, row by row, with two ends of our own: its cost grows with the square of the patterns
//! found and it asks nobody, so that a page tiled with finder patterns kept it busy for minutes.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rxing::common::BitMatrix;
use rxing::common::cpp_essentials::{
    ConcentricPattern, FindLeftGuardBy, FixedPattern, GetPatternRowTP, IsPattern, LocateConcentricPattern,
    PatternRow, PatternType, PatternView,
};
use rxing::qrcode::cpp_port::detector::{FinderPatternSet, GenerateFinderPatternSets};
use rxing::{Point, point};

use super::Budget;

/// Rows between two looks: the middle of a finder pattern is 3 modules high, so one at 1 px a module is met.
const ROW_STEP: u32 = 3;
/// Most patterns kept. A photographed sheet gives 3, a picture of noise about 100.
const MAX_PATTERNS: usize = 1000;

/// Dark, light, dark, light, dark as 1:1:3:1:1.
const PATTERN: FixedPattern<5, 7, false> = FixedPattern::new([1, 1, 3, 1, 1]);

/// The finder patterns of a picture, and the triples of them that lie like a symbol's, best first.
pub(super) fn patterns_and_triples(
    bits: &BitMatrix,
    budget: Budget<'_>,
) -> (Vec<ConcentricPattern>, Vec<FinderPatternSet>) {
    catch_unwind(AssertUnwindSafe(|| {
        let mut patterns = finder_patterns(bits, budget);
        let triples = GenerateFinderPatternSets(&mut patterns);
        (patterns, triples)
    }))
    .unwrap_or_default()
}

/// The finder patterns of a picture, from top to bottom, while the budget lasts.
fn finder_patterns(bits: &BitMatrix, budget: Budget<'_>) -> Vec<ConcentricPattern> {
    let mut found: Vec<ConcentricPattern> = Vec::new();
    let mut runs = PatternRow::default();
    for y in (ROW_STEP - 1..bits.height()).step_by(ROW_STEP as usize) {
        if found.len() >= MAX_PATTERNS || !budget.lasts() {
            break;
        }
        GetPatternRowTP(bits, y, &mut runs, false);
        let mut rest = PatternView::new(&runs);
        while let Some(view) = next_pattern(rest) {
            let centre = point(
                f32::from(view.pixelsInFront())
                    + f32::from(view[0])
                    + f32::from(view[1])
                    + f32::from(view[2]) / 2.0,
                y as f32 + 0.5,
            );
            if !found.iter().any(|known| Point::distance(centre, known.p) < known.size as f32 / 2.0) {
                let width: i32 = view.iter().map(i32::from).sum();
                // Three times the width for symbols seen at a slant.
                found.extend(LocateConcentricPattern::<true, 5, 7>(bits, &PATTERN.into(), centre, 3 * width));
            }
            rest = view;
            rest.skipPair();
            rest.skipPair();
            rest.extend();
        }
    }
    found.truncate(MAX_PATTERNS);
    found
}

/// The next five runs that look like a cut through a finder pattern.
fn next_pattern(runs: PatternView<'_>) -> Option<PatternView<'_>> {
    let looks_like = |view: &PatternView<'_>, space: Option<f32>| {
        let [outer, light, middle, light_too, outer_too]: [PatternType; 5] =
            std::array::from_fn(|run| view[run]);
        let wide_middle = middle >= 3 && middle >= 2 * outer.max(outer_too) && middle >= light.max(light_too);
        wide_middle && IsPattern::<true, 5, 7, false>(view, &PATTERN, space, 0.1, 0.0, 0.0) != 0.0
    };
    FindLeftGuardBy::<5, _>(runs, 5, looks_like).ok().filter(PatternView::isValid)
}
