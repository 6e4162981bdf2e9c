//! Who types which sheet next: the order in which sheets wait, and for whom.
//!
//! Sheets wait in the order of their images' hashes: the same for everybody, tied to nothing on the sheet, and spread
//! over the country. Finding the next one costs a look into one ordered set per person who was at a sheet before, not
//! a walk over all sheets.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use tallyproof_core::people::PersonId;
use tallyproof_core::review::{Review, Stage};

/// An image, by the hex SHA-256 of its bytes.
pub type Image = Arc<str>;

/// What a sheet wants of people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Want {
    /// The places that differ, typed again.
    Correction,
    /// Another person's entry.
    SecondEntry,
    /// Somebody's entry.
    FirstEntry,
}

/// What a sheet wants, and of whom.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Need {
    /// What.
    pub want: Want,
    /// Who was at it in this round: they come last, if at all. Sorted.
    pub by: Vec<PersonId>,
    /// Who cannot do it. Sorted.
    pub barred: Vec<PersonId>,
}

impl Need {
    /// What a review at this stage wants of people who enter; `None` where it wants nothing of them.
    pub fn of(review: &Review, stage: &Stage) -> Option<Self> {
        let want = match stage {
            Stage::FirstEntry => Want::FirstEntry,
            Stage::SecondEntry => Want::SecondEntry,
            Stage::Correction(_) => Want::Correction,
            Stage::Confirmed | Stage::Decision(_) | Stage::Settled(_) => return None,
        };
        let entered = review.entries().iter().map(|(by, _)| by);
        let corrected: BTreeSet<&PersonId> = review.corrections().iter().map(|(by, _)| by).collect();
        let all: BTreeSet<&PersonId> = entered.chain(corrected.iter().copied()).collect();
        let by: Vec<PersonId> = all.into_iter().cloned().collect();
        let barred = match want {
            Want::Correction => corrected.into_iter().cloned().collect(),
            Want::FirstEntry | Want::SecondEntry => by.clone(),
        };
        Some(Self { want, by, barred })
    }

    /// Whether this person may do it.
    pub fn admits(&self, person: &PersonId) -> bool {
        self.barred.binary_search(person).is_err()
    }
}

/// How many sheets want what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// First entries.
    pub n_first: usize,
    /// Second entries.
    pub n_second: usize,
    /// Corrections.
    pub n_corrections: usize,
    /// Of all these, sheets that somebody has on the screen.
    pub n_held: usize,
}

/// All sheets that want something of people; those that somebody holds stand aside.
#[derive(Debug, Default)]
pub(super) struct Line {
    needs: HashMap<Image, Need>,
    held: BTreeSet<Image>,
    /// Sheets that nobody holds, by what they want and who was at them.
    free: BTreeMap<Need, BTreeSet<Image>>,
}

impl Line {
    /// What a sheet wants.
    pub(super) fn need(&self, image: &str) -> Option<&Need> {
        self.needs.get(image)
    }

    /// Says what a sheet wants from now on.
    pub(super) fn note(&mut self, image: &Image, need: Option<Need>) {
        self.leave(image);
        match need {
            Some(need) => drop(self.needs.insert(image.clone(), need)),
            None => drop(self.needs.remove(image)),
        }
        self.enter(image);
    }

    /// Takes a sheet out of the line while somebody has it.
    pub(super) fn hold(&mut self, image: &Image) {
        self.leave(image);
        self.held.insert(image.clone());
    }

    /// Puts it back.
    pub(super) fn release(&mut self, image: &Image) {
        self.held.remove(image);
        self.enter(image);
    }

    /// Whether somebody has it.
    pub(super) fn is_held(&self, image: &str) -> bool {
        self.held.contains(image)
    }

    /// The next sheet for a person: corrections and second entries of others' sheets, then first entries, then
    /// corrections of sheets they entered themselves.
    pub(super) fn next(&self, person: &PersonId) -> Option<Image> {
        let least = |want: Want, own: bool| {
            let fits = |need: &Need| {
                need.want == want && need.admits(person) && need.by.binary_search(person).is_ok() == own
            };
            let firsts = self.free.iter().filter(|(need, _)| fits(need)).filter_map(|(_, all)| all.first());
            firsts.min().cloned()
        };
        least(Want::Correction, false)
            .or_else(|| least(Want::SecondEntry, false))
            .or_else(|| least(Want::FirstEntry, false))
            .or_else(|| least(Want::Correction, true))
    }

    /// How many sheets want what.
    pub(super) fn waiting(&self) -> Waiting {
        let held = self.held.iter().filter_map(|image| self.needs.get(image)).map(|need| (need.want, 1));
        let mut waiting = Waiting { n_held: self.held.len(), ..Waiting::default() };
        for (want, n) in self.free.iter().map(|(need, all)| (need.want, all.len())).chain(held) {
            match want {
                Want::FirstEntry => waiting.n_first += n,
                Want::SecondEntry => waiting.n_second += n,
                Want::Correction => waiting.n_corrections += n,
            }
        }
        waiting
    }

    fn enter(&mut self, image: &Image) {
        if let Some(need) = self.needs.get(image).filter(|_| !self.held.contains(image)) {
            self.free.entry(need.clone()).or_default().insert(image.clone());
        }
    }

    fn leave(&mut self, image: &Image) {
        let Some(need) = self.needs.get(image) else { return };
        if let Some(all) = self.free.get_mut(need) {
            all.remove(image);
            if all.is_empty() {
                self.free.remove(need);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(n: u32) -> PersonId {
        PersonId::of_number(n).unwrap()
    }

    fn need(want: Want, by: &[u32], barred: &[u32]) -> Option<Need> {
        let all = |numbers: &[u32]| numbers.iter().map(|&n| person(n)).collect();
        Some(Need { want, by: all(by), barred: all(barred) })
    }

    #[test]
    fn others_work_is_finished_before_new_sheets_and_own_differences_come_last() {
        let mut line = Line::default();
        let images: Vec<Image> = ["a", "b", "c", "d"].map(Image::from).into();
        line.note(&images[0], need(Want::FirstEntry, &[], &[]));
        line.note(&images[1], need(Want::SecondEntry, &[1], &[1]));
        line.note(&images[2], need(Want::Correction, &[1, 2], &[]));
        line.note(&images[3], need(Want::Correction, &[1, 2], &[1]));
        let mut order = |n: u32| {
            let mut order = String::new();
            while let Some(image) = line.next(&person(n)) {
                order.push_str(&image);
                line.hold(&image);
            }
            for image in &images {
                line.release(image);
            }
            order
        };
        assert_eq!(order(3), "cdba");
        assert_eq!(order(1), "ac", "b is their own, of d they have corrected what they could");
        assert_eq!(order(2), "bacd");
        assert_eq!(line.waiting(), Waiting { n_first: 1, n_second: 1, n_corrections: 2, n_held: 0 });
    }

    #[test]
    fn what_is_held_is_nobody_elses_whatever_it_comes_to_want() {
        let mut line = Line::default();
        let image = Image::from("a");
        line.note(&image, need(Want::FirstEntry, &[], &[]));
        line.hold(&image);
        line.note(&image, need(Want::SecondEntry, &[1], &[1]));
        assert_eq!(line.next(&person(2)), None);
        line.release(&image);
        assert_eq!((line.next(&person(1)), line.next(&person(2))), (None, Some(image.clone())));
        line.note(&image, None);
        assert_eq!(line.next(&person(2)), None);
        assert_eq!(line.waiting(), Waiting::default());
    }

    /// A country's sheets, entered by hundreds: what the next one costs does not grow with them.
    #[test]
    fn the_next_sheet_of_a_country_is_found_without_walking_it() {
        let mut line = Line::default();
        for i in 0..30_000u32 {
            let by = i % 200 + 1;
            line.note(&Image::from(format!("{i:064}")), need(Want::SecondEntry, &[by], &[by]));
        }
        assert_eq!(line.free.len(), 200, "one set per person");
        let mut seen = BTreeSet::new();
        for n in 1..=200 {
            let image = line.next(&person(n)).unwrap();
            line.hold(&image);
            assert!(seen.insert(image), "two people hold one sheet");
        }
    }
}
