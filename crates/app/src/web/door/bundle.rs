//! Publishing from the desk: what would leave is shown first; then a bundle is signed and verified in the background.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use tallyproof_core::tidy::plain;
use tallyproof_evidence::ssh::{KeyPair, Signer};
use zeroize::Zeroizing;

use super::super::caller::Caller;
use super::super::desk::Desk;
use super::super::frame::{Frame, page};
use super::super::refusal::Refusal;
use super::exports::{plain_name, refused, said, start};
use super::jobs::{Ended, JobKind, Made, Progress};
use crate::pipeline::bundle::{ImageRequest, Images, Leaving, Publication, derive, leaving, publish};
use crate::pipeline::keys::{self, Passphrase};
use crate::pipeline::weights::Weights;
use crate::pipeline::workers::Eyes;
use crate::pipeline::{load, packs};
use crate::store::sha256_of;
use crate::trouble::{Outcome, Trouble};
use crate::words::{Lang, Words};

/// Longest passphrase taken, bytes.
const MOST_PASSPHRASE: usize = 1_024;

#[derive(Template)]
#[template(path = "desk/door/bundle.html")]
struct BundlePage {
    frame: Frame,
    key: String,
    is_locked: bool,
    counts: String,
    files: Vec<(String, String)>,
    like_people: Vec<String>,
}

/// `GET /exports/bundle`: what would leave.
pub(super) async fn show(State(desk): State<Arc<Desk>>, caller: Caller) -> Result<Response, Refusal> {
    // One at a time: it reads the whole journal.
    let place = desk.door.gate.place()?;
    let view = Desk::blocking(&desk, move |desk| {
        let _place = place;
        bundle_page(desk, &caller)
    });
    Ok(page(&view.await??))
}

fn bundle_page(desk: &Desk, caller: &Caller) -> Result<BundlePage, Refusal> {
    let words = caller.words();
    let key = desk.door.settings.key.as_ref().ok_or(Refusal::NotFound)?;
    let Leaving { sources, like_people, imported, n_images, n_events, n_inspections } =
        leaving(&desk.store.onlooker()?)?;
    let counts = [
        ("events", words.int(n_events)),
        ("images", words.int(n_images)),
        ("inspections", words.int(n_inspections)),
        ("sources", sources.join(", ")),
    ];
    let file = |file: &crate::pipeline::bundle::Unused| {
        (
            words.tell(
                "publish-leaving-file",
                &[("name", file.name.clone()), ("bytes", words.int(file.n_bytes))],
            ),
            plain(&file.columns.join(", ")).into_owned(),
        )
    };
    Ok(BundlePage {
        frame: Frame::new(desk, caller, "/exports"),
        is_locked: keys::is_locked(key)?,
        key: plain(&key.file_name().unwrap_or_default().to_string_lossy()).into_owned(),
        counts: words.tell("publish-leaving", &counts),
        files: imported.iter().map(file).collect(),
        like_people: like_people.iter().map(|source| plain(source).into_owned()).collect(),
    })
}

/// What is sent to publish.
#[derive(Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    passphrase: String,
    /// That what would leave was looked at.
    agreed: Option<String>,
}

/// `POST /exports/bundle`.
///
/// The passphrase comes from a page; plain HTTP does not leave this machine, so it is never on a wire in the clear.
pub(super) async fn make(
    State(desk): State<Arc<Desk>>,
    caller: Caller,
    Form(wanted): Form<Wanted>,
) -> Result<Response, Refusal> {
    let passphrase = Zeroizing::new(wanted.passphrase);
    let key = desk.door.settings.key.clone().ok_or(Refusal::NotFound)?;
    let words = caller.words();
    if wanted.agreed.is_none() {
        let problem = words.say("door-bundle-not-agreed");
        return Ok(refused(&desk, &caller, StatusCode::UNPROCESSABLE_ENTITY, problem));
    }
    if passphrase.len() > MOST_PASSPHRASE {
        return Err(Refusal::TooLarge);
    }
    // Opening a key is slow on purpose; a wrong passphrase is said at once, on the page.
    let place = desk.door.gate.place()?;
    let opened = Desk::blocking(&desk, move |_| {
        let _place = place;
        keys::key_pair(&key, &Passphrase::Given(passphrase))
    });
    let pair = match opened.await? {
        Ok(pair) => pair,
        Err(trouble @ Trouble::Key(_)) => {
            return Ok(refused(&desk, &caller, StatusCode::UNPROCESSABLE_ENTITY, said(words, &trouble)));
        }
        Err(trouble) => return Err(trouble.into()),
    };
    let lang = caller.lang;
    Ok(start(&desk, &caller, JobKind::Bundle, move |desk, progress| bundle(desk, progress, pair, lang)))
}

fn bundle(desk: &Desk, progress: &Progress, pair: KeyPair, lang: Lang) -> Outcome<Ended> {
    let store = &desk.store;
    let loaded = packs::from_dir(&store.pack_dir(&desk.pack.id))?;
    let weights = Weights::of(store)?;
    let ledger = load::ledger(store)?;
    // Hashes alone leave from the desk: pictures need contact sheets that somebody looked at.
    let request = ImageRequest { images: Images::None, set_aside: &[], jobs: 1 };
    let eyes = Eyes::Here(&loaded.pack, &weights);
    let images = derive(store, &loaded.pack, &ledger, &eyes, &request, &|_, _| {})?;
    drop(ledger);
    let dir = store.outgoing_dir().join("bundle");
    if dir.exists() {
        std::fs::remove_dir_all(&dir).map_err(Trouble::io(&dir))?;
    }
    std::fs::create_dir_all(&dir).map_err(Trouble::io(&dir))?;
    let out = dir.join("bundle.zip");
    let publication =
        Publication { out: &out, proofs: true, statements: &[], images: &images, principal: "publisher" };
    let mut stage = |code: &str| progress.stage(code);
    let mut signers: Vec<Box<dyn Signer>> = vec![Box::new(pair)];
    let done = publish(store, &loaded, &publication, &mut signers, &mut stage)?;
    let words = Words::new(lang);
    let args = vec![
        ("hash", done.head.sha256()),
        ("size", words.int(done.head.size)),
        ("changed", words.int(done.n_changed)),
        ("n", words.int(done.verification.steps.len() as u64)),
        ("fingerprint", done.signers.join(", ")),
    ];
    // Several of one night are told apart by how much of the log they hold.
    let name = format!("{}-{}.zip", plain_name(&desk.pack.id), done.head.size);
    let named = dir.join(&name);
    std::fs::rename(&out, &named).map_err(Trouble::io(&named))?;
    let out = named;
    let n_bytes = std::fs::metadata(&out).map_err(Trouble::io(&out))?.len();
    let made = vec![Made { name, sha256: Some(sha256_of(&out)?), n_bytes, path: out }];
    Ok(Ended { made, key: "door-bundle-done", args, faults: Vec::new() })
}
