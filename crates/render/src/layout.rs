//! The order of things on the strip, as rows from top to foot.

use crate::face::{Line, SheetFace};
use crate::style::{Leader, Style, TotalsAt};

/// Printed at the head and the foot of every sheet; nothing turns it off.
pub const SYNTHETIC_MARK: &str = "*** SYNTHETIC - NOT A REAL SHEET ***";

/// One row of the strip.
pub(crate) enum Row {
    /// The mark that says the sheet is synthetic.
    Mark,
    Centred {
        text: String,
        bold: bool,
    },
    Left(String),
    /// `label: figure`.
    Header(Line),
    /// A label left, a figure right.
    Figure {
        line: Line,
        indent: usize,
        leader: Leader,
        bold: bool,
    },
    Rule,
    /// Blank paper, in line pitches.
    Space(f64),
    /// Where people sign, in line pitches.
    Signatures(f64),
    Code,
}

/// Rows of `face` as `style` sets them; `columns` letters fit a line.
pub(crate) fn rows(face: &SheetFace, style: &Style, columns: usize) -> Vec<Row> {
    let mut rows = vec![Row::Space(0.6), Row::Mark, Row::Space(0.4)];
    let centred = |text: &String, bold| wrap(text, columns).map(move |text| Row::Centred { text, bold });
    rows.extend(face.title.iter().flat_map(|text| centred(text, true)));
    rows.extend(centred(&face.hash, false));
    rows.push(Row::Space(0.7));
    rows.extend(face.header.iter().cloned().map(Row::Header));
    rows.push(Row::Rule);
    rows.extend(groups(face, style));
    rows.push(Row::Rule);
    rows.extend(face.totals.iter().map(|line| figure(line, 0, Leader::Blank, true)));
    rows.push(Row::Rule);
    rows.extend(face.closing.iter().flat_map(|text| wrap(text, columns)).map(Row::Left));
    rows.push(Row::Space(0.4));
    rows.extend(centred(&face.signatures_caption, false));
    rows.push(Row::Signatures(if style.signatures > 0 || style.stamp { 6.5 } else { 1.5 }));
    rows.extend(centred(&face.code_caption, false));
    if !face.code.is_empty() {
        rows.extend([Row::Space(0.7), Row::Code, Row::Space(0.7)]);
    }
    rows.extend(centred(&face.authentication, false));
    rows.extend([Row::Space(0.5), Row::Mark, Row::Space(1.4)]);
    rows
}

fn groups(face: &SheetFace, style: &Style) -> Vec<Row> {
    let mut rows = Vec::new();
    for group in &face.groups {
        if style.totals_at == TotalsAt::Name {
            rows.push(figure(&group.total, 0, Leader::Blank, false));
        } else {
            rows.push(Row::Left(group.total.label.clone()));
        }
        rows.extend(group.lines.iter().map(|line| figure(line, style.indent, style.leader, false)));
        if style.totals_at == TotalsAt::Foot {
            let total = Line { label: "TOTAL".into(), ..group.total.clone() };
            rows.push(figure(&total, style.indent, Leader::Blank, true));
        }
    }
    rows
}

fn figure(line: &Line, indent: usize, leader: Leader, bold: bool) -> Row {
    Row::Figure { line: line.clone(), indent, leader, bold }
}

/// `text` cut into lines of at most `columns` letters; none when it is empty.
fn wrap(text: &str, columns: usize) -> impl Iterator<Item = String> + use<> {
    let letters: Vec<char> = text.chars().collect();
    letters.chunks(columns.max(1)).map(String::from_iter).collect::<Vec<_>>().into_iter()
}

/// The letters of a figure row: label, leader, figure flush right. The figure starts at the returned column.
pub(crate) fn set_figure(line: &Line, indent: usize, leader: Leader, columns: usize) -> (String, usize) {
    let figure_columns = line.figure.chars().count().min(columns);
    let starts = columns - figure_columns;
    let label: String = line.label.chars().take(starts.saturating_sub(indent + 1)).collect();
    let mut text: String = " ".repeat(indent.min(starts)) + &label;
    for column in text.chars().count()..starts {
        let touches = column + 1 >= starts || column == indent + label.chars().count();
        text.push(match leader {
            _ if touches => ' ',
            Leader::Blank => ' ',
            Leader::Dots => '.',
            Leader::Underscores => '_',
        });
    }
    text.extend(line.figure.chars().take(columns));
    (text, starts)
}

/// The mark, cut to the line.
pub(crate) fn mark_text(columns: usize) -> String {
    SYNTHETIC_MARK.chars().take(columns).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_is_whole_and_flush_right() {
        let line = Line::new("p0", "A VERY LONG PARTY NAME INDEED", "104");
        let (text, starts) = set_figure(&line, 2, Leader::Dots, 20);
        assert_eq!((text.as_str(), starts), ("  A VERY LONG PA 104", 17));
        let (text, _) = set_figure(&Line::new("p1", "MUD", "0"), 2, Leader::Dots, 16);
        assert_eq!(text, "  MUD ........ 0");
    }
}
