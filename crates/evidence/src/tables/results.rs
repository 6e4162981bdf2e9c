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
    let [valid, null, null_unknown, electors, seen] =
        [totals.valid(), totals.null, totals.n_null_unknown, place.electors, totals.n_tables]
            .map(|n| n.to_string());
    let total = known(place.n_tables_total);
    for (selection, votes) in published.pack().selections.iter().zip(&totals.votes) {
        table.row([
            place.level,
            place.area,
            place.name,
            &selection.id,
            &votes.to_string(),
            &valid,
            &null,
            &null_unknown,
            &electors,
            &seen,
            &total,
        ])?;
    }
    Ok(())
}
