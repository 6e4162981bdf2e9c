//! What a person did in the last 24 hours: counts, and no list of sheets. A day by the calendar would end in the middle of
//! an election night, and whose calendar is not known.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;

use crate::web::caller::Caller;
use crate::web::desk::Desk;
use crate::web::frame::{Frame, page};
use crate::web::refusal::Refusal;
use crate::words::Words;

/// How far back, seconds: a shift, whichever side of midnight it began on.
const LOOKS_BACK_S: i64 = 24 * 60 * 60;

#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    paused: Option<String>,
}

#[derive(Template)]
#[template(path = "desk/entry-done.html")]
struct DonePage {
    frame: Frame,
    words: &'static Words,
    paused: bool,
    n_sheets: String,
    median: String,
}

/// `GET /entry/done`.
pub(super) async fn show(
    State(desk): State<Arc<Desk>>,
    caller: Caller,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    Desk::blocking(&desk, move |desk| {
        let words = caller.words();
        let since = desk.clock.timestamp_before(LOOKS_BACK_S);
        let (n_sheets, seconds) = desk.store.saved_since(caller.id.as_str(), &since)?;
        let median = median(&seconds).map_or_else(|| words.say("desk-entry-done-none"), |s| words.int(s));
        Ok(page(&DonePage {
            frame: Frame::new(desk, &caller, "/entry/done").script("entry.js"),
            words,
            paused: asked.paused.is_some(),
            n_sheets: words.int(n_sheets),
            median,
        }))
    })
    .await?
}

/// Lower median of ascending numbers.
fn median(ascending: &[u32]) -> Option<u32> {
    ascending.get(ascending.len().checked_sub(1)? / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_one_of_the_numbers() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[7]), Some(7));
        assert_eq!(median(&[1, 2, 30, 40]), Some(2));
        assert_eq!(median(&[1, 2, 30]), Some(2));
    }
}
