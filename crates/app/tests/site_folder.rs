//! The public site on the disk: a folder of ours is replaced whole, a foreign one is left alone; and a whole
//! country's site stays small.

use tallyproof::site::pages::{MANIFEST, MARKER};
use tallyproof_core::facts::{Facts, Source, Version};
use tallyproof_core::journal::sha256_hex;
use tallyproof_core::pack::Pack;
use tallyproof_core::transcription::{Transcription, fitting_mapping};

use crate::images::{JPEG, desk};
use crate::report::check_figures_of;
use crate::site::{pages, site};
use crate::small;
use crate::support::{Temp, published, run_in};

/// A working folder with two sheets.
fn folder(temp: &Temp) -> std::path::PathBuf {
    let pack = temp.write("pack/election.toml", small::PACK.replace("[register]\nfile = \"register.csv\"\nencoding = \"utf-8\"\ntable = \"{table:5}\"\nelectors = \"electors\"\n", "") + "\n[[mappings]]\nid = \"m\"\nencoding = \"utf-8\"\ntable = \"{table:5}\"\nnull = \"null\"\n[mappings.votes]\nA = \"A\"\nB = \"B\"\n");
    let folder = crate::support::new_folder(temp, "work", pack.parent().unwrap().to_str().unwrap());
    let csv = temp.write("a.csv", "table,A,B,null\n01.01,5,6,0\n02.01,7,8,1\n");
    run_in(&folder, &["import", csv.to_str().unwrap(), "--source", "one"]).ends(0);
    folder
}

#[test]
fn a_site_of_ours_is_replaced_and_a_foreign_folder_is_not() {
    let temp = Temp::new();
    let folder = folder(&temp);
    let bundle = temp.write("bundle.zip", "a bundle");
    let attach = bundle.to_str().unwrap();
    let first = run_in(&folder, &["site", "--attach", attach]).ends(0);
    let out = folder.join("site");
    assert_eq!(first.out.trim(), out.join("index.html").to_str().unwrap());
    let sums = std::fs::read_to_string(out.join(MANIFEST)).unwrap();
    for (hash, path) in sums.lines().map(|line| line.split_once("  ").unwrap()) {
        assert_eq!(sha256_hex(&std::fs::read(out.join(path)).unwrap()), hash, "{path}");
    }
    assert!(sums.contains("files/bundle.zip"));
    // Again, without the bundle: what the last run wrote is gone, and nothing stays beside.
    run_in(&folder, &["site"]).ends(0);
    assert!(!out.join("files/bundle.zip").exists());
    // A file that somebody put there stays, with the whole site.
    let note = out.join("en").join("CNAME");
    std::fs::write(&note, "mine").unwrap();
    run_in(&folder, &["site"]).fails(3, &["en/CNAME", "no part of a site"]);
    assert_eq!(std::fs::read_to_string(&note).unwrap(), "mine");
    std::fs::remove_file(&note).unwrap();
    run_in(&folder, &["site"]).ends(0);
    // Foreign folders, files and links.
    let foreign = temp.write("foreign/letter.txt", "dear");
    let dir = foreign.parent().unwrap();
    run_in(&folder, &["site", "--out", dir.to_str().unwrap()]).fails(3, &["letter.txt"]);
    run_in(&folder, &["site", "--out", foreign.to_str().unwrap()]).fails(3, &["letter.txt"]);
    run_in(&folder, &["site", "--out", folder.to_str().unwrap()]).fails(3, &["no part of a site"]);
    assert_eq!(std::fs::read_to_string(&foreign).unwrap(), "dear");
    #[cfg(unix)]
    {
        let link = temp.join("link");
        std::os::unix::fs::symlink(dir, &link).unwrap();
        run_in(&folder, &["site", "--out", link.to_str().unwrap()]).fails(3, &["link"]);
    }
    // What lies where the new site is made is not ours to remove either.
    let part = temp.write("fresh.part/thesis.tex", "years");
    run_in(&folder, &["site", "--out", temp.join("fresh").to_str().unwrap()]).fails(3, &["fresh.part"]);
    assert!(part.exists() && !temp.join("fresh").exists());
    std::fs::create_dir(temp.join("empty")).unwrap();
    run_in(&folder, &["site", "--out", temp.join("empty").to_str().unwrap()]).ends(0);
    // What a killed run of ours left is.
    std::fs::create_dir(folder.join("site.part")).unwrap();
    std::fs::copy(out.join(MARKER), folder.join("site.part").join(MARKER)).unwrap();
    std::fs::write(folder.join("site.part/half"), "").unwrap();
    run_in(&folder, &["site"]).ends(0);
    let odd = temp.write("a b.zip", "");
    run_in(&folder, &["site", "--attach", odd.to_str().unwrap()]).fails(2, &["a b.zip"]);
    let left: Vec<String> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| name.starts_with("site"))
        .collect();
    assert_eq!(left, ["site"], "nothing stays beside the site");
}

/// The published Venezuelan tables: whole, small, and every sheet once in each language.
#[test]
fn the_venezuelan_site() {
    let Some(csv) = published("venezuela-2024/tally-sheets-v2.csv") else { return };
    let toml = include_str!("../../../elections/venezuela-2024/election.toml");
    let pack = Pack::parse("venezuela-2024", toml).unwrap();
    let bytes = std::fs::read(csv).unwrap();
    let mapping = fitting_mapping(&pack, &bytes).unwrap();
    let transcription = Transcription::parse(bytes.as_slice(), mapping, &pack).unwrap();
    let version =
        Version { label: "V2".into(), supersedes: Vec::new(), sha256: sha256_hex(&bytes), transcription };
    let source = Source::new("campaign".into(), vec![version]).unwrap();
    let facts = Facts::new(pack, None, vec![source]);
    let files = site(&facts);
    let megabytes = files.values().map(Vec::len).sum::<usize>() / 1_000_000;
    assert!(megabytes < 70 && files.len() < 4_000, "{megabytes} MB, {} files", files.len());
    for lang in ["en", "es"] {
        let start = format!("{lang}/area/");
        let area = pages(&files).filter(|(path, _)| path.starts_with(&start));
        let counted: usize = area.map(|(_, page)| page.matches("class=yes").count()).sum();
        assert_eq!(counted, 25_073, "{lang}");
    }
    // A page in thirty: each figure is looked for among thousands of areas.
    let results = serde_json::from_slice(&files["files/results.json"]).unwrap();
    let figures: usize = pages(&files).step_by(30).map(|(_, page)| check_figures_of(page, &results)).sum();
    assert!(figures > 1_000, "{figures}");
    let largest = pages(&files).map(|(_, page)| page.len()).max().unwrap();
    assert!(largest < 400_000, "{largest}");
}

/// Images travel only when asked for, and only those that a reading speaks of.
#[test]
fn images_are_published_when_a_folder_of_them_is_given() {
    let desk = desk();
    let photo = desk.temp.write("p/a.jpg", &*JPEG);
    desk.call(&["add", photo.to_str().unwrap()]);
    desk.call(&["run"]);
    let (hash, out) = (sha256_hex(&JPEG), desk.folder.join("site"));
    let page = || {
        let area = std::fs::read_dir(out.join("en/area")).unwrap().map(|entry| entry.unwrap().path());
        area.map(|path| std::fs::read_to_string(path).unwrap()).find(|page| page.contains(&hash)).unwrap()
    };
    desk.call(&["site"]);
    assert!(!out.join("images").exists() && !page().contains("images/"));
    // A masked derivative has other bytes than the original it is named by.
    let given = desk.temp.write(format!("given/{hash}.jpg"), "masked");
    desk.temp.write(format!("given/{}.jpg", "0".repeat(64)), "of no reading");
    desk.temp.write(format!("given/{hash}.exe"), "no picture");
    desk.temp.write("given/list of names.txt", "private");
    desk.call(&["site", "--images", given.parent().unwrap().to_str().unwrap()]);
    let published: Vec<_> =
        std::fs::read_dir(out.join("images")).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(published, [format!("{hash}.jpg").as_str()]);
    assert_eq!(std::fs::read(out.join("images").join(&published[0])).unwrap(), b"masked");
    assert!(page().contains(&format!("href=\"../../images/{hash}.jpg\"")));
    let sums = std::fs::read_to_string(out.join(MANIFEST)).unwrap();
    assert!(sums.contains(&format!("{}  images/{hash}.jpg\n", sha256_hex(b"masked"))));
}
