//! Telling open pages that something changed: a number, at most once a second, over server-sent events.
//!
//! Only the number goes out. What changed each page fetches itself, with the rights of whoever looks at it.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::CACHE_CONTROL;
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use tallyproof_core::people::PersonId;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};
use tokio_stream::wrappers::ReceiverStream;

use super::caller::Caller;
use super::desk::Desk;
use super::refusal::Refusal;

/// Most pages that listen at once.
const MOST_LISTENERS: usize = 512;

/// Most of them of one person: nobody takes all seats.
const MOST_OF_ONE: usize = 12;

/// Shortest time between two numbers.
const PACE: Duration = Duration::from_secs(1);

/// Something is said at least so often, so that a page that went away is noticed, and a session that ended.
const PULSE: Duration = Duration::from_secs(15);

/// The revision that says that the desk closes.
const CLOSED: u64 = u64::MAX;

/// Who listens, and the revision of all that pages show.
pub struct Live {
    revision: watch::Sender<u64>,
    seats: Arc<Semaphore>,
    taken: Arc<Mutex<HashMap<PersonId, usize>>>,
}

/// One page's place among those that listen.
struct Seat {
    person: PersonId,
    taken: Arc<Mutex<HashMap<PersonId, usize>>>,
    _place: OwnedSemaphorePermit,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let left = taken.get(&self.person).map_or(0, |n| n.saturating_sub(1));
        match left {
            0 => drop(taken.remove(&self.person)),
            n => drop(taken.insert(self.person.clone(), n)),
        }
    }
}

impl Default for Live {
    fn default() -> Self {
        // Not from 0: a page that outlived the server must see another number.
        let start = jiff::Timestamp::now().as_millisecond().unsigned_abs();
        let seats = Arc::new(Semaphore::new(MOST_LISTENERS));
        Self { revision: watch::Sender::new(start), seats, taken: Arc::default() }
    }
}

impl Live {
    /// Says that something changed that pages show.
    pub fn changed(&self) {
        self.revision.send_modify(|revision| *revision = revision.saturating_add(1).min(CLOSED - 1));
    }

    /// The revision now.
    pub fn revision(&self) -> u64 {
        *self.revision.borrow()
    }

    /// A place for one more page of a person; `None` where they have as many as one may, or all are taken.
    fn seat(&self, person: &PersonId) -> Option<Seat> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let n = taken.entry(person.clone()).or_default();
        if *n >= MOST_OF_ONE {
            return None;
        }
        let place = Arc::clone(&self.seats).try_acquire_owned().ok()?;
        *n += 1;
        Some(Seat { person: person.clone(), taken: Arc::clone(&self.taken), _place: place })
    }

    /// Ends all streams: the desk closes.
    pub fn close(&self) {
        self.revision.send_replace(CLOSED);
    }
}

/// `GET /live`: the revision now, and every later one.
pub(super) async fn listen(State(desk): State<Arc<Desk>>, caller: Caller) -> Result<Response, Refusal> {
    let seat = desk.live.seat(&caller.id).ok_or(Refusal::Busy)?;
    let (out, events) = mpsc::channel(1);
    let mut revision = desk.live.revision.subscribe();
    tokio::spawn(async move {
        let _seat = seat;
        loop {
            let now = *revision.borrow_and_update();
            if now == CLOSED || !desk.sessions.holds(&caller.session, desk.clock.now()) {
                return;
            }
            let event: Result<_, Infallible> = Ok(Event::default().id(now.to_string()).data(now.to_string()));
            if out.send(event).await.is_err() {
                return;
            }
            if pause(&out, PACE).await || wait(&out, &mut revision).await {
                return;
            }
        }
    });
    let mut response = Sse::new(ReceiverStream::new(events)).into_response();
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// Waits; `true` when nobody listens any more.
async fn pause(out: &mpsc::Sender<Result<Event, Infallible>>, time: Duration) -> bool {
    tokio::select! {
        () = out.closed() => true,
        () = tokio::time::sleep(time) => false,
    }
}

/// Waits for a change, or for the time to say again that all is as it was; `true` when nobody listens any more.
async fn wait(out: &mpsc::Sender<Result<Event, Infallible>>, revision: &mut watch::Receiver<u64>) -> bool {
    tokio::select! {
        () = out.closed() => true,
        changed = revision.changed() => changed.is_err(),
        () = tokio::time::sleep(PULSE) => false,
    }
}
