//! What the whole adds up to: results, tables, findings, claims, audits, all of the last picture that is whole.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tallyproof_core::reconcile::reconcile;
use tallyproof_core::rules::field_name;
use tallyproof_evidence::published::table_body;
use utoipa::{IntoParams, ToSchema};

use super::super::super::desk::Desk;
use super::super::super::refusal::Refusal;
use super::super::super::snapshot::Snapshot;
use super::problem::Problem;
use super::{MOST, USUAL};

/// Longest id of a table that is looked for, bytes.
const MOST_ID: usize = 100;

/// The last picture. Whoever comes before the first waits for it. Blocks.
fn latest(desk: &Desk) -> Result<Arc<Snapshot>, Refusal> {
    desk.snapshot.soon(&desk.store).map_err(Refusal::Failed)?.ok_or(Refusal::NotYet)
}

/// Does something with the last picture, where it may block.
async fn look<T: Send + 'static>(
    desk: &Arc<Desk>,
    job: impl FnOnce(&Snapshot) -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    Desk::blocking(desk, move |desk| job(&*latest(desk)?)).await?
}

/// The results, byte for byte what `results.json` of the same events says.
#[utoipa::path(
    get, path = "/api/v1/results", tag = "results",
    responses(
        (status = 200, body = Object, description = "`etag` is the SHA-256 of the bytes, `x-at-event` the last event it speaks of"),
        (status = 403, description = "The role has no right to it", body = Problem),
    ),
)]
pub(super) async fn results(State(desk): State<Arc<Desk>>) -> Result<Response, Refusal> {
    look(&desk, |snapshot| {
        let headers = [
            (header::CONTENT_TYPE, "application/json".to_owned()),
            (header::ETAG, format!("\"{}\"", snapshot.results_sha256)),
            (header::HeaderName::from_static("x-at-event"), snapshot.at_event.to_string()),
        ];
        Ok((headers, snapshot.results.to_json()).into_response())
    })
    .await
}

/// A part of the results, and the last event it speaks of.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Part {
    /// Number of the last event it speaks of.
    at_event: u64,
    /// As in `results.json`.
    #[schema(value_type = Object)]
    part: Value,
}

/// A member of `results.json`, with its digits.
fn part(snapshot: &Snapshot, name: &str) -> Result<Json<Part>, Refusal> {
    let all: Value = serde_json::from_slice(&snapshot.results.to_json()).map_err(|_| Refusal::Broken)?;
    let part = all.get(name).cloned().unwrap_or_default();
    Ok(Json(Part { at_event: snapshot.at_event, part }))
}

/// What was claimed, and what the sheets say of it: the member `claims` of the results.
#[utoipa::path(get, path = "/api/v1/claims", tag = "results", responses((status = 200, body = Part)))]
pub(super) async fn claims(State(desk): State<Arc<Desk>>) -> Result<Json<Part>, Refusal> {
    look(&desk, |snapshot| part(snapshot, "claims")).await
}

/// Audits: plans, and where each stands. The member `audit` of the results.
#[utoipa::path(get, path = "/api/v1/audits", tag = "results", responses((status = 200, body = Part)))]
pub(super) async fn audits(State(desk): State<Arc<Desk>>) -> Result<Json<Part>, Refusal> {
    look(&desk, |snapshot| part(snapshot, "audit")).await
}

/// Which tables.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct After {
    /// Id of the table after which to go on; from the first where not given.
    after: Option<String>,
    /// How many at most, up to 1,000; 100 where not given.
    limit: Option<u32>,
}

/// Where one table stands.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Standing {
    /// Its id.
    table: String,
    /// Where its sheet stands; null where nobody gives one.
    status: Option<&'static str>,
    /// What stands behind its figures.
    class: Option<&'static str>,
    /// Whether the tabulation counts it.
    counted: bool,
    /// Why it is in doubt.
    doubt: Option<&'static str>,
    /// Rules that found something on it.
    findings: Vec<&'static str>,
}

/// A page of tables.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Standings {
    /// Number of the last event it speaks of.
    at_event: u64,
    /// How many tables there are in all.
    of: u64,
    /// Tables, in order of their ids.
    sheets: Vec<Standing>,
    /// Table after which to go on; null at the end.
    next: Option<String>,
}

/// Every table that a sheet, the register or a finding speaks of, in pages.
#[utoipa::path(
    get, path = "/api/v1/sheets", tag = "results", params(After),
    responses((status = 200, body = Standings), (status = 422, description = "No number", body = Problem)),
)]
pub(super) async fn sheets(
    State(desk): State<Arc<Desk>>,
    wanted: Result<Query<After>, axum::extract::rejection::QueryRejection>,
) -> Result<Json<Standings>, Refusal> {
    let Query(After { after, limit }) = wanted.map_err(|_| Refusal::Unreadable)?;
    let limit = limit.unwrap_or(USUAL).clamp(1, MOST) as usize;
    look(&desk, move |snapshot| {
        let all = &snapshot.standings;
        let from = after.map_or(0, |after| all.partition_point(|row| row.table.as_str() <= after.as_str()));
        let page = &all[from..all.len().min(from + limit)];
        let standing = |row: &super::super::super::snapshot::TableStanding| Standing {
            table: row.table.as_str().to_owned(),
            status: row.sheet.as_ref().map(|sheet| sheet.status.code()),
            class: row.sheet.as_ref().map(|sheet| sheet.class.code()),
            counted: row.sheet.as_ref().is_some_and(|sheet| sheet.counts),
            doubt: row.sheet.as_ref().and_then(|sheet| sheet.doubt).map(|doubt| doubt.code()),
            findings: row.findings.iter().filter_map(|&at| Some(snapshot.findings.get(at)?.rule)).collect(),
        };
        let is_last = from + page.len() >= all.len();
        Ok(Json(Standings {
            at_event: snapshot.at_event,
            of: all.len() as u64,
            next: page.last().filter(|_| !is_last).map(|row| row.table.as_str().to_owned()),
            sheets: page.iter().map(standing).collect(),
        }))
    })
    .await
}

/// What would be published of one table now.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Sheet {
    /// Number of the last event it speaks of.
    at_event: u64,
    /// As in a `table.published` event: status, class, votes, images. A figure is a number, or why it is none.
    #[schema(value_type = Object)]
    sheet: Value,
}

/// What would be published of one table now.
#[utoipa::path(
    get, path = "/api/v1/sheets/{table}", tag = "results",
    params(("table" = String, Path, description = "Id of the table")),
    responses((status = 200, body = Sheet), (status = 404, description = "No sheet of such a table", body = Problem)),
)]
pub(super) async fn sheet(
    State(desk): State<Arc<Desk>>,
    Path(table): Path<String>,
) -> Result<Json<Sheet>, Refusal> {
    if table.len() > MOST_ID {
        return Err(Refusal::NotFound);
    }
    look(&desk, move |snapshot| {
        let all = &snapshot.standings;
        let place =
            all.binary_search_by(|row| row.table.as_str().cmp(&table)).map_err(|_| Refusal::NotFound)?;
        let id = &all[place].table;
        let facts = snapshot.facts_of(id);
        let sheets = reconcile(&facts);
        let sheet = sheets.iter().find(|sheet| sheet.table == id).ok_or(Refusal::NotFound)?;
        Ok(Json(Sheet { at_event: snapshot.at_event, sheet: table_body(snapshot.pack(), sheet) }))
    })
    .await
}

/// Which findings.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct From {
    /// Place of the first; 0 where not given.
    from: Option<u64>,
    /// How many at most, up to 1,000; 100 where not given.
    limit: Option<u32>,
}

/// What one rule found.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Finding {
    /// Code of the rule: `tallyproof explain CODE`.
    rule: &'static str,
    /// How much it matters.
    severity: &'static str,
    /// The table; null where it is about none.
    table: Option<String>,
    /// Figures involved.
    fields: Vec<String>,
    /// The numbers of the rule's formula, by name.
    numbers: BTreeMap<String, String>,
}

/// A page of findings.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Findings {
    /// Number of the last event it speaks of.
    at_event: u64,
    /// How many there are in all.
    of: u64,
    /// Findings, in the order of `findings.csv`.
    findings: Vec<Finding>,
    /// Place to go on from; null at the end.
    next: Option<u64>,
}

/// What the rules found, in pages. A finding is no error: it says that a sheet is odd, with its numbers.
#[utoipa::path(
    get, path = "/api/v1/findings", tag = "results", params(From),
    responses((status = 200, body = Findings), (status = 422, description = "No number", body = Problem)),
)]
pub(super) async fn findings(
    State(desk): State<Arc<Desk>>,
    wanted: Result<Query<From>, axum::extract::rejection::QueryRejection>,
) -> Result<Json<Findings>, Refusal> {
    let Query(From { from, limit }) = wanted.map_err(|_| Refusal::Unreadable)?;
    let limit = limit.unwrap_or(USUAL).clamp(1, MOST) as usize;
    look(&desk, move |snapshot| {
        let all = &snapshot.findings;
        let from = usize::try_from(from.unwrap_or(0)).unwrap_or(usize::MAX).min(all.len());
        let to = all.len().min(from + limit);
        let finding = |found: &tallyproof_core::rules::Finding| Finding {
            rule: found.rule,
            severity: found.severity.code(),
            table: found.table.as_ref().map(|table| table.as_str().to_owned()),
            fields: found.fields.iter().map(|&field| field_name(snapshot.pack(), field)).collect(),
            numbers: found.args.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect(),
        };
        Ok(Json(Findings {
            at_event: snapshot.at_event,
            of: all.len() as u64,
            findings: all[from..to].iter().map(finding).collect(),
            next: (to < all.len()).then_some(to as u64),
        }))
    })
    .await
}
