//! Which words the numbers have earned, as codes. The sentences are in the locales.
//!
//! Two questions, asked of the numbers and of nothing else: what stands behind the count, and how firm the
//! lead is. As evidence weakens the code changes, and with it every sentence.

use tallyproof_core::sheet::{EvidenceClass, SheetStatus};
use tallyproof_core::tabulate::Tabulation;

use crate::bounds::Bound;
use crate::estimate::{Estimation, FEW_CLUSTERS};
use crate::robustness::{Group, Kind};
use crate::sensitivity::Sensitivity;

/// Share of sheets in conflict or quarantine, in percent, from which sources are called contradictory: the
/// same 5 % as for empty units.
const CONTRADICTORY_PERCENT: u64 = 5;

/// Shift below which a lead is narrow where none was observed: the larger of those observed in 2024, ±3
/// points (STATISTICS §2.2).
const NARROW_SHIFT: f64 = 0.03;

/// What stands behind the count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// No sheet counts.
    None,
    /// Sources or images contradict each other on many tables, or on enough to change who leads.
    Contradictory,
    /// All of it comes from one source.
    SingleSource,
    /// Some of it rests on one account.
    Mixed,
    /// Every counted table has more than one account behind it: of code, print, people or sources.
    Several,
}

/// How firm the lead is, weakest evidence first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lead {
    /// Nobody has votes.
    None,
    /// The first two are level.
    Tied,
    /// Sheets set aside because sources or images contradict each other could change who leads.
    Disputed,
    /// More is missing than was seen, more was seen than exists, or too few units to tell.
    TooLittle,
    /// The interval of the lead holds 0, or a shift on the missing tables as was observed would end it.
    Narrow,
    /// Neither.
    Clear,
    /// No vote on the missing sheets changes who leads: electors in all say so.
    Settled,
}

impl Evidence {
    /// Stable code used in files.
    pub fn code(self) -> &'static str {
        match self {
            Evidence::None => "none",
            Evidence::Contradictory => "contradictory",
            Evidence::SingleSource => "single-source",
            Evidence::Mixed => "mixed",
            Evidence::Several => "several",
        }
    }
}

impl Lead {
    /// Stable code used in files.
    pub fn code(self) -> &'static str {
        match self {
            Lead::None => "none",
            Lead::Tied => "tied",
            Lead::Disputed => "disputed",
            Lead::TooLittle => "too-little",
            Lead::Narrow => "narrow",
            Lead::Clear => "clear",
            Lead::Settled => "settled",
        }
    }
}

/// What stands behind the count.
pub fn evidence(tab: &Tabulation, groups: &[Group], n_sources: usize) -> Evidence {
    let n = |status| tab.by_status.get(&status).copied().unwrap_or(0);
    let disputed = n(SheetStatus::InConflict) + n(SheetStatus::Quarantined);
    let weak = |class: &EvidenceClass| matches!(class, EvidenceClass::SingleSource | EvidenceClass::CodeOnly);
    if disputed * 100 >= CONTRADICTORY_PERCENT * (tab.n_tables_seen() + disputed) && disputed > 0
        || set_aside_flips(groups)
    {
        Evidence::Contradictory
    } else if tab.n_tables_seen() == 0 {
        Evidence::None
    } else if !tab.by_class.keys().any(weak) {
        Evidence::Several
    } else if n_sources == 1 && tab.by_class.keys().all(weak) {
        Evidence::SingleSource
    } else {
        Evidence::Mixed
    }
}

/// Whether sheets that were set aside, with the figures of their most trusted witness, change who leads.
/// A rejected table is none of the election's.
fn set_aside_flips(groups: &[Group]) -> bool {
    let rejected = SheetStatus::Rejected.code();
    groups.iter().any(|g| g.kind == Kind::Status && g.id != rejected && g.changes_leader)
}

/// How firm the lead is.
pub fn lead(
    tab: &Tabulation,
    estimation: &Estimation,
    line: Option<&Sensitivity>,
    bounds: &[Bound],
    groups: &[Group],
) -> Lead {
    let Some((first, second)) = estimation.first_two.filter(|_| tab.totals.valid() > 0) else {
        return Lead::None;
    };
    if tab.totals.winner().is_none() {
        return Lead::Tied;
    }
    if set_aside_flips(groups) {
        return Lead::Disputed;
    }
    if bounds.iter().any(|b| b.id == "every-elector" && b.flip_excluded) {
        return Lead::Settled;
    }
    let chosen = estimation.chosen().ok();
    let interval = chosen.and_then(|e| Some((e, e.margin(first, second).interval()?)));
    let Some((estimate, (low, _))) = interval else { return Lead::TooLittle };
    // With nothing missing, few units are no sample.
    let few = estimate.n_clusters < FEW_CLUSTERS.min(20) && tab.n_tables_missing() > 0;
    if few || tab.n_tables_seen() * 2 < tab.n_tables_total {
        return Lead::TooLittle;
    }
    let observed = estimation.shifts.iter().filter_map(|s| s.shift.interval()).map(|(_, high)| high);
    let worst = observed.fold(NARROW_SHIFT, f64::max);
    let tips = line.and_then(|l| l.tipping.first()).is_some_and(|t| t.possible() && t.shift() <= worst);
    if low <= 0.0 || tips { Lead::Narrow } else { Lead::Clear }
}
