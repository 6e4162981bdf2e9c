//! Tables of one centre against each other: the best check there is at the level of tables.
//!
//! Voters of one centre are spread over its tables by the last digit of an identity number, by surname or by
//! age; their tables then differ little more than by chance. For tables i of a centre with y_i of V_i votes
//! for a side and p = Σy/ΣV,
//!
//!   X² = Σ (y_i − V_i p)² / (V_i p (1 − p)),  φ = ΣX² / Σdf, df = tables − 1,
//!
//! φ is 1 for pure chance, and somewhat above in honest elections (age groups, streets). Each table is also
//! compared with the others of its centre, z in standard deviations widened by √φ; tables far out are the
//! list to inspect first. Their p is Fisher's exact test given the centre's total, p^(1/φ) for the
//! overdispersion (a normal tail in z²/2 widens by just that), by Holm over all tables and both sides.
//!
//! Innocent explanations: tables by age or street, a military or student table, a transcription that puts a
//! figure in the wrong row. In a centre of two tables either of them may be the odd one. What it does not
//! show: anything done to all tables of a centre alike.

use tallyproof_core::table::TableId;

use super::tail::hypergeometric_two_sided;
use super::{Case, Silence};
use crate::counted::Counted;
use crate::holm::holm;

/// Fewest degrees of freedom from which φ is worth estimating.
const LEAST_DF: u64 = 20;

/// Tables nearer than this to their centre cannot be findings, whatever the election's size.
const LOOK_CLOSER: f64 = 3.0;

/// Tables listed for inspection.
const INSPECT_FIRST: usize = 20;

/// One side's dispersion.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dispersion {
    /// The selection.
    pub selection: usize,
    /// Centres with two tables or more, and votes both for the side and for others.
    pub n_centres: u64,
    /// Σdf.
    pub df: u64,
    /// φ.
    pub phi: f64,
}

/// A table that differs from its centre.
#[derive(Clone, Debug, PartialEq)]
pub struct Outlier {
    /// The table.
    pub table: TableId,
    /// The selection whose votes differ.
    pub selection: usize,
    /// Its votes.
    pub votes: u64,
    /// Votes expected from the centre's other tables.
    pub expected: f64,
    /// Standard deviations, widened by √φ.
    pub z: f64,
    /// Adjusted for all tables and both sides.
    pub p: f64,
}

/// All centres.
#[derive(Clone, Debug, PartialEq)]
pub struct Homogeneity {
    /// Both sides.
    pub sides: Vec<Dispersion>,
    /// Comparisons made.
    pub n_tests: u64,
    /// Smallest adjusted p.
    pub p: f64,
    /// Tables farthest out, at most 20.
    pub inspect_first: Vec<Outlier>,
}

struct Candidate {
    sheet: usize,
    selection: usize,
    expected: f64,
    z: f64,
    p: f64,
}

pub(super) fn homogeneity(case: &Case) -> Result<Homogeneity, Silence> {
    let chars = case.centre_chars.ok_or(Silence::NoLevels)?;
    let mut found = Homogeneity { sides: Vec::new(), n_tests: 0, p: 1.0, inspect_first: Vec::new() };
    let mut candidates: Vec<Candidate> = Vec::new();
    for selection in [case.sides.0, case.sides.1] {
        let Some(dispersion) = dispersion(case.counted, chars, selection) else { continue };
        found.sides.push(dispersion);
        let widened = dispersion.phi.max(1.0);
        for centre in centres(case.counted, chars, selection) {
            found.n_tests += centre.tables.len() as u64;
            candidates
                .extend(centre.tables.iter().filter_map(|table| centre.candidate(table, selection, widened)));
        }
    }
    if found.sides.is_empty() {
        return Err(Silence::TooFew);
    }
    let p: Vec<f64> = candidates.iter().map(|c| c.p).collect();
    for (candidate, adjusted) in candidates.iter_mut().zip(holm(&p, found.n_tests)) {
        candidate.p = adjusted;
    }
    candidates.sort_by(|a, b| {
        a.p.total_cmp(&b.p).then(b.z.abs().total_cmp(&a.z.abs())).then(a.sheet.cmp(&b.sheet))
    });
    found.p = candidates.first().map_or(1.0, |c| c.p);
    let outlier = |c: &Candidate| Outlier {
        table: case.counted.tables[c.sheet].clone(),
        selection: c.selection,
        votes: u64::from(case.counted.votes(c.sheet)[c.selection]),
        expected: c.expected,
        z: c.z,
        p: c.p,
    };
    found.inspect_first = candidates.iter().take(INSPECT_FIRST).map(outlier).collect();
    Ok(found)
}

/// One centre's tables that hold votes: (sheet, y, V).
struct Centre {
    tables: Vec<(usize, u64, u64)>,
    y: u64,
    valid: u64,
}

/// Centres that can be compared within themselves.
fn centres<'c>(counted: &'c Counted, chars: usize, selection: usize) -> impl Iterator<Item = Centre> + 'c {
    let mut start = 0;
    std::iter::from_fn(move || {
        while start < counted.len() {
            let code = counted.tables[start].area_code(chars);
            let n = counted.tables[start..].iter().take_while(|t| t.area_code(chars) == code).count();
            let tables: Vec<(usize, u64, u64)> = (start..start + n)
                .map(|i| (i, u64::from(counted.votes(i)[selection]), counted.valid(i)))
                .filter(|&(_, _, valid)| valid > 0)
                .collect();
            start += n;
            let y: u64 = tables.iter().map(|t| t.1).sum();
            let valid: u64 = tables.iter().map(|t| t.2).sum();
            if tables.len() >= 2 && y > 0 && y < valid {
                return Some(Centre { tables, y, valid });
            }
        }
        None
    })
}

fn dispersion(counted: &Counted, chars: usize, selection: usize) -> Option<Dispersion> {
    let mut found = Dispersion { selection, n_centres: 0, df: 0, phi: 0.0 };
    for centre in centres(counted, chars, selection) {
        found.n_centres += 1;
        found.df += centre.tables.len() as u64 - 1;
        let p = centre.y as f64 / centre.valid as f64;
        for &(_, y, valid) in &centre.tables {
            let off = y as f64 - valid as f64 * p;
            found.phi += off * off / (valid as f64 * p * (1.0 - p));
        }
    }
    found.phi /= found.df.max(1) as f64;
    (found.df >= LEAST_DF).then_some(found)
}

impl Centre {
    /// A table against the others of its centre; `None` when it is near them.
    fn candidate(
        &self,
        &(sheet, y, valid): &(usize, u64, u64),
        selection: usize,
        phi: f64,
    ) -> Option<Candidate> {
        let (p, others) = (self.y as f64 / self.valid as f64, self.valid - valid);
        let expected = valid as f64 * (self.y - y) as f64 / others as f64;
        let variance = valid as f64 * p * (1.0 - p) * self.valid as f64 / others as f64;
        let z = (y as f64 - expected) / libm::sqrt(variance * phi);
        if z.abs() < LOOK_CLOSER {
            return None;
        }
        let exact = hypergeometric_two_sided(self.valid, self.y, valid, y);
        Some(Candidate { sheet, selection, expected, z, p: libm::pow(exact, 1.0 / phi) })
    }
}
