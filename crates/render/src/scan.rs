//! Scans as documents: PDF files as scanners and telephones write them (ISO 32000-1).

use std::fmt::Write;

/// Writes a PDF file object by object.
#[derive(Default)]
pub struct PdfWriter {
    objects: Vec<Vec<u8>>,
}

impl PdfWriter {
    /// Adds an object as it is written, such as `<< /Type /Catalog /Pages 2 0 R >>`; gives its number, counted
    /// from 1.
    pub fn add(&mut self, object: &str) -> usize {
        self.objects.push(object.as_bytes().to_vec());
        self.objects.len()
    }

    /// Adds a stream; `entries` are its dictionary's but for the length.
    pub fn add_stream(&mut self, entries: &str, data: &[u8]) -> usize {
        let head = format!("<< {entries} /Length {} >>\nstream\n", data.len());
        self.objects.push([head.as_bytes(), data, b"\nendstream"].concat());
        self.objects.len()
    }

    /// Adds a page of `width` × `height` points whose only content is `content`, with the pictures `/P0`, `/P1` …
    /// and further entries of its dictionary.
    pub fn add_page(&mut self, size: [u32; 2], content: &str, pictures: &[usize], entries: &str) -> usize {
        let content = self.add_stream("", content.as_bytes());
        let mut names = String::new();
        for (i, picture) in pictures.iter().enumerate() {
            let _ = write!(names, "/P{i} {picture} 0 R ");
        }
        let [width, height] = size;
        self.add(&format!(
            "<< /Type /Page /MediaBox [0 0 {width} {height}] /Contents {content} 0 R \
             /Resources << /XObject << {names}>> >> {entries} >>"
        ))
    }

    /// The file: a catalogue over `pages`, a cross-reference table, and `entries` in the trailer.
    #[must_use]
    pub fn finish(mut self, pages: &[usize], entries: &str) -> Vec<u8> {
        let kids: String = pages.iter().fold(String::new(), |mut kids, page| {
            let _ = write!(kids, "{page} 0 R ");
            kids
        });
        let tree = self.add(&format!("<< /Type /Pages /Count {} /Kids [{kids}] >>", pages.len()));
        let root = self.add(&format!("<< /Type /Catalog /Pages {tree} 0 R >>"));
        let mut file = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n".to_vec();
        let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", self.objects.len() + 1);
        for (object, number) in self.objects.iter().zip(1..) {
            let _ = writeln!(table, "{:010} 00000 n ", file.len());
            file.extend(format!("{number} 0 obj\n").as_bytes());
            file.extend(object);
            file.extend(b"\nendobj\n");
        }
        let start = file.len();
        let size = self.objects.len() + 1;
        let tail =
            format!("trailer\n<< /Size {size} /Root {root} 0 R {entries} >>\nstartxref\n{start}\n%%EOF\n");
        file.extend(table.as_bytes());
        file.extend(tail.as_bytes());
        file
    }
}

/// A JPEG picture that fills a page.
pub struct Scan {
    /// The JPEG file.
    pub jpeg: Vec<u8>,
    /// Columns and rows, px.
    pub size: [usize; 2],
    /// Degrees by which a viewer turns the page clockwise: 0, 90, 180 or 270.
    pub rotate: u32,
}

/// Scans as the pages of one file, each filling its page.
#[must_use]
pub fn scans_to_pdf(scans: &[Scan]) -> Vec<u8> {
    let mut pdf = PdfWriter::default();
    let mut pages = Vec::new();
    for scan in scans {
        let [width, height] = scan.size;
        let entries = format!(
            "/Type /XObject /Subtype /Image /Width {width} /Height {height} /ColorSpace /DeviceRGB \
             /BitsPerComponent 8 /Filter /DCTDecode"
        );
        let picture = pdf.add_stream(&entries, &scan.jpeg);
        let content = "q 595 0 0 842 0 0 cm /P0 Do Q";
        pages.push(pdf.add_page([595, 842], content, &[picture], &format!("/Rotate {}", scan.rotate)));
    }
    pdf.finish(&pages, "")
}
