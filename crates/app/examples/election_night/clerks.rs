//! Eight people type: they look, think, slip, leave fields empty, walk away and come back, press twice.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use crate::load::clerk::{Acknowledged, Dice, Sheet, is_saved, rest};
use crate::load::country::Truth;
use crate::load::http::{Answer, Browser};
use crate::night::Night;
use crate::people::Person;

/// One sheet in so many has a figure typed wrong, a field left empty, is left lying for a while, is sent twice.
const SLIP_IN: u64 = 25;
const EMPTY_IN: u64 = 40;
const AWAY_IN: u64 = 60;
const TWICE_IN: u64 = 50;

/// Types until the night is over.
pub(crate) fn type_sheets(night: &Night, person: &Person, number: u64) {
    let mut dice = Dice(number.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let mut browser = person.sign_in(night.port);
    let mut page: Option<String> = None;
    while !night.is_over() {
        let mut took = Duration::ZERO;
        let next = page.take().or_else(|| waited(night, "page", &[200], &mut took, || browser.get("/entry")));
        let Some(text) = next else {
            rest(Duration::from_millis(500), &night.stop);
            continue;
        };
        let Some(sheet) = Sheet::of(&text) else {
            // Nothing waits for this person: the page looks again by itself.
            rest(Duration::from_secs(1), &night.stop);
            continue;
        };
        Night::note(&night.on_screen, &sheet.image, Instant::now());
        waited(night, "picture", &[200], &mut took, || browser.get(&sheet.picture));
        pause(night, &mut dice);
        let truth = night.plan.truth(&sheet.image).expect("only what was sent is shown");
        let fields = typed(&sheet, truth, &mut dice);
        waited(night, "draft", &[200], &mut took, || browser.post("/entry/draft", &fields.shown()));
        if throw(&mut dice, AWAY_IN) {
            // The sheet stands there again, with what was typed, for whoever comes back.
            pause(night, &mut dice);
            pause(night, &mut dice);
            page = waited(night, "page", &[200], &mut took, || browser.get("/entry"));
            continue;
        }
        pause(night, &mut dice);
        if throw(&mut dice, EMPTY_IN) {
            waited(night, "save", &[422], &mut took, || browser.post("/entry", &fields.with_a_gap()));
        }
        page = save(night, (person, &mut browser), (&sheet, &fields), took, &mut dice);
    }
}

/// Saves a sheet, as often as it takes until the desk answers; gives the next page.
fn save(
    night: &Night,
    (person, browser): (&Person, &mut Browser),
    (sheet, fields): (&Sheet, &Typed),
    mut took: Duration,
    dice: &mut Dice,
) -> Option<String> {
    let sent = fields.saving();
    let text = loop {
        if let Some(text) = waited(night, "save", &[200, 409], &mut took, || browser.post("/entry", &sent)) {
            break text;
        }
        if night.is_over() {
            return None;
        }
        rest(Duration::from_millis(500), &night.stop);
    };
    if is_saved(&text) {
        let done = Acknowledged { person: person.id.to_string(), image: sheet.image.clone() };
        night.met.acknowledged.lock().expect("nobody panics").push(done);
        night.saves.fetch_add(1, Ordering::Relaxed);
        night.keys.fetch_add(fields.n_keys(), Ordering::Relaxed);
        let waited_ns = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        night.waited_ns.fetch_add(waited_ns, Ordering::Relaxed);
    }
    if throw(dice, TWICE_IN) {
        // Pressed twice: entered once, and the same page comes.
        return waited(night, "save", &[200, 409], &mut took, || browser.post("/entry", &sent));
    }
    Some(text)
}

/// Asks the desk for somebody who waits for the answer, and adds how long.
fn waited(
    night: &Night,
    kind: &'static str,
    good: &[u16],
    took: &mut Duration,
    ask: impl FnOnce() -> std::io::Result<Answer>,
) -> Option<String> {
    let start = Instant::now();
    let answer = night.ask(kind, good, ask)?;
    *took += start.elapsed();
    Some(answer.text())
}

/// What somebody typed.
struct Typed {
    /// Names and texts of the form.
    all: Vec<(String, String)>,
}

impl Typed {
    fn shown(&self) -> Vec<(&str, &str)> {
        self.all.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect()
    }

    fn saving(&self) -> Vec<(&str, &str)> {
        self.shown().into_iter().chain([("deed", "save")]).collect()
    }

    /// The last figure is left empty.
    fn with_a_gap(&self) -> Vec<(&str, &str)> {
        let last = self.all.len() - 1;
        let gap = |(at, (name, text))| (name, if at == last { "" } else { text });
        self.saving().into_iter().enumerate().map(gap).collect()
    }

    /// Keys struck: every character, and Enter after every field.
    fn n_keys(&self) -> u64 {
        self.all.iter().skip(3).map(|(_, text)| text.chars().count() as u64 + 1).sum()
    }
}

fn typed(sheet: &Sheet, truth: &Truth, dice: &mut Dice) -> Typed {
    let mut all = vec![
        ("csrf".to_owned(), sheet.csrf.clone()),
        ("lease".to_owned(), sheet.lease.clone()),
        ("revision".to_owned(), sheet.revision.clone()),
    ];
    let slip = throw(dice, SLIP_IN).then(|| usize::try_from(dice.next()).unwrap_or(0) % sheet.figures.len());
    for (at, code) in sheet.figures.iter().enumerate() {
        let text = truth.get(code).map_or("i", String::as_str);
        let is_id = code.starts_with("table");
        let shown = if slip == Some(at) && !is_id { slipped(text, dice) } else { text.to_owned() };
        all.push((code.clone(), shown));
    }
    Typed { all }
}

/// A figure as it is typed wrong: digits exchanged, one struck twice, or the key beside.
fn slipped(text: &str, dice: &mut Dice) -> String {
    let mut digits: Vec<char> = text.chars().collect();
    let n = digits.len();
    match dice.next() % 3 {
        0 if n > 1 && digits[n - 1] != digits[n - 2] => digits.swap(n - 1, n - 2),
        1 if n < 3 => digits.push(digits[n - 1]),
        _ => digits[n - 1] = if digits[n - 1] == '9' { '8' } else { char::from(digits[n - 1] as u8 + 1) },
    }
    digits.into_iter().collect()
}

fn throw(dice: &mut Dice, one_in: u64) -> bool {
    dice.next().is_multiple_of(one_in)
}

/// Half of the time that a sheet takes.
fn pause(night: &Night, dice: &mut Dice) {
    rest(dice.between(night.think / 4, night.think * 3 / 4), &night.stop);
}
