//! What was found, in words and as JSON.

use std::fmt::Write;

use serde_json::{Map, Value, json};
use tallyproof_core::tidy;
use tallyproof_evidence::verify::{Discrepancy, Ending};

use crate::words::Words;
use crate::{Found, Reread};

/// Discrepancies told in words; all are in the JSON.
const MOST_TOLD: usize = 40;

/// Files named that were not recomputed.
const MOST_NAMED: usize = 20;

/// The verdict's code.
fn verdict(found: &Found, no_signer: bool) -> &'static str {
    match (found.is_sound(), found.verification.signer_is_known(), no_signer) {
        (false, ..) => "not-as-claimed",
        (true, true, _) => "intact",
        (true, false, true) => "intact-signer-not-asked",
        (true, false, false) => "intact-signer-unknown",
    }
}

/// For people.
pub(crate) fn text(all: &Found, no_signer: bool, words: &Words) -> String {
    let found = &all.verification;
    let mut out = String::new();
    let mut line = |text: String| {
        // Writing into a String cannot fail.
        let _ = writeln!(out, "{text}");
    };
    for (step, ending) in &found.steps {
        let (mark, n) = match ending {
            Ending::Sound(n) => ("sound", *n),
            Ending::Broken => ("broken", 0),
            Ending::NotTaken => ("not-taken", 0),
        };
        // What a step says when it is sound would be a lie where it is broken.
        let word = match mark {
            "sound" => "step",
            "not-taken" if step.code() == "calibration" => "untaken",
            _ => "name",
        };
        let did = words.tell(&format!("{word}-{}", step.code()), &[("n", n.to_string())]);
        line(words.tell(&format!("ending-{mark}"), &[("step", did)]));
        for wrong in found.discrepancies.iter().filter(|d| d.step == *step).take(MOST_TOLD) {
            line(format!("    {}: {}", tidy::plain(&wrong.file), sentence(wrong, words)));
        }
        let n_wrong = found.discrepancies.iter().filter(|d| d.step == *step).count();
        if n_wrong > MOST_TOLD {
            line(format!("    {}", words.tell("more-wrong", &[("n", (n_wrong - MOST_TOLD).to_string())])));
        }
    }
    line(String::new());
    if let Some(head) = &found.head {
        let args = [("size", head.size.to_string()), ("hash", head.sha256())];
        line(words.tell("told-head", &args));
    }
    for signer in &found.signers {
        let key = if signer.known { "told-signer-known" } else { "told-signer" };
        line(words.tell(key, &[("fingerprint", signer.fingerprint.clone())]));
    }
    let counts = [
        ("readings", found.n_readings.to_string()),
        ("stripped", found.n_stripped.to_string()),
        ("masked", found.n_masked.to_string()),
        ("withheld", found.n_withheld.to_string()),
    ];
    let no_images = found.n_readings == 0 && found.n_stripped + found.n_masked + found.n_withheld == 0;
    line(words.tell(if no_images { "told-no-images" } else { "told-images" }, &counts));
    match &all.reread {
        None if no_images => {}
        None => line(words.tell("told-pixels", &counts)),
        Some(reread) => reread_lines(reread, words).into_iter().for_each(&mut line),
    }
    if !found.not_recomputed.is_empty() {
        let named: Vec<&str> = found
            .not_recomputed
            .iter()
            .take(MOST_NAMED)
            .map(|path| path.trim_start_matches("data/"))
            .collect();
        let args = [("n", found.not_recomputed.len().to_string()), ("files", named.join(" "))];
        line(words.tell("told-not-recomputed", &args));
    }
    line(words.tell("told-cannot-prove", &[]));
    line(String::new());
    line(words.tell(&format!("verdict-{}", verdict(all, no_signer)), &[]));
    out
}

/// What reading the images again found.
fn reread_lines(reread: &Reread, words: &Words) -> Vec<String> {
    let counts = [
        ("n", reread.n_again.to_string()),
        ("of", reread.n_published.to_string()),
        ("not", reread.n_not_again.to_string()),
        ("more", reread.n_more.to_string()),
        ("differing", reread.n_differing.to_string()),
    ];
    let mut lines = vec![words.tell("told-reread", &counts)];
    for one in reread.differing.iter().take(MOST_TOLD) {
        let args = [
            ("original", one.original.clone()),
            ("what", one.what.clone()),
            ("was", one.was.clone()),
            ("now", one.now.clone()),
        ];
        lines.push(format!("    {}", words.tell("told-reread-differs", &args)));
    }
    if let Some(n) = reread.differing.len().checked_sub(MOST_TOLD).filter(|&n| n > 0) {
        lines.push(format!("    {}", words.tell("more-wrong", &[("n", n.to_string())])));
    }
    lines
}

/// The same for programs.
fn reread_json(reread: &Reread) -> Value {
    let differing: Vec<Value> = reread
        .differing
        .iter()
        .map(|one| json!({"original": one.original, "what": one.what, "was": one.was, "now": one.now}))
        .collect();
    json!({
        "n_published": reread.n_published,
        "n_again": reread.n_again,
        "n_more": reread.n_more,
        "n_not_again": reread.n_not_again,
        "n_differing": reread.n_differing,
        "differing": differing,
    })
}

fn sentence(wrong: &Discrepancy, words: &Words) -> String {
    let mut said = words.tell(&format!("wrong-{}", wrong.code), &wrong.args);
    // Whatever kept a file from being read says so in its own words.
    if let Some((_, detail)) =
        wrong.args.iter().find(|(name, _)| *name == "detail" && wrong.code == "unreadable")
    {
        let _ = write!(said, " ({})", tidy::plain(detail));
    }
    said
}

/// For programs.
pub(crate) fn json(all: &Found, no_signer: bool) -> String {
    let found = &all.verification;
    let ending = |ending: &Ending| match ending {
        Ending::Sound(n) => json!({"ending": "sound", "n": n}),
        Ending::Broken => json!({"ending": "broken"}),
        Ending::NotTaken => json!({"ending": "not-taken"}),
    };
    let steps: Map<String, Value> =
        found.steps.iter().map(|(step, end)| (step.code().to_owned(), ending(end))).collect();
    let wrong: Vec<Value> = found
        .discrepancies
        .iter()
        .map(|d| {
            let args: Map<String, Value> =
                d.args.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
            json!({"step": d.step.code(), "code": d.code, "file": d.file, "args": args})
        })
        .collect();
    let head = found
        .head
        .as_ref()
        .map(|head| json!({"origin": head.origin(), "size": head.size, "sha256": head.sha256()}));
    let signers: Vec<Value> =
        found.signers.iter().map(|s| json!({"fingerprint": s.fingerprint, "known": s.known})).collect();
    let value = json!({
        "verdict": verdict(all, no_signer),
        "election": found.election,
        "steps": steps,
        "discrepancies": wrong,
        "checkpoint": head,
        "signers": signers,
        "n_witnesses": found.n_witnesses,
        "n_bytes": found.n_bytes,
        "n_readings": found.n_readings,
        "n_readings_from_pixels": all.reread.as_ref().map_or(0, |reread| reread.n_again),
        "reread": all.reread.as_ref().map(reread_json),
        "n_images": found.n_images,
        "n_images_stripped": found.n_stripped,
        "n_images_masked": found.n_masked,
        "n_images_withheld": found.n_withheld,
        "not_recomputed": found.not_recomputed,
    });
    // Plain owned values always serialise.
    let text = serde_json::to_string_pretty(&value).unwrap_or_default();
    format!("{}\n", tidy::json(&text))
}
