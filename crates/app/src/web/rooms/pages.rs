//! The pages that only show.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::HeaderValue;
use axum::http::header::{HeaderName, REFRESH};
use axum::response::{IntoResponse, Response};
use tallyproof_core::people::Role;

use super::super::caller::Caller;
use super::super::desk::Desk;
use super::super::frame::{Frame, page};
use super::super::refusal::Refusal;
use super::super::snapshot::Snapshot;
use super::area::{AreaPage, TablesQuery};
use super::areas::{AreaQuery, Sort};
use super::claims::ClaimsPage;
use super::findings::{FindingsPage, rule};
use super::overview::{Overview, OverviewQuery};
use super::sight::Sight;
use super::table::TablePage;
use crate::site::ReportError;
use crate::site::html::Pen;
use crate::site::room::MapView;
use crate::trouble::Trouble;

/// Seconds after which a projector asks again, where no script does.
const PROJECTOR_REFRESH_S: &str = "30";

/// What the addresses of these pages may ask for.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(default)]
pub(in super::super) struct Asked {
    map: String,
    level: String,
    q: String,
    sort: String,
    status: String,
    pub(super) page: usize,
    projector: Option<String>,
    pub(super) table: String,
    pub(super) area: String,
    pub(super) kind: String,
    done: Option<String>,
}

impl Asked {
    /// Whether the step before was just taken: then the page says so.
    pub(super) fn is_done(&self) -> bool {
        self.done.is_some()
    }

    fn areas(&self) -> AreaQuery {
        AreaQuery { search: self.q.clone(), sort: Sort::from_code(&self.sort), page: self.page }
    }
}

/// The last picture. Whoever comes before the first waits for it a moment, and is then told that it comes; what keeps it
/// from coming about is said.
pub(super) fn latest(desk: &Desk) -> Result<Arc<Snapshot>, Refusal> {
    desk.snapshot.soon(&desk.store).map_err(Refusal::Failed)?.ok_or(Refusal::NotYet)
}

/// Names by pseudonym for those who may know them: coordinators and administrators.
pub(super) fn names(desk: &Desk, caller: &Caller) -> HashMap<String, String> {
    if !matches!(caller.role, Role::Coordinator | Role::Administrator) {
        return HashMap::new();
    }
    let people = desk.roll.people();
    let name = |(id, _): (&tallyproof_core::people::PersonId, _)| {
        Some((id.as_str().to_owned(), desk.roll.profile(id)?.name))
    };
    people.iter().filter_map(name).collect()
}

/// Shows a page of the last picture, off the threads that answer others: a country's page takes a while to draw.
pub(super) async fn show(
    desk: &Arc<Desk>,
    caller: Caller,
    here: String,
    draw: impl FnOnce(&Arc<Desk>, &Sight, Frame) -> Result<Response, Refusal> + Send + 'static,
) -> Result<Response, Refusal> {
    Desk::blocking(desk, move |desk| {
        let snapshot = latest(desk)?;
        let pen = Pen::new(caller.words());
        let sight = Sight::new(&snapshot, &pen, names(desk, &caller));
        let frame = in_rooms(desk, &caller, &here);
        draw(desk, &sight, frame)
    })
    .await?
}

/// The frame of a room.
pub(super) fn in_rooms(desk: &Desk, caller: &Caller, here: &str) -> Frame {
    Frame::new(desk, caller, here).sheet("plot.css").sheet("rooms.css").script("live.js")
}

/// Our own templates and boundaries: what fails there is ours.
pub(super) fn broken(error: &ReportError) -> Refusal {
    Trouble::Boundaries(error.to_string()).into()
}

/// `GET /overview`.
pub(in super::super) async fn overview(
    State(desk): State<Arc<Desk>>,
    caller: Caller,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    show(&desk, caller, "/overview".into(), move |desk, sight, frame| {
        let projector = asked.projector.is_some();
        let query = OverviewQuery {
            map: MapView::from_code(&asked.map),
            level: sight.level(&asked.level),
            areas: asked.areas(),
            projector,
        };
        let frame = if projector { frame.class("desk projector") } else { frame };
        let sight = if projector { &Sight::new(sight.snapshot, sight.pen, HashMap::new()) } else { sight };
        let mut response =
            page(&Overview::new(sight, frame, &query, desk.queue.waiting()).map_err(|e| broken(&e))?);
        if projector {
            let refresh: (HeaderName, _) = (REFRESH, HeaderValue::from_static(PROJECTOR_REFRESH_S));
            response.headers_mut().insert(refresh.0, refresh.1);
        }
        Ok(response)
    })
    .await
}

/// `GET /areas/{level}/{code}`.
pub(in super::super) async fn area(
    State(desk): State<Arc<Desk>>,
    caller: Caller,
    Path((level, code)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    show(&desk, caller, "/overview".into(), move |_, sight, frame| {
        let level = sight.level(&level).ok_or(Refusal::NotFound)?;
        let area = sight.snapshot.area(level, &code).ok_or(Refusal::NotFound)?;
        // One list is paged at a time: that of the tables where a status is asked for.
        let of_tables = asked.level.is_empty();
        let areas = AreaQuery { page: if of_tables { 1 } else { asked.page }, ..asked.areas() };
        let page_of_tables = if of_tables { asked.page } else { 1 };
        let tables = TablesQuery { status: asked.status.clone(), page: page_of_tables };
        Ok(page(&AreaPage::new(sight, frame, (level, area), (&areas, &tables))))
    })
    .await
}

/// `GET /tables/{id}`.
pub(in super::super) async fn table(
    State(desk): State<Arc<Desk>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let role = caller.role;
    show(&desk, caller, "/overview".into(), move |desk, sight, frame| {
        let table = sight.pack().pattern.id(&id).ok_or(Refusal::NotFound)?;
        let standing = sight.snapshot.standing(&table).ok_or(Refusal::NotFound)?;
        Ok(page(&TablePage::new(sight, desk, frame, standing, role)))
    })
    .await
}

/// `GET /findings/{rule}`.
pub(in super::super) async fn findings(
    State(desk): State<Arc<Desk>>,
    caller: Caller,
    Path(code): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    show(&desk, caller, "/overview".into(), move |_, sight, frame| {
        let rule = rule(&code).ok_or(Refusal::NotFound)?;
        Ok(page(&FindingsPage::new(sight, frame, rule, asked.page)))
    })
    .await
}

/// `GET /claims`.
pub(in super::super) async fn claims(
    State(desk): State<Arc<Desk>>,
    caller: Caller,
) -> Result<Response, Refusal> {
    show(&desk, caller, "/claims".into(), |_, sight, frame| {
        Ok(page(&ClaimsPage::new(sight, frame).map_err(|e| broken(&e))?).into_response())
    })
    .await
}
