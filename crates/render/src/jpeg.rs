//! A baseline JPEG encoder (ITU-T T.81, JFIF): Huffman tables of Annex K, 4:2:0.
//!
//! Ours because the crates that only encode carry a licence the house does not admit (IJG), and it is one page.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "pixel arithmetic, clamped"
)]

use crate::picture::{Picture, Plane};

/// Zigzag order: the n-th coefficient's place in the block (T.81 figure A.6).
const ZIGZAG: [u8; 64] = [
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7,
    14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39,
    46, 53, 60, 61, 54, 47, 55, 62, 63,
];

/// The same for a transposed block.
const TRANSPOSED_ZIGZAG: [u8; 64] = {
    let mut order = ZIGZAG;
    let mut i = 0;
    while i < 64 {
        order[i] = order[i] % 8 * 8 + order[i] / 8;
        i += 1;
    }
    order
};

/// Quantisation of luma, row-major (T.81 table K.1).
const LUMA_STEPS: [u8; 64] = [
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17,
    22, 29, 51, 87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78,
    87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
];

/// Quantisation of chroma beyond its upper left corner, and that corner (T.81 table K.2).
const CHROMA_STEPS: [u8; 64] = {
    let mut steps = [99; 64];
    let corner = [[17, 18, 24, 47], [18, 21, 26, 66], [24, 26, 56, 99], [47, 66, 99, 99]];
    let mut i = 0;
    while i < 16 {
        steps[i / 4 * 8 + i % 4] = corner[i / 4][i % 4];
        i += 1;
    }
    steps
};

/// How many codes there are of each length 1..=16, and the symbols in order (T.81 tables K.3 to K.6).
type Huffman = ([u8; 16], &'static [u8]);

const LUMA_DC: Huffman =
    ([0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0], &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
const CHROMA_DC: Huffman =
    ([0, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0], &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
const LUMA_AC: Huffman = (
    [0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 125],
    b"\x01\x02\x03\x00\x04\x11\x05\x12\x21\x31\x41\x06\x13\x51\x61\x07\x22\x71\x14\x32\x81\x91\xa1\x08\x23\x42\xb1\xc1\
      \x15\x52\xd1\xf0\x24\x33\x62\x72\x82\x09\x0a\x16\x17\x18\x19\x1a\x25\x26\x27\x28\x29\x2a\x34\x35\x36\x37\x38\x39\
      \x3a\x43\x44\x45\x46\x47\x48\x49\x4a\x53\x54\x55\x56\x57\x58\x59\x5a\x63\x64\x65\x66\x67\x68\x69\x6a\x73\x74\x75\
      \x76\x77\x78\x79\x7a\x83\x84\x85\x86\x87\x88\x89\x8a\x92\x93\x94\x95\x96\x97\x98\x99\x9a\xa2\xa3\xa4\xa5\xa6\xa7\
      \xa8\xa9\xaa\xb2\xb3\xb4\xb5\xb6\xb7\xb8\xb9\xba\xc2\xc3\xc4\xc5\xc6\xc7\xc8\xc9\xca\xd2\xd3\xd4\xd5\xd6\xd7\xd8\
      \xd9\xda\xe1\xe2\xe3\xe4\xe5\xe6\xe7\xe8\xe9\xea\xf1\xf2\xf3\xf4\xf5\xf6\xf7\xf8\xf9\xfa",
);
const CHROMA_AC: Huffman = (
    [0, 2, 1, 2, 4, 4, 3, 4, 7, 5, 4, 4, 0, 1, 2, 119],
    b"\x00\x01\x02\x03\x11\x04\x05\x21\x31\x06\x12\x41\x51\x07\x61\x71\x13\x22\x32\x81\x08\x14\x42\x91\xa1\xb1\xc1\x09\
      \x23\x33\x52\xf0\x15\x62\x72\xd1\x0a\x16\x24\x34\xe1\x25\xf1\x17\x18\x19\x1a\x26\x27\x28\x29\x2a\x35\x36\x37\x38\
      \x39\x3a\x43\x44\x45\x46\x47\x48\x49\x4a\x53\x54\x55\x56\x57\x58\x59\x5a\x63\x64\x65\x66\x67\x68\x69\x6a\x73\x74\
      \x75\x76\x77\x78\x79\x7a\x82\x83\x84\x85\x86\x87\x88\x89\x8a\x92\x93\x94\x95\x96\x97\x98\x99\x9a\xa2\xa3\xa4\xa5\
      \xa6\xa7\xa8\xa9\xaa\xb2\xb3\xb4\xb5\xb6\xb7\xb8\xb9\xba\xc2\xc3\xc4\xc5\xc6\xc7\xc8\xc9\xca\xd2\xd3\xd4\xd5\xd6\
      \xd7\xd8\xd9\xda\xe2\xe3\xe4\xe5\xe6\xe7\xe8\xe9\xea\xf2\xf3\xf4\xf5\xf6\xf7\xf8\xf9\xfa",
);

/// Encodes `picture` at `quality` 1..=100 (the scale of the Independent JPEG Group).
pub(crate) fn encode(picture: &Picture, quality: u8) -> Vec<u8> {
    let (width, height) = (picture.width(), picture.height());
    let [luma_steps, chroma_steps] = [LUMA_STEPS, CHROMA_STEPS].map(|steps| scaled_steps(&steps, quality));
    let mut file = Vec::with_capacity(width * height / 6);
    write_head(&mut file, width, height, &luma_steps, &chroma_steps);
    let mut luma = Channel::new(&picture.luma, &luma_steps, LUMA_DC, LUMA_AC);
    let mut blue = Channel::new(&picture.blue, &chroma_steps, CHROMA_DC, CHROMA_AC);
    let mut red = Channel::new(&picture.red, &chroma_steps, CHROMA_DC, CHROMA_AC);
    let mut bits = Bits { file, held: 0, count: 0 };
    for y in (0..height).step_by(16) {
        for x in (0..width).step_by(16) {
            for (dx, dy) in [(0, 0), (8, 0), (0, 8), (8, 8)] {
                luma.write_block(x + dx, y + dy, &mut bits);
            }
            blue.write_block(x / 2, y / 2, &mut bits);
            red.write_block(x / 2, y / 2, &mut bits);
        }
    }
    let mut file = bits.finish();
    file.extend([0xFF, 0xD9]);
    file
}

/// Encodes a grey picture, one component alone, at `quality` 1..=100; `None` when a side is 0 or over 65,535 px, or
/// `pixels` (row-major, 0 = black) are not as many as the sides ask for.
pub fn encode_grey(width: usize, height: usize, pixels: Vec<u8>, quality: u8) -> Option<Vec<u8>> {
    let fits = |side: usize| (1..=0xFFFF).contains(&side);
    if !fits(width) || !fits(height) || width * height != pixels.len() {
        return None;
    }
    let plane = Plane { width, height, samples: pixels };
    let steps = scaled_steps(&LUMA_STEPS, quality);
    let mut file = Vec::with_capacity(width * height / 6);
    let ([h0, h1], [w0, w1]) = ((height as u16).to_be_bytes(), (width as u16).to_be_bytes());
    write_start(&mut file, &[&steps]);
    segment(&mut file, 0xC0, &[8, h0, h1, w0, w1, 1, 1, 0x11, 0]);
    write_codes(&mut file, &[(0x00, LUMA_DC), (0x10, LUMA_AC)]);
    segment(&mut file, 0xDA, &[1, 1, 0x00, 0, 63, 0]);
    let mut luma = Channel::new(&plane, &steps, LUMA_DC, LUMA_AC);
    let mut bits = Bits { file, held: 0, count: 0 };
    for y in (0..height).step_by(8) {
        for x in (0..width).step_by(8) {
            luma.write_block(x, y, &mut bits);
        }
    }
    let mut file = bits.finish();
    file.extend([0xFF, 0xD9]);
    Some(file)
}

fn scaled_steps(steps: &[u8; 64], quality: u8) -> [u8; 64] {
    let quality = u32::from(quality.clamp(1, 100));
    let percent = if quality < 50 { 5000 / quality } else { 200 - 2 * quality };
    steps.map(|step| ((u32::from(step) * percent + 50) / 100).clamp(1, 255) as u8)
}

fn write_head(
    file: &mut Vec<u8>,
    width: usize,
    height: usize,
    luma_steps: &[u8; 64],
    chroma_steps: &[u8; 64],
) {
    let size = |n: usize| (n.min(0xFFFF) as u16).to_be_bytes();
    let ([h0, h1], [w0, w1]) = (size(height), size(width));
    write_start(file, &[luma_steps, chroma_steps]);
    segment(file, 0xC0, &[8, h0, h1, w0, w1, 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1]);
    write_codes(file, &[(0x00, LUMA_DC), (0x10, LUMA_AC), (0x01, CHROMA_DC), (0x11, CHROMA_AC)]);
    segment(file, 0xDA, &[3, 1, 0x00, 2, 0x11, 3, 0x11, 0, 63, 0]);
}

fn write_start(file: &mut Vec<u8>, tables: &[&[u8; 64]]) {
    file.extend([0xFF, 0xD8]);
    segment(file, 0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0");
    for (id, steps) in (0..).zip(tables) {
        let body: Vec<u8> = std::iter::once(id).chain(ZIGZAG.map(|at| steps[usize::from(at)])).collect();
        segment(file, 0xDB, &body);
    }
}

fn write_codes(file: &mut Vec<u8>, codes: &[(u8, Huffman)]) {
    for (id, (lengths, symbols)) in codes {
        segment(file, 0xC4, &[&[*id], &lengths[..], symbols].concat());
    }
}

fn segment(file: &mut Vec<u8>, marker: u8, body: &[u8]) {
    file.extend([0xFF, marker]);
    file.extend(((body.len() + 2) as u16).to_be_bytes());
    file.extend(body);
}

/// One colour component: its plane, its tables, and the DC level of its last block.
struct Channel<'a> {
    plane: &'a Plane,
    /// 1 / (step · the transform's scale), row-major, transposed.
    scales: [f32; 64],
    dc: [(u16, u8); 256],
    ac: [(u16, u8); 256],
    last: i32,
}

impl<'a> Channel<'a> {
    fn new(plane: &'a Plane, steps: &[u8; 64], dc: Huffman, ac: Huffman) -> Self {
        // Scale of row or column k of the transform below: √8 · cos(kπ/16) · √2, without √2 for k = 0.
        let factor = |k: usize| {
            let root = if k == 0 { 1.0 } else { std::f64::consts::SQRT_2 };
            root * libm::cos(k as f64 * std::f64::consts::PI / 16.0)
        };
        let scales = std::array::from_fn(|at| {
            (1.0 / (f64::from(steps[at % 8 * 8 + at / 8]) * 8.0 * factor(at / 8) * factor(at % 8))) as f32
        });
        Self { plane, scales, dc: codes(dc), ac: codes(ac), last: 0 }
    }

    fn write_block(&mut self, x: usize, y: usize, bits: &mut Bits) {
        let levels = self.quantised(x, y);
        let (symbol, length) = magnitude(levels[0] - self.last);
        bits.code(self.dc[usize::from(length)], symbol, length);
        self.last = levels[0];
        let mut zeros = 0;
        for &at in &TRANSPOSED_ZIGZAG[1..] {
            let level = levels[usize::from(at)];
            if level == 0 {
                zeros += 1;
                continue;
            }
            while zeros > 15 {
                bits.code(self.ac[0xF0], 0, 0);
                zeros -= 16;
            }
            let (symbol, length) = magnitude(level);
            bits.code(self.ac[zeros << 4 | usize::from(length)], symbol, length);
            zeros = 0;
        }
        if zeros > 0 {
            bits.code(self.ac[0], 0, 0);
        }
    }

    /// Levels of the block at (`x`, `y`), row-major, transposed.
    fn quantised(&self, x: usize, y: usize) -> [i32; 64] {
        let mut block = [[0_f32; 8]; 8];
        for (dy, row) in block.iter_mut().enumerate() {
            let from = self.plane.row((y + dy).min(self.plane.height - 1));
            match from.get(x..x + 8) {
                Some(levels) => row.iter_mut().zip(levels).for_each(|(out, &l)| *out = f32::from(l) - 128.0),
                None => {
                    let level = |dx: usize| f32::from(from[(x + dx).min(from.len() - 1)]) - 128.0;
                    row.iter_mut().enumerate().for_each(|(dx, out)| *out = level(dx));
                }
            }
        }
        let block = transform(transpose(transform(block)));
        // Adding 1.5 · 2²³ leaves the rounded number in the low bits of the float.
        let round = |level: f32| ((level + 12_582_912.0).to_bits() as i32).wrapping_sub(0x4B40_0000);
        let mut levels = [0; 64];
        for ((out, level), scale) in levels.iter_mut().zip(block.as_flattened()).zip(&self.scales) {
            *out = round(*level * *scale);
        }
        levels
    }
}

fn transpose(block: [[f32; 8]; 8]) -> [[f32; 8]; 8] {
    std::array::from_fn(|y| std::array::from_fn(|x| block[x][y]))
}

/// The discrete cosine transform of all columns at once, up to scale (Arai, Agui and Nakajima 1988).
#[allow(clippy::many_single_char_names, reason = "the rows of a block")]
fn transform([a, b, c, d, e, f, g, h]: [[f32; 8]; 8]) -> [[f32; 8]; 8] {
    use std::f32::consts::FRAC_1_SQRT_2;
    const COS_3: f32 = 0.382_683_43; // cos(3π/8)
    const DIFFERENCE: f32 = 0.541_196_1; // cos(π/8) - cos(3π/8)
    const SUM: f32 = 1.306_563; // cos(π/8) + cos(3π/8)
    let (s0, s1, s2, s3) = (add(a, h), add(b, g), add(c, f), add(d, e));
    let (d0, d1, d2, d3) = (less(a, h), less(b, g), less(c, f), less(d, e));
    let (p0, p1, m0, m1) = (add(s0, s3), add(s1, s2), less(s0, s3), less(s1, s2));
    let turn = times(add(m1, m0), FRAC_1_SQRT_2);
    let (t0, t1, t2) = (add(d3, d2), add(d2, d1), add(d1, d0));
    let z5 = times(less(t0, t2), COS_3);
    let (z2, z4, z3) = (add(times(t0, DIFFERENCE), z5), add(times(t2, SUM), z5), times(t1, FRAC_1_SQRT_2));
    let (z11, z13) = (add(d0, z3), less(d0, z3));
    [
        add(p0, p1),
        add(z11, z4),
        add(m0, turn),
        less(z13, z2),
        less(p0, p1),
        add(z13, z2),
        less(m0, turn),
        less(z11, z4),
    ]
}

fn add(a: [f32; 8], b: [f32; 8]) -> [f32; 8] {
    std::array::from_fn(|i| a[i] + b[i])
}

fn less(a: [f32; 8], b: [f32; 8]) -> [f32; 8] {
    std::array::from_fn(|i| a[i] - b[i])
}

fn times(a: [f32; 8], by: f32) -> [f32; 8] {
    a.map(|x| x * by)
}

/// Code and length of every symbol (T.81 annex C).
fn codes((lengths, symbols): Huffman) -> [(u16, u8); 256] {
    let mut codes = [(0, 0); 256];
    let (mut code, mut next) = (0_u16, symbols.iter());
    for (length, &count) in (1..).zip(&lengths) {
        for symbol in next.by_ref().take(usize::from(count)) {
            codes[usize::from(*symbol)] = (code, length);
            code += 1;
        }
        code <<= u32::from(length < 16);
    }
    codes
}

/// The bits that follow a code, and how many (T.81 F.1.2.1): negative levels are one less.
fn magnitude(level: i32) -> (u32, u8) {
    let length = 32 - level.unsigned_abs().leading_zeros();
    let bits = if level < 0 { level.wrapping_sub(1) } else { level };
    (bits as u32 & ((1 << length) - 1), length as u8)
}

/// Entropy-coded bytes, a zero stuffed after every 0xFF.
struct Bits {
    file: Vec<u8>,
    held: u64,
    count: u8,
}

impl Bits {
    fn code(&mut self, (code, length): (u16, u8), extra: u32, extra_length: u8) {
        self.held = (self.held << length | u64::from(code)) << extra_length | u64::from(extra);
        self.count += length + extra_length;
        while self.count >= 8 {
            self.count -= 8;
            let byte = (self.held >> self.count) as u8;
            self.file.push(byte);
            if byte == 0xFF {
                self.file.push(0);
            }
        }
    }

    fn finish(mut self) -> Vec<u8> {
        self.code((0x7F, 7), 0, 0);
        self.file
    }
}
