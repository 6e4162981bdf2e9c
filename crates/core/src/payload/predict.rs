//! The payload that a sheet's print predicts: a grammar run backwards.
//!
//! A damaged code whose missing bytes the print gives can be completed by its own error correction. What the
//! print does not give stays unknown, byte by byte; where even a length is unknown, there are several
//! predictions, the likeliest first.

use crate::form::Figure;
use crate::grammar::{Part, PayloadGrammar};
use crate::pack::Pack;
use crate::print::{Print, Printed};
use crate::sheet::Field;

/// Digits tried for a figure whose print cannot be read: no line of a table of a few hundred electors has more.
const MOST_DIGITS: usize = 3;

/// A payload as far as it is known; `None` = not known.
pub type PredictedBytes = Vec<Option<u8>>;

impl PayloadGrammar {
    /// The payloads that fit what is printed, at most `most`, likeliest first: figures that are one digit
    /// longer than need be cost more. Empty when the print tells less than half of the bytes: then an error
    /// correction would fit too much.
    pub fn predict(&self, pack: &Pack, print: &Print, most: usize) -> Vec<PredictedBytes> {
        let mut beam: Vec<(usize, PredictedBytes)> = vec![(0, Vec::new())];
        for piece in self.parts.iter().flat_map(|part| self.pieces(part, pack, print)) {
            let mut next = Vec::with_capacity(beam.len() * piece.len());
            for (cost, bytes) in &beam {
                for (more, end) in &piece {
                    next.push((cost + more, [bytes.as_slice(), end].concat()));
                }
            }
            // Stable: what costs alike stays in the order it came.
            next.sort_by_key(|(cost, _)| *cost);
            next.truncate(most);
            beam = next;
        }
        let telling = |bytes: &PredictedBytes| 2 * bytes.iter().flatten().count() >= bytes.len();
        beam.into_iter().map(|(_, bytes)| bytes).filter(telling).collect()
    }

    /// A part as pieces one after another, each as its alternatives with their costs.
    fn pieces(&self, part: &Part, pack: &Pack, print: &Print) -> Vec<Vec<(usize, PredictedBytes)>> {
        let figure = |field, width| figure(print, Figure::Field(field), width);
        match part {
            Part::Literal(text) => vec![vec![(0, known(text))]],
            Part::Table => vec![vec![(0, self.table(pack, print))]],
            // Nothing prints it and nothing tells its length: all alike.
            Part::Unknown { least, most, .. } => vec![(*least..=*most).map(|n| (0, vec![None; n])).collect()],
            Part::Lines { separator, width } => {
                let mut pieces = Vec::new();
                for i in 0..self.n_votes {
                    if let Some(separator) = separator.filter(|_| i > 0) {
                        pieces.push(vec![(0, known(&separator.to_string()))]);
                    }
                    let field = if pack.lines.is_empty() { Field::Selection(i) } else { Field::Line(i) };
                    pieces.push(figure(field, *width));
                }
                pieces
            }
            Part::Figure { field: Field::Reserved, width } => {
                vec![vec![(0, known(&"0".repeat(width.unwrap_or(1))))]]
            }
            Part::Figure { field, width } => vec![figure(*field, *width)],
        }
    }

    /// The id's characters as the header prints them.
    fn table(&self, pack: &Pack, print: &Print) -> PredictedBytes {
        let parts = pack.form.as_ref().map(|form| form.table_parts.as_slice()).unwrap_or_default();
        let part = |(i, &n): (usize, &usize)| {
            let digits = print.figure(Figure::TablePart(i)).and_then(|figure| figure.sure_digits());
            digits.filter(|digits| digits.len() == n).map_or_else(|| vec![None; n], known)
        };
        let mut digits = parts.iter().enumerate().flat_map(part);
        let byte = |place: u8| if place == b'#' { digits.next().flatten() } else { Some(place) };
        self.pattern.as_str().bytes().map(byte).collect()
    }
}

fn known(text: &str) -> PredictedBytes {
    text.bytes().map(Some).collect()
}

/// A code writes figures without leading zeros, or with as many as make up its width.
fn figure(print: &Print, figure: Figure, width: Option<usize>) -> Vec<(usize, PredictedBytes)> {
    let printed = print.figure(figure);
    if let Some(digits) = printed.and_then(|printed| printed.sure_digits()) {
        let plain = digits.trim_start_matches('0');
        let plain = if plain.is_empty() { "0" } else { plain };
        return vec![(0, known(&format!("{plain:0>width$}", width = width.unwrap_or(0))))];
    }
    if let Some(width) = width {
        return vec![(0, vec![None; width])];
    }
    match printed.map(|printed| &printed.printed) {
        Some(Printed::Digits(digits)) => vec![(0, vec![None; digits.len()])],
        _ => (1..=MOST_DIGITS).map(|n| (n - 1, vec![None; n])).collect(),
    }
}
