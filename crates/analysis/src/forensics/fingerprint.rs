//! Turnout × share of the first side, as a picture only.
//!
//! Source: Klimek, Yegorov, Hanel & Thurner, "Statistical detection of systematic election irregularities",
//! PNAS 109 (2012). The picture is shown because readers ask for it; no number is drawn from it, because
//! geography alone gives honest elections the shapes that are said to be suspicious.

use super::{Case, Silence};

/// Bins per axis: 4 points each.
pub const BINS: usize = 25;

/// Fewest tables with electors and votes.
const LEAST_TABLES: u64 = 100;

/// Tables per bin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprint {
    /// Tables drawn: with electors, votes, and no more voters than electors.
    pub n_tables: u64,
    /// Tables left out for having more voters than electors.
    pub n_over: u64,
    /// `cells[turnout][share]`, both from 0 to 100 % in 25 bins; the last bin holds 100 %.
    pub cells: Vec<[u64; BINS]>,
}

pub(super) fn fingerprint(case: &Case) -> Result<Fingerprint, Silence> {
    let counted = case.counted;
    if counted.electors.iter().all(Option::is_none) {
        return Err(Silence::NoElectors);
    }
    let mut found = Fingerprint { n_tables: 0, n_over: 0, cells: vec![[0; BINS]; BINS] };
    for i in 0..counted.len() {
        let (valid, cast) = (counted.valid(i), counted.cast[i]);
        let Some(electors) = counted.electors[i].map(u64::from).filter(|&e| e > 0 && valid > 0) else {
            continue;
        };
        if cast > electors {
            found.n_over += 1;
            continue;
        }
        found.n_tables += 1;
        let votes = u64::from(counted.votes(i)[case.sides.0]);
        found.cells[bin(cast, electors)][bin(votes, valid)] += 1;
    }
    if found.n_tables < LEAST_TABLES { Err(Silence::TooFew) } else { Ok(found) }
}

fn bin(part: u64, whole: u64) -> usize {
    let bins = BINS as u64;
    usize::try_from((part * bins / whole).min(bins - 1)).unwrap_or(0)
}
