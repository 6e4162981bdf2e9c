//! How large the public site of a whole country is: made-up sheets, each read by its code and its print, on the
//! ballot of Venezuela 2024 with named centres.
//!
//! `/usr/bin/time -v cargo run --release -p tallyproof --example site -- 30000 FOLDER` writes the site and says how
//! many files and bytes it has; without a folder nothing is written.
#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "an example reports on the terminal")]

mod country;

use std::error::Error;
use std::path::PathBuf;
use std::time::Instant;

use country::country;
use tallyproof::site::pages::{SiteFacts, write};
use tallyproof_analysis::results::analyse;

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
