//! Honest elections, made up: what screening must stay silent about.
//!
//! Sizes, geographies, strongholds where nearly everybody votes alike, tables whose size goes with how they
//! vote, and more variation within centres than chance gives (φ 1.0–1.5). Every election is a function of
//! its seed.

use tallyproof_analysis::counted::Counted;
use tallyproof_analysis::forensics::{Case, Screening, screen};
use tallyproof_core::table::{TableId, TablePattern};

/// Level prefixes of a table id `SSMMMMCCCC.TT`: state, municipality, centre.
pub(crate) const LEVELS: [usize; 3] = [2, 6, 10];

/// SplitMix64 (Steele, Lea & Flood 2014): small, and the same everywhere.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Evenly in (0, 1).
    pub(crate) fn unit(&mut self) -> f64 {
        ((self.next() >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    }

    pub(crate) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    pub(crate) fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    fn normal(&mut self) -> f64 {
        (-2.0 * self.unit().ln()).sqrt() * (std::f64::consts::TAU * self.unit()).cos()
    }

    /// Marsaglia & Tsang 2000; for shapes below 1 by their boost.
    fn gamma(&mut self, shape: f64) -> f64 {
        if shape < 1.0 {
            return self.gamma(shape + 1.0) * self.unit().powf(1.0 / shape);
        }
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        loop {
            let x = self.normal();
            let v = (1.0 + c * x).powi(3);
            if v > 0.0 && self.unit().ln() < 0.5 * x * x + d - d * v + d * v.ln() {
                return d * v;
            }
        }
    }

    /// A share whose binomial counts on n votes vary φ times as much as chance.
    fn beta_around(&mut self, p: f64, phi: f64, n: u64) -> f64 {
        let rho = (phi - 1.0) / (n as f64 - 1.0).max(1.0);
        if rho < 1e-9 || p <= 0.0 || p >= 1.0 {
            return p;
        }
        let weight = 1.0 / rho - 1.0;
        let (a, b) = (self.gamma(p * weight), self.gamma((1.0 - p) * weight));
        if a + b > 0.0 { a / (a + b) } else { p }
    }

    /// Exactly binomial, by inversion outwards from the mode.
    fn binomial(&mut self, n: u64, p: f64) -> u64 {
        if n == 0 || p <= 0.0 {
            return 0;
        }
        if p >= 1.0 {
            return n;
        }
        let mode = (((n + 1) as f64 * p) as u64).min(n);
        let ln = |x: u64| libm::lgamma(x as f64 + 1.0);
        let at_mode =
            (ln(n) - ln(mode) - ln(n - mode) + mode as f64 * p.ln() + (n - mode) as f64 * (1.0 - p).ln())
                .exp();
        let odds = p / (1.0 - p);
        let mut left = self.unit() - at_mode;
        let (mut up, mut down) = ((mode, at_mode), (mode, at_mode));
        while left > 0.0 {
            if up.0 < n {
                up = (up.0 + 1, up.1 * (n - up.0) as f64 / (up.0 + 1) as f64 * odds);
                left -= up.1;
                if left <= 0.0 {
                    return up.0;
                }
            }
            if down.0 > 0 {
                down = (down.0 - 1, down.1 * down.0 as f64 / (n - down.0 + 1) as f64 / odds);
                left -= down.1;
                if left <= 0.0 {
                    return down.0;
                }
            }
            if up.1 + down.1 < 1e-300 {
                break;
            }
        }
        mode
    }
}

/// One made-up election.
pub(crate) struct Election {
    pub(crate) tables: Vec<TableId>,
    pub(crate) votes: Vec<[u32; 3]>,
    electors: Vec<u32>,
    cast: Vec<u64>,
    late: Option<Vec<bool>>,
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

impl Election {
    /// The honest election of a seed: 40 to 2,500 centres.
    pub(crate) fn honest(seed: u64) -> Self {
        let mut dice = Dice::new(seed ^ 0x007a_1197_2024);
        let n_centres = (40.0 * (2_500.0f64 / 40.0).powf(dice.unit())) as u64;
        let phi = dice.between(1.0, 1.5);
        let shape = Shape {
            lean: dice.between(-1.2, 1.8),
            spread: dice.between(0.2, 1.2),
            strongholds: dice.between(0.0, 0.2),
            size_goes_with_vote: dice.between(-0.8, 0.8),
            others: dice.between(0.002, 0.15),
            largest: dice.between(150.0, 900.0),
        };
        Self::of(&mut dice, n_centres, phi, &shape)
    }

    fn of(dice: &mut Dice, n_centres: u64, phi: f64, shape: &Shape) -> Self {
        let pattern = TablePattern::parse("##########.##").unwrap();
        let mut election = Self { tables: vec![], votes: vec![], electors: vec![], cast: vec![], late: None };
        let per_state = (n_centres / 12).max(5);
        let (mut of_state, mut of_municipality) = (0.0, 0.0);
        for centre in 0..n_centres {
            if centre % per_state == 0 {
                of_state = shape.spread * 0.6 * dice.normal();
            }
            if centre % 8 == 0 {
                of_municipality = shape.spread * 0.5 * dice.normal();
            }
            let own = of_state + of_municipality + shape.spread * dice.normal();
            let stronghold = dice.unit() < shape.strongholds;
            let p = match (stronghold, dice.below(3) == 0) {
                (true, true) => dice.between(0.01, 0.08),
                (true, false) => dice.between(0.92, 0.995),
                _ => logistic(shape.lean + own),
            };
            let crowd = (1.2 + 0.8 * dice.normal() + shape.size_goes_with_vote * own).exp();
            let n_tables = (crowd.round() as u64).clamp(1, 14);
            let turnout = logistic(0.4 + 0.4 * dice.normal() + 0.5 * own);
            for number in 1..=n_tables {
                let id = format!("{:02}{:04}{:04}.{number:02}", centre / per_state, centre / 8, centre);
                let electors = (shape.largest * dice.between(0.3, 1.0)) as u64 + 10;
                let cast = dice.binomial(electors, turnout);
                let null = dice.binomial(cast, 0.004);
                let valid = cast - null;
                let others = dice.binomial(valid, shape.others);
                let share = dice.beta_around(p, phi, valid - others);
                let first = dice.binomial(valid - others, share);
                let as_u32 = |n: u64| u32::try_from(n).unwrap();
                election.tables.push(pattern.id(&id).unwrap());
                election.votes.push([first, valid - others - first, others].map(as_u32));
                election.electors.push(as_u32(electors));
                election.cast.push(cast);
            }
        }
        // A third of the elections were published in two steps; which tables come late has its own geography.
        if dice.below(3) == 0 {
            let mut late = Vec::with_capacity(election.tables.len());
            let mut chance = 0.0;
            for (i, table) in election.tables.iter().enumerate() {
                if i == 0 || election.tables[i - 1].area_code(LEVELS[1]) != table.area_code(LEVELS[1]) {
                    chance = if dice.below(4) == 0 { 0.4 } else { 0.03 };
                }
                late.push(dice.unit() < chance);
            }
            election.late = Some(late);
        }
        election
    }

    /// Counts all of its sheets.
    pub(crate) fn counted(&self) -> Counted<'_> {
        let votes = self.votes.iter().flatten().copied().collect();
        let electors = self.electors.iter().map(|&e| Some(e)).collect();
        Counted::of(self.tables.iter().collect(), electors, self.cast.clone(), votes, 3)
    }

    /// Screens it.
    pub(crate) fn screened(&self) -> Screening {
        let counted = self.counted();
        let totals = [0, 1, 2].map(|s| self.votes.iter().map(|v| u64::from(v[s])).sum::<u64>());
        let mut order = [0, 1, 2];
        order.sort_by_key(|&s| std::cmp::Reverse(totals[s]));
        screen(&Case {
            counted: &counted,
            sides: (order[0], order[1]),
            centre_chars: Some(LEVELS[2]),
            level_chars: &LEVELS,
            late: self.late.as_deref(),
        })
    }

    /// Tables that have a neighbour in their centre, and at least so many valid votes.
    pub(crate) fn with_neighbours(&self, least: u32) -> Vec<usize> {
        let code = |i: usize| self.tables[i].area_code(LEVELS[2]);
        let n = self.tables.len();
        let has = |i: usize| (i > 0 && code(i) == code(i - 1)) || (i + 1 < n && code(i) == code(i + 1));
        (0..n).filter(|&i| has(i) && self.votes[i].iter().sum::<u32>() >= least).collect()
    }
}

struct Shape {
    lean: f64,
    spread: f64,
    strongholds: f64,
    size_goes_with_vote: f64,
    others: f64,
    largest: f64,
}

/// What was planted, and whether it was found.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Planted {
    /// Two tables of different centres have each other's figures.
    Swap,
    /// Thirty percent of the first side's votes on one table stand under the second.
    Transfer,
}

/// Plants one thing in the honest election of a seed. `None` where it has no two tables to compare.
/// Gives whether it is a finding, whether a touched table is on the list to inspect first, and how far the
/// touched shares moved, in points.
pub(crate) fn plant(seed: u64, what: Planted) -> Option<(bool, bool, f64)> {
    let mut election = Election::honest(seed);
    let mut dice = Dice::new(seed.wrapping_mul(31).wrapping_add(7));
    let able = election.with_neighbours(100);
    let pick =
        |dice: &mut Dice| able.get(usize::try_from(dice.below(able.len().max(1) as u64)).unwrap()).copied();
    let a = pick(&mut dice)?;
    let share = |v: [u32; 3]| 100.0 * f64::from(v[0]) / f64::from(v.iter().sum::<u32>().max(1));
    let before = share(election.votes[a]);
    let touched = match what {
        Planted::Swap => {
            let b = pick(&mut dice)
                .filter(|&b| election.tables[b].area_code(10) != election.tables[a].area_code(10))?;
            election.votes.swap(a, b);
            vec![a, b]
        }
        Planted::Transfer => {
            let moved = election.votes[a][0] * 3 / 10;
            election.votes[a][0] -= moved;
            election.votes[a][1] += moved;
            vec![a]
        }
    };
    let after = share(election.votes[a]);
    let screening = election.screened();
    let listed = screening.homogeneity.as_ref().is_ok_and(|h| {
        h.inspect_first.iter().any(|o| touched.iter().any(|&i| election.tables[i] == o.table))
    });
    Some((screening.outcomes[0].is_finding(), listed, (after - before).abs()))
}
