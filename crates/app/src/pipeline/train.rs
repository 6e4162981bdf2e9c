//! Training: sheets whose codes were read teach the net what this election's printers print.
//!
//! The code of a sheet says what its print should be. A fifth of the tables is held out and teaches nothing; there
//! the new weights are compared with the old, and they read from then on only if they are better: more figures
//! exact, no more read wrongly, and no more altered values accepted. Either way the journal has what was measured.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tallyproof_core::form::{Figure, Script};
use tallyproof_core::pack::Pack;
use tallyproof_core::print::{Match as Found, expected};
use tallyproof_evidence::seen::print_of;
use tallyproof_reader::Luma;
use tallyproof_reader::codes::Place;
use tallyproof_reader::digits::Net;
use tallyproof_reader::digits::train::{Chance, Lessons, Plan, train};
use tallyproof_reader::image::{DecodeLimits, decode_luma};
use tallyproof_reader::print::{Match, Printed, add_lessons, read_print};

use super::election::whoabouts;
use super::read::original;
use super::weights::Weights;
use crate::store::{Fact, Original, Store};
use crate::trouble::{Outcome, Trouble};

/// Fewest sheets to learn from, and fewest to measure on: below them a better rate is chance.
const FEWEST: [usize; 2] = [40, 10];

/// Of 256 tables, these are held out.
const HELD_OUT: u8 = 51;

/// How weights are adapted: gently, since the user's sheets teach digits alone, and what is none must stay known.
const PLAN: Plan = Plan { n_hidden: [0, 0], n_rounds: 3, step: 2e-4, seed: 1 };

/// How weights did on the sheets held out, in figures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Score {
    /// Figures that their sheets' codes predict.
    pub figures: u64,
    /// Read blind as exactly that.
    pub exact: u64,
    /// Read blind as something else.
    pub wrong: u64,
    /// Values with one digit altered that were proposed.
    pub altered: u64,
    /// Of these, values that were accepted.
    pub accepted: u64,
}

/// What training came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Trained {
    /// Sheets that taught.
    pub n_taught: u64,
    /// Sheets measured on.
    pub n_held_out: u64,
    /// Hex SHA-256 of the weights that read before, and how they did.
    pub old_sha256: String,
    /// See `old_sha256`.
    pub old: Score,
    /// Hex SHA-256 of the new weights, and how they did.
    pub new_sha256: String,
    /// See `new_sha256`.
    pub new: Score,
    /// Whether the new weights read from now on.
    pub adopted: bool,
}

impl Score {
    fn add(self, other: Self) -> Self {
        Self {
            figures: self.figures + other.figures,
            exact: self.exact + other.exact,
            wrong: self.wrong + other.wrong,
            altered: self.altered + other.altered,
            accepted: self.accepted + other.accepted,
        }
    }

    fn is_better_than(&self, old: &Self) -> bool {
        self.exact > old.exact && self.wrong <= old.wrong && self.accepted <= old.accepted
    }
}

/// A sheet whose code was read.
struct Sheet<'s> {
    sha256: &'s str,
    place: Place,
    known: BTreeMap<Figure, String>,
    is_held_out: bool,
    /// Whether its print contradicts its code anywhere. Such a sheet is measured on like any other, and teaches
    /// nothing: its print may have been altered.
    is_contradicted: bool,
}

/// Teaches the folder's weights by at most `most` of its sheets, and adopts what comes of it if it is better.
/// `progress` is told sheets looked at and how many there are.
pub fn teach(
    store: &Store,
    pack: &Pack,
    most: usize,
    jobs: usize,
    progress: &(dyn Fn(u64) + Sync),
) -> Outcome<Trained> {
    if pack.form.as_ref().is_none_or(|form| form.script != Script::Printed) || pack.payload.is_none() {
        return Err(Trouble::NothingToTeach);
    }
    let originals = store.originals()?;
    let mut sheets: Vec<Sheet> = originals.iter().filter_map(|original| sheet(pack, original)).collect();
    // By hash, sheets are in no order that has to do with where they come from.
    sheets.truncate(most);
    let (held_out, taught): (Vec<Sheet>, Vec<Sheet>) =
        sheets.into_iter().partition(|sheet| sheet.is_held_out);
    let taught: Vec<Sheet> = taught.into_iter().filter(|sheet| !sheet.is_contradicted).collect();
    if taught.len() < FEWEST[0] || held_out.len() < FEWEST[1] {
        return Err(Trouble::TooFewToTeach {
            n_taught: taught.len(),
            n_held_out: held_out.len(),
            fewest: FEWEST,
        });
    }
    let pool = rayon::ThreadPoolBuilder::new().num_threads(jobs.max(1)).build().map_err(|error| {
        Trouble::Io { path: store.root().to_owned(), error: std::io::Error::other(error.to_string()) }
    })?;
    let old = Weights::of(store)?;
    let new = pool.install(|| -> Outcome<Weights> {
        let lesson = |sheet: &Sheet| {
            let lessons = lessons(store, pack, sheet, &old.net);
            progress(1);
            lessons
        };
        let parts = taught.par_iter().map(lesson).collect::<Outcome<Vec<_>>>()?;
        let mut lessons = Lessons::default();
        for part in parts {
            lessons.places.extend(part.places);
            lessons.classes.extend(part.classes);
        }
        Ok(Weights::taught(train(&lessons, &PLAN, Some(&old.net))))
    })?;
    let measure = |net: &Net| {
        let score = |sheet: &Sheet| {
            let score = score(store, pack, sheet, net);
            progress(1);
            score
        };
        let scores: Outcome<Vec<Score>> = pool.install(|| held_out.par_iter().map(score).collect());
        scores.map(|scores| scores.into_iter().fold(Score::default(), Score::add))
    };
    let (before, after) = (measure(&old.net)?, measure(&new.net)?);
    let trained = Trained {
        n_taught: taught.len() as u64,
        n_held_out: held_out.len() as u64,
        old_sha256: old.sha256,
        old: before,
        new_sha256: new.sha256.clone(),
        new: after,
        adopted: after.is_better_than(&before),
    };
    if trained.adopted {
        store.replace(&store.source_path(&new.sha256), |out| out.write_all(&new.net.to_bytes()))?;
    }
    let body = serde_json::to_value(&trained).unwrap_or(Value::Null);
    store.append_all(&[Fact { kind: "weights.trained", body, private: whoabouts(None) }])?;
    Ok(trained)
}

/// Lets the weights that the program comes with read again.
pub fn reset(store: &Store) -> Outcome<()> {
    let body = json!({"new_sha256": Weights::shipped().sha256});
    store.append_all(&[Fact { kind: "weights.reset", body, private: whoabouts(None) }]).map(drop)
}

/// A photograph as a sheet to learn from or to measure on; `None` where its code was not read.
fn sheet<'s>(pack: &Pack, original: &'s Original) -> Option<Sheet<'s>> {
    let body = original.reading.as_ref().filter(|body| body["outcome"] == "read")?;
    let payload = pack.payload.as_ref()?.read(pack, body["payload"].as_str()?.as_bytes()).ok()?;
    let print = print_of(body)?;
    let known = expected(pack, &payload.table, &payload.values);
    Some(Sheet {
        sha256: &original.sha256,
        place: place(&body["place"])?,
        known: known.into_iter().map(|(figure, digits, _)| (figure, digits)).collect(),
        // Every photograph of a table is on one side.
        is_held_out: Sha256::digest(payload.table.to_string().as_bytes())[0] < HELD_OUT,
        is_contradicted: print
            .figures
            .iter()
            .any(|figure| figure.compared.as_ref().is_some_and(|(_, found)| *found == Found::Other)),
    })
}

/// Corners as the journal holds them.
pub(super) fn place(corners: &Value) -> Option<Place> {
    let px: Vec<f32> = corners.as_array()?.iter().filter_map(|px| Some(px.as_i64()? as f32)).collect();
    let corners: Vec<_> = px.as_chunks::<2>().0.to_vec();
    corners.try_into().ok()
}

fn luma(store: &Store, sha256: &str) -> Outcome<Luma> {
    let path = store.original_path(sha256);
    let bytes = original(&path, sha256)?;
    // It was decoded when it was read.
    let changed = |_| Trouble::OriginalChanged(path);
    decode_luma(&bytes, &DecodeLimits::default()).map(|photo| photo.luma).map_err(changed)
}

fn lessons(store: &Store, pack: &Pack, sheet: &Sheet, net: &Net) -> Outcome<Lessons> {
    let (mut lessons, luma) = (Lessons::default(), luma(store, sheet.sha256)?);
    if let Some(form) = &pack.form {
        let mut chance = Chance::new(u64::from_str_radix(&sheet.sha256[..16], 16).unwrap_or(0));
        add_lessons(&mut lessons, &luma, form, net, Some(&sheet.place), &sheet.known, &mut chance);
    }
    Ok(lessons)
}

fn score(store: &Store, pack: &Pack, sheet: &Sheet, net: &Net) -> Outcome<Score> {
    let luma = luma(store, sheet.sha256)?;
    let mut score = Score { figures: sheet.known.len() as u64, ..Score::default() };
    let print = pack.form.as_ref().and_then(|form| read_print(&luma, form, net, Some(&sheet.place)));
    let Some(print) = print else { return Ok(score) };
    for reading in &print.figures {
        let Some(digits) = sheet.known.get(&reading.figure) else { continue };
        match &reading.printed {
            Printed::Digits(read) if read == digits => score.exact += 1,
            Printed::Digits(_) | Printed::Blank => score.wrong += 1,
            Printed::Illegible(_) | Printed::NotFound => {}
        }
        for other in altered(digits) {
            score.altered += 1;
            let found = print.compare(&luma, net, reading.figure, &other);
            score.accepted += u64::from(found == Match::Same);
        }
    }
    Ok(score)
}

/// Every value that differs from `digits` in one of them.
fn altered(digits: &str) -> impl Iterator<Item = String> {
    let places = (0..digits.len()).flat_map(|at| (b'0'..=b'9').map(move |digit| (at, digit)));
    places.filter(|&(at, digit)| digits.as_bytes()[at] != digit).map(|(at, digit)| {
        let mut other = digits.to_owned();
        other.replace_range(at..=at, char::from(digit).encode_utf8(&mut [0; 4]));
        other
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_better_only_when_nothing_got_worse() {
        let old = Score { figures: 100, exact: 90, wrong: 2, altered: 900, accepted: 1 };
        assert!(Score { exact: 91, ..old }.is_better_than(&old));
        assert!(!old.is_better_than(&old));
        assert!(!Score { exact: 99, wrong: 3, ..old }.is_better_than(&old));
        assert!(!Score { exact: 99, accepted: 2, ..old }.is_better_than(&old));
    }

    #[test]
    fn altered_values_differ_in_one_digit() {
        let all: Vec<String> = altered("10").collect();
        assert_eq!(all.len(), 18);
        assert!(
            all.contains(&"00".to_owned())
                && all.contains(&"19".to_owned())
                && !all.contains(&"10".to_owned())
        );
    }
}
