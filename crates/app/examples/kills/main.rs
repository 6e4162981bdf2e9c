//! A thousand power cuts: verbs and the desk are killed (SIGKILL) at random moments, over and over, and after every kill
//! the folder must be sound; in the end it must hold what an undisturbed run gives.
//!
//! `cargo run -p tallyproof --example kills -- FOLDER [KILLS] [SEED]` (1,000 kills, seed 1) keeps a line for every kill in
//! `FOLDER/kills.jsonl`, goes on there when it is started again, and prints a table. Exit status 1 when anything was
//! amiss; the folder it was found in is left as it is. Half of the kills come after a random time of up to 1.2 times the
//! verb's own; the other half, where `strace` is there, as a thread is about to make its Nth call of a random kind.
#![allow(
    clippy::print_stdout,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "an example reports on the terminal, and ends where it cannot go on"
)]

#[allow(dead_code, reason = "made for another example, which uses all of it")]
#[path = "../desk_load/load.rs"]
mod desk_load;
// As the tests name it: its parts lie beside it.
#[path = "kills.rs"]
mod kills;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use kills::{Driver, Verb};

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let Some(folder) = args.first().map(PathBuf::from) else {
        println!("name a folder to work in");
        return ExitCode::from(2);
    };
    let number = |at: usize, usual: u64| args.get(at).and_then(|text| text.parse().ok()).unwrap_or(usual);
    let (wanted, seed) = (number(1, 1_000), number(2, 1));
    let mut driver = Driver::new(&folder, &program(), seed);
    for (verb, n) in Verb::shares(wanted) {
        driver.until(verb, n);
        println!("{verb:?}: {} kills", driver.log.count(verb));
    }
    driver.log.print();
    if driver.log.amiss() == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The program of the same build: examples lie in a folder beside it.
fn program() -> PathBuf {
    let own = std::env::current_exe().expect("a path");
    own.parent().and_then(Path::parent).expect("target/<profile>/examples").join("tallyproof")
}
