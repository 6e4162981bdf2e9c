//! What every room is shown from: one picture, one pen, and who looks.

use std::collections::HashMap;

use tallyproof_analysis::results::{PublishedArea, Words as PackWords};
use tallyproof_core::pack::Pack;
use tallyproof_core::sheet::{Field, SheetStatus};
use tallyproof_core::tidy::plain;

use super::super::snapshot::Snapshot;
use crate::site::html::{Html, Pen, key_id};
use crate::site::room::Panels;

/// One look at one picture.
pub(super) struct Sight<'s> {
    pub(super) pen: &'s Pen<'s>,
    pub(super) snapshot: &'s Snapshot,
    pub(super) panels: Panels<'s>,
    /// Names by pseudonym, for those who may know them; empty for observers and on a projector.
    pub(super) names: HashMap<String, String>,
}

/// A pseudonym, and the name for those who may know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Who {
    pub(super) id: String,
    pub(super) name: Option<String>,
}

impl<'s> Sight<'s> {
    pub(super) fn new(snapshot: &'s Snapshot, pen: &'s Pen<'s>, names: HashMap<String, String>) -> Self {
        Self { pen, snapshot, panels: Panels::new(&snapshot.report(), pen), names }
    }

    pub(super) fn pack(&self) -> &'s Pack {
        self.snapshot.pack()
    }

    pub(super) fn who(&self, id: &str) -> Who {
        let name = self.names.get(id).map(|name| plain(name).into_owned());
        Who { id: plain(id).into_owned(), name }
    }

    /// A count that stands in no file: the desk's own.
    pub(super) fn n(&self, n: u64) -> String {
        self.pen.label_int(i64::try_from(n).unwrap_or(i64::MAX))
    }

    pub(super) fn level_name(&self, level: usize) -> String {
        self.pack().levels.get(level).map(|l| self.pen.of(&PackWords::from(&l.name))).unwrap_or_default()
    }

    pub(super) fn level_plural(&self, level: usize) -> String {
        self.pack().levels.get(level).map(|l| self.pen.of(&PackWords::from(&l.plural))).unwrap_or_default()
    }

    pub(super) fn area_name(&self, level: usize, code: &str) -> String {
        plain(self.snapshot.facts.area_name(level, code).unwrap_or(code)).into_owned()
    }

    /// Address of an area's page. Level ids are the pack's, so they are written as addresses write them.
    pub(super) fn area_href(&self, level: usize, code: &str) -> String {
        let level = self.pack().levels.get(level).map_or("", |l| l.id.as_str());
        format!("/areas/{}/{}", key_id(level), key_id(code))
    }

    /// Levels whose areas are listed, widest first.
    pub(super) fn listed(&self) -> Vec<usize> {
        let levels = self.pack().levels.iter().enumerate();
        levels.filter(|(_, level)| level.listed).map(|(place, _)| place).collect()
    }

    /// Level by its id.
    pub(super) fn level(&self, id: &str) -> Option<usize> {
        self.pack().levels.iter().position(|level| key_id(&level.id) == id || level.id == id)
    }

    /// What is published of an area, where it is listed.
    pub(super) fn published(&self, level: usize, code: &str) -> Option<&'s PublishedArea> {
        let level = &self.pack().levels.get(level)?.id;
        let areas = &self.snapshot.results.tabulation.areas;
        // Listed level by level, by code within each.
        let from = areas.iter().position(|area| area.level == *level)?;
        let of_level = &areas[from..];
        let of_level = &of_level[..of_level.iter().take_while(|area| area.level == *level).count()];
        of_level.get(of_level.binary_search_by(|area| area.code.as_str().cmp(code)).ok()?)
    }

    pub(super) fn status(&self, status: SheetStatus) -> String {
        self.pen.say_of("report-status", status.code())
    }

    /// A field as a person calls it.
    pub(super) fn field(&self, field: Field) -> String {
        let pack = self.pack();
        let named = |code: &str| self.pen.say_of("rooms-field", code);
        match field {
            Field::Selection(i) => plain(pack.selections.get(i).map_or("", |s| s.name.as_str())).into_owned(),
            Field::Line(i) => {
                let line = pack.lines.get(i).map_or("", |line| line.label.as_str());
                format!("{} · {}", i + 1, plain(line))
            }
            Field::Valid => named("valid"),
            Field::BlankVotes => named("blank"),
            Field::Null => named("null"),
            Field::Ballots => named("ballots"),
            Field::Electors => named("electors"),
            Field::Reserved => named("reserved"),
        }
    }

    /// Place of an area's figure in `results.json`.
    pub(super) fn key_of(area: &PublishedArea, field: &str) -> String {
        format!("tabulation.areas[{}:{}].{field}", key_id(&area.level), key_id(&area.code))
    }

    /// A sentence of the rooms with plain texts in it.
    pub(super) fn tell(&self, key: &str, slots: &[(&str, &str)]) -> Html {
        let slots: Vec<(&str, Html)> = slots.iter().map(|(name, text)| (*name, Html::text(text))).collect();
        self.pen.tell(key, &slots)
    }
}

/// A page of a long list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pager {
    /// This page, from 1.
    pub(super) page: usize,
    pub(super) n_pages: usize,
    /// Address of the page before and after.
    pub(super) before: Option<String>,
    pub(super) after: Option<String>,
    pub(super) says: Html,
}

impl Pager {
    /// The part of `n` things that page `page` shows, and the pager. `href` is an address that ends so that a number
    /// can follow.
    pub(super) fn new(
        sight: &Sight,
        n: usize,
        per_page: usize,
        page: usize,
        href: &str,
    ) -> (std::ops::Range<usize>, Self) {
        let n_pages = n.div_ceil(per_page).max(1);
        let page = page.clamp(1, n_pages);
        let from = (page - 1) * per_page;
        let to = (from + per_page).min(n);
        let number = |n: usize| sight.n(n as u64);
        let slots =
            [("from", number(if n == 0 { 0 } else { from + 1 })), ("to", number(to)), ("n", number(n))];
        let slots: Vec<(&str, &str)> = slots.iter().map(|(name, text)| (*name, text.as_str())).collect();
        let says = sight.tell("rooms-pager", &slots);
        let at = |page: usize| format!("{href}{page}");
        let pager = Self {
            page,
            n_pages,
            before: (page > 1).then(|| at(page - 1)),
            after: (page < n_pages).then(|| at(page + 1)),
            says,
        };
        (from..to, pager)
    }
}

/// Text as a part of an address: everything but plain letters, digits and `-_.` as percent and two digits.
pub(super) fn in_address(text: &str) -> String {
    key_id(text).replace('+', "%2B").replace(':', "%3A")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_breaks_out_of_an_address() {
        assert_eq!(in_address("a b&c=\"<+:/?#%"), "a%20b%26c%3D%22%3C%2B%3A%2F%3F%23%25");
    }
}
