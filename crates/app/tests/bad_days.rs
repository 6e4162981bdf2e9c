//! Bad days: killed processes, a full disk, a read-only folder, two at once. Nothing lost, nothing doubled.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use crate::bad_tables::{HEADER, MAP, desk, kept_sources};
use crate::support::{
    PROGRAM, Temp, args_in, events_by_kind, in_c_locale, is_harmless, journal_is_sound, kill_when,
    new_folder, report_file, results, run, run_command, run_in, tallyproof, without_privileges,
};

/// A party's table of `n` rows: the register's tables, then strangers.
fn big_table(n: usize) -> String {
    let mut text = HEADER.to_owned();
    for i in 0..n {
        let (province, district, table) = (1 + i / 90_000, 10 + i / 1_000 % 90, i % 1_000);
        writeln!(
            text,
            "P{province}-{district:02}-{table:03},{},{},20,10,{}",
            90 + i % 37,
            80 + i % 41,
            i % 5
        )
        .unwrap();
    }
    text
}

/// Demands one import of `n` rows, and a published result like that of an undisturbed folder.
#[track_caller]
fn holds_once(folder: &Path, n: usize, undisturbed: &[u8]) {
    journal_is_sound(folder);
    let kinds = events_by_kind(folder);
    assert_eq!((kinds["pack.adopted"], kinds["source.imported"]), (1, 1));
    assert_eq!(kept_sources(folder), 3);
    let status = run_in(folder, &["status", "--format", "json"]).ends(0).json();
    assert_eq!(status["imports"][0]["adopted"], n);
    assert_eq!(report_file(folder, "results.json"), undisturbed);
}

#[test]
fn killed_imports_and_runs_are_gone_on_with() {
    const ROWS: usize = 20_000;
    let temp = Temp::new();
    let file = temp.write("big.csv", big_table(ROWS));
    let import = ["import", file.to_str().unwrap(), "--source", "party"];
    let calm = new_folder(&temp, "calm", "costa-serena-2031");
    run_in(&calm, &import).ends(0);
    run_in(&calm, &["run"]).ends(0);
    let undisturbed = report_file(&calm, "results.json");

    let folder = new_folder(&temp, "work", "costa-serena-2031");
    let sources = || std::fs::read_dir(folder.join("sources")).unwrap().count();
    let started = sources();
    let long = Duration::from_secs(20);
    // At once; as soon as bytes arrive; once they are kept and the rows are being read; and in between.
    kill_when(&args_in(&folder, &import), Duration::ZERO, || true);
    kill_when(&args_in(&folder, &import), long, || sources() > started);
    kill_when(&args_in(&folder, &import), long, || kept_sources(&folder) > 2);
    for ms in [15, 30, 60, 90] {
        kill_when(&args_in(&folder, &import), Duration::from_millis(ms), || false);
        journal_is_sound(&folder);
    }
    run_in(&folder, &import).ends(0);
    let report = folder.join("report");
    kill_when(&args_in(&folder, &["run"]), Duration::ZERO, || true);
    for name in ["results.json.part", "results.json", "sheets.csv.part", "sheets.csv", "findings.csv"] {
        kill_when(&args_in(&folder, &["run"]), long, || report.join(name).exists());
        // What is published is whole, or not there yet.
        if let Ok(bytes) = std::fs::read(report.join("results.json")) {
            assert_eq!(bytes, undisturbed);
        }
    }
    run_in(&folder, &["run"]).ends(0);
    holds_once(&folder, ROWS, &undisturbed);
    let left: Vec<_> = std::fs::read_dir(&report).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().ends_with(".part")), "{left:?}");
}

#[cfg(unix)]
#[test]
fn a_full_disk_loses_nothing() {
    const ROWS: usize = 20_000;
    let temp = Temp::new();
    let file = temp.write("big.csv", big_table(ROWS));
    let file = file.to_str().unwrap();
    let calm = new_folder(&temp, "calm", "costa-serena-2031");
    run_in(&calm, &["import", file, "--source", "party"]).ends(0);
    run_in(&calm, &["run"]).ends(0);
    let undisturbed = report_file(&calm, "results.json");

    // `ulimit -f` counts blocks of 512 bytes: no file may become larger.
    let limited = |folder: &Path, blocks: u32, args: &[&str]| {
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
        let mut command = std::process::Command::new("sh");
        command.args(["-c", &script, PROGRAM]).args(args_in(folder, args));
        run_command(in_c_locale(command))
    };
    let folder = new_folder(&temp, "work", "costa-serena-2031");
    for blocks in [0, 1, 8, 64, 500] {
        let ran = limited(&folder, blocks, &["import", file, "--source", "party"]);
        ran.fails(3, &[folder.to_str().unwrap()]);
    }
    limited(&folder, 500, &["import", file, "--source", "party"]).fails(3, &["the disk or quota is full"]);
    journal_is_sound(&folder);
    assert!(!events_by_kind(&folder).contains_key("source.imported"));
    run_in(&folder, &["import", file, "--source", "party"]).ends(0);
    for blocks in [0, 8, 500] {
        limited(&folder, blocks, &["run"]).fails(3, &[folder.to_str().unwrap()]);
        assert!(!folder.join("report/sheets.csv").exists());
    }
    run_in(&folder, &["run"]).ends(0);
    holds_once(&folder, ROWS, &undisturbed);
    // A folder that could not be made is made when there is room.
    let new = temp.join("new");
    let args = ["new", new.to_str().unwrap(), "--pack", "venezuela-2024"];
    for blocks in [0, 1, 8, 20, 40] {
        limited(temp.path(), blocks, &args).fails(3, &[new.to_str().unwrap()]);
    }
    run(&args).ends(0);
    journal_is_sound(&new);
}

#[test]
fn a_folder_whose_making_was_killed_is_made_or_is_whole() {
    let temp = Temp::new();
    let map = temp.write("map.geojson", MAP);
    let folder = temp.join("work");
    let (dir, map) = (folder.to_str().unwrap(), map.to_str().unwrap());
    let args = ["new", dir, "--pack", "venezuela-2024", "--boundaries", map].map(Into::into);
    let long = Duration::from_secs(20);
    for name in [".lock", "tallyproof.db", "tallyproof.db-wal", "election", "sources/incoming.part"] {
        let _ = std::fs::remove_dir_all(&folder);
        kill_when::<std::ffi::OsString>(&args, long, || folder.join(name).exists());
        let ran = run(&args);
        assert!(matches!(ran.code, Some(0 | 3)), "{name}: {ran:?}");
        if ran.code == Some(3) {
            ran.says(&["already holds something"]);
        }
        journal_is_sound(&folder);
        let kinds = events_by_kind(&folder);
        assert_eq!((kinds["pack.adopted"], kinds["boundaries.adopted"], kinds.len()), (1, 1, 2), "{name}");
    }
    let mine = temp.write("full/election/mine.txt", "mine");
    let full = mine.parent().unwrap().parent().unwrap().join("notes.txt");
    std::fs::write(&full, "mine").unwrap();
    run(&["new", temp.join("full").to_str().unwrap(), "--pack", "venezuela-2024"]).ends(3);
    assert_eq!(std::fs::read(&mine).unwrap(), b"mine");
}

#[cfg(unix)]
fn set_modes(path: &Path, dirs: u32, files: u32) {
    use std::os::unix::fs::PermissionsExt;
    let mode = |mode| std::fs::Permissions::from_mode(mode);
    // A folder stays open while it is gone through.
    std::fs::set_permissions(path, mode(0o755)).unwrap();
    for entry in std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            set_modes(&entry, dirs, files);
        } else {
            std::fs::set_permissions(&entry, mode(files)).unwrap();
        }
    }
    std::fs::set_permissions(path, mode(dirs)).unwrap();
}

#[cfg(unix)]
#[test]
fn a_read_only_folder_is_named_and_left_as_it_was() {
    let desk = desk();
    desk.rows("P1-01-001,100,90,20,10,2\n", &[]).ends(0);
    run_in(&desk.folder, &["run"]).ends(0);
    let before = report_file(&desk.folder, "results.json");
    let other = desk.temp.write("other.csv", format!("{HEADER}P1-01-002,100,90,20,10,2\n"));
    let Some(program) = without_privileges() else { return };
    let path = desk.folder.to_str().unwrap();
    let call = |args: &[&str]| {
        let mut command = program();
        command.args(args_in(&desk.folder, args));
        run_command(command)
    };
    set_modes(&desk.folder, 0o555, 0o444);
    let import = ["import", other.to_str().unwrap(), "--source", "other"];
    for args in [&import[..], &["run"], &["report"], &["read"], &["add", other.to_str().unwrap()]] {
        let ran = call(args).fails(3, &[path, "Check the permissions"]);
        is_harmless(&ran.err);
    }
    // Looking works, or says why not.
    for args in [["status"], ["tabulate"], ["check"], ["readings"]] {
        let ran = call(&args);
        if ran.code == Some(3) {
            ran.fails(3, &[path, "Check the permissions"]);
        }
    }
    set_modes(&desk.folder, 0o755, 0o644);
    assert_eq!(report_file(&desk.folder, "results.json"), before);
    journal_is_sound(&desk.folder);
    run_in(&desk.folder, &import).ends(0);
    assert_eq!(desk.imports().len(), 2);
}

#[test]
fn two_at_once_wait_for_each_other() {
    let temp = Temp::new();
    let folder = new_folder(&temp, "work", "costa-serena-2031");
    let mut children = Vec::new();
    let files: Vec<PathBuf> = (0..4).map(|i| temp.write(format!("{i}.csv"), big_table(2_000 + i))).collect();
    for (i, file) in files.iter().chain(&files).enumerate() {
        let source = format!("source-{}", i % files.len());
        let args = ["import", file.to_str().unwrap(), "--source", &source];
        children.push(
            tallyproof()
                .args(args_in(&folder, &args))
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap(),
        );
        if i % 3 == 0 {
            children.push(
                tallyproof()
                    .args(args_in(&folder, &["run"]))
                    .stdout(Stdio::null())
                    .stderr(Stdio::null())
                    .spawn()
                    .unwrap(),
            );
            children.push(
                tallyproof()
                    .args(args_in(&folder, &["tabulate"]))
                    .stdout(Stdio::null())
                    .stderr(Stdio::null())
                    .spawn()
                    .unwrap(),
            );
        }
    }
    for mut child in children {
        assert_eq!(child.wait().unwrap().code(), Some(0));
    }
    journal_is_sound(&folder);
    assert_eq!(events_by_kind(&folder)["source.imported"], 4);
    assert_eq!(kept_sources(&folder), 6);
    run_in(&folder, &["run"]).ends(0);
    assert_eq!(results(&folder)["sources"].as_array().unwrap().len(), 4);
}
