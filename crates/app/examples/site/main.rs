//! How large the public site of a whole country is: made-up sheets, each read by its code and its print, on the
//! ballot of Venezuela 2024 with named centres.
//!
//! `/usr/bin/time -v cargo run --release -p tallyproof --example site -- 30000 FOLDER` writes the site and says how
//! many files and bytes it has; without a folder nothing is written.
#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "an example reports on the terminal")]

use std::error::Error;
use std::path::PathBuf;
use std::time::Instant;

use tallyproof::site::pages::{SiteFacts, write};
use tallyproof_analysis::results::analyse;
use tallyproof_core::facts::{Facts, ImageReading, Standing};
use tallyproof_core::form::Figure;
use tallyproof_core::journal::sha256_hex;
use tallyproof_core::pack::{Area, Pack};
use tallyproof_core::print::{Match, Print, Printed, PrintedFigure, expected};
use tallyproof_core::sheet::{Channel, Reading};

/// Tables of a centre, as in the published tables: about two.
const TABLES: usize = 2;
/// Centres of a parish, parishes of a municipality, municipalities of a state, about as in Venezuela.
const CENTRES: usize = 13;
const PARISHES: usize = 3;
const MUNICIPALITIES: usize = 16;
/// One sheet in so many has a figure that its print does not confirm.
const UNCONFIRMED_IN: usize = 20;

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let n: usize = args.next().ok_or("name a number of tables")?.parse()?;
    let folder = args.next().map(PathBuf::from);
    let facts = country(n)?;
    let analysis = analyse(&facts);
    println!("{} sheets, {} findings", analysis.sheets.len(), analysis.findings.len());
    let site = SiteFacts {
        facts: &facts,
        analysis: &analysis,
        boundaries: None,
        calibration: None,
        checkpoint: None,
        images: None,
        attached: &[],
    };
    let (mut n_files, mut n_bytes, mut largest) = (0u64, 0u64, 0usize);
    let start = Instant::now();
    write(&site, &mut |path, bytes| {
        n_files += 1;
        n_bytes += bytes.len() as u64;
        if path.contains("/area/") {
            largest = largest.max(bytes.len());
        }
        let Some(folder) = &folder else { return Ok(()) };
        let place = folder.join(path);
        place.parent().map_or(Ok(()), std::fs::create_dir_all)?;
        std::fs::write(place, bytes)
    })?;
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "{n_files} files, {:.1} MB, largest page of tables {} kB",
        n_bytes as f64 / 1e6,
        largest / 1_000
    );
    println!("site written in {seconds:.1} s");
    if let Ok(status) = std::fs::read_to_string("/proc/self/status") {
        let peak = status.lines().find(|line| line.starts_with("VmHWM"));
        println!("{}", peak.unwrap_or_default());
    }
    Ok(())
}

/// A country whose sheets were all read.
fn country(n: usize) -> Result<Facts, Box<dyn Error>> {
    let toml = include_str!("../../../../elections/venezuela-2024/election.toml");
    let mut pack = Pack::parse("venezuela-2024", toml).map_err(|faults| format!("{faults:?}"))?;
    pack.synthetic = true;
    let mut images = Vec::with_capacity(n);
    for i in 0..n {
        let centre = i / TABLES;
        let parish = centre / CENTRES;
        let municipality = parish / PARISHES;
        let state = municipality / MUNICIPALITIES;
        let code = format!(
            "{:02}{:02}{:02}{:03}",
            1 + state,
            1 + municipality % MUNICIPALITIES,
            1 + parish % PARISHES,
            1 + centre % CENTRES
        );
        for (level, chars, word) in
            [(1, 4, "Municipio"), (2, 6, "Parroquia"), (3, 9, "Unidad Educativa Nacional")]
        {
            let name = format!("{word} {}", &code[chars - 2..chars]);
            pack.areas.entry((level, code[..chars].to_owned())).or_insert(Area { name, boundary: None });
        }
        images.push(sheet(&pack, &format!("{code}.{:02}", 1 + i % TABLES), i)?);
    }
    Ok(Facts::new(pack, None, Vec::new()).with_images(images, Vec::new(), 0))
}

/// One sheet, its votes by a fixed rule.
fn sheet(pack: &Pack, table: &str, i: usize) -> Result<ImageReading, Box<dyn Error>> {
    let grammar = pack.payload.as_ref().ok_or("the pack has no code")?;
    let votes = |line: usize| match line {
        0 => 40 + (i * 7) % 160,
        35 => 150 + (i * 13) % 260,
        // Of the payloads printed in 2024, somewhat less than half the lines are 0.
        line => (i + line * 5) % 11 / 5,
    };
    let lines: Vec<String> = (0..pack.lines.len()).map(|line| votes(line).to_string()).collect();
    let payload = format!("{table}.1.0001!{}!{}!0", lines.join(","), i % 9);
    let read = grammar.read(pack, payload.as_bytes()).map_err(|fault| format!("{payload}: {fault:?}"))?;
    let figures =
        expected(pack, &read.table, &read.values).into_iter().enumerate().map(|(at, (figure, asked, _))| {
            let blank = i.is_multiple_of(UNCONFIRMED_IN) && at == 9;
            printed(figure, asked, blank)
        });
    let print = Some(Print { figures: figures.collect() });
    let image = Some(sha256_hex(table.as_bytes()).into());
    let reading = Reading { table: read.table, values: read.values, image, line: 0 };
    Ok(ImageReading {
        source: "observers".into(),
        channel: Channel::Code,
        standing: Standing::Unreviewed,
        reading,
        print,
        unread: None,
    })
}

fn printed(figure: Figure, asked: String, blank: bool) -> PrintedFigure {
    let (printed, confidence) =
        if blank { (Printed::Blank, 0) } else { (Printed::Digits(asked.as_str().into()), 998) };
    let found = if blank { Match::Unsure } else { Match::Same };
    PrintedFigure { figure, printed, confidence, compared: Some((asked.into(), found)), crop: None }
}
