//! The result as sheets became known: in the order of versions of a source, then of rows in its file.
//!
//! Where the curve has flattened, sheets that came later changed little. The order of rows is the
//! publisher's and need not be that of arrival: a file sorted by area draws its geography.

use tallyproof_core::facts::{Facts, Source};
use tallyproof_core::reconcile::Sheet;
use tallyproof_core::sheet::Channel;
use tallyproof_core::tabulate::Tabulation;

/// Most points of a curve.
const MOST_POINTS: u64 = 100;

/// The running result of one source's counted sheets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrivals {
    /// Id of the source.
    pub source: String,
    /// Running sums; the last is all of them.
    pub points: Vec<Point>,
}

/// Sums over the first `n_tables` of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point {
    /// Tables so far.
    pub n_tables: u64,
    /// Label of the version that brought the last of them.
    pub version: String,
    /// Votes of the first selection so far.
    pub first: u64,
    /// Votes of the second.
    pub second: u64,
    /// Valid votes.
    pub valid: u64,
}

/// One curve per source whose transcription counts; points every hundredth of its tables and at the end of
/// each version.
pub fn arrivals(facts: &Facts, sheets: &[Sheet], tab: &Tabulation) -> Vec<Arrivals> {
    let ranking = tab.totals.ranking();
    let [first, second, ..] = ranking.as_slice() else { return Vec::new() };
    let curve = |source| curve(facts, sheets, source, (*first, *second));
    facts.sources.iter().map(curve).filter(|curve| !curve.points.is_empty()).collect()
}

fn curve(facts: &Facts, sheets: &[Sheet], source: &Source, (first, second): (usize, usize)) -> Arrivals {
    let mut versions: Vec<_> = std::iter::once(source.newest()).chain(source.older()).collect();
    versions.reverse();
    // A table arrives with the first version that has it, at its row there.
    let mut order: Vec<((usize, u32), &Sheet)> = sheets
        .iter()
        .filter(|sheet| sheet.counts(&facts.pack))
        .filter(|s| s.leading().source == source.id && s.leading().channel == Channel::Transcription)
        .filter_map(|sheet| {
            let found = versions
                .iter()
                .enumerate()
                .find_map(|(i, version)| Some((i, version.transcription.reading(sheet.table)?.line)));
            Some((found?, sheet))
        })
        .collect();
    order.sort_by_key(|(place, _)| *place);
    let n = order.len() as u64;
    let step = n.div_ceil(MOST_POINTS).max(1);
    let mut points = Vec::new();
    let mut sum = [0u64; 3];
    for (i, ((version, _), sheet)) in order.iter().enumerate() {
        let votes = |s: usize| sheet.values().selections[s].votes().unwrap_or(0);
        let valid = sheet.values().selection_sum().unwrap_or(0);
        sum = [sum[0] + votes(first), sum[1] + votes(second), sum[2] + valid];
        let n_tables = i as u64 + 1;
        let ends_version = order.get(i + 1).is_none_or(|((next, _), _)| next != version);
        if n_tables.is_multiple_of(step) || ends_version {
            let [first, second, valid] = sum;
            points.push(Point { n_tables, version: versions[*version].label.clone(), first, second, valid });
        }
    }
    Arrivals { source: source.id.clone(), points }
}
