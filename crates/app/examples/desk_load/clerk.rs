//! A simulated clerk: looks at the sheet, thinks, types what stands there, saves, and gets the next one.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::country::{Country, Seat, Truth};
use super::http::{Answer, Browser};

/// An entry that the desk said it has.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Acknowledged {
    pub(crate) person: String,
    pub(crate) image: String,
}

/// What all clerks together met.
#[derive(Default)]
pub(crate) struct Met {
    /// Entries that the desk said it has.
    pub(crate) acknowledged: Mutex<Vec<Acknowledged>>,
    /// How long each kind of request took.
    pub(crate) times: Mutex<Vec<(&'static str, Duration)>>,
    /// Requests that failed, or were answered with an error, with a word of why.
    pub(crate) failed: Mutex<Vec<String>>,
}

/// How clerks work.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    /// Shortest time over a sheet.
    pub(crate) from: Duration,
    /// Longest.
    pub(crate) to: Duration,
    /// One in so many sheets has a figure typed wrong; 0 for none.
    pub(crate) wrong_in: u64,
}

/// Works until told to stop. What fails is noted, and tried again after a second.
pub(crate) fn work(
    seat: &Seat,
    number: u64,
    port: u16,
    country: &Country,
    pace: Pace,
    met: &Met,
    stop: &AtomicBool,
) {
    let mut dice = Dice(number.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let mut browser = Browser::new(port, &seat.token);
    // Nobody starts at the same moment.
    rest(dice.between(Duration::ZERO, pace.to), stop);
    let mut page: Option<String> = None;
    while !stop.load(Ordering::Relaxed) {
        let Some(text) = page.take().or_else(|| look(&mut browser, "/entry", "page", met)) else {
            rest(Duration::from_secs(1), stop);
            continue;
        };
        let Some(sheet) = Sheet::of(&text) else {
            // Nothing waits for this person now.
            rest(Duration::from_secs(2), stop);
            continue;
        };
        look(&mut browser, &sheet.picture, "picture", met);
        rest(dice.between(pace.from, pace.to) / 2, stop);
        let Some(truth) = country.truths.get(&sheet.image) else { continue };
        let is_wrong = pace.wrong_in > 0 && dice.next().is_multiple_of(pace.wrong_in);
        let fields = sheet.filled(truth, is_wrong);
        send(&mut browser, "/entry/draft", &fields, "draft", met);
        rest(dice.between(pace.from, pace.to) / 2, stop);
        if stop.load(Ordering::Relaxed) {
            return;
        }
        let saving: Vec<(&str, &str)> = fields.iter().copied().chain([("deed", "save")]).collect();
        if let Some(answer) = send(&mut browser, "/entry", &saving, "save", met) {
            let text = answer.text();
            // Whatever it says of it: the answer to a save that was done says that it was.
            if answer.status == 200 && is_saved(&text) {
                let done = Acknowledged { person: seat.id.to_string(), image: sheet.image.clone() };
                met.acknowledged.lock().expect("no clerk panics").push(done);
            }
            page = Some(text);
        }
    }
}

/// Whether a page says that the sheet before it was saved, now or by the same save sent before.
pub(crate) fn is_saved(page: &str) -> bool {
    let after = page.split("class=\"after\"").nth(1).unwrap_or_default();
    let after = after.split("</div>").next().unwrap_or_default();
    after.contains("<p>Saved") || after.contains("saved already")
}

fn look(browser: &mut Browser, path: &str, kind: &'static str, met: &Met) -> Option<String> {
    let start = Instant::now();
    note(browser.get(path), kind, start, met).map(|answer| answer.text())
}

fn send(
    browser: &mut Browser,
    path: &str,
    fields: &[(&str, &str)],
    kind: &'static str,
    met: &Met,
) -> Option<Answer> {
    let start = Instant::now();
    note(browser.post(path, fields), kind, start, met)
}

fn note(answer: std::io::Result<Answer>, kind: &'static str, start: Instant, met: &Met) -> Option<Answer> {
    let failed = |why: String| met.failed.lock().expect("no clerk panics").push(why);
    match answer {
        Ok(answer) if answer.status == 200 => {
            met.times.lock().expect("no clerk panics").push((kind, start.elapsed()));
            Some(answer)
        }
        Ok(answer) => {
            failed(format!("{kind}: {} {}", answer.status, said(&answer.text())));
            None
        }
        Err(error) => {
            failed(format!("{kind}: {error}"));
            None
        }
    }
}

/// The words of a page that refuses.
pub(crate) fn said(page: &str) -> String {
    let main = page.split("<main").nth(1).unwrap_or(page);
    let mut words = String::new();
    let mut inside = true;
    for c in main.chars().take(2_000) {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            c if !inside => words.push(c),
            _ => {}
        }
    }
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

pub(crate) fn rest(time: Duration, stop: &AtomicBool) {
    let end = Instant::now() + time;
    while !stop.load(Ordering::Relaxed) {
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return;
        }
        std::thread::sleep(left.min(Duration::from_millis(100)));
    }
}

/// The sheet that a page asks for.
pub(crate) struct Sheet {
    pub(crate) image: String,
    pub(crate) picture: String,
    pub(crate) csrf: String,
    pub(crate) lease: String,
    pub(crate) revision: String,
    /// Codes of the figures asked for.
    pub(crate) figures: Vec<String>,
}

impl Sheet {
    pub(crate) fn of(page: &str) -> Option<Self> {
        let after = |mark: &str| page.split(mark).nth(1)?.split('"').next().map(str::to_owned);
        let picture = after("<img id=\"picture\" src=\"")?.replace("&amp;", "&");
        let image = picture.strip_prefix("/images/")?.split('?').next()?.to_owned();
        let mut figures = Vec::new();
        for input in page.split("<input id=\"").skip(1) {
            let tag = input.split('>').next().unwrap_or_default();
            if tag.contains("data-figure") {
                figures.extend(tag.split('"').next().map(str::to_owned));
            }
        }
        Some(Self {
            image,
            csrf: after("name=\"csrf\" value=\"")?,
            lease: after("name=\"lease\" value=\"")?,
            revision: after("name=\"revision\" value=\"")?,
            picture,
            figures,
        })
    }

    /// The form as it is typed: what stands on the sheet, or one figure wrong.
    fn filled<'s>(&'s self, truth: &'s Truth, is_wrong: bool) -> Vec<(&'s str, &'s str)> {
        let mut fields =
            vec![("csrf", self.csrf.as_str()), ("lease", &self.lease), ("revision", &self.revision)];
        for code in &self.figures {
            let text = truth.get(code).map_or("i", String::as_str);
            fields.push((code, if is_wrong && code == "line-2" { "77" } else { text }));
        }
        fields
    }
}

/// Dice with a seed (xorshift64*, Vigna 2016): the same clerks do the same.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    pub(crate) fn between(&mut self, from: Duration, to: Duration) -> Duration {
        let span = u64::try_from(to.saturating_sub(from).as_millis()).unwrap_or(0).max(1);
        from + Duration::from_millis(self.next() % span)
    }
}

/// Everybody at work, until the guard's `stop` is set and all are joined.
pub(crate) fn all_work(
    country: &Arc<Country>,
    port: u16,
    pace: Pace,
    met: &Arc<Met>,
    stop: &Arc<AtomicBool>,
) -> Vec<std::thread::JoinHandle<()>> {
    (0..country.clerks.len())
        .map(|n| {
            let (country, met, stop) = (Arc::clone(country), Arc::clone(met), Arc::clone(stop));
            let run = move || work(&country.clerks[n], n as u64 + 1, port, &country, pace, &met, &stop);
            std::thread::Builder::new().stack_size(512 << 10).spawn(run).expect("threads")
        })
        .collect()
}
