//! The demonstration, from a seed to a report.

use std::path::Path;
use std::time::Duration;

use crate::support::{
    Temp, csv_is_harmless, csv_rows, events_by_kind, journal_is_sound, kill_when, report_file, results, run,
    run_in,
};

const ARGS: [&str; 4] = ["--seed", "7", "--tables", "60"];

fn args(dir: &Path) -> Vec<String> {
    let own = ["demo", dir.to_str().unwrap()].into_iter().chain(ARGS);
    own.map(str::to_owned).collect()
}

fn photos(dir: &Path) -> usize {
    std::fs::read_dir(dir.join("synthetic/photos")).map_or(0, |entries| entries.count())
}

#[test]
fn a_seed_is_a_whole_election_however_often_it_is_disturbed() {
    let temp = Temp::new();
    let calm = temp.join("calm");
    let ran = run(&args(&calm)).ends(0).says(&["SYNTHETIC"]);
    let work = calm.join("work");
    let report = work.join("report/report.html");
    assert!(report.is_file());
    assert!(ran.out.ends_with(&format!("{}\n", report.display())), "{}", ran.out);
    assert!(!ran.out.contains("not found"), "{}", ran.out);
    let found = results(&work);
    assert_eq!(found["election"]["synthetic"], true);
    assert!(found["election"]["title"]["es"].as_str().unwrap().contains("SYNTHETIC"));
    assert_eq!(found["tabulation"]["basis"]["provisional"], true, "not every print confirms its code");
    assert_eq!(found["images"]["n_pending"], 0);
    journal_is_sound(&work);
    every_fault_is_judged(&work);

    // Once more: nothing new, the same bytes.
    let events = events_by_kind(&work);
    let before = report_file(&work, "results.json");
    run(&args(&calm)).ends(0);
    assert_eq!(events_by_kind(&work), events);
    assert_eq!(report_file(&work, "results.json"), before);

    // Another seed or size does not go into the same folder.
    let dir = calm.to_str().unwrap();
    run(&["demo", dir, "--seed", "8", "--tables", "60"]).fails(3, &[dir, "new or an empty folder"]);
    run(&["demo", dir, "--seed", "7", "--tables", "61"]).fails(3, &[dir, "new or an empty folder"]);
    let full = temp.write("full/mine.txt", "mine");
    let full = full.parent().unwrap().to_str().unwrap();
    run(&["demo", full]).fails(3, &[full, "already holds something"]);
    assert_eq!(report_file(&work, "results.json"), before);

    // The same seed in another folder, killed over and over: the same results in the end.
    let wild = temp.join("wild");
    let n = photos(&calm);
    let long = Duration::from_secs(60);
    type Ripe = Box<dyn Fn(&Path) -> bool>;
    let ripe: [(&str, Ripe); 6] = [
        ("a folder and nothing in it", Box::new(|dir| dir.exists())),
        ("a pack, no folder yet", Box::new(|dir| dir.join("synthetic/election").exists())),
        ("a folder being made", Box::new(|dir| dir.join("work").exists())),
        ("some photographs", Box::new(|dir| photos(dir) > 5)),
        ("an original", Box::new(|dir| dir.join("work/originals").exists())),
        ("all photographs", Box::new(move |dir| photos(dir) >= n && dir.join("work/report").exists())),
    ];
    for (_moment, ripe) in &ripe {
        kill_when(&args(&wild), long, || ripe(&wild));
    }
    run(&args(&wild)).ends(0);
    let wild = wild.join("work");
    assert_eq!(report_file(&wild, "results.json"), before);
    assert_eq!(report_file(&wild, "faults.csv"), report_file(&work, "faults.csv"));
    assert_eq!(run_in(&wild, &["status", "--format", "json"]).ends(0).json()["n_events"], {
        run_in(&work, &["status", "--format", "json"]).ends(0).json()["n_events"].clone()
    });
    journal_is_sound(&wild);
}

fn every_fault_is_judged(work: &Path) {
    let faults = String::from_utf8(report_file(work, "faults.csv")).unwrap();
    csv_is_harmless(&faults);
    let rows = csv_rows(&faults);
    assert_eq!(rows[0], ["fault", "table", "file", "verdict"]);
    let kinds = tallyproof::pipeline::demo::FaultKind::ALL;
    assert_eq!(rows.len() - 1, kinds.iter().map(|(_, n)| n).sum::<usize>());
    for row in &rows[1..] {
        assert_eq!(row[3], "found", "{row:?}");
    }
}
