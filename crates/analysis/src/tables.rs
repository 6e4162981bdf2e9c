//! The published tables beside `results.json`: one row per sheet, one per finding.

use std::io::{self, Write};

use tallyproof_core::facts::Facts;
use tallyproof_core::reconcile::Sheet;
use tallyproof_core::rules::{Finding, field_name, figure_name};
use tallyproof_core::sheet::FieldValue;
use tallyproof_core::tidy::Table;

use crate::results::Analysis;

/// Writes `sheets.csv`: every table anybody speaks of, counted or not, sorted by table.
///
/// Votes that are not numbers are empty cells, never 0; `status` says why.
pub fn sheets_csv<W: Write>(facts: &Facts, sheets: &[Sheet], out: W) -> io::Result<W> {
    let pack = &facts.pack;
    let mut header: Vec<&str> = vec!["table"];
    header.extend(pack.levels.iter().map(|level| level.id.as_str()));
    header.extend(["status", "class", "counted"]);
    header.extend(pack.selections.iter().map(|s| s.id.as_str()));
    header.push("valid");
    header.extend(pack.blank_votes.then_some("blank"));
    header.extend(["null", "ballots", "electors", "sources", "image", "unconfirmed"]);
    let mut table = Table::new(out, header)?;
    let mut cells: Vec<String> = Vec::new();
    for sheet in sheets {
        let values = sheet.values();
        cells.clear();
        cells.push(sheet.table.to_string());
        cells.extend((0..pack.levels.len()).map(|level| pack.area_of(sheet.table, level).to_owned()));
        cells.push(sheet.status.code().to_owned());
        cells.push(sheet.class.code().to_owned());
        cells.push(if sheet.counts(pack) { "1" } else { "0" }.to_owned());
        cells.extend(values.selections.iter().map(|&v| figure(v)));
        cells.push(figure(values.valid));
        cells.extend(pack.blank_votes.then(|| figure(values.blank_votes)));
        cells.extend([values.null, values.ballots].map(figure));
        cells.push(sheet.electors.map(|n| n.to_string()).unwrap_or_default());
        cells.push(sources(sheet));
        cells.push(published_image(sheet.leading().reading.image.as_deref().unwrap_or_default()));
        cells.push(unconfirmed(facts, sheet));
        table.row(&cells)?;
    }
    table.finish()
}

/// Writes `findings.csv`: one row per finding, by rule, then table.
pub fn findings_csv<W: Write>(facts: &Facts, findings: &[Finding], out: W) -> io::Result<W> {
    let mut table = Table::new(out, ["rule", "severity", "table", "fields", "numbers"])?;
    for finding in findings {
        let fields: Vec<String> = finding.fields.iter().map(|&f| field_name(&facts.pack, f)).collect();
        let numbers: Vec<String> =
            finding.args.iter().map(|(name, value)| format!("{name}={value}")).collect();
        table.row([
            finding.rule,
            finding.severity.code(),
            finding.table.as_ref().map_or("", |t| t.as_str()),
            &fields.join(" "),
            &numbers.join("; "),
        ])?;
    }
    table.finish()
}

/// Writes `false-sheets.csv`: for each claim that some sheets must be false for, one smallest set in the
/// reading kindest to the claim, sheets with most votes first.
pub fn false_sheets_csv<W: Write>(analysis: &Analysis, out: W) -> io::Result<W> {
    let mut table = Table::new(out, ["claim", "about", "rank", "table", "votes"])?;
    for tested in &analysis.claims {
        let Some(budget) = tested.budgets.first() else { continue };
        let selections = &budget.selections;
        for (rank, &sheet) in budget.found.sheets.iter().enumerate() {
            let votes: u64 = selections.iter().map(|&s| u64::from(analysis.counted.votes(sheet)[s])).sum();
            table.row([
                tested.claim.id.as_str(),
                &budget.about,
                &(rank + 1).to_string(),
                analysis.counted.tables[sheet].as_str(),
                &votes.to_string(),
            ])?;
        }
    }
    table.finish()
}

/// A link or a hash; the path of a file on somebody's machine is nobody's business.
fn published_image(image: &str) -> String {
    let link = image.starts_with("https://") || image.starts_with("http://");
    let hash = image.len() == 64 && image.bytes().all(|b| b.is_ascii_hexdigit());
    if link || hash { image.to_owned() } else { String::new() }
}

/// Figures of a code that its print does not confirm; `all` where no print was found.
fn unconfirmed(facts: &Facts, sheet: &Sheet) -> String {
    if sheet.unconfirmed.is_empty() || sheet.leading().print.is_some_and(|print| !print.is_empty()) {
        let mut names: Vec<String> =
            sheet.unconfirmed.iter().map(|&figure| figure_name(&facts.pack, figure)).collect();
        names.dedup();
        names.join(" ")
    } else {
        "all".to_owned()
    }
}

fn figure(value: FieldValue) -> String {
    value.count().map(|n| n.to_string()).unwrap_or_default()
}

fn sources(sheet: &Sheet) -> String {
    let mut names: Vec<&str> = sheet.witnesses.iter().map(|w| w.source).collect();
    names.dedup();
    names.join(" ")
}
