//! The preprocessor of the book: pages that are taken out of the program when the book is built, so that they cannot lag
//! behind it. Under `reference/commands.md` a page for every verb, under `reference/rules.md` one for every rule, and the
//! messages at the end of `reference/messages.md`.

use std::io::{Read, Write};
use std::path::Path;

use serde_json::{Value, json};
use tallyproof::words::{Lang, Words};
use tallyproof_core::rules::RULES;

use super::{messages, verbs};

/// A page that the program gives.
pub(crate) struct Page {
    /// Its name in the table of contents.
    pub(crate) name: String,
    /// Its file below `docs/`, which exists in the book alone.
    pub(crate) path: String,
    /// Markdown.
    pub(crate) text: String,
}

/// What the program adds to one page of the book.
pub(crate) struct Addition {
    /// The page, below `docs/`.
    pub(crate) to: &'static str,
    /// Markdown for its end.
    pub(crate) text: String,
    /// Pages below it.
    pub(crate) below: Vec<Page>,
}

/// Reads mdbook's `[context, book]`, writes the book with our pages.
pub(crate) fn preprocess(mut from: impl Read, mut to: impl Write) -> Result<(), String> {
    let mut text = String::new();
    from.read_to_string(&mut text).map_err(|e| e.to_string())?;
    let mut asked: Value = serde_json::from_str(&text).map_err(|e| format!("mdbook's book: {e}"))?;
    let mut book = asked[1].take();
    for Addition { to, text, below } in additions()? {
        let chapter = chapter(&mut book["items"], to).ok_or(format!("docs/SUMMARY.md lists no {to}"))?;
        let content = format!("{}\n{text}", chapter["content"].as_str().unwrap_or_default());
        chapter["content"] = Value::String(content);
        let above = [chapter["name"].clone()];
        let number = chapter["number"].clone();
        for (i, page) in below.into_iter().enumerate() {
            let mut number = number.clone();
            if let Some(number) = number.as_array_mut() {
                number.push(json!(i + 1));
            }
            let sub = json!({ "Chapter": {
                "name": page.name, "content": page.text, "number": number, "sub_items": [],
                "path": page.path, "source_path": page.path, "parent_names": above,
            }});
            chapter["sub_items"].as_array_mut().ok_or("a chapter without sub_items")?.push(sub);
        }
    }
    serde_json::to_writer(&mut to, &book).map_err(|e| e.to_string())
}

/// The chapter of a file.
fn chapter<'b>(items: &'b mut Value, path: &str) -> Option<&'b mut Value> {
    for item in items.as_array_mut()? {
        let Some(chapter) = item.get_mut("Chapter") else { continue };
        if chapter["path"] == path {
            return Some(chapter);
        }
        if let Some(found) = self::chapter(&mut chapter["sub_items"], path) {
            return Some(found);
        }
    }
    None
}

/// Everything that the program adds.
pub(crate) fn additions() -> Result<Vec<Addition>, String> {
    let words = Words::new(Lang::En);
    let verbs = verbs::pages();
    let rules = rules()?;
    Ok(vec![
        Addition { to: "reference/commands.md", text: list("Every verb", &verbs), below: verbs },
        Addition { to: "reference/rules.md", text: rules_table(&words), below: rules },
        Addition { to: "reference/messages.md", text: messages::tables(&words), below: Vec::new() },
    ])
}

fn list(title: &str, pages: &[Page]) -> String {
    let file = |page: &Page| page.path.trim_start_matches("reference/").to_owned();
    let lines: Vec<String> = pages.iter().map(|page| format!("[`{}`]({})", page.name, file(page))).collect();
    format!("\n## {title}\n\n{}\n", lines.join(", "))
}

fn rules_table(words: &Words) -> String {
    let mut table = "\n| rule | severity | whose fault it can be | title |\n|---|---|---|---|\n".to_owned();
    for rule in RULES {
        let faults: Vec<&str> = rule.faults.iter().map(|fault| fault.code()).collect();
        table += &format!(
            "| [{0}](rules/{0}.md) | {1} | {2} | {3} |\n",
            rule.code,
            rule.severity.code(),
            faults.join(", "),
            words.say(&format!("rule-{}", rule.code))
        );
    }
    table
}

/// The rules' pages, as `tallyproof explain` prints them.
fn rules() -> Result<Vec<Page>, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../core/tests/rules");
    let mut pages = Vec::new();
    for rule in RULES {
        let file = folder.join(format!("{}.md", rule.code));
        let text = std::fs::read_to_string(&file).map_err(|e| format!("{}: {e}", file.display()))?;
        let title = text.lines().next().unwrap_or_default().trim_start_matches("# ").to_owned();
        pages.push(Page { name: title, path: format!("reference/rules/{}.md", rule.code), text });
    }
    Ok(pages)
}
