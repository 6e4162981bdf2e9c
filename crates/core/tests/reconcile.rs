//! Laws of reconciliation and tabulation.

use proptest::prelude::*;
use tallyproof_core::facts::{Facts, Source};
use tallyproof_core::reconcile::{Sheet, reconcile};
use tallyproof_core::rules::check_all;
use tallyproof_core::sheet::{EvidenceClass, SheetStatus};
use tallyproof_core::tabulate::{Tabulation, tabulate};

use crate::support::{code, facts, facts_with_codes, pack, pack_with, register, source, version};

fn tabulated(facts: &Facts) -> Tabulation {
    tabulate(facts, &reconcile(facts))
}

fn only<'f>(sheets: &'f [Sheet<'f>]) -> &'f Sheet<'f> {
    assert_eq!(sheets.len(), 1);
    &sheets[0]
}

const FIVE: &str = "table,A,B\n01.01,12,5\n";
const SIX: &str = "table,A,B\n01.01,12,6\n";

#[test]
fn independent_sources_that_agree_are_a_class_of_their_own() {
    let class = |ids: [&str; 2]| {
        let pack = pack();
        let sources = ids.map(|id| source(&pack, id, FIVE)).into();
        let facts = facts(pack, sources);
        let sheets = reconcile(&facts);
        (only(&sheets).status, only(&sheets).class)
    };
    assert_eq!(class(["one", "two"]), (SheetStatus::Provisional, EvidenceClass::TwoSources));
    assert_eq!(class(["one", "low"]), (SheetStatus::Provisional, EvidenceClass::SingleSource));
    assert_eq!(class(["x", "y"]).1, EvidenceClass::SingleSource, "silence is not independence");
}

#[test]
fn sources_that_differ_are_a_conflict_unless_the_policy_prefers_one() {
    let settled = |more: &str, ids: [&str; 2]| {
        let pack = pack_with(more);
        let sources = vec![source(&pack, ids[0], FIVE), source(&pack, ids[1], SIX)];
        let facts = facts(pack, sources);
        let sheets = reconcile(&facts);
        let votes = tabulate(&facts, &sheets).totals.votes;
        (only(&sheets).status, votes)
    };
    let prefer = "[policy]\nsources_differ = \"prefer-trusted\"";
    assert_eq!(settled("", ["one", "low"]), (SheetStatus::InConflict, vec![0, 0]));
    assert_eq!(settled(prefer, ["one", "low"]), (SheetStatus::Provisional, vec![12, 5]));
    assert_eq!(settled(prefer, ["low", "one"]), (SheetStatus::Provisional, vec![12, 6]));
    assert_eq!(settled(prefer, ["one", "two"]), (SheetStatus::InConflict, vec![0, 0]), "equal trust");
}

#[test]
fn a_less_trusted_code_never_unseats_a_table() {
    let pack = pack();
    let codes =
        (0..9).map(|n| code(&pack, "low", &format!("img{n}"), &format!("01.01!{n},0,900!0!0"))).collect();
    let sources = vec![source(&pack, "one", FIVE)];
    let facts = facts_with_codes(pack, sources, codes);
    let sheets = reconcile(&facts);
    let sheet = only(&sheets);
    assert_eq!((sheet.status, sheet.class), (SheetStatus::Provisional, EvidenceClass::SingleSource));
    assert_eq!(sheet.values().selection_sum(), Some(17));
    assert!(sheet.differences.iter().all(|d| d.set_aside) && sheet.differences.len() >= 9);
}

#[test]
fn codes_of_equal_trust_that_differ_quarantine_their_table() {
    let pack = pack();
    let codes = vec![code(&pack, "one", "a", "01.01!1,2,3!0!0"), code(&pack, "one", "b", "01.01!1,2,4!0!0")];
    let facts = facts_with_codes(pack, Vec::new(), codes);
    let sheets = reconcile(&facts);
    assert_eq!(only(&sheets).status, SheetStatus::Quarantined);
    assert_eq!(tabulate(&facts, &sheets).n_tables_seen(), 0);
}

/// Where the transcription lacks votes, figures stand on the code alone, and the class says so.
#[test]
fn a_transcription_without_votes_supports_nothing() {
    let pack = pack_with("[policy]\nadmits = [\"two-sources\", \"single-source\"]");
    let codes = vec![code(&pack, "low", "a", "01.01!1,2,3!0!0")];
    let sources = vec![source(&pack, "one", "table,A,B\n01.01,,\n")];
    let facts = facts_with_codes(pack, sources, codes);
    let sheets = reconcile(&facts);
    assert_eq!(only(&sheets).class, EvidenceClass::CodeOnly);
    assert_eq!(tabulate(&facts, &sheets).n_tables_seen(), 0);
}

#[test]
fn blank_stays_blank_and_does_not_count() {
    let pack = pack();
    let sources = vec![source(&pack, "one", "table,A,B\n01.01,12,\n01.02,1,2\n")];
    let facts = facts(pack, sources);
    let sheets = reconcile(&facts);
    assert_eq!(sheets[0].status, SheetStatus::NeedsEntry);
    assert_eq!((sheets[0].ballots(), sheets[0].values().selection_sum()), (None, None));
    let sum = tabulate(&facts, &sheets);
    assert_eq!((sum.n_tables_seen(), sum.totals.votes, sum.totals.n_null_unknown), (1, vec![1, 2], 1));
}

#[test]
fn a_blank_is_filled_from_nobody_and_contradicts_nobody() {
    let pack = pack();
    let sources = vec![
        source(&pack, "one", "table,A,B,null\n01.01,12,5,\n"),
        source(&pack, "two", "table,A,B,null\n01.01,12,5,3\n"),
    ];
    let facts = facts(pack, sources);
    let sheets = reconcile(&facts);
    assert_eq!(
        (only(&sheets).status, only(&sheets).class),
        (SheetStatus::Provisional, EvidenceClass::TwoSources)
    );
    assert_eq!(only(&sheets).values().null.count(), None);
}

#[test]
fn electors_of_older_versions_stay_known_and_the_latest_speaks_first() {
    let pack = pack();
    let versions = vec![
        version(&pack, "2031-a", &["2031-b"], "table,A,B\n01.01,1,2\n01.02,1,2\n"),
        version(&pack, "2031-b", &["2031-c"], "table,A,B,electors\n01.01,1,2,310\n01.03,9,9,900\n"),
        version(&pack, "2031-c", &[], "table,A,B,electors\n01.01,1,2,300\n01.02,1,2,200\n"),
    ];
    let facts = facts(pack, vec![Source::new("one".into(), versions).unwrap()]);
    let sheets = reconcile(&facts);
    let electors: Vec<_> = sheets.iter().map(|s| (s.table.as_str(), s.electors)).collect();
    assert_eq!(electors, [("01.01", Some(310)), ("01.02", Some(200))]);
    let sum = tabulate(&facts, &sheets);
    assert_eq!((sum.n_tables_seen(), sum.electors_known), (2, 510), "a withdrawn table is missing");
}

#[test]
fn electors_of_another_sources_older_version_are_not_borrowed() {
    let pack = pack();
    let older = version(&pack, "V1", &[], "table,A,B,electors\n01.01,1,2,300\n");
    let newer = version(&pack, "V2", &["V1"], "table,A,B\n01.02,1,2\n");
    let sources = vec![Source::new("one".into(), vec![older, newer]).unwrap(), source(&pack, "two", FIVE)];
    let facts = facts(pack, sources);
    assert_eq!(reconcile(&facts)[0].electors, None);
}

/// The floor of electors decides a bound: an altered image must not raise it.
#[test]
fn a_challenge_brings_no_electors() {
    let toml = include_str!("small.toml").replace("{null}!{reserved}", "{null}!{electors}");
    let pack = tallyproof_core::pack::Pack::parse("small", &toml).unwrap();
    let codes = vec![code(&pack, "low", "a", "01.01!1,2,3!0!9999999")];
    let sources = vec![source(&pack, "one", FIVE)];
    let facts = facts_with_codes(pack, sources, codes);
    assert_eq!(reconcile(&facts)[0].electors, None);
    assert_eq!(tabulated(&facts).electors_floor, 17);
}

#[test]
fn the_register_counts_the_tables_and_comes_last_for_electors() {
    let pack = pack();
    let register = register(&pack, "table,electors\n01.01,500\n01.02,400\n02.01,\n");
    let sources = vec![source(&pack, "one", "table,A,B,electors\n01.01,1,2,510\n01.02,1,2,\n")];
    let facts = Facts::new(pack, Some(register), sources);
    let sum = tabulated(&facts);
    assert_eq!((sum.n_tables_total, sum.n_tables_missing(), sum.electors_known), (3, 1, 910));
    assert_eq!(sum.areas[0][0].n_tables_total, Some(2));
}

#[test]
fn ties_have_no_winner() {
    let pack = pack();
    let sources = vec![source(&pack, "one", "table,A,B\n01.01,5,5\n02.01,0,0\n")];
    let facts = facts(pack, sources);
    let sum = tabulated(&facts);
    assert_eq!((sum.totals.winner(), sum.totals.margin(), sum.tables_won.ties), (None, 0, 2));
}

/// One row: town, table, votes (blank sometimes), null.
type Row = (u8, u8, Option<u16>, u16, Option<u8>);

fn row() -> impl Strategy<Value = Row> {
    (1u8..4, 1u8..5, proptest::option::weighted(0.9, 0u16..900), 0u16..900, proptest::option::of(0u8..9))
}

fn csv(rows: &[Row]) -> String {
    let mut text = String::from("table,A,B,null\n");
    for (town, no, a, b, null) in rows {
        let (a, null) = (a.map(|n| n.to_string()), null.map(|n| n.to_string()));
        text.push_str(&format!(
            "{town:02}.{no:02},{},{b},{}\n",
            a.unwrap_or_default(),
            null.unwrap_or_default()
        ));
    }
    text
}

/// What a result is, without the lines of files.
fn outcome(facts: &Facts) -> (Tabulation, Vec<String>, Vec<String>) {
    let sheets = reconcile(facts);
    let state =
        |s: &Sheet| format!("{} {:?} {:?} {:?} {:?}", s.table, s.status, s.class, s.electors, s.values());
    let described = sheets.iter().map(state).collect();
    let findings = check_all(facts, &sheets).into_iter().filter(|f| f.rule != "C101");
    let found = findings.map(|f| format!("{f:?}")).collect();
    (tabulate(facts, &sheets), described, found)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(96) })]

    #[test]
    fn order_of_sources_rows_and_images_is_irrelevant(
        rows in proptest::collection::vec((row(), 0usize..3), 1..24),
        codes in proptest::collection::vec((1u8..4, 1u8..5, 0u16..9, 0usize..3, 0u8..6), 0..12),
        seed in any::<u64>(),
    ) {
        let ids = ["one", "two", "low"];
        let build = |shuffle: bool| {
            let pack = pack();
            let mut order: Vec<usize> = (0..rows.len()).collect();
            let mut images: Vec<usize> = (0..codes.len()).collect();
            let mut sources: Vec<usize> = vec![0, 1, 2];
            if shuffle {
                let key = |i: &usize| (*i as u64 + 1).wrapping_mul(seed | 1).rotate_left(23) ^ seed;
                order.sort_by_key(key);
                images.sort_by_key(key);
                sources.sort_by_key(key);
            }
            let read = |k: &usize| {
                let own: Vec<_> = order.iter().filter(|i| rows[**i].1 == *k).map(|&i| rows[i].0).collect();
                source(&pack, ids[*k], &csv(&own))
            };
            let sources = sources.iter().map(read).collect();
            let image = |&i: &usize| {
                let (town, no, votes, k, image) = codes[i];
                code(&pack, ids[k], &format!("img{image}"), &format!("{town:02}.{no:02}!{votes},1,2!0!0"))
            };
            let codes = images.iter().map(image).collect();
            facts_with_codes(pack, sources, codes)
        };
        prop_assert_eq!(outcome(&build(false)), outcome(&build(true)));
    }

    #[test]
    fn areas_add_up_to_the_country(rows in proptest::collection::vec(row(), 0..40)) {
        let pack = pack();
        let sources = vec![source(&pack, "one", &csv(&rows))];
        let facts = facts(pack, sources);
        let sum = tabulated(&facts);
        for level in &sum.areas {
            let n: u64 = level.iter().map(|a| a.totals.n_tables).sum();
            let null: u64 = level.iter().map(|a| a.totals.null).sum();
            prop_assert_eq!((n, null), (sum.n_tables_seen(), sum.totals.null));
            for i in 0..2 {
                prop_assert_eq!(level.iter().map(|a| a.totals.votes[i]).sum::<u64>(), sum.totals.votes[i]);
            }
        }
        let by_class: u64 = sum.by_class.values().map(|t| t.valid()).sum();
        prop_assert_eq!(by_class, sum.totals.valid());
        let won: u64 = sum.tables_won.won.iter().sum::<u64>() + sum.tables_won.ties;
        prop_assert_eq!(won, sum.n_tables_seen());
    }
}
