//! Every kind of pack fault, by one edit of a good pack, on the right line.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use tallyproof_core::pack::{Mapping, Pack, PackFaultCode as Code};

use crate::support::{BLANK_APART, PACK, pack, pack_with};

/// Edits: what is wrong then, the text replaced, its replacement, and a text on the line to be named
/// (empty: nothing stands anywhere, so no line).
const EDITS: &[(Code, &str, &str, &str)] = &[
    (Code::Syntax, "schema_version = 1", "schema_version = ", "schema_version = "),
    (Code::Syntax, "date = \"2031-05-04\"", "day = \"2031-05-04\"", "day = "),
    (Code::Syntax, "count = 10", "count = -10", "count = -10"),
    (Code::Syntax, "scope = \"country\"", "scope = \"world\"", "scope = \"world\""),
    (Code::SchemaVersion, "schema_version = 1", "schema_version = 2\nnew_key = 1", "schema_version = 2"),
    (Code::Rule, "rule = \"plurality\"", "rule = \"run-off\"", "rule = \"run-off\""),
    (Code::EmptyName, "es = \"Alcaldía\"", "es = \" \"", "contest = "),
    (Code::EmptyName, "name = \"Blas\"", "name = \"\"", "name = \"\""),
    (Code::EmptyName, "plural = { en = \"towns\"", "plural = { en = \"\"", "plural = "),
    (Code::SameName, "name = \"Blas\"", "name = \"Ana\"", "name = \"Ana\"\ncolor = \"#445566\""),
    (Code::TooManySelections, "[[lines]]", MANY, ""),
    (
        Code::FormVotes,
        concat!(
            "[[lines]]\nfrom = 1\nselection = \"A\"\nlabels = [\"A1\", \"A2\"]\n\n",
            "[[lines]]\nfrom = 3\nselection = \"B\"\nlabels = [\"B1\"]\n\n",
            "[payload]\ngrammar = \"{table}!{lines:,}!{null}!{reserved}\"\n\n[form]\nscript = \"printed\"",
        ),
        "[form]\nscript = \"printed\"\nselection_totals = false",
        "selection_totals",
    ),
    (Code::NoBoundaryCodes, "boundary = \"X01\"", "", "level = \"town\"\nproperty"),
    (Code::BadTotal, "count = 10", "count = 10000001", "count = 1"),
    (Code::BadTotal, "electors = 4000", "electors = 10000000001", "electors = 1"),
    (Code::BadTotal, "part = 8", "part = 11", "part = 11"),
    (
        Code::SharedColumn,
        "valid = \"valid\"\nnull = \"null\"",
        "valid = \"null\"\nnull = \"null\"",
        "id = \"full\"",
    ),
    (Code::BadId, "id = \"B\"", "id = \"../B\"", "id = \"../B\""),
    (Code::BadId, "id = \"council\"", "id = \"=council\"", "id = \"=council\""),
    (Code::Duplicate, "id = \"B\"", "id = \"A\"", "id = \"A\"\nname = \"Blas\""),
    (Code::Duplicate, "id = \"two\"", "id = \"one\"", "id = \"one\"\nname = \"Second"),
    (Code::TooFewSelections, "[[selections]]\nid = \"B\"\nname = \"Blas\"\ncolor = \"#445566\"\n", "", ""),
    (Code::UnknownSelection, "selection = \"B\"", "selection = \"C\"", "selection = \"C\""),
    (
        Code::UnknownSelection,
        "votes = { A = 900, B = 700 }",
        "votes = { A = 900, C = 7 }",
        "votes = { A = 900",
    ),
    (Code::SelectionWithoutLine, "from = 3\nselection = \"B\"", "from = 3\nselection = \"A\"", ""),
    (Code::OverlappingLines, "from = 3", "from = 2", "from = 2"),
    (Code::MissingLine, "from = 3", "from = 4", ""),
    (Code::MissingLine, "\nfrom = 1", "\nfrom = 0", ""),
    (Code::MissingLine, "from = 3", "from = 60000", ""),
    (Code::LineColumns, "null = \"null\"", "lines = [\"a\", \"b\"]", "id = \"full\""),
    (Code::BadPattern, "pattern = \"##.##\"", "pattern = \"##/##\"", "pattern = "),
    (Code::BadLevel, "chars = 2", "chars = 5", "chars = 5"),
    (Code::BadLevel, "chars = 2", "chars = 0", "chars = 0"),
    (Code::UnknownLevel, "level = \"town\"\nproperty", "level = \"state\"\nproperty", "level = \"state\""),
    (Code::BadAreaCode, "code = \"01\"", "code = \"1\"", "code = \"1\""),
    (Code::BadTotal, "count = 10", "count = 0", "count = 0"),
    (Code::BadTotal, "electors_domestic = 3900", "electors_domestic = 4001", "electors_domestic"),
    (Code::BadDate, "2031-05-04", "4 May 2031", "4 May 2031"),
    (Code::BadDate, "2031-05-05", "2031-02-29", "2031-02-29"),
    (Code::BadColor, "#445566", "blue", "blue"),
    (Code::BadPayload, "{table}!", "{tables}!", "{tables}!"),
    (Code::Syntax, "script = \"printed\"", "script = \"typed\"", "script = "),
    (Code::Syntax, "figure = \"null\"", "figure = \"nil\"", "figure = \"nil\""),
    (Code::FormTable, "TOWN\", table = 2", "TOWN\", table = 3", "TOWN\", table = 3"),
    (Code::FormTable, "TABLE\", table = 2", "TABLE\"", "TOWN\", table = 2"),
    (Code::FormFigure, "figure = \"null\"", "figure = \"valid\"", "figure = \"valid\""),
    (Code::FormFigure, "TOWN\", table = 2", "TOWN\", figure = \"ballots\", table = 2", "TOWN\""),
    (Code::FormLabel, "label = \"VALID\"", "label = \" \"", "label = \" \""),
    (Code::FormPrivate, "label = \"VALID\",", "label = \"VALID\", private = true,", "private = true"),
    (Code::Syntax, "script = \"printed\"", "script = \"printed\"\nprivate_below = 1", "private_below = 1"),
    (
        Code::FormReview,
        "script = \"printed\"",
        "script = \"printed\"\nmasking_reviewed = { who = \"coordinator\", when = \"2031-05-09\" }",
        "masking_reviewed",
    ),
    (
        Code::FormReview,
        "script = \"printed\"",
        "script = \"printed\"\nprivate_below = true\nmasking_reviewed = { who = \"a@example.org\", when = \"2031-05-09\" }",
        "masking_reviewed",
    ),
    (
        Code::BadDate,
        "script = \"printed\"",
        "script = \"printed\"\nprivate_below = true\nmasking_reviewed = { who = \"a\", when = \"May\" }",
        "masking_reviewed",
    ),
    (
        Code::FormLines,
        "labels = [\"B1\"]",
        "labels = [\"B1\"]\n[[lines]]\nfrom = 4\nselection = \"A\"\nlabels = [\"A3\"]",
        "",
    ),
    (
        Code::BadPolicy,
        "[[mappings]]",
        "[policy]\nadmits = [\n\"code-only\",\n\"joint\",\n]\n\n[[mappings]]",
        "\"joint\"",
    ),
    (Code::BadTemplate, "table = \"{table:5}\"\nvalid", "table = \"{table:4}\"\nvalid", "{table:4}"),
    (Code::BadTemplate, "table = \"{table:5}\"\nvalid", "valid", "id = \"full\""),
    (Code::UnmappedSelection, "votes = { A = \"A\", B = \"B\" }", "votes = { A = \"A\" }", "id = \"full\""),
    (
        Code::SharedColumn,
        "votes = { A = \"A\", B = \"B\" }",
        "votes = { A = \"A\", B = \"A\" }",
        "votes = { A",
    ),
    (Code::SharedColumn, "null = \"null\"", "lines = [\"a\", \"b\", \"a\"]", "id = \"full\""),
    (
        Code::BadEncoding,
        "encoding = \"utf-8\"\ntable = \"{table:5}\"\nvalid",
        "encoding = \"utf-16\"\ntable = \"{table:5}\"\nvalid",
        "utf-16",
    ),
    (Code::BadDelimiter, "valid = \"valid\"", "delimiter = \"tab\"", "delimiter"),
    (Code::BadShare, "A = \"56.3\"", "A = \"56,3\"", "56,3"),
    (
        Code::EmptyClaim,
        "votes = { A = 900, B = 700 }\nshares = { A = \"56.3\", B = \"43.8\" }\nvalid = 1600\ngroups",
        "x_groups",
        "id = \"council\"",
    ),
    (Code::EmptyClaim, "selections = [\"A\", \"B\"], votes", "selections = [], votes", "id = \"council\""),
    (
        Code::BadFormula,
        "scope = \"country\"",
        "scope = \"country\"\nstatement = { formula = \"valid - tables\", relation = \"equal\", stated = 3 }",
        "formula",
    ),
    (Code::UnknownSource, "independent_of = [\"one\"]", "independent_of = [\"uno\"]", "\"uno\""),
    (Code::UnknownRule, "[[mappings]]", "[rules.S999]\noff = true\n\n[[mappings]]", "[rules.S999]"),
    (Code::BadFileName, "file = \"register.csv\"", "file = \"../register.csv\"", "../register.csv"),
    (Code::BadFileName, "file = \"register.csv\"", "file = \"/etc/passwd\"", "/etc/passwd"),
];

/// Stands for more selections than any ballot has.
const MANY: &str = "MANY";

fn edited(from: &str, to: &str) -> String {
    if to == MANY {
        let one = |i| format!("[[selections]]\nid = \"X{i}\"\nname = \"X{i}\"\ncolor = \"#112233\"\n");
        return PACK.replacen(from, &((0..2_000).map(one).collect::<String>() + from), 1);
    }
    assert_eq!(PACK.matches(from).count().min(1), 1, "{from:?} is not in the pack");
    // An edit that ends in `x_groups` takes the last lines of the claim away.
    if to == "x_groups" {
        return PACK.split(from).next().unwrap_or_default().to_owned();
    }
    PACK.replacen(from, to, 1)
}

fn line_of(text: &str, marker: &str) -> Option<usize> {
    (!marker.is_empty()).then(|| text[..text.find(marker).unwrap()].matches('\n').count() + 1)
}

/// The arguments that every fault of a kind carries.
pub(crate) fn args_by_code() -> BTreeMap<Code, BTreeSet<&'static str>> {
    let mut all: BTreeMap<Code, BTreeSet<&'static str>> = BTreeMap::new();
    for &(_, from, to, _) in EDITS {
        for fault in Pack::parse("small", &edited(from, to)).unwrap_err() {
            let names: BTreeSet<&str> = fault.args.iter().map(|(name, _)| *name).collect();
            all.entry(fault.code)
                .and_modify(|known| known.retain(|name| names.contains(name)))
                .or_insert(names);
        }
    }
    all
}

#[test]
fn every_kind_of_fault_is_found_on_its_line() {
    pack();
    let mut seen = BTreeSet::new();
    for &(code, from, to, marker) in EDITS {
        let toml = edited(from, to);
        let faults = Pack::parse("small", &toml).expect_err(&toml);
        let line = line_of(&toml, marker);
        let found: Vec<_> = faults.iter().map(|f| (f.code.code(), f.line)).collect();
        assert!(
            found.contains(&(code.code(), line)),
            "{from:?} → {to:?}: {code:?} at {line:?}, found {found:?}"
        );
        assert!(faults.is_sorted_by_key(|f| f.line.unwrap_or(usize::MAX)));
        seen.insert(code);
    }
    // What is no UTF-8 is found in the bytes, before there is a text to edit; the other is of mappings beside a pack.
    let elsewhere = [Code::NotUtf8, Code::BlankNotApart];
    let all: BTreeSet<Code> = Code::ALL.iter().copied().filter(|code| !elsewhere.contains(code)).collect();
    assert_eq!(seen, all, "an edit for every kind");
}

/// A later format is named as such, not as a heap of unknown keys.
#[test]
fn a_pack_of_another_format_has_that_one_fault() {
    let faults = Pack::parse("small", "schema_version = 7\n[everything]\nnew = true\n").unwrap_err();
    assert_eq!(faults.len(), 1);
    assert_eq!((faults[0].code, faults[0].line), (Code::SchemaVersion, Some(1)));
}

#[test]
fn all_faults_are_named_at_once() {
    let toml =
        PACK.replace("#445566", "blue").replace("count = 10", "count = 0").replace("\"56.3\"", "\"much\"");
    let codes: Vec<Code> = Pack::parse("small", &toml).unwrap_err().iter().map(|f| f.code).collect();
    assert_eq!(codes, [Code::BadTotal, Code::BadColor, Code::BadShare]);
}

#[test]
fn a_mapping_of_its_own_is_checked_like_one_in_the_pack() {
    let pack = pack();
    let of = |toml: &str| {
        Mapping::parse(&pack, toml).map_err(|f| f.iter().map(|f| (f.code, f.line)).collect::<Vec<_>>())
    };
    let good = "id = \"m\"\nencoding = \"utf-8\"\ntable = \"{t:5}\"\nlines = [\"a\", \"b\", \"c\"]\n";
    assert!(of(good).unwrap().votes.is_empty(), "lines alone give the votes");
    let half = "id = \"m\"\nencoding = \"utf-8\"\npayload = \"p\"\nvotes = { B = \"b\" }\n";
    assert_eq!(of(half), Err(vec![(Code::UnmappedSelection, Some(1))]), "or B's column would count for A");
    assert_eq!(of(&good.replace("\"m\"", "\"../m\"")), Err(vec![(Code::BadId, Some(1))]));
    let without = PACK.replace("[payload]\ngrammar = \"{table}!{lines:,}!{null}!{reserved}\"\n", "");
    let without = Pack::parse("small", &without).unwrap();
    let faults = Mapping::parse(&without, "id = \"m\"\nencoding = \"utf-8\"\npayload = \"p\"\n").unwrap_err();
    assert_eq!((faults[0].code, faults[0].line), (Code::BadPayload, Some(3)));
    let blank = format!("{good}blank = \"blancos\"\n");
    assert_eq!(of(&blank), Err(vec![(Code::BlankNotApart, Some(5))]));
    let apart = pack_with(BLANK_APART);
    assert_eq!(Mapping::parse(&apart, &blank).unwrap().blank.as_deref(), Some("blancos"));
    let twice = Mapping::parse(&apart, &blank.replace("blancos", "a")).unwrap_err();
    assert_eq!(twice[0].code, Code::SharedColumn, "a line's column gives no blank votes");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(192) })]

    #[test]
    fn random_edits_never_panic(
        edits in proptest::collection::vec((any::<prop::sample::Index>(), 0usize..12, "[ -~\né#\"\\[\\]{}=0-9]{0,8}"), 1..4),
    ) {
        let mut text: Vec<char> = PACK.chars().collect();
        for (at, removed, added) in edits {
            let at = at.index(text.len());
            let end = (at + removed).min(text.len());
            text.splice(at..end, added.chars());
        }
        let text: String = text.into_iter().collect();
        let n_lines = text.lines().count() + 1;
        if let Err(faults) = Pack::parse("small", &text) {
            prop_assert!(!faults.is_empty());
            prop_assert!(faults.iter().all(|f| f.line.is_none_or(|line| line <= n_lines)));
        }
    }

    #[test]
    fn numbers_at_their_limits_never_panic(n in prop_oneof![Just(0u64), Just(i64::MAX as u64), any::<u64>()]) {
        for key in ["count = 10", "electors = 4000", "chars = 2", "from = 3", "A = 900", "whole = 10", "trust = 1"] {
            let name = key.split(' ').next().unwrap();
            let _ = Pack::parse("small", &PACK.replacen(key, &format!("{name} = {n}"), 1));
        }
    }
}
