//! Every place where the command line takes a file.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::run::done;

/// A place where a file is taken: its arguments, where `{}` is the file, `@NAME` a file of the place.
pub(crate) struct Door {
    pub(crate) name: &'static str,
    pub(crate) args: &'static [&'static str],
    /// Whether the file is copied to where the verb looks for it: a path below the place.
    pub(crate) put_at: Option<&'static str>,
}

const fn door(name: &'static str, args: &'static [&'static str]) -> Door {
    Door { name, args, put_at: None }
}

const fn put(name: &'static str, at: &'static str, args: &'static [&'static str]) -> Door {
    Door { name, args, put_at: Some(at) }
}

/// All doors.
pub(crate) const DOORS: &[Door] = &[
    door("add", &["-C", "@worked", "add", "{}"]),
    door("import", &["-C", "@worked", "import", "{}", "--source", "zoo"]),
    door("import --map", &["-C", "@worked", "import", "@table.csv", "--source", "zoo", "--map", "{}"]),
    door("new --boundaries", &["new", "@new", "--pack", "venezuela-2024", "--boundaries", "{}"]),
    door("new --pack", &["new", "@new", "--pack", "{}"]),
    put("new --pack, within", "pack/election.toml", &["new", "@new", "--pack", "@pack"]),
    put("register of a pack", "registered/register.csv", &["new", "@new", "--pack", "@registered"]),
    door("pack check", &["pack", "check", "{}"]),
    put("pack check, within", "pack/election.toml", &["pack", "check", "@pack"]),
    door("pack copy", &["pack", "copy", "{}", "@new"]),
    door("verify", &["verify", "{}", "--no-signer"]),
    door("verify --signer", &["verify", "@bundle", "--signer", "{}"]),
    door("verify --since", &["verify", "@bundle", "--no-signer", "--since", "{}"]),
    door("verify --witnesses", &["verify", "@bundle", "--no-signer", "--witnesses", "{}"]),
    put("journal of a bundle", "broken/data/journal.jsonl", &["verify", "@broken", "--no-signer"]),
    put("head of a bundle", "broken/data/checkpoint", &["verify", "@broken", "--no-signer"]),
    put("manifest of a bundle", "broken/manifest-sha256.txt", &["verify", "@broken", "--no-signer"]),
    put("signature of a bundle", "broken/tagmanifest-sha256.txt.sig", &["verify", "@broken", "--no-signer"]),
    door("prove", &["prove", "01.01", "--bundle", "{}", "--out", "@new.proof"]),
    door("compare, tables", &["-C", "@work", "compare", "{}", "@table.csv"]),
    door("compare, bundles", &["compare", "@bundle", "{}"]),
    door("restore", &["restore", "{}", "@new"]),
    put("list of a backup", "kept/backup.json", &["restore", "@kept", "@new"]),
    door("backup --to", &["-C", "@work", "backup", "--to", "{}"]),
    door("audit record --from", &["-C", "@work", "audit", "record", "--from", "{}", "--convenience"]),
    door("journal open", &["journal", "open", "{}", "--bundle", "@bundle"]),
    door("journal open --bundle", &["journal", "open", "@table.csv", "--bundle", "{}"]),
    door("key show", &["key", "show", "{}"]),
    door("key sign", &["key", "sign", "{}", "--key", "@key", "--out", "@new.sig"]),
    put(
        "key sign --cosign",
        "cosigned/head",
        &["key", "sign", "{}", "--key", "@key", "--cosign", "--name", "w.test"],
    ),
    door("key sign --key", &["key", "sign", "@table.csv", "--key", "{}", "--out", "@new.sig"]),
    door("key new --passphrase-file", &["key", "new", "--out", "@new.key", "--passphrase-file", "{}"]),
    door("publish --key", &["-C", "@work", "publish", "@new.bundle", "--key", "{}", "--yes"]),
    door(
        "publish --statement",
        &["-C", "@work", "publish", "@new.bundle", "--key", "@key", "--yes", "--statement", "{}"],
    ),
    door("publish OUT", &["-C", "@work", "publish", "{}", "--key", "@key", "--yes"]),
    door("site --attach", &["-C", "@work", "site", "--out", "@new", "--attach", "{}"]),
    door("site --images", &["-C", "@work", "site", "--out", "@new", "--images", "{}"]),
    door(
        "serve --tls-cert",
        &["-C", "@work", "serve", "--listen", "127.0.0.1:0", "--tls-cert", "{}", "--tls-key", "@key"],
    ),
    door("-C", &["-C", "{}", "status"]),
    put("database of a folder", "hollow/tallyproof.db", &["-C", "@hollow", "status"]),
    put("database, to write", "hollow/tallyproof.db", &["-C", "@hollow", "add", "@table.csv"]),
    put("pack of a folder", "worked/election/small/election.toml", &["-C", "@worked", "run"]),
    put(
        "kept head",
        "worked/published/000000000001.checkpoint",
        &["-C", "@worked", "publish", "@new.bundle", "--key", "@key", "--yes"],
    ),
];

/// Where doors are: a sound folder, pack, bundle and backup, and copies that are spoilt.
pub(crate) struct Place {
    pub(crate) folder: PathBuf,
    pub(crate) program: PathBuf,
}

/// What a visit changes, and from what it is made anew.
const SPOILT: [(&str, &str); 6] = [
    ("pack", "sound-pack"),
    ("registered", "sound-pack"),
    ("broken", "bundle"),
    ("kept", "sound-backup"),
    ("hollow", "work"),
    ("worked", "work"),
];

impl Place {
    /// Makes a place.
    pub(crate) fn new(folder: &Path, program: &Path) -> Self {
        let _ = fs::remove_dir_all(folder);
        fs::create_dir_all(folder).expect("the folder can be made");
        let folder = folder.canonicalize().expect("the folder is there");
        let place = Self { folder, program: program.to_owned() };
        place.write("small/election.toml", include_str!("../../../core/tests/small.toml"));
        place.write("small/register.csv", "table,electors\n01.01,400\n01.02,400\n02.01,350\n02.02,\n");
        copy(&place.at("small"), &place.at("sound-pack"));
        place.write("table.csv", "table,A,B,valid,null\n01.01,100,90,190,3\n02.01,10,20,30,1\n");
        for args in [
            &["new", "@work", "--pack", "@small"][..],
            &["-C", "@work", "import", "@table.csv", "--source", "one"],
            &["key", "new", "--out", "@key", "--no-passphrase"],
            &["-C", "@work", "publish", "@bundle", "--key", "@key", "--proofs", "--yes"],
            &["-C", "@work", "backup", "--to", "@sound-backup"],
        ] {
            done(place.command(args, Path::new("")));
        }
        place
    }

    pub(crate) fn at(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.at(name);
        fs::create_dir_all(path.parent().expect("below the folder")).expect("the folder can be made");
        fs::write(path, text).expect("room on the disk");
    }

    /// Makes ready for a visit: what the one before left is gone. Gives the file as the verb sees it; `None` where it
    /// cannot be put there.
    pub(crate) fn ready(&self, door: &Door, animal: &Path) -> Option<PathBuf> {
        for name in ["new", "new.proof", "new.sig", "new.key", "new.key.pub", "new.bundle"] {
            let path = self.at(name);
            let _ = fs::remove_dir_all(&path);
            let _ = fs::remove_file(&path);
        }
        for (spoilt, sound) in SPOILT {
            if door.args.iter().any(|arg| arg.strip_prefix('@') == Some(spoilt)) {
                let _ = fs::remove_dir_all(self.at(spoilt));
                copy(&self.at(sound), &self.at(spoilt));
            }
        }
        let Some(at) = door.put_at else { return Some(animal.to_owned()) };
        let place = self.at(at);
        fs::create_dir_all(place.parent().expect("below the folder")).ok()?;
        let _ = fs::remove_file(&place);
        // As it is: a link stays one, and a pipe.
        let moved = Command::new("cp").args(["-a", "-T", "--"]).arg(animal).arg(&place).output();
        moved.is_ok_and(|ended| ended.status.success()).then_some(place)
    }

    /// The command with these arguments.
    pub(crate) fn command(&self, args: &[&str], animal: &Path) -> Command {
        let mut command = Command::new(&self.program);
        for arg in args {
            command.arg(match arg.strip_prefix('@') {
                Some(name) => self.at(name).into_os_string(),
                None if *arg == "{}" => animal.as_os_str().to_owned(),
                None => OsString::from(arg),
            });
        }
        command
    }
}

/// Copies a folder.
fn copy(from: &Path, to: &Path) {
    let _ = fs::remove_dir_all(to);
    fs::create_dir_all(to).expect("the folder can be made");
    for entry in fs::read_dir(from).expect("a folder").flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("the file can be copied");
        }
    }
}
