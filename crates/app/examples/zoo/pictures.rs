//! Pictures and documents with huge sides, circles and two faces.

use super::animals::Made;

pub(crate) fn all(times: usize) -> Vec<Made> {
    let zip = b"PK\x03\x04\x14\0\0\0\0\0".to_vec();
    vec![
        ("PNG of the widest sides", "wide.png", png(0x7fff_ffff, 0x7fff_ffff, &[])),
        ("PNG of zeros", "zeros.png", png(19_999, 4_999, &vec![0; 1_000 * times])),
        ("PNG of no side", "none.png", png(0, 0, &[])),
        ("JPEG of 65,535 squared", "wide.jpg", jpeg(65_535, 65_535)),
        ("JPEG of no side", "none.jpg", jpeg(0, 0)),
        ("JPEG that begins only", "begins.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF\0".to_vec()),
        ("JPEG of markers", "markers.jpg", [b"\xff\xd8\xff".to_vec(), b"\xff\xc0\0\x02".repeat(50_000 * times)].concat()),
        ("JPEG with EXIF in circles", "exif.jpg", exif()),
        ("TIFF of pages in a circle", "circle.tif", tiff(8)),
        ("TIFF of pages without end", "pages.tif", tiff_pages(2_000 * times)),
        ("TIFF that leads beyond its end", "beyond.tif", b"II*\0\xf0\xff\xff\xff".to_vec()),
        ("PDF of tables in a circle", "circle.pdf", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\nxref\n0 1\n0000000000 65535 f \ntrailer\n<</Size 1/Prev 30>>\nstartxref\n30\n%%EOF".to_vec()),
        ("PDF of pages in a circle", "kids.pdf", kids()),
        ("PDF without bottom", "deep.pdf", [b"%PDF-1.4\n1 0 obj\n".to_vec(), b"[".repeat(100_000 * times), b"\nstartxref\n9\n%%EOF".to_vec()].concat()),
        ("PDF that begins only", "begins.pdf", b"%PDF-1.4\n".to_vec()),
        ("WebP that begins only", "begins.webp", b"RIFF\xff\xff\xff\xffWEBPVP8L\xff\xff\xff\xff/\xff\xff\xff\xff".to_vec()),
        ("JPEG and zip", "both.jpg", [b"\xff\xd8\xff\xe0".to_vec(), zip.clone(), b"PK\x05\x06".to_vec(), vec![0; 18]].concat()),
        ("PDF and zip", "both.pdf", [b"%PDF-1.4\n".to_vec(), zip, b"\nstartxref\n0\n%%EOFPK\x05\x06".to_vec(), vec![0; 18]].concat()),
        ("PNG and a page", "page.png", [png(8, 8, &[]), b"<script>alert(1)</script>".to_vec()].concat()),
        ("zip and a table", "both.csv", [b"PK\x05\x06".to_vec(), vec![0; 18], b"\ntable,A\n01.01,1\n".to_vec()].concat()),
        ("bitmap", "bitmap.bmp", b"BM\xff\xff\xff\x7f\0\0\0\0\x36\0\0\0\x28\0\0\0\xff\xff\xff\x7f\xff\xff\xff\x7f".to_vec()),
        ("GIF of the widest sides", "wide.gif", b"GIF89a\xff\xff\xff\xff\xf7\0\0".to_vec()),
    ]
}

fn png(width: u32, height: u32, data: &[u8]) -> Vec<u8> {
    let chunk = |kind: &[u8; 4], body: &[u8]| {
        let length = u32::try_from(body.len()).expect("small").to_be_bytes();
        let named = [&kind[..], body].concat();
        [&length[..], &named, &crc32(&named).to_be_bytes()].concat()
    };
    let head = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 0, 0, 0, 0]].concat();
    // Stored deflate (RFC 1951, 3.2.4) in a zlib frame, without its end.
    let length = u16::try_from(data.len().min(60_000)).expect("small");
    let stored = [
        &[0x78, 0x01, 0x00][..],
        &length.to_le_bytes(),
        &(!length).to_le_bytes(),
        &data[..usize::from(length)],
    ]
    .concat();
    [b"\x89PNG\r\n\x1a\n".to_vec(), chunk(b"IHDR", &head), chunk(b"IDAT", &stored), chunk(b"IEND", &[])]
        .concat()
}

/// CRC-32 of PNG (ISO 3309), bit by bit.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 * (crc & 1)))
    })
}

/// A baseline JPEG's header with these sides, and nothing after it.
fn jpeg(width: u16, height: u16) -> Vec<u8> {
    let mut bytes = b"\xff\xd8\xff\xdb\0\x43\0".to_vec();
    bytes.extend([1; 64]);
    bytes.extend(b"\xff\xc0\0\x0b\x08");
    bytes.extend(height.to_be_bytes());
    bytes.extend(width.to_be_bytes());
    bytes.extend(b"\x01\x01\x11\0\xff\xda\0\x08\x01\x01\0\0\x3f\0\0\0\xff\xd9");
    bytes
}

/// A JPEG whose EXIF directory leads to itself.
fn exif() -> Vec<u8> {
    let tiff = b"II*\0\x08\0\0\0\x01\0\x69\x87\x04\0\x01\0\0\0\x08\0\0\0\x08\0\0\0";
    let length = u16::try_from(tiff.len() + 8).expect("small").to_be_bytes();
    [b"\xff\xd8\xff\xe1", &length[..], b"Exif\0\0", tiff, &jpeg(8, 8)[2..]].concat()
}

/// A TIFF directory without entries whose next one is at `next`.
fn tiff(next: u32) -> Vec<u8> {
    [b"II*\0\x08\0\0\0\0\0".as_slice(), &next.to_le_bytes()].concat()
}

/// Directories one after the other, each of one entry that claims four gigabytes.
fn tiff_pages(n: usize) -> Vec<u8> {
    let mut bytes = b"II*\0\x08\0\0\0".to_vec();
    for i in 0..n {
        bytes.extend(b"\x01\0\x11\x01\x04\0\xff\xff\xff\xff\x08\0\0\0");
        let next = if i + 1 == n { 8 } else { bytes.len() + 4 };
        bytes.extend(u32::try_from(next).expect("small").to_le_bytes());
    }
    bytes
}

/// A page tree whose root is its own child.
fn kids() -> Vec<u8> {
    let mut bytes = b"%PDF-1.4\n".to_vec();
    let first = bytes.len();
    bytes.extend(b"1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n");
    let second = bytes.len();
    bytes.extend(b"2 0 obj\n<</Type/Pages/Count 4000000000/Kids[2 0 R 2 0 R 2 0 R 2 0 R]>>\nendobj\n");
    let table = bytes.len();
    bytes.extend(format!("xref\n0 3\n0000000000 65535 f \n{first:010} 00000 n \n{second:010} 00000 n \ntrailer\n<</Size 3/Root 1 0 R>>\nstartxref\n{table}\n%%EOF").bytes());
    bytes
}
