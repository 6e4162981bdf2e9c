//! The server itself: its socket, its limits, its end.

use std::collections::HashMap;
use std::future::{Ready, ready};
use std::io;
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum_server::Handle;
use axum_server::accept::Accept;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use super::throttle::network;

/// Longest from a connection's opening to the end of the first request's headers.
const HEADERS_WITHIN: Duration = Duration::from_secs(10);

/// Longest from an answer to the end of the next request's headers: hyper's clock runs from the answer on, and whoever
/// reads a sheet for half a minute shall not save into a connection that is just being closed. Places are bounded.
const NEXT_HEADERS_WITHIN: Duration = Duration::from_secs(75);

/// Longest TLS handshake.
const HANDSHAKE_WITHIN: Duration = Duration::from_secs(10);

/// Longest that requests under way are waited for when the desk closes.
const END_WITHIN: Duration = Duration::from_secs(10);

/// Most bytes of a request's first line and headers.
const LONGEST_HEADERS: usize = 32 << 10;

/// Most connections at once, and most from one address where somebody is signed in: a browser opens six, and a team may
/// share an address.
const MOST_CONNECTIONS: usize = 1536;
const MOST_FROM_ONE: usize = 768;

/// Most connections of addresses where nobody has signed in, together and from one network: strangers, however many,
/// leave places for those who work here.
const MOST_STRANGE: usize = 1024;
const MOST_FROM_STRANGER: usize = 192;

/// Most addresses remembered where somebody is signed in.
const MOST_KNOWN: usize = 4096;

/// Serves until told to stop.
pub(super) async fn serve(
    listener: TcpListener,
    tls: Option<RustlsConfig>,
    router: Router,
    handle: Handle<SocketAddr>,
    seats: Seats,
) -> io::Result<()> {
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let mut server = axum_server::from_tcp(listener)?
        .http1_only()
        .handle(handle)
        .first_request_timeout(HEADERS_WITHIN)
        .acceptor(seats);
    server.http_builder().http1().header_read_timeout(NEXT_HEADERS_WITHIN).max_buf_size(LONGEST_HEADERS);
    match tls {
        None => server.serve(service).await,
        Some(config) => {
            let over =
                |seats| RustlsAcceptor::new(config).handshake_timeout(HANDSHAKE_WITHIN).acceptor(seats);
            server.map(over).serve(service).await
        }
    }
}

/// Ends the server: no new connections, those there are finish what they do.
pub(super) fn end(handle: &Handle<SocketAddr>) {
    handle.graceful_shutdown(Some(END_WITHIN));
}

/// What the operating system says when the program is to end. Made before the terminal is told that the desk is
/// there: from then on nobody is cut off.
pub(super) struct Asked {
    #[cfg(unix)]
    signals: [tokio::signal::unix::Signal; 2],
}

impl Asked {
    /// Listens from now on; within a runtime.
    pub(super) fn listen() -> io::Result<Self> {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            Ok(Self { signals: [signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?] })
        }
        #[cfg(not(unix))]
        Ok(Self {})
    }

    /// Waits until it is asked.
    pub(super) async fn wait(self) {
        #[cfg(unix)]
        {
            let [mut interrupt, mut terminate] = self.signals;
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        }
        #[cfg(not(unix))]
        let _ = tokio::signal::ctrl_c().await;
    }
}

/// Places for connections.
#[derive(Clone, Default)]
pub(super) struct Seats(Arc<Mutex<Taken>>);

#[derive(Default)]
struct Taken {
    known: Held,
    strange: Held,
    /// Addresses where somebody is signed in, and when each was seen last: by a counter, not a clock.
    at_home: HashMap<IpAddr, u64>,
    n_seen: u64,
}

/// Places that are taken: in all, and from each address or network.
#[derive(Default)]
struct Held {
    n: usize,
    from: HashMap<IpAddr, usize>,
}

impl Held {
    fn add(&mut self, from: IpAddr) {
        self.n += 1;
        *self.from.entry(from).or_default() += 1;
    }

    fn remove(&mut self, from: IpAddr) {
        self.n = self.n.saturating_sub(1);
        match self.from.get(&from).copied() {
            Some(n) if n > 1 => drop(self.from.insert(from, n - 1)),
            _ => drop(self.from.remove(&from)),
        }
    }

    fn n_from(&self, from: IpAddr) -> usize {
        self.from.get(&from).copied().unwrap_or(0)
    }
}

impl Seats {
    fn locked(&self) -> MutexGuard<'_, Taken> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that somebody who is signed in asks from this address.
    pub(super) fn know(&self, from: IpAddr) {
        let mut taken = self.locked();
        taken.n_seen += 1;
        let n_seen = taken.n_seen;
        taken.at_home.insert(from, n_seen);
        if taken.at_home.len() > MOST_KNOWN {
            let oldest = taken.at_home.iter().min_by_key(|(_, seen)| **seen).map(|(from, _)| *from);
            oldest.map(|from| taken.at_home.remove(&from));
        }
    }

    /// A place for a connection from this address; `None` where there is none left.
    fn take(&self, from: IpAddr) -> Option<Seat> {
        let mut taken = self.locked();
        let is_known = taken.at_home.contains_key(&from);
        if taken.known.n + taken.strange.n >= MOST_CONNECTIONS {
            return None;
        }
        // Of IPv6 somebody holds a whole network of addresses; who is known has said from which.
        let from = if is_known { from } else { network(from) };
        let (held, most) = match is_known {
            true => (&mut taken.known, MOST_FROM_ONE),
            false if taken.strange.n >= MOST_STRANGE => return None,
            false => (&mut taken.strange, MOST_FROM_STRANGER),
        };
        if held.n_from(from) >= most {
            return None;
        }
        held.add(from);
        Some(Seat { seats: self.clone(), from, is_known })
    }
}

/// A connection's place, free again when it is dropped.
struct Seat {
    seats: Seats,
    from: IpAddr,
    is_known: bool,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.seats.locked();
        let held = if self.is_known { &mut taken.known } else { &mut taken.strange };
        held.remove(self.from);
    }
}

impl<S> Accept<TcpStream, S> for Seats {
    type Stream = Seated;
    type Service = S;
    type Future = Ready<io::Result<(Seated, S)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let seated = || {
            let seat = self.take(stream.peer_addr()?.ip()).ok_or(io::ErrorKind::ConnectionRefused)?;
            // Pages are small: waiting to fill a packet only delays them.
            stream.set_nodelay(true)?;
            Ok((Seated { stream, _seat: seat }, service))
        };
        ready(seated())
    }
}

/// A connection with its place.
pub(super) struct Seated {
    stream: TcpStream,
    _seat: Seat,
}

impl AsyncRead for Seated {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Seated {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_are_bounded_in_all_and_from_one_address() {
        let seats = Seats::default();
        let ip = |n: u32| IpAddr::V4(n.into());
        seats.know(ip(1));
        seats.know(ip(2));
        let mut held: Vec<Seat> = (0..MOST_FROM_ONE).map(|_| seats.take(ip(1)).unwrap()).collect();
        assert!(seats.take(ip(1)).is_none());
        held.extend((MOST_FROM_ONE..MOST_CONNECTIONS).map(|_| seats.take(ip(2)).unwrap()));
        assert!(seats.take(ip(3)).is_none());
        held.clear();
        assert!(seats.take(ip(1)).is_some());
        assert!(seats.locked().known.from.is_empty());
    }

    #[test]
    fn strangers_leave_places_for_those_who_work_here() {
        let seats = Seats::default();
        let ip = |n: u32| IpAddr::V4(n.into());
        seats.know(ip(1));
        let strangers: Vec<Seat> = (2..200)
            .flat_map(|n| std::iter::from_fn(move || Some(n)).take(300))
            .filter_map(|n| seats.take(ip(n)))
            .collect();
        assert_eq!(strangers.len(), MOST_STRANGE);
        assert!(seats.take(ip(1)).is_some());
        // A connection from before somebody signed in gives back the place it took.
        drop(strangers);
        let before = seats.take(ip(7)).unwrap();
        seats.know(ip(7));
        drop(before);
        let taken = seats.locked();
        assert_eq!((taken.strange.n, taken.known.n), (0, 0));
        assert!(taken.strange.from.is_empty());
    }

    #[test]
    fn one_network_is_one_stranger_and_the_known_are_bounded() {
        let seats = Seats::default();
        let v6 = |n: u128| IpAddr::V6((0x2001_0db8_u128 << 96 | n).into());
        let held: Vec<Seat> = (0..1_000).filter_map(|n| seats.take(v6(n))).collect();
        assert_eq!(held.len(), MOST_FROM_STRANGER);
        (0..5_000).for_each(|n| seats.know(v6(n)));
        let taken = seats.locked();
        assert_eq!(taken.at_home.len(), MOST_KNOWN);
        assert!(taken.at_home.contains_key(&v6(4_999)) && !taken.at_home.contains_key(&v6(0)));
    }
}
