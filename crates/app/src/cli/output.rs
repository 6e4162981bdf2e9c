//! Printing: data on stdout, everything else on stderr, all of it harmless to a terminal.

use std::io::{self, IsTerminal, Write};

use serde::Serialize;
use tallyproof_core::pack::PackFault;
use tallyproof_core::tidy::{Table, json, plain};

use crate::trouble::Trouble;
use crate::words::Words;

/// How data is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Format {
    /// For people.
    Table,
    /// For programs.
    Json,
    /// For spreadsheets.
    Csv,
}

/// Prints text on stdout. A reader that went away (`| head`) is no error.
pub(super) fn print(text: &str) {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            // Output that was lost must not count as success.
            note(&format!("stdout: {error}"));
            std::process::exit(i32::from(super::FAILED));
        }
        _ => {}
    }
}

/// Prints a line on stderr, for people.
pub(super) fn note(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Prints a value as JSON.
pub(super) fn print_json(value: &impl Serialize) {
    // Plain owned values always serialise.
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    print(&format!("{}\n", json(&text)));
}

/// Prints rows as CSV, or in aligned columns: those named in `right` flush right.
pub(super) fn print_rows(format: Format, header: &[&str], rows: &[Vec<String>], right: &[usize]) {
    if format == Format::Csv {
        let written = Table::new(Vec::new(), header).and_then(|mut table| {
            rows.iter().try_for_each(|row| table.row(row))?;
            table.finish()
        });
        print(&String::from_utf8_lossy(&written.unwrap_or_default()));
        return;
    }
    let clean = |text: &str| plain(text).chars().take(100).collect::<String>();
    let head: Vec<String> = header.iter().map(|h| clean(h)).collect();
    let body: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(|c| clean(c)).collect()).collect();
    let width = |i: usize| {
        body.iter()
            .chain([&head])
            .map(|row| row.get(i).map_or(0, |cell| cell.chars().count()))
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    let mut text = String::new();
    for row in std::iter::once(&head).chain(&body) {
        let mut line = String::new();
        for (i, cell) in row.iter().enumerate() {
            let pad = " ".repeat(widths.get(i).copied().unwrap_or(0).saturating_sub(cell.chars().count()));
            let cell = if right.contains(&i) { format!("{pad}{cell}") } else { format!("{cell}{pad}") };
            line.push_str(&cell);
            line.push_str("  ");
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    print(&text);
}

/// What happened, and what to do next.
pub(super) fn say_error(words: &Words, trouble: &Trouble) {
    let args = trouble.args();
    let what = words.tell(&format!("err-{}", trouble.code()), &args);
    let next = words.tell(&format!("rec-{}", trouble.code()), &args);
    note(&format!("{}: {what}", words.say("error")));
    if let Trouble::BadPack { faults, file } = trouble {
        let lines = faults.iter().take(50).map(|fault| fault_line(words, &file.display().to_string(), fault));
        lines.for_each(|line| note(&line));
    }
    note(&format!("  {next}"));
}

/// A pack fault as `file:line: what. What to do.`
pub(super) fn fault_line(words: &Words, file: &str, fault: &PackFault) -> String {
    let place = fault.line.map_or_else(|| plain(file).into_owned(), |line| format!("{}:{line}", plain(file)));
    let what = words.tell(&format!("pack-fault-{}", fault.code.code()), &fault.args);
    let next = words.tell(&format!("pack-remedy-{}", fault.code.code()), &fault.args);
    format!("{place}: {what} {next}")
}

/// A progress bar over `n` things with rate and time left, drawn only on a terminal.
pub(super) fn count_bar(n: u64) -> indicatif::ProgressBar {
    if !io::stderr().is_terminal() {
        return indicatif::ProgressBar::hidden();
    }
    let bar = indicatif::ProgressBar::new(n);
    let template = "{bar:32} {pos}/{len}  {per_sec}  {eta}";
    match indicatif::ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// A progress bar over bytes, drawn only on a terminal.
pub(super) fn byte_bar(n_bytes: u64) -> indicatif::ProgressBar {
    if !io::stderr().is_terminal() {
        return indicatif::ProgressBar::hidden();
    }
    let style =
        indicatif::ProgressStyle::with_template("{bar:32} {bytes}/{total_bytes}  {bytes_per_sec}  {eta}");
    let bar = indicatif::ProgressBar::new(n_bytes);
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
