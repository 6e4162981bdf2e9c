//! Writes a net of digits as a model that `tallyproof read --recogniser` takes.
//!
//! `cargo run -p tallyproof-reader --example export -- crates/reader/weights/digits.bin digits.onnx`

#![allow(clippy::print_stderr, reason = "a command")]

mod graph;
mod protobuf;

use std::process::ExitCode;

fn main() -> ExitCode {
    let mut args = std::env::args_os().skip(1);
    let (Some(weights), Some(model), None) = (args.next(), args.next(), args.next()) else {
        eprintln!("export WEIGHTS MODEL.onnx");
        return ExitCode::from(2);
    };
    let exported = std::fs::read(weights)
        .and_then(|bytes| graph::onnx(&bytes).ok_or_else(|| std::io::Error::other("no digit weights")))
        .and_then(|bytes| std::fs::write(model, bytes));
    match exported {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(3)
        }
    }
}
