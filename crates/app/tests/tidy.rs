//! Edges inside the crate, and words for every code: what the compiler does not hold.

use std::path::{Path, PathBuf};

use tallyproof::pipeline::audit::record::Reason;
use tallyproof::pipeline::bundle::WITHHELD;
use tallyproof::pipeline::demo::FaultKind;
use tallyproof::pipeline::disclosure::NOT_OPENED;
use tallyproof::pipeline::intake::{DOCUMENT_CAUSES, Skipped};
use tallyproof::pipeline::read::causes;
use tallyproof::trouble::{
    AuditFault, BackupTrouble, BundleTrouble, DeskTrouble, KeyTrouble, PackTrouble, RecogniserTrouble,
    Trouble,
};
use tallyproof::web::roll::RollRefusal;
use tallyproof::words::{Lang, Words};
use tallyproof_core::pack::PackFaultCode;
use tallyproof_core::review::{Refusal, Unusable};
use tallyproof_core::rules::RULES;
use tallyproof_core::sheet::{Channel, EvidenceClass};
use tallyproof_core::transcription::RefusalReason;
use tallyproof_evidence::images::Treatment;

fn crates() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every file below a folder whose name ends so.
pub(crate) fn files(dir: &Path, end: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let entries = std::fs::read_dir(dir).unwrap_or_else(|e| panic!("{}: {e}", dir.display()));
    for path in entries.map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            found.extend(files(&path, end));
        } else if path.to_string_lossy().ends_with(end) {
            let text = std::fs::read_to_string(&path).unwrap();
            found.push((path, text));
        }
    }
    found.sort();
    found
}

/// Code without comments and without what follows `#[cfg(test)]`, which stands last in a file.
pub(crate) fn code(text: &str) -> String {
    let live = text.split("#[cfg(test)]").next().unwrap();
    let lines = live.lines().map(|line| line.split("//").next().unwrap());
    lines.collect::<Vec<_>>().join("\n")
}

/// Modules of the crate that a module's files name, its own apart.
fn named(module: &str) -> Vec<(PathBuf, String)> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut sources = if src.join(module).is_dir() { files(&src.join(module), ".rs") } else { Vec::new() };
    if let Ok(text) = std::fs::read_to_string(src.join(format!("{module}.rs"))) {
        sources.push((src.join(format!("{module}.rs")), text));
    }
    assert!(!sources.is_empty(), "no module {module}");
    let mut found = Vec::new();
    for (path, text) in sources {
        for rest in code(&text).split("crate::").skip(1) {
            let names = match rest.strip_prefix('{') {
                Some(list) => list.split('}').next().unwrap().split(',').map(str::trim).collect(),
                None => vec![rest],
            };
            let word = |text: &str| -> String {
                text.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect()
            };
            found.extend(names.into_iter().map(|name| (path.clone(), word(name))));
        }
    }
    found.retain(|(_, name)| name != module && !name.is_empty());
    found
}

#[test]
fn edges_inside_the_crate() {
    let allowed: [(&str, &[&str]); 7] = [
        ("store", &["trouble"]),
        ("trouble", &[]),
        ("words", &[]),
        ("site", &["trouble", "words"]),
        ("pipeline", &["site", "store", "trouble", "words"]),
        ("web", &["pipeline", "site", "store", "trouble", "words"]),
        ("cli", &["pipeline", "store", "trouble", "web", "words"]),
    ];
    let mut wrong = Vec::new();
    for (module, allowed) in allowed {
        for (path, name) in named(module).into_iter().filter(|(_, name)| !allowed.contains(&name.as_str())) {
            wrong.push(format!("{} names {name}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_module_of_the_crate_is_held_to_an_edge() {
    let held = ["cli", "pipeline", "site", "store", "trouble", "web", "words"];
    let lib = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).unwrap();
    let modules = lib.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'));
    assert_eq!(modules.collect::<Vec<_>>(), held, "say in this file what the new module may use");
}

/// Clock, disk, network and terminal belong to the app.
#[test]
fn pure_crates_touch_no_world() {
    let mut wrong = Vec::new();
    for name in ["core", "analysis", "reader", "render", "evidence"] {
        for (path, text) in files(&crates().join(name).join("src"), ".rs") {
            let code = code(&text);
            // Bundles are folders: that crate's one module for them reads and writes files.
            let is_of_bundles = path.components().any(|part| part.as_os_str() == "bag");
            let all =
                ["std::fs", "std::net", "std::env", "SystemTime::now", "println!", "thread_rng", "getrandom"];
            for word in all.into_iter().skip(usize::from(is_of_bundles)) {
                if code.contains(word) {
                    wrong.push(format!("{}: {word}", path.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn no_file_is_longer_than_500_lines_without_a_reason() {
    let mut wrong = Vec::new();
    for (path, text) in files(&crates(), ".rs") {
        if text.lines().count() > 500 && !text.contains("Longer than 500 lines: ") {
            wrong.push(format!("{}: {} lines", path.display(), text.lines().count()));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn nothing_is_ignored_unfinished_or_unwrapped() {
    let mut wrong = Vec::new();
    let no = [["#[ign", "ore"].concat(), ["to", "do!("].concat(), ["unimpl", "emented!("].concat()];
    for (path, text) in files(&crates(), ".rs") {
        let in_src = path.components().any(|part| part.as_os_str() == "src");
        wrong.extend(
            no.iter().filter(|word| text.contains(*word)).map(|word| format!("{}: {word}", path.display())),
        );
        let is_test = path.ends_with("tests.rs");
        if in_src && !is_test && code(&text).contains(".unwrap()") {
            wrong.push(format!("{}: unwrap", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_code_has_words_in_both_languages() {
    let mut keys: Vec<String> = Vec::new();
    keys.extend(Trouble::CODES.iter().flat_map(|code| [format!("err-{code}"), format!("rec-{code}")]));
    keys.extend(AuditFault::CODES.iter().flat_map(|code| [format!("err-{code}"), format!("rec-{code}")]));
    keys.extend(KeyTrouble::codes().flat_map(|code| [format!("err-{code}"), format!("rec-{code}")]));
    keys.extend(BundleTrouble::CODES.iter().flat_map(|code| [format!("err-{code}"), format!("rec-{code}")]));
    keys.extend(BackupTrouble::CODES.iter().flat_map(|code| [format!("err-{code}"), format!("rec-{code}")]));
    keys.extend(PackTrouble::CODES.iter().flat_map(|code| [format!("err-{code}"), format!("rec-{code}")]));
    keys.extend(RecogniserTrouble::CODES.map(|code| [format!("err-{code}"), format!("rec-{code}")]).concat());
    keys.extend(DeskTrouble::CODES.iter().flat_map(|code| [format!("err-{code}"), format!("rec-{code}")]));
    keys.extend(RollRefusal::CODES.map(|code| format!("desk-roll-{code}")));
    keys.extend(NOT_OPENED.map(|why| format!("journal-not-opened-{why}")));
    keys.extend(Reason::ALL.map(|reason| format!("audit-refusal-{}", reason.code())));
    keys.extend(Skipped::ALL.map(|why| format!("skipped-{}", why.code())));
    keys.extend(WITHHELD.map(|cause| format!("withheld-{cause}")));
    keys.extend(Treatment::ALL.map(|treatment| format!("publish-images-{}", treatment.code())));
    keys.extend(Unusable::ALL.map(|unusable| format!("cause-{}", unusable.code())));
    keys.extend(causes().chain(DOCUMENT_CAUSES).map(|cause| format!("cause-{cause}")));
    keys.extend(FaultKind::ALL.map(|(kind, _)| format!("demo-fault-{}", kind.code())));
    keys.extend(EvidenceClass::ALL.map(|class| format!("class-{}", class.code())));
    keys.extend(EvidenceClass::ALL.map(|class| format!("site-class-{}", class.code())));
    let channels = [Channel::Code, Channel::Print, Channel::Joint, Channel::Transcription, Channel::Entry];
    keys.extend(channels.map(|channel| format!("site-account-{}", channel.code())));
    keys.extend(
        RULES.iter().flat_map(|rule| [format!("rule-{}", rule.code), format!("finding-{}", rule.code)]),
    );
    keys.extend(RefusalReason::ALL.map(|reason| format!("refusal-{}", reason.code())));
    keys.extend(Refusal::ALL.iter().flat_map(|refusal| {
        let key = format!("desk-refusal-{}", refusal.code());
        [format!("{key}-next"), key]
    }));
    for code in PackFaultCode::ALL {
        keys.extend([format!("pack-fault-{}", code.code()), format!("pack-remedy-{}", code.code())]);
    }
    for lang in Lang::ALL {
        let words = Words::new(lang);
        let missing: Vec<&String> = keys.iter().filter(|key| !words.has(key)).collect();
        assert!(missing.is_empty(), "{lang:?}: {missing:?}");
    }
}

/// A key asked for in the code by its full name is there.
#[test]
fn every_key_named_in_the_code_has_words() {
    let words = Lang::ALL.map(Words::new);
    let mut missing = Vec::new();
    for (path, text) in files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/cli"), ".rs") {
        let code = code(&text);
        for call in ["words.say(", "words.tell(", ".tell("] {
            for rest in code.split(call).skip(1) {
                let Some(key) = rest.trim_start().strip_prefix('"').and_then(|rest| rest.split('"').next())
                else {
                    continue;
                };
                if words.iter().any(|words| !words.has(key)) {
                    missing.push(format!("{}: {key}", path.display()));
                }
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

/// No sentence of ours accuses anybody; it says what the sheets say.
#[test]
fn no_sentence_accuses() {
    const STEMS: [&str; 9] =
        ["fraud", "forge", "fake", "stole", "rigged", "robad", "falsificad", "amañad", "trampa"];
    let locales = Path::new(env!("CARGO_MANIFEST_DIR")).join("locales");
    let mut wrong = Vec::new();
    for (path, text) in files(&locales, ".ftl") {
        let text = text.to_lowercase();
        let words = text.split(|c: char| !c.is_alphabetic());
        let bad = words.filter(|word| STEMS.iter().any(|stem| word.starts_with(stem)));
        wrong.extend(bad.map(|word| format!("{}: {word}", path.display())));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
