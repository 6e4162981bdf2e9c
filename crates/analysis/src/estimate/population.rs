//! The counted sheets as plain columns: what every estimator is a function of.
//!
//! Tables stand in order of their ids and areas are prefixes of ids, so the tables of one unit of any level
//! stand together and a unit is a run.

use tallyproof_core::facts::Facts;
use tallyproof_core::journal::sha256_hex;
use tallyproof_core::reconcile::Sheet;

/// How much is in all, where somebody says so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Whole {
    /// Polling tables in all, N.
    pub n_tables: u64,
    /// Registered electors in all, X: of the register, else the pack's, within the country where it tells
    /// them apart.
    pub electors: Option<u64>,
    /// Electors of each unit of the widest level, by the order of [`Population::strata`]; only where the
    /// register gives every table's electors.
    pub electors_by_stratum: Option<Vec<u64>>,
}

/// The counted sheets, sorted by table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Population {
    /// Votes per table and selection, table after table.
    votes: Vec<u32>,
    n_selections: usize,
    /// Registered electors per table, where known.
    pub electors: Vec<Option<u32>>,
    /// Per level, widest first, and for tables themselves last: the number of each table's unit, from 0 in
    /// order.
    units: Vec<Vec<u32>>,
    /// Codes of the units of the widest level: those with a counted sheet, and those of the register.
    pub strata: Vec<String>,
    /// Stratum of each table.
    stratum: Vec<u32>,
}

impl Population {
    /// Columns of the sheets that count.
    pub fn new(facts: &Facts, sheets: &[Sheet]) -> Self {
        let pack = &facts.pack;
        let counted: Vec<&Sheet> = sheets.iter().filter(|sheet| sheet.counts(pack)).collect();
        // Electors that no table can have are a misreading (rule S302), as in the tabulation.
        let largest = pack.tuning("S302").largest;
        let units = (0..=pack.levels.len()).map(|level| {
            let chars = pack.levels.get(level).map_or(usize::MAX, |level| level.chars);
            runs(counted.iter().map(|sheet| sheet.table.area_code(chars)))
        });
        let (strata, stratum) = strata(facts, &counted);
        Self {
            votes: counted
                .iter()
                .flat_map(|sheet| sheet.values().selections.iter().map(|v| v.count().unwrap_or(0)))
                .collect(),
            n_selections: pack.selections.len(),
            electors: counted
                .iter()
                .map(|s| s.electors.filter(|&e| largest.is_none_or(|most| e <= most)))
                .collect(),
            units: units.collect(),
            strata,
            stratum,
        }
    }

    /// Tables.
    pub fn len(&self) -> usize {
        self.electors.len()
    }

    /// Whether no sheet counts.
    pub fn is_empty(&self) -> bool {
        self.electors.is_empty()
    }

    /// Selections.
    pub fn n_selections(&self) -> usize {
        self.n_selections
    }

    /// Levels of units, tables themselves included as the last.
    pub fn n_levels(&self) -> usize {
        self.units.len()
    }

    /// Votes of one table, in the pack's order.
    pub fn votes(&self, table: usize) -> &[u32] {
        &self.votes[table * self.n_selections..(table + 1) * self.n_selections]
    }

    /// Number of each table's unit at a level; [`Self::n_levels`] − 1 means the table itself.
    pub fn units(&self, level: usize) -> &[u32] {
        &self.units[level]
    }

    /// Units of a level that have a counted sheet.
    pub fn n_units(&self, level: usize) -> usize {
        self.units[level].last().map_or(0, |&last| last as usize + 1)
    }

    /// Stratum of each table: its unit of the widest level, an index of [`Self::strata`].
    pub fn stratum(&self, table: usize) -> u32 {
        self.stratum[table]
    }

    /// The same tables with three columns: the first selection, the second, and all others together.
    /// Margin, ratio and their shares are the same; calibration needs no more.
    pub fn in_three(&self, first: usize, second: usize) -> Self {
        let three = |table: usize| {
            let votes = self.votes(table);
            let other = |&(i, _): &(usize, &u32)| i != first && i != second;
            let rest: u32 = votes.iter().enumerate().filter(other).map(|(_, &v)| v).sum();
            [votes[first], votes[second], rest]
        };
        Self { votes: (0..self.len()).flat_map(three).collect(), n_selections: 3, ..self.clone() }
    }

    /// Hex SHA-256 of the columns: the same sheets, counted the same, give the same.
    pub fn sha256(&self) -> String {
        let columns = self.units.iter().chain([&self.stratum, &self.votes]).flatten().copied();
        let electors = self.electors.iter().map(|e| e.map_or(u32::MAX, |e| e));
        let shape = [self.len(), self.n_selections, self.n_levels()].map(|n| n as u64);
        let mut bytes: Vec<u8> = shape.iter().flat_map(|n| n.to_le_bytes()).collect();
        bytes.extend(columns.chain(electors).flat_map(u32::to_le_bytes));
        sha256_hex(&bytes)
    }

    /// What is in all if these sheets were the whole election.
    pub fn as_whole(&self) -> Whole {
        let known: Option<Vec<u32>> = self.electors.iter().copied().collect();
        let by_stratum = known.map(|electors| {
            let mut sums = vec![0u64; self.strata.len()];
            for (&stratum, &electors) in self.stratum.iter().zip(&electors) {
                sums[stratum as usize] += u64::from(electors);
            }
            sums
        });
        Whole {
            n_tables: self.len() as u64,
            electors: by_stratum.as_ref().map(|sums| sums.iter().sum()).filter(|&all| all > 0),
            electors_by_stratum: by_stratum,
        }
    }
}

impl Whole {
    /// What register and pack say there is in all; strata as in `population`.
    pub fn new(facts: &Facts, population: &Population) -> Self {
        let by_stratum = facts.register.as_ref().and_then(|register| {
            let mut sums = vec![0u64; population.strata.len()];
            for (table, electors) in &register.tables {
                let code = facts.pack.area_of(table, 0);
                let stratum = population.strata.binary_search_by(|s| s.as_str().cmp(code)).ok()?;
                sums[stratum] += u64::from((*electors)?);
            }
            Some(sums)
        });
        let registered = by_stratum.as_ref().map(|sums| sums.iter().sum()).filter(|&all: &u64| all > 0);
        Self {
            n_tables: facts.n_tables(),
            electors: registered.or(facts.pack.electors_domestic).or(facts.pack.electors),
            electors_by_stratum: registered.and(by_stratum),
        }
    }
}

/// Numbers the runs of equal codes.
fn runs<'t>(codes: impl Iterator<Item = &'t str>) -> Vec<u32> {
    let mut last = None;
    let mut number = 0u32;
    codes
        .map(|code| {
            number += u32::from(last.is_some_and(|last| last != code));
            last = Some(code);
            number
        })
        .collect()
}

/// Units of the widest level, of sheets and register, and that of each counted table. Without levels the
/// country is one stratum.
fn strata(facts: &Facts, counted: &[&Sheet]) -> (Vec<String>, Vec<u32>) {
    let code = |table| facts.pack.area_of(table, 0).to_owned();
    let mut codes: Vec<String> = counted.iter().map(|sheet| code(sheet.table)).collect();
    codes.dedup();
    for table in facts.register.iter().flat_map(|register| register.tables.keys()) {
        if codes.last().is_none_or(|last| *last != facts.pack.area_of(table, 0)) {
            codes.push(code(table));
        }
    }
    codes.sort();
    codes.dedup();
    let stratum = counted.iter().map(|sheet| {
        let found = codes.binary_search_by(|c| c.as_str().cmp(facts.pack.area_of(sheet.table, 0)));
        u32::try_from(found.unwrap_or(0)).unwrap_or(0)
    });
    let stratum = stratum.collect();
    (codes, stratum)
}
