//! Observers: one looks at the overview again and again, a projector hangs on the wall, and a program follows the journal.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::load::clerk::rest;
use crate::load::http::Browser;
use crate::night::{Night, between};
use crate::people::Person;

/// Follows the journal, and notes of every image when it was read.
pub(crate) fn follow(night: &Night, token: &str) {
    let mut browser = Browser::new(night.port, "");
    let mut from = 1;
    while !night.is_over() {
        let path = format!("/api/v1/events?from={from}&limit=200");
        let answer = night.ask("events", &[200], || browser.as_program(&path, token, None));
        let page: Value =
            answer.and_then(|answer| serde_json::from_slice(&answer.body).ok()).unwrap_or_default();
        let events = page["events"].as_array().map_or(&[] as &[Value], Vec::as_slice);
        let now = Instant::now();
        for event in events {
            from = event["seq"].as_u64().unwrap_or(from) + 1;
            if event["kind"] == "image.read" {
                let image = event["body"]["sha256"].as_str().unwrap_or_default();
                Night::note(&night.read, image, now);
                night.seq_of.lock().expect("nobody panics").push((from - 1, image.to_owned()));
            }
        }
        if page["next"].is_null() {
            rest(Duration::from_millis(250), &night.stop);
        }
    }
}

/// Looks at the overview, and notes of which event it speaks.
pub(crate) fn look(night: &Night, person: &Person) {
    let mut browser = person.sign_in(night.port);
    let mut done = 0;
    while !night.is_over() {
        let start = Instant::now();
        if let Some(answer) = night.ask("overview", &[200], || browser.get("/overview")) {
            let text = answer.text();
            let age = between(&text, "<p class=\"age\">", "</p>").unwrap_or_default();
            let event = between(age, "up to event ", ";").unwrap_or_default();
            let digits: String = event.chars().filter(char::is_ascii_digit).collect();
            let at: u64 = digits.parse().unwrap_or(0);
            let known = night.seq_of.lock().expect("nobody panics");
            while let Some((seq, image)) = known.get(done)
                && *seq <= at
            {
                Night::note(&night.shown, image, start);
                done += 1;
            }
        }
        rest(Duration::from_millis(500), &night.stop);
    }
}

/// What hangs on the wall.
pub(crate) fn project(night: &Night, person: &Person) {
    let mut browser = person.sign_in(night.port);
    while !night.is_over() {
        night.ask("projector", &[200], || browser.get("/overview?projector"));
        rest(Duration::from_secs(2), &night.stop);
    }
}
