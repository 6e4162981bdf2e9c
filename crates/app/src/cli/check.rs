//! `tallyproof check`.

use serde_json::json;
use tallyproof_analysis::results::analyse;
use tallyproof_core::rules::{Finding, Severity, field_name, rule};

use super::output::{Format, note, print_json, print_rows};
use super::{Context, Ended, FormatArg, exit};
use crate::pipeline::{election, load};
use crate::store::Access;
use crate::trouble::Trouble;
use crate::words::finding_key;

/// Run every rule and list what they find. Exit status 1 when anything is listed.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  tallyproof check
  tallyproof check --rule S202 --rule S203
  tallyproof check --at-least warning --format csv > findings.csv
  tallyproof explain S202")]
pub(super) struct Check {
    /// Only this rule; may be repeated.
    #[arg(long, value_name = "CODE")]
    rule: Vec<String>,

    /// Only findings that matter at least this much.
    #[arg(long, value_enum, default_value_t = AtLeast::Note)]
    at_least: AtLeast,

    #[command(flatten)]
    format: FormatArg,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum AtLeast {
    Contradiction,
    Warning,
    Note,
}

impl Check {
    pub(super) fn run(&self, context: &Context) -> Ended {
        if let Some(unknown) = self.rule.iter().find(|code| rule(code).is_none()) {
            return Err(Trouble::UnknownRule(unknown.clone()));
        }
        let (store, loaded) = election::open(&context.folder, Access::Read)?;
        let facts = load::facts(&store, loaded)?;
        let analysis = analyse(&facts);
        let listed: Vec<&Finding> = analysis.findings.iter().filter(|f| self.lists(f)).collect();
        let words = &context.words;
        match self.format.format {
            Format::Json => print_json(&listed.iter().map(|f| json!({
                "rule": f.rule, "severity": f.severity.code(), "table": f.table.as_ref().map(ToString::to_string),
                "fields": f.fields.iter().map(|&x| field_name(&facts.pack, x)).collect::<Vec<_>>(),
                "numbers": f.args.iter().map(|(name, value)| ((*name).to_owned(), json!(value)))
                    .collect::<serde_json::Map<_, _>>(),
            })).collect::<Vec<_>>()),
            format => {
                let rows: Vec<Vec<String>> = listed
                    .iter()
                    .map(|f| {
                        let table = f.table.as_ref().map(ToString::to_string).unwrap_or_default();
                        let sentence = words.tell(&finding_key(f.rule, &f.args), &f.args);
                        vec![f.rule.to_owned(), f.severity.code().to_owned(), table, sentence]
                    })
                    .collect();
                print_rows(format, &["rule", "severity", "table", "finding"], &rows, &[]);
            }
        }
        note(&words.tell(
            "check-counts",
            &[("n", words.int(listed.len() as u64)), ("sheets", words.int(analysis.sheets.len() as u64))],
        ));
        Ok(exit(!listed.is_empty()))
    }

    fn lists(&self, finding: &Finding) -> bool {
        let least = match self.at_least {
            AtLeast::Contradiction => Severity::Contradiction,
            AtLeast::Warning => Severity::Warning,
            AtLeast::Note => Severity::Note,
        };
        finding.severity <= least
            && (self.rule.is_empty() || self.rule.iter().any(|code| code == finding.rule))
    }
}
