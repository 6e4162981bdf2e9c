//! The sheets that count, as bare numbers: what every analysis of sheets is a function of.

use tallyproof_core::facts::Facts;
use tallyproof_core::reconcile::Sheet;
use tallyproof_core::table::TableId;

/// Figures of the counted sheets, sorted by table. Votes lie in one block: a million sheets are common.
#[derive(Clone, Debug, Default)]
pub struct Counted<'f> {
    /// Their tables.
    pub tables: Vec<&'f TableId>,
    /// Registered electors, where known.
    pub electors: Vec<Option<u32>>,
    /// Valid, blank and null votes as the sheet's own parts add up, whatever totals it prints.
    pub cast: Vec<u64>,
    /// Whether every sheet gives all kinds of votes that are not valid: elsewhere `cast` is the least that were cast.
    pub cast_is_known: bool,
    votes: Vec<u32>,
    n_selections: usize,
}

impl<'f> Counted<'f> {
    /// Takes the sheets that the pack's policy counts.
    pub fn new(facts: &Facts, sheets: &[Sheet<'f>]) -> Self {
        let n_selections = facts.pack.selections.len();
        let mut counted = Self { n_selections, cast_is_known: true, ..Self::default() };
        for sheet in sheets.iter().filter(|sheet| sheet.counts(&facts.pack)) {
            let values = sheet.values();
            counted.tables.push(sheet.table);
            counted.electors.push(sheet.electors);
            counted.cast.push(sheet.votes_cast().unwrap_or(0));
            counted.cast_is_known &= facts.pack.gives_not_valid(values);
            counted.votes.extend(
                (0..n_selections).map(|s| values.selections.get(s).and_then(|v| v.count()).unwrap_or(0)),
            );
        }
        counted
    }

    /// Sheets given by themselves, sorted by table: `votes` holds `n_selections` figures for each. Sheets that
    /// lack figures in any of the lists are left out.
    pub fn of(
        tables: Vec<&'f TableId>,
        electors: Vec<Option<u32>>,
        cast: Vec<u64>,
        votes: Vec<u32>,
        n_selections: usize,
    ) -> Self {
        let n = tables.len().min(electors.len()).min(cast.len()).min(votes.len() / n_selections.max(1));
        let mut counted = Self { tables, electors, cast, cast_is_known: true, votes, n_selections };
        counted.tables.truncate(n);
        counted.electors.truncate(n);
        counted.cast.truncate(n);
        counted.votes.truncate(n * n_selections);
        counted
    }

    /// Number of sheets.
    pub fn len(&self) -> usize {
        self.tables.len()
    }

    /// Whether no sheet counts.
    pub fn is_empty(&self) -> bool {
        self.tables.is_empty()
    }

    /// Votes of one sheet by selection, in the pack's order.
    pub fn votes(&self, sheet: usize) -> &[u32] {
        &self.votes[sheet * self.n_selections..(sheet + 1) * self.n_selections]
    }

    /// Valid votes of one sheet: the sum over selections.
    pub fn valid(&self, sheet: usize) -> u64 {
        self.votes(sheet).iter().map(|&v| u64::from(v)).sum()
    }

    /// Votes for several selections together, sheet by sheet.
    pub fn votes_for(&self, selections: &[usize]) -> Vec<u64> {
        let on = |sheet| {
            let votes = self.votes(sheet);
            selections.iter().filter_map(|&s| votes.get(s)).map(|&v| u64::from(v)).sum()
        };
        (0..self.len()).map(on).collect()
    }

    /// The sheets of one area: `chars` leading characters of the table id are `code`.
    pub fn within(&self, chars: usize, code: &str) -> Self {
        let (n_selections, cast_is_known) = (self.n_selections, self.cast_is_known);
        let mut part = Self { n_selections, cast_is_known, ..Self::default() };
        for i in (0..self.len()).filter(|&i| self.tables[i].area_code(chars) == code) {
            part.tables.push(self.tables[i]);
            part.electors.push(self.electors[i]);
            part.cast.push(self.cast[i]);
            part.votes.extend_from_slice(self.votes(i));
        }
        part
    }
}
