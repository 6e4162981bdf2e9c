//! What a sound pack gives: a typing error that is no fault shows here.

use tallyproof_core::form::{Figure, Form, Row, Script};
use tallyproof_core::pack::Pack;
use tallyproof_core::sheet::Field;

use crate::pipeline::packs::LoadedPack;
use crate::pipeline::sheets::{SheetsRequest, draw};
use crate::words::Words;

/// One line each on tables, ballot, code, form, mappings and claims.
pub(super) fn lines(words: &Words, loaded: &LoadedPack) -> Vec<String> {
    let pack = &loaded.pack;
    let n = |n: usize| words.int(n as u64);
    let mut lines = Vec::new();
    let electors = pack.electors.map_or_else(|| "none".into(), |n| words.int(n));
    match (&loaded.register, &pack.register) {
        (Some(register), Some(file)) => {
            let sum: u64 = register.tables.values().flatten().map(|&n| u64::from(n)).sum();
            let known = register.tables.values().any(Option::is_some);
            let sum = if known { words.int(sum) } else { "none".into() };
            let named = pack.n_tables == register.tables.len() as u64;
            lines.push(words.tell(
                "pack-gives-register",
                &[("n", n(register.tables.len())), ("file", file.file.clone()), ("electors", sum)],
            ));
            if !named {
                lines.push(words.tell(
                    "pack-gives-other-count",
                    &[("count", words.int(pack.n_tables)), ("n", n(register.tables.len()))],
                ));
            }
        }
        _ => lines.push(words.tell(
            "pack-gives-tables",
            &[("n", words.int(pack.n_tables)), ("electors", electors), ("id", sample(loaded))],
        )),
    }
    let n_lines = if pack.lines.is_empty() { "none".into() } else { n(pack.lines.len()) };
    let counts = [("selections", n(pack.selections.len())), ("lines", n_lines)];
    lines.push(words.tell("pack-gives-ballot", &counts));
    lines.push(code(words, loaded));
    lines.push(match &pack.form {
        Some(form) => {
            let script = match form.script {
                Script::Printed => "printed",
                Script::Handwritten => "handwritten",
            };
            let figures: Vec<String> = rows(pack, form);
            words.tell("pack-gives-form", &[("script", script.into()), ("figures", figures.join(" · "))])
        }
        None => words.say("pack-gives-no-form"),
    });
    let ids: Vec<&str> = pack.mappings.iter().map(|mapping| mapping.id.as_str()).collect();
    let named = if ids.is_empty() { "none".into() } else { ids.join(", ") };
    lines.push(words.tell("pack-gives-mappings", &[("ids", named)]));
    let ids: Vec<&str> = pack.claims.iter().map(|claim| claim.id.as_str()).collect();
    let named = if ids.is_empty() { "none".into() } else { ids.join(", ") };
    lines.push(words.tell("pack-gives-claims", &[("ids", named)]));
    lines
}

/// A code that the grammar allows, for comparison with a real one.
fn code(words: &Words, loaded: &LoadedPack) -> String {
    let pack = &loaded.pack;
    let Some(grammar) = &pack.payload else { return words.say("pack-gives-no-code") };
    let drawn = draw(loaded, SheetsRequest { n_sheets: 1, seed: 1 });
    let text = drawn.first().and_then(|one| grammar.write(pack, &one.table, &one.values, 1));
    match text {
        Some(text) => words.tell("pack-gives-code", &[("text", text.chars().take(400).collect())]),
        None => words.say("pack-gives-narrow-code"),
    }
}

fn sample(loaded: &LoadedPack) -> String {
    let drawn = draw(loaded, SheetsRequest { n_sheets: 1, seed: 1 });
    drawn.first().map(|one| one.table.to_string()).unwrap_or_default()
}

/// Labels in printed order, each with what its figure is.
fn rows(pack: &Pack, form: &Form) -> Vec<String> {
    let groups = form.groups.iter().flat_map(|group| std::iter::once(&group.total).chain(&group.lines));
    let all = form.header.iter().chain(groups).chain(&form.totals);
    let named = |row: &Row| {
        let figure = match row.figure? {
            Figure::TablePart(_) => "table".to_owned(),
            Figure::Field(Field::Selection(_)) => return Some(row.label.clone()),
            Figure::Field(field) => tallyproof_core::rules::field_name(pack, field),
        };
        Some(format!("{} ({figure})", row.label))
    };
    let mut all: Vec<String> = all.filter_map(named).collect();
    // A ballot of hundreds of lines is not read here.
    if all.len() > 40 {
        let rest = all.len() - 30;
        all.truncate(30);
        all.push(format!("… (+{rest})"));
    }
    all
}
