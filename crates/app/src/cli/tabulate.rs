//! `tallyproof tabulate`.

use std::process::ExitCode;

use tallyproof_analysis::results::{ById, Results, analyse_with};

use super::output::{Format, note, print_json, print_rows};
use super::{Context, Ended, FormatArg};
use crate::pipeline::{election, load};
use crate::store::Access;
use crate::trouble::Trouble;

/// Add up the sheets and print the result.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  tallyproof tabulate
  tallyproof tabulate --level state --format csv
  tallyproof tabulate --format json | jq .tabulation.votes")]
pub(super) struct Tabulate {
    /// One row per area of this level, e.g. state.
    #[arg(long)]
    level: Option<String>,
    #[command(flatten)]
    format: FormatArg,
}

impl Tabulate {
    pub(super) fn run(&self, context: &Context) -> Ended {
        let (store, loaded) = election::open(&context.folder, Access::Read)?;
        let levels = loaded.pack.levels.iter().filter(|level| level.listed).map(|level| level.id.clone());
        let known: Vec<String> = levels.collect();
        if let Some(name) = self.level.clone().filter(|name| !known.contains(name)) {
            return Err(Trouble::UnknownLevel { name, known });
        }
        let (facts, audits) = load::everything(&store, loaded)?;
        let results = analyse_with(&facts, &audits).results;
        if self.format.format == Format::Json {
            print_json(&results);
            return Ok(ExitCode::SUCCESS);
        }
        let ids: Vec<&str> = results.election.selections.iter().map(|s| s.id.as_str()).collect();
        let header: Vec<&str> = ["area", "name", "tables"]
            .into_iter()
            .chain(ids.iter().copied())
            .chain(["valid"])
            .chain(results.tabulation.blank.map(|_| "blank"))
            .chain(["null"])
            .collect();
        let row = |code: &str, name: &str, n: u64, votes: &ById<u64>, rest: [Option<u64>; 3]| {
            let mut cells = vec![code.to_owned(), name.to_owned(), n.to_string()];
            cells.extend(ids.iter().map(|id| votes[*id].to_string()));
            cells.extend(rest.into_iter().flatten().map(|n| n.to_string()));
            cells
        };
        let tab = &results.tabulation;
        let mut rows = Vec::new();
        for area in tab.areas.iter().filter(|a| self.level.as_ref() == Some(&a.level)) {
            let name = area.name.as_deref().unwrap_or_default();
            rows.push(row(
                &area.code,
                name,
                area.n_tables_seen,
                &area.votes,
                [Some(area.valid), area.blank, Some(area.null)],
            ));
        }
        rows.push(row(
            "*",
            context.words.of(&results.election.title),
            tab.n_tables_seen,
            &tab.votes,
            [Some(tab.valid), tab.blank, Some(tab.null)],
        ));
        let right: Vec<usize> = (2..header.len()).collect();
        print_rows(self.format.format, &header, &rows, &right);
        if self.format.format == Format::Table {
            note(&headline(context, &results));
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// The result in one line, with what it rests on.
pub(super) fn headline(context: &Context, results: &Results) -> String {
    let (words, tab) = (&context.words, &results.tabulation);
    let name = |id: &Option<String>| {
        let found = id.as_ref().and_then(|id| results.election.selections.iter().find(|s| s.id == *id));
        found.map(|s| s.name.clone()).unwrap_or_default()
    };
    let classes: Vec<String> =
        tab.basis.classes.iter().map(|class| words.say(&format!("class-{class}"))).collect();
    let synthetic = if results.election.synthetic { "SYNTHETIC · " } else { "" };
    let args = [
        ("seen", words.int(tab.n_tables_seen)),
        ("total", words.int(tab.n_tables_total)),
        ("classes", classes.join(", ")),
        ("leading", name(&tab.leading)),
        ("second", name(&tab.second)),
        ("margin", words.int(tab.margin)),
        ("ratio", tab.ratio.map(|r| words.decimal(r, 2)).unwrap_or_default()),
    ];
    let key = match (&tab.leading, tab.tied) {
        (None, _) => "headline-nothing",
        (_, true) => "headline-tied",
        _ if results.wording.lead == "disputed" => "headline-disputed",
        _ if tab.ratio.is_none() => "headline-no-ratio",
        _ => "headline",
    };
    format!("{synthetic}{}", words.tell(key, &args))
}
