//! What people do at the desk: the one way for every page to act on an image's review.

use std::sync::PoisonError;

use tallyproof_core::people::PersonId;
use tallyproof_core::review::{Action, Stage};

use super::board::{ActError, Acting};
use super::desk::Desk;
use crate::trouble::Outcome;

impl Desk {
    /// Does an action: checked, journalled, applied, and the sheet waits for what it wants now. Gives the stage after
    /// it. Blocks.
    pub fn act(&self, image: &str, action: Action) -> Result<Stage, ActError> {
        let stage = {
            let _stands = self.standing.read().unwrap_or_else(PoisonError::into_inner);
            let (at, people) = (self.clock.timestamp(), self.roll.people());
            let acting = Acting { store: &self.store, pack: &self.pack, people: &people, at: &at };
            self.board.act(&acting, image, action)?
        };
        self.line_up(image);
        self.live.changed();
        Ok(stage)
    }

    /// Tells the queue what an image, and other files of its picture, want now. Blocks.
    pub fn line_up(&self, image: &str) {
        // One at a time: else of two answers to the same question the older might be said last.
        let _one = self.lining.lock().unwrap_or_else(PoisonError::into_inner);
        for (image, need) in self.board.needs(&self.pack, image) {
            self.queue.note(&self.store, &image, need);
        }
    }

    /// Takes up images that were added, read or compared since the desk was opened, or this was last called. Reads what
    /// is new in the journal; blocks.
    pub fn take_up(&self) -> Outcome<()> {
        let changed =
            self.snapshot.news(&self.store, |ledger, news| self.board.refresh(&self.pack, ledger, news))?;
        for image in changed {
            self.line_up(&image);
        }
        self.live.changed();
        Ok(())
    }

    /// Ends what a person holds and drops their drafts: for an account that is removed. Blocks.
    pub fn let_go(&self, person: &PersonId) -> Outcome<()> {
        self.queue.forget(&self.store, person)
    }
}
