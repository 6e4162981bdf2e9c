//! TIFF files of several pages: each directory with its strips or tiles becomes a file of its own.

use super::wrap::{Order, file_of, type_size};
use super::{MAX_PAGES, MAX_PICTURE_BYTES, PageFault};

/// Offsets and byte counts of strips and of tiles.
const STRIPS: [(u16, u16); 2] = [(273, 279), (324, 325)];
/// Pointers to further directories, and to the whole-file JPEG of TIFF 6.0 that no decoder here takes.
const POINTERS: [u16; 7] = [330, 400, 513, 514, 34_665, 34_853, 40_965];
const NEW_SUBFILE_TYPE: u16 = 254;
/// Most strips or tiles of a page.
const MAX_STRIPS: u64 = 1 << 20;
/// More entries than any writer makes.
const MAX_ENTRIES: u64 = 512;

/// A TIFF file with more than one page.
pub(super) struct Pages<'a> {
    file: File<'a>,
    /// Where each page's directory starts; `None` for one that the chain points to and that is not there.
    directories: Vec<Option<u64>>,
    is_cut: bool,
}

impl<'a> Pages<'a> {
    /// `None` unless `bytes` are a TIFF file of at least two pages, smaller copies of a page not counted.
    pub(super) fn open(bytes: &'a [u8]) -> Option<Self> {
        let (file, first) = File::open(bytes)?;
        let mut pages = Self { file, directories: Vec::new(), is_cut: false };
        let mut seen = std::collections::BTreeSet::new();
        let mut next = Some(first).filter(|&at| at != 0);
        while let Some(at) = next {
            if !seen.insert(at) {
                break;
            }
            if pages.directories.len() == MAX_PAGES || seen.len() > 4 * MAX_PAGES {
                pages.is_cut = true;
                break;
            }
            let Some((entries, then)) = pages.file.directory(at) else {
                pages.directories.push(None);
                break;
            };
            let is_copy = entries.iter().any(|entry| {
                entry.tag == NEW_SUBFILE_TYPE
                    && entry.count == 1
                    && pages.file.numbers(entry).is_some_and(|n| n.first().is_some_and(|v| v & 1 == 1))
            });
            if !is_copy {
                pages.directories.push(Some(at));
            }
            next = Some(then).filter(|&at| at != 0);
        }
        (pages.directories.len() > 1).then_some(pages)
    }

    pub(super) fn n_pages(&self) -> usize {
        self.directories.len()
    }

    pub(super) fn is_cut(&self) -> bool {
        self.is_cut
    }

    pub(super) fn page(&self, index: usize) -> Result<Vec<u8>, PageFault> {
        let at = self.directories.get(index).copied().flatten().ok_or(PageFault::Damaged)?;
        let (entries, _) = self.file.directory(at).ok_or(PageFault::Damaged)?;
        let find = |tag: u16| entries.iter().find(|entry| entry.tag == tag);
        let chunks = STRIPS.iter().find_map(|&(places, sizes)| Some((find(places)?, find(sizes)?)));
        let (places, sizes) = chunks.ok_or(PageFault::Unsupported("TIFF page without strips"))?;
        let strips = self.strips(places, sizes)?;
        let (order, mut at) = (self.file.order, 8u32);
        let (mut offsets, mut counts) = (Vec::new(), Vec::new());
        for strip in &strips {
            let size = u32::try_from(strip.len()).map_err(|_| PageFault::TooLarge)?;
            offsets.extend(order.long(at));
            counts.extend(order.long(size));
            at = at.checked_add(size).ok_or(PageFault::TooLarge)?;
        }
        let mut n_bytes = 0;
        let mut fields = Vec::new();
        for entry in &entries {
            if POINTERS.contains(&entry.tag) {
                continue;
            }
            let (kind, bytes) = match entry.tag {
                tag if tag == places.tag => (4, offsets.clone()),
                tag if tag == sizes.tag => (4, counts.clone()),
                _ if type_size(entry.kind) == 0 => continue,
                _ => (entry.kind, self.file.value(entry).ok_or(PageFault::Damaged)?.to_vec()),
            };
            n_bytes += bytes.len();
            if n_bytes > MAX_PICTURE_BYTES {
                return Err(PageFault::TooLarge);
            }
            fields.push((entry.tag, kind, bytes));
        }
        fields.sort_by_key(|(tag, ..)| *tag);
        fields.dedup_by_key(|(tag, ..)| *tag);
        Ok(file_of(order, &fields, &strips))
    }

    fn strips(&self, places: &Entry, sizes: &Entry) -> Result<Vec<&'a [u8]>, PageFault> {
        let (places, sizes) = (self.file.numbers(places), self.file.numbers(sizes));
        let (places, sizes) = places.zip(sizes).ok_or(PageFault::Damaged)?;
        if places.len() != sizes.len() {
            return Err(PageFault::Damaged);
        }
        let mut n_bytes = 0u64;
        let mut strips = Vec::with_capacity(places.len());
        for (place, size) in places.into_iter().zip(sizes) {
            n_bytes = n_bytes.saturating_add(size);
            if n_bytes > MAX_PICTURE_BYTES as u64 {
                return Err(PageFault::TooLarge);
            }
            // A strip that the file breaks off in is kept as far as it goes: the decoder says so.
            let start = usize::try_from(place).unwrap_or(usize::MAX).min(self.file.bytes.len());
            let end =
                usize::try_from(place.saturating_add(size)).unwrap_or(usize::MAX).min(self.file.bytes.len());
            strips.push(&self.file.bytes[start..end]);
        }
        Ok(strips)
    }
}

struct File<'a> {
    bytes: &'a [u8],
    order: Order,
    /// BigTIFF: 8-byte offsets and counts.
    is_big: bool,
}

/// A directory entry: what its value is and where it stands.
struct Entry {
    tag: u16,
    kind: u16,
    count: u64,
    /// Where the entry keeps its value, or the place of its value.
    at: u64,
}

impl<'a> File<'a> {
    /// The file, and where its first directory starts.
    fn open(bytes: &'a [u8]) -> Option<(Self, u64)> {
        let (order, is_big) = match bytes.get(..4)? {
            b"II*\0" => (Order::Little, false),
            b"MM\0*" => (Order::Big, false),
            b"II+\0" => (Order::Little, true),
            b"MM\0+" => (Order::Big, true),
            _ => return None,
        };
        let file = Self { bytes, order, is_big };
        let first = if is_big { file.number(8, 8)? } else { file.number(4, 4)? };
        Some((file, first))
    }

    fn slice(&self, at: u64, n: u64) -> Option<&'a [u8]> {
        let (start, end) = (usize::try_from(at).ok()?, usize::try_from(at.checked_add(n)?).ok()?);
        self.bytes.get(start..end)
    }

    /// An unsigned number of `n` bytes, at most 8.
    fn number(&self, at: u64, n: u64) -> Option<u64> {
        let bytes = self.slice(at, n)?;
        let add = |sum: u64, byte: &u8| sum << 8 | u64::from(*byte);
        Some(if self.order == Order::Big {
            bytes.iter().fold(0, add)
        } else {
            bytes.iter().rev().fold(0, add)
        })
    }

    /// The entries of a directory and where the next one starts (0: nowhere).
    fn directory(&self, at: u64) -> Option<(Vec<Entry>, u64)> {
        let (count_size, entry_size, word) = if self.is_big { (8, 20, 8) } else { (2, 12, 4) };
        let n = self.number(at, count_size)?;
        if n == 0 || n > MAX_ENTRIES {
            return None;
        }
        let start = at.checked_add(count_size)?;
        let short = |at: u64| u16::try_from(self.number(at, 2)?).ok();
        let entries = (0..n).map(|i| {
            let at = start.checked_add(i * entry_size)?;
            let count = self.number(at.checked_add(4)?, word)?;
            Some(Entry { tag: short(at)?, kind: short(at + 2)?, count, at: at + 4 + word })
        });
        let entries = entries.collect::<Option<Vec<Entry>>>()?;
        // A last directory that ends with the file has no successor.
        let next = self.number(start + n * entry_size, word).unwrap_or(0);
        Some((entries, next))
    }

    fn value(&self, entry: &Entry) -> Option<&'a [u8]> {
        let (size, word) = (self.size(entry.kind), if self.is_big { 8 } else { 4 });
        let n_bytes = entry.count.checked_mul(size).filter(|&n| n <= MAX_PICTURE_BYTES as u64)?;
        let at = if n_bytes <= word { entry.at } else { self.number(entry.at, word)? };
        self.slice(at, n_bytes)
    }

    fn size(&self, kind: u16) -> u64 {
        // BigTIFF adds LONG8, SLONG8 and IFD8.
        if self.is_big && (16..=18).contains(&kind) { 8 } else { type_size(kind) as u64 }
    }

    /// The unsigned whole numbers of an entry.
    fn numbers(&self, entry: &Entry) -> Option<Vec<u64>> {
        let size = self.size(entry.kind);
        if !matches!(entry.kind, 1 | 3 | 4 | 13 | 16 | 18) || size == 0 || entry.count > MAX_STRIPS {
            return None;
        }
        let bytes = self.value(entry)?;
        let part = Self { bytes, order: self.order, is_big: false };
        (0..entry.count).map(|i| part.number(i * size, size)).collect()
    }
}
