//! Where pictures are looked at: in this process, or in others that may die of one.
//!
//! Decoders in Rust panic at worst, and a panic is caught. One in another language can end the process or never
//! return; where such a one is built in, every job has a worker process: the same program under a hidden verb,
//! fed through its standard input. The picture a worker dies on is that picture's fault, and another worker
//! takes its place.
//!
//! A frame is a length of four bytes, little-endian, and as many bytes: a picture one way, the body of its
//! `image.read` event as JSON the other.

use std::cell::Cell;
use std::io::{self, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Mutex, Once};
use std::time::Duration;

use serde_json::{Value, json};
use tallyproof_core::pack::Pack;

use super::intake::MAX_IMAGE_BYTES;
use super::read::look_at;
use super::second::Second;
use super::weights::Weights;

/// Longest a worker may take for one picture before it is ended: what all its steps may take together, and some.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Addresses a worker may use, bytes. A picture at the limits takes a third of it.
const MAX_WORKER_BYTES: u64 = 1 << 30;

/// Largest answer taken from a worker.
const MAX_ANSWER_BYTES: u64 = 16 << 20;

/// The hidden verb under which the program is a worker; its arguments are the pack's folder and,
/// where a folder has its own, the file of weights.
pub const VERB: &str = "read-worker";

/// Where pictures are looked at.
pub enum Eyes<'p> {
    /// In this process.
    Here(&'p Pack, &'p Weights),
    /// In workers.
    Apart(Pool),
    /// In one of these; then a second recogniser is asked about figures in dispute, in workers of its own. What the
    /// first say stays as it is.
    Seconded(Box<Eyes<'p>>, Second<'p>),
}

/// Has the thread at hand stand back wherever others want the processor: what runs in the background keeps nobody
/// waiting who types. Where the system has no such thing, nothing happens.
pub fn stand_back() {
    // Linux gives each thread a niceness of its own (sched(7)); half the range is a tenth of another thread's share.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::nice(10);
}

/// Where the pictures of a folder are looked at: in workers where a decoder that is not Rust is built in, since it may
/// end its process. The pack lies in `folder`, the folder's own weights in `kept`.
pub fn eyes_of<'p>(folder: &Path, kept: &Path, pack: &'p Pack, weights: &'p Weights) -> Eyes<'p> {
    match std::env::current_exe() {
        Ok(program) if cfg!(feature = "zxing-cpp") => {
            let folder = folder.to_owned();
            let own = (weights.sha256 != Weights::shipped().sha256).then(|| kept.to_owned());
            let command = move || {
                let mut command = Command::new(&program);
                command.arg(VERB).arg(&folder).args(&own);
                command
            };
            Eyes::Apart(Pool::new(command, PATIENCE))
        }
        _ => Eyes::Here(pack, weights),
    }
}

impl Eyes<'_> {
    /// The body of a picture's `image.read` event, whatever the picture does to its reader. Fails when no worker
    /// can be started.
    pub fn look(&self, bytes: &[u8]) -> io::Result<Value> {
        match self {
            Eyes::Here(pack, weights) => Ok(survive(|| look_at(pack, weights, bytes))),
            Eyes::Apart(pool) => {
                let looked = pool.ask(bytes)?;
                Ok(looked.unwrap_or_else(|cause| json!({"outcome": "not-usable", "cause": cause})))
            }
            Eyes::Seconded(first, second) => {
                let mut body = first.look(bytes)?;
                second.add(bytes, &mut body)?;
                Ok(body)
            }
        }
    }
}

/// Workers, as many as are asked at once.
pub struct Pool {
    command: Box<dyn Fn() -> Command + Send + Sync>,
    patience: Duration,
    idle: Mutex<Vec<Worker>>,
}

impl Pool {
    /// A pool of processes that `command` starts, each ended after `patience` over one picture.
    pub fn new(command: impl Fn() -> Command + Send + Sync + 'static, patience: Duration) -> Self {
        Self { command: Box::new(command), patience, idle: Mutex::default() }
    }

    /// What a worker says of these bytes, or the cause why it says nothing. Fails when none can be started.
    pub(super) fn ask(&self, bytes: &[u8]) -> io::Result<Result<Value, &'static str>> {
        let idle = self.idle.lock().expect("no panic while workers are counted").pop();
        let mut worker = match idle {
            Some(worker) => worker,
            None => Worker::start((self.command)())?,
        };
        let said = worker.ask(bytes, self.patience);
        if said.is_ok() {
            self.idle.lock().expect("no panic while workers are counted").push(worker);
        }
        Ok(said)
    }

    /// The same pool with another patience.
    pub(super) fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }
}

/// A child process, and a thread that speaks with it.
struct Worker {
    child: Child,
    questions: Sender<Vec<u8>>,
    answers: Receiver<io::Result<Vec<u8>>>,
}

impl Worker {
    fn start(mut command: Command) -> io::Result<Self> {
        // What a library says when it dies is of no use on the terminal.
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let (questions, asked) = channel::<Vec<u8>>();
        let (answer, answers) = channel();
        let pipes = child.stdin.take().zip(child.stdout.take());
        let (mut to, mut from) = pipes.ok_or(io::ErrorKind::BrokenPipe)?;
        std::thread::spawn(move || {
            for bytes in asked {
                let said =
                    write_frame(&mut to, &bytes).and_then(|()| read_frame(&mut from, MAX_ANSWER_BYTES));
                let said = said.and_then(|frame| frame.ok_or(io::ErrorKind::UnexpectedEof.into()));
                let is_over = said.is_err();
                if answer.send(said).is_err() || is_over {
                    break;
                }
            }
        });
        Ok(Self { child, questions, answers })
    }

    /// What the worker says of a picture, or the cause why it says nothing; after that it is no worker any more.
    fn ask(&mut self, bytes: &[u8], patience: Duration) -> Result<Value, &'static str> {
        const FAILED: &str = "reader-failed";
        self.questions.send(bytes.to_vec()).map_err(|_| FAILED)?;
        match self.answers.recv_timeout(patience) {
            Ok(Ok(frame)) => serde_json::from_slice(&frame).map_err(|_| FAILED),
            Err(RecvTimeoutError::Timeout) => Err("took-too-long"),
            Ok(Err(_)) | Err(RecvTimeoutError::Disconnected) => Err(FAILED),
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A worker's life: answers pictures until its input ends.
pub fn serve(pack: &Pack, weights: &Weights, mut input: impl Read, mut output: impl Write) -> io::Result<()> {
    bound_memory();
    while let Some(bytes) = read_frame(&mut input, MAX_IMAGE_BYTES)? {
        let body = survive(|| look_at(pack, weights, &bytes));
        write_frame(&mut output, body.to_string().as_bytes())?;
    }
    Ok(())
}

/// Holds this process to [`MAX_WORKER_BYTES`] where the system can; less than that may be set already.
pub(super) fn bound_memory() {
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let Rlimit { current, maximum } = getrlimit(Resource::As);
        let most = [current, maximum, Some(MAX_WORKER_BYTES)].into_iter().flatten().min();
        let _ = setrlimit(Resource::As, Rlimit { current: most, maximum: most });
    }
}

pub(super) fn write_frame(out: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    let length = u32::try_from(bytes.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
    out.write_all(&length.to_le_bytes())?;
    out.write_all(bytes)?;
    out.flush()
}

/// The next frame; `None` where the stream ends before one.
pub(super) fn read_frame(from: &mut impl Read, most: u64) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0u8; 4];
    if from.read(&mut length[..1])? == 0 {
        return Ok(None);
    }
    from.read_exact(&mut length[1..])?;
    let length = u64::from(u32::from_le_bytes(length));
    if length > most {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut bytes = Vec::new();
    from.take(length).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == length { Ok(Some(bytes)) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

thread_local! {
    static EXPECTING: Cell<bool> = const { Cell::new(false) };
}

/// What `look` gives, or a fault when it panics. Nothing of that panic is printed: it is one picture's fault among
/// thousands, and named as such.
pub fn survive(look: impl FnOnce() -> Value) -> Value {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !EXPECTING.get() {
                before(panic);
            }
        }));
    });
    EXPECTING.set(true);
    let looked = catch_unwind(AssertUnwindSafe(look));
    EXPECTING.set(false);
    looked.unwrap_or_else(|_| json!({"outcome": "not-usable", "cause": "reader-failed"}))
}
