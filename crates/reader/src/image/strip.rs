//! A picture's file with nothing but its picture: what the camera, the telephone and its owner wrote beside the pixels
//! stays behind, and no pixel is coded anew.
//!
//! Parts that decoding needs are copied, everything else is left out: a list of what may leave cannot forget a kind of
//! note that nobody thought of. That drops EXIF (place, time, owner, thumbnail), XMP, IPTC, comments, colour profiles
//! (they name devices), second pictures and whatever follows the end. How the picture must be turned is written anew, as
//! the only entry of an EXIF block of 26 bytes: without it a picture lies on its side, and places that readings name
//! would be those of another picture.

use super::{Format, Orientation, sniff};

/// A file with its picture alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stripped {
    /// The file.
    pub bytes: Vec<u8>,
    /// What its name ends in.
    pub extension: &'static str,
}

/// Why a file cannot be stripped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unstrippable {
    /// When it is of no container whose parts are known here, or holds several pictures.
    Container,
    /// When its parts do not follow one another to an end.
    Damaged,
}

/// The file without anything but its picture.
///
/// # Errors
/// [`Unstrippable`]; never a guess at what a damaged file may hold.
pub fn strip(bytes: &[u8]) -> Result<Stripped, Unstrippable> {
    let orientation = Orientation::of(bytes);
    let (bytes, extension) = match sniff(bytes) {
        Ok(Format::Jpeg) => (jpeg(bytes, orientation).ok_or(Unstrippable::Damaged)?, "jpg"),
        Ok(Format::Png) => (png(bytes, orientation)?, "png"),
        Ok(Format::WebP) => (webp(bytes, orientation)?, "webp"),
        Ok(Format::Tiff) | Err(_) => return Err(Unstrippable::Container),
    };
    Ok(Stripped { bytes, extension })
}

/// An EXIF block that says one thing (CIPA DC-008): little-endian, one directory, the entry 0x0112.
fn exif(orientation: Orientation) -> Option<[u8; 26]> {
    let code = orientation.code();
    (code != 1).then_some([
        b'I', b'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, code, 0, 0, 0, 0, 0, 0, 0,
    ])
}

/// JPEG (ITU-T T.81 annex B): frame, tables, scans; the one JFIF and Adobe segment rewritten without extras.
fn jpeg(bytes: &[u8], orientation: Orientation) -> Option<Vec<u8>> {
    let mut out = vec![0xFF, 0xD8];
    if let Some(block) = exif(orientation) {
        segment(&mut out, 0xE1, &[b"Exif\0\0", &block[..]].concat());
    }
    let mut at = 2;
    loop {
        let (marker, body_at) = marker(bytes, at)?;
        if marker == 0xD9 {
            out.extend([0xFF, 0xD9]);
            return Some(out);
        }
        let length = usize::from(u16::from_be_bytes(*bytes.get(body_at..)?.first_chunk()?));
        let body = bytes.get(body_at + 2..body_at + length)?;
        at = body_at + length;
        match marker {
            // Units and density say nothing of anybody; a thumbnail may show more than the picture.
            0xE0 if body.starts_with(b"JFIF\0") => {
                segment(&mut out, 0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0");
            }
            0xEE if body.starts_with(b"Adobe") => segment(&mut out, 0xEE, body.get(..12)?),
            0xC0..=0xCF | 0xDB..=0xDD => segment(&mut out, marker, body),
            0xDA => {
                segment(&mut out, marker, body);
                let end = scan_end(bytes, at)?;
                out.extend_from_slice(&bytes[at..end]);
                at = end;
            }
            0xE0..=0xEF | 0xFE => {}
            _ => return None,
        }
    }
}

/// The marker that must stand at `at`, after fill bytes, and the place behind it.
fn marker(bytes: &[u8], at: usize) -> Option<(u8, usize)> {
    let fill = bytes.get(at..)?.iter().take_while(|&&byte| byte == 0xFF).count();
    let marker = *bytes.get(at + fill)?;
    (fill > 0).then_some((marker, at + fill + 1))
}

/// Where the coded bytes that begin at `at` end: at the first marker that is no restart.
fn scan_end(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at += bytes.get(at..)?.iter().position(|&byte| byte == 0xFF)?;
        match *bytes.get(at + 1)? {
            0x00 | 0xD0..=0xD7 => at += 2,
            _ => return Some(at),
        }
    }
}

/// A segment; lengths come from segments, so they fit.
fn segment(out: &mut Vec<u8>, marker: u8, body: &[u8]) {
    let length = u16::try_from(body.len() + 2).unwrap_or(u16::MAX);
    out.extend([0xFF, marker]);
    out.extend(length.to_be_bytes());
    out.extend_from_slice(body);
}

/// PNG (ISO/IEC 15948): header, palette, transparency, picture, end.
fn png(bytes: &[u8], orientation: Orientation) -> Result<Vec<u8>, Unstrippable> {
    let mut out = bytes[..8].to_vec();
    let mut at = 8;
    loop {
        let chunk = || {
            let length = u32::from_be_bytes(*bytes.get(at..)?.first_chunk()?);
            let end = at.checked_add(usize::try_from(length).ok()?.checked_add(12)?)?;
            let whole = bytes.get(at..end)?;
            let sum = u32::from_be_bytes(*whole.last_chunk()?);
            (crc(&whole[4..whole.len() - 4]) == sum).then_some(whole)
        };
        let whole = chunk().ok_or(Unstrippable::Damaged)?;
        at += whole.len();
        match &whole[4..8] {
            b"IHDR" => {
                out.extend_from_slice(whole);
                if let Some(block) = exif(orientation) {
                    let named = [b"eXIf", &block[..]].concat();
                    out.extend(26u32.to_be_bytes());
                    out.extend_from_slice(&named);
                    out.extend(crc(&named).to_be_bytes());
                }
            }
            b"PLTE" | b"tRNS" | b"IDAT" => out.extend_from_slice(whole),
            b"IEND" => {
                out.extend_from_slice(&[0, 0, 0, 0, b'I', b'E', b'N', b'D', 0xAE, 0x42, 0x60, 0x82]);
                return Ok(out);
            }
            b"acTL" | b"fcTL" | b"fdAT" => return Err(Unstrippable::Container),
            // Critical chunks begin with a capital: an unknown one is needed and not understood.
            name if name[0].is_ascii_uppercase() => return Err(Unstrippable::Container),
            _ => {}
        }
    }
}

fn crc(bytes: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    crc.sum()
}

/// WebP (RFC 9649): the still picture, its alpha and, where there is one, its header.
fn webp(bytes: &[u8], orientation: Orientation) -> Result<Vec<u8>, Unstrippable> {
    const ALPHA: u8 = 0x10;
    const EXIF: u8 = 0x08;
    let size = || usize::try_from(u32::from_le_bytes(*bytes.get(4..)?.first_chunk()?)).ok()?.checked_add(8);
    let file = size().and_then(|size| bytes.get(12..size)).ok_or(Unstrippable::Damaged)?;
    let (mut chunks, mut at, mut extended) = (Vec::new(), 0, false);
    while at < file.len() {
        let chunk = || {
            let length = u32::from_le_bytes(*file.get(at + 4..)?.first_chunk()?);
            file.get(at + 8..(at + 8).checked_add(usize::try_from(length).ok()?)?)
        };
        let (name, body) = (&file[at..], chunk().ok_or(Unstrippable::Damaged)?);
        at += 8 + body.len() + body.len() % 2;
        match &name[..4] {
            b"VP8X" if body.len() == 10 && !extended => {
                extended = true;
                let turned = if exif(orientation).is_some() { EXIF } else { 0 };
                let mut head = [0; 10];
                head[0] = body[0] & ALPHA | turned;
                head[4..].copy_from_slice(&body[4..]);
                riff(&mut chunks, *b"VP8X", &head);
            }
            b"VP8 " => riff(&mut chunks, *b"VP8 ", body),
            b"VP8L" => riff(&mut chunks, *b"VP8L", body),
            b"ALPH" => riff(&mut chunks, *b"ALPH", body),
            b"VP8X" | b"ANIM" | b"ANMF" => return Err(Unstrippable::Container),
            _ => {}
        }
    }
    if let Some(block) = exif(orientation).filter(|_| extended) {
        riff(&mut chunks, *b"EXIF", &block);
    }
    let size = u32::try_from(chunks.len() + 4).map_err(|_| Unstrippable::Container)?;
    Ok([b"RIFF", &size.to_le_bytes()[..], b"WEBP", &chunks].concat())
}

fn riff(out: &mut Vec<u8>, name: [u8; 4], body: &[u8]) {
    out.extend(name);
    out.extend(u32::try_from(body.len()).unwrap_or(u32::MAX).to_le_bytes());
    out.extend_from_slice(body);
    out.resize(out.len() + body.len() % 2, 0);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scans_of_a_progressive_file_leave_without_the_notes_between_them() {
        let file = [
            &[0xFF, 0xD8, 0xFF, 0xFF, 0xE1, 0, 9][..],
            b"Exif\0\0x",
            b"\xFF\xC2\0\x03\x01",
            b"\xFF\xDA\0\x03\x01ab\xFF\0c\xFF\xD0d",
            b"\xFF\xFE\0\x08Maria!",
            b"\xFF\xDA\0\x03\x02ef\xFF\xD9",
            b"after the end",
        ];
        let expected =
            b"\xFF\xD8\xFF\xC2\0\x03\x01\xFF\xDA\0\x03\x01ab\xFF\0c\xFF\xD0d\xFF\xDA\0\x03\x02ef\xFF\xD9";
        assert_eq!(strip(&file.concat()).unwrap().bytes, expected);
        assert_eq!(strip(&file[..6].concat()).map(|_| ()), Ok(()));
        assert_eq!(strip(&file[..5].concat()), Err(Unstrippable::Damaged), "no end");
        let between = b"\xFF\xD8\xFF\xFE\0\x02x\xFF\xD9";
        assert_eq!(strip(between), Err(Unstrippable::Damaged));
    }

    #[test]
    fn other_containers_are_not_guessed_at() {
        for bytes in [&b"II*\0\x08\0\0\0"[..], b"GIF89a", b"", b"%PDF-1.7"] {
            assert_eq!(strip(bytes), Err(Unstrippable::Container));
        }
        assert_eq!(strip(b"\x89PNG\r\n\x1a\n\0\0\0\x04"), Err(Unstrippable::Damaged));
        assert_eq!(strip(b"RIFF\xFF\xFF\xFF\xFFWEBPVP8 "), Err(Unstrippable::Damaged));
    }
}
