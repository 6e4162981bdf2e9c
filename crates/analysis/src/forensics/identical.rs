//! Equal vote vectors: tables of one centre whose votes are the same for every selection. A list, no test:
//! small tables coincide by chance, and a sheet filed twice under two tables looks the same.

use tallyproof_core::table::TableId;

use super::Case;

/// Smaller tables coincide too easily, valid votes.
const LEAST_VALID: u64 = 50;

/// Pairs listed.
const MOST: usize = 200;

/// Two tables with the same votes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identical {
    /// The first by id.
    pub table: TableId,
    /// The other.
    pub other: TableId,
    /// Valid votes on each.
    pub valid: u64,
}

pub(super) fn identical(case: &Case) -> Vec<Identical> {
    let Some(chars) = case.centre_chars else { return Vec::new() };
    let counted = case.counted;
    let mut found = Vec::new();
    let mut start = 0;
    while start < counted.len() && found.len() < MOST {
        let code = counted.tables[start].area_code(chars);
        let n = counted.tables[start..].iter().take_while(|t| t.area_code(chars) == code).count();
        let mut order: Vec<usize> = (start..start + n).filter(|&i| counted.valid(i) >= LEAST_VALID).collect();
        order.sort_by(|&a, &b| counted.votes(a).cmp(counted.votes(b)).then(a.cmp(&b)));
        let pairs = order.windows(2).filter(|w| counted.votes(w[0]) == counted.votes(w[1]));
        found.extend(pairs.map(|w| Identical {
            table: counted.tables[w[0]].clone(),
            other: counted.tables[w[1]].clone(),
            valid: counted.valid(w[0]),
        }));
        start += n;
    }
    found.truncate(MOST);
    found
}
