//! PDF files whose pages are pictures: what scanners and telephones make (ISO 32000-1).
//!
//! Objects are found through the file's own tables, as every viewer finds them; a file whose tables are damaged
//! is refused rather than guessed at. Not read: encrypted files, JPEG 2000, JBIG2 and fax group 3 pictures, CMYK
//! outside JPEG.

mod content;
mod file;
mod filters;
mod picture;
mod syntax;

use std::collections::BTreeSet;

use super::{DocumentFault, MAX_PAGES, MAX_PICTURE_BYTES, PageFault};
use content::{Drawing, Drawn};
use file::File;
use picture::Picture;
use syntax::Object;

/// Deepest page tree.
const MAX_TREE_DEPTH: usize = 64;
/// A picture that covers less of the page than this share of the largest one is a logo or a mark.
const MINOR: f64 = 0.05;
/// Share of a side by which neighbouring pictures may overlap or gape.
const SLACK: f64 = 0.01;

/// A PDF file's pages.
pub(super) struct Pdf<'a> {
    file: File<'a>,
    pages: Vec<Page>,
    is_cut: bool,
}

/// Where a page's parts are: pages of a crafted file must not hold more than a few numbers each.
struct Page {
    number: u32,
    /// The node of the tree whose resources it uses.
    resources: Option<u32>,
    /// Quarter turns clockwise.
    turns: usize,
}

/// What a page takes from the nodes above it.
#[derive(Clone, Copy, Default)]
struct Inherited {
    resources: Option<u32>,
    degrees: f64,
}

impl<'a> Pdf<'a> {
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, DocumentFault> {
        let file = File::open(bytes)?;
        let mut pdf = Self { file, pages: Vec::new(), is_cut: false };
        let root = pdf.file.get_dict(pdf.file.trailer(), b"Root").ok_or(DocumentFault::Damaged)?;
        let tree = root.get(&b"Pages"[..]).ok_or(DocumentFault::Damaged)?;
        pdf.walk(tree, Inherited::default(), &mut BTreeSet::new(), 0);
        if pdf.pages.is_empty() { Err(DocumentFault::NoPages) } else { Ok(pdf) }
    }

    pub(super) fn n_pages(&self) -> usize {
        self.pages.len()
    }

    pub(super) fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// Pages below a node of the tree. Kids are references (7.7.3.2).
    fn walk(&mut self, node: &Object, above: Inherited, seen: &mut BTreeSet<u32>, depth: usize) {
        let Object::Reference(number) = *node else { return };
        if depth > MAX_TREE_DEPTH || self.is_cut || !seen.insert(number) {
            return;
        }
        let Object::Dict(dict) = self.file.resolve(node) else { return };
        let mut inherited = above;
        if dict.contains_key(&b"Resources"[..]) {
            inherited.resources = Some(number);
        }
        inherited.degrees = self.file.get(&dict, b"Rotate").number().unwrap_or(above.degrees);
        if let Object::Array(kids) = self.file.get(&dict, b"Kids") {
            kids.iter().for_each(|kid| self.walk(kid, inherited, seen, depth + 1));
        } else if self.pages.len() < MAX_PAGES {
            let degrees = inherited.degrees.rem_euclid(360.0);
            let turns = [90.0, 180.0, 270.0].iter().position(|&turn| degrees == turn);
            let turns = turns.map_or(0, |at| at + 1);
            self.pages.push(Page { number, resources: inherited.resources, turns });
        } else {
            self.is_cut = true;
        }
    }

    pub(super) fn page(&self, index: usize) -> Result<Vec<Vec<u8>>, PageFault> {
        let page = self.pages.get(index).ok_or(PageFault::Damaged)?;
        let dict = |number: u32| match self.file.resolve(&Object::Reference(number)) {
            Object::Dict(dict) => Some(dict),
            _ => None,
        };
        let resources = page.resources.and_then(|number| self.file.get_dict(&dict(number)?, b"Resources"));
        let page_dict = dict(page.number).ok_or(PageFault::Damaged)?;
        let drawing = Drawing::of(&self.file, &page_dict, &resources.unwrap_or_default());
        let drawing = drawing.ok_or(PageFault::Damaged)?;
        if drawing.has_inline {
            return Err(PageFault::Unsupported("picture within the page's description"));
        }
        let mut placed: Vec<Placed> = drawing.pictures.into_iter().filter_map(Placed::new).collect();
        let largest = placed.iter().map(Placed::area).fold(0.0, f64::max);
        placed.retain(|picture| picture.area() >= MINOR * largest);
        if placed.is_empty() {
            return Err(PageFault::NoPicture);
        }
        if let Some(strips) = strips(&mut placed) {
            return picture::stitched(&self.file, &strips, page.turns).map(|whole| vec![whole]);
        }
        let overlapping = |i: usize| placed[..i].iter().any(|other| other.overlaps(&placed[i]));
        if (0..placed.len()).any(overlapping) {
            return Err(PageFault::Layered);
        }
        let (mut files, mut n_bytes) = (Vec::new(), 0);
        for Placed { drawn, .. } in &placed {
            let orientation = picture::orientation(&drawn.matrix, page.turns);
            let file = Picture::of(&self.file, &drawn.stream)?.file(orientation)?;
            n_bytes += file.len();
            if n_bytes > 2 * MAX_PICTURE_BYTES {
                return Err(PageFault::TooLarge);
            }
            files.push(file);
        }
        Ok(files)
    }
}

/// A picture and the upright box around it on the page, points.
struct Placed<'a> {
    drawn: Drawn<'a>,
    low: [f64; 2],
    high: [f64; 2],
}

impl<'a> Placed<'a> {
    /// `None` for one that is drawn without area.
    fn new(drawn: Drawn<'a>) -> Option<Self> {
        let [a, b, c, d, e, f] = drawn.matrix;
        let corners = [[e, f], [e + a, f + b], [e + c, f + d], [e + a + c, f + b + d]];
        let bound = |pick: fn(f64, f64) -> f64, start: f64| {
            [0, 1].map(|axis| corners.iter().map(|corner| corner[axis]).fold(start, pick))
        };
        let placed =
            Self { low: bound(f64::min, f64::INFINITY), high: bound(f64::max, f64::NEG_INFINITY), drawn };
        (placed.area() > 0.0 && placed.area().is_finite()).then_some(placed)
    }

    fn side(&self, axis: usize) -> f64 {
        self.high[axis] - self.low[axis]
    }

    fn area(&self) -> f64 {
        self.side(0) * self.side(1)
    }

    fn overlaps(&self, other: &Self) -> bool {
        [0, 1].iter().all(|&axis| {
            let shared = self.high[axis].min(other.high[axis]) - self.low[axis].max(other.low[axis]);
            shared > SLACK * self.side(axis).min(other.side(axis))
        })
    }
}

/// Pictures that are one scan cut into strips from top to bottom, in this order; upright ones only.
fn strips<'p, 'a>(placed: &'p mut [Placed<'a>]) -> Option<Vec<&'p Drawn<'a>>> {
    placed.sort_by(|one, other| other.high[1].total_cmp(&one.high[1]));
    let upright = |p: &Placed<'_>| {
        let [a, b, c, d, ..] = p.drawn.matrix;
        a > 0.0 && d > 0.0 && b.abs() < SLACK * a && c.abs() < SLACK * d
    };
    let abut = |pair: &[Placed<'_>]| {
        let (upper, lower) = (&pair[0], &pair[1]);
        let slack = SLACK * upper.side(0);
        (upper.low[0] - lower.low[0]).abs() < slack
            && (upper.high[0] - lower.high[0]).abs() < slack
            && (upper.low[1] - lower.high[1]).abs() < slack
    };
    let are_strips = placed.len() > 1 && placed.iter().all(upright) && placed.windows(2).all(abut);
    are_strips.then(|| placed.iter().map(|placed| &placed.drawn).collect())
}
