//! The fewest sheets that must be false for a claim to hold.
//!
//! Sheets give x_i votes to a selection; a claim about N tables gives it C in all and leaves at most U
//! tables uncounted. If Σx − C > 0, some sheets must be false. Sort x descending, let the claim leave out
//! the U largest, and take the next until they cover the surplus: no smaller set can, because any other U
//! and any other set of the same size hold fewer votes. The count is a lower bound for every claim, and it
//! is exact once the false sheets and the missing tables have room for what the claim needs elsewhere:
//!
//!   0 ≤ C_c − kept_c for every claimed figure c, and Σ_c (C_c − kept_c) ≤ Σ caps
//!
//! where caps are the electors of the false sheets and of the missing tables counted (STATISTICS §3).
//! What it does not show: that any sheet is false, or which. The list names one smallest set.

/// A claim against sheets, as bare numbers.
pub struct BudgetCase<'a> {
    /// Figures claimed, each for some selections together; no selection in two.
    pub claimed: &'a [u64],
    /// Votes on each sheet for each claimed figure: `votes[figure][sheet]`.
    pub votes: &'a [Vec<u64>],
    /// Most votes a sheet can hold if its figures are false; `None` where not known.
    pub caps: &'a [Option<u64>],
    /// Tables, seen or not, that the claim can have left uncounted.
    pub uncounted: u64,
    /// Most votes on all missing tables together; `None` when not known.
    pub missing_cap: Option<u64>,
}

/// How much a count of false sheets says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strength {
    /// Exactly so many must be false: with these, the claim can hold.
    Optimal,
    /// At least so many: how many votes the false sheets and missing tables can hold is not known.
    CapsUnknown,
    /// At least so many: with just these, the claim's other figures still do not fit.
    OthersDoNotFit,
    /// At least so many: several figures are exceeded by the sheets, and this is the largest of their counts.
    SeveralExceeded,
}

impl Strength {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Strength::Optimal => "optimal",
            Strength::CapsUnknown => "lower-bound-caps-unknown",
            Strength::OthersDoNotFit => "lower-bound-others-do-not-fit",
            Strength::SeveralExceeded => "lower-bound-several-exceeded",
        }
    }
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FalseSheets {
    /// The figure that decides.
    pub figure: usize,
    /// Votes on the sheets beyond the claim.
    pub surplus: u64,
    /// Tables taken to be uncounted.
    pub uncounted: u64,
    /// Sheets of a smallest set, most votes first.
    pub sheets: Vec<usize>,
    /// What the number says.
    pub strength: Strength,
}

/// Fewest sheets that must be false; `None` when no claimed figure is exceeded even with nothing uncounted
/// set aside, so that none need be.
pub fn min_false_sheets(case: &BudgetCase) -> Option<FalseSheets> {
    let mut exceeded: Vec<FalseSheets> =
        (0..case.claimed.len()).filter_map(|figure| cover_surplus(case, figure)).collect();
    let n_exceeded = exceeded.iter().filter(|found| !found.sheets.is_empty()).count();
    // The largest count; of equal ones the first figure.
    exceeded.sort_by(|a, b| b.sheets.len().cmp(&a.sheets.len()).then(a.figure.cmp(&b.figure)));
    let mut found = exceeded.into_iter().next()?;
    found.strength = if n_exceeded > 1 { Strength::SeveralExceeded } else { strength(case, &found) };
    Some(found)
}

/// Sheets by votes for one figure, most first; of equal ones the first by table.
fn by_votes(votes: &[u64]) -> Vec<usize> {
    let most = votes.iter().copied().max().unwrap_or(0);
    // Tables hold a few hundred votes: a million of them are counted into place, not compared.
    if most <= votes.len() as u64 {
        let behind = |votes: u64| usize::try_from(most - votes).unwrap_or(0);
        let mut place = vec![0; behind(0) + 2];
        votes.iter().for_each(|&votes| place[behind(votes) + 1] += 1);
        (1..place.len()).for_each(|i| place[i] += place[i - 1]);
        let mut order = vec![0; votes.len()];
        for (i, &votes) in votes.iter().enumerate() {
            order[place[behind(votes)]] = i;
            place[behind(votes)] += 1;
        }
        return order;
    }
    let mut order: Vec<usize> = (0..votes.len()).collect();
    order.sort_unstable_by(|&a, &b| votes[b].cmp(&votes[a]).then(a.cmp(&b)));
    order
}

fn cover_surplus(case: &BudgetCase, figure: usize) -> Option<FalseSheets> {
    let votes = &case.votes[figure];
    let surplus = votes.iter().sum::<u64>().checked_sub(case.claimed[figure]).filter(|&s| s > 0)?;
    let order = by_votes(votes);
    let mut covered = 0u64;
    let n = order
        .iter()
        .take_while(|&&i| {
            covered < surplus && {
                covered += votes[i];
                true
            }
        })
        .count();
    let n_uncounted = usize::try_from(case.uncounted).unwrap_or(usize::MAX).min(n);
    let sheets = order[n_uncounted..n].to_vec();
    Some(FalseSheets {
        figure,
        surplus,
        uncounted: n_uncounted as u64,
        sheets,
        strength: Strength::CapsUnknown,
    })
}

/// Whether the claim can hold with just these sheets false.
fn strength(case: &BudgetCase, found: &FalseSheets) -> Strength {
    let order = by_votes(&case.votes[found.figure]);
    let n_set_aside =
        usize::try_from(found.uncounted).unwrap_or(usize::MAX).min(order.len()) + found.sheets.len();
    let mut needed = 0u64;
    for (claimed, votes) in case.claimed.iter().zip(case.votes) {
        let set_aside: u64 = order[..n_set_aside].iter().map(|&i| votes[i]).sum();
        let kept = votes.iter().sum::<u64>() - set_aside;
        match claimed.checked_sub(kept) {
            Some(room) => needed = needed.saturating_add(room),
            None => return Strength::OthersDoNotFit,
        }
    }
    let known: u64 = found.sheets.iter().filter_map(|&i| case.caps[i]).fold(0, u64::saturating_add);
    let all_known = case.missing_cap.is_some() && found.sheets.iter().all(|&i| case.caps[i].is_some());
    if needed <= known.saturating_add(case.missing_cap.unwrap_or(0)) {
        Strength::Optimal
    } else if all_known {
        Strength::OthersDoNotFit
    } else {
        Strength::CapsUnknown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sheets_are_ordered_alike_whether_counted_or_compared() {
        for n in 0..60u64 {
            for largest in [1, 5, n.max(1), 9 * n + 1] {
                let votes: Vec<u64> = (0..n).map(|i| (i * 7 + n * 3) % largest).collect();
                let mut compared: Vec<usize> = (0..votes.len()).collect();
                compared.sort_by_key(|&i| std::cmp::Reverse(votes[i]));
                assert_eq!(by_votes(&votes), compared, "{votes:?}");
            }
        }
    }
}
