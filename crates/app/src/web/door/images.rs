//! Sending pictures from a page: several files at once, archives too.

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::Response;
use tallyproof_core::tidy::plain;

use super::super::caller::Caller;
use super::super::desk::Desk;
use super::super::frame::{Frame, page, page_with};
use super::super::refusal::Refusal;
use super::multipart::{Multipart, Piece};
use super::receive::{Arriving, Receiving, receive};
use crate::pipeline::import::check_id;
use crate::pipeline::intake::{Intake, Sent, take_in};
use crate::trouble::{Outcome, Trouble};

/// Most files of one form.
const MOST_FILES: usize = 1_000;
/// Most bytes of a field that is no file.
const MOST_FIELD: usize = 4_096;
/// Files not kept that are shown by name.
const SHOWN: usize = 50;
/// Where pictures come from when nobody says otherwise.
const SOURCE: &str = "desk";

#[derive(Template)]
#[template(path = "desk/door/images.html")]
struct ImagesPage {
    frame: Frame,
    n_images: String,
    n_pending: String,
    n_damaged: u64,
    failed: Option<&'static str>,
    source: String,
    problem: Option<String>,
    came: Option<Came>,
}

/// What became of a form.
struct Came {
    counts: String,
    unread: Option<String>,
    skipped: Vec<(String, String)>,
    n_more: Option<String>,
}

/// `GET /images`.
pub(super) async fn show(State(desk): State<Arc<Desk>>, caller: Caller) -> Result<Response, Refusal> {
    let view = Desk::blocking(&desk, move |desk| images_page(desk, &caller)).await??;
    Ok(page(&view))
}

fn images_page(desk: &Desk, caller: &Caller) -> Outcome<ImagesPage> {
    let words = caller.words();
    let (n_images, n_pending) = desk.store.n_originals()?;
    let stands = desk.door.reading.stands();
    Ok(ImagesPage {
        frame: Frame::new(desk, caller, "/images").script("live.js").script("upload.js"),
        n_images: words.int(n_images),
        n_pending: words.int(n_pending.saturating_sub(stands.n_damaged)),
        n_damaged: stands.n_damaged,
        failed: stands.failed,
        source: SOURCE.to_owned(),
        problem: None,
        came: None,
    })
}

/// Why a form was not taken.
enum Stopped {
    Malformed,
    BrokeOff,
    TooMany,
    NoFile,
    Trouble(Trouble),
}

impl From<Trouble> for Stopped {
    fn from(trouble: Trouble) -> Self {
        Stopped::Trouble(trouble)
    }
}

/// `POST /images`.
pub(super) async fn send(
    State(desk): State<Arc<Desk>>,
    caller: Caller,
    request: Request,
) -> Result<Response, Refusal> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let parts = Multipart::new(kind.unwrap_or_default()).map_err(|_| Refusal::Unreadable)?;
    let by = caller.clone();
    let body: Body = request.into_body();
    let taken = receive(&desk, body, move |desk, arriving| {
        take_form(desk, parts, arriving, by.id.as_str()).map(|intake| {
            let came = came(&intake, &by);
            (came, intake.n_new + intake.n_again + intake.n_unread > 0)
        })
    });
    let (problem, came) = match taken.await? {
        Ok((came, is_new)) => {
            if is_new {
                desk.door.reading.wake();
                desk.live.changed();
            }
            (None, Some(came))
        }
        Err(Stopped::Trouble(trouble @ Trouble::BadId(_))) => {
            (Some(caller.words().tell("err-bad-id", &trouble.args())), None)
        }
        Err(Stopped::Trouble(trouble)) => return Err(trouble.into()),
        Err(Stopped::NoFile) => (Some(caller.words().say("door-images-none")), None),
        Err(Stopped::TooMany) => {
            let args = [("most", caller.words().int(MOST_FILES as u64))];
            (Some(caller.words().tell("door-images-too-many", &args)), None)
        }
        Err(Stopped::Malformed | Stopped::BrokeOff) => return Err(Refusal::Unreadable),
    };
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let view = Desk::blocking(&desk, move |desk| images_page(desk, &caller)).await??;
    Ok(page_with(status, &ImagesPage { problem, came, ..view }))
}

/// Takes a form's files as they arrive; each is kept before the next is written.
fn take_form(
    desk: &Arc<Desk>,
    mut parts: Multipart,
    arriving: &mut Arriving,
    by: &str,
) -> Result<Intake, Stopped> {
    let dir = desk.store.incoming_dir();
    let (mut source, mut field) = (SOURCE.to_owned(), Vec::new());
    let (mut at, mut file): (Option<String>, Option<(Receiving, String)>) = (None, None);
    let (mut all, mut n_parts, mut n_files) = (Intake::default(), 0, 0);
    while let Some(bytes) = arriving.next().map_err(|_| Stopped::BrokeOff)? {
        for piece in parts.take(&bytes).map_err(|_| Stopped::Malformed)? {
            match piece {
                Piece::Begin { name, file: Some(shown) } if name == "files" => {
                    n_parts += 1;
                    if n_parts > MOST_FILES {
                        return Err(Stopped::TooMany);
                    }
                    file = Some((Receiving::new(&dir)?, shown));
                }
                Piece::Begin { name, .. } => (at, field) = (Some(name), Vec::new()),
                Piece::Bytes(bytes) => match &mut file {
                    Some((receiving, _)) => receiving.write(&bytes)?,
                    None if field.len() + bytes.len() > MOST_FIELD => return Err(Stopped::Malformed),
                    None => field.extend_from_slice(&bytes),
                },
                Piece::End => {
                    match file.take() {
                        // Browsers send an empty part where no file was chosen.
                        Some((receiving, shown)) if shown.is_empty() && receiving.n_bytes() == 0 => {}
                        Some((receiving, shown)) => {
                            n_files += 1;
                            keep(desk, &receiving, &shown, &source, by, &mut all)?;
                        }
                        None => {
                            let given = String::from_utf8_lossy(&field).trim().to_owned();
                            if at.take().as_deref() == Some("source") && !given.is_empty() {
                                check_id(&given)?;
                                source = given;
                            }
                        }
                    }
                }
            }
        }
    }
    if !parts.is_over() {
        return Err(Stopped::BrokeOff);
    }
    if n_files == 0 { Err(Stopped::NoFile) } else { Ok(all) }
}

fn keep(
    desk: &Desk,
    receiving: &Receiving,
    shown: &str,
    source: &str,
    by: &str,
    all: &mut Intake,
) -> Outcome<()> {
    let name = if shown.is_empty() { "?" } else { shown };
    let one = take_in(&desk.store, &[Sent { path: receiving.path(), name }], source, by)?;
    all.n_seen += one.n_seen;
    all.n_new += one.n_new;
    all.n_again += one.n_again;
    all.n_known += one.n_known;
    all.n_unread += one.n_unread;
    // Entries of a crafted archive may be a million.
    all.skipped.extend(one.skipped.into_iter().take(10_000));
    Ok(())
}

fn came(intake: &Intake, caller: &Caller) -> Came {
    let words = caller.words();
    let counts = [
        ("seen", words.int(intake.n_seen)),
        ("new", words.int(intake.n_new)),
        ("again", words.int(intake.n_again)),
        ("known", words.int(intake.n_known)),
        ("skipped", words.int(intake.skipped.len() as u64)),
    ];
    let skipped = intake
        .skipped
        .iter()
        .take(SHOWN)
        .map(|(name, why)| (plain(name).into_owned(), words.say(&format!("skipped-{}", why.code()))));
    let n_more = intake.skipped.len().saturating_sub(SHOWN);
    Came {
        counts: words.tell("add-counts", &counts),
        unread: (intake.n_unread > 0).then(|| words.tell("add-unread", &[("n", words.int(intake.n_unread))])),
        skipped: skipped.collect(),
        n_more: (n_more > 0).then(|| words.tell("door-images-more", &[("n", words.int(n_more as u64))])),
    }
}
