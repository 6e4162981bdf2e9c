//! What people do to an image's review, and how the journal holds it.

use serde_json::{Map, Value, json};

use crate::pack::Pack;
use crate::people::PersonId;

use super::typed::Typed;

/// Longest reason, characters.
pub const MAX_REASON: usize = 1_000;

/// Why no sheet can be typed from an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unusable {
    /// It shows no sheet of this election.
    NotASheet,
    /// It shows one, and nothing on it can be read.
    Unreadable,
}

impl Unusable {
    /// Both.
    pub const ALL: [Unusable; 2] = [Unusable::NotASheet, Unusable::Unreadable];

    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Unusable::NotASheet => "not-a-sheet",
            Unusable::Unreadable => "unreadable",
        }
    }

    /// The one with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|unusable| unusable.code() == code)
    }
}

/// What a person sees on an image.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Seen {
    /// A sheet.
    Sheet(Typed),
    /// None that can be typed.
    Unusable(Unusable),
}

/// One act of one person on one image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// First or second entry: every place.
    Enter {
        /// Who.
        by: PersonId,
        /// What stands there.
        seen: Seen,
    },
    /// The places that differ, typed again without seeing any value.
    Correct {
        /// Who.
        by: PersonId,
        /// Exactly the places that differ.
        typed: Typed,
    },
    /// A coordinator, seeing all values, says what stands in the places that differ.
    Decide {
        /// Who.
        by: PersonId,
        /// Exactly the places that differ, or that there is no sheet.
        seen: Seen,
        /// Why; published.
        reason: String,
    },
    /// Of a quarantined sheet: this image does not speak for it.
    SetAside {
        /// Who.
        by: PersonId,
        /// Why; published.
        reason: String,
    },
    /// Of a quarantined sheet: this image may speak for it.
    Clear {
        /// Who.
        by: PersonId,
        /// Why; published.
        reason: String,
    },
    /// Asks that what is settled be entered anew.
    RequestReopening {
        /// Who.
        by: PersonId,
        /// Why; published.
        reason: String,
    },
    /// Somebody else agrees.
    ApproveReopening {
        /// Who.
        by: PersonId,
    },
    /// The request is turned down, or taken back.
    RefuseReopening {
        /// Who.
        by: PersonId,
        /// Why; published.
        reason: String,
    },
}

/// Kinds of events that hold actions.
pub const KINDS: [&str; 8] = [
    "entry.made",
    "entry.corrected",
    "entry.decided",
    "image.set-aside",
    "image.cleared",
    "reopening.requested",
    "reopening.approved",
    "reopening.refused",
];

impl Action {
    /// Who acts.
    pub fn by(&self) -> &PersonId {
        match self {
            Action::Enter { by, .. }
            | Action::Correct { by, .. }
            | Action::Decide { by, .. }
            | Action::SetAside { by, .. }
            | Action::Clear { by, .. }
            | Action::RequestReopening { by, .. }
            | Action::ApproveReopening { by }
            | Action::RefuseReopening { by, .. } => by,
        }
    }

    /// Why, where a reason is given.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Action::Decide { reason, .. }
            | Action::SetAside { reason, .. }
            | Action::Clear { reason, .. }
            | Action::RequestReopening { reason, .. }
            | Action::RefuseReopening { reason, .. } => Some(reason),
            Action::Enter { .. } | Action::Correct { .. } | Action::ApproveReopening { .. } => None,
        }
    }

    /// Kind of its event.
    pub fn kind(&self) -> &'static str {
        let index = match self {
            Action::Enter { .. } => 0,
            Action::Correct { .. } => 1,
            Action::Decide { .. } => 2,
            Action::SetAside { .. } => 3,
            Action::Clear { .. } => 4,
            Action::RequestReopening { .. } => 5,
            Action::ApproveReopening { .. } => 6,
            Action::RefuseReopening { .. } => 7,
        };
        KINDS[index]
    }

    /// The public part of its event. `image`: hex SHA-256.
    pub fn to_body(&self, image: &str) -> Value {
        let mut body = Map::new();
        body.insert("image".into(), json!(image));
        body.insert("by".into(), json!(self.by().as_str()));
        if let Some(reason) = self.reason() {
            body.insert("reason".into(), json!(reason));
        }
        match self {
            Action::Enter { seen, .. } | Action::Decide { seen, .. } => match seen {
                Seen::Sheet(typed) => typed.write(&mut body),
                Seen::Unusable(unusable) => drop(body.insert("unusable".into(), json!(unusable.code()))),
            },
            Action::Correct { typed, .. } => typed.write(&mut body),
            _ => {}
        }
        Value::Object(body)
    }

    /// The action of an event, with the image it is about; `None` of another kind, or when it is not the
    /// one way to write an action of this election.
    pub fn from_body(pack: &Pack, kind: &str, body: &Value) -> Option<(String, Self)> {
        let text = |key: &str| body.get(key).and_then(Value::as_str).map(str::to_owned);
        let (image, by) = (text("image")?, PersonId::parse(&text("by")?)?);
        let reason = || text("reason");
        let seen = || match body.get("unusable") {
            Some(code) => Some(Seen::Unusable(Unusable::from_code(code.as_str()?)?)),
            None => Typed::read(pack, body).map(Seen::Sheet),
        };
        let action = match KINDS.iter().position(|known| *known == kind)? {
            0 => Action::Enter { by, seen: seen()? },
            1 => Action::Correct { by, typed: Typed::read(pack, body)? },
            2 => Action::Decide { by, seen: seen()?, reason: reason()? },
            3 => Action::SetAside { by, reason: reason()? },
            4 => Action::Clear { by, reason: reason()? },
            5 => Action::RequestReopening { by, reason: reason()? },
            6 => Action::ApproveReopening { by },
            _ => Action::RefuseReopening { by, reason: reason()? },
        };
        // There is one way to write each: a member more would be published and mean nothing.
        (action.to_body(&image) == *body).then_some((image, action))
    }
}
