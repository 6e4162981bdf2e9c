//! How well one picture is found again, and how often two are taken for one.
//!
//! `cargo run --release -p tallyproof-reader --example alike -- [PICTURES] [SEED] [SEARCHED]`
//!
//! Renders PICTURES everyday photographs of as many sheets of one form, plants a treated copy of every
//! seventh, and beside them what must not be taken for one picture: a second photograph of a sheet; another sheet
//! photographed by the same camera on a stand, at the same place of the same table. Also fills up with
//! signatures made of the others' features to SEARCHED and times the search.

#![allow(clippy::disallowed_methods, clippy::print_stdout, reason = "an example reports on the terminal")]
#![allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "percentages")]

mod treat;

use std::collections::BTreeMap;
use std::error::Error;
use std::time::Instant;

use tallyproof_reader::Luma;
use tallyproof_reader::alike::{Candidate, Signature, candidates, compare};
use tallyproof_reader::image::{DecodeLimits, decode_luma};
use tallyproof_render::practice::specimen;
use tallyproof_render::{Damage, Style, Typeface, photograph, print_sheet};
use treat::{TREATMENTS, treated};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// What a picture is to the one it was derived from.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Kin {
    /// An everyday photograph.
    Original,
    /// Its copy by the treatment of this number.
    Copy(usize),
    /// The same photograph with another code.
    Exchanged,
    /// The same sheet, photographed again.
    Again,
    /// Another sheet, photographed from the same stand.
    Stand,
    /// Another sheet, scanned flat like the other.
    Scan,
}

/// One picture of the corpus: from which seed, and what it is.
#[derive(Clone, Copy)]
struct Made {
    seed: u64,
    kin: Kin,
}

fn main() -> Outcome<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let number = |i: usize, default: u64| words.get(i).map_or(Ok(default), |word| word.parse());
    let (n, seed, n_searched) = (number(0, 200)?, number(1, 1)?, number(2, 0)?);
    let corpus = corpus(n, seed);
    let (mut signatures, mut ms) = (Vec::new(), 0.0);
    let mut which = Vec::new();
    for made in &corpus {
        let luma = picture(made)?;
        let started = Instant::now();
        let signature = Signature::of(&luma);
        ms += started.elapsed().as_secs_f64() * 1e3;
        match signature {
            Some(signature) => {
                signatures.push(signature);
                which.push(*made);
            }
            None => println!("no signature: {:?} of {}", made.kin, made.seed),
        }
    }
    let bytes: usize = signatures.iter().map(|s| s.to_bytes().len()).sum();
    println!(
        "{} pictures, {:.1} ms and {} bytes a signature",
        which.len(),
        ms / corpus.len() as f64,
        bytes / which.len()
    );
    let started = Instant::now();
    let found = candidates(&signatures, jobs());
    println!("search: {} candidates in {:.2} s", found.len(), started.elapsed().as_secs_f64());
    if n_searched > 0 {
        time_search(&signatures, n_searched as usize);
    }
    judge(&which, &found)
}

fn corpus(n: u64, seed: u64) -> Vec<Made> {
    let mut corpus = Vec::new();
    for i in 0..n {
        let seed = seed.wrapping_mul(1_000_003).wrapping_add(i);
        corpus.push(Made { seed, kin: Kin::Original });
        let more = match i % 7 {
            0 => Kin::Copy((i / 7) as usize % TREATMENTS.len()),
            1 => Kin::Again,
            2 => Kin::Exchanged,
            3 => Kin::Stand,
            4 => Kin::Scan,
            _ => continue,
        };
        corpus.push(Made { seed, kin: more });
    }
    corpus
}

fn picture(made: &Made) -> Outcome<Luma> {
    const OTHER: u64 = 0x00AB_CDEF;
    let seed = made.seed;
    let is_scan = matches!(made.kin, Kin::Scan) || (made.kin == Kin::Original && scanned(seed));
    let mut face = specimen(seed).face;
    let other = specimen(seed ^ OTHER).face;
    let mut damage = Damage::everyday(seed);
    let mut photo_seed = seed;
    match made.kin {
        Kin::Exchanged => face.code = other.code,
        Kin::Again => {
            photo_seed ^= OTHER;
            damage = Damage::everyday(photo_seed);
        }
        Kin::Stand | Kin::Scan => {
            face = other;
            photo_seed ^= OTHER;
        }
        Kin::Original | Kin::Copy(_) => {}
    }
    if is_scan {
        damage = Damage { noise: 1.0, quality: 80, margin: 0.02, ..Damage::none() };
    }
    let paper = print_sheet(&face, &style(seed, matches!(made.kin, Kin::Stand | Kin::Scan)))?;
    let luma =
        decode_luma(&photograph(&paper, &damage, photo_seed).to_jpeg(), &DecodeLimits::default())?.luma;
    Ok(match made.kin {
        Kin::Copy(i) => treated(&luma, &TREATMENTS[i]),
        _ => luma,
    })
}

/// One of three printers of one make, with this sheet's own paper, signatures and stamp.
fn style(seed: u64, other: bool) -> Style {
    let (own, printer) = (Style::everyday(if other { !seed } else { seed }), Style::everyday(seed % 3));
    let Style { signatures, stamp, seed, .. } = own;
    Style { typeface: Typeface::Mono, columns: 46, indent: 2, signatures, stamp, seed, ..printer }
}

/// Whether the sheet of this seed is scanned, for the kin that compare scans.
fn scanned(seed: u64) -> bool {
    seed % 1_000_003 % 7 == 4
}

#[derive(Default)]
struct Tally {
    planted: u32,
    candidates: u32,
    confirmed: u32,
    agreement: Vec<f32>,
}

/// Confirms every candidate and says, kin by kin, what became of it.
fn judge(which: &[Made], found: &[Candidate]) -> Outcome<()> {
    let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
    let name = |kin: Kin| match kin {
        Kin::Copy(i) => format!("copy: {}", TREATMENTS[i].name),
        other => format!("{other:?}"),
    };
    for made in which.iter().filter(|made| made.kin != Kin::Original) {
        tallies.entry(name(made.kin)).or_default().planted += 1;
    }
    let n = which.len() as f64;
    tallies.entry("unrelated pairs".into()).or_default().planted = (n * (n - 1.0) / 2.0) as u32;
    let mut ms = 0.0;
    for candidate in found {
        let (a, b) = (&which[candidate.a], &which[candidate.b]);
        let (one, other) = (picture(a)?, picture(b)?);
        let started = Instant::now();
        let comparison = compare(&one, &other, &candidate.map);
        ms += started.elapsed().as_secs_f64() * 1e3;
        let related = a.seed == b.seed;
        let kin = if a.kin == Kin::Original { b.kin } else { a.kin };
        let tally = tallies.entry(if related { name(kin) } else { "unrelated pairs".into() }).or_default();
        tally.candidates += 1;
        tally.confirmed += u32::from(comparison.is_same_picture());
        tally.agreement.push(comparison.agreement());
        // What must not be taken for one picture, and nearly was.
        let alarm = if related {
            kin == Kin::Again && comparison.is_same_picture()
        } else {
            comparison.agreement() > 0.6
        };
        if alarm || words_wanted() {
            println!(
                "{:?} {} {:?} {}: {} alike, {comparison:?}",
                a.kin, a.seed, b.kin, b.seed, candidate.n_alike
            );
        }
    }
    println!("{:.1} ms a comparison", ms / found.len().max(1) as f64);
    println!(
        "{:<36}{:>9}{:>12}{:>11}   agreement of candidates, least to most",
        "", "pairs", "candidates", "confirmed"
    );
    for (name, mut tally) in tallies {
        tally.agreement.sort_by(f32::total_cmp);
        let at =
            |share: f32| tally.agreement.get((share * (tally.agreement.len().max(1) - 1) as f32) as usize);
        let spread: Vec<String> =
            [0.0, 0.1, 0.5, 0.9, 1.0].iter().filter_map(|&s| Some(format!("{:.2}", at(s)?))).collect();
        println!(
            "{name:<36}{:>9}{:>12}{:>11}   {}",
            tally.planted,
            tally.candidates,
            tally.confirmed,
            spread.join(" ")
        );
    }
    Ok(())
}

fn words_wanted() -> bool {
    std::env::args().any(|word| word == "--each")
}

/// Times the search in `n` signatures: the corpus's, and mixtures of its features with 5 % of their bits changed.
fn time_search(signatures: &[Signature], n: usize) {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut random = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 24) as usize
    };
    let raw: Vec<Vec<u8>> = signatures.iter().map(Signature::to_bytes).collect();
    let mut all = signatures.to_vec();
    while all.len() < n {
        let mut bytes = raw[random() % raw.len()].clone();
        for feature in bytes[8..].chunks_exact_mut(20) {
            let other = &raw[random() % raw.len()][8..];
            let from = random() % (other.len() / 20) * 20;
            feature.copy_from_slice(&other[from..from + 20]);
            for _ in 0..6 {
                let bit = random() % 128;
                feature[4 + bit / 8] ^= 1 << (bit % 8);
            }
        }
        all.extend(Signature::from_bytes(&bytes));
    }
    let started = Instant::now();
    let found = candidates(&all, jobs());
    println!(
        "search in {n} signatures: {} candidates in {:.2} s",
        found.len(),
        started.elapsed().as_secs_f64()
    );
}

/// One thread for each processor.
fn jobs() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}
