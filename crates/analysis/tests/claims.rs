//! Claims: STATISTICS §3 on the published table, and laws on random ones.

use proptest::prelude::*;
use tallyproof_analysis::claims::budget::{BudgetCase, Strength, min_false_sheets};
use tallyproof_analysis::results::{PublishedClaim, analyse};
use tallyproof_core::facts::{Facts, Source, Version};
use tallyproof_core::pack::Pack;
use tallyproof_core::transcription::Transcription;

use crate::venezuela_2024::{PACK, facts, published, version};

fn venezuela(v1: bool) -> Option<Vec<PublishedClaim>> {
    let pack = Pack::parse("venezuela-2024", PACK).unwrap();
    let mut versions =
        vec![version(&pack, "V2", if v1 { &["V1"] } else { &[] }, &published("tally-sheets-v2.csv")?)];
    if v1 {
        versions.push(version(&pack, "V1", &[], &published("tally-sheets-v1.csv")?));
    }
    Some(analyse(&facts(pack, versions)).results.claims)
}

fn budgets(claim: &PublishedClaim) -> Vec<(&str, u64, u64, &str)> {
    claim.false_sheets.iter().map(|b| (b.id, b.uncounted_tables, b.n_sheets, b.strength)).collect()
}

#[test]
fn fewest_false_sheets_for_the_bulletins() {
    let Some(claims) = venezuela(false) else { return };
    let claim = |id: &str| claims.iter().find(|c| c.id == id).unwrap();
    let unknown = "lower-bound-caps-unknown";
    let second = budgets(claim("bulletin-2"));
    assert_eq!(second[0], ("kindest", 941, 3_645, unknown));
    assert_eq!(second[2], ("whole", 0, 4_586, unknown));
    assert_eq!(claim("bulletin-2").false_sheets[2].share_of_sheets, Some(0.182906));
    assert_eq!(claim("bulletin-2").false_sheets[2].surplus, 1_977_376);
    let first =
        [("kindest", 6_155, 768, unknown), ("as-stated", 6_006, 917, unknown), ("whole", 0, 6_923, unknown)];
    assert_eq!(budgets(claim("bulletin-1")), first);
}

/// With electors known from the older version, the bounds on the second bulletin are exact.
#[test]
fn electors_make_the_bound_exact() {
    let Some(claims) = venezuela(true) else { return };
    let second = claims.iter().find(|c| c.id == "bulletin-2").unwrap();
    let strengths: Vec<&str> = second.false_sheets.iter().map(|b| b.strength).collect();
    assert_eq!(strengths, ["optimal"; 3]);
}

#[test]
fn the_first_bulletins_counts_are_its_rounded_shares() {
    let Some(claims) = venezuela(false) else { return };
    let first = claims.iter().find(|c| c.id == "bulletin-1").unwrap();
    let scan = first.rounding.iter().find(|r| r.id == "valid-1").unwrap();
    assert_eq!(
        (scan.residuals, scan.n_triples, scan.n_in_cell),
        ([0, 0, 0], Some(376_479), Some(75_882_581))
    );
    let digits = |p: Option<f64>| format!("{:.4e}", p.unwrap());
    assert_eq!(digits(scan.p), "7.4418e-9");
    assert_eq!(digits(scan.p_in_cell), "1.3178e-8");
    assert_eq!(digits(scan.p_hostile), "1.5508e-7");
    assert_eq!(first.n_rounding_tests, 12);
    assert!((scan.p_adjusted.unwrap() / scan.p.unwrap() - 12.0).abs() < 1e-4);
    // Shares of one decimal are shares of two as well; nothing else stands out.
    let small = |c: &PublishedClaim| -> Vec<String> {
        let scans = c.rounding.iter().filter(|r| r.p_adjusted.unwrap() < 0.01);
        scans.map(|r| format!("{}:{}", c.id, r.id)).collect()
    };
    let found: Vec<String> = claims.iter().flat_map(small).collect();
    assert_eq!(found, ["bulletin-1:valid-1", "bulletin-1:valid-2"]);
}

/// The newspaper's sentence, by its own formula and its own sheets: 1,036,520, not over 1.5 million.
#[test]
fn a_stated_number_is_computed_again() {
    let Some(claims) = venezuela(false) else { return };
    let claim = claims.iter().find(|c| c.id == "newspaper-missing").unwrap();
    let statement = claim.statement.as_ref().unwrap();
    assert_eq!((statement.computed, statement.holds), (Some(1_036_519.95), Some(false)));
    assert_eq!(claim.verdict, "not-derivable");
}

/// An election of six tables.
pub(crate) const SMALL: &str = r###"
schema_version = 1
[election]
title = { en = "Small", es = "Chica" }
contest = { en = "Mayor", es = "Alcaldía" }
date = "2031-05-04"
rule = "plurality"
[tables]
pattern = "##.##"
count = 6
electors = 600
[[levels]]
id = "district"
chars = 2
name = { en = "district", es = "distrito" }
plural = { en = "districts", es = "distritos" }
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
table = "{T:5}"
votes = { A = "A", B = "B" }
"###;

fn small(claim: &str, rows: &str) -> PublishedClaim {
    let head = "[[claims]]\nid = \"c\"\nwho = \"w\"\nwhen = \"2031-05-05\"\nsource = \"s\"\n\
                title = { en = \"t\", es = \"t\" }\nscope = \"country\"\n";
    let pack = Pack::parse("small", &format!("{SMALL}{head}{claim}")).unwrap();
    let transcription = Transcription::parse(rows.as_bytes(), &pack.mappings[0], &pack).unwrap();
    let version = Version { label: "1".into(), supersedes: vec![], sha256: String::new(), transcription };
    let facts = Facts::new(pack, None, vec![Source::new("s".into(), vec![version]).unwrap()]);
    let results = analyse(&facts).results;
    let text = String::from_utf8(results.to_json()).unwrap();
    assert!(!text.contains("NaN") && !text.contains("inf"));
    results.claims[0].clone()
}

const ROWS: &str = "T,A,B\n01.01,50,10\n01.02,40,20\n02.01,30,30\n";

fn failed(claim: &PublishedClaim) -> Vec<String> {
    claim.tests.iter().filter(|t| !t.passed).map(|t| format!("{}:{}", t.id, t.about)).collect()
}

#[test]
fn claims_about_parts_are_tested_on_their_part() {
    let of_area = "votes = { A = 80, B = 30 }\narea = { level = \"district\", code = \"01\" }\n";
    let claim = small(of_area, ROWS);
    assert_eq!((claim.verdict, failed(&claim)), ("contradicted", vec!["subset:A".to_owned()]));
    assert_eq!(claim.figures[0].on_sheets, 90);
    assert_eq!(budgets(&claim)[2], ("whole", 0, 1, "lower-bound-caps-unknown"));
    let other = small(&of_area.replace("\"01\"", "\"02\""), ROWS);
    assert_eq!(other.verdict, "consistent");
    let turnout = small("turnout = \"25\"\n", ROWS);
    assert_eq!(failed(&turnout), ["subset:turnout"], "180 voters are 30 % of 600 electors");
    assert_eq!(small("turnout = \"30\"\n", ROWS).verdict, "consistent");
    let tables = small("tables = 7\n", ROWS);
    assert_eq!((tables.verdict, failed(&tables)), ("not-derivable", vec!["tables-exist:tables".to_owned()]));
}

#[test]
fn a_typing_error_shows_in_one_of_two_transcriptions() {
    let claim = small(
        "votes = { A = 200, B = 100 }\nvalid = 300\n[claims.second]\nsource = \"press\"\nvotes = { A = 210, B = 100 }\nvalid = 300\n",
        ROWS,
    );
    assert_eq!(failed(&claim), ["transcriptions-agree:A", "transcription-adds-up:valid"]);
    assert_eq!(claim.verdict, "consistent", "the copies differ; the claim holds together");
}

#[test]
fn hostile_claims_get_clear_findings_and_no_nonsense() {
    let most = u64::MAX / 2;
    for (claim, rows, expected) in [
        ("votes = { A = 0, B = 0 }\nvalid = 0\nnull = 0\nvoters = 0\n", ROWS, "contradicted"),
        ("votes = { A = 100, B = 100 }\nvalid = 300\n", ROWS, "contradicted"),
        ("votes = { A = 150, B = 200 }\nvalid = 300\n", ROWS, "not-derivable"),
        ("shares = { A = \"60\", B = \"60\" }\nvotes = { A = 150 }\n", ROWS, "not-derivable"),
        ("votes = { A = 1, B = 2 }\nvalid = 3\n", "T,A,B\n", "not-testable"),
        ("votes = { A = 1, B = 2 }\nvalid = 3\n", "T,A,B\n01.01,1,2\n", "consistent"),
        ("votes = { A = 5, B = 5 }\nvalid = 10\n", "T,A,B\n01.01,0,0\n", "consistent"),
        (
            "tables = 0\nvalid = 1\nvotes = { A = 1, B = 0 }\nstatement = { formula = \"valid / tables\", relation = \"equal\", stated = 1 }\n",
            "T,A,B\n01.01,1,0\n",
            "consistent",
        ),
        (
            &format!(
                "votes = {{ A = {most}, B = {most} }}\nvalid = {most}\nvoters = {most}\nturnout = \"99.99\"\nelectors = {most}\n"
            ),
            ROWS,
            "contradicted",
        ),
    ] {
        assert_eq!(small(claim, rows).verdict, expected, "{claim}");
    }
}

/// The smallest set of false sheets, by trying every set and every choice of uncounted tables.
fn brute_force(
    claimed: &[u64],
    votes: &[Vec<u64>],
    caps: &[u64],
    uncounted: u32,
    missing_cap: u64,
) -> Option<u32> {
    let n = caps.len();
    let holds = |wrong: u32, left_out: u32| {
        let kept = |votes: &Vec<u64>| -> u64 {
            (0..n).filter(|i| (wrong | left_out) >> i & 1 == 0).map(|i| votes[i]).sum()
        };
        let room: Option<Vec<u64>> =
            claimed.iter().zip(votes).map(|(&c, v)| c.checked_sub(kept(v))).collect();
        let cap: u64 = (0..n).filter(|i| wrong >> i & 1 == 1).map(|i| caps[i]).sum::<u64>() + missing_cap;
        room.is_some_and(|room| room.iter().sum::<u64>() <= cap)
    };
    let sets = 0u32..1 << n;
    let possible = sets.clone().filter(|&wrong| {
        sets.clone().any(|out| out & wrong == 0 && out.count_ones() <= uncounted && holds(wrong, out))
    });
    possible.map(u32::count_ones).min()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_000) })]

    /// Equal to brute force wherever it says "optimal"; never above it.
    #[test]
    fn fewest_false_sheets_equal_brute_force(
        table in prop::collection::vec((0u64..60, 0u64..40, 0u64..30), 1..7),
        claimed in (0u64..220, 0u64..220),
        uncounted in 0u32..3,
        missing_cap in 0u64..120,
    ) {
        let votes: Vec<Vec<u64>> = vec![table.iter().map(|t| t.0).collect(), table.iter().map(|t| t.1).collect()];
        let caps: Vec<u64> = table.iter().map(|t| t.0 + t.1 + t.2).collect();
        let known: Vec<Option<u64>> = caps.iter().map(|&c| Some(c)).collect();
        let claimed = [claimed.0, claimed.1];
        let case = BudgetCase {
            claimed: &claimed, votes: &votes, caps: &known,
            uncounted: u64::from(uncounted), missing_cap: Some(missing_cap),
        };
        let found = min_false_sheets(&case);
        let least = brute_force(&claimed, &votes, &caps, uncounted, missing_cap);
        let n = found.as_ref().map_or(0, |f| f.sheets.len());
        if let Some(least) = least {
            prop_assert!(n <= least as usize);
        }
        match found.map(|f| f.strength) {
            Some(Strength::Optimal) => prop_assert_eq!(Some(n), least.map(|l| l as usize)),
            Some(Strength::CapsUnknown) => prop_assert!(false, "every cap is known"),
            _ => {}
        }
    }
}
