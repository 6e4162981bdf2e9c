//! The order of the modules inside every crate, as the head of its `lib.rs` draws it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::tidy::{code, files};

/// Arrows that point up, and why they do.
const UPWARD: [(&str, &str, &str, &str); 1] =
    [("core", "pack", "rules", "the check of a pack asks the registry of rules which codes exist")];

/// A module by its path inside the crate; empty for the root.
type Module = Vec<String>;

fn source(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name).join("src")
}

/// Rows of the table at the head of a `lib.rs`, from the top.
fn rows(lib: &str) -> Vec<Vec<String>> {
    let table = lib.split("reads this table):").nth(1).and_then(|rest| rest.split("```text").nth(1));
    let table = table.and_then(|rest| rest.split("```").next()).unwrap_or_default();
    let lines =
        table.lines().map(|line| line.trim_start_matches("//!").trim()).filter(|line| !line.is_empty());
    lines.map(|line| line.split_whitespace().map(str::to_owned).collect()).collect()
}

/// Every module of a crate with its live code.
fn modules(name: &str) -> BTreeMap<Module, String> {
    let src = source(name);
    let module = |path: &Path| -> Module {
        let inside = path.strip_prefix(&src).unwrap().with_extension("");
        let mut names: Vec<String> =
            inside.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
        if names.last().is_some_and(|last| ["mod", "lib", "main"].contains(&last.as_str())) {
            names.pop();
        }
        names
    };
    let live = files(&src, ".rs").into_iter().filter(|(path, _)| !path.ends_with("tests.rs"));
    live.map(|(path, text)| (module(&path), code(&text))).collect()
}

/// The paths a use tree such as `a::{b, c::{d, e}}` names.
fn unfolded(tree: &str) -> Vec<String> {
    let Some((stem, list)) = tree.split_once('{') else { return vec![tree.to_owned()] };
    let list = list.strip_suffix('}').unwrap_or(list);
    let (mut depth, mut parts) = (0, vec![String::new()]);
    for c in list.chars() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        match (c, depth) {
            (',', 0) => parts.push(String::new()),
            _ => parts.last_mut().unwrap().push(c),
        }
    }
    parts.iter().flat_map(|part| unfolded(part)).map(|part| format!("{stem}{part}")).collect()
}

/// Paths that start at this crate, in imports and in the text.
fn paths(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    for import in code.split("use ").skip(1).filter_map(|rest| rest.split(';').next()) {
        let mut parts = import.split(" as ");
        let mut tree = parts.next().unwrap().to_owned();
        // What it is called here does not matter.
        tree.extend(parts.map(|part| part.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_')));
        tree.retain(|c| !c.is_whitespace());
        found.extend(unfolded(&tree));
    }
    for start in ["crate::", "super::"] {
        for rest in code.split(start).skip(1) {
            let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == ':'));
            found.push(format!("{start}{}", &rest[..end.unwrap_or(rest.len())]));
        }
    }
    found
}

/// The top module that a path written in `module` leads to; `None` of the root and of other crates.
fn leads_to(module: &Module, path: &str, all: &BTreeMap<Module, String>) -> Option<String> {
    let mut names = path.split("::").peekable();
    let mut at: Module = match names.peek().copied()? {
        "crate" => Vec::new(),
        "super" | "self" => module.clone(),
        name => {
            let child: Module = module.iter().cloned().chain([name.to_owned()]).collect();
            return all.contains_key(&child).then(|| child[0].clone());
        }
    };
    while let Some(name) = names.next_if(|name| ["crate", "self", "super"].contains(name)) {
        if name == "super" {
            at.pop();
        }
    }
    let top = at.into_iter().chain(names.map(str::to_owned)).next()?;
    all.contains_key(&vec![top.clone()]).then_some(top)
}

#[test]
fn modules_import_from_the_rows_below_their_own() {
    let mut wrong = Vec::new();
    for name in ["analysis", "app", "core", "evidence", "reader", "render"] {
        let lib = std::fs::read_to_string(source(name).join("lib.rs")).unwrap();
        let rows = rows(&lib);
        let row = |module: &str| rows.iter().position(|row| row.iter().any(|one| one == module));
        let all = modules(name);
        let tops: BTreeSet<&String> = all.keys().filter_map(|module| module.first()).collect();
        assert!(tops.len() > 5, "{name}: {tops:?}");
        let drawn: BTreeSet<&String> = rows.iter().flatten().collect();
        assert_eq!(tops, drawn, "{name}: the table names every module");
        for (module, code) in all.iter().filter(|(module, _)| !module.is_empty()) {
            for to in paths(code).iter().filter_map(|path| leads_to(module, path, &all)) {
                let known =
                    UPWARD.iter().any(|up| (up.0, up.1, up.2) == (name, module[0].as_str(), to.as_str()));
                if to != module[0] && row(&to) <= row(&module[0]) && !known {
                    wrong.push(format!("{name}: {} imports {to}", module.join("::")));
                }
            }
        }
        for up in UPWARD.iter().filter(|up| up.0 == name) {
            let names = |module: &Module, code: &str| {
                module.first().is_some_and(|top| top == up.1)
                    && paths(code).iter().any(|path| leads_to(module, path, &all).as_deref() == Some(up.2))
            };
            assert!(all.iter().any(|(module, code)| names(module, code)), "no arrow any more: {up:?}");
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The words of the glossary's last two columns, English and Spanish.
fn refused_words() -> [BTreeSet<String>; 2] {
    let glossary = std::fs::read_to_string(source("app").join("../../../docs/glossary.md")).unwrap();
    let mut refused = [BTreeSet::new(), BTreeSet::new()];
    for row in glossary.lines().filter(|line| line.starts_with("| ")) {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        assert_eq!(cells.len(), 5, "{row}");
        for (words, cell) in refused.iter_mut().zip(&cells[3..]).filter(|_| cells[0] != "English") {
            words.extend(cell.split(',').map(|word| word.trim().to_lowercase()).filter(|w| !w.is_empty()));
        }
    }
    refused
}

/// Whether the text has the words as words of their own, plurals too.
fn says(text: &str, words: &str) -> bool {
    let of_a_word = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    text.match_indices(words).any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + words.len()..]);
        let after = ["es", "s"].iter().find_map(|end| after.strip_prefix(end)).unwrap_or(after);
        !before.ends_with(of_a_word) && !after.starts_with(of_a_word)
    })
}

/// `docs/glossary.md` has one word per idea; the others stand in its last two columns.
#[test]
fn no_message_says_it_otherwise() {
    let refused = refused_words();
    assert!(refused.iter().all(|words| words.len() > 20), "{refused:?}");
    let folders = [source("app").join("../locales"), source("verify").join("../locales")];
    let mut wrong = Vec::new();
    for (path, text) in folders.iter().flat_map(|folder| files(folder, ".ftl")) {
        let spanish = path.components().any(|part| part.as_os_str() == "es") || path.ends_with("es.ftl");
        let words = &refused[usize::from(spanish)];
        for line in text.to_lowercase().lines().filter(|line| !line.starts_with('#')) {
            let said = line.split_once(" = ").map_or(line, |(_, said)| said);
            wrong.extend(words.iter().filter(|word| says(said, word)).map(|word| format!("{word}: {line}")));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Every outside and inside library that a crate names is used by its code, one for tests by its tests.
#[test]
fn no_dependency_could_go() {
    /// Libraries whose crate has another name than their package.
    const CALLED: [(&str, &str); 1] = [("kamadak-exif", "exif")];
    let mut wrong = Vec::new();
    for name in ["analysis", "app", "core", "evidence", "reader", "render", "verify"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name);
        let manifest = std::fs::read_to_string(folder.join("Cargo.toml")).unwrap();
        let manifest: toml::Table = manifest.parse().unwrap();
        let live: String = files(&source(name), ".rs").iter().map(|(_, text)| code(text)).collect();
        let every: String = files(&folder, ".rs").into_iter().map(|(_, text)| text).collect();
        let outside = |section: &str| -> Vec<String> {
            let table = manifest.get(section).and_then(toml::Value::as_table);
            table.into_iter().flat_map(|table| table.keys().cloned()).collect()
        };
        for (section, text) in [("dependencies", &live), ("dev-dependencies", &every)] {
            for library in outside(section) {
                let called = CALLED.iter().find(|(package, _)| *package == library);
                let called = called.map_or_else(|| library.replace('-', "_"), |(_, name)| (*name).to_owned());
                let mut words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
                if !words.any(|word| word == called) {
                    wrong.push(format!("{name}: {library} in {section}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
