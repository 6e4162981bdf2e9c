//! Shifts that were in fact observed: sheets that arrived late against sheets that were there before.
//!
//! The only look at what missing sheets are like is at those that were missing once. For a source with
//! several versions, late tables are those its newest version has and the one before has not. At each level
//! of areas, the second side's votes on late tables are compared with what its share on the earlier tables
//! of the same area gives:
//!
//! ```text
//! shift = Σ_i (b_i − V_i · p_area(i)) / ΣV_i        se clustered by the lowest level, G/(G−1)
//! ```
//!
//! What it does not show: how tables vote that no version has. A wide area compares town with village; a
//! narrow one leaves few tables to compare.

use std::collections::BTreeMap;

use tallyproof_core::facts::{Facts, Source};
use tallyproof_core::sheet::Reading;
use tallyproof_core::transcription::Transcription;

use super::quantities::Figure;
use crate::number::float;

/// One comparison of late with early sheets.
#[derive(Clone, Debug, PartialEq)]
pub struct Shift {
    /// Id of the source.
    pub source: String,
    /// Labels of its older and newest version.
    pub versions: (String, String),
    /// Level within whose areas sheets are compared: index into the pack's levels.
    pub level: usize,
    /// Late tables.
    pub n_late: u64,
    /// Those whose area had earlier tables.
    pub n_compared: u64,
    /// Shift of the second side's share of valid votes, 0.01 being a point.
    pub shift: Figure,
}

/// All comparisons for `second`, by source, widest level first.
pub fn observed_shifts(facts: &Facts, second: usize) -> Vec<Shift> {
    let levels = 0..facts.pack.levels.len();
    let compared = |source| levels.clone().filter_map(move |level| compare(facts, source, level, second));
    facts.sources.iter().flat_map(compared).collect()
}

fn compare(facts: &Facts, source: &Source, level: usize, second: usize) -> Option<Shift> {
    let newest = source.newest();
    let older = source.older().find(|v| newest.supersedes.contains(&v.label))?;
    let late = late_readings(&older.transcription, &newest.transcription);
    let votes = |r: &Reading| Some((r.values.selections.get(second)?.votes()?, r.values.selection_sum()?));
    let code = |r: &'_ Reading| facts.pack.area_of(&r.table, level).to_owned();
    let mut early: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for (reading, (b, valid)) in older.transcription.readings.iter().filter_map(|r| Some((r, votes(r)?))) {
        let sum = early.entry(code(reading)).or_default();
        (sum.0, sum.1) = (sum.0 + b, sum.1 + valid);
    }
    // What each late table has more than its area's share, and its valid votes.
    let more: Vec<(&Reading, f64, f64)> = late
        .iter()
        .filter_map(|r| {
            let (b, valid) = votes(r)?;
            let &(area_b, area_valid) = early.get(&code(r))?;
            let off = i128::from(b) * i128::from(area_valid) - i128::from(valid) * i128::from(area_b);
            (area_valid > 0).then(|| (*r, float(off) / float(area_valid.into()), float(valid.into())))
        })
        .collect();
    let valid: f64 = more.iter().map(|(_, _, v)| v).sum();
    if valid <= 0.0 {
        return None;
    }
    let value = more.iter().map(|(_, d, _)| d).sum::<f64>() / valid;
    let lowest = facts.pack.lowest_level()?;
    let clusters = more.chunk_by(|(a, ..), (b, ..)| {
        facts.pack.area_of(&a.table, lowest) == facts.pack.area_of(&b.table, lowest)
    });
    let sums: Vec<f64> = clusters.map(|g| g.iter().map(|(_, d, v)| d - value * v).sum()).collect();
    let n = float(sums.len() as i128);
    let se =
        (sums.len() > 1).then(|| libm::sqrt(n / (n - 1.0) * sums.iter().map(|s| s * s).sum::<f64>()) / valid);
    Some(Shift {
        source: source.id.clone(),
        versions: (older.label.clone(), newest.label.clone()),
        level,
        n_late: late.len() as u64,
        n_compared: more.len() as u64,
        shift: Figure { value, se },
    })
}

/// Rows of the newer table whose polling tables the older has not; both are sorted by table.
pub(crate) fn late_readings<'t>(older: &Transcription, newer: &'t Transcription) -> Vec<&'t Reading> {
    newer.readings.iter().filter(|r| older.reading(&r.table).is_none()).collect()
}
