//! The command line: one file per verb.

mod add;
mod audit;
mod backup;
mod calibrate;
mod check;
mod compare;
mod demo;
mod explain;
mod import;
mod journal;
mod key;
mod new;
mod output;
mod pack;
mod prints;
mod prove;
mod publish;
mod read;
mod read_worker;
mod readings;
mod restore;
mod run;
mod second_worker;
mod serve;
mod site;
mod status;
mod tabulate;
mod train;
mod verify;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::LazyLock;

use clap::{CommandFactory, Parser, Subcommand};

use crate::trouble::{DeskTrouble, Trouble};
use crate::words::{Lang, Words};
use output::{Format, say_error};
use tallyproof_verify::{built, help};

/// From photographs of tally sheets to a result anyone can check.
///
/// tallyproof reads photographs of tally sheets and tables of numbers transcribed from them, checks and adds them up,
/// bounds what is missing, tests published claims against the sheets, and writes a report with every number's formula
/// and inputs. It takes no side.
#[derive(Parser)]
#[command(name = "tallyproof", version = built::VERSION, long_version = long_version(), arg_required_else_help = true, after_help = EXAMPLES)]
struct Cli {
    /// Work in this folder.
    #[arg(short = 'C', long = "folder", value_name = "DIR", default_value = ".", global = true)]
    folder: PathBuf,

    /// Language of messages and reports; the locale's by default.
    #[arg(long, value_enum, global = true)]
    lang: Option<Lang>,

    #[command(subcommand)]
    verb: Verb,
}

/// What `--version` says behind the program's name. Decoders differ in what they read, so that they are named.
fn long_version() -> &'static str {
    static TEXT: LazyLock<String> = LazyLock::new(|| {
        let decoders = if cfg!(feature = "zxing-cpp") { "rxing, zxing-cpp" } else { "rxing" };
        let recognisers = if cfg!(feature = "rten") { "\nrecognisers: rten" } else { "" };
        format!("{}\n{}\ncode decoders: {decoders}{recognisers}", built::VERSION, built::lines())
    });
    &TEXT
}

const EXAMPLES: &str = "\
Examples:
  tallyproof demo                                   a synthetic election, start to finish
  tallyproof new ve24 --pack venezuela-2024         a working folder
  tallyproof -C ve24 import v1.csv --source campaign --version V1
  tallyproof -C ve24 import v2.csv --source campaign --version V2 --supersedes V1
  tallyproof -C ve24 add photos/ more.zip           photographs of sheets
  tallyproof -C ve24 run --lang es                  everything to report/report.html

Exit status: 0 done, 1 findings or refused rows, 2 usage, 3 the job could not be done.";

#[derive(Subcommand)]
enum Verb {
    New(new::New),
    Add(add::Add),
    Read(read::Read),
    Readings(readings::Readings),
    Import(import::ImportArgs),
    Compare(compare::Compare),
    Status(status::Status),
    Check(check::Check),
    Tabulate(tabulate::Tabulate),
    Calibrate(calibrate::Calibrate),
    Train(train::Train),
    Report(run::Report),
    Run(run::Run),
    Site(site::Site),
    Serve(serve::Serve),
    #[command(subcommand)]
    Audit(audit::Audit),
    Explain(explain::Explain),
    #[command(subcommand)]
    Pack(pack::Pack),
    #[command(subcommand)]
    Journal(journal::Journal),
    #[command(subcommand)]
    Key(key::Key),
    Publish(publish::Publish),
    Backup(backup::Backup),
    Restore(restore::Restore),
    Verify(verify::VerifyHere),
    Prove(prove::Prove),
    Demo(demo::DemoArgs),
    ReadWorker(read_worker::ReadWorker),
    SecondWorker(second_worker::SecondWorker),
}

/// What every verb is given.
struct Context {
    folder: PathBuf,
    words: Words,
}

/// How a verb ended.
type Ended = Result<ExitCode, Trouble>;

/// Help in Spanish: of the verbs, and of the one that is also a program of its own.
pub const SPANISH_HELP: [&str; 2] =
    [include_str!("../../locales/es/help.toml"), tallyproof_verify::SPANISH_HELP];

/// Exit status for findings, refused rows or differences.
const FINDINGS: u8 = 1;
/// Exit status for a wrong call.
const USAGE: u8 = 2;
/// Exit status when the job could not be done.
const FAILED: u8 = 3;

/// Runs the program on the process's arguments.
pub fn main() -> ExitCode {
    let cli: Cli = help::parse(&SPANISH_HELP);
    let context =
        Context { folder: cli.folder, words: Words::new(cli.lang.unwrap_or_else(Lang::of_environment)) };
    let ended = match cli.verb {
        Verb::New(verb) => verb.run(&context),
        Verb::Add(verb) => verb.run(&context),
        Verb::Read(verb) => verb.run(&context),
        Verb::Readings(verb) => verb.run(&context),
        Verb::Import(verb) => verb.run(&context),
        Verb::Compare(verb) => verb.run(&context),
        Verb::Status(verb) => verb.run(&context),
        Verb::Check(verb) => verb.run(&context),
        Verb::Tabulate(verb) => verb.run(&context),
        Verb::Calibrate(verb) => verb.run(&context),
        Verb::Train(verb) => verb.run(&context),
        Verb::Report(verb) => verb.run(&context),
        Verb::Run(verb) => verb.run(&context),
        Verb::Site(verb) => verb.run(&context),
        Verb::Serve(verb) => verb.run(&context),
        Verb::Audit(verb) => verb.run(&context),
        Verb::Explain(verb) => verb.run(&context),
        Verb::Pack(verb) => verb.run(&context),
        Verb::Journal(verb) => verb.run(&context),
        Verb::Key(verb) => verb.run(&context),
        Verb::Publish(verb) => verb.run(&context),
        Verb::Backup(verb) => verb.run(&context),
        Verb::Restore(verb) => verb.run(&context),
        Verb::Verify(verb) => Ok(verb.run(&context)),
        Verb::Prove(verb) => verb.run(&context),
        Verb::Demo(verb) => verb.run(&context),
        Verb::ReadWorker(verb) => verb.run(),
        Verb::SecondWorker(verb) => verb.run(),
    };
    ended.unwrap_or_else(|trouble| {
        say_error(&context.words, &trouble);
        ExitCode::from(if is_usage(&trouble) { USAGE } else { FAILED })
    })
}

/// Whether the user named something that does not exist, rather than a job failing.
fn is_usage(trouble: &Trouble) -> bool {
    match trouble {
        Trouble::Audit(fault) => return fault.is_usage(),
        Trouble::Key(trouble) => return trouble.is_usage(),
        Trouble::Backup(trouble) => return trouble.is_usage(),
        Trouble::Recogniser(trouble) => return trouble.is_usage(),
        _ => {}
    }
    if let Trouble::Bundle(trouble) = trouble {
        return trouble.is_usage();
    }
    matches!(
        trouble,
        Trouble::Desk(
            DeskTrouble::Plain(_)
                | DeskTrouble::NoHost(_)
                | DeskTrouble::BadHost(_)
                | DeskTrouble::NoAccount(_)
        ) | Trouble::UnknownPack { .. }
            | Trouble::UnknownMapping { .. }
            | Trouble::UnknownSource { .. }
            | Trouble::UnknownLevel { .. }
            | Trouble::UnknownRule(_)
            | Trouble::BadId(_)
            | Trouble::BadFileName(_)
            | Trouble::LabelTaken { .. }
            | Trouble::NewestUnclear { .. }
    )
}

/// The whole command, for documentation and completions.
pub fn command() -> clap::Command {
    Cli::command()
}

/// Status 1 when something was found.
fn exit(found: bool) -> ExitCode {
    if found { ExitCode::from(FINDINGS) } else { ExitCode::SUCCESS }
}

/// `--format`, shared by every verb that reads.
#[derive(clap::Args)]
struct FormatArg {
    /// How to print.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}
