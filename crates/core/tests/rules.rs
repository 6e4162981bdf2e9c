//! The rules' spec pages are complete, and their examples hold.

use std::collections::BTreeSet;
use std::fmt::Write;

use tallyproof_core::facts::{Facts, FaultyImage, ImageFault, Source, Version};
use tallyproof_core::pack::Pack;
use tallyproof_core::reconcile::reconcile;
use tallyproof_core::rules::{Finding, RULES, Rule, check_rule, field_name};
use tallyproof_core::sheet::Channel;

use crate::support;

const SECTIONS: [&str; 9] = [
    "What it says",
    "Formula",
    "Severity",
    "Fields",
    "Whose fault it can be",
    "Tolerance",
    "Source",
    "False alarms",
    "Examples",
];

fn folder() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rules")
}

fn page(rule: &Rule) -> String {
    let path = folder().join(format!("{}.md", rule.code));
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// The text of a `##` section.
fn section<'p>(page: &'p str, name: &str) -> &'p str {
    let start = page.find(&format!("\n## {name}\n")).unwrap_or_else(|| panic!("no section {name}"));
    let body = &page[start + name.len() + 5..];
    body.split("\n## ").next().unwrap_or_default().trim()
}

/// One fenced `example` block: facts, then what the rule finds.
struct Example<'p> {
    text: &'p str,
}

fn examples(page: &str) -> Vec<Example<'_>> {
    page.split("\n```example\n")
        .skip(1)
        .map(|rest| Example { text: rest.split("\n```").next().unwrap() })
        .collect()
}

/// What an example states, before it is read as facts.
#[derive(Default)]
struct Stated {
    toml: String,
    /// Source, version, superseded version, rows.
    tables: Vec<(String, String, Option<String>, String)>,
    register: Option<String>,
    /// Images made from one picture.
    same: Vec<(String, String)>,
    /// Source, image, why its code alone was not read, payload.
    codes: Vec<(String, String, Option<String>, String)>,
    /// Image, and how its print departs from its code.
    prints: Vec<(String, Vec<(String, String)>)>,
    faults: Vec<FaultyImage>,
    finds: Vec<String>,
}

impl Example<'_> {
    /// Lines are `rule …` and `policy …` (TOML of the pack), `blank-apart` (blank votes are counted apart), `source NAME [version V [supersedes W]]` and
    /// `register` (indented CSV rows follow), `code SOURCE IMAGE PAYLOAD`, `joint SOURCE IMAGE CAUSE PAYLOAD`,
    /// `print IMAGE [FIGURE=DIGITS …]`, `image SOURCE IMAGE FAULT …` and `finds TABLE | FIELDS | NUMBERS`.
    fn stated(&self, rule: &Rule) -> Stated {
        let mut stated = Stated::default();
        let mut in_register = false;
        for line in self.text.lines().filter(|line| !line.trim().is_empty()) {
            if let Some(row) = line.strip_prefix("  ") {
                let rows = match (in_register, stated.tables.last_mut()) {
                    (true, _) => stated.register.as_mut().unwrap(),
                    (false, Some((.., rows))) => rows,
                    (false, None) => panic!("rows of what? {line}"),
                };
                writeln!(rows, "{row}").unwrap();
                continue;
            }
            let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
            let words: Vec<&str> = rest.split(' ').collect();
            match (word, words.as_slice()) {
                ("rule", _) => writeln!(stated.toml, "[rules.{}]\n{rest}", rule.code).unwrap(),
                ("blank-apart", _) => stated.toml.push_str(support::BLANK_APART),
                ("policy", _) => writeln!(stated.toml, "[policy]\n{rest}").unwrap(),
                ("register", _) => {
                    stated.register = Some(String::new());
                    in_register = true;
                }
                ("source", [name]) => stated.tables.push(((*name).into(), "V1".into(), None, String::new())),
                ("source", [name, "version", label, older @ ..]) => {
                    let older = older.get(1).map(|o| (*o).to_owned());
                    stated.tables.push(((*name).into(), (*label).into(), older, String::new()));
                }
                ("code", [source, image, payload]) => {
                    stated.codes.push(((*source).into(), (*image).into(), None, (*payload).into()));
                }
                ("joint", [source, image, cause, payload]) => {
                    let cause = Some((*cause).into());
                    stated.codes.push(((*source).into(), (*image).into(), cause, (*payload).into()));
                }
                ("print", [image, edits @ ..]) => {
                    let edit = |edit: &&str| edit.split_once('=').map(|(a, b)| (a.into(), b.into())).unwrap();
                    stated.prints.push(((*image).into(), edits.iter().map(edit).collect()));
                }
                ("image", [source, image, fault @ ..]) => stated.faults.push(FaultyImage {
                    image: (*image).into(),
                    source: (*source).into(),
                    fault: image_fault(fault),
                }),
                ("same", [a, b]) => stated.same.push(((*a).into(), (*b).into())),
                ("finds", _) => stated.finds.push(rest.to_owned()),
                _ => panic!("{}: cannot read {line:?}", rule.code),
            }
            in_register &= word == "register";
        }
        assert!(!stated.finds.is_empty(), "{}: an example finds something, or `nothing`", rule.code);
        stated.finds.retain(|line| line != "nothing");
        stated
    }
}

/// A fault of an image: its code, then its cause, its texts, or the lines found and expected.
fn image_fault(words: &[&str]) -> ImageFault {
    let texts = |texts: &[&str]| texts.iter().map(|&t| t.to_owned()).collect();
    match words {
        ["not-usable", cause] => ImageFault::NotUsable((*cause).into()),
        ["unread", cause] => ImageFault::Unread((*cause).into()),
        ["foreign-code", codes @ ..] => ImageFault::Foreign(texts(codes)),
        ["several-codes", codes @ ..] => ImageFault::Several(texts(codes)),
        ["wrong-line-count", found, expected] => {
            ImageFault::WrongLineCount { found: found.parse().unwrap(), expected: expected.parse().unwrap() }
        }
        _ => panic!("no such fault of an image: {words:?}"),
    }
}

fn facts(stated: &Stated) -> Facts {
    let pack = support::pack_with(&stated.toml);
    let mut ids: Vec<&String> = stated.tables.iter().map(|(id, ..)| id).collect();
    ids.dedup();
    let version = |(_, label, older, rows): &(String, String, Option<String>, String)| -> Version {
        let older: Vec<&str> = older.iter().map(String::as_str).collect();
        support::version(&pack, label, &older, rows)
    };
    let sources = ids.into_iter().map(|id| {
        let versions = stated.tables.iter().filter(|(source, ..)| source == id).map(version).collect();
        Source::new(id.clone(), versions).unwrap()
    });
    let sources = sources.collect();
    let image = |(source, image, unread, payload): &(String, String, Option<String>, String)| {
        let mut reading = support::code(&pack, source, image, payload);
        if let Some((_, edits)) = stated.prints.iter().find(|(printed, _)| printed == image) {
            let edits: Vec<_> = edits.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
            reading = support::printed(&pack, reading, &edits);
        }
        reading.unread.clone_from(unread);
        if unread.is_some() {
            reading.channel = Channel::Joint;
        }
        reading
    };
    let images = stated.codes.iter().map(image).collect();
    let register = stated.register.as_ref().map(|csv| support::register(&pack, csv));
    let facts = Facts::new(pack, register, sources).with_images(images, stated.faults.clone(), 0);
    facts.with_same_pictures(&stated.same)
}

/// A finding as the examples write it.
fn written(pack: &Pack, finding: &Finding) -> String {
    let or_dash = |text: String| if text.is_empty() { "-".to_owned() } else { text };
    let fields: Vec<String> = finding.fields.iter().map(|&f| field_name(pack, f)).collect();
    let numbers: Vec<String> = finding.args.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let table = finding.table.as_ref().map(ToString::to_string).unwrap_or_default();
    format!("{} | {} | {}", or_dash(table), or_dash(fields.join(" ")), or_dash(numbers.join("; ")))
}

/// The names of numbers that a rule's examples give.
pub(crate) fn arg_names(rule: &'static Rule) -> BTreeSet<&'static str> {
    let page = page(rule);
    let mut names = BTreeSet::new();
    for example in examples(&page) {
        let facts = facts(&example.stated(rule));
        let sheets = reconcile(&facts);
        names.extend(
            check_rule(rule, &facts, &sheets).iter().flat_map(|f| f.args.iter().map(|(name, _)| *name)),
        );
    }
    names
}

#[test]
fn every_example_finds_exactly_what_its_page_says() {
    for rule in RULES {
        let page = page(rule);
        let (mut n_positive, mut n_negative) = (0, 0);
        for example in examples(&page) {
            let stated = example.stated(rule);
            let facts = facts(&stated);
            let sheets = reconcile(&facts);
            let found = check_rule(rule, &facts, &sheets);
            let lines: Vec<String> = found.iter().map(|f| written(&facts.pack, f)).collect();
            assert_eq!(lines, stated.finds, "{}:\n{}", rule.code, example.text);
            for name in found.iter().flat_map(|f| f.args.iter().map(|(name, _)| name)) {
                let named = section(&page, "Formula").contains(&format!("`{name}`"));
                assert!(named, "{}: the formula does not name `{name}`", rule.code);
            }
            n_positive += usize::from(!found.is_empty());
            n_negative += usize::from(found.is_empty());
        }
        assert!(n_positive > 0 && n_negative > 0, "{}: one example of each kind at least", rule.code);
    }
}

#[test]
fn every_rule_has_a_page_and_every_page_a_rule() {
    let pages: BTreeSet<String> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().trim_end_matches(".md").to_owned())
        .collect();
    let rules: BTreeSet<String> = RULES.iter().map(|rule| rule.code.to_owned()).collect();
    assert_eq!(pages, rules);
}

#[test]
fn pages_state_what_the_registry_says() {
    for rule in RULES {
        let page = page(rule);
        let title = page.lines().next().unwrap_or_default();
        assert!(title.starts_with(&format!("# {} ", rule.code)), "{title}");
        let found: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix("## ")).collect();
        assert_eq!(found, SECTIONS, "{}", rule.code);
        let severity = section(&page, "Severity");
        assert!(severity.starts_with(&format!("`{}`", rule.severity.code())), "{}: {severity}", rule.code);
        let faults: Vec<&str> = section(&page, "Whose fault it can be")
            .lines()
            .filter_map(|line| line.strip_prefix("- `")?.split('`').next())
            .collect();
        let expected: Vec<&str> = rule.faults.iter().map(|fault| fault.code()).collect();
        assert_eq!(faults, expected, "{}", rule.code);
    }
}

/// A finding says that figures do not fit, never why (DESIGN, Words).
#[test]
fn no_page_accuses() {
    for rule in RULES {
        let page = page(rule).to_lowercase();
        for word in ["fraud", "forged", "fake", "stolen", "rigged"] {
            assert!(!page.contains(word), "{}: {word}", rule.code);
        }
    }
}
