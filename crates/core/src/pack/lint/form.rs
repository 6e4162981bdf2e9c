//! The printed form, checked.

use std::collections::BTreeSet;

use toml::Spanned;

use super::{Args, Code, Lint};
use crate::form::{Figure, Form, Group, MaskingReview, Row};
use crate::pack::file::{FormPart, ReviewPart, RowPart};
use crate::pack::{Line, Selection};
use crate::sheet::Field;
use crate::table::TablePattern;

/// Longest label, characters: no sheet of paper has more on one line.
const MAX_LABEL: usize = 200;

/// Longest pseudonym, characters.
const MAX_WHO: usize = 64;

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
        let shows_totals = part.selection_totals.as_ref().is_none_or(|shows| *shows.get_ref());
        if let Some(shows) = part.selection_totals.filter(|_| !shows_totals && ballot.lines.is_empty()) {
            self.fault(Code::FormVotes, &shows, Args::new());
        }
        let groups = self.groups(shows_totals, ballot);
        let marks = part.private_below || header.iter().chain(&totals).any(|row| row.private);
        let masking_reviewed = part.masking_reviewed.map(|review| self.review(review, marks));
        let (script, private_below) = (part.script, part.private_below);
        Form { script, header, groups, totals, table_parts, private_below, masking_reviewed }
    }

    /// A review is of something, and its author is nobody who could be found: packs are published.
    fn review(&mut self, part: ReviewPart, marks: bool) -> MaskingReview {
        self.date(&part.when);
        let who = part.who.get_ref().clone();
        let n_digits = who.chars().filter(char::is_ascii_digit).count();
        let is_pseudonym =
            !who.trim().is_empty() && who.chars().count() <= MAX_WHO && !who.contains('@') && n_digits < 7;
        if !marks || !is_pseudonym {
            self.fault(Code::FormReview, &part.who, vec![("found", who.clone())]);
        }
        MaskingReview { who, when: part.when.into_inner() }
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
        let private = part.private.as_ref().is_some_and(|private| *private.get_ref());
        if let Some(flag) = part.private.filter(|_| private && (part.table.is_some() || field.is_some())) {
            self.fault(Code::FormPrivate, &flag, vec![("found", label.clone())]);
        }
        let Some(table) = part.table else {
            return Row { label, figure: field.map(Figure::Field), digits: None, private };
        };
        let digits = *table.get_ref();
        table_parts.push(digits);
        first.get_or_insert(table);
        Row { label, figure: Some(Figure::TablePart(table_parts.len() - 1)), digits: Some(digits), private }
    }

    /// Selections in the order of their ballot lines; without lines, in the pack's order.
    fn groups(&mut self, totals: bool, ballot: &Ballot) -> Vec<Group> {
        let row = |label: &str, figure| Row { label: label.into(), figure, digits: None, private: false };
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
