//! `tallyproof audit plan`.

use std::process::ExitCode;

use serde_json::json;
use tallyproof_analysis::results::{PublishedAudit, analyse_with};

use super::super::output::{Format, note, print, print_json, print_rows};
use super::super::{Context, Ended, FormatArg};
use crate::pipeline::{election, load};
use crate::store::Access;
use crate::trouble::AuditFault;

/// How many papers to inspect: for every treatment of the missing tables, risk limit and method; to refute
/// each claim; and what a clean sample leaves possible.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  tallyproof -C ve24 audit plan
  tallyproof -C ve24 audit plan --format json | jq '.plans[].treatments[].id'

Columns: v, the margin that false sheets would have to undo; k_min, the fewest sheets that could; u, the sum of
all bounds by v; then the sheets to draw if every paper matches: simple (simple random sample, no mismatch
allowed), kaplan-markov (drawn in proportion to size), alpha (mismatches survivable), alpha-all-in (its boldest
bet, which survives none).")]
pub(in super::super) struct Plan {
    #[command(flatten)]
    format: FormatArg,
}

impl Plan {
    pub(super) fn run(&self, context: &Context) -> Ended {
        let (store, loaded) = election::open(&context.folder, Access::Read)?;
        let (facts, audits) = load::everything(&store, loaded)?;
        let plans = analyse_with(&facts, &audits).results.audit;
        if plans.plans.is_empty() {
            return Err(AuditFault::NoLead.into());
        }
        if self.format.format == Format::Json {
            print_json(&json!({
                "outcome_budget": plans.outcome_budget, "plans": plans.plans,
                "refutations": plans.refutations, "clean_samples": plans.clean_samples,
            }));
            return Ok(ExitCode::SUCCESS);
        }
        print_tables(self.format.format, &plans);
        note(&context.words.say("audit-plan-note"));
        Ok(ExitCode::SUCCESS)
    }
}

const PLAN: [&str; 10] =
    ["cap", "missing", "v", "k_min", "u", "risk_%", "simple", "kaplan-markov", "alpha", "alpha-all-in"];

/// Three tables for people; for spreadsheets one, whose first column tells them apart.
fn print_tables(format: Format, plans: &PublishedAudit) {
    let text = |n: Option<u64>| n.map_or_else(|| "-".to_owned(), |n| n.to_string());
    let mut plan_rows: Vec<Vec<String>> = Vec::new();
    for plan in &plans.plans {
        for t in &plan.treatments {
            let u = t.u.map_or_else(|| "-".to_owned(), |u| format!("{u:.6}"));
            let start = vec![plan.id.to_owned(), t.id.to_owned(), text(t.v), text(t.k_min), u];
            if t.samples.is_empty() {
                plan_rows.push([start.clone(), vec!["-".to_owned(); 5]].concat());
            }
            for s in &t.samples {
                let sizes = [s.simple, s.kaplan_markov, s.alpha, s.alpha_all_in].map(text);
                plan_rows.push([start.clone(), vec![s.id.clone()], sizes.into()].concat());
            }
        }
    }
    let of_claims = plans.refutations.iter().flat_map(|r| {
        let row = |s: &tallyproof_analysis::results::PublishedDraws| {
            vec![r.id.clone(), r.n_sheets.to_string(), s.id.clone(), text(s.draws)]
        };
        r.samples.iter().map(row)
    });
    let claim_rows: Vec<Vec<String>> = of_claims.collect();
    let percent = |id: &str| id.rsplit('-').next().unwrap_or_default().to_owned();
    let clean = |c: &tallyproof_analysis::results::PublishedCleanSample| {
        vec![c.draws.to_string(), percent(&c.id), c.most_false.to_string()]
    };
    let clean_rows: Vec<Vec<String>> = plans.clean_samples.iter().map(clean).collect();
    if format == Format::Csv {
        let mut rows = Vec::new();
        let mut add = |kind: &str, cells: Vec<String>, at: &[usize]| {
            let mut row = vec![String::new(); 14];
            row[0] = kind.to_owned();
            for (&place, cell) in at.iter().zip(cells) {
                row[place] = if cell == "-" { String::new() } else { cell };
            }
            rows.push(row);
        };
        plan_rows.into_iter().for_each(|r| add("plan", r, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]));
        claim_rows.into_iter().for_each(|r| add("claim", r, &[11, 4, 6, 12]));
        clean_rows.into_iter().for_each(|r| add("clean", r, &[12, 6, 13]));
        let header: Vec<&str> =
            ["kind"].into_iter().chain(PLAN).chain(["claim", "draws", "most_false"]).collect();
        print_rows(format, &header, &rows, &[]);
        return;
    }
    print_rows(format, &PLAN, &plan_rows, &[2, 3, 4, 5, 6, 7, 8, 9]);
    if !claim_rows.is_empty() {
        print("\n");
        print_rows(format, &["claim", "false_sheets", "risk_%", "to_refute"], &claim_rows, &[1, 2, 3]);
    }
    print("\n");
    print_rows(format, &["clean_sample", "risk_%", "most_false_sheets"], &clean_rows, &[0, 1, 2]);
}
