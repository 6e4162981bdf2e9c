//! What every answer carries, and which hosts are answered to at all.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::desk::Desk;
use super::refusal::Refusal;

/// What a page may load and send, and where it may stand: its own files, forms to itself, in no other site's frame.
pub const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
    connect-src 'self'; font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

const ALWAYS: [(&str, &str); 6] = [
    ("content-security-policy", POLICY),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
];

/// Two years, as the preload lists ask for (hstspreload.org); a name of a local network is on none.
const HSTS: &str = "max-age=63072000";

/// Sets the headers of an answer.
pub(super) async fn set(State(desk): State<Arc<Desk>>, request: Request, next: Next) -> Response {
    let is_strict = desk.settings.is_tls && !is_this_machine(request.headers());
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    if is_strict {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(HSTS));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Whether the browser knows the desk as its own machine. There the header would forbid plain HTTP to every other
/// program that is reached by that name, at any port.
fn is_this_machine(headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).map(without_port);
    host.is_some_and(|host| ["localhost", "127.0.0.1", "[::1]"].contains(&host))
}

/// Answers only to the desk's own names: a page elsewhere whose name is made to lead here (DNS rebinding) names
/// another.
pub(super) async fn check_host(State(desk): State<Arc<Desk>>, request: Request, next: Next) -> Response {
    if is_ours(&desk, request.headers()) { next.run(request).await } else { Refusal::Host.into_response() }
}

fn is_ours(desk: &Desk, headers: &HeaderMap) -> bool {
    let mut all = headers.get_all(header::HOST).iter();
    let (Some(host), None) = (all.next(), all.next()) else { return false };
    let Ok(host) = host.to_str() else { return false };
    let name = without_port(host).to_ascii_lowercase();
    desk.settings.hosts.contains(&name)
}

/// A host as a browser names it, without the port.
fn without_port(host: &str) -> &str {
    let Some((name, port)) = host.rsplit_once(':') else { return host };
    let is_port = port.bytes().all(|b| b.is_ascii_digit());
    // Of an IPv6 address without brackets every part looks like a port.
    let is_name = name.ends_with(']') || !name.contains(':');
    if is_port && is_name { name } else { host }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_no_part_of_a_name() {
        let cases = [
            ("desk.lan", "desk.lan"),
            ("desk.lan:8443", "desk.lan"),
            ("127.0.0.1:80", "127.0.0.1"),
            ("[::1]:8080", "[::1]"),
            ("[::1]", "[::1]"),
            ("::1", "::1"),
            ("a:b", "a:b"),
        ];
        for (host, name) in cases {
            assert_eq!(without_port(host), name);
        }
    }
}
