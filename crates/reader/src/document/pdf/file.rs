//! Finding objects: cross-reference tables and streams, object streams (ISO 32000-1, 7.5).

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::super::DocumentFault;
use super::filters::decoded;
use super::syntax::{Dict, Lexer, Object, is_space};

/// Most objects of a file.
const MAX_ENTRIES: usize = 1_000_000;
/// Most bytes one stream of objects or cross-references unpacks to.
const MAX_UNPACKED_BYTES: usize = 32 << 20;
/// Bytes that may be unpacked and searched through in one file, however often its parts are asked for.
const MAX_WORK_BYTES: usize = 1 << 30;
/// Object streams kept unpacked.
const MAX_KEPT: usize = 2;
/// Most objects in one stream.
const MAX_PACKED: usize = 65_536;
/// Object streams that may be needed to unpack one.
const MAX_NESTED: usize = 3;

/// A file's objects.
pub(super) struct File<'a> {
    bytes: &'a [u8],
    /// Bytes before the header: places count from there.
    shift: usize,
    entries: BTreeMap<u32, Entry>,
    trailer: Dict,
    work_left: Cell<usize>,
    kept: RefCell<Vec<(u32, Rc<Packed>)>>,
    nested: Cell<usize>,
}

/// Where an object is.
#[derive(Clone, Copy)]
enum Entry {
    /// Nowhere: it was deleted.
    Free,
    At(usize),
    In {
        stream: u32,
        index: usize,
    },
}

/// An object stream, unpacked.
struct Packed {
    bytes: Vec<u8>,
    places: Vec<(u32, usize)>,
}

/// An object with its data, where it has some.
pub(super) struct Stream<'a> {
    pub(super) dict: Dict,
    pub(super) data: &'a [u8],
}

impl<'a> File<'a> {
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, DocumentFault> {
        let shift = bytes.windows(5).take(1_024).position(|five| five == b"%PDF-").unwrap_or(0);
        let mut file = Self {
            bytes,
            shift,
            entries: BTreeMap::new(),
            trailer: Dict::new(),
            work_left: Cell::new(MAX_WORK_BYTES),
            kept: RefCell::default(),
            nested: Cell::new(0),
        };
        file.read_tables().ok_or(DocumentFault::Damaged)?;
        if file.trailer.contains_key(&b"Encrypt"[..]) {
            return Err(DocumentFault::Encrypted);
        }
        Ok(file)
    }

    pub(super) fn trailer(&self) -> &Dict {
        &self.trailer
    }

    /// Accounts for work on `n` bytes; `None` when a crafted file asks for too much.
    pub(super) fn work(&self, n: usize) -> Option<()> {
        self.work_left.set(self.work_left.get().checked_sub(n)?);
        Some(())
    }

    /// All tables, newest first: what a newer one says of an object counts.
    fn read_tables(&mut self) -> Option<()> {
        let tail = self.bytes.len().saturating_sub(2_048);
        let found = self.bytes[tail..].windows(9).rposition(|nine| nine == b"startxref")?;
        let start = Lexer::new(self.bytes, tail + found + 9).next()?.whole()?;
        let (mut next, mut seen) = (vec![start], BTreeSet::new());
        while let Some(at) = next.pop() {
            if !seen.insert(at) {
                continue;
            }
            let trailer = self.read_table(self.shift.checked_add(at)?)?;
            let place = |key: &[u8]| trailer.get(key).and_then(Object::whole);
            // A hybrid file's stream comes before the older tables.
            next.extend(place(b"Prev"));
            next.extend(place(b"XRefStm"));
            for (key, value) in trailer {
                self.trailer.entry(key).or_insert(value);
            }
        }
        Some(())
    }

    fn read_table(&mut self, at: usize) -> Option<Dict> {
        let mut lexer = Lexer::new(self.bytes, at);
        lexer.skip_space();
        let start = lexer.at();
        if lexer.regular() != b"xref" {
            return self.read_table_stream(start);
        }
        loop {
            match lexer.next()? {
                Object::Operator(word) if word == b"trailer" => break,
                first => self.read_section(&mut lexer, first.whole()?)?,
            }
        }
        match lexer.next()? {
            Object::Dict(trailer) => Some(trailer),
            _ => None,
        }
    }

    /// `first n` and n lines of `place generation n|f`.
    fn read_section(&mut self, lexer: &mut Lexer<'_>, first: usize) -> Option<()> {
        let n = lexer.next()?.whole()?;
        for number in first..first.checked_add(n)? {
            let place = lexer.next()?.whole()?;
            lexer.next()?.whole()?;
            let entry = match lexer.next()? {
                Object::Operator(kind) if kind == b"n" => Entry::At(place),
                Object::Operator(kind) if kind == b"f" => Entry::Free,
                _ => return None,
            };
            self.enter(number, entry)?;
        }
        Some(())
    }

    fn enter(&mut self, number: usize, entry: Entry) -> Option<()> {
        if self.entries.len() >= MAX_ENTRIES {
            return None;
        }
        self.entries.entry(u32::try_from(number).ok()?).or_insert(entry);
        Some(())
    }

    fn read_table_stream(&mut self, at: usize) -> Option<Dict> {
        let (_, stream) = self.stream_at(at)?;
        if stream.dict.get(&b"Type"[..]).and_then(Object::name) != Some(b"XRef") {
            return None;
        }
        let table = decoded(self, &stream, MAX_UNPACKED_BYTES).ok()?;
        let numbers = |key: &[u8]| -> Option<Vec<usize>> {
            stream.dict.get(key)?.array()?.iter().map(Object::whole).collect()
        };
        let widths = numbers(b"W")?;
        let &[w0, w1, w2] = widths.as_slice() else { return None };
        if [w0, w1, w2].iter().any(|&width| width > 8) || w0 + w1 + w2 == 0 {
            return None;
        }
        let sections = match numbers(b"Index") {
            Some(index) => index,
            None => vec![0, stream.dict.get(&b"Size"[..])?.whole()?],
        };
        let mut rows = table.chunks_exact(w0 + w1 + w2);
        for section in sections.chunks_exact(2) {
            for number in section[0]..section[0].checked_add(section[1])? {
                let Some(row) = rows.next() else { return Some(stream.dict) };
                let field = |from: usize, n: usize| {
                    row[from..from + n].iter().fold(0u64, |sum, &b| sum << 8 | u64::from(b))
                };
                let kind = if w0 == 0 { 1 } else { field(0, w0) };
                let one = usize::try_from(field(w0, w1)).ok()?;
                let two = usize::try_from(field(w0 + w1, w2)).ok()?;
                let entry = match kind {
                    1 => Entry::At(one),
                    2 => Entry::In { stream: u32::try_from(one).ok()?, index: two },
                    _ => Entry::Free,
                };
                self.enter(number, entry)?;
            }
        }
        Some(stream.dict)
    }

    /// What an object comes to, references followed.
    pub(super) fn resolve(&self, object: &Object) -> Object {
        let mut object = object.clone();
        for _ in 0..16 {
            let Object::Reference(number) = object else { return object };
            object = self.object(number).unwrap_or(Object::Null);
        }
        Object::Null
    }

    pub(super) fn get(&self, dict: &Dict, key: &[u8]) -> Object {
        dict.get(key).map_or(Object::Null, |object| self.resolve(object))
    }

    pub(super) fn get_dict(&self, dict: &Dict, key: &[u8]) -> Option<Dict> {
        match self.get(dict, key) {
            Object::Dict(dict) => Some(dict),
            _ => None,
        }
    }

    fn object(&self, number: u32) -> Option<Object> {
        match *self.entries.get(&number)? {
            Entry::Free => None,
            Entry::At(at) => self.object_at(self.shift.checked_add(at)?, number).map(|(object, _)| object),
            Entry::In { stream, index } => {
                let packed = self.packed(stream)?;
                let &(_, at) = packed.places.get(index).filter(|(found, _)| *found == number)?;
                let mut lexer = Lexer::new(&packed.bytes, at);
                let object = lexer.next()?;
                self.work(lexer.at().saturating_sub(at))?;
                Some(object)
            }
        }
    }

    /// The object that is written at a place, and where it ends.
    fn object_at(&self, at: usize, number: u32) -> Option<(Object, usize)> {
        let mut lexer = Lexer::new(self.bytes, at);
        let found = lexer.next()?.whole()?;
        lexer.next()?.whole()?;
        if !lexer.next()?.is_operator(b"obj") || found != number as usize {
            return None;
        }
        let object = lexer.next()?;
        self.work(lexer.at().saturating_sub(at))?;
        Some((object, lexer.at()))
    }

    /// The stream an object is, by reference.
    pub(super) fn stream(&self, object: &Object) -> Option<Stream<'a>> {
        let Object::Reference(number) = object else { return None };
        match *self.entries.get(number)? {
            Entry::At(at) => {
                let (found, stream) = self.stream_at(self.shift.checked_add(at)?)?;
                (found == *number).then_some(stream)
            }
            _ => None,
        }
    }

    fn stream_at(&self, at: usize) -> Option<(u32, Stream<'a>)> {
        let number = Lexer::new(self.bytes, at).next()?.whole()?;
        let number = u32::try_from(number).ok()?;
        let (object, end) = self.object_at(at, number)?;
        let Object::Dict(dict) = object else { return None };
        let mut lexer = Lexer::new(self.bytes, end);
        lexer.skip_space();
        if lexer.regular() != b"stream" {
            return None;
        }
        let mut start = lexer.at();
        start += usize::from(self.bytes.get(start) == Some(&b'\r'));
        start += usize::from(self.bytes.get(start) == Some(&b'\n'));
        let stated = self.get(&dict, b"Length").whole().and_then(|n| start.checked_add(n));
        let end = match stated.filter(|&end| self.ends_here(end)) {
            Some(end) => end,
            // A wrong length: the stream ends where it says so.
            None => {
                let rest = self.bytes.get(start..)?;
                let n = rest.windows(9).position(|nine| nine == b"endstream").unwrap_or(rest.len());
                self.work(n)?;
                start + n
            }
        };
        Some((number, Stream { dict, data: self.bytes.get(start..end)? }))
    }

    fn ends_here(&self, at: usize) -> bool {
        let Some(rest) = self.bytes.get(at..) else { return false };
        let n_space = rest.iter().take(4).take_while(|&&b| is_space(b)).count();
        rest[n_space..].starts_with(b"endstream")
    }

    fn packed(&self, number: u32) -> Option<Rc<Packed>> {
        if let Some((_, packed)) = self.kept.borrow().iter().find(|(known, _)| *known == number) {
            return Some(Rc::clone(packed));
        }
        // The length of an object stream may lie in another one, and so on in a circle.
        self.nested.set(self.nested.get() + 1);
        let packed = if self.nested.get() > MAX_NESTED { None } else { self.unpack(number) };
        self.nested.set(self.nested.get() - 1);
        let packed = Rc::new(packed?);
        let mut kept = self.kept.borrow_mut();
        if kept.len() >= MAX_KEPT {
            kept.remove(0);
        }
        kept.push((number, Rc::clone(&packed)));
        Some(packed)
    }

    fn unpack(&self, number: u32) -> Option<Packed> {
        let stream = self.stream(&Object::Reference(number))?;
        let bytes = decoded(self, &stream, MAX_UNPACKED_BYTES).ok()?;
        let n = self.get(&stream.dict, b"N").whole()?;
        let first = self.get(&stream.dict, b"First").whole()?;
        let mut lexer = Lexer::new(&bytes, 0);
        let mut places = Vec::new();
        for _ in 0..n.min(MAX_PACKED) {
            let Some(number) = lexer.next().and_then(|object| object.whole()) else { break };
            let at = lexer.next()?.whole()?.checked_add(first)?;
            places.push((u32::try_from(number).ok()?, at));
        }
        Some(Packed { bytes, places })
    }
}
