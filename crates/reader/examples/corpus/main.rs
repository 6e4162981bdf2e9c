//! Reads a folder of sheet images with a `truth.json` and prints a table: read, wrong, unread, Wilson 95 %
//! interval and CPU ms per image, for the ladder, each rung alone, and `zbarimg` if it is installed.
//!
//! `cargo run --release -p tallyproof-reader --example corpus -- FOLDER [--rungs] [--worsen] [--list]`
//! (`--features zxing-cpp` for the other ladder; `--rungs` for each rung alone; `--worsen` for the same sheets
//! blurred, noisy, faded, shaded and small: where the order of the rungs comes from;
//! `--list` names for every sheet the rung that read it).

mod score;
mod worsen;
mod zbar;

use std::error::Error;
use std::io::{Write, stdout};
use std::path::{Path, PathBuf};

use score::{CpuClock, Score, Verdict};
use tallyproof_reader::Luma;
use tallyproof_reader::codes::{Budget, CodeReading, RUNGS, Rung, read_symbol_with};
use tallyproof_reader::image::{DecodeLimits, decode_luma};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// One image and the payload printed on it.
struct Sheet {
    file: PathBuf,
    bytes: Vec<u8>,
    payload: Vec<u8>,
}

fn main() -> Outcome<()> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().ok_or("usage: corpus FOLDER [--rungs] [--worsen] [--list]")?);
    let options: Vec<String> = arguments.collect();
    let sheets = load(&folder)?;
    writeln!(stdout(), "{} sheets in {}", sheets.len(), folder.display())?;
    writeln!(stdout(), "{}", Score::HEADER)?;
    zbar::score(&sheets)?;
    ladder(&sheets, options.iter().any(|option| option == "--list"))?;
    if options.iter().any(|option| option == "--rungs") {
        each_rung(&sheets)?;
    }
    if options.iter().any(|option| option == "--worsen") {
        worsen::table(&sheets)?;
    }
    Ok(())
}

fn load(folder: &Path) -> Outcome<Vec<Sheet>> {
    let truth: serde_json::Value = serde_json::from_slice(&std::fs::read(folder.join("truth.json"))?)?;
    let entries = truth.as_array().ok_or("truth.json is not a list")?;
    let text = |entry: &serde_json::Value, key: &str| entry[key].as_str().map(str::to_owned);
    entries
        .iter()
        .map(|entry| {
            let file = folder.join(text(entry, "file").ok_or("entry without file")?);
            let payload = text(entry, "payload").ok_or("entry without payload")?.into_bytes();
            Ok(Sheet { bytes: std::fs::read(&file)?, file, payload })
        })
        .collect()
}

/// The whole chain from bytes to payload, and how many sheets each rung read.
fn ladder(sheets: &[Sheet], list: bool) -> Outcome<()> {
    let mut score = Score::new("ladder, end to end");
    let mut by_rung = vec![0usize; RUNGS.len()];
    let clock = CpuClock::start();
    for sheet in sheets {
        let photo = decode_luma(&sheet.bytes, &DecodeLimits::default())?;
        let reading = read(RUNGS, &photo.luma);
        if let CodeReading::Read { symbol, .. } = &reading {
            let rung = RUNGS.iter().position(|rung| rung.name == symbol.rung);
            by_rung[rung.ok_or("reading from an unknown rung")?] += 1;
        }
        if list {
            let rung = if let CodeReading::Read { symbol, .. } = &reading { symbol.rung } else { "unread" };
            writeln!(stdout(), "{} {rung}", sheet.file.display())?;
        }
        score.add(sheet, verdict(&reading, &sheet.payload));
    }
    score.print(clock.elapsed_ms())?;
    for (rung, n_read) in RUNGS.iter().zip(by_rung).filter(|(_, n_read)| *n_read > 0) {
        writeln!(stdout(), "    read on {:<24} {n_read}", rung.name)?;
    }
    let mut decoding = Score::new("image decoding alone");
    let clock = CpuClock::start();
    for sheet in sheets {
        decode_luma(&sheet.bytes, &DecodeLimits::default())?;
        decoding.add(sheet, Verdict::Unread);
    }
    decoding.print(clock.elapsed_ms())
}

fn each_rung(sheets: &[Sheet]) -> Outcome<()> {
    for rung in RUNGS {
        let mut score = Score::new(rung.name);
        let lumas = decode_all(sheets)?;
        let clock = CpuClock::start();
        for (sheet, luma) in sheets.iter().zip(&lumas) {
            score.add(sheet, verdict(&read(&[*rung], luma), &sheet.payload));
        }
        score.print(clock.elapsed_ms())?;
    }
    Ok(())
}

fn decode_all(sheets: &[Sheet]) -> Outcome<Vec<Luma>> {
    sheets.iter().map(|sheet| Ok(decode_luma(&sheet.bytes, &DecodeLimits::default())?.luma)).collect()
}

/// Reads as the product would, but with the loosest grammar: a wrong payload must be able to show up here.
fn read(rungs: &[Rung], luma: &Luma) -> CodeReading {
    read_symbol_with(rungs, luma, &|payload| payload.contains(&b'!'), &Budget::unlimited())
}

fn verdict(reading: &CodeReading, payload: &[u8]) -> Verdict {
    match reading {
        CodeReading::Read { symbol, .. } if symbol.payload == payload => Verdict::Right,
        CodeReading::Read { .. } | CodeReading::Several { .. } => Verdict::Wrong,
        CodeReading::Foreign { .. } | CodeReading::Unread { .. } => Verdict::Unread,
    }
}
