//! The rooms, over HTTP within the process: pages show the figures of `results.json` of the same events, and every act
//! goes through the rules of the review and of audits.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::http::StatusCode;
use serde_json::Value;
use tallyproof_core::reconcile::reconcile;
use tallyproof_core::review::Stage;
use tallyproof_core::sheet::SheetStatus;

use crate::desk_site::{Visitor, encoded};
use crate::desk_support::Office;
use crate::desk_towns::{country, team};
use crate::report::check_figures_of;
use crate::support::is_harmless;

const PAGES: [&str; 10] = [
    "/overview",
    "/overview?projector",
    "/areas/town/01",
    "/areas/town/02",
    "/conflicts",
    "/quarantine",
    "/quarantine/02.03",
    "/claims",
    "/audits",
    "/tables/03.01",
];

#[test]
fn every_figure_of_every_page_is_that_of_results_json() {
    let (site, images) = country();
    let team = team(&site);
    site.enter(&team.clerk, &images[7], "03.01", [51, 20, 10, 5]);
    let results = site.results();
    let mut figures = 0;
    for path in PAGES {
        let page = site.get(&team.coordinator, path).is(StatusCode::OK).text;
        let n = check_figures_of(&page, &results);
        figures += n;
        // No figure without its formula one click away; a wall has no clicks.
        let explains = page.contains("class=\"formula\"") || page.contains("formula-list");
        assert!(n == 0 || explains || path.ends_with("projector"), "{path}");
    }
    assert!(figures > 120, "{figures}");
    assert_eq!(results["tabulation"]["by_status"]["quarantined"], 1);
    assert_eq!(results["tabulation"]["by_status"]["in-conflict"], 1);
}

#[test]
fn the_picture_is_what_run_would_publish_whatever_was_folded_before() {
    let (site, images) = country();
    let team = team(&site);
    let agrees = || {
        site.desk.snapshot.refresh(&site.desk.store).unwrap();
        let snapshot = site.desk.snapshot.latest().unwrap();
        let picture: Value = serde_json::from_slice(&snapshot.results.to_json()).unwrap();
        assert_eq!(picture, site.results());
        assert_eq!(snapshot.at_event, site.desk.store.last_event().unwrap());
        // A page's few readings come to the same sheet as a country's.
        for standing in &snapshot.standings {
            let facts = snapshot.facts_of(&standing.table);
            let sheets = reconcile(&facts);
            let alone = sheets.iter().find(|sheet| *sheet.table == standing.table);
            let held = standing.sheet.as_ref();
            assert_eq!(alone.map(|sheet| sheet.status), held.map(|held| held.status), "{:?}", standing.table);
            assert_eq!(alone.map(|sheet| sheet.class), held.map(|held| held.class));
        }
    };
    agrees();
    site.enter(&team.clerk, &images[7], "03.01", [51, 20, 10, 5]);
    agrees();
    let fields = [("image", images[6].as_str()), ("act", "aside"), ("reason", "written over")];
    site.post(&team.coordinator, "/quarantine/02.03", &fields).is(StatusCode::SEE_OTHER);
    agrees();
    // Nothing new: the picture stays the very one.
    let before = site.desk.snapshot.latest().unwrap();
    assert!(!site.desk.snapshot.refresh(&site.desk.store).unwrap());
    assert!(Arc::ptr_eq(&before, &site.desk.snapshot.latest().unwrap()));
}

#[test]
fn clerks_see_none_of_it_and_observers_see_pseudonyms_alone() {
    let (site, images) = country();
    let team = team(&site);
    site.enter(&team.clerk, &images[7], "03.01", [51, 20, 10, 5]);
    for path in PAGES {
        site.get(&team.clerk, path).is(StatusCode::FORBIDDEN);
        let seen = site.get(&team.observer, path).is(StatusCode::OK).text;
        assert!(!seen.contains("Kim"), "{path}");
        assert!(
            !seen.contains("method=\"post\" action=\"/conflicts") && !seen.contains("action=\"/quarantine/")
        );
    }
    site.get(&team.observer, "/overview").says("P005");
    site.get(&team.coordinator, "/overview").says("P005").says("Kim &#60;b&#62;");
    let wall = site.get(&team.coordinator, "/overview?projector").text;
    assert!(!wall.contains("P005") && !wall.contains("Kim"), "no personal figures on a wall");
    for path in ["/conflicts/", "/tables/99.99", "/areas/town/99", "/areas/none/01", "/findings/X999"] {
        site.get(&team.observer, path).is(StatusCode::NOT_FOUND);
    }
}

#[test]
fn a_coordinator_decides_the_one_place_that_differs_with_a_reason() {
    let (site, images) = country();
    let team = team(&site);
    let image = &images[7];
    let path = format!("/conflicts/{image}");
    site.get(&team.coordinator, &path).is(StatusCode::OK).says("People must enter this image before");
    site.enter(&team.clerk, image, "03.01", [51, 20, 10, 5]);
    assert!(matches!(site.stage(image), Stage::Correction(_)));
    assert_eq!(site.status("03.01"), Some(SheetStatus::InConflict));
    let list = site.get(&team.coordinator, "/conflicts").text;
    assert!(list.contains(&path) && list.contains("to be decided"));
    let page = site.get(&team.coordinator, &path).is(StatusCode::OK);
    // The place that differs stands first, marked by a sign and a word; only it can be chosen.
    let page =
        page.says("name=\"p-line-1\" value=\"50\"").says("name=\"p-line-1\" value=\"51\"").says("≠").text;
    let chosen: BTreeSet<&str> =
        page.split("name=\"p-").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert_eq!(chosen, BTreeSet::from(["line-1"]));
    // Not without a reason, not without a value, not with a value that none can have; what was typed stays.
    let bad = [
        (vec![("p-line-1", "51")], "A reason is missing"),
        (vec![("reason", "look")], "Nothing is chosen"),
        (vec![("reason", "look"), ("p-line-1", "other"), ("o-line-1", "-5")], "cannot stand"),
        (vec![("reason", "look"), ("p-line-1", "99999999")], "cannot stand"),
    ];
    for (fields, says) in bad {
        site.post(&team.coordinator, &path, &fields).is(StatusCode::UNPROCESSABLE_ENTITY).says(says);
    }
    // Neither the person who typed it nor those who look on decide it.
    for who in [&team.clerk, &team.observer, &team.administrator] {
        site.post(who, &path, &[("p-line-1", "51"), ("reason", "x")]).is(StatusCode::FORBIDDEN);
    }
    let done =
        site.post(&team.coordinator, &path, &[("p-line-1", "51"), ("reason", "The loop is <closed>.")]);
    assert_eq!(done.is(StatusCode::SEE_OTHER).place, "/conflicts?done=1");
    assert!(site.stage(image).is_closed());
    assert_ne!(site.status("03.01"), Some(SheetStatus::InConflict));
    let table = site.get(&team.observer, "/tables/03.01").text;
    assert!(table.contains("The loop is &#60;closed&#62;.") && table.contains("P002"), "{table}");
    site.get(&team.coordinator, &path).says("This image is settled");
    // Twice is once: the second answer says that it is settled.
    site.post(&team.coordinator, &path, &[("p-line-1", "51"), ("reason", "again")]).is(StatusCode::CONFLICT);
    assert_eq!(site.n_events("entry.decided"), 1);
    check_figures_of(&site.get(&team.observer, "/overview").text, &site.results());
}

#[test]
fn a_quarantined_pair_is_shown_together_and_cleared_image_by_image() {
    let (site, images) = country();
    let team = team(&site);
    assert_eq!(site.status("02.03"), Some(SheetStatus::Quarantined));
    site.get(&team.coordinator, "/quarantine").says("/quarantine/02.03").says("Would these sheets change");
    let page = site.get(&team.coordinator, "/quarantine/02.03").text;
    assert!(images[5..7].iter().all(|image| page.contains(&format!("src=\"/images/{image}\""))));
    assert!(page.contains("≠"), "differences are marked");
    let rule = |who: &Visitor, image: &str, act: &str, reason: &str| {
        site.post(who, "/quarantine/02.03", &[("image", image), ("act", act), ("reason", reason)])
    };
    rule(&team.observer, &images[6], "aside", "altered").is(StatusCode::FORBIDDEN);
    rule(&team.coordinator, &images[6], "aside", "").is(StatusCode::UNPROCESSABLE_ENTITY);
    // The pair stays until both are spoken of.
    let next =
        rule(&team.coordinator, &images[6], "aside", "Line 1 was written over.").is(StatusCode::SEE_OTHER);
    assert_eq!(next.place, "/quarantine/02.03?done=1");
    rule(&team.coordinator, &images[6], "clear", "no").is(StatusCode::CONFLICT);
    let next = rule(&team.coordinator, &images[5], "clear", "It is whole.").is(StatusCode::SEE_OTHER);
    assert_eq!(next.place, "/quarantine?done=1");
    assert_eq!(site.status("02.03"), Some(SheetStatus::Provisional));
    assert_eq!((site.n_events("image.set-aside"), site.n_events("image.cleared")), (1, 1));
    site.get(&team.observer, "/quarantine/02.03").says("It is quarantined no more").says("set aside");
    let results = site.results();
    assert_eq!(results["tabulation"]["n_tables_seen"], 7);
    check_figures_of(&site.get(&team.observer, "/areas/town/02").text, &results);
}

#[test]
fn a_reopening_takes_two() {
    let (site, images) = country();
    let team = team(&site);
    let image = &images[7];
    site.enter(&team.clerk, image, "03.01", [50, 20, 10, 5]);
    assert!(site.stage(image).is_closed(), "person and machine agree");
    let path = |answer: &str| format!("/reopenings/{image}/{answer}");
    site.get(&team.coordinator, "/tables/03.01").says(&path("request"));
    site.post(&team.coordinator, &path("request"), &[]).is(StatusCode::UNPROCESSABLE_ENTITY);
    site.post(&team.observer, &path("request"), &[("reason", "x")]).is(StatusCode::FORBIDDEN);
    site.post(&team.coordinator, &path("request"), &[("reason", "The photo is another sheet's.")])
        .is(StatusCode::SEE_OTHER);
    site.get(&team.coordinator, "/reopenings").says("You asked for this, so somebody else must answer.");
    site.post(&team.coordinator, &path("approve"), &[]).is(StatusCode::CONFLICT);
    assert!(site.stage(image).is_closed(), "nobody approves what they asked for");
    site.get(&team.other, "/reopenings").says(&path("approve")).says("The photo is another sheet&#39;s.");
    site.post(&team.other, &path("approve"), &[]).is(StatusCode::SEE_OTHER);
    assert_eq!(site.stage(image), Stage::FirstEntry);
    assert_ne!(site.status("03.01"), Some(SheetStatus::Definitive));
    site.get(&team.coordinator, "/reopenings").says("Nobody asks for a reopening");
    // A second request is turned down, with a reason.
    site.post(&team.other, &path("approve"), &[]).is(StatusCode::CONFLICT);
    let history = site.get(&team.observer, "/tables/03.01").text;
    for word in ["Reopening requested", "Reopening approved", "P002", "P003"] {
        assert!(history.contains(word), "{word}");
    }
}

#[test]
fn an_audit_is_frozen_drawn_and_recorded_as_by_the_verbs() {
    let (site, _) = country();
    let team = team(&site);
    let terms = "missing=sheets-only&method=alpha&risk=10&cap=turnout";
    site.get(&team.coordinator, &format!("/audits?{terms}")).is(StatusCode::OK).says("With these terms");
    site.get(&team.coordinator, "/audits?missing=sheets-only&risk=ten").is(StatusCode::UNPROCESSABLE_ENTITY);
    let freeze = [
        ("missing", "sheets-only"),
        ("method", "alpha"),
        ("risk", "10"),
        ("cap", "turnout"),
        ("custody", "council"),
        ("seed-procedure", "20 dice <in> public"),
    ];
    site.post(&team.observer, "/audits", &freeze).is(StatusCode::FORBIDDEN);
    let frozen = site.post(&team.coordinator, "/audits", &freeze).is(StatusCode::SEE_OTHER);
    assert_eq!(frozen.place, "/audits/audit-1");
    site.get(&team.observer, "/audits/audit-1").is(StatusCode::OK).says("20 dice &lt;in&gt; public");
    site.post(&team.coordinator, "/audits/audit-1/draw", &[("seed", "short")])
        .is(StatusCode::CONFLICT)
        .says("cannot be a seed");
    let seed = [("seed", "31415926535897932384")];
    site.post(&team.coordinator, "/audits/audit-1/draw", &seed).is(StatusCode::SEE_OTHER);
    let page = site.get(&team.coordinator, "/audits/audit-1").text;
    let drawn = page.split("name=\"table\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let paper = |found: &'static str, a: &'static str| {
        vec![
            ("table", drawn.clone()),
            ("found", found.to_owned()),
            ("votes-1", a.to_owned()),
            ("votes-2", "15".to_owned()),
            ("null", "2".to_owned()),
            ("signatures", "present".to_owned()),
            ("stamp", "absent".to_owned()),
            ("inspector", "i7".to_owned()),
        ]
    };
    let record = |who: &Visitor, fields: &[(&str, String)]| {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, text)| (*name, text.as_str())).collect();
        site.post(who, "/audits/audit-1/record", &fields)
    };
    record(&team.observer, &paper("yes", "60")).is(StatusCode::FORBIDDEN);
    // Refused with its reason, and what was typed stays typed.
    record(&team.coordinator, &paper("yes", "sixty"))
        .is(StatusCode::UNPROCESSABLE_ENTITY)
        .says("no whole number")
        .says("value=\"sixty\"");
    record(&team.coordinator, &paper("yes", "60")).is(StatusCode::SEE_OTHER);
    let results = site.results();
    assert_eq!(results["audit"]["held"][0]["n_in_order"], 1);
    assert_eq!(results["audit"]["held"][0]["features"]["stamp"]["absent"], 1);
    let page = site.get(&team.observer, "/audits/audit-1").is(StatusCode::OK);
    assert!(check_figures_of(&page.text, &results) > 3);
    // The same again is nothing new; another figure needs the box.
    record(&team.coordinator, &paper("yes", "60")).is(StatusCode::SEE_OTHER);
    let other = paper("yes", "59");
    record(&team.coordinator, &other).is(StatusCode::UNPROCESSABLE_ENTITY).says("tick the box");
    assert_eq!(site.n_events("audit.inspected"), 1);
    let list = site.get(&team.observer, "/audits/audit-1/files/list.csv").is(StatusCode::OK).text;
    assert_eq!(list.as_bytes(), std::fs::read(site.folder.join("audit/audit-1/list.csv")).unwrap());
    for path in ["..%2Flist.csv", "nothing.csv", ".lock"] {
        site.get(&team.observer, &format!("/audits/audit-1/files/{path}")).is(StatusCode::NOT_FOUND);
    }
    // A worksheet that is pasted.
    let sheet = site.desk.store.audit_dir("audit-1");
    let name = std::fs::read_dir(sheet).unwrap().filter_map(|e| e.unwrap().file_name().into_string().ok());
    let name = name.into_iter().find(|n| n.starts_with("worksheet-") && n.ends_with(".csv")).unwrap();
    let rows = std::fs::read_to_string(site.folder.join("audit/audit-1").join(name)).unwrap();
    site.post(&team.coordinator, "/audits/audit-1/worksheet", &[("rows", &rows)])
        .is(StatusCode::OK)
        .says("not filled in yet");
    site.post(&team.coordinator, "/audits/audit-1/worksheet", &[("rows", "nonsense")])
        .is(StatusCode::UNPROCESSABLE_ENTITY);
    site.post(&team.other, "/audits/audit-1/abandon", &[("reason", "A new version came.")])
        .is(StatusCode::SEE_OTHER);
    site.post(&team.coordinator, "/audits/audit-1/draw", &seed).is(StatusCode::CONFLICT);
}

#[test]
fn nobodys_text_becomes_markup_or_an_escape() {
    let (site, images) = country();
    let team = team(&site);
    site.enter(&team.clerk, &images[7], "03.01", [51, 20, 10, 5]);
    let hostile = "</q><script>alert(1)</script>\u{202e}\u{1b}[31m";
    let path = format!("/conflicts/{}", images[7]);
    site.post(&team.coordinator, &path, &[("p-line-1", "51"), ("reason", hostile)]).is(StatusCode::SEE_OTHER);
    site.post(&team.coordinator, &format!("/reopenings/{}/request", images[7]), &[("reason", hostile)])
        .is(StatusCode::SEE_OTHER);
    let searched = format!("/overview?q={0}&level={0}&map={0}&sort={0}&page=99999999999", encoded(hostile));
    let filtered = format!("/conflicts?area={0}&kind={0}&page=7", encoded(hostile));
    let more = [searched.as_str(), &filtered, &path, "/reopenings", "/findings/S104"];
    for path in PAGES.into_iter().chain(more) {
        let answer = site.get(&team.coordinator, path);
        if answer.status == StatusCode::BAD_REQUEST {
            continue;
        }
        let page = answer.is(StatusCode::OK).text;
        for bad in ["<script>alert", "<b>", "<img src=x", "<i>L1", "\u{202e}", "\u{1b}"] {
            assert!(!page.contains(bad), "{path}: {bad:?}");
        }
        assert!(!page.contains(" style=") && !page.contains("javascript:"), "{path}");
        assert!(
            !page.contains("rooms-"),
            "{path}: a word is missing: {}",
            &page[page.find("rooms-").unwrap()..][..60]
        );
        is_harmless(&page);
    }
}

/// In the first seconds after a start nobody holds a thread that others need; the page comes by itself.
#[test]
fn the_first_picture_is_announced_while_it_is_made() {
    let (office, admin) = Office::new("venezuela-2024");
    let [_, coordinator, ..] = office.team(&admin);
    let snapshot = std::sync::Arc::clone(&office.desk.snapshot);
    // Somebody makes pictures, and has not made one yet.
    let making = std::thread::spawn(move || snapshot.watch(&|| Some(())));
    std::thread::sleep(std::time::Duration::from_millis(200));
    let early = office.get("/overview", Some(&coordinator)).is(503).says("This page comes by itself");
    assert_eq!(early.header("refresh"), "2");
    office.desk.snapshot.end();
    making.join().unwrap();
    office.desk.snapshot.refresh(&office.desk.store).unwrap();
    office.get("/overview", Some(&coordinator)).is(200).says("0 images to be read by machines");
}
