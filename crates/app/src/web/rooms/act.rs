//! Acting on an image's review: checked by the rules, journalled, seen by everybody.

use std::sync::Arc;

use axum::http::StatusCode;
use tallyproof_core::review::{Action, Stage};

use super::super::board::{ActError, Acting};
use super::super::desk::Desk;
use super::super::refusal::Refusal;

/// Does one action; what the rules refuse is said in words.
pub(super) fn act(desk: &Arc<Desk>, image: &str, action: Action) -> Result<Stage, Refusal> {
    let people = desk.roll.people();
    let at = jiff::Timestamp::now().to_string();
    let acting = Acting { store: &desk.store, pack: &desk.pack, people: &people, at: &at };
    let stage = desk.board.act(&acting, image, action).map_err(|error| match error {
        ActError::NoImage => Refusal::NotFound,
        ActError::Refused(why) => {
            Refusal::said(StatusCode::CONFLICT, format!("desk-refusal-{}", why.code()), Vec::new())
        }
        ActError::Trouble(trouble) => trouble.into(),
    })?;
    desk.snapshot.wake();
    desk.live.changed();
    Ok(stage)
}
