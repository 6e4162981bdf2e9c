//! Does the outcome hang on one kind of evidence? Totals and winner with each evidence class, source and
//! status in or out, and the fewest sheets of each that would have to go, or to be otherwise, before another
//! selection leads.
//!
//! * **To go**: sheets are removed, those that help the leader most against one rival first.
//! * **To change**: on a changed sheet every ballot (valid and null, as printed) turns out to be the rival's,
//!   so the lead shrinks by a − b + ballots: the overstatement bound of Lindeman & Stark 2012. It takes the
//!   printed turnout as true.
//!
//! The fewest over all rivals is given; a tie counts as no longer leading. What it does not show: that any
//! sheet is wrong.

use std::collections::BTreeMap;

use tallyproof_core::facts::Facts;
use tallyproof_core::reconcile::Sheet;
use tallyproof_core::sheet::{SheetStatus, SheetValues};
use tallyproof_core::tabulate::Tabulation;

/// What sheets have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The evidence behind them.
    Class,
    /// Whose figures stand for them.
    Source,
    /// Why they do not count.
    Status,
}

impl Kind {
    /// Stable code used in files.
    pub fn code(self) -> &'static str {
        match self {
            Kind::Class => "class",
            Kind::Source => "source",
            Kind::Status => "status",
        }
    }
}

/// One group of sheets, in or out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// What they have in common.
    pub kind: Kind,
    /// Code of the class or status, or id of the source.
    pub id: String,
    /// Whether they count; else `otherwise` is with them.
    pub counted: bool,
    /// Sheets with votes.
    pub n_sheets: u64,
    /// Votes of these sheets alone, by selection.
    pub votes: Vec<u64>,
    /// Votes in all, were the choice the other one.
    pub otherwise: Vec<u64>,
    /// Who leads then; `None` on a tie or without votes.
    pub leading_otherwise: Option<usize>,
    /// Whether somebody else leads then, or nobody: of sheets whose accounts differ, by any choice of accounts.
    pub changes_leader: bool,
    /// Fewest of these sheets that would have to go before another leads; `None` when not even all suffice,
    /// or when they do not count.
    pub fewest_to_go: Option<u64>,
    /// Fewest of these sheets that would have to be otherwise.
    pub fewest_to_change: Option<u64>,
}

/// A sheet's part in the race.
struct Share {
    votes: Box<[u64]>,
    ballots: u64,
    /// What all who speak of the sheet say, where it is set aside because they differ.
    accounts: Vec<Box<[u64]>>,
}

/// Every group, by kind and id.
pub fn robustness(facts: &Facts, sheets: &[Sheet], tab: &Tabulation) -> Vec<Group> {
    let pack = &facts.pack;
    let mut members: BTreeMap<(Kind, String, bool), Vec<usize>> = BTreeMap::new();
    let shares: Vec<Option<Share>> = sheets.iter().map(share).collect();
    for (i, sheet) in sheets.iter().enumerate().filter(|(i, _)| shares[*i].is_some()) {
        let counted = sheet.counts(pack);
        let mut join = |kind, id: &str| {
            members.entry((kind, id.to_owned(), counted)).or_default().push(i);
        };
        if counted {
            join(Kind::Class, sheet.class.code());
            join(Kind::Source, sheet.leading().source);
        } else if sheet.status == SheetStatus::Provisional {
            // Complete, but of a class the policy leaves out.
            join(Kind::Class, sheet.class.code());
        } else {
            join(Kind::Status, sheet.status.code());
        }
    }
    let group = |((kind, id, counted), members): ((Kind, String, bool), Vec<usize>)| {
        let own: Vec<&Share> = members.iter().filter_map(|&i| shares[i].as_ref()).collect();
        Group::new(tab, kind, id, counted, &own)
    };
    members.into_iter().map(group).collect()
}

fn share(sheet: &Sheet) -> Option<Share> {
    let votes = |values: &SheetValues| values.selections.iter().map(|v| v.votes()).collect::<Option<_>>();
    let differ = matches!(sheet.status, SheetStatus::InConflict | SheetStatus::Quarantined);
    let witnesses = sheet.witnesses.iter().filter(|_| differ);
    let accounts = witnesses.filter_map(|witness| votes(&witness.reading.values)).collect();
    Some(Share { votes: votes(sheet.values())?, ballots: sheet.votes_cast()?, accounts })
}

impl Group {
    fn new(tab: &Tabulation, kind: Kind, id: String, counted: bool, own: &[&Share]) -> Self {
        let all = &tab.totals.votes;
        let mut votes = vec![0u64; all.len()];
        for share in own {
            votes.iter_mut().zip(&share.votes).for_each(|(sum, v)| *sum += v);
        }
        let other = |(all, own): (&u64, &u64)| if counted { all - own } else { all + own };
        let otherwise: Vec<u64> = all.iter().zip(&votes).map(other).collect();
        let leading = leader(all);
        let leading_otherwise = leader(&otherwise);
        let fewest = |weight: &dyn Fn(&Share, usize, usize) -> i128| {
            let leading = leading.filter(|_| counted)?;
            let rivals = (0..all.len()).filter(|&rival| rival != leading);
            rivals
                .filter_map(|rival| {
                    let margin = i128::from(all[leading]) - i128::from(all[rival]);
                    fewest(own.iter().map(|share| weight(share, leading, rival)), margin)
                })
                .min()
        };
        Self {
            fewest_to_go: fewest(&|share, a, b| lead(share, a, b)),
            fewest_to_change: fewest(&|share, a, b| lead(share, a, b) + i128::from(share.ballots)),
            changes_leader: leading_otherwise != leading
                || leading.is_some_and(|leading| !counted && accounts_flip(all, own, leading)),
            n_sheets: own.len() as u64,
            kind,
            id,
            counted,
            votes,
            otherwise,
            leading_otherwise,
        }
    }
}

/// Whether some choice of accounts, one for each sheet, ends the lead once the sheets are let in.
fn accounts_flip(all: &[u64], own: &[&Share], leading: usize) -> bool {
    let ends = |rival: usize| {
        let lead_of = |votes: &[u64]| i128::from(votes[leading]) - i128::from(votes[rival]);
        let least = |share: &&Share| {
            let accounts = share.accounts.iter().map(|votes| lead_of(votes));
            accounts.chain([lead_of(&share.votes)]).min().unwrap_or(0)
        };
        lead_of(all) + own.iter().map(least).sum::<i128>() <= 0
    };
    (0..all.len()).filter(|&rival| rival != leading).any(ends)
}

fn lead(share: &Share, a: usize, b: usize) -> i128 {
    i128::from(share.votes[a]) - i128::from(share.votes[b])
}

/// The selection with strictly most votes.
fn leader(votes: &[u64]) -> Option<usize> {
    let most = votes.iter().max().filter(|&&most| most > 0)?;
    let mut with_most = votes.iter().enumerate().filter(|(_, v)| *v == most);
    match (with_most.next(), with_most.next()) {
        (Some((leader, _)), None) => Some(leader),
        _ => None,
    }
}

/// Fewest weights, the largest first, whose sum reaches `margin`.
fn fewest(weights: impl Iterator<Item = i128>, margin: i128) -> Option<u64> {
    let mut weights: Vec<i128> = weights.filter(|&w| w > 0).collect();
    weights.sort_unstable_by(|a, b| b.cmp(a));
    let mut sum = 0;
    for (i, weight) in weights.iter().enumerate() {
        sum += weight;
        if sum >= margin {
            return Some(i as u64 + 1);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fewest_takes_the_largest_first() {
        assert_eq!(fewest([1, 9, -4, 5].into_iter(), 14), Some(2));
        assert_eq!(fewest([1, 9, -4, 5].into_iter(), 15), Some(3));
        assert_eq!(fewest([1, 9, -4, 5].into_iter(), 16), None);
    }

    #[test]
    fn a_tie_has_no_leader() {
        assert_eq!((leader(&[3, 5]), leader(&[5, 5]), leader(&[0, 0])), (Some(1), None, None));
    }
}
