//! `readings.csv`: what was read on every image, by its code and by its print, figure by figure.
//!
//! The only table with `decoder` and `rung`: which way led to a reading is no part of a result.

use std::io::{self, Write};

use serde_json::Value;
use tallyproof_core::facts::{ImageFault, ImageReading};
use tallyproof_core::form::Figure;
use tallyproof_core::pack::Pack;
use tallyproof_core::print::{Comparison, Printed, PrintedFigure};
use tallyproof_core::review::{Machine, Review};
use tallyproof_core::sheet::{Channel, Field};
use tallyproof_core::tidy::Table;

use crate::seen::Look;

use super::{BundleTable, Columns, Published, ReadImage, Spec};

pub(super) const SPECS: &[Spec] = &[
    // Pages of documents that gave no picture go by the document's hash and the page.
    Spec::text("sha256").required().unique().matching("[0-9a-f]{64}(#page=[0-9]+)?"),
    Spec::text("source").required(),
    Spec::text("outcome").required(),
    Spec::text("fault"),
    Spec::text("channel").one_of(channels),
    Spec::text("cause"),
    Spec::text("decoder"),
    Spec::text("rung"),
    Spec::text("payload"),
    Spec::text("table"),
    Spec::text("comparison").one_of(comparisons),
    Spec::text("review").one_of(stages),
    Spec::integers(Columns::FiguresAfter("code", coded_figures)),
    Spec::texts(Columns::FiguresAfter("print", printed_figures)).matching(PRINTED),
];

/// Digits with their zeros, a question mark where they are not sure; or why there are none.
const PRINTED: &str = r"[0-9]+\??|blank|not-found|illegible:.*";

fn channels() -> Vec<&'static str> {
    [Channel::Code, Channel::Joint, Channel::Print].map(Channel::code).to_vec()
}

fn stages() -> Vec<&'static str> {
    ["confirmed", "first-entry", "second-entry", "correction", "decision", "settled"].to_vec()
}

fn comparisons() -> Vec<&'static str> {
    Comparison::ALL.map(Comparison::code).to_vec()
}

/// Figures that a code gives: ballot lines, or selections where there are none, votes that are not valid, electors and
/// what is reserved.
fn coded(pack: &Pack) -> Vec<Field> {
    if pack.payload.is_none() {
        return Vec::new();
    }
    let votes: Vec<Field> = match pack.lines.len() {
        0 => (0..pack.selections.len()).map(Field::Selection).collect(),
        n => (0..n).map(Field::Line).collect(),
    };
    let blank = pack.blank_votes.then_some(Field::BlankVotes);
    votes.into_iter().chain(blank).chain([Field::Null, Field::Electors, Field::Reserved]).collect()
}

fn coded_figures(pack: &Pack) -> Vec<String> {
    coded(pack).into_iter().map(|field| Figure::Field(field).code()).collect()
}

fn printed(pack: &Pack) -> Vec<Figure> {
    pack.form.iter().flat_map(|form| form.figures()).collect()
}

fn printed_figures(pack: &Pack) -> Vec<String> {
    printed(pack).into_iter().map(Figure::code).collect()
}

pub(super) fn write<W: Write>(published: &Published<'_>, out: W) -> io::Result<W> {
    let pack = published.pack();
    let (coded, printed) = (coded(pack), printed(pack));
    let mut table = Table::new(out, BundleTable::Readings.header(pack))?;
    for image in &published.images {
        // What machines read stays, whatever people made of it.
        let body = image.look.map(Look::body);
        let body = body.as_ref();
        let read = image.look.map(|look| read_image(pack, image, look));
        let seen = read.as_ref().and_then(|read| read.as_ref().ok());
        let fault = read.as_ref().and_then(|read| read.as_ref().err());
        let mut cells = head(pack, image, body, seen, fault);
        cells.push(stage(published, image, body, seen));
        let is_coded = seen.filter(|seen| seen.channel != Channel::Print);
        let code = |field: &Field| is_coded.and_then(|seen| seen.reading.values.value(*field).count());
        cells.extend(coded.iter().map(|field| super::known(code(field))));
        // What is printed stays, whatever became of the code.
        let print = image.look.and_then(|look| look.print.as_ref());
        let figure = |figure: &Figure| print.and_then(|print| print.figure(*figure)).map(written);
        cells.extend(printed.iter().map(|f| figure(f).unwrap_or_default()));
        table.row(&cells)?;
    }
    table.finish()
}

fn read_image(pack: &Pack, image: &ReadImage<'_>, look: &Look) -> Result<ImageReading, ImageFault> {
    Ok(look.outcome(pack)?.reading_of(image.sha256, image.source.to_owned()))
}

/// Where people's review of the image stands; nothing of what is no picture, or was not looked at yet.
fn stage(
    published: &Published<'_>,
    image: &ReadImage<'_>,
    body: Option<&Value>,
    seen: Option<&ImageReading>,
) -> String {
    let pack = published.pack();
    if body.is_none_or(|body| body.get("document").is_some()) {
        return String::new();
    }
    let machine = seen.map(|seen| Machine::of(pack, seen)).unwrap_or_default();
    let untouched = Review::new();
    let review = published.facts.reviews.by_image.get(image.sha256).unwrap_or(&untouched);
    review.stage(pack, &machine).code().to_owned()
}

fn head(
    pack: &Pack,
    image: &ReadImage<'_>,
    body: Option<&Value>,
    seen: Option<&ImageReading>,
    fault: Option<&ImageFault>,
) -> Vec<String> {
    let word = |key: &str| {
        let text = body.and_then(|body| body.get(key)?.as_str()).unwrap_or_default();
        text.to_owned()
    };
    let coded = seen.is_some_and(|seen| seen.channel != Channel::Print);
    let comparison = seen.map(|seen| Comparison::of(seen.print.as_deref(), seen.agreement(pack).as_ref()));
    let outcome = if body.is_none() { "pending".to_owned() } else { word("outcome") };
    vec![
        image.sha256.to_owned(),
        image.source.to_owned(),
        outcome,
        fault.map_or("", ImageFault::code).to_owned(),
        seen.map_or("", |seen| seen.channel.code()).to_owned(),
        word("cause"),
        word("decoder"),
        word("rung"),
        // A text that the pack's grammar does not take may be anybody's: an identity card beside the sheet.
        if coded { word("payload") } else { String::new() },
        seen.map(|seen| seen.reading.table.to_string()).unwrap_or_default(),
        comparison.map_or("", Comparison::code).to_owned(),
    ]
}

fn written(figure: &PrintedFigure) -> String {
    match &figure.printed {
        Printed::Digits(digits) if figure.sure_digits().is_some() => digits.to_string(),
        Printed::Digits(digits) => format!("{digits}?"),
        Printed::Blank => "blank".to_owned(),
        Printed::Illegible(cause) => format!("illegible:{cause}"),
        Printed::NotFound => "not-found".to_owned(),
    }
}
