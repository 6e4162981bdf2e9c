//! Reading: from originals to what their codes and their print say.
//!
//! A reading is a fact about bytes, so it is made once and journalled; the raw payload is parsed again by
//! the pack's grammar whenever facts are loaded.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rayon::prelude::*;
use serde_json::{Value, json};
use tallyproof_core::journal::sha256_hex;
use tallyproof_core::pack::Pack;
use tallyproof_core::payload::{Payload, PayloadFault};
use tallyproof_core::print::Print;
use tallyproof_reader::Luma;
use tallyproof_reader::codes::{
    Budget, CodeReading, Hints, Place, Prediction, Symbol, read_fused, read_symbol,
};
use tallyproof_reader::image::{DecodeLimits, ImageFault, decode_luma};
use tallyproof_reader::triage::{Cause, Measures, judge, measure};

use super::alike;
use super::election::whoabouts;
use super::intake::MAX_IMAGE_BYTES;
use super::packs::read_limited;
use super::patience::Patience;
use super::weights::Weights;
use super::witness::Witness;
use super::workers::Eyes;
use crate::store::{Fact, Original, Store};
use crate::trouble::{Outcome, Trouble};

/// Longest time of work spent on the code of one image. The slowest rung measured takes 0.1 s on a 12-megapixel
/// photograph; what is not read by then is a job for a person.
const PATIENCE: Duration = Duration::from_secs(10);

/// Longest time of work spent on the print of one image, for each look at it. It takes a tenth of a second on ordinary
/// photographs; a picture made of specks has any number of letters.
const PRINT_PATIENCE: Duration = Duration::from_secs(10);

/// Payloads tried that fit a sheet's print: several lengths of what it does not tell.
const MAX_PREDICTIONS: usize = 64;

/// Images per thread between two transactions: what a power cut can cost.
const CHUNK_PER_JOB: usize = 16;

/// What reading did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReadCounts {
    /// Images looked at now.
    pub n_now: u64,
    /// Of these, images whose code was read.
    pub n_read: u64,
    /// Images read before.
    pub n_before: u64,
    /// Originals that are gone or changed: nothing was read from them, and the rest went on.
    pub damaged: Vec<PathBuf>,
}

/// Reads every original not read yet, or all of them with `again`. Stopping loses nothing but the images
/// in flight.
pub fn read(
    store: &Store,
    pack: &Pack,
    eyes: &Eyes<'_>,
    jobs: usize,
    again: bool,
    progress: &dyn Fn(u64, u64),
) -> Outcome<ReadCounts> {
    let originals = store.originals()?;
    let is_pending = |o: &&Original| o.reading.is_none() || again && o.has_picture();
    let pending: Vec<&str> = originals.iter().filter(is_pending).map(|o| o.sha256.as_str()).collect();
    let mut counts =
        ReadCounts { n_before: (originals.len() - pending.len()) as u64, ..ReadCounts::default() };
    if pending.is_empty() {
        return Ok(counts);
    }
    let pool = rayon::ThreadPoolBuilder::new().num_threads(jobs.max(1)).build().map_err(|error| {
        Trouble::Io { path: store.root().to_owned(), error: std::io::Error::other(error.to_string()) }
    })?;
    for chunk in pending.chunks(CHUNK_PER_JOB * jobs.max(1)) {
        let done = read_some(store, pack, eyes, &pool, chunk)?;
        counts.n_read += done.n_read;
        counts.n_now += done.n_now;
        counts.damaged.extend(done.damaged);
        progress(counts.n_now, pending.len() as u64);
    }
    Ok(counts)
}

/// Reads these originals, and journals all readings in one transaction.
pub fn read_some<S: AsRef<str> + Sync>(
    store: &Store,
    pack: &Pack,
    eyes: &Eyes<'_>,
    pool: &rayon::ThreadPool,
    originals: &[S],
) -> Outcome<ReadCounts> {
    let outcomes: Vec<Outcome<Fact>> = pool.install(|| {
        let one = |sha256: &S| read_one(pack, eyes, &store.original_path(sha256.as_ref()), sha256.as_ref());
        originals.par_iter().map(one).collect()
    });
    let (mut facts, mut counts) = (Vec::with_capacity(outcomes.len()), ReadCounts::default());
    for outcome in outcomes {
        match outcome {
            Ok(fact) => facts.push(fact),
            Err(Trouble::OriginalChanged(path)) => counts.damaged.push(path),
            Err(trouble) => return Err(trouble),
        }
    }
    let is_read = |fact: &&Fact| fact.body["outcome"] == "read" || fact.body["outcome"] == "joint";
    counts.n_read = facts.iter().filter(is_read).count() as u64;
    counts.n_now = facts.len() as u64;
    store.append_all(&facts)?;
    Ok(counts)
}

/// The bytes of an original, which must be what its name says.
pub(crate) fn original(path: &Path, sha256: &str) -> Outcome<Vec<u8>> {
    let bytes = read_limited(path, MAX_IMAGE_BYTES)?.filter(|bytes| sha256_hex(bytes) == sha256);
    bytes.ok_or_else(|| Trouble::OriginalChanged(path.to_owned()))
}

/// The fact of one image's reading. Texts of codes that are not of this election stay in the private part:
/// a photograph may show an identity card or a telephone beside the sheet.
fn read_one(pack: &Pack, eyes: &Eyes<'_>, path: &Path, sha256: &str) -> Outcome<Fact> {
    let bytes = original(path, sha256)?;
    let mut body = eyes.look(&bytes).map_err(Trouble::io(path))?;
    let mut private = whoabouts(None);
    let stranger = |text: &str| {
        let read = pack.payload.as_ref().map(|grammar| grammar.read(pack, text.as_bytes()));
        !matches!(read, Some(Ok(_) | Err(PayloadFault::WrongLineCount { .. })))
    };
    if let Some(others) = body.get_mut("others").and_then(Value::as_array_mut) {
        private["others"] = Value::Array(others.clone());
        for text in others.iter_mut() {
            let plain = text.as_str().unwrap_or_default().to_owned();
            if stranger(&plain) {
                *text = json!(format!("sha256:{} ({} bytes)", sha256_hex(plain.as_bytes()), plain.len()));
            }
        }
    }
    body["sha256"] = json!(sha256);
    Ok(Fact { kind: "image.read", body, private })
}

/// What one image says: by its code, and by its print.
pub fn look_at(pack: &Pack, weights: &Weights, bytes: &[u8]) -> Value {
    let photo = match decode_luma(bytes, &DecodeLimits::default()) {
        Ok(photo) => photo,
        Err(fault) => return json!({"outcome": "not-usable", "cause": image_cause(&fault)}),
    };
    let damage = photo.damage.map(|_| "damaged-file");
    let parse = |payload: &[u8]| pack.payload.as_ref()?.read(pack, payload).ok();
    let accept = |payload: &[u8]| parse(payload).is_some();
    let patience = Patience::new(PATIENCE);
    let in_time = || patience.lasts();
    let code = read_symbol(&photo.luma, &accept, &Budget::lasting_while(&in_time));
    let hear = |code: Option<&Place>, payload: Option<&Payload>| {
        let patience = Patience::new(PRINT_PATIENCE);
        let in_time = || patience.lasts();
        let heard =
            Witness::hear(pack, weights, &photo.luma, code, payload, &Budget::lasting_while(&in_time));
        (heard, !in_time())
    };
    let (mut witness, stopped) = match &code {
        CodeReading::Read { symbol, .. } => {
            let payload = parse(&symbol.payload);
            hear(Some(&symbol.place), payload.as_ref())
        }
        // Which of several sheets the print speaks of is anybody's guess.
        CodeReading::Several { .. } => (None, false),
        CodeReading::Foreign { .. } | CodeReading::Unread { .. } => hear(None, None),
    };
    let joint = match (&code, &witness) {
        (CodeReading::Unread { hints }, Some(witness)) => {
            fused(pack, &photo.luma, hints, &witness.print, &accept)
        }
        _ => None,
    };
    if let Some(symbol) = &joint {
        // The completed code is asked for like any other: print that it had to correct is a difference.
        let payload = parse(&symbol.payload);
        witness = hear(Some(&symbol.place), payload.as_ref()).0.or(witness);
    }
    let mut body = match code {
        CodeReading::Read { symbol, others, undecoded } => json!({
            "outcome": "read", "payload": text(&symbol), "decoder": symbol.decoder, "rung": symbol.rung,
            "place": place_px(&symbol.place), "others": texts(&others), "undecoded": undecoded.len(),
            "damage": damage,
        }),
        CodeReading::Several { accepted, others } => {
            json!({"outcome": "several", "accepted": texts(&accepted), "others": texts(&others), "damage": damage})
        }
        CodeReading::Foreign { symbols, .. } => {
            json!({"outcome": "foreign", "others": texts(&symbols), "damage": damage})
        }
        CodeReading::Unread { hints } => {
            let measures = measure(&photo.luma);
            let cause = damage.unwrap_or_else(|| {
                let cause = judge(&measures, &hints, witness.is_some());
                // Nobody is to photograph a sheet again for a code that it never had.
                let of_code = matches!(cause, Cause::CodeDamaged | Cause::NoCodeFound);
                let has_none = pack.payload.is_none() && (witness.is_some() || of_code);
                if has_none { WITHOUT_CODE } else { cause.code() }
            });
            let mut body = match joint {
                Some(symbol) => json!({
                    "outcome": "joint", "payload": text(&symbol), "decoder": symbol.decoder, "rung": symbol.rung,
                    "place": place_px(&symbol.place), "cause": cause, "damage": damage,
                }),
                None => json!({"outcome": "unread", "cause": cause, "damage": damage}),
            };
            body["measured"] = measured(&measures);
            body
        }
    };
    body["print"] = match witness {
        Some(witness) => witness.to_json(),
        None if stopped => json!({"cause": "took-too-long"}),
        None => Value::Null,
    };
    body["signature"] = alike::signature(&photo.luma);
    body
}

/// A damaged code completed from what its own sheet prints: one channel, however much of it is print.
fn fused(
    pack: &Pack,
    luma: &Luma,
    hints: &Hints,
    print: &Print,
    accept: &dyn Fn(&[u8]) -> bool,
) -> Option<Symbol> {
    let predicted = pack.payload.as_ref()?.predict(pack, print, MAX_PREDICTIONS);
    if predicted.is_empty() {
        return None;
    }
    let predictions: Vec<Prediction> = predicted.into_iter().map(|bytes| Prediction { bytes }).collect();
    let patience = Patience::new(PATIENCE);
    let in_time = || patience.lasts();
    read_fused(luma, hints, &predictions, accept, &Budget::lasting_while(&in_time))
}

fn text(symbol: &Symbol) -> String {
    String::from_utf8_lossy(&symbol.payload).into_owned()
}

fn texts(symbols: &[Symbol]) -> Vec<String> {
    symbols.iter().map(text).collect()
}

/// Corners as whole px: journal events hold no floats.
fn place_px(place: &Place) -> Vec<i64> {
    #[allow(clippy::cast_possible_truncation, reason = "pictures have at most 20,000 px a side")]
    place.iter().flatten().map(|v| v.round() as i64).collect()
}

pub(super) fn image_cause(fault: &ImageFault) -> &'static str {
    match fault {
        ImageFault::Empty => "empty-file",
        ImageFault::NotAnImage { .. } => "not-an-image",
        ImageFault::UnsupportedFormat { .. } => "unsupported-format",
        ImageFault::TooLarge { .. } => "too-many-pixels",
        ImageFault::NoPixels => "no-pixels",
        ImageFault::Truncated { .. } => "truncated-file",
        ImageFault::Corrupt { .. } => "corrupt-file",
    }
}

/// Causes of files that are no usable image; each has words in both languages.
const FILE_CAUSES: [&str; 9] = [
    "reader-failed",
    "empty-file",
    "not-an-image",
    "unsupported-format",
    "too-many-pixels",
    "no-pixels",
    "truncated-file",
    "corrupt-file",
    "damaged-file",
];

/// Why no code was read from a sheet of an election whose sheets have none.
const WITHOUT_CODE: &str = "no-code-printed";

/// Every cause an unread image can have: of its file, then of its picture.
pub fn causes() -> impl Iterator<Item = &'static str> {
    FILE_CAUSES.into_iter().chain([WITHOUT_CODE]).chain(Cause::ALL.map(Cause::code))
}

/// What was measured of a picture whose code was not read; shares in thousandths: journal events hold no floats.
fn measured(m: &Measures) -> Value {
    #[allow(clippy::cast_possible_truncation, reason = "casts from float saturate")]
    let thousandths = |share: f32| (share * 1000.0).round() as i64;
    json!({
        "contrast": m.contrast,
        "paper_width_px": thousandths(m.paper_width_px / 1000.0),
        "paper": thousandths(m.paper),
        "printed": thousandths(m.printed),
        "blank_end": thousandths(m.blank_end),
        "glare": thousandths(m.glare),
        "dent": thousandths(m.dent),
        "dent_tone": thousandths(m.dent_tone / 1000.0),
        "lost_corner": thousandths(m.lost_corner),
        "on_edge": thousandths(m.on_edge),
        "sharpest": thousandths(m.sharpest),
        "evenness": thousandths(m.evenness),
        "blockiness": thousandths(m.blockiness),
    })
}
