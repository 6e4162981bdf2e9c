//! Whatever claims and sheets say, there are findings and figures or reasons: never NaN, infinity or a panic.

use std::fmt::Write as _;

use proptest::prelude::*;
use serde_json::Value;
use tallyproof_analysis::results::{Results, analyse};
use tallyproof_core::facts::{Facts, Source, Version};
use tallyproof_core::pack::Pack;
use tallyproof_core::register::Register;
use tallyproof_core::transcription::Transcription;

use crate::claims::SMALL;

fn facts(claim: &str, rows: &str, register: Option<&[(String, u32)]>) -> Option<Facts> {
    let head = "[[claims]]\nid = \"c\"\nwho = \"w\"\nwhen = \"2031-05-05\"\nsource = \"s\"\n\
                title = { en = \"t\", es = \"t\" }\n";
    let pack = Pack::parse("small", &format!("{SMALL}{head}{claim}")).ok()?;
    let listed = register.map(|tables| Register {
        tables: tables.iter().filter_map(|(id, e)| Some((pack.pattern.id(id)?, Some(*e)))).collect(),
        ..Register::default()
    });
    let transcription = Transcription::parse(rows.as_bytes(), &pack.mappings[0], &pack).unwrap();
    let version = Version { label: "1".into(), supersedes: vec![], sha256: String::new(), transcription };
    Some(Facts::new(pack, listed, vec![Source::new("s".into(), vec![version]).unwrap()]))
}

/// No figure is anything but a finite number or null; probabilities and shares of a whole lie in 0..=1.
fn check(results: &Results) {
    fn walk(key: &str, value: &Value) {
        match value {
            Value::Object(members) => members.iter().for_each(|(key, value)| walk(key, value)),
            Value::Array(members) => members.iter().for_each(|value| walk(key, value)),
            Value::Number(n) => {
                let x = n.as_f64().unwrap();
                assert!(x.is_finite(), "{key}: {x}");
                let p = key == "p" || key.starts_with("p_") || key == "probability" || key == "coverage";
                let part = ["share_of_tables", "share_of_sheets", "margin_share"].contains(&key);
                // A count of sheets beyond the tables said to exist is a finding, not a share.
                let over = key == "share_of_tables" && x > 1.0;
                assert!(!(p || part) || over || (0.0..=1.0).contains(&x), "{key}: {x}");
            }
            _ => {}
        }
    }
    walk("", &serde_json::from_slice(&results.to_json()).unwrap());
    for claim in &results.claims {
        assert!(["contradicted", "not-derivable", "consistent", "not-testable"].contains(&claim.verdict));
        for budget in &claim.false_sheets {
            assert!(budget.n_sheets <= results.tabulation.n_tables_seen, "{budget:?}");
        }
    }
}

/// Counts that claims are full of, and counts they should never be.
fn count() -> impl Strategy<Value = i64> {
    prop_oneof![
        0i64..400,
        Just(0),
        Just(1),
        Just(1_000_000_000),
        Just(1_000_000_001),
        Just(i64::MAX / 2),
        Just(i64::MAX),
    ]
}

fn share() -> impl Strategy<Value = String> {
    prop_oneof![
        (0u32..=100).prop_map(|n| n.to_string()),
        (0u32..=1_000).prop_map(|n| format!("{}.{}", n / 10, n % 10)),
        (0u32..=10_000).prop_map(|n| format!("{}.{:02}", n / 100, n % 100)),
        Just("100.000000".to_owned()),
        Just("0".to_owned()),
    ]
}

fn claim() -> impl Strategy<Value = String> {
    let totals = prop::collection::vec(prop::option::of(count()), 5);
    let formula = prop::sample::select(vec![
        "",
        "votes.A - votes.B",
        "votes.A / votes.B",
        "votes.A * votes.B * votes.A * votes.B",
        "(tables_total - 6) / (votes.A - votes.A)",
        "votes.A - (tables_total - votes.B) * electors_total",
    ]);
    let area = prop::sample::select(vec!["", "01", "02", "99"]);
    let scope = prop::sample::select(vec!["country", "sheets"]);
    let shares = prop::option::of((share(), share()));
    let coverage = prop::option::of((share(), prop::option::of((count(), count()))));
    let turnout = prop::option::of(share());
    let second = prop::option::of((count(), count()));
    let group = prop::option::of((count(), share()));
    let parts = (scope, (count(), count()), totals, shares, coverage, turnout, formula, area, second, group);
    parts.prop_map(|(scope, (a, b), totals, shares, coverage, turnout, formula, area, second, group)| {
        let mut toml = format!("scope = \"{scope}\"\nvotes = {{ A = {a}, B = {b} }}\n");
        for (name, total) in ["valid", "null", "voters", "tables", "electors"].iter().zip(totals) {
            if let Some(total) = total {
                let _ = writeln!(toml, "{name} = {total}");
            }
        }
        if let Some((a, b)) = shares {
            let _ = writeln!(toml, "shares = {{ A = \"{a}\", B = \"{b}\" }}");
        }
        if let Some((share, parts)) = coverage {
            // A part larger than its whole is a fault of the pack.
            let parts =
                parts.map_or(String::new(), |(p, w)| format!(", part = {}, whole = {}", p.min(w), p.max(w)));
            let _ = writeln!(toml, "coverage = {{ share = \"{share}\", unit = \"tables\"{parts} }}");
        }
        if let Some(turnout) = turnout {
            let _ = writeln!(toml, "turnout = \"{turnout}\"");
        }
        if !area.is_empty() {
            let _ = writeln!(toml, "area = {{ level = \"district\", code = \"{area}\" }}");
        }
        if let Some((votes, share)) = group {
            let _ = writeln!(
                toml,
                "groups = [{{ label = \"all\", selections = [\"A\", \"B\"], votes = {votes}, share = \"{share}\" }}]"
            );
        }
        if !formula.is_empty() {
            let _ = writeln!(
                toml,
                "statement = {{ formula = \"{formula}\", relation = \"at-least\", stated = {a} }}"
            );
        }
        if let Some((a, b)) = second {
            let _ = writeln!(toml, "[claims.second]\nsource = \"press\"\nvotes = {{ A = {a}, B = {b} }}\nvalid = {b}");
        }
        toml
    })
}

/// Sheets from none to more than exist: 1 to 9 tables in three districts, where six are said to exist.
fn sheets() -> impl Strategy<Value = Vec<(u8, u8, u32, u32)>> {
    let votes = || prop_oneof![0u32..120, Just(0), Just(9_999_999)];
    prop::collection::vec((1u8..4, 1u8..10, votes(), votes()), 0..14)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(600) })]

    #[test]
    fn any_claim_about_any_sheets(
        claim in claim(),
        sheets in sheets(),
        register in prop::option::of(prop::collection::vec((1u8..5, 1u8..10, 0u32..900), 0..20)),
    ) {
        let mut rows = String::from("T,A,B\n");
        for (d, t, a, b) in &sheets {
            let _ = writeln!(rows, "{d:02}.{t:02},{a},{b}");
        }
        let listed: Option<Vec<(String, u32)>> =
            register.map(|r| r.iter().map(|(d, t, e)| (format!("{d:02}.{t:02}"), *e)).collect());
        let facts = facts(&claim, &rows, listed.as_deref());
        prop_assert!(facts.is_some(), "the pack is sound: {}", claim);
        let Some(facts) = facts else { return Ok(()) };
        let results = analyse(&facts).results;
        check(&results);
        prop_assert_eq!(results.to_json(), analyse(&facts).results.to_json());
    }
}

const ROWS: &str = "T,A,B\n01.01,50,10\n01.02,40,20\n02.01,30,30\n";

fn results(claim: &str, rows: &str) -> Results {
    let results = analyse(&facts(claim, rows, None).unwrap()).results;
    check(&results);
    results
}

/// Each kind of bad input gives the finding or verdict that names it.
#[test]
fn bad_input_is_named() {
    let failed = |claim: &str| -> Vec<String> {
        let results = results(claim, ROWS);
        results.claims[0]
            .tests
            .iter()
            .filter(|t| !t.passed)
            .map(|t| format!("{}:{}", t.id, t.about))
            .collect()
    };
    let country = |rest: &str| format!("scope = \"country\"\n{rest}");
    let totals = country("votes = { A = 500, B = 300 }\nvalid = 900\nnull = 1\nvoters = 950\n");
    // More valid votes than the sheets and the electors they leave can give.
    assert_eq!(failed(&totals), ["votes-add-up:valid", "voters-add-up:voters", "room:valid"]);
    let tables = country("votes = { A = 500, B = 300 }\ntables = 7\n");
    assert_eq!(failed(&tables), ["tables-exist:tables"]);
    let shares = country("votes = { A = 500, B = 300 }\nshares = { A = \"70\", B = \"60\" }\n");
    assert_eq!(failed(&shares), ["shares-add-up:shares"]);
    // A share above 100 % is no share: the pack is refused, and says which line.
    let over = format!(
        "{SMALL}[[claims]]\nid = \"c\"\nwho = \"w\"\nwhen = \"2031-05-05\"\nsource = \"s\"\n\
         title = {{ en = \"t\", es = \"t\" }}\nscope = \"country\"\nshares = {{ A = \"100.01\" }}\n"
    );
    let faults = format!("{:?}", Pack::parse("small", &over).unwrap_err());
    assert!(faults.contains("BadShare") && faults.contains("100.01"), "{faults}");
}

#[test]
fn none_one_all_ties_and_selections_without_votes() {
    let claim = "scope = \"country\"\nvotes = { A = 10, B = 9 }\nvalid = 19\n";
    let none = results(claim, "T,A,B\n");
    assert_eq!((none.claims[0].verdict, none.estimate.absent), ("not-testable", Some("no-sheets")));
    assert!(none.forensics.tests.iter().all(|t| t.silent.is_some() && !t.finding));
    assert!(none.audit.plans.iter().all(|p| p.treatments.iter().all(|t| t.v.is_none_or(|v| v == 0))));
    let one = results(claim, "T,A,B\n01.01,5,4\n");
    assert_eq!(one.claims[0].verdict, "consistent");
    assert_eq!(one.estimate.margin.and_then(|m| m.se), None, "one cluster has no spread");
    let all: String =
        (1..=6).map(|t| format!("01.{t:02},5,4\n")).fold("T,A,B\n".to_owned(), |text, row| text + &row);
    let all = results(claim, &all);
    assert_eq!((all.tabulation.n_tables_missing, all.claims[0].verdict), (0, "contradicted"));
    let over: String =
        (1..=9).map(|t| format!("01.{t:02},5,4\n")).fold("T,A,B\n".to_owned(), |text, row| text + &row);
    assert_eq!(results(claim, &over).estimate.absent, Some("more-tables-than-exist"));
    let tie = results(claim, "T,A,B\n01.01,5,5\n01.02,4,4\n");
    assert!(tie.tabulation.tied && tie.audit.outcome_budget.is_none());
    let alone = results(claim, "T,A,B\n01.01,5,0\n01.02,4,0\n");
    assert_eq!((alone.tabulation.ratio, alone.tabulation.shares["B"]), (None, Some(0.0)));
    let empty = results(claim, "T,A,B\n01.01,0,0\n");
    assert_eq!((empty.estimate.absent, empty.tabulation.shares["A"]), (Some("no-votes"), None));
}

/// A register whose electors the sheets exceed, and one that lacks the sheets' tables.
#[test]
fn a_register_that_contradicts_the_sheets_is_a_finding() {
    let claim = "scope = \"country\"\nvotes = { A = 500, B = 300 }\n";
    let small: Vec<(String, u32)> = ["01.01", "01.02", "02.01"].map(|id| (id.to_owned(), 5)).into();
    let results = analyse(&facts(claim, ROWS, Some(&small)).unwrap()).results;
    check(&results);
    assert_eq!(results.findings_by_rule["S203"], 3, "more votes than electors, three times");
    let other: Vec<(String, u32)> = vec![("03.01".to_owned(), 500)];
    let results = analyse(&facts(claim, ROWS, Some(&other)).unwrap()).results;
    check(&results);
    assert_eq!((results.findings_by_rule["S205"], results.tabulation.n_tables_seen), (3, 0));
}
