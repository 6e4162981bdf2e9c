//! The reference page names every key of the published files.

use std::collections::BTreeSet;

use serde_json::Value;
use tallyproof_analysis::audit::inspection::{Feature, Inspection, Sample, Seen};
use tallyproof_analysis::audit::status::Method;
use tallyproof_analysis::results::{
    AuditFacts, AuditRecord, Choice, RESULTS_SCHEMA_VERSION, analyse, analyse_with,
};
use tallyproof_analysis::tables::{false_sheets_csv, findings_csv, sheets_csv};
use tallyproof_core::facts::{Facts, FaultyImage, ImageFault, Source, Version};
use tallyproof_core::pack::{Mapping, Pack};
use tallyproof_core::register::Register;
use tallyproof_core::transcription::Transcription;

const PAGE: &str = include_str!("../../../docs/reference/results.md");
const PACK: &str = include_str!("../../../elections/costa-serena-2031/election.toml");
const REGISTER: &[u8] = include_bytes!("../../../elections/costa-serena-2031/register.csv");

const ROWS: &str = "mesa,luz,marcial,roberta,solano,nulos\nP2-03-001,90,60,20,10,4\nP2-03-003,90,40,20,10,1\n\
                    P1-01-002,100,1,1,1,0\nP1-01-003,,,,,\n";

/// Facts that fill every part of the results.
fn facts() -> Facts {
    let pack = Pack::parse("costa-serena-2031", PACK).unwrap();
    let chars: Vec<usize> = pack.levels.iter().map(|level| level.chars).collect();
    let register = Register::parse(REGISTER, pack.register.as_ref().unwrap(), &pack.pattern, &chars).unwrap();
    let mapping: &Mapping = pack.mappings.iter().find(|m| m.id == "party").unwrap();
    let transcription = Transcription::parse(ROWS.as_bytes(), mapping, &pack).unwrap();
    let version = Version { label: "1".into(), supersedes: Vec::new(), sha256: "00".into(), transcription };
    let source = Source::new("party".into(), vec![version]).unwrap();
    let fault = ImageFault::Unread("no-code".into());
    let faulty = FaultyImage { image: "11".into(), source: "party".into(), fault };
    Facts::new(pack, Some(register), vec![source]).with_images(Vec::new(), vec![faulty], 1)
}

/// An audit of those sheets, all drawn, one inspected.
fn audits(facts: &Facts) -> AuditFacts {
    let choice = Choice {
        method: Method::Simple,
        risk_ppm: 100_000,
        treatment: "sheets-only".into(),
        cap: None,
        expected_ppm: 999_000,
        most_draws: None,
    };
    let proposal = analyse(facts).propose(&choice).unwrap();
    let inspection = |table: &str, sample| Inspection {
        table: table.into(),
        sample,
        custody: "party".into(),
        votes: Some(vec![90, 60, 20, 10]),
        null: Some(4),
        features: vec![(Feature::Stamp, Seen::Present)],
    };
    let record = AuditRecord {
        id: "first".into(),
        treatment: choice.treatment,
        cap: proposal.cap,
        custody: "party".into(),
        seed_procedure: "Twenty dice".into(),
        reserve_ppm: 0,
        terms: proposal.terms,
        frozen: proposal.frozen,
        seed: Some("12345678901234567890".into()),
        n_wanted: 3,
        abandoned: None,
        inspections: vec![inspection("P2-03-001", Sample::Drawn)],
    };
    let convenience = vec![inspection("P2-03-003", Sample::Convenience)];
    AuditFacts { records: vec![record], convenience }
}

/// Every key but those that are ids of the pack, codes of rules or names of areas: these are data.
fn keys(value: &Value, data: &BTreeSet<String>, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                if !data.contains(key) {
                    found.insert(key.clone());
                }
                if key != "formulas" && key != "findings_by_rule" {
                    keys(member, data, found);
                }
            }
        }
        Value::Array(members) => members.iter().for_each(|member| keys(member, data, found)),
        _ => {}
    }
}

#[test]
fn every_key_of_results_is_in_the_reference() {
    let facts = facts();
    let results: Value =
        serde_json::from_slice(&analyse_with(&facts, &audits(&facts)).results.to_json()).unwrap();
    let held = &results["audit"]["held"][0];
    assert_eq!(held["inspections"][0]["outcome"], "matches");
    assert_eq!(results["audit"]["convenience"]["n_differing"], 1);
    let pack = &facts.pack;
    let ids = pack.selections.iter().map(|s| s.id.clone()).chain(pack.levels.iter().map(|l| l.id.clone()));
    let data: BTreeSet<String> = ids.chain(["en", "es", "party"].map(str::to_owned)).collect();
    let mut found = BTreeSet::new();
    keys(&results, &data, &mut found);
    assert!(found.len() > 90, "{found:?}");
    let missing: Vec<&String> = found.iter().filter(|key| !PAGE.contains(&format!("`{key}`"))).collect();
    assert!(missing.is_empty(), "docs/reference/results.md does not name {missing:?}");
    assert!(PAGE.contains(&format!("This page describes format {RESULTS_SCHEMA_VERSION};")));
}

#[test]
fn every_column_of_the_tables_is_in_the_reference() {
    let facts = facts();
    let analysis = analyse(&facts);
    let sheets = sheets_csv(&facts, &analysis.sheets, Vec::new()).unwrap();
    let findings = findings_csv(&facts, &analysis.findings, Vec::new()).unwrap();
    let wrong = false_sheets_csv(&analysis, Vec::new()).unwrap();
    for (bytes, heading) in
        [(sheets, "## sheets.csv"), (findings, "## findings.csv"), (wrong, "## false-sheets.csv")]
    {
        let section = PAGE.split(heading).nth(1).unwrap().split("\n## ").next().unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let pack = &facts.pack;
        let is_id = |name: &str| pack.selection(name).is_some() || pack.levels.iter().any(|l| l.id == name);
        for column in text.lines().next().unwrap().split(',').filter(|name| !is_id(name)) {
            assert!(section.contains(&format!("`{column}`")), "{heading} does not name {column}");
        }
    }
}
