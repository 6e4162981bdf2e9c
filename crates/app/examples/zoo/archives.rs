//! Archives that lie, lead out, or unpack to more than anybody has.

use std::io::{Cursor, Write};

use zip::CompressionMethod::{Deflated, Stored};
use zip::write::SimpleFileOptions;

use super::animals::Made;

pub(crate) fn all(times: usize) -> Vec<Made> {
    let sound = zip(&[("a.jpg", b"\xff\xd8\xff\xe0abc")]);
    let mut cut = sound.clone();
    cut.truncate(sound.len() - 30);
    vec![
        ("zip cut short", "cut.zip", cut),
        ("zip with lies about lengths", "lies.zip", lies(&sound)),
        ("zip of zeros", "bomb.zip", bomb(times)),
        ("zip of many nothings", "nothings.zip", nothings(700 * times)),
        ("zip with names that lead out", "names.zip", names()),
        ("zip in zip in zip", "nested.zip", nested()),
        ("zip said to be encrypted", "locked.zip", flagged(&sound, 1)),
        ("zip of one name twice", "twice.zip", twice(&sound)),
        (
            "zip of a bundle of zeros",
            "bundle.zip",
            zip(&[("bundle/data/x", &vec![0; 100_000 * times]), ("bundle/bagit.txt", b"x")]),
        ),
        (
            "zip of a backup of nothing",
            "backup.zip",
            zip(&[("backup.json", b"{\"version\":1,\"files\":18446744073709551615}")]),
        ),
        (
            "workbook of zeros",
            "book.xlsx",
            zip(&[("[Content_Types].xml", b"<Types/>"), ("xl/workbook.xml", &vec![b' '; 100_000 * times])]),
        ),
        ("tar in zstd, cut short", "cut.tar.zst", cut_tar()),
        (
            "tar in zstd, of zeros",
            "bomb.tar.zst",
            tar_zst(&[header(b"bundle/data/x", b'0', 0o10_000_000_000)], 100_000 * times),
        ),
        (
            "tar in zstd, of links",
            "links.tar.zst",
            tar_zst(&[header(b"bundle/data/x", b'2', 0), header(b"bundle/../../x", b'0', 0)], 0),
        ),
        (
            "tar in zstd, of long names",
            "long.tar.zst",
            tar_zst(&[header(b"././@LongLink", b'L', 0o7_777_777)], 100_000 * times),
        ),
        (
            "zstd with a window without end",
            "window.tar.zst",
            b"\x28\xb5\x2f\xfd\x00\xff\x01\x00\x00\x00\x00".to_vec(),
        ),
        (
            "gzip",
            "gz.tar.zst",
            b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x03\x00\x00\x00\x00\x00\x00\x00\x00\x00".to_vec(),
        ),
    ]
}

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        let method = if bytes.len() > 1_000 { Deflated } else { Stored };
        zip.start_file(*name, SimpleFileOptions::default().compression_method(method)).expect("memory");
        zip.write_all(bytes).expect("memory");
    }
    zip.finish().expect("memory").into_inner()
}

/// Pictures of zeros that deflate to nothing.
fn bomb(times: usize) -> Vec<u8> {
    let zeros = [b"\xff\xd8\xff".to_vec(), vec![0; 400_000 * times]].concat();
    zip(&[("a.jpg", &zeros), ("b.jpg", &zeros), ("c.pdf", &zeros), ("d.txt", &zeros)])
}

fn nothings(n: usize) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for i in 0..n {
        zip.start_file(format!("{i}.jpg"), SimpleFileOptions::default().compression_method(Stored))
            .expect("memory");
    }
    zip.finish().expect("memory").into_inner()
}

fn names() -> Vec<u8> {
    let long = format!("{}.jpg", "l".repeat(5_000));
    let names = [
        "../../../../tmp/out.jpg",
        "/etc/out.jpg",
        "C:\\out.jpg",
        "-rf.jpg",
        "a\nb.jpg",
        "a\u{202e}gpj.jpg",
        "nul.jpg",
        "\u{1b}[2J.jpg",
        &long,
        "a/../../b.jpg",
        " .jpg",
        "\u{0}.jpg",
    ];
    zip(&names.map(|name| (name, b"\xff\xd8\xffx".as_slice())))
}

fn nested() -> Vec<u8> {
    let mut inner = zip(&[("a.jpg", b"\xff\xd8\xff")]);
    for _ in 0..10 {
        inner = zip(&[("inner.zip", &inner), ("inner.jpg", &inner)]);
    }
    inner
}

/// The sizes in the directory changed to the most that fits.
fn lies(sound: &[u8]) -> Vec<u8> {
    let mut bytes = sound.to_vec();
    let at = bytes.windows(4).position(|four| four == b"PK\x01\x02").expect("a directory");
    bytes[at + 20..at + 28].fill(0xfe);
    bytes
}

/// A bit of the flags set, in both headers.
fn flagged(sound: &[u8], bit: u8) -> Vec<u8> {
    let mut bytes = sound.to_vec();
    bytes[6] |= bit;
    let at = bytes.windows(4).position(|four| four == b"PK\x01\x02").expect("a directory");
    bytes[at + 8] |= bit;
    bytes
}

/// The directory's only entry again.
fn twice(sound: &[u8]) -> Vec<u8> {
    let at = sound.windows(4).position(|four| four == b"PK\x01\x02").expect("a directory");
    let end = sound.windows(4).position(|four| four == b"PK\x05\x06").expect("an end");
    let mut bytes = [&sound[..end], &sound[at..end], &sound[end..]].concat();
    let end = end + (end - at);
    bytes[end + 8] = 2;
    bytes[end + 10] = 2;
    let size = u32::try_from(2 * (end - at) / 2).expect("small");
    bytes[end + 12..end + 16].copy_from_slice(&size.to_le_bytes());
    bytes
}

/// A header of tar (POSIX ustar) with a length that need not be that of what follows.
fn header(name: &[u8], kind: u8, size: u64) -> [u8; 512] {
    let mut block = [0u8; 512];
    block[..name.len()].copy_from_slice(name);
    block[100..108].copy_from_slice(b"0000644\0");
    block[124..136].copy_from_slice(format!("{size:011o}\0").as_bytes());
    block[156] = kind;
    block[157..160].copy_from_slice(b"/etc"[..3].as_ref());
    block[257..263].copy_from_slice(b"ustar\0");
    block[148..156].fill(b' ');
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
    block
}

fn tar_zst(headers: &[[u8; 512]], n_zeros: usize) -> Vec<u8> {
    let tar = [headers.concat(), vec![0; n_zeros]].concat();
    // Stored blocks alone: a frame that needs no compressor (RFC 8878, 3.1.1).
    let mut frame = b"\x28\xb5\x2f\xfd\x00\x58".to_vec();
    let chunks: Vec<&[u8]> = tar.chunks(100_000).collect();
    for (i, chunk) in chunks.iter().enumerate() {
        let zeros = chunk.iter().all(|byte| *byte == 0);
        let last = u32::from(i + 1 == chunks.len());
        let length = u32::try_from(chunk.len()).expect("small");
        let head = last | (u32::from(zeros) << 1) | (length << 3);
        frame.extend(&head.to_le_bytes()[..3]);
        if zeros { frame.push(0) } else { frame.extend(*chunk) }
    }
    frame
}

fn cut_tar() -> Vec<u8> {
    let mut tar = tar_zst(&[header(b"bundle/bagit.txt", b'0', 100)], 512);
    tar.truncate(tar.len() - 5);
    tar
}
