//! Taking photographs in: idempotent, resumable, and nobody's file name trusted.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};

use crate::archives::{archive, file, tree};
use crate::images::{CLEAN, JPEG, desk, n_skipped, of};
use crate::support::{
    Temp, args_in, csv_is_harmless, events_by_kind, journal_is_sound, kill_when, new_folder, report_file,
    results, run_command, run_in, without_privileges,
};

#[test]
fn adding_again_changes_nothing_and_one_original_may_have_two_origins() {
    let desk = desk();
    desk.temp.write("photos/a.jpg", &*JPEG);
    desk.temp.write("photos/deep/er/b.jpg", CLEAN[1].to_jpeg());
    let counts = |added: &Value| ["seen", "new", "again", "known"].map(|key| added[key].as_u64().unwrap());
    assert_eq!(counts(&desk.add("photos")), [2, 2, 0, 0]);
    let events = events_by_kind(&desk.folder);
    assert_eq!(counts(&desk.add("photos")), [2, 0, 0, 2]);
    assert_eq!(events_by_kind(&desk.folder), events);

    desk.temp.write("photos/copy.jpg", &*JPEG);
    desk.temp.write("more.zip", archive(|zip| file(zip, "night/a.jpg", &JPEG)));
    assert_eq!(counts(&desk.add("photos")), [3, 0, 1, 2]);
    assert_eq!(counts(&desk.add("more.zip")), [1, 0, 1, 0]);
    assert_eq!(counts(&desk.add("m*re.z?p")), [1, 0, 0, 1]);
    desk.call(&["run"]);
    let readings = desk.readings();
    assert_eq!(readings.len(), 2);
    assert_eq!(of(&readings, "a.jpg")["files"].as_array().unwrap().len(), 3);
    assert_eq!(results(&desk.folder)["tabulation"]["n_tables_seen"], 2);
    desk.call(&["read"]);
    assert_eq!(events_by_kind(&desk.folder)["image.read"], 2, "what was read is not read again");

    let nothing = desk.temp.join("no*.jpg");
    run_in(&desk.folder, &["add", nothing.to_str().unwrap()]).fails(3, &["no*.jpg"]);
    run_in(&desk.folder, &["add", "x.jpg", "--source", "../x"]).fails(2, &["../x"]);
    journal_is_sound(&desk.folder);
}

#[cfg(unix)]
#[test]
fn hostile_file_names_are_only_names() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let desk = desk();
    let long = format!("{}.jpg", "x".repeat(250));
    let names: [&[u8]; 9] = [
        b"new\nline.jpg",
        b"esc\x1b[2J\x1b]0;owned\x07.jpg",
        "bidi\u{202e}gpj.exe.jpg".as_bytes(),
        "c1\u{9b}31m.jpg".as_bytes(),
        b"not-utf8-\xff\xfe.jpg",
        b"=HYPERLINK(1).jpg",
        b"-rf.jpg",
        b"quote\"',;.jpg",
        long.as_bytes(),
    ];
    for (i, name) in names.iter().enumerate() {
        // One of them good, the others no images: they are told of by name.
        let bytes = if i == 0 { JPEG.clone() } else { format!("text {i}").into_bytes() };
        desk.temp.write(Path::new("photos").join(OsStr::from_bytes(name)), bytes);
    }
    std::os::unix::fs::symlink("/etc/passwd", desk.temp.join("photos/link\u{1b}[2J.jpg")).unwrap();
    std::os::unix::fs::symlink(desk.temp.join("photos"), desk.temp.join("photos/loop.jpg")).unwrap();
    std::os::unix::fs::symlink("nowhere", desk.temp.join("photos/dangling.jpg")).unwrap();
    let readings = desk.read("photos");
    assert_eq!(readings.len(), names.len());
    assert_eq!(readings.iter().filter(|r| r["status"] == "read").count(), 1);
    let added = desk.add("photos");
    assert_eq!((&added["known"], n_skipped(&added, "link")), (&json!(names.len()), 3));
    desk.call(&["add", desk.temp.join("photos").to_str().unwrap()]).says(&["a link"]);
    desk.call(&["run"]);
    csv_is_harmless(&String::from_utf8(report_file(&desk.folder, "findings.csv")).unwrap());
    let published = String::from_utf8(report_file(&desk.folder, "results.json")).unwrap();
    assert!(!published.contains("owned") && !published.contains("not-utf8"), "file names are private");
    let journal = desk.call(&["journal", "show"]).out;
    assert!(!journal.contains("owned") && !journal.contains("not-utf8"), "file names are private");
    journal_is_sound(&desk.folder);
}

/// What cannot be read is named, and the rest goes on.
#[cfg(unix)]
#[test]
fn unreadable_files_are_named_and_the_rest_goes_on() {
    use std::os::unix::fs::PermissionsExt;
    let Some(program) = without_privileges() else { return };
    let temp = Temp::new();
    let call = |args: &[&str]| {
        let mut command = program();
        command.args(args);
        run_command(command)
    };
    let mode = |path: &Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    mode(temp.path(), 0o777);
    let work = temp.join("work");
    let work = work.to_str().unwrap();
    call(&["new", work, "--pack", "venezuela-2024"]).ends(0);
    temp.write("photos/a.jpg", &*JPEG);
    let shut = temp.write("photos/b.jpg", CLEAN[1].to_jpeg());
    let cellar = temp.write("photos/cellar/c.jpg", CLEAN[1].to_jpeg());
    temp.write("photos/d.jpg", CLEAN[2].to_jpeg());
    mode(&shut, 0);
    mode(cellar.parent().unwrap(), 0);
    let photos = temp.join("photos");
    let photos = photos.to_str().unwrap();
    call(&["-C", work, "add", photos]).ends(0).says(&[
        "photos/b.jpg: skipped",
        "photos/cellar: skipped",
        "2 new",
    ]);
    let added = call(&["-C", work, "add", photos, "--format", "json"]).ends(0).json();
    assert_eq!((&added["known"], n_skipped(&added, "unreadable")), (&json!(2), 2));
    call(&["-C", work, "add", shut.to_str().unwrap()]).fails(3, &["photos/b.jpg", "Check the permissions"]);
    mode(cellar.parent().unwrap(), 0o755);
}

#[cfg(unix)]
#[test]
fn a_pipe_among_photographs_is_no_image() {
    let desk = desk();
    desk.temp.write("photos/a.jpg", &*JPEG);
    let pipe = desk.temp.join("photos/pipe.jpg");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    if !made.is_ok_and(|status| status.success()) {
        eprintln!("skipped: no mkfifo here");
        return;
    }
    let added = desk.add("photos");
    assert_eq!((&added["new"], n_skipped(&added, "not-an-image")), (&json!(1), 1));
}

#[test]
fn a_changed_original_is_noticed() {
    let desk = desk();
    desk.temp.write("photos/a.jpg", &*JPEG);
    desk.add("photos");
    let original = tree(&desk.folder.join("originals")).remove(0);
    std::fs::write(&original, CLEAN[1].to_jpeg()).unwrap();
    let name = original.to_str().unwrap();
    for (args, status) in [(&["read"][..], 3), (&["run"], 3), (&["journal", "check"], 1)] {
        run_in(&desk.folder, args).ends(status).says(&[
            name,
            "is not the image that was added",
            "Add the same",
        ]);
    }
    std::fs::write(&original, &*JPEG).unwrap();
    desk.call(&["run"]);
    journal_is_sound(&desk.folder);
}

#[test]
fn killed_adding_and_reading_is_gone_on_with() {
    let temp = Temp::new();
    for i in 0..150 {
        // As many originals as files, cheaply: bytes after the end of a JPEG are nobody's.
        temp.write(format!("photos/{i:03}.jpg"), [&CLEAN[i % 3].to_jpeg()[..], &i.to_be_bytes()].concat());
    }
    temp.write("photos/empty.jpg", "");
    temp.write("photos/more.zip", archive(|zip| file(zip, "again.jpg", &JPEG)));
    let photos = temp.join("photos");
    let add = ["add", photos.to_str().unwrap()];
    let told = |folder: &Path| run_in(folder, &["readings", "--format", "json"]).ends(0).out;

    let calm = new_folder(&temp, "calm", "venezuela-2024");
    run_in(&calm, &add).ends(0);
    run_in(&calm, &["run"]).ends(0);
    let undisturbed = told(&calm);

    let wild = new_folder(&temp, "wild", "venezuela-2024");
    let originals = |least: usize| {
        let dir = wild.join("originals");
        move || dir.is_dir() && std::fs::read_dir(&dir).unwrap().count() >= least
    };
    let long = Duration::from_secs(30);
    for least in [0, 1, 20, 60, 100] {
        kill_when(&args_in(&wild, &add), long, originals(least));
        journal_is_sound(&wild);
    }
    run_in(&wild, &add).ends(0);
    for ms in [0, 40, 150, 400, 900, 1_500] {
        kill_when(&args_in(&wild, &["read", "--jobs", "1"]), Duration::from_millis(ms), || false);
    }
    journal_is_sound(&wild);
    run_in(&wild, &["run"]).ends(0);
    assert_eq!(told(&wild), undisturbed);
    assert_eq!(report_file(&wild, "results.json"), report_file(&calm, "results.json"));
    let kinds = events_by_kind(&wild);
    assert_eq!((kinds["image.added"], kinds["image.read"]), (152, 152));
    journal_is_sound(&wild);
}

#[test]
fn two_processes_adding_at_once_take_each_image_once() {
    let desk = desk();
    for i in 0..40 {
        desk.temp.write(format!("photos/{i}.jpg"), format!("text {i}"));
    }
    let photos = desk.temp.join("photos");
    let args = args_in(&desk.folder, &["add", photos.to_str().unwrap()]);
    let start = || {
        crate::support::tallyproof().args(&args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    };
    for mut child in [start(), start(), start()] {
        assert_eq!(child.wait().unwrap().code(), Some(0));
    }
    assert_eq!(events_by_kind(&desk.folder)["image.added"], 40);
    desk.call(&["read"]);
    assert_eq!(desk.readings().len(), 40);
    journal_is_sound(&desk.folder);
}
