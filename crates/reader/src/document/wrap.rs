//! Compressed picture data as it was found, under a header of its own.

use flate2::Crc;

/// A JPEG stream as a file that says which way up it is. What the stream itself says of that counts for nothing
/// within a page.
pub(super) fn jpeg(stream: &[u8], orientation: u16) -> Vec<u8> {
    let exif = stream.windows(6).take(1 << 16).any(|six| six == b"Exif\0\0");
    if orientation == 1 && !exif {
        return stream.to_vec();
    }
    // APP1 with Exif (CIPA DC-008, 4.7.2); the first one in the file is the one that counts.
    let block = exif_block(orientation);
    let length = u16::try_from(2 + 6 + block.len()).unwrap_or(u16::MAX);
    let (start, rest) = stream.split_at(stream.len().min(2));
    [start, b"\xff\xe1", &length.to_be_bytes(), b"Exif\0\0", &block, rest].concat()
}

/// A TIFF structure with nothing but an orientation.
fn exif_block(orientation: u16) -> Vec<u8> {
    let mut block = b"II*\0\x08\0\0\0\x01\0".to_vec();
    block.extend(entry(274, orientation));
    block.extend([0; 4]);
    block
}

/// Rows filtered and deflated as PNG does, as a PNG file (ISO/IEC 15948, 5.3).
pub(super) struct Png<'a> {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) bits: u8,
    /// 0 grey, 2 RGB, 3 palette.
    pub(super) color: u8,
    /// RGB triples.
    pub(super) palette: Vec<u8>,
    pub(super) orientation: u16,
    pub(super) data: &'a [u8],
}

impl Png<'_> {
    pub(super) fn file(&self) -> Vec<u8> {
        let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
        let [width, height] = [self.width, self.height].map(u32::to_be_bytes);
        chunk(&mut file, b"IHDR", &[&width[..], &height, &[self.bits, self.color, 0, 0, 0]].concat());
        if self.orientation != 1 {
            chunk(&mut file, b"eXIf", &exif_block(self.orientation));
        }
        if !self.palette.is_empty() {
            chunk(&mut file, b"PLTE", &self.palette);
        }
        chunk(&mut file, b"IDAT", self.data);
        chunk(&mut file, b"IEND", &[]);
        file
    }
}

/// Bytes as a zlib stream without compression (RFC 1950, RFC 1951 3.2.4).
pub(super) fn stored(bytes: &[u8]) -> Vec<u8> {
    const MOST: usize = 65_535;
    let mut stream = vec![0x78, 0x01];
    let n_blocks = bytes.len().div_ceil(MOST).max(1);
    for i in 0..n_blocks {
        let block = &bytes[i * MOST..bytes.len().min((i + 1) * MOST)];
        let length = u16::try_from(block.len()).unwrap_or(u16::MAX);
        stream.push(u8::from(i + 1 == n_blocks));
        stream.extend(length.to_le_bytes());
        stream.extend((!length).to_le_bytes());
        stream.extend(block);
    }
    let (mut a, mut b) = (1u32, 0u32);
    for &byte in bytes {
        a = (a + u32::from(byte)) % 65_521;
        b = (b + a) % 65_521;
    }
    stream.extend((b << 16 | a).to_be_bytes());
    stream
}

fn chunk(file: &mut Vec<u8>, name: &[u8; 4], data: &[u8]) {
    let mut crc = Crc::new();
    crc.update(name);
    crc.update(data);
    file.extend(u32::try_from(data.len()).unwrap_or(u32::MAX).to_be_bytes());
    file.extend(name);
    file.extend(data);
    file.extend(crc.sum().to_be_bytes());
}

/// Strips as a TIFF 6.0 file of one page.
pub(super) struct Tiff<'a> {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) bits: u16,
    pub(super) samples: u16,
    pub(super) compression: u16,
    pub(super) photometric: u16,
    pub(super) predictor: u16,
    pub(super) orientation: u16,
    pub(super) rows_per_strip: u32,
    pub(super) strips: Vec<&'a [u8]>,
}

impl Tiff<'_> {
    pub(super) fn file(&self) -> Vec<u8> {
        let shorts =
            |values: &[u16]| values.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>();
        let longs = |values: &[u32]| values.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>();
        let size = |strip: &&[u8]| u32::try_from(strip.len()).unwrap_or(u32::MAX);
        let sizes: Vec<u32> = self.strips.iter().map(size).collect();
        let mut at = 8u32;
        let mut places = Vec::with_capacity(sizes.len());
        for size in &sizes {
            places.push(at);
            at = at.saturating_add(*size);
        }
        // (tag, type, bytes), by tag: SHORT is 3, LONG is 4.
        let mut fields: Vec<(u16, u16, Vec<u8>)> = vec![
            (256, 4, longs(&[self.width])),
            (257, 4, longs(&[self.height])),
            (258, 3, shorts(&vec![self.bits; usize::from(self.samples)])),
            (259, 3, shorts(&[self.compression])),
            (262, 3, shorts(&[self.photometric])),
            (273, 4, longs(&places)),
            (274, 3, shorts(&[self.orientation])),
            (277, 3, shorts(&[self.samples])),
            (278, 4, longs(&[self.rows_per_strip])),
            (279, 4, longs(&sizes)),
        ];
        if self.predictor != 1 {
            fields.push((317, 3, shorts(&[self.predictor])));
        }
        file_of(Order::Little, &fields, &self.strips)
    }
}

/// The order of bytes in a TIFF file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    Little,
    Big,
}

impl Order {
    pub(super) fn short(self, value: u16) -> [u8; 2] {
        if self == Order::Little { value.to_le_bytes() } else { value.to_be_bytes() }
    }

    pub(super) fn long(self, value: u32) -> [u8; 4] {
        if self == Order::Little { value.to_le_bytes() } else { value.to_be_bytes() }
    }
}

/// A TIFF file: header, the strips from byte 8 on, longer values, and the directory of `fields` (tag, type,
/// bytes in `order`), which are sorted by tag.
pub(super) fn file_of(order: Order, fields: &[(u16, u16, Vec<u8>)], strips: &[&[u8]]) -> Vec<u8> {
    let mut body = strips.concat();
    let mut directory = Vec::new();
    directory.extend(order.short(u16::try_from(fields.len()).unwrap_or(u16::MAX)));
    for (tag, kind, bytes) in fields {
        let size = type_size(*kind).max(1);
        directory.extend(order.short(*tag));
        directory.extend(order.short(*kind));
        directory.extend(order.long(u32::try_from(bytes.len() / size).unwrap_or(u32::MAX)));
        if bytes.len() <= 4 {
            directory.extend(bytes);
            directory.extend(vec![0; 4 - bytes.len()]);
        } else {
            body.resize(body.len().next_multiple_of(2), 0);
            directory.extend(order.long(u32::try_from(8 + body.len()).unwrap_or(u32::MAX)));
            body.extend(bytes);
        }
    }
    directory.extend([0; 4]);
    body.resize(body.len().next_multiple_of(2), 0);
    let magic: &[u8] = if order == Order::Little { b"II*\0" } else { b"MM\0*" };
    let place = order.long(u32::try_from(8 + body.len()).unwrap_or(u32::MAX));
    [magic, &place, &body, &directory].concat()
}

/// Bytes of a value of a TIFF type; 0 for types this crate does not know (TIFF 6.0, section 2).
pub(super) fn type_size(kind: u16) -> usize {
    match kind {
        1 | 2 | 6 | 7 => 1,
        3 | 8 => 2,
        4 | 9 | 11 | 13 => 4,
        5 | 10 | 12 => 8,
        _ => 0,
    }
}

/// A directory entry with one SHORT, little-endian.
fn entry(tag: u16, value: u16) -> Vec<u8> {
    [&tag.to_le_bytes()[..], b"\x03\0\x01\0\0\0", &value.to_le_bytes(), &[0; 2]].concat()
}
