//! `GET /api/v1/status`.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::super::caller::Caller;
use super::super::super::desk::Desk;
use super::super::super::refusal::Refusal;
use super::problem::Problem;

/// Where the desk stands.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Status {
    /// Id of the election's pack.
    election: String,
    /// Name of the election, in English.
    title: String,
    /// Whether the election is made up.
    synthetic: bool,
    /// Version of the program.
    version: &'static str,
    /// Number of the journal's last event.
    last_event: u64,
    /// Pictures kept.
    images: u64,
    /// Pictures that machines have not read yet.
    images_pending: u64,
    /// Pictures whose file is gone or was changed.
    images_damaged: u64,
    /// Pseudonym of the caller.
    caller: String,
    /// Role of the caller.
    role: &'static str,
}

/// Where the desk stands, and who asks.
#[utoipa::path(
    get, path = "/api/v1/status", tag = "about",
    responses((status = 200, body = Status), (status = 401, description = "No token", body = Problem)),
)]
pub(super) async fn status(State(desk): State<Arc<Desk>>, caller: Caller) -> Result<Json<Status>, Refusal> {
    Desk::blocking(&desk, move |desk| {
        let (images, pending) = desk.store.n_originals()?;
        let n_damaged = desk.door.reading.stands().n_damaged;
        Ok(Json(Status {
            election: desk.pack.id.clone(),
            title: desk.pack.title.en.clone(),
            synthetic: desk.pack.synthetic,
            version: env!("CARGO_PKG_VERSION"),
            last_event: desk.store.last_event()?,
            images,
            images_pending: pending.saturating_sub(n_damaged),
            images_damaged: n_damaged,
            caller: caller.id.to_string(),
            role: caller.role.code(),
        }))
    })
    .await?
}
