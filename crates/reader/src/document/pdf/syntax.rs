//! Objects of PDF files as they are written (ISO 32000-1, 7.2 and 7.3).

use std::collections::BTreeMap;

/// Deepest nesting of arrays and dictionaries.
const MAX_DEPTH: usize = 32;
/// Most objects within one: arrays of a crafted file must not fill the memory.
const MAX_OBJECTS: usize = 200_000;

/// Names and what they stand for.
pub(super) type Dict = BTreeMap<Vec<u8>, Object>;

/// A PDF object, or an operator of a content stream.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Object {
    Null,
    Number(f64),
    Text(Vec<u8>),
    Name(Vec<u8>),
    Array(Vec<Object>),
    Dict(Dict),
    /// The object of this number; generations are not told apart.
    Reference(u32),
    Operator(Vec<u8>),
}

impl Object {
    pub(super) fn number(&self) -> Option<f64> {
        if let Object::Number(number) = self { Some(*number) } else { None }
    }

    /// A whole number of at most 2³¹.
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "checked to be whole and small"
    )]
    pub(super) fn whole(&self) -> Option<usize> {
        let number = self.number()?;
        (number.fract() == 0.0 && (0.0..2_147_483_648.0).contains(&number)).then_some(number as usize)
    }

    pub(super) fn name(&self) -> Option<&[u8]> {
        if let Object::Name(name) = self { Some(name) } else { None }
    }

    pub(super) fn array(&self) -> Option<&[Object]> {
        if let Object::Array(array) = self { Some(array) } else { None }
    }

    pub(super) fn dict(&self) -> Option<&Dict> {
        if let Object::Dict(dict) = self { Some(dict) } else { None }
    }

    pub(super) fn is_operator(&self, name: &[u8]) -> bool {
        matches!(self, Object::Operator(operator) if operator == name)
    }
}

/// Reads objects one after the other.
pub(super) struct Lexer<'a> {
    bytes: &'a [u8],
    at: usize,
    objects_left: usize,
    /// Whether `1 0 R` is a reference: not so in content streams.
    references: bool,
}

impl<'a> Lexer<'a> {
    /// From `at` on, which may lie anywhere: places are what the file says they are.
    pub(super) fn new(bytes: &'a [u8], at: usize) -> Self {
        let at = at.min(bytes.len());
        Self { bytes, at, objects_left: MAX_OBJECTS, references: true }
    }

    /// For a content stream: every operand is counted anew.
    pub(super) fn of_content(bytes: &'a [u8]) -> Self {
        Self { references: false, ..Self::new(bytes, 0) }
    }

    pub(super) fn at(&self) -> usize {
        self.at
    }

    pub(super) fn jump(&mut self, at: usize) {
        self.at = at.min(self.bytes.len());
    }

    /// The next object; `None` at the end, and where nothing that could be one stands.
    pub(super) fn next(&mut self) -> Option<Object> {
        self.objects_left = MAX_OBJECTS;
        self.object(0)
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    pub(super) fn skip_space(&mut self) {
        while let Some(byte) = self.peek() {
            if byte == b'%' {
                let rest = &self.bytes[self.at..];
                self.at += rest.iter().position(|b| matches!(b, b'\n' | b'\r')).unwrap_or(rest.len());
            } else if is_space(byte) {
                self.at += 1;
            } else {
                break;
            }
        }
    }

    fn object(&mut self, depth: usize) -> Option<Object> {
        self.objects_left = self.objects_left.checked_sub(1)?;
        self.skip_space();
        match self.peek()? {
            b'/' => {
                self.at += 1;
                Some(Object::Name(self.name()))
            }
            b'(' => self.literal(),
            b'<' if self.bytes.get(self.at + 1) == Some(&b'<') => {
                self.at += 2;
                self.dict(depth)
            }
            b'<' => Some(self.hexadecimal()),
            b'[' => {
                self.at += 1;
                self.array(depth)
            }
            b')' | b'>' | b']' | b'{' | b'}' => {
                self.at += 1;
                Some(Object::Null)
            }
            _ => Some(self.word()),
        }
    }

    /// A regular word: number, reference, keyword or operator.
    fn word(&mut self) -> Object {
        let word = self.regular();
        let Some(number) = number(word) else {
            return match word {
                b"null" => Object::Null,
                _ => Object::Operator(word.to_vec()),
            };
        };
        if self.references && word.iter().all(u8::is_ascii_digit) {
            let after = self.at;
            if let Some(reference) = self.reference(word) {
                return reference;
            }
            self.at = after;
        }
        Object::Number(number)
    }

    fn reference(&mut self, first: &[u8]) -> Option<Object> {
        self.skip_space();
        let generation = self.regular();
        if generation.is_empty() || generation.len() > 5 || !generation.iter().all(u8::is_ascii_digit) {
            return None;
        }
        self.skip_space();
        (self.regular() == b"R").then_some(())?;
        Some(Object::Reference(std::str::from_utf8(first).ok()?.parse().ok()?))
    }

    /// Regular characters from here on, at least one byte where there is one.
    pub(super) fn regular(&mut self) -> &'a [u8] {
        let rest = &self.bytes[self.at..];
        let n = rest.iter().position(|&b| is_space(b) || is_delimiter(b)).unwrap_or(rest.len());
        self.at += n;
        &rest[..n]
    }

    fn name(&mut self) -> Vec<u8> {
        let raw = self.regular();
        let mut name = Vec::with_capacity(raw.len());
        let mut i = 0;
        while i < raw.len() {
            let hex = (raw[i] == b'#').then(|| raw.get(i + 1..i + 3)).flatten();
            match hex.and_then(|two| Some(digit(two[0])? << 4 | digit(two[1])?)) {
                Some(byte) => {
                    name.push(byte);
                    i += 3;
                }
                None => {
                    name.push(raw[i]);
                    i += 1;
                }
            }
        }
        name
    }

    fn literal(&mut self) -> Option<Object> {
        let mut text = Vec::new();
        let mut open = 0usize;
        loop {
            let byte = self.peek()?;
            self.at += 1;
            match byte {
                b'(' => {
                    open += 1;
                    if open > 1 {
                        text.push(byte);
                    }
                }
                b')' => {
                    open -= 1;
                    if open == 0 {
                        return Some(Object::Text(text));
                    }
                    text.push(byte);
                }
                b'\\' => text.extend(self.escape()),
                _ => text.push(byte),
            }
        }
    }

    fn escape(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(match byte {
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'b' => 8,
            b'f' => 12,
            b'\n' => return None,
            b'\r' => {
                self.at += usize::from(self.peek() == Some(b'\n'));
                return None;
            }
            b'0'..=b'7' => {
                let mut value = byte - b'0';
                for _ in 0..2 {
                    let Some(next @ b'0'..=b'7') = self.peek() else { break };
                    value = value << 3 | (next - b'0');
                    self.at += 1;
                }
                value
            }
            other => other,
        })
    }

    fn hexadecimal(&mut self) -> Object {
        self.at += 1;
        let rest = &self.bytes[self.at..];
        let n = rest.iter().position(|&b| b == b'>').unwrap_or(rest.len());
        self.at = (self.at + n + 1).min(self.bytes.len());
        let digits: Vec<u8> = rest[..n].iter().filter_map(|&b| digit(b)).collect();
        Object::Text(digits.chunks(2).map(|two| two[0] << 4 | two.get(1).copied().unwrap_or(0)).collect())
    }

    fn array(&mut self, depth: usize) -> Option<Object> {
        let mut items = Vec::new();
        loop {
            self.skip_space();
            if self.peek()? == b']' {
                self.at += 1;
                return Some(Object::Array(items));
            }
            if depth >= MAX_DEPTH {
                return None;
            }
            items.push(self.object(depth + 1)?);
        }
    }

    fn dict(&mut self, depth: usize) -> Option<Object> {
        let mut dict = Dict::new();
        loop {
            self.skip_space();
            if self.peek()? == b'>' {
                self.at = (self.at + 2).min(self.bytes.len());
                return Some(Object::Dict(dict));
            }
            if depth >= MAX_DEPTH {
                return None;
            }
            let Object::Name(key) = self.object(depth + 1)? else { continue };
            let value = self.object(depth + 1)?;
            dict.insert(key, value);
        }
    }
}

pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | 9 | 10 | 12 | 13 | 32)
}

fn is_delimiter(byte: u8) -> bool {
    matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16)?.to_le_bytes().first().copied()
}

/// A number without an exponent; PDF knows none.
fn number(word: &[u8]) -> Option<f64> {
    let plain = word.iter().all(|b| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b'.'));
    if !plain || word.len() > 40 {
        return None;
    }
    std::str::from_utf8(word).ok()?.parse().ok()
}
