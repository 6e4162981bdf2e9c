//! `GET /api/v1/queue`: how many sheets wait for people.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::super::desk::Desk;

/// How many sheets wait for what.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Waiting {
    /// For a first entry.
    first_entry: usize,
    /// For a second entry, by somebody else.
    second_entry: usize,
    /// For the figures that differ to be typed again.
    correction: usize,
    /// Of all these, on somebody's screen.
    held: usize,
}

/// How many sheets wait for people, by what they wait for.
#[utoipa::path(get, path = "/api/v1/queue", tag = "about", responses((status = 200, body = Waiting)))]
pub(super) async fn queue(State(desk): State<Arc<Desk>>) -> Json<Waiting> {
    let waiting = desk.queue.waiting();
    Json(Waiting {
        first_entry: waiting.n_first,
        second_entry: waiting.n_second,
        correction: waiting.n_corrections,
        held: waiting.n_held,
    })
}
