//! What coordinators do: decide, clear, set aside, reopen. Every act is a form, and the next case comes at once.

use std::sync::Arc;

use axum::Form;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use tallyproof_core::people::Role;
use tallyproof_core::review::Action;

use super::super::caller::Caller;
use super::super::desk::Desk;
use super::super::frame::{page, page_with};
use super::super::refusal::Refusal;
use super::act::act;
use super::cases::{CasesQuery, ConflictsPage, next};
use super::conflict::{Case, CaseQuery, ConflictPage, decided};
use super::fields::Fields;
use super::pages::{Asked, in_rooms, latest, names, show};
use super::quarantine::{self, QuarantinePage, SuspectsPage};
use super::reopenings::ReopeningsPage;
use super::sight::Sight;
use crate::site::html::Pen;

/// `GET /conflicts`.
pub(in super::super) async fn conflicts(
    State(desk): State<Arc<Desk>>,
    caller: Caller,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    let me = caller.id.clone();
    show(&desk, caller, "/conflicts".into(), move |desk, sight, frame| {
        let done = asked.is_done();
        let query = CasesQuery { area: asked.area, kind: asked.kind, page: asked.page };
        Ok(page(&ConflictsPage::new(sight, desk, frame, (&me, done), &query)))
    })
    .await
}

/// `GET /conflicts/{image}`.
pub(in super::super) async fn conflict(
    State(desk): State<Arc<Desk>>,
    caller: Caller,
    Path(image): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    Desk::blocking(&desk, move |desk| {
        let query = CaseQuery { done: asked.is_done(), ..CaseQuery::default() };
        let view = conflict_page(desk, &caller, &image, query, |view| page(view));
        view?.ok_or(Refusal::NotFound)
    })
    .await?
}

/// Draws one conflict; `None` where there is no such image.
fn conflict_page(
    desk: &Arc<Desk>,
    caller: &Caller,
    image: &str,
    query: CaseQuery,
    draw: impl FnOnce(&ConflictPage) -> Response,
) -> Result<Option<Response>, Refusal> {
    let snapshot = latest(desk)?;
    let Some(case) = Case::of(desk, image)? else { return Ok(None) };
    let pen = Pen::new(caller.words());
    let sight = Sight::new(&snapshot, &pen, names(desk, caller));
    let frame = in_rooms(desk, caller, "/conflicts");
    let (_, n_left) = next(desk, &snapshot, &caller.id, "");
    let query = CaseQuery { n_left, ..query };
    let person = (&caller.id, caller.role == Role::Coordinator);
    Ok(Some(draw(&ConflictPage::new(&sight, frame, &case, person, &query))))
}

/// `POST /conflicts/{image}`: decides the places that differ.
pub(in super::super) async fn decide(
    State(desk): State<Arc<Desk>>,
    caller: Caller,
    Path(image): Path<String>,
    Form(fields): Form<Fields>,
) -> Result<Response, Refusal> {
    Desk::blocking(&desk, move |desk| {
        let case = Case::of(desk, &image)?.ok_or(Refusal::NotFound)?;
        let action = fields.reason().and_then(|reason| {
            let seen = decided(desk, case.open(), &fields)?;
            Ok(Action::Decide { by: caller.id.clone(), seen, reason })
        });
        match action.and_then(|action| act(desk, &image, action)) {
            Ok(_) => {
                let snapshot = latest(desk)?;
                let (case, _) = next(desk, &snapshot, &caller.id, &image);
                let path = case.map_or("/conflicts".to_owned(), |image| format!("/conflicts/{image}"));
                Ok(Redirect::to(&format!("{path}?done=1")).into_response())
            }
            // What was chosen stays chosen; the page says why it was not taken.
            Err(refusal @ Refusal::Said { .. }) => {
                let (happened, remedy) = refusal.words(caller.words());
                let said = Some(format!("{happened} {remedy}").trim().to_owned());
                let query = CaseQuery { sent: fields, said, ..CaseQuery::default() };
                let status = refusal.status();
                let view = conflict_page(desk, &caller, &image, query, |view| page_with(status, view));
                view?.ok_or(Refusal::NotFound)
            }
            Err(refusal) => Err(refusal),
        }
    })
    .await?
}

/// `GET /quarantine`.
pub(in super::super) async fn quarantined(
    State(desk): State<Arc<Desk>>,
    caller: Caller,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    let me = caller.id.clone();
    show(&desk, caller, "/quarantine".into(), move |desk, sight, frame| {
        let query = (asked.area.as_str(), asked.page, asked.is_done());
        Ok(page(&QuarantinePage::new(sight, desk, frame, &me, query)))
    })
    .await
}

/// `GET /quarantine/{table}`.
pub(in super::super) async fn suspects(
    State(desk): State<Arc<Desk>>,
    caller: Caller,
    Path(table): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    let (me, is_coordinator) = (caller.id.clone(), caller.role == Role::Coordinator);
    show(&desk, caller, "/quarantine".into(), move |desk, sight, frame| {
        let table = sight.pack().pattern.id(&table).ok_or(Refusal::NotFound)?;
        let standing = sight.snapshot.standing(&table).filter(|s| s.sheet.is_some());
        let standing = standing.ok_or(Refusal::NotFound)?;
        Ok(page(&SuspectsPage::new(sight, desk, frame, standing, (&me, is_coordinator), asked.is_done())))
    })
    .await
}

/// `POST /quarantine/{table}`: says of one image whether it speaks.
pub(in super::super) async fn rule(
    State(desk): State<Arc<Desk>>,
    caller: Caller,
    Path(table): Path<String>,
    Form(fields): Form<Fields>,
) -> Result<Response, Refusal> {
    let reason = fields.reason()?;
    Desk::blocking(&desk, move |desk| {
        let by = caller.id.clone();
        let action = match fields.text("act") {
            "aside" => Action::SetAside { by, reason },
            "clear" => Action::Clear { by, reason },
            _ => return Err(Refusal::Unreadable),
        };
        let table = desk.pack.pattern.id(&table).ok_or(Refusal::NotFound)?;
        let image = fields.text("image");
        let snapshot = latest(desk)?;
        if !quarantine::is_of(desk, &snapshot, &table, image) {
            return Err(Refusal::said(StatusCode::CONFLICT, "desk-rooms-not-quarantined", Vec::new()));
        }
        act(desk, image, action)?;
        let snapshot = latest(desk)?;
        let sheet = snapshot.standing(&table).and_then(|standing| standing.sheet.as_ref());
        let mut images = sheet.into_iter().flat_map(|sheet| &sheet.images);
        let open = images.any(|image| quarantine::may_rule(desk, image, &caller.id));
        let next = if open { Some(table.as_str().to_owned()) } else { None };
        let next = next.or_else(|| quarantine::next(desk, &snapshot, &caller.id, table.as_str()));
        let path = next.map_or("/quarantine".to_owned(), |table| format!("/quarantine/{table}"));
        Ok(Redirect::to(&format!("{path}?done=1")).into_response())
    })
    .await?
}

/// `GET /reopenings`.
pub(in super::super) async fn reopenings(
    State(desk): State<Arc<Desk>>,
    caller: Caller,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    let me = caller.id.clone();
    let may_answer = matches!(caller.role, Role::Coordinator | Role::Administrator);
    show(&desk, caller, "/reopenings".into(), move |desk, sight, frame| {
        Ok(page(&ReopeningsPage::new(sight, desk, frame, &me, (may_answer, asked.is_done()))))
    })
    .await
}

/// `POST /reopenings/{image}/{answer}`: `request`, `approve` or `refuse`.
pub(in super::super) async fn reopen(
    State(desk): State<Arc<Desk>>,
    caller: Caller,
    Path((image, answer)): Path<(String, String)>,
    Form(fields): Form<Fields>,
) -> Result<Response, Refusal> {
    let by = caller.id.clone();
    let action = match answer.as_str() {
        "request" => Action::RequestReopening { by, reason: fields.reason()? },
        "approve" => Action::ApproveReopening { by },
        "refuse" => Action::RefuseReopening { by, reason: fields.reason()? },
        _ => return Err(Refusal::NotFound),
    };
    Desk::blocking(&desk, move |desk| {
        act(desk, &image, action)?;
        Ok(Redirect::to("/reopenings?done=1").into_response())
    })
    .await?
}
