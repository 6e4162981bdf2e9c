//! Pages out of documents: each picture as it lies there, the right way up; what is not read is a fault.

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use tallyproof_reader::Luma;
use tallyproof_reader::document::{Document, DocumentFault, PageFault};
use tallyproof_reader::image::{DecodeLimits, decode_luma};
use tallyproof_render::scan::{PdfWriter, Scan, scans_to_pdf};

use crate::make::{jpeg, quarter_turn};

/// Blocks of flat grey, none like its neighbour or its mirror image.
fn blocks(width: usize, height: usize) -> Luma {
    let grey = |x: usize, y: usize| ((x / 8 * 37 + y / 8 * 91) % 200 + 20).to_le_bytes()[0];
    let pixels = (0..width * height).map(|i| grey(i % width, i / width)).collect();
    Luma::new(width, height, pixels).unwrap()
}

fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn picture_entries(luma: &Luma, more: &str) -> String {
    let (width, height) = (luma.width_px(), luma.height_px());
    format!("/Type /XObject /Subtype /Image /Width {width} /Height {height} {more}")
}

const WHOLE: &str = "q 600 0 0 800 0 0 cm /P0 Do Q";

/// A file of one page with one picture drawn by `content`.
fn one_page(luma: &Luma, more: &str, data: &[u8], content: &str, page: &str) -> Vec<u8> {
    let mut pdf = PdfWriter::default();
    let picture = pdf.add_stream(&picture_entries(luma, more), data);
    let page = pdf.add_page([600, 800], content, &[picture], page);
    pdf.finish(&[page], "")
}

#[track_caller]
fn pages(bytes: &[u8]) -> Vec<Result<Vec<Vec<u8>>, PageFault>> {
    let document = Document::open(bytes).unwrap().unwrap();
    (0..document.n_pages()).map(|index| document.page(index)).collect()
}

#[track_caller]
fn only_picture(bytes: &[u8]) -> Vec<u8> {
    let [Ok(pictures)] = &pages(bytes)[..] else { panic!("{:?}", pages(bytes)) };
    let [picture] = &pictures[..] else { panic!("{} pictures", pictures.len()) };
    picture.clone()
}

#[track_caller]
fn shows(bytes: &[u8], expected: &Luma) {
    let photo = decode_luma(&only_picture(bytes), &DecodeLimits::default()).unwrap();
    assert_eq!(photo.damage, None);
    assert_eq!((photo.luma.width_px(), photo.luma.height_px()), (expected.width_px(), expected.height_px()));
    assert!(photo.luma == *expected, "other pixels");
}

#[track_caller]
fn is_refused(bytes: &[u8], fault: PageFault) {
    assert_eq!(pages(bytes), [Err(fault)]);
}

#[test]
fn jpeg_pages_are_the_very_bytes_that_were_embedded() {
    let (one, two) = (jpeg(&blocks(64, 96), false), jpeg(&blocks(96, 64), true));
    let scan = |jpeg: &Vec<u8>, size, rotate| Scan { jpeg: jpeg.clone(), size, rotate };
    let bytes = scans_to_pdf(&[scan(&one, [64, 96], 0), scan(&two, [96, 64], 0)]);
    assert_eq!(pages(&bytes), [Ok(vec![one]), Ok(vec![two])]);
    // Some scanners write a line of their own before the header.
    let late = [&b"scanned by hand\n"[..], &bytes].concat();
    assert_eq!(pages(&late), pages(&bytes));
}

#[test]
fn turned_pages_are_upright_whoever_turns_them() {
    let upright = blocks(64, 96);
    let data = jpeg(&upright, false);
    let once = quarter_turn(&upright);
    let twice = quarter_turn(&once);
    let thrice = quarter_turn(&twice);
    let dct = "/ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /DCTDecode";
    for (rotate, expected) in [(90, &once), (180, &twice), (270, &thrice), (-90, &thrice), (450, &once)] {
        shows(&one_page(&upright, dct, &data, WHOLE, &format!("/Rotate {rotate}")), expected);
    }
    // The same by the matrix: clockwise, upside down, anticlockwise; and undone by the page.
    let drawn = |matrix: &str| format!("q {matrix} cm /P0 Do Q");
    for (matrix, expected) in [
        ("0 -800 600 0 0 800", &once),
        ("-600 0 0 -800 600 800", &twice),
        ("0 800 -600 0 600 0", &thrice),
        ("2 0 0 2 0 0 cm 300 10 -12 400 0 0", &upright),
    ] {
        shows(&one_page(&upright, dct, &data, &drawn(matrix), ""), expected);
    }
    shows(&one_page(&upright, dct, &data, &drawn("0 800 -600 0 600 0"), "/Rotate 90"), &upright);
    // What the JPEG says of itself counts for nothing within a page.
    let sideways = crate::make::with_orientation(&data, 6);
    assert!(decode_luma(&sideways, &DecodeLimits::default()).unwrap().luma == once);
    shows(&one_page(&upright, dct, &sideways, WHOLE, ""), &upright);
    shows(&one_page(&upright, dct, &sideways, WHOLE, "/Rotate 180"), &twice);
}

#[test]
fn pictures_that_are_no_jpeg_are_wrapped_without_unpacking_them() {
    let luma = blocks(61, 40);
    let grey = "/ColorSpace /DeviceGray /BitsPerComponent 8";
    let packed = deflated(luma.pixels());
    shows(&one_page(&luma, grey, luma.pixels(), WHOLE, ""), &luma);
    let flate = format!("{grey} /Filter /FlateDecode");
    let bytes = one_page(&luma, &flate, &packed, WHOLE, "");
    shows(&bytes, &luma);
    assert!(only_picture(&bytes).windows(packed.len()).any(|part| part == packed));
    shows(&one_page(&luma, &flate, &packed, WHOLE, "/Rotate 90"), &quarter_turn(&luma));
    let icc = format!("{flate} /Decode [0 1]").replace("/DeviceGray", "[/CalGray << >>]");
    shows(&one_page(&luma, &icc, &packed, WHOLE, ""), &luma);

    // Inverted samples.
    let inverted: Vec<u8> = luma.pixels().iter().map(|grey| 255 - grey).collect();
    let turned = format!("{flate} /Decode [1 0]");
    shows(&one_page(&luma, &turned, &deflated(&inverted), WHOLE, ""), &luma);

    // PNG's filters: each row with "none" before it.
    let rows: Vec<u8> = luma.rows().flat_map(|row| [&[0], row].concat()).collect();
    let predictor =
        format!("{flate} /DecodeParms << /Predictor 15 /Colors 1 /BitsPerComponent 8 /Columns 61 >>");
    shows(&one_page(&luma, &predictor, &deflated(&rows), WHOLE, ""), &luma);
    shows(
        &one_page(&luma, &predictor, &deflated(&rows), WHOLE, "/Rotate 180"),
        &quarter_turn(&quarter_turn(&luma)),
    );
    let wrong = predictor.replace("/Columns 61", "/Columns 60");
    is_refused(
        &one_page(&luma, &wrong, &deflated(&rows), WHOLE, ""),
        PageFault::Unsupported("picture with this predictor"),
    );

    // Colours, and a palette of two.
    let rgb: Vec<u8> = luma.pixels().iter().flat_map(|&grey| [grey; 3]).collect();
    let color = flate.replace("DeviceGray", "DeviceRGB");
    shows(&one_page(&luma, &color, &deflated(&rgb), WHOLE, ""), &luma);
    let two = Luma::new(16, 8, (0..128).map(|i| if i % 3 == 0 { 30 } else { 200 }).collect()).unwrap();
    let bits: Vec<u8> = two
        .pixels()
        .chunks(8)
        .map(|eight| eight.iter().fold(0, |byte, &grey| byte << 1 | u8::from(grey == 200)))
        .collect();
    let palette =
        "/ColorSpace [/Indexed /DeviceRGB 1 <1e1e1ec8c8c8>] /BitsPerComponent 1 /Filter /FlateDecode";
    shows(&one_page(&two, palette, &deflated(&bits), WHOLE, ""), &two);

    // Filters one after the other: text around deflated, deflated around JPEG.
    let hex: String = packed.iter().map(|byte| format!("{byte:02x}")).collect();
    let both = format!("{grey} /Filter [/ASCIIHexDecode /FlateDecode]");
    shows(&one_page(&luma, &both, format!("{hex}>").as_bytes(), WHOLE, ""), &luma);
    let smooth = blocks(64, 40);
    let twice = format!("{grey} /Filter [/FlateDecode /DCTDecode]");
    shows(&one_page(&smooth, &twice, &deflated(&jpeg(&smooth, false)), WHOLE, ""), &smooth);
}

/// Fax group 4 (ITU-T T.6): white rows are one bit each, V(0) against a white line above.
#[test]
fn fax_pictures_are_black_on_white() {
    let white = Luma::new(64, 8, vec![255; 512]).unwrap();
    let black = Luma::new(64, 8, vec![0; 512]).unwrap();
    // Eight rows of V(0), then the end of the block.
    let rows = [0b1111_1111, 0b0000_0000, 0b0001_0000, 0b0000_0001];
    let fax = |more: &str| {
        format!(
            "/ColorSpace /DeviceGray /BitsPerComponent 1 /Filter /CCITTFaxDecode \
             /DecodeParms << /K -1 /Columns 64 /Rows 8 {more} >>"
        )
    };
    shows(&one_page(&white, &fax(""), &rows, WHOLE, ""), &white);
    shows(&one_page(&white, &fax("/BlackIs1 true"), &rows, WHOLE, ""), &black);
    let mask = fax("").replace("/ColorSpace /DeviceGray /BitsPerComponent 1", "/ImageMask true");
    shows(&one_page(&white, &mask, &rows, WHOLE, ""), &white);
    let group_3 = fax("").replace("/K -1", "/K 0");
    is_refused(&one_page(&white, &group_3, &rows, WHOLE, ""), PageFault::Unsupported("fax group 3 picture"));
}

#[test]
fn strips_are_put_together_and_pictures_side_by_side_are_each_their_own() {
    let whole = blocks(64, 80);
    let entries = "/ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /FlateDecode";
    let strip = |from: usize, to: usize| {
        Luma::new(64, to - from, whole.pixels()[from * 64..to * 64].to_vec()).unwrap()
    };
    let cut = |parts: &[(usize, usize)]| {
        let mut pdf = PdfWriter::default();
        let (mut pictures, mut content) = (Vec::new(), String::new());
        for (i, &(from, to)) in parts.iter().enumerate() {
            let part = strip(from, to);
            pictures.push(pdf.add_stream(&picture_entries(&part, entries), &deflated(part.pixels())));
            content += &format!("q 640 0 0 {} 0 {} cm /P{i} Do Q\n", (to - from) * 10, 800 - to * 10);
        }
        let page = pdf.add_page([640, 800], &content, &pictures, "");
        pdf.finish(&[page], "")
    };
    shows(&cut(&[(0, 32), (32, 64), (64, 80)]), &whole);
    shows(&cut(&[(64, 80), (0, 32), (32, 64)]), &whole);
    is_refused(
        &cut(&[(0, 32), (32, 40), (40, 80)]),
        PageFault::Unsupported("picture in strips of this kind"),
    );

    let side_by_side = |second: &str, third: &str| {
        let mut pdf = PdfWriter::default();
        let (left, right, logo) = (blocks(64, 64), blocks(64, 72), blocks(16, 16));
        let add = |pdf: &mut PdfWriter, luma: &Luma| {
            pdf.add_stream(&picture_entries(luma, entries), &deflated(luma.pixels()))
        };
        let pictures = [add(&mut pdf, &left), add(&mut pdf, &right), add(&mut pdf, &logo)];
        let content = format!("q 300 0 0 300 0 0 cm /P0 Do Q {second} cm /P1 Do Q {third} cm /P2 Do Q");
        let page = pdf.add_page([700, 800], &content, &pictures, "");
        pages(&pdf.finish(&[page], ""))
    };
    let two = side_by_side("q 300 0 0 340 350 0", "q 20 0 0 20 0 0");
    assert_eq!(two[0].as_ref().unwrap().len(), 2, "a logo is no sheet");
    assert_eq!(side_by_side("q 300 0 0 340 100 0", "q 20 0 0 20 0 0"), [Err(PageFault::Layered)]);
}

#[test]
fn pictures_within_forms_are_found_and_pages_without_any_say_so() {
    let luma = blocks(64, 96);
    let mut pdf = PdfWriter::default();
    let entries = picture_entries(&luma, "/ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /DCTDecode");
    let picture = pdf.add_stream(&entries, &jpeg(&luma, false));
    let inner = format!("/Type /XObject /Subtype /Form /Resources << /XObject << /I {picture} 0 R >> >>");
    let form = pdf.add_stream(&inner, b"q 600 0 0 800 0 0 cm /I Do Q");
    let drawn = pdf.add_page([600, 800], "BT (hidden words) Tj ET /P0 Do", &[form], "/Rotate 180");
    // A form that draws itself.
    let circle = pdf.add("null");
    let circle_form =
        format!("/Type /XObject /Subtype /Form /Resources << /XObject << /P0 {} 0 R >> >>", circle + 1);
    let circle = pdf.add_stream(&circle_form, b"/P0 Do /P0 Do");
    let endless = pdf.add_page([600, 800], "/P0 Do", &[circle], "");
    let words = pdf.add_page([600, 800], "BT (only words) Tj ET", &[], "");
    let inline = "q 600 0 0 800 0 0 cm BI /W 200 /H 200 /CS /G /BPC 8 ID 0123 EI Q";
    let inline = pdf.add_page([600, 800], inline, &[], "");
    let bytes = pdf.finish(&[drawn, endless, words, inline], "");
    let found = pages(&bytes);
    let photo = decode_luma(&found[0].as_ref().unwrap()[0], &DecodeLimits::default()).unwrap();
    assert!(photo.luma == quarter_turn(&quarter_turn(&luma)));
    assert_eq!(found[1..3], [Err(PageFault::NoPicture), Err(PageFault::NoPicture)]);
    assert!(matches!(found[3], Err(PageFault::Unsupported(_))));
}

#[test]
fn object_streams_and_cross_reference_streams_are_followed() {
    let luma = blocks(64, 96);
    let data = jpeg(&luma, false);
    let mut file = b"%PDF-1.5\n".to_vec();
    let mut places = Vec::new();
    let mut put = |file: &mut Vec<u8>, number: usize, entries: &str, data: &[u8]| {
        places.push(file.len());
        file.extend(format!("{number} 0 obj\n<< {entries} /Length {} >>\nstream\r\n", data.len()).as_bytes());
        file.extend(data);
        file.extend(b"\r\nendstream\nendobj\n");
    };
    let entries = picture_entries(&luma, "/ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /DCTDecode");
    put(&mut file, 1, &entries, &data);
    put(&mut file, 2, "", WHOLE.as_bytes());
    let objects = [
        "<< /Type /Catalog /Pages 5 0 R >>",
        "<< /Type /Pages /Count 1 /Kids [6 0 R] /Rotate 90 /Resources << /XObject << /P0 1 0 R >> >> >>",
        "<< /Type /Page /Contents [2 0 R] /MediaBox [0 0 600 800] >>",
    ];
    let (mut index, mut body) = (String::new(), String::new());
    for (number, object) in (4..).zip(objects) {
        index += &format!("{number} {} ", body.len());
        body += &format!("{object} ");
    }
    let packed = deflated(format!("{index}{body}").as_bytes());
    put(&mut file, 3, &format!("/Type /ObjStm /N 3 /First {} /Filter /FlateDecode", index.len()), &packed);
    let start = file.len();
    let mut rows: Vec<[u8; 4]> = vec![[0; 4]];
    rows.extend(places.iter().map(|&at| {
        let [high, low] = u16::try_from(at).unwrap().to_be_bytes();
        [1, high, low, 0]
    }));
    rows.extend((0..3).map(|i| [2, 0, 3, i]));
    // Rows against the one above (PNG's filter 2), as most writers do.
    let mut filtered = Vec::new();
    let mut above = [0u8; 4];
    for row in rows {
        filtered.push(2);
        filtered.extend((0..4).map(|i| row[i].wrapping_sub(above[i])));
        above = row;
    }
    let table = deflated(&filtered);
    let entries = "/Type /XRef /Size 7 /W [1 2 1] /Root 4 0 R /Filter /FlateDecode \
                   /DecodeParms << /Predictor 12 /Columns 4 >>";
    file.extend(format!("7 0 obj\n<< {entries} /Length {} >>\nstream\n", table.len()).as_bytes());
    file.extend(&table);
    file.extend(format!("\nendstream\nendobj\nstartxref\n{start}\n%%EOF").as_bytes());
    shows(&file, &quarter_turn(&luma));
}

#[test]
fn documents_that_cannot_be_followed_are_faults() {
    let open = |bytes: &[u8]| Document::open(bytes).unwrap().map(|document| document.n_pages());
    let mut locked = PdfWriter::default();
    let page = locked.add_page([600, 800], "", &[], "");
    assert_eq!(
        open(&locked.finish(&[page], "/Encrypt << /Filter /Standard /V 2 >>")),
        Err(DocumentFault::Encrypted)
    );
    assert_eq!(open(&PdfWriter::default().finish(&[], "")), Err(DocumentFault::NoPages));
    let scan = Scan { jpeg: jpeg(&blocks(64, 96), false), size: [64, 96], rotate: 0 };
    let whole = scans_to_pdf(&[scan]);
    for n in (0..whole.len() - 30).step_by(97) {
        let opened = Document::open(&whole[..n]);
        assert!(opened.is_none_or(|opened| opened.is_err()), "{n}");
    }
    assert!(Document::open(b"%PD").is_none() && Document::open(b"").is_none());
    // Places beyond the end, found by fuzzing: of the table, of an older one, of an object.
    let far = |from: &str, to: &str| {
        let at = whole.windows(from.len()).rposition(|part| part == from.as_bytes()).unwrap();
        let bytes = [&whole[..at], to.as_bytes(), &whole[at + from.len()..]].concat();
        Document::open(&bytes).map(|opened| opened.map(|document| document.page(0)).err())
    };
    assert_eq!(far("startxref\n", "startxref\n99"), Some(Some(DocumentFault::Damaged)));
    assert_eq!(far("trailer\n<< ", "trailer\n<< /Prev 99999999 "), Some(Some(DocumentFault::Damaged)));
    assert_eq!(far(" 00000 n \ntrailer", "9 00000 n \ntrailer"), Some(Some(DocumentFault::Damaged)));
    // A wrong length is no obstacle, a picture that is none is.
    let mut page = PdfWriter::default();
    let picture =
        page.add_stream("/Subtype /Image /Width 8 /Height 8 /Filter /DCTDecode /Length 5", b"no JPEG at all");
    let page_number = page.add_page([600, 800], WHOLE, &[picture], "");
    is_refused(&page.finish(&[page_number], ""), PageFault::Damaged);
}

/// Deflated zeros in a page's description, in an object stream, and a picture tree without end.
#[test]
fn bombs_cost_little() {
    let bomb = deflated(&vec![b' '; 64 << 20]);
    let mut pdf = PdfWriter::default();
    let content = pdf.add_stream("/Filter /FlateDecode", &bomb);
    let page = pdf.add(&format!("<< /Type /Page /Contents {content} 0 R >>"));
    is_refused(&pdf.finish(&[page], ""), PageFault::Damaged);

    let mut pdf = PdfWriter::default();
    let twice = pdf.add_stream("/Filter [/FlateDecode /FlateDecode]", &deflated(&bomb));
    let page = pdf.add(&format!("<< /Type /Page /Contents {twice} 0 R >>"));
    is_refused(&pdf.finish(&[page], ""), PageFault::Damaged);

    // Kids that are their own parents, and arrays deeper than any writer's.
    let mut pdf = PdfWriter::default();
    let own = pdf.add("<< /Type /Pages /Kids [1 0 R 1 0 R 2 0 R] >>");
    let deep = pdf.add(&format!("{}{}", "[".repeat(100_000), "]".repeat(100_000)));
    assert_eq!(Document::open(&pdf.finish(&[own, deep], "")).unwrap().err(), Some(DocumentFault::NoPages));
}

/// A TIFF file of several pages, little- or big-endian, classic or big.
fn tiff_of(pages: &[&Luma]) -> Vec<u8> {
    let mut file = std::io::Cursor::new(Vec::new());
    let mut encoder = tiff::encoder::TiffEncoder::new(&mut file).unwrap();
    for page in pages {
        let side = |px: usize| u32::try_from(px).unwrap();
        let (width, height) = (side(page.width_px()), side(page.height_px()));
        encoder.write_image::<tiff::encoder::colortype::Gray8>(width, height, page.pixels()).unwrap();
    }
    file.into_inner()
}

#[test]
fn pages_of_tiff_files_are_files_of_their_own() {
    let (one, two, three) = (blocks(64, 96), blocks(90, 50), blocks(33, 7));
    let bytes = tiff_of(&[&one, &two, &three]);
    let found = pages(&bytes);
    assert_eq!(found.len(), 3);
    for (page, expected) in found.iter().zip([&one, &two, &three]) {
        let picture = &page.as_ref().unwrap()[0];
        assert!(picture.len() < bytes.len());
        assert!(decode_luma(picture, &DecodeLimits::default()).unwrap().luma == *expected);
    }
    assert!(Document::open(&tiff_of(&[&one])).is_none(), "one page is a picture");
    // Cut off within: pages whose directory is gone are none, strips that are cut are the decoder's to judge.
    for n in (8..bytes.len()).step_by(61) {
        if let Some(document) = Document::open(&bytes[..n]) {
            let document = document.unwrap();
            (0..document.n_pages()).for_each(|index| drop(document.page(index)));
        }
    }
}
