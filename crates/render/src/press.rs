//! Prints a face on a strip of thermal paper.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "pixel arithmetic, clamped"
)]

use qrcodegen::QrCode;

use crate::code::{self, PrintError};
use crate::dice::{Dice, Stream};
use crate::face::{Line, SheetFace};
use crate::geometry::{Point, Quad, rectangle};
use crate::glyphs::Alphabet;
use crate::layout::{Row, mark_text, rows, set_figure};
use crate::pen;
use crate::picture::{Picture, Plane};
use crate::stamp;
use crate::style::Style;

/// Blank modules around the code (ISO/IEC 18004 asks for four).
const QUIET_MODULES: f64 = 4.0;

/// A printed figure and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// The caller's name for it.
    pub name: String,
    /// What is printed.
    pub text: String,
    /// Corners of its letters' cells, px.
    pub quad: Quad,
}

/// A printed strip, flat and evenly lit.
#[derive(Clone, Debug, PartialEq)]
pub struct Paper {
    /// Its pixels.
    pub picture: Picture,
    /// Every named figure, from top to foot.
    pub fields: Vec<Field>,
    /// Corners of the code without its quiet zone, if one is printed.
    pub code: Option<Quad>,
    /// Side of a code module, px.
    pub module_px: f64,
    /// Where [`SYNTHETIC_MARK`](crate::SYNTHETIC_MARK) stands: head and foot.
    pub marks: [Quad; 2],
}

/// Prints `face` as `style` says.
///
/// # Errors
/// [`PrintError::CodeTooLong`] when the payload fits no code.
pub fn print_sheet(face: &SheetFace, style: &Style) -> Result<Paper, PrintError> {
    let style = &style.in_range();
    let code = if face.code.is_empty() { None } else { Some(code::encode(&face.code, style)?) };
    let mut press = Press::new(style, code.as_ref());
    let rows = rows(face, style, press.columns);
    let height: f64 = rows.iter().map(|row| press.height_of(row)).sum();
    press.ink = Plane::filled(press.ink.width, height.ceil() as usize, 0);
    let mut signed = None;
    for row in &rows {
        if let Row::Signatures(_) = row {
            signed = Some((press.y, press.y + press.height_of(row)));
        }
        press.print(row);
        press.y += press.height_of(row);
    }
    let mut picture = press.develop();
    if let Some((top, foot)) = signed {
        let area = rectangle(press.margin, top, press.margin + press.cell() * press.columns as f64, foot);
        pen::sign(&mut picture, area, style);
        if style.stamp {
            stamp::press(&mut picture, area, style.seed);
        }
    }
    let marks = [press.marks[0], press.marks[press.marks.len() - 1]];
    Ok(Paper { picture, fields: press.fields, code: press.code_quad, module_px: press.module, marks })
}

/// The printer while it works down the strip.
struct Press<'a> {
    style: &'a Style,
    alphabet: Alphabet<'a>,
    code: Option<&'a QrCode>,
    columns: usize,
    margin: f64,
    /// Side of a code module, whole px.
    module: f64,
    pitch: f64,
    /// Ink laid so far, 255 = all.
    ink: Plane,
    /// Top of the row being printed, px.
    y: f64,
    fields: Vec<Field>,
    marks: Vec<Quad>,
    code_quad: Option<Quad>,
}

impl<'a> Press<'a> {
    fn new(style: &'a Style, code: Option<&'a QrCode>) -> Self {
        let (width, columns, margin) = (style.width_px, style.columns, style.margin_px);
        let cell = (f64::from(width) - 2.0 * margin) / columns as f64;
        let modules = code.map_or(1.0, |c| f64::from(c.size()) + 2.0 * QUIET_MODULES);
        let module = f64::from(style.module_px).min((f64::from(width) / modules).floor()).max(1.0);
        Self {
            style,
            alphabet: Alphabet::new(style, cell),
            code,
            columns,
            margin,
            module,
            pitch: (style.pitch * cell).round(),
            ink: Plane::filled(width as usize, 0, 0),
            y: 0.0,
            fields: Vec::new(),
            marks: Vec::new(),
            code_quad: None,
        }
    }

    fn cell(&self) -> f64 {
        self.alphabet.cell
    }

    fn height_of(&self, row: &Row) -> f64 {
        match row {
            Row::Space(lines) | Row::Signatures(lines) => (self.pitch * lines).round(),
            Row::Code => self.code.map_or(0.0, |code| f64::from(code.size()) * self.module),
            _ => self.pitch,
        }
    }

    fn print(&mut self, row: &Row) {
        match row {
            Row::Space(_) | Row::Signatures(_) => {}
            Row::Mark => self.mark(),
            Row::Centred { text, bold } => {
                self.centred(text, *bold);
            }
            Row::Left(text) => self.text(text, 0.0, false),
            Row::Rule => self.text(&"-".repeat(self.columns), 0.0, false),
            Row::Header(line) => self.header(line),
            Row::Figure { line, indent, leader, bold } => {
                let (text, starts) = set_figure(line, *indent, *leader, self.columns);
                self.text(&text, 0.0, *bold);
                self.record(line, starts as f64);
            }
            Row::Code => self.lay_code(),
        }
    }

    fn mark(&mut self) {
        let text = mark_text(self.columns);
        let starts = self.centred(&text, true);
        self.marks.push(self.cells(starts, text.chars().count()));
    }

    /// Prints `text` in the middle of the line and says at which column it starts.
    fn centred(&mut self, text: &str, bold: bool) -> f64 {
        let starts = (self.columns.saturating_sub(text.chars().count())) as f64 / 2.0;
        self.text(text, starts, bold);
        starts
    }

    fn header(&mut self, line: &Line) {
        let label: String = line.label.chars().take(self.columns / 2).collect();
        let starts = label.chars().count() + 2;
        let figure: String = line.figure.chars().take(self.columns.saturating_sub(starts)).collect();
        self.text(&format!("{label}: {figure}"), 0.0, false);
        self.record(&Line { figure, ..line.clone() }, starts as f64);
    }

    fn record(&mut self, line: &Line, column: f64) {
        if !line.field.is_empty() {
            let quad = self.cells(column, line.figure.chars().count().min(self.columns));
            self.fields.push(Field { name: line.field.clone(), text: line.figure.clone(), quad });
        }
    }

    /// The box of `count` letters from `column` on, a little taller than a capital.
    fn cells(&self, column: f64, count: usize) -> Quad {
        let left = self.margin + column * self.cell();
        let air = (self.pitch - self.alphabet.capital) * 0.4;
        let top = self.y + self.ascent();
        rectangle(left, top - air, left + count as f64 * self.cell(), top + self.alphabet.capital + air)
    }

    /// From the top of a row to the top of its capitals, px.
    fn ascent(&self) -> f64 {
        ((self.pitch - self.alphabet.capital) * 0.55).round()
    }

    fn text(&mut self, text: &str, column: f64, bold: bool) {
        let (left, top) = self.alphabet.origin();
        let first_row = (self.y + self.ascent()) as i64 - top as i64;
        for (i, letter) in text.chars().enumerate().filter(|(_, letter)| *letter != ' ') {
            let x = self.margin + (column + i as f64) * self.alphabet.cell;
            let at = x.round() as i64 - left as i64;
            let mask = self.alphabet.mask(letter);
            lay(&mut self.ink, mask, at, first_row);
            if bold {
                lay(&mut self.ink, mask, at + 1, first_row);
            }
        }
    }

    fn lay_code(&mut self) {
        let Some(code) = self.code else { return };
        let module = self.module as usize;
        let side = code.size().unsigned_abs() as usize * module;
        let room = self.ink.width.saturating_sub(side) as f64;
        let place = 0.5 + 0.5 * self.style.code_at;
        let quiet = (QUIET_MODULES * self.module).min(room / 2.0);
        let (left, top) = ((quiet + (room - 2.0 * quiet) * place) as usize, self.y as usize);
        for y in 0..side {
            for (x, ink) in self.ink.row_mut(top + y)[left..left + side].iter_mut().enumerate() {
                let dark = code.get_module((x / module) as i32, (y / module) as i32);
                *ink = if dark { 255 } else { *ink };
            }
        }
        let (left, top, side) = (left as f64, top as f64, side as f64);
        self.code_quad = Some(rectangle(left, top, left + side, top + side));
    }

    /// Ink to paper: grain, warmth, dead dots of the head, bands of heat along the strip.
    fn develop(&self) -> Picture {
        let style = self.style;
        let dice = &mut Dice::new(style.seed, Stream::Print);
        let (width, height) = (self.ink.width, self.ink.height);
        let tint = [(128.0 - 9.0 * style.warmth) as u8, (128.0 + 4.0 * style.warmth) as u8];
        let blank = f32::from(style.paper_luma);
        let mut picture = Picture::filled(width, height, [0, tint[0], tint[1]]);
        let head = self.head(dice);
        let heat = self.heat(dice);
        let grain: Vec<f32> = (0..width + 4096).map(|_| dice.normal() as f32 * 1.6).collect();
        for (y, heat) in heat.iter().enumerate() {
            let shift = dice.below(4096);
            let cells = self.ink.row(y).iter().zip(&head).zip(&grain[shift..]);
            for (out, ((&ink, dot), grain)) in picture.luma.row_mut(y).iter_mut().zip(cells) {
                let black = f32::from(ink) / 255.0 * dot * heat;
                *out = ((blank + grain) * (1.0 - black)) as u8;
            }
        }
        picture
    }

    /// What each dot of the print head gives: 1 = all, less at a dead dot.
    fn head(&self, dice: &mut Dice) -> Vec<f32> {
        let mut head = vec![1.0_f32; self.ink.width];
        for _ in 0..self.style.dead_dots {
            let (at, wide) = (dice.below(head.len()), 1 + dice.below(2));
            let left = dice.between(0.1, 0.8) as f32;
            head.iter_mut().skip(at).take(wide).for_each(|dot| *dot = left);
        }
        head
    }

    /// Blackness of each row of dots.
    fn heat(&self, dice: &mut Dice) -> Vec<f32> {
        let darkness = self.style.darkness * 0.92;
        let swing = self.style.banding * 0.3;
        let slow = [dice.between(0.001, 0.004), dice.between(0.0, 6.0)];
        let fast = [dice.between(0.02, 0.09), dice.between(0.0, 6.0)];
        let wave = |[step, start]: Point, y: usize| libm::sin(start + step * y as f64);
        (0..self.ink.height)
            .map(|y| (darkness * (1.0 - swing * (0.5 + 0.35 * wave(slow, y) + 0.15 * wave(fast, y)))) as f32)
            .collect()
    }
}

/// Lays `mask` into `ink` with its corner at (`left`, `top`); what falls outside is lost.
fn lay(ink: &mut Plane, mask: &Plane, left: i64, top: i64) {
    let skip = left.min(0).unsigned_abs() as usize;
    let start = left.max(0) as usize;
    for row in 0..mask.height {
        let Ok(y) = usize::try_from(top + row as i64) else { continue };
        if y >= ink.height || start >= ink.width {
            continue;
        }
        let out = &mut ink.row_mut(y)[start..];
        for (ink, laid) in out.iter_mut().zip(mask.row(row).iter().skip(skip)) {
            *ink = (*ink).max(*laid);
        }
    }
}
