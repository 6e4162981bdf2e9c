//! S201: the ballot lines of a selection do not add up to its votes.

use super::{Found, SheetCase, beyond, found};
use crate::sheet::Field;

pub(super) fn check(case: &SheetCase) -> Option<Found> {
    if case.values.lines.is_empty() {
        return None;
    }
    let sums = case.facts.pack.selections_from_lines(&case.values.lines)?;
    sums.iter().zip(&case.values.selections).enumerate().find_map(|(i, (sum, votes))| {
        let (sum, votes) = (sum.votes()?, votes.votes()?);
        let selection = case.facts.pack.selections.get(i)?;
        beyond(case.tuning, sum, votes).then(|| {
            let args =
                [("selection", selection.id.clone()), ("sum", sum.to_string()), ("votes", votes.to_string())];
            found(vec![Field::Selection(i)], args)
        })
    })
}
