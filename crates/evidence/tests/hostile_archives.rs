//! Archives made to write elsewhere, to fill a disk, or to be unpacked for ever.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use tallyproof_evidence::bag::archive::{Kind, unpack};
use tempfile::TempDir;

type Tar = tar::Builder<zstd::Encoder<'static, File>>;

fn tar_of(temp: &TempDir, name: &str, fill: impl FnOnce(&mut Tar)) -> PathBuf {
    let path = temp.path().join(format!("{name}.tar.zst"));
    let out = zstd::Encoder::new(File::create(&path).unwrap(), 1).unwrap();
    let mut tar = tar::Builder::new(out);
    fill(&mut tar);
    tar.into_inner().unwrap().finish().unwrap();
    path
}

fn header(name: &str, kind: tar::EntryType, size: u64) -> tar::Header {
    let mut header = tar::Header::new_ustar();
    // The builder refuses such names; the bytes are written as they are.
    header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
    header.set_entry_type(kind);
    header.set_size(size);
    header.set_mode(0o644);
    header.set_cksum();
    header
}

#[test]
fn a_hostile_tar_writes_nothing_and_is_refused() {
    use tar::EntryType;
    let temp = tempfile::tempdir().unwrap();
    let inside = temp.path().join("inside");
    std::fs::create_dir(&inside).unwrap();
    let deep = format!("bundle/{}x", "d/".repeat(20));
    let entries: [(&str, &str, EntryType); 14] = [
        ("traversal", "bundle/../../escaped", EntryType::Regular),
        ("absolute", "/tmp/escaped", EntryType::Regular),
        ("elsewhere", "elsewhere/x", EntryType::Regular),
        ("deep", &deep, EntryType::Regular),
        ("nothing", "bundle/", EntryType::Regular),
        ("link", "bundle/data/x", EntryType::Symlink),
        ("hard-link", "bundle/data/x", EntryType::Link),
        ("pipe", "bundle/data/x", EntryType::Fifo),
        ("device", "bundle/data/x", EntryType::Char),
        ("sparse", "bundle/data/x", EntryType::GNUSparse),
        ("long-name", "bundle/data/x", EntryType::GNULongName),
        ("pax", "bundle/data/x", EntryType::XHeader),
        ("global-pax", "bundle/data/x", EntryType::XGlobalHeader),
        ("endless", "bundle/data/x", EntryType::Continuous),
    ];
    for (what, name, kind) in entries {
        let path = tar_of(&temp, what, |tar| tar.append(&header(name, kind, 0), std::io::empty()).unwrap());
        assert!(unpack(&path, Kind::TarZst, &inside).is_err(), "{what}");
    }
    let twice = tar_of(&temp, "twice", |tar| {
        for _ in 0..2 {
            tar.append(&header("bundle/data/x", EntryType::Regular, 0), std::io::empty()).unwrap();
        }
    });
    assert!(unpack(&twice, Kind::TarZst, &inside).is_err(), "twice");
    // Sizes that are not there.
    for size in [4096, 1 << 40, u64::MAX / 2] {
        let path = tar_of(&temp, "short", |tar| {
            tar.get_mut().write_all(header("bundle/data/x", EntryType::Regular, size).as_bytes()).unwrap();
        });
        assert!(unpack(&path, Kind::TarZst, &inside).is_err(), "{size}");
    }
    // Gigabytes that are skipped: a folder that says it has a body.
    let path = temp.path().join("skipped.tar.zst");
    let mut out = zstd::Encoder::new(File::create(&path).unwrap(), 1).unwrap();
    out.write_all(header("bundle/d", EntryType::Directory, 1 << 43).as_bytes()).unwrap();
    let zeros = vec![0; 1 << 24];
    (0..400).for_each(|_| out.write_all(&zeros).unwrap());
    out.finish().unwrap();
    assert!(unpack(&path, Kind::TarZst, &inside).is_err(), "skipped");
    for (name, bytes) in
        [("no.tar.zst", &b"nonsense"[..]), ("empty.tar.zst", b""), ("no.zip", b"PK\x03\x04nonsense")]
    {
        let path = temp.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        assert!(unpack(&path, Kind::of(&path).unwrap(), &inside).is_err(), "{name}");
    }
    assert!(!temp.path().join("escaped").exists() && !Path::new("/tmp/escaped").exists());
    assert_eq!(std::fs::read_dir(&inside).unwrap().count(), 0, "unpacked folders go away");
}

/// Packed by others: folders as entries of their own.
#[test]
fn an_honest_tar_is_unpacked() {
    let temp = tempfile::tempdir().unwrap();
    let path = tar_of(&temp, "honest", |tar| {
        tar.append(&header("bundle/", tar::EntryType::Directory, 0), std::io::empty()).unwrap();
        tar.append(&header("bundle/data/", tar::EntryType::Directory, 0), std::io::empty()).unwrap();
        tar.append(&header("bundle/data/x", tar::EntryType::Regular, 4), &b"here"[..]).unwrap();
    });
    let unpacked = unpack(&path, Kind::TarZst, temp.path()).unwrap();
    assert_eq!(std::fs::read(unpacked.root().join("data/x")).unwrap(), b"here");
}
