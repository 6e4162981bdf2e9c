//! What the journal says of one image or table: numbers, kinds, who by pseudonym, and when.

use serde_json::Value;

use super::super::snapshot::Trace;
use super::sight::{Sight, Who};
use crate::store::Store;

/// Most events shown of one table; all are in the journal.
const MOST: usize = 200;

/// One event.
pub(super) struct HistoryRow {
    pub(super) seq: u64,
    pub(super) kind: String,
    pub(super) who: Option<Who>,
    pub(super) when: Option<String>,
    /// Of which image, where the table has several.
    pub(super) image: Option<String>,
}

/// A trace with the image it is of.
pub(super) type Traced<'s> = (Option<&'s str>, &'s Trace);

/// Events in order, with their times from the private parts that this folder keeps.
pub(super) fn history(
    sight: &Sight,
    store: &Store,
    mut traces: Vec<Traced>,
    several: bool,
) -> Vec<HistoryRow> {
    traces.sort_by_key(|(_, trace)| trace.seq);
    let from = traces.len().saturating_sub(MOST);
    let row = |(image, trace): &Traced| HistoryRow {
        seq: trace.seq,
        kind: sight.pen.say_of("rooms-event", &trace.kind.replace('.', "-")),
        who: trace.by.as_deref().map(|by| sight.who(by)),
        when: when(store, trace.seq),
        image: image.filter(|_| several).map(short),
    };
    traces[from..].iter().map(row).collect()
}

/// The first digits of a hash: enough to tell the images of one table apart.
pub(super) fn short(sha256: &str) -> String {
    sha256.chars().take(12).collect()
}

/// When an event happened, to the second, as its private part says.
fn when(store: &Store, seq: u64) -> Option<String> {
    let disclosed = store.disclosure(seq).ok().flatten()?;
    let private: Value = serde_json::from_slice(&disclosed.private).ok()?;
    let text = private.get("at").or_else(|| private.get("time"))?.as_str()?;
    let time: jiff::Timestamp = text.parse().ok()?;
    Some(time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string())
}
