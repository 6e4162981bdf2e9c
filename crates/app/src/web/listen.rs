//! The server itself: its socket, its limits, its end.

use std::collections::HashMap;
use std::future::{Ready, ready};
use std::io;
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum_server::Handle;
use axum_server::accept::Accept;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

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

/// Most connections at once, and most from one address: a browser opens six.
const MOST_CONNECTIONS: usize = 1536;
const MOST_FROM_ONE: usize = 768;

/// Serves until told to stop.
pub(super) async fn serve(
    listener: TcpListener,
    tls: Option<RustlsConfig>,
    router: Router,
    handle: Handle<SocketAddr>,
) -> io::Result<()> {
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let mut server = axum_server::from_tcp(listener)?
        .http1_only()
        .handle(handle)
        .first_request_timeout(HEADERS_WITHIN)
        .acceptor(Seats::default());
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
struct Seats(Arc<Mutex<Taken>>);

#[derive(Default)]
struct Taken {
    n: usize,
    from: HashMap<IpAddr, usize>,
}

impl Seats {
    /// A place for a connection from this address; `None` where there is none left.
    fn take(&self, from: IpAddr) -> Option<Seat> {
        let mut taken = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let n_from_one = taken.from.get(&from).copied().unwrap_or(0);
        if taken.n >= MOST_CONNECTIONS || n_from_one >= MOST_FROM_ONE {
            return None;
        }
        taken.n += 1;
        taken.from.insert(from, n_from_one + 1);
        Some(Seat { seats: self.clone(), from })
    }
}

/// A connection's place, free again when it is dropped.
struct Seat {
    seats: Seats,
    from: IpAddr,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.seats.0.lock().unwrap_or_else(PoisonError::into_inner);
        taken.n = taken.n.saturating_sub(1);
        match taken.from.get(&self.from).copied() {
            Some(n) if n > 1 => drop(taken.from.insert(self.from, n - 1)),
            _ => drop(taken.from.remove(&self.from)),
        }
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
struct Seated {
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
        let mut held: Vec<Seat> = (0..MOST_FROM_ONE).map(|_| seats.take(ip(1)).unwrap()).collect();
        assert!(seats.take(ip(1)).is_none());
        held.extend((MOST_FROM_ONE..MOST_CONNECTIONS).map(|_| seats.take(ip(2)).unwrap()));
        assert!(seats.take(ip(3)).is_none());
        held.clear();
        assert!(seats.take(ip(1)).is_some());
        assert!(seats.0.lock().unwrap().from.is_empty());
    }
}
