//! Stylesheet and scripts: files of this program, named with the hash of their bytes so that browsers may keep them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use axum::body::Body;
use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;
use tallyproof_core::journal::sha256_hex;

use super::refusal::Refusal;

#[derive(RustEmbed)]
#[folder = "templates/desk/"]
#[include = "*.css"]
#[include = "*.js"]
#[include = "*.svg"]
struct Files;

static HASHES: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    let hash = |name: &str| Some(sha256_hex(&Files::get(name)?.data).chars().take(16).collect());
    Files::iter().filter_map(|name| Some((name.to_string(), hash(&name)?))).collect()
});

/// Address of a file, with its hash.
pub(super) fn address(name: &str) -> String {
    let hash = HASHES.get(name).map(String::as_str).unwrap_or_default();
    format!("/assets/{name}?v={hash}")
}

/// `GET /assets/{name}`.
pub(super) async fn asset(Path(name): Path<String>) -> Result<Response, Refusal> {
    let file = Files::get(&name).ok_or(Refusal::NotFound)?;
    let kind = match name.rsplit_once('.') {
        Some((_, "css")) => "text/css; charset=utf-8",
        Some((_, "js")) => "text/javascript; charset=utf-8",
        _ => "image/svg+xml",
    };
    // Another version has another address.
    let headers = [(CONTENT_TYPE, kind), (CACHE_CONTROL, "public, max-age=31536000, immutable")];
    Ok((headers, Body::from(file.data.into_owned())).into_response())
}
