//! What goes with the program, made from the program:
//!
//! ```text
//! cargo run -p tallyproof --example kit -- book              preprocessor of mdbook: verbs, rules and messages as pages
//! cargo run -p tallyproof --example kit -- man DIR           manual pages
//! cargo run -p tallyproof --example kit -- completions DIR   completions for bash, zsh, fish and PowerShell
//! cargo run -p tallyproof --example kit -- parts [FEATURES]  bill of materials (CycloneDX), from `cargo metadata`
//! cargo run -p tallyproof --example kit -- notices [FEATURES]  licences of all parts, with their texts
//! cargo run -p tallyproof --example kit -- licences          whether every part's licence is one that deny.toml allows
//! ```
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program of the workshop")]

mod book;
mod messages;
mod papers;
mod parts;
mod verbs;

use std::path::Path;
use std::process::ExitCode;

const USAGE: &str =
    "usage: kit book | man DIR | completions DIR | parts [FEATURES] | notices [FEATURES] | licences";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        // mdbook asks first whether a renderer is served.
        ["book", "supports", renderer] => {
            return if *renderer == "html" { ExitCode::SUCCESS } else { ExitCode::FAILURE };
        }
        ["book"] => book::preprocess(std::io::stdin().lock(), std::io::stdout().lock()),
        ["man", dir] => papers::manual(Path::new(dir)),
        ["completions", dir] => papers::completions(Path::new(dir)),
        ["parts"] => parts::print_bill(""),
        ["parts", features] => parts::print_bill(features),
        ["notices"] => parts::print_notices(""),
        ["notices", features] => parts::print_notices(features),
        ["licences"] => parts::check_licences(),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("kit: {why}");
            ExitCode::FAILURE
        }
    }
}
