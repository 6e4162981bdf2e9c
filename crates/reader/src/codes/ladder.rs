//! Climbing: rung after rung until a payload is accepted, and once more where a second code may hide.

use super::rungs::Sought;
use super::{Budget, CodeReading, Hints, Pattern, Place, RUNGS, Rung, Symbol, distance};
use crate::{Luma, pixels};

/// Rungs climbed after a reading when a further symbol was located and did not decode.
const SECOND_LOOKS: usize = 2;

/// Reads the code in an upright picture by climbing [`RUNGS`].
///
/// `accept` tells whether a payload can be this election's (its grammar, not its truth); symbols it refuses are
/// kept and the climb goes on. Every rung looks for all symbols of the picture at once, so a second sheet in
/// the photo is found on the rung that read the first; where a further symbol was located and not decoded, the
/// next rungs are climbed too.
#[must_use]
pub fn read_symbol(luma: &Luma, accept: &dyn Fn(&[u8]) -> bool, budget: &Budget<'_>) -> CodeReading {
    read_symbol_with(RUNGS, luma, accept, budget)
}

/// As [`read_symbol`], on a ladder of one's own: for comparing rungs.
#[must_use]
pub fn read_symbol_with(
    rungs: &[Rung],
    luma: &Luma,
    accept: &dyn Fn(&[u8]) -> bool,
    budget: &Budget<'_>,
) -> CodeReading {
    let mut climb = Climb::default();
    let mut looks_left = rungs.len();
    for rung in rungs {
        if looks_left == 0 {
            break;
        }
        if !budget.lasts() {
            climb.stopped = true;
            break;
        }
        climb.step(rung, luma, *budget, accept);
        if !climb.accepted.is_empty() {
            if climb.undecoded.is_empty() {
                break;
            }
            looks_left = looks_left.min(SECOND_LOOKS + 1);
        }
        looks_left -= 1;
    }
    climb.outcome(luma)
}

/// What the rungs so far have seen.
#[derive(Default)]
struct Climb {
    accepted: Vec<Symbol>,
    others: Vec<Symbol>,
    /// Located and not decoded on any rung yet.
    undecoded: Vec<Place>,
    patterns: Patterns,
    n_finder_patterns: usize,
    stopped: bool,
}

impl Climb {
    fn step(&mut self, rung: &Rung, luma: &Luma, budget: Budget<'_>, accept: &dyn Fn(&[u8]) -> bool) {
        let (undecoded, patterns) = (&self.undecoded, &self.patterns.oftenest_first());
        let sighting = rung.look(luma, &Sought { undecoded, patterns, accept, budget });
        self.patterns.add(&sighting.patterns);
        self.n_finder_patterns = self.n_finder_patterns.max(sighting.n_finder_patterns);
        for (payload, place) in sighting.symbols {
            let kind = if accept(&payload) { &mut self.accepted } else { &mut self.others };
            if kind.iter().all(|known| known.payload != payload) {
                kind.push(Symbol { payload, place, decoder: rung.decoder.name(), rung: rung.name });
            }
        }
        self.undecoded.extend(sighting.undecoded);
        let decoded: Vec<Place> =
            self.accepted.iter().chain(&self.others).map(|symbol| symbol.place).collect();
        self.undecoded.retain(|place| !decoded.iter().any(|known| overlap(place, known)));
        drop_repeats(&mut self.undecoded);
    }

    fn outcome(mut self, luma: &Luma) -> CodeReading {
        if self.accepted.len() > 1 {
            return CodeReading::Several { accepted: self.accepted, others: self.others };
        }
        if let Some(symbol) = self.accepted.pop() {
            return CodeReading::Read { symbol, others: self.others, undecoded: self.undecoded };
        }
        let hints = Hints {
            width_px: luma.width_px(),
            height_px: luma.height_px(),
            contrast: pixels::contrast(luma),
            sharpness: pixels::sharpness(luma),
            undecoded: self.undecoded,
            n_finder_patterns: self.n_finder_patterns,
            stopped: self.stopped,
        };
        match self.others {
            symbols if symbols.is_empty() => CodeReading::Unread { hints },
            symbols => CodeReading::Foreign { symbols, hints },
        }
    }
}

/// Finder patterns at places of their own, and how often each was seen.
#[derive(Default)]
pub(super) struct Patterns(Vec<(Pattern, usize)>);

impl Patterns {
    /// Most kept; a picture of noise gives any number.
    const MAX: usize = 64;

    pub(super) fn add(&mut self, seen: &[Pattern]) {
        for pattern in seen {
            let same = |known: &Pattern| distance(known.centre, pattern.centre) < known.side_px / 2.0;
            match self.0.iter().position(|(known, _)| same(known)) {
                Some(at) => self.0[at].1 += 1,
                None if self.0.len() < Self::MAX => self.0.push((*pattern, 1)),
                None => {}
            }
        }
    }

    /// Seen most often first, among equals the largest.
    pub(super) fn oftenest_first(&self) -> Vec<Pattern> {
        let mut patterns = self.0.clone();
        patterns.sort_by(|(one, times), (other, times_too)| {
            times_too.cmp(times).then(other.side_px.total_cmp(&one.side_px))
        });
        patterns.into_iter().map(|(pattern, _)| pattern).collect()
    }
}

/// Whether two places are the same symbol: the middle of one lies within the other's reach.
pub(super) fn overlap(one: &Place, other: &Place) -> bool {
    let (a, b) = (middle(one), middle(other));
    let reach = half_diagonal(one).max(half_diagonal(other));
    (a[0] - b[0]).hypot(a[1] - b[1]) < reach
}

fn middle(place: &Place) -> [f32; 2] {
    [0, 1].map(|axis| place.iter().map(|point| point[axis]).sum::<f32>() / 4.0)
}

fn half_diagonal(place: &Place) -> f32 {
    (place[0][0] - place[2][0]).hypot(place[0][1] - place[2][1]) / 2.0
}

fn drop_repeats(places: &mut Vec<Place>) {
    let mut kept: Vec<Place> = Vec::with_capacity(places.len());
    for place in places.drain(..) {
        if !kept.iter().any(|known| overlap(known, &place)) {
            kept.push(place);
        }
    }
    *places = kept;
}
