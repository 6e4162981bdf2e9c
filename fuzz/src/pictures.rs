//! Pictures and documents, and what the reader keeps of them.

use std::cell::Cell;

use tallyproof_reader::Luma;
use tallyproof_reader::alike::Signature;
use tallyproof_reader::codes::{Budget, CodeReading, Place, read_symbol};
use tallyproof_reader::digits::Net;
use tallyproof_reader::document::Document;
use tallyproof_reader::image::{DecodeLimits, decode_luma};
use tallyproof_reader::print::{Match, Printed, read_print_within};

use crate::{PACK, chosen};

/// Small enough for thousands of pictures a minute.
const LIMITS: DecodeLimits = DecodeLimits { max_pixels: 1 << 19, max_side_px: 4_096, max_bytes: 8 << 20 };

/// The print of a grey picture out of runs: two bytes of width, then pairs of length and grey.
pub fn layout(bytes: &[u8]) {
    if let Some(luma) = from_runs(bytes) {
        print(&luma, None);
    }
}

/// A picture or document as it comes in: its pages, its code and its print.
pub fn image(bytes: &[u8]) {
    match Document::open(bytes) {
        Some(Ok(document)) => {
            for index in 0..document.n_pages().min(4) {
                document.page(index).unwrap_or_default().iter().for_each(|picture| decoded(picture));
            }
        }
        Some(Err(_)) => {}
        None => decoded(bytes),
    }
}

/// A document's pages, each decoded; nothing is read of them.
pub fn document(bytes: &[u8]) {
    let Some(Ok(document)) = Document::open(bytes) else { return };
    for index in 0..document.n_pages().min(64) {
        for picture in document.page(index).unwrap_or_default() {
            assert!(picture.len() <= (64 << 20) + (1 << 16), "{} bytes", picture.len());
            let _ = decode_luma(&picture, &LIMITS);
        }
    }
}

fn decoded(bytes: &[u8]) {
    if let Ok(photo) = decode_luma(bytes, &LIMITS) {
        look(&photo.luma);
    }
}

/// Budgets are counted in steps, so that an input does the same every time.
const STEPS: u32 = 2_000;

/// Reads code and print of a picture.
fn look(luma: &Luma) {
    let steps = Cell::new(0);
    let more = || {
        steps.set(steps.get() + 1);
        steps.get() < STEPS
    };
    let grammar = PACK.payload.as_ref().expect("the pack has a grammar");
    let accept = |payload: &[u8]| grammar.accepts(&PACK, payload);
    let code = read_symbol(luma, &accept, &Budget::lasting_while(&more));
    let place = match &code {
        CodeReading::Read { symbol, .. } => Some(symbol.place),
        _ => None,
    };
    print(luma, place.as_ref());
}

/// Reads the print of a picture; what was read is what is recognised.
fn print(luma: &Luma, code: Option<&Place>) {
    let steps = Cell::new(0);
    let more = || {
        steps.set(steps.get() + 1);
        steps.get() < STEPS
    };
    let form = PACK.form.as_ref().expect("the pack has a form");
    let net = Net::shipped();
    let Some(print) = read_print_within(luma, form, net, code, &Budget::lasting_while(&more)) else { return };
    assert_eq!(print.figures.len(), form.figures().count());
    for reading in &print.figures {
        if let Printed::Digits(digits) = &reading.printed {
            assert!(!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()));
            assert_eq!(print.compare(luma, net, reading.figure, digits), Match::Same);
        }
    }
}

/// Most pixels of a picture made of runs.
const MOST_PX: usize = 400_000;

/// The picture that runs describe; `None` for one without a row.
fn from_runs(bytes: &[u8]) -> Option<Luma> {
    let (head, runs) = bytes.split_at_checked(2)?;
    let width = usize::from(u16::from_le_bytes([head[0], head[1]]));
    let mut pixels = Vec::new();
    for run in runs.chunks_exact(2) {
        pixels.extend(std::iter::repeat_n(run[1], usize::from(run[0]) + 1));
        if pixels.len() > MOST_PX {
            break;
        }
    }
    let height = pixels.len().checked_div(width)?;
    pixels.truncate(width * height);
    Luma::new(width, height, pixels)
}

/// The runs of a picture: what [`layout`] takes.
pub fn to_runs(luma: &Luma) -> Vec<u8> {
    let mut bytes = u16::try_from(luma.width_px()).expect("seeds are narrow").to_le_bytes().to_vec();
    for run in luma.pixels().chunk_by(|a, b| a == b) {
        for part in run.chunks(256) {
            bytes.extend([u8::try_from(part.len() - 1).expect("at most 256"), part[0]]);
        }
    }
    bytes
}

/// Taught weights, and the signature of a picture.
pub fn weights(bytes: &[u8]) {
    let Some((kind, rest)) = chosen(bytes, 2) else { return };
    if kind == 0 {
        if let Ok(net) = Net::from_bytes(rest) {
            assert_eq!(net.to_bytes(), rest);
        }
    } else if let Some(signature) = Signature::from_bytes(rest) {
        assert_eq!(signature.to_bytes(), rest);
    }
}
