//! Backups: what was backed up comes back whole, what is damaged does not, and what is interrupted harms nothing.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::Value;
use tallyproof::pipeline::backup::{backup, restore};
use tallyproof::store::{Access, Store};
use tallyproof::trouble::{BackupTrouble, Trouble};

use crate::bad_tables::HEADER;
use crate::support::{
    PROGRAM, Temp, args_in, in_c_locale, journal_is_sound, kill_when, new_folder, report_file, run,
    run_command, run_in,
};

const ROWS: &str = "P1-01-001,100,90,20,10,2\nP1-01-002,80,90,20,10,1\n";

/// A folder with a table and a few files that look like pictures.
fn folder(temp: &Temp) -> PathBuf {
    let folder = new_folder(temp, "work", "costa-serena-2031");
    let table = temp.write("table.csv", format!("{HEADER}{ROWS}"));
    run_in(&folder, &["import", table.to_str().unwrap(), "--source", "party"]).ends(0);
    for n in 0..5 {
        picture(temp, &folder, n);
    }
    folder
}

/// Adds a file that begins like a picture; which bytes follow is of no matter here.
fn picture(temp: &Temp, folder: &Path, n: usize) {
    let file = temp.write(format!("p{n}.jpg"), [b"\xff\xd8\xff".as_slice(), &vec![b'x'; 5_000 + n]].concat());
    run_in(folder, &["add", file.to_str().unwrap(), "--source", "observers"]).ends(0);
}

fn quiet(_: u64, _: u64) {}

/// Every file below a folder, with its bytes; but for those that SQLite makes and removes beside a database as it is
/// opened and closed.
fn tree(dir: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for path in fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            found.extend(tree(&path));
        } else if !path.to_string_lossy().ends_with("-wal") && !path.to_string_lossy().ends_with("-shm") {
            found.push((path.clone(), fs::read(&path).unwrap()));
        }
    }
    found.sort();
    found
}

/// Demands that a backup restores to a sound folder with the journal that `folder` has.
#[track_caller]
fn restores_to(backup: &Path, temp: &Temp, name: &str, journal: &str) -> PathBuf {
    let again = temp.join(name);
    run(&["restore".as_ref(), backup.as_os_str(), again.as_os_str()]).ends(0).says(&["All was checked"]);
    journal_is_sound(&again);
    assert_eq!(run_in(&again, &["journal", "show"]).ends(0).out, journal);
    again
}

#[track_caller]
fn journal(folder: &Path) -> String {
    run_in(folder, &["journal", "show"]).ends(0).out
}

#[test]
fn what_is_backed_up_comes_back() {
    let temp = Temp::new();
    let folder = folder(&temp);
    run_in(&folder, &["run"]).ends(0);
    for (n, to) in ["kept", "kept.zip"].into_iter().enumerate() {
        let to = temp.join(to);
        run_in(&folder, &["backup".as_ref(), "--to".as_ref(), to.as_os_str()]).ends(0).says(&["read back"]);
        let again = restores_to(&to, &temp, &format!("again{n}"), &journal(&folder));
        run_in(&again, &["run"]).ends(0);
        for file in ["results.json", "sheets.csv"] {
            assert_eq!(report_file(&again, file), report_file(&folder, file));
        }
        assert_eq!(tree(&again.join("originals")).len(), 5);
        let names = |folder: &Path| -> Vec<_> {
            let below = |part: &str| tree(&folder.join(part)).into_iter();
            let all = below("election").chain(below("sources")).chain(below("originals"));
            all.map(|(path, bytes)| (path.strip_prefix(folder).unwrap().to_owned(), bytes)).collect()
        };
        assert!(names(&again) == names(&folder));
    }
}

#[test]
fn a_second_backup_copies_what_is_new_and_the_desk_may_write() {
    let temp = Temp::new();
    let (folder, to) = (folder(&temp), temp.join("kept"));
    let first = backup(&folder, &to, &quiet).unwrap();
    // Five pictures, the table, the pack and the register.
    assert!(first.faults.is_empty());
    assert_eq!((first.n_new, first.head.events), (8, 7));
    assert_eq!(backup(&folder, &to, &quiet).unwrap().n_new, 0);
    picture(&temp, &folder, 9);
    let held = Store::open(&folder, Access::Write).unwrap();
    assert_eq!(backup(&folder, &to, &quiet).unwrap().n_new, 1);
    drop(held);
    let databases = fs::read_dir(to.join("database")).unwrap().count();
    assert_eq!((databases, fs::read_dir(to.join("lists")).unwrap().count()), (1, 1));
    assert!(!to.join("incoming").exists());
    restores_to(&to, &temp, "again", &journal(&folder));
}

#[test]
fn no_key_and_no_session_is_in_a_backup() {
    let temp = Temp::new();
    let folder = folder(&temp);
    temp.write("work/press.key", "secret");
    temp.write("work/tls/key.pem", "secret");
    temp.write("work/sources/incoming.part", "half");
    let to = temp.join("kept");
    backup(&folder, &to, &quiet).unwrap();
    for (path, bytes) in tree(&to) {
        assert!(!bytes.windows(6).any(|part| part == b"secret"), "{}", path.display());
    }
    let again = restores_to(&to, &temp, "again", &journal(&folder));
    assert!(!again.join("press.key").exists() && !again.join("sources/incoming.part").exists());
}

#[test]
fn nothing_is_written_over() {
    let temp = Temp::new();
    let (folder, to) = (folder(&temp), temp.join("kept"));
    backup(&folder, &to, &quiet).unwrap();
    // SQLite's own files may come and go with every reader.
    let kept = |folder: &Path| {
        let mut files = tree(folder);
        files.retain(|(path, _)| !path.to_string_lossy().contains("tallyproof.db"));
        files
    };
    let before = kept(&folder);
    let args = ["restore".as_ref(), to.as_os_str(), folder.as_os_str()];
    run(&args).fails(3, &["already holds something"]);
    assert!(kept(&folder) == before);
    // A place that holds something else, a file that is no backup, a place in the folder itself.
    temp.write("mine/notes.txt", "mine");
    temp.write("mine.zip", "mine");
    for (place, says) in [
        (temp.join("mine"), "no backup"),
        (temp.join("mine.zip"), "no backup"),
        (folder.join("backups/one"), "in the working folder"),
        (folder.join("one.zip"), "in the working folder"),
    ] {
        let args = ["backup".as_ref(), "--to".as_ref(), place.as_os_str()];
        run_in(&folder, &args).fails(2, &[says]);
    }
    assert_eq!(fs::read(temp.join("mine/notes.txt")).unwrap(), b"mine");
    assert_eq!(fs::read(temp.join("mine.zip")).unwrap(), b"mine");
    run(&["restore".as_ref(), temp.join("mine").as_os_str(), temp.join("x").as_os_str()])
        .fails(2, &["is no backup"]);
    assert!(!temp.join("x").exists());
}

#[test]
fn every_damage_is_noticed_and_mended_by_the_next_backup() {
    let temp = Temp::new();
    let (folder, to) = (folder(&temp), temp.join("kept"));
    backup(&folder, &to, &quiet).unwrap();
    let parts: Vec<PathBuf> = tree(&to).into_iter().map(|(path, _)| path).collect();
    let mut n = 0;
    for path in parts.iter().filter(|path| !path.ends_with(".lock")) {
        let good = fs::read(path).unwrap();
        let mut flipped = good.clone();
        let middle = flipped.len() / 2;
        flipped[middle] ^= 0x20;
        let cut = good[..good.len() - 1].to_vec();
        let longer = [good.clone(), b"x".to_vec()].concat();
        for bad in [Some(flipped), Some(cut), Some(longer), None] {
            match &bad {
                Some(bad) => fs::write(path, bad).unwrap(),
                None => fs::remove_file(path).unwrap(),
            }
            let again = temp.join("again");
            let restored = restore(&to, &again, &quiet);
            // A head that was changed may still be a head: then it is not the journal's.
            let is_head = path.ends_with("backup.json");
            assert!(restored.is_err() || is_head && restored.unwrap().head.events == 7, "{}", path.display());
            assert!(!again.exists() || is_head);
            let _ = fs::remove_dir_all(&again);
            if !is_head {
                backup(&folder, &to, &quiet).unwrap();
                restore(&to, &again, &quiet).unwrap();
                fs::remove_dir_all(&again).unwrap();
            }
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, &good).unwrap();
            backup(&folder, &to, &quiet).unwrap();
            n += 1;
        }
    }
    assert!(n >= 4 * 10, "{n}");
}

#[test]
fn a_hostile_list_leads_nowhere() {
    let temp = Temp::new();
    let (folder, to) = (folder(&temp), temp.join("kept"));
    let made = backup(&folder, &to, &quiet).unwrap();
    let list = to.join("lists").join(format!("{}.txt", made.head.list.sha256));
    let lines = fs::read_to_string(&list).unwrap();
    let first = lines.lines().next().unwrap().rsplit_once(' ').unwrap().0.to_owned();
    for place in ["../outside", "/tmp/outside", "sources/../../outside", "tallyproof.db", "election"] {
        let bad = format!("{first} {place}\n");
        let sha256 = tallyproof_core::journal::sha256_hex(bad.as_bytes());
        fs::write(to.join("lists").join(format!("{sha256}.txt")), &bad).unwrap();
        let mut head: Value = serde_json::from_slice(&fs::read(to.join("backup.json")).unwrap()).unwrap();
        head["list"] = serde_json::json!({"sha256": sha256, "bytes": bad.len()});
        head["files"] = 1.into();
        fs::write(to.join("backup.json"), head.to_string()).unwrap();
        let restored = restore(&to, &temp.join("again"), &quiet);
        let is_damaged = matches!(restored, Err(Trouble::Backup(BackupTrouble::Damaged { .. })));
        assert!(is_damaged, "{place}: {restored:?}");
        let left = ["outside", "again", "again.part"].into_iter().filter(|name| temp.join(name).exists());
        assert_eq!(left.count(), 0);
    }
}

#[test]
fn a_damaged_original_is_named_and_the_rest_is_backed_up() {
    let temp = Temp::new();
    let (folder, to) = (folder(&temp), temp.join("kept"));
    let (path, good) = tree(&folder.join("originals")).remove(0);
    fs::write(&path, b"\xff\xd8\xffother").unwrap();
    let args = ["backup".as_ref(), "--to".as_ref(), to.as_os_str()];
    let ran = run_in(&folder, &args).ends(3);
    assert!(ran.err.contains("not the image") || ran.err.contains(path.to_str().unwrap()), "{}", ran.err);
    let again = temp.join("again");
    run(&["restore".as_ref(), to.as_os_str(), again.as_os_str()]).ends(3);
    assert_eq!(tree(&again.join("originals")).len(), 4);
    // Once a backup has it, a damage in the folder does not reach the backup.
    fs::write(&path, &good).unwrap();
    run_in(&folder, &args).ends(0);
    fs::write(&path, b"\xff\xd8\xffother").unwrap();
    run_in(&folder, &args).ends(0);
    fs::remove_dir_all(&again).unwrap();
    restores_to(&to, &temp, "again", &journal(&folder));
}

#[test]
fn a_killed_backup_leaves_the_one_before_it() {
    let temp = Temp::new();
    let (folder, to) = (folder(&temp), temp.join("kept"));
    backup(&folder, &to, &quiet).unwrap();
    let then = journal(&folder);
    for n in 10..40 {
        picture(&temp, &folder, n);
    }
    let now = journal(&folder);
    let args = args_in(&folder, &["backup".as_ref(), "--to".as_ref(), to.as_os_str()]);
    let long = Duration::from_secs(20);
    let n_files = || tree(&to.join("files")).len();
    let before = n_files();
    let at: [&dyn Fn() -> bool; 5] = [
        &|| true,
        &|| to.join("incoming").exists(),
        &|| to.join("incoming/tallyproof.db-wal").exists(),
        &|| n_files() > before,
        &|| n_files() > before + 20,
    ];
    for (n, ripe) in at.into_iter().enumerate() {
        kill_when(&args, long, ripe);
        let again = temp.join(format!("again{n}"));
        run(&["restore".as_ref(), to.as_os_str(), again.as_os_str()]).ends(0);
        let found = journal(&again);
        assert!(found == then || found == now, "{n}");
        journal_is_sound(&again);
    }
    backup(&folder, &to, &quiet).unwrap();
    restores_to(&to, &temp, "last", &now);
    // So does a killed archive, and a killed restoring is gone over.
    let zip = temp.join("kept.zip");
    backup(&folder, &zip, &quiet).unwrap();
    let good = fs::read(&zip).unwrap();
    let args = args_in(&folder, &["backup".as_ref(), "--to".as_ref(), zip.as_os_str()]);
    kill_when(&args, long, || temp.join("kept.zip.part").exists());
    assert!(fs::read(&zip).unwrap() == good || restore(&zip, &temp.join("whole"), &quiet).is_ok());
    let again = temp.join("killed");
    let args = ["restore".as_ref(), zip.as_os_str(), again.as_os_str()].map(std::ffi::OsStr::to_owned);
    kill_when(&args, long, || temp.join("killed.part").exists());
    if !again.exists() {
        restores_to(&zip, &temp, "killed", &now);
    }
}

#[cfg(unix)]
#[test]
fn a_full_disk_leaves_the_one_before_it() {
    let temp = Temp::new();
    let (folder, to) = (folder(&temp), temp.join("kept"));
    let limited = |blocks: u32, args: &[std::ffi::OsString]| {
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
        let mut command = Command::new("sh");
        command.args(["-c", &script, PROGRAM]).args(args);
        run_command(in_c_locale(command))
    };
    let zip = temp.join("kept.zip");
    let args_to = |to: &Path| args_in(&folder, &["backup".as_ref(), "--to".as_ref(), to.as_os_str()]);
    let restoring =
        ["restore".as_ref(), to.as_os_str(), temp.join("small").as_os_str()].map(std::ffi::OsStr::to_owned);
    backup(&folder, &to, &quiet).unwrap();
    backup(&folder, &zip, &quiet).unwrap();
    let then = journal(&folder);
    for n in 10..13 {
        picture(&temp, &folder, n);
    }
    // One that does not fit where the database does.
    picture(&temp, &folder, 300_000);
    for blocks in [0, 1, 8, 20, 60, 100] {
        for place in [&to, &zip] {
            let ran = limited(blocks, &args_to(place)).ends(3);
            assert!(ran.err.starts_with("error: "), "{}", ran.err);
        }
        limited(blocks, &restoring).ends(3);
        assert!(!temp.join("small").exists());
    }
    limited(400, &args_to(&to)).fails(3, &["disk or quota is full"]);
    restores_to(&to, &temp, "again", &then);
    restores_to(&zip, &temp, "again2", &then);
    run(&restoring).ends(0);
}

#[test]
fn two_backups_do_not_write_to_one_place() {
    let temp = Temp::new();
    let (folder, to) = (folder(&temp), temp.join("kept"));
    backup(&folder, &to, &quiet).unwrap();
    let lock = fs::File::options().write(true).open(to.join(".lock")).unwrap();
    lock.lock().unwrap();
    let busy = backup(&folder, &to, &quiet);
    assert!(matches!(busy, Err(Trouble::Backup(BackupTrouble::Busy(_)))), "{busy:?}");
    drop(lock);
    backup(&folder, &to, &quiet).unwrap();
}
