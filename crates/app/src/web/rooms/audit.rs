//! One audit: where it stands, its seed, its papers, and what was found on each.

use std::collections::BTreeMap;

use askama::Template;
use tallyproof_analysis::audit::inspection::{Feature, Inspection, Seen};
use tallyproof_analysis::results::AuditRecord;
use tallyproof_core::pack::Pack;
use tallyproof_core::tidy::plain;

use super::super::frame::Frame;
use super::fields::Fields;
use super::overview::Age;
use super::sight::{Pager, Sight};
use crate::pipeline::audit::record::{Reason, RefusedRow, Written};
use crate::site::html::{Html, Pen};
use crate::site::is_file_name;
use crate::store::Store;
use crate::words::Words;

/// Papers on one page.
const PER_PAGE: usize = 100;

/// One drawn sheet.
pub(super) struct PaperRow {
    pub(super) table: String,
    pub(super) draws: String,
    /// Code and words of what became of it.
    pub(super) kind: &'static str,
    pub(super) state: String,
    pub(super) custody: String,
    pub(super) published: String,
    pub(super) paper: String,
}

/// A field of the form for one paper.
pub(super) struct VoteField {
    pub(super) name: String,
    pub(super) says: String,
    pub(super) value: String,
}

/// A question of the checklist: its code, its words, the answers with their words, and which is given.
pub(super) struct FeatureField {
    pub(super) code: &'static str,
    pub(super) says: String,
    pub(super) answers: Vec<(&'static str, String, bool)>,
}

/// The form for one paper.
pub(super) struct PaperForm {
    pub(super) table: String,
    pub(super) custody: String,
    pub(super) votes: Vec<VoteField>,
    pub(super) null: String,
    pub(super) features: Vec<FeatureField>,
    /// Whether something was recorded of it before.
    pub(super) recorded: bool,
}

#[derive(Template)]
#[template(path = "desk/rooms/audit.html")]
pub(super) struct AuditPage<'p> {
    frame: Frame,
    pen: &'p Pen<'p>,
    age: Age,
    name: String,
    held: Html,
    files: Vec<String>,
    may_act: bool,
    is_open: bool,
    is_drawn: bool,
    seed_procedure: String,
    n_drawn: u64,
    most_draws: u64,
    papers: Vec<PaperRow>,
    pager: Pager,
    form: Option<PaperForm>,
    left: Vec<String>,
    said: Vec<String>,
}

/// What the page is asked for.
#[derive(Clone, Debug, Default)]
pub(super) struct AuditQuery {
    pub(super) table: String,
    pub(super) page: usize,
    /// What the form had in it when it was refused, and why.
    pub(super) sent: Option<Fields>,
    pub(super) said: Vec<String>,
}

impl<'p> AuditPage<'p> {
    pub(super) fn new(
        sight: &Sight<'p>,
        frame: Frame,
        (record, held): (&AuditRecord, Html),
        files: Vec<String>,
        (may_act, query): (bool, &AuditQuery),
    ) -> Self {
        let sample = record.sample();
        let href = format!("/audits/{}?page=", record.id);
        let (shown, pager) = Pager::new(sight, sample.len(), PER_PAGE, query.page, &href);
        let table =
            |place: usize| record.frozen.sheets.get(place).map(|s| s.table.clone()).unwrap_or_default();
        let left: Vec<String> = sample
            .iter()
            .map(|(place, _)| table(*place))
            .filter(|table| record.inspection(table).is_none())
            .collect();
        let chosen = match query.table.as_str() {
            "" => left.first().cloned().unwrap_or_default(),
            table => table.to_owned(),
        };
        let is_drawn_table = sample.iter().any(|(place, _)| table(*place) == chosen);
        let may_record = may_act && record.seed.is_some() && record.abandoned.is_none();
        let form = (may_record && is_drawn_table).then(|| form(sight, record, &chosen, query.sent.as_ref()));
        Self {
            frame,
            pen: sight.pen,
            age: Age::new(sight),
            name: plain(&record.id).into_owned(),
            held,
            files,
            may_act,
            is_open: record.abandoned.is_none(),
            is_drawn: record.seed.is_some(),
            seed_procedure: plain(&record.seed_procedure).into_owned(),
            n_drawn: record.n_wanted,
            most_draws: record.terms.most_draws,
            papers: sample[shown]
                .iter()
                .map(|(place, draws)| paper(sight, record, &table(*place), draws))
                .collect(),
            pager,
            form,
            left,
            said: query.said.clone(),
        }
    }
}

fn paper(sight: &Sight, record: &AuditRecord, table: &str, draws: &[u64]) -> PaperRow {
    let list = |votes: &[u32]| votes.iter().map(u32::to_string).collect::<Vec<_>>().join(" ");
    let place = record.frozen.place(table);
    let published = place.and_then(|place| record.frozen.sheets.get(place)).map(|s| s.votes.as_slice());
    let inspection = record.inspection(table);
    let kind = match (inspection, published) {
        (None, _) => "open",
        (Some(Inspection { votes: None, .. }), _) => "not-found",
        (Some(inspection), Some(published)) if inspection.matches(published) => "match",
        (Some(_), _) => "differs",
    };
    // Published figures are shown only beside what the paper said: who inspects has not seen them before.
    let seen = inspection.is_some();
    PaperRow {
        table: table.to_owned(),
        draws: draws.iter().map(u64::to_string).collect::<Vec<_>>().join(" "),
        kind,
        state: sight.pen.say_of("rooms-paper", kind),
        custody: inspection.map(|i| plain(&i.custody).into_owned()).unwrap_or_default(),
        published: published.filter(|_| seen).map(list).unwrap_or_default(),
        paper: inspection.and_then(|i| i.votes.as_deref()).map(list).unwrap_or_default(),
    }
}

fn form(sight: &Sight, record: &AuditRecord, table: &str, sent: Option<&Fields>) -> PaperForm {
    let value = |name: &str| sent.map(|fields| fields.shown(name)).unwrap_or_default();
    let selections = sight.pack().selections.iter().enumerate();
    let vote = |(place, selection): (usize, &tallyproof_core::pack::Selection)| {
        let name = format!("votes-{}", place + 1);
        VoteField { value: value(&name), name, says: plain(&selection.name).into_owned() }
    };
    let feature = |feature: Feature| {
        let given = value(feature.code());
        let answer = |seen: Seen| {
            let chosen = if given.is_empty() { seen == Seen::NotChecked } else { given == seen.code() };
            (seen.code(), sight.pen.say_of("audit-seen", seen.code()), chosen)
        };
        FeatureField {
            code: feature.code(),
            says: sight.pen.say_of("audit-feature", feature.code()),
            answers: Seen::ALL.map(answer).into(),
        }
    };
    let custody = value("custody");
    PaperForm {
        table: table.to_owned(),
        custody: if custody.is_empty() { record.custody.clone() } else { custody },
        votes: selections.map(vote).collect(),
        null: value("null"),
        features: Feature::ALL.map(feature).into(),
        recorded: record.inspection(table).is_some(),
    }
}

/// What a form says of one paper, as if it had been typed at the command line.
pub(super) fn written(fields: &Fields, pack: &Pack) -> Written {
    let found = fields.text("found") == "yes";
    let text = |name: &str| if found { fields.text(name).to_owned() } else { String::new() };
    let votes = pack.selections.iter().enumerate();
    Written {
        cells: None,
        line: 0,
        table: fields.text("table").to_owned(),
        custody: fields.text("custody").to_owned(),
        found: fields.text("found").to_owned(),
        // A paper that was not found says nothing.
        votes: if found {
            votes.map(|(place, s)| (s.id.clone(), text(&format!("votes-{}", place + 1)))).collect()
        } else {
            BTreeMap::new()
        },
        lines: String::new(),
        null: text("null"),
        features: Feature::ALL.iter().map(|f| (f.code(), fields.text(f.code()).to_owned())).collect(),
    }
}

/// Why a row was refused, in the words of the desk where it has its own: it has boxes to tick, not options.
pub(super) fn refusal(words: &Words, refused: &RefusedRow) -> String {
    let args = [
        ("table", refused.table.clone()),
        ("column", refused.column.clone()),
        ("value", refused.value.clone()),
    ];
    let code = refused.reason.code();
    let suffix = if refused.reason == Reason::Custody && refused.value.is_empty() { "-none" } else { "" };
    let own = format!("rooms-audit-refusal-{code}{suffix}");
    let key = if words.has(&own) { own } else { format!("audit-refusal-{code}{suffix}") };
    let said = words.tell(&key, &args);
    if refused.line > 0 { format!("{}: {said}", refused.line) } else { said }
}

/// Files of an audit's folder that are handed out, by name.
pub(super) fn files(store: &Store, id: &str) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(store.audit_dir(id)) else { return Vec::new() };
    let mut names: Vec<String> = entries
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()))
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| is_file_name(name) && !name.ends_with(".part"))
        .collect();
    names.sort();
    names
}
