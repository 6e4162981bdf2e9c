//! Letters as strokes: our own skeletons, drawn for this crate, that any pen can follow.
//!
//! A glyph is written as words, one stroke each: points as a digit (x, 0 left ..= 8 right) and a letter (y, `e` =
//! top of a capital, `q` = baseline, 12 steps apart). `~` smooths a stroke through its points, `@` also closes
//! it; a stroke of one point is a dot.

use crate::geometry::Point;

/// Units from the left to the right edge of a skeleton.
pub(crate) const WIDTH_UNITS: f64 = 8.0;
/// Units from a capital's top to the baseline.
pub(crate) const CAPITAL_UNITS: f64 = 12.0;

const O: &str = "@4e7f8k7p4q1p0k1f";
const P: &str = "0q0e5e ~5e7f8h7j5k 5k0k";

/// Points of one stroke, x in 0..=8 to the right, y in 0 (capital top) ..= 12 (baseline) downwards.
pub(crate) type Stroke = Vec<Point>;

/// Strokes of `letter`; `form` chooses among a digit's forms, `curved` keeps smooth strokes smooth.
pub(crate) fn strokes_of(letter: char, form: u64, curved: bool) -> Vec<Stroke> {
    let (base, accent) = take_accent(letter);
    let body = match base.to_digit(10) {
        Some(digit) => digit_form(digit, form),
        None => skeleton(base),
    };
    body.split(' ').chain(accent.split(' ')).filter(|s| !s.is_empty()).map(|s| parse(s, curved)).collect()
}

fn digit_form(digit: u32, form: u64) -> &'static str {
    let forms: &[&str] = match digit {
        0 => &[O, "@4e6f7h7n6p4q2p1n1h2f", "4e6e8g8o6q2q0o0g2e4e"],
        1 => &["1h4e4q 1q7q", "1g2g4e4q 1q7q", "2h5e5q"],
        2 => &["~0h1f4e7f8h7j4m0q 0q8q", "~0g2e6e8g8i5l1o0q 0q8q8o", "~1g3e6e7h6j1q 1q8q"],
        3 => &["~0g2e6e8g8i6k3k ~3k6k8m8o6q2q0o", "0e8e4j ~4j7k8n7p4q1q0o", "~1f4e7f7i4k ~4k8l8o4q0p"],
        4 => &["6q6e0n8n", "5q5e0m8m", "2e0l8l 6h6q"],
        5 => &["7e1e0j ~0j3i6i8l8n6q3q0o", "8e1e1k ~1k4i7k8n7p4q1q0o", "7e1e1j5j ~5j8l8o5q 5q0q"],
        6 => &["~7f5e3e1g0k0n2q5q8o8m6j3j0m", "~6e3h0m0o2q6q8o8m6k2k0m", "~7e3f1i0m1p4q7p8n7k4j1k0m"],
        7 => &["0e8e3q", "0e8e ~8e5j4n3q", "0g0e8e4k4q", "0e8e3q 2k7k"],
        8 => &["@4e7f7i4k1i1f @4k8l8o4q0o0l", "@4e6e8g8h6k2k0h0g2e @2k6k8m8o6q2q0o0m"],
        _ => &["~1p3q5q7o8k8h6e3e0g0i2l5l8i", "~2q5n8i8g6e2e0g0i2k6k8i", "~1q5p7m8i7f4e1f0h1k4l7k8i"],
    };
    // The number of forms is small; the remainder fits.
    forms[usize::try_from((form >> (digit * 4)) % forms.len() as u64).unwrap_or(0)]
}

fn skeleton(letter: char) -> &'static str {
    match letter {
        'A' => "0q4e8q 1m7m",
        'B' => "0q0e5e ~5e7f7i5k 0k5k ~5k8l8o5q 5q0q",
        'C' => "~8h6e3e1g0k1o3q6q8n",
        'D' => "4q0q0e4e ~4e6f8i8m6p4q",
        'E' => "8e0e0q8q 0k6k",
        'F' => "8e0e0q 0k6k",
        'G' => "~8h6e3e1g0k1o3q6q8n 8n8k5k",
        'H' => "0e0q 8e8q 0k8k",
        'I' => "1e7e 4e4q 1q7q",
        'J' => "3e8e 7e7n ~7n6p4q2q0n",
        'K' => "0e0q 8e0l 3j8q",
        'L' => "0e0q8q",
        'M' => "0q0e4l8e8q",
        'N' => "0q0e8q8e",
        'O' => O,
        'P' => P,
        'Q' => "@4e7f8k7p4q1p0k1f 5n8s",
        'R' => "0q0e5e ~5e7f8h7j5k 5k0k 4k8q",
        'S' => "~8g6e2e0g1j4k7l8o6q2q0o",
        'T' => "0e8e 4e4q",
        'U' => "0e0m ~0m1p4q7p8m 8m8e",
        'V' => "0e4q8e",
        'W' => "0e2q4i6q8e",
        'X' => "0e8q 8e0q",
        'Y' => "0e4k8e 4k4q",
        'Z' => "0e8e0q8q",
        ' ' => "",
        '.' => "4q",
        ',' => "4p3s",
        ':' => "4j 4p",
        ';' => "4j 4p3s",
        '-' | '–' | '—' => "1k7k",
        '_' => "0r8r",
        '/' => "1r7d",
        '*' => "4g4o 1i7m 1m7i",
        '(' => "~6d4h4n6r",
        ')' => "~2d4h4n2r",
        '!' => "4e4m 4q",
        '¡' => "4i4q 4e",
        '?' => "~1g2e6e7h4k 4k4m 4q",
        '¿' => "~7o6q2q1n4k 4k4i 4e",
        '#' => "3e2q 6e5q 0i8i 0m8m",
        '%' => "0q8e @1e3e3h1h @5n7n7q5q",
        '+' => "4g4o 0k8k",
        '=' => "1i7i 1m7m",
        '&' => "~8q2h2f4e6f5i1l0n2q5p8k",
        '\'' => "4e4h",
        '"' => "3e3h 5e5h",
        '°' | 'º' => "@3e5e5g3g",
        'ª' => "@3e5e5g3g 2i6i",
        '·' | '•' => "4k",
        '<' => "7g1k7o",
        '>' => "1g7k1o",
        '|' => "4d4r",
        '@' => "@4h6h6m3m3i ~6h7n8k7f4e1f0k1p6q",
        _ => "0e8e8q0q0e",
    }
}

/// The plain capital and the accent's strokes.
fn take_accent(letter: char) -> (char, &'static str) {
    const ACUTE: &str = "4c6a";
    const DIAERESIS: &str = "2c 6c";
    match letter.to_uppercase().next().unwrap_or(letter) {
        'Á' => ('A', ACUTE),
        'É' => ('E', ACUTE),
        'Í' => ('I', ACUTE),
        'Ó' => ('O', ACUTE),
        'Ú' => ('U', ACUTE),
        'Ü' => ('U', DIAERESIS),
        'Ñ' => ('N', "~1c3b5c7b"),
        'Ç' => ('C', "4q3s"),
        capital => (capital, ""),
    }
}

fn parse(written: &str, curved: bool) -> Stroke {
    let points: Vec<Point> = written
        .trim_start_matches(['~', '@'])
        .as_bytes()
        .chunks_exact(2)
        .map(|pair| [f64::from(pair[0]) - f64::from(b'0'), f64::from(pair[1]) - f64::from(b'e')])
        .collect();
    match written.as_bytes().first() {
        Some(b'@') => smooth(&points, true, curved),
        Some(b'~') => smooth(&points, false, curved),
        _ => points,
    }
}

/// A Catmull–Rom curve through `points`, four chords a span; the points themselves when not `curved`.
pub(crate) fn smooth(points: &[Point], closed: bool, curved: bool) -> Stroke {
    const CHORDS: usize = 4;
    let n = points.len();
    let spans = if closed { n } else { n.saturating_sub(1) };
    let at = |i: usize, step: isize| {
        let i = i.checked_add_signed(step);
        match (closed, i) {
            (true, Some(i)) => points[i % n],
            (true, None) => points[n - 1],
            (false, i) => points[i.unwrap_or(0).min(n - 1)],
        }
    };
    let mut curve = Vec::with_capacity(spans * CHORDS + 1);
    for i in 0..spans {
        let [before, from, to, after] = [at(i, -1), at(i, 0), at(i, 1), at(i, 2)];
        let chords = if curved { CHORDS } else { 1 };
        for step in 0..chords {
            let t = step as f64 / chords as f64;
            curve.push([0, 1].map(|k| catmull_rom([before[k], from[k], to[k], after[k]], t)));
        }
    }
    curve.extend(if closed { points.first() } else { points.last() });
    curve
}

fn catmull_rom([a, b, c, d]: [f64; 4], t: f64) -> f64 {
    b + 0.5 * t * (c - a + t * (2.0 * a - 5.0 * b + 4.0 * c - d + t * (3.0 * (b - c) + d - a)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_every_digit_stays_in_its_cell() {
        for letter in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZÑÁÉÍÓÚÜ".chars() {
            for form in [0, 0x1111_1111_1111, 0x2222_2222_2222, 0x3333_3333_3333] {
                for [x, y] in strokes_of(letter, form, true).concat() {
                    assert!((-0.6..=8.6).contains(&x) && (-5.0..=15.0).contains(&y), "{letter}: {x} {y}");
                }
            }
        }
    }

    #[test]
    fn small_letters_print_as_capitals() {
        assert_eq!(strokes_of('ñ', 0, true), strokes_of('Ñ', 0, true));
        assert_eq!(strokes_of('z', 0, true), strokes_of('Z', 0, true));
    }
}
