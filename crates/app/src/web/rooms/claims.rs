//! Claims: every verdict with its arithmetic, as the report gives them.

use askama::Template;

use super::super::frame::Frame;
use super::overview::Age;
use super::sight::Sight;
use crate::site::ReportError;
use crate::site::html::{Html, Pen};

#[derive(Template)]
#[template(path = "desk/rooms/claims.html")]
pub(super) struct ClaimsPage<'p> {
    frame: Frame,
    pen: &'p Pen<'p>,
    age: Age,
    claims: Html,
    formulas: Vec<(Html, Html)>,
}

impl<'p> ClaimsPage<'p> {
    pub(super) fn new(sight: &Sight<'p>, frame: Frame) -> Result<Self, ReportError> {
        Ok(Self {
            frame,
            pen: sight.pen,
            age: Age::new(sight),
            claims: sight.panels.claims()?,
            formulas: sight.panels.formulas(&["claims."]),
        })
    }
}
