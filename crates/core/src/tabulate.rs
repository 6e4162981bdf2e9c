//! Adding up the sheets that count.

use std::collections::BTreeMap;

use crate::facts::Facts;
use crate::pack::Pack;
use crate::reconcile::Sheet;
use crate::sheet::{EvidenceClass, SheetStatus};

/// Votes and tables of some set of sheets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Tables counted.
    pub n_tables: u64,
    /// Votes per selection, in the pack's order.
    pub votes: Vec<u64>,
    /// Blank votes, where the election counts them apart and sheets give them.
    pub blank: u64,
    /// Tables whose sheets give no blank votes.
    pub n_blank_unknown: u64,
    /// Null votes, where sheets give them.
    pub null: u64,
    /// Tables whose sheets give no null votes.
    pub n_null_unknown: u64,
}

impl Totals {
    fn new(n_selections: usize) -> Self {
        Self { votes: vec![0; n_selections], ..Self::default() }
    }

    fn add(&mut self, sheet: &Sheet) {
        self.n_tables += 1;
        for (total, value) in self.votes.iter_mut().zip(&sheet.values().selections) {
            *total += value.votes().unwrap_or(0);
        }
        let values = sheet.values();
        let rest = [
            (values.blank_votes, &mut self.blank, &mut self.n_blank_unknown),
            (values.null, &mut self.null, &mut self.n_null_unknown),
        ];
        for (value, sum, n_unknown) in rest {
            match value.votes() {
                Some(votes) => *sum += votes,
                None => *n_unknown += 1,
            }
        }
    }

    /// Valid votes: the sum over selections, whatever the sheets give as their own total.
    pub fn valid(&self) -> u64 {
        self.votes.iter().sum()
    }

    /// Valid, blank and null votes together; `None` while any table's blank or null votes are not known.
    pub fn cast(&self, pack: &Pack) -> Option<u64> {
        let known = self.n_null_unknown == 0 && (!pack.blank_votes || self.n_blank_unknown == 0);
        known.then(|| self.valid() + self.blank + self.null)
    }

    /// Selections by votes, most first; equal votes keep the pack's order.
    pub fn ranking(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.votes.len()).collect();
        order.sort_by_key(|&i| std::cmp::Reverse(self.votes[i]));
        order
    }

    /// The selection with strictly most votes; `None` on a tie.
    pub fn winner(&self) -> Option<usize> {
        let order = self.ranking();
        let (first, second) = (*order.first()?, *order.get(1)?);
        (self.votes[first] > self.votes[second]).then_some(first)
    }

    /// Votes of the first selection less those of the second.
    pub fn margin(&self) -> u64 {
        let order = self.ranking();
        match order.as_slice() {
            [first, second, ..] => self.votes[*first] - self.votes[*second],
            _ => 0,
        }
    }
}

/// One area's totals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AreaTotals {
    /// Code: leading characters of its tables' ids.
    pub code: String,
    /// Its totals.
    pub totals: Totals,
    /// Registered electors of its counted tables, where known.
    pub electors: u64,
    /// Tables in all, where a register says so.
    pub n_tables_total: Option<u64>,
}

/// Who won how many of the units of one level.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UnitWins {
    /// Units with at least one counted table.
    pub n_seen: u64,
    /// Units won, per selection.
    pub won: Vec<u64>,
    /// Units without a single winner.
    pub ties: u64,
}

impl UnitWins {
    fn new(n_selections: usize) -> Self {
        Self { won: vec![0; n_selections], ..Self::default() }
    }

    fn add(&mut self, winner: Option<usize>) {
        self.n_seen += 1;
        match winner {
            Some(selection) => self.won[selection] += 1,
            None => self.ties += 1,
        }
    }
}

/// What the sheets say, added up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tabulation {
    /// Tables in all.
    pub n_tables_total: u64,
    /// The whole country.
    pub totals: Totals,
    /// Voters on counted sheets: votes of all selections + blank + null, whatever totals the sheets give.
    pub voters: u64,
    /// Registered electors of counted tables where known, plus voters as a floor where not.
    pub electors_floor: u64,
    /// Counted tables whose electors are known.
    pub n_electors_known: u64,
    /// Sum of the electors known.
    pub electors_known: u64,
    /// Counted tables with more ballots than known electors.
    pub n_over_electors: u64,
    /// Valid votes on the largest sheet counted.
    pub largest_valid: u64,
    /// Electors of the largest table counted, where known.
    pub largest_electors: Option<u32>,
    /// Totals per evidence class.
    pub by_class: BTreeMap<EvidenceClass, Totals>,
    /// Sheets per status, counted or not.
    pub by_status: BTreeMap<SheetStatus, u64>,
    /// Areas of each level, by code.
    pub areas: Vec<Vec<AreaTotals>>,
    /// Who won how many areas of each level.
    pub areas_won: Vec<UnitWins>,
    /// Who won how many tables.
    pub tables_won: UnitWins,
}

impl Tabulation {
    /// Tables that count.
    pub fn n_tables_seen(&self) -> u64 {
        self.totals.n_tables
    }

    /// Tables in all less those counted; 0 when more were counted than exist.
    pub fn n_tables_missing(&self) -> u64 {
        self.n_tables_total.saturating_sub(self.n_tables_seen())
    }
}

/// Adds up every sheet that counts under the pack's policy. `sheets` are sorted by table.
pub fn tabulate(facts: &Facts, sheets: &[Sheet]) -> Tabulation {
    let pack = &facts.pack;
    let n = pack.selections.len();
    let mut sum = Tabulation {
        n_tables_total: facts.n_tables(),
        totals: Totals::new(n),
        voters: 0,
        electors_floor: 0,
        n_electors_known: 0,
        electors_known: 0,
        n_over_electors: 0,
        largest_valid: 0,
        largest_electors: None,
        by_class: BTreeMap::new(),
        by_status: BTreeMap::new(),
        areas: vec![Vec::new(); pack.levels.len()],
        areas_won: vec![UnitWins::new(n); pack.levels.len()],
        tables_won: UnitWins::new(n),
    };
    for sheet in sheets {
        *sum.by_status.entry(sheet.status).or_default() += 1;
        if sheet.counts(pack) {
            count(facts, &mut sum, sheet);
        }
    }
    for (wins, areas) in sum.areas_won.iter_mut().zip(&sum.areas) {
        areas.iter().for_each(|area| wins.add(area.totals.winner()));
    }
    if let Some(register) = &facts.register {
        for (level, areas) in sum.areas.iter_mut().enumerate() {
            let mut tables: BTreeMap<&str, u64> = BTreeMap::new();
            register
                .tables
                .keys()
                .for_each(|table| *tables.entry(pack.area_of(table, level)).or_default() += 1);
            cover(areas, &tables, n);
        }
    }
    sum
}

/// Says how many tables each area has, and adds the areas that no counted sheet speaks of: what is missing
/// altogether must show as missing.
fn cover(areas: &mut Vec<AreaTotals>, tables: &BTreeMap<&str, u64>, n_selections: usize) {
    for area in areas.iter_mut() {
        area.n_tables_total = tables.get(area.code.as_str()).copied();
    }
    let seen = areas.len();
    for (&code, &n_tables) in tables {
        if areas[..seen].binary_search_by(|area| area.code.as_str().cmp(code)).is_err() {
            let totals = Totals::new(n_selections);
            areas.push(AreaTotals {
                code: code.to_owned(),
                totals,
                electors: 0,
                n_tables_total: Some(n_tables),
            });
        }
    }
    areas.sort_by(|a, b| a.code.cmp(&b.code));
}

fn count(facts: &Facts, sum: &mut Tabulation, sheet: &Sheet) {
    let n = facts.pack.selections.len();
    sum.totals.add(sheet);
    sum.by_class.entry(sheet.class).or_insert_with(|| Totals::new(n)).add(sheet);
    let valid = sheet.values().selection_sum().unwrap_or(0);
    let ballots = sheet.votes_cast().unwrap_or(0);
    sum.voters += ballots;
    sum.largest_valid = sum.largest_valid.max(valid);
    // Electors that no table can have are a misreading: they would widen what the sheets account for.
    let largest = facts.pack.tuning("S302").largest;
    match sheet.electors.filter(|&electors| largest.is_none_or(|most| electors <= most)) {
        Some(electors) => {
            sum.n_electors_known += 1;
            sum.electors_known += u64::from(electors);
            sum.electors_floor += u64::from(electors).max(ballots);
            sum.n_over_electors += u64::from(ballots > u64::from(electors));
            sum.largest_electors = sum.largest_electors.max(Some(electors));
        }
        None => sum.electors_floor += ballots,
    }
    let mut table = Totals::new(n);
    table.add(sheet);
    sum.tables_won.add(table.winner());
    // Sheets are sorted by table and areas are prefixes, so an area's tables stand together.
    for (level, areas) in sum.areas.iter_mut().enumerate() {
        let code = facts.pack.area_of(sheet.table, level);
        if areas.last().is_none_or(|area: &AreaTotals| area.code != code) {
            areas.push(AreaTotals {
                code: code.to_owned(),
                totals: Totals::new(n),
                electors: 0,
                n_tables_total: None,
            });
        }
        if let Some(area) = areas.last_mut() {
            area.totals.add(sheet);
            area.electors += u64::from(sheet.electors.unwrap_or(0));
        }
    }
}
