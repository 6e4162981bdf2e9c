//! The desk's state: what every request may look at.

use std::path::Path;
use std::sync::{Arc, Mutex, RwLock};
use std::time::Duration;

use tallyproof_core::pack::Pack;
use tallyproof_core::people::People;
use tallyproof_core::register::Register;

use super::board::Board;
use super::clock::Clock;
use super::door::{Door, DoorSettings};
use super::entry::checks::Checks;
use super::links::{Links, Purpose};
use super::listen::Seats;
use super::live::Live;
use super::password::Passwords;
use super::queue::Queue;
use super::refusal::Refusal;
use super::roll::Roll;
use super::session::Sessions;
use super::snapshot::{Fold, Snapshots};
use super::throttle::Throttle;
use crate::pipeline::election;
use crate::store::{Access, Store};
use crate::trouble::{Outcome, Trouble};

/// How the desk is reached and how long people stay signed in.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Names and addresses it answers to, lower case, without port.
    pub hosts: Vec<String>,
    /// Whether it speaks TLS.
    pub is_tls: bool,
    /// Port it listens at: cookies of two desks on one machine are told apart by it.
    pub port: u16,
    /// Seconds after which somebody who does nothing is signed out.
    pub idle_s: i64,
    /// How long to wait for another program that writes in the folder.
    pub patience: Duration,
    /// Longest from a form's first line to the answer's: whoever sends slowly gets none.
    pub form_within: Duration,
    /// What comes in and goes out.
    pub door: DoorSettings,
}

impl Default for Settings {
    fn default() -> Self {
        let hosts = ["localhost", "127.0.0.1", "[::1]"].map(str::to_owned);
        Self {
            hosts: hosts.into(),
            is_tls: false,
            port: 8080,
            idle_s: 30 * 60,
            patience: Duration::from_secs(1),
            form_within: Duration::from_secs(60),
            door: DoorSettings::default(),
        }
    }
}

/// Everything the desk holds. `Arc<Desk>` is the state of every route.
pub struct Desk {
    /// The working folder; blocks: see [`Desk::blocking`].
    pub store: Store,
    /// The election.
    pub pack: Pack,
    /// Its register, if it has one.
    pub register: Option<Register>,
    /// Everybody who has an account.
    pub roll: Roll,
    /// Everybody who is signed in.
    pub sessions: Sessions,
    /// One-time links.
    pub links: Links,
    /// Tells open pages that something changed.
    pub live: Live,
    /// Time.
    pub clock: Clock,
    /// How it is reached.
    pub settings: Settings,
    /// What comes in and goes out.
    pub door: Door,
    /// Every image's review.
    pub board: Board,
    /// Who gets which sheet.
    pub queue: Queue,
    /// The whole picture, made anew in the background.
    pub snapshot: Arc<Snapshots>,
    pub(super) checks: Checks,
    pub(super) lining: Mutex<()>,
    /// Held by who acts on a sheet, and alone by who changes an account: the journal must not say first that somebody
    /// is gone, and then what they did.
    pub(super) standing: RwLock<()>,
    pub(super) throttle: Throttle,
    pub(super) passwords: Passwords,
    pub(super) seats: Seats,
}

impl Desk {
    /// Opens a working folder for a desk. Holds the folder's lock until it is dropped. Blocks.
    pub fn open(folder: &Path, settings: Settings) -> Outcome<Arc<Self>> {
        let (store, loaded) = election::open_within(folder, Access::Write, settings.patience)?;
        let (mut people, mut fold) = (People::new(), Fold::default());
        fold.read(&store, &mut |event| {
            // A journal that this program wrote has no such fault; another's is not gone on with.
            people.take(&event.kind, &event.body).map_err(|fault| Trouble::People { seq: event.seq, fault })
        })?;
        let board = Board::fold(&loaded.pack, fold.ledger());
        // The board was just made of all of it.
        drop(fold.news());
        let clock = Clock::default();
        let roll = Roll::open(&store, people)?;
        let sessions = Sessions::open(&store, settings.idle_s, clock.now())?;
        let desk = Self {
            board,
            queue: Queue::open(&store, clock.now().run_s)?,
            checks: Checks::new(&loaded.pack, loaded.register.as_ref()),
            snapshot: Arc::new(Snapshots::starting_from(fold)),
            lining: Mutex::default(),
            standing: RwLock::default(),
            store,
            pack: loaded.pack,
            register: loaded.register,
            roll,
            sessions,
            links: Links::default(),
            live: Live::default(),
            clock,
            door: Door::new(settings.door.clone()),
            settings,
            throttle: Throttle::default(),
            passwords: Passwords::new()?,
            seats: Seats::default(),
        };
        for image in desk.board.images() {
            desk.line_up(&image);
        }
        Ok(Arc::new(desk))
    }

    /// Does work that blocks (the store, files, much arithmetic) where it holds up nobody.
    pub async fn blocking<T: Send + 'static>(
        desk: &Arc<Self>,
        work: impl FnOnce(&Arc<Desk>) -> T + Send + 'static,
    ) -> Result<T, Refusal> {
        let desk = Arc::clone(desk);
        tokio::task::spawn_blocking(move || work(&desk)).await.map_err(|_| Refusal::Broken)
    }

    /// The key of a link that makes the first administrator; `None` where there is one already.
    pub fn first_key(&self) -> Outcome<Option<String>> {
        if self.roll.has_administrator() {
            return Ok(None);
        }
        self.links.make(Purpose::First, self.clock.now()).map(Some)
    }
}
