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

/// The reference for whoever writes a pack names every key there is.
#[test]
fn the_reference_names_every_key() {
    let page = include_str!("../../../docs/reference/packs.md");
    let shape = include_str!("../src/pack/file.rs");
    let tuning = include_str!("../src/pack/mod.rs");
    let tuning = tuning.split("pub struct RuleTuning {").nth(1).unwrap().split('}').next().unwrap();
    let key = |line: &'static str, before: &str| line.trim().strip_prefix(before)?.split(':').next();
    let keys = shape.lines().filter_map(|line| key(line, "pub(super) "));
    let keys: Vec<&str> = keys
        .filter(|key| !key.starts_with("struct "))
        .chain(tuning.lines().filter_map(|line| key(line, "pub ")))
        .collect();
    assert!(keys.len() > 60, "{keys:?}");
    for key in keys {
        let named = [format!("`{key}`"), format!(".{key}`")].iter().any(|name| page.contains(name));
        assert!(named, "docs/reference/packs.md does not name `{key}`");
    }
}

/// What the reference shows works.
#[test]
fn the_smallest_pack_of_the_reference_is_sound() {
    let page = include_str!("../../../docs/reference/packs.md");
    let toml = page.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    let pack = Pack::parse("smallest", toml).unwrap();
    assert_eq!((pack.selections.len(), pack.mappings.len()), (2, 1));
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

/// A made-up election with handwritten sheets: no code, no ballot lines, other ids, two levels.
mod costa_serena {
    use tallyproof_core::facts::{Facts, Source, Version};
    use tallyproof_core::pack::{Encoding, Pack};
    use tallyproof_core::reconcile::reconcile;
    use tallyproof_core::register::Register;
    use tallyproof_core::rules::check_all;
    use tallyproof_core::tabulate::tabulate;
    use tallyproof_core::transcription::{Transcription, fitting_mapping};

    const PACK: &str = include_str!("../../../elections/costa-serena-2031/election.toml");
    const REGISTER: &[u8] = include_bytes!("../../../elections/costa-serena-2031/register.csv");

    fn pack() -> Pack {
        Pack::parse("costa-serena-2031", PACK).unwrap()
    }

    fn register(pack: &Pack) -> Register {
        let chars: Vec<usize> = pack.levels.iter().map(|level| level.chars).collect();
        Register::parse(REGISTER, pack.register.as_ref().unwrap(), &pack.pattern, &chars).unwrap()
    }

    #[test]
    fn its_register_is_its_totals() {
        let pack = pack();
        assert!(pack.synthetic && pack.payload.is_none() && pack.lines.is_empty());
        let register = register(&pack);
        assert_eq!(register.tables.len() as u64, pack.n_tables);
        let electors: u64 = register.tables.values().flatten().map(|&n| u64::from(n)).sum();
        assert_eq!(Some(electors), pack.electors);
        let named = |level| register.names.keys().filter(|(l, _)| *l == level).count() as u64;
        assert_eq!([named(0), named(1)].map(Some), [pack.levels[0].count, pack.levels[1].count]);
    }

    /// Semicolons, Latin-1, ids that lost their zeros; one slip of 2 votes tolerated, one of 9 not; a blank.
    const OBSERVERS: &str = "PROV;PROVINCIA;DIST;DISTRITO;MESA;ARRIETA;ONDARZA;QUILLA;IBARZ;VALIDOS;NULOS;BOLETAS;INSCRITOS;FOTO\r\n\
        2;Centro;3;Santa Áurea;1;90;60;20;10;182;4;186;270;a.jpg\r\n\
        2;Centro;3;Santa Áurea;3;50;80;20;10;169;1;170;;b.jpg\r\n\
        3;Islas;1;Isla Mayor;4;70;;20;10;;;;;\r\n";

    /// The party agrees on one table and differs on another, where observers are trusted more.
    const PARTY: &str = "mesa,luz,marcial,roberta,solano,nulos\n\
        P2-03-001,90,60,20,10,4\nP2-03-003,90,40,20,10,1\nP1-01-002,100,1,1,1,0\n";

    fn source(pack: &Pack, id: &str, bytes: &[u8]) -> Source {
        let mapping = fitting_mapping(pack, bytes).unwrap();
        assert_eq!(mapping.id, id);
        let transcription = Transcription::parse(bytes, mapping, pack).unwrap();
        assert_eq!(transcription.n_refused, 0);
        let version =
            Version { label: "1".into(), supersedes: Vec::new(), sha256: String::new(), transcription };
        Source::new(id.into(), vec![version]).unwrap()
    }

    #[test]
    fn its_tables_of_numbers_tabulate() {
        let pack = pack();
        assert_eq!(pack.mappings[0].encoding, Encoding::Latin1);
        let latin_1: Vec<u8> = OBSERVERS.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
        let sources = vec![source(&pack, "observers", &latin_1), source(&pack, "party", PARTY.as_bytes())];
        let register = register(&pack);
        let facts = Facts::new(pack, Some(register), sources);
        let sheets = reconcile(&facts);
        let classes: Vec<(&str, &str, &str)> =
            sheets.iter().map(|s| (s.table.as_str(), s.status.code(), s.class.code())).collect();
        assert_eq!(
            classes,
            [
                ("P1-01-002", "provisional", "single-source"),
                ("P2-03-001", "provisional", "two-sources"),
                ("P2-03-003", "provisional", "single-source"),
                ("P3-01-004", "needs-entry", "single-source"),
            ]
        );
        let sum = tabulate(&facts, &sheets);
        assert_eq!(sum.totals.votes, [240, 141, 41, 21]);
        assert_eq!((sum.n_tables_seen(), sum.n_tables_total, sum.totals.null), (3, 36, 5));
        let centre = sum.areas[1].iter().find(|area| area.code == "P2-03").unwrap();
        assert_eq!((centre.totals.n_tables, centre.n_tables_total), (2, Some(4)));
        assert_eq!(facts.area_name(1, "P2-03"), Some("Santa Áurea"));
        let found: Vec<String> = check_all(&facts, &sheets)
            .iter()
            .map(|f| format!("{} {}", f.rule, f.table.as_ref().map_or("", |t| t.as_str())))
            .collect();
        assert_eq!(
            found,
            [
                "S202 P2-03-003",
                "S206 P2-03-001",
                "S303 P3-01-004",
                "C104 P1-01-001",
                "C104 P2-03-002",
                "C104 P3-01-001",
                "C104 P3-01-002",
                "C104 P3-01-003",
                "C302 P2-03-003",
                "C302 P2-03-003",
            ]
        );
    }
}
