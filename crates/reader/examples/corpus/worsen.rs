//! The same sheets made worse, to tell which rung adds what.

#![allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "pixel arithmetic, clamped")]

use std::io::{Write, stdout};

use tallyproof_reader::Luma;
use tallyproof_reader::codes::{CodeReading, Preparation, RUNGS};

use crate::{Outcome, Sheet, decode_all, read};

type Damage = (&'static str, fn(&Luma) -> Luma);

const DAMAGES: &[Damage] = &[
    ("as it is", Luma::clone),
    ("blur 2.0 px", |luma| blurred(luma, 2.0)),
    ("blur 2.6 px", |luma| blurred(luma, 2.6)),
    ("noise 60", |luma| faded(luma, 1.0, 60.0)),
    ("noise 110", |luma| faded(luma, 1.0, 110.0)),
    ("faded to 20 %, noise 15", |luma| faded(luma, 0.2, 15.0)),
    ("faded to 12 %, noise 2", |luma| faded(luma, 0.12, 2.0)),
    ("stripes of shadow", shaded),
    ("shadow, blur 1.5, noise 10", |luma| faded(&shaded(&blurred(luma, 1.5)), 1.0, 10.0)),
    ("at 0.45 of the size", |luma| scaled(luma, 0.45)),
    ("at 0.35 of the size", |luma| scaled(luma, 0.35)),
];

/// For every damage and rung: sheets this rung reads, and sheets no rung before it had read.
pub(crate) fn table(sheets: &[Sheet]) -> Outcome<()> {
    let lumas = decode_all(sheets)?;
    write!(stdout(), "\n{:<28}", "read alone +first to read")?;
    RUNGS.iter().try_for_each(|rung| write!(stdout(), "{:>19}", rung.name))?;
    writeln!(stdout(), "{:>8}{:>7}", "ladder", "wrong")?;
    let mut totals = vec![(0, 0); RUNGS.len()];
    for (name, worsen) in DAMAGES {
        let mut counts = vec![(0, 0); RUNGS.len()];
        let (mut n_read, mut n_wrong) = (0, 0);
        for (sheet, luma) in sheets.iter().zip(&lumas) {
            let worse = worsen(luma);
            let mut already = false;
            for (rung, (alone, first)) in RUNGS.iter().zip(&mut counts) {
                match read(&[*rung], &worse) {
                    CodeReading::Read { symbol, .. } if symbol.payload == sheet.payload => {
                        *alone += 1;
                        *first += usize::from(!already);
                        already = true;
                    }
                    CodeReading::Read { .. } | CodeReading::Several { .. } => n_wrong += 1,
                    CodeReading::Foreign { .. } | CodeReading::Unread { .. } => {}
                }
            }
            n_read += usize::from(already);
        }
        print_line(name, &counts)?;
        writeln!(stdout(), "{n_read:>8}{n_wrong:>7}")?;
        totals.iter_mut().zip(&counts).for_each(|(total, count)| {
            *total = (total.0 + count.0, total.1 + count.1);
        });
    }
    print_line("all", &totals)?;
    Ok(writeln!(stdout(), "{:>8}", totals.iter().map(|(_, first)| first).sum::<usize>())?)
}

fn print_line(name: &str, counts: &[(usize, usize)]) -> Outcome<()> {
    write!(stdout(), "{name:<28}")?;
    Ok(counts
        .iter()
        .try_for_each(|(alone, first)| write!(stdout(), "{:>19}", format!("{alone} +{first}")))?)
}

fn blurred(luma: &Luma, sigma: f32) -> Luma {
    Preparation::Blurred { sigma }.apply(luma).0.into_owned()
}

fn scaled(luma: &Luma, factor: f32) -> Luma {
    Preparation::Scaled { factor }.apply(luma).0.into_owned()
}

/// Ink at `ink` of its strength on paper of grey 235, uniform noise of up to `noise` grey levels either way.
fn faded(luma: &Luma, ink: f32, noise: f32) -> Luma {
    const PAPER: f32 = 235.0;
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    repainted(luma, |_, _, pixel| {
        // xorshift64 (G. Marsaglia 2003): the same noise on every machine.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let random = (state >> 40) as f32 / (1u64 << 24) as f32;
        PAPER - (PAPER - pixel) * ink + (2.0 * random - 1.0) * noise
    })
}

/// Slanted stripes of shadow at 35 % of the light, 280 px apart, with edges a few px wide.
fn shaded(luma: &Luma) -> Luma {
    repainted(luma, |x, y, pixel| {
        let wave = ((0.8 * x + 0.6 * y) / 90.0).sin();
        pixel * (0.675 - 1.625 * wave).clamp(0.35, 1.0)
    })
}

fn repainted(luma: &Luma, mut paint: impl FnMut(f32, f32, f32) -> f32) -> Luma {
    let width = luma.width_px();
    let pixels = luma.pixels().iter().enumerate().map(|(at, &pixel)| {
        let grey = paint((at % width) as f32, (at / width) as f32, f32::from(pixel));
        grey.clamp(0.0, 255.0) as u8
    });
    let pixels = pixels.collect();
    Luma::new(width, luma.height_px(), pixels).expect("invariant: repainting keeps the number of pixels")
}
