//! Laws of the review: what nobody can do alone, in any order of acts.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use serde_json::Value;
use tallyproof_core::facts::ImageReading;
use tallyproof_core::people::{People, PersonId};
use tallyproof_core::review::{
    Action, DeskEvent, KINDS, Machine, Place, Review, Said, Seen, Settled, Stage, Typed, Unusable,
};
use tallyproof_core::sheet::SheetStatus;

use crate::reviewing::{PAYLOAD, Table, facts, only, person, standing, typed};
use crate::support::{code, pack, printed};

/// Any action by any of the eight people.
fn action() -> impl Strategy<Value = Action> {
    let values = prop_oneof![Just("3"), Just("8"), Just("blank"), Just("illegible")];
    let field = prop_oneof![Just("line-2"), Just("null"), Just("valid"), Just("line-1")];
    let edits = proptest::collection::vec((field, values), 0..3);
    let reason = || "because".to_owned();
    (1u32..=8, 0usize..11, edits).prop_map(move |(by, kind, edits)| {
        let (by, pack) = (person(by), pack());
        let whole = typed(&pack, &edits);
        let codes: Vec<&str> = edits.iter().map(|(code, _)| *code).collect();
        let some = only(&whole, &codes);
        match kind {
            0..=3 => Action::Enter { by, seen: Seen::Sheet(whole) },
            4 => Action::Enter { by, seen: Seen::Unusable(Unusable::NotASheet) },
            5 => Action::Correct { by, typed: some },
            6 => Action::Decide { by, seen: Seen::Sheet(some), reason: reason() },
            7 => Action::Decide { by, seen: Seen::Unusable(Unusable::Unreadable), reason: reason() },
            8 => Action::RequestReopening { by, reason: reason() },
            9 => Action::ApproveReopening { by },
            _ => Action::RefuseReopening { by, reason: reason() },
        }
    })
}

fn machine(kind: usize) -> Option<ImageReading> {
    let pack = pack();
    match kind {
        0 => None,
        1 => Some(code(&pack, "one", "img", PAYLOAD)),
        2 => Some(printed(&pack, code(&pack, "one", "img", PAYLOAD), &[("line-2", "8")])),
        _ => Some(printed(&pack, code(&pack, "one", "img", PAYLOAD), &[])),
    }
}

/// Fits an action's places to what is asked for, so that corrections and decisions are taken, not only refused.
fn fitted(table: &Table, action: Action) -> Action {
    let (Stage::Correction(asked) | Stage::Decision(asked)) = table.stage() else { return action };
    let fit = |typed: &Typed| {
        let whole = crate::reviewing::typed(&table.pack, &[]);
        let mut fit = Typed::default();
        for place in asked {
            fit.set(place, typed.at(place).or_else(|| whole.at(place)).unwrap());
        }
        fit
    };
    match action {
        Action::Correct { by, typed } => Action::Correct { by, typed: fit(&typed) },
        Action::Decide { by, seen: Seen::Sheet(typed), reason } => {
            Action::Decide { by, seen: Seen::Sheet(fit(&typed)), reason }
        }
        other => other,
    }
}

/// Who says this of a place, in this round: people by number, and 0 for a machine that a blind person agrees with.
fn witnesses(
    review: &Review,
    machine: &Machine,
    people: &People,
    place: Place,
    said: &Said,
) -> BTreeSet<String> {
    let mut last: BTreeMap<&PersonId, Said> = BTreeMap::new();
    for (by, seen) in review.entries() {
        if let Seen::Sheet(typed) = seen
            && let Some(said) = typed.at(place)
        {
            last.insert(by, said);
        }
    }
    for (by, typed) in review.corrections() {
        if let Some(said) = typed.at(place) {
            last.insert(by, said);
        }
    }
    let blind = last.iter().any(|(by, s)| s == said && people.get(by).unwrap().only_clerk);
    for decision in review.decisions() {
        if let Seen::Sheet(typed) = &decision.seen
            && let Some(said) = typed.at(place)
        {
            last.insert(&decision.by, said);
        }
    }
    let mut all: BTreeSet<String> =
        last.iter().filter(|(_, s)| *s == said).map(|(by, _)| by.to_string()).collect();
    if blind && machine.at(place).as_ref() == Some(said) {
        all.insert("machine".into());
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(600) })]

    /// Whatever people do, in any order: a sheet that is definitive has two independent witnesses for every place, and
    /// what is closed stays as it is until one person asked and another agreed.
    #[test]
    fn nothing_is_definitive_without_two_witnesses(kind in 0usize..4, actions in proptest::collection::vec(action(), 0..24)) {
        let mut table = Table::new(machine(kind));
        for action in actions {
            let action = fitted(&table, action);
            let (before, review) = (table.stage(), table.review.clone());
            let asked_by = table.review.request().map(|(by, _)| by.clone());
            let acted = table.act(action.clone());
            if acted.is_err() {
                prop_assert_eq!(&table.review, &review, "a refusal changes nothing");
                continue;
            }
            let after = table.stage();
            if before.is_closed() && after != before {
                prop_assert!(matches!(action, Action::ApproveReopening { .. }), "{:?}", action);
                prop_assert!(asked_by.is_some_and(|who| who != *action.by()));
            }
            let Stage::Settled(Settled { sheet: Some(sheet), definitive: true, .. }) = after else { continue };
            for place in sheet.places() {
                let said = sheet.at(place).unwrap();
                let all = witnesses(&table.review, &table.machine, &table.people, place, &said);
                prop_assert!(all.len() >= 2, "{:?} {:?}: {:?}", place, said, all);
            }
        }
    }

    /// One person alone, whatever their roles let them do, never makes a sheet definitive that no machine read.
    #[test]
    fn nobody_does_it_alone(who in 1u32..=8, actions in proptest::collection::vec(action(), 0..16)) {
        let mut table = Table::new(None);
        for action in actions {
            let action = match fitted(&table, action) {
                Action::Enter { seen, .. } => Action::Enter { by: person(who), seen },
                Action::Correct { typed, .. } => Action::Correct { by: person(who), typed },
                Action::Decide { seen, reason, .. } => Action::Decide { by: person(who), seen, reason },
                Action::RequestReopening { reason, .. } => Action::RequestReopening { by: person(who), reason },
                _ => Action::ApproveReopening { by: person(who) },
            };
            let _ = table.act(action);
            prop_assert!(!table.stage().is_closed());
        }
    }

    /// No journal, whatever it says, breaks the replay.
    #[test]
    fn any_journal_is_replayed(bodies in proptest::collection::vec((0usize..8, "[a-z0-9P{}:\",-]{0,60}"), 0..8)) {
        let event = |(seq, (kind, text)): (u64, (usize, String))| {
            DeskEvent::new(seq, KINDS[kind], &serde_json::from_str(&text).unwrap_or(Value::Null))
        };
        let events: Vec<DeskEvent> = (1..).zip(bodies).map(event).collect();
        let facts = facts(vec![code(&pack(), "one", "x", PAYLOAD)], &[], &[]).with_reviews(&events);
        prop_assert_eq!(standing(&facts)[0].0, SheetStatus::Provisional);
    }
}
