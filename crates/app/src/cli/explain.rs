//! `tallyproof explain`.

use std::process::ExitCode;

use rust_embed::RustEmbed;
use tallyproof_core::rules::{RULES, rule};

use super::output::{Format, print, print_rows};
use super::{Context, Ended};
use crate::trouble::Trouble;

#[derive(RustEmbed)]
#[folder = "../core/tests/rules/"]
#[include = "*.md"]
struct Pages;

/// Explain a rule: what it says, its formula, innocent causes, examples.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  tallyproof explain            every rule, a line each
  tallyproof explain S202")]
pub(super) struct Explain {
    /// The rule's code.
    code: Option<String>,
}

impl Explain {
    pub(super) fn run(&self, context: &Context) -> Ended {
        let Some(code) = &self.code else {
            let title = |code: &str| context.words.say(&format!("rule-{code}"));
            let rows: Vec<Vec<String>> =
                RULES.iter().map(|r| vec![r.code.into(), r.severity.code().into(), title(r.code)]).collect();
            print_rows(Format::Table, &["rule", "severity", "title"], &rows, &[]);
            return Ok(ExitCode::SUCCESS);
        };
        let known = rule(&code.to_ascii_uppercase());
        let page = known.and_then(|rule| Pages::get(&format!("{}.md", rule.code)));
        let page = page.ok_or_else(|| Trouble::UnknownRule(code.clone()))?;
        print(&String::from_utf8_lossy(&page.data));
        Ok(ExitCode::SUCCESS)
    }
}
