//! The entry screen: image left, form right, one sheet at a time.
//!
//! Whoever enters sees the sheet at hand and nothing else: no source, no file name, no list, nothing that machines or
//! others read of it, and not whether they are the first.

pub(super) mod checks;
mod done;
mod page;
mod picture;
mod save;
mod screen;
mod typed;

use std::sync::Arc;

use axum::extract::{Form, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::json;
use tallyproof_core::people::Role;

use super::caller::Caller;
use super::desk::Desk;
use super::refusal::Refusal;
use super::rights::{Allowed, Route, get, post};

const CLERK: Allowed = Allowed::Only(&[Role::Clerk]);

/// The routes of the queue and the entry screen.
pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/entry", CLERK, show),
        post("/entry", CLERK, deed),
        post("/entry/draft", CLERK, draft),
        get("/entry/waiting", CLERK, waiting),
        get("/entry/done", CLERK, done::show),
        get("/images/{image}", Allowed::SignedIn, picture::picture),
    ]
}

/// A form as it came.
pub(super) type Fields = Vec<(String, String)>;

/// The value of a form's field; empty where there is none.
pub(super) fn field<'f>(form: &'f [(String, String)], name: &str) -> &'f str {
    form.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
}

/// `GET /entry`: the sheet at hand.
async fn show(State(desk): State<Arc<Desk>>, caller: Caller) -> Result<Response, Refusal> {
    Desk::blocking(&desk, move |desk| screen::next(desk, &caller, None)).await?
}

/// `POST /entry`: saves, checks or pauses; the answer to a save is the next sheet.
async fn deed(
    State(desk): State<Arc<Desk>>,
    caller: Caller,
    Form(form): Form<Fields>,
) -> Result<Response, Refusal> {
    Desk::blocking(&desk, move |desk| match field(&form, "deed") {
        "check" => screen::checked(desk, &caller, &form),
        "pause" => {
            screen::keep(desk, &caller, &form)?;
            Ok(Redirect::to("/entry/done?paused=1").into_response())
        }
        _ => save::save(desk, &caller, &form),
    })
    .await?
}

/// `POST /entry/draft`: keeps what is typed; answers with what the rules find on it.
async fn draft(
    State(desk): State<Arc<Desk>>,
    caller: Caller,
    Form(form): Form<Fields>,
) -> Result<Response, Refusal> {
    let found = Desk::blocking(&desk, move |desk| screen::keep(desk, &caller, &form)).await??;
    let findings: Vec<_> =
        found.iter().map(|finding| json!({"code": finding.code, "says": finding.says})).collect();
    Ok(axum::Json(json!({"findings": findings})).into_response())
}

/// `GET /entry/waiting`: whether there is a sheet for this person; gives none away.
async fn waiting(State(desk): State<Arc<Desk>>, caller: Caller) -> Response {
    axum::Json(json!({"waiting": desk.queue.has_next(&caller.id)})).into_response()
}
