//! `GET /api/v1/events`: the journal, public parts alone, byte for byte as they are hashed.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::super::super::desk::Desk;
use super::super::super::refusal::Refusal;
use super::problem::Problem;
use super::{MOST, USUAL};

/// Which events.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Wanted {
    /// Number of the first; 1 where not given.
    from: Option<u64>,
    /// How many at most, up to 1,000; 100 where not given.
    limit: Option<u32>,
}

/// Events of the journal. Described only: events go out as the bytes they are.
#[derive(Serialize, ToSchema)]
pub(super) struct Events {
    /// The events, in order. Each is canonical JSON (RFC 8785); its bytes hash to the `prev` of the next.
    events: Vec<serde_json::Value>,
    /// Number to go on from; null at the end.
    next: Option<u64>,
}

/// Events of the journal from a number on: the public part of each, as it is chained.
#[utoipa::path(
    get, path = "/api/v1/events", tag = "journal", params(Wanted),
    responses(
        (status = 200, body = Events),
        (status = 403, description = "The role has no right to it", body = Problem),
        (status = 422, description = "No number", body = Problem),
    ),
)]
pub(super) async fn events(
    State(desk): State<Arc<Desk>>,
    wanted: Result<Query<Wanted>, axum::extract::rejection::QueryRejection>,
) -> Result<Response, Refusal> {
    let Query(Wanted { from, limit }) = wanted.map_err(|_| Refusal::Unreadable)?;
    let (from, limit) = (from.unwrap_or(1).max(1), limit.unwrap_or(USUAL).clamp(1, MOST));
    let read = Desk::blocking(&desk, move |desk| desk.store.event_bytes(from, limit + 1));
    let mut events = read.await??;
    let next = (events.len() > limit as usize).then(|| from + u64::from(limit));
    events.truncate(limit as usize);
    let mut body = Vec::with_capacity(events.iter().map(|event| event.len() + 1).sum::<usize>() + 40);
    body.extend_from_slice(b"{\"events\":[");
    for (n, event) in events.iter().enumerate() {
        if n > 0 {
            body.push(b',');
        }
        body.extend_from_slice(event);
    }
    let next = next.map_or_else(|| "null".to_owned(), |next| next.to_string());
    body.extend_from_slice(format!("],\"next\":{next}}}").as_bytes());
    Ok(([(header::CONTENT_TYPE, "application/json")], body).into_response())
}
