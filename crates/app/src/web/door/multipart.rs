//! Forms with files (RFC 7578), taken apart as they arrive: no part is ever in memory as a whole.

/// Longest head of a part, bytes.
const MAX_HEAD: usize = 16 << 10;
/// Longest boundary (RFC 2046, 5.1.1).
const MAX_BOUNDARY: usize = 70;
/// Longest file name taken, bytes; longer ones are cut.
const MAX_NAME: usize = 1_000;

/// Why a form cannot be taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no form with files")]
pub(super) struct Malformed;

/// What comes next of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// A part begins.
    Begin {
        /// Name of its field.
        name: String,
        /// Name of the file, where it is one.
        file: Option<String>,
    },
    /// Bytes of the part at hand.
    Bytes(Vec<u8>),
    /// The part at hand ends.
    End,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    Preamble,
    AfterDelimiter,
    Head,
    Body,
    Over,
}

/// Takes a form apart.
pub(super) struct Multipart {
    delimiter: Vec<u8>,
    held: Vec<u8>,
    at: At,
}

impl Multipart {
    /// For a request with this `Content-Type`.
    pub(super) fn new(content_type: &str) -> Result<Self, Malformed> {
        let (kind, rest) = content_type.split_once(';').ok_or(Malformed)?;
        let boundary = parameter(rest, "boundary").ok_or(Malformed)?;
        let sound = kind.trim().eq_ignore_ascii_case("multipart/form-data")
            && (1..=MAX_BOUNDARY).contains(&boundary.len())
            && boundary.bytes().all(|byte| (0x20..0x7f).contains(&byte));
        if !sound {
            return Err(Malformed);
        }
        // As if a line had ended before the first: then all delimiters look alike.
        Ok(Self { delimiter: format!("\r\n--{boundary}").into(), held: b"\r\n".to_vec(), at: At::Preamble })
    }

    /// Takes more bytes; gives what they complete.
    pub(super) fn take(&mut self, bytes: &[u8]) -> Result<Vec<Piece>, Malformed> {
        self.held.extend_from_slice(bytes);
        let mut pieces = Vec::new();
        while self.step(&mut pieces)? {}
        Ok(pieces)
    }

    /// Whether the last delimiter came.
    pub(super) fn is_over(&self) -> bool {
        self.at == At::Over
    }

    /// Goes on by one step; false when more bytes are needed.
    fn step(&mut self, pieces: &mut Vec<Piece>) -> Result<bool, Malformed> {
        match self.at {
            At::Over => {
                self.held.clear();
                Ok(false)
            }
            At::Preamble | At::Body => {
                let is_body = self.at == At::Body;
                match find(&self.held, &self.delimiter) {
                    Some(place) => {
                        let rest = self.held.split_off(place + self.delimiter.len());
                        self.held.truncate(place);
                        let body = std::mem::replace(&mut self.held, rest);
                        if is_body {
                            pieces.extend((!body.is_empty()).then_some(Piece::Bytes(body)));
                            pieces.push(Piece::End);
                        }
                        self.at = At::AfterDelimiter;
                        Ok(true)
                    }
                    None => {
                        // The end may be the beginning of a delimiter.
                        let sure = self.held.len().saturating_sub(self.delimiter.len() - 1);
                        let rest = self.held.split_off(sure);
                        let body = std::mem::replace(&mut self.held, rest);
                        if is_body && !body.is_empty() {
                            pieces.push(Piece::Bytes(body));
                        }
                        Ok(false)
                    }
                }
            }
            At::AfterDelimiter => {
                let blank = self.held.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
                match self.held.get(blank..blank + 2) {
                    None if self.held.len() > MAX_HEAD => Err(Malformed),
                    None => Ok(false),
                    Some(b"--") => {
                        self.at = At::Over;
                        Ok(true)
                    }
                    Some(b"\r\n") => {
                        // The end of this line stays: it is the beginning of the head.
                        self.held.drain(..blank);
                        self.at = At::Head;
                        Ok(true)
                    }
                    Some(_) => Err(Malformed),
                }
            }
            At::Head => match find(&self.held, b"\r\n\r\n") {
                Some(place) if place <= MAX_HEAD => {
                    let rest = self.held.split_off(place + 4);
                    let head = std::mem::replace(&mut self.held, rest);
                    pieces.push(begin(&head)?);
                    self.at = At::Body;
                    Ok(true)
                }
                _ if self.held.len() > MAX_HEAD => Err(Malformed),
                _ => Ok(false),
            },
        }
    }
}

/// The beginning of a part, from its head.
fn begin(head: &[u8]) -> Result<Piece, Malformed> {
    let text = String::from_utf8_lossy(head);
    let disposition = text.split("\r\n").find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.trim().eq_ignore_ascii_case("content-disposition").then_some(value)
    });
    let (kind, rest) = disposition.and_then(|value| value.split_once(';')).ok_or(Malformed)?;
    if !kind.trim().eq_ignore_ascii_case("form-data") {
        return Err(Malformed);
    }
    let name = parameter(rest, "name").ok_or(Malformed)?;
    Ok(Piece::Begin { name, file: parameter(rest, "filename").map(|file| shortened(&file)) })
}

/// A parameter of a header: a token, or a quoted text. Browsers write quotes and line ends in names as `%22`, `%0D`,
/// `%0A` (HTML, "multipart/form-data encoding algorithm"), and they stay so: a name is shown, never used.
fn parameter(text: &str, wanted: &str) -> Option<String> {
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches([' ', '\t', ';']);
        let (name, after) = rest.split_once('=')?;
        let (value, next) = match after.strip_prefix('"') {
            Some(quoted) => {
                let end = quoted.find('"')?;
                (&quoted[..end], &quoted[end + 1..])
            }
            None => after.split_at(after.find(';').unwrap_or(after.len())),
        };
        if name.trim().eq_ignore_ascii_case(wanted) {
            return Some(value.trim().to_owned());
        }
        rest = next;
    }
}

/// The last part of a path, as some browsers send whole paths, no longer than [`MAX_NAME`].
fn shortened(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let end = last.char_indices().map(|(at, c)| at + c.len_utf8()).take_while(|end| *end <= MAX_NAME).last();
    last[..end.unwrap_or(0)].to_owned()
}

fn find(held: &[u8], wanted: &[u8]) -> Option<usize> {
    let first = *wanted.first()?;
    let mut from = 0;
    while let Some(step) = held.get(from..)?.iter().position(|byte| *byte == first) {
        let at = from + step;
        if held[at..].starts_with(wanted) {
            return Some(at);
        }
        from = at + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const KIND: &str = "multipart/form-data; boundary=\"x-y\"";

    /// Name, file name and bytes.
    type Part = (String, Option<String>, Vec<u8>);

    fn taken(form: &[u8], at_once: usize) -> Result<(Vec<Part>, bool), Malformed> {
        let mut parts = Multipart::new(KIND).unwrap();
        let mut found: Vec<Part> = Vec::new();
        let mut n_ends = 0;
        for piece in form.chunks(at_once) {
            for piece in parts.take(piece)? {
                match piece {
                    Piece::Begin { name, file } => found.push((name, file, Vec::new())),
                    Piece::Bytes(bytes) => found.last_mut().unwrap().2.extend(bytes),
                    Piece::End => n_ends += 1,
                }
            }
            assert!(parts.held.len() <= MAX_HEAD + at_once + 4);
        }
        assert!(!parts.is_over() || n_ends == found.len());
        Ok((found, parts.is_over()))
    }

    #[test]
    fn a_form_is_taken_apart_however_it_arrives() {
        let body = b"\r\n--x-\r\n--x\r\n-- \xff\0\r\n".repeat(40);
        let form = [
            b"preamble\r\n--x-y\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\nabc\r\n--x-y  \r\n".as_slice(),
            b"content-type: image/jpeg\r\nCONTENT-disposition: form-data; name=files; filename=\"C:\\a\\<b>.jpg\"\r\n\r\n",
            &body,
            b"\r\n--x-y\r\nContent-Disposition: form-data; name=\"files\"; filename=\"\"\r\n\r\n\r\n--x-y--\r\nepilogue",
        ]
        .concat();
        let wanted = vec![
            ("csrf".to_owned(), None, b"abc".to_vec()),
            ("files".to_owned(), Some("<b>.jpg".to_owned()), body),
            ("files".to_owned(), Some(String::new()), Vec::new()),
        ];
        for at_once in [1, 2, 3, 7, 64, 10_000] {
            assert_eq!(taken(&form, at_once), Ok((wanted.clone(), true)), "{at_once}");
        }
        for cut in 0..form.len() - 20 {
            assert!(!taken(&form[..cut], 64).unwrap().1, "{cut}");
        }
    }

    #[test]
    fn what_is_no_form_is_refused() {
        for kind in [
            "",
            "text/plain",
            "multipart/form-data",
            "multipart/mixed; boundary=x",
            "multipart/form-data; boundary=",
            "multipart/form-data; boundary=\"\u{e9}\"",
            "multipart/form-data; boundary",
        ] {
            assert_eq!(Multipart::new(kind).err(), Some(Malformed), "{kind}");
        }
        assert!(Multipart::new(&format!("multipart/form-data; boundary={}", "x".repeat(71))).is_err());
        let long = format!("--x-y\r\nX: {}", "x".repeat(MAX_HEAD + 1));
        for bad in [
            long.as_str(),
            "--x-y\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\n",
            "--x-y\r\nContent-Disposition: form-data; filename=\"a\"\r\n\r\n",
            "--x-y\r\n\r\n",
            "--x-yz\r\n",
        ] {
            assert_eq!(taken(bad.as_bytes(), 50), Err(Malformed), "{bad:.60}");
        }
    }

    #[test]
    fn names_are_cut() {
        assert_eq!(shortened("../../etc/passwd"), "passwd");
        assert_eq!(shortened(&"é".repeat(600)).len(), 1_000);
        assert_eq!(shortened("a/"), "");
    }
}
