//! Sheets with a known truth and, in some, a known alteration.

use tallyproof_render::practice::{Specimen, specimen};
use tallyproof_render::{Damage, Picture, Plane, Style, photograph, print_sheet};

/// What was done to a sheet before it was photographed, or to the photograph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// Nothing: an everyday photograph of an honest sheet.
    Intact,
    /// Nothing, photographed much worse than everyday.
    Harsh,
    /// Nothing but a part of the code torn away.
    Torn,
    /// One printed ballot line differs from the code; printed totals follow the print.
    PrintedLine,
    /// The same, photographed much worse than everyday.
    PrintedLineHarsh,
    /// One printed ballot line differs from the code; totals are those of the code.
    PrintedLineAlone,
    /// The printed null votes differ.
    PrintedNull,
    /// The printed table number or centre differs.
    PrintedTable,
    /// One ballot line in the code differs from the print.
    CodedLine,
    /// Votes of two ballot lines are exchanged in the code.
    CodedSwap,
    /// The table in the code is another.
    CodedTable,
    /// The code is not of this election.
    Foreign,
    /// Two sheets in one photograph.
    TwoSheets,
}

/// A photograph and what is true of it.
pub(crate) struct Planted {
    pub(crate) kind: Kind,
    pub(crate) jpeg: Vec<u8>,
    /// The code's text as printed.
    pub(crate) payload: String,
    /// Of a second sheet in the photograph.
    pub(crate) second: Option<String>,
}

impl Kind {
    /// Every kind, with its share of the campaign in per cent.
    pub(crate) const SHARES: [(Kind, u64); 13] = [
        (Kind::Intact, 40),
        (Kind::Harsh, 8),
        (Kind::Torn, 4),
        (Kind::PrintedLine, 9),
        (Kind::PrintedLineHarsh, 4),
        (Kind::PrintedLineAlone, 5),
        (Kind::PrintedNull, 3),
        (Kind::PrintedTable, 4),
        (Kind::CodedLine, 9),
        (Kind::CodedSwap, 4),
        (Kind::CodedTable, 4),
        (Kind::Foreign, 3),
        (Kind::TwoSheets, 3),
    ];

    /// The kind of the campaign's sheet `i`: in every hundred, each has its share.
    pub(crate) fn of(i: u64) -> Self {
        // 37 has no factor in common with 100: kinds are spread evenly.
        let mut place = i.wrapping_mul(37) % 100;
        for (kind, share) in Self::SHARES {
            if place < share {
                return kind;
            }
            place -= share;
        }
        Kind::Intact
    }

    /// Whether one channel was altered and the other not: such a sheet must never be definitive by machine.
    pub(crate) fn is_altered(self) -> bool {
        !matches!(self, Kind::Intact | Kind::Harsh | Kind::Torn | Kind::TwoSheets)
    }
}

/// The campaign's sheet `i` under `seed`.
pub(crate) fn plant(seed: u64, i: u64) -> Planted {
    let own = seed.wrapping_mul(1_000_003).wrapping_add(i);
    let kind = Kind::of(i);
    let mut sheet = specimen(own);
    alter(&mut sheet, kind, own);
    let payload = String::from_utf8_lossy(&sheet.face.code).into_owned();
    let picture = photo(&sheet, kind, own);
    let quality = damage(kind, own).quality;
    if kind != Kind::TwoSheets {
        return Planted { kind, jpeg: picture.to_jpeg(quality), payload, second: None };
    }
    let other = specimen(own ^ 0x5eed);
    let both = beside(&picture, &photo(&other, kind, own ^ 0x5eed));
    Planted { kind, jpeg: both.to_jpeg(quality), payload, second: Some(other.payload) }
}

fn photo(sheet: &Specimen, kind: Kind, seed: u64) -> Picture {
    let paper = print_sheet(&sheet.face, &Style::everyday(seed)).expect("every specimen fits a code");
    photograph(&paper, &damage(kind, seed), seed).picture
}

/// Everyday damage; for the harsh kinds, the worse of three everyday draws of everything, and more of it.
fn damage(kind: Kind, seed: u64) -> Damage {
    let mut damage = Damage::everyday(seed);
    if matches!(kind, Kind::Harsh | Kind::PrintedLineHarsh) {
        let more = [Damage::everyday(seed ^ 0xa), Damage::everyday(seed ^ 0xb)];
        for other in more {
            damage.curl_px = damage.curl_px.max(other.curl_px) * 1.3;
            damage.folds = damage.folds.max(other.folds);
            damage.fold_px = damage.fold_px.max(other.fold_px) * 1.2;
            damage.fade = damage.fade.max(other.fade);
            damage.defocus_px = damage.defocus_px.max(other.defocus_px) * 1.2;
            damage.motion_px = damage.motion_px.max(other.motion_px);
            damage.shadow = damage.shadow.max(other.shadow);
            damage.glare = damage.glare.max(other.glare);
            damage.noise = damage.noise.max(other.noise) * 1.3;
            damage.perspective = damage.perspective.max(other.perspective);
            damage.stain = damage.stain.max(other.stain);
            damage.quality = damage.quality.min(other.quality);
        }
    }
    if kind == Kind::Torn {
        damage.torn_code = 0.1 + 0.5 * fraction(seed);
    }
    damage
}

fn alter(sheet: &mut Specimen, kind: Kind, seed: u64) {
    match kind {
        Kind::Intact | Kind::Harsh | Kind::Torn | Kind::TwoSheets => {}
        Kind::PrintedLine | Kind::PrintedLineHarsh => alter_printed_line(sheet, seed, true),
        Kind::PrintedLineAlone => alter_printed_line(sheet, seed, false),
        Kind::PrintedNull => {
            let null = changed(sheet.null, seed);
            sheet.face.totals[1].figure = null.to_string();
            sheet.face.totals[2].figure = (sheet.valid + null).to_string();
        }
        Kind::PrintedTable => {
            let line = if seed.is_multiple_of(2) { "centro" } else { "mesa" };
            let line = sheet.face.header.iter_mut().find(|l| l.field == line).expect("the header has both");
            line.figure = changed_digit(&line.figure, seed);
        }
        Kind::CodedLine => {
            let at = pick(seed, 38);
            let votes = changed(sheet.votes[at], seed);
            recode(sheet, |_, lines| lines[at] = votes.to_string());
        }
        Kind::CodedSwap => recode(sheet, |_, lines| lines.swap(0, 35)),
        Kind::CodedTable => recode(sheet, |id, _| *id = changed_digit(id, seed)),
        Kind::Foreign => sheet.face.code = format!("https://example.org/{seed:x}").into_bytes(),
    }
}

fn alter_printed_line(sheet: &mut Specimen, seed: u64, totals_follow: bool) {
    let at = pick(seed, 38);
    let (old, new) = (sheet.votes[at], changed(sheet.votes[at], seed));
    let name = format!("p{at}");
    for group in &mut sheet.face.groups {
        if let Some(line) = group.lines.iter_mut().find(|line| line.field == name) {
            line.figure = new.to_string();
            if totals_follow {
                let total: u32 = group.total.figure.parse().expect("totals are numbers");
                group.total.figure = (total - old + new).to_string();
            }
        }
    }
    if totals_follow {
        let valid = sheet.valid - old + new;
        sheet.face.totals[0].figure = valid.to_string();
        sheet.face.totals[2].figure = (valid + sheet.null).to_string();
    }
}

/// Another number than `n` that a hand could make of it: a digit exchanged, or one more in front.
fn changed(n: u32, seed: u64) -> u32 {
    let text = n.to_string();
    let new = match seed % 5 {
        0 if n < 1000 => format!("{}{text}", 1 + (seed >> 8) % 9),
        _ => changed_digit(&text, seed),
    };
    new.parse().expect("digits are a number")
}

/// `text` with one of its digits exchanged for another; a number keeps its length.
fn changed_digit(text: &str, seed: u64) -> String {
    let digits: Vec<usize> =
        text.char_indices().filter(|(_, c)| c.is_ascii_digit()).map(|(i, _)| i).collect();
    let at = digits[pick(seed >> 3, digits.len())];
    let old = text.as_bytes()[at] - b'0';
    let step = u8::try_from(1 + (seed >> 16) % 9).expect("below ten");
    let new = (old + step) % 10;
    // A number does not begin with 0 unless it is 0; an identifier may.
    let new = if at == 0 && new == 0 && text.len() > 1 && !text.contains('.') { 9 - old % 2 } else { new };
    let new = if new == old { old % 9 + 1 } else { new };
    let mut bytes = text.as_bytes().to_vec();
    bytes[at] = b'0' + new;
    String::from_utf8(bytes).expect("digits are text")
}

/// Writes the code anew with other contents.
fn recode(sheet: &mut Specimen, change: impl FnOnce(&mut String, &mut Vec<String>)) {
    let parts: Vec<&str> = sheet.payload.split('!').collect();
    let (head, lines) = (parts[0], parts[1]);
    // The table's id is the first twelve letters: centre, point, table.
    let mut id = head[..12].to_owned();
    let mut lines: Vec<String> = lines.split(',').map(str::to_owned).collect();
    change(&mut id, &mut lines);
    let payload = format!("{id}{}!{}!{}!{}", &head[12..], lines.join(","), parts[2], parts[3]);
    sheet.face.code = payload.into_bytes();
}

fn pick(seed: u64, n: usize) -> usize {
    let n = u64::try_from(n).unwrap_or(1).max(1);
    usize::try_from((seed ^ (seed >> 7)) % n).unwrap_or(0)
}

/// Even over 0..1 for neighbouring seeds too: the output of SplitMix64 (G. Steele, D. Lea, C. Flood, OOPSLA 2014).
fn fraction(seed: u64) -> f64 {
    let z = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    f64::from(u32::try_from((z ^ (z >> 31)) >> 32).unwrap_or(0)) / 4_294_967_296.0
}

/// Two photographs as one, side by side.
fn beside(one: &Picture, other: &Picture) -> Picture {
    let (width, height) = (one.width() / 2 * 2, one.height().max(other.height()));
    let mut both = Picture::filled(width + other.width(), height, [90, 128, 128]);
    paste(&mut both.luma, &one.luma, 0);
    paste(&mut both.luma, &other.luma, width);
    for (onto, from) in [(&mut both.blue, [&one.blue, &other.blue]), (&mut both.red, [&one.red, &other.red])]
    {
        paste(onto, from[0], 0);
        paste(onto, from[1], width / 2);
    }
    both
}

fn paste(onto: &mut Plane, plane: &Plane, left: usize) {
    let rows = plane.samples.chunks_exact(plane.width);
    for (to, from) in onto.samples.chunks_exact_mut(onto.width).zip(rows) {
        let n = from.len().min(to.len() - left);
        to[left..left + n].copy_from_slice(&from[..n]);
    }
}
