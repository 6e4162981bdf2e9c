//! The packs that come with the program are sound.

use tallyproof_core::pack::Pack;

const VENEZUELA: &str = include_str!("../../../elections/venezuela-2024/election.toml");

/// Three payloads of real sheets; their tables' published votes are in `analysis/tests`.
const PAYLOADS: [(&str, &str, [u32; 10]); 3] = [
    (
        "201301006.01.1.0001!140,7,10,8,1,7,1,0,2,3,0,1,8,1,0,1,0,3,1,1,0,1,0,0,0,0,0,0,1,2,0,0,0,5,7,155,1,1!0!0",
        "201301006.01",
        [167, 188, 6, 1, 1, 3, 0, 0, 1, 1],
    ),
    (
        "150702005.02.1.0001!105,7,2,0,4,1,0,1,1,1,0,2,44,2,1,0,0,1,0,1,0,0,0,1,0,0,0,0,1,0,1,0,0,7,13,350,0,2!0!0",
        "150702005.02",
        [370, 168, 4, 1, 1, 1, 1, 0, 0, 2],
    ),
    (
        "110601011.04.1.0001!122,1,0,0,4,2,0,0,2,1,0,1,2,1,0,0,0,5,0,2,0,0,0,0,0,0,0,0,1,0,0,0,0,8,22,406,0,1!0!0",
        "110601011.04",
        [436, 135, 6, 2, 0, 1, 0, 0, 0, 1],
    ),
];

#[test]
fn the_venezuelan_pack_is_sound() {
    let pack = Pack::parse("venezuela-2024", VENEZUELA).unwrap();
    assert_eq!((pack.lines.len(), pack.selections.len()), (38, 10));
    assert_eq!(
        (pack.n_tables, pack.electors, pack.electors_domestic),
        (30_026, Some(21_392_464), Some(21_323_253))
    );
    assert_eq!(pack.areas.len(), 24);
}

#[test]
fn real_payloads_are_read_by_the_grammar() {
    let pack = Pack::parse("venezuela-2024", VENEZUELA).unwrap();
    let grammar = pack.payload.as_ref().unwrap();
    for (text, table, votes) in PAYLOADS {
        let payload = grammar.read(&pack, text.as_bytes()).unwrap();
        assert_eq!(payload.table.as_str(), table);
        let read: Vec<u32> = payload.values.selections.iter().filter_map(|v| v.count()).collect();
        assert_eq!(read, votes, "{table}");
    }
}
