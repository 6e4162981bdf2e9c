//! The printed form, checked.

use std::collections::BTreeSet;

use toml::Spanned;

use super::{Args, Code, Lint};
use crate::form::{Figure, Form, Group, Row};
use crate::pack::file::{FormPart, RowPart};
use crate::pack::{Line, Selection};
use crate::sheet::Field;
use crate::table::TablePattern;

/// Longest label, characters: no sheet of paper has more on one line.
const MAX_LABEL: usize = 200;

/// What the form refers to.
pub(super) struct Ballot<'p> {
    pub(super) selections: &'p [Selection],
    pub(super) lines: &'p [Line],
    pub(super) pattern: &'p TablePattern,
}

impl Lint<'_> {
    /// The form's rows in printed order: header, the pack's lines grouped under their selections, totals.
    pub(super) fn form(&mut self, part: FormPart, ballot: &Ballot) -> Form {
        let mut table_parts = Vec::new();
        let mut first = None;
        let mut seen = BTreeSet::new();
        let (header, totals) = (part.header, part.totals);
        let mut rows = |lint: &mut Self, rows: Vec<RowPart>| -> Vec<Row> {
            let row = |row| lint.row(row, &mut table_parts, &mut first, &mut seen);
            rows.into_iter().map(row).collect()
        };
        let header = rows(self, header);
        let totals = rows(self, totals);
        let n_digits = ballot.pattern.as_str().bytes().filter(|&b| b == b'#').count();
        let printed = table_parts.iter().fold(0usize, |sum, &n| sum.saturating_add(n));
        if let Some(first) = first.filter(|_| printed != n_digits) {
            let args: Args = vec![("found", printed.to_string()), ("expected", n_digits.to_string())];
            self.fault(Code::FormTable, &first, args);
        }
        let groups = self.groups(part.selection_totals, ballot);
        Form { script: part.script, header, groups, totals, table_parts }
    }

    fn row(
        &mut self,
        part: RowPart,
        table_parts: &mut Vec<usize>,
        first: &mut Option<Spanned<usize>>,
        seen: &mut BTreeSet<Field>,
    ) -> Row {
        let label = part.label.get_ref().clone();
        if label.trim().is_empty() || label.chars().count() > MAX_LABEL {
            self.fault(Code::FormLabel, &part.label, vec![("found", label.clone())]);
        }
        let twice = part.table.is_some() && part.figure.is_some();
        let field = part.figure.map(|figure| Field::from(*figure.get_ref()));
        if twice || field.is_some_and(|field| !seen.insert(field)) {
            self.fault(Code::FormFigure, &part.label, vec![("found", label.clone())]);
        }
        let Some(table) = part.table else {
            return Row { label, figure: field.map(Figure::Field), digits: None };
        };
        let digits = *table.get_ref();
        table_parts.push(digits);
        first.get_or_insert(table);
        Row { label, figure: Some(Figure::TablePart(table_parts.len() - 1)), digits: Some(digits) }
    }

    /// Selections in the order of their ballot lines; without lines, in the pack's order.
    fn groups(&mut self, totals: bool, ballot: &Ballot) -> Vec<Group> {
        let row = |label: &str, field| Row { label: label.into(), figure: field, digits: None };
        let total = |i: usize| {
            let figure = totals.then_some(Figure::Field(Field::Selection(i)));
            Group { total: row(&ballot.selections[i].name, figure), lines: Vec::new() }
        };
        if ballot.lines.is_empty() {
            return (0..ballot.selections.len()).map(total).collect();
        }
        let mut groups: Vec<Group> = Vec::new();
        let (mut last, mut seen) = (None, BTreeSet::new());
        for (i, line) in ballot.lines.iter().enumerate() {
            if last != Some(line.selection) {
                if !seen.insert(line.selection) {
                    let found = ballot.selections[line.selection].id.clone();
                    self.missing(Code::FormLines, vec![("found", found)]);
                }
                groups.push(total(line.selection));
                last = Some(line.selection);
            }
            if let Some(group) = groups.last_mut() {
                group.lines.push(row(&line.label, Some(Figure::Field(Field::Line(i)))));
            }
        }
        groups
    }
}
