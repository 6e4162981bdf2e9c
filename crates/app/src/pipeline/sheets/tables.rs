//! The made-up sheets as tables of numbers: the truth, and as each mapping of the pack expects a file.

use tallyproof_core::pack::{Delimiter, Encoding, Mapping, Pack};
use tallyproof_core::sheet::{Field, FieldValue};

use super::{Truth, area_name};
use crate::pipeline::packs::LoadedPack;

/// What every sheet says: table, ballot lines, selections, totals.
pub(super) fn truth(pack: &Pack, sheets: &[Truth]) -> Vec<u8> {
    let mut header = vec!["table".to_owned()];
    header.extend((1..=pack.lines.len()).map(|n| format!("line-{n}")));
    header.extend(pack.selections.iter().map(|s| s.id.clone()));
    let totals: Vec<(&str, Field)> = [
        ("valid", Field::Valid),
        ("blank", Field::BlankVotes),
        ("null", Field::Null),
        ("ballots", Field::Ballots),
        ("electors", Field::Electors),
    ]
    .into_iter()
    .filter(|(_, field)| pack.blank_votes || *field != Field::BlankVotes)
    .collect();
    header.extend(totals.iter().map(|(name, _)| (*name).to_owned()));
    let rows = sheets.iter().map(|sheet| {
        let values = &sheet.values;
        let votes = values.lines.iter().chain(&values.selections).copied();
        let figures = votes.chain(totals.iter().map(|(_, field)| values.value(*field)));
        std::iter::once(sheet.table.to_string()).chain(figures.map(figure)).collect()
    });
    csv(header, rows, Delimiter::Comma, Encoding::Utf8)
}

/// The file that `mapping` describes.
pub(super) fn by_mapping(loaded: &LoadedPack, mapping: &Mapping, sheets: &[Truth]) -> Vec<u8> {
    let mut header: Vec<String> = Vec::new();
    for column in mapping.columns() {
        if !header.iter().any(|known| known == column) {
            header.push(column.to_owned());
        }
    }
    let rows = sheets.iter().map(|sheet| {
        let cell = |column: &String| cell(loaded, mapping, sheet, column);
        header.iter().map(cell).collect::<Vec<String>>()
    });
    csv(header.clone(), rows, mapping.delimiter, mapping.encoding)
}

fn cell(loaded: &LoadedPack, mapping: &Mapping, sheet: &Truth, column: &str) -> String {
    let (pack, values) = (&loaded.pack, &sheet.values);
    if let Some(template) = &mapping.table
        && let Some(place) = template.columns().position(|name| name == column)
    {
        let cells = template.cells(sheet.table.as_str()).unwrap_or_default();
        return cells.get(place).map(|cell| (*cell).to_owned()).unwrap_or_default();
    }
    let is = |name: &Option<String>| name.as_deref() == Some(column);
    if is(&mapping.payload) {
        let text = pack.payload.as_ref().and_then(|grammar| grammar.write(pack, &sheet.table, values, 0));
        return text.unwrap_or_default();
    }
    if is(&mapping.image) {
        return format!("{}.jpg", sheet.table);
    }
    for (name, value) in [
        (&mapping.valid, values.valid),
        (&mapping.blank, values.blank_votes),
        (&mapping.null, values.null),
        (&mapping.ballots, values.ballots),
        (&mapping.electors, values.electors),
    ] {
        if is(name) {
            return figure(value);
        }
    }
    if let Some((id, _)) = mapping.votes.iter().find(|(_, name)| *name == column) {
        return pack.selection(id).map(|i| figure(values.selections[i])).unwrap_or_default();
    }
    if let Some(line) = mapping.lines.iter().position(|name| name == column) {
        return values.lines.get(line).map(|&v| figure(v)).unwrap_or_default();
    }
    let level = mapping.names.iter().find(|(_, name)| *name == column);
    let level = level.and_then(|(id, _)| pack.levels.iter().position(|level| level.id == *id));
    level.map(|level| area_name(loaded, &sheet.table, level)).unwrap_or_default()
}

fn figure(value: FieldValue) -> String {
    value.count().map(|n| n.to_string()).unwrap_or_default()
}

fn csv(
    header: Vec<String>,
    rows: impl Iterator<Item = Vec<String>>,
    delimiter: Delimiter,
    encoding: Encoding,
) -> Vec<u8> {
    let separator = char::from(delimiter.byte());
    let quoted = |cell: &String| {
        if cell.contains([separator, '"', '\n', '\r']) {
            format!("\"{}\"", cell.replace('"', "\"\""))
        } else {
            cell.clone()
        }
    };
    let mut out = String::new();
    for row in std::iter::once(header).chain(rows) {
        let cells: Vec<String> = row.iter().map(quoted).collect();
        out.push_str(&cells.join(&separator.to_string()));
        out.push('\n');
    }
    encoding.encode(&out)
}
