//! Every message with a code, by kind.

use std::fmt::Write;

use tallyproof::pipeline::audit::record::Reason;
use tallyproof::pipeline::bundle::WITHHELD;
use tallyproof::pipeline::disclosure::NOT_OPENED;
use tallyproof::pipeline::intake::{DOCUMENT_CAUSES, Skipped};
use tallyproof::pipeline::read::causes;
use tallyproof::trouble::{
    AuditFault, BackupTrouble, BundleTrouble, DeskTrouble, KeyTrouble, PackTrouble, Trouble,
};
use tallyproof::web::roll::RollRefusal;
use tallyproof::words::Words;
use tallyproof_core::pack::PackFaultCode;
use tallyproof_core::review::{Refusal, Unusable};
use tallyproof_core::rules::RULES;
use tallyproof_core::transcription::RefusalReason;

/// One kind of message.
pub(crate) struct Kind {
    title: &'static str,
    about: &'static str,
    /// Code, key of its sentence, key of its advice.
    pub(crate) messages: Vec<(String, String, Option<String>)>,
}

fn told(codes: impl IntoIterator<Item = &'static str>, key: &str) -> Vec<(String, String, Option<String>)> {
    codes.into_iter().map(|code| (code.to_owned(), format!("{key}-{code}"), None)).collect()
}

fn advised(codes: impl IntoIterator<Item = &'static str>) -> Vec<(String, String, Option<String>)> {
    let both = |code: &'static str| (code.to_owned(), format!("err-{code}"), Some(format!("rec-{code}")));
    codes.into_iter().map(both).collect()
}

pub(crate) fn kinds() -> Vec<Kind> {
    let codes = |codes: &'static [&'static str]| codes.iter().copied();
    let errors = codes(Trouble::CODES)
        .chain(codes(BundleTrouble::CODES.as_slice()))
        .chain(KeyTrouble::codes())
        .chain(codes(AuditFault::CODES))
        .chain(codes(BackupTrouble::CODES.as_slice()))
        .chain(codes(PackTrouble::CODES.as_slice()))
        .chain(codes(DeskTrouble::CODES.as_slice()));
    let pack = PackFaultCode::ALL.iter().map(|code| {
        let code = code.code();
        (code.to_owned(), format!("pack-fault-{code}"), Some(format!("pack-remedy-{code}")))
    });
    let desk = Refusal::ALL.iter().map(|refusal| {
        let key = format!("desk-refusal-{}", refusal.code());
        (refusal.code().to_owned(), key.clone(), Some(format!("{key}-next")))
    });
    let images = causes().chain(DOCUMENT_CAUSES).chain(Unusable::ALL.iter().map(|cause| cause.code()));
    vec![
        Kind {
            title: "Findings",
            about: "What a rule says of a sheet. Each code links to its rule.",
            messages: told(RULES.iter().map(|rule| rule.code), "finding"),
        },
        Kind {
            title: "Images that could not be read",
            about: "Causes with advice, in `readings`, `status`, the report and the bundle.",
            messages: told(images, "cause"),
        },
        Kind {
            title: "Files that were not taken in",
            about: "Said by `add`.",
            messages: told(Skipped::ALL.map(Skipped::code), "skipped"),
        },
        Kind {
            title: "Rows that were refused",
            about: "Said by `import`, with the line.",
            messages: told(RefusalReason::ALL.map(RefusalReason::code), "refusal"),
        },
        Kind {
            title: "Inspections that were refused",
            about: "Said by `audit record`.",
            messages: told(Reason::ALL.map(Reason::code), "audit-refusal"),
        },
        Kind {
            title: "Faults of a pack",
            about: "Said by `pack check`, with file and line.",
            messages: pack.collect(),
        },
        Kind {
            title: "What the desk refuses",
            about: "Actions on sheets that the rules of review do not allow.",
            messages: desk.collect(),
        },
        Kind {
            title: "Accounts that could not be changed",
            about: "Said on the desk's page of people.",
            messages: told(RollRefusal::CODES, "desk-roll"),
        },
        Kind {
            title: "Images that were withheld",
            about: "Why `publish` leaves an image out of a bundle.",
            messages: told(WITHHELD, "withheld"),
        },
        Kind {
            title: "Disclosures that do not open",
            about: "Said by `journal open`.",
            messages: told(NOT_OPENED, "journal-not-opened"),
        },
        Kind {
            title: "Errors",
            about: "The job could not be done: exit status 3, or 2 for a wrong call.",
            messages: advised(errors),
        },
    ]
}

/// All messages as tables.
pub(crate) fn tables(words: &Words) -> String {
    let mut text = String::new();
    for kind in kinds() {
        let _ = writeln!(text, "\n## {}\n\n{}\n", kind.title, kind.about);
        let has_advice = kind.messages.iter().any(|(.., advice)| advice.is_some());
        text += if has_advice {
            "| code | says | advises |\n|---|---|---|\n"
        } else {
            "| code | says |\n|---|---|\n"
        };
        for (code, key, advice) in kind.messages {
            let code = match kind.title {
                "Findings" => format!("[{code}](rules/{code}.md)"),
                _ => format!("`{code}`"),
            };
            let _ = write!(text, "| {code} | {} |", cell(words, &key));
            if let Some(advice) = advice {
                let _ = write!(text, " {} |", cell(words, &advice));
            }
            text.push('\n');
        }
    }
    text
}

/// A message in a cell of a table, what is filled in being `‹name›`.
fn cell(words: &Words, key: &str) -> String {
    let said = words.say(key).replace("{$", "‹").replace('}', "›");
    said.replace('\n', " ").replace('|', "\\|").replace('<', "&lt;").replace('*', "\\*").replace('_', "\\_")
}
