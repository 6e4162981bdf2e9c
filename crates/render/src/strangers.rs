//! Pictures that are no sheet: what lands in a folder of photographs by mistake.
//!
//! None of them may ever be read as one. They come near it in one way or another: a code of another kind, columns
//! of figures, a form with the same words.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "pixel arithmetic, clamped"
)]

use crate::camera::{Photo, photograph};
use crate::code::PrintError;
use crate::damage::Damage;
use crate::dice::{Dice, Stream};
use crate::face::{Group, Line, SheetFace};
use crate::picture::Picture;
use crate::practice::specimen;
use crate::press::{Paper, print_sheet};
use crate::style::Style;

/// A kind of picture that is no sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stranger {
    /// A large code with a link, a contact, a network or a payment.
    OtherCode,
    /// A shop's receipt with a tax code at its foot.
    ReceiptWithCode,
    /// A shop's receipt.
    Receipt,
    /// The sheet's own form, not filled in and without a code.
    BlankForm,
    /// Another office's form with dotted lines.
    OtherForm,
    /// A table of figures without words.
    Figures,
    /// A page of a book.
    Prose,
    /// A card with a portrait, a number and machine-readable lines.
    IdentityCard,
    /// A code of another election: the same grammar with other numbers of lines.
    OtherElection,
    /// Blank paper.
    BlankPaper,
    /// Noise of the sensor.
    Noise,
    /// Small squares of a code's size, at random.
    Squares,
}

impl Stranger {
    /// Every kind.
    pub const ALL: [Stranger; 12] = [
        Stranger::OtherCode,
        Stranger::ReceiptWithCode,
        Stranger::Receipt,
        Stranger::BlankForm,
        Stranger::OtherForm,
        Stranger::Figures,
        Stranger::Prose,
        Stranger::IdentityCard,
        Stranger::OtherElection,
        Stranger::BlankPaper,
        Stranger::Noise,
        Stranger::Squares,
    ];

    /// An everyday photograph of one.
    ///
    /// # Errors
    /// [`PrintError`] when it cannot be printed; none of them is too long.
    pub fn photograph(self, seed: u64) -> Result<Photo, PrintError> {
        let dice = &mut Dice::new(seed, Stream::Strangers);
        let style = Style::everyday(seed);
        let mut paper = match self {
            Stranger::Noise => noise(dice),
            Stranger::Squares => squares(dice),
            _ => print_sheet(&self.face(dice, seed), &style)?,
        };
        if self == Stranger::IdentityCard {
            portrait(&mut paper.picture, dice);
        }
        Ok(photograph(&paper, &Damage::everyday(seed), seed))
    }

    fn face(self, dice: &mut Dice, seed: u64) -> SheetFace {
        match self {
            Stranger::OtherCode => SheetFace { code: other_code(dice).into_bytes(), ..SheetFace::default() },
            Stranger::ReceiptWithCode => {
                let total = dice.below(90_000);
                let code = format!(
                    "https://tax.example/r?rif=J-{}&n={}&t={total}",
                    digits(dice, 9),
                    digits(dice, 8)
                );
                SheetFace { code: code.into_bytes(), ..receipt(dice) }
            }
            Stranger::Receipt => receipt(dice),
            Stranger::BlankForm => {
                let mut face = specimen(seed).face;
                let lines =
                    face.groups.iter_mut().flat_map(|group| group.lines.iter_mut().chain([&mut group.total]));
                lines.chain(&mut face.header).chain(&mut face.totals).for_each(|line| line.figure.clear());
                SheetFace { code: Vec::new(), authentication: String::new(), hash: String::new(), ..face }
            }
            Stranger::OtherForm => other_form(dice),
            Stranger::Figures => {
                let row = |dice: &mut Dice| {
                    let cells: Vec<String> = (0..5).map(|_| format!("{:>5}", dice.below(2_000))).collect();
                    cells.join(" ")
                };
                SheetFace { closing: (0..45).map(|_| row(dice)).collect(), ..SheetFace::default() }
            }
            Stranger::Prose => {
                SheetFace { closing: (0..45).map(|_| prose(dice, 34)).collect(), ..SheetFace::default() }
            }
            Stranger::IdentityCard => card(dice),
            Stranger::OtherElection => {
                let mut face = specimen(seed).face;
                let n = dice.pick(&[1, 12, 37, 39, 60]);
                let lines: Vec<String> = (0..n).map(|_| dice.below(400).to_string()).collect();
                face.code = format!("{}.01.1.0001!{}!3!0", digits(dice, 9), lines.join(",")).into_bytes();
                // Its print is of another election too.
                let line = |i: usize, dice: &mut Dice| {
                    Line::new("", format!("LISTA {i}"), dice.below(400).to_string())
                };
                let lines = (0..n.min(40)).map(|i| line(i, dice)).collect();
                face.groups = vec![Group { total: Line::new("", "PLANILLA", "0"), lines }];
                face
            }
            Stranger::BlankPaper | Stranger::Noise | Stranger::Squares => SheetFace::default(),
        }
    }
}

fn digits(dice: &mut Dice, n: usize) -> String {
    (0..n).map(|_| char::from(b'0' + dice.below(10) as u8)).collect()
}

/// Words of no language in lines of at most `columns` letters.
fn prose(dice: &mut Dice, columns: usize) -> String {
    const SYLLABLES: [&str; 16] = [
        "MA", "RO", "TI", "SE", "LU", "CA", "DE", "NOR", "PLA", "VI", "GUE", "TRES", "BO", "LAN", "FI", "RA",
    ];
    let mut line = String::new();
    while line.len() < columns {
        for _ in 0..1 + dice.below(4) {
            line += dice.pick(&SYLLABLES);
        }
        line.push(' ');
    }
    line.chars().take(columns).collect()
}

/// What codes on walls, tables and telephones hold.
fn other_code(dice: &mut Dice) -> String {
    let n = digits(dice, 9);
    match dice.below(6) {
        0 => format!("https://example.org/menu/{n}"),
        1 => format!("BEGIN:VCARD\nVERSION:3.0\nN:Sample;Ana\nTEL:+58{n}\nEND:VCARD"),
        2 => format!("WIFI:T:WPA;S:net{n};P:{n};;"),
        3 => format!("BCD\n002\n1\nSCT\n\nSAMPLE\nDE{n}\nEUR{}.00", dice.below(900)),
        // Figures with the separators of a sheet's payload.
        4 => format!("{n}.01!{},{},{}!0!0", dice.below(99), dice.below(99), dice.below(99)),
        _ => (0..60).map(|_| format!("{},", dice.below(400))).collect(),
    }
}

fn receipt(dice: &mut Dice) -> SheetFace {
    const GOODS: [&str; 10] =
        ["HARINA", "ARROZ", "CAFE MOLIDO", "LECHE", "PAN", "QUESO", "ACEITE", "JABON", "AZUCAR", "PASTA"];
    let mut sum = 0;
    let lines: Vec<Line> = (0..8 + dice.below(30))
        .map(|_| {
            let price = 20 + dice.below(5_000);
            sum += price;
            Line::new("", dice.pick(&GOODS), format!("{}.{:02}", price / 100, price % 100))
        })
        .collect();
    SheetFace {
        title: vec!["ABASTO LA ESQUINA".into(), format!("RIF J-{}", digits(dice, 9))],
        header: vec![Line::new("", "FACTURA", digits(dice, 8)), Line::new("", "CAJA", digits(dice, 2))],
        groups: vec![Group { total: Line::new("", "ARTICULOS", lines.len().to_string()), lines }],
        totals: vec![Line::new("", "TOTAL", format!("{}.{:02}", sum / 100, sum % 100))],
        closing: vec!["GRACIAS POR SU COMPRA".into()],
        ..SheetFace::default()
    }
}

fn other_form(dice: &mut Dice) -> SheetFace {
    const WORDS: [&str; 9] =
        ["NOMBRE", "CEDULA", "DIRECCION", "TELEFONO", "FECHA", "CENTRO", "MESA", "TOTAL", "FIRMA"];
    let lines = (0..20 + dice.below(25))
        .map(|i| {
            Line::new(
                "",
                format!("{i}. {}", dice.pick(&WORDS)),
                if dice.chance(0.3) { digits(dice, 3) } else { "......".into() },
            )
        })
        .collect();
    SheetFace {
        title: vec!["SOLICITUD DE SERVICIO".into()],
        groups: vec![Group { total: Line::new("", "DATOS", ""), lines }],
        signatures_caption: "FIRMA DEL SOLICITANTE".into(),
        ..SheetFace::default()
    }
}

fn card(dice: &mut Dice) -> SheetFace {
    let machine = |dice: &mut Dice| format!("IDSAMPLE{}<<<<<<<{}", digits(dice, 9), digits(dice, 6));
    SheetFace {
        title: vec!["REPUBLICA DE PRUEBA".into(), "CEDULA DE IDENTIDAD".into()],
        header: vec![
            Line::new("", "NUMERO", format!("V-{}", digits(dice, 8))),
            Line::new("", "APELLIDOS", "MUESTRA"),
            Line::new("", "NOMBRES", "PERSONA"),
            Line::new("", "NACIMIENTO", "30-02-1980"),
        ],
        closing: vec![String::new(); 9].into_iter().chain([machine(dice), machine(dice)]).collect(),
        ..SheetFace::default()
    }
}

/// A dark oval on a lighter box in the empty part of a card.
fn portrait(picture: &mut Picture, dice: &mut Dice) {
    let (width, height) = (picture.width() as f64, picture.height() as f64);
    let (middle, radius) = ([width * dice.between(0.2, 0.8), height * 0.6], [width * 0.12, height * 0.1]);
    for y in 0..picture.height() {
        for (x, grey) in picture.luma.row_mut(y).iter_mut().enumerate() {
            let away = [(x as f64 - middle[0]) / radius[0], (y as f64 - middle[1]) / radius[1]];
            if away.iter().all(|part| part.abs() < 1.3) {
                *grey = if away[0].hypot(away[1]) < 1.0 { *grey / 3 } else { *grey / 2 };
            }
        }
    }
}

/// Paper with nothing printed by the press.
fn bare(picture: Picture) -> Paper {
    let nowhere = [[0.0; 2]; 4];
    Paper { picture, fields: Vec::new(), code: None, module_px: 1.0, marks: [nowhere, nowhere] }
}

fn noise(dice: &mut Dice) -> Paper {
    let mut picture = Picture::filled(600, 1_200, [0, 128, 128]);
    let (mean, spread) = (dice.between(60.0, 200.0), dice.between(5.0, 90.0));
    picture
        .luma
        .samples
        .iter_mut()
        .for_each(|grey| *grey = (mean + spread * dice.normal()).clamp(0.0, 255.0) as u8);
    bare(picture)
}

fn squares(dice: &mut Dice) -> Paper {
    let side = 3 + dice.below(10);
    let mut picture = Picture::filled(60 * side, 90 * side, [0, 128, 128]);
    let dark: Vec<bool> = (0..60 * 90).map(|_| dice.chance(0.5)).collect();
    for y in 0..90 * side {
        for (x, grey) in picture.luma.row_mut(y).iter_mut().enumerate() {
            *grey = if dark[y / side * 60 + x / side] { 40 } else { 220 };
        }
    }
    bare(picture)
}
