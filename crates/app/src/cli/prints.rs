//! The printed figures of one image beside what its code says, for showing.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tallyproof_core::form::Figure;
use tallyproof_core::pack::Pack;
use tallyproof_core::print::{Agreement, Comparison, Match, Print, Printed, PrintedFigure, expected};
use tallyproof_core::rules::figure_name;
use tallyproof_core::sheet::Channel;
use tallyproof_evidence::seen::print_of;

use crate::pipeline::crops::CropWanted;
use crate::pipeline::load;

/// What print says of one image.
pub(super) struct Prints {
    print: Option<Print>,
    /// What the code predicts of each figure, where a code was read.
    expected: Vec<(Figure, String)>,
    agreement: Option<Agreement>,
    second: Second,
}

/// What a second recogniser said of the figures it was asked about.
#[derive(Default)]
struct Second {
    model: Option<String>,
    /// Why it said nothing.
    cause: Option<String>,
    /// Digits by the figure's code, where it was sure.
    digits: BTreeMap<String, String>,
}

impl Second {
    fn new(body: Option<&Value>) -> Self {
        let Some(second) = body.and_then(|body| body.pointer("/print/second")) else {
            return Self::default();
        };
        let text = |key: &str| second.get(key).and_then(Value::as_str).map(str::to_owned);
        let figures = second.get("figures").and_then(Value::as_array);
        let seen = |figure: &Value| {
            let [code, digits] = figure.as_array()?.as_slice() else { return None };
            Some((code.as_str()?.to_owned(), digits.as_str()?.to_owned()))
        };
        let digits = figures.into_iter().flatten().filter_map(seen).collect();
        Self { model: text("model"), cause: text("cause"), digits }
    }

    fn digits(&self, figure: Figure) -> Option<&str> {
        self.digits.get(&figure.code()).map(String::as_str)
    }

    fn json(&self) -> Value {
        self.model.as_ref().map_or(Value::Null, |model| json!({"model": model, "cause": self.cause}))
    }
}

impl Prints {
    /// The print of an `image.read` event, with what the same image's code says.
    pub(super) fn new(pack: &Pack, body: Option<&Value>, seen: Option<&load::Seen>) -> Self {
        let print = body.and_then(print_of);
        let coded = seen.filter(|seen| seen.channel != Channel::Print);
        let figures = |seen: &load::Seen| expected(pack, &seen.table, &seen.values);
        Self {
            expected: coded.map(figures).unwrap_or_default().into_iter().map(|(f, d, _)| (f, d)).collect(),
            agreement: coded.map(|seen| Agreement::of(pack, &seen.table, &seen.values, print.as_ref())),
            print,
            second: Second::new(body),
        }
    }

    /// How code and print stand to each other.
    pub(super) fn comparison(&self) -> Comparison {
        Comparison::of(self.print.as_ref(), self.agreement.as_ref())
    }

    /// Figures that differ, with both values (`line-2 3≠8`), then the ones that print does not confirm; after a bar
    /// what a second recogniser saw.
    pub(super) fn in_doubt(&self, pack: &Pack) -> String {
        let Some(agreement) = self.agreement.as_ref().filter(|_| self.print.is_some()) else {
            return String::new();
        };
        let second =
            |figure| self.second.digits(figure).map(|digits| format!("|{digits}")).unwrap_or_default();
        let differing = agreement.misprints.iter().map(|misprint| {
            let (figure, print) = (misprint.figure, misprint.print.as_deref().unwrap_or("?"));
            format!("{} {}≠{print}{}", figure_name(pack, figure), misprint.code, second(figure))
        });
        let doubtful = agreement.unconfirmed.iter();
        let doubtful = doubtful.map(|&figure| format!("{}?{}", figure_name(pack, figure), second(figure)));
        let mut all: Vec<String> = differing.chain(doubtful).collect();
        all.dedup();
        all.join(" ")
    }

    pub(super) fn json(&self, pack: &Pack) -> Value {
        let Some(print) = &self.print else { return Value::Null };
        let figure = |figure: &PrintedFigure| {
            let (printed, cause) = match &figure.printed {
                Printed::Digits(digits) => (Some(digits), None),
                Printed::Blank => (None, Some("blank")),
                Printed::Illegible(cause) => (None, Some(&**cause)),
                Printed::NotFound => (None, Some("not-found")),
            };
            let found = figure.compared.as_ref().map(|(_, found)| match found {
                Match::Same => "same",
                Match::Other => "other",
                Match::Unsure => "unsure",
            });
            json!({
                "figure": figure_name(pack, figure.figure),
                "code": self.code(figure.figure),
                "print": printed,
                "no_print": cause,
                "match": found,
                "second": self.second.digits(figure.figure),
                "confidence_per_mille": figure.confidence,
                "crop_px": figure.crop,
            })
        };
        let figures: Vec<Value> = print.figures.iter().map(figure).collect();
        json!({"status": self.comparison().code(), "second": self.second.json(), "figures": figures})
    }

    fn code(&self, figure: Figure) -> Option<&str> {
        self.expected.iter().find(|(f, _)| *f == figure).map(|(_, digits)| digits.as_str())
    }

    /// Figures somebody should look at: handwritten ones, those that the code does not confirm, and where no
    /// code was read, those not surely read.
    pub(super) fn crops(&self, pack: &Pack) -> Vec<CropWanted> {
        let doubtful = |figure: &&PrintedFigure| match &self.agreement {
            Some(agreement) => {
                agreement.unconfirmed.contains(&figure.figure)
                    || agreement.misprints.iter().any(|m| m.figure == figure.figure)
            }
            None => figure.sure_digits().is_none(),
        };
        let figures = self.print.iter().flat_map(|print| &print.figures).filter(doubtful);
        let wanted = |figure: &PrintedFigure| {
            let name = match figure.figure {
                Figure::TablePart(_) => figure.figure.code(),
                Figure::Field(_) => figure_name(pack, figure.figure),
            };
            Some(CropWanted { name, corners: figure.crop? })
        };
        figures.filter_map(wanted).collect()
    }
}
