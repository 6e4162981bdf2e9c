//! `results.json` as a whole: reference values of the sensitivity line and of robustness, the same bytes
//! again, and bad input.

use std::fmt::Write as _;

use proptest::prelude::*;
use serde_json::Value;
use tallyproof_analysis::calibrate::{Request, calibrate};
use tallyproof_analysis::results::{Results, analyse, level_id};
use tallyproof_core::facts::{Facts, Source, Version};
use tallyproof_core::pack::Pack;
use tallyproof_core::register::Register;
use tallyproof_core::transcription::Transcription;

use crate::venezuela_2024::{PACK, facts, published, version};

fn of_second_table() -> Option<Results> {
    let v2 = published("tally-sheets-v2.csv")?;
    let pack = Pack::parse("venezuela-2024", PACK).unwrap();
    let only = version(&pack, "V2", &[], &v2);
    Some(analyse(&facts(pack, vec![only])).results)
}

#[test]
fn the_sensitivity_line_tips_where_published() {
    let Some(results) = of_second_table() else { return };
    let line = results.sensitivity.unwrap();
    let two = line.tipping.iter().find(|t| t.ratio == 2).unwrap();
    assert_eq!(two.votes.unwrap().round(), 923_010.0);
    assert_eq!((two.share_of_missing.unwrap() * 1e4).round(), 4_292.0);
    assert_eq!((two.shift.unwrap() * 1e4).round(), 1_246.0);
    assert!(two.possible);
    let winner = line.tipping.iter().find(|t| t.ratio == 1).unwrap();
    assert!(!winner.possible, "more than all missing votes: {winner:?}");
    let unshifted = line.points.iter().find(|p| p.shift == Some(0.0)).unwrap();
    assert_eq!(unshifted.ratio, results.tabulation.ratio);
}

#[test]
fn robustness_of_the_second_table() {
    let Some(results) = of_second_table() else { return };
    let class = results.robustness.iter().find(|g| g.kind == "class").unwrap();
    assert_eq!((class.of.as_str(), class.counted, class.n_sheets), ("single-source", true, 25_073));
    assert_eq!(class.fewest_to_change, Some(4_556), "STATISTICS §3, outcome budget");
    assert!(class.fewest_to_go.unwrap() > 4_556 && class.changes_leader);
    assert_eq!((results.wording.evidence, results.wording.lead), ("single-source", "clear"));
}

/// The same bytes on one thread and on two, a calibration beside it.
#[test]
fn the_same_bytes_on_one_thread_and_on_two() {
    let Some(v2) = published("tally-sheets-v2.csv") else { return };
    let pack = Pack::parse("venezuela-2024", PACK).unwrap();
    let only = version(&pack, "V2", &[], &v2);
    let facts = facts(pack, vec![only]);
    let on = |n_threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(n_threads).build().unwrap();
        pool.install(|| {
            let analysis = analyse(&facts);
            let request = Request { seed: 7, n_masks: 10, hidden_per_mille: None };
            let level = |level| level_id(&facts.pack, level);
            let calibration = calibrate(&analysis.estimation, request, level, |s| s.to_string()).unwrap();
            (analysis.results.to_json(), serde_json::to_vec(&calibration).unwrap())
        })
    };
    let (one, two) = (on(1), on(2));
    assert!(one == two, "threads change published bytes");
    assert!(one == on(1), "two runs differ");
}

const TOML: &str = include_str!("../../../elections/costa-serena-2031/election.toml");
const REGISTER: &[u8] = include_bytes!("../../../elections/costa-serena-2031/register.csv");

fn parsed(rows: &str, register: Option<&[u8]>) -> Facts {
    let mut pack = Pack::parse("costa-serena-2031", TOML).unwrap();
    let chars: Vec<usize> = pack.levels.iter().map(|level| level.chars).collect();
    let described = pack.register.clone().unwrap();
    let register = register.map(|r| Register::parse(r, &described, &pack.pattern, &chars).unwrap());
    if register.is_none() {
        pack.register = None;
    }
    let mapping = pack.mappings.iter().find(|m| m.id == "party").unwrap();
    let text = format!("mesa,luz,marcial,roberta,solano,nulos\n{rows}");
    let transcription = Transcription::parse(text.as_bytes(), mapping, &pack).unwrap();
    let version = Version { label: "1".into(), supersedes: vec![], sha256: String::new(), transcription };
    let source = Source::new("party".into(), vec![version]).unwrap();
    Facts::new(pack, register, vec![source])
}

fn registered() -> Vec<String> {
    let text = String::from_utf8(REGISTER.to_vec()).unwrap();
    text.lines().skip(1).map(|line| line.split(';').next().unwrap().to_owned()).collect()
}

/// No figure is anything but a finite number or null, however bad the input.
fn check(results: &Results) -> Value {
    let bytes = results.to_json();
    let value: Value = serde_json::from_slice(&bytes).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    assert!(!text.contains("NaN") && !text.contains("inf"));
    let estimate = &value["estimate"];
    for share in estimate["shares"].as_object().unwrap().values().filter(|s| !s.is_null()) {
        assert!((0.0..=1.0).contains(&share["value"].as_f64().unwrap()), "{share}");
    }
    let absent = !estimate["absent"].is_null();
    assert_eq!(absent, estimate["margin"].is_null(), "an estimate, or why there is none");
    value
}

#[test]
fn nothing_one_and_everything_seen() {
    let none = check(&analyse(&parsed("", Some(REGISTER))).results);
    assert_eq!(
        (&none["estimate"]["absent"], &none["wording"]["lead"]),
        (&"no-sheets".into(), &"none".into())
    );
    let one = check(&analyse(&parsed("P2-03-001,90,60,20,10,4\n", Some(REGISTER))).results);
    assert!(one["estimate"]["margin"]["se"].is_null());
    assert_eq!(one["wording"]["lead"], "too-little");
    let rows = |votes: &str| registered().iter().map(|t| format!("{t},{votes}\n")).collect::<String>();
    let all = check(&analyse(&parsed(&rows("90,60,20,10,4"), Some(REGISTER))).results);
    assert_eq!(all["estimate"]["margin"]["se"], 0.0);
    assert_eq!((&all["sensitivity"], &all["wording"]["lead"]), (&Value::Null, &"settled".into()));
    let tie = check(&analyse(&parsed(&rows("60,60,20,10,4"), Some(REGISTER))).results);
    assert_eq!(tie["wording"]["lead"], "tied");
    let empty = check(&analyse(&parsed(&rows("0,0,0,0,0"), Some(REGISTER))).results);
    assert_eq!(empty["estimate"]["absent"], "no-votes");
    let alone = check(&analyse(&parsed(&rows("60,0,0,0,0"), Some(REGISTER))).results);
    assert_eq!(alone["estimate"]["ratio"], Value::Null);
}

#[test]
fn a_register_that_contradicts_the_sheets_is_said_to() {
    let small = String::from_utf8(REGISTER.to_vec()).unwrap();
    let small: String =
        small
            .lines()
            .enumerate()
            .map(|(i, line)| {
                if i == 0 { format!("{line}\n") } else { format!("{};0\n", line.rsplit_once(';').unwrap().0) }
            })
            .collect();
    let value = check(
        &analyse(&parsed("P2-03-001,90,60,20,10,4\nP1-01-001,9,6,2,1,4\n", Some(small.as_bytes()))).results,
    );
    assert_eq!(value["estimate"]["estimator"], "expansion");
    assert_eq!(value["estimate"]["estimator_reason"], "register-of-tables");
    // More tables than the pack says exist.
    let mut many = String::new();
    for n in 1..=40 {
        let _ = writeln!(many, "P1-01-{n:03},90,60,20,10,4");
    }
    let value = check(&analyse(&parsed(&many, None)).results);
    assert_eq!(value["estimate"]["absent"], "more-tables-than-exist");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Any figures for any tables, with a register or without: figures or reasons, never NaN or a panic, and
    /// the same bytes again.
    #[test]
    fn whatever_the_sheets_say(
        rows in proptest::collection::vec((0usize..36, [0u32..400, 0u32..400, 0u32..3, 0u32..9_999_999]), 0..40),
        with_register in any::<bool>(),
    ) {
        let tables = registered();
        let mut text = String::new();
        for (table, [a, b, c, d]) in rows {
            let _ = writeln!(text, "{},{a},{b},{c},{d},1", tables[table]);
        }
        let facts = parsed(&text, with_register.then_some(REGISTER));
        let results = analyse(&facts).results;
        check(&results);
        prop_assert_eq!(results.to_json(), analyse(&facts).results.to_json());
    }
}
