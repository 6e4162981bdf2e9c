//! A made-up country: sheets on the ballot of Venezuela 2024, each read by its code and its print.

use std::error::Error;
use std::sync::Arc;

use tallyproof_core::facts::{Facts, ImageReading, Standing};
use tallyproof_core::form::Figure;
use tallyproof_core::journal::sha256_hex;
use tallyproof_core::pack::{Area, Pack};
use tallyproof_core::print::{Match, Print, Printed, PrintedFigure, expected};
use tallyproof_core::sheet::{Channel, Reading};

/// Tables of a centre, as in the published tables: about two.
const TABLES: usize = 2;
/// Centres of a parish, parishes of a municipality, municipalities of a state, about as in Venezuela.
const CENTRES: usize = 13;
const PARISHES: usize = 3;
const MUNICIPALITIES: usize = 16;
/// One sheet in so many has a figure that its print does not confirm.
const UNCONFIRMED_IN: usize = 20;

/// A country whose sheets were all read.
pub(crate) fn country(n: usize) -> Result<Facts, Box<dyn Error>> {
    let toml = include_str!("../../../../elections/venezuela-2024/election.toml");
    let mut pack = Pack::parse("venezuela-2024", toml).map_err(|faults| format!("{faults:?}"))?;
    pack.synthetic = true;
    let mut images = Vec::with_capacity(n);
    for i in 0..n {
        let centre = i / TABLES;
        let parish = centre / CENTRES;
        let municipality = parish / PARISHES;
        let state = municipality / MUNICIPALITIES;
        let code = format!(
            "{:02}{:02}{:02}{:03}",
            1 + state,
            1 + municipality % MUNICIPALITIES,
            1 + parish % PARISHES,
            1 + centre % CENTRES
        );
        for (level, chars, word) in
            [(1, 4, "Municipio"), (2, 6, "Parroquia"), (3, 9, "Unidad Educativa Nacional")]
        {
            let name = format!("{word} {}", &code[chars - 2..chars]);
            pack.areas.entry((level, code[..chars].to_owned())).or_insert(Area { name, boundary: None });
        }
        images.push(sheet(&pack, &format!("{code}.{:02}", 1 + i % TABLES), i)?);
    }
    Ok(Facts::new(pack, None, Vec::new()).with_images(images, Vec::new(), 0))
}

/// One sheet, its votes by a fixed rule.
fn sheet(pack: &Pack, table: &str, i: usize) -> Result<ImageReading, Box<dyn Error>> {
    let grammar = pack.payload.as_ref().ok_or("the pack has no code")?;
    let votes = |line: usize| match line {
        0 => 40 + (i * 7) % 160,
        35 => 150 + (i * 13) % 260,
        // Of the payloads printed in 2024, somewhat less than half the lines are 0.
        line => (i + line * 5) % 11 / 5,
    };
    let lines: Vec<String> = (0..pack.lines.len()).map(|line| votes(line).to_string()).collect();
    let payload = format!("{table}.1.0001!{}!{}!0", lines.join(","), i % 9);
    let read = grammar.read(pack, payload.as_bytes()).map_err(|fault| format!("{payload}: {fault:?}"))?;
    let figures =
        expected(pack, &read.table, &read.values).into_iter().enumerate().map(|(at, (figure, asked, _))| {
            let blank = i.is_multiple_of(UNCONFIRMED_IN) && at == 9;
            printed(figure, asked, blank)
        });
    let print = Some(Arc::new(Print { figures: figures.collect() }));
    let image = Some(sha256_hex(table.as_bytes()).into());
    let reading = Reading { table: read.table, values: read.values, image, line: 0 };
    Ok(ImageReading {
        source: "observers".into(),
        channel: Channel::Code,
        standing: Standing::Unreviewed,
        reading,
        print,
        unread: None,
    })
}

fn printed(figure: Figure, asked: String, blank: bool) -> PrintedFigure {
    let (printed, confidence) =
        if blank { (Printed::Blank, 0) } else { (Printed::Digits(asked.as_str().into()), 998) };
    let found = if blank { Match::Unsure } else { Match::Same };
    PrintedFigure { figure, printed, confidence, compared: Some((asked.into(), found)), crop: None }
}
