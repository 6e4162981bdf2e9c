//! Who did what: the journal's events by image, by table and by person, pseudonyms alone.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;
use tallyproof_core::journal::Event;
use tallyproof_core::review::KINDS;

/// One event of a history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// Its number.
    pub seq: u64,
    /// What kind.
    pub kind: &'static str,
    /// Pseudonym of whoever did it, where somebody did.
    pub by: Option<Box<str>>,
}

/// What one person did, by kind of event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// Events by kind.
    pub by_kind: BTreeMap<&'static str, u64>,
    /// Number of the last of them.
    pub last: u64,
}

impl Work {
    /// Events of a kind.
    pub fn n(&self, kind: &str) -> u64 {
        self.by_kind.get(kind).copied().unwrap_or(0)
    }
}

/// A request to reopen a sheet that nobody answered yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Its event.
    pub seq: u64,
    /// Who asks.
    pub by: Box<str>,
    /// Why.
    pub reason: Box<str>,
}

/// Histories.
#[derive(Clone, Debug, Default)]
pub struct Trail {
    images: HashMap<Box<str>, Vec<Trace>>,
    tables: HashMap<Box<str>, Vec<Trace>>,
    people: BTreeMap<Box<str>, Work>,
    requests: BTreeMap<Box<str>, Request>,
}

/// Kinds that speak of one image, beside what people do with it: by its hash under `sha256` or `image`.
const OF_IMAGES: [&str; 2] = ["image.added", "image.read"];
/// Kinds that speak of one table.
const OF_TABLES: [&str; 2] = ["audit.inspected", "table.published"];

impl Trail {
    /// Takes the next event into account.
    pub fn take(&mut self, event: &Event) {
        let text = |key: &str| event.body.get(key).and_then(Value::as_str);
        let by: Option<Box<str>> = text("by").map(Into::into);
        let known = |kinds: &[&'static str]| kinds.iter().copied().find(|kind| *kind == event.kind);
        if let Some(kind) = known(&OF_IMAGES).or_else(|| known(&KINDS)) {
            let Some(image) = text("image").or_else(|| text("sha256")) else { return };
            let trace = Trace { seq: event.seq, kind, by: by.clone() };
            self.images.entry(image.into()).or_default().push(trace);
            self.request(kind, image, event);
            if let Some(by) = by {
                let work = self.people.entry(by).or_default();
                *work.by_kind.entry(kind).or_default() += 1;
                work.last = event.seq;
            }
        } else if let Some(kind) = known(&OF_TABLES)
            && let Some(table) = text("table")
        {
            self.tables.entry(table.into()).or_default().push(Trace { seq: event.seq, kind, by });
        }
    }

    fn request(&mut self, kind: &str, image: &str, event: &Event) {
        let text = |key: &str| event.body.get(key).and_then(Value::as_str).unwrap_or_default().into();
        match kind {
            "reopening.requested" => {
                let request = Request { seq: event.seq, by: text("by"), reason: text("reason") };
                self.requests.insert(image.into(), request);
            }
            "reopening.approved" | "reopening.refused" => drop(self.requests.remove(image)),
            _ => {}
        }
    }

    /// Events that speak of an image, in order.
    pub fn of_image(&self, sha256: &str) -> &[Trace] {
        self.images.get(sha256).map_or(&[], Vec::as_slice)
    }

    /// Events that speak of a table by its id, in order.
    pub fn of_table(&self, table: &str) -> &[Trace] {
        self.tables.get(table).map_or(&[], Vec::as_slice)
    }

    /// What each person did, by pseudonym.
    pub fn people(&self) -> impl Iterator<Item = (&str, &Work)> {
        self.people.iter().map(|(by, work)| (&**by, work))
    }

    /// Requests to reopen that wait for an answer, by image.
    pub fn requests(&self) -> impl Iterator<Item = (&str, &Request)> {
        self.requests.iter().map(|(image, request)| (&**image, request))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn histories_are_by_image_and_by_person() {
        let mut trail = Trail::default();
        let events = [
            ("image.added", json!({"sha256": "aa", "source": "s"})),
            ("entry.made", json!({"image": "aa", "by": "P002", "values": {}})),
            ("entry.made", json!({"image": "bb", "by": "P002", "values": {}})),
            ("reopening.requested", json!({"image": "aa", "by": "P003", "reason": "a blot"})),
            ("reopening.requested", json!({"image": "bb", "by": "P003", "reason": "torn"})),
            ("reopening.approved", json!({"image": "bb", "by": "P004"})),
            ("audit.inspected", json!({"table": "1.1"})),
            ("something.else", json!({"image": "aa", "by": "P009"})),
        ];
        for (seq, (kind, body)) in (1..).zip(events) {
            let (commitment, prev) = (String::new(), String::new());
            trail.take(&Event { seq, kind: kind.into(), body, private_commitment: commitment, prev });
        }
        let kinds: Vec<(u64, &str)> = trail.of_image("aa").iter().map(|t| (t.seq, t.kind)).collect();
        assert_eq!(kinds, [(1, "image.added"), (2, "entry.made"), (4, "reopening.requested")]);
        assert_eq!(trail.of_table("1.1").len(), 1);
        let people: Vec<(&str, u64, u64)> =
            trail.people().map(|(by, work)| (by, work.n("entry.made"), work.last)).collect();
        assert_eq!(people, [("P002", 2, 3), ("P003", 0, 5), ("P004", 0, 6)]);
        let open: Vec<(&str, &str)> = trail.requests().map(|(image, r)| (image, &*r.reason)).collect();
        assert_eq!(open, [("aa", "a blot")]);
    }
}
