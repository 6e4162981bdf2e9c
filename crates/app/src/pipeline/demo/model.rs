//! A made-up country and how it voted.
//!
//! The model, in full. Regions, districts and centres nest; a table belongs to a centre. The support of the
//! leading list over the second at a table is logistic in μ + region + district + centre effects, each
//! a centred Irwin–Hall variate (a sum of twelve uniforms, standard deviation 1) times 0.45, 0.20 and 0.15;
//! μ = 0.35. Two further lists take 3–8 %. Turnout is logistic in 0.9 + 0.25 × variate per centre. Each elector
//! votes or stays at home, and votes for a list and one of its lines, by independent draws; one ballot in
//! 120 is null. Tables go missing centre by centre, with a chance of 4 % to 45 % that differs by region.
//! Every draw comes from ChaCha8 under the seed; `exp` is libm's, so that every machine agrees.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// Regions of the country; `geography` draws them.
pub(super) const REGIONS: [&str; 12] = [
    "Alta Sierra",
    "Brisas",
    "Cabo Norte",
    "Dos Ríos",
    "El Encinar",
    "Faro Viejo",
    "Gran Lago",
    "Huerta Mayor",
    "Isla Baja",
    "Jacaranda",
    "La Ribera",
    "Monte Claro",
];

/// Lists on the ballot: id, name, short name, colour, line labels.
pub(super) const LISTS: [(&str, &str, &str, &str, &[&str]); 4] = [
    ("AF", "Ana Ferreiro", "Ferreiro", "#1f6fb4", &["UNIÓN CÍVICA", "PUEBLOS", "RÍO ARRIBA"]),
    ("BC", "Bruno Castel", "Castel", "#d1701f", &["FRENTE", "TRABAJO", "COSTA", "MERIDIANO", "ALBA"]),
    ("CM", "Carla Montiel", "Montiel", "#7a8f2a", &["VERDE", "HUERTA"]),
    ("DO", "Diego Olmos", "Olmos", "#7b5ea7", &["NUEVA ORILLA"]),
];

/// One polling table as it really voted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemoTable {
    /// Canonical id.
    pub id: String,
    /// Index into `REGIONS`.
    pub region: usize,
    /// Registered electors.
    pub electors: u32,
    /// Votes per ballot line, in order.
    pub lines: Vec<u32>,
    /// Null votes.
    pub null: u32,
    /// Whether a sheet of it ever surfaced.
    pub surfaced: bool,
}

impl DemoTable {
    /// Votes per list.
    pub fn votes(&self) -> Vec<u32> {
        let mut rest = self.lines.as_slice();
        LISTS
            .iter()
            .map(|list| {
                let (own, others) = rest.split_at(list.4.len());
                rest = others;
                own.iter().sum()
            })
            .collect()
    }

    /// Valid votes.
    pub fn valid(&self) -> u32 {
        self.lines.iter().sum()
    }
}

/// The country.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemoElection {
    /// Seed it was drawn from.
    pub seed: u64,
    /// All tables, sorted by id.
    pub tables: Vec<DemoTable>,
}

impl DemoElection {
    /// Draws a country of `n_tables` tables.
    pub fn draw(seed: u64, n_tables: u32) -> Self {
        let mut dice = Dice::new(seed);
        let mut tables = Vec::new();
        let per_region = n_tables.div_ceil(12).max(1);
        for region in 0..REGIONS.len() {
            let missing = 0.04 + 0.41 * dice.uniform();
            let region_effect = 0.35 + 0.45 * dice.variate();
            let left = n_tables.saturating_sub(u32::try_from(tables.len()).unwrap_or(u32::MAX));
            region_tables(&mut dice, &mut tables, region, per_region.min(left), region_effect, missing);
        }
        Self { seed, tables }
    }

    /// Registered electors in all.
    pub fn electors(&self) -> u64 {
        self.tables.iter().map(|table| u64::from(table.electors)).sum()
    }
}

fn region_tables(
    dice: &mut Dice,
    out: &mut Vec<DemoTable>,
    region: usize,
    n: u32,
    effect: f64,
    missing: f64,
) {
    let (mut made, mut centre) = (0, 0);
    let mut district_effect = 0.0;
    while made < n {
        // Eight centres to a district, one to six tables to a centre.
        if centre % 8 == 0 {
            district_effect = 0.20 * dice.variate();
        }
        let n_here = (1 + dice.below(6)).min(n - made);
        let lean = effect + district_effect + 0.15 * dice.variate();
        let turnout = logistic(0.9 + 0.25 * dice.variate());
        let surfaced = dice.uniform() >= missing;
        for number in 1..=n_here {
            let id = format!("{:02}{:02}{:02}.{number:02}", region + 1, centre / 8 + 1, centre % 8 + 1);
            out.push(table(dice, id, region, lean, turnout, surfaced));
        }
        made += n_here;
        centre += 1;
    }
}

fn table(dice: &mut Dice, id: String, region: usize, lean: f64, turnout: f64, surfaced: bool) -> DemoTable {
    let electors = 250 + dice.below(450);
    let small = 0.03 + 0.05 * dice.uniform();
    let first = (1.0 - small) * logistic(lean);
    let mut lines = vec![0; LISTS.iter().map(|list| list.4.len()).sum()];
    let mut null = 0;
    for _ in 0..electors {
        if dice.uniform() >= turnout {
            continue;
        }
        if dice.below(120) == 0 {
            null += 1;
            continue;
        }
        let u = dice.uniform();
        let list = match u {
            u if u < first => 0,
            u if u < 1.0 - small => 1,
            u if u < 1.0 - small / 3.0 => 2,
            _ => 3,
        };
        lines[line_of(list, dice)] += 1;
    }
    DemoTable { id, region, electors, lines, null, surfaced }
}

/// A list's first line takes most of its votes, as the best known party does.
fn line_of(list: usize, dice: &mut Dice) -> usize {
    let start: usize = LISTS[..list].iter().map(|list| list.4.len()).sum();
    let n = u32::try_from(LISTS[list].4.len()).unwrap_or(1);
    let offset = if dice.below(10) < 8 { 0 } else { dice.below(n) };
    start + offset as usize
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-x))
}

/// Random draws from a named generator: the same on every machine.
pub(super) struct Dice(ChaCha8Rng);

impl Dice {
    /// Dice under a seed.
    pub(super) fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// Uniform in 0..1, 32 bits.
    pub(super) fn uniform(&mut self) -> f64 {
        f64::from(self.0.next_u32()) / 4_294_967_296.0
    }

    /// Uniform in 0..n; the bias of multiply-shift is below 2⁻²⁰ for the n in use.
    pub(super) fn below(&mut self, n: u32) -> u32 {
        let scaled = (u64::from(self.0.next_u32()) * u64::from(n)) >> 32;
        u32::try_from(scaled).unwrap_or(0)
    }

    /// Centred Irwin–Hall variate: mean 0, standard deviation 1, within ±6.
    pub(super) fn variate(&mut self) -> f64 {
        (0..12).map(|_| self.uniform()).sum::<f64>() - 6.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_is_an_election() {
        let (a, b) = (DemoElection::draw(7, 240), DemoElection::draw(7, 240));
        assert_eq!(a, b);
        assert_ne!(a, DemoElection::draw(8, 240));
        assert_eq!(a.tables.len(), 240);
        assert!(a.tables.windows(2).all(|pair| pair[0].id < pair[1].id));
        assert!(a.tables.iter().all(|t| t.valid() + t.null <= t.electors));
        let surfaced = a.tables.iter().filter(|t| t.surfaced).count();
        assert!((100..240).contains(&surfaced), "{surfaced}");
    }
}
