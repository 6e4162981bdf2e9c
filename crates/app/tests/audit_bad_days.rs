//! What an audit is given by mistake, or to mislead it; and what a kill in its midst leaves.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use crate::audit::{FREEZE, SEED, id, islands, votes};
use crate::report::checked_page;
use crate::support::{
    args_in, csv_is_harmless, events_by_kind, is_harmless, journal_is_sound, kill_when, new_folder,
    report_file, run_in,
};

#[test]
fn a_convenience_sample_gets_no_risk() {
    let islands = islands();
    // Before any list is frozen, and of a table without a sheet.
    let [a, b, c] = votes(0);
    let same = format!("A={a},B={b},C={c}");
    let record = |table: &str, votes: &str, more: &[&str]| {
        islands.audit(&[&["record", table, "--votes", votes, "--convenience"], more].concat())
    };
    record(&id(0), &same, &[]).ends(1).says(&["whose custody", "--custody"]);
    record(&id(0), &same, &["--custody", "press"]).ends(0).says(&["no risk"]);
    record(&id(0), &same, &["--custody", "press"]).ends(0).says(&["0 recorded, 1 recorded before"]);
    record(&id(1), "A=1,B=2,C=3", &["--custody", "press"]).ends(0);
    record(&id(399), "A=1,B=2,C=3", &["--custody", "press"]).ends(0);
    islands.audit(&["record", &id(2), "--not-found", "--convenience", "--custody", "press"]).ends(0);
    islands.freeze(&[]).ends(0);
    let sheet = islands.audit(&["draw", "--seed", SEED]).ends(0).out;
    let drawn = islands.tables(Path::new(sheet.trim()));
    record(&drawn[3], "A=1,B=2,C=3", &["--custody", "press"]).ends(1).says(&["was drawn for an audit"]);
    let status = islands.status();
    let c = &status["convenience"];
    let counts = ["n_sheets", "n_matching", "n_differing", "n_not_found", "n_not_counted"];
    assert_eq!(counts.map(|key| c[key].as_u64().unwrap()), [4, 1, 1, 1, 1]);
    assert_eq!(status["held"][0]["assertions"][0]["risk"], Value::Null);
    assert_eq!(status["held"][0]["n_in_order"], 0);
    islands.audit(&["status"]).ends(0).says(&["never given a risk"]);
    run_in(&islands.folder, &["report"]).ends(0);
    let html = checked_page(&islands.folder);
    assert!(html.contains("such a sample has no risk"));
    journal_is_sound(&islands.folder);
}

#[test]
fn bad_input_names_itself_and_a_correction_is_one_more_event() {
    let islands = islands();
    islands.freeze(&[]).ends(0);
    let sheet = islands.audit(&["draw", "--seed", SEED]).ends(0).out;
    let sheet = sheet.trim();
    let tables = islands.tables(Path::new(sheet));
    let record = |table: &str, more: &[&str]| islands.audit(&[&["record", table], more].concat());
    let table = tables[0].as_str();
    let elsewhere = (0..390).map(id).find(|t| !tables.contains(t)).unwrap();
    let good = ["--votes", "A=120,B=80,C=1"];
    for (table, args, said) in [
        ("1", &good[..], "1 is no table of this election"),
        ("99.99", &good, "99.99 is no table"),
        (&elsewhere, &good, "was not drawn"),
        (table, &["--votes", "A=-120,B=80,C=1"], "A is \"-120\""),
        (table, &["--votes", "A=99999999999,B=80,C=1"], "no table holds so many"),
        (table, &["--votes", "A=1.5,B=80,C=1"], "no whole number"),
        (table, &["--votes", "A=120,B=80"], "no count for C"),
        (table, &["--votes", "A=120,B=80,C=1,D=2"], "no contestant D"),
        (table, &["--votes", "A=200,B=100,C=1"], "301 votes, but only 300 electors"),
        (table, &["--votes", "A=200,B=100,C=0", "--null", "1"], "--as-written"),
        (table, &["--votes", "A=120,B=80,C=1", "--null", "-1"], "null is \"-1\""),
        (table, &["--votes", "A=120,B=80,C=1", "--stamp", "perhaps"], "stamp is \"perhaps\""),
        (table, &["--votes", "A=120,B=80,C=1", "--custody", "the party!"], "the party!"),
        (table, &["--lines", "60,60,80"], "3 ballot lines, but the form has 4"),
        (table, &["--lines", "60,60,80,1", "--votes", "A=121,B=80,C=1"], "A is 121, but its lines"),
        (table, &["--lines", "60,-60,80,1"], "lines is \"-60\""),
    ] {
        record(table, args).ends(1).says(&[said, "It was not recorded"]);
    }
    record(table, &[]).ends(2);
    record(table, &["--not-found", "--null", "3"]).ends(2);
    assert_eq!(events_by_kind(&islands.folder).get("audit.inspected"), None);

    record(table, &["--lines", "60,60,80,1", "--null", "2"]).ends(0);
    record(table, &["--votes", "A=121,B=80,C=1"]).ends(1).says(&["recorded before", "--correct"]);
    record(table, &["--votes", "A=200,B=100,C=1", "--correct", "--as-written"]).ends(0);
    record(table, &["--not-found", "--correct"]).ends(0);
    let shown = run_in(&islands.folder, &["journal", "show"]).ends(0).out;
    assert_eq!(shown.matches("\"kind\":\"audit.inspected\"").count(), 3, "the journal keeps all");
    assert_eq!(islands.status()["held"][0]["n_not_found"], 1, "the last stands");
    journal_is_sound(&islands.folder);

    let file = |text: &str| islands.temp.write("typed.csv", text).to_str().unwrap().to_owned();
    let from =
        |text: &str, more: &[&str]| islands.audit(&[&["record", "--from", &file(text)], more].concat());
    from("", &[]).fails(3, &["typed.csv", "is empty"]);
    from("table,A,B,C\n", &[]).fails(3, &["typed.csv", "found"]);
    from("table,found,A,B\n", &[]).fails(3, &["no column C"]);
    from("table,found,A,B,C\n\"01.01,yes", &[]).ends(1).says(&["typed.csv:2:", "quotation mark"]);
    from("table,found,A,B,C\n01.01,yes,1,1,1,1\n", &[]).ends(1).says(&["6 cells"]);
    from("table,found,A,B,C\n\u{fffd}\u{1b}[31m,yes,1,1,1\n", &[]).ends(1).says(&["typed.csv:2:"]);
    islands.audit(&["record", "--from", "nowhere.csv"]).fails(3, &["nowhere.csv", "not there"]);
    let [one, two] = [&tables[1], &tables[2]];
    let text = format!(
        "table,found,custody,A,B,C,null,stamp\n{one},maybe,,1,1,1,,\n{two},yes,,1,x,1,,\n{two},no,,,,,,\n\
         {one},,,,,,,\n9,yes,,1,1,1,,\n{0},no,,4,,,,\n{1},sí,,100,50,2,1,Differs\n",
        tables[3], tables[4]
    );
    let refused = from(&text, &[]).ends(1);
    let refused = refused.says(&[
        "typed.csv:2:",
        "maybe",
        "typed.csv:3:",
        "B is \"x\"",
        "typed.csv:4:",
        "stands twice",
    ]);
    refused.says(&["typed.csv:6:", "9 is no table", "typed.csv:7:", "A says 4", "Nothing was recorded"]);
    let json = from(&text, &["--format", "json"]).ends(1).json();
    let lines: Vec<u64> =
        json["refused"].as_array().unwrap().iter().map(|r| r["line"].as_u64().unwrap()).collect();
    assert_eq!((lines, &json["recorded"], &json["blank"]), (vec![2, 3, 4, 6, 7], &0.into(), &1.into()));
    csv_is_harmless(&from(&text, &["--format", "csv"]).ends(1).out);
    from(&text, &["--allow-refused"])
        .ends(1)
        .says(&["1 recorded, 0 recorded before, 1 not filled in yet, 5 refused"]);
    assert_eq!(islands.status()["held"][0]["n_out_of_order"], 1);

    let five = &tables[5];
    from(&format!("lines,table,found,null\n60 61 80 1,{five},yes,0\n"), &[]).ends(0).says(&["1 recorded"]);
    let held = islands.status()["held"][0].clone();
    let inspected =
        held["inspections"].as_array().unwrap().iter().find(|i| i["id"] == **five).unwrap().clone();
    assert_eq!((&inspected["votes"]["A"], &inspected["votes"]["C"]), (&121.into(), &1.into()));

    // Nobody leads where no sheet counts.
    let empty = new_folder(&islands.temp, "empty", islands.temp.join("islands").to_str().unwrap());
    run_in(&empty, &["audit", "plan"]).fails(3, &["Nobody leads"]);
    run_in(&empty, &FREEZE).fails(3, &["Nobody leads"]);

    // Names and texts that go nowhere.
    islands.audit(&["status", "--format", "csv"]).ends(0);
    islands.audit(&["draw", "--audit", "other"]).fails(2, &["no audit other", "audit-1"]);
    let wrong = |args: &[&str], code: i32, said: &[&str]| {
        run_in(
            &islands.folder,
            &[&["audit", "freeze", "--custody", "c", "--seed-procedure", "dice"], args].concat(),
        )
        .fails(code, said);
    };
    wrong(&["--missing", "nothing"], 2, &["no treatment nothing", "sheets-only"]);
    wrong(&["--missing", "sheets-only", "--name", "../up"], 2, &["../up"]);
    let ran = run_in(
        &islands.folder,
        &["audit", "freeze", "--missing", "sheets-only", "--custody", "c", "--seed-procedure", " "],
    );
    ran.fails(2, &["how the seed will be made"]);
    for wrong in ["0", "51", "-1", "five"] {
        islands.freeze(&[&format!("--risk={wrong}")]).ends(2).says(&["percentage"]);
    }
    journal_is_sound(&islands.folder);
}

#[test]
fn killed_steps_are_gone_on_with() {
    let islands = islands();
    let freeze: Vec<&str> = FREEZE.to_vec();
    for ms in [0, 10, 30, 60, 100] {
        kill_when(&args_in(&islands.folder, &freeze), Duration::from_millis(ms), || false);
        journal_is_sound(&islands.folder);
    }
    islands.freeze(&[]).ends(0);
    let draw = ["audit", "draw", "--seed", SEED];
    for ms in [0, 10, 20, 40] {
        kill_when(&args_in(&islands.folder, &draw), Duration::from_millis(ms), || false);
        journal_is_sound(&islands.folder);
    }
    let sheet = run_in(&islands.folder, &draw).ends(0).out;
    let sheet = sheet.trim();
    let n = islands.tables(Path::new(sheet)).len();
    assert_eq!(islands.redone("audit-1"), islands.tables(Path::new(sheet)));
    islands.fill(Path::new(sheet), n, &BTreeMap::new());
    let record = ["audit", "record", "--from", sheet];
    for ms in [0, 10, 20, 40] {
        kill_when(&args_in(&islands.folder, &record), Duration::from_millis(ms), || false);
        let n_inspected = events_by_kind(&islands.folder).get("audit.inspected").copied().unwrap_or(0);
        assert!(n_inspected == 0 || n_inspected == n, "all or nothing: {n_inspected}");
    }
    run_in(&islands.folder, &record).ends(0).says(&["within the limit"]);
    let kinds = events_by_kind(&islands.folder);
    assert_eq!((kinds["audit.frozen"], kinds["audit.drawn"], kinds["audit.inspected"]), (1, 1, n));
    journal_is_sound(&islands.folder);
    // A list that was changed since is noticed, whatever is asked.
    let sha256 = islands.status()["held"][0]["list_sha256"].as_str().unwrap().to_owned();
    let kept = islands.folder.join("sources").join(sha256);
    let text = std::fs::read_to_string(&kept).unwrap();
    std::fs::write(&kept, text.replacen("01.01,", "01.01,9", 1)).unwrap();
    islands.audit(&["status"]).fails(3, &[kept.to_str().unwrap()]);
    run_in(&islands.folder, &["journal", "check"]).ends(1);
}

#[test]
fn nobodys_text_becomes_markup_or_a_command() {
    let islands = islands();
    let hostile = "</title><script>alert(1)</script> $(reboot) `reboot`\u{202e}\u{1b}[31m =1+1";
    let freeze =
        ["audit", "freeze", "--missing", "sheets-only", "--custody", "c", "--seed-procedure", hostile];
    run_in(&islands.folder, &freeze).ends(0);
    let announced = std::fs::read_to_string(islands.dir("audit-1").join("announcement.txt")).unwrap();
    is_harmless(&announced);
    for seed in [
        "1234567890123456789'",
        "$(reboot)1234567890123456",
        "12345678901234567890\n1",
        "…1234567890123456789",
    ] {
        islands.audit(&["draw", "--seed", seed]).ends(2);
    }
    let sheet = islands.audit(&["draw", "--seed", SEED]).ends(0).out;
    assert_eq!(islands.redone("audit-1"), islands.tables(Path::new(sheet.trim())));
    islands.audit(&["abandon", "audit-1", "--why", hostile]).ends(0);
    islands.audit(&["status"]).ends(0).says(&["given up: </title>"]);
    for lang in ["en", "es"] {
        run_in(&islands.folder, &["report", "--lang", lang]).ends(0);
        let html = checked_page(&islands.folder);
        assert!(html.contains("&lt;script&gt;") && !html.contains("<script"));
        assert!(!html.contains(['\u{202e}', '\u{1b}']));
    }
    is_harmless(std::str::from_utf8(&report_file(&islands.folder, "results.json")).unwrap());
    journal_is_sound(&islands.folder);
}

/// What is drawn and recorded follows from the chained events and the frozen list, whatever was edited since.
#[test]
fn what_was_frozen_and_drawn_stands() {
    let islands = islands();
    islands.freeze(&[]).ends(0);
    islands.freeze(&["--method", "alpha"]).fails(3, &["audit-1 is still going on"]);
    let sheet = islands.audit(&["draw", "--seed", SEED]).ends(0).out;
    let tables = islands.tables(Path::new(sheet.trim()));
    islands.audit(&["draw", "--seed", SEED]).ends(0).says(&["nothing new was drawn"]);
    assert_eq!(islands.redone("audit-1"), tables);

    // Selections in another order, and newer sheets: the frozen list stands.
    let toml = islands.folder.join("election/islands/election.toml");
    let text = std::fs::read_to_string(&toml).unwrap();
    let blocks: Vec<&str> = text.split("[[selections]]").collect();
    std::fs::write(&toml, [blocks[0], blocks[2], blocks[1], blocks[3]].join("[[selections]]")).unwrap();
    let newer = islands.temp.write("newer.csv", "T,A,B,C,N\n01.01,1,2,3,4\n");
    let newer = newer.to_str().unwrap();
    let import = ["import", newer, "--source", "volunteers", "--version", "2", "--supersedes", "1"];
    run_in(&islands.folder, &import).ends(0);
    islands.fill(Path::new(sheet.trim()), tables.len(), &BTreeMap::new());
    islands.audit(&["record", "--from", sheet.trim()]).ends(0).says(&["within the limit"]);
    let held = islands.status()["held"][0].clone();
    assert_eq!((&held["advice"], &held["n_sheets"]), (&"confirmed".into(), &390.into()));
    journal_is_sound(&islands.folder);
}
