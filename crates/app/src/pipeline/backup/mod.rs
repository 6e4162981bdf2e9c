//! Backups: a folder's journal and every file it speaks of, somewhere else, checked.
//!
//! ```text
//! BACKUP/backup.json           what the backup is; replaced in one step, at the very end
//! BACKUP/database/<sha256>.db  the database
//! BACKUP/lists/<sha256>.txt    every file: hash, length, path
//! BACKUP/files/<xx>/<sha256>   their bytes
//! ```
//! The database is copied while others work in it (`VACUUM INTO`), then opened and checked like a working folder's.
//! Files are named by their bytes, so a second backup into the same folder writes only what is new, and one that is
//! stopped at any moment leaves the one before it whole. Instead of a folder, `FILE.zip` holds the same.
//!
//! A backup holds what the folder holds, private parts of the journal included: it is to be kept like the folder.
//! Keys to sign with are not in it.

mod contents;
mod restore;
mod shelf;

use std::collections::BTreeSet;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

pub use contents::{Head, Part};
pub use restore::{Restored, restore};

use contents::{HEAD, List, PARTS, damaged, file_name, is_hash, write_list};
use shelf::{Shelf, Writing};

use crate::store::{Access, Keeping, Store, sha256_of};
use crate::trouble::{BackupTrouble, Outcome, Trouble};

/// Deepest folder looked into: parts are two deep, packs may be some more.
const MAX_DEPTH: u32 = 16;

/// How long another's lock of a backup is waited for before it is said to be busy.
const LOCK_PATIENCE: Duration = Duration::from_secs(1);

/// What a backup is.
#[derive(Debug)]
pub struct Backup {
    /// What it says of itself.
    pub head: Head,
    /// Files written now.
    pub n_new: u64,
    /// Their length together, bytes.
    pub new_bytes: u64,
    /// Kept files that are gone or changed in the folder, and were in no earlier backup either.
    pub faults: Vec<Trouble>,
}

/// Backs a working folder up into a folder, or into an archive where `to` ends in `.zip`; others may go on working in
/// it. `progress` is told how many of how many files are done; each is done twice, written and checked.
///
/// Fails, and leaves the backup that was there as it was, when the copy does not pass its checks.
pub fn backup(folder: &Path, to: &Path, progress: &dyn Fn(u64, u64)) -> Outcome<Backup> {
    refuse_inside(folder, to)?;
    let is_archive = to.extension().is_some_and(|end| end.eq_ignore_ascii_case("zip"));
    if is_archive {
        return backup_for_fetching(folder, to, progress);
    }
    // What was there must be a backup, or nothing.
    let _lock = lock_folder(to)?;
    let store = Store::open(folder, Access::Read)?;
    let incoming = to.join("incoming");
    remove_incoming(&incoming)?;
    let made = backup_into(&store, to, false, &incoming, progress);
    let removed = remove_incoming(&incoming);
    let made = made?;
    removed?;
    Ok(made)
}

/// As [`backup`], into an archive that whoever asked fetches away: it may lie in the folder, which forgets it.
pub fn backup_for_fetching(folder: &Path, to: &Path, progress: &dyn Fn(u64, u64)) -> Outcome<Backup> {
    let _lock = lock_archive(to)?;
    let store = Store::open(folder, Access::Read)?;
    let incoming = beside(to, ".incoming");
    remove_incoming(&incoming)?;
    let made = backup_into(&store, to, true, &incoming, progress);
    let removed = remove_incoming(&incoming);
    let made = made?;
    removed?;
    Ok(made)
}

fn backup_into(
    store: &Store,
    to: &Path,
    is_archive: bool,
    incoming: &Path,
    progress: &dyn Fn(u64, u64),
) -> Outcome<Backup> {
    let copy = Copied::take(store, incoming)?;
    let earlier = if is_archive { None } else { Some(to) };
    let (list, faults) = listed(store, &copy, earlier)?;
    let target = if is_archive { beside(to, ".part") } else { to.to_owned() };
    let mut writing = if is_archive {
        let file = File::create(&target).map_err(Trouble::io(&target))?;
        let zip = zip::ZipWriter::new(std::io::BufWriter::with_capacity(1 << 17, file));
        Writing::Archive(target.clone(), Box::new(zip))
    } else {
        Writing::Folder(target.clone())
    };
    let written = write_all(&mut writing, store.root(), &copy, &list, incoming, progress);
    let done = written.and_then(|(head, new)| {
        if is_archive {
            writing.put_bytes(HEAD, &head.to_bytes())?;
            writing.finish()?;
            check(&target, &head, &list, None, progress)?;
            fs::rename(&target, to).map_err(Trouble::io(to))?;
        } else {
            check(&target, &head, &list, Some((&mut writing, store.root())), progress)?;
            writing.put_bytes(HEAD, &head.to_bytes())?;
            forget_earlier(to, &head)?;
        }
        Ok((head, new))
    });
    if is_archive && done.is_err() {
        let _ = fs::remove_file(&target);
    }
    let (head, (n_new, new_bytes)) = done?;
    Ok(Backup { head, n_new, new_bytes, faults })
}

/// A database that was copied and passed its checks.
struct Copied {
    path: PathBuf,
    part: Part,
    n_events: u64,
    head: String,
    election: String,
    /// Every file its events speak of, by path in the folder.
    kept: BTreeSet<(PathBuf, String)>,
}

impl Copied {
    fn take(store: &Store, incoming: &Path) -> Outcome<Self> {
        fs::create_dir_all(incoming).map_err(Trouble::io(incoming))?;
        let path = incoming.join("tallyproof.db");
        store.copy_database(&path)?;
        let copy = Store::open(incoming, Access::Write)?;
        let (n_events, head) = check_database(&copy)?;
        let mut kept = BTreeSet::new();
        copy.each_kept_file(&mut |keeping, sha256| {
            let place = match keeping {
                Keeping::Original => store.original_path(sha256),
                Keeping::Source => store.source_path(sha256),
            };
            kept.insert((place, sha256.to_owned()));
        })?;
        let election = copy.setting("pack")?.unwrap_or_default();
        copy.settle()?;
        drop(copy);
        let bytes = fs::metadata(&path).map_err(Trouble::io(&path))?.len();
        let part = Part { sha256: sha256_of(&path)?, bytes };
        Ok(Self { path, part, n_events, head, election, kept })
    }
}

/// Checks a database that nobody else has open: SQLite's own check, the journal's chain, its private parts, its
/// projections. Gives the number of events and the last one's hash.
fn check_database(copy: &Store) -> Outcome<(u64, String)> {
    let unsound = |detail: String| BackupTrouble::NotSound { path: copy.root().to_owned(), detail };
    if let Some(complaint) = copy.integrity()? {
        return Err(unsound(complaint).into());
    }
    let state = copy.check_journal()?;
    if state.n_events == 0 {
        return Err(Trouble::NotAFolder(copy.root().to_owned()));
    }
    if let Some(seq) = state.private_broken.first() {
        return Err(unsound(format!("private part of event {seq}")).into());
    }
    if !state.projections_current {
        return Err(unsound("projections".to_owned()).into());
    }
    Ok((state.n_events, state.head))
}

/// Every file to be kept. What the journal speaks of and the folder has not, or not byte for byte, is taken from the
/// earlier backup where that has it, and is a fault where not.
fn listed(store: &Store, copy: &Copied, earlier: Option<&Path>) -> Outcome<(List, Vec<Trouble>)> {
    let (root, mut list, mut faults) = (store.root(), List::new(), Vec::new());
    let mut named = BTreeSet::new();
    for (path, sha256) in &copy.kept {
        let Some(name) = relative(root, path) else { continue };
        let on_shelf = earlier.map(|dir| dir.join(file_name(sha256)));
        let length = |path: &Path| fs::metadata(path).ok().map(|meta| meta.len());
        let (here, known) = (length(path), on_shelf.as_deref().and_then(length));
        let is_whole = |path: &Path| sha256_of(path).is_ok_and(|found| found == *sha256);
        let bytes = match (here, known) {
            // Of one name and one length: the shelf is checked at the end.
            (Some(here), Some(known)) if here == known => Some(known),
            (Some(here), _) if is_whole(path) => Some(here),
            (_, known) => known.filter(|_| on_shelf.as_deref().is_some_and(is_whole)),
        };
        match bytes {
            Some(bytes) => {
                list.insert(name.clone(), Part { sha256: sha256.clone(), bytes });
            }
            None if name.starts_with("originals/") => faults.push(Trouble::OriginalChanged(path.clone())),
            None => faults.push(Trouble::KeptFileChanged(path.clone())),
        }
        named.insert(name);
    }
    // What no event names: the pack's copy, heads, lists of audits, masked pictures that were looked at.
    for part in PARTS.into_iter().filter(|part| !matches!(*part, "originals" | "sources")) {
        for path in files_below(&root.join(part), 0)? {
            let Some(name) = relative(root, &path).filter(|name| !named.contains(name)) else { continue };
            let bytes = fs::metadata(&path).map_err(Trouble::io(&path))?.len();
            list.insert(name, Part { sha256: sha256_of(&path)?, bytes });
        }
    }
    Ok((list, faults))
}

fn relative(root: &Path, path: &Path) -> Option<String> {
    let below = path.strip_prefix(root).ok()?.to_str()?;
    Some(below.replace(std::path::MAIN_SEPARATOR, "/"))
}

/// Whole files below a folder; links lead elsewhere, and `.part` files are halves.
fn files_below(dir: &Path, depth: u32) -> Outcome<Vec<PathBuf>> {
    let mut found = Vec::new();
    let entries = match fs::read_dir(dir) {
        Ok(entries) if depth < MAX_DEPTH => entries,
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(Trouble::Io { path: dir.to_owned(), error });
        }
        _ => return Ok(found),
    };
    for entry in entries {
        let entry = entry.map_err(Trouble::io(dir))?;
        let kind = entry.file_type().map_err(Trouble::io(dir))?;
        let path = entry.path();
        if kind.is_dir() {
            found.extend(files_below(&path, depth + 1)?);
        } else if kind.is_file() && path.extension().is_none_or(|end| end != "part") {
            found.push(path);
        }
    }
    Ok(found)
}

/// Writes every part but the head; gives number and bytes of the files that were new.
fn write_all(
    writing: &mut Writing,
    root: &Path,
    copy: &Copied,
    list: &List,
    incoming: &Path,
    progress: &dyn Fn(u64, u64),
) -> Outcome<(Head, (u64, u64))> {
    let (mut n_new, mut new_bytes, mut seen) = (0, 0, BTreeSet::new());
    let n_all = 2 * list.len() as u64;
    for (n, (path, part)) in (1..).zip(list) {
        // Two files of the same bytes are one on the shelf.
        if seen.insert(&part.sha256)
            && writing.put(&file_name(&part.sha256), part, &root.join(path), false)?
        {
            n_new += 1;
            new_bytes += part.bytes;
        }
        progress(n, n_all);
    }
    let lines = incoming.join("list.txt");
    let file = File::create(&lines).map_err(Trouble::io(&lines))?;
    let mut out = std::io::BufWriter::new(file);
    write_list(list, &mut out)
        .and_then(|()| out.into_inner().map_err(std::io::IntoInnerError::into_error))
        .and_then(|file| file.sync_all())
        .map_err(Trouble::io(&lines))?;
    let bytes = fs::metadata(&lines).map_err(Trouble::io(&lines))?.len();
    let list_part = Part { sha256: sha256_of(&lines)?, bytes };
    let journal = (copy.n_events, copy.head.clone());
    let mut head = Head::new(copy.election.clone(), journal, copy.part.clone(), list_part);
    head.files = list.len() as u64;
    head.files_bytes = list.values().map(|part| part.bytes).sum();
    writing.put(&head.list_name(), &head.list, &lines, true)?;
    writing.put(&head.database_name(), &head.database, &copy.path, true)?;
    Ok((head, (n_new, new_bytes)))
}

/// Reads everything back and compares it with its hash. A part of an earlier backup that was damaged since is written
/// anew once, where the folder still has it.
fn check(
    target: &Path,
    head: &Head,
    list: &List,
    mut mend: Option<(&mut Writing, &Path)>,
    progress: &dyn Fn(u64, u64),
) -> Outcome<()> {
    // A folder has no head yet, or the last one's.
    let mut shelf = match mend {
        Some(_) => Shelf::Folder(target.to_owned()),
        None => Shelf::open(target)?,
    };
    for (name, part) in [(head.database_name(), &head.database), (head.list_name(), &head.list)] {
        if !shelf.holds(&name, part) {
            return Err(damaged(target, &name));
        }
    }
    let (mut seen, n_all) = (BTreeSet::new(), list.len() as u64);
    for (n, (path, part)) in (1..).zip(list) {
        let name = file_name(&part.sha256);
        if seen.insert(&part.sha256) && !shelf.holds(&name, part) {
            if let Some((writing, root)) = &mut mend {
                writing.put(&name, part, &root.join(path), true)?;
            }
            if !shelf.holds(&name, part) {
                return Err(damaged(target, &name));
            }
        }
        progress(n_all + n, 2 * n_all);
    }
    Ok(())
}

/// Removes databases and lists of earlier backups. Files stay: they cost what they cost once.
fn forget_earlier(to: &Path, head: &Head) -> Outcome<()> {
    let current = [head.database_name(), head.list_name()];
    for (dir, end) in [("database", ".db"), ("lists", ".txt")] {
        let place = to.join(dir);
        for entry in fs::read_dir(&place).map_err(Trouble::io(&place))?.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let is_ours = name.strip_suffix(".part").unwrap_or(&name).strip_suffix(end).is_some_and(is_hash);
            if is_ours && !current.contains(&format!("{dir}/{name}")) {
                fs::remove_file(entry.path()).map_err(Trouble::io(&entry.path()))?;
            }
        }
    }
    Ok(())
}

/// A backup in the folder itself would be lost with it.
fn refuse_inside(folder: &Path, to: &Path) -> Outcome<()> {
    let folder = folder.canonicalize().map_err(Trouble::io(folder))?;
    let absolute = std::path::absolute(to).map_err(Trouble::io(to))?;
    // The nearest ancestor that is there says where a new folder would be.
    let real = absolute.ancestors().find_map(|above| above.canonicalize().ok());
    if real.is_some_and(|real| real.starts_with(&folder)) {
        return Err(BackupTrouble::Inside(to.to_owned()).into());
    }
    Ok(())
}

/// Makes the backup's folder and takes its lock. Fails when the folder holds anything that no backup left there.
fn lock_folder(to: &Path) -> Outcome<File> {
    let known = [HEAD, ".lock", "backup.json.part", "database", "lists", "files", "incoming"];
    fs::create_dir_all(to).map_err(Trouble::io(to))?;
    for entry in fs::read_dir(to).map_err(Trouble::io(to))?.flatten() {
        if !known.contains(&&*entry.file_name().to_string_lossy()) {
            return Err(BackupTrouble::Foreign(to.to_owned()).into());
        }
    }
    lock(&to.join(".lock"), to)
}

/// Takes the lock of an archive, which lies beside it. Fails when the file is no backup.
fn lock_archive(to: &Path) -> Outcome<File> {
    if to.exists() && Shelf::open(to).and_then(|mut shelf| shelf.head()).is_err() {
        return Err(BackupTrouble::Foreign(to.to_owned()).into());
    }
    lock(&beside(to, ".lock"), to)
}

fn lock(path: &Path, backup: &Path) -> Outcome<File> {
    let file =
        File::options().create(true).truncate(false).write(true).open(path).map_err(Trouble::io(path))?;
    let start = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            // A process that is just being started holds a copy of every lock of its parent until it runs.
            Err(TryLockError::WouldBlock) if start.elapsed() < LOCK_PATIENCE => {
                std::thread::sleep(Duration::from_millis(20));
            }
            Err(TryLockError::WouldBlock) => return Err(BackupTrouble::Busy(backup.to_owned()).into()),
            Err(TryLockError::Error(error)) => return Err(Trouble::Io { path: path.to_owned(), error }),
        }
    }
}

/// Removes what a killed backup left of its copy; never a folder that holds anything else.
fn remove_incoming(incoming: &Path) -> Outcome<()> {
    let Ok(entries) = fs::read_dir(incoming) else { return Ok(()) };
    let ours = |name: &str| name.starts_with("tallyproof.db") || matches!(name, ".lock" | "list.txt");
    for entry in entries.flatten() {
        if !ours(&entry.file_name().to_string_lossy()) {
            return Err(BackupTrouble::Foreign(incoming.to_owned()).into());
        }
    }
    fs::remove_dir_all(incoming).map_err(Trouble::io(incoming))
}

fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}
