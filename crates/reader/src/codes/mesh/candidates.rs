//! Where a symbol may lie that no earlier rung decoded.

use crate::codes::{Pattern, Place, Point, distance};

/// Finder patterns of which pairs are formed.
const MAX_PATTERNS: usize = 6;
/// Narrowest and widest symbol looked for by a pair, modules between centres (versions 2 and 25).
const DISTANCES: (f32, f32) = (18.0, 110.0);
/// Two finder patterns of one symbol differ in size by less than this factor.
const ALIKE: f32 = 1.4;

/// A square that may be a symbol.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate {
    pub(super) place: Place,
    /// Size of a module by the finder patterns it rests on, px.
    pub(super) module_px: Option<f32>,
}

/// Candidates, likeliest first: places where earlier rungs failed, then squares on two finder patterns.
pub(super) fn candidates(undecoded: &[Place], patterns: &[Pattern]) -> Vec<Candidate> {
    let failed = undecoded.iter().map(|place| Candidate { place: *place, module_px: sized(place, patterns) });
    failed.chain(pairs(&patterns[..patterns.len().min(MAX_PATTERNS)])).collect()
}

/// The size of a module by the pattern in the place's first corner.
fn sized(place: &Place, patterns: &[Pattern]) -> Option<f32> {
    let corner = place[0];
    let near = patterns.iter().filter(|pattern| distance(pattern.centre, corner) < pattern.side_px);
    let nearest =
        near.min_by(|one, other| distance(one.centre, corner).total_cmp(&distance(other.centre, corner)));
    nearest.map(|pattern| pattern.side_px / 7.0)
}

/// For every two alike patterns the squares of which they are two corners: side by side, one above the other
/// (either order), or across (either way round). Pairs of what was seen oftenest come first.
fn pairs(patterns: &[Pattern]) -> Vec<Candidate> {
    let mut found = Vec::new();
    for (i, other) in patterns.iter().enumerate() {
        for one in &patterns[..i] {
            let (small, large) = (one.side_px.min(other.side_px), one.side_px.max(other.side_px));
            let module_px = (small + large) / 14.0;
            let apart = distance(one.centre, other.centre) / module_px;
            if large > ALIKE * small || !(DISTANCES.0..1.5 * DISTANCES.1).contains(&apart) {
                continue;
            }
            let orders = [[one.centre, other.centre], [other.centre, one.centre]];
            found.extend(orders.into_iter().flat_map(squares).map(|centres| Candidate {
                place: widened(centres, 3.5 * module_px),
                module_px: Some(module_px),
            }));
        }
    }
    found
}

/// Centres of the corner patterns when `a` and `b` are top left and top right; bottom left and top left;
/// bottom left and top right.
fn squares([a, b]: [Point; 2]) -> [Place; 3] {
    let along = [b[0] - a[0], b[1] - a[1]];
    let aside = |p: Point| [p[0] - along[1], p[1] + along[0]];
    let corner = |sign: f32| [(a[0] + b[0] + sign * along[1]) / 2.0, (a[1] + b[1] - sign * along[0]) / 2.0];
    [[a, b, aside(b), aside(a)], [b, aside(b), aside(a), a], [corner(1.0), b, corner(-1.0), a]]
}

/// From the centres of the corner patterns to the symbol's corners: `reach` px further along both sides.
fn widened(centres: Place, reach: f32) -> Place {
    let unit = |from: Point, to: Point| {
        let length = distance(from, to).max(1.0);
        [(to[0] - from[0]) / length, (to[1] - from[1]) / length]
    };
    std::array::from_fn(|corner| {
        let here = centres[corner];
        let (u, v) = (unit(centres[(corner + 1) % 4], here), unit(centres[(corner + 3) % 4], here));
        [here[0] + reach * (u[0] + v[0]), here[1] + reach * (u[1] + v[1])]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_two_of_three_finder_patterns_give_the_symbol() {
        // Version 6, 41 modules of 5 px, turned by a quarter: top left is at the right.
        let place: Place = [[305.0, 100.0], [305.0, 305.0], [100.0, 305.0], [100.0, 100.0]];
        let centres = [[287.5, 117.5], [287.5, 287.5], [117.5, 117.5]];
        for left_out in 0..3 {
            let patterns: Vec<Pattern> = (0..3)
                .filter(|&corner| corner != left_out)
                .map(|corner| Pattern { centre: centres[corner], side_px: 35.0 })
                .collect();
            let close = |candidate: &Candidate| {
                candidate.place.iter().zip(&place).all(|(&one, &other)| distance(one, other) < 0.1)
            };
            assert_eq!(candidates(&[], &patterns).iter().filter(|candidate| close(candidate)).count(), 1);
        }
    }

    #[test]
    fn patterns_of_different_size_or_too_far_apart_are_no_pair() {
        let pattern = |x: f32, side_px| Pattern { centre: [x, 50.0], side_px };
        assert!(candidates(&[], &[pattern(50.0, 35.0), pattern(250.0, 60.0)]).is_empty());
        assert!(candidates(&[], &[pattern(50.0, 35.0), pattern(1250.0, 35.0)]).is_empty());
        assert_eq!(candidates(&[], &[pattern(50.0, 35.0), pattern(250.0, 35.0)]).len(), 6);
    }
}
