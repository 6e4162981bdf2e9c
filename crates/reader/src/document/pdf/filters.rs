//! Unpacking of streams that hold no picture (ISO 32000-1, 7.4), within limits.

use std::io::Read;

use flate2::read::ZlibDecoder;

use super::file::{File, Stream};
use super::syntax::{Dict, Object, is_space};

/// Most filters one after the other.
const MAX_FILTERS: usize = 4;

/// Why a stream is not unpacked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    Unsupported,
    Damaged,
    TooLarge,
}

/// A stream's filters with their parameters, first applied first.
pub(super) fn filters(file: &File<'_>, dict: &Dict) -> Vec<(Vec<u8>, Dict)> {
    let list = |object: Object| match object {
        Object::Array(items) => items.iter().map(|item| file.resolve(item)).collect(),
        Object::Null => Vec::new(),
        single => vec![single],
    };
    let names = list(file.get(dict, b"Filter"));
    let mut params = list(file.get(dict, b"DecodeParms")).into_iter();
    let pair = |name: Object| {
        let params = params.next();
        let params = params.and_then(|params| params.dict().cloned()).unwrap_or_default();
        Some((name.name()?.to_vec(), params))
    };
    names.into_iter().filter_map(pair).collect()
}

/// A stream of text or tables, unpacked to at most `most` bytes.
pub(super) fn decoded(file: &File<'_>, stream: &Stream<'_>, most: usize) -> Result<Vec<u8>, Fault> {
    apply(file, stream.data, &filters(file, &stream.dict), most)
}

/// Applies filters one after the other.
pub(super) fn apply(
    file: &File<'_>,
    data: &[u8],
    filters: &[(Vec<u8>, Dict)],
    most: usize,
) -> Result<Vec<u8>, Fault> {
    if filters.len() > MAX_FILTERS {
        return Err(Fault::Unsupported);
    }
    let within = |bytes: Vec<u8>| if bytes.len() > most { Err(Fault::TooLarge) } else { Ok(bytes) };
    let mut data = std::borrow::Cow::Borrowed(data);
    for (name, params) in filters {
        let unpacked = match &name[..] {
            b"FlateDecode" | b"Fl" => unfiltered(file, inflated(&data, most)?, params)?,
            b"ASCIIHexDecode" | b"AHx" => hexadecimal(&data),
            b"ASCII85Decode" | b"A85" => base_85(&data, most).ok_or(Fault::Damaged)?,
            _ => return Err(Fault::Unsupported),
        };
        file.work(unpacked.len()).ok_or(Fault::TooLarge)?;
        data = within(unpacked)?.into();
    }
    within(data.into_owned())
}

/// Inflates at most `most` bytes; what can be had of a damaged stream counts.
fn inflated(data: &[u8], most: usize) -> Result<Vec<u8>, Fault> {
    let mut bytes = Vec::new();
    let ended = ZlibDecoder::new(data).take(most as u64 + 1).read_to_end(&mut bytes);
    if ended.is_err() && bytes.is_empty() { Err(Fault::Damaged) } else { Ok(bytes) }
}

/// Undoes PNG's row filters (ISO/IEC 15948, 9): cross-reference streams use them.
fn unfiltered(file: &File<'_>, data: Vec<u8>, params: &Dict) -> Result<Vec<u8>, Fault> {
    let number = |key: &[u8], otherwise: usize| match file.get(params, key) {
        Object::Null => Ok(otherwise),
        object => object.whole().filter(|&n| n <= 1 << 16).ok_or(Fault::Damaged),
    };
    let predictor = number(b"Predictor", 1)?;
    if predictor == 1 {
        return Ok(data);
    }
    let bits = number(b"Colors", 1)?.checked_mul(number(b"BitsPerComponent", 8)?).ok_or(Fault::Damaged)?;
    let row_bytes = bits.checked_mul(number(b"Columns", 1)?).ok_or(Fault::Damaged)?.div_ceil(8);
    let pixel_bytes = bits.div_ceil(8).max(1);
    if predictor < 10 {
        return Err(Fault::Unsupported);
    }
    if row_bytes == 0 || row_bytes > data.len() {
        return Err(Fault::Damaged);
    }
    let mut above = vec![0u8; row_bytes];
    let mut out = Vec::with_capacity(data.len());
    for row in data.chunks(row_bytes + 1) {
        let mut current = row[1..].to_vec();
        current.resize(row_bytes, 0);
        for x in 0..row_bytes {
            let left = if x >= pixel_bytes { current[x - pixel_bytes] } else { 0 };
            let corner = if x >= pixel_bytes { above[x - pixel_bytes] } else { 0 };
            let add = match row[0] {
                0 => 0,
                1 => left,
                2 => above[x],
                3 => left.midpoint(above[x]),
                4 => paeth(left, above[x], corner),
                _ => return Err(Fault::Damaged),
            };
            current[x] = current[x].wrapping_add(add);
        }
        out.extend(&current);
        above = current;
    }
    Ok(out)
}

fn paeth(left: u8, up: u8, corner: u8) -> u8 {
    let [a, b, c] = [left, up, corner].map(i16::from);
    let guess = a + b - c;
    let away = [a, b, c].map(|value| (guess - value).abs());
    if away[0] <= away[1] && away[0] <= away[2] {
        left
    } else if away[1] <= away[2] {
        up
    } else {
        corner
    }
}

fn hexadecimal(data: &[u8]) -> Vec<u8> {
    let digits = data.iter().take_while(|&&byte| byte != b'>');
    let mut digits = digits.filter_map(|&byte| char::from(byte).to_digit(16));
    let mut out = Vec::with_capacity(data.len() / 2);
    while let Some(high) = digits.next() {
        out.push((high << 4 | digits.next().unwrap_or(0)).to_le_bytes()[0]);
    }
    out
}

/// Five digits of base 85 are four bytes; `z` is four zeros, `~>` the end. A little more than `most` bytes at most.
fn base_85(data: &[u8], most: usize) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut group = Vec::with_capacity(5);
    for &byte in data.iter().take_while(|&&byte| byte != b'~').filter(|&&byte| !is_space(byte)) {
        if out.len() > most {
            break;
        }
        match byte {
            b'z' if group.is_empty() => out.extend([0; 4]),
            b'!'..=b'u' => group.push(u64::from(byte - b'!')),
            _ => return None,
        }
        if group.len() == 5 {
            let value = group.drain(..).fold(0u64, |sum, digit| sum * 85 + digit);
            out.extend(u32::try_from(value).ok()?.to_be_bytes());
        }
    }
    if group.len() > 1 {
        let n = group.len() - 1;
        group.resize(5, 84);
        let value = group.iter().fold(0u64, |sum, digit| sum * 85 + digit);
        out.extend(&u32::try_from(value).ok()?.to_be_bytes()[..n]);
    }
    Some(out)
}
