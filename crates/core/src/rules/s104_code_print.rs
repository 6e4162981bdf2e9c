//! S104: code and print of one image give different figures.

use super::{ContestCase, Found, figure_name};
use crate::form::Figure;
use crate::reconcile::ChannelDifference;
use crate::table::TableId;

pub(super) fn check(case: &ContestCase, out: &mut Vec<Found>) {
    let finding = |table: &TableId, d: &ChannelDifference| {
        let misprint = &d.misprint;
        let field = match misprint.figure {
            Figure::Field(field) => Some(field),
            Figure::TablePart(_) => None,
        };
        let args = vec![
            ("image", d.image.reading.image.as_deref().unwrap_or_default().to_owned()),
            ("source", d.image.source.to_owned()),
            ("figure", figure_name(&case.facts.pack, misprint.figure)),
            ("code", misprint.code.to_string()),
            ("print", misprint.print.as_deref().unwrap_or("illegible").to_owned()),
        ];
        Found { table: Some(table.clone()), fields: field.into_iter().collect(), args }
    };
    let all = case.sheets.iter().flat_map(|s| s.misprints.iter().map(move |d| finding(s.table, d)));
    out.extend(all);
}
