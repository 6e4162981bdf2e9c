//! The entry screen over HTTP within the process: what a person sees of a sheet, and what is made of what they type.

use axum::http::{StatusCode, header};
use serde_json::{Value, json};
use tallyproof_core::journal::sha256_hex;
use tallyproof_core::people::Role;
use tallyproof_core::review::Stage;
use tallyproof_reader::image::{DecodeLimits, decode_luma};

use crate::desk_site::{Answer, FIELDS, SHEET, Site, add, form, picture, run, unread};

/// What a machine or another person read must be in no byte that a person gets before they saved.
#[test]
fn nothing_that_anybody_read_is_sent_to_who_may_still_enter() {
    let code: Vec<String> = (1..=10).map(|i| format!("4701{i:02}")).collect();
    let print: Vec<String> = (1..=10).map(|i| format!("4702{i:02}")).collect();
    let payload = format!("70.01!{}!470333!0", code.join(","));
    let crop = json!([10, 10, 20, 10, 20, 20, 10, 20]);
    let figures: Vec<Value> = (0..10)
        .map(|i| json!([format!("line-{}", i + 1), print[i], 999, [code[i], "other"], crop]))
        .collect();
    let read = json!({"outcome": "read", "payload": payload, "print": {"figures": figures}});
    let site = Site::new(&[read]);
    let [a, b] = site.clerks(2).try_into().ok().unwrap();
    let is_blind = |answer: &Answer, secrets: &[&str]| {
        let everything = format!("{:?} {}", answer.headers, answer.text());
        // Random tokens hold any digits.
        let is_token = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let words: Vec<&str> = everything.split(|c| !is_token(c)).filter(|word| word.len() < 16).collect();
        let read = code.iter().chain(&print).map(String::as_str);
        for secret in read.chain(secrets.iter().copied()).chain(["470333", "70.01", "IMG_0042", "Maria"]) {
            let held = words.iter().any(|word| word.contains(secret))
                || secret.contains('.') && everything.contains(secret);
            assert!(!held, "{secret} in {everything}");
        }
    };
    run(async {
        let mut values = SHEET;
        values[3] = "550123";
        for path in ["/entry", "/entry/waiting", "/entry/done"] {
            is_blind(&site.get(&a, path).await.is(StatusCode::OK), &[]);
        }
        let page = site.get(&a, "/entry").await;
        assert!(page.text().contains("data-crop=\"10,10,20,10,20,20,10,20\""), "where it stands may be told");
        let lease = page.lease();
        let picture = format!("/images/{}?for={lease}", site.images[0]);
        is_blind(&site.get(&a, &picture).await.is(StatusCode::OK), &[]);
        let mut checked = form(&lease, &values);
        checked[2].1 = "check";
        is_blind(&site.post(&a, "/entry", &checked).await.is(StatusCode::OK), &[]);
        is_blind(&site.post(&a, "/entry/draft", &form(&lease, &values)).await.is(StatusCode::OK), &[]);
        is_blind(&site.post(&a, "/entry", &form(&lease, &["7"])).await, &[]);
        // They read otherwise than the machine: the places are typed again, by themselves where nobody else is free.
        is_blind(&site.save(&a, &page, &values).await.is(StatusCode::OK), &[]);
        assert!(matches!(site.stage(&site.images[0]), Stage::Correction(_)));
        site.desk.clock.pass(16 * 60);
        let page = site.get(&b, "/entry").await.is(StatusCode::OK);
        is_blind(&page, &["550123"]);
        let picture = format!("/images/{}?for={}&figure=line-1", site.images[0], page.lease());
        let crop = site.get(&b, &picture).await.is(StatusCode::OK);
        assert_eq!(crop.headers[header::CONTENT_TYPE], "image/png");
        is_blind(&crop, &["550123"]);
    });
}

/// A second entry's page is the first entry's, byte by byte.
#[test]
fn nobody_is_told_that_they_are_second() {
    let site = Site::new(&[unread()]);
    let [a, b] = site.clerks(2).try_into().ok().unwrap();
    let plain = |page: &Answer| page.text().replace(&page.lease(), "LEASE");
    run(async {
        let first = site.get(&b, "/entry").await;
        site.desk.clock.pass(16 * 60);
        let page = site.get(&a, "/entry").await;
        site.save(&a, &page, &SHEET).await.is(StatusCode::OK);
        let second = site.get(&b, "/entry").await;
        assert_eq!(plain(&first), plain(&second));
        assert_eq!(first.headers.len(), second.headers.len());
    });
}

#[test]
fn what_says_nothing_is_named_and_never_zero() {
    let site = Site::new(&[unread()]);
    let [a] = site.clerks(1).try_into().ok().unwrap();
    run(async {
        let page = site.get(&a, "/entry").await;
        let mut values = SHEET;
        let hostile = [
            "",
            "-5",
            "1e3",
            "<script>alert(1)</script>",
            "99999999999999999999999999",
            "١٢",
            "1 2",
            "\u{0}7\r\nSet-Cookie: x=1",
        ];
        for text in hostile {
            values[4] = text;
            let wrong = site.save(&a, &page, &values).await.is(StatusCode::UNPROCESSABLE_ENTITY);
            assert!(wrong.text().contains("href=\"#line-2\""), "{text:?}");
            assert!(!wrong.text().contains("<script>alert"), "{text:?}");
            assert!(wrong.headers.get(header::SET_COOKIE).is_none());
            assert!(wrong.text().contains("value=\"165\""), "what else was typed stays");
        }
        let long = "7".repeat(200_000);
        values[4] = &long;
        assert!(site.save(&a, &page, &values).await.bytes.len() < 60_000);
        let lease = page.lease();
        let huge = "x".repeat(400_000);
        let fields = [("lease", lease.as_str()), ("line-1", huge.as_str())];
        site.post(&a, "/entry", &fields).await.is(StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(site.n_events("entry.made"), 0);
        let text = page.text();
        assert!(text.contains("&#60;b&#62;L1") || text.contains("&lt;b&gt;L1"), "labels are text");
        assert!(!text.contains("<script>alert") && !text.contains("<b>L1"));
        for values in [["i"; 15], ["b"; 15]] {
            let saved = site.save(&a, &page, &values).await;
            assert_eq!(saved.status, StatusCode::OK, "{}", saved.text());
        }
    });
    assert_eq!(site.n_events("entry.made"), 1);
}

#[test]
fn findings_have_numbers_and_stop_nobody() {
    let site = Site::new(&[unread(), unread()]);
    let [a] = site.clerks(1).try_into().ok().unwrap();
    let mut values = SHEET;
    (values[2], values[13]) = ("100", "170");
    run(async {
        let page = site.get(&a, "/entry").await;
        let lease = page.lease();
        let mut fields = form(&lease, &values);
        fields[2].1 = "check";
        fields.push(("seen", "S202"));
        let checked = site.post(&a, "/entry", &fields).await.is(StatusCode::OK);
        assert_eq!(checked.lease(), lease);
        let text = checked.text();
        assert!(text.contains("add up to 165, but the sheet gives 170 valid votes"), "{text}");
        assert!(text.contains("There are 176 ballots, but only 100 registered electors"), "{text}");
        assert!(text.contains("value=\"S202\" checked") && !text.contains("value=\"S203\" checked"));
        let saved = site.save(&a, &page, &values).await.is(StatusCode::OK);
        assert!(saved.has_sheet() && saved.text().contains("Findings on the sheet you saved: 2"));
    });
}

#[test]
fn an_image_is_seen_under_its_lease_upright_and_without_a_word_beside_it() {
    let site = Site::new(&[unread(), unread()]);
    // A photograph taken sideways, with a place and an owner in it.
    let mut photo = picture(77);
    let exif =
        b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0 GPS Maria 10.49N 66.88W";
    let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    let segment = [&[0xFF, 0xE1][..], &length, exif].concat();
    photo.splice(2..2, segment);
    let turned = add(&site.desk.store, &photo, unread());
    site.desk.take_up().unwrap();
    let admin = site.person(Role::Administrator, "Admin");
    let [a, b, c, watcher] = [Role::Clerk, Role::Clerk, Role::Clerk, Role::Observer]
        .map(|role| site.person(role, &format!("p{}", site.desk.roll.all().len())));
    run(async {
        let mut own = Vec::new();
        for who in [&a, &b, &c] {
            let page = site.get(who, "/entry").await;
            own.push((who, page.image(), page.lease()));
        }
        for (who, image, lease) in &own {
            let shown = site.get(who, &format!("/images/{image}?for={lease}")).await.is(StatusCode::OK);
            assert_eq!(shown.headers[header::CONTENT_TYPE], "image/jpeg");
            assert_eq!(shown.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
            assert_eq!(shown.headers[header::CACHE_CONTROL], "private, max-age=3600");
            let has = |word: &[u8]| shown.bytes.windows(word.len()).any(|w| w == word);
            assert!(!has(b"Exif") && !has(b"Maria") && !has(b"GPS"));
            let luma = decode_luma(&shown.bytes, &DecodeLimits::default()).unwrap().luma;
            let upright = if *image == turned { (60, 40) } else { (40, 60) };
            assert_eq!((luma.width_px(), luma.height_px()), upright);
        }
        let (_, image, lease) = &own[0];
        site.get(&b, &format!("/images/{image}?for={lease}")).await.is(StatusCode::NOT_FOUND);
        site.get(&b, &format!("/images/{image}?for={}", own[1].2)).await.is(StatusCode::NOT_FOUND);
        site.get(&a, &format!("/images/{image}")).await.is(StatusCode::NOT_FOUND);
        let unknown = sha256_hex(b"unknown");
        site.get(&a, &format!("/images/{unknown}?for={lease}")).await.is(StatusCode::NOT_FOUND);
        for path in ["/images/..%2f..%2ftallyproof.db", "/images/%2e%2e", "/images/x"] {
            site.get(&admin, path).await.is(StatusCode::NOT_FOUND);
        }
        for who in [&admin, &watcher] {
            site.get(who, &format!("/images/{image}")).await.is(StatusCode::OK);
        }
        // What was saved is nobody's sheet at hand any more.
        let page = site.get(&a, "/entry").await;
        site.save(&a, &page, &SHEET).await;
        site.get(&a, &format!("/images/{image}?for={lease}")).await.is(StatusCode::NOT_FOUND);
    });
}

/// Ten lines: one request to save, whose answer is the next sheet; one for its image.
#[test]
fn a_sheet_of_ten_lines_takes_its_digits_a_key_per_field_and_two_requests() {
    let site = Site::new(&[unread(), unread()]);
    let [a] = site.clerks(1).try_into().ok().unwrap();
    run(async {
        let page = site.get(&a, "/entry").await;
        let text = page.text();
        let fields: Vec<&str> =
            text.split("<input id=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
        assert_eq!(fields, FIELDS, "nothing but the figures of the sheet is typed, in printed order");
        let n_digits: usize = SHEET.iter().map(|value| value.len()).sum();
        // The key after the last field saves: the script turns Enter into the next field, and there into the button.
        let n_keys = n_digits + fields.len();
        assert!(n_keys <= n_digits + fields.len() + 1);
        let saved = site.save(&a, &page, &SHEET).await.is(StatusCode::OK);
        assert!(
            saved.has_sheet() && saved.lease() != page.lease(),
            "no request between a save and the next sheet"
        );
        let text = saved.text();
        assert_eq!(text.matches("<img").count(), 1);
        for address in text.split(['"', '\'']).filter(|part| part.starts_with("/assets/")) {
            let asset = site.get(&a, address).await.is(StatusCode::OK);
            assert!(
                asset.headers[header::CACHE_CONTROL].to_str().unwrap().contains("immutable"),
                "{address}"
            );
        }
    });
}
