//! Pictures from telephones and scripts: `PUT` under the hash of their bytes, as often as one likes.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::super::super::caller::Caller;
use super::super::super::desk::Desk;
use super::super::super::refusal::Refusal;
use super::super::receive::{Arriving, Receiving, receive};
use super::problem::Problem;
use super::{Hash, hash_of};
use crate::pipeline::import::check_id;
use crate::pipeline::intake::{Sent, has_image_start, most_bytes, take_in};
use crate::trouble::Trouble;

/// Longest file name taken, characters.
const MOST_NAME: usize = 255;

/// Where a picture comes from.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct From {
    /// Who it came from: letters, digits, - and _. It is published: use a pseudonym. `desk` where not given.
    source: Option<String>,
    /// Its file's name; stays in the folder.
    name: Option<String>,
}

/// A picture that was kept.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Kept {
    /// Its SHA-256.
    sha256: String,
    /// Its length, bytes.
    bytes: u64,
    /// Whether it was not known before.
    new: bool,
    /// Pictures taken out of it, where it is a document: their number.
    pictures: u64,
}

enum Put {
    Kept(Kept),
    Mismatch,
    NotAnImage,
    TooLarge,
    BrokeOff,
    BadName,
}

/// Keep a picture or a document under the SHA-256 of its bytes.
///
/// Sending the same again changes nothing. What the bytes show is judged by the reader alone, later.
#[utoipa::path(
    put, path = "/api/v1/images/{sha256}", tag = "images",
    params(("sha256" = Hash, Path, description = "SHA-256 of the body, in hex"), From),
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "JPEG, PNG, WebP, TIFF or PDF"),
    responses(
        (status = 201, description = "Kept, and not known before", body = Kept),
        (status = 200, description = "Known before", body = Kept),
        (status = 408, description = "The body stopped coming", body = Problem),
        (status = 409, description = "The body has another hash", body = Problem),
        (status = 413, description = "The body is too large", body = Problem),
        (status = 422, description = "The body is no picture, or the source is no id", body = Problem),
        (status = 507, description = "The disk is full", body = Problem),
    ),
)]
pub(super) async fn put_image(
    State(desk): State<Arc<Desk>>,
    caller: Caller,
    Path(sha256): Path<String>,
    from: Result<Query<From>, axum::extract::rejection::QueryRejection>,
    request: Request,
) -> Result<Response, Refusal> {
    let sha256 = hash_of(&sha256).ok_or(Refusal::NotFound)?;
    let Query(from) = from.map_err(|_| Refusal::Unreadable)?;
    let source = from.source.unwrap_or_else(|| "desk".to_owned());
    check_id(&source).map_err(|_| {
        Refusal::said(StatusCode::UNPROCESSABLE_ENTITY, "door-put-source", vec![("name", source.clone())])
    })?;
    let by = caller.id.to_string();
    let asked = sha256.clone();
    let name = from.name.unwrap_or_default();
    let taken = receive(&desk, request.into_body(), move |desk, arriving| {
        take(desk, arriving, (&asked, &source, &name), &by)
    });
    let said = |status, key: &str| Refusal::said(status, key, vec![("sha256", sha256.clone())]);
    match taken.await?? {
        Put::Kept(kept) => {
            if kept.new {
                desk.door.reading.wake();
                desk.live.changed();
            }
            let status = if kept.new { StatusCode::CREATED } else { StatusCode::OK };
            Ok((status, Json(kept)).into_response())
        }
        Put::Mismatch => Err(said(StatusCode::CONFLICT, "door-put-mismatch")),
        Put::NotAnImage => Err(said(StatusCode::UNPROCESSABLE_ENTITY, "door-put-not-an-image")),
        Put::BadName => Err(said(StatusCode::UNPROCESSABLE_ENTITY, "door-put-name")),
        Put::TooLarge => Err(Refusal::TooLarge),
        Put::BrokeOff => Err(Refusal::Unreadable),
    }
}

fn take(
    desk: &Arc<Desk>,
    arriving: &mut Arriving,
    (sha256, source, name): (&str, &str, &str),
    by: &str,
) -> Result<Put, Trouble> {
    if name.chars().count() > MOST_NAME || name.chars().any(char::is_control) {
        return Ok(Put::BadName);
    }
    let mut receiving = Receiving::new(&desk.store.incoming_dir())?;
    loop {
        match arriving.next() {
            Ok(Some(bytes)) => receiving.write(&bytes)?,
            Ok(None) => break,
            Err(_) => return Ok(Put::BrokeOff),
        }
        if receiving.n_bytes() > most_bytes(&receiving.start) {
            return Ok(Put::TooLarge);
        }
    }
    if receiving.sha256() != sha256 {
        return Ok(Put::Mismatch);
    }
    if !has_image_start(&receiving.start) {
        return Ok(Put::NotAnImage);
    }
    let shown = if name.is_empty() { sha256 } else { name };
    let sent = [Sent { path: receiving.path(), name: shown }];
    let intake = take_in(&desk.store, &sent, source, by)?;
    let is_new = intake.n_new + intake.n_unread > 0;
    Ok(Put::Kept(Kept {
        sha256: sha256.to_owned(),
        bytes: receiving.n_bytes(),
        new: is_new,
        pictures: intake.n_seen,
    }))
}
