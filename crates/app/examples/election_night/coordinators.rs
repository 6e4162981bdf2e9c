//! Two coordinators decide where people and machines differ, and clear what is quarantined. They know what the paper
//! says, as if they had telephoned.

use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::load::clerk::rest;
use crate::load::http::Browser;
use crate::night::{Night, between, csrf};
use crate::people::Person;

/// Looks at both rooms until the night is over.
pub(crate) fn decide(night: &Night, person: &Person) {
    let mut browser = person.sign_in(night.port);
    while !night.is_over() {
        let n = conflicts(night, &mut browser) + quarantine(night, &mut browser);
        rest(if n == 0 { Duration::from_secs(2) } else { night.think }, &night.stop);
    }
}

/// Addresses of the cases on a list.
fn cases(page: &str, room: &str) -> Vec<String> {
    let mark = format!("href=\"{room}/");
    let found = page.split(&mark).skip(1).filter_map(|rest| rest.split('"').next());
    let mut all: Vec<String> = found.map(|case| format!("{room}/{case}")).collect();
    all.dedup();
    all
}

fn conflicts(night: &Night, browser: &mut Browser) -> usize {
    let Some(list) = night.ask("conflicts", &[200], || browser.get("/conflicts")) else { return 0 };
    let mut n = 0;
    for case in cases(&list.text(), "/conflicts").into_iter().take(10) {
        let Some(page) = night.ask("conflict", &[200], || browser.get(&case)) else { continue };
        let page = page.text();
        let Some(form) = between(&page, "id=\"decide\"", "</form>") else { continue };
        let image = case.trim_start_matches("/conflicts/");
        let Some(truth) = night.plan.truth(image) else { continue };
        let mut fields = vec![("csrf".to_owned(), csrf(form))];
        for choice in form.split("<fieldset class=\"choices\">").skip(1) {
            let choice = choice.split("</fieldset>").next().unwrap_or_default();
            let Some(code) = between(choice, "name=\"p-", "\"") else { continue };
            let right = truth.get(code).cloned().unwrap_or_else(|| "illegible".to_owned());
            let is_given = choice.contains(&format!("name=\"p-{code}\" value=\"{right}\""));
            fields.push((format!("p-{code}"), if is_given { right.clone() } else { "other".to_owned() }));
            fields.push((format!("o-{code}"), if is_given { String::new() } else { right }));
        }
        fields.push(("reason".to_owned(), "asked the witness of the table".to_owned()));
        let fields: Vec<(&str, &str)> =
            fields.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        // The other coordinator may have been quicker.
        if night
            .ask("decision", &[303, 409], || browser.post(&case, &fields))
            .is_some_and(|a| a.status == 303)
        {
            night.decisions.fetch_add(1, Ordering::Relaxed);
            n += 1;
        }
        rest(night.think / 2, &night.stop);
    }
    n
}

fn quarantine(night: &Night, browser: &mut Browser) -> usize {
    let Some(list) = night.ask("quarantine", &[200], || browser.get("/quarantine")) else { return 0 };
    let mut n = 0;
    for case in cases(&list.text(), "/quarantine").into_iter().take(10) {
        let Some(page) = night.ask("suspects", &[200], || browser.get(&case)) else { continue };
        let page = page.text();
        for form in page.split("<form class=\"sheet-form\"").skip(1) {
            let form = form.split("</form>").next().unwrap_or_default();
            let Some(image) = between(form, "name=\"image\" value=\"", "\"") else { continue };
            let act = if night.plan.is_genuine(image) { "clear" } else { "aside" };
            if !form.contains(&format!("value=\"{act}\"")) {
                continue;
            }
            let token = csrf(form);
            let reason = "compared with the copy of the other party's witness";
            let fields = [("csrf", token.as_str()), ("image", image), ("act", act), ("reason", reason)];
            if night
                .ask("ruling", &[303, 409], || browser.post(&case, &fields))
                .is_some_and(|a| a.status == 303)
            {
                night.rulings.fetch_add(1, Ordering::Relaxed);
                n += 1;
            }
        }
        rest(night.think / 2, &night.stop);
    }
    n
}
