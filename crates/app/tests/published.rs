//! The interfaces that scripts rely on, on the published tables.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::support::{
    Temp, csv_is_harmless, csv_rows, events_by_kind, is_harmless, journal_is_sound, new_folder, published,
    report_file, results, run, run_in,
};

const IDS: [&str; 10] = ["EG", "NM", "LM", "JABE", "JOBR", "AE", "CF", "DC", "EM", "BERA"];

struct Tables {
    v1: PathBuf,
    v2: PathBuf,
}

fn tables() -> Option<Tables> {
    let dir = published("venezuela-2024")?;
    Some(Tables { v1: dir.join("tally-sheets-v1.csv"), v2: dir.join("tally-sheets-v2.csv") })
}

#[track_caller]
fn import(folder: &Path, file: &Path, more: &[&str]) {
    let file = file.to_str().unwrap();
    let args = [&["import", file, "--source", "campaign"], more].concat();
    run_in(folder, &args).ends(0);
}

fn bound<'r>(results: &'r Value, id: &str) -> &'r Value {
    results["bounds"].as_array().unwrap().iter().find(|b| b["id"] == id).unwrap()
}

fn claim<'r>(results: &'r Value, id: &str) -> &'r Value {
    results["claims"].as_array().unwrap().iter().find(|c| c["id"] == id).unwrap()
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

/// The totals of the second table, whatever else is imported beside it.
#[track_caller]
fn totals_are_those_of_v2(results: &Value) {
    let tab = &results["tabulation"];
    assert_eq!((&tab["n_tables_seen"], &tab["n_tables_total"]), (&json!(25_073), &json!(30_026)));
    let votes = IDS.map(|id| tab["votes"][id].as_u64().unwrap());
    assert_eq!(votes, [7_303_480, 3_316_142, 86_225, 20_404, 22_097, 51_011, 12_632, 10_584, 26_067, 38_620]);
    assert_eq!(keys(&tab["votes"]).len(), IDS.len());
    assert_eq!((&tab["valid"], &tab["null"]), (&json!(10_887_262), &json!(1_213)));
    assert_eq!((&tab["margin"], &tab["ratio"]), (&json!(3_987_338), &json!(2.202403)));
    assert_eq!((&tab["leading"], &tab["second"]), (&json!("EG"), &json!("NM")));
}

#[test]
fn the_second_table_by_itself() {
    let Some(tables) = tables() else { return };
    let temp = Temp::new();
    let folder = new_folder(&temp, "ve", "venezuela-2024");
    import(&folder, &tables.v2, &["--version", "V2"]);
    let ran = run_in(&folder, &["run"]).ends(0).says(&[
        "25,073 of 30,026 tables",
        "one published transcription",
        "if the sheets are genuine",
    ]);
    assert_eq!(ran.out, format!("{}\n", folder.join("report/report.html").display()));
    assert!(folder.join("report/report.html").is_file());

    let found = results(&folder);
    assert_eq!(found["schema_version"], 1);
    assert_eq!(
        keys(&found["bounds"][0]),
        ["assumption", "flip_excluded", "formula", "id", "inputs", "lead_left", "missing_votes"]
    );
    totals_are_those_of_v2(&found);
    let tab = &found["tabulation"];
    assert_eq!(tab["basis"]["classes"], json!(["single-source"]));
    assert_eq!(tab["basis"]["sources"], json!(["campaign"]));
    assert_eq!(tab["basis"]["provisional"], json!(false));
    assert_eq!(tab["by_class"]["single-source"]["n_tables"], 25_073);
    assert_eq!(tab["by_class"]["single-source"]["votes"]["EG"], 7_303_480);
    let states = tab["areas"].as_array().unwrap().iter().filter(|a| a["level"] == "state").count();
    assert_eq!(states, 24);

    let lead =
        |id: &str| (bound(&found, id)["lead_left"].as_f64(), bound(&found, id)["flip_excluded"] == true);
    assert_eq!(lead("mean-table"), (Some(1_836_633.71), true));
    assert!(!lead("every-elector").1);
    assert_eq!(lead("largest-table"), (Some(-138_511.0), false));
    assert_eq!(lead("claimed-voters"), (Some(2_489_144.0), true));
    for bound in found["bounds"].as_array().unwrap() {
        assert!(bound["assumption"].is_string(), "{bound}");
    }

    for (id, verdict) in
        [("bulletin-1", "contradicted"), ("bulletin-2", "contradicted"), ("newspaper", "consistent")]
    {
        assert_eq!(claim(&found, id)["verdict"], verdict, "{id}");
    }
    let tests = claim(&found, "bulletin-2")["tests"].as_array().unwrap();
    let others = |t: &&Value| t["id"] == "share-matches-votes" && t["about"] == IDS[2..].join("+");
    assert_eq!(tests.iter().find(others).unwrap()["passed"], true, "others 4.86 is rounding, not an error");

    for (rule, n) in [("S202", 0), ("C101", 0), ("C104", 586), ("C201", 0), ("C202", 0)] {
        assert_eq!(found["findings_by_rule"][rule], n, "{rule}");
    }

    let sheets = String::from_utf8(report_file(&folder, "sheets.csv")).unwrap();
    csv_is_harmless(&sheets);
    let rows = csv_rows(&sheets);
    assert_eq!(rows.len() - 1, 25_073);
    let eg = rows[0].iter().position(|name| name == "EG").unwrap();
    assert_eq!(rows[1..].iter().map(|row| row[eg].parse::<u64>().unwrap()).sum::<u64>(), 7_303_480);
    let findings = String::from_utf8(report_file(&folder, "findings.csv")).unwrap();
    csv_is_harmless(&findings);
    let total: u64 =
        found["findings_by_rule"].as_object().unwrap().values().map(|n| n.as_u64().unwrap()).sum();
    assert_eq!(csv_rows(&findings).len() as u64 - 1, total);

    let printed = run_in(&folder, &["tabulate", "--format", "json"]).ends(0);
    assert_eq!(printed.json(), found, "tabulate prints what is published");
    is_harmless(&printed.out);
}

#[test]
fn both_tables_as_versions_of_one_source_in_either_order() {
    let Some(tables) = tables() else { return };
    let temp = Temp::new();
    let forth = new_folder(&temp, "forth", "venezuela-2024");
    import(&forth, &tables.v1, &["--version", "V1"]);
    import(&forth, &tables.v2, &["--version", "V2", "--supersedes", "V1"]);
    run_in(&forth, &["run"]).ends(0);
    let found = results(&forth);
    totals_are_those_of_v2(&found);
    for (rule, n) in [("C201", 543), ("C202", 2), ("C203", 0), ("C204", 301), ("C104", 586)] {
        assert_eq!(found["findings_by_rule"][rule], n, "{rule}");
    }
    let electors = &found["tabulation"]["electors"];
    assert_eq!((&electors["floor"], &electors["n_tables_known"]), (&json!(17_972_512), &json!(24_530)));
    let every = bound(&found, "every-elector");
    assert_eq!((&every["lead_left"], &every["flip_excluded"]), (&json!(567_386.0), &json!(true)));
    assert_eq!(every["inputs"]["turnout_to_flip"], 1.165905);
    let sheets = String::from_utf8(report_file(&forth, "sheets.csv")).unwrap();
    assert_eq!(csv_rows(&sheets).len() - 1, 25_073, "a withdrawn table is a finding, not a sheet");
    let findings = csv_rows(&String::from_utf8(report_file(&forth, "findings.csv")).unwrap());
    assert_eq!(findings.iter().filter(|row| row[0] == "C202" && !row[2].is_empty()).count(), 2);

    let back = new_folder(&temp, "back", "venezuela-2024");
    import(&back, &tables.v2, &["--version", "V2"]);
    import(&back, &tables.v1, &["--version", "V1", "--superseded-by", "V2"]);
    run_in(&back, &["run"]).ends(0);
    for name in ["results.json", "sheets.csv", "findings.csv", "false-sheets.csv"] {
        assert_eq!(report_file(&forth, name), report_file(&back, name), "{name} depends on the order");
    }

    // The same file again is nothing new, and a rebuilt projection gives the same bytes.
    import(&back, &tables.v1, &["--version", "V1", "--superseded-by", "V2"]);
    assert_eq!(events_by_kind(&back)["source.imported"], 2);
    run_in(&back, &["journal", "rebuild"]).ends(0);
    journal_is_sound(&back);
    run_in(&back, &["report", "--lang", "es"]).ends(0);
    assert_eq!(report_file(&forth, "results.json"), report_file(&back, "results.json"));
}

#[test]
fn comparing_the_two_tables() {
    let Some(tables) = tables() else { return };
    let temp = Temp::new();
    let folder = new_folder(&temp, "ve", "venezuela-2024");
    import(&folder, &tables.v1, &["--version", "V1"]);
    import(&folder, &tables.v2, &["--version", "V2", "--supersedes", "V1"]);
    let v1_file = tables.v1.to_str().unwrap();
    for (a, b) in [("campaign@V1", "campaign@V2"), ("campaign@V1", "campaign"), (v1_file, "campaign")] {
        let found = run_in(&folder, &["compare", a, b, "--format", "json"]).ends(1).json();
        let n = |key: &str| found[key].as_array().unwrap().len();
        assert_eq!(found["n_common"], 24_530, "{a} {b}");
        assert_eq!((n("only_in_a"), n("only_in_b"), n("cells"), n("images")), (2, 543, 0, 301), "{a} {b}");
    }
    let same = run_in(&folder, &["compare", v1_file, "campaign@V1", "--format", "json"]).ends(0).json();
    assert_eq!(same["n_common"], 24_532);
    run_in(&folder, &["compare", "campaign@V3", "campaign"]).fails(2, &["campaign@V3", "campaign@V1"]);

    // One figure changed: one cell, both values.
    let text = std::fs::read_to_string(&tables.v1).unwrap();
    let changed = text.replacen(",666,364,0,232,120,", ",666,364,0,231,121,", 1);
    assert_ne!(text, changed);
    let file = temp.write("changed.csv", changed);
    let args = ["compare", v1_file, file.to_str().unwrap(), "--format", "json"];
    let found = run_in(&folder, &args).ends(1).json();
    assert_eq!(
        found["cells"],
        json!([
            {"table": "010113042.01", "field": "EG", "a": "232", "b": "231"},
            {"table": "010113042.01", "field": "NM", "a": "120", "b": "121"},
        ])
    );
}

/// What a program was built with: two that differ in decoders may read differently.
#[test]
fn a_program_says_what_it_was_built_with() {
    let long = run(&["--version"]).ends(0).out;
    let named: Vec<&str> = long.lines().skip(1).map(|line| line.split(": ").next().unwrap()).collect();
    assert_eq!(long.lines().next(), Some(concat!("tallyproof ", env!("CARGO_PKG_VERSION"))));
    assert_eq!(named, ["commit", "built for", "profile", "compiler", "code decoders"]);
    assert!(long.lines().all(|line| !line.ends_with(": ") && !line.ends_with(':')), "{long}");
    assert!(long.contains("built for: ") && long.contains(std::env::consts::ARCH), "{long}");
    assert!(long.contains("code decoders: rxing"), "{long}");
    assert_eq!(run(&["-V"]).ends(0).out.trim(), concat!("tallyproof ", env!("CARGO_PKG_VERSION")));
}

#[test]
fn exit_statuses_are_those_documented() {
    let temp = Temp::new();
    run(&["--version"]).ends(0);
    run(&["--help"]).ends(0);
    run(&["no-such-verb"]).ends(2);
    run(&["import"]).ends(2);
    run::<&str>(&[]).ends(2);
    run(&["pack", "check", "venezuela-2024"]).ends(0);
    run(&["pack", "check", "no-such-pack"]).fails(2, &["no-such-pack", "venezuela-2024"]);
    run(&["explain", "S202"]).ends(0);
    run(&["explain", "S999"]).fails(2, &["S999"]);
    run_in(temp.path(), &["status"]).fails(3, &[temp.path().to_str().unwrap(), "tallyproof new"]);
    let folder = new_folder(&temp, "cs", "costa-serena-2031");
    let path = folder.to_str().unwrap();
    run(&["new", path, "--pack", "costa-serena-2031"]).fails(3, &[path, "already holds something"]);
    run_in(&folder, &["import", "no-such.csv", "--source", "a"]).fails(3, &["no-such.csv"]);
    run_in(&folder, &["import", "no-such.csv", "--source", "a b"]).fails(2, &["a b"]);
    run_in(&folder, &["run"]).ends(0).says(&["No sheet counts yet"]);
    run_in(&folder, &["check"]).ends(0);
    let ok = "mesa,luz,marcial,roberta,solano,nulos\nP1-01-001,100,90,20,10,2\n";
    let file = temp.write("ok.csv", ok);
    run_in(&folder, &["import", file.to_str().unwrap(), "--source", "party"]).ends(0);
    for verb in [["status"], ["tabulate"], ["report"], ["run"], ["read"], ["readings"]] {
        run_in(&folder, &verb).ends(0);
    }
    run_in(&folder, &["check", "--rule", "S999"]).fails(2, &["S999"]);
    let late = temp.write("late.csv", "mesa,luz,marcial,roberta,solano,nulos\nP1-01-003,900,90,20,10,2\n");
    run_in(&folder, &["import", late.to_str().unwrap(), "--source", "party"])
        .fails(2, &["party@1", "--version"]);
    let args = ["import", late.to_str().unwrap(), "--source", "party", "--version", "2"];
    run_in(&folder, &args).fails(2, &["--supersedes"]);
    run_in(&folder, &[&args[..], &["--supersedes", "1"]].concat()).ends(0);
    run_in(&folder, &["check"]).ends(1);
    journal_is_sound(&folder);
}
