//! `GET /api/v1/images/{sha256}`: what is known of one picture.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::super::super::desk::Desk;
use super::super::super::refusal::Refusal;
use super::problem::Problem;
use super::{Hash, hash_of};

/// What is known of a picture.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Image {
    /// Its SHA-256.
    sha256: String,
    /// Sources it came from, by pseudonym.
    sources: Vec<String>,
    /// The public part of its last reading; null until machines have read it.
    #[schema(value_type = Option<Object>)]
    reading: Option<Value>,
}

/// What is known of one picture: where it came from, and what machines read on it.
#[utoipa::path(
    get, path = "/api/v1/images/{sha256}", tag = "images",
    params(("sha256" = Hash, Path, description = "SHA-256 of the picture, in hex")),
    responses(
        (status = 200, body = Image),
        (status = 404, description = "No such picture", body = Problem),
    ),
)]
pub(super) async fn image(
    State(desk): State<Arc<Desk>>,
    Path(sha256): Path<String>,
) -> Result<Json<Image>, Refusal> {
    let sha256 = hash_of(&sha256).ok_or(Refusal::NotFound)?;
    Desk::blocking(&desk, move |desk| {
        let mut sources: Vec<String> =
            desk.store.origins_of(&sha256)?.into_iter().map(|(source, _)| source).collect();
        if sources.is_empty() {
            return Err(Refusal::NotFound);
        }
        sources.sort();
        sources.dedup();
        let mut reading = desk.store.reading_of(&sha256)?;
        if let Some(body) = reading.as_mut().and_then(Value::as_object_mut) {
            // Texts of codes that are not of this election: nobody's business but the folder's.
            body.remove("private_others");
            // Thousands of characters that only comparing pictures needs.
            body.remove("signature");
        }
        Ok(Json(Image { sha256, sources, reading }))
    })
    .await?
}
