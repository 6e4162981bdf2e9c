//! At which level sheets go missing, and so at which level to cluster.
//!
//! An interval is honest only when clusters are units that went missing whole, or larger ones; clustered
//! below, it is too narrow (measured: `docs/method.md`). So the level is read off from how sheets are in
//! fact missing: the lowest whose wholly empty units hold under 5 % of the missing tables. Without a
//! register nobody can see which units are wholly empty: then the level above the lowest (the parish, where
//! the lowest is the polling centre) is *assumed*, and the one above it is shown beside.

use std::collections::BTreeSet;

use tallyproof_core::facts::Facts;
use tallyproof_core::reconcile::Sheet;

/// Largest share of the missing tables, in percent, that may lie in wholly empty units of the level chosen
/// (STATISTICS §2.2).
const MOST_EMPTY_PERCENT: u64 = 5;

/// Why a level was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LevelReason {
    /// By the register, few missing tables lie in wholly empty units of this level.
    FewInEmptyUnits,
    /// By the register, even at the widest level many do: the interval is too narrow.
    WidestStillEmpty,
    /// By the register nothing is missing, or nobody says how much is.
    NothingMissing,
    /// There is no register: assumed.
    Assumed,
    /// The pack has no levels: tables themselves.
    NoLevels,
}

impl LevelReason {
    /// Stable code used in files.
    pub fn code(self) -> &'static str {
        match self {
            LevelReason::FewInEmptyUnits => "few-in-empty-units",
            LevelReason::WidestStillEmpty => "widest-still-empty",
            LevelReason::NothingMissing => "nothing-missing",
            LevelReason::Assumed => "assumed",
            LevelReason::NoLevels => "no-levels",
        }
    }
}

/// How much of what is missing lies in units without any counted sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Emptiness {
    /// Level: index into the pack's levels.
    pub level: usize,
    /// Units without a counted sheet.
    pub n_empty_units: u64,
    /// Tables in them.
    pub n_tables: u64,
    /// Missing tables by the register.
    pub n_missing: u64,
}

/// The level of clustering.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clustering {
    /// Level of the population: an index into the pack's levels, their number meaning tables themselves.
    pub level: usize,
    /// Why.
    pub reason: LevelReason,
    /// What the register shows, widest level first; empty without a register.
    pub empty: Vec<Emptiness>,
}

/// Chooses the level.
pub fn clustering(facts: &Facts, sheets: &[Sheet]) -> Clustering {
    let n_levels = facts.pack.levels.len();
    let empty = emptiness(facts, sheets);
    let chosen = |level, reason| Clustering { level, reason, empty: empty.clone() };
    let Some(lowest) = n_levels.checked_sub(1) else { return chosen(0, LevelReason::NoLevels) };
    if facts.register.is_none() {
        return chosen(lowest.saturating_sub(1), LevelReason::Assumed);
    }
    if empty.first().is_none_or(|e| e.n_missing == 0) {
        return chosen(lowest, LevelReason::NothingMissing);
    }
    let few = |e: &&Emptiness| e.n_tables * 100 < MOST_EMPTY_PERCENT * e.n_missing;
    match empty.iter().rev().find(few) {
        Some(found) => chosen(found.level, LevelReason::FewInEmptyUnits),
        None => chosen(0, LevelReason::WidestStillEmpty),
    }
}

fn emptiness(facts: &Facts, sheets: &[Sheet]) -> Vec<Emptiness> {
    let Some(register) = &facts.register else { return Vec::new() };
    let pack = &facts.pack;
    let counted: BTreeSet<&str> =
        sheets.iter().filter(|s| s.counts(pack)).map(|s| s.table.as_str()).collect();
    let n_missing = register.tables.keys().filter(|t| !counted.contains(t.as_str())).count() as u64;
    (0..pack.levels.len())
        .map(|level| {
            let seen: BTreeSet<&str> =
                counted.iter().map(|table| table.get(..pack.levels[level].chars).unwrap_or(table)).collect();
            let mut empty = Emptiness { level, n_empty_units: 0, n_tables: 0, n_missing };
            let mut last = None;
            for code in register.tables.keys().map(|table| pack.area_of(table, level)) {
                if !seen.contains(code) {
                    empty.n_empty_units += u64::from(last != Some(code));
                    empty.n_tables += 1;
                }
                last = Some(code);
            }
            empty
        })
        .collect()
}
