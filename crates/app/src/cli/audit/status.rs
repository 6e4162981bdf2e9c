//! `tallyproof audit status`.

use std::process::ExitCode;

use serde_json::json;
use tallyproof_analysis::results::{PublishedHeldAudit, analyse_with};

use super::super::output::{Format, note, print_json, print_rows};
use super::super::{Context, Ended, FormatArg};
use crate::pipeline::{election, load};
use crate::store::Access;

/// Show where audits stand: running risk per assertion, what to do next, and how many false sheets are possible.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  tallyproof -C ve24 audit status
  tallyproof -C ve24 audit status --format json | jq '.held[].assertions[].risk'")]
pub(in super::super) struct Status {
    #[command(flatten)]
    format: FormatArg,
}

impl Status {
    pub(super) fn run(&self, context: &Context) -> Ended {
        let (store, loaded) = election::open(&context.folder, Access::Read)?;
        let (facts, audits) = load::everything(&store, loaded)?;
        let found = analyse_with(&facts, &audits).results.audit;
        if self.format.format == Format::Json {
            print_json(&json!({"held": found.held, "convenience": found.convenience}));
            return Ok(ExitCode::SUCCESS);
        }
        let rows: Vec<Vec<String>> = found.held.iter().flat_map(rows).collect();
        let header = [
            "audit",
            "method",
            "risk_limit",
            "assertion",
            "v",
            "drawn",
            "inspected",
            "differ",
            "not_found",
            "risk",
            "advice",
        ];
        print_rows(self.format.format, &header, &rows, &[2, 4, 5, 6, 7, 8, 9]);
        let words = &context.words;
        if self.format.format == Format::Table {
            found.held.iter().for_each(|held| note(&advice(context, held)));
            if found.held.is_empty() {
                note(&words.say("audit-status-none"));
            }
            let c = &found.convenience;
            if c.n_sheets > 0 {
                let args = [("n", words.int(c.n_sheets)), ("matching", words.int(c.n_matching))];
                note(&words.tell("audit-status-convenience", &args));
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn rows(held: &PublishedHeldAudit) -> Vec<Vec<String>> {
    let counts = [held.n_drawn, held.n_in_order, held.n_differing, held.n_not_found].map(|n| n.to_string());
    let row = |a: &tallyproof_analysis::results::PublishedAssertion| {
        let start = [held.id.clone(), held.method.to_owned(), held.risk_limit.to_string(), a.id.clone()];
        let risk = a.risk.map_or_else(|| "-".to_owned(), |r| r.to_string());
        let end = [risk, held.advice.to_owned()];
        [start.to_vec(), vec![a.v.to_string()], counts.to_vec(), end.to_vec()].concat()
    };
    held.assertions.iter().map(row).collect()
}

/// Where an audit stands and what to do next, in words.
pub(super) fn advice(context: &Context, held: &PublishedHeldAudit) -> String {
    let words = &context.words;
    let risks: Option<Vec<f64>> = held.assertions.iter().map(|a| a.risk).collect();
    let risk = risks.filter(|r| !r.is_empty()).map(|r| r.into_iter().fold(0.0, f64::max));
    let percent = |share: f64| match share {
        s if s > 0.0 && s < 0.000_1 => format!("< {}", words.percent(0.000_1, 2)),
        s => words.percent(s, 2),
    };
    let custodies: Vec<String> = held.custodies.iter().map(|(who, n)| format!("{who} ({n})")).collect();
    let args = [
        ("name", held.id.clone()),
        ("limit", percent(held.risk_limit)),
        ("reserve", percent(held.reserve)),
        ("risk", risk.map(percent).unwrap_or_default()),
        ("n", words.int(held.n_in_order)),
        ("drawn", words.int(held.n_drawn)),
        ("out", words.int(held.n_out_of_order)),
        ("differing", words.int(held.n_differing)),
        ("missing", words.int(held.n_not_found)),
        ("most", words.int(held.most_false_95.unwrap_or(0))),
        ("sheets", words.int(held.n_sheets)),
        ("custody", if custodies.is_empty() { held.custody.clone() } else { custodies.join(", ") }),
        ("folder", context.folder.display().to_string()),
        ("why", held.abandoned.clone().unwrap_or_default()),
    ];
    let state = match (held.advice, &held.seed, risk) {
        ("go-on", None, _) => "frozen",
        ("go-on", _, None) => "drawn",
        ("go-on", ..) if held.n_in_order == held.n_drawn => "draw-more",
        ("broken", ..) if held.reserve > 0.0 => "broken-reserve",
        (advice, ..) => advice,
    };
    let mut lines = vec![words.tell(&format!("audit-advice-{state}"), &args)];
    if held.n_out_of_order > 0 {
        lines.push(words.tell("audit-advice-gap", &args));
    }
    if held.n_in_order > 0 {
        if held.most_false_95.is_some() {
            lines.push(words.tell("audit-advice-bound", &args));
        }
        lines.push(words.tell("audit-advice-custody", &args));
    }
    lines.join("\n")
}
