//! Saving a sheet: checked, journalled, applied, and the next one is the answer.
//!
//! The lease is the save's name: sent again, it enters nothing twice and answers as before.

use std::sync::PoisonError;

use axum::http::StatusCode;
use axum::response::Response;
use tallyproof_core::form::Figure;
use tallyproof_core::review::{Action, Seen, Unusable};

use super::screen::{After, asked, findings, keep, next, wrong};
use super::typed::{Complaint, Texts, read, texts_of};
use super::{Fields, field};
use crate::store::Saving;
use crate::web::board::{ActError, Acting, OnBoard};
use crate::web::caller::Caller;
use crate::web::desk::Desk;
use crate::web::queue::{Claim, Lease};
use crate::web::refusal::Refusal;

/// How a save went.
enum Saved {
    /// It is durable; what was typed, where that is a whole sheet.
    Now(Option<(Vec<Figure>, Texts)>),
    /// It was durable before.
    Before,
    /// Somebody else has or had the sheet.
    Taken,
    /// The sheet wants nothing more.
    Closed,
    /// Some figures say nothing.
    Wrong(Vec<(Figure, Complaint)>),
}

/// `POST /entry`.
pub(super) fn save(desk: &Desk, caller: &Caller, form: &Fields) -> Result<Response, Refusal> {
    let words = caller.words();
    let Some(lease) = desk.queue.lease(field(form, "lease"), &caller.id) else {
        return next(desk, caller, Some(After::plain(words, "unknown")));
    };
    let saved = desk.board.with(&lease.image, |on_board| save_one(desk, on_board, &lease, form));
    let saved = saved.ok_or(Refusal::NotFound)?;
    let after = match saved.map_err(refused)? {
        Saved::Now(typed) => {
            desk.line_up(&lease.image);
            desk.live.changed();
            praise(desk, caller, typed)
        }
        Saved::Before => After::plain(words, "saved-before"),
        Saved::Taken => {
            keep(desk, caller, form)?;
            After::plain(words, "taken")
        }
        Saved::Closed => After::plain(words, "closed"),
        Saved::Wrong(complaints) => return wrong(desk, caller, form, complaints),
    };
    next(desk, caller, Some(after))
}

/// Saves under the image's lock.
fn save_one(desk: &Desk, on_board: &mut OnBoard, lease: &Lease, form: &Fields) -> Result<Saved, ActError> {
    let now_s = desk.clock.now().run_s;
    match desk.queue.claim(&desk.store, &lease.token, &lease.person, now_s)? {
        Claim::Theirs => {}
        Claim::Saved => return Ok(Saved::Before),
        Claim::Taken | Claim::Unknown => return Ok(Saved::Taken),
    }
    let Some((figures, corrects)) = asked(desk, &on_board.stage(&desk.pack)) else {
        return Ok(Saved::Closed);
    };
    let by = lease.person.clone();
    let texts = texts_of(&figures, form);
    let unusable = Unusable::from_code(field(form, "deed")).filter(|_| !corrects);
    let action = match unusable {
        Some(unusable) => Action::Enter { by, seen: Seen::Unusable(unusable) },
        None => match read(&desk.pack, &figures, &texts) {
            Err(complaints) => return Ok(Saved::Wrong(complaints)),
            Ok(typed) if corrects => Action::Correct { by, typed },
            Ok(typed) => Action::Enter { by, seen: Seen::Sheet(typed) },
        },
    };
    let at = desk.clock.timestamp();
    let seconds = lease.since_s.map(|since_s| u32::try_from(now_s - since_s).unwrap_or(0));
    let saving = Saving { token: &lease.token, at: &at, seconds };
    let _stands = desk.standing.read().unwrap_or_else(PoisonError::into_inner);
    let people = desk.roll.people();
    let acting = Acting { store: &desk.store, pack: &desk.pack, people: &people, at: &at };
    on_board.act(&acting, &lease.image, action, Some(&saving))?;
    // Before the sheet goes back in line: nobody must be given what it wanted before.
    desk.queue.note(&desk.store, &lease.image, on_board.need(&desk.pack));
    desk.queue.saved(&lease.token);
    let whole = unusable.is_none() && !corrects;
    Ok(Saved::Now(whole.then_some((figures, texts))))
}

/// What is said after a save: what the rules find on it, for whoever typed it. Never whether it agrees with anybody.
fn praise(desk: &Desk, caller: &Caller, typed: Option<(Vec<Figure>, Texts)>) -> After {
    let words = caller.words();
    let findings = typed.map_or_else(Vec::new, |(figures, texts)| findings(desk, caller, &figures, &texts));
    if findings.is_empty() {
        return After::plain(words, "saved");
    }
    let says = words.tell("desk-entry-saved-findings", &[("n", findings.len().to_string())]);
    After { says, summary: words.say("desk-entry-saved-see"), findings }
}

fn refused(error: ActError) -> Refusal {
    match error {
        ActError::NoImage => Refusal::NotFound,
        ActError::Refused(refusal) => {
            Refusal::said(StatusCode::CONFLICT, format!("desk-refusal-{}", refusal.code()), Vec::new())
        }
        ActError::Trouble(trouble) => trouble.into(),
    }
}
