//! Blank votes that are counted apart: in results and claims, beside valid and null ones, and in nobody's share.

use serde_json::{Value, json};
use tallyproof_analysis::results::analyse;
use tallyproof_analysis::tables::sheets_csv;
use tallyproof_core::facts::{Facts, Source, Version};
use tallyproof_core::pack::Pack;
use tallyproof_core::transcription::Transcription;

/// Two contestants; `{blank}` stands where blank votes are given, or not.
const PACK: &str = r###"
schema_version = 1
[election]
title = { en = "Valley", es = "Valle" }
contest = { en = "Mayor", es = "Alcaldía" }
date = "2032-05-09"
rule = "plurality"
[tables]
pattern = "##"
count = 3
electors = 300
[[selections]]
id = "A"
name = "Ana"
color = "#112233"
[[selections]]
id = "B"
name = "Blas"
color = "#445566"
[[mappings]]
id = "numbers"
encoding = "utf-8"
table = "{table:2}"
null = "null"
{blank}
votes = { A = "A", B = "B" }
[[claims]]
id = "board"
who = "Board"
when = "2032-05-10"
source = "Announcement"
scope = "country"
title = { en = "Announcement", es = "Anuncio" }
votes = { A = 150, B = 70 }
{claimed}
null = 9
voters = 240
"###;

const ROWS: &str = "table,A,B,blank,null\n01,60,30,7,3\n02,50,20,4,2\n";

fn published(blank: &str, claimed: &str) -> (Value, String) {
    let toml = PACK.replace("{blank}", blank).replace("{claimed}", claimed);
    let pack = Pack::parse("valley", &toml).unwrap();
    let transcription = Transcription::parse(ROWS.as_bytes(), &pack.mappings[0], &pack).unwrap();
    let version =
        Version { label: "V1".into(), supersedes: Vec::new(), sha256: String::new(), transcription };
    let facts = Facts::new(pack, None, vec![Source::new("somebody".into(), vec![version]).unwrap()]);
    let analysis = analyse(&facts);
    let sheets = sheets_csv(&facts, &analysis.sheets, Vec::new()).unwrap();
    (serde_json::from_slice(&analysis.results.to_json()).unwrap(), String::from_utf8(sheets).unwrap())
}

#[test]
fn results_give_them_apart() {
    let (results, sheets) = published("blank = \"blank\"", "valid = 220\nblank = 11");
    let tab = &results["tabulation"];
    assert_eq!([&tab["valid"], &tab["blank"], &tab["null"]], [160, 11, 5]);
    assert_eq!((&tab["n_blank_unknown"], &tab["voters"]), (&json!(0), &json!(176)));
    assert_eq!(tab["shares"]["A"], 0.6875, "of valid votes: 110 of 160");
    assert_eq!(tab["by_class"]["single-source"]["blank"], 11);
    let formula = &results["formulas"]["tabulation.voters"];
    assert_eq!(formula, "sum over counted tables of votes of all selections + blank + null");
    assert!(sheets.contains("valid,blank,null,ballots") && sheets.contains("60,30,,7,3,,"), "{sheets}");
}

/// What an election does not count apart is nowhere: its results are what they were before there was such a figure.
#[test]
fn other_elections_know_nothing_of_them() {
    let (results, sheets) = published("", "valid = 220");
    assert!(!results.to_string().contains("blank") && !sheets.contains("blank"), "{results:#}");
    assert_eq!(results["tabulation"]["voters"], 165);
}

#[test]
fn a_claims_voters_are_valid_blank_and_null_votes() {
    let test = |blank: &str, claimed: &str| {
        let (results, _) = published(blank, claimed);
        let tests = results["claims"][0]["tests"].as_array().unwrap();
        let of = tests.iter().find(|test| test["id"] == "voters-add-up");
        of.map(|test| (test["passed"].as_bool().unwrap(), test["formula"].as_str().unwrap().to_owned()))
    };
    let apart = "blank = \"blank\"";
    let with_blank = |passed| Some((passed, "valid + blank + null = voters".to_owned()));
    assert_eq!(test(apart, "valid = 220\nblank = 11"), with_blank(true));
    assert_eq!(test(apart, "valid = 220\nblank = 12"), with_blank(false));
    let partly = |passed| Some((passed, "valid + null ≤ voters".to_owned()));
    assert_eq!(test(apart, "valid = 220"), partly(true), "what it leaves out may be blank");
    assert_eq!(test(apart, "valid = 232"), partly(false));
    assert_eq!(test("", "valid = 231"), Some((true, "valid + null = voters".to_owned())));
}
