//! What is published of a table: one event in the log, so that anybody can be shown what was published of theirs.

use serde_json::{Map, Value, json};
use tallyproof_core::facts::Facts;
use tallyproof_core::pack::Pack;
use tallyproof_core::reconcile::Sheet;
use tallyproof_core::sheet::FieldValue;

use crate::ledger::{Ledger, digest_of, withdrawal};

/// The event's body: the table's standing and figures, and the hashes of the images that speak of it. A figure is
/// a number or the code of why it is none (`blank`, `illegible`, `unread`), never 0 for want of one.
pub fn table_body(pack: &Pack, sheet: &Sheet<'_>) -> Value {
    let values = sheet.values();
    let figure = |value: FieldValue| value.count().map_or_else(|| json!(value.code()), |n| json!(n));
    let votes: Map<String, Value> =
        pack.selections.iter().zip(&values.selections).map(|(s, &v)| (s.id.clone(), figure(v))).collect();
    let hash = |image: &&str| image.len() == 64 && image.bytes().all(|b| b.is_ascii_hexdigit());
    let images = sheet.witnesses.iter().filter_map(|w| w.reading.image.as_deref());
    let mut images: Vec<&str> = images.filter(hash).collect();
    images.sort_unstable();
    images.dedup();
    let mut body = json!({
        "table": sheet.table.as_str(),
        "status": sheet.status.code(),
        "class": sheet.class.code(),
        "counted": sheet.counts(pack),
        "votes": votes,
        "valid": figure(values.valid),
        "null": figure(values.null),
        "images": images,
    });
    if pack.blank_votes {
        body["blank"] = figure(values.blank_votes);
    }
    body
}

/// Bodies of the events that are due: one for every table whose standing or figures are not those last published,
/// in order of the tables, and one for every table published before that nobody speaks of any more.
pub fn changes<'a>(
    facts: &'a Facts,
    sheets: &'a [Sheet<'a>],
    ledger: &'a Ledger,
) -> impl Iterator<Item = Value> + 'a {
    let changed = sheets.iter().filter_map(|sheet| {
        let body = table_body(&facts.pack, sheet);
        let last = ledger.tables.get(sheet.table.as_str());
        (last.map(|published| published.digest) != Some(digest_of(&body))).then_some(body)
    });
    let spoken_of = |table: &str| sheets.binary_search_by(|sheet| sheet.table.as_str().cmp(table)).is_ok();
    let gone = ledger.tables.iter().filter(move |(table, last)| !last.withdrawn && !spoken_of(table));
    changed.chain(gone.map(|(table, _)| withdrawal(table)))
}
