//! The printable worksheet of an audit: what to look for, room to write, and how anybody redoes the draw.

use askama::Template;
use tallyproof_analysis::audit::inspection::Feature;
use tallyproof_analysis::results::AuditRecord;
use tallyproof_core::pack::Pack;
use tallyproof_core::tidy::plain;

use super::html::{Html, Pen};
use crate::words::Words;

/// One drawn sheet.
pub struct WorksheetRow {
    /// Table.
    pub table: String,
    /// Areas it lies in, the widest first.
    pub areas: Vec<String>,
    /// Counter of its first draw.
    pub counter: u64,
    /// Numbers of its draws, from 1.
    pub draws: Vec<u64>,
}

/// What a worksheet is a function of.
pub struct Worksheet<'a> {
    /// The audit.
    pub record: &'a AuditRecord,
    /// The election.
    pub pack: &'a Pack,
    /// Its sheets.
    pub rows: &'a [&'a WorksheetRow],
    /// Commands that redo the draw.
    pub script: &'a str,
    /// Name of the table that it is typed into.
    pub csv_name: String,
}

#[derive(Template)]
#[template(path = "worksheet.html")]
struct Page<'a> {
    pen: &'a Pen<'a>,
    title: Html,
    election: String,
    synthetic: bool,
    lede: Html,
    file: Html,
    selections: Vec<String>,
    features: Vec<String>,
    rows: Vec<Row>,
    redo: Html,
    script: Html,
}

struct Row {
    draws: String,
    table: String,
    areas: String,
}

/// The page, in the language of `words`. Fails when the template cannot be filled in.
pub fn worksheet_html(sheet: &Worksheet, words: &Words) -> Result<String, askama::Error> {
    let pen = Pen::new(words);
    let text = |text: &str| plain(text).into_owned();
    let record = sheet.record;
    let slots = [
        ("name", Html::text(&record.id)),
        ("custody", Html::text(&record.custody)),
        ("file", Html::code(&sheet.csv_name)),
        ("sha256", Html::code(&record.frozen.sha256())),
        ("seed", Html::code(record.seed.as_deref().unwrap_or_default())),
    ];
    let row = |row: &&WorksheetRow| Row {
        draws: row.draws.iter().map(u64::to_string).collect::<Vec<_>>().join(" "),
        table: text(&row.table),
        // Codes that begin the table's id say nothing more than it does.
        areas: row
            .areas
            .iter()
            .filter(|a| !row.table.starts_with(*a))
            .map(|a| text(a))
            .collect::<Vec<_>>()
            .join(", "),
    };
    let title = |words_of: &tallyproof_core::pack::Localized| text(words.of(&words_of.into()));
    let page = Page {
        pen: &pen,
        title: pen.tell("worksheet-title", &slots),
        election: title(&sheet.pack.title),
        synthetic: sheet.pack.synthetic,
        lede: pen.tell("worksheet-lede", &slots),
        file: pen.tell("worksheet-file", &slots),
        selections: sheet.pack.selections.iter().map(|s| text(&format!("{} ({})", s.short, s.id))).collect(),
        features: Feature::ALL.map(|f| pen.say_of("audit-feature", f.code())).into(),
        rows: sheet.rows.iter().map(row).collect(),
        redo: pen.tell("worksheet-redo-lede", &slots),
        script: Html::text_block(sheet.script),
    };
    page.render()
}
