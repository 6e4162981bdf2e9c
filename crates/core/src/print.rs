//! The printed figures of one image, and what they say of what its code says.
//!
//! Print is a witness: where code and print of one image agree on every figure, a sheet is definitive. So
//! nothing here may take a figure for confirmed that nobody read, and nothing may take a doubtful reading for
//! a contradiction. A blank or an illegible figure is neither.

use serde_json::{Value, json};

use crate::form::{Figure, Form};
use crate::pack::Pack;
use crate::sheet::{Field, FieldValue, MAX_COUNT, SheetValues};
use crate::table::TableId;

/// Least confidence, per mille, at which digits read blind are a number: below it a person reads the figure.
/// A sure reading that is wrong costs a person's look and nothing else, since print alone decides nothing.
pub const SURE_PER_MILLE: u16 = 990;

/// Digits of the longest figure of a journal's event that is looked at.
const MAX_DIGITS: usize = 24;
/// Figures of one sheet that are looked at: more than the largest ballot has lines and selections.
const MAX_FIGURES: usize = 8_192;

/// What stands in a figure's place, read without knowing the code.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Printed {
    /// These ASCII digits, leading zeros kept.
    Digits(Box<str>),
    /// The paper is empty there.
    Blank,
    /// Something stands there that cannot be read; the reader's cause code.
    Illegible(Box<str>),
    /// The row was not found.
    NotFound,
}

/// Cause codes of digits that are seen but not surely told apart: there, asking whether it is a certain value may
/// give an answer that reading blind did not. What is covered, burnt out or cut off is not seen.
pub const SEEN: [&str; 3] = ["unsure", "blurred", "faint"];

/// Whether a figure is the value that another channel proposes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Match {
    /// It is this value.
    Same,
    /// It is surely another one.
    Other,
    /// It cannot be told.
    Unsure,
}

/// Four corners in the upright picture, px: top left, top right, bottom right, bottom left.
pub type Crop = [[i32; 2]; 4];

/// One printed figure of an image.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PrintedFigure {
    /// Which.
    pub figure: Figure,
    /// What stands there.
    pub printed: Printed,
    /// Least sure digit's probability, per mille.
    pub confidence: u16,
    /// The digits that were proposed, and whether they stand there.
    pub compared: Option<(Box<str>, Match)>,
    /// Where it stands.
    pub crop: Option<Crop>,
}

/// What a printed figure says of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Says {
    /// It is this value.
    Agrees,
    /// It is surely another one: these digits, or `None` where they cannot be read.
    Contradicts(Option<Box<str>>),
    /// Nothing: blank, illegible or not found.
    Nothing,
}

impl PrintedFigure {
    /// The digits, where they were surely read without knowing any other channel.
    pub fn sure_digits(&self) -> Option<&str> {
        match &self.printed {
            Printed::Digits(digits) if self.confidence >= SURE_PER_MILLE => Some(digits),
            _ => None,
        }
    }

    /// The figure as a value of a channel by itself.
    pub fn blind(&self) -> FieldValue {
        match (&self.printed, self.sure_digits()) {
            (_, Some(digits)) => number(digits).map_or(FieldValue::Illegible, FieldValue::Count),
            (Printed::Blank, _) => FieldValue::Blank,
            (Printed::NotFound, _) => FieldValue::Unread,
            _ => FieldValue::Illegible,
        }
    }

    /// What it says of `value`, digits as they would be printed.
    pub fn says(&self, value: &str) -> Says {
        let compared = self.compared.as_ref().filter(|(asked, _)| **asked == *value).map(|(_, found)| *found);
        let seen = match &self.printed {
            Printed::Digits(_) => true,
            Printed::Illegible(cause) => SEEN.contains(&&**cause),
            Printed::Blank | Printed::NotFound => false,
        };
        match (self.sure_digits(), compared) {
            (Some(digits), _) if !self.same(digits, value) => Says::Contradicts(Some(digits.into())),
            // How often an altered digit is taken for the proposed one is measured of the comparison alone:
            // only it confirms.
            (_, Some(Match::Same)) if seen => Says::Agrees,
            (None, Some(Match::Other)) if seen => Says::Contradicts(self.other_digits(value)),
            _ => Says::Nothing,
        }
    }

    fn other_digits(&self, value: &str) -> Option<Box<str>> {
        match &self.printed {
            Printed::Digits(digits) if !self.same(digits, value) => Some(digits.clone()),
            _ => None,
        }
    }

    /// Numbers are the same with or without leading zeros; parts of a table's id are not.
    fn same(&self, a: &str, b: &str) -> bool {
        match self.figure {
            Figure::TablePart(_) => a == b,
            Figure::Field(_) => a.trim_start_matches('0') == b.trim_start_matches('0'),
        }
    }

    fn to_json(&self) -> Value {
        let printed = match &self.printed {
            Printed::Digits(digits) => digits.to_string(),
            Printed::Blank => "blank".into(),
            Printed::Illegible(cause) => format!("illegible:{cause}"),
            Printed::NotFound => "not-found".into(),
        };
        let compared = self.compared.as_ref().map(|(asked, found)| {
            let found = match found {
                Match::Same => "same",
                Match::Other => "other",
                Match::Unsure => "unsure",
            };
            json!([asked, found])
        });
        let crop = self.crop.map(|corners| corners.as_flattened().to_vec());
        json!([self.figure.code(), printed, self.confidence, compared, crop])
    }

    fn from_json(value: &Value) -> Option<Self> {
        let [figure, printed, confidence, compared, crop] = value.as_array()?.as_slice() else { return None };
        let digits = |text: &str| {
            let plain = text.len() <= MAX_DIGITS && text.bytes().all(|b| b.is_ascii_digit());
            (plain && !text.is_empty()).then(|| text.into())
        };
        let printed = match printed.as_str()? {
            "blank" => Printed::Blank,
            "not-found" => Printed::NotFound,
            text => match text.strip_prefix("illegible:") {
                Some(cause) => Printed::Illegible(cause.chars().take(40).collect::<String>().into()),
                None => Printed::Digits(digits(text)?),
            },
        };
        let compared = match compared.as_array().map(Vec::as_slice) {
            Some([asked, found]) => {
                let found = match found.as_str()? {
                    "same" => Match::Same,
                    "other" => Match::Other,
                    "unsure" => Match::Unsure,
                    _ => return None,
                };
                Some((digits(asked.as_str()?)?, found))
            }
            _ => None,
        };
        let crop = crop.as_array().and_then(|all| {
            let all: Vec<i32> = all.iter().map(|v| i32::try_from(v.as_i64()?).ok()).collect::<Option<_>>()?;
            let corners: [[i32; 2]; 4] = all.as_chunks::<2>().0.try_into().ok()?;
            (all.len() == 8).then_some(corners)
        });
        let figure = Figure::from_code(figure.as_str()?)?;
        let confidence = u16::try_from(confidence.as_u64()?).ok().filter(|&c| c <= 1000)?;
        Some(Self { figure, printed, confidence, compared, crop })
    }
}

/// The printed figures of one image, in the form's order, each figure once.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Print {
    /// The figures.
    pub figures: Vec<PrintedFigure>,
}

impl Print {
    /// As the journal holds it: one short array per figure.
    pub fn to_json(&self) -> Value {
        self.figures.iter().map(PrintedFigure::to_json).collect()
    }

    /// From the journal. What is no figure, or comes a second time, is left out: it confirms nothing.
    pub fn from_json(value: &Value) -> Self {
        let mut figures: Vec<PrintedFigure> = Vec::new();
        let mut seen = std::collections::BTreeSet::new();
        for figure in value.as_array().into_iter().flatten().take(MAX_FIGURES) {
            if let Some(figure) = PrintedFigure::from_json(figure).filter(|f| seen.insert(f.figure)) {
                figures.push(figure);
            }
        }
        Self { figures }
    }

    /// One figure.
    pub fn figure(&self, figure: Figure) -> Option<&PrintedFigure> {
        self.figures.iter().find(|f| f.figure == figure)
    }

    /// Whether the form's figures are here and any was looked at.
    pub fn is_empty(&self) -> bool {
        self.figures.iter().all(|f| f.printed == Printed::NotFound)
    }

    /// The id that the header prints; `None` unless every part was surely read.
    pub fn table(&self, form: &Form, pack: &Pack) -> Option<TableId> {
        let part = |i| self.figure(Figure::TablePart(i))?.sure_digits();
        let parts: Vec<&str> = (0..form.table_parts.len()).map(part).collect::<Option<_>>()?;
        form.table_of(&parts, &pack.pattern)
    }

    /// The figures as a channel by itself. Selections are the totals printed beside them, else the sums of
    /// their lines.
    pub fn values(&self, pack: &Pack) -> SheetValues {
        let value =
            |field| self.figure(Figure::Field(field)).map_or(FieldValue::Unread, PrintedFigure::blind);
        let lines: Box<[FieldValue]> = (0..pack.lines.len()).map(|i| value(Field::Line(i))).collect();
        let sums = pack.selections_from_lines(&lines).unwrap_or_default();
        let selection = |i| match value(Field::Selection(i)) {
            FieldValue::Unread => sums.get(i).copied().unwrap_or(FieldValue::Unread),
            printed => printed,
        };
        SheetValues {
            selections: (0..pack.selections.len()).map(selection).collect(),
            lines,
            valid: value(Field::Valid),
            blank_votes: value(Field::BlankVotes),
            null: value(Field::Null),
            ballots: value(Field::Ballots),
            electors: value(Field::Electors),
            reserved: FieldValue::Unread,
        }
    }
}

/// A printed figure that is surely not what the code of the same image says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misprint {
    /// Which.
    pub figure: Figure,
    /// What the code says, digits; of a total, what its lines add up to.
    pub code: Box<str>,
    /// What is printed; `None` where its digits cannot be read.
    pub print: Option<Box<str>>,
    /// Where.
    pub crop: Option<Crop>,
}

/// What print says of the code of one image, figure by figure.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Agreement {
    /// Figures that print confirms.
    pub n_confirmed: usize,
    /// Figures that must be confirmed and are not: blank, illegible, not found, or not printed at all.
    pub unconfirmed: Vec<Figure>,
    /// Figures that print contradicts, totals among them.
    pub misprints: Vec<Misprint>,
}

impl Agreement {
    /// Compares what a code says with the print of the same image.
    ///
    /// Ballot lines, blank and null votes, electors and every part of the table's id must be confirmed, as far as the
    /// code gives them. Totals are sums of these: one that differs is a contradiction, one that cannot be
    /// read is none, and one that agrees proves nothing.
    pub fn of(pack: &Pack, table: &TableId, values: &SheetValues, print: Option<&Print>) -> Self {
        let mut agreement = Self::default();
        for (figure, expected, needed) in expected(pack, table, values) {
            let printed = print.and_then(|print| print.figure(figure));
            match printed.map_or(Says::Nothing, |printed| printed.says(&expected)) {
                Says::Agrees => agreement.n_confirmed += usize::from(needed),
                Says::Nothing if needed => agreement.unconfirmed.push(figure),
                Says::Nothing => {}
                Says::Contradicts(digits) => agreement.misprints.push(Misprint {
                    figure,
                    code: expected.into(),
                    print: digits,
                    crop: printed.and_then(|printed| printed.crop),
                }),
            }
        }
        agreement
    }

    /// Whether the two channels agree on every figure, and there are figures.
    pub fn is_complete(&self) -> bool {
        self.n_confirmed > 0 && self.unconfirmed.is_empty() && self.misprints.is_empty()
    }
}

/// How the channels of one image stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Comparison {
    /// Code and print agree on every figure.
    Agrees,
    /// They differ surely on one at least.
    Differs,
    /// Print confirms some figures, or none, and contradicts none.
    Unconfirmed,
    /// No print like the form's was found, or the pack has no form.
    NoPrint,
    /// Print was found, and no code was read.
    Alone,
}

impl Comparison {
    /// Every kind.
    pub const ALL: [Comparison; 5] = [
        Comparison::Agrees,
        Comparison::Differs,
        Comparison::Unconfirmed,
        Comparison::NoPrint,
        Comparison::Alone,
    ];

    /// Of an image: its print, and where a code was read what that print says of it.
    pub fn of(print: Option<&Print>, agreement: Option<&Agreement>) -> Self {
        match (print, agreement) {
            (None, _) => Comparison::NoPrint,
            (Some(_), None) => Comparison::Alone,
            (Some(_), Some(agreement)) if !agreement.misprints.is_empty() => Comparison::Differs,
            (Some(_), Some(agreement)) if agreement.is_complete() => Comparison::Agrees,
            (Some(_), Some(_)) => Comparison::Unconfirmed,
        }
    }

    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Comparison::Agrees => "agrees",
            Comparison::Differs => "differs",
            Comparison::Unconfirmed => "unconfirmed",
            Comparison::NoPrint => "no-print",
            Comparison::Alone => "alone",
        }
    }
}

/// What the form must print if the code is right: figure, digits, and whether it must be confirmed.
pub fn expected(pack: &Pack, table: &TableId, values: &SheetValues) -> Vec<(Figure, String, bool)> {
    let parts = pack.form.as_ref().map(|form| form.parts_of(table, &pack.pattern)).unwrap_or_default();
    // A form that does not print the whole id can confirm none.
    let mut all = if parts.is_empty() {
        vec![(Figure::TablePart(0), table.to_string(), true)]
    } else {
        parts.into_iter().enumerate().map(|(i, part)| (Figure::TablePart(i), part, true)).collect()
    };
    let valid = values.valid.votes().or_else(|| values.selection_sum());
    // Where blank votes are counted apart and the code leaves them out, what it gives does not make up the ballots.
    let blank = if pack.blank_votes { values.blank_votes.votes() } else { Some(0) };
    let ballots = values.ballots.votes().or_else(|| Some(valid? + blank? + values.null.votes()?));
    let mut push = |field, value: Option<u64>, needed| {
        all.extend(value.map(|n| (Figure::Field(field), n.to_string(), needed)));
    };
    values.selections.iter().enumerate().for_each(|(i, v)| {
        // Where a code gives no lines, its selections are the votes themselves.
        push(Field::Selection(i), v.votes(), values.lines.is_empty());
    });
    values.lines.iter().enumerate().for_each(|(i, v)| push(Field::Line(i), v.votes(), true));
    push(Field::BlankVotes, values.blank_votes.votes(), true);
    push(Field::Null, values.null.votes(), true);
    push(Field::Electors, values.electors.votes(), true);
    push(Field::Valid, valid, false);
    push(Field::Ballots, ballots, false);
    all
}

fn number(digits: &str) -> Option<u32> {
    digits.parse().ok().filter(|&n| n <= MAX_COUNT)
}
