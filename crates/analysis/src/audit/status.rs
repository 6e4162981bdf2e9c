//! Where an audit stands: running risk per assertion, escalation, and the bound on false sheets.
//!
//! Risk is given for the sheets inspected without a gap in the order drawn: leaving out a drawn sheet, for
//! whatever reason, leaves the rest without meaning. A zero-mismatch plan reports a risk only while clean; a
//! broken one reports *not confirmed*, and a new draw needs a share of the risk that was set aside before.
//! What no status shows: that the paper itself is genuine. It names whose paper it is.

use std::collections::BTreeMap;

use super::alpha::Alpha;
use super::draw::{Draw, Outcome, Way};
use super::frozen::Frozen;
use super::inspection::{Inspection, Sample};
use super::overstatement::Bounds;
use super::{hypergeometric, kaplan_markov};

/// How risk is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Simple random sample, zero mismatches.
    Simple,
    /// Kaplan–Markov.
    KaplanMarkov,
    /// ALPHA.
    Alpha,
}

impl Method {
    /// Every method.
    pub const ALL: [Method; 3] = [Method::Simple, Method::KaplanMarkov, Method::Alpha];

    /// The method with this code.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.code() == code)
    }

    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Method::Simple => "simple",
            Method::KaplanMarkov => "kaplan-markov",
            Method::Alpha => "alpha",
        }
    }

    /// How it draws.
    pub fn way(self) -> Way {
        if self == Method::KaplanMarkov { Way::Proportional } else { Way::Simple }
    }
}

/// What was fixed before the seed existed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// How risk is measured.
    pub method: Method,
    /// Risk limit, parts per million.
    pub risk_ppm: u32,
    /// First and second selection of the published result: indices into the list's selections.
    pub sides: (usize, usize),
    /// Margin to be undone for each other selection, votes: (selection, V). The second side's comes first.
    pub margins: Vec<(usize, u64)>,
    /// Expected mean score for ALPHA, parts per million.
    pub expected_ppm: u32,
    /// Most draws before the audit ends unconfirmed.
    pub most_draws: u64,
}

/// Where one assertion stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// The selection that the first is asserted to beat.
    pub over: usize,
    /// V, votes.
    pub v: u64,
    /// Risk after each draw inspected in order; `None` from where the plan gives none.
    pub risks: Vec<Option<f64>>,
}

impl Standing {
    /// Risk after the last draw; `None` when nothing was inspected or the plan gives none.
    pub fn risk(&self) -> Option<f64> {
        self.risks.last().copied().flatten()
    }
}

/// What to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Advice {
    /// Inspect the next sheets drawn.
    GoOn,
    /// Every assertion's risk is within the limit: the audit may stop.
    Confirmed,
    /// A mismatch broke a zero-mismatch plan: not confirmed.
    Broken,
    /// As many sheets as the plan allows were inspected, and the risk is still above the limit.
    Exhausted,
}

impl Advice {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Advice::GoOn => "go-on",
            Advice::Confirmed => "confirmed",
            Advice::Broken => "broken",
            Advice::Exhausted => "exhausted",
        }
    }
}

/// Where an audit stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Status {
    /// Sheets drawn so far, repeats counted.
    pub n_drawn: u64,
    /// Of these, inspected without a gap in the order drawn.
    pub n_in_order: u64,
    /// Drawn sheets inspected out of order: recorded, without risk until the gap is closed.
    pub n_out_of_order: u64,
    /// Of those in order, papers that differ from what was published.
    pub n_differing: u64,
    /// Of those in order, papers not found.
    pub n_not_found: u64,
    /// Inspections of convenience: never given a risk.
    pub n_convenience: u64,
    /// Assertions.
    pub standings: Vec<Standing>,
    /// What to do.
    pub advice: Advice,
    /// Most false sheets left possible at 95 % by the sheets inspected in order; `None` for draws that are
    /// not equally likely.
    pub most_false_95: Option<u64>,
}

/// Brings together list, terms, draws and inspections. The last inspection of a table stands.
pub fn status(frozen: &Frozen, terms: &Terms, draws: &[Draw], inspections: &[Inspection]) -> Status {
    let bounds = frozen.bounds();
    let places: Vec<usize> = draws
        .iter()
        .filter_map(|draw| match draw.outcome {
            Outcome::Sheet(place) if place < frozen.sheets.len() => Some(place),
            _ => None,
        })
        .collect();
    let drawn = inspections.iter().filter(|i| i.sample == Sample::Drawn);
    let last: BTreeMap<&str, &Inspection> = drawn.map(|i| (i.table.as_str(), i)).collect();
    let of = |&place: &usize| last.get(frozen.sheets[place].table.as_str()).copied();
    let found: Vec<Option<&Inspection>> = places.iter().map(of).collect();
    let in_order: Vec<(usize, &Inspection)> =
        places.iter().zip(&found).map_while(|(&place, found)| Some((place, (*found)?))).collect();
    let differs = |(place, found): &&(usize, &Inspection)| !found.matches(&frozen.sheets[*place].votes);
    let n_wrong = in_order.iter().filter(differs).count() as u64;
    let n_not_found = in_order.iter().filter(|(_, i)| i.votes.is_none()).count() as u64;
    let standings: Vec<Standing> = terms
        .margins
        .iter()
        .map(|&(over, v)| standing(frozen, terms, &bounds, (over, v), &in_order))
        .collect();
    let n_in_order = in_order.len() as u64;
    let confirmed = !standings.is_empty()
        && standings.iter().all(|s| {
            s.risk().is_some_and(|r| hypergeometric::within(r, super::plan::risk_limit(terms.risk_ppm)))
        });
    let broken = match terms.method {
        Method::Simple => n_wrong > 0,
        // An unfindable paper makes P infinite for good.
        Method::KaplanMarkov => n_not_found > 0,
        Method::Alpha => false,
    };
    Status {
        n_drawn: places.len() as u64,
        n_in_order,
        n_out_of_order: found.iter().flatten().count() as u64 - n_in_order,
        n_differing: n_wrong - n_not_found,
        n_not_found,
        n_convenience: inspections.iter().filter(|i| i.sample == Sample::Convenience).count() as u64,
        advice: match (broken, confirmed) {
            (true, _) => Advice::Broken,
            (_, true) => Advice::Confirmed,
            _ if n_in_order >= terms.most_draws => Advice::Exhausted,
            _ => Advice::GoOn,
        },
        standings,
        most_false_95: (terms.method.way() == Way::Simple)
            .then(|| hypergeometric::most_wrong_given(frozen.sheets.len() as u64, n_in_order, n_wrong, 0.05)),
    }
}

/// Risk of one assertion after each draw.
fn standing(
    frozen: &Frozen,
    terms: &Terms,
    bounds: &Bounds,
    (over, v): (usize, u64),
    inspected: &[(usize, &Inspection)],
) -> Standing {
    // Against another loser a sheet can overstate by more than u: its votes were subtracted for the second.
    let own = bounds_over(frozen, terms, over);
    let e = |(place, found): &(usize, &Inspection)| {
        found.overstatement(&frozen.sheets[*place].votes, (terms.sides.0, over), own.u[*place])
    };
    let n_sheets = frozen.sheets.len() as u64;
    let k_min = own.fewest_for(v);
    let risks = match terms.method {
        // Draws follow the second side's bounds; for the others this plan gives no risk.
        Method::KaplanMarkov if over != terms.sides.1 => vec![None; inspected.len()],
        // No set of sheets could undo the margin.
        _ if k_min.is_none() => vec![Some(0.0); inspected.len()],
        Method::Simple => {
            let differs =
                |(place, found): &(usize, &Inspection)| !found.matches(&frozen.sheets[*place].votes);
            let n_clean = inspected.iter().position(differs).unwrap_or(inspected.len());
            let k = k_min.unwrap_or(0);
            let risk = |n: usize| (n <= n_clean).then(|| hypergeometric::miss_all(n_sheets, k, n as u64));
            (1..=inspected.len()).map(risk).collect()
        }
        Method::KaplanMarkov => {
            let draws = inspected.iter().map(|d| (e(d), bounds.u[d.0]));
            kaplan_markov::p_values(bounds.total, v, draws).into_iter().map(Some).collect()
        }
        Method::Alpha => {
            let expected = super::plan::risk_limit(terms.expected_ppm);
            let plan = Alpha { n_sheets, largest: own.largest, v, expected };
            plan.p_values(inspected.iter().map(|d| plan.score(e(d)))).into_iter().map(Some).collect()
        }
    };
    Standing { over, v, risks }
}

/// Fewest draws after which every assertion's risk is within the limit, if every paper matches; `None` where
/// the method cannot get there, 0 where no set of sheets could undo any margin.
pub fn fewest_draws(frozen: &Frozen, terms: &Terms) -> Option<u64> {
    let (n_sheets, alpha) = (frozen.sheets.len() as u64, super::plan::risk_limit(terms.risk_ppm));
    let fewest = |&(over, v): &(usize, u64)| {
        let own = bounds_over(frozen, terms, over);
        let Some(k_min) = own.fewest_for(v) else { return Some(0) };
        match terms.method {
            Method::Simple => hypergeometric::fewest_draws(n_sheets, k_min, alpha),
            Method::KaplanMarkov => kaplan_markov::fewest_draws(own.total, v, alpha),
            Method::Alpha => {
                let expected = super::plan::risk_limit(terms.expected_ppm);
                Alpha { n_sheets, largest: own.largest, v, expected }.fewest_draws(alpha)
            }
        }
    };
    terms.margins.iter().map(fewest).try_fold(0, |most, n| Some(most.max(n?)))
}

/// Bounds over another selection: u, with that selection's votes in the place of the second's.
fn bounds_over(frozen: &Frozen, terms: &Terms, over: usize) -> Bounds {
    let of = |sheet: &super::frozen::FrozenSheet| {
        let votes = |s: usize| u64::from(sheet.votes.get(s).copied().unwrap_or(0));
        (sheet.u + votes(terms.sides.1)).saturating_sub(votes(over))
    };
    Bounds::of(frozen.sheets.iter().map(of).collect())
}
