//! What a program is told when the desk does not do what was asked: a problem in the form of RFC 9457.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

/// A problem (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Problem {
    /// `about:blank`: the status says what kind of problem it is.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The status in words.
    title: &'static str,
    /// Status of the answer.
    status: u16,
    /// What happened, in the caller's language.
    detail: String,
    /// Word for programs, the same in every language.
    code: String,
    /// What to do next, in the caller's language.
    remedy: String,
}

impl Problem {
    pub(crate) fn new(status: StatusCode, code: &str, (detail, remedy): (String, String)) -> Self {
        Self {
            kind: "about:blank",
            title: status.canonical_reason().unwrap_or("Error"),
            status: status.as_u16(),
            detail,
            code: code.to_owned(),
            remedy,
        }
    }
}

impl IntoResponse for Problem {
    /// With status 200: whoever refuses sets it.
    fn into_response(self) -> Response {
        let kind = (header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        // Plain owned values always serialise.
        ([kind], serde_json::to_string(&self).unwrap_or_default()).into_response()
    }
}
