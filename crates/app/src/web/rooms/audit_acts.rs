//! Steps of an audit from the desk: the functions behind the program's own verbs, one step at a time.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Form;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use tallyproof_analysis::results::{AuditFacts, AuditRecord, Proposal, analyse_with};
use tallyproof_core::people::Role;

use super::super::caller::Caller;
use super::super::desk::Desk;
use super::super::frame::{Frame, page, page_with};
use super::super::refusal::Refusal;
use super::audit::{AuditPage, AuditQuery, files, refusal, written};
use super::audits::{AuditsPage, TermsAsked};
use super::fields::{Fields, refused};
use super::pages::{Asked, broken, in_rooms, latest, names, show};
use super::sight::Sight;
use crate::pipeline::audit::draw::{DrawRequest, draw};
use crate::pipeline::audit::freeze::{FreezeRequest, abandon, freeze, proposed};
use crate::pipeline::audit::record::{RecordRequest, Written, read_rows, record};
use crate::pipeline::audit::{choose, facts};
use crate::pipeline::packs::LoadedPack;
use crate::site::html::Pen;
use crate::trouble::{Outcome, Trouble};
use crate::words::Words;

/// Longest worksheet that is pasted, bytes: that of 2,000 papers.
pub(in super::super) const MOST_ROWS_BYTES: usize = 1 << 20;

/// A step that cannot be taken, in the desk's words: it has forms, not options.
fn step(trouble: Trouble) -> Refusal {
    let key = format!("rooms-{}", trouble.code());
    if !matches!(trouble, Trouble::Audit(_)) && !Words::shared(crate::words::Lang::En).has(&key) {
        return trouble.into();
    }
    Refusal::said(StatusCode::CONFLICT, key, trouble.args())
}

/// The pack as the audit's functions take it.
fn loaded(desk: &Desk) -> LoadedPack {
    LoadedPack { pack: desk.pack.clone(), register: desk.register.clone(), files: BTreeMap::new() }
}

/// `GET /audits`.
pub(in super::super) async fn audits(
    State(desk): State<Arc<Desk>>,
    caller: Caller,
    Query(fields): Query<Fields>,
) -> Result<Response, Refusal> {
    let may_act = caller.role == Role::Coordinator;
    let words = caller.words();
    let asked = TermsAsked::read(&fields)?;
    show(&desk, caller, "/audits".into(), move |_, sight, frame| {
        let proposal = asked.as_ref().map(|asked| (asked, propose(sight, asked, words)));
        let proposal = proposal.as_ref().map(|(asked, proposal)| (*asked, proposal));
        Ok(page(&AuditsPage::new(sight, frame, may_act, proposal).map_err(|e| broken(&e))?))
    })
    .await
}

/// What terms come to; why they come to nothing, in words.
fn propose(sight: &Sight, asked: &TermsAsked, words: &Words) -> Result<Proposal, String> {
    let analysis = analyse_with(&sight.snapshot.facts, &sight.snapshot.audits);
    proposed(&analysis, &asked.choice).map_err(|trouble| {
        let (happened, next) = step(trouble).words(words);
        format!("{happened} {next}")
    })
}

/// `POST /audits`: freezes the list and every rule.
pub(in super::super) async fn freeze_list(
    State(desk): State<Arc<Desk>>,
    caller: Caller,
    Form(fields): Form<Fields>,
) -> Result<Response, Refusal> {
    let asked = TermsAsked::read(&fields)?.ok_or(Refusal::Unreadable)?;
    let request = FreezeRequest {
        name: Some(fields.text("name").to_owned()).filter(|name| !name.is_empty()),
        choice: asked.choice,
        reserve_ppm: asked.reserve_ppm,
        custody: fields.text("custody").to_owned(),
        seed_procedure: fields.text("seed-procedure").to_owned(),
        by: Some(caller.id.clone()),
    };
    Desk::blocking(&desk, move |desk| {
        let _alone = desk.snapshot.alone();
        // The list is that of the sheets as they stand now, not of a picture some seconds old.
        desk.snapshot.refresh(&desk.store).map_err(Refusal::Failed)?;
        let snapshot = latest(desk)?;
        let analysis = analyse_with(&snapshot.facts, &snapshot.audits);
        let frozen = freeze(&desk.store, &analysis, &snapshot.audits, &request, caller.words());
        let frozen = frozen.map_err(step)?;
        done(desk, &frozen.name)
    })
    .await?
}

/// After a step: everybody sees it, and the page of the audit comes.
fn done(desk: &Desk, name: &str) -> Result<Response, Refusal> {
    desk.snapshot.refresh(&desk.store).map_err(Refusal::Failed)?;
    desk.live.changed();
    Ok(Redirect::to(&format!("/audits/{name}")).into_response())
}

/// `GET /audits/{name}`.
pub(in super::super) async fn audit(
    State(desk): State<Arc<Desk>>,
    caller: Caller,
    Path(name): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    let may_act = caller.role == Role::Coordinator;
    show(&desk, caller, "/audits".into(), move |desk, sight, frame| {
        let query = AuditQuery { table: asked.table, page: asked.page, ..AuditQuery::default() };
        Ok(page(&page_of_audit(desk, sight, frame, &name, (may_act, &query))?))
    })
    .await
}

fn page_of_audit<'p>(
    desk: &Desk,
    sight: &Sight<'p>,
    frame: Frame,
    name: &str,
    query: (bool, &AuditQuery),
) -> Result<AuditPage<'p>, Refusal> {
    let record = sight.snapshot.audits.records.iter().find(|r| r.id == name).ok_or(Refusal::NotFound)?;
    let held = sight.panels.held(name).map_err(|e| broken(&e))?.ok_or(Refusal::NotFound)?;
    Ok(AuditPage::new(sight, frame, (record, held), files(&desk.store, name), query))
}

/// Takes a step on an audit as it stands now.
async fn on_audit(
    desk: Arc<Desk>,
    name: String,
    act: impl FnOnce(&Arc<Desk>, &AuditFacts, &AuditRecord) -> Result<Response, Refusal> + Send + 'static,
) -> Result<Response, Refusal> {
    Desk::blocking(&desk, move |desk| {
        let _alone = desk.snapshot.alone();
        let audits = facts(&desk.store, &desk.pack)?;
        let record = choose(&audits, Some(&name)).map_err(|_| Refusal::NotFound)?;
        act(desk, &audits, record)
    })
    .await?
}

/// `POST /audits/{name}/draw`.
pub(in super::super) async fn draw_sheets(
    State(desk): State<Arc<Desk>>,
    caller: Caller,
    Path(name): Path<String>,
    Form(fields): Form<Fields>,
) -> Result<Response, Refusal> {
    let n = fields.number("n")?.filter(|n| *n > 0);
    on_audit(desk, name, move |desk, audits, record| {
        let seed = Some(fields.text("seed")).filter(|seed| !seed.is_empty());
        let request = DrawRequest { seed, n, by: Some(&caller.id) };
        let loaded = loaded(desk);
        draw(&desk.store, &loaded, audits, record, request, caller.words()).map_err(step)?;
        done(desk, &record.id)
    })
    .await
}

/// `POST /audits/{name}/abandon`.
pub(in super::super) async fn abandon_audit(
    State(desk): State<Arc<Desk>>,
    caller: Caller,
    Path(name): Path<String>,
    Form(fields): Form<Fields>,
) -> Result<Response, Refusal> {
    let why = fields.reason()?;
    on_audit(desk, name, move |desk, _, record| {
        abandon(&desk.store, record, &why, Some(&caller.id)).map_err(step)?;
        done(desk, &record.id)
    })
    .await
}

/// `POST /audits/{name}/record`: what one paper says.
pub(in super::super) async fn record_paper(
    State(desk): State<Arc<Desk>>,
    caller: Caller,
    Path(name): Path<String>,
    Form(fields): Form<Fields>,
) -> Result<Response, Refusal> {
    on_audit(desk, name, move |desk, audits, audit| {
        let optional = |name: &str| Some(fields.text(name).to_owned()).filter(|text| !text.is_empty());
        let request = RecordRequest {
            correct: fields.is_ticked("correct"),
            as_written: fields.is_ticked("as-written"),
            inspector: optional("inspector"),
            place: optional("place"),
            by: Some(caller.id.clone()),
            ..RecordRequest::default()
        };
        let rows = [written(&fields, &desk.pack)];
        record_rows(desk, &caller, (audits, audit), (&rows, &request), Some(&fields))
    })
    .await
}

/// `POST /audits/{name}/worksheet`: a filled-in worksheet, pasted.
pub(in super::super) async fn record_worksheet(
    State(desk): State<Arc<Desk>>,
    caller: Caller,
    Path(name): Path<String>,
    Form(fields): Form<Fields>,
) -> Result<Response, Refusal> {
    on_audit(desk, name, move |desk, audits, audit| {
        let rows = read_rows(fields.long("rows").as_bytes(), &desk.pack);
        let rows = rows.map_err(|error| refused("rooms-audit-bad-rows", &[("why", &error.to_string())]))?;
        let request = RecordRequest {
            allow_refused: fields.is_ticked("allow-refused"),
            by: Some(caller.id.clone()),
            ..RecordRequest::default()
        };
        record_rows(desk, &caller, (audits, audit), (&rows, &request), None)
    })
    .await
}

/// Records rows; refused ones are told on the page, with what was typed still in its form.
fn record_rows(
    desk: &Arc<Desk>,
    caller: &Caller,
    (audits, audit): (&AuditFacts, &AuditRecord),
    (rows, request): (&[Written], &RecordRequest),
    sent: Option<&Fields>,
) -> Result<Response, Refusal> {
    let loaded = loaded(desk);
    let recorded = record(&desk.store, &loaded, audits, Some(audit), rows, request).map_err(step)?;
    if recorded.refused.is_empty() && (sent.is_some() || recorded.n_blank == 0) {
        return done(desk, &audit.id);
    }
    desk.snapshot.refresh(&desk.store).map_err(Refusal::Failed)?;
    desk.live.changed();
    let words = caller.words();
    let n = |n: usize| words.int(n as u64);
    let args = [
        ("new", n(if recorded.is_recorded { recorded.new.len() } else { 0 })),
        ("already", words.int(recorded.n_already)),
        ("blank", words.int(recorded.n_blank)),
        ("refused", n(recorded.refused.len())),
    ];
    let mut said = vec![words.tell("audit-recorded", &args)];
    said.extend(recorded.refused.iter().take(50).map(|row| refusal(words, row)));
    let table = sent.map(|fields| fields.text("table").to_owned()).unwrap_or_default();
    let query = AuditQuery { table, page: 1, sent: sent.cloned(), said };
    let snapshot = latest(desk)?;
    let pen = Pen::new(words);
    let sight = Sight::new(&snapshot, &pen, names(desk, caller));
    let frame = in_rooms(desk, caller, "/audits");
    let view = page_of_audit(desk, &sight, frame, &audit.id, (true, &query))?;
    let status = if recorded.refused.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(page_with(status, &view))
}

/// `GET /audits/{name}/files/{file}`: list, announcement, worksheets, and the commands that redo the draw.
pub(in super::super) async fn file(
    State(desk): State<Arc<Desk>>,
    Path((name, file)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    Desk::blocking(&desk, move |desk| {
        let snapshot = latest(desk)?;
        let known = snapshot.audits.records.iter().any(|record| record.id == name);
        // Only names that the folder itself lists: nothing of the address becomes a path.
        if !known || !files(&desk.store, &name).contains(&file) {
            return Err(Refusal::NotFound);
        }
        let bytes = read(desk, &name, &file)?;
        let kind = match file.rsplit_once('.') {
            Some((_, "csv")) => "text/csv; charset=utf-8",
            Some((_, "html")) => "text/html; charset=utf-8",
            _ => "text/plain; charset=utf-8",
        };
        let place = HeaderValue::from_str(&format!("attachment; filename=\"{file}\""));
        let place = place.map_err(|_| Refusal::NotFound)?;
        let kind = HeaderValue::from_static(kind);
        Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, place)], bytes).into_response())
    })
    .await?
}

fn read(desk: &Desk, name: &str, file: &str) -> Outcome<Vec<u8>> {
    let path = desk.store.audit_dir(name).join(file);
    std::fs::read(&path).map_err(Trouble::io(&path))
}
