//! Versions of a source, comparison of two tables of numbers, and the register.

use tallyproof_core::compare::Comparison;
use tallyproof_core::facts::{NewestUnclear, Source};
use tallyproof_core::register::{Register, RegisterError};
use tallyproof_core::rules::field_name;
use tallyproof_core::transcription::csv_rows::CsvError;
use tallyproof_core::versions::VersionChanges;

use crate::support::{pack, transcribe, version};

const OLD: &str = "table,A,B,null,image\n01.01,1,2,0,a\n01.02,3,4,,b\n01.03,5,6,0,\n01.04,7,8,0,d\n";
const NEW: &str = "table,A,B,electors,null,image\n01.02,3,5,300,1,b\n01.03,5,6,300,0,c\n01.04,7,8,300,0,e\n01.05,9,9,300,0,\n";

#[test]
fn every_difference_of_two_tables_is_named() {
    let pack = pack();
    let (a, b) = (transcribe(&pack, OLD), transcribe(&pack, NEW));
    let compared = Comparison::of(&a, &b);
    let ids = |tables: &[tallyproof_core::table::TableId]| {
        tables.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(
        (compared.n_common, ids(&compared.only_in_a), ids(&compared.only_in_b)),
        (3, vec!["01.01".into()], vec!["01.05".into()])
    );
    let cells: Vec<String> = compared
        .cells
        .iter()
        .map(|c| format!("{} {} {} {}", c.table, field_name(&pack, c.field), c.a.code(), c.b.code()))
        .collect();
    assert_eq!(cells, ["01.02 B 4 5", "01.02 null blank 1"]);
    let images: Vec<_> =
        compared.images.iter().map(|(t, a, b)| (t.as_str(), a.as_str(), b.as_str())).collect();
    assert_eq!(images, [("01.04", "d", "e")]);
    assert!(!compared.is_equal());
}

#[test]
fn comparing_backwards_swaps_the_sides() {
    let pack = pack();
    let (a, b) = (transcribe(&pack, OLD), transcribe(&pack, NEW));
    let (there, back) = (Comparison::of(&a, &b), Comparison::of(&b, &a));
    assert_eq!((&there.only_in_a, &there.only_in_b), (&back.only_in_b, &back.only_in_a));
    assert_eq!(there.cells.len(), back.cells.len());
    assert!(there.cells.iter().zip(&back.cells).all(|(x, y)| (x.a, x.b) == (y.b, y.a)));
    assert!(Comparison::of(&a, &a).is_equal());
}

#[test]
fn the_order_of_rows_in_a_file_is_no_change() {
    let pack = pack();
    let (header, rows) = OLD.split_once('\n').unwrap();
    let mut rows: Vec<&str> = rows.lines().collect();
    rows.reverse();
    let reversed = transcribe(&pack, &format!("{header}\n{}\n", rows.join("\n")));
    let original = transcribe(&pack, OLD);
    let changes = VersionChanges::between(&original, &reversed);
    assert_eq!((changes.n_common, changes.changed.len(), changes.added.len()), (4, 0, 0));
}

#[test]
fn a_source_whose_newest_version_is_not_declared_is_refused() {
    let pack = pack();
    let new = |versions| Source::new("one".into(), versions);
    let two = vec![version(&pack, "b", &[], OLD), version(&pack, "a", &[], NEW)];
    assert_eq!(new(two).unwrap_err(), NewestUnclear(vec!["a".into(), "b".into()]));
    let circle = vec![version(&pack, "a", &["b"], OLD), version(&pack, "b", &["a"], NEW)];
    assert!(new(circle).is_err());
    let chain = new(vec![version(&pack, "z", &[], OLD), version(&pack, "a", &["z"], NEW)]).unwrap();
    assert_eq!(chain.newest().label, "a", "labels do not say which is newer");
    assert_eq!(chain.older().map(|v| v.label.as_str()).collect::<Vec<_>>(), ["z"]);
    assert_eq!(chain.version("z").unwrap().transcription.readings.len(), 4);
    assert!(chain.version("q").is_none());
}

fn parse_register(csv: &[u8]) -> Result<Register, RegisterError> {
    let pack = pack();
    let mut file = pack.register.clone().unwrap();
    file.names.insert(0, "town".into());
    Register::parse(csv, &file, &pack.pattern, &[2])
}

#[test]
fn a_register_knows_tables_electors_and_names() {
    let register = parse_register(b"table,electors,town\n01.01,300,\n01.02,,Alta\n02.01,0,Baja\n").unwrap();
    let electors: Vec<_> = register.tables.iter().map(|(t, n)| (t.as_str(), *n)).collect();
    assert_eq!(electors, [("01.01", Some(300)), ("01.02", None), ("02.01", Some(0))]);
    assert_eq!(register.names[&(0, "01".to_owned())], "Alta");
}

#[test]
fn one_bad_row_refuses_a_register_and_names_its_place() {
    for (row, column, value) in [
        ("01.1,300,x", "{table:5}", "001.1"),
        ("xx.01,300,x", "{table:5}", "xx.01"),
        ("01.01,300,x", "{table:5}", "01.01"),
        ("01.03,many,x", "electors", "many"),
        ("01.03,-3,x", "electors", "-3"),
        ("01.03,+3,x", "electors", "+3"),
        ("01.03,99999999999,x", "electors", "99999999999"),
        ("01.03,300,Alta, the high", "", "4"),
    ] {
        let csv = format!("table,electors,town\n01.01,300,x\n{row}\n");
        let Err(RegisterError::Row { line: 3, column: at, value: found, .. }) =
            parse_register(csv.as_bytes())
        else {
            panic!("{row}");
        };
        assert_eq!((at.as_str(), found.as_str()), (column, value), "{row}");
    }
}

#[test]
fn a_register_without_tables_or_columns_is_refused() {
    let csv_error = |csv: &[u8]| match parse_register(csv) {
        Err(RegisterError::Csv(error)) => error,
        other => panic!("{other:?}"),
    };
    assert!(matches!(csv_error(b"table,electors,town\n"), CsvError::Empty));
    assert!(matches!(csv_error(b""), CsvError::Empty));
    assert!(matches!(csv_error(b"table,town\n"), CsvError::MissingColumn { .. }));
    assert!(matches!(csv_error(b"table,electors,town\n01.01,1,\xed\n"), CsvError::NotUtf8 { line: 2 }));
}
