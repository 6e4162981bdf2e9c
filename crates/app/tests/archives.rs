//! Zip archives, good and hostile.

use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};

use serde_json::json;
use zip::write::SimpleFileOptions;

use crate::images::{CLEAN, JPEG, desk, is_fault, n_skipped, of, skipped};
use crate::support::{journal_is_sound, results};

pub(crate) type Zip = zip::ZipWriter<Cursor<Vec<u8>>>;

pub(crate) fn archive(fill: impl FnOnce(&mut Zip)) -> Vec<u8> {
    let mut zip = Zip::new(Cursor::new(Vec::new()));
    fill(&mut zip);
    zip.finish().unwrap().into_inner()
}

pub(crate) fn file(zip: &mut Zip, name: &str, bytes: &[u8]) {
    zip.start_file(name, SimpleFileOptions::default()).unwrap();
    zip.write_all(bytes).unwrap();
}

/// Every file below a folder, by path.
pub(crate) fn tree(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() { found.extend(tree(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

#[test]
fn archives_are_read_and_never_unpacked_to_a_path() {
    let desk = desk();
    let nested = archive(|zip| file(zip, "b.jpg", &CLEAN[1].to_jpeg()));
    let bytes = archive(|zip| {
        file(zip, "../../../up.jpg", &JPEG);
        file(zip, "/tmp/absolute.jpg", &CLEAN[1].to_jpeg());
        file(zip, "C:\\windows\\c.jpg", &CLEAN[2].to_jpeg());
        file(zip, "same/up.jpg", &JPEG);
        zip.add_symlink("link.jpg", "/etc/passwd", SimpleFileOptions::default()).unwrap();
        zip.add_directory("empty.jpg/", SimpleFileOptions::default()).unwrap();
        file(zip, "nested.ZIP", &nested);
        file(zip, "nested.jpg", &nested);
        file(zip, "readme.txt", b"hello");
        file(zip, "name\n\u{1b}[2J\u{202e}.jpg", b"");
        // Highly compressed: 65 MiB in some kilobytes.
        file(zip, "bomb.jpg", &vec![0; (64 << 20) + 1]);
    });
    assert!(bytes.len() < 4 << 20);
    desk.temp.write("in/all.zip", bytes);
    let before = tree(&desk.temp.join("in"));
    let added = desk.add("in/all.zip");
    assert_eq!(
        (&added["seen"], &added["new"], &added["again"]),
        (&json!(6), &json!(5), &json!(1)),
        "{added:#}"
    );
    for (reason, n) in [("link", 1), ("nested-archive", 1), ("not-an-image", 1), ("too-large", 1)] {
        assert_eq!(n_skipped(&added, reason), n, "{reason}: {added:#}");
    }
    assert_eq!(skipped(&added).len(), 4);
    assert_eq!(tree(&desk.temp.join("in")), before);
    assert!(!Path::new("/tmp/absolute.jpg").exists());
    assert_eq!(tree(&desk.folder.join("originals")).len(), 5);
    desk.call(&["add", desk.temp.join("in").to_str().unwrap()]).says(&["larger than 64 MiB"]);
    desk.call(&["run"]);
    let readings = desk.readings();
    assert_eq!(of(&readings, "!../../../up.jpg")["files"].as_array().unwrap().len(), 2);
    is_fault(of(&readings, "!nested.jpg"), "not-usable", "not-an-image");
    assert_eq!(results(&desk.folder)["tabulation"]["n_tables_seen"], 3);
    journal_is_sound(&desk.folder);
}

#[test]
fn damaged_archives_give_what_can_be_had() {
    let desk = desk();
    let good = archive(|zip| {
        for (name, photo) in ["a.jpg", "b.jpg", "c.jpg"].iter().zip(&*CLEAN) {
            file(zip, name, &photo.to_jpeg());
        }
    });
    // The second entry encrypted (APPNOTE.TXT §4.4.4, bit 0, in both headers).
    let mut locked = good.clone();
    for (magic, flags) in [(b"PK\x03\x04", 6), (b"PK\x01\x02", 8)] {
        let at: Vec<usize> = (0..locked.len() - 4).filter(|&i| locked[i..i + 4] == *magic).collect();
        assert_eq!(at.len(), 3);
        locked[at[1] + flags] |= 1;
    }
    desk.temp.write("locked.zip", &locked);
    let added = desk.add("locked.zip");
    assert_eq!((&added["new"], n_skipped(&added, "bad-entry")), (&json!(2), 1), "{added:#}");
    assert!(skipped(&added)[0].0.contains("locked.zip"), "{added:#}");

    // The second entry's bytes damaged: its checksum tells.
    let mut damaged = good.clone();
    let second = damaged.windows(4).enumerate().filter(|(_, w)| w == b"PK\x03\x04").nth(1).unwrap().0;
    for byte in &mut damaged[second + 2_000..second + 2_100] {
        *byte ^= 0x55;
    }
    desk.temp.write("damaged.zip", &damaged);
    let added = desk.add("damaged.zip");
    assert_eq!((&added["new"], &added["again"]), (&json!(0), &json!(2)));
    assert_eq!(n_skipped(&added, "bad-entry"), 1, "{added:#}");
    assert!(skipped(&added)[0].0.ends_with("damaged.zip!b.jpg"), "{added:#}");

    // Cut off, hollow, and nonsense that starts like an archive.
    desk.temp.write("bad/cut.zip", &good[..good.len() / 2]);
    desk.temp.write("bad/magic.zip", b"PK\x03\x04nonsense");
    desk.temp.write("bad/hollow.zip", archive(|_| {}));
    desk.temp.write("bad/good.jpg", CLEAN[1].to_jpeg());
    let added = desk.add("bad");
    assert_eq!((&added["new"], n_skipped(&added, "bad-entry")), (&json!(1), 2), "{added:#}");
    desk.call(&["run"]);
    assert_eq!(results(&desk.folder)["tabulation"]["n_tables_seen"], 3);
    journal_is_sound(&desk.folder);
}

/// Thousands of entries over the same compressed bytes, as crafted bombs have: what is given up on counts
/// as unpacked too, so that a small file costs bounded time.
#[test]
fn an_archive_that_unpacks_to_too_much_is_stopped() {
    let desk = desk();
    let one = archive(|zip| file(zip, "00000.jpg", &vec![0; (64 << 20) + 1]));
    let at = one.windows(4).position(|w| w == b"PK\x01\x02").unwrap();
    let end = one.windows(4).position(|w| w == b"PK\x05\x06").unwrap();
    let (entry, n) = (&one[at..end], 2_000u16);
    let mut bomb = one[..at].to_vec();
    for i in 0..n {
        let name_at = bomb.len() + 46;
        bomb.extend_from_slice(entry);
        bomb[name_at..name_at + 5].copy_from_slice(format!("{i:05}").as_bytes());
    }
    let mut tail = one[end..].to_vec();
    tail[8..10].copy_from_slice(&n.to_le_bytes());
    tail[10..12].copy_from_slice(&n.to_le_bytes());
    let size = u32::try_from(entry.len() * usize::from(n)).unwrap();
    tail[12..16].copy_from_slice(&size.to_le_bytes());
    bomb.extend(tail);
    desk.temp.write("in/bomb.zip", bomb);
    desk.temp.write("in/good.jpg", &*JPEG);
    let added = desk.add("in");
    assert_eq!(added["new"], 1);
    let why: Vec<String> = skipped(&added).into_iter().map(|(_, why)| why).collect();
    assert!(why.iter().all(|why| why == "too-large" || why == "archive-too-large"), "{why:?}");
    assert!(why.len() < 200, "{} entries were unpacked", why.len());
}
