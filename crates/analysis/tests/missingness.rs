//! The level of clustering follows from how sheets are in fact missing, and a level too low is warned of.

use std::fmt::Write as _;

use serde_json::Value;
use tallyproof_analysis::results::analyse;
use tallyproof_core::facts::{Facts, Source, Version};
use tallyproof_core::pack::Pack;
use tallyproof_core::register::Register;
use tallyproof_core::transcription::Transcription;

use crate::elections::Dice;

const PACK: &str = r###"
schema_version = 1
[election]
title = { en = "Levels", es = "Niveles" }
contest = { en = "Council", es = "Consejo" }
date = "2031-05-04"
rule = "plurality"
[tables]
pattern = "##-##-##-##"
count = 4000
numbered_from = 1
[[levels]]
id = "state"
chars = 2
name = { en = "state", es = "estado" }
plural = { en = "states", es = "estados" }
[[levels]]
id = "parish"
chars = 5
name = { en = "parish", es = "parroquia" }
plural = { en = "parishes", es = "parroquias" }
[[levels]]
id = "centre"
chars = 8
name = { en = "centre", es = "centro" }
plural = { en = "centres", es = "centros" }
[[selections]]
id = "A"
name = "Ana"
color = "#112233"
[[selections]]
id = "B"
name = "Beto"
color = "#445566"
[[mappings]]
id = "plain"
encoding = "utf-8"
table = "{T:11}"
votes = { A = "A", B = "B" }
"###;

/// Every table: 10 states of 10 parishes of 10 centres of 4 tables.
fn tables() -> impl Iterator<Item = [u64; 4]> {
    (0..4_000).map(|i| [i / 400, i / 40 % 10, i / 4 % 10, i % 4 + 1])
}

/// The estimate with those tables missing for which `hidden` says so, knowing all tables or not.
fn estimate(hidden: impl Fn([u64; 4]) -> bool, with_register: bool) -> Value {
    let pack = Pack::parse("levels", PACK).unwrap();
    let id = |[s, p, c, t]: [u64; 4]| format!("{s:02}-{p:02}-{c:02}-{t:02}");
    let mut rows = String::from("T,A,B\n");
    for table in tables().filter(|t| !hidden(*t)) {
        let of_parish = (table[0] * 7 + table[1] * 13) % 50;
        let _ = writeln!(rows, "{},{},{}", id(table), 100 + of_parish, 80 + (table[2] * 11 + table[3]) % 40);
    }
    let known = tables().filter_map(|table| Some((pack.pattern.id(&id(table))?, None)));
    let register = with_register.then(|| Register { tables: known.collect(), ..Register::default() });
    let transcription = Transcription::parse(rows.as_bytes(), &pack.mappings[0], &pack).unwrap();
    let version = Version { label: "1".into(), supersedes: vec![], sha256: String::new(), transcription };
    let facts = Facts::new(pack, register, vec![Source::new("s".into(), vec![version]).unwrap()]);
    serde_json::to_value(analyse(&facts).results).unwrap()
}

fn chosen(results: &Value) -> (&str, &str, Vec<&str>) {
    let estimate = &results["estimate"];
    let warnings = estimate["warnings"].as_array().unwrap().iter().filter_map(Value::as_str);
    let clustering = &estimate["clustering"];
    (clustering["level"].as_str().unwrap(), clustering["reason"].as_str().unwrap(), warnings.collect())
}

#[test]
fn the_level_is_the_lowest_at_which_few_missing_tables_lie_in_empty_units() {
    let mut dice = Dice::new(5);
    let luck: Vec<u64> = (0..4_000).map(|_| dice.next()).collect();
    let number = |[s, p, c, t]: [u64; 4]| usize::try_from(s * 400 + p * 40 + c * 4 + t - 1).unwrap();
    let scattered = estimate(|t| luck[number(t)].is_multiple_of(8), true);
    assert_eq!(chosen(&scattered), ("centre", "few-in-empty-units", vec![]));
    let centres = estimate(|[s, p, c, _]| luck[number([s, p, c, 1])].is_multiple_of(8), true);
    assert_eq!(chosen(&centres), ("parish", "few-in-empty-units", vec![]));
    let parishes = estimate(|[s, p, ..]| luck[number([s, p, 0, 1])].is_multiple_of(5), true);
    let (level, reason, warnings) = chosen(&parishes);
    assert_eq!((level, reason), ("state", "few-in-empty-units"));
    assert_eq!(warnings, ["few-clusters"], "ten states are few clusters");
    let states = estimate(|[s, ..]| s % 4 == 1, true);
    let (level, reason, warnings) = chosen(&states);
    assert_eq!((level, reason), ("state", "widest-still-empty"));
    assert!(warnings.contains(&"level-too-low"), "nothing wider is left to cluster by: {warnings:?}");
}

/// Numbering gaps prove some tables missing without a register, but not which units are wholly empty.
#[test]
fn without_a_register_the_level_is_assumed_and_the_next_is_shown() {
    let gaps = estimate(|[_, p, c, t]| p == c && t == 2, false);
    let (level, reason, warnings) = chosen(&gaps);
    assert_eq!((level, reason, warnings), ("parish", "assumed", vec!["level-assumed"]));
    assert_eq!(gaps["findings_by_rule"]["C104"], 100, "a gap in each of ten centres of ten states");
    let roles = gaps["estimate"]["estimators"].as_array().unwrap();
    let role = |level: &str| {
        let row = roles.iter().find(|e| e["estimator"] == "expansion" && e["level"] == level);
        row.map_or("", |row| row["role"].as_str().unwrap())
    };
    assert_eq!([role("state"), role("parish"), role("centre")], ["above", "chosen", "below"]);
}

/// What hides whole parishes makes an interval clustered by centres too narrow: se grows with the level.
#[test]
fn clusters_below_the_level_at_which_sheets_go_missing_are_marked() {
    let parishes = estimate(|[s, p, ..]| (s * 10 + p) % 7 == 3, true);
    let rows = parishes["estimate"]["estimators"].as_array().unwrap().clone();
    let below: Vec<&Value> = rows.iter().filter(|e| e["role"] == "below").collect();
    let (level, ..) = chosen(&parishes);
    assert_eq!(level, "state");
    assert!(below.iter().any(|e| e["level"] == "centre") && below.iter().any(|e| e["level"] == "table"));
}
