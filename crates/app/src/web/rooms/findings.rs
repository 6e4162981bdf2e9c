//! All findings of one rule, a page at a time.

use askama::Template;
use tallyproof_core::rules::{Finding, Rule};

use super::super::frame::Frame;
use super::overview::Age;
use super::sight::{Pager, Sight};
use crate::site::html::{Html, Pen};

/// Findings on one page.
const PER_PAGE: usize = 100;

/// One finding.
pub(super) struct FindingRow {
    pub(super) rule: &'static str,
    pub(super) title: String,
    pub(super) severity: String,
    pub(super) kind: &'static str,
    pub(super) faults: String,
    pub(super) table: Option<String>,
    pub(super) sentence: String,
}

#[derive(Template)]
#[template(path = "desk/rooms/findings.html")]
pub(super) struct FindingsPage<'p> {
    frame: Frame,
    pen: &'p Pen<'p>,
    age: Age,
    title: String,
    code: &'static str,
    severity: String,
    kind: &'static str,
    faults: String,
    count: Html,
    rows: Vec<FindingRow>,
    pager: Pager,
}

impl<'p> FindingsPage<'p> {
    pub(super) fn new(sight: &Sight<'p>, frame: Frame, rule: &'static Rule, page: usize) -> Self {
        let found: Vec<&Finding> = sight.snapshot.findings.iter().filter(|f| f.rule == rule.code).collect();
        let href = format!("/findings/{}?page=", rule.code);
        let (shown, pager) = Pager::new(sight, found.len(), PER_PAGE, page, &href);
        Self {
            frame,
            pen: sight.pen,
            age: Age::new(sight),
            title: sight.pen.say_of("rule", rule.code),
            code: rule.code,
            severity: sight.pen.say_of("severity", rule.severity.code()),
            kind: rule.severity.code(),
            faults: faults(sight, rule),
            count: sight.pen.int(&format!("findings_by_rule.{}", rule.code), found.len() as u64),
            rows: found[shown].iter().map(|finding| row(sight, finding)).collect(),
            pager,
        }
    }
}

/// The rule with this code.
pub(super) fn rule(code: &str) -> Option<&'static Rule> {
    tallyproof_core::rules::RULES.iter().find(|rule| rule.code == code)
}

fn faults(sight: &Sight, rule: &Rule) -> String {
    rule.faults.iter().map(|fault| sight.pen.say_of("fault", fault.code())).collect::<Vec<_>>().join(", ")
}

/// A finding that explains itself.
pub(super) fn row(sight: &Sight, finding: &Finding) -> FindingRow {
    FindingRow {
        rule: finding.rule,
        title: sight.pen.say_of("rule", finding.rule),
        severity: sight.pen.say_of("severity", finding.severity.code()),
        kind: finding.severity.code(),
        faults: rule(finding.rule).map(|rule| faults(sight, rule)).unwrap_or_default(),
        table: finding.table.as_ref().map(|table| table.as_str().to_owned()),
        sentence: sight.panels.finding(finding),
    }
}
