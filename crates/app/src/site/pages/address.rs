//! Names of files, and anchors in pages.
//!
//! Only codes become names, and only through [`code_name`]: small letters and digits stand for themselves, every
//! other byte is `_` and two hex digits. So no code can climb out of its folder, hide in it, meet another that
//! differs in case alone, or be a name that a system keeps for itself: area pages start with their level's number.

/// Longest file name, bytes: ext4, NTFS and APFS allow 255.
const MAX_NAME: usize = 200;

/// A code as part of a file name.
fn code_name(code: &str) -> String {
    let mut name = String::with_capacity(code.len());
    for byte in code.bytes() {
        match byte {
            b'a'..=b'z' | b'0'..=b'9' => name.push(char::from(byte)),
            _ => name.push_str(&format!("_{byte:02x}")),
        }
    }
    name
}

/// Name, without `.html`, of the page of an area; `part` counts from 0. `None` is the whole country.
pub(super) fn area(level: Option<usize>, code: &str, part: usize) -> String {
    let place = match level {
        Some(level) => format!("{level}-{}", code_name(code)),
        None => "all".to_owned(),
    };
    if part == 0 { place } else { format!("{place}-{}", part + 1) }
}

/// Anchor of a table or a centre on its page: its id, of which nothing but ASCII letters, digits and `._-` is
/// kept as it is.
pub(super) fn anchor(kind: char, code: &str) -> String {
    let mut anchor = String::with_capacity(code.len() + 1);
    anchor.push(kind);
    for byte in code.bytes() {
        match byte {
            b'.' | b'_' | b'-' => anchor.push(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => anchor.push(char::from(byte)),
            _ => anchor.push_str(&format!("~{byte:02x}")),
        }
    }
    anchor
}

/// Whether a name given by somebody can be a file of the site: ASCII letters, digits and `._-`, not starting with
/// a dot or a dash, and none that Windows keeps for itself.
pub fn is_file_name(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
    let starts = name.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric());
    let ends = !name.ends_with('.');
    // learn.microsoft.com/windows/win32/fileio/naming-a-file: with any extension.
    let stem = name.split('.').next().unwrap_or_default().to_ascii_lowercase();
    let device = match stem.as_str() {
        "con" | "prn" | "aux" | "nul" => true,
        _ => ["com", "lpt"].iter().any(|port| {
            stem.strip_prefix(port).is_some_and(|n| n.len() == 1 && n.bytes().all(|b| b.is_ascii_digit()))
        }),
    };
    starts && ends && !device && name.len() <= MAX_NAME && name.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_cannot_climb_hide_or_meet() {
        assert_eq!(area(Some(2), "130106", 0), "2-130106");
        assert_eq!(area(Some(2), "130106", 1), "2-130106-2");
        assert_eq!(area(None, "", 2), "all-3");
        assert_eq!(area(Some(0), "../con", 0), "0-_2e_2e_2fcon");
        assert_ne!(area(Some(0), "A1", 0).to_lowercase(), area(Some(0), "a1", 0));
        // A part of one area is no other area.
        assert_ne!(area(Some(0), "1-2", 0), area(Some(0), "1", 1));
        assert_eq!(anchor('t', "201301006.01"), "t201301006.01");
        assert_eq!(anchor('t', "a\"<é"), "ta~22~3c~c3~a9");
    }

    #[test]
    fn names_of_files_are_plain() {
        for good in ["bundle.zip", "bundle-2.tar.zst", "9a"] {
            assert!(is_file_name(good), "{good}");
        }
        for bad in [
            "",
            ".",
            "..",
            ".x",
            "-rf",
            "a/b",
            "a\\b",
            "a b",
            "ñ",
            "nul",
            "CON.zip",
            "com1.x",
            "x.",
            "a\u{202e}b",
        ] {
            assert!(!is_file_name(bad), "{bad}");
        }
        assert!(!is_file_name(&"a".repeat(300)));
    }
}
