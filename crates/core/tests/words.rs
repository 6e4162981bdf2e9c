//! Codes of the core have words in both languages, which name only numbers that exist.

use std::collections::{BTreeMap, BTreeSet};

use tallyproof_core::pack::PackFaultCode;
use tallyproof_core::rules::{Fault, RULES, Severity};
use tallyproof_core::transcription::RefusalReason;

use crate::rules::arg_names;

/// A sentence of its own where blank votes are counted apart.
const WITH_BLANK: &str = "S204-blank";

const WORDS: [&str; 2] =
    [include_str!("../../app/locales/en/rules.ftl"), include_str!("../../app/locales/es/rules.ftl")];

/// Messages of a Fluent file: a key at the start of a line, its text until the next one.
fn messages(ftl: &str) -> BTreeMap<&str, String> {
    let mut messages: BTreeMap<&str, String> = BTreeMap::new();
    let mut key = "";
    for line in ftl.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let starts = line.starts_with(|c: char| c.is_ascii_alphabetic());
        let text = match line.split_once(" = ").filter(|_| starts) {
            Some((name, text)) => {
                key = name;
                assert!(messages.insert(key, String::new()).is_none(), "{key} twice");
                text
            }
            None => line,
        };
        messages.entry(key).or_default().push_str(text);
    }
    messages
}

fn variables(text: &str) -> BTreeSet<&str> {
    let name =
        |rest: &'_ str| rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(rest.len());
    text.split('$').skip(1).map(|rest| &rest[..name(rest)]).collect()
}

#[test]
fn every_code_has_words_in_both_languages() {
    for messages in WORDS.map(messages) {
        let mut keys: BTreeSet<String> = BTreeSet::new();
        for rule in RULES {
            keys.extend([format!("rule-{}", rule.code), format!("finding-{}", rule.code)]);
        }
        keys.insert(format!("finding-{WITH_BLANK}"));
        let severities = [Severity::Contradiction, Severity::Warning, Severity::Note];
        keys.extend(severities.map(|s| format!("severity-{}", s.code())));
        let faults = [Fault::Paper, Fault::Image, Fault::Reading, Fault::Definition, Fault::Source];
        keys.extend(faults.map(|f| format!("fault-{}", f.code())));
        keys.extend(RefusalReason::ALL.map(|r| format!("refusal-{}", r.code())));
        for code in PackFaultCode::ALL {
            keys.extend([format!("pack-fault-{}", code.code()), format!("pack-remedy-{}", code.code())]);
        }
        assert_eq!(messages.keys().map(|&key| key.to_owned()).collect::<BTreeSet<_>>(), keys);
    }
}

#[test]
fn sentences_name_the_numbers_of_their_rule() {
    for rule in RULES {
        let known = arg_names(rule);
        for messages in WORDS.map(messages) {
            let with_blank = (rule.code == "S204").then_some(WITH_BLANK);
            let texts = std::iter::once(rule.code).chain(with_blank);
            let texts: Vec<&String> =
                texts.map(|code| &messages[format!("finding-{code}").as_str()]).collect();
            let named = texts.into_iter().flat_map(|text| variables(text));
            let unknown: Vec<&str> = named.filter(|name| !known.contains(name)).collect();
            assert!(unknown.is_empty(), "{}: {unknown:?}", rule.code);
        }
    }
}

#[test]
fn both_languages_name_the_same_numbers() {
    let [english, spanish] = WORDS.map(messages);
    for (key, text) in &english {
        assert_eq!(variables(text), variables(&spanish[key]), "{key}");
    }
}

#[test]
fn refusals_name_only_what_a_refusal_has() {
    for messages in WORDS.map(messages) {
        for (key, text) in messages.iter().filter(|(key, _)| key.starts_with("refusal-")) {
            let known = ["line", "column", "value", "other"];
            assert!(variables(text).iter().all(|name| known.contains(name)), "{key}");
        }
    }
}

/// `pack check` gives each fault the arguments of its code; words may use no others.
#[test]
fn pack_faults_name_only_what_they_carry() {
    for messages in WORDS.map(messages) {
        for (code, args) in crate::lint::args_by_code() {
            for key in [format!("pack-fault-{}", code.code()), format!("pack-remedy-{}", code.code())] {
                let named = variables(&messages[key.as_str()]).into_iter();
                let unknown: Vec<&str> = named.filter(|name| !args.contains(name)).collect();
                assert!(unknown.is_empty(), "{key}: {unknown:?}");
            }
        }
    }
}
