//! An audit from plan to report, and everything that can go wrong on the way.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::report::{checked_page, text};
use crate::support::{
    Ran, Temp, csv_is_harmless, csv_rows, events_by_kind, is_harmless, journal_is_sound, new_folder,
    report_file, results, run_command, run_in,
};

pub(crate) const SEED: &str = "31415926535897932384";
const N_TABLES: usize = 400;

pub(crate) fn id(i: usize) -> String {
    format!("{:02}.{:02}", 1 + i / 20, 1 + i % 20)
}

/// Votes of Alba, Bay and Coast on a sheet.
pub(crate) fn votes(i: usize) -> [usize; 3] {
    [120 + i * 7 % 31, 70 + i * 11 % 23, i % 5]
}

const PACK: &str = r###"schema_version = 1
[election]
title = { en = "SYNTHETIC Islands", es = "Islas SINTÉTICAS (SYNTHETIC)" }
contest = { en = "Council", es = "Consejo" }
date = "2030-02-03"
rule = "plurality"
synthetic = true
[tables]
pattern = "##.##"
count = 400
electors = 120000
numbered_from = 1
note.en = "Four hundred tables."
note.es = "Cuatrocientas mesas."
[[levels]]
id = "island"
chars = 2
name = { en = "island", es = "isla" }
plural = { en = "islands", es = "islas" }
[register]
file = "register.csv"
encoding = "utf-8"
table = "{table:5}"
electors = "electors"
[[selections]]
id = "A"
name = "Ana Alba"
short = "Alba"
color = "#1f6fb4"
[[selections]]
id = "B"
name = "Beto Bay"
short = "Bay"
color = "#c8372d"
[[selections]]
id = "C"
name = "Cira Coast"
short = "Coast"
color = "#3d8b57"
[[lines]]
from = 1
selection = "A"
labels = ["ALBA", "ALBA SUR"]
[[lines]]
from = 3
selection = "B"
labels = ["BAY"]
[[lines]]
from = 4
selection = "C"
labels = ["COAST"]
[policy]
sources_differ = "conflict"
admits = ["two-sources", "single-source"]
[[mappings]]
id = "plain"
encoding = "utf-8"
table = "{T:5}"
null = "N"
[mappings.votes]
A = "A"
B = "B"
C = "C"
"###;

/// A folder with every sheet of the islands but the last ten.
pub(crate) struct Islands {
    pub(crate) temp: Temp,
    pub(crate) folder: PathBuf,
}

pub(crate) fn islands() -> Islands {
    let temp = Temp::new();
    let (mut register, mut sheets) = ("table,electors\n".to_owned(), "T,A,B,C,N\n".to_owned());
    for i in 0..N_TABLES {
        let [a, b, c] = votes(i);
        writeln!(register, "{},300", id(i)).unwrap();
        if i < N_TABLES - 10 {
            writeln!(sheets, "{},{a},{b},{c},{}", id(i), i % 3).unwrap();
        }
    }
    temp.write("islands/election.toml", PACK);
    temp.write("islands/register.csv", register);
    let file = temp.write("sheets.csv", sheets);
    let folder = new_folder(&temp, "work", temp.join("islands").to_str().unwrap());
    run_in(&folder, &["import", file.to_str().unwrap(), "--source", "volunteers"]).ends(0);
    Islands { temp, folder }
}

pub(crate) const FREEZE: [&str; 8] = [
    "audit",
    "freeze",
    "--missing",
    "mean-table",
    "--custody",
    "party-archive",
    "--seed-procedure",
    "Twenty throws of a ten-sided die at noon",
];

impl Islands {
    #[track_caller]
    pub(crate) fn audit(&self, args: &[&str]) -> Ran {
        let ran = run_in(&self.folder, &[&["audit"], args].concat());
        is_harmless(&ran.err);
        is_harmless(&ran.out);
        ran
    }

    #[track_caller]
    pub(crate) fn freeze(&self, more: &[&str]) -> Ran {
        run_in(&self.folder, &[&FREEZE, more].concat())
    }

    pub(crate) fn status(&self) -> Value {
        self.audit(&["status", "--format", "json"]).ends(0).json()
    }

    pub(crate) fn dir(&self, audit: &str) -> PathBuf {
        self.folder.join("audit").join(audit)
    }

    /// A worksheet filled in: the first `n` rows as published, but for those `otherwise`.
    pub(crate) fn fill(&self, worksheet: &Path, n: usize, otherwise: &BTreeMap<usize, &str>) {
        let rows = csv_rows(&std::fs::read_to_string(worksheet).unwrap());
        let at = |name: &str| rows[0].iter().position(|cell| cell == name).unwrap();
        let mut text = rows[0].join(",") + "\n";
        for (k, row) in rows[1..].iter().enumerate() {
            let mut row = row.clone();
            let place = (0..N_TABLES).find(|&i| id(i) == row[at("table")]).unwrap();
            let [a, b, c] = votes(place);
            let (a, b) = match otherwise.get(&k) {
                Some(&"two less") => (a - 2, b + 2),
                _ => (a, b),
            };
            if k < n {
                row[at("found")] = if otherwise.get(&k) == Some(&"missing") { "no" } else { "yes" }.into();
                if row[at("found")] == "yes" {
                    for (name, votes) in [("A", a), ("B", b), ("C", c), ("null", place % 3)] {
                        row[at(name)] = votes.to_string();
                    }
                    row[at("signatures")] = "yes".into();
                    row[at("stamp")] = "absent".into();
                }
            }
            writeln!(text, "{}", row.join(",")).unwrap();
        }
        std::fs::write(worksheet, text).unwrap();
    }

    /// Tables of a worksheet, in order.
    pub(crate) fn tables(&self, worksheet: &Path) -> Vec<String> {
        let rows = csv_rows(&std::fs::read_to_string(worksheet).unwrap());
        let at = rows[0].iter().position(|cell| cell == "table").unwrap();
        rows[1..].iter().map(|row| row[at].clone()).collect()
    }

    /// What `redo.sh` prints: tables by draw.
    pub(crate) fn redone(&self, audit: &str) -> Vec<String> {
        let mut command = Command::new("sh");
        command.arg("redo.sh").current_dir(self.dir(audit));
        let ran = run_command(command).ends(0).says(&["list.csv: OK"]);
        let lines = ran.out.lines().map(|line| line.split(' ').collect::<Vec<_>>());
        lines
            .enumerate()
            .map(|(i, cells)| {
                assert_eq!(cells[0], (i + 1).to_string());
                cells[2].to_owned()
            })
            .collect()
    }
}

/// P(n draws of N all miss K), multiplied out: a second implementation of the simple sample's risk.
fn miss_all(n_sheets: u64, k: u64, n: u64) -> f64 {
    (0..n).map(|j| (n_sheets - k - j) as f64 / (n_sheets - j) as f64).product()
}

#[test]
fn from_plan_to_report() {
    let islands = islands();
    let plan = islands.audit(&["plan", "--format", "json"]).ends(0).json();
    let treatment = &plan["plans"][0]["treatments"][1];
    assert_eq!((&plan["plans"][0]["id"], &treatment["id"]), (&"electors".into(), &"mean-table".into()));
    let (k_min, n) =
        (treatment["k_min"].as_u64().unwrap(), treatment["samples"][1]["simple"].as_u64().unwrap());
    assert!(miss_all(390, k_min, n) <= 0.05 && miss_all(390, k_min, n - 1) > 0.05);
    csv_is_harmless(&islands.audit(&["plan", "--format", "csv"]).ends(0).out);

    // Nothing is drawn, and nothing recorded, before the list is frozen.
    islands.audit(&["draw", "--seed", SEED]).fails(3, &["No audit is frozen", "audit freeze"]);
    islands.audit(&["record", "01.01", "--not-found"]).fails(3, &["No audit is frozen"]);
    islands.freeze(&["--method", "alpha", "--reserve", "5"]).ends(0).says(&["390 sheets"]);
    islands.audit(&["record", "01.01", "--not-found"]).fails(3, &["Nothing was drawn"]);
    let again = islands.freeze(&["--method", "alpha", "--reserve", "5"]).ends(0);
    assert!(again.err.contains("frozen before with these very terms"), "{}", again.err);
    islands.freeze(&["--method", "simple"]).fails(3, &["audit-1 is still going on", "audit abandon"]);
    let announced = std::fs::read_to_string(islands.dir("audit-1").join("announcement.txt")).unwrap();
    let list = std::fs::read(islands.dir("audit-1").join("list.csv")).unwrap();
    let sha256 = tallyproof_core::journal::sha256_hex(&list);
    for part in [sha256.as_str(), "party-archive", "Twenty throws", "ALPHA", "Ana Alba over Beto Bay", "5%"] {
        assert!(announced.contains(part), "{part}: {announced}");
    }

    islands.audit(&["draw"]).fails(2, &["needs the seed"]);
    islands.audit(&["draw", "--seed", "1234"]).fails(2, &["1234 cannot be a seed", "20"]);
    islands.audit(&["draw", "--seed", SEED, "--sheets", "391"]).fails(3, &["announced to end after"]);
    islands.audit(&["draw", "--seed", SEED, "--sheets", "40"]).ends(0).says(&["40 draws", "redo.sh"]);
    islands.audit(&["draw", "--seed", "27182818284590452353"]).fails(3, &["another seed"]);
    // Twenty more with the same seed: a worksheet of their own.
    let drawn = islands.audit(&["draw", "--sheets", "60"]).ends(0);
    let worksheets: Vec<PathBuf> = drawn.out.lines().map(PathBuf::from).collect();
    assert!(worksheets[0].ends_with("worksheet-1-40.csv") && worksheets[1].ends_with("worksheet-41-60.csv"));
    for sheet in &worksheets {
        csv_is_harmless(&std::fs::read_to_string(sheet).unwrap());
        let html = std::fs::read_to_string(sheet.with_extension("html")).unwrap();
        assert!(html.contains("SYNTHETIC") && html.contains("sha256sum") && !html.contains("worksheet-l"));
        assert!(!html.contains("<script") && !html.contains("src="));
    }
    let tables = [islands.tables(&worksheets[0]), islands.tables(&worksheets[1])].concat();
    assert_eq!(tables.len(), 60);
    assert_eq!(islands.redone("audit-1"), tables, "a stranger's commands draw the same");
    // The commands of the page, with this draw's numbers: the page's are an example.
    let page = include_str!("../../../docs/audit.md");
    let commands = page.split("```sh\nseed=").nth(1).unwrap().split("```").next().unwrap();
    let commands = commands.replacen("last=53", "last=100", 1);
    let mut command = Command::new("sh");
    command.arg("-c").arg(format!("seed={commands}")).current_dir(islands.dir("audit-1"));
    let printed = run_command(command).ends(0).out;
    let by_hand: Vec<&str> = printed.lines().map(|line| line.split(' ').nth(2).unwrap()).collect();
    assert!(by_hand.len() > 60 && by_hand[..60] == tables[..], "{printed}");

    // Sixty inspections, two of which differ and one of which finds no paper; the first worksheet in two goes.
    let otherwise = BTreeMap::from([(11, "two less"), (25, "missing")]);
    islands.fill(&worksheets[0], 20, &otherwise);
    let from = |sheet: &Path| -> Ran {
        let sheet = sheet.to_str().unwrap();
        islands.audit(&["record", "--from", sheet, "--inspector", "Quill Person", "--place", "Vault 9"])
    };
    from(&worksheets[0]).ends(0).says(&["20 recorded", "20 not filled in yet", &tables[11], "differs"]);
    let first = islands.status();
    assert_eq!(
        (first["held"][0]["n_in_order"].as_u64(), first["held"][0]["advice"].as_str()),
        (Some(20), Some("go-on"))
    );
    islands.fill(&worksheets[0], 40, &otherwise);
    from(&worksheets[0]).ends(0).says(&["20 recorded, 20 recorded before", "no paper found"]);
    islands.fill(&worksheets[1], 20, &BTreeMap::from([(3, "two less")]));
    from(&worksheets[1]).ends(0).says(&["20 recorded"]);
    // A worksheet that is there is never written over.
    islands.audit(&["draw"]).ends(0).says(&["nothing new was drawn"]);
    from(&worksheets[1]).ends(0).says(&["0 recorded, 20 recorded before"]);

    let held = islands.status()["held"][0].clone();
    assert_eq!((held["n_in_order"].as_u64(), held["n_differing"].as_u64()), (Some(60), Some(2)));
    assert_eq!((held["n_not_found"].as_u64(), held["n_out_of_order"].as_u64()), (Some(1), Some(0)));
    assert_eq!(held["custodies"]["party-archive"], 60);
    assert_eq!(
        (&held["features"]["signatures"]["present"], &held["features"]["stamp"]["absent"]),
        (&59.into(), &59.into())
    );
    let risks: Vec<f64> =
        held["assertions"][0]["risks"].as_array().unwrap().iter().map(|r| r.as_f64().unwrap()).collect();
    assert_eq!(risks.len(), 60);
    assert!(risks.iter().all(|r| (0.0..=1.0).contains(r)) && risks[24] < 0.5 && risks[59] < 0.5);
    assert_eq!(held["assertions"].as_array().unwrap().len(), 2, "over Bay, and over Coast");
    let missing =
        held["inspections"].as_array().unwrap().iter().find(|i| i["outcome"] == "not-found").unwrap();
    let [a, b, _] = votes((0..N_TABLES).find(|&i| id(i) == tables[25]).unwrap());
    assert_eq!(missing["overstatement"], a - b + 300, "a paper that is not found counts as its whole bound");

    // The report says all of it, and the journal can derive it.
    run_in(&islands.folder, &["report"]).ends(0);
    let json = results(&islands.folder);
    assert_eq!(json["audit"]["held"][0], held);
    assert_eq!(run_in(&islands.folder, &["tabulate", "--format", "json"]).ends(0).json(), json);
    let html = checked_page(&islands.folder);
    for part in
        ["Audit audit-1", "Alba over Bay", "plot-audit-risk-0-title", &tables[25], "Missing tables as large"]
    {
        assert!(html.contains(part), "{part}");
    }
    run_in(&islands.folder, &["report", "--lang", "es"]).ends(0);
    let html = checked_page(&islands.folder);
    assert!(html.contains("Alba sobre Bay") && html.contains("semilla"));
    // No message is missing: a key that has no words stands for itself.
    let text = text(&html);
    let keys = ["audit-held", "audit-p", "audit-t", "audit-a", "audit-o", "audit-m", "chart-", "worksheet-"];
    assert!(!keys.iter().any(|key| text.contains(key)));
    journal_is_sound(&islands.folder);
    let before = report_file(&islands.folder, "results.json");
    run_in(&islands.folder, &["journal", "rebuild"]).ends(0);
    run_in(&islands.folder, &["report"]).ends(0);
    assert_eq!(report_file(&islands.folder, "results.json"), before);
    let kinds = events_by_kind(&islands.folder);
    assert_eq!((kinds["audit.frozen"], kinds["audit.drawn"], kinds["audit.inspected"]), (1, 2, 60));
    let shown = run_in(&islands.folder, &["journal", "show"]).ends(0).out;
    assert!(!shown.contains("Quill") && !shown.contains("Vault"), "who and where is private");
}

#[test]
fn a_mismatch_breaks_a_simple_plan_and_another_draw_needs_a_share_of_risk() {
    let islands = islands();
    islands.freeze(&["--risk", "3", "--reserve", "2", "--name", "first"]).ends(0);
    let out = islands.audit(&["draw", "--seed", SEED]).ends(0).out;
    let sheet = PathBuf::from(out.trim());
    let tables = islands.tables(&sheet);
    assert_eq!(islands.redone("first"), tables);
    islands.fill(&sheet, 5, &BTreeMap::new());
    let from = sheet.to_str().unwrap();
    islands.audit(&["record", "--from", from]).ends(0);
    let held = islands.status()["held"][0].clone();
    // The risk after five matching papers, from nothing but the list.
    let list = csv_rows(&std::fs::read_to_string(islands.dir("first").join("list.csv")).unwrap());
    let mut bounds: Vec<u64> = list[1..].iter().map(|row| row[1].parse().unwrap()).collect();
    bounds.sort_unstable_by(|a, b| b.cmp(a));
    let v = held["assertions"][0]["v"].as_u64().unwrap();
    let sums = bounds.iter().scan(0, |sum, u| {
        *sum += u;
        Some(*sum)
    });
    let k_min = sums.take_while(|sum| *sum < v).count() as u64 + 1;
    let risk = held["assertions"][0]["risk"].as_f64().unwrap();
    assert!((risk / miss_all(390, k_min, 5) - 1.0).abs() < 1e-5, "{risk}");
    assert_eq!(held["most_false_95"].as_u64(), (0..=385).filter(|&k| miss_all(390, k, 5) > 0.05).max());

    islands.fill(&sheet, 7, &BTreeMap::from([(6, "two less")]));
    islands.audit(&["record", "--from", from]).ends(0).says(&["not confirmed", "2.00% was set aside"]);
    let held = islands.status()["held"][0].clone();
    assert_eq!((held["advice"].as_str(), held["assertions"][0]["risk"].as_f64()), (Some("broken"), None));
    assert!(held["assertions"][0]["risks"][5].is_number() && held["assertions"][0]["risks"][6].is_null());
    run_in(&islands.folder, &["report"]).ends(0);
    let html = checked_page(&islands.folder);
    assert!(html.contains("Not confirmed: a paper that differs"));

    // A new list, a new seed; what was not set aside is said.
    let beyond = islands.freeze(&["--risk", "5", "--name", "second"]).ends(0);
    assert!(beyond.err.contains("did not set this risk aside"), "{}", beyond.err);
    islands.audit(&["draw", "--seed", SEED]).fails(3, &["was used before"]);
    islands.audit(&["abandon", "second", "--why", "The risk is too large"]).ends(0);
    islands.audit(&["draw", "--audit", "second", "--seed", "27182818284590452353"]).fails(3, &["given up"]);
    islands.audit(&["record", &tables[0], "--not-found", "--audit", "second"]).fails(3, &["given up"]);
    let within = islands.freeze(&["--risk", "2", "--name", "third", "--method", "kaplan-markov"]).ends(0);
    assert!(!within.err.contains("did not set"), "{}", within.err);
    islands.freeze(&["--name", "third"]).fails(3, &["third is still going on"]);
    let out = islands.audit(&["draw", "--seed", "27182818284590452353"]).ends(0).out;
    let held = islands.status()["held"].as_array().unwrap().clone();
    assert_eq!(held.len(), 3);
    assert_eq!(held[1]["abandoned"], "The risk is too large");
    assert_eq!(
        held[2]["assertions"].as_array().unwrap().len(),
        1,
        "drawn by the bounds over the second side"
    );
    // In proportion to size, a sheet can come again; it stands on the worksheet once.
    let redone = islands.redone("third");
    assert_eq!(redone.len() as u64, held[2]["n_drawn"].as_u64().unwrap());
    let mut once: Vec<String> = Vec::new();
    redone.iter().for_each(|t| {
        if !once.contains(t) {
            once.push(t.clone());
        }
    });
    assert_eq!(islands.tables(Path::new(out.trim())), once);
    islands.fill(Path::new(out.trim()), once.len(), &BTreeMap::new());
    islands.audit(&["record", "--from", out.trim()]).ends(0).says(&["within the limit of 2.00%"]);
    run_in(&islands.folder, &["report"]).ends(0);
    let html = checked_page(&islands.folder);
    assert!(
        html.contains("Several audits were drawn here") && html.contains("Given up: The risk is too large")
    );
    journal_is_sound(&islands.folder);
}
