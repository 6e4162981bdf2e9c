//! From what a person typed to what it says: digits, or the word for a place that is blank or illegible.

use std::collections::BTreeMap;

use tallyproof_core::form::Figure;
use tallyproof_core::pack::Pack;
use tallyproof_core::review::{Place, TableValue, Typed, entry_fields, table_of_parts, table_parts};
use tallyproof_core::sheet::{FieldValue, MAX_COUNT};

/// Longest text taken from one field, characters; no number and no word of ours is longer.
const MAX_TEXT: usize = 24;

/// Digits of a table's part up to which missing zeros at the front are taken as read.
const MOST_PADDED: usize = 3;

/// What counts as "there is nothing", in both languages, whichever is on the screen.
const BLANK: [&str; 9] = ["b", "blank", "empty", "blanco", "en blanco", "vacío", "vacio", "-", "—"];
/// What counts as "it cannot be read".
const ILLEGIBLE: [&str; 4] = ["i", "illegible", "ilegible", "?"];

/// Why what was typed in a field says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Complaint {
    /// Nothing was typed: never taken for 0.
    Missing,
    /// Neither digits nor one of the words.
    NotANumber,
    /// More than a polling table can hold.
    TooLarge,
    /// The part of the table's id has this number of digits.
    Digits(usize),
    /// The parts are those of no table's id.
    NoTable,
}

impl Complaint {
    /// Code of its words.
    pub(super) fn code(self) -> &'static str {
        match self {
            Complaint::Missing => "missing",
            Complaint::NotANumber => "not-a-number",
            Complaint::TooLarge => "too-large",
            Complaint::Digits(_) => "digits",
            Complaint::NoTable => "no-table",
        }
    }
}

/// What is typed, as the form shows it: words for places without a number are those of the page's language.
pub(super) fn shown(text: &str, blank: &str, illegible: &str) -> String {
    match text {
        word if is_one_of(&BLANK, word) => blank.to_owned(),
        word if is_one_of(&ILLEGIBLE, word) => illegible.to_owned(),
        other => other.to_owned(),
    }
}

/// Texts by the codes of figures, as a form sends them.
pub(super) type Texts = BTreeMap<String, String>;

/// The figures that stand in these places, in printed order.
pub(super) fn figures_of(pack: &Pack, places: &[Place]) -> Vec<Figure> {
    let asked = |figure: &Figure| match figure {
        Figure::TablePart(_) => places.contains(&Place::Table),
        Figure::Field(field) => places.contains(&Place::Field(*field)),
    };
    entry_fields(pack).into_iter().filter(asked).collect()
}

/// Keeps of a form what belongs to these figures, each no longer than a field takes.
pub(super) fn texts_of(figures: &[Figure], form: &[(String, String)]) -> Texts {
    let text = |figure: &Figure| {
        let code = figure.code();
        let typed = form.iter().find(|(name, _)| *name == code).map_or("", |(_, text)| text.trim());
        (code, typed.chars().filter(|c| !c.is_control()).take(MAX_TEXT + 1).collect())
    };
    figures.iter().map(text).collect()
}

/// What was typed, if every figure says something; else what is wrong, in printed order.
pub(super) fn read(
    pack: &Pack,
    figures: &[Figure],
    texts: &Texts,
) -> Result<Typed, Vec<(Figure, Complaint)>> {
    let (typed, complaints) = read_what_is_there(pack, figures, texts);
    if complaints.is_empty() { Ok(typed) } else { Err(complaints) }
}

/// What was typed so far, and what says nothing yet.
pub(super) fn read_what_is_there(
    pack: &Pack,
    figures: &[Figure],
    texts: &Texts,
) -> (Typed, Vec<(Figure, Complaint)>) {
    let (mut typed, mut complaints) = (Typed::default(), Vec::new());
    let text = |figure: &Figure| texts.get(&figure.code()).map_or("", String::as_str);
    let parts: Vec<(Figure, &str)> =
        figures.iter().filter(|f| matches!(f, Figure::TablePart(_))).map(|f| (*f, text(f))).collect();
    if !parts.is_empty() {
        match table(pack, &parts) {
            Ok(table) => typed.table = Some(table),
            Err(faults) => complaints.extend(faults),
        }
    }
    for figure in figures {
        let Figure::Field(field) = figure else { continue };
        match value(text(figure)) {
            Ok(value) => drop(typed.values.insert(*field, value)),
            Err(complaint) => complaints.push((*figure, complaint)),
        }
    }
    let order = |figure: &Figure| figures.iter().position(|known| known == figure);
    complaints.sort_by_key(|(figure, _)| order(figure));
    (typed, complaints)
}

fn is_one_of(words: &[&str], text: &str) -> bool {
    words.contains(&text.to_lowercase().as_str())
}

fn value(text: &str) -> Result<FieldValue, Complaint> {
    match text {
        "" => Err(Complaint::Missing),
        word if is_one_of(&BLANK, word) => Ok(FieldValue::Blank),
        word if is_one_of(&ILLEGIBLE, word) => Ok(FieldValue::Illegible),
        digits if digits.bytes().all(|b| b.is_ascii_digit()) => {
            let number = digits.parse::<u32>().ok().filter(|&n| n <= MAX_COUNT);
            number.map(FieldValue::Count).ok_or(Complaint::TooLarge)
        }
        _ => Err(Complaint::NotANumber),
    }
}

/// The table whose id has these parts. A part that cannot be read, or is not there, leaves the sheet without a table.
fn table(pack: &Pack, parts: &[(Figure, &str)]) -> Result<TableValue, Vec<(Figure, Complaint)>> {
    let lengths = table_parts(pack);
    let (mut digits, mut faults, mut unread) = (Vec::new(), Vec::new(), false);
    for ((figure, text), &n) in parts.iter().zip(&lengths) {
        match *text {
            "" => faults.push((*figure, Complaint::Missing)),
            word if is_one_of(&BLANK, word) || is_one_of(&ILLEGIBLE, word) => unread = true,
            text if !text.bytes().all(|b| b.is_ascii_digit()) => {
                faults.push((*figure, Complaint::NotANumber));
            }
            text if text.len() == n || text.len() < n && n <= MOST_PADDED => {
                digits.push(format!("{text:0>n$}"));
            }
            _ => faults.push((*figure, Complaint::Digits(n))),
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    if unread {
        return Ok(TableValue::Illegible);
    }
    let parts_typed: Vec<&str> = digits.iter().map(String::as_str).collect();
    let id = table_of_parts(pack, &parts_typed);
    id.map(TableValue::Id).ok_or_else(|| vec![(parts[0].0, Complaint::NoTable)])
}

#[cfg(test)]
mod tests {
    use tallyproof_core::sheet::Field;

    use super::*;

    fn pack() -> Pack {
        let toml = include_str!("../../../../../elections/costa-serena-2031/election.toml");
        Pack::parse("costa-serena-2031", toml).unwrap()
    }

    #[test]
    fn words_stand_for_places_without_a_number_and_nothing_stands_for_zero() {
        assert_eq!(value("0"), Ok(FieldValue::Count(0)));
        assert_eq!(value("007"), Ok(FieldValue::Count(7)));
        assert_eq!(value("Blanco"), Ok(FieldValue::Blank));
        assert_eq!(value("ILEGIBLE"), Ok(FieldValue::Illegible));
        assert_eq!(
            ["b", "ilegible", "12", ""].map(|t| shown(t, "blank", "illegible")),
            ["blank", "illegible", "12", ""]
        );
        assert_eq!(value("9999999"), Ok(FieldValue::Count(MAX_COUNT)));
        for (text, complaint) in [
            ("", Complaint::Missing),
            ("10000000", Complaint::TooLarge),
            ("99999999999999999999999", Complaint::TooLarge),
            ("1.234", Complaint::NotANumber),
            ("-5", Complaint::NotANumber),
            ("1e3", Complaint::NotANumber),
            ("٣", Complaint::NotANumber),
            ("<b>", Complaint::NotANumber),
        ] {
            assert_eq!(value(text), Err(complaint), "{text}");
        }
    }

    #[test]
    fn a_table_is_typed_part_by_part_with_zeros_that_nobody_types() {
        let pack = pack();
        let figures = entry_fields(&pack);
        let form = |parts: [&str; 3]| -> Texts {
            (1..).zip(parts).map(|(i, part)| (format!("table-{i}"), part.to_owned())).collect()
        };
        let table_figures: Vec<Figure> =
            figures.iter().copied().filter(|f| matches!(f, Figure::TablePart(_))).collect();
        let read = |parts| read(&pack, &table_figures, &form(parts)).map(|typed| typed.table.unwrap());
        assert_eq!(read(["1", "2", "3"]), Ok(TableValue::Id(pack.pattern.id("P1-02-003").unwrap())));
        assert_eq!(read(["1", "i", "003"]), Ok(TableValue::Illegible));
        let complaints = read(["1", "", "0003"]).unwrap_err();
        assert_eq!(
            complaints.iter().map(|c| c.1).collect::<Vec<_>>(),
            [Complaint::Missing, Complaint::Digits(3)]
        );
    }

    #[test]
    fn every_figure_that_says_nothing_is_named_in_printed_order() {
        let pack = pack();
        let figures = figures_of(&pack, &[Place::Field(Field::Null), Place::Field(Field::Selection(1))]);
        let texts =
            texts_of(&figures, &[("selection-2".into(), " 12 ".into()), ("line-9".into(), "1".into())]);
        let complaints = read(&pack, &figures, &texts).unwrap_err();
        assert_eq!(complaints, [(Figure::Field(Field::Null), Complaint::Missing)]);
        let long = texts_of(&figures, &[("null".into(), "1".repeat(100_000))]);
        assert_eq!(long["null"].len(), MAX_TEXT + 1);
    }
}
