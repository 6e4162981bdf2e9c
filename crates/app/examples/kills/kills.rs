//! The driver's parts: what is killed and how, what must hold afterwards, and the log of it. A test uses them too, with
//! a few kills.

pub(crate) mod desk;
pub(crate) mod fault;
pub(crate) mod log;
pub(crate) mod look;
pub(crate) mod stage;

use std::path::Path;
use std::time::Duration;

use self::fault::{Dice, Ended, How, end_of};
use self::log::Log;
use self::stage::Stage;

/// What is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verb {
    Import,
    Add,
    Read,
    /// Into a folder.
    Publish,
    /// Into an archive.
    Pack,
    Backup,
    /// The desk, while people enter sheets.
    Entries,
}

impl Verb {
    pub(crate) const ALL: [Verb; 7] =
        [Verb::Import, Verb::Add, Verb::Read, Verb::Publish, Verb::Pack, Verb::Backup, Verb::Entries];

    /// How many kills each verb gets of `wanted` in all.
    pub(crate) fn shares(wanted: u64) -> impl Iterator<Item = (Verb, u64)> {
        let parts = [15, 20, 20, 15, 10, 10, 10];
        Verb::ALL.into_iter().zip(parts).map(move |(verb, part)| (verb, wanted * part / 100))
    }
}

/// Kills at most this often before a verb may end by itself.
const MOST_IN_A_ROW: u64 = 4;

/// Goes on killing.
pub(crate) struct Driver {
    pub(crate) log: Log,
    stage: Stage,
    dice: Dice,
    desk: Option<desk::Story>,
}

impl Driver {
    /// A driver in a folder; what an earlier one did there counts.
    pub(crate) fn new(folder: &Path, program: &Path, seed: u64) -> Self {
        let log = Log::open(folder);
        // Other dice than those that were thrown before.
        let dice = Dice::new(seed.wrapping_add(log.n_lines()));
        Self { stage: Stage::new(folder, program), log, dice, desk: None }
    }

    /// Kills a verb until it was killed `n` times.
    pub(crate) fn until(&mut self, verb: Verb, n: u64) {
        while self.log.count(verb) < n {
            match verb {
                Verb::Entries => self.kill_desk(),
                verb => self.round(verb, n),
            }
        }
        if verb == Verb::Entries
            && let Some(story) = self.desk.take()
        {
            self.log.end_of_round(verb, &story.finish(), self.stage.wild());
        }
    }

    /// A folder as it was before the verb, killed some times, gone on with, and compared.
    fn round(&mut self, verb: Verb, n: u64) {
        self.stage.set_out(verb);
        let calm = self.stage.calm(verb).clone();
        let most = 1 + self.dice.below(MOST_IN_A_ROW);
        let mut before = self.stage.look();
        for _ in 0..most.min(n.saturating_sub(self.log.count(verb))) {
            if self.stage.is_over(verb) {
                break;
            }
            let how = How::thrown(&mut self.dice, &calm);
            let ended = end_of(self.stage.command(verb), &how);
            let after = self.stage.look();
            let faults = after.since(&before);
            self.log.note(verb, &how, &ended, &faults, self.stage.wild());
            before = after;
            if ended != Ended::Killed {
                break;
            }
        }
        let faults = self.stage.finish(verb, &before);
        self.log.end_of_round(verb, &faults, self.stage.wild());
    }

    fn kill_desk(&mut self) {
        let stage = &self.stage;
        let story = self.desk.get_or_insert_with(|| desk::Story::new(&stage.room("desk"), stage.program()));
        let after = Duration::from_millis(self.dice.below(story.full_ms() * 6 / 5));
        let faults = story.kill_after(after);
        let how = How::After { ms: u64::try_from(after.as_millis()).unwrap_or(0), of: story.full_ms() };
        self.log.note(Verb::Entries, &how, &Ended::Killed, &faults, story.folder());
        if story.is_over()
            && let Some(story) = self.desk.take()
        {
            self.log.end_of_round(Verb::Entries, &story.finish(), self.stage.wild());
        }
    }
}
