//! `tallyproof-verify BUNDLE`: the verb `tallyproof verify` as a program of its own.

use std::process::ExitCode;

use clap::Parser;
use tallyproof_verify::{Lang, Verify};

/// Check an evidence bundle of tallyproof, offline and from nothing but what is in it.
#[derive(Parser)]
#[command(name = "tallyproof-verify", version)]
struct Cli {
    /// Language of messages; the locale's by default.
    #[arg(long, value_enum)]
    lang: Option<Lang>,

    #[command(flatten)]
    verify: Verify,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    cli.verify.run(cli.lang.unwrap_or_else(Lang::of_environment))
}
