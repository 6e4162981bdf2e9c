//! One table on its page: its figures by every account, where its sheet stands and why, and what the rules say.
//!
//! Markup is compact: end tags and quotes that HTML lets an author leave out are left out, since a country has
//! 30,000 of these in each language. One account's figures are a list of names and values, several accounts' a table.

use std::fmt::Write;

use tallyproof_core::reconcile::Sheet;
use tallyproof_core::sheet::{Field, SheetStatus};

use super::accounts::{self, columns};
use super::address;
use super::cell::{Cell, Column};
use super::country::Entry;
use super::lines;
use super::tree::Tree;
use crate::site::findings::sentence;
use crate::site::html::Html;

/// Most findings shown of one table; all are in `findings.csv`.
const MOST_FINDINGS: usize = 12;

/// Appends the table's part of the page. `within` is what its id starts with on this page.
pub(super) fn write(tree: &Tree, entry: &Entry, within: &str, out: &mut String) {
    let id = entry.table.as_str();
    let columns = entry.sheet.map(columns).unwrap_or_default();
    let kind = match entry.sheet {
        Some(_) if columns.len() > 2 => "\"t wide\"",
        Some(_) => "t",
        None => "\"t none\"",
    };
    let _ = write!(out, "<article class={kind} id={}>", address::anchor('t', id));
    let heading = heading(tree, id, within);
    match entry.sheet {
        Some(sheet) => {
            let rows = rows(tree, sheet, &columns);
            let standing = standing(tree, sheet);
            if columns.len() == 1 {
                let _ = write!(out, "{heading}{standing}");
                list(tree, &rows, out);
            } else {
                // The caption holds heading and standing: whoever hears the table hears first what it is worth.
                let _ = write!(out, "<table><caption>{heading}{standing}</caption>");
                table(tree, &columns, &rows, out);
            }
            accounts::write(tree, sheet, out);
            lines::write(tree, sheet, out);
        }
        None => {
            let _ = write!(out, "{heading}<p class=no>{}", tree.say("site-why-no-sheet"));
        }
    }
    findings(tree, entry, out);
    out.push_str("</article>\n");
}

fn heading(tree: &Tree, id: &str, within: &str) -> String {
    let number = id.strip_prefix(within).map_or(id, |n| n.trim_start_matches(['.', '-', '_']));
    let table = tree.say("site-table");
    if number.is_empty() || number == id {
        format!("<h4>{table} {id}</h4>")
    } else {
        format!("<h4>{table} {number} <small>{id}</small></h4>")
    }
}

/// Whether it counts; if not, why.
fn standing(tree: &Tree, sheet: &Sheet) -> String {
    let class = tree.say(&format!("site-class-{}", sheet.class.code()));
    if sheet.counts(tree.pack()) {
        return format!("<p class=yes><b>{}</b> {class}", tree.say("site-counted"));
    }
    let why = tree.say(&format!("site-why-{}", reason(sheet)));
    format!("<p class=no><b>{}</b> {why} <span>{class}</span>", tree.say("site-not-counted"))
}

/// Code of the reason why a sheet does not count.
fn reason(sheet: &Sheet) -> &'static str {
    match sheet.status {
        SheetStatus::Definitive | SheetStatus::Provisional => "class",
        SheetStatus::NeedsEntry => "needs-entry",
        SheetStatus::Illegible => "illegible",
        SheetStatus::InConflict if sheet.disputed => "people-differ",
        SheetStatus::InConflict if sheet.misprints.iter().any(|m| !m.set_aside) => "code-and-print-differ",
        SheetStatus::InConflict => "sources-differ",
        SheetStatus::Quarantined if sheet.differences.is_empty() => "shared-picture",
        SheetStatus::Quarantined => "images-differ",
        SheetStatus::Rejected => "rejected",
    }
}

/// A figure's name, as HTML, and what each account gives.
type Row = (String, Vec<Cell>);

fn rows(tree: &Tree, sheet: &Sheet, columns: &[Column]) -> Vec<Row> {
    let row = |head: String, field: Field| (head, columns.iter().map(|column| column.cell(field)).collect());
    let selections = tree.pack().selections.iter().enumerate();
    let mut rows: Vec<Row> =
        selections.map(|(i, s)| row(Html::text(&s.short).to_string(), Field::Selection(i))).collect();
    let rest = [
        ("valid", Field::Valid),
        ("blank", Field::BlankVotes),
        ("null", Field::Null),
        ("ballots", Field::Ballots),
        ("electors", Field::Electors),
    ];
    let named =
        |(code, field): (&str, Field)| row(tree.say(&format!("site-figure-{code}")).to_string(), field);
    // Sheets of one election have a figure or they do not: an empty row says nothing.
    let is_given = |(_, cells): &Row| cells.iter().any(|cell| *cell != Cell::Nothing);
    rows.extend(rest.into_iter().map(named).filter(is_given));
    let given = columns.iter().any(|column| column.cell(Field::Electors) != Cell::Nothing);
    if let Some(electors) = sheet.electors.filter(|_| !given) {
        rows.push((format!("{}*", tree.say("site-figure-electors")), vec![Cell::Number(electors)]));
    }
    rows
}

/// One account.
fn list(tree: &Tree, rows: &[Row], out: &mut String) {
    out.push_str("<dl class=v>");
    for (head, cells) in rows {
        let cell = cells.first().map(|cell| shown(tree, cell)).unwrap_or_default();
        let _ = write!(out, "<dt>{head}<dd>{cell}");
    }
    out.push_str("</dl>");
}

/// Several accounts, side by side.
fn table(tree: &Tree, columns: &[Column], rows: &[Row], out: &mut String) {
    out.push_str("<thead><tr><td>");
    for column in columns {
        let head = tree.say(&format!("site-account-{}", column.heading()));
        let _ = write!(out, "<th scope=col>{head}");
    }
    out.push_str("<tbody>");
    for (head, cells) in rows {
        let _ = write!(out, "<tr><th scope=row>{head}");
        for (i, cell) in cells.iter().enumerate() {
            // Against what stands for the sheet; print against the code of its own image as well.
            let is_print = matches!(columns.get(i), Some(Column::PrintOf(..)));
            let code = i.checked_sub(1).filter(|_| is_print).and_then(|code| cells.get(code));
            let differs = cells.first().into_iter().chain(code).any(|other| other.contradicts(cell));
            out.push_str(if differs { "<td class=x>≠ " } else { "<td>" });
            out.push_str(&shown(tree, cell));
        }
    }
    out.push_str("</table>");
}

/// A cell in words; never 0 for what is none.
pub(super) fn shown(tree: &Tree, cell: &Cell) -> String {
    match cell {
        Cell::Number(n) => tree.pen().label_int(i64::from(*n)),
        Cell::Digits(digits) => Html::text(digits).to_string(),
        Cell::Word(code) => format!("<i>{}</i>", tree.say(&format!("site-cell-{code}"))),
        Cell::Nothing => "–".to_owned(),
    }
}

fn findings(tree: &Tree, entry: &Entry, out: &mut String) {
    if entry.findings.is_empty() {
        return;
    }
    out.push_str("<ul class=found>");
    for finding in entry.findings.iter().take(MOST_FINDINGS) {
        let says = Html::text(&sentence(&tree.material, finding));
        let _ = write!(out, "<li><a href=../findings.html#{0}>{0}</a> {says}", finding.rule);
    }
    if entry.findings.len() > MOST_FINDINGS {
        let n = i64::try_from(entry.findings.len() - MOST_FINDINGS).unwrap_or(i64::MAX);
        let _ = write!(
            out,
            "<li>{}",
            tree.pen().tell("site-more-findings", &[("n", Html::text(&tree.pen().label_int(n)))])
        );
    }
    out.push_str("</ul>");
}
