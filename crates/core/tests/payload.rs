//! The payload's grammar against good, foreign, damaged and hostile codes.

use proptest::prelude::*;
use tallyproof_core::grammar::{GrammarFault, PayloadGrammar};
use tallyproof_core::pack::Pack;
use tallyproof_core::payload::{MAX_PAYLOAD_BYTES, PayloadFault};
use tallyproof_core::sheet::{FieldValue, MAX_COUNT, SheetValues};
use tallyproof_core::table::TablePattern;

use crate::support::{PACK, code, pack, printed};

fn read(text: &str) -> Result<[Option<u32>; 4], PayloadFault> {
    let pack = pack();
    let payload = pack.payload.as_ref().unwrap().read(&pack, text.as_bytes())?;
    let values = payload.values;
    Ok([
        values.selections[0].count(),
        values.selections[1].count(),
        values.null.count(),
        values.reserved.count(),
    ])
}

#[test]
fn hostile_payloads_are_refused_with_their_place() {
    assert_eq!(read("01.01!1,2,3!4!5"), Ok([Some(3), Some(3), Some(4), Some(5)]));
    let at = |at| Err(PayloadFault::Mismatch { at });
    for (text, fault) in [
        ("", at(0)),
        ("https://example.org/", at(0)),
        ("1.01!1,2,3!4!5", at(0)),
        ("01.01", at(5)),
        ("01.01!1,2,!4!5", at(10)),
        ("01.01!1,-2,3!4!5", at(8)),
        ("01.01!1, 2,3!4!5", at(8)),
        ("01.01!1,2,3!4!5 ", at(15)),
        ("01.01!1,2,3!4!5!6", at(15)),
        ("01.01!1,2,3!4!", at(14)),
        ("01.01!1,2,3!4!x", at(14)),
        ("01.01!1,2!4!5", Err(PayloadFault::WrongLineCount { found: 2, expected: 3 })),
        ("01.01!1,2,3,4!4!5", Err(PayloadFault::WrongLineCount { found: 4, expected: 3 })),
        ("01.01!10000000,2,3!4!5", Err(PayloadFault::TooLarge { at: 6 })),
        ("01.01!1,2,99999999999999999999!4!5", Err(PayloadFault::TooLarge { at: 10 })),
        ("01.01!9999999,9999999,3!4!5", Err(PayloadFault::TooLarge { at: 0 })),
        ("01.01!1,2,٣!4!5", Err(PayloadFault::NotText)),
    ] {
        assert_eq!(read(text), fault, "{text:?}");
    }
}

#[test]
fn a_payload_longer_than_any_code_is_not_looked_at() {
    let pack = pack();
    let grammar = pack.payload.as_ref().unwrap();
    let long = format!("01.01!{},2,3!4!5", "0".repeat(MAX_PAYLOAD_BYTES));
    assert_eq!(grammar.read(&pack, long.as_bytes()), Err(PayloadFault::NotText));
    assert_eq!(grammar.read(&pack, b"01.01!1,2,3!4!\xff"), Err(PayloadFault::NotText));
    assert!(grammar.accepts(&pack, format!("01.01!{}7,2,3!4!5", "0".repeat(60)).as_bytes()));
}

/// The small pack with another grammar.
fn with(grammar: &str) -> Pack {
    let toml = PACK.replace("{table}!{lines:,}!{null}!{reserved}", grammar);
    Pack::parse("small", &toml).unwrap_or_else(|faults| panic!("{grammar}: {faults:?}"))
}

#[test]
fn other_grammars_are_data() {
    let pack = with("ACTA|{lines:;}|{valid}/{null}/{electors}|{table}|{digits:2-4}");
    let grammar = pack.payload.as_ref().unwrap();
    let payload = grammar.read(&pack, b"ACTA|1;2;3|6/1/90|02.03|0012").unwrap();
    assert_eq!(payload.table.as_str(), "02.03");
    assert_eq!(payload.unknown, ["0012"]);
    let values = payload.values;
    assert_eq!([values.valid, values.null, values.electors].map(|v| v.count()), [Some(6), Some(1), Some(90)]);
    for wrong in ["ACTA|1;2;3|6/1/90|02.03|1", "ACTA|1;2;3|6/1/90|02.03|12345", "acta|1;2;3|6/1/90|02.03|12"]
    {
        assert!(!grammar.accepts(&pack, wrong.as_bytes()), "{wrong}");
    }
    let fixed = with("{digits:3}-{table}{lines:,}");
    assert!(
        fixed.payload.as_ref().unwrap().accepts(&fixed, b"123-01.021,2,3"),
        "a table id has a fixed length"
    );
}

#[test]
fn grammars_that_cannot_be_read_by_are_refused() {
    let pattern = TablePattern::parse("##.##").unwrap();
    let fault = |text: &str| PayloadGrammar::parse(text, &pattern, 3).unwrap_err();
    assert_eq!(fault("{table}!{lines:,"), GrammarFault::UnclosedBrace);
    assert_eq!(fault("{table}!{votes}"), GrammarFault::UnknownPart("votes".into()));
    for part in
        ["lines:", "lines:,0", "lines:,11", "lines:,x", "lines:{", "null:", "null:0", "table:", "word:0"]
    {
        assert_eq!(fault(&format!("{{table}}!{{{part}}}")), GrammarFault::UnknownPart(part.into()), "{part}");
    }
    assert_eq!(fault("{table}!{lines:,}{digits:0}"), GrammarFault::UnknownPart("digits:0".into()));
    assert_eq!(fault("{table}!{lines:,}!{digits:3-2}"), GrammarFault::UnknownPart("digits:3-2".into()));
    assert_eq!(fault("{lines:,}"), GrammarFault::NotOnce("table"));
    assert_eq!(fault("{table}!{lines:,}!{table}"), GrammarFault::NotOnce("table"));
    assert_eq!(fault("{table}!{null}"), GrammarFault::NotOnce("lines:,"));
    assert_eq!(fault("{table}!{lines:,}!{null}!{null}"), GrammarFault::NotOnce("null"));
    for ambiguous in [
        "{table}!{lines:,}{null}",
        "{table}!{lines:,}0!{null}",
        "{lines:,}{table}",
        "{table}!{digits:1-6}7{lines:,}",
        "{table}!{word:1-6}x{lines:,}",
    ] {
        assert!(matches!(fault(ambiguous), GrammarFault::Ambiguous(..)), "{ambiguous}");
    }
    let named = GrammarFault::Ambiguous("{lines:,}".into(), "{null}".into());
    assert_eq!(fault("{table}!{lines:,}{null}"), named);
}

/// Fields that follow the votes behind the same separator, as spreadsheets write them.
#[test]
fn votes_are_counted_where_the_same_separator_follows() {
    let pack = with("{electors};{lines:;};{null};{ballots};{table}");
    let grammar = pack.payload.as_ref().unwrap();
    let values = grammar.read(&pack, b"90;1;2;3;4;10;02.03").unwrap().values;
    let figures = [values.electors, values.selections[0], values.selections[1], values.null, values.ballots];
    assert_eq!(figures.map(|v| v.count()), [90, 3, 3, 4, 10].map(Some));
    for wrong in ["90;1;2;3;4;02.03", "90;1;2;3;4;10;11;02.03", "90;1;2"] {
        assert!(!grammar.accepts(&pack, wrong.as_bytes()), "{wrong}");
    }
}

#[test]
fn figures_of_fixed_width_need_no_separator() {
    let pack = with("{table}{electors:4}{lines:3}{null:2}{word:4}");
    let grammar = pack.payload.as_ref().unwrap();
    let payload = grammar.read(&pack, b"02.03009000100201004aF9x").unwrap();
    assert_eq!(payload.unknown, ["aF9x"]);
    let values = payload.values;
    let figures = [values.electors, values.selections[0], values.selections[1], values.null];
    assert_eq!(figures.map(|v| v.count()), [90, 3, 10, 4].map(Some));
    for wrong in ["02.0300900010020104aF9x", "02.03009000100201004aF9", "02.03009000100201004aF9xx"] {
        assert!(!grammar.accepts(&pack, wrong.as_bytes()), "{wrong}");
    }
    let padded = with("{table}:{lines:,2}:{null:3}");
    assert!(padded.payload.as_ref().unwrap().accepts(&padded, b"02.03:01,02,03:004"));
    assert!(!padded.payload.as_ref().unwrap().accepts(&padded, b"02.03:1,02,03:004"));
}

/// Where a form has one line for each contestant and no parties, the votes are the selections'.
#[test]
fn without_ballot_lines_the_votes_are_those_of_the_selections() {
    let lines = PACK.find("[[lines]]").unwrap()..PACK.find("[payload]").unwrap();
    let mut toml = PACK.to_owned();
    toml.replace_range(lines, "");
    let pack =
        Pack::parse("small", &toml.replace("{table}!{lines:,}!{null}!{reserved}", "{lines:-}/{table}"))
            .unwrap();
    let values = pack.payload.as_ref().unwrap().read(&pack, b"7-9/02.03").unwrap().values;
    assert_eq!([values.selections[0].count(), values.selections[1].count()], [Some(7), Some(9)]);
    assert!(values.lines.is_empty());
}

#[test]
fn what_does_not_fit_is_not_written() {
    let pack = with("{table}:{lines:,}:{null:1}");
    let grammar = pack.payload.as_ref().unwrap();
    let table = pack.pattern.id("02.03").unwrap();
    let mut values = SheetValues::unread(2);
    assert_eq!(grammar.write(&pack, &table, &values, 0), None, "nothing is known");
    values.lines = [1, 2, 3].map(FieldValue::Count).into();
    values.null = FieldValue::Count(9);
    assert_eq!(grammar.write(&pack, &table, &values, 0).as_deref(), Some("02.03:1,2,3:9"));
    values.null = FieldValue::Count(10);
    assert_eq!(grammar.write(&pack, &table, &values, 0), None, "two digits");
}

#[test]
fn a_blank_line_blanks_its_selection_and_no_other() {
    let pack = pack();
    let (one, blank) = (FieldValue::Count(1), FieldValue::Blank);
    let sums = pack.selections_from_lines(&[one, blank, one]).unwrap();
    assert_eq!(*sums, [FieldValue::Unread, one]);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    #[test]
    fn what_is_written_is_read(lines in proptest::collection::vec(0u32..=MAX_COUNT / 2, 3), null in 0u32..=MAX_COUNT, no in 0u8..100) {
        let text = format!("07.{no:02}!{},{},{}!{null}!0", lines[0], lines[1], lines[2]);
        prop_assert_eq!(read(&text), Ok([Some(lines[0] + lines[1]), Some(lines[2]), Some(null), Some(0)]));
    }

    /// Reading gives back what was written, by grammars as unlike as can be.
    #[test]
    fn what_a_grammar_writes_it_reads(lines in proptest::collection::vec(0u32..1_000, 3), null in 0u32..100, seed: u64) {
        for grammar in [
            "{table}!{lines:,}!{null}!{reserved}",
            "{lines:;};{null};{table}",
            "{digits:3}{table}{lines:3}{null:2}{reserved:4}",
            "A{null}B{lines:.4}C{word:1-8}-{table}",
        ] {
            let pack = with(grammar);
            let parsed = pack.payload.as_ref().unwrap();
            let table = pack.pattern.id("02.03").unwrap();
            let mut values = SheetValues::unread(2);
            values.lines = lines.iter().map(|&n| FieldValue::Count(n)).collect();
            values.null = FieldValue::Count(null);
            let text = parsed.write(&pack, &table, &values, seed).unwrap();
            let back = parsed.read(&pack, text.as_bytes()).unwrap();
            prop_assert_eq!(&back.table, &table);
            prop_assert_eq!((&back.values.lines, back.values.null), (&values.lines, values.null));
        }
    }

    #[test]
    fn random_payloads_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..60), text in "[0-9.,!]{0,40}") {
        let pack = pack();
        let _ = pack.payload.as_ref().unwrap().read(&pack, &bytes);
        let _ = read(&text);
        let _ = read(&format!("01.01!1,2,3{text}"));
    }

    #[test]
    fn random_grammars_never_panic(text in "[{}a-z:,!0-9-]{0,30}") {
        let pattern = TablePattern::parse("##.##").unwrap();
        let _ = PayloadGrammar::parse(&text, &pattern, 3);
        let _ = PayloadGrammar::parse(&format!("{{table}}!{{lines:,}}{text}"), &pattern, 3);
    }
}

/// What the print gives is known, what it does not give is not, and lengths are tried.
#[test]
fn print_predicts_the_payload() {
    let pack = pack();
    let grammar = pack.payload.as_ref().unwrap();
    let text = |bytes: &[Option<u8>]| bytes.iter().map(|b| b.map_or('?', char::from)).collect::<String>();
    let predict = |edits: &[(&str, &str)]| {
        let image = printed(&pack, code(&pack, "one", "img", "01.02!12,3,50!4!0"), edits);
        let all = grammar.predict(&pack, &image.print.unwrap(), 4);
        all.iter().map(|bytes| text(bytes)).collect::<Vec<_>>()
    };
    assert_eq!(predict(&[]), ["01.02!12,3,50!4!0"]);
    let unsure = [("table-2", "unsure"), ("line-2", "unsure")];
    assert_eq!(predict(&unsure), ["01.??!12,?,50!4!0", "01.??!12,??,50!4!0", "01.??!12,???,50!4!0"]);
    assert_eq!(
        predict(&[("line-1", "007"), ("null", "000")]),
        ["01.02!7,3,50!0!0"],
        "codes have no zeros before"
    );
    let most = ["table-1", "table-2", "line-1", "line-2", "line-3", "null"].map(|figure| (figure, "blank"));
    assert!(predict(&most).iter().all(|p| p.len() <= 14), "the likeliest few");
    assert!(predict(&most).is_empty() || predict(&most).len() <= 4);
}
