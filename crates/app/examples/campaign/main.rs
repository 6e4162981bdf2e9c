//! The campaign: sheets with a known truth, honest and altered, well and badly photographed, through the whole
//! chain from JPEG to a sheet's status. Streamed, not stored; stopped and gone on with at will.
//!
//! `cargo run --release -p tallyproof --example campaign -- --sheets 20000 --seed 7 --keep campaign.json`
//!
//! Exit code 1 when a sheet was accepted with a wrong value, when a sheet altered in one channel became
//! definitive, or when a code was misread.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "an example reports on the terminal")]

mod judge;
mod pack;
mod plant;
mod tally;

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use rayon::prelude::*;
use tally::Tally;
use tallyproof::pipeline::weights::Weights;

/// Sheets between two savings: what a stop can cost.
const CHUNK: u64 = 64;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if words.iter().any(|word| word == "--help") {
        println!("campaign [--sheets N] [--seed S] [--keep FILE.json]     run, or go on with, a campaign");
        println!("campaign --write I --to FILE.jpg [--seed S]             one of its photographs");
        println!("campaign --pack FOLDER                                  the pack of its election");
        return Ok(ExitCode::SUCCESS);
    }
    let value = |name: &str| words.iter().position(|word| word == name).and_then(|at| words.get(at + 1));
    let number = |name, default| value(name).map_or(Ok(default), |word| word.parse::<u64>());
    let (n_sheets, seed) = (number("--sheets", 1000)?, number("--seed", 2031)?);
    if let Some(i) = value("--write") {
        return write(seed, i.parse()?, value("--to").ok_or("name a file with --to")?.into());
    }
    if let Some(folder) = value("--pack") {
        std::fs::create_dir_all(folder)?;
        std::fs::write(PathBuf::from(folder).join("election.toml"), pack::toml())?;
        return Ok(ExitCode::SUCCESS);
    }
    let kept = value("--keep").map(PathBuf::from);
    let mut tally = match &kept {
        Some(path) => Tally::load(path, seed)?,
        None => Tally::default(),
    };
    let (pack, weights) = (judge::load_pack()?, Weights::shipped());
    while tally.next < n_sheets {
        let chunk = tally.next..(tally.next + CHUNK).min(n_sheets);
        let verdicts: Vec<_> = chunk
            .into_par_iter()
            .map(|i| (i, judge::judge(&pack, &weights, &plant::plant(seed, i))))
            .collect();
        verdicts.iter().for_each(|(i, verdict)| tally.add(*i, verdict));
        if let Some(path) = &kept {
            tally.save(path, seed)?;
        }
        if tally.next % (CHUNK * 16) == 0 {
            eprintln!("{} of {n_sheets}", tally.next);
        }
    }
    println!("{}", tally.table());
    Ok(if tally.failed() { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

/// Writes one sheet's photograph, to be looked at.
fn write(seed: u64, i: u64, to: PathBuf) -> Result<ExitCode, Box<dyn Error>> {
    let planted = plant::plant(seed, i);
    std::fs::write(to, &planted.jpeg)?;
    println!("{:?} {}", planted.kind, planted.payload);
    Ok(ExitCode::SUCCESS)
}
