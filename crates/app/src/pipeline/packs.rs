//! Election packs: embedded in the program, and read from folders.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rust_embed::RustEmbed;
use tallyproof_core::journal::sha256_hex;
use tallyproof_core::pack::{Pack, PackFault, PackFaultCode};
use tallyproof_core::register::{Register, RegisterError};

use crate::trouble::{Outcome, PackTrouble, Trouble};

/// Name of the pack's own file.
pub const PACK_FILE: &str = "election.toml";

/// Longest `election.toml`, bytes: Venezuela's has 14 kB, a thousand selections 200 kB.
const MAX_PACK_BYTES: u64 = 4 << 20;

/// Longest register, bytes: a million tables at 200 bytes each.
const MAX_REGISTER_BYTES: u64 = 256 << 20;

#[derive(RustEmbed)]
#[folder = "../../elections/"]
struct Embedded;

/// A pack with the files it is made of.
#[derive(Clone, Debug)]
pub struct LoadedPack {
    /// The election.
    pub pack: Pack,
    /// Its register, if it has one.
    pub register: Option<Register>,
    /// Its files by name.
    pub files: BTreeMap<String, Vec<u8>>,
}

impl LoadedPack {
    /// Hex SHA-256 of each file, by name.
    pub fn hashes(&self) -> BTreeMap<String, String> {
        self.files.iter().map(|(name, bytes)| (name.clone(), sha256_hex(bytes))).collect()
    }
}

/// Ids of the embedded packs.
pub fn embedded() -> Vec<String> {
    let mut ids: Vec<String> =
        Embedded::iter().filter_map(|path| Some(path.strip_suffix("/election.toml")?.to_owned())).collect();
    ids.sort();
    ids
}

/// Finds a pack by the id of an embedded one, or by its folder. A folder wins when it holds a pack, so that
/// `--pack ./venezuela-2024` is never the embedded one.
pub fn find(name: &str) -> Outcome<LoadedPack> {
    let dir = Path::new(name);
    if dir.join(PACK_FILE).is_file() {
        return from_dir(dir);
    }
    if embedded().iter().any(|id| id == name) {
        return load(name, Path::new(name), |file, _| {
            Ok(Embedded::get(&format!("{name}/{file}")).map(|f| f.data))
        });
    }
    Err(Trouble::UnknownPack { name: name.to_owned(), known: embedded() })
}

/// Reads a pack from a folder; the folder's name is its id.
pub fn from_dir(dir: &Path) -> Outcome<LoadedPack> {
    let absolute = dir.canonicalize().map_err(Trouble::io(dir))?;
    let id = absolute.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    load(&id, dir, |file, most| read_limited(&dir.join(file), most).map(|bytes| bytes.map(Cow::Owned)))
}

fn load<'f>(
    id: &str,
    dir: &Path,
    read: impl Fn(&str, u64) -> Outcome<Option<Cow<'f, [u8]>>>,
) -> Outcome<LoadedPack> {
    let missing =
        |name: &str| Trouble::Io { path: dir.join(name), error: std::io::ErrorKind::NotFound.into() };
    let toml = read(PACK_FILE, MAX_PACK_BYTES)?.ok_or_else(|| missing(PACK_FILE))?;
    let pack = parse(id, &dir.join(PACK_FILE), &toml)?;
    let mut files = BTreeMap::from([(PACK_FILE.to_owned(), toml.into_owned())]);
    let mut register = None;
    if let Some(described) = &pack.register {
        let bytes = read(&described.file, MAX_REGISTER_BYTES)?.ok_or_else(|| missing(&described.file))?;
        let chars: Vec<usize> = pack.levels.iter().map(|level| level.chars).collect();
        let file = dir.join(&described.file);
        let parsed = Register::parse(&bytes, described, &pack.pattern, &chars);
        register = Some(parsed.map_err(|error| register_trouble(file, pack.pattern.as_str(), error))?);
        files.insert(described.file.clone(), bytes.into_owned());
    }
    Ok(LoadedPack { pack, register, files })
}

/// Says of a register's file what is wrong with it; `pattern` is the form of the pack's table ids.
pub(super) fn register_trouble(file: PathBuf, pattern: &str, error: RegisterError) -> Trouble {
    let pattern = pattern.to_owned();
    match error {
        RegisterError::Csv(error) => Trouble::Csv { file, error },
        RegisterError::Row { line, fault, column, value } => {
            PackTrouble::RegisterRow { file, line, fault, column, value, pattern }.into()
        }
    }
}

fn parse(id: &str, file: &Path, toml: &[u8]) -> Outcome<Pack> {
    let bad = |faults| Trouble::BadPack { file: file.to_owned(), faults };
    let text = std::str::from_utf8(toml).map_err(|error| bad(vec![not_utf8(toml, error.valid_up_to())]))?;
    Pack::parse(id, text.strip_prefix('\u{feff}').unwrap_or(text)).map_err(bad)
}

/// An editor's older encoding: read with signs in place of letters, names would be garbled for good.
fn not_utf8(toml: &[u8], at: usize) -> PackFault {
    let line = toml.get(..at).unwrap_or_default().iter().filter(|&&b| b == b'\n').count() + 1;
    PackFault { code: PackFaultCode::NotUtf8, line: Some(line), args: Vec::new() }
}

/// The bytes of a file of at most `most` bytes; `None` when there is none.
pub fn read_limited(path: &Path, most: u64) -> Outcome<Option<Vec<u8>>> {
    use std::io::Read;
    let file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Trouble::Io { path: path.to_owned(), error }),
    };
    let mut bytes = Vec::new();
    file.take(most + 1).read_to_end(&mut bytes).map_err(Trouble::io(path))?;
    if bytes.len() as u64 > most {
        let error = std::io::Error::other(format!("larger than {most} bytes"));
        return Err(Trouble::Io { path: path.to_owned(), error });
    }
    Ok(Some(bytes))
}

/// Writes a pack's files into a folder.
pub fn write(dir: &Path, loaded: &LoadedPack) -> Outcome<()> {
    std::fs::create_dir_all(dir).map_err(Trouble::io(dir))?;
    for (name, bytes) in &loaded.files {
        let path: PathBuf = dir.join(name);
        std::fs::write(&path, bytes).map_err(Trouble::io(&path))?;
    }
    Ok(())
}
