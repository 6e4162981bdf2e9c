//! The interface for programs: `/api/v1`, described in OpenAPI, with the rights of the pages.

mod events;
mod images;
pub(crate) mod problem;
mod put;
mod queue;
mod status;
mod whole;

use axum::http::header;
use axum::response::{IntoResponse, Response};
use tallyproof_core::people::Role;
use tallyproof_reader::document::MAX_DOCUMENT_BYTES;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi, ToSchema};

use super::super::rights::{Allowed, Route, get, put};
use super::{KEEPERS, receive};

/// Who sees what the whole adds up to: everybody but clerks, who see the sheet at hand.
const WATCHERS: Allowed = Allowed::Only(&[Role::Administrator, Role::Coordinator, Role::Observer]);

/// A SHA-256 in hex, lower case.
#[derive(ToSchema)]
#[schema(value_type = String, pattern = "^[0-9a-f]{64}$")]
struct Hash(#[expect(dead_code, reason = "described only")] String);

/// Most entries of a page, and how many where nobody says.
const MOST: u32 = 1_000;
const USUAL: u32 = 100;

/// Routes for programs.
pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/api/v1/openapi.json", Allowed::Anyone, description),
        get("/api/v1/status", Allowed::SignedIn, status::status),
        get("/api/v1/results", WATCHERS, whole::results),
        get("/api/v1/sheets", WATCHERS, whole::sheets),
        get("/api/v1/sheets/{table}", WATCHERS, whole::sheet),
        get("/api/v1/findings", WATCHERS, whole::findings),
        get("/api/v1/claims", WATCHERS, whole::claims),
        get("/api/v1/audits", WATCHERS, whole::audits),
        get("/api/v1/queue", WATCHERS, queue::queue),
        get("/api/v1/events", WATCHERS, events::events),
        get("/api/v1/images/{sha256}", KEEPERS, images::image),
        put("/api/v1/images/{sha256}", KEEPERS, put::put_image)
            .within(MAX_DOCUMENT_BYTES, receive::MOST_SECONDS),
    ]
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "tallyproof desk",
        description = "What the desk's pages show and take, for programs. Make a token under \"My account\" and send \
            it as `Authorization: Bearer …`; it has your rights. Errors are problems of RFC 9457 with a `code` and a \
            `remedy`."
    ),
    paths(
        describe, status::status, whole::results, whole::sheets, whole::sheet, whole::findings, whole::claims,
        whole::audits, queue::queue, events::events, images::image, put::put_image
    ),
    modifiers(&Token),
    security(("token" = [])),
)]
struct Description;

/// Tokens, as the description says them.
struct Token;

impl Modify for Token {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        let components = openapi.components.get_or_insert_with(Default::default);
        components.add_security_scheme("token", SecurityScheme::Http(bearer));
    }
}

/// This description.
#[utoipa::path(
    get, path = "/api/v1/openapi.json", tag = "about", security(()),
    responses((status = 200, description = "OpenAPI 3.1", content_type = "application/json")),
)]
#[expect(dead_code, reason = "described only; the route's function is `description`")]
fn describe() {}

/// `GET /api/v1/openapi.json`.
async fn description() -> Response {
    static TEXT: std::sync::LazyLock<String> =
        std::sync::LazyLock::new(|| Description::openapi().to_json().unwrap_or_default());
    ([(header::CONTENT_TYPE, "application/json")], TEXT.as_str()).into_response()
}

/// A hash, where the text is one.
fn hash_of(text: &str) -> Option<String> {
    let is_hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    (text.len() == 64 && text.bytes().all(is_hex)).then(|| text.to_owned())
}
