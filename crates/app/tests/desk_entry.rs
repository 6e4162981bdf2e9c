//! The queue over HTTP within the process: who gets which sheet, and what becomes of what they type.

use axum::http::{StatusCode, header};
use serde_json::{Value, json};
use tallyproof_core::people::Role;
use tallyproof_core::review::{Settled, Stage};
use tallyproof_core::sheet::EvidenceClass;

use crate::desk_site::{SHEET, Site, answer, form, outside, run, unread};
use crate::support::run_in;

#[test]
fn two_people_who_agree_close_a_sheet() {
    let site = Site::new(&[unread()]);
    let [a, b] = site.clerks(2).try_into().ok().unwrap();
    run(async {
        let page = site.get(&a, "/entry").await.is(StatusCode::OK);
        assert_eq!(page.image(), site.images[0]);
        let after = site.save(&a, &page, &SHEET).await.is(StatusCode::OK);
        assert!(!after.has_sheet(), "nobody types a sheet twice");
        assert!(after.text().contains("Saved."));
        assert_eq!(site.stage(&site.images[0]), Stage::SecondEntry);
        assert!(!site.get(&a, "/entry").await.has_sheet());
        let page = site.get(&b, "/entry").await;
        site.save(&b, &page, &SHEET).await.is(StatusCode::OK);
    });
    match site.stage(&site.images[0]) {
        Stage::Settled(Settled { class: EvidenceClass::TwoPeople, definitive: true, sheet: Some(sheet) }) => {
            assert_eq!(sheet.table_id().unwrap().as_str(), "07.11");
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(site.n_events("entry.made"), 2);
}

#[test]
fn a_difference_is_typed_again_alone_and_blind() {
    let site = Site::new(&vec![unread(); 4]);
    let [a, b, c] = site.clerks(3).try_into().ok().unwrap();
    let mut other = SHEET;
    other[5] = "3777";
    let mut image = String::new();
    run(async {
        let page = site.get(&a, "/entry").await;
        image = page.image();
        site.save(&a, &page, &SHEET).await;
        let page = site.get(&b, "/entry").await;
        assert_eq!(page.image(), image, "what others began is finished first");
        site.save(&b, &page, &other).await;
        let page = site.get(&c, "/entry").await.is(StatusCode::OK);
        assert_eq!(page.image(), image);
        let text = page.text();
        assert!(text.contains("id=\"line-3\"") && !text.contains("id=\"line-2\""), "{text}");
        assert!(!text.contains("3777") && !text.contains("value=\"30\""), "{text}");
        let lease = page.lease();
        let nothing = site.post(&c, "/entry", &[("lease", &lease), ("deed", "save")]).await;
        nothing.is(StatusCode::UNPROCESSABLE_ENTITY);
        let fields = [("lease", lease.as_str()), ("deed", "save"), ("line-3", "30"), ("line-4", "99")];
        site.post(&c, "/entry", &fields).await.is(StatusCode::OK);
    });
    assert!(matches!(site.stage(&image), Stage::Settled(_)), "{:?}", site.stage(&image));
    assert_eq!(site.n_events("entry.corrected"), 1);
    let again = site.restarted();
    assert!(matches!(again.stage(&image), Stage::Settled(_)), "the journal gives the same review");
    // The same on the terminal, beside the desk.
    let told = run_in(&again.folder, &["status", "--format", "json"]).ends(0).json();
    assert_eq!(told["reviews"], json!({"first-entry": 3, "settled": 1}));
    let told = run_in(&again.folder, &["--lang", "en", "status"]).ends(0).err;
    assert!(told.contains("3 waiting for a first entry · 1 settled by people"), "{told}");
}

#[test]
fn fifty_who_ask_at_once_get_fifty_sheets() {
    let site = Site::new(&vec![unread(); 60]);
    let clerks = site.clerks(50);
    let asked = run(async {
        let jobs: Vec<_> =
            clerks.iter().map(|who| tokio::spawn(answer(site.app(), who.get("/entry")))).collect();
        let mut asked = Vec::new();
        for job in jobs {
            asked.push(job.await.unwrap().is(StatusCode::OK).image());
        }
        for (who, image) in clerks.iter().zip(&asked) {
            assert_eq!(site.get(who, "/entry").await.image(), *image, "the sheet stays until it is saved");
        }
        asked
    });
    let all: std::collections::BTreeSet<&String> = asked.iter().collect();
    assert_eq!(all.len(), 50);
    assert_eq!(site.desk.queue.waiting().n_held, 50);
}

#[test]
fn a_save_sent_again_enters_nothing_twice_and_answers_alike() {
    let site = Site::new(&[unread(), unread()]);
    let [a] = site.clerks(1).try_into().ok().unwrap();
    run(async {
        let page = site.get(&a, "/entry").await;
        let lease = page.lease();
        let twice: Vec<_> = (0..8)
            .map(|_| tokio::spawn(answer(site.app(), a.post("/entry", &form(&lease, &SHEET)))))
            .collect();
        let mut next = Vec::new();
        for job in twice {
            next.push(job.await.unwrap().is(StatusCode::OK).lease());
        }
        next.dedup();
        assert_eq!(next.len(), 1, "every answer is the same next sheet");
        assert_ne!(next[0], lease);
        let later = site.save(&a, &page, &SHEET).await;
        assert!(later.text().contains("saved already"));
    });
    assert_eq!(site.n_events("entry.made"), 1);
    let site = site.restarted();
    let a = site.signed_in(a.id);
    assert!(!run(site.get(&a, "/entry")).lease().is_empty());
}

#[test]
fn after_silence_a_save_counts_unless_somebody_took_the_sheet() {
    let site = Site::new(&[unread()]);
    let [a, b] = site.clerks(2).try_into().ok().unwrap();
    let mut others = SHEET;
    others[13] = "160";
    run(async {
        let page = site.get(&a, "/entry").await;
        site.desk.clock.pass(16 * 60);
        let taken = site.get(&b, "/entry").await;
        assert_eq!(taken.image(), page.image());
        let late = site.save(&a, &page, &SHEET).await.is(StatusCode::OK);
        assert!(late.text().contains("kept as a draft") && !late.has_sheet());
        assert_eq!(site.n_events("entry.made"), 0);
        // They are silent in turn, and nobody asks: then their save counts.
        site.desk.clock.pass(16 * 60);
        site.save(&b, &taken, &others).await.is(StatusCode::OK);
        assert_eq!(site.n_events("entry.made"), 1);
        // The first one's draft comes back, as their own entry.
        let back = site.get(&a, "/entry").await;
        assert!(back.text().contains("value=\"165\""), "{}", back.text());
        assert!(!back.text().contains("value=\"160\""));
        site.save(&a, &back, &SHEET).await.is(StatusCode::OK);
    });
    assert_eq!(site.n_events("entry.made"), 2);
}

#[test]
fn a_closed_laptop_and_a_restarted_server_lose_nothing() {
    let site = Site::new(&[unread(), unread(), unread()]);
    let [a, b] = site.clerks(2).try_into().ok().unwrap();
    let page = run(async {
        let page = site.get(&a, "/entry").await;
        let lease = page.lease();
        let half = form(&lease, &["07", "11", "9", "illegible", "b"]);
        site.post(&a, "/entry/draft", &half).await.is(StatusCode::OK);
        // A beacon that was overtaken changes nothing.
        let mut old = form(&lease, &["99"]);
        old[1].1 = "1";
        site.post(&a, "/entry/draft", &old).await.is(StatusCode::OK);
        page
    });
    let site = site.restarted();
    let (a, b) = (site.signed_in(a.id), site.signed_in(b.id));
    run(async {
        // A clock set forward or back takes no sheet from anybody.
        site.desk.clock.jump(-86_400);
        assert_ne!(site.get(&b, "/entry").await.image(), page.image());
        let back = site.get(&a, "/entry").await;
        assert_eq!((back.image(), back.lease()), (page.image(), page.lease()));
        assert!(back.text().contains("value=\"illegible\"") && back.text().contains("value=\"07\""));
        assert!(!back.text().contains("value=\"99\""));
        // And by hand, without a script.
        let lease = back.lease();
        let mut fields = form(&lease, &["07", "11", "950"]);
        fields[2].1 = "pause";
        fields[1].1 = "9";
        let paused = site.post(&a, "/entry", &fields).await.is(StatusCode::SEE_OTHER);
        let done = site.get(&a, paused.headers[header::LOCATION].to_str().unwrap()).await;
        assert!(done.text().contains("What you typed is kept"));
        assert!(site.get(&a, "/entry").await.text().contains("value=\"950\""));
    });
}

#[test]
fn two_files_of_one_picture_are_typed_once() {
    let site = Site::new(&[unread(), unread(), unread()]);
    let pair = json!({"a": site.images[0], "b": site.images[1], "version": 1, "same": true});
    site.desk.store.append("pictures.compared", json!({"pairs": [pair]}), Value::Null).unwrap();
    site.desk.take_up().unwrap();
    assert_eq!(site.desk.queue.waiting().n_first, 2);
    let site = site.restarted();
    assert_eq!(site.desk.queue.waiting().n_first, 2);
    let [a, b] = site.clerks(2).try_into().ok().unwrap();
    run(async {
        let other = site.images[0].clone().max(site.images[1].clone());
        for who in [&a, &b, &a, &b] {
            let page = site.get(who, "/entry").await;
            assert_ne!(page.image(), other, "the other file is never asked for");
            site.save(who, &page, &SHEET).await.is(StatusCode::OK);
        }
        assert!(!site.get(&a, "/entry").await.has_sheet() && !site.get(&b, "/entry").await.has_sheet());
    });
    assert_eq!(site.n_events("entry.made"), 4);
}

#[test]
fn what_machines_agree_on_and_what_cannot_be_shown_waits_for_nobody() {
    let lines: Vec<String> = (1..=10).map(|i| i.to_string()).collect();
    let payload = format!("07.11!{}!6!0", lines.join(","));
    let mut figures: Vec<Value> = (1..=10)
        .map(|i| json!([format!("line-{i}"), i.to_string(), 999, [i.to_string(), "same"], null]))
        .collect();
    figures.extend([
        json!(["table-1", "07", 999, ["07", "same"], null]),
        json!(["table-2", "11", 999, ["11", "same"], null]),
        json!(["null", "6", 999, ["6", "same"], null]),
    ]);
    let agreed = json!({"outcome": "read", "payload": payload, "print": {"figures": figures}});
    let code_only = json!({"outcome": "read", "payload": payload});
    let unusable = json!({"outcome": "not-usable", "cause": "corrupt-file"});
    let site = Site::new(&[agreed, code_only, unusable]);
    assert_eq!(site.stage(&site.images[0]), Stage::Confirmed);
    assert_eq!(site.desk.queue.waiting().n_first, 1);
    let [a] = site.clerks(1).try_into().ok().unwrap();
    let mut values = SHEET;
    values[3..13].clone_from_slice(&["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"]);
    (values[13], values[14]) = ("55", "6");
    run(async {
        let page = site.get(&a, "/entry").await;
        assert_eq!(page.image(), site.images[1]);
        site.save(&a, &page, &values).await.is(StatusCode::OK);
    });
    let class = match site.stage(&site.images[1]) {
        Stage::Settled(settled) => settled.class,
        other => panic!("{other:?}"),
    };
    assert_eq!(class, EvidenceClass::PersonAndMachine, "one person who agrees with the code is enough");
}

#[test]
fn two_people_see_no_sheet_before_an_image_is_closed_and_counts_are_ones_own() {
    let site = Site::new(&[unread()]);
    let [a, b] = site.clerks(2).try_into().ok().unwrap();
    run(async {
        for who in [&a, &b] {
            let page = site.get(who, "/entry").await;
            site.desk.clock.pass(30);
            let lease = page.lease();
            let fields = [("lease", lease.as_str()), ("deed", "not-a-sheet")];
            site.post(who, "/entry", &fields).await.is(StatusCode::OK);
        }
        let done = site.get(&a, "/entry/done").await.is(StatusCode::OK).text();
        assert!(done.contains("<dd>1</dd>") && done.contains("<dd>30</dd>"), "{done}");
        assert!(!done.contains(&site.images[0]));
        for (hours, n) in [(23, 1), (2, 0)] {
            site.desk.clock.jump(hours * 60 * 60);
            let later = site.get(&site.signed_in(a.id.clone()), "/entry/done").await.is(StatusCode::OK);
            assert!(later.text().contains(&format!("<dd>{n}</dd>")), "{hours} hours on: {}", later.text());
        }
    });
    assert!(matches!(site.stage(&site.images[0]), Stage::Settled(Settled { sheet: None, .. })));
}

#[test]
fn who_was_more_than_a_clerk_enters_nothing() {
    let site = Site::new(&[unread()]);
    let admin = site.person(Role::Administrator, "Admin");
    let once = site.person(Role::Coordinator, "once");
    run(async {
        site.get(&once, "/entry").await.is(StatusCode::FORBIDDEN);
        site.get(&admin, "/entry").await.is(StatusCode::FORBIDDEN);
        let at = site.desk.clock.timestamp();
        let (roll, store) = (&site.desk.roll, &site.desk.store);
        outside(|| roll.change_role(store, &at, &admin.id, &once.id, Role::Clerk).unwrap());
        let page = site.get(&once, "/entry").await.is(StatusCode::OK);
        assert!(!page.has_sheet() && page.text().contains("You cannot enter sheets"));
        // Nor under somebody else's lease.
        let clerk = site.person(Role::Clerk, "clerk");
        let lease = site.get(&clerk, "/entry").await.lease();
        let stolen = site.post(&once, "/entry", &form(&lease, &SHEET)).await;
        assert!(!stolen.has_sheet());
    });
    assert_eq!(site.n_events("entry.made"), 0);
}

/// A picture that is read again says something else: what people did is judged anew at once, as after a restart.
#[test]
fn a_picture_read_again_is_as_it_would_be_after_a_restart() {
    let payload = |first: &str| format!("07.11!{first},20,30,40,50,1,2,3,4,5!6!0");
    let site = Site::new(&[json!({"outcome": "read", "payload": payload("10")}), unread()]);
    let [a] = site.clerks(1).try_into().ok().unwrap();
    let image = site.images[0].clone();
    run(async {
        for _ in 0..2 {
            let page = site.get(&a, "/entry").await;
            site.save(&a, &page, &SHEET).await.is(StatusCode::OK);
        }
    });
    assert!(matches!(site.stage(&image), Stage::Settled(_)));
    let mut again = json!({"outcome": "read", "payload": payload("11")});
    again["sha256"] = json!(image);
    site.desk.store.append("image.read", again, Value::Null).unwrap();
    site.desk.take_up().unwrap();
    let stage = site.stage(&image);
    assert!(matches!(stage, Stage::Correction(_)), "{stage:?}");
    let waiting = site.desk.queue.waiting();
    assert_eq!((waiting.n_corrections, waiting.n_second), (1, 1));
    let site = site.restarted();
    assert_eq!((site.stage(&image), site.desk.queue.waiting()), (stage, waiting));
}
