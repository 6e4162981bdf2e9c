//! What the rules find on a sheet that somebody typed: the same rules, by the same code, as for every other sheet.
//!
//! Findings never change a figure and never stop anybody. On the sheet at hand the browser adds up what needs only the
//! sheet; what needs the register comes with the answer to a draft, and with the answer to the save.

use std::sync::{Mutex, PoisonError};

use tallyproof_core::facts::{Facts, ImageReading, Standing};
use tallyproof_core::pack::Pack;
use tallyproof_core::reconcile::reconcile;
use tallyproof_core::register::Register;
use tallyproof_core::review::{TableValue, Typed};
use tallyproof_core::rules::{Check, Finding, RULES, check_rule, field_name};
use tallyproof_core::sheet::{Channel, Reading};
use tallyproof_core::table::TableId;

use crate::words::{Words, finding_key};

/// Rules that the form's script adds up by itself, from the sheet alone.
pub(super) const NEAR: [&str; 3] = ["S202", "S203", "S204"];
/// Rules that need more than what the script knows.
pub(super) const FAR: [&str; 6] = ["S205", "S206", "S207", "S301", "S302", "S303"];
/// Of these, rules that speak of what is missing: of a sheet that is not typed to its end they say nothing.
const OF_WHOLE: [&str; 2] = ["S301", "S303"];
/// Rules about the table.
const OF_TABLE: [&str; 2] = ["S205", "S206"];

/// Looks at sheets one by one, without any other sheet in view.
#[derive(Debug)]
pub(in crate::web) struct Checks {
    facts: Mutex<Facts>,
}

impl Checks {
    /// Checks of one election.
    pub(in crate::web) fn new(pack: &Pack, register: Option<&Register>) -> Self {
        Self { facts: Mutex::new(Facts::new(pack.clone(), register.cloned(), Vec::new())) }
    }

    /// What the rules find. `whole`: whether every figure was typed.
    pub(super) fn find(&self, typed: &Typed, whole: bool, source: &str) -> Vec<Finding> {
        let mut facts = self.facts.lock().unwrap_or_else(PoisonError::into_inner);
        let named = match &typed.table {
            Some(TableValue::Id(id)) => Some(id.clone()),
            Some(TableValue::Illegible) | None => None,
        };
        let Some(table) = named.clone().or_else(|| any_table(&facts.pack)) else { return Vec::new() };
        let values = typed.sheet_values(&facts.pack);
        facts.images = vec![ImageReading {
            source: source.to_owned(),
            channel: Channel::Entry,
            standing: Standing::default(),
            reading: Reading { table, values, image: None, line: 0 },
            print: None,
            unread: None,
        }];
        let sheets = reconcile(&facts);
        let speaks = |code: &str| {
            (whole || !OF_WHOLE.contains(&code)) && (named.is_some() || !OF_TABLE.contains(&code))
        };
        let of_sheet = RULES.iter().filter(|rule| matches!(rule.check, Check::Sheet(_)) && speaks(rule.code));
        let found = of_sheet.flat_map(|rule| check_rule(rule, &facts, &sheets)).collect();
        drop(sheets);
        facts.images.clear();
        found
    }
}

/// Any id of the pattern: figures are checked although their table cannot be read.
fn any_table(pack: &Pack) -> Option<TableId> {
    pack.pattern.id(&pack.pattern.as_str().replace('#', "0"))
}

/// A finding in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FindingView {
    pub(super) code: &'static str,
    pub(super) title: String,
    pub(super) says: String,
    pub(super) why: String,
}

/// Findings in words, each once.
pub(super) fn told(words: &Words, pack: &Pack, findings: &[Finding]) -> Vec<FindingView> {
    let view = |finding: &Finding| {
        let names: Vec<String> = finding.fields.iter().map(|&field| field_name(pack, field)).collect();
        let mut args: Vec<(&str, String)> = vec![("fields", names.join(", "))];
        args.extend(finding.args.iter().map(|(name, value)| (*name, grouped(words, value))));
        FindingView {
            code: finding.rule,
            title: words.say(&format!("rule-{}", finding.rule)),
            says: words.tell(&finding_key(finding.rule, &finding.args), &args),
            why: why(words, finding.rule),
        }
    };
    findings.iter().map(view).collect()
}

/// What a finding of this rule can mean, innocent causes first.
pub(super) fn why(words: &Words, code: &str) -> String {
    words.say(&format!("desk-entry-why-{code}"))
}

/// The sentence of a rule with places for its numbers, `{sum}`, for the script to fill in.
pub(super) fn sentence(words: &Words, pack: &Pack, code: &str) -> String {
    let blank = pack.blank_votes.then_some("blank");
    let places = ["sum", "valid", "null", "ballots", "electors"].into_iter().chain(blank);
    let args: Vec<(&str, String)> = places.map(|name| (name, format!("{{{name}}}"))).collect();
    words.tell(&finding_key(code, &args), &args)
}

fn grouped(words: &Words, value: &str) -> String {
    value.parse::<u64>().map_or_else(|_| value.to_owned(), |n| words.int(n))
}

#[cfg(test)]
mod tests {
    use tallyproof_core::sheet::{Field, FieldValue};

    use super::*;
    use crate::words::Lang;

    fn pack() -> Pack {
        let toml = include_str!("../../../../../elections/costa-serena-2031/election.toml");
        Pack::parse("costa-serena-2031", toml).unwrap()
    }

    #[test]
    fn every_rule_of_one_sheet_is_near_or_far_or_cannot_arise_from_typing() {
        // A reserved figure is not typed, and votes of selections are sums of their lines.
        let cannot = ["S103", "S201"];
        for rule in RULES.iter().filter(|rule| matches!(rule.check, Check::Sheet(_))) {
            let n = [&NEAR[..], &FAR, &cannot].iter().filter(|all| all.contains(&rule.code)).count();
            assert_eq!(n, 1, "{}", rule.code);
        }
        for lang in Lang::ALL {
            let words = Words::new(lang);
            for code in NEAR.iter().chain(&FAR) {
                assert!(words.has(&format!("desk-entry-why-{code}")), "{code} in {}", lang.code());
            }
            assert!(sentence(&words, &pack(), "S202").contains("{sum}"));
        }
    }

    #[test]
    fn a_sheet_is_checked_as_far_as_it_was_typed() {
        let checks = Checks::new(&pack(), None);
        let mut typed = Typed::default();
        for (i, votes) in (0..4).zip([100, 50, 20, 10]) {
            typed.values.insert(Field::Selection(i), FieldValue::Count(votes));
        }
        assert!(checks.find(&typed, false, "entry").is_empty());
        typed.values.insert(Field::Valid, FieldValue::Count(280));
        typed.values.insert(Field::Electors, FieldValue::Count(100));
        let codes: Vec<&str> = checks.find(&typed, false, "entry").iter().map(|f| f.rule).collect();
        assert_eq!(codes, ["S202", "S203"], "more than the tolerance of the pack");
        typed.values.insert(Field::Selection(0), FieldValue::Illegible);
        let codes: Vec<&str> = checks.find(&typed, true, "entry").iter().map(|f| f.rule).collect();
        assert!(codes.contains(&"S303"), "{codes:?}");
    }
}
