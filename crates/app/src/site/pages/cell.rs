//! One figure as one account gives it.

use tallyproof_core::form::Figure;
use tallyproof_core::print::{Print, Printed, PrintedFigure, Says};
use tallyproof_core::reconcile::Witness;
use tallyproof_core::sheet::{Channel, Field, FieldValue};

/// What an account gives for a figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cell {
    /// A number.
    Number(u32),
    /// Digits that print gives and that are no number the code gives.
    Digits(String),
    /// No number: code of the word that says why.
    Word(&'static str),
    /// The account does not speak of the figure.
    Nothing,
}

/// One column: an account, or the print of the image that an account reads the code of.
pub(crate) enum Column<'f> {
    Account(Witness<'f>),
    PrintOf(Witness<'f>, &'f Print),
}

impl<'f> Column<'f> {
    /// The columns of a witness: itself, and beside a code the print of the same image, unless that agrees on every
    /// figure.
    pub(crate) fn of(witness: Witness<'f>) -> Vec<Self> {
        let coded = matches!(witness.channel, Channel::Code | Channel::Joint) && !witness.confirmed;
        let print = witness.print.filter(|print| coded && !print.is_empty());
        std::iter::once(Column::Account(witness))
            .chain(print.map(|print| Column::PrintOf(witness, print)))
            .collect()
    }

    /// Code of the heading.
    pub(crate) fn heading(&self) -> &'static str {
        match self {
            Column::Account(witness) if witness.confirmed => "confirmed",
            Column::Account(witness) => witness.channel.code(),
            Column::PrintOf(..) => "print",
        }
    }

    /// What stands for a figure.
    pub(crate) fn cell(&self, field: Field) -> Cell {
        match self {
            Column::Account(witness) => match witness.reading.values.value(field) {
                FieldValue::Count(n) => Cell::Number(n),
                FieldValue::Blank => Cell::Word("blank"),
                FieldValue::Illegible => Cell::Word("illegible"),
                // Where both agree, print may give what no code holds: valid votes, electors.
                FieldValue::Unread if witness.confirmed => print_alone(witness, field),
                FieldValue::Unread => Cell::Nothing,
            },
            Column::PrintOf(witness, print) => {
                let printed = print.figure(Figure::Field(field));
                printed.map_or(Cell::Nothing, |printed| beside(printed, witness.reading.values.value(field)))
            }
        }
    }
}

/// What the print of a confirmed image gives for a figure that its code does not have.
fn print_alone(witness: &Witness, field: Field) -> Cell {
    let printed = witness.print.and_then(|print| print.figure(Figure::Field(field)));
    printed.map_or(Cell::Nothing, |printed| beside(printed, FieldValue::Unread))
}

/// What print says of a figure of the code of the same image. Digits count for what they are only where they were
/// surely read, or where the comparison with the code's value says that they stand there.
pub(crate) fn beside(printed: &PrintedFigure, code: FieldValue) -> Cell {
    let says = code.count().map(|n| (n, printed.says(&n.to_string())));
    match says {
        Some((n, Says::Agrees)) => return Cell::Number(n),
        Some((_, Says::Contradicts(Some(digits)))) => return Cell::Digits(digits.into()),
        Some((_, Says::Contradicts(None))) => return Cell::Word("other"),
        _ => {}
    }
    match (&printed.printed, printed.sure_digits()) {
        (_, Some(digits)) => match printed.blind() {
            FieldValue::Count(n) => Cell::Number(n),
            _ => Cell::Digits(digits.to_owned()),
        },
        (Printed::Digits(_), None) => Cell::Word("unsure"),
        (Printed::Blank, _) => Cell::Word("blank"),
        (Printed::Illegible(_), _) => Cell::Word("illegible"),
        (Printed::NotFound, _) => Cell::Word("not-found"),
    }
}

impl Cell {
    /// Every word there is.
    #[cfg(test)]
    pub(crate) const WORDS: [&'static str; 5] = ["blank", "illegible", "other", "unsure", "not-found"];

    /// Whether both are figures, and different ones.
    pub(crate) fn contradicts(&self, other: &Cell) -> bool {
        let figure = |cell: &Cell| match cell {
            Cell::Number(n) => Some(n.to_string()),
            Cell::Digits(digits) => Some(digits.clone()),
            Cell::Word("other") => Some(String::new()),
            Cell::Word(_) | Cell::Nothing => None,
        };
        matches!((figure(self), figure(other)), (Some(a), Some(b)) if a != b)
    }
}

#[cfg(test)]
mod tests {
    use tallyproof_core::print::Match;

    use super::*;
    use crate::words::{Lang, Words};

    fn printed(printed: Printed, confidence: u16, compared: Option<(&str, Match)>) -> PrintedFigure {
        let compared = compared.map(|(digits, found)| (digits.into(), found));
        PrintedFigure { figure: Figure::Field(Field::Line(0)), printed, confidence, compared, crop: None }
    }

    /// Blank, illegible and unsure are values, and none of them confirms.
    #[test]
    fn print_beside_code_says_what_it_is() {
        let digits = |text: &str| Printed::Digits(text.into());
        let code = FieldValue::Count(140);
        let cases = [
            (printed(digits("140"), 999, Some(("140", Match::Same))), Cell::Number(140)),
            (printed(digits("149"), 999, Some(("140", Match::Other))), Cell::Digits("149".into())),
            (printed(digits("149"), 500, Some(("140", Match::Unsure))), Cell::Word("unsure")),
            (
                printed(Printed::Illegible("blurred".into()), 0, Some(("140", Match::Other))),
                Cell::Word("other"),
            ),
            (printed(Printed::Illegible("covered".into()), 0, None), Cell::Word("illegible")),
            (printed(Printed::Blank, 0, None), Cell::Word("blank")),
            (printed(Printed::NotFound, 0, None), Cell::Word("not-found")),
        ];
        for (figure, expected) in cases {
            assert_eq!(beside(&figure, code), expected, "{figure:?}");
        }
        assert!(Cell::Number(140).contradicts(&Cell::Digits("149".into())));
        assert!(!Cell::Number(140).contradicts(&Cell::Word("blank")));
        assert!(Cell::Number(140).contradicts(&Cell::Word("other")));
    }

    #[test]
    fn every_word_is_there_in_both_languages() {
        for lang in Lang::ALL {
            let words = Words::new(lang);
            for word in Cell::WORDS {
                assert!(words.has(&format!("site-cell-{word}")), "{word}");
            }
        }
    }
}
