//! Findings by rule: every rule that ran, also those that found nothing.

use tallyproof_core::rules::{Finding, RULES, Rule, field_name};
use tallyproof_core::tidy::plain;

use super::html::Html;
use super::page::Material;
use crate::words::finding_key;

/// Examples shown per rule; all are in `findings.csv`.
const N_EXAMPLES: usize = 5;

/// The section.
pub(super) struct Findings {
    pub(super) rules: Vec<RuleRow>,
    pub(super) examples: Vec<Examples>,
}

/// One rule.
pub(super) struct RuleRow {
    pub(super) code: &'static str,
    pub(super) title: String,
    pub(super) severity: String,
    pub(super) kind: &'static str,
    pub(super) faults: String,
    pub(super) off: bool,
    pub(super) found: bool,
    pub(super) count: Html,
}

/// The first findings of one rule.
pub(super) struct Examples {
    pub(super) code: &'static str,
    pub(super) title: String,
    pub(super) count: Html,
    /// Table and sentence.
    pub(super) findings: Vec<(String, String)>,
}

impl Findings {
    pub(super) fn new(material: &Material) -> Self {
        let rows = RULES.iter().map(|rule| row(material, rule));
        let examples = RULES.iter().filter_map(|rule| examples(material, rule));
        Self { rules: rows.collect(), examples: examples.collect() }
    }
}

fn count(material: &Material, rule: &Rule) -> (u64, Html) {
    let n = material.results.findings_by_rule.get(rule.code).copied().unwrap_or(0);
    (n, material.pen.int(&format!("findings_by_rule.{}", rule.code), n))
}

/// The rule's title from the rules' own words.
fn title(material: &Material, code: &str) -> String {
    material.pen.try_say_of("rule", code).unwrap_or_else(|| code.to_owned())
}

fn row(material: &Material, rule: &Rule) -> RuleRow {
    let pen = material.pen;
    let faults: Vec<String> = rule.faults.iter().map(|f| pen.say_of("fault", f.code())).collect();
    let (n, count) = count(material, rule);
    RuleRow {
        code: rule.code,
        title: title(material, rule.code),
        severity: pen.say_of("severity", rule.severity.code()),
        kind: rule.severity.code(),
        faults: faults.join(", "),
        off: material.pack.tuning(rule.code).off,
        found: n > 0,
        count,
    }
}

fn examples(material: &Material, rule: &'static Rule) -> Option<Examples> {
    let table = |finding: &Finding| finding.table.as_ref().map(|t| t.to_string()).unwrap_or_default();
    let of_rule = material.findings.iter().filter(|finding| finding.rule == rule.code);
    let findings: Vec<(String, String)> =
        of_rule.take(N_EXAMPLES).map(|finding| (table(finding), sentence(material, finding))).collect();
    let (_, count) = count(material, rule);
    (!findings.is_empty()).then(|| Examples {
        code: rule.code,
        title: title(material, rule.code),
        count,
        findings,
    })
}

/// The finding in the words of its rule; where there are none, its numbers by name.
pub(super) fn sentence(material: &Material, finding: &Finding) -> String {
    let fields: Vec<String> = finding.fields.iter().map(|&field| field_name(material.pack, field)).collect();
    let mut args: Vec<(&str, String)> = vec![("fields", fields.join(", "))];
    args.extend(finding.args.iter().map(|(name, value)| (*name, short(value))));
    material.pen.try_tell(&finding_key(finding.rule, &finding.args), &args).unwrap_or_else(|| {
        let numbers: Vec<String> = args.iter().map(|(name, value)| format!("{name} = {value}")).collect();
        plain(&numbers.join(" · ")).into_owned()
    })
}

/// Somebody's text, at most a line of it.
fn short(text: &str) -> String {
    const MOST: usize = 160;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
