//! A desk in this process, and people at it: requests go to the router, no socket is opened.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use tallyproof::pipeline::{election, packs};
use tallyproof::web::desk::{Desk, Settings};
use tallyproof::web::roll::NewAccount;
use tallyproof::web::router;
use tallyproof::web::session::Kind;
use tallyproof::words::Lang;
use tallyproof_core::people::{PersonId, Role};
use tokio::runtime::Runtime;
use tower::ServiceExt;

use crate::support::{Ran, Temp, args_in, tallyproof};

/// Everybody's password.
pub(crate) const PASSWORD: &str = "a sentence that is easy to keep";

/// A desk with its folder.
pub(crate) struct Office {
    pub(crate) desk: Arc<Desk>,
    pub(crate) router: Router,
    pub(crate) runtime: Runtime,
    pub(crate) temp: Temp,
}

/// Somebody who is signed in.
#[derive(Clone, Debug)]
pub(crate) struct Seat {
    pub(crate) id: PersonId,
    pub(crate) cookie: String,
    pub(crate) csrf: String,
}

/// What the desk answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    #[track_caller]
    pub(crate) fn is(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{:?}\n{}", self.headers, self.text);
        self
    }

    #[track_caller]
    pub(crate) fn says(self, part: &str) -> Self {
        assert!(self.text.contains(part), "no {part:?} in:\n{}", self.text);
        self
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// Demands that the answer leads there.
    #[track_caller]
    pub(crate) fn leads_to(self, place: &str) -> Self {
        assert_eq!((self.status.as_u16(), self.header("location")), (303, place), "{}", self.text);
        self
    }
}

impl Office {
    /// A desk for an embedded pack, with an administrator, P001.
    pub(crate) fn new(pack: &str) -> (Self, Seat) {
        let office = Self::empty(pack);
        let seat = office.seat("admin", Role::Administrator, None);
        (office, seat)
    }

    /// A desk where nobody has an account.
    pub(crate) fn empty(pack: &str) -> Self {
        let temp = Temp::new();
        drop(election::create(&temp.join("desk"), &packs::find(pack).unwrap(), None).unwrap());
        Self::open(temp, Settings::default())
    }

    /// The desk of a folder `desk` in `temp`.
    pub(crate) fn open(temp: Temp, settings: Settings) -> Self {
        let desk = Desk::open(&temp.join("desk"), settings).unwrap();
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        Self { router: router(Arc::clone(&desk)), desk, runtime, temp }
    }

    /// Ends this desk and opens it again, as after a restart.
    pub(crate) fn restarted(self) -> Self {
        let settings = self.desk.settings.clone();
        Self::open(self.closed(), settings)
    }

    /// The same folder, never opened before, with other settings.
    pub(crate) fn with(self, settings: Settings) -> Self {
        Self::open(self.closed(), settings)
    }

    /// Ends this desk; its folder stays.
    pub(crate) fn closed(self) -> Temp {
        let Self { desk, router, runtime, temp } = self;
        drop((router, runtime, desk));
        temp
    }

    /// Makes an account with the password [`PASSWORD`].
    pub(crate) fn account(&self, login: &str, role: Role) -> PersonId {
        static HASH: std::sync::OnceLock<String> = std::sync::OnceLock::new();
        let hash = HASH.get_or_init(|| {
            use argon2::password_hash::PasswordHasher;
            argon2::Argon2::default().hash_password(PASSWORD.as_bytes()).unwrap().to_string()
        });
        let password = Some(hash.clone());
        let new = NewAccount { login: login.into(), name: login.into(), role, lang: Lang::En, password };
        self.desk.roll.create(&self.desk.store, &self.desk.clock.timestamp(), None, &new).unwrap()
    }

    /// Whether any file of the folder holds this text.
    pub(crate) fn files_hold(&self, text: &str) -> bool {
        let holds = |path: &Path| {
            let bytes = std::fs::read(path).unwrap();
            bytes.windows(text.len()).any(|window| window == text.as_bytes())
        };
        let mut dirs = vec![self.temp.join("desk")];
        while let Some(dir) = dirs.pop() {
            for path in std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()) {
                match path.is_dir() {
                    true => dirs.push(path),
                    false if holds(&path) => return true,
                    false => {}
                }
            }
        }
        false
    }

    /// Makes an account and signs its owner in. Nobody hashes a password here: that takes time on purpose.
    pub(crate) fn seat(&self, login: &str, role: Role, by: Option<&PersonId>) -> Seat {
        let password = Some("$argon2id$none".to_owned());
        let new = NewAccount {
            login: login.into(),
            name: format!("Name of {login}"),
            role,
            lang: Lang::En,
            password,
        };
        let (desk, at) = (&self.desk, self.desk.clock.timestamp());
        let id = desk.roll.create(&desk.store, &at, by, &new).unwrap();
        self.again(&id)
    }

    /// Signs somebody in once more.
    pub(crate) fn again(&self, id: &PersonId) -> Seat {
        let desk = &self.desk;
        let begun = desk.sessions.begin(&desk.store, id, Kind::Page, "", desk.clock.now()).unwrap();
        Seat { id: id.clone(), cookie: format!("tallyproof-8080={}", begun.token), csrf: begun.csrf }
    }

    /// One of each role, in the order of `Role::ALL`; the administrator is given.
    pub(crate) fn team(&self, administrator: &Seat) -> [Seat; 4] {
        Role::ALL.map(|role| match role {
            Role::Administrator => administrator.clone(),
            _ => self.seat(role.code(), role, Some(&administrator.id)),
        })
    }

    /// Sends a request; without a `Host`, to this machine's.
    pub(crate) fn send(&self, mut request: Request<Body>) -> Answer {
        request.headers_mut().entry(header::HOST).or_insert("localhost:8080".parse().unwrap());
        let router = self.router.clone();
        self.runtime.block_on(async move {
            let response = router.oneshot(request).await.unwrap();
            let (parts, body) = response.into_parts();
            let bytes = body.collect().await.unwrap().to_bytes();
            let text = String::from_utf8_lossy(&bytes).into_owned();
            Answer { status: parts.status, headers: parts.headers, text }
        })
    }

    /// Sends a request and reads only the head of the answer: for streams, which have no end.
    pub(crate) fn head_of(&self, mut request: Request<Body>) -> Answer {
        request.headers_mut().entry(header::HOST).or_insert("localhost:8080".parse().unwrap());
        let response = self.runtime.block_on(self.router.clone().oneshot(request)).unwrap();
        Answer { status: response.status(), headers: response.headers().clone(), text: String::new() }
    }

    pub(crate) fn get(&self, path: &str, seat: Option<&Seat>) -> Answer {
        self.send(request(Method::GET, path, seat).body(Body::empty()).unwrap())
    }

    /// Sends a form with the session's token.
    pub(crate) fn post(&self, path: &str, seat: &Seat, fields: &[(&str, &str)]) -> Answer {
        let fields = fields.iter().copied().chain([("csrf", seat.csrf.as_str())]);
        self.send(form(request(Method::POST, path, Some(seat)), fields))
    }

    /// Sends a form of nobody who is signed in.
    pub(crate) fn post_stranger(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.send(form(request(Method::POST, path, None), fields.iter().copied()))
    }
}

/// A request, with the cookie of whoever asks.
pub(crate) fn request(method: Method, path: &str, seat: Option<&Seat>) -> axum::http::request::Builder {
    let builder = Request::builder().method(method).uri(path);
    match seat {
        Some(seat) => builder.header(header::COOKIE, &seat.cookie),
        None => builder,
    }
}

/// A form as a browser sends it.
pub(crate) fn form<'f>(
    builder: axum::http::request::Builder,
    fields: impl Iterator<Item = (&'f str, &'f str)>,
) -> Request<Body> {
    let coded = |text: &str| {
        let byte =
            |b: u8| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") };
        text.bytes().map(byte).collect::<String>()
    };
    let body: Vec<String> = fields.map(|(name, value)| format!("{}={}", coded(name), coded(value))).collect();
    builder
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(body.join("&")))
        .unwrap()
}

/// The program as a desk, at a port that was free.
pub(crate) struct Running {
    child: Option<Child>,
    err: Option<BufReader<ChildStderr>>,
    /// Its address, with a slash at the end.
    pub(crate) address: String,
    /// The first administrator's link.
    pub(crate) first: Option<String>,
    /// The link to set a password that was asked for.
    pub(crate) password: Option<String>,
}

impl Running {
    /// Starts it, and waits until it listens.
    pub(crate) fn start(folder: &Path, more: &[&str]) -> Self {
        let args: Vec<&str> = [&["serve", "--listen", "127.0.0.1:0"], more].concat();
        let mut command = tallyproof();
        command.args(args_in(folder, &args)).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // It says all it has to say before the last line on the other stream.
        let mut said = String::new();
        let mut err = BufReader::new(child.stderr.take().unwrap());
        while !said.contains("Ctrl-C ends it.") {
            let n = err.read_line(&mut said).unwrap();
            assert!(n > 0, "the desk did not start:\n{said}");
        }
        let mut running =
            Self { child: Some(child), err: None, address: String::new(), first: None, password: None };
        running.read_addresses();
        running.err = Some(err);
        running
    }

    fn read_addresses(&mut self) {
        let out = self.child.as_mut().unwrap().stdout.as_mut().unwrap();
        let mut bytes = [0u8; 4096];
        // All lines are one write each, and written before the other stream's last line.
        let n = out.read(&mut bytes).unwrap();
        let mut text = String::from_utf8_lossy(&bytes[..n]).into_owned();
        while !text.ends_with('\n') {
            let n = out.read(&mut bytes).unwrap();
            text.push_str(&String::from_utf8_lossy(&bytes[..n]));
        }
        for line in text.lines() {
            match line {
                line if line.contains("/first?key=") => self.first = Some(line.to_owned()),
                line if line.contains("/password?key=") => self.password = Some(line.to_owned()),
                line => line.clone_into(&mut self.address),
            }
        }
    }

    /// Asks it to end, and waits.
    pub(crate) fn stop(mut self) -> Ran {
        let mut child = self.child.take().unwrap();
        let ended = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
        assert!(ended.success());
        let mut err = String::new();
        self.err.take().unwrap().read_to_string(&mut err).unwrap();
        Ran { code: child.wait().unwrap().code(), out: String::new(), err }
    }

    /// Ends it as a power cut would.
    pub(crate) fn kill(mut self) {
        let mut child = self.child.take().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
