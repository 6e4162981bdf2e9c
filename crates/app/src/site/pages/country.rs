//! The election's areas and tables, as pages show them: every table that a sheet, the register or a finding
//! speaks of, and on which page it stands.

use std::collections::BTreeMap;
use std::ops::Range;

use tallyproof_analysis::results::Analysis;
use tallyproof_core::facts::Facts;
use tallyproof_core::reconcile::Sheet;
use tallyproof_core::rules::Finding;
use tallyproof_core::table::TableId;

use super::address;

/// Most tables on one page, unless one centre has more: about 100 kB, and few enough to find one's own.
pub(super) const MOST_TABLES: usize = 60;

/// One table.
pub(super) struct Entry<'f> {
    pub(super) table: &'f TableId,
    /// Its sheet; `None` where the table is known and nobody gives a sheet for it.
    pub(super) sheet: Option<&'f Sheet<'f>>,
    pub(super) findings: Vec<&'f Finding>,
}

/// One area, whose tables stand together.
pub(super) struct Area {
    pub(super) code: String,
    /// Its tables, indices of [`Country::entries`].
    pub(super) entries: Range<usize>,
    /// Its pages' tables, where the area is one whose pages show tables.
    pub(super) parts: Vec<Range<usize>>,
}

/// Areas of one level.
pub(super) struct AreaLevel {
    /// Index into the pack's levels; `None` is the whole country.
    pub(super) level: Option<usize>,
    pub(super) areas: Vec<Area>,
}

/// All areas and tables.
pub(super) struct Country<'f> {
    /// Sorted by table.
    pub(super) entries: Vec<Entry<'f>>,
    /// Listed levels, widest first; the last one's areas have pages with tables. Never empty.
    pub(super) levels: Vec<AreaLevel>,
    /// Level whose areas are headings on these pages: the lowest, where it is not listed.
    pub(super) section: Option<usize>,
}

impl<'f> Country<'f> {
    pub(super) fn new(facts: &'f Facts, analysis: &'f Analysis<'f>) -> Self {
        let pack = &facts.pack;
        let entries = entries(facts, analysis);
        let listed: Vec<usize> = (0..pack.levels.len()).filter(|&level| pack.levels[level].listed).collect();
        let section = pack.lowest_level().filter(|lowest| listed.last() != Some(lowest));
        let chars = |level: usize| pack.levels[level].chars;
        let mut levels: Vec<AreaLevel> = listed
            .iter()
            .map(|&level| AreaLevel { level: Some(level), areas: areas(&entries, chars(level)) })
            .collect();
        if levels.is_empty() {
            let whole = Area { code: String::new(), entries: 0..entries.len(), parts: Vec::new() };
            levels.push(AreaLevel { level: None, areas: vec![whole] });
        }
        let mut country = Self { entries, levels, section };
        let split = |area: &Area| parts(&country.sections(&area.entries, section.map(chars)));
        let parts: Vec<Vec<Range<usize>>> = country.leaves().areas.iter().map(split).collect();
        if let Some(last) = country.levels.last_mut() {
            last.areas.iter_mut().zip(parts).for_each(|(area, parts)| area.parts = parts);
        }
        country
    }

    /// The level whose areas' pages show tables.
    pub(super) fn leaves(&self) -> &AreaLevel {
        &self.levels[self.levels.len() - 1]
    }

    /// Tables of a range, centre by centre; all together where centres are no level.
    pub(super) fn sections(&self, range: &Range<usize>, chars: Option<usize>) -> Vec<Range<usize>> {
        let code = |entry: &Entry<'f>| chars.map_or("", |chars| entry.table.area_code(chars));
        let mut start = range.start;
        let tables = &self.entries[range.clone()];
        let section = |group: &[Entry<'f>]| {
            let section = start..start + group.len();
            start = section.end;
            section
        };
        tables.chunk_by(|a, b| code(a) == code(b)).map(section).collect()
    }

    /// Areas of the next level within an area of this one.
    pub(super) fn children(&self, level: usize, area: &Area) -> &[Area] {
        let Some(below) = self.levels.get(level + 1) else { return &[] };
        let from = below.areas.partition_point(|a| a.entries.start < area.entries.start);
        let to = below.areas.partition_point(|a| a.entries.start < area.entries.end);
        &below.areas[from..to]
    }

    /// Page, without `.html`, of the table with this index.
    pub(super) fn page_of(&self, index: usize) -> Option<String> {
        let leaves = self.leaves();
        let at = leaves.areas.partition_point(|area| area.entries.end <= index);
        let area = leaves.areas.get(at)?;
        let part = area.parts.iter().position(|part| part.contains(&index))?;
        Some(address::area(leaves.level, &area.code, part))
    }

    /// Page and anchor of a table, from the folder of area pages.
    pub(super) fn link_to(&self, table: &TableId) -> Option<String> {
        let index = self.entries.binary_search_by(|entry| entry.table.cmp(table)).ok()?;
        Some(format!("{}.html#{}", self.page_of(index)?, address::anchor('t', table.as_str())))
    }
}

fn entries<'f>(facts: &'f Facts, analysis: &'f Analysis<'f>) -> Vec<Entry<'f>> {
    fn place<'e, 'f>(
        tables: &'e mut BTreeMap<&'f TableId, Entry<'f>>,
        table: &'f TableId,
    ) -> &'e mut Entry<'f> {
        tables.entry(table).or_insert_with(|| Entry { table, sheet: None, findings: Vec::new() })
    }
    let mut tables: BTreeMap<&TableId, Entry> = BTreeMap::new();
    for sheet in &analysis.sheets {
        place(&mut tables, sheet.table).sheet = Some(sheet);
    }
    for table in facts.register.iter().flat_map(|register| register.tables.keys()) {
        place(&mut tables, table);
    }
    for finding in &analysis.findings {
        if let Some(table) = &finding.table {
            place(&mut tables, table).findings.push(finding);
        }
    }
    tables.into_values().collect()
}

/// Areas are prefixes and tables are sorted, so an area's tables stand together.
fn areas(entries: &[Entry], chars: usize) -> Vec<Area> {
    let mut start = 0;
    let area = |group: &[Entry]| {
        let range = start..start + group.len();
        start = range.end;
        let code = group.first().map_or("", |entry| entry.table.area_code(chars)).to_owned();
        Area { code, entries: range, parts: Vec::new() }
    };
    entries.chunk_by(|a, b| a.table.area_code(chars) == b.table.area_code(chars)).map(area).collect()
}

/// Pages of an area: whole centres, at most [`MOST_TABLES`] tables unless one centre has more. A centre of more
/// than that is cut.
fn parts(sections: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut parts: Vec<Range<usize>> = Vec::new();
    for section in sections {
        match parts.last_mut() {
            Some(part) if section.end - part.start <= MOST_TABLES => part.end = section.end,
            _ => {
                let starts = section.clone().step_by(MOST_TABLES);
                parts.extend(starts.map(|start| start..(start + MOST_TABLES).min(section.end)));
            }
        }
    }
    if parts.is_empty() {
        // An election of which nothing is known yet has its page too.
        let start = sections.first().map_or(0, |section| section.start);
        parts.push(start..start);
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_keep_centres_whole() {
        assert_eq!(parts(&[0..40, 40..59, 59..61]), [0..59, 59..61]);
        assert_eq!(parts(&[5..70, 70..71]), [5..65, 65..71]);
        let none: std::ops::Range<usize> = 0..0;
        assert_eq!(parts(&[]), std::slice::from_ref(&none));
    }
}
