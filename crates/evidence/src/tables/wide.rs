//! `sheets-wide.csv`: one row per polling table with everything on it: area names, every ballot line.

use std::io::{self, Write};

use tallyproof_core::sheet::FieldValue;
use tallyproof_core::tidy::Table;

use super::{BundleTable, Columns, Published, Spec, classes, flag, known, statuses};

pub(super) const SPECS: &[Spec] = &[
    Spec::text("table").required().unique(),
    Spec::texts(Columns::LevelCodes).required(),
    Spec::texts(Columns::LevelNames),
    Spec::text("status").required().one_of(statuses),
    Spec::text("class").required().one_of(classes),
    Spec::flag("counted").required(),
    Spec::integers(Columns::Lines),
    Spec::integers(Columns::Selections),
    Spec::integer("valid"),
    Spec::of_blank("blank"),
    Spec::integer("null"),
    Spec::integer("ballots"),
    Spec::integer("reserved"),
    Spec::integer("electors"),
    Spec::text("source").required(),
    Spec::text("channel").required(),
];

pub(super) fn write<W: Write>(published: &Published<'_>, out: W) -> io::Result<W> {
    let (facts, pack) = (published.facts, published.pack());
    let mut table = Table::new(out, BundleTable::SheetsWide.header(pack))?;
    let figure = |value: FieldValue| known(value.count());
    // Tables of one area stand together: its name is looked up once.
    let mut names: Vec<(&str, &str)> = vec![("", ""); pack.levels.len()];
    for sheet in &published.analysis.sheets {
        let values = sheet.values();
        let mut cells = vec![sheet.table.to_string()];
        for (level, name) in names.iter_mut().enumerate() {
            let code = pack.area_of(sheet.table, level);
            if name.0 != code {
                *name = (code, facts.area_name(level, code).unwrap_or_default());
            }
        }
        cells.extend(names.iter().map(|(code, _)| (*code).to_owned()));
        cells.extend(names.iter().map(|(_, name)| (*name).to_owned()));
        cells.extend([sheet.status.code(), sheet.class.code()].map(str::to_owned));
        cells.push(flag(sheet.counts(pack)));
        let line = |i: usize| values.lines.get(i).copied().map(figure).unwrap_or_default();
        cells.extend((0..pack.lines.len()).map(line));
        cells.extend(values.selections.iter().copied().map(figure));
        cells.push(figure(values.valid));
        cells.extend(pack.blank_votes.then(|| figure(values.blank_votes)));
        cells.extend([values.null, values.ballots, values.reserved].map(figure));
        cells.push(known(sheet.electors));
        let leading = sheet.leading();
        cells.extend([leading.source, leading.channel.code()].map(str::to_owned));
        table.row(&cells)?;
    }
    table.finish()
}
