//! Fetching what a job made: files are found by their names in the job's list, never by a path of the request.

use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use super::super::desk::Desk;
use super::super::refusal::Refusal;
use super::jobs::{JobKind, Made};
use crate::trouble::Trouble;

/// Bytes read at once.
const PIECE: usize = 1 << 17;

/// `GET /exports/{kind}/{name}`.
pub(super) async fn file(
    State(desk): State<Arc<Desk>>,
    Path((kind, name)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    // A backup holds names; it has its own route, with other rights.
    let kind = JobKind::from_code(&kind).filter(|kind| *kind != JobKind::Backup).ok_or(Refusal::NotFound)?;
    fetch(&desk, kind, &name).await
}

/// `GET /exports/backup/{name}`.
pub(super) async fn backup(
    State(desk): State<Arc<Desk>>,
    Path(name): Path<String>,
) -> Result<Response, Refusal> {
    fetch(&desk, JobKind::Backup, &name).await
}

async fn fetch(desk: &Arc<Desk>, kind: JobKind, name: &str) -> Result<Response, Refusal> {
    let made = desk.door.jobs.made(kind, name).ok_or(Refusal::NotFound)?;
    Desk::blocking(desk, move |_| stream(&made)).await?
}

/// A file as an answer, read as fast as it is taken. Blocks to open it.
fn stream(made: &Made) -> Result<Response, Refusal> {
    let mut file = File::open(&made.path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Refusal::NotFound,
        _ => Refusal::from(Trouble::Io { path: made.path.clone(), error }),
    })?;
    let n_bytes = file.metadata().map_err(|error| Trouble::Io { path: made.path.clone(), error })?.len();
    let (out, pieces) = mpsc::channel::<io::Result<Bytes>>(2);
    tokio::task::spawn_blocking(move || {
        let mut left = n_bytes;
        while left > 0 {
            let mut piece = vec![0; PIECE.min(usize::try_from(left).unwrap_or(PIECE))];
            let read = file.read_exact(&mut piece);
            left = left.saturating_sub(piece.len() as u64);
            let failed = read.is_err();
            // Whoever went away takes nothing more.
            if out.blocking_send(read.map(|()| piece.into())).is_err() || failed {
                return;
            }
        }
    });
    let headers = [
        (header::CONTENT_TYPE, kind_of(&made.name).to_owned()),
        (header::CONTENT_LENGTH, n_bytes.to_string()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", made.name)),
    ];
    Ok((headers, Body::from_stream(ReceiverStream::new(pieces))).into_response())
}

/// Media type by the name's end.
fn kind_of(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, end)| end) {
        Some("csv") => "text/csv; charset=utf-8",
        Some("json" | "geojson") => "application/json",
        Some("xlsx") => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        Some("zip") => "application/zip",
        _ => "application/octet-stream",
    }
}
