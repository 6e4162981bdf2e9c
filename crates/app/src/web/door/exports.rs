//! The page of what goes out: tables, bundles, backups; each made in the background.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use tallyproof_core::people::Role;

use super::super::caller::Caller;
use super::super::desk::Desk;
use super::super::frame::{Frame, page, page_with};
use super::super::refusal::Refusal;
use super::jobs::{Ended, Job, JobKind, JobState, Jobs, Made, Progress};
use crate::pipeline::{backup, exports, packs};
use crate::store::sha256_of;
use crate::trouble::{Outcome, Trouble};
use crate::words::{Lang, Words};

#[derive(Template)]
#[template(path = "desk/door/exports.html")]
struct ExportsPage {
    frame: Frame,
    is_administrator: bool,
    has_key: bool,
    /// Where backups go that are not fetched.
    backup_to: Option<String>,
    busy: bool,
    jobs: Vec<Line>,
    problem: Option<String>,
}

/// One kind of job on the page.
struct Line {
    code: &'static str,
    /// When the last one began.
    began: Option<String>,
    stage: Option<String>,
    /// How far, for a progress bar: done, of.
    progress: Option<(u64, u64)>,
    done: Option<String>,
    problems: Vec<String>,
    files: Vec<FileLine>,
}

struct FileLine {
    href: String,
    name: String,
    bytes: String,
    sha256: String,
}

impl Line {
    fn new(kind: JobKind, job: Option<Job>, words: &Words) -> Self {
        let mut line = Line {
            code: kind.code(),
            began: None,
            stage: None,
            progress: None,
            done: None,
            problems: Vec::new(),
            files: Vec::new(),
        };
        let Some(job) = job else { return line };
        line.began = Some(job.began);
        match job.state {
            JobState::Running { stage, done, of } => {
                line.stage = Some(words.say(&format!("door-stage-{stage}")));
                line.progress = (of > 0).then_some((done, of));
            }
            JobState::Done(ended) => {
                line.done = Some(words.tell(ended.key, &ended.args));
                line.problems = ended.faults.iter().map(|fault| said(words, fault)).collect();
                line.files = ended.made.iter().map(|made| FileLine::new(kind, made, words)).collect();
            }
            JobState::Failed(trouble) => line.problems = vec![said(words, &trouble)],
            JobState::Broken => line.problems = vec![words.say("door-job-broken")],
        }
        line
    }
}

impl FileLine {
    fn new(kind: JobKind, made: &Made, words: &Words) -> Self {
        Self {
            href: format!("/exports/{}/{}", kind.code(), made.name),
            name: made.name.clone(),
            bytes: words.int(made.n_bytes),
            sha256: made.sha256.clone().unwrap_or_default(),
        }
    }
}

/// What went wrong and what to do next.
pub(super) fn said(words: &Words, trouble: &Trouble) -> String {
    let args = trouble.args();
    let tell = |pair: &str| words.tell(&format!("{pair}-{}", trouble.code()), &args);
    format!("{} {}", tell("err"), tell("rec"))
}

fn exports_page(desk: &Desk, caller: &Caller) -> ExportsPage {
    let words = caller.words();
    let may_see = |kind: &JobKind| *kind != JobKind::Backup || caller.role == Role::Administrator;
    let jobs = JobKind::ALL.into_iter().filter(may_see);
    let place = desk.door.settings.backup_to.as_ref();
    ExportsPage {
        frame: Frame::new(desk, caller, "/exports").script("live.js"),
        is_administrator: caller.role == Role::Administrator,
        has_key: desk.door.settings.key.is_some(),
        backup_to: place.map(|path| tallyproof_core::tidy::plain(&path.display().to_string()).into_owned()),
        busy: desk.door.jobs.running().is_some(),
        jobs: jobs.map(|kind| Line::new(kind, desk.door.jobs.last(kind), words)).collect(),
        problem: None,
    }
}

/// `GET /exports`.
pub(super) async fn show(State(desk): State<Arc<Desk>>, caller: Caller) -> Response {
    page(&exports_page(&desk, &caller))
}

/// The page with a problem.
pub(super) fn refused(desk: &Desk, caller: &Caller, status: StatusCode, problem: String) -> Response {
    page_with(status, &ExportsPage { problem: Some(problem), ..exports_page(desk, caller) })
}

/// Starts a job, and shows the page where it is seen.
pub(super) fn start(
    desk: &Arc<Desk>,
    caller: &Caller,
    kind: JobKind,
    work: impl FnOnce(&Arc<Desk>, &Progress) -> Outcome<Ended> + Send + 'static,
) -> Response {
    match Jobs::start(desk, kind, work) {
        Ok(()) => Redirect::to("/exports").into_response(),
        Err(running) => {
            let words = caller.words();
            let args = [("job", words.say(&format!("door-job-{}", running.code())))];
            refused(desk, caller, StatusCode::CONFLICT, words.tell("door-job-busy", &args))
        }
    }
}

/// `POST /exports/tables`.
pub(super) async fn make_tables(State(desk): State<Arc<Desk>>, caller: Caller) -> Response {
    let lang = caller.lang;
    start(&desk, &caller, JobKind::Tables, move |desk, progress| tables(desk, progress, lang))
}

fn tables(desk: &Desk, progress: &Progress, lang: Lang) -> Outcome<Ended> {
    progress.stage("tables");
    let store = desk.store.onlooker()?;
    let loaded = packs::from_dir(&store.pack_dir(&desk.pack.id))?;
    let words = Words::new(lang);
    let dir = store.outgoing_dir().join("tables");
    let (written, at_event) = exports::current(&store, &loaded, &dir, &words)?;
    let made = written.into_iter().map(|file| Made {
        // Paths of ours, such as `exports/results.xlsx`.
        name: file.path.rsplit('/').next().unwrap_or(file.path).to_owned(),
        path: dir.join(file.path),
        n_bytes: file.n_bytes,
        sha256: Some(file.sha256),
    });
    let args = vec![("event", words.int(at_event))];
    Ok(Ended { made: made.collect(), key: "door-tables-done", args, faults: Vec::new() })
}

/// `POST /exports/backup`.
pub(super) async fn make_backup(State(desk): State<Arc<Desk>>, caller: Caller) -> Result<Response, Refusal> {
    let lang = caller.lang;
    Ok(start(&desk, &caller, JobKind::Backup, move |desk, progress| save(desk, progress, lang)))
}

/// Backs up to the place given at the start, or else into a file to be fetched.
fn save(desk: &Desk, progress: &Progress, lang: Lang) -> Outcome<Ended> {
    progress.stage("backup");
    let words = Words::new(lang);
    let told = |done, of| progress.count(done, of);
    let (to, fetched) = match &desk.door.settings.backup_to {
        Some(to) => (to.clone(), false),
        None => {
            let dir = desk.store.outgoing_dir().join("backup");
            std::fs::create_dir_all(&dir).map_err(Trouble::io(&dir))?;
            (dir.join(format!("{}-backup.zip", plain_name(&desk.pack.id))), true)
        }
    };
    let done = if fetched {
        backup::backup_for_fetching(desk.store.root(), &to, &told)?
    } else {
        backup::backup(desk.store.root(), &to, &told)?
    };
    let mut made = Vec::new();
    if fetched {
        let name = to.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let n_bytes = std::fs::metadata(&to).map_err(Trouble::io(&to))?.len();
        made.push(Made { name, sha256: Some(sha256_of(&to)?), n_bytes, path: to.clone() });
    }
    let place = if fetched { words.say("door-backup-file") } else { to.display().to_string() };
    let args = vec![
        ("path", place),
        ("events", words.int(done.head.events)),
        ("head", done.head.head.clone()),
        ("files", words.int(done.head.files)),
        ("new", words.int(done.n_new)),
        ("bytes", words.int(done.new_bytes)),
    ];
    let faults = done.faults.into_iter().map(Arc::new).collect();
    Ok(Ended { made, key: "backup-done", args, faults })
}

/// An id as a part of a file's name in a header.
pub(super) fn plain_name(id: &str) -> String {
    id.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).take(60).collect()
}

/// Key of a job's name.
fn name_key(code: &str) -> String {
    format!("door-job-{code}")
}

/// Key of what a job makes.
fn says_key(code: &str) -> String {
    format!("door-job-{code}-says")
}
