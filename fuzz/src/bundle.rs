//! Bundles: archives unpacked, and bags checked, as `verify` does before it looks at anything else.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use tallyproof_core::journal::sha256_hex;
use tallyproof_evidence::bag::archive::{Kind, unpack};
use tallyproof_evidence::bag::{BAGIT_TXT, Bag, check};
use tallyproof_evidence::verify::{Request, verify};

use crate::chosen;

/// A folder of this process; in memory where the system has such.
pub static DIR: LazyLock<PathBuf> = LazyLock::new(|| {
    let base = Path::new("/dev/shm");
    let base = if base.is_dir() { base.to_owned() } else { std::env::temp_dir() };
    let dir = base.join(format!("tallyproof-fuzz-{}", std::process::id()));
    fs::create_dir_all(&dir).expect("the folder can be made");
    dir
});

/// An archive or a bag: the first byte says whether the rest is a zip, a tar inside zstd, a tar that is to be
/// compressed first, or files of a bag.
pub fn bundle(bytes: &[u8]) {
    let Some((kind, rest)) = chosen(bytes, 4) else { return };
    match kind {
        0 => archive(rest, Kind::Zip),
        1 => archive(rest, Kind::TarZst),
        2 => archive(&zstd::encode_all(rest, 1).expect("memory takes it"), Kind::TarZst),
        _ => files(rest, bytes[0] & 4 == 0),
    }
}

fn archive(bytes: &[u8], kind: Kind) {
    let path = DIR.join("archive");
    fs::write(&path, bytes).expect("the file can be written");
    if let Ok(unpacked) = unpack(&path, kind, &DIR) {
        looked_at(unpacked.root());
    }
    let left = fs::read_dir(&*DIR).expect("the folder is there").count();
    assert!(left <= 2, "{left} things left behind");
}

/// Files of a bag: a line with a path, two bytes of length, and so many bytes, again and again. Paths that lead
/// out of the folder are not written: that would be this program's doing.
///
/// Sealed ones get manifests that hold, so that what comes after the files' hashes is reached.
fn files(mut rest: &[u8], sealed: bool) {
    let root = DIR.join("bag");
    let _ = fs::remove_dir_all(&root);
    fs::create_dir_all(&root).expect("the folder can be made");
    for _ in 0..24 {
        let Some(end) = rest.iter().position(|byte| *byte == b'\n') else { break };
        let (name, more) = (&rest[..end], &rest[end + 1..]);
        let Some((length, more)) = more.split_first_chunk::<2>() else { break };
        let (bytes, more) = more.split_at(usize::from(u16::from_le_bytes(*length)).min(more.len()));
        rest = more;
        let Ok(name) = std::str::from_utf8(name) else { continue };
        if name.is_empty() || name.starts_with('/') || name.contains("..") || name.contains('\0') {
            continue;
        }
        let path = root.join(name);
        if path.parent().is_some_and(|dir| fs::create_dir_all(dir).is_ok()) {
            let _ = fs::File::create(&path).and_then(|mut file| file.write_all(bytes));
        }
    }
    if sealed {
        seal(&root);
    }
    looked_at(&root);
}

fn seal(root: &Path) {
    let Ok((bag, _)) = Bag::open(root) else { return };
    let (mut manifest, mut n_bytes, mut n_files) = (String::new(), 0, 0);
    for (path, size) in bag.files.iter().filter(|(path, _)| path.starts_with("data/")) {
        let bytes = bag.read(path, 1 << 20).unwrap_or_default();
        manifest += &format!("{}  {path}\n", sha256_hex(&bytes));
        (n_bytes, n_files) = (n_bytes + size, n_files + 1);
    }
    let info = format!("Payload-Oxum: {n_bytes}.{n_files}\n");
    let tags =
        [("bag-info.txt", info.as_str()), ("bagit.txt", BAGIT_TXT), ("manifest-sha256.txt", &manifest)];
    let mut of_tags = String::new();
    for (name, text) in tags {
        of_tags += &format!("{}  {name}\n", sha256_hex(text.as_bytes()));
        let _ = fs::write(root.join(name), text);
    }
    let _ = fs::write(root.join("tagmanifest-sha256.txt"), of_tags);
}

fn looked_at(root: &Path) {
    if let Ok((bag, _)) = Bag::open(root) {
        let _ = check(&bag);
    }
    let request =
        Request { pinned: Vec::new(), since: None, witnesses: None, cosigned: None, calibration: true };
    let _ = verify(root, &request, &mut |_| {});
}
