//! Taking in what is sent: bytes go to a file as they arrive, hashed on the way; then intake takes the file.
//!
//! A body that stops coming is given up, and so is one that takes too long; what was written of it is removed. As many
//! send at once as the gate has places.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use sha2::{Digest, Sha256};
use tallyproof_core::journal::hex;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio_stream::StreamExt;

use super::super::desk::Desk;
use super::super::refusal::Refusal;
use crate::trouble::{Outcome, Trouble};

/// Most bytes of a form with files: about 200 photographs of a telephone.
pub(super) const MOST_FORM_BYTES: usize = 1 << 30;
/// Longest time that one form with files or one picture may take, seconds.
pub(super) const MOST_SECONDS: u64 = 1_800;
/// How many may send at once.
const PLACES: usize = 8;

/// Places for those who send.
pub struct Gate(Arc<Semaphore>);

impl Default for Gate {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(PLACES)))
    }
}

impl Gate {
    /// A place, given back when it is dropped. Fails when all are taken.
    pub(super) fn place(&self) -> Result<OwnedSemaphorePermit, Refusal> {
        Arc::clone(&self.0).try_acquire_owned().map_err(|_| Refusal::Busy)
    }
}

/// What arrives of a body.
enum Arrived {
    Bytes(Bytes),
    /// All of it did.
    Whole,
}

/// Bytes of a body, for a thread that blocks.
pub(super) struct Arriving(mpsc::Receiver<Arrived>);

/// A body that broke off.
#[derive(Debug)]
pub(super) struct BrokeOff;

impl Arriving {
    /// The next bytes; `None` at the end. Fails when the body breaks off.
    pub(super) fn next(&mut self) -> Result<Option<Bytes>, BrokeOff> {
        match self.0.blocking_recv() {
            Some(Arrived::Bytes(bytes)) => Ok(Some(bytes)),
            Some(Arrived::Whole) => Ok(None),
            None => Err(BrokeOff),
        }
    }
}

/// Gives a body to `take`, which runs where it may block, in a place of the gate. Whoever asked may go away: then the
/// body breaks off. What had arrived whole is kept to the end, and so is the place: else somebody who sends archives
/// and hangs up could have any number unpacked at once.
pub(super) async fn receive<T: Send + 'static>(
    desk: &Arc<Desk>,
    body: Body,
    take: impl FnOnce(&Arc<Desk>, &mut Arriving) -> T + Send + 'static,
) -> Result<T, Refusal> {
    let place = desk.door.gate.place()?;
    let (out, arriving) = mpsc::channel(4);
    let taking = {
        let desk = Arc::clone(desk);
        tokio::task::spawn_blocking(move || {
            let taken = take(&desk, &mut Arriving(arriving));
            drop(place);
            taken
        })
    };
    let fed = feed(body, &out, desk.door.settings.stall).await;
    drop(out);
    let taken = taking.await.map_err(|_| Refusal::Broken)?;
    fed.map(|()| taken)
}

async fn feed(body: Body, out: &mpsc::Sender<Arrived>, stall: Duration) -> Result<(), Refusal> {
    let mut pieces = body.into_data_stream();
    loop {
        let next = tokio::time::timeout(stall, pieces.next()).await;
        let slow = || Refusal::said(StatusCode::REQUEST_TIMEOUT, "desk-err-slow", Vec::new());
        match next.map_err(|_| slow())? {
            None => {
                // Whoever takes it may have had enough, and says so itself.
                let _ = out.send(Arrived::Whole).await;
                return Ok(());
            }
            Some(Ok(bytes)) => {
                if out.send(Arrived::Bytes(bytes)).await.is_err() {
                    return Ok(());
                }
            }
            // The limit of the route is the one that frameworks find before us.
            Some(Err(error)) if is_too_large(&error) => return Err(Refusal::TooLarge),
            Some(Err(_)) => return Err(Refusal::Unreadable),
        }
    }
}

fn is_too_large(error: &axum::Error) -> bool {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(at) = cause {
        if at.to_string().contains("length limit exceeded") {
            return true;
        }
        cause = at.source();
    }
    false
}

/// A file being received, removed when it is dropped.
pub(super) struct Receiving {
    path: PathBuf,
    file: File,
    hasher: Sha256,
    n_bytes: u64,
    /// Its first bytes.
    pub(super) start: Vec<u8>,
}

impl Receiving {
    pub(super) fn new(dir: &Path) -> Outcome<Self> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        fs::create_dir_all(dir).map_err(Trouble::io(dir))?;
        let path = dir.join(format!("{}.part", NEXT.fetch_add(1, Ordering::Relaxed)));
        let file = File::create(&path).map_err(Trouble::io(&path))?;
        Ok(Self { path, file, hasher: Sha256::new(), n_bytes: 0, start: Vec::new() })
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> Outcome<()> {
        let missing = 1_024usize.saturating_sub(self.start.len()).min(bytes.len());
        self.start.extend_from_slice(&bytes[..missing]);
        self.hasher.update(bytes);
        self.n_bytes += bytes.len() as u64;
        self.file.write_all(bytes).map_err(Trouble::io(&self.path))
    }

    pub(super) fn n_bytes(&self) -> u64 {
        self.n_bytes
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Hex SHA-256 of what was written.
    pub(super) fn sha256(&self) -> String {
        hex(&self.hasher.clone().finalize())
    }
}

impl Drop for Receiving {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

/// Removes what a killed desk left of bodies and of what was made to be fetched.
pub(super) fn sweep(desk: &Desk) -> Outcome<()> {
    for dir in [desk.store.incoming_dir(), desk.store.outgoing_dir()] {
        if dir.exists() {
            fs::remove_dir_all(&dir).map_err(Trouble::io(&dir))?;
        }
    }
    Ok(())
}
