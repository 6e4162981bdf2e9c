//! `tallyproof prove`.

use std::path::PathBuf;
use std::process::ExitCode;

use super::output::{note, print};
use super::{Context, Ended};
use crate::pipeline::prove::prove;

/// Write the proof that a table was published with its figures: one small file.
///
/// Whoever has the file and the publisher's key checks it without the rest: with data/check_proof.py out of the
/// bundle, Python and OpenSSL. It shows that the table was published with these figures in this checkpoint; only
/// `verify` of the bundle shows that they are the latest and in the total.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  tallyproof prove 201301006.01 --bundle ve24-bundle
  tallyproof prove 201301006.01 --bundle ve24.zip --out mine.proof
  python3 ve24-bundle/data/check_proof.py 201301006.01.proof press.key.pub")]
pub(super) struct Prove {
    /// The polling table's id.
    #[arg(value_name = "TABLE")]
    table: String,

    /// The bundle it was published in.
    #[arg(long, value_name = "BUNDLE")]
    bundle: PathBuf,

    /// Where to write; TABLE.proof by default.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl Prove {
    pub(super) fn run(&self, context: &Context) -> Ended {
        let out =
            self.out.clone().unwrap_or_else(|| PathBuf::from(format!("{}.proof", file_name(&self.table))));
        let proved = prove(&self.bundle, &self.table, &out)?;
        let args = [
            ("table", self.table.clone()),
            ("hash", proved.sha256()),
            ("size", context.words.int(proved.size)),
        ];
        note(&context.words.tell("prove-done", &args));
        note(&context.words.say("prove-limits"));
        print(&format!("{}\n", out.display()));
        Ok(ExitCode::SUCCESS)
    }
}

/// A table's id as the name of a file.
fn file_name(table: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '_' };
    table.chars().take(100).map(plain).collect::<String>().trim_start_matches('.').to_owned()
}
