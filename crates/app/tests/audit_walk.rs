//! `docs/tutorials/audit.md`: every command of the page runs, and what the page says they answer is what they answer.

use serde_json::Value;

use crate::pages::{Page, tools_are_there};
use crate::report::checked_page;
use crate::support::{Temp, events_by_kind, journal_is_sound, results};

#[test]
fn every_command_of_the_page_runs() {
    if !tools_are_there("tutorials/audit.md", &["sha256sum", "python3", "awk", "diff", "sed"]) {
        return;
    }
    let temp = Temp::new();
    let page = Page::of("tutorials/audit.md");
    let said = page.run_all(&temp);
    let all = said.concat();
    for line in page.answers().iter().flat_map(|answer| answer.lines()) {
        assert!(all.contains(line), "no {line:?} in:\n{all}");
    }
    for part in ["267 sheets", "66 draws confirm", "2 refused", "Nothing was recorded", "no paper found"] {
        assert!(all.contains(part), "no {part:?} in:\n{all}");
    }
    let [.., first, redone] = said.as_slice() else { panic!("no blocks") };
    let tables: Vec<&str> = first.lines().collect();
    assert!(tables.len() == 2 && tables[0] == tables[1], "by hand and on the worksheet: {tables:?}");
    assert!(redone.contains("the same 90 sheets"), "{redone}");

    let folder = temp.join("tallyproof-demo/work");
    let held = results(&folder)["audit"]["held"][0].clone();
    let counts = ["n_sheets", "n_drawn", "n_in_order", "n_differing", "n_not_found", "n_out_of_order"];
    assert_eq!(counts.map(|key| held[key].as_u64().unwrap()), [267, 90, 90, 2, 1, 0]);
    assert_eq!(held["advice"], "confirmed");
    let risk = |draw: usize| largest_risk(&held, draw);
    assert!(risk(60) > 0.05 && risk(90) <= 0.05, "{} {}", risk(60), risk(90));
    let html = checked_page(&folder);
    assert!(html.contains("Audit audit-1") && html.contains("plot-audit-risk-0-title"));
    let kinds = events_by_kind(&folder);
    assert_eq!((kinds["audit.frozen"], kinds["audit.drawn"], kinds["audit.inspected"]), (1, 2, 90));
    journal_is_sound(&folder);
}

/// Largest risk of any assertion after so many draws.
fn largest_risk(held: &Value, draw: usize) -> f64 {
    let of = |assertion: &Value| assertion["risks"][draw - 1].as_f64().unwrap();
    held["assertions"].as_array().unwrap().iter().map(of).fold(0.0, f64::max)
}
