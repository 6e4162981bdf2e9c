//! Exports of published tables, read by other programs' rules: the totals of `results.json`, to the vote.

use std::fs::File;

use calamine::{Data, Reader, Xlsx, open_workbook};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use serde_json::Value;
use tallyproof::pipeline::{audit, election, exports, load};
use tallyproof::store::Access;
use tallyproof::words::{Lang, Words};
use tallyproof_analysis::results::analyse_with;
use tallyproof_evidence::tables::Published;

use crate::support::{Temp, csv_is_harmless, published, run, run_in};

const VOTES: [(&str, u64); 10] = [
    ("EG", 7_303_480),
    ("NM", 3_316_142),
    ("LM", 86_225),
    ("JABE", 20_404),
    ("JOBR", 22_097),
    ("AE", 51_011),
    ("CF", 12_632),
    ("DC", 10_584),
    ("EM", 26_067),
    ("BERA", 38_620),
];

#[test]
fn totals_of_the_second_table_in_workbook_columns_and_map() {
    let Some(dir) = published("venezuela-2024") else { return };
    let temp = Temp::new();
    let folder = temp.join("ve");
    let map = dir.join("states.geojson");
    let new = ["new".as_ref(), folder.as_os_str(), "--pack".as_ref(), "venezuela-2024".as_ref()];
    run(&[&new[..], &["--boundaries".as_ref(), map.as_os_str()]].concat()).ends(0);
    let table = dir.join("tally-sheets-v2.csv");
    run_in(&folder, &["import", table.to_str().unwrap(), "--source", "campaign"]).ends(0);

    let (store, loaded) = election::open(&folder, Access::Read).unwrap();
    let facts = load::facts(&store, loaded).unwrap();
    let audits = audit::facts(&store, &facts.pack).unwrap();
    let analysis = analyse_with(&facts, &audits);
    let published = Published::new(&facts, &analysis, &audits, std::iter::empty());
    let (out, words) = (temp.join("bundle"), Words::new(Lang::Es));
    let boundaries = std::fs::read(&map).unwrap();
    let issue = exports::issue(&published, &words);
    let written = exports::write(&out, &published, &issue, Some(&boundaries), &words).unwrap();
    assert_eq!(written.len(), 21);
    for file in written.iter().filter(|file| file.path.ends_with(".csv") && file.n_bytes < 1 << 20) {
        csv_is_harmless(&std::fs::read_to_string(out.join(file.path)).unwrap());
    }

    let mut workbook: Xlsx<_> = open_workbook(out.join("exports/results.xlsx")).unwrap();
    assert_eq!(workbook.sheet_names(), ["results", "areas", "sheets", "findings", "claims"]);
    let totals = workbook.worksheet_range("results").unwrap();
    for (row, (id, votes)) in totals.rows().skip(1).zip(VOTES) {
        #[allow(clippy::cast_precision_loss, reason = "a total of votes is far below 2^53")]
        let votes = Data::Float(votes as f64);
        assert_eq!((&row[3], &row[4]), (&Data::String(id.into()), &votes));
    }
    assert_eq!(workbook.worksheet_range("sheets").unwrap().height(), 25_074);

    let file = File::open(out.join("exports/results.parquet")).unwrap();
    let reader = SerializedFileReader::new(file).unwrap();
    let statistics = reader.metadata().row_group(0).column(0).statistics().unwrap();
    assert_eq!(statistics.min_bytes_opt(), Some(&b"010101001.01"[..]));
    let mut sums = VOTES.map(|(id, _)| (id, 0u64));
    for row in reader.get_row_iter(None).unwrap() {
        for (name, field) in row.unwrap().get_column_iter() {
            if let (Some(sum), Field::Long(n)) = (sums.iter_mut().find(|(id, _)| id == name), field) {
                sum.1 += u64::try_from(*n).unwrap();
            }
        }
    }
    assert_eq!(sums, VOTES);

    let text = std::fs::read_to_string(out.join("exports/results.geojson")).unwrap();
    let found: Value = serde_json::from_str(&text).unwrap();
    for (id, votes) in VOTES {
        let of = |f: &Value| f["properties"]["votes"][id].as_u64().unwrap_or(0);
        assert_eq!(found["features"].as_array().unwrap().iter().map(of).sum::<u64>(), votes, "{id}");
    }
}
