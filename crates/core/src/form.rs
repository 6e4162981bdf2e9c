//! The printed form: what stands on a tally sheet from head to foot, as far as a reader needs to know it.
//!
//! A form is an order, not a drawing: rows are found by the order they are printed in, by what stands left and
//! right on them and by how long their labels are. No millimetre is written down, so a printer with another
//! font, another pitch or an extra line is read by the same form.

use crate::sheet::Field;
use crate::table::{TableId, TablePattern};

/// Who wrote the figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Script {
    /// A printer: machines may read them.
    Printed,
    /// People by hand: machines crop them for people and read nothing.
    Handwritten,
}

/// Figures that a row outside the votes may have, as packs write them.
#[derive(Clone, Copy, Debug, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum RowFigure {
    Valid,
    Blank,
    Null,
    Ballots,
    Electors,
}

impl From<RowFigure> for Field {
    fn from(figure: RowFigure) -> Self {
        match figure {
            RowFigure::Valid => Field::Valid,
            RowFigure::Blank => Field::BlankVotes,
            RowFigure::Null => Field::Null,
            RowFigure::Ballots => Field::Ballots,
            RowFigure::Electors => Field::Electors,
        }
    }
}

/// What a row's figure is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Figure {
    /// The part of the table's id with this index, counted from the left.
    TablePart(usize),
    /// A figure of the sheet.
    Field(Field),
}

impl Figure {
    /// Stable code used in the journal, the same whatever the pack calls its parts: `table-1`, `line-7`,
    /// `selection-2`, `valid`. Numbers count from 1.
    pub fn code(self) -> String {
        match self {
            Figure::TablePart(i) => format!("table-{}", i + 1),
            Figure::Field(Field::Selection(i)) => format!("selection-{}", i + 1),
            Figure::Field(Field::Line(i)) => format!("line-{}", i + 1),
            Figure::Field(Field::Valid) => "valid".into(),
            Figure::Field(Field::BlankVotes) => "blank".into(),
            Figure::Field(Field::Null) => "null".into(),
            Figure::Field(Field::Ballots) => "ballots".into(),
            Figure::Field(Field::Electors) => "electors".into(),
            Figure::Field(Field::Reserved) => "reserved".into(),
        }
    }

    /// The figure with this code; `None` when there is none.
    pub fn from_code(code: &str) -> Option<Self> {
        let plain = match code {
            "valid" => Some(Field::Valid),
            "blank" => Some(Field::BlankVotes),
            "null" => Some(Field::Null),
            "ballots" => Some(Field::Ballots),
            "electors" => Some(Field::Electors),
            "reserved" => Some(Field::Reserved),
            _ => None,
        };
        if let Some(field) = plain {
            return Some(Figure::Field(field));
        }
        let (kind, number) = code.rsplit_once('-')?;
        let index =
            number.parse::<usize>().ok().filter(|_| !number.starts_with(['0', '+']))?.checked_sub(1)?;
        match kind {
            "table" => Some(Figure::TablePart(index)),
            "selection" => Some(Figure::Field(Field::Selection(index))),
            "line" => Some(Figure::Field(Field::Line(index))),
            _ => None,
        }
    }
}

/// One printed row: a label, and a figure unless the row is words alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Label as the pack knows it; a sheet's may differ in wording and length.
    pub label: String,
    /// What its figure is; `None` for a row of words.
    pub figure: Option<Figure>,
    /// Digits the figure always has, where that is fixed: `06` has two.
    pub digits: Option<usize>,
    /// Whether it names people: it is painted over before a picture is published. Never with a figure.
    pub private: bool,
}

/// A selection's rows: one per ballot line, and its total beside the name above or on a row of its own below.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Name and total.
    pub total: Row,
    /// Ballot lines.
    pub lines: Vec<Row>,
}

/// What is printed on a sheet, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// Who wrote the figures.
    pub script: Script,
    /// `label: figure` rows above the votes; the figure follows its label.
    pub header: Vec<Row>,
    /// The votes; figures stand flush right.
    pub groups: Vec<Group>,
    /// Sums below the votes; figures stand flush right.
    pub totals: Vec<Row>,
    /// Digits of each part of the table's id that the header prints, left to right; the id is these parts set
    /// into the pattern of table ids. Empty when the header does not print it.
    pub table_parts: Vec<usize>,
    /// Whether everything below the last figure names people, the code excepted: signatures, members, stamps.
    pub private_below: bool,
    /// Who looked at real sheets and found that the private parts are all of them; `None` before somebody has.
    pub masking_reviewed: Option<MaskingReview>,
}

/// A person's word that a form's private parts are all that name people on its sheets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MaskingReview {
    /// A pseudonym or a role.
    pub who: String,
    /// The day, `YYYY-MM-DD`.
    pub when: String,
}

/// A part of a sheet that names people: from one row to another, as wide as the sheet and wider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PrivateZone {
    /// It begins below the row of this figure; `None`: with the sheet.
    pub below: Option<Figure>,
    /// It ends above the row of this figure; `None`: with the sheet.
    pub above: Option<Figure>,
}

impl Form {
    /// Where people are named, in rows that are found by their figures: words alone are no sure mark.
    pub fn private_zones(&self) -> Vec<PrivateZone> {
        // A selection's total stands above its lines or below them; its lines stand where they stand.
        let group = |group: &'_ Group| -> Vec<Row> {
            if group.lines.is_empty() { vec![group.total.clone()] } else { group.lines.clone() }
        };
        let rows = self.header.iter().cloned().chain(self.groups.iter().flat_map(group));
        let mut zones: Vec<PrivateZone> = Vec::new();
        let (mut last, mut open) = (None, false);
        for row in rows.chain(self.totals.iter().cloned()) {
            open |= row.private;
            if let Some(figure) = row.figure {
                if std::mem::take(&mut open) {
                    zones.push(PrivateZone { below: last, above: Some(figure) });
                }
                last = Some(figure);
            }
        }
        if open || self.private_below {
            zones.push(PrivateZone { below: last, above: None });
        }
        zones
    }

    /// Every figure a sheet of this form shows, in printed order.
    pub fn figures(&self) -> impl Iterator<Item = Figure> + '_ {
        let groups = self.groups.iter().flat_map(|group| std::iter::once(&group.total).chain(&group.lines));
        self.header.iter().chain(groups).chain(&self.totals).filter_map(|row| row.figure)
    }

    /// What the header prints of a table's id, part by part; empty unless its parts make up the whole id.
    pub fn parts_of(&self, table: &TableId, pattern: &TablePattern) -> Vec<String> {
        let digits: String = pattern
            .as_str()
            .bytes()
            .zip(table.as_str().chars())
            .filter_map(|(p, digit)| (p == b'#').then_some(digit))
            .collect();
        if self.table_parts.iter().sum::<usize>() != digits.len() {
            return Vec::new();
        }
        let mut rest = digits.as_str();
        let cut = |&n: &usize| {
            let (part, others) = rest.split_at(n);
            rest = others;
            part.to_owned()
        };
        self.table_parts.iter().map(cut).collect()
    }

    /// The id whose parts the header prints; `None` when the parts are not those of one id.
    pub fn table_of(&self, parts: &[&str], pattern: &TablePattern) -> Option<TableId> {
        let fits = parts.len() == self.table_parts.len()
            && parts.iter().zip(&self.table_parts).all(|(part, &n)| part.len() == n);
        let digits = parts.concat();
        let n_places = pattern.as_str().bytes().filter(|&b| b == b'#').count();
        if !fits || digits.len() != n_places {
            return None;
        }
        let mut digits = digits.chars();
        let id: String =
            pattern.as_str().chars().map(|c| if c == '#' { digits.next().unwrap_or(c) } else { c }).collect();
        pattern.id(&id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_figures_read_back() {
        let fields = [
            Field::Selection(0),
            Field::Line(37),
            Field::Valid,
            Field::BlankVotes,
            Field::Null,
            Field::Ballots,
            Field::Electors,
        ];
        let figures = fields.map(Figure::Field).into_iter().chain([Figure::TablePart(1)]);
        for figure in figures {
            assert_eq!(Figure::from_code(&figure.code()), Some(figure));
        }
        for wrong in ["", "line", "line-", "line-0", "line-01", "line-+1", "line--1", "votes-1"] {
            assert_eq!(Figure::from_code(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_header_prints_the_id_in_parts() {
        let pattern = TablePattern::parse("P##-###.#").unwrap();
        let row = |label: &str, figure, digits| Row { label: label.into(), figure, digits, private: false };
        let form = |parts: Vec<usize>| Form {
            private_below: false,
            masking_reviewed: None,
            script: Script::Printed,
            header: vec![row("CENTRO", Some(Figure::TablePart(0)), Some(5))],
            groups: Vec::new(),
            totals: Vec::new(),
            table_parts: parts,
        };
        let id = pattern.id("P12-034.5").unwrap();
        assert_eq!(form(vec![5, 1]).parts_of(&id, &pattern), ["12034", "5"]);
        assert_eq!(form(vec![5, 1]).table_of(&["12034", "5"], &pattern), Some(id.clone()));
        assert_eq!(form(vec![5, 1]).table_of(&["1203", "45"], &pattern), None);
        assert!(form(vec![5]).parts_of(&id, &pattern).is_empty(), "part of an id is no id");
    }
    #[test]
    fn private_parts_lie_between_rows_with_figures() {
        let row = |figure, private| Row { label: "x".into(), figure, digits: None, private };
        let line = |i| Some(Figure::Field(Field::Line(i)));
        let total = |i| Some(Figure::Field(Field::Selection(i)));
        let part = Some(Figure::TablePart(0));
        let [valid, null] = [Field::Valid, Field::Null].map(|field| Some(Figure::Field(field)));
        let group = |i| Group { total: row(total(i), false), lines: vec![row(line(i), false)] };
        let mut form = Form {
            script: Script::Printed,
            header: vec![row(None, true), row(part, false), row(None, true), row(None, false)],
            groups: vec![group(0), group(1)],
            totals: vec![row(valid, false), row(null, false), row(None, false)],
            table_parts: vec![2],
            private_below: true,
            masking_reviewed: None,
        };
        let zone = |below, above| PrivateZone { below, above };
        let head = [zone(None, part), zone(part, line(0))];
        assert_eq!(form.private_zones(), [head[0], head[1], zone(null, None)]);
        form.private_below = false;
        assert_eq!(form.private_zones(), head);
        form.totals[2].private = true;
        assert_eq!(form.private_zones().last(), Some(&zone(null, None)));
        form.groups[1].lines.clear();
        form.totals.insert(0, row(None, true));
        assert_eq!(form.private_zones()[2], zone(total(1), valid), "without lines the total is the row");
    }
}
