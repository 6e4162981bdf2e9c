//! What a claim can give at most, and a claim about tables that are all counted.

use serde_json::Value;
use tallyproof_analysis::results::analyse;
use tallyproof_core::facts::{Facts, Source, Version};
use tallyproof_core::pack::Pack;
use tallyproof_core::register::Register;
use tallyproof_core::transcription::Transcription;

/// Two contestants in two towns of two tables; the claim stands at `{claim}`.
const PACK: &str = r###"
schema_version = 1
[election]
title = { en = "Valley", es = "Valle" }
contest = { en = "Mayor", es = "Alcaldía" }
date = "2032-05-09"
rule = "plurality"
[tables]
pattern = "##"
count = 4
[[levels]]
id = "town"
chars = 1
name = { en = "town", es = "pueblo" }
plural = { en = "towns", es = "pueblos" }
[[selections]]
id = "A"
name = "Ana"
color = "#112233"
[[selections]]
id = "B"
name = "Blas"
color = "#445566"
[register]
file = "register.csv"
encoding = "utf-8"
table = "{table:2}"
electors = "electors"
[[mappings]]
id = "numbers"
encoding = "utf-8"
table = "{table:2}"
null = "null"
electors = "electors"
votes = { A = "A", B = "B" }
[[claims]]
id = "board"
who = "Board"
when = "2032-05-10"
source = "Announcement"
scope = "country"
title = { en = "Announcement", es = "Anuncio" }
{claim}
"###;

const REGISTER: &str = "table,electors\n11,100\n12,100\n21,100\n22,100\n";

/// 290 votes of 300 electors: A 170, B 110, null 10.
const THREE: &str = "table,A,B,null,electors\n11,60,35,5,100\n12,60,30,3,100\n21,50,45,2,100\n";

/// The fourth table: A 30, B 20, null 0 of 100.
const FOUR: &str = "22,30,20,0,100\n";

fn claim(rows: &str, claim: &str) -> Value {
    let pack = Pack::parse("valley", &PACK.replace("{claim}", claim)).unwrap();
    let file = pack.register.as_ref().unwrap();
    let register = Register::parse(REGISTER.as_bytes(), file, &pack.pattern, &[1]).unwrap();
    let transcription = Transcription::parse(rows.as_bytes(), &pack.mappings[0], &pack).unwrap();
    let version =
        Version { label: "V1".into(), supersedes: Vec::new(), sha256: String::new(), transcription };
    let sources = vec![Source::new("somebody".into(), vec![version]).unwrap()];
    let facts = Facts::new(pack, Some(register), sources);
    let analysis = analyse(&facts);
    let results: Value = serde_json::from_slice(&analysis.results.to_json()).unwrap();
    assert_eq!(results["election"]["electors"], 400, "the register's, where the pack says nothing");
    results["claims"][0].clone()
}

fn verdict(rows: &str, said: &str) -> String {
    claim(rows, said)["verdict"].as_str().unwrap().to_owned()
}

fn failed(rows: &str, said: &str) -> Vec<String> {
    let claim = claim(rows, said);
    let tests = claim["tests"].as_array().unwrap().iter().filter(|test| test["passed"] == false);
    tests
        .map(|test| format!("{}:{}", test["id"].as_str().unwrap(), test["about"].as_str().unwrap()))
        .collect()
}

/// A table is missing, with 100 electors: nobody can have more than the sheets and these give.
#[test]
fn a_claim_cannot_give_more_than_the_electors_that_are_left() {
    assert_eq!(verdict(THREE, "votes = { A = 270, B = 110 }"), "consistent");
    assert_eq!(verdict(THREE, "votes = { A = 271, B = 110 }"), "contradicted");
    assert_eq!(failed(THREE, "votes = { A = 271, B = 110 }"), ["room:A"]);
    assert_eq!(failed(THREE, "votes = { A = 1000000, B = 110 }\nvalid = 1000110"), ["room:A", "room:valid"]);
}

/// Nothing is missing: what is claimed is what the sheets say, or it is not.
#[test]
fn where_every_table_is_counted_shares_and_turnout_can_be_tested() {
    let all = format!("{THREE}{FOUR}");
    assert_eq!(verdict(&all, "votes = { A = 200, B = 130 }"), "consistent");
    assert_eq!(failed(&all, "votes = { A = 201, B = 130 }"), ["room:A"]);
    assert_eq!(verdict(&all, "shares = { A = \"60.6\", B = \"39.4\" }"), "consistent");
    assert_eq!(verdict(&all, "shares = { A = \"39.4\", B = \"60.6\" }"), "contradicted");
    assert_eq!(
        failed(&all, "shares = { A = \"60.5\", B = \"39.5\" }"),
        ["share-on-sheets:A", "share-on-sheets:B"]
    );
    // 340 votes of 400 electors.
    assert_eq!(verdict(&all, "turnout = \"85.0\""), "consistent");
    assert_eq!(failed(&all, "turnout = \"20.0\""), ["subset:turnout", "turnout-on-sheets:turnout"]);
    assert_eq!(failed(&all, "turnout = \"90.0\""), ["turnout-on-sheets:turnout"]);
    // While a table is missing, neither can be told.
    assert_eq!(verdict(THREE, "shares = { A = \"39.4\", B = \"60.6\" }"), "not-testable");
}

/// A claim about a town is tested with the town's tables and electors, and its false sheets are a share of them.
#[test]
fn of_an_area_its_own_tables_are_the_whole() {
    let town = |code: &str, votes: &str| {
        format!("area = {{ level = \"town\", code = \"{code}\" }}\nvotes = {votes}")
    };
    assert_eq!(verdict(THREE, &town("1", "{ A = 120, B = 65 }")), "consistent");
    assert_eq!(failed(THREE, &town("1", "{ A = 121, B = 65 }")), ["room:A"], "both its tables are counted");
    assert_eq!(verdict(THREE, &town("2", "{ A = 150, B = 45 }")), "consistent");
    assert_eq!(failed(THREE, &town("2", "{ A = 151, B = 45 }")), ["room:A"]);
    let halved = claim(THREE, &town("1", "{ A = 60, B = 65 }"));
    assert_eq!(halved["verdict"], "contradicted");
    let budget = &halved["false_sheets"][2];
    assert_eq!((&budget["n_sheets"], &budget["share_of_sheets"]), (&1.into(), &0.5.into()), "{budget:#}");
}

#[test]
fn more_voters_than_electors_follow_from_nothing() {
    assert_eq!(verdict(THREE, "voters = 380\nelectors = 370"), "not-derivable");
    assert_eq!(failed(THREE, "voters = 380\nelectors = 370"), ["voters-within-electors:voters"]);
    assert_eq!(failed(THREE, "voters = 380\nelectors = 380"), Vec::<String>::new());
}

/// Two sources of equal trust differ on a table: whichever is believed, the lead must hold, or it is open.
#[test]
fn a_lead_that_hangs_on_which_account_is_believed_is_disputed() {
    let pack = Pack::parse("valley", &PACK.replace("{claim}", "votes = { A = 1, B = 1 }")).unwrap();
    let source = |id: &str, rows: &str| {
        let transcription = Transcription::parse(rows.as_bytes(), &pack.mappings[0], &pack).unwrap();
        let version =
            Version { label: "V1".into(), supersedes: Vec::new(), sha256: String::new(), transcription };
        Source::new(id.into(), vec![version]).unwrap()
    };
    let common = "table,A,B,null,electors\n11,60,30,0,100\n12,40,40,0,100\n";
    let disputed = |other: &str| {
        let sources = vec![
            source("one", &format!("{common}21,50,20,0,100\n")),
            source("two", &format!("{common}{other}")),
        ];
        let facts = Facts::new(pack.clone(), None, sources);
        let results: Value = serde_json::from_slice(&analyse(&facts).results.to_json()).unwrap();
        let groups = results["robustness"].as_array().unwrap();
        let group = groups.iter().find(|group| group["of"] == "in-conflict").unwrap().clone();
        assert_eq!(group["leading_otherwise"], "A", "as the first account has it");
        (group["changes_leader"].as_bool().unwrap(), results["wording"]["lead"].as_str().unwrap().to_owned())
    };
    assert!(!disputed("21,45,25,0,100\n").0);
    assert_eq!(disputed("21,20,60,0,100\n"), (true, "disputed".to_owned()));
}

/// Voters and null votes are bounded like votes, where the sheets give all kinds.
#[test]
fn voters_and_null_votes_have_no_more_room_than_votes() {
    let all = format!("{THREE}{FOUR}");
    assert_eq!(failed(&all, "voters = 341"), ["room:voters"]);
    assert_eq!(failed(&all, "null = 11"), ["room:null"]);
    assert_eq!(verdict(&all, "voters = 340\nnull = 10"), "consistent");
    assert_eq!(failed(THREE, "voters = 391"), ["room:voters"], "290 voters and 100 electors");
    let silent = "table,A,B,null,electors\n11,60,35,,100\n12,60,30,3,100\n21,50,45,2,100\n22,30,20,0,100\n";
    assert_eq!(failed(silent, "voters = 341"), Vec::<String>::new(), "a sheet does not say how many");
}
