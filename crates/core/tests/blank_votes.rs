//! Blank votes that are counted apart: read, confirmed, typed and added up beside valid and null ones.

use tallyproof_core::form::Figure;
use tallyproof_core::pack::Pack;
use tallyproof_core::people::PersonId;
use tallyproof_core::print::{Agreement, Print, expected};
use tallyproof_core::reconcile::reconcile;
use tallyproof_core::review::{Action, Place, Said, Seen, TableValue, Typed, entry_fields};
use tallyproof_core::sheet::{Field, FieldValue, SheetStatus};
use tallyproof_core::tabulate::tabulate;

use crate::support::{BLANK_APART, PACK, code, facts, facts_with_codes, pack, pack_with, printed, source};

const GRAMMAR: &str = "{table}!{lines:,}!{null}!{reserved}";
const NULL_ROW: &str = "{ label = \"NULL\", figure = \"null\" }";

fn edited(edits: &[(&str, &str)]) -> Pack {
    let toml = edits.iter().fold(PACK.to_owned(), |toml, (from, to)| {
        assert!(toml.contains(from), "{from}");
        toml.replace(from, to)
    });
    Pack::parse("small", &toml).unwrap_or_else(|faults| panic!("{faults:?}"))
}

/// Code and form give blank votes.
fn printed_pack() -> Pack {
    edited(&[
        (GRAMMAR, "{table}!{lines:,}!{blank:2}!{null}!{reserved}"),
        (NULL_ROW, "{ label = \"BLANK\", figure = \"blank\" }, { label = \"NULL\", figure = \"null\" }"),
    ])
}

#[test]
fn an_election_counts_them_apart_where_anything_gives_them() {
    assert!(!pack().blank_votes);
    assert!(pack_with(BLANK_APART).blank_votes, "a mapping");
    let row = "{ label = \"BLANK\", figure = \"blank\" }";
    assert!(edited(&[(NULL_ROW, &format!("{row}, {NULL_ROW}"))]).blank_votes, "the form");
    assert!(edited(&[(GRAMMAR, "{table}!{lines:,}!{blank}!{null}!{reserved}")]).blank_votes, "the code");
    assert!(edited(&[("valid = 1600", "valid = 1600\nblank = 20")]).blank_votes, "a claim");
}

#[test]
fn a_code_gives_them_and_writes_them_again() {
    let pack = printed_pack();
    let grammar = pack.payload.as_ref().unwrap();
    let payload = grammar.read(&pack, b"01.01!7,8,9!05!2!0").unwrap();
    assert_eq!(payload.values.blank_votes, FieldValue::Count(5));
    assert_eq!(payload.values.votes_cast(), Some(7 + 8 + 9 + 5 + 2));
    let written = grammar.write(&pack, &payload.table, &payload.values, 0);
    assert_eq!(written.as_deref(), Some("01.01!7,8,9!05!2!0"));
}

/// Print must confirm them like null votes; ballots are valid, blank and null together.
#[test]
fn print_must_confirm_them() {
    let pack = printed_pack();
    let figure = Figure::Field(Field::BlankVotes);
    let image = || code(&pack, "one", "img", "01.01!7,8,9!05!2!0");
    let asked = expected(&pack, &image().reading.table, &image().reading.values);
    assert!(asked.contains(&(figure, "5".into(), true)));
    assert!(asked.contains(&(Figure::Field(Field::Ballots), "31".into(), false)));
    let agreement = |edits: &[(&str, &str)]| {
        let image = printed(&pack, image(), edits);
        Agreement::of(&pack, &image.reading.table, &image.reading.values, image.print.as_deref())
    };
    assert!(agreement(&[]).is_complete());
    assert_eq!(agreement(&[("blank", "unsure")]).unconfirmed, [figure]);
    assert_eq!(agreement(&[("blank", "6")]).misprints[0].figure, figure);
    let status = |edits: &[(&str, &str)]| {
        let facts = facts_with_codes(pack.clone(), Vec::new(), vec![printed(&pack, image(), edits)]);
        reconcile(&facts)[0].status
    };
    assert_eq!(status(&[]), SheetStatus::Definitive);
    assert_eq!(status(&[("blank", "blank")]), SheetStatus::Provisional);
    assert_eq!(status(&[("blank", "6")]), SheetStatus::InConflict);
    let print = Print::from_json(&serde_json::json!([]));
    assert_eq!(print.values(&pack).blank_votes, FieldValue::Unread);
    // A code that leaves them out does not make up the ballots.
    let silent = edited(&[(NULL_ROW, &format!("{{ label = \"BLANK\", figure = \"blank\" }}, {NULL_ROW}"))]);
    let image = code(&silent, "one", "img", "01.01!7,8,9!2!0");
    let asked = expected(&silent, &image.reading.table, &image.reading.values);
    assert!(asked.iter().all(|(figure, ..)| *figure != Figure::Field(Field::Ballots)));
}

#[test]
fn people_type_them_where_the_form_has_them() {
    let pack = printed_pack();
    let codes: Vec<String> = entry_fields(&pack).into_iter().map(Figure::code).collect();
    let all = ["table-1", "table-2", "electors", "line-1", "line-2", "line-3", "valid", "blank", "null"];
    assert_eq!(codes, all);
    // Left empty on the paper is a value of the row like any other.
    let mut typed = Typed { table: pack.pattern.id("01.01").map(TableValue::Id), ..Typed::default() };
    typed.set(Place::from_code("blank").unwrap(), Said::Value(FieldValue::Blank));
    let action = Action::Enter { by: PersonId::of_number(4).unwrap(), seen: Seen::Sheet(typed) };
    let body = action.to_body(&"f".repeat(64));
    assert_eq!(body["values"]["blank"], "blank");
    let (_, read) = Action::from_body(&pack, action.kind(), &body).unwrap();
    let Action::Enter { seen: Seen::Sheet(read), .. } = read else { panic!("an entry") };
    assert_eq!(read.sheet_values(&pack).blank_votes, FieldValue::Blank);
}

#[test]
fn they_are_added_up_beside_valid_and_null_votes() {
    let rows = "table,A,B,blank,null,ballots\n01.01,60,30,4,5,99\n01.02,50,20,3,,80\n01.03,40,10,,1,60\n";
    let pack = pack_with(BLANK_APART);
    let facts = facts(pack.clone(), vec![source(&pack, "one", rows)]);
    let tab = tabulate(&facts, &reconcile(&facts));
    let totals = &tab.totals;
    assert_eq!((totals.valid(), totals.blank, totals.null), (210, 7, 6));
    assert_eq!((totals.n_blank_unknown, totals.n_null_unknown), (1, 1));
    assert_eq!(totals.cast(&pack), None, "what is not known is not 0");
    assert_eq!(tab.voters, 210 + 7 + 6, "a floor");
    let known = facts_of(&pack, "table,A,B,blank,null\n01.01,60,30,4,5\n");
    let tab = tabulate(&known, &reconcile(&known));
    assert_eq!(tab.totals.cast(&pack), Some(99));
    assert_eq!(tab.largest_valid, 90, "blank votes are not valid");
}

fn facts_of(pack: &Pack, rows: &str) -> tallyproof_core::facts::Facts {
    facts(pack.clone(), vec![source(pack, "one", rows)])
}

#[test]
fn ballots_are_known_where_no_kind_of_votes_is_left_out() {
    let apart = pack_with(BLANK_APART);
    let gives = |pack: &Pack, rows: &str| {
        let facts = facts_of(pack, rows);
        let sheets = reconcile(&facts);
        (pack.gives_not_valid(sheets[0].values()), pack.gives_ballots(sheets[0].values()))
    };
    assert_eq!(gives(&pack(), "table,A,B,null\n01.01,1,2,3\n"), (true, true));
    assert_eq!(gives(&apart, "table,A,B,null\n01.01,1,2,3\n"), (false, false));
    assert_eq!(gives(&apart, "table,A,B,null,ballots\n01.01,1,2,3,9\n"), (false, true));
    assert_eq!(gives(&apart, "table,A,B,blank,null\n01.01,1,2,3,4\n"), (true, true));
}
