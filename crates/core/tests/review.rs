//! What people can do to a sheet, story by story.

use serde_json::json;
use tallyproof_core::form::Figure;
use tallyproof_core::people::Role;
use tallyproof_core::reconcile::reconcile;
use tallyproof_core::review::{
    Action, DeskEvent, Machine, Place, Refusal, Review, Seen, Settled, Stage, Unusable, entry_fields,
    table_of_parts,
};
use tallyproof_core::sheet::{EvidenceClass, Field, FieldValue, SheetStatus};

use crate::reviewing::{
    CLERKS, COORDINATOR, PAYLOAD, Table, enter, facts, only, people, person, places, settled, standing, typed,
};
use crate::support::{code, pack, printed};

#[test]
fn a_person_types_what_stands_on_the_form() {
    let codes: Vec<String> = entry_fields(&pack()).into_iter().map(Figure::code).collect();
    assert_eq!(codes, ["table-1", "table-2", "electors", "line-1", "line-2", "line-3", "valid", "null"]);
    assert_eq!(table_of_parts(&pack(), &["01", "02"]).unwrap().as_str(), "01.02");
    assert_eq!(table_of_parts(&pack(), &["1", "02"]), None);
}

#[test]
fn two_people_who_agree_settle_a_sheet() {
    let mut table = Table::new(None);
    assert_eq!(table.enter(CLERKS[0], &[]), Ok(Stage::SecondEntry));
    assert_eq!(table.enter(CLERKS[0], &[]), Err(Refusal::AlreadyEntered));
    assert_eq!(settled(table.enter(CLERKS[1], &[])), (EvidenceClass::TwoPeople, true));
    assert_eq!(table.enter(CLERKS[2], &[]), Err(Refusal::WrongStage));
}

#[test]
fn one_person_and_a_code_they_did_not_see_settle_a_sheet() {
    let image = || code(&pack(), "one", "img", PAYLOAD);
    let mut table = Table::new(Some(image()));
    assert_eq!(settled(table.enter(CLERKS[0], &[("valid", "64")])), (EvidenceClass::PersonAndMachine, true));
    let Stage::Settled(Settled { sheet: Some(sheet), .. }) = table.stage() else { panic!() };
    let electors = Place::Field(Field::Electors);
    assert_eq!(sheet.at(electors), None, "what only one witness gives is left out");
    for (who, why) in
        [(2, Refusal::WrongRole), (1, Refusal::WrongRole), (7, Refusal::WrongRole), (8, Refusal::NotBlind)]
    {
        assert_eq!(Table::new(Some(image())).enter(who, &[]), Err(why), "{who}");
    }
}

#[test]
fn a_code_that_its_print_confirms_needs_no_person() {
    let confirmed = printed(&pack(), code(&pack(), "one", "img", PAYLOAD), &[]);
    let mut table = Table::new(Some(confirmed));
    assert_eq!(table.stage(), Stage::Confirmed);
    assert_eq!(table.enter(CLERKS[0], &[]), Err(Refusal::WrongStage));
}

#[test]
fn only_the_place_that_differs_is_typed_again() {
    let differs = Ok(Stage::Correction(places(&["line-2"])));
    // By a third person.
    let mut table = Table::new(None);
    table.enter(CLERKS[0], &[]).unwrap();
    assert_eq!(table.enter(CLERKS[1], &[("line-2", "8")]), differs);
    assert_eq!(table.correct(CLERKS[2], &[("line-2", "3"), ("null", "4")]), Err(Refusal::WrongPlaces));
    assert_eq!(settled(table.correct(CLERKS[2], &[("line-2", "3")])), (EvidenceClass::TwoPeople, true));
    // By one of the two.
    let mut table = Table::new(None);
    table.enter(CLERKS[0], &[]).unwrap();
    table.enter(CLERKS[1], &[("line-2", "8")]).unwrap();
    assert_eq!(settled(table.correct(CLERKS[1], &[("line-2", "3")])), (EvidenceClass::TwoPeople, true));
    // A person against a code: either somebody else reads what the code says …
    let mut table = Table::new(Some(code(&pack(), "one", "img", PAYLOAD)));
    assert_eq!(table.enter(CLERKS[0], &[("line-2", "8")]), differs);
    assert_eq!(
        settled(table.correct(CLERKS[1], &[("line-2", "3")])),
        (EvidenceClass::PersonAndMachine, true)
    );
    // … or what the first did: then people are not outvoted, and neither is the code.
    let mut table = Table::new(Some(code(&pack(), "one", "img", PAYLOAD)));
    table.enter(CLERKS[0], &[("line-2", "8")]).unwrap();
    let decision = Ok(Stage::Decision(places(&["line-2"])));
    assert_eq!(table.correct(CLERKS[1], &[("line-2", "8")]), decision);
    assert_eq!(settled(table.decide(COORDINATOR, &[("line-2", "8")])), (EvidenceClass::Decision, true));
}

#[test]
fn three_readings_of_one_place_go_to_a_coordinator() {
    let differing = || {
        let mut table = Table::new(None);
        table.enter(CLERKS[0], &[("line-2", "1")]).unwrap();
        table.enter(CLERKS[1], &[("line-2", "2")]).unwrap();
        assert_eq!(table.correct(CLERKS[2], &[("line-2", "3")]), Ok(Stage::Correction(places(&["line-2"]))));
        let stage = table.correct(CLERKS[1], &[("line-2", "4")]);
        assert_eq!(stage, Ok(Stage::Decision(places(&["line-2"]))));
        assert_eq!(table.correct(CLERKS[0], &[("line-2", "4")]), Err(Refusal::WrongStage));
        table
    };
    assert_eq!(differing().decide(CLERKS[0], &[("line-2", "4")]), Err(Refusal::WrongRole));
    assert_eq!(settled(differing().decide(COORDINATOR, &[("line-2", "4")])), (EvidenceClass::Decision, true));
    let alone = settled(differing().decide(COORDINATOR, &[("line-2", "9")]));
    assert_eq!(alone, (EvidenceClass::Decision, false), "a value that nobody else gave has one witness");
}

#[test]
fn what_nobody_can_read_is_a_coordinators_to_look_at_and_is_never_nothing() {
    let mut table = Table::new(None);
    let edits = [("line-1", "illegible"), ("line-3", "blank"), ("null", "blank")];
    table.enter(CLERKS[0], &edits).unwrap();
    assert_eq!(table.enter(CLERKS[1], &edits), Ok(Stage::Decision(places(&["line-1", "line-3"]))));
    let stage = table.decide(COORDINATOR, &[("line-1", "illegible"), ("line-3", "0")]);
    let Ok(Stage::Settled(Settled { sheet: Some(sheet), definitive, .. })) = stage else {
        panic!("{stage:?}")
    };
    assert!(!definitive);
    assert_eq!(sheet.values[&Field::Line(0)], FieldValue::Illegible);
    assert_eq!(sheet.values[&Field::Null], FieldValue::Blank);
}

#[test]
fn two_people_may_find_that_there_is_no_sheet() {
    let none = |by| Action::Enter { by: person(by), seen: Seen::Unusable(Unusable::NotASheet) };
    let mut table = Table::new(None);
    assert_eq!(table.act(none(CLERKS[0])), Ok(Stage::SecondEntry));
    let stage = table.act(none(CLERKS[1]));
    assert_eq!(
        stage,
        Ok(Stage::Settled(Settled { sheet: None, class: EvidenceClass::TwoPeople, definitive: true }))
    );
    // One who sees none is outvoted by two.
    let mut table = Table::new(None);
    table.act(none(CLERKS[0])).unwrap();
    assert_eq!(table.enter(CLERKS[1], &[]), Ok(Stage::SecondEntry));
    assert_eq!(settled(table.enter(CLERKS[2], &[])), (EvidenceClass::TwoPeople, true));
    // A code was read there: a coordinator looks.
    let mut table = Table::new(Some(code(&pack(), "one", "img", PAYLOAD)));
    table.act(none(CLERKS[0])).unwrap();
    assert!(matches!(table.act(none(CLERKS[1])), Ok(Stage::Decision(_))));
    let seen = Seen::Unusable(Unusable::NotASheet);
    let decided = table.act(Action::Decide { by: person(COORDINATOR), seen, reason: "a shop's code".into() });
    assert_eq!(settled(decided), (EvidenceClass::Decision, true));
}

#[test]
fn what_is_settled_changes_only_when_one_asks_and_another_agrees() {
    let ask = |by| Action::RequestReopening { by: person(by), reason: "the wrong line".into() };
    let approve = |by| Action::ApproveReopening { by: person(by) };
    let mut table = Table::new(None);
    table.enter(CLERKS[0], &[]).unwrap();
    assert_eq!(table.act(ask(2)), Err(Refusal::WrongStage));
    let closed = table.enter(CLERKS[1], &[]).unwrap();
    assert_eq!(table.act(approve(2)), Err(Refusal::NotRequested));
    assert_eq!(table.act(ask(7)), Err(Refusal::WrongRole));
    for who in [1, 2] {
        assert_eq!(table.act(ask(who)), Ok(closed.clone()), "asking changes nothing");
        assert_eq!(table.act(ask(3)), Err(Refusal::AlreadyRequested));
        assert_eq!(table.act(approve(who)), Err(Refusal::OwnRequest), "not even an administrator's");
        assert_eq!(table.act(approve(4)), Err(Refusal::WrongRole));
        let refuse = Action::RefuseReopening { by: person(3), reason: "it is right".into() };
        assert_eq!(table.act(refuse), Ok(closed.clone()));
    }
    let empty = Action::RequestReopening { by: person(2), reason: " ".into() };
    assert_eq!(table.act(empty), Err(Refusal::BadReason));
    table.act(ask(CLERKS[0])).unwrap();
    assert_eq!(table.act(approve(1)), Ok(Stage::FirstEntry));
    assert_eq!(table.enter(CLERKS[0], &[("line-1", "7")]), Ok(Stage::SecondEntry), "a new round");
}

#[test]
fn actions_are_journalled_and_read_back() {
    let pack = pack();
    let by = || person(4);
    let reason = || "because".to_owned();
    let sheet = typed(&pack, &[("line-1", "illegible"), ("null", "blank"), ("table", "none")]);
    let all = [
        Action::Enter { by: by(), seen: Seen::Sheet(sheet.clone()) },
        Action::Enter { by: by(), seen: Seen::Unusable(Unusable::Unreadable) },
        Action::Correct { by: by(), typed: only(&sheet, &["line-1", "null"]) },
        Action::Decide { by: by(), seen: Seen::Sheet(only(&sheet, &["table"])), reason: reason() },
        Action::SetAside { by: by(), reason: reason() },
        Action::Clear { by: by(), reason: reason() },
        Action::RequestReopening { by: by(), reason: reason() },
        Action::ApproveReopening { by: by() },
        Action::RefuseReopening { by: by(), reason: reason() },
    ];
    for action in all {
        let body = action.to_body("abc");
        assert_eq!(Action::from_body(&pack, action.kind(), &body), Some(("abc".to_owned(), action)));
    }
    let wrong = [
        json!({"image": "a", "by": "P004", "table": "1.2", "values": {}}),
        json!({"image": "a", "by": "P004", "values": {"line-1": -1}}),
        json!({"image": "a", "by": "P004", "values": {"line-1": 10_000_000}}),
        json!({"image": "a", "by": "P004", "values": {"line-1": "unread"}}),
        json!({"image": "a", "by": "P004", "values": {"votes": 1}}),
        json!({"image": "a", "by": "somebody", "values": {}}),
        json!({"image": "a", "by": "P004", "unusable": "blurred"}),
        json!([]),
    ];
    for body in wrong {
        assert_eq!(Action::from_body(&pack, "entry.made", &body), None, "{body}");
    }
}

#[test]
fn an_image_no_machine_could_read_counts_once_two_people_have() {
    assert_eq!(standing(&facts(Vec::new(), &["x"], &[("x", enter(4, &[]))])), []);
    let acts = [("x", enter(4, &[])), ("x", enter(5, &[]))];
    let read = facts(Vec::new(), &["x"], &acts);
    assert_eq!(standing(&read), [(SheetStatus::Definitive, EvidenceClass::TwoPeople, true)]);
    assert_eq!(reconcile(&read)[0].electors, Some(120));
    assert!(read.faulty_images.is_empty());
    assert_eq!(
        standing(&facts(Vec::new(), &[], &acts)),
        [],
        "of an image that was never added nothing counts"
    );
    let illegible = [("line-1", "illegible")];
    let decision = Seen::Sheet(only(&typed(&pack(), &illegible), &["line-1"]));
    let decide = Action::Decide { by: person(2), seen: decision, reason: "torn".into() };
    let acts = [("x", enter(4, &illegible)), ("x", enter(5, &illegible)), ("x", decide)];
    let [sheet] = standing(&facts(Vec::new(), &["x"], &acts))[..] else { panic!() };
    assert_eq!(sheet, (SheetStatus::Illegible, EvidenceClass::Decision, false));
}

#[test]
fn a_code_with_a_person_beside_it_is_definitive_and_against_it_in_conflict() {
    let images = || vec![code(&pack(), "one", "x", PAYLOAD)];
    assert_eq!(
        standing(&facts(images(), &[], &[])),
        [(SheetStatus::Provisional, EvidenceClass::CodeOnly, true)]
    );
    let agreed = standing(&facts(images(), &[], &[("x", enter(4, &[]))]));
    assert_eq!(agreed, [(SheetStatus::Definitive, EvidenceClass::PersonAndMachine, true)]);
    let differs = facts(images(), &[], &[("x", enter(4, &[("line-2", "8")]))]);
    assert_eq!(standing(&differs), [(SheetStatus::InConflict, EvidenceClass::CodeOnly, false)]);
    assert!(reconcile(&differs)[0].disputed);
}

#[test]
fn what_is_reopened_waits_for_people() {
    let image = || printed(&pack(), code(&pack(), "one", "x", PAYLOAD), &[]);
    let ask = Action::RequestReopening { by: person(2), reason: "the print is another's".into() };
    let acts = [("x", ask), ("x", Action::ApproveReopening { by: person(3) })];
    assert_eq!(standing(&facts(vec![image()], &[], &acts[..1]))[0].0, SheetStatus::Definitive);
    assert_eq!(standing(&facts(vec![image()], &[], &acts))[0].0, SheetStatus::NeedsEntry);
    let again = [acts[0].clone(), acts[1].clone(), ("x", enter(4, &[]))];
    let sheet = standing(&facts(vec![image()], &[], &again))[0];
    assert_eq!(sheet, (SheetStatus::Definitive, EvidenceClass::PersonAndMachine, true));
}

/// Two images of one table that differ, both definitive by themselves, and what coordinators say of them.
fn two_images(actions: &[(&str, Action)], arrivals: &[(&str, u64)]) -> (SheetStatus, EvidenceClass, bool) {
    let pack = pack();
    let image = |source, name, payload| printed(&pack, code(&pack, source, name, payload), &[]);
    let images = vec![image("one", "a", PAYLOAD), image("two", "b", "01.02!13,3,50!4!0")];
    let arrivals = arrivals.iter().map(|(image, seq)| ((*image).to_owned(), *seq)).collect();
    standing(&facts(images, &[], actions).with_arrivals(arrivals))[0]
}

fn aside(by: u32, image: &str) -> (&str, Action) {
    (image, Action::SetAside { by: person(by), reason: "altered".into() })
}

fn clear(by: u32, image: &str) -> (&str, Action) {
    (image, Action::Clear { by: person(by), reason: "as it is".into() })
}

#[test]
fn what_stands_by_itself_is_set_aside_by_two_people_or_not_at_all() {
    let quarantined = (SheetStatus::Quarantined, EvidenceClass::CodeAndPrint, false);
    assert_eq!(two_images(&[], &[]), quarantined);
    assert_eq!(two_images(&[aside(2, "b"), clear(2, "a")], &[]), quarantined);
    assert_eq!(two_images(&[aside(2, "b"), aside(2, "b")], &[]), quarantined, "the same person twice");
    assert_eq!(two_images(&[aside(4, "b"), aside(5, "b")], &[]), quarantined, "clerks");
    let cleared = (SheetStatus::Definitive, EvidenceClass::CodeAndPrint, true);
    assert_eq!(two_images(&[aside(2, "b"), aside(3, "b")], &[]), cleared);
    // A word on a sheet that stands changes nothing, whoever seconds it.
    assert_eq!(two_images(&[aside(2, "b"), aside(3, "b"), aside(2, "a"), aside(3, "a")], &[]), cleared);
}

#[test]
fn nobody_says_beforehand_which_image_of_a_table_will_speak() {
    // The second image came with event 100; all that was said before it is of a sheet that nobody doubted.
    let late = [("a", 1), ("b", 100)];
    let said = [aside(2, "a"), aside(3, "a")];
    assert_eq!(two_images(&said, &late).0, SheetStatus::Quarantined);
    assert_eq!(two_images(&said, &[]).0, SheetStatus::Definitive);
}

#[test]
fn one_persons_word_on_a_weak_image_counts_and_makes_nothing_definitive() {
    let pack = pack();
    let sound = || printed(&pack, code(&pack, "one", "a", PAYLOAD), &[]);
    let weak = || code(&pack, "two", "b", "01.02!13,3,50!4!0");
    let status = |actions: &[(&str, Action)]| standing(&facts(vec![sound(), weak()], &[], actions))[0];
    assert_eq!(status(&[]).0, SheetStatus::Quarantined);
    assert_eq!(status(&[aside(2, "b")]), (SheetStatus::Provisional, EvidenceClass::CodeAndPrint, true));
    assert_eq!(status(&[aside(2, "b"), aside(3, "b")]).0, SheetStatus::Definitive);
    let facts = facts(vec![sound(), weak()], &[], &[aside(2, "b")]);
    let sheets = reconcile(&facts);
    assert_eq!(sheets[0].witnesses.len(), 2, "what was set aside stays visible");
    assert!(sheets[0].differences.iter().all(|difference| difference.set_aside));
    assert_eq!(
        standing(&self::facts(vec![sound()], &[], &[aside(2, "a"), aside(3, "a")]))[0].0,
        SheetStatus::Definitive
    );
}

#[test]
fn one_picture_under_two_tables_is_cleared_image_by_image() {
    let pack = pack();
    let image = |name, payload| printed(&pack, code(&pack, "one", name, payload), &[]);
    let images = || vec![image("a", PAYLOAD), image("b", "01.03!1,2,3!4!0")];
    let pair = [("a".to_owned(), "b".to_owned())];
    let status = |actions: &[(&str, Action)]| -> Vec<SheetStatus> {
        let facts = facts(images(), &[], actions).with_same_pictures(&pair);
        reconcile(&facts).iter().map(|sheet| sheet.status).collect()
    };
    let (definitive, provisional, quarantined) =
        (SheetStatus::Definitive, SheetStatus::Provisional, SheetStatus::Quarantined);
    assert_eq!(status(&[]), [quarantined; 2]);
    assert_eq!(status(&[clear(2, "a"), clear(2, "b")]), [provisional; 2]);
    assert_eq!(status(&[clear(2, "a"), clear(2, "b"), clear(3, "b"), clear(3, "a")]), [definitive; 2]);
    assert_eq!(status(&[clear(2, "a")]), [provisional, quarantined]);
    assert_eq!(status(&[aside(2, "b"), aside(3, "b")]), [definitive, quarantined]);
    let mut review = Review::new();
    let mut act = |(_, action): (&str, Action)| review.act(&pack, &Machine::default(), &people(), action);
    assert_eq!(act(clear(2, "a")), Ok(()));
    assert_eq!(act(clear(2, "a")), Err(Refusal::AlreadyRuled));
    assert_eq!(act(aside(3, "a")), Err(Refusal::AlreadyRuled), "who differs asks for it to be reopened");
    assert_eq!(act(clear(3, "a")), Ok(()));
}

#[test]
fn events_that_no_desk_writes_are_told() {
    let event = |seq, kind: &str, body: serde_json::Value| DeskEvent::new(seq, kind, &body);
    let body = enter(4, &[]).to_body("x");
    let mut more = body.clone();
    more["note"] = json!("see me");
    let events = [
        event(1, "account.created", json!({"account": "P500", "role": "clerk", "by": null})),
        event(2, "entry.made", body),
        event(3, "entry.made", more),
        event(4, "image.cleared", json!({"image": "a", "by": 5, "reason": "x"})),
        event(5, "entry.made", json!({"image": "a", "by": "P004", "table": "1.2.3", "values": {}})),
        event(6, "entry.made", json!({"image": "a", "by": "P004", "table": "1.2.3", "values": {"x": 1}})),
    ];
    let facts = facts(vec![code(&pack(), "one", "a", PAYLOAD)], &[], &[]).with_reviews(&events);
    // The table of the fifth may be one of an earlier pack's.
    assert_eq!(facts.reviews.impossible, [1, 2, 3, 4, 6]);
    assert!(facts.reviews.acts.is_empty());
}

#[test]
fn roles_are_what_the_journal_says_at_the_time() {
    let mut people = people();
    let before = people.role(&person(4));
    people.take("account.removed", &json!({"account": "P004", "by": "P001", "erased": 4})).unwrap();
    assert_eq!((before, people.role(&person(4))), (Some(Role::Clerk), None));
    let pack = pack();
    let refused = Review::new().act(&pack, &Machine::default(), &people, enter(4, &[]));
    assert_eq!(refused, Err(Refusal::NoAccount));
}
