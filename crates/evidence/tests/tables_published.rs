//! Published figures in every table: those of `results.json`, to the vote.

use tallyproof_analysis::results::{AuditFacts, analyse};
use tallyproof_evidence::exports::nist_report;
use tallyproof_evidence::tables::{BundleTable, Published};

use crate::elections::{cells, column, issue, venezuela_v2};
use crate::nist::{counts, dangling};

const IDS: [&str; 10] = ["EG", "NM", "LM", "JABE", "JOBR", "AE", "CF", "DC", "EM", "BERA"];

/// STATISTICS of the second published table, as `results.json` gives them.
const VOTES: [u64; 10] =
    [7_303_480, 3_316_142, 86_225, 20_404, 22_097, 51_011, 12_632, 10_584, 26_067, 38_620];

fn sum<'c>(cells: impl IntoIterator<Item = &'c str>) -> u64 {
    cells.into_iter().map(|cell| cell.parse::<u64>().unwrap()).sum()
}

#[test]
fn totals_of_the_second_table_in_every_export() {
    let Some(facts) = venezuela_v2() else { return };
    let (analysis, audits) = (analyse(&facts), AuditFacts::default());
    let tab = &analysis.results.tabulation;
    assert_eq!(IDS.map(|id| tab.votes[id]), VOTES);
    let published = Published::new(&facts, &analysis, &audits, std::iter::empty());
    let table = |table: BundleTable| cells(&table.write(&published, Vec::new()).unwrap());
    let place = |id: &str| facts.pack.selections.iter().position(|s| s.id == id).unwrap();

    let results = table(BundleTable::Results);
    let of_level = |level: &str, id: &str| -> Vec<&Vec<String>> {
        results[1..].iter().filter(|row| row[0] == level && row[3] == id).collect()
    };
    for (id, votes) in IDS.into_iter().zip(VOTES) {
        for (level, n) in
            [("all", 1), ("state", 24), ("municipality", 328), ("parish", 1_090), ("centre", 13_110)]
        {
            let rows = of_level(level, id);
            assert_eq!(rows.len(), n, "{level}");
            assert_eq!(sum(rows.iter().map(|row| row[4].as_str())), votes, "{level} {id}");
        }
    }
    let wide = table(BundleTable::SheetsWide);
    let totals = table(BundleTable::ArloBatchTotals);
    let open = table(BundleTable::OpenElections);
    let manifest = table(BundleTable::ArloManifest);
    assert_eq!((wide.len(), totals.len(), manifest.len()), (25_074, 25_074, 25_074));
    for (id, votes) in IDS.into_iter().zip(VOTES) {
        let name = &facts.pack.selections[place(id)].name;
        assert_eq!(sum(column(&wide, id)), votes, "{id}");
        assert_eq!(sum(column(&totals, name)), votes, "{id}");
        let rows = open[1..].iter().filter(|row| row[5] == *name);
        assert_eq!(sum(rows.map(|row| row[6].as_str())), votes, "{id}");
    }
    assert_eq!(sum(column(&manifest, "Number of Ballots")), tab.voters);

    let bytes = nist_report(&published, &issue(), Vec::new()).unwrap();
    let report: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(dangling(&report), Vec::<String>::new());
    for (id, votes) in IDS.into_iter().zip(VOTES) {
        let counts = counts(&report, place(id));
        assert_eq!(counts["country"], votes, "{id}");
        let tables = counts.iter().filter(|(unit, _)| unit.starts_with("table."));
        assert_eq!(tables.map(|(_, n)| n).sum::<u64>(), votes, "{id}");
    }
}
