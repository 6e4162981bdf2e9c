//! A second recogniser: a model of the user's choice, asked about figures on which code and print differ, or of which
//! print is not sure.
//!
//! It is no witness. What it sees stands in the reading beside what code and print say (`print.second`), with the
//! model's hash, for people to look at. Nothing that decides about a sheet reads it: not `core::print`, not the facts,
//! not the bundle's verification. The rest of a reading is the same, byte for byte, with and without it.
//!
//! A model is hostile input. It is run in worker processes alone, with a clock and a limit of memory, and tried in one
//! before anything is read. A worker that dies or hangs later costs the opinion on one picture, and the reading says so.
//!
//! A question is a frame as [`workers`](super::workers) has them: a line of JSON, `{"figures": […], "place": […]}`, and
//! the picture after it. The first question of all has no picture.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};
use tallyproof_core::form::{Figure, Script};
use tallyproof_core::journal::sha256_hex;
use tallyproof_core::pack::Pack;
use tallyproof_core::print::{Print, Printed, SEEN, Says, expected};
use tallyproof_evidence::seen::print_of;
use tallyproof_reader::codes::Budget;
use tallyproof_reader::image::{DecodeLimits, decode_luma};
use tallyproof_reader::print::read_print_within;
use tallyproof_reader::recogniser::{MAX_MODEL_BYTES, ModelFault, Recogniser};

use super::intake::MAX_IMAGE_BYTES;
use super::train::place;
use super::weights::Weights;
use super::workers::{PATIENCE, Pool, bound_memory, read_frame, survive, write_frame};
use crate::trouble::{Outcome, RecogniserTrouble, Trouble};

/// The hidden verb under which the program asks a model; its arguments are the pack's folder, the model's file, its
/// SHA-256 and, where a folder has its own, the file of weights.
pub const VERB: &str = "second-worker";

/// Longest a model may take to be loaded and to say what it sees in one empty cell.
const TRIAL: Duration = Duration::from_secs(20);

/// Longest time spent on finding a picture's figures again, and as long again on asking about them.
const LOOKING: Duration = Duration::from_secs(10);

/// Most bytes of a question before its picture.
const MAX_HEAD_BYTES: u64 = 1 << 20;

/// Digits of the longest answer that is taken.
const MAX_DIGITS: usize = 24;

/// A model, and the workers that ask it.
pub struct Second<'p> {
    pack: &'p Pack,
    sha256: String,
    pool: Pool,
}

impl<'p> Second<'p> {
    /// The model in `path`, tried. The pack lies in `folder`, the folder's own weights in `kept`.
    pub fn of(path: &Path, folder: &Path, kept: &Path, pack: &'p Pack, weights: &Weights) -> Outcome<Self> {
        if !Recogniser::IS_BUILT_IN {
            return Err(RecogniserTrouble::NotBuiltIn.into());
        }
        let too_large = || refused(path, ModelFault::TooLarge.to_string());
        let bytes = model_in(path).map_err(Trouble::io(path))?.ok_or_else(too_large)?;
        let sha256 = sha256_hex(&bytes);
        let program = std::env::current_exe().map_err(Trouble::io(path))?;
        let mut args = vec![folder.to_owned(), path.to_owned(), PathBuf::from(&sha256)];
        args.extend((weights.sha256 != Weights::shipped().sha256).then(|| kept.to_owned()));
        let command = move || {
            let mut command = Command::new(&program);
            command.arg(VERB).args(&args);
            command
        };
        let pool = Self::tried(path, Pool::new(command, PATIENCE), TRIAL)?;
        Ok(Self::new(pack, sha256, pool))
    }

    /// A model whose workers are these.
    pub fn new(pack: &'p Pack, sha256: String, pool: Pool) -> Self {
        Self { pack, sha256, pool }
    }

    /// The pool, once one of its workers has loaded the model in `path` and it has answered within `trial`.
    pub fn tried(path: &Path, pool: Pool, trial: Duration) -> Outcome<Pool> {
        let pool = pool.with_patience(trial);
        let said = pool.ask(b"{}\n").map_err(Trouble::io(path))?;
        match said {
            Ok(said) => match (said.get("refused"), said.get("cause")) {
                (Some(why), _) => return Err(refused(path, why.as_str().unwrap_or_default())),
                (None, Some(_)) => return Err(RecogniserTrouble::Fails(path.to_owned()).into()),
                (None, None) => {}
            },
            Err("took-too-long") => {
                let slow = RecogniserTrouble::Slow { path: path.to_owned(), seconds: trial.as_secs() };
                return Err(slow.into());
            }
            Err(_) => return Err(RecogniserTrouble::Fails(path.to_owned()).into()),
        }
        Ok(pool.with_patience(PATIENCE))
    }

    /// Adds to the body of a picture's `image.read` event what the model sees where code and print differ or print is
    /// not sure; nothing elsewhere. Fails when no worker can be started.
    pub(super) fn add(&self, picture: &[u8], body: &mut Value) -> io::Result<()> {
        let disputed = disputed(self.pack, body);
        if disputed.is_empty() {
            return Ok(());
        }
        let codes: Vec<String> = disputed.iter().map(|figure| figure.code()).collect();
        let mut question = json!({"figures": codes, "place": body["place"]}).to_string().into_bytes();
        question.push(b'\n');
        question.extend_from_slice(picture);
        let answer = match self.pool.ask(&question)? {
            Ok(answer) => answer,
            Err(cause) => json!({"cause": cause}),
        };
        body["print"]["second"] = match answer.get("figures").and_then(Value::as_object) {
            Some(seen) => {
                let figures = codes.iter().map(|code| json!([code, digits_of(seen.get(code))]));
                json!({"model": self.sha256, "figures": figures.collect::<Vec<_>>()})
            }
            None => {
                let cause = answer.get("cause").and_then(Value::as_str);
                let known = cause.filter(|cause| CAUSES.contains(cause)).unwrap_or("reader-failed");
                json!({"model": self.sha256, "cause": known})
            }
        };
        Ok(())
    }
}

/// Why a model gave no opinion on a picture.
const CAUSES: [&str; 2] = ["reader-failed", "took-too-long"];

/// Digits as a worker gives them, and nothing else.
fn digits_of(said: Option<&Value>) -> Option<&str> {
    let digits = said?.as_str()?;
    let plain = !digits.is_empty() && digits.len() <= MAX_DIGITS;
    Some(digits).filter(|_| plain && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Figures to ask about: of a code, those that print does not confirm, where it stands somewhere on the picture;
/// without one, those whose digits are seen but not surely told apart.
fn disputed(pack: &Pack, body: &Value) -> Vec<Figure> {
    if pack.form.as_ref().is_none_or(|form| form.script != Script::Printed) {
        return Vec::new();
    }
    let Some(print) = print_of(body) else { return Vec::new() };
    let payload = || pack.payload.as_ref()?.read(pack, body.get("payload")?.as_str()?.as_bytes()).ok();
    match payload() {
        Some(payload) => expected(pack, &payload.table, &payload.values)
            .into_iter()
            .filter(|(figure, value, _)| {
                let printed = print.figure(*figure).filter(|printed| printed.crop.is_some());
                printed.is_some_and(|printed| printed.says(value) != Says::Agrees)
            })
            .map(|(figure, ..)| figure)
            .collect(),
        None => unsure(&print).collect(),
    }
}

/// Figures whose digits print sees and is not sure of.
fn unsure(print: &Print) -> impl Iterator<Item = Figure> {
    let is_seen = |printed: &Printed| match printed {
        Printed::Digits(_) => true,
        Printed::Illegible(cause) => SEEN.contains(&&**cause),
        Printed::Blank | Printed::NotFound => false,
    };
    let unsure = move |figure: &&tallyproof_core::print::PrintedFigure| {
        figure.sure_digits().is_none() && is_seen(&figure.printed) && figure.crop.is_some()
    };
    print.figures.iter().filter(unsure).map(|figure| figure.figure)
}

fn refused(path: &Path, why: impl Into<String>) -> Trouble {
    RecogniserTrouble::Refused { path: path.to_owned(), why: why.into() }.into()
}

/// A worker's life: answers questions until its input ends.
pub fn serve(
    pack: &Pack,
    weights: &Weights,
    model: &Path,
    sha256: &str,
    mut input: impl Read,
    mut output: impl Write,
) -> io::Result<()> {
    bound_memory();
    let recogniser = load(model, sha256);
    while let Some(question) = read_frame(&mut input, MAX_IMAGE_BYTES + MAX_HEAD_BYTES)? {
        let answer = match &recogniser {
            Ok(recogniser) => survive(|| answer(pack, weights, recogniser, &question)),
            Err(why) => json!({"refused": why}),
        };
        write_frame(&mut output, answer.to_string().as_bytes())?;
    }
    Ok(())
}

/// The bytes of a model's file; `None` where there are too many.
fn model_in(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(MAX_MODEL_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(Some(bytes).filter(|bytes| bytes.len() <= MAX_MODEL_BYTES))
}

/// The model of a file that is what it was when it was hashed.
fn load(path: &Path, sha256: &str) -> Result<Recogniser, String> {
    let bytes = model_in(path).map_err(|error| error.to_string())?;
    let bytes = bytes.filter(|bytes| sha256_hex(bytes) == sha256).ok_or("it changed meanwhile")?;
    Recogniser::from_bytes(bytes).map_err(|fault| fault.to_string())
}

/// What the model sees in the figures asked about; `null` where it is not sure.
fn answer(pack: &Pack, weights: &Weights, recogniser: &Recogniser, question: &[u8]) -> Value {
    let (head, picture) = match question.iter().position(|byte| *byte == b'\n') {
        Some(end) => (&question[..end], &question[end + 1..]),
        None => (question, &[][..]),
    };
    let head: Value = serde_json::from_slice(head).unwrap_or_default();
    let codes: Vec<&str> =
        head["figures"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let nothing = json!({"figures": {}});
    if codes.is_empty() {
        return nothing;
    }
    let (Some(form), Ok(photo)) = (&pack.form, decode_luma(picture, &DecodeLimits::default())) else {
        return nothing;
    };
    let code = place(&head["place"]);
    let lasting = || {
        let start = Instant::now();
        move || start.elapsed() < LOOKING
    };
    let in_time = lasting();
    let net = &*weights.net;
    let print = read_print_within(&photo.luma, form, net, code.as_ref(), &Budget::lasting_while(&in_time));
    let Some(print) = print else {
        return if in_time() { nothing } else { json!({"cause": "took-too-long"}) };
    };
    let in_time = lasting();
    let budget = Budget::lasting_while(&in_time);
    let mut seen = Map::new();
    for code in codes {
        let opinion = Figure::from_code(code)
            .and_then(|figure| print.second_opinion(&photo.luma, net, recogniser, figure, &budget));
        seen.insert(code.to_owned(), json!(opinion));
    }
    // What was asked late was not looked at.
    if in_time() { json!({"figures": seen}) } else { json!({"cause": "took-too-long"}) }
}
