//! Where the photographs come from: telephones that put one after the other by a token, and a page where somebody chooses
//! forty files at once. What is not acknowledged is sent again.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use crate::load::clerk::rest;
use crate::load::http::Browser;
use crate::night::{Night, csrf};
use crate::people::Person;
use crate::plan::Photo;

/// Files chosen at once on the page.
const BATCH: usize = 40;

/// Ways by which photographs come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// Before the desk starts, with `tallyproof add`.
    Early,
    /// By a program of the group's.
    Telephones,
    /// By a program of a party's.
    Party,
    /// By the desk's page.
    Page,
}

impl Way {
    /// How a photograph comes in, by its place in the order.
    pub(crate) fn of(place: usize, n: usize) -> Self {
        match place {
            place if place < n / 20 => Way::Early,
            place if place % 10 < 5 => Way::Telephones,
            place if place % 10 < 7 => Way::Party,
            _ => Way::Page,
        }
    }

    /// The source, as it is published.
    pub(crate) fn source(self) -> &'static str {
        match self {
            Way::Early => "teachers",
            Way::Telephones => "phones",
            Way::Party => "party",
            Way::Page => "lawyers",
        }
    }
}

/// When photographs are due.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tide {
    pub(crate) start: Instant,
    /// Photographs of all ways in a second.
    pub(crate) per_second: f64,
}

impl Tide {
    fn wait(&self, night: &Night, place: usize) {
        let due = self.start + Duration::from_secs_f64(place as f64 / self.per_second);
        rest(due.saturating_duration_since(Instant::now()), &night.stop);
    }
}

fn coming(night: &Night, way: Way) -> impl Iterator<Item = (usize, &Photo)> {
    let photos = &night.plan.photos;
    photos.iter().enumerate().filter(move |(place, _)| Way::of(*place, photos.len()) == way)
}

/// Puts photographs by a token.
pub(crate) fn put(night: &Night, way: Way, token: &str, tide: Tide) {
    let mut browser = Browser::new(night.port, "");
    for (place, photo) in coming(night, way) {
        tide.wait(night, place);
        let bytes = std::fs::read(&photo.path).expect("it was just made");
        let path = format!("/api/v1/images/{}?source={}&name={place}.jpg", photo.sha256, way.source());
        let first = Instant::now();
        // A text file with the name of a picture is refused in words, and that is that.
        let good = [200, 201, 422];
        let answer = loop {
            match night.ask("put", &good, || browser.as_program(&path, token, Some(&bytes))) {
                Some(answer) => break answer,
                None if night.is_over() => return,
                None => rest(Duration::from_millis(500), &night.stop),
            }
        };
        if answer.status != 422 {
            Night::note(&night.sent, &photo.sha256, first);
        }
        night.n_sent.fetch_add(1, Ordering::Relaxed);
    }
}

/// Sends photographs by the page, forty at once.
pub(crate) fn upload(night: &Night, person: &Person, tide: Tide) {
    let mut browser = person.sign_in(night.port);
    let all: Vec<(usize, &Photo)> = coming(night, Way::Page).collect();
    for batch in all.chunks(BATCH) {
        tide.wait(night, batch.last().map_or(0, |(place, _)| *place));
        let files: Vec<(String, Vec<u8>)> = batch
            .iter()
            .map(|(place, photo)| {
                (format!("{place}.jpg"), std::fs::read(&photo.path).expect("it was just made"))
            })
            .collect();
        let files: Vec<(&str, &[u8])> =
            files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
        batch.iter().for_each(|(_, photo)| Night::note(&night.sent, &photo.sha256, Instant::now()));
        loop {
            let page = night.ask("images page", &[200], || browser.get("/images"));
            let sent = page.and_then(|page| {
                let path = format!("/images?csrf={}", csrf(&page.text()));
                let source = [("source", Way::Page.source())];
                night.ask("upload of 40", &[200], || browser.send_files(&path, &source, &files))
            });
            if sent.is_some() {
                break;
            }
            if night.is_over() {
                return;
            }
            rest(Duration::from_secs(1), &night.stop);
        }
        night.n_sent.fetch_add(batch.len() as u64, Ordering::Relaxed);
    }
}
