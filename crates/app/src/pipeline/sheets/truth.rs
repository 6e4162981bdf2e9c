//! What the made-up sheets say: tables of the register, or ids that the pattern allows, and votes drawn for them.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use tallyproof_core::pack::Pack;
use tallyproof_core::sheet::{FieldValue, SheetValues};
use tallyproof_core::table::TableId;

use super::SheetsRequest;
use crate::pipeline::packs::LoadedPack;

/// One made-up sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Truth {
    /// Its table.
    pub table: TableId,
    /// Every figure of it.
    pub values: SheetValues,
}

/// Draws the sheets, sorted by table.
pub fn draw(loaded: &LoadedPack, request: SheetsRequest) -> Vec<Truth> {
    let mut chance = Chance(ChaCha8Rng::seed_from_u64(request.seed));
    // The first selections get the most, so that a report has something to show; all alike would look like a fault.
    let weights: Vec<u32> = (0..loaded.pack.selections.len())
        .map(|i| 1_000 / u32::try_from(i + 1).unwrap_or(u32::MAX) + chance.below(60))
        .collect();
    let mut tables = tables(loaded, request.n_sheets);
    tables.sort();
    tables.dedup_by(|a, b| a.0 == b.0);
    let drawn = |(table, electors): (TableId, Option<u32>)| {
        let electors = electors.unwrap_or_else(|| 180 + chance.below(420));
        Truth { table, values: values(&loaded.pack, electors, &weights, &mut chance) }
    };
    tables.into_iter().map(drawn).collect()
}

/// Tables spread over the register; without one, ids that fit the pattern, over the areas that the pack names.
fn tables(loaded: &LoadedPack, n: u32) -> Vec<(TableId, Option<u32>)> {
    let pack = &loaded.pack;
    if let Some(register) = &loaded.register {
        let all = register.tables.len();
        let wanted = (n as usize).min(all);
        let every = all.checked_div(wanted).unwrap_or(1).max(1);
        let chosen = register.tables.iter().step_by(every).take(wanted);
        return chosen.map(|(table, electors)| (table.clone(), *electors)).collect();
    }
    let n = u64::from(n).min(pack.n_tables);
    let n = u32::try_from(n).unwrap_or(u32::MAX);
    let mut prefixes: Vec<String> =
        pack.areas.keys().filter(|(level, _)| *level == 0).map(|(_, code)| code.clone()).collect();
    if prefixes.is_empty() {
        let chars = pack.levels.first().map_or(0, |level| level.chars);
        prefixes = (1..=3).filter_map(|i| area(pack, chars, i)).collect();
        prefixes.dedup();
    }
    let n_areas = u32::try_from(prefixes.len()).unwrap_or(u32::MAX).max(1);
    let from = pack.numbered_from.unwrap_or(1);
    (0..n)
        .filter_map(|i| {
            let prefix = prefixes.get((i % n_areas) as usize)?;
            Some((pack.pattern.numbered(prefix, from.saturating_add(i / n_areas))?, None))
        })
        .collect()
}

/// The pattern's first `chars` characters with the digits of `number` from the right.
fn area(pack: &Pack, chars: usize, number: u32) -> Option<String> {
    let head = pack.pattern.as_str().get(..chars)?;
    let width = head.bytes().filter(|&b| b == b'#').count();
    let digits = format!("{number:0width$}");
    if width == 0 || digits.len() != width {
        return Some(head.replace('#', "0"));
    }
    let mut digits = digits.chars();
    Some(head.chars().map(|c| if c == '#' { digits.next().unwrap_or('0') } else { c }).collect())
}

fn values(pack: &Pack, electors: u32, weights: &[u32], chance: &mut Chance) -> SheetValues {
    let turnout = 52 + chance.below(34);
    let ballots = share(electors, turnout, 100);
    let null = share(ballots, 5 + chance.below(35), 1_000);
    // Asked only where it is needed: sheets without blank votes stay those that the seed gave before.
    let blank = if pack.blank_votes { share(ballots, 5 + chance.below(40), 1_000) } else { 0 };
    let valid = ballots - null - blank;
    // Each table leans its own way.
    let weights: Vec<u32> = weights.iter().map(|w| w * (60 + chance.below(80)) / 100 + 1).collect();
    let all: u32 = weights.iter().sum();
    let mut selections: Vec<u32> = weights.iter().map(|&w| share(valid, w, all)).collect();
    let rest = valid - selections.iter().sum::<u32>();
    if let Some(first) = selections.first_mut() {
        *first += rest;
    }
    let count = |n: u32| FieldValue::Count(n);
    let mut values = SheetValues::unread(pack.selections.len());
    values.lines = lines(pack, &selections, chance).into_iter().map(count).collect();
    values.selections = selections.into_iter().map(count).collect();
    values.valid = count(valid);
    if pack.blank_votes {
        values.blank_votes = count(blank);
    }
    values.null = count(null);
    values.ballots = count(ballots);
    values.electors = count(electors);
    values
}

/// A selection's first line has the most of its votes.
fn lines(pack: &Pack, selections: &[u32], chance: &mut Chance) -> Vec<u32> {
    let mut lines = vec![0; pack.lines.len()];
    for (i, &votes) in selections.iter().enumerate() {
        let own: Vec<usize> = (0..pack.lines.len()).filter(|&l| pack.lines[l].selection == i).collect();
        let mut rest = votes;
        for &line in own.iter().skip(1).rev() {
            let some = share(votes / 4, chance.below(100), 100).min(rest);
            lines[line] = some;
            rest -= some;
        }
        if let Some(&first) = own.first() {
            lines[first] = rest;
        }
    }
    lines
}

/// `part` of `whole` of a number, rounded down.
fn share(number: u32, part: u32, whole: u32) -> u32 {
    let exact = u64::from(number) * u64::from(part) / u64::from(whole.max(1));
    u32::try_from(exact).unwrap_or(u32::MAX)
}

struct Chance(ChaCha8Rng);

impl Chance {
    fn below(&mut self, n: u32) -> u32 {
        self.0.next_u32() % n
    }
}
