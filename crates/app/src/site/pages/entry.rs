//! One table on its page: its figures by every account, where its sheet stands and why, and what the rules say.
//!
//! Markup is compact: end tags that HTML lets an author leave out are left out, since a country has 30,000 of
//! these in each language.

use std::fmt::Write;

use tallyproof_core::form::Figure;
use tallyproof_core::reconcile::{Sheet, Witness};
use tallyproof_core::sheet::{Channel, Field, SheetStatus};
use tallyproof_core::tidy::plain;

use super::address;
use super::cell::{Cell, Column, beside};
use super::country::Entry;
use super::tree::Tree;
use crate::site::findings::sentence;
use crate::site::html::Html;

/// Most accounts shown side by side; how many more there are is said.
const MOST_ACCOUNTS: usize = 4;
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
    match entry.sheet {
        Some(sheet) => {
            // The caption holds heading and standing: whoever hears the table hears first what it is worth.
            let _ = write!(
                out,
                "<table><caption>{}{}</caption>",
                heading(tree, id, within),
                standing(tree, sheet)
            );
            figures(tree, sheet, &columns, out);
            accounts(tree, sheet, out);
            lines(tree, sheet, out);
        }
        None => {
            let _ = write!(out, "{}<p class=no>{}", heading(tree, id, within), tree.say("site-why-no-sheet"));
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
        SheetStatus::InConflict if sheet.misprints.iter().any(|m| !m.set_aside) => "code-and-print-differ",
        SheetStatus::InConflict => "sources-differ",
        SheetStatus::Quarantined if sheet.differences.is_empty() => "shared-picture",
        SheetStatus::Quarantined => "images-differ",
        SheetStatus::Rejected => "rejected",
    }
}

/// Witnesses, the one whose figures stand for the sheet first.
fn witnesses<'f>(sheet: &Sheet<'f>) -> Vec<Witness<'f>> {
    let leading = sheet.leading();
    let others = sheet.witnesses.iter().filter(|w| !std::ptr::eq(w.reading, leading.reading)).copied();
    std::iter::once(leading).chain(others).collect()
}

fn columns<'f>(sheet: &Sheet<'f>) -> Vec<Column<'f>> {
    witnesses(sheet).into_iter().take(MOST_ACCOUNTS).flat_map(Column::of).collect()
}

/// Figures in rows, accounts in columns.
fn figures(tree: &Tree, sheet: &Sheet, columns: &[Column], out: &mut String) {
    out.push_str("<thead><tr><td>");
    for column in columns {
        let head = tree.say(&format!("site-account-{}", column.heading()));
        let _ = write!(out, "<th scope=col>{head}");
    }
    out.push_str("<tbody>");
    for (i, selection) in tree.pack().selections.iter().enumerate() {
        row(tree, &Html::text(&selection.short).to_string(), Field::Selection(i), columns, out);
    }
    let rest = [
        ("valid", Field::Valid),
        ("null", Field::Null),
        ("ballots", Field::Ballots),
        ("electors", Field::Electors),
    ];
    let is_given = |field: Field| columns.iter().any(|column| column.cell(field) != Cell::Nothing);
    // Sheets of one election have a figure or they do not: an empty row says nothing.
    for (code, field) in rest.into_iter().filter(|(_, field)| is_given(*field)) {
        row(tree, &tree.say(&format!("site-figure-{code}")), field, columns, out);
    }
    if let Some(electors) = sheet.electors.filter(|_| !is_given(Field::Electors)) {
        let n = tree.pen().label_int(i64::from(electors));
        let _ = write!(out, "<tr><th scope=row>{}*<td>{n}", tree.say("site-figure-electors"));
    }
    out.push_str("</table>");
}

fn row(tree: &Tree, head: &str, field: Field, columns: &[Column], out: &mut String) {
    let _ = write!(out, "<tr><th scope=row>{head}");
    let mut before: Vec<Cell> = Vec::with_capacity(columns.len());
    for column in columns {
        let cell = column.cell(field);
        // Against what stands for the sheet; print against the code of its own image as well.
        let code = if matches!(column, Column::PrintOf(..)) { before.last() } else { None };
        let differs = before.first().into_iter().chain(code).any(|other| other.contradicts(&cell));
        out.push_str(if differs { "<td class=x>≠ " } else { "<td>" });
        out.push_str(&shown(tree, &cell));
        before.push(cell);
    }
}

/// A cell in words; never 0 for what is none.
fn shown(tree: &Tree, cell: &Cell) -> String {
    match cell {
        Cell::Number(n) => tree.pen().label_int(i64::from(*n)),
        Cell::Digits(digits) => Html::text(digits).to_string(),
        Cell::Word(code) => format!("<i>{}</i>", tree.say(&format!("site-cell-{code}"))),
        Cell::Nothing => "–".to_owned(),
    }
}

/// Who gives the figures: source, version and line, image.
fn accounts(tree: &Tree, sheet: &Sheet, out: &mut String) {
    let all = witnesses(sheet);
    out.push_str("<ul class=by>");
    for witness in all.iter().take(MOST_ACCOUNTS) {
        out.push_str("<li>");
        out.push_str(&account(tree, witness));
        if let Some(image) = &witness.reading.image {
            out.push_str(&image_of(tree, image));
        }
    }
    if all.len() > MOST_ACCOUNTS {
        let n =
            Html::text(&tree.pen().label_int(i64::try_from(all.len() - MOST_ACCOUNTS).unwrap_or(i64::MAX)));
        let _ = write!(out, "<li>{}", tree.pen().tell("site-more-accounts", &[("n", n)]));
    }
    out.push_str("</ul>");
}

fn account(tree: &Tree, witness: &Witness) -> String {
    let source = Html::text(&tree.source_name(witness.source));
    if witness.channel == Channel::Transcription {
        let found = tree.site.facts.sources.iter().find(|source| source.id == witness.source);
        let version = Html::text(&plain(found.map_or("", |source| &source.newest().label)));
        let line = Html::text(&tree.pen().label_int(i64::from(witness.reading.line)));
        let slots = [("source", source), ("version", version), ("line", line)];
        return tree.pen().tell("site-account-of-transcription", &slots).to_string();
    }
    let kind = if witness.confirmed { "confirmed" } else { witness.channel.code() };
    tree.pen().tell(&format!("site-account-of-{kind}"), &[("source", source)]).to_string()
}

/// The image: a link where it is at hand, its hash always; or the link that a source gives.
fn image_of(tree: &Tree, image: &str) -> String {
    if is_sha256(image) {
        let hash = format!(" <code>{image}</code>");
        let at_hand = tree.site.images.and_then(|images| images.get(image));
        return match at_hand.filter(|file| address::is_file_name(&file.name)) {
            Some(file) => {
                format!(" <a href=\"../../images/{}\">{}</a>{hash}", file.name, tree.say("site-image"))
            }
            None => format!(" {}{hash}", tree.say("site-image-hash")),
        };
    }
    match host_of(image) {
        Some(host) => {
            let says = tree.pen().tell("site-image-elsewhere", &[("host", Html::text(host))]);
            format!(" <a href=\"{}\">{says}</a>", Html::text(image))
        }
        None => String::new(),
    }
}

fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

/// Host of a link that can be followed: `http` or `https`, plain ASCII without spaces, quotes or user names.
pub(super) fn host_of(link: &str) -> Option<&str> {
    let rest = link.strip_prefix("https://").or_else(|| link.strip_prefix("http://"))?;
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~:/?#[]!$&()*+,;=%".contains(&b);
    let host = rest.split(['/', '?', '#']).next()?;
    let is_host = !host.is_empty() && host.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.:".contains(&b));
    (is_host && link.len() <= 400 && link.bytes().all(is_plain)).then_some(host)
}

/// Ballot lines as the first account that has them gives them, and where its print says otherwise. A selection of
/// one line has no more to show than its votes.
fn lines(tree: &Tree, sheet: &Sheet, out: &mut String) {
    let pack = tree.pack();
    let all = witnesses(sheet);
    let Some(witness) = all.iter().find(|w| !w.reading.values.lines.is_empty()) else { return };
    let _ = write!(out, "<details><summary>{}</summary><dl>", tree.say("site-lines"));
    let mut last = None;
    let account = Column::Account(*witness);
    let alone = |at: usize| pack.lines.iter().filter(|line| line.selection == at).count() == 1;
    for (i, value) in witness.reading.values.lines.iter().enumerate() {
        let Some(line) = pack.lines.get(i) else { break };
        let code = account.cell(Field::Line(i));
        let printed = witness.print.and_then(|print| print.figure(Figure::Field(Field::Line(i))));
        let print = printed.map(|printed| beside(printed, *value)).filter(|print| *print != code);
        let print = print.filter(|_| witness.channel != Channel::Print);
        if alone(line.selection) && print.is_none() {
            continue;
        }
        if last != Some(line.selection) {
            let name = pack.selections.get(line.selection).map_or("", |s| s.short.as_str());
            let _ = write!(out, "<dt>{}<dd>", Html::text(name));
            last = Some(line.selection);
        } else {
            out.push_str(", ");
        }
        let _ = write!(out, "{} {}", Html::text(&line.label), shown(tree, &code));
        if let Some(print) = print {
            let differs = if code.contradicts(&print) { "≠ " } else { "" };
            let _ =
                write!(out, " <b>({differs}{}: {})</b>", tree.say("site-account-print"), shown(tree, &print));
        }
    }
    out.push_str("</dl></details>");
}

fn findings(tree: &Tree, entry: &Entry, out: &mut String) {
    if entry.findings.is_empty() {
        return;
    }
    out.push_str("<ul class=found>");
    for finding in entry.findings.iter().take(MOST_FINDINGS) {
        let says = Html::text(&sentence(&tree.desk, finding));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_links_are_followed() {
        assert_eq!(host_of("https://static.example.org/a_1.jpg"), Some("static.example.org"));
        assert_eq!(host_of("http://example.org:8080?x=1"), Some("example.org:8080"));
        for bad in [
            "javascript:alert(1)",
            "https://",
            "https://user@example.org/",
            "https://example.org/\" onclick=\"x",
            "https://example.org/a b",
            "https://exämple.org/",
            "//example.org/",
            "https://example.org@evil.example/",
        ] {
            assert_eq!(host_of(bad), None, "{bad}");
        }
    }
}
