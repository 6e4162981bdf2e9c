//! Acting on an image's review: checked by the rules, journalled, seen by everybody.

use std::sync::Arc;

use axum::http::StatusCode;
use tallyproof_core::review::{Action, Stage};

use super::super::board::ActError;
use super::super::desk::Desk;
use super::super::refusal::Refusal;

/// Does one action; what the rules refuse is said in words.
pub(super) fn act(desk: &Arc<Desk>, image: &str, action: Action) -> Result<Stage, Refusal> {
    let stage = desk.act(image, action).map_err(|error| match error {
        ActError::NoImage => Refusal::NotFound,
        ActError::Refused(why) => {
            Refusal::said(StatusCode::CONFLICT, format!("desk-refusal-{}", why.code()), Vec::new())
        }
        ActError::Trouble(trouble) => trouble.into(),
    })?;
    desk.snapshot.wake();
    Ok(stage)
}
