//! Screening as it is published, and the case it is made on.

use std::collections::BTreeSet;

use tallyproof_core::facts::Facts;
use tallyproof_core::table::TableId;
use tallyproof_core::tabulate::Tabulation;

use super::shape::*;
use crate::counted::Counted;
use crate::forensics::integer_percent::{Side, SideSteps};
use crate::forensics::{Case, LEVEL, Screening, screen};
use crate::number::{fixed, significant};

/// Digits of a published statistic.
const DIGITS: usize = 6;

fn digits(x: f64) -> Option<f64> {
    significant(x, DIGITS)
}

/// Screens the counted sheets, the first two sides of the result against each other.
pub(super) fn forensics(facts: &Facts, tab: &Tabulation, counted: &Counted) -> PublishedForensics {
    let ranking = tab.totals.ranking();
    let sides = match ranking.as_slice() {
        [first, second, ..] => (*first, *second),
        _ => (0, 0),
    };
    let level_chars: Vec<usize> = facts.pack.levels.iter().map(|level| level.chars).collect();
    let late = late(facts, counted);
    let screening = screen(&Case {
        counted,
        sides,
        centre_chars: level_chars.last().copied(),
        level_chars: &level_chars,
        late: late.as_deref(),
    });
    publish(facts, &screening)
}

/// Per counted sheet, whether only newest versions speak of its table; `None` where no source has two.
fn late(facts: &Facts, counted: &Counted) -> Option<Vec<bool>> {
    let older = facts.sources.iter().flat_map(|source| source.older());
    let early: BTreeSet<&TableId> =
        older.flat_map(|version| &version.transcription.readings).map(|reading| &reading.table).collect();
    (!early.is_empty()).then(|| counted.tables.iter().map(|table| !early.contains(table)).collect())
}

fn publish(facts: &Facts, screening: &Screening) -> PublishedForensics {
    let id = |s: usize| facts.pack.selections.get(s).map(|s| s.id.clone()).unwrap_or_default();
    let homogeneity = screening.homogeneity.as_ref().ok();
    PublishedForensics {
        level: LEVEL,
        tests: screening
            .outcomes
            .iter()
            .map(|o| PublishedScreen {
                id: o.id,
                n_tests: o.n_tests,
                p_within: o.p_within.and_then(digits),
                p_adjusted: o.p.and_then(digits),
                finding: o.is_finding(),
                silent: o.silent.map(|s| s.code()),
            })
            .collect(),
        homogeneity: homogeneity
            .iter()
            .flat_map(|h| &h.sides)
            .map(|d| PublishedDispersion {
                id: id(d.selection),
                n_centres: d.n_centres,
                df: d.df,
                phi: digits(d.phi),
            })
            .collect(),
        inspect_first: homogeneity
            .iter()
            .flat_map(|h| &h.inspect_first)
            .map(|o| PublishedOutlier {
                id: o.table.to_string(),
                about: id(o.selection),
                votes: o.votes,
                expected: digits(o.expected),
                z: digits(o.z),
                p_adjusted: digits(o.p),
            })
            .collect(),
        integer_percent: screening
            .integer_percent
            .iter()
            .flat_map(|i| &i.sides)
            .map(|side| percent(side, &id))
            .collect(),
        last_digit: screening
            .last_digit
            .iter()
            .map(|(s, found)| PublishedDigits {
                id: id(*s),
                seen: found.as_ref().map(|d| d.seen.to_vec()).unwrap_or_default(),
                chi_square: found.as_ref().ok().and_then(|d| digits(d.chi_square)),
                p: found.as_ref().ok().and_then(|d| digits(d.p)),
                silent: found.as_ref().err().map(|s| s.code()),
            })
            .collect(),
        late: screening
            .late
            .iter()
            .flat_map(|l| &l.shifts)
            .map(|s| PublishedLateShift {
                id: facts.pack.levels.get(s.level).map(|l| l.id.clone()).unwrap_or_default(),
                n_tables: s.n_tables,
                n_centres: s.n_clusters,
                shift: digits(s.shift),
                se: s.se.and_then(digits),
            })
            .collect(),
        identical: screening
            .identical
            .iter()
            .map(|i| PublishedIdentical {
                id: i.table.to_string(),
                other: i.other.to_string(),
                valid: i.valid,
            })
            .collect(),
        fingerprint: PublishedFingerprint {
            n_tables: screening.fingerprint.as_ref().map_or(0, |f| f.n_tables),
            n_over: screening.fingerprint.as_ref().map_or(0, |f| f.n_over),
            cells: screening.fingerprint.iter().flat_map(|f| &f.cells).map(|row| row.to_vec()).collect(),
            silent: screening.fingerprint.as_ref().err().map(|s| s.code()),
        },
    }
}

fn percent(side: &SideSteps, id: &dyn Fn(usize) -> String) -> PublishedPercent {
    PublishedPercent {
        id: match side.side {
            Side::Selection(s) => id(s),
            Side::Others => "others".into(),
        },
        steps: side
            .steps
            .iter()
            .map(|step| PublishedStep {
                id: step.percent.to_string(),
                seen: step.seen,
                expected: digits(step.expected),
                sd: digits(step.sd),
                excess_share: fixed(step.excess_share, 6),
                most_share: fixed(step.most_share, 6),
                p: step.p.and_then(digits),
                p_adjusted: step.p_adjusted.and_then(digits),
            })
            .collect(),
        seen_by_offset: side.seen_by_offset.to_vec(),
        expected_by_offset: side.expected_by_offset.iter().map(|&x| digits(x)).collect(),
    }
}
