//! `tallyproof status`.

use std::process::ExitCode;

use serde_json::json;

use super::output::{Format, note, print_json, print_rows};
use super::{Context, Ended, FormatArg};
use crate::pipeline::election;
use crate::store::Access;

/// Show what the folder holds: election, sources and versions, journal.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  tallyproof -C ve24 status
  tallyproof -C ve24 status --format json")]
pub(super) struct Status {
    #[command(flatten)]
    format: FormatArg,
}

impl Status {
    pub(super) fn run(&self, context: &Context) -> Ended {
        let (store, loaded) = election::open(&context.folder, Access::Read)?;
        let (imports, events) = (store.imports()?, store.events()?);
        let words = &context.words;
        if self.format.format == Format::Json {
            print_json(&json!({
                "pack": loaded.pack.id,
                "synthetic": loaded.pack.synthetic,
                "n_tables": loaded.register.as_ref().map_or(loaded.pack.n_tables, |r| r.tables.len() as u64),
                "n_events": events.len(),
                "imports": imports.iter().map(|i| json!({
                    "source": i.source, "version": i.label, "supersedes": i.supersedes, "sha256": i.sha256,
                    "adopted": i.n_adopted, "refused": i.n_refused,
                })).collect::<Vec<_>>(),
            }));
            return Ok(ExitCode::SUCCESS);
        }
        if self.format.format == Format::Table {
            let args = [("pack", loaded.pack.id), ("n", words.int(events.len() as u64))];
            note(&words.tell("status-head", &args));
        }
        let rows: Vec<Vec<String>> = imports
            .iter()
            .map(|i| {
                let supersedes = i.supersedes.join(" ");
                let counts = [i.n_adopted.to_string(), i.n_refused.to_string()];
                [
                    vec![i.source.clone(), i.label.clone(), supersedes],
                    counts.into(),
                    vec![i.sha256[..12].to_owned()],
                ]
                .concat()
            })
            .collect();
        let header = ["source", "version", "supersedes", "adopted", "refused", "sha256"];
        print_rows(self.format.format, &header, &rows, &[3, 4]);
        Ok(ExitCode::SUCCESS)
    }
}
