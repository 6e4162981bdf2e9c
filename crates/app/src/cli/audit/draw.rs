//! `tallyproof audit draw`.

use std::process::ExitCode;

use super::super::output::{note, print};
use super::super::{Context, Ended};
use crate::pipeline::audit::{self, draw};

/// Draw sheets with the public seed, and write worksheets and the commands that redo the draw.
///
/// Draw i points at a sheet by SHA-256 of the text "SEED,i"; docs/audit.md has the rule, redo.sh the commands.
/// Worksheets do not show what was published: who inspects writes down what the paper says.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  tallyproof -C ve24 audit draw --seed 31415926535897932384
  tallyproof -C ve24 audit draw                 write the worksheets again; nothing new is drawn
  tallyproof -C ve24 audit draw --sheets 80     go on with the same seed, to 80 sheets in all

A seed that was known before the list was frozen proves nothing: freeze first, then make the seed as announced.
A worksheet that is there already is never written over.")]
pub(in super::super) struct Draw {
    /// The seed, made as announced: 20 to 512 letters and digits. Needed for the first draw.
    #[arg(long, value_name = "SEED")]
    seed: Option<String>,

    /// Sheets in all; by default as many as confirm if every paper matches.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    sheets: Option<u64>,

    /// The audit; by default the last.
    #[arg(long, value_name = "NAME")]
    audit: Option<String>,
}

impl Draw {
    pub(super) fn run(&self, context: &Context) -> Ended {
        let (store, loaded, audits) = super::open(context)?;
        let record = audit::choose(&audits, self.audit.as_deref())?;
        let words = &context.words;
        let request = draw::DrawRequest { seed: self.seed.as_deref(), n: self.sheets, by: None };
        let drawn = draw::draw(&store, &loaded, &audits, record, request, words)?;
        let args = [
            ("name", drawn.record.id.clone()),
            ("n", words.int(drawn.record.n_wanted)),
            ("sheets", words.int(drawn.record.sample().len() as u64)),
            ("path", drawn.dir.display().to_string()),
            ("folder", context.folder.display().to_string()),
        ];
        note(&words.tell(if drawn.already { "audit-drawn-already" } else { "audit-drawn" }, &args));
        note(&words.tell("audit-drawn-next", &args));
        drawn.worksheets.iter().for_each(|path| print(&format!("{}\n", path.display())));
        Ok(ExitCode::SUCCESS)
    }
}
