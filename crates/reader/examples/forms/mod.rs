//! The forms of the two corpora: what a pack would say of them.

use std::collections::BTreeMap;

use tallyproof_core::form::{Figure, Form, Group, Row, Script};
use tallyproof_core::sheet::Field;

/// Parties of the form of `sheets-sample`.
pub(crate) const SAMPLE: [&[&str]; 10] = [
    &["PSUV", "PCV", "TUPAMARO", "PPT", "MSV", "PODEMOS", "MEP", "APC", "ORA", "UPV", "EV", "PVV", "PFV"],
    &["AD", "COPEI", "MR", "BR", "DDP", "UNE"],
    &["EL CAMBIO"],
    &["PV", "VU", "UVV", "MPJ"],
    &["AP", "MOVEV", "CMC", "FV", "ALIANZA DEL LAPIZ", "MIN UNIDAD"],
    &["SPV"],
    &["VPA", "AREPA"],
    &["UNTC", "MPV", "MUD"],
    &["CENTRADOS"],
    &["CONDE"],
];
/// Parties of our renderer's specimens.
pub(crate) use tallyproof_render::practice::PARTIES as OURS;

/// The form of sheets with these parties, and the name of each figure in a corpus's truth.
pub(crate) fn form(parties: &[&[&str]]) -> (Form, BTreeMap<Figure, String>) {
    let mut names = BTreeMap::new();
    let mut row = |label: &str, figure: Option<(Figure, String)>, digits| {
        let figure = figure.map(|(figure, name)| {
            names.insert(figure, name);
            figure
        });
        Row { label: label.into(), figure, digits, private: false }
    };
    let header = vec![
        row("ESTADO", None, None),
        row("MUNICIPIO", None, None),
        row("PARROQUIA", None, None),
        row("CENTRO", Some((Figure::TablePart(0), "centro".into())), Some(9)),
        row("MESA", Some((Figure::TablePart(1), "mesa".into())), Some(2)),
    ];
    let mut n = 0;
    let groups = parties
        .iter()
        .enumerate()
        .map(|(i, lines)| Group {
            total: row("NAME", Some((Figure::Field(Field::Selection(i)), format!("cand{i}"))), None),
            lines: lines
                .iter()
                .map(|label| {
                    n += 1;
                    row(label, Some((Figure::Field(Field::Line(n - 1)), format!("p{}", n - 1))), None)
                })
                .collect(),
        })
        .collect();
    let totals = vec![
        row("TOTAL VOTOS VALIDOS", Some((Figure::Field(Field::Valid), "validos".into())), None),
        row("TOTAL VOTOS NULOS", Some((Figure::Field(Field::Null), "nulos".into())), None),
        row("TOTAL VOTOS ESCRUTADOS", Some((Figure::Field(Field::Ballots), "escrutados".into())), None),
    ];
    (
        Form {
            script: Script::Printed,
            header,
            groups,
            totals,
            table_parts: vec![9, 2],
            private_below: true,
            masking_reviewed: None,
        },
        names,
    )
}
