//! A figure as a second recogniser sees it.

use tallyproof_core::form::Figure;

use super::figure::Gaze;
use super::{Print, Strip};
use crate::Luma;
use crate::codes::Budget;
use crate::digits::Net;
use crate::recogniser::{Recogniser, Seen};

impl Print {
    /// The digits that `recogniser` sees in a figure's place; `None` where it is not sure of each of them or sees none,
    /// where the row was not found and where it may be another's. `net` says where the cells are, the recogniser
    /// alone what stands in them; it knows no other channel. `None` too when `budget` ends, which is asked at every cell.
    #[must_use]
    pub fn second_opinion(
        &self,
        luma: &Luma,
        net: &Net,
        recogniser: &Recogniser,
        figure: Figure,
        budget: &Budget<'_>,
    ) -> Option<String> {
        let at = self.figures.iter().position(|reading| reading.figure == figure)?;
        let place = self.layout.figures[at].1.filter(|_| !self.layout.doubtful[at])?;
        let (strip, contrast) = (Strip::sample(luma, &place), self.surroundings[at].contrast);
        let walk = Gaze::new(net, &strip, contrast).walk(strip.cell(0), Some(strip.n_cells()));
        let look = |at| match budget.lasts() {
            true => recogniser.look(&strip.cell_picture(at, contrast)),
            false => None,
        };
        if look(walk.after.at)? != Seen::NoDigit {
            return None;
        }
        let mut digits = Vec::new();
        for cell in walk.digits.iter().chain([&walk.before]) {
            match look(cell.at)? {
                Seen::Digit(digit) => digits.push(char::from(b'0' + digit)),
                Seen::NoDigit => return (!digits.is_empty()).then(|| digits.iter().rev().collect()),
            }
        }
        // A figure that never ends is none.
        None
    }
}
