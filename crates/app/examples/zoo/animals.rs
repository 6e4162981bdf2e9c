//! Hostile files, each made by code.

use std::fs;
use std::path::{Path, PathBuf};

use super::{archives, pictures};

/// A hostile file.
pub(crate) struct Animal {
    /// What it is.
    pub(crate) name: &'static str,
    /// Where it lies.
    pub(crate) path: PathBuf,
    /// What it has to do with the file system; its bytes say nothing.
    pub(crate) is_special: bool,
}

/// Makes all of them. `large` ones are as large as attackers make them.
pub(crate) fn animals(dir: &Path, large: bool) -> Vec<Animal> {
    let _ = fs::remove_dir_all(dir);
    fs::create_dir_all(dir).expect("the folder can be made");
    let mut zoo = Vec::new();
    let times = if large { 100 } else { 1 };
    for (name, file, bytes) in
        texts(times).into_iter().chain(archives::all(times)).chain(pictures::all(times)).chain(evidence())
    {
        let path = dir.join(file);
        fs::write(&path, bytes).expect("room on the disk");
        zoo.push(Animal { name, path, is_special: false });
    }
    special(dir, &mut zoo);
    zoo
}

/// What it is, its file's name, its bytes.
pub(crate) type Made = (&'static str, &'static str, Vec<u8>);

/// Tables, packs, boundaries, and what is taken for one.
fn texts(times: usize) -> Vec<Made> {
    let csv = "table,A,B,valid,null\n01.01,100,90,190,3\n";
    let collection = |geometry: &str| {
        format!(
            "{{\"type\":\"FeatureCollection\",\"features\":[{{\"type\":\"Feature\",\"properties\":{{\"ADM1_PCODE\":\"VE01\",\
             \"CODE\":\"X01\"}},\"geometry\":{geometry}}}]}}"
        )
        .into_bytes()
    };
    let deep = |open: &str, n: usize| open.repeat(n).into_bytes();
    vec![
        ("empty", "empty.csv", Vec::new()),
        ("one byte", "one.csv", b"\x00".to_vec()),
        ("zeros", "zeros.bin", vec![0; 100_000 * times]),
        ("not UTF-8", "latin.csv", b"table,A\xf1o\n01.01,\xff\xfe\n".to_vec()),
        (
            "UTF-16 with a mark",
            "utf16.csv",
            [b"\xff\xfe".to_vec(), csv.encode_utf16().flat_map(u16::to_le_bytes).collect()].concat(),
        ),
        (
            "UTF-32 with a mark",
            "utf32.csv",
            [b"\xff\xfe\0\0".to_vec(), csv.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect()]
                .concat(),
        ),
        ("mark within", "marks.csv", format!("\u{feff}{csv}\u{feff}01.02,1,2,3,4\n").into_bytes()),
        (
            "quotation never closed",
            "quotes.csv",
            [csv.as_bytes(), b"01.02,\"1,2\n", &b"x,y\n".repeat(100_000 * times)].concat(),
        ),
        ("columns without end", "columns.csv", vec![b','; 100_000 * times]),
        ("a line without end", "line.csv", vec![b'a'; 1_000_000 * times]),
        ("formulas", "formulas.csv", b"table,A,B\n=cmd|' /C calc'!A0,+1,@SUM(1)\n".to_vec()),
        ("NUL within", "nul.csv", b"table,A,B,valid,null\n01.01,1\x000,2,3,4\n".to_vec()),
        (
            "terminal escapes",
            "escapes.csv",
            b"table\x1b[2J\x1b]0;x\x07,A\xe2\x80\xae,B\n\x1b[31m01.01,1,2\n".to_vec(),
        ),
        ("carriage returns alone", "returns.csv", csv.replace('\n', "\r").into_bytes()),
        (
            "rows of one table",
            "same.csv",
            [b"table,A,B,valid,null\n".to_vec(), b"01.01,1,2,3,4\n".repeat(10_000 * times)].concat(),
        ),
        (
            "numbers beyond all",
            "numbers.csv",
            format!("table,A,B,valid,null\n01.01,{},-0,1e9,0x10\n", "9".repeat(5_000)).into_bytes(),
        ),
        ("JSON without bottom", "deep.json", deep("[", 100_000 * times)),
        ("JSON objects without bottom", "deeper.json", deep("{\"a\":", 100_000 * times)),
        ("JSON number beyond all", "number.json", b"{\"type\":1e999999,\"v\":1}".to_vec()),
        (
            "JSON of many values",
            "many.json",
            [b"[0".to_vec(), b",0".repeat(200_000 * times), b"]".to_vec()].concat(),
        ),
        ("TOML without bottom", "deep.toml", [b"a = ".to_vec(), deep("[", 100_000 * times)].concat()),
        (
            "TOML of dots",
            "dots.toml",
            [b"a".to_vec(), b".a".repeat(100_000 * times), b" = 1\n".to_vec()].concat(),
        ),
        (
            "TOML of tables",
            "tables.toml",
            (0..20_000 * times).flat_map(|i| format!("[a{i}.b]\n").into_bytes()).collect(),
        ),
        (
            "TOML inline without bottom",
            "inline.toml",
            [b"a = ".to_vec(), deep("{a=", 100_000 * times)].concat(),
        ),
        ("pack that asks for the moon", "moon.toml", moon()),
        (
            "boundaries of NaN",
            "nan.geojson",
            collection("{\"type\":\"Polygon\",\"coordinates\":[[[NaN,0],[1,1],[2,2],[NaN,0]]]}"),
        ),
        (
            "boundaries beyond the world",
            "far.geojson",
            collection("{\"type\":\"Polygon\",\"coordinates\":[[[1e308,-1e308],[1e999,1],[2,2],[0,0]]]}"),
        ),
        (
            "boundaries of nothing",
            "nothing.geojson",
            collection("{\"type\":\"MultiPolygon\",\"coordinates\":[[[]],[],[[[]]]]}"),
        ),
        (
            "boundaries in a bag",
            "bag.geojson",
            collection(&format!(
                "{}{}",
                "{\"type\":\"GeometryCollection\",\"geometries\":[".repeat(5_000),
                "]}".repeat(5_000)
            )),
        ),
        (
            "boundaries of points without end",
            "points.geojson",
            collection(&format!(
                "{{\"type\":\"Polygon\",\"coordinates\":[[[0,0]{},[0,0]]]}}",
                ",[1,2]".repeat(50_000 * times)
            )),
        ),
        (
            "markup",
            "markup.html",
            b"<!DOCTYPE html><script>alert(1)</script><data data-key=\"a\" value=\"1\">2</data>".to_vec(),
        ),
    ]
}

/// A sound beginning of a pack, and figures that nobody could hold.
fn moon() -> Vec<u8> {
    let small = include_str!("../../../core/tests/small.toml");
    let small = small
        .replace("count = 10", "count = 18446744073709551615")
        .replace("electors = 4000", "electors = 9223372036854775807");
    small.replace("file = \"register.csv\"", "file = \"/dev/zero\"").into_bytes()
}

/// Heads, statements, proofs, keys and signatures: of foreign kinds, or half of them.
fn evidence() -> Vec<Made> {
    let key = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMw==\n-----END OPENSSH PRIVATE KEY-----\n";
    let events =
        "{\"body\":{},\"kind\":\"x\",\"prev\":\"0\",\"private_commitment\":\"\",\"seq\":1,\"v\":1}\n";
    vec![
        ("half of a key", "half.key", key.as_bytes().to_vec()),
        ("an RSA key", "rsa.pub", b"ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQC7 somebody\n".to_vec()),
        ("a PEM key", "pem.key", b"-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA==\n-----END PRIVATE KEY-----\n".to_vec()),
        ("signers without end", "signers.pub", b"a namespaces=\"b\" ssh-ed25519 AAAA\n".repeat(5_000)),
        ("a head of nothing", "checkpoint", b"x\n0\nAAAA\n\n\xe2\x80\x94 x AAAA\n".to_vec()),
        ("a statement of nothing", "statement.json", b"{\"kind\":\"key.lost\",\"v\":1}\n-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----\n".to_vec()),
        ("witnesses of nothing", "witnesses.txt", b"need 18446744073709551616\nx+00000000+AA==\n".to_vec()),
        ("a proof of nothing", "proof.proof", b"c2sp.org/tlog-proof@v1\nextra e30=\nindex 18446744073709551615\n\nx\n1\nAAAA\n\n".to_vec()),
        ("events of nothing", "journal.jsonl", events.repeat(2_000).into_bytes()),
        ("a disclosure of nothing", "disclosure.json", b"{\"event\":{},\"private\":{},\"salt\":\"00\"}".to_vec()),
        ("a database of nothing", "tallyproof.db", [b"SQLite format 3\0\x10\x00".to_vec(), vec![0xff; 8_192]].concat()),
        ("a worksheet of nothing", "worksheet.csv", b"table,found,custody,null,lines\n01.01,yes,,,1 2 3\n01.01,,,,\n,maybe,../..,-1,9999999999\n".to_vec()),
    ]
}

/// What is no file, or has a name that is more than a name.
fn special(dir: &Path, zoo: &mut Vec<Animal>) {
    let mut add = |name, path: PathBuf| zoo.push(Animal { name, path, is_special: true });
    let folder = dir.join("folder.csv");
    fs::create_dir_all(folder.join("empty")).expect("the folder can be made");
    add("a folder", folder);
    add("nothing at all", dir.join("missing.csv"));
    add("a name without end", dir.join("x".repeat(5_000)));
    let named = |name: &str| {
        let path = dir.join(name);
        fs::write(&path, b"table,A\n").map(|()| path)
    };
    for (name, file) in [
        ("a name like an option", "-rf"),
        ("a name with a line end", "two\nlines\u{1b}[2J.csv"),
        ("a name turned round", "sheet\u{202e}gpj.csv"),
        ("a name of 250 bytes", &"n".repeat(250)),
        ("a name of patterns", "[a*?].csv"),
        ("a device's name", "NUL.csv"),
    ] {
        if let Ok(path) = named(file) {
            add(name, path);
        }
    }
    #[cfg(unix)]
    {
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt;
        use std::os::unix::fs::{PermissionsExt, symlink};
        let odd = dir.join(OsStr::from_bytes(b"\xff\xfe.csv"));
        if fs::write(&odd, b"table,A\n").is_ok() {
            add("a name that is no text", odd);
        }
        let (circle, loose, socket) = (dir.join("circle.csv"), dir.join("loose.csv"), dir.join("socket"));
        symlink(&circle, &circle).expect("a link can be made");
        add("a link to itself", circle);
        symlink(dir.join("gone"), &loose).expect("a link can be made");
        add("a link to nothing", loose);
        if std::os::unix::net::UnixListener::bind(&socket).is_ok() {
            add("a socket", socket);
        }
        let pipe = dir.join("pipe.csv");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        if made.is_ok_and(|status| status.success()) {
            add("a pipe", pipe);
        }
        add("a device without end", PathBuf::from("/dev/zero"));
        add("a device of nothing", PathBuf::from("/dev/null"));
        // Root reads it all the same; then it is a file like any other.
        let closed = dir.join("closed.csv");
        fs::write(&closed, b"table,A\n").expect("room on the disk");
        fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).expect("our own file");
        add("a file that may not be read", closed);
    }
}
