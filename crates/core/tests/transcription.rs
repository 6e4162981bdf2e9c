//! Bad input: every row is accounted for, every refusal names its place, nothing is guessed.

use proptest::prelude::*;
use tallyproof_core::pack::Mapping;
use tallyproof_core::sheet::FieldValue;
use tallyproof_core::transcription::csv_rows::{CsvError, MAX_RECORD_BYTES};
use tallyproof_core::transcription::{Refusal, RefusalReason, Transcription, fitting_mapping};

use crate::support::{mapping_for, pack, transcribe};

fn parse_as(encoding: &str, bytes: &[u8]) -> Result<Transcription, CsvError> {
    let pack = pack();
    let toml = format!(
        "id = \"t\"\nencoding = \"{encoding}\"\ntable = \"{{table:5}}\"\nnames = {{ town = \"town\" }}\n\
         [votes]\nA = \"A\"\nB = \"B\"\n"
    );
    Transcription::parse(bytes, &Mapping::parse(&pack, &toml).unwrap(), &pack)
}

fn refused(csv: &str) -> Vec<(u64, String, String, &'static str)> {
    let short = |r: Refusal| (r.line, r.column, r.value, r.reason.code());
    transcribe(&pack(), csv).refusals.into_iter().map(short).collect()
}

fn one(
    line: u64,
    column: &str,
    value: &str,
    reason: &'static str,
) -> Vec<(u64, String, String, &'static str)> {
    vec![(line, column.into(), value.into(), reason)]
}

#[test]
fn latin_1_declared_as_utf_8_is_refused_with_its_line() {
    let result = parse_as("utf-8", b"table,town,A,B\n01.01,Alta,1,2\n02.01,Caron\xed,1,2\n");
    assert!(matches!(result, Err(CsvError::NotUtf8 { line: 3 })), "{result:?}");
}

#[test]
fn utf_8_declared_as_latin_1_is_refused_with_its_line() {
    let result = parse_as("latin-1", "table,town,A,B\n01.01,Alta,1,2\n02.01,Caroní,1,2\n".as_bytes());
    assert!(matches!(result, Err(CsvError::LooksUtf8 { line: 3 })), "{result:?}");
    let right = parse_as("latin-1", b"table,town,A,B\n02.01,Caron\xed,1,2\n").unwrap();
    assert_eq!(right.area_names[&(0, "02".to_owned())], "Caroní");
}

/// `Ã` ends one cell and `©` starts the next: together, without the comma, the bytes look like `é`.
#[test]
fn encodings_are_judged_cell_by_cell() {
    let bytes = b"table,town,x,A,B\n01.01,\xc3,\xa9,1,2\n";
    assert!(matches!(parse_as("utf-8", bytes), Err(CsvError::NotUtf8 { line: 2 })));
    assert_eq!(parse_as("latin-1", bytes).unwrap().readings.len(), 1);
}

#[test]
fn a_byte_order_mark_overrides_the_declared_encoding() {
    let right = parse_as("latin-1", "\u{feff}table,town,A,B\n02.01,Caroní,1,2\n".as_bytes()).unwrap();
    assert_eq!(right.area_names[&(0, "02".to_owned())], "Caroní");
}

#[test]
fn utf_16_is_named_as_such_with_or_without_a_mark() {
    let text = "table,town,A,B\n01.01,Alta,1,2\n";
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let marked: Vec<u8> = [vec![0xff, 0xfe], little.clone()].concat();
    for bytes in [little, big, marked] {
        assert!(matches!(parse_as("utf-8", &bytes), Err(CsvError::NotText)));
    }
}

#[test]
fn nul_bytes_are_refused_not_swallowed() {
    assert!(matches!(parse_as("utf-8", b"table,to\0wn,A,B\n"), Err(CsvError::NotText)));
    assert_eq!(refused("table,A,B\n01.01,1\0,2\n"), one(2, "A", "1\0", "not-a-number"));
    assert_eq!(refused("table,A,B\n01.0\x001,1,2\n"), one(2, "table", "01.0\x001", "bad-table"));
}

#[test]
fn a_missing_column_is_named_with_those_there_are() {
    let Err(CsvError::MissingColumn { name, found }) = parse_as("utf-8", b"table,town,A,C\n") else {
        panic!()
    };
    assert_eq!((name.as_str(), found.join(" ").as_str()), ("B", "table town A C"));
}

#[test]
fn a_column_that_stands_twice_is_refused_only_when_needed() {
    let twice = parse_as("utf-8", b"table,town,A,B,A\n01.01,x,1,2,3\n");
    assert!(matches!(twice, Err(CsvError::AmbiguousColumn { name }) if name == "A"));
    let other = parse_as("utf-8", b"table,town,note,A,B,note\n01.01,x,,1,2,\n").unwrap();
    assert_eq!(other.readings.len(), 1);
}

#[test]
fn figures_are_plain_digits_or_nothing() {
    for (cell, reason) in [
        ("twelve", "not-a-number"),
        ("1.234", "not-a-number"),
        ("12.0", "not-a-number"),
        ("+5", "not-a-number"),
        ("1e3", "not-a-number"),
        ("٣", "not-a-number"),
        ("-", "not-a-number"),
        ("=1+1", "not-a-number"),
        ("-5", "negative"),
        ("10000000", "too-large"),
        ("99999999999999999999999999", "too-large"),
    ] {
        let csv = format!("table,A,B\n01.01,{cell},2\n01.02,3,4\n");
        assert_eq!(refused(&csv), one(2, "A", cell, reason));
        assert_eq!(transcribe(&pack(), &csv).readings.len(), 1);
    }
    let most = transcribe(&pack(), "table,A,B\n01.01,9999999, 007 \n").readings.remove(0);
    assert_eq!(*most.values.selections, [FieldValue::Count(9_999_999), FieldValue::Count(7)]);
}

#[test]
fn a_sum_of_lines_larger_than_any_table_is_refused_with_its_columns() {
    let csv = "table,A1,A2,B1\n01.01,9999999,1,2\n";
    assert_eq!(refused(csv), one(2, "A1+A2+B1", "9999999+1+2", "too-large"));
}

#[test]
fn the_same_row_twice_counts_once() {
    let csv = "table,A,B\n01.01,1,2\n01.02,3,4\n01.01,1,2\n";
    let parsed = transcribe(&pack(), csv);
    assert_eq!((parsed.readings.len(), parsed.n_refused), (2, 1));
    assert_eq!(parsed.refusals[0].other_line, Some(2));
    assert_eq!(refused(csv), one(4, "table", "01.01", "repeated"));
}

#[test]
fn two_rows_that_differ_refuse_each_other() {
    let parsed = transcribe(&pack(), "table,A,B\n01.01,1,2\n01.02,3,4\n01.01,1,3\n01.01,1,2\n");
    assert_eq!(parsed.readings.len(), 1);
    let lines: Vec<_> = parsed.refusals.iter().map(|r| (r.line, r.reason, r.other_line)).collect();
    let contradicted = RefusalReason::Contradicted;
    assert_eq!(lines, [(2, contradicted, None), (4, contradicted, Some(2)), (5, contradicted, Some(2))]);
}

#[test]
fn ragged_rows_are_refused_with_their_number_of_cells() {
    assert_eq!(refused("table,A,B\n01.01,1\n01.02,1,2\n"), one(2, "", "2", "ragged"));
    assert_eq!(refused("table,A,B\n01.01,1,234,5\n"), one(2, "", "4", "ragged"));
}

/// Lines are those an editor shows, whatever ends them and however many are blank.
#[test]
fn refusals_name_the_line_an_editor_shows() {
    for end in ["\n", "\r\n"] {
        let csv =
            ["table,A,B", "01.01,1,2", "", "01.02,x,2", "", "", "01.03,\"1\n\",2", "01.04,x,2"].join(end);
        let lines: Vec<u64> = refused(&csv).into_iter().map(|(line, ..)| line).collect();
        assert_eq!(lines, [4, 7, 9], "{csv:?}");
    }
}

#[test]
fn empty_files_and_headers_alone() {
    for empty in ["", "\u{feff}", "\n\n", "\r\n"] {
        assert!(matches!(parse_as("utf-8", empty.as_bytes()), Err(CsvError::Empty)), "{empty:?}");
    }
    let header = parse_as("utf-8", b"table,town,A,B").unwrap();
    assert_eq!((header.readings.len(), header.n_refused), (0, 0));
}

/// Gives an endless quoted cell; counts what is taken.
struct Endless {
    start: &'static [u8],
    taken: usize,
}

impl std::io::Read for Endless {
    fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
        let n = buf.len().min(8_192);
        for (i, byte) in buf[..n].iter_mut().enumerate() {
            *byte = self.start.get(self.taken + i).copied().unwrap_or(b'x');
        }
        self.taken += n;
        Ok(n)
    }
}

#[test]
fn an_unclosed_quote_stops_at_one_mebibyte() {
    let pack = pack();
    let mut endless = Endless { start: b"table,A,B\n01.01,1,2\n01.02,\"", taken: 0 };
    let result = Transcription::parse(&mut endless, &mapping_for(&pack, "table,A,B"), &pack);
    assert!(matches!(result, Err(CsvError::RecordTooLong { line: 3 })), "{result:?}");
    assert!(endless.taken as u64 <= MAX_RECORD_BYTES + (1 << 18), "{} bytes taken", endless.taken);
}

#[test]
fn ids_that_lost_their_zeros_get_them_back_and_nothing_else_does() {
    let pack = pack();
    let toml =
        "id = \"t\"\nencoding = \"utf-8\"\ntable = \"{town:2}.{no:2}\"\nvotes = { A = \"A\", B = \"B\" }\n";
    let mapping = Mapping::parse(&pack, toml).unwrap();
    let csv = "town,no,A,B\n1,2,3,4\n 12 , 07 ,3,4\n123,4,3,4\n,4,3,4\n1,,3,4\n-1,4,3,4\n1.0,4,3,4\n";
    let parsed = Transcription::parse(csv.as_bytes(), &mapping, &pack).unwrap();
    let tables: Vec<&str> = parsed.readings.iter().map(|r| r.table.as_str()).collect();
    assert_eq!(tables, ["01.02", "12.07"]);
    let values: Vec<&str> = parsed.refusals.iter().map(|r| r.value.as_str()).collect();
    assert_eq!(values, ["123.04", ".04", "01.", "-1.04", "1.0.04"]);
    assert!(parsed.refusals.iter().all(|r| r.reason == RefusalReason::BadTable && r.column == "town+no"));
}

/// Without a separator in the pattern, digits of one column must not slide into the place of the next.
#[test]
fn a_cell_too_wide_and_one_empty_never_make_another_table() {
    let toml = include_str!("small.toml").replace("##.##", "####").replace("{table:5}", "{table:4}");
    let pack = tallyproof_core::pack::Pack::parse("p", &toml).unwrap();
    let toml =
        "id = \"t\"\nencoding = \"utf-8\"\ntable = \"{town:2}{no:2}\"\nvotes = { A = \"A\", B = \"B\" }\n";
    let mapping = Mapping::parse(&pack, toml).unwrap();
    let parsed = Transcription::parse("town,no,A,B\n0102,,3,4\n".as_bytes(), &mapping, &pack).unwrap();
    assert_eq!((parsed.readings.len(), parsed.n_refused), (0, 1));
}

#[test]
fn blank_cells_stay_blank_and_blank_names_name_nothing() {
    let parsed = transcribe(&pack(), "table,town,A,B,null\n01.01,,1, ,\n01.02,Alta,1,2,3\n");
    let values = &parsed.readings[0].values;
    assert_eq!((values.selections[1], values.null), (FieldValue::Blank, FieldValue::Blank));
    assert_eq!((values.valid, values.ballots), (FieldValue::Unread, FieldValue::Unread));
    assert_eq!(parsed.area_names[&(0, "01".to_owned())], "Alta");
}

#[test]
fn hostile_cells_are_kept_short_and_never_become_figures() {
    let long = "9".repeat(500_000);
    let csv = format!(
        "table,A,B,image\n01.01,{long},2,\n01.02,1,2,{}\n\"=cmd|' /C calc'!A0\",1,2,\n",
        "é".repeat(5_000)
    );
    let parsed = transcribe(&pack(), &csv);
    let reasons: Vec<_> =
        parsed.refusals.iter().map(|r| (r.reason.code(), r.value.chars().count())).collect();
    assert_eq!(reasons, [("too-large", 80), ("bad-table", 18)]);
    assert!(parsed.readings[0].image.as_ref().unwrap().len() <= 2_048);
}

#[test]
fn semicolons_are_read_where_the_mapping_says_so() {
    let pack = pack();
    let toml = "id = \"t\"\nencoding = \"utf-8\"\ndelimiter = \";\"\ntable = \"{table:5}\"\nvotes = { A = \"A\", B = \"B\" }\n";
    let mapping = Mapping::parse(&pack, toml).unwrap();
    let parsed = Transcription::parse("table;A;B\n01.01;3;4\n".as_bytes(), &mapping, &pack).unwrap();
    assert_eq!(parsed.readings[0].values.selection_sum(), Some(7));
    let wrong = Transcription::parse("table;A;B\n".as_bytes(), &mapping_for(&pack, "table,A,B"), &pack);
    assert!(matches!(wrong, Err(CsvError::MissingColumn { .. })));
}

#[test]
fn the_mapping_with_most_columns_that_fits_is_chosen() {
    let more = "[[mappings]]\nid = \"wide\"\nencoding = \"utf-8\"\ntable = \"{table:5}\"\nvalid = \"valid\"\n\
                null = \"null\"\nelectors = \"electors\"\nvotes = { A = \"A\", B = \"B\" }\n";
    let pack = crate::support::pack_with(more);
    let fits = |header: &str| fitting_mapping(&pack, header.as_bytes()).map(|m| m.id.as_str());
    assert_eq!(fits("table,A,B,valid,null,electors\n"), Some("wide"));
    assert_eq!(fits("table,A,B,valid,null\n"), Some("full"));
    assert_eq!(fits("table,A,B\n"), None);
    assert_eq!(fits(""), None);
}

/// A cell of a table of numbers: good, bad, or nasty.
fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => (0u32..500).prop_map(|n| n.to_string()),
        1 => Just(String::new()),
        1 => "[-+0-9a-z .=@\"]{0,6}".prop_map(|s| format!("\"{}\"", s.replace('"', "\"\""))),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400), header in any::<bool>()) {
        let text = [if header { b"table,town,A,B\n".as_slice() } else { b"" }, &bytes].concat();
        let _ = parse_as("utf-8", &text);
        let _ = parse_as("latin-1", &text);
    }

    #[test]
    fn every_row_is_adopted_or_refused(
        rows in proptest::collection::vec((0u8..30, cell(), cell(), 0u8..20), 0..40),
    ) {
        let mut csv = String::from("table,A,B\n");
        for (table, a, b, shape) in &rows {
            let extra = if *shape == 0 { ",x" } else { "" };
            csv.push_str(&format!("01.{table:02},{a},{b}{extra}\n"));
        }
        let parsed = transcribe(&pack(), &csv);
        prop_assert_eq!(parsed.readings.len() as u64 + parsed.n_refused, rows.len() as u64);
        let tables: std::collections::BTreeSet<_> = parsed.readings.iter().map(|r| &r.table).collect();
        prop_assert_eq!(tables.len(), parsed.readings.len(), "no table stands twice");
        prop_assert!(parsed.refusals.is_sorted_by_key(|r| r.line));
    }
}

/// A quotation mark that is not closed must not swallow the rows after it without a word.
#[test]
fn an_unclosed_quote_is_a_refused_row() {
    let csv = "table,A,B\n01.01,1,2\n01.02,1,\"2\n01.03,1,2\n01.04,1,2\n";
    let lines: Vec<(u64, &str)> =
        refused(csv).into_iter().map(|(line, _, _, reason)| (line, reason)).collect();
    assert_eq!(lines, [(3, "line-break")]);
}
