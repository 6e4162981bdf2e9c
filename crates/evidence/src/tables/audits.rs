//! `audits.csv` and `inspections.csv`: what was fixed before a draw, what was drawn, and what was found.

use std::io::{self, Write};

use tallyproof_analysis::audit::inspection::{Feature, Inspection, Seen};
use tallyproof_analysis::audit::status::Method;
use tallyproof_analysis::results::{PublishedHeldAudit, PublishedInspection};
use tallyproof_core::tidy::Table;

use super::{BundleTable, Columns, Published, Spec, flag, known};

pub(super) const AUDITS: &[Spec] = &[
    Spec::text("audit").required().unique(),
    Spec::text("method").required().one_of(methods),
    Spec::text("treatment").required(),
    Spec::text("cap").required(),
    Spec::number("risk-limit").required(),
    Spec::number("reserve").required(),
    Spec::text("custody"),
    Spec::text("seed-procedure"),
    Spec::text("list-sha256").required().matching("[0-9a-f]{64}"),
    Spec::integer("sheets").required(),
    Spec::integer("clean-draws"),
    Spec::integer("most-draws").required(),
    Spec::text("seed"),
    Spec::integer("drawn").required(),
    Spec::integer("in-order").required(),
    Spec::integer("out-of-order").required(),
    Spec::integer("differing").required(),
    Spec::integer("not-found").required(),
    Spec::text("advice").required(),
    Spec::integer("most-false-95"),
    Spec::text("risks"),
    Spec::text("abandoned"),
];

pub(super) const INSPECTIONS: &[Spec] = &[
    Spec::integer("number").required().unique(),
    Spec::text("audit"),
    Spec::text("sample").required().one_of(samples),
    Spec::text("table").required(),
    Spec::text("draws"),
    Spec::flag("in-order"),
    Spec::text("outcome").one_of(outcomes),
    Spec::integer("overstatement").signed(),
    Spec::text("custody"),
    Spec::integers(Columns::SelectionsAfter("published")),
    Spec::integers(Columns::SelectionsAfter("paper")),
    Spec::integer("paper-null"),
    Spec::text("signatures").one_of(answers),
    Spec::text("stamp").one_of(answers),
    Spec::text("hash-line").one_of(answers),
    Spec::text("code-line").one_of(answers),
    Spec::text("date-time").one_of(answers),
];

fn methods() -> Vec<&'static str> {
    [Method::Simple, Method::KaplanMarkov, Method::Alpha].map(Method::code).to_vec()
}

const DRAWN: &str = "drawn";
const CONVENIENCE: &str = "convenience";

fn samples() -> Vec<&'static str> {
    vec![DRAWN, CONVENIENCE]
}

fn outcomes() -> Vec<&'static str> {
    vec!["matches", "differs", "not-found"]
}

fn answers() -> Vec<&'static str> {
    Seen::ALL.map(Seen::code).to_vec()
}

pub(super) fn write<W: Write>(published: &Published<'_>, out: W) -> io::Result<W> {
    let mut table = Table::new(out, BundleTable::Audits.header(published.pack()))?;
    for audit in &published.analysis.results.audit.held {
        table.row([
            audit.id.as_str(),
            audit.method,
            &audit.treatment,
            audit.cap,
            &audit.risk_limit.to_string(),
            &audit.reserve.to_string(),
            &audit.custody,
            &audit.seed_procedure,
            &audit.list_sha256,
            &audit.n_sheets.to_string(),
            &known(audit.n_clean),
            &audit.most_draws.to_string(),
            audit.seed.as_deref().unwrap_or_default(),
            &audit.n_drawn.to_string(),
            &audit.n_in_order.to_string(),
            &audit.n_out_of_order.to_string(),
            &audit.n_differing.to_string(),
            &audit.n_not_found.to_string(),
            audit.advice,
            &known(audit.most_false_95),
            &risks(audit),
            audit.abandoned.as_deref().unwrap_or_default(),
        ])?;
    }
    table.finish()
}

/// The running risk of every assertion; none where there is no risk to give.
fn risks(audit: &PublishedHeldAudit) -> String {
    let risk = |a: &tallyproof_analysis::results::PublishedAssertion| format!("{}={}", a.id, known(a.risk));
    audit.assertions.iter().map(risk).collect::<Vec<_>>().join("; ")
}

pub(super) fn write_inspections<W: Write>(published: &Published<'_>, out: W) -> io::Result<W> {
    let mut table = Table::new(out, BundleTable::Inspections.header(published.pack()))?;
    let mut number = 0u64;
    let mut row = |table: &mut Table<W>, cells: Vec<String>| {
        number += 1;
        table.row(std::iter::once(number.to_string()).chain(cells))
    };
    for audit in &published.analysis.results.audit.held {
        for inspection in &audit.inspections {
            row(&mut table, drawn(published, &audit.id, inspection))?;
        }
    }
    for inspection in &published.audits.convenience {
        row(&mut table, of_convenience(published, inspection))?;
    }
    table.finish()
}

fn drawn(published: &Published<'_>, audit: &str, found: &PublishedInspection) -> Vec<String> {
    let draws: Vec<String> = found.draws.iter().map(u64::to_string).collect();
    let mut cells = vec![
        audit.to_owned(),
        DRAWN.to_owned(),
        found.id.clone(),
        draws.join(" "),
        flag(found.in_order),
        found.outcome.to_owned(),
        found.overstatement.to_string(),
        found.custody.clone(),
    ];
    let selections = &published.pack().selections;
    let paper = found.votes.as_ref();
    cells.extend(selections.iter().map(|s| known(found.published.get(&s.id))));
    cells.extend(selections.iter().map(|s| known(paper.and_then(|votes| votes.get(&s.id)))));
    cells.push(known(found.null));
    let seen = |feature: Feature| found.features.get(feature.code()).copied().unwrap_or_default();
    cells.extend(Feature::ALL.map(seen).map(str::to_owned));
    cells
}

/// Nobody drew it: it has no draw, no place in an order and no overstatement of a margin under audit.
fn of_convenience(published: &Published<'_>, found: &Inspection) -> Vec<String> {
    let counted = &published.analysis.counted;
    let place = counted.tables.binary_search_by(|t| t.as_str().cmp(&found.table)).ok();
    let votes = place.map(|place| counted.votes(place));
    let outcome = match (&found.votes, votes) {
        (None, _) => "not-found",
        (Some(_), None) => "",
        (Some(_), Some(votes)) if found.matches(votes) => "matches",
        (Some(_), Some(_)) => "differs",
    };
    let mut cells = vec![String::new(), CONVENIENCE.to_owned(), found.table.clone()];
    cells.extend([String::new(), String::new(), outcome.to_owned(), String::new(), found.custody.clone()]);
    let n = published.pack().selections.len();
    cells.extend((0..n).map(|s| known(votes.and_then(|votes| votes.get(s)))));
    cells.extend((0..n).map(|s| known(found.votes.as_ref().and_then(|votes| votes.get(s)))));
    cells.push(known(found.null));
    let seen =
        |feature| found.features.iter().find(|(f, _)| *f == feature).map_or("", |(_, seen)| seen.code());
    cells.extend(Feature::ALL.map(seen).map(str::to_owned));
    cells
}
