//! The documentation as a whole: every link leads somewhere, every page stands in the table of contents, and what is taken
//! out of the program is whole.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tallyproof::words::{Lang, Words};
use tallyproof_core::rules::RULES;
use tallyproof_verify::built::TARGET;

#[allow(
    dead_code,
    clippy::module_inception,
    reason = "made for an example, which uses all of it, where it is no module of a book"
)]
#[path = "../examples/kit/book.rs"]
mod book;
#[path = "../examples/kit/messages.rs"]
mod messages;
#[allow(dead_code, clippy::print_stdout, reason = "made for an example, which uses all of it and speaks")]
#[path = "../examples/kit/parts.rs"]
mod parts;
#[path = "../examples/kit/verbs.rs"]
mod verbs;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// Pages by their path from the root: those of the repository, and those that only the book has.
fn pages() -> BTreeMap<String, String> {
    let mut pages = BTreeMap::new();
    let mut folders = vec![root().join("docs")];
    let mut files: Vec<PathBuf> = Vec::new();
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            let found = if path.is_dir() { &mut folders } else { &mut files };
            found.push(path);
        }
    }
    files.extend(std::fs::read_dir(root()).unwrap().map(|entry| entry.unwrap().path()));
    for file in files.into_iter().filter(|file| file.extension().is_some_and(|end| end == "md")) {
        let name = file.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
        pages.insert(name, std::fs::read_to_string(file).unwrap());
    }
    for added in book::additions().unwrap() {
        pages.get_mut(&format!("docs/{}", added.to)).unwrap().push_str(&added.text);
        pages.extend(added.below.into_iter().map(|page| (format!("docs/{}", page.path), page.text)));
    }
    pages
}

/// A page without its blocks of code.
fn prose(text: &str) -> String {
    let mut is_code = false;
    let lines = text.lines().filter(|line| {
        let is_fence = line.trim_start().starts_with("```");
        is_code ^= is_fence;
        !is_code && !is_fence
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Targets of links and pictures on a page, code left out.
fn links(text: &str) -> Vec<String> {
    let text = prose(text);
    let bare: String =
        text.split('`').enumerate().map(|(i, piece)| if i % 2 == 0 { piece } else { "code" }).collect();
    bare.split("](").skip(1).map(|rest| rest.split([')', ' ']).next().unwrap().to_owned()).collect()
}

/// Names under which a page's headings are reached, as forges and mdbook make them.
fn anchors(text: &str) -> BTreeSet<String> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let text = prose(text);
    let headings =
        text.lines().filter(|line| line.starts_with('#')).map(|line| line.trim_start_matches('#').trim());
    headings
        .map(|heading| {
            let kept = heading.to_lowercase();
            let kept = kept.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
            let name: String = kept.map(|c| if c == ' ' { '-' } else { c }).collect();
            let n = seen.entry(name.clone()).and_modify(|n| *n += 1).or_default();
            if *n == 0 { name } else { format!("{name}-{n}") }
        })
        .collect()
}

/// `to` as seen from the page `from`, without `.` and `..`; nothing where it leads out of the repository.
fn resolve(from: &str, to: &str) -> Option<String> {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in to.split('/') {
        match part {
            "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[test]
fn every_link_leads_somewhere() {
    let pages = pages();
    let mut wrong = Vec::new();
    let mut n = 0;
    for (page, text) in &pages {
        for link in links(text).into_iter().filter(|link| !link.contains("://")) {
            n += 1;
            let (file, anchor) =
                link.split_once('#').map_or((link.as_str(), None), |(file, name)| (file, Some(name)));
            let to = if file.is_empty() { Some(page.clone()) } else { resolve(page, file) };
            let fault = match to {
                None => Some("leads out of the repository"),
                // The book holds what lies below docs/.
                Some(to) if page.starts_with("docs/") && !to.starts_with("docs/") => {
                    Some("leads out of the book")
                }
                Some(to) => match (pages.get(&to), anchor) {
                    (Some(text), Some(anchor)) if !anchors(text).contains(anchor) => Some("no such heading"),
                    (None, _) if !root().join(&to).exists() => Some("no such file"),
                    (None, Some(_)) => Some("no page with headings"),
                    _ => None,
                },
            };
            wrong.extend(fault.map(|fault| format!("{page}: {link}: {fault}")));
        }
    }
    assert!(n > 100, "only {n} links seen");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_page_stands_in_the_table_of_contents_once() {
    let pages = pages();
    let listed = links(&pages["docs/SUMMARY.md"]);
    let mut once = BTreeSet::new();
    for page in &listed {
        assert!(once.insert(format!("docs/{page}")), "docs/SUMMARY.md lists {page} twice");
    }
    let additions = book::additions().unwrap().into_iter();
    let only_in_book: BTreeSet<String> =
        additions.flat_map(|added| added.below).map(|page| format!("docs/{}", page.path)).collect();
    let written: BTreeSet<String> = pages
        .into_keys()
        .filter(|page| page.starts_with("docs/") && page != "docs/SUMMARY.md" && !only_in_book.contains(page))
        .collect();
    assert_eq!(once, written, "listed (left) and written (right)");
}

/// Whoever reads a table of verbs must find each; nested ones too, by their last word in code.
#[test]
fn every_verb_stands_in_the_table_of_commands() {
    let table = std::fs::read_to_string(root().join("docs/reference/commands.md")).unwrap();
    let table = table.replace("\\|", "|");
    let code: Vec<&str> = table.split('`').skip(1).step_by(2).collect();
    let named = |verb: &str, below: &str| {
        code.iter().any(|text| {
            let mut words = text.split(' ');
            words.next() == Some(verb)
                && (below.is_empty() || words.next().is_some_and(|list| list.split('|').any(|w| w == below)))
        })
    };
    let [program, _] = verbs::programs();
    let mut missing = Vec::new();
    for verb in program.get_subcommands().filter(|verb| !verb.is_hide_set() && verb.get_name() != "help") {
        let below: Vec<&str> =
            verb.get_subcommands().map(|below| below.get_name()).filter(|&name| name != "help").collect();
        let names = if below.is_empty() { vec![""] } else { below };
        missing.extend(
            names
                .iter()
                .filter(|below| !named(verb.get_name(), below))
                .map(|b| format!("{} {b}", verb.get_name())),
        );
    }
    assert!(missing.is_empty(), "docs/reference/commands.md does not name {missing:?}");
}

/// A book as mdbook gives it: our pages come below theirs, and what else is in it stays.
#[test]
fn the_book_gets_a_page_for_every_verb_and_rule() {
    let chapter = |name: &str, path: &str, number: u32, below: Vec<Value>| {
        json!({"Chapter": {"name": name, "content": format!("# {name}\n"), "number": [number], "sub_items": below,
            "path": path, "source_path": path, "parent_names": []}})
    };
    let rules = chapter("Rules", "reference/rules.md", 3, Vec::new());
    let given = json!([{"renderer": "html"}, {"items": [
        "Separator",
        {"PartTitle": "Reference"},
        chapter("Commands", "reference/commands.md", 1, Vec::new()),
        chapter("More", "more.md", 2, vec![rules]),
        chapter("Messages", "reference/messages.md", 4, Vec::new()),
    ]}]);
    let mut out = Vec::new();
    book::preprocess(given.to_string().as_bytes(), &mut out).unwrap();
    let made: Value = serde_json::from_slice(&out).unwrap();
    let items = &made["items"];
    assert_eq!(items[0], "Separator");
    assert_eq!(items[1], given[1]["items"][1]);
    let below = |chapter: &Value| -> Vec<String> {
        let pages = chapter["Chapter"]["sub_items"].as_array().unwrap().iter();
        pages.map(|page| page["Chapter"]["path"].as_str().unwrap().to_owned()).collect()
    };
    let commands = below(&items[2]);
    for verb in ["import", "serve", "key", "verify", "tallyproof-verify"] {
        assert!(commands.contains(&format!("reference/commands/{verb}.md")), "{verb}: {commands:?}");
    }
    assert!(!commands.contains(&"reference/commands/read-worker.md".to_owned()), "a hidden verb is shown");
    let rules = &items[3]["Chapter"]["sub_items"][0];
    let codes: Vec<String> = RULES.iter().map(|rule| format!("reference/rules/{}.md", rule.code)).collect();
    assert_eq!(below(rules), codes);
    assert_eq!(rules["Chapter"]["sub_items"][1]["Chapter"]["number"], json!([3, 2]));
    let messages = items[4]["Chapter"]["content"].as_str().unwrap();
    assert!(messages.starts_with("# Messages\n"));

    let without = json!([{}, {"items": [chapter("Commands", "reference/commands.md", 1, Vec::new())]}]);
    let refused = book::preprocess(without.to_string().as_bytes(), Vec::new()).unwrap_err();
    assert!(refused.contains("reference/rules.md"), "{refused}");
}

/// Every option of every verb is explained, and every message has words.
#[test]
fn nothing_in_the_reference_is_empty() {
    let import = verbs::pages().into_iter().find(|page| page.name == "import").unwrap();
    for told in [
        "`--version LABEL`",
        "`FILE`",
        "One of `table` (For people)",
        "Default: `table`.",
        "# tallyproof import\n",
    ] {
        assert!(import.text.contains(told), "no {told} in {}", import.text);
    }
    for page in verbs::pages() {
        let empty: Vec<&str> =
            page.text.lines().filter(|line| line.starts_with("| `") && line.ends_with("|  |")).collect();
        assert!(empty.is_empty(), "{}: {empty:?}", page.path);
        assert!(page.text.contains("```text\n"), "{}: no usage", page.path);
    }
    for lang in Lang::ALL {
        let tables = messages::tables(&Words::new(lang));
        let rows: Vec<&str> =
            tables.lines().filter(|line| line.starts_with("| `") || line.starts_with("| [")).collect();
        assert!(rows.len() > 150, "{} messages", rows.len());
        for row in rows {
            let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
            assert!(cells.len() >= 2 && cells.iter().all(|cell| !cell.is_empty()), "{row}");
            // A message that is not there gives its key.
            assert!(!cells[1..].iter().any(|cell| cell.contains('-') && !cell.contains(' ')), "{row}");
        }
    }
}

/// A new kind of trouble gets its table too: whatever is worded like one stands in the page of messages.
#[test]
fn every_message_with_a_code_stands_in_the_reference() {
    const WORDED_LIKE: [&str; 11] = [
        "audit-refusal-",
        "cause-",
        "desk-refusal-",
        "desk-roll-",
        "err-",
        "finding-",
        "journal-not-opened-",
        "pack-fault-",
        "refusal-",
        "skipped-",
        "withheld-",
    ];
    const OTHER_FORMS: [&str; 2] = ["audit-refusal-custody-none", "finding-S204-blank"];
    let known: BTreeSet<String> =
        messages::kinds().into_iter().flat_map(|kind| kind.messages).map(|(_, key, _)| key).collect();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("locales/en");
    let texts = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap());
    let missing: Vec<String> = texts
        .flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>())
        .filter_map(|line| line.split_once(" =").map(|(key, _)| key.to_owned()))
        .filter(|key| WORDED_LIKE.iter().any(|like| key.starts_with(like)))
        // Advice, and another form of the same message.
        .filter(|key| !key.ends_with("-next") && !OTHER_FORMS.contains(&key.as_str()))
        .filter(|key| !known.contains(key))
        .collect();
    assert!(missing.is_empty(), "name these kinds in examples/kit/messages.rs: {missing:?}");
}

/// What `scripts/licences` asks of all features, here of what the tests were built with.
#[test]
fn every_part_has_a_licence_that_is_allowed() {
    let (n, wrong) = parts::not_allowed(&["--offline"], TARGET).unwrap();
    assert!(n > 200, "only {n} parts seen");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// A bill of materials that names every part of the program with hash and licence, the same each time.
#[test]
fn the_bill_of_materials_is_whole() {
    let bill = || parts::bill("", TARGET, Some(1_700_000_000)).unwrap();
    let found = bill();
    assert_eq!(found, bill());
    assert_eq!(found["metadata"]["timestamp"], "2023-11-14T22:13:20Z");
    let components = found["components"].as_array().unwrap();
    let named = |name: &str| components.iter().find(|component| component["name"] == name);
    for component in components {
        let is_ours = component["purl"].is_null();
        assert_eq!(is_ours, component["name"].as_str().unwrap().starts_with("tallyproof-"), "{component}");
        assert!(
            is_ours || component["hashes"][0]["content"].as_str().is_some_and(|h| h.len() == 64),
            "{component}"
        );
    }
    assert_eq!(named("sha2").unwrap()["scope"], "required");
    assert_eq!(named("syn").unwrap()["scope"], "excluded", "runs while building");
    assert!(named("proptest").is_none(), "runs in tests alone");
    assert_eq!(named("libsqlite3-sys").unwrap()["components"][0]["name"], "sqlite");
    let refs: BTreeSet<&str> =
        components.iter().map(|component| component["bom-ref"].as_str().unwrap()).collect();
    let needed = found["dependencies"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|entry| entry["dependsOn"].as_array().unwrap());
    let missing: Vec<&Value> = needed.filter(|on| !refs.contains(on.as_str().unwrap())).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
