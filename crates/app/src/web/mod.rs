//! The desk: where people read what machines cannot.
//!
//! One request goes: host and headers ([`headers`]), its page in words if refused ([`refusal`]), route and limits
//! ([`rights`]), who asks and whether they may ([`guard`]), the page's own function. State is [`desk::Desk`].

pub mod board;
pub mod caller;
pub mod clock;
pub mod desk;
pub mod door;
pub mod frame;
pub mod guard;
pub mod headers;
pub mod links;
pub mod live;
pub mod queue;
pub mod refusal;
pub mod rights;
pub mod roll;
pub mod rooms;
pub mod session;
pub mod snapshot;
pub mod tls;

mod accounts;
mod acts;
mod assets;
mod entry;
mod first;
mod home;
mod listen;
mod login;
mod own;
mod password;
mod secret;
mod throttle;

use std::net::{IpAddr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use tallyproof_core::people::AccountEvent;
use tokio::runtime::Runtime;

use crate::pipeline::packs::read_limited;
use crate::store::{Access, Store};
use crate::trouble::{DeskTrouble, Outcome, Trouble};
use desk::{Desk, Settings};
use links::Purpose;

/// How often sessions' last use is written, and what is over is swept away.
const SWEEP: Duration = Duration::from_secs(30);

/// Most threads that may block at once: the store is one connection, so that most of them wait for it.
const MOST_BLOCKING: usize = 64;

/// Longest file of a certificate or its key, bytes: a chain of them has some thousands.
const MAX_PEM_BYTES: u64 = 1 << 20;

/// The whole desk as a service.
pub fn router(desk: Arc<Desk>) -> Router {
    rights::guarded(&desk)
        .layer(from_fn_with_state(Arc::clone(&desk), headers::check_host))
        .layer(from_fn_with_state(Arc::clone(&desk), refusal::dress))
        .layer(from_fn_with_state(Arc::clone(&desk), headers::set))
        .with_state(desk)
}

/// Where a certificate comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tls {
    /// None: plain HTTP, within this machine.
    None,
    /// A local authority's, kept in the folder.
    Local,
    /// The user's.
    Files {
        /// Certificate and those between it and the root, PEM.
        cert: PathBuf,
        /// Its key, PEM.
        key: PathBuf,
    },
}

/// How to serve.
#[derive(Clone, Debug)]
pub struct Options {
    /// Address to listen at; port 0 takes any that is free.
    pub listen: SocketAddr,
    /// Certificate.
    pub tls: Tls,
    /// Names and addresses by which others reach this machine.
    pub hosts: Vec<String>,
    /// Minutes after which somebody who does nothing is signed out.
    pub idle_minutes: u32,
    /// Name to sign in with of somebody who needs a new password.
    pub new_password: Option<String>,
    /// What comes in and goes out.
    pub door: door::DoorSettings,
}

/// What the server tells the terminal, once it listens.
#[derive(Clone, Debug)]
pub struct Ready {
    /// Address of the desk.
    pub address: String,
    /// Link that makes the first administrator, where there is none.
    pub first: Option<String>,
    /// Link to set the password that was asked for.
    pub password: Option<String>,
    /// Certificate of the local authority, for other machines.
    pub authority: Option<PathBuf>,
}

/// Serves the desk of a folder until the program is asked to end. `ready` is called once it listens.
pub fn serve(folder: &Path, options: &Options, ready: impl FnOnce(&Ready)) -> Outcome<()> {
    let hosts = hosts(options)?;
    let trouble = |error| DeskTrouble::Listen { address: options.listen.to_string(), error };
    let listener = match TcpListener::bind(options.listen) {
        Ok(listener) => listener,
        Err(error) => {
            // A second desk on the folder most likely; then that is what to say.
            drop(Store::open_within(folder, Access::Write, Settings::default().patience)?);
            return Err(trouble(error).into());
        }
    };
    let bound = listener.local_addr().map_err(trouble)?;
    let settings = Settings {
        hosts: hosts.clone(),
        is_tls: options.tls != Tls::None,
        port: bound.port(),
        idle_s: i64::from(options.idle_minutes.max(1)) * 60,
        door: options.door.clone(),
        ..Settings::default()
    };
    let desk = Desk::open(folder, settings)?;
    let runtime = runtime()?;
    let (config, authority) = certificate(&desk, options, &hosts, &runtime)?;
    let scheme = if config.is_some() { "https" } else { "http" };
    let address = format!("{scheme}://{}:{}", shown_host(options, bound), bound.port());
    desk.store.announce_desk(&address)?;
    let background = door::open(&desk)?;
    let first = desk.first_key()?.map(|key| format!("{address}/first?key={key}"));
    let password = match &options.new_password {
        Some(login) => Some(format!("{address}/password?key={}", new_password(&desk, login)?)),
        None => None,
    };
    let asked = {
        let _within = runtime.enter();
        listen::Asked::listen().map_err(|error| DeskTrouble::System(error.to_string()))?
    };
    ready(&Ready { address: format!("{address}/"), first, password, authority });
    let picture = rooms::keep_current(&desk).map_err(Trouble::io(folder))?;
    let ended = runtime.block_on(run(&desk, listener, config, asked));
    drop(background);
    desk.snapshot.end();
    // Work that blocks may still be writing.
    runtime.shutdown_timeout(Duration::from_secs(20));
    // Whether the picture's thread fell or ended: the desk closes.
    let _ = picture.join();
    desk.sessions.flush(&desk.store, desk.clock.now())?;
    Ok(ended.map_err(trouble)?)
}

/// A link to set somebody's password.
fn new_password(desk: &Desk, login: &str) -> Outcome<String> {
    let (person, _) = desk.roll.find_login(login).ok_or_else(|| DeskTrouble::NoAccount(login.to_owned()))?;
    let given = AccountEvent::LinkGiven { account: person.clone(), by: None };
    match desk.roll.note(&desk.store, &desk.clock.timestamp(), &given) {
        Err(roll::RollRefusal::Trouble(trouble)) => return Err(trouble),
        Err(roll::RollRefusal::Because(_)) => return Err(DeskTrouble::NoAccount(login.to_owned()).into()),
        Ok(()) => {}
    }
    desk.links.make(Purpose::Password(person), desk.clock.now())
}

fn runtime() -> Outcome<Runtime> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    let built = builder.enable_all().max_blocking_threads(MOST_BLOCKING).build();
    Ok(built.map_err(|error| DeskTrouble::System(error.to_string()))?)
}

/// Serves, sweeps, and ends when asked to.
async fn run(
    desk: &Arc<Desk>,
    listener: TcpListener,
    tls: Option<RustlsConfig>,
    asked: listen::Asked,
) -> std::io::Result<()> {
    let handle = Handle::new();
    let serving = listen::serve(listener, tls, router(Arc::clone(desk)), handle.clone(), desk.seats.clone());
    let ending = async {
        asked.wait().await;
        desk.live.close();
        listen::end(&handle);
        std::future::pending::<()>().await;
    };
    let sweeping = async {
        loop {
            tokio::time::sleep(SWEEP).await;
            // What could not be written now is written the next time.
            let swept = Desk::blocking(desk, |desk| {
                desk.sessions.flush(&desk.store, desk.clock.now())?;
                desk.store.wipe_log()
            });
            let _ = swept.await;
        }
    };
    tokio::select! {
        ended = serving => ended,
        () = ending => Ok(()),
        () = sweeping => Ok(()),
    }
}

/// The certificate to serve with, and the authority to be trusted.
fn certificate(
    desk: &Desk,
    options: &Options,
    hosts: &[String],
    runtime: &Runtime,
) -> Outcome<(Option<RustlsConfig>, Option<PathBuf>)> {
    let (cert, key, authority) = match &options.tls {
        Tls::None => return Ok((None, None)),
        Tls::Local => {
            let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
            let made = tls::local(&desk.store.tls_dir(), hosts, today)?;
            (made.cert, made.key, made.authority)
        }
        Tls::Files { cert, key } => (cert.clone(), key.clone(), None),
    };
    let read = |path: &Path| -> Outcome<Vec<u8>> {
        let missing = || Trouble::Io { path: path.to_owned(), error: std::io::ErrorKind::NotFound.into() };
        read_limited(path, MAX_PEM_BYTES)?.ok_or_else(missing)
    };
    let loaded = runtime.block_on(RustlsConfig::from_pem(read(&cert)?, read(&key)?));
    let config =
        loaded.map_err(|error| DeskTrouble::Certificate { path: cert, detail: error.to_string() })?;
    // One protocol, one set of limits.
    let mut inner = (*config.get_inner()).clone();
    inner.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok((Some(RustlsConfig::from_config(Arc::new(inner))), authority))
}

/// Names the desk answers to.
fn hosts(options: &Options) -> Outcome<Vec<String>> {
    let ip = options.listen.ip();
    if options.tls == Tls::None && !ip.is_loopback() {
        return Err(DeskTrouble::Plain(options.listen.to_string()).into());
    }
    if ip.is_unspecified() && options.hosts.is_empty() {
        return Err(DeskTrouble::NoHost(options.listen.to_string()).into());
    }
    let mut hosts = Vec::new();
    for host in &options.hosts {
        hosts.push(host_name(host).ok_or_else(|| DeskTrouble::BadHost(host.clone()))?);
    }
    if !ip.is_unspecified() {
        hosts.push(in_host(ip));
    }
    if ip.is_loopback() || ip.is_unspecified() {
        hosts.extend(Settings::default().hosts);
    }
    let mut seen = std::collections::BTreeSet::new();
    hosts.retain(|host| seen.insert(host.clone()));
    Ok(hosts)
}

/// A host as browsers name it: lower case, an IPv6 address in brackets; `None` where it is none.
fn host_name(text: &str) -> Option<String> {
    let text = text.trim().to_ascii_lowercase();
    if let Ok(ip) = text.trim_matches(['[', ']']).parse::<IpAddr>() {
        return Some(in_host(ip));
    }
    let is_label = |label: &str| {
        let is_inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        (1..=63).contains(&label.len())
            && label.bytes().all(is_inner)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    (text.len() <= 253 && text.split('.').all(is_label)).then_some(text)
}

fn in_host(ip: IpAddr) -> String {
    if ip.is_ipv6() { format!("[{ip}]") } else { ip.to_string() }
}

/// The host in the address that the terminal shows.
fn shown_host(options: &Options, bound: SocketAddr) -> String {
    let named = options.hosts.first().and_then(|host| host_name(host));
    named.unwrap_or_else(|| in_host(bound.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(listen: &str, tls: Tls, hosts: &[&str]) -> Options {
        let hosts = hosts.iter().map(ToString::to_string).collect();
        Options {
            listen: listen.parse().unwrap(),
            tls,
            hosts,
            idle_minutes: 30,
            new_password: None,
            door: door::DoorSettings::default(),
        }
    }

    #[test]
    fn plain_http_stays_in_the_machine_and_a_network_needs_a_name() {
        let code = |o: &Options| hosts(o).map_err(|trouble| trouble.code());
        assert_eq!(code(&options("0.0.0.0:80", Tls::None, &["a"])), Err("desk-plain"));
        assert_eq!(code(&options("192.168.1.2:80", Tls::None, &[])), Err("desk-plain"));
        assert_eq!(code(&options("0.0.0.0:80", Tls::Local, &[])), Err("desk-no-host"));
        assert_eq!(code(&options("0.0.0.0:80", Tls::Local, &["no host"])), Err("desk-bad-host"));
        let both = code(&options("192.168.1.2:80", Tls::Local, &["Desk.lan"]));
        assert_eq!(both, Ok(vec!["desk.lan".to_owned(), "192.168.1.2".to_owned()]));
        let here = code(&options("127.0.0.1:80", Tls::None, &[]));
        assert_eq!(here, Ok(["127.0.0.1", "localhost", "[::1]"].map(str::to_owned).into()));
    }

    #[test]
    fn hosts_are_names_or_addresses() {
        assert_eq!(host_name("Desk.LAN"), Some("desk.lan".into()));
        assert_eq!(host_name("fd00::1"), Some("[fd00::1]".into()));
        for bad in ["", "a b", "a..b", "-a", "a/b", "a:80", "*.lan", "héroe"] {
            assert_eq!(host_name(bad), None, "{bad}");
        }
    }
}
