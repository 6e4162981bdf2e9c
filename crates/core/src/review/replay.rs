//! Every review, from the journal's events in their order.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::journal::BodyText;
use crate::pack::Pack;
use crate::people::{People, PersonId};

use super::{Action, KINDS, Machine, Refusal, Review};

/// An event of the desk: of an account, or of an image's review.
#[derive(Clone, Debug, PartialEq)]
pub struct DeskEvent {
    /// Its number in the journal.
    pub seq: u64,
    /// Its kind.
    pub kind: String,
    /// Its public part.
    text: BodyText,
}

impl DeskEvent {
    /// An event with this public part.
    pub fn new(seq: u64, kind: &str, body: &Value) -> Self {
        Self { seq, kind: kind.to_owned(), text: BodyText::of(body) }
    }

    /// Its public part.
    pub fn body(&self) -> Value {
        self.text.value()
    }

    /// Whether events of this kind are the desk's.
    pub fn is_kind(kind: &str) -> bool {
        kind.starts_with("account.") || KINDS.contains(&kind)
    }
}

/// An action as it was journalled.
#[derive(Clone, Debug, PartialEq)]
pub struct Act {
    /// Number of its event in the journal.
    pub seq: u64,
    /// The image, hex SHA-256.
    pub image: String,
    /// What was done.
    pub action: Action,
    /// The round it belongs to: how often the image had been reopened.
    pub round: u32,
    /// Why it does not count.
    pub refused: Option<Refusal>,
}

/// A coordinator's word on whether an image speaks for its sheet while that is quarantined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ruling {
    /// The image, hex SHA-256.
    pub image: String,
    /// Whether it speaks.
    pub speaks: bool,
    /// Who said so.
    pub by: PersonId,
    /// Number of its event: of images that came later it says nothing.
    pub seq: u64,
}

/// Everything people did at the desk.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reviews {
    /// Everybody with an account.
    pub people: People,
    /// Reviews by image; images nobody touched are not here.
    pub by_image: BTreeMap<String, Review>,
    /// Words on quarantined images, in order; none of an image that was reopened since.
    pub rulings: Vec<Ruling>,
    /// Every action in order, those that do not count among them.
    pub acts: Vec<Act>,
    /// Numbers of events that no desk writes: of an account that cannot have changed so, of an image that was never
    /// added, or not in the one form of its kind.
    pub impossible: Vec<u64>,
}

impl Reviews {
    /// Takes one more event of the desk. `machine`: what machines say of the image it is about.
    pub fn take(&mut self, pack: &Pack, machine: &Machine, event: &DeskEvent) {
        self.take_body(pack, machine, event, &event.body());
    }

    fn take_body(&mut self, pack: &Pack, machine: &Machine, event: &DeskEvent, body: &Value) {
        // What cannot have happened changes nothing, whoever wrote it down, and is told.
        if self.people.take(&event.kind, body).is_err() {
            self.impossible.push(event.seq);
        }
        let Some((image, action)) = Action::from_body(pack, &event.kind, body) else {
            if KINDS.contains(&event.kind.as_str()) && !fits_another_pack(pack, event, body) {
                self.impossible.push(event.seq);
            }
            return;
        };
        let review = self.by_image.entry(image.clone()).or_default();
        let round = review.n_reopened();
        let refused = review.act(pack, machine, &self.people, action.clone()).err();
        if refused.is_none() {
            match &action {
                Action::SetAside { by, .. } | Action::Clear { by, .. } => {
                    let speaks = matches!(action, Action::Clear { .. });
                    let (by, seq) = (by.clone(), event.seq);
                    self.rulings.push(Ruling { image: image.clone(), speaks, by, seq });
                }
                Action::ApproveReopening { .. } => self.rulings.retain(|ruling| ruling.image != image),
                _ => {}
            }
        }
        self.acts.push(Act { seq: event.seq, image, action, round, refused });
    }

    /// The image that an event with this body is about, if it is about one.
    pub fn image_of(body: &Value) -> Option<&str> {
        body.get("image").and_then(Value::as_str)
    }
}

/// Whether only the table's id does not fit: an earlier pack of the election may have had other ids.
fn fits_another_pack(pack: &Pack, event: &DeskEvent, body: &Value) -> bool {
    let mut rest = body.clone();
    let table = rest.as_object_mut().and_then(|members| members.remove("table"));
    table.is_some_and(|id| id.is_string()) && Action::from_body(pack, &event.kind, &rest).is_some()
}

/// Derives every review. `machine` gives what machines say of an image; `None` of an image that was never added:
/// what is said of it does not count.
pub fn replay<'m>(
    pack: &Pack,
    events: &[DeskEvent],
    machine: impl Fn(&str) -> Option<&'m Machine>,
) -> Reviews {
    let mut reviews = Reviews::default();
    let silent = Machine::default();
    for event in events {
        let body = event.body();
        match Reviews::image_of(&body).map(&machine) {
            Some(Some(machine)) => reviews.take_body(pack, machine, event, &body),
            Some(None) => reviews.impossible.push(event.seq),
            None => reviews.take_body(pack, &silent, event, &body),
        }
    }
    reviews
}
