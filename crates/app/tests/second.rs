//! A second recogniser: asked in disputes alone, in processes of its own, and deciding nothing.

#[allow(dead_code, reason = "made for the tests of another crate, which use all of it")]
#[path = "../../reader/examples/export/graph.rs"]
mod graph;
#[allow(dead_code, reason = "made for the tests of another crate, which use all of it")]
#[path = "../../reader/examples/export/protobuf.rs"]
mod protobuf;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};
use tallyproof::pipeline::second::Second;
use tallyproof::pipeline::weights::Weights;
use tallyproof::pipeline::workers::{Eyes, PATIENCE, Pool};
use tallyproof::store::{Access, Store};
use tallyproof::trouble::{RecogniserTrouble, Trouble};
use tallyproof_core::pack::Pack;
use tallyproof_render::practice::{Specimen, specimen};
use tallyproof_render::{Damage, Photo, Style, photograph, print_sheet};

use crate::practice;
use crate::support::{Temp, new_folder, run_in};

/// The net that the program comes with, as a model.
fn model() -> Vec<u8> {
    graph::onnx(&Weights::shipped().net.to_bytes()).unwrap()
}

/// A sheet on which print says 741 where the code says otherwise, on one line; and that line.
fn altered(seed: u64) -> (Specimen, String) {
    let mut sheet = specimen(seed);
    let line = &mut sheet.face.groups[1].lines[2];
    line.figure = "741".into();
    let field = line.field.clone();
    (sheet, field)
}

fn photo(sheet: &Specimen, seed: u64) -> Photo {
    let paper = print_sheet(&sheet.face, &Style::everyday(seed)).unwrap();
    photograph(&paper, &Damage { defocus_px: 0.6, noise: 2.0, ..Damage::none() }, seed)
}

/// A folder of the practice election with three honest sheets and one that is altered, not read yet.
fn folder(temp: &Temp) -> PathBuf {
    temp.write("practice/election.toml", practice::toml());
    let work = new_folder(temp, "work", temp.join("practice").to_str().unwrap());
    for seed in 7_100..7_103 {
        temp.write(format!("photos/{seed}.jpg"), photo(&specimen(seed), seed).to_jpeg());
    }
    temp.write("photos/altered.jpg", photo(&altered(7_103).0, 7_103).to_jpeg());
    run_in(&work, &["add", temp.join("photos").to_str().unwrap(), "--source", "observers"]).ends(0);
    work
}

/// What the journal says was read on each original.
fn bodies(work: &Path) -> BTreeMap<String, Value> {
    let store = Store::open(work, Access::Read).unwrap();
    let originals = store.originals().unwrap();
    originals.into_iter().filter_map(|original| Some((original.sha256, original.reading?))).collect()
}

fn pack() -> Pack {
    Pack::parse("practice", &practice::toml()).unwrap()
}

#[cfg(not(feature = "rten"))]
#[test]
fn a_program_without_rten_says_with_which_feature_to_build_it() {
    let temp = Temp::new();
    let work = folder(&temp);
    let file = temp.write("digits.onnx", model());
    for verb in ["read", "run"] {
        let ran = run_in(&work, &[verb, "--recogniser", file.to_str().unwrap()]);
        ran.fails(2, &["built without rten", "--features rten"]);
    }
    assert!(bodies(&work).is_empty(), "nothing is read by half of what was asked for");
}

#[cfg(feature = "rten")]
mod built_in {
    use super::*;
    use crate::bundle::{key, public, publish, verify};
    use crate::support::{csv_rows, journal_is_sound, report_file};
    use crate::training::give;
    use protobuf::{Message, model as onnx, node, tensor, value};
    use tallyproof_core::journal::sha256_hex;

    /// Every row of what `run` publishes about sheets and findings.
    fn published(work: &Path) -> [String; 2] {
        ["sheets.csv", "findings.csv"].map(|name| String::from_utf8(report_file(work, name)).unwrap())
    }

    fn status(work: &Path, table: &str) -> String {
        let rows = csv_rows(&published(work)[0]);
        let at = rows[0].iter().position(|head| head == "status").unwrap();
        rows.iter().find(|row| row[0] == table).unwrap()[at].clone()
    }

    fn table(sheet: &Specimen) -> String {
        sheet.payload.split('.').take(2).collect::<Vec<_>>().join(".")
    }

    #[test]
    fn it_is_asked_where_the_channels_differ_and_changes_nothing_else() {
        let temp = Temp::new();
        let work = folder(&temp);
        run_in(&work, &["run"]).ends(0);
        let (before, reports_before) = (bodies(&work), published(&work));
        let file = temp.write("digits.onnx", model());
        let args = ["read", "--again", "--jobs", "2", "--recogniser", file.to_str().unwrap()];
        run_in(&work, &args).ends(0);
        let mut after = bodies(&work);
        let asked: Vec<(String, Value)> = after
            .iter_mut()
            .filter_map(|(sha256, body)| {
                Some((sha256.clone(), body["print"].as_object_mut()?.remove("second")?))
            })
            .collect();
        assert_eq!(before, after, "the rest of the readings is what it was");
        let [(_, second)] = &asked[..] else { panic!("only of the altered sheet: {asked:#?}") };
        assert_eq!(second["model"], json!(sha256_hex(&model())));
        let field = altered(7_103).1;
        let line = field.strip_prefix('p').unwrap().parse::<usize>().unwrap() + 1;
        assert_eq!(second["figures"], json!([[format!("line-{line}"), "741"]]), "{second}");
        // People see it beside the two channels.
        let readings = run_in(&work, &["readings", "--format", "json"]).ends(0).json();
        let all = readings.as_array().unwrap();
        let row = all.iter().find(|row| row["file"].as_str().unwrap().ends_with("altered.jpg")).unwrap();
        assert_eq!(row["print"]["second"], json!({"model": sha256_hex(&model()), "cause": null}));
        let seen: Vec<&Value> = row["print"]["figures"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|figure| !figure["second"].is_null())
            .collect();
        assert_eq!(seen.len(), 1);
        assert_eq!((&seen[0]["second"], &seen[0]["print"]), (&json!("741"), &json!("741")));
        let csv = run_in(&work, &["readings", "--format", "csv"]).ends(0).out;
        assert!(csv.contains("≠741|741"), "{csv}");
        // The report, the journal and the bundle are as sound as before.
        run_in(&work, &["run"]).ends(0);
        assert_eq!(published(&work), reports_before);
        assert_eq!(status(&work, &table(&altered(7_103).0)), "in-conflict");
        journal_is_sound(&work);
        let (bundle, key) = (temp.join("bundle"), key(&temp, "press.key"));
        publish(&work, &bundle, &key, &["--images", "full"]).ends(0);
        let told =
            verify(&bundle, &["--signer", &public(&key), "--reread", "--format", "json"]).ends(0).json();
        assert_eq!(told["reread"]["n_again"], json!(4), "{told:#}");
    }

    #[test]
    fn what_it_confirms_stays_unconfirmed() {
        let temp = Temp::new();
        let work = folder(&temp);
        // Weights of which a part is lost are unsure of many figures; the second recogniser reads them well.
        let mut bytes = Weights::shipped().net.to_bytes();
        let half = bytes.len() / 2;
        bytes[half..].chunks_mut(301).for_each(|chunk| chunk[0] = 0);
        give(&work, &sha256_hex(&bytes), &bytes);
        run_in(&work, &["run"]).ends(0);
        let before = published(&work);
        let file = temp.write("digits.onnx", model());
        run_in(&work, &["read", "--again", "--recogniser", file.to_str().unwrap()]).ends(0);
        run_in(&work, &["run"]).ends(0);
        assert_eq!(published(&work), before);
        let readings = run_in(&work, &["readings", "--format", "json"]).ends(0).json();
        let (mut right, mut not_definitive) = (0, 0);
        for row in readings.as_array().unwrap() {
            let figures = row["print"]["figures"].as_array().unwrap();
            let confirmed = figures
                .iter()
                .filter(|f| f["match"] != "same" && !f["second"].is_null() && f["second"] == f["code"])
                .count();
            right += confirmed;
            if confirmed > 0 {
                assert_ne!(row["print"]["status"], "agrees");
                assert_ne!(status(&work, row["table"].as_str().unwrap()), "definitive");
                not_definitive += 1;
            }
        }
        assert!(right > 5 && not_definitive > 1, "{right} figures on {not_definitive} sheets");
    }

    /// A model of one operator on the cell, whose sums are `n` scores.
    fn small(n: usize, first: &Message) -> Vec<u8> {
        let graph = Message::default()
            .bytes(1, &first.0)
            .bytes(1, node("GlobalAveragePool", &["first"], "mean", &[]).0)
            .bytes(1, node("Flatten", &["mean"], "flat", &[("axis", &[1])]).0)
            .bytes(1, node("MatMul", &["flat", "weights"], "scores", &[]).0)
            .bytes(2, "small")
            .bytes(5, tensor("weights", &[1, n], &vec![0.0; n]).0)
            .bytes(5, tensor("kernel", &[1, 1, 3, 3], &[0.1; 9]).0)
            .bytes(11, value("cell", &[1, 1, 30, 26]).0)
            .bytes(12, value("scores", &[0, n]).0);
        onnx(&graph)
    }

    #[test]
    fn files_that_are_no_good_are_refused_before_anything_is_read() {
        let temp = Temp::new();
        let work = folder(&temp);
        let good = model();
        let convolved = |pads: &[usize]| {
            node("Conv", &["cell", "kernel"], "first", &[("kernel_shape", &[3, 3]), ("pads", pads)])
        };
        let large = temp.write("large.onnx", b"");
        std::fs::File::options().write(true).open(&large).unwrap().set_len((64 << 20) + 1).unwrap();
        let refused = |name: &str, parts: &[&str]| {
            let file = temp.join(name);
            for verb in ["read", "run"] {
                run_in(&work, &[verb, "--recogniser", file.to_str().unwrap()])
                    .fails(3, &[&[name], parts].concat());
            }
        };
        let no_model = ["cannot be used as a second recogniser: no usable model"];
        for (name, bytes) in
            [("empty", &b""[..]), ("prose", b"no model at all"), ("half", &good[..good.len() / 2])]
        {
            temp.write(name, bytes);
            refused(name, &no_model);
        }
        refused("large.onnx", &["more than 67108864 bytes"]);
        refused("absent.onnx", &["is not there"]);
        temp.write("ten.onnx", small(10, &convolved(&[1, 1, 1, 1])));
        refused("ten.onnx", &["its output is not [1, 11]"]);
        temp.write("forbidden.onnx", small(11, &node("NonZero", &["cell"], "first", &[])));
        refused("forbidden.onnx", &no_model);
        // 26 GB for one cell: the process that tries it ends.
        #[cfg(target_os = "linux")]
        {
            temp.write("greedy.onnx", small(11, &convolved(&[40_000, 40_000, 40_000, 40_000])));
            refused("greedy.onnx", &["the process that tried it ended"]);
        }
        assert!(bodies(&work).is_empty(), "nothing was read");
        // Its harmless sister is taken, and has no opinion.
        temp.write("small.onnx", small(11, &convolved(&[1, 1, 1, 1])));
        run_in(&work, &["read", "--recogniser", temp.join("small.onnx").to_str().unwrap()]).ends(0);
        let opinions: Vec<Value> =
            bodies(&work).into_values().filter_map(|body| body["print"].get("second").cloned()).collect();
        assert_eq!(opinions.len(), 1);
        let figures = opinions[0]["figures"].as_array().unwrap();
        assert!(!figures.is_empty() && figures.iter().all(|figure| figure[1].is_null()), "{figures:?}");
    }
}

/// A model whose workers are what `script` does; it never was tried.
#[cfg(unix)]
fn scripted<'p>(pack: &'p Pack, script: &'static str, patience: Duration) -> Second<'p> {
    let command = move || {
        let mut command = std::process::Command::new("sh");
        command.arg("-c").arg(script);
        command
    };
    Second::new(pack, "abc".into(), Pool::new(command, patience))
}

#[cfg(unix)]
#[test]
fn a_model_that_dies_hangs_or_talks_nonsense_costs_its_opinion_alone() {
    let (pack, weights) = (pack(), Weights::shipped());
    let jpeg = photo(&altered(7_103).0, 7_103).to_jpeg();
    let plain = Eyes::Here(&pack, &weights).look(&jpeg).unwrap();
    let short = Duration::from_millis(200);
    for (script, patience, opinion) in [
        ("exec true", PATIENCE, json!({"model": "abc", "cause": "reader-failed"})),
        (
            "head -c 1000 >/dev/null; kill -ABRT $$",
            PATIENCE,
            json!({"model": "abc", "cause": "reader-failed"}),
        ),
        ("exec sleep 1000", short, json!({"model": "abc", "cause": "took-too-long"})),
        (
            r"printf '\002\0\0\0ab'; cat >/dev/null",
            PATIENCE,
            json!({"model": "abc", "cause": "reader-failed"}),
        ),
        (
            r#"printf '\024\0\0\0{"cause": "because"}'; cat >/dev/null"#,
            PATIENCE,
            json!({"model": "abc", "cause": "reader-failed"}),
        ),
    ] {
        let here = Box::new(Eyes::Here(&pack, &weights));
        let mut body = Eyes::Seconded(here, scripted(&pack, script, patience)).look(&jpeg).unwrap();
        assert_eq!(body["print"].as_object_mut().unwrap().remove("second"), Some(opinion), "{script}");
        assert_eq!(body, plain, "{script}");
    }
    // Of a sheet whose print confirms its code, nobody is asked.
    let honest = photo(&specimen(7_100), 7_100).to_jpeg();
    let never =
        Second::new(&pack, "abc".into(), Pool::new(|| std::process::Command::new("/no/such"), PATIENCE));
    let seconded = Eyes::Seconded(Box::new(Eyes::Here(&pack, &weights)), never);
    assert_eq!(seconded.look(&honest).unwrap(), Eyes::Here(&pack, &weights).look(&honest).unwrap());
    assert!(seconded.look(&jpeg).is_err(), "a worker that cannot be started is an error");
}

#[cfg(unix)]
#[test]
fn answers_are_taken_of_what_was_asked_and_digits_alone() {
    let (pack, weights) = (pack(), Weights::shipped());
    let (sheet, field) = altered(7_103);
    let code = format!("line-{}", field.strip_prefix('p').unwrap().parse::<usize>().unwrap() + 1);
    let jpeg = photo(&sheet, 7_103).to_jpeg();
    for (said, taken) in [
        (json!("12"), json!("12")),
        (json!("12; DROP"), Value::Null),
        (json!(""), Value::Null),
        (json!("1".repeat(25)), Value::Null),
        (json!(12), Value::Null),
    ] {
        let answer = json!({"figures": {&code: said, "line-1": "999", "outcome": "read"}}).to_string();
        let command = move || {
            let mut command = std::process::Command::new("sh");
            let script = r#"printf "$(printf '\\%03o\\0\\0\\0' ${#0})"; printf %s "$0"; cat >/dev/null"#;
            command.arg("-c").arg(script).arg(&answer);
            command
        };
        let second = Second::new(&pack, "abc".into(), Pool::new(command, PATIENCE));
        let body = Eyes::Seconded(Box::new(Eyes::Here(&pack, &weights)), second).look(&jpeg).unwrap();
        assert_eq!(body["print"]["second"], json!({"model": "abc", "figures": [[code, taken]]}));
    }
}

#[cfg(unix)]
#[test]
fn a_trial_ends_in_time_and_says_why() {
    let trial = |script: &'static str| {
        let command = move || {
            let mut command = std::process::Command::new("sh");
            command.arg("-c").arg(script);
            command
        };
        let path = Path::new("digits.onnx");
        Second::tried(path, Pool::new(command, PATIENCE), Duration::from_secs(1)).err()
    };
    let path = PathBuf::from("digits.onnx");
    let said = |script| match trial(script) {
        Some(Trouble::Recogniser(trouble)) => trouble,
        other => panic!("{other:?}"),
    };
    assert_eq!(said("exec sleep 1000"), RecogniserTrouble::Slow { path: path.clone(), seconds: 1 });
    assert_eq!(said("exec true"), RecogniserTrouble::Fails(path.clone()));
    let why = r#"printf '\021\0\0\0{"refused": "no"}'; cat >/dev/null"#;
    assert_eq!(said(why), RecogniserTrouble::Refused { path, why: "no".into() });
    assert!(trial(r#"printf '\017\0\0\0{"figures": {}}'; cat >/dev/null"#).is_none());
}
