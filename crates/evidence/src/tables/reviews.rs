//! `people.csv`, `entries.csv` and `decisions.csv`: who could do what at the desk, and what they did, by pseudonym.
//!
//! Actions that the rules refuse are listed too, with the reason: no journal can hide one among those that count.

use std::io::{self, Write};

use tallyproof_core::pack::Pack;
use tallyproof_core::people::{PersonId, Role};
use tallyproof_core::review::{
    Act, Action, Place, Refusal, Said, Seen, TableValue, Typed, Unusable, entry_places,
};
use tallyproof_core::tidy::Table;

use super::{BundleTable, Columns, Published, Spec, flag};

pub(super) const PEOPLE: &[Spec] = &[
    Spec::text("person").required().unique().matching(PERSON),
    Spec::text("role").required().one_of(roles),
    Spec::text("created-by").matching(PERSON),
    Spec::flag("removed").required(),
    Spec::flag("only-clerk").required(),
    Spec::integer("links-given").required(),
];

pub(super) const ENTRIES: &[Spec] = &[
    Spec::integer("event").required().unique(),
    Spec::text("image").required(),
    Spec::text("kind").required().one_of(entry_kinds),
    Spec::text("person").required().matching(PERSON),
    Spec::integer("reopened").required(),
    Spec::text("refused").one_of(refusals),
    Spec::text("unusable").one_of(unusable),
    Spec::text("table"),
    Spec::texts(Columns::FiguresAfter("typed", typed_figures)).matching(TYPED),
];

pub(super) const DECISIONS: &[Spec] = &[
    Spec::integer("event").required().unique(),
    Spec::text("image").required(),
    Spec::text("kind").required().one_of(decision_kinds),
    Spec::text("person").required().matching(PERSON),
    Spec::integer("reopened").required(),
    Spec::text("refused").one_of(refusals),
    Spec::text("reason"),
    Spec::text("unusable").one_of(unusable),
    Spec::text("table"),
    Spec::texts(Columns::FiguresAfter("decided", typed_figures)).matching(TYPED),
];

const PERSON: &str = "P[0-9]{3,5}";

/// A number, or why there is none.
const TYPED: &str = "[0-9]+|blank|illegible";

/// Kinds of entries, then of decisions, as the tables call them.
const ENTRY: [&str; 2] = ["entry", "correction"];
const DECISION: [&str; 6] =
    ["decision", "set-aside", "cleared", "reopening-requested", "reopening-approved", "reopening-refused"];

fn roles() -> Vec<&'static str> {
    Role::ALL.map(Role::code).to_vec()
}

fn entry_kinds() -> Vec<&'static str> {
    ENTRY.to_vec()
}

fn decision_kinds() -> Vec<&'static str> {
    DECISION.to_vec()
}

fn refusals() -> Vec<&'static str> {
    Refusal::ALL.map(Refusal::code).to_vec()
}

fn unusable() -> Vec<&'static str> {
    Unusable::ALL.map(Unusable::code).to_vec()
}

fn typed_figures(pack: &Pack) -> Vec<String> {
    figures(pack).map(Place::code).collect()
}

/// What people type beside the table's id.
fn figures(pack: &Pack) -> impl Iterator<Item = Place> {
    entry_places(pack).into_iter().filter(|place| *place != Place::Table)
}

fn kind(action: &Action) -> &'static str {
    match action {
        Action::Enter { .. } => ENTRY[0],
        Action::Correct { .. } => ENTRY[1],
        Action::Decide { .. } => DECISION[0],
        Action::SetAside { .. } => DECISION[1],
        Action::Clear { .. } => DECISION[2],
        Action::RequestReopening { .. } => DECISION[3],
        Action::ApproveReopening { .. } => DECISION[4],
        Action::RefuseReopening { .. } => DECISION[5],
    }
}

pub(super) fn write_people<W: Write>(published: &Published<'_>, out: W) -> io::Result<W> {
    let mut table = Table::new(out, BundleTable::People.header(published.pack()))?;
    for (person, account) in published.facts.reviews.people.iter() {
        let by = account.created_by.as_ref().map_or("", PersonId::as_str);
        let (removed, only_clerk) = (flag(account.removed), flag(account.only_clerk));
        let n_links = account.n_links.to_string();
        table.row([person.as_str(), account.role.code(), by, &removed, &only_clerk, &n_links])?;
    }
    table.finish()
}

pub(super) fn write_entries<W: Write>(published: &Published<'_>, out: W) -> io::Result<W> {
    let mut table = Table::new(out, BundleTable::Entries.header(published.pack()))?;
    for act in &published.facts.reviews.acts {
        let mut cells = head(act);
        match &act.action {
            Action::Enter { seen, .. } => cells.extend(said(published.pack(), Some(seen))),
            Action::Correct { typed, .. } => {
                cells.push(String::new());
                cells.extend(values(published.pack(), Some(typed)));
            }
            _ => continue,
        }
        table.row(&cells)?;
    }
    table.finish()
}

pub(super) fn write_decisions<W: Write>(published: &Published<'_>, out: W) -> io::Result<W> {
    let mut table = Table::new(out, BundleTable::Decisions.header(published.pack()))?;
    for act in &published.facts.reviews.acts {
        let seen = match &act.action {
            Action::Enter { .. } | Action::Correct { .. } => continue,
            Action::Decide { seen, .. } => Some(seen),
            _ => None,
        };
        let mut cells = head(act);
        cells.push(act.action.reason().unwrap_or_default().to_owned());
        cells.extend(said(published.pack(), seen));
        table.row(&cells)?;
    }
    table.finish()
}

fn head(act: &Act) -> Vec<String> {
    vec![
        act.seq.to_string(),
        act.image.clone(),
        kind(&act.action).to_owned(),
        act.action.by().to_string(),
        act.round.to_string(),
        act.refused.map_or("", Refusal::code).to_owned(),
    ]
}

/// Why there is no sheet, the table, and every figure.
fn said(pack: &Pack, seen: Option<&Seen>) -> Vec<String> {
    let (unusable, typed) = match seen {
        Some(Seen::Unusable(unusable)) => (unusable.code(), None),
        Some(Seen::Sheet(typed)) => ("", Some(typed)),
        None => ("", None),
    };
    let mut cells = vec![unusable.to_owned()];
    cells.extend(values(pack, typed));
    cells
}

/// The table and every figure; an empty cell where nothing was typed.
fn values(pack: &Pack, typed: Option<&Typed>) -> Vec<String> {
    let cell = |place: Place| match typed.and_then(|typed| typed.at(place)) {
        Some(Said::Table(TableValue::Id(id))) => id.to_string(),
        Some(Said::Table(TableValue::Illegible)) => "illegible".to_owned(),
        Some(Said::Value(value)) => value.code(),
        None => String::new(),
    };
    std::iter::once(Place::Table).chain(figures(pack)).map(cell).collect()
}
