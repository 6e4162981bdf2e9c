//! The figures of STATISTICS.md §1 and §2.1, from the published tables themselves.

use std::path::PathBuf;

use tallyproof_analysis::results::analyse;
use tallyproof_core::facts::{Facts, Source, Version};
use tallyproof_core::pack::Pack;
use tallyproof_core::transcription::{Transcription, fitting_mapping};

pub(crate) const PACK: &str = include_str!("../../../elections/venezuela-2024/election.toml");

/// A file of published data, or `None` with a word on stderr where it is not at hand.
pub(crate) fn published(name: &str) -> Option<Vec<u8>> {
    published_in("venezuela-2024", name)
}

/// The same from another folder of published data.
pub(crate) fn published_in(folder: &str, name: &str) -> Option<Vec<u8>> {
    let root = std::env::var_os("TALLYPROOF_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let path = root.join(folder).join(name);
    let bytes = std::fs::read(&path).ok();
    if bytes.is_none() {
        let required = std::env::var_os("TALLYPROOF_REQUIRE_DATA").is_some();
        assert!(!required, "TALLYPROOF_REQUIRE_DATA is set, and {} is not there", path.display());
        eprintln!("skipped: {} is not there", path.display());
    }
    bytes
}

pub(crate) fn version(pack: &Pack, label: &str, older: &[&str], bytes: &[u8]) -> Version {
    let mapping = fitting_mapping(pack, bytes).expect("a mapping fits");
    let transcription = Transcription::parse(bytes, mapping, pack).unwrap();
    assert_eq!(transcription.n_refused, 0);
    let supersedes = older.iter().map(|&o| o.to_owned()).collect();
    Version { label: label.into(), supersedes, sha256: String::new(), transcription }
}

pub(crate) fn facts(pack: Pack, versions: Vec<Version>) -> Facts {
    let source = Source::new("campaign".into(), versions).unwrap();
    Facts::new(pack, None, vec![source])
}

#[test]
fn reference_totals_of_the_second_table() {
    let Some(v2) = published("tally-sheets-v2.csv") else { return };
    let pack = Pack::parse("venezuela-2024", PACK).unwrap();
    let newest = version(&pack, "V2", &[], &v2);
    let facts = facts(pack, vec![newest]);
    let results = analyse(&facts).results;
    let tab = &results.tabulation;
    assert_eq!((tab.n_tables_seen, tab.n_tables_total, tab.n_tables_missing), (25_073, 30_026, 4_953));
    assert_eq!(tab.share_of_tables, Some(0.835043));
    let votes: Vec<u64> =
        ["EG", "NM", "LM", "JABE", "JOBR", "AE", "CF", "DC", "EM", "BERA"].map(|id| tab.votes[id]).into();
    assert_eq!(votes, [7_303_480, 3_316_142, 86_225, 20_404, 22_097, 51_011, 12_632, 10_584, 26_067, 38_620]);
    assert_eq!((tab.shares["EG"], tab.shares["NM"]), (Some(0.670828), Some(0.304589)));
    assert_eq!((tab.valid, tab.null, tab.voters), (10_887_262, 1_213, 10_888_475));
    assert_eq!(
        (tab.margin, tab.ratio, tab.mean_valid_per_table),
        (3_987_338, Some(2.202403), Some(434.2226))
    );
    assert_eq!(tab.largest_table_valid, 833);
    let table = &tab.units_won["table"];
    assert_eq!((table.won["EG"], table.won["NM"], table.ties), (21_712, 3_320, 41));
    assert_eq!(tab.units_won["centre"].n_seen, 13_110);
    let won = |level: &str| (tab.units_won[level].won["EG"], tab.units_won[level].n_seen);
    assert_eq!((won("state"), won("municipality"), won("parish")), ((24, 24), (300, 328), (919, 1_090)));
    let state = |name: &str| {
        tab.areas.iter().find(|a| a.level == "state" && a.name.as_deref() == Some(name)).unwrap()
    };
    assert_eq!(state("Sucre").margin, 10_614);
    assert_eq!(state("Táchira").ratio, Some(5.0324));
    assert_eq!(tab.by_class["single-source"].n_tables, 25_073);
    for (rule, n) in [("S202", 0), ("C101", 0), ("C104", 586)] {
        assert_eq!(results.findings_by_rule[rule], n, "{rule}");
    }
    let lead: Vec<(Option<f64>, bool)> =
        results.bounds.iter().map(|b| (b.lead_left, b.flip_excluded)).collect();
    assert_eq!(lead[0], (Some(1_836_633.71), true));
    assert!(!lead[1].1, "without electors per table the floor is too weak");
    assert_eq!(lead[2], (Some(-138_511.0), false));
    assert_eq!(lead[3], (Some(2_489_144.0), true));
    let even = &results.break_even;
    assert_eq!(even.votes_per_missing_table, Some(805.03));
    assert_eq!((even.most_mean_tables, even.most_largest_tables), (Some(9_182), Some(4_786)));
}

#[test]
fn the_first_table_as_the_older_version_of_one_source() {
    let (Some(v1), Some(v2)) = (published("tally-sheets-v1.csv"), published("tally-sheets-v2.csv")) else {
        return;
    };
    let pack = Pack::parse("venezuela-2024", PACK).unwrap();
    let versions = vec![version(&pack, "V1", &[], &v1), version(&pack, "V2", &["V1"], &v2)];
    let facts = facts(pack, versions);
    let analysis = analyse(&facts);
    let (results, tab) = (&analysis.results, &analysis.results.tabulation);
    assert_eq!((tab.n_tables_seen, tab.votes["EG"], tab.margin), (25_073, 7_303_480, 3_987_338));
    for (rule, n) in [("C201", 543), ("C202", 2), ("C203", 0), ("C204", 301), ("C104", 586)] {
        assert_eq!(results.findings_by_rule[rule], n, "{rule}");
    }
    assert_eq!((tab.electors.floor, tab.electors.n_tables_known), (17_972_512, 24_530));
    let every = &results.bounds[1];
    assert_eq!((every.id, every.lead_left, every.flip_excluded), ("every-elector", Some(567_386.0), true));
    assert_eq!(every.inputs["turnout_to_flip"], 1.165905);
    assert_eq!(results.bounds[2].inputs["largest_electors"], 1_451.0);
    assert_eq!(results.bounds[2].inputs["lead_left_at_largest_electors"], -3_199_465.0);
}

#[test]
fn gaps_of_the_first_table() {
    let Some(v1) = published("tally-sheets-v1.csv") else { return };
    let pack = Pack::parse("venezuela-2024", PACK).unwrap();
    let only = version(&pack, "V1", &[], &v1);
    let facts = facts(pack, vec![only]);
    assert_eq!(analyse(&facts).results.findings_by_rule["C104"], 571);
}

#[test]
fn claims_are_judged_by_their_own_figures_and_by_the_sheets() {
    let Some(v2) = published("tally-sheets-v2.csv") else { return };
    let pack = Pack::parse("venezuela-2024", PACK).unwrap();
    let newest = version(&pack, "V2", &[], &v2);
    let facts = facts(pack, vec![newest]);
    let results = analyse(&facts).results;
    let claim = |id: &str| results.claims.iter().find(|c| c.id == id).unwrap();
    assert_eq!(claim("bulletin-2").verdict, "contradicted");
    assert_eq!(claim("bulletin-1").verdict, "contradicted");
    assert_eq!(claim("newspaper").verdict, "consistent");
    let others = "LM+JABE+JOBR+AE+CF+DC+EM+BERA";
    let tests = &claim("bulletin-2").tests;
    let flagged: Vec<(&str, &str)> =
        tests.iter().filter(|t| !t.passed).map(|t| (t.id, t.about.as_str())).collect();
    assert_eq!(flagged, [("subset", "EG")], "rounded group shares are not flagged");
    assert!(tests.iter().any(|t| t.id == "share-matches-votes" && t.about == others && t.passed));
    let subset = tests.iter().find(|t| t.id == "subset" && t.about == "EG").unwrap();
    assert_eq!(subset.inputs["on_sheets"], 7_303_480);
    assert_eq!(subset.inputs["uncounted_tables"], 941);
    let first = claim("bulletin-1").tests.iter().find(|t| t.id == "subset" && t.about == "EG").unwrap();
    assert_eq!((first.inputs["uncounted_tables"], first.passed), (6_155, false));
}
