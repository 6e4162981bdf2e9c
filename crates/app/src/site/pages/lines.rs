//! Ballot lines of one sheet.

use std::fmt::Write;

use tallyproof_core::form::Figure;
use tallyproof_core::reconcile::{Sheet, Witness};
use tallyproof_core::sheet::{Channel, Field};

use super::accounts::witnesses;
use super::cell::{Cell, Column, beside};
use super::entry::shown;
use super::tree::Tree;
use crate::site::html::Html;

/// Appends the lines as the first account that has them gives them, and where its print says otherwise. A selection
/// of one line has no more to show than its votes; lines that are surely 0 are named together.
pub(super) fn write(tree: &Tree, sheet: &Sheet, out: &mut String) {
    let pack = tree.pack();
    let all = witnesses(sheet);
    let Some(witness) = all.iter().find(|w| !w.reading.values.lines.is_empty()) else { return };
    let _ = write!(out, "<details><summary>{}</summary><dl>", tree.say("site-lines"));
    for (at, selection) in pack.selections.iter().enumerate() {
        let of_selection: Vec<usize> =
            (0..pack.lines.len()).filter(|&line| pack.lines[line].selection == at).collect();
        let mut parts: Vec<String> = Vec::new();
        for &line in &of_selection {
            parts.extend(part(tree, witness, line));
        }
        let alone = of_selection.len() < 2 && !parts.iter().any(|part| part.contains("<b>"));
        if alone {
            continue;
        }
        let zeros = of_selection.len() - parts.len();
        match (parts.is_empty(), zeros) {
            (true, _) => parts.push(tree.say("site-lines-all-zero").to_string()),
            (false, 0) => {}
            (false, _) => parts.push(tree.say("site-lines-rest-zero").to_string()),
        }
        let _ = write!(out, "<dt>{}<dd>{}", Html::text(&selection.short), parts.join(", "));
    }
    out.push_str("</dl></details>");
}

/// One line with its votes; `None` of a line that is 0 and that nothing speaks against.
fn part(tree: &Tree, witness: &Witness, line: usize) -> Option<String> {
    let field = Field::Line(line);
    let code = Column::Account(*witness).cell(field);
    let value = witness.reading.values.value(field);
    let printed = witness.print.filter(|_| witness.channel != Channel::Print);
    let printed = printed.and_then(|print| print.figure(Figure::Field(field)));
    let print = printed.map(|printed| beside(printed, value)).filter(|print| *print != code);
    if code == Cell::Number(0) && print.is_none() {
        return None;
    }
    let label = Html::text(tree.pack().lines.get(line).map_or("", |line| &line.label));
    let mut part = format!("{label} {}", shown(tree, &code));
    if let Some(print) = print {
        let differs = if code.contradicts(&print) { "≠ " } else { "" };
        let _ =
            write!(part, " <b>({differs}{}: {})</b>", tree.say("site-account-print"), shown(tree, &print));
    }
    Some(part)
}
