//! `results.csv`: totals, one row per area and selection.

use std::io::{self, Write};

use tallyproof_core::tabulate::Totals;
use tallyproof_core::tidy::Table;

use super::{BundleTable, Published, Spec, known};

/// What the whole is called, as level and as area.
const ALL: &str = "all";

pub(super) const SPECS: &[Spec] = &[
    Spec::text("level").required(),
    Spec::text("area").required(),
    Spec::text("name"),
    Spec::text("selection").required(),
    Spec::integer("votes").required(),
    Spec::integer("valid").required(),
    Spec::of_blank("blank").required(),
    Spec::of_blank("blank-unknown").required(),
    Spec::integer("null").required(),
    Spec::integer("null-unknown").required(),
    Spec::integer("electors").required(),
    Spec::integer("tables-seen").required(),
    Spec::integer("tables-total"),
];

/// What rows of one area have in common.
struct Place<'a> {
    level: &'a str,
    area: &'a str,
    name: &'a str,
    electors: u64,
    n_tables_total: Option<u64>,
}

pub(super) fn write<W: Write>(published: &Published<'_>, out: W) -> io::Result<W> {
    let (facts, tab) = (published.facts, &published.tabulation);
    let mut table = Table::new(out, BundleTable::Results.header(&facts.pack))?;
    let whole = Place {
        level: ALL,
        area: ALL,
        name: &facts.pack.title.en,
        electors: tab.electors_known,
        n_tables_total: Some(tab.n_tables_total),
    };
    rows(published, &mut table, &whole, &tab.totals)?;
    for (index, (level, areas)) in facts.pack.levels.iter().zip(&tab.areas).enumerate() {
        for area in areas {
            let place = Place {
                level: &level.id,
                area: &area.code,
                name: facts.area_name(index, &area.code).unwrap_or_default(),
                electors: area.electors,
                n_tables_total: area.n_tables_total,
            };
            rows(published, &mut table, &place, &area.totals)?;
        }
    }
    table.finish()
}

fn rows<W: Write>(
    published: &Published<'_>,
    table: &mut Table<W>,
    place: &Place<'_>,
    totals: &Totals,
) -> io::Result<()> {
    let pack = published.pack();
    let blank = [totals.blank, totals.n_blank_unknown].into_iter().filter(|_| pack.blank_votes);
    let rest = [totals.null, totals.n_null_unknown, place.electors, totals.n_tables];
    let shared: Vec<String> = std::iter::once(totals.valid())
        .chain(blank)
        .chain(rest)
        .map(|n| n.to_string())
        .chain([known(place.n_tables_total)])
        .collect();
    for (selection, votes) in pack.selections.iter().zip(&totals.votes) {
        let votes = votes.to_string();
        let own = [place.level, place.area, place.name, &selection.id, &votes];
        table.row(own.into_iter().chain(shared.iter().map(String::as_str)))?;
    }
    Ok(())
}
