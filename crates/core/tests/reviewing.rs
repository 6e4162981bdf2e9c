//! A made-up desk: its people, what they type, and short ways to let them act.

use serde_json::{Value, json};
use tallyproof_core::facts::{Facts, FaultyImage, ImageFault, ImageReading};
use tallyproof_core::pack::Pack;
use tallyproof_core::people::{People, PersonId};
use tallyproof_core::reconcile::reconcile;
use tallyproof_core::review::{
    Action, DeskEvent, Machine, Place, Refusal, Review, Said, Seen, Settled, Stage, TableValue, Typed,
    entry_places,
};
use tallyproof_core::sheet::{EvidenceClass, Field, FieldValue, SheetStatus};

use crate::support::{facts_with_codes, pack};

pub(crate) const PAYLOAD: &str = "01.02!12,3,50!4!0";

/// One administrator, two coordinators, three clerks, an observer, and a clerk who was a coordinator.
pub(crate) fn people() -> People {
    let mut people = People::new();
    let roles =
        ["administrator", "coordinator", "coordinator", "clerk", "clerk", "clerk", "observer", "coordinator"];
    for (i, role) in roles.into_iter().enumerate() {
        let by = (i > 0).then_some("P001");
        let body = json!({"account": format!("P{:03}", i + 1), "role": role, "by": by});
        people.take("account.created", &body).unwrap();
    }
    people.take("account.changed", &json!({"account": "P008", "role": "clerk", "by": "P001"})).unwrap();
    people
}

pub(crate) fn person(number: u32) -> PersonId {
    PersonId::of_number(number).unwrap()
}

pub(crate) const COORDINATOR: u32 = 2;
pub(crate) const CLERKS: [u32; 3] = [4, 5, 6];

/// A whole entry, as the payload has it but for `edits`: a number, `blank` or `illegible`, by the place's code.
pub(crate) fn typed(pack: &Pack, edits: &[(&str, &str)]) -> Typed {
    let payload = pack.payload.as_ref().unwrap().read(pack, PAYLOAD.as_bytes()).unwrap();
    let mut typed = Typed { table: Some(TableValue::Id(payload.table)), ..Typed::default() };
    for place in entry_places(pack) {
        let Place::Field(field) = place else { continue };
        let value = match field {
            Field::Valid => FieldValue::Count(65),
            Field::Electors => FieldValue::Count(120),
            field => payload.values.value(field),
        };
        typed.values.insert(field, value);
    }
    for (code, value) in edits {
        let said = match *code {
            "table" => Said::Table(pack.pattern.id(value).map_or(TableValue::Illegible, TableValue::Id)),
            _ => Said::Value(match *value {
                "blank" => FieldValue::Blank,
                "illegible" => FieldValue::Illegible,
                digits => FieldValue::Count(digits.parse().unwrap()),
            }),
        };
        typed.set(Place::from_code(code).unwrap(), said);
    }
    typed
}

/// Only these places of an entry.
pub(crate) fn only(typed: &Typed, codes: &[&str]) -> Typed {
    let mut some = Typed::default();
    for place in codes.iter().map(|code| Place::from_code(code).unwrap()) {
        some.set(place, typed.at(place).unwrap());
    }
    some
}

pub(crate) struct Table {
    pub(crate) pack: Pack,
    pub(crate) people: People,
    pub(crate) machine: Machine,
    pub(crate) review: Review,
}

impl Table {
    pub(crate) fn new(machine: Option<ImageReading>) -> Self {
        let pack = pack();
        let machine = machine.map(|image| Machine::of(&pack, &image)).unwrap_or_default();
        Self { pack, people: people(), machine, review: Review::new() }
    }

    pub(crate) fn act(&mut self, action: Action) -> Result<Stage, Refusal> {
        self.review.act(&self.pack, &self.machine, &self.people, action)?;
        Ok(self.stage())
    }

    pub(crate) fn stage(&self) -> Stage {
        self.review.stage(&self.pack, &self.machine)
    }

    pub(crate) fn enter(&mut self, by: u32, edits: &[(&str, &str)]) -> Result<Stage, Refusal> {
        let seen = Seen::Sheet(typed(&self.pack, edits));
        self.act(Action::Enter { by: person(by), seen })
    }

    pub(crate) fn correct(&mut self, by: u32, edits: &[(&str, &str)]) -> Result<Stage, Refusal> {
        let codes: Vec<&str> = edits.iter().map(|(code, _)| *code).collect();
        let typed = only(&typed(&self.pack, edits), &codes);
        self.act(Action::Correct { by: person(by), typed })
    }

    pub(crate) fn decide(&mut self, by: u32, edits: &[(&str, &str)]) -> Result<Stage, Refusal> {
        let codes: Vec<&str> = edits.iter().map(|(code, _)| *code).collect();
        let seen = Seen::Sheet(only(&typed(&self.pack, edits), &codes));
        self.act(Action::Decide { by: person(by), seen, reason: "as the paper says".into() })
    }
}

pub(crate) fn settled(stage: Result<Stage, Refusal>) -> (EvidenceClass, bool) {
    match stage {
        Ok(Stage::Settled(Settled { class, definitive, .. })) => (class, definitive),
        other => panic!("{other:?}"),
    }
}

pub(crate) fn places(codes: &[&str]) -> Vec<Place> {
    codes.iter().map(|code| Place::from_code(code).unwrap()).collect()
}

/// The facts of images and of a desk's events.
pub(crate) fn facts(images: Vec<ImageReading>, faulty: &[&str], actions: &[(&str, Action)]) -> Facts {
    let roles = ["administrator", "coordinator", "coordinator", "clerk", "clerk", "clerk"];
    let account = |(i, role): (usize, &&str)| {
        let by = (i > 0).then_some("P001");
        ("account.created".to_owned(), json!({"account": format!("P{:03}", i + 1), "role": role, "by": by}))
    };
    let accounts = roles.iter().enumerate().map(account);
    let acts = actions.iter().map(|(image, action)| (action.kind().to_owned(), action.to_body(image)));
    let event = |(seq, (kind, body)): (u64, (String, Value))| DeskEvent::new(seq, &kind, &body);
    let events: Vec<DeskEvent> = (1..).zip(accounts.chain(acts)).map(event).collect();
    let unread = |image: &&str| FaultyImage {
        image: (*image).into(),
        source: "one".into(),
        fault: ImageFault::Unread("blurred".into()),
    };
    let facts = facts_with_codes(pack(), Vec::new(), Vec::new());
    facts.with_images(images, faulty.iter().map(unread).collect(), 0).with_reviews(&events)
}

pub(crate) fn enter(by: u32, edits: &[(&str, &str)]) -> Action {
    Action::Enter { by: person(by), seen: Seen::Sheet(typed(&pack(), edits)) }
}

pub(crate) fn standing(facts: &Facts) -> Vec<(SheetStatus, EvidenceClass, bool)> {
    reconcile(facts).iter().map(|sheet| (sheet.status, sheet.class, sheet.counts(&facts.pack))).collect()
}
