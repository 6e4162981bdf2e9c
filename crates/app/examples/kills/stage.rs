//! Where verbs are killed: the folder before each of them, and what it holds after each undisturbed.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tallyproof::pipeline::{backup, packs};
use tallyproof_evidence::bag::archive::open;
use tallyproof_evidence::verify::{Request, verify};

use super::Verb;
use super::fault::{Calm, calm, done};
use super::log::copy_dir;
use super::look::{Seen, left_behind, look, results, said};

/// Tables of the made-up country: a verb takes a second or two.
const TABLES: &str = "12";
const SEED: &str = "5";
/// Photographs that are added and read: reading takes longest.
const PHOTOS: usize = 6;
/// The demonstration's pack.
const PACK: &str = "synthetic-demo";

/// Folders and files of a run:
///
/// ```text
/// ROOM/made/            the demonstration: pack and photographs
/// ROOM/before-VERB/     work/, key and table.csv as they are before the verb
/// ROOM/after-VERB/      the same after it
/// ROOM/wild/            what is killed
/// ```
pub(crate) struct Stage {
    room: PathBuf,
    wild: PathBuf,
    program: PathBuf,
    calm: BTreeMap<Verb, Calm>,
}

impl Stage {
    /// Makes what is needed, unless it is there.
    pub(crate) fn new(room: &Path, program: &Path) -> Self {
        let room = fs::canonicalize(room).expect("the folder is there");
        let wild = room.join("wild");
        let mut stage = Self { room, wild, program: program.to_owned(), calm: BTreeMap::new() };
        let made = stage.room("made");
        done(stage.run(&["demo", &text(&made), "--tables", TABLES, "--seed", SEED]));
        stage.rehearse(&made);
        stage
    }

    /// A place in the room.
    pub(crate) fn room(&self, name: &str) -> PathBuf {
        self.room.join(name)
    }

    pub(crate) fn program(&self) -> &Path {
        &self.program
    }

    /// The folder that is killed, with what lies beside it.
    pub(crate) fn wild(&self) -> &Path {
        &self.wild
    }

    /// What a verb does undisturbed.
    pub(crate) fn calm(&self, verb: Verb) -> &Calm {
        &self.calm[&verb]
    }

    fn run(&self, args: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.args(args).env("LANG", "C").env_remove("LC_ALL").env_remove("LC_MESSAGES");
        command
    }

    /// A verb in a folder `place/work`, with its own things beside it.
    fn verb_in(&self, place: &Path, verb: Verb) -> Command {
        let work = text(&place.join("work"));
        let beside = |name: &str| text(&place.join(name));
        let (table, key, photos) = (beside("table.csv"), beside("key"), text(&self.room("photos")));
        let (map, bundle, kept) = (beside("map.toml"), beside("bundle"), beside("backup"));
        let packed = beside("bundle.zip");
        let args: Vec<&str> = match verb {
            Verb::Import => vec!["import", &table, "--source", "party", "--map", &map],
            Verb::Add => vec!["add", &photos],
            Verb::Read => vec!["read", "--jobs", "2"],
            Verb::Publish => vec!["publish", &bundle, "--key", &key, "--proofs", "--yes"],
            Verb::Pack => vec!["publish", &packed, "--key", &key, "--yes"],
            Verb::Backup => vec!["backup", "--to", &kept],
            Verb::Entries => Vec::new(),
        };
        self.run(&[&["-C", &work], &args[..]].concat())
    }

    /// Goes through all verbs undisturbed, keeping the folder before and after each.
    fn rehearse(&mut self, made: &Path) {
        let first = self.room("first");
        let _ = fs::remove_dir_all(&first);
        fs::create_dir_all(&first).expect("the folder can be made");
        let photos = self.room("photos");
        copy_some(&made.join("synthetic/photos"), &photos, PHOTOS);
        // Also what is no picture, and a picture in an archive.
        fs::write(photos.join("empty.jpg"), "").expect("room on the disk");
        let pack = made.join("synthetic/election").join(PACK);
        self.table(&first, &pack);
        let (work, key) = (text(&first.join("work")), text(&first.join("key")));
        done(self.run(&["new", &work, "--pack", &text(&pack)]));
        done(self.run(&["key", "new", "--out", &key, "--no-passphrase"]));
        let mut at = first;
        for verb in Verb::ALL.into_iter().filter(|verb| *verb != Verb::Entries) {
            if verb == Verb::Pack {
                // Where nothing was published yet.
                at = self.room("before-Publish");
            }
            let (before, after) =
                (self.room(&format!("before-{verb:?}")), self.room(&format!("after-{verb:?}")));
            copy_dir(&at, &before);
            copy_dir(&at, &after);
            let again = || {
                copy_dir(&before, &after);
                self.verb_in(&after, verb)
            };
            let calm = calm(self.verb_in(&after, verb), again, &self.room("trace"));
            self.calm.insert(verb, calm);
            at = after;
        }
    }

    /// A published table of the country, and a mapping for it.
    fn table(&self, place: &Path, pack: &Path) {
        let loaded = packs::from_dir(pack).expect("the demonstration's pack");
        let ids: Vec<&str> = loaded.pack.selections.iter().map(|s| s.id.as_str()).collect();
        let votes: Vec<String> = ids.iter().map(|id| format!("{id} = \"{id}\"")).collect();
        let map = format!(
            "id = \"made\"\nencoding = \"utf-8\"\ntable = \"{{table:9}}\"\nnull = \"null\"\nvotes = {{ {} }}\n",
            votes.join(", ")
        );
        fs::write(place.join("map.toml"), map).expect("room on the disk");
        let mut rows = format!("table,null,{}\n", ids.join(","));
        let register = loaded.register.expect("the demonstration has a register");
        for (i, table) in register.tables.keys().enumerate() {
            let votes: Vec<String> =
                (0..ids.len()).map(|s| (20 + (i * 7 + s * 13) % 90).to_string()).collect();
            rows += &format!("{table},{},{}\n", i % 5, votes.join(","));
        }
        fs::write(place.join("table.csv"), rows).expect("room on the disk");
    }

    /// Puts the wild folder where it was before a verb.
    pub(crate) fn set_out(&self, verb: Verb) {
        copy_dir(&self.room(&format!("before-{verb:?}")), &self.room("wild"));
    }

    /// The verb in the wild folder.
    pub(crate) fn command(&self, verb: Verb) -> Command {
        self.verb_in(&self.room("wild"), verb)
    }

    pub(crate) fn look(&self) -> Seen {
        look(&self.room("wild/work"))
    }

    /// Whether the verb did all it does, though it was killed: a bundle that is there is not written over.
    pub(crate) fn is_over(&self, verb: Verb) -> bool {
        bundle_name(verb).is_some_and(|name| self.wild.join(name).exists())
    }

    /// Runs the verb to its end, and compares with the undisturbed run; gives what is amiss.
    pub(crate) fn finish(&self, verb: Verb, before: &Seen) -> Vec<String> {
        let (wild, after) = (self.room("wild"), self.room(&format!("after-{verb:?}")));
        let mut faults = Vec::new();
        if !self.is_over(verb) {
            let mut command = self.command(verb);
            let ended = command.output().expect("the program starts");
            if !ended.status.success() {
                let said = String::from_utf8_lossy(&ended.stderr).into_owned();
                faults.push(format!("going on ended with {:?}: {said}", ended.status.code()));
                return faults;
            }
        }
        faults.extend(self.look().since(before));
        faults.extend(left_behind(&wild).into_iter().map(|path| format!("left behind: {path}")));
        if said(&wild.join("work")) != said(&after.join("work")) {
            faults.push("the journal says something else than that of an undisturbed run".to_owned());
        }
        if results(&wild.join("work"), PACK) != results(&after.join("work"), PACK) {
            faults.push("results differ from those of an undisturbed run".to_owned());
        }
        match verb {
            Verb::Publish | Verb::Pack => {
                let open =
                    |place: &Path| open(&place.join(bundle_name(verb).unwrap_or_default()), &self.room);
                match (open(&wild), open(&after)) {
                    (Ok(wild), Ok(after)) => faults.extend(bundle(wild.root(), after.root())),
                    _ => faults.push("the bundle does not open".to_owned()),
                }
            }
            Verb::Backup => faults.extend(self.backup(&wild)),
            _ => {}
        }
        faults
    }

    /// What is amiss with the backup beside a folder: restored, it must be the folder.
    fn backup(&self, wild: &Path) -> Vec<String> {
        let to = self.room("restored");
        let _ = fs::remove_dir_all(&to);
        if let Err(trouble) = backup::restore(&wild.join("backup"), &to, &|_, _| {}) {
            return vec![format!("the backup does not restore: {trouble}")];
        }
        let (restored, own) = (look(&to), look(&wild.join("work")));
        let mut faults = restored.faults;
        if restored.events != own.events {
            faults.push("the backup has other events".to_owned());
        }
        faults
    }
}

/// Copies the first files of a folder by name.
fn copy_some(from: &Path, to: &Path, n: usize) {
    let _ = fs::remove_dir_all(to);
    fs::create_dir_all(to).expect("the folder can be made");
    let entries = fs::read_dir(from).expect("a folder").flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths.iter().take(n) {
        fs::copy(path, to.join(path.file_name().unwrap_or_default())).expect("the file can be copied");
    }
}

fn bundle_name(verb: Verb) -> Option<&'static str> {
    match verb {
        Verb::Publish => Some("bundle"),
        Verb::Pack => Some("bundle.zip"),
        _ => None,
    }
}

/// What is amiss with a bundle: it must verify, and its derived files be those of the other.
fn bundle(wild: &Path, after: &Path) -> Vec<String> {
    let request =
        Request { pinned: Vec::new(), since: None, witnesses: None, cosigned: None, calibration: true };
    let mut faults = Vec::new();
    match verify(wild, &request, &mut |_| {}) {
        Ok(found) => faults.extend(found.discrepancies.iter().map(|one| format!("bundle: {one:?}"))),
        Err(error) => faults.push(format!("bundle: {error}")),
    }
    for name in ["results.json", "report-en.html", "report-es.html", "datapackage.json"] {
        let read = |place: &Path| fs::read(place.join("data").join(name)).ok();
        if read(wild).is_none() || read(wild) != read(after) {
            faults.push(format!("bundle: data/{name} differs from that of an undisturbed run"));
        }
    }
    faults
}

fn text(path: &Path) -> String {
    path.to_str().expect("paths of ours are text").to_owned()
}
