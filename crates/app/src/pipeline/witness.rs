//! The printed figures of one photograph: the second channel beside its code.
//!
//! Pixels are read by the reader; here its findings become the core's record, whole numbers and all, which the
//! journal keeps. Every figure that the code predicts is asked for by its value, totals included.

use serde_json::{Value, json};
use tallyproof_core::form::{Form, Script};
use tallyproof_core::pack::Pack;
use tallyproof_core::payload::Payload;
use tallyproof_core::print::{Crop, Match, Print, Printed, PrintedFigure, expected};
use tallyproof_reader::Luma;
use tallyproof_reader::codes::{Budget, Place};
use tallyproof_reader::layout::{self, FigurePlace, Layout};
use tallyproof_reader::print as reader;

use super::weights::Weights;

/// What the print of one photograph says, and how well its lines were found.
pub(super) struct Witness {
    /// The figures.
    pub(super) print: Print,
    layout: Value,
}

impl Witness {
    /// Looks for the form's figures. `code` is where the sheet's code stands, `payload` what it says. `None`
    /// where the pack has no form, no lines like its form's are on the picture, or `budget` ended.
    pub(super) fn hear(
        pack: &Pack,
        weights: &Weights,
        luma: &Luma,
        code: Option<&Place>,
        payload: Option<&Payload>,
        budget: &Budget<'_>,
    ) -> Option<Self> {
        let form = pack.form.as_ref()?;
        match form.script {
            Script::Printed => printed(pack, weights, form, luma, code, payload, budget),
            Script::Handwritten => handwritten(form, luma, code, budget),
        }
    }

    /// As the journal holds it.
    pub(super) fn to_json(&self) -> Value {
        let mut all = self.layout.clone();
        all["figures"] = self.print.to_json();
        all
    }
}

fn printed(
    pack: &Pack,
    weights: &Weights,
    form: &Form,
    luma: &Luma,
    code: Option<&Place>,
    payload: Option<&Payload>,
    budget: &Budget<'_>,
) -> Option<Witness> {
    let net = &*weights.net;
    let read = reader::read_print_within(luma, form, net, code, budget)?;
    let asked = payload.map(|payload| expected(pack, &payload.table, &payload.values)).unwrap_or_default();
    let figure = |figure: &reader::FigureReading| {
        let asked = asked.iter().find(|(wanted, ..)| *wanted == figure.figure);
        let compared = asked.map(|(_, digits, _)| {
            let found = match read.compare(luma, net, figure.figure, digits) {
                reader::Match::Same => Match::Same,
                reader::Match::Other => Match::Other,
                reader::Match::Unsure => Match::Unsure,
            };
            (digits.as_str().into(), found)
        });
        PrintedFigure {
            figure: figure.figure,
            printed: printed_of(&figure.printed),
            confidence: per_mille(figure.confidence),
            compared,
            crop: figure.crop.as_ref().map(crop_of),
        }
    };
    let figures = read.figures.iter().map(figure).collect();
    let mut layout = quality(&read.layout);
    layout["net"] = json!(weights.sha256);
    Some(Witness { print: Print { figures }, layout })
}

/// Nothing is read of handwriting; the places are kept, for people.
fn handwritten(form: &Form, luma: &Luma, code: Option<&Place>, budget: &Budget<'_>) -> Option<Witness> {
    let found = layout::find_within(luma, form, code, budget)?;
    let figure = |(figure, place): &(_, Option<FigurePlace>)| PrintedFigure {
        figure: *figure,
        printed: match place {
            Some(_) => Printed::Illegible("handwritten".into()),
            None => Printed::NotFound,
        },
        confidence: 0,
        compared: None,
        crop: place.as_ref().map(whole_place),
    };
    let figures = found.figures.iter().map(figure).collect();
    Some(Witness { print: Print { figures }, layout: quality(&found) })
}

fn printed_of(printed: &reader::Printed) -> Printed {
    match printed {
        reader::Printed::Digits(digits) => Printed::Digits(digits.as_str().into()),
        reader::Printed::Blank => Printed::Blank,
        reader::Printed::Illegible(obstacle) => Printed::Illegible(obstacle_code(*obstacle).into()),
        reader::Printed::NotFound => Printed::NotFound,
    }
}

/// Stable code of what hinders reading a figure.
fn obstacle_code(obstacle: reader::Obstacle) -> &'static str {
    match obstacle {
        reader::Obstacle::Faint => "faint",
        reader::Obstacle::Blurred => "blurred",
        reader::Obstacle::Glare => "glare",
        reader::Obstacle::Covered => "covered",
        reader::Obstacle::CutOff => "cut-off",
        reader::Obstacle::Unsure => "unsure",
    }
}

/// How well the form fits the picture, in whole numbers: journal events hold no floats.
fn quality(layout: &Layout) -> Value {
    json!({
        "found": per_mille(layout.found),
        "quality_tenths": tenths(layout.quality),
        "quarters": layout.quarters,
        "letter_tenths_px": tenths(layout.letter_px),
    })
}

/// Corners of all cells that may belong to a figure, with half a letter's height of air: pens go over lines.
fn whole_place(place: &FigurePlace) -> Crop {
    #[allow(clippy::cast_precision_loss, reason = "a figure has few cells")]
    let cells = place.max_cells as f32;
    let corner = |back: f32, down: f32| {
        [0, 1].map(|axis| {
            whole(place.right[axis] - back * place.cell[axis] + down * 1.5 * place.half_height[axis])
        })
    };
    [corner(cells, -1.0), corner(-0.5, -1.0), corner(-0.5, 1.0), corner(cells, 1.0)]
}

fn crop_of(place: &Place) -> Crop {
    place.map(|corner| corner.map(whole))
}

/// Pictures have at most 20,000 px a side; a place far outside one is a place all the same.
#[allow(clippy::cast_possible_truncation, reason = "casts from float saturate")]
fn whole(px: f32) -> i32 {
    px.round().clamp(-100_000.0, 100_000.0) as i32
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to what fits")]
fn per_mille(share: f32) -> u16 {
    (share * 1000.0).round().clamp(0.0, 1000.0) as u16
}

#[allow(clippy::cast_possible_truncation, reason = "clamped to what fits")]
fn tenths(value: f32) -> i32 {
    (value * 10.0).round().clamp(0.0, 1_000_000.0) as i32
}
