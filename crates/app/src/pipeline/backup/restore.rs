//! Restoring: from a backup to a new working folder, every part checked.

use std::fs;
use std::path::Path;

use super::contents::{HEAD, Head, Part, damaged, each_file, file_name};
use super::shelf::Shelf;
use super::{beside, check_database};
use crate::store::{Access, Store};
use crate::trouble::{Outcome, Trouble};

/// Marks a folder that is being restored.
const MARK: &str = "restoring";

/// What was restored.
#[derive(Debug)]
pub struct Restored {
    /// What the backup says of itself.
    pub head: Head,
    /// Kept files that the journal speaks of and the backup did not have.
    pub faults: Vec<Trouble>,
}

/// Restores a backup into a folder that is not there, or is empty. Everything is checked before the folder gets its
/// name: the hash of every file, the database, the journal's chain, its projections.
pub fn restore(backup: &Path, folder: &Path, progress: &dyn Fn(u64, u64)) -> Outcome<Restored> {
    let is_taken =
        |path: &Path| fs::read_dir(path).map_or(path.exists(), |mut entries| entries.next().is_some());
    if is_taken(folder) {
        return Err(Trouble::FolderExists(folder.to_owned()));
    }
    let mut shelf = Shelf::open(backup)?;
    let head = shelf.head()?;
    let part = beside(folder, ".part");
    // What a killed restoring left is gone over; anything else is not ours.
    if is_taken(&part) {
        if !part.join(MARK).is_file() {
            return Err(Trouble::FolderExists(part));
        }
        fs::remove_dir_all(&part).map_err(Trouble::io(&part))?;
    }
    fs::create_dir_all(&part).map_err(Trouble::io(&part))?;
    let mark = part.join(MARK);
    fs::write(&mark, b"").map_err(Trouble::io(&mark))?;
    let faults = unpack(&mut shelf, &head, &part, progress).inspect_err(|_| {
        // Half of a folder, with everybody's private parts, is of no use to anybody.
        let _ = fs::remove_dir_all(&part);
    })?;
    fs::remove_file(&mark).map_err(Trouble::io(&mark))?;
    if folder.exists() {
        fs::remove_dir(folder).map_err(Trouble::io(folder))?;
    }
    fs::rename(&part, folder).map_err(Trouble::io(folder))?;
    Ok(Restored { head, faults })
}

fn unpack(shelf: &mut Shelf, head: &Head, part: &Path, progress: &dyn Fn(u64, u64)) -> Outcome<Vec<Trouble>> {
    let place = shelf.path().to_owned();
    for dir in ["election", "sources", "originals"] {
        let dir = part.join(dir);
        fs::create_dir_all(&dir).map_err(Trouble::io(&dir))?;
    }
    shelf.copy(&head.database_name(), &head.database, &part.join("tallyproof.db"))?;
    // The list is hashed before any of its lines is believed.
    let lines = part.join("list.txt");
    shelf.copy(&head.list_name(), &head.list, &lines)?;
    let mut n = 0;
    let mut source = fs::File::open(&lines).map_err(Trouble::io(&lines))?;
    each_file(&mut source, &place, &mut |path: &str, file: Part| {
        shelf.copy(&file_name(&file.sha256), &file, &part.join(path))?;
        n += 1;
        progress(n, head.files);
        Ok(())
    })?;
    fs::remove_file(&lines).map_err(Trouble::io(&lines))?;
    if n != head.files {
        return Err(damaged(&place, "lists"));
    }
    let store = Store::open(part, Access::Write)?;
    if check_database(&store)? != (head.events, head.head.clone()) {
        return Err(damaged(&place, HEAD));
    }
    store.check_kept_files()
}
