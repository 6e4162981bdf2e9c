//! A made-up sheet as the pack's form prints it.

use tallyproof_core::form::{Figure, Form, Row};
use tallyproof_render::{Group, Line, SheetFace};

use super::{Truth, area_name};
use crate::pipeline::packs::LoadedPack;

/// What the sheet prints; `None` when the pack has a code whose grammar cannot say these figures.
pub(super) fn face(loaded: &LoadedPack, form: &Form, truth: &Truth, seed: u64) -> Option<SheetFace> {
    let pack = &loaded.pack;
    let parts = form.parts_of(&truth.table, &pack.pattern);
    let mut names = (0..pack.levels.len()).map(|level| area_name(loaded, &truth.table, level).to_uppercase());
    let mut row = |row: &Row| {
        let figure = match row.figure {
            Some(Figure::TablePart(i)) => parts.get(i).cloned().unwrap_or_default(),
            Some(Figure::Field(field)) => {
                truth.values.value(field).count().map_or(String::new(), |n| n.to_string())
            }
            None if row.private => "NOMBRE APELLIDO".into(),
            None => names.next().unwrap_or_default(),
        };
        let field = row.figure.map(Figure::code).unwrap_or_default();
        Line::new(field, row.label.clone(), figure)
    };
    let header = form.header.iter().map(&mut row).collect();
    let groups = form
        .groups
        .iter()
        .map(|group| {
            let mut total = row(&group.total);
            if group.total.figure.is_none() {
                total.figure.clear();
            }
            Group { total, lines: group.lines.iter().map(&mut row).collect() }
        })
        .collect();
    let totals = form.totals.iter().map(&mut row).collect();
    let code = match &pack.payload {
        Some(grammar) => grammar.write(pack, &truth.table, &truth.values, seed)?.into_bytes(),
        None => Vec::new(),
    };
    Some(SheetFace {
        title: vec![pack.title.es.to_uppercase(), format!("{} (SYNTHETIC)", pack.contest.es.to_uppercase())],
        hash: String::new(),
        header,
        groups,
        totals,
        closing: vec![pack.date.clone()],
        signatures_caption: "FIRMAS (SYNTHETIC)".into(),
        // The renderer marks head and foot; a part of the sheet cut out says it, too.
        code_caption: "SYNTHETIC".into(),
        code,
        authentication: "SYNTHETIC - PRACTICE SHEET".into(),
    })
}
