//! Requests that what is settled be entered anew, answered by somebody else.

use askama::Template;
use tallyproof_core::people::PersonId;
use tallyproof_core::tidy::plain;

use super::super::desk::Desk;
use super::super::frame::Frame;
use super::history::short;
use super::sight::{Sight, Who};
use crate::site::html::Pen;

/// Most requests shown; the others come up as these are answered.
const MOST: usize = 200;

/// One request.
pub(super) struct RequestRow {
    pub(super) image: String,
    pub(super) short: String,
    pub(super) table: Option<String>,
    pub(super) who: Who,
    pub(super) reason: String,
    /// Whether the person looking made it: then somebody else must agree.
    pub(super) is_own: bool,
}

#[derive(Template)]
#[template(path = "desk/rooms/reopenings.html")]
pub(super) struct ReopeningsPage<'p> {
    frame: Frame,
    pen: &'p Pen<'p>,
    rows: Vec<RequestRow>,
    may_answer: bool,
    done: bool,
}

impl<'p> ReopeningsPage<'p> {
    pub(super) fn new(
        sight: &Sight<'p>,
        desk: &Desk,
        frame: Frame,
        me: &PersonId,
        (may_answer, done): (bool, bool),
    ) -> Self {
        // Of the board, not of the picture: a request made a moment ago is here.
        let request = |image: super::super::queue::Image| {
            let asked = desk.board.with(&image, |on_board| {
                on_board.review().request().map(|(by, reason)| (by.clone(), reason.to_owned()))
            });
            let (by, reason) = asked.flatten()?;
            Some(RequestRow {
                short: short(&image),
                table: sight.snapshot.image(&image).map(|i| i.reading.table.as_str().to_owned()),
                image: image.to_string(),
                is_own: by == *me,
                who: sight.who(by.as_str()),
                reason: plain(&reason).into_owned(),
            })
        };
        let rows = desk.board.images().into_iter().filter_map(request).take(MOST).collect();
        Self { frame, pen: sight.pen, rows, may_answer, done }
    }
}
