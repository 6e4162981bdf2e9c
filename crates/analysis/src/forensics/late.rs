//! Late arrivals: do tables that a later version added differ from those that were there before?
//!
//! For every late table, the second side's votes less what its area's earlier tables would give,
//! d = y − V · (Σy/ΣV over the area's earlier tables); the shift is Σd/ΣV, with a standard error over centres
//! as clusters. It is given against every level. Against wider areas a shift is expected without anything
//! being wrong: late tables come from other places. Only against tables of the same centre is it a test, like
//! for like.

use super::tail::normal_above;
use super::{Case, Silence};

/// Fewest centres for a standard error worth having.
const LEAST_CLUSTERS: usize = 20;

/// The shift against one level.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shift {
    /// Index of the level.
    pub level: usize,
    /// Late tables with earlier ones in their area.
    pub n_tables: u64,
    /// Centres they lie in.
    pub n_clusters: u64,
    /// Second side's share: late less earlier, 0..1.
    pub shift: f64,
    /// Its standard error; `None` with fewer than 20 centres.
    pub se: Option<f64>,
}

/// All levels.
#[derive(Clone, Debug, PartialEq)]
pub struct Late {
    /// Late tables in all.
    pub n_late: u64,
    /// Widest level first.
    pub shifts: Vec<Shift>,
    /// Two-sided p of the shift within centres; `None` with fewer than 20 of them.
    pub p: Option<f64>,
}

pub(super) fn late(case: &Case) -> Result<Late, Silence> {
    let late = case.late.ok_or(Silence::OneVersion)?;
    let centre = case.centre_chars.ok_or(Silence::NoLevels)?;
    let n_late = late.iter().filter(|&&l| l).count() as u64;
    if n_late == 0 {
        return Err(Silence::TooFew);
    }
    let levels = case.level_chars.iter().enumerate();
    let shifts: Vec<Shift> =
        levels.filter_map(|(level, &chars)| shift(case, late, (level, chars), centre)).collect();
    let own = shifts.iter().find(|s| case.level_chars.get(s.level) == Some(&centre));
    let z = own.and_then(|s| Some((s.shift, s.se.filter(|&se| se > 0.0)?))).map(|(shift, se)| shift / se);
    Ok(Late { n_late, p: z.map(|z| 2.0 * normal_above(z.abs())), shifts })
}

fn shift(case: &Case, late: &[bool], (level, chars): (usize, usize), centre: usize) -> Option<Shift> {
    let counted = case.counted;
    let figures = |i: usize| (u64::from(counted.votes(i)[case.sides.1]), counted.valid(i));
    let code = |i: usize, chars| counted.tables[i].area_code(chars);
    // (Σd, ΣV) per centre, in order of centres.
    let mut clusters: Vec<(f64, f64)> = Vec::new();
    let mut found = Shift { level, n_tables: 0, n_clusters: 0, shift: 0.0, se: None };
    let mut start = 0;
    while start < counted.len() {
        let n = (start..counted.len()).take_while(|&i| code(i, chars) == code(start, chars)).count();
        let (area, begin) = (start..start + n, start);
        start += n;
        let early = area.clone().filter(|&i| !late[i]).map(figures);
        let (y, v) = early.fold((0u64, 0u64), |(y, v), (dy, dv)| (y + dy, v + dv));
        if v == 0 {
            continue;
        }
        let mut last = None;
        for i in area.filter(|&i| late[i] && counted.valid(i) > 0) {
            if last != Some(code(i, centre)) {
                clusters.push((0.0, 0.0));
                last = Some(code(i.max(begin), centre));
            }
            let (own_y, own_v) = figures(i);
            if let Some(cluster) = clusters.last_mut() {
                cluster.0 += own_y as f64 - own_v as f64 * y as f64 / v as f64;
                cluster.1 += own_v as f64;
            }
            found.n_tables += 1;
        }
    }
    let valid: f64 = clusters.iter().map(|c| c.1).sum();
    if valid <= 0.0 {
        return None;
    }
    found.n_clusters = clusters.len() as u64;
    found.shift = clusters.iter().map(|c| c.0).sum::<f64>() / valid;
    let off = |c: &(f64, f64)| (c.0 - found.shift * c.1) * (c.0 - found.shift * c.1);
    let g = clusters.len() as f64;
    found.se = (clusters.len() >= LEAST_CLUSTERS)
        .then(|| libm::sqrt(clusters.iter().map(off).sum::<f64>() * g / (g - 1.0)) / valid);
    Some(found)
}
