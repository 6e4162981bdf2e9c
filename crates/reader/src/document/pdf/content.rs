//! Which pictures a page draws, and where (ISO 32000-1, 8.3, 8.4 and 8.9).

use super::file::{File, Stream};
use super::filters::decoded;
use super::syntax::{Dict, Lexer, Object, is_space};

/// Deepest nesting of forms, which are pages within pages.
const MAX_DEPTH: usize = 4;
/// Most pictures drawn on one page; strips of a scan are fewer.
const MAX_PICTURES: usize = 1_024;
/// Most operators of one page.
const MAX_OPERATORS: usize = 1_000_000;
/// Most bytes of a page's description, unpacked.
const MAX_CONTENT_BYTES: usize = 16 << 20;
/// Most operands of an operator that is looked at.
const MAX_OPERANDS: usize = 64;
/// Most saved states.
const MAX_SAVED: usize = 256;
/// Pictures written into the description itself count from this many pixels on.
const LEAST_INLINE_PX: usize = 100 * 100;

/// `[a b c d e f]`: x' = a·x + c·y + e, y' = b·x + d·y + f.
pub(super) type Matrix = [f64; 6];

const IDENTITY: Matrix = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];

/// `first`, then `then`.
fn chained(first: Matrix, then: Matrix) -> Matrix {
    let [a, b, c, d, e, f] = first;
    let [p, q, r, s, t, u] = then;
    [a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u]
}

/// A picture on a page; the unit square under `matrix` is where it lies.
pub(super) struct Drawn<'a> {
    pub(super) stream: Stream<'a>,
    pub(super) matrix: Matrix,
}

/// What a page draws.
#[derive(Default)]
pub(super) struct Drawing<'a> {
    pub(super) pictures: Vec<Drawn<'a>>,
    /// A picture is written into the description itself.
    pub(super) has_inline: bool,
    n_operators: usize,
}

impl<'a> Drawing<'a> {
    /// All pictures of a page; `None` when its description is damaged or too large.
    pub(super) fn of(file: &File<'a>, page: &Dict, resources: &Dict) -> Option<Self> {
        let contents = page.get(&b"Contents"[..]).cloned().unwrap_or(Object::Null);
        let parts = match file.resolve(&contents) {
            Object::Array(parts) => parts,
            _ => vec![contents],
        };
        let mut text = Vec::new();
        for part in parts {
            // A page without a description is empty.
            let Some(stream) = file.stream(&part) else { continue };
            text.extend(decoded(file, &stream, MAX_CONTENT_BYTES).ok()?);
            text.push(b'\n');
            if text.len() > MAX_CONTENT_BYTES {
                return None;
            }
        }
        let mut drawing = Self::default();
        drawing.run(file, &text, resources, IDENTITY, 0)?;
        Some(drawing)
    }

    fn run(
        &mut self,
        file: &File<'a>,
        text: &[u8],
        resources: &Dict,
        start: Matrix,
        depth: usize,
    ) -> Option<()> {
        let mut lexer = Lexer::of_content(text);
        let mut operands: Vec<Object> = Vec::new();
        let (mut matrix, mut saved) = (start, Vec::new());
        let objects = file.get_dict(resources, b"XObject");
        while let Some(object) = lexer.next() {
            let Object::Operator(operator) = object else {
                if operands.len() < MAX_OPERANDS {
                    operands.push(object);
                }
                continue;
            };
            self.n_operators += 1;
            if self.n_operators > MAX_OPERATORS {
                return None;
            }
            match &operator[..] {
                b"q" if saved.len() < MAX_SAVED => saved.push(matrix),
                b"Q" => matrix = saved.pop().unwrap_or(matrix),
                b"cm" => matrix = chained(matrix_of(&operands)?, matrix),
                b"Do" => {
                    let name = operands.last().and_then(Object::name);
                    let object = name.and_then(|name| objects.as_ref()?.get(name));
                    if let Some(stream) = object.and_then(|object| file.stream(object)) {
                        self.draw(file, stream, resources, matrix, depth)?;
                    }
                }
                b"BI" => self.skip_inline(&mut lexer, text),
                _ => {}
            }
            operands.clear();
        }
        Some(())
    }

    fn draw(
        &mut self,
        file: &File<'a>,
        stream: Stream<'a>,
        resources: &Dict,
        matrix: Matrix,
        depth: usize,
    ) -> Option<()> {
        match file.get(&stream.dict, b"Subtype").name() {
            Some(b"Image") => {
                if self.pictures.len() >= MAX_PICTURES {
                    return None;
                }
                self.pictures.push(Drawn { stream, matrix });
            }
            Some(b"Form") if depth < MAX_DEPTH => {
                let text = decoded(file, &stream, MAX_CONTENT_BYTES).ok()?;
                let own = file.get_dict(&stream.dict, b"Resources");
                let form = file.get(&stream.dict, b"Matrix");
                let form = form.array().and_then(matrix_of).unwrap_or(IDENTITY);
                let own = own.as_ref().unwrap_or(resources);
                self.run(file, &text, own, chained(form, matrix), depth + 1)?;
            }
            _ => {}
        }
        Some(())
    }

    /// A picture between `BI` and `EI`.
    fn skip_inline(&mut self, lexer: &mut Lexer<'_>, text: &[u8]) {
        let (mut width, mut height) = (0, 0);
        while let Some(object) = lexer.next() {
            match object {
                Object::Operator(word) if word == b"ID" => break,
                Object::Name(key) if key == b"W" || key == b"Width" => {
                    width = lexer.next().and_then(|object| object.whole()).unwrap_or(0);
                }
                Object::Name(key) if key == b"H" || key == b"Height" => {
                    height = lexer.next().and_then(|object| object.whole()).unwrap_or(0);
                }
                _ => {}
            }
        }
        self.has_inline |= width.saturating_mul(height) >= LEAST_INLINE_PX;
        let rest = text.get(lexer.at()..).unwrap_or_default();
        let ends = |four: &[u8]| is_space(four[0]) && &four[1..3] == b"EI" && is_space(four[3]);
        let n = rest.windows(4).position(ends).map_or(rest.len(), |at| at + 3);
        lexer.jump(lexer.at() + n);
    }
}

fn matrix_of(numbers: &[Object]) -> Option<Matrix> {
    let last = numbers.get(numbers.len().checked_sub(6)?..)?;
    let mut matrix = IDENTITY;
    for (to, number) in matrix.iter_mut().zip(last) {
        *to = number.number().filter(|number| number.abs() < 1e9)?;
    }
    Some(matrix)
}
