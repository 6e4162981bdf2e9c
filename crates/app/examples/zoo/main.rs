//! The zoo: hostile files, made by this program, pushed through every door of the command line.
//!
//! `cargo run -p tallyproof --example zoo -- FOLDER [small|large] [DOOR]…` makes the files, gives every one to every verb that takes a
//! file, in English and Spanish in turn, each run within a clock and a limit of memory, and prints a table of the doors.
//! With `large` the files are as large as attackers make them. Exit status 1 when a run ended by a signal, panicked, took
//! too long, ended with an undocumented status, or failed without naming the file and a remedy.
#![allow(
    clippy::print_stdout,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "an example reports on the terminal, and ends where it cannot go on"
)]

// As the tests name it: its parts lie beside it.
#[allow(dead_code, reason = "tests use all of it")]
#[path = "zoo.rs"]
mod zoo;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use zoo::animals::animals;
use zoo::doors::{DOORS, Place};
use zoo::run::visit;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let Some(folder) = args.first().map(PathBuf::from) else {
        println!("name a folder to work in");
        return ExitCode::from(2);
    };
    let own = std::env::current_exe().expect("a path");
    let program = own.parent().and_then(Path::parent).expect("target/<profile>/examples").join("tallyproof");
    let place = Place::new(&folder, &program);
    let animals = animals(&place.folder.join("animals"), args.get(1).is_some_and(|word| word == "large"));
    let wanted = args.get(2..).unwrap_or_default();
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|one| one == name);
    let (mut n_amiss, mut n_doors) = (0, 0);
    for (d, door) in DOORS.iter().enumerate().filter(|(_, door)| is_wanted(door.name)) {
        n_doors += 1;
        let mut codes: BTreeMap<String, u64> = BTreeMap::new();
        let mut longest = (0, "");
        for (a, animal) in animals.iter().enumerate() {
            let visited = visit(&place, door, animal, if (d + a) % 2 == 0 { "en" } else { "es" });
            *codes.entry(visited.code.map_or("?".to_owned(), |code| code.to_string())).or_default() += 1;
            if visited.ms > longest.0 {
                longest = (visited.ms, animal.name);
            }
            if !visited.amiss.is_empty() {
                n_amiss += 1;
                println!("AMISS {} x {}: {}\n{}", door.name, animal.name, visited.amiss, visited.said);
            }
        }
        println!("{:24} {codes:?} longest {} ms ({})", door.name, longest.0, longest.1);
    }
    println!(
        "{} animals, {} doors, {} visits, {n_amiss} amiss",
        animals.len(),
        n_doors,
        animals.len() * n_doors
    );
    if n_amiss == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
