//! The NIST report: every reference resolves, and counts are those of the tabulation.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use tallyproof_analysis::results::analyse_with;
use tallyproof_evidence::exports::nist_report;
use tallyproof_evidence::tables::Published;

use crate::elections::{Known, issue, small};

pub(crate) fn report(known: &Known) -> Value {
    let analysis = analyse_with(&known.facts, &known.audits);
    let published = Published::new(&known.facts, &analysis, &known.audits, known.images());
    serde_json::from_slice(&nist_report(&published, &issue(), Vec::new()).unwrap()).unwrap()
}

/// Every `@id` with its type, each once, and every reference with where it stands.
pub(crate) fn dangling(report: &Value) -> Vec<String> {
    let mut ids: BTreeMap<String, String> = BTreeMap::new();
    let mut wanted: Vec<(String, String)> = Vec::new();
    let mut twice = Vec::new();
    let mut walk = vec![report];
    while let Some(value) = walk.pop() {
        match value {
            Value::Array(all) => walk.extend(all),
            Value::Object(all) => {
                let kind = all.get("@type").and_then(Value::as_str).unwrap_or_default().to_owned();
                for (name, value) in all {
                    let one = |id: &Value| id.as_str().unwrap_or_default().to_owned();
                    match name.as_str() {
                        "@id" if ids.insert(one(value), kind.clone()).is_some() => twice.push(one(value)),
                        "@id" => {}
                        name if name.ends_with("Ids") => {
                            let all = value.as_array().unwrap();
                            wanted.extend(all.iter().map(|id| (name.to_owned(), one(id))));
                        }
                        name if name.ends_with("Id") && name != "VendorApplicationId" => {
                            wanted.push((name.to_owned(), one(value)));
                        }
                        _ => walk.push(value),
                    }
                }
            }
            _ => {}
        }
    }
    let wants = |name: &str| match name {
        "CandidateIds" => "ElectionResults.Candidate",
        _ => "ElectionResults.ReportingUnit",
    };
    let mut wrong: BTreeSet<String> = twice.into_iter().map(|id| format!("{id} stands twice")).collect();
    wrong.extend(wanted.into_iter().filter_map(|(name, id)| {
        (ids.get(&id).map(String::as_str) != Some(wants(&name))).then(|| format!("{name}: {id}"))
    }));
    wrong.into_iter().collect()
}

/// Counts of one selection by unit.
pub(crate) fn counts(report: &Value, selection: usize) -> BTreeMap<String, u64> {
    let all = &report["Election"][0]["Contest"][0]["ContestSelection"][selection]["VoteCounts"];
    let all = all.as_array().unwrap().iter();
    all.map(|c| (c["GpUnitId"].as_str().unwrap().to_owned(), c["Count"].as_u64().unwrap())).collect()
}

#[test]
fn references_resolve_and_the_checker_sees_one_that_does_not() {
    let mut report = report(&small());
    assert_eq!(dangling(&report), Vec::<String>::new());
    report["Election"][0]["ElectionScopeId"] = "nowhere".into();
    report["GpUnit"][1]["@id"] = report["GpUnit"][0]["@id"].clone();
    let wrong = dangling(&report);
    assert!(wrong.contains(&"ElectionScopeId: nowhere".to_owned()), "{wrong:?}");
    assert!(wrong.contains(&"country stands twice".to_owned()), "{wrong:?}");
}

#[test]
fn counts_are_those_of_the_sheets_that_count() {
    let known = small();
    let report = report(&known);
    // 01.01: two copies agree; 01.03: code and print agree. 01.02: copy and code agree on the votes. 03.01: a
    // coordinator decided.
    let a = counts(&report, 0);
    let expected = [
        ("area.town.01", 340),
        ("area.town.03", 50),
        ("country", 390),
        ("table.01.01", 100),
        ("table.01.02", 90),
        ("table.01.03", 150),
        ("table.03.01", 50),
    ];
    assert_eq!(a.into_iter().collect::<Vec<_>>(), expected.map(|(unit, n)| (unit.to_owned(), n)));
    assert_eq!(report["Status"], "unofficial-partial");
    let units = report["GpUnit"].as_array().unwrap();
    let unit = |id: &str| units.iter().find(|u| u["@id"] == id).unwrap();
    // Town 02 has a table and no counted sheet: no counts, rather than zeros.
    assert_eq!(unit("area.town.02")["CountStatus"][0]["Status"], "not-processed");
    assert_eq!(unit("area.town.01")["ExternalIdentifier"][0]["Value"], "X01");
    assert_eq!(unit("table.01.03")["ExternalIdentifier"][0]["Value"], "a".repeat(64));
    assert_eq!(unit("area.town.01")["ComposingGpUnitIds"].as_array().unwrap().len(), 3);
    let ballots = report["Election"][0]["BallotCounts"].as_array().unwrap();
    let of = |id: &str| ballots.iter().find(|b| b["GpUnitId"] == id);
    assert_eq!(of("table.01.03").unwrap()["BallotsCast"], 224);
    assert_eq!(of("table.01.03").unwrap()["BallotsRejected"], 4);
}
